"""Continue: rules and prompts."""

from __future__ import annotations

from agentdiff.formats._shared import ALWAYS_APPLY, OPTIONAL_DESCRIPTION, OPTIONAL_NAME, flag, has_any
from agentdiff.formats.base import Container, Format, Key, Keys, Kind, ListStyle, Type


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

FORMATS = (CONTINUE_RULE, CONTINUE_PROMPT)
