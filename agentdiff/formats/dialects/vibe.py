"""Mistral Vibe: agents in TOML, each with its prompt in a file of its own."""

from __future__ import annotations

from agentdiff.formats.base import Body, Container, Format, Key, ListStyle, Naming, Type
from agentdiff.formats.dialects._shared import OPTIONAL_DESCRIPTION, is_word_of

_TYPES = frozenset({"agent", "subagent"})

VIBE_AGENT = Format(
    name="vibe-agent",
    product="Mistral Vibe",
    containers=(Container.TOML,),
    homes=(".vibe/agents/<name>.toml, with .vibe/prompts/<id>.md",),
    paths=("*/.vibe/agents/*.toml",),
    keys=(
        Key("agent_type", "mode", is_required=True, values={"agent": "primary", "subagent": "subagent"}),
        Key("display_name", "display-name"),
        OPTIONAL_DESCRIPTION,
        Key("safety"),
        Key("active_model", "model"),
        Key("system_prompt_id", "prompt-file"),
        Key("compaction_prompt_id", "compaction-prompt-file"),
        Key("enabled_tools", "tools", type=Type.NAMES, style=ListStyle.LIST, accepts_text=False),
        Key("disabled_tools", "disallowed-tools", type=Type.NAMES, style=ListStyle.LIST, accepts_text=False),
        Key("tools", "tool-settings", type=Type.MAP),
    ),
    naming=Naming.FILE,
    body=Body.ELSEWHERE,
    vocabulary="claude",
    vocabulary_is_whole=False,
    note="A prompt behind system_prompt is not used.",
    claims=lambda keys: is_word_of(_TYPES, keys.get("agent_type")),  # config.toml names a prompt as well
)

FORMATS = (VIBE_AGENT,)
