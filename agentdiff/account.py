"""What became of every line of every variant: the units of the canonical text, and the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agentdiff.clauses import Node
from agentdiff.ledger import Fate, LedgerEntry, Source, Unit, UnitKind
from agentdiff.model import Agent, Item, Section, Span
from agentdiff.normalise import comparable_title, is_layout
from agentdiff.passages import text_of
from agentdiff.plan import Heading, Outline, Passage
from agentdiff.plan import Unit as Planned
from agentdiff.similarity import Prepared
from agentdiff.text import bare, fold, plain
from agentdiff.wording import Choice
from agentdiff.writing import Written


@dataclass(frozen=True, slots=True)
class Unwritten:
    """Why a unit of the plan is not in the text."""

    reason: str
    instead: int | None = None
    """The unit that contradicts it and was written, while nobody has decided; None where the user left it out."""


LAYOUT = "layout: it divides the text and says nothing"
"""The reason of all that is neither a statement nor a title."""

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
    choices: Mapping[int, Choice]
    """The wording of each unit that was written."""
    unwritten: Mapping[int, Unwritten]
    """All others."""
    too_few: str
    """Why a title is left out, by the rule that the user chose."""

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
        agents = [variant.agent for variant in self.variants]
        return tuple(units), with_layout(agents, ledger, {unit.id for unit in units if unit.kind is UnitKind.SECTION})

    def _title_sources(self, heading: Heading) -> tuple[Source, ...]:
        return tuple(Source(v, self._section(v, i).title_span) for v, i in heading.members)

    def _section(self, variant: int, number: int) -> Section:
        return self.variants[variant].agent.sections[number]

    def _lines(self, variant: int, span: Span) -> str:
        return "\n".join(self.sources[variant][span.first - 1 : span.last])

    def _unused_title(self, heading: Heading, ids: _Ids) -> list[LedgerEntry]:
        """A section whose text went to others, or is not written: its title goes with the first of it.

        Where it has none, with that of the section in another variant, or with the same title elsewhere.
        """
        owner = {(p.variant, number): unit for unit in self.plan.units for p in unit.passages for number in p.items}
        within = {node: self._units_in(node, owner) for node in heading.members}
        everywhere = [unit for units in within.values() for unit in units]
        key = comparable_title(heading.title)
        namesakes = (each for each in self.plan.headings if comparable_title(each.title) == key)
        same = next((ids[at] for each in namesakes if (at := (UnitKind.SECTION, each.number)) in ids), None)
        entries = []
        for node, units in within.items():
            span = self._section(*node).title_span
            home = _first_home(units or everywhere, ids)
            home = same if home is None and not units else home
            if home is not None:
                reason = "what stands in this section went to other sections, to this first"
                entries.append(LedgerEntry(node[0], span, Fate.ABSORBED, home, reason))
            else:
                reason = next((self.unwritten[unit.number].reason for unit in units), self.too_few)
                entries.append(LedgerEntry(node[0], span, Fate.DROPPED, None, reason))
        return entries

    def _units_in(self, node: Node, owner: Mapping[Node, Planned]) -> list[Planned]:
        """What became of the items of a section, in their order."""
        items = self._items_in(node[0], self._section(*node))
        return [owner[node[0], item.id] for item in items if (node[0], item.id) in owner]

    def _items_in(self, variant: int, section: Section) -> Iterator[Item]:
        span = section.span
        return (each for each in self.variants[variant].agent.items if span.first <= each.span.first <= span.last)

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
            return Fate.REWORDED, f"this wording, with entries of other variants in its list: {shortened(written)}"
        return Fate.ABSORBED, f"said by: {shortened(written)}"

    def _unwritten(self, unit: Planned, ids: _Ids) -> list[LedgerEntry]:
        why = self.unwritten[unit.number]
        instead = None if why.instead is None else ids[UnitKind.ITEM, why.instead]
        fate = Fate.DROPPED if instead is None else Fate.CONFLICT
        return [LedgerEntry(p.variant, p.span, fate, instead, why.reason) for p in unit.passages]


def _first_home(units: Iterable[Planned], ids: _Ids) -> int | None:
    """The section, or else the place, of the first of some units that was written."""
    homes = (ids.get((UnitKind.SECTION, unit.section), ids.get((UnitKind.ITEM, unit.number))) for unit in units)
    return next((home for home in homes if home is not None), None)


def with_layout(
    agents: Sequence[Agent], ledger: Iterable[LedgerEntry], titles: Collection[int]
) -> tuple[LedgerEntry, ...]:
    """The ledger with entries for what only divides, by input, then line. `titles` are the units that are titles.

    A rule goes with the title that follows it, a closing tag with the one before it. Without any title it is dropped:
    the written text has marks of its own.
    """
    entries = sorted(ledger, key=lambda each: (each.input, each.span))
    layout = []
    for number, agent in enumerate(agents):
        own = [entry for entry in entries if entry.input == number and entry.unit in titles]
        layout += [_layout_entry(number, item, own) for item in agent.items if is_layout(item)]
    return tuple(sorted([*entries, *layout], key=lambda each: (each.input, each.span)))


def _layout_entry(number: int, item: Item, own: Sequence[LedgerEntry]) -> LedgerEntry:
    before = [entry for entry in own if entry.span < item.span]
    behind = [entry for entry in own if entry.span > item.span]
    if not own:
        return LedgerEntry(number, item.span, Fate.DROPPED, None, LAYOUT)
    title = behind[0] if behind and not (before and item.text.startswith("</")) else (before or behind)[-1]
    return LedgerEntry(number, item.span, Fate.ABSORBED, title.unit, LAYOUT)


def shortened(text: str) -> str:
    """A text on one line of at most 80 letters, without markup."""
    line = fold(plain(text))
    return line if len(line) <= 80 else line[:77].rstrip() + "..."
