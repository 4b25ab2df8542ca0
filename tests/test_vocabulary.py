"""Words, how rare they are and what they mean."""

from __future__ import annotations

import math
from pkgutil import get_data

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.vocabulary import (
    DIMENSIONS,
    EMPTY,
    FOREIGN_RARITY,
    STOP_WORDS,
    Direction,
    Wording,
    agreement,
    containment,
    cosine,
    counted_stems,
    direction,
    rarity,
    shared_weight,
    stem_of,
    stems,
    summed_vectors,
    words_of,
)


def wording(text: str) -> Wording:
    return Wording.of(stems(text))


def meaning(text: str) -> Direction:
    return direction(summed_vectors(stems(text)))


# ---------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("use c++ and c#", ["use", "c++", "and", "c#"]),
        ("node.js at 80% and 1,000.5", ["node.js", "at", "80%", "and", "1,000.5"]),
        ("oauth2, end.", ["oauth2", "end"]),
        ("end-to-end", ["end", "to", "end"]),
        ("été, naïve", ["été", "naïve"]),
        ("", []),
        ("--- ... 🎉 !?", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("世界语言", ["世界", "界语", "语言"]),
        ("データ", ["デー", "ータ"]),
        ("데이터", ["데이", "이터"]),
        ("数据", ["数据"]),
        ("use 世界语 code", ["use", "世界", "界语", "code"]),
        ("проверка кода", ["проверка", "кода"]),
        ("résumé", ["résumé"]),
    ],
)
def test_only_scripts_without_blanks_are_read_in_pairs_of_letters(text: str, expected: list[str]) -> None:
    assert words_of(text) == expected


def test_inflected_words_have_one_stem() -> None:
    assert stem_of("testing") == stem_of("tests") == stem_of("tested")
    assert stem_of("tests") != stem_of("text")


def test_function_words_say_nothing() -> None:
    assert stems("The tests of THE parser") == [stem_of("tests"), stem_of("parser")]
    assert stems(" ".join(sorted(STOP_WORDS))) == []


def test_rare_words_weigh_more() -> None:
    assert 0 < rarity(stem_of("code")) < rarity(stem_of("quaternion")) == rarity("no such stem")


def test_an_unknown_word_of_another_language_is_no_rarity() -> None:
    assert rarity("проверка") == FOREIGN_RARITY < rarity("no such stem")


def test_a_word_counts_once() -> None:
    assert wording("parser parser") == wording("parser")


def test_a_wording_knows_its_sum_and_length() -> None:
    assert Wording.weighted({"a": 3.0, "b": 4.0}) == ({"a": 3.0, "b": 4.0}, 7.0, 5.0)
    assert Wording.of([]) == EMPTY


def test_joining_adds_at_a_part_of_the_weight() -> None:
    parser, grammar = stem_of("parser"), stem_of("grammar")
    joined = wording("parser").joined(wording("parser grammar"), 0.5)
    assert joined.weights == {parser: rarity(parser), grammar: rarity(grammar) / 2}
    assert wording("parser").joined(EMPTY, 0.5) == wording("parser")


# ---------------------------------------------------------------------------------------------- measures


def test_measures_of_equal_and_strange_wordings() -> None:
    one, other = wording("parse the grammar"), wording("deploy to clusters")
    assert cosine(one, one) == pytest.approx(1)
    assert containment(one, one) == pytest.approx(1)
    assert (cosine(one, other), containment(one, other), shared_weight(one, other)) == (0, 0, 0)
    assert (cosine(one, EMPTY), containment(one, EMPTY), shared_weight(one, EMPTY)) == (0, 0, 0)
    assert (cosine(EMPTY, EMPTY), containment(EMPTY, EMPTY), shared_weight(EMPTY, EMPTY)) == (0, 0, 0)


def test_measures_by_hand() -> None:
    one, other = Wording.weighted({"a": 3.0, "b": 4.0}), Wording.weighted({"a": 3.0, "c": 4.0, "d": 12.0})
    assert cosine(one, other) == pytest.approx(9 / (5 * 13))
    assert shared_weight(one, other) == 3
    assert containment(one, other) == pytest.approx(3 / 7)


