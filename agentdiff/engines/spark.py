"""Spark, for more files than one machine takes: the same queries and functions, on the cluster of the site.

Every step is written to Parquet in a folder that all machines reach, and read from there: what is planned for a step
never grows with the steps before it, as it would over the rounds of `clustering.components`, and a lost machine costs
a step at most.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentdiff.errors import AgentDiffError, BadInput

if TYPE_CHECKING:
    import pyarrow as pa

    from agentdiff.engines.base import BatchFunction

BATCH_ROWS = 2000
"""Rows of which a function sees one batch, as in `embedded`."""
SENT_BYTES = 64 << 20
"""Of what comes from outside, so much is sent to the cluster at once; this process holds it twice meanwhile."""
SENT_PARTS, SENT_ROWS = 4, 256
"""So many parts of it for each core, so that none waits for the slowest, of at least so many rows."""
PARTITION_BYTES = 16 << 20
"""Of all tables there are, compressed, so much for each part of a join or group. A pair carries two sketches, so a part
grows to some ten times of it, which a worker with 1 GiB still holds; small parts are put together by Spark."""
THIS_MACHINE = "local[*]"
"""The master that takes every core there is here."""
LOCAL_MEMORY = 2 << 30
"""Bytes for the Java process beside this one where it does all the work and nothing else is asked for."""

_NEEDED = "install agentdiff[spark] and Java 17 or later"
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.driver.maxResultSize": "0",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH_ROWS),
    "spark.sql.parquet.compression.codec": "zstd",
}


class SparkEngine:
    """Spark at a master, with functions in Python on its workers; see `base.Engine`."""

    def __init__(self, master: str | None = None, memory: int | None = None, folder: str | None = None) -> None:
        """`master` is this machine unless another is named, as Spark names them: `spark://host:7077`, `yarn`.

        `memory` is what each Java process may use, in bytes; without it, workers have what the site has set. What they
        run in Python comes on top. `folder` is where steps are kept, as a path or an address that every machine of the
        cluster reaches; this machine alone (`local[2]`, `local-cluster[2,1,2048]`) needs none. Raises BadInput where
        Spark or Java is missing, the folder is, or the cluster cannot be had.
        """
        master = master or THIS_MACHINE
        if folder is None and not _is_of_this_machine(master):
            raise BadInput(f"{master}: name a folder that all machines of this cluster reach, to keep the steps in")
        own = Path(tempfile.mkdtemp(prefix="agentdiff-"))
        try:
            self._session = _started(master, memory, own)
        except BaseException:
            shutil.rmtree(own, ignore_errors=True)
            raise
        self._own = own
        self._folder = f"{folder.rstrip('/')}/{own.name}" if folder else own.as_uri()
        self._tables: dict[str, tuple[str, int]] = {}
        self._steps = 0

    def take(self, table: str, batches: Iterable[pa.RecordBatch], function: BatchFunction, schema: pa.Schema) -> None:
        """See `base.Engine`. The function runs on the workers, so what it opens has to be there as well."""
        import pyarrow as pa
        from pyspark.sql.pandas.types import from_arrow_schema

        path = self._new_path(table)
        is_empty = True
        for held in _gathered(batches):
            rows = self._session.createDataFrame(pa.Table.from_batches(held))
            parts = max(1, min(SENT_PARTS * self._cores, sum(batch.num_rows for batch in held) // SENT_ROWS))
            self._write(_mapped(rows.repartition(parts), function, schema), path)
            is_empty = False
        if is_empty:
            self._write(self._session.createDataFrame(schema.empty_table()), path)
        self._keep(table, path, from_arrow_schema(schema))

    def attach(self, table: str, paths: Iterable[str]) -> None:
        """See `base.Engine`. Columns of JSON lines come in the order of the alphabet. BadInput for what is no table."""
        from pyspark.errors import AnalysisException

        listed = list(paths)
        is_json = bool(listed) and not listed[0].endswith(".parquet")
        try:
            with _spoken():
                frame = self._session.read.json(listed) if is_json else self._session.read.parquet(*listed)
        except AnalysisException as problem:
            raise BadInput(f"{listed[0]}: Spark cannot read this as a table ({_reason(problem)})") from problem
        frame.createOrReplaceTempView(table)

    def view(self, table: str, query: str) -> None:
        """See `base.Engine`."""
        self._session.sql(f"CREATE OR REPLACE TEMPORARY VIEW {table} AS {query}")

    def sql(self, table: str, query: str) -> None:
        """See `base.Engine`."""
        self._store(table, self._frame(query))

    def map(self, table: str, query: str, function: BatchFunction, schema: pa.Schema) -> None:
        """See `base.Engine`."""
        self._store(table, _mapped(self._frame(query), function, schema))

    def map_groups(self, table: str, query: str, by: str, function: BatchFunction, schema: pa.Schema) -> None:
        """See `base.Engine`."""
        from pyspark.sql.pandas.types import from_arrow_schema

        groups = self._frame(query).groupBy(by)
        self._store(table, groups.applyInArrow(_over_group(function), from_arrow_schema(schema)))

    def rows(self, query: str) -> pa.Table:
        """See `base.Engine`."""
        with _spoken():
            return self._frame(query).toArrow()

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """See `base.Engine`. All rows are here before the first is given."""
        yield from self.rows(query).to_batches(max_chunksize=BATCH_ROWS)

    def columns(self, table: str) -> tuple[str, ...]:
        """See `base.Engine`."""
        return tuple(self._session.table(table).columns)

    def number(self, query: str) -> int:
        """See `base.Engine`."""
        with _spoken():
            row = self._frame(query).first()
        return int(row[0] or 0) if row else 0

    def drop(self, *tables: str) -> None:
        """See `base.Engine`."""
        for table in tables:
            self._session.catalog.dropTempView(table)
            path, _ = self._tables.pop(table, ("", 0))
            if path:
                self._delete(path)

    def close(self) -> None:
        """See `base.Engine`. The Java process stays for the next engine and ends with this process."""
        try:
            self._delete(self._folder)
        finally:
            self._session.stop()
            shutil.rmtree(self._own, ignore_errors=True)

    @property
    def _cores(self) -> int:
        return int(self._session.sparkContext.defaultParallelism)

    def _frame(self, query: str) -> Any:
        size = sum(size for _, size in self._tables.values())
        self._session.conf.set("spark.sql.shuffle.partitions", str(max(self._cores, size // PARTITION_BYTES)))
        return self._session.sql(query)

    def _store(self, table: str, frame: Any) -> None:
        path = self._new_path(table)
        self._write(frame, path)
        self._keep(table, path, frame.schema)

    def _new_path(self, table: str) -> str:
        """A step may read the table that it replaces, so each is written to a place of its own."""
        self._steps += 1
        return f"{self._folder}/{table}-{self._steps}"

    def _write(self, frame: Any, path: str) -> None:
        with _spoken():
            frame.write.mode("append").parquet(path)

    def _keep(self, table: str, path: str, schema: Any) -> None:
        summary = self._file_system(path).getContentSummary(self._at(path))
        if summary.getFileCount() < 2:  # one says that all was written, and even a table without rows has another
            raise BadInput(f"{path}: what the workers wrote is not there; name a folder that all machines reach")
        old, _ = self._tables.get(table, ("", 0))
        self._tables[table] = (path, int(summary.getLength()))
        self._session.read.schema(schema).parquet(path).createOrReplaceTempView(table)
        if old:
            self._delete(old)

    def _delete(self, path: str) -> None:
        with _spoken():
            self._file_system(path).delete(self._at(path), True)

    def _at(self, path: str) -> Any:
        return self._session._jvm.org.apache.hadoop.fs.Path(path)

    def _file_system(self, path: str) -> Any:
        return self._at(path).getFileSystem(self._session._jsc.hadoopConfiguration())


# ---------------------------------------------------------------------------------------------- starting


def _is_of_this_machine(master: str) -> bool:
    return master.startswith("local")


def _started(master: str, memory: int | None, own: Path) -> Any:
    """A session of its own. Raises BadInput."""
    try:
        import pandas  # noqa: F401, Spark refuses functions over Arrow batches without it
        from py4j.protocol import Py4JError
        from pyspark import SparkContext
        from pyspark.errors import PySparkException
    except ImportError as problem:
        raise BadInput(f"Spark is not installed ({problem}); {_NEEDED}") from problem
    if not has_java():
        raise BadInput(f"Spark needs Java, which was not found; {_NEEDED}")
    if SparkContext._active_spark_context is not None:
        raise BadInput("Spark is in use in this process already; stop its session first")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        return _session(_configuration(master, memory), master, own)
    except (Py4JError, PySparkException) as problem:
        remedy = f"check the address of the cluster, and {_NEEDED}"
        raise BadInput(f"{master}: Spark cannot be started there ({_reason(problem)}); {remedy}") from problem


def has_java() -> bool:
    """Whether there is a Java where Spark looks for it; its version shows when it starts."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which(os.path.join(home, "bin", "java") if home else "java") is not None


