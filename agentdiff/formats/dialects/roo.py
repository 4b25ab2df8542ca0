"""Roo Code, its successor Zoo Code, and the old extension of Kilo Code: many modes in one file of YAML or JSON."""

from __future__ import annotations

from dataclasses import replace

from agentdiff.formats.base import (
    Body,
    Container,
    Format,
    Grant,
    Holds,
    Key,
    Keys,
    Kind,
    ListStyle,
    Naming,
    Root,
    Type,
)
from agentdiff.formats.dialects._shared import COMMAND_KEYS, choice


def _claims_modes(keys: Keys) -> bool:
    return "customModes" in keys or ("slug" in keys and "roleDefinition" in keys)


ROO_MODES = Format(
    name="roo-modes",
    product="Roo Code",
    containers=(Container.YAML, Container.JSON),
    homes=(".roomodes", "custom_modes.yaml", "custom_modes.json"),
    paths=("*/.roomodes", "*/custom_modes.yaml", "*/custom_modes.json"),
    keys=(
        Key("slug", "name", is_required=True, pattern="[a-zA-Z0-9-]+"),
        Key("name", "display-name", is_required=True),
        Key("whenToUse", "description"),
        Key("description", "summary"),
        Key("groups", "tools", type=Type.NAMES, style=ListStyle.LIST, accepts_text=False),
        Key("allowedMcpServers", "mcp-servers", type=Type.NAMES, style=ListStyle.LIST, accepts_text=False),
        choice("source", "project global"),
        Key("rulesFiles", "rules-files", type=Type.LIST),
    ),
    roots=(Root(("customModes",), Holds.LIST), Root()),
    prompt=("roleDefinition", "customInstructions"),
    body=Body.NEEDED,
    vocabulary="roo",
    absent_tools=Grant.NOTHING,
    note="Zoo Code, its successor, reads it as well. A mode named code, architect, ask, debug or orchestrator takes"
    " the place of the one that is built in.",
    claims=_claims_modes,
)

KILO_MODES = replace(
    ROO_MODES,
    name="kilo-modes",
    product="Kilo Code",
    homes=(".kilocodemodes",),
    paths=("*/.kilocodemodes",),
    note="Older than its agents, which are those of OpenCode.",
    claims=lambda keys: False,
)

ROO_RULES = Format(
    name="roo-rules",
    product="Roo Code",
    kind=Kind.RULE,
    containers=(Container.MARKDOWN,),
    homes=(".roo/rules/*", ".roo/rules-<slug>/*", ".roorules", ".roorules-<slug>"),
    paths=("*/.roo/rules/*", "*/.roo/rules-*/*", "*/.roorules", "*/.roorules-*"),
    naming=Naming.FILE,
    note="Rules of a mode take the place of the general ones while that mode is active.",
)

ROO_COMMAND = Format(
    name="roo-command",
    product="Roo Code",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".roo/commands/*.md",),
    paths=("*/.roo/commands/*.md",),
    keys=COMMAND_KEYS,
    naming=Naming.FILE,
)

FORMATS = (ROO_MODES, KILO_MODES, ROO_RULES, ROO_COMMAND)
