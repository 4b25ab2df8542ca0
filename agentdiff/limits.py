"""What each field says of what an agent may use, as rules: lists of tools, permissions, modes, sandboxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from agentdiff.capabilities import EVERYTHING, capabilities, granted
from agentdiff.effects import EVERY, Effect, Rules, Told, both, in_order, narrow, pattern_of, whole_of, without
from agentdiff.formats.base import Format
from agentdiff.model import Field, FieldValue

CHANGING = ("edit", "write", "notebook")
"""What a mode that only plans or reads may not do to files."""
READING_ONLY = (*CHANGING, "shell(writing)")
"""The same for commands: those that only read may run."""

_TAGS_OF_KIRO = {"fs_read": "read", "fs_write": "write", "all": EVERYTHING}
"""The capabilities in Kiro's permissions that are not called as its tools are."""
_EFFECTS = {"allow": Effect.ALLOW, "ask": Effect.ASK, "deny": Effect.DENY, "true": Effect.ALLOW, "false": Effect.DENY}


# ---------------------------------------------------------------------------------------------- lists of tools


class ToolEntry(NamedTuple):
    """One entry of a list of tools."""

    written: str
    grants: frozenset[str]


def tool_entries(value: FieldValue, vocabulary: str) -> tuple[ToolEntry, ...]:
    """The entries of a list of tools in any shape: names, Roo's pairs with a `fileRegex`, maps with a name or type.

    Of a map of switches those that are on.
    """
    if isinstance(value, str):
        return (ToolEntry(value, _granted(value, vocabulary)),)
    if isinstance(value, Mapping):
        on = [name for name, switch in value.items() if effect_of(switch) is Effect.ALLOW]
        return tuple(ToolEntry(name, _granted(name, vocabulary)) for name in on)
    return tuple(entry for each in value or () if (entry := _entry(each, vocabulary)) is not None)


def _entry(value: FieldValue, vocabulary: str) -> ToolEntry | None:
    if isinstance(value, str):
        return ToolEntry(value, _granted(value, vocabulary))
    if isinstance(value, Mapping):
        name = next((value[key] for key in ("name", "type") if key in value), None)
        name, options = (name, None) if name is not None else next(iter(value.items()), (None, None))
    else:
        name, options = (*(value or ()), None, None)[:2]
    if not isinstance(name, str):
        return None
    pattern = options.get("fileRegex") if isinstance(options, Mapping) else None
    if not isinstance(pattern, str):
        return ToolEntry(name, _granted(name, vocabulary))
    return ToolEntry(f"{name} ({pattern})", frozenset(narrow(each, pattern) for each in capabilities(name, vocabulary)))


def _granted(tool: str, vocabulary: str) -> frozenset[str]:
    """What a name grants, its patterns written alike."""
    found = capabilities(tool, vocabulary)
    return frozenset(narrow(whole_of(each), pattern_of(each)) if pattern_of(each) else each for each in found)


# ---------------------------------------------------------------------------------------------- other fields


def effect_of(value: FieldValue) -> Effect | None:
    """What a word such as `allow` or `true` stands for; None for other values."""
    return _EFFECTS.get(value.strip().lower()) if isinstance(value, str) else None


def switches(value: Mapping[str, FieldValue], vocabulary: str) -> Told:
    """OpenCode: tool -> what to do, or tool -> pattern -> what to do."""
    for tool, action in value.items():
        patterns = action if isinstance(action, Mapping) else {"*": action}
        for pattern, each in patterns.items():
            own = effect_of(each)
            if own is not None:
                for capability in sorted(capabilities(tool, vocabulary)):
                    yield narrow(capability, pattern), own


def _by_permission(rules: Rules, field: Field, format: Format) -> Rules:
    if isinstance(field.value, Mapping):
        return in_order(rules, switches(field.value, format.vocabulary))
    own = effect_of(field.value)
    return rules if own is None else in_order(rules, iter([(EVERYTHING, own)]))


def _by_permissions(rules: Rules, field: Field, format: Format) -> Rules:
    """OpenCode 2: a list of which the last rule counts. Kiro a list, Devin three lists: there the strictest counts."""
    value = field.value
    if isinstance(value, Mapping) and isinstance(value.get("rules"), tuple | list):
        value = value["rules"]
    if isinstance(value, Mapping):
        return both(rules, _strictest(_three_lists(value, format.vocabulary)))
    entries = [entry for entry in value or () if isinstance(entry, Mapping)]
    if any("action" in entry for entry in entries):
        return in_order(rules, _actions(entries, format.vocabulary))
    told = tuple(_rules_of_kiro(entries, format.vocabulary))
    limits = _strictest(_matches(told))
    spared = {**limits, **_spared(told, limits)}
    patterns = ((capability, own) for capability, own in limits.items() if whole_of(capability) != capability)
    return both(rules, in_order(spared, patterns) if len(spared) > len(limits) else limits)


def _strictest(told: Told) -> Rules:
    """What is allowed there is only not asked, so it grants nothing that the list of tools does not."""
    limits = sorted((own, capability) for capability, own in told if own is not Effect.ALLOW)
    return {EVERYTHING: Effect.ALLOW, **{capability: own for own, capability in reversed(limits)}}


