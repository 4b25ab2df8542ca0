"""Where everything goes."""

from __future__ import annotations

import pytest
from merge_samples import body_of, bullets, merged, planned

from agentdiff.model import ItemKind

TELL = "Before you leave the garden for the day, tell the owner or whoever looks after the house about these:"
"""A sentence that is too long for a title."""


def titles(text: str) -> list[str]:
    """The headings of a text."""
    return [line for line in text.split("\n") if line.startswith("#")]


def order_in(text: str, *parts: str) -> list[str]:
    """Those of the parts that stand in a text, in its order."""
    return sorted((part for part in parts if part in text), key=text.index)


# ---------------------------------------------------------------------------------------------- sections


def test_one_heading_for_sections_about_the_same() -> None:
    text = body_of(
        merged(
            bullets("Watering", ["Water the roses at dawn", "Check the soil with a finger"]),
            bullets("Watering", ["Water roses at dawn", "Collect rain in barrels"]),
        )
    )
    assert titles(text) == ["## Watering"]
    assert text.count("at dawn") == 1


def test_different_sections_stay_different() -> None:
    text = body_of(
        merged(bullets("Watering", ["Collect rain in barrels"]), bullets("Money", ["Send invoices monthly"]))
    )
    assert sorted(titles(text)) == ["## Money", "## Watering"]


def test_the_most_used_title_is_written_and_shouting_calmed() -> None:
    same = ["Water the roses at dawn", "Check the soil with a finger"]
    assert "## Watering" in body_of(
        merged(bullets("WATERING", same), bullets("Watering", [*same, "Rest"]), bullets("Watering", [*same, "Sing"]))
    )
    shouted = body_of(merged(bullets("WATER AND SOIL", [*same, "Sing"]), bullets("WATER AND SOIL", [*same, "Rest"])))
    assert "## Water And Soil" in shouted


def test_what_is_left_of_a_section_follows_the_rest() -> None:
    small = bullets(
        "Roses in spring", ["Prune the roses in early spring", "Feed the roses with compost", "Look for frost"]
    )
    large = bullets(
        "Pruning and feeding", ["Prune roses early in spring", "Feed roses with ripe compost", "Cut the hedge", "Mow"]
    )
    text = body_of(merged(small, large, large + "- Rake\n"))
    assert len(titles(text)) == 1
    assert "Look for frost" in text


def test_a_section_that_keeps_most_of_its_text_stays() -> None:
    small = bullets("Spring", ["Prune the roses in early spring", "Look for frost", "Sow beans", "Oil the gate"])
    large = bullets("Tools", ["Prune roses early in spring", "Sharpen blades", "Store fuel", "Lock the shed"])
    assert len(titles(body_of(merged(small, large)))) == 2


def test_a_title_of_the_whole_stands_first() -> None:
    text = body_of(merged("# Gardener\n\n" + bullets("Roses", ["Prune"]), bullets("Roses", ["Feed"])))
    assert text.startswith("# Gardener\n")


# ---------------------------------------------------------------------------------------------- statements


def test_role_statements_come_first_that_which_says_most_before_the_others() -> None:
    text = body_of(
        merged(
            "You are a gardener of long standing who knows every rose by name.\n\n" + bullets("Roses", ["Prune"]),
            "Act as the keeper of a park.\n\n" + bullets("Roses", ["Feed"]),
        )
    )
    parts = ["You are a gardener of long standing", "Act as the keeper", "## Roses"]
    assert order_in(text, *parts) == parts


def test_a_lead_in_stands_directly_before_its_list() -> None:
    first = "## Handing over\n\nKeep it short.\n\n" + TELL + "\n\n- Sick trees\n- Broken fences\n"
    second = "## Handing over\n\nBe polite.\n\n- Late deliveries\n- Open bills\n"
    text = body_of(merged(first, second))
    assert TELL + "\n\n- Sick trees\n- Broken fences" in text
    assert text.index("Be polite") < text.index(TELL)


def test_two_lead_ins_keep_their_lists() -> None:
    first = "## Work\n\nBefore rain:\n\n- Close the frames\n\nAfter rain:\n\n- Drain the pots\n"
    text = body_of(merged(first, bullets("Money", ["Send invoices monthly"])))
    assert order_in(text, "Before rain", "Close", "After rain", "Drain") == [
        "Before rain",
        "Close",
        "After rain",
        "Drain",
    ]


def test_nested_entries_stay_under_theirs() -> None:
    nested = "## Roses\n\n- Prune the roses in early spring\n  - Above an outer bud\n- Feed them\n"
    text = body_of(merged(nested, bullets("Roses", ["Prune roses early in spring", "Water them"])))
    lines = text.split("\n")
    at = lines.index("  - Above an outer bud")
    assert "rune" in lines[at - 1]


