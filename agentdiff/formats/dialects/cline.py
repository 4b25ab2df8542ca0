"""Cline: agents in `.yaml` files that hold a block and prose behind it, rules and workflows."""

from __future__ import annotations

from agentdiff.formats.base import (
    ANY_REPAIR,
    Body,
    Container,
    Format,
    Grant,
    Key,
    Keys,
    Kind,
    Naming,
    Type,
    UnreadHeader,
)
from agentdiff.formats.dialects._shared import (
    ALWAYS_APPLY,
    DESCRIPTION,
    NAME,
    OPTIONAL_DESCRIPTION,
    PATHS_LIST,
    TOOLS_TEXT,
    names_in,
    number,
)

_OWN_KEYS = frozenset({"modelId", "providerId", "maxIterations"})
_OWN_TOOLS = frozenset(
    "write_to_file replace_in_file execute_command search_files list_code_definition_names use_mcp_tool".split()
)


def _claims_agent(keys: Keys) -> bool:
    return not _OWN_KEYS.isdisjoint(keys) or not _OWN_TOOLS.isdisjoint(names_in(keys.get("tools")))


CLINE_AGENT = Format(
    name="cline-agent",
    product="Cline",
    homes=(".cline/agents/*.yaml", "~/.cline/agents/*.yaml", "~/Documents/Cline/Agents/*.yaml"),
    paths=(
        "*/.cline/agents/*.yaml",
        "*/.cline/agents/*.yml",
        "*/Documents/Cline/Agents/*.yaml",
        "*/Documents/Cline/Agents/*.yml",
    ),
    keys=(
        NAME,
        DESCRIPTION,
        TOOLS_TEXT,
        Key("skills", type=Type.NAMES),
        Key("modelId", "model"),
        Key("providerId", "provider"),
        number("maxIterations", "max-turns"),
    ),
    body=Body.NEEDED,
    vocabulary="cline",
    absent_tools=Grant.NOTHING,
    rejects_unknown_tools=True,
    note="The file is called .yaml, but prose follows its block.",
    unread_headers=(UnreadHeader(ANY_REPAIR, "Cline skips an agent whose header is not valid YAML"),),
    claims=_claims_agent,
)

CLINE_RULE = Format(
    name="cline-rule",
    product="Cline",
    kind=Kind.RULE,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".clinerules", ".clinerules/*.md"),
    paths=("*/.clinerules", "*/.clinerules/*.md"),
    keys=(PATHS_LIST, ALWAYS_APPLY, OPTIONAL_DESCRIPTION),
    naming=Naming.FILE,
)

CLINE_WORKFLOW = Format(
    name="cline-workflow",
    product="Cline",
    kind=Kind.COMMAND,
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".clinerules/workflows/*.md",),
    paths=("*/.clinerules/workflows/*.md",),
    keys=(OPTIONAL_DESCRIPTION,),
    naming=Naming.FILE,
)

FORMATS = (CLINE_AGENT, CLINE_RULE, CLINE_WORKFLOW)
