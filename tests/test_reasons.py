"""What is said about a match."""

from __future__ import annotations

import pytest

from agentdiff.formats import parse
from agentdiff.model import STATEMENTS, Item, ItemKind, Span
from agentdiff.reasons import item_reason, section_reason
from agentdiff.similarity import Part, Statement, Wording, prepare, statement, stems


def said(text: str, title: str = "", kind: ItemKind = ItemKind.BULLET) -> Statement:
    return statement(Item(0, 0, kind, text, Span(1, 1), None), Wording.of(stems(title)))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (said("Write **tests**"), said("write tests."), "same text"),
        (said("Reach 80 % coverage"), said("Reach 90 % coverage"), "one says 80 %, the other 90 %"),
        (said("Indent with tabs", "Style"), said("Indent with spaces", "Style"), "one says tabs, the other spaces"),
        (said("Parse grammars"), said("Grammar parsing"), "share grammar, parse"),
        (said("Cache: keep results"), said("**Cache** - drop answers"), "same label; share cache"),
        (said("Parse grammars", "Input"), said("Parse trees", "Input"), "share parse; under related titles"),
        (said("Parse it", "Input rules"), said("Parse all", "Rules, input"), "share parse; under titles alike"),
        (said("deploy"), said("parse"), "similar wording"),
        (
            said("You are a reviewer", kind=ItemKind.PARAGRAPH),
            said("Act as an architect", kind=ItemKind.PARAGRAPH),
            "both say who the agent is",
        ),
    ],
)
def test_reasons_of_items(one: Statement, other: Statement, expected: str) -> None:
    assert item_reason(one, other) == expected
    assert item_reason(other, one) == expected


def test_only_the_rarest_words_are_named() -> None:
    text = "parse quaternions, deploy clusters, cache keys, plan joins and write code"
    named = item_reason(said(text), said(text + " now")).removeprefix("share ").split(", ")
    assert len(named) == 4
    assert "quaternions" in named
    assert "code" not in named


def part(text: str) -> Part:
    return prepare(parse(text, "a.md"), STATEMENTS)[1][-1]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("# Testing\n", "# 1. TESTING:\n", "same title"),
        ("# Unit Testing\n", "# Testing\n", "titles share a word"),
        ("# Unit Testing Rules\n", "# Rules of Testing\n", "titles share words"),
        ("# A\n- deploy\n", "# B\n- parse\n", "their items correspond"),
        (
            "# Testing\n- parse grammars\n",
            "# Rules\n- parse grammars\n- deploy clusters\n",
            "100% of the words of the smaller one are in the other",
        ),
        ("deploy clusters\n", "parse grammars\n", "both open the file"),
        ("# Rules\n\nYou are a\n", "# Rules\n\nYou are a\n", "same title; both open the file"),
    ],
)
def test_reasons_of_sections(one: str, other: str, expected: str) -> None:
    assert section_reason(part(one), part(other)) == expected
    assert section_reason(part(other), part(one)) == expected