def test_labels_of_one_paragraph_become_a_list() -> None:
    text = body_of(
        merged("## Profile\n\n**Role**: Gardener  \n**Level**: Senior  \n", bullets("Money", ["Send bills"]))
    )
    assert "- **Role**: Gardener\n- **Level**: Senior" in text


def test_words_at_the_end_stay_at_the_end() -> None:
    first = bullets("Roses", ["Prune the roses"]) + "\nLeave every garden tidier than you found it.\n"
    text = body_of(merged(first, bullets("Zinnias", ["Sow zinnias late"])))
    assert text.endswith("Leave every garden tidier than you found it.")


def test_what_contradicts_stands_together() -> None:
    often = bullets("Trees", ["Water the young trees every 2 days in summer", "Stake them"])
    seldom = bullets("Summer", ["Sow beans", "Water the young trees every 9 days in summer"])
    lines = body_of(merged(often, seldom)).split("\n")
    places = [number for number, line in enumerate(lines) if "young trees" in line]
    assert places[1] == places[0] + 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("- Prune", ItemKind.BULLET),
        ("1. Prune", ItemKind.NUMBERED),
        ("Prune", ItemKind.PARAGRAPH),
        ("```\nprune\n```", ItemKind.CODE),
    ],
)
def test_units_keep_their_kind(body: str, kind: ItemKind) -> None:
    (unit,) = planned(f"## Roses\n\n{body}\n").units
    assert unit.kind is kind


def test_a_table_is_one_unit() -> None:
    (unit,) = planned("| plant | water |\n|---|---|\n| rose | daily |\n").units
    assert len(unit.passages[0].items) == 3


# ---------------------------------------------------------------------------------------------- what stays together


SPADES = ["Sharpen the blades in winter", "Oil the shears after rain"]
ROSES = ["Prune the roses in early spring", "Feed the roses with ripe compost", "Water the roses at dawn"]


@pytest.mark.parametrize(
    "block", ["```sh\nprune --low\n```", "| plant | water |\n|---|---|\n| rose | daily |", "<details>low</details>"]
)
@pytest.mark.parametrize("before", ["Call it so:", "Call it as the guide says.", "- Call it"])
def test_code_and_tables_stay_behind_what_they_follow(before: str, block: str) -> None:
    first = f"## Tools\n\n- Buy gloves\n\n{before}\n\n{block}\n\n## End\n\n- Rest\n"
    text = body_of(merged(first, bullets("Tools", SPADES), bullets("Tools", [*SPADES, "Lock the shed"])))
    assert f"{before}\n\n{block}" in text


def test_code_goes_with_the_line_that_announces_it() -> None:
    first = bullets("Work", ["Sow", "Run the watering script like this:\n  ```sh\n  water --all\n  ```", "Mow"])
    second = bullets("Watering", ["Run the watering script like this:", "Collect rain in barrels", "Check the soil"])
    text = body_of(merged(first, second, second + "- Rake\n"))
    assert "- Run the watering script like this:\n\n  ```sh\n  water --all\n  ```" in text


def test_a_line_of_a_form_stays_in_its_form() -> None:
    form = bullets("Report", ["**Place**: `[Bed Name]`", "**Problem**: [What is wrong with it]"])
    other = bullets("Beds", ["**Place**: `Bed Name`", "Dig deep", "Add sand"])
    lines = body_of(merged(form, other, bullets("Beds", ["Dig deep", "Add sand", "Rake"]))).split("\n")
    (at,) = [number for number, line in enumerate(lines) if "**Place**" in line]
    assert "Problem" in lines[at + 1]


def test_entries_that_nothing_announces_come_before_a_list_that_is_announced() -> None:
    first = "## Handing over\n\n" + TELL + "\n\n- Sick trees\n- Broken fences\n"
    text = body_of(merged(first, bullets("Handing over", ["Late deliveries", "Open bills"])))
    assert order_in(text, "Late", "Open", TELL, "Sick", "Broken") == ["Late", "Open", TELL, "Sick", "Broken"]


def test_a_list_that_is_announced_elsewhere_as_well_stays_whole() -> None:
    first = "## Handing over\n\n" + TELL + "\n\n- Sick trees\n- Broken fences\n"
    text = body_of(merged(first, bullets("Handing over", ["Sick trees", "Broken fences", "Open bills"])))
    assert order_in(text, TELL, "Sick", "Broken", "Open") == [TELL, "Sick", "Broken", "Open"]


