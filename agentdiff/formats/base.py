"""What a dialect says about itself. A dialect is one `Format`, and one row in `formats.FORMATS`; it holds no code.

The exception is `claims`: whether the keys of a file whose path tells nothing are strong evidence for the dialect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from agentdiff.formats.diagnostics import Code
from agentdiff.model import Container as Container
from agentdiff.model import Field, FieldValue

Keys = Mapping[str, FieldValue]
"""The keys of an agent as written, with their values."""


class Kind(StrEnum):
    """What the host does with a file."""

    AGENT = "agent"
    RULE = "rule"
    COMMAND = "command"
    """Commands, prompts and skills: text that is asked for."""


class Activation(StrEnum):
    """When a rule is used."""

    ALWAYS = "always"
    GLOB = "glob"
    """With files that its patterns match."""
    MODEL = "model"
    """When the model finds that its description fits."""
    MANUAL = "manual"


class Type(StrEnum):
    """What stands behind a key."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    """`true` or `false`."""
    NAMES = "names"
    """A list of names, written with commas, with blanks or as a list."""
    LIST = "list"
    MAP = "map"
    ANY = "any"


class ListStyle(StrEnum):
    """How a list of names is written."""

    COMMAS = "commas"
    """`tools: Read, Grep`"""
    BLANKS = "blanks"
    """`allowed-tools: Read Grep`"""
    LIST = "list"
    """`tools: [read, search]`"""


class Holds(StrEnum):
    """What stands at the place of a data file where its agents are."""

    ONE = "one"
    """A map, which is the agent."""
    LIST = "list"
    """A list of maps, each an agent that its own key names."""
    MAP = "map"
    """A map of maps; the key of each names the agent."""


class Naming(StrEnum):
    """What names an agent."""

    FIELD = "field"
    """The `name` field, or the file where it is missing."""
    FILE = "file"
    """The name of the file, without what marks its kind (`.agent.md`)."""
    DIRECTORY = "directory"
    """The name of the directory that the file stands in."""


class UnknownKeys(StrEnum):
    """What the host makes of a key that it does not know."""

    IGNORED = "ignored"
    FORWARDED = "forwarded"
    """They reach the model's provider."""
    REJECTED = "rejected"
    """The host does not load the agent."""


class Grant(StrEnum):
    """What an agent may use that names no tools."""

    EVERYTHING = "everything"
    NOTHING = "nothing"
    INVALID = "invalid"
    """The host refuses the agent, or starts none."""
    ELSEWHERE = "elsewhere"
    """What no file of an agent says decides, such as a program or settings of the user. It counts as everything."""


class Body(StrEnum):
    """What the text behind the front matter, or of the prompt keys, is to the host."""

    PROMPT = "prompt"
    NEEDED = "needed"
    """The prompt, and an agent without one is refused."""
    IGNORED = "ignored"
    FORBIDDEN = "forbidden"
    ELSEWHERE = "elsewhere"
    """The prompt stands in another file, which a key names."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a dialect."""

    key: str
    """As written. A dot leads into a map: `settings.temperature`."""
    field: str = ""
    """The canonical field, the same in every dialect; the key itself where empty."""
    type: Type = Type.TEXT
    is_required: bool = False
    """Whether the host refuses an agent without it, or with nothing behind it."""
    values: Mapping[str, str] | None = None
    """Written value -> canonical value, where the host's words are its own. For a map or list its entries."""
    style: ListStyle = ListStyle.COMMAS
    """How names are written; what is read may be any of the styles."""
    accepts_text: bool = True
    """Whether names may be one string with commas; else the host wants a list."""
    pattern: str = ""
    """What the host wants the value to match, whole."""
    limit: int = 0
    """Most characters that the host takes; 0: no limit known."""
    is_written: bool = True
    """Whether agents from other dialects get it: not where some hosts of the dialect do not heed it."""
    is_bare: bool = False
    """Whether the host reads the value without quotes though it is no YAML then (`globs: **/*.ts`)."""

    @property
    def name(self) -> str:
        """The canonical field."""
        return self.field or self.key

    def meaning(self, value: FieldValue) -> FieldValue:
        """The canonical value of what was written."""
        return self.values.get(value, value) if self.values and isinstance(value, str) else value

    def word_for(self, meaning: FieldValue) -> FieldValue:
        """What to write for a canonical value: the first word that means it; itself where there is none."""
        words = (self.values or {}).items()
        return next((word for word, canonical in words if canonical == meaning), meaning)


