"""The style of the canonical text."""

from __future__ import annotations

import re

import pytest
from merge_samples import body_of, bullets, merged, planned

from agentdiff.writing import Texts, write

OTHER = bullets("Money", ["Send invoices monthly"])


def written(body: str) -> str:
    """A body in the style of the merge, merged with something unlike it, without that."""
    text = body_of(merged(body, OTHER)).replace("## Money\n\n- Send invoices monthly", "")
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


@pytest.mark.parametrize(
    ("body", "style"),
    [
        ("Roses\n=====\n\n* Prune\n* Feed\n", "# Roses\n\n- Prune\n- Feed"),
        ("## Roses ##\n+ Prune\n", "## Roses\n\n- Prune"),
        ("**Roses:**\n\n- Prune\n- Feed\n", "## Roses\n\n- Prune\n- Feed"),
        ("<roses>\n\n- Prune\n\n</roses>\n", "## roses\n\n- Prune"),
        ("## Roses\n\n1) Prune\n1) Feed\n", "## Roses\n\n1. Prune\n2. Feed"),
        ("## Roses\n\n- Prune\n    - Low\n", "## Roses\n\n- Prune\n  - Low"),
        ("## Roses\n\n    prune()\n", "## Roses\n\n```\nprune()\n```"),
        ("## Roses\n\n~~~sh\nprune\n~~~\n", "## Roses\n\n~~~sh\nprune\n~~~"),
        ("## Roses\n\n```sh\nprune\n", "## Roses\n\n```sh\nprune\n```"),
        ("## Roses\n\n- Prune\n\n---\n\n- Feed\n", "## Roses\n\n- Prune\n- Feed"),
        ("## Roses\n\n<!-- check -->\n\n- Prune\n", "## Roses\n\n<!-- check -->\n\n- Prune"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n", "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("## Empty\n\n## Roses\n\n- Prune\n", "## Empty\n\n## Roses\n\n- Prune"),
    ],
)
def test_one_style(body: str, style: str) -> None:
    assert written(body) == style


@pytest.mark.parametrize(
    "body", ["## Roses\n\n- Prune\n- Feed", "# Garden\n\nBe kind.\n\n## Roses\n\n1. Prune\n2. Feed"]
)
def test_what_has_this_style_stays_as_it_is(body: str) -> None:
    assert written(body + "\n") == body


def test_line_ends_are_line_feeds_whatever_the_variants_have() -> None:
    crlf = "## Roses\r\n\r\n- Prune\r\n\r\n```sh\r\nprune\r\nfeed\r\n```\r\n"
    text = body_of(merged(crlf, OTHER))
    assert "\r" not in text
    assert "```sh\nprune\nfeed\n```" in text


def test_headings_go_no_deeper_than_six() -> None:
    deep = "".join(f"{'#' * level} Level {level}\n\n" for level in range(1, 7)) + "<inner>\n\n- Prune\n\n</inner>\n"
    assert "#######" not in body_of(merged(deep, OTHER))


def test_the_lines_of_each_unit_are_told() -> None:
    plan = planned("## Roses\n\n- Prune\n- Feed\n")
    result = write(plan, Texts({0: ("Prune", "Prune in 3 steps"), 1: ("Feed",)}, {}, frozenset()))
    assert result.lines == ["## Roses", "", "- Prune", "- Prune in 3 steps", "- Feed"]
    assert result.headings == {0: (1, 1)}
    assert result.units == {0: (3, 4), 1: (5, 5)}


def test_a_section_without_anything_left_is_not_written() -> None:
    plan = planned("## Roses\n\n- Prune\n\n## Money\n\n- Send bills\n")
    result = write(plan, Texts({0: ("Prune",)}, {}, frozenset()))
    assert result.lines == ["## Roses", "", "- Prune"]


def test_a_paragraph_that_would_become_something_else_is_escaped() -> None:
    plan = planned("Prune\n")
    assert write(plan, Texts({0: ("# no title",)}, {}, frozenset())).lines[0] == "\\# no title"
    assert write(plan, Texts({0: ("#1 in roses",)}, {}, frozenset())).lines[0] == "#1 in roses"


def test_each_list_of_a_section_has_its_own_marks() -> None:
    body = "## Roses\n\n- Prune\n- Feed\n- Tie\n\nThen, when all of that is done, go on.\n\n1. Water\n2. Mulch"
    assert written(body + "\n") == body


def test_code_does_not_end_the_count_but_a_paragraph_does() -> None:
    body = "## Roses\n\n1. Prune\n\n```\nlow\n```\n\n2. Feed\n\nRest until the evening.\n\n1. Water\n2. Mulch"
    assert written(body + "\n") == body


def test_what_is_nested_stands_as_far_in_as_the_number_is_wide() -> None:
    body = "## Roses\n\n" + "".join(f"{number}. Prune bed {number}\n" for number in range(1, 11)) + "    - Low"
    assert written(body + "\n") == body
