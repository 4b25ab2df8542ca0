"""What an agent may use, as capabilities: every field of its dialect that grants or limits, put together.

Only what stands in the agent's file counts: neither settings of the host nor of the user.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from agentdiff.capabilities import (
    EVERYTHING,
    broader,
    capabilities,
    includes,
    is_documented,
    own_capabilities,
)
from agentdiff.effects import Effect, Rules, both, effect, having, in_order, narrow, normal, whole_of
from agentdiff.formats.base import Format, Grant, ToolMaps, Type
from agentdiff.formats.reading import names_in
from agentdiff.formats.registry import FORMATS
from agentdiff.limits import LIMITS, effect_of, switches, texts, tool_entries
from agentdiff.model import Agent, Field, FieldValue


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
            left.get(whole_of(each), []).append(each)
        whole = (self._word(each) for each in told if whole_of(each) not in left)
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
    """What an agent may use, as its dialect explains its fields.

    Fields in a shape that no host knows limit nothing, nor do keys that the dialect does not know.
    """
    fields = {name: field for name, field in format.counting(agent.fields).items() if field.key in format.by_key}
    tools = _tools_field(fields, format)
    maps = format.tool_maps
    rules = _rules_of_maps(fields, format, maps) if maps and tools else _rules_of_tools(tools, format)
    stated = tools is not None
    for name, limited in LIMITS.items():
        field = fields.get(name)
        if field is not None and field.value is not None:
            before = rules
            rules = limited(rules, field, format)
            stated = stated or rules != before
    for each in _of_sections(agent, fields, format):
        rules, stated = both(rules, each.rules), True
    rules = normal(rules)
    return Access(
        allowed=having(rules, Effect.ALLOW),
        denied=having(rules, Effect.DENY),
        asks=having(rules, Effect.ASK),
        is_stated=stated,
        reason="" if stated and (tools is None or (tools.value and not _adds_own(format))) else _reason(tools, format),
    )


def is_wider(new: Access, old: Access) -> tuple[str, ...]:
    """What `new` may use and `old` may not, sorted: capabilities, `shell (asks first)`; `*` for all that is not listed.

    Empty where new allows no more than old. Two patterns that are not known to be one count as two: a pattern of new
    that old does not have is wider, a pattern that old denies may hit any other.
    """
    new, old = _in_full(new, old), _in_full(old, new)
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


def _in_full(access: Access, other: Access) -> Access:
    """The same, where OpenCode's name for one tool of a server may be that of any tool: what the other says counts."""
    servers = (each for each in other.rules if each.startswith("mcp:") and "/" in each)
    full = {f"tool:{each.removeprefix('mcp:').replace('/', '_', 1)}": each for each in servers}
    if full.keys().isdisjoint(access.rules):
        return access
    allowed, denied, asks = (
        frozenset(full.get(each, each) for each in some) for some in (access.allowed, access.denied, access.asks)
    )
    return replace(access, allowed=allowed, denied=denied, asks=asks)


def _loosest_patterns(rules: Rules) -> Rules:
    """For each capability with patterns what the loosest of them does."""
    loosest: Rules = {}
    for capability, own in rules.items():
        whole = whole_of(capability)
        if whole != capability:
            loosest[whole] = max(own, loosest.get(whole, own))
    return loosest


def _at_most(capability: str, rules: Rules, loosest: Rules) -> Effect:
    """What becomes of a capability at most: any other pattern may match what its own matches."""
    known = effect(rules, capability)
    is_told = capability in rules or whole_of(capability) == capability
    return known if is_told else max(known, loosest.get(whole_of(capability), known))


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
        patterns = frozenset(whole_of(each) for each in own if whole_of(each) != each)
        return cls(frozenset(own), {roof: frozenset(below) for roof, below in above.items()}, patterns)

    def hit_by(self, capability: str) -> set[str]:
        """The exceptions that a capability covers; itself where it may hit one that has another pattern."""
        covered = set(self.above.get(capability, ()))
        is_pattern = whole_of(capability) != capability
        return {capability} if is_pattern and whole_of(capability) in self.patterns else covered


# -------------------------------------------------------------------------------------------- fields that name tools


def _tools_field(fields: Mapping[str, Field], format: Format) -> Field | None:
    """The field that lists tools. Nothing behind the key is no list; that of a command only says what is not asked."""
    names = format.tool_maps.fields if format.tool_maps else ("tools",)
    found = [each for name in names if (each := fields.get(name)) and each.value not in (None, {})]
    field = next((each for each in found if each.value), found[0] if found else None)
    if field is None:
        return None
    return None if format.only_approves(field.key) else field


def _rules_of_tools(field: Field | None, format: Format) -> Rules:
    if field is None:
        return _rules_of_grant(format.absent_tools)
    if isinstance(field.value, Mapping):
        return in_order(_rules_of_grant(format.absent_tools), switches(field.value, format.vocabulary))
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


def _rules_of_maps(fields: Mapping[str, Field], format: Format, maps: ToolMaps) -> Rules:
    """The tools of all fields that have them as maps. There is one of them at least."""
    values = [field.value for name in maps.fields if (field := fields.get(name))]
    entries = [entry for value in values for entry in _named_entries(value, maps)]
    if not any(values):
        return _rules_of_grant(format.empty_tools)
    told: list[tuple[str, Effect]] = []
    for name, settings in entries:
        whole, parts = _grants_of_entry(name, settings, maps, format.vocabulary)
        denied = sorted(whole) if maps.adds_own and parts != whole else []
        told += [*((each, Effect.DENY) for each in denied), *((each, Effect.ALLOW) for each in sorted(parts))]
    return in_order({EVERYTHING: Effect.ALLOW}, iter(told)) if maps.adds_own else dict(told)


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
        return texts(listed) if isinstance(listed, tuple | list) else None
    if isinstance(settings, tuple | list):
        return texts(settings)
    return () if effect_of(settings) is Effect.DENY else None


def _grants_of_part(part: str, whole: frozenset[str], vocabulary: str) -> Iterator[str]:
    server = next((each for each in whole if each.startswith("mcp:")), None)
    if server is not None:
        yield f"{server}/{part.strip().lower()}"
    elif whole == {"shell"} and not is_documented(part, vocabulary):
        yield narrow("shell", part.removeprefix(":"))
    else:
        yield from (each for each in capabilities(part, vocabulary) if includes(whole, each))


def _of_sections(agent: Agent, fields: Mapping[str, Field], format: Format) -> Iterator[Access]:
    """rulesync: what the fields for each product say. A file for several may be used by any, so all limits count."""
    for name, dialect_name in format.sections.items():
        field, dialect = fields.get(name), FORMATS[dialect_name]
        if field is not None and isinstance(field.value, Mapping):
            own = tuple(_in_section(key, value, field, dialect) for key, value in field.value.items())
            found = access(replace(agent, fields=own), dialect)
            if found.is_stated:
                yield found


def _in_section(key: str, value: FieldValue, around: Field, dialect: Format) -> Field:
    known = dialect.by_key.get(key)
    if known is not None and known.type is Type.NAMES:
        value = names_in(value, known.style)
    return Field(known.name if known else key, key, value, around.raw, around.span)
