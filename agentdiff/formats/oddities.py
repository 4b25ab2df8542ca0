"""What is odd about an agent for the host that it is written for: what was read, and what the host would make of it.

Every diagnostic has a stable code, a line of the file and one sentence with a remedy. Not a linter: nothing here is a
matter of taste.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from agentdiff.files import STANDARD_INPUT
from agentdiff.formats.base import Body, Container, Format, Key, Kind, Naming, Type, UnknownKeys
from agentdiff.formats.detection import DATA, UNDECIDED
from agentdiff.formats.naming import name_of_file
from agentdiff.model import Agent, Diagnostic, Field, FieldValue, Severity

SPOKEN_NAMES = 5
"""Names that one sentence lists at most."""

SPOKEN_CHARACTERS = 60
"""Characters of a written value that one sentence quotes at most."""

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


def _info(code: str, message: str, line: int) -> Diagnostic:
    return Diagnostic(code, Severity.INFO, message, line)


def _warning(code: str, message: str, line: int) -> Diagnostic:
    return Diagnostic(code, Severity.WARNING, message, line)


def _error(code: str, message: str, line: int) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, line)


# ---------------------------------------------------------------------------------------------- header


def _of_fence(agent: Agent, format: Format) -> Iterator[Diagnostic]:
    """A block that the host does not find where we do."""
    if agent.container is not Container.FRONT_MATTER or not agent.fields or not format.needs_exact_fence:
        return
    if agent.source.startswith("\ufeff"):
        what = "begins with a byte order mark"
    elif not agent.source.startswith("---"):
        what = "does not begin with `---` on its first line"
    else:
        return
    message = f"{format.product} reads no fields from a file that {what}; remove what stands before `---`"
    yield _error("header-skipped", message, 1)


class _Repair(NamedTuple):
    """What a host makes of a header that had to be repaired to be read."""

    format: str
    codes: frozenset[str]
    """Of the repairs that it does not make itself."""
    severity: Severity
    message: str
    is_of_carriage_returns: bool = False
    """Whether only files with such line ends meet that fate."""


_SPLIT = frozenset({"yaml-split", "yaml-line-ignored"})
_ALL_REPAIRS = _SPLIT | {"yaml-requoted"}

_REPAIRS = (
    _Repair(
        "claude-agent",
        _SPLIT,
        Severity.ERROR,
        "Claude Code skips an agent whose header it cannot read, and one of a plugin has only its file name left;"
        " correct this field",
    ),
    _Repair(
        "claude-agent",
        frozenset({"yaml-requoted"}),
        Severity.ERROR,
        "Claude Code drops an agent with carriage returns in whose header a value lacks its quotes, without a word;"
        " put the value in quotes or save the file with line feeds alone",
        is_of_carriage_returns=True,
    ),
    _Repair(
        "claude-command",
        _ALL_REPAIRS,
        Severity.WARNING,
        "Claude Code runs a command whose header it cannot read without any of its fields; correct this field",
    ),
    *(
        _Repair(
            name,
            _ALL_REPAIRS,
            Severity.ERROR,
            "Gemini CLI does not load an agent whose header is not valid YAML; correct this field",
        )
        for name in ("gemini-agent", "gemini-remote-agent")
    ),
    _Repair(
        "cline-agent",
        _ALL_REPAIRS,
        Severity.ERROR,
        "Cline skips an agent whose header is not valid YAML; correct this field",
    ),
)
"""Only hosts of which it is known. Claude Code quotes values of one line by itself, but not before carriage returns."""


def _of_repairs(agent: Agent, format: Format, told: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Fields that we could read and the host does not."""
    if not any(each.code in _ALL_REPAIRS for each in told):
        return
    for repair in _REPAIRS:
        line = next((each.line for each in told if each.code in repair.codes), None)
        is_met = not repair.is_of_carriage_returns or "\r\n" in agent.source
        if repair.format == format.name and line is not None and is_met:
            yield Diagnostic("header-skipped", repair.severity, repair.message, line)
            return


# ---------------------------------------------------------------------------------------------- fields


def _of_missing(agent: Agent, format: Format, line: int) -> Iterator[Diagnostic]:
    """Keys without which the host does not load the agent."""
    present = {field.name for field in agent.fields if field.value or field.value == ()}
    for key in format.keys:
        if not key.is_required or key.name in present or key.key in format.prompt:
            continue
        code = f"{key.name}-missing"
        if _is_guessed(agent, format):
            message = (
                f"it was taken for a {format.name}, which needs `{key.key}`; add it, or name the format with --from"
            )
            yield _info(code, message, line)
        elif format.kind is Kind.AGENT:
            where = "the agent" if agent.places or agent.container in DATA else "the front matter"
            message = f"{format.product} does not load an agent without `{key.key}`; add it to {where}"
            yield _error(code, message, line)
        else:
            yield _warning(code, f"{format.product} wants `{key.key}` in such a file; add it", line)


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
        message = (
            f"`{field.key[:SPOKEN_CHARACTERS]}` is no key of {format.product} that is known, and it loads no agent"
            " with others; remove it"
        )
        yield _error("unknown-key", message, field.span.first)