def _configuration(master: str, memory: int | None) -> dict[str, str]:
    made = {"spark.master": master, "spark.app.name": "agentdiff"}
    if memory is not None:
        made["spark.driver.memory"] = made["spark.executor.memory"] = f"{memory >> 20}m"
    elif _is_within_driver(master):
        made["spark.driver.memory"] = f"{LOCAL_MEMORY >> 20}m"
    return _SETTINGS | made


def _is_within_driver(master: str) -> bool:
    return master == "local" or master.startswith("local[")


def _session(settings: dict[str, str], master: str, own: Path) -> Any:
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    configuration = SparkConf().setAll(list(settings.items()))
    launch: Any = launch_gateway  # it has no types
    gateway = None
    if SparkContext._gateway is None:
        # What Java has to say goes to a file: standard error is for those who run this program.
        with tempfile.TemporaryFile(dir=own) as log:
            gateway = launch(configuration, {"stdout": log, "stderr": log})
    context = SparkContext(conf=configuration, gateway=gateway)
    if not _is_within_driver(master):
        context.addPyFile(_packed(own))
    return SparkSession(context)


def _packed(own: Path) -> str:
    """This package as an archive, so that workers run what runs here; what it imports they need to have."""
    package = Path(__file__).parents[1]
    return shutil.make_archive(str(own / package.name), "zip", package.parent, package.name)


