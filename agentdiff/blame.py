"""Who says what of a canonical agent: for each of its fields, titles and statements the sources that agree.

The canonical may have been edited since it was merged: nothing is remembered, all is compared anew. Without sources,
the marks in it (`marks.py`) are taken at their word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from agentdiff import marks
from agentdiff.annotating import is_markdown, legend_in
from agentdiff.errors import BadInput
from agentdiff.model import Agent, Field, FieldValue, Item, ItemKind, Match, Relation, Section, SectionStyle, Span
from agentdiff.normalise import comparable_text, comparable_title, comparable_value
from agentdiff.text import is_list_of_texts, plain

if TYPE_CHECKING:
    from agentdiff.similarity import Prepared

_LAYOUT = frozenset({ItemKind.RULE, ItemKind.MARKUP})
_TABULAR = frozenset({ItemKind.TABLE_ROW, ItemKind.MARKUP})
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|\n+|(?=<)|(?<=>)")


class Manner(StrEnum):
    """How a source says something, nearest first."""

    KEPT = "kept"
    """In these words."""
    MARKED = "marked"
    """A mark in the canonical names it; the source itself was not read."""
    REWORDED = "reworded"
    """In other words."""
    PARTLY = "partly"
    """Only a part of it, so it does not count as support."""


class Part(StrEnum):
    """What a stretch of the canonical is."""

    FIELD = "field"
    TITLE = "title"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Voice:
    """One source that says something."""

    source: int
    """Index into `Blame.paths`."""
    manner: Manner
    spans: tuple[Span, ...] = ()
    """Where, in lines of its file, ascending; empty where that is not known or no line says it."""


@dataclass(frozen=True, slots=True)
class Blamed:
    """A field, title or statement of the canonical, and who says it."""

    part: Part
    name: str
    """The name of a field, the style of a title, the kind of an item."""
    text: str
    span: Span
    """In lines of the file."""
    voices: tuple[Voice, ...]
    """By source, one of each at most; none where no source says it."""

    @property
    def support(self) -> int:
        """How many sources say it, in whatever words."""
        return sum(voice.manner is not Manner.PARTLY for voice in self.voices)


@dataclass(frozen=True, slots=True)
class Blame:
    """The account of a canonical agent."""

    canonical: Agent
    paths: tuple[str, ...]
    """Of the sources, as given; as the legend of the marks spells them where these were used."""
    sources: tuple[Agent, ...]
    """Empty where marks were used."""
    parts: tuple[Blamed, ...]
    """Fields in the order of the file, then titles and statements in theirs. Layout is left out; marks tell nothing of
    fields, so these are missing where marks were used."""


def blame(canonical: Agent, sources: Sequence[Agent]) -> Blame:
    """Which of the sources say the fields, titles and statements of an agent, and where.

    Without sources the marks of the canonical are used; BadInput where it has none. Costs one alignment a source.
    """
    if not sources:
        return _by_marks(canonical)
    from agentdiff.similarity import prepared  # heavy, and marks need none of it

    whole = prepared(canonical)
    readings = [_Reading(whole, source) for source in sources]
    fields = (_blamed_field(field, sources) for field in _fields(canonical))
    titles = (
        _blamed_title(canonical, section, _voices(reading.title(section) for reading in readings))
        for section in _titles(canonical)
    )
    items = (
        _blamed_item(canonical, item, _voices(reading.item(item) for reading in readings))
        for item in _statements(canonical)
    )
    paths = tuple(source.path for source in sources)
    return Blame(canonical, paths, tuple(sources), (*fields, *_in_order([*titles, *items])))


def _fields(agent: Agent) -> list[Field]:
    """Of a key that stands twice the last one counts."""
    return [field for field in agent.fields if agent.field(field.name) is field]


def _titles(agent: Agent) -> list[Section]:
    return [section for section in agent.sections if section.style is not SectionStyle.LEAD]


def _statements(agent: Agent) -> list[Item]:
    return [item for item in agent.items if item.kind not in _LAYOUT]


def _blamed_title(agent: Agent, section: Section, voices: tuple[Voice, ...]) -> Blamed:
    span = agent.on_disk(section.title_span)
    words = f"{section.title}: {section.introduction}" if section.introduction else section.title
    return Blamed(Part.TITLE, section.style.value, words, span, voices)


def _blamed_item(agent: Agent, item: Item, voices: tuple[Voice, ...]) -> Blamed:
    return Blamed(Part.ITEM, item.kind.value, item.text, agent.on_disk(item.span), voices)


def _in_order(parts: Iterable[Blamed]) -> list[Blamed]:
    return sorted(parts, key=lambda each: each.span)


_Found = tuple[Manner, tuple[Span, ...]]


def _voices(found: Iterable[_Found | None]) -> tuple[Voice, ...]:
    return tuple(Voice(number, *each) for number, each in enumerate(found) if each)


# ---------------------------------------------------------------------------------------------- body


class _Reading:
    """One source as seen from the canonical."""

    def __init__(self, canonical: Prepared, source: Agent) -> None:
        from agentdiff.align import align_prepared
        from agentdiff.similarity import prepared

        alignment = align_prepared(canonical, prepared(source))
        self._items = _by_old(alignment.items)
        self._sections = _by_old(alignment.sections)
        self._source = source
        self._words: defaultdict[str, list[Span]] = defaultdict(list)
        """Where each text stands; titles and what follows them on their line are texts, too."""
        for section in _titles(source):
            self._words[comparable_title(section.title)].append(section.title_span)
            self._words[_comparable(section.introduction)].append(section.title_span)
        for item in _statements(source):
            self._words[comparable_text(item)].append(item.span)

    def item(self, item: Item) -> _Found | None:
        """How this source says a statement, and where."""
        partners = [(match.relation, self._source.items[match.new].span) for match in self._items.get(item.id, ())]
        return self._found(comparable_text(item), partners)

    def title(self, section: Section) -> _Found | None:
        """How this source says a title, and where."""
        matches = self._sections.get(section.id, ())
        partners = [(match.relation, self._source.sections[match.new].title_span) for match in matches]
        return self._found(comparable_title(section.title), partners)

    def _found(self, words: str, partners: Sequence[tuple[Relation, Span]]) -> _Found | None:
        if words and words in self._words:
            return Manner.KEPT, self._on_disk(self._words[words])
        equal = [span for relation, span in partners if relation is Relation.EQUAL]
        if equal:
            return Manner.REWORDED, self._on_disk(equal)
        return (Manner.PARTLY, self._on_disk([span for _, span in partners])) if partners else None

    def _on_disk(self, spans: Iterable[Span]) -> tuple[Span, ...]:
        return tuple(sorted({self._source.on_disk(span) for span in spans}))


def _by_old(matches: Iterable[Match]) -> Mapping[int, list[Match]]:
    found: defaultdict[int, list[Match]] = defaultdict(list)
    for match in matches:
        found[match.old].append(match)
    return found


def _comparable(text: str) -> str:
    return comparable_title(plain(text))


# ---------------------------------------------------------------------------------------------- fields


def _blamed_field(field: Field, sources: Sequence[Agent]) -> Blamed:
    voices = _voices(_field_of(source, field) for source in sources)
    return Blamed(Part.FIELD, field.name, field.raw, field.span, voices)


def _field_of(source: Agent, field: Field) -> _Found | None:
    """How a source gives the value of a field. A name may stand in no line of it."""
    other = source.field(field.name)
    if other is None:
        return (Manner.KEPT, ()) if field.name == "name" and source.name == field.value else None
    manner = _manner_of_value(field.value, other.value)
    return (manner, (other.span,)) if manner else None


def _manner_of_value(value: FieldValue, other: FieldValue) -> Manner | None:
    if comparable_value(value) == comparable_value(other):
        return Manner.KEPT
    ours, theirs = _parts_of(value), _parts_of(other)
    if is_list_of_texts(value) and ours == theirs:
        return Manner.REWORDED
    return Manner.PARTLY if ours & theirs else None


def _parts_of(value: FieldValue) -> frozenset[str]:
    """What two values may have in common: entries of lists, sentences and tagged examples of texts."""
    if isinstance(value, str):
        return frozenset(filter(None, map(_comparable, _SENTENCE_ENDS.split(value.replace("\\n", "\n")))))
    if isinstance(value, Mapping):
        return frozenset(value)
    return frozenset(each for each in value or () if isinstance(each, str))


# ---------------------------------------------------------------------------------------------- marks


def _by_marks(canonical: Agent) -> Blame:
    legend = legend_in(canonical) if is_markdown(canonical) else ()
    if not legend:
        remedy = "name the sources behind it, or the file of decisions with --decisions"
        raise BadInput(f"{canonical.path}: nothing says what this was made of; {remedy}")
    reader = _MarkReader(canonical, len(legend))
    titles = [_blamed_title(canonical, each, reader.of_title(each)) for each in _titles(canonical)]
    items = [_blamed_item(canonical, each, reader.of_item(each)) for each in _statements(canonical)]
    return Blame(canonical, legend, (), tuple(_in_order([*titles, *items])))


class _MarkReader:
    """Finds the mark of a title or statement. Titles are to be asked for first: theirs may stand behind them."""

    def __init__(self, agent: Agent, count: int) -> None:
        self._agent = agent
        self._count = count
        rows = zip(agent.source.split("\n"), agent.text.split("\n"), strict=True)
        self._ends = dict(_marks_at_ends(rows))
        lonely = ((item.span.first, marks.alone(item.text)) for item in agent.items if marks.is_mark_item(item))
        self._alone = {line: numbers for line, numbers in lonely if numbers}

    def of_title(self, section: Section) -> tuple[Voice, ...]:
        """Who says a title."""
        numbers = self._within(section.title_span)
        if not numbers and section.style in (SectionStyle.ATX, SectionStyle.XML):
            numbers = self._alone.pop(section.title_span.last + 1, ())
        return self._named(numbers)

    def of_item(self, item: Item) -> tuple[Voice, ...]:
        """Who says a statement; the mark before a table is that of all its rows."""
        items = self._agent.items
        while item.kind in _TABULAR and item.id and items[item.id - 1].kind in _TABULAR:
            before = items[item.id - 1]
            if before.span.last + 1 != item.span.first or marks.is_mark_item(before):
                break
            item = before
        above = () if item.kind in (ItemKind.BULLET, ItemKind.NUMBERED) else self._alone.get(item.span.first - 1, ())
        return self._named(self._within(item.span) or above)

    def _within(self, span: Span) -> tuple[int, ...]:
        return next((self._ends[n] for n in range(span.first, span.last + 1) if n in self._ends), ())

    def _named(self, numbers: Iterable[int]) -> tuple[Voice, ...]:
        return tuple(Voice(number - 1, Manner.MARKED) for number in numbers if number <= self._count)


def _marks_at_ends(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """For each line from 1 that ends in a mark, which reading has left out of the second text, what the mark names."""
    for number, (written, read) in enumerate(rows, 1):
        found = marks.marked(written) if written != read else None
        if found:
            yield number, found.numbers
