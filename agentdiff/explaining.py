"""Why a line was paired as it was: from a diff and a line to its candidates, the winner, what spoke against the rest.

What was paired is taken from the diff, so that an explanation never says otherwise; the candidates and their scores are
those of the alignment, asked for once more (`item_evidence.py`, `section_evidence.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from agentdiff import weights
from agentdiff.errors import BadInput
from agentdiff.evidence import Evidence, Pair
from agentdiff.explain import Candidate, Contribution, End, Explanation, Outcome, Place, Side
from agentdiff.item_evidence import item_evidence
from agentdiff.model import (
    STATEMENTS,
    Agent,
    AgentDiff,
    Item,
    Relation,
    Section,
    SectionChange,
    SectionStyle,
    Span,
)
from agentdiff.scoring import Scores, scores
from agentdiff.section_evidence import section_evidence
from agentdiff.semantic import Encoder
from agentdiff.similarity import Prepared, prepared
from agentdiff.text import SPOKEN_CHARACTERS

MOST_SHOWN = 5
"""Candidates of one line that are told, unless it has more partners."""

LEAST_SHOWN = 0.05
"""Less similar ones are no near misses. The nearest of all is told whatever it scores."""


class _Unit(NamedTuple):
    """A section or item of one side, by its id."""

    place: Place
    is_section: bool
    id: int


class _Match(NamedTuple):
    """A pair that the diff tells of."""

    relation: Relation | SectionChange
    similarity: float


class _Matching(NamedTuple):
    """All that was paired and could have been: the items of two agents, or their sections."""

    is_section: bool
    evidence: Evidence
    rivals: Mapping[Side, Mapping[int, list[int]]]
    """For each thing of a side the other side's candidates."""
    matches: Mapping[tuple[int, int], _Match]
    partners: Mapping[Side, Mapping[int, list[int]]]
    """For each thing of a side the other side's that it is paired with."""
    end: Callable[[Side, int], End]
    is_same: Callable[[int, int], bool]
    """Whether two items have the same text, or two sections the same title."""
    contradiction: Callable[[int, int], str]
    floor: float
    strong: float
    """From here on a second partner is possible."""
    equal_floor: float


def explain(diff: AgentDiff, places: Iterable[Place], *, encoder: Encoder | None = None) -> tuple[Explanation, ...]:
    """What stands on each of the lines and how it was paired, in the order asked; a repeated line counts once.

    Where one line of a file holds several statements (JSON), each of them. Raises BadInput for a line that holds none.
    The encoder has to be the one that the diff was made with. Takes about as long as the diff did.
    """
    units = [unit for place in dict.fromkeys(places) for unit in _units(_agent(diff, place.side), place)]
    sides = prepared(diff.old, encoder), prepared(diff.new, encoder)
    scored = scores(*sides)
    makers = {True: _section_matching, False: _item_matching}
    matchings = {kind: makers[kind](diff, *sides, scored) for kind in {unit.is_section for unit in units}}
    return tuple(_explanation(matchings[unit.is_section], unit) for unit in units)


def _agent(diff: AgentDiff, side: Side) -> Agent:
    return diff.old if side is Side.OLD else diff.new


# ---------------------------------------------------------------------------------------------- what stands on a line


def _units(agent: Agent, place: Place) -> list[_Unit]:
    """The innermost statements on a line, and the sections whose title it holds."""
    on_line = [item for item in agent.items if _holds(agent.on_disk(item.span), place.line)]
    said = [item for item in on_line if item.kind in STATEMENTS and item.text.strip()]
    least = min((_length(agent.on_disk(item.span)) for item in said), default=0)
    titles = [section for section in agent.sections if _holds(agent.on_disk(section.title_span), place.line)]
    lead_is_empty = not any(item.section == 0 for item in said)
    found = [_Unit(place, False, item.id) for item in said if _length(agent.on_disk(item.span)) == least]
    found += [
        _Unit(place, True, section.id)
        for section in titles
        if not (section.style is SectionStyle.LEAD and lead_is_empty)
    ]
    if not found:
        raise BadInput(f"{agent.path}: {_nothing_there(agent, on_line, place.line)}")
    return found


def _holds(span: Span, line: int) -> bool:
    return span.first <= line <= span.last


def _length(span: Span) -> int:
    return span.last - span.first


def _nothing_there(agent: Agent, on_line: Iterable[Item], line: int) -> str:
    """Why nothing on a line can be explained, and what to do."""
    rows = agent.source.split("\n")
    count = len(rows) - (rows[-1] == "")
    remedy = "name a line with a title or a statement"
    if line > count:
        return f"there is no line {line}, the file has {count}; {remedy}"
    if field := next((field for field in agent.fields if _holds(field.span, line)), None):
        name = field.name[:SPOKEN_CHARACTERS]
        return f"line {line} belongs to the field {name!r}; fields are compared by name, so it has no candidates"
    if layout := next(iter(on_line), None):
        return f"line {line} is layout ({layout.kind.value}), which is not compared; {remedy}"
    if not rows[line - 1].strip():
        return f"line {line} is blank; {remedy}"
    return f"line {line} holds no title and no statement of this agent; {remedy}"


