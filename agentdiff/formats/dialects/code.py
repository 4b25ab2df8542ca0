"""Agents that are written as program code: they are not read, but known, so that one can say what they are."""

from __future__ import annotations

from agentdiff.formats.base import Container, Format

CODEBUFF_AGENT = Format(
    name="codebuff-agent",
    product="Codebuff",
    containers=(Container.CODE,),
    homes=(".agents/*.ts",),
    paths=("*/.agents/*.ts",),
    note="TypeScript; the prompt is instructionsPrompt.",
)

DOCKER_AGENT_HCL = Format(
    name="docker-agent-hcl",
    product="Docker Agent",
    containers=(Container.CODE,),
    homes=("agent.hcl",),
    paths=("*/agent.hcl",),
    note="HCL; write it as YAML to have it read.",
)

FORMATS = (CODEBUFF_AGENT, DOCKER_AGENT_HCL)
