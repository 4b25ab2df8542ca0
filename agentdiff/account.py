"""What became of every line of every variant: the units of the canonical text, and the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agentdiff.ledger import Fate, LedgerEntry, Source, Unit, UnitKind
from agentdiff.model import Item, Section, SectionStyle, Span
from agentdiff.outline import is_layout, text_of
from agentdiff.plan import TOP, Heading, Outline, Passage
from agentdiff.plan import Unit as Planned
from agentdiff.similarity import Prepared
from agentdiff.text import bare, fold, plain
from agentdiff.wording import Choice
from agentdiff.writing import Written

_Ids = Mapping[tuple[UnitKind, int], int]
"""For each title and statement that was written, by its number in the plan, the number of its unit."""


@dataclass(frozen=True, slots=True)
class Account:
    """Makes units and ledger from what was planned and written."""

    variants: Sequence[Prepared]
    sources: Sequence[Sequence[str]]
    """The lines of each variant's file."""
    plan: Outline
    written: Written
    offset: int
    """Lines of the text before the body."""
    body: Sequence[str]
    min_support: int
    choices: Mapping[int, Choice]
    """The wording of each unit that was written."""
    losers: Mapping[int, int]
    """Units that gave way to one that contradicts them, with that one."""

    def kept(self) -> tuple[tuple[Unit, ...], tuple[LedgerEntry, ...]]:
        """All units in the order of the text, and the ledger."""
        titles = {each.number: each for each in [*self.plan.headings, *([self.plan.root] if self.plan.root else [])]}
        places = [(span, UnitKind.SECTION, n) for n, span in self.written.headings.items()]
        places += [(span, UnitKind.ITEM, n) for n, span in self.written.units.items()]
        ids: dict[tuple[UnitKind, int], int] = {}
        units: list[Unit] = []
        ledger: list[LedgerEntry] = []
        for number, (lines, kind, planned) in enumerate(sorted(places)):
            ids[kind, planned] = number
            if kind is UnitKind.SECTION:
                sources = self._title_sources(titles[planned])
            else:
                sources = tuple(Source(p.variant, p.span) for p in self.plan.units[planned].passages)
            support = len({source.input for source in sources})
            units.append(Unit(number, kind, Span(lines[0] + self.offset, lines[1] + self.offset), support, sources))
        for heading in titles.values():
            title = ids.get((UnitKind.SECTION, heading.number))
            ledger += self._title_entries(heading, title) if title is not None else self._unused_title(heading, ids)
        for unit in self.plan.units:
            ledger += self._unit_entries(unit, ids)
        ledger += self._layout_entries(ids)
        return tuple(units), tuple(ledger)

    def _title_sources(self, heading: Heading) -> tuple[Source, ...]:
        return tuple(Source(v, self._section(v, i).title_span) for v, i in heading.members)

    def _section(self, variant: int, number: int) -> Section:
        return self.variants[variant].agent.sections[number]

    def _lines(self, variant: int, span: Span) -> str:
        return "\n".join(self.sources[variant][span.first - 1 : span.last])

    def _unused_title(self, heading: Heading, ids: _Ids) -> list[LedgerEntry]:
        """A section whose text went to others: its title goes with the first of it."""
        homes = {(p.variant, n): unit.section for unit in self.plan.units for p in unit.passages for n in p.items}
        entries = []
        for v, i in heading.members:
            span = self._section(v, i).title_span
            statements = (self.variants[v].statements[n].item.id for n in self.variants[v].parts[i].statements)
            sections = (ids.get((UnitKind.SECTION, homes[v, number])) for number in statements if (v, number) in homes)
            unit = next((section for section in sections if section is not None), None)
            if unit is None:
                reason = "no text of this section stands under a title"
                entries.append(LedgerEntry(v, span, Fate.DROPPED, None, reason))
            else:
                reason = "what stands in this section went to other sections, to this first"
                entries.append(LedgerEntry(v, span, Fate.ABSORBED, unit, reason))
        return entries

    def _title_entries(self, heading: Heading, unit: int) -> list[LedgerEntry]:
        entries = []
        for v, i in heading.members:
            span = self._section(v, i).title_span
            first, last = self.written.headings[heading.number]
            there = bare("\n".join(self.body[first - 1 : last]))
            if bare(self._lines(v, span)) in there:
                entries.append(LedgerEntry(v, span, Fate.KEPT, unit, "this title"))
            elif bare(self._section(v, i).title) in there:
                entries.append(LedgerEntry(v, span, Fate.REWORDED, unit, "this title, without its numbering or mark"))
            else:
                entries.append(
                    LedgerEntry(v, span, Fate.ABSORBED, unit, f"this section is titled {heading.title!r} here")
                )
        return entries

    def _unit_entries(self, unit: Planned, ids: _Ids) -> list[LedgerEntry]:
        choice = self.choices.get(unit.number)
        if choice is None:
            return self._unwritten(unit, ids)
        number = ids[UnitKind.ITEM, unit.number]
        first, last = self.written.units[unit.number]
        there = bare("\n".join(self.body[first - 1 : last]))
        entries = []
        for passage, carried in zip(unit.passages, choice.carried_by, strict=True):
            fate, reason = self._fate(passage, choice, carried, there)
            entries.append(LedgerEntry(passage.variant, passage.span, fate, number, reason))
        return entries

    def _fate(self, passage: Passage, choice: Choice, carried: int, there: str) -> tuple[Fate, str]:
        if bare(self._lines(passage.variant, passage.span)) in there:
            return Fate.KEPT, "this wording"
        text, written = text_of(self.variants, passage), choice.texts[carried]
        if fold(plain(text)) == fold(plain(written)):
            return Fate.REWORDED, "this wording, marked up anew"
        if text == choice.origins[carried]:
            return Fate.REWORDED, f"this wording, with entries of other variants in its list: {_shortened(written)}"
        return Fate.ABSORBED, f"said by: {_shortened(written)}"

    def _unwritten(self, unit: Planned, ids: _Ids) -> list[LedgerEntry]:
        winner = self.losers.get(unit.number)
        if winner is not None:
            number = ids[UnitKind.ITEM, winner]
            reason = "contradicts what more variants say; see the open questions"
            return [LedgerEntry(p.variant, p.span, Fate.CONFLICT, number, reason) for p in unit.passages]
        few = f"said by {len(unit.variants)} of {len(self.variants)}"
        reason = f"{few}, fewer than the {self.min_support} asked for"
        return [LedgerEntry(p.variant, p.span, Fate.DROPPED, None, reason) for p in unit.passages]

    def _layout_entries(self, ids: _Ids) -> list[LedgerEntry]:
        """Rules and closing tags: the former are dropped, the latter belong to the title that they close."""
        home = {node: heading.number for heading in self.plan.headings for node in heading.members}
        entries = []
        for v, variant in enumerate(self.variants):
            for item in variant.agent.items:
                if is_layout(item):
                    entries.append(self._layout_entry(v, item, home, ids))
        return entries

    def _layout_entry(self, v: int, item: Item, home: Mapping[tuple[int, int], int], ids: _Ids) -> LedgerEntry:
        closes = next(
            (
                section
                for section in self.variants[v].agent.sections
                if section.style is SectionStyle.XML
                and section.span.last == item.span.last
                and item.text.startswith("</")
            ),
            None,
        )
        unit = ids.get((UnitKind.SECTION, home.get((v, closes.id), TOP))) if closes else None
        if unit is None:
            return LedgerEntry(v, item.span, Fate.DROPPED, None, "layout: the canonical text has marks of its own")
        return LedgerEntry(v, item.span, Fate.ABSORBED, unit, "the end of the section with this title")


def _shortened(text: str) -> str:
    line = fold(plain(text))
    return line if len(line) <= 80 else line[:77].rstrip() + "..."
