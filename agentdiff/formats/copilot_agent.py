"""GitHub Copilot and VS Code custom agents, and the chat modes they were before: the same keys, another file name."""

from __future__ import annotations

from agentdiff.formats.base import Format, Keys, ListStyle

_OWN_KEYS = frozenset(
    {"handoffs", "user-invocable", "user-invokable", "target", "mcp-servers", "infer", "disable-model-invocation"}
)


def _claims(keys: Keys) -> bool:
    # Copilot takes Claude's names (`Read`) as aliases, so only the others tell; they begin with a small letter.
    tools = keys.get("tools")
    names = [tool for tool in tools if isinstance(tool, str) and tool[:1].islower()] if isinstance(tools, tuple) else []
    # Claude Code does not load an agent without a name; Copilot takes the name of the file.
    is_nameless = "name" not in keys and "description" in keys
    return not _OWN_KEYS.isdisjoint(keys) or is_nameless or any(map(_is_own_tool, names))


def _is_own_tool(name: str) -> bool:
    from agentdiff.capabilities import is_documented  # takes time to load; few files get here

    return is_documented(name, "copilot-agent")


COPILOT_AGENT = Format(
    name="copilot-agent",
    product="GitHub Copilot",
    paths=(
        "*.agent.md",
        "*.chatmode.md",
        "*/.github/agents/*.md",
        "*/.github/chatmodes/*.md",
        "*/.copilot/agents/*.md",
    ),
    keys={
        "name": "name",
        "description": "description",
        "tools": "tools",
        "model": "model",
        "target": "target",
        "agents": "agents",
        "argument-hint": "argument-hint",
        "handoffs": "handoffs",
        "hooks": "hooks",
        "user-invocable": "user-invocable",
        "user-invokable": "user-invocable",
        "disable-model-invocation": "disable-model-invocation",
        "infer": "infer",
        "mcp-servers": "mcp-servers",
        "metadata": "metadata",
        "mode": "mode",
    },
    required=("description",),
    lists=frozenset({"tools", "agents"}),
    typed=frozenset({"handoffs", "hooks", "user-invocable", "disable-model-invocation", "infer", "mcp-servers"}),
    list_style=ListStyle.BRACKETS,
    claims=_claims,
)
