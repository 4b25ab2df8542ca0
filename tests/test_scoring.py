"""How likely each pair of two agents is."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff import weights
from agentdiff.formats import parse
from agentdiff.model import Agent
from agentdiff.pairing import Scored
from agentdiff.scoring import (
    HOPELESS,
    Pair,
    Scores,
    anchored,
    first_item_looks,
    first_section_looks,
    scores,
    second_item_looks,
    section_chains,
)
from agentdiff.similarity import SECOND_ITEM_FEATURES, SECOND_SECTION_FEATURES, SECTION_FEATURES, Prepared, prepared
from agentdiff.weights import WORDS, Weights

FIXTURES = Path(__file__).parents[1] / "fixtures" / "backend-engineer"


def read(text: str) -> Prepared:
    return prepared(parse(text, "a.md"))


def anchors_of(old: str, new: str) -> list[Pair]:
    return [(pair.old, pair.new) for pair in anchored(read(old).statements, read(new).statements)]


def told(pair: Scored) -> dict[str, float]:
    """What the second look saw of two items, by name."""
    return dict(zip(SECOND_ITEM_FEATURES, pair.features, strict=True))


def constant(score: float) -> Weights:
    """Weights that give every pair the same likelihood: only the bias counts."""
    return Weights(*((score, *[0.0] * (len(each) - 1)) for each in WORDS))


UNDECIDED = constant(0.0)


# ---------------------------------------------------------------------------------------------- anchors


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("- Log errors\n- Parse keys\n", "- parse **keys**\n- Log errors.\n", [(0, 1), (1, 0)]),
        ("- Log errors\n", "- Log all errors\n", []),
        ("- Log errors\n- Log errors\n", "- Log errors\n- Log errors\n", [(0, 0), (1, 1)]),
        ("- Log errors\n", "- Log errors\n- Log errors\n", [(0, 0)]),
        ("# Joins\n- Log errors\n", "# Keys\n- Log errors\n\n# Joins\n- Log errors\n", [(0, 1)]),
        ("- ...\n- 🎉\n", "- 🎉\n- ...\n", [(0, 1), (1, 0)]),
        ("---\nname: a\n---\n", "- Log errors\n", []),
    ],
    ids=["other marks", "another word", "twice", "once and twice", "under its title", "without words", "none"],
)
def test_identical_statements_are_anchored_one_to_one(old: str, new: str, expected: list[Pair]) -> None:
    assert sorted(anchors_of(old, new)) == expected
    assert sorted((left, right) for right, left in anchors_of(new, old)) == expected


def test_of_boilerplate_only_the_first_occurrences_are_anchored() -> None:
    found = anchors_of("- Log errors\n" * 200, "- Log errors\n" * 300)
    assert found == [(number, number) for number in range(len(found))]
    assert 10 < len(found) < 200
    assert len(anchors_of("- Log errors\n" * 200, "- Log errors\n" * 200)) == 200


# ---------------------------------------------------------------------------------------------- both looks

OLD = """# Testing

- Write unit tests for parsers
- Retry failed jobs at most 3 times

## Coverage

- Keep the coverage of tests above 80%

# Login

- Store passwords as salted hashes
"""
NEW = """# Tests

- Every parser gets unit tests
- Retry failed jobs at most 5 times

# Authentication

