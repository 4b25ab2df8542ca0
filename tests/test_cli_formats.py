"""The command and the formats: several agents in a file, converting, forcing a format, listing them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from conftest import Runner

from agentdiff.formats import FORMATS, read
from agentdiff.report.schema import schema_text

MODES = """\
customModes:
  # the one who plans
  - slug: architect
    name: Architect
    roleDefinition: You plan gardens.
    customInstructions: |
      ## Rules
      - Measure twice.
    groups: [read, [edit, {fileRegex: '\\.md$'}]]
  - slug: gardener
    name: Gardener
    roleDefinition: You plant what was planned.
    groups: [read, edit, command]
"""

CLAUDE = """\
---
name: gardener
description: "Plants what was planned."  # short
tools: Read, Grep, Glob
model: sonnet
vibe: calm
---

You plant what was planned.

## Rules

- Water in the evening.
"""


@pytest.fixture
def modes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path(".roomodes").write_text(MODES, encoding="utf-8")
    Path("gardener.md").write_text(CLAUDE, encoding="utf-8")
    return ".roomodes"


def valid(name: str, text: str) -> dict[str, object]:
    document: dict[str, object] = json.loads(text)
    jsonschema.Draft202012Validator(json.loads(schema_text(name))).validate(document)
    return document


# ---------------------------------------------------------------------------------------------- several in a file


def test_show_lists_the_agents_of_a_file(run: Runner, modes: str) -> None:
    ran = run("show", modes)
    assert ran.code == 0
    assert ran.out.startswith("2 agents (roo-modes)  .roomodes\n")
    assert "   3  architect  Architect\n" in ran.out
    assert "  10  gardener   Gardener\n" in ran.out
    document = valid("agents", run("show", modes, "--format", "json").out)
    agents = document["agents"]
    assert isinstance(agents, list)
    assert [(each["path"], each["name"]) for each in agents] == [
        (".roomodes#architect", "architect"),
        (".roomodes#gardener", "gardener"),
    ]


def test_show_of_one_of_them_has_the_lines_of_the_file(run: Runner, modes: str) -> None:
    document = valid("agent", run("show", ".roomodes#architect", "--format", "json").out)
    items = document["items"]
    assert isinstance(items, list)
    assert [(each["text"], each["lines"]) for each in items] == [
        ("You plan gardens.", [5, 5]),
        ("Measure twice.", [8, 8]),
    ]
    assert document["access"] == ["edit(\\.md$)", "find-files", "read", "search-text", "write(\\.md$)"]


def test_addresses_stand_for_files_everywhere(run: Runner, modes: str) -> None:
    assert run("diff", ".roomodes#gardener", ".roomodes#gardener").code == 0
    ran = run("diff", ".roomodes#gardener", "gardener.md")
    assert ran.code == 1
    assert "--- .roomodes#gardener  gardener (roo-modes)" in ran.out
    assert "May use\n  - edit, shell, write\n" in ran.out
    assert run("merge", ".roomodes#gardener", "gardener.md").code in (0, 1)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ("diff", ".roomodes", "gardener.md"),
            "holds 2 agents; name one of them as .roomodes#NAME: architect",
        ),
        (("merge", ".roomodes", "gardener.md"), "name one of them"),
        (("show", ".roomodes#nobody"), "holds no agent of the name nobody; it has: architect, gardener"),
        (("show", "missing#nobody"), "missing#nobody: there is no such file"),
        (("show", "gardener.md", "--from", "claud-agent"), "did you mean claude-agent"),
        (("convert", "gardener.md"), "Missing option '--to'"),
        (("convert", "gardener.md", "--to", "nothing"), "there is no format 'nothing'"),
        (("convert", ".roomodes", "--to", "claude-agent"), "holds one agent"),
        (("convert", "gardener.md", "--to", "codex-agent"), "--allow-wider"),
        (("convert", "gardener.md", "--to", "codebuff-agent"), "cannot be written"),
        (("convert", "gardener.md", "--to", "qwen-agent", "-o", "gardener.md"), "--overwrite"),
        (("diff", "gardener.md", "gardener.md", "--from", "a", "--from", "b", "--from", "c"), "once for each"),
        (("merge", "gardener.md", ".roomodes#gardener", "--to", "cursor-agent"), "--allow-wider"),
    ],
)
def test_one_sentence_and_exit_code_2(run: Runner, modes: str, arguments: tuple[str, ...], expected: str) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("agentdiff: ")
    assert ran.err.count("\n") == 1
    assert expected in ran.err
    assert "this is a bug" not in ran.err


def test_a_name_of_a_file_may_hold_the_sign(run: Runner, modes: str) -> None:
    Path("a#b.md").write_text(CLAUDE, encoding="utf-8")
    assert run("show", "a#b.md").code == 0
    Path("c#").mkdir()
    Path("c#/.roomodes").write_text(MODES, encoding="utf-8")
    assert run("show", "c#/.roomodes#gardener").out.startswith("gardener (roo-modes)")


def test_one_of_the_agents_on_standard_input(run: Runner, modes: str) -> None:
    text = Path(modes).read_bytes()
    assert run("show", "-#gardener", "--from", "roo-modes", stdin=text).out.startswith("gardener (roo-modes)")
    assert run("diff", "-#gardener", f"{modes}#gardener", "--from", "roo-modes", stdin=text).code == 0
    assert run("show", "-#", stdin=text).code == 2
    assert run("show", "-x", stdin=text).err == "agentdiff: No such option '-x'. See `agentdiff show --help`.\n"


# ---------------------------------------------------------------------------------------------- convert


@pytest.mark.parametrize("file", [".roomodes", "gardener.md"])
def test_its_own_format_gives_the_same_bytes(run: Runner, modes: str, file: str) -> None:
    ran = run("convert", file, "--to", read(f"{file}#gardener" if file == modes else file).format)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == Path(file).read_text(encoding="utf-8")


def test_what_the_target_cannot_say_is_told(run: Runner, modes: str) -> None:
    ran = run("convert", "gardener.md", "--to", "opencode-agent")
    assert ran.code == 1
    assert "name: " not in ran.out
    assert "name  moved" in ran.err
    assert "model  dropped" in ran.err
    assert "line 5" in ran.err
    document = valid("conversion", run("convert", "gardener.md", "--to", "opencode-agent", "--format", "json").out)
    losses = document["losses"]
    assert isinstance(losses, list)
    assert {(loss["field"], loss["outcome"]) for loss in losses} >= {("name", "moved"), ("model", "dropped")}


def test_convert_into_a_file(run: Runner, modes: str) -> None:
    ran = run("convert", "gardener.md", "--to", "codex-agent", "--allow-wider", "-o", "gardener.toml")
    assert (ran.code, ran.out) == (1, "")
    assert "widened" in ran.err
    agent = read("gardener.toml", "codex-agent")
    assert (agent.name, [item.text for item in agent.items][-1]) == ("gardener", "Water in the evening.")


def test_all_agents_of_a_file_go_into_a_file_that_holds_several(run: Runner, modes: str) -> None:
    ran = run("convert", modes, "--to", "opencode-json")
    assert set(json.loads(ran.out)["agent"]) == {"architect", "gardener"}


def test_merge_into_another_format(run: Runner, modes: str) -> None:
    ran = run("merge", "gardener.md", ".roomodes#gardener", "--to", "gemini-agent", "--format", "json")
    document = valid("merge", ran.out)
    output = document["output"]
    assert isinstance(output, dict)
    assert output["format"] == "gemini-agent"
    assert "tools: [read_file, grep_search, glob]\n" in output["text"]
    assert "vibe" not in output["text"]
    units = document["units"]
    assert isinstance(units, list)
    lines = output["text"].split("\n")
    assert any("Water in the evening." in lines[unit["lines"][0] - 1] for unit in units)


@pytest.mark.parametrize(
    "target", ["codex-agent", "kiro-agent", "opencode-json", "roo-modes", "letta-af", "goose-recipe"]
)
def test_a_merge_is_accounted_for_in_any_container(run: Runner, modes: str, target: str) -> None:
    Path("other.md").write_text(CLAUDE.replace("evening", "morning, before nine"), encoding="utf-8")
    ran = run("merge", "gardener.md", "other.md", "--to", target, "--allow-wider", "--format", "json")
    assert ran.code in (0, 1), ran.err
    document = valid("merge", ran.out)
    output = document["output"]
    assert isinstance(output, dict)
    Path("result").write_text(output["text"], encoding="utf-8")
    agent = read("result", target)
    said = " ".join(item.text for item in agent.items)
    assert "Water in the evening." in said or "before nine" in said


def test_a_forced_format(run: Runner, modes: str) -> None:
    assert run("show", "gardener.md", "--from", "qwen-agent").out.startswith("gardener (qwen-agent)")
    ran = run("diff", "gardener.md", "gardener.md", "--from", "claude-agent", "--from", "qwen-agent")
    assert "gardener (qwen-agent)" in ran.out


# ---------------------------------------------------------------------------------------------- formats


def test_formats_lists_all(run: Runner) -> None:
    ran = run("formats")
    assert ran.code == 0
    assert all(f" {name} " in ran.out for name in FORMATS)
    document = valid("formats", run("formats", "--format", "json").out)
    listed = document["formats"]
    assert isinstance(listed, list)
    assert {each["id"] for each in listed} == set(FORMATS)
    assert run("formats", "--format", "markdown").out.startswith("# ")
