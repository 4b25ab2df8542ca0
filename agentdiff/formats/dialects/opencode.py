"""OpenCode 1 and 2, and Kilo Code, which comes from it. OpenCode 1 hands keys that it does not know to the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from agentdiff.formats.base import Container, Format, Grant, Holds, Key, Keys, Kind, Naming, Root, Type, UnknownKeys
from agentdiff.formats.dialects._shared import (
    DESCRIPTION,
    MODEL,
    OPTIONAL_DESCRIPTION,
    TEMPERATURE,
    choice,
    flag,
    is_word_of,
    maps_in,
    number,
)
from agentdiff.model import FieldValue

_COLOR = Key("color", pattern="#[0-9a-fA-F]{6}|primary|secondary|accent|success|warning|error|info")
"""In hexadecimal or as a word of the theme; `red` is neither."""
_MODE = choice("mode", "primary subagent all")
_FIRST_KEYS = (
    DESCRIPTION,
    _MODE,
    MODEL,
    TEMPERATURE,
    number("top_p", "top-p"),
    number("steps", "max-turns"),
    number("maxSteps", "max-turns"),
    Key("permission", type=Type.ANY),
    Key("tools", type=Type.MAP),
    Key("reasoningEffort", "effort"),
    Key("variant", "effort"),
    flag("disable", "disabled"),
    flag("hidden"),
    _COLOR,
    Key("options", type=Type.MAP),
)
_MODES = frozenset({"primary", "subagent", "all"})
_KILO_KEYS = frozenset({"displayName", "native", "deprecated"})
_COMMAND_KEYS = (OPTIONAL_DESCRIPTION, Key("agent"), MODEL, flag("subtask"))


def _is_like_opencode(keys: Keys) -> bool:
    return is_word_of(_MODES, keys.get("mode")) or "permission" in keys or _is_switches(keys.get("tools"))


def _is_switches(value: FieldValue) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(each in ("true", "false") for each in value.values())


def _is_second(keys: Keys) -> bool:
    """Whether permissions are a list of what to do with which resource."""
    permissions = maps_in(keys.get("permissions"))
    return any("action" in each and "effect" in each for each in permissions)


def _claims_markdown(keys: Keys) -> bool:
    return _is_like_opencode(keys) and _KILO_KEYS.isdisjoint(keys) and not _is_second(keys)


def _schema(keys: Keys) -> str:
    return str(keys.get("$schema") or "")


def _claims_json(keys: Keys) -> bool:
    agents = maps_in(keys.get("agent"))
    return bool(agents) and "kilo" not in _schema(keys) and _is_config(keys, agents)


def _is_config(keys: Keys, agents: tuple[Keys, ...]) -> bool:
    return "opencode" in _schema(keys) or any("prompt" in agent or _is_like_opencode(agent) for agent in agents)


def _claims_second(keys: Keys) -> bool:
    if isinstance(keys.get("agents"), Mapping):
        return any("system" in agent for agent in maps_in(keys["agents"])) or "opencode" in _schema(keys)
    return _is_second(keys)


def _claims_kilo(keys: Keys) -> bool:
    if isinstance(keys.get("agent"), Mapping):
        return "kilo" in _schema(keys)
    return _is_like_opencode(keys) and not _KILO_KEYS.isdisjoint(keys)


def _has_only_commands(keys: Keys) -> bool:
    """Whether it is a configuration without agents."""
    return any("template" in each for each in maps_in(keys.get("command"))) and not {"agent", "agents"} & set(keys)


def _claims_command(keys: Keys) -> bool:
    return "subtask" in keys or (_has_only_commands(keys) and "kilo" not in _schema(keys))


OPENCODE_AGENT = Format(
    name="opencode-agent",
    product="OpenCode 1",
    homes=(".opencode/agents/*.md", ".opencode/agent/*.md", "~/.config/opencode/agents/*.md"),
    paths=(
        "*/.opencode/agents/*.md",
        "*/.opencode/agent/*.md",
        "*/.config/opencode/agents/*.md",
        "*/.config/opencode/agent/*.md",
    ),
    keys=(Key("name"), *_FIRST_KEYS),  # tolerated; the file names the agent
    naming=Naming.FILE,
    vocabulary="opencode",
    vocabulary_is_whole=False,  # tools of MCP servers look like any other name
    empty_tools=Grant.EVERYTHING,
    unknown_keys=UnknownKeys.FORWARDED,
    note="In permission the last rule that fits counts, so the order of its entries matters; tools is deprecated.",
    claims=_claims_markdown,
)

OPENCODE_JSON = replace(
    OPENCODE_AGENT,
    name="opencode-json",
    containers=(Container.JSON,),
    homes=("opencode.json", "opencode.jsonc", "~/.config/opencode/opencode.json"),
    paths=("*/opencode.json", "*/opencode.jsonc"),
    roots=(Root(("agent",), Holds.MAP),),
    prompt=("prompt",),
    claims=_claims_json,
)

OPENCODE_V2 = Format(
    name="opencode-v2",
    product="OpenCode 2",
    containers=(Container.FRONT_MATTER, Container.JSON),
    homes=(".opencode/agents/*.md", "opencode.json"),
    paths=(*OPENCODE_AGENT.paths, *OPENCODE_JSON.paths),
    keys=(
        DESCRIPTION,
        _MODE,
        MODEL,
        number("steps", "max-turns"),
        Key("permissions", type=Type.LIST),
        flag("disabled"),
        flag("hidden"),
        _COLOR,
    ),
    roots=(Root(("agents",), Holds.MAP),),
    prompt=("system",),
    naming=Naming.FILE,
    vocabulary="opencode",
    vocabulary_is_whole=False,  # tools of MCP servers look like any other name
    note="In permissions the last rule that fits counts, so their order matters.",
    claims=_claims_second,
)

KILO_AGENT = replace(
    OPENCODE_AGENT,
    name="kilo-agent",
    product="Kilo Code",
    containers=(Container.FRONT_MATTER, Container.JSON),
    homes=(".kilo/agents/*.md", "kilo.json", "kilo.jsonc", "~/.config/kilo/agents/*.md"),
    paths=("*/.kilo/agents/*.md", "*/.config/kilo/agents/*.md", "*/kilo.json", "*/kilo.jsonc"),
    keys=(
        Key("name"),
        Key("displayName", "display-name"),
        *_FIRST_KEYS,
        flag("native"),
        Key("deprecated", type=Type.ANY),
    ),
    roots=(Root(("agent",), Holds.MAP),),
    prompt=("prompt",),
    vocabulary="kilo",
    claims=_claims_kilo,
)

KILO_RULE = Format(
    name="kilo-rule",
    product="Kilo Code",
    kind=Kind.RULE,
    containers=(Container.MARKDOWN,),
    homes=(".kilo/rules/*.md", ".kilocode/rules/*.md"),
    paths=("*/.kilo/rules/*.md", "*/.kilocode/rules/*.md"),
    naming=Naming.FILE,
    note="Read only where `instructions` of the configuration lists it; older versions read all of .kilocode/rules.",
)

OPENCODE_MEMORY = replace(
    KILO_RULE,
    name="opencode-memory",
    product="OpenCode",
    homes=(".opencode/memories/*.md",),
    paths=("*/.opencode/memories/*.md",),
    note="Read only where `instructions` of the configuration lists it.",
)

OPENCODE_COMMAND = Format(
    name="opencode-command",
    product="OpenCode",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN, Container.JSON),
    homes=(".opencode/commands/*.md", "~/.config/opencode/commands/*.md", "opencode.json"),
    paths=(
        "*/.opencode/commands/*.md",
        "*/.opencode/command/*.md",
        "*/.config/opencode/commands/*.md",
        *OPENCODE_JSON.paths,
    ),
    keys=_COMMAND_KEYS,
    roots=(Root(("command",), Holds.MAP),),
    prompt=("template",),
    naming=Naming.FILE,
    note="Of a configuration that has agents too, name the format to have the commands.",
    claims=_claims_command,
)

KILO_COMMAND = replace(
    OPENCODE_COMMAND,
    name="kilo-command",
    product="Kilo Code",
    homes=(".kilo/commands/*.md", ".kilocode/workflows/*.md", "~/.config/kilo/commands/*.md", "kilo.json"),
    paths=(
        "*/.kilo/commands/*.md",
        "*/.kilocode/workflows/*.md",
        "*/.config/kilo/commands/*.md",
        "*/kilo.json",
        "*/kilo.jsonc",
    ),
    claims=_has_only_commands,
)

FORMATS = (
    OPENCODE_AGENT,
    OPENCODE_JSON,
    OPENCODE_V2,
    KILO_AGENT,
    KILO_RULE,
    OPENCODE_MEMORY,
    OPENCODE_COMMAND,
    KILO_COMMAND,
)
