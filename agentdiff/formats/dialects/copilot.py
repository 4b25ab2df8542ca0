"""GitHub Copilot in VS Code, on github.com and in the terminal: agents, prompts, instructions, agentic workflows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from agentdiff.formats.base import (
    Activation,
    Container,
    Format,
    Grant,
    Key,
    Keys,
    Kind,
    ListStyle,
    Naming,
    ToolMaps,
    Type,
)
from agentdiff.formats.dialects._shared import (
    ARGUMENT_HINT,
    DESCRIPTION,
    HOOKS,
    OPPOSITE,
    OPTIONAL_DESCRIPTION,
    TITLE,
    TOOLS_LIST,
    choice,
    flag,
    has_any,
    is_list,
    is_word_of,
    names_in,
    number,
)

_MODELS = Key("model", type=Type.ANY)
"""One name, or several in the order in which they are tried. Names hold blanks: `Claude Sonnet 4.5 (copilot)`."""

_OWN_KEYS = frozenset({"handoffs", "user-invocable", "user-invokable", "target", "infer", "disable-model-invocation"})
_MODES = frozenset({"ask", "edit", "agent", "plan"})
_REVIEWERS = {"code-review": "code-review", "cloud-agent": "cloud-agent", "coding-agent": "cloud-agent"}
"""The last is the older name of the one before."""


def _claims_agent(keys: Keys) -> bool:
    if ("description" not in keys and "tools" not in keys) or "agent" in keys:  # the latter is a prompt
        return False
    if not _OWN_KEYS.isdisjoint(keys):
        return "user-invokable" in keys or not _is_skill(keys)  # the former is spelled so nowhere else
    if isinstance(keys.get("mcp-servers"), Mapping):
        return True
    # Copilot takes Claude's names (`Read`) as aliases, so only the others tell; they begin with a small letter.
    tools = keys.get("tools")
    if not is_list(tools):
        return False
    # Claude Code does not load an agent without a name; Copilot takes the name of the file.
    return "name" not in keys or any(_is_own_tool(tool) for tool in names_in(tools) if tool[:1].islower())


def _is_skill(keys: Keys) -> bool:
    """Skills have some of the keys too, but say their tools another way."""
    return "tools" not in keys and "handoffs" not in keys and "target" not in keys and "infer" not in keys


def _is_own_tool(name: str) -> bool:
    from agentdiff.capabilities import is_documented  # takes time to load; few files get here

    return is_documented(name, "copilot")


def _claims_prompt(keys: Keys) -> bool:
    if is_word_of(_MODES, keys.get("agent")) or ("name" not in keys and is_word_of(_MODES, keys.get("mode"))):
        return True
    # An agent of the user's own; Claude Code has the key only in skills that are forked.
    is_handed_over = "agent" in keys and "context" not in keys
    return is_handed_over and ("argument-hint" in keys or is_list(keys.get("tools")))


COPILOT_AGENT = Format(
    name="copilot-agent",
    product="GitHub Copilot",
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".github/agents/*.agent.md", ".github/agents/*.md", "~/.copilot/agents/*.agent.md"),
    paths=("*/.github/agents/*.md", "*/.copilot/agents/*.md", "*.agent.md"),
    keys=(
        TITLE,
        DESCRIPTION,
        TOOLS_LIST,
        _MODELS,
        choice("target", "vscode github-copilot"),
        Key("agents", type=Type.NAMES, style=ListStyle.LIST),
        ARGUMENT_HINT,
        Key("handoffs", type=Type.LIST),
        HOOKS,
        flag("user-invocable"),
        flag("user-invokable", "user-invocable"),
        flag("disable-model-invocation"),
        Key("infer", "disable-model-invocation", type=Type.FLAG, values=OPPOSITE),
        Key("mcp-servers", type=Type.MAP),
        Key("metadata", type=Type.MAP),
    ),
    naming=Naming.FILE,
    model_words=frozenset({"auto"}),
    vocabulary="copilot",
    vocabulary_is_whole=False,  # names of servers and of extensions look like any other
    body_limit=30_000,
    note="github.com wants the description and cuts off the body; VS Code does neither, and reads .claude/agents too.",
    claims=_claims_agent,
)

COPILOT_CHATMODE = replace(
    COPILOT_AGENT,
    name="copilot-chatmode",
    product="VS Code before 1.106",
    homes=(".github/chatmodes/*.chatmode.md", "the profile of VS Code"),
    paths=("*/.github/chatmodes/*.md", "*.chatmode.md"),
    body_limit=0,
    note="Still read; today the same file is called *.agent.md.",
    claims=lambda keys: False,
)

_SAFE_COMMANDS = tuple("echo printf ls pwd cat head tail grep wc sort uniq date yq".split())
"""What `bash:` without a list allows."""

GH_AW = Format(
    name="gh-aw",
    product="GitHub Agentic Workflows",
    homes=(".github/workflows/*.md",),
    paths=("*/.github/workflows/*.md",),
    keys=(
        Key("on", type=Type.ANY, is_required=True),
        OPTIONAL_DESCRIPTION,
        Key("permissions", "github-permissions", type=Type.ANY),  # of a token, not of tools
        Key("engine", type=Type.ANY),
        Key("tools", "tool-settings", type=Type.MAP),
        Key("mcp-servers", type=Type.MAP),
        Key("safe-outputs", type=Type.MAP),
        Key("network", type=Type.ANY),
        Key("imports", type=Type.LIST),
        number("timeout-minutes", "timeout"),
    ),
    naming=Naming.FILE,
    vocabulary="gh-aw",
    vocabulary_is_whole=False,
    absent_tools=Grant.ELSEWHERE,
    empty_tools=Grant.ELSEWHERE,
    tool_maps=ToolMaps(("tool-settings",), adds_own=True, default_parts={"bash": _SAFE_COMMANDS}),
    note="What runs is the *.lock.yml that is compiled from it. Which tools an agent has besides those that it names"
    " depends on its engine and its safe-outputs.",
    claims=lambda keys: "on" in keys and ("engine" in keys or "safe-outputs" in keys),
)

COPILOT_INSTR = Format(
    name="copilot-instr",
    product="GitHub Copilot",
    kind=Kind.RULE,
    homes=(".github/instructions/**/*.instructions.md", "~/.copilot/instructions/*.instructions.md"),
    paths=("*/.github/instructions/*.md", "*/.copilot/instructions/*.md", "*.instructions.md"),
    keys=(
        Key("applyTo", "globs", type=Type.NAMES),
        OPTIONAL_DESCRIPTION,
        TITLE,
        Key("excludeAgent", "exclude-agent", values=_REVIEWERS),
    ),
    naming=Naming.FILE,
    note="`applyTo: '**'` counts always.",
    silent_activation=Activation.MANUAL,
    claims=has_any("applyTo", "excludeAgent"),
)

COPILOT_PROMPT = Format(
    name="copilot-prompt",
    product="VS Code",
    kind=Kind.COMMAND,
    homes=(".github/prompts/*.prompt.md",),
    paths=("*/.github/prompts/*.md", "*.prompt.md"),
    keys=(
        OPTIONAL_DESCRIPTION,
        TITLE,
        ARGUMENT_HINT,
        Key("agent"),
        Key("mode", "agent"),
        _MODELS,
        TOOLS_LIST,
    ),
    naming=Naming.FILE,
    model_words=frozenset({"auto"}),
    vocabulary="copilot",
    vocabulary_is_whole=False,
    claims=_claims_prompt,
)

FORMATS = (COPILOT_AGENT, COPILOT_CHATMODE, GH_AW, COPILOT_INSTR, COPILOT_PROMPT)
