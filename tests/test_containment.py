"""Whether one agent says all that another says, and the lines that prove the opposite."""

from __future__ import annotations

import pytest
from merge_samples import agent, bullets

from agentdiff.containment import (
    Containment,
    addition,
    addition_sentences,
    container,
    containment,
    containment_sentences,
)
from agentdiff.model import Addition
from agentdiff.similarity import prepared

ROSES = ["Prune the roses in early spring", "Mix bone meal into the soil", "Water every morning before nine"]


def found(part: str, whole: str) -> Containment:
    return containment(prepared(agent(part)), prepared(agent(whole)))


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        (bullets("Roses", ROSES), bullets("Roses", ROSES)),
        (bullets("Roses", ROSES[:2]), bullets("Roses", ROSES)),
        (bullets("Roses", ROSES[::-1]), bullets("Roses", ROSES)),
        (bullets("Rose care", ROSES), bullets("Roses", ROSES)),  # how it is divided does not count
        (bullets("Roses", ["**Prune the roses** in early spring."]), bullets("Roses", ROSES)),
        (bullets("Roses", ["Prune roses in spring"]), bullets("Roses", ROSES)),
        ("## Roses\n\n---\n\n- Prune the roses in early spring\n", bullets("Roses", ROSES)),
        ("## Roses\n\nRules:\n\n- " + ROSES[0] + "\n", "### Rules:\n\n- " + ROSES[0] + "\n"),
        ("", bullets("Roses", ROSES)),
    ],
)
def test_nothing_is_added(part: str, whole: str) -> None:
    assert found(part, whole).is_whole


@pytest.mark.parametrize(
    ("part", "whole", "line"),
    [
        (bullets("Roses", [*ROSES, "Feed the goldfish"]), bullets("Roses", ROSES), 11),
        (bullets("Roses", ["Prune the roses in 3 steps"]), bullets("Roses", ROSES), 8),
        ("## Greenhouse\n", bullets("Roses", ROSES), 6),
        ("```sh\nprune\n```\n", "```sh\nprune --all\n```\n", 6),  # of code each letter counts
        ("| a |\n|---|\n| 1 |\n", "| a |\n|---|\n| 2 |\n", 8),
    ],
)
def test_the_line_that_adds_something_is_told(part: str, whole: str, line: int) -> None:
    one, other = prepared(agent(part)), prepared(agent(whole))
    result = containment(one, other)
    assert not result.is_whole
    spans = [one.agent.items[number].span.first for number in result.extra]
    spans += [one.agent.sections[number].title_span.first for number in result.extra_sections]
    assert spans == [line]


def test_what_contradicts_is_no_addition_but_told() -> None:
    result = found(
        bullets("Beds", ["Cover 80 % of the beds with bark"]),
        bullets("Beds", ["Cover 90 % of the beds with bark", "Mow the lawn"]),
    )
    assert result.extra == ()
    assert [words for _, _, words in result.contradicted] == ["one says 80 %, the other 90 %"]


def test_two_statements_are_not_said_by_one() -> None:
    """Each has an item of its own, also where the first that is looked for would take that of the second."""
    part = bullets("Roses", ["Prune the roses", "Prune the roses in early spring"])
    assert not found(part, bullets("Roses", ["Prune the roses in early spring above a bud"])).is_whole
    both = bullets("Roses", ["Prune the roses in early spring above a bud", "Prune all the roses"])
    assert found(part, both).is_whole


def test_the_search_ends_where_patience_does() -> None:
    part, whole = prepared(agent(bullets("A", ["One", "Two", "Three"]))), prepared(agent("Nothing of it\n"))
    assert len(containment(part, whole, patience=1).extra) == 2
    assert len(containment(part, whole).extra) == 3


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ([bullets("Roses", ROSES[:1]), bullets("Roses", ROSES), bullets("Roses", ROSES[1:])], 1),
        ([bullets("Roses", ROSES[:2]), bullets("Roses", ROSES[1:])], None),
        # neither of two that contradict each other stands for the other
        ([bullets("Beds", ["Cover 80 % of the beds"]), bullets("Beds", ["Cover 90 % of the beds"])], None),
        ([bullets("Beds", ["Cover 80 % of the beds"]), bullets("Beds", ["Cover 90 % of the beds", "Mow the lawn"])], 1),
    ],
)
def test_the_variant_that_says_everything(bodies: list[str], expected: int | None) -> None:
    assert container([prepared(agent(body)) for body in bodies]) == expected


@pytest.mark.parametrize(
    ("adds", "sentences"),
    [
        ((Addition((), ()), Addition((), ())), ["a.md and b.md say the same"]),
        ((Addition((), ()), None), ["a.md adds nothing to b.md"]),
        ((None, Addition((), ("model",))), ["b.md adds nothing to a.md but model in its front matter"]),
        (
            (Addition((7, 9), ("tools",)), Addition((), ())),
            [
                "a.md adds nothing to b.md but lines 7, 9 and tools in its front matter",
                "b.md adds nothing to a.md",
            ],
        ),
        ((None, None), []),
    ],
)
def test_additions_in_words(adds: tuple[Addition | None, Addition | None], sentences: list[str]) -> None:
    assert addition_sentences(("a.md", "b.md"), *adds) == sentences


def test_much_is_no_addition() -> None:
    part, whole = prepared(agent(bullets("Roses", ROSES))), prepared(agent("Mow the lawn\n"))
    assert addition(part, whole) is None


def test_fields_that_differ_are_told() -> None:
    body = bullets("Roses", ROSES)
    one = prepared(agent(body, "model: opus\ntools: Read\n", "a.md"))
    other = prepared(agent(body, "tools: Read\n", "b.md"))
    assert containment_sentences([one, other]) == (
        "a.md adds nothing to b.md but model in its front matter",
        "b.md adds nothing to a.md",
    )
