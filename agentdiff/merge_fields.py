"""The metadata of a canonical agent: one rule for each field, and nothing granted that was not granted before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from agentdiff.formats import FORMATS, Format
from agentdiff.formats.base import UnknownKeys
from agentdiff.ledger import (
    Conflict,
    ConflictKind,
    ConflictOption,
    FieldMerge,
    FieldOption,
    FieldStatus,
    conflict_id,
)
from agentdiff.merge_tools import entries_of, merge_tools, tool_notes
from agentdiff.model import Agent, FieldValue, ItemKind, Span
from agentdiff.normalise import comparable_value
from agentdiff.text import fold, plain
from agentdiff.vocabulary import Wording, stems

FIRST_FIELDS = ("name", "display-name", "description")
"""Written before all others; the rest keeps the order of the variants, most common first."""

GUARDED = frozenset({"mcp-servers", "hooks", "permission", "permissions", "allowed-tools", "skills"})
"""Fields that may widen what an agent can do: written only where all variants agree."""

DENYING = frozenset({"disallowed-tools"})
"""Lists that take something away: united."""

STRICTEST_FIRST = ("plan", "dontAsk", "default", "acceptEdits", "auto", "bypassPermissions")
"""Permission modes of Claude Code. A variant that sets none has the `default`."""

_EXAMPLES = re.compile(r"\s*(?:-\s*)?(?:\bExamples?(?: usage)?\s*:\s*)?(?:-\s*)?<example>", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_EXAMPLE = re.compile(r"<example>.*?</example>", re.DOTALL)
_KEYWORDS = re.compile(r"\s*\bKeywords?\s*:\s*(?P<words>[^\n]+)$", re.IGNORECASE)


def merge_fields(
    agents: Sequence[Agent], format: Format
) -> tuple[tuple[FieldMerge, ...], tuple[Conflict, ...], tuple[str, ...]]:
    """The fields in the order in which they are written, the open questions, and notes for people.

    `agents` are in their canonical order. Fields that stay out have the value None.
    """
    uses = Counter(field.name for agent in agents for field in {each.name: each for each in agent.fields}.values())
    first_seen: dict[str, int] = {}
    for agent in agents:
        for place, field in enumerate(agent.fields):
            first_seen[field.name] = min(first_seen.get(field.name, place), place)
    others = sorted(uses.keys() - set(FIRST_FIELDS), key=lambda name: (first_seen[name], -uses[name], name))
    named = {format.by_key["name"].name} if "name" in format.by_key else set()  # there is no file name to go by yet
    wanted = [name for name in FIRST_FIELDS if name in uses or name in format.required or name in named]
    merged = [_sayable(_merged(name, agents, format), agents, format) for name in [*wanted, *others]]
    conflicts = [_conflict(each, agents) for each in merged if each.status is FieldStatus.CONFLICT]
    notes = [note for each in merged if each.name == "tools" for note in tool_notes(each, agents, format)]
    return tuple(merged), tuple(conflicts), tuple(notes)


def _sayable(merged: FieldMerge, agents: Sequence[Agent], format: Format) -> FieldMerge:
    """Left out where the format has no key for what another format calls so, or would do harm with it."""
    if merged.value is None or merged.name in format.by_field:
        return merged
    is_known = any(merged.name in FORMATS[agent.format].by_field for agent in agents if agent.field(merged.name))
    if not is_known and merged.name not in format.by_key and format.unknown_keys is UnknownKeys.IGNORED:
        return merged
    return replace(merged, value=None, reason=f"{format.name} has no key for it, so it was left out")


def _merged(name: str, agents: Sequence[Agent], format: Format) -> FieldMerge:
    options = _options(name, agents, format)
    if name == "name":
        return _name(agents, options)
    if name == "description":
        return _description(agents, options)
    if name == "tools":
        return merge_tools(agents, format, options)
    if name in DENYING:
        return _united(name, options)
    if name == "permission-mode":
        return _permission_mode(name, options)
    named = [option for option in options if option.value is not None]
    if name == "display-name" and not named:
        return replace(_name(agents, options), name=name)
    if len(named) == 1 and (name not in GUARDED or len(named[0].inputs) == len(agents)):
        return FieldMerge(name, named[0].value, "majority", FieldStatus.AGREED, options, "all that set it agree")
    if name in GUARDED or not named:
        reason = "it may widen what the agent can do, and not all variants set it alike, so it was left out"
        return FieldMerge(
            name, None, "agreement", FieldStatus.CONFLICT if named else FieldStatus.AGREED, options, reason
        )
    return _majority(name, options, named)


def _options(name: str, agents: Sequence[Agent], format: Format) -> tuple[FieldOption, ...]:
    """The different values and who has them, most common first; None for those without the field."""
    found: dict[str, tuple[FieldValue, list[int]]] = {}
    for number, agent in enumerate(agents):
        value = _as_written(agent, name, format)
        found.setdefault(repr(comparable_value(value)), (value, []))[1].append(number)
    ranked = sorted(found.items(), key=lambda each: (each[1][0] is None, -len(each[1][1]), each[0]))
    return tuple(FieldOption(value, tuple(inputs)) for _, (value, inputs) in ranked)


def _as_written(agent: Agent, name: str, format: Format) -> FieldValue:
    """A field's value in the words of the format that is written."""
    field = agent.field(name)
    if field is None:
        return None
    own, key = FORMATS[agent.format].by_key.get(field.key), format.by_field.get(name)
    return key.word_for(own.meaning(field.value)) if own and key and agent.format != format.name else field.value


