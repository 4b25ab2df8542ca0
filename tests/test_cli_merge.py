"""`agentdiff merge`: its options, its questions and the answers to them."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import click
import jsonschema
import pytest
from conftest import Runner
from report_samples import make_merge

from agentdiff import cli
from agentdiff.canonical import merge
from agentdiff.cli_merge import Request, distinct
from agentdiff.decisions import read_decisions
from agentdiff.formats import read
from agentdiff.ledger import Answer, CanonicalMerge, ConflictKind, ConflictOption, MergeOptions, ToolsPolicy
from agentdiff.model import Agent, Span
from agentdiff.report.json_report import merge_document
from agentdiff.report.merge_text import merge_lines
from agentdiff.report.schema import schema_text
from agentdiff.report.stream import Output
from agentdiff.text import fold

MODEST = """\
---
name: gardener
description: Looks after a garden
tools: Read, Edit
model: opus
---
You look after a garden.

## Watering
- Water the roses at 20 °C
- Check the soil with a finger first
"""
BOLD = MODEST.replace("20 °C", "25 °C").replace("opus", "sonnet").replace("Edit", "Bash")
THIRD = MODEST.replace("20 °C", "15 °C").replace("opus", "haiku")
COLD, WARM = "Water the roses at 20 °C", "Water the roses at 25 °C"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with variants that contradict each other in a statement and in the model."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"modest.md": MODEST, "bold.md": BOLD, "third.md": THIRD}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[MergeOptions]:
    """The options with which the library was called, in the order of the calls."""
    calls: list[MergeOptions] = []

    def recorded(agents: Sequence[Agent], options: MergeOptions, *, encoder: object) -> CanonicalMerge:
        calls.append(options)
        return merge(agents, MergeOptions(min_support=options.min_support))

    monkeypatch.setattr(import_module("agentdiff.canonical"), "merge", recorded)
    return calls


def answer(path: Path, *answers: str) -> None:
    """Answer the questions of a file in their order."""
    head, *rest = path.read_text(encoding="utf-8").split("\n  answer:")
    given = [*answers, *[""] * len(rest)]
    text = head + "".join(f"\n  answer: {words}".rstrip() + part for words, part in zip(given, rest, strict=False))
    path.write_text(text, encoding="utf-8")


# ---------------------------------------------------------------------------------------------- options


CHOICES: dict[str, tuple[tuple[str, ...], dict[str, object]]] = {
    "none": ((), {"min_support": 1, "name": None, "prefer": None, "skeleton": None, "tools_of": None, "answers": {}}),
    "common": (("--only-common",), {"min_support": 3}),
    "support": (("--min-support", "2"), {"min_support": 2}),
    "a name": (("--name", "head gardener"), {"name": "head gardener"}),
    "a format": (("--to", "copilot-agent", "--allow-wider"), {"format": "copilot-agent", "may_widen": True}),
    "preferred": (("--prefer", "bold.md"), {"prefer": 1}),
    "preferred by another path": (("--prefer", "./sub/../third.md"), {"prefer": 2}),
    "a skeleton": (("--skeleton", "third.md"), {"skeleton": 2}),
    "the union": (("--tools", "union"), {"tools": ToolsPolicy.UNION}),
    "the majority": (("--tools", "majority"), {"tools": ToolsPolicy.MAJORITY}),
    "the intersection": (("--tools", "intersection"), {"tools": ToolsPolicy.INTERSECTION}),
}


@pytest.mark.parametrize(("arguments", "expected"), CHOICES.values(), ids=CHOICES)
def test_options_reach_the_library(
    run: Runner, folder: Path, asked: list[MergeOptions], arguments: tuple[str, ...], expected: dict[str, object]
) -> None:
    (folder / "sub").mkdir()
    assert run("merge", "modest.md", "bold.md", "third.md", *arguments).code in (0, 1)
    (options,) = asked
    assert {name: getattr(options, name) for name in expected} == expected


def test_the_tools_of_an_agent_that_is_no_input(run: Runner, folder: Path, asked: list[MergeOptions]) -> None:
    assert run("merge", "modest.md", "bold.md", "--tools", "third.md").code == 1
    (options,) = asked
    assert options.tools_of == read("third.md")


def test_a_repeat_is_named_by_the_one_that_stays(run: Runner, folder: Path, asked: list[MergeOptions]) -> None:
    (folder / "again.md").write_text(MODEST, encoding="utf-8")
    for named, place in {"again.md": 0, "bold.md": 1}.items():
        ran = run("merge", "modest.md", "again.md", "bold.md", "--prefer", named)
        assert "again.md has the same bytes as modest.md; it counts once" in ran.err
        assert asked.pop().prefer == place


def test_one_of_several_in_a_file(run: Runner, folder: Path, asked: list[MergeOptions]) -> None:
    agents = {name: {"description": f"Looks after {name}", "prompt": f"Grow {name}."} for name in ("roses", "herbs")}
    (folder / "all.json").write_text(json.dumps(agents), encoding="utf-8")
    files = ("all.json#roses", "all.json#herbs")
    assert run("merge", *files, "--from", "claude-agents-json", "--prefer", "./all.json#herbs").code in (0, 1)
    assert asked.pop().prefer == 1
    ran = run("merge", *files, "--from", "claude-agents-json", "--prefer", "all.json")
    assert (ran.code, ran.out) == (2, "")
    assert "none of the files to merge; name one of all.json#roses, all.json#herbs" in ran.err


def test_distinct_knows_where_each_file_went(folder: Path) -> None:
    agents = [read(path) for path in ("modest.md", "modest.md", "bold.md", "modest.md")]
    variants = distinct(agents)
    assert [agent.path for agent in variants.agents] == ["modest.md", "bold.md"]
    assert variants.places == (0, 0, 1, 0)
    assert variants.repeats == ("modest.md was given twice; it counts once",) * 2


def test_every_option_reaches_the_request_and_has_its_place_in_the_help(run: Runner) -> None:
    options = {each.name for each in cli.merge.params if isinstance(each, click.Option)}
    assert set(Request.__dataclass_fields__) - {"files"} == options - {"model", "origins", "color"}
    assert set().union(*cli._MERGE_GROUPS.values()) <= options
    help_text = run("merge", "--help").out
    for heading in (*cli._MERGE_GROUPS, "Other options"):
        assert help_text.count(f"\n{heading}:\n") == 1
    for each in cli.merge.params:
        if isinstance(each, click.Option):
            assert help_text.count(f"\n  {', '.join(each.opts)} ") == 1, each.opts


WRONG = {
    "two supports": (("--only-common", "--min-support", "1"), "--only-common and --min-support"),
    "an empty name": (("--name", " "), "--name: a name has at least one letter"),
    "a name of two lines": (("--name", "a\nb"), "--name: a name has at least one letter, and one line"),
    "a stranger preferred": (
        ("--prefer", "third.md"),
        "--prefer third.md: this is none of the files to merge; name one of modest.md, bold.md",
    ),
    "a missing file preferred": (("--prefer", "missing.md"), "--prefer missing.md: this is none of the files"),
    "a strange skeleton": (("--skeleton", "third.md"), "--skeleton third.md: this is none of the files to merge"),
    "a typo in a policy": (
        ("--tools", "unoin"),
        "--tools unoin: there is no such file; name one, or write intersection, union, majority",
    ),
    "a folder for tools": (("--tools", "."), ".: is a directory"),
    "missing decisions": (("--decisions", "none.yaml"), "none.yaml: there is no such file"),
    "decisions that are an agent": (("--decisions", "third.md"), "third.md:"),
    "questions to an input": (("--write-decisions", "bold.md", "--overwrite"), "bold.md: this file is one of the inp"),
    "questions to an input by another path": (("--write-decisions", "./bold.md", "--overwrite"), "one of the inputs"),
    "questions to another file": (("--write-decisions", "third.md"), "third.md: this file exists already"),
    "questions to nowhere": (("--write-decisions", "no/d.yaml"), "no/d.yaml: cannot be written"),
    "questions to standard output": (("--write-decisions", "-"), "--write-decisions needs the name of a file"),
    "both to one file": (("--write-decisions", "m.md", "-o", "./m.md"), "m.md: -o and --write-decisions name the same"),
    "marks that nobody sees": (("--annotate", "--format", "json"), "--annotate marks the text, which --format json"),
    "answers and a file from one place": (("--interactive", "-"), "--interactive reads the answers from standard inp"),
    "answers and decisions from one place": (("--interactive", "--decisions", "-"), "--interactive reads the answers"),
    "answers and tools from one place": (("--interactive", "--tools", "-"), "--interactive reads the answers"),
    "two files from one place": (("-", "--decisions", "-"), "standard input can be read only once"),
}


@pytest.mark.parametrize(("arguments", "expected"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_done_is_one_sentence(
    run: Runner, folder: Path, arguments: tuple[str, ...], expected: str
) -> None:
    before = contents(folder)
    ran = run("merge", "modest.md", "bold.md", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("agentdiff: ")
    assert ran.err.count("\n") == 1
    assert expected in ran.err
    assert "this is a bug" not in ran.err
    assert contents(folder) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


DAMAGED = {
    "empty": b"",
    "no YAML": b"answer: [1\n",
    "not UTF-8": "schema: agentdiff.decisions/1 # pr\u00fcfen\n".encode("latin-1"),
    "UTF-16": "schema: agentdiff.decisions/1\n".encode("utf-16"),
    "binary": b"\x00\x01\x02",
    "a bomb": b"a: &a [x, x]\n" + b"".join(b"b%d: &b%d [*a, *a]\n" % (number, number) for number in range(9)),
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_damaged_decisions_are_one_sentence(run: Runner, folder: Path, data: bytes) -> None:
    (folder / "d.yaml").write_bytes(data)
    before = contents(folder)
    ran = run("merge", "modest.md", "bold.md", "--decisions", "d.yaml", "--write-decisions", "d.yaml", "-o", "m.md")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith("agentdiff: d.yaml:")
    assert contents(folder) == before


# ---------------------------------------------------------------------------------------------- questions in a file


def test_the_questions_are_written_to_a_file(run: Runner, folder: Path) -> None:
    ran = run("merge", "modest.md", "bold.md", "--write-decisions", "d.yaml")
    assert ran.code == 1
    assert ran.err.endswith("agentdiff: answer the questions in d.yaml, and merge again with --decisions d.yaml\n")
    decisions = read_decisions((folder / "d.yaml").read_text(encoding="utf-8"), "d.yaml")
    assert sorted(map(sorted, (each.options for each in decisions.questions.values()))) == [
        [COLD, WARM],
        ["opus", "sonnet"],
    ]
    assert decisions.inputs == (("modest.md", read("modest.md").sha256), ("bold.md", read("bold.md").sha256))
    assert ran.out == run("merge", "modest.md", "bold.md").out


def test_inputs_are_named_as_seen_from_the_file(run: Runner, folder: Path) -> None:
    (folder / "notes").mkdir()
    absolute = str(folder / "bold.md")
    run("merge", "./modest.md", absolute, "-", "--write-decisions", "notes/d.yaml", stdin=THIRD.encode())
    decisions = read_decisions((folder / "notes" / "d.yaml").read_text(encoding="utf-8"), "d.yaml")
    assert [path for path, _ in decisions.inputs] == ["../modest.md", absolute, "-"]


def test_without_questions_the_file_has_none(run: Runner, folder: Path) -> None:
    ran = run("merge", "modest.md", "--write-decisions", "d.yaml")
    assert (ran.code, ran.out) == (0, MODEST)
    assert (folder / "d.yaml").read_text(encoding="utf-8").endswith("\nconflicts: []\n")


def test_answers_are_kept_where_they_still_apply(run: Runner, folder: Path) -> None:
    both = ("--decisions", "d.yaml", "--write-decisions", "d.yaml")
    run("merge", "modest.md", "bold.md", "--write-decisions", "d.yaml")
    answer(folder / "d.yaml", "1", "1")
    answered = (folder / "d.yaml").read_bytes()
    run("merge", "modest.md", "bold.md", *both)
    assert (folder / "d.yaml").read_bytes() == answered
    changed = BOLD.replace("25 °C", "30 °C") + "- Collect rain water in a barrel\n"
    (folder / "bold.md").write_text(changed, encoding="utf-8")
    ran = run("merge", "modest.md", "bold.md", *both)
    assert "agentdiff: d.yaml: 1 answer no longer applies: nothing asks for it any more, or its options" in ran.err
    kept_answers = read_decisions((folder / "d.yaml").read_text(encoding="utf-8"), "d.yaml")
    assert list(kept_answers.answers.values()) == [Answer(frozenset({"opus"}))]
    assert len(kept_answers.questions) == 2


def test_the_answers_reach_the_library(run: Runner, folder: Path, asked: list[MergeOptions]) -> None:
    run("merge", "modest.md", "bold.md", "--write-decisions", "d.yaml")
    answer(folder / "d.yaml", *by_option(folder, {"water": "all", "model": "none"}))
    run("merge", "modest.md", "bold.md", "--decisions", "d.yaml")
    decisions = read_decisions((folder / "d.yaml").read_text(encoding="utf-8"), "d.yaml")
    assert asked[-1].answers == decisions.answers
    assert len(decisions.answers) == 2


def test_crlf_changes_no_answer(run: Runner, folder: Path, asked: list[MergeOptions]) -> None:
    run("merge", "modest.md", "bold.md", "--write-decisions", "d.yaml")
    answer(folder / "d.yaml", "2", "2")
    for data in ((folder / "d.yaml").read_bytes(), (folder / "d.yaml").read_bytes().replace(b"\n", b"\r\n")):
        (folder / "d.yaml").write_bytes(data)
        run("merge", "modest.md", "bold.md", "--decisions", "d.yaml")
    assert asked[-1].answers == asked[-2].answers != {}


def test_decisions_from_standard_input(run: Runner, folder: Path, asked: list[MergeOptions]) -> None:
    run("merge", "modest.md", "bold.md", "--write-decisions", "d.yaml")
    answer(folder / "d.yaml", "1")
    run("merge", "modest.md", "bold.md", "--decisions", "-", stdin=(folder / "d.yaml").read_bytes())
    assert len(asked[-1].answers) == 1


def test_an_option_that_was_edited_is_refused(run: Runner, folder: Path) -> None:
    run("merge", "modest.md", "bold.md", "--write-decisions", "d.yaml")
    answer(folder / "d.yaml", "1", "1")
    text = (folder / "d.yaml").read_text(encoding="utf-8")
    (folder / "d.yaml").write_text(text.replace("25 °C\n", "26 °C\n"), encoding="utf-8")
    ran = run("merge", "modest.md", "bold.md", "--decisions", "d.yaml", "-o", "m.md")
    assert (ran.code, ran.out) == (2, "")
    assert "the options of this question are not the ones that were written; change only its answer" in ran.err
    assert not (folder / "m.md").exists()


def test_a_file_of_questions_is_replaced_only_where_told(run: Runner, folder: Path) -> None:
    (folder / "d.yaml").write_text("mine\n", encoding="utf-8")
    ran = run("merge", "modest.md", "bold.md", "--write-decisions", "d.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert "d.yaml: this file exists already; name another one, or add --overwrite to replace it" in ran.err
    assert (folder / "d.yaml").read_text(encoding="utf-8") == "mine\n"
    assert run("merge", "modest.md", "bold.md", "--write-decisions", "d.yaml", "--overwrite").code == 1
    assert "schema: agentdiff.decisions/1" in (folder / "d.yaml").read_text(encoding="utf-8")


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_the_file_that_is_read_may_be_written(run: Runner, folder: Path) -> None:
    run("merge", "modest.md", "bold.md", "--write-decisions", "d.yaml")
    (folder / "link.yaml").symlink_to("d.yaml")
    assert run("merge", "modest.md", "bold.md", "--decisions", "d.yaml", "--write-decisions", "link.yaml").code == 1
    assert (folder / "link.yaml").is_symlink()


# ---------------------------------------------------------------------------------------------- fail on conflict


def test_nothing_is_merged_while_questions_are_open(run: Runner, folder: Path) -> None:
    ran = run("merge", "modest.md", "bold.md", "--fail-on-conflict", "-o", "m.md", "--write-decisions", "d.yaml")
    assert (ran.code, ran.out) == (1, "")
    assert "2 open questions\n" in ran.err
    assert COLD in ran.err
    assert "Merged" not in ran.err
    assert ran.err.endswith(
        "agentdiff: nothing was merged; answer the questions in d.yaml, and merge again with --decisions d.yaml\n"
    )
    assert sorted(contents(folder)) == ["bold.md", "d.yaml", "modest.md", "third.md"]


def test_nor_as_json(run: Runner, folder: Path) -> None:
    ran = run("merge", "modest.md", "bold.md", "--fail-on-conflict", "--format", "json")
    assert (ran.code, ran.out) == (1, "")
    assert "with --interactive, or write them to a file with --write-decisions FILE\n" in ran.err


def test_without_questions_it_does_not_fail(run: Runner, folder: Path) -> None:
    (folder / "more.md").write_text(MODEST + "- Collect rain water in a barrel\n", encoding="utf-8")
    plain = run("merge", "modest.md", "more.md")
    ran = run("merge", "modest.md", "more.md", "--fail-on-conflict")
    assert (ran.code, ran.out, ran.err) == (0, plain.out, plain.err)
    assert "Collect rain water" in ran.out


# ---------------------------------------------------------------------------------------------- in the terminal


TYPED: dict[str, tuple[bytes, list[set[int]]]] = {
    "numbers": (b"1\n2\n", [{1}, {2}]),
    "several": (b"1\n1 2\n", [{1}, {1, 2}]),
    "several with commas": (b"1\n1,2\n", [{1}, {1, 2}]),
    "several of a field": (b"1 2\na\n1\n2\n", [{1}, {2}]),
    "letters": (b"n\na\n", [set(), {1, 2}]),
    "words": (b"none\nALL\n", [set(), {1, 2}]),
    "blanks around it": (b"  1 \r\n\t2\r\n", [{1}, {2}]),
    "passed over": (b"\n2\n", [{2}]),
    "the end after one": (b"1\n", [{1}]),
    "the end within a line": (b"1\n2", [{1}, {2}]),
    "the end at once": (b"", []),
    "asked again": (b"3\nyes\n1\n2\n", [{1}, {2}]),
    "left after many tries": (b"y\n" * 5 + b"2\n", [{2}]),
    "whoever says yes all the time": (b"y\n" * 1000, []),
    "a line without end": (b"1" * 100_000, []),
    "not UTF-8": (b"\xff\xfe\n1\n2\n", [{1}, {2}]),
}


@pytest.mark.parametrize(("typed", "numbers"), TYPED.values(), ids=TYPED)
def test_questions_are_asked(
    run: Runner, folder: Path, asked: list[MergeOptions], typed: bytes, numbers: list[set[int]]
) -> None:
    ran = run("merge", "modest.md", "bold.md", "--interactive", "--write-decisions", "d.yaml", stdin=typed)
    assert ran.code == 1  # since what was asked for is recorded here, but not done
    assert ran.out.startswith("---\nname: gardener\n")
    assert len(asked) == (2 if numbers else 1)
    given = asked[-1].answers
    assert sorted(len(each.keep) for each in given.values()) == sorted(map(len, numbers))
    assert read_decisions((folder / "d.yaml").read_text(encoding="utf-8"), "d.yaml").answers == given


def test_a_question_shows_its_options_with_their_sources(run: Runner, folder: Path) -> None:
    ran = run("merge", "modest.md", "bold.md", "--interactive", stdin=b"nonsense\n\n\n")
    shown = ran.err.partition("Merged")[0]
    assert "Question 1 of 2: " in shown
    assert "Question 2 of 2: " in shown
    assert f"{COLD}  modest.md:10\n" in shown
    assert f"{WARM}  bold.md:10\n" in shown
    assert "* 1. opus  modest.md:5\n  2. sonnet  bold.md:5\n  * is the default: " in shown
    assert "  nonsense is no answer\nKeep which? A number from 1 to 2, n for none; Enter leaves it open.\n" in shown
    assert "Keep which? A number from 1 to 2, several (1 2), a for all, n for none; Enter\n  leaves it open.\n" in shown


def test_the_default_in_the_file_is_the_one_before_the_answers(run: Runner, folder: Path) -> None:
    run("merge", "modest.md", "bold.md", "--write-decisions", "before.yaml")
    run("merge", "modest.md", "bold.md", "--interactive", "--write-decisions", "after.yaml", stdin=b"2\n2\n")
    before, after = ((folder / f"{name}.yaml").read_text(encoding="utf-8") for name in ("before", "after"))
    assert after == before.replace("answer:\n", "answer: 2\n")


def test_a_single_variant_asks_nothing(run: Runner, folder: Path) -> None:
    ran = run("merge", "modest.md", "--interactive", stdin=b"1\n")
    assert (ran.code, ran.out) == (0, MODEST)
    assert "Question" not in ran.err


# ---------------------------------------------------------------------------------------------- what is reported


def reported(result: CanonicalMerge, width: int = 80) -> str:
    stream = io.StringIO()
    Output(stream, environment={"COLUMNS": str(width)}).write_lines(merge_lines(result))
    return stream.getvalue()


WIDER = "wider than old.md: shell"


def test_the_first_line_names_every_widening() -> None:
    first = reported(replace(make_merge(), widenings=(WIDER, "no list of tools any more"))).partition("\n  1. ")[0]
    assert fold(first) == (f"Merged 2 variants into one claude-agent, {WIDER}; no list of tools any more")


def test_containments_stand_under_the_inputs() -> None:
    text = reported(replace(make_merge(), containments=("old.md adds nothing to new.md",)))
    assert "new.md  gardener (claude-agent)\n  old.md adds nothing to new.md\n\n2 statements" in text


def test_decided_and_open_questions_are_told_apart() -> None:
    (asked,) = make_merge().conflicts
    decided = replace(asked, id="c-2", is_open=False, chosen=1, reason="so it was answered")
    none = replace(asked, id="c-3", is_open=False, chosen=None, reason="so it was answered")
    text = reported(replace(make_merge(), conflicts=(decided, asked, none)))
    assert text.index("2 questions were decided") < text.index("1 open question\n")
    assert "   * Water every evening before nine  new.md:9\n     * was chosen: so it was answered\n" in text
    assert "     Water every evening before nine  new.md:9\n     so it was answered\n" in text
    assert text.endswith("     * was chosen: it came first\n")
    only_decided = reported(replace(make_merge(), conflicts=(decided,)))
    assert "1 question was decided\n" in only_decided
    assert only_decided.endswith("\nNo open questions\n")


def test_who_says_the_same_is_named_once() -> None:
    (asked,) = make_merge().conflicts
    again = ConflictOption(1, "Water every  morning before nine", Span(12, 13))
    text = reported(replace(make_merge(), conflicts=(replace(asked, options=(*asked.options, again), chosen=2),)))
    assert text.count("Water every morning before nine") == 1
    assert "   * Water every morning before nine  old.md:9, new.md:12-13\n" in text


@pytest.mark.parametrize("width", [40, 80])
def test_a_report_fits(width: int) -> None:
    (asked,) = make_merge().conflicts
    long = replace(asked.options[0], text="water the roses " * 40)
    result = replace(
        make_merge(),
        widenings=(WIDER,) * 3,
        containments=("old.md adds nothing to new.md, but for line 12: Water the roses every evening",),
        conflicts=(replace(asked, options=(long, asked.options[1]), reason="a reason " * 20),) * 3,
    )
    assert max(map(len, reported(result, width).splitlines())) <= width


def test_the_document_has_what_the_report_has() -> None:
    (asked,) = make_merge().conflicts
    result = replace(
        make_merge(),
        widenings=(WIDER,),
        containments=("old.md adds nothing to new.md",),
        conflicts=(asked, replace(asked, is_open=False)),
    )
    document = merge_document(result)
    jsonschema.Draft202012Validator(json.loads(schema_text("merge"))).validate(document)
    assert (document["widenings"], document["containments"]) == ([WIDER], ["old.md adds nothing to new.md"])
    assert [each["open"] for each in document["conflicts"]] == [True, False]


# ---------------------------------------------------------------------------------------------- what the answers do


def merged(run: Runner, *arguments: str, stdin: bytes = b"", code: int = 0) -> str:
    ran = run("merge", "modest.md", "bold.md", *arguments, stdin=stdin)
    assert ran.code == code, ran.err
    return ran.out


def kept(text: str) -> set[str]:
    return {each for each in (COLD, WARM, "model: opus", "model: sonnet") if each in text}


def by_option(folder: Path, wanted: dict[str, str]) -> list[str]:
    """Answers in the order of the questions, told by the options that are wanted."""
    decisions = read_decisions((folder / "d.yaml").read_text(encoding="utf-8"), "d.yaml")
    return [wanted["model" if "opus" in each.options else "water"] for each in decisions.questions.values()]


def number_of(folder: Path, option: str) -> str:
    rows = (folder / "d.yaml").read_text(encoding="utf-8").splitlines()
    return rows[rows.index(f"      text: {option}") - 1].partition(": ")[2]


@pytest.mark.parametrize(
    ("water", "model", "expected"),
    [
        (COLD, "opus", {COLD, "model: opus"}),
        (WARM, "sonnet", {WARM, "model: sonnet"}),
        ("all", "opus", {COLD, WARM, "model: opus"}),
        ("none", "sonnet", {"model: sonnet"}),
    ],
)
def test_answers_decide(run: Runner, folder: Path, water: str, model: str, expected: set[str]) -> None:
    run("merge", "modest.md", "bold.md", "--write-decisions", "d.yaml")
    words = water if water in ("all", "none") else number_of(folder, water)
    answer(folder / "d.yaml", *by_option(folder, {"water": words, "model": number_of(folder, model)}))
    text = merged(run, "--decisions", "d.yaml", "--fail-on-conflict")
    assert kept(text) == expected
    assert text == merged(run, "--decisions", "d.yaml")


def test_decided_questions_are_told(run: Runner, folder: Path) -> None:
    run("merge", "modest.md", "bold.md", "--write-decisions", "d.yaml")
    answer(folder / "d.yaml", "1", "2")
    ran = run("merge", "modest.md", "bold.md", "--decisions", "d.yaml")
    assert "2 questions were decided\n" in ran.err
    assert ran.err.endswith("No open questions\n")
    document = json.loads(run("merge", "modest.md", "bold.md", "--decisions", "d.yaml", "--format", "json").out)
    jsonschema.Draft202012Validator(json.loads(schema_text("merge"))).validate(document)
    assert [each["open"] for each in document["conflicts"]] == [False, False]


def test_what_was_typed_decides(run: Runner, folder: Path) -> None:
    typed = merged(run, "--interactive", "--write-decisions", "d.yaml", stdin=b"1\n1\n")
    assert len(kept(typed)) == 2
    assert typed == merged(run, "--decisions", "d.yaml")


def test_a_preferred_variant_decides(run: Runner, folder: Path) -> None:
    assert kept(merged(run, "--prefer", "bold.md")) == {WARM, "model: sonnet"}
    assert kept(merged(run, "--prefer", "modest.md")) == {COLD, "model: opus"}


def test_answers_hold_when_a_variant_changes_elsewhere(run: Runner, folder: Path) -> None:
    run("merge", "modest.md", "bold.md", "--write-decisions", "d.yaml")
    answer(folder / "d.yaml", "1", "1")
    (folder / "bold.md").write_text(BOLD + "- Collect rain water in a barrel\n", encoding="utf-8")
    text = merged(run, "--decisions", "d.yaml")
    assert "Collect rain water" in text
    assert len(kept(text)) == 2


def test_a_changed_option_is_asked_again(run: Runner, folder: Path) -> None:
    run("merge", "modest.md", "bold.md", "--write-decisions", "d.yaml")
    answer(folder / "d.yaml", "1", "1")
    (folder / "bold.md").write_text(BOLD.replace("25 °C", "30 °C"), encoding="utf-8")
    ran = run("merge", "modest.md", "bold.md", "--decisions", "d.yaml", "--fail-on-conflict")
    assert ran.code == 1
    assert "1 open question\n" in ran.err
    assert "30 °C" in ran.err


def test_the_library_agrees_on_the_ids(folder: Path) -> None:
    """What `read_decisions` hands over is what `merge` looks for."""
    agents = [read("modest.md"), read("bold.md")]
    conflicts = merge(agents).conflicts
    assert {each.kind for each in conflicts} == {ConflictKind.CONTRADICTION, ConflictKind.FIELD}
    assert {each.id for each in merge(agents[::-1]).conflicts} == {each.id for each in conflicts}


@pytest.mark.parametrize(
    ("policy", "tools"),
    [("intersection", {"Read"}), ("union", {"Read", "Edit", "Bash"}), ("third.md", {"Read", "Edit"})],
)
def test_tools(run: Runner, folder: Path, policy: str, tools: set[str]) -> None:
    text = merged(run, "--tools", policy, code=1)
    (row,) = (row for row in text.splitlines() if row.startswith("tools:"))
    assert {name.strip() for name in row.partition(":")[2].split(",")} == tools


def test_a_wider_agent_is_told_in_the_first_line(run: Runner, folder: Path) -> None:
    first = run("merge", "modest.md", "bold.md", "--tools", "union").err.partition("\n  1. ")[0]
    expected = "Merged 2 variants into one claude-agent, wider than modest.md: shell; wider than bold.md: edit"
    assert fold(first) == expected
    assert "wider" not in run("merge", "modest.md", "bold.md").err


def test_a_name(run: Runner, folder: Path) -> None:
    assert "\nname: head-gardener\n" in merged(run, "--name", "head-gardener", code=1)


def test_marks_in_comments(run: Runner, folder: Path) -> None:
    plain, marked = merged(run, code=1), merged(run, "--annotate", code=1)
    assert "<!--" not in plain
    assert "<!--" in marked
    (folder / "plain.md").write_text(plain, encoding="utf-8")
    (folder / "marked.md").write_text(marked, encoding="utf-8")
    assert run("diff", "plain.md", "marked.md").code == 0
