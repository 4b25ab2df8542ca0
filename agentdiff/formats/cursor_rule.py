"""Cursor rules: `.cursor/rules/*.mdc`. The block looks like YAML and is none: globs stand bare (`**/*.ts, **/*.js`)."""

from __future__ import annotations

from agentdiff.formats.base import Format, Keys, ListStyle


def _claims(keys: Keys) -> bool:
    return "alwaysApply" in keys or ("globs" in keys and "name" not in keys and "trigger" not in keys)


CURSOR_RULE = Format(
    name="cursor-rule",
    product="Cursor",
    paths=("*.mdc",),
    keys={"description": "description", "globs": "globs", "alwaysApply": "always-apply"},
    has_name_field=False,
    lists=frozenset({"globs"}),
    typed=frozenset({"always-apply"}),  # a quoted "true" counts as false
    unquoted=frozenset({"globs"}),
    list_style=ListStyle.COMMAS,
    reads_blocks=False,
    claims=_claims,
)
