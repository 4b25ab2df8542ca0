"""Agent Skills, the standard that many products read, and agents that live in files of that shape."""

from __future__ import annotations

from dataclasses import replace

from agentdiff.formats.base import Container, Format, Key, Keys, Kind, ListStyle, Naming, Type
from agentdiff.formats.dialects._shared import (
    COLOR,
    COMMAND_KEYS,
    KEBAB,
    MODEL,
    NAME,
    OPTIONAL_DESCRIPTION,
    choice,
    flag,
)
from agentdiff.formats.dialects.claude import SKILL_EXTRAS
from agentdiff.models import TIERS

_OWN_KEYS = frozenset({"allowed-tools", "license", "compatibility"})
_KEYS_OF_AGENTS = frozenset({"tools", "runAs", "max-nesting"})

_STANDARD = (
    Key("name", is_required=True, pattern=KEBAB, limit=64),
    Key("description", is_required=True, limit=1024),
    Key("license"),
    Key("compatibility", limit=500),
    Key("metadata", type=Type.MAP),
    Key("allowed-tools", "tools", type=Type.NAMES, style=ListStyle.BLANKS),
)
_OF_OTHER_PRODUCTS = (
    Key("modeSlugs", "mode-slugs", type=Type.LIST),  # Roo Code
    Key("allowedTools", "tools", type=Type.NAMES, style=ListStyle.LIST),  # Qwen Code
    flag("disableModelInvocation", "disable-model-invocation"),  # Kimi
    Key("triggers", type=Type.LIST),  # Devin
)


def _claims_skill(keys: Keys) -> bool:
    is_whole = "name" in keys and "description" in keys
    return is_whole and _KEYS_OF_AGENTS.isdisjoint(keys) and not _OWN_KEYS.isdisjoint(keys)


AGENT_SKILL = Format(
    name="agent-skill",
    product="Agent Skills (agentskills.io)",
    kind=Kind.COMMAND,
    homes=(".agents/skills/<name>/SKILL.md", ".claude/skills/<name>/SKILL.md", "skills/<name>/SKILL.md"),
    paths=("*/SKILL.md", "*/.reasonix/skills/*/SKILL.md"),
    keys=(*_STANDARD, *SKILL_EXTRAS, *_OF_OTHER_PRODUCTS),
    naming=Naming.DIRECTORY,
    model_words=TIERS | {"inherit"},
    vocabulary="claude",
    vocabulary_is_whole=False,
    needs_exact_fence=True,
    note="The name has to be that of the directory. The standard has the keys up to allowed-tools; products add the"
    " rest, most of it Claude Code.",
    claims=_claims_skill,
)

REASONIX_AGENT = replace(
    AGENT_SKILL,
    name="reasonix-agent",
    product="DeepSeek-Reasonix",
    kind=Kind.AGENT,
    homes=(".reasonix/skills/<name>/SKILL.md",),
    paths=("*/.reasonix/skills/*/SKILL.md",),
    keys=(
        *_STANDARD,
        MODEL,
        choice("invocation", "manual"),
        choice("runAs", "subagent", "run-as"),
        Key("effort"),
        COLOR,
    ),
    needs_exact_fence=False,
    model_words=frozenset(),
    note="`runAs: subagent` makes an agent of the skill.",
    claims=lambda keys: keys.get("runAs") == "subagent",
)

DEEPAGENTS_AGENT = Format(
    name="deepagents-agent",
    product="LangChain deepagents",
    homes=(".deepagents/agents/<name>/AGENTS.md",),
    paths=("*/.deepagents/agents/*/AGENTS.md",),
    keys=(NAME, OPTIONAL_DESCRIPTION, MODEL),
    naming=Naming.DIRECTORY,
)

REASONIX_COMMAND = Format(
    name="reasonix-command",
    product="DeepSeek-Reasonix",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".reasonix/commands/*.md",),
    paths=("*/.reasonix/commands/*.md",),
    keys=COMMAND_KEYS,
    naming=Naming.FILE,
)

FORMATS = (AGENT_SKILL, REASONIX_AGENT, DEEPAGENTS_AGENT, REASONIX_COMMAND)
