"""One description of several: nothing said twice, no sentence cut, and the same again when merged with its sources."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from merge_samples import agent

from agentdiff.field_options import Inputs, options_of
from agentdiff.formats import FORMATS, parse
from agentdiff.ledger import FieldMerge, FieldStatus, MergeOptions
from agentdiff.merge_description import compose, length_notes, merge_description
from agentdiff.model import Agent

ROSES = "Looks after roses, hedges and lawns."
ONE = "<example>\nuser: prune the roses\n</example>"
TWO = "<example>\nuser: mow the lawn\n</example>"


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        # one says all that the other says
        ((ROSES, "Looks after roses."), ROSES),
        ((ROSES, "Looks after lawns, hedges and roses"), ROSES),
        ((ROSES, "Looks after `roses` and **hedges**."), ROSES),
        # a sentence with detail of its own stands behind what is said already, before when to use it
        ((f"{ROSES} Use when it rains.", "Knows ISO 8601."), f"{ROSES} Knows ISO 8601. Use when it rains."),
        (("Use when the roses wilt.", "Knows ISO 8601."), "Knows ISO 8601. Use when the roses wilt."),
        # without a full stop it gets one
        ((ROSES[:-1], "Knows ISO 8601"), f"{ROSES} Knows ISO 8601"),
        # abbreviations and brackets end no sentence
        ((ROSES, "Knows tools (e.g. Trello. Jira)."), f"{ROSES} Knows tools (e.g. Trello. Jira)."),
        ((ROSES, "Knows e.g. Trello."), f"{ROSES} Knows e.g. Trello."),
    ],
)
def test_what_it_does(texts: tuple[str, ...], value: str) -> None:
    assert compose(texts) == value


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        ((ROSES, "Use when the roses wilt."), f"{ROSES} Use when the roses wilt."),
        # said already, in other words and in another order
        ((f"{ROSES} Use this agent when the roses wilt.", "Use PROACTIVELY when roses wilt."), None),
        (
            (f"{ROSES} Use this agent when the roses wilt.", "Use when the hedges freeze."),
            f"{ROSES} Use this agent when the roses wilt. Use when the hedges freeze.",
        ),
        # what it does says nothing of when to use it
        ((f"{ROSES} Feeds fish.", "Use for roses and hedges."), f"{ROSES} Feeds fish. Use for roses and hedges."),
        (
            (f"{ROSES} Use when it rains. Specifically:\n\n{ONE}", "MUST BE USED after storms."),
            f"{ROSES} Use when it rains. MUST BE USED after storms. Specifically:\n\n{ONE}",
        ),
        # a list stays with its introduction
        (
            (ROSES, "Use for:\n- wilting roses\n- frozen hedges"),
            f"{ROSES}\nUse for:\n- wilting roses\n- frozen hedges",
        ),
    ],
)
def test_when_to_use_it(texts: tuple[str, ...], value: str | None) -> None:
    assert compose(texts) == (texts[0] if value is None else value)


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        ((ROSES, f"Looks after roses. {ONE}"), f"{ROSES}\n\n{ONE}"),
        ((f"{ROSES}\n\n{ONE}", f"Looks after roses.\n{TWO}"), f"{ROSES}\n\n{ONE}\n\n{TWO}"),
        # the same but for layout, case and markup
        ((f"{ROSES}\n\n{ONE}", "Roses. <example>User: **prune** the `roses`</example>"), f"{ROSES}\n\n{ONE}"),
        # line breaks that were written out
        ((ROSES, f"Looks after roses.\\n{ONE}"), f"{ROSES}\n\n{ONE}"),
        ((f"{ROSES}\\n\\n{ONE}", "Looks after roses."), f"{ROSES}\\n\\n{ONE}"),
        # one that is never closed is text
        (("<example>prune", "<example>mow</example>"), "<example>prune\n\n<example>mow</example>"),
        # what stands behind an example stays there
        ((f"{ROSES}\n{ONE}\nDoes no weeding.", f"Looks after roses. {TWO}"), None),
    ],
)
def test_examples_are_united(texts: tuple[str, ...], value: str | None) -> None:
    composed = compose(texts)
    assert composed == (f"{ROSES}\n{ONE}\n\n{TWO}\nDoes no weeding." if value is None else value)


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        ((f"{ROSES} Keywords: lawn, grass.", "Keywords: grass, moss."), f"{ROSES} Keywords: lawn, grass, moss."),
        ((ROSES, "Roses. Keywords: lawn, grass"), f"{ROSES} Keywords: lawn, grass"),
        ((f"{ROSES} Triggers: mow, rake, and dig", "Triggers: dig, saw"), f"{ROSES} Triggers: mow, rake, saw, and dig"),
        ((f"{ROSES} Keywords: lawn.", "Triggers on: 'mow'."), f"{ROSES} Triggers on: 'mow'. Keywords: lawn."),
        ((f"{ROSES} Keywords: lawn, grass.", "Roses. Keywords: Grass, `lawn`."), f"{ROSES} Keywords: lawn, grass."),
    ],
)
def test_keywords_are_united(texts: tuple[str, ...], value: str) -> None:
    found = compose(texts)
    assert sorted(found.replace(".", "").split()) == sorted(value.replace(".", "").split())
    assert compose([found, *texts]) == found


SENTENCES = [
    "Looks after roses",
    "Looks after roses and hedges.",
    "Expert gardener (e.g. roses. Hedges).",
    "Knows ISO 8601 and `rake.sh`.",
    "Use this agent when roses wilt.",
    "Use PROACTIVELY when the roses wilt!",
    "MUST BE USED for 80 % of hedges",
    "Examples: prune, mow.",
    "Keywords: roses, hedges.",
    "Keywords: moss, and roses",
    "Triggers: prune",
    "Use for:\n- roses. Hedges\n- lawns",
    "Specifically:",
    "Context (unclosed. And more",
    'Says "stop. Now',
    "-",
    "1. First.",
    "剪枝。浇水。",
    "Schneidet große Hecken. Gießt Bäume",
    "<example>prune the roses</example>",
    "<example>\nPrune the **roses**\n</example>",
    "<example>mow. Use when wet.</example>",
    "<example>",
    "</example>",
    "...",
    "I. II. Roses etc. and so on.",
]
descriptions = st.lists(
    st.tuples(st.sampled_from(SENTENCES), st.sampled_from([" ", "\n", "\n\n", "\\n", "  "])), min_size=1, max_size=6
).map(lambda parts: "".join(sentence + gap for sentence, gap in parts))


@settings(max_examples=150)
@given(st.lists(descriptions, min_size=1, max_size=4))
def test_merged_again_with_a_source_it_stays_as_it_is(texts: list[str]) -> None:
    composed = compose(texts)
    assert compose([composed]) == composed
    for text in texts:
        assert compose([composed, text]) == composed == compose([text, composed])
    assert compose([composed, *texts]) == composed


@settings(max_examples=100)
@given(st.lists(descriptions, min_size=2, max_size=3))
def test_the_order_does_not_matter(texts: list[str]) -> None:
    assert len({compose(order) for order in permutations(texts)}) == 1


@settings(max_examples=100)
@given(descriptions)
def test_one_alone_stays_as_it_is(text: str) -> None:
    assert compose([text]) == compose([text, text]) == text


def test_a_hostile_text_takes_no_time() -> None:
    openings = "<example>" * 20_000 + "(" * 20_000 + "use " * 20_000 + "Keywords: " * 5_000
    assert "(" * 20_000 + "use " * 20_000 in compose([openings, "Looks after roses."])


# ---------------------------------------------------------------------------------------------- as a field


def merged(agents: list[Agent], format: str = "claude-agent") -> FieldMerge:
    """How the description of these agents is merged."""
    inputs = Inputs(agents, FORMATS[format], MergeOptions(), None)
    return merge_description(inputs, options_of("description", inputs))


def test_all_that_have_one_agree() -> None:
    found = merged([agent("Mow\n"), agent("Rake\n"), parse("Mow\n", "gardener.md")])
    assert (found.value, found.status) == ("Looks after gardens.", FieldStatus.AGREED)


def test_without_one_the_first_sentence_is_taken() -> None:
    agents = [parse(f"# Gardener\n\nYou tend roses. You mow.\n\n- Rake {number}\n", "a.md") for number in range(2)]
    assert (merged(agents).value, merged(agents).policy) == ("You tend roses.", "first words")


@pytest.mark.parametrize(("format", "count"), [("agent-skill", 1), ("claude-agent", 0)])
def test_one_that_is_too_long_for_its_host_is_told(format: str, count: int) -> None:
    long = parse(f"---\nname: a\ndescription: {'roses ' * 200}\n---\nMow\n", "a.md")
    assert len(length_notes(merged([long], format), FORMATS[format])) == count
    assert length_notes(merged([agent("Mow\n")], format), FORMATS[format]) == []


def test_a_trigger_that_one_sentence_all_but_says_is_not_told_again() -> None:
    first = "Plans gardens. Use for improving a plan, setting up a design from scratch, or reviewing both."
    again = "Plans gardens. Use for plan improvement or design setup."
    other = "Plans gardens. Use for ponds, fountains and the fish in them."
    assert compose([first, again]) == first
    assert compose([first, other]) == f"{first} Use for ponds, fountains and the fish in them."
