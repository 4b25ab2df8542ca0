"""Marks of sources in a canonical agent: where they stand, what they name, and that reading leaves them out."""

from __future__ import annotations

import re

import pyromark
import pytest
from hypothesis import given, settings
from merge_samples import agent, merged
from test_merge_laws import agents, groups

from agentdiff.align import align
from agentdiff.annotating import annotated, legend_in
from agentdiff.canonical import merge
from agentdiff.convert import convert
from agentdiff.diff import diff
from agentdiff.errors import BadInput
from agentdiff.formats import parse
from agentdiff.ledger import CanonicalMerge
from agentdiff.marks import is_mark_item, legend, legend_of, mark, marked
from agentdiff.model import Agent, ItemKind, Verdict
from agentdiff.report.show_text import show_lines

ONE = "You are a gardener.\n\n## Roses\n\n- Prune the roses in spring\n- Water the lawn at dawn\n"
TWO = "You are a gardener.\n\n## Roses\n\n- Prune the roses in spring\n- Never cut the hedge in May\n"


def said(read: Agent) -> tuple[object, ...]:
    """Fields, titles and statements, without places and marks."""
    items = [item for item in read.items if not is_mark_item(item)]
    ranks = {item.id: rank for rank, item in enumerate(items)}
    return (
        [(each.name, each.key, each.value) for each in read.fields],
        [(each.parent, each.title, each.introduction, each.style, each.level) for each in read.sections],
        [(i.section, i.kind, i.text.rstrip("\r"), None if i.parent is None else ranks[i.parent]) for i in items],
    )


def read_again(result: CanonicalMerge) -> Agent:
    return parse(annotated(result), "canonical", format=result.format)


def body(text: str) -> str:
    return text.split("\n---\n", 1)[1].strip("\n")


def of_one(text: str) -> str:
    """The annotated body of a merge of one agent with this body."""
    return body(annotated(merge([agent(text, path="a.md")])))


# ---------------------------------------------------------------------------------------------- what is written


def test_each_title_and_statement_names_its_sources() -> None:
    lines = body(annotated(merged(ONE, TWO))).split("\n")
    assert lines[0] == "You are a gardener. <!-- agentdiff: 1 2 -->"
    assert "## Roses <!-- agentdiff: 1 2 -->" in lines
    assert "- Prune the roses in spring <!-- agentdiff: 1 2 -->" in lines
    assert "- Water the lawn at dawn <!-- agentdiff: 1 -->" in lines
    assert "- Never cut the hedge in May <!-- agentdiff: 2 -->" in lines
    assert lines[-2:] == ["", "<!-- agentdiff: 1 = 0.md, 2 = 1.md -->"]


M = "<!-- agentdiff: 1 -->"
PLACES = {
    "bullet of two lines": ("- a\n  b\n", f"- a\n  b {M}"),
    "paragraph of two lines": ("a\nb\n", f"a\nb {M}"),
    "code span over two lines": ("a `b\nc` d\n", f"a `b\nc` d {M}"),
    "hard breaks": ("**A:** x  \n**B:** y\\\n**C:** z\n", f"**A:** x {M}  \n**B:** y {M}\\\n**C:** z {M}"),
    "escaped backslash": ("a \\\\\n", f"a \\\\ {M}"),
    "open code span": ("a ` b\n", f"{M}\na ` b"),
    "open comment": ("a <!-- b\n", f"{M}\na <!-- b"),
    "fence": ("a\n\n```\nb\n```\n", f"a {M}\n\n{M}\n```\nb\n```"),
    "fence below a bullet": ("- a\n  ```\n  b\n  ```\n", f"- a {M}\n  {M}\n  ```\n  b\n  ```"),
    "fence in a quote": ("> ```\n> b\n> ```\n", f"> {M}\n> ```\n> b\n> ```"),
    "indented code": ("a\n\n    b\n", f"a {M}\n\n{M}\n    b"),
    "table": ("|a|b|\n|-|-|\n|1|2|\n", f"{M}\n|a|b|\n|-|-|\n|1|2|"),
    "html": ("<div>\na\n</div>\n", f"{M}\n<div>\na\n</div>"),
    "comment": ("a\n\n<!-- b -->\n", f"a {M}\n\n{M}\n<!-- b -->"),
    "heading": ("# A\n\nb\n", f"# A {M}\n\nb {M}"),
    "closed heading": ("# A #\n\nb\n", f"# A #\n{M}\n\nb {M}"),
    "setext": ("A\nb\n===\n\nc\n", f"A\nb {M}\n===\n\nc {M}"),
    "tag": ("<role>\n- a\n</role>\n", f"<role>\n{M}\n- a {M}\n</role>"),
    "bold title": ("**A**\n\nb\n", f"**A** {M}\n\nb {M}"),
    "label": ("Steps:\n\n- a\n- b\n\nMore:\n- c\n", f"Steps: {M}\n\n- a {M}\n- b {M}\n\nMore: {M}\n- c {M}"),
    "boxes": ("- [ ] a\n", f"- [ ] a {M}"),
    "rule": ("a\n\n---\n\nb\n", f"a {M}\n\n---\n\nb {M}"),
}


@pytest.mark.parametrize(("text", "expected"), PLACES.values(), ids=PLACES)
def test_where_a_mark_stands(text: str, expected: str) -> None:
    assert of_one(text) == f"{expected}\n\n<!-- agentdiff: 1 = a.md -->"


UNMARKED = {
    "fence beside a bullet mark": "- ```\n  a\n  ```\n",
    "setext in a quote": "> a\n> ===\n",
    "closed heading in a bullet": "- # a #\n",
    "code span that runs into the next bullet": "• a ` b\n• c ` d\n",
}


