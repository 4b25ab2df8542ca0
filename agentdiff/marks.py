"""Marks that name the sources of a line in a comment, such as `<!-- agentdiff: 1 3 -->`, and the legend to them.

Sources are numbered from 1. A mark stands at the end of a line behind one blank, or alone on a line; the legend,
`<!-- agentdiff: 1 = a.md, 2 = b.md -->`, always alone. Only this very spelling counts: all else is what its author
wrote.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from agentdiff.model import Item, ItemKind

OPENING = "<!-- agentdiff:"
"""Every mark and legend begins so; a text without it holds none."""

PATH_CHARACTERS = 120
"""Of a longer path the legend gives the end."""

_CLOSING = " -->"
_NUMBERS = re.compile(r"(?: [1-9][0-9]{0,5})+")
_ESCAPED = frozenset("%,<>|")
"""`<` and `>` could end a comment, a comma parts entries of the legend, and a bar could make a table of it."""
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Marked(NamedTuple):
    """A line that ends in marks."""

    line: str
    """The line without them; blank where they stand alone."""
    numbers: tuple[int, ...]
    """The sources that they name, ascending."""


def mark(numbers: Iterable[int]) -> str:
    """The comment that names these sources."""
    return f"{OPENING} {' '.join(map(str, numbers))}{_CLOSING}"


def legend(paths: Sequence[str]) -> str:
    """The comment that names the source behind each number; nothing in a path can end it or steer a terminal."""
    entries = (f"{number} = {_safe(path)}" for number, path in enumerate(paths, 1))
    return f"{OPENING} {', '.join(entries)}{_CLOSING}"


def _safe(path: str) -> str:
    shown = path if len(path) <= PATH_CHARACTERS else "..." + path[3 - PATH_CHARACTERS :]
    return "".join(_escaped(each, before) for before, each in zip(" " + shown, shown, strict=False))


def _escaped(character: str, before: str) -> str:
    """A character of a path, percent-encoded where it must not stand in a comment as it is."""
    is_double = character == before == "-"
    if not is_double and character not in _ESCAPED and unicodedata.category(character) not in _HIDDEN_CATEGORIES:
        return character
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def marked(line: str) -> Marked | None:
    """The line without the marks at its end, None where there are none. A hard break may stand behind them."""
    if OPENING not in line:
        return None
    end = _before_blanks(line, len(line))
    if line[end - 1] == "\\":
        end = _before_blanks(line, end - 1)
    rest, kept = line[end:], end
    numbers: set[int] = set()
    while found := _mark_before(line, end):
        kept, named = found
        numbers.update(named)
        end = _before_blanks(line, kept)
    if not numbers or (_is_blank(line[:kept]) and not _is_blank(rest)):
        return None
    return Marked(line[:kept] + rest, tuple(sorted(numbers)))


def _is_blank(text: str) -> bool:
    """Whether a text says nothing; a line may be in a quote."""
    return not text.replace(">", "").strip()


def _before_blanks(line: str, end: int) -> int:
    while end and line[end - 1] in " \t\r":
        end -= 1
    return end


def _mark_before(line: str, end: int) -> tuple[int, tuple[int, ...]] | None:
    """Where the mark begins that ends here, with the blank before it, and what it names."""
    start = line.rfind(OPENING, 0, end) if line.endswith(_CLOSING, 0, end) else -1
    if start < 0:
        return None
    numbers = _numbers(line[start + len(OPENING) : end - len(_CLOSING)])
    if not numbers or (line[start - 1 : start] != " " and not _is_blank(line[:start])):
        return None
    is_behind_blank = line[start - 1 : start] == " "
    return start - is_behind_blank, numbers


def legend_of(line: str) -> tuple[str, ...]:
    """The paths, as they are spelled there, that a legend alone on its line names; empty for any other line."""
    paths = []
    for place, entry in enumerate(_comment(line)[1:].split(", "), 1):
        number, _, path = entry.partition(" = ")
        if number != str(place) or not path or not _ESCAPED.isdisjoint(path.replace("%", "")):
            return ()
        paths.append(path)
    return tuple(paths)


def alone(line: str) -> tuple[int, ...]:
    """The sources that marks alone on their line name; empty for any other line."""
    found = marked(line)
    return found.numbers if found and _is_blank(found.line) else ()


def is_mark(line: str) -> bool:
    """Whether a line is marks, or a legend, and nothing else."""
    return OPENING in line and bool(alone(line) or legend_of(line))


def is_mark_item(item: Item) -> bool:
    """Whether an item is a mark or a legend alone on its line: it says nothing of the agent."""
    return item.kind is ItemKind.MARKUP and is_mark(item.text)


def _comment(line: str) -> str:
    """What stands in a comment of ours that is alone on its line; empty for any other line."""
    text = line.lstrip(" \t>").rstrip(" \t\r")
    if not text.startswith(OPENING) or not text.endswith(_CLOSING) or len(text) < len(OPENING) + len(_CLOSING):
        return ""
    inner = text[len(OPENING) : -len(_CLOSING)]
    return "" if "--" in inner or not inner.startswith(" ") else inner


def _numbers(inner: str) -> tuple[int, ...]:
    return tuple(map(int, inner.split())) if _NUMBERS.fullmatch(inner) else ()
