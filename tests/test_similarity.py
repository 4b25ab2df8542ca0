"""What two statements, or two sections, have in common."""

from __future__ import annotations

import math
from itertools import pairwise, product
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.formats import parse
from agentdiff.model import Item, ItemKind, Span
from agentdiff.similarity import (
    ITEM_FEATURES,
    MOST_RANKED,
    NO_TITLES,
    SECOND_ITEM_FEATURES,
    SECOND_SECTION_FEATURES,
    SECTION_FEATURES,
    STANDING_FEATURES,
    Between,
    Part,
    Prepared,
    Sizes,
    Statement,
    Titles,
    facts,
    item_features,
    logistic,
    prepared,
    section_features,
    shared_words,
    standings,
    statement,
)
from agentdiff.vocabulary import EMPTY, Wording, agreement, cosine, direction, stem_of, stems, summed_vectors
from agentdiff.weights import WORDS

SIZES = Sizes.of(10, 20)


def said(text: str, kind: ItemKind = ItemKind.BULLET, title: str = "") -> Statement:
    words = Wording.of(stems(title))
    vector = summed_vectors(words.weights)
    titles = Titles(words, vector, direction(vector)) if title else NO_TITLES
    return statement(Item(0, 0, kind, text, Span(1, 1), None), titles)


def read(text: str) -> Prepared:
    return prepared(parse(text, "a.md"))


def item_numbers(a: Statement, b: Statement) -> dict[str, float]:
    """The features of two statements by name."""
    return dict(zip(ITEM_FEATURES, item_features(a, b, SIZES), strict=True))


def section_numbers(a: Part, b: Part, between: Between) -> dict[str, float]:
    """The features of two sections by name."""
    return dict(zip(SECTION_FEATURES, section_features(a, b, between, SIZES), strict=True))


# ---------------------------------------------------------------------------------------------- the model


def test_the_logistic_function_stays_in_range() -> None:
    assert logistic((0.0,), (1.0,)) == 0.5
    assert logistic((1.0, -2.0), (2.0, 1.0)) == 0.5
    assert 0 < logistic((-1000.0,), (1.0,)) < logistic((1000.0,), (1.0,)) <= 1


@pytest.mark.parametrize(
    ("names", "weights"),
    [
        (ITEM_FEATURES, WORDS.item_first),
        (SECOND_ITEM_FEATURES, WORDS.item_pair),
        (SECOND_ITEM_FEATURES, WORDS.item_equal),
        (SECTION_FEATURES, WORDS.section_first),
        (SECOND_SECTION_FEATURES, WORDS.section_pair),
        (SECOND_SECTION_FEATURES, WORDS.section_same),
    ],
    ids=WORDS._fields,
)
def test_every_feature_has_a_name_of_its_own_and_a_weight(names: tuple[str, ...], weights: tuple[float, ...]) -> None:
    assert len(names) == len(set(names)) == len(weights)
    assert all(map(math.isfinite, weights))


def test_the_second_look_sees_all_that_the_first_saw() -> None:
    for first, second in ((ITEM_FEATURES, SECOND_ITEM_FEATURES), (SECTION_FEATURES, SECOND_SECTION_FEATURES)):
        assert second[: len(first) + len(STANDING_FEATURES)] == (*first, *STANDING_FEATURES)


# ---------------------------------------------------------------------------------------------- statements


@pytest.mark.parametrize("text", ["**Caching**: keep results", "Caching: keep results", "**Caching** - keep results"])
def test_the_words_before_a_colon_or_in_bold_are_the_head(text: str) -> None:
    assert set(said(text).head.weights) == {stem_of("caching")}
    assert said(text).gist == said("caching").meaning != said(text).meaning


@pytest.mark.parametrize("text", ["keep results", "keep **results**", "see http://x"])
def test_other_statements_have_no_head_and_their_gist_is_all_they_say(text: str) -> None:
    assert "keep" not in said(text).head.weights
    assert said("keep results").gist == said("keep results").meaning


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


