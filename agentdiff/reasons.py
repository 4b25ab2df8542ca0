"""Why two things were matched, in words that their owner can check."""

from __future__ import annotations

from agentdiff.similarity import Part, Statement, shared_words
from agentdiff.vocabulary import Wording, agreement, direction, is_counted, shared_weight

WORDS_NAMED = 4
"""How many shared words a reason names; the rarest decide."""

MOST_SAID = 3
"""Things that one reason names."""

SAME_SUBJECT = 0.6
"""Statements, or titles, whose meaning agrees this far are called about the same subject: eight of ten matched items,
one in a hundred of any two items of files with the same role."""

SAME_SUBJECT_OF_SECTIONS = 0.7
"""The same for all that two sections say: more words agree more often by chance."""

SAME_SENSE = 0.75
"""Statements, or titles, of which a sentence model thinks this much alike are said to mean nearly the same: four of ten
items that are called equal, one in two hundred of those that share words and are not paired."""

FEW_WORDS = 0.35
"""Below this part of their words, by rarity, two statements do not match by their words alone."""

TELLING_SHARE = 0.2
"""Shared words of two sections are worth naming from this part of the smaller one on."""

LARGE_SHARE = 0.5
"""... and from this part on they say enough."""


def item_reason(a: Statement, b: Statement, disagreement: str = "") -> str:
    """What two matched items have in common, or how they disagree; the same for both orders."""
    if a.key == b.key:
        return "same text"
    if disagreement:
        return disagreement
    said = []
    if a.head.weights and a.head.weights.keys() == b.head.weights.keys():
        said.append("same label")
    named = shared_words(a, b, WORDS_NAMED)
    if named:
        said.append("share " + ", ".join(named))
    if not (named and _share_many(a.words, b.words)):
        if agreement(a.sense, b.sense) >= SAME_SENSE:
            said.append("mean nearly the same")
        elif meaning_agrees(a, b) >= SAME_SUBJECT:
            said.append("about the same subject")
    if not named and a.is_role and b.is_role:
        said.append("both say who the agent is")
    if common := a.context.weights.keys() & b.context.weights.keys():
        said.append("under titles alike" if len(common) > 1 else "under related titles")
    elif settings_agree(a, b) >= SAME_SUBJECT:
        said.append("under titles about the same subject")
    return "; ".join(said[:MOST_SAID]) or "alike on the whole"


def section_reason(a: Part, b: Part) -> str:
    """What two matched sections have in common; the same for both orders."""
    said = []
    shared = _shared(a.title, b.title)
    if a.key and a.key == b.key:
        said.append("same title")
    elif shared:
        said.append("titles share a word" if shared == 1 else "titles share words")
    elif titles_agree(a, b) >= SAME_SUBJECT:
        said.append("titles about the same subject")
    if a.is_opening and b.is_opening:
        said.append("both open the file")
    least = min(len(a.content.weights), len(b.content.weights))
    share = _shared(a.content, b.content) / least if least else 0.0
    if share >= TELLING_SHARE:
        said.append(f"{share:.0%} of the words of the smaller one are in the other")
    if share < LARGE_SHARE and contents_agree(a, b) >= SAME_SUBJECT_OF_SECTIONS:
        said.append("about the same subject")
    return "; ".join(said[:MOST_SAID]) or "their items correspond"


def meaning_agrees(a: Statement, b: Statement) -> float:
    """How far two statements agree in what they say themselves, titles aside, -1..1; 0 where too little is known."""
    return agreement(direction(a.vector), direction(b.vector)) if is_known(a.words) and is_known(b.words) else 0.0


def contents_agree(a: Part, b: Part) -> float:
    """How far all that two sections say agrees in meaning, -1..1; 0 where too little is known."""
    return agreement(a.content_meaning, b.content_meaning) if is_known(a.content) and is_known(b.content) else 0.0


def titles_agree(a: Part, b: Part) -> float:
    """How far two titles agree in meaning, -1..1; 0 where too little is known."""
    return agreement(a.title_meaning, b.title_meaning) if is_known(a.title) and is_known(b.title) else 0.0


def is_known(wording: Wording) -> bool:
    """Whether the meaning of most of the words is known. What is said of the rest must not speak for all of them."""
    return 2 * sum(map(is_counted, wording.weights)) > len(wording.weights)


def settings_agree(a: Statement, b: Statement) -> float:
    """How far the titles above two statements agree in meaning, -1..1; 0 where too little is known."""
    return agreement(a.setting, b.setting) if is_known(a.context) and is_known(b.context) else 0.0


def _share_many(a: Wording, b: Wording) -> bool:
    shared = shared_weight(a, b)
    return shared >= FEW_WORDS * (a.total + b.total - shared)


def _shared(a: Wording, b: Wording) -> int:
    return len(a.weights.keys() & b.weights.keys())
