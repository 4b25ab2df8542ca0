"""Where everything of several variants goes in one agent: the tree of sections, and the units in each, in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from agentdiff.clauses import Node
from agentdiff.consensus import Groups
from agentdiff.headings import headings_of, whole
from agentdiff.model import Item, ItemKind, SectionStyle, Span
from agentdiff.normalise import comparable_text
from agentdiff.plan import TOP, Outline, Passage, Unit
from agentdiff.similarity import Prepared

ROLE_PLACE = -2.0
"""The role statement comes before anything else of the opening."""

NEXT_TO_LIST = 0.001
"""Paragraphs before the lists of their section come before the lists of the others, too; those that announce a list
stand next to it. So the former have places from -1 to 0, the latter the last of these."""


def outline(variants: Sequence[Prepared], groups: Groups) -> Outline:
    """Place every statement and title of every variant."""
    root = whole(variants, groups)
    leads = {(v, 0) for v, each in enumerate(variants) if _has_lead(each)}
    headings, home = headings_of(variants, groups, leads.union(root.members if root else ()))
    plan = Outline(root, headings, _units(variants, groups))
    _place_units(variants, plan, home)
    _gather_leftovers(variants, plan, home)
    behind = _attach_neighbours(plan, groups)
    _follow_lead_ins(variants, plan, behind)
    _nest(variants, plan)
    plan.closing = _closing(variants, plan)
    return plan


def _has_lead(variant: Prepared) -> bool:
    return bool(variant.parts) and variant.parts[0].section.style is SectionStyle.LEAD


def _units(variants: Sequence[Prepared], groups: Groups) -> list[Unit]:
    """Statements by their group; tables, comments and the like only where they are the same to the letter."""
    passages = [passage for v, variant in enumerate(variants) for passage in _passages(v, variant)]
    by_statement = {(p.variant, p.statement): p for p in passages if p.statement is not None}
    members = [tuple(by_statement[node] for node in each if node in by_statement) for each in groups.items]
    by_text: defaultdict[tuple[str, int], list[Passage]] = defaultdict(list)
    seen: Counter[tuple[int, str]] = Counter()
    for passage in passages:
        if passage.statement is None:
            text = "\n".join(comparable_text(item) for item in items_of(variants, passage))
            seen[passage.variant, text] += 1
            by_text[text, seen[passage.variant, text]].append(passage)
    members += [tuple(each) for each in by_text.values()]
    ordered = sorted(each for each in members if each)
    return [
        Unit(number, each, _kind(variants, each), is_role=_is_role(variants, each))
        for number, each in enumerate(ordered)
    ]


def _passages(v: int, variant: Prepared) -> list[Passage]:
    """All items but those that only mark: rules and tags that close a section."""
    statements = {each.item.id: index for index, each in enumerate(variant.statements)}
    passages: list[Passage] = []
    for item in variant.agent.items:
        last = passages[-1] if passages else None
        if is_layout(item):
            continue
        if _is_tabular(item):
            before = variant.agent.items[item.id - 1] if item.id else None
            if last and before and last.items[-1] == before.id and _is_tabular(before) and _adjoin(before, item):
                passages[-1] = Passage(v, Span(last.span.first, item.span.last), (*last.items, item.id), None)
                continue
        alone = item.kind in (ItemKind.TABLE_ROW, ItemKind.MARKUP, ItemKind.COMMENT)
        passages.append(Passage(v, item.span, (item.id,), None if alone else statements.get(item.id)))
    return passages


def is_layout(item: Item) -> bool:
    """Says nothing and is not written again: a rule, the closing half of a tag."""
    return item.kind is ItemKind.RULE or (item.kind is ItemKind.MARKUP and item.text.startswith("</"))


def _is_tabular(item: Item) -> bool:
    return item.kind is ItemKind.TABLE_ROW or (item.kind is ItemKind.MARKUP and "|" in item.text and "-" in item.text)


def _adjoin(before: Item, item: Item) -> bool:
    return before.span.last + 1 == item.span.first and before.section == item.section


def text_of(variants: Sequence[Prepared], passage: Passage) -> str:
    """What a passage says, with line feeds alone at the ends of its lines."""
    return unix("\n".join(item.text for item in items_of(variants, passage)))


def unix(text: str) -> str:
    """Lines that end in line feeds alone, so that variants with different line endings can be one file."""
    return text.replace("\r\n", "\n").replace("\r", " ")


def items_of(variants: Sequence[Prepared], passage: Passage) -> list[Item]:
    """The items of a passage."""
    return [variants[passage.variant].agent.items[number] for number in passage.items]


def _kind(variants: Sequence[Prepared], passages: Sequence[Passage]) -> ItemKind:
    kinds = Counter(_kind_of(variants, passage) for passage in passages)
    return min(kinds, key=lambda kind: (-kinds[kind], kind.value))


def _kind_of(variants: Sequence[Prepared], passage: Passage) -> ItemKind:
    """Lines of one paragraph that are statements of their own are a list, whatever they look like."""
    item = items_of(variants, passage)[0]
    around = variants[passage.variant].agent.items[max(0, item.id - 1) : item.id + 2]
    if item.kind is ItemKind.PARAGRAPH and any(
        other.kind is ItemKind.PARAGRAPH and (_adjoin(other, item) or _adjoin(item, other)) for other in around
    ):
        return ItemKind.BULLET
    return item.kind


def _is_role(variants: Sequence[Prepared], passages: Sequence[Passage]) -> bool:
    """The role statement of every variant that has one in its opening."""
    return all(p.statement is not None and p.statement == variants[p.variant].opener for p in passages)


def _place_units(variants: Sequence[Prepared], plan: Outline, home: Mapping[Node, int]) -> None:
    """Each unit goes to the section where most of its variants have it, at the mean of its places there."""
    support = {heading.number: len(heading.variants) for heading in plan.headings}
    places = [_relative_places(variant) for variant in variants]
    for unit in plan.units:
        sections = [_section_of(variants, passage, home) for passage in unit.passages]
        if unit.is_role:
            unit.place = (ROLE_PLACE, 0.0, unit.number)
            continue
        votes = Counter(sections)
        unit.section = min(votes, key=lambda section: (-votes[section], -support.get(section, 0), section))
        there = [
            places[passage.variant][passage.items[0]]
            for passage, section in zip(unit.passages, sections, strict=True)
            if section == unit.section
        ]
        unit.place = (sum(there) / len(there), 0.0, unit.number)


def _gather_leftovers(variants: Sequence[Prepared], plan: Outline, home: Mapping[Node, int]) -> None:
    """What is left of a section follows the rest, where most of its text went to one other section."""
    parents = {heading.parent for heading in plan.headings}
    went: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for unit in plan.units:
        for section in {_section_of(variants, passage, home) for passage in unit.passages}:
            went[section][unit.section] += 1
    for section in sorted(went.keys() - parents - {TOP}):
        left = [unit for unit in plan.units if unit.section == section]
        goal, most = min(went[section].items(), key=lambda each: (-each[1], each[0]))
        if left and goal not in (section, TOP) and goal not in parents and most > len(left):
            for unit in left:
                unit.section = goal
                unit.place = (1.0 + unit.place[0], *unit.place[1:])


def _section_of(variants: Sequence[Prepared], passage: Passage, home: Mapping[Node, int]) -> int:
    section = items_of(variants, passage)[0].section
    return home.get((passage.variant, section), TOP)


def _relative_places(variant: Prepared) -> dict[int, float]:
    """For each item its rank among those of its section, as a share; below 0 for the paragraphs that lead in."""
    by_section: defaultdict[int, list[Item]] = defaultdict(list)
    for item in variant.agent.items:
        by_section[item.section].append(item)
    places = {}
    for items in by_section.values():
        leads_in = True
        for rank, item in enumerate(items):
            leads_in = leads_in and item.kind is ItemKind.PARAGRAPH
            place = rank / len(items)
            if leads_in:
                place = (place - 1.0) * (NEXT_TO_LIST if _announces(item) else 1.0)
            places[item.id] = place
    return places


def _announces(item: Item) -> bool:
    return item.kind is ItemKind.PARAGRAPH and item.text.rstrip(" *_").endswith((":", "："))


def _follow_lead_ins(variants: Sequence[Prepared], plan: Outline, behind: Mapping[int, int]) -> None:
    """What a `...:` paragraph announces stands right behind it, where both are in one section."""
    announced = _announced(variants, plan)
    places = {unit.number: unit.place for unit in plan.units}
    for unit in plan.units:
        number = announced.get(unit.number, announced.get(behind.get(unit.number, TOP)))
        if number is not None and plan.units[number].section == unit.section and number not in announced:
            unit.place = (*places[number], 2.0, *places[unit.number])


def _announced(variants: Sequence[Prepared], plan: Outline) -> dict[int, int]:
    """For each unit that most often stands behind a `...:` paragraph that paragraph's unit."""
    owner = {(p.variant, number): unit.number for unit in plan.units for p in unit.passages for number in p.items}
    votes: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for v, variant in enumerate(variants):
        lead_in: Item | None = None
        for item in variant.agent.items:
            if lead_in and (item.section != lead_in.section or item.kind is ItemKind.PARAGRAPH):
                lead_in = None
            if _announces(item):
                lead_in = item
            elif lead_in and (v, item.id) in owner and (v, lead_in.id) in owner:
                votes[owner[v, item.id]][owner[v, lead_in.id]] += 1
    return {number: min(found, key=lambda each: (-found[each], each)) for number, found in votes.items()}


