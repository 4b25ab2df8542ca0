"""One description out of several: what the agent does, when to use it, and examples.

The one that says most stays as it is; whole sentences of the others that say something new are put into it. No
sentence is invented and none is cut. What decides whether a sentence is new only ever looks at how much the text says
so far, so the result merged again with one of its sources is itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate, pairwise
from typing import NamedTuple

from agentdiff.field_options import Inputs
from agentdiff.formats import Format
from agentdiff.ledger import FieldMerge, FieldOption, FieldStatus
from agentdiff.model import Agent, FieldValue, ItemKind
from agentdiff.saying import details
from agentdiff.text import fold, plain, split_names
from agentdiff.vocabulary import rarity, stems, words_of

SAID_SHARE = 0.7
"""A sentence is said already if so much of it, by the rarity of its words, stands in the text, and all its details."""

SAID_TRIGGER_SHARE = 0.85
"""The same for when to use the agent, in what the text says of that; it is lost more easily, so it must be nearer."""

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
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_COMMON_OF_TRIGGERS = frozenset(stems("use used invoke call agent need needs task user asked proactively specifically"))
"""What every sentence says that tells when to use an agent."""


class _Kind(Enum):
    WHAT = 1
    WHEN = 2
    WORDS = 3
    """A list of keywords behind a label."""
    LABEL = 4
    """Words and marks that only introduce what follows."""
    EXAMPLE = 5


@dataclass(slots=True)
class _Piece:
    """A sentence, a list with its introduction, or an example."""

    kind: _Kind
    text: str
    gap: str
    """The white space before it."""


def merge_description(inputs: Inputs, options: tuple[FieldOption, ...]) -> FieldMerge:
    """The description that says most, with what only the others say."""
    texts = [option.value for option in options if isinstance(option.value, str) and option.value.strip()]
    if not texts:
        value: FieldValue = _first_words(inputs.agents)
        reason = "no variant has one, so the first words of a variant were taken"
        return FieldMerge("description", value, "first words", FieldStatus.CHOSEN, options, reason)
    if len(texts) == 1:
        status = FieldStatus.AGREED
        return FieldMerge("description", texts[0], "composed", status, options, "all that have one agree")
    reason = "the one that says most, with the sentences, keywords and examples of the others that say something new"
    return FieldMerge("description", compose(texts), "composed", FieldStatus.CHOSEN, options, reason)


def _first_words(agents: Sequence[Agent]) -> str:
    """The first sentence that is prose; the name where there is none."""
    prose = (fold(plain(item.text)) for agent in agents for item in agent.items if item.kind is ItemKind.PARAGRAPH)
    sentence = next((_SENTENCE_END.split(text)[0] for text in prose if not text.endswith(":")), "")
    return sentence or agents[0].name


def length_notes(merged: FieldMerge, format: Format) -> list[str]:
    """A sentence where the host takes no description of that length."""
    key = format.by_field.get("description")
    if key is None or not key.limit or not isinstance(merged.value, str) or len(merged.value) <= key.limit:
        return []
    problem = f"the description has {len(merged.value)} characters and {format.product} takes {key.limit}"
    return [f"{problem}: shorten it"]


# ---------------------------------------------------------------------------------------------- composing


def compose(texts: Iterable[str]) -> str:
    """One description made of at least one; the order in which they are given does not matter.

    Line breaks written out as `\\n` become such where anything is added. Quadratic in the number of sentences at most.
    """
    drafts = sorted(
        (_Draft.of(text) for text in set(texts)),
        key=lambda draft: (-draft.weight, -len(draft.text), draft.text, draft.written),
    )
    first, *others = drafts
    return first.with_all(others)


class _Draft:
    """A description as it grows."""

    def __init__(self, written: str, text: str, pieces: list[_Piece]) -> None:
        self.written = written
        self.text = text
        self._pieces = pieces
        self._end = text[len(text.rstrip()) :]
        """White space behind the last piece."""
        self._said = self._stems_of(*_SAYING)
        self.weight = math.fsum(map(rarity, self._said))
        """How much it says, examples aside. `fsum`, so that the order of the words cannot matter."""

    @classmethod
    def of(cls, written: str) -> _Draft:
        text = written.replace("\\n", "\n")
        return cls(written, text, list(_pieces_of(text)))

    def _stems_of(self, *kinds: _Kind) -> set[str]:
        return {stem for piece in self._pieces if piece.kind in kinds for stem in stems(piece.text)}

    def with_all(self, others: Sequence[_Draft]) -> str:
        """The text with what others say besides."""
        told = self._stems_of(_Kind.WHEN, _Kind.WORDS)
        examples = {_words_in(piece.text) for piece in self._pieces if piece.kind is _Kind.EXAMPLE}
        is_changed = False
        whole = f" {' '.join(_words_in(self.text))} "
        for piece in (piece for other in others for piece in other._pieces):
            is_added = False
            if f" {' '.join(_words_in(piece.text))} " in whole:
                continue  # word for word a part of it
            if piece.kind is _Kind.EXAMPLE:
                is_added = _words_in(piece.text) not in examples
                examples.add(_words_in(piece.text))
            elif piece.kind is _Kind.WORDS:
                is_changed |= self._joined(piece)
            elif piece.kind is _Kind.WHAT:
                is_added = _says_more(piece.text, self._said, SAID_SHARE)
            elif piece.kind is _Kind.WHEN:
                is_added = _says_more(piece.text, told | _COMMON_OF_TRIGGERS, SAID_TRIGGER_SHARE)
                told |= set(stems(piece.text))
            if is_added:
                self._add(piece)
                is_changed = True
            if piece.kind in _SAYING and (is_added or piece.kind is _Kind.WORDS):
                self._said |= set(stems(piece.text))
        return "".join(piece.gap + piece.text for piece in self._pieces) + self._end if is_changed else self.written

    def _add(self, piece: _Piece) -> None:
        """Behind the last of its kind, with white space that keeps it a piece of its own."""
        place = self._place_for(piece.kind)
        before = self._pieces[place - 1] if place else None
        after = self._pieces[place] if place < len(self._pieces) else None
        if piece.kind is _Kind.EXAMPLE:
            gap = "\n\n" if before else ""
        else:
            gap = _gap(before, piece) if before else after.gap if after else ""
        self._pieces.insert(place, _Piece(piece.kind, piece.text, gap))
        for left, right in pairwise(self._pieces[max(0, place - 1) : place + 2]):
            _part(left, right)

    def _place_for(self, kind: _Kind) -> int:
        """Where a new piece goes: what, when, keywords, examples."""
        kinds = [piece.kind for piece in self._pieces]
        if kind is _Kind.EXAMPLE:
            return _behind_last(kinds, (kind,)) or len(kinds)
        if kind is _Kind.WHAT:
            first = next((at for at, each in enumerate(kinds) if each in (_Kind.WHEN, _Kind.EXAMPLE)), len(kinds))
            return _behind_last(kinds[:first], (kind,))
        return _behind_last(kinds, (kind,)) or _behind_last(kinds, _SAYING)

    def _joined(self, words: _Piece) -> bool:
        """Put the keywords of a list into the first with that label; whether any of them was new."""
        lists = [each for each in self._pieces if each.kind is _Kind.WORDS and _label(each.text) == _label(words.text)]
        if not lists:
            self._add(words)
            return True
        known = {_entry(word) for each in lists for word in _entries(each.text)}
        new = {_entry(word): word for word in _entries(words.text) if _entry(word) not in known}
        lists[0].text = _with_words(lists[0].text, list(new.values()))
        return bool(new)


_SAYING = (_Kind.WHAT, _Kind.WHEN, _Kind.WORDS)


def _behind_last(kinds: Sequence[_Kind], wanted: Sequence[_Kind]) -> int:
    return max((at + 1 for at, kind in enumerate(kinds) if kind in wanted), default=0)


def _says_more(text: str, known: set[str] | frozenset[str], share: float) -> bool:
    """Whether a sentence has a number, code word or name that is not known, or too much else that is not."""
    own = set(stems(text))
    if any((words := set(stems(detail))) <= own and not words <= known for detail in details(text)):
        return True
    new = math.fsum(map(rarity, own - known))
    return new > (1 - share) * math.fsum(map(rarity, own))


def _words_in(text: str) -> tuple[str, ...]:
    """An example without layout, markup, quotes and case."""
    return tuple(words_of(text.lower())) or (fold(text),)


# ---------------------------------------------------------------------------------------------- white space


def _gap(before: _Piece, piece: _Piece) -> str:
    is_line = "\n" in before.text or "\n" in piece.text or before.kind is _Kind.EXAMPLE
    return "\n" if is_line else " "


def _part(left: _Piece, right: _Piece) -> None:
    """Make sure that two neighbours are told apart when the text is read again."""
    if "\n" in right.gap or _Kind.EXAMPLE in (left.kind, right.kind):
        return
    if any("\n" in each.text or _is_unbalanced(each.text) for each in (left, right)):
        right.gap = "\n"
        return
    right.gap = right.gap or " "
    if left.text[-1] not in ".!?:;,。！？" and not _is_ended(left.text):  # noqa: RUF001
        left.text += "."


def _is_unbalanced(text: str) -> bool:
    """Whether it has brackets that what stands before or behind may close."""
    return text.count("(") != text.count(")") or text.count("[") != text.count("]")


def _is_ended(text: str) -> bool:
    return text.rstrip("\"'”’)]")[-1:] in (".", "!", "?")


# ---------------------------------------------------------------------------------------------- reading


def _pieces_of(text: str) -> Iterator[_Piece]:
    """The pieces of a description in order; with their gaps they are the text, but for white space at its end."""
    at = 0
    for start, end, kind in _tagged(text):
        between = text[at:start]
        yield from _sentences(between)
        yield _Piece(kind, text[start:end], between[len(between.rstrip()) :])
        at = end
    yield from _sentences(text[at:])


def _tagged(text: str) -> Iterator[tuple[int, int, _Kind]]:
    """Where examples begin and end, and tags without a partner."""
    opened: re.Match[str] | None = None
    for tag in _TAG.finditer(text):
        if opened is not None:
            end = tag.end() if tag[1] else opened.end()
            yield opened.start(), end, _Kind.EXAMPLE if tag[1] else _Kind.LABEL
        elif tag[1]:
            yield tag.start(), tag.end(), _Kind.LABEL
        opened = None if tag[1] else tag
    if opened is not None:
        yield opened.start(), opened.end(), _Kind.LABEL


class _Line(NamedTuple):
    """A line without the white space around it, and that before it."""

    gap: str
    text: str


def _sentences(text: str) -> Iterator[_Piece]:
    """The sentences between examples. A list stays with the line that introduces it."""
    held: _Piece | None = None
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


def _in_line(line: _Line) -> Iterator[_Piece]:
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


def _piece(text: str, gap: str) -> _Piece:
    return _Piece(_kind_of(text), text, gap)


def _kind_of(text: str) -> _Kind:
    words = words_of(text)
    if not words or (text.endswith(":") and len(words) <= LABEL_WORDS):
        return _Kind.LABEL
    if not _is_unbalanced(text) and _WORDS.fullmatch(text):
        return _Kind.WORDS
    return _Kind.WHEN if _TRIGGER.search(text) else _Kind.WHAT


# ---------------------------------------------------------------------------------------------- keywords


def _label(text: str) -> str:
    found = _WORDS.fullmatch(text)
    label = found["label"].lower() if found else ""
    return "keywords" if "word" in label or "tag" in label else "triggers"


def _entries(text: str) -> list[str]:
    """The keywords of a list, each as it is written."""
    found = _WORDS.fullmatch(text)
    return split_names(found["list"]) if found else []


def _with_words(kept: str, new: Sequence[str]) -> str:
    """A list of keywords with some more, before a last one with `and`."""
    found = _WORDS.fullmatch(kept)
    if found is None or not new:
        return kept
    entries = split_names(found["list"])
    last = len(entries) - (len(entries) > 1 and _JOINING.match(entries[-1].strip()) is not None)
    added = [f" {_JOINING.sub('', word.strip())}" for word in new]
    return f"{kept[: found.start('list')]}{','.join([*entries[:last], *added, *entries[last:]])}{found['end']}"


def _entry(text: str) -> tuple[str, ...]:
    return tuple(stems(_JOINING.sub("", text.strip()))) or (fold(text).lower(),)
