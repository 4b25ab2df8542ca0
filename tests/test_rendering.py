"""New files: whatever is written is read again as it was."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdiff.errors import BadInput
from agentdiff.formats import FORMATS, Format, parse, parse_all
from agentdiff.formats._tree import Bare
from agentdiff.formats.base import Container, Holds, Key, ListStyle, Type
from agentdiff.formats.detection import DATA
from agentdiff.formats.editing import body_of
from agentdiff.formats.rendering import (
    Marked,
    check_written,
    holds_several,
    is_written,
    render,
    render_all,
    split_prompt,
    with_style,
)
from agentdiff.model import FieldValue

WRITTEN = [format.name for format in FORMATS.values() if is_written(format)]

PATHS = {Container.JSON: "agent.json", Container.TOML: "agent.toml", Container.YAML: "agent.yaml"}

# ---------------------------------------------------------------------------------------------- laws

NASTY = (
    *(
        "a: b",
        "a #b",
        "# a",
        "'",
        '"',
        "it's",
        'say "x"',
        "- a",
        "? a",
        "* a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a`",
        "[a",
        "{a}",
    ),
    *("null", "~", "true", "yes", "1", "1.0", "1e3", "0x1f", "2024-01-01", "12:30", "---", "...", "=", "<<", "|", ">-"),
    *(
        "  a",
        "a  ",
        "\ta",
        "a\tb",
        "a\\nb",
        "\\",
        "a\n---\nb",
        "a\n\nb",
        "a\n  b\n c",
        "\na",
        "a\n",
        "é 日本 📝",
        "a\u2028b",
    ),
    *("'''", '"""', "'''a\"\"\"", "a:", ":a", "a, b", "$x", "{{ x }}", "//x", "/* x */", "\x7f", "\u200b", "a\\"),
)
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\r\ufeff\x00")
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(CHARACTERS, max_size=12))
NAMES = st.lists(
    st.one_of(st.sampled_from(("Read", "Bash(git:*)", "*", "a b", "x/y")), TEXTS.filter(str.strip)), max_size=3
)
VALUES: st.SearchStrategy[FieldValue] = st.recursive(
    TEXTS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2).map(tuple),
        st.dictionaries(TEXTS.filter(lambda key: bool(key.strip())), inner, min_size=1, max_size=2),
    ),
    max_leaves=4,
)
BODIES = st.one_of(
    st.sampled_from(
        (
            *(
                "",
                "Work.",
                "---\nWork.\n---\nx",
                "---\n---\n",
                "a: b\n---\n",
                "\n\nWork.\n\n",
                "    code\n\ttab",
                "```\n---\n```",
            ),
            *(
                "- a\n- b",
                "Work.\n\nMore.\n\n- and\n",
                "# Title\n\nText",
                "'''\n\"\"\"",
                "x  \ny\\",
                "{a: b}",
                "[[x]]\ny = 1",
                "é\u2028",
            ),
        )
    ),
    st.lists(TEXTS, max_size=5).map("\n".join),
)


def value_of(key: Key) -> st.SearchStrategy[FieldValue]:
    """Values that such a key holds."""
    match key.type:
        case Type.FLAG:
            return st.sampled_from(("true", "false"))
        case Type.NUMBER:
            return st.sampled_from(("0", "30", "0.5", "-1"))
        case Type.NAMES:
            return NAMES.map(tuple).filter(lambda names: names_survive(names, key))
        case Type.LIST:
            return st.lists(VALUES, max_size=2).map(tuple)
        case Type.MAP:
            return st.dictionaries(TEXTS.filter(lambda text: bool(text.strip())), VALUES, min_size=1, max_size=2)
    return TEXTS


def names_survive(names: tuple[str, ...], key: Key) -> bool:
    """An empty list that is written as text is nothing; names are told without blanks around them and quotes."""
    return all(name == name.strip().strip("'\"") for name in names)


