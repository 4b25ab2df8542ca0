"""What the scripts of this folder share: the material outside the project, labels, tables, what processes take."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from agentdiff.formats import parse
from agentdiff.model import Agent

PROJECT = Path(__file__).resolve().parents[1]
FIXTURES = PROJECT / "fixtures" / "backend-engineer"

LICENCE = "_UPSTREAM_LICENSE"
"""How the licences are called that stand between the files of the corpus."""

Label = dict[str, Any]
"""One line of a label file: id, a, b, sections, items."""


def parser(usage: str | None) -> argparse.ArgumentParser:
    """A parser of arguments that prints the docstring of its script, with the path of the shared material."""
    made = argparse.ArgumentParser(description=usage, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("shared", nargs="?", type=Path, default=PROJECT.parent / "shared", help="default: ../shared")
    return made


def required(path: Path) -> Path:
    """The path, or the end of the script with a sentence where nothing is there."""
    if not path.exists():
        print(f"{path}: not there; give the folder of the shared material as the first argument", file=sys.stderr)
        sys.exit(2)
    return path


def labels(shared: Path, name: str) -> list[Label]:
    """The labelled pairs of one set (`seeds`, `dev`, `train`)."""
    path = required(shared / "bench" / "alignment" / f"{name}.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def origins(shared: Path, name: str) -> dict[str, str]:
    """The repository of each file of a set; empty for the seeds, which have no manifest."""
    path = shared / "bench" / "alignment" / f"{name}.manifest.jsonl"
    entries = map(json.loads, path.read_text(encoding="utf-8").splitlines()) if path.exists() else ()
    return {entry["file"]: entry["repo"] for entry in entries}


def label_text(shared: Path, name: str) -> str:
    """The text of a labelled file, line endings untouched."""
    return (shared / "bench" / "alignment" / "files" / name).read_bytes().decode()


def archived(archive: Path) -> Iterator[tuple[str, str]]:
    """Path and text of every file of an archive of the corpus, read in memory, without the licences."""
    with tarfile.open(required(archive)) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            if content is not None and not Path(member.name).name.startswith(LICENCE):
                yield member.name, content.read().decode(errors="replace")


def agents_of(shared: Path, pairs: Sequence[Label]) -> dict[str, Agent]:
    """Every file that the labels name, parsed once."""
    names = sorted({pair[side] for pair in pairs for side in ("a", "b")})
    return {name: parse(label_text(shared, name), name) for name in names}


def fixtures() -> list[Path]:
    """The five variants of the project's own role, in order of their names."""
    return sorted(FIXTURES.glob("*.md"))


def f1(precision: float, recall: float) -> float:
    """Harmonic mean of the two."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def share(part: float, whole: float) -> float:
    """Part of the whole, 1 where there is nothing to have."""
    return part / whole if whole else 1.0


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Process(NamedTuple):
    """A living process."""

    number: int
    parent: int
    session: int
    processor_seconds: float
    """That it has spent so far."""
    resident_bytes: int
    """With the pages that it shares with others."""


def processes() -> Iterator[Process]:
    """All that live; those that have ended and that nobody has waited for are left out."""
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                state, *values = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it ended meanwhile
                continue
            if state != "Z":
                spent = (int(values[10]) + int(values[11])) / ticks
                yield Process(int(entry.name), int(values[0]), int(values[2]), spent, int(values[20]) * page)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns in Markdown, numbers to the right; floats with three places."""
    cells = [[f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    is_text = [any(isinstance(row[n], str) for row in rows) for n in range(len(head))]

    def line(values: Sequence[str]) -> str:
        padded = zip(values, widths, is_text, strict=True)
        return "| " + " | ".join(v.ljust(w) if text else v.rjust(w) for v, w, text in padded) + " |"

    rule = "|" + "|".join("-" * (w + 1) + ("-" if text else ":") for w, text in zip(widths, is_text, strict=True)) + "|"
    return "\n".join([line(head), rule, *map(line, cells)])
