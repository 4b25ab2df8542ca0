"""What people read: show, diff, diff --stat and the account of a merge."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterable

import pytest
from report_samples import NEW, OLD, make_agent, make_diff, make_identical, make_merge

from agentdiff.model import (
    AccessEdit,
    Agent,
    AgentDiff,
    Change,
    FieldEdit,
    ItemEdit,
    Relation,
    SectionChange,
    SectionEdit,
    Verdict,
)
from agentdiff.report.diff_text import VERDICTS, diff_lines
from agentdiff.report.grouping import groups
from agentdiff.report.lines import Line
from agentdiff.report.merge_text import merge_lines
from agentdiff.report.show_text import show_lines
from agentdiff.report.stat_text import stat_lines
from agentdiff.report.stream import Colour, Output


def rendered(lines: Iterable[Line], columns: int = 80, colour: Colour = Colour.NEVER) -> str:
    stream = io.StringIO()
    Output(stream, colour, {"COLUMNS": str(columns)}).write_lines(lines)
    return stream.getvalue()


def diff_of(old: Agent, new: Agent, *items: ItemEdit, fields: tuple[FieldEdit, ...] = ()) -> AgentDiff:
    """Two agents of one section each, and the edits between them."""
    section = SectionEdit(SectionChange.SAME, (0,), (0,), 1.0, "equal titles")
    return AgentDiff(old, new, Verdict.DRIFT, 0.9, fields, (section,), items)


DIFF = """\
--- old.md  gardener (claude-agent)
+++ new.md  gardener (claude-agent)
variant: the same role, written independently (similarity 0.61)
1 warning while reading old.md; see `agentdiff show`

Fields
  ~ description: Looks after [-small-]{+large+} gardens.
  ~ tools
      + Bash
      - Edit
  - color: green
  + model: opus

~ Watering -> Irrigation  renamed, lines 8-11 -> 8-10, similarity 0.70: 2 of 3
  items match
   9  9 ~ Water every [-morning-]{+evening+} before nine  (0.80: shares water,
          nine)

- Compost  removed, lines 15-16
  16    - Turn the heap once a month

+ Pests  added, lines 14-16
     15 + Look for snails at night
  11 16 > Use rain water  (from Watering)

2 sections without any change

fields: 1 same, 2 changed, 1 added, 1 removed; sections: 3 same, 1 added, 1
  removed; items: 4 kept, 1 changed, 1 moved, 1 added, 1 removed
