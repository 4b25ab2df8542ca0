"""`agentdiff consolidate`: what is merged, what is proved to be covered, what is written and what is removed."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from folders import put, tree
from test_git import commit, run_git

from agentdiff import cli_consolidate
from agentdiff.canonical import merge
from agentdiff.cli_consolidate import Request, carry_out, check_request, write_folder
from agentdiff.clusters import Cluster, ClusterKind, Duplicates, Edge, Member, Scanned, Skipped
from agentdiff.consolidate import MOST_VARIANTS, ConsolidationPlan, Origin, consolidate
from agentdiff.errors import AgentDiffError, BadInput
from agentdiff.files import write_atomically
from agentdiff.fingerprint import tokens_in
from agentdiff.formats import read
from agentdiff.ledger import Answer
from agentdiff.model import Verdict
from agentdiff.report.stream import Output

HEAD = """\
---
name: gardener
description: Looks after a garden.
tools: Read, Edit
---
You look after a garden.

"""
WATER = "## Watering\n- Water the roses every morning\n- Check the soil with a finger first\n"
PRUNE = "\n## Pruning\n- Cut dead wood back in early spring\n- Clean the shears after each plant\n"
FULL = HEAD + WATER + PRUNE
PART = HEAD + WATER
COOK = """\
---
name: cook
description: Cooks a meal.
---
You cook a meal for guests.

