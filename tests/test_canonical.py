"""Many variants, one agent: what is kept, what becomes of each line, what stays open."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from merge_samples import agent, body_of, bullets, fates, merged, text_of_unit, unit_of
from repeats import repeats

from agentdiff.canonical import merge
from agentdiff.checking import check
from agentdiff.errors import BadInput
from agentdiff.formats import parse, read
from agentdiff.ledger import CanonicalMerge, ConflictKind, Fate, FieldStatus, MergeOptions, UnitKind
from agentdiff.normalise import comparable_title
from agentdiff.saying import says

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "backend-engineer").glob("*.md"))


@pytest.fixture(scope="module")
def five() -> CanonicalMerge:
    """The merge of the five fixtures."""
    return merge([read(str(path)) for path in FIXTURES])


# ---------------------------------------------------------------------------------------------- nothing to merge


@pytest.mark.parametrize("copies", [1, 2, 3])
@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_the_same_variant_comes_back_byte_for_byte(path: Path, copies: int) -> None:
    one = read(str(path))
    result = merge([one] * copies)
    assert result.text == one.source
    assert {entry.fate for entry in result.ledger} == {Fate.KEPT}
    assert all(unit.support == copies for unit in result.units)
    assert not result.conflicts


@pytest.mark.parametrize(("count", "support"), [(0, 1), (2, 0), (2, 3)])
def test_what_makes_no_sense_is_refused(count: int, support: int) -> None:
    with pytest.raises(BadInput):
        merge([agent("Mow\n")] * count, MergeOptions(min_support=support))


# ---------------------------------------------------------------------------------------------- fates


def test_every_fate_with_its_reason() -> None:
    result = merged(
        bullets(
            "Roses", ["Prune the roses in early spring", "Mix *bone meal* into the soil", "Cover 80 % of the beds"]
        ),
        bullets("Roses", ["Prune the roses in early spring, above an outer bud", "Mix bone meal into the soil"])
        + "- Cover 80 % of the beds with bark\n\n---\n",
        bullets("ROSE CARE", ["Prune roses in early spring", "Cover 95 % of the beds"]) + "\nRest.\n",
    )
    assert fates(result, 0)[8] is Fate.KEPT  # word for word a part of what is written
    assert fates(result, 1)[8] is Fate.KEPT
    assert fates(result, 2)[8] is Fate.ABSORBED
    assert fates(result, 1)[12] is Fate.ABSORBED  # a rule goes with a title
    assert fates(result, 2)[9] is Fate.CONFLICT
    assert all(entry.reason for entry in result.ledger)
    assert all((entry.unit is None) == (entry.fate is Fate.DROPPED) for entry in result.ledger)


def test_a_wording_whose_list_was_extended_is_called_reworded() -> None:
    result = merged(
        bullets("Queues", ["Move slow work to queues (RabbitMQ, Kafka)"]),
        bullets("Queues", ["Slow work to queues (Kafka, NATS)"]),
    )
    assert "- Move slow work to queues (RabbitMQ, Kafka, NATS)" in result.text
    assert fates(result, 0)[8] is Fate.REWORDED
    assert fates(result, 1)[8] is Fate.ABSORBED


def test_a_number_before_a_title_is_not_kept() -> None:
    result = merged("## 1. Roses\n\n- Prune\n", bullets("Money", ["Send bills"]))
    assert "## Roses" in result.text
    assert fates(result, 0)[6] in (Fate.KEPT, Fate.REWORDED)


def test_closing_tags_belong_to_their_title() -> None:
    result = merged("<roses>\n\n- Prune\n\n</roses>\n", bullets("Money", ["Send bills"]))
    entry = next(each for each in result.ledger if each.span.first == 10)
    assert (entry.fate, result.units[entry.unit or 0].kind) == (Fate.ABSORBED, UnitKind.SECTION)


def test_the_title_of_a_section_whose_text_went_elsewhere_is_told() -> None:
    result = merged(
        bullets("Roses", ["Prune the roses in early spring", "Mix bone meal into the soil"]),
        bullets("Roses", ["Prune the roses in early spring", "Mix bone meal into the soil", "Rest"]),
        bullets("Zen", ["Prune the roses in early spring", "Mix bone meal into the soil"]),
    )
    assert "Zen" not in result.text
    entry = next(each for each in result.ledger if each.input == 2 and each.span.first == 6)
    assert entry.fate is Fate.ABSORBED


def test_all_lines_and_units_of_the_fixtures(five: CanonicalMerge) -> None:
    check(five)
    lines = five.text.split("\n")
    body = lines.index("---", 1) + 2
    covered = [line for unit in five.units for line in range(unit.span.first, unit.span.last + 1)]
    assert len(covered) == len(set(covered))
    assert {number for number, line in enumerate(lines, 1) if number >= body and line.strip()} <= set(covered)
    assert [unit.id for unit in five.units] == list(range(len(five.units)))


def test_no_unit_holds_two_statements_of_one_variant(five: CanonicalMerge) -> None:
    for unit in five.units:
        inputs = [source.input for source in unit.sources]
        assert unit.kind is UnitKind.SECTION or len(inputs) == len(set(inputs))
        assert unit.support == len(set(inputs))


# ---------------------------------------------------------------------------------------------- support


def test_what_too_few_say_is_dropped() -> None:
    bodies = [
        bullets("Roses", ["Prune the roses in early spring", extra]) for extra in ("Oil the gate", "Paint the shed")
    ]
    agents = [agent(body, path=f"{n}.md") for n, body in enumerate(bodies)]
    all_of_it, shared = merge(agents), merge(agents, MergeOptions(min_support=2))
    assert "Oil the gate" in all_of_it.text
    assert body_of(shared) == "## Roses\n\n- Prune the roses in early spring"
    dropped = [entry for entry in shared.ledger if entry.fate is Fate.DROPPED]
    assert [(entry.input, entry.unit, entry.reason) for entry in dropped] == [
        (0, None, "said by 1 of 2, fewer than the 2 asked for"),
        (1, None, "said by 1 of 2, fewer than the 2 asked for"),
    ]


def test_the_role_statement_stays_whatever_support_is_asked_for() -> None:
    agents = [agent("You are a gardener.\n\n- Mow\n"), agent("- Rake leaves\n", path="b.md")]
    assert "You are a gardener." in merge(agents, MergeOptions(min_support=2)).text


def test_what_was_nested_under_a_dropped_statement_moves_up() -> None:
    bodies = [
        "## Roses\n\n- Oil the gate\n  - Prune the roses in early spring\n",
        "## Roses\n\n- Paint the shed\n  - Prune the roses in early spring\n",
    ]
    agents = [agent(body, path=f"{n}.md") for n, body in enumerate(bodies)]
    assert body_of(merge(agents, MergeOptions(min_support=2))) == "## Roses\n\n- Prune the roses in early spring"


# ---------------------------------------------------------------------------------------------- open questions


def test_a_majority_decides_and_says_so() -> None:
    often = "Water the young trees every 2 days in summer"
    seldom = "Water the young trees every 9 days in summer"
    result = merged(bullets("Trees", [often]), bullets("Trees", [often, "Rest"]), bullets("Trees", [seldom]))
    assert often in result.text
    assert seldom not in result.text
    (question,) = result.conflicts
    assert (question.kind, question.subject) == (ConflictKind.CONTRADICTION, "one says 2 days, the other 9 days")
    assert question.chosen is not None
    assert question.options[question.chosen].text == often
    assert [(option.input, option.text) for option in question.options] == [(0, often), (1, often), (2, seldom)] or [
        (option.input, option.text) for option in question.options
    ] == [(1, often), (0, often), (2, seldom)]


def test_without_a_majority_both_stay_and_nothing_is_chosen() -> None:
    often = "Water the young trees every 2 days in summer"
    seldom = "Water the young trees every 9 days in summer"
    result = merged(bullets("Trees", [often]), bullets("Trees", [seldom]))
    assert often in result.text
    assert seldom in result.text
    assert [question.chosen for question in result.conflicts] == [None]


def test_what_says_more_than_the_contradiction_is_not_lost() -> None:
    often = "Water the young trees every 2 days in summer"
    seldom = (
        "Water the young trees every 9 days in summer, loosen bark, straighten stakes and renew every painted label"
    )
    result = merged(bullets("Trees", [often]), bullets("Trees", [often, "Rest"]), bullets("Trees", [seldom]))
    assert "straighten stakes" in result.text


def test_who_says_both_sees_no_contradiction() -> None:
    both = bullets(
        "Trees", ["Water the young trees every 2 days in summer", "Water the young trees every 9 days in spring"]
    )
    result = merged(both, both + "- Rest\n")
    assert not result.conflicts


def test_amounts_in_the_midst_of_a_paragraph_are_seen() -> None:
    result = merged(
        bullets("Jobs", ["Retry failed deliveries at most 3 times, then tell the owner"]),
        "Be on time in all that you do, keep the van clean, and retry failed deliveries at most 5 times.\n",
    )
    assert [question.subject for question in result.conflicts] == ["one says 5 times, the other 3 times"]
    assert "at most 3 times" in result.text
    assert "at most 5 times" in result.text


def test_the_name_of_a_question_does_not_change(five: CanonicalMerge) -> None:
    backwards = merge([read(str(path)) for path in reversed(FIXTURES)])
    assert {each.id for each in five.conflicts} == {each.id for each in backwards.conflicts}


@pytest.mark.parametrize("subject", ["80 %", "always", "50 rows", "3 times"])
def test_the_contradictions_of_the_fixtures_are_seen(five: CanonicalMerge, subject: str) -> None:
    assert any(subject in question.subject for question in five.conflicts)


# ---------------------------------------------------------------------------------------------- format and order


@pytest.mark.parametrize(
    ("sources", "format"),
    [
        (
            [("a.agent.md", "---\ndescription: x\n---\nMow\n"), ("b.md", "---\nname: b\ndescription: x\n---\nRake\n")],
            "claude-agent",
        ),
        ([("AGENTS.md", "Mow\n"), ("x/AGENTS.md", "Rake\n")], "agents-md"),
        (
            [("AGENTS.md", "Mow\n"), ("x/AGENTS.md", "Rake\n"), ("b.md", "---\nname: b\ndescription: x\n---\nDig\n")],
            "claude-agent",
        ),
        ([("a.mdc", "---\ndescription: x\n---\nMow\n"), ("b.mdc", "---\ndescription: x\n---\nRake\n")], "cursor-rule"),
    ],
)
def test_the_format_is_that_of_most_that_have_fields(sources: list[tuple[str, str]], format: str) -> None:
    agents = [parse(text, path) for path, text in sources]
    for order in permutations(agents):
        assert merge(order).format == format


def test_a_field_that_another_format_says_otherwise_says_why() -> None:
    variants = [agent(bullets("Roses", [text]), "tools: Read\nmodel: opus") for text in ("Prune them", "Water them")]
    result = merge(variants, MergeOptions(format="opencode-agent"))
    fields = {each.name: each for each in result.fields}
    assert fields["description"].status is FieldStatus.AGREED
    assert (fields["tools"].status, fields["tools"].value) == (FieldStatus.CHOSEN, None)
    assert fields["tools"].reason == "`permission` says it"
    assert "does not know the model 'opus'" in fields["model"].reason
    assert result.notes == ()


def test_any_order_gives_the_same_bytes_and_its_own_numbers(five: CanonicalMerge) -> None:
    agents = [read(str(path)) for path in FIXTURES]
    turned = [*agents[2:], *agents[:2]]
    result = merge(turned)
    assert result.text == five.text
    assert [agent.path for agent in result.inputs] == [agent.path for agent in turned]
    for one, other in zip(result.units, five.units, strict=True):
        here = {(result.inputs[source.input].path, source.span) for source in one.sources}
        assert here == {(five.inputs[source.input].path, source.span) for source in other.sources}


# ---------------------------------------------------------------------------------------------- the fixtures, read


def test_no_heading_twice_in_one_place(five: CanonicalMerge) -> None:
    again = parse(five.text, "canonical.md")
    titles = [(section.parent, section.title.casefold()) for section in again.sections if section.title]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize(("marks", "titles"), [("##", ["## Beds"]), ("#", ["# Beds"])])
def test_a_title_of_the_whole_is_no_section_of_another_variant(marks: str, titles: list[str]) -> None:
    start = "You look after gardens.\n\n"
    beds = ["Water every morning before nine", "Prune the roses in early spring"]
    result = merged(f"{start}# Beds\n\n- {beds[0]}\n", *[start + bullets("Beds", beds).replace("##", marks)] * 2)
    assert [line for line in body_of(result).split("\n") if line.startswith("#")] == titles


def test_introductions_stand_together_and_each_adds_something(five: CanonicalMerge) -> None:
    blocks = body_of(five).split("\n\n")
    roles = [block for block in blocks if block.startswith("You are")]
    assert blocks[1 : 1 + len(roles)] == roles
    assert not any(says(one, other) for one, other in permutations(roles, 2))


def test_the_canonical_of_canonical_and_source_is_itself(five: CanonicalMerge) -> None:
    canonical = parse(five.text, "canonical.md")
    for path in FIXTURES:
        assert merge([canonical, read(str(path))]).text == five.text


def test_a_unit_is_found_where_it_says() -> None:
    result = merged(bullets("Roses", ["Prune"]), bullets("Money", ["Send bills"]))
    assert text_of_unit(result, unit_of(result, "Prune")) == "- Prune"


@pytest.mark.parametrize(
    ("written", "expected"),
    [("temperature: 0.15", "temperature: 0.15"), ('temperature: "0.15"', "temperature: '0.15'")],
)
def test_numbers_of_unknown_fields_keep_their_quoting(written: str, expected: str) -> None:
    head = f"---\nname: a\ndescription: d\n{written}\n---\n\n"
    merged = merge([parse(head + "You are a.\n", "a.md"), parse(head + "You are b.\n\n- Be kind\n", "b.md")])
    assert expected in merged.text.split("\n")


def test_nothing_is_said_twice_unless_a_variant_does(five: CanonicalMerge) -> None:
    assert five.output is not None
    by_line = {line: unit for unit in five.units for line in range(unit.span.first, unit.span.last + 1)}
    for one, other in repeats(five.output):
        sources = [{source.input for source in by_line[item.span.first].sources} for item in (one, other)]
        assert not sources[0].isdisjoint(sources[1]), (one.text, other.text)


def test_no_title_stands_twice_under_one_parent(five: CanonicalMerge) -> None:
    assert five.output is not None
    titles = [(section.parent, comparable_title(section.title)) for section in five.output.sections]
    assert len(set(titles)) == len(titles)
