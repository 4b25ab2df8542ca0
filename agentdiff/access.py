"""What an agent may use, as capabilities: every field of its dialect that grants or limits, put together.

A set of rules says for some capabilities whether they are allowed, asked for first, or denied; of the rules that cover
a capability the narrowest counts, and without any it is denied. So `everything but edit` is two rules, and
`edit(docs/*)` alone is one. Only what stands in the agent's file counts: neither settings of the host nor of the user.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple, TypeAlias

from agentdiff.capabilities import (
    EVERYTHING,
    broader,
    capabilities,
    granted,
    includes,
    is_documented,
    own_capabilities,
)
from agentdiff.formats.base import Format, Grant, Kind, ToolMaps, Type
from agentdiff.formats.reading import names_in
from agentdiff.formats.registry import FORMATS
from agentdiff.model import Agent, Field, FieldValue

CHANGING = ("edit", "write", "notebook")
"""What a mode that only plans or reads may not do to files."""
READING_ONLY = (*CHANGING, "shell(writing)")
"""The same for commands: those that only read may run."""

_MOST_IN_ORDER = 1000
"""Each rule is compared with those before it. Where there are more, the narrower counts, wherever it stands."""
_TAGS_OF_KIRO = {"fs_read": "read", "fs_write": "write", "all": EVERYTHING}
"""The capabilities in Kiro's permissions that are not called as its tools are."""


class Effect(IntEnum):
    """What a rule does, strictest first."""

    DENY = 0
    ASK = 1
    """The host asks its user each time."""
    ALLOW = 2


Rules: TypeAlias = dict[str, Effect]
"""By capability."""

_EFFECTS = {"allow": Effect.ALLOW, "ask": Effect.ASK, "deny": Effect.DENY, "true": Effect.ALLOW, "false": Effect.DENY}


@dataclass(frozen=True)
class Access:
    """What an agent may use. Of several entries that cover a capability the narrowest counts."""

    allowed: frozenset[str]
    """EVERYTHING is among them where the agent is not limited to a list."""
    denied: frozenset[str] = frozenset()
    """Exceptions from `allowed` and `asks`; what is in none of the three is denied as well."""
    asks: frozenset[str] = frozenset()
    """What the host does only after it asked its user."""
    is_stated: bool = True
    """Whether the agent's file says any of it, or all is what its host makes of silence."""
    reason: str = ""
    """Where nothing is stated, or the list of tools is empty: what that means to the host. It goes on from `the agent`
    and has no end mark."""

    @cached_property
    def entries(self) -> tuple[str, ...]:
        """For people and tools: `everything`, capabilities, `shell (asks first)`, `edit(docs/*) only`, `not shell`.

        Empty for nothing.
        """
        order = sorted((each != EVERYTHING, own != Effect.ALLOW, each) for each, own in self.rules.items())
        told = [each for _, _, each in order if self.rules[each] is not Effect.DENY]
        left: dict[str, list[str]] = {each: [] for each in sorted(self.denied)}
        for each in told:
            left.get(_base(each), []).append(each)
        whole = (self._word(each) for each in told if _base(each) not in left)
        only = (f"{self._listed(each, parts)} only" for each, parts in left.items() if parts)
        return (*whole, *only, *(f"not {_word(each)}" for each, parts in left.items() if not parts))

    def _listed(self, whole: str, parts: list[str]) -> str:
        """`shell(git *; ls) and shell(npm *) (asks first)`."""
        grants = [[each for each in parts if (each in self.asks) is asks] for asks in (False, True)]
        limits = ["; ".join(each.removeprefix(f"{whole}(").removesuffix(")") for each in some) for some in grants]
        words = (f"{whole}({limit}){end}" for limit, end in zip(limits, ("", " (asks first)"), strict=True) if limit)
        return " and ".join(words)

    def _word(self, capability: str) -> str:
        return _word(capability) + (" (asks first)" if capability in self.asks else "")

    @cached_property
    def words(self) -> str:
        """On one line: `everything but edit, write`, `read, shell`, `nothing`."""
        if not self.allowed and not self.asks:
            return "nothing"
        if self.allowed == {EVERYTHING} and self.denied and not self.asks:
            return f"everything but {', '.join(map(_word, sorted(self.denied)))}"
        return ", ".join(self.entries)

    @cached_property
    def rules(self) -> Rules:
        """The same as rules."""
        return {
            **dict.fromkeys(self.allowed, Effect.ALLOW),
            **dict.fromkeys(self.asks, Effect.ASK),
            **dict.fromkeys(self.denied, Effect.DENY),
        }


