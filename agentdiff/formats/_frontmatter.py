"""The block of metadata in front of a Markdown body: where it is, and what its fields hold.

Many blocks that people write are not valid YAML, and hosts read them all the same. So: strict YAML first; then with the
one-line values that need it put in quotes; then cut at the lines that begin with a key. Each repair is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from textwrap import dedent
from typing import NamedTuple

from agentdiff.formats import _yaml
from agentdiff.formats._tree import NotReadable
from agentdiff.formats.diagnostics import Code, diagnostic
from agentdiff.model import Diagnostic, FieldValue, Severity, Span

NEVER_KEYS = frozenset({"user", "assistant", "User", "Assistant", "Context", "commentary", "Commentary"})
"""Words in front of a colon that belong to a dialogue inside a description. They are never taken for keys."""

NEVER_CUT_AT = frozenset({"context"})
"""A key of commands, but in a block that is no YAML it is more likely a word of a dialogue."""

COMMON_KEYS = frozenset(
    "name description tools model color author version tags category categories emoji vibe globs alwaysApply applyTo"
    " license metadata mode title role hidden source risk dependencies date_added targets priority keywords triggers"
    " trigger type status created updated domain team temperature permission permissions compatibility paths agent"
    " allowed-tools disallowed-tools argument-hint arguments allowedTools excludeAgent when_to_use whenToUse shell"
    " inclusion fileMatchPattern kind max_turns timeout_mins mcp_servers display_name readonly is_background"
    " displayName subagent_type capabilities specialization proactive".split()
)
"""Keys of other products, and keys that people add. The list is closed on purpose: see NEVER_KEYS."""

MAX_CHARACTERS = 256 * 1024
"""Longest block that is read. Real ones stay below 20,000 characters."""

MAX_REPAIRED_KEYS = 1000
"""Most keys of a block that is repaired, since each is tried alone. Real ones have ten."""

_FENCE = re.compile(r"---[ \t]*\r?\n")
_LOOSE_FENCE = re.compile(r"[ \t]*+---(?:[ \t]++#[^\n]*+|[ \t]*+)\n|[ \t]*+---[ \t]*+\r\n")
"""Some hosts take a line that is indented, or one with a comment."""
_BLANK_LINES = re.compile(r"(?:[ \t]*\r?\n)*")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_KEY_LINE = re.compile(r"(?P<key>[A-Za-z_][\w.-]*)[ \t]*:(?=\s|$)")
_UNKNOWN_KEY = re.compile(r"[a-z_][\w.-]*")
"""Behind a capital letter rather a sentence begins (`Note: be kind`)."""
_SAYS_A_KEY = re.compile(r"""^[ \t]*+(?:-[ \t]++)?+(?:[{#]|[^\s*][^:\n]*+:(?:\s|\Z))""", re.MULTILINE)
"""A line that may belong to fields, comments included."""
_IS_MEANT_AS_KEY = re.compile(r"""^[ \t]*+(?:\{|"?'?[A-Za-z_][\w.-]*+["']?+[ \t]*+:(?:\s|\Z))""", re.MULTILINE)
_HEADING = re.compile(r"#{1,6}[ \t]+\S")
"""Of the body. As YAML it is a comment."""
_NOT_IN_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STAND_INS = 0xF0000
"""Where the characters begin that stand for those above, which YAML takes in no spelling but as escapes."""
_STAND_IN = re.compile("[\U000f0000-\U000f001f\U000f007f-\U000f009f\U000fd800-\U000fdfff\U000ffffe\U000fffff]")
_FIRST_KEY = re.compile(r"\s*(?P<key>[A-Za-z_][\w.-]*)[ \t]*:(?=\s)")
_BLOCK_HEADER = re.compile(r"[|>][+-]?[1-9]?[+-]?[ \t]*(?:#.*)?")
_SEVERAL_QUOTED = re.compile(r"""(["'])\s*,\s*\1""")
_BYTE_ORDER_MARK = "\ufeff"


class Entry(NamedTuple):
    """One key of the block, with what stands behind it. Lines are those of the file."""

    key: str
    value: FieldValue
    raw: str
    """The source text behind `key:` and the blanks after it, to the end of its last line, without the line break."""
    span: Span


class FrontMatter(NamedTuple):
    """What a file says about itself in front of its body."""

    entries: tuple[Entry, ...]
    """In the order of the file; a key that was given twice is there twice."""
    diagnostics: tuple[Diagnostic, ...]
    body_offset: int
    """Character at which the body begins. It begins at the first one (after a byte order mark) where no block is."""


class _Problem(NamedTuple):
    """What is wrong with a value as YAML."""

    code: Code
    message: str
    remedy: str


class _Repaired(NamedTuple):
    """An entry by its lines in the block (from 0), and what had to be done to read it."""

    key: str
    value: FieldValue
    first_line: int
    column: int
    last_line: int
    last_column: int | None = None
    problem: _Problem | None = None
    repeated_keys: tuple[str, ...] = ()


@lru_cache(maxsize=4)  # each text is asked for several times on its way
def split(text: str) -> tuple[int, int, int] | None:
    """Offsets of the block: its first character, its end, and the start of the body; None where no block is.

    It begins with a line `---` at the very start, a byte order mark aside, and ends at the next line `---` or `...`.
    Blank lines or blanks may stand before it, and a comment behind it, where a key follows; otherwise the line is a
    rule of the body, as it is before text without any field. A block that only a rule of the body closes ends before
    the first heading: body and end are at one place then.
    """
    start = _opening(text)
    if start is None:
        return None
    end = _CLOSING.search(text, start.end())
    if end is None:
        return None
    block = text[start.end() : end.start()]
    if block.strip() and _SAYS_A_KEY.search(block) is None:
        return None
    unclosed = _end_before_heading(block)
    if unclosed:
        return start.end(), start.end() + unclosed, start.end() + unclosed
    return start.end(), end.start(), min(end.end() + 1, len(text))


def _opening(text: str) -> re.Match[str] | None:
    first = _text_start(text)
    start = _FENCE.match(text, first)
    if start is not None:
        return start
    start = _LOOSE_FENCE.match(text, _BLANK_LINES.match(text, first).end())  # type: ignore[union-attr]  # matches anything
    return start if start and _KEY_LINE.match(text, start.end()) else None


def _end_before_heading(block: str) -> int:
    """Where whole fields end that a heading of the body follows, and no further field; 0 where that is not so."""
    if "\n#" not in block or len(block) > MAX_CHARACTERS:
        return 0
    lines = block.removesuffix("\n").split("\n")
    heading = next((at for at in range(1, len(lines)) if _HEADING.match(lines[at]) and not lines[at - 1].strip()), 0)
    said = [number for number in range(heading) if lines[number].strip()]
    words = [(number, key["key"]) for number, line in enumerate(lines) if (key := _KEY_LINE.match(line))]
    if any(number > heading and _may_be_key(word, COMMON_KEYS) for number, word in words):
        return 0
    if not said or len(words) > MAX_REPAIRED_KEYS:
        return 0
    if _strict(lines) is not None or _requoted(lines) is not None:
        return 0
    fields = lines[: said[-1] + 1]
    return sum(len(line) + 1 for line in fields) if _strict(fields) or _requoted(fields) else 0


def _text_start(text: str) -> int:
    return len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0


def read(text: str, known_keys: frozenset[str]) -> FrontMatter:
    """The fields of a file.

    `known_keys` are those at which a block that is not YAML may be cut, besides COMMON_KEYS. A block in which no
    field can be told is left to the body. Nothing is raised.
    """
    block = split(text)
    if block is None:
        return FrontMatter((), _unclosed(text, known_keys), _text_start(text))
    start, end, body_offset = block
    if end - start > MAX_CHARACTERS:
        message = f"the front matter has more than {MAX_CHARACTERS // 1024} KiB, so all of it counts as body"
        return _left_to_body(text, Code.FRONT_MATTER_TOO_LARGE, message)
    lines = text[start:end].removesuffix("\n").split("\n")
    found = _strict(lines)
    if found is None and sum(_KEY_LINE.match(line) is not None for line in lines) > MAX_REPAIRED_KEYS:
        message = f"the front matter is not valid YAML and has more than {MAX_REPAIRED_KEYS} keys"
        return _left_to_body(text, Code.FRONT_MATTER_TOO_LARGE, f"{message}, so all of it counts as body")
    repaired = _repaired(lines, (known_keys | COMMON_KEYS) - NEVER_KEYS - NEVER_CUT_AT) if found is None else found
    if not repaired and found is None:
        return _without_fields(text, lines)
    first = text.count("\n", 0, start) + 1
    ignored = _ignored(lines[: repaired[0].first_line], first) if repaired else ()
    unclosed = _not_closed(first + len(lines)) if end == body_offset else ()
    diagnostics = (*unclosed, *ignored, *_diagnostics(repaired, first))
    return FrontMatter(tuple(_entry(entry, lines, first) for entry in repaired), diagnostics, body_offset)


def _without_fields(text: str, lines: Sequence[str]) -> FrontMatter:
    """For a block that is no YAML and has no line at which it may be cut: text between two rules, as a rule."""
    if _IS_MEANT_AS_KEY.search("\n".join(lines)):
        message = "no field can be read from the front matter, so all of it counts as body"
        return _left_to_body(text, Code.YAML_UNREADABLE, message)
    message = "what stands between the first lines with --- holds no field, so all of it counts as body"
    return _left_to_body(text, Code.YAML_UNREADABLE, message, Severity.INFO)


def _not_closed(line: int) -> tuple[Diagnostic, ...]:
    message = f"the front matter is not closed before line {line}, so what stands from there on counts as body"
    return (diagnostic(Code.FRONT_MATTER_UNCLOSED, message, 1),)


def _left_to_body(text: str, code: Code, message: str, severity: Severity | None = None) -> FrontMatter:
    line = text.count("\n", 0, _BLANK_LINES.match(text, _text_start(text)).end()) + 1  # type: ignore[union-attr]
    return FrontMatter((), (diagnostic(code, message, line, severity=severity),), _text_start(text))


def _is_blank(lines: Sequence[str]) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in lines)


def _unclosed(text: str, known_keys: frozenset[str]) -> tuple[Diagnostic, ...]:
    """A first line `---` that a key follows is meant as front matter; otherwise it is a rule of the body."""
    start = _FENCE.match(text, _text_start(text))
    key = _FIRST_KEY.match(text, start.end()) if start else None
    if key is None or key["key"] not in known_keys | COMMON_KEYS:
        return ()
    message = "the front matter is never closed, so all of it counts as body"
    return (diagnostic(Code.FRONT_MATTER_UNCLOSED, message, 1),)


# ---------------------------------------------------------------------------------------------- the three levels


def _strict(lines: Sequence[str]) -> list[_Repaired] | None:
    """The block as YAML; None where it is none, or holds a word of a dialogue as key."""
    try:
        pairs = _yaml.load("\n".join(lines) + "\n")
    except NotReadable:
        return None
    if any(pair.key in NEVER_KEYS for pair in pairs):
        return None
    return [_of_pair(pair) for pair in pairs]


def _repaired(lines: Sequence[str], known_keys: frozenset[str]) -> list[_Repaired]:
    """The entries of a block that is no YAML; nothing where none can be told."""
    tame = [_NOT_IN_YAML.sub(lambda found: chr(_STAND_INS + ord(found[0])), line) for line in lines]
    if tame == list(lines) or any(map(_STAND_IN.search, lines)):
        return _requoted(lines) or _cut(lines, known_keys)
    entries = _strict(tame) or _requoted(tame) or _cut(tame, known_keys)
    return [_restored(entry, lines) for entry in entries]


def _restored(entry: _Repaired, lines: Sequence[str]) -> _Repaired:
    """The entry with the characters of the file, which are a problem where there is no other."""
    found = _NOT_IN_YAML.search("\n".join(lines[entry.first_line : entry.last_line + 1]))
    if found is None:
        return entry
    message = f"`{entry.key}` holds a character that YAML does not allow (U+{ord(found[0]):04X})"
    problem = entry.problem or _Problem(
        Code.YAML_REQUOTED, message, "remove it or write it as an escape in double quotes"
    )
    return entry._replace(value=_without_stand_ins(entry.value), problem=problem)


def _without_stand_ins(value: FieldValue) -> FieldValue:
    if isinstance(value, str):
        return _STAND_IN.sub(lambda found: chr(ord(found[0]) - _STAND_INS), value)
    if isinstance(value, Mapping):
        return {str(_without_stand_ins(key)): _without_stand_ins(entry) for key, entry in value.items()}
    return tuple(_without_stand_ins(entry) for entry in value) if value is not None else None


def _of_pair(pair: _yaml.Pair) -> _Repaired:
    return _Repaired(
        pair.key,
        pair.value,
        pair.first_line,
        pair.column,
        pair.last_line,
        pair.last_column,
        repeated_keys=pair.repeated_keys,
    )


def _requoted(lines: Sequence[str]) -> list[_Repaired] | None:
    """The block as YAML after each one-line value that is none by itself was put in quotes; None where it is none."""
    patched = list(lines)
    problems: dict[int, _Problem] = {}
    for number, line in enumerate(lines):
        key = _KEY_LINE.match(line)
        if key is None or _continues(lines, number):
            continue
        value, problem = _value(line, key)
        if problem and isinstance(value, str):
            patched[number] = line[: key.end()] + " '" + value.replace("'", "''") + "'"
            problems[number] = problem
    entries = _strict(patched) if problems else None
    if entries is None:
        return None
    return [entry._replace(problem=problems.get(entry.first_line)) for entry in entries]


def _continues(lines: Sequence[str], number: int) -> bool:
    """Whether an indented line follows, blank ones aside."""
    following = next((number for number in range(number + 1, len(lines)) if lines[number].strip()), None)
    return following is not None and lines[following][0] in " \t"


def _cut(lines: Sequence[str], known_keys: frozenset[str]) -> list[_Repaired]:
    """The block cut at the lines that begin with a known key; every other line continues the value above it.

    The first line that says anything has nothing above it, so any key is one there. Where every line at the margin
    may begin with a key, it does.
    """
    found = [(number, key) for number, line in enumerate(lines) if (key := _KEY_LINE.match(line)) is not None]
    allowed = known_keys | _first_key(lines)
    margin = sum(line[:1] not in ("", " ", "\t", "\r", "#") for line in lines)
    may_be_keys = len(found) == margin and all(_may_be_key(key["key"], allowed) for _, key in found)
    heads = [(number, key) for number, key in found if may_be_keys or key["key"] in allowed]
    ends = [*(number for number, _ in heads[1:]), len(lines)]
    return [_cut_entry(lines, number, end, key) for (number, key), end in zip(heads, ends, strict=False)]


def _may_be_key(word: str, known_keys: frozenset[str]) -> bool:
    is_of_dialogue = word in NEVER_KEYS or word in NEVER_CUT_AT
    return word in known_keys or (not is_of_dialogue and _UNKNOWN_KEY.fullmatch(word) is not None)


def _first_key(lines: Sequence[str]) -> frozenset[str]:
    first = next((line for line in lines if not _is_blank([line])), "")
    key = _KEY_LINE.match(first)
    return frozenset((key["key"],)) - NEVER_KEYS if key else frozenset()


def _cut_entry(lines: Sequence[str], first: int, end: int, key: re.Match[str]) -> _Repaired:
    last = max((number for number in range(first, end) if lines[number].strip()), default=first)
    value, problem = _value("\n".join(lines[first : last + 1]), key)
    return _Repaired(key["key"], value, first, key.end(), last, problem=problem)


def _value(text: str, key: re.Match[str]) -> tuple[FieldValue, _Problem | None]:
    """What one key and its lines hold, and what is wrong with them as YAML; then the value is the text itself."""
    name = key["key"]
    try:
        pairs = _yaml.load(text + "\n")
        if len(pairs) == 1:
            return pairs[0].value, None
        too_complex = False
    except NotReadable as problem:
        too_complex = problem.is_too_complex
    written = _plain_text(text[key.end() :])
    if too_complex:
        message = f"`{name}` is nested too deep or too large and is kept as text"
        return written, _Problem(Code.YAML_TOO_COMPLEX, message, Code.YAML_TOO_COMPLEX.remedy)
    if "\n" in written:
        remedy = f"write `{name}: |` and indent every line of the text below it"
        return written, _Problem(Code.YAML_SPLIT, f"the lines of `{name}` are not valid YAML", remedy)
    message = f"the value of `{name}` is not valid YAML"
    return written, _Problem(Code.YAML_REQUOTED, message, Code.YAML_REQUOTED.remedy)


def _plain_text(raw: str) -> str:
    """A value that is not YAML, as the text that was meant: without common indentation and outer quotes."""
    first, _, rest = raw.replace("\r\n", "\n").partition("\n")
    rest = dedent(rest)
    if _BLOCK_HEADER.fullmatch(first.strip()):
        return rest.strip()
    text = f"{first}\n{rest}".strip()
    is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1].strip() if is_quoted and not _SEVERAL_QUOTED.search(text) else text


# ---------------------------------------------------------------------------------------------- results


def _entry(entry: _Repaired, lines: Sequence[str], first: int) -> Entry:
    """`first` is the line of the file on which the block begins."""
    span = Span(entry.first_line + first, entry.last_line + first)
    written = list(lines[entry.first_line : entry.last_line + 1])
    if entry.last_column is not None:
        written[-1] = written[-1][: entry.last_column]
    written[0] = written[0][entry.column :].lstrip(" \t")
    return Entry(entry.key, entry.value, "\n".join(written).removesuffix("\r"), span)


def _ignored(lines: Sequence[str], first: int) -> Iterator[Diagnostic]:
    """Text above the first field belongs to no field."""
    for number, line in enumerate(lines):
        if not _is_blank([line]):
            message = "this line stands above the first field and is not read"
            yield diagnostic(Code.YAML_LINE_IGNORED, message, number + first)


def _diagnostics(entries: Sequence[_Repaired], first: int) -> Iterator[Diagnostic]:
    """In the order of the lines."""
    seen: set[str] = set()
    for entry in entries:
        line = entry.first_line + first
        if entry.problem:
            code, message, remedy = entry.problem
            yield diagnostic(code, message, line, remedy=remedy)
        for key in ((entry.key,) if entry.key in seen else ()) + entry.repeated_keys:
            yield repeated_key(key, line)
        seen.add(entry.key)


def repeated_key(key: str, line: int) -> Diagnostic:
    """What there is to say of a key that stands twice in one map."""
    return diagnostic(Code.DUPLICATE_KEY, f"the key `{key}` is given twice and hosts use one of them", line)
