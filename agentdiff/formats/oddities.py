"""What is odd about an agent for the host that it is written for: what was read, and what the host would make of it.

Not a linter: nothing here is a matter of taste.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from agentdiff.files import STANDARD_INPUT
from agentdiff.formats.base import Body, Container, Format, Key, Kind, Naming, Type, UnknownKeys
from agentdiff.formats.detection import DATA, UNDECIDED
from agentdiff.formats.diagnostics import Code, diagnostic
from agentdiff.formats.naming import is_named_by_directory, name_of_file
from agentdiff.model import Agent, Diagnostic, Field, FieldValue, Severity
from agentdiff.text import SPOKEN_CHARACTERS, texts_in

SPOKEN_NAMES = 5
"""Names that one sentence lists at most."""

_ELSEWHERE = re.compile(r"\{file:[^}\n]*\}|file://\S*")
_FLAGS = frozenset({"true", "false", "yes", "no", "on", "off", "1", "0"})
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_NO_MODEL = re.compile(r"[|'\"`]")


def oddities(agent: Agent, format: Format, line: int, told: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """The diagnostics of one agent that begins on that line of its file.

    `told` are those that its file gave rise to before anything was known of the format.
    """
    yield from _of_fence(agent, format)
    yield from _of_repairs(agent, format, told)
    yield from _of_missing(agent, format, line)
    yield from _of_fields(agent, format)
    yield from _of_name(agent, format)
    yield from _of_tools(agent, format)
    yield from _of_model(agent)
    yield from _of_body(agent, format, line)
    yield from _hidden(agent)


# ---------------------------------------------------------------------------------------------- header


def _of_fence(agent: Agent, format: Format) -> Iterator[Diagnostic]:
    """A block that the host does not find where we do."""
    if agent.container is not Container.FRONT_MATTER or not agent.fields or not format.needs_exact_fence:
        return
    if agent.source.startswith("\ufeff"):
        what = "begins with a byte order mark"
    elif not agent.source.startswith("---"):
        what = "does not begin with `---` on its first line"
    elif agent.source.partition("\n")[0].strip() != "---":
        what = "has more than `---` on its first line"
    else:
        return
    message = f"{_host(format)} reads no fields from a file that {what}"
    yield diagnostic(Code.HEADER_SKIPPED, message, 1, remedy="let the file begin with a line that is `---` alone")


def _host(format: Format) -> str:
    """The first of the products that read the format."""
    return format.product.partition(",")[0]


def _of_repairs(agent: Agent, format: Format, told: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Fields that we could read and the host does not."""
    for unread in format.unread_headers:
        line = next((each.line for each in told if each.code in unread.repairs), None)
        is_met = not unread.is_of_carriage_returns or "\r\n" in agent.source
        if line is not None and is_met:
            severity = Severity.ERROR if unread.is_fatal else Severity.WARNING
            yield diagnostic(Code.HEADER_SKIPPED, unread.message, line, remedy=unread.remedy, severity=severity)
            return


# ---------------------------------------------------------------------------------------------- fields


_MISSING = {"name": Code.NAME_MISSING, "description": Code.DESCRIPTION_MISSING}


def _of_missing(agent: Agent, format: Format, line: int) -> Iterator[Diagnostic]:
    """Keys without which the host does not load the agent."""
    present = {field.name for field in agent.fields if not _is_blank(field.value)}
    for key in format.keys:
        if not key.is_required or key.name in present or key.key in format.prompt:
            continue
        code = _MISSING.get(key.name, Code.KEY_MISSING)
        where = "the agent" if agent.places or agent.container in DATA else "the front matter"
        remedy, severity = f"add it to {where}", Severity.ERROR
        message = f"{_host(format)} does not load an agent without `{key.key}`"
        if _is_guessed(agent, format):
            remedy, severity = "add it, or name the format with --from", Severity.INFO
            message = f"the file was taken for a {format.name}, which needs `{key.key}`"
        elif format.kind is not Kind.AGENT:
            severity = Severity.WARNING
            message = f"{_host(format)} wants `{key.key}` in such a file"
        yield diagnostic(code, message, line, remedy=remedy, severity=severity)