def _word(capability: str) -> str:
    return "everything" if capability == EVERYTHING else capability


def access(agent: Agent, format: Format) -> Access:
    """What an agent may use, as its dialect explains its fields. Fields in a shape that no host knows limit nothing."""
    tools = _tools_field(agent, format)
    maps = format.tool_maps
    rules = _rules_of_maps(agent, format, maps) if maps and tools else _rules_of_tools(tools, format)
    stated = tools is not None
    for name, limited in _LIMITS.items():
        field = _first(agent, name, format)
        if field is not None and field.value is not None:
            before = rules
            rules = limited(rules, field, format)
            stated = stated or rules != before
    for each in _of_sections(agent, format):
        rules, stated = _both(rules, each.rules), True
    rules = _normal(rules)
    return Access(
        allowed=_having(rules, Effect.ALLOW),
        denied=_having(rules, Effect.DENY),
        asks=_having(rules, Effect.ASK),
        is_stated=stated,
        reason="" if stated and (tools is None or (tools.value and not _adds_own(format))) else _reason(tools, format),
    )


def is_wider(new: Access, old: Access) -> tuple[str, ...]:
    """What `new` may use and `old` may not, sorted: capabilities, `shell (asks first)`; `*` for all that is not listed.

    Empty where new allows no more than old. Two patterns that are not known to be one count as two: a pattern of new
    that old does not have is wider, a pattern that old denies may hit any other.
    """
    found: set[str] = set()
    loosest = _loosest_patterns(new.rules)
    for level, wanted in ((Effect.ALLOW, new.allowed), (Effect.ASK, new.asks)):
        stricter = _Exceptions.of(
            {each for each, own in old.rules.items() if own < level <= _at_most(each, new.rules, loosest)}
        )
        for capability in wanted:
            gained = stricter.hit_by(capability) if effect(old.rules, capability) >= level else {capability}
            found |= gained if level is Effect.ALLOW else {f"{each} (asks first)" for each in gained}
    return tuple(sorted(found))


def _loosest_patterns(rules: Rules) -> Rules:
    """For each capability with patterns what the loosest of them does."""
    loosest: Rules = {}
    for capability, own in rules.items():
        base = _base(capability)
        if base != capability:
            loosest[base] = max(own, loosest.get(base, own))
    return loosest


def _at_most(capability: str, rules: Rules, loosest: Rules) -> Effect:
    """What becomes of a capability at most: any other pattern may match what its own matches."""
    known = effect(rules, capability)
    is_told = capability in rules or _base(capability) == capability
    return known if is_told else max(known, loosest.get(_base(capability), known))


class _Exceptions(NamedTuple):
    """Capabilities, and what a capability must be to overlap one of them."""

    own: frozenset[str]
    above: Mapping[str, frozenset[str]]
    """By what covers them."""
    patterns: frozenset[str]
    """What has a pattern among them."""

    @classmethod
    def of(cls, own: set[str]) -> _Exceptions:
        above: dict[str, set[str]] = {}
        for each in own:
            for roof in broader(each):
                above.setdefault(roof, set()).add(each)
        patterns = frozenset(_base(each) for each in own if _base(each) != each)
        return cls(frozenset(own), {roof: frozenset(below) for roof, below in above.items()}, patterns)

    def hit_by(self, capability: str) -> set[str]:
        """The exceptions that a capability covers; itself where it may hit one that has another pattern."""
        covered = set(self.above.get(capability, ()))
        is_pattern = _base(capability) != capability
        return {capability} if is_pattern and _base(capability) in self.patterns else covered


