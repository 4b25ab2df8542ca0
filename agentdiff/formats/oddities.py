"""What is odd about an agent for the host that it is written for: what was read, and what the host would make of it.

Every diagnostic has a stable code, a line of the file and one sentence with a remedy. Not a linter: nothing here is a
matter of taste.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from agentdiff.files import STANDARD_INPUT
from agentdiff.formats.base import Body, Container, Format, Key, Naming, Type, UnknownKeys
from agentdiff.model import Agent, Diagnostic, Field, Severity

SPOKEN_NAMES = 5
"""Names that one sentence lists at most."""

_HIDDEN = re.compile(
    "[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u206a-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]|\u200c(?=[\x00-\x7f])|\u200d(?=[\x00-\x7f])"
)
"""Characters that show nothing, turn the direction of text, or steer a terminal. Joiners are usual between letters of
some scripts and inside emoji, so they count only before a plain letter."""
_ELSEWHERE = re.compile(r"\{file:[^}\n]*\}|file://\S*")
_FLAGS = frozenset({"true", "false"})


def oddities(agent: Agent, format: Format, container: Container, line: int) -> Iterator[Diagnostic]:
    """The diagnostics of one agent that begins on that line of its file."""
    yield from _of_fence(agent, format, container)
    yield from _of_fields(agent, format, line)
    yield from _of_name(agent, format, line)
    yield from _of_tools(agent, format)
    yield from _of_body(agent, format, line)
    yield from _hidden(agent, container)


def _warning(code: str, message: str, line: int) -> Diagnostic:
    return Diagnostic(code, Severity.WARNING, message, line)


def _error(code: str, message: str, line: int) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, line)


# ---------------------------------------------------------------------------------------------- header


def _of_fence(agent: Agent, format: Format, container: Container) -> Iterator[Diagnostic]:
    """A block that the host does not find where we do."""
    if container is not Container.FRONT_MATTER or not agent.fields or not format.needs_exact_fence:
        return
    if agent.source.startswith("\ufeff"):
        what = "begins with a byte order mark"
    elif not agent.source.startswith("---"):
        what = "does not begin with `---` on its first line"
    else:
        return
    message = f"{format.product} reads no fields from a file that {what}; remove what stands before `---`"
    yield _warning("header-skipped", message, 1)


def _of_fields(agent: Agent, format: Format, line: int) -> Iterator[Diagnostic]:
    present = {field.name for field in agent.fields if field.value or field.value == ()}
    for key in format.keys:
        if key.is_required and key.name not in present and key.key not in format.prompt:
            where = "the front matter" if not agent.places and agent.text == agent.source else "the agent"
            message = f"{format.product} does not load an agent without `{key.key}`; add it to {where}"
            yield _warning(f"{key.name}-missing", message, line)
    for field in agent.fields:
        known = format.by_key.get(field.key)
        if known is None:
            yield from _of_unknown_key(field, format)
        else:
            yield from _of_value(field, known, format)


def _of_unknown_key(field: Field, format: Format) -> Iterator[Diagnostic]:
    if format.unknown_keys is UnknownKeys.REJECTED:
        message = (
            f"`{field.key}` is no key of {format.product} that is known, and it loads no agent with others; remove it"
        )
        yield _warning("unknown-key", message, field.span.first)


def _of_value(field: Field, key: Key, format: Format) -> Iterator[Diagnostic]:
    value, line = field.value, field.span.first
    if value is None:
        return
    if isinstance(value, str) and key.pattern and not re.fullmatch(key.pattern, value):
        message = f"{format.product} does not take {value[:60]!r} as `{key.key}`; it must match {key.pattern}"
        yield _warning(f"{key.name}-not-allowed", message, line)
    if isinstance(value, str) and key.limit and len(value) > key.limit:
        message = f"`{key.key}` has {len(value)} characters and {format.product} takes {key.limit}; shorten it"
        yield _warning("too-long", message, line)
    wanted = _unlike(field, key)
    if wanted:
        message = f"`{key.key}` should be {wanted} for {format.product}; write it so"
        yield _warning("wrong-type", message, line)


def _unlike(field: Field, key: Key) -> str:
    """What a value should be and is not; empty where it is right."""
    raw = field.raw.strip()
    return _TYPE_CHECKS[key.type](field, key, raw) if key.type in _TYPE_CHECKS else ""


def _unlike_flag(field: Field, key: Key, raw: str) -> str:
    is_flag = isinstance(field.value, str) and field.value.lower() in _FLAGS and raw[:1] not in ('"', "'")
    return "" if is_flag else "true or false, without quotes,"


def _unlike_number(field: Field, key: Key, raw: str) -> str:
    is_number = isinstance(field.value, str) and re.fullmatch(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", field.value)
    return "" if is_number or (key.name == "max-turns" and isinstance(field.value, Mapping)) else "a number"


def _unlike_names(field: Field, key: Key, raw: str) -> str:
    is_text = isinstance(field.value, tuple) and raw[:1] not in ("[", "-", "&", "!", "#", "")
    return "a list" if is_text and not key.accepts_text else ""


_TYPE_CHECKS: Mapping[Type, Callable[[Field, Key, str], str]] = {
    Type.FLAG: _unlike_flag,
    Type.NUMBER: _unlike_number,
    Type.NAMES: _unlike_names,
}


def _of_name(agent: Agent, format: Format, line: int) -> Iterator[Diagnostic]:
    """A name that is not the one of the file: both are seen by users."""
    from agentdiff.formats.naming import name_of_file

    field = agent.field("name")
    if field is None or agent.places or format.naming is not Naming.FIELD or agent.path == STANDARD_INPUT:
        return
    file_name = name_of_file(agent.path, format)
    if agent.name != file_name and agent.text == agent.source:
        message = f"the agent is called {agent.name!r} and its file {file_name!r}; {format.product} goes by the name"
        yield Diagnostic("name-unlike-file", Severity.INFO, message, field.span.first)


# ---------------------------------------------------------------------------------------------- tools


def _of_tools(agent: Agent, format: Format) -> Iterator[Diagnostic]:
    """Names that the host does not know, all of one field in one sentence."""
    if not format.vocabulary:
        return
    for name in ("tools", "disallowed-tools"):
        field = agent.field(name)
        entries = field.value if field else None
        if field is None or not isinstance(entries, tuple | dict):
            continue
        unknown = [entry for entry in entries if isinstance(entry, str) and not _is_known(entry, format)]
        if unknown:
            yield _of_unknown_tools(unknown, field, format)


def _is_known(tool: str, format: Format) -> bool:
    from agentdiff.capabilities import EVERYTHING, capabilities, is_documented

    bare = tool.partition("(")[0].strip()
    if tool == EVERYTHING or is_documented(bare, format.vocabulary):
        return True
    return all(each.startswith("mcp") for each in capabilities(tool, format.vocabulary))


def _of_unknown_tools(unknown: list[str], field: Field, format: Format) -> Diagnostic:
    shown = ", ".join(f"`{name[:40]}`" for name in unknown[:SPOKEN_NAMES])
    more = f" and {len(unknown) - SPOKEN_NAMES} more" if len(unknown) > SPOKEN_NAMES else ""
    outcome = "does not load the agent for it" if format.rejects_unknown_tools else "ignores what it does not know"
    message = f"{shown}{more}: no tool of {format.product}, which {outcome}; correct or remove it"
    severity = Severity.ERROR if format.rejects_unknown_tools else Severity.WARNING
    return Diagnostic("unknown-tool", severity, message, field.span.first)


# ---------------------------------------------------------------------------------------------- body


def _of_body(agent: Agent, format: Format, line: int) -> Iterator[Diagnostic]:
    has_body = bool(agent.items or agent.sections)
    first = agent.on_disk(agent.items[0].span).first if agent.items else line
    if format.body is Body.NEEDED and not has_body:
        yield _error("body-missing", f"{format.product} does not load an agent without a prompt; write one", line)
    elif format.body is Body.FORBIDDEN and has_body:
        yield _error("body-forbidden", f"{format.product} refuses {format.name} files with text; remove it", first)
    elif format.body is Body.IGNORED and has_body:
        yield _warning("body-ignored", f"{format.product} does not read the text of {format.name} files", first)
    elif format.body is Body.ELSEWHERE and not has_body:
        yield _elsewhere(line)
    if has_body and len(agent.items) == 1 and _ELSEWHERE.fullmatch(agent.items[0].text.strip()):
        yield _elsewhere(first)
    length = len(agent.text) - _start(agent)
    if format.body_limit and length > format.body_limit:
        message = f"the text has {length} characters and {format.product} takes {format.body_limit}; shorten it"
        yield _warning("too-long", message, first)


def _elsewhere(line: int) -> Diagnostic:
    message = "the prompt stands in another file, which is not read; give that file to agentdiff to compare its text"
    return Diagnostic("prompt-elsewhere", Severity.INFO, message, line)


def _start(agent: Agent) -> int:
    """The character of the text at which the body begins."""
    offset = 0
    for _ in range(agent.body_line - 1):
        offset = agent.text.index("\n", offset) + 1
    return offset


def _hidden(agent: Agent, container: Container) -> Iterator[Diagnostic]:
    """Characters that a reader of the file does not see, one diagnostic a line."""
    is_markdown = container in (Container.FRONT_MATTER, Container.MARKDOWN)
    lines = (agent.source if is_markdown else agent.text).removeprefix("\ufeff").split("\n")
    places = agent.places or range(1, len(lines) + 1)
    told = set()
    for place, line in (*zip(places, lines, strict=False), *_texts(agent)):
        found = () if line.isascii() and line.isprintable() else sorted(set(_HIDDEN.findall(line)))
        if found and place not in told:
            told.add(place)
            names = ", ".join(f"U+{ord(each):04X}" for each in found[:SPOKEN_NAMES])
            yield _warning(
                "hidden-characters", f"this line holds characters that are not seen ({names}); remove them", place
            )


def _texts(agent: Agent) -> Iterator[tuple[int, str]]:
    """The texts of fields, in which escapes may hide what the file shows."""
    for field in agent.fields:
        values = field.value if isinstance(field.value, tuple) else (field.value,)
        yield from ((field.span.first, value) for value in values if isinstance(value, str))