def test_neighbouring_words_are_known() -> None:
    parser, reads, grammars = map(stem_of, ("parser", "reads", "grammars"))
    assert said("The parser reads grammars").pairs == frozenset({(parser, reads), (reads, grammars)})
    assert said("parser").pairs == frozenset()


@pytest.mark.parametrize("text", ["...", "🎉", "👍 🎉", "the and of", "!?", "`---`"])
def test_a_statement_without_words_says_nothing(text: str) -> None:
    each = said(text)
    assert (each.words, each.enriched, each.head, each.pairs) == (EMPTY, EMPTY, EMPTY, frozenset())
    assert (each.vector, each.meaning, each.gist, each.setting) == ((), (), (), ())


def test_under_a_title_a_statement_without_words_is_about_that_title() -> None:
    each = said("...", title="login")
    assert each.words == EMPTY
    assert each.meaning == each.setting == said("login").meaning
    assert each.gist == ()


def test_titles_above_count_towards_the_wording_and_the_meaning() -> None:
    alone, titled, topic = said("keep results"), said("keep results", title="login"), said("login")
    assert cosine(titled.enriched, topic.enriched) > cosine(alone.enriched, topic.enriched) == 0
    assert agreement(titled.meaning, topic.meaning) > agreement(alone.meaning, topic.meaning)
    assert titled.words == alone.words
    assert (titled.vector, titled.gist) == (alone.vector, alone.gist)


def test_the_rarest_shared_words_come_first_in_their_shortest_writing() -> None:
    named = shared_words(said("testing quaternions"), said("test the quaternion code"), 4)
    assert named == ["quaternion", "test"]
    assert shared_words(said("testing quaternions"), said("test the quaternion code"), 1) == ["quaternion"]
    assert shared_words(said("testing"), said("deploy"), 4) == []
    assert shared_words(said("..."), said("🎉"), 4) == []


# ---------------------------------------------------------------------------------------------- features of items


def test_features_tell_likeness() -> None:
    like = item_numbers(said("Run the `x` tests 3 times"), said("run the `x` tests 3 times!"))
    unlike = item_numbers(said("Run the `x` tests 3 times"), said("Deploy `y`"))
    full = ("cosine with titles", "jaccard", "letters", "meaning", "gist", "same kind")
    assert [like[name] for name in full] == pytest.approx([1.0] * len(full))
    assert all(like[name] > unlike[name] for name in ("cosine with titles", "jaccard", "letters", "meaning"))
    assert like["word pairs"] > unlike["word pairs"] == 0
    assert like["shared rarity"] > unlike["shared rarity"] == 0


@pytest.mark.parametrize(
    ("one", "other", "name", "expected"),
    [
        (said("**Caching**: keep results"), said("Set up caching"), "head in text", True),
        (said("**Caching**: keep results"), said("Keep results"), "head in text", False),
        (said("**Caching**: keep results"), said("**Joins**: plan"), "both labelled", True),
        (said("**Caching**: keep results"), said("Plan joins"), "both labelled", False),
        (said("You are a", ItemKind.PARAGRAPH), said("Act as b", ItemKind.PARAGRAPH), "both roles", True),
        (said("You are a", ItemKind.PARAGRAPH), said("Act as b"), "both roles", False),
        (said("make", ItemKind.CODE), said("make", ItemKind.CODE), "same kind", True),
        (said("make", ItemKind.PARAGRAPH), said("make"), "same kind", True),
        (said("make", ItemKind.CODE), said("make"), "same kind", False),
    ],
)
def test_features_by_name(one: Statement, other: Statement, name: str, expected: bool) -> None:
    assert (item_numbers(one, other)[name] > 0.5) is expected
    assert expected or item_numbers(one, other)[name] == 0


