"""What the canonical merge fuses and keeps, against labelled pairs of files, with an audit of its ledger.

usage: python bench/canonical.py [../shared] [--sets seeds dev train] [--show]

The five seeds are merged together and pair by pair, the other sets pair by pair.

  accounted   non-blank body lines that lie in exactly one ledger entry / all (must be 1)
  fused       of the item pairs from two files that share a unit: the share that the labels hold (precision)
  joined      of the required item pairs: the share that shares a unit (recall)
  detail      of the numbers, code words and rare words of absorbed or reworded items: the share still in their unit
  kept        of the entries called kept: the share whose text stands in its unit
  own         item pairs of one file that share a unit though their texts differ (0 is right)
  strict      outputs whose front matter is valid YAML with name and description
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

import common
import yaml

from agentdiff.canonical import merge
from agentdiff.ledger import CanonicalMerge, Fate, LedgerEntry, UnitKind
from agentdiff.model import Agent

WORD = re.compile(r"[A-Za-z][A-Za-z0-9+#]*|\d[\d.,%]*")
MARKUP = re.compile(r"[*_`#>|]+|^\s*(?:[-*+]|\d+[.)])\s+", re.MULTILINE)
RARE = 60
"""A word that at most so many public items hold is a detail."""

MEASURES = ("fused", "joined", "detail", "kept")


def plain(text: str) -> str:
    """The words without markup, case and white space."""
    return " ".join(MARKUP.sub(" ", text).lower().split()).strip(" :")


def body_lines(text: str) -> list[int]:
    """Numbers of the non-blank lines behind the front matter."""
    lines = text.split("\n")
    start = 0
    if lines[0].strip().lstrip("\ufeff") == "---":
        start = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0) + 1
    return [n + 1 for n in range(start, len(lines)) if lines[n].strip()]


def rare_words(path: Path) -> Mapping[str, int]:
    """How many public items hold each word."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {word: int(items) for word, items, _ in rows}


