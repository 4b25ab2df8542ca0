"""The order of the units in each section of a canonical agent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from agentdiff.announcing import LONGEST_TITLE, announced
from agentdiff.clauses import Node
from agentdiff.consensus import Groups
from agentdiff.model import LISTED, ItemKind
from agentdiff.normalise import is_layout
from agentdiff.offices import is_lead_in
from agentdiff.ordering import consensus_order
from agentdiff.passages import section_of, text_of
from agentdiff.plan import Outline, Passage, Unit, are_steps
from agentdiff.similarity import Prepared

ROLE_PLACE = (-1.0,)
"""The role statement comes before anything else of the opening."""

SERIES = frozenset({ItemKind.NUMBERED, ItemKind.CODE, ItemKind.TABLE_ROW, ItemKind.HTML})
"""What nothing is moved behind, because it is next to it in content: its place says what it is about."""


def arrange(
    variants: Sequence[Prepared], plan: Outline, groups: Groups, home: Mapping[Node, int], skeleton: int | None
) -> None:
    """Set the place of each unit among those of its section.

    Paragraphs that lead in come first, and what a `...:` paragraph announces right behind it; else most variants
    decide, and what one variant alone has stands behind what it follows there. Statements that partly say the same
    stand together.
    """
    members: defaultdict[int, list[Unit]] = defaultdict(list)
    for unit in plan.units:
        if unit.is_role:
            unit.place = ROLE_PLACE
        elif unit.number not in plan.closing:
            members[unit.section].append(unit)
    links = _linked(variants, plan, groups, home, skeleton)
    sequences = _sequences(variants, plan, home)
    for section in sorted(members):
        ordered = _in_order(plan, members[section], links, sequences[section], skeleton)
        for place, number in enumerate(ordered):
            plan.units[number].place = (float(place),)
    for place, number in enumerate(_closing_order(plan, skeleton)):
        plan.units[number].place = (float(place),)


def _closing_order(plan: Outline, skeleton: int | None) -> list[int]:
    sequences: defaultdict[int, list[int]] = defaultdict(list)
    for passage, number in sorted((p, closing) for closing in plan.closing for p in plan.units[closing].passages):
        sequences[passage.variant].append(number)
    fixed = sequences[skeleton] if skeleton is not None else []
    return consensus_order([sequences[v] for v in sorted(sequences)], fixed)


@dataclass(frozen=True, slots=True)
class _Links:
    """What of a plan stands before or behind what; units by number."""

    leading: frozenset[int]
    """Paragraphs that come before the lists of their section, and announce nothing."""
    sentences: frozenset[int]
    """Paragraphs too long to be read as a title."""
    hanging: frozenset[int]
    """Paragraphs that announce the sections below theirs."""
    announcer: Mapping[int, int]
    """For entries of lists the paragraph that announces them."""
    leader: Mapping[int, int]
    """For statements that partly say the same as another of their section that one."""


def _in_order(
    plan: Outline,
    units: Sequence[Unit],
    links: _Links,
    sequences: Mapping[int, Sequence[int]],
    skeleton: int | None,
) -> list[int]:
    """The units of one section: those that stand on their own in order, behind each what belongs to it."""
    tied = {unit.number for unit in units if unit.host is not None} | links.leader.keys()
    free = {unit.number for unit in units} - tied
    order: list[int] = []
    for part in (free & links.leading, free - links.leading):
        parts = {v: [number for number in each if number in part] for v, each in sequences.items()}
        fixed = parts.get(skeleton, []) if skeleton is not None else []
        order += consensus_order(list(parts.values()), fixed)
    rank = {number: place for place, number in enumerate(order)}
    behind: defaultdict[int, list[int]] = defaultdict(list)
    for unit in units:
        if unit.host is not None:
            behind[unit.host].append(unit.number)
    for number in order:
        if number in links.announcer:
            behind[links.announcer[number]].append(number)
    for number, leader in sorted(links.leader.items(), key=lambda each: (rank.get(each[0], 0), each[0])):
        if plan.units[number].section == units[0].section:
            behind[leader].append(number)
    order.sort(key=lambda number: number in links.hanging)
    heads = _unannounced_first(plan, [number for number in order if number not in links.announcer], links)
    following = {number: _steps_first(plan, each) for number, each in behind.items()}
    return list(_with_following([*_steps_first(plan, heads), *order], following))


def _steps_first(plan: Outline, numbers: Sequence[int]) -> list[int]:
    """In each list the steps, then the other entries: nothing interrupts a series."""
    ordered: list[int] = []
    for is_list, run in groupby(numbers, key=lambda number: plan.units[number].kind in LISTED):
        entries = [plan.units[number] for number in run]
        kinds: defaultdict[int | None, list[ItemKind]] = defaultdict(list)
        for unit in entries:
            kinds[unit.parent].append(unit.kind)
        series = {parent for parent, each in kinds.items() if is_list and are_steps(each)}
        steps = [u.number for u in entries if u.kind is ItemKind.NUMBERED and u.parent in series]
        ordered += steps + [unit.number for unit in entries if unit.number not in set(steps)]
    return ordered


def _unannounced_first(plan: Outline, heads: Sequence[int], links: _Links) -> list[int]:
    """Entries that nothing announces, before the list of a sentence that would seem to announce them.

    A shorter `...:` would be read as a title there, so it keeps its place.
    """
    announcing = links.sentences.intersection(links.announcer.values())
    order: list[int] = []
    for number in heads:
        at = len(order)
        while plan.units[number].kind in LISTED and at and order[at - 1] in announcing:
            at -= 1
        order.insert(at, number)
    return order


def _with_following(heads: Iterable[int], following: Mapping[int, Sequence[int]]) -> Iterator[int]:
    seen: set[int] = set()
    waiting = list(heads)[::-1]
    while waiting:
        number = waiting.pop()
        if number not in seen:
            seen.add(number)
            yield number
            waiting += following.get(number, ())[::-1]


def _sequences(
    variants: Sequence[Prepared], plan: Outline, home: Mapping[Node, int]
) -> dict[int, dict[int, list[int]]]:
    """For each section the units in it, as each variant orders those that it has there.

    A unit that no variant has in that section stands in sequences of its own, with numbers below 0.
    """
    found: defaultdict[int, dict[int, list[int]]] = defaultdict(dict)
    units = (unit for unit in plan.units if not unit.is_role and unit.number not in plan.closing)
    passages = sorted((passage, unit.number) for unit in units for passage in unit.passages)
    for passage, number in passages:
        section = plan.units[number].section
        is_there = section_of(variants, passage, home) == section
        key = passage.variant if is_there else -1 - passage.variant
        found[section].setdefault(key, []).append(number)
    return {section: _without_strays(each) for section, each in found.items()}


def _without_strays(sequences: Mapping[int, list[int]]) -> dict[int, list[int]]:
    """Units only once: where a variant has them in the section itself, what others say of their place is left out."""
    placed = {number for v, each in sequences.items() if v >= 0 for number in each}
    return {v: [n for n in each if v >= 0 or n not in placed] for v, each in sorted(sequences.items(), reverse=True)}


# ---------------------------------------------------------------------------------------------- what belongs together


def _linked(
    variants: Sequence[Prepared], plan: Outline, groups: Groups, home: Mapping[Node, int], skeleton: int | None
) -> _Links:
    owner = {(p.variant, number): unit.number for unit in plan.units for p in unit.passages for number in p.items}
    leading = _leading(variants, plan, home)
    announcer = announced(variants, plan, owner)
    hanging = _hanging(variants, plan) - set(announcer.values())
    sentences = frozenset(
        unit.number
        for unit in plan.units
        if all(len(text_of(variants, passage)) > LONGEST_TITLE for passage in unit.passages)
    )
    return _Links(leading, sentences, hanging, announcer, _leaders(plan, groups, leading, hanging, announcer, skeleton))


def _leading(variants: Sequence[Prepared], plan: Outline, home: Mapping[Node, int]) -> frozenset[int]:
    """Paragraphs that at least half of the variants which have them in their section have before all else there."""
    first = [_opening_paragraphs(variant) for variant in variants]

    def leads(unit: Unit, passage: Passage) -> bool:
        is_first = passage.items[0] in first[passage.variant]
        return is_first and section_of(variants, passage, home) == unit.section

    return frozenset(
        unit.number
        for unit in plan.units
        if unit.kind is ItemKind.PARAGRAPH
        and 2 * sum(leads(unit, passage) for passage in unit.passages)
        >= max(1, sum(section_of(variants, passage, home) == unit.section for passage in unit.passages))
    )


def _opening_paragraphs(variant: Prepared) -> set[int]:
    """The paragraphs at the start of each section that announce no list."""
    closed: set[int] = set()
    found: set[int] = set()
    for item in variant.agent.items:
        if item.kind is not ItemKind.PARAGRAPH and not is_layout(item):
            closed.add(item.section)
        elif item.section not in closed and not is_lead_in(item):
            found.add(item.id)
    return found


def _hanging(variants: Sequence[Prepared], plan: Outline) -> frozenset[int]:
    """Paragraphs that wherever they stand end in a colon and are the last thing before the sections below theirs."""
    last: set[tuple[int, int]] = set()
    for v, variant in enumerate(variants):
        items = [item for item in variant.agent.items if not is_layout(item)]
        final = {item.section: item for item in items}
        parents = {section.parent for section in variant.agent.sections}
        last.update((v, each.id) for section, each in final.items() if section in parents and is_lead_in(each))
    return frozenset(
        unit.number
        for unit in plan.units
        if unit.kind is ItemKind.PARAGRAPH and all((p.variant, p.items[0]) in last for p in unit.passages)
    )


def _leaders(
    plan: Outline,
    groups: Groups,
    leading: frozenset[int],
    hanging: frozenset[int],
    announcer: Mapping[int, int],
    skeleton: int | None,
) -> dict[int, int]:
    """What partly says the same as a statement of its section, with that; steps and what has others behind it stay."""
    numbers = {(p.variant, p.statement): unit.number for unit in plan.units for p in unit.passages}
    busy = hanging.union(announcer.values(), (unit.host for unit in plan.units))
    behind: dict[int, int] = {}
    for neighbour in groups.neighbours:
        first, second = (numbers.get(groups.items[number][0]) for number in (neighbour.group, neighbour.other))
        if first is None or second is None:
            continue
        both = plan.units[first], plan.units[second]
        a, b = sorted(both, key=lambda unit: (skeleton not in unit.variants, -len(unit.variants), unit.number))
        is_alike = a.kind is b.kind and a.section == b.section and (a.number in leading) is (b.number in leading)
        if not is_alike or a.is_role or b.is_role or b.kind in SERIES or skeleton in b.variants:
            continue
        if b.number in busy or a.number in announcer.values() or _is_elsewhere(announcer, a.number, b.number):
            continue
        if b.number in behind or a.number in behind or b.number in behind.values():
            continue
        behind[b.number] = a.number
    return behind


def _is_elsewhere(announcer: Mapping[int, int], leader: int, number: int) -> bool:
    """Whether something else announces the second."""
    return number in announcer and announcer[number] != announcer.get(leader)
