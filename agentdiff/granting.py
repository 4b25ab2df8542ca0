"""What an agent may use, said in the fields of another dialect: as much as it can say, and never more.

Candidates are read back by the caller, who takes the one that keeps most of those that are not wider
(`access.is_wider`). So nothing here has to be trusted, with one exception: what `_WITHOUT_WORDS` names must not be
written as a pattern, for it would be read back as the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

from agentdiff.access import Access, is_wider
from agentdiff.capabilities import (
    EVERYTHING,
    as_told,
    broader,
    capabilities,
    includes,
    is_name_of,
    mcp_name,
    mcp_spelling,
    spellings,
)
from agentdiff.effects import Effect, effect
from agentdiff.formats.base import Format, Grant, Type
from agentdiff.limits import tool_entries
from agentdiff.model import Field, FieldValue
from agentdiff.text import texts_in

ACCESS_FIELDS = frozenset(
    {
        *("tools", "disallowed-tools", "allowed-tools", "permission", "permissions"),
        *("readonly", "sandbox-mode", "web-search"),
    }
)
"""The fields that say nothing but what an agent may use, in any dialect."""
LIMITING_FIELDS = ACCESS_FIELDS | {"permission-mode", "agents", "mcp-servers"}
"""All fields that decide what an agent may use, besides what else they say."""

_BEYOND_TOOLS = {"sandbox-mode": "workspace-write"}
"""Limits that are not told in tools: which files, which addresses."""
_WITHOUT_WORDS = frozenset({"shell(writing)", "shell(output)", "shell(tasks)", "shell(tests)", "mcp(resources)"})
"""Parts of a capability that are no patterns: `writing` is not the command of that name."""
_KNOW_EVERYTHING = frozenset({"kiro", "amazonq"})
"""Vocabularies that have `*` where an agent without a list may use nothing."""
_SPOKEN = 12
"""Entries that one sentence lists at most."""
_SPARE_PATTERNS = frozenset({"kiro"})
"""Vocabularies with permissions that leave something out."""
_TAKE_PATTERNS = frozenset({"claude"})
"""Vocabularies whose lists may hold `Bash(git:*)`."""

Limits: TypeAlias = dict[str, FieldValue]
"""Canonical fields of the target and their values."""


class Tried(NamedTuple):
    """A way to say what an agent may use, and what became of that."""

    limits: Limits
    access: Access
    wider: tuple[str, ...]
    """What it may use now and might not before."""
    lost: tuple[str, ...]
    """What it may not use any more."""

    @classmethod
    def of(cls, limits: Limits, new: Access, old: Access) -> Tried:
        """One way, with what `new` was read back from it."""
        return cls(limits, new, is_wider(new, old), is_wider(old, new))


def until_exact(tried: Iterable[Tried]) -> list[Tried]:
    """All ways up to the first that says just the same, for none behind it can be better."""
    found = []
    for each in tried:
        found.append(each)
        if not each.wider and not each.lost:
            break
    return found


def choose(tried: Sequence[Tried], may_widen: bool) -> Tried | None:
    """The way that keeps most of those that add nothing, else the one that adds least of those that keep all.

    The second only with `may_widen`, else None. At least one is given; of equals the earlier one counts.
    """
    narrow = [each for each in tried if not each.wider]
    if narrow:
        return _extreme(narrow, lambda each, best: _is_less(best.access, each.access))
    whole = [each for each in tried if not each.lost] or list(tried)
    return _extreme(whole, lambda each, best: _is_less(each.access, best.access)) if may_widen else None


def _extreme(tried: Sequence[Tried], is_better: Callable[[Tried, Tried], bool]) -> Tried:
    best = tried[0]
    for each in tried[1:]:
        best = each if is_better(each, best) else best
    return best


def _is_less(one: Access, other: Access) -> bool:
    return bool(is_wider(other, one)) and not is_wider(one, other)


def least_words(tried: Sequence[Tried]) -> str:
    """What an agent could use at least, were it written."""
    least = choose(tried, may_widen=True)
    return least.access.words if least and len(least.access.denied) <= _SPOKEN else "everything"


def spoken(entries: Sequence[str]) -> str:
    """Capabilities in a sentence, not too many of them."""
    words = [as_told(each) for each in entries]
    return ", ".join(words[:_SPOKEN]) + (f" and {len(words) - _SPOKEN} more" if len(words) > _SPOKEN else "")


def fields_of_tools(format: Format) -> frozenset[str]:
    """The fields that have the tools of a dialect as maps."""
    return frozenset(format.tool_maps.fields if format.tool_maps else ())


def is_said_by_tools(field: Field, format: Format) -> bool:
    """Whether a field tells no more than capabilities can tell, such as how a server is started."""
    if field.value == _BEYOND_TOOLS.get(field.name, ()):
        return False
    maps = format.tool_maps
    if maps is None or field.name not in maps.fields:
        return True
    values = field.value.values() if isinstance(field.value, Mapping) else field.value or ()
    settings = (set(each) for each in values if isinstance(each, Mapping))
    return all(each <= {maps.name, maps.parts, "type"} for each in settings)


def candidates(old: Access, target: Format, written: Collection[str] = ()) -> Iterator[Limits]:
    """Ways to say in the target what `old` allows; some may allow less, others more. Saying nothing is one of them, and
    the first for who says nothing.

    `written` are the names in the agent's fields, which tell upper from lower case in names of MCP servers.
    """
    if not old.is_stated:
        yield {}
    spell = partial(_spelled, vocabulary=target.vocabulary, as_written=_cases(written))
    if "permission" in target.by_field:
        yield {"permission": _permission(old, target.vocabulary, spell)}
    if "permissions" in target.by_field and target.by_field["permissions"].type is Type.LIST:
        yield {"permissions": _in_order(_permission(old, target.vocabulary, spell))}
    if lists_tools(target):
        yield from _lists(old, target, spell)
    if "toolsets" in target.by_field and target.vocabulary:
        yield from _sets(old, target.vocabulary)
    yield from _switches(old, target)
    yield {}


def lists_tools(format: Format) -> bool:
    """Whether a list of names limits what an agent may use. That of a command only says what is not asked."""
    key = format.by_field.get("tools")
    is_limit = key is not None and not format.only_approves(key.key)
    return is_limit and key is not None and key.type is Type.NAMES and bool(format.vocabulary)


def are_names_of(value: FieldValue, vocabulary: str) -> bool:
    """Whether all names of a list are of that vocabulary; maps say themselves what they mean."""
    return isinstance(value, Mapping) or all(is_name_of(name, vocabulary) for name in texts_in(value))


# ---------------------------------------------------------------------------------------------- switches


def _switches(old: Access, target: Format) -> Iterator[Limits]:
    """All that dialects without lists of tools can say. Where more is limited, at least that it writes files here."""
    sandboxes: list[Limits] = [{}]
    if "readonly" in target.by_field:
        sandboxes = [{}, {"readonly": "true"}]
    elif "sandbox-mode" in target.by_field:
        is_limited = EVERYTHING not in old.allowed
        sandboxes = [{"sandbox-mode": "workspace-write"} if is_limited else {}, {"sandbox-mode": "read-only"}]
    for sandbox in sandboxes:
        yield sandbox
        if "web-search" in target.by_field:
            yield {**sandbox, "web-search": "disabled"}


# ---------------------------------------------------------------------------------------------- lists of tools

_Spell: TypeAlias = Callable[[str], "str | None"]
"""A capability as its one name in the target; None where it has no such name."""


def _cases(written: Collection[str]) -> dict[str, str]:
    """MCP tools as the agent writes them, by their capability."""
    found = (mcp_name(name) for name in written)
    return {name.lower(): name for name in found if name is not None}


def _spelled(capability: str, vocabulary: str, as_written: Mapping[str, str]) -> str | None:
    return mcp_spelling(as_written.get(capability, capability), vocabulary)


def _lists(old: Access, target: Format, spell: _Spell) -> Iterator[Limits]:
    vocabulary = target.vocabulary
    may_deny = "disallowed-tools" in target.by_field
    if EVERYTHING in old.allowed and vocabulary in _KNOW_EVERYTHING:
        yield {"tools": (EVERYTHING,)}
    if EVERYTHING in old.allowed and may_deny:
        denied: Limits = {"disallowed-tools": tuple(_denied(old, vocabulary, spell))}
        yield denied if target.absent_tools is Grant.EVERYTHING else {"tools": (EVERYTHING,), **denied}
    names = tuple(_allowed(old, vocabulary, spell))
    if vocabulary in _SPARE_PATTERNS:
        yield from _all_but(old, names, vocabulary)
    if names or target.empty_tools is not Grant.INVALID:
        yield {"tools": names}


def _all_but(old: Access, names: tuple[str, ...], vocabulary: str) -> Iterator[Limits]:
    """Kiro: the whole tool, and a rule that denies all but what matches the patterns."""
    for name in spellings(vocabulary):
        grants = capabilities(name, vocabulary)
        patterns = _patterns(old, grants) if name not in names else {}
        allowed = tuple(pattern for pattern, action in patterns.items() if action == _ACTIONS[Effect.ALLOW])
        if allowed and len(allowed) == len(patterns):
            rule: FieldValue = {"capability": name, "match": ("*",), "exclude": allowed, "effect": "deny"}
            yield {"tools": (*names, name), "permissions": (rule,)}


def _sets(old: Access, vocabulary: str) -> Iterator[Limits]:
    """Docker Agent's sets of tools. A set of an MCP server needs an address, which nobody knows here."""
    names = [name for name in _allowed(old, vocabulary, lambda _: None) if "mcp" not in capabilities(name, vocabulary)]
    if names:
        yield {"toolsets": tuple({"type": name} for name in names)}


