"""Choosing partners: of all pairs that are likely enough the best first, each thing once or, where strong, twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

NEVER = 2.0
"""A floor that no similarity reaches."""

Features: TypeAlias = tuple[float, ...]


class Scored(NamedTuple):
    """A candidate pair, by index."""

    old: int
    new: int
    similarity: float
    """That a reader would pair the two at all, 0..1."""
    equality: float
    """That a reader would call the two equal (same, for sections), 0..1."""
    features: Features = ()
    """What the second look saw; empty for anchors."""
    disagreement: str = ""
    """Why the two cannot both hold, so that they are not equal; empty where nothing says so."""


def best_pairs(scored: Iterable[Scored], floor: float, strong: float) -> list[Scored]:
    """Best first, each thing once; a second partner only for a pair of at least `strong`.

    Ties go to the pair whose places differ least, then to the earlier one: rules that do not know old from new.
    """
    order = sorted(
        (pair for pair in scored if pair.similarity >= floor),
        key=lambda pair: (-pair.similarity, abs(pair.old - pair.new), pair.old + pair.new, min(pair.old, pair.new)),
    )
    taken: tuple[defaultdict[int, int], defaultdict[int, int]] = (defaultdict(int), defaultdict(int))
    chosen = []
    for pair in order:
        partners = max(taken[0][pair.old], taken[1][pair.new])
        if partners == 0 or (partners == 1 and pair.similarity >= strong):
            taken[0][pair.old] += 1
            taken[1][pair.new] += 1
            chosen.append(pair)
    return chosen
