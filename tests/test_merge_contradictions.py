"""Contradictions planted into a copy of an agent are asked about by a merge, and never made one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest
from contradictions import planted, relaid
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdiff.canonical import merge
from agentdiff.formats import parse
from agentdiff.ledger import CanonicalMerge, Conflict, ConflictKind, Fate
from agentdiff.model import PROSE, Agent

RELEASES = """---
name: release-manager
description: Ships releases of the desktop client. Use when a version is to be cut.
---

You are a release manager with ten years of practice in shipping desktop clients. You plan, cut and announce releases.

## Before a release
- Freeze the main branch 2 days before the date of the release
- Every change must have an entry in the changelog
- Show how two versions work with each other
- **Plan First**: write down what ships, then ask the owners
- **Signing**: certificates, timestamping, async notarisation
- Compare before/after timings with the last release
- If telemetry is enabled for guests, ask the privacy team

## Cutting it
1. Build the installers with a clean cache
2. Run the upgrade test on three machines
3. Sign the installers on the server-side signing host
4. Never upload an unsigned installer to the mirror

## Will not do
- Publish release notes that nobody has reviewed
- Merge feature branches into a frozen branch

## Afterwards
- Watch crash reports for at least 48 hours
- **After**: the support team (answers the first questions)
- Flag a crash rate that is more than 2 percent above the last one
- Keep the installers of the last five releases
"""

REVIEWS = """You are an accessibility reviewer without a stake in the code. You read screens the way their users do.

# Accessibility review

## What to look at
- Contrast: accept a ratio of at least 4.5 for body text, less for large headings
- Focus: the first control takes it, and Escape gives it back
- **Forms**: labels, required marks, public error messages
- Use landmarks before headings when both are missing
- Add captions where they remove doubt about what is said

