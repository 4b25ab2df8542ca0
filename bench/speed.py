"""How long things take, as ratios of medians in one run, so that figures from different machines compare.

usage: python bench/speed.py [--runs 15]

What is compared takes turns, so that a slow moment of the machine hits all of them. The yardstick is a fixed piece of
pure Python (100,000 updates of a dictionary). The library is timed on agents that were parsed anew for each run.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import resources
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median

import common

from agentdiff.align import align
from agentdiff.canonical import merge
from agentdiff.consensus import group
from agentdiff.diff import diff
from agentdiff.formats import parse
from agentdiff.model import Agent
from agentdiff.similarity import prepared

SIZES = (6, 12, 25, 50, 100)
"""Kilobytes of the generated files."""

SCALING_RUNS = 5
EDITED = 0.3
"""Share of the statements of a generated file that its variant says otherwise."""

MANY = 50
"""Variants of a generated file of 6 KB that are merged at once."""

OLD, NEW = "a-numbered.md", "c-headings.md"


def yardstick() -> None:
    """Work that depends on the machine and on Python alone."""
    counts: dict[int, int] = {}
    for number in range(100_000):
        counts[number % 1009] = counts.get(number % 1009, 0) + number


def medians(works: Sequence[Callable[[], float]], runs: int) -> list[float]:
    """Median of what each returns, taking turns; one turn before goes uncounted."""
    for work in works:
        work()
    rounds = [[work() for work in works] for _ in range(runs)]
    return [median(times) for times in zip(*rounds, strict=True)]


ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""As a user has it: Python keeps what it compiled. (An installed package is compiled by pip.)"""


def process(*command: str) -> Callable[[], float]:
    """A run of a whole process, in seconds."""

    def run() -> None:
        code = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT).returncode
        if code > 1:
            sys.exit(f"{' '.join(command)}: exit code {code}")

    return lambda: common.seconds(run)


def processes(runs: int) -> str:
    """Whole processes over the start of Python with click."""
    agentdiff = str(Path(sys.executable).with_name("agentdiff"))
    old, new = (str(common.FIXTURES / name) for name in (OLD, NEW))
    commands = {
        'python -c "import click"': (sys.executable, "-c", "import click"),
        "the same, and reading": (sys.executable, "-c", "import click, agentdiff.formats"),
        "the same, and the matcher": (sys.executable, "-c", "import click, agentdiff.formats, agentdiff.align"),
        "agentdiff --help": (agentdiff, "--help"),
        "agentdiff show A": (agentdiff, "show", old),
        "agentdiff diff A B": (agentdiff, "diff", old, new),
        "agentdiff merge (five)": (agentdiff, "merge", *map(str, common.fixtures())),
    }
    times = medians([process(*command) for command in commands.values()], runs)
    rows = [(name, 1000 * each, each / times[0]) for name, each in zip(commands, times, strict=True)]
    return common.table(("process", "ms", "of import click"), rows)


def reading(text: str, path: str = "a.md") -> Callable[[], float]:
    """Reading one file, in seconds."""
    return lambda: common.seconds(lambda: parse(text, path))


def working(work: Callable[[list[Agent]], object], texts: Sequence[str]) -> Callable[[], float]:
    """Work on parsed agents, in seconds; the parsing is not counted."""

    def run() -> float:
        agents = [parse(text, f"{number}.md") for number, text in enumerate(texts)]
        return common.seconds(lambda: work(agents))

    return run


def compared(agents: list[Agent]) -> object:
    """The diff of two."""
    return diff(*agents)


def aligned(agents: list[Agent]) -> object:
    """The alignment of two."""
    return align(*agents)


def grouped(agents: list[Agent]) -> object:
    """The alignment of all at once."""
    return group([prepared(agent) for agent in agents])


