"""Lists inside sentences, and how two of them become one."""

from __future__ import annotations

import pytest

from agentdiff.inner_lists import inner_lists, with_joined_list


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Queues (RabbitMQ, Kafka) and more", [["RabbitMQ", "Kafka"]]),
        ("Queues (e.g., RabbitMQ or Kafka)", [["RabbitMQ", "Kafka"]]),
        ("Queues such as Kafka or SQS for jobs", [["Kafka", "SQS"]]),
        ("**Queues**: RabbitMQ, Kafka & SQS.", [["RabbitMQ", "Kafka", "SQS"]]),
        ("Queues: RabbitMQ, Kafka", [["RabbitMQ", "Kafka"]]),
        ("Store it (`redis`)", [["`redis`"]]),
        ("Design, build and run services", []),  # clauses, not a list of names
        ("**Design**: plan the work, then measure what came of it with the team", []),
        ("**Queues**: Kafka for events, SQS for jobs", []),
        ("Water the roses", []),
    ],
)
def test_what_is_a_list(text: str, found: list[list[str]]) -> None:
    assert [[entry.text for entry in each.entries] for each in inner_lists(text)] == found


@pytest.mark.parametrize(
    ("kept", "other", "joined"),
    [
        ("Queues (RabbitMQ, Kafka)", "Queues (Kafka, NATS)", "Queues (RabbitMQ, Kafka, NATS)"),
        (
            "**Queues**: RabbitMQ, Kafka or SQS",
            "**Queues**: Kafka and NATS",
            "**Queues**: RabbitMQ, Kafka, NATS or SQS",
        ),
        (
            "Use queues such as Kafka or SQS for jobs",
            "Queues (Kafka, NATS)",
            "Use queues such as Kafka, NATS or SQS for jobs",
        ),
        ("Store it (`redis`)", "Store it (`redis`, `memcached`)", "Store it (`redis`, `memcached`)"),
        # nothing in common but the label
        ("**Backups**: Velero, snapshots", "**Backups**: restic", "**Backups**: Velero, snapshots"),
        (
            "**Backups**: Velero, snapshots",
            "**Backups**: restic, rsync",
            "**Backups**: Velero, snapshots, restic, rsync",
        ),
        ("**Backups**: Velero, snapshots.", "Backups: restic, rsync", "**Backups**: Velero, snapshots, restic, rsync."),
    ],
)
def test_lists_that_are_one_are_joined(kept: str, other: str, joined: str) -> None:
    assert with_joined_list(kept, other) == joined


@pytest.mark.parametrize(
    ("kept", "other"),
    [
        ("Queues (RabbitMQ, Kafka)", "Caches (Redis, Memcached)"),  # nothing in common
        ("Queues (RabbitMQ, Kafka)", "Queues (Kafka, RabbitMQ)"),  # nothing new
        ("Sign in (OAuth2, JWT)", "Sign in (OAuth 2.0, JWT)"),  # another spelling
        ("Privacy (GDPR, CCPA)", "Privacy (GDPR, CCPA/CPRA)"),  # a longer form of what is there
        ("Queues (RabbitMQ, Kafka)", "Kafka, which we have run for many years"),  # a clause
        ("Keep keys in a vault and encrypt data", "Keys live in a vault, are rotated and encrypt data"),
        ("Test the service, the queue and the cache", "Test the queue, tell the owner and go home"),
        ("Water the roses", "Water the tulips"),  # no list
    ],
)
def test_other_lists_stay_as_they_are(kept: str, other: str) -> None:
    assert with_joined_list(kept, other) == kept


def test_joining_again_changes_nothing() -> None:
    kept = with_joined_list("Queues (RabbitMQ, Kafka)", "Queues (Kafka, NATS)")
    assert with_joined_list(kept, "Queues (Kafka, NATS)") == kept
