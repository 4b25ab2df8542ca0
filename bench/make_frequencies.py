"""Make `stem-frequencies.tsv` and `common-words.txt` in `agentdiff/data` from the words of public agent files.

usage: python bench/make_frequencies.py [../shared/data/word-frequencies.tsv]

Words are stemmed and counted together; stems in fewer than 8 items are left out, since any rarer word weighs the same.
Words in more than 60 items are common.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import Stemmer

LEAST = 8
COMMON = 60
DATA = Path(__file__).parent.parent / "agentdiff" / "data"


def main() -> int:
    """Read the table of words, write the table of stems."""
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/word-frequencies.tsv")
    if not source.exists():
        print(f"{source}: no such file; give the path of word-frequencies.tsv", file=sys.stderr)
        return 2
    stem = Stemmer.Stemmer("english").stemWord
    counts: Counter[str] = Counter()
    common: list[str] = []
    for line in source.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        word, items, _ = line.split("\t")
        if int(items) > COMMON:
            common.append(word)
        for part in {part for part in word.split("-") if part}:
            counts[stem(part)] += int(items)
    rows = [f"{stem}\t{count}" for stem, count in sorted(counts.items()) if count >= LEAST]
    items = "143111 distinct items in 2920 distinct public agent files"
    _write("stem-frequencies.tsv", f"# items that hold a stem, of {items}", rows)
    _write("common-words.txt", f"# words in more than {COMMON} of {items}", sorted(common))
    return 0


def _write(name: str, head: str, rows: list[str]) -> None:
    (DATA / name).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    print(f"{name}: {len(rows)} rows")


if __name__ == "__main__":
    sys.exit(main())
