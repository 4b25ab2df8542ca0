"""Where everything of several variants goes in one agent: the tree of sections, and the units in each, in order.

A *passage* is a stretch of one variant that stays together: an item, or a whole table. A *unit* is what becomes one
statement of the canonical agent: passages of different variants that say the same.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agentdiff.align import Prepared
from agentdiff.consensus import Groups, Node
from agentdiff.model import Item, ItemKind, Section, SectionStyle, Span
from agentdiff.normalise import comparable_text, comparable_title
from agentdiff.similarity import Wording, stems

_WORD = re.compile(r"[^\W\d_][\w']*")

TOP = -1
"""Parent of the topmost sections, and the section of what stands before the first title."""

LISTED = frozenset({ItemKind.BULLET, ItemKind.NUMBERED})
"""What is written as the entry of a list."""

ROLE_PLACE = -2.0
"""The role statement comes before anything else of the opening."""

NEXT_TO_LIST = 0.001
"""Paragraphs before the lists of their section come before the lists of the others, too; those that announce a list
stand next to it. So the former have places from -1 to 0, the latter the last of these."""


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """One item of a variant, or the rows of a table together."""

    variant: int
    span: Span
    items: tuple[int, ...]
    """Ids of its items in the variant."""
    statement: int | None
    """Index among the variant's statements; None for tables, comments and the like."""


@dataclass(slots=True)
class Unit:
    """One statement of the canonical agent while it is made."""

    number: int
    passages: tuple[Passage, ...]
    kind: ItemKind
    section: int = TOP
    """The section group it goes to; TOP for the opening."""
    place: tuple[float, ...] = ()
    """Sorts it among its siblings."""
    parent: int | None = None
    """The unit it is nested under."""
    is_role: bool = False

    @property
    def variants(self) -> frozenset[int]:
        """Who says it."""
        return frozenset(passage.variant for passage in self.passages)


@dataclass(slots=True)
class Heading:
    """One section of the canonical agent while it is made: the sections of variants that became it."""

    number: int
    members: tuple[Node, ...]
    title: str
    parent: int = TOP
    place: tuple[float, ...] = ()

    @property
    def variants(self) -> frozenset[int]:
        """Who has it."""
        return frozenset(variant for variant, _ in self.members)


@dataclass(slots=True)
class Outline:
    """The plan of the canonical agent. Sections and units are numbered by their place in the lists."""

    root: Heading | None
    """The title of the whole, where variants have one."""
    headings: list[Heading]
    units: list[Unit]
    untitled: tuple[Node, ...]
    """The leads: sections without a title of their own."""
    closing: set[int] = field(default_factory=set)
    """Units that end the file."""

    def subsections(self, parent: int) -> list[Heading]:
        """The sections below one, in order."""
        return sorted((each for each in self.headings if each.parent == parent), key=lambda each: each.place)

    def statements(self, section: int, parent: int | None) -> list[Unit]:
        """The units that stand directly in a section and under a unit, in order."""
        found = [
            unit
            for unit in self.units
            if unit.section == section and unit.parent == parent and unit.number not in self.closing
        ]
        return sorted(found, key=lambda unit: unit.place)


def outline(variants: Sequence[Prepared], groups: Groups) -> Outline:
    """Place every statement and title of every variant."""
    roots = {(v, root) for v, each in enumerate(variants) if (root := _root(each)) is not None}
    leads = tuple((v, 0) for v, each in enumerate(variants) if _has_lead(each))
    headings, home = _headings(variants, groups, roots | set(leads))
    whole = Heading(TOP, tuple(sorted(roots)), _title(variants, sorted(roots))) if roots else None
    plan = Outline(whole, headings, _units(variants, groups), leads)
    _place_units(variants, plan, home)
    _gather_leftovers(variants, plan, home)
    behind = _attach_neighbours(plan, groups)
    _follow_lead_ins(variants, plan, behind)
    _nest(variants, plan)
    plan.closing = _closing(variants, plan)
    return plan


# ---------------------------------------------------------------------------------------------- sections


def _has_lead(variant: Prepared) -> bool:
    return bool(variant.parts) and variant.parts[0].section.style is SectionStyle.LEAD


def _root(variant: Prepared) -> int | None:
    """The section that is the title of the whole file: the only topmost one, marked as a heading of the first level."""
    topmost = [each for each in variant.agent.sections if each.parent is None and each.style is not SectionStyle.LEAD]
    if len(topmost) != 1 or topmost[0].style not in (SectionStyle.ATX, SectionStyle.SETEXT):
        return None
    line = title_lines(variant.agent.source, topmost[0])
    return topmost[0].id if line.startswith("# ") or topmost[0].style is SectionStyle.SETEXT else None


