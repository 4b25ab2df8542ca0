from __future__ import annotations

import pytest

from agentdiff.formats import _json, _toml, _tree, _yaml_tree
from agentdiff.formats._tree import Bare, Node, find, is_same, line_numbers, typed

LINES = {
    "literal": ("|\n    one\n\n    three\n", "one\n\nthree\n", (5, 6, 7, 8)),
    "literal that begins blank": ("|2\n\n\n      one\n    two", "\n\n  one\ntwo", (5, 6, 7, 8)),
    "folded": (">-\n  one\n  two\n\n  three\n  four\n\n\n  five", "one two\nthree four\n\nfive", (5, 8, 10, 12)),
    "plain": ("one\n  two\n\n  three", "one two\nthree", (4, 7)),
    "double quotes of YAML": ('"one\\n\\ttwo \\\n  more\\n\\\n  three"', "one\n\ttwo more\nthree", (4, 4, 6)),
    "double quotes, escapes beyond ASCII": (
        '"\\U0001F600\\u00e9\\x41\\n\n  two\n\n  three"',
        "😀éA\n two\nthree",
        (4, 5, 7),
    ),
    "single quotes of YAML": ("'it''s one\n\n  ''two'''", "it's one\n'two'", (4, 6)),
    "single quotes that begin with one": ("'''one''\n\n  two'", "'one'\ntwo", (4, 6)),
    "TOML literal": ("'''\none\n\n'two'\n'''", "one\n\n'two'\n", (5, 6, 7, 8)),
    "TOML literal on the first line": ("'''one\ntwo'''", "one\ntwo", (4, 5)),
    "TOML basic": ('"""\none \\\n   more\ntwo\\nthree\n"four\\""""', 'one more\ntwo\nthree\n"four"', (5, 7, 7, 8)),
    "TOML with carriage returns": ("'''\r\none\r\n\r\ntwo'''", "one\n\ntwo", (5, 6, 7)),
    "JSON": ('"one\\ntwo\\n"', "one\ntwo\n", (4, 4, 4)),
    "an alias": ("*text", "one\ntwo", (4, 4)),
    "another text": ("|\n  one\n  two", "one\nelse", (4, 4)),
    "one line": ("plain", "plain", (4,)),
    "nothing": ('""', "", (4,)),
}


@pytest.mark.parametrize(("raw", "text", "expected"), LINES.values(), ids=LINES)
def test_the_lines_of_a_text(raw: str, text: str, expected: tuple[int, ...]) -> None:
    assert line_numbers(raw, 4, text) == expected


def test_find_follows_keys_and_takes_the_last_of_two() -> None:
    node = _json.load('{"a": {"b": 1, "b": 2}, "l": [{"b": 3}]}')
    assert (found := find(node, ["a", "b"])) and found.value == "2"
    assert find(node, []) == node
    assert find(node, ["a", "c"]) is None
    assert find(node, ["l", "b"]) is None


def test_typed_tells_numbers_from_texts() -> None:
    node = _json.load('{"a": "1", "b": 1, "c": null, "d": [true]}')
    value = typed(node)
    assert value == {"a": "1", "b": "1", "c": None, "d": ["true"]}
    assert isinstance(value, dict)
    assert [isinstance(value[key], Bare) for key in "ab"] == [False, True]
    assert is_same(node, value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"1"', Bare("1")),
        ("1", "1"),
        ("null", "null"),
        ('""', None),
        ("[]", {}),
        ("{}", []),
        ("[1]", [Bare("1"), Bare("2")]),
        ('{"a": 1, "b": 2}', {"b": Bare("2"), "a": Bare("1")}),
        ('{"a": 1, "a": 2}', {"a": Bare("2")}),
    ],
)
def test_what_looks_alike_is_not_the_same(written: str, value: _tree.Typed) -> None:
    assert not is_same(_json.load(written), value)


def test_the_three_read_one_value_alike() -> None:
    expected = {"name": "a", "limits": {"turns": "5", "tools": ("x", "y")}}
    texts = {
        _json: '{"name": "a", "limits": {"turns": 5, "tools": ["x", "y"]}}',
        _toml: 'name = "a"\n[limits]\nturns = 5\ntools = ["x", "y"]\n',
        _yaml_tree: "name: a\nlimits:\n  turns: 5\n  tools: [x, y]\n",
    }
    nodes: list[Node] = [container.load(text) for container, text in texts.items()]
    assert [node.value for node in nodes] == [expected] * 3
    assert all(is_same(node, typed(nodes[0])) for node in nodes)
