"""The proof that a merge lost nothing: what the ledger says is held against the text, before anything is returned.

Every non-blank body line of every input lies in one entry. What is called kept stands in its unit to the letter; what
is called absorbed or reworded is said there (`saying.py`); a line is dropped only by a rule that the user chose. Every
field of every input is accounted for. The text reads again to what was meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeAlias

from agentdiff.account import LAYOUT
from agentdiff.errors import UnfaithfulMerge
from agentdiff.formats import parse
from agentdiff.ledger import DEFAULTS, CanonicalMerge, Fate, LedgerEntry, MergeOptions, UnitKind
from agentdiff.merge_fields import FIRST_FIELDS
from agentdiff.model import PROSE, Agent, Item, Span
from agentdiff.normalise import is_layout
from agentdiff.saying import missing_details
from agentdiff.text import bare, fold

_BLAME = "this is a mistake of agentdiff: please report it"


Reading: TypeAlias = Callable[[str, str], Agent | None]
"""Reads a text that was written in a format, by its name."""


def read_again(text: str, format: str) -> Agent | None:
    """The agent in a text that was written in that format; None for an empty one."""
    return parse(text, "canonical", format=format) if text.strip() else None


def check(result: CanonicalMerge, options: MergeOptions = DEFAULTS, reading: Reading = read_again) -> None:
    """Raise UnfaithfulMerge unless the text holds what the ledger says, and the ledger all there was.

    Who has read this very text before passes a `read_again` that remembers it.
    """
    for number, agent in enumerate(result.inputs):
        _check_complete(result, number, agent)
        _check_fields(result, agent)
    again = reading(result.text, result.format)
    _check_said(result, again, options)
    if again is not None:
        _check_readable(result, again)


def _check_complete(result: CanonicalMerge, number: int, agent: Agent) -> None:
    spans = [entry.span for entry in result.ledger if entry.input == number]
    covered = Counter(line for span in spans for line in range(span.first, span.last + 1))
    for line, text in enumerate(agent.text.split("\n"), 1):
        if line >= agent.body_line and text.strip() and covered[line] != 1:
            problem = f"this line is in {covered[line]} entries of the ledger, not in one"
            raise UnfaithfulMerge(f"{agent.path}:{agent.on_disk(Span(line, line)).first}: {problem}; {_BLAME}")


def _check_fields(result: CanonicalMerge, agent: Agent) -> None:
    known = {field.name for field in result.fields}
    for field in agent.fields:
        if field.name not in known:
            raise UnfaithfulMerge(f"{agent.path}:{field.span.first}: the field {field.name} got lost; {_BLAME}")


def _check_said(result: CanonicalMerge, again: Agent | None, options: MergeOptions) -> None:
    """What is kept stands in its unit, what is absorbed has no detail that it lacks, what is dropped was to be."""
    lines = (again.text if again else "").split("\n")
    there = {unit.id: "\n".join(lines[unit.span.first - 1 : unit.span.last]) for unit in result.units}
    letters = {number: bare(text) for number, text in there.items()}
    kinds = {unit.id: unit.kind for unit in result.units}
    may_drop = options.min_support > 1 or bool(options.answers) or options.prefer is not None
    sources = [agent.text.split("\n") for agent in result.inputs]
    items = [{item.span: item for item in agent.items} for agent in result.inputs]
    for entry in result.ledger:
        if entry.unit is None:
            if not may_drop and entry.reason != LAYOUT:
                raise _lost(result, entry, "dropped, though nothing was to be")
            continue
        here = "\n".join(sources[entry.input][entry.span.first - 1 : entry.span.last])
        if entry.fate is Fate.KEPT and bare(here) not in letters[entry.unit]:
            raise _lost(result, entry, "called kept but not in the merged text")
        item = items[entry.input].get(entry.span)
        is_told = entry.fate in (Fate.ABSORBED, Fate.REWORDED) and kinds[entry.unit] is UnitKind.ITEM
        if is_told and item is not None and not is_layout(item) and not _is_said(item, there[entry.unit]):
            raise _lost(result, entry, "called absorbed but not said by the merged text")


def _is_said(item: Item, unit: str) -> bool:
    if item.kind in PROSE:
        return not missing_details(item.text, unit)
    return fold(bare(item.text)) in fold(bare(unit))


def _lost(result: CanonicalMerge, entry: LedgerEntry, problem: str) -> UnfaithfulMerge:
    agent = result.inputs[entry.input]
    return UnfaithfulMerge(f"{agent.path}:{agent.on_disk(entry.span).first}: {problem}; {_BLAME}")


def _check_readable(result: CanonicalMerge, again: Agent) -> None:
    """In the text read again each unit begins where a title or statement does, the main fields are what was meant."""
    starts = {section.title_span.first for section in again.sections} | {item.span.first for item in again.items}
    for unit in result.units:
        if unit.span.first not in starts:
            raise UnfaithfulMerge(f"line {unit.span.first} of the merged text runs into the one before; {_BLAME}")
    for field in result.fields if again.fields else ():
        found = again.field(field.name)
        if field.name in FIRST_FIELDS and (found.value if found else None) != field.value:
            raise UnfaithfulMerge(f"the {field.name} of the merged text is not the one that was meant; {_BLAME}")
