"""Titles and items of a body, with the lines they stand on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.formats._markdown import LABEL_LENGTH, NESTING_LIMIT, Body, parse_body
from agentdiff.marks import OPENING, is_mark, is_mark_item
from agentdiff.model import ItemKind, SectionStyle, Span

LINES = tuple[int, int]


def outline(text: str) -> list[tuple[str, str, int, LINES]]:
    """Style, title, level and lines of every section."""
    return [
        (each.style.value, each.title, each.level, (each.span.first, each.span.last))
        for each in parse_body(text, 0).sections
    ]


def titles(text: str) -> list[tuple[str, str]]:
    """Style and title of every section but the lead."""
    return [(style, title) for style, title, _, _ in outline(text) if style != "lead"]


def statements(text: str) -> list[tuple[str, str, LINES]]:
    """Kind, text and lines of every item."""
    return [(each.kind.value, each.text, (each.span.first, each.span.last)) for each in parse_body(text, 0).items]


# ---------------------------------------------------------------------------------------------- sections

SECTIONS = {
    "atx": ("# A\ntext\n", [("atx", "A")]),
    "atx with closing marks": ("## A ##\ntext\n", [("atx", "A")]),
    "atx without text": ("#\ntext\n", [("atx", "")]),
    "numbered atx": ("## 1. **API** `v2`:\n", [("atx", "API v2")]),
    "setext": ("A\n=\n\nB\n---\ntext\n", [("setext", "A"), ("setext", "B")]),
    "setext of two lines": ("A\nb\n===\n", [("setext", "A b")]),
    "bold line before a list": ("**Core Skills:**\n- a\n", [("bold", "Core Skills")]),
    "bold line before a list, blank between": ("**Core Skills**:\n\n- a\n", [("bold", "Core Skills")]),
    "bold line before prose": ("**Approach**\n\nYou think first.\n", [("bold", "Approach")]),
    "bold line right above prose": ("__Approach:__\nYou think first.\n", [("bold", "Approach")]),
    "bold item with a list": ("1. **API Design**:\n   - a\n", [("bold-item", "API Design")]),
    "bold item with a list, blank between": ("- **API Design**\n\n  - a\n", [("bold-item", "API Design")]),
    "bold item with a lead-in": ("2. **Data**: You design by:\n   - a\n", [("bold-item", "Data")]),
    "label right above a list": ("When you start:\n- a\n", [("label", "When you start")]),
    "label, blank between": ("When you start:\n\n- a\n", [("label", "When you start")]),
    "label above numbers": ("Steps:\n1. a\n", [("label", "Steps")]),
    "label with a full-width colon": ("Steps：\n- a\n", [("label", "Steps")]),
    "label above bullets of its own kind": ("Steps:\n• a\n• b\n", [("label", "Steps")]),
    "longest label": ("L" * (LABEL_LENGTH - 1) + ":\n- a\n", [("label", "L" * (LABEL_LENGTH - 1))]),
    "tag": ("<output_format>\ntext\n</output_format>\n", [("xml", "output format")]),
    "tag with attributes": ('<role kind="a">\ntext\n</role>\n', [("xml", "role")]),
    "indented tag": ("  <role>\ntext\n  </role>\n", [("xml", "role")]),
    "tag around a list": ("<rules>\n- a\n</rules>\n", [("xml", "rules")]),
    "heading behind an open fence of another kind": ("~~~\n```\n~~~\n# A\n", [("atx", "A")]),
}

NO_SECTIONS = {
    "heading in a fence": "```\n# A\n```\n",
    "heading in a fence of tildes": "~~~md\n# A\n~~~\n",
    "heading in a fence below a bullet": "- a\n  ```\n  # A\n  ```\n",
    "heading in an indented block": "    # A\n",
    "heading in a quote": "> # A\n> text\n",
    "heading in a bullet": "- # A\n",
    "underline in a fence": "```\nA\n---\n```\n",
    "rule": "text\n\n---\n\ntext\n",
    "no blank behind the mark": "#A\n",
    "seven marks": "####### A\n",
    "bold line with nothing behind": "**A**\n",
    "bold words in prose": "**A** is what you do.\n",
    "several bold lines": "**A:** x\n**B:** y\n",
    "bold item without children": "- **Caching**: Redis\n- **Queues**: SQS\n",
    "numbered bold item with its text": "1. **Testing**: You write tests.\n2. **Docs**: You write docs.\n",
    "bold item with a second paragraph": "- **Caching**: Redis\n\n  More.\n",
    "plain item with a list": "- a\n  - b\n",
    "item that goes on in bold": "- use **Redis**\n  - b\n",
    "label before prose": "Note:\n\nprose\n",
    "label right above prose": "Note:\nprose\n",
    "label at the end": "text\n\nNote:\n",
    "label that is a sentence": "L" * LABEL_LENGTH + ":\n- a\n",
    "line without a colon before a list": "You do\n- a\n",
    "label in a fence": "```\nSteps:\n- a\n```\n",
    "tag without a partner": "<role>\ntext\n",
    "closing tag without a partner": "text\n</role>\n",
    "tag that closes itself": "<role/>\n\n<role />\n\n</role>\n",
    "tag in a line": "<role>text</role>\n",
    "tag in a fence": "```\n<role>\ntext\n</role>\n```\n",
    "tag in a fence inside an html block": "<div>\n```\n<role>\n```\n</role>\n",
    "tag in a comment": "<!--\n<role>\n-->\n</role>\n",
    "tag over two lines": "<role\n  kind='a'>\ntext\n</role>\n",
    "tag indented like code": "    <role>\n\n    </role>\n",
    "html": "<details>\n<summary>\nMore\n</summary>\n\n- a\n\n</details>\n",
    "html in capitals": "<DIV>\n- a\n</DIV>\n",
}


@pytest.mark.parametrize(("text", "expected"), SECTIONS.values(), ids=SECTIONS)
def test_what_is_a_section(text: str, expected: list[tuple[str, str]]) -> None:
    assert titles(text) == expected


@pytest.mark.parametrize("text", NO_SECTIONS.values(), ids=NO_SECTIONS)
def test_what_is_no_section(text: str) -> None:
    assert titles(text) == []


def test_a_bold_line_right_before_a_heading_titles_nothing() -> None:
    assert titles("**A**\n\n# B\n") == [("atx", "B")]


def test_a_title_stays_a_title_in_windows_line_ends() -> None:
    for text, expected in SECTIONS.values():
        assert titles(text.replace("\n", "\r\n")) == expected


def test_the_only_label_under_a_title_is_an_item() -> None:
    text = "## When to act\n\nAct if:\n- a\n- b\n\nmore\n\n## Next\n- c\n"
    assert titles(text) == [("atx", "When to act"), ("atx", "Next")]
    assert statements(text)[0] == ("paragraph", "Act if:", (3, 3))


def test_several_labels_under_a_title_are_sections() -> None:
    text = "## Skills\n\nBackend:\n- a\n\nFrontend:\n- b\n"
    assert outline(text) == [
        ("atx", "Skills", 1, (1, 7)),
        ("label", "Backend", 2, (3, 4)),
        ("label", "Frontend", 2, (6, 7)),
    ]


def test_a_label_behind_text_of_its_title_is_a_section() -> None:
    assert titles("## Skills\n\nYou know much.\n\nBackend:\n- a\n") == [("atx", "Skills"), ("label", "Backend")]


def test_labels_in_two_tags_do_not_know_each_other() -> None:
    text = "<one>\nFirst:\n- a\n</one>\n\n<two>\nSecond:\n- b\n</two>\n"
    assert titles(text) == [("xml", "one"), ("xml", "two")]


def test_a_label_ends_with_its_list() -> None:
    text = "## T\n\nOne:\n- a\n\nTwo:\n- b\n\nprose\n"
    body = parse_body(text, 0)
    assert [body.sections[each.section].title for each in body.items] == ["One", "Two", "T"]


def test_levels_follow_the_tree_and_not_the_marks() -> None:
    text = "lead\n\n## A\n#### B\n**C**\n- x\n\n#### D\n## E\n"
    assert [(title, level) for _, title, level, _ in outline(text)] == [
        ("", 0),
        ("A", 1),
        ("B", 2),
        ("C", 3),
        ("D", 2),
        ("E", 1),
    ]


def test_sections_end_before_the_next_of_their_level() -> None:
    assert outline("# A\n\na\n\n## B\n- b\n- c\n\n# C\nd\n") == [
        ("atx", "A", 1, (1, 7)),
        ("atx", "B", 2, (5, 7)),
        ("atx", "C", 1, (9, 10)),
    ]


def test_the_lead_is_named_by_its_first_line_of_text() -> None:
    section = parse_body("<!-- note -->\n\nYou help.\n\n# A\n", 0).sections[0]
    assert (section.style, section.title, section.level) == (SectionStyle.LEAD, "", 0)
    assert (section.span.first, section.title_span.first) == (1, 3)


def test_bold_item_sections_keep_their_lead_in() -> None:
    body = parse_body("1. **Data**: You design by:\n   - a\n2. **API**:\n   - b\n3. **Docs**: You write.\n", 0)
    assert [(each.title, each.introduction) for each in body.sections] == [("Data", "You design by:"), ("API", "")]
    assert body.items[-1].text == "**Docs**: You write."


def test_tags_nest() -> None:
    text = "<role>\n- a\n<inner_part>\ntext\n</inner_part>\n- b\n</role>\n"
    assert outline(text) == [("xml", "role", 1, (1, 7)), ("xml", "inner part", 2, (3, 5))]
    body = parse_body(text, 0)
    assert [(each.text, each.section) for each in body.items] == [
        ("a", 0),
        ("text", 1),
        ("</inner_part>", 1),
        ("b", 0),
        ("</role>", 0),
    ]


def test_tags_of_one_name_nest() -> None:
    assert outline("<a1>\n<a1>\nx\n</a1>\n</a1>\n") == [("xml", "a1", 1, (1, 5)), ("xml", "a1", 2, (2, 4))]


def test_tags_that_overlap_keep_the_outer_one() -> None:
    assert titles("<a1>\n<b1>\n</a1>\n</b1>\n") == [("xml", "a1")]


def test_a_heading_in_a_tag_ends_with_the_tag() -> None:
    text = "# A\n\n<rules>\n## B\n- b\n</rules>\n\nafter\n"
    body = parse_body(text, 0)
    assert [(each.title, each.parent) for each in body.sections] == [("A", None), ("rules", 0), ("B", 1)]
    assert body.sections[body.items[-1].section].title == "A"


def test_no_list_runs_across_a_tag() -> None:
    """A parser that saw nothing between the two lists would take them for one, and give all to the first tag."""
    text = "<one>\n- a\n</one>\n\n<two>\n- b\n  - c\n</two>\n"
    body = parse_body(text, 0)
    assert [(each.text, body.sections[each.section].title) for each in body.items if each.kind is ItemKind.BULLET] == [
        ("a", "one"),
        ("b", "two"),
        ("c", "two"),
    ]


# ---------------------------------------------------------------------------------------------- items

ITEMS: dict[str, tuple[str, list[tuple[str, str, LINES]]]] = {
    "paragraph of two lines": ("a\nb\n", [("paragraph", "a\nb", (1, 2))]),
    "bullets": ("- a\n* b\n+ c\n", [("bullet", "a", (1, 1)), ("bullet", "b", (2, 2)), ("bullet", "c", (3, 3))]),
    "numbers": ("1. a\n2) b\n", [("numbered", "a", (1, 1)), ("numbered", "b", (2, 2))]),
    "continuation": ("- a\n  b\nc\n- d\n", [("bullet", "a\nb\nc", (1, 3)), ("bullet", "d", (4, 4))]),
    "two paragraphs": ("- a\n\n  b\n", [("bullet", "a", (1, 1)), ("paragraph", "b", (3, 3))]),
    "boxes": ("- [ ] a\n- [x] b\n", [("bullet", "[ ] a", (1, 1)), ("bullet", "[x] b", (2, 2))]),
    "inline markup stays": ("- **a** `b` [c](d)\n", [("bullet", "**a** `b` [c](d)", (1, 1))]),
    "glyphs": ("• a\n• b\n", [("bullet", "a", (1, 1)), ("bullet", "b", (2, 2))]),
    "ticks": ("✅ a\n❌ b\n", [("bullet", "✅ a", (1, 1)), ("bullet", "❌ b", (2, 2))]),
    "one glyph in prose": ("see → here\nand on\n", [("paragraph", "see → here\nand on", (1, 2))]),
    "bold labels line by line": (
        "**A:** x\n**B:** y\n",
        [("paragraph", "**A:** x", (1, 1)), ("paragraph", "**B:** y", (2, 2))],
    ),
    "hard breaks": (
        "a  \nb\\\nc\n",
        [("paragraph", "a", (1, 1)), ("paragraph", "b\\", (2, 2)), ("paragraph", "c", (3, 3))],
    ),
    "only one hard break": ("a  \nb\nc\n", [("paragraph", "a\nb\nc", (1, 3))]),
    "quote": ("> a\n> - b\n", [("paragraph", "a", (1, 1)), ("bullet", "b", (2, 2))]),
    "quote of two lines": ("> a\n> b\n", [("paragraph", "a\nb", (1, 2))]),
    "table": (
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        [("table-row", "| a | b |", (1, 1)), ("markup", "|---|---|", (2, 2)), ("table-row", "| 1 | 2 |", (3, 3))],
    ),
    "bar without a table": ("| a | b |\n", [("paragraph", "| a | b |", (1, 1))]),
    "comments": (
        "<!-- a -->\n\n<!-- b\n\nc -->\n",
        [("comment", "<!-- a -->", (1, 1)), ("comment", "<!-- b\n\nc -->", (3, 5))],
    ),
    "html": ("<div>\na\n</div>\n", [("html", "<div>\na\n</div>", (1, 3))]),
    "rules": ("---\n\n* * *\n", [("rule", "---", (1, 1)), ("rule", "* * *", (3, 3))]),
    "fence": ("```sh\na\n\n  b\n```\n", [("code", "```sh\na\n\n  b\n```", (1, 5))]),
    "indented code": ("    a\n      b\n", [("code", "    a\n      b", (1, 2))]),
    "fence below a bullet": (
        "- a\n  ```sh\n  b\n    c\n  ```\n- d\n",
        [("bullet", "a", (1, 1)), ("code", "```sh\nb\n  c\n```", (2, 5)), ("bullet", "d", (6, 6))],
    ),
    "fence in a quote": ("> ```\n> a\n> ```\n", [("code", "```\na\n```", (1, 3))]),
    "link definition": (
        "[a]: http://x\n\n[a] b\n",
        [("markup", "[a]: http://x", (1, 1)), ("paragraph", "[a] b", (3, 3))],
    ),
    "tag without a partner": ("<role>\na\n", [("markup", "<role>", (1, 1)), ("paragraph", "a", (2, 2))]),
    "empty bullet": ("- a\n-\n", [("bullet", "a", (1, 1)), ("markup", "-", (2, 2))]),
    "nothing": ("\n  \n\t\n", []),
}


@pytest.mark.parametrize(("text", "expected"), ITEMS.values(), ids=ITEMS)
def test_items(text: str, expected: list[tuple[str, str, LINES]]) -> None:
    assert statements(text) == expected


def test_nested_items_know_what_they_are_nested_under() -> None:
    body = parse_body("- a\n  - b\n    - c\n  - d\n- e\n\n  f\n", 0)
    assert [(each.text, each.parent) for each in body.items] == [
        ("a", None),
        ("b", 0),
        ("c", 1),
        ("d", 0),
        ("e", None),
        ("f", 4),
    ]


def test_a_fence_that_never_ends_is_told() -> None:
    found = parse_body("# A\n\n```\nnever\n", 0).diagnostics
    assert [(each.code, each.line) for each in found] == [("fence-unclosed", 3)]
    assert parse_body("# A\n\n```\nends\n```\n\n    code\n", 0).diagnostics == ()


# ---------------------------------------------------------------------------------------------- places


def test_lines_count_from_the_start_of_the_file() -> None:
    front = "---\nname: a\n---\n"
    body = parse_body(front + "\n# A\n- b\n", len(front))
    assert [(each.title, each.span.first) for each in body.sections] == [("A", 5)]
    assert [(each.text, each.span.first) for each in body.items] == [("b", 6)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A\r\n\r\n- b\r\n- c\r\n", [("b", 3), ("c", 4)]),
        ("# A\n\n- b\n- c", [("b", 3), ("c", 4)]),
        ("# Ä ü\n\n- 日本語\n- c\n", [("日本語", 3), ("c", 4)]),
        ("# A\n\n- b\x0cx\n- c\n", [("b\x0cx", 3), ("c", 4)]),
        ("# A\n\n- b\u2028x\n- c\n", [("b\u2028x", 3), ("c", 4)]),
        ("# A\n\n- b\x85x\n- c\n", [("b\x85x", 3), ("c", 4)]),
    ],
    ids=["windows", "no final newline", "wide characters", "form feed", "line separator", "next line"],
)
def test_only_a_line_feed_ends_a_line(text: str, expected: list[tuple[str, int]]) -> None:
    assert [(each.text, each.span.first) for each in parse_body(text, 0).items] == expected


def test_a_lone_carriage_return_ends_no_line() -> None:
    body = parse_body("# A\n\na\rb\n\n- c\n", 0)
    assert [(each.span.first, each.span.last) for each in body.items] == [(3, 3), (5, 5)]
    assert body.items[0].text == "a\rb"


def test_a_byte_order_mark_before_the_offset_is_no_text() -> None:
    assert [each.title for each in parse_body("\ufeff# A\n- b\n", 1).sections] == ["A"]


def test_what_stands_before_the_first_title_without_a_block_is_the_lead() -> None:
    body = parse_body("[a]: http://x\n\n# A\n- [a]\n", 0)
    assert [(each.style, each.title, each.span.first) for each in body.sections] == [
        (SectionStyle.LEAD, "", 1),
        (SectionStyle.ATX, "A", 3),
    ]
    assert [each.section for each in body.items] == [0, 1]


# ---------------------------------------------------------------------------------------------- marks of sources

MARKED = {
    "title": ("# A <!-- agentdiff: 1 -->\n- b <!-- agentdiff: 1 2 -->\n", "# A\n- b\n"),
    "setext": ("A <!-- agentdiff: 1 -->\n===\n", "A\n===\n"),
    "bold title": ("**A** <!-- agentdiff: 1 -->\n\ntext <!-- agentdiff: 1 -->\n", "**A**\n\ntext\n"),
    "label": ("Steps: <!-- agentdiff: 2 -->\n- a <!-- agentdiff: 2 -->\n", "Steps:\n- a\n"),
    "closed heading": ("## A ##\n<!-- agentdiff: 1 -->\n\nb\n", "## A ##\n\nb\n"),
    "tag": ("<role>\n<!-- agentdiff: 1 -->\n- a\n</role>\n", "<role>\n- a\n</role>\n"),
    "last line of a paragraph": ("a\nb <!-- agentdiff: 3 -->\n", "a\nb\n"),
    "first line of a paragraph": ("a <!-- agentdiff: 3 -->\nb\n", "a\nb\n"),
    "hard breaks": ("a <!-- agentdiff: 1 -->  \nb <!-- agentdiff: 2 -->\\\nc\n", "a  \nb\\\nc\n"),
    "several at an end": ("a <!-- agentdiff: 1 -->  <!-- agentdiff: 2 -->\n", "a\n"),
    "several on a line": ("a\n\n<!-- agentdiff: 1 --> <!-- agentdiff: 2 -->\n", "a\n\n"),
    "before code": ("- a\n  <!-- agentdiff: 1 -->\n  ```\n  b\n  ```\n", "- a\n  ```\n  b\n  ```\n"),
    "before indented code": ("a\n\n<!-- agentdiff: 1 -->\n    b\n", "a\n\n    b\n"),
    "before a table": ("<!-- agentdiff: 1 -->\n|a|b|\n|-|-|\n|1|2|\n", "|a|b|\n|-|-|\n|1|2|\n"),
    "in a quote": (
        "> a <!-- agentdiff: 1 -->\n>\n> <!-- agentdiff: 1 -->\n> ```\n> b\n> ```\n",
        "> a\n>\n> ```\n> b\n> ```\n",
    ),
    "legend": ("a\n\n<!-- agentdiff: 1 = a.md, 2 = b c.md -->\n", "a\n\n"),
    "legend before the first title": ("<!-- agentdiff: 1 = a.md -->\n# A\nb\n", "# A\nb\n"),
    "in the middle of a paragraph": ("a\n<!-- agentdiff: 1 -->\nb\n", "a\nb\n"),
    "windows": (
        "# A <!-- agentdiff: 1 -->\r\n<!-- agentdiff: 2 -->\r\n- b <!-- agentdiff: 1 -->\r\n",
        "# A\r\n- b\r\n",
    ),
    "behind a fence": ("```\nx\n```\na <!-- agentdiff: 1 -->\n", "```\nx\n```\na\n"),
}

NOT_MARKED = {
    "words": "a <!-- agentdiff rocks -->\n",
    "words behind the colon": "a <!-- agentdiff: see 5 -->\n",
    "number zero": "a <!-- agentdiff: 0 -->\n",
    "no blank before": "a<!-- agentdiff: 1 -->\n",
    "other spelling": "a <!--agentdiff: 1-->\n\n<!-- AgentDiff: 1 -->\n",
    "commas": "a <!-- agentdiff: 1, 2 -->\n",
    "text behind": "a <!-- agentdiff: 1 --> b\n",
    "never closed": "a <!-- agentdiff: 1\n",
    "in a fence": "```\na <!-- agentdiff: 1 -->\n<!-- agentdiff: 1 -->\n```\n",
    "in a fence in a tag": "<role>\n```\na <!-- agentdiff: 1 -->\n```\n</role>\n",
    "on the fence": "``` <!-- agentdiff: 1 -->\na\n```\n",
    "in indented code": "    a <!-- agentdiff: 1 -->\n",
    "in code below a bullet": "- a\n\n      b <!-- agentdiff: 1 -->\n",
    "legend with a gap": "<!-- agentdiff: 1 = a.md, 3 = b.md -->\n",
    "legend behind text": "a <!-- agentdiff: 1 = a.md -->\n",
}


def without_places(body: Body) -> tuple[object, ...]:
    """What a body says, its marks of sources aside."""
    items = [item for item in body.items if not is_mark_item(item)]
    ranks = {item.id: rank for rank, item in enumerate(items)}
    return (
        [(each.parent, each.title, each.introduction, each.style, each.level) for each in body.sections],
        [(each.kind, each.text, each.section, None if each.parent is None else ranks[each.parent]) for each in items],
        [(each.code, each.message) for each in body.diagnostics],
    )


@pytest.mark.parametrize(("marked", "plain"), MARKED.values(), ids=MARKED)
def test_marks_of_sources_leave_no_trace(marked: str, plain: str) -> None:
    body = parse_body(marked, 0)
    assert without_places(body) == without_places(parse_body(plain, 0))
    assert flaws(marked, body) == []
    assert body.text.count("\n") == marked.count("\n")


@pytest.mark.parametrize("text", NOT_MARKED.values(), ids=NOT_MARKED)
def test_what_only_looks_like_a_mark_is_text(text: str) -> None:
    body = parse_body(text, 0)
    assert body.text == text
    assert not any(map(is_mark_item, body.items))
    assert "agentdiff" in "".join(item.text for item in body.items).lower()


def test_lines_count_marks_that_stand_alone() -> None:
    body = parse_body(
        "# A\n\n<!-- agentdiff: 1 -->\n```\nx\n```\n\n- b <!-- agentdiff: 1 -->\n\n<!-- agentdiff: 1 = a -->\n", 0
    )
    assert [(each.kind, each.span) for each in body.items] == [
        (ItemKind.MARKUP, Span(3, 3)),
        (ItemKind.CODE, Span(4, 6)),
        (ItemKind.BULLET, Span(8, 8)),
        (ItemKind.MARKUP, Span(10, 10)),
    ]
    assert body.sections[0].span == Span(1, 10)


def test_a_fence_below_a_mark_that_never_ends_is_told_at_its_line() -> None:
    assert [each.line for each in parse_body("<!-- agentdiff: 1 -->\n```\nx\n", 0).diagnostics] == [2]


# ---------------------------------------------------------------------------------------------- laws


def flaws(text: str, body: Body) -> list[str]:
    """What is wrong about the places of a body; empty for a sound one."""
    return [*_flaws_of_sections(body), *_flaws_of_items(body), *_flaws_of_lines(text, body)]


def _flaws_of_sections(body: Body) -> Iterator[str]:
    for number, section in enumerate(body.sections):
        around = None if section.parent is None else body.sections[section.parent]
        if section.id != number or (number and section.span <= body.sections[number - 1].span):
            yield f"section {number} is out of order"
        if not _lies_in(section.title_span, section.span):
            yield f"the title of section {number} lies outside"
        if around and not (around.id < number and _lies_in(section.span, around.span)):
            yield f"section {number} lies outside its parent"


def _flaws_of_items(body: Body) -> Iterator[str]:
    for number, item in enumerate(body.items):
        home = body.sections[item.section]
        if item.id != number or (number and item.span.first <= body.items[number - 1].span.last):
            yield f"item {number} is out of order"
        if not _lies_in(item.span, home.span):
            yield f"item {number} lies outside its section"
        if home.level != max(each.level for each in body.sections if _lies_in(item.span, each.span)):
            yield f"item {number} lies in a deeper section than its own"
        if not item.text.strip() or (item.parent is not None and item.parent >= number):
            yield f"item {number} is empty or stands before its parent"


def _flaws_of_lines(text: str, body: Body) -> Iterator[str]:
    spans = [item.span for item in body.items]
    spans += [each.title_span for each in body.sections if each.style is not SectionStyle.LEAD]
    covered = Counter(line for span in spans for line in range(span.first, span.last + 1))
    for line, row in enumerate(text.split("\n"), 1):
        if covered[line] > 1 or (row.strip() and not covered[line]):
            yield f"line {line} is covered {covered[line]} times"


def _lies_in(inner: Span, outer: Span) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last


PIECES = [
    *("# A", "## B b", "### C", "#", "Title", "===", "---", "***"),
    *("**Bold:**", "**Bold** text", "1. **API**:", "- **C** l:", "**A**: x", "Label:", "Label: "),
    *("   - a", "  - x", "- y", "* z", "2. item", "1)", "-", "- [ ] t", "• g", "✅ g", "text", "more  ", "hard\\"),
    *(
        "<role>",
        "</role>",
        "  <role>",
        "   </role>",
        "<in_a>",
        "</in_a>",
        "- <role>",
        "<b",
        "c>",
        "<x/>",
        "<div>",
        "</div>",
    ),
    *("```", "  ```", "- ```", "~~~", "````", "    code", "> q", "> - a", "> # h", ">", "> ```"),
    *("|a|b|", "|-|-|", "|1|2|", "<!-- c -->", "<!--", "-->", "[x]: http://u", "[x]:"),
    *("", "\t", "\r", "a\rb", "# a\rb", "a\x0cb", "\x0c", "u\u2028v", "\x85", "\xa0"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_every_line_has_one_place(lines: list[str], line_end: str, has_final_line_end: bool) -> None:
    text = line_end.join(lines) + (line_end if has_final_line_end else "")
    assert flaws(text, parse_body(text, 0)) == []


MARKS = ["<!-- agentdiff: 1 -->", "  <!-- agentdiff: 1 2 -->", "> <!-- agentdiff: 1 -->", "<!-- agentdiff: 1 = a -->"]
MARKED_PIECES = [*PIECES, *MARKS * 4, *(f"{piece} {MARKS[0]}" for piece in PIECES if not piece.endswith("\r"))]


@given(st.lists(st.sampled_from(MARKED_PIECES), max_size=14), st.sampled_from(["\n", "\r\n"]))
def test_every_line_among_marks_has_one_place(lines: list[str], line_end: str) -> None:
    text = line_end.join(lines)
    body = parse_body(text, 0)
    assert flaws(text, body) == []
    if not any(item.kind in (ItemKind.CODE, ItemKind.HTML) for item in body.items):  # there, a mark may be text
        plain = "\n".join(line for line in body.text.split("\n") if not is_mark(line))
        assert without_places(parse_body(plain, 0)) == without_places(body) or not plain.strip()
        assert OPENING not in plain


@given(st.lists(st.text(alphabet="#*_->`~|<>/! \t1.:[]ab\r", max_size=12), max_size=8))
def test_every_line_of_any_marks_has_one_place(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert flaws(text, parse_body(text, 0)) == []


@pytest.mark.parametrize(("text", "expected"), [*SECTIONS.values(), *((text, []) for text in NO_SECTIONS.values())])
def test_every_line_of_the_examples_has_one_place(text: str, expected: list[tuple[str, str]]) -> None:
    assert flaws(text, parse_body(text, 0)) == []


# ---------------------------------------------------------------------------------------------- hostile input

DEEP = 5_000


@pytest.mark.parametrize(
    "text",
    [
        ">" * DEEP + " x\n",
        "".join(">" * level + " x\n" for level in range(1, 300)),
        "- " * DEEP + "x\n",
        "".join("  " * level + "- a\n" for level in range(DEEP // 5)),
        "".join("  " * level + "1. **a**:\n" for level in range(300)),
        "[" * 20_000 + "\n",
        "**a " * 20_000 + "\n",
        "`" * 20_000 + "a\n",
        "<a_b>\n" * DEEP,
        "<a_b>\n" * (DEEP // 10) + "</a_b>\n" * (DEEP // 10),
        "".join(f"<t{number}>\n" for number in range(DEEP)) + "</none>\n" * DEEP,
        "# " + "—" * 20_000 + "a\n",
        "# a" + " " * 20_000 + "b\n",
        "\\" * 20_000 + "\n",
        "a" + " <!-- agentdiff: 1 -->" * 20_000 + "\n",
        "a" + " <!-- agentdiff: 1" * 20_000 + " -->\n",
        "<!-- agentdiff: 1" + " 1" * 20_000 + " -->\n",
        "<!-- agentdiff: 1 = a" + ", 2 = b" * 20_000 + " -->\n",
        "a <!-- agentdiff: 1 -->" + " " * 20_000 + "\\" * 20_000 + "\n",
        "<a_b>\n" * (DEEP // 10) + "<!-- agentdiff: 1 -->\n" * DEEP + "</a_b>\n" * (DEEP // 10),
    ],
    ids="quotes stairs bullets nested items brackets bold ticks open nested strangers dashes blanks escapes"
    " marks half-marks numbers legend tail lonely".split(),
)
def test_hostile_input_is_read_whole(text: str) -> None:
    assert flaws(text, parse_body(text, 0)) == []


def test_what_nests_too_deep_is_one_item() -> None:
    text = "".join("  " * level + f"- a{level}\n" for level in range(NESTING_LIMIT * 2))
    items = parse_body(text, 0).items
    assert len(items) < NESTING_LIMIT * 2
    assert f"- a{NESTING_LIMIT * 2 - 1}" in items[-1].text
