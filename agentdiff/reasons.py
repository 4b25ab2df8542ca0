"""Why two things were matched, in words that their owner can check."""

from __future__ import annotations

from agentdiff.contradiction import contradiction
from agentdiff.similarity import Part, Statement, Wording, shared_words

WORDS_NAMED = 4
"""How many shared words a reason names; the rarest decide."""


def item_reason(a: Statement, b: Statement) -> str:
    """What two matched items have in common; the same for both orders."""
    if a.key == b.key:
        return "same text"
    if disagreement := contradiction(a, b):
        return disagreement
    said = []
    if a.head.weights and a.head.weights.keys() == b.head.weights.keys():
        said.append("same label")
    if named := shared_words(a, b, WORDS_NAMED):
        said.append("share " + ", ".join(named))
    elif a.is_role and b.is_role:
        said.append("both say who the agent is")
    if common := a.context.weights.keys() & b.context.weights.keys():
        said.append("under titles alike" if len(common) > 1 else "under related titles")
    return "; ".join(said) or "similar wording"


def section_reason(a: Part, b: Part) -> str:
    """What two matched sections have in common; the same for both orders."""
    said = []
    if a.key and a.key == b.key:
        said.append("same title")
    elif _shared(a.title, b.title):
        said.append("titles share a word" if _shared(a.title, b.title) == 1 else "titles share words")
    if a.is_opening and b.is_opening:
        said.append("both open the file")
    least = min(len(a.content.weights), len(b.content.weights))
    if least and (share := _shared(a.content, b.content) / least) >= 0.2:
        said.append(f"{share:.0%} of the words of the smaller one are in the other")
    return "; ".join(said) or "their items correspond"


def _shared(a: Wording, b: Wording) -> int:
    return len(a.weights.keys() & b.weights.keys())
