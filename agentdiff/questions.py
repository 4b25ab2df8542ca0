"""Which statements of different variants cannot both hold, and whether more variants say the one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from agentdiff.clauses import quarrelling_clauses
from agentdiff.consensus import Groups
from agentdiff.contradiction import contradiction
from agentdiff.plan import Outline, Unit
from agentdiff.similarity import Prepared, Statement, facts

LIKELY_THE_SAME = 0.5
"""Whole statements are compared if they are this likely about the same."""

SAYS_LITTLE_ELSE = 0.6
"""A statement gives way to another if, weighed by rarity, this part of its words stands there too."""


_Said = tuple[int, Statement]
"""A statement and the variant that makes it."""


@dataclass(frozen=True, slots=True)
class Quarrel:
    """Two units that contradict each other, by number; the first is said by more variants, or by as many."""

    first: int
    second: int
    disagreement: str
    """In words, such as `one says 80 %, the other 90 %`."""
    is_decided: bool
    """Whether the second is not written: fewer variants say it, and nothing else would be lost."""


def quarrels(variants: Sequence[Prepared], groups: Groups, plan: Outline) -> tuple[Quarrel, ...]:
    """The contradictions between units that no variant says both; each unit is in one at most."""
    owner = {(p.variant, p.statement): unit.number for unit in plan.units for p in unit.passages}
    found: dict[tuple[int, int], str | None] = {}
    for neighbour in groups.neighbours:
        if neighbour.similarity >= LIKELY_THE_SAME:
            pair = [owner.get(groups.items[each][0]) for each in (neighbour.group, neighbour.other)]
            if pair[0] is not None and pair[1] is not None:
                found.setdefault((min(pair[0], pair[1]), max(pair[0], pair[1])), None)
    for a, b, disagreement in quarrelling_clauses(variants):
        pair = [owner.get(a), owner.get(b)]
        if pair[0] is not None and pair[1] is not None and pair[0] != pair[1]:
            both = min(pair[0], pair[1]), max(pair[0], pair[1])
            found[both] = found.get(both) or disagreement
    return tuple(_apart(_quarrel(variants, plan, pair, told) for pair, told in found.items()))


def _apart(each: Iterable[Quarrel | None]) -> Iterator[Quarrel]:
    taken: set[int] = set()
    for quarrel in each:
        if quarrel is not None and taken.isdisjoint((quarrel.first, quarrel.second)):
            taken |= {quarrel.first, quarrel.second}
            yield quarrel


def _quarrel(variants: Sequence[Prepared], plan: Outline, pair: tuple[int, int], told: str | None) -> Quarrel | None:
    """None where the two units do not contradict each other, or one variant sees no contradiction in them."""
    left, right = plan.units[pair[0]], plan.units[pair[1]]
    if left.is_role or right.is_role or not left.variants.isdisjoint(right.variants):
        return None
    ours, theirs = _statements(variants, left), _statements(variants, right)
    against = [(a, b, words) for a in ours for b in theirs if (words := contradiction(a[1], b[1]))]
    if not against:
        return Quarrel(left.number, right.number, told, False) if told else None
    votes = _votes(ours, [a for a, _, _ in against]), _votes(theirs, [b for _, b, _ in against])
    first, second = (left, right) if votes[0] >= votes[1] else (right, left)
    is_decided = votes[0] != votes[1] and _may_give_way(variants, plan, second, first)
    return Quarrel(first.number, second.number, against[0][2], is_decided)


def _statements(variants: Sequence[Prepared], unit: Unit) -> list[_Said]:
    return [(p.variant, variants[p.variant].statements[p.statement]) for p in unit.passages if p.statement is not None]


def _votes(said: Sequence[_Said], against: Sequence[_Said]) -> int:
    """How many variants take a side: those that contradict the other, and those that give the same number as they."""
    partial = {variant for variant, _ in against}
    numbers = {fact for _, each in against for fact in facts(each.item.text)}
    return len(partial | {variant for variant, each in said if not numbers.isdisjoint(facts(each.item.text))})


def _may_give_way(variants: Sequence[Prepared], plan: Outline, loser: Unit, winner: Unit) -> bool:
    if any(unit.parent == loser.number for unit in plan.units):
        return False
    kept = {stem for _, each in _statements(variants, winner) for stem in each.words.weights}
    return all(
        sum(weight for stem, weight in each.words.weights.items() if stem in kept or stem[0].isdigit())
        >= SAYS_LITTLE_ELSE * each.words.total
        for _, each in _statements(variants, loser)
    )
