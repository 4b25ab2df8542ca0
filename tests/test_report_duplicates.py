"""Clusters of duplicates as text and as JSON, and how far the search for them is."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from itertools import pairwise

import jsonschema
import pytest
from duplicate_samples import DUPLICATES, EXACT, NEAR, ROLE, Row, make_cluster, make_duplicates

from agentdiff.baseline import Comparison, Standing
from agentdiff.clusters import Cluster, Duplicates, Skipped
from agentdiff.model import Verdict
from agentdiff.report.duplicates_json import clusters_document
from agentdiff.report.duplicates_text import MOST_COPIES, MOST_SKIPPED, MOST_TEXTS, duplicates_lines
from agentdiff.report.json_report import dumps
from agentdiff.report.progress import SHOWN_PER_STAGE, STEP, Progress
from agentdiff.report.schema import schema_text
from agentdiff.report.stream import Colour, Output

COPIES = make_cluster([Row(f"repo-{number:03}/pruner.md") for number in range(190)])
ACCEPTED, NEW = Comparison(Standing.ACCEPTED), Comparison(Standing.NEW, (0, 1))


def printed(
    result: Duplicates,
    comparisons: Sequence[Comparison] | None = None,
    is_complete: bool = False,
    columns: int = 80,
) -> str:
    stream = io.StringIO()
    output = Output(stream, Colour.NEVER, {"COLUMNS": str(columns)})
    output.write_lines(duplicates_lines(result, comparisons, is_complete, output.width))
    return stream.getvalue()


REPORT = """\
2 clusters of duplicates among 2,991 agents in 2,950 files
  1 exact with 2 agents, 1 near with 4 agents
  keeping one agent of each would save about 4,122 of 6,666 tokens
  1 group of agents that may do the same job
  columns: similarity to the centre, tokens, path, kind of difference
  * would serve best as the base of a consolidation

Exact duplicates: the same text, layout aside

0a1b2c3d4e5f exact  gardener: 2 agents in 2 repos, claude-agent, saves 1,312
    tokens
 *  centre  1,310  garden/agents/pruner.md
      1.00  1,312  orchard/pruner.md  equivalent, adds nothing

Near duplicates: one was made from the other

123456789abc near  gardener: 4 agents in 3 repos, saves 2,810 tokens
    centre  1,200  meadow/gardener.md  claude-agent
      1.00  1,200  orchard/gardener.md  identical
 *    0.97  1,234  garden/gardener.md  drift
      0.55    410  orchard/agents.yaml#keeper  subset, adds nothing, named
                   keeper, crew-agent

May do the same job: written independently, so read them before you merge them

fedcba987654 role  gardener: 2 agents in 2 repos, claude-agent, 1,600 tokens
 *  centre  700  garden/beekeeper.md
      0.02  900  meadow/bees.md  variant, named bees

Skipped 2 files or folders
  garden/loop: is a link into a folder above it
  garden/photo.md: is binary

