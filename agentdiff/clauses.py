"""Contradictions in the midst of longer statements: clauses that give another amount for the same thing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TypeAlias

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


def quarrelling_clauses(variants: Sequence[Prepared]) -> Iterator[tuple[Node, Node, str]]:
    """Statements in whose midst an amount stands that another variant gives otherwise, and how the two disagree."""
    by_word: defaultdict[str, list[tuple[Node, Statement]]] = defaultdict(list)
    for v, variant in enumerate(variants):
        for index, each in enumerate(variant.statements):
            for clause in _clauses_with_amount(each):
                for word in _telling_words(clause):
                    by_word[word].append(((v, index), clause))
    seen: set[tuple[Node, Node]] = set()
    for word in sorted(by_word):
        for (a, left), (b, right) in combinations(by_word[word][:MOST_CLAUSES], 2):
            if a[0] != b[0] and (a, b) not in seen:
                disagreement = contradiction(left, right)
                if disagreement:
                    seen.add((a, b))
                    yield a, b, disagreement


def _clauses_with_amount(whole: Statement) -> list[Statement]:
    if not _AMOUNT.search(whole.text):
        return []
    clauses = [clause for clause in _CLAUSE_ENDS.split(whole.text) if _AMOUNT.search(clause)]
    return [statement(replace(whole.item, text=clause), Titles(whole.context, (), whole.setting)) for clause in clauses]


def _telling_words(clause: Statement) -> list[str]:
    return [stem for stem, rarity in clause.words.weights.items() if rarity >= TELLING_WORD and not stem[0].isdigit()]
