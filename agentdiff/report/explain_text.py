"""Explanations as text: the line, what it was paired with and why, then its candidates, the partners first.

A mark stands before each candidate: `=` paired as equal or the same, `~` paired otherwise, none for one not paired.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentdiff.explain import Candidate, Contribution, End, Explanation, Outcome, Side
from agentdiff.model import AgentDiff, Relation, SectionChange
from agentdiff.report.diff_text import LONG_TEXT, heading_lines
from agentdiff.report.lines import BLANK, Line, Run, Style, line, shorten
from agentdiff.report.phrases import counted, lines_words
from agentdiff.text import fold

HANG = 4

LEGEND = (
    "In parentheses: how much it moves the odds that a reader would pair the two, compared with the usual candidate of"
    " these files; +0.7 doubles them, -0.7 halves them."
)

_FULLY = (Relation.EQUAL, SectionChange.SAME)


def explain_lines(diff: AgentDiff, explanations: Sequence[Explanation], is_complete: bool = False) -> Iterator[Line]:
    """The whole report. Long texts are shortened unless `is_complete`."""
    yield from heading_lines(diff)
    for explanation in explanations:
        yield BLANK
        yield from _explanation(explanation, is_complete)
    if any(candidate.contributions for each in explanations for candidate in each.candidates):
        yield from (BLANK, line(Run(LEGEND, Style.MUTED), hang=2))


def _explanation(explanation: Explanation, is_complete: bool) -> Iterator[Line]:
    end, other = explanation.end, explanation.place.side.other
    where = Run(f"{_where(end)} of {explanation.place.side.value}", Style.HEADING)
    yield line(where, Run(_context(end), Style.MUTED), hang=2)
    yield line("  ", _text(end, is_complete), hang=HANG)
    yield line(_summary(explanation, other), hang=2)
    if explanation.decided and explanation.rival is not None:  # without a rival, the candidate says the same
        yield line(_decided(explanation.candidates[explanation.rival], explanation.decided), hang=2)
    for candidate in explanation.candidates:
        yield from _candidate(candidate, other, is_complete)


def _where(end: End) -> str:
    words = lines_words(end.lines)
    return f"{'Lines' if '-' in words else 'Line'} {words}"


def _context(end: End) -> str:
    """`  bullet under Testing`."""
    return f"  {end.what}{f' under {fold(end.section)}' if end.section else ''}"


def _text(end: End, is_complete: bool) -> str:
    text = fold(end.text) or "(lead)"
    return text if is_complete else shorten(text, LONG_TEXT)


def _summary(explanation: Explanation, other: Side) -> str:
    """What the line was paired with, in a sentence."""
    paired = explanation.paired
    kind = "section" if explanation.is_section else "statement"
    if not explanation.considered:
        return f"Paired with nothing: no {kind} of {other.value} has enough in common with it to be a candidate."
    among = f"{counted(explanation.considered, 'candidate')} in {other.value}"
    if paired:
        return f"Paired with {' and '.join(map(_partner, paired))}; {among}."
    if explanation.candidates[0].outcome is Outcome.BELOW_FLOOR:
        return f"Paired with nothing; {among}, and {explanation.floor:.2f} is needed."
    return f"Paired with nothing; {among}, and those that reach {explanation.floor:.2f} are not free."


def _partner(candidate: Candidate) -> str:
    relation = f", {candidate.relation.value}" if candidate.relation else ""
    return f"{_where(candidate.end).lower()} ({candidate.similarity:.2f}{relation})"


def _decided(rival: Candidate, decided: Sequence[Contribution]) -> str:
    return f"Ahead of {_where(rival.end).lower()}, the next one, by: {'; '.join(map(_contribution, decided))}."


def _contribution(contribution: Contribution) -> str:
    return f"{contribution.words} ({contribution.amount:+.1f})"


def _candidate(candidate: Candidate, side: Side, is_complete: bool) -> Iterator[Line]:
    mark, style = _mark(candidate)
    where = Run(f"{_where(candidate.end)} of {side.value}", style)
    yield BLANK
    yield line(Run(f"{mark} ", style), where, Run(_context(candidate.end), Style.MUTED), hang=HANG)
    yield line(" " * HANG, _text(candidate.end, is_complete), hang=HANG)
    said = candidate.relation.value if candidate.relation else "not paired"
    yield line(" " * HANG, Run(f"{candidate.similarity:.2f}", Style.HEADING), f" {said}: {candidate.reason}", hang=HANG)
    if candidate.contradiction:
        yield line(" " * HANG, f"disagreement: {candidate.contradiction}", hang=HANG + 2)
    for word, sign in (("for", 1), ("against", -1)):
        if named := [each for each in candidate.contributions if each.amount * sign > 0]:
            yield line(" " * HANG, f"{word}: ", "; ".join(map(_contribution, named)), hang=HANG + 2)


def _mark(candidate: Candidate) -> tuple[str, Style]:
    if candidate.outcome is not Outcome.PAIRED:
        return " ", Style.PLAIN
    return ("=", Style.ADDED) if candidate.relation in _FULLY else ("~", Style.CHANGED)