def title_lines(source: str, section: Section) -> str:
    """The source of a title."""
    return "\n".join(source.split("\n")[section.title_span.first - 1 : section.title_span.last]).strip()


def _headings(
    variants: Sequence[Prepared], groups: Groups, apart: Iterable[Node]
) -> tuple[list[Heading], dict[Node, int]]:
    """The sections in their tree, and for each titled section of a variant the number of the one that it became."""
    left_out = set(apart)
    members = [tuple(node for node in each if node not in left_out) for each in groups.sections]
    members = [each for each in members if each]
    while True:
        headings = [Heading(number, each, _title(variants, each)) for number, each in enumerate(members)]
        home = {node: heading.number for heading in headings for node in heading.members}
        _set_parents(variants, headings, home)
        twins = _twins(headings)
        if twins is None:
            _set_heading_places(variants, headings)
            return headings, home
        members[twins[0]] = tuple(sorted(members[twins[0]] + members.pop(twins[1])))


def _twins(headings: Sequence[Heading]) -> tuple[int, int] | None:
    """Two sections with one title under one parent, which no variant has both: they are one; the later one second."""
    known: dict[tuple[int, str], Heading] = {}
    for heading in headings:
        key = heading.parent, comparable_title(heading.title)
        other = known.setdefault(key, heading)
        if other.variants.isdisjoint(heading.variants):
            return other.number, heading.number
    return None


def _title(variants: Sequence[Prepared], members: Sequence[Node]) -> str:
    """The most used title, then the one that says most; of one title in several spellings the least shouting."""
    sections = [variants[v].agent.sections[i] for v, i in members]
    uses = Counter(comparable_title(section.title) for section in sections)

    def rank(section: Section) -> tuple[float, float, bool, str]:
        says = Wording.of(stems(section.title)).total
        return -uses[comparable_title(section.title)], -says, section.title.isupper(), section.title

    title = min(sections, key=rank).title
    return _calmed(title, variants) if title.isupper() and " " in title else title


def _calmed(title: str, variants: Sequence[Prepared]) -> str:
    """A title in capitals with only its abbreviations so: words that the variants' text has in capitals as well."""
    shouted = {
        word
        for variant in variants
        for each in variant.statements
        for word in _WORD.findall(each.item.text)
        if word.isupper()
    }
    return _WORD.sub(lambda found: found[0] if found[0] in shouted else found[0].capitalize(), title)


def _set_parents(variants: Sequence[Prepared], headings: list[Heading], home: Mapping[Node, int]) -> None:
    """Each section goes where most variants have it, to the top where they disagree; never below itself."""
    for heading in sorted(headings, key=lambda each: (-len(each.members), each.number)):
        votes = Counter(_parent_of(variants, node, home) for node in heading.members)
        ranked = votes.most_common()
        clear = len(ranked) == 1 or ranked[0][1] > ranked[1][1]
        parent = ranked[0][0] if clear else TOP
        at = parent
        while at != TOP and at != heading.number:
            at = headings[at].parent
        heading.parent = TOP if at == heading.number else parent


def _parent_of(variants: Sequence[Prepared], node: Node, home: Mapping[Node, int]) -> int:
    parent = variants[node[0]].agent.sections[node[1]].parent
    return TOP if parent is None else home.get((node[0], parent), TOP)


def _set_heading_places(variants: Sequence[Prepared], headings: list[Heading]) -> None:
    """By the mean of the relative places in the variants that have it."""
    for heading in headings:
        places = [i / max(1, len(variants[v].parts)) for v, i in heading.members]
        heading.place = (sum(places) / len(places), heading.number)


# ---------------------------------------------------------------------------------------------- units


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
    for passage in passages:
        if passage.statement is None:
            return False
        variant = variants[passage.variant]
        each = variant.statements[passage.statement]
        opening = {part.section.id for part in variant.parts if part.is_opening}
        first = next(
            (i for i, other in enumerate(variant.statements) if other.is_role and other.item.section in opening), None
        )
        if first != passage.statement or not each.is_role:
            return False
    return True


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
    """What partly says the same as a statement of the same section stands right behind it; returns which behind which."""
    numbers = {passage_node(passage): unit.number for unit in plan.units for passage in unit.passages}
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
    """Put the second unit of each pair right behind the first, wherever it stood; bullets only, for steps are a series."""
    parents = {unit.parent for unit in plan.units}
    for first, second in pairs:
        leader, unit = plan.units[first], plan.units[second]
        if leader.kind is unit.kind is ItemKind.BULLET and unit.number not in parents:
            unit.section, unit.parent = leader.section, leader.parent
            unit.place = (*leader.place, 0.5, unit.number)


def passage_node(passage: Passage) -> Node | None:
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
