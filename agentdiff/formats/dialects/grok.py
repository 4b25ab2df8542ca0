"""Grok Build: agents and commands."""

from __future__ import annotations

from agentdiff.formats.base import Container, Format, Key, Kind, Naming, Type
from agentdiff.formats.dialects._shared import COMMAND_KEYS, DESCRIPTION, MODEL, NAME, TOOLS_TEXT, has_any
from agentdiff.models import TIERS

GROK_AGENT = Format(
    name="grok-agent",
    product="Grok Build",
    homes=(".grok/agents/*.md", "~/.grok/agents/*.md"),
    paths=("*/.grok/agents/*.md",),
    keys=(
        NAME,
        DESCRIPTION,
        TOOLS_TEXT,
        Key("prompt_mode", "prompt-mode"),
        MODEL,
        Key("permission_mode", "permission-mode"),
        Key("agents_md", "agents-md", type=Type.ANY),
    ),
    model_words=TIERS,
    vocabulary="claude",
    vocabulary_is_whole=False,
    claims=has_any("prompt_mode", "permission_mode", "agents_md"),
)

GROK_COMMAND = Format(
    name="grok-command",
    product="Grok Build",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".grok/commands/*.md",),
    paths=("*/.grok/commands/*.md",),
    keys=COMMAND_KEYS,
    naming=Naming.FILE,
)

FORMATS = (GROK_AGENT, GROK_COMMAND)
