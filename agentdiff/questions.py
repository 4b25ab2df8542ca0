"""Which statements of different variants cannot both hold, whether more variants say the one, and what is written.

The user decides first, by an answer or by a variant that is preferred; else the majority, where nothing else is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from agentdiff.clauses import quarrelling_clauses
from agentdiff.consensus import Groups
from agentdiff.containment import says_little_else
from agentdiff.contradiction import contradiction, contradiction_of_copies
from agentdiff.ledger import ConflictOption, MergeOptions, conflict_id
from agentdiff.model import PROSE
from agentdiff.passages import text_of
from agentdiff.plan import Outline, Unit
from agentdiff.similarity import Prepared, Statement, facts
from agentdiff.text import fold, unix
from agentdiff.wording import choose

LIKELY_THE_SAME = 0.5
"""Whole statements are compared if they are this likely about the same."""

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
    """The contradictions between units that no variant says both; none that others lead to, as of three amounts."""
    owner = {(p.variant, p.statement): unit.number for unit in plan.units for p in unit.passages}
    likely = (each for each in groups.neighbours if each.similarity >= LIKELY_THE_SAME)
    alike = ((groups.items[each.group][0], groups.items[each.other][0]) for each in likely)
    found: dict[tuple[int, int], str | None] = {}
    for a, b, told in chain(((a, b, None) for a, b in chain(groups.opposed, alike)), quarrelling_clauses(variants)):
        left, right = owner.get(a), owner.get(b)
        if left is not None and right is not None and left != right:
            both = min(left, right), max(left, right)
            found[both] = found.get(both) or told
    return tuple(_apart(_quarrel(variants, plan, pair, told) for pair, told in found.items()))


def _apart(each: Iterable[Quarrel | None]) -> Iterator[Quarrel]:
    """Those that do not follow from the ones before. What gives way is in one alone, and what it gives way to stays."""
    linked: dict[int, frozenset[int]] = {}
    lost: set[int] = set()
    for quarrel in each:
        if quarrel is None or not lost.isdisjoint((quarrel.first, quarrel.second)):
            continue
        sides = [linked.get(number, frozenset([number])) for number in (quarrel.first, quarrel.second)]
        if sides[0] is sides[1]:
            continue
        is_decided = quarrel.is_decided and quarrel.second not in linked
        both = sides[0] | sides[1]
        linked |= dict.fromkeys(both, both)
        lost |= {quarrel.second} if is_decided else set()
        yield replace(quarrel, is_decided=is_decided)


def _quarrel(variants: Sequence[Prepared], plan: Outline, pair: tuple[int, int], told: str | None) -> Quarrel | None:
    """None where the two units do not contradict each other, or one variant sees no contradiction in them."""
    left, right = plan.units[pair[0]], plan.units[pair[1]]
    if not left.variants.isdisjoint(right.variants):
        return None
    is_role = left.is_role or right.is_role
    opposed = contradiction_of_copies if is_role else contradiction
    ours, theirs = _statements(variants, left), _statements(variants, right)
    against = [(a, b, words) for a in ours for b in theirs if (words := opposed(a[1], b[1]))]
    if not against:
        return Quarrel(left.number, right.number, told, False) if told and not is_role else None
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
    """Whether little is lost beside what is written for the winner, and nothing hangs on the loser."""
    if any(unit.parent == loser.number for unit in plan.units):
        return False
    written = choose([text_of(variants, passage) for passage in winner.passages], winner.kind in PROSE).origins
    kept = [each for _, each in _statements(variants, winner) if unix(each.item.text) in written]
    return all(
        any(contradiction(each, own) and says_little_else(own, each) for each in kept)
        for _, own in _statements(variants, loser)
    )


# ---------------------------------------------------------------------------------------------- rulings


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of two units that contradict each other."""

    quarrel: Quarrel
    options: tuple[ConflictOption, ...]
    """What either says in every variant, the first unit's before the second's."""
    id: str
    written: tuple[int, ...]
    """The units that are written: both, one or none."""
    reason: str
    is_open: bool

    @property
    def unwritten(self) -> tuple[int, ...]:
        """The units that are not."""
        return tuple(number for number in (self.quarrel.first, self.quarrel.second) if number not in self.written)


def ruling(variants: Sequence[Prepared], plan: Outline, quarrel: Quarrel, options: MergeOptions) -> Ruling:
    """Decide what is written."""
    units = quarrel.first, quarrel.second
    sides = [_options(variants, plan.units[number]) for number in units]
    said = (*sides[0], *sides[1])
    number = question_id(said)
    made = decided(number, sides, options, variants)
    if made is not None:
        written = tuple(unit for unit, is_kept in zip(units, made.kept, strict=True) if is_kept)
        return Ruling(quarrel, said, number, written, made.reason, is_open=False)
    if quarrel.is_decided:
        return Ruling(quarrel, said, number, units[:1], "more variants say the one, so it was written", is_open=True)
    reason = "neither can stand for the other, so both were written"
    return Ruling(quarrel, said, number, units, reason, is_open=True)


def _options(variants: Sequence[Prepared], unit: Unit) -> list[ConflictOption]:
    return [
        ConflictOption(p.variant, text_of(variants, p), variants[p.variant].agent.on_disk(p.span))
        for p in unit.passages
    ]


def question_id(said: Iterable[ConflictOption]) -> str:
    """The id of a question about a contradiction: the same for the same texts, whoever says them."""
    return conflict_id(sorted({fold(option.text) for option in said}))


class Decided(NamedTuple):
    """What the user decided about the sides of a contradiction."""

    kept: tuple[bool, ...]
    reason: str


def decided(
    number: str, sides: Sequence[Sequence[ConflictOption]], options: MergeOptions, variants: Sequence[Prepared]
) -> Decided | None:
    """For each side of a question whether the user keeps it; None where nobody decided.

    An answer goes before a preferred variant, which keeps the first side that it is on.
    """
    answer = options.answers.get(number)
    if answer is not None:
        kept = tuple(any(fold(option.text) in answer.keep for option in side) for side in sides)
        return Decided(kept, "decided by an answer")
    if options.prefer is None:
        return None
    mine = [place for place, side in enumerate(sides) if any(option.input == options.prefer for option in side)]
    if not mine:
        return None
    reason = f"{variants[options.prefer].agent.path} is preferred"
    return Decided(tuple(place == mine[0] for place in range(len(sides))), reason)
