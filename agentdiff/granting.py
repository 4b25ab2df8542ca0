"""What an agent may use, said in the fields of another dialect: as much as it can say, and never more.

Candidates are tried in the order in which they keep most; each is read back by the caller, who takes the first that
is not wider (`access.is_wider`). So nothing here has to be trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from agentdiff.access import CHANGING, Access, Effect, effect
from agentdiff.capabilities import EVERYTHING, capabilities, granted, includes, mcp_spelling, overlaps, spellings
from agentdiff.formats.base import Format, Grant, Type
from agentdiff.model import FieldValue

ACCESS_FIELDS = frozenset(
    {"tools", "disallowed-tools", "permission", "permissions", "readonly", "sandbox-mode", "web-search"}
)
"""The fields that say nothing but what an agent may use."""

Limits: TypeAlias = dict[str, FieldValue]
"""Canonical fields of the target and their values."""


def candidates(old: Access, target: Format) -> Iterator[Limits]:
    """Ways to say in the target what `old` allows, the one that keeps most first. The last may allow too much."""
    if old.allowed == {EVERYTHING} and not old.denied and not old.asks:
        yield from _everything(target)
        return
    if "permission" in target.by_field:
        yield {"permission": _permission(old, target.vocabulary)}
    if EVERYTHING in old.allowed and "disallowed-tools" in target.by_field:
        yield {"disallowed-tools": tuple(_denied(old, target.vocabulary))}
    if _lists_tools(target):
        names = tuple(_allowed(old, target.vocabulary))
        if names or target.empty_tools is not Grant.INVALID:
            yield {"tools": names}
    yield from _switch(target)
    yield {}


def _everything(target: Format) -> Iterator[Limits]:
    if target.absent_tools is Grant.EVERYTHING or not _lists_tools(target):
        yield {}
    else:
        yield {"tools": tuple(_allowed(Access(frozenset({EVERYTHING})), target.vocabulary))}


def _lists_tools(target: Format) -> bool:
    key = target.by_field.get("tools")
    return key is not None and key.type is Type.NAMES and bool(target.vocabulary)


def _switch(target: Format) -> Iterator[Limits]:
    """All that dialects without lists of tools can say: the agent reads only."""
    if "readonly" in target.by_field:
        yield {"readonly": "true"}
    if "sandbox-mode" in target.by_field:
        yield {"sandbox-mode": "read-only"}


def reads_only(old: Access) -> bool:
    """Whether an agent may change no file, and run no command."""
    return all(effect(old.rules, each) is Effect.DENY for each in (*CHANGING, "shell"))


# ---------------------------------------------------------------------------------------------- lists of tools


def _allowed(old: Access, vocabulary: str) -> Iterator[str]:
    """The names that grant nothing that is not allowed, the usual ones first; each adds something to those before."""
    chosen: list[str] = []
    for name in (*spellings(vocabulary), *_narrow_names(old, vocabulary)):
        grants = capabilities(name, vocabulary)
        is_allowed = all(effect(old.rules, each) is Effect.ALLOW for each in grants)
        is_new = not all(includes(granted(chosen, vocabulary), each) for each in grants)
        if is_allowed and is_new and not overlaps(old.denied | old.asks, name, vocabulary):
            chosen.append(name)
            yield name


def _narrow_names(old: Access, vocabulary: str) -> Iterator[str]:
    """MCP tools, and tools with a pattern where the vocabulary has such."""
    for capability in sorted(old.allowed):
        written = mcp_spelling(capability, vocabulary)
        if written is not None:
            yield written
        elif vocabulary == "claude" and capability.startswith("shell(") and capability.endswith(")"):
            yield f"Bash({capability.removeprefix('shell(').removesuffix(')')})"


def _denied(old: Access, vocabulary: str) -> Iterator[str]:
    """The names that grant something that is not allowed."""
    return (
        name
        for name in dict.fromkeys(
            (*_usual(vocabulary), *filter(None, (mcp_spelling(d, vocabulary) for d in sorted(old.denied))))
        )
        if any(effect(old.rules, each) is not Effect.ALLOW for each in capabilities(name, vocabulary))
    )


def _usual(vocabulary: str) -> Iterator[str]:
    """One name for each capability."""
    seen: set[str] = set()
    for name in spellings(vocabulary):
        grants = capabilities(name, vocabulary)
        if not grants <= seen:
            seen |= grants
            yield name


# ---------------------------------------------------------------------------------------------- OpenCode's permission


_ACTIONS = {Effect.ALLOW: "allow", Effect.ASK: "ask", Effect.DENY: "deny"}


def _permission(old: Access, vocabulary: str) -> Mapping[str, FieldValue]:
    """A map of actions. The last rule that matches wins, so the rule for all stands first."""
    rest = _ACTIONS[effect(old.rules, "tool:?")]
    rules: dict[str, FieldValue] = {EVERYTHING: rest}
    for name in _usual(vocabulary):
        whole = min(effect(old.rules, each) for each in capabilities(name, vocabulary))
        patterns = _patterns(old, capabilities(name, vocabulary))
        if patterns:
            rules[name] = {EVERYTHING: _ACTIONS[whole], **patterns}
        elif _ACTIONS[whole] != rest:
            rules[name] = _ACTIONS[whole]
    for capability in sorted(old.allowed):
        written = mcp_spelling(capability, vocabulary)
        if written is not None and rest != "allow":
            rules[written] = "allow"
    return rules


def _patterns(old: Access, grants: frozenset[str]) -> dict[str, FieldValue]:
    """The rules for parts of one capability, such as commands that begin with `git`."""
    if len(grants) != 1:
        return {}
    start = f"{next(iter(grants))}("
    rules = sorted((each, own) for each, own in old.rules.items() if each.startswith(start) and ", not " not in each)
    return {each[len(start) : -1]: _ACTIONS[own] for each, own in rules}
