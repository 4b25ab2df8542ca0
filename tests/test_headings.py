"""The sections of a canonical agent: their titles, numbers, tree and order."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from merge_samples import agent, body_of, bullets, merged, planned
from test_merge_laws import EXAMPLES, groups

from agentdiff.canonical import merge
from agentdiff.consensus import group
from agentdiff.formats import parse
from agentdiff.model import Agent, SectionStyle
from agentdiff.normalise import comparable_title
from agentdiff.outline import outline
from agentdiff.plan import TOP, Outline
from agentdiff.similarity import prepared

ROSES = ["Water the roses at dawn", "Check the soil with a finger", "Tie the shoots to the wall"]
MONEY = ["Send invoices monthly", "Keep every receipt of the year", "Pay the helpers on Friday"]
TOOLS = ["Sharpen the blades in winter", "Oil the shears after rain", "Lock the shed at night"]
PESTS = ["Pick snails off after dusk", "Wash lice away with soap", "Hang nets over the cherries"]


def titles(text: str) -> list[str]:
    """The headings of a text."""
    return [line for line in text.split("\n") if line.startswith("#")]


def guided(skeleton: int, *bodies: str) -> Outline:
    """The plan of a merge with a skeleton."""
    variants = [prepared(agent(body)) for body in bodies]
    return outline(variants, group(variants), skeleton)


def tree(plan: Outline, parent: int = TOP, depth: int = 0) -> list[str]:
    """The titles of a plan in order, each with a mark for each section around it."""
    return [
        line
        for heading in plan.subsections(parent)
        for line in ["." * depth + heading.title, *tree(plan, heading.number, depth + 1)]
    ]


# ---------------------------------------------------------------------------------------------- order


def test_sections_stand_as_most_variants_have_them() -> None:
    usual = bullets("Roses", ROSES) + bullets("Money", MONEY) + bullets("Tools", TOOLS)
    turned = bullets("Tools", TOOLS) + bullets("Money", MONEY) + bullets("Roses", ROSES)
    assert tree(planned(turned, usual, usual + "- Rake\n")) == ["Roses", "Money", "Tools"]


def test_what_one_variant_has_in_a_row_stays_in_a_row() -> None:
    first = bullets("Roses", ROSES) + bullets("Tools", TOOLS)
    second = bullets("Money", MONEY) + bullets("Pests", PESTS)
    assert tree(planned(first, second)) in (["Roses", "Tools", "Money", "Pests"], ["Money", "Pests", "Roses", "Tools"])


def test_what_one_variant_adds_stands_behind_what_it_follows_there() -> None:
    first = bullets("Roses", ROSES) + bullets("Money", MONEY) + bullets("Tools", TOOLS)
    second = bullets("Roses", ROSES) + bullets("Pests", PESTS) + bullets("Tools", TOOLS)
    assert tree(planned(first, second)) == ["Roses", "Money", "Pests", "Tools"] or tree(planned(first, second)) == [
        "Roses",
        "Pests",
        "Money",
        "Tools",
    ]


# ---------------------------------------------------------------------------------------------- titles


def test_sections_with_one_title_are_one_even_in_one_variant() -> None:
    double = bullets("Example", ["Plant a hedge"]) + "\n" + bullets("Example", ["Lay a lawn"])
    text = body_of(merged(double, bullets("Money", MONEY)))
    assert titles(text).count("## Example") == 1
    assert "- Plant a hedge\n- Lay a lawn" in text


def test_a_title_that_follows_several_others_belongs_to_each() -> None:
    body = (
        bullets("Roses", ROSES)
        + bullets("Example", ["Plant a hedge"])
        + bullets("Money", MONEY)
        + bullets("Example", ["Lay a lawn"])
    )
    assert tree(planned(body, bullets("Tools", TOOLS))) == ["Roses", ".Example", "Money", ".Example", "Tools"]


def test_titles_that_differ_stay_apart() -> None:
    body = bullets("Example of roses", ["Plant a hedge"]) + bullets("Example of lawns", ["Lay a lawn"])
    assert len(tree(planned(body, bullets("Money", MONEY)))) == 3


def repeated(text: str) -> list[tuple[int | None, str]]:
    """Titles that stand twice below one title."""
    found = parse(text, "canonical.md").sections
    marked = [each for each in found if each.style in (SectionStyle.ATX, SectionStyle.SETEXT)]
    uses = Counter((each.parent, comparable_title(each.title)) for each in marked)
    return [each for each, count in uses.items() if count > 1]


@settings(max_examples=EXAMPLES)
@given(groups)
def test_no_title_stands_twice_below_another(variants: list[Agent]) -> None:
    text = merge(variants).text
    assert repeated(text) == [] or text in {variant.source for variant in variants}


def test_deep_sections_stay_apart_where_headings_end() -> None:
    deep = "".join(f"{'#' * level} Level {level}\n\n" for level in range(2, 7))
    plan = planned(deep + "<inner>\n\n- Prune\n\n<deeper>\n\n- Feed\n\n</deeper>\n</inner>\n", bullets("Money", MONEY))
    assert max(line.count(".") for line in tree(plan)) == 4


# ---------------------------------------------------------------------------------------------- numbers


def counted(*sections: tuple[str, list[str]], mark: str = "## {}. ") -> str:
    """Sections with numbers before their titles."""
    parts = (
        mark.format(number) + title + "\n\n" + "\n".join(f"- {text}" for text in texts) + "\n"
        for number, (title, texts) in enumerate(sections, 1)
    )
    return "\n".join(parts)


@pytest.mark.parametrize("mark", ["## {}. ", "## {}) ", "## {}: ", "## **{}.** "])
def test_a_series_of_titles_keeps_its_numbers(mark: str) -> None:
    series = counted(("Roses", ROSES), ("Money", MONEY), mark=mark)
    assert titles(body_of(merged(series, bullets("Tools", TOOLS))))[:2] == ["## 1. Roses", "## 2. Money"]


def test_numbers_go_before_the_title_that_most_variants_use() -> None:
    series = counted(("Roses", ROSES), ("Money", MONEY))
    other = bullets("Looking after roses", ROSES)
    text = body_of(merged(series, other, other + "- Rest\n"))
    assert titles(text) == ["## 1. Looking after roses", "## 2. Money"]


def test_nothing_stands_inside_a_series() -> None:
    series = counted(("Roses", ROSES), ("Money", MONEY), ("Tools", TOOLS))
    usual = bullets("Tools", TOOLS) + bullets("Pests", PESTS) + bullets("Roses", ROSES)
    plan = tree(planned(series, usual, usual + "- Rake\n"))
    assert [title for title in plan if title != "Pests"] == ["1. Roses", "2. Money", "3. Tools"]
    assert plan.index("Pests") in (0, 3)


@pytest.mark.parametrize(
    "body",
    [
        "## 1. Roses\n\n- Prune them\n\n## Money\n\n- Send bills\n",  # one alone is no series
        "## 2. Roses\n\n- Prune them\n\n## 1. Money\n\n- Send bills\n",  # not ascending
        "## Phase 1: Roses\n\n- Prune them\n\n## Phase 2: Money\n\n- Send bills\n",  # words, which stay as they are
        "Steps:\n\n1. **Roses**:\n   - Prune them\n   - Tie them\n2. Rest\n3. **Money**:\n   - Send bills\n   - Wait\n",
    ],
)
def test_what_is_no_series_gets_no_numbers(body: str) -> None:
    assert not [title for title in tree(planned(body, bullets("Tools", TOOLS))) if title.lstrip(".")[0].isdigit()]


def test_a_series_of_which_two_became_one_loses_its_numbers() -> None:
    series = counted(("Roses", ROSES), ("Rose care", ["Prune roses in spring"]), ("Money", MONEY))
    nested = bullets("Roses", ROSES) + "\n### Money\n\n" + "\n".join(f"- {text}" for text in MONEY) + "\n"
    assert not [t for t in tree(planned(series, nested, nested + "- Rake\n")) if t.lstrip(".")[0].isdigit()]


def test_the_longer_of_two_series_wins() -> None:
    longer = counted(("Roses", ROSES), ("Money", MONEY), ("Tools", TOOLS))
    shorter = counted(("Money", MONEY), ("Roses", ROSES))
    assert tree(planned(shorter, longer)) == ["1. Roses", "2. Money", "3. Tools"]


def test_two_series_with_the_same_numbers_are_one() -> None:
    series = counted(("Roses", ROSES), ("Money", MONEY))
    assert tree(planned(series, series + "- Rake\n")) == ["1. Roses", "2. Money"]


def test_below_one_title_no_number_stands_twice() -> None:
    first, second = counted(("Roses", ROSES), ("Money", MONEY)), counted(("Tools", TOOLS), ("Pests", PESTS))
    numbers = [title[0] for title in tree(planned(first, second)) if title[0].isdigit()]
    assert sorted(numbers) == ["1", "2"]


def test_numbers_are_read_again_as_such_and_stay() -> None:
    series = counted(("Roses", ROSES), ("Money", MONEY))
    text = body_of(merged(series, bullets("Roses", [*ROSES, "Rest"])))
    assert [section.title for section in parse(text, "canonical.md").sections] == ["Roses", "Money"]
    assert (
        titles(body_of(merged(text, series))) == titles(body_of(merged(text, "## Roses\n\n- Rest\n"))) == titles(text)
    )


def test_a_number_that_stands_alone_in_a_form_stays() -> None:
    form = "## Report\n\n### Pests\n\n**1. [Name of the pest]**\n\n- **Bed**: [Which one of them]\n\n### Weeds\n\n"
    form += "**1. [Name of the weed]**\n\n- **Bed**: [Which one of them]\n"
    titles = tree(planned(form, form + "- Sign it\n", bullets("Tools", TOOLS)))
    assert {"..1. [Name of the pest]", "..1. [Name of the weed]"} <= set(titles)


# ---------------------------------------------------------------------------------------------- names


EPIC = (
    "## Plan\n\n- **Epic:** Plant the hedge\n  - Dig a trench\n  - Buy yews\n- **Epic:** Build the pond\n  - Buy clay\n"
)


def test_titles_that_repeat_are_told_apart_by_what_stands_behind_them() -> None:
    text = body_of(merged(EPIC, bullets("Tools", TOOLS)))
    assert [line for line in text.split("\n") if line.startswith("### ")] == [
        "### Epic: Plant the hedge",
        "### Epic: Build the pond",
    ]
    assert text.count("Plant the hedge") == 1


def test_a_title_that_stands_once_is_not_joined_with_what_stands_behind_it() -> None:
    text = body_of(merged(EPIC.split("- **Epic:** Build")[0], bullets("Tools", TOOLS)))
    assert "### Epic\n\nPlant the hedge" in text


@pytest.mark.parametrize(
    ("titles", "written"),
    [
        (("Main Tools", "Focus Areas"), "Focus Areas"),
        (("Tools", "Tools", "Secateurs"), "Tools (Secateurs)"),
        (("Tools", "Tools", "Secateurs", "Dibbers"), "Tools (Dibbers, Secateurs)"),
    ],
)
def test_other_titles_are_named_where_an_uncommon_word_would_be_lost(titles: tuple[str, ...], written: str) -> None:
    bodies = (bullets(title, [*TOOLS, f"Rest {number} hours"]) for number, title in enumerate(titles, 2))
    assert tree(planned(*bodies))[0] == written


@pytest.mark.parametrize("title", ["Will Not", "Never", "What to avoid", "Anti-patterns", "Don\u2019ts"])
def test_what_is_not_to_be_done_is_no_part_of_what_is(title: str) -> None:
    plan = planned(bullets("Will", TOOLS), bullets(title, TOOLS), bullets("Will", [*TOOLS, "Rake the gravel"]))
    assert sorted(tree(plan)) == sorted(["Will", title])


# ---------------------------------------------------------------------------------------------- the skeleton


def test_the_skeleton_gives_order_nesting_and_titles() -> None:
    shape = "## 1. Tools\n\n- Oil the shears after rain\n\n### Rose care\n\n- Water the roses at dawn\n\n## 2. Cash\n\n"
    shape += "\n".join(f"- {text}" for text in MONEY) + "\n"
    usual = bullets("Roses", ROSES) + bullets("Money", MONEY) + bullets("Tools", TOOLS) + bullets("Pests", PESTS)
    for place, bodies in enumerate([(shape, usual, usual + "- Rake\n"), (usual, shape, usual + "- Rake\n")]):
        assert tree(guided(place, *bodies))[:3] == ["1. Tools", ".Rose care", "2. Cash"]
    assert tree(planned(shape, usual, usual + "- Rake\n"))[0] == "Roses (Rose care)"


def test_sections_that_the_skeleton_lacks_come_last() -> None:
    shape = bullets("Tools", TOOLS) + bullets("Roses", ROSES)
    usual = bullets("Pests", PESTS) + bullets("Money", MONEY) + bullets("Roses", ROSES) + bullets("Tools", TOOLS)
    assert tree(guided(0, shape, usual, usual + "- Rake\n")) == ["Tools", "Roses", "Pests", "Money"]


def test_statements_of_the_skeleton_keep_their_order_and_section() -> None:
    shape = bullets("Tools", [TOOLS[2], TOOLS[0], ROSES[0]])
    usual = bullets("Tools", [*TOOLS, "Buy gloves for everybody"]) + bullets("Roses", ROSES)
    plan = guided(0, shape, usual, usual + "- Rake\n")
    (tools,) = [heading.number for heading in plan.headings if heading.title == "Tools"]
    inside = plan.statements(tools, None)
    assert [unit.passages[0].items[0] for unit in inside if 0 in unit.variants] == [0, 1, 2]


def test_of_two_variants_one_that_says_nearly_all_is_the_skeleton() -> None:
    full = bullets("Tools", TOOLS) + bullets("Roses", ROSES) + bullets("Cash", MONEY)
    part = bullets("Looking after money and taxes", MONEY) + bullets("Tools", TOOLS)
    for bodies in ([full, part], [part, full]):
        assert tree(planned(*bodies)) == ["Tools", "Roses", "Cash (Looking after money and taxes)"]
