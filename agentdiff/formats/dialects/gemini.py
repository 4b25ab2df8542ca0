"""Gemini CLI: agents with a strict set of keys, agents that run elsewhere, and commands in TOML."""

from __future__ import annotations

from collections.abc import Mapping

from agentdiff.formats.base import (
    ANY_REPAIR,
    Body,
    Container,
    Format,
    Holds,
    Key,
    Keys,
    Kind,
    Naming,
    Root,
    Type,
    UnknownKeys,
    UnreadHeader,
)
from agentdiff.formats.dialects._shared import (
    DESCRIPTION,
    MODEL,
    OPTIONAL_DESCRIPTION,
    TEMPERATURE,
    TOOLS_ONLY_LIST,
    choice,
    names_in,
    number,
)

OWN_TOOLS = frozenset(
    "read_many_files run_shell_command search_file_content google_web_search list_directory write_todos"
    " activate_skill enter_plan_mode exit_plan_mode read_mcp_resource".split()
)
"""Tool names that only Gemini CLI and Qwen Code have."""

_NAME = Key("name", is_required=True, pattern="[a-z0-9_-]+")
_DISPLAY_NAME = Key("display_name", "display-name")
_OWN_KEYS = frozenset({"max_turns", "timeout_mins", "mcp_servers"})
_TOOLS_OF_CLAUDE = frozenset("Read Write Edit MultiEdit Bash Grep Glob LS WebFetch WebSearch Task Agent".split())
"""Gemini CLI refuses an agent with such a name, so one key that others have too does not make it Gemini's."""
_REMOTE_KEYS = frozenset({"agent_card_url", "agent_card_json"})


def _claims_local(keys: Keys) -> bool:
    if not _REMOTE_KEYS.isdisjoint(keys) or keys.get("kind") == "remote":
        return False
    names = frozenset(names_in(keys.get("tools")))
    if keys.get("kind") == "local" or not OWN_TOOLS.isdisjoint(names):
        return True
    own = [key for key in _OWN_KEYS & keys.keys() if key != "mcp_servers" or isinstance(keys[key], Mapping)]
    return len(own) > (0 if _TOOLS_OF_CLAUDE.isdisjoint(names) else 1)


def _claims_remote(keys: Keys) -> bool:
    return keys.get("kind") == "remote" or not _REMOTE_KEYS.isdisjoint(keys)


GEMINI_AGENT = Format(
    name="gemini-agent",
    product="Gemini CLI",
    homes=(".gemini/agents/*.md", "~/.gemini/agents/*.md"),
    paths=("*/.gemini/agents/*.md",),
    keys=(
        choice("kind", "local"),
        _NAME,
        DESCRIPTION,
        _DISPLAY_NAME,
        TOOLS_ONLY_LIST,
        Key("mcp_servers", "mcp-servers", type=Type.MAP),
        MODEL,
        TEMPERATURE,
        number("max_turns", "max-turns"),
        number("timeout_mins", "timeout"),
    ),
    model_words=frozenset({"inherit"}),
    vocabulary="gemini",
    rejects_unknown_tools=True,
    unknown_keys=UnknownKeys.REJECTED,
    needs_exact_fence=True,
    note="Files whose name begins with _ are skipped.",
    unread_headers=(UnreadHeader(ANY_REPAIR, "Gemini CLI does not load an agent whose header is not valid YAML"),),
    claims=_claims_local,
)

GEMINI_REMOTE_AGENT = Format(
    name="gemini-remote-agent",
    product="Gemini CLI",
    homes=GEMINI_AGENT.homes,
    paths=GEMINI_AGENT.paths,
    keys=(
        Key("kind", is_required=True, values={"remote": "remote"}),
        _NAME,
        OPTIONAL_DESCRIPTION,
        _DISPLAY_NAME,
        Key("agent_card_url", "agent-card-url"),
        Key("agent_card_json", "agent-card-json"),
        Key("auth", type=Type.MAP),
    ),
    roots=(Root(), Root((), Holds.LIST)),
    body=Body.IGNORED,
    unknown_keys=UnknownKeys.REJECTED,
    needs_exact_fence=True,
    note="It needs agent_card_url or agent_card_json. The block may be a list of such agents.",
    unread_headers=(UnreadHeader(ANY_REPAIR, "Gemini CLI does not load an agent whose header is not valid YAML"),),
    claims=_claims_remote,
)

GEMINI_COMMAND = Format(
    name="gemini-command",
    product="Gemini CLI",
    kind=Kind.COMMAND,
    containers=(Container.TOML,),
    homes=(".gemini/commands/**/*.toml", "~/.gemini/commands/**/*.toml"),
    paths=("*/.gemini/commands/*.toml",),
    keys=(OPTIONAL_DESCRIPTION,),
    prompt=("prompt",),
    body=Body.NEEDED,
    naming=Naming.FILE,
    claims=lambda keys: "prompt" in keys and set(keys) <= {"prompt", "description"},
)

FORMATS = (GEMINI_AGENT, GEMINI_REMOTE_AGENT, GEMINI_COMMAND)
