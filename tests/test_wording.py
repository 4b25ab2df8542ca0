"""Choosing the words of one statement."""

from __future__ import annotations

from itertools import permutations

import pytest

from agentdiff.wording import choose, details, with_joined_list


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
            ["Document all of it with examples for callers", "Document the API"],
            ["Document all of it with examples for callers"],
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


def test_of_role_statements_one_is_written() -> None:
    given = ["You are a gardener with 20 years of practice and much patience.", "You are a gardener for `roses`."]
    choice = choose(given, is_role=True)
    assert choice.texts == (given[0],)
    assert choice.carried_by == (0, 0)


@pytest.mark.parametrize(
    ("kept", "other", "joined"),
    [
        ("Queues (RabbitMQ, Kafka)", "Queues (Kafka, NATS)", "Queues (RabbitMQ, Kafka, NATS)"),
        (
            "**Queues**: RabbitMQ, Kafka or SQS",
            "**Queues**: Kafka and NATS",
            "**Queues**: RabbitMQ, Kafka, NATS or SQS",
        ),
        ("Use queues such as Kafka or SQS for jobs", "Kafka, NATS", "Use queues such as Kafka, NATS or SQS for jobs"),
        ("Store it (`redis`)", "Store it (`redis`, `memcached`)", "Store it (`redis`, `memcached`)"),
    ],
)
def test_lists_that_share_an_entry_are_joined(kept: str, other: str, joined: str) -> None:
    assert with_joined_list(kept, other) == joined


@pytest.mark.parametrize(
    ("kept", "other"),
    [
        ("Queues (RabbitMQ, Kafka)", "Caches (Redis, Memcached)"),  # nothing in common
        ("Queues (RabbitMQ, Kafka)", "Queues (Kafka, RabbitMQ)"),  # nothing new
        ("Sign in (OAuth2, JWT)", "Sign in (OAuth 2.0, JWT)"),  # another spelling
        ("Queues (RabbitMQ, Kafka)", "Kafka, which we have run for many years"),  # a clause
        ("Keep keys in a vault and encrypt data", "Keys live in a vault, are rotated and encrypt data"),
        ("Water the roses", "Water the tulips"),  # no list
    ],
)
def test_other_lists_stay_as_they_are(kept: str, other: str) -> None:
    assert with_joined_list(kept, other) == kept


def test_an_extended_list_still_knows_its_origin() -> None:
    choice = choose(["Queues for slow work (RabbitMQ, Kafka)", "Queues (Kafka, NATS)"])
    assert choice.texts == ("Queues for slow work (RabbitMQ, Kafka, NATS)",)
    assert choice.origins == ("Queues for slow work (RabbitMQ, Kafka)",)


def test_code_is_never_changed() -> None:
    given = ["```\nrun(a, b)\n```", "```\nrun(b, c)\nwait(b)\n```"]
    assert set(choose(given, is_prose=False).texts) <= set(given)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Keep 80 % of it", {"80"}),
        ("Use `git bisect` first", {"git bisect"}),
        ("Deploy with Kubernetes", {"kubernetes"}),
        ("Write the API", set()),
        ("Deploy it", set()),
        ("**Kubernetes**: deploy it", set()),
    ],
)
def test_details_are_what_a_reader_would_miss(text: str, found: set[str]) -> None:
    assert details(text) == found


@pytest.mark.parametrize(("text", "number"), [("Wait 5 seconds", "50 seconds"), ("Wait 1.5 hours", "1 hour")])
def test_a_number_is_not_a_part_of_another(text: str, number: str) -> None:
    assert len(choose([text, f"Wait {number}"]).texts) == 2
