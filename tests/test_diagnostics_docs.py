"""The page of diagnostics is that of the table."""

from __future__ import annotations

import re
from pathlib import Path

from agentdiff.formats.diagnostics import Code

PAGE = (Path(__file__).parents[1] / "docs" / "diagnostics.md").read_text(encoding="utf-8")


def test_the_page_has_a_row_for_each_code_and_no_other() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{code}` | {', '.join(code.severities)} | {_cell(code.meaning)} | {_cell(code.remedy)} |" for code in Code
    ]


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def test_other_words_in_the_page_are_codes_too() -> None:
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", PAGE))
    assert named == {code.value for code in Code}


def test_rows_are_ready_for_sentences() -> None:
    for code in Code:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", code)
        assert code.severities
        for words in (code.meaning, code.remedy):
            assert words[0].islower() or words.startswith("`"), words
            assert not words.endswith("."), words