- Store passwords as salted hashes
- Salt the hashes of stored passwords
"""


def test_scores_tell_anchors_from_what_is_only_alike() -> None:
    found = scores(read(OLD), read(NEW))
    assert found.anchors == (Scored(3, 2, 1.0, 1.0),)
    pairs = {(pair.old, pair.new): pair for pair in found.items}
    assert pairs[0, 0].similarity >= weights.ITEM_FLOOR
    assert pairs[0, 0].equality >= weights.ITEM_EQUAL_FLOOR
    assert not {3} & {left for left, _ in pairs}
    assert not {2} & {right for _, right in pairs}
    sections = {(pair.old, pair.new): pair.similarity for pair in found.sections}
    assert min(sections[0, 0], sections[2, 1]) >= weights.SECTION_FLOOR


def test_what_contradicts_is_paired_and_never_equal() -> None:
    (pair,) = scores(read("- Retry failed jobs at most 3 times\n"), read("- Retry failed jobs at most 5 times\n")).items
    assert pair.similarity >= weights.ITEM_FLOOR
    assert (pair.equality, pair.disagreement) == (0, "one says 3 times, the other 5 times")
    (pair,) = scores(read("- Retry failed jobs 3 times\n"), read("- Retry the failed jobs 3 times\n")).items
    assert pair.equality >= weights.ITEM_EQUAL_FLOOR
    assert pair.disagreement == ""


def test_no_weights_make_what_contradicts_equal() -> None:
    found = scores(read(OLD), read(NEW), constant(20.0)).items
    assert {pair[:2] for pair in found if pair.equality == 0} == {(1, 1)}
    assert {pair[:2] for pair in found if pair.disagreement} == {(1, 1)}


def test_pairs_come_in_order_and_in_range_with_all_that_was_seen() -> None:
    found = scores(read(OLD), read(NEW))
    for pairs, names in ((found.items, SECOND_ITEM_FEATURES), (found.sections, SECOND_SECTION_FEATURES)):
        assert len(pairs) > 1
        assert len({(pair.old, pair.new) for pair in pairs}) == len(pairs)
        assert all(len(pair.features) == len(names) for pair in pairs)
        assert all(0 <= pair.equality <= 1 and 0 <= pair.similarity <= 1 for pair in pairs)
    assert list(found.sections) == sorted(found.sections)
    assert all(pair.features == () for pair in found.anchors)


def test_hopeless_pairs_are_not_looked_at_again() -> None:
    assert all(told(pair)["first look"] >= HOPELESS for pair in scores(read(OLD), read(NEW)).items)
    assert scores(read(OLD), read(NEW), UNDECIDED._replace(item_first=constant(-20.0).item_first)).items == ()
    assert len(scores(read(OLD), read(NEW), UNDECIDED).items) >= 2


@pytest.mark.parametrize(
    "text",
    ["---\nname: a\n---\n", "# \n\n# \n", "---\n", "- ...\n", "- 🎉\n- 👍 🎉\n", "# 🎉\n\n- the\n", "```\n```\n"],
)
def test_agents_without_sections_items_or_words_can_be_scored(text: str) -> None:
    for other in (text, OLD):
        there, back = scores(read(text), read(other)), scores(read(other), read(text))
        assert there.items == back.items == ()
        assert all(math.isfinite(pair.similarity) for pair in (*there.sections, *back.sections))
    assert scores(read("---\nname: a\n---\n"), read(text)) == Scores((), (), ())


# ---------------------------------------------------------------------------------------------- the other way round

SENTENCES = (
    *("Always use UUIDs as keys", "Never use UUIDs as keys", "Use UUIDs as primary keys", "Log errors"),
    *("Retry failed jobs 3 times", "Retry failed jobs 5 times", "Log errors with their context", "Write tests"),
    *("Write unit tests first", "**Tests**: Write unit tests", "Check the coverage of tests", "..."),
)
LINES = st.one_of(
    st.sampled_from(["\n## Testing\n\n", "\n### Coverage\n\n", "\n## Login\n\n", "\nYou are a reviewer.\n\n"]),
    st.sampled_from(SENTENCES).map("- {}\n".format),
    st.sampled_from(SENTENCES).map("- {}\n".format),
)
AGENTS = st.lists(LINES, min_size=1, max_size=14).map("".join).map(read)


def assert_turned(old: Prepared, new: Prepared) -> None:
    """The same numbers whichever side comes first, to the last digit: else ties would go another way."""
    there, back = scores(old, new), scores(new, old)
    for one, other in zip(there, back, strict=True):
        assert sorted(one) == sorted(pair._replace(old=pair.new, new=pair.old) for pair in other)


@given(AGENTS, AGENTS)
def test_swapping_the_sides_changes_no_number(old: Prepared, new: Prepared) -> None:
    assert_turned(old, new)


@pytest.mark.parametrize(("old", "new"), [("a-numbered", "d-tree"), ("c-headings", "e-capitals")])
def test_swapping_the_sides_of_whole_files_changes_no_number(old: str, new: str) -> None:
    sides = [prepared(parse((FIXTURES / f"{name}.md").read_text(), "a.md")) for name in (old, new)]
    assert_turned(*sides)


# ---------------------------------------------------------------------------------------------- what is around items

NESTED = "# {}\n\n- Log errors\n\n## {}\n\n- Print {} tables\n"


def test_sections_reach_the_second_look() -> None:
    old, new = read(NESTED.format("Login", "Output", "the")), read(NESTED.format("Login", "Results", "all"))
    found = scores(old, new)
    sections = {(pair.old, pair.new): pair for pair in found.sections}
    item = told(next(pair for pair in found.items if (pair.old, pair.new) == (1, 1)))
    assert item["sections alike"] == sections[1, 1].similarity
    assert item["sections the same"] == sections[1, 1].equality
    assert item["sections around alike"] == max(pair.similarity for pair in found.sections)


def test_sections_that_were_not_looked_at_are_not_alike() -> None:
    old, new = read("# Zebra\n\n- Print the tables\n"), read("# Ostrich\n\n- Print all tables\n")
    first = first_item_looks(old, new, [])
    looks = dict.fromkeys(first, 0.5)

    def seen(sections: list[Scored]) -> tuple[float, float, float]:
        found = second_item_looks(old, new, first, looks, sections)
        item = told(Scored(0, 0, 0, 0, found[0, 0]))
        return item["sections alike"], item["sections the same"], item["sections around alike"]

    assert seen([]) == (0, 0, 0)
    assert seen([Scored(0, 0, 0.75, 0.25)]) == (0.75, 0.25, 0.75)


def test_the_distance_of_places_reaches_the_second_look() -> None:
    old = read("- Print the tables\n- Log errors\n- Parse keys\n")
    for new, distance in (
        (read("- Print all tables\n- Cut blooms\n"), 0.0),
        (read("- Cut blooms\n- Print all tables\n- Sow beans\n"), 0.5),
        (read("- Cut blooms\n- Print all tables\n"), 1.0),
    ):
        (pair,) = scores(old, new, UNDECIDED).items
        assert told(pair)["place"] == distance


def test_rivals_reach_the_second_look() -> None:
    old, new = read("- Print the tables\n"), read("- Print all tables\n- Print large tables\n")
    one, other = (told(pair) for pair in scores(old, new).items)
    assert (one["strongest rival"], other["strongest rival"]) == (other["first look"], one["first look"])
    assert one["weaker rival"] == other["weaker rival"] == 0
    (alone,) = scores(old, read("- Print all tables\n")).items
    assert (told(alone)["strongest rival"], told(alone)["worse rank"]) == (0, 0)


# ---------------------------------------------------------------------------------------------- sections

TITLED = "# Zebra\n\n- Print tables\n- Draw charts\n\n## Quagga\n\n- Parse keys\n"


def section_looks(old: str, new: str, anchors: list[Scored], looks: dict[Pair, float]) -> dict[Pair, dict[str, float]]:
    """What the first look saw of sections, by name."""
    found = first_section_looks(read(old), read(new), anchors, looks)
    return {pair: dict(zip(SECTION_FEATURES, features, strict=True)) for pair, features in found.items()}


def test_sections_are_covered_by_the_best_looks_of_their_items() -> None:
    looks = {(0, 0): 0.5, (0, 1): 0.75, (1, 1): 0.25, (1, 0): 0.125}
    numbers = section_looks(TITLED, "# Ostrich\n\n- Print a\n- Draw b\n", [], looks)[0, 0]
    assert numbers["covered, the less covered"] == pytest.approx((0.75 + 0.25) / 3)
    assert numbers["covered, the more covered"] == pytest.approx((0.5 + 0.75) / 2)
    assert numbers["corresponding"] == pytest.approx(math.log1p(1.0))


def test_items_of_subsections_and_anchors_count() -> None:
    found = section_looks(TITLED, "# Ostrich\n\n- Parse keys\n", [Scored(2, 0, 1.0, 1.0)], {})
    assert set(found) == {(0, 0), (1, 0)}
    assert found[1, 0]["covered, the less covered"] == 1
    assert found[0, 0]["covered, the less covered"] == pytest.approx(1 / 3)
    assert found[0, 0]["covered, the more covered"] == 1


def test_sections_without_common_items_are_not_covered() -> None:
    numbers = section_looks("# Zebra\n\n- Print tables\n", "# Zebra\n", [], {})[0, 0]
    assert numbers["covered, the more covered"] == numbers["corresponding"] == 0


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("# Zebra\n", "# Zebra\n", 0.5),
        ("# Login\n\n## Zebra\n", "# Zebra\n", 0.0),
        ("# Login\n\n## Zebra\n", "# Login\n\n## Zebra\n", 1.0),
        ("# Login\n\n## Zebra\n", "# 🎉\n\n## Zebra\n", 0.0),
    ],
    ids=["both at the top", "one at the top", "under the same", "under one without words"],
)
def test_titles_above_are_compared(old: str, new: str, expected: float) -> None:
    found = section_looks(old, new, [], {})
    lowest = max(found)
    assert found[lowest]["meaning of titles above"] == pytest.approx(expected)


def test_places_of_sections_are_compared() -> None:
    found = section_looks("# Zebra\n\n- a\n", "# Ostrich\n\n- b\n\n# Quagga\n\n- c\n\n# Zebra\n", [], {})
    assert 0.5 < found[0, 2]["place"] <= 1


def test_chains_go_from_a_section_to_the_top() -> None:
    agent: Agent = parse("# A\n\n## B\n\n### C\n\n# D\n", "a.md")
    assert section_chains(agent) == [(0,), (1, 0), (2, 1, 0), (3,)]
