"""What announces what: lead-ins such as `Check these:`, their lists, and those of them that are titles."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from agentdiff.hosts import Owners
from agentdiff.model import LISTED, Item, ItemKind
from agentdiff.normalise import comparable_title
from agentdiff.offices import is_lead_in
from agentdiff.passages import items_of, text_of
from agentdiff.plan import DEEPEST, TOP, Heading, Outline, Unit
from agentdiff.similarity import Prepared
from agentdiff.text import clean_title

LONGEST_TITLE = 80
"""Characters of a line with a colon that may be read as the title of the list behind it."""


def announced(variants: Sequence[Prepared], plan: Outline, owner: Owners) -> dict[int, int]:
    """For each entry of a list the paragraph that announces it in most variants that have one, if in its section.

    Entries of a list that nothing announces join those that they stand with, where these are as many.
    """
    runs = [(v, *run) for v, variant in enumerate(variants) for run in _runs(variant)]
    votes: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for v, lead_in, entries in runs:
        announcing = owner.get((v, lead_in)) if lead_in is not None else None
        for number in _numbers(v, entries, owner):
            if announcing is not None and _may_announce(plan, announcing, number):
                votes[number][announcing] += 1
    found = {number: min(each, key=lambda one: (-each[one], one)) for number, each in votes.items()}
    joined: dict[int, int] = {}
    for v, lead_in, entries in runs:
        numbers = [] if lead_in is not None else _numbers(v, entries, owner)
        shared = Counter(found[number] for number in numbers if number in found)
        announcing = min(shared, key=lambda one: (-shared[one], one), default=None)
        if announcing is not None:
            others = [each for each in numbers if each not in found and _may_announce(plan, announcing, each)]
            if shared[announcing] >= len(others):
                joined |= {number: announcing for number in others if number not in joined}
    found |= joined
    return {number: announcing for number, announcing in found.items() if announcing not in found}


def _may_announce(plan: Outline, announcing: int, number: int) -> bool:
    first, second = plan.units[announcing], plan.units[number]
    is_list = first.kind is ItemKind.PARAGRAPH and second.kind in LISTED
    return is_list and first.section == second.section and not first.is_role


def _numbers(v: int, entries: Sequence[Item], owner: Owners) -> list[int]:
    return [owner[v, item.id] for item in entries if (v, item.id) in owner]


def _runs(variant: Prepared) -> Iterator[tuple[int | None, list[Item]]]:
    """The lists of each section, up to the next paragraph, each with the `...:` paragraph before it."""
    lead_in: Item | None = None
    section: int | None = None
    entries: list[Item] = []
    for item in variant.agent.items:
        if item.section != section or item.kind is ItemKind.PARAGRAPH:
            yield (lead_in.id if lead_in else None), entries
            section, entries = item.section, []
            lead_in = item if is_lead_in(item) else None
        elif item.kind in LISTED:
            entries.append(item)
    yield (lead_in.id if lead_in else None), entries


# ---------------------------------------------------------------------------------------------- lead-ins as titles


def title_lead_ins(variants: Sequence[Prepared], plan: Outline, owner: Owners, skeleton: int | None) -> None:
    """Make titles of short lead-ins that would be read as such, or that others have as such, with their lists.

    One that says what a title of its section or right below it says is that title. Of the others one gets a section of
    its own where the section holds entries that it does not announce: in one list with them it would seem to announce
    them too, and behind them it would be read as a title.
    """
    announcer = announced(variants, plan, owner)
    for unit in plan.units:
        entries = [number for number in announcer if announcer[number] == unit.number]
        title = _as_title(variants, unit) if entries or unit.kind is ItemKind.PARAGRAPH else None
        if title is None or unit.section == TOP:
            continue
        heading = _namesake(plan, unit.section, title)
        if heading is None and entries and skeleton is None and _has_others(plan, unit, announcer):
            heading = _new_heading(plan, unit.section, title)
        if heading is not None:
            heading.leads.add(unit.number)
            _move(variants, plan, owner, {unit.number, *entries}, heading.number)


def _as_title(variants: Sequence[Prepared], unit: Unit) -> str | None:
    """The title that a lead-in would be; None if it is no lead-in, too long, or not the same in all variants."""
    items = [items_of(variants, passage)[0] for passage in unit.passages]
    texts = {text_of(variants, passage) for passage in unit.passages}
    titles = sorted({clean_title(text) for text in texts})
    is_short = all(len(text) <= LONGEST_TITLE and "\n" not in text for text in texts)
    if not is_short or unit.is_role or not all(map(is_lead_in, items)) or not titles[0]:
        return None
    return titles[0] if len({comparable_title(title) for title in titles}) == 1 else None


def _namesake(plan: Outline, section: int, title: str) -> Heading | None:
    """The section itself, or one right below it, if it has this title."""
    near = [plan.headings[section], *plan.subsections(section)]
    return next((each for each in near if comparable_title(each.title) == comparable_title(title)), None)


def _has_others(plan: Outline, lead_in: Unit, announcer: Mapping[int, int]) -> bool:
    """Whether its section holds entries of lists that it does not announce."""
    listed = (unit for unit in plan.units if unit.section == lead_in.section and unit.kind in LISTED)
    return any(announcer.get(unit.number) != lead_in.number and unit.host is None for unit in listed)


def _new_heading(plan: Outline, parent: int, title: str) -> Heading | None:
    """A section below another, before the others there; None where headings end."""
    depth, at = 1, parent
    while plan.headings[at].parent != TOP:
        depth, at = depth + 1, plan.headings[at].parent
    if depth >= DEEPEST:
        return None
    made = sum(not each.members and each.parent == parent for each in plan.headings)
    heading = Heading(len(plan.headings), (), title, parent, (-1.0, float(made)))
    plan.headings.append(heading)
    return heading


def _move(variants: Sequence[Prepared], plan: Outline, owner: Owners, numbers: set[int], goal: int) -> None:
    """Put units of one section into another, with what is nested in them there."""
    sections = {plan.units[number].section for number in numbers}
    moved = set(numbers)
    for unit in plan.units:
        nodes = ((p.variant, items_of(variants, p)[0].parent) for p in unit.passages)
        above = {owner.get((v, parent)) for v, parent in nodes if parent is not None}
        if unit.section in sections and above & moved:
            moved.add(unit.number)
    for number in moved:
        plan.units[number].section = goal
