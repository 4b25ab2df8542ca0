"""Frameworks that run agents from data files: Letta, CrewAI, Docker Agent and Google's ADK."""

from __future__ import annotations

from collections.abc import Mapping

from agentdiff.formats.base import (
    Blocks,
    Body,
    Container,
    Format,
    Grant,
    Holds,
    Key,
    Keys,
    ListStyle,
    Root,
    ToolMaps,
    Type,
)
from agentdiff.formats.dialects._shared import (
    MODEL,
    OPTIONAL_DESCRIPTION,
    OPTIONAL_NAME,
    choice,
    flag,
    is_word_of,
    maps_in,
    number,
)

_CLASSES_OF_ADK = frozenset({"LlmAgent", "SequentialAgent", "ParallelAgent", "LoopAgent"})
_OTHER_KEYS_OF_ADK = frozenset({"model", "tools", "sub_agents", "output_key", "generate_content_config"})
_CREW_KEYS = frozenset({"role", "goal", "backstory"})


def _claims_letta(keys: Keys) -> bool:
    return "blocks" in keys and any("system" in agent or "block_ids" in agent for agent in maps_in(keys.get("agents")))


def _claims_crew(keys: Keys) -> bool:
    return any(agent.keys() >= _CREW_KEYS for agent in maps_in(keys))


def _claims_docker(keys: Keys) -> bool:
    agents = keys.get("agents")
    return isinstance(agents, Mapping) and any("instruction" in agent for agent in maps_in(agents))


def _claims_adk(keys: Keys) -> bool:
    """Many a table of tasks has names and instructions too."""
    is_agent = is_word_of(_CLASSES_OF_ADK, keys.get("agent_class"))
    has_texts = isinstance(keys.get("instruction"), str) and isinstance(keys.get("name"), str)
    return is_agent or (has_texts and not _OTHER_KEYS_OF_ADK.isdisjoint(keys))


LETTA_AF = Format(
    name="letta-af",
    product="Letta",
    containers=(Container.JSON,),
    homes=("*.af",),
    paths=("*.af",),
    keys=(
        OPTIONAL_NAME,
        OPTIONAL_DESCRIPTION,
        Key("agent_type", "agent-type"),
        MODEL,
        Key("llm_config", "llm-config", type=Type.MAP),
        Key("embedding_config", "embedding-config", type=Type.MAP),
        Key("tags", type=Type.LIST),
        Key("tool_ids", "tool-ids", type=Type.LIST),
        Key("tools", "tool-settings", type=Type.LIST),
        Key("block_ids", "block-ids", type=Type.LIST),
        Key("tool_rules", "tool-rules", type=Type.LIST),
        Key("messages", type=Type.LIST),
        Key("in_context_message_ids", "in-context-message-ids", type=Type.LIST),
        Key("tool_exec_environment_variables", "tool-environment", type=Type.ANY),
        Key("secrets", type=Type.ANY),
    ),
    roots=(Root(("agents",), Holds.LIST),),
    prompt=("system",),
    absent_tools=Grant.NOTHING,
    tool_maps=ToolMaps(("tool-ids", "tool-settings"), has_plain_names=True),
    blocks=Blocks(key="blocks", ids="block_ids", id="id", title="label", text="value"),
    may_be_encoded_twice=True,
    claims=_claims_letta,
)

CREWAI_AGENTS = Format(
    name="crewai-agents",
    product="CrewAI",
    containers=(Container.YAML,),
    homes=("src/<package>/config/agents.yaml",),
    paths=("*/config/agents.yaml",),
    keys=(
        Key("role", "display-name", is_required=True),
        Key("goal", "description", is_required=True),
        Key("llm", "model"),
        Key("tools", type=Type.NAMES, style=ListStyle.LIST, accepts_text=False),
        flag("allow_delegation", "allow-delegation"),
        number("max_iter", "max-turns"),
        number("max_rpm", "max-requests-per-minute"),
        number("max_execution_time", "timeout-seconds"),
        flag("verbose"),
        flag("cache"),
        Key("system_template", "system-template"),
        Key("prompt_template", "prompt-template"),
    ),
    roots=(Root((), Holds.MAP),),
    prompt=("backstory",),
    body=Body.NEEDED,
    absent_tools=Grant.ELSEWHERE,
    note="Role and goal are part of the prompt as well. Texts may hold {placeholders}.",
    claims=_claims_crew,
)

DOCKER_AGENT = Format(
    name="docker-agent",
    product="Docker Agent",
    containers=(Container.YAML,),
    homes=("agent.yaml", "agent.yml"),
    keys=(
        Key("model", is_required=True),
        OPTIONAL_DESCRIPTION,
        Key("toolsets", type=Type.LIST),
        Key("sub_agents", "agents", type=Type.NAMES, style=ListStyle.LIST, accepts_text=False),
        Key("handoffs", type=Type.LIST),
        Key("welcome_message", "welcome-message"),
        flag("add_date", "add-date"),
        flag("add_environment_info", "add-environment-info"),
        Key("add_prompt_files", "add-prompt-files", type=Type.LIST),
        number("max_iterations", "max-turns"),
    ),
    roots=(Root(("agents",), Holds.MAP),),
    prompt=("instruction",),
    body=Body.NEEDED,
    vocabulary="docker",
    vocabulary_is_whole=False,
    absent_tools=Grant.NOTHING,
    tool_maps=ToolMaps(("toolsets",), name="type", parts="tools"),
    note="The first agent is the main one, or the one that is called root.",
    claims=_claims_docker,
    model_words=frozenset({"auto"}),
)

ADK_AGENT = Format(
    name="adk-agent",
    product="Google ADK",
    containers=(Container.YAML,),
    homes=("root_agent.yaml, and others that it names",),
    paths=("*/root_agent.yaml",),
    keys=(
        choice("agent_class", "LlmAgent SequentialAgent ParallelAgent LoopAgent", "agent-class"),
        OPTIONAL_NAME,
        MODEL,
        OPTIONAL_DESCRIPTION,
        Key("tools", "tool-settings", type=Type.LIST),
        Key("sub_agents", "agents", type=Type.LIST),
    ),
    prompt=("instruction",),
    body=Body.NEEDED,
    body_instead={"agent-class": _CLASSES_OF_ADK - {"LlmAgent"}},
    vocabulary="adk",
    vocabulary_is_whole=False,
    absent_tools=Grant.NOTHING,
    tool_maps=ToolMaps(("tool-settings",), has_plain_names=True),
    note="An agent that only runs others in turn needs no instruction. Names of tools may lead to any function.",
    claims=_claims_adk,
)

FORMATS = (LETTA_AF, CREWAI_AGENTS, DOCKER_AGENT, ADK_AGENT)
