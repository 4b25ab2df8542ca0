"""Make `agentdiff/data/stem-frequencies.tsv` from the word frequencies of public agent files.

usage: python bench/make_frequencies.py [../shared/data/word-frequencies.tsv]

Words are stemmed and counted together; stems in fewer than 8 items are left out, since any rarer word weighs the same.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import Stemmer

LEAST = 8


def main() -> int:
    """Read the table of words, write the table of stems."""
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/word-frequencies.tsv")
    if not source.exists():
        print(f"{source}: no such file; give the path of word-frequencies.tsv", file=sys.stderr)
        return 2
    stem = Stemmer.Stemmer("english").stemWord
    counts: Counter[str] = Counter()
    for line in source.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        word, items, _ = line.split("\t")
        for part in {part for part in word.split("-") if part}:
            counts[stem(part)] += int(items)
    rows = [f"{stem}\t{count}" for stem, count in sorted(counts.items()) if count >= LEAST]
    head = "# items that hold a stem, of 143111 distinct items in 2920 distinct public agent files"
    target = Path(__file__).parent.parent / "agentdiff" / "data" / "stem-frequencies.tsv"
    target.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    print(f"{target.name}: {len(rows)} stems")
    return 0


if __name__ == "__main__":
    sys.exit(main())
