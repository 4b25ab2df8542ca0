"""What two agents look like to each other, pair by pair, and what many agents need not be asked twice.

Variants of one agent have most of their statements and sections in common, word for word. What is found of two of them
holds wherever the two meet again, so it is remembered while many variants are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeAlias, TypeVar

from agentdiff.candidates import Holders, holders
from agentdiff.contradiction import contradiction
from agentdiff.pairing import Features
from agentdiff.similarity import Part, Prepared, Statement, item_likeness, section_likeness
from agentdiff.vocabulary import Wording

MOST_REMEMBERED = 150_000
"""Pairs of one kind of which something is remembered, some 400 bytes each; with more of them all is forgotten."""

_Numbers: TypeAlias = tuple[int, int]
_Found = TypeVar("_Found")


class Looking:
    """Looks at pairs of two agents, by index."""

    def __init__(self, old: Prepared, new: Prepared) -> None:
        self.old = old
        self.new = new

    def words(self) -> tuple[Holders, Holders]:
        """The statements of each side by their stems."""
        return _by_word(self.old), _by_word(self.new)

    def titles(self) -> tuple[Holders, Holders]:
        """The sections of each side by the stems of their titles."""
        return _by_title(self.old), _by_title(self.new)

    def items(self, left: int, right: int) -> Features:
        """What two statements have in common, as `item_likeness` tells it; empty where it is known to be too little."""
        return item_likeness(self.old.statements[left], self.new.statements[right])

    def sections(self, left: int, right: int) -> Features:
        """What two sections have in common, as `section_likeness` tells it."""
        return section_likeness(self.old.parts[left], self.new.parts[right])

    def contradiction(self, left: int, right: int) -> str:
        """Why two statements cannot both hold; empty where nothing says so."""
        return contradiction(self.old.statements[left], self.new.statements[right]) or ""


class Memory:
    """What all pairs of some variants have in common; forgotten with it."""

    def __init__(self, variants: Sequence[Prepared], is_too_little: Callable[[Features], bool]) -> None:
        """The test says of what two statements have in common that no file around them can make it worth a look."""
        self.variants = variants
        self.is_too_little = is_too_little
        self.words = [_by_word(each) for each in variants]
        self.titles = [_by_title(each) for each in variants]
        self.statements = _numbered([map(_what_is_seen, each.statements) for each in variants])
        self.parts = _numbered([map(_what_is_seen_of_a_section, each.parts) for each in variants])
        self.items: dict[_Numbers, Features] = {}
        self.sections: dict[_Numbers, Features] = {}
        self.contradictions: dict[_Numbers, str] = {}

    def looking(self, left: int, right: int) -> Looking:
        """Looks at the pairs of two of the variants."""
        return _Remembering(self, left, right)


class _Remembering(Looking):
    """Looks at each two texts once."""

    def __init__(self, memory: Memory, left: int, right: int) -> None:
        super().__init__(memory.variants[left], memory.variants[right])
        self.memory = memory
        self.sides = left, right
        self.statements = memory.statements[left], memory.statements[right]
        self.parts = memory.parts[left], memory.parts[right]

    def words(self) -> tuple[Holders, Holders]:
        return self.memory.words[self.sides[0]], self.memory.words[self.sides[1]]

    def titles(self) -> tuple[Holders, Holders]:
        return self.memory.titles[self.sides[0]], self.memory.titles[self.sides[1]]

    def items(self, left: int, right: int) -> Features:
        pair = _either_way(self.statements[0][left], self.statements[1][right])
        found = self.memory.items.get(pair)
        if found is None:
            likeness = super().items(left, right)
            found = _kept(self.memory.items, pair, () if self.memory.is_too_little(likeness) else likeness)
        return found

    def sections(self, left: int, right: int) -> Features:
        pair = _either_way(self.parts[0][left], self.parts[1][right])
        found = self.memory.sections.get(pair)
        return _kept(self.memory.sections, pair, super().sections(left, right)) if found is None else found

    def contradiction(self, left: int, right: int) -> str:
        pair = self.statements[0][left], self.statements[1][right]
        found = self.memory.contradictions.get(pair)
        return _kept(self.memory.contradictions, pair, super().contradiction(left, right)) if found is None else found


def _either_way(one: int, other: int) -> _Numbers:
    """All features are symmetric."""
    return (one, other) if one <= other else (other, one)


def _kept(memory: dict[_Numbers, _Found], pair: _Numbers, found: _Found) -> _Found:
    if len(memory) >= MOST_REMEMBERED:
        memory.clear()
    memory[pair] = found
    return found


def _by_word(side: Prepared) -> Holders:
    return holders(each.words for each in side.statements)


def _by_title(side: Prepared) -> Holders:
    return holders(part.title for part in side.parts)


def _numbered(seen: Sequence[Iterable[Hashable]]) -> list[list[int]]:
    """A number for each thing; what is seen alike has the same."""
    numbers: dict[Hashable, int] = {}
    return [[numbers.setdefault(each, len(numbers)) for each in side] for side in seen]


def _what_is_seen(each: Statement) -> Hashable:
    """All by which a statement is compared: its text and what stands above it."""
    return each.item.kind, each.item.text, _stems(each.context), each.setting, each.meaning, each.sense


def _what_is_seen_of_a_section(part: Part) -> Hashable:
    """All by which a section is compared but where it stands."""
    wordings = part.title, part.path, part.content, part.own
    meanings = part.title_meaning, part.path_meaning, part.content_meaning, part.own_meaning, part.sense
    traits = part.is_opening, part.has_subsections, part.is_whole, part.section.level
    return part.key, *map(_stems, wordings), meanings, traits


def _stems(wording: Wording) -> Hashable:
    return tuple(wording.weights.items())
