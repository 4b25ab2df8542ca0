"""An index of agents on disk: new files are checked against a million others in milliseconds.

A folder holds `index.sqlite` and `sources.json`, which says what the index was made of. The database has

    facts     format version, the parameters of the program that made it, boilerplate and common hashes, counts
    bodies    one row for each different body: its sketch with marks (see `comparing.MARK`), its names and homes
    agents    one row for each agent: path, digest of its file, name, format, tokens, its body
    buckets   key shingle -> bodies that can be found by it, in the order that the full run has
    homes     folders and git repositories -> the collection that they belong to

A search looks at the first rows of each bucket, compares what it finds there as the full run does, and then compares
with the centres of the clusters of what is near. So it costs the same however large buckets and clusters are.

What is promised: a batch that `Index.add` has returned from is on disk, whatever becomes of the process or the power.
`build_index` puts a whole new index in the place of the old one, or changes nothing. An index that is damaged or was
made by another version is refused in a sentence and never repaired in place: what is left of it could not be trusted.
`agentdiff index build` without paths makes it anew out of the paths in `sources.json`.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from os.path import abspath, join
from typing import TYPE_CHECKING, Any, NamedTuple

from agentdiff.comparing import SHARED_KEYS
from agentdiff.errors import AgentDiffError
from agentdiff.fingerprint import Fingerprint
from agentdiff.index_bodies import (
    AgentRow,
    Body,
    Comparison,
    FileAgents,
    FoundAgent,
    agent_values,
    body_of,
    buckets_of,
    marked,
    near_of,
    without_second_counterparts,
)
from agentdiff.index_file import (
    BODY_COLUMNS,
    FILE,
    NEW_AGENT,
    NEW_BODY,
    NEW_BUCKET,
    NEW_HOME,
    UnusableIndex,
    check_usable,
    connected,
    damaged,
    guarded,
    identity_of,
    neighbourhood,
    place_key,
)

if TYPE_CHECKING:
    from agentdiff.fingerprint import Hashes

BUCKET_ROWS = 8
"""Bodies of a bucket that are looked at. The order differs from bucket to bucket, so that of a large cluster other
members come into view in each."""
_BUCKET = f"""
SELECT shingle, body FROM (SELECT shingle, body FROM buckets WHERE shingle = ? ORDER BY place LIMIT {BUCKET_ROWS})
"""
MOST_COMPARED = 24
"""Bodies that one agent is compared with, those in the rarest buckets first: half of the time goes here. Of 1,000
members of clusters that were left out of an index of a million files 998 find their centre; 32 bodies show a fifth
more members of it, and take a tenth longer (`bench/index.py`)."""
MOST_CENTRES = 8
"""Centres that it is compared with besides."""

MOST_COPIES = 5
"""Agents of one body that a search lists ..."""
MOST_LISTED = 50
"""... and of all bodies together; the others are counted."""

REBUILD_SHARE, REBUILD_LEAST = 0.5, 200
"""Bodies that were added or lost since the build, as a share of those then and in number, from which on boilerplate
and clusters say too little of what is there now."""


# ---------------------------------------------------------------------------------------------- records


class Likeness(StrEnum):
    """How an agent of the index compares to the one that is checked, nearest first."""

    IDENTICAL = "identical"
    """The same bytes."""
    EQUIVALENT = "equivalent"
    """The same text, apart from layout and punctuation."""
    FIELDS_ONLY = "fields-only"
    """The same body with other fields."""
    CONTAINS = "contains"
    """It has nearly all that the one that is checked has, and more."""
    CONTAINED = "contained"
    """The one that is checked has nearly all of it, and more."""
    NEAR = "near"
    """One was made from the other."""


CONTAINED_SHARE = 0.95
"""Containment from which on one agent has nearly all of another."""


@dataclass(frozen=True, slots=True)
class Match:
    """An agent of the index that is a duplicate."""

    path: str
    name: str
    format: str
    sha256: str
    tokens: int
    likeness: Likeness
    similarity: float
    """0..1, the share of their word sequences that both have (Jaccard)."""
    containment: float
    """0..1, the share of the word sequences of the smaller one that the other one has."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One agent and its duplicates in the index."""

    path: str
    name: str
    format: str
    sha256: str
    tokens: int
    matches: tuple[Match, ...]
    """Most similar first, then by path; up to MOST_COPIES of one body, up to MOST_LISTED."""
    others: int
    """Copies of these bodies, and further near bodies that were found, which are not listed."""
    centre: Match | None
    """The centre of the cluster that it would belong to; None where it is near no centre of the last build."""


