"""Agents of a full run -> an index on disk, whole or not at all."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from operator import attrgetter
from os.path import abspath, join
from typing import TYPE_CHECKING, Any

from agentdiff.columns import rows_in
from agentdiff.errors import AgentDiffError, BadInput
from agentdiff.fingerprint import Fingerprint
from agentdiff.index import Size
from agentdiff.index_bodies import AgentRow, Body, agent_values, body_of, buckets_of, marked
from agentdiff.index_file import (
    APPLICATION,
    BUSY,
    FILE,
    FORMAT_VERSION,
    INDICES,
    NEW_AGENT,
    NEW_BODY,
    NEW_BUCKET,
    NEW_HOME,
    PAGE_BYTES,
    TABLES,
    code_of,
    connected,
    guarded,
    neighbourhood,
    parameters,
    place_key,
    write_sources,
)

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from agentdiff.fingerprint import Hashes

_PARTS = 16
"""Buckets are sorted in so many parts, so that 10 million bodies need 250 MB for it and not 4 GB."""
_CHUNK = 2000
"""Bodies that are made ready at once."""


ROWS = """
SELECT agents.path, agents.place, agents.file, agents.name, agents.format, agents.role, agents.home, agents.key,
       agents.text_key, agents.head_key, agents.shingles, agents.sketch, agents.tokens, assigned.centre
FROM agents LEFT JOIN assigned ON assigned.key = agents.key
ORDER BY coalesce(assigned.centre, agents.key), CASE WHEN assigned.centre = agents.key THEN 0 ELSE 1 END, agents.key,
         agents.path
