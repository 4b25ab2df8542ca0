"""How fast an index answers, whether it finds what a full run finds, and what is left of it after kill -9.

    python bench/index.py SET [--to FOLDER] [--held 1000] [--kills 20]

SET is a folder of agent files or a Parquet table with `path` and `content`, as make_set.py of the shared material makes
them. Some members of clusters are held out of the index and then asked for: the full run, which knew them, says what
their centre is. Latencies are of one process with the index open, from the text in memory to the answer; cold ones are
the first after the index was dropped from the page cache.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from agentdiff import clustering, duplicates
from agentdiff.engines.base import Engine
from agentdiff.errors import AgentDiffError
from agentdiff.fingerprint import fingerprint
from agentdiff.index import Checked, Index, open_index
from agentdiff.index_bodies import FileAgents, FoundAgent
from agentdiff.index_build import ROWS, agent_rows, build_index
from agentdiff.scanning import agents_in, role_of, source_in
from agentdiff.walking import Candidate

HELD = "SELECT key, centre FROM assigned WHERE key <> centre ORDER BY (key % 1000003 + 1000003) % 1000003, key LIMIT {}"


class Case(NamedTuple):
    """A file that is asked for, and where its centre is."""

    path: str
    text: str
    centres: frozenset[str]


def main() -> int:
    """Run all measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("--to", type=Path, help="folder of the index; default: one that is removed afterwards")
    parser.add_argument("--held", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--adder", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.adder:
        return adder(str(given.set), given.held)
    folder = given.to or Path(tempfile.mkdtemp(prefix="agentdiff-index-"))
    held, existing = make(given.set, str(folder), given.held)
    for words, cases in (("held out", held), ("in the index", existing)):
        for state in ("cold", "warm"):
            if state == "cold":
                drop_cache(folder / "index.sqlite")
            with open_index(str(folder)) as index:
                report(f"query, {words}, {state}", *asked(index, cases))
    with open_index(str(folder), is_writable=True) as index:
        report("add, one file a batch", added(index, held), None)
    kill(given.kills)
    if given.to is None:
        shutil.rmtree(folder)
    return 0


# ---------------------------------------------------------------------------------------------- the index


def make(given: Path, folder: str, held: int) -> tuple[list[Case], list[Case]]:
    """The index without the files that are held out; those files, and others that are in it."""
    engine = duplicates.engine_for(duplicates.EngineChoice(memory_bytes=4 << 30))
    started = time.perf_counter()
    tables = [str(given)] if given.suffix == ".parquet" else []
    files = [] if tables else list(duplicates.gathered([str(given)]).files)
    duplicates.scan(engine, files, tables, False, lambda *_: None)
    print(f"read in {time.perf_counter() - started:.1f} s", flush=True)
    found = clustering.cluster(engine)
    print(f"clustered after {time.perf_counter() - started:.1f} s", flush=True)
    chosen = engine.rows(HELD.format(2 * held)).to_pylist()
    out = {row["key"] for row in chosen[::2]}
    started = time.perf_counter()
    rows = agent_rows(engine.batches(ROWS))
    size = build_index(folder, (row for row in rows if row.print.key not in out), found.boilerplate, found.common)
    spent = time.perf_counter() - started
    total = os.path.getsize(os.path.join(folder, "index.sqlite"))
    print(
        f"index built in {spent:.1f} s: {size.agents:,} agents, {size.bodies:,} bodies, {total / 1e6:.0f} MB,", end=" "
    )
    seen = f"boilerplate {len(found.boilerplate):,}, common {len(found.common):,}"
    print(f"{total / size.bodies:.0f} bytes a body; {seen}")
    cases = cases_of(engine, chosen, tables)
    engine.close()
    return cases[::2], cases[1::2]


def cases_of(engine: Engine, chosen: Sequence[dict[str, Any]], tables: list[str]) -> list[Case]:
    """The first file of each chosen body."""
    import pyarrow.parquet as parquet

    wanted = ", ".join(str(row[name]) for row in chosen for name in ("key", "centre"))
    paths = defaultdict(list)
    for row in engine.rows(f"SELECT key, path FROM agents WHERE key IN ({wanted}) ORDER BY path").to_pylist():
        paths[row["key"]].append(row["path"])
    firsts = [paths[row["key"]][0] for row in chosen]
    if tables:
        table = parquet.read_table(tables[0], columns=["path", "content"], filters=[("path", "in", firsts)])
        texts = dict(zip(table["path"].to_pylist(), table["content"].to_pylist(), strict=True))
    else:
        texts = {path: Path(path).read_text(encoding="utf-8") for path in firsts}
    return [Case(path, texts[path], frozenset(paths[row["centre"]])) for path, row in zip(firsts, chosen, strict=True)]


def file_of(path: str, text: str) -> FileAgents:
    """What `agentdiff index` makes of a file."""
    candidate = Candidate(path, path, "", text.encode("utf-8", "surrogatepass"), True)
    source = source_in(candidate)
    agents = [
        FoundAgent(each.path, each.name, each.format, role_of(each), fingerprint(each))
        for each in agents_in(candidate, source)
    ]
    return FileAgents(path, path, source.sha256, tuple(agents))


# ---------------------------------------------------------------------------------------------- latencies


def drop_cache(path: Path) -> None:
    """Out of the page cache with it."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def asked(index: Index, cases: Sequence[Case]) -> tuple[list[float], float]:
    """Seconds for each, and for how many of them the centre is listed."""
    times, listed = [], 0
    for case in cases:
        started = time.perf_counter()
        checked = index.check(file_of(case.path, case.text))
        times.append(time.perf_counter() - started)
        listed += any(has_centre(each, case) for each in checked)
    return times, listed / len(cases)


def has_centre(checked: Checked, case: Case) -> bool:
    """Whether the centre of the full run is among what was found."""
    found = [*checked.matches, *([checked.centre] if checked.centre else [])]
    return any(match.path in case.centres for match in found)


def added(index: Index, cases: Sequence[Case]) -> list[float]:
    """Seconds for each file, added alone."""
    times = []
    for case in cases:
        started = time.perf_counter()
        index.add([file_of(case.path, case.text)])
        times.append(time.perf_counter() - started)
    return times


def report(words: str, times: Sequence[float], recall: float | None) -> None:
    """One line."""
    ordered = sorted(1000 * each for each in times)
    p50, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.99))
    found = "" if recall is None else f", centre of the full run listed: {recall:.4f}"
    print(f"{words}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, most {ordered[-1]:.1f} ms{found}", flush=True)


# ---------------------------------------------------------------------------------------------- kill -9


def adder(folder: str, number: int) -> int:
    """Add files that are made up, and say of each batch, once it is on disk, how many there are."""
    with open_index(folder, is_writable=True) as index:
        done = 0
        for batch in made_up(number):
            index.add(batch)
            done += len(batch)
            print(done, flush=True)
    return 0


def made_up(number: int) -> Iterator[list[FileAgents]]:
    """Batches of eight files of some length, no two alike."""
    for start in range(0, number, 8):
        yield [file_of(f"/made/up/agent-{n}.md", made_up_text(n)) for n in range(start, start + 8)]


def made_up_text(number: int) -> str:
    """A page of words."""
    words = [f"w{(number * 7919 + place * place * 31) % 104729}" for place in range(300)]
    return f"---\nname: agent-{number}\ndescription: Does {number}.\n---\n\n" + " ".join(words) + "\n"


def kill(times: int, number: int = 4000) -> None:
    """Kill a process that adds after more and more batches; what it has reported must be there."""
    import numpy as np

    lost = damaged = seen = 0
    for point in range(times):
        folder = tempfile.mkdtemp(prefix="agentdiff-index-")
        nothing = np.zeros(0, "<u4")
        build_index(folder, [], nothing, nothing)
        command = [sys.executable, __file__, folder, "--held", str(number), "--adder"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(1 + 2 * point):
                process.stdout.readline()
            time.sleep(0.0007 * point)  # so that the signal meets another step each time
            process.send_signal(signal.SIGKILL)
            rest = process.stdout.read().split("\n")
        reported = max([int(each) for each in rest[:-1] if each] + [8 * (1 + 2 * point)])
        seen += reported
        try:
            with open_index(folder, is_writable=True) as index:
                files = (file for batch in made_up(reported) for file in batch)
                lost += sum(not index.knows(file.place, file.sha256) for file in files)
                lost += index.size().agents < reported
        except AgentDiffError as problem:
            print(problem)
            damaged += 1
        with sqlite3.connect(os.path.join(folder, "index.sqlite")) as connection:
            damaged += connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok"
        shutil.rmtree(folder)
    print(f"kill -9 at {times} points: {seen:,} files were reported, {lost} of them lost, {damaged} indexes damaged")


if __name__ == "__main__":
    sys.exit(main())
