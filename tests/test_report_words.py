"""Marking the words that changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.report import words
from agentdiff.report.lines import Run, Style
from agentdiff.report.words import common_share, inline_runs, new_runs, old_runs, word_changes


def marked(runs: tuple[Run, ...]) -> str:
    signs = {Style.ADDED_WORDS: "{+%s+}", Style.REMOVED_WORDS: "[-%s-]"}
    return "".join(signs.get(run.style, "%s") % run.text for run in runs)


def plain(runs: tuple[Run, ...]) -> str:
    return "".join(run.text for run in runs)


CHANGED = {
    "one word": ("keep it short", "keep it simple", "keep it [-short-]{+simple+}"),
    "a number": ("80 % coverage", "90 % coverage", "[-80-]{+90+} % coverage"),
    "a new word": ("use tests", "use unit tests", "use {+unit+} tests"),
    "a lost word": ("use unit tests", "use tests", "use [-unit-] tests"),
    "neighbours in one mark": ("a red small box", "a blue large box", "a [-red small-]{+blue large+} box"),
    "a part of a word is never marked": ("indexing", "indexes", "[-indexing-]{+indexes+}"),
    "punctuation alone": ("fast, safe", "fast; safe", "fast[-,-]{+;+} safe"),
    "a letter where there are no blanks": ("先检查土壤", "再检查土壤", "[-先-]{+再+}检查土壤"),
    "hyphens join a word": ("a server-side cache", "a client-side cache", "a [-server-side-]{+client-side+} cache"),
    "apostrophes too": ("don\u2019t ask", "won't ask", "[-don\u2019t-]{+won't+} ask"),
    "small words between long changes": (
        "review the code",
        "inspect the shed",
        "[-review the code-]{+inspect the shed+}",
    ),
    "long words between small changes": ("a compost b", "c compost d", "[-a-]{+c+} compost [-b-]{+d+}"),
    "everything": ("one", "two", "[-one-]{+two+}"),
    "blanks alone": ("a  b", "a b", "a b"),
    "nothing": ("the same", "the same", "the same"),
    "from nothing": ("", "text", "{+text+}"),
    "both empty": ("", "", ""),
}


@pytest.mark.parametrize(("old", "new", "expected"), CHANGED.values(), ids=CHANGED.keys())
def test_inline(old: str, new: str, expected: str) -> None:
    assert marked(inline_runs(word_changes(old, new))) == expected


def test_each_side_alone() -> None:
    changes = word_changes("use two blanks", "use one tab")
    assert marked(old_runs(changes)) == "use [-two blanks-]"
    assert marked(new_runs(changes)) == "use {+one tab+}"


def test_a_long_text_is_shortened_around_its_changes() -> None:
    before = " ".join(f"a{number}" for number in range(30))
    after = " ".join(f"b{number}" for number in range(30))
    changes = word_changes(f"{before} red {after}", f"{before} blue {after}")
    expected = "... a24 a25 a26 a27 a28 a29 [-red-]{+blue+} b0 b1 b2 b3 b4 b5 ..."
    assert marked(inline_runs(changes, is_short=True)).strip() == expected
    assert marked(inline_runs(changes)).startswith("a0 a1 a2")


def test_a_short_text_is_not_shortened() -> None:
    changes = word_changes("one two three red", "one two three blue")
    assert marked(inline_runs(changes, is_short=True)) == "one two three [-red-]{+blue+}"


def test_huge_texts_are_compared_at_their_ends_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MOST_COMPARISONS", 3)
    assert marked(inline_runs(word_changes("a b c d e", "a x c y e"))) == "a [-b c d-]{+x c y+} e"


SHARES = [("same", "same", 1.0), ("", "", 1.0), ("one", "two", 0.0), ("ab cd", "ab ef", 0.6)]


@pytest.mark.parametrize(("old", "new", "expected"), SHARES)
def test_common_share(old: str, new: str, expected: float) -> None:
    assert common_share(word_changes(old, new)) == pytest.approx(expected)


TEXTS = st.text(alphabet="ab ,\n", max_size=40)


@given(TEXTS, TEXTS)
def test_the_parts_of_a_side_are_that_side(old: str, new: str) -> None:
    changes = word_changes(old, new)
    assert plain(old_runs(changes)) == old
    assert plain(new_runs(changes)) == new


@given(TEXTS)
def test_a_text_with_itself_has_no_change(text: str) -> None:
    assert all(change.is_same for change in word_changes(text, text))