def test_meaning_is_seen_where_no_word_is_shared() -> None:
    one, other = said("Store records in the database"), said("Write PostgreSQL queries and migrations")
    strange = said("Choose a warm colour palette for the brand")
    assert item_numbers(one, other)["shared rarity"] == item_numbers(one, strange)["shared rarity"] == 0
    assert item_numbers(one, other)["meaning"] > 0.3 > item_numbers(one, strange)["meaning"]


def test_sizes() -> None:
    assert Sizes.of(25, 100) == Sizes.of(100, 25) == pytest.approx((math.log(2500), math.log(4)))
    assert Sizes.of(0, 5) == Sizes.of(1, 5)
    assert Sizes.of(0, 0) == Sizes.of(1, 1)
    assert Sizes.of(10**6, 10**6) == Sizes.of(10**5, 10**5)
    assert Sizes.of(1, 1).product < Sizes.of(50, 50).product < Sizes.of(10**6, 10**6).product


WORDS_SAID = (
    "parse grammar deploy clusters cache keys never log bodies 80% 3 times `x` login 🎉 the **Keys**: ...".split()
)
SENTENCES = st.lists(st.sampled_from(WORDS_SAID), max_size=7).map(" ".join)
STATEMENTS = st.builds(
    said,
    st.one_of(SENTENCES, SENTENCES.map("You are {}".format), SENTENCES.map("Caching: {}".format)),
    st.sampled_from([ItemKind.BULLET, ItemKind.PARAGRAPH, ItemKind.CODE]),
    st.sampled_from(["", "Login", "Cache keys", "🎉"]),
)


@given(STATEMENTS, STATEMENTS, st.integers(0, 300), st.integers(0, 300))
def test_all_features_of_items_are_symmetric_and_finite(a: Statement, b: Statement, old: int, new: int) -> None:
    features = item_features(a, b, Sizes.of(old, new))
    assert features == item_features(b, a, Sizes.of(new, old))
    assert len(features) == len(ITEM_FEATURES)
    assert features[0] == 1
    assert all(map(math.isfinite, features))
    assert shared_words(a, b, 3) == shared_words(b, a, 3)


@given(STATEMENTS)
def test_directions_of_a_statement_have_length_1_or_are_unknown(each: Statement) -> None:
    for found in (each.meaning, each.gist, each.setting):
        assert found == () or math.hypot(*found) == pytest.approx(1)


# ---------------------------------------------------------------------------------------------- agents

AGENT = """# Parser

You are a parser expert.

## Grammar

- parse grammars

### Queries

- plan joins

---
"""


def test_sections_hold_what_their_subsections_say() -> None:
    agent = read(AGENT)
    assert [each.text for each in agent.statements] == ["you are a parser expert.", "parse grammars", "plan joins"]
    assert [(part.key, part.statements) for part in agent.parts] == [
        ("parser", (0, 1, 2)),
        ("grammar", (1, 2)),
        ("queries", (2,)),
    ]
    assert [part.has_subsections for part in agent.parts] == [True, True, False]
    assert stem_of("joins") in agent.parts[1].content.weights
    assert stem_of("joins") not in agent.parts[1].own.weights
    assert agent.parts[2].path.weights[stem_of("parser")] < agent.parts[0].path.weights[stem_of("parser")]


def test_the_meaning_of_a_section_is_that_of_its_title_path_and_items() -> None:
    outer, inner = read("# Login\n\n- Store records in the database\n\n## Tests\n\n- Write unit tests\n").parts
    login, database, tests = said("login"), said("Store records in the database"), said("Write unit tests")
    assert outer.title_meaning == pytest.approx(login.meaning)
    assert outer.path_meaning == pytest.approx(login.meaning)
    assert outer.own_meaning == pytest.approx(database.meaning)
    assert inner.own_meaning == inner.content_meaning == pytest.approx(tests.meaning)
    assert agreement(outer.content_meaning, tests.meaning) > agreement(outer.own_meaning, tests.meaning)
    assert agreement(inner.path_meaning, login.meaning) > agreement(inner.title_meaning, login.meaning)