"""


def test_diff() -> None:
    assert rendered(diff_lines(make_diff())) == DIFF


def test_diff_with_all_prints_what_is_equal() -> None:
    text = rendered(diff_lines(make_diff(), is_complete=True))
    assert "    name: gardener\n" in text
    assert "= Tools  same, lines 12-14 -> 11-13, similarity 1.00: equal titles\n" in text
    assert "  13 12   Sharpen the shears\n" in text
    assert "without any change" not in text


def test_a_file_with_itself() -> None:
    text = rendered(diff_lines(make_identical()))
    assert "identical: the same bytes (similarity 1.00)\n" in text
    assert "4 sections without any change\n" in text
    assert "Fields" not in text
    assert text.count("1 warning while reading") == 1


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_rows_fit_the_width(columns: int) -> None:
    diff = make_diff()
    reports = (diff_lines(diff), diff_lines(diff, True), merge_lines(make_merge()), show_lines(OLD))
    for report in reports:
        assert max(map(len, rendered(report, columns).splitlines())) <= columns


@pytest.mark.parametrize("columns", [80, 120])
def test_the_table_fits_the_width(columns: int) -> None:
    long = make_agent("old.md", [("A title that goes on and on and on without any end in sight", ["text"] * 90)])
    edits = (ItemEdit(Change.REMOVED, None, number, None, 0.0, "") for number in range(90))
    text = rendered(stat_lines(diff_of(long, long, *edits), columns), columns)
    assert max(map(len, text.splitlines())) <= columns


def test_colour_replaces_the_signs_around_words() -> None:
    text = rendered(diff_lines(make_diff()), colour=Colour.ALWAYS)
    assert "[-" not in text
    assert "\x1b[31;9msmall\x1b[0m\x1b[32mlarge\x1b[0m" in text


def test_every_verdict_has_words() -> None:
    assert set(VERDICTS) == set(Verdict)


def test_a_rewritten_item_shows_both_wordings_on_their_own_lines() -> None:
    old, new = (
        make_agent(path, [("Rules", [text])])
        for path, text in (
            ("a.md", "Design schemas that last long"),
            ("b.md", "Create tables which last long enough"),
        )
    )
    edit = ItemEdit(Change.CHANGED, Relation.OVERLAP, 0, 0, 0.41, "shares last")
    text = rendered(diff_lines(diff_of(old, new, edit)))
    assert "  5   ~ [-Design schemas that-] last long\n" in text
    assert "    5   {+Create tables which+} last long {+enough+}  (0.41: shares last)\n" in text


def test_a_long_item_is_shortened_around_its_change_unless_all_is_asked_for() -> None:
    text = "a word and " * 30
    old, new = make_agent("a.md", [("Rules", [f"{text}red"])]), make_agent("b.md", [("Rules", [f"{text}blue"])])
    diff = diff_of(old, new, ItemEdit(Change.CHANGED, Relation.EQUAL, 0, 0, 0.99, ""))
    assert "~ ... a word and a word and [-red-]{+blue+}  (0.99)\n" in rendered(diff_lines(diff))
    assert " ".join(rendered(diff_lines(diff, True)).split()).count("a word and") == 30


def test_an_item_without_a_common_word_has_no_marks() -> None:
    old, new = make_agent("a.md", [("Rules", ["Be brief"])]), make_agent("b.md", [("Rules", ["Use few words"])])
    edit = ItemEdit(Change.CHANGED, Relation.EQUAL, 0, 0, 0.5, "")
    assert "  5   ~ Be brief\n    5   Use few words  (0.50)\n" in rendered(diff_lines(diff_of(old, new, edit)))


def test_a_changed_item_that_moved_says_from_where() -> None:
    diff = make_diff()
    moved = dataclasses.replace(diff.items[1], moved=True)
    text = rendered(diff_lines(dataclasses.replace(diff, items=(moved,))), columns=120)
    assert "(from Watering; 0.80: shares water, nine)" in text


SECTIONS = {
    "same": (SectionEdit(SectionChange.SAME, (2,), (2,), 1.0, "equal titles"), None),
    "moved": (SectionEdit(SectionChange.SAME, (2,), (2,), 1.0, "equal titles", moved=True), "> Tools  moved, lines"),
    "renamed and moved": (
        SectionEdit(SectionChange.SAME, (1,), (1,), 0.5, "", renamed=True, moved=True),
        "~ Watering -> Irrigation  renamed and moved, lines 8-11 -> 8-10, similarity 0.50\n",
    ),
    "split": (
        SectionEdit(SectionChange.SPLIT, (1,), (1, 3), 0.6, "3 items"),
        "~ Watering -> Irrigation + Pests  split, lines 8-11 -> 8-10, 14-16, similarity 0.60: 3 items",
    ),
    "merged": (
        SectionEdit(SectionChange.MERGED, (1, 3), (1,), 0.6, "3 items"),
        "~ Watering + Compost -> Irrigation  merged, lines 8-11, 15-16 -> 8-10",
    ),
    "part": (SectionEdit(SectionChange.PART, (1,), (3,), 0.3, "1 item"), "~ Watering -> Pests  part, lines"),
    "added": (SectionEdit(SectionChange.ADDED, (), (3,), 0.0, ""), "+ Pests  added, lines 14-16\n"),
    "the lead": (SectionEdit(SectionChange.REMOVED, (0,), (), 0.0, ""), "- (lead)  removed, line 7\n"),
}


@pytest.mark.parametrize(("edit", "expected"), SECTIONS.values(), ids=SECTIONS.keys())
def test_what_became_of_a_section(edit: SectionEdit, expected: str | None) -> None:
    text = rendered(diff_lines(AgentDiff(OLD, NEW, Verdict.DRIFT, 0.5, (), (edit,), ())), columns=120)
    if expected is None:
        assert "1 section without any change" in text
        assert "Tools" not in text
    else:
        assert expected in text


def test_titles_with_nothing_to_say_stand_together() -> None:
    bare = tuple(SectionEdit(SectionChange.ADDED, (), (number,), 0.0, "") for number in (0, 1, 2))
    item = ItemEdit(Change.ADDED, None, None, 3, 0.0, "")
    text = rendered(diff_lines(AgentDiff(OLD, NEW, Verdict.DRIFT, 0.5, (), bare, (item,))))
    assert "\n\n+ (lead)  added, line 7\n+ Irrigation  added, lines 8-10\n\n+ Tools  added, lines 11-13\n" in text


FIELDS = {
    "same": (FieldEdit("a", Change.SAME, "x", "x"), None),
    "added": (FieldEdit("a", Change.ADDED, None, ("x", "y")), "  + a: x, y\n"),
    "added and empty": (FieldEdit("a", Change.ADDED, None, None), "  + a: (empty)\n"),
    "removed": (FieldEdit("a", Change.REMOVED, {"k": ("x",)}, None), "  - a: k: [x]\n"),
    "one entry more": (FieldEdit("a", Change.CHANGED, ("x",), ("x", "y"), added=("y",)), "  ~ a: + y\n"),
    "nested": (FieldEdit("a", Change.CHANGED, {}, {}, paths=("Stop[0]: added",)), "  ~ a\n      Stop[0]: added\n"),
    "another text": (FieldEdit("a", Change.CHANGED, "sonnet", "opus"), "  ~ a\n      - sonnet\n      + opus\n"),
    "a list for a text": (FieldEdit("a", Change.CHANGED, "x", ("x",)), "  ~ a: only the way it is written differs\n"),
    "what tools grant": (
        FieldEdit("a", Change.CHANGED, (), ("web",), added=("web",), grants_added=("web-fetch", "web-search")),
        "  ~ a: + web  (for web-fetch, web-search)\n",
    ),
    "with a note": (
        FieldEdit("a", Change.CHANGED, "sonnet", "opus", note="both dear"),
        "  ~ a  (both dear)\n      - sonnet\n      + opus\n",
    ),
    "with a note on one line": (
        FieldEdit("a", Change.CHANGED, (), ("x",), added=("x",), note="both dear"),
        "  ~ a: + x  (both dear)\n",
    ),
}


@pytest.mark.parametrize(("edit", "expected"), FIELDS.values(), ids=FIELDS.keys())
def test_what_became_of_a_field(edit: FieldEdit, expected: str | None) -> None:
    text = rendered(diff_lines(AgentDiff(OLD, NEW, Verdict.DRIFT, 0.5, (edit,), (), ())))
    if expected is None:
        assert "Fields" not in text
        assert "fields: 1 same" in text
    else:
        assert expected in text


def test_the_same_in_other_words_shows_both_with_all() -> None:
    edit = FieldEdit("a", Change.SAME, ("Read", "Bash"), ("read", "execute"), note="written in another way")
    diff = AgentDiff(OLD, NEW, Verdict.DRIFT, 0.5, (edit,), (), ())
    assert "    a: Read, Bash = read, execute\n" in rendered(diff_lines(diff, True))
    assert "Read" not in rendered(diff_lines(diff))


ACCESS = {
    "more and less": (
        AccessEdit(("read", "shell"), ("edit", "read"), "read, shell", "edit, read", ("edit",), ("shell",)),
        "\n\nMay use\n  + edit\n  - shell\n\n",
    ),
    "all before": (
        AccessEdit(
            ("everything",), ("read",), "everything", "read", (), ("everything else",), "names no tools: X allows it"
        ),
        "\n\nMay use\n  ~ everything -> read\n    old names no tools: X allows it\n\n",
    ),
    "all now, but for one": (
        AccessEdit((), ("everything", "not edit"), "nothing", "everything but edit", ("everything else",), ()),
        "\n\nMay use\n  ~ nothing -> everything but edit\n\n",
    ),
    "all on both sides": (
        AccessEdit(("everything", "not edit"), ("everything",), "everything but edit", "everything", ("edit",), ()),
        "\n\nMay use\n  + edit\n\n",
    ),
}


@pytest.mark.parametrize(("access", "expected"), ACCESS.values(), ids=ACCESS.keys())
def test_what_the_agents_may_use(access: AccessEdit, expected: str) -> None:
    diff = AgentDiff(OLD, NEW, Verdict.DRIFT, 0.5, (FieldEdit("a", Change.ADDED, None, "x"),), (), (), access)
    assert expected in rendered(diff_lines(diff))


def test_the_same_access_is_not_told() -> None:
    assert "May use" not in rendered(diff_lines(make_diff(), True))


def test_long_values_are_shortened_unless_all_is_asked_for() -> None:
    value = "a word and " * 60
    diff = AgentDiff(OLD, NEW, Verdict.DRIFT, 0.5, (FieldEdit("a", Change.ADDED, None, value),), (), ())
    assert "... (659 characters)" in rendered(diff_lines(diff), 120)
    assert " ".join(rendered(diff_lines(diff, True), 120).split()).count("a word and") == 60


def test_an_item_of_two_matched_sections_is_listed_where_both_are() -> None:
    parts = (
        SectionEdit(SectionChange.PART, (1,), (1,), 0.5, ""),
        SectionEdit(SectionChange.PART, (2,), (1,), 0.5, ""),
        SectionEdit(SectionChange.REMOVED, (3,), (), 0.0, ""),
    )
    edits = (
        ItemEdit(Change.CHANGED, Relation.EQUAL, 4, 1, 0.5, ""),
        ItemEdit(Change.ADDED, None, None, 2, 0.0, ""),
        ItemEdit(Change.REMOVED, None, 6, None, 0.0, ""),
    )
    diff = AgentDiff(OLD, NEW, Verdict.DRIFT, 0.5, (), parts, edits)
    assert [[edits.index(item) for item in group.items] for group in groups(diff)] == [[1], [0], [2]]


def test_control_characters_of_the_content_are_shown() -> None:
    bad = make_agent("a\n+++ b.md", [("Ti\x1b[2Jtle", ["te\u202ext"])], name="na\x07me")
    edit = ItemEdit(Change.REMOVED, None, 0, None, 0.0, "")
    for report in (diff_lines(diff_of(bad, bad, edit), True), stat_lines(diff_of(bad, bad, edit), 80), show_lines(bad)):
        text = rendered(report)
        assert text.replace("\n", "").isprintable()
        assert "<U+001B>" in text
        assert "\n+++ b.md" not in text


STAT = """
                        kept changed moved added removed
 (lead)                    1       .     .     .       .
 Watering -> Irrigation    1       1     .     .       .  ~
 Tools                     2       .     .     .       .
 Compost                   .       .     .     .       1  -
 Pests                     .       .     1     1       .  >+