def _is_blank(value: FieldValue) -> bool:
    return value is None or value == {} or (isinstance(value, str) and not value.strip())


def _is_guessed(agent: Agent, format: Format) -> bool:
    """Whether neither the path nor the keys say that the agent is of that dialect."""
    keys = {field.key: field.value for field in agent.fields}
    return format.name == UNDECIDED and not format.lives_at(agent.path) and not format.claims(keys)


def _of_fields(agent: Agent, format: Format) -> Iterator[Diagnostic]:
    for field in agent.fields:
        known = format.by_key.get(field.key)
        if known is None:
            yield from _of_unknown_key(field, format)
        else:
            yield from _of_value(field, known, format)


def _of_unknown_key(field: Field, format: Format) -> Iterator[Diagnostic]:
    if format.unknown_keys is UnknownKeys.REJECTED:
        shown = field.key[:SPOKEN_CHARACTERS]
        message = f"{_host(format)} knows no key `{shown}`, and loads no agent with one that it does not know"
        yield diagnostic(Code.UNKNOWN_KEY, message, field.span.first)


def _of_value(field: Field, key: Key, format: Format) -> Iterator[Diagnostic]:
    value, line = field.value, field.span.first
    if value is None or value == "":
        return
    if isinstance(value, str) and key.pattern and not re.fullmatch(key.pattern, value):
        shown = value[:SPOKEN_CHARACTERS]
        message = f"{_host(format)} does not take {shown!r} as `{key.key}`"
        yield diagnostic(Code.VALUE_NOT_ALLOWED, message, line, remedy=f"it must match {key.pattern}")
    if isinstance(value, str) and key.limit and len(value) > key.limit:
        message = f"`{key.key}` has {len(value)} characters and {_host(format)} takes {key.limit}"
        yield diagnostic(Code.TOO_LONG, message, line)
    wanted = _TYPE_CHECKS[key.type](field, key, format) if key.type in _TYPE_CHECKS else ""
    if wanted:
        message = f"`{key.key}` should be {wanted} for {_host(format)}"
        yield diagnostic(Code.WRONG_TYPE, message, line)


# What a value should be and is not; empty where it is right.


def _unlike_flag(field: Field, key: Key, format: Format) -> str:
    is_word = isinstance(field.value, str) and field.value.lower() in _FLAGS
    is_quoted = field.raw.lstrip()[:1] in ('"', "'")
    if is_word and (not is_quoted or format.kind is Kind.COMMAND):  # in commands they may be texts
        return ""
    return "true or false, without quotes,"


def _unlike_number(field: Field, key: Key, format: Format) -> str:
    is_number = isinstance(field.value, str) and _NUMBER.fullmatch(field.value)
    return "" if is_number or (key.name == "max-turns" and isinstance(field.value, Mapping)) else "a number"


def _unlike_names(field: Field, key: Key, format: Format) -> str:
    is_text = isinstance(field.value, tuple) and field.raw.lstrip()[:1] not in ("[", "-", "&", "!", "#", "")
    return "a list" if is_text and not key.accepts_text else ""


_TYPE_CHECKS: Mapping[Type, Callable[[Field, Key, Format], str]] = {
    Type.FLAG: _unlike_flag,
    Type.NUMBER: _unlike_number,
    Type.NAMES: _unlike_names,
}


def _of_name(agent: Agent, format: Format) -> Iterator[Diagnostic]:
    """A name that is not the one of the file or directory: users see both."""
    field = agent.field("name")
    if field is None or not isinstance(field.value, str) or agent.text != agent.source or agent.path == STANDARD_INPUT:
        return
    name, of_file = field.value.strip(), name_of_file(agent.path, format)
    if not name or name == of_file or format.naming is Naming.FILE:
        return
    what = "directory" if is_named_by_directory(agent.path, format) else "file"
    winner = "directory" if format.naming is Naming.DIRECTORY else "name"
    own, other = name[:SPOKEN_CHARACTERS], of_file[:SPOKEN_CHARACTERS]
    message = f"the agent is called {own!r} and its {what} {other!r}, and {_host(format)} goes by the {winner}"
    yield diagnostic(Code.NAME_UNLIKE_FILE, message, field.span.first)