@pytest.mark.parametrize("text", UNMARKED.values(), ids=UNMARKED)
def test_where_no_mark_can_stand(text: str) -> None:
    assert M not in of_one("# A\n\n" + text).partition("\n")[2]


def test_a_fence_that_never_ends_has_the_legend_above() -> None:
    assert of_one("a\n\n```\nb\n") == f"<!-- agentdiff: 1 = a.md -->\n\na {M}\n\n{M}\n```\nb"


def test_an_agent_without_a_body_stays_as_it_is() -> None:
    result = merge([parse("---\nname: a\ndescription: b\n---\n", "a.md")])
    assert annotated(result) == result.text


def test_windows_line_ends_stay() -> None:
    text = annotated(merge([parse("---\r\nname: a\r\n---\r\n# A\r\n\r\n```\r\nb\r\n```", "a.md")]))
    assert text.count("\n") == text.count("\r\n")
    assert text.endswith("\r\n```\r\n\r\n<!-- agentdiff: 1 = a.md -->\r\n")


def test_old_marks_are_replaced() -> None:
    first = read_again(merged(ONE, TWO))
    text = annotated(merge([first]))
    assert len(text.split("\n")) == len(first.source.split("\n"))
    assert "- Prune the roses in spring <!-- agentdiff: 1 -->\n" in text
    assert text.count("canonical") == 1 and "0.md" not in text


@pytest.mark.parametrize("target", ["codex-agent", "roo-modes"])
def test_a_data_file_carries_no_marks(target: str) -> None:
    output = parse(convert([agent(ONE)], target).text, "x", format=target)
    with pytest.raises(BadInput, match=r"where no line can be marked; write a Markdown format with --to, or ask"):
        annotated(merge([output]))


# ---------------------------------------------------------------------------------------------- the legend

PATHS = {
    "plain": ("agents/a b.md", "agents/a b.md"),
    "end of a comment": ("a-->b", "a-%2D%3Eb"),
    "start of a comment": ("<!--", "%3C!-%2D"),
    "next entry": ("a, 2 = b", "a%2C 2 = b"),
    "terminal": ("a\x1b[2J\u202e\n", "a%1B[2J%E2%80%AE%0A"),
    "percent": ("100%", "100%25"),
    "long": ("x" * 130, "..." + "x" * 117),
    "letters": ("ä/日本.md", "ä/日本.md"),
    "undecodable": ("a\udcff", "a%ED%B3%BF"),
}


@pytest.mark.parametrize(("path", "shown"), PATHS.values(), ids=PATHS)
def test_no_path_breaks_the_legend(path: str, shown: str) -> None:
    line = legend([path, "b.md"])
    assert line == f"<!-- agentdiff: 1 = {shown}, 2 = b.md -->"
    assert legend_of(line) == (shown, "b.md")
    assert line.count("--") == 2


def test_marks_name_what_they_were_made_of() -> None:
    assert marked(f"a {mark([1, 12])}") == ("a", (1, 12))
    assert marked("a") is None


# ---------------------------------------------------------------------------------------------- laws


def rendered(text: str) -> str:
    """The body as HTML, without marks and white space."""
    options = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_TASKLISTS
    html = pyromark.html(text.split("\n---\n", 1)[-1], options=options)
    return re.sub(r"<!-- agentdiff:[^>]*-->|\s+", "", html)


def check(result: CanonicalMerge) -> None:
    again = read_again(result)
    assert result.output is not None
    assert said(again) == said(result.output)
    assert again.source == annotated(result)
    assert diff(again, result.output).verdict in (Verdict.EQUIVALENT, Verdict.IDENTICAL)
    assert merge([again]).text.split("\n---\n", 1)[-1] == again.source.split("\n---\n", 1)[-1]
    assert rendered(again.source) == rendered(result.text)


@settings(max_examples=60)
@given(groups)
def test_marks_say_nothing(variants: list[Agent]) -> None:
    check(merge(variants))


@settings(max_examples=100)
@given(agents())
def test_marks_say_nothing_in_any_file(variant: Agent) -> None:
    check(merge([variant]))


@settings(max_examples=60)
@given(groups)
def test_a_marked_agent_merges_as_if_it_were_not(variants: list[Agent]) -> None:
    again = read_again(merge(variants))
    text = merge([again, *variants]).text
    assert "agentdiff:" not in text
    assert not any(map(is_mark_item, parse(text, "canonical.md").items))


@settings(max_examples=60)
@given(groups)
def test_a_mark_names_the_sources_of_its_unit(variants: list[Agent]) -> None:
    result = merge(variants)
    again = read_again(result)
    assert result.output is not None
    wanted = {tuple(sorted({source.input + 1 for source in unit.sources})) for unit in result.units}
    written = {found.numbers for line in again.source.split("\n") if (found := marked(line))}
    assert written <= wanted
    assert legend_in(again) == (tuple(each.path for each in variants) if written else ())


# ---------------------------------------------------------------------------------------------- reading


def test_show_leaves_marks_out() -> None:
    again = read_again(merged(ONE + "\n```\nx\n```\n", TWO))
    shown = "\n".join(run.text for line in show_lines(again) for run in line.runs)
    assert "agentdiff:" not in shown
    assert sum(item.kind is ItemKind.MARKUP for item in again.items) == 2


def test_a_conversion_leaves_marks_out() -> None:
    text = convert([read_again(merged(ONE + "\n```\nx\n```\n", TWO))], "codex-agent").text
    assert "agentdiff" not in text and "Prune the roses in spring" in text


def test_an_agent_aligns_with_its_marked_copy() -> None:
    result = merged(ONE, TWO)
    assert result.output is not None
    matches = align(read_again(result), result.output).items
    assert [match.similarity for match in matches] == [1.0] * len(result.output.items)