def _of_value(field: Field, key: Key, format: Format) -> Iterator[Diagnostic]:
    value, line = field.value, field.span.first
    if value is None or value == "":
        return
    if isinstance(value, str) and key.pattern and not re.fullmatch(key.pattern, value):
        shown = value[:SPOKEN_CHARACTERS]
        message = f"{format.product} does not take {shown!r} as `{key.key}`; it must match {key.pattern}"
        yield _warning(f"{key.name}-not-allowed", message, line)
    if isinstance(value, str) and key.limit and len(value) > key.limit:
        message = f"`{key.key}` has {len(value)} characters and {format.product} takes {key.limit}; shorten it"
        yield _warning("too-long", message, line)
    wanted = _TYPE_CHECKS[key.type](field, key, format) if key.type in _TYPE_CHECKS else ""
    if wanted:
        message = f"`{key.key}` should be {wanted} for {format.product}; write it so"
        yield _warning("wrong-type", message, line)


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
    if format.naming is Naming.DIRECTORY:
        message = f"the agent is called {name!r} and its directory {of_file!r}; {format.product} goes by the directory"
    else:
        message = f"the agent is called {name!r} and its file {of_file!r}; {format.product} goes by the name"
    yield _info("name-unlike-file", message, field.span.first)


def _of_model(agent: Agent) -> Iterator[Diagnostic]:
    field = agent.field("model")
    if field is None:
        return
    names = field.value if isinstance(field.value, tuple) else (field.value,)
    strange = next((name for name in names if isinstance(name, str) and _NO_MODEL.search(name)), None)
    if strange is not None:
        message = f"{strange[:SPOKEN_CHARACTERS]!r} is the name of no model; name one model, or a list of them"
        yield _warning("model-unreadable", message, field.span.first)


# ---------------------------------------------------------------------------------------------- tools


def _of_tools(agent: Agent, format: Format) -> Iterator[Diagnostic]:
    """Names that the host does not know, all of one field in one sentence."""
    if not format.vocabulary or _is_borrowed(format):
        return
    for name in ("tools", "disallowed-tools"):
        field = agent.field(name)
        entries = field.value if field else None
        if field is None or not isinstance(entries, tuple | dict):
            continue
        unknown = [entry for entry in entries if isinstance(entry, str) and not _is_known(entry, format.vocabulary)]
        if unknown:
            yield _of_unknown_tools(unknown, field, format)


def _is_borrowed(format: Format) -> bool:
    """Whether the names are those of Claude Code, for want of a list of the product's own."""
    return format.vocabulary == "claude" and not format.product.startswith("Claude")


def _is_known(tool: str, vocabulary: str) -> bool:
    from agentdiff.capabilities import EVERYTHING, capabilities, is_documented

    if tool == EVERYTHING or is_documented(tool.partition("(")[0], vocabulary):
        return True
    return all(each.startswith("mcp") for each in capabilities(tool, vocabulary))


def _of_unknown_tools(unknown: list[str], field: Field, format: Format) -> Diagnostic:
    shown = ", ".join(f"`{name[:40]}`" for name in unknown[:SPOKEN_NAMES])
    more = f" and {len(unknown) - SPOKEN_NAMES} more" if len(unknown) > SPOKEN_NAMES else ""
    outcome = "does not load the agent for it" if format.rejects_unknown_tools else "ignores what it does not know"
    message = f"{shown}{more}: not known as a tool of {format.product}, which {outcome}; correct or remove it"
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


# ---------------------------------------------------------------------------------------------- what is not seen

_SUSPECT_CHARACTER = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e01ef]"
)
_SUSPECT = re.compile(_SUSPECT_CHARACTER + "|[\ufe00-\ufe0f]{2}")
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
    """Characters that a reader of the file does not see, one diagnostic a line."""
    is_whole = agent.text == agent.source
    told: set[int] = set()
    for place, line in _lines_to_check(agent):
        if place not in told and (found := _hidden_in(line)):
            told.add(place)
            yield _of_hidden(found, place)
    for field in agent.fields:
        found = sorted({each for text in _texts(field.value) for each in _hidden_in(text)})
        if found and told.isdisjoint(range(field.span.first, field.span.last + 1) if is_whole else (field.span.first,)):
            told.add(field.span.first)
            yield _of_hidden(found, field.span.first)


def _lines_to_check(agent: Agent) -> Iterator[tuple[int, str]]:
    """The lines of the text, with their places in the file, unless none holds anything suspect."""
    text = agent.text.removeprefix("\ufeff")
    if _SUSPECT.search(text):
        lines = text.split("\n")
        yield from zip(agent.places or range(1, len(lines) + 1), lines, strict=False)


def _hidden_in(text: str) -> list[str]:
    if not _SUSPECT.search(text):
        return []
    return sorted({found[1] for found in _hidden_pattern().finditer(text) if found[1]})


def _of_hidden(found: Sequence[str], line: int) -> Diagnostic:
    names = ", ".join(f"U+{ord(each):04X}" for each in found[:SPOKEN_NAMES])
    return _warning("hidden-characters", f"this line holds characters that are not seen ({names}); remove them", line)


def _texts(value: FieldValue) -> Iterator[str]:
    """The texts in a value, in which escapes may hide what the file shows."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield key
            yield from _texts(entry)
    else:
        for entry in value or ():
            yield from _texts(entry)
