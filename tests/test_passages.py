"""What becomes one statement, and what stays two."""

from __future__ import annotations

import pytest
from merge_samples import body_of, bullets, merged, planned

BEDS = ["Dig the beds in autumn", "Rake the gravel paths", "Edge the lawn with a spade"]


def sections_of(text: str) -> dict[str, list[str]]:
    """The entries below each heading."""
    found: dict[str, list[str]] = {}
    title = ""
    for line in text.split("\n"):
        if line.startswith("#"):
            title = line.lstrip("# ")
        elif line.strip():
            found.setdefault(title, []).append(line)
    return found


def test_what_is_denied_is_never_one_with_what_is_asked() -> None:
    rules = bullets("Will", [*BEDS, "Feed the hens in the morning"]) + bullets(
        "Will Not", ["Prune the old roses", "Cut the yew hedge"]
    )
    other = bullets("Work with others", [*BEDS, "Prune the old roses", "Cut the yew hedge in June"])
    for bodies in ([rules, other], [other, rules]):
        written = sections_of(body_of(merged(*bodies)))
        assert "- Prune the old roses" in written["Will Not"]
        assert sum("- Prune the old roses" in lines for lines in written.values()) == 2


def test_a_label_of_a_form_is_no_entry_of_a_list() -> None:
    form = "## Report\n\n- **Suggested Remedy**:\n\n  ```text\n  [what helps]\n  ```\n\n- **Cost**: [How much it is]\n"
    text = body_of(merged(form + "- Sign it\n", bullets("Advice", [*BEDS, "A remedy that you suggest"]), form))
    assert "- **Suggested Remedy**:\n\n  ```text" in text
    assert "- A remedy that you suggest" in text


def test_wordings_that_belong_to_different_sections_are_two_statements() -> None:
    one = bullets("Beds", [*BEDS, "Water the beds at dawn with rain water from the barrel"])
    plan = planned(one, one + "- Rest\n", bullets("Beds", BEDS))
    assert all(len(unit.passages) <= 3 for unit in plan.units)
    assert sum(len(unit.passages) == 3 for unit in plan.units) == len(BEDS)


@pytest.mark.parametrize("quote", ["> **Mind the bees**, they live in the shed.", "> Mind the bees.\n>\n> They sting."])
def test_a_quote_stays_a_quote(quote: str) -> None:
    text = body_of(
        merged(f"## Beds\n\n{quote}\n\n" + bullets("Tools", BEDS), bullets("Tools", [*BEDS, "Oil the shears"]))
    )
    lines = [line for line in text.split("\n") if line.startswith(">")]
    assert lines == [line for line in quote.split("\n") if line != ">"]


def test_what_is_no_quote_everywhere_is_none() -> None:
    quoted, plain = (f"## Beds\n\n{mark}Mind the bees.\n\n" + bullets("Tools", BEDS) for mark in ("> ", ""))
    assert "\nMind the bees." in body_of(merged(quoted, plain, plain + "- Oil the shears\n"))


def test_a_paragraph_stays_one_though_an_entry_elsewhere_says_the_same() -> None:
    mission = "## Mission\n\nKeep the garden healthy, tidy and full of bees.\n\n" + bullets("Beds", BEDS)
    steps = "## Steps\n\n1. Keep the garden healthy and tidy\n2. Count the bees\n3. Close the gate\n\n" + bullets(
        "Beds", BEDS
    )
    assert "\nKeep the garden healthy, tidy and full of bees." in body_of(merged(mission, steps, mission + "- Rest\n"))
