"""Lists inside sentences: `queues (RabbitMQ, Kafka)`, `such as Kafka or SQS`, `**Queues**: RabbitMQ, Kafka`.

Two texts that say the same and have such a list each become one by joining the lists; nothing else of a text is ever
rewritten. What only looks like a list, clauses with commas between them, is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from agentdiff import weights
from agentdiff.saying import content, details, missing_details
from agentdiff.text import bare, plain
from agentdiff.vocabulary import STOP_WORDS, Wording, shared_weight, stems

LONGEST_ENTRY = 5
"""Words of an entry; longer ones are clauses."""

LONGEST_LIST = 400
"""Characters of a list; what is longer is prose."""

_EXAMPLES = r"(?:such as|including|like|e\.g\.,?|i\.e\.,?|for example,?)\s+"
_PARENTHESES = re.compile(rf"\((?:{_EXAMPLES})?([^()\n]{{2,{LONGEST_LIST}}})\)", re.IGNORECASE)
_OPENED = re.compile(
    rf"\b{_EXAMPLES}((?:(?![():;!?\n—–]|\.(?!\w)|\b(?:for|with|via|using|in|on|to|from|by)\b(?![-/])).){{2,{LONGEST_LIST}}})",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"^\s*(?:(?:\*\*|__)(?P<bold>[^*_\n]{2,60}?):?(?:\*\*|__)\s*:?|(?P<plain>[^:*_`.\n]{2,60}):)"
    rf"\s+(?P<list>[^():;!?\n—–]{{2,{LONGEST_LIST}}}?)\.?\s*$"
)
_ENTRY_ENDS = re.compile(r",\s*(?:and\s|or\s|&\s)?\s*|\s+(?:and|or|&)\s+")
_CLAUSE = re.compile(
    r"\b(?:for|with|via|using|to|from|by|before|after|across|while|that|which)\b(?![-/])", re.IGNORECASE
)
_JOINING = re.compile(r"\b(?:and|or)\s|&\s")


class Entry(NamedTuple):
    """One entry of a list, and where it stands in the text."""

    text: str
    start: int
    end: int


class InnerList(NamedTuple):
    """A list inside a text."""

    entries: tuple[Entry, ...]
    label: tuple[str, ...]
    """The stems of the label that it stands alone behind, empty for others."""


def with_joined_list(kept: str, other: str) -> str:
    """The kept text with what a list of the other adds to one of its own.

    Two lists are one if they share an entry, or stand alone behind the same label. An entry is added if little of it is
    said yet, or if it holds a detail that is missing; so that `A, B or C` stays a sentence.
    """
    for theirs in inner_lists(other):
        ours = next((each for each in inner_lists(kept) if _are_one(each, theirs)), None)
        fresh = [entry for entry in _fresh(theirs.entries, kept, other) if not _repeats(entry, ours)] if ours else []
        if ours and fresh:
            place = _joint(kept, ours)
            kept = f"{kept[:place]}, {', '.join(fresh)}{kept[place:]}"
    return kept


def _are_one(ours: InnerList, theirs: InnerList) -> bool:
    known = {bare(entry.text) for entry in theirs.entries}
    return (bool(ours.label) and ours.label == theirs.label) or any(bare(entry.text) in known for entry in ours.entries)


def _repeats(entry: str, ours: InnerList) -> bool:
    """Whether an entry is a longer form of one that is there: `CCPA/CPRA` beside `CCPA`."""
    words = set(stems(plain(entry)))
    return any(words >= set(stems(plain(each.text))) for each in ours.entries)


def inner_lists(text: str) -> list[InnerList]:
    """The lists inside a text, in order: at least two entries, or what stands in parentheses."""
    labelled = _LABELLED.match(text)
    if labelled:
        label = tuple(stems(labelled["bold"] or labelled["plain"]))
        return list(_list_at(text, *labelled.span("list"), 2, label))
    found = [(match.span(1), 1) for match in _PARENTHESES.finditer(text)]
    found += [(match.span(1), 2) for match in _OPENED.finditer(text)]
    taken: list[InnerList] = []
    for (start, end), least in sorted(found):
        if not taken or start >= taken[-1].entries[-1].end:
            taken += _list_at(text, start, end, least, ())
    return taken


def _list_at(text: str, first: int, last: int, least: int, label: tuple[str, ...]) -> Iterator[InnerList]:
    """The list that a stretch of a text is, unless it has fewer entries or one of them is a clause."""
    entries = tuple(_entries(text, first, last))
    if len(entries) >= least and not any(_is_clause(entry.text) for entry in entries):
        yield InnerList(entries, label)


def _is_clause(entry: str) -> bool:
    return len(entry.split()) > LONGEST_ENTRY or _CLAUSE.search(entry) is not None


def _entries(text: str, first: int, last: int) -> Iterator[Entry]:
    start = first
    for stop, following in [*(end.span() for end in _ENTRY_ENDS.finditer(text, first, last)), (last, last)]:
        words = text[start:stop].strip()
        if words:
            begin = text.index(words, start)
            yield Entry(words, begin, begin + len(words))
        start = following


def _fresh(entries: Sequence[Entry], kept: str, other: str) -> list[str]:
    """The entries of the other text that the kept one does not say."""
    missing, whole = missing_details(other, kept), _squeezed(kept)
    return [each.text for each in entries if _is_fresh(each.text, kept, missing) and _squeezed(each.text) not in whole]


def _is_fresh(entry: str, kept: str, missing: Collection[str]) -> bool:
    words = Wording.of(stems(plain(entry)))
    if not words.total or entry.split()[0].lower() in STOP_WORDS or "**" in entry or entry.count("`") % 2:
        return False
    is_said = shared_weight(content(kept).words, words) > weights.ENTRY_SAID * words.total
    return not is_said or not details(f"- {entry}").isdisjoint(missing)


def _squeezed(text: str) -> str:
    """Without what spellings of one name differ in: `OAuth 2.0` is `OAuth2`."""
    return re.sub(r"\.0\b|\W", "", text.lower())


def _joint(kept: str, ours: InnerList) -> int:
    """Where entries are added to a list: at its end, before the last entry if an `and` or `or` leads to that."""
    *_, before, last = (ours.entries[0], *ours.entries)
    is_last_led_to = before is not last and _JOINING.search(kept, before.end, last.start) is not None
    return before.end if is_last_led_to else last.end