def library(runs: int) -> str:
    """The library on the fixtures over the yardstick."""
    old, new = ((common.FIXTURES / name).read_bytes().decode() for name in (OLD, NEW))
    five = [path.read_bytes().decode() for path in common.fixtures()]
    works = {
        "yardstick": lambda: common.seconds(yardstick),
        "reading one": reading(old),
        "alignment of two": working(aligned, (old, new)),
        "alignment of five": working(grouped, five),
        "diff of two": working(compared, (old, new)),
        "merge of five": working(merge, five),
    }
    times = medians(list(works.values()), runs)
    rows = [(name, 1000 * each, each / times[0]) for name, each in zip(works, times, strict=True)]
    return common.table(("library", "ms", "of yardstick"), rows)


class Writer:
    """Makes agent files out of words as frequent as they are in public ones; the same on every run."""

    def __init__(self) -> None:
        lines = resources.files("agentdiff").joinpath("data/stem-frequencies.tsv").read_text(encoding="utf-8")
        rows = [line.split("\t") for line in lines.splitlines() if line and not line.startswith("#")]
        self.words = [row[0] for row in rows]
        self.often = [int(row[1]) for row in rows]
        self.random = Random(5)

    def statement(self) -> str:
        """Some words."""
        return " ".join(self.random.choices(self.words, self.often, k=self.random.randint(4, 14))).capitalize()

    def file(self, size: int) -> list[str]:
        """Lines of a file of `size` bytes: titles, bullets, now and then a paragraph."""
        lines, length = ["---", "name: generated", f"description: {self.statement()}", "---"], 0
        while length < size:
            line = "- " + self.statement()
            if len(lines) % 9 == 4:
                line = f"\n## {' '.join(self.random.choices(self.words, k=2)).title()}\n\n{self.statement()}.\n"
            lines.append(line)
            length += len(line) + 1
        return lines

    def variant(self, lines: Sequence[str]) -> list[str]:
        """The same with some statements changed in one word, some replaced, some moved to the end."""
        kept, moved = list(lines[:4]), []
        for line in lines[4:]:
            chance = self.random.random() if line.startswith("- ") else 1.0
            if chance < EDITED / 3:
                kept.append("- " + self.statement())
            elif chance < EDITED * 2 / 3:
                kept.append(" ".join([*line.split(" ")[:-1], *self.random.choices(self.words)]))
            elif chance < EDITED:
                moved.append(line)
            else:
                kept.append(line)
        return kept + moved


def scaling() -> str:
    """Reading, alignment and diff of ever larger files, and how much longer each doubling takes."""
    rows = []
    for size in SIZES:
        writer = Writer()
        lines = writer.file(1000 * size)
        old, new = "\n".join(lines) + "\n", "\n".join(writer.variant(lines)) + "\n"
        works = reading(old), working(aligned, (old, new)), working(compared, (old, new))
        times = medians(works, SCALING_RUNS)
        rows.append([size, *(1000 * each for each in times)])
    growth = [["", "", ""], *([f"{b / a:.2f}" for a, b in zip(x[1:], y[1:], strict=True)] for x, y in pairwise(rows))]
    kinds = "reading", "alignment", "diff"
    head = ("KB", *(f"{kind} ms" for kind in kinds), *(f"{kind}, per doubling" for kind in kinds))
    return common.table(head, [[*row, *more] for row, more in zip(rows, growth, strict=True)])


def merging_many() -> str:
    """One merge of many variants over the yardstick, and the most memory that this process had until then."""
    writer = Writer()
    lines = writer.file(1000 * SIZES[0])
    agents = [parse("\n".join(writer.variant(lines)) + "\n", f"{number}.md") for number in range(MANY)]
    (once,) = medians([lambda: common.seconds(yardstick)], SCALING_RUNS)
    time = common.seconds(lambda: merge(agents))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return common.table(("library", "s", "of yardstick", "peak MB"), [(f"merge of {MANY}", time, time / once, peak)])


def main() -> int:
    """Print four tables. Merging many comes first, so that nothing else counts into its memory."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--runs", type=int, default=15)
    options = arguments.parse_args()
    print(merging_many(), processes(options.runs), library(options.runs), scaling(), sep="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