## How to report
- Write one finding per screen, with a picture and the rule that it breaks
- Do not repeat a finding that is in the tracker already
- Always name the assistive technology that was used
- Findings may be grouped only when one fix closes all of them
- Explain in 2 sentences who is kept from what
- Generate a summary with counts for each rule
- Generate a summary for the product owner and each team
"""

AGENTS = {"release-manager.md": RELEASES, "accessibility-reviewer.md": REVIEWS}


class Copy(NamedTuple):
    """An agent with a statement turned round."""

    name: str
    line: int
    kind: str
    text: str


def statements(text: str, name: str) -> Iterator[tuple[int, str]]:
    """Line and words of every statement of one line and four words at least."""
    for item in parse(text, name).items:
        if item.kind in PROSE and "\n" not in item.text and len(item.text.split()) >= 4:
            yield item.span.first, item.text


def with_line(text: str, number: int, old: str, new: str) -> str:
    lines = text.split("\n")
    assert old in lines[number - 1]
    lines[number - 1] = lines[number - 1].replace(old, new)
    return "\n".join(lines)


COPIES = [
    Copy(name, line, each.kind, with_line(text, line, said, each.text))
    for name, text in AGENTS.items()
    for line, said in statements(text, name)
    for each in planted(said)
]


def contradictions(result: CanonicalMerge) -> list[Conflict]:
    return [each for each in result.conflicts if each.kind is ConflictKind.CONTRADICTION]


def units_of(result: CanonicalMerge, line: int) -> list[int | None]:
    """The units that hold a line of each input that is not told as a conflict."""
    return [each.unit for each in result.ledger if each.span.first == line and each.fate is not Fate.CONFLICT]


def assert_asked(result: CanonicalMerge, line: int) -> None:
    """The line of both inputs stands in one question, and what both say is not one statement."""
    sides = {(0, line), (1, line)}
    assert any(sides <= {(o.input, o.span.first) for o in each.options} for each in contradictions(result))
    units = units_of(result, line)
    assert len(units) == len(set(units))


@pytest.mark.parametrize("copy", COPIES, ids=lambda copy: f"{copy.name}:{copy.line} {copy.kind}")
def test_a_planted_contradiction_is_asked_about_and_nothing_else(copy: Copy) -> None:
    one, other = parse(AGENTS[copy.name], copy.name), parse(copy.text, copy.name)
    result = merge([one, other])
    assert_asked(result, copy.line)
    assert len(contradictions(result)) == 1
    assert merge([other, one]).text == result.text


def test_every_place_and_kind_is_planted() -> None:
    assert len({(copy.name, copy.line) for copy in COPIES}) >= 25
    assert len({copy.kind for copy in COPIES}) >= 15
    assert len(COPIES) >= 45


def turned(name: str, choices: Sequence[int]) -> tuple[Agent, list[int]]:
    """A copy with many statements turned round, and their lines: of what each allows the one that is chosen."""
    text, lines = AGENTS[name], []
    for (line, said), choice in zip(statements(text, name), choices, strict=False):
        found = list(planted(said))
        if found and choice:
            text = with_line(text, line, said, found[choice % len(found)].text)
            lines.append(line)
    return parse(text, name), lines


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(AGENTS)), st.lists(st.integers(0, 6), min_size=24, max_size=24))
def test_many_planted_contradictions_are_all_asked_about(name: str, choices: list[int]) -> None:
    copy, lines = turned(name, choices)
    result = merge([parse(AGENTS[name], name), copy])
    for line in lines:
        assert_asked(result, line)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(AGENTS)), st.lists(st.integers(0, 8), min_size=24, max_size=24))
def test_another_layout_asks_nothing(name: str, ways: list[int]) -> None:
    text = AGENTS[name]
    for (line, said), way in zip(statements(text, name), ways, strict=False):
        layouts = [each for each in relaid(said) if "\n" not in each]
        text = with_line(text, line, said, layouts[way % len(layouts)])
    assert contradictions(merge([parse(AGENTS[name], name), parse(text, name)])) == []


def variants(*bodies: str) -> list[Agent]:
    return [parse(f"# Uploads\n\n{body}\n", f"{n}.md") for n, body in enumerate(bodies)]


ONE, OTHER = "- Upload the reports with a checksum", "- Upload the reports without a checksum"


@pytest.mark.parametrize(
    "bodies",
    [
        (f"{ONE}\n{OTHER}", ONE),
        (f"{ONE}\n{OTHER}", OTHER),
        (ONE, OTHER, f"{OTHER}\n{ONE}"),
        (ONE, f"{ONE}\n- Rename what was uploaded"),
    ],
)
def test_what_one_variant_says_itself_is_not_asked(bodies: tuple[str, ...]) -> None:
    assert contradictions(merge(variants(*bodies))) == []


@pytest.mark.parametrize("turned_first", [True, False])
def test_roles_that_contradict_each_other_stay_two(turned_first: bool) -> None:
    roles = [
        "You are a tester with deep knowledge of payments.",
        "You are a tester without deep knowledge of payments.",
    ]
    others = ["- Read the ticket twice", "- Keep a list of open questions"]
    agents = [parse(f"{role}\n\n{other}\n", "tester.md") for role, other in zip(roles, others, strict=True)]
    result = merge(agents[::-1] if turned_first else agents)
    assert [each.subject for each in contradictions(result)] == ["one says with, the other without"]
    assert all(result.text.count(each) == 1 for each in (*roles, *others))


def test_roles_in_other_words_stay_one() -> None:
    roles = ["You are a tester with deep knowledge of payments.", "You are a tester. You never test without a plan."]
    result = merge([parse(f"{role}\n\n- Rule {n} of the house\n", "tester.md") for n, role in enumerate(roles)])
    assert contradictions(result) == []


def test_three_amounts_are_two_questions() -> None:
    agents = variants(*(f"- Keep the backups of the vault for {n} days\n- Rule {n} of house {n}" for n in (7, 14, 30)))
    asked = [{option.input for option in each.options} for each in contradictions(merge(agents))]
    assert len(asked) == 2
    assert set.union(*asked) == {0, 1, 2}
