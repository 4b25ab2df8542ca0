"""An agent as text: its fields, and its tree of sections with the items in it."""

from __future__ import annotations

from collections.abc import Iterator

from agentdiff.model import Agent, Diagnostic, Field, Item, ItemKind, Section, SectionStyle
from agentdiff.report.lines import BLANK, Line, Run, Style, line
from agentdiff.report.phrases import agent_words, counted, lines_words, path_words
from agentdiff.text import fold

INDENT = 2
"""Columns by which each level of the tree stands further right."""


def show_lines(agent: Agent) -> Iterator[Line]:
    """Heading, fields, section tree with items, and what was odd about the file. Line numbers stand left."""
    yield line(Run(agent_words(agent), Style.HEADING), f"  {path_words(agent.path)}", hang=INDENT)
    gutter = _gutter(agent)
    if agent.fields:
        yield from (BLANK, _title("fields", len(agent.fields)))
        name_width = max(len(field.name) for field in agent.fields)
        yield from (_field(field, gutter, name_width) for field in agent.fields)
    if agent.sections:
        yield from (BLANK, _title("sections", len(agent.sections), f", {counted(len(agent.items), 'item')}"))
        yield from _tree(agent, gutter)
    if agent.diagnostics:
        yield from (BLANK, _title("diagnostics", len(agent.diagnostics)))
        yield from (_diagnostic(diagnostic, gutter) for diagnostic in agent.diagnostics)


def _title(what: str, count: int, more: str = "") -> Line:
    return line(Run(what.capitalize(), Style.HEADING), Run(f"  {count}{more}", Style.MUTED))


def _gutter(agent: Agent) -> int:
    spans = [field.span for field in agent.fields]
    spans += [section.span for section in agent.sections]
    spans += [item.span for item in agent.items]
    return max((len(lines_words(span)) for span in spans), default=1)


def _numbers(words: str, gutter: int) -> Run:
    return Run(f"  {words:>{gutter}}  ", Style.MUTED)


def _field(field: Field, gutter: int, name_width: int) -> Line:
    key = "" if field.key == field.name else f"  (written {field.key})"
    name = Run(f"{field.name:<{name_width}}  ", Style.HEADING)
    return line(_numbers(lines_words(field.span), gutter), name, fold(field.raw), Run(key, Style.MUTED), is_cut=True)


def _tree(agent: Agent, gutter: int) -> Iterator[Line]:
    """Sections and their items as they stand in the file."""
    items: dict[int, list[Item]] = {}
    for item in agent.items:
        items.setdefault(item.section, []).append(item)
    depths: dict[int, int] = {}
    for section in agent.sections:
        yield _section(section, gutter)
        for item in items.get(section.id, []):
            depths[item.id] = 0 if item.parent is None else depths.get(item.parent, 0) + 1
            yield _item(item, gutter, section.level + depths[item.id])


def _section(section: Section, gutter: int) -> Line:
    indent = " " * (INDENT * max(section.level - 1, 0))
    title = "(lead)" if section.style is SectionStyle.LEAD else section.title
    parts: list[str | Run] = [_numbers(lines_words(section.span), gutter), indent, Run(title, Style.HEADING)]
    if section.style is not SectionStyle.LEAD:
        parts.append(Run(f"  {section.style.value}", Style.MUTED))
    if section.introduction:
        parts.append(f"  {fold(section.introduction)}")
    return line(*parts, hang=gutter + 4 + len(indent) + INDENT)


def _item(item: Item, gutter: int, depth: int) -> Line:
    kind = f"{' ' * (INDENT * depth)}{item.kind.value}  "
    text = item.text if item.kind is ItemKind.CODE else fold(item.text)
    hang = gutter + 4 + len(kind)
    return line(_numbers(lines_words(item.span), gutter), Run(kind, Style.MUTED), text, hang=hang)


def _diagnostic(diagnostic: Diagnostic, gutter: int) -> Line:
    words = f"{diagnostic.message} ({diagnostic.code})"
    severity = Run(f"{diagnostic.severity.value}  ", Style.CHANGED)
    return line(_numbers(str(diagnostic.line), gutter), severity, words, hang=gutter + 4)
