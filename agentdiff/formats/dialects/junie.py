"""Junie of JetBrains: agents and commands."""

from __future__ import annotations

from agentdiff.formats.base import Container, Format, Key, Kind, ListStyle, Naming, Type
from agentdiff.formats.dialects._shared import (
    COMMAND_KEYS,
    DESCRIPTION,
    EFFORTS,
    MODEL,
    OPTIONAL_NAME,
    SKILLS,
    TOOLS_LIST,
    choice,
    flag,
    has_any,
    number,
)
from agentdiff.models import TIERS

JUNIE_AGENT = Format(
    name="junie-agent",
    product="JetBrains Junie",
    homes=(".junie/agents/*.md", ".agents/*.md"),
    paths=("*/.junie/agents/*.md",),
    keys=(
        OPTIONAL_NAME,
        DESCRIPTION,
        TOOLS_LIST,
        Key("disallowedTools", "disallowed-tools", type=Type.NAMES, style=ListStyle.LIST),
        Key("mcpServers", "mcp-servers", type=Type.NAMES, style=ListStyle.LIST),
        MODEL,
        choice("reasoningLevel", EFFORTS, "effort"),
        number("maxTurns", "max-turns"),
        SKILLS,
        flag("allowPromptArgument", "allow-prompt-argument"),
    ),
    model_words=TIERS,
    vocabulary="claude",
    vocabulary_is_whole=False,
    claims=has_any("reasoningLevel", "allowPromptArgument"),
)

JUNIE_COMMAND = Format(
    name="junie-command",
    product="JetBrains Junie",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".junie/commands/*.md",),
    paths=("*/.junie/commands/*.md",),
    keys=COMMAND_KEYS,
    naming=Naming.FILE,
)

FORMATS = (JUNIE_AGENT, JUNIE_COMMAND)
