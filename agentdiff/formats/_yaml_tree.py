"""Whole YAML files with places, edited in place; the reading and dumping itself is `_yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agentdiff.errors import BadInput
from agentdiff.formats import _yaml
from agentdiff.formats._tree import (
    Bare,
    Entry,
    Node,
    Typed,
    break_before,
    escape_invisible,
    insert_inline,
    is_same,
    line_end,
    line_start,
    newline,
    remove_inline,
)

load = _yaml.load_tree

_NOT_PLAIN_TO_SEE = re.compile(r"[^\n\t -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What neither a block of text nor single quotes can hold: control characters and other line breaks."""
_HEADER = re.compile(r"[|>](?:[-+]|([1-9]))*")
_CONTENT_LINE = re.compile(r"\n( *)[^\s]")
_TWO_LINES = re.compile(r"\n[ ]*[^\s][^\n]*\n[ ]*[^\s]")
_SINGLE_BLANK = re.compile(r"(?<=\S) (?=\S)")
_COMMENT_BELOW = re.compile(r"(?:[ \t]*\r?\n)+(?P<lead>[ \t]*)#")
_BLANK_LINES = re.compile(r"(?:\r?\n[ \t]*+(?=\r?\n|\Z))*+")
_STEP = 2
"""Blanks by which a value stands further right than its key."""


def dump(value: Mapping[str, Typed] | Sequence[Typed]) -> str:
    """The map or list as a file of its own: the order kept, lists indented, texts of several lines as blocks."""
    return _yaml.dump_tree(value)


# ---------------------------------------------------------------------------------------------- replacing


def replace(text: str, node: Node, value: Typed) -> str:
    """The text with another value in place of a node; all the rest stays, and so does a value that is the same.

    Quotes stay quotes and blocks of text stay blocks where they can hold the new text. Behind a colon from which the
    value moves to the next line no blanks stay. A value with an anchor changes for its aliases too.
    """
    if is_same(node, value):
        return text
    tail = text[node.end :]
    if value is None and not node.is_inline:
        return text[: node.start].rstrip(" \t\r\n") + tail
    if isinstance(value, str) or value is None:
        head = text[: node.start] + _separator(text, node)
        return head + _scalar(text, node, value).replace("\n", newline(text)) + tail
    if _goes_in_brackets(text, node, value):
        head = text[: node.start] + _separator(text, node)
        return head + _yaml.dump_tree(value, is_inline=True).rstrip("\n") + tail
    return _with_collection(text, node, value) + tail


def _separator(text: str, node: Node) -> str:
    """What has to stand between the text in front of a node and a value on the same line."""
    if node.start == node.end:
        return " " if text[node.start - 1] in ":-" else ": "
    column = _column(text, node.start)
    is_below = _is_first(text, node.start) and column <= node.column and not node.is_inline
    return " " * (node.column + _STEP - column) if is_below else ""


def _goes_in_brackets(text: str, node: Node, value: Mapping[str, Typed] | Sequence[Typed]) -> bool:
    if node.is_inline or not value or text[node.start : node.start + 1] in ("[", "{"):
        return True
    is_flat = not isinstance(value, Mapping) and all(entry is None or isinstance(entry, str) for entry in value)
    return is_flat and not (node.entries or node.elements) and not any("\n" in entry for entry in value if entry)


def _with_collection(text: str, node: Node, value: Mapping[str, Typed] | Sequence[Typed]) -> str:
    """The text up to the end of a map or list on lines of its own that takes the place of a node."""
    written = _dumped(text, node.end, node.column, value)
    head = text[: node.start]
    column = _column(text, node.start)
    if _is_first(text, node.start):
        if column <= node.column and isinstance(value, Mapping):  # lists may stand below their key, maps may not
            head, column = head + " " * _STEP, column + _STEP
    elif _is_behind_dash(text, node):
        head += _separator(text, node) if node.start == node.end else ""
        column = len(head) - line_start(text, node.start)
    else:
        column = node.column + _STEP
        head = head.rstrip(" \t") + newline(text) + " " * column
    return head + _shifted(written, column, text)


