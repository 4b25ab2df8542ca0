"""All variants aligned at once: groups of items, and of sections, that say the same.

Built on the scores of `align.py`. A group holds at most one member of each variant; two groups join, most alike first,
when their members are on average likely enough to be called equal and none contradicts another (average link, as in
RaQuN's matching of n models, Schultheiss et al. 2021). What two statements have for partners in a third variant speaks
for them, so that a third links two that look unlike.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from agentdiff import weights
from agentdiff.align import matched_items
from agentdiff.clauses import Node, clauses_of
from agentdiff.contradiction import contradiction_of_copies, topic_words
from agentdiff.model import PROSE, ItemKind, SectionStyle
from agentdiff.pairing import Scored
from agentdiff.scoring import scores
from agentdiff.similarity import Prepared

MOST_COPIES = 40
"""Statements of the same words, opposites and numbers aside; more of them are rows of tables."""

ROUNDING = 1e-9
"""More than the mean of some likenesses can be above the largest of them."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Two groups of which one statement partly says what a statement of the other says."""

    group: int
    other: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Groups:
    """Every statement and section of every variant lies in just one group; groups are ordered by their first node."""

    items: tuple[tuple[Node, ...], ...]
    sections: tuple[tuple[Node, ...], ...]
    neighbours: tuple[Neighbour, ...]
    """Pairs of item groups that overlap, most alike first."""
    opposed: tuple[tuple[Node, Node], ...]
    """Statements of two variants that are copies of each other but for a word that turns them round, in order."""


def group(variants: Sequence[Prepared]) -> Groups:
    """Group what corresponds among all variants. The order of the variants decides only between equal scores."""
    alike: dict[tuple[Node, Node], float] = {}
    titles: dict[tuple[Node, Node], float] = {}
    partly: list[tuple[Node, Node, float]] = []
    clauses = [clauses_of(variant) for variant in variants]
    nodes = [[(v, i) for i in range(len(each.statements))] for v, each in enumerate(variants)]
    parts = [[(v, i) for i in range(len(each.parts))] for v, each in enumerate(variants)]
    for left, right in combinations(range(len(variants)), 2):
        scored = scores(variants[left], variants[right], clauses=(clauses[left], clauses[right]))
        for pair in (*scored.anchors, *scored.items):
            a, b = variants[left].statements[pair.old], variants[right].statements[pair.new]
            if _may_be_one(a.item.kind, b.item.kind):
                alike[nodes[left][pair.old], nodes[right][pair.new]] = _likeness(pair)
        partly += [(nodes[left][pair.old], nodes[right][pair.new], pair.similarity) for pair in matched_items(scored)]
        titles |= {
            (parts[left][pair.old], parts[right][pair.new]): pair.equality
            for pair in _alike_sections(variants[left], variants[right], scored.sections)
        }
    opposed = _opposed_copies(variants)
    alike |= _with_no_other(variants, alike, opposed)
    items = _linked(list(chain(*nodes)), _with_common_partners(alike, len(variants) - 2), weights.GROUP_FLOOR)
    items = _with_one_role(variants, items)
    sections = _linked(list(chain(*parts)), titles, weights.SECTION_GROUP_FLOOR)
    return Groups(items, sections, _neighbours(items, partly), opposed)


def _may_be_one(kind: ItemKind, other: ItemKind) -> bool:
    """Code or a table row stands for its like alone."""
    return kind is other or (kind in PROSE and other in PROSE)


def _likeness(pair: Scored) -> float:
    """Mean of "would be paired" and "would be called equal": on the labelled pairs it groups better than either alone.

    Where the two contradict each other, whose equality is 0, no group may hold both.
    """
    return (pair.similarity + pair.equality) / 2 if pair.equality else -math.inf


def _opposed_copies(variants: Sequence[Prepared]) -> tuple[tuple[Node, Node], ...]:
    """Statements of which one is the other with a word turned round, except where a variant says both."""
    holders: defaultdict[frozenset[str], list[Node]] = defaultdict(list)
    for v, variant in enumerate(variants):
        for i, each in enumerate(variant.statements):
            holders[topic_words(each)].append((v, i))
    found = [
        (a, b)
        for nodes in holders.values()
        for a, b in combinations(nodes[:MOST_COPIES], 2)
        if _are_opposed(variants, a, b)
    ]
    own = {_keys(variants, pair) for pair in found if pair[0][0] == pair[1][0]}
    return tuple(sorted(pair for pair in found if _keys(variants, pair) not in own))


def _are_opposed(variants: Sequence[Prepared], a: Node, b: Node) -> bool:
    return contradiction_of_copies(variants[a[0]].statements[a[1]], variants[b[0]].statements[b[1]]) is not None


def _keys(variants: Sequence[Prepared], pair: tuple[Node, Node]) -> frozenset[str]:
    return frozenset(variants[v].statements[i].key for v, i in pair)


