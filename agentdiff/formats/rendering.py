"""Fields and body -> a new file in any dialect."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from agentdiff.errors import BadInput
from agentdiff.formats import _frontmatter
from agentdiff.formats._tree import Bare, Typed
from agentdiff.formats.base import Body, Container, Format, Holds, Key, ListStyle, Type
from agentdiff.formats.detection import DATA
from agentdiff.formats.reading import names_in
from agentdiff.model import FieldValue

_BARE = re.compile(r"true|false|[-+]?\d+(\.\d+)?")
_UNTYPED = frozenset({Type.TEXT, Type.NAMES})


class Marked(NamedTuple):
    """A value in which numbers and truth values are told from texts already: they are Bare."""

    value: Typed


Fields: TypeAlias = Sequence[tuple[str, "FieldValue | Marked"]]
"""Canonical names and values, in the order in which they are written."""


def render(fields: Fields, body: str, format: Format, unquoted: Collection[str] = ()) -> str:
    """A new file in that dialect, with one agent.

    Every string is written so that a reader gets the same string back, except truth values and numbers of fields that
    hold such: those of the dialect, and those named in `unquoted`. A `Marked` value says itself which those are.
    Markdown without fields has no block at all. In a data file the agent stands where the dialect has its agents.
    Raises BadInput for a dialect that cannot be written.
    """
    if format.containers[0] in DATA:
        return render_all([(fields, body)], format, unquoted)
    check_written(format)
    text = body.strip("\r\n")
    has_block = (
        bool(fields) or _frontmatter.split(text) is not None
    )  # an empty one, so that the text is not taken for it
    parts = ["---\n", *_front_matter(fields, format, unquoted), "---\n"] if has_block else []
    if text:
        parts += ["\n" if has_block else "", text, "\n"]
    return "".join(parts)


def is_written(format: Format) -> bool:
    """Whether an agent can be written in that dialect, all in one file."""
    return Container.CODE not in format.containers and format.body in (Body.PROMPT, Body.NEEDED)


def check_written(format: Format) -> None:
    """Raise BadInput for a dialect that cannot be written."""
    if Container.CODE in format.containers:
        raise BadInput(f"{format.name} cannot be written: it is program code; choose another format")
    if not is_written(format):
        where = "in a file of its own" if format.body is Body.ELSEWHERE else "nowhere"
        raise BadInput(f"{format.name} cannot be written: its files have the prompt {where}; choose another format")


def render_all(agents: Sequence[tuple[Fields, str]], format: Format, unquoted: Collection[str] = ()) -> str:
    """A new data file with several agents, as `render` writes one. Raises BadInput where a file of it holds one."""
    check_written(format)
    if len(agents) != 1 and not holds_several(format):
        raise BadInput(f"a file of {format.name} holds one agent; name one of them as FILE#NAME")
    maps = [_agent_map(fields, body, format, unquoted) for fields, body in agents]
    return _dump(_wrapped(maps, [_map_key(fields) for fields, _ in agents], format), format.containers[0])


def holds_several(format: Format) -> bool:
    """Whether a file of that dialect may hold several agents."""
    return format.containers[0] in DATA and format.roots[0].holds is not Holds.ONE


# ---------------------------------------------------------------------------------------------- new Markdown


def _front_matter(fields: Fields, format: Format, unquoted: Collection[str]) -> Iterator[str]:
    from agentdiff.formats import _yaml

    for name, value in fields:
        key = format.by_field.get(name)
        if isinstance(value, Marked):
            yield _yaml.dump(format.key_of(name), value.value, may_use_blocks=format.reads_blocks)
            continue
        is_list = key is not None and key.type is Type.NAMES
        written = with_style(value, key) if key else value
        yield _yaml.dump(
            format.key_of(name),
            written,
            is_typed=name in unquoted or _is_typed(key) or (is_list and isinstance(value, Mapping)),  # as switches
            is_flat=is_list,
            may_use_blocks=format.reads_blocks,
        )


def _is_typed(key: Key | None) -> bool:
    """Whether the key holds truth values or numbers, by itself or inside, that lose their meaning in quotes."""
    return key is not None and key.type not in _UNTYPED


def with_style(value: FieldValue, key: Key) -> FieldValue:
    """A list of names as the key has them: as one text where the names can be told again in it. `[]` cannot."""
    if key.type is not Type.NAMES or key.style is ListStyle.LIST or not isinstance(value, tuple | list):
        return value
    if not all(isinstance(entry, str) for entry in value):
        return value
    joined = (", " if key.style is ListStyle.COMMAS else " ").join(str(entry) for entry in value)
    return joined if names_in(joined, key.style) == tuple(value) else value


# ---------------------------------------------------------------------------------------------- new data


def _wrapped(agents: Sequence[dict[str, Typed]], names: Sequence[str], format: Format) -> dict[str, Typed]:
    """The whole file, with the agents where the dialect has them."""
    root = format.roots[0]
    if root.holds is Holds.LIST:
        *outer, last = root.path
        document: dict[str, Typed] = {last: list(agents)}
    else:
        outer = list(root.path)
        document = agents[0] if root.holds is Holds.ONE else dict(zip(names, agents, strict=True))
    for key in reversed(outer):
        document = {key: document}
    return document


def _map_key(fields: Fields) -> str:
    return next((str(value) for name, value in fields if name == "name" and value), "agent")


def _agent_map(fields: Fields, body: str, format: Format, unquoted: Collection[str]) -> dict[str, Typed]:
    """Fields under their keys, dotted ones inside maps, and the prompt where the dialect declares its key."""
    written: dict[str, Typed] = {}
    is_key = format.roots[0].holds is Holds.MAP
    for name, value in fields:
        if not (is_key and name == "name"):
            typed = as_typed(value, format.by_field.get(name), name in unquoted)
            _put(written, format.key_of(name), typed)
    for key, text in zip(format.prompt, split_prompt(body, len(format.prompt)), strict=False):
        written[key] = text
    return written


def _put(written: dict[str, Typed], key: str, value: Typed) -> None:
    outer, _, inner = key.partition(".")
    if inner:
        within = written.setdefault(outer, {})
        if isinstance(within, dict):
            within[inner] = value
    else:
        written[key] = value


def as_typed(value: FieldValue | Marked, key: Key | None, is_unquoted: bool = False) -> Typed:
    """The value with its numbers and truth values marked, where the key holds such."""
    if isinstance(value, Marked):
        return value.value
    if key is not None:
        value = with_style(value, key)
    is_switches = key is not None and key.type is Type.NAMES and isinstance(value, Mapping)
    return _marked(value, is_unquoted or _is_typed(key) or is_switches)


def _marked(value: FieldValue, is_typed: bool) -> Typed:
    if value is None:
        return None
    if isinstance(value, str):
        return Bare(value) if is_typed and not isinstance(value, Bare) and _BARE.fullmatch(value) else value
    if isinstance(value, Mapping):
        return {key: _marked(entry, is_typed) for key, entry in value.items()}
    return [_marked(entry, is_typed) for entry in value]


def split_prompt(body: str, count: int) -> list[str]:
    """A body as the texts of `count` keys, which give it again when they are joined.

    Where there are two, the first takes the opening paragraph, which says who the agent is.
    """
    from agentdiff.formats._data import PART_BREAK

    text = body.strip("\r\n")
    opening, found, rest = text.partition(PART_BREAK)
    if count < 2 or not found or rest.startswith("\n") or _opens_block(opening):
        return [text]
    return [opening, rest]


def _opens_block(opening: str) -> bool:
    """Whether a paragraph is a title or list, which must not be taken from what follows."""
    return opening.lstrip()[:1] in tuple("#-*+|<>`~") or opening.rstrip().endswith(":")


def _dump(document: Mapping[str, Typed], container: Container) -> str:
    from agentdiff.formats import _json, _toml, _yaml_tree

    if container is Container.JSON:
        return _json.dump(document)
    return _toml.dump(document) if container is Container.TOML else _yaml_tree.dump(document)
