"""goose: agents in Markdown, and recipes in YAML or JSON, which the desktop program nests under `recipe`."""

from __future__ import annotations

from collections.abc import Mapping

from agentdiff.formats._shared import MODEL, NAME, OPTIONAL_DESCRIPTION, number
from agentdiff.formats.base import Container, Format, Key, Keys, Naming, Root, Type


def _claims_recipe(keys: Keys) -> bool:
    inner = keys.get("recipe")
    recipe = inner if isinstance(inner, Mapping) else keys
    return "title" in recipe and ("instructions" in recipe or "prompt" in recipe)


GOOSE_AGENT = Format(
    name="goose-agent",
    product="goose",
    homes=(".goose/agents/*.md", ".agents/agents/*.md", "~/.config/goose/agents/*.md"),
    paths=("*/.goose/agents/*.md", "*/.config/goose/agents/*.md", "*/.agents/agents/*.md"),
    keys=(NAME, OPTIONAL_DESCRIPTION, MODEL),
)

GOOSE_RECIPE = Format(
    name="goose-recipe",
    product="goose",
    containers=(Container.YAML, Container.JSON),
    homes=("any *.yaml or *.json", "the directories of GOOSE_RECIPE_PATH"),
    keys=(
        Key("version"),
        Key("title", "display-name", is_required=True),
        Key("description", is_required=True),
        Key("prompt", "initial-prompt"),
        Key("activities", type=Type.LIST),
        Key("extensions", type=Type.LIST),
        Key("parameters", type=Type.LIST),
        Key("response", type=Type.MAP),
        Key("retry", type=Type.MAP),
        Key("settings.goose_provider", "provider"),
        Key("settings.goose_model", "model"),
        number("settings.temperature", "temperature"),
        number("settings.max_turns", "max-turns"),
        Key("sub_recipes", "sub-recipes", type=Type.LIST),
    ),
    roots=(Root(), Root(("recipe",))),
    prompt=("instructions",),
    naming=Naming.FILE,
    note="It needs instructions, or a prompt, which is the first message. Values may hold {{ parameters }}.",
    claims=_claims_recipe,
)

FORMATS = (GOOSE_AGENT, GOOSE_RECIPE)
