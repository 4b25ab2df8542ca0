"""Kiro: agents in Markdown or JSON, steering and prompts; and Amazon Q, whose JSON came before."""

from __future__ import annotations

from agentdiff.formats.base import Container, Format, Grant, Key, Keys, Kind, ListStyle, Naming, Type
from agentdiff.formats.dialects._shared import (
    HOOKS,
    MODEL,
    OPTIONAL_DESCRIPTION,
    OPTIONAL_NAME,
    TOOLS_ONLY_LIST,
    flag,
    is_list,
    is_word_of,
    names_in,
)

_OWN_KEYS = frozenset(
    {"toolsSettings", "toolAliases", "excludedTools", "includeMcpJson", "includePowers", "keyboardShortcut"}
)
_OWN_TOOLS = frozenset({"@mcp", "@builtin", "fs_read", "fs_write", "execute_bash", "todo_list"})
_TAGS = frozenset({"write", "shell"})
"""Together only Kiro has them: `shell` alone is also Copilot's."""
_TOOLS_OF_AMAZON = frozenset({"fs_read", "fs_write", "execute_bash", "use_aws"})
_INCLUSIONS = {"always": "always", "fileMatch": "glob", "manual": "manual", "auto": "model"}

_FIRST_KEYS = (
    OPTIONAL_NAME,
    OPTIONAL_DESCRIPTION,
    MODEL,
    TOOLS_ONLY_LIST,
    Key("allowedTools", "approved-tools", type=Type.NAMES, style=ListStyle.LIST, accepts_text=False),
    Key("toolAliases", "tool-aliases", type=Type.MAP),
    Key("toolsSettings", "tool-settings", type=Type.MAP),
    Key("resources", type=Type.LIST),
    HOOKS,
    Key("mcpServers", "mcp-servers", type=Type.MAP),
)


def _claims_kiro(keys: Keys) -> bool:
    if not _OWN_KEYS.isdisjoint(keys):
        return True
    tools = frozenset(names_in(keys.get("tools"))) if is_list(keys.get("tools")) else frozenset()
    has_lists = is_list(keys.get("allowedTools")) or is_list(keys.get("resources"))
    is_tagged = tools >= _TAGS or not _OWN_TOOLS.isdisjoint(tools) or any(tool.startswith("@") for tool in tools)
    return is_tagged or (has_lists and (isinstance(keys.get("prompt"), str) or bool(tools)))


def _claims_amazon(keys: Keys) -> bool:
    names = {*names_in(keys.get("tools")), *names_in(keys.get("allowedTools"))}
    return "useLegacyMcpJson" in keys or not _TOOLS_OF_AMAZON.isdisjoint(names)


KIRO_AGENT = Format(
    name="kiro-agent",
    product="Kiro",
    containers=(Container.FRONT_MATTER, Container.JSON),
    homes=(".kiro/agents/**/*.md", ".kiro/agents/**/*.json", "~/.kiro/agents/**/*.md"),
    paths=("*/.kiro/agents/*.md", "*/.kiro/agents/*.json"),
    keys=(
        *_FIRST_KEYS,
        Key("excludedTools", "disallowed-tools", type=Type.NAMES, style=ListStyle.LIST, accepts_text=False),
        Key("permissions", type=Type.ANY),
        flag("includeMcpJson", "include-mcp-json"),
        Key("includePowers", "include-powers", type=Type.ANY),
        Key("keyboardShortcut", "keyboard-shortcut"),
        Key("welcomeMessage", "welcome-message"),
    ),
    prompt=("prompt",),
    named_below="agents",
    model_words=frozenset({"inherit", "auto"}),
    vocabulary="kiro",
    absent_tools=Grant.NOTHING,
    note="An agent without a name is called by its path below agents/. The prompt may be a file:// address.",
    claims=_claims_kiro,
)

AMAZONQ_AGENT = Format(
    name="amazonq-agent",
    product="Amazon Q CLI",
    containers=(Container.JSON,),
    homes=(".amazonq/cli-agents/*.json", "~/.aws/amazonq/cli-agents/*.json"),
    paths=("*/.amazonq/cli-agents/*.json", "*/.aws/amazonq/cli-agents/*.json"),
    keys=(*_FIRST_KEYS, flag("useLegacyMcpJson", "include-mcp-json")),
    prompt=("prompt",),
    vocabulary="amazonq",
    absent_tools=Grant.NOTHING,
    claims=_claims_amazon,
)

KIRO_STEERING = Format(
    name="kiro-steering",
    product="Kiro",
    kind=Kind.RULE,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".kiro/steering/*.md", "~/.kiro/steering/*.md"),
    paths=("*/.kiro/steering/*.md",),
    keys=(
        OPTIONAL_NAME,
        OPTIONAL_DESCRIPTION,
        Key("inclusion", "activation", values=_INCLUSIONS),
        Key("fileMatchPattern", "globs", type=Type.NAMES, style=ListStyle.LIST),
    ),
    note="A file without a block counts always.",
    claims=lambda keys: "fileMatchPattern" in keys or is_word_of(frozenset(_INCLUSIONS), keys.get("inclusion")),
)

KIRO_PROMPT = Format(
    name="kiro-prompt",
    product="Kiro",
    kind=Kind.COMMAND,
    containers=(Container.MARKDOWN,),
    homes=(".kiro/prompts/*.md", "~/.kiro/prompts/*.md"),
    paths=("*/.kiro/prompts/*.md",),
    naming=Naming.FILE,
)

FORMATS = (KIRO_AGENT, AMAZONQ_AGENT, KIRO_STEERING, KIRO_PROMPT)