def _with_no_other(
    variants: Sequence[Prepared], alike: Iterable[tuple[Node, Node]], opposed: Iterable[tuple[Node, Node]]
) -> dict[tuple[Node, Node], float]:
    """What a statement may not be grouped with: whatever else there is in a variant that has it turned round."""
    turned = {(node, other[0]) for pair in opposed for node, other in (pair, pair[::-1])}
    return {
        (a, b): -math.inf
        for a, b in alike
        if ((a, b[0]) in turned or (b, a[0]) in turned) and len(_keys(variants, (a, b))) > 1
    }


def _with_common_partners(alike: Mapping[tuple[Node, Node], float], others: int) -> Mapping[tuple[Node, Node], float]:
    """The likenesses raised by what each two have in common.

    That is the mean, over the other variants, of the product of their likenesses to the partner there.
    """
    if others < 1:
        return alike
    partners: defaultdict[Node, list[tuple[Node, float]]] = defaultdict(list)
    for (a, b), value in alike.items():
        if value >= weights.PARTNER_FLOOR:
            partners[a].append((b, value))
            partners[b].append((a, value))
    raised = dict(alike)
    for found in partners.values():
        for (a, first), (b, second) in combinations(sorted(found), 2):
            if a[0] != b[0]:
                raised[a, b] = raised.get((a, b), 0.0) + weights.COMMON_PARTNERS * first * second / others
    return raised


def _linked(
    nodes: Sequence[Node], alike: Mapping[tuple[Node, Node], float], floor: float
) -> tuple[tuple[Node, ...], ...]:
    """Average-link groups with at most one node of each variant, joined most alike first while above the floor."""
    members: dict[int, list[Node]] = {number: [node] for number, node in enumerate(nodes)}
    number_of = {node: number for number, node in enumerate(nodes)}
    sums: dict[int, dict[int, float]] = {number: {} for number in members}
    # What is below the floor with all others is so on average, too: the many such nodes would only take up room.
    joining = {node for pair, value in alike.items() if value >= floor - ROUNDING for node in pair}
    for (a, b), value in alike.items():
        if a in joining and b in joining:
            left, right = number_of[a], number_of[b]
            sums[left][right] = sums[right][left] = value
    queue = [
        (-value, left, right)
        for left, row in sums.items()
        for right, value in row.items()
        if left < right and value >= floor
    ]
    heapq.heapify(queue)
    following = len(nodes)
    while queue:
        _, left, right = heapq.heappop(queue)
        if left not in members or right not in members:
            continue
        if not {v for v, _ in members[left]}.isdisjoint(v for v, _ in members[right]):
            continue
        members[following] = sorted(members.pop(left) + members.pop(right))
        row = sums.pop(left)
        for other, value in sums.pop(right).items():
            row[other] = row.get(other, 0.0) + value
        sums[following] = {}
        for other, value in row.items():
            if other not in members:
                continue
            sums[other].pop(left, None)
            sums[other].pop(right, None)
            sums[following][other] = sums[other][following] = value
            mean = value / (len(members[following]) * len(members[other]))
            if mean >= floor:
                heapq.heappush(queue, (-mean, other, following))
        following += 1
    return tuple(sorted(tuple(group) for group in members.values()))


def _with_one_role(variants: Sequence[Prepared], groups: tuple[tuple[Node, ...], ...]) -> tuple[tuple[Node, ...], ...]:
    """The role statement that opens each variant is one group, however differently it is worded.

    One that is another with a word turned round has a group of its own.
    """
    openers = {(v, variant.opener) for v, variant in enumerate(variants) if variant.opener is not None}
    rest = [tuple(node for node in each if node not in openers) for each in groups]
    roles: list[list[Node]] = []
    for node in sorted(openers):
        home = next((each for each in roles if not any(_are_opposed(variants, node, other) for other in each)), None)
        if home is None:
            roles.append([node])
        else:
            home.append(node)
    return tuple(sorted([*(each for each in rest if each), *map(tuple, roles)]))


def _alike_sections(old: Prepared, new: Prepared, scored: Iterable[Scored]) -> Iterator[Scored]:
    """The sections that may be the same: a lead only with a lead, a title of the whole with its like or namesake."""
    for pair in scored:
        a, b = old.parts[pair.old], new.parts[pair.new]
        is_lead = [each.section.style is SectionStyle.LEAD for each in (a, b)]
        if is_lead[0] is is_lead[1] and (a.is_whole is b.is_whole or a.key == b.key):
            yield pair


def _neighbours(
    groups: Sequence[tuple[Node, ...]], partly: Iterable[tuple[Node, Node, float]]
) -> tuple[Neighbour, ...]:
    home = {node: number for number, each in enumerate(groups) for node in each}
    best: dict[tuple[int, int], float] = {}
    for a, b, similarity in partly:
        left, right = sorted((home[a], home[b]))
        if left != right:
            best[left, right] = max(similarity, best.get((left, right), 0.0))
    found = (Neighbour(left, right, similarity) for (left, right), similarity in best.items())
    return tuple(sorted(found, key=lambda each: (-each.similarity, each.group, each.other)))
