"""The engine that is always there: DuckDB in this process, which keeps to a limit of memory and spills to disk.

What functions make of rows goes to Parquet files in a folder of its own, so that it never has to fit into memory.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from agentdiff.columns import numbers_in
from agentdiff.engines.workers import Workers
from agentdiff.errors import AgentDiffError, BadInput

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from agentdiff.engines.base import BatchFunction

BATCH_ROWS = 2000
"""Rows of which a function sees one batch: sketches of two files each make 10 MB of it."""

UNREADABLE = "a table cannot be read or written"
NO_MEMORY = "the engine needs more memory than it may use; give it more (`duplicates --memory`) or fewer files"


class EmbeddedEngine:
    """DuckDB with functions in Python, run by worker processes; see `base.Engine`."""

    def __init__(self, memory: int, workers: Workers | None = None) -> None:
        """`memory`: bytes that DuckDB may use."""
        self.workers = workers or Workers()
        self.workers.start()
        self._folder = tempfile.mkdtemp(prefix="agentdiff-")
        self._connection = _connected(self._folder, memory, max(1, self.workers.count))
        self._files: dict[str, str] = {}
        self._views: set[str] = set()
        self._steps = 0

    def take(self, table: str, batches: Iterable[pa.RecordBatch], function: BatchFunction, schema: pa.Schema) -> None:
        """See `base.Engine`."""
        self._store(table, self.workers.map(function, batches), schema)

    def attach(self, table: str, paths: Iterable[str]) -> None:
        """See `base.Engine`. Raises BadInput for what is no table."""
        listed = list(paths)
        reader = "read_json_auto" if listed and not listed[0].lower().endswith(".parquet") else "read_parquet"
        names = ", ".join(f"'{_quoted(path)}'" for path in listed)
        self._view(table, f"SELECT * FROM {reader}([{names}])", f"{listed[0]}: this cannot be read as a table")

    def view(self, table: str, query: str) -> None:
        """See `base.Engine`."""
        self._view(table, query)

    def sql(self, table: str, query: str) -> None:
        """See `base.Engine`."""
        with _spoken():
            self._connection.execute(f"CREATE OR REPLACE TABLE {table} AS {query}")

    def map(self, table: str, query: str, function: BatchFunction, schema: pa.Schema) -> None:
        """See `base.Engine`."""
        self._store(table, self.workers.map(function, self.batches(query)), schema)

    def map_groups(self, table: str, query: str, by: str, function: BatchFunction, schema: pa.Schema) -> None:
        """See `base.Engine`."""
        batches = _whole_groups(self.batches(f"SELECT * FROM ({query}) ORDER BY {by}"), by)
        self._store(table, self.workers.map(partial(_over_groups, function, by), batches), schema)

    def rows(self, query: str) -> pa.Table:
        """See `base.Engine`."""
        with _spoken():
            return self._connection.cursor().sql(query).to_arrow_table()

    def columns(self, table: str) -> tuple[str, ...]:
        """See `base.Engine`."""
        return tuple(self._connection.cursor().sql(f"SELECT * FROM {table} LIMIT 0").columns)

    def number(self, query: str) -> int:
        """See `base.Engine`."""
        with _spoken():
            rows = self._connection.execute(query).fetchall()
        return int(rows[0][0] or 0) if rows else 0

    def drop(self, *tables: str) -> None:
        """See `base.Engine`."""
        for table in tables:
            kind = "VIEW" if table in self._views else "TABLE"
            self._connection.execute(f"DROP {kind} IF EXISTS {table}")
            self._views.discard(table)
            if path := self._files.pop(table, None):
                os.unlink(path)

    def close(self) -> None:
        """See `base.Engine`."""
        self.workers.close()
        self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """See `base.Engine`. On a cursor of its own, so that other queries may run meanwhile."""
        with _spoken():
            yield from self._connection.cursor().sql(query).to_arrow_reader(BATCH_ROWS)

    def _view(self, table: str, query: str, problem: str = UNREADABLE) -> None:
        with _spoken(problem):
            self._connection.execute(f"CREATE OR REPLACE VIEW {table} AS {query}")
        self._views.add(table)

    def _store(self, table: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
        import pyarrow.parquet as parquet

        # A step may read the table that it replaces, so each is written to a place of its own.
        self._steps += 1
        path = os.path.join(self._folder, f"{table}-{self._steps}.parquet")
        # Hashes are most of it, and they cannot be made smaller.
        with parquet.ParquetWriter(path, schema, compression="none", use_dictionary=False) as file:
            for batch in batches:
                if batch.num_rows:
                    file.write_batch(batch)
        former = self._files.pop(table, None)
        self.view(table, f"SELECT * FROM read_parquet('{_quoted(path)}')")
        self._files[table] = path
        if former:
            os.unlink(former)


def _connected(folder: str, memory: int, threads: int) -> duckdb.DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{memory // 1024}KiB'")
    connection.execute(f"SET temp_directory = '{_quoted(os.path.join(folder, 'spilled'))}'")
    connection.execute(f"SET threads = {threads}")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET autoinstall_known_extensions = false")  # nothing is fetched, whatever a path says
    return connection


@contextmanager
def _spoken(what: str = UNREADABLE) -> Iterator[None]:
    """What is wrong with a file or with the memory, as a sentence; an error of a query stays what it is."""
    import duckdb

    try:
        yield
    except (duckdb.OutOfMemoryException, MemoryError) as problem:
        raise AgentDiffError(NO_MEMORY) from problem
    except (duckdb.IOException, duckdb.InvalidInputException) as problem:
        reason = str(problem).partition(": ")[2].partition("\n")[0].strip().rstrip(".")
        raise BadInput(f"{what} ({reason})") from problem


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _whole_groups(batches: Iterable[pa.RecordBatch], by: str) -> Iterator[pa.RecordBatch]:
    """Batches that no group of equal values reaches across; ordered by that column they come in."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    for batch in batches:
        start = _starts(batch, by)[-1]
        if held and (start or batch.column(by)[0] != held[-1].column(by)[-1]):
            yield pa.concat_batches([*held, batch.slice(0, start)])
            held = []
        elif start:
            yield batch.slice(0, start)
        held.append(batch.slice(start))
    if held:
        yield pa.concat_batches(held)


def _over_groups(function: BatchFunction, by: str, batch: pa.RecordBatch) -> pa.RecordBatch:
    """What the function makes of each group of a batch of whole groups."""
    import pyarrow as pa

    starts = [*_starts(batch, by), batch.num_rows]
    return pa.concat_batches([function(batch.slice(start, end - start)) for start, end in pairwise(starts)])


def _starts(batch: pa.RecordBatch, by: str) -> list[int]:
    """Where the values of a column change; at least its beginning."""
    import pyarrow.compute as compute

    values = batch.column(by)
    changes = numbers_in(compute.not_equal(values[1:], values[:-1])).nonzero()[0] + 1
    return [0, *changes.tolist()]
