"""What the statements of a canonical agent are made of: passages of the variants, and which of them say the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from agentdiff.clauses import Node
from agentdiff.consensus import Groups
from agentdiff.model import PROSE, Item, ItemKind, Span
from agentdiff.normalise import comparable_text, is_layout
from agentdiff.offices import Manner, Office, denied_items, is_lead_in, manner, office
from agentdiff.plan import TOP, Passage, Unit
from agentdiff.saying import content
from agentdiff.similarity import Prepared
from agentdiff.text import unix
from agentdiff.vocabulary import shared_weight, words_of
from agentdiff.wording import choose

OVERLAP = 0.3
"""So much of the shorter of two wordings must be in the other for them to be one statement across sections.

From 0.35 on pairs that people call the same come apart (recall on the development pairs 0.756 -> 0.744).
"""


def units_of(
    variants: Sequence[Prepared], groups: Groups, home: Mapping[Node, int], skeleton: int | None = None
) -> list[Unit]:
    """Statements by their group; tables, comments and the like only where they are the same to the letter.

    Of a group no wording of which says the others, those that stand in different sections are statements of their own.
    """
    passages = [passage for v, variant in enumerate(variants) for passage in _passages(v, variant)]
    by_statement = {(p.variant, p.statement): p for p in passages if p.statement is not None}
    grouped = ([by_statement[node] for node in each if node in by_statement] for each in groups.items)
    denied = {(v, item) for v, variant in enumerate(variants) for item in denied_items(variant.agent)}
    by_office = (part for each in grouped for part in _by_office(variants, each, denied))
    members = [part for each in by_office for part in _by_section(variants, each, home)]
    by_text: defaultdict[tuple[str, int], list[Passage]] = defaultdict(list)
    seen: Counter[tuple[int, str]] = Counter()
    for passage in passages:
        if passage.statement is None:
            text = "\n".join(comparable_text(item) for item in items_of(variants, passage))
            seen[passage.variant, text] += 1
            by_text[text, seen[passage.variant, text]].append(passage)
    members += [tuple(each) for each in by_text.values()]
    ordered = sorted(each for each in members if each)
    units = [Unit(number, each, ItemKind.PARAGRAPH) for number, each in enumerate(ordered)]
    for unit in units:
        unit.kind, unit.is_role = kind_of(variants, unit.guides(skeleton)), _is_role(variants, unit.passages)
        unit.is_quoted = unit.kind is ItemKind.PARAGRAPH and all(_is_quoted(variants, p) for p in unit.passages)
    return units


def _by_office(
    variants: Sequence[Prepared], passages: Sequence[Passage], denied: Set[Node]
) -> list[tuple[Passage, ...]]:
    """Passages that are grouped, parted where they are there for different things.

    Where all of them have the same words only a denial parts them: `Delete files` below `Never`.
    """
    items = [items_of(variants, passage)[0] for passage in passages]
    is_same = len({tuple(words_of(item.text.lower())) for item in items}) == 1
    parts: defaultdict[tuple[bool, Office | None], list[Passage]] = defaultdict(list)
    for passage, item in zip(passages, items, strict=True):
        parts[(passage.variant, item.id) in denied, None if is_same else office(item)].append(passage)
    return [tuple(part) for part in parts.values()]


@dataclass(frozen=True, slots=True)
class _Part:
    """Passages of one group that stay together."""

    text: str
    """The wording that says them."""
    sections: set[int]
    manners: set[Manner]
    passages: list[Passage]

    def belongs_to(self, other: _Part) -> bool:
        """Whether a reader of the one section would look for what stands in the other there."""
        if self.sections & other.sections:
            return True
        return bool(self.manners & other.manners) and _overlap(self.text, other.text) >= OVERLAP


def _by_section(
    variants: Sequence[Prepared], passages: tuple[Passage, ...], home: Mapping[Node, int]
) -> list[tuple[Passage, ...]]:
    """Passages that are grouped, parted where they need several wordings that belong to different sections."""
    texts = [text_of(variants, passage) for passage in passages]
    if len(set(texts)) == 1 or items_of(variants, passages[0])[0].kind not in PROSE or _is_role(variants, passages):
        return [passages]
    choice = choose(texts)
    parts: list[_Part] = []
    for place, text in enumerate(choice.origins):
        own = [passage for passage, at in zip(passages, choice.carried_by, strict=True) if at == place]
        sections = {section_of(variants, passage, home) for passage in own}
        manners = {manner(items_of(variants, p)[0], _kind_of(variants, p)) for p in own}
        new = _Part(text, sections, manners, own)
        near = next((part for part in parts if new.belongs_to(part)), None)
        if near is None:
            parts.append(new)
        else:
            near.sections.update(sections)
            near.manners.update(manners)
            near.passages.extend(own)
    return [tuple(sorted(part.passages)) for part in parts]


def _overlap(one: str, other: str) -> float:
    """Which part of the shorter of two texts is in the other, by the rarity of its words, 0..1."""
    words = content(one).words, content(other).words
    shorter = min(each.total for each in words)
    return shared_weight(*words) / shorter if shorter else 0.0


def _is_quoted(variants: Sequence[Prepared], passage: Passage) -> bool:
    lines = variants[passage.variant].agent.text.split("\n")
    return all(line.lstrip().startswith(">") for line in lines[passage.span.first - 1 : passage.span.last])


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


def _is_tabular(item: Item) -> bool:
    return item.kind is ItemKind.TABLE_ROW or (item.kind is ItemKind.MARKUP and "|" in item.text and "-" in item.text)


def _adjoin(before: Item, item: Item) -> bool:
    return before.span.last + 1 == item.span.first and before.section == item.section


def text_of(variants: Sequence[Prepared], passage: Passage) -> str:
    """What a passage says, with line feeds alone at the ends of its lines."""
    return unix("\n".join(item.text for item in items_of(variants, passage)))


def items_of(variants: Sequence[Prepared], passage: Passage) -> list[Item]:
    """The items of a passage."""
    return [variants[passage.variant].agent.items[number] for number in passage.items]


def kind_of(variants: Sequence[Prepared], passages: Sequence[Passage]) -> ItemKind:
    """What passages that say the same are written as.

    The most common kind. Of as common ones a paragraph where one leads in a list; else a step, for its place says
    something.
    """
    leads_in = any(is_lead_in(items_of(variants, passage)[0]) for passage in passages)
    first = ItemKind.PARAGRAPH if leads_in else ItemKind.NUMBERED
    kinds = Counter(_kind_of(variants, passage) for passage in passages)
    return min(kinds, key=lambda kind: (-kinds[kind], kind is not first, kind.value))


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


def section_of(variants: Sequence[Prepared], passage: Passage, home: Mapping[Node, int]) -> int:
    """The section of the canonical agent that the section of a passage became."""
    return home.get((passage.variant, items_of(variants, passage)[0].section), TOP)
