"""What many dialects have in common: keys of one shape, and the questions that `claims` ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from agentdiff.formats.base import Key, Keys, ListStyle, Type
from agentdiff.model import FieldValue

NAME = Key("name", is_required=True)
OPTIONAL_NAME = Key("name")
TITLE = Key("name", "display-name")
"""`name` where the file or the directory is the identity, so that the key is only shown."""
DESCRIPTION = Key("description", is_required=True)
OPTIONAL_DESCRIPTION = Key("description")
MODEL = Key("model")
TEMPERATURE = Key("temperature", type=Type.NUMBER)
COLOR = Key("color")
ARGUMENT_HINT = Key("argument-hint")

TOOLS_TEXT = Key("tools", type=Type.NAMES)
"""`tools: Read, Grep`; a list does as well."""
TOOLS_LIST = Key("tools", type=Type.NAMES, style=ListStyle.LIST)
"""`tools: [read, search]`; text with commas does as well."""
TOOLS_ONLY_LIST = Key("tools", type=Type.NAMES, style=ListStyle.LIST, accepts_text=False)

SKILLS = Key("skills", type=Type.NAMES, style=ListStyle.LIST)
HOOKS = Key("hooks", type=Type.MAP)
GLOBS_TEXT = Key("globs", type=Type.NAMES)
PATHS_LIST = Key("paths", "globs", type=Type.NAMES, style=ListStyle.LIST)
ALWAYS_APPLY = Key("alwaysApply", "activation", type=Type.FLAG, values={"true": "always"})

COMMAND_KEYS = (OPTIONAL_DESCRIPTION, ARGUMENT_HINT)
RULE_WITH_PATHS = (PATHS_LIST,)

EFFORTS = "low medium high"
OPPOSITE = {"true": "false", "false": "true"}
"""The words of a flag that says the contrary of its field."""

KEBAB = "[a-z0-9]+(-[a-z0-9]+)*"
"""Small letters, digits, and single hyphens between them."""


def flag(key: str, field: str = "") -> Key:
    """A key behind which `true` or `false` stands."""
    return Key(key, field, type=Type.FLAG)


def number(key: str, field: str = "") -> Key:
    """A key behind which a number stands."""
    return Key(key, field, type=Type.NUMBER)


def choice(key: str, words: str, field: str = "") -> Key:
    """A key behind which one of those words stands; no other product is taken to mean the same by another word."""
    return Key(key, field, values={word: word for word in words.split()})


def has_any(*names: str) -> Callable[[Keys], bool]:
    """Whether one of those keys is there."""
    wanted = frozenset(names)
    return lambda keys: not wanted.isdisjoint(keys)


def names_in(value: FieldValue) -> Iterator[str]:
    """The names in a list, or in a text with commas."""
    if isinstance(value, str):
        yield from (name.strip() for name in value.split(","))
    elif isinstance(value, tuple | list):
        yield from (name for name in value if isinstance(name, str))


def is_word_of(words: frozenset[str], value: FieldValue) -> bool:
    """Whether the value is one of those words; lists and maps, which have no hash, are none."""
    return isinstance(value, str) and value in words


def is_list(value: FieldValue) -> bool:
    """Whether a list stands behind the key, and no text."""
    return isinstance(value, tuple | list)


def maps_in(value: FieldValue) -> tuple[Mapping[str, FieldValue], ...]:
    """The maps in a list or behind the keys of a map; empty unless each of its entries is one."""
    if isinstance(value, Mapping):
        entries = tuple(value.values())
    else:
        entries = tuple(value) if isinstance(value, tuple | list) else ()
    maps = tuple(entry for entry in entries if isinstance(entry, Mapping))
    return maps if len(maps) == len(entries) else ()
