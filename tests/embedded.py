"""An engine for tests of the steps that run on one, and tables of rows in it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import pyarrow as pa

from agentdiff.engines.base import Engine
from agentdiff.engines.embedded import EmbeddedEngine
from agentdiff.engines.workers import Workers


def embedded_engine() -> closing[EmbeddedEngine]:
    """In this process alone."""
    return closing(EmbeddedEngine(1 << 30, Workers(0)))


def put_rows(engine: Engine, table: str, rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> None:
    """Make a table of rows."""
    columns = [pa.array([row[place] for row in rows], kind) for place, kind in enumerate(schema.types)]
    engine.take(table, [pa.RecordBatch.from_arrays(columns, schema=schema)], _as_it_is, schema)


def _as_it_is(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch
