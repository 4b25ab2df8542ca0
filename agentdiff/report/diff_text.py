"""A diff as text: heading, fields that differ, what the agents may use, sections with the items that changed, counts.

Two columns of line numbers, old and new, then a mark: `~` changed, `+` added, `-` removed, `>` moved here.
Changed words stand in colour, or as `[-lost-]{+new+}` where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentdiff.containment import addition_sentences
from agentdiff.language import language_note
from agentdiff.model import (
    AccessEdit,
    Agent,
    AgentDiff,
    Change,
    FieldEdit,
    FieldValue,
    Item,
    ItemEdit,
    ItemKind,
    SectionChange,
    SectionEdit,
    Verdict,
)
from agentdiff.report.grouping import Group, count_changes, groups, is_kept, section_lines, section_title, titles
from agentdiff.report.lines import BLANK, Line, Run, Runs, Style, line, shorten
from agentdiff.report.phrases import agent_words, counted, diagnostics_words, listed, path_words, value_words
from agentdiff.report.words import INLINE_FLOOR, common_share, inline_runs, marked_wordings, word_changes
from agentdiff.text import fold

VERDICTS = {
    Verdict.IDENTICAL: "the same bytes",
    Verdict.EQUIVALENT: "only layout, order or quoting differs",
    Verdict.FIELDS_ONLY: "the same body, only fields differ",
    Verdict.SUPERSET: "new says all that old says, and more",
    Verdict.SUBSET: "new says nothing that old does not, and less",
    Verdict.DRIFT: "mostly equal, edited here and there",
    Verdict.VARIANT: "the same role, written independently",
    Verdict.UNRELATED: "little in common, hardly the same role",
}
"""Each verdict in words."""

LONG_TEXT = 240
"""Longer texts, in letters, are shortened without `--all`: three rows are enough to see what it is about."""

_MARKS = {Change.CHANGED: "~", Change.MOVED: ">", Change.ADDED: "+", Change.REMOVED: "-", Change.KEPT: " "}
_STYLES = {
    Change.CHANGED: Style.CHANGED,
    Change.MOVED: Style.MOVED,
    Change.ADDED: Style.ADDED,
    Change.REMOVED: Style.REMOVED,
    Change.KEPT: Style.MUTED,
    Change.SAME: Style.MUTED,
}


def diff_lines(diff: AgentDiff, is_complete: bool = False) -> Iterator[Line]:
    """The whole report. What is equal is only counted, unless `is_complete`."""
    yield from heading_lines(diff)
    yield from _field_lines(diff, is_complete)
    if diff.access is not None:
        yield from (BLANK, line(Run("May use", Style.HEADING)))
        yield from _access_lines(diff.access, is_complete)
    yield from _section_lines(diff, is_complete)
    yield from (BLANK, counts_line(diff))


def heading_lines(diff: AgentDiff) -> Iterator[Line]:
    """Both agents, the verdict, and hints: languages that differ, and where reading had to repair something."""
    for mark, agent, style in (("---", diff.old, Style.REMOVED), ("+++", diff.new, Style.ADDED)):
        yield line(Run(f"{mark} {path_words(agent.path)}", style), f"  {agent_words(agent)}", hang=4)
    verdict = Run(diff.verdict.value, Style.HEADING)
    yield line(verdict, f": {VERDICTS[diff.verdict]} (similarity {diff.similarity:.2f})", hang=2)
    if diff.verdict not in (Verdict.IDENTICAL, Verdict.EQUIVALENT):
        paths = path_words(diff.old.path), path_words(diff.new.path)
        yield from (line(each, hang=2) for each in addition_sentences(paths, diff.old_adds, diff.new_adds))
    if note := language_note(diff.old, diff.new):
        yield line(Run(note, Style.MUTED), hang=2)
    for agent in (diff.old,) if diff.old.path == diff.new.path else (diff.old, diff.new):
        if words := diagnostics_words(agent):
            hint = f"{words} while reading {path_words(agent.path)}; see `agentdiff show`"
            yield line(Run(hint, Style.MUTED), hang=2)


def counts_line(diff: AgentDiff) -> Line:
    """What became of fields, sections and items, in numbers."""
    fields = [edit.change for edit in diff.fields]
    field_counts = [(fields.count(change), change.value) for change in _FIELD_CHANGES]
    relations = [edit.relation for edit in diff.sections]
    section_counts = [(relations.count(relation), relation.value) for relation in SectionChange]
    words = (
        f"fields: {listed(field_counts)}; "
        f"sections: {listed(section_counts)}; "
        f"items: {listed(count_changes(diff.items))}"
    )
    return line(Run(words, Style.MUTED), hang=2)


_FIELD_CHANGES = (Change.SAME, Change.CHANGED, Change.ADDED, Change.REMOVED)


# ---------------------------------------------------------------------------------------------- fields


def _field_lines(diff: AgentDiff, is_complete: bool) -> Iterator[Line]:
    shown = [edit for edit in diff.fields if is_complete or edit.change is not Change.SAME]
    if not shown:
        return
    yield from (BLANK, line(Run("Fields", Style.HEADING)))
    for edit in shown:
        yield from _field(edit, is_complete)


def _field(edit: FieldEdit, is_complete: bool) -> Iterator[Line]:
    mark = "  " if edit.change is Change.SAME else f"{_MARKS[edit.change]} "
    head = Run(f"  {mark}{edit.name}", _STYLES[edit.change])
    if edit.change is not Change.CHANGED:
        value = _value(edit.new if edit.old is None else edit.old, is_complete)
        if edit.note:
            value = f"{value} = {_value(edit.new, is_complete)}"
        yield line(head, f": {value}", hang=6)
        return
    details = list(_field_details(edit, is_complete))
    note = Run(f"  ({edit.note})" if edit.note else "", Style.MUTED)
    if len(details) == 1 and details[0][1]:
        yield line(head, ": ", *details[0][0], note, hang=6)
        return
    yield line(head, note, hang=6)
    for runs, _ in details:
        yield line("      ", *runs, hang=8)


def _field_details(edit: FieldEdit, is_complete: bool) -> Iterator[tuple[Runs, bool]]:
    """Lines about a changed field, each with whether it may stand behind the name when it is the only one."""
    if edit.paths:
        yield from (((Run(path),), False) for path in edit.paths)
    elif edit.added or edit.removed:
        if edit.added:
            yield (Run(f"+ {', '.join(edit.added)}", Style.ADDED), _grants(edit.grants_added)), True
        if edit.removed:
            yield (Run(f"- {', '.join(edit.removed)}", Style.REMOVED), _grants(edit.grants_removed)), True
    else:
        yield from _value_details(fold(value_words(edit.old)), fold(value_words(edit.new)), is_complete)


def _grants(capabilities: tuple[str, ...]) -> Run:
    return Run(f"  (for {', '.join(capabilities)})" if capabilities else "", Style.MUTED)


def _value_details(old: str, new: str, is_complete: bool) -> Iterator[tuple[Runs, bool]]:
    if old == new:
        yield (Run("only the way it is written differs", Style.MUTED),), True
        return
    changes = word_changes(old, new)
    if common_share(changes) >= INLINE_FLOOR:
        yield inline_runs(changes, is_short=not is_complete), True
        return
    for mark, text, style in (("-", old, Style.REMOVED), ("+", new, Style.ADDED)):
        yield (Run(f"{mark} ", style), Run(_shortened(text, is_complete))), False


def _value(value: FieldValue, is_complete: bool) -> str:
    return _shortened(fold(value_words(value)), is_complete)


def _shortened(text: str, is_complete: bool) -> str:
    if is_complete or len(text) <= LONG_TEXT:
        return text
    return f"{shorten(text, LONG_TEXT)} ({counted(len(text), 'character')})"


# ---------------------------------------------------------------------------------------------- access


def _access_lines(edit: AccessEdit, is_complete: bool) -> Iterator[Line]:
    """What was gained and lost; both sides whole where only one of them has no limit."""
    if ("everything" in edit.old) != ("everything" in edit.new):
        words = f"{_shortened(edit.old_words, is_complete)} -> {_shortened(edit.new_words, is_complete)}"
        yield line(Run("  ~ ", Style.CHANGED), words, hang=4)
    else:
        for mark, entries, style in (("+", edit.added, Style.ADDED), ("-", edit.removed, Style.REMOVED)):
            if entries:
                yield line(Run(f"  {mark} {_shortened(', '.join(entries), is_complete)}", style), hang=4)
    for side, reason in (("old", edit.old_reason), ("new", edit.new_reason)):
        if reason:
            yield line(Run(f"    {side} {reason}", Style.MUTED), hang=6)


# ---------------------------------------------------------------------------------------------- sections


def _section_lines(diff: AgentDiff, is_complete: bool) -> Iterator[Line]:
    every = groups(diff)
    quiet = 0 if is_complete else sum(group.is_quiet() for group in every)
    numbers = _Numbers(diff)
    was_bare = False  # titles with nothing to say below them stand together
    for group in every:
        if is_complete or not group.is_quiet():
            items = list(_group_items(diff, group, numbers, is_complete))
            if items or not was_bare:
                yield BLANK
            yield _section(diff, group.section)
            yield from items
            was_bare = not items
    if quiet:
        yield from (BLANK, line(Run(f"{counted(quiet, 'section')} without any change", Style.MUTED)))


def _section(diff: AgentDiff, edit: SectionEdit) -> Line:
    """`~ Old title -> New title` and what became of it, on one line where it fits."""
    old, new = titles(diff.old, edit.old), titles(diff.new, edit.new)
    title = old or new if old == new or not (old and new) else f"{old} -> {new}"
    where = " -> ".join(filter(None, (section_lines(diff.old, edit.old), section_lines(diff.new, edit.new))))
    facts = f"  {_what_became(edit)}, {'lines' if '-' in where or ',' in where else 'line'} {where}"
    if edit.old and edit.new:
        facts += f", similarity {_likeness(edit.similarity, edit.reason)}"
    mark, style = _section_mark(edit)
    return line(Run(f"{mark} ", style), Run(title, Style.HEADING), Run(facts, Style.MUTED), hang=2)


def _section_mark(edit: SectionEdit) -> tuple[str, Style]:
    if edit.relation is SectionChange.ADDED:
        return "+", Style.ADDED
    if edit.relation is SectionChange.REMOVED:
        return "-", Style.REMOVED
    if edit.relation is SectionChange.SAME and not edit.renamed:
        return (">", Style.MOVED) if edit.moved else ("=", Style.MUTED)
    return "~", Style.CHANGED


def _what_became(edit: SectionEdit) -> str:
    words = [edit.relation.value]
    if edit.renamed:
        words.append("renamed")
    if edit.moved:
        words.append("moved")
    if len(words) > 1 and edit.relation is SectionChange.SAME:
        words = words[1:]
    return " and ".join(words)


def _likeness(similarity: float, reason: str) -> str:
    return f"{similarity:.2f}: {reason}" if reason else f"{similarity:.2f}"


# ---------------------------------------------------------------------------------------------- items


class _Numbers:
    """The two columns of line numbers in front of an item."""

    def __init__(self, diff: AgentDiff) -> None:
        self._diff = diff
        self._old = _digits(diff.old)
        self._new = _digits(diff.new)
        self.width = self._old + self._new + 4

    def run(self, old: Item | None, new: Item | None) -> Run:
        left = self._diff.old.on_disk(old.span).first if old else ""
        right = self._diff.new.on_disk(new.span).first if new else ""
        return Run(f"  {left:>{self._old}} {right:>{self._new}} ", Style.MUTED)


def _digits(agent: Agent) -> int:
    return max((len(str(agent.on_disk(item.span).first)) for item in agent.items), default=1)


def _group_items(diff: AgentDiff, group: Group, numbers: _Numbers, is_complete: bool) -> Iterator[Line]:
    for edit in group.items:
        if is_complete or not is_kept(edit):
            yield from _item(diff, edit, numbers, is_complete)


def _item(diff: AgentDiff, edit: ItemEdit, numbers: _Numbers, is_complete: bool) -> Iterator[Line]:
    old = None if edit.old is None else diff.old.items[edit.old]
    new = None if edit.new is None else diff.new.items[edit.new]
    mark = Run(f"{_MARKS[edit.change]} ", _STYLES[edit.change])
    note = Run(_note(diff, edit, old, new), Style.MUTED)
    hang = numbers.width + 2
    *above, last = _wordings(edit.change, old, new, is_complete)
    for runs in above:
        yield line(numbers.run(old, None), mark, *runs, hang=hang)
    head = (numbers.run(None, new), "  ") if above else (numbers.run(old, new), mark)
    yield line(*head, *last, note, hang=hang)


def _wordings(change: Change, old: Item | None, new: Item | None, is_complete: bool) -> tuple[Runs, ...]:
    """The text of an item; of a changed one with its words marked, on two lines where one would be hard to read."""
    if change is Change.CHANGED and old and new:
        is_long = max(len(old.text), len(new.text)) > LONG_TEXT
        return marked_wordings(_text(old), _text(new), is_short=is_long and not is_complete)
    stated = new or old
    style = Style.PLAIN if change in (Change.KEPT, Change.MOVED) else _STYLES[change]
    return ((Run(_text(stated) if stated else "", style),),)


def _text(item: Item) -> str:
    return item.text if item.kind is ItemKind.CODE else fold(item.text)


def _note(diff: AgentDiff, edit: ItemEdit, old: Item | None, new: Item | None) -> str:
    """Behind the text, in parentheses: where it was, how alike it is, and why that is thought."""
    notes: list[str] = []
    if old and new and (edit.moved or edit.change is Change.MOVED):
        notes.append(f"from {section_title(diff.old, old.section)}")
    if old and new and edit.similarity < 1:
        notes.append(_likeness(edit.similarity, edit.reason))
    return f"  ({'; '.join(notes)})" if notes else ""