# ---------------------------------------------------------------------------------------------- rules


def effect(rules: Mapping[str, Effect], capability: str) -> Effect:
    """What becomes of a capability: the narrowest rule that covers it counts."""
    for each in (capability, *broader(capability)):
        found = rules.get(each)
        # Finding files includes listing them, but who may not find files may still list them.
        if found is not None and (found is Effect.ALLOW or each != "find-files" or _base(capability) == "find-files"):
            return found
    return Effect.DENY


def _base(capability: str) -> str:
    return capability.partition("(")[0]


def _limit(capability: str) -> str:
    """The pattern of a narrower grant, empty for a whole one."""
    return capability.partition("(")[2].removesuffix(")")


def _narrow(capability: str, pattern: str) -> str:
    """A capability for what a pattern matches."""
    pattern = pattern.strip()
    if pattern in ("", "*", "**"):
        return capability
    if _base(capability) == "shell" and pattern.endswith(":*"):
        pattern = f"{pattern[:-2]} *"  # Claude Code's way to write the same
    return f"{capability}({pattern})" if capability != EVERYTHING else f"tool:*({pattern})"


def _normal(rules: Rules) -> Rules:
    """The rules without those that change nothing."""
    kept: Rules = {}
    for capability, own in rules.items():
        others = {each: rules[each] for each in broader(capability) if each in rules}
        if own != effect(others, capability):
            kept[capability] = own
    return kept


def _having(rules: Rules, wanted: Effect) -> frozenset[str]:
    return frozenset(capability for capability, own in rules.items() if own is wanted)


def _both(some: Rules, others: Rules) -> Rules:
    """What both sets of rules allow."""
    return {each: min(effect(some, each), effect(others, each)) for each in (*some, *others)}


def _without(rules: Rules, denied: Iterable[str]) -> Rules:
    return _both(rules, {EVERYTHING: Effect.ALLOW, **dict.fromkeys(denied, Effect.DENY)})


def _then(rules: Rules, capability: str, own: Effect) -> Rules:
    """The rules with one more, which wins over all before it where both fit."""
    kept: Rules = {}
    for each, before in rules.items():
        if each == capability or capability in broader(each):
            continue
        if before is not own and _limit(capability) and _limit(each) and _base(each) == _base(capability):
            if _matches_all_of(_limit(capability), _limit(each)):
                continue
            if _may_overlap(_limit(each), _limit(capability)):
                each = f"{_base(each)}({_limit(each)}, not {_limit(capability)})"
        kept[each] = before
    return {**kept, capability: own}


def _matches_all_of(pattern: str, other: str) -> bool:
    """Whether a pattern certainly matches all that another one matches; `*` stands for any text."""
    first, *rest = pattern.split("*")
    if not rest or not other or not other.startswith(first):
        return pattern == other
    *middle, last = rest
    at, end = len(first), len(other) - len(last)
    if end < at or not other.endswith(last):
        return False
    for part in middle:
        at = other.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


def _may_overlap(pattern: str, other: str) -> bool:
    """Whether two patterns may match one text: not where their beginnings or their ends differ."""
    heads = pattern.split("*")[0], other.split("*")[0]
    tails = pattern.split("*")[-1], other.split("*")[-1]
    return (heads[0].startswith(heads[1]) or heads[1].startswith(heads[0])) and (
        tails[0].endswith(tails[1]) or tails[1].endswith(tails[0])
    )


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
        on = [name for name, switch in value.items() if _effect_of(switch) is Effect.ALLOW]
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
    return ToolEntry(
        f"{name} ({pattern})", frozenset(_narrow(each, pattern) for each in capabilities(name, vocabulary))
    )


def _granted(tool: str, vocabulary: str) -> frozenset[str]:
    """What a name grants, its patterns written alike."""
    found = capabilities(tool, vocabulary)
    return frozenset(_narrow(_base(each), _limit(each)) if _limit(each) else each for each in found)


