"""Why a line was paired as it was: records, words, text, JSON and the option of the command."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import chain, pairwise
from pathlib import Path

import jsonschema
import pytest
from conftest import Runner

from agentdiff import weights
from agentdiff.diff import diff
from agentdiff.errors import BadInput
from agentdiff.evidence import FIRST_LOOK, SIZE, Evidence, Pair, rivals_said, subjects_said
from agentdiff.explain import Explanation, Outcome, Place, Side, place_of
from agentdiff.explaining import MOST_SHOWN, explain
from agentdiff.formats import parse
from agentdiff.item_evidence import ITEM_SUBJECTS, ItemSubject, TwoItems, item_evidence
from agentdiff.model import AgentDiff, Relation, SectionChange
from agentdiff.report.explain_text import explain_lines
from agentdiff.report.json_report import diff_document
from agentdiff.report.lines import fit
from agentdiff.report.schema import schema_text
from agentdiff.scoring import Scores, scores
from agentdiff.section_evidence import SECTION_SUBJECTS, SectionSubject, TwoSections, section_evidence
from agentdiff.similarity import SECOND_ITEM_FEATURES, SECOND_SECTION_FEATURES, Part, Prepared, prepared
from agentdiff.vocabulary import cosine

OLD = """\
---
name: planner
description: >-
  Plans queries

  over tables
---
You are a planner of database queries.

## Parsing
- Parse the query grammar with a hand-written parser
- Retry failed parser jobs at most 3 times
- Cache parsed queries in Redis

---

## Security
- Rotate API keys every month
"""
NEW = """\
# Planner

You are a careful planner of queries.

## Parsing
- Parse the query grammar with a hand-written parser
- Retry failed parser jobs at most 5 times
- Cache all parsed queries in Redis or Memcached
- Cache parsed queries in a cluster of Redis servers

