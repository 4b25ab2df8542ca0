"""Which statements and sections of two agents, or of many, correspond.

Of the scored pairs the best come first, each thing once; a thing may have a second partner only where the pair is
strong. What no pair above the floor has stays alone.

Nothing here depends on which side is old: swapping the sides swaps the two numbers of each match.
"""

from __future__ import annotations

from collections.abc import Sequence

from agentdiff import weights
from agentdiff.model import PROSE, Agent, Alignment, Match, Relation
from agentdiff.pairing import Scored, best_pairs
from agentdiff.reasons import item_reason, section_reason
from agentdiff.saying import says
from agentdiff.scoring import Scores, scores
from agentdiff.semantic import Encoder
from agentdiff.similarity import Prepared, Statement, prepared


def align(old: Agent, new: Agent, *, encoder: Encoder | None = None) -> Alignment:
    """Pair the items of two agents, and their sections.

    Similarities are probabilities in 0..1 that a reader would pair the two, 1 for identical text; below
    `weights.ITEM_FLOOR` and `weights.SECTION_FLOOR` a thing stays alone. Matches come in the order of `old`, then of
    `new`. Unrelated agents give no matches. Time grows with the pairs of items that share a rare word. With an encoder
    (`encoder_of`) what a sentence model makes of them counts, too.
    """
    return align_prepared(prepared(old, encoder), prepared(new, encoder))


def align_prepared(old: Prepared, new: Prepared) -> Alignment:
    """`align` for agents that are prepared already."""
    scored = scores(old, new)
    return Alignment(
        sections=tuple(_section_match(old, new, pair) for pair in matched_sections(old, new, scored)),
        items=tuple(_item_match(old, new, pair) for pair in matched_items(scored)),
    )


def matched_items(scored: Scores) -> tuple[Scored, ...]:
    """The item pairs that hold, in order."""
    return tuple(sorted([*scored.anchors, *best_pairs(scored.items, weights.ITEM_FLOOR, weights.ITEM_STRONG)]))


def matched_sections(old: Prepared, new: Prepared, scored: Scores) -> tuple[Scored, ...]:
    """The section pairs that hold, in order."""
    return settled(old, new, best_pairs(scored.sections, weights.SECTION_FLOOR, weights.SECTION_STRONG))


def settled(old: Prepared, new: Prepared, chosen: Sequence[Scored]) -> tuple[Scored, ...]:
    """Chosen section pairs, in order, without the second partners of those that have one of the same title."""
    namesakes = {(pair.old, pair.new) for pair in chosen if old.parts[pair.old].key == new.parts[pair.new].key != ""}
    settled = {left for left, _ in namesakes}, {right for _, right in namesakes}
    kept = (
        pair
        for pair in chosen
        if (pair.old, pair.new) in namesakes or not (pair.old in settled[0] or pair.new in settled[1])
    )
    return tuple(sorted(kept))


def _item_match(old: Prepared, new: Prepared, pair: Scored) -> Match:
    a, b = old.statements[pair.old], new.statements[pair.new]
    is_equal = pair.equality >= weights.ITEM_EQUAL_FLOOR and _may_stand_for_each_other(a, b)
    relation = Relation.EQUAL if is_equal else Relation.OVERLAP
    return Match(a.item.id, b.item.id, relation, round(pair.similarity, 3), item_reason(a, b, pair.disagreement))


def _may_stand_for_each_other(a: Statement, b: Statement) -> bool:
    """Whether keeping both would be redundant: one of them says all of the other."""
    if a.key == b.key or a.item.kind not in PROSE or b.item.kind not in PROSE:
        return True
    return says(a.item.text, b.item.text) or says(b.item.text, a.item.text)


def _section_match(old: Prepared, new: Prepared, pair: Scored) -> Match:
    a, b = old.parts[pair.old], new.parts[pair.new]
    relation = Relation.EQUAL if pair.equality >= weights.SECTION_SAME_FLOOR else Relation.OVERLAP
    return Match(pair.old, pair.new, relation, round(pair.similarity, 3), section_reason(a, b))