def keys_of(format: Format) -> list[Key]:
    """The keys for each canonical field that stand at the top of an agent and hold no number inside."""
    return [key for key in format.by_field.values() if "." not in key.key and key.name != "name"]


def by_name(field: tuple[str, FieldValue]) -> str:
    return field[0]


@settings(max_examples=300)
@given(st.data())
def test_what_is_written_is_read_again(data: st.DataObject) -> None:
    format = FORMATS[data.draw(st.sampled_from(WRITTEN))]
    keys = (
        data.draw(st.lists(st.sampled_from(keys_of(format)), max_size=4, unique_by=lambda key: key.key))
        if keys_of(format)
        else []
    )
    fields = [(key.name, data.draw(value_of(key), label=key.key)) for key in keys]
    body = data.draw(BODIES, label="body")
    if not body.strip("\r\n") or not body.strip():
        body = "Work."
    text = render(fields, body, format)
    again = parse(text, PATHS.get(format.containers[0], "agent.md"), format=format.name)
    found = [(field.name, field.value) for field in again.fields]
    if format.containers[0] is Container.TOML:  # its maps stand last
        assert sorted(found, key=by_name) == sorted(fields, key=by_name)
    else:
        assert found == fields
    assert body_of(again).strip("\n") == body.strip("\n")
    assert not [each.code for each in again.diagnostics if each.code.startswith(("yaml", "duplicate"))]


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize(
    "name", ["claude-agent", "cursor-rule", "codex-agent", "kiro-agent", "opencode-json", "roo-modes"]
)
def test_every_text_is_a_description(name: str, text: str) -> None:
    (again,) = parse_all(render([("description", text)], "Work.", FORMATS[name]), "agent", format=name)
    field = again.field("description")
    assert field is not None
    assert field.value == text


@given(TEXTS)
def test_numbers_and_texts_stay_what_they_are(text: str) -> None:
    value = Marked({"text": text, "number": Bare("30"), "list": [Bare("true"), "true"]})
    for name in ("claude-agent", "codex-agent", "opencode-json", "docker-agent"):
        written = render([("hooks", value)], "Work.", FORMATS[name])
        field = parse(written, "agent", format=name).field("hooks")
        assert field is not None
        assert field.value == {"text": text, "number": "30", "list": ("true", "true")}
        assert re.search(r"number['\"]?\s*[:=] 30\b", written)


# ---------------------------------------------------------------------------------------------- what it looks like


@pytest.mark.parametrize(
    ("name", "fields", "expected"),
    [
        (
            "claude-agent",
            [("name", "clerk"), ("tools", ("Read", "Grep")), ("max-turns", "5"), ("background", "true")],
            "---\nname: clerk\ntools: Read, Grep\nmaxTurns: 5\nbackground: true\n---\n\nWork.\n",
        ),
        ("claude-agent", [], "Work.\n"),
        ("claude-agent", [("tools", ())], "---\ntools: []\n---\n\nWork.\n"),
        ("copilot-agent", [("tools", ("read", "search"))], "---\ntools: [read, search]\n---\n\nWork.\n"),
        ("agent-skill", [("tools", ("Read", "Grep"))], "---\nallowed-tools: Read Grep\n---\n\nWork.\n"),
        ("cursor-rule", [("description", "a\nb")], '---\ndescription: "a\\nb"\n---\n\nWork.\n'),  # it reads no blocks
        ("takt-persona", [], "Work.\n"),
        ("codex-agent", [("name", "clerk")], 'name = "clerk"\ndeveloper_instructions = "Work."\n'),
        (
            "opencode-json",
            [("name", "clerk"), ("temperature", "0.5")],
            '{\n  "agent": {\n    "clerk": {\n      "temperature": 0.5,\n      "prompt": "Work."\n    }\n  }\n}\n',
        ),
        (
            "goose-recipe",
            [("display-name", "Clerk"), ("model", "x"), ("temperature", "1")],
            "title: Clerk\nsettings:\n  goose_model: x\n  temperature: 1\ninstructions: Work.\n",
        ),
        ("roo-modes", [("name", "clerk")], "customModes:\n  - slug: clerk\n    roleDefinition: Work.\n"),
    ],
)
def test_written(name: str, fields: list[tuple[str, FieldValue]], expected: str) -> None:
    assert render(fields, "Work.", FORMATS[name]) == expected


