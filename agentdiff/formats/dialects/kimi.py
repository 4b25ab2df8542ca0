"""Kimi: agents of Kimi Code in Markdown, and of the older Kimi CLI in YAML with the prompt in a file of its own."""

from __future__ import annotations

from collections.abc import Mapping

from agentdiff.formats.base import Body, Container, Format, Grant, Key, Keys, Root, Type
from agentdiff.formats.dialects._shared import DESCRIPTION, KEBAB, OPTIONAL_NAME, TOOLS_TEXT, flag, has_any


def _claims_yaml(keys: Keys) -> bool:
    agent = keys.get("agent")
    return isinstance(agent, Mapping) and ("system_prompt_path" in agent or "extend" in agent)


KIMI_AGENT = Format(
    name="kimi-agent",
    product="Kimi Code",
    homes=(".kimi-code/agents/**/*.md", ".agents/agents/**/*.md", "~/.kimi-code/agents/**/*.md"),
    paths=("*/.kimi-code/agents/*.md", "*/.agents/agents/*.md"),
    keys=(
        Key("name", pattern=KEBAB),
        DESCRIPTION,
        Key("whenToUse", "when-to-use"),
        flag("override"),
        TOOLS_TEXT,
        Key("disallowedTools", "disallowed-tools", type=Type.NAMES),
        Key("subagents", "agents", type=Type.NAMES),
    ),
    vocabulary="claude",
    vocabulary_is_whole=False,
    claims=has_any("whenToUse", "subagents"),
)

KIMI_CLI_YAML = Format(
    name="kimi-cli-yaml",
    product="Kimi CLI",
    containers=(Container.YAML,),
    homes=("agent.yaml, with system.md beside it",),
    keys=(
        OPTIONAL_NAME,
        Key("extend"),
        Key("system_prompt_path", "prompt-file"),
        Key("system_prompt_args", "prompt-arguments", type=Type.MAP),
        Key("when_to_use", "when-to-use"),
        Key("tools", type=Type.LIST),
        Key("allowed_tools", "allowed-tools", type=Type.LIST),
        Key("exclude_tools", "disallowed-tools", type=Type.LIST),
        Key("subagents", "agents", type=Type.MAP),
    ),
    roots=(Root(("agent",)),),
    body=Body.ELSEWHERE,
    vocabulary="kimi-cli",
    vocabulary_is_whole=False,
    absent_tools=Grant.ELSEWHERE,
    note="What an agent does not say it has from the one behind extend; allowed_tools picks from tools.",
    claims=_claims_yaml,
)

FORMATS = (KIMI_AGENT, KIMI_CLI_YAML)
