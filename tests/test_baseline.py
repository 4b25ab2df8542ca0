"""What was accepted stays accepted; everything else is told."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from duplicate_samples import EXACT, NEAR, ROLE, Row, digest, make_cluster
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.baseline import (
    AcceptedCluster,
    AcceptedMember,
    Comparison,
    Standing,
    baseline_text,
    compare,
    read_baseline,
)
from agentdiff.clusters import Cluster, ClusterKind
from agentdiff.errors import BadInput

NEW, GROWN, ACCEPTED = Standing.NEW, Standing.GROWN, Standing.ACCEPTED


def cluster(paths: str, number: str = "", kind: ClusterKind = ClusterKind.NEAR) -> Cluster:
    return make_cluster([Row(path) for path in paths.split()], kind, number=number and number * 12)


def accepted(*clusters: Cluster) -> tuple[AcceptedCluster, ...]:
    return read_baseline(baseline_text(clusters), "baseline.json")


# ---------------------------------------------------------------------------------------------- the file


TEXT = """{
  "schema": "agentdiff.baseline/1",
  "clusters": [
    {"id": "0a1b2c3d4e5f", "kind": "exact", "members": [
      {"path": "garden/agents/pruner.md", "sha256": "%s"},
      {"path": "orchard/pruner.md", "sha256": "%s"}
    ]},
    {"id": "fedcba987654", "kind": "role", "members": [
      {"path": "garden/beekeeper.md", "sha256": "%s"},
      {"path": "meadow/bees.md", "sha256": "%s"}
    ]}
  ]
}
""" % (digest("centre"), digest("orchard/pruner.md"), digest("centre"), digest("meadow/bees.md"))  # noqa: UP031


def test_the_file_has_one_row_for_each_member() -> None:
    assert baseline_text([ROLE, EXACT]) == TEXT


def test_nothing_accepted_is_a_baseline_too() -> None:
    text = baseline_text([])
    assert text == '{\n  "schema": "agentdiff.baseline/1",\n  "clusters": []\n}\n'
    assert read_baseline(text, "b") == ()


def test_what_is_read_is_what_was_written() -> None:
    assert read_baseline(TEXT, "b")[1] == AcceptedCluster(
        "fedcba987654",
        ClusterKind.ROLE,
        (
            AcceptedMember("garden/beekeeper.md", digest("centre")),
            AcceptedMember("meadow/bees.md", digest("meadow/bees.md")),
        ),
    )


PATHS = st.text(min_size=1, max_size=6)
CLUSTERS = st.lists(
    st.builds(
        lambda paths, kind: make_cluster([Row(path) for path in sorted(paths)], kind),
        st.sets(PATHS, min_size=2, max_size=5),
        st.sampled_from(ClusterKind),
    ),
    max_size=5,
)


@given(CLUSTERS.flatmap(lambda clusters: st.tuples(st.just(clusters), st.permutations(clusters))))
def test_the_order_of_clusters_does_not_matter(orders: tuple[list[Cluster], list[Cluster]]) -> None:
    clusters, shuffled = orders
    text = baseline_text(clusters)
    assert baseline_text(shuffled) == text
    assert text.isascii()
    assert json.loads(text)["schema"] == "agentdiff.baseline/1"


@given(CLUSTERS)
def test_what_was_written_is_accepted(clusters: list[Cluster]) -> None:
    assert set(compare(clusters, accepted(*clusters))) <= {Comparison(ACCEPTED)}


@given(CLUSTERS, CLUSTERS)
def test_only_what_was_not_accepted_is_told(clusters: list[Cluster], others: list[Cluster]) -> None:
    for each, found in zip(clusters, compare(clusters, accepted(*others)), strict=True):
        paths = {member.path for member in each.members}
        homes = [{member.path for member in other.members} for other in others if is_role(other) == is_role(each)]
        assert found.is_accepted == any(paths <= home for home in homes)
        assert bool(found.new_members) != found.is_accepted
        if found.standing is NEW:
            assert len(found.new_members) == len(paths)
            assert not any(paths & home for home in homes)


def is_role(each: Cluster) -> bool:
    return each.kind is ClusterKind.ROLE


# ---------------------------------------------------------------------------------------------- comparing


COMPARED: dict[str, tuple[Cluster, Sequence[Cluster], Comparison]] = {
    "the same": (cluster("a b"), [cluster("a b")], Comparison(ACCEPTED)),
    "a member has gone": (cluster("a b"), [cluster("a b c")], Comparison(ACCEPTED)),
    "another id": (cluster("a b", "1"), [cluster("a b", "2")], Comparison(ACCEPTED)),
    "copies that were edited": (cluster("a b"), [cluster("a b", kind=ClusterKind.EXACT)], Comparison(ACCEPTED)),
    "nothing was accepted": (cluster("a b"), [], Comparison(NEW, (0, 1))),
    "others were accepted": (cluster("a b"), [cluster("c d")], Comparison(NEW, (0, 1))),
    "one more": (cluster("a b c"), [cluster("a c")], Comparison(GROWN, (1,))),
    "one in place of another": (cluster("a c"), [cluster("a b")], Comparison(GROWN, (1,))),
    "two that have become one": (
        cluster("a b c d e", "1"),
        [cluster("a b", "2"), cluster("c d e", "3")],
        Comparison(GROWN, (0, 1)),
    ),
    "the id before the number in common": (
        cluster("a b c d e", "1"),
        [cluster("a b", "1"), cluster("c d e", "2")],
        Comparison(GROWN, (2, 3, 4)),
    ),
    "all members before the id": (
        cluster("c d", "1"),
        [cluster("a b", "1"), cluster("c d e", "2")],
        Comparison(ACCEPTED),
    ),
    "the same id at other paths": (cluster("x/a x/b", "1"), [cluster("a b", "1")], Comparison(GROWN, (0, 1))),
    "one role that became copies": (
        cluster("a b", "1"),
        [cluster("a b", "1", ClusterKind.ROLE)],
        Comparison(NEW, (0, 1)),
    ),
    "copies that drifted to one role": (
        cluster("a b", "1", ClusterKind.ROLE),
        [cluster("a b", "1")],
        Comparison(NEW, (0, 1)),
    ),
    "a role among the accepted copies": (
        cluster("a b", kind=ClusterKind.ROLE),
        [cluster("a c"), cluster("a b", kind=ClusterKind.ROLE)],
        Comparison(ACCEPTED),
    ),
}


@pytest.mark.parametrize(("found", "before", "expected"), COMPARED.values(), ids=COMPARED.keys())
def test_comparing(found: Cluster, before: Sequence[Cluster], expected: Comparison) -> None:
    assert compare([found], accepted(*before)) == (expected,)


def test_the_order_of_comparisons_is_that_of_the_clusters() -> None:
    found = compare([NEAR, EXACT, ROLE], accepted(ROLE, EXACT))
    assert [each.standing for each in found] == [NEW, ACCEPTED, ACCEPTED]


def test_the_bytes_of_a_member_do_not_matter() -> None:
    text = TEXT.replace(digest("orchard/pruner.md"), digest("as it was before"))
    assert compare([EXACT], read_baseline(text, "b")) == (Comparison(ACCEPTED),)


# ---------------------------------------------------------------------------------------------- broken files


CLUSTER = '{"schema": "agentdiff.baseline/1", "clusters": [%s]}'
MEMBER = CLUSTER % '{"id": "1", "kind": "near", "members": [%s]}'
SHA256 = digest("")
BROKEN = {
    "nothing": ("", "b.json:1: the baseline is no JSON (Expecting value)"),
    "no JSON": ('{\n  "schema": x}', "b.json:2: the baseline is no JSON (Expecting value)"),
    "cut off": (TEXT[:120], "b.json:5: the baseline is no JSON (Unterminated string"),
    "a merge that git left": (TEXT.replace("\n  ]", "\n<<<<<<< ours\n  ]"), "b.json:12: the baseline is no JSON"),
    "brackets without end": ("[" * 100_000, "b.json: the baseline cannot be read as JSON"),
    "a number without end": ("1" * 10_000, "b.json: the baseline cannot be read as JSON"),
    "a list": ("[]", "b.json: this is no baseline"),
    "another document": ('{"schema": "agentdiff.clusters/1"}', "b.json: this is no baseline"),
    "a later version": ('{"schema": "agentdiff.baseline/2", "clusters": []}', "b.json: this is no baseline"),
    "no clusters": ('{"schema": "agentdiff.baseline/1"}', 'b.json: the baseline: it has no list "clusters"'),
    "clusters that are no list": (CLUSTER.replace("[%s]", "{}"), 'the baseline: it has no list "clusters"'),
    "a cluster that is a text": (CLUSTER % '"a"', "cluster 1: it is no object"),
    "a cluster without an id": (CLUSTER % '{"kind": "near", "members": []}', 'cluster 1: it has no "id"'),
    "an id that is a number": (CLUSTER % '{"id": 1, "kind": "near", "members": []}', 'cluster 1: it has no "id"'),
    "no members": (CLUSTER % '{"id": "1", "kind": "near"}', 'cluster 1: it has no list "members"'),
    "another kind": (CLUSTER % '{"id": "1", "kind": "far", "members": []}', 'its "kind" is none of exact, near, role'),
    "a kind that is a list": (CLUSTER % '{"id": "1", "kind": [], "members": []}', 'cluster 1: it has no "kind"'),
    "a member that is a text": (MEMBER % '"a.md"', "member 1 of cluster 1: it is no object"),
    "a member without a path": (MEMBER % f'{{"sha256": "{SHA256}"}}', 'member 1 of cluster 1: it has no "path"'),
    "a short digest": (MEMBER % '{"path": "a.md", "sha256": "abc"}', 'member 1 of cluster 1: its "sha256" is none'),
}


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_told_in_one_sentence(text: str, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_baseline(text, "b.json")
    sentence = str(caught.value)
    assert sentence.startswith("b.json:")
    assert words in sentence
    assert "--write-baseline" in sentence
    assert len(sentence.splitlines()) == 1


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("\n", "\r\n"),
        "\ufeff" + TEXT,
        TEXT.replace('"id"', '"later": 1, "id"').replace('"path"', '"note": "x", "path"'),
        json.dumps(json.loads(TEXT), indent=4, sort_keys=True),
    ],
)
def test_what_says_the_same_is_read_the_same(text: str) -> None:
    assert read_baseline(text, "b.json") == accepted(EXACT, ROLE)
