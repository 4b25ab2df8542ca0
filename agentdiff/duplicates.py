"""Which of many agents are the same agent? The whole way: paths -> rows -> clusters -> what a reader needs to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, groupby
from operator import attrgetter
from os.path import lexists
from typing import TYPE_CHECKING, Any, NamedTuple

from agentdiff.clusters import Cluster, ClusterKind, ClusterOptions, Duplicates, Edge, Member, Scanned, Skipped
from agentdiff.columns import rows_in
from agentdiff.model import Verdict
from agentdiff.walking import HERE, Candidate, Others, Table, Unread

if TYPE_CHECKING:
    import pyarrow as pa

    from agentdiff.engines.base import Engine

Progress = Callable[[str, int, int], None]
"""Told what is done, how many, and of how many (0 where that is not known)."""

SILENT: Progress = lambda stage, done, total: None  # noqa: E731

FEW_FILES = 400
"""Up to so many files, starting worker processes takes longer than they save."""

COVERED = 0.95
"""A member that has this share of the centre's wording and more besides is the better base."""


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What does the work."""

    name: str = "duckdb"
    master: str | None = None
    """The address of a cluster of machines, as the engine has it."""
    memory_bytes: int | None = None
    """What the engine may use; beyond that it uses the disk."""
    folder: str | None = None
    """Where the machines of a cluster keep what they have in common."""


DEFAULTS = ClusterOptions()
EMBEDDED = EngineChoice()


def find_duplicates(
    paths: Sequence[str],
    options: ClusterOptions = DEFAULTS,
    choice: EngineChoice = EMBEDDED,
    progress: Progress = SILENT,
    revision: str | None = None,
) -> Duplicates:
    """Read all agents at some paths (see `gathering.gather`) and group those that are duplicates.

    The order of the paths makes no difference. What cannot be read is in `skipped`, and the rest is grouped. Raises
    BadInput for a request that cannot be met, such as an engine that is not installed.
    """
    inputs = gathered(paths, revision)
    engine = engine_for(choice, inputs.is_small)
    try:
        scan(engine, inputs.files, inputs.tables, ClusterKind.ROLE in options.kinds, progress)
        group(engine, options, progress)
        clusters = [each for each in _clusters(engine, options) if _is_wanted(each, options)]
        skipped = [*inputs.skipped, *unread_in(engine)]
        return Duplicates(
            _scanned(engine, inputs.others),
            tuple(sorted(clusters, key=_order)),
            tuple(sorted(skipped, key=attrgetter("path", "reason"))),
        )
    finally:
        engine.close()


class Inputs(NamedTuple):
    """What lies at the paths that were given."""

    files: tuple[Candidate, ...]
    tables: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    others: int
    """Files that are no agent files by their path."""

    @property
    def is_small(self) -> bool:
        """Whether there is too little for other processes."""
        return not self.tables and len(self.files) <= FEW_FILES


def gathered(paths: Sequence[str], revision: str | None = None) -> Inputs:
    """What lies at some paths; see `gathering.gather`."""
    from agentdiff.gathering import gather

    findings = list(gather(paths, revision))
    return Inputs(
        _by_collection([each for each in findings if isinstance(each, Candidate)]),
        tuple(each.path for each in findings if isinstance(each, Table)),
        tuple(each.skipped for each in findings if isinstance(each, Unread)),
        sum(each.number for each in findings if isinstance(each, Others)),
    )


def _by_collection(files: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The files with other collections where all have the same one and it is no repository: those that lie in it.

    So it makes no difference whether a folder of repositories is given, or the one around it.
    """
    from agentdiff.gathering import collection_in_table, folder_shared_by

    inside = [each for each in files if each.collection != HERE]
    if len({each.collection for each in inside}) != 1 or any(each.data is not None for each in inside):
        return tuple(files)
    shared = folder_shared_by(each.place for each in inside)
    above = accumulate(shared.strip("/").split("/"), lambda folder, name: f"{folder}/{name}", initial="")
    if any(lexists(f"{folder}/.git") for folder in above):
        return tuple(files)
    moved = {each.path: each._replace(collection=collection_in_table(each.place, shared)) for each in inside}
    return tuple(moved.get(each.path, each) for each in files)


def engine_for(choice: EngineChoice, is_small: bool = False) -> Engine:
    """The engine that was chosen; BadInput where it is not there."""
    from agentdiff.engines import engine_of

    return engine_of(choice.name, choice.master, choice.memory_bytes, choice.folder, is_small)


# ---------------------------------------------------------------------------------------------- reading


