"""Augment: agents, rules and commands."""

from __future__ import annotations

from agentdiff.formats.base import Container, Format, Key, Keys, Kind, ListStyle, Naming, Type
from agentdiff.formats.dialects._shared import (
    COLOR,
    COMMAND_KEYS,
    MODEL,
    NAME,
    OPTIONAL_DESCRIPTION,
    TOOLS_ONLY_LIST,
    is_word_of,
    names_in,
)

_OWN_TOOLS = frozenset({"str-replace-editor", "save-file", "launch-process"})
_ACTIVATIONS = {"always_apply": "always", "manual": "manual", "agent_requested": "model"}


def _claims_agent(keys: Keys) -> bool:
    return "disabled_tools" in keys or not _OWN_TOOLS.isdisjoint(names_in(keys.get("tools")))


AUGMENT_AGENT = Format(
    name="augment-agent",
    product="Augment",
    homes=(".augment/agents/*.md", "~/.augment/agents/*.md", ".agents/*.md"),
    paths=("*/.augment/agents/*.md",),
    keys=(
        NAME,
        OPTIONAL_DESCRIPTION,
        COLOR,
        MODEL,
        TOOLS_ONLY_LIST,
        Key("disabled_tools", "disallowed-tools", type=Type.NAMES, style=ListStyle.LIST, accepts_text=False),
    ),
    vocabulary="augment",
    vocabulary_is_whole=False,
    claims=_claims_agent,
)

AUGMENT_RULE = Format(
    name="augment-rule",
    product="Augment",
    kind=Kind.RULE,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".augment/rules/*.md", ".augment-guidelines"),
    paths=("*/.augment/rules/*.md", "*/.augment-guidelines"),
    keys=(Key("type", "activation", values=_ACTIVATIONS), OPTIONAL_DESCRIPTION),
    naming=Naming.FILE,
    claims=lambda keys: is_word_of(frozenset(_ACTIVATIONS), keys.get("type")),
)

AUGMENT_COMMAND = Format(
    name="augment-command",
    product="Augment",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".augment/commands/*.md",),
    paths=("*/.augment/commands/*.md",),
    keys=COMMAND_KEYS,
    naming=Naming.FILE,
)

FORMATS = (AUGMENT_AGENT, AUGMENT_RULE, AUGMENT_COMMAND)
