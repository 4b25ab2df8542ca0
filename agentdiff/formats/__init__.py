"""Text <-> Agent: the table of dialects, finding out which one a file is in, reading it, and writing a new one."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping, Sequence
from os.path import basename, splitext

from agentdiff.errors import BadInput, EmptyAgent
from agentdiff.files import STANDARD_INPUT, read_source
from agentdiff.formats import _frontmatter, _markdown
from agentdiff.formats.base import Format, Keys, ListStyle
from agentdiff.formats.claude_agent import CLAUDE_AGENT
from agentdiff.formats.copilot_agent import COPILOT_AGENT
from agentdiff.formats.cursor_rule import CURSOR_RULE
from agentdiff.formats.plain_markdown import PLAIN_MARKDOWN
from agentdiff.model import Agent, Diagnostic, Field, FieldValue, Severity

__all__ = ["FORMATS", "Format", "detect", "named", "parse", "read", "render"]

FORMATS: dict[str, Format] = {
    format.name: format for format in (CURSOR_RULE, CLAUDE_AGENT, COPILOT_AGENT, PLAIN_MARKDOWN)
}
"""All dialects by name, in the order in which they are asked whether a file is theirs: strongest evidence first."""

_KNOWN_KEYS = frozenset(key for format in FORMATS.values() for key in format.keys)
_KINDS = (".agent", ".chatmode")
"""What stands in a file name between the agent's name and `.md`."""
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def named(name: str) -> Format:
    """The dialect of that name; BadInput with the known names for any other."""
    try:
        return FORMATS[name]
    except KeyError:
        raise BadInput(f"there is no format {name!r}; choose one of {', '.join(FORMATS)}") from None


def detect(path: str, keys: Keys) -> Format:
    """The dialect of a file, by its path, else by its keys; Claude Code's, the most common, where neither tells."""
    if not keys:
        return next((format for format in FORMATS.values() if format.lives_at(path)), PLAIN_MARKDOWN)
    with_keys = [format for format in FORMATS.values() if format.keys]
    by_path = next((format for format in with_keys if format.lives_at(path)), None)
    return by_path or next((format for format in with_keys if format.claims(keys)), CLAUDE_AGENT)


def read(path: str) -> Agent:
    """The agent in a file, or on standard input for `-`. Raises UnreadableFile and EmptyAgent."""
    source = read_source(path)
    return parse(source.text, source.path, source.sha256)


def parse(text: str, path: str, sha256: str | None = None) -> Agent:
    """The agent in a text. `path` is only a name: it tells the dialect and, where no field does, names the agent.

    `sha256` is that of the file's bytes, computed where it is not given. Raises EmptyAgent for a text that holds
    neither fields nor a body; oddities become diagnostics, ordered by line.
    """
    front = _frontmatter.read(text, _KNOWN_KEYS)
    if not front.entries and not text[front.body_offset :].strip():
        raise EmptyAgent(path)
    format = detect(path, {entry.key: entry.value for entry in front.entries})
    fields = tuple(_field(entry, format) for entry in front.entries)
    body = _markdown.parse_body(text, front.body_offset)
    diagnostics = (*_missing(fields, format), *_told(front.diagnostics, fields, format), *body.diagnostics)
    return Agent(
        path=path,
        format=format.name,
        name=_name(path, fields, format),
        sha256=sha256 or hashlib.sha256(text.encode()).hexdigest(),
        source=text,
        fields=fields,
        sections=body.sections,
        items=body.items,
        diagnostics=tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.line)),
        body_line=text.count("\n", 0, front.body_offset) + 1,
    )


def _field(entry: _frontmatter.Entry, format: Format) -> Field:
    name = format.keys.get(entry.key, entry.key)
    value = _names(entry.value) if name in format.lists else entry.value
    return Field(name, entry.key, value, entry.raw, entry.span)


def _names(value: FieldValue) -> FieldValue:
    """A list of names from either spelling. Nothing behind the key stays None: absent, empty and `*` all differ."""
    if not isinstance(value, str):
        return value
    names = tuple(name for name in map(_unquoted, _split_at_commas(value)) if name)
    return names or None


def _split_at_commas(text: str) -> list[str]:
    """The parts between commas that stand in no brackets: `Agent(a, b)` and `*.{ts,js}` are one name each."""
    parts, start, depth = [], 0, 0
    for at, character in enumerate(text):
        depth = max(0, depth + _BRACKETS.get(character, 0))
        if character == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def _unquoted(name: str) -> str:
    name = name.strip()
    return name[1:-1].strip() if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'" else name


def _name(path: str, fields: Sequence[Field], format: Format) -> str:
    given = next((field.value for field in reversed(fields) if field.name == "name"), None)
    if format.has_name_field and isinstance(given, str) and given.strip():
        return given.strip()
    if path == STANDARD_INPUT:
        return "stdin"
    stem = splitext(basename(path))[0]
    return next((stem.removesuffix(kind) for kind in _KINDS if stem.endswith(kind)), stem)


def _missing(fields: Sequence[Field], format: Format) -> list[Diagnostic]:
    """What the product wants and the file does not have."""
    present = {field.name for field in fields if field.value}
    return [
        Diagnostic(
            f"{name}-missing",
            Severity.WARNING,
            f"{format.product} does not load an agent without `{format.key_of(name)}`; add it to the front matter",
            1,
        )
        for name in format.required
        if name not in present
    ]


def _told(found: Sequence[Diagnostic], fields: Sequence[Field], format: Format) -> list[Diagnostic]:
    """The diagnostics without those about values that the product reads without quotes."""
    bare_lines = {field.span.first for field in fields if field.name in format.unquoted}
    return [entry for entry in found if not (entry.code == "yaml-requoted" and entry.line in bare_lines)]


def render(fields: Sequence[tuple[str, FieldValue]], body: str, format: Format, unquoted: Container[str] = ()) -> str:
    """A new file in that dialect: the fields under its keys in the order given, a blank line, the body, a line feed.

    `fields` are canonical names and values. Every string is written so that a strict YAML reader gets the same string
    back, except truth values and numbers of fields that hold such: those of the dialect, and those named in `unquoted`.
    Without fields there is no block at all.
    """
    text = body.strip("\r\n")
    parts = [_rendered(name, value, format, name in unquoted) for name, value in fields]
    parts = ["---\n", *parts, "---\n"] if parts else []
    if text:
        parts += ["\n" if fields else "", text, "\n"]
    return "".join(parts)


def _rendered(name: str, value: FieldValue, format: Format, is_unquoted: bool) -> str:
    from agentdiff.formats import _yaml

    is_list = name in format.lists
    if is_list and format.list_style is ListStyle.COMMAS and _fits_commas(value):
        value = ", ".join(str(entry) for entry in value or ())
    return _yaml.dump(
        format.key_of(name),
        value,
        is_typed=is_unquoted or name in format.typed or (is_list and isinstance(value, Mapping)),  # tools as switches
        is_flat=is_list,
        may_use_blocks=format.reads_blocks,
    )


def _fits_commas(value: FieldValue) -> bool:
    """Whether names joined by commas are the same names when they are read again. An empty list is not."""
    if not isinstance(value, tuple | list) or not all(isinstance(entry, str) for entry in value):
        return False
    return _names(", ".join(str(entry) for entry in value)) == tuple(value)
