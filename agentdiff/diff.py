"""From an alignment to what a person wants to know: what became of each field, section and item, and of the whole."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from agentdiff.align import align_prepared
from agentdiff.containment import Whole, addition
from agentdiff.diff_fields import access_edit, field_edits
from agentdiff.literal import have_different_languages
from agentdiff.model import (
    Agent,
    AgentDiff,
    Alignment,
    Change,
    ItemEdit,
    Match,
    Relation,
    SectionChange,
    SectionEdit,
    SectionStyle,
    Verdict,
)
from agentdiff.normalise import comparable_title
from agentdiff.reasons import item_reason, section_reason
from agentdiff.scoring import section_chains
from agentdiff.semantic import Encoder
from agentdiff.similarity import Prepared, prepared
from agentdiff.text import fold, texts_in
from agentdiff.vocabulary import Direction, agreement, direction, stems, summed, summed_vectors

_Edit = TypeVar("_Edit")

DRIFT_SIMILARITY = 0.5
"""From here on two agents are one that was edited. Of 298 real edits 84 % are more similar, of 169 labelled pairs of
different authors 3 % (`bench/verdicts.py`)."""

VARIANT_SIMILARITY = 0.1
"""From here on two agents are variants of one role, by what they say alone (`bench/verdicts.py`)."""

NAMESAKE_SIMILARITY = 0.02
"""The same where both are about one subject or have one name: evidence, too, but unrelated agents share names."""

SAME_SUBJECT = 0.4
"""From here on two agents are about one subject: the mean of how far their names and descriptions agree in meaning, and
how far all that they say does, -1..1. Of the labelled pairs of one role 86 % are, of as many pairs of others 6 %."""


def diff(old: Agent, new: Agent, *, encoder: Encoder | None = None) -> AgentDiff:
    """The structured difference of two agents.

    Items that correspond are found wherever they stand. Edits come in document order. Nothing is raised: agents
    that have nothing in common differ in everything. The encoder is that of `align`.
    """
    sides = prepared(old, encoder), prepared(new, encoder)
    wholes = Whole(sides[0]), Whole(sides[1])
    alignment = _same_in_order(*sides) or align_prepared(*sides)
    items = _item_edits(*sides, alignment)
    fields = field_edits(old, new)
    result = AgentDiff(
        old=old,
        new=new,
        verdict=Verdict.UNRELATED,
        similarity=_similarity(*sides, alignment),
        fields=fields,
        sections=_section_edits(*sides, alignment),
        items=items,
        access=access_edit(old, new, fields),
        old_adds=addition(wholes[0], wholes[1]),
        new_adds=addition(wholes[1], wholes[0]),
    )
    return replace(result, verdict=_verdict(result, *sides))


def _same_in_order(old: Prepared, new: Prepared) -> Alignment | None:
    """Each thing with its like, where both say the same in the same order, also if a title or text comes twice."""
    if _outline(old) != _outline(new):
        return None
    sections = zip(old.parts, new.parts, strict=True)
    items = zip(old.statements, new.statements, strict=True)
    return Alignment(
        tuple(Match(a.section.id, b.section.id, Relation.EQUAL, 1.0, section_reason(a, b)) for a, b in sections),
        tuple(Match(a.item.id, b.item.id, Relation.EQUAL, 1.0, item_reason(a, b)) for a, b in items),
    )


def _outline(side: Prepared) -> tuple[list[tuple[int | None, str, str]], list[tuple[int, str]]]:
    """Titles and statements, each with the section that holds it."""
    sections = [(part.section.parent, part.key, fold(part.section.introduction)) for part in side.parts]
    return sections, [(each.item.section, each.key) for each in side.statements]


# ---------------------------------------------------------------------------------------------- sections


def _section_edits(old: Prepared, new: Prepared, alignment: Alignment) -> tuple[SectionEdit, ...]:
    partners: tuple[dict[int, list[Match]], dict[int, list[Match]]] = (defaultdict(list), defaultdict(list))
    for match in alignment.sections:
        partners[0][match.old].append(match)
        partners[1][match.new].append(match)
    in_order = _in_order([(match.old, match.new) for match in alignment.sections])
    edits: list[SectionEdit] = []
    for section in new.agent.sections:
        edits += _edits_of_new_section(section.id, partners, in_order, old, new)
    removed = [
        SectionEdit(SectionChange.REMOVED, (section.id,), (), 0.0, "nothing in the new file corresponds")
        for section in old.agent.sections
        if section.id not in partners[0]
    ]
    return tuple(_with_removed(edits, removed))


def _edits_of_new_section(
    number: int,
    partners: tuple[dict[int, list[Match]], dict[int, list[Match]]],
    in_order: set[tuple[int, int]],
    old: Prepared,
    new: Prepared,
) -> list[SectionEdit]:
    """The edits that are told where this section of the new file stands."""
    matches = partners[1].get(number, [])
    if not matches:
        return [SectionEdit(SectionChange.ADDED, (), (number,), 0.0, "nothing in the old file corresponds")]
    if len(matches) > 1 and all(len(partners[0][match.old]) == 1 for match in matches):
        return [_joined(SectionChange.MERGED, matches)]
    edits = []
    for match in matches:
        siblings = partners[0][match.old]
        if len(siblings) > 1 and all(len(partners[1][sibling.new]) == 1 for sibling in siblings):
            if match is siblings[0]:
                edits.append(_joined(SectionChange.SPLIT, siblings))
            continue
        relation = SectionChange.SAME if match.relation is Relation.EQUAL else SectionChange.PART
        titles = [comparable_title(side.agent.sections[i].title) for side, i in ((old, match.old), (new, match.new))]
        edits.append(
            SectionEdit(
                relation,
                (match.old,),
                (match.new,),
                match.similarity,
                match.reason,
                renamed=titles[0] != titles[1],
                moved=(match.old, match.new) not in in_order,
            )
        )
    return edits


def _joined(relation: SectionChange, matches: Sequence[Match]) -> SectionEdit:
    """One edit for all matches of a split or a merge, with the reason of the strongest."""
    strongest = max(matches, key=lambda match: match.similarity)
    return SectionEdit(
        relation,
        tuple(sorted({match.old for match in matches})),
        tuple(sorted({match.new for match in matches})),
        strongest.similarity,
        strongest.reason,
    )


def _with_removed(edits: Sequence[SectionEdit], removed: Sequence[SectionEdit]) -> list[SectionEdit]:
    """Put what was removed behind the edit of the last section that stood before it in old."""
    last_of = {max(edit.old): place for place, edit in enumerate(edits) if edit.old}
    return _behind(edits, [(edit.old[0], edit) for edit in removed], last_of)


def _behind(edits: Sequence[_Edit], removed: Sequence[tuple[int, _Edit]], places: Mapping[int, int]) -> list[_Edit]:
    """Edits with what was removed, each behind the edit whose number in old, by `places`, is the next lower one."""
    known = sorted(places)
    behind: defaultdict[int, list[_Edit]] = defaultdict(list)
    for number, edit in removed:
        before = bisect_left(known, number) - 1
        behind[places[known[before]] if before >= 0 else -1].append(edit)
    result = behind[-1]
    for place, edit in enumerate(edits):
        result.append(edit)
        result.extend(behind[place])
    return result


def _in_order(pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """The pairs that are in every longest run that ascends on both sides; the others have moved.

    Of two neighbours that changed places both moved, for nothing tells which: so the sides may be swapped.
    """
    ordered = sorted(pairs, key=lambda pair: (pair[0], -pair[1]))  # of one old, a run takes no two
    up_to = _run_lengths([right for _, right in ordered])
    onwards = _run_lengths([-right for _, right in reversed(ordered)])[::-1]
    longest = max(up_to, default=0)
    on_a_longest = [place for place in range(len(ordered)) if up_to[place] + onwards[place] - 1 == longest]
    rivals = Counter(up_to[place] for place in on_a_longest)
    return {ordered[place] for place in on_a_longest if rivals[up_to[place]] == 1}


def _run_lengths(numbers: Sequence[int]) -> list[int]:
    """For each number the length of the longest ascending run that ends with it (patience sorting)."""
    tails: list[int] = []
    lengths = []
    for number in numbers:
        pile = bisect_left(tails, number)
        tails[pile : pile + 1] = [number]
        lengths.append(pile + 1)
    return lengths


# ---------------------------------------------------------------------------------------------- items


class _Homes(NamedTuple):
    """Which sections correspond, so that an item in another one counts as moved."""

    pairs: frozenset[tuple[int, int]]
    old: Sequence[tuple[int, ...]]
    """For each section of old itself and the sections around it."""
    new: Sequence[tuple[int, ...]]

    def is_move(self, old: int, new: int) -> bool:
        """Neither the two sections nor one of them and a section around the other correspond."""
        lefts, rights = self.old[old], self.new[new]
        own = {(lefts[0], right) for right in rights} | {(left, rights[0]) for left in lefts}
        return not own & self.pairs


def _item_edits(old: Prepared, new: Prepared, alignment: Alignment) -> tuple[ItemEdit, ...]:
    pairs = frozenset((match.old, match.new) for match in alignment.sections)
    homes = _Homes(pairs, section_chains(old.agent), section_chains(new.agent))
    keys = [{each.item.id: each.key for each in side.statements} for side in (old, new)]
    by_new: defaultdict[int, list[ItemEdit]] = defaultdict(list)
    for match in alignment.items:
        same_text = keys[0][match.old] == keys[1][match.new]
        moved = homes.is_move(old.agent.items[match.old].section, new.agent.items[match.new].section)
        change = Change.CHANGED if not same_text else Change.MOVED if moved else Change.KEPT
        edit = ItemEdit(change, match.relation, match.old, match.new, match.similarity, match.reason, moved)
        by_new[match.new].append(edit)
    edits: list[ItemEdit] = []
    for each in new.statements:
        alone = ItemEdit(Change.ADDED, None, None, each.item.id, 0.0, "nothing in the old file corresponds")
        edits += by_new.get(each.item.id) or [alone]
    matched = {match.old for match in alignment.items}
    removed = [
        (each.item.id, ItemEdit(Change.REMOVED, None, each.item.id, None, 0.0, "nothing in the new file corresponds"))
        for each in old.statements
        if each.item.id not in matched
    ]
    first_of = {edit.old: place for place, edit in reversed(list(enumerate(edits))) if edit.old is not None}
    return tuple(_behind(edits, removed, first_of))


# ---------------------------------------------------------------------------------------------- the whole


def _similarity(old: Prepared, new: Prepared, alignment: Alignment) -> float:
    """How much of both is matched, 0..1: each statement counts by the rarity of its words, and by its best match."""
    if _is_same_agent(old.agent, new.agent):
        return 1.0
    best: tuple[dict[int, float], dict[int, float]] = ({}, {})
    for match in alignment.items:
        best[0][match.old] = max(best[0].get(match.old, 0.0), match.similarity)
        best[1][match.new] = max(best[1].get(match.new, 0.0), match.similarity)
    matched = total = 0.0
    for side, similarities in ((old, best[0]), (new, best[1])):
        for each in side.statements:
            weight = each.words.total + 1
            total += weight
            matched += weight * similarities.get(each.item.id, 0.0)
    return round(matched / total, 3) if total else 1.0


def _is_same_agent(old: Agent, new: Agent) -> bool:
    """Whether both are the same bytes, and the same agent of several in them."""
    return old.source == new.source and old.number == new.number


def _verdict(result: AgentDiff, old: Prepared, new: Prepared) -> Verdict:
    """The kind of difference. A translation is no edit, however much of what is literal agrees."""
    if _is_same_agent(result.old, result.new):
        return Verdict.IDENTICAL
    changes = Counter(edit.change for edit in result.items)
    same_body = not (changes[Change.ADDED] or changes[Change.REMOVED] or changes[Change.CHANGED])
    same_body = same_body and not changes[Change.MOVED] and all(_is_untouched(edit) for edit in result.sections)
    same_fields = result.access is None and all(edit.change is Change.SAME for edit in result.fields)
    if same_body:
        return Verdict.EQUIVALENT if same_fields else Verdict.FIELDS_ONLY
    if (one_sided := _one_sided(result, changes)) is not None:
        return one_sided
    if result.similarity >= DRIFT_SIMILARITY and not have_different_languages(old, new):
        return Verdict.DRIFT
    is_namesake = comparable_title(result.old.name) == comparable_title(result.new.name)
    is_one_subject = subjects_agree(old, new) >= SAME_SUBJECT
    if is_namesake and is_one_subject:
        return Verdict.VARIANT
    floor = NAMESAKE_SIMILARITY if is_namesake or is_one_subject else VARIANT_SIMILARITY
    return Verdict.VARIANT if result.similarity >= floor else Verdict.UNRELATED


def subjects_agree(old: Prepared, new: Prepared) -> float:
    """How far two agents are about one subject, -1..1."""
    presented = agreement(_presented(old.agent), _presented(new.agent))
    said = agreement(*(direction(summed(each.vector for each in side.statements)) for side in (old, new)))
    return (presented + said) / 2


def _presented(agent: Agent) -> Direction:
    """What the name and the description of an agent are about."""
    description = agent.field("description")
    words = stems(" ".join([agent.name.replace("_", " "), *texts_in(description.value if description else None)]))
    return direction(summed_vectors(words))


def _is_untouched(edit: SectionEdit) -> bool:
    return edit.relation is SectionChange.SAME and not edit.renamed


def _one_sided(result: AgentDiff, changes: Counter[Change]) -> Verdict | None:
    """Superset where new has every statement and title of old word for word, and more; subset the other way round."""
    if changes[Change.CHANGED] or not (changes[Change.KEPT] + changes[Change.MOVED]):
        return None
    field_changes = {edit.change for edit in result.fields}
    if Change.CHANGED in field_changes or any(map(_loses_a_title, result.sections)):
        return None
    adds = changes[Change.ADDED] or Change.ADDED in field_changes or _has_titles(result, SectionChange.ADDED)
    lacks = changes[Change.REMOVED] or Change.REMOVED in field_changes or _has_titles(result, SectionChange.REMOVED)
    if bool(adds) == bool(lacks):
        return None
    return Verdict.SUPERSET if adds else Verdict.SUBSET


def _loses_a_title(edit: SectionEdit) -> bool:
    return edit.renamed or edit.relation in (SectionChange.SPLIT, SectionChange.MERGED)


def _has_titles(result: AgentDiff, relation: SectionChange) -> bool:
    """Whether a section with a title was added, or removed."""
    return any(
        agent.sections[number].style is not SectionStyle.LEAD
        for edit in result.sections
        if edit.relation is relation
        for agent, numbers in ((result.old, edit.old), (result.new, edit.new))
        for number in numbers
    )