def test_what_announces_subsections_stands_right_before_them() -> None:
    first = "## Work\n\nBegin with these parts of the day:\n\n### Dawn\n\n- Water\n\n### Dusk\n\n- Mow\n"
    text = body_of(merged(first, bullets("Work", ["Wear gloves", "Drink enough"])))
    assert order_in(text, "Wear", "Begin with", "### Dawn") == ["Wear", "Begin with", "### Dawn"]


# ---------------------------------------------------------------------------------------------- steps


def steps(title: str, texts: list[str]) -> str:
    """A section with a numbered list."""
    return f"## {title}\n\n" + "\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1)) + "\n"


def test_steps_of_a_variant_keep_their_order() -> None:
    first = ["Read the plan of the garden", "Dig the beds", "Sow the seeds", "Cover them with nets"]
    second = ["Read the plan of the garden", "Buy manure", "Sow the seeds", "Put up a scarecrow"]
    text = body_of(merged(steps("Work", first), steps("Work", second)))
    assert order_in(text, *first) == first
    assert order_in(text, *second) == second


def test_what_is_no_step_stands_behind_the_steps() -> None:
    first = steps("Work", ["Read the plan of the garden", "Dig the beds", "Sow the seeds"])
    text = body_of(merged(first, bullets("Work", ["Read the plan of the garden", "Wear gloves"])))
    assert text.endswith("1. Read the plan of the garden\n2. Dig the beds\n3. Sow the seeds\n\n- Wear gloves")


# ---------------------------------------------------------------------------------------------- small sections


OTHERS = bullets("Roses", [*ROSES, "Mulch them in autumn"]), bullets("Roses", [*ROSES, "Cut dead wood out"])


def nested(title: str, texts: list[str], *subsections: str) -> str:
    """A section with subsections."""
    return bullets(title, texts) + "".join("\n#" + each for each in subsections)


def test_what_is_left_of_a_small_section_goes_to_its_parent_if_it_says_what_the_title_says() -> None:
    small = bullets("Gutters", ["Prune the roses in early spring", "Clear the gutters"])
    text = body_of(merged(nested("Work", ["Sow beans"], small), *OTHERS))
    assert "- Clear the gutters" in text
    assert "### Gutters" not in text


@pytest.mark.parametrize(
    "small",
    [
        bullets("Night duty", ["Prune the roses in early spring", "Clear the gutters"]),  # the title tells more
        bullets("Gutters", ["Clear the gutters"]),  # nothing of it went elsewhere
        bullets("Gutters", ["Prune the roses in early spring", "Clear the gutters", "Sow", "Mow"]),  # much is left
    ],
)
def test_other_small_sections_stay(small: str) -> None:
    text = body_of(merged(nested("Work", ["Sow beans"], small), *OTHERS))
    assert small.partition("\n")[0].replace("##", "###") in text


# ---------------------------------------------------------------------------------------------- closing words


def test_words_behind_the_last_subsection_end_the_file() -> None:
    first = "## Work\n\nDaily work:\n\n- Water\n- Mow\n\nWeekly work:\n\n- Rake\n\nLeave every garden tidier.\n"
    assert body_of(merged(first, bullets("Zinnias", ["Sow zinnias late"]))).endswith("Leave every garden tidier.")


def test_several_paragraphs_behind_the_list_of_a_section_of_prose_stay_there() -> None:
    last = (
        "## Reports\n\nFor each bed, say these things to the owner of the garden when the work of the day is done:\n\n"
    )
    last += "- What grows\n- What died\n\nSort the beds by size.\n\nWrite no more than a page.\n"
    text = body_of(merged(last, bullets("Tools", ["Oil the shears"]) + "\nAlways close the gate.\n"))
    parts = ["Sort the beds", "Write no more", "## Tools", "Always close"]
    assert sorted(order_in(text, *parts)[-1:]) == ["Always close"]
    assert "What died\n\nSort the beds by size.\n\nWrite no more" in text


def test_what_ends_a_file_belongs_to_the_section_where_others_have_it() -> None:
    rule = "Close the gate behind you when you leave the garden"
    ending = bullets("Roses", ["Prune", "Feed"]) + bullets("Reports", ["Say what grows"]) + f"\n{rule}.\n"
    inside = bullets("Safety", [rule, "Wear gloves"]) + bullets("Reports", ["Say what grows", "Say what died"])
    text = body_of(merged(ending, inside, ending.replace("Prune", "Water")))
    assert f"## Safety\n\n- {rule}" in text


def test_the_end_of_an_example_is_no_closing_word() -> None:
    first = (
        bullets("Roses", ["Prune"]) + "\n## Example\n\nBefore the rain came.\n\n```\nx\n```\n\nAfter the rain came.\n"
    )
    text = body_of(merged(first, bullets("Zinnias", ["Sow zinnias late"])))
    assert "```\nx\n```\n\nAfter the rain came." in text
