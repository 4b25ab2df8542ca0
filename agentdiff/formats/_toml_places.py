"""TOML with places. The standard library says what is valid; where things stand is told by the reader here.

It reads statements, one after the other: a header or `key = value`. Each belongs to every table on the way to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from agentdiff.formats._tree import BYTE_ORDER_MARK, Entry, Node, NotReadable, line_at

MAX_DEPTH = 64
"""Tables and lists inside each other, dots in keys counted."""

MAX_VALUES = 20_000

Path: TypeAlias = "tuple[str | int, ...]"

_SPACE = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_BLANKS = re.compile(r"[ \t]*+")
_KEY = re.compile(r"""[A-Za-z0-9_-]++|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+'""")
_STRING = re.compile(
    r'''"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+"{3,5}|\'\'\'(?:[^']++|'(?!\'\'))*+'{3,5}'''
    r"""|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+'"""
)
_SCALAR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[^\s,\]}#]++|[^\s,\]}#\[{\"'=]++")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|[ \t]*\n[ \t\n]*|(.))")
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}
_PROBLEM_LINE = re.compile(r" \(at line ([0-9]+), column [0-9]+\)| \(at end of document\)")


def load(text: str) -> Node:
    """The table that a TOML file is; raises NotReadable."""
    import tomllib

    try:
        located: Table | NotReadable = locate(text)
    except NotReadable as problem:
        if problem.is_too_complex:
            raise
        located = problem
    try:
        tomllib.loads(text.removeprefix(BYTE_ORDER_MARK))
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise _refused(text, str(problem)) from problem
    if isinstance(located, NotReadable):
        raise located
    return located.node()


def _refused(text: str, message: str) -> NotReadable:
    found = _PROBLEM_LINE.search(message)
    line = int(found[1]) if found and found[1] else line_at(text, len(text.rstrip()))
    words = _PROBLEM_LINE.sub("", message)
    return NotReadable(line, f"not valid TOML ({words[:1].lower()}{words[1:]})")


# ---------------------------------------------------------------------------------------------- locating


class Statement(NamedTuple):
    """A header or `key = value`, without the comment behind it."""

    start: int
    end: int
    is_header: bool


@dataclass(slots=True, eq=False)
class Table:
    """A table or list of tables as it grows, or a value."""

    path: Path
    key_start: int
    """Offset of the key where it is first named."""
    children: dict[str, Table] = field(default_factory=dict)
    elements: list[Table] = field(default_factory=list)
    """Of a list of tables."""
    statements: list[Statement] = field(default_factory=list)
    leaf: Node | None = None
    span: tuple[int, int] | None = None
    """Of the whole file, for the table that it is."""
    body_end: int | None = None
    """End of its last `key = value`, or of its header; None for a table that only the headers of others name."""
    prefix: str = ""
    """What is written in front of its keys, such as `a.b.`, for a table that dots made."""

    def node(self) -> Node:
        """What it holds as a node."""
        if self.leaf is not None:
            return self.leaf
        start, end = self.span or (self.statements[0].start, self.statements[-1].end)
        if self.elements:
            elements = tuple(element.node() for element in self.elements)
            return Node(tuple(element.value for element in elements), start, end, elements=elements)
        entries = tuple(Entry(key, child.key_start, child.node()) for key, child in self.children.items())
        return Node({entry.key: entry.node.value for entry in entries}, start, end, entries)

    def all(self) -> Iterator[Table]:
        """This table and all below it."""
        yield self
        for child in (*self.children.values(), *self.elements):
            yield from child.all()


def locate(text: str) -> Table:
    """The tables of a text and the statements they are made of; raises NotReadable. What TOML forbids may pass."""
    return _Locator(text).root()


