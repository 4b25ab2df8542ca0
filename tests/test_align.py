"""Which items and sections of two agents correspond."""

from __future__ import annotations

import pytest

from agentdiff import weights
from agentdiff.align import (
    COMMON_WORD,
    NEVER,
    Scored,
    align,
    best_pairs,
    candidates,
    item_scores,
    prepared,
)
from agentdiff.formats import parse
from agentdiff.model import Agent, Relation
from agentdiff.similarity import Statement


def agent(text: str, path: str = "a.md") -> Agent:
    return parse(text, path)


def item_pairs(old: Agent, new: Agent) -> list[tuple[str, str, str]]:
    """Text of both sides and relation of each item match."""
    return [(old.items[m.old].text, new.items[m.new].text, m.relation.value) for m in align(old, new).items]


def section_pairs(old: Agent, new: Agent) -> list[tuple[str, str]]:
    return [(old.sections[m.old].title, new.sections[m.new].title) for m in align(old, new).sections]


# ---------------------------------------------------------------------------------------------- items


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("- Parse the query grammar\n", "- parse the **query** grammar.\n", Relation.EQUAL),
        ("- Write unit tests for every parser\n", "- Every parser gets unit tests\n", Relation.EQUAL),
        ("- Cache parsed queries in Redis\n", "- Cache parsed queries in memory for 3 minutes\n", None),
        ("- Parse the query grammar\n", "- Deploy to clusters at night\n", None),
    ],
    ids=["same text", "same words", "alike", "strange"],
)
def test_two_items(one: str, other: str, relation: Relation | None) -> None:
    found = align(agent(one), agent(other)).items
    if relation is Relation.EQUAL:
        assert [match.relation for match in found] == [Relation.EQUAL]
    elif "Deploy" in other:
        assert found == ()
    else:
        assert len(found) == 1


def test_items_are_found_wherever_they_stand() -> None:
    old = agent("# Input\n- Parse the query grammar\n\n# Output\n- Print tables of joins\n")
    new = agent("**Joins:**\n- Print tables of joins\n\n**Queries:**\n- Parse the query grammar\n")
    assert item_pairs(old, new) == [
        ("Parse the query grammar", "Parse the query grammar", "equal"),
        ("Print tables of joins", "Print tables of joins", "equal"),
    ]


def test_identical_items_are_anchored_before_all_others() -> None:
    old = agent("- Write unit tests for parsers\n")
    new = agent("- Write unit tests for all parsers\n- Write unit tests for parsers\n")
    matches = align(old, new).items
    assert [(match.new, match.similarity, match.reason) for match in matches] == [(1, 1.0, "same text")]


def test_a_text_that_comes_twice_stays_under_its_title() -> None:
    old = agent("# Queries\n- Log errors\n\n# Joins\n- Log errors\n")
    new = agent("# Joins\n- Log errors\n\n# Plans\n- Log errors\n\n# Queries\n- Log errors\n")
    assert [(match.old, match.new) for match in align(old, new).items] == [(0, 2), (1, 0)]


def test_what_contradicts_is_never_equal() -> None:
    old, new = agent("- Retry failed jobs at most 3 times\n"), agent("- Retry failed jobs at most 5 times\n")
    (match,) = align(old, new).items
    assert (match.relation, match.reason) == (Relation.OVERLAP, "one says 3 times, the other 5 times")
    (same,) = align(old, agent("- Retry the failed jobs at most 3 times\n")).items
    assert same.relation is Relation.EQUAL


def test_role_statements_find_each_other() -> None:
    old = agent("You are an expert in parsers.\n\n- Deploy clusters\n")
    new = agent("- Plan joins\n\nAct as an expert in grammars.\n")
    assert item_pairs(old, new) == [("You are an expert in parsers.", "Act as an expert in grammars.", "overlap")]
    assert item_pairs(agent("- Be an expert in parsers\n"), new) == []


def test_layout_is_not_aligned() -> None:
    both = agent("---\n\n<!-- parse the grammar -->\n")
    assert align(both, both).items == ()


def test_matches_come_in_document_order() -> None:
    text = "- Parse grammars\n- Deploy clusters\n- Plan joins\n"
    shuffled = "- Plan joins\n- Parse grammars\n- Deploy clusters\n"
    assert [(match.old, match.new) for match in align(agent(text), agent(shuffled)).items] == [(0, 1), (1, 2), (2, 0)]