def _dumped(text: str, end: int, column: int, value: Typed) -> str:
    """YAML without its last line ending, with blocks of text only where what follows cannot become a part of them."""
    may_use_blocks = "\n" in text[end:] and _is_free(text, end, column)
    return _yaml.dump_tree(value, may_use_blocks=may_use_blocks).rstrip("\n")


def _shifted(written: str, column: int, text: str) -> str:
    """Lines of YAML moved to the right, the first one aside, with the line endings of a file."""
    first, *lines = written.split("\n")
    moved = [first, *(" " * column + line if line else line for line in lines)]
    return newline(text).join(moved)


def _is_behind_dash(text: str, node: Node) -> bool:
    head = text[: node.start].rstrip(" \t")
    return head.endswith("-") and _column(text, len(head) - 1) == node.column


# ---------------------------------------------------------------------------------------------- scalars


def _scalar(text: str, node: Node, value: str | None) -> str:
    """A string, number or nothing in the style of the value whose place it takes."""
    if value is None:
        return "null"
    if isinstance(value, Bare):
        return _one_line(value, node.is_inline)
    style = text[node.start : node.start + 1] if node.is_text else ""
    if style == '"':
        return _double(value)
    if style == "'" and "\n" not in value:
        is_safe = "\t" not in value and not _NOT_PLAIN_TO_SEE.search(value)
        return "'" + value.replace("'", "''") + "'" if is_safe else _double(value)
    is_block = style in ("|", ">")
    if (is_block or "\n" in value) and not node.is_inline and not _is_first(text, node.start):
        block = _block(text, node, value, is_block)
        if block is not None:
            return block
    return _double(value) if "\n" in value else _one_line(value, node.is_inline)


def _one_line(value: str, is_inline: bool) -> str:
    """A string or number as PyYAML puts it, quoted where it needs to be."""
    if is_inline:
        return _yaml.dump_tree([value], is_inline=True)[1:-2]
    return _yaml.dump_tree({"key": value}, may_use_blocks=False).removeprefix("key: ").rstrip("\n")


def _double(value: str) -> str:
    import json

    return escape_invisible(json.dumps(value, ensure_ascii=False))


def _block(text: str, node: Node, value: str, is_block: bool) -> str | None:
    """A text as a block, with the indentation and kind of the old one if that was one; None where it cannot be."""
    old = text[node.start : node.end]
    body = value.rstrip("\n")
    indent, header = _indent(old, node) if is_block else (max(node.column, 0) + _STEP, "|")
    chomping = _chomping(old if is_block else "", node, value)
    if not body or body[0].isspace() or _NOT_PLAIN_TO_SEE.search(body) or chomping is None:
        return None
    if not _is_free(text, node.end, indent - 1):
        return None
    lines = body.split("\n")
    if header[0] == ">" and any(line != line.strip() for line in lines):
        header = "|" + header[1:]
    if header[0] == ">":
        width = max(map(len, old.split("\n")[1:])) - indent if _TWO_LINES.search(old) else len(body)
        lines = _folded(lines, width)
    written_header = _HEADER.match(old) if is_block else None
    comment = old[written_header.end() : line_end(old, 0)] if written_header else ""
    written = "\n".join([header + chomping + comment, *(" " * indent + line if line else "" for line in lines)])
    return written + "\n" if value.endswith("\n") and "\n" not in text[node.end :] else written


def _indent(old: str, node: Node) -> tuple[int, str]:
    """Where the lines of a block begin, and its header without what it says of its end."""
    header = _HEADER.match(old)
    if header and header[1]:
        return max(node.column, 0) + int(header[1]), old[0] + header[1]
    line = _CONTENT_LINE.search(old)
    return len(line[1]) if line else max(node.column, 0) + _STEP, old[0]


def _chomping(old: str, node: Node, value: str) -> str | None:
    """The sign for how a block ends; None where only line breaks that are not there could say it."""
    ending = len(value) - len(value.rstrip("\n"))
    if ending < 2:
        return "" if ending else "-"
    before = node.value if isinstance(node.value, str) else ""
    is_kept = "+" in old.partition("\n")[0] and ending == len(before) - len(before.rstrip("\n"))
    return "+" if is_kept else None