@dataclass(frozen=True)
class Audit:
    """One merge with the labels of its files."""

    agents: Sequence[Agent]
    result: CanonicalMerge
    known: Sequence[common.Label]
    frequency: Mapping[str, int]
    counts: Counter[str]
    complaints: list[str]

    def run(self) -> None:
        """Count everything into `counts`, and say in `complaints` what is not as it should be."""
        for number, agent in enumerate(self.agents):
            self._ledger(number, agent)
            self._own(number, agent)
        for label in self.known:
            self._pairs(label)
        self.counts["outputs"] += 1
        self.counts["strict"] += self._is_strict()

    def _entries(self, number: int) -> Iterator[LedgerEntry]:
        return (entry for entry in self.result.ledger if entry.input == number)

    def _here(self, agent: Agent, entry: LedgerEntry) -> str:
        return plain("\n".join(agent.source.split("\n")[entry.span.first - 1 : entry.span.last]))

    def _ledger(self, number: int, agent: Agent) -> None:
        cover: Counter[int] = Counter()
        for entry in self._entries(number):
            cover.update(range(entry.span.first, entry.span.last + 1))
            if entry.unit is not None:
                self._fate(agent, entry, entry.unit)
        for line in body_lines(agent.source):
            self.counts["lines"] += 1
            self.counts["accounted"] += cover[line] == 1
            if cover[line] != 1:
                self.complaints.append(f"{agent.path}:{line}: in {cover[line]} ledger entries")

    def _fate(self, agent: Agent, entry: LedgerEntry, number: int) -> None:
        unit = self.result.units[number]
        there = plain("\n".join(self.result.text.split("\n")[unit.span.first - 1 : unit.span.last]))
        here = self._here(agent, entry)
        if entry.fate is Fate.KEPT:
            self.counts["kept of"] += 1
            self.counts["kept"] += here in there
            if here not in there:
                self.complaints.append(f"{agent.path}:{entry.span.first}: called kept, not in its unit: {here[:80]}")
        elif entry.fate in (Fate.ABSORBED, Fate.REWORDED):
            have = set(WORD.findall(there))
            details = [w for w in WORD.findall(here) if w[0].isdigit() or self.frequency.get(w, 0) <= RARE]
            self.counts["detail of"] += len(details)
            self.counts["detail"] += sum(word in have for word in details)

    def _is_item(self, unit: int | None) -> bool:
        return unit is not None and self.result.units[unit].kind is UnitKind.ITEM

    def _own(self, number: int, agent: Agent) -> None:
        said = defaultdict(list)
        for entry in self._entries(number):
            if self._is_item(entry.unit):
                said[entry.unit].append(self._here(agent, entry))
        self.counts["own"] += sum(x != y for texts in said.values() for x, y in combinations(texts, 2))

    def _pairs(self, label: common.Label) -> None:
        paths = [agent.path for agent in self.agents]
        a, b = ({e.span.first: e.unit for e in self._entries(paths.index(label[side]))} for side in ("a", "b"))
        held = {(x, y) for x, y, _ in label["items"]}
        for (x, unit), (y, other) in product(a.items(), b.items()):
            if unit == other and self._is_item(unit):
                self.counts["fused of"] += 1
                self.counts["fused"] += (x, y) in held
                if (x, y) not in held:
                    self.complaints.append(f"{label['a']}:{x} ~ {label['b']}:{y}: fused, not in the labels")
        for x, y, word in label["items"]:
            if word == "equal":
                is_joined = a.get(x) is not None and a.get(x) == b.get(y)
                self.counts["joined of"] += 1
                self.counts["joined"] += is_joined
                if not is_joined:
                    self.complaints.append(f"{label['a']}:{x} ~ {label['b']}:{y}: equal, kept apart")

    def _is_strict(self) -> bool:
        try:
            head = yaml.safe_load(self.result.text.split("\n---", 1)[0].removeprefix("---"))
        except yaml.YAMLError as error:
            self.complaints.append(f"{[agent.path for agent in self.agents]}: front matter of the output: {error}")
            return False
        return isinstance(head, dict) and bool(head.get("name")) and bool(head.get("description"))


def row(name: str, counts: Counter[str]) -> tuple[object, ...]:
    """The measures of a set."""
    fused, joined, detail, kept = (common.share(counts[key], counts[f"{key} of"]) for key in MEASURES)
    accounted = f"{common.share(counts['accounted'], counts['lines']):.4f}"
    strict = f"{counts['strict']}/{counts['outputs']}"
    return name, accounted, fused, joined, common.f1(fused, joined), detail, kept, counts["own"], strict


def main() -> int:
    """Print one row a set."""
    arguments = common.parser(__doc__)
    arguments.add_argument("--sets", nargs="+", default=["seeds", "dev", "train"])
    arguments.add_argument("--show", action="store_true", help="list what is not as it should be")
    options = arguments.parse_args()
    frequency = rare_words(common.required(options.shared / "data" / "word-frequencies.tsv"))
    rows = []
    for name in options.sets:
        pairs = common.labels(options.shared, name)
        agents = common.agents_of(options.shared, pairs)
        groups = [(f"{name}, pairs", [([pair["a"], pair["b"]], [pair]) for pair in pairs])]
        if name == "seeds":
            groups.insert(0, (f"{name}, together", [(sorted(agents), pairs)]))
        for title, merges in groups:
            counts: Counter[str] = Counter()
            for files, known in merges:
                merged = [agents[file] for file in files]
                audit = Audit(merged, merge(merged), known, frequency, counts, [])
                audit.run()
                if options.show:
                    print(*audit.complaints, sep="\n")
            rows.append(row(title, counts))
    head = ("set", "accounted", "fused", "joined", "F1", "detail", "kept", "own", "strict")
    print(common.table(head, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
