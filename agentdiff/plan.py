"""The records of a canonical agent while it is made: what goes where.

A *passage* is a stretch of one variant that stays together: an item, or a whole table. A *unit* is what becomes one
statement of the canonical agent: passages of different variants that say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agentdiff.clauses import Node
from agentdiff.model import ItemKind, Span

TOP = -1
"""Parent of the topmost sections, and the section of what stands before the first title."""

DEEPEST = 5
"""How many sections may lie in one another, below the title of the whole: Markdown has six levels of headings."""


def are_steps(kinds: Sequence[ItemKind]) -> bool:
    """Whether a list with entries of these kinds is written with numbers: at least half of them were."""
    numbered = sum(kind is ItemKind.NUMBERED for kind in kinds)
    return numbered * 2 >= len(kinds) and numbered > (len(kinds) > 1)


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """One item of a variant, or the rows of a table together."""

    variant: int
    span: Span
    items: tuple[int, ...]
    """Ids of its items in the variant."""
    statement: int | None
    """Index among the variant's statements; None for tables, comments and the like."""


@dataclass(slots=True)
class Unit:
    """One statement of the canonical agent while it is made."""

    number: int
    passages: tuple[Passage, ...]
    kind: ItemKind
    section: int = TOP
    """The section group it goes to; TOP for the opening."""
    place: tuple[float, ...] = ()
    """Sorts it among its siblings."""
    parent: int | None = None
    """The unit it is nested under."""
    host: int | None = None
    """The unit that it stays right behind: code and tables stay with what they belong to."""
    is_role: bool = False
    is_quoted: bool = False
    """Whether it is a quote, a paragraph behind `>`."""

    @property
    def variants(self) -> frozenset[int]:
        """Who says it."""
        return frozenset(passage.variant for passage in self.passages)

    def guides(self, skeleton: int | None) -> tuple[Passage, ...]:
        """The passages that decide about it: that of the skeleton if it says this, else all."""
        return tuple(passage for passage in self.passages if passage.variant == skeleton) or self.passages


@dataclass(slots=True)
class Heading:
    """One section of the canonical agent while it is made: the sections of variants that became it.

    Without any it is made of the statement that leads in a list.
    """

    number: int
    members: tuple[Node, ...]
    title: str
    parent: int = TOP
    place: tuple[float, ...] = ()
    leads: set[int] = field(default_factory=set)
    """Units that are not written, for this title says them: `Focus areas:` before the list of a section."""

    @property
    def variants(self) -> frozenset[int]:
        """Who has it."""
        return frozenset(variant for variant, _ in self.members)


@dataclass(slots=True)
class Outline:
    """The plan of the canonical agent. Sections and units are numbered by their place in the lists."""

    root: Heading | None
    """The title of the whole, where variants have one."""
    headings: list[Heading]
    units: list[Unit]
    closing: set[int] = field(default_factory=set)
    """Units that end the file."""

    def subsections(self, parent: int) -> list[Heading]:
        """The sections below one, in order."""
        return sorted((each for each in self.headings if each.parent == parent), key=lambda each: each.place)

    def statements(self, section: int, parent: int | None) -> list[Unit]:
        """The units that stand directly in a section and under a unit, in order."""
        found = [
            unit
            for unit in self.units
            if unit.section == section and unit.parent == parent and unit.number not in self.closing
        ]
        return sorted(found, key=lambda unit: unit.place)