def test_a_text_that_looks_like_a_header_gets_an_empty_one() -> None:
    body = "---\nname: no\n---\n\nWork."
    text = render([], body, FORMATS["claude-agent"])
    assert text == f"---\n---\n\n{body}\n"
    again = parse(text, "x.md", format="claude-agent")
    assert (again.fields, body_of(again).strip("\n")) == ((), body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("You are a clerk.\n\nFile letters.", ["You are a clerk.", "File letters."]),
        ("You are a clerk.", ["You are a clerk."]),
        ("# Clerk\n\nFile letters.", ["# Clerk\n\nFile letters."]),
        ("Rules:\n\n- File letters.", ["Rules:\n\n- File letters."]),
        ("a\n\n\nb", ["a\n\n\nb"]),
    ],
)
def test_a_prompt_of_two_texts(body: str, expected: list[str]) -> None:
    assert split_prompt(body, 2) == expected
    assert split_prompt(body, 1) == [body]


@pytest.mark.parametrize(
    ("value", "style", "expected"),
    [
        (("Read", "Grep"), ListStyle.COMMAS, "Read, Grep"),
        (("Read", "Grep"), ListStyle.BLANKS, "Read Grep"),
        (("Read", "Grep"), ListStyle.LIST, ("Read", "Grep")),
        (("a, b", "c"), ListStyle.COMMAS, ("a, b", "c")),
        (("Bash(git add *)", "Read"), ListStyle.BLANKS, "Bash(git add *) Read"),
        ((), ListStyle.COMMAS, ()),
        (({"a": "b"},), ListStyle.COMMAS, ({"a": "b"},)),
        ("Read", ListStyle.COMMAS, "Read"),
    ],
)
def test_a_list_is_one_text_where_its_names_can_be_told_again(
    value: FieldValue, style: ListStyle, expected: FieldValue
) -> None:
    assert with_style(value, Key("tools", type=Type.NAMES, style=style)) == expected


# ---------------------------------------------------------------------------------------------- several, and none


def test_several_in_one_file() -> None:
    for name in filter(lambda name: holds_several(FORMATS[name]), WRITTEN):
        agents = [([("name", each), ("description", "x")], f"Work as {each}.") for each in ("a", "b")]
        again = parse_all(render_all(agents, FORMATS[name]), "agent", format=name)
        assert [(each.name, body_of(each).strip("\n")) for each in again] == [("a", "Work as a."), ("b", "Work as b.")]
    with pytest.raises(BadInput, match="a file of codex-agent holds one agent; name one of them as FILE#NAME"):
        render_all(agents, FORMATS["codex-agent"])


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("codebuff-agent", "it is program code"),
        ("kimi-cli-yaml", "its files have the prompt in a file of its own"),
        ("vibe-agent", "its files have the prompt in a file of its own"),
        ("gemini-remote-agent", "its files have the prompt nowhere"),
        ("qwen-fork-profile", "its files have the prompt nowhere"),
    ],
)
def test_what_cannot_be_written(name: str, problem: str) -> None:
    for write in (lambda: check_written(FORMATS[name]), lambda: render([], "Work.", FORMATS[name])):
        with pytest.raises(BadInput, match=f"{name} cannot be written: {problem}; choose another format"):
            write()


def test_every_other_dialect_is_written() -> None:
    containers = {FORMATS[name].containers[0] for name in WRITTEN}
    assert containers == {*DATA, Container.FRONT_MATTER, Container.MARKDOWN}
    assert {root.holds for name in WRITTEN for root in FORMATS[name].roots[:1]} == set(Holds)
