"""One description out of several: what the agent does, when to use it, and examples.

The one that says most stays as it is; whole sentences of the others that say something new are put into it. No
sentence is invented and none is cut. What decides whether a sentence is new only ever looks at how much the text says
so far, so the result merged again with one of its sources is itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from agentdiff.description_pieces import (
    Piece,
    PieceKind,
    entries_of,
    entry_of,
    is_unbalanced,
    label_of,
    pieces_of,
    with_words,
)
from agentdiff.field_options import Inputs
from agentdiff.formats import Format
from agentdiff.ledger import FieldMerge, FieldOption, FieldStatus
from agentdiff.model import Agent, FieldValue, ItemKind
from agentdiff.saying import details
from agentdiff.text import fold, plain
from agentdiff.vocabulary import rarity, stems, words_of

SAID_SHARE = 0.7
"""A sentence is said already if so much of it, by the rarity of its words, stands in the text, and all its details."""

SAID_TRIGGER_SHARE = 0.85
"""The same for when to use the agent, in what the text says of that; it is lost more easily, so it must be nearer."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_COMMON_OF_TRIGGERS = frozenset(stems("use used invoke call agent need needs task user asked proactively specifically"))
"""What every sentence says that tells when to use an agent."""


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

    def __init__(self, written: str, text: str, pieces: list[Piece]) -> None:
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
        return cls(written, text, list(pieces_of(text)))

    def _stems_of(self, *kinds: PieceKind) -> set[str]:
        return {stem for piece in self._pieces if piece.kind in kinds for stem in stems(piece.text)}

    def with_all(self, others: Sequence[_Draft]) -> str:
        """The text with what others say besides."""
        told = self._stems_of(PieceKind.WHEN, PieceKind.WORDS)
        examples = {_words_in(piece.text) for piece in self._pieces if piece.kind is PieceKind.EXAMPLE}
        is_changed = False
        whole = f" {' '.join(_words_in(self.text))} "
        for piece in (piece for other in others for piece in other._pieces):
            is_added = False
            if f" {' '.join(_words_in(piece.text))} " in whole:
                continue  # word for word a part of it
            if piece.kind is PieceKind.EXAMPLE:
                is_added = _words_in(piece.text) not in examples
                examples.add(_words_in(piece.text))
            elif piece.kind is PieceKind.WORDS:
                is_changed |= self._joined(piece)
            elif piece.kind is PieceKind.WHAT:
                is_added = _says_more(piece.text, self._said, SAID_SHARE)
            elif piece.kind is PieceKind.WHEN:
                is_added = not self._tells_when(piece.text) and _says_more(
                    piece.text, told | _COMMON_OF_TRIGGERS, SAID_TRIGGER_SHARE
                )
                told |= set(stems(piece.text))
            if is_added:
                self._add(piece)
                is_changed = True
            if piece.kind in _SAYING and (is_added or piece.kind is PieceKind.WORDS):
                self._said |= set(stems(piece.text))
        return "".join(piece.gap + piece.text for piece in self._pieces) + self._end if is_changed else self.written

    def _tells_when(self, text: str) -> bool:
        """Whether one sentence here alone says most of another: nobody needs it twice for one word more."""
        sentences = (set(stems(each.text)) for each in self._pieces if each.kind is PieceKind.WHEN)
        return any(not _says_more(text, known | _COMMON_OF_TRIGGERS, SAID_SHARE) for known in sentences)

    def _add(self, piece: Piece) -> None:
        """Behind the last of its kind, with white space that keeps it a piece of its own."""
        place = self._place_for(piece.kind)
        before = self._pieces[place - 1] if place else None
        after = self._pieces[place] if place < len(self._pieces) else None
        if piece.kind is PieceKind.EXAMPLE:
            gap = "\n\n" if before else ""
        else:
            gap = _gap(before, piece) if before else after.gap if after else ""
        self._pieces.insert(place, Piece(piece.kind, piece.text, gap))
        for left, right in pairwise(self._pieces[max(0, place - 1) : place + 2]):
            _part(left, right)

    def _place_for(self, kind: PieceKind) -> int:
        """Where a new piece goes: what, when, keywords, examples."""
        kinds = [piece.kind for piece in self._pieces]
        if kind is PieceKind.EXAMPLE:
            return _behind_last(kinds, (kind,)) or len(kinds)
        if kind is PieceKind.WHAT:
            first = next(
                (at for at, each in enumerate(kinds) if each in (PieceKind.WHEN, PieceKind.EXAMPLE)), len(kinds)
            )
            return _behind_last(kinds[:first], (kind,))
        return _behind_last(kinds, (kind,)) or _behind_last(kinds, _SAYING)

    def _joined(self, words: Piece) -> bool:
        """Put the keywords of a list into the first with that label; whether any of them was new."""
        lists = [
            each
            for each in self._pieces
            if each.kind is PieceKind.WORDS and label_of(each.text) == label_of(words.text)
        ]
        if not lists:
            self._add(words)
            return True
        known = {entry_of(word) for each in lists for word in entries_of(each.text)}
        new = {entry_of(word): word for word in entries_of(words.text) if entry_of(word) not in known}
        lists[0].text = with_words(lists[0].text, list(new.values()))
        return bool(new)


_SAYING = (PieceKind.WHAT, PieceKind.WHEN, PieceKind.WORDS)


def _behind_last(kinds: Sequence[PieceKind], wanted: Sequence[PieceKind]) -> int:
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


def _gap(before: Piece, piece: Piece) -> str:
    is_line = "\n" in before.text or "\n" in piece.text or before.kind is PieceKind.EXAMPLE
    return "\n" if is_line else " "


def _part(left: Piece, right: Piece) -> None:
    """Make sure that two neighbours are told apart when the text is read again."""
    if "\n" in right.gap or PieceKind.EXAMPLE in (left.kind, right.kind):
        return
    if any("\n" in each.text or is_unbalanced(each.text) for each in (left, right)):
        right.gap = "\n"
        return
    right.gap = right.gap or " "
    if left.text[-1] not in ".!?:;,。！？" and not _is_ended(left.text):  # noqa: RUF001
        left.text += "."


def _is_ended(text: str) -> bool:
    return text.rstrip("\"'”’)]")[-1:] in (".", "!", "?")
