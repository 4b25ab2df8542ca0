"""Other tools for near-duplicates beside agentdiff, on the same files in the same run: what they take, and how right.

    python bench/peers.py SET [--python PYTHON] [--only datasketch,rensa,daft]

SET is as for duplicates.py. PYTHON is the interpreter that has the others (default: this one); one that is not
installed there is named, with what to install. Each runs in a process of its own, which reads the files, too, and gets
the bodies without front matter, in lower case, words only. All of them look at sequences of three words, with a floor
of 0.5 and connected components, as they are commonly set up; none is tuned:

    datasketch            MinHashLSH with 128 permutations; what it offers is taken as it is
    datasketch, checked   the same, and the estimated similarity has to reach the floor
    rensa                 RMinHashLSH with 128 permutations in 32 bands, checked in the same way
    daft                  minhash of 96 values in 16 bands of 6; what shares a band is taken as it is
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duplicates

FLOOR = 0.5
PERMUTATIONS = 128
RENSA_BANDS = 32
DAFT_BANDS, DAFT_ROWS = 16, 6
WORDS = 3
SEED = 1

WORD = re.compile(r"\w+")
FRONT_MATTER = re.compile(r"\A\s*---\r?\n.*?\r?\n---\r?\n", re.DOTALL)


# ---------------------------------------------------------------------------------------------- the peers
# What follows runs in the interpreter that has them, which need not have agentdiff: it imports nothing of ours.

Links = Iterator[tuple[int, int]]
"""Positions of texts that are taken for near-duplicates."""


def shingles(words: Sequence[str]) -> list[str]:
    """All sequences of WORDS words; of a shorter text, the whole."""
    return [" ".join(words[start : start + WORDS]) for start in range(max(1, len(words) - WORDS + 1))]


def datasketch_links(texts: Sequence[list[str]], is_checked: bool = False) -> Links:
    """Every text with all that the index offers for it."""
    from datasketch import MinHash, MinHashLSH

    index, sketches = MinHashLSH(threshold=FLOOR, num_perm=PERMUTATIONS), []
    for number, words in enumerate(texts):
        sketch = MinHash(num_perm=PERMUTATIONS, seed=SEED)
        sketch.update_batch([each.encode() for each in set(shingles(words))])
        index.insert(number, sketch)
        sketches.append(sketch)
    for number, sketch in enumerate(sketches):
        for other in index.query(sketch):
            if other < number and (not is_checked or sketch.jaccard(sketches[other]) >= FLOOR):
                yield number, other


def checked_datasketch_links(texts: Sequence[list[str]]) -> Links:
    """Every text with what is similar enough of what the index offers for it."""
    return datasketch_links(texts, is_checked=True)


def rensa_links(texts: Sequence[list[str]]) -> Links:
    """Every text with what is similar enough of what the index offers for it."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=FLOOR, num_perm=PERMUTATIONS, num_bands=RENSA_BANDS)
    sketches = []
    for number, words in enumerate(texts):
        sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
        sketch.update(shingles(words))
        index.insert(number, sketch)
        sketches.append(sketch)
    for number, sketch in enumerate(sketches):
        for other in index.query(sketch):
            if other < number and sketch.jaccard(sketches[other]) >= FLOOR:
                yield number, other


def daft_links(texts: Sequence[list[str]]) -> Links:
    """The first of each bucket with the others in it."""
    import daft
    from daft import col
    from daft.functions import minhash

    table = daft.from_pydict({"number": list(range(len(texts))), "text": [" ".join(words) for words in texts]})
    values = minhash(col("text"), num_hashes=DAFT_BANDS * DAFT_ROWS, ngram_size=WORDS, seed=SEED)
    sketches = table.select(col("number"), values.alias("values")).collect()
    for band in range(DAFT_BANDS):
        own = [col("values").get(band * DAFT_ROWS + row).alias(f"v{row}") for row in range(DAFT_ROWS)]
        keyed = sketches.select(col("number"), *own)
        buckets = keyed.groupby(*(f"v{row}" for row in range(DAFT_ROWS))).agg(col("number").list_agg())
        for numbers in buckets.to_pydict()["number"]:
            yield from ((numbers[0], other) for other in numbers[1:])


