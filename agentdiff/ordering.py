"""One order out of several that each hold only some of the elements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence


def consensus_order(sequences: Sequence[Sequence[int]], fixed: Sequence[int] = ()) -> list[int]:
    """All elements of some sequences, none of which holds an element twice, in the order that most of them want.

    What several sequences hold is ordered first: from the order of the longest sequence (the first of these) by local
    Kemenization (Dwork et al., "Rank aggregation methods for the web", 2001), so that of neighbours in the result never
    more sequences want the opposite. What only one sequence holds stands behind the element that precedes it there, so
    what one sequence has in a row stays in a row. Sequences that share nothing with the others come last. Elements of
    `fixed` keep the order that they have there. O(n^2) comparisons for n shared elements, each of all sequences.
    """
    held = Counter(element for sequence in sequences for element in sequence)
    ranked = sorted(sequences, key=lambda each: (-len(each), -sum(held[element] for element in each)))
    ranked = [fixed, *ranked] if fixed else ranked
    shared = {element for element, count in held.items() if count > 1}.union(fixed)
    core = _started([[element for element in sequence if element in shared] for sequence in ranked])
    return _with_others(_settled(core, sequences, fixed), ranked)


def _started(ranked: Sequence[Sequence[int]]) -> list[int]:
    """The first sequence; what only later ones hold behind its predecessor there, or before all that it precedes."""
    order: list[int] = []
    for sequence in ranked:
        there = set(order)
        at = min((order.index(element) for element in sequence if element in there), default=len(order))
        for element in sequence:
            if element in there:
                at = order.index(element) + 1
            else:
                order.insert(at, element)
                at += 1
    return order


def _settled(order: Sequence[int], sequences: Sequence[Sequence[int]], fixed: Sequence[int]) -> list[int]:
    """Each element moved up past those that more sequences want behind it, but past none that they want before it."""
    places = [{element: place for place, element in enumerate(sequence)} for sequence in sequences]
    given = {element: place for place, element in enumerate(fixed)}
    settled: list[int] = []
    for element in order:
        goal = len(settled)
        for place in range(len(settled) - 1, -1, -1):
            lead = _lead(element, settled[place], places, given)
            if lead < 0:
                break
            if lead > 0:
                goal = place
        settled.insert(goal, element)
    return settled


def _lead(one: int, other: int, places: Sequence[Mapping[int, int]], given: Mapping[int, int]) -> int:
    """How many more sequences have the one before the other than behind it."""
    if one in given and other in given:
        return given[other] - given[one]
    return sum(1 if each[one] < each[other] else -1 for each in places if one in each and other in each)


def _with_others(core: Sequence[int], ranked: Sequence[Sequence[int]]) -> list[int]:
    """The shared elements with all others among them, each behind what it follows in its own sequence."""
    index = {element: place for place, element in enumerate(core)}
    keys = {element: (place, 0, 0, 0) for element, place in index.items()}
    for rank, sequence in enumerate(ranked):
        first = next((index[element] for element in sequence if element in index), len(core))
        anchor = first, -1
        for place, element in enumerate(sequence):
            if element in index:
                anchor = index[element], 1
            else:
                keys.setdefault(element, (*anchor, rank, place))
    return sorted(keys, key=lambda element: keys[element])
