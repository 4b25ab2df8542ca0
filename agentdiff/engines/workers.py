"""Processes of this machine that apply a function to batches of rows."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from typing import TYPE_CHECKING

from agentdiff.errors import AgentDiffError

if TYPE_CHECKING:
    import pyarrow as pa

    from agentdiff.engines.base import BatchFunction

WAITING = 3
"""Batches a worker has before it: enough that none waits, few enough that memory stays bounded."""


COLLECT_AFTER = 50_000
"""Objects between two collections of garbage: records hold no cycles, and looking takes a tenth of the time."""

KILLED = "a process that did part of the work was killed, most likely for want of memory; give it fewer files at a time"


class Workers:
    """A pool that is started once; below a size that is worth it, all happens in this process."""

    def __init__(self, count: int | None = None) -> None:
        """`count` processes, by default one for each core that this process may use; 0 or 1 for none besides this."""
        available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self.count = available if count is None else count
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> None:
        """Start the processes now, before this one has threads: a copy of a process with threads may hang."""
        if self.count > 1 and self._pool is None:
            _load()
            context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
            self._pool = ProcessPoolExecutor(self.count, context, gc.set_threshold, (COLLECT_AFTER,))
            for started in [self._pool.submit(int) for _ in range(self.count)]:
                started.result()

    def map(self, function: BatchFunction, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """What the function makes of each batch, in the order of the batches."""
        if self._pool is None:
            yield from map(function, batches)
            return
        waiting: deque[Future[bytes]] = deque()
        try:
            for batch in batches:
                waiting.append(self._pool.submit(_applied, function, _sent(batch)))
                if len(waiting) >= self.count * WAITING:
                    yield _received(waiting.popleft().result())
            while waiting:
                yield _received(waiting.popleft().result())
        except BrokenProcessPool as problem:
            raise AgentDiffError(KILLED) from problem

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _load() -> None:
    """Load here what every process would have to load: copies of this one have it."""
    for name in ("numpy", "pyarrow.compute", "agentdiff.comparing", "agentdiff.scanning"):
        import_module(name)


def _applied(function: BatchFunction, batch: bytes) -> bytes:
    return _sent(function(_received(batch)))


def _sent(batch: pa.RecordBatch) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def _received(data: bytes) -> pa.RecordBatch:
    import pyarrow as pa

    with pa.ipc.open_stream(data) as reader:
        return reader.read_next_batch()