# ---------------------------------------------------------------------------------------------- functions over rows


def _mapped(frame: Any, function: BatchFunction, schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return frame.mapInArrow(_over_batches(function), from_arrow_schema(schema))


def _over_batches(function: BatchFunction) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    return lambda batches: (function(batch) for batch in batches if batch.num_rows)


def _over_group(function: BatchFunction) -> Callable[[pa.Table], pa.Table]:
    """Without annotations: Spark would take them for a choice between its interfaces."""

    def of_group(rows):  # type: ignore[no-untyped-def]
        import pyarrow as pa

        return pa.Table.from_batches([function(rows.combine_chunks().to_batches()[0])])

    return of_group


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Some batches at a time, as many as are worth a message."""
    held: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        held.append(batch)
        size += batch.nbytes
        if size >= SENT_BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held


# ---------------------------------------------------------------------------------------------- what goes wrong


@contextmanager
def _spoken() -> Iterator[None]:
    """What fails on the cluster, as a sentence; an error of a query or a function stays what it is."""
    from py4j.protocol import Py4JError
    from pyspark.errors import AnalysisException, PySparkException, PythonException

    try:
        yield
    except (AnalysisException, PythonException):
        raise
    except (Py4JError, PySparkException) as problem:
        raise AgentDiffError(f"Spark gave up: {_reason(problem)}; look into the logs of its workers") from problem


def _reason(problem: Exception) -> str:
    """The first line of what Java says, without the names of its classes."""
    cause = getattr(problem, "java_exception", None)
    text = str(cause.getMessage() or cause) if cause is not None else str(problem)
    return text.strip().partition("\n")[0].rstrip(".") or type(problem).__name__
