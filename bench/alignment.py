"""Precision, recall and F1 of the alignment against labelled pairs of files.

usage: python bench/alignment.py [../shared] [--sets seeds dev train] [--show]

A pair is required (two readers call it same or equal), allowed (never demanded, never wrong), or wrong. Precision:
predicted pairs that are required or allowed; recall: required pairs that were predicted; counted over all pairs of
a set together. A section edit with sections on both sides counts as every pair of them, an item edit as one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import common

from agentdiff.diff import diff
from agentdiff.model import Agent

REQUIRED = {"sections": "same", "items": "equal"}

Pairs = set[tuple[int, int]]
"""Pairs of first lines."""


@dataclass
class Score:
    """Counts over the pairs of a set."""

    right: int = 0
    given: int = 0
    found: int = 0
    wanted: int = 0

    def add(self, guess: Pairs, known: Pairs, wanted: Pairs) -> None:
        """Count one pair of files."""
        self.right += len(guess & known)
        self.given += len(guess)
        self.found += len(guess & wanted)
        self.wanted += len(wanted)

    def row(self) -> tuple[float, float, float, int, int]:
        """Precision, recall, F1, how many were given and wanted."""
        precision = self.right / self.given if self.given else 0.0
        recall = common.share(self.found, self.wanted)
        return precision, recall, common.f1(precision, recall), self.given, self.wanted


def predicted(old: Agent, new: Agent) -> dict[str, Pairs]:
    """First lines of the sections and items that the diff pairs."""
    result = diff(old, new)
    return {
        "sections": {
            (old.sections[a].span.first, new.sections[b].span.first)
            for edit in result.sections
            for a, b in product(edit.old, edit.new)
        },
        "items": {
            (old.items[edit.old].span.first, new.items[edit.new].span.first)
            for edit in result.items
            if edit.old is not None and edit.new is not None
        },
    }


def shown(word: str, pairs: Pairs, old: Agent, new: Agent) -> Iterator[str]:
    """What was missed, or wrong, with the text of both lines."""
    for a, b in sorted(pairs):
        yield f"  {word} {a} ~ {b}"
        for agent, number in ((old, a), (new, b)):
            yield f"      {agent.source.splitlines()[number - 1].strip()[:110]}"


def main() -> int:
    """Print one row a set and kind."""
    arguments = common.parser(__doc__)
    arguments.add_argument("--sets", nargs="+", default=["seeds", "dev", "train"])
    arguments.add_argument("--show", action="store_true", help="list what was missed and what is wrong")
    options = arguments.parse_args()
    rows: list[tuple[object, ...]] = []
    for name in options.sets:
        pairs = common.labels(options.shared, name)
        agents = common.agents_of(options.shared, pairs)
        scores = {kind: Score() for kind in REQUIRED}
        for pair in pairs:
            old, new = agents[pair["a"]], agents[pair["b"]]
            guess = predicted(old, new)
            for kind, word in REQUIRED.items():
                known = {(a, b) for a, b, _ in pair[kind]}
                wanted = {(a, b) for a, b, given in pair[kind] if given == word}
                scores[kind].add(guess[kind], known, wanted)
                if options.show:
                    print(f"{pair['id']} {kind}")
                    print(*shown("missed", wanted - guess[kind], old, new), sep="\n")
                    print(*shown("wrong", guess[kind] - known, old, new), sep="\n")
        rows += [(name, kind, *score.row()) for kind, score in scores.items()]
    print(common.table(("set", "kind", "precision", "recall", "F1", "given", "required"), rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
