"""Which tools a canonical agent may use: by default what every variant allows, and nothing more for any of them.

What counts is what the host makes of all fields of an agent together (`access.py`): one that names no tools may use
all, a denied tool is taken away again, a permission may say the same as a list of tools.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from agentdiff.access import Access, access, is_wider
from agentdiff.capabilities import EVERYTHING, granted, includes, mcp_name, mcp_spelling, spellings
from agentdiff.effects import Effect, effect, having, normal
from agentdiff.field_options import Inputs, named, options_of
from agentdiff.formats import FORMATS, Format
from agentdiff.formats.base import Grant
from agentdiff.granting import (
    ACCESS_FIELDS,
    LIMITING_FIELDS,
    Limits,
    Tried,
    candidates,
    choose,
    fields_of_tools,
    lists_tools,
    spoken,
)
from agentdiff.ledger import FieldMerge, FieldOption, FieldStatus, ToolsPolicy
from agentdiff.limits import tool_entries
from agentdiff.model import Agent, Field, FieldValue, Span
from agentdiff.text import texts_in

_REASONS = {
    ToolsPolicy.INTERSECTION: "what every variant allows; one that names no tools allows what its host then allows",
    ToolsPolicy.UNION: "what any variant allows",
    ToolsPolicy.MAJORITY: "what more than half of the variants allow",
}
LEAST = "least privilege"
"""The rule that writes a field otherwise than its own rule would."""
_GRANTING_ALL = (Grant.EVERYTHING, Grant.ELSEWHERE)


def merge_tools(inputs: Inputs, options: tuple[FieldOption, ...]) -> FieldMerge:
    """The field `tools` in the spelling of the format, by the policy of the options or from the agent they name.

    Where nothing is common the list is empty and the status CONFLICT. None where nothing is limited, or where the
    format says it in another field: see `secured`.
    """
    source = inputs.options.tools_of
    if source is not None:
        reason = f"those of {source.path}"
        value = tools_as_written(source, inputs)
        return FieldMerge("tools", value, "file", FieldStatus.CHOSEN, options, reason)
    policy = inputs.options.tools
    if len(options) == 1 and {agent.format for agent in inputs.agents} == {inputs.format.name}:
        return FieldMerge("tools", options[0].value, policy, FieldStatus.AGREED, options, "all variants agree")
    listed = [_listed(agent, inputs.format) for agent in inputs.agents]
    allowed = _combined(listed, inputs)
    value = _value(allowed, inputs)
    if not allowed.allowed and not allowed.asks and any(each.allowed or each.asks for each in listed if each.is_stated):
        means = _in_effect({"tools": value}, inputs.format).reason if value == () else "may use none"
        problem = f"nothing is allowed by {'every variant' if policy is not ToolsPolicy.MAJORITY else 'most variants'}"
        reason = f"{problem}, so no tool was written: the agent {means}; decide before use"
        return FieldMerge("tools", value, policy, FieldStatus.CONFLICT, options, reason)
    agreed = len({(each.allowed, each.denied, each.asks) for each in listed}) == 1
    status = FieldStatus.AGREED if agreed else FieldStatus.CHOSEN
    reason = _REASONS[policy] if named(options) else "no variant limits the tools"
    return FieldMerge("tools", value, policy, status, options, reason)


def tools_as_written(agent: Agent, inputs: Inputs) -> FieldValue:
    """The tools of one agent, in the words of the format; None where it names none or the format has no such list."""
    if agent.format == inputs.format.name:
        return _tools_of(agent)
    allowed = _listed(agent, inputs.format)
    return _names(allowed, inputs) if _has_names(inputs.format) and allowed.is_stated else None


def _has_names(format: Format) -> bool:
    return lists_tools(format) or _only_approves(format)


def _only_approves(format: Format) -> bool:
    """Whether its list of tools limits nothing, but says what is used without a question."""
    return "tools" in format.by_field and format.only_approves(format.key_of("tools"))


def _listed(agent: Agent, target: Format) -> Access:
    """What an agent may use by its tools alone; where the target only approves tools, what is approved."""
    format = FORMATS[agent.format]
    if _only_approves(target):
        value = _tools_of(agent) if _only_approves(format) else None
        grants = (entry.grants for entry in tool_entries(value, format.vocabulary))
        return Access(frozenset().union(*grants), is_stated=value is not None)
    names = {"tools"} | fields_of_tools(format)
    return access(replace(agent, fields=tuple(each for each in agent.fields if each.name in names)), format)


def _combined(all_of_them: Sequence[Access], inputs: Inputs) -> Access:
    """What the policy makes of what the inputs may use; of each capability the strictest, loosest or middle.

    Where the winner may use no more than any other, that is the strictest already, in its own words.
    """
    policy, winner = inputs.options.tools, inputs.winner
    if policy is ToolsPolicy.INTERSECTION and winner is not None and _fits(all_of_them[winner], all_of_them):
        return all_of_them[winner]
    rules = [each.rules for each in all_of_them]
    wanted = {ToolsPolicy.INTERSECTION: len(rules) - 1, ToolsPolicy.UNION: 0, ToolsPolicy.MAJORITY: len(rules) // 2}
    said = dict.fromkeys(capability for each in rules for capability in sorted(each))
    combined = normal(
        {each: sorted((effect(own, each) for own in rules), reverse=True)[wanted[policy]] for each in said}
    )
    allowed, denied, asks = (having(combined, own) for own in (Effect.ALLOW, Effect.DENY, Effect.ASK))
    return Access(allowed, denied, asks, is_stated=any(each.is_stated for each in all_of_them))


# ---------------------------------------------------------------------------------------------- lists and maps


def _value(allowed: Access, inputs: Inputs) -> FieldValue:
    """The field `tools` that says it, as far as one can."""
    setters = [agent for agent in inputs.agents if (field := agent.field("tools")) and field.value is not None]
    if not setters:
        return None
    if all(agent.format == inputs.format.name and isinstance(_tools_of(agent), Mapping) for agent in setters):
        return _switched(inputs)
    return _names(allowed, inputs) if _has_names(inputs.format) else None


def _tools_of(agent: Agent) -> FieldValue:
    field = agent.field("tools")
    return field.value if field else None


def _names(allowed: Access, inputs: Inputs) -> tuple[FieldValue, ...] | None:
    """Tools that are allowed: as the variants of the format spell them, then others; None where all but some are.

    The winner's list comes first, then the longest. A second spelling of what stands there already is left out, unless
    all these variants have it.
    """
    own = _own_lists(inputs)
    words = inputs.format.vocabulary
    is_default = inputs.format.absent_tools in _GRANTING_ALL or _only_approves(inputs.format)
    if EVERYTHING in allowed.allowed and is_default:
        every = (entry for entries in own for entry in entries if EVERYTHING in _grants(entry, words))
        return next(((entry,) for entry in every if not allowed.denied and not allowed.asks), None)
    everywhere = [entry for entry in own[0] if all(entry in entries for entries in own)] if own else []
    chosen: list[FieldValue] = []
    so_far: frozenset[str] = frozenset()
    for entry in (*(entry for entries in own for entry in entries), *spellings(words), *_of_servers(allowed, inputs)):
        grants = _grants(entry, words)
        is_new = not all(includes(so_far, each) for each in grants) or entry in everywhere
        if grants and is_new and entry not in chosen and not is_wider(Access(grants), allowed):
            chosen.append(entry)
            so_far |= grants
    return tuple(chosen)


def _own_lists(inputs: Inputs) -> list[tuple[FieldValue, ...]]:
    """The lists of tools of those in the format that is written."""
    found = []
    for number, agent in enumerate(inputs.agents):
        value = _tools_of(agent)
        if agent.format == inputs.format.name and value and not isinstance(value, Mapping):
            entries = (value,) if isinstance(value, str) else tuple(value)
            found.append((number != inputs.winner, -len(entries), repr(entries), entries))
    return [entries for *_, entries in sorted(found, key=lambda each: each[:3])]


def _of_servers(allowed: Access, inputs: Inputs) -> Iterator[str]:
    """Tools of servers as the format spells them, in upper and lower case as the variants have them."""
    source = inputs.options.tools_of
    agents = (*inputs.agents, source) if source else inputs.agents
    names = sorted({name for agent in agents for name in texts_in(_tools_of(agent))})
    written = {found.lower(): found for name in names if (found := mcp_name(name))}
    for capability in sorted(allowed.allowed):
        spelled = mcp_spelling(written.get(capability, capability), inputs.format.vocabulary)
        if spelled is not None:
            yield spelled


def _grants(entry: FieldValue, vocabulary: str) -> frozenset[str]:
    return frozenset(each for tool in tool_entries((entry,), vocabulary) for each in tool.grants)


def _switched(inputs: Inputs) -> dict[str, FieldValue] | None:
    """Only maps of switches. A tool is off if the policy has it off; what else all of them say alike stays."""
    maps = [value if isinstance(value := _tools_of(agent), Mapping) else {} for agent in inputs.agents]
    stated = sorted((each for each in maps if each), key=lambda each: (-len(each), repr(each)))
    if inputs.winner is not None and maps[inputs.winner]:
        stated.insert(0, maps[inputs.winner])
    switched: dict[str, FieldValue] = {}
    for tool in dict.fromkeys(tool for each in stated for tool in each):
        denials = sum(_is_off(each.get(tool)) for each in maps)
        if _is_denied(denials, len(maps), inputs.options.tools):
            switched[tool] = "false"
        else:
            said = [each[tool] for each in stated if tool in each and not _is_off(each[tool])]
            is_shared = len(said) == len(stated) or inputs.options.tools is not ToolsPolicy.INTERSECTION
            if said and is_shared and all(each == said[0] for each in said):
                switched[tool] = said[0]
    return switched or None


def _is_off(value: FieldValue) -> bool:
    return isinstance(value, str) and value.lower() == "false"


def _is_denied(denials: int, count: int, policy: ToolsPolicy) -> bool:
    least = {ToolsPolicy.INTERSECTION: 1, ToolsPolicy.UNION: count, ToolsPolicy.MAJORITY: (count + 1) // 2}
    return denials >= least[policy]


# ---------------------------------------------------------------------------------------------- all fields together


def secured(fields: Sequence[FieldMerge], inputs: Inputs) -> tuple[FieldMerge, ...]:
    """The fields, those that limit the agent written otherwise where together they would allow more than they may.

    By the intersection that is more than any variant allows. If the format cannot say so little, what widens least
    stands there, and the first of the fields is an open question. Fields that the format needs for it are added.
    """
    source, policy = inputs.options.tools_of, inputs.options.tools
    old = [access(agent, FORMATS[agent.format]) for agent in inputs.agents]
    most = access(source, FORMATS[source.format]) if source else _combined(old, inputs)
    bounds = [most, *old] if policy is ToolsPolicy.INTERSECTION and source is None else [most]
    changeable = (ACCESS_FIELDS | fields_of_tools(inputs.format)) - (
        {"tools"} if _only_approves(inputs.format) else set()
    )
    limits = _values(fields)
    if _fits(_in_effect(limits, inputs.format), bounds):
        return tuple(fields)
    fixed = {name: value for name, value in limits.items() if name not in changeable}
    tried: list[Tried] = []
    fitting: list[Tried] = []
    for way in (_with_denials(each, limits) for each in _ways(most, inputs, changeable)):
        tried.append(Tried.of(way, _in_effect({**fixed, **way}, inputs.format), most))
        if _fits(tried[-1].access, bounds):
            fitting.append(tried[-1])
            if not tried[-1].lost:
                break
    best = choose(fitting or tried, may_widen=not fitting)
    written = best.limits if best else {}
    return tuple(_rewritten(fields, written, inputs, changeable, is_widened=not fitting))


def _values(fields: Sequence[FieldMerge]) -> Limits:
    return {each.name: each.value for each in fields if each.value is not None}


def _fits(new: Access, bounds: Sequence[Access]) -> bool:
    return not any(is_wider(new, bound) for bound in bounds)


def _in_effect(limits: Limits, format: Format) -> Access:
    """What an agent may use with these fields."""
    span = Span(1, 1)
    fields = tuple(Field(name, format.key_of(name), value, "", span) for name, value in limits.items())
    empty = Agent("", format.name, "", "", "", "", fields, (), (), (), 1)
    return access(empty, format)


def _ways(most: Access, inputs: Inputs, changeable: frozenset[str]) -> Iterator[Limits]:
    """Fields that may say it: those of the winner, of another variant, or others."""
    same = [agent for agent in inputs.agents if agent.format == inputs.format.name]
    if inputs.winner is not None and inputs.agents[inputs.winner] in same:
        yield _own_limits(inputs.agents[inputs.winner], changeable)
    own = {repr(limits): limits for agent in same if (limits := _own_limits(agent, changeable))}
    yield from (own[text] for text in sorted(own))
    limiting = (
        field for agent in inputs.agents for field in agent.fields if field.name in LIMITING_FIELDS | changeable
    )
    written = sorted({name for field in limiting for name in texts_in(field.value)})
    yield from candidates(most, inputs.format, written)
    # What has no name in the format cannot be left out of everything: then all that has one and is allowed.
    words = (_grants(name, inputs.format.vocabulary) for name in spellings(inputs.format.vocabulary))
    sayable = frozenset(each for grants in words for each in grants if not is_wider(Access(frozenset((each,))), most))
    yield from candidates(Access(sayable), inputs.format, written)


def _own_limits(agent: Agent, changeable: frozenset[str]) -> Limits:
    return {each.name: each.value for each in agent.fields if each.name in changeable and each.value is not None}


def _with_denials(way: Limits, limits: Limits) -> Limits:
    """What any variant denies stays denied, though something else says so too."""
    denied = dict.fromkeys((*texts_in(limits.get("disallowed-tools")), *texts_in(way.get("disallowed-tools"))))
    return {**way, "disallowed-tools": tuple(sorted(denied))} if denied else way


def _rewritten(
    fields: Sequence[FieldMerge], written: Limits, inputs: Inputs, changeable: frozenset[str], is_widened: bool
) -> Iterator[FieldMerge]:
    problem = f"{inputs.format.name} cannot say so little; what widens least was written: decide before use"
    reason = problem if is_widened else "written so that together with the other fields nothing is widened"
    names = [each.name for each in fields]
    of_inputs = (fields_of_tools(FORMATS[agent.format]) for agent in inputs.agents)
    limiting = (LIMITING_FIELDS | changeable).union(*of_inputs)
    asked = next((name for name in names if is_widened and name in limiting), None)
    for each in fields:
        value = written.get(each.name) if each.name in changeable else each.value
        if each.name == asked:
            yield replace(each, value=value, status=FieldStatus.CONFLICT, reason=reason)
        elif value == each.value:
            yield each
        else:
            status = FieldStatus.CHOSEN if each.status is FieldStatus.AGREED else each.status
            yield replace(each, value=value, policy=LEAST, status=status, reason=reason)
    for name in sorted(written.keys() - set(names)):
        yield FieldMerge(name, written[name], LEAST, FieldStatus.CHOSEN, options_of(name, inputs), reason)


# ---------------------------------------------------------------------------------------------- what people are told


def widenings(agents: Sequence[Agent], fields: Sequence[FieldMerge], format: Format) -> tuple[str, ...]:
    """A sentence for each agent that allows less than these fields do, in the order given."""
    new = _in_effect(_values(fields), format)
    wider = ((agent.path, is_wider(new, access(agent, FORMATS[agent.format]))) for agent in agents)
    return tuple(f"wider than {path}: {spoken(more)}" for path, more in wider if more)


def tool_notes(merged: FieldMerge, inputs: Inputs) -> list[str]:
    """What became of tools, in a sentence each."""
    notes: list[str] = []
    if merged.value is not None and not isinstance(merged.value, Mapping):
        notes += _left_out(merged, inputs)
    silent = [(agent.path, each) for agent in inputs.agents if not (each := _listed(agent, inputs.format)).is_stated]
    if named(merged.options):
        all_of_them = sorted(path for path, each in silent if EVERYTHING in each.allowed)
        none = sorted(path for path, each in silent if EVERYTHING not in each.allowed)
        notes += [f"tools are not named, so all allowed, in: {', '.join(all_of_them)}"] if all_of_them else []
        does = "approved" if _only_approves(inputs.format) else "allowed"
        notes += [f"tools are not named, so none {does}, in: {', '.join(none)}"] if none else []
    return notes


def _left_out(merged: FieldMerge, inputs: Inputs) -> Iterator[str]:
    """Which tools that some variant names are not written, and whether what is left makes sense."""
    vocabulary = inputs.format.vocabulary
    allowed = granted(tuple(texts_in(merged.value)), vocabulary)
    tools = dict.fromkeys(
        entry.written
        for option in merged.options
        for entry in tool_entries(option.value, FORMATS[inputs.agents[option.inputs[0]].format].vocabulary)
        if not all(includes(allowed, each) for each in entry.grants)
    )
    if tools and merged.policy in _WHY_LEFT_OUT:
        yield f"tools left out, since {_WHY_LEFT_OUT[merged.policy]}: {', '.join(tools)}"
    if "edit" in allowed and "read" not in allowed:
        yield "the tools allow editing files but not reading them: add a tool that reads if that is not meant"


_WHY_LEFT_OUT = {
    ToolsPolicy.INTERSECTION.value: "not every variant allows them",
    ToolsPolicy.MAJORITY.value: "no majority of the variants allows them",
    LEAST: "the other fields of some variant do not allow them",
}
