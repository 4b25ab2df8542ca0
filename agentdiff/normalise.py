"""What is compared instead of what was written: layout, case, markup and list numbering say nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from agentdiff.marks import is_mark_item
from agentdiff.model import FieldValue, Item, ItemKind
from agentdiff.text import fold, plain, without_numbering

_TRAILING = " .;:,!"
_DECORATION = re.compile(r"^[^\w`<({\[\"'$@/.+-]+|(?<![^\w`>)}\]\"'%+#])[^\w`>)}\]\"'%+#]+$")
_CHECKBOX = re.compile(r"^\[[ xX]\]\s+")


def comparable_text(item: Item) -> str:
    """The text by which two items are the same statement: code to the letter, prose without markup, case, end mark."""
    if item.kind is ItemKind.CODE:
        return "\n".join(line.rstrip() for line in item.text.split("\n")).strip("\n")
    if item.kind is ItemKind.TABLE_ROW:
        return plain(item.text.replace("|", " | ")).strip(" |").casefold()
    return plain(_CHECKBOX.sub("", item.text)).rstrip(_TRAILING).casefold()


_FENCE = re.compile(r"^\s*(`{3,}|~{3,})(.*)$")


class Fence(NamedTuple):
    """What code stands between."""

    marks: str
    info: str
    """What stands behind the opening marks."""
    is_closed: bool


def fence_of(code: str) -> Fence | None:
    """The fence of some code, None where it is only indented."""
    first, *rest = code.split("\n")
    opening = _FENCE.match(first)
    if opening is None:
        return None
    marks, info = opening.groups()
    last = rest[-1].strip() if rest else ""
    return Fence(marks, info, last.startswith(marks) and not last.strip(marks[0]))


def bare_code(text: str) -> str:
    """All of code but its blanks and fences; what it is written in stays in front."""
    fence = fence_of(text.strip())
    if fence is None:
        return fold(text)
    lines = text.strip().split("\n")
    return fold("\n".join([fence.info, *lines[1 : -1 if fence.is_closed else None]]))


def is_layout(item: Item) -> bool:
    """Says nothing and is not written again: a rule, the empty line of a quote, the closing half of a tag, a mark."""
    return item.kind is ItemKind.RULE or (
        item.kind is ItemKind.MARKUP and (item.text.startswith("</") or not item.text.strip("> ") or is_mark_item(item))
    )


def comparable_title(title: str) -> str:
    """A title without case, numbering, emoji and ornament."""
    folded = _DECORATION.sub("", fold(title))
    return without_numbering(folded).rstrip(_TRAILING).casefold() or fold(title).casefold()


def comparable_value(value: FieldValue) -> FieldValue:
    """A field's value with white space folded; line breaks written out as `\\n` count as such."""
    if value is None:
        return None
    if isinstance(value, str):
        return fold(value.replace("\\n", "\n"))
    if isinstance(value, dict):
        return {key: comparable_value(entry) for key, entry in value.items()}
    return tuple(comparable_value(entry) for entry in value)


def as_data(value: FieldValue) -> object:
    """A field's value as plain lists and dicts, in the order of the file: what JSON and deepdiff know."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {key: as_data(entry) for key, entry in value.items()}
    return [as_data(entry) for entry in value]
