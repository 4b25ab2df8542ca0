"""Which tools a canonical agent may use: what every variant allows that names its tools, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agentdiff.capabilities import EVERYTHING, covers, granted, overlaps, spellings
from agentdiff.formats import FORMATS, Format
from agentdiff.ledger import FieldMerge, FieldOption, FieldStatus
from agentdiff.model import Agent, FieldValue

POLICY = "intersection"


@dataclass(frozen=True, slots=True)
class _Grant:
    """The tools that one variant names, and what they allow."""

    format: str
    tools: tuple[str, ...]
    allowed: frozenset[str]


def merge_tools(agents: Sequence[Agent], format: Format, options: tuple[FieldOption, ...]) -> FieldMerge:
    """The tools in the spelling of the format. `options` are the values that were found, and who has them.

    A key that is absent or has nothing behind it names no tools, which allows all; `[]` allows none. A map of switches
    (`write: false`) denies what it switches off, and names what it switches on. Without any variant that names tools
    the field stays out.
    """
    values = [field.value for agent in agents if (field := agent.field("tools")) and field.value is not None]
    maps = [value for value in values if isinstance(value, Mapping)]
    if len(maps) == len(values):
        return _switched(maps, options)
    grants = [grant for agent in agents if (grant := _grant(agent)) is not None]
    denied = frozenset(
        capability for each in maps for capability in granted(_switches(each, "false"), format.vocabulary)
    )
    value = _common(grants, format, denied)
    if value or all(not grant.tools for grant in grants):
        agreed = len(grants) == len(agents) and len({grant.allowed for grant in grants}) == 1
        status = FieldStatus.AGREED if agreed else FieldStatus.CHOSEN
        return FieldMerge("tools", value, POLICY, status, options, "what every variant that names tools allows")
    return _undecided(grants, format, denied, options)


def _grant(agent: Agent) -> _Grant | None:
    field = agent.field("tools")
    if field is None or field.value is None:
        return None
    value = field.value
    tools = _switches(value, "true") if isinstance(value, Mapping) else entries_of(value)
    if isinstance(value, Mapping) and not tools:
        return None
    return _Grant(agent.format, tools, granted(tools, FORMATS[agent.format].vocabulary))


def entries_of(value: FieldValue) -> tuple[str, ...]:
    """The names in the value of a field that is a list of names."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Mapping) or value is None:
        return ()
    return tuple(entry for entry in value if isinstance(entry, str))


def _common(grants: Sequence[_Grant], format: Format, denied: frozenset[str]) -> tuple[str, ...]:
    """Tools that all allow: as the variants of the format spell them, the one that lists most first, then translated.

    A second spelling of what stands there already is left out, unless all these variants have it.
    """
    own = sorted((each.tools for each in grants if each.format == format.name), key=lambda tools: (-len(tools), tools))
    everywhere = set(own[0]).intersection(*own) if own else set()
    words = format.vocabulary
    chosen: list[str] = []
    for tool in dict.fromkeys((*(tool for tools in own for tool in tools), *spellings(words))):
        is_new = not covers(granted(chosen, words), tool, words)
        is_allowed = all(covers(each.allowed, tool, words) for each in grants)
        if is_allowed and (is_new or tool in everywhere) and not overlaps(denied, tool, words):
            chosen.append(tool)
    return tuple(chosen)


def _undecided(
    grants: Sequence[_Grant], format: Format, denied: frozenset[str], options: tuple[FieldOption, ...]
) -> FieldMerge:
    """Nothing is common. The variants of the format decide, else the one of them that allows least; never all tools."""
    problem = "nothing is allowed by every variant that names tools, and an empty list would forbid all"
    own = [grant for grant in grants if grant.format == format.name and grant.tools]
    value = _common(own, format, denied) if own else ()
    if value:
        reason = f"{problem}; what the variants in the {format.name} format allow was taken"
        return FieldMerge("tools", value, POLICY, FieldStatus.CONFLICT, options, reason)
    named = own or [grant for grant in grants if grant.tools]
    least = min(named, key=lambda grant: (EVERYTHING in grant.allowed, len(grant.allowed), grant.tools))
    value = _common([least], format, denied) or least.tools
    reason = f"{problem}; what the variant that allows least names was taken: decide before use"
    return FieldMerge("tools", value, POLICY, FieldStatus.CONFLICT, options, reason)


# ---------------------------------------------------------------------------------------------- maps


def _switched(maps: Sequence[Mapping[str, FieldValue]], options: tuple[FieldOption, ...]) -> FieldMerge:
    """Only maps of switches, if anything: what one switches off stays off, what all switch on stays on."""
    if not maps:
        return FieldMerge("tools", None, POLICY, FieldStatus.AGREED, options, "no variant limits the tools")
    off = dict.fromkeys((tool for each in maps for tool in _switches(each, "false")), "false")
    shared = {tool: value for tool, value in maps[0].items() if all(each.get(tool) == value for each in maps)}
    value: dict[str, FieldValue] = {**shared, **off}
    status = FieldStatus.AGREED if len(options) == 1 else FieldStatus.CHOSEN
    reason = "what any variant switches off stays off"
    return FieldMerge("tools", value or None, POLICY, status, options, reason)


def _switches(switches: Mapping[str, FieldValue], position: str) -> tuple[str, ...]:
    return tuple(tool for tool, value in switches.items() if isinstance(value, str) and value.lower() == position)


# ---------------------------------------------------------------------------------------------- notes


def tool_notes(merged: FieldMerge, agents: Sequence[Agent], format: Format) -> list[str]:
    """What became of tools, in a sentence each."""
    if merged.value is None or isinstance(merged.value, Mapping):
        return []
    allowed = granted(entries_of(merged.value), format.vocabulary)
    left_out = dict.fromkeys(
        tool
        for option in merged.options
        for tool in entries_of(option.value)
        if not covers(allowed, tool, FORMATS[agents[option.inputs[0]].format].vocabulary)
    )
    silent = sorted(agents[i].path for option in merged.options if option.value is None for i in option.inputs)
    notes = []
    if left_out:
        notes.append("tools left out, since not every variant that names tools allows them: " + ", ".join(left_out))
    if "edit" in allowed and "read" not in allowed:
        notes.append("the tools allow editing files but not reading them: add a tool that reads if that is not meant")
    if silent:
        notes.append("tools are not named, so all allowed, in: " + ", ".join(silent))
    return notes
