"""Agents in two languages: only the words that both files write alike can be compared.

Names, code words, numbers and borrowed terms (`PostgreSQL 16`, `OpenAPI`, `deploy`) stand in both files; all other
words would only say that the languages differ. So both sides are reduced to what they share before they are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from agentdiff.similarity import CONTEXT_WEIGHT, Part, Prepared, Statement
from agentdiff.vocabulary import Wording, direction, stem_of, summed_vectors, words_of


def have_different_languages(old: Prepared, new: Prepared) -> bool:
    """Whether both languages are known, and not the same."""
    return old.language is not None and new.language is not None and old.language is not new.language


def reduced(old: Prepared, new: Prepared) -> tuple[Prepared, Prepared]:
    """Both agents with the words that the other one has as well, and no others."""
    common = _stems_of(old) & _stems_of(new)
    return _reduced(old, common), _reduced(new, common)


def _stems_of(side: Prepared) -> frozenset[str]:
    """Every stem of the statements and titles."""
    wordings = [*(each.words for each in side.statements), *(part.title for part in side.parts)]
    return frozenset(stem for wording in wordings for stem in wording.weights)


def _reduced(side: Prepared, common: frozenset[str]) -> Prepared:
    return side._replace(
        statements=tuple(_statement(each, common) for each in side.statements),
        parts=tuple(_part(part, common) for part in side.parts),
    )


def _statement(each: Statement, common: frozenset[str]) -> Statement:
    words, context, head = (_kept(wording, common) for wording in (each.words, each.context, each.head))
    enriched = words.joined(context, CONTEXT_WEIGHT)
    written = [word for word in words_of(each.text) if stem_of(word) in words.weights]
    return each._replace(
        letters=" ".join(sorted(written)),
        words=words,
        head=head,
        context=context,
        enriched=enriched,
        vector=summed_vectors(words.weights),
        meaning=_direction(words.weights),
        gist=_direction(head.weights or words.weights),
        setting=_direction(context.weights),
        first="",
        pairs=frozenset(pairwise(map(stem_of, written))),
    )


def _part(part: Part, common: frozenset[str]) -> Part:
    title, path, content, own = (_kept(each, common) for each in (part.title, part.path, part.content, part.own))
    return part._replace(
        title=title,
        path=path,
        content=content,
        own=own,
        title_meaning=_direction(title.weights),
        path_meaning=_direction(path.weights),
        content_meaning=_direction(content.weights),
        own_meaning=_direction(own.weights),
    )


def _kept(wording: Wording, common: frozenset[str]) -> Wording:
    return Wording.weighted({stem: weight for stem, weight in wording.weights.items() if stem in common})


def _direction(stems: Iterable[str]) -> tuple[float, ...]:
    return direction(summed_vectors(stems))