"""
"""The agents of a full run, for an engine, in the order that `build_index` needs."""


def agent_rows(batches: Iterable[pa.RecordBatch]) -> Iterator[AgentRow]:
    """The rows of ROWS, one by one."""
    for batch in batches:
        for path, place, sha256, name, format, role, home, *found, centre in rows_in(batch):
            key, text_key, head_key, shingles, sketch, tokens = found
            own = Fingerprint(key, text_key, head_key, shingles, sketch, b"", tokens)
            yield AgentRow(path, place, sha256, name, format, role, home, own, centre)


def build_index(
    folder: str,
    agents: Iterable[AgentRow],
    boilerplate: Hashes,
    common: Hashes,
    paths: Sequence[str] = (),
    revision: str | None = None,
) -> Size:
    """Make the index of a folder, or put a new one in the place of the old one.

    `agents` come ordered by centre and key (those without a centre count as their own), and of one centre the centre
    itself first: so each body is seen once, and those of one cluster lie side by side on disk. `boilerplate` and
    `common` are the ascending hashes that the full run has found. `paths` and `revision` are what it was made of, for
    the next time. Memory does not grow with the number of agents, but for 30 bytes a folder.

    Raises AgentDiffError where another process builds or adds, where the place cannot be written, or where another
    file has the name; then the old index is as it was.
    """
    path = join(folder, FILE)
    _make_folder(folder)
    _refuse_stranger(path)
    new = f"{path}.new"
    with guarded(path):
        _clear(new)
        try:
            with closing(connected(new, "rwc")) as connection:
                _fill(connection, folder, agents, boilerplate, common)
                size = Size(_fact(connection, "agents"), _fact(connection, "bodies"), is_rebuild_due=False)
            _put_in_place(new, path)
            write_sources(folder, paths, revision)
        except BaseException:
            if os.path.lexists(new):
                os.unlink(new)
            raise
    return size


def _make_folder(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as problem:
        raise AgentDiffError(f"{folder}: cannot be made ({problem.strerror}); name another folder") from problem


def _refuse_stranger(path: str) -> None:
    """A damaged index may be replaced, but no other database, nor what is no file."""
    if not os.path.lexists(path):
        return
    if not os.path.isfile(path):
        raise BadInput(f"{path}: it exists and is not a regular file; name another folder")
    try:
        with closing(connected(path, "rw")) as connection:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.Error:
        return
    if tables and application != APPLICATION:
        raise BadInput(f"{path}: this database is no index of agentdiff; name another folder")


def _clear(new: str) -> None:
    """Remove what a build that was killed has left; refuse where it is still at work."""
    if os.path.lexists(new):
        try:
            with closing(connected(new, "rw")) as connection:
                connection.execute("PRAGMA busy_timeout = 0")
                connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as problem:
            if code_of(problem) in BUSY:
                raise
        os.unlink(new)


def _fill(
    connection: sqlite3.Connection, folder: str, agents: Iterable[AgentRow], boilerplate: Hashes, common: Hashes
) -> None:
    for pragma in (f"page_size = {PAGE_BYTES}", "locking_mode = EXCLUSIVE", "journal_mode = OFF", "synchronous = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("PRAGMA temp_store = FILE")
    connection.execute("BEGIN EXCLUSIVE")
    for statement in TABLES.split(";"):
        connection.execute(statement)
    connection.execute("CREATE TEMP TABLE spilled (part INTEGER, data BLOB)")
    builder = _Builder(connection, folder, boilerplate, common)
    builder.take(agents)
    builder.sort_buckets()
    for statement in INDICES.split(";"):
        connection.execute(statement)
    connection.executemany("INSERT INTO facts VALUES (?, ?)", builder.facts())
    connection.execute("COMMIT")
    # The last write syncs the whole file, so that it is on disk before it gets its name.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")


class _Builder:
    """Fills the tables of a new index in the order in which they lie on disk."""

    def __init__(self, connection: sqlite3.Connection, folder: str, boilerplate: Hashes, common: Hashes) -> None:
        self._connection = connection
        self._folder = abspath(folder)
        self._boilerplate, self._common = boilerplate, common
        self._agents = 0
        self._bodies = 0
        self._centre: tuple[int | None, int | None] = None, None
        """Key and number of the last centre."""
        self._homes: dict[int, int] = {}

    def facts(self) -> list[tuple[str, Any]]:
        """What `facts` gets."""
        counts = {"agents": self._agents, "bodies": self._bodies, "built": self._bodies, "moved": 0}
        hashes = {"boilerplate": self._boilerplate.tobytes(), "common": self._common.tobytes()}
        return [*counts.items(), *hashes.items(), ("parameters", json.dumps(parameters(), sort_keys=True))]

    def take(self, agents: Iterable[AgentRow]) -> None:
        """Store agents and bodies; buckets are put aside."""
        waiting: list[Body] = []
        for _, group in groupby(agents, key=attrgetter("print.key")):
            waiting.append(self._body(list(group)))
            if len(waiting) == _CHUNK:
                self._store(waiting)
                waiting = []
        if waiting:
            self._store(waiting)
        self._connection.executemany(NEW_HOME, sorted(self._homes.items()))

    def _body(self, copies: list[AgentRow]) -> Body:
        """The body of all agents of one key."""
        first = copies[0]
        self._bodies += 1
        if first.centre is not None and first.centre == first.print.key:
            self._centre = first.centre, self._bodies
        is_known = first.centre is not None and first.centre == self._centre[0]
        rows = []
        for row in copies:
            self._agents += 1
            rows.append(agent_values(self._agents, self._bodies, place_key(self._folder, row.place), row))
            for key in neighbourhood(self._folder, row.place):
                self._homes.setdefault(key, row.home)
        self._connection.executemany(NEW_AGENT, rows)
        roles, homes = [row.role for row in copies], [row.home for row in copies]
        own = body_of(first.print, first.role, first.home)
        return own._replace(
            body=self._bodies,
            copies=len(copies),
            low_role=min(roles),
            high_role=max(roles),
            low_home=min(homes),
            high_home=max(homes),
            centre=self._centre[1] if is_known else None,
        )

    def _store(self, bodies: list[Body]) -> None:
        import numpy as np

        ready = marked(bodies, self._boilerplate)
        self._connection.executemany(NEW_BODY, ready)
        found = buckets_of(ready, self._common)
        numbers = np.array([body.body for body in bodies], np.int64)[found.owners]
        rows = np.stack([found.shingles.astype(np.int64), found.places.astype(np.int64), numbers])
        parts = (rows[0] + (1 << 31)) * _PARTS >> 32
        spilled = [(part, _packed(rows[:, parts == part])) for part in range(_PARTS)]
        self._connection.executemany("INSERT INTO spilled VALUES (?, ?)", spilled)

    def sort_buckets(self) -> None:
        """Store the buckets in their order: that is several times faster than one row here and one there."""
        import numpy as np

        self._connection.execute("CREATE INDEX temp.spilled_by_part ON spilled (part)")
        for part in range(_PARTS):
            found = self._connection.execute("SELECT data FROM spilled WHERE part = ? ORDER BY rowid", (part,))
            rows = _unpacked(b"".join(data for (data,) in found))
            shingles, places, numbers = rows[:, np.lexsort(rows[::-1])]
            for start in range(0, len(shingles), 1 << 16):
                stretch = slice(start, start + (1 << 16))
                ordered = zip(*(each[stretch].tolist() for each in (shingles, places, numbers)), strict=True)
                self._connection.executemany(NEW_BUCKET, ordered)


def _packed(rows: NDArray[np.int64]) -> bytes:
    """Shingles, places and numbers of bodies, ten bytes each."""
    import numpy as np

    held = np.empty(rows.shape[1], "<i4, <i2, <u4")
    held["f0"], held["f1"], held["f2"] = rows
    return held.tobytes()


def _unpacked(data: bytes) -> NDArray[np.int64]:
    import numpy as np

    held = np.frombuffer(data, "<i4, <i2, <u4")
    return np.stack([held[name].astype(np.int64) for name in ("f0", "f1", "f2")])


def _fact(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()[0])


def _put_in_place(new: str, path: str) -> None:
    """Rename while no other process writes to the old index, so that nothing is added to it afterwards."""
    old: sqlite3.Connection | None = None
    try:
        if os.path.lexists(path):
            old = _locked(path)
        os.replace(new, path)
    except OSError as problem:
        raise AgentDiffError(f"{path}: cannot be written ({problem.strerror}); check the folder") from problem
    finally:
        if old is not None:
            old.close()


def _locked(path: str) -> sqlite3.Connection | None:
    """The old index, which this process alone may write to; None where it is damaged."""
    try:
        connection = connected(path, "rw")
        try:
            connection.execute("BEGIN IMMEDIATE")  # what a process that was killed left half done is undone first
            return connection
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as problem:
        if code_of(problem) in BUSY:
            raise
    # Its journal would be taken for that of the new index.
    if os.path.lexists(f"{path}-journal"):
        os.unlink(f"{path}-journal")
    return None