def test_a_part_is_contained_but_not_equal() -> None:
    part, whole = wording("parse the grammar"), wording("parse the grammar of queries, then plan joins")
    assert containment(part, whole) == pytest.approx(1)
    assert cosine(part, whole) < 0.9


VOCABULARY = "parse grammar deploy clusters cache keys never log bodies 80% 3 times quaternions проверка".split()
TEXTS = st.lists(st.sampled_from(VOCABULARY), max_size=8).map(" ".join)


@given(TEXTS, TEXTS)
def test_every_measure_is_symmetric_and_in_range(one: str, other: str) -> None:
    a, b = wording(one), wording(other)
    for measure in (cosine, containment):
        assert 0 <= measure(a, b) == measure(b, a) <= 1
    assert 0 <= shared_weight(a, b) == shared_weight(b, a)
    assert -1.000001 <= agreement(meaning(one), meaning(other)) == agreement(meaning(other), meaning(one)) <= 1.000001


# ---------------------------------------------------------------------------------------------- meaning


def test_each_counted_stem_has_a_row_in_the_table_of_vectors() -> None:
    frequencies = (get_data("agentdiff", "data/stem-frequencies.tsv") or b"").decode().splitlines()[1:]
    vectors = get_data("agentdiff", "data/stem-vectors.bin") or b""
    assert len(frequencies) > 1000
    assert [line.split("\t")[0] for line in frequencies] == list(counted_stems())
    assert len(vectors) == len(frequencies) * DIMENSIONS


def test_the_last_stem_has_the_last_row() -> None:
    last = list(counted_stems())[-1]
    row = (get_data("agentdiff", "data/stem-vectors.bin") or b"")[-DIMENSIONS:]
    assert summed_vectors([last]) == tuple(byte - 256 if byte > 127 else byte for byte in row)


RELATED = [
    ("login", "authentication"),
    ("database", "postgresql"),
    ("tests", "coverage"),
    ("deploy", "kubernetes"),
    ("css", "layout"),
]


@pytest.mark.parametrize(("one", "other"), RELATED)
def test_related_words_agree_more_than_unrelated_ones(one: str, other: str) -> None:
    strangers = {word for pair in RELATED for word in pair} - {one, other}
    related = agreement(meaning(one), meaning(other))
    assert related > 0.3
    assert all(agreement(meaning(one), meaning(word)) < related for word in strangers)
    assert all(agreement(meaning(other), meaning(word)) < related for word in strangers)


def test_texts_about_one_matter_agree_without_a_common_word() -> None:
    one, other = "Store records in the database", "Write PostgreSQL queries and migrations"
    assert not set(stems(one)) & set(stems(other))
    strange = "Choose a warm colour palette for the brand"
    assert agreement(meaning(one), meaning(other)) > 0.3 > agreement(meaning(one), meaning(strange))


@pytest.mark.parametrize("text", ["", "the and of", "--- ... 🎉", "flibbertigibbet", "проверка", "世界语言"])
def test_texts_without_known_words_are_no_direction(text: str) -> None:
    assert summed_vectors(stems(text)) == meaning(text) == ()
    assert agreement(meaning(text), meaning("login")) == agreement(meaning("login"), meaning(text)) == 0


def test_unknown_words_change_no_direction() -> None:
    assert meaning("login flibbertigibbet") == meaning("login")


@pytest.mark.parametrize("text", ["login", "tests tests coverage", "Store records in the database", "code " * 500])
def test_a_direction_has_length_1(text: str) -> None:
    assert len(meaning(text)) == DIMENSIONS
    assert math.hypot(*meaning(text)) == pytest.approx(1)
    assert agreement(meaning(text), meaning(text)) == pytest.approx(1)


def test_a_vector_of_zeros_is_no_direction() -> None:
    assert direction((0,) * DIMENSIONS) == direction(()) == ()
    assert direction((3, 4)) == (0.6, 0.8)


def test_vectors_are_summed_in_any_order_each_as_often_as_given() -> None:
    login, tests = summed_vectors(["login"]), summed_vectors(["test"])
    assert summed_vectors(["login", "test", "login"]) == tuple(2 * a + b for a, b in zip(login, tests, strict=True))
    assert summed_vectors(["test", "login"]) == summed_vectors(["login", "test"])