def scan(
    engine: Engine,
    files: Sequence[Candidate],
    tables: Sequence[str],
    has_terms: bool = False,
    progress: Progress = SILENT,
) -> None:
    """Make the table `agents`, of files and of tables."""
    from agentdiff.scanning import batches_of, row_schema, rows_of
    from agentdiff.tables import read_table

    names = []
    if files or not tables:
        batches = _counted(batches_of(files), len(files), progress)
        engine.take("read_files", batches, partial(rows_of, has_terms=has_terms), row_schema())
        names.append("read_files")
    for number, path in enumerate(tables):
        progress("reading", 0, 0)
        read_table(engine, path, f"read_{number}", has_terms)
        names.append(f"read_{number}")
    engine.view("read_all", " UNION ALL ".join(f"SELECT * FROM {name}" for name in names))
    engine.view("agents", "SELECT * FROM read_all WHERE is_agent")
    if tables and engine.number("SELECT count(*) - count(DISTINCT agent) FROM agents"):
        engine.sql("agents_once", _ONCE.format(columns=", ".join(row_schema().names)))
        engine.view("agents", "SELECT * FROM agents_once")
    engine.view("unread", "SELECT path, reason, is_given FROM read_all WHERE NOT is_agent")


# A path that stands in several rows of tables counts once: which one does not depend on their order.
_ONCE = """
SELECT {columns} FROM (
    SELECT *, row_number() OVER (PARTITION BY agent ORDER BY text_key, file) AS occurrence
    FROM read_all WHERE is_agent
) AS ordered
WHERE occurrence = 1
"""


def _counted(batches: Iterable[pa.RecordBatch], total: int, progress: Progress) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in batches:
        progress("reading", done, total)
        done += batch.num_rows
        yield batch


def _scanned(engine: Engine, others: int) -> Scanned:
    from agentdiff.scanning import NO_AGENT

    return Scanned(
        files=engine.number("SELECT count(*) FROM agents WHERE size > 0"),
        agents=engine.number("SELECT count(*) FROM agents"),
        bytes=engine.number("SELECT sum(size) FROM agents"),
        others=others + engine.number(f"SELECT count(*) FROM unread WHERE reason = '{NO_AGENT}'"),
    )


def unread_in(engine: Engine) -> list[Skipped]:
    """The files of a scan that could not be read."""
    from agentdiff.scanning import NO_AGENT

    rows = engine.rows(f"SELECT path, reason FROM unread WHERE reason <> '{NO_AGENT}'").to_pylist()
    return [Skipped(row["path"], row["reason"]) for row in rows]


# ---------------------------------------------------------------------------------------------- grouping

_BY_TEXT = """
SELECT agents.agent, agents.text_key AS centre, CAST(1.0 AS double) AS similarity, CAST(1.0 AS double) AS containment
FROM agents
"""
_BY_BODY = """
SELECT agents.agent, coalesce(assigned.centre, agents.key) AS centre,
       coalesce(assigned.similarity, 1.0) AS similarity, coalesce(assigned.containment, 1.0) AS containment
FROM agents LEFT JOIN assigned ON assigned.key = agents.key
"""
_TOGETHER = """
SELECT grouped.* FROM grouped
JOIN (SELECT centre FROM grouped GROUP BY centre HAVING count(*) > 1) AS large ON large.centre = grouped.centre
"""
# The agent that stands for the centre: of those with its very words the first.
_CENTRES = """
SELECT grouped.centre, min(agents.path) AS path
FROM grouped JOIN agents ON agents.agent = grouped.agent
WHERE agents.{key} = grouped.centre
GROUP BY grouped.centre
"""
_COMPARED = """
SELECT members.agent, members.centre, members.similarity, members.containment,
       own.file, own.text_key, own.head_key, own.key, own.lines,
       other.file AS centre_file, other.text_key AS centre_text_key, other.head_key AS centre_head_key,
       other.key AS centre_key, other.lines AS centre_lines, own.path = other.path AS is_centre
FROM members
JOIN agents AS own ON own.agent = members.agent
JOIN centres ON centres.centre = members.centre
JOIN agents AS other ON other.path = centres.path
"""
_MEMBERS = """
SELECT judged.centre, judged.is_centre, judged.similarity, judged.containment, judged.verdict,
       agents.path, agents.format, agents.name, agents.file, agents.tokens, agents.collection, agents.shingles,
       agents.text_key
FROM judged JOIN agents ON agents.agent = judged.agent
ORDER BY judged.centre, agents.path
"""


def group(engine: Engine, options: ClusterOptions, progress: Progress) -> None:
    """Make the table `judged`: each agent of a cluster with its centre, and how the two compare."""
    from agentdiff.clustering import cluster
    from agentdiff.comparing import judged, judged_schema

    by_body = options.kinds - {ClusterKind.EXACT}
    if by_body:
        cluster(engine, options.min_similarity or 0.0, lambda stage: progress(stage, 0, 0))
    engine.sql("grouped", _BY_BODY if by_body else _BY_TEXT)
    engine.sql("members", _TOGETHER)
    engine.sql("centres", _CENTRES.format(key="key" if by_body else "text_key"))
    engine.map("judged", _COMPARED, judged, judged_schema())
    if ClusterKind.ROLE in options.kinds:
        _group_roles(engine, progress)
    engine.drop("grouped", "members", "centres")


# One agent for each text: near duplicates have one role by themselves. Rules and commands have none.
_ROLE_AGENTS = """
SELECT agents.agent, agents.home AS collection, agents.terms
FROM centres JOIN agents ON agents.path = centres.path
WHERE agents.format IN ({formats})
"""
_ROLE_MEMBERS = """
SELECT agent, path, format, name, file, tokens, collection, shingles, text_key FROM agents WHERE agent IN ({agents})
ORDER BY path
"""


