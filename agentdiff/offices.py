"""What a statement is there for: to say something, to name it, to be filled in; or it is what must not be done."""

from __future__ import annotations

import re
from enum import Enum, auto

from agentdiff.model import LISTED, PROSE, Agent, Item, ItemKind
from agentdiff.text import plain

_TO_FILL_IN = re.compile(r"\[[A-Za-z][^\[\]\n]{2,60}\](?![(:\[])")
"""What is to be filled in, as in `[File Path]`."""

_LABEL = re.compile(r"\*\*[^*\n]{1,60}(?:\*\*\s*:|:\s*\*\*)\s*")
_BOX = re.compile(r"\[[ xX]\]\s")

_QUOTES = {'"': '"', "\u201c": "\u201d", "\u2018": "\u2019", "\u00ab": "\u00bb"}

_DENIAL = re.compile(
    r"\b(?:not|never|avoid(?:ed|ing|s)?|don['\u2019]?ts?|(?:wo|ca|must|should)n?['\u2019]t|cannot|forbidden|prohibited|"
    r"anti[- ]?patterns?|out of scope|refuse|mistakes|pitfalls|red flags)\b",
    re.IGNORECASE,
)
"""Words of a title or lead-in below which stands what is not to be done, or bad. English alone."""


_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")
_CONDITION = re.compile(r"^(?:if|when|where|unless|in case)\b[^,:]*,", re.IGNORECASE)


class Office(Enum):
    """What a statement is there for. Two with different ones may share their words and still not say the same."""

    SAYS = auto()
    IS_LABEL = auto()
    """Only names what follows it, as `- **Current code**:` before a block of code."""
    IS_FORM = auto()
    """A line of a form, with blanks to fill in."""
    DENIES = auto()
    """A lead-in that turns the meaning of what follows it."""


def office(item: Item) -> Office:
    """What an item is there for."""
    if item.kind not in PROSE:
        return Office.SAYS
    if is_lead_in(item) and denies(item.text):
        return Office.DENIES
    if is_form_line(item.text):
        return Office.IS_FORM
    return Office.IS_LABEL if _LABEL.fullmatch(item.text) else Office.SAYS


class Manner(Enum):
    """How a statement is made. Two with different ones are not looked for in one place."""

    IN_TEXT = auto()
    IN_LIST = auto()
    TO_TICK = auto()
    """An entry of a list with a box."""
    SPOKEN = auto()
    """Someone's words, such as an example of what a user asks."""
    ASKED = auto()


def manner(item: Item, kind: ItemKind) -> Manner:
    """How an item that is of this kind among its neighbours says what it says."""
    said = plain(item.text)
    if _is_spoken(said):
        return Manner.SPOKEN
    if said.endswith(("?", "\uff1f")):
        return Manner.ASKED
    if kind is ItemKind.PARAGRAPH:
        return Manner.IN_TEXT
    return Manner.TO_TICK if _BOX.match(item.text) else Manner.IN_LIST


def is_form_line(text: str) -> bool:
    """Whether a text has blanks to fill in."""
    return _TO_FILL_IN.search(text) is not None


def _is_spoken(text: str) -> bool:
    """Whether a text is a quotation and nothing else."""
    return len(text) > 1 and _QUOTES.get(text[0]) == text[-1] and text[-1] not in text[1:-1]


def is_lead_in(item: Item) -> bool:
    """A paragraph that announces what follows it."""
    return item.kind is ItemKind.PARAGRAPH and ends_open(item)


def ends_open(item: Item) -> bool:
    """Ends in a colon."""
    return item.text.rstrip(" *_").endswith((":", "\uff1a"))


def denies(text: str) -> bool:
    """Whether a title or lead-in announces what is not to be done.

    Of a lead-in the last sentence counts, without a condition before it: `If nothing is given, ask. For example:` asks.
    """
    last = _SENTENCE_END.split(plain(text))[-1]
    return _DENIAL.search(_CONDITION.sub("", last)) is not None


def denied_items(agent: Agent) -> set[int]:
    """The items, by id, that stand below a title, or in the list of a lead-in, which denies them.

    A paragraph behind the list of such a section is not denied: closing words stand below whatever title is the last.
    """
    sections: set[int | None] = set()
    for section in agent.sections:
        if section.parent in sections or denies(section.title):
            sections.add(section.id)
    found: set[int] = set()
    listed: set[int] = set()
    lead_in: Item | None = None
    for item in agent.items:
        if item.kind is ItemKind.PARAGRAPH or (lead_in is not None and lead_in.section != item.section):
            lead_in = item if is_lead_in(item) and denies(item.text) else None
        is_closing = item.kind is ItemKind.PARAGRAPH and item.section in listed
        if (item.section in sections and not is_closing) or (lead_in is not None and lead_in is not item):
            found.add(item.id)
        if item.kind in LISTED:
            listed.add(item.section)
    return found
