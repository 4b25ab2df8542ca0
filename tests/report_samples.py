"""Records made by hand, so that the reports are tested without the engine behind them."""

from __future__ import annotations

import hashlib

from agentdiff.ledger import (
    CanonicalMerge,
    Conflict,
    ConflictKind,
    ConflictOption,
    Fate,
    FieldMerge,
    FieldOption,
    FieldStatus,
    LedgerEntry,
    Source,
    Unit,
    UnitKind,
)
from agentdiff.model import (
    Agent,
    AgentDiff,
    Change,
    Diagnostic,
    Field,
    FieldEdit,
    FieldValue,
    Item,
    ItemEdit,
    ItemKind,
    Relation,
    Section,
    SectionChange,
    SectionEdit,
    SectionStyle,
    Severity,
    Span,
    Verdict,
)

Sections = list[tuple[str, list[str]]]


def make_agent(
    path: str,
    sections: Sections,
    fields: dict[str, FieldValue] | None = None,
    name: str = "gardener",
    diagnostics: tuple[Diagnostic, ...] = (),
) -> Agent:
    """An agent with bullets under `##` titles; a section without a title is the lead, made of paragraphs."""
    given = {"name": name} if fields is None else fields
    entries = tuple(
        Field(key, key, value, value if isinstance(value, str) else repr(value), Span(number, number))
        for number, (key, value) in enumerate(given.items(), 2)
    )
    line = body_line = len(entries) + 3
    made: list[Section] = []
    items: list[Item] = []
    source = ""
    for number, (title, texts) in enumerate(sections):
        first = line
        if title:
            line += 1
            source += f"## {title}\n"
        for text in texts:
            last = line + text.count("\n")
            kind = ItemKind.BULLET if title else ItemKind.PARAGRAPH
            items.append(Item(len(items), number, kind, text, Span(line, last), None))
            source += f"- {text}\n" if title else f"{text}\n"
            line = last + 1
        style = SectionStyle.ATX if title else SectionStyle.LEAD
        span = Span(first, max(line - 1, first))
        made.append(Section(number, None, title, "", style, 1 if title else 0, span, Span(first, first)))
    digest = hashlib.sha256(f"{path}{source}".encode()).hexdigest()
    return Agent(
        path, "claude-agent", name, digest, source, source, entries, tuple(made), tuple(items), diagnostics, body_line
    )


REPAIRED = Diagnostic("yaml-requoted", Severity.WARNING, "the description was not quoted", "put it in quotes", 3)

OLD = make_agent(
    "old.md",
    [
        ("", ["You look after a garden."]),
        ("Watering", ["Water every morning before nine", "Check the soil first", "Use rain water"]),
        ("Tools", ["Sharpen the shears", "Clean the spade"]),
        ("Compost", ["Turn the heap once a month"]),
    ],
    {"name": "gardener", "description": "Looks after small gardens.", "tools": ("Read", "Edit"), "color": "green"},
    diagnostics=(REPAIRED,),
)

NEW = make_agent(
    "new.md",
    [
        ("", ["You look after a garden."]),
        ("Irrigation", ["Water every evening before nine", "Check the soil first"]),
        ("Tools", ["Sharpen the shears", "Clean the spade"]),
        ("Pests", ["Look for snails at night", "Use rain water"]),
    ],
    {"name": "gardener", "description": "Looks after large gardens.", "tools": ("Read", "Bash"), "model": "opus"},
)