def _allowed(old: Access, vocabulary: str, spell: _Spell) -> Iterator[str]:
    """The names that grant nothing that is not allowed, the usual ones first; each adds something to those before."""
    so_far: frozenset[str] = frozenset()
    for name in (*spellings(vocabulary), *_narrow_names(old, vocabulary, spell)):
        grants = tool_entries((name,), vocabulary)[0].grants
        is_new = not all(includes(so_far, each) for each in grants)
        if is_new and not is_wider(Access(grants), old):
            so_far |= grants
            yield name


def _narrow_names(old: Access, vocabulary: str, spell: _Spell) -> Iterator[str]:
    """MCP tools, and tools with a pattern where the vocabulary has such."""
    for capability in sorted(old.allowed):
        written = spell(capability)
        base, _, pattern = capability.removesuffix(")").partition("(")
        if written is not None:
            yield written
        elif pattern and vocabulary in _TAKE_PATTERNS and capability not in _WITHOUT_WORDS:
            yield from (f"{name}({_as_claude(pattern)})" for name in _names_of(base, vocabulary)[:1])


def _as_claude(pattern: str) -> str:
    """Claude Code writes `git:*` for `git *`."""
    return f"{pattern.removesuffix(' *')}:*" if pattern.endswith(" *") else pattern


