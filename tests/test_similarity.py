"""Words, their weight, and what two statements or sections have in common."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.formats import parse
from agentdiff.model import STATEMENTS, Item, ItemKind, Span
from agentdiff.similarity import (
    EMPTY,
    ITEM_FEATURES,
    SECTION_FEATURES,
    Statement,
    Wording,
    containment,
    cosine,
    facts,
    item_features,
    logistic,
    prepare,
    rarity,
    section_features,
    shared_weight,
    shared_words,
    statement,
    stem_of,
    stems,
    words_of,
)
from agentdiff.weights import ITEM_EQUAL, ITEM_PAIR, SECTION_PAIR, SECTION_SAME


def said(text: str, kind: ItemKind = ItemKind.BULLET, title: str = "") -> Statement:
    return statement(Item(0, 0, kind, text, Span(1, 1), None), wording(title))


def wording(text: str) -> Wording:
    return Wording.of(stems(text))


# ---------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("use c++ and c#", ["use", "c++", "and", "c#"]),
        ("node.js at 80% and 1,000.5", ["node.js", "at", "80%", "and", "1,000.5"]),
        ("oauth2, end.", ["oauth2", "end"]),
        ("end-to-end", ["end", "to", "end"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words_of(text) == expected


def test_inflected_words_have_one_stem() -> None:
    assert stem_of("testing") == stem_of("tests") == stem_of("tested")
    assert stem_of("tests") != stem_of("text")


def test_function_words_say_nothing() -> None:
    assert stems("The tests of THE parser") == [stem_of("tests"), stem_of("parser")]


def test_rare_words_weigh_more() -> None:
    assert rarity(stem_of("code")) < rarity(stem_of("quaternion")) == rarity("no such stem")


def test_a_word_counts_once() -> None:
    assert wording("parser parser").weights == wording("parser").weights


def test_joining_adds_at_a_part_of_the_weight() -> None:
    joined = wording("parser").joined(wording("parser grammar"), 0.5)
    assert joined.weights[stem_of("parser")] == rarity(stem_of("parser"))
    assert joined.weights[stem_of("grammar")] == rarity(stem_of("grammar")) / 2


# ---------------------------------------------------------------------------------------------- measures


def test_measures_of_equal_and_strange_wordings() -> None:
    one, other = wording("parse the grammar"), wording("deploy to clusters")
    assert cosine(one, one) == pytest.approx(1)
    assert containment(one, one) == pytest.approx(1)
    assert (cosine(one, other), containment(one, other), shared_weight(one, other)) == (0, 0, 0)
    assert (cosine(one, EMPTY), containment(EMPTY, EMPTY)) == (0, 0)


def test_a_part_is_contained_but_not_equal() -> None:
    part, whole = wording("parse the grammar"), wording("parse the grammar of queries, then plan joins")
    assert containment(part, whole) == pytest.approx(1)
    assert cosine(part, whole) < 0.9


VOCABULARY = "parse grammar deploy clusters cache keys never log bodies 80% 3 times `x`".split()
SENTENCES = st.lists(st.sampled_from(VOCABULARY), max_size=6).map(" ".join)


@given(SENTENCES, SENTENCES, SENTENCES)
def test_every_measure_is_symmetric(one: str, other: str, title: str) -> None:
    a, b = said(one, title=title), said(other)
    for measure in (cosine, containment, shared_weight):
        assert measure(a.words, b.words) == measure(b.words, a.words)
        assert measure(a.words, b.words) >= 0
    assert item_features(a, b) == item_features(b, a)
    assert shared_words(a, b, 3) == shared_words(b, a, 3)


def test_the_logistic_function_stays_in_range() -> None:
    assert logistic((0.0,), (1.0,)) == 0.5
    assert 0 < logistic((-1000.0,), (1.0,)) < logistic((1000.0,), (1.0,)) <= 1
    with pytest.raises(ValueError, match="zip"):
        logistic((1.0, 2.0), (1.0,))


def test_every_feature_has_its_weights() -> None:
    assert len(ITEM_FEATURES) == len(ITEM_PAIR) == len(ITEM_EQUAL)
    assert len(SECTION_FEATURES) == len(SECTION_PAIR) == len(SECTION_SAME)


# ---------------------------------------------------------------------------------------------- statements


@pytest.mark.parametrize("text", ["**Caching**: keep results", "Caching: keep results", "**Caching** - keep results"])
def test_the_words_before_a_colon_or_in_bold_are_the_head(text: str) -> None:
    assert set(said(text).head.weights) == {stem_of("caching")}


@pytest.mark.parametrize("text", ["keep results", "keep **results**", "see http://x"])
def test_other_statements_have_no_head(text: str) -> None:
    assert "keep" not in said(text).head.weights


def test_facts_are_numbers_and_code() -> None:
    assert facts("Run `Make test` 3 times at 80%") == {"make test", "3", "80%"}
    assert facts("Run tests") == frozenset()


@pytest.mark.parametrize(
    "text", ["You are a reviewer", "You're a reviewer", "I am a reviewer", "Act as a reviewer", "As an expert, ..."]
)
def test_role_statements(text: str) -> None:
    assert said(text, ItemKind.PARAGRAPH).is_role
    assert not said(text, ItemKind.BULLET).is_role


@pytest.mark.parametrize(
    "text", ["Your task is to review", "Acting fast matters", "Assess the code", "Reviewers are kind"]
)
def test_no_role_statements(text: str) -> None:
    assert not said(text, ItemKind.PARAGRAPH).is_role


def test_the_rarest_shared_words_come_first_in_their_shortest_writing() -> None:
    named = shared_words(said("testing quaternions"), said("test the quaternion code"), 4)
    assert named == ["quaternion", "test"]
    assert shared_words(said("testing"), said("deploy"), 4) == []


def test_titles_above_count_towards_the_wording() -> None:
    alone, titled = said("keep results"), said("keep results", title="caching")
    assert cosine(titled.enriched, said("caching").enriched) > cosine(alone.enriched, said("caching").enriched) == 0


def test_features_tell_likeness() -> None:
    like = dict(zip(ITEM_FEATURES, item_features(said("Run `x` 3 times"), said("run `x` 3 times!")), strict=True))
    unlike = dict(zip(ITEM_FEATURES, item_features(said("Run `x` 3 times"), said("Deploy `y`")), strict=True))
    assert (like["facts"], unlike["facts"]) == (1, -1)
    assert like["cosine"] == pytest.approx(1)
    assert like["letters"] > unlike["letters"]


# ---------------------------------------------------------------------------------------------- sections

AGENT = """# Parser

