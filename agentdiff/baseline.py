"""Clusters of duplicates that were looked at and accepted, as a file that is kept beside the agents.

JSON in a fixed order with one member on each line, so that a change of it reads well in a review.
A cluster is known again by the paths of its members: their text may change, as long as they are duplicates.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, NoReturn

from agentdiff.clusters import Cluster, ClusterKind
from agentdiff.errors import BadInput

SCHEMA = "agentdiff.baseline/1"

_SHA256 = re.compile(r"[0-9a-f]{64}")
_REMEDY = "correct it, or write it anew with --write-baseline"


class Standing(StrEnum):
    """How a cluster stands to a baseline."""

    ACCEPTED = "accepted"
    """All its members are in one accepted cluster."""
    NEW = "new"
    """None of its members is in an accepted cluster."""
    GROWN = "grown"
    """It is an accepted cluster with members that were not in it."""


class AcceptedMember(NamedTuple):
    """One agent of an accepted cluster."""

    path: str
    sha256: str
    """Of its file when it was accepted: for people who look up what they accepted, never compared."""


@dataclass(frozen=True, slots=True)
class AcceptedCluster:
    """A cluster as a baseline has it."""

    id: str
    kind: ClusterKind
    members: tuple[AcceptedMember, ...]


class Comparison(NamedTuple):
    """What a baseline says of a cluster."""

    standing: Standing
    new_members: tuple[int, ...] = ()
    """Positions in `Cluster.members`, ascending, of those that were not accepted: all of them in a new cluster."""

    @property
    def is_accepted(self) -> bool:
        """Whether nothing has to be decided."""
        return self.standing is Standing.ACCEPTED


# ---------------------------------------------------------------------------------------------- comparing


def compare(clusters: Iterable[Cluster], accepted: Sequence[AcceptedCluster]) -> tuple[Comparison, ...]:
    """How each of `clusters` stands to the accepted ones, in the order of `clusters`.

    A cluster is matched with the accepted one that has all its members, else the one of its id, else the one with which
    it has most members in common; on equal numbers the earlier in `accepted`. Duplicates match duplicates, exact or
    near, and roles match roles: two agents of one role that become copies are news. O(members).
    """
    homes: defaultdict[tuple[bool, str], list[int]] = defaultdict(list)
    ids: dict[tuple[bool, str], int] = {}
    for place, each in enumerate(accepted):
        ids.setdefault((_is_role(each.kind), each.id), place)
        for path in dict.fromkeys(member.path for member in each.members):
            homes[_is_role(each.kind), path].append(place)
    return tuple(_comparison(cluster, accepted, homes, ids) for cluster in clusters)


def _comparison(
    cluster: Cluster,
    accepted: Sequence[AcceptedCluster],
    homes: Mapping[tuple[bool, str], Sequence[int]],
    ids: Mapping[tuple[bool, str], int],
) -> Comparison:
    is_role = _is_role(cluster.kind)
    paths = {member.path for member in cluster.members}
    common = Counter(place for path in paths for place in homes.get((is_role, path), ()))
    best = max(common, key=lambda place: (common[place], -place), default=None)
    if best is not None and common[best] == len(paths):
        return Comparison(Standing.ACCEPTED)
    match = ids.get((is_role, cluster.id), best)
    known = {member.path for member in accepted[match].members} if match is not None else set()
    strangers = tuple(place for place, member in enumerate(cluster.members) if member.path not in known)
    return Comparison(Standing.NEW if match is None else Standing.GROWN, strangers)


def _is_role(kind: ClusterKind) -> bool:
    return kind is ClusterKind.ROLE


# ---------------------------------------------------------------------------------------------- writing


def baseline_text(clusters: Iterable[Cluster]) -> str:
    """The file that accepts `clusters`: ASCII, ordered by the paths of the members, ends with a line feed.

    The order of `clusters` does not matter. What steers a terminal or hides text is spelled `\\u202e`.
    """
    entries = sorted((_members(each), each.kind, each.id) for each in clusters)
    written = ",\n".join(_entry(*entry) for entry in entries)
    listed = f"[\n{written}\n  ]" if written else "[]"
    return f'{{\n  "schema": {json.dumps(SCHEMA)},\n  "clusters": {listed}\n}}\n'


def _members(cluster: Cluster) -> list[tuple[str, str]]:
    return sorted((member.path, member.sha256) for member in cluster.members)


def _entry(members: Iterable[tuple[str, str]], kind: ClusterKind, number: str) -> str:
    head = f'"id": {json.dumps(number)}, "kind": {json.dumps(kind.value)}'
    rows = ",\n".join(f"      {json.dumps({'path': path, 'sha256': sha256})}" for path, sha256 in members)
    return f'    {{{head}, "members": [\n{rows}\n    ]}}'


# ---------------------------------------------------------------------------------------------- reading


def read_baseline(text: str, path: str) -> tuple[AcceptedCluster, ...]:
    """The accepted clusters of a file, in its order; `path` is only a name for messages.

    Raises BadInput for what is no baseline: no JSON, another schema, a key that is missing or of the wrong kind. Keys
    that are not known are passed over, so that later versions may add some.
    """
    try:
        root = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as problem:
        raise BadInput(f"{path}:{problem.lineno}: the baseline is no JSON ({problem.msg}); {_REMEDY}") from problem
    except (ValueError, RecursionError) as problem:  # a number of thousands of digits, or brackets without end
        raise BadInput(f"{path}: the baseline cannot be read as JSON; {_REMEDY}") from problem
    if not isinstance(root, dict) or root.get("schema") != SCHEMA:
        raise BadInput(f'{path}: this is no baseline, it does not say "schema": "{SCHEMA}"; {_NAME_ANOTHER}')
    return _Reader(path).clusters(root)


_NAME_ANOTHER = "name a file that --write-baseline wrote"


class _Reader:
    """Checks what was read; every complaint says where in the file it is."""

    def __init__(self, path: str) -> None:
        self._path = path

    def clusters(self, root: Mapping[str, object]) -> tuple[AcceptedCluster, ...]:
        entries = self._list(root, "clusters", "the baseline")
        return tuple(self._cluster(each, f"cluster {number}") for number, each in enumerate(entries, 1))

    def _cluster(self, entry: object, where: str) -> AcceptedCluster:
        keys = self._object(entry, where)
        kind = self._text(keys, "kind", where)
        if kind not in list(ClusterKind):
            self._refuse(where, f'its "kind" is none of {", ".join(ClusterKind)}')
        members = enumerate(self._list(keys, "members", where), 1)
        read = tuple(self._member(each, f"member {number} of {where}") for number, each in members)
        return AcceptedCluster(self._text(keys, "id", where), ClusterKind(kind), read)

    def _member(self, entry: object, where: str) -> AcceptedMember:
        keys = self._object(entry, where)
        sha256 = self._text(keys, "sha256", where)
        if not _SHA256.fullmatch(sha256):
            self._refuse(where, 'its "sha256" is none')
        return AcceptedMember(self._text(keys, "path", where), sha256)

    def _object(self, entry: object, where: str) -> Mapping[str, object]:
        if not isinstance(entry, dict):
            self._refuse(where, "it is no object")
        return entry

    def _list(self, keys: Mapping[str, object], key: str, where: str) -> Sequence[object]:
        value = keys.get(key)
        if not isinstance(value, list):
            self._refuse(where, f'it has no list "{key}"')
        return value

    def _text(self, keys: Mapping[str, object], key: str, where: str) -> str:
        value = keys.get(key)
        if not isinstance(value, str) or not value:
            self._refuse(where, f'it has no "{key}"')
        return value

    def _refuse(self, where: str, problem: str) -> NoReturn:
        raise BadInput(f"{self._path}: {where}: {problem}; {_REMEDY}")
