"""`agentdiff consolidate` from end to end: what it prints, writes and removes, and its exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest
from conftest import Runner
from folders import put, tree
from test_git import commit, run_git

from agentdiff.report.schema import schema_text

HEAD = "---\nname: gardener\ndescription: Looks after a garden.\ntools: Read, Edit\n---\nYou look after a garden.\n\n"
WATER = "## Watering\n- Water the roses every morning\n- Check the soil with a finger first\n"
PRUNE = "\n## Pruning\n- Cut dead wood back in early spring\n- Clean the shears after each plant\n"
COOK = "---\nname: cook\ndescription: Cooks a meal.\n---\nYou cook for guests.\n\n- Peel potatoes before boiling them\n"
FULL, PART = HEAD + WATER + PRUNE, HEAD + WATER
FILES: dict[str, str | bytes] = {
    "repos/a/agents/gardener.md": FULL,
    "repos/b/agents/gardener.md": PART,
    "repos/a/agents/cook.md": COOK,
    "repos/c/agents/cook.md": COOK,
    "repos/c/notes.py": "import os\n",
}
COVERED = (
    "repos/a/agents/cook.md",
    "repos/a/agents/gardener.md",
    "repos/b/agents/gardener.md",
    "repos/c/agents/cook.md",
)
ASKING: dict[str, str | bytes] = {
    "repos/a/agents/gardener.md": FULL.replace("every morning", "at 20 degrees"),
    "repos/b/agents/gardener.md": PART.replace("every morning", "at 25 degrees"),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two gardeners and two cooks in three collections, and an empty folder."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    put(work, FILES)
    Path("empty").mkdir()
    return work


@pytest.fixture
def repository(here: Path) -> Path:
    """The same as a git work tree without changes."""
    run_git(here, "init", "--quiet")
    commit(here, FILES)
    return here


# ---------------------------------------------------------------------------------------------- what is done


@pytest.mark.parametrize("wishes", [(), ("--plan",)])
def test_a_plan_writes_nothing(here: Path, run: Runner, wishes: tuple[str, ...]) -> None:
    before = tree(here)
    ran = run("consolidate", "repos", "-o", "out", *wishes)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Plan: would merge 4 agents into 2 canonicals in out\n")
    assert all(f"covered  {path}" in ran.out for path in COVERED)
    assert tree(here) == before
    assert not Path("out").exists()


def test_what_is_written(here: Path, run: Runner) -> None:
    before = tree(here)
    ran = run("consolidate", "repos", "-o", "out", "--write")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Merged 4 agents into 2 canonicals in out\n")
    after = tree(here)
    assert {path: after[path] for path in before} == before
    written = tree(here / "out")
    assert set(written) == {
        *("cook.md", "gardener.md", "index.md", "map.json"),
        *("ledgers/cook.json", "ledgers/gardener.json"),
    }
    assert written["cook.md"].decode() == COOK
    assert all(words in written["gardener.md"].decode() for words in ("every morning", "dead wood"))
    mapped = json.loads(written["map.json"])
    jsonschema.validate(mapped, json.loads(schema_text("map")))
    assert mapped["paths"] == [{"path": path, "canonical": Path(path).name} for path in COVERED]
    assert run("consolidate", "repos", "-o", "again", "--write").code == 0
    assert tree(here / "again") == written


def test_json(here: Path, run: Runner) -> None:
    for path, number in {"repos": 2, "empty": 0}.items():
        ran = run("consolidate", path, "-o", "out", "--format", "json")
        assert ran.code == 0
        document = json.loads(ran.out)
        jsonschema.validate(document, json.loads(schema_text("consolidation")))
        assert len(document["canonicals"]) == number


def test_an_open_question_is_left_until_it_is_answered(here: Path, run: Runner) -> None:
    put(here, ASKING)
    assert run("consolidate", "repos", "-o", "out").code == 1
    assert run("consolidate", "repos", "-o", "out", "--write").code == 1
    questions = Path("out/questions/gardener.yaml")
    text = questions.read_text("utf-8")
    questions.write_text(text.replace("\n  answer:", "\n  answer: 1"), "utf-8")
    answered = run("consolidate", "repos", "-o", "out", "--write", "--overwrite")
    assert (answered.code, answered.err) == (0, "")
    canonical = Path("out/gardener.md").read_text("utf-8")
    assert ("20 degrees" in canonical) is not ("25 degrees" in canonical)


def test_the_floor_of_similarity(here: Path, run: Runner) -> None:
    ran = run("consolidate", "repos", "-o", "out", "--min-similarity", "0.99")
    assert ran.code == 0
    assert "would merge 2 agents into 1 canonical" in ran.out
    assert "gardener" not in ran.out


def test_apply_removes_what_is_covered_and_commits_nothing(repository: Path, run: Runner) -> None:
    before, head = tree(repository), run_git(repository, "rev-parse", "HEAD")
    ran = run("consolidate", "repos", "-o", "out", "--apply")
    assert (ran.code, ran.err) == (0, "")
    assert "4 files were removed" in ran.out
    after = tree(repository)
    assert before.keys() - after.keys() == set(COVERED)
    assert all(after[path] == before[path] for path in before.keys() & after.keys())
    assert run_git(repository, "rev-parse", "HEAD") == head
    assert "out/gardener.md" in after


# ---------------------------------------------------------------------------------------------- empty folders


@pytest.mark.parametrize("wishes", [(), ("--write",), ("--apply",)])
@pytest.mark.parametrize("path", ["empty", "repos/a", "repos/a/agents/cook.md"])
def test_nothing_to_consolidate(here: Path, run: Runner, path: str, wishes: tuple[str, ...]) -> None:
    before = tree(here)
    ran = run("consolidate", path, "-o", "out", *wishes)
    assert (ran.code, ran.out, ran.err) == (0, "Nothing to consolidate\n", "")
    assert not Path("out").exists()
    assert tree(here) == before


# ---------------------------------------------------------------------------------------------- what goes wrong

WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "a typo in the command": (("consloidate", "repos", "-o", "out"), "Did you mean 'consolidate'?"),
    "a typo in an option": (("consolidate", "repos", "-o", "out", "--writ"), "--write"),
    "a typo in a format": (("consolidate", "repos", "-o", "out", "--format", "jsno"), "'jsno' is not one of"),
    "no paths": (("consolidate", "-o", "out"), "Missing argument 'PATH...'"),
    "no folder": (("consolidate", "repos"), "Missing option '-o'"),
    "a typo in a path": (("consolidate", "repso", "-o", "out"), "repso: there is no such file"),
    "a typo in a path to write": (("consolidate", "repos", "repso", "-o", "out", "--write"), "nothing was written"),
    "a similarity above 1": (("consolidate", "repos", "-o", "out", "--min-similarity", "2"), "is not in the range"),
    "a folder that is not empty": (("consolidate", "repos", "-o", "repos", "--write"), "is not empty"),
    "a file": (("consolidate", "repos", "-o", "repos/c/notes.py"), "this is no folder"),
    "a folder below none": (("consolidate", "repos", "-o", "no/out"), "is not there; make it first"),
    "standard output": (("consolidate", "repos", "-o", "-"), "-o needs the name of a folder"),
    "standard input twice": (("consolidate", "-", "-", "-o", "out"), "standard input can be read only once"),
    "no work tree": (("consolidate", "repos", "-o", "out", "--apply"), "lies in no git work tree"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_goes_wrong_is_said_in_one_sentence_and_nothing_is_written(
    here: Path, run: Runner, arguments: tuple[str, ...], words: str
) -> None:
    before = tree(here)
    ran = run(*arguments)
    assert ran.code == 2
    assert words in ran.err
    assert ran.err.startswith("agentdiff: ") and ran.err.count("\n") == 1
    assert tree(here) == before
    assert sorted(os.listdir(here)) == ["empty", "repos"]


def test_a_typo_among_the_paths_of_a_plan_leaves_the_others(here: Path, run: Runner) -> None:
    ran = run("consolidate", "repos", "repso", "-o", "out")
    assert (ran.code, ran.err) == (2, "agentdiff: repso: there is no such file; the other paths were searched\n")
    assert "would merge 4 agents into 2 canonicals" in ran.out
    ran = run("consolidate", "repos", "repso", "rpeos", "-o", "out", "--write")
    words = "there is no such file; 1 more of the paths given could not be read; nothing was written"
    assert (ran.code, ran.out, ran.err) == (2, "", f"agentdiff: repso: {words}\n")
    assert not Path("out").exists()


def test_apply_refuses_a_work_tree_with_changes(repository: Path, run: Runner) -> None:
    put(repository, {"repos/c/notes.py": "import sys\n"})
    before = tree(repository)
    ran = run("consolidate", "repos", "-o", "out", "--apply")
    assert (ran.code, ran.out) == (2, "")
    assert "has changes; commit or stash them" in ran.err
    assert tree(repository) == before


def test_what_cannot_be_read_inside_is_no_failure(here: Path, run: Runner) -> None:
    put(here, {"repos/d/agents/binary.md": b"\0\1\2\xff" * 100, "repos/d/agents/empty.md": ""})
    ran = run("consolidate", "repos", "-o", "out", "--write")
    assert ran.out.splitlines()[0] == "Merged 4 agents into 2 canonicals in out"
    assert ran.err.splitlines() == [
        "agentdiff: repos/d/agents/binary.md: line 1, byte 0: a NUL byte, so the file is binary; it was left out",
        "agentdiff: repos/d/agents/empty.md: is empty; it was left out",
    ]
    assert ran.code == 0
