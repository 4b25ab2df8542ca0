"""Choosing the words of one statement that several variants make.

Nothing is invented: a text is written as a variant has it, with entries of other variants in its lists at most. What
does not say all of another text leaves that one standing below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agentdiff.inner_lists import with_joined_list
from agentdiff.saying import content, says
from agentdiff.text import fold


@dataclass(frozen=True, slots=True)
class Choice:
    """The texts to write for one statement, and which of the given texts each stands for."""

    texts: tuple[str, ...]
    """The chosen wording first, maybe with a list extended; then those that it does not say, to stand below it."""
    origins: tuple[str, ...]
    """For each of `texts` the given text that it is, or was before its list was extended."""
    carried_by: tuple[int, ...]
    """For each given text the index into `texts` of the one that says it."""


def choose(given: Sequence[str], is_prose: bool = True) -> Choice:
    """The wording that says most; entries of lists are joined, and a text that it does not say stays too.

    What is no prose, such as code, is never changed. The order of `given` does not matter for `texts`.
    """
    ranked = sorted(dict.fromkeys(given), key=lambda text: (-content(text).words.total, len(text), text))
    texts = [_with_lists_of(ranked) if is_prose else ranked[0]]
    origins = [ranked[0]]
    for text in ranked[1:]:
        if not any(_stands_for(kept, text, is_prose) for kept in texts):
            texts.append(text)
            origins.append(text)
    for place in reversed(range(len(texts))):  # a later text, or an extended list, may say an earlier one
        rest = [*texts[:place], *texts[place + 1 :]]
        if rest and all(any(_stands_for(kept, text, is_prose) for kept in rest) for text in ranked):
            del texts[place], origins[place]
    home = {text: _home(text, texts, origins, is_prose) for text in ranked}
    return Choice(tuple(texts), tuple(origins), tuple(home[text] for text in given))


def _with_lists_of(ranked: Sequence[str]) -> str:
    """The first text with the entries of others in its lists, where it then says all of them."""
    kept = ranked[0]
    for text in ranked[1:]:
        if not says(kept, text) and says(joined := with_joined_list(kept, text), text):
            kept = joined
    return kept


def _stands_for(kept: str, text: str, is_prose: bool) -> bool:
    return says(kept, text) if is_prose else fold(kept) == fold(text)


def _home(text: str, texts: Sequence[str], origins: Sequence[str], is_prose: bool) -> int:
    """Where a text is said: where it stands itself, else by the first that says it."""
    if text in origins:
        return origins.index(text)
    return next(place for place, kept in enumerate(texts) if _stands_for(kept, text, is_prose))
