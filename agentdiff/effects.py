"""Which effect rules have on what an agent may use: those of one file put together, and two patterns compared.

A set of rules says for some capabilities whether they are allowed, asked for first, or denied; of the rules that cover
a capability the narrowest counts, and without any it is denied. So `everything but edit` is two rules, and
`edit(docs/*)` alone is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import TypeAlias

from agentdiff.capabilities import EVERYTHING, broader

EVERY = frozenset({"*", "**"})
"""Patterns that match whatever there is."""

_MOST_IN_ORDER = 1000
"""Each rule is compared with those before it. Where there are more, the narrower counts, wherever it stands."""


class Effect(IntEnum):
    """What a rule does, strictest first."""

    DENY = 0
    ASK = 1
    """The host asks its user each time."""
    ALLOW = 2


Rules: TypeAlias = dict[str, Effect]
"""By capability."""

Told: TypeAlias = "Iterator[tuple[str, Effect]]"
"""Rules in the order of the file: capability and what becomes of it."""


def effect(rules: Mapping[str, Effect], capability: str) -> Effect:
    """What becomes of a capability: the narrowest rule that covers it counts."""
    for each in (capability, *broader(capability)):
        found = rules.get(each)
        # Finding files includes listing them, but who may not find files may still list them.
        if found is not None and (
            found is Effect.ALLOW or each != "find-files" or whole_of(capability) == "find-files"
        ):
            return found
    return Effect.DENY


def whole_of(capability: str) -> str:
    """A capability without its pattern."""
    return capability.partition("(")[0]


def pattern_of(capability: str) -> str:
    """The pattern of a narrower grant, empty for a whole one."""
    return capability.partition("(")[2].removesuffix(")")


def narrow(capability: str, pattern: str) -> str:
    """A capability for what a pattern matches."""
    pattern = pattern.strip()
    if not pattern or pattern in EVERY:
        return capability
    if whole_of(capability) == "shell" and pattern.endswith(":*"):
        pattern = f"{pattern[:-2]} *"  # Claude Code's way to write the same
    return f"{capability}({pattern})" if capability != EVERYTHING else f"tool:*({pattern})"


def normal(rules: Rules) -> Rules:
    """The rules without those that change nothing."""
    kept: Rules = {}
    for capability, own in rules.items():
        others = {each: rules[each] for each in broader(capability) if each in rules}
        if own != effect(others, capability):
            kept[capability] = own
    return kept


def having(rules: Rules, wanted: Effect) -> frozenset[str]:
    """The capabilities for which the rules say that."""
    return frozenset(capability for capability, own in rules.items() if own is wanted)


def both(some: Rules, others: Rules) -> Rules:
    """What both sets of rules allow."""
    return {each: min(effect(some, each), effect(others, each)) for each in (*some, *others)}


def without(rules: Rules, denied: Iterable[str]) -> Rules:
    """The same rules, with some capabilities denied."""
    return both(rules, {EVERYTHING: Effect.ALLOW, **dict.fromkeys(denied, Effect.DENY)})


def _then(rules: Rules, capability: str, own: Effect) -> Rules:
    """The rules with one more, which wins over all before it where both fit."""
    kept: Rules = {}
    for each, before in rules.items():
        if each == capability or capability in broader(each):
            continue
        if before is not own and pattern_of(capability) and pattern_of(each) and whole_of(each) == whole_of(capability):
            if _matches_all_of(pattern_of(capability), pattern_of(each)):
                continue
            if _may_overlap(pattern_of(each), pattern_of(capability)):
                each = f"{whole_of(each)}({pattern_of(each)}, not {pattern_of(capability)})"
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


def in_order(rules: Rules, told: Told) -> Rules:
    """Of all rules that fit the last one counts."""
    rest = list(told)
    if len(rest) > _MOST_IN_ORDER:
        return {**rules, **dict(rest)}
    for capability, own in rest:
        rules = _then(rules, capability, own)
    return rules