## Security Practices
- Rotate the API keys every month
- Paint the bicycle shed
"""


TWINS = (
    "- Cache parsed queries\n",
    "- Keep a cache of queries, parsed or planned, on every node\n- Cache parsed queries\n",
)
"""The old line, one that resembles it, and its twin."""
ALONE = (
    "# Access\n- Rotate the API keys of the provider every month\n- Parse queries\n",
    "# Music\n- Tune the keys of a piano each month in the large hall\n- Paint the bicycle shed\n",
)
"""The second lines share two words, and no more."""
FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "backend-engineer").glob("*.md"))
FLOOR = f"{weights.ITEM_FLOOR:.2f}"


def compared(old: str = OLD, new: str = NEW) -> AgentDiff:
    return diff(parse(old, "old.md"), parse(new, "new.md"))


def explained(place: str, old: str = OLD, new: str = NEW) -> Explanation:
    """The first explanation of a line."""
    return explain(compared(old, new), [place_of(place)])[0]


def line_of(text: str, source: str) -> int:
    return next(number for number, row in enumerate(source.split("\n"), 1) if text in row)


def new_line(text: str) -> str:
    return str(line_of(text, NEW))


# ---------------------------------------------------------------------------------------------- which line


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("12", Place(Side.NEW, 12)),
        ("new:12", Place(Side.NEW, 12)),
        ("old:007", Place(Side.OLD, 7)),
    ],
)
def test_places(text: str, place: Place) -> None:
    assert place_of(text) == place


@pytest.mark.parametrize(
    "text", ["", "0", "old:0", "-1", "+1", "1.5", "12-14", "base:3", "old:", "OLD:3", " 3", "3\n", "٣"]
)
def test_no_places(text: str) -> None:
    with pytest.raises(BadInput, match="names no line; write 12 or new:12"):
        place_of(text)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (2, "line 2 belongs to the field 'name'; fields are compared by name"),
        (5, "line 5 belongs to the field 'description'"),
        (7, "line 7 holds no title and no statement of this agent"),
        (9, "line 9 is blank; name a line with a title or a statement"),
        (15, "line 15 is layout \\(rule\\), which is not compared"),
        (19, "there is no line 19, the file has 18"),
        (10**8, "there is no line 100000000"),
    ],
)
def test_lines_without_a_unit(line: int, sentence: str) -> None:
    with pytest.raises(BadInput, match=f"^old.md: {sentence}"):
        explained(f"old:{line}")


@pytest.mark.parametrize(
    ("place", "what", "text"),
    [
        ("old:10", "section", "Parsing"),
        ("old:11", "bullet", "Parse the query grammar with a hand-written parser"),
        ("3", "paragraph", "You are a careful planner of queries."),
        ("1", "section", "Planner"),
    ],
)
def test_what_stands_on_a_line(place: str, what: str, text: str) -> None:
    explanation = explained(place)
    assert (explanation.end.what, explanation.end.text) == (what, text)
    assert explanation.is_section == (what == "section")


def test_any_line_of_a_statement_will_do_and_the_innermost_counts() -> None:
    nested = "- Parse the query grammar\n  in two passes\n  - Print tables of joins\n"
    assert explained("2", nested, nested).end.text == "Parse the query grammar\nin two passes"
    assert explained("3", nested, nested).end.text == "Print tables of joins"


def test_the_lead_is_told_with_its_first_line() -> None:
    found = explain(compared(), [Place(Side.OLD, 8)])
    assert [each.end.what for each in found] == ["paragraph", "section"]


def test_all_statements_of_a_line_that_holds_several() -> None:
    prompt = "# Queries\n- Parse the query grammar\n- Print tables of joins\n"
    source = json.dumps({"agent": {"x": {"description": "d", "mode": "subagent", "prompt": prompt}}})
    old = parse(source, "opencode.json")
    found = explain(diff(old, parse(prompt, "new.md")), [Place(Side.OLD, 1)])
    assert [each.end.text for each in found] == ["Parse the query grammar", "Print tables of joins", "Queries"]


def test_places_in_the_order_asked_each_once() -> None:
    places = [Place(Side.NEW, 7), Place(Side.OLD, 12), Place(Side.NEW, 7)]
    assert [each.place for each in explain(compared(), places)] == places[:2]


# ---------------------------------------------------------------------------------------------- what was paired


def test_identical_text() -> None:
    explanation = explained(new_line("Parse the query"))
    winner = explanation.candidates[0]
    assert (winner.outcome, winner.relation, winner.similarity) == (Outcome.PAIRED, Relation.EQUAL, 1.0)
    assert winner.reason == "the same text; such pairs are made before all others"
    assert winner.contributions == explanation.decided == ()


def test_a_contradiction_makes_an_overlap() -> None:
    winner = explained(new_line("Retry failed")).candidates[0]
    assert (winner.outcome, winner.relation, winner.equality) == (Outcome.PAIRED, Relation.OVERLAP, 0.0)
    assert winner.contradiction == "one says 3 times, the other 5 times"
    assert winner.reason == "they disagree, so they cannot be equal"


def test_a_near_wording_says_what_decided() -> None:
    explanation = explained(new_line("Rotate the API"))
    (winner, *_) = explanation.candidates
    assert winner.relation is Relation.EQUAL
    assert "the chance that a reader calls them equal is" in winner.reason
    assert winner.contributions[0].words == "shared words: month, rotate, every, keys"
    assert winner.contributions[0].amount > 1
    assert explanation.decided == tuple(each for each in winner.contributions if each.amount > 0)[:3]
    assert explanation.rival is None


def test_the_winner_is_ahead_of_its_rival() -> None:
    old, new = (parse(path.read_text(encoding="utf-8"), path.name) for path in FIXTURES[2:4])
    lines = [Place(Side.NEW, item.span.first) for item in new.items if item.text.strip()]
    contests = [each for each in explain(diff(old, new), lines) if each.rival is not None]
    assert any(each.decided for each in contests)
    for each in contests:
        assert each.rival is not None and each.decided == tuple(sorted(each.decided, key=lambda one: -one.amount))
        winner, rival = each.candidates[0], each.candidates[each.rival]
        assert winner.similarity >= rival.similarity
        assert rival.outcome is not Outcome.PAIRED
        assert all(one.amount > 0 for one in each.decided)


def test_nothing_shared_means_no_candidate() -> None:
    explanation = explained(new_line("bicycle"))
    assert (explanation.candidates, explanation.considered, explanation.rival) == ((), 0, None)


def test_near_misses_of_what_stayed_alone() -> None:
    (candidate,) = explained("2", *ALONE).candidates
    assert (candidate.outcome, candidate.relation) == (Outcome.BELOW_FLOOR, None)
    assert candidate.reason == f"below {FLOOR}"


@pytest.mark.parametrize(
    ("place", "outcome", "reason"),
    [
        ("1", Outcome.TAKEN, "line 2 of new (1.00) is paired with it"),
        ("old:1", Outcome.OUTDONE, "line 2 of new (1.00) is the better partner"),
    ],
)
def test_a_twin_takes_what_another_line_resembles(place: str, outcome: Outcome, reason: str) -> None:
    losers = [each for each in explained(place, *TWINS).candidates if each.outcome is not Outcome.PAIRED]
    assert [each.outcome for each in losers] == [outcome]
    assert losers[0].reason == f"{reason}; the same text settles it"
    assert (losers[0].contributions, losers[0].equality) == ((), 0.0)


@pytest.mark.parametrize(
    ("place", "relation"),
    [(f"old:{line_of('## Parsing', OLD)}", SectionChange.SAME), (new_line("## Security"), SectionChange.SAME)],
)
def test_sections(place: str, relation: SectionChange) -> None:
    explanation = explained(place)
    assert explanation.is_section
    assert explanation.candidates[0].relation is relation
    assert "the chance that a reader calls them the same is" in explanation.candidates[0].reason


def test_a_section_in_two_parts_is_paired_with_both() -> None:
    result = compared()
    for edit in result.sections:
        for number in edit.new:
            line = result.new.sections[number].title_span.first
            found = [each for each in explain(result, [Place(Side.NEW, line)]) if each.is_section]
            assert len(found[0].paired) == len(edit.old)


@pytest.mark.parametrize("side", Side)
def test_explanations_say_what_the_diff_says(side: Side) -> None:
    one, other = (parse(path.read_text(encoding="utf-8"), path.name) for path in FIXTURES[2:4])
    result = diff(one, other)
    agent = one if side is Side.OLD else other
    said: set[tuple[int, int, str]] = set()
    for each in explain(result, [Place(side, item.span.first) for item in agent.items if item.text.strip()]):
        assert len(each.candidates) <= max(MOST_SHOWN, len(each.paired)) and each.considered >= len(each.candidates)
        if not each.is_section:
            ends = [(each.end, candidate.end) for candidate in each.paired]
            lines = [(a.lines.first, b.lines.first) for a, b in ends]
            lines = lines if side is Side.OLD else [(b, a) for a, b in lines]
            said |= {(*pair, str(c.relation)) for pair, c in zip(lines, each.paired, strict=True)}
    told = {
        (one.items[edit.old].span.first, other.items[edit.new].span.first, str(edit.relation))
        for edit in result.items
        if edit.old is not None and edit.new is not None
    }
    assert said == told


# ---------------------------------------------------------------------------------------------- features in words


@pytest.mark.parametrize(
    ("subjects", "features"), [(ITEM_SUBJECTS, SECOND_ITEM_FEATURES), (SECTION_SUBJECTS, SECOND_SECTION_FEATURES)]
)
def test_every_feature_has_one_phrase(
    subjects: Mapping[str, ItemSubject | SectionSubject], features: tuple[str, ...]
) -> None:
    given = list(chain.from_iterable(subject.features for subject in subjects.values()))
    assert sorted(given) == sorted(set(features) - {"bias", FIRST_LOOK})


def sides_of(old: str, new: str) -> tuple[Prepared, Prepared]:
    return prepared(parse(old, "a.md")), prepared(parse(new, "b.md"))


def two_items(old: str, new: str, is_for: bool, **features: float) -> TwoItems:
    """The first statements of two files, under the titles T and U; `first_look` stands for `first look`."""
    a, b = (side.statements[0] for side in sides_of(old, new))
    by_name = dict.fromkeys(SECOND_ITEM_FEATURES, 0.0) | {key.replace("_", " "): each for key, each in features.items()}
    return TwoItems(a, b, by_name, ("T", "U"), False, is_for)


PASSWORDS = "- Encrypt passwords before you store them\n"
HASHES = "- Hash every password and keep credentials safe\n"
DIFFERENT_SECTIONS = "their sections do not correspond (T / U)"
PHRASES = [
    (
        "words",
        "- Parse queries\n",
        "- Parse grammars\n",
        "shared words: parse",
        "few words shared, or common ones: parse",
    ),
    ("words", "- Parse queries\n", "- Print joins\n", "", "no words shared"),
    ("meaning", PASSWORDS, HASHES, "about the same subject, mostly in other words", ""),
    ("meaning", PASSWORDS, "- Paint the walls blue\n", "", "about different subjects"),
    ("meaning", "- Küche putzen mit Docker\n", "- Garten gießen mit Docker\n", "", ""),
    ("meaning", "- Küche putzen\n", "- Paint the walls blue\n", "", ""),
    ("sentence", PASSWORDS, HASHES, "", ""),
    ("labels", "- **Growth**: plan it\n", "- **Growth**: test it\n", "labels are alike (growth)", ""),
    ("labels", "- **Growth**: plan it\n", "- **Speed**: plan it\n", "", "labels differ (growth / speed)"),
    ("labels", "- **Speed**: plan it\n", "- plan speed\n", "the label of one is in the text of the other (speed)", ""),
    ("labels", "- plan\n", "- **Speed**: it\n", "", "the label of one is not in the text of the other (speed)"),
    ("labels", "- plan\n", "- plan\n", "", ""),
    ("role", "You are a parser.\n", "You are a planner.\n", "both say who the agent is", ""),
    ("role", "You are a parser.\n", "- Parse\n", "", ""),
    ("code", "```\nselect\n```\n", "- select\n", "", "one is code, the other is not"),
    ("sections", "- parse\n", "- parse\n", "", "their sections do not correspond (T / U)"),
    ("rivals", "- parse\n", "- parse\n", "at first sight no other line comes near", ""),
    ("place", "- parse\n", "- parse\n", "they stand at about the same place of the files", ""),
    (SIZE, "- parse\n", "- parse\n", "", ""),
]


@pytest.mark.parametrize(("subject", "old", "new", "said_for", "said_against"), PHRASES)
def test_items_in_words(subject: str, old: str, new: str, said_for: str, said_against: str) -> None:
    phrase = ITEM_SUBJECTS[subject].words
    assert [phrase(two_items(old, new, is_for)) for is_for in (True, False)] == [said_for, said_against]


def test_every_item_subject_is_said_somewhere() -> None:
    assert {subject for subject, *_ in PHRASES} == ITEM_SUBJECTS.keys()


@pytest.mark.parametrize(
    ("subject", "features", "said_for", "said_against"),
    [
        ("code", {"same_kind": 1.0}, "", ""),
        ("meaning", {"jaccard": 1.0}, "about the same subject", ""),
        ("sections", {"sections_alike": 0.9}, "their sections are alike (T / U)", DIFFERENT_SECTIONS),
        ("sections", {"sections_around_alike": 0.9}, "sections around them are alike", DIFFERENT_SECTIONS),
        ("place", {"place": 0.5}, "", "they stand far apart in the files"),
    ],
)
def test_what_stands_around_items_in_words(
    subject: str, features: Mapping[str, float], said_for: str, said_against: str
) -> None:
    phrase = ITEM_SUBJECTS[subject].words
    said = [phrase(two_items("- parse\n", "- parse\n", is_for, **features)) for is_for in (True, False)]
    assert said == [said_for, said_against]


def test_labels_of_one_subject() -> None:
    old, new = "- **Errors**: paint walls and sheds\n", "- **Exceptions**: tune the piano at night\n"
    phrase = ITEM_SUBJECTS["meaning"].words
    assert phrase(two_items(old, new, True, gist=0.7)) == "labels about the same subject"
    assert phrase(two_items(old, new, True, gist=0.1)) == ""


def test_titles_of_one_subject_over_items() -> None:
    old, new = "# Errors\n- parse\n", "# Exceptions\n- parse\n"
    phrase = ITEM_SUBJECTS["sections"].words
    assert phrase(two_items(old, new, True)) == "titles above are about the same subject (T / U)"
    assert phrase(two_items(old, "# Walls\n- parse\n", True)) == ""


@pytest.mark.parametrize(("is_for", "said"), [(True, "their sections correspond (T / U)"), (False, "")])
def test_paired_sections_of_items_are_said_to_correspond(is_for: bool, said: str) -> None:
    two = two_items("- parse\n", "- parse\n", is_for)._replace(are_sections_paired=True)
    assert ITEM_SUBJECTS["sections"].words(two) == said
    titled = two._replace(titles=("", "Input"), is_for=True)
    assert ITEM_SUBJECTS["sections"].words(titled) == "their sections correspond (lead / Input)"


@pytest.mark.parametrize(
    ("look", "rival", "ranks", "said_for", "said_against"),
    [
        (0.8, 0.0, (0, 0), "no other line comes near", ""),
        (0.8, 0.4, (0, 0), "no other line comes near", ""),
        (0.8, 0.7, (0, 0), "no other line fits better", "another line fits almost as well"),
        (0.8, 0.9, (0, 2), "the best line for one of them", "another line fits one of them better"),
        (0.8, 0.9, (1, 2), "", "another line fits each of them better"),
    ],
)
def test_rivals_in_words(look: float, rival: float, ranks: tuple[int, int], said_for: str, said_against: str) -> None:
    features = {FIRST_LOOK: look, "strongest rival": rival, "better rank": ranks[0], "worse rank": ranks[1]}
    said = [rivals_said(features, "line", is_for).removeprefix("at first sight ") for is_for in (True, False)]
    assert said == [said_for, said_against]


@pytest.mark.parametrize(
    ("agreed", "said_for", "said_against"),
    [
        (0.7, "about the same subject", ""),
        (0.5, "about related subjects", "only about related subjects"),
        (0.1, "", "about different subjects"),
    ],
)
def test_subjects_in_words(agreed: float, said_for: str, said_against: str) -> None:
    assert [subjects_said(agreed, 0.6, is_for) for is_for in (True, False)] == [said_for, said_against]


def two_sections(old: str, new: str, is_for: bool, paired: int = 2) -> TwoSections:
    """The last sections of two files."""
    sides = sides_of(old, new)
    a, b = (side.parts[-1] for side in sides)
    above = around(sides[0], a), around(sides[1], b)
    features = dict.fromkeys(SECOND_SECTION_FEATURES, 0.0) | {"title cosine": cosine(a.title, b.title)}
    return TwoSections(a, b, above, features, paired, is_for)


def around(side: Prepared, part: Part) -> Part | None:
    return None if part.section.parent is None else side.parts[part.section.parent]


JOINS = "# Joins\n- Print tables\n"
PLANS = "Lead.\n\n# Plans\n## Costs\n- Print costs\n- Count rows\n- Sort rows\n"
SECTION_PHRASES = [
    ("title", JOINS, JOINS, "same title (Joins)", ""),
    ("title", JOINS, PLANS, "", "titles differ (Joins / Costs)"),
    ("title", JOINS, JOINS.replace("Joins", "Joins and rows"), "titles are alike (Joins / Joins and rows)", ""),
    ("title", "# Errors\n", "# Exceptions\n", "titles are about the same subject (Errors / Exceptions)", ""),
    ("title", JOINS, "- Print tables\n", "", "only one has a title"),
    ("title sentence", JOINS, JOINS, "", ""),
    ("titles above", JOINS, JOINS, "both stand under no other title", ""),
    ("titles above", JOINS, PLANS, "", "only one stands under another title"),
    ("titles above", PLANS, PLANS, "same title above (Plans)", ""),
    ("titles above", PLANS, PLANS.replace("Plans", "Paint"), "", "titles above differ (Plans / Paint)"),
    ("titles above", PLANS, PLANS.replace("Plans", "Küche"), "", ""),
    (
        "titles above",
        PLANS.replace("Plans", "Errors"),
        PLANS.replace("Plans", "Exceptions"),
        "titles above are about the same subject (Errors / Exceptions)",
        "",
    ),
    (
        "content",
        JOINS,
        PLANS,
        "50% of the words of the smaller one are in the other",
        "only 50% of the words of the smaller one are in the other",
    ),
    ("content", JOINS, "# Joins\n", "", "one of them is empty"),
    ("content", JOINS, "# Joins\n- Deploy clusters\n", "", "only 0% of the words of the smaller one are in the other"),
    ("meaning", f"# A\n{PASSWORDS}", f"# A\n{PASSWORDS}{HASHES}", "about the same subject", ""),
    ("meaning", f"# A\n{PASSWORDS}", "# A\n- Paint the walls blue\n", "", "about different subjects"),
    ("meaning", "# A\n- Küche putzen\n", "# A\n- Garten gießen\n", "", ""),
    (
        "items",
        PLANS,
        PLANS,
        "2 of the 3 items of the smaller one correspond",
        "only 2 of the 3 items of the smaller one correspond",
    ),
    ("opening", "You are a parser.\n", "You are a parser.\n", "both open the file", ""),
    ("opening", "You are a parser.\n", JOINS, "", "only one opens the file"),
    ("opening", JOINS, JOINS, "", ""),
    ("subsections", JOINS, JOINS, "", ""),
    ("rivals", JOINS, JOINS, "at first sight no other section comes near", ""),
    ("place", JOINS, JOINS, "they stand at about the same place of the files", ""),
    ("level", JOINS, PLANS, "titles of different levels (1 / 2)", "titles of different levels (1 / 2)"),
    ("level", JOINS, JOINS, "titles of the same level", "titles of the same level"),
    (SIZE, JOINS, PLANS, "", ""),
]


@pytest.mark.parametrize(("subject", "old", "new", "said_for", "said_against"), SECTION_PHRASES)
def test_sections_in_words(subject: str, old: str, new: str, said_for: str, said_against: str) -> None:
    phrase = SECTION_SUBJECTS[subject].words
    assert [phrase(two_sections(old, new, is_for)) for is_for in (True, False)] == [said_for, said_against]


@pytest.mark.parametrize(
    ("paired", "old", "said_for", "said_against"),
    [
        (0, PLANS, "", "no items of theirs correspond"),
        (
            1,
            PLANS,
            "1 of the 3 items of the smaller one corresponds",
            "only 1 of the 3 items of the smaller one corresponds",
        ),
        (3, PLANS, "3 of the 3 items of the smaller one correspond", ""),
        (1, JOINS, "the one item of the smaller one corresponds", ""),
        (0, "# Joins\n", "", ""),
    ],
)
def test_items_of_sections_in_words(paired: int, old: str, said_for: str, said_against: str) -> None:
    phrase = SECTION_SUBJECTS["items"].words
    said = [phrase(two_sections(old, PLANS, is_for, paired)) for is_for in (True, False)]
    assert said == [said_for, said_against]


def test_subsections_in_words() -> None:
    two = two_sections(JOINS, JOINS, True)
    phrase = SECTION_SUBJECTS["subsections"].words
    assert phrase(two._replace(new=two.new._replace(has_subsections=True))) == "only one has subsections"


def test_titles_of_the_whole_in_words() -> None:
    two = two_sections(JOINS, JOINS, False)
    phrase = SECTION_SUBJECTS["whole"].words
    assert phrase(two) == ""
    assert phrase(two._replace(new=two.new._replace(is_whole=True))) == "only one is the title of the whole file"


def test_every_section_subject_is_said_somewhere() -> None:
    assert {"whole", *(subject for subject, *_ in SECTION_PHRASES)} == SECTION_SUBJECTS.keys()


def evidence_of(make: Callable[[Prepared, Prepared, Scores], Evidence], old: str, new: str) -> Evidence:
    sides = sides_of(old, new)
    return make(*sides, scores(*sides))


@pytest.mark.parametrize(
    ("make", "model"),
    [(item_evidence, weights.WORDS.item_pair), (section_evidence, weights.WORDS.section_pair)],
)
def test_the_amounts_of_two_pairs_differ_as_their_scores_do(
    make: Callable[[Prepared, Prepared, Scores], Evidence], model: tuple[float, ...]
) -> None:
    evidence = evidence_of(make, OLD, NEW)
    pairs = [pair for ids in evidence.among if (pair := evidence.pair(*ids)).features]
    assert len(pairs) > 1
    for one, other in pairwise(pairs):
        by_subject = sum(evidence.amounts(one).values()) - sum(evidence.amounts(other).values())
        by_weight = sum(w * (a - b) for w, a, b in zip(model, one.features, other.features, strict=True))
        assert by_subject == pytest.approx(by_weight)


@pytest.mark.parametrize("make", [item_evidence, section_evidence])
def test_what_is_the_same_for_all_pairs_adds_nothing(
    make: Callable[[Prepared, Prepared, Scores], Evidence],
) -> None:
    evidence = evidence_of(make, OLD, NEW)
    for ids in evidence.among:
        assert evidence.amounts(evidence.pair(*ids)).get(SIZE, 0.0) == pytest.approx(0.0)


def test_a_pair_that_was_not_looked_at_twice_has_no_evidence() -> None:
    evidence = evidence_of(section_evidence, JOINS, PLANS)
    pair = Pair(0, 0, 0.0, 0.0)
    assert (evidence.amounts(pair), evidence.contributions(pair), evidence.decided(pair, None)) == ({}, (), ())


@pytest.mark.parametrize("make", [item_evidence, section_evidence])
def test_without_a_pair_there_is_nothing_usual(make: Callable[[Prepared, Prepared, Scores], Evidence]) -> None:
    evidence = evidence_of(make, "# Joins\n- Print tables\n", "# Walls\n- Paint sheds\n")
    assert (evidence.among, set(evidence.usual), len(evidence.usual)) == ((), {0.0}, len(evidence.looks.names))


def test_a_twin_leaves_the_first_look_to_what_resembles_it() -> None:
    evidence = evidence_of(item_evidence, *TWINS)
    twin, other = (evidence.pair(0, number) for number in (1, 0))
    assert (twin.similarity, twin.equality, twin.features) == (1.0, 1.0, ())
    assert 0 < other.similarity < 1
    assert (other.equality, other.features) == (0.0, ())
    assert set(evidence.among) == {(0, 0), (0, 1)}


def test_long_words_of_a_file_are_cut() -> None:
    word = "w" * 500
    two = two_items(f"- {word}\n", f"- {word}\n", True)._replace(titles=(word, word))
    assert len(ITEM_SUBJECTS["words"].words(two)) < 100
    assert len(ITEM_SUBJECTS["sections"].words(two._replace(are_sections_paired=True))) < 100


# ---------------------------------------------------------------------------------------------- text


def printed(place: str, width: int = 80, is_complete: bool = False, old: str = OLD, new: str = NEW) -> str:
    result = compared(old, new)
    lines = explain_lines(result, explain(result, [place_of(place)]), is_complete)
    rows = ["".join(run.text for run in row).rstrip() for each in lines for row in fit(each, width)]
    assert max(map(len, rows)) <= width
    return "\n".join(rows)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_text(width: int) -> None:
    text = printed(new_line("Retry failed"), width)
    assert f"Line {new_line('Retry failed')} of new  bullet under Parsing" in text
    assert "overlap: they disagree, so they cannot be equal" in text
    assert "disagreement: one says 3 times, the other 5 times" in text
    assert "~ Line 12 of old  bullet under Parsing" in text
    assert "+0.7 doubles" in text


def test_text_of_what_stayed_alone() -> None:
    text = printed(new_line("bicycle"))
    assert "Paired with nothing: no statement of old has enough in common with it" in text
    assert "+0.7 doubles" not in text


def test_text_of_near_misses() -> None:
    text = printed("2", old=ALONE[0], new=ALONE[1])
    assert f"Paired with nothing; 1 candidate in old, and {FLOOR} is needed." in text
    assert f"not paired: below {FLOOR}" in text


def test_text_of_a_candidate_that_is_taken() -> None:
    text = printed("1", old=TWINS[0], new=TWINS[1])
    assert f"Paired with nothing; 1 candidate in old, and those that reach {FLOOR} are not free." in text


def test_long_texts_are_shortened_unless_all_is_asked() -> None:
    long = "- " + "Parse every query before it is planned " * 20 + "with care\n"
    assert "with care" not in printed("1", old=long, new=long)
    assert "with care" in printed("1", is_complete=True, old=long, new=long).replace("\n    ", " ").replace("  ", " ")


# ---------------------------------------------------------------------------------------------- json


def test_json_fits_its_schema() -> None:
    result = compared()
    places = [Place(Side.NEW, number) for number in (1, 3, 5, 6, 7, 8, 9, 11, 12, 13)]
    document = diff_document(result, explain(result, places))
    jsonschema.Draft202012Validator(json.loads(schema_text("diff"))).validate(document)
    assert [each["line"] for each in document["explanations"]] == [1, 3, 5, 6, 7, 8, 9, 11, 12, 13]


def test_json_without_explanations_has_no_key_for_them() -> None:
    assert "explanations" not in diff_document(compared())


@pytest.mark.parametrize(
    ("key", "value"),
    [("outcome", "lost"), ("relation", None), ("relation", "added"), ("similarity", 2), ("lines", [0, 1])],
)
def test_the_schema_is_strict_about_candidates(key: str, value: object) -> None:
    result = compared()
    document = diff_document(result, explain(result, [place_of(new_line("Retry failed"))]))
    document["explanations"][0]["candidates"][0][key] = value
    assert not jsonschema.Draft202012Validator(json.loads(schema_text("diff"))).is_valid(document)


# ---------------------------------------------------------------------------------------------- the command


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    for name, text in (("old.md", OLD), ("new.md", NEW)):
        (tmp_path / name).write_bytes(text.encode())
    return str(tmp_path / "old.md"), str(tmp_path / "new.md")


def test_command(run: Runner, files: tuple[str, str]) -> None:
    ran = run("diff", *files, "--explain", "old:12", "--explain", new_line("Cache all"))
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.index("Line 12 of old") < ran.out.index(f"Line {new_line('Cache all')} of new")
    assert "Fields" not in ran.out


def test_command_of_equal_files_says_no_difference(run: Runner, files: tuple[str, str]) -> None:
    ran = run("diff", files[0], files[0], "--explain", "12")
    assert (ran.code, ran.err) == (0, "")
    assert "the same text" in ran.out


def test_command_with_json(run: Runner, files: tuple[str, str]) -> None:
    ran = run("diff", *files, "--explain", "7", "--format", "json")
    document = json.loads(ran.out)
    assert ran.code == 1
    assert [each["line"] for each in document["explanations"]] == [7]
    assert document["items"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--explain", "2"), "new.md: line 2 is blank"),
        (("--explain", "7", "--explain", "old:3"), "old.md: line 3 belongs to the field 'description'"),
        (("--explain", "99"), "new.md: there is no line 99, the file has 13"),
        (("--explain", "seven"), "--explain 'seven' names no line"),
        (("--explain", "7", "--stat"), "--stat and --explain are two views of a diff"),
    ],
)
def test_command_refuses_in_one_sentence(
    run: Runner, files: tuple[str, str], options: tuple[str, ...], sentence: str
) -> None:
    ran = run("diff", *files, *options)
    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err
    assert ran.err.count("\n") == 1


def test_nothing_of_a_file_steers_the_terminal(run: Runner, tmp_path: Path) -> None:
    hostile = "# Jo\x1b[2Jins\n- Parse \x1b]0;owned\x07 the \u202equery `\x9b31m` grammar\n"
    (tmp_path / "a.md").write_bytes(hostile.encode())
    (tmp_path / "b.md").write_bytes(hostile.replace("Parse", "Print").encode())
    for options in ((), ("--format", "json"), ("--color", "always")):
        for place in ("1", "2"):
            ran = run("diff", str(tmp_path / "a.md"), str(tmp_path / "b.md"), "--explain", place, *options)
            assert ran.code == 1
            for steering in ("\x1b[2J", "\x1b]", "\x07", "\u202e", "\x9b"):
                assert steering not in ran.out
