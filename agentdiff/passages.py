"""What the statements of a canonical agent are made of: passages of the variants, and which of them say the same."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from enum import Enum, auto

from agentdiff.clauses import Node
from agentdiff.consensus import Groups
from agentdiff.model import PROSE, Item, ItemKind, Span
from agentdiff.normalise import comparable_text, is_layout
from agentdiff.plan import TOP, Passage, Unit
from agentdiff.similarity import Prepared
from agentdiff.text import unix

_TO_FILL_IN = re.compile(r"\[[A-Za-z][^\[\]\n]{2,60}\](?![(:\[])")
"""What is to be filled in, as in `[File Path]`: the statement is a line of a form."""


class _Office(Enum):
    """What a statement is there for. Two with different ones may use the same words and still not say the same."""

    SAYS = auto()
    ANNOUNCES = auto()
    """Leads in what follows it: a list, code, a table."""
    IS_FORM = auto()
    """A line with blanks to fill in."""


def units_of(variants: Sequence[Prepared], groups: Groups, skeleton: int | None = None) -> list[Unit]:
    """Statements by their group; tables, comments and the like only where they are the same to the letter."""
    passages = [passage for v, variant in enumerate(variants) for passage in _passages(v, variant)]
    by_statement = {(p.variant, p.statement): p for p in passages if p.statement is not None}
    grouped = ([by_statement[node] for node in each if node in by_statement] for each in groups.items)
    members = [part for each in grouped for part in _by_office(variants, each)]
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


def _by_office(variants: Sequence[Prepared], passages: Sequence[Passage]) -> list[tuple[Passage, ...]]:
    """Passages that are grouped, parted where they are there for different things, unless their texts are the same."""
    texts = {comparable_text(items_of(variants, passage)[0]) for passage in passages}
    if len(texts) == 1:
        return [tuple(passages)]
    parts: defaultdict[_Office, list[Passage]] = defaultdict(list)
    for passage in passages:
        parts[_office(variants, passage)].append(passage)
    return [tuple(part) for part in parts.values()]


def _office(variants: Sequence[Prepared], passage: Passage) -> _Office:
    item = items_of(variants, passage)[0]
    if item.kind not in PROSE:
        return _Office.SAYS
    if is_form_line(item.text):
        return _Office.IS_FORM
    return _Office.ANNOUNCES if ends_open(item) else _Office.SAYS


def is_form_line(text: str) -> bool:
    """Whether a text has blanks to fill in."""
    return _TO_FILL_IN.search(text) is not None


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

    The most common kind; a step rather than any other that is as common, for its place says something.
    """
    kinds = Counter(_kind_of(variants, passage) for passage in passages)
    return min(kinds, key=lambda kind: (-kinds[kind], kind is not ItemKind.NUMBERED, kind.value))


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


def is_lead_in(item: Item) -> bool:
    """A paragraph that announces what follows it."""
    return item.kind is ItemKind.PARAGRAPH and ends_open(item)


def ends_open(item: Item) -> bool:
    """Ends in a colon."""
    return item.text.rstrip(" *_").endswith((":", "："))


def section_of(variants: Sequence[Prepared], passage: Passage, home: Mapping[Node, int]) -> int:
    """The section of the canonical agent that the section of a passage became."""
    return home.get((passage.variant, items_of(variants, passage)[0].section), TOP)
