"""Clusters made by hand, so that reports and baselines are tested without the search behind them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from agentdiff.clusters import Cluster, ClusterKind, Duplicates, Edge, Member, Scanned, Skipped
from agentdiff.model import Verdict


class Row(NamedTuple):
    """A member, and how it compares to the centre."""

    path: str
    tokens: int = 100
    similarity: float = 1.0
    verdict: Verdict = Verdict.IDENTICAL
    name: str = "gardener"
    format: str = "claude-agent"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def make_cluster(
    rows: Sequence[Row],
    kind: ClusterKind = ClusterKind.NEAR,
    centre: int = 0,
    suggested: int = 0,
    number: str = "",
) -> Cluster:
    """Members in the order of `rows`. Identical ones have the bytes of the centre, all others bytes of their own."""
    members = tuple(
        Member(
            row.path,
            row.format,
            row.name,
            digest("centre" if row.verdict is Verdict.IDENTICAL else row.path),
            row.tokens,
            row.path.partition("/")[0],
        )
        for row in rows
    )
    edges = tuple(
        Edge(centre, place, row.similarity, min(row.similarity + 0.05, 1.0), row.verdict)
        for place, row in enumerate(rows)
        if place != centre
    )
    return Cluster(number or digest(rows[0].path)[:12], kind, members, edges, centre, suggested)


def make_duplicates(clusters: Sequence[Cluster], skipped: tuple[Skipped, ...] = (), others: int = 0) -> Duplicates:
    return Duplicates(Scanned(2950, 2991, 12_345_678, others), tuple(clusters), skipped)


EXACT = make_cluster(
    [Row("garden/agents/pruner.md", 1310), Row("orchard/pruner.md", 1312, 1.0, Verdict.EQUIVALENT)],
    ClusterKind.EXACT,
    number="0a1b2c3d4e5f",
)
NEAR = make_cluster(
    [
        Row("garden/gardener.md", 1234, 0.97, Verdict.DRIFT),
        Row("meadow/gardener.md", 1200),
        Row("orchard/agents.yaml#keeper", 410, 0.55, Verdict.SUBSET, "keeper", "crew-agent"),
        Row("orchard/gardener.md", 1200),
    ],
    centre=1,
    suggested=0,
    number="123456789abc",
)
ROLE = make_cluster(
    [Row("garden/beekeeper.md", 700), Row("meadow/bees.md", 900, 0.02, Verdict.VARIANT, "bees")],
    ClusterKind.ROLE,
    number="fedcba987654",
)
SKIPPED = (Skipped("garden/loop", "is a link into a folder above it"), Skipped("garden/photo.md", "is binary"))
DUPLICATES = make_duplicates([EXACT, NEAR, ROLE], SKIPPED, 1204)
