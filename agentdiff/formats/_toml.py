"""TOML files edited in place, and new ones written; the reading is `_toml_places`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeGuard

from agentdiff.errors import BadInput
from agentdiff.formats import _toml_places
from agentdiff.formats._toml_places import Path, Statement, Table, locate
from agentdiff.formats._tree import (
    BYTE_ORDER_MARK,
    Bare,
    Entry,
    Node,
    Typed,
    break_before,
    escape_invisible,
    has_invisible,
    insert_inline,
    is_same,
    line_end,
    line_lead,
    line_start,
    newline,
    remove_inline,
    typed,
    without,
)

load = _toml_places.load


# ---------------------------------------------------------------------------------------------- editing


def replace(text: str, node: Node, value: Typed) -> str:
    """The text with another value in place of a node; all the rest stays, and so does a value that is the same.

    A table keeps those of its lines that hold the same as before; what is new in it comes last. Other things that
    were written with headers or dots, and become something else, move to the end of the table that they are in.
    Raises BadInput where the value holds a None, which TOML cannot say, and where a key in braces has dots.
    """
    if is_same(node, value):
        return text
    _refuse_dots_in_braces(text, [node])
    if not _is_spread(text, node):
        return text[: node.start] + _replacement(text, node, value) + text[node.end :]
    table = _table_of(text, node)
    if isinstance(value, Mapping) and value and not table.elements:
        return _replace_table(text, table.path, value)
    if not table.path:
        raise BadInput("a TOML file is a table; it can become nothing else")
    if isinstance(table.path[-1], int):
        whole = _resolved(locate(text), table.path[:-1])
        elements = [typed(element.node()) for element in whole.elements] if whole else []
        elements[table.path[-1]] = value
        table, value = whole or table, elements
    return _put(_cut(text, table.statements), table.path, value)


def insert(text: str, map_node: Node, key: str, value: Typed) -> str:
    """The text with one entry more in a table, behind its last one; maps and lists of maps get headers of their own.

    Raises BadInput where the value holds a None, which TOML cannot say.
    """
    _refuse_dots_in_braces(text, [map_node, *(entry.node for entry in map_node.entries)])
    if text.startswith("{", map_node.start):
        return insert_inline(text, map_node, f"{_key(key)} = {_inline(value)}")
    table = _table_of(text, map_node)
    ending = newline(text)
    if not table.prefix and _wants_header(value):
        return _with_sections(text, table, _sections((*_names(table.path), key), value))
    line = f"{table.prefix}{_key(key)} = {_written(value, ending)}"
    if table.body_end is not None:
        last = next(statement for statement in table.statements if statement.end == table.body_end)
        lead = "" if last.is_header else line_lead(text, last.start)
        at = line_end(text, table.body_end)
        return text[:at] + ending + lead + line + text[at:]
    if table.path:
        return _with_sections(text, table, _sections(_names(table.path), {key: value}))
    start = map_node.start
    return text[:start] + line + ending + text[start:]


def remove(text: str, map_node: Node, entry: Entry) -> str:
    """The text without one entry of a table: its lines with the comments behind them, wherever they stand.

    A table that only dots or the headers of others made goes with its last entry.
    """
    _refuse_dots_in_braces(text, [map_node, *(entry.node for entry in map_node.entries)])
    if text.startswith("{", map_node.start):
        return remove_inline(text, map_node, entry)
    return _cut(text, _table_of(text, map_node).children[entry.key].statements)


def _is_spread(text: str, node: Node) -> bool:
    """Whether a table or list is written in statements of its own, not in brackets behind a key."""
    if isinstance(node.value, Mapping):
        return not text.startswith("{", node.start)
    return bool(node.elements) and node.elements[0].start == node.start


def _refuse_dots_in_braces(text: str, nodes: Sequence[Node]) -> None:
    """`{ a.b = 1, c = 2, a.d = 3 }`: the parts of `a` stand anywhere, and nobody writes that."""
    if any(node.is_inline and isinstance(node.value, Mapping) and text[node.start] != "{" for node in nodes):
        raise BadInput("a table in braces has dots in its keys; give the inner table braces of its own")


def _table_of(text: str, node: Node) -> Table:
    """The table of a node that was read from this text."""
    for table in locate(text).all():
        if table.leaf is None and (table.span or table.statements):
            start, end = table.span or (table.statements[0].start, table.statements[-1].end)
            if (start, end) == (node.start, node.end) and table.node() == node:
                return table
    raise ValueError("the node was read from another text")


def _resolved(table: Table, path: Path) -> Table | None:
    for part in path:
        following = table.elements[part] if isinstance(part, int) else table.children.get(part)
        if following is None:
            return None
        table = following
    return table


def _replace_table(text: str, path: Path, value: Mapping[str, Typed]) -> str:
    for key, wanted in value.items():
        table = _resolved(locate(text), path)
        child = table.children.get(key) if table else None
        if table is not None:
            text = replace(text, child.node(), wanted) if child else insert(text, table.node(), key, wanted)
    table = _resolved(locate(text), path)
    spare = [key for key in table.children if key not in value] if table else []
    return _cut(text, [statement for key in spare if table for statement in table.children[key].statements])


def _put(text: str, path: Path, value: Typed) -> str:
    """The text with a value where a path leads that is not there, or not to its end."""
    table, rest = locate(text), list(_names(path))
    for number, part in enumerate(path):
        following = _resolved(table, (part,))
        if following is None or following.leaf is not None:
            break
        table, rest = following, list(_names(path[number + 1 :]))
    for name in reversed(rest[1:]):
        value = {name: value}
    return insert(text, table.node(), rest[0], value)


def _cut(text: str, statements: Sequence[Statement]) -> str:
    """The text without the lines of some statements, and without the blank line in front of a header."""
    cuts: list[tuple[int, int]] = []
    for statement in sorted(set(statements)):
        start = line_start(text, statement.start)
        begin = break_before(text, start)
        if statement.is_header and begin < start:
            begin = break_before(text, begin)
        if cuts and begin <= cuts[-1][1]:
            begin = cuts.pop()[0]
        cuts.append((begin, line_end(text, statement.end)))
    if cuts and break_before(text, cuts[0][0]) == line_start(text, cuts[0][0]):  # no line above, so the one below
        cuts[0] = cuts[0][0], min(len(text), cuts[0][1] + len(newline(text)))
    return without(text, cuts)


def _with_sections(text: str, table: Table, lines: Sequence[str]) -> str:
    ending = newline(text)
    at = line_end(text, table.statements[-1].end) if table.statements else len(text.rstrip())
    lead = ending * 2 if text[:at].removeprefix(BYTE_ORDER_MARK) else ""
    return text[:at] + lead + _with_endings(lines, ending) + text[at:] + ("" if lead or text[at:] else ending)


def _with_endings(lines: Sequence[str], ending: str) -> str:
    return "\n".join(lines).replace("\n", ending)


# ---------------------------------------------------------------------------------------------- writing

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[\w.:+ -]+", re.ASCII)
_LONG_LIST = 100
"""Characters of a list on one line from which on a new list gets a line for each element."""


def dump(value: Mapping[str, Typed]) -> str:
    """The table as a file of its own: values first, then tables, each with its header.

    Texts of several lines are written between `'''` where they can be. Raises BadInput where the value holds a None.
    """
    return "\n".join(_sections((), value)).lstrip("\n") + "\n" if value else ""


def _wants_header(value: Typed) -> TypeGuard[Mapping[str, Typed] | Sequence[Mapping[str, Typed]]]:
    if isinstance(value, Mapping):
        return bool(value)
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and bool(value)
        and all(isinstance(element, Mapping) for element in value)
    )


def _sections(names: Sequence[str], value: Mapping[str, Typed] | Sequence[Mapping[str, Typed]]) -> list[str]:
    """The lines of a table, or of a list of tables, with headers and a blank line between two."""
    title = ".".join(map(_key, names))
    if not isinstance(value, Mapping):
        parts = [[f"[[{title}]]", *_body(names, element)] for element in value]
        return [line for number, part in enumerate(parts) for line in ([""] if number else []) + part]
    body = _body(names, value)
    has_own_lines = not all(map(_wants_header, value.values())) or not value
    return [f"[{title}]", *body] if names and has_own_lines else body[1:] if names else body


def _body(names: Sequence[str], value: Mapping[str, Typed]) -> list[str]:
    lines = [f"{_key(key)} = {_written(entry, chr(10))}" for key, entry in value.items() if not _wants_header(entry)]
    for key, entry in value.items():
        if _wants_header(entry):
            lines += ["", *_sections((*names, key), entry)]
    return lines


def _names(path: Path) -> tuple[str, ...]:
    return tuple(part for part in path if isinstance(part, str))


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _basic(name)


def _written(value: Typed, ending: str) -> str:
    """A value behind a key that has its lines to itself."""
    if isinstance(value, str) and not isinstance(value, Bare):
        return _quoted(value, '"', ending)
    written = _inline(value)
    if isinstance(value, (str, Mapping)) or value is None or len(written) <= _LONG_LIST:
        return written
    return _list_over_lines(value, "    ", "", ending, '"')


def _inline(value: Typed, quote: str = '"') -> str:
    """A value on one line."""
    if value is None:
        raise BadInput("TOML cannot say that a key holds nothing; give it a value or leave it out")
    if isinstance(value, Bare):
        return _bare(value)
    if isinstance(value, str):
        return _basic(value) if "\n" in value else _quoted(value, quote, "\n")
    if isinstance(value, Mapping):
        parts = [f"{_key(key)} = {_inline(entry, quote)}" for key, entry in value.items()]
        return "{ " + ", ".join(parts) + " }" if parts else "{}"
    return "[" + ", ".join(_inline(element, quote) for element in value) + "]"


def _list_over_lines(value: Sequence[Typed], lead: str, closing_lead: str, ending: str, quote: str) -> str:
    lines = [f"{lead}{_inline(element, quote)}," for element in value]
    return ending.join(["[", *lines, closing_lead + "]"])


def _replacement(text: str, node: Node, value: Typed) -> str:
    """A value as it is to stand in place of another, in the style of the old one."""
    old = text[node.start : node.end]
    ending = newline(text)
    if isinstance(value, str) and not isinstance(value, Bare) and node.is_text:
        quote = old[:3] if old[:3] in ('"""', "'''") and len(old) >= 6 else old[0]
        return _quoted(value, quote, ending, is_below=old[len(quote) :].startswith(("\n", "\r\n")))
    if isinstance(value, (str, Mapping)) or value is None:
        return _inline(value) if node.is_inline else _written(value, ending)
    first = node.elements[0] if node.elements else None
    quote = "'" if first and first.is_text and text.startswith("'", first.start) else '"'
    if value and first and "\n" in text[node.start : first.start]:
        lead = line_lead(text, first.start)
        return _list_over_lines(value, lead, line_lead(text, node.end - 1), ending, quote)
    return _inline(value, quote) if first or node.is_inline else _written(value, ending)


