"""Data with its places: what a JSON, TOML or YAML file holds, and which characters of the file say so.

The containers read into these nodes and write from `Typed` values; this module knows none of their grammars, apart
from how each spreads a text over lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from agentdiff.model import FieldValue


class NotReadable(Exception):
    """The text is not in the container's language. `is_too_complex` where only its depth or size stands in the way."""

    def __init__(self, line: int, problem: str, is_too_complex: bool = False) -> None:
        self.line = line
        """Number of the line, from 1."""
        self.problem = problem
        """Words that follow the place: `a comma is missing`."""
        self.is_too_complex = is_too_complex
        super().__init__(f"line {line}: {problem}")


class Bare(str):
    """A number, truth value or date as it is written: no text, so never in quotes."""

    __slots__ = ()


Typed: TypeAlias = "str | Sequence[Typed] | Mapping[str, Typed] | None"
"""What is to be written: a text, a Bare, nothing, a list or a map."""


class Node(NamedTuple):
    """One value and its place; offsets are characters of the text that was read."""

    value: FieldValue
    """Texts decoded, numbers and truth values as written, nothing (`null`) as None."""
    start: int
    end: int
    """`text[start:end]` is the value as written: with its quotes or brackets, a block of text to its last line that
    is not blank, a table of TOML from its first header to its last entry."""
    entries: tuple[Entry, ...] = ()
    """Of a map, in the order of the file. A repeated key is there each time; the last one counts in `value`."""
    elements: tuple[Node, ...] = ()
    """Of a list."""
    is_text: bool = False
    """Whether it is a string, as opposed to a number, truth value, date or nothing."""
    is_inline: bool = False
    """Whether it stands in braces or brackets of YAML or TOML."""
    column: int = 0
    """For YAML: characters in front of the key or dash it belongs to. Its own lines begin further right."""


class Entry(NamedTuple):
    """One entry of a map."""

    key: str
    start: int
    """Offset of the key."""
    node: Node


def find(node: Node, path: Sequence[str]) -> Node | None:
    """The node to which the keys lead through maps; of repeated keys the last. None where one is missing."""
    for key in path:
        following = next((entry.node for entry in reversed(node.entries) if entry.key == key), None)
        if following is None:
            return None
        node = following
    return node


def typed(node: Node) -> Typed:
    """The value with its numbers and truth values told from texts, ready to be written."""
    if isinstance(node.value, Mapping):
        return {entry.key: typed(entry.node) for entry in node.entries}
    if isinstance(node.value, str):
        return str(node.value) if node.is_text else Bare(node.value)
    return None if node.value is None else [typed(element) for element in node.elements]


def is_same(node: Node, value: Typed) -> bool:
    """Whether the node holds just this already: the same kinds, the same order, no key twice."""
    if isinstance(value, str) or value is None:
        return node.value == value and node.is_text == (value is not None and not isinstance(value, Bare))
    if isinstance(value, Mapping):
        return (
            isinstance(node.value, Mapping)
            and [entry.key for entry in node.entries] == list(value)
            and all(is_same(entry.node, value[entry.key]) for entry in node.entries)
        )
    return (
        isinstance(node.value, tuple)
        and len(node.elements) == len(value)
        and all(is_same(element, wanted) for element, wanted in zip(node.elements, value, strict=True))
    )


# ---------------------------------------------------------------------------------------------- cutting

BYTE_ORDER_MARK = "\ufeff"

