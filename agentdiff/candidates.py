"""Which pairs are looked at: those that share a rare word, found through an inverted index.

So the number of pairs grows with the size of the files, not with its square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import product

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


def candidates(
    old: Sequence[Statement],
    new: Sequence[Statement],
    old_left_out: Set[int] = frozenset(),
    new_left_out: Set[int] = frozenset(),
) -> Iterator[tuple[int, int]]:
    """Index pairs that share words of some rarity, or are both role statements, through an inverted index.

    A word that more than `COMMON_WORD` statements of one side have finds no candidates, and each statement keeps its
    `MOST_CANDIDATES` best: so the number of pairs grows with the size of the files, not with its square.
    """
    holders = [
        _holders((index, each.words) for index, each in enumerate(side) if index not in left_out)
        for side, left_out in ((old, old_left_out), (new, new_left_out))
    ]
    telling = {
        stem: rights
        for stem, rights in holders[1].items()
        if max(len(rights), len(holders[0].get(stem, ()))) <= COMMON_WORD
    }
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
            if summed < LEAST_SHARED_RARITY - ROUNDING:
                continue
            rarity = round(summed, DIGITS)  # the sum must not depend on the order of the words, so on the side
            part = rarity / (min(each.words.total, totals[right]) or 1.0)
            if rarity >= LEAST_SHARED_RARITY and part >= LEAST_SHARED_PART:
                found.append((part * rarity, left, right))
    yield from _most_promising(found)


def _holders(wordings: Iterable[tuple[int, Wording]]) -> Mapping[str, list[int]]:
    """For each stem the numbers of the wordings that have it, in order."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for number, wording in wordings:
        for stem in wording.weights:
            holders[stem].append(number)
    return holders


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
    old: Sequence[Part], new: Sequence[Part], corresponding: Set[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Section pairs, in order, that have a word of their titles in common, or both open their file.

    Those between which items correspond are among them. Of the 739 labelled pairs called the same, 17 are not found.
    Words that many titles of a file have (`Step 1` to `Step 90`) find no candidates.
    """
    pairs = set(corresponding)
    holders = [_holders((index, part.title) for index, part in enumerate(side)) for side in (old, new)]
    for stem in holders[0].keys() & holders[1].keys():
        if max(len(holders[0][stem]), len(holders[1][stem])) <= COMMON_TITLE_WORD:
            pairs.update(product(holders[0][stem], holders[1][stem]))
    openings = [[index for index, part in enumerate(side) if part.is_opening] for side in (old, new)]
    pairs.update(product(openings[0], openings[1]))
    return sorted(pairs)