def _of_model(agent: Agent) -> Iterator[Diagnostic]:
    field = agent.field("model")
    if field is None:
        return
    names = field.value if isinstance(field.value, tuple) else (field.value,)
    strange = next((name for name in names if isinstance(name, str) and _NO_MODEL.search(name)), None)
    if strange is not None:
        message = f"{strange[:SPOKEN_CHARACTERS]!r} is the name of no model"
        yield diagnostic(Code.MODEL_UNREADABLE, message, field.span.first)


# ---------------------------------------------------------------------------------------------- tools


_OPEN_VOCABULARIES = frozenset({"copilot"})
"""Whose own tools are all known, while servers and extensions add others under any name."""


def _of_tools(agent: Agent, format: Format) -> Iterator[Diagnostic]:
    """Names that the host does not know, all of one field in one sentence."""
    if not format.vocabulary or not (format.vocabulary_is_whole or format.vocabulary in _OPEN_VOCABULARIES):
        return
    from agentdiff.capabilities import is_name_of

    for name in ("tools", "disallowed-tools"):
        field = agent.field(name)
        entries = field.value if field else None
        if field is None or not isinstance(entries, tuple | dict):
            continue
        unknown = [entry for entry in entries if isinstance(entry, str) and not is_name_of(entry, format.vocabulary)]
        if unknown:
            yield _of_unknown_tools(unknown, field, format)


def _of_unknown_tools(unknown: list[str], field: Field, format: Format) -> Diagnostic:
    shown = ", ".join(f"`{name[:40]}`" for name in unknown[:SPOKEN_NAMES])
    more = f" and {len(unknown) - SPOKEN_NAMES} more" if len(unknown) > SPOKEN_NAMES else ""
    names, line = f"{shown}{more}", field.span.first
    if not format.vocabulary_is_whole:
        message = (
            f"{names}: not a tool of {_host(format)} that is known here; of an MCP server or extension, or a mistake"
        )
        remedy = "correct it if it is a mistake"
        return diagnostic(Code.UNKNOWN_TOOL, message, line, remedy=remedy, severity=Severity.INFO)
    outcome = "does not load the agent for it" if format.rejects_unknown_tools else "ignores what it does not know"
    message = f"{names}: not known as a tool of {_host(format)}, which {outcome}"
    severity = Severity.ERROR if format.rejects_unknown_tools else Severity.WARNING
    return diagnostic(Code.UNKNOWN_TOOL, message, line, severity=severity)


# ---------------------------------------------------------------------------------------------- body


def _of_body(agent: Agent, format: Format, line: int) -> Iterator[Diagnostic]:
    has_body = bool(agent.items or agent.sections)
    first = agent.on_disk(agent.items[0].span).first if agent.items else line
    if not has_body and format.needs_body({field.name: field.value for field in agent.fields}):
        yield diagnostic(Code.BODY_MISSING, f"{_host(format)} does not load an agent without a prompt", line)
    elif format.body is Body.FORBIDDEN and has_body:
        yield diagnostic(Code.BODY_FORBIDDEN, f"{_host(format)} refuses a {format.name} with text", first)
    elif format.body is Body.IGNORED and has_body:
        yield diagnostic(Code.BODY_IGNORED, f"{_host(format)} does not read the text of a {format.name}", first)
    elif format.body is Body.ELSEWHERE and not has_body:
        yield _elsewhere(agent, line)
    if has_body and len(agent.items) == 1 and _ELSEWHERE.fullmatch(agent.items[0].text.strip()):
        yield _elsewhere(agent, first)
    length = len(agent.text) - _start(agent)
    if format.body_limit and length > format.body_limit:
        message = f"the text has {length} characters and {_host(format)} takes {format.body_limit}"
        yield diagnostic(Code.TOO_LONG, message, first)