@pytest.mark.parametrize(
    ("text", "openings", "opener"),
    [
        (AGENT, [True, False, False], 0),
        ("Hello.\n\n# A\n\nYou are b.\n", [True, False], None),
        ("# A\n\n- a\n\n# B\n\nYou are b.\n", [False, True], 1),
        ("Hello.\n\nYou are b.\n", [True], 1),
        ("# A\n\n- a\n", [False], None),
    ],
)
def test_the_opening_is_the_lead_or_the_first_role(text: str, openings: list[bool], opener: int | None) -> None:
    agent = read(text)
    assert [part.is_opening for part in agent.parts] == openings
    assert agent.opener == opener


@pytest.mark.parametrize(
    "text",
    [
        "---\nname: a\n---\n",
        "# \n\n# \n",
        "---\n",
        "- ...\n",
        "- 🎉\n",
        "# 🎉\n\n- the\n",
        "```\n```\n",
        "<!-- a -->\n",
    ],
)
def test_agents_without_sections_items_or_words_can_be_prepared(text: str) -> None:
    agent = read(text)
    assert len(agent.parts) == len(agent.agent.sections)
    assert all(each.words == EMPTY for each in agent.statements)
    assert all(part.content == part.own == EMPTY and part.content_meaning == () for part in agent.parts)
    assert agent.opener is None


# ---------------------------------------------------------------------------------------------- features of sections

BETWEEN = Between(covered=(0.75, 0.25), corresponding=1.5, titles_above=0.5, place=0.125)


def test_what_is_known_between_two_sections_is_told() -> None:
    parser, grammar, queries = read(AGENT).parts
    numbers = section_numbers(parser, queries, BETWEEN)
    assert numbers["covered, the less covered"] == 0.25
    assert numbers["covered, the more covered"] == 0.75
    assert numbers["corresponding"] == math.log1p(1.5)
    assert numbers["meaning of titles above"] == 0.5
    assert numbers["place"] == 0.125
    assert (numbers["many sections"], numbers["files of unlike size"]) == SIZES
    assert (numbers["both openings"], numbers["one opening"], numbers["one has subsections"]) == (0, 1, 1)
    assert numbers["level"] == 0
    both = section_numbers(parser, parser, BETWEEN)
    assert (both["both openings"], both["one opening"], both["one has subsections"], both["level"]) == (1, 0, 0, 1)
    assert section_numbers(grammar, queries, BETWEEN)["both openings"] == 0


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (AGENT, [True, False, False]),
        ("# Parser\n\n- a\n", [False]),
        ("# Parser\n\n## Keys\n\n# Joins\n", [False, False, False]),
    ],
    ids=["over all others", "alone", "one of two"],
)
def test_only_one_title_over_all_others_is_that_of_the_whole(text: str, whole: list[bool]) -> None:
    parts = read(text).parts
    assert [part.is_whole for part in parts] == whole
    numbers = section_numbers(parts[0], read(AGENT).parts[0], BETWEEN)
    assert (numbers["both title the whole"], numbers["one titles the whole"]) == ((1, 0) if whole[0] else (0, 1))
    lower = section_numbers(parts[-1], read(AGENT).parts[-1], BETWEEN)
    assert (lower["both title the whole"], lower["one titles the whole"]) == (0, 0)


def test_titles_are_the_same_only_where_there_are_words() -> None:
    login, other, blank = (read(f"# {title}\n\n- a\n").parts[0] for title in ("**Login**", "login", ""))
    assert section_numbers(login, other, BETWEEN)["same title"] == 1
    assert section_numbers(login, other, BETWEEN)["title cosine"] == pytest.approx(1)
    assert section_numbers(login, other, BETWEEN)["title meaning"] == pytest.approx(1)
    nothing = section_numbers(blank, blank, BETWEEN)
    assert (nothing["same title"], nothing["title cosine"], nothing["title meaning"]) == (0, 0, 0)