def make_diff() -> AgentDiff:
    """One of everything: a renamed section, an equal one, an added, a removed, a moved item, a changed one."""
    return AgentDiff(
        OLD,
        NEW,
        Verdict.VARIANT,
        0.61249,
        (
            FieldEdit("name", Change.SAME, "gardener", "gardener"),
            FieldEdit("description", Change.CHANGED, "Looks after small gardens.", "Looks after large gardens."),
            FieldEdit("tools", Change.CHANGED, ("Read", "Edit"), ("Read", "Bash"), ("Bash",), ("Edit",)),
            FieldEdit("color", Change.REMOVED, "green", None),
            FieldEdit("model", Change.ADDED, None, "opus"),
        ),
        (
            SectionEdit(SectionChange.SAME, (0,), (0,), 1.0, "both leads"),
            SectionEdit(SectionChange.SAME, (1,), (1,), 0.7, "2 of 3 items match", renamed=True),
            SectionEdit(SectionChange.SAME, (2,), (2,), 1.0, "equal titles"),
            SectionEdit(SectionChange.REMOVED, (3,), (), 0.0, ""),
            SectionEdit(SectionChange.ADDED, (), (3,), 0.0, ""),
        ),
        (
            ItemEdit(Change.KEPT, Relation.EQUAL, 0, 0, 1.0, "the same words"),
            ItemEdit(Change.CHANGED, Relation.OVERLAP, 1, 1, 0.8, "shares water, nine"),
            ItemEdit(Change.KEPT, Relation.EQUAL, 2, 2, 1.0, "the same words"),
            ItemEdit(Change.KEPT, Relation.EQUAL, 4, 3, 1.0, "the same words"),
            ItemEdit(Change.KEPT, Relation.EQUAL, 5, 4, 1.0, "the same words"),
            ItemEdit(Change.REMOVED, None, 6, None, 0.0, ""),
            ItemEdit(Change.ADDED, None, None, 5, 0.0, ""),
            ItemEdit(Change.MOVED, Relation.EQUAL, 3, 6, 1.0, "the same words", moved=True),
        ),
    )


def make_identical() -> AgentDiff:
    """A file with itself."""
    return AgentDiff(
        OLD,
        OLD,
        Verdict.IDENTICAL,
        1.0,
        tuple(FieldEdit(field.name, Change.SAME, field.value, field.value) for field in OLD.fields),
        tuple(SectionEdit(SectionChange.SAME, (section.id,), (section.id,), 1.0, "equal") for section in OLD.sections),
        tuple(ItemEdit(Change.KEPT, Relation.EQUAL, item.id, item.id, 1.0, "equal") for item in OLD.items),
    )


def make_merge() -> CanonicalMerge:
    """Two inputs, one open question about a number, one about a field, one tool left out."""
    return CanonicalMerge(
        (OLD, NEW),
        "claude-agent",
        "---\nname: gardener\n---\nYou look after a garden.\n\n## Watering\n- Water every morning before nine\n",
        (
            FieldMerge("name", "gardener", "majority", FieldStatus.AGREED, (FieldOption("gardener", (0, 1)),), ""),
            FieldMerge(
                "tools",
                ("Read",),
                "intersection",
                FieldStatus.CHOSEN,
                (FieldOption(("Read", "Edit"), (0,)), FieldOption(("Read", "Bash"), (1,))),
                "what both allow",
            ),
            FieldMerge(
                "color", None, "unanimous", FieldStatus.CHOSEN, (FieldOption("green", (0,)),), "only one has it"
            ),
        ),
        (
            Unit(0, UnitKind.ITEM, Span(4, 4), 2, (Source(0, Span(7, 7)), Source(1, Span(7, 7)))),
            Unit(1, UnitKind.SECTION, Span(6, 6), 2, (Source(0, Span(8, 8)), Source(1, Span(8, 8)))),
            Unit(2, UnitKind.ITEM, Span(7, 7), 1, (Source(0, Span(9, 9)),)),
        ),
        (
            LedgerEntry(0, Span(7, 7), Fate.KEPT, 0, "the same words"),
            LedgerEntry(0, Span(9, 9), Fate.CONFLICT, 2, "morning against evening"),
            LedgerEntry(1, Span(7, 7), Fate.ABSORBED, 0, "the same words"),
            LedgerEntry(1, Span(9, 9), Fate.DROPPED, None, "below the support asked for"),
        ),
        (
            Conflict(
                "c-1",
                ConflictKind.CONTRADICTION,
                "when to water",
                (
                    ConflictOption(0, "Water every morning before nine", Span(9, 9)),
                    ConflictOption(1, "Water every evening before nine", Span(9, 9)),
                ),
                0,
                "it came first",
            ),
        ),
        ("tools left out: Bash, Edit",),
    )
