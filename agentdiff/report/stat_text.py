"""A diff in numbers: one line per section, as `git diff --stat` has one per file."""

from __future__ import annotations

from collections.abc import Iterator

from agentdiff.model import AgentDiff, Change
from agentdiff.report.diff_text import counts_line, heading_lines
from agentdiff.report.grouping import Group, count_changes, groups, titles
from agentdiff.report.lines import BLANK, Line, Run, Style, display_width, line, shorten
from agentdiff.report.stream import visible

ARROW = " -> "
MOST_TITLE = 40
"""Columns of a title at most; the bar needs room as well."""
LEAST_TITLE = 16
"""Columns of a title at least, on the narrowest terminal."""
MOST_BAR = 20
"""Signs in the longest bar."""
LEAST_BAR = 4
"""Signs that the longest bar has at least: one for each sort of edit."""

_HEAD = "".join(f" {word}" for _, word in count_changes(()))

_BAR = (
    (Change.CHANGED, "~", Style.CHANGED),
    (Change.MOVED, ">", Style.MOVED),
    (Change.ADDED, "+", Style.ADDED),
    (Change.REMOVED, "-", Style.REMOVED),
)


def stat_lines(diff: AgentDiff, width: int) -> Iterator[Line]:
    """Heading, a table of at most `width` columns, and the sums."""
    yield from heading_lines(diff)
    every = groups(diff)
    if every:
        room = width - len(_HEAD) - 3
        names = [_titles(diff, group) for group in every]
        widest = max(display_width(ARROW.join(name)) for name in names)
        title_width = min(widest, MOST_TITLE, max(room * 2 // 3, LEAST_TITLE))
        scale = _scale(every, min(MOST_BAR, max(room - title_width, LEAST_BAR)))
        yield from (BLANK, line(Run(" " * (title_width + 1) + _HEAD, Style.MUTED)))
        yield from (_row(_fitted(name, title_width), group, scale) for name, group in zip(names, every, strict=True))
    yield from (BLANK, counts_line(diff))


def _titles(diff: AgentDiff, group: Group) -> tuple[str, ...]:
    """Old and new title, or one where there are no two."""
    old, new = titles(diff.old, group.section.old), titles(diff.new, group.section.new)
    return tuple(visible(name) for name in dict.fromkeys((old, new)) if name)


def _fitted(names: tuple[str, ...], width: int) -> str:
    """The titles on exactly `width` columns; where two are too long, each keeps its beginning."""
    if len(names) == 2 and display_width(ARROW.join(names)) > width:
        room = width - len(ARROW)
        half = room // 2
        old, new = names
        old = shorten(old, max(half, room - display_width(new)))
        names = (old, shorten(new, room - display_width(old)))
    text = shorten(ARROW.join(names), width)
    return text + " " * (width - display_width(text))


def _row(title: str, group: Group, scale: float) -> Line:
    counts = count_changes(group.items)
    columns = "".join(f" {number or '.':>{len(word)}}" for number, word in counts)
    return line(f" {title}{columns}  ", *_bar({word: number for number, word in counts}, scale))


def _bar(counts: dict[str, int], scale: float) -> Iterator[Run]:
    """One sign per edit, or fewer where the longest bar would not fit; what happened at all keeps one sign."""
    for change, sign, style in _BAR:
        number = counts[change.value]
        if number:
            yield Run(sign * max(round(number * scale), 1), style)


def _scale(every: tuple[Group, ...], room: int) -> float:
    most = max(sum(item.change is not Change.KEPT for item in group.items) for group in every)
    return min(1.0, room / most) if most else 1.0