class Size(NamedTuple):
    """How large an index is."""

    agents: int
    bodies: int
    """Different texts among them."""
    is_rebuild_due: bool
    """Whether so much was added or lost since the build that boilerplate and clusters should be found anew."""


class Added(NamedTuple):
    """What became of some files. Counts of several batches may be added up field by field."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    agents: int = 0
    """Of the new and changed files."""


def open_index(folder: str, is_writable: bool = False) -> Index:
    """Open the index in a folder; close it when done, or use it as a context.

    Raises UnusableIndex where there is none, where it is damaged, or where it was made with other parameters.
    """
    path = join(folder, FILE)
    if not os.path.isfile(path):
        raise UnusableIndex(path, "there is no index", f"make one: agentdiff index build {folder} PATH...")
    with guarded(path):
        connection = connected(path, "rw")
        try:
            check_usable(connection, path)
            if not is_writable:
                connection.execute("PRAGMA query_only = 1")
            return Index(folder, connection)
        except BaseException:
            connection.close()
            raise


# ---------------------------------------------------------------------------------------------- the index


class Index:
    """An open index; see `open_index`. Every method raises UnusableIndex where the file turns out to be damaged."""

    def __init__(self, folder: str, connection: sqlite3.Connection) -> None:
        self.folder = abspath(folder)
        self.path = join(folder, FILE)
        self._connection = connection
        self._identity = identity_of(self.path)
        facts = dict(connection.execute("SELECT name, value FROM facts"))
        self._boilerplate, self._common = (self._hashes(facts.get(name)) for name in ("boilerplate", "common"))

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def size(self) -> Size:
        """How large it is now."""
        with guarded(self.path):
            facts = dict(self._connection.execute("SELECT name, value FROM facts WHERE typeof(value) = 'integer'"))
        moved, built = facts.get("moved", 0), facts.get("built", 0)
        is_due = moved > max(REBUILD_LEAST, REBUILD_SHARE * built)
        return Size(facts.get("agents", 0), facts.get("bodies", 0), is_due)

    # ------------------------------------------------------------------ asking

    def check(self, file: FileAgents) -> tuple[Checked, ...]:
        """The duplicates of each agent of a file, the file itself aside, whatever the index knows of it.

        Compared are at most MOST_COMPARED + MOST_CENTRES bodies for each agent.
        """
        with guarded(self.path), self._at_one_time():
            place = place_key(self.folder, file.place)
            home = self._home(file.place)
            counted = self._connection.execute(
                "SELECT body, count(*) FROM agents WHERE file = ? GROUP BY body", (place,)
            )
            own = dict(counted.fetchall())
            return tuple(self._checked(agent, file, place, home, own) for agent in file.agents)

    @contextmanager
    def _at_one_time(self) -> Iterator[None]:
        """All queries see the index as it is at the first of them, whatever other processes add meanwhile."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _checked(self, agent: FoundAgent, file: FileAgents, place: int, home: int, own: dict[int, int]) -> Checked:
        body, twin = body_of(agent.print, agent.role, home), self._with_key(agent.print.key)
        if twin and twin.copies:  # once it is added, it counts with the names and homes of its copies
            body = _joined(body, twin)
        near = self._near(body, twin)
        if twin:
            near.append(Comparison(twin, 1.0, 1.0, 1.0))
        near.sort(key=lambda each: (-each.similarity, -each.containment, each.body.key))
        agents = self._agents_of([each.body for each in near], place)
        every = [_match(agent, file, each, row) for each in near for row in agents[each.body.body]]
        listed = sorted(every[:MOST_LISTED], key=lambda match: (-match.similarity, _RANKS[match.likeness], match.path))
        total = sum(each.body.copies - own.get(each.body.body, 0) for each in near)
        # A body joins the centre that it is most like, boilerplate aside.
        centres = [each for each in near if each.body.centre == each.body.body and agents[each.body.body]]
        best = max(centres, key=lambda each: (each.score, -each.body.key), default=None)
        return Checked(
            agent.path,
            agent.name,
            agent.format,
            file.sha256,
            agent.print.tokens,
            tuple(listed),
            total - len(listed),
            None if best is None else _match(agent, file, best, agents[best.body.body][0]),
        )

    def _near(self, own: Body, twin: Body | None) -> list[Comparison]:
        own = marked([own], self._boilerplate)[0]
        weights: defaultdict[int, float] = defaultdict(float)
        counts: defaultdict[int, int] = defaultdict(int)
        for bucket in self._buckets(buckets_of([own], self._common).shingles.tolist()):
            # Of a bucket that is not seen whole nobody knows who else shares it.
            count, weight = 1 if len(bucket) < BUCKET_ROWS else SHARED_KEYS, 1 / len(bucket)
            for body in bucket:
                counts[body] += count
                weights[body] += weight
        counts[twin.body if twin else 0] = 0
        likely = [body for body, count in counts.items() if count >= SHARED_KEYS]
        ordered = sorted(likely, key=lambda body: (-weights[body], body))[:MOST_COMPARED]
        if twin and twin.centre is not None and twin.centre != twin.body:
            ordered.append(twin.centre)
        near = near_of(own, self._bodies(ordered))
        known = {*ordered, twin.body if twin else 0}
        of_near = Counter(each.body.centre for each in near if each.body.centre is not None)
        centres = [centre for centre, _ in of_near.most_common() if centre not in known][:MOST_CENTRES]
        return without_second_counterparts(own, near + near_of(own, self._bodies(centres)))

    def _buckets(self, shingles: Sequence[int]) -> Iterator[list[int]]:
        """The bodies in each bucket that holds any, BUCKET_ROWS at most."""
        if shingles:
            rows = self._connection.execute(" UNION ALL ".join([_BUCKET] * len(shingles)), shingles).fetchall()
            for _, bucket in groupby(rows, key=itemgetter(0)):
                yield [body for _, body in bucket]

    def _agents_of(self, bodies: Sequence[Body], place: int) -> dict[int, list[_AgentValues]]:
        """Up to MOST_COPIES agents of each body, without those of one file."""
        found: defaultdict[int, list[_AgentValues]] = defaultdict(list)
        few = [body.body for body in bodies if body.copies <= MOST_COPIES]
        for numbers in (few, *([body.body] for body in bodies if body.copies > MOST_COPIES)):
            query = (
                "SELECT body, path, name, format, sha256, tokens, text_key, head_key FROM agents "
                f"WHERE body IN ({', '.join('?' * len(numbers))}) AND file <> ? ORDER BY body, agent LIMIT ?"
            )
            most = MOST_COPIES * len(numbers)
            for body, *values in self._connection.execute(query, (*numbers, place, most)):
                if tuple(map(type, values)) != _AGENT_TYPES:
                    raise damaged(self.path, "a row of agents makes no sense")
                found[body].append(_AgentValues(*values))
        return found

    # ------------------------------------------------------------------ adding

    def add(self, files: Sequence[FileAgents]) -> Added:
        """Add files, or put them in the place of what is known of them, in one transaction.

        When this returns they are on disk. A file without agents is only taken out. Keep batches to some hundred files:
        other processes wait meanwhile. Raises AgentDiffError where another process writes for WAIT_SECONDS, or has
        rebuilt the index: then nothing of the batch is added.
        """
        with guarded(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                if identity_of(self.path) != self._identity:
                    raise AgentDiffError(f"{self.path}: the index was rebuilt meanwhile; add the files once more")
                added = self._add(files)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        return added

    def _add(self, files: Sequence[FileAgents]) -> Added:
        counts: Counter[str] = Counter()
        changes: Counter[str] = Counter()
        for file in files:
            place = place_key(self.folder, file.place)
            known = self._connection.execute("SELECT sha256 FROM agents WHERE file = ?", (place,)).fetchall()
            if known and {sha256 for (sha256,) in known} == {bytes.fromhex(file.sha256)}:
                counts["unchanged"] += 1
                continue
            if known:
                self._remove(place, changes)
            self._insert(file, place, changes)
            counts["changed" if known else "new"] += 1
            counts["agents"] += len(file.agents)
        for name, change in changes.items():
            self._connection.execute("UPDATE facts SET value = value + ? WHERE name = ?", (change, name))
        return Added(**counts)

    def knows(self, place: str, sha256: str) -> bool:
        """Whether a file is in the index with just these bytes, so that nothing has to be added."""
        with guarded(self.path):
            query = "SELECT 1 FROM agents WHERE file = ? AND sha256 = ? LIMIT 1"
            key = place_key(self.folder, place)
            return self._connection.execute(query, (key, bytes.fromhex(sha256))).fetchone() is not None

    def _remove(self, place: int, changes: Counter[str]) -> None:
        """Forget the agents of a file. A body without agents stays as it may be a centre, but nothing leads to it."""
        bodies = self._connection.execute("SELECT body FROM agents WHERE file = ?", (place,)).fetchall()
        self._connection.execute("DELETE FROM agents WHERE file = ?", (place,))
        changes["agents"] -= len(bodies)
        for body in self._bodies(sorted({body for (body,) in bodies})):
            left = self._connection.execute(
                "SELECT count(*), min(role), max(role), min(home), max(home) FROM agents WHERE body = ?", (body.body,)
            ).fetchone()
            if left[0]:
                self._describe(body.body, left)
                continue
            self._connection.execute("UPDATE bodies SET copies = 0 WHERE body = ?", (body.body,))
            rows = self._bucket_rows(body)
            self._connection.executemany("DELETE FROM buckets WHERE shingle = ? AND place = ? AND body = ?", rows)
            changes["bodies"] -= 1
            changes["moved"] += 1

    def _insert(self, file: FileAgents, place: int, changes: Counter[str]) -> None:
        home = self._home(file.place)
        for key in neighbourhood(self.folder, file.place):
            self._connection.execute(NEW_HOME, (key, home))
        for agent in file.agents:
            body = self._body_for(agent, home, changes)
            row = AgentRow(agent.path, file.place, file.sha256, agent.name, agent.format, agent.role, home, agent.print)
            self._connection.execute(NEW_AGENT, agent_values(None, body, place, row))
            changes["agents"] += 1

    def _body_for(self, agent: FoundAgent, home: int, changes: Counter[str]) -> int:
        """The body of a new agent, which counts it."""
        twin = self._with_key(agent.print.key)
        own = body_of(agent.print, agent.role, home)
        if twin and twin.copies:
            self._describe(twin.body, _joined(own, twin)[2:7])
            return twin.body
        changes["bodies"] += 1
        changes["moved"] += 1
        if twin:
            self._describe(twin.body, own[2:7])
            self._connection.executemany(NEW_BUCKET, self._bucket_rows(twin))
            return twin.body
        new = marked([own], self._boilerplate)[0]
        cursor = self._connection.execute(NEW_BODY, (None, *new[1:]))
        body = cursor.lastrowid or 0
        self._connection.executemany(NEW_BUCKET, self._bucket_rows(new._replace(body=body)))
        return body

    def _bucket_rows(self, body: Body) -> list[tuple[int, int, int]]:
        found = buckets_of([body], self._common)
        pairs = zip(found.shingles.tolist(), found.places.tolist(), strict=True)
        return [(shingle, place, body.body) for shingle, place in pairs]

    def _describe(self, body: int, values: Sequence[Any]) -> None:
        query = "UPDATE bodies SET copies = ?, low_role = ?, high_role = ?, low_home = ?, high_home = ? WHERE body = ?"
        self._connection.execute(query, (*values, body))

    # ------------------------------------------------------------------ rows

    def _with_key(self, key: int) -> Body | None:
        row = self._connection.execute(f"SELECT {BODY_COLUMNS} FROM bodies WHERE key = ?", (key,)).fetchone()
        return self._body(row) if row else None

    def _bodies(self, numbers: Sequence[int]) -> list[Body]:
        """In the order of their numbers."""
        marks = ", ".join("?" * len(numbers))
        rows = self._connection.execute(f"SELECT {BODY_COLUMNS} FROM bodies WHERE body IN ({marks})", numbers)
        return [self._body(row) for row in rows]

    def _body(self, row: tuple[Any, ...]) -> Body:
        """Raises UnusableIndex for what no program of ours has written."""
        if tuple(map(type, row)) in _BODY_TYPES:
            body = Body(*row)
            length, odd = divmod(len(body.sketch), 4)
            if not odd and 0 <= length <= body.shingles < 1 << 31:
                return body
        raise damaged(self.path, f"row {row[0]} of bodies makes no sense")

    def _blob(self, value: object) -> bytes:
        if not isinstance(value, bytes):
            raise damaged(self.path, "text or a number stands where bytes should")
        return value

    def _hashes(self, value: object) -> Hashes:
        import numpy as np

        blob = self._blob(value)
        if len(blob) % 4:
            raise damaged(self.path, "the boilerplate cannot be read")
        return np.frombuffer(blob, "<u4")

    def _home(self, place: str) -> int:
        """Of the folder of a file, else of its git repository; else a new one."""
        keys = neighbourhood(self.folder, place)
        for key in keys:
            row = self._connection.execute("SELECT home FROM homes WHERE place = ?", (key,)).fetchone()
            if row and isinstance(row[0], int):
                return row[0]
        return keys[-1]


def _joined(own: Body, twin: Body) -> Body:
    """The body of one agent, with the copies of its twin in the index."""
    roles, homes = (own.low_role, twin.low_role, twin.high_role), (own.low_home, twin.low_home, twin.high_home)
    return own._replace(
        copies=twin.copies + 1, low_role=min(roles), high_role=max(roles), low_home=min(homes), high_home=max(homes)
    )


class _AgentValues(NamedTuple):
    """What is told of an agent in the index."""

    path: str
    name: str
    format: str
    sha256: bytes
    tokens: int
    text_key: int
    head_key: int


_BODY_TYPES = tuple((*[int] * 7, centre, int, bytes) for centre in (int, type(None)))
_AGENT_TYPES = (str, str, str, bytes, int, int, int)
_RANKS = {likeness: rank for rank, likeness in enumerate(Likeness)}


def _match(agent: FoundAgent, file: FileAgents, found: Comparison, values: _AgentValues) -> Match:
    sha256, text_key = values.sha256.hex(), values.text_key
    is_same = sha256 == file.sha256 and text_key == agent.print.text_key
    likeness = Likeness.IDENTICAL if is_same else _likeness(agent.print, found, text_key, values.head_key)
    facts = (values.tokens, likeness, found.similarity, found.containment)
    return Match(values.path, values.name, values.format, sha256, *facts)


def _likeness(found: Fingerprint, comparison: Comparison, text_key: int, head_key: int) -> Likeness:
    body = comparison.body
    if found.text_key == text_key:
        return Likeness.EQUIVALENT
    if found.key == body.key:
        return Likeness.EQUIVALENT if found.head_key == head_key else Likeness.FIELDS_ONLY
    if comparison.containment < CONTAINED_SHARE:
        return Likeness.NEAR
    return Likeness.CONTAINS if found.shingles <= body.shingles else Likeness.CONTAINED
