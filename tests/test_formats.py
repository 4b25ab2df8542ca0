"""Finding out the dialect of a file, reading it whole, and writing a new one that its host reads."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.errors import BadInput, EmptyAgent, UnreadableFile
from agentdiff.formats import FORMATS, Format, named, parse, read
from agentdiff.formats.base import Container
from agentdiff.formats.detection import detect
from agentdiff.formats.rendering import render
from agentdiff.model import Agent, FieldValue, ItemKind

CLAUDE, COPILOT, CURSOR, PLAIN = (FORMATS[n] for n in ("claude-agent", "copilot-agent", "cursor-rule", "agents-md"))


def agent(block: str, path: str = "helper.md", body: str = "You help.\n") -> Agent:
    return parse(f"---\n{block}---\n\n{body}", path)


def codes(found: Agent) -> list[tuple[str, int]]:
    return [(diagnostic.code, diagnostic.line) for diagnostic in found.diagnostics]


# ---------------------------------------------------------------------------------------------- dialects

BOTH: dict[str, FieldValue] = {"name": "a", "description": "b"}


@pytest.mark.parametrize(
    ("path", "keys", "expected"),
    [
        (".claude/agents/a.md", BOTH, "claude-agent"),
        ("/home/x/.claude/agents/team/a.md", {"description": "b"}, "claude-agent"),
        (".claude/agents/a.md", {**BOTH, "tools": ("codebase",)}, "claude-agent"),
        (".claude/agents/a.md", {}, "claude-agent"),
        ("a.agent.md", BOTH, "copilot-agent"),
        ("x/a.chatmode.md", BOTH, "copilot-chatmode"),
        (".github/agents/a.md", BOTH, "copilot-agent"),
        ("a.agent.md", {}, "copilot-agent"),
        ("rules/a.mdc", BOTH, "cursor-rule"),
        ("AGENTS.md", {}, "agents-md"),
        ("sub/CLAUDE.md", {}, "claude-md"),
        ("notes.md", {}, "agents-md"),
        ("-", {}, "agents-md"),
        ("AGENTS.md", BOTH, "agents-md"),
    ],
)
def test_the_path_tells_the_dialect(path: str, keys: dict[str, FieldValue], expected: str) -> None:
    assert detect(path, keys, Container.FRONT_MATTER if keys else Container.MARKDOWN).name == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (BOTH, "claude-agent"),
        ({**BOTH, "tools": "Read, Grep"}, "claude-agent"),
        ({**BOTH, "tools": ("Read", "WebSearch")}, "claude-agent"),
        ({"description": "b", "permissionMode": "plan"}, "claude-agent"),
        ({"description": "b", "model": "sonnet"}, "claude-agent"),
        ({**BOTH, "tools": ("codebase", "edit/editFiles")}, "copilot-agent"),
        ({**BOTH, "tools": ("read", "github/*")}, "copilot-agent"),
        ({**BOTH, "handoffs": ()}, "copilot-agent"),
        ({**BOTH, "user-invokable": "false", "tools": ("read",)}, "copilot-agent"),
        ({"description": "b"}, "claude-agent"),
        ({"description": "b", "tools": ("code_interpreter",)}, "copilot-agent"),
        ({"description": "b", "globs": None, "alwaysApply": "true"}, "cursor-rule"),
        ({"description": "b", "globs": "*.ts"}, "cursor-rule"),
        ({"trigger": "glob", "globs": "*.ts"}, "windsurf-rule"),
        ({"anything": "else"}, "agents-md"),
    ],
)
def test_the_keys_tell_where_the_path_does_not(keys: dict[str, FieldValue], expected: str) -> None:
    assert detect("variant.txt", keys, Container.FRONT_MATTER).name == expected
    assert detect("-", keys, Container.FRONT_MATTER).name == expected


def test_an_unknown_name_lists_the_nearest_ones() -> None:
    assert named("cursor-rule") is CURSOR
    with pytest.raises(BadInput, match="did you mean claude-agent or"):
        named("claude-agnet")
    with pytest.raises(BadInput, match="there is no format 'x'; `agentdiff formats` lists all"):
        named("x")


# ---------------------------------------------------------------------------------------------- reading


def test_an_agent_is_put_together() -> None:
    text = "---\nname: helper\ndescription: d\ntools: Read, Edit\n---\n\nYou help.\n\n## Rules\n\n- Be kind.\n"
    found = parse(text, "helper.md")
    assert (found.format, found.name, found.path, found.source, found.body_line) == (
        "claude-agent", "helper", "helper.md", text, 6,
    )  # fmt: skip
    assert [section.title for section in found.sections] == ["", "Rules"]
    assert [(item.kind, item.span.first) for item in found.items] == [(ItemKind.PARAGRAPH, 7), (ItemKind.BULLET, 11)]
    tools = found.field("tools")
    assert tools is not None
    assert (tools.key, tools.value, tools.raw, tools.span.first) == ("tools", ("Read", "Edit"), "Read, Edit", 4)
    assert found.diagnostics == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("tools: Read", ("Read",)),
        ("tools: Read,Edit, ,", ("Read", "Edit")),
        ("tools: [Read, Edit]", ("Read", "Edit")),
        ("tools:\n  - Read\n  - Edit", ("Read", "Edit")),
        ("tools: Agent(planner, tester), Bash(git:*)", ("Agent(planner, tester)", "Bash(git:*)")),
        ('tools: "Read", "Edit"', ("Read", "Edit")),
        ("tools: 'Read', Edit", ("Read", "Edit")),
        ("tools: *", ("*",)),
        ('tools: "*"', ("*",)),
        ("tools: []", ()),
        ("tools:", None),
        ('tools: ""', None),
        ("tools: {read: true}", {"read": "true"}),
    ],
)
def test_tools_are_names_however_they_are_written(line: str, expected: FieldValue) -> None:
    field = agent(f"name: a\ndescription: b\n{line}\n").field("tools")
    assert field is not None
    assert field.value == expected


def test_absent_tools_are_no_field() -> None:
    assert agent("name: a\ndescription: b\n").field("tools") is None


def test_commas_elsewhere_do_not_make_a_list() -> None:
    found = agent("name: a\ndescription: b, c\nmodel: [x, y]\n")
    assert [field.value for field in found.fields] == ["a", "b, c", ("x", "y")]


def test_fields_have_canonical_names_and_unknown_ones_keep_theirs() -> None:
    found = agent("name: a\ndescription: b\ndisallowedTools: Bash\nmaxTurns: 3\nvibe: calm\n")
    assert [(field.name, field.key, field.value) for field in found.fields[2:]] == [
        ("disallowed-tools", "disallowedTools", ("Bash",)),
        ("max-turns", "maxTurns", "3"),
        ("vibe", "vibe", "calm"),
    ]
    assert agent("description: b\nuser-invokable: false\n").fields[1].name == "user-invocable"


@pytest.mark.parametrize(
    ("path", "block", "expected"),
    [
        ("x/helper.md", "name: Other\ndescription: b\n", "Other"),
        ("x/helper.md", "name:\ndescription: b\n", "helper"),
        ("x/helper.agent.md", "description: b\n", "helper"),
        ("x/helper.chatmode.md", "description: b\n", "helper"),
        ("x/v1.2.md", "description: b\n", "v1.2"),
        ("x/style.mdc", "name: Other\ndescription: b\n", "style"),
        ("-", "description: b\n", "stdin"),
        ("-", "name: Other\ndescription: b\n", "Other"),
    ],
)
def test_the_name_is_the_field_or_the_file(path: str, block: str, expected: str) -> None:
    assert agent(block, path).name == expected


def test_what_the_host_requires_is_told() -> None:
    assert codes(agent("model: x\n", ".claude/agents/a.md")) == [("name-missing", 1), ("description-missing", 1)]
    assert codes(agent("name: a\n", "a.agent.md")) == [("description-missing", 1)]
    assert codes(agent("description: b\n", "a.agent.md")) == []
    assert codes(agent("globs:\nalwaysApply: true\n", "a.mdc")) == []
    assert codes(parse("# Title\n\nText.\n", "AGENTS.md")) == []


def test_cursor_headers_are_read_without_loss_or_complaint() -> None:
    found = agent("description: Style: all of it\nglobs: **/*.ts, **/*.{js,jsx}\nalwaysApply: false\n", "a.mdc")
    assert [(field.name, field.value, field.raw) for field in found.fields] == [
        ("description", "Style: all of it", "Style: all of it"),
        ("globs", ("**/*.ts", "**/*.{js,jsx}"), "**/*.ts, **/*.{js,jsx}"),
        ("activation", "false", "false"),
    ]
    assert codes(found) == [("yaml-requoted", 2)]


def test_bare_globs_are_told_where_the_host_reads_yaml() -> None:
    assert codes(agent("name: a\ndescription: b\nglobs: **/*.ts\n", ".claude/agents/a.md")) == [("yaml-requoted", 4)]


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff", "---\n---\n", "---\n# comment\n---\n\n"])
def test_a_text_without_fields_and_body_is_no_agent(text: str) -> None:
    with pytest.raises(EmptyAgent) as refusal:
        parse(text, "a.md")
    assert refusal.value.path == "a.md"


@pytest.mark.parametrize("text", ["x", "---\nname: a\n---\n", "---\n", "---\n- a\n---\n"])
def test_little_is_enough(text: str) -> None:
    assert parse(text, "a.md").source == text


def test_nothing_of_a_block_without_fields_is_invisible() -> None:
    found = parse("---\nJust a sentence.\n---\nText.\n", "a.md")
    assert found.body_line == 1
    said = "\n".join([*(item.text for item in found.items), *(section.title for section in found.sections)])
    assert "Just a sentence." in said
    assert "Text." in said


def test_diagnostics_come_by_line() -> None:
    found = agent("description: b: c\nmodel: *\nname:\npermissionMode: plan\n")
    assert codes(found) == [("name-missing", 1), ("yaml-requoted", 2), ("yaml-requoted", 3)]


def test_files_and_standard_input_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"\xef\xbb\xbf---\r\nname: a\r\ndescription: b\r\n---\r\nText"
    path = tmp_path / "a.md"
    path.write_bytes(data)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    one, other = read(str(path)), read("-")
    assert one.source.encode() == data
    assert one.sha256 == other.sha256 == parse(one.source, "x").sha256
    assert one.fields == other.fields
    assert (one.body_line, one.items[0].span.first) == (5, 5)
    with pytest.raises(UnreadableFile):
        read(str(tmp_path))


# ---------------------------------------------------------------------------------------------- writing


@pytest.mark.parametrize(
    ("format", "fields", "block"),
    [
        (CLAUDE, [("name", "a"), ("tools", ("Read", "Edit"))], "name: a\ntools: Read, Edit\n"),
        (CLAUDE, [("tools", ("Agent(a, b)", "Bash(git:*)"))], "tools: Agent(a, b), Bash(git:*)\n"),
        (CLAUDE, [("tools", ("*",))], "tools: '*'\n"),
        (CLAUDE, [("tools", ())], "tools: []\n"),
        (CLAUDE, [("tools", None)], "tools:\n"),
        (CLAUDE, [("tools", ("a, b", "c"))], "tools: ['a, b', c]\n"),
        (COPILOT, [("tools", ("read", "github/*", "*"))], "tools: [read, github/*, '*']\n"),
        (COPILOT, [("tools", ())], "tools: []\n"),
        (CLAUDE, [("disallowed-tools", ("Bash",)), ("vibe", "calm")], "disallowedTools: Bash\nvibe: calm\n"),
        (COPILOT, [("user-invocable", "false")], "user-invocable: false\n"),
        (CLAUDE, [("max-turns", "3"), ("background", "true")], "maxTurns: 3\nbackground: true\n"),
        (CURSOR, [("globs", ("**/*.ts", "*.{js,jsx}"))], "globs: '**/*.ts, *.{js,jsx}'\n"),
        (CURSOR, [("activation", "true")], "alwaysApply: true\n"),
        (CURSOR, [("description", "one\ntwo")], 'description: "one\\ntwo"\n'),
        (CLAUDE, [("description", "one\n\n  two: #3\n")], "description: |\n  one\n\n    two: #3\n"),
        (CLAUDE, [("description", "one\ntwo")], "description: |-\n  one\n  two\n"),
        (CLAUDE, [("description", "one \ntwo")], 'description: "one \\ntwo"\n'),
        (CLAUDE, [("description", "a\\nb, c")], "description: a\\nb, c\n"),
        (CLAUDE, [("description", "it's: here")], "description: 'it''s: here'\n"),
        (CLAUDE, [("version", "1.10"), ("name", "no")], "version: '1.10'\nname: 'no'\n"),
        (CLAUDE, [("a", "1e3"), ("b", "0o17"), ("c", "12:30")], "a: '1e3'\nb: '0o17'\nc: '12:30'\n"),
        (CLAUDE, [("description", "word " * 60 + "end")], "description: " + "word " * 60 + "end\n"),
        (CLAUDE, [("description", "naïve → 🎯")], "description: naïve → 🎯\n"),
        (
            CLAUDE,
            [("hooks", {"Stop": ({"matcher": "*", "timeout": "5"},)})],
            "hooks:\n  Stop:\n    - matcher: '*'\n      timeout: 5\n",
        ),
    ],
)
def test_each_field_is_written_as_its_host_likes_it(
    format: Format, fields: list[tuple[str, FieldValue]], block: str
) -> None:
    written = render(fields, "Body.\n", format)
    assert written == f"---\n{block}---\n\nBody.\n"
    yaml.safe_load(block)


def test_the_frame_of_a_new_file() -> None:
    assert render([("name", "a")], "\n\nText\n\n\n", CLAUDE) == "---\nname: a\n---\n\nText\n"
    assert render([("name", "a")], "", CLAUDE) == "---\nname: a\n---\n"
    assert render([], "  code\ntext", PLAIN) == "  code\ntext\n"


TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    st.sampled_from("ab:#-*&!%@|>'\"[]{},? \n\t\\\r\x85\u2028\ufeff\x00é🎯")
)


@given(
    st.dictionaries(
        st.sampled_from(["name", "description", "model", "color", "vibe", "version"]),
        TEXTS
        | st.sampled_from(["yes", "1.0", "~", "null", "2024-01-01", "0x1F", "---", "- a", "a: b", " #", "<<", "="]),
        min_size=1,
    ),
    st.sampled_from([CLAUDE, CURSOR, FORMATS["gemini-agent"]]),
)
def test_every_string_comes_back_from_a_strict_reader(fields: dict[str, str], format: Format) -> None:
    written = render(list(fields.items()), "Body.", format)
    assert written.endswith("---\n\nBody.\n")
    assert yaml.safe_load(written.removeprefix("---\n").removesuffix("---\n\nBody.\n")) == fields


@given(st.dictionaries(st.sampled_from(["name", "description", "model", "vibe"]), TEXTS, min_size=1))
def test_what_is_written_is_read_again(fields: dict[str, str]) -> None:
    found = parse(render(list(fields.items()), "Body.", CLAUDE), ".claude/agents/a.md")
    assert {field.name: field.value for field in found.fields} == fields
    assert [entry.code for entry in found.diagnostics if entry.code.startswith("yaml")] == []


NAMES = st.lists(st.from_regex(r"\A[A-Za-z_@*/:.-]{1,8}(\([a-z:*, ]{0,6}[a-z*]\))?\Z"), min_size=1).map(tuple)


@given(NAMES, st.sampled_from([CLAUDE, COPILOT]))
def test_lists_of_names_are_read_again(names: tuple[str, ...], format: Format) -> None:
    path = {"claude-agent": ".claude/agents/a.md", "copilot-agent": "a.agent.md"}[format.name]
    field = parse(render([("tools", names)], "Body.", format), path).field("tools")
    assert field is not None
    assert field.value == names
