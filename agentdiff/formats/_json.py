"""JSON as people write it for tools, with comments and trailing commas: every value with its place, edited in place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agentdiff.formats._tree import (
    BYTE_ORDER_MARK,
    Bare,
    Entry,
    Node,
    NotReadable,
    Typed,
    break_before,
    escape_invisible,
    is_same,
    line_at,
    line_end,
    line_lead,
    newline,
    without,
)

MAX_DEPTH = 64
"""Lists and maps inside each other."""

MAX_VALUES = 20_000

_SPACE = re.compile(r"(?:[ \t\r\n]++|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/)*+")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?(?![\w.+-])")
_WORD = re.compile(r"(?:true|false|null)(?!\w)")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_COMMENT_BEHIND = re.compile(r"[ \t]*(?://[^\n]*|(?:/\*(?:[^*\n]++|\*(?!/))*+\*/[ \t]*)+(?=\r?\n|\Z))")
_ESCAPED_LETTER = re.compile(r"\\u(?!00[0-7])[0-9a-fA-F]{4}")
_INDENTED_LINE = re.compile(r"\n([ \t]+)[^\s]")


def load(text: str) -> Node:
    """The one value of a JSON text, comments and trailing commas allowed; raises NotReadable."""
    start = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    reader = _Reader(text)
    begin = reader.skip(start)
    if begin == len(text):
        raise reader.failure(begin, "the file holds nothing")
    root = reader.value(begin, 1)
    if (end := reader.skip(root.end)) < len(text):
        raise reader.failure(end, "something stands behind the end of the value")
    return root


class _Reader:
    """Walks the text once. Recursion is bounded by MAX_DEPTH."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._count = 0

    def failure(self, offset: int, problem: str, is_too_complex: bool = False) -> NotReadable:
        return NotReadable(line_at(self._text, offset), problem, is_too_complex)

    def skip(self, offset: int) -> int:
        """The offset behind blanks and comments."""
        found = _SPACE.match(self._text, offset)
        end = found.end() if found else offset
        if self._text.startswith("/*", end):
            raise self.failure(end, "a comment is never closed")
        return end

    def value(self, offset: int, depth: int) -> Node:
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_VALUES:
            raise self.failure(offset, "nested too deep or too large", is_too_complex=True)
        first = self._text[offset : offset + 1]
        if first == "{":
            return self._map(offset, depth)
        if first == "[":
            return self._list(offset, depth)
        if first == '"':
            written, end = self._string(offset)
            return Node(written, offset, end, is_text=True)
        found = _WORD.match(self._text, offset) or _NUMBER.match(self._text, offset)
        if found is None:
            raise self.failure(offset, _odd_value(first))
        return Node(None if found[0] == "null" else found[0], offset, found.end())

    def _map(self, start: int, depth: int) -> Node:
        entries: list[Entry] = []
        offset = self.skip(start + 1)
        while not self._text.startswith("}", offset):
            if not self._text.startswith('"', offset):
                raise self.failure(offset, "a key in double quotes or a closing brace is missing")
            key, end = self._string(offset)
            colon = self.skip(end)
            if not self._text.startswith(":", colon):
                raise self.failure(colon, "a colon is missing behind a key")
            entries.append(Entry(key, offset, self.value(self.skip(colon + 1), depth + 1)))
            offset = self._behind_comma(entries[-1].node.end, "}")
        return Node({entry.key: entry.node.value for entry in entries}, start, offset + 1, tuple(entries))

    def _list(self, start: int, depth: int) -> Node:
        elements: list[Node] = []
        offset = self.skip(start + 1)
        while not self._text.startswith("]", offset):
            elements.append(self.value(offset, depth + 1))
            offset = self._behind_comma(elements[-1].end, "]")
        value = tuple(element.value for element in elements)
        return Node(value, start, offset + 1, elements=tuple(elements))

    def _behind_comma(self, offset: int, closing: str) -> int:
        end = self.skip(offset)
        if self._text.startswith(",", end):
            return self.skip(end + 1)
        if not self._text.startswith(closing, end):
            raise self.failure(end, f"a comma or `{closing}` is missing")
        return end

    def _string(self, start: int) -> tuple[str, int]:
        import json

        found = _STRING.match(self._text, start)
        if found is None:
            raise self.failure(start, "a string is not closed on its line, or holds an escape that JSON does not know")
        written = found[0]
        if "\\" not in written:
            return _LONE_SURROGATE.sub("\ufffd", written[1:-1]), found.end()
        return _LONE_SURROGATE.sub("\ufffd", json.loads(written)), found.end()


