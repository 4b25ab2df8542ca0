"""Editing an existing file: only the bytes of what changed."""

from __future__ import annotations

import json
from functools import cache
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_formats_fixtures import READABLE, case, source

from agentdiff.errors import BadInput
from agentdiff.formats import parse, parse_all
from agentdiff.formats.editing import alone, body_of, edited, marked
from agentdiff.model import Agent, FieldValue

# ---------------------------------------------------------------------------------------------- a file of each kind

FRONT_MATTER = """\
---
# who
name: clerk
description: "Files letters"  # short
tools: Read, Grep
model:   'opus'
vibe: calm
hooks:
  Stop:
    - matcher: x   # why
---

File letters.

- Twice.
"""
CURSOR = """\
---
description:
globs: **/*.ts, **/*.tsx
alwaysApply: false
---
Use types.
"""
TOML = """\
# the clerk
name = 'clerk'
description = "Files letters" # short
model = "gpt-5.4"
nickname_candidates = ["Ann", 'Bob']

developer_instructions = '''
File letters.
'''

[mcp_servers.docs]
command = "docs"
port = 3000
"""
JSON = """\
{
    "name": "clerk",
    "description": "Files letters",
    "tools": ["read", "@docs"],
    "prompt": "File letters.\\n",
    "includeMcpJson": false
}
"""
JSONC = """\
{
  // settings
  "$schema": "https://opencode.ai/config.json",
  "agent": {
    "clerk": {
      "description": "Files letters", // short
      "temperature": 0.30,
      "permission": {"bash": "ask", "edit": "deny"},
      /* the text */
      "prompt": "File letters.",
    },
    "other": {"description": "Other", "prompt": "Other."},
  },
}
"""
ROO = """\
# modes
customModes:
  - slug: clerk
    name: Clerk  # shown
    roleDefinition: >-
      You file
      letters.
    customInstructions: |
      Twice.
    groups:
      - read
      - - edit
        - fileRegex: '\\.md$'
  - {slug: other, name: "Other", roleDefinition: You., groups: [read]}
"""
CREW = """\
clerk:
  role: Clerk
  goal: >
    Files letters
  backstory: 'File letters.'
  verbose: true
"""
REMOTE = """\
---
- kind: remote
  name: one
  agent_card_url: https://one.example
- kind: remote
  name: two   # second
  agent_card_url: https://two.example
---
"""
LETTA = json.dumps(
    {
        "agents": [{"name": "clerk", "system": "File letters.", "block_ids": ["b1"], "tags": ["x"]}],
        "blocks": [{"id": "b1", "label": "human", "value": "Ann"}],
    },
    indent=2,
)


class File(NamedTuple):
    format: str
    text: str
    number: int = 0

    def agent(self) -> Agent:
        return parse_all(self.text, "agent", format=self.format)[self.number]


FILES = {
    "front matter": File("claude-agent", FRONT_MATTER),
    "cursor": File("cursor-rule", CURSOR),
    "toml": File("codex-agent", TOML),
    "json": File("kiro-agent", JSON),
    "jsonc": File("opencode-json", JSONC),
    "roo": File("roo-modes", ROO),
    "roo in brackets": File("roo-modes", ROO, 1),
    "crew": File("crewai-agents", CREW),
    "remote": File("gemini-remote-agent", REMOTE, 1),
    "letta": File("letta-af", LETTA),
    "letta in a string": File("letta-af", json.dumps(LETTA)),
}

