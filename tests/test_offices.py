"""What a statement is there for."""

from __future__ import annotations

import pytest
from merge_samples import agent

from agentdiff.model import Item
from agentdiff.offices import Manner, Office, denied_items, denies, manner, office
from agentdiff.similarity import prepared


def item(line: str) -> Item:
    """The last item of a section with this line."""
    return agent(f"## Beds\n\nSome words first.\n\n{line}\n").items[-1]


@pytest.mark.parametrize(
    ("line", "there_for"),
    [
        ("- Dig the bed", Office.SAYS),
        ("- [Dig the bed](https://example.org)", Office.SAYS),
        ("- [ ] Dig the bed", Office.SAYS),
        ("- **Bed**: [Name of the bed]", Office.IS_FORM),
        ("- **Beds to dig**:", Office.IS_LABEL),
        ("- **Beds to dig:**", Office.IS_LABEL),
        ("- **Beds** to dig:", Office.SAYS),
        ("**Beds to dig**: all", Office.SAYS),
    ],
)
def test_statements_say_name_or_are_to_be_filled_in(line: str, there_for: Office) -> None:
    assert office(item(line)) is there_for


@pytest.mark.parametrize(
    ("line", "way"),
    [
        ("- Dig the bed", Manner.IN_LIST),
        ("1. Dig the bed", Manner.IN_LIST),
        ("Dig the bed.", Manner.IN_TEXT),
        ("- [ ] Dig the bed", Manner.TO_TICK),
        ('- "Dig the bed for me"', Manner.SPOKEN),
        ('- "Dig" and "rake" are two things, says the "owner"', Manner.IN_LIST),
        ("- Is the bed dug?", Manner.ASKED),
    ],
)
def test_the_manner_of_a_statement(line: str, way: Manner) -> None:
    found = item(line)
    assert manner(found, found.kind) is way


@pytest.mark.parametrize(
    ("title", "is_denial"),
    [
        ("Will Not", True),
        ("Do not touch", True),
        ("Don't", True),
        ("Won\u2019t do", True),
        ("Common mistakes", True),
        ("Out of scope", True),
        ("Knots and notes", False),
        ("Donations", False),
        ("Boundaries", False),
        ("Never do this in spring:", True),
        ("In spring, avoid the following:", True),
        ("If the bed is not dug, ask before you plant. For example:", False),
        ("When it does not rain, water these:", False),
    ],
)
def test_titles_that_deny(title: str, is_denial: bool) -> None:
    assert denies(title) is is_denial


def test_what_is_denied_stands_below_a_title_or_a_lead_in() -> None:
    body = (
        "## Rules\n\nNever do any of these things, not even when the owner asks you to, whoever the owner may be:\n\n"
    )
    body += "- Burn leaves\n\nRake first.\n\n- Compost leaves\n\n## Avoid\n\n### Plants\n\n- Ivy on walls\n"
    variant = prepared(agent(body))
    denied = {variant.agent.items[i].text for i in denied_items(variant.agent)}
    assert denied == {"Burn leaves", "Ivy on walls"}
