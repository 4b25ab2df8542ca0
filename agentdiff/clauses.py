"""Contradictions in the midst of longer statements: clauses that give another amount for the same thing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple, TypeAlias

from agentdiff.contradiction import contradiction
from agentdiff.similarity import Prepared, Statement, Titles, statement

Node: TypeAlias = tuple[int, int]
"""A statement or section: index of the variant, index in it."""

TELLING_WORD = 4.5
"""Clauses with an amount are compared if they share a word of at least this rarity."""

MOST_CLAUSES = 40
"""Clauses with an amount that share a word; more of them are boilerplate."""

_CLAUSE_ENDS = re.compile(r"(?<=[.;:!?])\s+|,\s+(?:(?:and|then|but|so)\s+)?")
_AMOUNT = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*[ -]?(?:%|[a-z]{2,})")


class Clause(NamedTuple):
    """A part of a statement in which an amount stands."""

    home: int
    """Index of the statement."""
    number: int
    """Which of the clauses of its variant it is."""
    said: Statement


Clauses: TypeAlias = Mapping[str, Sequence[Clause]]
"""The clauses with an amount of one variant, in order, by each telling word in them."""


def clauses_of(variant: Prepared) -> Clauses:
    """What `quarrels_between` compares; worked out once for each variant, however many it is compared with."""
    by_word: defaultdict[str, list[Clause]] = defaultdict(list)
    said = [(home, clause) for home, each in enumerate(variant.statements) for clause in _clauses_with_amount(each)]
    for number, (home, clause) in enumerate(said):
        for word in _telling_words(clause):
            by_word[word].append(Clause(home, number, clause))
    return by_word


def quarrelling_clauses(variants: Sequence[Prepared]) -> Iterator[tuple[Node, Node, str]]:
    """Statements in whose midst an amount stands that another variant gives otherwise, and how the two disagree."""
    return quarrels_between([clauses_of(variant) for variant in variants])


def quarrels_between(variants: Sequence[Clauses]) -> Iterator[tuple[Node, Node, str]]:
    """`quarrelling_clauses` of variants whose clauses are known."""
    spread = Counter(word for clauses in variants for word in clauses)
    compared: set[tuple[Node, Node]] = set()  # by the numbers of the clauses
    quarrelling: set[tuple[Node, Node]] = set()
    for word in sorted(word for word, count in spread.items() if count > 1):
        sharing = [(v, clause) for v, clauses in enumerate(variants) for clause in clauses.get(word, ())]
        for (v, left), (w, right) in combinations(sharing[:MOST_CLAUSES], 2):
            both, homes = ((v, left.number), (w, right.number)), ((v, left.home), (w, right.home))
            if v == w or both in compared or homes in quarrelling:
                continue
            compared.add(both)
            if disagreement := contradiction(left.said, right.said):
                quarrelling.add(homes)
                yield *homes, disagreement


def _clauses_with_amount(whole: Statement) -> list[Statement]:
    if not _AMOUNT.search(whole.text):
        return []
    clauses = [clause for clause in _CLAUSE_ENDS.split(whole.text) if _AMOUNT.search(clause)]
    return [statement(replace(whole.item, text=clause), Titles(whole.context, (), whole.setting)) for clause in clauses]


def _telling_words(clause: Statement) -> list[str]:
    return [stem for stem, rarity in clause.words.weights.items() if rarity >= TELLING_WORD and not stem[0].isdigit()]
