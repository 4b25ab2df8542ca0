"""Which pairs are looked at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.candidates import (
    COMMON_TITLE_WORD,
    COMMON_WORD,
    LEAST_SHARED_PART,
    LEAST_SHARED_RARITY,
    MOST_CANDIDATES,
    candidates,
    section_candidates,
)
from agentdiff.formats import parse
from agentdiff.similarity import Part, Statement, prepared
from agentdiff.vocabulary import shared_weight


def statements(text: str) -> tuple[Statement, ...]:
    return prepared(parse(text, "a.md")).statements


def bullets(*texts: str) -> tuple[Statement, ...]:
    return statements("".join(f"- {text}\n" for text in texts))


def parts(text: str) -> tuple[Part, ...]:
    return prepared(parse(text, "a.md")).parts


# ---------------------------------------------------------------------------------------------- items


def test_candidates_share_rare_words() -> None:
    old, new = bullets("Parse quaternions", "Use clusters"), bullets("Multiply quaternions", "Use grammars")
    assert list(candidates(old, new)) == [(0, 0)]


def test_who_is_left_out_is_no_candidate() -> None:
    old, new = bullets("Parse quaternions", "Plan quaternions"), bullets("Multiply quaternions", "Draw quaternions")
    assert sorted(candidates(old, new)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert sorted(candidates(old, new, {0})) == [(1, 0), (1, 1)]
    assert sorted(candidates(old, new, frozenset(), {0})) == [(0, 1), (1, 1)]
    assert sorted(candidates(old, new, {0, 1})) == []


def test_what_is_left_out_makes_no_word_common() -> None:
    many = bullets(*(f"quaternions zebra{number}x" for number in range(COMMON_WORD + 1)))
    one = bullets("quaternions ostrich")
    assert list(candidates(one, many)) == []
    assert len(list(candidates(one, many, frozenset(), {0}))) == COMMON_WORD


def test_role_statements_need_no_word_in_common() -> None:
    roles = statements("You are a gardener.\n"), statements("Act as the keeper of parks.\n")
    assert list(candidates(*roles)) == [(0, 0)]
    assert list(candidates(*roles, {0})) == list(candidates(*roles, frozenset(), {0})) == []
    assert list(candidates(roles[0], bullets("Act as the keeper of parks"))) == []


@pytest.mark.parametrize("text", ["...", "🎉", "the and of", "!?"])
def test_statements_without_words_are_no_candidates(text: str) -> None:
    assert list(candidates(bullets(text), bullets(text, "Parse quaternions"))) == []
    assert list(candidates((), bullets(text))) == list(candidates(bullets(text), ())) == []


def test_a_word_that_all_share_finds_no_candidates() -> None:
    def said(word: str, count: int) -> tuple[Statement, ...]:
        return bullets(*(f"quaternions {word}{number}x" for number in range(count)))

    assert len(list(candidates(said("zebra", 3), said("ostrich", COMMON_WORD)))) == 3 * COMMON_WORD
    assert list(candidates(said("zebra", 3), said("ostrich", COMMON_WORD + 1))) == []
    assert list(candidates(said("zebra", COMMON_WORD + 1), said("ostrich", 3))) == []


def test_each_keeps_its_most_promising() -> None:
    """Statements in a ring: the nearer two are, the more words they share."""
    count, said = 3 * MOST_CANDIDATES, MOST_CANDIDATES + 5
    words = [f"zebra{number}x" for number in range(count)] * 2
    ring = bullets(*(" ".join(words[number : number + said]) for number in range(count)))
    near = MOST_CANDIDATES // 2
    expected = {(left, (left + step) % count) for left in range(count) for step in range(-near, near + 1)}
    assert set(candidates(ring, ring)) == expected


def test_who_has_no_better_partner_keeps_the_one_it_has() -> None:
    words = [f"zebra{number}x" for number in range(MOST_CANDIDATES + 15)]
    hub = bullets(" ".join(words))
    shorter = bullets(*(" ".join(words[:count]) for count in range(1, len(words) + 1)))
    assert len(list(candidates(hub, shorter))) == len(list(candidates(shorter, hub))) == len(words)


def test_candidates_grow_with_the_size_of_the_files_not_with_its_square() -> None:
    def said(groups: int, verb: str) -> tuple[Statement, ...]:
        return bullets(*(f"{verb} zebra{group}x {verb}{number}y" for group in range(groups) for number in range(8)))

    small, large = (len(list(candidates(said(size, "parse"), said(size, "draw")))) for size in (10, 40))
    assert small == 10 * 8 * 8
    assert large == 4 * small


WORDS = "parse grammar deploy clusters cache keys log bodies zebra ostrich quaternions code".split()
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join), min_size=1, max_size=6)


def is_candidate(a: Statement, b: Statement) -> bool:
    """The rule without an index."""
    shared, least = round(shared_weight(a.words, b.words), 6), min(a.words.total, b.words.total)
    return shared >= LEAST_SHARED_RARITY and shared / least >= LEAST_SHARED_PART


@given(TEXTS, TEXTS)
def test_in_small_files_the_index_finds_what_comparing_all_would_find(one: list[str], other: list[str]) -> None:
    old, new = bullets(*one), bullets(*other)
    slow = [(left, right) for left, a in enumerate(old) for right, b in enumerate(new) if is_candidate(a, b)]
    assert sorted(candidates(old, new)) == slow
    assert sorted((left, right) for right, left in candidates(new, old)) == slow


# ---------------------------------------------------------------------------------------------- sections


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("# Testing Parsers\n", "# Parsers\n", [(0, 0)]),
        ("# Zebra\n", "# Ostrich\n", []),
        ("# Zebra\n\nYou are a gardener.\n", "# Ostrich\n\nAct as the keeper of parks.\n", [(0, 0)]),
        ("# Zebra\n\nYou are a gardener.\n", "# Ostrich\n\n- Keep parks\n", []),
        ("Prune roses.\n", "Keep parks.\n", [(0, 0)]),
        ("# Zebra\n\n# Quagga\n", "# Quagga\n\n# Zebra\n", [(0, 1), (1, 0)]),
        ("# 🎉\n", "# 🎉\n", []),
    ],
    ids=["word", "strange", "roles", "one role", "leads", "in order", "no words"],
)
def test_sections_share_words_or_the_top(old: str, new: str, expected: list[tuple[int, int]]) -> None:
    assert section_candidates(parts(old), parts(new), frozenset()) == expected
    back = section_candidates(parts(new), parts(old), frozenset())
    assert sorted((left, right) for right, left in back) == expected


def test_sections_between_which_items_correspond_are_candidates() -> None:
    old, new = parts("# Zebra\n\n# Quagga\n"), parts("# Ostrich\n\n# Quagga\n")
    assert section_candidates(old, new, {(1, 0), (0, 1)}) == [(0, 1), (1, 0), (1, 1)]


def test_a_word_of_too_many_titles_finds_no_sections() -> None:
    def titled(count: int) -> tuple[Part, ...]:
        return parts("".join(f"# Zebra {number}\n\n" for number in range(1000, 1000 + count)))

    one = parts("# Zebra crossing\n")
    assert len(section_candidates(one, titled(COMMON_TITLE_WORD), frozenset())) == COMMON_TITLE_WORD
    assert section_candidates(one, titled(COMMON_TITLE_WORD + 1), frozenset()) == []


def test_no_sections_no_candidates() -> None:
    assert section_candidates((), parts("# Zebra\n"), frozenset()) == []
    assert section_candidates(parts("# Zebra\n"), (), frozenset()) == []
