"""Choosing the words of one statement."""

from __future__ import annotations

from itertools import permutations

import pytest

from agentdiff.wording import choose


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (["Water the roses"], ["Water the roses"]),
        (["Water the roses", "Water the roses"], ["Water the roses"]),
        (["Water the roses", "Water the roses in the morning"], ["Water the roses in the morning"]),
        # a number, a name, code: what a reader would miss stays
        (["Cover 80 % of the rules", "Cover the rules of the service"], ["Cover 80 % of the rules"]),
        (
            ["Watch the pump, the valve and the hose", "Watch the pump for 30 minutes"],
            ["Watch the pump, the valve and the hose", "Watch the pump for 30 minutes"],
        ),
        (
            ["Keep every secret out of the repository", "Keep secrets in `vault`"],
            ["Keep every secret out of the repository", "Keep secrets in `vault`"],
        ),
        # common abbreviations are no detail
        (
            ["Document the API and test all of it with examples", "Document the API of it"],
            ["Document the API and test all of it with examples"],
        ),
    ],
)
def test_the_wording_that_says_most_is_written(given: list[str], written: list[str]) -> None:
    for order in permutations(given):
        assert list(choose(order).texts) == written


def test_each_given_text_knows_who_says_it() -> None:
    choice = choose(["Water the roses", "Water the roses in the morning", "Prune the roses in 3 steps"])
    assert [choice.texts[number] for number in choice.carried_by] == [
        "Water the roses in the morning",
        "Water the roses in the morning",
        "Prune the roses in 3 steps",
    ]


def test_an_extended_list_still_knows_its_origin() -> None:
    choice = choose(["Queues for slow work (RabbitMQ, Kafka)", "Queues (Kafka, NATS)"])
    assert choice.texts == ("Queues for slow work (RabbitMQ, Kafka, NATS)",)
    assert choice.origins == ("Queues for slow work (RabbitMQ, Kafka)",)


def test_code_is_never_changed() -> None:
    given = ["```\nrun(a, b)\n```", "```\nrun(b, c)\nwait(b)\n```"]
    assert set(choose(given, is_prose=False).texts) <= set(given)


@pytest.mark.parametrize(("text", "number"), [("Wait 5 seconds", "50 seconds"), ("Wait 1.5 hours", "1 hour")])
def test_a_number_is_not_a_part_of_another(text: str, number: str) -> None:
    assert len(choose([text, f"Wait {number}"]).texts) == 2


def test_a_text_that_a_later_one_says_is_not_written_twice() -> None:
    """The list of the longer text gets the entry that made the middle one stay at first."""
    given = [
        "Move all slow work of the service to queues (RabbitMQ, Kafka)",
        "Move slow work to queues with NATS",
        "Queues (Kafka, NATS)",
    ]
    for order in permutations(given):
        assert choose(order).texts == ("Move all slow work of the service to queues (RabbitMQ, Kafka, NATS)",)
