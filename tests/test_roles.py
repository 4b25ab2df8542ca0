"""Key words of agents, neighbours by them, clusters of one role."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise, permutations
from math import isclose, sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.roles import MOST_NEIGHBOURS, MOST_TERMS, STATEMENTS, Term, stars, terms

SPICE = "Tune chili, cumin and turmeric for the curry. Roast cumin seeds before grinding turmeric."
SPICE_TOO = "Grind roasted cumin with turmeric; a curry wants chili last."
KNOTS = "Tie a bowline with the hawser. Whip the hawser end, then splice the bowline."
KNOTS_TOO = "Every hawser gets a splice; check the bowline and the whipping."
LETTERS = "Kern the glyphs of the typeface. Hinting keeps glyphs crisp, ligatures join them."


def likeness(a: Iterable[Term], b: Iterable[Term]) -> float:
    """Cosine of two agents that stand alone in their collections."""
    left, right = ({each.term: each.frequency * each.rarity for each in side} for side in (a, b))
    shared = sum(left[term] * right[term] for term in left.keys() & right.keys())
    return shared / sqrt(sum(w * w for w in left.values()) * sum(w * w for w in right.values()))


def numbers(found: Iterable[Term]) -> list[int]:
    return [each.term for each in found]


# ---------------------------------------------------------------------------------------------- key words


def test_agents_of_one_trade_are_alike_in_other_words() -> None:
    assert likeness(terms("", SPICE), terms("", SPICE_TOO)) > 0.5
    assert likeness(terms("", KNOTS), terms("", KNOTS_TOO)) > 0.5
    assert likeness(terms("", SPICE), terms("", KNOTS)) < 0.1


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (f"# Spice Master\n\n{SPICE}", "a title at the beginning repeats the name"),
        (f"\n\n# Spice Master\n## At your service\n{SPICE}", "two of them do"),
        (SPICE.upper(), "case tells nothing"),
        (f"{SPICE} 1 22 333 the of and x", "numbers, function words and letters tell nothing"),
        (f"**{SPICE}** 🌶 —", "marks tell nothing, emojis and dashes among them"),
        (SPICE.replace("\n", "\r\n"), "nor do line endings"),
    ],
)
def test_what_does_not_count(other: str, why: str) -> None:
    assert terms("", other) == terms("", SPICE), why


@pytest.mark.parametrize(
    ("description", "body", "why"),
    [
        ("", f"{SPICE}\n\n# Bowline\n", "a later title counts"),
        ("Ties a bowline.", SPICE, "the description counts"),
        ("", f"Bowline. {SPICE}", "a word more counts"),
    ],
)
def test_what_counts(description: str, body: str, why: str) -> None:
    (bowline,) = numbers(terms("", "bowline"))
    assert bowline not in numbers(terms("", SPICE))
    assert bowline in numbers(terms(description, body)), why


def test_heaviest_first_each_once_and_bounded() -> None:
    body = " ".join(
        f"{first}{second}ond " * (1 + (first < second)) for first in "bdfgklmnprst" for second in "aeiouyhw"
    )
    found = terms("Plain words", body)
    weights = [each.frequency * each.rarity for each in found]
    assert len(found) == MOST_TERMS == len(set(numbers(found)))
    assert all(a >= b or isclose(a, b) for a, b in pairwise(weights))
    assert all(each.frequency > 0 and each.rarity > 0 and -(2**63) <= each.term < 2**63 for each in found)


BOWLINE = 7977185776310163033


def test_the_number_of_a_stem_never_changes() -> None:
    assert numbers(terms("", "bowline")) == numbers(terms("", "Bowlines")) == [BOWLINE]


@pytest.mark.parametrize("text", ["", " \n", "# Title alone", "#" * 5000, "1 2 3", "the of", "🌶" * 99, "\x00\x00"])
def test_nothing_said(text: str) -> None:
    assert terms(text if not text.startswith("#") else "", text) == ()


def test_scripts_without_blanks_share_words() -> None:
    one, other = "数据库专家负责优化查询", "优化查询的数据库管理员"
    assert likeness(terms("", one), terms("", other)) > 0.3


def test_an_endless_text_costs_a_bounded_part() -> None:
    assert terms("", "bowline " * 20_000 + "hawser " * 1_000_000) == terms("", "bowline " * 12_500)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_terms(description: str, body: str) -> None:
    found = terms(description, body)
    assert found == terms(description, body)
    assert len(found) <= MOST_TERMS and len(set(numbers(found))) == len(found)


# ---------------------------------------------------------------------------------------------- neighbours

Agents = dict[str, tuple[str, str]]
"""Collection and body of each agent, by its key."""

FIVE: Agents = {
    "a": ("east", SPICE),
    "b": ("west", SPICE_TOO),
    "c": ("east", KNOTS),
    "d": ("west", KNOTS_TOO),
    "e": ("west", LETTERS),
}


def made(agents: Agents) -> Any:
    """A database in which all statements have run."""
    duckdb = pytest.importorskip("duckdb")
    rows = [(key, where, *each) for key, (where, body) in agents.items() for each in terms("", body)]
    database = duckdb.connect()
    database.execute(
        "CREATE TABLE role_terms (agent VARCHAR, collection VARCHAR, term BIGINT, frequency DOUBLE, rarity DOUBLE)"
    )
    if rows:
        database.executemany("INSERT INTO role_terms VALUES (?, ?, ?, ?, ?)", rows)
    for name, query in STATEMENTS:
        database.execute(f"CREATE TABLE {name} AS {query}")
    return database


def edges(agents: Agents) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = made(agents).execute("SELECT a, b FROM role_edges ORDER BY a, b").fetchall()
    return found


def test_edges_join_one_role_across_collections() -> None:
    assert edges(FIVE) == [("a", "b"), ("c", "d")]


def test_similarity_is_the_cosine() -> None:
    (found,) = made(FIVE).execute("SELECT similarity FROM role_edges WHERE a = 'a'").fetchall()
    assert isclose(found[0], likeness(terms("", SPICE), terms("", SPICE_TOO)), abs_tol=1e-5)


def test_the_order_of_agents_does_not_matter() -> None:
    query = "SELECT * FROM role_neighbours ORDER BY a, place"
    wanted = made(FIVE).execute(query).fetchall()
    assert wanted == made(dict(reversed(FIVE.items()))).execute(query).fetchall()


@pytest.mark.parametrize(
    ("agents", "wanted"),
    [
        ({}, []),
        ({"a": ("east", SPICE)}, []),
        ({"a": ("east", SPICE), "b": ("east", SPICE_TOO)}, []),  # a collection holds each role once
        ({"a": ("east", SPICE), "b": ("west", KNOTS)}, []),
        ({"a": ("east", SPICE), "b": ("west", SPICE), "c": ("west", SPICE_TOO)}, [("a", "b")]),  # the nearest alone
    ],
)
def test_which_edges_there_are(agents: Agents, wanted: list[tuple[str, str]]) -> None:
    assert edges(agents) == wanted


def test_words_on_every_page_of_a_collection_join_nothing() -> None:
    template = " Escalate to the quartermaster; log each rendezvous in the almanac, then hoist the ensign."
    trades = [SPICE, KNOTS, LETTERS, "Prune roses.", "Shoe horses.", "Brew lager.", "Glaze pots.", "Weave linen."]
    east: Agents = {f"e{number}": ("east", trade + template) for number, trade in enumerate(trades)}
    stranger: Agents = {"w": ("west", "Carve oak." + template), "x": ("west", SPICE_TOO)}
    assert edges(east | stranger) == [("e0", "x")]
    few: Agents = {key: east[key] for key in ("e3", "e4")}
    assert edges(few | stranger) != []  # two agents cannot tell what is common among them


def test_each_agent_has_a_bounded_number_of_neighbours() -> None:
    many: Agents = {f"a{number:02}": (f"c{number}", SPICE) for number in range(3 * MOST_NEIGHBOURS)}
    counts = made(many).execute("SELECT a, COUNT(*) FROM role_neighbours GROUP BY a").fetchall()
    assert len(counts) == len(many) and {count for _, count in counts} == {MOST_NEIGHBOURS}


def test_statements_are_portable() -> None:
    text = " ".join(query for _, query in STATEMENTS).upper()
    assert not re.search(r"\[|\bLIST|\bARRAY|\bUNNEST|\bEXPLODE|\bQUALIFY|::|\bUSING SAMPLE|\bASOF\b", text)
    assert [name for name, _ in STATEMENTS][-1] == "role_edges"


# ---------------------------------------------------------------------------------------------- clusters


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([], {}),
        ([("a", "b", 0.6)], {"a": "a", "b": "a"}),
        ([("a", "b", 0.6), ("b", "c", 0.6)], {"a": "b", "b": "b", "c": "b"}),
        # a chain is cut: b takes a and c, and d keeps e
        (
            [("a", "b", 0.7), ("b", "c", 0.7), ("c", "d", 0.5), ("d", "e", 0.5)],
            dict(zip("abcde", "bbbdd", strict=True)),
        ),
        # d is left alone, since its only neighbour belongs to b
        ([("a", "b", 0.7), ("b", "c", 0.7), ("c", "d", 0.5)], dict(zip("abc", "bbb", strict=True))),
        ([("a", "b", 0.6), ("c", "d", 0.9), ("b", "c", 0.6)], {"b": "c", "c": "c", "d": "c"}),
    ],
)
def test_stars(given: list[tuple[str, str, float]], wanted: dict[str, str]) -> None:
    for order in permutations(given):
        assert stars(order) == wanted
        assert stars((b, a, similarity) for a, b, similarity in order) == wanted


@given(st.dictionaries(st.tuples(st.integers(0, 9), st.integers(0, 9)), st.floats(0.5, 1), max_size=30))
def test_every_member_has_an_edge_to_its_centre(found: dict[tuple[int, int], float]) -> None:
    given = {pair: similarity for pair, similarity in found.items() if pair[0] < pair[1]}
    centres = stars((a, b, similarity) for (a, b), similarity in given.items())
    for member, centre in centres.items():
        assert centres[centre] == centre
        assert member == centre or (min(member, centre), max(member, centre)) in given
    assert len(set(centres.values())) * 2 <= len(centres)