- Peel the potatoes before boiling them
- Taste the soup and add salt
"""


def member(path: str) -> Member:
    agent = read(path)
    return Member(path, agent.format, agent.name, agent.sha256, tokens_in(agent.source), path.split("/")[0])


def cluster(*paths: str | Member, kind: ClusterKind = ClusterKind.NEAR, number: str = "") -> Cluster:
    members = tuple(each if isinstance(each, Member) else member(each) for each in paths)
    edges = tuple(Edge(0, other, 0.8, 0.9, Verdict.DRIFT) for other in range(1, len(members)))
    number = number or sha256("\0".join(each.path for each in members).encode()).hexdigest()[:12]
    return Cluster(number, kind, members, edges, 0, 0)


def duplicates(*clusters: Cluster, skipped: tuple[Skipped, ...] = ()) -> Duplicates:
    return Duplicates(Scanned(0, 0, 0, 0), clusters, skipped)


def planned(*paths: str) -> ConsolidationPlan:
    return consolidate(duplicates(cluster(*paths)))


def origins(plan: ConsolidationPlan) -> dict[str, Origin]:
    return {each.member.path: each for made in plan.made for each in made.origins}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


# ---------------------------------------------------------------------------------------------- what is covered

OTHER_NAME = FULL.replace("name: gardener", "name: garden-helper")
COVERED = {
    "the same bytes": FULL,
    "a part": PART,
    "other layout": FULL.replace("- ", "* ").replace("\n\n## P", "\n\n\n## P"),
    "other line ends": FULL.replace("\n", "\r\n"),
    "tools in another order": FULL.replace("Read, Edit", "Edit, Read"),
    "a description that is one of its sentences": PART.replace(
        "Looks after a garden.", "Waters the roses of a palace."
    ),
}
NOT_COVERED = {
    "fewer tools than it has": (FULL.replace("Read, Edit", "Read, Edit, Bash"), "the canonical may not use shell"),
    "no limit": (FULL.replace("tools: Read, Edit\n", ""), "the canonical may not use"),
    "another name": (OTHER_NAME, "its name is garden-helper, and that of the canonical gardener"),
}


@pytest.mark.parametrize("text", COVERED.values(), ids=COVERED)
def test_what_is_covered(here: Path, text: str) -> None:
    both = FULL.replace("Looks after a garden.", "Looks after a garden. Waters the roses of a palace.")
    put(here, {"a.md": both if "palace" in text else FULL, "b.md": text})
    assert origins(planned("a.md", "b.md"))["b.md"].gaps == ()


@pytest.mark.parametrize(("text", "gap"), NOT_COVERED.values(), ids=NOT_COVERED)
def test_what_another_says_or_may_do(here: Path, text: str, gap: str) -> None:
    put(here, {"a.md": FULL, "b.md": FULL + "\n", "c.md": text})
    found = origins(planned("a.md", "b.md", "c.md"))
    assert gap in " ".join(found["c.md"].gaps)
    assert found["a.md"].gaps == found["b.md"].gaps == ()


def test_a_model_that_lost_the_vote(here: Path) -> None:
    models = {"a.md": "opus", "b.md": "opus", "c.md": "haiku"}
    put(here, {path: FULL.replace("tools:", f"model: {model}\ntools:") for path, model in models.items()})
    put(here, {"b.md": (here / "b.md").read_text() + "- Mulch the beds in May\n"})
    plan = planned(*models)
    assert [origins(plan)[path].is_covered for path in models] == [True, True, False]
    assert plan.questions == 1


WARM, COLD = FULL.replace("every morning", "at 25 °C"), FULL.replace("every morning", "at 20 °C")


def test_an_open_question_that_was_answered_with_one_side_for_now(here: Path) -> None:
    put(here, {"a.md": WARM, "b.md": COLD, "c.md": WARM + "\n"})
    plan = planned("a.md", "b.md", "c.md")
    assert plan.questions == 1
    gaps = {path: each.gaps for path, each in origins(plan).items()}
    assert gaps == {"a.md": (), "b.md": ("line 9 gave way to another in an open question",), "c.md": ()}


def test_an_open_question_with_both_sides_written(here: Path) -> None:
    put(here, {"a.md": WARM + "- Mulch the beds in May\n", "b.md": COLD + "- Sow beans after the last frost\n"})
    plan = planned("a.md", "b.md")
    assert all(words in plan.made[0].merge.text for words in ("20 °C", "25 °C"))
    gaps = {path: each.gaps for path, each in origins(plan).items()}
    assert gaps == dict.fromkeys(("a.md", "b.md"), ("line 9 is part of an open question",))


def test_a_title_that_went_into_another_is_not_covered(here: Path) -> None:
    put(here, {"a.md": FULL, "b.md": FULL.replace("## Pruning", "## Orchard maintenance calendar")})
    found = origins(planned("a.md", "b.md"))
    assert sum(each.is_covered for each in found.values()) <= 1


def test_a_comment_in_the_front_matter_is_not_covered(here: Path) -> None:
    commented = FULL.replace("tools:", "# ask before you change this\ntools:")
    put(here, {"a.md": FULL + "- Mulch the beds in May\n", "b.md": commented})
    assert origins(planned("a.md", "b.md"))["b.md"].gaps == ("line 4 is a comment",)


def test_another_format_is_not_covered(here: Path) -> None:
    put(here, {"a.md": FULL, "b.md": FULL + "\n", ".cursor/agents/c.md": PART.replace("tools: Read, Edit\n", "")})
    found = origins(planned("a.md", "b.md", ".cursor/agents/c.md"))
    assert found[".cursor/agents/c.md"].gaps[0].startswith("it is a file of cursor-agent")


def test_one_of_several_agents_of_a_file_is_not_covered(here: Path) -> None:
    modes = "".join(
        f"- slug: {slug}\n  name: {slug}\n  roleDefinition: You are a {slug}\n  groups: [read]\n"
        for slug in ("one", "two")
    )
    put(here, {".roomodes": f"customModes:\n{modes}", "x/.roomodes": f"customModes:\n{modes}\n"})
    found = origins(planned(".roomodes#two", "x/.roomodes#two"))
    assert {each.gaps[0] for each in found.values()} == {"its file holds other agents, too"}


COMMAND = (
    "---\ndescription: Weeds the beds.\nallowed-tools: Bash(hoe:*)\n---\nPull the weeds.\n\n- Use a fork in dry soil\n"
)
RULE = "---\nglobs: beds/*\n---\nPull the weeds.\n\n- Use a fork in dry soil\n"
OTHER_KINDS = {
    "a command that approves nothing": (
        ".claude/commands/weed.md",
        COMMAND,
        "allowed-tools: Bash(hoe:*)\n",
        ("its allowed-tools is not that of the canonical", "line 3 is part of an open question"),
        ("the canonical has allowed-tools",),
    ),
    "a rule for all files": (
        ".cursor/rules/weed.mdc",
        RULE,
        "globs: beds/*\n",
        (),
        ("the canonical has globs", "the canonical is used at other times"),
    ),
}


@pytest.mark.parametrize(("path", "text", "lost", "own", "other"), OTHER_KINDS.values(), ids=OTHER_KINDS)
def test_commands_and_rules(
    here: Path, path: str, text: str, lost: str, own: tuple[str, ...], other: tuple[str, ...]
) -> None:
    put(here, {f"a/{path}": text, f"b/{path}": text + "- Water it\n", f"c/{path}": text.replace(lost, "")})
    same = origins(planned(f"a/{path}", f"b/{path}"))
    assert [each.gaps for each in same.values()] == [(), ()]
    mixed = origins(planned(f"a/{path}", f"b/{path}", f"c/{path}"))
    assert [each.gaps for each in mixed.values()] == [own, own, other]


@pytest.mark.parametrize(
    ("path", "gaps"),
    [
        ("AGENTS.md", ("it is in force for the folder that it lies in",)),
        (".cursorrules", ("it is in force for the folder that it lies in",)),
        ("weeding.md", ()),
        (".roo/rules/weeding.md", ()),
    ],
)
def test_rules_that_are_in_force_by_their_place_alone(here: Path, path: str, gaps: tuple[str, ...]) -> None:
    put(here, {f"{folder}/{path}": "Pull the weeds with their roots.\n" for folder in "ab"})
    assert [each.gaps for each in origins(planned(f"a/{path}", f"b/{path}")).values()] == [gaps, gaps]


def test_links_stay(here: Path) -> None:
    put(here, {"a.md": FULL})
    (here / "b.md").symlink_to("a.md")
    assert origins(planned("a.md", "b.md"))["b.md"].gaps == ("it is a symbolic link",)


# ---------------------------------------------------------------------------------------------- what is merged


def test_the_same_bytes_are_merged_once_and_counted(here: Path) -> None:
    put(here, {"a.md": FULL, "b.md": PART, "c.md": PART})
    (made,) = planned("a.md", "b.md", "c.md").made
    assert [each.path for each in made.merge.inputs] == ["a.md", "b.md"]
    assert [each.input for each in made.origins] == [0, 1, 1]
    assert made.tokens_before == tokens_in(FULL) + 2 * tokens_in(PART)
    assert made.tokens_saved == 2 * tokens_in(PART)


def test_it_is_the_merge_of_the_members(here: Path) -> None:
    put(here, {"a.md": FULL, "b.md": PART + "- Mulch the beds in May\n"})
    (made,) = planned("a.md", "b.md").made
    assert made.merge == merge([read("a.md"), read("b.md")])


def test_kinds(here: Path) -> None:
    put(here, {"a.md": FULL, "b.md": PART, "c.md": COOK, "d.md": COOK + "\n"})
    both = duplicates(cluster("a.md", "b.md"), cluster("c.md", "d.md", kind=ClusterKind.ROLE))
    assert [each.place for each in consolidate(both).made] == ["gardener.md"]
    assert [each.place for each in consolidate(both, frozenset(ClusterKind)).made] == ["cook.md", "gardener.md"]


def test_an_agent_goes_into_one_canonical(here: Path) -> None:
    put(here, {"a.md": FULL, "b.md": PART, "c.md": PART})
    exact = cluster("b.md", "c.md", kind=ClusterKind.EXACT)
    plan = consolidate(duplicates(exact, cluster("a.md", "b.md", "c.md")))
    assert [each.cluster.kind for each in plan.made] == [ClusterKind.NEAR]
    assert not plan.left_out


def test_what_is_not_on_disk(here: Path) -> None:
    put(here, {"a.md": FULL, "b.md": PART})
    gone = Member("HEAD:c.md", "claude-agent", "gardener", "0" * 64, 7, "x")
    plan = consolidate(duplicates(cluster("a.md", "b.md", gone)))
    (unread,) = plan.unread
    assert unread.path == "HEAD:c.md" and "is no file on disk" in unread.reason
    assert list(origins(plan)) == ["a.md", "b.md"] and not plan.is_clean
    (left,) = consolidate(duplicates(cluster("a.md", gone))).left_out
    assert left.reason == "less than two of its members could be read"


def test_a_cluster_of_which_a_member_has_changed(here: Path) -> None:
    put(here, {"a.md": FULL, "b.md": PART, "c.md": COOK, "d.md": COOK + "\n"})
    found = duplicates(cluster("a.md", "b.md"), cluster("c.md", "d.md"))
    put(here, {"b.md": PART + "- Mulch\n"})
    plan = consolidate(found)
    assert [each.place for each in plan.made] == ["cook.md"]
    assert [each.reason for each in plan.left_out] == ["b.md has changed since it was looked at; run this again"]


def test_a_merge_that_fails_leaves_the_others(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(here, {"a.md": FULL, "b.md": PART, "c.md": COOK, "d.md": COOK + "\n"})

    def failing(agents: list[object], options: object) -> object:
        if any(getattr(each, "name", "") == "gardener" for each in agents):
            raise BadInput("gardeners cannot be merged")
        return merge(agents, options)  # type: ignore[arg-type]

    monkeypatch.setattr("agentdiff.consolidate.merge", failing)
    plan = consolidate(duplicates(cluster("a.md", "b.md"), cluster("c.md", "d.md")))
    assert [each.reason for each in plan.left_out] == ["gardeners cannot be merged"]
    assert [each.place for each in plan.made] == ["cook.md"]


def test_too_many_variants_are_not_merged(here: Path) -> None:
    put(here, {f"{number}.md": FULL + f"- Mulch bed {number}\n" for number in range(MOST_VARIANTS + 1)})
    (left,) = planned(*(f"{number}.md" for number in range(MOST_VARIANTS + 1))).left_out
    assert left.reason == f"it has {MOST_VARIANTS + 1} different variants; {MOST_VARIANTS} are merged at most"


def test_the_first_agent_of_files_with_several(here: Path) -> None:
    modes = "".join(f"- slug: {slug}\n  name: {slug}\n  roleDefinition: You are a {slug}\n" for slug in ("one", "two"))
    put(here, {".roomodes": f"customModes:\n{modes}", "x/.roomodes": f"customModes:\n{modes}"})
    plan = planned(".roomodes#one", "x/.roomodes#one")
    assert not plan.made
    assert "the same file, which holds other agents" in plan.left_out[0].reason


# ---------------------------------------------------------------------------------------------- names


def test_names_that_collide_have_the_id_behind_them(here: Path) -> None:
    put(here, {"a.md": FULL, "b.md": PART, "c.md": COOK.replace("name: cook", "name: Gardener"), "d.md": COOK})
    put(here, {"d.md": (here / "c.md").read_text() + "\n", "e.md": COOK, "f.md": COOK + "\n"})
    first, second, third = cluster("a.md", "b.md"), cluster("c.md", "d.md"), cluster("e.md", "f.md")
    expected = ["cook.md", f"Gardener-{second.id}.md", f"gardener-{first.id}.md"]
    for found in (duplicates(first, second, third), duplicates(third, second, first)):
        assert sorted(each.place for each in consolidate(found).made) == sorted(expected)


NAMES = {
    "plain": ("gardener", "gardener.md"),
    "that of the index page": ("index", "index-0123456789ab.md"),
    "that of a folder": ("Ledgers", "Ledgers-0123456789ab.md"),
    "a path": ("../../etc/passwd", "etc-passwd.md"),
    "blanks": ("Senior  Gardener", "Senior-Gardener.md"),
    "nothing that a file can be called": ("***", "agent.md"),
    "long": ("g" * 400, "g" * 80 + ".md"),
    "another script": ("园丁", "园丁.md"),
}


@pytest.mark.parametrize(("name", "place"), NAMES.values(), ids=NAMES)
def test_the_name_of_a_file(here: Path, name: str, place: str) -> None:
    text = FULL.replace("name: gardener", f"name: {json.dumps(name, ensure_ascii=False)}")
    put(here, {"a.md": text, "b.md": text + "\n"})
    plan = consolidate(duplicates(cluster("a.md", "b.md", number="0123456789ab")))
    assert [each.place for each in plan.made] == [place]


PLACES = {
    "a skill": ("{}/skills/weeding/SKILL.md", "---\nname: weeding\ndescription: Weeds\n---\n", "weeding/SKILL.md"),
    "a rule": ("{}/.cursor/rules/weeding.mdc", "---\ndescription: Weeds\nalwaysApply: true\n---\n", "weeding.mdc"),
    "an agent of Copilot": (
        "{}/.github/agents/weeding.agent.md",
        "---\ndescription: Weeds\ntools: ['read']\n---\n",
        "weeding.agent.md",
    ),
    "a text without fields": ("{}/AGENTS.md", "", "AGENTS.md"),
    "TOML": ("{}/.codex/agents/weeding.toml", "", "weeding.toml"),
}


@pytest.mark.parametrize(("path", "head", "place"), PLACES.values(), ids=PLACES)
def test_files_are_called_as_their_format_has_it(here: Path, path: str, head: str, place: str) -> None:
    text = f"{head}Pull the weeds with their roots.\n\n- Use a fork in dry soil\n"
    if path.endswith(".toml"):
        text = f'name = "weeding"\ndescription = "Weeds"\ndeveloper_instructions = """\n{text}"""\n'
    put(here, {path.format("a"): text, path.format("b"): text + "\n"})
    (made,) = planned(path.format("a"), path.format("b")).made
    assert made.place == place
    put(here / "out", {made.place: made.merge.text})
    assert read(f"out/{made.place}").name == read(path.format("a")).name


# ---------------------------------------------------------------------------------------------- the folder


@pytest.fixture
def garden(here: Path) -> Duplicates:
    """Three gardeners, one of which asks a question, and two cooks."""
    put(here, {"a/gardener.md": FULL, "b/gardener.md": PART, "c/gardener.md": FULL.replace("tools: Read, Edit\n", "")})
    put(here, {"a/cook.md": COOK, "b/cook.md": COOK})
    return duplicates(
        cluster("a/gardener.md", "b/gardener.md", "c/gardener.md"),
        cluster("a/cook.md", "b/cook.md", kind=ClusterKind.EXACT),
    )


def ignored(_: str) -> None:
    """Progress that nobody watches."""


def done(found: Duplicates, **wishes: bool | str) -> tuple[bool, str]:
    """Whether something is left to do, and the report."""
    written = io.StringIO()
    request = Request((), **{"folder": "out", **wishes})  # type: ignore[arg-type]
    return carry_out(request, found, Output(written, environment={}), ignored), written.getvalue()


def test_a_plan_writes_nothing(here: Path, garden: Duplicates) -> None:
    before = tree(here)
    is_left, report = done(garden)
    assert not is_left
    assert "Plan: would merge 5 agents into 2 canonicals in out" in report
    assert tree(here) == before
    assert sorted(os.listdir(here)) == ["a", "b", "c"]


def test_what_is_written(here: Path, garden: Duplicates) -> None:
    before = tree(here)
    assert "Merged 5 agents into 2 canonicals in out" in done(garden, is_written=True)[1]
    after = tree(here)
    assert {path: after[path] for path in before} == before
    assert sorted(after.keys() - before.keys()) == [
        *("out/cook.md", "out/gardener.md", "out/index.md"),
        *("out/ledgers/cook.json", "out/ledgers/gardener.json", "out/map.json"),
    ]
    assert after["out/cook.md"].decode() == COOK
    assert json.loads(after["out/map.json"])["paths"] == [
        {"path": path, "canonical": path[2:]}
        for path in ("a/cook.md", "a/gardener.md", "b/cook.md", "b/gardener.md", "c/gardener.md")
    ]
    assert json.loads(after["out/ledgers/gardener.json"])["output"]["text"] == after["out/gardener.md"].decode()
    first = tree(here / "out")
    assert done(garden, folder="again", is_written=True)
    assert tree(here / "again") == first


def test_the_answers_to_questions_hold(here: Path) -> None:
    put(here, {"b.md": FULL.replace("every morning", "at 20 °C"), "c.md": PART.replace("every morning", "at 25 °C")})
    found = duplicates(cluster("b.md", "c.md"))
    assert done(found, is_written=True)[0]
    questions = here / "out/questions/gardener.yaml"
    text = questions.read_text("utf-8")
    assert "path: ../../b.md" in text
    number = 1 + text.index("20 °C") // text.index("25 °C")
    questions.write_text(text.replace("\n  answer:", f"\n  answer: {3 - number}"), "utf-8")
    assert "no open questions" in done(found)[1]
    is_left, _ = done(found, is_written=True, may_overwrite=True)
    assert not is_left
    canonical = (here / "out/gardener.md").read_text("utf-8")
    assert ("20 °C" in canonical) is not ("25 °C" in canonical)
    assert f"answer: {3 - number}" in questions.read_text("utf-8")


def test_answers_reach_the_merge(here: Path) -> None:
    put(here, {"b.md": FULL.replace("every morning", "at 20 °C"), "c.md": PART.replace("every morning", "at 25 °C")})
    found = duplicates(cluster("b.md", "c.md"))
    (conflict,) = consolidate(found).made[0].merge.conflicts
    plan = consolidate(found, answers={conflict.id: Answer(frozenset(["Water the roses at 25 °C"]))})
    assert plan.questions == 0
    assert "at 20" not in plan.made[0].merge.text
    assert [each.is_covered for each in plan.made[0].origins] == [False, True]


REFUSED: dict[str, tuple[dict[str, str], dict[str, bool | str], str]] = {
    "a folder that holds something": ({"out/x": ""}, {}, "this folder is not empty"),
    "a file": ({"out": ""}, {}, "this is no folder"),
    "below no folder": ({}, {"folder": "no/such/out"}, "is not there; make it first"),
    "standard output": ({}, {"folder": "-"}, "-o needs the name of a folder"),
    "a map that is none": ({"out/map.json": "[]"}, {"may_overwrite": True}, "this is no map of agents"),
    "a map of nothing": ({"out/map.json": "[" * 100_000}, {"may_overwrite": True}, "this is no map of agents"),
    "an agent of which nothing is known": ({"out/cook.md": COOK + "- Wash up\n"}, {"may_overwrite": True}, "replaced"),
}


@pytest.mark.parametrize(("files", "wishes", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_before_anything_is_written(
    here: Path, garden: Duplicates, files: dict[str, str], wishes: dict[str, bool | str], words: str
) -> None:
    put(here, files)
    before = tree(here)
    with pytest.raises(BadInput, match=words):
        done(garden, **{"is_written": True, **wishes})
    assert tree(here) == before


def test_a_path_that_could_not_be_read(here: Path, garden: Duplicates) -> None:
    found = duplicates(*garden.clusters, skipped=(Skipped("gone", "there is no such file"),))
    request = Request(("gone",), "out", is_written=True)
    with pytest.raises(AgentDiffError, match="gone: there is no such file; nothing was written"):
        carry_out(request, found, Output(io.StringIO(), environment={}), ignored)
    assert not (here / "out").exists()


def test_an_empty_folder_is_filled_and_others_are_kept(here: Path, garden: Duplicates) -> None:
    (here / "out").mkdir()
    done(garden, is_written=True)
    put(here, {"out/notes.txt": "mine", "out/cook.md": COOK + "- Wash up\n"})
    done(garden, is_written=True, may_overwrite=True)
    assert tree(here / "out")["notes.txt"] == b"mine"
    assert tree(here / "out")["cook.md"].decode() == COOK  # the map says that all it was made from is merged again


def test_a_canonical_is_replaced_only_by_one_that_holds_it(here: Path, garden: Duplicates) -> None:
    done(garden, is_written=True)
    put(here, {"c/gardener.md": PART + "- Mulch\n", "d/gardener.md": PART + "- Mulch\n- Dig\n"})
    for path in ("a/gardener.md", "b/gardener.md"):
        (here / path).unlink()
    left = cluster("c/gardener.md", "d/gardener.md")
    with pytest.raises(BadInput, match=r"out/gardener\.md: this file would be replaced"):
        done(duplicates(left), is_written=True, may_overwrite=True)
    together = cluster("c/gardener.md", "d/gardener.md", "out/gardener.md")
    done(duplicates(together), is_written=True, may_overwrite=True)
    text = (here / "out/gardener.md").read_text("utf-8")
    assert all(words in text for words in ("Mulch", "Dig", "Clean the shears"))
    mapped = {each["path"]: each["canonical"] for each in json.loads((here / "out/map.json").read_text())["paths"]}
    assert mapped["a/gardener.md"] == mapped["d/gardener.md"] == "gardener.md"
    assert mapped["a/cook.md"] == "cook.md" and "out/gardener.md" not in mapped


@pytest.mark.parametrize("number", range(6))
def test_a_failure_while_writing_leaves_nothing(
    here: Path, garden: Duplicates, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    before, calls = tree(here), []

    def failing(path: str, text: str) -> None:
        calls.append(path)
        if len(calls) > number:
            raise KeyboardInterrupt
        write_atomically(path, text)

    monkeypatch.setattr(cli_consolidate, "write_atomically", failing)
    with pytest.raises(KeyboardInterrupt):
        done(garden, is_written=True)
    assert tree(here) == before
    assert sorted(os.listdir(here)) == ["a", "b", "c"]


def test_a_folder_that_cannot_be_written(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.rename", failing)
    with pytest.raises(AgentDiffError, match=r"out: cannot be written \(Permission denied\)"):
        write_folder("out", {"a.md": "a", "b/c.md": "c"})
    assert os.listdir(here) == []


def test_progress_is_told_and_cleared(here: Path, garden: Duplicates) -> None:
    shown: list[str] = []
    carry_out(Request((), "out"), garden, Output(io.StringIO(), environment={}), shown.append)
    assert shown == ["merging clusters: 1 of 2", "merging clusters: 2 of 2", ""]


def test_nothing_to_consolidate(here: Path) -> None:
    assert done(duplicates(), is_written=True) == (False, "Nothing to consolidate\n")
    assert os.listdir(here) == []


def test_check_request_needs_no_empty_folder_for_a_plan(here: Path) -> None:
    put(here, {"out/x": ""})
    check_request(Request((), "out"))


# ---------------------------------------------------------------------------------------------- what is removed


@pytest.fixture
def repository(here: Path, garden: Duplicates) -> Path:
    """The same as a git work tree without changes."""
    run_git(here, "init", "--quiet")
    commit(here, {})
    return here


def test_apply_removes_what_is_covered_and_nothing_else(repository: Path, garden: Duplicates) -> None:
    before, head = tree(repository), run_git(repository, "rev-parse", "HEAD")
    is_left, report = done(garden, is_applied=True)
    assert not is_left
    assert "4 files were removed" in report
    after = tree(repository)
    gone = {"a/cook.md", "b/cook.md", "a/gardener.md", "b/gardener.md"}
    assert before.keys() - after.keys() == gone
    assert after["c/gardener.md"] == before["c/gardener.md"]  # it may use more than the canonical
    assert run_git(repository, "rev-parse", "HEAD") == head
    assert run_git(repository, "diff", "--cached", "--name-only") == ""
    status = run_git(repository, "status", "--porcelain").splitlines()
    assert sorted(status) == sorted([*(f" D {path}" for path in gone), "?? out/"])


def test_apply_again_keeps_the_canonical(repository: Path, garden: Duplicates) -> None:
    done(garden, is_applied=True)
    commit(repository, {})
    rest = duplicates(cluster("c/gardener.md", "out/gardener.md"))
    canonical = (repository / "out/gardener.md").read_bytes()
    done(rest, is_applied=True, may_overwrite=True)
    assert (repository / "out/gardener.md").read_bytes() == canonical
    assert (repository / "c/gardener.md").exists()


REFUSALS = {
    "a change": ({"b/cook.md.txt": "x"}, "has changes; commit or stash them"),
    "a tracked file that changed": ({"notes.txt": "new"}, "has changes; commit or stash them"),
}


@pytest.mark.parametrize(("files", "words"), REFUSALS.values(), ids=REFUSALS)
def test_apply_refuses_a_dirty_tree(repository: Path, garden: Duplicates, files: dict[str, str], words: str) -> None:
    commit(repository, {"notes.txt": "old"})
    put(repository, files)
    before = tree(repository)
    with pytest.raises(BadInput, match=words):
        done(garden, is_applied=True)
    assert tree(repository) == before


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("ignored/cook.md", "git does not track this file in its work tree"),
        ("inner/cook.md", "git does not track this file in its work tree"),
        ("../elsewhere/cook.md", "lies "),
    ],
)
def test_apply_refuses_what_git_could_not_bring_back(
    repository: Path, garden: Duplicates, tmp_path: Path, path: str, words: str
) -> None:
    put(repository, {".gitignore": "ignored/\ninner/\n", "inner/x": ""})
    run_git(repository, "add", ".")
    run_git(repository, "commit", "--quiet", "-m", "ignore")
    run_git(repository / "inner", "init", "--quiet")
    put(repository, {path: COOK})
    run_git(repository / "inner", "add", ".")
    before = tree(tmp_path)
    with pytest.raises(BadInput, match=words) as refusal:
        done(duplicates(cluster("a/cook.md", "b/cook.md", path)), is_applied=True)
    assert "work tree" in str(refusal.value)
    assert tree(tmp_path) == before


def test_apply_outside_of_any_work_tree(here: Path, garden: Duplicates) -> None:
    with pytest.raises(BadInput, match="lies in no git work tree"):
        done(garden, is_applied=True)
    assert not (here / "out").exists()


def test_a_file_that_changes_while_the_results_are_written_stays(
    repository: Path, garden: Duplicates, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = cli_consolidate.write_folder

    def slow(folder: str, files: Mapping[str, str]) -> None:
        really(folder, files)
        put(repository, {"b/cook.md": COOK + "- Wash up\n"})

    monkeypatch.setattr(cli_consolidate, "write_folder", slow)
    with pytest.raises(AgentDiffError, match=r"b/cook.md: has changed since it was merged; .* nothing was removed"):
        done(garden, is_applied=True)
    assert (repository / "a/cook.md").exists()


def test_a_file_that_cannot_be_removed(repository: Path, garden: Duplicates, monkeypatch: pytest.MonkeyPatch) -> None:
    really = os.remove

    def failing(path: str) -> None:
        if path == "b/cook.md":
            raise PermissionError(13, "Permission denied")
        really(path)

    monkeypatch.setattr("os.remove", failing)
    words = (
        r"b/cook.md: cannot be removed \(Permission denied\); the results are written, and 2 files were removed before"
    )
    with pytest.raises(AgentDiffError, match=words):
        done(garden, is_applied=True)


def test_two_ways_to_one_file_are_one_removal(repository: Path, garden: Duplicates) -> None:
    found = duplicates(cluster("a/cook.md", "b/cook.md", "./a/cook.md"))
    assert "2 files were removed" in done(found, is_applied=True)[1]
    assert not (repository / "a/cook.md").exists() and not (repository / "b/cook.md").exists()
