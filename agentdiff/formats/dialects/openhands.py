"""OpenHands: skills whose text is added when a word of theirs falls."""

from __future__ import annotations

from agentdiff.formats.base import Container, Format, Key, Keys, ListStyle, Type
from agentdiff.formats.dialects._shared import OPTIONAL_NAME, PATHS_LIST, is_list


def _claims(keys: Keys) -> bool:
    return is_list(keys.get("triggers")) and "description" not in keys and "tools" not in keys


OPENHANDS_SKILL = Format(
    name="openhands-skill",
    product="OpenHands",
    containers=(Container.FRONT_MATTER, Container.MARKDOWN),
    homes=(".openhands/microagents/*.md",),
    paths=("*/.openhands/microagents/*.md",),
    keys=(
        OPTIONAL_NAME,
        Key("triggers", type=Type.NAMES, style=ListStyle.LIST, accepts_text=False),
        PATHS_LIST,
    ),
    note="Where there are triggers and paths, the paths count.",
    claims=_claims,
)

FORMATS = (OPENHANDS_SKILL,)