def _item_end(agent: Agent, item: Item) -> End:
    return End(item.text, item.kind.value, agent.on_disk(item.span), agent.sections[item.section].title)


def _section_end(agent: Agent, section: Section) -> End:
    around = "" if section.parent is None else agent.sections[section.parent].title
    return End(section.title, "section", agent.on_disk(section.title_span), around)


# ---------------------------------------------------------------------------------------------- what was paired


def _item_matching(diff: AgentDiff, old: Prepared, new: Prepared, scored: Scores) -> _Matching:
    keyed = [{each.item.id: each for each in side.statements} for side in (old, new)]
    matches = {
        (edit.old, edit.new): _Match(edit.relation, edit.similarity)
        for edit in diff.items
        if edit.relation is not None and edit.old is not None and edit.new is not None
    }
    evidence = item_evidence(old, new, scored)
    told = {
        (old.statements[pair.old].item.id, new.statements[pair.new].item.id): pair.disagreement for pair in scored.items
    }
    return _Matching(
        is_section=False,
        evidence=evidence,
        rivals=_by_side((*evidence.among, *matches)),
        matches=matches,
        partners=_by_side(matches),
        end=lambda side, number: _item_end(_agent(diff, side), _agent(diff, side).items[number]),
        is_same=lambda left, right: keyed[0][left].key == keyed[1][right].key,
        contradiction=lambda left, right: told.get((left, right), ""),
        floor=weights.ITEM_FLOOR,
        strong=weights.ITEM_STRONG,
        equal_floor=weights.ITEM_EQUAL_FLOOR,
    )


def _section_matching(diff: AgentDiff, old: Prepared, new: Prepared, scored: Scores) -> _Matching:
    matches = {
        pair: _Match(edit.relation, edit.similarity) for edit in diff.sections for pair in product(edit.old, edit.new)
    }
    evidence = section_evidence(old, new, scored)
    return _Matching(
        is_section=True,
        evidence=evidence,
        rivals=_by_side((*evidence.among, *matches)),
        matches=matches,
        partners=_by_side(matches),
        end=lambda side, number: _section_end(_agent(diff, side), _agent(diff, side).sections[number]),
        is_same=lambda left, right: old.parts[left].key == new.parts[right].key != "",
        contradiction=lambda left, right: "",
        floor=weights.SECTION_FLOOR,
        strong=weights.SECTION_STRONG,
        equal_floor=weights.SECTION_SAME_FLOOR,
    )


def _by_side(pairs: Iterable[tuple[int, int]]) -> Mapping[Side, Mapping[int, list[int]]]:
    """For each thing of a side those of the other side, each once, in order."""
    found: Mapping[Side, defaultdict[int, list[int]]] = {side: defaultdict(list) for side in Side}
    for left, right in dict.fromkeys(pairs):
        found[Side.OLD][left].append(right)
        found[Side.NEW][right].append(left)
    return found


# ---------------------------------------------------------------------------------------------- the candidates


def _explanation(matching: _Matching, unit: _Unit) -> Explanation:
    side = unit.place.side
    among = [_scored(matching, side, unit.id, other) for other in matching.rivals[side].get(unit.id, ())]
    among.sort(key=lambda pair: ((pair.old, pair.new) not in matching.matches, -pair.similarity, pair.old, pair.new))
    paired = [pair for pair in among if (pair.old, pair.new) in matching.matches]
    shown = among[: max(MOST_SHOWN, len(paired))]
    shown = [pair for place, pair in enumerate(shown) if place == 0 or pair in paired or pair.similarity >= LEAST_SHOWN]
    rival = _rival(shown, paired)
    return Explanation(
        place=unit.place,
        is_section=unit.is_section,
        end=matching.end(side, unit.id),
        candidates=tuple(_candidate(matching, side, pair) for pair in shown),
        considered=len(among),
        floor=matching.floor,
        decided=_decided(matching, paired, None if rival is None else shown[rival]),
        rival=rival,
    )


def _scored(matching: _Matching, side: Side, own: int, other: int) -> Pair:
    """A candidate pair; of one that the diff tells of, its similarity."""
    pair = matching.evidence.pair(*((own, other) if side is Side.OLD else (other, own)))
    match = matching.matches.get((pair.old, pair.new))
    if match is None or match.relation in (SectionChange.SPLIT, SectionChange.MERGED):
        return pair  # all pairs of a split have the similarity of the strongest in the diff
    return pair._replace(similarity=match.similarity)


def _rival(shown: list[Pair], paired: list[Pair]) -> int | None:
    """The best of the others that was looked at twice and that the first partner is ahead of."""
    others = (place for place, pair in enumerate(shown) if paired and place >= len(paired) and pair.features)
    return next((place for place in others if shown[place].similarity <= paired[0].similarity), None)


