"""Pairs that cannot both hold, and pairs that can."""

from __future__ import annotations

import pytest

from agentdiff.contradiction import MOST_GLUED, contradiction, contradiction_of_copies, topic_words
from agentdiff.model import Item, ItemKind, Span
from agentdiff.similarity import NO_TITLES, Statement, statement
from agentdiff.vocabulary import Wording, stems


def said(text: str, title: str = "") -> Statement:
    return statement(
        Item(0, 0, ItemKind.BULLET, text, Span(1, 1), None), NO_TITLES._replace(words=Wording.of(stems(title)))
    )


def between(one: str, other: str) -> str | None:
    """The contradiction of two texts, which may not depend on their order."""
    found = contradiction(said(one), said(other))
    assert contradiction(said(other), said(one)) == found
    return found


AMOUNTS = [
    ("80 % coverage", "90 % coverage", "one says 80 %, the other 90 %"),
    ("Keep coverage of rules at 80% or more", "Reach at least 90% coverage of rules", "one says 80%, the other 90%"),
    ("Retry failed jobs at most 3 times", "Retry failed jobs at most 5 times", "one says 3 times, the other 5 times"),
    ("Retry at most 3 times", "At most 5 retries", "one says 5 retries, the other 3 times"),
    (
        "Retry failed jobs at most 3 times, then send them to a dead letter queue",
        "Be strict about quality, and retry failed jobs 5 times before you give up",
        "one says 5 times, the other 3 times",
    ),
    (
        "Guard every remote call with a timeout of 5 seconds",
        "Time out remote calls after 2 seconds",
        "one says 5 seconds, the other 2 seconds",
    ),
    ("Keep functions under 20 lines", "Keep functions below 50 lines", "one says 50 lines, the other 20 lines"),
    ("Indent by 2 spaces", "Indent by 4 spaces", "one says 2 spaces, the other 4 spaces"),
    ("Lines of 120 characters", "Lines of at most 88 characters", "one says 120 characters, the other 88 characters"),
    ("Write 3-5 bullets", "Write 7-9 bullets", "one says 3-5 bullets, the other 7-9 bullets"),
    (
        "Answer within 90 sec of the call",
        "Answer within 30 seconds of the call",
        "one says 30 seconds, the other 90 sec",
    ),
]

OPPOSITES = [
    ("Indent with tabs", "Indent with spaces", "one says tabs, the other spaces"),
    ("Always squash commits", "Never squash commits", "one says always, the other never"),
    ("Use tabs for indentation", "Use 4 spaces for indentation", "one says tabs, the other spaces"),
    ("Enable strict mode", "Disable strict mode", "one says enable, the other disable"),
    ("Strict mode is enabled", "Strict mode is disabled", "one says enable, the other disable"),
    ("Allow network access", "Deny network access", "one says allow, the other deny"),
]

WORD_BY_WORD = [
    ("Indent with two spaces", "Indent with four spaces", "one says four spaces, the other two spaces"),
    ("Set the port to 3000", "Set the port to 8080", "one says 3000, the other 8080"),
    ("Keep at least 3 backups", "Keep at least 5 backups", "one says 3 backups, the other 5 backups"),
    ("Python 3.9 is required", "Python 3.12 is required", "one says 3.12, the other 3.9"),
    ("Keep a minimum of 5 replicas", "Keep a maximum of 5 replicas", "one says minimum, the other maximum"),
    ("Tests must touch the network", "Tests may touch the network", "one demands what the other leaves open"),
    ("A title is required", "A title is optional", "one says required, the other optional"),
    ("A title is required here", "A title is not required here", "one denies what the other says"),
    ("Workers must share the cache", "Workers must not share the cache", "one denies what the other says"),
    ("Mail the log and never print the report", "Mail the log and print the report", "one denies what the other says"),
    ("Prefer tabs over spaces", "Prefer spaces over tabs", "they put the same two things the other way round"),
    ("Run lint before tests", "Run tests before lint", "they put the same two things the other way round"),
    ("Use single quotes", "Use double quotes", "one says single quotes, the other double quotes"),
    ("Name columns in snake_case", "Name columns in camelCase", "one says camelcase, the other snake_case"),
    ("Deploy without a review", "Deploy with a review", "one says with, the other without"),
]