def _odd_value(first: str) -> str:
    if not first:
        return "a value is missing at the end"
    return "strings need double quotes" if first == "'" or first.isalpha() else "a value is missing or is none of JSON"


# ---------------------------------------------------------------------------------------------- editing


def replace(text: str, node: Node, value: Typed) -> str:
    """The text with another value in place of a node; all the rest stays, and so does a value that is the same.

    A list or map is spread over lines where the old one was, or where the old one was neither and the file is.
    """
    if is_same(node, value):
        return text
    old = text[node.start : node.end]
    is_spread = "\n" in old if node.entries or node.elements else "\n" in text
    style = _style_of(text, node.start, is_spread)._replace(is_ascii=_is_escaped(old))
    return text[: node.start] + _written(value, style) + text[node.end :]


def insert(text: str, map_node: Node, key: str, value: Typed) -> str:
    """The text with one entry more behind the last one of a map, laid out like that one."""
    if not map_node.entries:
        return _insert_first(text, map_node, key, value)
    last = map_node.entries[-1]
    colon = _between(text, map_node, last)
    comma = _comma(text, last.node.end)
    lead, is_own_line = _lead(text, last.start)
    style = _style_of(text, last.start, is_own_line or "\n" in text[last.node.start : last.node.end])
    if not is_own_line and colon == ":":
        lead = ""
    entry = lead + _quoted(key, style.is_ascii) + colon + _written(value, style)
    if comma is not None:
        at = _behind_comment(text, comma + 1) if is_own_line else comma + 1
        return text[:at] + entry + "," + text[at:]
    end = last.node.end
    at = _behind_comment(text, end) if is_own_line else end
    return text[:end] + "," + text[end:at] + entry + text[at:]


def remove(text: str, map_node: Node, entry: Entry) -> str:
    """The text without one entry of a map: with its line and the comment behind it, and one comma less."""
    number = map_node.entries.index(entry)
    if len(map_node.entries) == 1 and not _only_between(text, map_node, entry).strip(" \t\r\n,"):
        return text[: map_node.start] + "{}" + text[map_node.end :]
    cuts: list[tuple[int, int]] = []
    comma = _comma(text, entry.node.end)
    end = entry.node.end if comma is None else comma + 1
    if comma is None and number:
        before = _comma(text, map_node.entries[number - 1].node.end)
        if before is not None:
            cuts.append((before, before + 1))
    lead, is_own_line = _lead(text, entry.start)
    is_last = number == len(map_node.entries) - 1
    if is_own_line:
        behind = _behind_comment(text, end)
        if behind == line_end(text, end):
            return without(text, [*cuts, (entry.start - len(lead), behind)])
    if is_last:
        begin = entry.start - len(lead) if is_own_line else len(text[: entry.start].rstrip(" \t"))
        if "//" in text[text.rfind("\n", 0, begin) + 1 : begin]:
            begin = entry.start  # what closes the map must not become a part of the comment
        return without(text, [*cuts, (begin, end)])
    blanks = len(text[end:]) - len(text[end:].lstrip(" \t"))
    return without(text, [*cuts, (entry.start, end + blanks)])


