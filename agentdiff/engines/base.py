"""What an engine has to do so that the one definition in `clustering` runs on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

    BatchFunction = Callable[[pa.RecordBatch], pa.RecordBatch]
    """Rows -> rows. It travels to other processes and machines, so it has to be a function of a module, or a partial of
    one, and may keep nothing between two calls."""


class Engine(Protocol):
    """Tables by name, made by queries and by functions over batches of rows.

    Queries are written once for all engines, in what DuckDB and Spark share of SQL: joins, groups, windows, integers of
    64 bits, and no function that hashes, draws or knows the order of rows.
    """

    def take(self, table: str, batches: Iterable[pa.RecordBatch], function: BatchFunction, schema: pa.Schema) -> None:
        """Make a table of what a function makes of batches that come from outside."""

    def attach(self, table: str, paths: Iterable[str]) -> None:
        """Make a table of Parquet files or of JSON lines, as they are named."""

    def view(self, table: str, query: str) -> None:
        """Give a name to a query that is run wherever the name is used."""

    def sql(self, table: str, query: str) -> None:
        """Make a table of the rows of a query."""

    def map(self, table: str, query: str, function: BatchFunction, schema: pa.Schema) -> None:
        """Make a table of what a function makes of the rows of a query, some thousand at a time, in any order."""

    def map_groups(self, table: str, query: str, by: str, function: BatchFunction, schema: pa.Schema) -> None:
        """Likewise, with all rows that are equal in column `by` at once."""

    def rows(self, query: str) -> pa.Table:
        """The rows of a query, here in this process; only for what is small."""

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """The rows of a query, here in this process, some thousand at a time and in the order that the query asks."""

    def columns(self, table: str) -> tuple[str, ...]:
        """The names of the columns of a table."""

    def number(self, query: str) -> int:
        """The only value of a query; 0 where it is null."""

    def drop(self, *tables: str) -> None:
        """Forget tables that are not needed any more."""

    def close(self) -> None:
        """Give back memory, disk and processes."""
