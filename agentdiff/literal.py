"""Agents in two languages: only the words that both files write alike can be compared.

Names, code words, numbers and borrowed terms (`PostgreSQL 16`, `OpenAPI`, `deploy`) stand in both files; all other
words would only say that the languages differ. So statements are reduced to what both files share before they are
looked at, and a pair must share enough of what the shorter of the two says in full: a word that two sentences happen to
share says nothing of the rest.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from agentdiff.language import differ
from agentdiff.similarity import CONTEXT_WEIGHT, Prepared, Statement
from agentdiff.vocabulary import Wording, direction, is_counted, rarity, stem_of, summed_vectors, words_of

LEAST_LITERAL = 0.25
"""The part of the smaller statement, by rarity, that a pair must share. Without it, 58 of 68 matches of items were
wrong in eight pairs of public files in two languages that are no translations of each other; with it 17 are left."""

FOREIGN_WORD = 4.0
"""What a word of another language weighs: as much as a middling English word in the instructions of agents."""

FOREIGN_LETTERS = 2.0
"""The same for two letters of a script without blanks; a word has about two such pairs."""

SHORTEST_WORD = 3
"""Letters of a word that counts; shorter ones (`do`, `no`, `a`) are words of both languages by chance."""


def have_different_languages(old: Prepared, new: Prepared) -> bool:
    """Whether both languages are known, and not the same."""
    return differ(old.language, new.language)


def literal_part(a: Statement, b: Statement) -> float:
    """How much of the statement that says less the other has word for word, 0..1; both as they were written."""
    shared = _telling(a.words) & _telling(b.words)
    weight = math.fsum(a.words.weights[stem] for stem in shared)
    rest = min(_foreign_weight(each.words.weights.keys() - shared) for each in (a, b))
    return weight / (weight + rest) if weight else 0.0


def _foreign_weight(stems: Iterable[str]) -> float:
    """What words weigh that the other statement has not; of those that no table knows how rare they are, the usual."""
    return math.fsum(
        rarity(stem) if is_counted(stem) else FOREIGN_WORD if stem.isascii() or len(stem) > 2 else FOREIGN_LETTERS
        for stem in stems
    )


def reduced(old: Prepared, new: Prepared) -> tuple[Prepared, Prepared]:
    """Both agents with the words in their statements that the other one has as well, and no others."""
    common = _stems_of(old) & _stems_of(new)
    return _reduced(old, common), _reduced(new, common)


def _reduced(side: Prepared, common: frozenset[str]) -> Prepared:
    return side._replace(statements=tuple(_statement(each, common) for each in side.statements))


def _stems_of(side: Prepared) -> frozenset[str]:
    """Every stem of the statements and titles that tells something."""
    wordings = [*(each.words for each in side.statements), *(part.title for part in side.parts)]
    return frozenset().union(*map(_telling, wordings))


def _telling(wording: Wording) -> frozenset[str]:
    """The stems that no two languages share by chance."""
    return frozenset(stem for stem in wording.weights if len(stem) >= SHORTEST_WORD or not stem.isalpha())


def _statement(each: Statement, common: frozenset[str]) -> Statement:
    words, context, head = (_kept(wording, common) for wording in (each.words, each.context, each.head))
    written = [word for word in words_of(each.text) if stem_of(word) in words.weights]
    vector = summed_vectors(words.weights)
    return each._replace(
        letters=" ".join(sorted(written)),
        words=words,
        head=head,
        context=context,
        enriched=words.joined(context, CONTEXT_WEIGHT),
        vector=vector,
        meaning=direction(vector),
        gist=direction(summed_vectors(head.weights) or vector),
        setting=direction(summed_vectors(context.weights)),
        pairs=frozenset(pairwise(map(stem_of, written))),
    )


def _kept(wording: Wording, common: frozenset[str]) -> Wording:
    return Wording.weighted({stem: weight for stem, weight in wording.weights.items() if stem in common})