def _first(agent: Agent, name: str, format: Format) -> Field | None:
    """The field of that name; where keys compete for it, that of the key which the dialect puts first.

    None behind a key that the dialect does not know, for its host goes by what it knows.
    """
    order = {key.key: place for place, key in enumerate(format.keys)}
    found = [field for field in reversed(agent.fields) if field.name == name and field.key in order]
    return min(found, key=lambda field: order[field.key], default=None)


def _tools_field(agent: Agent, format: Format) -> Field | None:
    """The field that lists tools. Nothing behind the key is no list; that of a command only says what is not asked."""
    names = format.tool_maps.fields if format.tool_maps else ("tools",)
    found = [each for name in names if (each := _first(agent, name, format)) and each.value not in (None, {})]
    field = next((each for each in found if each.value), found[0] if found else None)
    if field is None:
        return None
    return None if format.kind is Kind.COMMAND and field.key == "allowed-tools" else field


def _rules_of_tools(field: Field | None, format: Format) -> Rules:
    if field is None:
        return _rules_of_grant(format.absent_tools)
    if isinstance(field.value, Mapping):
        return _in_order(_rules_of_grant(format.absent_tools), _switches(field.value, format.vocabulary))
    if not field.value:
        return _rules_of_grant(format.empty_tools)
    entries = tool_entries(field.value, format.vocabulary)
    return {capability: Effect.ALLOW for entry in entries for capability in entry.grants}


def _rules_of_grant(grant: Grant) -> Rules:
    return {EVERYTHING: Effect.ALLOW} if grant in (Grant.EVERYTHING, Grant.ELSEWHERE) else {}


_GRANT_WORDS = {
    Grant.EVERYTHING: "{} allows everything",
    Grant.NOTHING: "{} allows nothing",
    Grant.INVALID: "{} does not start such an agent",
    Grant.ELSEWHERE: "{} decides that elsewhere, which counts as everything",
}


def _adds_own(format: Format) -> bool:
    return format.tool_maps is not None and format.tool_maps.adds_own


def _reason(field: Field | None, format: Format) -> str:
    if field is None:
        problem = "names no tools" if format.names_tools() else "can name no tools"
        return f"{problem}: {_GRANT_WORDS[format.absent_tools].format(format.product)}"
    if _adds_own(format):
        return f"names some tools; of all others {format.product} decides elsewhere"
    if not field.value:
        return f"has an empty list of tools: {_GRANT_WORDS[format.empty_tools].format(format.product)}"
    return ""


# ---------------------------------------------------------------------------------------------- tools in maps


def _rules_of_maps(agent: Agent, format: Format, maps: ToolMaps) -> Rules:
    """The tools of all fields that have them as maps. There is one of them at least."""
    values = [field.value for name in maps.fields if (field := _first(agent, name, format))]
    entries = [entry for value in values for entry in _named_entries(value, maps)]
    if not any(values):
        return _rules_of_grant(format.empty_tools)
    told: list[tuple[str, Effect]] = []
    for name, settings in entries:
        whole, parts = _grants_of_entry(name, settings, maps, format.vocabulary)
        denied = sorted(whole) if maps.adds_own and parts != whole else []
        told += [*((each, Effect.DENY) for each in denied), *((each, Effect.ALLOW) for each in sorted(parts))]
    return _in_order({EVERYTHING: Effect.ALLOW}, iter(told)) if maps.adds_own else dict(told)


def _named_entries(value: FieldValue, maps: ToolMaps) -> Iterator[tuple[str, FieldValue]]:
    """Names and the settings of each; what has no name is left out."""
    if isinstance(value, Mapping):
        yield from value.items()
        return
    for entry in value if isinstance(value, tuple | list) else ():
        name = entry.get(maps.name) if isinstance(entry, Mapping) else entry if maps.has_plain_names else None
        if isinstance(name, str) and name.strip():
            yield name, entry


