"""The command that says who said what."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import jsonschema
import pytest
from conftest import Runner

from agentdiff.annotating import annotated
from agentdiff.canonical import merge
from agentdiff.formats import read
from agentdiff.report.schema import schema_text

ONE = (
    "---\nname: gardener\ndescription: Looks after gardens.\n---\nYou are a gardener.\n\n- Prune the roses in spring\n"
)
TWO = ONE + "- Never cut the hedge in May\n"
CANONICAL = TWO + "- Added by hand\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a.md, b.md and canonical.md are."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for name, text in (("a.md", ONE), ("b.md", TWO), ("canonical.md", CANONICAL)):
        (tmp_path / name).write_bytes(text.encode())
    return tmp_path


def decisions(*inputs: tuple[str, str]) -> str:
    """A file of decisions with these paths and what stood there."""
    lines = [
        f"  - path: {json.dumps(path)}\n    sha256: {hashlib.sha256(text.encode()).hexdigest()}\n"
        for path, text in inputs
    ]
    return f"schema: agentdiff.decisions/1\ninputs:\n{''.join(lines)}conflicts: []\n"


def test_each_line_with_its_sources(run: Runner, home: Path) -> None:
    ran = run("blame", "canonical.md", "a.md", "b.md")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.split("\n") == [
        "gardener (claude-agent)  canonical.md",
        "  1  a.md",
        "  2  b.md",
        "  - no source says it.",
        "",
        "Fields",
        "  2/2  all  2  name: gardener",
        "  2/2  all  3  description: Looks after gardens.",
        "",
        "Text",
        "  2/2  all  5  You are a gardener.",
        "  2/2  all  7  Prune the roses in spring",
        "  1/2  2    8  Never cut the hedge in May",
        "  0/2  -    9  Added by hand",
        "",
        "4 titles and statements: 2 by 2 sources, 1 by 1 source, 1 by none",
        "",
    ]


def test_as_data(run: Runner, home: Path) -> None:
    ran = run("blame", "canonical.md", "a.md", "b.md", "--format", "json")
    document = json.loads(ran.out)
    jsonschema.validate(document, json.loads(schema_text("blame")))
    assert (ran.code, [each["support"] for each in document["parts"]]) == (0, [2, 2, 2, 2, 1, 0])


def test_a_file_of_decisions_names_the_sources(run: Runner, home: Path) -> None:
    (home / "below").mkdir()
    (home / "below" / "answers.yaml").write_text(decisions(("../a.md", ONE), ("../b.md", TWO)))
    ran = run("blame", "canonical.md", "--decisions", "below/answers.yaml", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert [each["path"] for each in json.loads(ran.out)["sources"]] == ["below/../a.md", "below/../b.md"]


def test_a_source_that_has_changed_is_told(run: Runner, home: Path) -> None:
    (home / "answers.yaml").write_text(decisions(("a.md", "as it was"), ("b.md", TWO)))
    ran = run("blame", "canonical.md", "--decisions", "answers.yaml")
    assert (ran.code, ran.err) == (0, "agentdiff: a.md has changed since it was merged\n")
    assert "  2/2  all  5  You are a gardener." in ran.out


def test_given_sources_go_before_decisions(run: Runner, home: Path) -> None:
    ran = run("blame", "canonical.md", "a.md", "--decisions", "missing.yaml")
    assert (ran.code, "  1/1  1  5  You are a gardener." in ran.out) == (0, True)


def test_without_sources_the_marks_are_read(run: Runner, home: Path) -> None:
    (home / "marked.md").write_text(annotated(merge([read("a.md"), read("b.md")])))
    ran = run("blame", "marked.md")
    assert ran.code == 0
    assert "  1/2  2    " in ran.out
    assert "By the marks in the file; name the sources to compare what they say." in ran.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["canonical.md"], "canonical.md: nothing says what this was made of; name the sources behind it, or the file"),
        (["canonical.md", "missing.md"], "missing.md: there is no such file"),
        (["canonical.md", "--decisions", "missing.yaml"], "missing.yaml: there is no such file"),
        (["canonical.md", "--decisions", "a.md"], "a.md"),
        (["canonical.md", "--decisions", "piped.yaml"], "piped.yaml: an input came from standard input; save it"),
        (["canonical.md", "--decisions", "lost.yaml"], "lost.md: there is no such file"),
        (["-", "-"], "standard input can be read only once"),
    ],
    ids=["nothing", "source", "decisions", "no decisions", "piped", "lost", "twice"],
)
def test_what_cannot_be_done(run: Runner, home: Path, arguments: list[str], sentence: str) -> None:
    (home / "piped.yaml").write_text(decisions(("a.md", ONE), ("-", TWO)))
    (home / "lost.yaml").write_text(decisions(("lost.md", ONE)))
    ran = run("blame", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"agentdiff: {sentence}")
    assert ran.err.count("\n") == 1
