"""goose: agents in Markdown, and recipes in YAML or JSON, which the desktop program nests under `recipe`."""

from __future__ import annotations

from collections.abc import Mapping

from agentdiff.formats.base import Body, Container, Format, Grant, Key, Keys, Naming, Root, ToolMaps, Type
from agentdiff.formats.dialects._shared import MODEL, NAME, OPTIONAL_DESCRIPTION, is_list, number

_TEXTS = frozenset({"instructions", "prompt"})
_FIRST_KEYS = _TEXTS | {"title", "description", "author"}
_LISTS = ("activities", "extensions", "parameters", "sub_recipes")


def _claims_recipe(keys: Keys) -> bool:
    """Translations and pages have a title, a description and instructions as well."""
    inner = keys.get("recipe")
    recipe = inner if isinstance(inner, Mapping) else keys
    texts = [key for key in recipe if isinstance(recipe[key], str)]
    if not {"title", "description"}.issubset(texts) or _TEXTS.isdisjoint(texts):
        return False
    has_own = any(is_list(recipe.get(key)) for key in _LISTS) or isinstance(recipe.get("settings"), Mapping)
    return has_own or str(recipe.get("version"))[:1].isdigit() or _FIRST_KEYS.issuperset(recipe)


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
    body=Body.NEEDED,
    body_instead={"initial-prompt": frozenset()},
    naming=Naming.FILE,
    vocabulary="goose",
    vocabulary_is_whole=False,
    absent_tools=Grant.ELSEWHERE,
    tool_maps=ToolMaps(
        ("extensions",), parts="available_tools", own_types=frozenset({"builtin", "platform"}), has_servers=True
    ),
    note="It needs instructions, or a prompt, which is the first message. Values may hold {{ parameters }}."
    " Without extensions an agent has those of its user.",
    claims=_claims_recipe,
)

FORMATS = (GOOSE_AGENT, GOOSE_RECIPE)