_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Control characters, other line breaks, and marks that turn the direction of writing."""


def escape_invisible(written: str, kept: str = "") -> str:
    """A quoted string with what nobody sees, `kept` aside, as `\\uXXXX`, which JSON, TOML and YAML all read."""
    return _INVISIBLE.sub(lambda found: found[0] if found[0] in kept else f"\\u{ord(found[0]):04x}", written)


def has_invisible(text: str, kept: str) -> bool:
    """Whether a text holds characters, `kept` aside, that nobody sees."""
    return any(found[0] not in kept for found in _INVISIBLE.finditer(text))


def line_at(text: str, offset: int) -> int:
    """Number of the line of an offset, from 1."""
    return text.count("\n", 0, offset) + 1


def newline(text: str) -> str:
    """The line ending of a file."""
    return "\r\n" if "\r\n" in text else "\n"


def line_start(text: str, offset: int) -> int:
    """Offset of the first character of the line; a byte order mark belongs to no line."""
    start = text.rfind("\n", 0, offset) + 1
    return start + 1 if start == 0 and text.startswith(BYTE_ORDER_MARK) and offset > 0 else start


def line_end(text: str, offset: int) -> int:
    """Offset behind the last character of the line, in front of its line ending."""
    end = text.find("\n", offset)
    if end < 0:
        return len(text)
    return end - 1 if end > offset and text[end - 1] == "\r" else end


def line_lead(text: str, offset: int) -> str:
    """The blanks that the line of an offset begins with, up to the offset."""
    start = line_start(text, offset)
    return text[start : start + len(text[start:offset]) - len(text[start:offset].lstrip(" \t"))]


def break_before(text: str, offset: int) -> int:
    """Offset of the line ending in front of the line that begins at an offset; the offset itself at the very start."""
    if offset == 0 or text[offset - 1] != "\n":
        return offset
    return offset - 2 if text.startswith("\r", offset - 2) and offset > 1 else offset - 1


def without(text: str, cuts: Iterable[tuple[int, int]]) -> str:
    """The text without some stretches."""
    parts, end = [], 0
    for start, stop in sorted(cuts):
        parts.append(text[end:start])
        end = max(end, stop)
    return "".join([*parts, text[end:]])


def insert_inline(text: str, map_node: Node, written: str) -> str:
    """A map in braces with one entry more; commas between entries, none needed behind the last."""
    if map_node.entries:
        at = map_node.entries[-1].node.end
        return text[:at] + ", " + written + text[at:]
    return text[: map_node.start + 1] + written + text[map_node.start + 1 :]


def remove_inline(text: str, map_node: Node, entry: Entry) -> str:
    """A map in braces without one of its entries and the comma that it leaves behind."""
    number = map_node.entries.index(entry)
    if number:
        return text[: map_node.entries[number - 1].node.end] + text[entry.node.end :]
    if len(map_node.entries) > 1:
        return text[: entry.start] + text[map_node.entries[1].start :]
    return text[: map_node.start] + "{}" + text[map_node.end :]


# ---------------------------------------------------------------------------------------------- lines of a text

_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    r"|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.)|\Z)",
    re.DOTALL,
)
_UNSEEN_ESCAPES = "ntrfvN_LP \t\r"
_CONTROL_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "e": "\x1b"}


def line_numbers(raw: str, first_line: int, text: str) -> tuple[int, ...]:
    """The line of the file on which each line of a text stands (`text.split("\\n")`).

    `raw` is the text as written, `Node` style, beginning on line `first_line` of the file. Escapes and folding change
    only white space, so a line stands where as many visible characters went before it. Blank lines follow the line
    above them. Where the text was not written that way, as behind an alias, all stand on `first_line`.
    """
    lines = text.split("\n")
    wanted = "".join(text.split())
    for written in _visible_lines(raw):
        if len(written) > 1 and "".join(written) == wanted:
            return tuple(first_line + number for number in _places(written, lines))
    return (first_line,) * len(lines)


def _places(written: Sequence[str], lines: Sequence[str]) -> Iterator[int]:
    """For each line of a text the number, from 0, of the written line that holds its first visible character."""
    ends = list(accumulate(len(line) for line in written))
    place = before = 0
    for line in lines:
        visible = len("".join(line.split()))
        if visible:
            while ends[place] <= before:
                place += 1
        else:
            while ends[place] < before:
                place += 1
            if place + 1 < len(written) and not written[place + 1]:
                place += 1
        yield place
        before += visible


def _visible_lines(raw: str) -> Iterator[list[str]]:
    """The visible characters of each written line, in every style that such a beginning may mean."""
    lines = raw.split("\n")
    if raw[:1] in ("|", ">"):
        yield ["", *("".join(line.split()) for line in lines[1:])]
    for quote, unquoted in (('"""', _resolved), ('"', _resolved), ("'''", str), ("'", _single)):
        if raw.startswith(quote) and raw.endswith(quote) and len(raw) >= 2 * len(quote):
            inner = raw[len(quote) : len(raw) - len(quote)].split("\n")
            yield ["".join(unquoted(line).split()) for line in inner]
    yield ["".join(line.split()) for line in lines]


def _single(line: str) -> str:
    return line.replace("''", "'")


def _resolved(line: str) -> str:
    """A line with its escapes resolved, except that those for white space leave nothing."""
    return _ESCAPE.sub(_character, line) if "\\" in line else line


def _character(escape: re.Match[str]) -> str:
    high, low, *codes, letter = escape.groups()
    if high:
        return chr(0x10000 + (int(high, 16) - 0xD800) * 0x400 + int(low, 16) - 0xDC00)
    code = next((code for code in codes if code), None)
    if code is None:
        return "" if letter is None or letter in _UNSEEN_ESCAPES else _CONTROL_ESCAPES.get(letter, letter)
    number = int(code, 16)
    return "\ufffd" if 0xD800 <= number < 0xE000 or number > 0x10FFFF else chr(number)
