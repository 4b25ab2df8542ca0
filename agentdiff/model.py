"""The records of reading, aligning and diffing; they know nothing of files, git or terminals.

Lines are 1-based and inclusive, in the file as it is on disk (counted by line feeds, as `cat -n` does).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

# ---------------------------------------------------------------------------------------------- reading


class Container(StrEnum):
    """What kind of text holds an agent."""

    FRONT_MATTER = "Markdown with YAML front matter"
    MARKDOWN = "Markdown"
    TOML = "TOML"
    JSON = "JSON"
    YAML = "YAML"
    CODE = "program code"
    """Not data, so never read."""


FieldValue: TypeAlias = "str | Sequence[FieldValue] | Mapping[str, FieldValue] | None"
"""What a field holds: the string that was written, a list, a map, or None for a key with nothing behind it.

Scalars stay strings: `1.10`, `no` and `2024-01-01` are not turned into numbers, booleans or dates.
Lists are tuples; maps keep the order of the file.
"""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """First and last line of a stretch of a file."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if not 0 < self.first <= self.last:
            raise ValueError(f"not a span of lines: {self.first} to {self.last}")


class Severity(StrEnum):
    """How much a diagnostic matters to the owner of the file."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something odd that was met while reading, and what to do about it."""

    code: str
    """Stable name, such as `yaml-requoted`."""
    severity: Severity
    message: str
    """What is wrong, and what the host makes of it: a sentence without its full stop."""
    remedy: str
    """What to do; it goes on from the message."""
    line: int


@dataclass(frozen=True, slots=True)
class Field:
    """One metadata entry."""

    name: str
    """Canonical name, the same for every product (`tools`)."""
    key: str
    """The key as written in the file (`allowed-tools`)."""
    value: FieldValue
    raw: str
    """The source text behind the key, continuation lines included, untouched."""
    span: Span


class SectionStyle(StrEnum):
    """What marks the title of a section."""

    LEAD = "lead"
    ATX = "atx"
    SETEXT = "setext"
    BOLD = "bold"
    BOLD_ITEM = "bold-item"
    LABEL = "label"
    XML = "xml"


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the body, whatever marks the title. The lead has no title."""

    id: int
    parent: int | None
    title: str
    """Plain text without markup, numbering or a closing colon; empty for the lead."""
    introduction: str
    """What follows a bold title on its own line (`You will design it by:`); mostly empty."""
    style: SectionStyle
    level: int
    """0 for the lead, else the depth in the tree of titles, from 1."""
    span: Span
    """From the title to the last line of the section, subsections included."""
    title_span: Span
    """The lines of the title alone; for the lead its first line."""


class ItemKind(StrEnum):
    """What an item is in Markdown."""

    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    NUMBERED = "numbered"
    TABLE_ROW = "table-row"
    CODE = "code"
    RULE = "rule"
    COMMENT = "comment"
    HTML = "html"
    MARKUP = "markup"
    """Lines that only delimit: a closing XML tag, the dashes under a table head."""


STATEMENTS = frozenset(
    {ItemKind.PARAGRAPH, ItemKind.BULLET, ItemKind.NUMBERED, ItemKind.TABLE_ROW, ItemKind.CODE, ItemKind.HTML}
)
"""The kinds of item that say something and can be aligned."""

LISTED = frozenset({ItemKind.BULLET, ItemKind.NUMBERED})
"""The kinds that are entries of a list."""

PROSE = frozenset({ItemKind.PARAGRAPH, ItemKind.BULLET, ItemKind.NUMBERED})
"""The kinds whose wording may differ and still say the same; of all others each letter counts."""


@dataclass(frozen=True, slots=True)
class Item:
    """The smallest statement."""

    id: int
    section: int
    """Id of the innermost section that holds it."""
    kind: ItemKind
    text: str
    """The statement without its list marker, inline markup kept; lines of one paragraph joined by line feeds."""
    span: Span
    parent: int | None
    """Id of the list item that it is nested under, if any."""


@dataclass(frozen=True, slots=True)
class Agent:
    """One parsed agent definition."""

    path: str
    format: str
    name: str
    """The `name` field, else the name that its file gives it."""
    sha256: str
    source: str
    """The whole file as decoded: byte order mark, line endings and final newline as they were."""
    text: str
    """What the spans of sections and items count the lines of: the whole file where it is Markdown, so that they are
    lines of the file; else the agent's prompt as it was decoded."""
    fields: tuple[Field, ...]
    sections: tuple[Section, ...]
    """In document order; `sections[i].id == i`."""
    items: tuple[Item, ...]
    """In document order; `items[i].id == i`. Every non-blank body line lies in an item or a title."""
    diagnostics: tuple[Diagnostic, ...]
    body_line: int
    """Line of `text` at which the body begins: behind the front matter; 1 without any."""
    places: tuple[int, ...] = ()
    """For each line of `text` its line of the file, ascending; empty where the two are the same."""
    container: Container = Container.FRONT_MATTER
    number: int = 0
    """Its place among the agents of its file, from 0."""

    def on_disk(self, span: Span) -> Span:
        """The lines of the file on which these lines of `text` stand."""
        return Span(self.places[span.first - 1], self.places[span.last - 1]) if self.places else span

    def field(self, name: str) -> Field | None:
        """The field of that canonical name, the last one where a key was given twice."""
        return next((entry for entry in reversed(self.fields) if entry.name == name), None)