def _attach_neighbours(plan: Outline, groups: Groups) -> dict[int, int]:
    """What partly says the same as a statement of its section stands right behind it; returns which behind which."""
    numbers = {_node(passage): unit.number for unit in plan.units for passage in unit.passages}
    behind: dict[int, int] = {}
    for neighbour in groups.neighbours:
        first, second = (numbers.get(groups.items[number][0]) for number in (neighbour.group, neighbour.other))
        if first is None or second is None:
            continue
        a, b = sorted((plan.units[first], plan.units[second]), key=lambda unit: (-len(unit.variants), unit.place))
        if a.section != b.section or a.kind is not b.kind or a.is_role or b.is_role:
            continue
        if b.number in behind or a.number in behind or b.number in behind.values():
            continue
        behind[b.number] = a.number
    for number, leader in behind.items():
        unit, place = plan.units[number], plan.units[leader].place
        unit.place = (place[0], place[1], place[2], 1.0, unit.place[0], unit.number)
    return behind


def stand_together(plan: Outline, pairs: Iterable[tuple[int, int]]) -> None:
    """Put the second unit of each pair right behind the first, wherever it stood; bullets only: steps are a series."""
    parents = {unit.parent for unit in plan.units}
    for first, second in pairs:
        leader, unit = plan.units[first], plan.units[second]
        if leader.kind is unit.kind is ItemKind.BULLET and unit.number not in parents:
            unit.section, unit.parent = leader.section, leader.parent
            unit.place = (*leader.place, 0.5, unit.number)