1,204 files are no agent files
"""


def test_the_whole_report() -> None:
    assert printed(DUPLICATES) == REPORT


def test_nothing_found_is_one_line() -> None:
    assert printed(make_duplicates([])) == "No duplicates among 2,991 agents in 2,950 files\n"


def test_roles_alone_save_nothing() -> None:
    text = printed(make_duplicates([ROLE]))
    assert text.startswith("No duplicates among 2,991 agents in 2,950 files\n  1 group of agents that may do the same")
    assert "save" not in text


def test_what_is_the_same_in_a_cluster_is_said_once() -> None:
    text = printed(make_duplicates([COPIES]), is_complete=True)
    assert (text.count("gardener"), text.count("claude-agent")) == (1, 1)


# ---------------------------------------------------------------------------------------------- long lists


def rows(text: str) -> list[str]:
    return [row for row in text.splitlines() if ".md" in row]


def test_copies_are_counted() -> None:
    text = printed(make_duplicates([COPIES]))
    assert len(rows(text)) == MOST_COPIES
    assert "    and 187 more that are identical (--all shows them)\n" in text


def test_all_shows_them() -> None:
    text = printed(make_duplicates([COPIES]), is_complete=True)
    assert len(rows(text)) == 190
    assert "more" not in text


@pytest.mark.parametrize(("number", "shown"), [(3, 3), (4, 4), (5, 3)])
def test_one_more_takes_no_more_room_than_saying_so(number: int, shown: int) -> None:
    text = printed(make_duplicates([make_cluster([Row(f"{each}/a.md") for each in range(number)])]))
    assert len(rows(text)) == shown
    assert ("more" in text) == (shown < number)


def test_different_wordings_are_counted_apart_from_copies() -> None:
    drifted = [Row(f"d/{number:02}.md", 100, 0.8, Verdict.DRIFT) for number in range(40)]
    text = printed(make_duplicates([make_cluster([Row(f"c/{number}.md") for number in range(9)] + drifted)]))
    assert len(rows(text)) == MOST_COPIES + MOST_TEXTS - 1
    assert "and 6 more that are identical (--all" in text
    assert "and 21 more in other wordings (--all" in text


def test_centre_base_and_new_members_are_shown_in_any_case() -> None:
    cluster = make_cluster([Row(f"repo-{number:03}/a.md") for number in range(90)], centre=80, suggested=81)
    text = printed(make_duplicates([cluster]), [Comparison(Standing.GROWN, (82,))])
    shown = [row.split()[-1 if "centre" in row else -2] for row in rows(text)]
    assert shown == ["repo-080/a.md", "repo-081/a.md", "repo-082/a.md"]
    assert [row[:2] for row in rows(text)] == ["  ", " *", "+ "]


def test_agents_of_one_file_are_no_copies_of_each_other() -> None:
    """They have one digest, that of the file."""
    names = [Row(f"team.yaml#{name}.md", 9, 0.9, Verdict.DRIFT, name) for name in ("ash", "elm", "fir", "oak", "yew")]
    cluster = make_cluster([Row("a.md"), *names])
    same = make_duplicates([replaced_digests(cluster)])
    assert "more" not in printed(same)


def replaced_digests(cluster: Cluster) -> Cluster:
    members = tuple(
        type(each)(each.path, each.format, each.name, "0" * 64, each.tokens, each.collection)
        for each in cluster.members
    )
    return Cluster(cluster.id, cluster.kind, members, cluster.edges, cluster.centre, cluster.suggested)


@pytest.mark.parametrize(("number", "shown"), [(21, 21), (50, MOST_SKIPPED)])
def test_skipped_files_are_counted(number: int, shown: int) -> None:
    skipped = tuple(Skipped(f"{each:02}.md", "is binary") for each in range(number))
    text = printed(make_duplicates([], skipped))
    assert f"Skipped {number} files or folders\n" in text
    assert text.count("is binary") == shown
    assert ("  and 30 more (--all shows them)" in text) == (shown < number)
    assert printed(make_duplicates([], skipped), is_complete=True).count("is binary") == number


# ---------------------------------------------------------------------------------------------- baselines


def test_accepted_clusters_are_only_counted() -> None:
    text = printed(DUPLICATES, [ACCEPTED, Comparison(Standing.GROWN, (3,)), NEW])
    assert "  by the baseline: 1 new, 1 grown, 1 accepted\n" in text
    assert EXACT.id not in text
    assert "123456789abc near grown by 1  gardener: 4 agents" in text
    assert "fedcba987654 role new  gardener: 2 agents" in text
    assert [row for row in text.splitlines() if row.startswith("+")] == [
        "+     1.00  1,200  orchard/gardener.md  identical"
    ]


def test_all_shows_accepted_ones() -> None:
    text = printed(DUPLICATES, [ACCEPTED] * 3, is_complete=True)
    assert f"{EXACT.id} exact accepted  gardener" in text
    assert "+ has joined" not in text


def test_where_all_is_accepted_nothing_is_listed() -> None:
    text = printed(make_duplicates([EXACT, NEAR]), [ACCEPTED] * 2)
    assert text.splitlines()[-1] == "  by the baseline: 2 accepted"


def test_without_a_baseline_it_is_not_mentioned() -> None:
    assert "baseline" not in printed(DUPLICATES)


# ---------------------------------------------------------------------------------------------- untrusted, narrow


HOSTILE = make_cluster(
    [
        Row("a/\x1b[2J.md", name="\x1b]0;title\x07\nrow 2 \u202e"),
        Row("b/\nfake/line.md", 100, 0.5, Verdict.SUPERSET, "x" * 4000, "after\rmath"),
        Row("c/\udc80.md", 100, 0.5, Verdict.DRIFT, ""),
    ]
)


def test_nothing_raw_reaches_the_terminal() -> None:
    text = printed(make_duplicates([HOSTILE], (Skipped("\x1b[31m.md", "is \x9bbinary"),)))
    assert all(row.isprintable() for row in text.splitlines())
    assert "a/<U+001B>[2J.md" in text
    assert "b/<U+000A>fake/line.md" in text
    assert "named (no name)" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_superset_is_explained_where_there_is_one() -> None:
    assert "superset: says all that the centre says, and more" in printed(make_duplicates([HOSTILE]))
    assert "superset:" not in REPORT


LONG = "categories/development/backend/.claude/agents/backend-engineer-of-the-orchard.md"


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_a_path_is_never_broken(columns: int) -> None:
    cluster = make_cluster([Row(f"a/{LONG}"), Row(f"b/{LONG}", 100, 0.5, Verdict.DRIFT), Row("c/short.md")])
    text = printed(make_duplicates([cluster, NEAR, ROLE]), columns=columns)
    for path in (f"a/{LONG}", f"b/{LONG}", "c/short.md", "orchard/agents.yaml#keeper"):
        assert path in text
    assert all(len(row) <= columns or LONG in row for row in text.splitlines())


def test_a_long_path_has_a_row_of_its_own() -> None:
    text = printed(make_duplicates([make_cluster([Row("a.md"), Row(f"b/{LONG}", 100, 0.5, Verdict.DRIFT)])]))
    assert f"      0.50  100\n    b/{LONG}\n    drift\n" in text
    assert " *  centre  100  a.md\n" in text


def test_marks_do_not_need_colour() -> None:
    stream = io.StringIO()
    Output(stream, Colour.ALWAYS, {}).write_lines(duplicates_lines(DUPLICATES))
    plain = stream.getvalue()
    for code in ("0", "1", "2", "32", "33"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == REPORT


# ---------------------------------------------------------------------------------------------- JSON


def test_the_document() -> None:
    document = clusters_document(DUPLICATES)
    assert document["scanned"] == {"files": 2950, "agents": 2991, "bytes": 12_345_678, "others": 1204}
    assert [each["kind"] for each in document["clusters"]] == ["exact", "near", "role"]
    near = document["clusters"][1]
    assert near["similarity"] == {"min": 0.55, "mean": 0.84}
    assert near["edges"] == [
        {"a": 1, "b": 0, "similarity": 0.97, "containment": 1.0, "verdict": "drift", "adds_nothing": False},
        {"a": 1, "b": 2, "similarity": 0.55, "containment": 0.6, "verdict": "subset", "adds_nothing": True},
        {"a": 1, "b": 3, "similarity": 1.0, "containment": 1.0, "verdict": "identical", "adds_nothing": True},
    ]
    assert (near["centre"], near["suggested"], near["tokens"], near["savings"]) == (1, 0, 4044, 2810)
    assert near["collections"] == ["garden", "meadow", "orchard"]
    assert document["skipped"][0] == {"path": "garden/loop", "reason": "is a link into a folder above it"}


def test_standings_are_there_with_a_baseline_alone() -> None:
    comparisons = [ACCEPTED, Comparison(Standing.GROWN, (3,)), NEW]
    found = clusters_document(DUPLICATES, comparisons)["clusters"]
    assert [(each["standing"], each["new_members"]) for each in found] == [
        ("accepted", []),
        ("grown", [3]),
        ("new", [0, 1]),
    ]
    assert not any("standing" in each or "new_members" in each for each in clusters_document(DUPLICATES)["clusters"])


@pytest.mark.parametrize(
    ("result", "comparisons"),
    [
        (make_duplicates([]), None),
        (make_duplicates([]), []),
        (make_duplicates([HOSTILE, COPIES]), None),
        (DUPLICATES, [ACCEPTED, Comparison(Standing.GROWN, (3,)), NEW]),
    ],
)
def test_documents_fit_the_schema(result: Duplicates, comparisons: Sequence[Comparison] | None) -> None:
    text = dumps(clusters_document(result, comparisons))
    assert text.isascii()
    jsonschema.Draft202012Validator(json.loads(schema_text("clusters"))).validate(json.loads(text))


def test_the_schema_knows_the_standings() -> None:
    document = clusters_document(DUPLICATES, [ACCEPTED, ACCEPTED, NEW])
    document["clusters"][0]["standing"] = "gone"
    assert not jsonschema.Draft202012Validator(json.loads(schema_text("clusters"))).is_valid(document)


# ---------------------------------------------------------------------------------------------- progress


def shown(*calls: tuple[str, int, int]) -> list[str]:
    texts: list[str] = []
    with Progress(texts.append) as progress:
        for call in calls:
            progress.report(*call)
    return texts


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (("reading", 5, 1000), "reading: 5 of 1,000"),
        (("reading", 12_345, 0), "reading: 12,345"),
        (("grouping", 0, 0), "grouping ..."),
    ],
)
def test_a_stage_in_words(call: tuple[str, int, int], text: str) -> None:
    assert shown(call) == [text, ""]


def test_nothing_to_show_leaves_nothing_to_wipe() -> None:
    assert shown() == []


@pytest.mark.parametrize("total", [1, 100, 12_345, 1_000_000])
def test_a_stage_is_shown_so_many_times_at_most(total: int) -> None:
    texts = shown(*(("reading", done, total) for done in range(0, total + 1, max(total // 5000, 1))))
    assert min(total, 100) < len(texts) <= SHOWN_PER_STAGE + 2
    assert all(text != other for text, other in pairwise(texts))


def test_the_end_of_a_stage_is_shown() -> None:
    assert shown(*(("reading", done, 777) for done in range(778)))[-2:] == ["reading: 777 of 777", ""]


def test_without_a_total_it_is_shown_in_steps() -> None:
    texts = shown(*(("reading", done, 0) for done in range(3 * STEP)))
    assert texts == ["reading ...", f"reading: {STEP:,}", f"reading: {2 * STEP:,}", ""]


def test_a_new_stage_is_shown_at_once() -> None:
    texts = shown(("reading", 10, 10), ("comparing", 0, 10), ("comparing", 0, 10))
    assert texts == ["reading: 10 of 10", "comparing: 0 of 10", ""]


def test_the_row_is_wiped_whatever_ends_the_job() -> None:
    texts: list[str] = []
    with pytest.raises(KeyboardInterrupt), Progress(texts.append) as progress:
        progress.report("reading", 1, 10)
        raise KeyboardInterrupt
    assert texts == ["reading: 1 of 10", ""]
