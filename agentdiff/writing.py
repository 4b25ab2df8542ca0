"""From the plan of a canonical agent to its text, in one style, with the lines on which each unit stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from textwrap import dedent

from agentdiff.model import LISTED, ItemKind
from agentdiff.normalise import fence_of
from agentdiff.plan import TOP, Heading, Outline, Unit, are_steps
from agentdiff.text import plain

DEEPEST_HEADING = 6
_STARTS_BLOCK = re.compile(r"^(?:#{1,6}(?:\s|$)|>|[-+*](?:\s|$)|\d{1,9}[.)](?:\s|$)|={2,}\s*$|-{2,}\s*$|`{3}|~{3}|\|)")


@dataclass(slots=True)
class Written:
    """The body, and for each section and unit its first and last line in it, from 1."""

    lines: list[str] = field(default_factory=list)
    headings: dict[int, tuple[int, int]] = field(default_factory=dict)
    units: dict[int, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Texts:
    """What to write: for each unit its wordings, for each section what stands behind its title in the variants."""

    units: Mapping[int, tuple[str, ...]]
    introductions: Mapping[int, tuple[str, ...]]
    bare_titles: frozenset[int]
    """Sections that never had any text, and are kept for their title."""


def write(plan: Outline, texts: Texts) -> Written:
    """The body: opening, sections in order, closing words. Sections without any text are left out."""
    writer = _Writer(plan, texts)
    if plan.root:
        writer.heading(plan.root, 1)
    writer.units(TOP, None, "")
    for heading in plan.subsections(TOP):
        writer.section(heading, 2)
    for unit in sorted((each for each in plan.units if each.number in plan.closing), key=lambda each: each.place):
        if unit.number in texts.units:
            writer.block(unit, texts.units[unit.number], "")
    return writer.written


class _Writer:
    """The body while it is written."""

    def __init__(self, plan: Outline, texts: Texts) -> None:
        self.plan = plan
        self.texts = texts
        self.written = Written()

    def section(self, heading: Heading, level: int) -> None:
        """A title, what stands in it, its subsections."""
        if not self._has_text(heading):
            return
        if heading.members or heading.leads.intersection(self.texts.units):
            self.heading(heading, level)
        self.units(heading.number, None, "")
        for below in self.plan.subsections(heading.number):
            self.section(below, level + 1)

    def _has_text(self, heading: Heading) -> bool:
        """A title that had text in the variants, all of which went elsewhere, has nothing to announce."""
        if heading.number in self.texts.introductions or heading.number in self.texts.bare_titles:
            return True
        if any(
            unit.section == heading.number and unit.number in self.texts.units and unit.number not in self.plan.closing
            for unit in self.plan.units
        ):
            return True
        return any(self._has_text(below) for below in self.plan.subsections(heading.number))

    def heading(self, heading: Heading, level: int) -> None:
        self._blank()
        first = len(self.written.lines) + 1
        title = " ".join(heading.title.split())
        self.written.lines.append("#" * min(level, DEEPEST_HEADING) + " " + title)
        self.written.units.update((unit, (first, first)) for unit in heading.leads if unit in self.texts.units)
        for text in self.texts.introductions.get(heading.number, ()):
            if title.endswith(f": {plain(text)}"):
                continue
            self.written.lines += ["", *_safe(text).split("\n")]
        if heading.members:
            self.written.headings[heading.number] = (first, len(self.written.lines))
        self.written.lines.append("")

    def units(self, section: int, parent: int | None, indent: str) -> None:
        """The units of a section, or those nested under one, in order."""
        leads = self.plan.headings[section].leads if section != TOP else set()
        units = [
            unit for unit in self.plan.statements(section, parent) if unit.number in self.texts.units.keys() - leads
        ]
        steps = _steps(units)
        count = 0
        before: int | None = None
        for unit in units:
            texts = self.texts.units[unit.number]
            if unit.kind not in LISTED:
                self.block(unit, texts, indent)
                count = 0 if unit.host is None else count
                before = None
                continue
            if before is not None and (before in steps) is not (unit.number in steps):
                self._blank()
            before = unit.number
            first = len(self.written.lines) + 1
            marker = "- "
            for text in texts:
                count += unit.number in steps
                marker = f"{count}. " if unit.number in steps else "- "
                self._entry(marker, text, indent)
            self.written.units[unit.number] = (first, len(self.written.lines))
            self.units(section, unit.number, indent + " " * len(marker))

    def _entry(self, marker: str, text: str, indent: str) -> None:
        first, *rest = text.split("\n")
        self.written.lines.append(indent + marker + first)
        self.written.lines += [indent + " " * len(marker) + line for line in rest]

    def block(self, unit: Unit, texts: tuple[str, ...], indent: str) -> None:
        """Paragraphs, code, tables: between blank lines."""
        self._blank()
        first = len(self.written.lines) + 1
        for number, text in enumerate(texts):
            if number:
                self.written.lines.append("")
            shaped = _fenced(text) if unit.kind is ItemKind.CODE else text
            shaped = _safe(shaped) if unit.kind is ItemKind.PARAGRAPH else shaped
            shaped = _quoted(shaped) if unit.is_quoted else shaped
            self.written.lines += [
                (indent + line).rstrip() if not line.strip() else indent + line for line in shaped.split("\n")
            ]
        self.written.units[unit.number] = (first, len(self.written.lines))
        self.written.lines.append("")
        self.units(unit.section, unit.number, indent)

    def _blank(self) -> None:
        """One blank line before what follows, none at the top."""
        while self.written.lines and not self.written.lines[-1].strip():
            self.written.lines.pop()
        if self.written.lines:
            self.written.lines.append("")


def _steps(units: Sequence[Unit]) -> set[int]:
    """The units that get numbers: the steps of each list in which they are as many as the rest."""
    steps: set[int] = set()
    free = [unit for unit in units if unit.host is None or unit.kind in LISTED]
    for is_list, run in groupby(free, key=lambda unit: unit.kind in LISTED):
        entries = list(run)
        if is_list and are_steps([unit.kind for unit in entries]):
            steps.update(unit.number for unit in entries if unit.kind is ItemKind.NUMBERED)
    return steps


def _safe(text: str) -> str:
    """A paragraph whose first characters, moved to the start of a line, would make it something else."""
    lines = text.split("\n")
    return "\n".join("\\" + line if _STARTS_BLOCK.match(line) else line for line in lines)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


def _fenced(text: str) -> str:
    """Code between fences: closed where the file ended first, put around where it was only indented."""
    fence = fence_of(text)
    if fence is None:
        ticks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
        return f"{ticks}\n{dedent(text)}\n{ticks}"
    return text if fence.is_closed else f"{text}\n{fence.marks}"
