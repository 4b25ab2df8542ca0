"""`agentdiff index` from end to end: what it prints, what it leaves behind, and its exit codes."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import jsonschema
import pytest
from conftest import Runner
from folders import put

from agentdiff.report.index_json import MATCHES

HEAD = "---\nname: {}\ndescription: Looks after a garden.\ntools: Read, Edit\n---\nYou look after a garden.\n\n"
WATER = "## Watering\n- Water the roses every morning\n- Check the soil with a finger first\n"
PRUNE = "\n## Pruning\n- Cut dead wood back in early spring\n- Clean the shears after each plant\n"
COOK = "---\nname: cook\ndescription: Cooks a meal.\n---\nYou cook for guests.\n\n- Peel potatoes before boiling them\n"
FULL = HEAD.format("gardener") + WATER + PRUNE
FILES = {
    "repos/a/agents/gardener.md": FULL,
    "repos/b/agents/cook.md": COOK,
    "new/agents/gardener.md": HEAD.format("gardener") + WATER,
    "new/agents/driver.md": HEAD.format("driver").replace("garden", "bus") + "- Stop at every red light on the way\n",
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with agents, and an empty one."""
    monkeypatch.chdir(tmp_path)
    put(tmp_path, FILES)
    Path("empty").mkdir()
    return tmp_path


@pytest.fixture
def indexed(here: Path, run: Runner) -> Path:
    """The same, with an index of what lies in `repos`."""
    assert run("index", "build", "known", "repos").code == 0
    return here


# ---------------------------------------------------------------------------------------------- what is done


def test_build_query_add_query(here: Path, run: Runner) -> None:
    built = run("index", "build", "known", "repos")
    assert (built.code, built.out, built.err) == (0, "Indexed 2 agents with 2 texts in known\n", "")
    asked = run("index", "query", "known", "new/agents/gardener.md")
    assert (asked.code, asked.err) == (1, "")
    assert "1 of 1 agent has duplicates among 2 agents with 2 texts" in asked.out
    assert "repos/a/agents/gardener.md" in asked.out
    assert "cook" not in asked.out
    unknown = run("index", "query", "known", "new/agents/driver.md")
    assert (unknown.code, unknown.err) == (0, "")
    assert unknown.out == "None of 1 agent has duplicates among 2 agents with 2 texts\n"
    added = run("index", "add", "known", "new")
    assert (added.code, added.err) == (0, "")
    assert added.out.endswith("2 new, 0 changed, 0 unchanged; the index has 4 agents with 4 texts\n")
    put(here, {"copy/agents/driver.md": FILES["new/agents/driver.md"]})
    assert run("index", "query", "known", "copy").code == 1


def test_a_second_add_changes_nothing_and_a_changed_file_counts_once(indexed: Path, run: Runner) -> None:
    again = run("index", "add", "known", "repos")
    assert (again.code, again.out) == (0, "0 new, 0 changed, 2 unchanged; the index has 2 agents with 2 texts\n")
    put(indexed, {"repos/b/agents/cook.md": COOK + "- Taste the soup and add salt\n"})
    changed = run("index", "add", "known", "repos")
    assert changed.code == 0
    assert changed.out.endswith("0 new, 1 changed, 1 unchanged; the index has 2 agents with 2 texts\n")


def test_build_without_paths_takes_those_of_the_last_time(indexed: Path, run: Runner) -> None:
    put(indexed, {"repos/c/agents/cook.md": COOK})
    rebuilt = run("index", "build", "known")
    assert (rebuilt.code, rebuilt.out) == (0, "Indexed 3 agents with 2 texts in known\n")


def test_built_anew_or_added_the_same_is_found(indexed: Path, run: Runner) -> None:
    put(indexed, {"repos/c/agents/cook.md": COOK})
    assert run("index", "build", "whole", "repos").code == 0
    assert run("index", "add", "known", "repos").code == 0
    answers = [run("index", "query", folder, "new", "repos", "--format", "json") for folder in ("known", "whole")]
    assert [each.code for each in answers] == [1, 1]
    found = [json.loads(each.out)["agents"] for each in answers]
    assert found[0] == found[1]
    assert {match["path"] for each in found[0] for match in each["matches"]} >= {"repos/c/agents/cook.md"}


def test_a_file_of_the_index_is_no_duplicate_of_itself(indexed: Path, run: Runner) -> None:
    assert run("index", "query", "known", "repos").code == 0
    put(indexed, {"repos/c/agents/cook.md": COOK})
    assert run("index", "query", "known", "repos/c/agents/cook.md").code == 1


def test_json(indexed: Path, run: Runner) -> None:
    for path, code in {"new": 1, "empty": 0}.items():
        asked = run("index", "query", "known", path, "--format", "json")
        assert asked.code == code
        document = json.loads(asked.out)
        jsonschema.validate(document, MATCHES)
        assert any(each["matches"] for each in document["agents"]) is bool(code)


# ---------------------------------------------------------------------------------------------- empty folders