def _three_lists(value: Mapping[str, FieldValue], vocabulary: str) -> Told:
    for word in ("ask", "deny"):
        for entry in tool_entries(value.get(word), vocabulary):
            yield from ((capability, _EFFECTS[word]) for capability in entry.grants)


def _actions(entries: list[Mapping[str, FieldValue]], vocabulary: str) -> Told:
    for entry in entries:
        tool, pattern, own = entry.get("action"), entry.get("resource", "*"), effect_of(entry.get("effect"))
        if isinstance(tool, str) and isinstance(pattern, str) and own is not None:
            for capability in sorted(capabilities(tool, vocabulary)):
                yield narrow(capability, pattern), own


class _Rule(NamedTuple):
    """One of Kiro's rules, for one capability."""

    capability: str
    own: Effect
    match: tuple[str, ...]
    exclude: tuple[str, ...]


def _rules_of_kiro(entries: list[Mapping[str, FieldValue]], vocabulary: str) -> Iterator[_Rule]:
    for entry in entries:
        tool, own = entry.get("capability"), effect_of(entry.get("effect"))
        if isinstance(tool, str) and own is not None:
            match, exclude = texts(entry.get("match")) or ("*",), texts(entry.get("exclude"))
            for capability in capabilities(_TAGS_OF_KIRO.get(tool, tool), vocabulary):
                yield _Rule(capability, own, match, exclude)


def _matches(rules: Iterable[_Rule]) -> Told:
    for rule in rules:
        excluded = ", ".join(rule.exclude)
        for pattern in rule.match:
            limit = f"{pattern}, not {excluded}" if excluded and pattern not in EVERY else pattern
            yield narrow(rule.capability, limit), rule.own


def _spared(rules: Iterable[_Rule], limits: Rules) -> Rules:
    """What each rule for a whole capability leaves out, so that `all but git *` allows `git *` alone."""
    spared: dict[str, set[str]] = {}
    for rule in rules:
        if rule.own is not Effect.ALLOW and not EVERY.isdisjoint(rule.match):
            own_ones = {narrow(rule.capability, pattern) for pattern in rule.exclude}
            spared[rule.capability] = spared.get(rule.capability, own_ones) & own_ones
    return {each: Effect.ALLOW for some in spared.values() for each in sorted(some) if each not in limits}


def texts(value: FieldValue) -> tuple[str, ...]:
    """The texts of a list; one text alone counts as a list."""
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value or () if isinstance(each, str))


def _by_denial(rules: Rules, field: Field, format: Format) -> Rules:
    """Claude Code removes the whole tool, whatever pattern stands behind its name."""
    names = [entry.written.partition("(")[0] for entry in tool_entries(field.value, format.vocabulary)]
    return without(rules, granted(names, format.vocabulary))


def _by_readonly(rules: Rules, field: Field, format: Format) -> Rules:
    return without(rules, READING_ONLY) if effect_of(field.value) is Effect.ALLOW else rules


def _by_sandbox(rules: Rules, field: Field, format: Format) -> Rules:
    return without(rules, READING_ONLY) if field.value == "read-only" else rules


def _by_web_search(rules: Rules, field: Field, format: Format) -> Rules:
    return without(rules, ("web-search",)) if field.value in ("false", "disabled") else rules


def _by_mode(rules: Rules, field: Field, format: Format) -> Rules:
    return without(rules, CHANGING) if field.value == "plan" else rules


def _only(whole: str, separator: str) -> Callable[[Rules, Field, Format], Rules]:
    """A list that names which agents may be called, or which servers; without `*` no other."""

    def limited(rules: Rules, field: Field, format: Format) -> Rules:
        names = texts(field.value)
        is_list = isinstance(field.value, tuple | list) and len(names) == len(field.value)
        if not is_list or EVERYTHING in names:
            return rules
        end = ")" if separator == "(" else ""
        named = dict.fromkeys((f"{whole}{separator}{name}{end}" for name in names), Effect.ALLOW)
        return both(rules, {EVERYTHING: Effect.ALLOW, whole: Effect.DENY, **named})

    return limited


def _by_servers(rules: Rules, field: Field, format: Format) -> Rules:
    """Zoo Code's list; elsewhere the key says which servers there are."""
    return _only("mcp", ":")(rules, field, format) if field.key == "allowedMcpServers" else rules


def _by_subset(rules: Rules, field: Field, format: Format) -> Rules:
    """Kimi CLI: which of its tools an agent has; nothing in the list is no limit."""
    entries = tool_entries(field.value, format.vocabulary)
    return both(rules, {each: Effect.ALLOW for entry in entries for each in entry.grants}) if entries else rules


LIMITS: Mapping[str, Callable[[Rules, Field, Format], Rules]] = {
    "allowed-tools": _by_subset,
    "permission": _by_permission,
    "permissions": _by_permissions,
    "disallowed-tools": _by_denial,
    "readonly": _by_readonly,
    "sandbox-mode": _by_sandbox,
    "web-search": _by_web_search,
    "permission-mode": _by_mode,
    "agents": _only("agent", "("),
    "mcp-servers": _by_servers,
}
"""By canonical field, in the order in which they count."""
