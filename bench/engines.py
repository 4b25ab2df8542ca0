"""The same clusters from DuckDB and from Spark, row for row, and what each of them takes.

The files of a folder are sketched once, into a table that both engines open. Each engine runs in a process of its own;
memory and processor time are those of all processes below it, looked at four times a second.

    python bench/engines.py FOLDER --master 'local-cluster[2,1,4096]'

A table that an earlier run left with --table is taken as it is. What Spark shuffles is read from its event log.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import common

SECONDS_BETWEEN_LOOKS = 0.25


class Usage(NamedTuple):
    """Of a process and all below it."""

    seconds: float
    processor_seconds: float
    peak_bytes: int
    """Sum of what is resident; pages that processes share count for each of them."""


def main() -> None:
    """Sketch, run both engines, compare."""
    options = _arguments()
    if options.engine:
        print(json.dumps(_run(options.engine, options.master, options.table, options.rows)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        table = options.table or Path(scratch) / "agents.parquet"
        if not table.exists():
            started = time.perf_counter()
            print(f"{sketch(options.folder, table):,} agents sketched in {time.perf_counter() - started:.1f} s")
        print(f"table of agents: {table.stat().st_size / 1e6:,.1f} MB")
        events = Path(scratch) / "events"
        results = [_measured(engine, options.master, table, Path(scratch), events) for engine in ("duckdb", "spark")]
        is_same = results[0] == results[1]
        print("the same rows" if is_same else "THE ROWS DIFFER")
        _print_shuffles(events)
    sys.exit(not is_same)


def _arguments() -> argparse.Namespace:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("folder", nargs="?", type=Path, help="of agent files, such as make_set.py makes it")
    made.add_argument("--table", type=Path, help="sketches: made of the folder unless it is there")
    made.add_argument("--master", default="local-cluster[2,1,4096]")
    made.add_argument("--engine", choices=("duckdb", "spark"), help=argparse.SUPPRESS)
    made.add_argument("--rows", type=Path, help=argparse.SUPPRESS)
    return made.parse_args()


def sketch(folder: Path, table: Path) -> int:
    """Write the row of every agent in a folder to a table; returns how many files there were."""
    import pyarrow.parquet as parquet

    from agentdiff.duplicates import gathered
    from agentdiff.engines.workers import Workers
    from agentdiff.scanning import batches_of, row_schema, rows_of

    workers = Workers()
    workers.start()
    files = gathered([str(folder)]).files
    with parquet.ParquetWriter(table, row_schema(), compression="zstd") as writer:
        for batch in workers.map(partial(rows_of, has_terms=False), batches_of(files)):
            writer.write_batch(batch)
    workers.close()
    return len(files)


# ---------------------------------------------------------------------------------------------- in a process of its own


def _run(name: str, master: str, table: Path, rows: Path) -> dict[str, Any]:
    """Group the agents of a table and write who belongs to whom; returns seconds by stage."""
    import pyarrow.parquet as parquet

    from agentdiff.clusters import ClusterOptions
    from agentdiff.duplicates import group
    from agentdiff.engines import MEMORY
    from agentdiff.engines.embedded import EmbeddedEngine
    from agentdiff.engines.spark import SparkEngine

    marks = [("starting", time.perf_counter())]
    engine = SparkEngine(master) if name == "spark" else EmbeddedEngine(MEMORY)
    marks.append(("opening", time.perf_counter()))
    engine.attach("all_agents", [str(table)])
    engine.sql("agents", "SELECT * FROM all_agents WHERE is_agent")
    group(engine, ClusterOptions(), lambda stage, done, total: marks.append((stage, time.perf_counter())))
    marks.append(("writing", time.perf_counter()))
    found = engine.rows("SELECT * FROM judged ORDER BY agent")
    assigned = engine.rows("SELECT * FROM assigned ORDER BY key")
    for number, each in enumerate((found, assigned)):
        parquet.write_table(each.select(sorted(each.column_names)), f"{rows}-{number}")
    engine.close()
    marks.append(("", time.perf_counter()))
    stages = {stage: round(end - start, 1) for (stage, start), (_, end) in pairwise(marks)}
    return {"stages": stages, "agents": found.num_rows, "assigned": assigned.num_rows}


# ---------------------------------------------------------------------------------------------- from outside


def _measured(engine: str, master: str, table: Path, scratch: Path, events: Path) -> list[str]:
    """Run one engine, print what it took; returns a digest of each of its tables."""
    rows = scratch / f"rows-{engine}"
    given = {"--engine": engine, "--master": master, "--table": table, "--rows": rows}
    command = [sys.executable, __file__, *(str(part) for option in given.items() for part in option)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | _spark_settings(scratch, events))
    usage: list[Usage] = []
    looking = threading.Thread(target=lambda: usage.append(_watched(child.pid)))
    looking.start()
    told, _ = child.communicate()
    looking.join()
    if child.returncode:
        sys.exit(f"{engine} ended with {child.returncode}")
    print(
        f"{engine:7} {usage[0].seconds:6.1f} s wall, {usage[0].processor_seconds:6.1f} s of processor, "
        f"{usage[0].peak_bytes / 1e6:6,.0f} MB at most: {json.loads(told.splitlines()[-1])}"
    )
    return [_digest(Path(f"{rows}-{number}")) for number in range(2)]


def _spark_settings(scratch: Path, events: Path) -> dict[str, str]:
    """Where Spark finds that it is to keep an event log."""
    events.mkdir(exist_ok=True)
    told = {"enabled": "true", "dir": events.as_uri(), "rolling.enabled": "false", "compress": "false"}
    text = "".join(f"spark.eventLog.{name} {value}\n" for name, value in told.items())
    (scratch / "spark-defaults.conf").write_text(text, encoding="utf-8")
    return {"SPARK_CONF_DIR": str(scratch)}


def _digest(path: Path) -> str:
    """Of the rows of a table, which are in their order; numbers with all their digits."""
    import pyarrow.parquet as parquet

    digest = hashlib.sha256()
    for batch in parquet.read_table(path).to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            digest.update(repr(sorted(row.items())).encode())
    return digest.hexdigest()


def _watched(root: int) -> Usage:
    started, peak = time.perf_counter(), 0
    spent: dict[int, float] = {}
    while processes := _below(root):
        peak = max(peak, sum(each.resident_bytes for each in processes))
        spent |= {each.number: each.processor_seconds for each in processes}
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return Usage(time.perf_counter() - started, sum(spent.values()), peak)


def _below(root: int) -> list[common.Process]:
    """A process and all below it; none once it has ended."""
    seen = {each.number: each for each in common.processes()}
    found = {root} & seen.keys()
    while more := {each.number for each in seen.values() if each.parent in found} - found:
        found |= more
    return [seen[number] for number in found]


def _print_shuffles(events: Path) -> None:
    """Bytes that all tasks wrote for others to fetch, spilled, and wrote to tables."""
    totals = dict.fromkeys(("shuffled", "spilled", "written", "tasks"), 0)
    for log in events.iterdir():
        with log.open(encoding="utf-8") as lines:
            for event in map(json.loads, lines):
                metrics = event.get("Task Metrics") if event["Event"] == "SparkListenerTaskEnd" else None
                if metrics:
                    totals["tasks"] += 1
                    totals["shuffled"] += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
                    totals["spilled"] += metrics["Disk Bytes Spilled"]
                    totals["written"] += metrics["Output Metrics"]["Bytes Written"]
    print("spark  ", ", ".join(f"{name} {value:,}" for name, value in totals.items()))


if __name__ == "__main__":
    main()
