"""Titles that count: `1. Discover`, `2. Identify` keep their numbers where the series stays whole."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from agentdiff.model import Section, SectionStyle
from agentdiff.plan import Heading, Outline
from agentdiff.similarity import Prepared
from agentdiff.text import plain

_MARK = re.compile(r"[#*+\->\s]*")
_NUMBER = re.compile(r"(\d{1,3})[.):](?:\s+|(?!\d))(?=\S)")


@dataclass(frozen=True, slots=True)
class _Series:
    """Sections of the canonical agent with the numbers that variants give them, ascending."""

    numbers: tuple[tuple[int, int], ...]
    """Number of the section in the plan, number in its title."""
    support: int
    """How many variants count so."""
    is_guide: bool
    """Whether it is that of the skeleton."""


def number_titles(variants: Sequence[Prepared], plan: Outline, written: Iterable[int], skeleton: int | None) -> None:
    """Give titles their numbers, and put each series in a row; the longer series first, then the more supported.

    `written` are the sections that will have text. Sections that are in two series have the number of the first, and
    below one parent no number stands twice: of the other series none is written.
    """
    taken: set[int] = set()
    counted: set[tuple[int, int]] = set()
    for series in _found(variants, plan, set(written), skeleton):
        headings = [plan.headings[number] for number, _ in series.numbers]
        places = {(heading.parent, count) for heading, (_, count) in zip(headings, series.numbers, strict=True)}
        is_free = taken.isdisjoint(heading.number for heading in headings) and counted.isdisjoint(places)
        if not series.is_guide and (not is_free or any(skeleton in heading.variants for heading in headings)):
            continue
        taken.update(heading.number for heading in headings)
        counted |= places
        for heading, (_, count) in zip(headings, series.numbers, strict=True):
            heading.title = f"{count}. {heading.title}"
        if not series.is_guide:
            _put_in_a_row(plan, headings)


def _found(variants: Sequence[Prepared], plan: Outline, written: set[int], skeleton: int | None) -> list[_Series]:
    home = {node: heading for heading in plan.headings for node in heading.members}
    support: Counter[tuple[tuple[int, int], ...]] = Counter()
    guides: set[tuple[tuple[int, int], ...]] = set()
    for v, variant in enumerate(variants):
        for counted in _counted(variant):
            if not _is_series(variant, counted):
                continue
            kept = [(home[v, i], count) for i, count in counted if (v, i) in home]
            numbers = tuple((heading.number, count) for heading, count in kept)
            if v == skeleton:
                numbers = tuple(sorted(dict(reversed(numbers)).items()))
                guides.add(numbers)
            elif len(kept) < len(counted) or not _is_whole([heading for heading, _ in kept], written):
                continue
            support[numbers] += 1
    found = [_Series(numbers, votes, numbers in guides) for numbers, votes in support.items()]
    return sorted(found, key=lambda each: (not each.is_guide, -len(each.numbers), -each.support, each.numbers))


def _is_whole(headings: Sequence[Heading], written: set[int]) -> bool:
    """Whether sections are different ones below one parent, none of which is left out."""
    numbers = {heading.number for heading in headings}
    return len(numbers) == len(headings) and len({each.parent for each in headings}) == 1 and numbers.issubset(written)


def _counted(variant: Prepared) -> Iterator[list[tuple[int, int]]]:
    """The sections of a variant that count up below one parent, with their numbers."""
    lines = variant.agent.text.split("\n")
    siblings: defaultdict[int | None, list[tuple[int, int]]] = defaultdict(list)
    for section in variant.agent.sections:
        count = _count(section, lines)
        if count is not None:
            siblings[section.parent].append((section.id, count))
    for each in siblings.values():
        series: list[tuple[int, int]] = []
        for node in each:
            if series and node[1] <= series[-1][1]:
                yield series
                series = []
            series.append(node)
        yield series


def _is_series(variant: Prepared, counted: Sequence[tuple[int, int]]) -> bool:
    """Whether sections count; steps of a list that are sections only if none between them is a plain entry.

    A single one does where nothing stands beside it, as `1. [Title of the issue]` in a form.
    """
    counts = [count for _, count in counted]
    sections = variant.agent.sections
    is_list = any(sections[i].style is SectionStyle.BOLD_ITEM for i, _ in counted)
    if len(counts) == 1:
        parent = sections[counted[0][0]].parent
        return parent is not None and not is_list and sum(each.parent == parent for each in sections) == 1
    return len(counts) > 1 and (not is_list or counts == list(range(1, len(counts) + 1)))


def _count(section: Section, lines: Sequence[str]) -> int | None:
    """The number before a title, None without one: it is no part of the title itself."""
    if section.style is SectionStyle.LEAD:
        return None
    line = plain(_MARK.sub("", lines[section.title_span.first - 1], count=1))
    found = _NUMBER.match(line)
    return int(found[1]) if found else None


def _put_in_a_row(plan: Outline, series: Sequence[Heading]) -> None:
    """The series in its order, where the first of its sections stood among all."""
    siblings = plan.subsections(series[0].parent)
    rest = [heading for heading in siblings if heading not in series]
    before = min(siblings.index(heading) for heading in series)
    ordered = [*rest[:before], *series, *rest[before:]]
    for place, heading in enumerate(ordered):
        heading.place = (float(place),)
