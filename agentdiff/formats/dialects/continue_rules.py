"""Continue: agents that check changes, rules and prompts."""

from __future__ import annotations

from agentdiff.formats.base import Container, Format, Grant, Key, Keys, Kind, ListStyle, Naming, Type
from agentdiff.formats.dialects._shared import (
    ALWAYS_APPLY,
    MODEL,
    OPTIONAL_DESCRIPTION,
    OPTIONAL_NAME,
    TOOLS_TEXT,
    flag,
    has_any,
)


def _claims_rule(keys: Keys) -> bool:
    return ("alwaysApply" in keys or "globs" in keys) and ("name" in keys or "regex" in keys) and "tools" not in keys


CONTINUE_RULE = Format(
    name="continue-rule",
    product="Continue",
    kind=Kind.RULE,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".continue/rules/*.md",),
    paths=("*/.continue/rules/*.md",),
    keys=(
        OPTIONAL_NAME,
        Key("globs", type=Type.NAMES, style=ListStyle.LIST),
        Key("regex", type=Type.NAMES, style=ListStyle.LIST),
        OPTIONAL_DESCRIPTION,
        ALWAYS_APPLY,
    ),
    note="alwaysApply has three values: true, false and absent.",
    claims=_claims_rule,
)

CONTINUE_PROMPT = Format(
    name="continue-prompt",
    product="Continue",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".continue/prompts/*.md",),
    paths=("*/.continue/prompts/*.md",),
    keys=(OPTIONAL_NAME, OPTIONAL_DESCRIPTION, flag("invokable")),
    claims=has_any("invokable"),
)

CONTINUE_AGENT = Format(
    name="continue-agent",
    product="Continue",
    homes=(".continue/agents/*.md", ".continue/checks/*.md"),
    paths=("*/.continue/agents/*.md", "*/.continue/checks/*.md"),
    keys=(
        Key("name", "display-name", is_required=True),
        OPTIONAL_DESCRIPTION,
        MODEL,
        TOOLS_TEXT,
        Key("rules", type=Type.NAMES),
    ),
    naming=Naming.FILE,
    vocabulary="claude",
    vocabulary_is_whole=False,
    absent_tools=Grant.ELSEWHERE,
    note="Checks run on every pull request.",
)

FORMATS = (CONTINUE_AGENT, CONTINUE_RULE, CONTINUE_PROMPT)
