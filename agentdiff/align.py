"""Which statements and sections of two agents, or of many, correspond.

Items first, everywhere in the file: identical ones are anchored, the others are scored by their words and taken best
first. Sections follow from their titles and from the items aligned between them. A thing may have a second partner
only where the pair is strong. Leaves before inner nodes is the order of Fluri et al., "Change Distilling" (IEEE TSE
2007); anchors of identical leaves are those of GumTree (Falleri et al., ASE 2014). Many agents use the same scores of
pairs; their items are then clustered by average link with at most one member from each agent, in the manner of RaQuN
(Schultheiss et al., MODELS 2021).

Nothing here depends on which side is old: swapping the sides swaps the two numbers of each match.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import product
from typing import NamedTuple

from agentdiff import weights
from agentdiff.contradiction import contradiction
from agentdiff.model import STATEMENTS, Agent, Alignment, Match, Relation
from agentdiff.reasons import item_reason, section_reason
from agentdiff.similarity import (
    Part,
    Statement,
    cosine,
    item_features,
    logistic,
    prepare,
    section_features,
)

LEAST_SHARED_RARITY = 3.0
"""Two items are scored when the words that they share are together as rare as this (one word in twenty items). Of the
903 labelled equal pairs, 10 share less."""


LEAST_SHARED_PART = 0.2
"""... and at least this part of what the one that says less says."""

COMMON_WORD = 80
"""Statements of one file that may share a word before it says nothing there. Most files have fewer statements."""

COMMON_TITLE_WORD = 50
"""The same for the titles of one file."""

MOST_CANDIDATES = 25
"""Partners of one statement that are looked at closely. The labelled pairs lose none by it."""

HOPELESS = 0.1
"""Pairs less similar than this are not kept: far below every floor, they would only cost time."""


class Prepared(NamedTuple):
    """An agent with its statements and sections ready to be compared."""

    agent: Agent
    statements: tuple[Statement, ...]
    parts: tuple[Part, ...]
    opener: int | None
    """Index of the role statement that opens the file, None without one."""


class Scored(NamedTuple):
    """A candidate pair, by index."""

    old: int
    new: int
    similarity: float
    """That a reader would pair the two at all, 0..1."""
    equality: float
    """That a reader would call the two equal (same, for sections), 0..1."""


def prepared(agent: Agent) -> Prepared:
    """Words, titles and places of everything that can be aligned."""
    statements, parts = prepare(agent, STATEMENTS)
    opening = {part.section.id for part in parts if part.is_opening}
    opener = next((i for i, each in enumerate(statements) if each.is_role and each.item.section in opening), None)
    return Prepared(agent, statements, parts, opener)


def align(old: Agent, new: Agent) -> Alignment:
    """Pair the items of two agents, then their sections.

    Similarities are probabilities in 0..1 that a reader would pair the two, 1 for identical text; below
    `weights.ITEM_FLOOR` and `weights.SECTION_FLOOR` a thing stays alone. Matches come in the order of `old`, then of
    `new`. Unrelated agents give no matches. Time grows with the pairs of items that share a rare word.
    """
    return align_prepared(prepared(old), prepared(new))


def align_prepared(old: Prepared, new: Prepared) -> Alignment:
    """`align` for agents that are prepared already."""
    items = item_scores(old, new).matched()
    sections = matched_sections(old, new, items)
    return Alignment(
        sections=tuple(_section_match(old, new, pair) for pair in sections),
        items=tuple(_item_match(old, new, pair) for pair in items),
    )


# ---------------------------------------------------------------------------------------------- items


class ItemScores(NamedTuple):
    """What the words of two agents say about their item pairs, by index into `statements`."""

    anchors: tuple[Scored, ...]
    """Pairs of identical text, one to one."""
    others: tuple[Scored, ...]
    """All pairs of the rest that have something in common."""

    def matched(self) -> tuple[Scored, ...]:
        """The pairs that hold."""
        return tuple(sorted([*self.anchors, *best_pairs(self.others, weights.ITEM_FLOOR, weights.ITEM_STRONG)]))


def item_scores(old: Prepared, new: Prepared) -> ItemScores:
    """Anchor the identical statements of two agents, and score the others."""
    anchors = _anchored(old.statements, new.statements)
    left_out = {pair.old for pair in anchors}, {pair.new for pair in anchors}
    others = []
    for left, right in candidates(old.statements, new.statements, *left_out):
        a, b = old.statements[left], new.statements[right]
        features = item_features(a, b)
        similarity = logistic(weights.ITEM_PAIR, features)
        if similarity >= HOPELESS:
            equality = 0.0 if contradiction(a, b) else logistic(weights.ITEM_EQUAL, features)
            others.append(Scored(left, right, similarity, equality))
    return ItemScores(tuple(anchors), tuple(others))


def _anchored(old: Sequence[Statement], new: Sequence[Statement]) -> list[Scored]:
    """Identical statements, one to one; of several, those under the more similar titles, then in order."""
    by_key: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, statements in enumerate((old, new)):
        for index, each in enumerate(statements):
            by_key[each.key][side].append(index)
    anchors = []
    for left, right in by_key.values():
        if len(left) == len(right):
            anchors += [Scored(a, b, 1.0, 1.0) for a, b in zip(left, right, strict=True)]
        elif left and right:
            among = [
                Scored(a, b, cosine(old[a].context, new[b].context), 1.0) for a in left[:_MANY] for b in right[:_MANY]
            ]
            anchors += [Scored(pair.old, pair.new, 1.0, 1.0) for pair in best_pairs(among, 0.0, NEVER)]
    return anchors


_MANY = 50
"""A text repeated more often than this in one file is boilerplate; only its first occurrences are anchored."""

NEVER = 2.0
"""A floor that no similarity reaches."""


def candidates(
    old: Sequence[Statement],
    new: Sequence[Statement],
    old_left_out: Set[int] = frozenset(),
    new_left_out: Set[int] = frozenset(),
) -> Iterator[tuple[int, int]]:
    """Index pairs that share words of some rarity, or are both role statements, through an inverted index.

    A word that more than `COMMON_WORD` statements of one side have finds no candidates, and each statement keeps its
    `MOST_CANDIDATES` best: so the number of pairs grows with the size of the files, not with its square.
    """
    holders = _holders(old, old_left_out), _holders(new, new_left_out)
    telling = {
        stem: rights
        for stem, rights in holders[1].items()
        if max(len(rights), len(holders[0].get(stem, ()))) <= COMMON_WORD
    }
    roles = [right for right, each in enumerate(new) if each.is_role and right not in new_left_out]
    found: list[tuple[float, int, int]] = []
    for left, each in enumerate(old):
        if left in old_left_out:
            continue
        shared: defaultdict[int, float] = defaultdict(float)
        for stem, rarity in each.words.weights.items():
            for right in telling.get(stem, ()):
                shared[right] += rarity
        for right in roles if each.is_role else ():
            shared[right] += LEAST_SHARED_RARITY + min(each.words.total, new[right].words.total)
        for right, summed in shared.items():
            rarity = round(summed, 6)  # the sum must not depend on the order of the words, so on the side
            part = rarity / (min(each.words.total, new[right].words.total) or 1.0)
            if rarity >= LEAST_SHARED_RARITY and part >= LEAST_SHARED_PART:
                found.append((part * rarity, left, right))
    yield from _most_promising(found)


def _holders(statements: Sequence[Statement], left_out: Set[int]) -> Mapping[str, list[int]]:
    """For each stem the statements that have it, in order."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for index, each in enumerate(statements):
        if index not in left_out:
            for stem in each.words.weights:
                holders[stem].append(index)
    return holders


