"""What a search for duplicates takes and gives: options, members, edges, clusters. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agentdiff.model import Verdict


class ClusterKind(StrEnum):
    """Why agents are in one cluster."""

    EXACT = "exact"
    """The same text, apart from layout and line endings."""
    NEAR = "near"
    """One was made from the other."""
    ROLE = "role"
    """Independent variants of one role: they do the same job in other words."""


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """What is looked for."""

    kinds: frozenset[ClusterKind] = frozenset({ClusterKind.EXACT, ClusterKind.NEAR})
    min_similarity: float | None = None
    """0..1, the least similarity of a near member to the centre of its cluster; None for the measured floors."""
    across_repos_only: bool = False
    """Leave out clusters whose members all come from one collection."""


@dataclass(frozen=True, slots=True)
class Member:
    """One agent of a cluster."""

    path: str
    """As given; `FILE#name` for one of several agents in a file, `REV:path` for one from git's history."""
    format: str
    name: str
    sha256: str
    """Of the bytes of its file, in lower-case hexadecimal digits."""
    tokens: int
    """About what a language model pays for reading it, fields and body."""
    collection: str
    """The repository or folder that it comes from."""


@dataclass(frozen=True, slots=True)
class Edge:
    """How the centre of a cluster and another member compare, by their fingerprints."""

    a: int
    """Position of the centre in `Cluster.members`."""
    b: int
    """Position of the other member."""
    similarity: float
    """0..1, the share of their word sequences that both have (Jaccard)."""
    containment: float
    """0..1, the share of the word sequences of the smaller one that the other one has."""
    verdict: Verdict
    """Seen from `a` to `b`, as `agentdiff diff a b` says it: SUBSET where every line of `b` stands in `a` as well."""

    @property
    def adds_nothing(self) -> bool:
        """Whether `b` says nothing that `a` does not say, line by line, fields aside."""
        return self.verdict in (Verdict.IDENTICAL, Verdict.EQUIVALENT, Verdict.FIELDS_ONLY, Verdict.SUBSET)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Agents that are duplicates; each has a direct edge to the centre."""

    id: str
    """Twelve hexadecimal digits that depend on nothing outside the cluster."""
    kind: ClusterKind
    members: tuple[Member, ...]
    """At least two, ordered by path."""
    edges: tuple[Edge, ...]
    """One for each member but the centre, in the order of `members`."""
    centre: int
    suggested: int
    """Position of the member that would serve best as the base of a consolidation."""

    @property
    def least_similarity(self) -> float:
        """Of the edges."""
        return min(edge.similarity for edge in self.edges)

    @property
    def mean_similarity(self) -> float:
        """Of the edges."""
        return sum(edge.similarity for edge in self.edges) / len(self.edges)

    @property
    def tokens(self) -> int:
        """Of all members."""
        return sum(member.tokens for member in self.members)

    @property
    def savings(self) -> int:
        """Tokens that would be saved if the suggested member alone were kept."""
        return self.tokens - self.members[self.suggested].tokens

    @property
    def collections(self) -> tuple[str, ...]:
        """Where its members come from, in order of name."""
        return tuple(sorted({member.collection for member in self.members}))


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was not looked into."""

    path: str
    reason: str
    """Half a sentence, without the path."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was looked at."""

    files: int
    """That held an agent."""
    agents: int
    bytes: int
    others: int
    """Files that are no agent files."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Which of many agents are the same agent."""

    scanned: Scanned
    clusters: tuple[Cluster, ...]
    """Ordered by kind, exact first, then by savings, most first, then by the path of the first member."""
    skipped: tuple[Skipped, ...] = ()
    """Ordered by path."""