def _insert_first(text: str, map_node: Node, key: str, value: Typed) -> str:
    inner = text[map_node.start + 1 : map_node.end - 1]
    style = _style_of(text, map_node.start, "\n" in text)
    entry = _quoted(key, False) + ": "
    if not style.is_spread or "\n" in inner or inner.strip():
        at = len(text[: map_node.end - 1].rstrip()) if "\n" in inner else map_node.start + 1
        deeper = style._replace(indent=style.indent + style.unit)
        lead = style.newline + deeper.indent if "\n" in inner else ""
        return text[:at] + lead + entry + _written(value, deeper) + text[at:]
    return text[: map_node.start] + _written({key: value}, style) + text[map_node.end :]


def _only_between(text: str, map_node: Node, entry: Entry) -> str:
    return text[map_node.start + 1 : entry.start] + text[entry.node.end : map_node.end - 1]


def _between(text: str, map_node: Node, entry: Entry) -> str:
    """What stands between a key and its value, unless it is a comment or a line break."""
    found = _STRING.match(text, entry.start)
    written = text[found.end() : entry.node.start] if found else ""
    return written if not written.strip(": \t") else ": "


def _lead(text: str, start: int) -> tuple[str, bool]:
    """The white space in front of a key, and whether the key begins its line."""
    lead = line_lead(text, start)
    begin = start - len(lead)
    if begin > 0 and text[begin - 1] == "\n":
        return text[break_before(text, begin) : start], True
    return " ", False


def _comma(text: str, offset: int) -> int | None:
    found = _SPACE.match(text, offset)
    end = found.end() if found else offset
    return end if text.startswith(",", end) else None


def _behind_comment(text: str, offset: int) -> int:
    """The offset behind a comment that ends the line, and behind blanks; the offset itself where more follows."""
    found = _COMMENT_BEHIND.match(text, offset)
    end = found.end() if found else offset
    stop = line_end(text, offset)
    return stop if end >= stop or not text[end:stop].strip(" \t") else offset


# ---------------------------------------------------------------------------------------------- writing


class _Style(NamedTuple):
    indent: str = ""
    """Of the line that the value begins on."""
    unit: str = "  "
    newline: str = "\n"
    is_spread: bool = True
    """Whether lists and maps are spread over lines."""
    is_ascii: bool = False


def _style_of(text: str, offset: int, is_spread: bool) -> _Style:
    found = _INDENTED_LINE.search(text)
    unit = found[1] if found else "  "
    return _Style(line_lead(text, offset), unit, newline(text), is_spread)


def _is_escaped(written: str) -> bool:
    """Whether letters beyond ASCII were all written as escapes."""
    return written.isascii() and _ESCAPED_LETTER.search(written) is not None


def dump(value: Typed) -> str:
    """The value as a file of its own, two blanks of indentation."""
    return _written(value, _Style()) + "\n"


def _written(value: Typed, style: _Style) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return _bare(value) if isinstance(value, Bare) else _quoted(value, style.is_ascii)
    deeper = style._replace(indent=style.indent + style.unit)
    if isinstance(value, Mapping):
        parts = [f"{_quoted(key, style.is_ascii)}: {_written(entry, deeper)}" for key, entry in value.items()]
        return "{" + _joined(parts, style) + "}"
    return "[" + _joined([_written(element, deeper) for element in value], style) + "]"


def _joined(parts: Sequence[str], style: _Style) -> str:
    if not parts or not style.is_spread:
        return ", ".join(parts)
    lead = style.newline + style.indent
    return lead + style.unit + ("," + lead + style.unit).join(parts) + lead


def _bare(written: str) -> str:
    """A number or truth value of another language, as text where JSON has none such."""
    word = written.lower()
    if _WORD.fullmatch(word):
        return word
    return written if _NUMBER.fullmatch(written) else _quoted(written, False)


def _quoted(text: str, is_ascii: bool) -> str:
    import json

    return escape_invisible(json.dumps(text, ensure_ascii=is_ascii))
