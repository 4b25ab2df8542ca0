"""The records of a merge: what came out, where each part of it came from, and what became of every input line.

Apart from `model.py` so that a diff need not load them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from agentdiff.model import Agent, FieldValue, Span


class ToolsPolicy(StrEnum):
    """Which tools of the variants the canonical agent may use. A variant that names none allows all."""

    INTERSECTION = "intersection"
    """What every variant allows: nothing is widened for anyone."""
    UNION = "union"
    """What any variant allows."""
    MAJORITY = "majority"
    """What more than half of the variants allow."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user decided about one conflict: the texts of the options to keep, as `text.fold` spells them."""

    keep: frozenset[str]
    """All of them keeps every option, none leaves all out."""


@dataclass(frozen=True, slots=True)
class MergeOptions:
    """What the user decides about a merge. Variants are told by their index among the inputs."""

    min_support: int = 1
    """How many variants must say a thing for it to be kept; the role statement always is."""
    format: str | None = None
    """What to write; None: the format of most variants."""
    may_widen: bool = False
    """Whether it may be a format that cannot limit what the agent may do."""
    name: str | None = None
    """The name to write; None: that of most variants."""
    tools: ToolsPolicy = ToolsPolicy.INTERSECTION
    tools_of: Agent | None = None
    """An agent whose tools are taken, whatever the variants say; it need not be one of them."""
    prefer: int | None = None
    """The variant whose side is taken in every conflict in which it has one."""
    skeleton: int | None = None
    """The variant whose sections give the order and the titles."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """What was decided before, by the id of the conflict."""


DEFAULTS = MergeOptions()
"""Nothing decided."""


class Fate(StrEnum):
    """What became of an input line in the canonical agent."""

    KEPT = "kept"
    REWORDED = "reworded"
    ABSORBED = "absorbed"
    CONFLICT = "conflict"
    DROPPED = "dropped"


class UnitKind(StrEnum):
    """What a unit of the canonical agent is."""

    SECTION = "section"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a unit came from: index of the input, and its lines in that agent's text (`Agent.text`)."""

    input: int
    span: Span


@dataclass(frozen=True, slots=True)
class Unit:
    """One title or statement of the canonical agent; `span` counts lines of its text (`Agent.text`)."""

    id: int
    kind: UnitKind
    span: Span
    support: int
    """How many inputs say it."""
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """The fate of a stretch of one input; `span` as in `Source`. `unit` is None only for `dropped`."""

    input: int
    span: Span
    fate: Fate
    unit: int | None
    reason: str


class FieldStatus(StrEnum):
    """Whether the inputs agree on a field."""

    AGREED = "agreed"
    CHOSEN = "chosen"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class FieldOption:
    """One value that was found, and the inputs that have it. `value` is None where the field is absent or empty."""

    value: FieldValue
    inputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FieldMerge:
    """How one field of the canonical agent came about."""

    name: str
    value: FieldValue
    """What was written; None where the field was left out."""
    policy: str
    """Name of the rule that decided, such as `intersection` or `majority`."""
    status: FieldStatus
    options: tuple[FieldOption, ...]
    reason: str


class ConflictKind(StrEnum):
    """What disagrees."""

    CONTRADICTION = "contradiction"
    FIELD = "field"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class ConflictOption:
    """One answer to a conflict: an input's text and the lines of the file on which it stands."""

    input: int
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Conflict:
    """A question that the merge may not answer alone."""

    id: str
    """Stable: made from the options, not from their order or place."""
    kind: ConflictKind
    subject: str
    """What it is about: a field name, or what the options have in common."""
    options: tuple[ConflictOption, ...]
    chosen: int | None
    """Index into `options` of the text that was written; None where all were, or none."""
    reason: str
    """Why that one."""
    is_open: bool = True
    """Whether nobody has decided yet: the choice is the default one."""


def conflict_id(texts: Iterable[str]) -> str:
    """An id made of the texts of a conflict: the same wherever they stand and whatever else there is."""
    return sha256("\0".join(texts).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class CanonicalMerge:
    """One agent made of several, with the account of where everything went."""

    inputs: tuple[Agent, ...]
    format: str
    text: str
    fields: tuple[FieldMerge, ...]
    units: tuple[Unit, ...]
    ledger: tuple[LedgerEntry, ...]
    """By input, then line. Every non-blank body line of every input lies in exactly one entry."""
    conflicts: tuple[Conflict, ...]
    notes: tuple[str, ...] = ()
    """What a person should know besides, such as tools that were left out."""
    widenings: tuple[str, ...] = field(default=(), kw_only=True)
    """What the agent may do that some variants may not: `wider than a.md: shell`."""
    containments: tuple[str, ...] = field(default=(), kw_only=True)
    """Which variants add nothing to which, or nearly nothing, a sentence each."""
    output: Agent | None = None
    """The text read again; None where nothing was left to write."""

    def on_disk(self, span: Span) -> Span:
        """The lines of `text` on which a unit stands."""
        return self.output.on_disk(span) if self.output else span
