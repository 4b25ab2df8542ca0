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

from agentdiff.formats._tree import BYTE_ORDER_MARK, Bare, Entry, Node, NotReadable, Typed, line_at, line_start
from agentdiff.model import FieldValue

MAX_DEPTH = 32
"""Levels of lists and maps inside one value. Hook tables, the deepest real ones, have five."""

MAX_VALUES = 20_000
"""Scalars, lists and maps of one block, aliases counted as what they stand for: ten lines can stand for billions."""

_HARMLESS_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map", "timestamp")
)
_BLANKS = " \t\r\n"
_COLON = re.compile(r"\s*:")
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:[ \t\r\n]++|#[^\n]*+)*+){1,2}")
_NULL = re.compile(r"~|null|Null|NULL")
_NUMBER_OR_FLAG = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|true|True|TRUE|false|False|FALSE"
)
"""What YAML 1.2 takes for no text."""
_TOO_COMPLEX = "nested too deep or too large"
_DISPUTED = re.compile(
    r"""[\t\x85\u2028\u2029\ufeff]|(?:^\ *|[:,\[{-]\s*)(?:[\[{][^\]}\[{]*(?:\?|:["'\],}])|!(?:\s|\Z))|[|>][-+\d]*\#""",
    re.MULTILINE,
)
"""Tabs, byte order marks, question marks and colons in brackets, and such: libyaml and PyYAML's own parser differ."""

