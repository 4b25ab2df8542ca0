"""YAML as agent files need it: every scalar stays the string that was written, and nothing is built or expanded.

Works on the parser's events, so no tag, number, date or merge key is ever acted upon. Writing goes through
python-frontmatter, whose dumper is told to keep strings strings.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from agentdiff.model import FieldValue

MAX_DEPTH = 32
"""Levels of lists and maps inside one value. Hook tables, the deepest real ones, have five."""

MAX_VALUES = 20_000
"""Scalars, lists and maps of one block, aliases counted as what they stand for: ten lines can stand for billions."""

_HARMLESS_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map", "timestamp")
)
_BLANKS = " \t\r\n"
_DISPUTED = re.compile(
    r"""[\t\x85\u2028\u2029\ufeff]|(?:^\ *|[:,\[{-]\s*)(?:[\[{][^\]}\[{]*(?:\?|:["'\],}])|!(?:\s|\Z))|[|>][-+\d]*\#""",
    re.MULTILINE,
)
"""Tabs, byte order marks, question marks and colons in brackets, and such: libyaml and PyYAML's own parser differ."""


class NotReadable(Exception):
    """The text is not a YAML map that we read. `is_too_complex` where only its depth or size stands in the way."""

    def __init__(self, is_too_complex: bool = False) -> None:
        self.is_too_complex = is_too_complex
        super().__init__("nested too deep or too large" if is_too_complex else "not a map in YAML")


class Pair(NamedTuple):
    """One entry of the top-level map. Lines count from 0, columns are characters from 0."""

    key: str
    value: FieldValue
    first_line: int
    column: int
    """Of what follows the colon behind the key."""
    last_line: int
    last_column: int | None
    """Where the value ends in a map in braces; None: it has its lines to itself."""
    repeated_keys: tuple[str, ...]
    """Keys that maps inside the value hold twice; the last one counts."""


def load(text: str) -> tuple[Pair, ...]:
    """The entries of a YAML map in the order of the text, repeated keys included; none for an empty text.

    Scalars stay as written; only a key with nothing behind it has the value None. Raises NotReadable.
    """
    try:
        return tuple(_MapReader(text).pairs())
    except yaml.YAMLError as problem:
        raise NotReadable from problem


def _loader(text: str) -> Any:
    """The fast loader where there is one; the slow one for texts that the two may read differently.

    So a file reads the same on every machine.
    """
    return yaml.SafeLoader if _DISPUTED.search(text) else getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _MapReader:
    """Makes pairs of the parser's events. Recursion is bounded by MAX_DEPTH."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._events: Iterator[Any] = yaml.parse(text, Loader=_loader(text))
        self._anchors: dict[str, tuple[FieldValue, int]] = {}
        self._count = 0
        self._end = 0
        """Offset behind the last character of a value that was met so far."""
        self._repeated: list[str] = []
        self._line = 0
        self._line_start = 0

    def pairs(self) -> Iterator[Pair]:
        next(self._events)  # the start of the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return
        root = next(self._events)
        if not isinstance(root, yaml.MappingStartEvent) or root.anchor or root.tag:
            raise NotReadable
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            yield self._pair(key, bool(root.flow_style))
        next(self._events)  # the end of the document
        if not isinstance(next(self._events), yaml.StreamEndEvent):
            raise NotReadable

    def _pair(self, key: Any, is_in_braces: bool) -> Pair:
        name = self._key(key)
        self._repeated = []
        first_line, _ = self._place(key.start_mark.index)
        colon = self._text.find(":", key.end_mark.index)
        key_line, column = self._place(colon + 1) if colon >= 0 else self._place(key.end_mark.index)
        if key_line != first_line:
            raise NotReadable  # a key in the long form (`? key`); nobody writes it and its place is hard to tell
        self._end = key.end_mark.index
        value = self._value(next(self._events), 1)
        end = self._end
        while self._text[end - 1] in _BLANKS:  # a block of text ends where the next thing begins
            end -= 1
        last_line, last_column = self._place(end)
        return Pair(
            name, value, first_line, column, last_line, last_column if is_in_braces else None, tuple(self._repeated)
        )

    def _place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset; offsets must not fall back behind the line of an earlier call."""
        self._line += self._text.count("\n", self._line_start, offset)
        self._line_start = max(self._line_start, self._text.rfind("\n", self._line_start, offset) + 1)
        return self._line, offset - self._line_start

    def _key(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag not in (None, "!"):
            raise NotReadable
        return str(event.value)

    def _value(self, event: Any, depth: int) -> FieldValue:
        if depth > MAX_DEPTH:
            raise NotReadable(is_too_complex=True)
        if isinstance(event, yaml.AliasEvent):
            self._reach(event)
            return self._referred(str(event.anchor))
        if event.tag not in (None, "!") and event.tag not in _HARMLESS_TAGS:
            raise NotReadable
        before = self._count
        self._add(1)
        value = self._content(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._count - before)
        return value

    def _content(self, event: Any, depth: int) -> FieldValue:
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(event, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._map(event, depth)
        if event.value or event.style in ("'", '"'):
            self._reach(event)
        return None if event.implicit[0] and event.value == "" else str(event.value)

    def _list(self, start: Any, depth: int) -> tuple[FieldValue, ...]:
        entries = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            entries.append(self._value(event, depth + 1))
        if start.flow_style:
            self._reach(event)
        return tuple(entries)

    def _map(self, start: Any, depth: int) -> dict[str, FieldValue]:
        entries: dict[str, FieldValue] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event)
            self._reach(event)
            if key in entries:
                self._repeated.append(key)
            entries[key] = self._value(next(self._events), depth + 1)
        if start.flow_style:
            self._reach(event)
        return entries

    def _referred(self, anchor: str) -> FieldValue:
        if anchor not in self._anchors:
            raise NotReadable
        value, size = self._anchors[anchor]
        self._add(size)
        return value

    def _add(self, count: int) -> None:
        self._count += count
        if self._count > MAX_VALUES:
            raise NotReadable(is_too_complex=True)

    def _reach(self, event: Any) -> None:
        self._end = max(self._end, event.end_mark.index)


# ---------------------------------------------------------------------------------------------- writing

_BARE = re.compile(r"true|false|[-+]?\d+(\.\d+)?")
_NUMBER_TODAY = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(inf|Inf|INF)")
"""What YAML 1.2 takes for a number. PyYAML knows YAML 1.1, hosts mostly 1.2: text must be text for both."""
_NOT_FOR_BLOCKS = re.compile(r"\A[\s]|[ \t]\n|[^\S\n ]|[\x85\u2028\u2029\ufeff]|\n\n\Z|[ \t]\Z")

_OTHER_BREAKS = re.compile(r"[\r\x85\u2028\u2029]")
"""Line breaks for YAML, which may come back as blanks."""


class _Bare(str):
    """A truth value or number, to be written without quotes."""


class _InBrackets(list[Any]):
    """A list to be written on one line."""


class _Dumper(yaml.SafeDumper):
    """Writes strings so that every reader gets strings, on one line or as a block of text."""

    may_use_blocks = True

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)  # list entries stand further right than their key

    def string(self, text: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text, self.may_use_blocks))

    def bare(self, text: str) -> yaml.ScalarNode:
        tag: str = self.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
        return self.represent_scalar(tag, text)

    def in_brackets(self, entries: list[Any]) -> yaml.SequenceNode:
        return self.represent_sequence("tag:yaml.org,2002:seq", entries, flow_style=True)

    def nothing(self, _: None) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:null", "")


class _OneLineDumper(_Dumper):
    may_use_blocks = False


_Dumper.add_representer(str, _Dumper.string)
_Dumper.add_representer(_Bare, _Dumper.bare)
_Dumper.add_representer(_InBrackets, _Dumper.in_brackets)
_Dumper.add_representer(type(None), _Dumper.nothing)
_OneLineDumper.yaml_representers = _Dumper.yaml_representers


def _style(text: str, may_use_blocks: bool) -> str | None:
    """The YAML style for a string; None: without quotes if that is safe, else in single quotes."""
    if "\n" in text:
        return "|" if may_use_blocks and not _NOT_FOR_BLOCKS.search(text) else '"'
    if text != text.strip() or _OTHER_BREAKS.search(text):
        return '"'
    return "'" if _NUMBER_TODAY.fullmatch(text) else None


def dump(
    key: str, value: FieldValue, *, is_typed: bool = False, is_flat: bool = False, may_use_blocks: bool = True
) -> str:
    """One entry of a map as YAML, with a line feed at the end; loads again to the same strings.

    `is_typed`: strings such as `true` and `10` inside are truth values and numbers. `is_flat`: a list goes on one line.
    Without `may_use_blocks` every string stays on one line, for hosts that read no blocks of text.
    """
    from frontmatter.default_handlers import YAMLHandler

    dumper = _Dumper if may_use_blocks else _OneLineDumper
    prepared = _prepared(value, is_typed)
    if is_flat and isinstance(prepared, list):
        prepared = _InBrackets(prepared)
    return YAMLHandler().export({key: prepared}, Dumper=dumper, sort_keys=False, width=math.inf) + "\n"


def _prepared(value: FieldValue, is_typed: bool) -> Any:
    """Plain lists and dictionaries, with the strings marked that are to be bare."""
    if value is None:
        return None
    if isinstance(value, str):
        return _Bare(value) if is_typed and _BARE.fullmatch(value) else str(value)
    if isinstance(value, Mapping):
        return {key: _prepared(entry, is_typed) for key, entry in value.items()}
    return [_prepared(entry, is_typed) for entry in value]