COPIES = [
    (
        "If caching is enabled, log each hit",
        "If caching is disabled, log each hit",
        "one says enable, the other disable",
    ),
    ("Log each hit when caching is on", "Log each hit when caching is not on", "one denies what the other says"),
    ("**After**: the reader sums up", "**Before**: the reader sums up", "one says before, the other after"),
    ("**Plan First**: sketch, then build", "**Plan Last**: sketch, then build", "one says first, the other last"),
    ("**Stack**: Rust, Go, async queues", "**Stack**: Rust, Go, sync queues", "one says sync, the other async"),
    (
        "Pages: SSR, client-side rendering",
        "Pages: SSR, server-side rendering",
        "one says server-side, the other client-side",
    ),
    (
        "Flag a figure that is more than 12-18 months old",
        "Flag a figure that is fewer than 12-18 months old",
        "one says more, the other fewer",
    ),
    (
        "Compare before/after timings with the baseline",
        "Compare before/after timings without the baseline",
        "one says with, the other without",
    ),
    ("Use macros where they add clarity", "Use macros where they remove clarity", "one says add, the other remove"),
    (
        "Add a test before the merge, then wait 5 minutes",
        "Add a test after the merge, then wait 9 minutes",
        "one says before, the other after",
    ),
    ("Is the cache enabled for guests?", "Is the cache disabled for guests?", "one says enable, the other disable"),
    ("Name modules camelCase.ts", "Name modules snake_case.ts", "one says camelcase, the other snake_case"),
    ("Deploy the main branch", "Deploy only the main branch", "one limits what the other leaves open"),
]

FORBIDDEN = "one forbids what the other asks for"
PROHIBITIONS = [
    ("Never log request bodies", "Log request bodies at debug level", FORBIDDEN),
    ("Never log request bodies or personal data", "Log request bodies", FORBIDDEN),
    ("You must not edit migrations", "Edit migrations by hand", FORBIDDEN),
    ("Don't edit migrations", "You should always edit migrations by hand", FORBIDDEN),
    ("Do not use mocks", "Prefer mocks for remote services", FORBIDDEN),
    ("**Mocks**: Do not use mocks", "**Tests**: Use mocks", FORBIDDEN),
    ("Avoid global state", "Use global state for caches", FORBIDDEN),
    ("No ORM", "Use an ORM", FORBIDDEN),
    ("Don’t edit migrations", "Edit migrations", FORBIDDEN),
]


@pytest.mark.parametrize(("one", "other", "expected"), [*AMOUNTS, *OPPOSITES, *WORD_BY_WORD, *COPIES, *PROHIBITIONS])
def test_what_is_told(one: str, other: str, expected: str | None) -> None:
    assert between(one, other) == expected


COMPATIBLE = {
    "same amount, other spacing": ("80% coverage", "80 % coverage"),
    "same amount, other separator": ("Stop at 1,000 tokens", "Stop at 1000 tokens"),
    "number within a name": ("Support OAuth 2.0", "Support OAuth2"),
    "name with a number": ("Avoid N+1 queries", "Prevent N+1 queries"),
    "version without a unit": ("Write Python 3.11", "Write Python 3.12"),
    "other unit": ("Retry 3 times", "Retry after 5 seconds"),
    "within a range": ("Write 3-5 bullets", "Write 4 bullets"),
    "overlapping ranges": ("Send 3-7 emails", "Send 3-5 emails"),
    "range with a unit twice": ("Normalize to 3nf", "Normalize data (1nf-5nf)"),
    "one of two": ("Animate at 60 fps", "Animate at 60/120 fps"),
    "satisfies a lower bound": ("Reach at least 80 % coverage", "Reach 95 % coverage"),
    "satisfies an upper bound": ("Latency < 50ms", "Latency of 47ms"),
    "satisfies a bound told behind": ("Lines have 120 characters at most", "Lines have 88 characters"),
    "both ends of one range": ("At least 2 reviewers", "At most 5 reviewers"),
    "several amounts of one unit": ("Retry 3 times, then 5 times", "Retry 4 times"),
    "another topic": ("Retry failed jobs 3 times", "Read the issue 5 times"),
    "two ranks": ("P1: answer within 1 hour", "P2: answer within 4 hours"),
    "clauses about two things": (
        "Build the game with stable frames, short load times, small assets, and reduce its size by 40 %",
        "Build the game with stable frames, short load times, small assets, and a crash rate of 0.1 %",
    ),
    "exception to nothing": ("Validate input without exception", "Validate all input"),
    "both negated": ("Never log secrets", "Do not log secrets"),
    "both negated, in other words": ("Ensure no memory leaks", "No memory leaks"),
    "bad things to look for": ("Check for hardcoded secrets", "Never hardcode secrets"),
    "list of topics": ("Keyboard navigation and focus", "No keyboard navigation"),
    "contrast at the end": ("Build a UI layer of forms", "Build a UI layer of forms, never the reverse"),
    "narrower prohibition": ("Never log personal data", "Log errors with their data"),
    "prohibition under a condition": ("Never commit without running the tests", "Commit after running the tests"),
    "instruction under a condition": ("Never edit migrations", "Edit migrations only before they are merged"),
    "instead": ("Avoid inline styles", "Use modules instead of inline styles"),
    "another verb": ("Never guess requirements", "Clarify requirements"),
    "one word": ("Never guess", "Guess"),
    "both opposites in one": ("Always validate, never trust", "Never trust"),
    "opposites about two things": ("Always pin versions", "Never log request bodies"),
    "always and plain": ("Always validate input", "Validate input"),
    "nothing telling": ("Write clear tests", "Write clear docs"),
    "same text": ("Never log secrets.", "never log **secrets**"),
    "double negation": ("Enable the cache of pages", "Do not disable the cache of pages"),
    "both turned": ("Indent code with tabs", "Never indent code with spaces"),
    "order told from both ends": ("Run the linter before the tests", "Run the tests after the linter"),
    "both words in one list": ("Support tabs and spaces", "Support spaces and tabs"),
    "opposite conditions": ("If caching is enabled, log each hit", "Log all hits if caching is disabled"),
    "opposite conditions behind": ("Log each hit when caching is on", "Log all hits when caching is not on"),
    "names of steps": ("Record step 2 in the plan", "Record step 3 in the plan"),
    "two states with their steps": ("Set state to 2, finish step 1", "Set state to 3, finish step 2"),
    "status codes": ("Handle 404 errors", "Handle 500 errors"),
    "years": ("Copyright 2024 the authors", "Copyright 2025 the authors"),
    "two kinds of a thing": ("Public methods: list them", "Private methods: list all of them"),
    "both words in a longer list": ("Accept tabs and spaces and commas", "Accept spaces and tabs and commas"),
    "twice turned": ("Make the public calls of a class sync", "Make the private calls of a class async"),
    "two ends of a range of one thing": ("Keep at least 3 backups of a file", "Keep at most 9 backups of a file"),
    "names of steps in a label": ("Step 2: **Plan** what to build", "Step 3: **Plan** what to build"),
    "limits at another place": ("Only deploy the main branch", "Deploy only the main branch"),
    "other words beside the opposite": ("Pages render server-side for speed", "Pages render client-side for comfort"),
    "two things in a list": ("Merge strategies", "Rebase strategies"),
    "good outcome": ("Check for no regressions", "Check for regressions"),
    "zero is none": ("No open questions at the end", "Zero open questions at the end"),
    "named after, not told": ("No new features", "Added — new features"),
    "must and should": ("Tests must be fast", "Tests should be fast"),
    "neither may": ("Agents must not edit files", "Agents may not edit files"),
    "avoided and forbidden": ("Avoid global state", "Do not use global state"),
    "not only": ("Test the parser", "Test not only the parser"),
    "lower bounds in words": ("Send at least two mails", "Send three mails"),
    "range in words": ("Write two to five bullets", "Write four bullets"),
    "question": ("Never skip tests", "Skip tests?"),
}


