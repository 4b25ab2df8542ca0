"""One order out of several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.ordering import consensus_order

sequences = st.lists(st.lists(st.integers(0, 9), unique=True), max_size=5)


@pytest.mark.parametrize(
    ("given", "order"),
    [
        ([], []),
        ([[3, 1, 2]], [3, 1, 2]),
        ([[1, 2, 3], [1, 2, 3]], [1, 2, 3]),
        ([[1, 2, 3], [2, 1, 3], [2, 1, 3]], [2, 1, 3]),  # two against one
        ([[1, 2, 3], [3, 1, 2]], [1, 2, 3]),  # one against one: the first of the longest
        ([[3, 1], [1, 2, 3]], [1, 2, 3]),  # ... the longest
        ([[1, 5, 6, 2], [1, 7, 8, 2]], [1, 5, 6, 7, 8, 2]),  # what one has in a row stays in a row
        ([[5, 1], [6, 1]], [5, 6, 1]),  # ... before all that is shared, too
        ([[1, 2], [3, 4]], [1, 2, 3, 4]),  # nothing shared
        ([[1, 3, 7], [1, 2], [1, 2], [3, 1], [3, 1]], [3, 7, 1, 2]),  # past what has no say in it
        ([[1, 2, 3, 4, 5], [4, 2], [4, 2]], [4, 5, 1, 2, 3]),  # each behind what it follows
        ([[1, 2, 3], [2, 3, 1], [3, 1, 2]], [1, 2, 3]),  # a circle: no neighbours that most want turned
    ],
)
def test_the_order(given: Sequence[Sequence[int]], order: list[int]) -> None:
    assert consensus_order(given) == order


@pytest.mark.parametrize(
    ("given", "fixed", "order"),
    [
        ([[1, 2], [2, 1], [2, 1]], [1, 2], [1, 2]),
        ([[1, 2, 3], [3, 4, 1]], [3, 1], [3, 4, 1, 2]),
        ([[1, 2]], [], [1, 2]),
    ],
)
def test_what_is_fixed_stays(given: Sequence[Sequence[int]], fixed: list[int], order: list[int]) -> None:
    assert consensus_order(given, fixed) == order


@given(sequences)
def test_every_element_stands_once(given: list[list[int]]) -> None:
    order = consensus_order(given)
    assert sorted(order) == sorted({element for sequence in given for element in sequence})


@given(sequences)
def test_no_shared_neighbours_that_most_want_turned(given: list[list[int]]) -> None:
    held = [element for sequence in given for element in sequence]
    shared = [element for element in consensus_order(given) if held.count(element) > 1]
    for one, other in pairwise(shared):
        both = [sequence for sequence in given if one in sequence and other in sequence]
        turned = sum(sequence.index(other) < sequence.index(one) for sequence in both)
        assert turned * 2 <= len(both)


@given(st.lists(st.integers(0, 9), unique=True), st.data())
def test_what_none_contradicts_is_kept(order: list[int], data: st.DataObject) -> None:
    parts = [[each for each in order if data.draw(st.booleans())] for _ in range(3)]
    assert consensus_order([order, *parts]) == order


@given(st.lists(st.integers(0, 9), unique=True), sequences)
def test_a_fixed_order_is_kept(fixed: list[int], given: list[list[int]]) -> None:
    order = consensus_order([fixed, *given], fixed)
    assert [element for element in order if element in fixed] == fixed
