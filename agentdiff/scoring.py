"""How likely each pair of statements, and of sections, of two agents is one that a reader would make.

Items first, everywhere in the file: identical ones are anchored, the others get a first look. Sections follow from
their titles and from what the first look says of their items. Then the items get a second look that knows their rivals
and their sections. Leaves before inner nodes is the order of Fluri et al., "Change Distilling" (IEEE
TSE 2007); anchors of identical leaves are those of GumTree (Falleri et al., ASE 2014); that a pair is the
likelier, the likelier are the pairs around it, is the idea of "Similarity Flooding" (Melnik et al., ICDE 2002).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import combinations, combinations_with_replacement, product
from operator import mul
from typing import NamedTuple, TypeAlias

from agentdiff.candidates import candidates, section_candidates
from agentdiff.clauses import Clauses, clauses_of, quarrels_between
from agentdiff.literal import LEAST_LITERAL, have_different_languages, literal_part, reduced
from agentdiff.looking import Looking
from agentdiff.model import Agent
from agentdiff.pairing import NEVER, Features, Scored, best_pairs
from agentdiff.similarity import (
    Between,
    Prepared,
    Sizes,
    Statement,
    among_others,
    in_files,
    logistic,
    logit_of_sizes,
    standings,
    without_sizes,
)
from agentdiff.vocabulary import agreement, cosine
from agentdiff.weights import SEMANTIC, WORDS, Weights

_MANY = 50
"""A text repeated more often than this in one file is boilerplate; only its first occurrences are anchored."""

HOPELESS = 0.03
"""Pairs that the first look finds less likely are not looked at again: they would only cost time."""

ROUNDING = 1e-9
"""More than the same numbers, added in another order, can differ."""

WORTH_DISPUTING = 0.15
"""Pairs at least this likely are asked whether they contradict each other; the others end up together nowhere."""

Pair: TypeAlias = tuple[int, int]
"""Index of the old thing, index of the new one."""


class Scores(NamedTuple):
    """What is known of all candidate pairs of two agents."""

    anchors: tuple[Scored, ...]
    """Item pairs of identical text, one to one."""
    items: tuple[Scored, ...]
    """The other item pairs that have something in common."""
    sections: tuple[Scored, ...]


def weights_for(old: Prepared, new: Prepared) -> Weights:
    """Those fitted with the senses where both sides have them."""
    return SEMANTIC if old.is_semantic and new.is_semantic else WORDS


def hopeless(variants: Sequence[Prepared]) -> Callable[[Features], bool]:
    """The test whether what two statements have in common leaves them below `HOPELESS` in any two of these agents.

    So such pairs, most of all that share a word, are looked at once and remembered as nothing.
    """
    fitted = {weights_for(old, new).item_first for old, new in combinations(variants, 2)}
    if len(fitted) != 1:
        return lambda likeness: False
    (known,) = fitted
    counts = {len(each.statements) for each in variants}
    sizes = [Sizes.of(old, new) for old, new in combinations_with_replacement(counts, 2)]
    most = max(logit_of_sizes(known, each) for each in sizes)
    alone = without_sizes(known)
    floor = math.log(HOPELESS / (1 - HOPELESS)) - most - ROUNDING
    return lambda likeness: sum(map(mul, alone, likeness)) < floor


def scores(
    old: Prepared,
    new: Prepared,
    weights: Weights | None = None,
    clauses: tuple[Clauses, Clauses] | None = None,
    looking: Looking | None = None,
) -> Scores:
    """Look at all candidates twice, by default with the weights for what is known. Pairs come in order.

    Who compares an agent with many others passes its `clauses_of`, and what `Memory` makes of the two, so that they are
    not worked out each time.
    """
    weights = weights or weights_for(old, new)
    clauses = clauses or (clauses_of(old), clauses_of(new))
    quarrelling = {(left, right): told for (_, left), (_, right), told in quarrels_between(clauses)}
    written = old, new
    is_translated = have_different_languages(old, new)
    if is_translated:
        old, new = reduced(old, new)
    looking = Looking(old, new) if looking is None or is_translated else looking
    anchors = anchored(old.statements, new.statements)
    first = first_item_looks(old, new, anchors, looking)
    literal = _literal_parts(*written, first) if is_translated else {}
    first = {pair: features for pair, features in first.items() if literal.get(pair, 1.0) >= LEAST_LITERAL}
    looks = {pair: logistic(weights.item_first, features) for pair, features in first.items()}
    looks = {pair: look for pair, look in looks.items() if look >= HOPELESS}
    sections = [
        Scored(*pair, logistic(weights.section_pair, features), logistic(weights.section_same, features), features)
        for pair, features in second_section_looks(old, new, anchors, looks, weights, looking).items()
    ]
    items = []
    for pair, features in second_item_looks(old, new, first, looks, sections).items():
        similarity = logistic(weights.item_pair, features)
        disagreement = quarrelling.get(pair, "")
        if not disagreement and similarity >= WORTH_DISPUTING:
            disagreement = looking.contradiction(*pair)
        # What is not literal is not known, so it cannot be called equal.
        equality = 0.0 if disagreement else logistic(weights.item_equal, features) * literal.get(pair, 1.0)
        items.append(Scored(*pair, similarity, equality, features, disagreement))
    return Scores(tuple(anchors), tuple(items), tuple(sections))


def _literal_parts(old: Prepared, new: Prepared, pairs: Iterable[Pair]) -> dict[Pair, float]:
    """For each pair of statements how much of the shorter one is literally in the other."""
    return {(left, right): literal_part(old.statements[left], new.statements[right]) for left, right in pairs}


# ---------------------------------------------------------------------------------------------- items


def anchored(old: Sequence[Statement], new: Sequence[Statement]) -> list[Scored]:
    """Identical statements, one to one; of several, those under the more similar titles, then in order."""
    by_key: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, statements in enumerate((old, new)):
        for index, each in enumerate(statements):
            by_key[each.key][side].append(index)
    anchors = []
    for left, right in by_key.values():
        if not (left and right):
            continue
        if len(left) == len(right) == 1:
            anchors.append(Scored(left[0], right[0], 1.0, 1.0))
            continue
        in_order = [_under_titles(old, new, *pair) for pair in zip(left, right, strict=False)]
        every = (_under_titles(old, new, *pair) for pair in product(left[:_MANY], right[:_MANY]))
        best = best_pairs(every, 0.0, NEVER)
        # As many here as there, under the same titles: then nothing is better than their order.
        is_better = len(left) != len(right) or _summed(best) > _summed(in_order)
        anchors += [pair._replace(similarity=1.0) for pair in (best if is_better else in_order)]
    return anchors


def _under_titles(old: Sequence[Statement], new: Sequence[Statement], left: int, right: int) -> Scored:
    """Two identical statements, scored by the titles above them."""
    return Scored(left, right, cosine(old[left].context, new[right].context), 1.0)


def _summed(pairs: Iterable[Scored]) -> float:
    return math.fsum(pair.similarity for pair in pairs)


def first_item_looks(
    old: Prepared, new: Prepared, anchors: Iterable[Scored], looking: Looking | None = None
) -> dict[Pair, Features]:
    """The features of all candidates among what is not anchored, but for those known to be hopeless."""
    known = [pair[:2] for pair in anchors]
    left_out = {left for left, _ in known}, {right for _, right in known}
    sizes = Sizes.of(len(old.statements), len(new.statements))
    looking = looking or Looking(old, new)
    return {
        pair: in_files(likeness, sizes)
        for pair in candidates(old.statements, new.statements, *left_out, looking.words())
        if (likeness := looking.items(*pair))
    }


def second_item_looks(
    old: Prepared,
    new: Prepared,
    first: Mapping[Pair, Features],
    looks: Mapping[Pair, float],
    sections: Iterable[Scored],
) -> dict[Pair, Features]:
    """The features of `SECOND_ITEM_FEATURES` for the pairs that were looked at."""
    known = {(pair.old, pair.new): (pair.similarity, pair.equality) for pair in sections}
    above = section_chains(old.agent), section_chains(new.agent)
    last = max(1, len(old.statements) - 1), max(1, len(new.statements) - 1)
    around: dict[Pair, float] = {}
    found = {}
    for (left, right), standing in standings(looks).items():
        homes = old.statements[left].item.section, new.statements[right].item.section
        if homes not in around:
            pairs = product(above[0][homes[0]], above[1][homes[1]])
            around[homes] = max(known[pair][0] if pair in known else 0.0 for pair in pairs)
        found[left, right] = (
            *first[left, right],
            *standing,
            *known.get(homes, (0.0, 0.0)),
            around[homes],
            abs(left / last[0] - right / last[1]),
        )
    return found


# ---------------------------------------------------------------------------------------------- sections


def first_section_looks(
    old: Prepared,
    new: Prepared,
    anchors: Iterable[Scored],
    looks: Mapping[Pair, float],
    looking: Looking | None = None,
) -> dict[Pair, Features]:
    """The features of all candidates among the sections."""
    corresponding = _corresponding(old, new, {**looks, **{(pair.old, pair.new): 1.0 for pair in anchors}})
    places = _places(old), _places(new)
    sizes = Sizes.of(len(old.parts), len(new.parts))
    titles_above = cache(partial(_titles_above, old, new))
    looking = looking or Looking(old, new)
    found = {}
    for left, right in section_candidates(old.parts, new.parts, corresponding.keys(), looking.titles()):
        a, b = old.parts[left], new.parts[right]
        best = corresponding.get((left, right))
        sums = (math.fsum(best[0].values()), math.fsum(best[1].values())) if best else (0.0, 0.0)
        between = Between(
            covered=(sums[0] / max(1, len(a.statements)), sums[1] / max(1, len(b.statements))),
            corresponding=min(sums),
            titles_above=titles_above(a.section.parent, b.section.parent),
            place=abs(places[0][left] - places[1][right]),
        )
        found[left, right] = among_others(looking.sections(left, right), between, sizes)
    return found


def second_section_looks(
    old: Prepared,
    new: Prepared,
    anchors: Iterable[Scored],
    looks: Mapping[Pair, float],
    weights: Weights,
    looking: Looking | None = None,
) -> dict[Pair, Features]:
    """The features of `SECOND_SECTION_FEATURES` for all candidates."""
    first = first_section_looks(old, new, anchors, looks, looking)
    standing = standings({pair: logistic(weights.section_first, features) for pair, features in first.items()})
    return {pair: (*features, *standing[pair]) for pair, features in first.items()}


def _corresponding(
    old: Prepared, new: Prepared, looks: Mapping[Pair, float]
) -> dict[Pair, tuple[dict[int, float], dict[int, float]]]:
    """For each two sections with items in common the best look of each item in them, those of subsections included."""
    above = section_chains(old.agent), section_chains(new.agent)
    found: defaultdict[Pair, tuple[dict[int, float], dict[int, float]]] = defaultdict(lambda: ({}, {}))
    around: dict[Pair, list[tuple[dict[int, float], dict[int, float]]]] = {}
    for (left, right), look in looks.items():
        homes = old.statements[left].item.section, new.statements[right].item.section
        if homes not in around:
            around[homes] = [found[pair] for pair in product(above[0][homes[0]], above[1][homes[1]])]
        for of_old, of_new in around[homes]:
            if look > of_old.get(left, 0.0):
                of_old[left] = look
            if look > of_new.get(right, 0.0):
                of_new[right] = look
    return found


def _titles_above(old: Prepared, new: Prepared, left: int | None, right: int | None) -> float:
    """How far the titles above two sections agree in meaning; 0.5 where both stand at the top, 0 where one does."""
    if left is None or right is None:
        return 0.5 if left is right else 0.0
    return agreement(old.parts[left].title_meaning, new.parts[right].title_meaning)


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
