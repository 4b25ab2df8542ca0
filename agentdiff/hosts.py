"""What stays together: code, tables and the like with the statement that they belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from agentdiff.model import Item, ItemKind
from agentdiff.normalise import is_layout
from agentdiff.offices import ends_open
from agentdiff.plan import Outline, Passage, Unit
from agentdiff.similarity import Prepared

CARRIES_ON = frozenset({ItemKind.CODE, ItemKind.TABLE_ROW, ItemKind.HTML})
"""Kinds of what may belong to the statement before it."""

Owners = Mapping[tuple[int, int], int]
"""For each variant and item the number of the unit that it went to."""


def tie(variants: Sequence[Prepared], units: Sequence[Unit], owner: Owners) -> set[tuple[int, int]]:
    """Give code and tables the statement that announces them, or in which they are nested, as their host.

    Returns the variant and item of each such statement.
    """
    found: set[tuple[int, int]] = set()

    def host(unit: Unit, passage: Passage) -> int | None:
        first = variants[passage.variant].agent.items[passage.items[0]]
        before = _before(variants[passage.variant], first)
        if before is None or not (ends_open(before) or first.parent == before.id):
            return None
        found.add((passage.variant, before.id))
        return owner.get((passage.variant, before.id))

    _set_hosts(units, units, host)
    return found


def tie_loose_ends(variants: Sequence[Prepared], plan: Outline, owner: Owners) -> None:
    """Give the rest of code and tables what stands before them in their section, wherever the section is now."""

    def host(unit: Unit, passage: Passage) -> int | None:
        before = _before(variants[passage.variant], variants[passage.variant].agent.items[passage.items[0]])
        while before is not None:
            number = owner.get((passage.variant, before.id))
            if number not in (None, unit.number) and plan.units[number].section == unit.section:
                return number
            before = _before(variants[passage.variant], before)
        return None

    _set_hosts(plan.units, [unit for unit in plan.units if unit.host is None], host)


def follow(units: Sequence[Unit]) -> None:
    """Everything goes to the section of its host."""
    for unit in units:
        at = unit
        while at.host is not None:
            at = units[at.host]
        unit.section = at.section


def _before(variant: Prepared, item: Item) -> Item | None:
    """The item before one in its section."""
    for number in range(item.id - 1, -1, -1):
        other = variant.agent.items[number]
        if not is_layout(other):
            return other if other.section == item.section else None
    return None


def _set_hosts(all_units: Sequence[Unit], units: Sequence[Unit], host: Callable[[Unit, Passage], int | None]) -> None:
    """The host in most variants, the first of those in as many; none that stays, directly or not, behind the unit."""
    for unit in units:
        if unit.kind not in CARRIES_ON:
            continue
        votes = Counter(number for passage in unit.passages if (number := host(unit, passage)) is not None)
        if not votes:
            continue
        choice = min(votes, key=lambda number: (-votes[number], number))
        at: int | None = choice
        while at is not None and at != unit.number:
            at = all_units[at].host
        if at is None:
            unit.host = choice
