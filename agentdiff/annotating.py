"""The text of a canonical agent with a mark at each title and statement that names the inputs behind it.

Marks are comments (`marks.py`). They stand where they change nothing of what the Markdown means: at the end of the last
line of a title, bullet or paragraph, since what opens on an earlier line (a code span, a link) is closed there, else on
a line of their own, else nowhere. Reading leaves them out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from typing import NamedTuple

from agentdiff import marks
from agentdiff.errors import BadInput, UnfaithfulMerge
from agentdiff.formats import parse
from agentdiff.ledger import CanonicalMerge
from agentdiff.model import Agent, Container, Item, ItemKind, Section, SectionStyle
from agentdiff.text import plain

_Numbers = Mapping[int, tuple[int, ...]]
"""For each line that a unit covers the inputs behind it."""

_PROSE = frozenset({ItemKind.PARAGRAPH, ItemKind.BULLET, ItemKind.NUMBERED})
_BLOCKS = frozenset({ItemKind.CODE, ItemKind.HTML, ItemKind.COMMENT, ItemKind.TABLE_ROW})
_TABULAR = frozenset({ItemKind.TABLE_ROW, ItemKind.MARKUP})
_UNDERLINE = re.compile(r"[ \t>]*(?:=+|-+)[ \t\r]*")
_MARGIN = " \t>"
_LIST_MARKER = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")


class _Where(Enum):
    BEFORE = auto()
    END = auto()
    AFTER = auto()


class _Place(NamedTuple):
    """Where a mark goes: a line of the text, counted from 1, and what stands before the mark on a line of its own."""

    line: int
    where: _Where
    numbers: tuple[int, ...]
    margin: str = ""


class _Row(NamedTuple):
    """A line that is written, and the mark that it holds, if any."""

    text: str
    place: _Place | None = None


def annotated(merge: CanonicalMerge) -> str:
    """The merged text with its marks, and behind it the legend that gives each number its path.

    Numbers count the inputs from 1. Marks that the text had before are replaced; one in which nothing can be
    marked stays as it is. Raises BadInput for a format that
    cannot hold comments between its lines, UnfaithfulMerge where the marked text would be read as another agent.
    """
    agent = merge.output
    if agent is None:
        return merge.text
    if not is_markdown(agent):
        remedy = "write a Markdown format with --to, or ask `agentdiff blame` who said what"
        raise BadInput(f"the merged {agent.format} is {agent.container.value}, where no line can be marked; {remedy}")
    numbers = {
        line: tuple(sorted({source.input + 1 for source in unit.sources}))
        for unit in merge.units
        for line in range(unit.span.first, unit.span.last + 1)
    }
    legend = marks.legend([each.path for each in merge.inputs])
    rows = list(_rows(agent, [place for place in _places(agent, numbers) if place.numbers]))
    # A mark that would be read as text of the agent, such as one in code at a place unforeseen here, is left out.
    kept = _read_as_marks(rows, _read(_text(rows), agent))
    if not kept:
        return merge.text
    rows = list(_rows(agent, kept))
    for written in (_with_closing_legend(rows, legend), _with_opening_legend(rows, legend, agent.body_line)):
        again = _read(_text(written), agent)
        if legend_in(again) and _said(again) == _said(agent):
            return _text(written)
    raise UnfaithfulMerge("marks would change what the merged text says; merge without them, and please report it")


def is_markdown(agent: Agent) -> bool:
    """Whether the text of an agent is that of its file, line for line, and Markdown."""
    return agent.container in (Container.FRONT_MATTER, Container.MARKDOWN) and not agent.places


def legend_in(agent: Agent) -> tuple[str, ...]:
    """The paths that the legend of an agent names, as spelled there; empty without one. The last legend counts."""
    found = (marks.legend_of(item.text) for item in reversed(agent.items) if item.kind is ItemKind.MARKUP)
    return next(filter(None, found), ())


def _read(text: str, like: Agent) -> Agent:
    return parse(text, like.path, format=like.format)


def _said(agent: Agent) -> object:
    """Fields, titles and statements without their places, and without the line end that a last line may lack."""
    items = [item for item in agent.items if not marks.is_mark_item(item)]
    ranks = {item.id: rank for rank, item in enumerate(items)}
    return (
        [(each.name, each.key, each.value) for each in agent.fields],
        [(each.parent, each.title, each.introduction, each.style, each.level) for each in agent.sections],
        [(i.section, i.kind, i.text.rstrip("\r"), None if i.parent is None else ranks[i.parent]) for i in items],
    )


# ---------------------------------------------------------------------------------------------- writing


def _rows(agent: Agent, places: Sequence[_Place]) -> Iterator[_Row]:
    """The lines of an agent's file with these marks, and without those that it had."""
    at = {(place.line, place.where): place for place in places}
    old = {item.span.first for item in agent.items if marks.is_mark_item(item)}
    for number, line in enumerate(agent.text.split("\n"), 1):
        if number in old:
            continue
        if place := at.get((number, _Where.BEFORE)):
            yield _own_row(place, line)
        place = at.get((number, _Where.END))
        yield _Row(_with_mark_at_end(line, place.numbers), place) if place else _Row(line)
        if place := at.get((number, _Where.AFTER)):
            yield _own_row(place, line)


def _own_row(place: _Place, neighbour: str) -> _Row:
    return _Row(place.margin + marks.mark(place.numbers) + _line_end(neighbour), place)


