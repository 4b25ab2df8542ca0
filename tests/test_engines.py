"""The same steps on every engine, and the same clusters."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from embedded import embedded_engine

from agentdiff.clusters import ClusterOptions
from agentdiff.duplicates import group, scan
from agentdiff.engines import spark
from agentdiff.engines.base import Engine
from agentdiff.engines.embedded import EmbeddedEngine
from agentdiff.engines.spark import SparkEngine
from agentdiff.engines.workers import Workers
from agentdiff.errors import AgentDiffError, BadInput
from agentdiff.walking import Candidate

MISSING = [name for name in ("pyspark", "pandas") if find_spec(name) is None]
if not spark.has_java():
    MISSING.append("Java")

NUMBERS = pa.schema([("number", pa.int64()), ("text", pa.binary())])


@pytest.fixture(scope="module")
def embedded() -> Iterator[Engine]:
    with embedded_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def cluster_engine() -> Iterator[Engine]:
    if MISSING:
        pytest.skip(f"Spark cannot run: {' and '.join(MISSING)} not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]))
        engine = SparkEngine("local[2]", 1 << 30)
        yield engine
        engine.close()


@pytest.fixture(params=["embedded", "cluster_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


# ---------------------------------------------------------------------------------------------- steps


def times(batch: pa.RecordBatch, factor: int) -> pa.RecordBatch:
    """The numbers multiplied, the texts as they are; rows whose number is 0 are left out."""
    rows = [(row["number"] * factor, row["text"]) for row in batch.to_pylist() if row["number"]]
    numbers, texts = zip(*rows, strict=True) if rows else ((), ())
    return pa.RecordBatch.from_arrays([pa.array(numbers, pa.int64()), pa.array(texts, pa.binary())], schema=NUMBERS)


def joined(batch: pa.RecordBatch) -> pa.RecordBatch:
    """One row for all: the sum of the numbers and the texts in their order."""
    rows = sorted(row["text"] for row in batch.to_pylist())
    total = sum(batch.column("number").to_pylist())
    return pa.RecordBatch.from_arrays([pa.array([total]), pa.array([b" ".join(rows)])], schema=NUMBERS)


def numbers(first: int, last: int) -> pa.RecordBatch:
    columns = [pa.array(range(first, last), pa.int64()), pa.array([b"%d" % number for number in range(first, last)])]
    return pa.RecordBatch.from_arrays(columns, schema=NUMBERS)


def rows_of(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    return sorted(tuple(row.values()) for row in engine.rows(query).to_pylist())


def test_tables_are_made_of_batches_queries_and_functions(engine: Engine) -> None:
    engine.take("given", iter([numbers(0, 3000), numbers(3000, 5000)]), partial(times, factor=2), NUMBERS)
    assert engine.columns("given") == ("number", "text")
    assert engine.number("SELECT count(*) FROM given") == 4999
    assert engine.number("SELECT sum(number) FROM given") == 4999 * 5000
    engine.sql("few", "SELECT number % 3 AS rest, number, text FROM given WHERE number < 20")
    assert engine.columns("few") == ("rest", "number", "text")
    engine.map("more", "SELECT * FROM few", partial(times, factor=10), NUMBERS)
    assert rows_of(engine, "SELECT number, text FROM more WHERE number < 50") == [(20, b"1"), (40, b"2")]
    engine.map_groups("groups", "SELECT * FROM few", "rest", joined, NUMBERS)
    assert rows_of(engine, "SELECT * FROM groups") == [(24, b"1 4 7"), (30, b"2 5 8"), (36, b"3 6 9")]
    engine.drop("given", "few", "more", "groups", "never_made")


def test_a_table_may_be_made_of_itself(engine: Engine) -> None:
    engine.sql("counted", "SELECT 1 AS number")
    for _ in range(3):
        engine.sql("counted", "SELECT number + number AS number FROM counted")
    assert engine.number("SELECT number FROM counted") == 8
    engine.drop("counted")


def test_a_view_is_run_where_it_is_used(engine: Engine) -> None:
    engine.sql("base", "SELECT 1 AS number")
    engine.view("doubled", "SELECT number * 2 AS number FROM base")
    engine.sql("base", "SELECT 21 AS number")
    assert engine.number("SELECT number FROM doubled") == 42
    engine.drop("base")


def test_tables_without_rows(engine: Engine) -> None:
    engine.take("nothing", iter([]), partial(times, factor=1), NUMBERS)
    assert engine.columns("nothing") == ("number", "text")
    engine.map("still_nothing", "SELECT * FROM nothing", partial(times, factor=1), NUMBERS)
    engine.map_groups("no_groups", "SELECT * FROM nothing", "number", joined, NUMBERS)
    assert engine.number("SELECT sum(number) FROM still_nothing") == 0
    assert engine.rows("SELECT * FROM no_groups").num_rows == 0
    engine.drop("nothing", "still_nothing", "no_groups")


def test_tables_that_lie_on_disk(engine: Engine, tmp_path: Path) -> None:
    parquet.write_table(pa.Table.from_batches([numbers(0, 4)]), tmp_path / "numbers.parquet")
    lines = tmp_path / "numbers.jsonl"
    lines.write_text('{"number": 7, "more": "x"}\n{"number": 8, "more": "y"}\n', encoding="utf-8")
    engine.attach("opened", [str(tmp_path / "numbers.parquet")])
    engine.map("read", "SELECT number, text FROM opened", partial(times, factor=5), NUMBERS)
    assert rows_of(engine, "SELECT * FROM read") == [(5, b"1"), (10, b"2"), (15, b"3")]
    engine.attach("lines", [str(lines)])
    assert rows_of(engine, "SELECT number, more FROM lines") == [(7, "x"), (8, "y")]
    engine.drop("read")


@pytest.mark.parametrize(
    "asked",
    [
        lambda engine, query: engine.sql("much", query),
        lambda engine, query: engine.rows(query),
        lambda engine, query: engine.number(f"SELECT count(*) FROM ({query})"),
        lambda engine, query: list(engine.batches(query)),
        lambda engine, query: engine.map("much", query, partial(times, factor=1), NUMBERS),
    ],
    ids=["sql", "rows", "number", "batches", "map"],
)
def test_too_little_memory_is_told_in_a_sentence(asked: Callable[[Engine, str], object]) -> None:
    """Lists do not spill, so that of a million numbers needs its room."""
    query = "SELECT unnest(list(i)) AS number, CAST('' AS blob) AS text FROM range(3000000) AS t(i)"
    with closing(EmbeddedEngine(8 << 20, Workers(0))) as engine:
        with pytest.raises(AgentDiffError, match=r"^the engine needs more memory than it may use; give it more"):
            asked(engine, query)
        assert engine.number("SELECT 1") == 1


def test_a_table_that_is_not_there_is_bad_input(cluster_engine: Engine) -> None:
    with pytest.raises(BadInput, match=r"^/nowhere/agents\.parquet: Spark cannot read this as a table \(.+\)$"):
        cluster_engine.attach("nowhere", ["/nowhere/agents.parquet"])


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("SELECT count(*) FROM five", 5),
        ("SELECT sum(number) FROM five WHERE number > 100", 0),
        ("SELECT min_by(number, -number) FROM five", 4),
        ("SELECT max(n) FROM (SELECT row_number() OVER (PARTITION BY text ORDER BY number) AS n FROM five) AS f", 1),
        ("SELECT (0 - max(number) - 3) % 5 FROM five", -2),
        ("SELECT CAST(floor(0.9999999e0 * 1000000) AS bigint)", 999999),
        ("SELECT least(max(number), 9223372036854775807) FROM five", 4),
        ("SELECT count(DISTINCT number % 2) FROM five", 2),
    ],
)
def test_the_shared_sql_means_the_same(engine: Engine, query: str, value: int) -> None:
    engine.take("five", iter([numbers(0, 5)]), _as_it_is, NUMBERS)
    assert engine.number(query) == value
    engine.drop("five")


def _as_it_is(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch


# ---------------------------------------------------------------------------------------------- clusters


def agent_files(count: int) -> Iterator[Candidate]:
    """Files of forty collections: roles of their own words below a template, each with copies that were edited."""
    chance = random.Random(6)
    words = ["".join(parts) for parts in product("bdfgklmnprst", "aeiou", ("l", "n", "st", "rk"))]
    template = [[" ".join(chance.choices(words, k=12)) for _ in range(10)] for _ in range(40)]
    made = 0
    while made < count:
        home = chance.randrange(40)
        own = [" ".join(chance.choices(words, k=12)) for _ in range(chance.randrange(4, 24))]
        name = f"{chance.choice(words)}-{chance.choice(words)}"
        for copy in range(min(count - made, chance.choice((1, 1, 1, 2, 3, 5, 12)))):
            lines = own if copy % 3 == 1 else [line for line in own if chance.random() < 0.9] + template[home]
            lines = [line if chance.random() < 0.9 else line + " " + chance.choice(words) for line in lines]
            place = f"collection-{(home + copy) % 40}/agents/{name}-{made}.md"
            head = f"---\nname: {name}\ndescription: {own[0]}\n---\n\n# {name}\n\n"
            text = head + "".join(f"- {line}\n" for line in lines)
            yield Candidate(place, place, place.split("/")[0], text.encode(), False)
            made += 1


def clusters(engine: Engine, files: list[Candidate]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    scan(engine, files, [], False, lambda stage, done, total: None)
    group(engine, ClusterOptions(), lambda stage, done, total: None)
    assigned = "SELECT key, centre, score, similarity, containment FROM assigned"
    return rows_of(engine, assigned), rows_of(engine, "SELECT agent, centre, similarity, verdict FROM judged")


def test_the_same_clusters_row_for_row(embedded: Engine, cluster_engine: Engine) -> None:
    files = list(agent_files(2000))
    expected = clusters(embedded, files)
    assert len({centre for _, centre, *_ in expected[0]}) > 200
    assert len({key for key, centre, *_ in expected[0] if key != centre}) > 500
    assert clusters(cluster_engine, files[::-1]) == expected


# ---------------------------------------------------------------------------------------------- what is missing


def test_a_cluster_needs_a_folder() -> None:
    with pytest.raises(BadInput, match=r"^spark://host:7077: name a folder that all machines of this cluster reach"):
        SparkEngine("spark://host:7077")


@pytest.mark.parametrize(
    ("gone", "sentence"),
    [
        ("pyspark", r"^Spark is not installed \(.+\); install agentdiff\[spark\] and Java 17 or later$"),
        ("java", r"^Spark needs Java, which was not found; install agentdiff\[spark\] and Java 17 or later$"),
    ],
)
def test_what_is_missing_is_said(gone: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if gone == "pyspark":
        monkeypatch.setitem(sys.modules, "pyspark", None)
    elif "pyspark" in MISSING or "pandas" in MISSING:
        pytest.skip("pyspark is not installed")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(BadInput, match=sentence):
        SparkEngine("local[2]")