def _node(passage: Passage) -> Node | None:
    """Its place among the statements of its variant."""
    return None if passage.statement is None else (passage.variant, passage.statement)


def _nest(variants: Sequence[Prepared], plan: Outline) -> None:
    """A unit is nested where most of its variants nest it, if that unit is in the same section."""
    owner = {
        (passage.variant, number): unit.number
        for unit in plan.units
        for passage in unit.passages
        for number in passage.items
    }
    for unit in plan.units:
        parents: Counter[int | None] = Counter()
        for passage in unit.passages:
            parent = items_of(variants, passage)[0].parent
            parents[None if parent is None else owner.get((passage.variant, parent))] += 1
        choice = min(parents, key=lambda number: (-parents[number], -1 if number is None else number))
        if choice is None or plan.units[choice].section != unit.section or unit.is_role:
            continue
        at: int | None = choice
        while at is not None and at != unit.number:
            at = plan.units[at].parent
        unit.parent = None if at == unit.number else choice


def _closing(variants: Sequence[Prepared], plan: Outline) -> set[int]:
    """Paragraphs that stood alone at the end of their files stay at the end."""
    last: set[tuple[int, int]] = set()
    for v, variant in enumerate(variants):
        items = [item for item in variant.agent.items if not is_layout(item)]
        tail = []
        while items and items[-1].kind is ItemKind.PARAGRAPH and items[-1].parent is None:
            tail.append(items.pop())
        if items and tail and items[-1].kind is not ItemKind.PARAGRAPH and items[-1].section == tail[-1].section:
            last.update((v, item.id) for item in tail)
    return {
        unit.number
        for unit in plan.units
        if not unit.is_role and all((p.variant, p.items[0]) in last for p in unit.passages)
    }