class _Locator:
    """Walks the statements of a text once. Recursion is bounded by MAX_DEPTH."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._count = 0

    def _failure(self, offset: int, problem: str, is_too_complex: bool = False) -> NotReadable:
        return NotReadable(line_at(self._text, offset), problem, is_too_complex)

    def _counted(self, offset: int, depth: int) -> None:
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_VALUES:
            raise self._failure(offset, "nested too deep or too large", is_too_complex=True)

    def root(self) -> Table:
        start = len(BYTE_ORDER_MARK) if self._text.startswith(BYTE_ORDER_MARK) else 0
        root = Table((), start, span=(start, len(self._text)))
        chain = [root]
        offset = self._skip(start)
        while offset < len(self._text):
            if self._text.startswith("[", offset):
                chain, end = self._header(root, offset)
            else:
                end = self._pair(chain, offset)
            offset = self._skip(end)
        return root

    def _header(self, root: Table, start: int) -> tuple[list[Table], int]:
        """The tables on the way to a header's own, that one last, and the end of the header."""
        is_list = self._text.startswith("[[", start)
        closing = "]]" if is_list else "]"
        keys, offset = self._keys(start + len(closing))
        if not self._text.startswith(closing, offset):
            raise self._failure(offset, "a header is never closed")
        chain = [root]
        for name, key_start in keys[:-1]:
            chain += self._step(chain[-1], name, key_start)
        name, key_start = keys[-1]
        if is_list:
            self._counted(key_start, len(keys))
            tables = chain[-1].children.setdefault(name, Table((*chain[-1].path, name), key_start))
            tables.elements.append(Table((*tables.path, len(tables.elements)), key_start))
            chain += [tables, tables.elements[-1]]
        else:
            chain += self._step(chain[-1], name, key_start)
        statement = Statement(start, offset + len(closing), True)
        for table in chain:
            table.statements.append(statement)
        chain[-1].body_end = statement.end
        return chain, statement.end

    def _step(self, table: Table, name: str, key_start: int) -> list[Table]:
        """The table of that name; of a list of tables the list and its last one."""
        if name not in table.children:
            self._counted(key_start, len(table.path) + 1)
            table.children[name] = Table((*table.path, name), key_start)
        child = table.children[name]
        if child.leaf is not None:
            raise self._failure(key_start, f"`{name}` is a value already")
        return [child, child.elements[-1]] if child.elements else [child]

    def _pair(self, chain: Sequence[Table], start: int) -> int:
        keys, offset = self._keys(start)
        if not self._text.startswith("=", offset):
            raise self._failure(offset, "`=` is missing behind a key")
        way = list(chain)
        for (name, key_start), (_, next_start) in pairwise(keys):
            way += self._step(way[-1], name, key_start)
            way[-1].prefix = self._text[start:next_start]
        name, key_start = keys[-1]
        value = self._value(self._blanks(offset + 1), len(way))
        if name in way[-1].children:
            raise self._failure(key_start, f"`{name}` is given twice")
        leaf = Table((*way[-1].path, name), key_start, leaf=value)
        way[-1].children[name] = leaf
        statement = Statement(start, value.end, False)
        for table in (*way, leaf):
            table.statements.append(statement)
        for table in way[len(chain) - 1 :]:
            table.body_end = statement.end
        return value.end

    def _keys(self, offset: int) -> tuple[list[tuple[str, int]], int]:
        """The parts of a key with their offsets, and the offset of what follows."""
        keys: list[tuple[str, int]] = []
        while True:
            offset = self._blanks(offset)
            found = _KEY.match(self._text, offset)
            if found is None:
                raise self._failure(offset, "a key is missing")
            if len(keys) == MAX_DEPTH:
                raise self._failure(offset, "nested too deep or too large", is_too_complex=True)
            keys.append((_decoded(found[0]) if found[0][0] in "\"'" else found[0], offset))
            offset = self._blanks(found.end())
            if not self._text.startswith(".", offset):
                return keys, offset
            offset += 1

    def _value(self, offset: int, depth: int, is_inline: bool = False) -> Node:
        self._counted(offset, depth)
        first = self._text[offset : offset + 1]
        if first == "[":
            return self._list(offset, depth, is_inline)
        if first == "{":
            return self._map(offset, depth, is_inline)
        if first and first in "\"'":
            found = _STRING.match(self._text, offset)
            if found is None:
                raise self._failure(offset, "a string is never closed")
            return Node(_decoded(found[0]), offset, found.end(), is_text=True, is_inline=is_inline)
        found = _SCALAR.match(self._text, offset)
        if found is None:
            raise self._failure(offset, "a value is missing")
        return Node(found[0], offset, found.end(), is_inline=is_inline)

    def _list(self, start: int, depth: int, is_inline: bool) -> Node:
        elements: list[Node] = []
        offset = self._skip(start + 1)
        while not self._text.startswith("]", offset):
            elements.append(self._value(offset, depth + 1, True))
            offset = self._behind_comma(elements[-1].end, "]")
        value = tuple(element.value for element in elements)
        return Node(value, start, offset + 1, elements=tuple(elements), is_inline=is_inline)

    def _map(self, start: int, depth: int, is_inline: bool) -> Node:
        table = Table((), start, span=(start, start))
        offset = self._skip(start + 1)
        while not self._text.startswith("}", offset):
            keys, behind = self._keys(offset)
            if not self._text.startswith("=", behind):
                raise self._failure(behind, "`=` is missing behind a key")
            holder = table
            for name, key_start in keys[:-1]:
                holder = self._step(holder, name, key_start)[-1]
            value = self._value(self._blanks(behind + 1), depth + len(keys), True)
            holder.children[keys[-1][0]] = Table((), keys[-1][1], leaf=value)
            offset = self._behind_comma(value.end, "}")
        return _inline_map(table, start, offset + 1)._replace(is_inline=is_inline)

    def _behind_comma(self, offset: int, closing: str) -> int:
        end = self._skip(offset)
        if self._text.startswith(",", end):
            return self._skip(end + 1)
        if not self._text.startswith(closing, end):
            raise self._failure(end, f"a comma or `{closing}` is missing")
        return end

    def _skip(self, offset: int) -> int:
        found = _SPACE.match(self._text, offset)
        return found.end() if found else offset

    def _blanks(self, offset: int) -> int:
        found = _BLANKS.match(self._text, offset)
        return found.end() if found else offset


def _inline_map(table: Table, start: int, end: int) -> Node:
    """A table in braces; those inside that dots made have the place of their first to their last value."""
    entries = []
    for key, child in table.children.items():
        node = child.leaf
        if node is None:
            below = _inline_map(child, child.key_start, end)
            node = below._replace(end=max(entry.node.end for entry in below.entries))
        entries.append(Entry(key, child.key_start, node))
    value = {entry.key: entry.node.value for entry in entries}
    return Node(value, start, end, tuple(entries), is_inline=True)


def _decoded(written: str) -> str:
    quote = written[:3] if written[:3] in ('"""', "'''") and len(written) >= 6 else written[0]
    text = written[len(quote) : -len(quote)]
    if len(quote) == 3:
        text = text.replace("\r\n", "\n").removeprefix("\n")
    return _ESCAPE.sub(_character, text) if quote[0] == '"' and "\\" in text else text


def _character(escape: re.Match[str]) -> str:
    *codes, letter = escape.groups()
    code = next((code for code in codes if code), None)
    if code is None:
        return _ESCAPED.get(letter, letter) if letter else ""
    return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else "\ufffd"
