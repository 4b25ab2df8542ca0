"""Who says what of a canonical agent."""

from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import given, settings
from merge_samples import agent
from test_merge_laws import groups

from agentdiff.annotating import annotated
from agentdiff.blame import Blame, Blamed, Manner, Part, Voice, blame
from agentdiff.canonical import merge
from agentdiff.errors import BadInput
from agentdiff.formats import parse
from agentdiff.model import Agent, Span
from agentdiff.report.blame_json import blame_document
from agentdiff.report.blame_text import blame_lines
from agentdiff.report.json_report import dumps
from agentdiff.report.schema import schema_text
from agentdiff.report.stream import Colour, Output

CANONICAL = agent(
    "You are a gardener.\n\n## Roses\n\n- Prune the roses every spring before the buds open\n"
    "- Keep soil moisture at 80 %\n- Sharpen the tools with a whetstone\n\n```sh\nprune --all\n```\n",
    "tools: Read, Edit\nmodel: opus\n",
    path="canonical.md",
)
SAME = agent(
    "You are a gardener.\n\n# 1. **ROSES**\n\n* Prune the **roses** every spring before the buds open.\n"
    "* Keep soil moisture at 90 %\n\n```sh\nprune --all\n```\n",
    "tools: [Edit, Read]\n",
    path="a.md",
)
OTHER = agent(
    "You are a gardener.\n\n## Rose care\n\n- Every spring, prune roses before their buds open\n\n"
    "## Prune the roses every spring before the buds open\n\ntext\n",
    "tools: Read, Write\nmodel: sonnet\n",
    path="b.md",
)


def voices(result: Blame, text: str) -> dict[int, Manner]:
    """Who says the part whose text begins so."""
    found = next(each for each in result.parts if each.text.startswith(text))
    return {voice.source: voice.manner for voice in found.voices}


ACCOUNT = blame(CANONICAL, [SAME, OTHER])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You are", {0: Manner.KEPT, 1: Manner.KEPT}),
        ("Prune", {0: Manner.KEPT, 1: Manner.KEPT}),
        ("Roses", {0: Manner.KEPT, 1: Manner.REWORDED}),
        ("```sh", {0: Manner.KEPT}),
        ("Sharpen", {}),
        ("Read, Edit", {0: Manner.REWORDED, 1: Manner.PARTLY}),
        ("opus", {}),
        ("gardener", {0: Manner.KEPT, 1: Manner.KEPT}),
        ("Looks after", {0: Manner.KEPT, 1: Manner.KEPT}),
    ],
)
def test_who_says_it(text: str, expected: dict[int, Manner]) -> None:
    found = voices(ACCOUNT, text)
    assert {source: found[source] for source in expected} == expected
    assert found.keys() == expected.keys()


def test_what_contradicts_does_not_agree() -> None:
    found = next(each for each in ACCOUNT.parts if each.text.startswith("Keep"))
    assert [voice.manner for voice in found.voices] == [Manner.PARTLY]
    assert found.support == 0


def test_other_words_are_no_less_support() -> None:
    reworded = blame(CANONICAL, [agent("- Every spring, prune the roses before their buds open\n")])
    found = next(each for each in reworded.parts if each.text.startswith("Prune"))
    assert (found.voices[0].manner, found.support) == (Manner.REWORDED, 1)


def test_places_are_lines_of_the_files() -> None:
    found = next(each for each in ACCOUNT.parts if each.text.startswith("Prune"))
    assert (found.part, found.name, found.span) == (Part.ITEM, "bullet", Span(12, 12))
    assert found.voices[0].spans == (Span(11, 11),)
    code = next(each for each in ACCOUNT.parts if each.name == "code")
    assert (code.span, code.voices) == (Span(16, 18), (Voice(0, Manner.KEPT, (Span(14, 16),)),))


def test_every_line_that_says_something_is_there() -> None:
    assert [each.name for each in ACCOUNT.parts] == [
        "name",
        "description",
        "tools",
        "model",
        "paragraph",
        "atx",
        "bullet",
        "bullet",
        "bullet",
        "code",
    ]


def test_a_name_may_be_that_of_the_file() -> None:
    canonical = parse("---\nname: gardener\n---\nMow\n", "x.md")
    source = parse("---\ndescription: x\n---\nMow\n", "gardener.agent.md")
    assert source.field("name") is None
    assert blame(canonical, [source]).parts[0].voices == (Voice(0, Manner.KEPT),)


def test_layout_of_a_source_does_not_matter() -> None:
    windows = parse(SAME.source.replace("\n", "\r\n"), "a.md")
    assert [each.support for each in blame(CANONICAL, [windows]).parts] == [
        each.support for each in blame(CANONICAL, [SAME]).parts
    ]


@settings(max_examples=40)
@given(groups)
def test_a_source_says_all_of_itself(variants: list[Agent]) -> None:
    result = blame(variants[0], variants)
    assert all(each.voices and each.voices[0].manner is Manner.KEPT for each in result.parts)
    assert all(0 < each.support <= len(variants) for each in result.parts)


# ---------------------------------------------------------------------------------------------- marks


def marked_agent(*variants: Agent) -> Agent:
    return parse(annotated(merge(variants)), "canonical.md")


def test_without_sources_the_marks_count() -> None:
    result = blame(marked_agent(SAME, OTHER), [])
    assert result.paths == ("a.md", "b.md")
    assert voices(result, "You are") == {0: Manner.MARKED, 1: Manner.MARKED}
    assert voices(result, "```sh") == {0: Manner.MARKED}
    assert not any(each.part is Part.FIELD for each in result.parts)


