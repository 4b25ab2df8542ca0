"""Which verdicts real pairs get: edits of one file, independent variants of one role, files of different roles.

usage: python bench/verdicts.py [../shared]

Prints, for each kind of pair, the share of each verdict and the quantiles of the similarity and of the share of
statements that are equal to the letter. Behind the floors in `agentdiff/diff.py`.
"""

from __future__ import annotations

import json
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from agentdiff.diff import (
    DRIFT_SIMILARITY,
    NAMESAKE_SIMILARITY,
    SAME_SUBJECT,
    VARIANT_SIMILARITY,
    diff,
    subjects_agree,
)
from agentdiff.errors import AgentDiffError
from agentdiff.formats import parse
from agentdiff.model import Agent, Change
from agentdiff.similarity import prepared


def edits(shared: Path) -> Iterator[tuple[Agent, Agent]]:
    """Old and new of real edits."""
    texts: dict[str, str] = {}
    with tarfile.open(shared / "corpus" / "edits.tar.gz") as archive:
        for member in archive:
            handle = archive.extractfile(member) if member.isfile() else None
            if handle and member.name.endswith(".md"):
                texts[member.name] = handle.read().decode("utf-8", "replace")
    for name in sorted(texts):
        if name.endswith("old.md"):
            try:
                yield parse(texts[name], name), parse(texts[name.replace("old.md", "new.md")], name)
            except AgentDiffError:
                continue


def labelled(shared: Path, is_same_role: bool) -> Iterator[tuple[Agent, Agent]]:
    """Labelled pairs of one role; or each left side with the right side of the pair after the next."""
    folder = shared / "bench" / "alignment"
    rows = [
        json.loads(line)
        for name in ("seeds", "dev", "train")
        for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    agents = [[_parsed(folder / "files" / row[side]) for side in "ab"] for row in rows]
    for number, (left, right) in enumerate(agents):
        other = right if is_same_role else agents[(number + 17) % len(agents)][1]
        yield left, other


def _parsed(path: Path) -> Agent:
    return parse(path.read_bytes().decode(), path.name)


def show(name: str, pairs: Iterator[tuple[Agent, Agent]]) -> None:
    """One block of the table."""
    verdicts: Counter[str] = Counter()
    similarities, equal_shares, about_one = [], [], 0
    for old, new in pairs:
        result = diff(old, new)
        verdicts[result.verdict.value] += 1
        similarities.append(result.similarity)
        about_one += subjects_agree(prepared(old), prepared(new)) >= SAME_SUBJECT
        equal = sum(edit.change in (Change.KEPT, Change.MOVED) for edit in result.items)
        sizes = [len({edit.old for edit in result.items} - {None}), len({edit.new for edit in result.items} - {None})]
        equal_shares.append(equal / max(1, *sizes))
    total = sum(verdicts.values())
    print(f"{name}: {total} pairs")
    print("  " + "  ".join(f"{verdict} {count / total:.1%}" for verdict, count in verdicts.most_common()))
    print(f"  about one subject: {about_one / total:.1%}")
    print(f"  similarity of at least: {shares(similarities)}")
    for what, values in (("similarity", similarities), ("equal to the letter", equal_shares)):
        values.sort()
        at = {share: values[min(total - 1, int(share * total))] for share in (0, 0.05, 0.25, 0.5, 0.75, 0.95, 1)}
        print(f"  {what}: " + "  ".join(f"{share:.0%} {value:.2f}" for share, value in at.items()))


def shares(similarities: list[float]) -> str:
    """How many reach each floor."""
    floors = (NAMESAKE_SIMILARITY, VARIANT_SIMILARITY, DRIFT_SIMILARITY)
    return "  ".join(f"{floor} {sum(s >= floor for s in similarities) / len(similarities):.1%}" for floor in floors)


def main() -> int:
    """Print the three blocks."""
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared")
    if not shared.is_dir():
        print(f"{shared}: no such folder; give the one that holds bench/ and corpus/", file=sys.stderr)
        return 2
    show("edits of one file", edits(shared))
    show("one role, written independently", labelled(shared, is_same_role=True))
    show("different roles", labelled(shared, is_same_role=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