# ---------------------------------------------------------------------------------------------- sections


def test_sections_follow_from_titles_or_from_items() -> None:
    old = agent("# Testing Parsers\n- Deploy clusters\n\n# Input\n- Parse the query grammar\n- Print tables of joins\n")
    new = agent("# Rules\n- Parse the query grammar\n- Print tables of joins\n\n# Testing of Parsers\n- Cache keys\n")
    assert section_pairs(old, new) == [("Testing Parsers", "Testing of Parsers"), ("Input", "Rules")]


def test_sections_about_two_things_stay_alone() -> None:
    assert section_pairs(agent("# Testing\n- Write tests\n"), agent("# Deployment\n- Fill clusters\n")) == []


# ---------------------------------------------------------------------------------------------- the parts


def test_best_pairs_take_the_best_first() -> None:
    scored = [Scored(0, 0, 0.5, 1), Scored(0, 1, 0.6, 1), Scored(1, 1, 0.4, 1), Scored(1, 2, 0.2, 1)]
    assert [(pair.old, pair.new) for pair in best_pairs(scored, 0.3, NEVER)] == [(0, 1)]
    assert [(pair.old, pair.new) for pair in best_pairs(scored, 0.1, NEVER)] == [(0, 1), (1, 2)]


def test_only_a_strong_pair_is_a_second_partner() -> None:
    scored = [Scored(0, 0, 0.9, 1), Scored(0, 1, 0.8, 1), Scored(0, 2, 0.8, 1)]
    assert len(best_pairs(scored, 0.3, 0.85)) == 1
    assert [(pair.old, pair.new) for pair in best_pairs(scored, 0.3, 0.8)] == [(0, 0), (0, 1)]


def test_ties_go_to_the_nearest_then_to_the_earlier() -> None:
    scored = [Scored(2, 0, 0.5, 1), Scored(1, 0, 0.5, 1), Scored(1, 1, 0.5, 1), Scored(0, 0, 0.5, 1)]
    assert [(pair.old, pair.new) for pair in best_pairs(scored, 0.3, NEVER)] == [(0, 0), (1, 1)]


def test_candidates_share_rare_words() -> None:
    old = prepared(agent("- Parse quaternions\n- Use clusters\n")).statements
    new = prepared(agent("- Multiply quaternions\n- Use grammars\n")).statements
    assert list(candidates(old, new)) == [(0, 0)]
    assert list(candidates(old, new, {0})) == []
    assert list(candidates(old, new, frozenset(), {0})) == []


def test_a_word_that_all_share_finds_no_candidates() -> None:
    def said(word: str, count: int) -> tuple[Statement, ...]:
        return prepared(agent("".join(f"- quaternions {word}{number}x\n" for number in range(count)))).statements

    assert len(list(candidates(said("zebra", 3), said("ostrich", COMMON_WORD)))) == 3 * COMMON_WORD
    assert list(candidates(said("zebra", 3), said("ostrich", COMMON_WORD + 1))) == []
    assert list(candidates(said("zebra", COMMON_WORD + 1), said("ostrich", 3))) == []


def test_scores_tell_pairs_that_hold() -> None:
    scores = item_scores(
        prepared(agent("- Parse grammars\n- Plan the joins of queries\n")),
        prepared(agent("- Plan joins of all queries\n- Parse grammars\n")),
    )
    assert [(pair.old, pair.new) for pair in scores.anchors] == [(0, 1)]
    assert [(pair.old, pair.new) for pair in scores.matched()] == [(0, 1), (1, 0)]
    assert all(pair.similarity >= weights.ITEM_FLOOR for pair in scores.matched())


def test_a_section_with_a_partner_of_its_title_takes_no_second_one() -> None:
    body = "## Workflow\n\n### Planning\n\n- Read the policy for backups\n- Rehearse the restore of backups\n"
    twin = body + "\n### Planning priorities\n\n- Read the policy for backups first\n"
    agent = parse(twin, "a.md")
    edited = parse(twin.replace("Rehearse the restore", "Rehearse each restore"), "b.md")
    pairs = {
        (agent.sections[match.old].title, edited.sections[match.new].title) for match in align(agent, edited).sections
    }
    assert pairs == {(title, title) for title in ("Workflow", "Planning", "Planning priorities")}
