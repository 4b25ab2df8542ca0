"""Where everything of several variants goes in one agent: the tree of sections, and the units in each, in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from agentdiff.announcing import title_lead_ins
from agentdiff.arranging import arrange
from agentdiff.clauses import Node
from agentdiff.consensus import Groups
from agentdiff.headings import add_other_names, headings_of, whole
from agentdiff.hosts import Owners, follow, tie, tie_loose_ends
from agentdiff.model import LISTED, ItemKind, SectionStyle
from agentdiff.normalise import is_layout
from agentdiff.numbering import number_titles
from agentdiff.offices import denies, is_form_line
from agentdiff.passages import items_of, kind_of, section_of, text_of, units_of
from agentdiff.plan import TOP, Heading, Outline, Passage, Unit
from agentdiff.similarity import Prepared
from agentdiff.vocabulary import stems

TINY = 2
"""What is left of a section may go to its parent if it is no more than so many statements."""

NEARLY_ALL = 0.9
"""Of two variants one gives the shape if it says this part of all that is said."""


def outline(variants: Sequence[Prepared], groups: Groups, skeleton: int | None = None) -> Outline:
    """Place every statement and title of every variant.

    With a skeleton, the index of a variant, sections stand, nest and are titled as there, and its statements stand as
    there; what it lacks comes behind what it has. Of two variants one that says nearly all is the skeleton unasked.
    """
    asked, skeleton = skeleton, _fuller(variants, groups) if skeleton is None else skeleton
    root = whole(variants, groups, skeleton)
    leads = {(v, 0) for v, each in enumerate(variants) if _has_lead(each)}
    headings, home = headings_of(variants, groups, leads.union(root.members if root else ()), skeleton)
    plan = Outline(root, headings, units_of(variants, groups, home, skeleton))
    owner = {(p.variant, number): unit.number for unit in plan.units for p in unit.passages for number in p.items}
    hosting = tie(variants, plan.units, owner)
    tails = _tails(variants)
    _set_sections(variants, plan, home, hosting, tails, skeleton)
    follow(plan.units)
    _set_kinds(variants, plan, home, tails, skeleton)
    _gather_leftovers(variants, plan, home, skeleton)
    _fold_tiny(variants, plan, home, skeleton)
    title_lead_ins(variants, plan, owner, skeleton)
    follow(plan.units)
    tie_loose_ends(variants, plan, owner)
    _nest(variants, plan, owner, skeleton)
    plan.closing = _closing(plan, tails, skeleton)
    arrange(variants, plan, groups, home, skeleton)
    if asked is None:
        add_other_names(variants, [*plan.headings, *([plan.root] if plan.root else [])])
    number_titles(variants, plan, _written(variants, plan), skeleton)
    return plan


def _fuller(variants: Sequence[Prepared], groups: Groups) -> int | None:
    """The variant, of two, to which the other adds next to nothing: there is no consensus to be found."""
    said = [sum(any(v == node[0] for node in group) for group in groups.items) for v in range(len(variants))]
    if len(variants) != 2 or said[0] == said[1]:
        return None
    fuller = said.index(max(said))
    return fuller if said[fuller] >= NEARLY_ALL * len(groups.items) else None


def _has_lead(variant: Prepared) -> bool:
    return bool(variant.parts) and variant.parts[0].section.style is SectionStyle.LEAD


# ---------------------------------------------------------------------------------------------- sections of units


def _set_sections(
    variants: Sequence[Prepared],
    plan: Outline,
    home: Mapping[Node, int],
    hosting: Collection[Node],
    tails: Collection[Node],
    skeleton: int | None,
) -> None:
    """Each unit goes to the section where most of its variants have it; of several to that where more belongs to it.

    What ends a file says nothing of the section that happens to be the last.
    """
    support = {heading.number: len(heading.variants) for heading in plan.headings}
    nesting = {(v, item.parent) for v, each in enumerate(variants) for item in each.agent.items}
    for unit in plan.units:
        if unit.is_role:
            continue
        guides = _placed(unit.guides(skeleton), tails)
        votes = Counter(section_of(variants, passage, home) for passage in guides)
        holds: Counter[int] = Counter()
        for passage in guides:
            node = passage.variant, passage.items[-1]
            is_held = node in hosting or node in nesting or is_form_line(text_of(variants, passage))
            holds[section_of(variants, passage, home)] += is_held
        unit.section = min(votes, key=lambda each: (-votes[each], -holds[each], -support.get(each, 0), each))


def _placed(passages: Sequence[Passage], tails: Collection[Node]) -> Sequence[Passage]:
    """The passages whose place in their file says what they are about; all if none does."""
    return [each for each in passages if (each.variant, each.items[0]) not in tails] or passages


def _set_kinds(
    variants: Sequence[Prepared], plan: Outline, home: Mapping[Node, int], tails: Collection[Node], skeleton: int | None
) -> None:
    """Each unit is written as those variants have it that have it in its section."""
    for unit in plan.units:
        guides = _placed(unit.guides(skeleton), tails)
        there = [passage for passage in guides if section_of(variants, passage, home) == unit.section]
        unit.kind = kind_of(variants, there or guides)


def _went(variants: Sequence[Prepared], plan: Outline, home: Mapping[Node, int]) -> dict[int, Counter[int]]:
    """For each section how many units with text from it went to which."""
    went: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for unit in plan.units:
        for section in {section_of(variants, passage, home) for passage in unit.passages}:
            went[section][unit.section] += 1
    return went


def _gather_leftovers(
    variants: Sequence[Prepared], plan: Outline, home: Mapping[Node, int], skeleton: int | None
) -> None:
    """What is left of a section follows the rest, where most of its text went to one other section."""
    parents = {heading.parent for heading in plan.headings}
    went = _went(variants, plan, home)
    for heading in plan.headings:
        if (
            heading.number in parents
            or skeleton in heading.variants
            or heading.number not in went
            or denies(heading.title)
        ):
            continue
        left = _units_in(plan, heading)
        goal, most = min(went[heading.number].items(), key=lambda each: (-each[1], each[0]))
        if left and goal not in (heading.number, TOP) and goal not in parents and most > len(left):
            for unit in left:
                unit.section = goal


def _fold_tiny(variants: Sequence[Prepared], plan: Outline, home: Mapping[Node, int], skeleton: int | None) -> None:
    """The last entries of a section that one variant has go to its parent, if they say what the title says."""
    parents = {heading.parent for heading in plan.headings}
    went = _went(variants, plan, home)
    for heading in plan.headings:
        is_leaf = heading.number not in parents and heading.parent != TOP and not denies(heading.title)
        if not is_leaf or len(heading.variants) > 1 or skeleton in heading.variants:
            continue
        left = _units_in(plan, heading)
        lost = sum(went[heading.number].values()) - went[heading.number][heading.number]
        if (
            0 < len(left) <= min(TINY, lost)
            and all(unit.kind in LISTED for unit in left)
            and any(unit.kind in LISTED for unit in _units_in(plan, plan.headings[heading.parent]))
            and not _introduces(variants, heading)
            and _says(variants, left, heading.title)
        ):
            for unit in left:
                unit.section = heading.parent


def _units_in(plan: Outline, heading: Heading) -> list[Unit]:
    return [unit for unit in plan.units if unit.section == heading.number]


def _introduces(variants: Sequence[Prepared], heading: Heading) -> bool:
    return any(variants[v].agent.sections[i].introduction for v, i in heading.members)


def _says(variants: Sequence[Prepared], units: Sequence[Unit], title: str) -> bool:
    """Whether all words of a title are in these units."""
    said = {
        stem
        for unit in units
        for p in unit.passages
        if p.statement is not None
        for stem in variants[p.variant].statements[p.statement].words.weights
    }
    return said.issuperset(stems(title))


def _written(variants: Sequence[Prepared], plan: Outline) -> set[int]:
    """The sections that will have text, or never had any."""
    found = {unit.section for unit in plan.units if unit.number not in plan.closing}
    for heading in plan.headings:
        is_bare = not any(variants[v].parts[i].statements for v, i in heading.members)
        if is_bare or _introduces(variants, heading):
            found.add(heading.number)
    for number in sorted(found - {TOP}):
        at = plan.headings[number].parent
        while at != TOP:
            found.add(at)
            at = plan.headings[at].parent
    return found


# ---------------------------------------------------------------------------------------------- units of units


def stand_together(plan: Outline, pairs: Iterable[tuple[int, int]]) -> None:
    """Put the second unit of each pair right behind the first, wherever it stood; bullets only: steps are a series."""
    parents = {unit.parent for unit in plan.units}
    hosts = {unit.host for unit in plan.units}
    for first, second in pairs:
        leader, unit = plan.units[first], plan.units[second]
        if leader.kind is unit.kind is ItemKind.BULLET and unit.number not in parents | hosts:
            last = max([leader, *(each for each in plan.units if each.host == first)], key=lambda each: each.place)
            unit.section, unit.parent = leader.section, leader.parent
            unit.place = (*last.place, 0.5, unit.number)


def _nest(variants: Sequence[Prepared], plan: Outline, owner: Owners, skeleton: int | None) -> None:
    """A unit is nested where most of its variants nest it, if that unit is in the same section."""
    for unit in plan.units:
        parents: Counter[int | None] = Counter()
        for passage in unit.guides(skeleton):
            parent = items_of(variants, passage)[0].parent
            parents[None if parent is None else owner.get((passage.variant, parent))] += 1
        choice = min(parents, key=lambda number: (-parents[number], -1 if number is None else number))
        if choice is None or plan.units[choice].section != unit.section or unit.is_role:
            continue
        at: int | None = choice
        while at is not None and at != unit.number:
            at = plan.units[at].parent
        unit.parent = None if at == unit.number else choice


def _closing(plan: Outline, tails: Collection[Node], skeleton: int | None) -> set[int]:
    """What ends the file in all variants that have it ends it here."""
    return {
        unit.number
        for unit in plan.units
        if not unit.is_role and all((p.variant, p.items[0]) in tails for p in unit.guides(skeleton))
    }


def _tails(variants: Sequence[Prepared]) -> set[Node]:
    """Paragraphs that stand alone at the end of their files, behind a list; several belong to a section of prose."""
    found: set[Node] = set()
    for v, variant in enumerate(variants):
        items = [item for item in variant.agent.items if not is_layout(item)]
        tail = []
        while items and items[-1].kind is ItemKind.PARAGRAPH and items[-1].parent is None:
            tail.append(items.pop())
        if not items or len({item.section for item in tail}) != 1:
            continue
        section, before = tail[-1].section, items[-1]
        is_prose = next((i for i in items if i.section == section), before).kind is ItemKind.PARAGRAPH
        if len(tail) > 1 and is_prose:
            continue
        if before.kind in LISTED if before.section == section else _is_within(variant, before.section, section):
            found.update((v, item.id) for item in tail)
    return found


def _is_within(variant: Prepared, section: int, other: int) -> bool:
    at: int | None = section
    while at is not None and at != other:
        at = variant.agent.sections[at].parent
    return at == other