def _grants_of_entry(
    name: str, settings: FieldValue, maps: ToolMaps, vocabulary: str
) -> tuple[frozenset[str], frozenset[str]]:
    """What an entry could grant, and what it does. Of tools that are not known to be in a set nothing is granted."""
    name = name.strip()
    of_host = not maps.own_types or (isinstance(settings, Mapping) and settings.get("type") in maps.own_types)
    whole = own_capabilities(name, vocabulary) if of_host else frozenset[str]()
    if maps.has_servers and not (of_host and is_documented(name, vocabulary)):
        whole = frozenset((f"mcp:{name.lower()}",))
    parts = _parts_of(name, settings, maps)
    if parts is None:
        return whole, whole
    return whole, frozenset(each for part in parts for each in _grants_of_part(part, whole, vocabulary))


def _parts_of(name: str, settings: FieldValue, maps: ToolMaps) -> tuple[str, ...] | None:
    """The names of the parts that an entry has; None where it has all."""
    if settings is None:
        return maps.default_parts.get(name)
    if isinstance(settings, Mapping):
        listed = settings.get(maps.parts) if maps.parts else None
        return _texts(listed) if isinstance(listed, tuple | list) else None
    if isinstance(settings, tuple | list):
        return _texts(settings)
    return () if _effect_of(settings) is Effect.DENY else None


def _grants_of_part(part: str, whole: frozenset[str], vocabulary: str) -> Iterator[str]:
    server = next((each for each in whole if each.startswith("mcp:")), None)
    if server is not None:
        yield f"{server}/{part.strip().lower()}"
    elif whole == {"shell"} and not is_documented(part, vocabulary):
        yield _narrow("shell", part.removeprefix(":"))
    else:
        yield from (each for each in capabilities(part, vocabulary) if includes(whole, each))


def _of_sections(agent: Agent, format: Format) -> Iterator[Access]:
    """rulesync: what the fields for each product say. A file for several may be used by any, so all limits count."""
    for name, dialect_name in format.sections.items():
        field, dialect = _first(agent, name, format), FORMATS[dialect_name]
        if field is not None and isinstance(field.value, Mapping):
            fields = tuple(_in_section(key, value, field, dialect) for key, value in field.value.items())
            found = access(replace(agent, fields=fields), dialect)
            if found.is_stated:
                yield found


def _in_section(key: str, value: FieldValue, around: Field, dialect: Format) -> Field:
    known = dialect.by_key.get(key)
    if known is not None and known.type is Type.NAMES:
        value = names_in(value, known.style)
    return Field(known.name if known else key, key, value, around.raw, around.span)


# ---------------------------------------------------------------------------------------------- other fields


Told: TypeAlias = "Iterator[tuple[str, Effect]]"
"""Rules in the order of the file: capability and what becomes of it."""


def _in_order(rules: Rules, told: Told) -> Rules:
    """Of all rules that fit the last one counts."""
    rest = list(told)
    if len(rest) > _MOST_IN_ORDER:
        return {**rules, **dict(rest)}
    for capability, own in rest:
        rules = _then(rules, capability, own)
    return rules


def _effect_of(value: FieldValue) -> Effect | None:
    return _EFFECTS.get(value.strip().lower()) if isinstance(value, str) else None


def _switches(value: Mapping[str, FieldValue], vocabulary: str) -> Told:
    """OpenCode: tool -> what to do, or tool -> pattern -> what to do."""
    for tool, action in value.items():
        patterns = action if isinstance(action, Mapping) else {"*": action}
        for pattern, each in patterns.items():
            own = _effect_of(each)
            if own is not None:
                for capability in sorted(capabilities(tool, vocabulary)):
                    yield _narrow(capability, pattern), own


def _by_permission(rules: Rules, field: Field, format: Format) -> Rules:
    if isinstance(field.value, Mapping):
        return _in_order(rules, _switches(field.value, format.vocabulary))
    own = _effect_of(field.value)
    return rules if own is None else _in_order(rules, iter([(EVERYTHING, own)]))


