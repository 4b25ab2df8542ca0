"""What a person should know about a merge: support, fates, fields, notes and open questions.

The merged text itself is not part of it; it goes to standard output or into a file as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentdiff.decisions import Choice, choices_of, chosen_choice, why_of
from agentdiff.ledger import CanonicalMerge, Conflict, Fate, FieldMerge, FieldStatus, UnitKind
from agentdiff.report.lines import BLANK, Line, Run, Style, line, shorten
from agentdiff.report.phrases import agent_words, counted, diagnostics_words, lines_words, path_words, value_words
from agentdiff.text import fold

LONG_VALUE = 160
"""Letters of a field value that are shown; the whole value stands in the merged file."""


def merge_lines(merge: CanonicalMerge) -> Iterator[Line]:
    """The summary of a merge, for standard error."""
    yield from _inputs(merge)
    yield from _support(merge)
    yield from _fields(merge)
    if merge.notes:
        yield from (BLANK, line(Run("Notes", Style.HEADING)))
        yield from (line(f"  {note}", hang=4) for note in merge.notes)
    yield from _decided(merge)
    yield from open_question_lines(merge)


def _inputs(merge: CanonicalMerge) -> Iterator[Line]:
    heading = Run(f"Merged {counted(len(merge.inputs), 'variant')} into one {merge.format}", Style.HEADING)
    wider = [Run(f", {'; '.join(merge.widenings)}", Style.CHANGED)] if merge.widenings else []
    yield line(heading, *wider, hang=2)
    for number, agent in enumerate(merge.inputs, 1):
        words = diagnostics_words(agent)
        odd = f"  {words} while reading" if words else ""
        yield line(f"  {number}. {path_words(agent.path)}  {agent_words(agent)}", Run(odd, Style.MUTED), hang=5)
    yield from (line(f"  {sentence}", hang=4) for sentence in merge.containments)


def _support(merge: CanonicalMerge) -> Iterator[Line]:
    supports = [unit.support for unit in merge.units if unit.kind is UnitKind.ITEM]
    sections = sum(unit.kind is UnitKind.SECTION for unit in merge.units)
    total = f"{counted(len(supports), 'statement')} in {counted(sections, 'section')}"
    yield from (BLANK, line(Run(total, Style.HEADING)))
    digits = len(str(len(supports)))
    for support in sorted(set(supports), reverse=True):
        yield line(f"  {supports.count(support):>{digits}} {_by(support, len(merge.inputs))}")
    fates = [entry.fate for entry in merge.ledger]
    words = ", ".join(f"{fates.count(fate)} {fate.value}" for fate in Fate if fates.count(fate))
    yield line(Run(f"  what became of the input's statements and titles: {words or 'none'}", Style.MUTED), hang=4)


def _by(support: int, inputs: int) -> str:
    if support == inputs:
        return f"by all {inputs}" if inputs > 1 else "by the one input"
    return f"by {support} of {inputs}" if support > 1 else "by one alone"


def _fields(merge: CanonicalMerge) -> Iterator[Line]:
    """Fields on which the inputs agree are only counted."""
    shown = [entry for entry in merge.fields if entry.status is not FieldStatus.AGREED]
    agreed = len(merge.fields) - len(shown)
    if not merge.fields:
        return
    note = f"  {counted(agreed, 'agreed', 'agreed')}" if agreed else ""
    yield from (BLANK, line(Run("Fields", Style.HEADING), Run(note, Style.MUTED)))
    yield from (_field(entry) for entry in shown)


def _field(entry: FieldMerge) -> Line:
    value = "left out" if entry.value is None else shorten(fold(value_words(entry.value)), LONG_VALUE)
    style = Style.CHANGED if entry.status is FieldStatus.CONFLICT else Style.PLAIN
    reason = entry.reason.removeprefix(f"{entry.policy}: ")
    why = f"  ({entry.policy}{': ' if reason else ''}{reason})"
    return line("  ", Run(f"{entry.name}: ", style), value, Run(why, Style.MUTED), hang=4)


# ---------------------------------------------------------------------------------------------- questions


def open_question_lines(merge: CanonicalMerge) -> Iterator[Line]:
    """The conflicts that nobody has decided, with the choice that was made."""
    conflicts = [conflict for conflict in merge.conflicts if conflict.is_open]
    heading = counted(len(conflicts), "open question") if conflicts else "No open questions"
    yield from (BLANK, line(Run(heading, Style.CHANGED if conflicts else Style.HEADING)))
    for number, conflict in enumerate(conflicts, 1):
        yield from _question(merge, number, conflict)


def _decided(merge: CanonicalMerge) -> Iterator[Line]:
    """The conflicts that an answer or an option of the user has decided."""
    conflicts = [conflict for conflict in merge.conflicts if not conflict.is_open]
    if conflicts:
        heading = counted(len(conflicts), "question was decided", "questions were decided")
        yield from (BLANK, line(Run(heading, Style.HEADING)))
    for number, conflict in enumerate(conflicts, 1):
        yield from _question(merge, number, conflict)


def _question(merge: CanonicalMerge, number: int, conflict: Conflict) -> Iterator[Line]:
    subject = shorten(conflict.subject, LONG_VALUE)
    yield line(f"  {number}. ", Run(subject, Style.HEADING), Run(f"  {conflict.kind.value}", Style.MUTED), hang=5)
    chosen = chosen_choice(conflict)
    for choice in choices_of(conflict):
        text = shorten(choice.text, LONG_VALUE) or "(empty)"
        mark = Run("   * " if choice == chosen else "     ", Style.ADDED)
        yield line(mark, text, Run(f"  {_said_by(merge, choice)}", Style.MUTED), hang=7)
    outcome = ": ".join(filter(None, (_outcome(conflict), why_of(conflict))))
    yield line(Run(f"     {outcome or 'decided'}", Style.MUTED), hang=7)


def _said_by(merge: CanonicalMerge, choice: Choice) -> str:
    """Where an option stands: all who say it."""
    places = (f"{path_words(merge.inputs[each.input].path)}:{lines_words(each.span)}" for each in choice.sources)
    return ", ".join(dict.fromkeys(places))


def _outcome(conflict: Conflict) -> str:
    if conflict.chosen is not None:
        return "* was chosen"
    return "nothing was chosen" if conflict.is_open else ""
