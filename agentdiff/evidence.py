"""What the features of a pair add to its score, by subject: the part that items and sections share.

A feature is one number of what two things have in common; several of them look at one *subject*, and each subject has
its words (`item_evidence.py`, `section_evidence.py`). What a feature adds to the score of a pair is
weight x (value - usual value).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from operator import mul
from typing import NamedTuple

from agentdiff.explain import Contribution
from agentdiff.pairing import Features
from agentdiff.reasons import SAME_SENSE
from agentdiff.similarity import logistic
from agentdiff.text import SPOKEN_CHARACTERS, fold
from agentdiff.vocabulary import Wording, cosine

LEAST_MENTIONED = 0.3
"""What changes the odds of a pair by less than a third is not worth a word."""

MOST_DECIDING = 3
"""Things named at most that told one pair from another."""

UNLIKE_PAIRS = 4
"""So many pairs with nothing in common are averaged into the usual values: the only candidate of two short files must
not be compared with itself alone."""

ALIKE = 0.4
"""Wordings with a cosine from here on are called alike."""

RELATED_SUBJECT = 0.4
"""Meanings that agree this far are called related; nine of ten pairs of any two items agree less."""

RELATED_SENSE = 0.5
"""Senses that agree this far are called related: nine of ten items that are called equal, two of ten that are not
paired."""

NEAR = 0.2
"""Up to this part of a file apart, two things stand at about the same place."""

WELL_AHEAD = 0.5
"""A rival that is at most this part as likely is far behind."""

FIRST_LOOK = "first look"
"""The feature that sums up the first look."""

SIZE = "size"
"""The subject of the features that are the same for all pairs of two files, and never worth a word."""


class Pair(NamedTuple):
    """A candidate pair by the ids of its two things, with what the model makes of it."""

    old: int
    new: int
    similarity: float
    equality: float
    features: Features = ()
    """What the second look saw; empty for a pair that was not looked at twice."""


class Looks(NamedTuple):
    """The two looks of the model at items, or at sections."""

    names: tuple[str, ...]
    """Of all features of the second look; those of the first come first."""
    weights: tuple[float, ...]
    """Of the second look, in the order of the names."""
    first: tuple[float, ...]
    """Of the first look, for the names that it knows."""
    subjects: Mapping[str, tuple[str, ...]]
    """The features of each subject: every feature but the bias and the first look, once."""

    def usual(self, rows: Iterable[Features]) -> Features:
        """The mean features of pairs and of a few that have nothing in common."""
        given = list(rows)
        fixed = {"bias", *self.subjects[SIZE]}
        columns = zip(*given, strict=True) if given else ((),) * len(self.names)
        return tuple(
            sum(column) / max(1, len(given) + (0 if name in fixed else UNLIKE_PAIRS))
            for name, column in zip(self.names, columns, strict=True)
        )

    def amounts(self, features: Features, usual: Features) -> dict[str, float]:
        """What each subject adds to the score of a pair, beyond what the usual values would add.

        The first look, one of the features, is made of others itself. What it adds is divided among them along the
        straight line from the usual pair to this one, so that all amounts still sum up to the difference in score.
        """
        at_first = [math.fsum(map(mul, self.first, values)) for values in (usual, features)]
        way = at_first[1] - at_first[0]
        rise = logistic(self.first, features) - logistic(self.first, usual)
        slope = self.weights[self.names.index(FIRST_LOOK)] * (rise / way if abs(way) > 1e-6 else 0.0)
        rows = zip_longest(self.names, self.weights, self.first, features, usual, fillvalue=0.0)
        added = {
            name: (weight + slope * weight_at_first) * (value - usually)
            for name, weight, weight_at_first, value, usually in rows
        }
        return {subject: math.fsum(added[name] for name in names) for subject, names in self.subjects.items()}


@dataclass(frozen=True, slots=True)
class Evidence:
    """All candidates of two agents, items or sections, and what speaks for and against each of them."""

    among: tuple[tuple[int, int], ...]
    """The ids of every candidate pair."""
    pair: Callable[[int, int], Pair]
    """What the model makes of a pair, candidate or not."""
    looks: Looks
    usual: Features
    """The mean value of each feature over the candidates that were looked at twice."""
    words: Callable[[str, Pair, bool], str]
    """A subject of a pair in words, that it counts for the pair or against it; empty if nothing is worth saying."""

    def amounts(self, pair: Pair) -> dict[str, float]:
        """What each subject adds to the score of this pair; nothing where it was not looked at twice."""
        return self.looks.amounts(pair.features, self.usual) if pair.features else {}

    def contributions(self, pair: Pair) -> tuple[Contribution, ...]:
        """What is worth a word, the strongest first."""
        return _strongest(
            Contribution(subject, self.words(subject, pair, amount > 0), round(amount, 2))
            for subject, amount in self.amounts(pair).items()
        )

    def decided(self, winner: Pair, rival: Pair | None) -> tuple[Contribution, ...]:
        """By what the winner is ahead of the rival, among the things that count for it.

        Without a rival that was looked at twice: just what counts for it.
        """
        behind = self.amounts(rival) if rival else {}
        ahead = _strongest(
            Contribution(subject, self.words(subject, winner, True), round(amount - behind.get(subject, 0.0), 2))
            for subject, amount in self.amounts(winner).items()
            if amount > max(0.0, behind.get(subject, 0.0))
        )
        return ahead[:MOST_DECIDING]


def _strongest(contributions: Iterable[Contribution]) -> tuple[Contribution, ...]:
    kept = (each for each in contributions if each.words and abs(each.amount) >= LEAST_MENTIONED)
    return tuple(sorted(kept, key=lambda each: (-abs(each.amount), each.name)))


# ---------------------------------------------------------------------------------------------- words


def quoted(text: str) -> str:
    """A text of a file on one line, cut to what a sentence can hold."""
    text = fold(text)
    return text if len(text) <= SPOKEN_CHARACTERS else text[:SPOKEN_CHARACTERS].rstrip() + "..."


def both_texts(one: str, other: str) -> str:
    """Two texts in parentheses, or one where they are the same."""
    return f"({' / '.join(dict.fromkeys((quoted(one), quoted(other))))})"


def likeness_said(what: str, one: Wording, other: Wording, texts: str, is_for: bool) -> str:
    """Empty where what differs would be said to count for a pair, or what is alike against it."""
    likeness = cosine(one, other)
    if likeness >= ALIKE:
        return f"{what} are alike {texts}" if is_for else ""
    if likeness:
        return f"{what} share {'a word' if is_for else 'little'} {texts}"
    return "" if is_for else f"{what} differ {texts}"


def subjects_said(agreed: float, same: float, is_for: bool) -> str:
    """How far two meanings agree that are both known."""
    if is_for:
        if agreed >= same:
            return "about the same subject"
        return "about related subjects" if agreed >= RELATED_SUBJECT else ""
    if agreed >= same:
        return ""
    return "only about related subjects" if agreed >= RELATED_SUBJECT else "about different subjects"


def senses_said(what: str, agreed: float, is_for: bool) -> str:
    """What a sentence model makes of two texts, `what` they are; nothing without one."""
    if agreed >= SAME_SENSE:
        return f"{what} mean nearly the same" if is_for else ""
    if agreed >= RELATED_SENSE:
        return f"{what} mean {'related' if is_for else 'only related'} things"
    return "" if is_for or not agreed else f"{what} mean different things"


def both_or_one_said(old: bool, new: bool, is_for: bool, both: str, one: str) -> str:
    """What both do counts for a pair, what only one does against it; all else is not worth saying."""
    if is_for:
        return f"both {both}" if old and new else ""
    return f"only one {one}" if old is not new else ""


def place_said(features: Mapping[str, float], is_for: bool) -> str:
    """Where the two stand in their files."""
    is_near = features["place"] <= NEAR
    said = "they stand at about the same place of the files" if is_near else "they stand far apart in the files"
    return said if is_near is is_for else ""


def rivals_said(features: Mapping[str, float], what: str, is_for: bool) -> str:
    """How a pair stands among the other candidates of its two things; `what` they are, such as `line`."""
    better, worse = features["better rank"], features["worse rank"]
    far_behind = features["strongest rival"] <= WELL_AHEAD * features[FIRST_LOOK]
    if is_for:
        if worse == 0:
            return f"at first sight no other {what} {'comes near' if far_behind else 'fits better'}"
        return f"at first sight the best {what} for one of them" if better == 0 else ""
    if worse == 0:
        return "" if far_behind else f"at first sight another {what} fits almost as well"
    return f"at first sight another {what} fits {'each' if better else 'one'} of them better"


def named(names: Sequence[str], features: Features) -> Mapping[str, float]:
    """The features of a pair by name; none where it has none."""
    return dict(zip(names, features, strict=False))
