"""A merge whose result is one of the variants: it says everything that the others say, so nothing is written anew.

Its body comes out byte for byte, and its front matter with only the fields changed on which the variants decide
otherwise. So a merged agent that is merged again with one of its sources is itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from agentdiff.account import LAYOUT, shortened, with_layout
from agentdiff.capabilities import EVERYTHING, granted
from agentdiff.containment import Containment, Whole, containment, containment_sentences, like_title
from agentdiff.errors import BadInput
from agentdiff.formats import FORMATS, Format, parse
from agentdiff.formats.editing import edited
from agentdiff.formats.rendering import holds_several
from agentdiff.language import languages_note
from agentdiff.ledger import (
    CanonicalMerge,
    Conflict,
    ConflictKind,
    ConflictOption,
    Fate,
    FieldMerge,
    LedgerEntry,
    MergeOptions,
    Source,
    Unit,
    UnitKind,
)
from agentdiff.marks import OPENING
from agentdiff.merge_fields import MergedFields
from agentdiff.model import Agent, Section, SectionStyle, Span
from agentdiff.normalise import comparable_title, is_layout
from agentdiff.questions import decided, question_id
from agentdiff.similarity import Prepared
from agentdiff.text import bare, is_list_of_texts, texts_in, unix

REASON = "says everything that the others say beside it"


def as_it_is(
    variants: Sequence[Prepared],
    wholes: Sequence[Whole],
    winner: int,
    merged: MergedFields,
    options: MergeOptions,
    format: Format,
) -> CanonicalMerge | None:
    """The merge that leaves the winner as it is; None where the options, or its format, ask for another text.

    `wholes` are the variants once more, ready to be looked for in each other.
    """
    agent = variants[winner].agent
    if options.min_support > 1 or options.skeleton not in (None, winner) or format.name != agent.format:
        return None
    if options.format not in (None, agent.format):
        return None
    if (holds_several(format) or OPENING in agent.source) and not _are_alike(variants):
        return None  # other agents of its file, or marks of an earlier merge, would come with it
    wanted = (each for each in merged.fields if _is_wanted(variants, each, options))
    merged = merged._replace(fields=tuple(_as_silence(each, agent, options) for each in wanted))
    text = _with_fields(agent, merged)
    output = None if text is None else agent if text == agent.source else parse(text, agent.path, format=agent.format)
    if text is None or output is None or output.text.split("\n")[output.body_line - 1 :] != _body(agent):
        return None
    return _Beside(variants, wholes, winner, output).result(merged, options, text)


def _is_wanted(variants: Sequence[Prepared], field: FieldMerge, options: MergeOptions) -> bool:
    """Whether a variant or the user names the field: what a new file would need besides, this one does without."""
    if any(each.agent.field(field.name) for each in variants):
        return True
    is_asked_for = {"name": options.name is not None, "tools": options.tools_of is not None}
    return is_asked_for.get(field.name, False)


def _as_silence(field: FieldMerge, winner: Agent, options: MergeOptions) -> FieldMerge:
    """Tools that allow everything are not written where the winner names none: that allows everything, too."""
    if field.name != "tools" or options.tools_of is not None or winner.field("tools") is not None:
        return field
    names = (field.value,) if isinstance(field.value, str) else field.value
    if not is_list_of_texts(names) or EVERYTHING not in granted(
        list(texts_in(names)), FORMATS[winner.format].vocabulary
    ):
        return field
    return replace(field, value=None)


def _are_alike(variants: Sequence[Prepared]) -> bool:
    return len({(each.agent.source, each.agent.number) for each in variants}) == 1 and not variants[0].agent.number


def _body(agent: Agent) -> list[str]:
    return agent.text.split("\n")[agent.body_line - 1 :]


def _with_fields(agent: Agent, merged: MergedFields) -> str | None:
    """The file with the merged fields; None where it has no place for one."""
    wanted = {each.name: each.value for each in merged.fields}
    gone = [field.name for field in agent.fields if wanted.get(field.name) is None]
    changed = {
        name: value
        for name, value in wanted.items()
        if value is not None and ((field := agent.field(name)) is None or field.value != value)
    }
    try:
        return edited(agent, changed, gone) if gone or changed else agent.source
    except BadInput:
        return None


_Target: TypeAlias = tuple[UnitKind, int, Fate | None]
"""An item or section of the winner, by id; and the fate of what goes there, None where the words tell it."""


class _Beside:
    """The other variants beside the one that says everything."""

    def __init__(self, variants: Sequence[Prepared], wholes: Sequence[Whole], winner: int, output: Agent) -> None:
        self.variants = variants
        self.wholes = wholes
        self.winner = winner
        self.agent = variants[winner].agent
        self.output = output
        self.shift = output.body_line - self.agent.body_line
        self.found = {v: containment(part, wholes[winner]) for v, part in enumerate(wholes) if v != winner}
        self.lines = self.agent.text.split("\n")

    def result(self, merged: MergedFields, options: MergeOptions, text: str) -> CanonicalMerge | None:
        conflicts = tuple(self._conflicts(options))
        if not all(each.chosen == 0 for each in conflicts):
            return None
        spans = self._spans()
        ids = {key: number for number, (_, key) in enumerate(spans)}
        ledger = [entry for v in range(len(self.variants)) for entry in self._entries(v, ids)]
        titles = {number for number, (_, key) in enumerate(spans) if key[0] is UnitKind.SECTION}
        ledger = list(with_layout([each.agent for each in self.variants], ledger, titles))
        units = tuple(self._unit(number, span, key[0], ledger) for number, (span, key) in enumerate(spans))
        notes = (*filter(None, [languages_note([each.agent for each in self.variants])]), *merged.notes)
        return CanonicalMerge(
            tuple(each.agent for each in self.variants),
            self.agent.format,
            text,
            merged.fields,
            units,
            tuple(ledger),
            (*merged.conflicts, *conflicts),
            notes,
            self.output,
            widenings=merged.widenings,
            containments=containment_sentences(self.wholes),
        )

    def _spans(self) -> list[tuple[Span, tuple[UnitKind, int]]]:
        """Where each title and item stands, in the order of the text; rules are not units."""
        titled = [each for each in self.agent.sections if each.style is not SectionStyle.LEAD]
        found = [(each.title_span, (UnitKind.SECTION, each.id)) for each in titled]
        found += [(each.span, (UnitKind.ITEM, each.id)) for each in self.agent.items if not is_layout(each)]
        return sorted(found)

    def _unit(self, number: int, span: Span, kind: UnitKind, ledger: Iterable[LedgerEntry]) -> Unit:
        sources = tuple(
            Source(entry.input, entry.span)
            for entry in ledger
            if entry.unit == number and entry.fate is not Fate.CONFLICT and entry.reason != LAYOUT
        )
        placed = Span(span.first + self.shift, span.last + self.shift)
        return Unit(number, kind, placed, len({source.input for source in sources}), sources)

    def _entries(self, v: int, ids: Mapping[tuple[UnitKind, int], int]) -> Iterator[LedgerEntry]:
        agent = self.variants[v].agent
        targets = self._targets(v)
        for item in agent.items:
            if is_layout(item):
                continue
            kind, number, fate = targets[item.id]
            yield self._entry(v, item.span, ids[kind, number], self._place(kind, number), fate)
        for section in agent.sections:
            if section.style is not SectionStyle.LEAD:
                kind, number = self._title_target(v, section, targets)
                yield self._entry(v, section.title_span, ids[kind, number], self._place(kind, number), None)

    def _title_target(self, v: int, section: Section, targets: Mapping[int, _Target]) -> tuple[UnitKind, int]:
        """The same title, else that above the first of what stands below it, else what has its words."""
        if v == self.winner:
            return UnitKind.SECTION, section.id
        span, key = section.span, comparable_title(section.title)
        within = (each for each in self.variants[v].agent.items if span.first <= each.span.first <= span.last)
        below = [targets[item.id] for item in within if item.id in targets]
        homes = [self.agent.items[number].section if kind is UnitKind.ITEM else number for kind, number, _ in below]
        sections = [each for each in self.agent.sections if each.style is not SectionStyle.LEAD]
        alike = [each.id for each in sections if comparable_title(each.title) == key]
        alike.sort(key=lambda number: (number not in homes, number))
        titled = [number for number in homes if self.agent.sections[number].style is not SectionStyle.LEAD]
        if alike or titled:
            return UnitKind.SECTION, (alike or titled)[0]
        if below:
            return below[0][0], below[0][1]
        letters = bare(section.title)
        same = next((each.id for each in self.agent.items if bare(each.text) == letters), None)
        return (UnitKind.ITEM, same) if same is not None else (UnitKind.SECTION, like_title(section, self.agent) or 0)

    def _targets(self, v: int) -> dict[int, _Target]:
        """For each item of a variant where it is said; the fate where it is not told by the words."""
        if v == self.winner:
            return {item.id: (UnitKind.ITEM, item.id, None) for item in self.agent.items}
        found: Containment = self.found[v]
        targets: dict[int, _Target] = {item: (UnitKind.ITEM, other, None) for item, other in found.said.items()}
        targets |= {item: (UnitKind.SECTION, other, None) for item, other in found.titles.items()}
        return targets | {item: (UnitKind.ITEM, other, Fate.CONFLICT) for item, other, _ in found.contradicted}

    def _place(self, kind: UnitKind, number: int) -> Span:
        return self.agent.items[number].span if kind is UnitKind.ITEM else self.agent.sections[number].title_span

    def _entry(self, v: int, span: Span, unit: int, place: Span, fate: Fate | None) -> LedgerEntry:
        here = self.variants[v].agent.text.split("\n")[span.first - 1 : span.last]
        there = self.lines[place.first - 1 : place.last]
        if fate is Fate.CONFLICT:
            reason = f"contradicts the variant that {REASON}; see the open questions"
            return LedgerEntry(v, span, fate, unit, reason)
        if bare("\n".join(here)) in bare("\n".join(there)):
            return LedgerEntry(v, span, Fate.KEPT, unit, "this wording")
        return LedgerEntry(v, span, Fate.ABSORBED, unit, f"said by: {shortened(' '.join(there))}")

    def _conflicts(self, options: MergeOptions) -> Iterator[Conflict]:
        """What the others contradict; the first option is that of the winner."""
        against: dict[int, list[tuple[int, int, str]]] = {}
        for v, found in self.found.items():
            for item, other, words in found.contradicted:
                against.setdefault(other, []).append((v, item, words))
        for other, sides in sorted(against.items()):
            agreeing = [(v, item) for v, found in self.found.items() for item, at in found.said.items() if at == other]
            said = [self._option(self.winner, other)]
            said += [self._option(v, item) for v, item in (*agreeing, *((v, item) for v, item, _ in sides))]
            is_outvoted = len({v for v, _, _ in sides}) > 1 + len({v for v, _ in agreeing})
            yield self._conflict(sides[0][2], tuple(said), 1 + len(agreeing), is_outvoted, options)

    def _option(self, v: int, item: int) -> ConflictOption:
        agent = self.variants[v].agent
        return ConflictOption(v, unix(agent.items[item].text), agent.on_disk(agent.items[item].span))

    def _conflict(
        self, words: str, said: tuple[ConflictOption, ...], agreeing: int, is_outvoted: bool, options: MergeOptions
    ) -> Conflict:
        """The question whose first options are on the winner's side; nothing is chosen where that does not win."""
        number = question_id(said)
        made = decided(number, (said[:agreeing], said[agreeing:]), options, self.variants)
        wins, reason = not is_outvoted, f"{self.agent.path} {REASON}"
        if made is not None:
            wins, reason = made.kept == (True, False), made.reason
        chosen = 0 if wins else None
        return Conflict(number, ConflictKind.CONTRADICTION, words, said, chosen, f"{words}; {reason}", made is None)
