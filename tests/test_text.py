"""Helpers on strings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.text import bare, clean_title, fold, line_starts, plain, without_numbering


@pytest.mark.parametrize(
    ("text", "expected"),
    [(" a\t b\r\n\n c ", "a b c"), ("a\u2028b\x0cc", "a b c"), ("a", "a"), ("", ""), (" \n", "")],
)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**bold** *leaning* ~~gone~~ __bold__", "bold leaning gone bold"),
        ("***both*** and ***one** then other*", "both and one then other"),
        ("**a *b* c**", "a b c"),
        ("**two\nlines**", "two lines"),
        ("`code` and ``co`de``", "code and co`de"),
        ("**use `x` now**", "use x now"),
        ("[label](http://x)", "label"),
        ("![image](a.png) [a](x(y))", "image a"),
        ("\\*not\\* \\# \\_", "*not* # _"),
        ("a\n  b", "a b"),
    ],
)
def test_markup_goes(markdown: str, expected: str) -> None:
    assert plain(markdown) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("2 * 3 * 4", "a ** b", "**open", "closed**", "snake_case_name", "_one_", "a ~ b"),
        *("`open", "``open`", "```", "[no link]", "[no] (link)", "[open](", "C:\\dir", "x < y"),
    ],
)
def test_marks_that_are_no_markup_stay(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("1. Scope", "Scope"),
        ("1.Scope", "Scope"),
        ("12) Scope", "Scope"),
        ("2.3 Scope", "Scope"),
        ("2.3.1. Scope", "Scope"),
        ("a) Scope", "Scope"),
        ("B. Scope", "Scope"),
        ("3: Scope", "Scope"),
    ],
)
def test_numbering_goes(title: str, expected: str) -> None:
    assert without_numbering(title) == expected


@pytest.mark.parametrize(
    "title", ["Scope", "3D models", "10:30 call", "3.5mm", "2 rules", "2024", "1.", "e.g. this", "A B"]
)
def test_numbers_that_count_nothing_stay(title: str) -> None:
    assert without_numbering(title) == title


def test_only_the_first_number_goes() -> None:
    assert without_numbering("1. 2. Scope") == "2. Scope"


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [("**1. API `v2`:**", "API v2"), ("Steps：", "Steps"), ("Why? :", "Why?"), ("", ""), ("A: B", "A: B")],
)
def test_clean_title(markdown: str, expected: str) -> None:
    assert clean_title(markdown) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- **Cache** `keys`:", "cache keys"),
        ("1. Log\n2. Trace", "log trace"),
        ("| a | b |", "a b"),
        ("> # Title", "title"),
        ("a-b + c", "a-b + c"),
    ],
)
def test_bare(text: str, expected: str) -> None:
    assert bare(text) == expected


@given(st.text(alphabet="ab\n\r\x0c\u2028"))
def test_lines_start_behind_line_feeds_only(text: str) -> None:
    starts = line_starts(text)
    assert [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)] == [
        line + "\n" for line in text.split("\n")[:-1]
    ] + [text.split("\n")[-1]]


@given(st.text(alphabet="ab *_~`[]()\\!\n"))
def test_plain_only_takes_away(markdown: str) -> None:
    left = iter(markdown.replace("\n", " "))
    assert all(character in left for character in plain(markdown))


@pytest.mark.parametrize("text", ["[" * 20_000, "**a " * 20_000, "__a " * 20_000, "`" * 20_000 + "a" * 20_000])
def test_openings_without_end_stay(text: str) -> None:
    assert plain(text) == text.strip()


def test_many_open_links_stay() -> None:
    assert plain("[a](" * 20_000) == "[a](" * 20_000
