"""The metadata of a canonical agent: one rule for each field, and nothing granted that was not granted before.

Where those that set a field disagree about it a rule makes the default choice, and the question stays open until the
user decides it (`field_options.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from agentdiff.field_options import Inputs, decided, decision, named, options_of, question
from agentdiff.formats import FORMATS, Format
from agentdiff.formats.base import UnknownKeys
from agentdiff.granting import ACCESS_FIELDS
from agentdiff.ledger import DEFAULTS, Conflict, FieldMerge, FieldOption, FieldStatus, MergeOptions
from agentdiff.merge_description import length_notes, merge_description
from agentdiff.merge_tools import merge_tools, secured, tool_notes, tools_as_written, widenings
from agentdiff.model import Agent, FieldValue
from agentdiff.text import texts_in

FIRST_FIELDS = ("name", "display-name", "description")
"""Written before all others; the rest keeps the order of the variants, most common first."""

GUARDED = frozenset({"mcp-servers", "hooks", "permission", "permissions", "allowed-tools", "skills"})
"""Fields that may widen what an agent can do: written only where all variants have them, and alike."""

DENYING = frozenset({"disallowed-tools"})
"""Lists that take something away: united."""

STRICTEST_FIRST = ("plan", "dontAsk", "default", "acceptEdits", "auto", "bypassPermissions")
"""Permission modes of Claude Code. A variant that sets none has the `default`."""


class MergedFields(NamedTuple):
    """What became of the fields."""

    fields: tuple[FieldMerge, ...]
    """In the order in which they are written; every field of every agent. Those that stay out have the value None."""
    conflicts: tuple[Conflict, ...]
    """A question for each field on which those that set it disagree, the decided ones too; in the order of `fields`."""
    notes: tuple[str, ...]
    """What people should know besides, a sentence each."""
    widenings: tuple[str, ...]
    """`wider than a.md: shell`, for each agent that allows less than the fields here."""


def merge_fields(
    agents: Sequence[Agent], format: Format, options: MergeOptions = DEFAULTS, winner: int | None = None
) -> MergedFields:
    """The fields of the agent that is made of at least one, in that format.

    `agents` are in their canonical order, which `options.prefer` and `winner` count by; the latter is the agent that
    says everything the others say, if there is one, and decides where as many say one thing as another. Raises BadInput
    for an answer that does not fit its question.
    """
    inputs = Inputs(agents, format, options, winner)
    first_choices = [_sayable(_merged(name, inputs), inputs) for name in _names(inputs)]
    asked = {each.name for each in first_choices if each.status is FieldStatus.CONFLICT}
    settled = {each.name: _settled(each, inputs) for each in first_choices if each.name in asked}
    is_decided = {name for name, each in settled.items() if each.status is not FieldStatus.CONFLICT}
    fields: Sequence[FieldMerge] = [settled.get(each.name, each) for each in first_choices]
    if is_decided.isdisjoint(ACCESS_FIELDS):
        fields = secured(fields, inputs)
    asked |= {each.name for each in fields if each.status is FieldStatus.CONFLICT}
    conflicts = tuple(question(each, inputs, each.name not in is_decided) for each in fields if each.name in asked)
    by_name = {each.name: each for each in fields}
    notes = tool_notes(by_name["tools"], inputs) if "tools" in by_name else []
    if "description" in by_name:
        notes += length_notes(by_name["description"], format)
    return MergedFields(tuple(fields), conflicts, tuple(notes), widenings(agents, fields, format))


def _names(inputs: Inputs) -> list[str]:
    """The fields to write, in order."""
    agents, format = inputs.agents, inputs.format
    uses = Counter(field.name for agent in agents for field in {each.name: each for each in agent.fields}.values())
    first_seen: dict[str, int] = {}
    for agent in agents:
        for place, field in enumerate(agent.fields):
            first_seen[field.name] = min(first_seen.get(field.name, place), place)
    others = sorted(uses.keys() - set(FIRST_FIELDS), key=lambda name: (first_seen[name], -uses[name], name))
    if inputs.options.tools_of is not None and "tools" not in uses:
        others.append("tools")
    wanted = {*uses, *format.required}
    if "name" in format.by_key:  # there is no file name to go by yet
        wanted.add(format.by_key["name"].name)
    return [*(name for name in FIRST_FIELDS if name in wanted), *others]


def _sayable(merged: FieldMerge, inputs: Inputs) -> FieldMerge:
    """Left out where the format has no key for what another format calls so, or would do harm with it."""
    format = inputs.format
    if merged.value is None or merged.name in format.by_field:
        return merged
    formats = {agent.format for agent in inputs.agents if agent.field(merged.name)}
    is_known = any(merged.name in FORMATS[name].by_field for name in formats)
    is_harmless = format.unknown_keys is UnknownKeys.IGNORED or formats == {format.name}
    if not is_known and merged.name not in format.by_key and is_harmless:
        return merged
    reason = f"{format.name} has no key for it, so it was left out"
    return replace(merged, value=None, policy="no such key", status=FieldStatus.CHOSEN, reason=reason)


def _settled(merged: FieldMerge, inputs: Inputs) -> FieldMerge:
    """A field that is a question, as the user decided it."""
    made = decision(merged.name, inputs)
    if made is None:
        return merged
    final = decided(merged, made, inputs)
    if merged.name == "tools" and made.input is not None:
        final = replace(final, value=tools_as_written(inputs.agents[made.input], inputs))
    return final


# ---------------------------------------------------------------------------------------------- rules


def _merged(name: str, inputs: Inputs) -> FieldMerge:
    options = options_of(name, inputs)
    if name == "description":
        return merge_description(inputs, options)
    if name == "tools":
        return merge_tools(inputs, options)
    if name in DENYING:
        return _united(name, options)
    if name == "permission-mode":
        return _permission_mode(name, options, inputs)
    set_by = named(options)
    if name == "name" or (name == "display-name" and not set_by):
        return _name(name, options, inputs)
    if name == "display-name":
        return _display_name(options, inputs)
    if name in GUARDED and set_by:
        return _guarded(name, options, inputs)
    if len(set_by) < 2:
        value = set_by[0].value if set_by else None
        return FieldMerge(name, value, "majority", FieldStatus.AGREED, options, "all that set it agree")
    return _majority(name, options, inputs)


def _guarded(name: str, options: tuple[FieldOption, ...], inputs: Inputs) -> FieldMerge:
    if len(options) == 1:
        return FieldMerge(name, options[0].value, "agreement", FieldStatus.AGREED, options, "all variants agree")
    reason = "it may widen what the agent can do, and not all variants set it alike, so it was left out"
    return FieldMerge(name, None, "agreement", FieldStatus.CONFLICT, options, reason)


def _majority(name: str, options: tuple[FieldOption, ...], inputs: Inputs) -> FieldMerge:
    """The value that most of those have that set the field; it is a question all the same."""
    set_by = named(options)
    tied = [option for option in set_by if len(option.inputs) == len(set_by[0].inputs)]
    of_winner = next((option for option in tied if inputs.winner in option.inputs), None)
    if len(tied) == 1:
        reason = "most that set it say so"
    elif of_winner is not None and inputs.winner is not None:
        path = inputs.agents[inputs.winner].path
        reason = f"as many variants say another; {path} says everything that the others say, so its value was taken"
    else:
        reason = "as many variants say another; the first in order of its text was taken"
    return FieldMerge(name, (of_winner or tied[0]).value, "majority", FieldStatus.CONFLICT, options, reason)


def _united(name: str, options: tuple[FieldOption, ...]) -> FieldMerge:
    entries = {entry for option in options for entry in texts_in(option.value)}
    status = FieldStatus.AGREED if len(options) == 1 else FieldStatus.CHOSEN
    value = options[0].value if len(options) == 1 else tuple(sorted(entries)) or None
    return FieldMerge(name, value, "union", status, options, "what any variant denies stays denied")


def _permission_mode(name: str, options: tuple[FieldOption, ...], inputs: Inputs) -> FieldMerge:
    """The strictest mode; a question where two are set, or one that nobody knows."""
    if len(options) == 1:
        return FieldMerge(name, options[0].value, "strictest", FieldStatus.AGREED, options, "all variants agree")
    key = inputs.format.by_field.get(name)
    meanings = [key.meaning(option.value) if key else option.value for option in options]
    modes = ["default" if meaning is None else meaning for meaning in meanings]
    ranks = {mode: rank for rank, mode in enumerate(STRICTEST_FIRST)}
    places = [ranks.get(str(mode)) for mode in modes]
    known = [place for place in places if place is not None]
    if len(known) < len(places):
        reason = "it is not known which of these modes is the strictest, so it was left out"
        return FieldMerge(name, None, "strictest", FieldStatus.CONFLICT, options, reason)
    strictest = [option for option, place in zip(options, known, strict=True) if place == min(known)]
    value = min(strictest, key=lambda option: inputs.winner not in option.inputs).value
    status = FieldStatus.CHOSEN if len(named(options)) < 2 else FieldStatus.CONFLICT
    reason = "the strictest mode; variants that set none have the default"
    return FieldMerge(name, value, "strictest", status, options, reason)


# ---------------------------------------------------------------------------------------------- names


def _name(name: str, options: tuple[FieldOption, ...], inputs: Inputs) -> FieldMerge:
    """The name that was given, else the most common one, then the most specific."""
    if inputs.options.name is not None:
        return FieldMerge(name, inputs.options.name, "given", FieldStatus.CHOSEN, options, "it was asked for")
    return _most_common(name, [agent.name for agent in inputs.agents], options, inputs)


def _display_name(options: tuple[FieldOption, ...], inputs: Inputs) -> FieldMerge:
    """Likewise. A name that was given is this one too where the file alone holds the other."""
    if inputs.options.name is not None and "name" not in inputs.format.by_field:
        return _name("display-name", options, inputs)
    values: dict[int, FieldValue] = {number: option.value for option in options for number in option.inputs}
    texts = [value if isinstance(value := values[number], str) else "" for number in sorted(values)]
    return _most_common("display-name", texts, options, inputs)


def _most_common(name: str, values: Sequence[str], options: tuple[FieldOption, ...], inputs: Inputs) -> FieldMerge:
    """`values` are those of the inputs, empty where there is none. Of as common ones the winner's, then the longest."""
    uses = Counter(value for value in values if value)
    of_winner = values[inputs.winner] if inputs.winner is not None else None
    best = min(uses, key=lambda value: (-uses[value], value != of_winner, -len(value), value), default=None)
    status = FieldStatus.AGREED if len(uses) < 2 else FieldStatus.CHOSEN
    return FieldMerge(name, best, "majority", status, options, "the most common name, then the longest")
