"""Choosing the words of one statement that several variants make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agentdiff.similarity import CODE_WORD
from agentdiff.text import bare, plain
from agentdiff.vocabulary import STOP_WORDS, Wording, rarity, stems

NAME_RARITY = 5.0
"""A word with capitals is a detail from this rarity on: `API` (3.7) says little in these files, `Docker` (6.1) much."""

LONGEST_ENTRY = 4
"""Words of an entry that may be added to a list; longer ones are clauses."""

_DETAIL = re.compile(r"[A-Za-z][\w+#]*(?:[./-][\w+#]+)*|\d+(?:[.,]\d+)*%?")
_HEAD = re.compile(r"^\s*(?:\*\*|__)(?=\S).+?(?:\*\*|__)\s*:?")
_RUN_ENDS = re.compile(
    r"[():;!?\n—–]|\.(?!\w)|\b(?:such as|for|with|via|using|in|on|to|like|from|by)\b(?![-/])", re.IGNORECASE
)
"""Marks and words at which a list begins or ends."""
_ENTRY_ENDS = re.compile(r",\s*(?:and\s|or\s|&\s)?\s*|\s+(?:and|or|&)\s+")
_GOES_ON = re.compile(r"(?:\*\*|__|`)?\s*(?:,|(?:and|or|&)\s)")


@dataclass(frozen=True, slots=True)
class Choice:
    """The texts to write for one statement, and which of the given texts each stands for."""

    texts: tuple[str, ...]
    """The chosen wording first, maybe with a list extended; then those with detail of their own, to stand below it."""
    origins: tuple[str, ...]
    """For each of `texts` the given text that it is, or was before its list was extended."""
    carried_by: tuple[int, ...]
    """For each given text the index into `texts` of the one that says it."""


def choose(given: Sequence[str], is_role: bool = False, is_prose: bool = True) -> Choice:
    """The wording that says most; entries of lists are joined, and a text with other detail of its own stays too.

    Detail is what a reader would miss: numbers, code words, names and abbreviations. Of role statements just one is
    written. What is no prose, such as code, is never changed. The order of `given` does not matter for `texts`.
    """
    ranked = sorted(dict.fromkeys(given), key=lambda text: (-Wording.of(stems(plain(text))).total, len(text), text))
    texts = [ranked[0]]
    origins = [ranked[0]]
    home = {ranked[0]: 0}
    for text in ranked[1:]:
        if is_role:
            home[text] = 0
            continue
        if is_prose:
            texts[0] = with_joined_list(texts[0], text)
        at = next((place for place, kept in enumerate(texts) if not _missing(text, kept)), None)
        if at is None:
            texts.append(text)
            origins.append(text)
            at = len(texts) - 1
        home[text] = at
    return Choice(tuple(texts), tuple(origins), tuple(home[text] for text in given))


# ---------------------------------------------------------------------------------------------- detail


def details(text: str) -> frozenset[str]:
    """Numbers, code words, and words with a capital where prose has none, unless they are common; in lower case."""
    found = {code.strip().lower() for code in CODE_WORD.findall(text)}
    body = plain(_HEAD.sub("", text))
    for match in _DETAIL.finditer(body):
        word = match[0]
        before = body[: match.start()].rstrip()
        starts_sentence = not before or before[-1] in ".:!?"
        is_name = any(c.isupper() for c in word[1:]) or (word[0].isupper() and not starts_sentence)
        if word[0].isdigit() or (is_name and max(map(rarity, stems(word)), default=0.0) >= NAME_RARITY):
            found.add(word.lower())
    return frozenset(found)


def _missing(text: str, kept: str) -> frozenset[str]:
    """The details of one text that another does not have in any spelling."""
    whole = bare(kept)
    known = set(stems(plain(kept)))
    return frozenset(detail for detail in details(text) if not _is_in(detail, whole) and not _is_known(detail, known))


def _is_in(detail: str, whole: str) -> bool:
    """Whether a text has a detail; `5` is not in `50`, but `2.0` is in `OAuth2`."""
    wanted = bare(detail).removesuffix(".0")
    if not wanted[:1].isdigit():
        return wanted in whole
    return re.search(rf"(?<![\d.,]){re.escape(wanted)}(?!\d|[.,]\d)", whole) is not None


def _is_known(detail: str, known: set[str]) -> bool:
    words = set(stems(detail))
    return bool(words) and words <= known


# ---------------------------------------------------------------------------------------------- lists


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a list inside a sentence."""

    text: str
    start: int
    end: int


def with_joined_list(kept: str, other: str) -> str:
    """The kept text with what a list of the other adds to one of its own.

    Two lists are one if they share an entry. An entry is added if nothing of it is said yet, or if it holds a detail
    that is missing; behind the shared entry that another follows, so that `A, B or C` stays a sentence.
    """
    for theirs in _runs(other):
        known = set(stems(plain(kept)))
        missing = _missing(other, kept)
        whole = _squeezed(kept)
        fresh = [
            each.text for each in theirs if _is_fresh(each.text, known, missing) and _squeezed(each.text) not in whole
        ]
        place = _joint(kept, {bare(entry.text) for entry in theirs}) if fresh else None
        if place is not None:
            kept = f"{kept[:place]}, {', '.join(fresh)}{kept[place:]}"
    return kept


def _runs(text: str) -> Iterator[list[_Entry]]:
    """The lists inside a text: at least two entries, or one that stands alone in parentheses."""
    for first, last in _stretches(text, _RUN_ENDS, 0, len(text)):
        entries = []
        for start, stop in _stretches(text, _ENTRY_ENDS, first, last):
            words = text[start:stop].strip()
            if words:
                begin = text.index(words, start)
                entries.append(_Entry(words, begin, begin + len(words)))
        if len(entries) > 1 or (entries and text[first - 1 : first] == "("):
            yield entries


def _stretches(text: str, ends: re.Pattern[str], first: int, last: int) -> Iterator[tuple[int, int]]:
    """What stands between the ends in a part of a text."""
    start = first
    for end in ends.finditer(text, first, last):
        yield start, end.start()
        start = end.end()
    yield start, last


def _is_fresh(entry: str, known: set[str], missing: frozenset[str]) -> bool:
    said, first = stems(plain(entry)), entry.split()[0].lower()
    if not said or len(entry.split()) > LONGEST_ENTRY or first in STOP_WORDS or "**" in entry or entry.count("`") % 2:
        return False
    return known.isdisjoint(said) or not missing.isdisjoint(details(f"- {entry}"))


def _squeezed(text: str) -> str:
    """Without what spellings of one name differ in: `OAuth 2.0` is `OAuth2`."""
    return re.sub(r"\.0\b|\W", "", text.lower())


def _joint(kept: str, theirs: set[str]) -> int | None:
    """Where entries can be added: behind a shared entry, best one that another follows."""
    places = [entry.end for run in _runs(kept) for entry in run if bare(entry.text) in theirs]
    inside = [place for place in places if _GOES_ON.match(kept, place)]
    if inside:
        return inside[0]
    return next((place for place in places if kept[place : place + 1] == ")"), None)
