"""What a person should know about a merge: support, fates, fields, notes and open questions.

The merged text itself is not part of it; it goes to standard output or into a file as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

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
    yield from _questions(merge)


def _inputs(merge: CanonicalMerge) -> Iterator[Line]:
    yield line(Run(f"Merged {counted(len(merge.inputs), 'variant')} into one {merge.format}", Style.HEADING))
    for number, agent in enumerate(merge.inputs, 1):
        words = diagnostics_words(agent)
        odd = f"  {words} while reading" if words else ""
        yield line(f"  {number}. {path_words(agent.path)}  {agent_words(agent)}", Run(odd, Style.MUTED), hang=5)


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
    why = f"  ({entry.policy}{': ' if entry.reason else ''}{entry.reason})"
    return line("  ", Run(f"{entry.name}: ", style), value, Run(why, Style.MUTED), hang=4)


def _questions(merge: CanonicalMerge) -> Iterator[Line]:
    if not merge.conflicts:
        yield from (BLANK, line(Run("No open questions", Style.HEADING)))
        return
    yield from (BLANK, line(Run(counted(len(merge.conflicts), "open question"), Style.CHANGED)))
    for number, conflict in enumerate(merge.conflicts, 1):
        yield from _question(merge, number, conflict)


def _question(merge: CanonicalMerge, number: int, conflict: Conflict) -> Iterator[Line]:
    subject = shorten(conflict.subject, LONG_VALUE)
    yield line(f"  {number}. ", Run(subject, Style.HEADING), Run(f"  {conflict.kind.value}", Style.MUTED), hang=5)
    for index, option in enumerate(conflict.options):
        is_chosen = index == conflict.chosen
        place = f"{path_words(merge.inputs[option.input].path)}:{lines_words(option.span)}"
        text = f"{shorten(option.text, LONG_VALUE) or '(empty)'}"
        mark = Run("   * " if is_chosen else "     ", Style.ADDED)
        yield line(mark, text, Run(f"  {place}", Style.MUTED), hang=7)
    outcome = "nothing was chosen" if conflict.chosen is None else "* was chosen"
    why = conflict.reason.removeprefix(f"{conflict.subject}; ")  # the subject stands above already
    yield line(Run(f"     {outcome}{': ' if why else ''}{why}", Style.MUTED), hang=7)
