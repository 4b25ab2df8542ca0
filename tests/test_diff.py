"""What became of each field, section and item, and of the whole."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest

from agentdiff import weights
from agentdiff.diff import diff
from agentdiff.formats import parse
from agentdiff.model import AccessEdit, Agent, AgentDiff, Change, FieldEdit, SectionChange, SectionEdit, Verdict

CLAUDE, COPILOT, OPENCODE = "claude-agent", "copilot-agent", "opencode-agent"

FRONT = "---\nname: parser\ndescription: Parses\n---\n"
BODY = """
You are a parser expert.

## Grammar

- Parse the query grammar
- Report where a text ends too early

## Joins

- Plan the joins of every query
- Print tables with their keys
"""


def agent(text: str, path: str = "parser.md") -> Agent:
    return parse(text, path)


def compared(old: str, new: str) -> AgentDiff:
    return diff(agent(old), agent(new))


# ---------------------------------------------------------------------------------------------- the verdict

OTHER = """# Cluster Keeper

You are a keeper of clusters.

- Drain nodes at night
- Rotate certificates before they end
- Watch quotas of storage
- Page people when alarms ring twice
"""

VARIANT = """# Parser

As a parser expert you read queries.

**Grammar of queries:**
- The query grammar is parsed by hand
- Comments are skipped, and so are blanks
- Errors name the line and what would have been right

