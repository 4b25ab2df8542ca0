"""Claude Code: subagents, rules, output styles and commands. Unknown keys are ignored without a word."""

from __future__ import annotations

from dataclasses import replace

from agentdiff.formats.base import (
    ANY_REPAIR,
    SPLIT,
    Body,
    Container,
    Format,
    Grant,
    Holds,
    Key,
    Keys,
    Kind,
    ListStyle,
    Naming,
    Root,
    Type,
    UnreadHeader,
)
from agentdiff.formats.diagnostics import Code
from agentdiff.formats.dialects._shared import (
    ARGUMENT_HINT,
    DESCRIPTION,
    HOOKS,
    MODEL,
    OPTIONAL_DESCRIPTION,
    OPTIONAL_NAME,
    RULE_WITH_PATHS,
    SKILLS,
    TOOLS_TEXT,
    choice,
    flag,
    is_word_of,
    maps_in,
    number,
)
from agentdiff.models import TIERS

NAME = Key("name", is_required=True, pattern="(?!-)[^:]+")
DISALLOWED_TOOLS = Key("disallowedTools", "disallowed-tools", type=Type.NAMES)
PERMISSION_MODE = Key(
    "permissionMode",
    "permission-mode",
    values={
        **dict.fromkeys(("default", "manual"), "default"),
        **{mode: mode for mode in ("acceptEdits", "auto", "dontAsk", "bypassPermissions", "plan")},
    },
)
MAX_TURNS = number("maxTurns", "max-turns")
MCP_SERVERS = Key("mcpServers", "mcp-servers", type=Type.ANY)

COLORS = "red blue green yellow purple orange pink cyan"
_EFFORT = choice("effort", "low medium high xhigh max")

_WORKING_KEYS = (
    TOOLS_TEXT,
    DISALLOWED_TOOLS,
    MODEL,
    PERMISSION_MODE,
    MAX_TURNS,
    SKILLS,
    MCP_SERVERS,
    HOOKS,
    choice("memory", "user project local"),
    flag("background"),
    flag("omitClaudeMd", "omit-claude-md"),
    _EFFORT,
    choice("isolation", "worktree"),
    Key("initialPrompt", "initial-prompt"),
)
_SHOWN_KEYS = (choice("color", COLORS), Key("experimental", type=Type.MAP))

SKILL_EXTRAS = (
    Key("when_to_use", "when-to-use"),
    ARGUMENT_HINT,
    Key("arguments", type=Type.ANY),
    Key("disallowed-tools", type=Type.NAMES, style=ListStyle.BLANKS),
    MODEL,
    _EFFORT,
    choice("context", "fork"),
    Key("agent"),
    flag("background"),
    HOOKS,
    Key("paths", "globs", type=Type.NAMES),
    choice("shell", "bash powershell"),
    flag("disable-model-invocation"),
    flag("user-invocable"),
    Key("display-name"),
    flag("default-enabled"),
    Key("fallback", type=Type.ANY),
)
"""What Claude Code reads in skills besides the keys of the standard."""

_OWN_KEYS = frozenset({"permissionMode", "maxTurns", "omitClaudeMd", "disallowedTools", "initialPrompt", "isolation"})


def _claims_agent(keys: Keys) -> bool:
    if "name" not in keys:  # then Claude Code does not load it
        return False
    return not _OWN_KEYS.isdisjoint(keys) or is_word_of(TIERS, keys.get("model")) or isinstance(keys.get("tools"), str)


def _claims_json(keys: Keys) -> bool:
    agents = maps_in(keys)
    return bool(agents) and all("description" in agent and "prompt" in agent for agent in agents)


def _claims_rule(keys: Keys) -> bool:
    return set(keys) == {"paths"}


def _claims_command(keys: Keys) -> bool:
    is_skill = "name" in keys and "description" in keys
    is_of_other = "agent" in keys and "context" not in keys
    return (
        not is_skill
        and not is_of_other
        and ("allowed-tools" in keys or isinstance(keys.get("argument-hint"), str | tuple))
    )


