"""What counts as the same text, title or value."""

from __future__ import annotations

import pytest

from agentdiff.model import FieldValue, Item, ItemKind, Span
from agentdiff.normalise import comparable_text, comparable_title, comparable_value


def key(text: str, kind: ItemKind = ItemKind.BULLET) -> str:
    return comparable_text(Item(0, 0, kind, text, Span(1, 1), None))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Write tests", "write **tests**."),
        ("Write tests", "Write\n  tests"),
        ("Use `git`", "Use git"),
        ("[x] Write tests", "[ ] Write tests"),
        ("See [docs](a.md)", "See docs;"),
        ("Straße", "STRASSE"),
    ],
)
def test_the_same_statement(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Write tests", "Write test"),
        ("Write tests?", "Write tests"),
        ("Reach 80 %", "Reach 90 %"),
        ("2 * 3", "2 3"),
        ("use snake_case", "use snakecase"),
    ],
)
def test_another_statement(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_code_counts_to_the_letter() -> None:
    assert key("```\nA\n```", ItemKind.CODE) != key("```\na\n```", ItemKind.CODE)
    assert key("```\na\n  b\n```", ItemKind.CODE) != key("```\na\nb\n```", ItemKind.CODE)
    assert key("```\na  \n```", ItemKind.CODE) == key("```\na\r\n```\n", ItemKind.CODE)


def test_table_rows_without_their_layout() -> None:
    assert key("|a|  B |", ItemKind.TABLE_ROW) == key("| a | b |", ItemKind.TABLE_ROW)
    assert key("|a b|", ItemKind.TABLE_ROW) != key("|a|b|", ItemKind.TABLE_ROW)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Code Review", "CODE REVIEW"),
        ("Code Review", "1. Code  Review:"),
        ("Code Review", "🔍 Code Review"),
        ("Code Review", "— Code Review —"),
        ("Code Review", "2.1 Code Review!"),
    ],
)
def test_the_same_title(one: str, other: str) -> None:
    assert comparable_title(one) == comparable_title(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("C", "C++"), ("C", "C#"), ("NET", ".NET"), ("Reviews", "Review"), ("Step 1", "Step 2"), ("🔍", "🚀")],
)
def test_another_title(one: str, other: str) -> None:
    assert comparable_title(one) != comparable_title(other)


def test_a_long_ornament_is_no_trouble() -> None:
    assert comparable_title("a" + "—" * 20_000 + "b") == "a" + "—" * 20_000 + "b"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a\\nb", "a\nb"),
        ("a  b ", "a b"),
        (("a\\nb",), ("a b",)),
        ({"a": ("b ", None)}, {"a": ("b", None)}),
        (None, None),
    ],
)
def test_the_same_value(one: FieldValue, other: FieldValue) -> None:
    assert comparable_value(one) == comparable_value(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a", "A"),
        ("a", ("a",)),
        (None, ""),
        ((), None),
        (("a", "b"), ("b", "a")),
        ("1.10", "1.1"),
        ({"a": "b"}, {"a": "c"}),
    ],
)
def test_another_value(one: FieldValue, other: FieldValue) -> None:
    assert comparable_value(one) != comparable_value(other)