**Planning:**
- Draw a plan for joins
- Estimate rows by histograms of columns
- Prefer indexes over scans
- Measure before you tune
"""

VERDICTS = {
    "same bytes": (FRONT + BODY, FRONT + BODY, Verdict.IDENTICAL),
    "other line ends": (FRONT + BODY, (FRONT + BODY).replace("\n", "\r\n"), Verdict.EQUIVALENT),
    "other marks": (
        FRONT + BODY,
        FRONT + BODY.replace("- ", "* ").replace("## Grammar", "**Grammar:**").replace("## Joins", "**JOINS**"),
        Verdict.EQUIVALENT,
    ),
    "other quotes": (FRONT + BODY, FRONT.replace("Parses", '"Parses"') + BODY, Verdict.EQUIVALENT),
    "another order of fields": (
        FRONT + BODY,
        "---\ndescription: Parses\nname: parser\n---\n" + BODY,
        Verdict.EQUIVALENT,
    ),
    "a rule more": (FRONT + BODY, FRONT + BODY + "\n---\n", Verdict.EQUIVALENT),
    "another description": (FRONT + BODY, FRONT.replace("Parses", "Reads") + BODY, Verdict.FIELDS_ONLY),
    "a field more": (FRONT + BODY, FRONT.replace("name", "model: opus\nname") + BODY, Verdict.FIELDS_ONLY),
    "an item more": (FRONT + BODY, FRONT + BODY + "- Rotate keys at night\n", Verdict.SUPERSET),
    "an item less": (FRONT + BODY + "- Rotate keys at night\n", FRONT + BODY, Verdict.SUBSET),
    "an item and a field more": (
        FRONT + BODY,
        FRONT.replace("name", "model: opus\nname") + BODY + "- Rotate keys at night\n",
        Verdict.SUPERSET,
    ),
    "an item more, a field less": (
        FRONT.replace("name", "model: opus\nname") + BODY,
        FRONT + BODY + "- Rotate keys at night\n",
        Verdict.DRIFT,
    ),
    "an item more, another less": (
        FRONT + BODY + "- Rotate keys at night\n",
        FRONT + BODY + "- Watch quotas of storage\n",
        Verdict.DRIFT,
    ),
    "a word changed": (FRONT + BODY, FRONT + BODY.replace("too early", "too late"), Verdict.DRIFT),
    "an item in another section": (
        FRONT + BODY,
        FRONT
        + BODY.replace("- Plan the joins of every query\n", "").replace(
            "## Joins", "- Plan the joins of every query\n\n## Joins"
        ),
        Verdict.DRIFT,
    ),
    "a title changed": (FRONT + BODY, FRONT + BODY.replace("## Joins", "## Planning Joins"), Verdict.DRIFT),
    "a title and an item more": (FRONT + BODY, FRONT + BODY + "\n# Secrets\n\n- Mask passwords\n", Verdict.SUPERSET),
    "a title changed, an item more": (
        FRONT + BODY,
        FRONT + BODY.replace("## Joins", "## Planning Joins") + "- Rotate keys at night\n",
        Verdict.DRIFT,
    ),
    "written independently": (FRONT + BODY, FRONT + VARIANT, Verdict.VARIANT),
    "another role": (FRONT + BODY, FRONT.replace("parser", "keeper") + OTHER, Verdict.UNRELATED),
}


SWAPPED = {Verdict.SUPERSET: Verdict.SUBSET, Verdict.SUBSET: Verdict.SUPERSET}


@pytest.mark.parametrize(("old", "new", "expected"), VERDICTS.values(), ids=VERDICTS)
def test_verdicts(old: str, new: str, expected: Verdict) -> None:
    assert compared(old, new).verdict is expected
    assert compared(new, old).verdict is SWAPPED.get(expected, expected)


def test_similarity_grows_with_what_is_shared() -> None:
    found = [
        compared(FRONT + BODY, FRONT + body).similarity for body in (OTHER, VARIANT, BODY + "- Rotate keys\n", BODY)
    ]
    assert found == sorted(found)
    assert found[0] < 0.1
    assert found[-1] == 1.0


def test_files_without_a_body_differ_in_their_fields_only() -> None:
    result = compared(FRONT, FRONT.replace("Parses", "Reads"))
    assert (result.verdict, result.similarity) == (Verdict.FIELDS_ONLY, 1.0)


# ---------------------------------------------------------------------------------------------- fields


def fields(old: str, new: str) -> dict[str, FieldEdit]:
    """The field edits of two agents of one dialect that have just this front matter and a line of text."""
    result = diff(*(parse(f"---\n{block}\n---\nYou help.\n", "a.md", format=CLAUDE) for block in (old, new)))
    return {edit.name: edit for edit in result.fields}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("model: opus", "model: opus", Change.SAME),
        ("model: opus", 'model: "opus"', Change.SAME),
        ("model: opus", "model: sonnet", Change.CHANGED),
        ("name: a", "name: A", Change.CHANGED),
        ("tools: Read, Grep", "tools: [Read, Grep]", Change.SAME),
        ("tools: Read, Grep", "tools:\n  - Grep\n  - Read", Change.SAME),
        ("tools: Read, Grep", "tools: Read", Change.CHANGED),
        ("tools: []", "tools: []", Change.SAME),
        ("tools: []", "tools: Read", Change.CHANGED),
        ("tools:", "tools: []", Change.CHANGED),
        ('description: "a\\nb"', "description: a\\nb", Change.SAME),
        ("description: |\n  a\n  b", "description: a\\nb", Change.SAME),
        ("description: a\\nb", "description: a b", Change.SAME),
        ("description: a\\nb", "description: anb", Change.CHANGED),
        ("version: 1.10", "version: 1.1", Change.CHANGED),
        ("x: no", "x: false", Change.CHANGED),
        ("x:\n  a: b\n  c: d", "x:\n  c: d\n  a: b", Change.SAME),
        ("x:\n  a: b", "x:\n  a: c", Change.CHANGED),
        ("x:\n  - a: b", "x: a", Change.CHANGED),
    ],
)
def test_a_field_on_both_sides(old: str, new: str, expected: Change) -> None:
    (edit,) = fields(old, new).values()
    assert edit.change is expected


def test_lists_tell_what_was_added_and_removed() -> None:
    edit = fields("tools: Read, Grep, Bash", "tools: Bash, Read, Write, Edit")["tools"]
    assert (edit.change, edit.added, edit.removed) == (Change.CHANGED, ("Write", "Edit"), ("Grep",))


def test_entries_count_with_repetition() -> None:
    edit = fields("tools: Read, Read, Bash", "tools: Read, Bash")["tools"]
    assert (edit.added, edit.removed) == ((), ("Read",))


def test_a_field_on_one_side() -> None:
    edits = fields("name: a\nx: 1\ntools: Read", "name: a\ny: 2\nmodel:")
    assert [(edit.name, edit.change) for edit in edits.values()] == [
        ("name", Change.SAME),
        ("x", Change.REMOVED),
        ("tools", Change.REMOVED),
        ("y", Change.ADDED),
        ("model", Change.ADDED),
    ]
    assert (edits["tools"].old, edits["tools"].new, edits["tools"].removed) == (("Read",), None, ("Read",))
    assert (edits["y"].old, edits["y"].new) == (None, "2")


def test_no_tools_and_an_empty_list_are_two_things() -> None:
    assert fields("name: a", "name: a\ntools: []")["tools"].change is Change.ADDED
    assert fields("name: a", "name: a").keys() == {"name"}


def test_nested_values_tell_each_place() -> None:
    old = "hooks:\n  Stop:\n    - command: a\n    - command: b\n  Start: []"
    new = "hooks:\n  Stop:\n    - command: c\n  End: x"
    edit = fields(old, new)["hooks"]
    assert edit.change is Change.CHANGED
    assert edit.paths == (
        "['End']: added",
        "['Start']: removed",
        "['Stop'][0]['command']: changed",
        "['Stop'][1]: removed",
    )
    assert fields("model: opus", "model: sonnet")["model"].paths == ()


def _modules_after(old: str, new: str) -> set[str]:
    """What a fresh interpreter has imported once it has compared two fields."""
    script = (
        "import sys\n"
        "from agentdiff.diff import diff\n"
        "from agentdiff.formats import parse\n"
        f"diff(parse({old!r}, 'a.md'), parse({new!r}, 'b.md'))\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_slow_comparison_is_imported_for_nested_values_only() -> None:
    flat = _modules_after("---\ntools: Read\nmodel: a\n---\nx\n", "---\ntools: Edit\nmodel: b\n---\ny\n")
    nested = _modules_after("---\nhooks: {a: [b]}\n---\nx\n", "---\nhooks: {a: [c]}\n---\nx\n")
    same = _modules_after("---\nhooks: {a: [b]}\n---\nx\n", "---\nhooks: {a: [b]}\n---\ny\n")
    assert "deepdiff" not in flat | same
    assert "deepdiff" in nested


# ---------------------------------------------------------------------------------------------- two dialects

Written = tuple[str, str]
"""A dialect and its front matter."""


def across(old: Written, new: Written) -> AgentDiff:
    """The difference of two files of one name in two dialects, with one body."""
    sides = [parse(f"---\n{front}\n---\nYou mow.\n", "mower.md", format=format) for format, front in (old, new)]
    return diff(*sides)


@pytest.mark.parametrize(
    ("field", "old", "new", "expected"),
    [
        ("tools", (CLAUDE, "tools: Read, Grep, Glob"), (COPILOT, "tools: [read, search]"), Change.SAME),
        ("tools", (CLAUDE, "tools: Read, Grep, Glob, LS"), (COPILOT, "tools: [search, read]"), Change.SAME),
        ("tools", (CLAUDE, "tools: Read"), ("gemini-agent", "tools: [read_file]"), Change.SAME),
        ("tools", (CLAUDE, "tools: Read, Grep"), (COPILOT, "tools: [read, search]"), Change.CHANGED),
        ("tools", (CLAUDE, "tools: Edit"), (COPILOT, "tools: [edit]"), Change.CHANGED),
        ("tools", (CLAUDE, "tools: []"), (COPILOT, "tools: []"), Change.SAME),
        ("tools", (CLAUDE, "tools: '*'"), (COPILOT, "tools: ['*']"), Change.SAME),
        ("tools", (CLAUDE, "tools: '*'"), (COPILOT, "tools: [read]"), Change.CHANGED),
        ("tools", (CLAUDE, "tools: Read"), (OPENCODE, "tools:\n  read: true"), Change.CHANGED),
        (
            "disallowed-tools",
            (CLAUDE, "disallowedTools: Write"),
            ("augment-agent", "disabled_tools: [save-file]"),
            Change.SAME,
        ),
        ("model", (CLAUDE, "model: claude-sonnet-4-5"), (COPILOT, "model: Claude Sonnet 4.5 (copilot)"), Change.SAME),
        ("model", (CLAUDE, "model: claude-sonnet-4-5"), (OPENCODE, "model: anthropic/claude-sonnet-4.5"), Change.SAME),
        ("model", (CLAUDE, "model: sonnet"), (OPENCODE, "model: anthropic/claude-sonnet-4.5"), Change.CHANGED),
        ("model", (CLAUDE, "model: inherit"), ("gemini-agent", "model:"), Change.CHANGED),
        (
            "permission-mode",
            (CLAUDE, "permissionMode: acceptEdits"),
            ("qwen-agent", "approvalMode: auto-edit"),
            Change.SAME,
        ),
        ("permission-mode", (CLAUDE, "permissionMode: plan"), ("qwen-agent", "approvalMode: yolo"), Change.CHANGED),
        ("max-turns", (CLAUDE, "maxTurns: 5"), (OPENCODE, 'steps: "5"'), Change.SAME),
        ("background", (CLAUDE, "background: true"), ("cursor-agent", 'is_background: "True"'), Change.SAME),
        ("background", (CLAUDE, "background: true"), ("cursor-agent", "is_background: false"), Change.CHANGED),
        ("effort", (CLAUDE, "effort: high"), ("factory-droid", "reasoningEffort: High"), Change.SAME),
        ("name", (CLAUDE, "name: mower"), (COPILOT, "description: Mows"), Change.SAME),
        ("name", (CLAUDE, "name: sower"), (COPILOT, "description: Mows"), Change.CHANGED),
        ("name", (CLAUDE, "name: sower"), (OPENCODE, "name: sower"), Change.CHANGED),  # it is called by its file
        ("hooks", (CLAUDE, "hooks: {a: b}"), (COPILOT, "hooks: {a: b}"), Change.SAME),
    ],
)
def test_a_field_of_two_dialects(field: str, old: Written, new: Written, expected: Change) -> None:
    for result in (across(old, new), across(new, old)):
        (edit,) = (edit for edit in result.fields if edit.name == field)
        assert edit.change is expected


def field_across(name: str, old: str, new: str) -> FieldEdit:
    return next(edit for edit in across((CLAUDE, old), (COPILOT, new)).fields if edit.name == name)


def test_tools_of_two_dialects_tell_what_they_grant_beside_what_is_written() -> None:
    edit = field_across("tools", "tools: Read, Grep, Bash", "tools: [read, search]")
    assert (edit.added, edit.grants_added) == (("search",), ("find-files",))
    assert (edit.removed, edit.grants_removed) == (("Bash",), ("shell",))
    assert (edit.old, edit.new) == (("Read", "Grep", "Bash"), ("read", "search"))


def test_what_is_the_same_in_other_words_keeps_both() -> None:
    edit = field_across("tools", "tools: Read, Grep, Glob", "tools: [read, search]")
    assert (edit.old, edit.new) == (("Read", "Grep", "Glob"), ("read", "search"))
    assert edit.note == "the same, written in another way"
    assert field_across("model", "model: gpt-5", "model: gpt-5").note == ""
    assert fields("tools: Read, Grep", "tools: Grep, Read")["tools"].note == ""


def test_an_alias_and_a_model_of_its_tier_are_not_one() -> None:
    edit = field_across("model", "model: sonnet", "model: Claude Sonnet 4.5 (copilot)")
    assert (edit.change, edit.note) == (Change.CHANGED, "both of the tier sonnet")
    assert field_across("model", "model: sonnet", "model: Claude Opus 5").note == ""
    assert fields("model: sonnet", "model: claude-sonnet-4-5")["model"].note == ""


@pytest.mark.parametrize(
    ("old", "new"), [("permissionMode: manual", "permissionMode: default"), ("background: true", "background: True")]
)
def test_words_of_one_meaning_are_one_in_one_dialect_too(old: str, new: str) -> None:
    edits = fields(f"{old}\ntools: Read", f"{new}\ntools: Read")
    assert {edit.change for edit in edits.values()} == {Change.SAME}


# ---------------------------------------------------------------------------------------------- access


@pytest.mark.parametrize(
    ("old", "new", "added", "removed"),
    [
        ((CLAUDE, "tools: Read"), (CLAUDE, "tools: Read, Bash"), ("shell",), ()),
        ((CLAUDE, "tools: Read, Edit"), (CLAUDE, "tools: Read, Bash"), ("shell",), ("edit",)),
        ((CLAUDE, "model: opus"), (CLAUDE, "tools: Read"), (), ("everything else",)),
        (
            (CLAUDE, "model: opus"),
            ("cursor-agent", "readonly: true"),
            (),
            ("edit", "notebook", "shell(writing)", "write"),
        ),
        ((CLAUDE, "model: opus"), ("cline-agent", "modelId: opus"), (), ("everything else",)),
        ((CLAUDE, "tools: Bash"), (OPENCODE, "permission: ask"), ("everything else (asks first)",), ("shell",)),
    ],
)
def test_what_may_be_used_by_only_one(
    old: Written, new: Written, added: tuple[str, ...], removed: tuple[str, ...]
) -> None:
    there, back = across(old, new).access, across(new, old).access
    assert there is not None
    assert (there.added, there.removed) == (added, removed)
    swapped = AccessEdit(
        there.new, there.old, there.new_words, there.old_words, removed, added, there.new_reason, there.old_reason
    )
    assert back == swapped


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ((CLAUDE, "tools: Edit"), (CLAUDE, "tools: Edit, MultiEdit")),
        ((CLAUDE, "model: opus"), (CLAUDE, "model: sonnet")),
        ((CLAUDE, "model: opus"), (CLAUDE, "tools: '*'")),
        ((CLAUDE, "tools: Read, Grep, Glob"), (COPILOT, "tools: [read, search]")),
        ((CLAUDE, "disallowedTools: Write, Edit"), (OPENCODE, "permission:\n  edit: deny")),
        ((CLAUDE, "tools: Read"), ("cursor-rule", "alwaysApply: true")),
    ],
)
def test_access_that_is_the_same(old: Written, new: Written) -> None:
    assert across(old, new).access is None
    assert across(new, old).access is None


def test_access_says_what_silence_means() -> None:
    edit = across((CLAUDE, "model: opus"), ("cline-agent", "modelId: opus")).access
    assert edit is not None
    assert (edit.old, edit.old_words) == (("everything",), "everything")
    assert (edit.new, edit.new_words) == ((), "nothing")
    assert edit.old_reason == "names no tools: Claude Code allows everything"
    assert edit.new_reason == "names no tools: Cline allows nothing"


def test_another_access_is_a_difference_though_all_fields_are_the_same() -> None:
    result = across((CLAUDE, "description: Mows"), ("cline-agent", "description: Mows"))
    assert {edit.change for edit in result.fields} == {Change.SAME}
    result = diff(
        *(
            parse(f"---\ndescription: Mows\n---\n{body}", "mower.md", format=format)
            for format, body in ((CLAUDE, "You mow.\n"), ("cline-agent", "You mow.\n\n"))
        )
    )
    assert result.verdict is Verdict.FIELDS_ONLY


# ---------------------------------------------------------------------------------------------- sections

Told = tuple[str, list[str], list[str]]


def told(result: AgentDiff, edits: Sequence[SectionEdit] | None = None) -> list[Told]:
    """Relation and titles of each section edit."""
    return [
        (
            edit.relation.value,
            [result.old.sections[number].title for number in edit.old],
            [result.new.sections[number].title for number in edit.new],
        )
        for edit in (result.sections if edits is None else edits)
    ]


GRAMMAR = "- Parse the query grammar\n- Report where a text ends too early\n"
JOINS = "- Plan the joins of every query\n- Print tables with their keys\n"
CLUSTERS = "- Drain nodes of clusters at night\n- Rotate certificates before they end\n"


def test_a_section_stays_the_same() -> None:
    result = compared(f"# Grammar\n{GRAMMAR}", f"# Grammar\n{GRAMMAR}- Skip comments\n")
    assert told(result) == [("same", ["Grammar"], ["Grammar"])]
    assert not (result.sections[0].renamed or result.sections[0].moved)


@pytest.mark.parametrize(
    ("title", "is_renamed"), [("GRAMMAR:", False), ("1. **Grammar**", False), ("Language", True), ("Grammars", True)]
)
def test_a_section_is_renamed(title: str, is_renamed: bool) -> None:
    result = compared(f"# Grammar\n{GRAMMAR}\n# Joins\n{JOINS}", f"# {title}\n{GRAMMAR}\n# Joins\n{JOINS}")
    assert [(edit.relation, edit.renamed) for edit in result.sections] == [
        (SectionChange.SAME, is_renamed),
        (SectionChange.SAME, False),
    ]


def test_a_section_is_moved() -> None:
    old = f"# Grammar\n{GRAMMAR}\n# Joins\n{JOINS}\n# Clusters\n{CLUSTERS}"
    new = f"# Clusters\n{CLUSTERS}\n# Grammar\n{GRAMMAR}\n# Joins\n{JOINS}"
    result = compared(old, new)
    assert [told(result, [edit])[0][1:] for edit in result.sections if edit.moved] == [(["Clusters"], ["Clusters"])]
    assert {edit.relation for edit in result.sections} == {SectionChange.SAME}


def test_a_section_is_added_and_another_removed_where_it_stood() -> None:
    old = f"# Grammar\n{GRAMMAR}\n# Clusters\n{CLUSTERS}\n# Joins\n{JOINS}"
    new = f"# Grammar\n{GRAMMAR}\n# Joins\n{JOINS}\n# Secrets\n- Mask passwords\n"
    assert told(compared(old, new)) == [
        ("same", ["Grammar"], ["Grammar"]),
        ("removed", ["Clusters"], []),
        ("same", ["Joins"], ["Joins"]),
        ("added", [], ["Secrets"]),
    ]


BOTH = f"# Grammar and Joins\n{GRAMMAR}{JOINS}"
APART = f"# Grammar\n{GRAMMAR}\n# Joins\n{JOINS}"


def test_a_section_is_split() -> None:
    assert told(compared(BOTH, APART)) == [("split", ["Grammar and Joins"], ["Grammar", "Joins"])]


def test_sections_are_merged() -> None:
    assert told(compared(APART, BOTH)) == [("merged", ["Grammar", "Joins"], ["Grammar and Joins"])]


def test_a_section_is_a_part_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "SECTION_SAME_FLOOR", 1.1)  # so that no section is likely enough to be the same
    (edit,) = compared(f"# Grammar\n{GRAMMAR}", f"# Workshop\n{GRAMMAR}- Oil the saw\n").sections
    assert edit.relation is SectionChange.PART


def test_every_section_is_told() -> None:
    result = compared(FRONT + BODY, FRONT + VARIANT)
    assert {number for edit in result.sections for number in edit.old} == set(range(len(result.old.sections)))
    assert {number for edit in result.sections for number in edit.new} == set(range(len(result.new.sections)))


# ---------------------------------------------------------------------------------------------- items


def items(result: AgentDiff) -> list[tuple[str, str | None, str | None, bool]]:
    """Change, text of both sides, and whether it moved, of each item edit."""
    return [
        (
            edit.change.value,
            None if edit.old is None else result.old.items[edit.old].text,
            None if edit.new is None else result.new.items[edit.new].text,
            edit.moved,
        )
        for edit in result.items
    ]


def test_items_are_kept_changed_added_and_removed_in_their_order() -> None:
    old = "# Grammar\n- Skip comments\n- Parse the query grammar\n- Drain nodes\n- Report where a text ends too early\n"
    new = "# Grammar\n- Parse the **query** grammar.\n- Mask passwords\n- Report where a text ends too late\n"
    assert items(compared(old, new)) == [
        ("removed", "Skip comments", None, False),
        ("kept", "Parse the query grammar", "Parse the **query** grammar.", False),
        ("removed", "Drain nodes", None, False),
        ("added", None, "Mask passwords", False),
        ("changed", "Report where a text ends too early", "Report where a text ends too late", False),
    ]


def test_an_item_moves_to_a_section_that_does_not_correspond() -> None:
    old = f"# Grammar\n{GRAMMAR}- Mask passwords of users\n\n# Joins\n{JOINS}"
    new = f"# Grammar\n{GRAMMAR}\n# Joins\n{JOINS}- Mask passwords of users\n"
    moved = [each for each in items(compared(old, new)) if each[3]]
    assert moved == [("moved", "Mask passwords of users", "Mask passwords of users", True)]


def test_an_item_may_move_and_change() -> None:
    old = f"# Grammar\n{GRAMMAR}- Mask passwords of users\n\n# Joins\n{JOINS}"
    new = f"# Grammar\n{GRAMMAR}\n# Joins\n{JOINS}- Mask passwords of all users\n"
    moved = [each for each in items(compared(old, new)) if each[3]]
    assert moved == [("changed", "Mask passwords of users", "Mask passwords of all users", True)]


@pytest.mark.parametrize(
    "new",
    [
        f"# Grammar\n- Mask passwords of users\n{GRAMMAR}\n# Joins\n{JOINS}",
        f"# Joins\n{JOINS}\n# Grammar\n{GRAMMAR}- Mask passwords of users\n",
        f"# Grammar\n{GRAMMAR}\n**Secrets:**\n- Mask passwords of users\n\n# Joins\n{JOINS}",
    ],
    ids=["within its section", "with its section", "into a subsection"],
)
def test_an_item_that_stays_in_its_section_has_not_moved(new: str) -> None:
    old = f"# Grammar\n{GRAMMAR}- Mask passwords of users\n\n# Joins\n{JOINS}"
    assert [each for each in items(compared(old, new)) if each[3] or each[0] != "kept"] == []


def test_layout_is_in_no_edit() -> None:
    result = compared("You help.\n\n---\n", "You help.\n\n<!-- note -->\n\n| a |\n|---|\n")
    assert items(result) == [("kept", "You help.", "You help.", False), ("added", None, "| a |", False)]


def test_reasons_are_given() -> None:
    result = compared("# Grammar\n- Parse 3 times\n- Drain nodes\n", "# Grammar\n- Parse 3 times\n- Mask passwords\n")
    assert [edit.reason for edit in result.items] == [
        "same text",
        "nothing in the new file corresponds",
        "nothing in the old file corresponds",
    ]


# ---------------------------------------------------------------------------------------------- repetition

TWICE = "**Rules:**\n\n**Rules:**\n- Log errors\n- Log errors\n\n## Rules\n- Log errors\n"


def test_titles_and_texts_that_come_twice_stand_for_themselves() -> None:
    for old, new in ((TWICE, TWICE), (FRONT + TWICE, TWICE), (TWICE, TWICE.replace("- ", "* "))):
        result = compared(old, new)
        assert all((edit.change, edit.old, edit.moved) == (Change.KEPT, edit.new, False) for edit in result.items)
        assert all(edit.old == edit.new and not (edit.moved or edit.renamed) for edit in result.sections)
        assert result.verdict in (Verdict.IDENTICAL, Verdict.EQUIVALENT, Verdict.FIELDS_ONLY)
