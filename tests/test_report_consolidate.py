"""A consolidation as text, as JSON and as an index page."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import jsonschema
import pytest

from agentdiff.canonical import merge
from agentdiff.clusters import Cluster, ClusterKind, Edge, Member, Skipped
from agentdiff.consolidate import Consolidation, ConsolidationPlan, LeftOut, Origin
from agentdiff.formats import parse
from agentdiff.model import Agent, Verdict
from agentdiff.report.consolidate_json import consolidation_document, map_document
from agentdiff.report.consolidate_text import consolidation_lines, escaped, index_page
from agentdiff.report.schema import schema_text
from agentdiff.report.stream import Output

TEXT = "---\nname: gardener\ndescription: Looks after a garden.\n---\nYou garden.\n\n- Water the roses at 20 °C\n"
PATHS = ("a/x.md", "b/`x` [y](z)|<b>.md", "c/x\u202e.md")

CONSOLIDATION = json.loads(schema_text("consolidation"))
MAP = json.loads(schema_text("map"))


def agents() -> list[Agent]:
    texts = (TEXT, TEXT.replace("20", "25") + "- Cut dead wood\n", TEXT + "- Mulch the beds\n")
    return [parse(text, path, format="claude-agent") for text, path in zip(texts, PATHS, strict=True)]


@pytest.fixture
def plan() -> ConsolidationPlan:
    """Three variants with a question, a cluster that is left out, and a member that could not be read."""
    variants = agents()
    members = tuple(Member(each.path, each.format, each.name, each.sha256, 1000, each.path[0]) for each in variants)
    edges = tuple(Edge(0, other, 0.8, 0.9, Verdict.DRIFT) for other in (1, 2))
    cluster = Cluster("0123456789ab", ClusterKind.NEAR, members, edges, 0, 0)
    gaps: tuple[tuple[str, ...], ...] = ((), ("line 3 is `odd`", "line 4 is odd", "line 5 is odd"), ("line 9 is odd",))
    origins = tuple(Origin(each, each.path, number, gaps[number]) for number, each in enumerate(members))
    made = Consolidation(cluster, "gardener", "gardener.md", merge(variants), origins, 1200)
    left = replace(cluster, id="ba9876543210")
    return ConsolidationPlan((made,), (LeftOut(left, "they cannot be merged"),), (Skipped("d/x.md", "is gone"),))


def text(plan: ConsolidationPlan, *, is_written: bool = False, removed: tuple[str, ...] = (), width: str = "80") -> str:
    stream = io.StringIO()
    output = Output(stream, environment={"COLUMNS": width})
    output.write_lines(consolidation_lines(plan, "out", is_written, removed))
    return stream.getvalue()


def test_the_plan_as_text(plan: ConsolidationPlan) -> None:
    assert text(plan) == PLAN


PLAN = """\
Plan: would merge 3 agents into 1 canonical in out
  about 3,000 tokens before, 1,200 after
  1 open question
  1 file is fully covered: what is said and allowed there is so in the canonical
  nothing was written; add --write for the files, and --apply to remove what is
    covered from a git work tree

gardener.md  claude-agent, near 0123456789ab
  3 agents in 3 variants; 3,000 tokens before, 1,200 after; 1 of 4 statements by
    all variants
  1 open question
  covered  a/x.md
  stays    b/`x` [y](z)|<b>.md  line 3 is `odd`; line 4 is odd; and 1 more
  stays    c/x<U+202E>.md  line 9 is odd

1 cluster was left out
  ba9876543210, a/x.md and 2 more  they cannot be merged

1 agent was not consolidated
  d/x.md  is gone
"""


def test_what_was_done(plan: ConsolidationPlan) -> None:
    told = text(plan, is_written=True, removed=("a/x.md",))
    assert told.startswith("Merged 3 agents into 1 canonical in out\n")
    assert "  1 file was removed\n" in told and "nothing was written" not in told
    assert "no file was removed" in text(plan, is_written=True)


@pytest.mark.parametrize("width", ["40", "60", "120"])
def test_rows_fit(plan: ConsolidationPlan, width: str) -> None:
    rows = text(plan, width=width).splitlines()
    assert max(len(row) for row in rows) <= int(width)
    assert "\x1b" not in text(plan, width=width)


def test_nothing_to_tell() -> None:
    assert text(ConsolidationPlan(())) == "Nothing to consolidate\n"


def test_the_document(plan: ConsolidationPlan) -> None:
    document = consolidation_document(plan, "out", True, ("a/x.md",))
    jsonschema.validate(document, CONSOLIDATION)
    assert document["written"] is True and document["removed"] == document["covered"] == ["a/x.md"]
    (canonical,) = document["canonicals"]
    assert canonical["tokens"] == {"before": 3000, "after": 1200} and canonical["questions"] == 1
    assert [each["covered"] for each in canonical["members"]] == [True, False, False]
    assert len(canonical["members"][1]["gaps"]) == 3
    assert document["left_out"][0]["paths"] == list(PATHS)
    jsonschema.validate(consolidation_document(ConsolidationPlan(()), "out"), CONSOLIDATION)


def test_the_map_is_sorted() -> None:
    document = map_document([("b.md", "x.md"), ("a.md", "y.md")])
    jsonschema.validate(document, MAP)
    assert [each["path"] for each in document["paths"]] == ["a.md", "b.md"]


def test_the_index_page(plan: ConsolidationPlan) -> None:
    assert index_page(plan) == INDEX


INDEX = r"""# Canonical agents

| canonical | members | support | open questions | tokens saved |
| --- | ---: | --- | ---: | ---: |
| [gardener.md](gardener.md) | 3 | 1 of 4 statements by all variants | 1 | 1,800 |

## gardener.md

Where each line went: [ledger](ledgers/gardener.json). What is to be decided: [questions](questions/gardener.yaml).

- a/x.md: fully covered
- b/\`x\` \[y\](z)\|\<b\>.md: not fully covered: line 3 is \`odd\`; line 4 is odd; and 1 more
- c/x\<U+202E\>.md: not fully covered: line 9 is odd
"""


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("a/b-c.md", "a/b-c.md"),
        ("a_b|c", r"a\_b\|c"),
        ("![x](y)", r"\!\[x\](y)"),
        ("<script>&amp;", r"\<script\>\&amp;"),
        ("a\nb\u202e", "a b<U+202E>".replace("<", r"\<").replace(">", r"\>")),
        ("`*~$#\\", r"\`\*\~\$\#\\"),
    ],
)
def test_what_others_wrote_is_no_markdown(words: str, shown: str) -> None:
    assert escaped(words) == shown