def _group_roles(engine: Engine, progress: Progress) -> None:
    """Make the table `role_edges` (`a, b, similarity`): agents of different wording that may do the same job."""
    from agentdiff import roles
    from agentdiff.formats import FORMATS
    from agentdiff.formats.base import Kind

    progress("comparing roles", 0, 0)
    formats = ", ".join(f"'{format.name}'" for format in FORMATS.values() if format.kind is Kind.AGENT)
    engine.map(roles.ROLE_TERMS, _ROLE_AGENTS.format(formats=formats), roles.term_rows, roles.term_schema())
    for table, query in roles.STATEMENTS:
        engine.sql(table, query)


class _MemberRow(NamedTuple):
    """A row of _MEMBERS: an agent of a cluster, beside the centre."""

    centre: int
    is_centre: bool
    similarity: float
    containment: float
    verdict: str
    path: str
    format: str
    name: str
    file: str
    tokens: int
    collection: str
    shingles: int
    text_key: int

    @property
    def member(self) -> Member:
        """What a reader is told of it."""
        return Member(self.path, self.format, self.name, self.file, self.tokens, self.collection)


def _role_clusters(engine: Engine) -> Iterator[Cluster]:
    from agentdiff.roles import stars

    edges = [(row["a"], row["b"], row["similarity"]) for row in engine.rows("SELECT * FROM role_edges").to_pylist()]
    similarity = {pair: each for a, b, each in edges for pair in ((a, b), (b, a))}
    centre_of = stars(edges)
    members: dict[int, list[_MemberRow]] = {}
    for agent, *facts in _role_members(engine, sorted(centre_of)):
        centre = centre_of[agent]
        own = 1.0 if agent == centre else similarity[centre, agent]
        row = _MemberRow(centre, agent == centre, own, 0.0, Verdict.VARIANT, *facts)
        members.setdefault(centre, []).append(row)
    yield from (_cluster_of(rows, ClusterKind.ROLE) for rows in members.values())


def _role_members(engine: Engine, agents: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    if agents:
        yield from _values(engine.rows(_ROLE_MEMBERS.format(agents=", ".join(map(str, agents)))))


def _clusters(engine: Engine, options: ClusterOptions) -> Iterator[Cluster]:
    rows = map(_MemberRow._make, _values(engine.rows(_MEMBERS)))
    for _, members in groupby(rows, key=attrgetter("centre")):
        yield _cluster_of(list(members))
    if ClusterKind.ROLE in options.kinds:
        yield from _role_clusters(engine)


def _is_wanted(cluster: Cluster, options: ClusterOptions) -> bool:
    return cluster.kind in options.kinds and not (options.across_repos_only and len(cluster.collections) == 1)


def _values(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from rows_in(batch)


_VERDICTS = {verdict.value: verdict for verdict in Verdict}


def _cluster_of(rows: Sequence[_MemberRow], kind: ClusterKind | None = None) -> Cluster:
    """One cluster of its rows, which are ordered by path; one of them is the centre. Its kind is told by its edges."""
    centre = next(place for place, row in enumerate(rows) if row.is_centre)
    edges = tuple(
        Edge(centre, place, row.similarity, row.containment, _VERDICTS[row.verdict])
        for place, row in enumerate(rows)
        if place != centre
    )
    if kind is None:
        is_exact = all(edge.verdict in (Verdict.IDENTICAL, Verdict.EQUIVALENT) for edge in edges)
        is_one_text = len({row.text_key for row in rows}) == 1
        kind = ClusterKind.EXACT if is_exact and is_one_text else ClusterKind.NEAR
    base = centre if kind is ClusterKind.ROLE else _base(rows, edges, centre)
    members = tuple(row.member for row in rows)
    return Cluster(cluster_id(kind, rows[centre].text_key), kind, members, edges, centre, base)


def cluster_id(kind: ClusterKind, text_key: int) -> str:
    """Twelve digits that the text of the centre alone decides; roles are another question and have others."""
    number = ~text_key if kind is ClusterKind.ROLE else text_key
    return f"{number % (1 << 64):016x}"[:12]


def _base(rows: Sequence[_MemberRow], edges: Sequence[Edge], centre: int) -> int:
    """The member that says most of what the others say: the centre, or the longest that says nearly all of it and more.

    What both have in common follows from the share of their union and from their sizes.
    """
    size = max(1, rows[centre].shingles)
    better = [
        edge.b
        for edge in edges
        if rows[edge.b].shingles > size
        and edge.similarity / (1 + edge.similarity) * (size + rows[edge.b].shingles) >= COVERED * size
    ]
    return min(better, key=lambda place: (-rows[place].shingles, rows[place].path), default=centre)


def _order(cluster: Cluster) -> tuple[int, int, str]:
    return list(ClusterKind).index(cluster.kind), -cluster.savings, cluster.members[0].path
