"""Styled lines before they meet a stream: what the reports make and `stream.py` prints."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from agentdiff.text import fold, is_unspaced, split_unspaced

ELLIPSIS = "..."
"""Marks text that was left out. ASCII, so that no encoding of a stream can spoil it."""

_PIECES = re.compile(r"\n|[ \t]+|[^ \t\n]+")


class Style(StrEnum):
    """What a stretch of text is, not how it looks; the stream decides about colours."""

    PLAIN = "plain"
    HEADING = "heading"
    MUTED = "muted"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    ADDED_WORDS = "added-words"
    """New words inside a changed text; set in `{+ +}` where there is no colour."""
    REMOVED_WORDS = "removed-words"
    """Lost words inside a changed text; set in `[- -]` where there is no colour."""


class Run(NamedTuple):
    """Text of one style."""

    text: str
    style: Style = Style.PLAIN


Runs = tuple[Run, ...]


class Line(NamedTuple):
    """One line of a report. It may hold line feeds, and it is fitted to the width of the stream."""

    runs: Runs
    hang: int = 0
    """Columns by which everything after the first row is indented."""
    is_cut: bool = False
    """Too long a line ends in `...` after one row instead of going on in the next."""


BLANK = Line(())


def line(*parts: str | Run, hang: int = 0, is_cut: bool = False) -> Line:
    """A line of those parts; a bare string is plain text."""
    return Line(tuple(Run(part) if isinstance(part, str) else part for part in parts), hang, is_cut)


def display_width(text: str) -> int:
    """Columns that `text` takes in a terminal: wide East Asian letters and most emoji take two."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def shorten(text: str, width: int) -> str:
    """`text` on one row of at most `width` columns; what is left out at the end becomes `...`."""
    text = fold(text)
    if display_width(text) <= width:
        return text
    kept = _prefix(text, max(width - len(ELLIPSIS), 1))
    return kept.rstrip() + ELLIPSIS


def fit(whole: Line, width: int) -> list[Runs]:
    """The rows of a line on a stream of `width` columns. A word is never broken, so that it can be copied."""
    if whole.is_cut:
        return [_cut(whole, width)]
    text = "".join(run.text for run in whole.runs)
    if display_width(text) <= width and "\n" not in text and "\t" not in text:
        return [whole.runs]
    return list(_wrap(whole, width))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _prefix(text: str, width: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += _columns(character)
        if used > width:
            return text[:index]
    return text


def _cut(whole: Line, width: int) -> Runs:
    """Leading blanks are layout and stay; a line feed in the content becomes a blank."""
    runs = [Run(run.text.replace("\n", " "), run.style) for run in whole.runs]
    if sum(display_width(run.text) for run in runs) <= width:
        return tuple(runs)
    left = max(width - len(ELLIPSIS), 1)
    kept: list[Run] = []
    for run in runs:
        text = _prefix(run.text, left)
        kept.append(Run(text, run.style))
        left -= display_width(text)
        if text != run.text:
            break
    last = kept[-1]
    return (*kept[:-1], Run(last.text.rstrip() + ELLIPSIS, last.style))


def _wrap(whole: Line, width: int) -> Iterator[Runs]:
    """Break greedily at blanks. Pieces without a blank between them stay together, whatever their styles."""
    indent = Run(" " * whole.hang)
    row: list[Run] = []
    used = 0
    is_start = True
    gap: list[Run] = []
    for chunk in _chunks(whole):
        text = "".join(run.text for run in chunk)
        if text == "\n":
            yield tuple(row)
            row, used, is_start, gap = [indent], whole.hang, True, []
            continue
        if not text.strip(" \t"):
            gap += chunk
            continue
        blanks = sum(len(run.text) for run in gap)
        if not is_start and used + blanks + display_width(text) > width:
            yield tuple(row)
            row, used = [indent], whole.hang
        else:
            row += gap
            used += blanks
        row += chunk
        used += display_width(text)
        # The hanging indent is layout, not content: a row counts as started once it is wider than that.
        is_start = used <= whole.hang
        gap = []
    yield tuple(row)


def _chunks(whole: Line) -> Iterator[list[Run]]:
    """Words, which may change their style inside, and between them blanks and line feeds on their own."""
    word: list[Run] = []
    for run in whole.runs:
        for piece in _PIECES.findall(run.text):
            if piece.strip(" \t\n"):
                for part in split_unspaced(piece):
                    if word and is_unspaced(part[0]):
                        yield word
                        word = []
                    word.append(Run(part, run.style))
                continue
            if word:
                yield word
                word = []
            yield [Run(piece.replace("\t", "    "), run.style)]
    if word:
        yield word
