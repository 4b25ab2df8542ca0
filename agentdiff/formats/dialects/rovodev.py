"""Rovo Dev of Atlassian: subagents and prompts."""

from __future__ import annotations

from agentdiff.formats.base import Body, Container, Format, Holds, Key, Keys, Kind, Naming, Root
from agentdiff.formats.dialects._shared import NAME, OPTIONAL_DESCRIPTION, TOOLS_LIST, maps_in


def _claims_list(keys: Keys) -> bool:
    return any("content_file" in each for each in maps_in(keys.get("prompts")))


ROVODEV_AGENT = Format(
    name="rovodev-agent",
    product="Atlassian Rovo Dev",
    homes=(".rovodev/subagents/*.md",),
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

ROVODEV_PROMPT_LIST = Format(
    name="rovodev-prompt-list",
    product="Atlassian Rovo Dev",
    kind=Kind.COMMAND,
    containers=(Container.YAML,),
    homes=(".rovodev/prompts.yml",),
    paths=("*/.rovodev/prompts.yml",),
    keys=(NAME, OPTIONAL_DESCRIPTION, Key("content_file", "prompt-file")),
    roots=(Root(("prompts",), Holds.LIST),),
    body=Body.ELSEWHERE,
    note="Each entry names the file of a prompt.",
    claims=_claims_list,
)

FORMATS = (ROVODEV_AGENT, ROVODEV_PROMPT, ROVODEV_PROMPT_LIST)
