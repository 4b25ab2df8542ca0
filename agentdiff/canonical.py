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

from agentdiff.account import Account
from agentdiff.consensus import group
from agentdiff.convert import convert
from agentdiff.errors import BadInput, UnfaithfulMerge
from agentdiff.formats import FORMATS, Format, parse
from agentdiff.formats.rendering import is_written, render
from agentdiff.language import languages_note
from agentdiff.ledger import (
    CanonicalMerge,
    Conflict,
    ConflictKind,
    ConflictOption,
    Fate,
    FieldMerge,
    FieldStatus,
    LedgerEntry,
    MergeOptions,
    Source,
    Unit,
    UnitKind,
    conflict_id,
)
from agentdiff.merge_fields import FIRST_FIELDS, merge_fields
from agentdiff.model import Agent, FieldValue, ItemKind, SectionStyle, Span
from agentdiff.outline import outline, stand_together, text_of, unix
from agentdiff.plan import Outline
from agentdiff.plan import Unit as Planned
from agentdiff.questions import Quarrel, quarrels
from agentdiff.semantic import Encoder
from agentdiff.similarity import Prepared, prepared
from agentdiff.text import bare, fold
from agentdiff.wording import Choice, choose
from agentdiff.writing import Texts, Written, write

PROSE = frozenset({ItemKind.PARAGRAPH, ItemKind.BULLET, ItemKind.NUMBERED})
"""Kinds of statement whose wording may be composed; all others are written as they are."""


DEFAULTS = MergeOptions()


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
    same = len({(agent.source, agent.number) for agent in agents}) == 1
    if same and options.format in (None, agents[0].format) and not agents[0].number:
        result = _unchanged([agents[number] for number in order])
    else:
        result = _merged([agents[number] for number in order], options, encoder)
    checked = _renumbered(result, tuple(agents), order)
    check(checked)
    return checked


def _renumbered(result: CanonicalMerge, agents: tuple[Agent, ...], order: Sequence[int]) -> CanonicalMerge:
    """Inputs numbered as they were given."""

    def source(each: Source) -> Source:
        return replace(each, input=order[each.input])

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
        ledger=tuple(
            sorted((replace(e, input=order[e.input]) for e in result.ledger), key=lambda e: (e.input, e.span))
        ),
        conflicts=tuple(replace(each, options=tuple(map(option, each.options))) for each in result.conflicts),
    )


def _by_place(source: Source) -> tuple[int, Span]:
    return source.input, source.span


DEFAULT_FORMAT = "claude-agent"
"""What is written where no variant is in a format that can be written: the most common one."""


def _format(agents: Sequence[Agent]) -> Format:
    """The format of most variants, first by name where two are as common; one without fields only if all are so."""
    uses = Counter(agent.format for agent in agents if is_written(FORMATS[agent.format])) or {DEFAULT_FORMAT: 1}
    return FORMATS[min(uses, key=lambda name: (not FORMATS[name].keys, -uses[name], name))]


# ---------------------------------------------------------------------------------------------- nothing to merge


def _unchanged(agents: Sequence[Agent]) -> CanonicalMerge:
    """All variants have the same bytes: so has the result."""
    agent = agents[0]
    fields, _, _ = merge_fields(agents, FORMATS[agent.format])
    spans = [section.title_span for section in agent.sections if section.style is not SectionStyle.LEAD]
    kinds = dict.fromkeys(spans, UnitKind.SECTION) | {item.span: UnitKind.ITEM for item in agent.items}
    units, ledger = [], []
    for number, span in enumerate(sorted(kinds)):
        sources = tuple(Source(v, span) for v in range(len(agents)))
        units.append(Unit(number, kinds[span], span, len(agents), sources))
        ledger += [LedgerEntry(v, span, Fate.KEPT, number, "all variants are the same") for v in range(len(agents))]
    kept = tuple(replace(each, value=field.value) for each in fields if (field := agent.field(each.name)))
    return CanonicalMerge(
        tuple(agents), agent.format, agent.source, kept, tuple(units), tuple(ledger), (), output=agent
    )