def test_an_empty_folder(here: Path, run: Runner) -> None:
    built = run("index", "build", "known", "empty")
    assert (built.code, built.out, built.err) == (0, "Indexed 0 agents with 0 texts in known\n", "")
    asked = run("index", "query", "known", "new")
    assert (asked.code, asked.out) == (0, "None of 2 agents has duplicates among 0 agents with 0 texts\n")
    added = run("index", "add", "known", "empty")
    assert (added.code, added.out) == (0, "0 new, 0 changed, 0 unchanged; the index has 0 agents with 0 texts\n")
    assert run("index", "query", "known", "empty").code == 0
    assert run("index", "add", "known", "repos").code == 0
    assert run("index", "query", "known", "new").code == 1


# ---------------------------------------------------------------------------------------------- what goes wrong

WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "no step": (("index",), "a command is missing"),
    "a typo in a step": (("index", "biuld", "known", "repos"), "Did you mean 'build'?"),
    "a typo in the command": (("idnex", "build", "known", "repos"), "Did you mean 'index'?"),
    "a typo in an option": (("index", "query", "known", "new", "--formt", "json"), "--format"),
    "a typo in a format": (("index", "query", "known", "new", "--format", "jsno"), "'jsno' is not one of"),
    "no folder": (("index", "build"), "Missing argument 'DIR'"),
    "nothing to add": (("index", "add", "known"), "Missing argument 'PATH...'"),
    "nothing to ask for": (("index", "query", "known"), "Missing argument 'PATH...'"),
    "standard input twice": (("index", "add", "known", "-", "-"), "standard input can be read only once"),
    "a typo in the index to ask": (("index", "query", "knwon", "new"), "there is no index; make one"),
    "a typo in the index to add to": (("index", "add", "knwon", "new"), "there is no index; make one"),
    "nothing is known of what it was made of": (("index", "build", "fresh"), "name the paths"),
    "a revision of no repository": (("index", "query", "known", "new", "--rev", "v1"), "lies in no git repository"),
    "a table": (("index", "add", "known", "many.jsonl"), "is a table; `agentdiff index build` takes tables"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_goes_wrong_is_said_in_one_sentence(
    indexed: Path, run: Runner, arguments: tuple[str, ...], words: str
) -> None:
    put(indexed, {"many.jsonl": ""})
    ran = run(*arguments)
    assert ran.code == 2
    assert words in ran.err
    assert ran.err.startswith("agentdiff: ") and ran.err.count("\n") == 1
    assert not Path("knwon").exists() and not Path("fresh").exists()
    assert run("index", "query", "known", "new/agents/gardener.md").code == 1


@pytest.mark.parametrize(
    ("step", "consequence"),
    [
        ("build", "the other paths are in the index"),
        ("add", "the other paths were added"),
        ("query", "the other paths were checked"),
    ],
)
def test_a_typo_in_one_of_several_paths(indexed: Path, run: Runner, step: str, consequence: str) -> None:
    ran = run("index", step, "known", "repos", "new", "nwe")
    assert (ran.code, ran.err) == (2, f"agentdiff: nwe: there is no such file; {consequence}\n")
    assert ran.out
    put(indexed, {"copy/agents/driver.md": FILES["new/agents/driver.md"]})
    assert run("index", "query", "known", "copy").code == (0 if step == "query" else 1)


def test_what_cannot_be_read_inside_is_no_failure(indexed: Path, run: Runner) -> None:
    put(indexed, {"new/agents/binary.md": b"\0\1\2\xff" * 100})
    asked = run("index", "query", "known", "new")
    assert (asked.code, asked.err) == (1, "")
    assert "new/agents/binary.md" in asked.out
    added = run("index", "add", "known", "new")
    assert (added.code, added.err) == (0, "")
    assert added.out.endswith("the index has 4 agents with 4 texts\n")


def test_damage_is_told_and_a_build_mends_it(indexed: Path, run: Runner) -> None:
    Path("known/index.sqlite").write_bytes(b"no database" * 100)
    for step in ("add", "query"):
        ran = run("index", step, "known", "new")
        assert (ran.code, ran.out) == (2, "")
        assert "agentdiff index build known" in ran.err
    assert run("index", "build", "known").code == 0
    assert run("index", "query", "known", "new/agents/gardener.md").code == 1


def test_damage_that_shows_on_the_way_is_not_a_file_that_was_skipped(indexed: Path, run: Runner) -> None:
    with closing(sqlite3.connect("known/index.sqlite")) as connection:
        [(page,)] = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'agents_by_file'")
        [(size,)] = connection.execute("PRAGMA page_size")
    with Path("known/index.sqlite").open("r+b") as stream:
        stream.seek((page - 1) * size)
        stream.write(b"\xee" * size)
    ran = run("index", "add", "known", "new")
    assert (ran.code, ran.out) == (2, "")
    assert "is damaged" in ran.err
    assert "agentdiff index build known" in ran.err


def test_the_search_is_not_loaded_to_ask(indexed: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query has to take milliseconds, so nothing of the engine may be needed for it."""
    monkeypatch.setitem(sys.modules, "duckdb", None)
    monkeypatch.setitem(sys.modules, "agentdiff.duplicates", None)
    assert run("index", "query", "known", "new/agents/gardener.md").code == 1
    assert run("index", "add", "known", "new").code == 0
