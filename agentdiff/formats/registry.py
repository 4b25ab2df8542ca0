"""All dialects, in the order in which they are asked whether a file is theirs."""

from __future__ import annotations

from agentdiff.formats import (
    antigravity,
    augment,
    claude,
    cline,
    code,
    codex,
    continue_rules,
    copilot,
    cursor,
    factory,
    frameworks,
    gemini,
    goose,
    grok,
    junie,
    kimi,
    kiro,
    opencode,
    openhands,
    pi,
    plain_markdown,
    qwen,
    roo,
    rovodev,
    rulesync,
    skills,
    vibe,
)
from agentdiff.formats.base import Format, Kind

_FAMILIES = (
    rulesync,  # its agents hold the keys of other products
    skills,
    code,
    codex,
    vibe,
    roo,
    opencode,
    qwen,
    gemini,
    antigravity,
    cline,
    kiro,
    factory,
    junie,
    augment,
    pi,
    kimi,
    grok,
    rovodev,
    goose,
    frameworks,
    cursor,
    continue_rules,
    openhands,
    copilot,
    claude,
    plain_markdown,
)
"""Strongest evidence first: those whose keys are theirs alone before those who share keys with many."""

_FIRST = ("agent-skill", "gh-aw", "amazonq-agent", "cline-workflow")
"""Formats that are asked before all others: their paths or keys are special cases of what others have too."""

_KINDS = tuple(Kind)


def _rank(format: Format) -> tuple[int, int]:
    """Agents before rules before commands, the first ones aside."""
    return (_FIRST.index(format.name) if format.name in _FIRST else len(_FIRST), _KINDS.index(format.kind))


FORMATS: dict[str, Format] = {
    format.name: format for format in sorted((format for family in _FAMILIES for format in family.FORMATS), key=_rank)
}
"""All dialects by name. Of several that live at the same place, the usual one comes first: it is the one to take where
none of them claims the keys."""
