"""Which items and sections of two agents correspond."""

from __future__ import annotations

import pytest

from agentdiff import weights
from agentdiff.align import align, align_prepared, matched_items, matched_sections
from agentdiff.formats import parse
from agentdiff.model import Agent, Alignment, Relation
from agentdiff.pairing import Scored
from agentdiff.scoring import Scores, scores
from agentdiff.similarity import prepared


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
    listed = align(agent("- You are an expert in parsers.\n"), agent("- Act as an expert in grammars.\n")).items
    assert align(old, new).items[0].similarity > max((match.similarity for match in listed), default=0.0)


def test_other_words_for_the_same_matter_find_each_other() -> None:
    section = "# Database\n\n- {}\n- Create indexes for slow queries\n- Choose colours for the logo\n"
    old = agent(section.format("Store the records in PostgreSQL"))
    new = agent(section.format("Store records in the database"))
    assert ("Store the records in PostgreSQL", "Store records in the database") in {
        pair[:2] for pair in item_pairs(old, new)
    }
    assert all("PostgreSQL" not in pair[0] for pair in item_pairs(old, agent("# Brand\n\n- Choose warm colours\n")))


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
    new = agent("# Rules\n- Parse the query grammar\n- Print tables of joins\n\n# Testing parsers\n- Cache keys\n")
    assert section_pairs(old, new) == [("Testing Parsers", "Testing parsers"), ("Input", "Rules")]


def test_sections_about_two_things_stay_alone() -> None:
    assert section_pairs(agent("# Testing\n- Write tests\n"), agent("# Deployment\n- Fill clusters\n")) == []


def test_a_section_with_a_partner_of_its_title_takes_no_second_one() -> None:
    body = "## Workflow\n\n### Planning\n\n- Read the policy for backups\n- Rehearse the restore of backups\n"
    twin = body + "\n### Planning priorities\n\n- Read the policy for backups first\n"
    edited = twin.replace("Rehearse the restore", "Rehearse each restore")
    found = section_pairs(agent(twin), agent(edited))
    assert found == [(title, title) for title in ("Workflow", "Planning", "Planning priorities")]


def test_a_split_section_has_two_partners() -> None:
    tests = "- Write unit tests for parsers\n- Keep the coverage of tests above 80%\n"
    login = "- Store passwords as salted hashes\n- Lock accounts after ten failed logins\n"
    whole, split = f"# Rules\n\n{tests}{login}", f"# Tests\n\n{tests}\n# Login\n\n{login}"
    assert section_pairs(agent(whole), agent(split)) == [("Rules", "Tests"), ("Rules", "Login")]
    assert section_pairs(agent(split), agent(whole)) == [("Tests", "Rules"), ("Login", "Rules")]


# ---------------------------------------------------------------------------------------------- from scores to matches


def test_scores_tell_pairs_that_hold() -> None:
    found = scores(
        prepared(agent("- Parse grammars\n- Plan the joins of queries\n")),
        prepared(agent("- Plan joins of all queries\n- Parse grammars\n")),
    )
    assert [(pair.old, pair.new) for pair in found.anchors] == [(0, 1)]
    assert [(pair.old, pair.new) for pair in matched_items(found)] == [(0, 1), (1, 0)]


FLOOR, STRONG = weights.ITEM_FLOOR, weights.ITEM_STRONG


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([Scored(0, 0, FLOOR, 0.0)], [(0, 0), (9, 9)]),
        ([Scored(0, 0, FLOOR - 0.01, 1.0)], [(9, 9)]),
        ([Scored(1, 0, STRONG, 0.5), Scored(0, 0, 1.0, 0.5)], [(0, 0), (1, 0), (9, 9)]),
        ([Scored(1, 0, STRONG - 0.01, 0.5), Scored(0, 0, 1.0, 0.5)], [(0, 0), (9, 9)]),
        ([], [(9, 9)]),
    ],
    ids=["at the floor", "below the floor", "strong second", "weak second", "only anchors"],
)
def test_items_hold_from_the_floor_on(items: list[Scored], expected: list[tuple[int, int]]) -> None:
    found = matched_items(Scores((Scored(9, 9, 1.0, 1.0),), tuple(items), ()))
    assert [(pair.old, pair.new) for pair in found] == expected


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ([Scored(0, 0, weights.SECTION_FLOOR, 0.0)], [(0, 0)]),
        ([Scored(0, 0, weights.SECTION_FLOOR - 0.01, 1.0)], []),
        ([Scored(1, 1, 0.9, 0.9), Scored(1, 0, 0.99, 0.9)], [(1, 1)]),
        ([Scored(0, 0, 0.9, 0.9), Scored(0, 1, 0.99, 0.9)], [(0, 0), (0, 1)]),
        ([Scored(2, 0, 0.9, 0.9), Scored(2, 2, 0.99, 0.9)], [(2, 0), (2, 2)]),
    ],
    ids=["at the floor", "below the floor", "namesakes", "other titles", "no titles"],
)
def test_sections_hold_from_the_floor_on(sections: list[Scored], expected: list[tuple[int, int]]) -> None:
    old, new = prepared(agent("# A\n\n# Joins\n\n# \n")), prepared(agent("# B\n\n# Joins\n\n# \n"))
    found = matched_sections(old, new, Scores((), (), tuple(sections)))
    assert [(pair.old, pair.new) for pair in found] == expected


def test_numbers_of_matches_are_rounded_and_in_range() -> None:
    found = align(agent("# Rules\n- Write unit tests\n- Plan joins\n"), agent("# Rules\n- Write tests\n- Plan joins\n"))
    assert len(found.items) == 2
    for match in (*found.items, *found.sections):
        assert 0 < match.similarity <= 1
        assert match.similarity == round(match.similarity, 3)
        assert match.reason


# ---------------------------------------------------------------------------------------------- odd agents

ODD = {
    "only fields": "---\nname: a\n---\n",
    "only titles": "# Rules\n\n## Joins\n",
    "empty titles": "# \n\n# \n",
    "only a rule": "---\n",
    "dots": "- ...\n",
    "emoji": "# 🎉\n\n- 🎉\n- 👍 🎉\n",
    "stop words": "# The\n\n- the and of\n- to be\n",
    "empty code": "```\n```\n",
    "half a role": "You are\n",
    "other script": "# 规则\n\n- 编写单元测试\n",
}
ORDINARY = "You are a reviewer.\n\n# Rules\n\n- Write unit tests\n\n## Joins\n\n- Plan joins\n"


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_agents_without_sections_items_or_words_find_only_themselves(text: str) -> None:
    odd, ordinary = prepared(agent(text)), prepared(agent(ORDINARY))
    assert align_prepared(odd, ordinary).items == align_prepared(ordinary, odd).items == ()
    found = align_prepared(odd, odd)
    assert [(match.old, match.new, match.reason) for match in found.items] == [
        (each.item.id, each.item.id, "same text") for each in odd.statements
    ]


def test_without_anything_there_are_no_matches() -> None:
    fields = agent(ODD["only fields"])
    assert align(fields, fields) == align(fields, agent(ORDINARY)) == Alignment(sections=(), items=())


@pytest.mark.parametrize("text", [*ODD.values(), ORDINARY], ids=[*ODD, "ordinary"])
def test_swapping_the_sides_swaps_the_matches(text: str) -> None:
    there, back = align(agent(text), agent(ORDINARY)), align(agent(ORDINARY), agent(text))
    for one, other in ((there.items, back.items), (there.sections, back.sections)):
        assert [(match.old, match.new, match.relation, match.similarity) for match in one] == sorted(
            (match.new, match.old, match.relation, match.similarity) for match in other
        )