def test_what_was_added_since_has_no_mark() -> None:
    text = marked_agent(SAME, OTHER).source.replace("\n```sh", "\n- Added by hand\n\n```sh", 1)
    assert voices(blame(parse(text, "canonical.md"), []), "Added") == {}


def test_sources_go_before_marks() -> None:
    assert blame(marked_agent(SAME, OTHER), [OTHER]).paths == ("b.md",)


@pytest.mark.parametrize(
    "body",
    ["Mow\n", "Mow <!-- agentdiff: 1 -->\n", "```\n<!-- agentdiff: 1 = a.md -->\n```\n"],
    ids=["no", "half", "code"],
)
def test_nothing_to_go_by(body: str) -> None:
    with pytest.raises(BadInput, match=r"canonical.md: nothing says what this was made of; name the sources"):
        blame(agent(body, path="canonical.md"), [])


def test_a_number_that_the_legend_lacks_names_nobody() -> None:
    result = blame(agent("Mow <!-- agentdiff: 1 999999 -->\n\n<!-- agentdiff: 1 = a.md -->\n"), [])
    assert result.parts[0].voices == (Voice(0, Manner.MARKED),)


@settings(max_examples=60)
@given(groups)
def test_marks_name_the_sources_of_the_ledger(variants: list[Agent]) -> None:
    result = merge(variants)
    canonical = parse(annotated(result), "canonical", format=result.format)
    assert result.output is not None
    sources = {
        line: {source.input for source in unit.sources}
        for unit in result.units
        for line in range(unit.span.first, unit.span.last + 1)
    }
    try:
        marked = blame(canonical, []).parts
    except BadInput:
        return
    plain = [each for each in blame(result.output, variants).parts if each.part is not Part.FIELD]
    assert [each.text for each in marked] == [each.text for each in plain]
    for each, where in zip(marked, plain, strict=True):
        assert not each.voices or {voice.source for voice in each.voices} == sources[where.span.first]


# ---------------------------------------------------------------------------------------------- reports


def printed(result: Blame, columns: int = 100) -> list[str]:
    import io

    stream = io.StringIO()
    Output(stream, Colour.NEVER, {"COLUMNS": str(columns)}).write_lines(blame_lines(result))
    return stream.getvalue().split("\n")


def test_the_report() -> None:
    lines = printed(ACCOUNT)
    assert lines[:5] == [
        "gardener (claude-agent)  canonical.md",
        "  1  a.md",
        "  2  b.md",
        "  ~ says it in other words.",
        "  ( ) says only a part of it, and does not count.",
    ]
    assert "  1/2  ~1 (2)      4  tools: Read, Edit" in lines
    assert "  2/2  all        12  Prune the roses every spring before the buds open" in lines
    assert "  0/2  -          14  Sharpen the tools with a whetstone" in lines
    assert lines[-2] == "6 titles and statements: 3 by 2 sources, 1 by 1 source, 2 by none"


@pytest.mark.parametrize("columns", [40, 60, 120])
def test_rows_fit(columns: int) -> None:
    assert all(len(row) <= columns for row in printed(ACCOUNT, columns))


def test_nothing_in_a_file_steers_the_terminal() -> None:
    evil = agent("- Mow \x1b[2J\u202e\n", path="a\x1b[2J\n.md")
    assert not any("\x1b" in row or "\u202e" in row for row in printed(blame(evil, [evil])))


def test_many_sources_are_cut() -> None:
    sources = [agent("Mow\n", path=f"{number}.md") for number in range(60)] + [agent("Rake\n")]
    rows = printed(blame(agent("Mow\n"), sources))
    assert any("60/61  1 2 3 4 5 6 7 8 9 10 11 +49" in row for row in rows)


def test_the_document_fits_its_schema() -> None:
    schema = json.loads(schema_text("blame"))
    for result in (ACCOUNT, blame(marked_agent(SAME, OTHER), [])):
        document = json.loads(dumps(blame_document(result)))
        jsonschema.Draft202012Validator(schema).validate(document)
        for spoiled in (
            {**document, "schema": "agentdiff.blame/2"},
            {key: value for key, value in document.items() if key != "parts"},
            {**document, "parts": [{**document["parts"][0], "support": -1}]},
            {**document, "parts": [{**document["parts"][0], "part": "verse"}]},
            {**document, "sources": [{}]},
        ):
            assert not jsonschema.Draft202012Validator(schema).is_valid(spoiled)


def test_the_document() -> None:
    document = blame_document(ACCOUNT)
    assert [each["path"] for each in document["sources"]] == ["a.md", "b.md"]
    assert document["parts"][-1] == {
        "part": "item",
        "name": "code",
        "text": "```sh\nprune --all\n```",
        "lines": [16, 18],
        "support": 1,
        "sources": [{"source": 0, "manner": "kept", "lines": [[14, 16]]}],
    }
    assert blame_document(blame(marked_agent(SAME), []))["sources"] == [{"path": "a.md"}]


def test_support_counts_all_but_parts() -> None:
    manners = (Manner.KEPT, Manner.REWORDED, Manner.MARKED, Manner.PARTLY)
    each = Blamed(Part.ITEM, "bullet", "a", Span(1, 1), tuple(Voice(n, m) for n, m in enumerate(manners)))
    assert each.support == 3