# ---------------------------------------------------------------------------------------------- merging


def _merged(agents: Sequence[Agent], options: MergeOptions, encoder: Encoder | None) -> CanonicalMerge:
    variants = [prepared(agent, encoder) for agent in agents]
    groups = group(variants)
    plan = outline(variants, groups)
    contradictions = quarrels(variants, groups, plan)
    stand_together(plan, [(each.first, each.second) for each in contradictions if not each.is_decided])
    dropped = _dropped(plan, options)
    losers = {each.second: each.first for each in contradictions if each.is_decided and each.first not in dropped}
    choices = {
        unit.number: _choice(variants, unit)
        for unit in plan.units
        if unit.number not in dropped and unit.number not in losers
    }
    _lift_orphans(plan, choices)
    texts = Texts(
        units={number: choice.texts for number, choice in choices.items()},
        introductions=_introductions(variants, plan, options),
        bare_titles=_bare_titles(variants, plan, options),
    )
    written = write(plan, texts)
    format = _format(agents)
    fields, questions, notes = merge_fields(agents, format)
    if said_of_languages := languages_note(agents):
        notes = (said_of_languages, *notes)
    text, output = _file(written, fields, format, agents)
    if output is not None and options.format not in (None, format.name):
        fields, text, output, said = _converted(fields, output, str(options.format), options.may_widen)
        format, notes = FORMATS[output.format], (*notes, *said)
    offset = _first_line(written, output) - 1
    sources = [agent.text.split("\n") for agent in agents]
    account = Account(variants, sources, plan, written, offset, written.lines, options.min_support, choices, losers)
    units, ledger = account.kept()
    conflicts = (*questions, *(_question(variants, plan, each, choices) for each in contradictions))
    return CanonicalMerge(tuple(agents), format.name, text, fields, units, ledger, conflicts, notes, output)


def _file(
    written: Written, fields: Sequence[FieldMerge], format: Format, agents: Sequence[Agent]
) -> tuple[str, Agent | None]:
    """The whole text, and the same read again, None where nothing is in it.

    Of fields that the format does not know nobody can say whether `0.15` is a number, so it stays without quotes where
    a variant has it so.
    """
    body = "\n".join(written.lines).rstrip("\n")
    known = set(format.by_field)
    unquoted = {field.name for agent in agents for field in agent.fields if field.raw == field.value} - known
    text = render([(each.name, each.value) for each in fields if each.value is not None], body, format, unquoted)
    return text, _read_again(text, format.name)


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


def _read_again(text: str, format: str) -> Agent | None:
    """The agent in a text that was written in that format; None for an empty one."""
    return parse(text, "canonical", format=format) if text.strip() else None


def _first_line(written: Written, output: Agent | None) -> int:
    """The line of the text at which the body begins, blank lines aside."""
    if output is None or not written.lines:
        return 1
    lines = output.text.split("\n")
    return next(number for number, line in enumerate(lines, 1) if number >= output.body_line and line.strip())


def _choice(variants: Sequence[Prepared], unit: Planned) -> Choice:
    return choose([text_of(variants, passage) for passage in unit.passages], unit.is_role, unit.kind in PROSE)


def _dropped(plan: Outline, options: MergeOptions) -> frozenset[int]:
    """Units that too few variants say."""
    return frozenset(
        unit.number for unit in plan.units if len(unit.variants) < options.min_support and not unit.is_role
    )


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
    """Sections that hold nothing in any variant."""
    return frozenset(
        heading.number
        for heading in plan.headings
        if len(heading.variants) >= options.min_support
        and not any(variants[v].parts[i].statements for v, i in heading.members)
    )


# ---------------------------------------------------------------------------------------------- open questions


