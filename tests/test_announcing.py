"""Lead-ins that are titles, and those that are none."""

from __future__ import annotations

from merge_samples import agent, body_of, bullets, merged

from agentdiff.canonical import merge
from agentdiff.formats import parse
from agentdiff.normalise import comparable_title

BEDS = ["Dig the beds in autumn", "Rake the gravel paths", "Edge the lawn with a spade"]
TOOLS = ["Oil the shears after rain", "Sharpen the spade in winter", "Hang up the rakes"]


def test_a_lead_in_that_is_a_title_elsewhere_is_that_title() -> None:
    label = (
        "## Work\n\nStart early.\n\nBeds to dig:\n- "
        + "\n- ".join(BEDS)
        + "\n\nTools to oil:\n- "
        + "\n- ".join(TOOLS)
        + "\n"
    )
    alone = "## Work\n\nBeds to dig:\n\n- Dig the beds in autumn\n- Weed the onions\n"
    result = merged(label, alone)
    text = body_of(result)
    assert text.count("Beds to dig") == 1
    assert text.index("Weed the onions") < text.index("Tools to oil")
    assert result.output is not None
    titles = [(each.parent, comparable_title(each.title)) for each in result.output.sections]
    assert len(titles) == len(set(titles))


def test_a_short_lead_in_does_not_announce_what_others_have_in_its_section() -> None:
    announced = "## Work\n\nLook at these first:\n\n- " + "\n- ".join(BEDS) + "\n"
    other = bullets("Work", [BEDS[0], *TOOLS])
    text = body_of(merged(announced, other))
    assert text.index("Oil the shears") < text.index("### Look at these first") < text.index("Rake the gravel")


def test_a_lead_in_to_all_of_a_section_stays_a_sentence() -> None:
    announced = "## Work\n\nLook at these first:\n\n- " + "\n- ".join(BEDS) + "\n"
    text = body_of(merged(announced, announced + "- Rest\n", bullets("Tools", TOOLS)))
    assert "\n\nLook at these first:\n\n- Dig" in text


def test_a_title_made_of_a_lead_in_stays_when_merged_again() -> None:
    bodies = ["## Work\n\nLook at these first:\n\n- " + "\n- ".join(BEDS) + "\n", bullets("Work", [BEDS[0], *TOOLS])]
    sources = [agent(body, path=f"{number}.md") for number, body in enumerate(bodies)]
    text = merge(sources).text
    for source in sources:
        assert merge([parse(text, "canonical.md", format="claude-agent"), source]).text == text
