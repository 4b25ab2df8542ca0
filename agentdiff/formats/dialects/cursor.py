"""Cursor: subagents without tool lists, rules whose block looks like YAML and is none, and commands."""

from __future__ import annotations

from agentdiff.formats.base import Activation, Container, Format, Key, Keys, Kind, Naming, Type
from agentdiff.formats.dialects._shared import (
    ALWAYS_APPLY,
    MODEL,
    OPTIONAL_DESCRIPTION,
    OPTIONAL_NAME,
    flag,
    has_any,
)

_KEYS_OF_OTHER_RULES = frozenset({"name", "regex", "trigger", "root", "targets"})


def _claims_rule(keys: Keys) -> bool:
    return ("alwaysApply" in keys or "globs" in keys) and _KEYS_OF_OTHER_RULES.isdisjoint(keys)


CURSOR_AGENT = Format(
    name="cursor-agent",
    product="Cursor",
    homes=(".cursor/agents/*.md", "~/.cursor/agents/*.md"),
    paths=("*/.cursor/agents/*.md",),
    keys=(
        OPTIONAL_NAME,
        OPTIONAL_DESCRIPTION,
        MODEL,
        flag("readonly"),
        flag("is_background", "background"),
    ),
    note="There is no list of tools: an agent may write, or it is readonly. Cursor reads .claude/agents too.",
    claims=has_any("readonly", "is_background"),
    model_words=frozenset({"inherit"}),
)

CURSOR_RULE = Format(
    name="cursor-rule",
    product="Cursor",
    kind=Kind.RULE,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".cursor/rules/**/*.mdc",),
    paths=("*.mdc",),
    keys=(
        OPTIONAL_DESCRIPTION,
        Key("globs", type=Type.NAMES, is_bare=True),
        ALWAYS_APPLY,
    ),
    naming=Naming.FILE,
    reads_blocks=False,
    note='A quoted "true" behind alwaysApply counts as false.',
    silent_activation=Activation.MANUAL,
    description_activates=True,
    claims=_claims_rule,
)

CURSOR_COMMAND = Format(
    name="cursor-command",
    product="Cursor",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".cursor/commands/*.md", "~/.cursor/commands/*.md"),
    paths=("*/.cursor/commands/*.md",),
    keys=(OPTIONAL_DESCRIPTION, Key("handoffs", type=Type.LIST)),
    naming=Naming.FILE,
)

FORMATS = (CURSOR_AGENT, CURSOR_RULE, CURSOR_COMMAND)