def _decided(matching: _Matching, paired: list[Pair], rival: Pair | None) -> tuple[Contribution, ...]:
    if not paired or _is_same_text(matching, paired[0]):
        return ()
    return matching.evidence.decided(paired[0], rival)


def _is_same_text(matching: _Matching, pair: Pair) -> bool:
    return not matching.is_section and matching.is_same(pair.old, pair.new)


def _candidate(matching: _Matching, side: Side, pair: Pair) -> Candidate:
    match = matching.matches.get((pair.old, pair.new))
    disagreement = matching.contradiction(pair.old, pair.new)
    if match is None:
        outcome, reason = _why_not(matching, side, pair)
    else:
        outcome, reason = Outcome.PAIRED, _how(matching, pair, match, disagreement)
    return Candidate(
        end=matching.end(side.other, pair.new if side is Side.OLD else pair.old),
        similarity=round(pair.similarity, 3),
        equality=round(0.0 if disagreement else pair.equality, 3),
        outcome=outcome,
        relation=None if match is None else match.relation,
        reason=reason,
        contradiction=disagreement,
        contributions=() if _is_same_text(matching, pair) else matching.evidence.contributions(pair),
    )


def _how(matching: _Matching, pair: Pair, match: _Match, disagreement: str) -> str:
    """Why a pair is equal or overlaps."""
    if match.relation in (SectionChange.SPLIT, SectionChange.MERGED):
        return "one section of old became several" if match.relation is SectionChange.SPLIT else "several became one"
    if _is_same_text(matching, pair):
        return "the same text; such pairs are made before all others"
    if disagreement:
        return "they disagree, so they cannot be equal"
    word = "the same" if matching.is_section else "equal"
    is_equal = match.relation in (Relation.EQUAL, SectionChange.SAME)
    if not is_equal and pair.equality >= matching.equal_floor:
        return "each says something that the other does not, so neither can stand for the other"
    needed = f"{matching.equal_floor:.2f} {'suffices' if is_equal else 'is needed'}"
    return f"the chance that a reader calls them {word} is {pair.equality:.2f}; {needed}"


def _why_not(matching: _Matching, side: Side, pair: Pair) -> tuple[Outcome, str]:
    """Why a pair does not hold."""
    if pair.similarity < matching.floor:
        return Outcome.BELOW_FLOOR, f"below {matching.floor:.2f}"
    if namesake := _namesake(matching, pair):
        return Outcome.NAMESAKE, namesake
    own, other = (pair.old, pair.new) if side is Side.OLD else (pair.new, pair.old)
    taken = [f"{partner} is paired with it" for partner in _stronger(matching, side.other, other, pair)]
    outdone = [f"{partner} is the better partner" for partner in _stronger(matching, side, own, pair)]
    if not (taken or outdone):
        return Outcome.PASSED_OVER, "other pairs came first"
    if _has_twin(matching, pair):
        limit = "the same text settles it"
    elif pair.similarity >= matching.strong:
        limit = "nothing gets a third partner"
    else:
        limit = f"a second partner needs {matching.strong:.2f}"
    return Outcome.TAKEN if taken else Outcome.OUTDONE, "; ".join([*taken, *outdone, limit])


def _has_twin(matching: _Matching, pair: Pair) -> bool:
    """Whether one of two items is paired with its own text; such items get no second partner."""
    return not matching.is_section and any(matching.is_same(*ids) for ids in _pairs_of_either(matching, pair))


def _pairs_of_either(matching: _Matching, pair: Pair) -> list[tuple[int, int]]:
    """The pairs that hold and have one of two things."""
    pairs = [(pair.old, new) for new in matching.partners[Side.OLD].get(pair.old, ())]
    return pairs + [(old, pair.new) for old in matching.partners[Side.NEW].get(pair.new, ())]


def _stronger(matching: _Matching, side: Side, number: int, pair: Pair) -> Iterator[str]:
    """The partners of a thing that are at least as similar as this pair."""
    for partner in matching.partners[side].get(number, ()):
        similarity = _scored(matching, side, number, partner).similarity
        if round(similarity, 3) >= round(pair.similarity, 3):
            yield f"{_line(matching, side.other, partner)} ({similarity:.2f})"


def _namesake(matching: _Matching, pair: Pair) -> str:
    """The sentence about a section of the same title that leaves no room for this pair; empty without one."""
    if not matching.is_section:
        return ""
    namesakes = (
        f"{_line(matching, Side.OLD, old)} and {_line(matching, Side.NEW, new)} have the same title, which settles it"
        for old, new in _pairs_of_either(matching, pair)
        if matching.is_same(old, new)
    )
    return next(namesakes, "")


def _line(matching: _Matching, side: Side, number: int) -> str:
    return f"line {matching.end(side, number).lines.first} of {side.value}"