def test_all_features_of_sections_are_symmetric_and_finite() -> None:
    parts = [
        *read(AGENT).parts,
        *read("You help.\n\n# Login\n\n- Write unit tests\n\n## 🎉\n\n- ...\n\n# \n\n# Parser\n").parts,
    ]
    swapped = BETWEEN._replace(covered=BETWEEN.covered[::-1])
    for a, b in product(parts, parts):
        features = section_features(a, b, BETWEEN, Sizes.of(3, 5))
        assert features == section_features(b, a, swapped, Sizes.of(5, 3))
        assert len(features) == len(SECTION_FEATURES)
        assert features[0] == 1
        assert all(map(math.isfinite, features))


# ---------------------------------------------------------------------------------------------- standings

LOOKS = {
    (0, 0): 0.9,
    (0, 1): 0.6,
    (0, 2): 0.3,
    (1, 1): 0.7,
    (2, 0): 0.2,
    (3, 3): 0.4,
}


@pytest.mark.parametrize(
    ("pair", "strongest", "weaker", "better", "worse"),
    [
        ((0, 0), 0.6, 0.2, 0, 0),
        ((0, 1), 0.9, 0.7, 1, 1),
        ((0, 2), 0.9, 0.0, 0, 2),
        ((1, 1), 0.6, 0.0, 0, 0),
        ((2, 0), 0.9, 0.0, 0, 1),
        ((3, 3), 0.0, 0.0, 0, 0),
    ],
    ids=["best of both", "second of both", "last of one", "best, alone on one side", "alone, second", "alone"],
)
def test_standings(pair: tuple[int, int], strongest: float, weaker: float, better: float, worse: float) -> None:
    expected = dict(zip(STANDING_FEATURES, (LOOKS[pair], strongest, weaker, better, worse), strict=True))
    assert dict(zip(STANDING_FEATURES, standings(LOOKS)[pair], strict=True)) == expected


def test_a_tie_is_a_rival_but_no_better_one() -> None:
    assert standings({(0, 0): 0.5, (0, 1): 0.5})[0, 0] == (0.5, 0.5, 0.0, 0, 0)


def test_ranks_beyond_the_last_are_one() -> None:
    found = standings({(0, number): 1 / (number + 1) for number in range(MOST_RANKED + 4)})
    assert [row[-1] for row in found.values()] == [*range(MOST_RANKED), *[MOST_RANKED] * 4]
    assert {row[-2] for row in found.values()} == {0}


def test_no_pairs_no_standings() -> None:
    assert standings({}) == {}


LOOKS_GIVEN = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), st.sampled_from([0.1, 0.5, 0.9]), max_size=15
)


@given(LOOKS_GIVEN)
def test_standings_do_not_know_sides_or_order(looks: dict[tuple[int, int], float]) -> None:
    found = standings(looks)
    assert found.keys() == looks.keys()
    assert standings(dict(reversed(looks.items()))) == found
    swapped = standings({(right, left): look for (left, right), look in looks.items()})
    assert {(right, left): row for (left, right), row in swapped.items()} == found
    for own, strongest, weaker, better, worse in found.values():
        assert 0 <= weaker <= strongest <= 1
        assert 0 <= better <= worse <= MOST_RANKED
        assert (strongest > own) == (worse > 0)


@given(LOOKS_GIVEN)
def test_within_a_row_ranks_follow_the_looks(looks: dict[tuple[int, int], float]) -> None:
    one_row = {pair: look for pair, look in looks.items() if pair[0] == 0}
    ordered = sorted(standings(one_row).values(), key=itemgetter(0), reverse=True)
    assert all((a[-1] < b[-1]) == (a[0] > b[0]) for a, b in pairwise(ordered))
