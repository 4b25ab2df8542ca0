from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tree_laws import KEYS, SCALARS, check_insert_and_remove, check_remove, check_replace, plain, values

from agentdiff.errors import BadInput
from agentdiff.formats import _toml
from agentdiff.formats._tree import Bare, Node, NotReadable, Typed, find, typed

SAMPLE = '''# a role
name = "reviewer" # short
"full name" = 'C:\\dir'
developer_instructions = """
One \\
   line.\\tTab
Two""\\"
"""
sandbox.mode = "read-only"
sandbox.roots = [
  "a", # first
  'b',
]
limit = 1_000

[mcp.docs] # a server
url = "x#y"
env = { A = "1", B.C = 2 }

[[skills.config]]
path = \'\'\'one
two\'\'\'
when = 1979-05-27 07:32:00

[mcp]
on = true

[[skills.config]]

[skills.config.more]
x = [[1, 2], []]
'''
DOTTED = "a.b.c = 1\na.b.d = 2\n  [t]\n  x.y = 1\n"
FOR_LAWS = SAMPLE.replace("B.C = 2", "B = {C = 2}").replace("[[skills.config]]", "[skills]\n\n[[skills.config]]", 1)
TEXTS = [FOR_LAWS, FOR_LAWS.replace("\n", "\r\n"), "\ufeff" + FOR_LAWS.rstrip("\n"), DOTTED]
VALUES = values(SCALARS)


def _written(text: str, *path: str) -> str:
    node = find(_toml.load(text), path)
    assert node
    return text[node.start : node.end]


def test_every_value_has_its_place() -> None:
    assert _written(SAMPLE, "name") == '"reviewer"'
    assert _written(SAMPLE, "full name") == "'C:\\dir'"
    assert _written(SAMPLE, "sandbox", "mode") == '"read-only"'
    assert _written(SAMPLE, "sandbox") == SAMPLE[SAMPLE.index("sandbox") : SAMPLE.index("limit") - 1]
    assert _written(SAMPLE, "mcp", "docs") == '[mcp.docs] # a server\nurl = "x#y"\nenv = { A = "1", B.C = 2 }'
    assert _written(SAMPLE, "mcp").endswith("[mcp]\non = true")
    assert _written(SAMPLE, "mcp", "docs", "env", "B", "C") == "2"
    assert _written(SAMPLE, "skills").startswith("[[skills.config]]\npath")
    node = _toml.load(SAMPLE)
    assert [entry.key for entry in node.entries] == [
        *("name", "full name", "developer_instructions", "sandbox", "limit", "mcp", "skills")
    ]
    assert [SAMPLE[entry.start : entry.start + 3] for entry in node.entries[:4]] == ["nam", '"fu', "dev", "san"]


def test_values_stay_as_written_and_texts_are_decoded() -> None:
    value: Any = _toml.load(SAMPLE).value
    assert value["developer_instructions"] == 'One line.\tTab\nTwo"""\n'
    assert value["limit"] == "1_000"
    assert value["skills"]["config"] == (
        {"path": "one\ntwo", "when": "1979-05-27 07:32:00"},
        {"more": {"x": (("1", "2"), ())}},
    )
    assert _toml.load(SAMPLE.replace("\n", "\r\n")).value == value


def _texts(node: Node) -> Any:
    """What the standard library would read, everything but texts left out."""
    if node.entries or isinstance(node.value, dict):
        return {entry.key: _texts(entry.node) for entry in node.entries}
    if isinstance(node.value, tuple):
        return [_texts(element) for element in node.elements]
    return node.value if node.is_text else None


def _only_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _only_texts(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_only_texts(element) for element in value]
    return value if isinstance(value, str) else None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        SAMPLE,
        DOTTED,
        "a = ''''one''''\n",
        'a = """"one"""""\n',
        'a = """\\\n   x \\\\ \\" \\u00e9\\U0001F600 \\\n\n  y"""\n',
        "a = [ # c\n  {b = ']'}, # d\n]\n",
        "\"a.b\".'c d'.e = 1\n",
        "[ a . b ]\nc=1#d\n[[ a . l ]]\n[[a.l]]\n[a.l.m]\nx=''\n",
        "t = 07:32:00\nd = 1979-05-27T07:32:00Z\nf = [1e3,-inf,0x1F,]\n",
        "a = {}\nb = []\nc = ''\n",
    ],
)
def test_agrees_with_the_standard_library(text: str) -> None:
    assert _texts(_toml.load(text)) == _only_texts(tomllib.loads(text))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\na = 2\n", 2),
        ("a = 1\n[a]\n", 2),
        ("a = 'x\n", 1),
        ("\n\na =\n", 3),
        ("a\n", 1),
        ("[a\n", 1),
        ("a = [1 2]\n", 1),
        ('a = "\\q"\n', 1),
        ("[[a]]\n[a]\n", 2),
        ("a = []\n[[a]]\n", 2),
        ("a = yes\n", 1),
        ("a = 1 b = 2\n", 1),
        ("a = {b = 1}\na.c = 2\n", 2),
        ("a = '''x\n", 2),
        ('a = "\\ud800"\n', 1),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int) -> None:
    with pytest.raises(NotReadable, match="not valid TOML") as caught:
        _toml.load(text)
    assert caught.value.line in (line, line - 1)
    assert not caught.value.is_too_complex


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 65 + "]" * 65,
        "a = " + "[" * 100_000,
        ".".join("a" * 100_000) + " = 1",
        "a = [" + "1," * 20_001 + "]",
        "[[a]]\n" * 20_001,
        "[" + ".".join("a" * 70) + "]",
    ],
)
def test_hostile_sizes_are_refused(text: str) -> None:
    with pytest.raises(NotReadable) as caught:
        _toml.load(text)
    assert caught.value.is_too_complex


