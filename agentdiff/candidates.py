"""Which pairs are looked at: those that share a rare word, found through an inverted index.

So the number of pairs grows with the size of the files, not with its square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import product
from typing import NamedTuple

from agentdiff.similarity import Part, Statement
from agentdiff.vocabulary import Wording

LEAST_SHARED_RARITY = 3.0
"""Two items are looked at when the words that they share are together as rare as this (one word in 20 items), ..."""

LEAST_SHARED_PART = 0.25
"""... and at least this part of what the one that says less says. Of the 903 labelled equal pairs 26 share less; with
0.2 it would be 17, and half as many pairs again would have to be looked at."""

DIGITS = 6
"""Places behind the point to which summed rarities are held."""

ROUNDING = 1e-6
"""More than a sum changes by that."""

COMMON_WORD = 80
"""Statements of one file that may share a word before it says nothing there. Most files have fewer statements."""

COMMON_TITLE_WORD = 50
"""The same for the titles of one file."""

MOST_CANDIDATES = 25
"""Partners of one statement that are looked at closely. The labelled pairs lose none by it."""


class Holders(NamedTuple):
    """Wordings by their stems."""

    by_stem: Mapping[str, Sequence[int]]
    """The numbers of those that have it, in order."""
    often: Sequence[str]
    """The stems that more than `COMMON_WORD` have."""


def candidates(
    old: Sequence[Statement],
    new: Sequence[Statement],
    old_left_out: Set[int] = frozenset(),
    new_left_out: Set[int] = frozenset(),
    by_word: tuple[Holders, Holders] | None = None,
) -> Iterator[tuple[int, int]]:
    """Index pairs that share words of some rarity, or are both role statements, through an inverted index.

    A word that more than `COMMON_WORD` statements of one side have finds no candidates, and each statement keeps its
    `MOST_CANDIDATES` best: so the number of pairs grows with the size of the files, not with its square. Who compares
    an agent with many others passes the `holders` of the words of all statements of both sides.
    """
    by_word = by_word or (holders(each.words for each in old), holders(each.words for each in new))
    common = _common(by_word[0], old_left_out) | _common(by_word[1], new_left_out)
    telling = by_word[1].by_stem
    if common:
        telling = {stem: rights for stem, rights in telling.items() if stem not in common}
    totals = [each.words.total for each in new]
    roles = [right for right, each in enumerate(new) if each.is_role and right not in new_left_out]
    found: list[tuple[float, int, int]] = []
    for left, each in enumerate(old):
        if left in old_left_out:
            continue
        shared: defaultdict[int, float] = defaultdict(float)
        for stem, rarity in each.words.weights.items():
            for right in telling.get(stem, ()):
                shared[right] += rarity
        for right in roles if each.is_role else ():
            shared[right] += LEAST_SHARED_RARITY + min(each.words.total, totals[right])
        for right, summed in shared.items():
            if summed < LEAST_SHARED_RARITY - ROUNDING or right in new_left_out:
                continue
            rarity = round(summed, DIGITS)  # the sum must not depend on the order of the words, so on the side
            part = rarity / (min(each.words.total, totals[right]) or 1.0)
            if rarity >= LEAST_SHARED_RARITY and part >= LEAST_SHARED_PART:
                found.append((part * rarity, left, right))
    yield from _most_promising(found)


def holders(wordings: Iterable[Wording]) -> Holders:
    """The wordings, numbered in their order, by their stems."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, wording in enumerate(wordings):
        for stem in wording.weights:
            found[stem].append(number)
    return Holders(found, [stem for stem, numbers in found.items() if len(numbers) > COMMON_WORD])


def _common(by_word: Holders, left_out: Set[int]) -> Set[str]:
    """The stems of more than `COMMON_WORD` of those that are not left out."""
    return {
        stem for stem in by_word.often if sum(number not in left_out for number in by_word.by_stem[stem]) > COMMON_WORD
    }


def _most_promising(found: Sequence[tuple[float, int, int]]) -> Iterator[tuple[int, int]]:
    """The pairs that are among the best of one of their two sides; ties beyond the limit are all kept."""
    limits = []
    for side in (1, 2):
        promises: defaultdict[float, list[float]] = defaultdict(list)
        for pair in found:
            promises[pair[side]].append(pair[0])
        limits.append({index: sorted(each)[-MOST_CANDIDATES:][0] for index, each in promises.items()})
    for promise, left, right in found:
        if promise >= limits[0][left] or promise >= limits[1][right]:
            yield left, right


def section_candidates(
    old: Sequence[Part],
    new: Sequence[Part],
    corresponding: Set[tuple[int, int]],
    by_title: tuple[Holders, Holders] | None = None,
) -> list[tuple[int, int]]:
    """Section pairs, in order, that have a word of their titles in common, or both open their file.

    Those between which items correspond are among them. Of the 739 labelled pairs called the same, 17 are not found.
    Words that many titles of a file have (`Step 1` to `Step 90`) find no candidates.
    """
    pairs = set(corresponding)
    by_title = by_title or (holders(part.title for part in old), holders(part.title for part in new))
    titled = by_title[0].by_stem, by_title[1].by_stem
    for stem in titled[0].keys() & titled[1].keys():
        if max(len(titled[0][stem]), len(titled[1][stem])) <= COMMON_TITLE_WORD:
            pairs.update(product(titled[0][stem], titled[1][stem]))
    openings = [[index for index, part in enumerate(side) if part.is_opening] for side in (old, new)]
    pairs.update(product(openings[0], openings[1]))
    return sorted(pairs)