@pytest.mark.parametrize(("one", "other"), COMPATIBLE.values(), ids=COMPATIBLE)
def test_what_is_not_told(one: str, other: str) -> None:
    assert between(one, other) is None


@pytest.mark.parametrize("title", ["Never do this", "Anti-patterns", "Common mistakes", "Don't"])
def test_a_list_of_what_is_bad_forbids_too(title: str) -> None:
    rule = said("Never edit migrations")
    assert contradiction(rule, said("Edit migrations by hand")) == FORBIDDEN
    assert contradiction(rule, said("Edit migrations by hand", title)) is None


@pytest.mark.parametrize(
    ("titles", "expected"),
    [(("Will not", "Will not"), FORBIDDEN), (("Will not", "Rules"), None), (("Never", "Pitfalls"), None)],
)
def test_a_negation_within_one_list_of_what_is_bad_is_in_doubt(titles: tuple[str, str], expected: str | None) -> None:
    rule, other = said("Never rewrite history of shared branches", titles[0]), "Rewrite history of shared branches"
    assert contradiction(rule, said(other, titles[1])) == expected
    assert contradiction_of_copies(said(other, titles[1]), rule) == expected


@pytest.mark.parametrize(("one", "other", "expected"), COPIES)
def test_copies_are_told_apart_from_all_others(one: str, other: str, expected: str) -> None:
    assert contradiction_of_copies(said(one), said(other)) == expected
    assert contradiction_of_copies(said(one), said(f"{other} of ours")) is None
    assert len(topic_words(said(one)) ^ topic_words(said(other))) <= MOST_GLUED


def test_amounts_under_titles_of_two_ranks_are_of_two_things() -> None:
    slow, fast = "Answer within 4 hours", "Answer within 1 hour"
    assert contradiction(said(slow, "Tickets"), said(fast, "Tickets")) == "one says 1 hour, the other 4 hours"
    assert contradiction(said(slow, "P2 tickets"), said(fast, "P1 tickets")) is None


def test_programs_contradict_nothing() -> None:
    one, other = (
        statement(Item(0, 0, ItemKind.CODE, f"retry:\n  wait {n} seconds", Span(1, 2), None), NO_TITLES) for n in (3, 5)
    )
    assert contradiction(one, other) is None


def test_statements_of_many_words_take_no_quarrel() -> None:
    many = "never use tabs before spaces " * 5_000
    assert between(many, many.replace("never use", "use")) is None
    titles = "use: " * 20_000
    assert between(titles + "tabs", titles + "spaces") == "one says tabs, the other spaces"


def test_hostile_numbers_are_no_trouble() -> None:
    many = "Wait " + "5 ms and " * 10_000
    assert between(many, "Wait 6 ms " + "1," * 10_000) is None
