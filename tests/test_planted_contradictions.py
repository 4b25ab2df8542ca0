"""Contradictions planted into statements of many kinds are told, changes of layout are not."""

from __future__ import annotations

from collections import Counter

import pytest
from contradictions import OPPOSITES, planted, relaid

from agentdiff.contradiction import contradiction
from agentdiff.model import Item, ItemKind, Span
from agentdiff.similarity import NO_TITLES, Statement, statement

STATEMENTS = """
Use 4 spaces for every level of indentation
Indent YAML with two spaces and Python with four
Keep each function below 40 lines of code
Reach at least 80 % branch coverage in the billing package
Retry failed uploads at most 3 times, then move them to the dead letter queue
Wait 30 seconds between two polls of the deployment status
Answer urgent tickets within 4 hours, all others the next morning
A pull request needs 2 approvals from the owning team
Write three sentences of summary above the findings
Cut the log after 500 lines and say how many were left out
List the five sentences that carry the argument
Cache rendered pages for 10 minutes unless the editor publishes again
Every change of the schema must have a migration that runs backwards
Secrets must be read from the vault, and the vault must be sealed at night
You must ask the user for consent if a command deletes data
A reviewer must read the whole diff
Responses must carry a request id
Always quote shell variables that hold paths
Always run the formatter on files that you touched
Never push to the release branch by hand
Never log tokens, passwords or session ids
Do not edit generated clients
Do not rename public symbols in a bug fix
Don't swallow exceptions in background workers
Use feature flags for risky rollouts
Use structured logging with a correlation id
Use the repository pattern to reach the database
Use tabs for indentation in Makefiles
Prefer composition to inheritance in new modules
Write a failing test for each reported bug
Write commit messages in the imperative mood
Run the linter before the unit tests
Let the release manager merge updates of dependencies
Add a changelog entry for changes that users notice
Remove dead feature flags once a quarter
Store uploaded files outside the web root
Explain the trade-off in one paragraph; link the decision record
Split long migrations into steps that can be resumed
Validate request bodies on the server-side boundary
Render product pages on the client side with hydration
Follow the naming scheme: camelCase for variables in the web client
Name database columns in snake_case and in singular
Wrap string literals in single quotes throughout the code base
Put double quotes around attribute values in templates
Enable strict type checks for new packages
Strict transport security is enabled on every public host
Disable telemetry in local builds
Allow outgoing network traffic from build containers
Anonymous uploads are allowed on the staging system
Include stack traces in error reports for developers
Exclude vendored code from the coverage report
Accept partial updates over the patch endpoint
Reject payloads that lack a content type
Increase the log level of the payment worker during incidents
Make calls to the search service asynchronous in request handlers
Use the sync client for scripts that run in the terminal
Merge feature branches with a squash commit
Rebase long lived branches on the main branch every day
Return immutable collections from the domain layer
Keep the internals of the parser private to its package
Expose metrics on the public port of the gateway
Ship the service without a local cache of user profiles
Call the billing service with an idempotency key
A description is required for every exported function
The scope of a commit title is optional for documentation changes
Show the first error of a failed batch to the operator
Load the last checkpoint of the training run
Ask for more evidence from the reporter in unclear cases
Split a job into fewer batches during business hours
Hold a minimum distance of 8 px between buttons
Log at least the route and status of each request
Create a ticket for each flaky test with a link to the run
Mock remote services in unit tests, but call them in contract tests
Document every environment variable in the operations handbook
Review generated SQL by hand (query plan, locks, indexes)
""".strip().splitlines()


def said(text: str) -> Statement:
    return statement(Item(0, 0, ItemKind.BULLET, text, Span(1, 1), None), NO_TITLES)


PLANTED = [(text, plant.kind, plant.text) for text in STATEMENTS for plant in planted(text)]


@pytest.mark.parametrize(("text", "kind", "other"), PLANTED)
def test_a_planted_contradiction_is_told(text: str, kind: str, other: str) -> None:
    told = contradiction(said(text), said(other))
    assert told
    assert contradiction(said(other), said(text)) == told


@pytest.mark.parametrize("text", STATEMENTS)
def test_layout_contradicts_nothing(text: str) -> None:
    for other in relaid(text):
        assert contradiction(said(text), said(other)) is None, other
        assert contradiction(said(other), said(text)) is None, other


@pytest.mark.parametrize(("text", "kind", "other"), PLANTED)
def test_a_planted_contradiction_is_told_in_other_layout(text: str, kind: str, other: str) -> None:
    assert [layout for layout in relaid(text) if contradiction(said(layout), said(other)) is None] == []


@pytest.mark.parametrize("text", STATEMENTS)
def test_statements_about_other_things_contradict_nothing(text: str) -> None:
    assert [other for other in STATEMENTS if contradiction(said(text), said(other))] == []


def test_every_kind_is_planted() -> None:
    kinds = Counter(kind for _, kind, _ in PLANTED)
    assert {"/".join(pair) for pair in OPPOSITES} <= kinds.keys()
    assert len(STATEMENTS) == len(set(STATEMENTS)) >= 60
