"""An agent as text: its fields, and its tree of sections with the items in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from agentdiff.marks import is_mark_item
from agentdiff.model import Agent, Diagnostic, Field, Item, ItemKind, Section, SectionStyle
from agentdiff.report.lines import BLANK, Line, Run, Style, line
from agentdiff.report.phrases import agent_words, counted, lines_words, path_words
from agentdiff.text import fold

if TYPE_CHECKING:
    from agentdiff.access import Access

INDENT = 2
"""Columns by which each level of the tree stands further right."""


def show_lines(agent: Agent, may_use: Access | None = None) -> Iterator[Line]:
    """Heading, fields, what it may use, section tree with items, and what was odd. Line numbers stand left."""
    yield line(Run(agent_words(agent), Style.HEADING), f"  {path_words(agent.path)}", hang=INDENT)
    gutter = _gutter(agent)
    if agent.fields:
        yield from (BLANK, _title("fields", len(agent.fields)))
        name_width = max(len(field.name) for field in agent.fields)
        yield from (_field(field, gutter, name_width) for field in agent.fields)
    if may_use is not None:
        why = f"  {may_use.reason}" if may_use.reason else ""
        yield from (
            BLANK,
            line(Run("May use", Style.HEADING), f"  {may_use.words}", Run(why, Style.MUTED), hang=INDENT),
        )
    if agent.sections:
        items = sum(not is_mark_item(item) for item in agent.items)
        yield from (BLANK, _title("sections", len(agent.sections), f", {counted(items, 'item')}"))
        yield from _tree(agent, gutter)
    if agent.diagnostics:
        yield from (BLANK, _title("diagnostics", len(agent.diagnostics)))
        yield from (_diagnostic(diagnostic, gutter) for diagnostic in agent.diagnostics)


def list_lines(path: str, agents: Sequence[Agent]) -> Iterator[Line]:
    """The agents of a file with several: where each stands, its name, what it is for."""
    yield line(Run(f"{len(agents)} agents ({agents[0].format})", Style.HEADING), f"  {path_words(path)}", hang=INDENT)
    yield BLANK
    starts = [str(min((field.span.first for field in agent.fields), default=1)) for agent in agents]
    gutter = max(map(len, starts))
    width = max(len(agent.name) for agent in agents)
    for start, agent in zip(starts, agents, strict=True):
        field = agent.field("description") or agent.field("display-name")
        said = fold(str(field.value)) if field and field.value else ""
        yield line(_numbers(start, gutter), Run(f"{agent.name:<{width}}  ", Style.HEADING), said, is_cut=True)
    yield from (BLANK, line(f"Show one of them with {path_words(path)}#NAME.", hang=INDENT))
    for agent in agents:
        for diagnostic in agent.diagnostics:
            yield _diagnostic(diagnostic, gutter)


def _title(what: str, count: int, more: str = "") -> Line:
    return line(Run(what.capitalize(), Style.HEADING), Run(f"  {count}{more}", Style.MUTED))


def _gutter(agent: Agent) -> int:
    spans = [field.span for field in agent.fields]
    spans += [agent.on_disk(section.span) for section in agent.sections]
    spans += [agent.on_disk(item.span) for item in agent.items]
    return max((len(lines_words(span)) for span in spans), default=1)


def _numbers(words: str, gutter: int) -> Run:
    return Run(f"  {words:>{gutter}}  ", Style.MUTED)


def _field(field: Field, gutter: int, name_width: int) -> Line:
    key = "" if field.key == field.name else f"  (written {field.key})"
    name = Run(f"{field.name:<{name_width}}  ", Style.HEADING)
    return line(_numbers(lines_words(field.span), gutter), name, fold(field.raw), Run(key, Style.MUTED), is_cut=True)


def _tree(agent: Agent, gutter: int) -> Iterator[Line]:
    """Sections and their items as they stand in the file, without what only marks sources."""
    items: dict[int, list[Item]] = {}
    for item in (each for each in agent.items if not is_mark_item(each)):
        items.setdefault(item.section, []).append(item)
    depths: dict[int, int] = {}
    for section in agent.sections:
        yield _section(agent, section, gutter)
        for item in items.get(section.id, []):
            depths[item.id] = 0 if item.parent is None else depths.get(item.parent, 0) + 1
            yield _item(agent, item, gutter, section.level + depths[item.id])


def _section(agent: Agent, section: Section, gutter: int) -> Line:
    indent = " " * (INDENT * max(section.level - 1, 0))
    title = "(lead)" if section.style is SectionStyle.LEAD else section.title
    parts: list[str | Run] = [
        _numbers(lines_words(agent.on_disk(section.span)), gutter),
        indent,
        Run(title, Style.HEADING),
    ]
    if section.style is not SectionStyle.LEAD:
        parts.append(Run(f"  {section.style.value}", Style.MUTED))
    if section.introduction:
        parts.append(f"  {fold(section.introduction)}")
    return line(*parts, hang=gutter + 4 + len(indent) + INDENT)


def _item(agent: Agent, item: Item, gutter: int, depth: int) -> Line:
    kind = f"{' ' * (INDENT * depth)}{item.kind.value}  "
    text = item.text if item.kind is ItemKind.CODE else fold(item.text)
    hang = gutter + 4 + len(kind)
    return line(_numbers(lines_words(agent.on_disk(item.span)), gutter), Run(kind, Style.MUTED), text, hang=hang)


def _diagnostic(diagnostic: Diagnostic, gutter: int) -> Line:
    words = f"{diagnostic.message}; {diagnostic.remedy} ({diagnostic.code})"
    severity = Run(f"{diagnostic.severity.value}  ", Style.CHANGED)
    return line(_numbers(str(diagnostic.line), gutter), severity, words, hang=gutter + 4)