@dataclass(frozen=True, slots=True)
class Root:
    """Where the agents of a data file are: the keys that lead there from the top, and what stands there."""

    path: tuple[str, ...] = ()
    holds: Holds = Holds.ONE


@dataclass(frozen=True, slots=True)
class Blocks:
    """Texts that stand once in a data file and belong to the prompts of the agents that name them."""

    key: str
    """Of the list at the top of the file."""
    ids: str
    """The key of an agent that lists its texts."""
    id: str
    title: str
    text: str
    """Keys of an entry of the list."""


SPLIT = frozenset({Code.YAML_SPLIT, Code.YAML_LINE_IGNORED})
"""Repairs of headers in which values over several lines, or lines of no field, are no YAML."""
ANY_REPAIR = SPLIT | {Code.YAML_REQUOTED}


@dataclass(frozen=True, slots=True)
class UnreadHeader:
    """A header that is no valid YAML, which agentdiff repairs and the host does not."""

    repairs: frozenset[Code]
    message: str
    """What the host makes of such a file."""
    remedy: str = "correct this field"
    is_fatal: bool = True
    """Whether it loads no agent at all."""
    is_of_carriage_returns: bool = False
    """Whether only files with such line ends meet that fate."""


@dataclass(frozen=True, slots=True)
class ToolMaps:
    """Tools that stand in maps with their settings, where other dialects have a list of names."""

    fields: tuple[str, ...]
    """Canonical fields. Each is a list of maps, or a map in which the names lead to the settings."""
    name: str = "name"
    """The key of a map in a list whose value names the tool, or the set of tools."""
    parts: str = ""
    """The key of the settings that lists those of its tools which a set has; without it, it has all."""
    own_types: frozenset[str] = frozenset()
    """What stands behind `type` where the name is a word of the host; empty: whatever stands there."""
    has_plain_names: bool = False
    """Whether a list may hold names without any map."""
    has_servers: bool = False
    """Whether a name that is no word of the host is that of an MCP server."""
    adds_own: bool = False
    """Whether the host has other tools besides, so that only what is switched off or named in parts is a limit."""
    default_parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For names without any settings those of its parts that the host then takes."""


def _claims_nothing(keys: Keys) -> bool:
    return False


def _fits(path: str, pattern: str) -> bool:
    """As `fnmatchcase` for patterns without `?` and `[`; compiling those of all dialects took longer than a diff."""
    first, *middle, last = pattern.split("*")
    end = len(path) - len(last)
    if not middle and first == pattern:
        return path == pattern
    if not path.startswith(first) or not path.endswith(last):
        return False
    at = len(first)
    for part in middle:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return at <= end


@dataclass(frozen=True, kw_only=True)
class Format:
    """One dialect of agent files."""

    name: str
    """Its id, such as `claude-agent`."""
    product: str
    kind: Kind = Kind.AGENT
    containers: tuple[Container, ...] = (Container.FRONT_MATTER,)
    """What its files are; the first is what is written."""
    homes: tuple[str, ...] = ()
    """Where its files live, for people: in a project, then in a user's home."""
    paths: tuple[str, ...] = ()
    """The same as patterns for a whole path that begins with `/`; `*` matches `/` too."""
    keys: tuple[Key, ...] = ()
    """Where two keys mean one field, the first is the one to write."""
    roots: tuple[Root, ...] = (Root(),)
    """For data files; the first that is there counts, and the first is written."""
    prompt: tuple[str, ...] = ()
    """For data files: the keys whose texts make the body, in order."""
    blocks: Blocks | None = None
    """For data files: more texts that belong to the body."""
    may_be_encoded_twice: bool = False
    """For JSON: whether the whole file may be a string that holds the JSON."""
    naming: Naming = Naming.FIELD
    named_below: str = ""
    """The directory below which the path names an agent without a key for it (`team/planner`); empty: the file does."""
    body: Body = Body.PROMPT
    model_words: frozenset[str] = frozenset()
    """What it takes as a model besides names of models, such as `inherit`; no other product is taken to know them."""
    vocabulary: str = ""
    """The column of `capabilities` that explains its tool names; empty: the host takes no tool names."""
    vocabulary_is_whole: bool = True
    """Whether that column is known to have all its tools, so that another name is a mistake."""
    absent_tools: Grant = Grant.EVERYTHING
    """What an agent may use that names no tools at all."""
    empty_tools: Grant = Grant.NOTHING
    """What an agent may use whose list of tools is empty."""
    tool_maps: ToolMaps | None = None
    """For those that have no list of names in the field `tools`."""
    sections: Mapping[str, str] = field(default_factory=dict)
    """By canonical field the name of the dialect whose fields stand in a map behind it."""
    body_instead: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Where a body is needed: by canonical field the values beside which it is not; no values: any."""
    rejects_unknown_tools: bool = False
    unknown_keys: UnknownKeys = UnknownKeys.IGNORED
    silent_activation: Activation = Activation.ALWAYS
    """Of rules: when one is used whose fields say nothing of it."""
    description_activates: bool = False
    """Of rules: whether a description without patterns leaves it to the model."""
    needs_exact_fence: bool = False
    """Whether the host wants `---` at the very first byte: no byte order mark, no blank line before it."""
    unread_headers: tuple[UnreadHeader, ...] = ()
    """Only what is known of the host; the first that fits counts."""
    reads_blocks: bool = True
    """Whether the host reads texts of several lines behind `|`."""
    body_limit: int = 0
    """Most characters of the body that the host takes; 0: no limit known."""
    note: str = ""
    """What else a user should know, in a sentence."""
    claims: Callable[[Keys], bool] = _claims_nothing
    """Whether the keys of a file whose path tells nothing are strong evidence for this dialect."""

    def lives_at(self, path: str) -> bool:
        """Whether files of this dialect are found at such a path."""
        whole = "/" + path.replace("\\", "/").removeprefix("./").lstrip("/")
        return any(_fits(whole, pattern) for pattern in self.paths)

    @cached_property
    def by_key(self) -> dict[str, Key]:
        """Each key as written."""
        return {key.key: key for key in self.keys}

    @cached_property
    def by_field(self) -> dict[str, Key]:
        """For each canonical field the key to write."""
        return {key.name: key for key in reversed(self.keys) if key.is_written}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Canonical fields without which the host does not load an agent."""
        return tuple(key.name for key in self.keys if key.is_required)

    def needs_body(self, values: Mapping[str, FieldValue]) -> bool:
        """Whether the host refuses an agent with these canonical fields if it has no body."""
        given = ((values[name], words) for name, words in self.body_instead.items() if values.get(name))
        is_replaced = any(not words or (isinstance(value, str) and value in words) for value, words in given)
        return self.body is Body.NEEDED and not is_replaced

    def counting(self, fields: Sequence[Field]) -> dict[str, Field]:
        """For each canonical field the one that its host goes by, in the order of the agent.

        Of several keys that is the first of the dialect, one that it does not know last; of one key the last field.
        """
        order = {key.key: place for place, key in enumerate(self.keys)}
        found: dict[str, Field] = {}
        for each in fields:
            other = found.get(each.name)
            if other is None or order.get(each.key, len(order)) <= order.get(other.key, len(order)):
                found[each.name] = each
        return found

    def only_approves(self, key: str) -> bool:
        """Whether a list of tools under that key says what a command may use without a question, and limits nothing."""
        return self.kind is Kind.COMMAND and key == "allowed-tools"

    def names_tools(self) -> bool:
        """Whether an agent can say by any field of its own which tools it has."""
        return any(key.name == "tools" for key in self.keys) or self.tool_maps is not None or bool(self.sections)

    def key_of(self, field: str) -> str:
        """The key to write for a canonical field; a field that the dialect does not know keeps its name."""
        known = self.by_field.get(field) or next((key for key in self.keys if key.name == field), None)
        return known.key if known else field
