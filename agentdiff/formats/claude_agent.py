"""Claude Code subagents: `.claude/agents/`. Unknown keys are ignored, `tools` is a comma list or a YAML list."""

from __future__ import annotations

from agentdiff.formats.base import Format, Keys, ListStyle

_TIERS = frozenset({"sonnet", "opus", "haiku", "fable"})
_OWN_KEYS = frozenset(
    {"permissionMode", "maxTurns", "omitClaudeMd", "disallowedTools", "initialPrompt", "isolation", "allowed-tools"}
)


def _claims(keys: Keys) -> bool:
    has_commas = isinstance(keys.get("tools"), str) and "name" in keys
    return not _OWN_KEYS.isdisjoint(keys) or keys.get("model") in _TIERS or has_commas


CLAUDE_AGENT = Format(
    name="claude-agent",
    product="Claude Code",
    paths=("*/.claude/agents/*.md",),
    keys={
        "name": "name",
        "description": "description",
        "tools": "tools",
        "disallowedTools": "disallowed-tools",
        "model": "model",
        "permissionMode": "permission-mode",
        "maxTurns": "max-turns",
        "skills": "skills",
        "mcpServers": "mcp-servers",
        "hooks": "hooks",
        "memory": "memory",
        "background": "background",
        "omitClaudeMd": "omit-claude-md",
        "effort": "effort",
        "isolation": "isolation",
        "color": "color",
        "initialPrompt": "initial-prompt",
        "experimental": "experimental",
    },
    required=("name", "description"),
    lists=frozenset({"tools", "disallowed-tools", "skills"}),
    typed=frozenset({"max-turns", "mcp-servers", "hooks", "background", "omit-claude-md", "experimental"}),
    list_style=ListStyle.COMMAS,
    claims=_claims,
)