def _elsewhere(agent: Agent, line: int) -> Diagnostic:
    whose = f" of {agent.name[:SPOKEN_CHARACTERS]!r}" if agent.name else ""
    message = f"the prompt{whose} stands in another file, which is not read"
    return diagnostic(Code.PROMPT_ELSEWHERE, message, line)


def _start(agent: Agent) -> int:
    """The character of the text at which the body begins."""
    offset = 0
    for _ in range(agent.body_line - 1):
        offset = agent.text.index("\n", offset) + 1
    return offset


# ---------------------------------------------------------------------------------------------- what is not seen

_SUSPECT_CHARACTER = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e01ef]"
)
_SUSPECT = re.compile(_SUSPECT_CHARACTER)
_SUSPECT_IN_ASCII = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TWO_VARIANTS = re.compile("[\ufe00-\ufe0f]{2}")
"""What is worth a closer look; the pattern for that takes long to compile, and most files need none."""

_JOINED = (
    "\u0590-\u08ff\u0900-\u0dff\u0e00-\u109f\u1700-\u18af\u1a00-\u1aff\u1b00-\u1cff\ua800-\uabff\ufb1d-\ufdff\ufe70-\ufefc"
    "\u00a9\u00ae\u200d\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff\U00010a00-\U00011fff"
)
"""Letters of scripts that join or part letters by characters without a shape, and emoji, which are joined to others."""


@cache
def _hidden_pattern() -> re.Pattern[str]:
    return re.compile(
        # a flag of emoji (skipped), or:
        "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f|("
        # joiners where nothing is joined; variants of no character; all else that is suspect
        f"(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}\\s]|\\Z)"
        "|(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]|[\ufe00-\ufe0f](?=[\ufe00-\ufe0f])"
        f"|(?![\u200c\u200d\U000e0100-\U000e01ef]){_SUSPECT_CHARACTER})"
    )


def _hidden(agent: Agent) -> Iterator[Diagnostic]:
    """Characters that a reader of the file does not see: the first place, and how many lines there are."""
    found = {place: hidden for place, line in _lines_to_check(agent) if (hidden := _hidden_in(line))}
    is_whole = agent.text == agent.source
    for field in agent.fields:
        hidden = sorted({each for text in texts_in(field.value) for each in _hidden_in(text)})
        lines = range(field.span.first, field.span.last + 1) if is_whole else (field.span.first,)
        if hidden and found.keys().isdisjoint(lines):
            found[field.span.first] = hidden
    if found:
        characters = sorted({each for hidden in found.values() for each in hidden})
        yield _of_hidden(characters, min(found), len(found) - 1)


def _lines_to_check(agent: Agent) -> Iterator[tuple[int, str]]:
    """The lines of the text, with their places in the file, unless none holds anything suspect."""
    text = agent.text.removeprefix("\ufeff")
    if _is_suspect(text):
        lines = text.split("\n")
        yield from zip(agent.places or range(1, len(lines) + 1), lines, strict=False)


def _is_suspect(text: str) -> bool:
    if text.isascii():
        return _SUSPECT_IN_ASCII.search(text) is not None
    return _SUSPECT.search(text) is not None or _TWO_VARIANTS.search(text) is not None


def _hidden_in(text: str) -> list[str]:
    if not _is_suspect(text):
        return []
    return sorted({found[1] for found in _hidden_pattern().finditer(text) if found[1]})


def _of_hidden(found: Sequence[str], line: int, others: int) -> Diagnostic:
    names = ", ".join(f"U+{ord(each):04X}" for each in found[:SPOKEN_NAMES])
    where = f"this line and {others} more hold" if others else "this line holds"
    return diagnostic(Code.HIDDEN_CHARACTERS, f"{where} characters that are not seen ({names})", line)
