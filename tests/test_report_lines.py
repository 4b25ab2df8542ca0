"""Fitting lines to a width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.report.lines import Line, Run, Style, display_width, fit, line, shorten


def rows(whole: Line, width: int) -> list[str]:
    return ["".join(run.text for run in row) for row in fit(whole, width)]


WRAPPED = {
    "it fits": (line("one two"), 7, ["one two"]),
    "it does not": (line("one two"), 6, ["one", "two"]),
    "a hanging indent": (line("  1 + one two three", hang=6), 12, ["  1 + one", "      two", "      three"]),
    "leading blanks stay": (line("    one"), 20, ["    one"]),
    "blanks of two runs": (line("a  ", "  b"), 20, ["a    b"]),
    "a word is not broken": (line("a https://example.org/long b"), 10, ["a", "https://example.org/long", "b"]),
    "a word too long at the start": (line("abcdefghij k", hang=2), 5, ["abcdefghij", "  k"]),
    "marks stay with their word": (line("see (", Run("this", Style.ADDED), ")"), 8, ["see", "(this)"]),
    "line feeds are kept": (line("a\n  b\nc", hang=1), 20, ["a", "   b", " c"]),
    "a tab is four blanks": (line("a\n\tb"), 20, ["a", "    b"]),
    "wide letters take two columns": (line("后端 工程 师"), 6, ["后端", "工程", "师"]),
    "and need no blank to break": (line("后端工程。师", hang=2), 8, ["后端工", "  程。师"]),
    "nothing at all": (line(), 10, [""]),
    "cut": (line("  12  a rather long text", is_cut=True), 14, ["  12  a rat..."]),
    "cut where it just fits": (line("ten letter", is_cut=True), 10, ["ten letter"]),
    "cut through several runs": (line("abc", Run("def", Style.MUTED), "ghi", is_cut=True), 8, ["abcde..."]),
}


@pytest.mark.parametrize(("whole", "width", "expected"), WRAPPED.values(), ids=WRAPPED.keys())
def test_fit(whole: Line, width: int, expected: list[str]) -> None:
    assert rows(whole, width) == expected


def test_styles_survive_the_wrapping() -> None:
    first, second = fit(line(Run("one two", Style.ADDED), hang=2), 5)
    assert first == (Run("one", Style.ADDED),)
    assert second == (Run("  "), Run("two", Style.ADDED))


@given(st.lists(st.text(alphabet="abc é后\n ", max_size=30), max_size=5), st.integers(0, 12), st.integers(20, 60))
def test_wrapping_loses_no_letter(texts: list[str], hang: int, width: int) -> None:
    whole = line(*texts, hang=hang)
    assert "".join(" ".join(rows(whole, width)).split()) == "".join("".join(texts).split())


@given(st.lists(st.text(alphabet="abc后", min_size=1, max_size=6), max_size=40), st.integers(0, 12))
def test_no_row_is_too_wide_when_every_word_fits(words: list[str], hang: int) -> None:
    assert all(display_width(row) <= 30 for row in rows(line(" ".join(words), hang=hang), 30))


SHORTENED = [
    ("short", 10, "short"),
    ("two\n  rows", 10, "two rows"),
    ("a longer text", 10, "a longe..."),
    ("后端工程师", 8, "后端..."),
]


@pytest.mark.parametrize(("text", "width", "expected"), SHORTENED)
def test_shorten(text: str, width: int, expected: str) -> None:
    assert shorten(text, width) == expected
    assert display_width(expected) <= width
