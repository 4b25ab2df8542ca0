"""Many variants of one agent -> one, with the account of where every line went.

The variants have no common ancestor. Their statements and sections are grouped (`consensus.py`), placed
(`outline.py`), worded (`wording.py`) and written (`writing.py`); the result is read again and checked against the
account before it is returned. The order in which the variants are given changes nothing but the numbers by which they
are named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from agentdiff.account import Account, Unwritten
from agentdiff.checking import Reading, check, read_again
from agentdiff.consensus import group
from agentdiff.containment import Whole, container, containment_sentences
from agentdiff.convert import convert
from agentdiff.errors import BadInput
from agentdiff.formats import FORMATS, Format, parse
from agentdiff.formats.rendering import is_written, render
from agentdiff.language import languages_note
from agentdiff.ledger import (
    DEFAULTS,
    CanonicalMerge,
    Conflict,
    ConflictKind,
    ConflictOption,
    FieldMerge,
    FieldStatus,
    LedgerEntry,
    MergeOptions,
    Source,
)
from agentdiff.merge_fields import merge_fields
from agentdiff.merge_tools import widenings
from agentdiff.model import PROSE, Agent, FieldValue, Span
from agentdiff.outline import outline, stand_together
from agentdiff.passages import text_of
from agentdiff.plan import Outline
from agentdiff.plan import Unit as Planned
from agentdiff.questions import Ruling, quarrels, ruling
from agentdiff.semantic import Encoder
from agentdiff.similarity import Prepared, prepared
from agentdiff.superset import as_it_is
from agentdiff.text import unix
from agentdiff.wording import Choice, choose
from agentdiff.writing import Texts, Written, write


def merge(
    agents: Sequence[Agent], options: MergeOptions = DEFAULTS, *, encoder: Encoder | None = None
) -> CanonicalMerge:
    """The canonical agent of some variants. The encoder is that of `align`.

    One variant, or several with the same bytes, come back byte for byte. Raises BadInput without any variant or with a
    support that cannot be reached, UnfaithfulMerge where the result does not hold what the ledger says.
    """
    if not agents:
        raise BadInput("there is nothing to merge; give at least one agent")
    if not 1 <= options.min_support <= len(agents):
        raise BadInput(f"a support of {options.min_support} cannot be asked of {len(agents)} agents")
    order = sorted(range(len(agents)), key=lambda number: (agents[number].sha256, agents[number].path))
    inner = replace(options, prefer=_place(options.prefer, order), skeleton=_place(options.skeleton, order))
    variants = [prepared(agents[number], encoder) for number in order]
    reading = cache(read_again)  # so that what is checked is not read twice; by its text, for this merge alone
    result = _merged(variants, inner, reading)
    checked = _renumbered(result, tuple(agents), order)
    check(checked, options, reading)
    return checked


def _place(number: int | None, order: Sequence[int]) -> int | None:
    """Where an input stands in the order in which they are merged. Raises BadInput where there is no such input."""
    if number is not None and number not in order:
        raise BadInput(f"there is no variant {number} among {len(order)}; they are counted from 0")
    return None if number is None else order.index(number)


def _renumbered(result: CanonicalMerge, agents: tuple[Agent, ...], order: Sequence[int]) -> CanonicalMerge:
    """Inputs numbered as they were given."""

    def source(each: Source) -> Source:
        return Source(order[each.input], each.span)

    def entry(each: LedgerEntry) -> LedgerEntry:
        return LedgerEntry(order[each.input], each.span, each.fate, each.unit, each.reason)

    def option(each: ConflictOption) -> ConflictOption:
        return replace(each, input=order[each.input])

    def field(each: FieldMerge) -> FieldMerge:
        numbered = tuple(replace(o, inputs=tuple(sorted(order[i] for i in o.inputs))) for o in each.options)
        return replace(each, options=numbered)

    return replace(
        result,
        inputs=agents,
        fields=tuple(map(field, result.fields)),
        units=tuple(
            replace(each, sources=tuple(sorted(map(source, each.sources), key=_by_place))) for each in result.units
        ),
        ledger=tuple(sorted(map(entry, result.ledger), key=_by_place)),
        conflicts=tuple(replace(each, options=tuple(map(option, each.options))) for each in result.conflicts),
    )


def _by_place(each: Source | LedgerEntry) -> tuple[int, Span]:
    return each.input, each.span


DEFAULT_FORMAT = "claude-agent"
"""What is written where no variant is in a format that can be written: the most common one."""


def _format(agents: Sequence[Agent], winner: int | None) -> Format:
    """The format of most variants, of as common ones that of the winner, then the first by name.

    One without fields only if all are so.
    """
    uses = Counter(agent.format for agent in agents if is_written(FORMATS[agent.format])) or {DEFAULT_FORMAT: 1}
    own = None if winner is None else agents[winner].format
    return FORMATS[min(uses, key=lambda name: (not FORMATS[name].keys, -uses[name], name != own, name))]


# ---------------------------------------------------------------------------------------------- merging


def _merged(variants: Sequence[Prepared], options: MergeOptions, reading: Reading) -> CanonicalMerge:
    agents = [variant.agent for variant in variants]
    wholes = [Whole(variant) for variant in variants]
    winner = container(wholes)
    format = _format(agents, winner)
    fields = merge_fields(agents, format, options, winner)
    if winner is not None and (result := as_it_is(variants, wholes, winner, fields, options, format)):
        return result
    groups = group(variants)
    plan = outline(variants, groups, options.skeleton)
    rulings = [ruling(variants, plan, each, options) for each in quarrels(variants, groups, plan)]
    stand_together(plan, [each.written for each in rulings if len(each.written) == 2])
    unwritten = _unwritten(plan, rulings, options, len(agents))
    choices = {unit.number: _choice(variants, unit) for unit in plan.units if unit.number not in unwritten}
    _lift_orphans(plan, choices)
    texts = Texts(
        units={number: choice.texts for number, choice in choices.items()},
        introductions=_introductions(variants, plan, options),
        bare_titles=_bare_titles(variants, plan, options),
    )
    written = write(plan, texts)
    notes = (*filter(None, [languages_note(agents)]), *fields.notes)
    entries, wider = fields.fields, fields.widenings
    text, output = _file(written, entries, format, agents, reading)
    if output is not None and options.format not in (None, format.name):
        entries, text, output, said = _converted(entries, output, str(options.format), options.may_widen)
        format, notes = FORMATS[output.format], (*notes, *said)
        wider = widenings(agents, entries, format)
    offset = _first_line(written, output) - 1
    sources = [agent.text.split("\n") for agent in agents]
    few = _too_few(options, "this title")
    account = Account(variants, sources, plan, written, offset, written.lines, choices, unwritten, few)
    units, ledger = account.kept()
    conflicts = (*fields.conflicts, *(_conflict(each, choices, unwritten) for each in rulings))
    return CanonicalMerge(
        tuple(agents),
        format.name,
        text,
        entries,
        units,
        ledger,
        conflicts,
        notes,
        output,
        widenings=wider,
        containments=containment_sentences(wholes),
    )


def _unwritten(plan: Outline, rulings: Sequence[Ruling], options: MergeOptions, variants: int) -> dict[int, Unwritten]:
    """Units that too few variants say, and those that give way to one that contradicts them."""
    found = {
        unit.number: Unwritten(_too_few(options, f"said by {len(unit.variants)} of {variants}"))
        for unit in plan.units
        if len(unit.variants) < options.min_support and not unit.is_role
    }
    for each in rulings:
        written = [number for number in each.written if number not in found]
        for number in each.unwritten:
            if number in found:
                continue
            if each.is_open and written:
                reason = "contradicts what more variants say; see the open questions"
                found[number] = Unwritten(reason, written[0])
            elif not each.is_open:
                found[number] = Unwritten(f"question {each.id}: {each.reason}")
    return found


def _too_few(options: MergeOptions, what: str) -> str:
    return f"{what}, fewer than the {options.min_support} asked for"


def _conflict(ruling: Ruling, choices: Mapping[int, Choice], unwritten: Mapping[int, Unwritten]) -> Conflict:
    """The question as it is told, with the option that was written if it is the only one."""
    written = [number for number in ruling.written if number in choices]
    chosen = None
    if len(written) == 1:
        origin = choices[written[0]].origins[0]
        chosen = next(place for place, option in enumerate(ruling.options) if option.text == origin)
    lacking = [f"; but it was left out: {unwritten[number].reason}" for number in ruling.written if number in unwritten]
    words = ruling.quarrel.disagreement
    reason = f"{words}; {ruling.reason}{''.join(lacking)}"
    return Conflict(ruling.id, ConflictKind.CONTRADICTION, words, ruling.options, chosen, reason, ruling.is_open)


def _file(
    written: Written, fields: Sequence[FieldMerge], format: Format, agents: Sequence[Agent], reading: Reading
) -> tuple[str, Agent | None]:
    """The whole text, and the same read again, None where nothing is in it.

    Of fields that the format does not know nobody can say whether `0.15` is a number, so it stays without quotes where
    a variant has it so.
    """
    body = "\n".join(written.lines).rstrip("\n")
    known = set(format.by_field)
    unquoted = {field.name for agent in agents for field in agent.fields if field.raw == field.value} - known
    text = render([(each.name, each.value) for each in fields if each.value is not None], body, format, unquoted)
    return text, reading(text, format.name)


def _converted(
    fields: Sequence[FieldMerge], merged: Agent, target: str, may_widen: bool
) -> tuple[tuple[FieldMerge, ...], str, Agent, tuple[str, ...]]:
    """The merged agent in another format: its fields, text and agent, and what that format does not say."""
    conversion = convert([merged], target, may_widen=may_widen)
    output = parse(conversion.text, "canonical", format=target)
    written = {field.name: field.value for field in output.fields}
    told = {loss.field: loss.message for loss in conversion.losses}
    names = {each.name for each in fields}
    notes = (f"{each.field} {each.outcome}: {each.message}" for each in conversion.losses if each.field not in names)
    return tuple(_as_said(each, written, told) for each in fields), conversion.text, output, tuple(notes)


def _as_said(field: FieldMerge, written: Mapping[str, FieldValue], told: Mapping[str, str]) -> FieldMerge:
    """A field as another format says it, with the reason where that differs."""
    said = replace(field, value=written.get(field.name))
    if field.name not in told:
        return said
    status = FieldStatus.CHOSEN if field.status is FieldStatus.AGREED else field.status
    return replace(said, status=status, reason=told[field.name])


def _first_line(written: Written, output: Agent | None) -> int:
    """The line of the text at which the body begins, blank lines aside."""
    if output is None or not written.lines:
        return 1
    lines = output.text.split("\n")
    return next(number for number, line in enumerate(lines, 1) if number >= output.body_line and line.strip())


def _choice(variants: Sequence[Prepared], unit: Planned) -> Choice:
    return choose([text_of(variants, passage) for passage in unit.passages], unit.kind in PROSE)


def _lift_orphans(plan: Outline, choices: dict[int, Choice]) -> None:
    """What was nested under a unit that is not written moves up."""
    for unit in plan.units:
        while unit.parent is not None and unit.parent not in choices:
            unit.parent = plan.units[unit.parent].parent


def _introductions(variants: Sequence[Prepared], plan: Outline, options: MergeOptions) -> dict[int, tuple[str, ...]]:
    """What followed bold titles on their line, by section."""
    found = {}
    for heading in plan.headings:
        sections = [variants[v].agent.sections[i] for v, i in heading.members]
        texts = dict.fromkeys(unix(section.introduction) for section in sections if section.introduction)
        if texts and len(heading.variants) >= options.min_support:
            found[heading.number] = tuple(texts)
    return found


def _bare_titles(variants: Sequence[Prepared], plan: Outline, options: MergeOptions) -> frozenset[int]:
    """Sections that hold nothing in a variant, so that their titles are all they say."""
    return frozenset(
        heading.number
        for heading in plan.headings
        if len(heading.variants) >= options.min_support
        and any(not variants[v].parts[i].statements for v, i in heading.members)
    )