def _majority(name: str, options: tuple[FieldOption, ...], named: Sequence[FieldOption]) -> FieldMerge:
    """The value that most of those have that set the field; an open question where two are as common."""
    best = named[0]
    is_tie = len(named) > 1 and len(named[1].inputs) == len(best.inputs)
    status = FieldStatus.CONFLICT if is_tie else FieldStatus.CHOSEN
    reason = (
        "as many variants say another; the first in order of its text was taken"
        if is_tie
        else "most that set it say so"
    )
    return FieldMerge(name, best.value, "majority", status, options, reason)


def _united(name: str, options: tuple[FieldOption, ...]) -> FieldMerge:
    entries = dict.fromkeys(entry for option in options for entry in entries_of(option.value))
    status = FieldStatus.AGREED if len(options) == 1 else FieldStatus.CHOSEN
    reason = "what any variant denies stays denied"
    return FieldMerge(name, tuple(sorted(entries)) or None, "union", status, options, reason)


def _permission_mode(name: str, options: tuple[FieldOption, ...]) -> FieldMerge:
    """The strictest mode; a mode that nobody knows is an open question."""
    modes = [option.value if isinstance(option.value, str) else "default" for option in options]
    if not set(modes) <= set(STRICTEST_FIRST):
        if len(options) == 1:
            return FieldMerge(name, options[0].value, "strictest", FieldStatus.AGREED, options, "all variants agree")
        reason = "it is not known which of these modes is the strictest, so it was left out"
        return FieldMerge(name, None, "strictest", FieldStatus.CONFLICT, options, reason)
    strictest = min(range(len(modes)), key=lambda number: STRICTEST_FIRST.index(modes[number]))
    status = FieldStatus.AGREED if len(options) == 1 else FieldStatus.CHOSEN
    reason = "the strictest mode; variants that set none have the default"
    return FieldMerge(name, options[strictest].value, "strictest", status, options, reason)


def _name(agents: Sequence[Agent], options: tuple[FieldOption, ...]) -> FieldMerge:
    """The most common name, then the most specific."""
    uses = Counter(agent.name for agent in agents)
    best = min(uses, key=lambda name: (-uses[name], -len(name), name))
    status = FieldStatus.AGREED if len(uses) == 1 else FieldStatus.CHOSEN
    return FieldMerge("name", best, "majority", status, options, "the most common name, then the longest")


# ---------------------------------------------------------------------------------------------- description


def _description(agents: Sequence[Agent], options: tuple[FieldOption, ...]) -> FieldMerge:
    """The description that says most, with the examples and keywords of all."""
    named = [option for option in options if isinstance(option.value, str) and option.value.strip()]
    if not named:
        reason = "no variant has one, so the first words of a variant were taken"
        return FieldMerge("description", _first_words(agents), "first words", FieldStatus.CHOSEN, options, reason)
    if len(named) == 1:
        status = FieldStatus.AGREED
        return FieldMerge("description", named[0].value, "composed", status, options, "all that have one agree")
    texts = [str(option.value).replace("\\n", "\n") for option in named]
    core = min(map(_core, texts), key=lambda text: (-Wording.of(stems(text)).total, text))
    parts = [core]
    keywords = dict.fromkeys(
        word.strip(" .")
        for text in texts
        if (found := _KEYWORDS.search(_without_examples(text)))
        for word in found["words"].split(",")
    )
    if keywords:
        parts[0] += "" if not core or core[-1] in ".!?:" else "."
        parts.append("Keywords: " + ", ".join(keywords) + ".")
    examples = dict.fromkeys(example for text in texts for example in _EXAMPLE.findall(text))
    value = " ".join(part for part in parts if part)
    if examples:
        value = f"{value}\n\nExamples:\n".lstrip() + "\n".join(examples)
    reason = "the one that says most, with the examples and keywords of all"
    return FieldMerge("description", value, "composed", FieldStatus.CHOSEN, options, reason)


def _first_words(agents: Sequence[Agent]) -> str:
    """The first sentence that is prose; the name where there is none."""
    prose = (fold(plain(item.text)) for agent in agents for item in agent.items if item.kind is ItemKind.PARAGRAPH)
    sentence = next((_SENTENCE_END.split(text)[0] for text in prose if not text.endswith(":")), "")
    return sentence or agents[0].name


def _without_examples(text: str) -> str:
    found = _EXAMPLES.search(text)
    return text[: found.start()] if found else text


def _core(text: str) -> str:
    """A description without its examples and keywords."""
    return _KEYWORDS.sub("", _without_examples(text).strip()).strip()


# ---------------------------------------------------------------------------------------------- open questions


def _conflict(merged: FieldMerge, agents: Sequence[Agent]) -> Conflict:
    """The open question about a field, an option for each value."""
    options: list[ConflictOption] = []
    chosen = None
    for option in merged.options:
        if option.value is None:
            continue
        agent = agents[option.inputs[0]]
        field = agent.field(merged.name)
        if field is None:
            continue
        if option.value == merged.value:
            chosen = len(options)
        options.append(ConflictOption(option.inputs[0], field.raw.strip(), Span(field.span.first, field.span.last)))
    number = conflict_id([merged.name, *sorted(option.text for option in options)])
    return Conflict(number, ConflictKind.FIELD, merged.name, tuple(options), chosen, merged.reason)
