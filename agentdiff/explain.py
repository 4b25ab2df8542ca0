"""What `agentdiff diff --explain LINE` says: what stands on a line, its candidates, what spoke for and against each.

Records alone, so that reports and schemas can name them cheaply; `explaining.py` makes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from agentdiff.errors import BadInput
from agentdiff.model import Relation, SectionChange, Span

_PLACE = re.compile(r"(?:(old|new):)?([0-9]{1,9})")


class Side(StrEnum):
    """One of the two files."""

    OLD = "old"
    NEW = "new"

    @property
    def other(self) -> Side:
        """The file opposite."""
        return Side.NEW if self is Side.OLD else Side.OLD


class Outcome(StrEnum):
    """What became of a candidate."""

    PAIRED = "paired"
    BELOW_FLOOR = "below-floor"
    """Less similar than two things have to be."""
    TAKEN = "taken"
    """The candidate has a partner that is at least as similar."""
    OUTDONE = "outdone"
    """What is explained has a partner that is at least as similar, and the candidate may have none."""
    NAMESAKE = "namesake"
    """One of the two has a partner of the same title, and needs no second one."""
    PASSED_OVER = "passed-over"
    """Other pairs came first."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line that was asked about."""

    side: Side
    line: int


@dataclass(frozen=True, slots=True)
class End:
    """A statement or section, as it stands in its file."""

    text: str
    """The statement; of a section its title, empty for the lead."""
    what: str
    """Its kind in a word, such as `bullet` or `section`."""
    lines: Span
    """On disk; of a section those of its title."""
    section: str
    """Title of the section that holds it, empty for the lead and where none does."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """One thing that two statements, or sections, have in common or not."""

    name: str
    """What is compared: `words`, `meaning`, `rivals`."""
    words: str
    amount: float
    """What it adds to the logarithm of the odds that a reader would pair the two, compared with the usual candidates
    of the two files: 0.7 doubles the odds, -0.7 halves them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible partner on the other side."""

    end: End
    similarity: float
    """That a reader would pair the two at all, 0..1, rounded to three places. Where one of the two has a partner of
    identical text, or where there is no hope, the first look at the texts alone."""
    equality: float
    """That a reader would call the two equal (sections: the same), 0..1, rounded to three places; 0 where they disagree
    and where only the first look was taken."""
    outcome: Outcome
    relation: Relation | SectionChange | None
    """How the two were paired, None where they were not. Sections: one of same, part, split, merged."""
    reason: str
    """Why it was paired in this way, or why not: a sentence without its full stop."""
    contradiction: str
    """In what the two disagree; empty where they do not."""
    contributions: tuple[Contribution, ...]
    """The strongest first; small ones are left out, and all where the text is the same or only the first look was
    taken."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What stands on one line, and what could correspond to it."""

    place: Place
    is_section: bool
    end: End
    candidates: tuple[Candidate, ...]
    """The paired ones, then the most similar of the others; at most `explaining.MOST_SHOWN`, unless more are paired."""
    considered: int
    """How many candidates there were in all."""
    floor: float
    """The similarity below which nothing is paired."""
    decided: tuple[Contribution, ...]
    """Up to three things by which the first paired candidate is ahead of the next one; the amounts are the differences
    of the two. Without another candidate: what counted most for it. Empty where none was paired, and where the text
    is the same."""
    rival: int | None
    """The index of that other candidate."""

    @property
    def paired(self) -> tuple[Candidate, ...]:
        """The candidates that became partners."""
        return tuple(each for each in self.candidates if each.outcome is Outcome.PAIRED)


def place_of(text: str) -> Place:
    """`12` or `new:12` for a line of the new file, `old:12` for one of the old file. Raises BadInput for all else."""
    found = _PLACE.fullmatch(text)
    if not found or not int(found[2]):
        raise BadInput(
            f"--explain {text!r} names no line; write 12 or new:12 for line 12 of NEW, old:12 for line 12 of OLD"
        )
    return Place(Side(found[1] or Side.NEW), int(found[2]))
