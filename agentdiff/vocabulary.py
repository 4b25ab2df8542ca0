"""Words, how rare they are and what they mean: the one module that knows the stemmer and the tables of the package.

Words count by how rare they are over public agent files (inverse document frequency of their stem). Each stem of that
table also has a vector, 48 small numbers: texts about one matter point the same way even where they share no word
(`bench/make_vectors.py` makes the table).
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from operator import mul
from pkgutil import get_data
from typing import NamedTuple, TypeAlias

ITEMS_COUNTED = 143_111
"""Distinct items behind the table of frequencies."""

LEAST_COUNTED = 8
"""Rarer stems are not in the table; they weigh as if half as many items held them."""

FOREIGN_RARITY = 6.0
"""What a word counts that is not English, so that the table cannot tell how common it is: as much as a middling one."""

_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[+#]|\.(?=[a-z]))*|\d+(?:[.,]\d+)*%?")
STOP_WORDS = frozenset(
    "a an and are as at be by for from has have in into is it its of on or that the their them then these this"
    " to via was were what when where which while who will with you your should must can may e.g etc i.e all"
    " any each".split()
)


@cache
def _counts() -> Mapping[str, str]:
    """How many public items hold a stem, as the table has it."""
    data = get_data("agentdiff", "data/stem-frequencies.tsv") or b""
    cells = data.decode().partition("\n")[2].split()
    return dict(zip(cells[::2], cells[1::2], strict=True))


@cache
def _rarest() -> float:
    return math.log(ITEMS_COUNTED / (LEAST_COUNTED / 2))


@cache
def stem_of(word: str) -> str:
    """The stem of one word in lower case."""
    return str(_stemmer().stemWord(word))


@cache
def _stemmer():  # type: ignore[no-untyped-def]
    import Stemmer

    return Stemmer.Stemmer("english")


def words_of(text: str) -> list[str]:
    """The words and numbers of a text in lower case, in order; scripts without blanks in pairs of letters."""
    words = _WORD.findall(text)
    if text.isascii():
        return words
    return [part for word in words for part in (_letter_pairs(word) if _is_unspaced(word) else (word,))]


def _is_unspaced(word: str) -> bool:
    """In a script without blanks between words (Thai, Lao, Chinese, Japanese) or with endings glued on (Korean)."""
    return len(word) > 2 and any("\u0e00" <= letter <= "\u0eff" or "\u3040" <= letter <= "\ud7af" for letter in word)


def _letter_pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)]


def stems(text: str) -> list[str]:
    """The stems of a text in order, without function words."""
    return [stem_of(word) for word in words_of(text.lower()) if word not in STOP_WORDS]


def is_counted(stem: str) -> bool:
    """Whether the table knows how rare a stem is; so it is an English one, or a name that is common among agents."""
    return stem in _counts()


@cache
def _common_words() -> frozenset[str]:
    data = get_data("agentdiff", "data/common-words.txt") or b""
    return frozenset(data.decode().partition("\n")[2].split())


def is_common(word: str) -> bool:
    """Whether a word in lower case stands in more than 60 of the items counted, so that nobody misses it.

    Other forms of it count apart: `relational` is rare, `related` common.
    """
    return word in STOP_WORDS or word in _common_words() or (len(word) == 1 and not word.isdigit())


@cache
def rarity(stem: str) -> float:
    """How much a stem says: its inverse document frequency, 1.7 for the commonest to 10.5 for an unknown one."""
    if count := _counts().get(stem):
        return math.log(ITEMS_COUNTED / int(count))
    return _rarest() if stem.isascii() else FOREIGN_RARITY


class Wording(NamedTuple):
    """A text as weighted stems."""

    weights: dict[str, float]
    total: float
    norm: float

    @classmethod
    def of(cls, words: Iterable[str]) -> Wording:
        """Each stem once, weighted by its rarity."""
        return cls.weighted({stem: rarity(stem) for stem in words})

    @classmethod
    def weighted(cls, weights: dict[str, float]) -> Wording:
        """Stems with weights of their own."""
        values = weights.values()
        return cls(weights, sum(values), math.sqrt(sum(map(mul, values, values))))

    def joined(self, other: Wording, factor: float) -> Wording:
        """This wording and what the other adds, at a part of its weight; what both have keeps its weight here."""
        added = {stem: weight * factor for stem, weight in other.weights.items()}
        return Wording.weighted(added | self.weights) if added else self


EMPTY = Wording({}, 0.0, 0.0)


def cosine(a: Wording, b: Wording) -> float:
    """Cosine of two wordings, 0 where one is empty."""
    left, right = a.weights, b.weights
    shared = left.keys() & right.keys()
    if not shared:
        return 0.0
    # fsum: the stems of a set come in another order on every run, and the sum must not
    products = map(mul, map(left.__getitem__, shared), map(right.__getitem__, shared))
    return min(1.0, math.fsum(products) / (a.norm * b.norm))


def shared_weight(a: Wording, b: Wording) -> float:
    """Summed rarity of the stems that both have; in both they weigh the same, their rarity."""
    shared = a.weights.keys() & b.weights.keys()
    return math.fsum(map(a.weights.__getitem__, shared)) if shared else 0.0


def containment(a: Wording, b: Wording) -> float:
    """The share of the smaller wording that the larger one has, 0 where one is empty."""
    shared = shared_weight(a, b)
    return min(1.0, shared / min(a.total, b.total)) if shared else 0.0


# ---------------------------------------------------------------------------------------------- meaning

DIMENSIONS = 48
"""Numbers in a vector. 64 were no better on the labelled pairs, 32 a little worse (bench/README.md)."""

VECTOR_STEP = 0.01
"""What one step of the stored numbers, -127..127, stands for; the scale cancels out, the step fits the range."""

Direction: TypeAlias = tuple[float, ...]
"""Where a text points: `DIMENSIONS` numbers of length 1 taken together, or none where nothing is known of its words."""


@cache
def _places() -> Mapping[str, int]:
    """Where the vector of each stem begins in the table."""
    return {stem: place * DIMENSIONS for place, stem in enumerate(_counts())}


@cache
def _vectors() -> bytes:
    return get_data("agentdiff", "data/stem-vectors.bin") or b""


def counted_stems() -> Iterable[str]:
    """The stems that have a frequency and a vector, in the order of the tables."""
    return _counts()


_MIDDLE = 128
"""Added to each number of a packed vector, so that none is below 0."""

_FIELD = 4
"""Bytes of a number in a packed vector: 16 million stems can be added before one runs over."""


@cache
def _packed_vector(stem: str) -> int:
    """The vector of a stem, its rarity included, as the digits of one large number; 0 for one that is not in the table.

    So the vectors of a text are added by one addition for each word.
    """
    place = _places().get(stem)
    if place is None:
        return 0
    numbers = memoryview(_vectors()[place : place + DIMENSIONS]).cast("b")
    return int.from_bytes(
        b"".join((number + _MIDDLE).to_bytes(_FIELD, sys.byteorder) for number in numbers), sys.byteorder
    )


def summed_vectors(stems: Iterable[str]) -> tuple[int, ...]:
    """The sum of the vectors of some stems, each as often as it is given; empty where none is known."""
    known = [vector for stem in stems if (vector := _packed_vector(stem))]
    if not known:
        return ()
    fields = memoryview(sum(known).to_bytes(DIMENSIONS * _FIELD, sys.byteorder)).cast("I")
    middle = len(known) * _MIDDLE
    return tuple([field - middle for field in fields])


def summed(vectors: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """The sum of some vectors, those that are empty left out."""
    return tuple(map(sum, zip(*(vector for vector in vectors if vector), strict=True)))


def direction(vector: Sequence[float]) -> Direction:
    """A vector, or the empty one, brought to length 1."""
    length = math.sqrt(sum(map(mul, vector, vector)))
    return tuple([number / length for number in vector]) if length else ()


def agreement(a: Direction, b: Direction) -> float:
    """Cosine of two directions, -1..1; 0 where one of them is unknown."""
    return float(sum(map(mul, a, b)))
