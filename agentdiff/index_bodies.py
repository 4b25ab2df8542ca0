"""The bodies of an index: fingerprints of agents as rows, by which shingles they are found, and how they compare."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from agentdiff import comparing
from agentdiff.fingerprint import Fingerprint, finished

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from agentdiff.fingerprint import Hashes


class AgentRow(NamedTuple):
    """One agent as an index keeps it."""

    path: str
    """As a user knows it; `FILE#name` for one of several agents in a file."""
    place: str
    """Of its file: absolute for a file on disk, else any path that no other file has. By it a file is known again."""
    sha256: str
    """Of the bytes of its file, in lower-case hexadecimal digits."""
    name: str
    format: str
    role: int
    """`key_of` its `name_key`."""
    home: int
    """A number of 64 bits for the collection that it comes from."""
    print: Fingerprint
    centre: int | None = None
    """Key of the body that is the centre of its cluster, if that is known."""


class FileAgents(NamedTuple):
    """A file that is to be added or checked, with its agents; none where it holds none any more."""

    path: str
    place: str
    """See `AgentRow.place`."""
    sha256: str
    agents: tuple[FoundAgent, ...]


class FoundAgent(NamedTuple):
    """One agent of such a file. Its collection is that of the folder or git repository that its file lies in."""

    path: str
    name: str
    format: str
    role: int
    print: Fingerprint


class Body(NamedTuple):
    """One row of `bodies`, or what would be one."""

    body: int
    key: int
    copies: int
    low_role: int
    high_role: int
    low_home: int
    high_home: int
    centre: int | None
    shingles: int
    sketch: bytes


def body_of(found: Fingerprint, role: int, home: int) -> Body:
    """The body of one agent, without a number and without marks."""
    return Body(0, found.key, 1, role, role, home, home, None, found.shingles, found.sketch)


def _stacked(bodies: Sequence[Body]) -> comparing.Sketches:
    import numpy as np

    lengths = [len(body.sketch) // 4 for body in bodies]
    rows = np.repeat(np.arange(len(bodies)), lengths)
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.intp)
    return comparing.Sketches(np.frombuffer(b"".join(body.sketch for body in bodies), "<u4"), rows, starts)


def marked(bodies: Sequence[Body], boilerplate: Hashes) -> list[Body]:
    """The bodies with marks in their sketches: what is no boilerplate."""
    sketches = comparing.with_marks(_stacked(bodies), boilerplate)
    data = sketches.hashes.astype("<u4").tobytes()
    bounds = pairwise((sketches.starts * 4).tolist())
    return [body._replace(sketch=data[start:end]) for body, (start, end) in zip(bodies, bounds, strict=True)]


class Buckets(NamedTuple):
    """Rows of `buckets`, an array for each column but the last."""

    shingles: NDArray[np.int32]
    places: NDArray[np.int16]
    owners: NDArray[np.intp]
    """Positions of the bodies, ascending."""


def buckets_of(bodies: Sequence[Body], common: Hashes) -> Buckets:
    """Where marked bodies are to be found."""
    import numpy as np

    sketches = _stacked(bodies)
    is_key = comparing.key_shingles(sketches, common)
    shingles, owners = sketches.hashes[is_key] & ~np.uint32(comparing.MARK), sketches.rows[is_key]
    keys = np.array([body.key for body in bodies], np.int64)[owners]
    return Buckets(shingles.view(np.int32), _places(shingles, keys), owners)


def _places(shingles: NDArray[np.uint32], keys: NDArray[np.int64]) -> NDArray[np.int16]:
    """By which the bodies of a bucket are ordered: otherwise in every bucket, so that no body leads all of them."""
    import numpy as np

    mixed = finished(keys.view(np.uint64) ^ finished(shingles.astype(np.uint64)))
    # The first sixteen bits tell the order nearly as well as all, in a quarter of the room.
    return (mixed.view(np.int64) >> 48).astype(np.int16)


def _side(bodies: Sequence[Body]) -> comparing.Side:
    import numpy as np

    sketches = _stacked(bodies)
    return comparing.Side(sketches, comparing.ends_of(sketches, np.array([body.shingles for body in bodies], np.int64)))


class Comparison(NamedTuple):
    """A body beside the one that is asked for; see `comparing.Shared`."""

    body: Body
    score: float
    """Share of the union, boilerplate aside."""
    similarity: float
    containment: float


def near_of(own: Body, others: Sequence[Body]) -> list[Comparison]:
    """Those of which one was made from the other, as `comparing.is_near` has it."""
    import numpy as np

    if not others:
        return []
    found = comparing.shared_with_one(_side([own]), _side(others))
    has_same_name = np.array([_has_same_name(own, each) for each in others])
    homes = {own.low_home, own.high_home}
    has_same_home = np.array([len(homes | {each.low_home, each.high_home}) == 1 for each in others])
    is_near = comparing.is_near(found, has_same_name, has_same_home).tolist()
    shares = zip(found.own.tolist(), found.similarity.tolist(), found.containment.tolist(), strict=True)
    return [Comparison(body, *each) for body, each, near in zip(others, shares, is_near, strict=True) if near]


def without_second_counterparts(own: Body, near: Sequence[Comparison]) -> list[Comparison]:
    """Those that may stay by the rule of `counterparts`, asked from the own end: one other name in each collection."""
    kept = [each for each in near if _has_same_name(own, each.body)]
    settled = {own.low_home, own.high_home}.union(*({each.body.low_home, each.body.high_home} for each in kept))
    best: dict[int, set[int]] = {}
    renamed = [each for each in near if not _has_same_name(own, each.body)]
    for each in sorted(renamed, key=lambda each: (not _is_copy(each), -each.score, each.body.key)):
        body = each.body
        homes, roles = {body.low_home, body.high_home}, {body.low_role, body.high_role}
        best = dict.fromkeys(homes, roles) | best
        is_best = not any(best[home].isdisjoint(roles) for home in homes)
        if _is_copy(each) or (is_best and settled.isdisjoint(homes)):
            kept.append(each)
    return kept


def _is_copy(each: Comparison) -> bool:
    return each.similarity >= comparing.COPY_SIMILARITY


def _has_same_name(a: Body, b: Body) -> bool:
    return not {a.low_role, a.high_role}.isdisjoint({b.low_role, b.high_role})


def agent_values(agent: int | None, body: int, place: int, row: AgentRow) -> tuple[Any, ...]:
    """The row of table `agents`; without a number of its own for a new one."""
    found = row.print
    digest = bytes.fromhex(row.sha256)
    facts = (row.path, row.name, row.format, digest, found.tokens, row.role, row.home, found.text_key, found.head_key)
    return (agent, body, place, *facts)
