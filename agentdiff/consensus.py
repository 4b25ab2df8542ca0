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
from itertools import combinations
from typing import NamedTuple, TypeAlias

from agentdiff import weights
from agentdiff.align import matched_items
from agentdiff.clauses import Node, clauses_of
from agentdiff.contradiction import contradiction_of_copies, topic_words
from agentdiff.looking import Memory
from agentdiff.model import PROSE, ItemKind, SectionStyle
from agentdiff.pairing import Scored
from agentdiff.scoring import hopeless, scores
from agentdiff.similarity import Prepared

MOST_COPIES = 40
"""Statements of the same words, opposites and numbers aside; more of them are rows of tables."""

FEW = 8
"""Variants among which too little is looked at again for it to be worth remembering."""

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
    nodes = [(v, i) for v, each in enumerate(variants) for i in range(len(each.statements))]
    parts = [(v, i) for v, each in enumerate(variants) for i in range(len(each.parts))]
    found = _compared(variants, _numbers(nodes, len(variants)), _numbers(parts, len(variants)))
    opposed = _opposed_copies(variants)
    found.alike.update(dict.fromkeys(_with_no_other(variants, nodes, found.alike, opposed), -math.inf))
    alike = _with_common_partners(found.alike, [v for v, _ in nodes], len(variants) - 2)
    items = _with_one_role(variants, _linked(nodes, alike, weights.GROUP_FLOOR))
    sections = _linked(parts, found.titles, weights.SECTION_GROUP_FLOOR)
    partly = ((nodes[left], nodes[right], similarity) for left, right, similarity in found.partly)
    return Groups(items, sections, _neighbours(items, partly), opposed)


_Pair: TypeAlias = tuple[int, int]
"""Two statements, or two sections, by their numbers among those of all variants, the smaller one first."""


_Rows: TypeAlias = list[dict[int, float]]
"""For each statement, or section, how alike it is to others with a larger number."""


class _Compared(NamedTuple):
    """What the scores say of all pairs of variants."""

    alike: dict[_Pair, float]
    """How alike statements are that may be one."""
    titles: _Rows
    """The same of sections."""
    partly: list[tuple[int, int, float]]
    """Statements that match, by number, and how similar they are."""


def _numbers(nodes: Sequence[Node], variants: int) -> list[list[int]]:
    """For each variant the numbers of what it has."""
    numbers: list[list[int]] = [[] for _ in range(variants)]
    for number, (variant, _) in enumerate(nodes):
        numbers[variant].append(number)
    return numbers


def _compared(
    variants: Sequence[Prepared], nodes: Sequence[Sequence[int]], parts: Sequence[Sequence[int]]
) -> _Compared:
    found = _Compared({}, [{} for each in parts for _ in each], [])
    clauses = [clauses_of(variant) for variant in variants]
    memory = Memory(variants, hopeless(variants)) if len(variants) > FEW else None
    for left, right in combinations(range(len(variants)), 2):
        old, new = variants[left], variants[right]
        looking = memory.looking(left, right) if memory else None
        scored = scores(old, new, clauses=(clauses[left], clauses[right]), looking=looking)
        for pair in (*scored.anchors, *scored.items):
            if _may_be_one(old.statements[pair.old].item.kind, new.statements[pair.new].item.kind):
                found.alike[nodes[left][pair.old], nodes[right][pair.new]] = _likeness(pair)
        for pair in matched_items(scored):
            found.partly.append((nodes[left][pair.old], nodes[right][pair.new], pair.similarity))
        for pair in _alike_sections(old, new, scored.sections):
            found.titles[parts[left][pair.old]][parts[right][pair.new]] = pair.equality
    return found


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
    variants: Sequence[Prepared],
    nodes: Sequence[Node],
    alike: Iterable[_Pair],
    opposed: Sequence[tuple[Node, Node]],
) -> list[_Pair]:
    """What a statement may not be grouped with: whatever else there is in a variant that has it turned round."""
    turned = {(node, other[0]) for pair in opposed for node, other in (pair, pair[::-1])}
    concerned = {node for pair in opposed for node in pair}
    return [
        (left, right)
        for left, right in alike
        if (nodes[left] in concerned or nodes[right] in concerned)
        and ((nodes[left], nodes[right][0]) in turned or (nodes[right], nodes[left][0]) in turned)
        and len(_keys(variants, (nodes[left], nodes[right]))) > 1
    ]


def _with_common_partners(alike: Mapping[_Pair, float], variant_of: Sequence[int], others: int) -> _Rows:
    """The likenesses raised by what each two have in common.

    That is the mean, over the other variants, of the product of their likenesses to the partner there.
    """
    rows: _Rows = [{} for _ in variant_of]
    partners: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for (left, right), value in alike.items():
        rows[left][right] = value
        if value >= weights.PARTNER_FLOOR:
            partners[left].append((right, value))
            partners[right].append((left, value))
    for found in partners.values() if others > 0 else ():
        found.sort()
        for place, (left, first) in enumerate(found, 1):
            row, own, part = rows[left], variant_of[left], weights.COMMON_PARTNERS * first
            for right, second in found[place:]:
                if variant_of[right] != own:
                    row[right] = row.get(right, 0.0) + part * second / others
    return rows


def _linked(nodes: Sequence[Node], alike: _Rows, floor: float) -> tuple[tuple[Node, ...], ...]:
    """Average-link groups with at most one node of each variant, joined most alike first while above the floor."""
    members: dict[int, list[Node]] = {number: [node] for number, node in enumerate(nodes)}
    sums: dict[int, dict[int, float]] = {number: {} for number in members}
    cluster_of = _clusters(alike, floor - ROUNDING)
    for left, row in enumerate(alike):
        for right, value in row.items():
            if cluster_of[left] == cluster_of[right]:
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


def _clusters(alike: _Rows, floor: float) -> list[int]:
    """For each node the number of its cluster: nodes that chains of likenesses of at least the floor hold together.

    Two of two clusters are below the floor, and so is the mean of any such two: no group ever joins them, and the many
    small likenesses between them would only take up room.
    """
    linked = list(range(len(alike)))

    def root(node: int) -> int:
        while linked[node] != node:
            linked[node] = linked[linked[node]]
            node = linked[node]
        return node

    for left, row in enumerate(alike):
        for right, value in row.items():
            if value >= floor:
                linked[root(left)] = root(right)
    return [root(node) for node in range(len(alike))]


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