PEERS: dict[str, tuple[str, Callable[[Sequence[list[str]]], Links]]] = {
    "datasketch": ("datasketch", datasketch_links),
    "datasketch, checked": ("datasketch", checked_datasketch_links),
    "rensa": ("rensa", rensa_links),
    "daft": ("daft", daft_links),
}
"""What has to be installed, and what it does."""


def read_texts(given: Path) -> Iterator[tuple[str, str]]:
    """Path, as the truth has it, and text of all files of a set."""
    if given.is_dir():
        for path in sorted(given.rglob("*.md")):
            yield path.relative_to(given).as_posix(), path.read_text(encoding="utf-8", errors="replace")
    else:
        import pyarrow.parquet as parquet

        for batch in parquet.ParquetFile(given).iter_batches(columns=["path", "content"]):
            yield from zip(batch.column("path").to_pylist(), batch.column("content").to_pylist(), strict=True)


def components(count: int, links: Iterable[tuple[int, int]]) -> list[int]:
    """The least position of the component of each position."""
    parents = list(range(count))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = number = parents[parents[number]]
        return number

    for one, other in links:
        one, other = sorted((root(one), root(other)))
        parents[other] = one
    return [root(number) for number in range(count)]


def run_peer(name: str, given: Path) -> None:
    """Print the component and the path of every file of a set."""
    paths, texts = [], []
    for path, text in read_texts(given):
        paths.append(path)
        texts.append(WORD.findall(FRONT_MATTER.sub("", text, count=1).lower()))
    found = components(len(texts), PEERS[name][1](texts))
    sys.stdout.writelines(f"{component}\t{path}\n" for component, path in zip(found, paths, strict=True))


# ---------------------------------------------------------------------------------------------- from outside


def is_installed(python: str, package: str) -> bool:
    """Whether an interpreter can import a package."""
    return not subprocess.run([python, "-c", f"import {package}"], capture_output=True).returncode


def measured(name: str, given: Path, python: str, truth: duplicates.Truth | None) -> duplicates.Result | None:
    """Run one peer; None where it failed, which it has said itself."""
    import duplicates

    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "components.tsv"
        yardsticks = duplicates.yardstick_seconds()
        code, usage = duplicates.watched([python, __file__, str(given), "--peer", name], output)
        if code:
            return None
        yardsticks += duplicates.yardstick_seconds()
        groups: dict[str, list[str]] = {}
        for line in output.read_text(encoding="utf-8").splitlines():
            component, path = line.split("\t")
            groups.setdefault(component, []).append(path)
    found = duplicates.quality(truth, groups.values()) if truth else None
    return duplicates.Result(sum(map(len, groups.values())), usage, median(yardsticks), found)


def compare(given: Path, python: str, only: Sequence[str]) -> None:
    """Ours and every peer that is there, one after the other."""
    import duplicates

    results, missing = {"agentdiff": duplicates.measured(given)}, []
    truth = duplicates.truth_of(given)
    for name, (package, _) in PEERS.items():
        if package not in only:
            continue
        if not is_installed(python, package):
            missing.append(f"{name}: not installed; {python} -m pip install {package}")
        elif result := measured(name, given, python, truth):
            results[name] = result
        else:
            missing.append(f"{name}: failed, see above")
    duplicates.print_results(results, duplicates.name_of(given))
    for each in missing:
        print(each)


def main() -> int:
    """Print the tables, or be one of the peers."""
    packages = sorted({package for package, _ in PEERS.values()})
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("--python", default=sys.executable, help="the interpreter that has the others")
    parser.add_argument("--only", default=",".join(packages), help="packages, with commas between them")
    parser.add_argument("--peer", choices=PEERS, help=argparse.SUPPRESS)
    options: Any = parser.parse_args()
    if options.peer:
        run_peer(options.peer, options.set)
    else:
        compare(options.set, options.python, options.only.split(","))
    return 0


if __name__ == "__main__":
    sys.exit(main())