def _folded(lines: Sequence[str], width: int) -> list[str]:
    """The lines of a text as `>` wants them: broken at single blanks, and a blank line for each line break."""
    folded: list[str] = []
    for number, line in enumerate(lines):
        if number and line:
            folded.append("")
        current = ""
        for word in _SINGLE_BLANK.split(line):
            if current and len(current) + 1 + len(word) > width:
                folded.append(current)
                current = word
            else:
                current = f"{current} {word}" if current else word
        folded.append(current)
    return folded


# ---------------------------------------------------------------------------------------------- inserting, removing


def insert(text: str, map_node: Node, key: str, value: Typed) -> str:
    """The text with one entry more behind the last one of a map. Raises BadInput where the map is an alias."""
    _refuse_alias(text, map_node)
    if text.startswith("{", map_node.start):
        return insert_inline(text, map_node, _yaml.dump_tree({key: value}, is_inline=True).rstrip("\n")[1:-1])
    column = _column(text, map_node.entries[0].start)
    leaf = _last_leaf(text, map_node)
    at = line_end(text, leaf.end)
    header = _HEADER.match(text, leaf.start)
    if header and "+" in header[0] and (blank_lines := _BLANK_LINES.match(text, at)) and "\n" in text[at:]:
        at = _before_last_break(text, blank_lines.end())
    elif header and "\n" not in text[at:] and "-" not in header[0]:  # the line break to come would become its end
        closed = header[0].replace("+", "") + "-"
        text = text[: leaf.start] + closed + text[header.end() :]
        at += len(closed) - len(header[0])
    written = _dumped(text, at, column, {key: value})
    return text[:at] + _shifted("\n" + written, column, text) + text[at:]


def remove(text: str, map_node: Node, entry: Entry) -> str:
    """The text without the lines of one entry, and the comments on them. Raises BadInput where the map is an alias."""
    _refuse_alias(text, map_node)
    if text.startswith("{", map_node.start):
        return remove_inline(text, map_node, entry)
    if len(map_node.entries) == 1:
        return text[: map_node.start] + "{}" + text[map_node.end :]
    number = map_node.entries.index(entry)
    start, stop = line_start(text, entry.start), line_end(text, entry.node.end)
    if not _is_first(text, entry.start):
        following = map_node.entries[1].start
        return text[: entry.start] + text[stop if "#" in text[stop:following] else following :]
    leaf = _last_leaf(text, map_node.entries[number - 1].node) if number else None
    header = _HEADER.match(text, leaf.start) if leaf else None
    if header and "+" in header[0] and (blank_lines := _BLANK_LINES.match(text, stop)):
        stop = _before_last_break(text, blank_lines.end())
    if header and "\n" not in text[stop:] and leaf and str(leaf.value).endswith("\n"):
        return text[:start] + text[stop:]
    begin = break_before(text, start)
    return text[:begin] + text[stop if begin < start else stop + len(newline(text)) :]


def _refuse_alias(text: str, map_node: Node) -> None:
    if text.startswith("*", map_node.start):
        raise BadInput("the map is an alias of another; change it where it is written")


def _last_leaf(text: str, node: Node) -> Node:
    """The scalar, alias or bracket that a node ends with."""
    while text[node.start : node.start + 1] not in ("*", "{", "["):
        if node.entries:
            node = node.entries[-1].node
        elif node.elements:
            node = node.elements[-1]
        else:
            break
    return node


def _before_last_break(text: str, offset: int) -> int:
    """The offset, unless the text ends there with a line break: then the one in front of it."""
    return break_before(text, offset) if offset == len(text) else offset


def _is_free(text: str, offset: int, column: int) -> bool:
    """Whether nothing stands behind an offset on its line, nor below it a comment that a block would swallow."""
    if text[offset : line_end(text, offset)].strip(" \t"):
        return False
    below = _COMMENT_BELOW.match(text, offset)
    return below is None or len(below["lead"]) <= column


def _is_first(text: str, offset: int) -> bool:
    return not text[line_start(text, offset) : offset].strip(" \t")


def _column(text: str, offset: int) -> int:
    return offset - line_start(text, offset)
