"""Rovo Dev of Atlassian: subagents and prompts."""

from __future__ import annotations

from agentdiff.formats._shared import NAME, OPTIONAL_DESCRIPTION, TOOLS_LIST
from agentdiff.formats.base import Container, Format, Kind, Naming

ROVODEV_AGENT = Format(
    name="rovodev-agent",
    product="Atlassian Rovo Dev",
    homes=(".rovodev/subagents/*.md", "~/.rovodev/subagents/*.md"),
    paths=("*/.rovodev/subagents/*.md",),
    keys=(NAME, OPTIONAL_DESCRIPTION, TOOLS_LIST),
    vocabulary="claude",
    vocabulary_is_whole=False,
)

ROVODEV_PROMPT = Format(
    name="rovodev-prompt",
    product="Atlassian Rovo Dev",
    kind=Kind.COMMAND,
    containers=(Container.MARKDOWN,),
    homes=(".rovodev/prompts/*.md, listed in .rovodev/prompts.yml",),
    paths=("*/.rovodev/prompts/*.md",),
    naming=Naming.FILE,
)

FORMATS = (ROVODEV_AGENT, ROVODEV_PROMPT)
