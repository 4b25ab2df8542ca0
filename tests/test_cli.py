"""The command: what it prints, where, and with which exit code."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import jsonschema
import pytest
from conftest import Ran, Runner

from agentdiff.report.schema import schema_names, schema_text

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "backend-engineer").glob("*.md"))

AGENT = """\
---
name: gardener
description: Looks after a garden
tools: Read, Edit
---
You look after a garden.

## Watering
- Water every morning before nine
- Check the soil with a finger first
"""
CHANGED = AGENT.replace("a finger", "a thumb") + "- Collect rain water in a barrel\n"
CONTRADICTING = AGENT.replace("before nine", "at 20 °C").replace("every morning", "the roses")


@pytest.fixture
def old(tmp_path: Path) -> str:
    return written(tmp_path / "old.md", AGENT)


@pytest.fixture
def new(tmp_path: Path) -> str:
    return written(tmp_path / "new.md", CHANGED)


def written(path: Path, text: str) -> str:
    path.write_bytes(text.encode())
    return str(path)


def process(*arguments: str, text: str = "", environment: dict[str, str] | None = None, cwd: str | None = None) -> Ran:
    """Runs the command in a process of its own, with `text` as standard input."""
    root = str(Path(__file__).parents[1])
    clean = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "AGENTDIFF_DEBUG")}
    done = subprocess.run(
        [sys.executable, "-m", "agentdiff", *arguments],
        input=text.encode(),
        capture_output=True,
        check=False,
        cwd=cwd,
        env={**clean, "PYTHONPATH": root, **(environment or {})},
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def valid(name: str, text: str) -> dict[str, object]:
    document = json.loads(text)
    jsonschema.Draft202012Validator(json.loads(schema_text(name))).validate(document)
    return document  # type: ignore[no-any-return]


# ---------------------------------------------------------------------------------------------- show


def test_show(run: Runner, old: str) -> None:
    ran = run("show", old)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"gardener (claude-agent)  {old}")
    assert "tools" in ran.out
    assert "bullet  Water every morning before nine" in ran.out


def test_show_json(run: Runner, old: str) -> None:
    ran = run("show", old, "--format", "json")
    document = valid("agent", ran.out)
    assert (ran.code, document["name"], document["path"]) == (0, "gardener", old)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_show_reads_every_fixture(run: Runner, path: Path) -> None:
    assert run("show", str(path)).code == 0
    valid("agent", run("show", str(path), "--format", "json").out)


# ---------------------------------------------------------------------------------------------- diff


def test_diff(run: Runner, old: str, new: str) -> None:
    ran = run("diff", old, new)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith(f"--- {old}")
    assert "Check the soil with a [-finger-]{+thumb+} first" in ran.out
    assert "+ Collect rain water in a barrel" in ran.out
    assert "Water every morning" not in ran.out
    assert "\x1b" not in ran.out


def test_diff_all_shows_what_is_equal_too(run: Runner, old: str, new: str) -> None:
    assert "Water every morning" in run("diff", old, new, "--all").out


def test_diff_stat(run: Runner, old: str, new: str) -> None:
    ran = run("diff", old, new, "--stat")
    row = next(row for row in ran.out.splitlines() if row.startswith(" Watering"))
    assert row.split() == ["Watering", "1", "1", ".", "1", ".", "~+"]
    assert ran.code == 1


def test_diff_json(run: Runner, old: str, new: str) -> None:
    ran = run("diff", old, new, "--format", "json")
    document = valid("diff", ran.out)
    assert ran.code == 1
    assert document["verdict"] != "identical"


@pytest.mark.parametrize("options", [(), ("--all",), ("--stat",), ("--format", "json")])
def test_a_file_with_itself_is_no_difference(run: Runner, old: str, options: tuple[str, ...]) -> None:
    ran = run("diff", old, old, *options)
    assert (ran.code, ran.err) == (0, "")
    assert "identical" in ran.out


def test_another_layout_is_no_difference_either(run: Runner, tmp_path: Path, old: str) -> None:
    other = written(tmp_path / "other.md", AGENT.replace("\n- ", "\n* ").replace("\n## ", "\n\n## "))
    ran = run("diff", old, other)
    assert ran.code == 0
    assert "equivalent: only layout" in ran.out


@pytest.mark.parametrize(
    "pair", list(itertools.combinations(FIXTURES, 2)), ids=lambda pair: f"{pair[0].stem[0]}{pair[1].stem[0]}"
)
def test_diff_of_every_pair_of_fixtures(run: Runner, monkeypatch: pytest.MonkeyPatch, pair: tuple[Path, Path]) -> None:
    monkeypatch.chdir(pair[0].parent)
    paths = [path.name for path in pair]
    text, document = run("diff", *paths), run("diff", *paths, "--format", "json")
    assert (text.code, document.code) == (1, 1)
    assert max(map(len, text.out.splitlines())) <= 80
    valid("diff", document.out)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_diff_of_every_fixture_with_itself(run: Runner, path: Path) -> None:
    ran = run("diff", str(path), str(path), "--format", "json")
    document = valid("diff", ran.out)
    assert (ran.code, document["verdict"], document["similarity"]) == (0, "identical", 1.0)


# ---------------------------------------------------------------------------------------------- merge


def test_merge(run: Runner, old: str, new: str) -> None:
    ran = run("merge", old, new)
    assert ran.out.startswith("---\nname: gardener\n")
    assert ran.out.count("Collect rain water") == 1
    assert ran.err.startswith("Merged 2 variants into one claude-agent\n")


def test_merge_json_has_nothing_on_standard_error(run: Runner, old: str, new: str) -> None:
    ran = run("merge", old, new, "--format", "json")
    document = valid("merge", ran.out)
    assert len(document["inputs"]) == 2  # type: ignore[arg-type]
    assert ran.err == ""


def test_merge_of_the_fixtures(run: Runner) -> None:
    paths = [str(path) for path in FIXTURES]
    ran = run("merge", *paths, "--format", "json")
    document = valid("merge", ran.out)
    assert ran.code == (1 if document["conflicts"] else 0)
    assert run("merge", *paths).code == ran.code


def test_merge_into_a_file(run: Runner, tmp_path: Path, old: str, new: str) -> None:
    target = tmp_path / "merged.md"
    ran = run("merge", old, new, "-o", str(target))
    assert ran.out == ""
    assert "Merged 2 variants" in ran.err
    assert target.read_text() == run("merge", old, new).out


def test_merge_into_a_file_and_json(run: Runner, tmp_path: Path, old: str, new: str) -> None:
    target = tmp_path / "merged.md"
    document = valid("merge", run("merge", old, new, "-o", str(target), "--format", "json").out)
    assert target.read_text() == document["output"]["text"]  # type: ignore[index]


def test_open_questions_are_exit_code_1(run: Runner, monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    from report_samples import make_merge

    monkeypatch.setattr(import_module("agentdiff.canonical"), "merge", lambda agents, options, encoder: make_merge())
    ran = run("merge", old, new)
    assert ran.code == 1
    assert "1 open question" in ran.err


def test_merge_keeps_what_enough_variants_say(run: Runner, old: str, new: str) -> None:
    assert "Collect rain water" not in run("merge", old, new, "--min-support", "2").out


@pytest.mark.parametrize("repeat", ["the same path", "the same bytes", "a link"])
def test_a_repeated_file_counts_once(run: Runner, tmp_path: Path, old: str, repeat: str) -> None:
    again = tmp_path / "again.md"
    if repeat == "the same bytes":
        written(again, AGENT)
    elif repeat == "a link":
        again.symlink_to(old)
    ran = run("merge", old, old if repeat == "the same path" else str(again))
    assert (ran.code, ran.out) == (0, AGENT)
    assert "it counts once" in ran.err
    assert "nothing to merge" in ran.err


def test_a_repeated_file_does_not_outvote_the_others(run: Runner, old: str, new: str) -> None:
    assert run("merge", old, old, new).out == run("merge", old, new).out


@pytest.mark.parametrize("text", [AGENT, AGENT.replace("\n", "\r\n"), "\ufeff" + AGENT, AGENT.rstrip("\n")])
def test_one_file_alone_is_printed_as_it_is(run: Runner, tmp_path: Path, text: str) -> None:
    ran = run("merge", written(tmp_path / "one.md", text))
    assert (ran.code, ran.out) == (0, text)
    assert ran.err == "agentdiff: only one variant was given, so there was nothing to merge\n"


@pytest.mark.parametrize("kind", ["itself", "a link", "a hard link", "a longer path"])
def test_an_input_is_not_overwritten_unless_told(run: Runner, tmp_path: Path, old: str, new: str, kind: str) -> None:
    target = tmp_path / "link.md"
    if kind == "a link":
        target.symlink_to(old)
    elif kind == "a hard link":
        target.hardlink_to(old)
    elif kind == "itself":
        target = Path(old)
    else:
        (tmp_path / "sub").mkdir()
        target = tmp_path / "sub" / ".." / "old.md"
    ran = run("merge", old, new, "-o", str(target))
    assert (ran.code, ran.out) == (2, "")
    assert "one of the inputs" in ran.err
    assert "--overwrite" in ran.err
    assert Path(old).read_text() == AGENT
    assert run("merge", old, new, "-o", str(target), "--overwrite").code != 2
    assert "Collect rain water" in target.read_text()


def test_another_file_is_not_overwritten_unless_told(run: Runner, tmp_path: Path, old: str, new: str) -> None:
    target = tmp_path / "merged.md"
    target.write_text("precious")
    ran = run("merge", old, new, "-o", str(target))
    assert ran.code == 2
    assert f"{target}: this file exists already" in ran.err
    assert target.read_text() == "precious"
    assert run("merge", old, new, "-o", str(target), "--overwrite").code != 2
    assert "gardener" in target.read_text()


@pytest.mark.parametrize("target", [".", "/dev/null", "missing/merged.md"])
def test_targets_that_are_no_files(run: Runner, tmp_path: Path, old: str, new: str, target: str) -> None:
    ran = run("merge", old, new, "--overwrite", "-o", str(tmp_path / target))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.md", "old.md"]


# ---------------------------------------------------------------------------------------------- schema


@pytest.mark.parametrize("name", schema_names())
def test_schema(run: Runner, name: str) -> None:
    ran = run("schema", name)
    assert (ran.code, ran.out) == (0, schema_text(name))
    jsonschema.Draft202012Validator.check_schema(json.loads(ran.out))


def test_an_unknown_schema_lists_the_known_ones(run: Runner) -> None:
    ran = run("schema", "patch")
    assert (ran.code, ran.out) == (2, "")
    assert "agent, diff, agents, conversion, formats, blame, merge" in ran.err


# ---------------------------------------------------------------------------------------------- what goes wrong


WRONG = {
    "no command": ((), "a command is missing"),
    "an unknown command": (("dif",), "Did you mean 'diff'?"),
    "an unknown option": (("diff", "{old}", "{new}", "--formt", "json"), "--format"),
    "an unknown format": (("diff", "{old}", "{new}", "--format", "xml"), "'json'"),
    "an unknown colour": (("show", "{old}", "--color", "red"), "'never'"),
    "one file to compare": (("diff", "{old}"), "Missing argument 'NEW'"),
    "three files to compare": (("diff", "{old}", "{new}", "{old}"), "unexpected extra argument"),
    "nothing to merge": (("merge",), "Missing argument"),
    "no support": (("merge", "{old}", "{new}", "--min-support", "0"), "x>=1"),
    "too much support": (("merge", "{old}", "{new}", "--min-support", "3"), "the 2 different files"),
    "support by repeats": (("merge", "{old}", "{new}", "{old}", "--min-support", "3"), "the 2 different files"),
    "standard input twice": (("diff", "-", "-"), "standard input can be read only once"),
    "standard input twice in a merge": (("merge", "{old}", "-", "-"), "standard input can be read only once"),
    "a missing file": (("diff", "{old}", "missing.md"), "missing.md"),
    "a missing file to show": (("show", "missing.md"), "missing.md"),
    "a missing file to merge": (("merge", "{old}", "missing.md"), "missing.md"),
    "a directory": (("show", "{folder}"), "{folder}"),
    "an empty file": (("show", "{empty}"), "empty"),
    "binary": (("show", "{binary}"), "{binary}"),
    "not UTF-8": (("diff", "{old}", "{latin}"), "{latin}"),
    "a path that steers the terminal": (("show", "a\x1b[2J.md"), "a<U+001B>[2J.md"),
}


@pytest.mark.parametrize(("arguments", "expected"), WRONG.values(), ids=WRONG.keys())
def test_one_sentence_and_exit_code_2(
    run: Runner, tmp_path: Path, old: str, new: str, arguments: tuple[str, ...], expected: str
) -> None:
    names = {"old": old, "new": new, "folder": str(tmp_path)}
    for name, content in {"empty": b"", "binary": b"\x00\x01\x7fELF\x00", "latin": b"pr\xfcfen\n" * 20}.items():
        (tmp_path / f"{name}.md").write_bytes(content)
        names[name] = str(tmp_path / f"{name}.md")
    ran = run(*(argument.format(**names) for argument in arguments))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("agentdiff: ")
    assert ran.err.count("\n") == 1
    assert expected.format(**names) in ran.err
    assert "Traceback" not in ran.err
    assert "this is a bug" not in ran.err


def failing(error: BaseException) -> object:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_a_bug_is_named_and_its_traceback_is_kept_for_those_who_ask(
    run: Runner, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    monkeypatch.setattr(import_module("agentdiff.diff"), "diff", failing(KeyError("oops")))
    ran = run("diff", old, new)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("agentdiff: this is a bug (KeyError: 'oops'); please report it")
    assert ran.err.count("\n") == 1
    monkeypatch.setenv("AGENTDIFF_DEBUG", "1")
    assert "Traceback" in run("diff", old, new).err


def test_an_interrupt_is_130(run: Runner, monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    monkeypatch.setattr(import_module("agentdiff.diff"), "diff", failing(KeyboardInterrupt()))
    ran = run("diff", old, new)
    assert (ran.code, ran.out) == (130, "")
    assert "Traceback" not in ran.err


# ---------------------------------------------------------------------------------------------- help


HELP = [
    ((), "Examples"),
    (("show",), "Exit codes"),
    (("diff",), "Exit codes"),
    (("merge",), "Exit codes"),
    (("schema",), "Example"),
    (("convert",), "Exit codes"),
    (("formats",), "Example"),
]


@pytest.mark.parametrize(
    ("command", "expected"), HELP, ids=["all", "show", "diff", "merge", "schema", "convert", "formats"]
)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help(run: Runner, command: tuple[str, ...], option: str, expected: str) -> None:
    ran = run(*command, option)
    assert (ran.code, ran.err) == (0, "")
    assert expected in ran.out


def test_version(run: Runner) -> None:
    assert run("--version").out == "agentdiff 0.1.0\n"


# ---------------------------------------------------------------------------------------------- streams


def test_standard_input(old: str, new: str) -> None:
    ran = process("diff", "-", new, text=AGENT)
    assert ran.code == 1
    assert ran.out.startswith("--- (standard input)  ")
    assert process("diff", old, "-", text=AGENT).code == 0
    assert json.loads(process("show", "-", "--format", "json", text=AGENT).out)["path"] == "-"
    assert "Collect rain" in process("merge", "-", new, text=AGENT).out


def test_colour_only_where_it_is_wanted(old: str, new: str) -> None:
    assert "\x1b[" not in process("diff", old, new).out
    assert "\x1b[32mthumb" in process("diff", old, new, "--color", "always", environment={"NO_COLOR": "1"}).out
    assert "\x1b[" in process("merge", old, new, "--color", "always").err


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("environment", "expected"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colour_on_a_terminal(old: str, new: str, environment: dict[str, str], expected: bool) -> None:
    assert ("\x1b[" in on_terminal("diff", old, new, environment=environment)) is expected


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_merge_on_a_terminal_is_made_visible(tmp_path: Path, old: str) -> None:
    bad = written(tmp_path / "bad.md", AGENT + "- Never \x1b[2J clear\n")
    assert "\x1b[2J" in process("merge", bad).out
    shown = on_terminal("merge", bad, environment={"TERM": "dumb"})
    assert "Never <U+001B>[2J clear" in shown


def on_terminal(*arguments: str, environment: dict[str, str]) -> str:
    """What the command writes to a terminal of its own."""
    import pty

    reading, writing = pty.openpty()
    clean = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS")}
    root = str(Path(__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, "-m", "agentdiff", *arguments],
        stdout=writing,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        env={**clean, "PYTHONPATH": root, **environment},
    ) as child:
        os.close(writing)
        written_bytes = b""
        try:
            while chunk := os.read(reading, 65536):
                written_bytes += chunk
        except OSError:  # Linux says so when the other end is closed
            pass
        child.wait()
    os.close(reading)
    return written_bytes.decode()


@pytest.mark.parametrize("columns", [40, 80])
def test_a_narrow_terminal(old: str, new: str, columns: int) -> None:
    ran = process("diff", "old.md", "new.md", "--all", environment={"COLUMNS": str(columns)}, cwd=str(Path(old).parent))
    assert max(map(len, ran.out.splitlines())) <= columns


def test_a_stream_that_is_not_utf8(tmp_path: Path, old: str) -> None:
    other = written(tmp_path / "other.md", AGENT.replace("a finger", "Fingerspitzengefühl 指"))
    ran = process("diff", old, other, environment={"PYTHONIOENCODING": "ascii"})
    assert ran.code == 1
    assert "Fingerspitzengef\\xfchl \\u6307" in ran.out
    assert ran.err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize("reader", ["head -n 1", "true"])
@pytest.mark.parametrize("command", ["diff {old} {big}", "show {big}", "merge {big}", "diff {old} {big} --format json"])
def test_a_closed_pipe_is_silent(tmp_path: Path, old: str, command: str, reader: str) -> None:
    big = written(
        tmp_path / "big.md", AGENT + "".join(f"- Plant number {number} in row {number}\n" for number in range(3000))
    )
    line = f"{sys.executable} -m agentdiff {command.format(old=old, big=big)} | {reader}"
    root = str(Path(__file__).parents[1])
    done = subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": root}
    )
    errors = [row for row in done.stderr.splitlines() if "nothing to merge" not in row]
    assert errors == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_sentence(old: str) -> None:
    root = str(Path(__file__).parents[1])
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "agentdiff", "show", old],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": root},
        )
    assert done.returncode == 2
    assert done.stderr == "agentdiff: writing: No space left on device\n"


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    paths = [str(path) for path in FIXTURES]
    for arguments in (("diff", *paths[:2]), ("merge", *paths)):
        first, second = (process(*arguments, environment={"PYTHONHASHSEED": seed}) for seed in ("1", "2"))
        assert (first.out, first.err) == (second.out, second.err)