# ---------------------------------------------------------------------------------------------- aligning


class Relation(StrEnum):
    """How two matched items, or sections, relate."""

    EQUAL = "equal"
    """Items: keeping both would be redundant. Sections: the same subject at the same scope."""
    OVERLAP = "overlap"
    """Items: partly the same instruction. Sections: one covers a part of the other."""


@dataclass(frozen=True, slots=True)
class Match:
    """Two things judged to correspond."""

    old: int
    new: int
    relation: Relation
    similarity: float
    """0..1, rounded to three places."""
    reason: str
    """What decided, in words."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """All matches of two agents, by id and in document order; what is in no match stayed alone."""

    sections: tuple[Match, ...]
    items: tuple[Match, ...]


# ---------------------------------------------------------------------------------------------- diffing


class Verdict(StrEnum):
    """The kind of difference between two agents, nearest first."""

    IDENTICAL = "identical"
    EQUIVALENT = "equivalent"
    FIELDS_ONLY = "fields-only"
    SUPERSET = "superset"
    SUBSET = "subset"
    DRIFT = "drift"
    VARIANT = "variant"
    UNRELATED = "unrelated"


class Change(StrEnum):
    """What became of a field or an item."""

    SAME = "same"
    KEPT = "kept"
    CHANGED = "changed"
    MOVED = "moved"
    ADDED = "added"
    REMOVED = "removed"


class SectionChange(StrEnum):
    """What became of a section."""

    SAME = "same"
    SPLIT = "split"
    MERGED = "merged"
    PART = "part"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """One field on both sides. `change` is one of same, added, removed, changed."""

    name: str
    change: Change
    old: FieldValue
    new: FieldValue
    added: tuple[str, ...] = ()
    """Entries of a list that only the new side has, as written there."""
    removed: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    """For nested values: one line for each place that differs, such as `hooks.Stop[0]: added`."""
    grants_added: tuple[str, ...] = ()
    """For tools of two formats: the capabilities that only the new side grants, sorted."""
    grants_removed: tuple[str, ...] = ()
    note: str = ""
    """What a reader of two formats should know, such as `the same, written in another way`."""


@dataclass(frozen=True, slots=True)
class AccessEdit:
    """What two agents may use, all their fields taken together, where that differs.

    Entries are capabilities (`read`, `shell(git *)`), `everything`, `shell (asks first)` and `not edit`.
    """

    old: tuple[str, ...]
    """Empty for nothing at all."""
    new: tuple[str, ...]
    old_words: str
    """The same on one line."""
    new_words: str
    added: tuple[str, ...]
    """What only new may use, sorted; `everything else` where it is not limited to a list and old is."""
    removed: tuple[str, ...]
    old_reason: str = ""
    """What silence, or an empty list of tools, means to the host; it goes on from `old`."""
    new_reason: str = ""


@dataclass(frozen=True, slots=True)
class SectionEdit:
    """What became of one section, or of the sections that a split or merge joins. Ids into the two agents."""

    relation: SectionChange
    old: tuple[int, ...]
    new: tuple[int, ...]
    similarity: float
    reason: str
    renamed: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class ItemEdit:
    """What became of one item. `change` is one of kept, changed, moved, added, removed. Ids into the two agents.

    An item may stand in two edits when one statement is covered by two.
    """

    change: Change
    relation: Relation | None
    old: int | None
    new: int | None
    similarity: float
    reason: str
    moved: bool = False
    """Stands in another place than its neighbours; `change` may be `changed` at the same time."""


@dataclass(frozen=True, slots=True)
class Addition:
    """The little that one agent adds to another, which says all the rest of it; maybe nothing."""

    lines: tuple[int, ...]
    """First lines, in the file, of statements and titles that the other does not say, ascending."""
    fields: tuple[str, ...]
    """Names of fields that it alone sets, or otherwise than the other, in the order of the file."""


@dataclass(frozen=True, slots=True)
class AgentDiff:
    """The structured difference of two agents."""

    old: Agent
    new: Agent
    verdict: Verdict
    similarity: float
    fields: tuple[FieldEdit, ...]
    """Every field of both sides, in the order of old, then of new."""
    sections: tuple[SectionEdit, ...]
    """In the order of new, removed ones where they stood in old."""
    items: tuple[ItemEdit, ...]
    """Likewise. Only items that say something; rules and markup are layout."""
    access: AccessEdit | None = None
    """None where both may use the same, and for rules, which use nothing."""
    old_adds: Addition | None = None
    """What old adds to new; None where that is more than a few lines."""
    new_adds: Addition | None = None