def _line_end(line: str) -> str:
    return "\r" if line.endswith("\r") else ""


def _with_mark_at_end(line: str, numbers: tuple[int, ...]) -> str:
    """A hard break, two blanks or a backslash, stays at the end of its line."""
    text = line.rstrip(" \t\r")
    if (len(text) - len(text.rstrip("\\"))) % 2:
        text = text[:-1]
    return f"{text} {marks.mark(numbers)}{line[len(text) :]}"


def _with_closing_legend(rows: Sequence[_Row], legend: str) -> list[_Row]:
    end = _line_end(rows[0].text)
    whole = [*rows] if rows[-1].text else [*rows[:-1]]
    gap = [_Row(end)] if whole[-1].text.strip() else []
    if rows[-1].text:
        whole[-1] = _Row(whole[-1].text + end, whole[-1].place)
    return [*whole, *gap, _Row(legend + end), _Row("")]


def _with_opening_legend(rows: Sequence[_Row], legend: str, body_line: int) -> list[_Row]:
    """For a text that never closes a comment or code: what follows would be part of it."""
    before, after = rows[: body_line - 1], rows[body_line - 1 :]
    is_marked = after[0].text.startswith("\ufeff")
    first = _Row(after[0].text.removeprefix("\ufeff"), after[0].place)
    return [*before, _Row("\ufeff" * is_marked + legend + _line_end(rows[0].text)), first, *after[1:]]


def _text(rows: Sequence[_Row]) -> str:
    return "\n".join(row.text for row in rows)


def _read_as_marks(rows: Sequence[_Row], again: Agent) -> list[_Place]:
    """The places of the rows whose mark was read as a mark."""
    alone = {item.span.first for item in again.items if marks.is_mark_item(item)}
    texts = again.text.split("\n")
    return [
        row.place
        for number, row in enumerate(rows, 1)
        if row.place and (number in alone or texts[number - 1] != row.text)
    ]


# ---------------------------------------------------------------------------------------------- where


def _places(agent: Agent, numbers: _Numbers) -> Iterator[_Place]:
    """A place for each title and statement that can be marked."""
    lines = agent.text.split("\n")
    for section in agent.sections:
        place = _of_title(section, lines, numbers.get(section.title_span.first, ()))
        if place:
            yield place
    for item in agent.items:
        place = _of_item(agent, item, lines, numbers.get(item.span.first, ()))
        if place:
            yield place


def _of_title(section: Section, lines: Sequence[str], numbers: tuple[int, ...]) -> _Place | None:
    if section.style is SectionStyle.LEAD:
        return None
    last = section.title_span.last
    row = lines[last - 1]
    is_closed = section.style is SectionStyle.ATX and row.rstrip(" \t\r").endswith("#") and row.strip(" \t\r#") != ""
    if section.style is SectionStyle.XML or is_closed:
        return _Place(last, _Where.AFTER, numbers, row[: len(row) - len(row.lstrip(" \t"))])
    if section.style is SectionStyle.SETEXT and last > section.title_span.first:
        last -= 1
    text = "\n".join(lines[section.title_span.first - 1 : last])
    return _Place(last, _Where.END, numbers) if _is_closed_in_itself(text) else None


def _of_item(agent: Agent, item: Item, lines: Sequence[str], numbers: tuple[int, ...]) -> _Place | None:
    if item.kind in _BLOCKS:
        return _before_block(agent, item, lines[item.span.first - 1], numbers)
    if item.kind not in _PROSE:
        return None
    last = lines[item.span.last - 1]
    is_closed_heading = item.text.startswith("#") and item.text.rstrip(" \t\r").endswith("#")
    if _is_closed_in_itself(item.text) and not _UNDERLINE.fullmatch(last) and not is_closed_heading:
        return _Place(item.span.last, _Where.END, numbers)
    first, before = lines[item.span.first - 1], lines[item.span.first - 2] if item.span.first > 1 else ""
    begins_a_block = not before.strip() or item.span.first == agent.body_line
    is_at_margin = first[:1] not in _MARGIN and not _LIST_MARKER.match(first)
    if item.kind is ItemKind.PARAGRAPH and begins_a_block and is_at_margin:
        return _Place(item.span.first, _Where.BEFORE, numbers)
    return None


def _is_closed_in_itself(text: str) -> bool:
    """Whether nothing that opens in a text could take in a comment behind it: a code span, a comment, a declaration."""
    return "<!" not in text and "`" not in plain(text)


def _before_block(agent: Agent, item: Item, first: str, numbers: tuple[int, ...]) -> _Place | None:
    """A line of its own before code, HTML or a table, as far in as the block itself."""
    before = agent.items[item.id - 1] if item.id else None
    is_later_row = item.kind is ItemKind.TABLE_ROW and before and before.kind in _TABULAR
    if _LIST_MARKER.match(first) or (is_later_row and before and before.span.last + 1 == item.span.first):
        return None
    text = first.lstrip(_MARGIN)
    margin = first[: len(first) - len(text)]
    if item.kind is ItemKind.CODE and not text.startswith(("```", "~~~")):
        if item.parent is not None or ">" in margin:
            return None
        margin = ""  # the blanks of indented code would make code of the mark
    return _Place(item.span.first, _Where.BEFORE, numbers, margin)