def _question(variants: Sequence[Prepared], plan: Outline, quarrel: Quarrel, choices: Mapping[int, Choice]) -> Conflict:
    units = plan.units[quarrel.first], plan.units[quarrel.second]
    options = tuple(
        ConflictOption(
            passage.variant, text_of(variants, passage), variants[passage.variant].agent.on_disk(passage.span)
        )
        for unit in units
        for passage in unit.passages
    )
    number = conflict_id(sorted({fold(option.text) for option in options}))
    chosen = _chosen(options, quarrel, choices)
    reason = f"{quarrel.disagreement}; {_outcome(quarrel, choices)}"
    return Conflict(number, ConflictKind.CONTRADICTION, quarrel.disagreement, options, chosen, reason)


def _chosen(options: Sequence[ConflictOption], quarrel: Quarrel, choices: Mapping[int, Choice]) -> int | None:
    """The option that was written, if it is the only one."""
    if quarrel.first not in choices or quarrel.second in choices:
        return None
    origin = choices[quarrel.first].origins[0]
    return next(number for number, option in enumerate(options) if option.text == origin)


def _outcome(quarrel: Quarrel, choices: Mapping[int, Choice]) -> str:
    written = [number for number in (quarrel.first, quarrel.second) if number in choices]
    if len(written) == 2:
        return "neither can stand for the other, so both were written"
    if quarrel.is_decided and written:
        return "more variants say the one, so it was written"
    return "the other is said by too few variants" if written else "both are said by too few variants"


# ---------------------------------------------------------------------------------------------- the check


def check(result: CanonicalMerge) -> None:
    """Raise UnfaithfulMerge unless the text holds what the ledger says, and the ledger all there was."""
    for number, agent in enumerate(result.inputs):
        _check_complete(result, number, agent)
    again = _read_again(result.text, result.format)
    _check_kept(result, again)
    if again is not None:
        _check_readable(result, again)


def _check_complete(result: CanonicalMerge, number: int, agent: Agent) -> None:
    spans = [entry.span for entry in result.ledger if entry.input == number]
    covered = Counter(line for span in spans for line in range(span.first, span.last + 1))
    for line, text in enumerate(agent.text.split("\n"), 1):
        if line >= agent.body_line and text.strip() and covered[line] != 1:
            problem = f"this line is in {covered[line]} entries of the ledger, not in one"
            raise UnfaithfulMerge(f"{agent.path}:{agent.on_disk(Span(line, line)).first}: {problem}; {_BLAME}")


def _check_kept(result: CanonicalMerge, again: Agent | None) -> None:
    lines = (again.text if again else "").split("\n")
    there = {unit.id: bare("\n".join(lines[unit.span.first - 1 : unit.span.last])) for unit in result.units}
    sources = [agent.text.split("\n") for agent in result.inputs]
    for entry in result.ledger:
        if entry.fate is Fate.KEPT and entry.unit is not None:
            here = bare("\n".join(sources[entry.input][entry.span.first - 1 : entry.span.last]))
            if here not in there[entry.unit]:
                path = result.inputs[entry.input].path
                raise UnfaithfulMerge(f"{path}:{entry.span.first}: called kept but not in the merged text; {_BLAME}")


def _check_readable(result: CanonicalMerge, again: Agent) -> None:
    """In the text read again each unit begins where a title or statement does, the main fields are what was meant."""
    starts = {section.title_span.first for section in again.sections} | {item.span.first for item in again.items}
    for unit in result.units:
        if unit.span.first not in starts:
            raise UnfaithfulMerge(f"line {unit.span.first} of the merged text runs into the one before; {_BLAME}")
    for field in result.fields if again.fields else ():
        found = again.field(field.name)
        if field.name in FIRST_FIELDS and (found.value if found else None) != field.value:
            raise UnfaithfulMerge(f"the {field.name} of the merged text is not the one that was meant; {_BLAME}")


_BLAME = "this is a mistake of agentdiff: please report it"
