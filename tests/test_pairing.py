"""Choosing partners, the best first."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from agentdiff.pairing import NEVER, Scored, best_pairs


def chosen(scored: list[Scored], floor: float, strong: float) -> list[tuple[int, int]]:
    return [(pair.old, pair.new) for pair in best_pairs(scored, floor, strong)]


def test_the_best_come_first() -> None:
    scored = [Scored(0, 0, 0.5, 1), Scored(0, 1, 0.6, 1), Scored(1, 1, 0.4, 1), Scored(1, 2, 0.2, 1)]
    assert chosen(scored, 0.3, NEVER) == [(0, 1)]
    assert chosen(scored, 0.1, NEVER) == [(0, 1), (1, 2)]


def test_the_floor_itself_is_enough() -> None:
    assert chosen([Scored(0, 0, 0.5, 0)], 0.5, NEVER) == [(0, 0)]
    assert chosen([Scored(0, 0, 0.499, 1)], 0.5, NEVER) == []
    assert chosen([], 0.5, NEVER) == []


def test_only_a_strong_pair_is_a_second_partner() -> None:
    scored = [Scored(0, 0, 0.9, 1), Scored(0, 1, 0.8, 1), Scored(0, 2, 0.8, 1)]
    assert chosen(scored, 0.3, 0.85) == [(0, 0)]
    assert chosen(scored, 0.3, 0.8) == [(0, 0), (0, 1)]


def test_a_second_partner_may_not_have_two_already() -> None:
    scored = [Scored(0, 0, 0.99, 1), Scored(1, 0, 0.98, 1), Scored(2, 0, 0.97, 1), Scored(2, 1, 0.6, 1)]
    assert chosen(scored, 0.3, 0.9) == [(0, 0), (1, 0), (2, 1)]


def test_ties_go_to_the_nearest_then_to_the_earlier() -> None:
    scored = [Scored(2, 0, 0.5, 1), Scored(1, 0, 0.5, 1), Scored(1, 1, 0.5, 1), Scored(0, 0, 0.5, 1)]
    assert chosen(scored, 0.3, NEVER) == [(0, 0), (1, 1)]


def test_never_is_above_every_similarity() -> None:
    assert chosen([Scored(0, 0, 1.0, 1), Scored(0, 1, 1.0, 1)], 0.0, NEVER) == [(0, 0)]
    assert chosen([Scored(0, 0, 1.0, 1)], NEVER, NEVER) == []


# ---------------------------------------------------------------------------------------------- for all pairs

# Few different numbers, so that most pairs are tied with another.
PAIRS = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)), st.sampled_from([0.1, 0.5, 0.9, 1.0]), max_size=20
).map(lambda looks: [Scored(*pair, look, look) for pair, look in looks.items()])
STRONG = st.sampled_from([0.9, NEVER])


@given(PAIRS, STRONG)
def test_the_order_of_the_pairs_says_nothing(scored: list[Scored], strong: float) -> None:
    assert sorted(best_pairs(scored, 0.3, strong)) == sorted(best_pairs(scored[::-1], 0.3, strong))
    assert sorted(best_pairs(scored, 0.3, strong)) == sorted(best_pairs(sorted(scored), 0.3, strong))


@given(PAIRS, STRONG)
def test_swapping_the_sides_swaps_the_pairs(scored: list[Scored], strong: float) -> None:
    swapped = [pair._replace(old=pair.new, new=pair.old) for pair in scored]
    there, back = chosen(scored, 0.3, strong), chosen(swapped, 0.3, strong)
    assert sorted(there) == sorted((right, left) for left, right in back)


@given(PAIRS, STRONG)
def test_nothing_is_left_that_could_be_paired(scored: list[Scored], strong: float) -> None:
    found = best_pairs(scored, 0.3, strong)
    left, right = Counter(pair.old for pair in found), Counter(pair.new for pair in found)
    most = 1 if strong == NEVER else 2
    assert max([*left.values(), *right.values()], default=0) <= most
    assert all(pair.similarity >= 0.3 for pair in found)
    for pair in set(scored) - set(found):
        assert pair.similarity < 0.3 or left[pair.old] or right[pair.new]