You are a parser expert.

## Grammar

- parse grammars

### Queries

- plan joins

---
"""


def test_sections_hold_what_their_subsections_say() -> None:
    statements, parts = prepare(parse(AGENT, "a.md"), STATEMENTS)
    assert [each.text for each in statements] == ["you are a parser expert.", "parse grammars", "plan joins"]
    assert [(part.key, part.statements) for part in parts] == [
        ("parser", (0, 1, 2)),
        ("grammar", (1, 2)),
        ("queries", (2,)),
    ]
    assert [part.has_subsections for part in parts] == [True, True, False]
    assert stem_of("joins") in parts[1].content.weights
    assert stem_of("joins") not in parts[1].own.weights
    assert parts[2].path.weights[stem_of("parser")] < parts[0].path.weights[stem_of("parser")]


def test_the_opening_is_the_lead_or_the_first_role() -> None:
    def openings(text: str) -> list[bool]:
        return [part.is_opening for part in prepare(parse(text, "a.md"), STATEMENTS)[1]]

    assert openings(AGENT) == [True, False, False]
    assert openings("Hello.\n\n# A\n\nYou are b.\n") == [True, False]
    assert openings("# A\n\n- a\n\n# B\n\nYou are b.\n") == [False, True]
    assert openings("# A\n\n- a\n") == [False]


def test_section_features_are_symmetric_and_finite() -> None:
    _, parts = prepare(parse(AGENT, "a.md"), STATEMENTS)
    for a in parts:
        for b in parts:
            features = section_features(a, b, 1.5, 0.25)
            assert features == section_features(b, a, 1.5, 0.25)
            assert all(map(math.isfinite, features))