# For each: the canonical field and its new value, what stood there, what stands there now.
SET: list[tuple[str, str, FieldValue, str, str]] = [
    ("front matter", "description", "Files mail", '"Files letters"', '"Files mail"'),
    ("front matter", "tools", ("Read", "Write"), "Read, Grep", "Read, Write"),
    ("front matter", "tools", (), " Read, Grep", " []"),
    ("front matter", "model", "sonnet", "'opus'", "'sonnet'"),
    ("front matter", "vibe", "a: b", "vibe: calm", "vibe: 'a: b'"),
    ("front matter", "color", "red", "matcher: x   # why\n", "matcher: x   # why\ncolor: red\n"),
    ("front matter", "max-turns", "5", "matcher: x   # why\n", "matcher: x   # why\nmaxTurns: 5\n"),
    ("cursor", "description", "Types", "description:", "description: Types"),
    ("cursor", "globs", ("*.js", "*.ts"), "globs: **/*.ts, **/*.tsx", "globs: '*.js, *.ts'"),
    ("cursor", "activation", "true", "alwaysApply: false", "alwaysApply: true"),
    ("toml", "description", "Files mail", '"Files letters"', '"Files mail"'),
    ("toml", "name", "it's", "'clerk'", '"it\'s"'),
    ("toml", "nicknames", ("Ann", "Cy"), "[\"Ann\", 'Bob']", '["Ann", "Cy"]'),
    ("toml", "sandbox-mode", "read-only", "\n\n[mcp", '\nsandbox_mode = "read-only"\n\n[mcp'),
    ("json", "description", 'Says "hi"', '"Files letters"', '"Says \\"hi\\""'),
    ("json", "tools", ("read", "write"), '["read", "@docs"]', '["read", "write"]'),
    ("json", "include-mcp-json", "true", "false", "true"),
    ("json", "model", "auto", "false\n", 'false,\n    "model": "auto"\n'),
    ("jsonc", "description", "Files mail", '"Files letters"', '"Files mail"'),
    ("jsonc", "temperature", "0.5", "0.30", "0.5"),
    ("jsonc", "mode", "primary", '"File letters.",\n', '"File letters.",\n      "mode": "primary",\n'),
    ("roo", "display-name", "Registrar", "name: Clerk", "name: Registrar"),
    ("roo in brackets", "display-name", "O'Neil", '"Other"', '"O\'Neil"'),
    ("roo in brackets", "tools", ("read", "command"), "[read]", "[read, command]"),
    ("crew", "description", "Files mail\n", "Files letters", "Files mail"),
    ("crew", "verbose", "false", "true", "false"),
    ("remote", "name", "deux", "name: two ", "name: deux "),
    ("letta", "name", "registrar", '"clerk"', '"registrar"'),
    ("letta in a string", "name", "registrar", '\\"clerk\\"', '\\"registrar\\"'),
]


@pytest.mark.parametrize(("file", "name", "value", "old", "new"), SET)
def test_a_value_alone_changes(file: str, name: str, value: FieldValue, old: str, new: str) -> None:
    agent = FILES[file].agent()
    assert edited(agent, {name: value}) == FILES[file].text.replace(old, new, 1)


@pytest.mark.parametrize(("file", "name", "value", "old", "new"), SET)
def test_line_ends_stay(file: str, name: str, value: FieldValue, old: str, new: str) -> None:
    whole = FILES[file].text.replace("\n", "\r\n")
    agent = File(FILES[file].format, whole, FILES[file].number).agent()
    expected = FILES[file].text.replace(old, new, 1).replace("\n", "\r\n")
    assert edited(agent, {name: value}) == expected


@pytest.mark.parametrize(
    ("file", "name", "lines"),
    [
        ("front matter", "model", "model:   'opus'\n"),
        ("front matter", "description", 'description: "Files letters"  # short\n'),
        ("front matter", "hooks", "hooks:\n  Stop:\n    - matcher: x   # why\n"),
        ("cursor", "globs", "globs: **/*.ts, **/*.tsx\n"),
        ("toml", "model", 'model = "gpt-5.4"\n'),
        ("toml", "mcp-servers", '\n[mcp_servers.docs]\ncommand = "docs"\nport = 3000\n'),
        ("json", "tools", '    "tools": ["read", "@docs"],\n'),
        ("jsonc", "permission", '      "permission": {"bash": "ask", "edit": "deny"},\n'),
        ("roo", "tools", "    groups:\n      - read\n      - - edit\n        - fileRegex: '\\.md$'\n"),
        ("roo in brackets", "display-name", ' name: "Other",'),
        ("crew", "verbose", "  verbose: true\n"),
    ],
)
def test_a_field_alone_goes(file: str, name: str, lines: str) -> None:
    assert FILES[file].text.count(lines) == 1
    assert edited(FILES[file].agent(), without=(name,)) == FILES[file].text.replace(lines, "")


