"""What an index knows of some agents, and what became of it, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentdiff.clusters import Skipped
from agentdiff.index import Added, Checked, Likeness, Match, Size
from agentdiff.report.lines import BLANK, Line, Run, Style, line, shorten
from agentdiff.report.phrases import path_words
from agentdiff.report.stream import visible

MOST_SHOWN = 10
"""Duplicates of one agent that are shown; JSON has more of them."""
LONG_NAME = 40
"""Columns of an agent's name; one is longer than that only by mistake."""

_WIDEST = max(len(likeness.value) for likeness in Likeness)


def built_line(size: Size, folder: str) -> Iterator[Line]:
    """What a build has made."""
    yield line(f"Indexed {_size(size)} in {path_words(folder)}", hang=2)


def added_line(total: Added) -> Iterator[Line]:
    """What is on disk so far."""
    yield line(f"added so far: {total.new:,} new, {total.changed:,} changed, {_counted(total.agents, 'agent')}", hang=2)


def size_lines(total: Added, size: Size, folder: str) -> Iterator[Line]:
    """What was added in all."""
    counts = f"{total.new:,} new, {total.changed:,} changed, {total.unchanged:,} unchanged"
    yield line(f"{counts}; the index has {_size(size)}", hang=2)
    if size.is_rebuild_due:
        yield line(
            f"much has changed since it was made; rebuild it: agentdiff index build {path_words(folder)}", hang=2
        )


def matches_lines(size: Size, checked: Sequence[Checked], skipped: Sequence[Skipped] = ()) -> Iterator[Line]:
    """The whole report: each agent that has duplicates, with the nearest of them."""
    found = [each for each in checked if each.matches]
    number = (
        f"{len(found):,} of {_counted(len(checked), 'agent')}"
        if found
        else f"None of {_counted(len(checked), 'agent')}"
    )
    has = "has" if len(found) < 2 else "have"
    yield line(Run(f"{number} {has} duplicates among {_size(size)}", Style.HEADING), hang=2)
    for each in found:
        yield BLANK
        yield from _agent_lines(each)
    if skipped:
        yield from (
            BLANK,
            line(Run(f"Skipped {_counted(len(skipped), 'file or folder', 'files or folders')}", Style.HEADING)),
        )
        yield from (line(f"  {path_words(each.path)}: {each.reason}", hang=4) for each in skipped)


def _agent_lines(checked: Checked) -> Iterator[Line]:
    total = len(checked.matches) + checked.others
    head = f"{path_words(checked.path)}: {_counted(total, 'duplicate')} of {_name(checked.name)}"
    yield line(Run(head, Style.HEADING), hang=2)
    shown = checked.matches if len(checked.matches) <= MOST_SHOWN + 1 else checked.matches[:MOST_SHOWN]
    yield from (_match_line(match, checked) for match in shown)
    if total > len(shown):
        yield line(Run(f"        and {total - len(shown):,} more", Style.MUTED))
    if checked.centre is not None:
        yield line(Run(f"  would join the cluster around {path_words(checked.centre.path)}", Style.MUTED), hang=4)


def _match_line(match: Match, checked: Checked) -> Line:
    facts = []
    if match.likeness in (Likeness.CONTAINS, Likeness.CONTAINED, Likeness.NEAR):
        facts.append(f"{match.containment:.0%} of the smaller one in both")
    if match.name != checked.name:
        facts.append(f"named {_name(match.name)}")
    if match.format != checked.format:
        facts.append(match.format)
    columns = f"  {match.similarity:.2f}  {match.likeness.value:<{_WIDEST}}  "
    path = visible(path_words(match.path))
    return line(columns, path, Run(f"  {', '.join(facts)}" if facts else "", Style.MUTED), hang=len(columns))


def _size(size: Size) -> str:
    return f"{_counted(size.agents, 'agent')} with {_counted(size.bodies, 'text')}"


def _name(name: str) -> str:
    return shorten(visible(name), LONG_NAME) or "(no name)"


def _counted(number: int, singular: str, plural: str = "") -> str:
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
