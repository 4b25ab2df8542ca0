"""rulesync: its own form of agents, rules and commands, with a map for each product that it writes for."""

from __future__ import annotations

from collections.abc import Mapping

from agentdiff.formats.base import Container, Format, Grant, Key, Keys, Kind, ListStyle, Naming, Type
from agentdiff.formats.dialects._shared import OPTIONAL_DESCRIPTION, OPTIONAL_NAME, flag, is_list

_PRODUCTS = {
    "claudecode": "claude-agent",
    "copilot": "copilot-agent",
    "cursor": "cursor-agent",
    "codexcli": "codex-agent",
    "opencode": "opencode-agent",
    "geminicli": "gemini-agent",
    "kiro": "kiro-agent",
}
_TARGETS = Key("targets", type=Type.LIST)
_MAPS = tuple(Key(product, type=Type.MAP) for product in _PRODUCTS)


def _claims(keys: Keys) -> bool:
    has_targets = is_list(keys.get("targets")) and "globs" not in keys
    return has_targets and any(isinstance(keys.get(product), Mapping) for product in _PRODUCTS)


RULESYNC_AGENT = Format(
    name="rulesync-agent",
    product="rulesync",
    homes=(".rulesync/subagents/*.md",),
    paths=("*/.rulesync/subagents/*.md",),
    keys=(OPTIONAL_NAME, OPTIONAL_DESCRIPTION, _TARGETS, *_MAPS),
    absent_tools=Grant.ELSEWHERE,
    sections=_PRODUCTS,
    note="What the maps of several products say of tools counts together: the agent may use what all of them allow.",
    claims=_claims,
)

RULESYNC_RULE = Format(
    name="rulesync-rule",
    product="rulesync",
    kind=Kind.RULE,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".rulesync/rules/*.md",),
    paths=("*/.rulesync/rules/*.md",),
    keys=(
        flag("root"),
        flag("localRoot", "local-root"),
        _TARGETS,
        OPTIONAL_DESCRIPTION,
        Key("globs", type=Type.NAMES, style=ListStyle.LIST),
        *_MAPS,
    ),
    naming=Naming.FILE,
    claims=lambda keys: "root" in keys and is_list(keys.get("targets")),
)

RULESYNC_COMMAND = Format(
    name="rulesync-command",
    product="rulesync",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".rulesync/commands/*.md",),
    paths=("*/.rulesync/commands/*.md",),
    keys=(_TARGETS, OPTIONAL_DESCRIPTION, *_MAPS),
    naming=Naming.FILE,
)

FORMATS = (RULESYNC_AGENT, RULESYNC_RULE, RULESYNC_COMMAND)
