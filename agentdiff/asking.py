"""The open questions of a merge, asked in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agentdiff.decisions import (
    ALL,
    NONE,
    Choice,
    answer_to,
    choices_of,
    chosen_choice,
    may_keep_several,
    numbers_in,
    questions_of,
    why_of,
)
from agentdiff.ledger import Answer, CanonicalMerge, Conflict
from agentdiff.report.lines import BLANK, Line, Run, Style, line, shorten
from agentdiff.report.phrases import lines_words, path_words
from agentdiff.report.stream import Output

MOST_TRIES = 5
"""Answers that are none, in a row, after which a question is left open: what answers may be no person."""

LONG_OPTION = 1_000
"""Letters of an option that are shown."""

_SHORT_FORMS = {"a": ALL, "n": NONE}

ReadLine = Callable[[], str | None]
"""The next line that was typed, None at the end of the input."""


def ask(merge: CanonicalMerge, output: Output, read_line: ReadLine) -> dict[str, Answer]:
    """The answers to the open questions, by id; those that are passed over or left when the input ends have none."""
    conflicts = [conflict for conflict in questions_of(merge) if conflict.is_open]
    answers: dict[str, Answer] = {}
    for number, conflict in enumerate(conflicts, 1):
        output.write_lines(_question(merge, conflict, f"Question {number} of {len(conflicts)}"))
        words = _answered(conflict, output, read_line)
        if words is None:
            output.write_lines([line("  the input ended, so the questions that are left stay open")])
            break
        if words:
            numbers = numbers_in(words, len(choices_of(conflict)))
            answers[conflict.id] = answer_to(conflict, numbers or ())
    return answers


def _question(merge: CanonicalMerge, conflict: Conflict, heading: str) -> Iterator[Line]:
    subject = shorten(conflict.subject, LONG_OPTION)
    kind = Run(f"  {conflict.kind.value}", Style.MUTED)
    yield from (BLANK, line(Run(f"{heading}: {subject}", Style.HEADING), kind, hang=2))
    chosen = chosen_choice(conflict)
    yield from (_option(merge, choice, choice == chosen) for choice in choices_of(conflict))
    outcome = "by default" if chosen is None else "* is the default"
    why = why_of(conflict)
    yield line(Run(f"  {outcome}{': ' if why else ''}{why}", Style.MUTED), hang=4)


def _option(merge: CanonicalMerge, choice: Choice, is_chosen: bool) -> Line:
    places = dict.fromkeys(
        f"{path_words(merge.inputs[source.input].path)}:{lines_words(source.span)}" for source in choice.sources
    )
    mark = Run("* " if is_chosen else "  ", Style.ADDED)
    said_by = Run(f"  {', '.join(places)}", Style.MUTED)
    return line(mark, f"{choice.number}. {shorten(choice.text, LONG_OPTION) or '(empty)'}", said_by, hang=5)


def _answered(conflict: Conflict, output: Output, read_line: ReadLine) -> str | None:
    """The words of an answer, empty for none; None at the end of the input."""
    count, is_single = len(choices_of(conflict)), not may_keep_several(conflict.kind.value)
    for _ in range(MOST_TRIES):
        output.write_lines([line(f"Keep which? {_ways(count, is_single)}; Enter leaves it open.", hang=2)])
        words = read_line()
        if words is None:
            return None
        words = _SHORT_FORMS.get(words.strip().casefold(), words.strip())
        numbers = numbers_in(words, count)
        if not words or (numbers is not None and (len(numbers) < 2 or not is_single)):
            return words
        output.write_lines([line(Run(f"  {shorten(words, 60)} is no answer", Style.CHANGED))])
    output.write_lines([line(f"  left open after {MOST_TRIES} tries")])
    return ""


def _ways(count: int, is_single: bool) -> str:
    """The answers that there are."""
    numbers = "1" if count == 1 else f"A number from 1 to {count}"
    return f"{numbers}, n for none" if is_single else f"{numbers}, several (1 2), a for all, n for none"
