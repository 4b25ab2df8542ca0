"""Processes that apply a function to batches: the order is kept, and nothing is taken long before it is needed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pyarrow as pa
import pytest

from agentdiff.engines.workers import Workers
from agentdiff.errors import AgentDiffError, BadInput

SCHEMA = pa.schema([("number", pa.int64()), ("text", pa.string())])
BATCHES = 40


def batch_of(*numbers: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(numbers, pa.int64()), pa.array(map(str, numbers))], schema=SCHEMA)


def doubled(batch: pa.RecordBatch, factor: int = 2) -> pa.RecordBatch:
    return batch_of(*(factor * number for number in batch.column("number").to_pylist() if number >= 0))


def process(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch_of(os.getpid())


def refused(batch: pa.RecordBatch) -> pa.RecordBatch:
    if 7 in batch.column("number").to_pylist():
        raise BadInput("seven is refused")
    return batch


@pytest.fixture(scope="module", params=[0, 1, 2], ids="{} processes".format)
def workers(request: pytest.FixtureRequest) -> Iterator[Workers]:
    started = Workers(request.param)
    started.start()
    yield started
    started.close()


def test_results_come_in_the_order_of_the_batches(workers: Workers) -> None:
    batches = (batch_of(number, -1, number + 1) for number in range(BATCHES))
    found = list(workers.map(partial(doubled, factor=3), batches))
    assert [batch.column("number").to_pylist() for batch in found] == [[3 * n, 3 * n + 3] for n in range(BATCHES)]
    assert all(batch.schema == SCHEMA for batch in found)


def test_batches_may_be_empty_or_missing(workers: Workers) -> None:
    assert list(workers.map(doubled, [])) == []
    assert [batch.num_rows for batch in workers.map(doubled, [batch_of(), batch_of(-1), batch_of(1)])] == [0, 0, 1]


def test_a_part_of_a_batch_is_sent_alone(workers: Workers) -> None:
    whole = batch_of(*range(10))
    assert next(workers.map(doubled, [whole.slice(3, 2)])).column("text").to_pylist() == ["6", "8"]


def test_not_all_batches_are_taken_at_once(workers: Workers) -> None:
    taken = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal taken
        for number in range(BATCHES):
            taken += 1
            yield batch_of(number)

    results = workers.map(doubled, batches())
    for done in range(1, BATCHES + 1):
        next(results)
        assert done <= taken <= done + 12
    assert list(results) == []


def test_what_goes_wrong_is_raised_here(workers: Workers) -> None:
    with pytest.raises(BadInput, match=r"^seven is refused$"):
        list(workers.map(refused, [batch_of(number) for number in range(20)]))
    assert len(list(workers.map(doubled, [batch_of(1)]))) == 1


def killed(batch: pa.RecordBatch) -> pa.RecordBatch:
    os.kill(os.getpid(), signal.SIGKILL)
    return batch


def test_a_process_that_is_killed_is_told_in_a_sentence() -> None:
    with closing(Workers(2)) as started:
        started.start()
        with pytest.raises(AgentDiffError, match="was killed, most likely for want of memory"):
            list(started.map(killed, [batch_of(number) for number in range(20)]))


@pytest.mark.parametrize(("count", "is_here"), [(0, True), (1, True), (2, False)])
def test_where_the_work_is_done(count: int, is_here: bool) -> None:
    started = Workers(count)
    try:
        started.start()
        started.start()
        found = {batch.column("number")[0].as_py() for batch in started.map(process, [batch_of(1)] * 8)}
    finally:
        started.close()
        started.close()
    assert (found == {os.getpid()}) is is_here
    assert 1 <= len(found) <= max(1, count)


def test_without_a_number_there_is_one_for_each_core() -> None:
    assert Workers().count >= 1


def test_what_was_never_started_works_here() -> None:
    assert next(Workers(2).map(process, [batch_of(1)])).column("number")[0].as_py() == os.getpid()
