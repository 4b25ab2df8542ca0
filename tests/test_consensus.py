"""Grouping what several variants say."""

from __future__ import annotations

from itertools import permutations

from merge_samples import agent, bullets, grouped

from agentdiff import weights
from agentdiff.consensus import Neighbour, group
from agentdiff.similarity import prepared

ROSES = bullets("Roses", ["Prune the roses in early spring", "Mix bone meal into the soil"])
OTHER_ROSES = bullets("Roses", ["Early in spring, prune all roses", "Look for aphids once a week"])
THIRD_ROSES = bullets("Rose care", ["Prune roses when spring begins", "Spray against mildew"])


def test_every_statement_and_section_is_in_one_group() -> None:
    bodies = [ROSES, OTHER_ROSES, THIRD_ROSES]
    variants = [prepared(agent(body)) for body in bodies]
    groups = group(variants)
    nodes = [node for each in groups.items for node in each]
    assert sorted(nodes) == [(v, i) for v, each in enumerate(variants) for i in range(len(each.statements))]
    parts = [node for each in groups.sections for node in each]
    assert sorted(parts) == [(v, i) for v, each in enumerate(variants) for i in range(len(each.parts))]


def test_the_same_in_other_words_is_one_group() -> None:
    groups = grouped(ROSES, OTHER_ROSES, THIRD_ROSES)
    assert ((0, 0), (1, 0), (2, 0)) in groups.items


def test_what_only_one_says_stays_alone() -> None:
    groups = grouped(ROSES, OTHER_ROSES, THIRD_ROSES)
    assert ((0, 1),) in groups.items
    assert ((1, 1),) in groups.items


def test_a_group_has_one_member_of_a_variant_at_most() -> None:
    twice = bullets("Roses", ["Prune the roses in early spring", "Prune the roses in early spring, carefully"])
    for each in grouped(twice, ROSES, twice).items:
        assert len({variant for variant, _ in each}) == len(each)


def test_statements_that_contradict_each_other_are_kept_apart() -> None:
    often = bullets("Water", ["Water the young trees every 2 days in summer"])
    seldom = bullets("Water", ["Water the young trees every 9 days in summer"])
    groups = grouped(often, seldom)
    assert groups.items == (((0, 0),), ((1, 0),))
    (neighbour,) = groups.neighbours
    assert neighbour == Neighbour(0, 1, neighbour.similarity)
    assert weights.ITEM_FLOOR <= neighbour.similarity <= 1


def test_no_third_statement_brings_contradicting_ones_together() -> None:
    often = bullets("Water", ["Water the young trees every 2 days in summer"])
    seldom = bullets("Water", ["Water the young trees every 9 days in summer"])
    vague = bullets("Water", ["Water the young trees often in summer"])
    for each in grouped(often, seldom, vague).items:
        assert not {0, 1} <= {variant for variant, _ in each}


def test_the_role_statements_are_one_group_however_they_are_worded() -> None:
    first = "You are a gardener who knows every rose.\n\n" + ROSES
    second = "Act as the keeper of a park.\n\n" + OTHER_ROSES
    assert ((0, 0), (1, 0)) in grouped(first, second).items


def test_a_role_statement_further_down_is_like_any_other() -> None:
    first = "You are a gardener who knows every rose.\n\n" + ROSES + "\n## Limits\n\nYou are no plumber.\n"
    second = "Act as the keeper of a park.\n\n" + OTHER_ROSES
    assert all(len(each) == 1 for each in grouped(first, second).items if (0, 3) in each)


def test_sections_of_one_title_are_one_group_and_others_are_not() -> None:
    groups = grouped(ROSES + "\n" + bullets("Tools", ["Sharpen the shears"]), OTHER_ROSES)
    assert ((0, 0), (1, 0)) in groups.sections
    assert ((0, 1),) in groups.sections


def test_the_order_of_the_variants_says_nothing() -> None:
    bodies = [ROSES, OTHER_ROSES, THIRD_ROSES]

    def texts(order: tuple[str, ...]) -> set[frozenset[str]]:
        variants = [prepared(agent(body)) for body in order]
        return {frozenset(variants[v].statements[i].text for v, i in each) for each in group(variants).items}

    assert all(texts(order) == texts(tuple(bodies)) for order in permutations(bodies))
