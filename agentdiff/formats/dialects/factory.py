"""Factory: droids and commands."""

from __future__ import annotations

from agentdiff.formats.base import Container, Format, Key, Keys, Kind, Naming, Type
from agentdiff.formats.dialects._shared import (
    COMMAND_KEYS,
    EFFORTS,
    MODEL,
    NAME,
    OPTIONAL_DESCRIPTION,
    TOOLS_LIST,
    choice,
    names_in,
)

_OWN_TOOLS = frozenset({"Execute", "FetchUrl", "ApplyPatch", "read-only"})


def _claims_droid(keys: Keys) -> bool:
    return "reasoningEffort" in keys or not _OWN_TOOLS.isdisjoint(names_in(keys.get("tools")))


FACTORY_DROID = Format(
    name="factory-droid",
    product="Factory Droid",
    homes=(".factory/droids/*.md", "~/.factory/droids/*.md"),
    paths=("*/.factory/droids/*.md",),
    keys=(
        NAME,
        OPTIONAL_DESCRIPTION,
        MODEL,
        choice("reasoningEffort", EFFORTS, "effort"),
        TOOLS_LIST,
        Key("mcpServers", "mcp-servers", type=Type.ANY),
    ),
    model_words=frozenset({"inherit"}),
    vocabulary="factory",
    vocabulary_is_whole=False,  # tools of MCP servers are listed by their bare names
    claims=_claims_droid,
)

FACTORY_COMMAND = Format(
    name="factory-command",
    product="Factory Droid",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".factory/commands/*.md",),
    paths=("*/.factory/commands/*.md",),
    keys=COMMAND_KEYS,
    naming=Naming.FILE,
)

FORMATS = (FACTORY_DROID, FACTORY_COMMAND)