_SIMPLE_LINE = re.compile(
    r"""([A-Za-z_][A-Za-z0-9_-]{0,99}):\ ([A-Za-z0-9"']"""
    r"""[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*+)"""
)
_MOST_SIMPLE_LINES = 1000
"""Of a block that is read without a parser; well below MAX_VALUES."""


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

    Scalars stay as written, but what YAML takes for nothing (`null`, `~`, or no value at all) is None. Raises
    NotReadable.
    """
    try:
        return _simple_pairs(text) or tuple(_Reader(text).pairs())
    except yaml.YAMLError as problem:
        raise _refused(text, problem) from problem


def _simple_pairs(text: str) -> tuple[Pair, ...]:
    """What the parser makes of a map whose entries are plain or quoted words on a line each; nothing of another text.

    Three quarters of all front matter is so, and a parser takes five times as long.
    """
    lines = text.removesuffix("\n").split("\n")
    pairs: list[Pair] = []
    for number, line in enumerate(lines[:_MOST_SIMPLE_LINES]):
        found = _SIMPLE_LINE.fullmatch(line)
        value = _simple_value(found[2]) if found else None
        if found is None or value is None:
            return ()
        pairs.append(Pair(found[1], value, number, found.end(1) + 1, number, None, ()))
    return tuple(pairs) if len(pairs) == len(lines) else ()


def _simple_value(written: str) -> str | None:
    """The text that a value stands for; None where only the parser can tell."""
    quote = written[0]
    if quote in "\"'":
        is_whole = len(written) > 1 and written.endswith(quote) and written.count(quote) == 2
        return written[1:-1] if is_whole and (quote == "'" or "\\" not in written) else None
    is_plain = ": " not in written and " #" not in written and not written.endswith((":", " "))
    return written if is_plain and not _NULL.fullmatch(written) else None


def load_tree(text: str) -> Node:
    """The map or list that a YAML file is, with places; raises NotReadable.

    What YAML takes for nothing (`null`, `~`) is None. An alias has its own place, and what is in it the places where
    it was written.
    """
    start = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    try:
        return _Reader(text, start).tree()
    except yaml.YAMLError as problem:
        raise _refused(text, problem) from problem


def _refused(text: str, problem: yaml.YAMLError) -> NotReadable:
    if isinstance(problem, yaml.MarkedYAMLError) and problem.problem_mark:
        return NotReadable(problem.problem_mark.line + 1, f"not valid YAML ({problem.problem})")
    line = line_at(text, getattr(problem, "position", None) or 0)
    return NotReadable(line, "not valid YAML (it holds a character that YAML does not allow)")


def _loader(text: str) -> Any:
    """The fast loader where there is one; the slow one for texts that the two may read differently.

    So a file reads the same on every machine.
    """
    return yaml.SafeLoader if _DISPUTED.search(text) else getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Reader:
    """Makes nodes of the parser's events. Recursion is bounded by MAX_DEPTH."""

    def __init__(self, text: str, start: int = 0) -> None:
        """`start` is where the text begins behind a byte order mark."""
        self._text = text
        self._start = start
        read = text[start:] if start else text
        # As `yaml.parse` gives them, without a call of its own for each.
        self._events: Iterator[Any] = iter(_loader(read)(read).get_event, None)
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = 0
        self._repeated: list[str] = []
        self._line = 0
        self._line_start = 0

    def pairs(self) -> Iterator[Pair]:
        root = self._root()
        if root is None:
            return
        if not isinstance(root, yaml.MappingStartEvent) or root.anchor or root.tag:
            raise _failure(root, "the front matter is no map")
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            yield self._pair(key, bool(root.flow_style))
        self._finish()

    def tree(self) -> Node:
        root = self._root()
        if root is None:
            raise NotReadable(1, "the file holds nothing")
        if not isinstance(root, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            raise _failure(root, "the file is neither a map nor a list")
        node = self._value(root, 1, -1, False)
        self._finish()
        return node

    def _root(self) -> Any:
        """The event that the document begins with; None where there is no document."""
        next(self._events)  # the start of the stream
        return None if isinstance(next(self._events), yaml.StreamEndEvent) else next(self._events)

    def _finish(self) -> None:
        next(self._events)  # the end of the document
        if not isinstance(following := next(self._events), yaml.StreamEndEvent):
            raise _failure(following, "the file holds several documents")

    def _pair(self, key: Any, is_in_braces: bool) -> Pair:
        self._repeated = []
        first_line, key_column = self._place(key.start_mark.index)
        colon = self._text.find(":", key.end_mark.index)
        key_line, column = self._place(colon + 1) if colon >= 0 else self._place(key.end_mark.index)
        if key_line != first_line:
            raise _failure(key, "a key in the long form")  # nobody writes it and its place is hard to tell
        entry = self._entry(key, 1, key_column, is_in_braces)
        node = entry.node
        last_line, last_column = self._place(node.end)
        return Pair(
            entry.key,
            node.value,
            first_line,
            column,
            last_line,
            last_column if is_in_braces else None,
            tuple(self._repeated),
        )

    def _place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset; offsets must not fall back behind the line of an earlier call."""
        self._line += self._text.count("\n", self._line_start, offset)
        self._line_start = max(self._line_start, self._text.rfind("\n", self._line_start, offset) + 1)
        return self._line, offset - self._line_start

    def _entry(self, event: Any, depth: int, column: int, is_inline: bool) -> Entry:
        """One entry of a map; its value is `depth` levels down."""
        key, start, end = self._key(event), event.start_mark.index + self._start, self._end(event)
        return Entry(key, start, self._value(next(self._events), depth, column, is_inline, end))

    def _key(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag not in (None, "!"):
            raise _failure(event, "a key that is no text")
        return str(event.value)

    def _end(self, event: Any) -> int:
        end: int = event.end_mark.index + self._start
        return end

    def _value(self, event: Any, depth: int, column: int, is_inline: bool, key_end: int = -1) -> Node:
        if depth > MAX_DEPTH:
            raise _failure(event, _TOO_COMPLEX, is_too_complex=True)
        if isinstance(event, yaml.AliasEvent):
            return self._referred(event, column, is_inline)
        if event.tag not in (None, "!") and event.tag not in _HARMLESS_TAGS:
            raise _failure(event, "a tag that only programs understand")
        before = self._count
        self._add(1, event)
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event, column, is_inline, key_end)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._list(event, depth, column, is_inline)
        else:
            node = self._map(event, depth, column, is_inline)
        if event.anchor:
            self._anchors[event.anchor] = (node, self._count - before)
        return node

    def _scalar(self, event: Any, column: int, is_inline: bool, key_end: int) -> Node:
        text: str = event.value
        start, end = self._begin(event), self._end(event)
        is_plain = event.implicit[0]
        if is_plain and not text:
            if key_end >= 0:  # the parsers do not agree on where nothing is
                colon = _COLON.match(self._text, key_end)
                start = colon.end() if colon else key_end
            return Node(None, start, start, (), (), False, is_inline, column)
        if event.style in ("|", ">"):
            while self._text[end - 1] in _BLANKS:  # a block of text ends where the next thing begins
                end -= 1
        if not is_plain:
            return Node(text, start, end, (), (), True, is_inline, column)
        if _NULL.fullmatch(text):
            return Node(None, start, end, (), (), False, is_inline, column)
        return Node(text, start, end, (), (), not _NUMBER_OR_FLAG.fullmatch(text), is_inline, column)

    def _begin(self, event: Any) -> int:
        """Offset of a value, behind its anchor and tag."""
        start: int = event.start_mark.index + self._start
        if event.anchor or event.tag:
            found = _PROPERTIES.match(self._text, start)
            return found.end() if found else start
        return start

    def _list(self, start: Any, depth: int, column: int, is_inline: bool) -> Node:
        elements: list[Node] = []
        is_flow = bool(start.flow_style)
        own_column = self._column(start)
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            elements.append(self._value(event, depth + 1, own_column, is_inline or is_flow))
        end = self._end(event) if is_flow else elements[-1].end
        value = tuple([element.value for element in elements])
        return Node(value, self._begin(start), end, (), tuple(elements), False, is_inline, column)

    def _map(self, start: Any, depth: int, column: int, is_inline: bool) -> Node:
        entries: list[Entry] = []
        value: dict[str, FieldValue] = {}
        is_flow = bool(start.flow_style)
        own_column = self._column(start)
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            entry = self._entry(event, depth + 1, own_column, is_inline or is_flow)
            if entry.key in value:
                self._repeated.append(entry.key)
            value[entry.key] = entry.node.value
            entries.append(entry)
        end = self._end(event) if is_flow else entries[-1].node.end
        return Node(value, self._begin(start), end, tuple(entries), (), False, is_inline, column)

    def _column(self, event: Any) -> int:
        start = self._begin(event)
        return start - line_start(self._text, start)

    def _referred(self, event: Any, column: int, is_inline: bool) -> Node:
        if event.anchor not in self._anchors:
            raise _failure(event, f"an alias of nothing, `*{event.anchor}`")
        node, size = self._anchors[event.anchor]
        self._add(size, event)
        start = event.start_mark.index + self._start
        return node._replace(start=start, end=self._end(event), is_inline=is_inline, column=column)

    def _add(self, count: int, event: Any) -> None:
        self._count += count
        if self._count > MAX_VALUES:
            raise _failure(event, _TOO_COMPLEX, is_too_complex=True)


def _failure(event: Any, problem: str, is_too_complex: bool = False) -> NotReadable:
    return NotReadable(event.start_mark.line + 1, problem, is_too_complex)


# ---------------------------------------------------------------------------------------------- writing

_BARE = re.compile(r"true|false|[-+]?\d+(\.\d+)?")
_NUMBER_TODAY = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(inf|Inf|INF)")
"""What YAML 1.2 takes for a number. PyYAML knows YAML 1.1, hosts mostly 1.2: text must be text for both."""
_NOT_FOR_BLOCKS = re.compile(r"\A[\s]|[ \t]\n|[^\S\n ]|[\x85\u2028\u2029\ufeff]|\n\n\Z|[ \t]\Z")

_OTHER_BREAKS = re.compile(r"[\r\x85\u2028\u2029]")
"""Line breaks for YAML, which may come back as blanks."""


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
_Dumper.add_representer(Bare, _Dumper.bare)
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


def _prepared(value: FieldValue | Typed, is_typed: bool) -> Any:
    """Plain lists and dictionaries, with the strings marked that are to be bare."""
    if value is None or isinstance(value, Bare):
        return value
    if isinstance(value, str):
        return Bare(value) if is_typed and _BARE.fullmatch(value) else str(value)
    if isinstance(value, Mapping):
        return {key: _prepared(entry, is_typed) for key, entry in value.items()}
    return [_prepared(entry, is_typed) for entry in value]


class _InlineDumper(_OneLineDumper):
    """Writes into braces and brackets, where nothing has to be a word."""

    def nothing(self, _: None) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:null", "null")


_InlineDumper.add_representer(type(None), _InlineDumper.nothing)


def dump_tree(value: Typed, *, may_use_blocks: bool = True, is_inline: bool = False) -> str:
    """A map or list as YAML, with a line feed at the end: the order kept, lists indented, long texts as blocks.

    Without `may_use_blocks` every string stays on one line; `is_inline`: all of it does, in braces or brackets.
    """
    dumper = _Dumper if may_use_blocks else _OneLineDumper
    written: str = yaml.dump(
        _prepared(value, False),
        Dumper=_InlineDumper if is_inline else dumper,
        sort_keys=False,
        width=math.inf,
        allow_unicode=True,
        default_flow_style=is_inline,
    )
    return written
