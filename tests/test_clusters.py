"""What the records of a search say of themselves."""

from __future__ import annotations

import pytest
from duplicate_samples import Row, make_cluster

from agentdiff.clusters import ClusterKind, ClusterOptions
from agentdiff.model import Verdict

ROWS = [
    Row("meadow/a.md", 300, 0.5, Verdict.DRIFT),
    Row("garden/b.md", 200),
    Row("meadow/c.md", 70, 0.8, Verdict.SUBSET),
    Row("garden/d.md", 30, 0.9, Verdict.FIELDS_ONLY),
]


def test_sums_of_a_cluster() -> None:
    cluster = make_cluster(ROWS, centre=1, suggested=0)
    assert cluster.tokens == 600
    assert cluster.savings == 300
    assert make_cluster(ROWS, centre=1, suggested=3).savings == 570
    assert cluster.collections == ("garden", "meadow")
    assert make_cluster(ROWS[::2]).collections == ("meadow",)


def test_similarities_are_those_of_the_edges() -> None:
    cluster = make_cluster(ROWS, centre=1)
    assert cluster.least_similarity == 0.5
    assert cluster.mean_similarity == pytest.approx((0.5 + 0.8 + 0.9) / 3)
    assert [edge.b for edge in cluster.edges] == [0, 2, 3]


@pytest.mark.parametrize(
    ("verdict", "adds_nothing"),
    [
        (Verdict.IDENTICAL, True),
        (Verdict.EQUIVALENT, True),
        (Verdict.FIELDS_ONLY, True),
        (Verdict.SUBSET, True),
        (Verdict.SUPERSET, False),
        (Verdict.DRIFT, False),
        (Verdict.VARIANT, False),
        (Verdict.UNRELATED, False),
    ],
)
def test_what_adds_nothing(verdict: Verdict, adds_nothing: bool) -> None:
    cluster = make_cluster([Row("a.md"), Row("b.md", verdict=verdict)])
    assert cluster.edges[0].adds_nothing is adds_nothing


def test_every_verdict_is_decided_on() -> None:
    assert len(Verdict) == 8


def test_roles_are_looked_for_only_when_asked() -> None:
    options = ClusterOptions()
    assert options.kinds == {ClusterKind.EXACT, ClusterKind.NEAR}
    assert options.min_similarity is None
    assert not options.across_repos_only
    assert list(ClusterKind) == [ClusterKind.EXACT, ClusterKind.NEAR, ClusterKind.ROLE]