def _by_permissions(rules: Rules, field: Field, format: Format) -> Rules:
    """OpenCode 2: a list of which the last rule counts. Kiro a list, Devin three lists: there the strictest counts."""
    value = field.value
    if isinstance(value, Mapping) and isinstance(value.get("rules"), tuple | list):
        value = value["rules"]
    if isinstance(value, Mapping):
        return _both(rules, _strictest(_three_lists(value, format.vocabulary)))
    entries = [entry for entry in value or () if isinstance(entry, Mapping)]
    if any("action" in entry for entry in entries):
        return _in_order(rules, _actions(entries, format.vocabulary))
    return _both(rules, _strictest(_matches(entries, format.vocabulary)))


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
        tool, pattern, own = entry.get("action"), entry.get("resource", "*"), _effect_of(entry.get("effect"))
        if isinstance(tool, str) and isinstance(pattern, str) and own is not None:
            for capability in sorted(capabilities(tool, vocabulary)):
                yield _narrow(capability, pattern), own


def _matches(entries: list[Mapping[str, FieldValue]], vocabulary: str) -> Told:
    for entry in entries:
        tool, own = entry.get("capability"), _effect_of(entry.get("effect"))
        if not isinstance(tool, str) or own is None:
            continue
        excluded = ", ".join(_texts(entry.get("exclude")))
        for pattern in _texts(entry.get("match")) or ("*",):
            limit = f"{pattern}, not {excluded}" if excluded else pattern
            for capability in capabilities(_TAGS_OF_KIRO.get(tool, tool), vocabulary):
                yield _narrow(capability, limit), own


def _texts(value: FieldValue) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value or () if isinstance(each, str))


def _by_denial(rules: Rules, field: Field, format: Format) -> Rules:
    """Claude Code removes the whole tool, whatever pattern stands behind its name."""
    names = [entry.written.partition("(")[0] for entry in tool_entries(field.value, format.vocabulary)]
    return _without(rules, granted(names, format.vocabulary))


def _by_readonly(rules: Rules, field: Field, format: Format) -> Rules:
    return _without(rules, READING_ONLY) if _effect_of(field.value) is Effect.ALLOW else rules


def _by_sandbox(rules: Rules, field: Field, format: Format) -> Rules:
    return _without(rules, READING_ONLY) if field.value == "read-only" else rules


def _by_web_search(rules: Rules, field: Field, format: Format) -> Rules:
    return _without(rules, ("web-search",)) if field.value in ("false", "disabled") else rules


def _by_mode(rules: Rules, field: Field, format: Format) -> Rules:
    return _without(rules, CHANGING) if field.value == "plan" else rules


def _only(whole: str, separator: str) -> Callable[[Rules, Field, Format], Rules]:
    """A list that names which agents may be called, or which servers; without `*` no other."""

    def limited(rules: Rules, field: Field, format: Format) -> Rules:
        names = _texts(field.value)
        is_list = isinstance(field.value, tuple | list) and len(names) == len(field.value)
        if not is_list or EVERYTHING in names:
            return rules
        end = ")" if separator == "(" else ""
        named = dict.fromkeys((f"{whole}{separator}{name}{end}" for name in names), Effect.ALLOW)
        return _both(rules, {EVERYTHING: Effect.ALLOW, whole: Effect.DENY, **named})

    return limited


def _by_servers(rules: Rules, field: Field, format: Format) -> Rules:
    """Zoo Code's list; elsewhere the key says which servers there are."""
    return _only("mcp", ":")(rules, field, format) if field.key == "allowedMcpServers" else rules


def _by_subset(rules: Rules, field: Field, format: Format) -> Rules:
    """Kimi CLI: which of its tools an agent has; nothing in the list is no limit."""
    entries = tool_entries(field.value, format.vocabulary)
    return _both(rules, {each: Effect.ALLOW for entry in entries for each in entry.grants}) if entries else rules


_LIMITS: Mapping[str, Callable[[Rules, Field, Format], Rules]] = {
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