EDITS: dict[str, tuple[str, str, Typed, str]] = {
    "basic": ('a = "x" # c\n', "a", 'y"\\', 'a = "y\\"\\\\" # c\n'),
    "literal": ("a = 'x'\n", "a", "C:\\", "a = 'C:\\'\n"),
    "literal that cannot be": ("a = 'x'\n", "a", "it's", 'a = "it\'s"\n'),
    "several lines": ('a = "x"\n', "a", "one\ntwo\n", "a = '''\none\ntwo\n'''\n"),
    "long literal": ("a = '''\nx\n'''\n", "a", "it's\n", "a = '''\nit's\n'''\n"),
    "long literal on its first line": ("a = '''x'''\n", "a", "y", "a = '''y'''\n"),
    "long literal that cannot be": ("a = '''\nx\n'''\n", "a", "''' \\", 'a = """\n\'\'\' \\\\"""\n'),
    "long basic": ('a = """x"""\n', "a", 'y\n"', 'a = """y\n\\""""\n'),
    "quotes in long basic": ('a = """\nx"""\n', "a", '""""\n', 'a = """\n\\"\\"""\n"""\n'),
    "line endings": ("a = '''\r\nx'''\r\n", "a", "y\nz", "a = '''\r\ny\r\nz'''\r\n"),
    "number": ("a = 'x'\n", "a", Bare("1.50"), "a = 1.50\n"),
    "number to text": ("a = 1\n", "a", "1", 'a = "1"\n'),
    "foreign flag": ("a = 1\n", "a", Bare("False"), "a = false\n"),
    "foreign word": ("a = 1\n", "a", Bare("null"), 'a = "null"\n'),
    "list": ("a = ['x'] # c\n", "a", ["y", "z"], "a = ['y', 'z'] # c\n"),
    "list over lines": ("a = [\n\t'x', # c\n]\n", "a", ["y", "z"], "a = [\n\t'y',\n\t'z',\n]\n"),
    "the same": ("a = [ 'x', ] # c\n", "a", ["x"], "a = [ 'x', ] # c\n"),
    "table": ("[a]\n# c\nx = 1 # d\ny = 2\n", "a", {"x": Bare("1"), "z": "3"}, '[a]\n# c\nx = 1 # d\nz = "3"\n'),
    "table to value": ("b = 1\n\n[a]\nx = 1\n", "a", "y", 'b = 1\na = "y"\n'),
    "tables to table": ("[[a]]\nx = 1\n", "a", {"y": "z"}, '[a]\ny = "z"\n'),
    "tables to none": ("[[a]]\nx = 1\n\n[[a]]\nx = 2\n", "a", [], "a = []\n"),
}