def _names_of(capability: str, vocabulary: str) -> list[str]:
    """The names that grant just this capability."""
    return [name for name in spellings(vocabulary) if capabilities(name, vocabulary) == {capability}]


def _denied(old: Access, vocabulary: str, spell: _Spell) -> Iterator[str]:
    """Every name that grants something that is not allowed: who denies `Edit` alone leaves `MultiEdit`."""
    mcp = (spell(each) for each in sorted(old.denied | old.asks))
    for name in dict.fromkeys((*spellings(vocabulary), *filter(None, mcp))):
        if is_wider(Access(capabilities(name, vocabulary)), old):
            yield name


# ---------------------------------------------------------------------------------------------- OpenCode's permission


_ACTIONS = {Effect.ALLOW: "allow", Effect.ASK: "ask", Effect.DENY: "deny"}


def _permission(old: Access, vocabulary: str, spell: _Spell) -> dict[str, FieldValue]:
    """A map of actions. The last rule that matches wins, so the rule for all stands first."""
    rest = _ACTIONS[effect(old.rules, "tool:?")]
    rules: dict[str, FieldValue] = {EVERYTHING: rest}
    for name in _usual(vocabulary):
        grants = capabilities(name, vocabulary)
        whole = _ACTIONS[min(_at_least(old, each) for each in grants)]
        patterns = _patterns(old, grants)
        if patterns:
            rules[name] = {EVERYTHING: whole, **patterns}
        elif whole != rest:
            rules[name] = whole
    for capability, own in sorted(old.rules.items(), key=lambda rule: (rule[0].count("/"), rule)):
        written = capability.removeprefix("tool:") if capability.startswith("tool:") else spell(capability)
        if written is not None and "(" not in capability:
            rules.setdefault(written, _ACTIONS[own])
    return rules


def _usual(vocabulary: str) -> Iterator[str]:
    """One name for each capability."""
    seen: set[str] = set()
    for name in spellings(vocabulary):
        grants = capabilities(name, vocabulary)
        if not grants <= seen:
            seen |= grants
            yield name


def _at_least(old: Access, capability: str) -> Effect:
    """What becomes of a whole capability where its parts without words cannot be told apart."""
    parts = (own for each, own in old.rules.items() if each in _WITHOUT_WORDS and capability in broader(each))
    return min((effect(old.rules, capability), *parts))


def _patterns(old: Access, grants: frozenset[str]) -> dict[str, FieldValue]:
    """The rules for parts of one capability, such as commands that begin with `git`; those that deny come last."""
    if len(grants) != 1:
        return {}
    start = f"{next(iter(grants))}("
    told = (each for each in old.rules if each.startswith(start) and each not in _WITHOUT_WORDS)
    rules = sorted((-old.rules[each], each) for each in told if ", not " not in each)
    return {each[len(start) : -1]: _ACTIONS[Effect(-own)] for own, each in rules}


def _in_order(rules: Mapping[str, FieldValue]) -> tuple[FieldValue, ...]:
    """The same as a list of rules, as OpenCode 2 has them."""
    entries: list[FieldValue] = []
    for action, effects in rules.items():
        patterns = effects if isinstance(effects, Mapping) else {EVERYTHING: effects}
        entries += [{"action": action, "resource": each, "effect": own} for each, own in patterns.items()]
    return tuple(entries)
