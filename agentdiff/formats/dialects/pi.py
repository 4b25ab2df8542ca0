"""pi with its extension pi-subagents: agents, chains of them, and prompts."""

from __future__ import annotations

from agentdiff.formats.base import Container, Format, Key, Keys, Kind, Naming, Type
from agentdiff.formats.dialects._shared import (
    COMMAND_KEYS,
    MODEL,
    OPPOSITE,
    OPTIONAL_DESCRIPTION,
    OPTIONAL_NAME,
    SKILLS,
    TOOLS_TEXT,
    choice,
    flag,
    names_in,
    number,
)

_OWN_KEYS = frozenset(
    "systemPromptMode inheritProjectContext inheritSkills subagentOnlyExtensions fallbackModels defaultContext"
    " defaultReads defaultProgress timeoutMs turnBudget acceptanceRole completionGuard maxSubagentDepth skillPath"
    " thinking".split()
)
_TOOLS = frozenset("read bash edit write grep find ls subagent".split())
_OWN_TOOLS = frozenset({"find", "ls", "subagent"})


def _claims_agent(keys: Keys) -> bool:
    if not _OWN_KEYS.isdisjoint(keys):
        return True
    tools = keys.get("tools")
    names = frozenset(names_in(tools)) if isinstance(tools, str) else frozenset()
    return names <= _TOOLS and not _OWN_TOOLS.isdisjoint(names)


PI_AGENT = Format(
    name="pi-agent",
    product="pi with pi-subagents",
    homes=(".pi/agents/**/*.md", "~/.pi/agent/agents/**/*.md"),
    paths=("*/.pi/agents/*.md", "*/.pi/agent/agents/*.md"),
    keys=(
        OPTIONAL_NAME,
        Key("package"),
        OPTIONAL_DESCRIPTION,
        Key("display_name", "display-name"),
        TOOLS_TEXT,
        Key("disallowed_tools", "disallowed-tools", type=Type.NAMES, is_written=False),
        Key("extensions", type=Type.NAMES),
        Key("exclude_extensions", "exclude-extensions", type=Type.NAMES, is_written=False),
        Key("subagentOnlyExtensions", "subagent-only-extensions", type=Type.NAMES),
        MODEL,
        Key("fallbackModels", "fallback-models", type=Type.ANY),
        Key("thinking", "effort"),
        choice("systemPromptMode", "replace append", "system-prompt-mode"),
        flag("inheritProjectContext", "inherit-project-context"),
        flag("inheritSkills", "inherit-skills"),
        choice("defaultContext", "fresh fork", "default-context"),
        SKILLS,
        Key("skillPath", "skill-path", type=Type.ANY),
        Key("output", type=Type.ANY),
        Key("defaultReads", "default-reads", type=Type.ANY),
        Key("defaultProgress", "default-progress", type=Type.ANY),
        flag("async", "background"),
        number("timeoutMs", "timeout-milliseconds"),
        Key("turnBudget", "turn-budget", type=Type.ANY),
        number("max_turns", "max-turns"),
        Key("enabled", "disabled", type=Type.FLAG, values=OPPOSITE),
        Key("acceptance", type=Type.ANY),
        Key("acceptanceRole", "acceptance-role"),
        Key("completionGuard", "completion-guard", type=Type.ANY),
        number("maxSubagentDepth", "max-nesting"),
        Key("memory.scope", "memory"),
        Key("memory.path", "memory-path"),
    ),
    vocabulary="pi",
    vocabulary_is_whole=False,
    note="Nothing behind `extensions:` means none; without the key it is all. Two extensions of that name read such"
    " files: display_name, disallowed_tools, exclude_extensions, max_turns and enabled are keys of @tintinweb's.",
    claims=_claims_agent,
)

PI_CHAIN = Format(
    name="pi-chain",
    product="pi with pi-subagents",
    containers=(Container.FRONT_MATTER, Container.JSON),
    homes=("chains/**/*.chain.md", "chains/**/*.chain.json"),
    paths=("*.chain.md", "*.chain.json"),
    keys=(OPTIONAL_NAME, OPTIONAL_DESCRIPTION),
    note="Each `## agent` section is a step; its text is the task.",
)

PI_PROMPT = Format(
    name="pi-prompt",
    product="pi",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".pi/prompts/*.md", "~/.pi/agent/prompts/*.md"),
    paths=("*/.pi/prompts/*.md", "*/.pi/agent/prompts/*.md"),
    keys=COMMAND_KEYS,
    naming=Naming.FILE,
)

FORMATS = (PI_AGENT, PI_CHAIN, PI_PROMPT)
