"""A description taken apart: sentences, lists of keywords, examples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate
from typing import NamedTuple

from agentdiff.text import fold, split_names
from agentdiff.vocabulary import stems, words_of

LABEL_WORDS = 6
"""Most words of `Specifically:` and the like, which only introduce what follows."""

# Each pattern ends a failed attempt near where it began.
_TAG = re.compile(r"<(/?)example>", re.IGNORECASE)
_END = re.compile(r"[.!?][\"'”’)\]]*\s+|[。！？]\s*")  # noqa: RUF001 - the full stops of Chinese
_NO_END = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|incl|approx|cf|dr|mr|mrs|ms|st)|\b[A-Z]|^\s*\d{1,3})$", re.IGNORECASE)
_LIST_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s")
_TRIGGER = re.compile(
    r"(?:^|[.;:,(—–!?\n-]\s*)(?:(?:always|please|also|only|do not|don't|never|not|must be|should be)\s+)*"
    r"(?:use[ds]?|invoke[ds]?|call|activate[ds]?|engage|delegate|consult|triggers?)\b"
    r"|\bproactively\b|\bmust be used\b|\bwhen(?:ever)?\s+(?:the user|a user|users|you|asked|a task)\b|^\s*examples?\b",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"(?P<label>keywords?|trigger (?:key)?words|trigger phrases|triggers?(?: on)?|tags)\s*:\s*(?P<list>\S.*?)"
    r"(?P<end>[.!?。！？]?)",  # noqa: RUF001
    re.IGNORECASE,
)
_JOINING = re.compile(r"^(?:and|or|&)\s+", re.IGNORECASE)


class PieceKind(Enum):
    """What a piece is there for."""

    WHAT = 1
    WHEN = 2
    WORDS = 3
    """A list of keywords behind a label."""
    LABEL = 4
    """Words and marks that only introduce what follows."""
    EXAMPLE = 5


@dataclass(slots=True)
class Piece:
    """A sentence, a list with its introduction, or an example."""

    kind: PieceKind
    text: str
    gap: str
    """The white space before it."""


def pieces_of(text: str) -> Iterator[Piece]:
    """The pieces of a description in order; with their gaps they are the text, but for white space at its end."""
    at = 0
    for start, end, kind in _tagged(text):
        between = text[at:start]
        yield from _sentences(between)
        yield Piece(kind, text[start:end], between[len(between.rstrip()) :])
        at = end
    yield from _sentences(text[at:])


def _tagged(text: str) -> Iterator[tuple[int, int, PieceKind]]:
    """Where examples begin and end, and tags without a partner."""
    opened: re.Match[str] | None = None
    for tag in _TAG.finditer(text):
        if opened is not None:
            end = tag.end() if tag[1] else opened.end()
            yield opened.start(), end, PieceKind.EXAMPLE if tag[1] else PieceKind.LABEL
        elif tag[1]:
            yield tag.start(), tag.end(), PieceKind.LABEL
        opened = None if tag[1] else tag
    if opened is not None:
        yield opened.start(), opened.end(), PieceKind.LABEL


class _Line(NamedTuple):
    """A line without the white space around it, and that before it."""

    gap: str
    text: str


def _sentences(text: str) -> Iterator[Piece]:
    """The sentences between examples. A list stays with the line that introduces it."""
    held: Piece | None = None
    for line in _lines(text):
        if held is not None and held.text.split("\n", 1)[0].endswith(":") and _LIST_ITEM.match(line.text):
            held = _piece(f"{held.text}{line.gap}{line.text}", held.gap)
            continue
        if held is not None:
            yield held
        *whole, held = _in_line(line)
        yield from whole
    if held is not None:
        yield held


def _lines(text: str) -> Iterator[_Line]:
    gap = ""
    for line in text.splitlines(keepends=True):
        words = line.strip()
        if not words:
            gap += line
            continue
        start = line.index(words)
        yield _Line(gap + line[:start], words)
        gap = line[start + len(words) :]


def _in_line(line: _Line) -> Iterator[Piece]:
    """The sentences of a line; what stands in brackets belongs to one."""
    start, gap = 0, line.gap
    closed = _in_brackets(line.text)
    for end in _END.finditer(line.text):
        at = end.start() + len(end[0].rstrip())
        if not closed[at - 1] and not _NO_END.search(line.text, max(start, end.start() - 8), end.start()):
            yield _piece(line.text[start:at], gap)
            start, gap = end.end(), line.text[at : end.end()]
    if start < len(line.text):
        yield _piece(line.text[start:], gap)


def _in_brackets(text: str) -> list[bool]:
    """For each character whether it stands in brackets; those without a partner are none."""
    steps = [0] * (len(text) + 1)
    opened: list[int] = []
    for at, character in enumerate(text):
        if character in "([":
            opened.append(at)
        elif character in ")]" and opened:
            steps[opened.pop()] += 1
            steps[at] -= 1
    return [depth > 0 for depth in accumulate(steps)]


def _piece(text: str, gap: str) -> Piece:
    return Piece(_kind_of(text), text, gap)


def _kind_of(text: str) -> PieceKind:
    words = words_of(text)
    if not words or (text.endswith(":") and len(words) <= LABEL_WORDS):
        return PieceKind.LABEL
    if not is_unbalanced(text) and _WORDS.fullmatch(text):
        return PieceKind.WORDS
    return PieceKind.WHEN if _TRIGGER.search(text) else PieceKind.WHAT


# ---------------------------------------------------------------------------------------------- keywords


def label_of(text: str) -> str:
    """Whether a list of keywords is one of `keywords` or of `triggers`."""
    found = _WORDS.fullmatch(text)
    label = found["label"].lower() if found else ""
    return "keywords" if "word" in label or "tag" in label else "triggers"


def entries_of(text: str) -> list[str]:
    """The keywords of a list, each as it is written."""
    found = _WORDS.fullmatch(text)
    return split_names(found["list"]) if found else []


def with_words(kept: str, new: Sequence[str]) -> str:
    """A list of keywords with some more, before a last one with `and`."""
    found = _WORDS.fullmatch(kept)
    if found is None or not new:
        return kept
    entries = split_names(found["list"])
    last = len(entries) - (len(entries) > 1 and _JOINING.match(entries[-1].strip()) is not None)
    added = [f" {_JOINING.sub('', word.strip())}" for word in new]
    return f"{kept[: found.start('list')]}{','.join([*entries[:last], *added, *entries[last:]])}{found['end']}"


def entry_of(text: str) -> tuple[str, ...]:
    """The stems by which two keywords are the same."""
    return tuple(stems(_JOINING.sub("", text.strip()))) or (fold(text).lower(),)


def is_unbalanced(text: str) -> bool:
    """Whether it has brackets that what stands before or behind may close."""
    return text.count("(") != text.count(")") or text.count("[") != text.count("]")