def _most_promising(found: Sequence[tuple[float, int, int]]) -> Iterator[tuple[int, int]]:
    """The pairs that are among the best of one of their two sides; ties beyond the limit are all kept."""
    limits = []
    for side in (1, 2):
        promises: defaultdict[float, list[float]] = defaultdict(list)
        for pair in found:
            promises[pair[side]].append(pair[0])
        limits.append({index: sorted(each)[-MOST_CANDIDATES:][0] for index, each in promises.items()})
    for promise, left, right in found:
        if promise >= limits[0][left] or promise >= limits[1][right]:
            yield left, right


def best_pairs(scored: Iterable[Scored], floor: float, strong: float) -> list[Scored]:
    """Best first, each thing once; a second partner only for a pair of at least `strong`.

    Ties go to the pair whose places differ least, then to the earlier one: rules that do not know old from new.
    """
    order = sorted(
        (pair for pair in scored if pair.similarity >= floor),
        key=lambda pair: (-pair.similarity, abs(pair.old - pair.new), pair.old + pair.new, min(pair.old, pair.new)),
    )
    taken: tuple[defaultdict[int, int], defaultdict[int, int]] = (defaultdict(int), defaultdict(int))
    chosen = []
    for pair in order:
        partners = max(taken[0][pair.old], taken[1][pair.new])
        if partners == 0 or (partners == 1 and pair.similarity >= strong):
            taken[0][pair.old] += 1
            taken[1][pair.new] += 1
            chosen.append(pair)
    return chosen