def _quoted(text: str, quote: str, ending: str, is_below: bool = False) -> str:
    """A text in these quotes, or in others where these cannot hold it; `is_below`: it begins on the next line."""
    is_long = len(quote) == 3
    if "\n" in text and not is_long:
        quote, is_below, is_long = "'''", True, True
    if quote[0] == "'" and (quote in text or text.endswith("'") or has_invisible(text, "\t\n")):
        quote = '"' * len(quote)
    if not is_long:
        return quote + text + quote if quote == "'" else _basic(text)
    written = text if quote == "'''" else _long(text)
    lead = ending if is_below or text.startswith("\n") else ""
    return quote + lead + written.replace("\n", ending) + quote


def _basic(text: str) -> str:
    for character, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(character, escape)
    return f'"{escape_invisible(text)}"'


def _long(text: str) -> str:
    escaped = re.sub(r'"(?=""|\Z)', '\\\\"', text.replace("\\", "\\\\"))
    return escape_invisible(escaped, "\t\n")


def _bare(written: str) -> str:
    """A number, truth value or date of another language, as text where TOML has none such."""
    import tomllib

    if _BARE_VALUE.fullmatch(written):
        for word in (written, written.lower()):
            try:
                tomllib.loads(f"value = {word}")
            except tomllib.TOMLDecodeError:
                continue
            return word
    return _basic(written)
