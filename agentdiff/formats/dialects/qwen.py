"""Qwen Code: agents with the tool names of Gemini CLI and the keys of Claude Code; bad values are dropped silently."""

from __future__ import annotations

from agentdiff.formats.base import Body, Container, Format, Grant, Key, Keys, Kind, ListStyle, Naming, Type
from agentdiff.formats.dialects._shared import (
    COMMAND_KEYS,
    DESCRIPTION,
    HOOKS,
    MODEL,
    NAME,
    TOOLS_ONLY_LIST,
    choice,
    has_any,
    names_in,
    number,
)
from agentdiff.formats.dialects.claude import COLORS, MAX_TURNS, PERMISSION_MODE
from agentdiff.formats.dialects.gemini import OWN_TOOLS

_APPROVAL_MODES = {
    "default": "default",
    "plan": "plan",
    "auto-edit": "acceptEdits",
    "yolo": "bypassPermissions",
    "bubble": "bubble",
}
_OWN_KEYS = frozenset({"approvalMode", "modelConfig", "runConfig"})
_KEYS_OF_CLAUDE = frozenset({"permissionMode", "maxTurns", "mcpServers", "disallowedTools"})


def _claims_agent(keys: Keys) -> bool:
    has_tools = not OWN_TOOLS.isdisjoint(names_in(keys.get("tools")))
    return not _OWN_KEYS.isdisjoint(keys) or (has_tools and not _KEYS_OF_CLAUDE.isdisjoint(keys))


QWEN_AGENT = Format(
    name="qwen-agent",
    product="Qwen Code",
    homes=(".qwen/agents/*.md", "~/.qwen/agents/*.md", "agents/*.md of an extension"),
    paths=("*/.qwen/agents/*.md",),
    keys=(
        NAME,
        DESCRIPTION,
        MODEL,
        Key("approvalMode", "permission-mode", values=_APPROVAL_MODES),
        PERMISSION_MODE,
        TOOLS_ONLY_LIST,
        Key("disallowedTools", "disallowed-tools", type=Type.NAMES, style=ListStyle.LIST, accepts_text=False),
        MAX_TURNS,
        choice("color", f"{COLORS} auto"),
        Key("mcpServers", "mcp-servers", type=Type.MAP),
        HOOKS,
        Key("modelConfig.model", "model"),
        number("modelConfig.temperature", "temperature"),
        number("runConfig.max_turns", "max-turns"),
    ),
    model_words=frozenset({"inherit", "fast"}),
    vocabulary="qwen",
    claims=_claims_agent,
)

QWEN_FORK_PROFILE = Format(
    name="qwen-fork-profile",
    product="Qwen Code",
    homes=(".qwen/fork-profiles/<name>.md",),
    paths=("*/.qwen/fork-profiles/*.md",),
    keys=(
        Key("name"),
        Key("tools", type=Type.NAMES, is_required=True, style=ListStyle.LIST, accepts_text=False),
        Key("promptHint", "prompt-hint", limit=200),
    ),
    body=Body.FORBIDDEN,
    vocabulary="qwen",
    absent_tools=Grant.INVALID,
    note="The name is that of the file; `*` is refused as a tool, and `[]` denies all. A file has 64 KiB at most.",
    claims=has_any("promptHint"),
)

QWEN_COMMAND = Format(
    name="qwen-command",
    product="Qwen Code",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN, Container.TOML),
    homes=(".qwen/commands/**/*.md", "~/.qwen/commands/**/*.md"),
    paths=("*/.qwen/commands/*.md", "*/.qwen/commands/*.toml"),
    keys=COMMAND_KEYS,
    prompt=("prompt",),
    naming=Naming.FILE,
    note="TOML is deprecated.",
)

FORMATS = (QWEN_AGENT, QWEN_FORK_PROFILE, QWEN_COMMAND)