def _item_match(old: Prepared, new: Prepared, pair: Scored) -> Match:
    a, b = old.statements[pair.old], new.statements[pair.new]
    relation = Relation.EQUAL if pair.equality >= weights.ITEM_EQUAL_FLOOR else Relation.OVERLAP
    return Match(a.item.id, b.item.id, relation, round(pair.similarity, 3), item_reason(a, b))


# ---------------------------------------------------------------------------------------------- sections


def matched_sections(old: Prepared, new: Prepared, items: Sequence[Scored]) -> tuple[Scored, ...]:
    """The section pairs that hold, by index into `parts`. Who has a partner of the same title needs no second one."""
    chosen = best_pairs(scored_sections(old, new, items), weights.SECTION_FLOOR, weights.SECTION_STRONG)
    namesakes = {(pair.old, pair.new) for pair in chosen if old.parts[pair.old].key == new.parts[pair.new].key != ""}
    settled = {left for left, _ in namesakes}, {right for _, right in namesakes}
    kept = (
        pair
        for pair in chosen
        if (pair.old, pair.new) in namesakes or not (pair.old in settled[0] or pair.new in settled[1])
    )
    return tuple(sorted(kept))


def scored_sections(old: Prepared, new: Prepared, items: Sequence[Scored]) -> list[Scored]:
    """The candidates among the section pairs, with their similarity."""
    pairs = []
    for left, right, aligned, place in section_candidates(old, new, items):
        features = section_features(old.parts[left], new.parts[right], aligned, place)
        similarity = logistic(weights.SECTION_PAIR, features)
        pairs.append(Scored(left, right, similarity, logistic(weights.SECTION_SAME, features)))
    return pairs


def section_candidates(
    old: Prepared, new: Prepared, items: Sequence[Scored]
) -> Iterator[tuple[int, int, float, float]]:
    """Section pairs with a word of their titles or an aligned item in common, or which both open their file.

    Each with the summed similarity of the items aligned between them and the distance of their relative places, 0..1.
    Words that many titles of a file have (`Step 1` to `Step 90`) find no candidates.
    """
    aligned = _aligned(old, new, items)
    places = [_places(side) for side in (old, new)]
    pairs = set(aligned)
    holders = [_title_holders(side) for side in (old, new)]
    for stem in holders[0].keys() & holders[1].keys():
        if max(len(holders[0][stem]), len(holders[1][stem])) <= COMMON_TITLE_WORD:
            pairs.update(product(holders[0][stem], holders[1][stem]))
    openings = [[index for index, part in enumerate(side.parts) if part.is_opening] for side in (old, new)]
    pairs.update(product(openings[0], openings[1]))
    for left, right in sorted(pairs):
        yield left, right, aligned.get((left, right), 0.0), abs(places[0][left] - places[1][right])


def _title_holders(side: Prepared) -> Mapping[str, list[int]]:
    """For each stem the sections that have it in their title."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for index, part in enumerate(side.parts):
        for stem in part.title.weights:
            holders[stem].append(index)
    return holders


def _aligned(old: Prepared, new: Prepared, items: Sequence[Scored]) -> dict[tuple[int, int], float]:
    """Summed similarity of the item matches between each two sections, those of subsections included."""
    above = [section_chains(side.agent) for side in (old, new)]
    sums: defaultdict[tuple[int, int], float] = defaultdict(float)
    for pair in items:
        for left in above[0][old.statements[pair.old].item.section]:
            for right in above[1][new.statements[pair.new].item.section]:
                sums[left, right] += pair.similarity
    return sums


def section_chains(agent: Agent) -> list[tuple[int, ...]]:
    """For each section itself and the sections around it."""
    chains: list[tuple[int, ...]] = []
    for section in agent.sections:
        around = () if section.parent is None else chains[section.parent]
        chains.append((section.id, *around))
    return chains


def _places(side: Prepared) -> list[float]:
    """Where each section begins, as a share of the body."""
    if not side.parts:
        return []
    first, last = side.agent.sections[0].span.first, max(section.span.last for section in side.agent.sections)
    return [(part.section.span.first - first) / max(1, last - first) for part in side.parts]


def _section_match(old: Prepared, new: Prepared, pair: Scored) -> Match:
    a, b = old.parts[pair.old], new.parts[pair.new]
    relation = Relation.EQUAL if pair.equality >= weights.SECTION_SAME_FLOOR else Relation.OVERLAP
    return Match(pair.old, pair.new, relation, round(pair.similarity, 3), section_reason(a, b))
