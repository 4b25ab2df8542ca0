"""Antigravity of Google, and Devin Desktop, which was Windsurf: agents, rules with a trigger, workflows."""

from __future__ import annotations

from dataclasses import replace

from agentdiff.formats.base import Container, Format, Grant, Key, Keys, Kind, ListStyle, Naming, Type
from agentdiff.formats.dialects._shared import (
    DESCRIPTION,
    GLOBS_TEXT,
    MODEL,
    NAME,
    OPPOSITE,
    OPTIONAL_DESCRIPTION,
    SKILLS,
    TOOLS_ONLY_LIST,
    choice,
    flag,
    is_word_of,
    names_in,
    number,
)

_TRIGGERS = {"always_on": "always", "glob": "glob", "manual": "manual", "model_decision": "model"}
_OWN_KEYS = frozenset({"mainAgent", "commandExecutionPolicy", "inheritMcp"})
_OWN_TOOLS = frozenset({"view_file", "replace_file_content", "run_command", "invoke_subagent"})


def _claims_agent(keys: Keys) -> bool:
    return not _OWN_KEYS.isdisjoint(keys) or not _OWN_TOOLS.isdisjoint(names_in(keys.get("tools")))


def _claims_rule(keys: Keys) -> bool:
    return is_word_of(frozenset(_TRIGGERS), keys.get("trigger")) and "turbo" not in keys


ANTIGRAVITY_AGENT = Format(
    name="antigravity-agent",
    product="Google Antigravity",
    homes=(".agents/agents/<name>.md", ".agents/agents/<name>/agent.md", "~/.gemini/config/agents/*.md"),
    paths=("*/.agents/agents/*.md", "*/.gemini/config/agents/*.md"),
    keys=(
        NAME,
        DESCRIPTION,
        TOOLS_ONLY_LIST,
        flag("mainAgent", "user-invocable"),
        Key("subagent", "disable-model-invocation", type=Type.FLAG, values=OPPOSITE),
        choice("model", "inherit flash pro"),
        choice("commandExecutionPolicy", "off auto eager sandbox", "command-execution-policy"),
        Key("mcpServers", "mcp-servers", type=Type.NAMES, style=ListStyle.LIST, accepts_text=False),
        SKILLS,
        Key("plugins", type=Type.LIST),
        flag("hidden"),
        flag("inheritMcp", "inherit-mcp"),
    ),
    model_words=frozenset({"inherit", "flash", "pro"}),
    vocabulary="antigravity",
    vocabulary_is_whole=False,
    absent_tools=Grant.NOTHING,
    claims=_claims_agent,
)

DEVIN_AGENT = Format(
    name="devin-agent",
    product="Devin Desktop (once Windsurf)",
    homes=(".devin/agents/<name>/AGENT.md", "~/.config/devin/agents/<name>/AGENT.md"),
    paths=("*/.devin/agents/*/AGENT.md", "*/.config/devin/agents/*/AGENT.md"),
    keys=(
        NAME,
        OPTIONAL_DESCRIPTION,
        MODEL,
        Key("allowed-tools", "tools", type=Type.NAMES, style=ListStyle.LIST, accepts_text=False),
        Key("permissions", type=Type.MAP),
        number("max-nesting"),
    ),
    naming=Naming.DIRECTORY,
    vocabulary="claude",
    vocabulary_is_whole=False,
    claims=lambda keys: "max-nesting" in keys,
)

WINDSURF_RULE = Format(
    name="windsurf-rule",
    product="Devin Desktop (once Windsurf)",
    kind=Kind.RULE,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".windsurf/rules/*.md", ".devin/rules/*.md", ".windsurfrules"),
    paths=("*/.windsurf/rules/*.md", "*/.devin/rules/*.md", "*/.windsurfrules"),
    keys=(Key("trigger", "activation", values=_TRIGGERS), GLOBS_TEXT, OPTIONAL_DESCRIPTION),
    naming=Naming.FILE,
    body_limit=12_000,
    claims=_claims_rule,
)

ANTIGRAVITY_RULE = replace(
    WINDSURF_RULE,
    name="antigravity-rule",
    product="Google Antigravity",
    homes=(".agents/rules/*.md",),
    paths=("*/.agents/rules/*.md",),
    body_limit=0,
    claims=lambda keys: False,
)

ANTIGRAVITY_WORKFLOW = Format(
    name="antigravity-workflow",
    product="Google Antigravity",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".agents/workflows/*.md",),
    paths=("*/.agents/workflows/*.md",),
    keys=(OPTIONAL_DESCRIPTION, Key("trigger"), Key("turbo", type=Type.ANY)),
    naming=Naming.FILE,
    claims=lambda keys: "turbo" in keys,
)

WINDSURF_WORKFLOW = replace(
    ANTIGRAVITY_WORKFLOW,
    name="windsurf-workflow",
    product="Devin Desktop (once Windsurf)",
    homes=(".windsurf/workflows/*.md",),
    paths=("*/.windsurf/workflows/*.md",),
    keys=(OPTIONAL_DESCRIPTION,),
    claims=lambda keys: False,
)

FORMATS = (
    ANTIGRAVITY_AGENT,
    DEVIN_AGENT,
    WINDSURF_RULE,
    ANTIGRAVITY_RULE,
    ANTIGRAVITY_WORKFLOW,
    WINDSURF_WORKFLOW,
)
