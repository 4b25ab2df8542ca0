"""Whether one text says what another says: the test by which text may be left out of a merge.

It looks at the two texts alone, so what was absorbed once is found said again, whatever stands around it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from agentdiff import weights
from agentdiff.similarity import CODE_WORD
from agentdiff.text import bare, plain
from agentdiff.vocabulary import (
    Direction,
    Wording,
    agreement,
    direction,
    is_common,
    rarity,
    shared_weight,
    stem_of,
    stems,
    summed_vectors,
    words_of,
)

NAME_RARITY = 5.0
"""A word with capitals is a detail from this rarity on: `API` (3.7) says little in these files, `Docker` (6.1) much."""

_DETAIL = re.compile(r"[A-Za-z][\w+#]*(?:[./-][\w+#]+)*|\d+(?:[.,]\d+)*%?")
_HEAD = re.compile(r"^\s*(?:\*\*|__)(?=\S).+?(?:\*\*|__)\s*:?")


class Content(NamedTuple):
    """A text taken apart."""

    letters: str
    """Without Markdown marks, case and folds."""
    words: Wording
    known: frozenset[str]
    """Its words and their stems."""
    details: frozenset[str]
    meaning: Direction


@lru_cache(maxsize=8192)
def content(text: str) -> Content:
    """A text taken apart."""
    said = plain(text)
    in_order = stems(said)
    words = Wording.of(in_order)
    parts = {part for word in words_of(said.lower()) for part in (word, stem_of(word))}
    meaning = direction(summed_vectors(words.weights))
    return Content(bare(text), words, frozenset(parts), details(text), meaning)


def says(kept: str, text: str) -> bool:
    """Whether a reader of one text misses nothing of another: no detail, and little else.

    That the two are about the same must be known already, and that they do not contradict each other: such texts may
    well share all their words.
    """
    if kept == text:
        return True
    one, other = content(kept), content(text)
    if other.letters in one.letters:
        return True
    share = shared_weight(one.words, other.words) / other.words.total if other.words.total else 0.0
    if share < weights.SAID_WITH_OTHER_WORDS:
        return False
    if share < weights.SAID and agreement(one.meaning, other.meaning) < weights.SAID_MEANING:
        return False
    return not missing_details(text, kept)


def details(text: str) -> frozenset[str]:
    """What a reader would miss, in lower case: numbers, code words, uncommon words and names.

    A name has a capital where prose has none.
    """
    found = {code.strip().lower() for code in CODE_WORD.findall(text)}
    found |= {word for word in words_of(plain(text).lower()) if not is_common(word)}
    body = plain(_HEAD.sub("", text))
    for match in _DETAIL.finditer(body):
        word = match[0]
        before = body[: match.start()].rstrip()
        starts_sentence = not before or before[-1] in ".:!?"
        is_name = any(c.isupper() for c in word[1:]) or (word[0].isupper() and not starts_sentence)
        if word[0].isdigit() or (is_name and max(map(rarity, stems(word)), default=0.0) >= NAME_RARITY):
            found.add(word.lower())
    return frozenset(found)


def missing_details(text: str, kept: str) -> frozenset[str]:
    """The details of one text that another does not have in any spelling."""
    one = content(kept)
    return frozenset(detail for detail in content(text).details if not _has(one, detail))


def _has(content: Content, detail: str) -> bool:
    """Whether a text has a detail; `5` is not in `50`."""
    if detail in content.known or stem_of(detail) in content.known:
        return True
    wanted = bare(detail)
    if wanted[:1].isdigit():
        return re.search(rf"(?<![\d.,]){re.escape(wanted)}(?!\d|[.,]\d)", content.letters) is not None
    words = set(stems(detail))
    return wanted in content.letters or (bool(words) and words <= content.known)
