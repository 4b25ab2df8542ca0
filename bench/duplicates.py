"""How fast `agentdiff duplicates` is from disk to clusters, what memory it takes, and whether the clusters are right.

    python bench/duplicates.py SET... [--memory 4GB]
    python bench/duplicates.py --hundred [--runs 15]

SET is a folder with agent files and, for the quality, truth.tsv (path, cluster, level), or a Parquet table with `path`
and `content` and, for the quality, `cluster` and `level`; make_set.py of the shared material makes both. The search is
a process of its own. Processor time and memory are those of all processes that it starts, looked at up to five times
a second: memory is proportional (PSS), so that a page which several of them share counts once. The yardstick is that of
speed.py.

--hundred times the whole process for a hundred generated files beside the start of Python with click.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import IO, Any, NamedTuple

import common
import speed

SECONDS_BETWEEN_LOOKS, LOOKS_BETWEEN_LOOKS = 0.2, 50
"""At least so long, and so many times as long as the last look took: with three gigabytes that is 20 ms, which the
processes that are looked at have to wait."""
YARDSTICK_RUNS = 5
"""Before the search, and as many after it."""

LEVELS = ("exact", "fm", "r05", "r10", "r20", "r30", "r50")
"""What makes a member differ from the base of its cluster, from nothing to half of its words."""

BASE = "base"
SETTLED = ("exact", "near")
"""Kinds of clusters that claim that one was made from the other; a role is another question."""

REPOS = "repos"
"""The folder of a set whose folders are the repositories: it is what is searched, where there is one."""

CHUNK = 1 << 20
HUNDRED, VARIANTS, SIZE = 100, 5, 6000

USAGE_HEAD = ("files", "s", "files/s", "processor s", "peak MB, all", "peak MB, main", "yardstick ms", "of yardstick")
QUALITY_HEAD = ("precision", "recall", "F1", "B-cubed F1", *LEVELS)


# ---------------------------------------------------------------------------------------------- what it takes


class Usage(NamedTuple):
    """Of a process and all that it started."""

    seconds: float
    processor_seconds: float
    peak_bytes: int
    """The most that all of them had at one look, shared pages counted once."""
    main_peak_bytes: int
    """The most that the first one ever had resident."""


@dataclass
class Watch:
    """What was seen of the processes of a session."""

    session: int
    peak_bytes: int = 0
    main_peak_bytes: int = 0
    spent: dict[int, float] = field(default_factory=dict)
    """Processor seconds by process, those that have ended included."""

    def look(self) -> None:
        """Take note of what every process has now."""
        spent = _processor_seconds(self.session)
        self.spent |= spent
        self.peak_bytes = max(self.peak_bytes, sum(_kilobytes(each, "smaps_rollup", "Pss:") for each in spent) * 1024)
        self.main_peak_bytes = max(self.main_peak_bytes, _kilobytes(self.session, "status", "VmHWM:") * 1024)


def watched(command: Sequence[str], output: Path, environment: dict[str, str] | None = None) -> tuple[int, Usage]:
    """Run a command, its output into a file; its exit code, and what it took.

    Its processes are known by their session, since one whose parent has ended has no place below the first any more.
    Processor seconds are the greater of two sums, each of which misses something: the kernel's leaves out processes
    that nobody waited for, and that of the looks what a process spent after the last one.
    """
    started = time.perf_counter()
    with output.open("wb") as stream:
        child = subprocess.Popen(command, stdout=stream, stderr=None, env=environment, start_new_session=True)
    watch, has_ended = Watch(child.pid), threading.Event()
    looking = threading.Thread(target=_keep_looking, args=(watch, has_ended))
    looking.start()
    _, status, charged = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    has_ended.set()
    looking.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    spent = max(charged.ru_utime + charged.ru_stime, sum(watch.spent.values()))
    return child.returncode, Usage(seconds, spent, watch.peak_bytes, watch.main_peak_bytes)


def _keep_looking(watch: Watch, has_ended: threading.Event) -> None:
    while not has_ended.is_set():
        started = time.perf_counter()
        watch.look()
        has_ended.wait(max(SECONDS_BETWEEN_LOOKS, LOOKS_BETWEEN_LOOKS * (time.perf_counter() - started)))


def _processor_seconds(session: int) -> dict[int, float]:
    """Of each living process of a session, by its number."""
    return {each.number: each.processor_seconds for each in common.processes() if each.session == session}


def _kilobytes(process: int, file: str, name: str) -> int:
    """One figure that the kernel tells about a process; 0 once it has ended."""
    with suppress(OSError), open(f"/proc/{process}/{file}") as lines:
        for line in lines:
            if line.startswith(name):
                return int(line.split()[1])
    return 0


def yardstick_seconds() -> list[float]:
    """Some runs of the fixed piece of Python that speed.py compares with."""
    return [common.seconds(speed.yardstick) for _ in range(YARDSTICK_RUNS)]


def usage_row(files: int, usage: Usage, yardstick: float) -> list[object]:
    """Cells below USAGE_HEAD."""
    peaks = (f"{peak / 1e6:.0f}" for peak in (usage.peak_bytes, usage.main_peak_bytes))
    taken = (usage.seconds, int(files / usage.seconds), usage.processor_seconds)
    return [files, *taken, *map(int, peaks), 1000 * yardstick, usage.seconds / yardstick]


# ---------------------------------------------------------------------------------------------- what is right


@dataclass
class Truth:
    """The clusters that a set was made of; one entry for each file, in one order."""

    position: dict[str, int] = field(default_factory=dict)
    """Of each path, as the set has it."""
    clusters: list[int] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)

    def add(self, path: str, cluster: int, level: str) -> None:
        """One more file."""
        self.position[path] = len(self.clusters)
        self.clusters.append(cluster)
        self.levels.append(sys.intern(level))


class Quality(NamedTuple):
    """How well found clusters agree with the true ones, 0..1 each."""

    precision: float
    recall: float
    """Of pairs of files in one cluster."""
    b_cubed: float
    levels: dict[str, float]
    """Which share of the members of a level was found together with the base of its cluster."""
    files: int
    """In the truth."""
    unknown: int
    """Paths that were found and are not in the set; they count for nothing."""


def truth_of(given: Path) -> Truth | None:
    """From truth.tsv of a folder, or from the columns of a table; None where there is none."""
    if given.is_dir():
        return _listed_truth(given / "truth.tsv") if (given / "truth.tsv").exists() else None
    return _table_truth(given)


def _listed_truth(path: Path) -> Truth:
    truth = Truth()
    with path.open(encoding="utf-8", newline="") as lines:
        for name, cluster, level in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            truth.add(name, int(cluster), level)
    return truth


def _table_truth(path: Path) -> Truth | None:
    import pyarrow.parquet as parquet

    columns = ["path", "cluster", "level"]
    with parquet.ParquetFile(path) as table:
        if not set(columns) <= set(table.schema_arrow.names):
            return None
        truth = Truth()
        for batch in table.iter_batches(columns=columns):
            for row in zip(*(batch.column(name).to_pylist() for name in columns), strict=True):
                truth.add(*row)
    return truth


def quality(truth: Truth, groups: Iterable[Iterable[str]]) -> Quality:
    """Compare groups of paths with the truth. A path in several groups counts in the last of them."""
    guess, unknown = _guessed(truth, groups)
    both = Counter(zip(truth.clusters, guess, strict=True))
    true_sizes, sizes = Counter(truth.clusters), Counter(guess)
    right, files = _pairs(both.values()), len(guess)
    precise = sum(count * count / sizes[found] for (_, found), count in both.items())
    complete = sum(count * count / true_sizes[true] for (true, _), count in both.items())
    return Quality(
        precision=common.share(right, _pairs(sizes.values())),
        recall=common.share(right, _pairs(true_sizes.values())),
        b_cubed=common.f1(common.share(precise, files), common.share(complete, files)),
        levels=_level_recalls(truth, guess),
        files=files,
        unknown=unknown,
    )


def _guessed(truth: Truth, groups: Iterable[Iterable[str]]) -> tuple[list[int], int]:
    """A number of the group of each file, in the order of the truth, another one for each that is in no group."""
    guess, unknown = list(range(-1, -len(truth.clusters) - 1, -1)), 0
    for number, paths in enumerate(groups):
        for path in paths:
            position = truth.position.get(path)
            if position is None:
                unknown += 1
            else:
                guess[position] = number
    return guess, unknown


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def _level_recalls(truth: Truth, guess: Sequence[int]) -> dict[str, float]:
    every = list(zip(truth.clusters, truth.levels, guess, strict=True))
    bases = {cluster: found for cluster, level, found in every if level == BASE}
    wanted = Counter(truth.levels)
    got = Counter(level for cluster, level, found in every if bases[cluster] == found)
    return {level: got[level] / wanted[level] for level in LEVELS if wanted[level]}


def quality_row(found: Quality) -> list[str]:
    """Cells below QUALITY_HEAD, with four places, since what matters is near 1."""
    totals = (found.precision, found.recall, common.f1(found.precision, found.recall), found.b_cubed)
    levels = [found.levels.get(level) for level in LEVELS]
    return [f"{each:.4f}" for each in totals] + ["" if each is None else f"{each:.3f}" for each in levels]


# ---------------------------------------------------------------------------------------------- what was found


def read_document(path: Path) -> tuple[int, Iterator[dict[str, Any]]]:
    """How many files `agentdiff duplicates --format json` looked at, and its clusters.

    They are read one after the other: the document for a million files would fill the memory.
    """
    stream = path.open(encoding="utf-8")
    head = ""
    while '"clusters": [' not in head:
        head += _more(stream, CHUNK)
    before, _, rest = head.partition('"clusters": [')
    scanned, _ = json.JSONDecoder().raw_decode(before[before.index("{", before.index('"scanned"')) :])
    return scanned["files"], _clusters(stream, rest)


def _clusters(stream: IO[str], rest: str) -> Iterator[dict[str, Any]]:
    decoder, start, size = json.JSONDecoder(), 0, CHUNK
    with stream:
        while True:
            start += len(rest[start : start + 64]) - len(rest[start : start + 64].lstrip(" \n,"))
            if rest[start : start + 1] == "]":
                return
            try:
                cluster, start = decoder.raw_decode(rest, start)
                size = CHUNK
                yield cluster
            except ValueError:  # it goes on beyond what was read
                rest, start = rest[start:] + _more(stream, size), 0
                size *= 2


def _more(stream: IO[str], size: int) -> str:
    text = stream.read(size)
    if not text:
        sys.exit("agentdiff duplicates: its document ends in the middle")
    return text


def groups_of(clusters: Iterable[dict[str, Any]], folder: Path | None) -> Iterator[list[str]]:
    """Paths of the clusters that count, as the set has them: below the folder, or as the table calls them."""
    prefix = f"{folder}/" if folder else ""
    for cluster in clusters:
        if cluster["kind"] in SETTLED:
            yield [member["path"].removeprefix(prefix) for member in cluster["members"]]


class Result(NamedTuple):
    """Of one set."""

    files: int
    usage: Usage
    yardstick: float
    """Seconds."""
    quality: Quality | None


def measured(given: Path, memory: str | None = None) -> Result:
    """Search one set, and compare what was found with its truth. Ends the script where the search could not be done."""
    agentdiff = str(Path(sys.executable).with_name("agentdiff"))
    searched = given / REPOS if (given / REPOS).is_dir() else given
    command = [agentdiff, "duplicates", str(searched), "--format", "json", *(["--memory", memory] if memory else [])]
    with tempfile.TemporaryDirectory() as scratch:
        document = Path(scratch) / "clusters.json"
        yardsticks = yardstick_seconds()
        code, usage = watched(command, document, speed.ENVIRONMENT)
        if code not in (0, 1):
            sys.exit(f"{' '.join(command)}: exit code {code}")
        yardsticks += yardstick_seconds()
        files, clusters = read_document(document)
        truth = truth_of(given)
        found = quality(truth, groups_of(clusters, given if given.is_dir() else None)) if truth else None
    return Result(files, usage, median(yardsticks), found)


# ---------------------------------------------------------------------------------------------- a hundred files


def hundred(runs: int) -> str:
    """The whole process for a hundred files, VARIANTS of each of some generated agents, beside the start of Python."""
    with tempfile.TemporaryDirectory() as folder:
        writer = speed.Writer()
        for number in range(HUNDRED // VARIANTS):
            lines = writer.file(SIZE)
            for variant in range(VARIANTS):
                path = Path(folder) / f"repo-{variant}" / "agents" / f"agent-{number}.md"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("\n".join(writer.variant(lines) if variant else lines) + "\n", encoding="utf-8")
        agentdiff = str(Path(sys.executable).with_name("agentdiff"))
        commands = {
            'python -c "import click"': (sys.executable, "-c", "import click"),
            f"agentdiff duplicates ({HUNDRED} files)": (agentdiff, "duplicates", folder, "--format", "json"),
        }
        times = speed.medians([speed.process(*command) for command in commands.values()], runs)
    rows = [(name, each, each / times[0]) for name, each in zip(commands, times, strict=True)]
    return common.table(("process", "s", "of import click"), rows)


# ---------------------------------------------------------------------------------------------- all


def name_of(given: Path) -> str:
    """What a set is called in tables: its folder."""
    return given.name if given.is_dir() else given.parent.name


def main() -> int:
    """Measure every set, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET")
    parser.add_argument("--memory", help="given to agentdiff: what its engine may use")
    parser.add_argument("--hundred", action="store_true", help="time a hundred files")
    parser.add_argument("--runs", type=int, default=15, help="of --hundred")
    options = parser.parse_args()
    if not options.sets and not options.hundred:
        parser.error("give a set, or --hundred")
    if options.sets:
        results = dict(zip(options.sets, map(partial(measured, memory=options.memory), options.sets), strict=True))
        print_results({name_of(given): result for given, result in results.items()}, "set")
    if options.hundred:
        print(hundred(options.runs))
    return 0


def print_results(results: dict[str, Result], kind: str) -> None:
    """A table of what each took, and one of how right it was."""
    rows = [[name, *usage_row(each.files, each.usage, each.yardstick)] for name, each in results.items()]
    print(common.table((kind, *USAGE_HEAD), rows), end="\n\n")
    scored = {name: each.quality for name, each in results.items() if each.quality}
    if scored:
        print(common.table((kind, *QUALITY_HEAD), [[name, *quality_row(each)] for name, each in scored.items()]))
    for name, each in scored.items():
        if each.unknown:
            print(f"{name}: {each.unknown} paths that were found are not in the set")
        if each.files != results[name].files:
            print(f"{name}: {results[name].files} files were read, and the set has {each.files}")
    print()


if __name__ == "__main__":
    sys.exit(main())
