"""OpenAI Codex: agents are layers of its configuration, so an unknown key is an error, and only the sandbox limits."""

from __future__ import annotations

from collections.abc import Mapping

from agentdiff.formats.base import Body, Container, Format, Holds, Key, Keys, Kind, Naming, Root, Type, UnknownKeys
from agentdiff.formats.dialects._shared import (
    COMMAND_KEYS,
    DESCRIPTION,
    MODEL,
    NAME,
    OPTIONAL_DESCRIPTION,
    choice,
    number,
)

_NICKNAMES = Key("nickname_candidates", "nicknames", type=Type.LIST)

_SETTINGS = (
    Key("model_provider", "model-provider"),
    Key("model_providers", "model-providers", type=Type.MAP),
    Key("model_reasoning_summary", "model-reasoning-summary"),
    Key("model_verbosity", "model-verbosity"),
    number("model_context_window", "model-context-window"),
    number("tool_output_token_limit", "tool-output-token-limit"),
    number("project_doc_max_bytes", "project-doc-max-bytes"),
    Key("personality"),
    Key("service_tier", "service-tier"),
    Key("sandbox_workspace_write", "sandbox-workspace-write", type=Type.MAP),
    Key("shell_environment_policy", "shell-environment-policy", type=Type.MAP),
    Key("features", type=Type.MAP),
    Key("tools", "tool-settings", type=Type.MAP),
    Key("notify", type=Type.LIST),
)
"""The rest of the configuration, as far as agents are known to set it; other products have nothing like it."""


def _claims_roles(keys: Keys) -> bool:
    roles = keys.get("agents")  # settings may stand between the roles
    return isinstance(roles, Mapping) and any(
        "config_file" in each for each in roles.values() if isinstance(each, Mapping)
    )


CODEX_AGENT = Format(
    name="codex-agent",
    product="OpenAI Codex",
    containers=(Container.TOML,),
    homes=(".codex/agents/**/*.toml", "~/.codex/agents/**/*.toml"),
    paths=("*/.codex/agents/*.toml",),
    keys=(
        NAME,
        DESCRIPTION,
        _NICKNAMES,
        MODEL,
        choice("model_reasoning_effort", "none minimal low medium high xhigh", "effort"),
        choice("sandbox_mode", "read-only workspace-write danger-full-access", "sandbox-mode"),
        Key("approval_policy", "approval-policy", type=Type.ANY),
        Key("web_search", "web-search", type=Type.ANY),
        Key("mcp_servers", "mcp-servers", type=Type.MAP),
        Key("skills.config", "skills", type=Type.LIST),
        *_SETTINGS,
    ),
    prompt=("developer_instructions",),
    body=Body.NEEDED,
    unknown_keys=UnknownKeys.REJECTED,
    note="Every key of Codex's configuration is allowed. There is no list of tools; sandbox_mode is the limit.",
    claims=lambda keys: "developer_instructions" in keys,
)

CODEX_CONFIG_ROLES = Format(
    name="codex-config-roles",
    product="OpenAI Codex",
    containers=(Container.TOML,),
    homes=(".codex/config.toml", "~/.codex/config.toml"),
    paths=("*/.codex/config.toml",),
    keys=(OPTIONAL_DESCRIPTION, _NICKNAMES, Key("config_file", "prompt-file")),
    roots=(Root(("agents",), Holds.MAP),),
    body=Body.ELSEWHERE,
    claims=_claims_roles,
)

CODEX_PROMPT = Format(
    name="codex-prompt",
    product="OpenAI Codex",
    kind=Kind.COMMAND,
    homes=("~/.codex/prompts/*.md",),
    paths=("*/.codex/prompts/*.md",),
    keys=COMMAND_KEYS,
    naming=Naming.FILE,
    note="Deprecated; skills take its place.",
)

FORMATS = (CODEX_AGENT, CODEX_CONFIG_ROLES, CODEX_PROMPT)
