"""What runs the relational steps of `clustering`: DuckDB in this process, or a cluster of machines."""

from __future__ import annotations

from agentdiff.engines.base import Engine
from agentdiff.errors import BadInput

MEMORY = 4 << 30
"""Bytes that the embedded engine uses at most, unless told otherwise; beyond that it uses the disk."""


def engine_of(
    name: str, master: str | None = None, memory: int | None = None, folder: str | None = None, is_small: bool = False
) -> Engine:
    """The engine of that name, started; BadInput where it is not there.

    `memory`: bytes that it may use, on each machine. `folder`: where the machines of a cluster keep what they have in
    common. `is_small`: not worth other processes.
    """
    if name == "duckdb":
        from agentdiff.engines.embedded import EmbeddedEngine
        from agentdiff.engines.workers import Workers

        return EmbeddedEngine(memory or MEMORY, Workers(0) if is_small else Workers())
    if name == "spark":
        from agentdiff.engines.spark import SparkEngine

        return SparkEngine(master, memory, folder)
    raise BadInput(f"there is no engine {name!r}; there are duckdb and spark")