@pytest.mark.parametrize(
    ("file", "body", "old", "new"),
    [
        ("front matter", "\nSort.\n", "\nFile letters.\n\n- Twice.\n", "\nSort.\n"),
        ("cursor", "", "Use types.\n", ""),
        ("toml", "Sort.\nTwice.\n", "File letters.\n", "Sort.\nTwice.\n"),
        ("json", 'Sort "it".\n', "File letters.\\n", 'Sort \\"it\\".\\n'),
        ("jsonc", "Sort.", "File letters.", "Sort."),
        ("roo", "You file letters.\n\nOnce.\n", "Twice.", "Once."),
        ("roo", "You sort.\n\nTwice.\n", "      You file\n      letters.\n", "      You\n      sort.\n"),
        ("crew", "Sort.", "File letters.", "Sort."),
    ],
)
def test_the_body_alone_changes(file: str, body: str, old: str, new: str) -> None:
    agent = FILES[file].agent()
    text = edited(agent, body=body)
    assert text == FILES[file].text.replace(old, new, 1)
    assert edited(agent, body=body_of(agent)) == agent.source


def test_a_new_body_behind_a_header_that_was_never_closed() -> None:
    agent = parse("---\nname: clerk\ndescription: x\n\n# File\n\nFile letters.\n\n---\n\nTwice.\n", "clerk.md")
    assert edited(agent, body="Sort.\n") == "---\nname: clerk\ndescription: x\n---\nSort.\n"
    assert edited(agent, {"description": "y"}) == agent.source.replace(": x", ": y")


def test_a_map_in_a_header_that_is_no_yaml_is_not_changed() -> None:
    header = "name: clerk\ndescription: Use this: always\nmodelConfig:\n  temperature: 0.2\n"
    agent = parse(f"---\n{header}---\nFile it.\n", "clerk.md", format="qwen-agent")
    with pytest.raises(BadInput, match=r"its header is no valid YAML, so `modelConfig\.temperature` cannot be changed"):
        edited(agent, {"temperature": "0.3"})


def test_a_body_that_stands_in_blocks_of_the_file_is_refused() -> None:
    with pytest.raises(BadInput, match="its text stands in several blocks of the file; change them there"):
        edited(FILES["letta"].agent(), body="Sort.")


@pytest.mark.parametrize("file", ["jsonc", "crew"])
def test_a_name_that_is_a_key_is_refused(file: str) -> None:
    with pytest.raises(BadInput, match="this agent is named by its key or file; rename that"):
        edited(FILES[file].agent(), {"name": "registrar"})


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_first_field_makes_a_header(start: str) -> None:
    agent = parse(f"{start}File letters.\n", "clerk.md", format="claude-agent")
    assert edited(agent, {"description": "x"}) == f"{start}---\ndescription: x\n---\n\nFile letters.\n"
    assert edited(agent, body="Sort.\n") == f"{start}Sort.\n"


@pytest.mark.parametrize(
    ("header", "fields", "expected"),
    [
        ("description: Use this: always\n", {"description": "x"}, "description: x\n"),
        ("description: Use this: always\nmodel: a\n", {"model": "b"}, "description: Use this: always\nmodel: b\n"),
        ("description: one\nuser: hi: there\n", {"color": "red"}, "description: one\nuser: hi: there\ncolor: red\n"),
    ],
)
def test_a_header_that_is_no_yaml_keeps_its_other_lines(header: str, fields: dict[str, str], expected: str) -> None:
    agent = parse(f"---\n{header}---\nFile: it.\n", "clerk.md", format="claude-agent")
    assert edited(agent, fields) == f"---\n{expected}---\nFile: it.\n"


def test_numbers_and_texts_are_told_apart() -> None:
    assert marked(FILES["toml"].agent())["mcp_servers"] == {"docs": {"command": "docs", "port": "3000"}}
    kinds = marked(parse("---\na: 1\nb: '1'\nc: {d: 2, e: '2'}\n---\nx", "x.md"))
    assert {key: type(kinds[key]).__name__ for key in ("a", "b", "c.d", "c.e")} == {
        "a": "Bare",
        "b": "str",
        "c.d": "Bare",
        "c.e": "str",
    }
    assert marked(parse("---\na: b: c\n---\nx", "x.md")) == {}


# ---------------------------------------------------------------------------------------------- without the others