"""


def test_stat() -> None:
    assert STAT in rendered(stat_lines(make_diff(), 80))


def test_a_bar_is_scaled_to_the_width_and_forgets_nothing() -> None:
    many = make_agent("old.md", [("Rules", [f"rule {number}" for number in range(200)])])
    edits = [ItemEdit(Change.REMOVED, None, number, None, 0.0, "") for number in range(199)]
    edits.append(ItemEdit(Change.ADDED, None, None, 199, 0.0, ""))
    text = rendered(stat_lines(diff_of(many, many, *edits), 80))
    bar = next(row for row in text.splitlines() if row.startswith(" Rules")).split()[-1]
    assert bar == "+" + "-" * 20


SHOW = """\
gardener (claude-agent)  old.md

Fields  4
      2  name         gardener
      3  description  Looks after small gardens.
      4  tools        ('Read', 'Edit')
      5  color        green

Sections  4, 7 items
      7  (lead)
      7  paragraph  You look after a garden.
   8-11  Watering  atx
      9    bullet  Water every morning before nine
"""


def test_show() -> None:
    text = rendered(show_lines(OLD))
    assert text.startswith(SHOW)
    assert "      3  warning  the description was not quoted; put it in quotes\n         (yaml-requoted)\n" in text


def test_show_has_no_diagnostics_where_nothing_was_odd() -> None:
    assert "Diagnostics" not in rendered(show_lines(NEW))


def test_show_cuts_long_fields_and_keeps_long_items() -> None:
    agent = make_agent("a.md", [("", ["statement " * 30])], {"description": "sentence " * 30})
    text = rendered(show_lines(agent))
    assert text.count("sentence") < 30
    assert text.count("statement") == 30


def test_merge() -> None:
    text = rendered(merge_lines(make_merge()))
    assert text.startswith("Merged 2 variants into one claude-agent\n  1. old.md  gardener (claude-agent)  1 warning")
    assert "2 statements in 1 section\n  1 by all 2\n  1 by one alone\n" in text
    assert "Fields  1 agreed\n  tools: Read  (intersection: what both allow)\n" in text
    assert "  color: left out  (unanimous: only one has it)\n" in text
    assert "Notes\n  tools left out: Bash, Edit\n" in text


QUESTION = """
1 open question
  1. when to water  contradiction
   * Water every morning before nine  old.md:9
     Water every evening before nine  new.md:9
     * was chosen: it came first
"""


def test_merge_lists_open_questions_with_the_choice_and_why() -> None:
    assert rendered(merge_lines(make_merge())).endswith(QUESTION)


def test_merge_without_questions_says_so() -> None:
    text = rendered(merge_lines(dataclasses.replace(make_merge(), conflicts=())))
    assert text.endswith("\nNo open questions\n")
    assert "chosen" not in text


def test_merge_does_not_repeat_the_subject_as_the_reason() -> None:
    merge = make_merge()
    (conflict,) = merge.conflicts
    again = dataclasses.replace(conflict, reason=f"{conflict.subject}; it came first")
    assert rendered(merge_lines(dataclasses.replace(merge, conflicts=(again,)))).endswith(QUESTION)
