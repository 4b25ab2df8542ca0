"""rulesync: its own form of an agent, with a map for each product that it writes for."""

from __future__ import annotations

from collections.abc import Mapping

from agentdiff.formats._shared import OPTIONAL_DESCRIPTION, OPTIONAL_NAME, is_list
from agentdiff.formats.base import Format, Key, Keys, Type

_PRODUCTS = ("claudecode", "copilot", "cursor", "codexcli", "opencode", "geminicli", "kiro")


def _claims(keys: Keys) -> bool:
    has_targets = is_list(keys.get("targets")) and "globs" not in keys
    return has_targets and any(isinstance(keys.get(product), Mapping) for product in _PRODUCTS)


RULESYNC_AGENT = Format(
    name="rulesync-agent",
    product="rulesync",
    homes=(".rulesync/subagents/*.md",),
    paths=("*/.rulesync/subagents/*.md",),
    keys=(
        OPTIONAL_NAME,
        OPTIONAL_DESCRIPTION,
        Key("targets", type=Type.LIST),
        *(Key(product, type=Type.MAP) for product in _PRODUCTS),
    ),
    claims=_claims,
)

FORMATS = (RULESYNC_AGENT,)