CLAUDE_AGENT = Format(
    name="claude-agent",
    product="Claude Code",
    homes=(
        ".claude/agents/**/*.md",
        "~/.claude/agents/**/*.md",
        "agents/**/*.md of a plugin",
        "the directory of managed settings",
    ),
    paths=("*/.claude/agents/*.md",),
    keys=(NAME, DESCRIPTION, *_WORKING_KEYS, *_SHOWN_KEYS),
    model_words=TIERS | {"inherit"},
    vocabulary="claude",
    empty_tools=Grant.INVALID,
    needs_exact_fence=True,
    note="Agents of a plugin load without a name, but their hooks, mcpServers, permissionMode and initialPrompt do not"
    " count.",
    unread_headers=(
        UnreadHeader(
            SPLIT,
            "Claude Code skips an agent whose header it cannot read, and one of a plugin has only its file name left",
        ),
        UnreadHeader(
            frozenset({Code.YAML_REQUOTED}),  # it puts values of one line in quotes itself, but not with these
            "Claude Code drops an agent with carriage returns in whose header a value lacks its quotes, without a word",
            "put the value in quotes or save the file with line feeds alone",
            is_of_carriage_returns=True,
        ),
    ),
    claims=_claims_agent,
)

CLAUDE_AGENTS_JSON = Format(
    name="claude-agents-json",
    product="Claude Code",
    containers=(Container.JSON,),
    homes=("the option --agents", "code for the Agent SDK"),
    keys=(DESCRIPTION, *_WORKING_KEYS),
    roots=(Root((), Holds.MAP),),
    prompt=("prompt",),
    body=Body.NEEDED,
    model_words=TIERS | {"inherit"},
    vocabulary="claude",
    empty_tools=Grant.INVALID,
    note="What the option --agents and the Agent SDK take. color and experimental are ignored here.",
    claims=_claims_json,
)

CLAUDE_RULE = Format(
    name="claude-rule",
    product="Claude Code",
    kind=Kind.RULE,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".claude/rules/**/*.md", "~/.claude/rules/**/*.md"),
    paths=("*/.claude/rules/*.md",),
    keys=RULE_WITH_PATHS,
    naming=Naming.FILE,
    needs_exact_fence=True,
    note="A rule without paths counts always.",
    claims=_claims_rule,
)

CLAUDE_OUTPUT_STYLE = replace(
    CLAUDE_RULE,
    name="claude-output-style",
    containers=(Container.FRONT_MATTER,),
    homes=(".claude/output-styles/*.md", "~/.claude/output-styles/*.md"),
    paths=("*/.claude/output-styles/*.md",),
    keys=(OPTIONAL_NAME, OPTIONAL_DESCRIPTION, flag("keep-coding-instructions")),
    naming=Naming.FIELD,
    note="",
    claims=lambda keys: "keep-coding-instructions" in keys,
)

CLAUDE_COMMAND = Format(
    name="claude-command",
    product="Claude Code",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".claude/commands/**/*.md", "~/.claude/commands/**/*.md", "commands/**/*.md of a plugin"),
    paths=("*/.claude/commands/*.md", "*/commands/*.md"),
    keys=(
        Key("name", "display-name"),
        OPTIONAL_DESCRIPTION,
        Key("allowed-tools", "tools", type=Type.NAMES, style=ListStyle.BLANKS),
        *SKILL_EXTRAS,
        Key("license"),
        Key("compatibility"),
        Key("metadata", type=Type.MAP),
    ),
    naming=Naming.FILE,
    model_words=TIERS | {"inherit"},
    vocabulary="claude",
    needs_exact_fence=True,
    note="`[a] [b]` behind argument-hint is no YAML; put it in quotes.",
    unread_headers=(
        UnreadHeader(
            ANY_REPAIR,
            "Claude Code runs a command whose header it cannot read without any of its fields",
            is_fatal=False,
        ),
    ),
    claims=_claims_command,
)

FORMATS = (CLAUDE_AGENT, CLAUDE_AGENTS_JSON, CLAUDE_RULE, CLAUDE_OUTPUT_STYLE, CLAUDE_COMMAND)
