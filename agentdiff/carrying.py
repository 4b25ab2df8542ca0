"""One field of an agent in the words of another dialect, and what became of it where that has no such words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from agentdiff.formats.base import Format, Key, Type, UnknownKeys
from agentdiff.formats.detection import DATA
from agentdiff.formats.reading import names_in
from agentdiff.formats.registry import FORMATS
from agentdiff.model import Field, FieldValue
from agentdiff.text import SPOKEN_CHARACTERS, is_list_of_texts

_LIKE_CLAUDE = frozenset({"claude", "qwen"})
_LIKE_KIRO = frozenset({"kiro", "amazonq"})
_OWN_WORDS: Mapping[str, tuple[frozenset[str], ...]] = {
    "hooks": (_LIKE_CLAUDE, _LIKE_KIRO),
    "tool-settings": (_LIKE_KIRO,),
    "handoffs": (frozenset({"copilot"}),),
    "extensions": (),
    "kind": (),
}
"""Fields whose insides each product has in its own words, with the vocabularies of products that share them."""

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_FLAGS = frozenset({"true", "false"})


class Outcome(StrEnum):
    """What became of something that the target cannot say as it was."""

    DROPPED = "dropped"
    MOVED = "moved"
    """It is said elsewhere, such as in the name of the file."""
    CHANGED = "changed"
    ADDED = "added"
    """The target wants what the agent does not say."""
    KEPT = "kept"
    """Written though the host ignores it, or takes less of it."""
    NARROWED = "narrowed"
    WIDENED = "widened"


class Carried(NamedTuple):
    """A field as it is written in the target."""

    value: FieldValue
    """None: it is not written."""
    outcome: Outcome | None = None
    """None where all was said."""
    message: str = ""
    """One sentence where not all was said."""


def carried(field: Field, origin: Format, target: Format) -> Carried:
    """The field with its value as the target has it. Its name stays, except where the target does not know the key."""
    own = origin.by_key.get(field.key)
    key = key_for(field.name, target)
    if own is None and field.name != "description":
        return _unknown(field, origin, target)
    if key is None:
        return _dropped(f"{target.name} has no key for `{field.key}`")
    if field.value is None:
        return Carried(None)
    if not _shares_words(field.name, origin, target) or (own and {own.type, key.type} == {Type.NAMES, Type.LIST}):
        return _dropped(f"{target.product} says `{key.key}` in its own words; write it anew")
    if field.name == "model":
        return _model(field.value, key, target)
    return _fitted(field, own, key, target)


def key_for(name: str, target: Format) -> Key | None:
    """The key for a canonical field. Front matter is flat, so keys that lead into a map are for data files."""
    key = target.by_field.get(name)
    return None if key is not None and "." in key.key and target.containers[0] not in DATA else key


def _dropped(message: str) -> Carried:
    return Carried(None, Outcome.DROPPED, message)


def _shares_words(name: str, origin: Format, target: Format) -> bool:
    groups = _OWN_WORDS.get(name)
    pair = {origin.vocabulary, target.vocabulary}
    return groups is None or any(pair <= group for group in groups)


def _unknown(field: Field, origin: Format, target: Format) -> Carried:
    """Keys that no host knows stay where they do no harm."""
    if field.key in target.by_key or field.name in target.by_field:
        return _dropped(
            f"{origin.product} does not know `{field.key}`, and to {target.product} it would mean something"
        )
    # Who refuses an agent for a tool may do so for a key.
    if target.unknown_keys is not UnknownKeys.IGNORED or target.rejects_unknown_tools or not target.keys:
        return _dropped(f"{target.name} has no key for `{field.key}`")
    return Carried(field.value, Outcome.KEPT, f"{target.product} ignores `{field.key}`; it was kept")


def _model(value: FieldValue, key: Key, target: Format) -> Carried:
    if not isinstance(value, str) and key.type is Type.TEXT:
        names = [each for each in value or () if isinstance(each, str)] if not isinstance(value, Mapping) else []
        if not names:
            return _dropped(f"{target.product} wants the name of a model as `{key.key}`")
        first = _model(names[0], key, target)
        return first if first.value is None else _first_of(names, target)
    names = [value] if isinstance(value, str) else [each for each in value or () if isinstance(each, str)]
    unknown = next(
        (name for name in names if not _knows(target, name) or (key.values and name not in key.values)), None
    )
    if unknown is not None:
        return _dropped(f"{target.product} does not know the model {unknown!r}; its own default applies")
    return Carried(value)


def _first_of(names: list[str], target: Format) -> Carried:
    message = f"{target.product} takes one model: the first of {len(names)} was written"
    return Carried(names[0], Outcome.CHANGED, message) if len(names) > 1 else Carried(names[0])


def _knows(target: Format, model: str) -> bool:
    """Whether a word is no word of another product, and no name for people, which only Copilot takes."""
    word = model.strip().lower().partition("[")[0]
    if any(word in format.model_words for format in FORMATS.values()):
        return word in target.model_words
    is_display_name = " " in model.strip() and "[" not in model
    return not is_display_name or target.vocabulary == "copilot"


def _fitted(field: Field, own: Key | None, key: Key, target: Format) -> Carried:
    value = key.word_for(own.meaning(field.value) if own else field.value)
    if isinstance(value, str) and key.values and value not in key.values and (not own or own.values != key.values):
        return _dropped(f"{target.product} has no word for `{field.key}: {field.value}`")
    if key.type is Type.FLAG and isinstance(value, str) and value.lower() in _FLAGS:
        value = value.lower()
    wanted = _misfit(value, key)
    if wanted:
        return _dropped(f"{target.product} wants {wanted} as `{key.key}`")
    if isinstance(value, str) and key.pattern and not re.fullmatch(key.pattern, value):
        shown = value[:SPOKEN_CHARACTERS]
        return _dropped(f"{target.product} does not take {shown!r} as `{key.key}`; it must match {key.pattern}")
    if isinstance(value, str) and key.limit and len(value) > key.limit:
        problem = f"`{key.key}` has {len(value)} characters and {target.product} takes {key.limit}; shorten it"
        return Carried(value, Outcome.KEPT, problem)
    return Carried(value)


def _misfit(value: FieldValue, key: Key) -> str:
    """What the target wants where a value is something else; empty where it fits."""
    is_map, is_list, is_text = isinstance(value, Mapping), isinstance(value, tuple), isinstance(value, str)
    match key.type:
        case Type.TEXT if not is_text:
            return "a text"
        case Type.MAP if not is_map:
            return "a map"
        case Type.LIST if not is_list:
            return "a list"
        case Type.NAMES if not _are_names(value):
            return "a list of names"
        case Type.FLAG if not (is_text and value in _FLAGS):
            return "true or false"
        case Type.NUMBER if not (is_text and _NUMBER.fullmatch(str(value))):
            return "a number"
    return ""


def _are_names(value: FieldValue) -> bool:
    return is_list_of_texts(names_in(value))