@pytest.mark.parametrize(
    ("file", "gone"),
    [
        ("jsonc", '    "other": {"description": "Other", "prompt": "Other."},\n'),
        ("remote", "- kind: remote\n  name: one\n  agent_card_url: https://one.example\n"),
    ],
)
def test_alone(file: str, gone: str) -> None:
    agent = FILES[file].agent()
    text = alone([agent])
    (again,) = parse_all(text, "agent", format=agent.format)
    assert (again.name, [(f.name, f.value) for f in again.fields]) == (
        agent.name,
        [(f.name, f.value) for f in agent.fields],
    )
    if file == "jsonc":
        assert text == FILES[file].text.replace(gone, "")


def test_all_are_the_file() -> None:
    for file in FILES.values():
        assert alone(parse_all(file.text, "agent", format=file.format)) == file.text


# ---------------------------------------------------------------------------------------------- laws


@cache
def fixtures() -> tuple[Agent, ...]:
    """Agents that can be edited."""
    return tuple(agent for path in READABLE for agent in parse_all(source(path), case(path)["file"]))


TEXTS = st.one_of(
    st.sampled_from(
        ("x", "", "a: b", "# c", "'", '"', "null", "true", "1.0", "- a", "---", "é \u2028", "a\nb", "a\n\n  b\n")
    ),
    st.text(max_size=12).filter(lambda text: not any("\ud800" <= each <= "\udfff" for each in text)),
)


@settings(max_examples=400)
@given(st.data())
def test_a_field_and_no_other(data: st.DataObject) -> None:
    """Only the field differs, and when it is set back nothing does."""
    agent = data.draw(st.sampled_from(fixtures()))
    fields = [field for field in agent.fields if isinstance(field.value, str) and counts(field.name, agent)]
    if not fields or is_repaired(agent):
        return
    field = data.draw(st.sampled_from(fields))
    value = data.draw(
        TEXTS.filter(lambda text: text.strip() == text and text and "\n" not in text and "\r" not in text)
    )
    there = edited(agent, {field.name: value})
    other = parse_all(there, agent.path.partition("#")[0], format=agent.format)[agent.number]
    expected = [value if each is field else each.value for each in agent.fields]
    assert [each.value for each in other.fields] == expected
    assert body_of(other) == body_of(agent)
    back = edited(other, {field.name: field.value})
    again = parse_all(back, agent.path.partition("#")[0], format=agent.format)[agent.number]
    assert [(each.name, each.value) for each in again.fields] == [(each.name, each.value) for each in agent.fields]


UNSAFE = ("", "on", "off", "yes", "no")


@pytest.mark.parametrize("agent", fixtures(), ids=lambda agent: f"{agent.format}:{agent.path}")
def test_set_to_a_word_and_back_gives_the_same_bytes(agent: Agent) -> None:
    """Not so for texts over several lines, which are wrapped anew, escapes, which are written as what they mean, and
    `off`, which gets quotes: without them it is a truth value to many readers.
    """
    for field in agent.fields:
        is_simple = isinstance(field.value, str) and not set("\\\n") & set(field.raw) and field.value not in UNSAFE
        if is_simple and counts(field.name, agent) and not is_repaired(agent):
            there = edited(agent, {field.name: "word"})
            other = parse_all(there, agent.path.partition("#")[0], format=agent.format)[agent.number]
            assert edited(other, {field.name: field.value}) == agent.source, field.key


def counts(name: str, agent: Agent) -> bool:
    return sum(field.name == name for field in agent.fields) == 1 and name != "name"


def is_repaired(agent: Agent) -> bool:
    """Whether its header is no YAML."""
    return any(each.code.startswith("yaml") for each in agent.diagnostics)


@settings(max_examples=200)
@given(st.data())
def test_added_and_removed_is_the_same(data: st.DataObject) -> None:
    agent = data.draw(st.sampled_from(fixtures()))
    if not agent.fields or is_repaired(agent):
        return
    value = data.draw(TEXTS.filter(lambda text: "\r" not in text))
    there = edited(agent, {"x-added": value})
    other = parse_all(there, agent.path.partition("#")[0], format=agent.format)[agent.number]
    added = other.field("x-added")
    assert added is not None
    assert [(each.name, each.value) for each in other.fields if each is not added] == [
        (each.name, each.value) for each in agent.fields
    ]
    assert edited(other, without=("x-added",)) == agent.source
