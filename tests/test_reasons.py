"""What is said about a match."""

from __future__ import annotations

import pytest

from agentdiff.formats import parse
from agentdiff.model import Item, ItemKind, Span
from agentdiff.reasons import item_reason, section_reason
from agentdiff.similarity import Part, Statement, Titles, prepared, statement
from agentdiff.vocabulary import Wording, direction, stems, summed_vectors


def said(text: str, title: str = "", kind: ItemKind = ItemKind.BULLET) -> Statement:
    vector = summed_vectors(stems(title))
    return statement(
        Item(0, 0, kind, text, Span(1, 1), None), Titles(Wording.of(stems(title)), vector, direction(vector))
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (said("Write **tests**"), said("write tests."), "same text"),
        (said("Parse grammars"), said("Grammar parsing"), "share grammar, parse"),
        (
            said("Cache: keep results"),
            said("**Cache** - drop answers"),
            "same label; share cache; about the same subject",
        ),
        (
            said("Parse grammars", "Input"),
            said("Parse names and addresses of customers", "Input"),
            "share parse; under related titles",
        ),
        (said("Parse it", "Input rules"), said("Parse all", "Rules, input"), "share parse; under titles alike"),
        (said("deploy"), said("paint"), "alike on the whole"),
        (
            said("Encrypt passwords before you store them"),
            said("Hash every password and keep credentials safe"),
            "share password; about the same subject",
        ),
        (
            said("Encrypt passwords before you store them", "Database"),
            said("Hash every password and keep credentials safe", "SQL queries"),
            "share password; about the same subject; under titles about the same subject",
        ),
        (said("Paint the walls of Docker"), said("Docker rolls out clusters"), "share docker"),
        (said("Küche putzen mit Docker"), said("Garten gießen neben Docker"), "share docker"),
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


def test_a_disagreement_is_the_reason() -> None:
    told = "one says 80 %, the other 90 %"
    assert item_reason(said("Reach 80 % coverage"), said("Reach 90 % coverage"), told) == told
    assert item_reason(said("Reach 80 %"), said("reach 80 %"), told) == "same text"


def test_only_the_rarest_words_are_named() -> None:
    text = "parse quaternions, deploy clusters, cache keys, plan joins and write code"
    named = item_reason(said(text), said(text + " now")).removeprefix("share ").split(", ")
    assert len(named) == 4
    assert "quaternions" in named
    assert "code" not in named


def test_a_reason_names_three_things_at_most() -> None:
    one = said("Password: encrypt it before you store it", "Database rules")
    other = said("Passwords: hashed and kept safe, with credentials", "Rules of the database")
    assert item_reason(one, other) == "same label; share password; about the same subject"


def part(text: str) -> Part:
    return prepared(parse(text, "a.md")).parts[-1]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("# Testing\n", "# 1. TESTING:\n", "same title"),
        ("# Unit Testing\n", "# Testing\n", "titles share a word"),
        ("# Unit Testing Rules\n", "# Rules of Testing\n", "titles share words"),
        ("# Errors\n", "# Exceptions\n", "titles about the same subject"),
        ("# Küche Docker\n", "# Garten Docker\n", "titles share a word"),
        (
            "# A\n- encrypt passwords before you store them\n- rotate keys\n- sign tokens\n",
            "# B\n- hash every password\n- keep credentials and secrets safe\n",
            "about the same subject",
        ),
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