@pytest.mark.parametrize(("text", "key", "value", "expected"), EDITS.values(), ids=EDITS)
def test_replacing(text: str, key: str, value: Typed, expected: str) -> None:
    node = find(_toml.load(text), [key])
    assert node
    assert _toml.replace(text, node, value) == expected


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ("a = 1 # c\n\n[t]\n", (), "v", 'a = 1 # c\nk = "v"\n\n[t]\n'),
        ("[t]\nx = 1", (), "v", 'k = "v"\n[t]\nx = 1'),
        ("[t] # c\n", ("t",), "v", '[t] # c\nk = "v"\n'),
        ("[t]\n  x = 1\n\n[u]\n", ("t",), "v", '[t]\n  x = 1\n  k = "v"\n\n[u]\n'),
        ("t.x = 1\n", ("t",), "v", 't.x = 1\nt.k = "v"\n'),
        ("t = {x = 1}\n", ("t",), {"b": "v"}, 't = {x = 1, k = { b = "v" }}\n'),
        ("t = {}\r\n", ("t",), "v", 't = {k = "v"}\r\n'),
        ("[t.u]\nx = 1\n", ("t",), "v", '[t.u]\nx = 1\n\n[t]\nk = "v"\n'),
        ("[t]\nx = 1\n\n[u]\n", ("t",), {"b": "v"}, '[t]\nx = 1\n\n[t.k]\nb = "v"\n\n[u]\n'),
        ("a = 1\n", (), [{"b": "v"}, {"b": "w"}], 'a = 1\n\n[[k]]\nb = "v"\n\n[[k]]\nb = "w"\n'),
        ("", (), {"b": {"c": "v"}}, '[k.b]\nc = "v"\n'),
        ("", (), "v", 'k = "v"\n'),
    ],
)
def test_inserting(text: str, path: tuple[str, ...], value: Typed, expected: str) -> None:
    node = find(_toml.load(text), path)
    assert node
    assert _toml.insert(text, node, "k", value) == expected


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("# c\na = 1 # d\n# e\nb = 2\n", ("a",), "# c\n# e\nb = 2\n"),
        ("a = 1\nb = 2", ("b",), "a = 1"),
        ("a = 1\nb = 2\n", ("a",), "b = 2\n"),
        ("a = '''\nx\n''' # c\nb = 2\n", ("a",), "b = 2\n"),
        ("[t]\nx = 1\n\n[u]\ny = 2\n\n[t.s]\nz = 3\n", ("t",), "\n[u]\ny = 2\n"),
        ("u = 1\n\n[t]\nx = 1 # c\n\n[[t.l]]\n[[t.l]]\n", ("t", "l"), "u = 1\n\n[t]\nx = 1 # c\n"),
        ("t = { a = 1, b = 2 }\n", ("t", "a"), "t = { b = 2 }\n"),
        ("t = { a = 1, b = 2 }\n", ("t", "b"), "t = { a = 1 }\n"),
        ("t.a = 1\nt.b = 2\n", ("t", "a"), "t.b = 2\n"),
    ],
)
def test_removing(text: str, path: tuple[str, ...], expected: str) -> None:
    node = find(_toml.load(text), path[:-1])
    assert node
    entry = next(entry for entry in node.entries if entry.key == path[-1])
    assert _toml.remove(text, node, entry) == expected


def test_nothing_cannot_be_written() -> None:
    for value in (None, ["a", None], {"a": None}):
        with pytest.raises(BadInput, match="leave it out"):
            _toml.dump({"k": value})


@given(st.sampled_from(TEXTS), st.integers(0, 60), VALUES)
def test_law_of_replacing(text: str, number: int, value: Any) -> None:
    check_replace(_toml, text, number, value)


@given(st.sampled_from(TEXTS), st.integers(0, 60), VALUES)
def test_law_of_inserting(text: str, number: int, value: Any) -> None:
    check_insert_and_remove(_toml, text, number, value)


@given(st.sampled_from(TEXTS), st.integers(0, 60))
def test_law_of_removing(text: str, number: int) -> None:
    check_remove(_toml, text, number, may_vanish=True)


def test_dots_in_braces_are_not_edited() -> None:
    text = "t = { a.b = 1, c = 2, a.d = 3 }\n"
    table = find(_toml.load(text), ["t"])
    assert table
    with pytest.raises(BadInput, match="dots"):
        _toml.remove(text, table, table.entries[0])
    with pytest.raises(BadInput, match="dots"):
        _toml.insert(text, table, "k", "v")
    with pytest.raises(BadInput, match="dots"):
        _toml.replace(text, table.entries[0].node, "v")
    assert _toml.replace(text, table.entries[1].node, "v") == 't = { a.b = 1, c = "v", a.d = 3 }\n'
    assert _toml.replace(text, table, {}) == "t = {}\n"


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_a_new_file_holds_the_value(value: dict[str, Any]) -> None:
    text = _toml.dump(value)
    assert plain(typed(_toml.load(text))) == plain(value), text


def test_a_new_file() -> None:
    value: dict[str, Typed] = {
        "name": "it's",
        "mcp": {"docs": {"url": "x", "args": ["a", Bare("1")]}},
        "prompt": "One\n'Two'\n",
        "other": "'''\n\\",
        "skills": [{"path": "a"}, {"path": "b", "in": {"x": "y"}}],
    }
    assert _toml.dump(value) == (
        "name = \"it's\"\nprompt = '''\nOne\n'Two'\n'''\nother = \"\"\"\n'''\n\\\\\"\"\"\n\n"
        '[mcp.docs]\nurl = "x"\nargs = ["a", 1]\n\n'
        '[[skills]]\npath = "a"\n\n[[skills]]\npath = "b"\n\n[skills.in]\nx = "y"\n'
    )
