"""Whether the laws of a merge hold on real files, and how often the canonical merged with a source gains lines.

usage: python bench/laws.py [../shared]

Groups are files of one name from different repositories of the corpus, drawn in a fixed order. Printed: how many
merges fail, give other bytes in another order, or lose a line; and on how many groups merging the canonical again with
one of its sources adds a line (design.md asks for none).
"""

from __future__ import annotations

import sys
import tarfile
from collections import Counter, defaultdict
from pathlib import Path, PurePosixPath

import common

from agentdiff.canonical import merge
from agentdiff.errors import AgentDiffError
from agentdiff.formats import parse
from agentdiff.model import Agent

GROUPS = 300
LARGEST_GROUP = 4


def main() -> int:
    """Print the table."""
    options = common.parser(__doc__).parse_args()
    groups = _groups(common.required(options.shared / "corpus" / "agents.tar.gz"))
    counts: Counter[str] = Counter(groups=len(groups))
    for group in groups:
        try:
            result = merge(group)
        except AgentDiffError as error:
            counts["failed"] += 1
            print(error, file=sys.stderr)
            continue
        counts["other bytes in another order"] += merge(group[::-1]).text != result.text
        counts["merge(a) is not a"] += merge(group[:1]).text != group[0].source
        canonical = parse(result.text, "canonical.md")
        again = merge([canonical, group[0]])
        fresh = _lines(again.text) - _lines(canonical.source)
        counts["canonical and a source: lines added"] += bool(fresh)
        counts["lines of canonicals"] += sum(_lines(canonical.source).values())
        counts["lines added in all"] += sum(fresh.values())
    for what, count in counts.items():
        print(f"{what}: {count}")
    return 0


def _lines(text: str) -> Counter[str]:
    """The lines of a body that say something, without list marks."""
    body = text.partition("\n---\n")[2] or text
    return Counter(line.strip().lstrip("-*0123456789. ") for line in body.splitlines() if line.strip())


def _groups(archive: Path) -> list[list[Agent]]:
    by_name: defaultdict[str, dict[str, str]] = defaultdict(dict)
    with tarfile.open(archive) as files:
        for member in files:
            path = PurePosixPath(member.name)
            handle = files.extractfile(member) if member.isfile() and path.suffix == ".md" else None
            if handle and not path.name.startswith("_") and path.stem.lower() not in ("skill", "agents", "claude"):
                by_name[path.name].setdefault(path.parts[0], handle.read().decode("utf-8", "replace"))
    groups = []
    for name in sorted(by_name):
        texts = [by_name[name][repository] for repository in sorted(by_name[name])][:LARGEST_GROUP]
        if len(texts) > 1:
            groups.append([parse(text, name) for text in texts if text.strip()])
    return groups[:GROUPS]


if __name__ == "__main__":
    sys.exit(main())
