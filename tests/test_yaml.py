from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tree_laws import KEYS, SCALARS, check_insert_and_remove, check_remove, check_replace, plain, values

from agentdiff.errors import BadInput
from agentdiff.formats import _yaml, _yaml_tree
from agentdiff.formats._tree import Bare, NotReadable, Typed, find, typed

SAMPLE = """# modes
customModes:
  - slug: review # short
    name: "R\\u00e9view"
    roleDefinition: |-
      One

        two
    whenToUse: >
      folded text of
      two lines

      and more
    groups:
    - read
    - - edit
      - { fileRegex: '\\.md$', "description": it }
    limit: 1.50
    nothing:
    # about the next
    none: ~
    flag: true
  -
    slug: 'it''s'
    plain: one
      two
    keep: |+
      kept

other: [a, b, {}]
"""
OTHER = """--- # start
a: &text "x"
b:
  - &list [1, 2]
  - 'y'
  -
c: {d: , e: {f: g}}
h: |
  one
  # no comment
# a comment
i:
    # deeper
    j: k
    # below
l: m
    # deeper still
"""
LIST = "- a: 1\n  b: 2\n- - c\n  - d: |\n      e\n- f"
TEXTS = [SAMPLE, OTHER, LIST, SAMPLE.replace("\n", "\r\n"), "\ufeff" + OTHER, OTHER.rstrip("\n")]
VALUES = values(SCALARS | st.none())


def _written(text: str, *path: str) -> str:
    node = find(_yaml_tree.load(text), path)
    assert node
    return text[node.start : node.end]


def test_every_value_has_its_place() -> None:
    node = _yaml_tree.load(SAMPLE)
    first, second = node.entries[0].node.elements
    written = {entry.key: SAMPLE[entry.node.start : entry.node.end] for entry in first.entries}
    assert written["slug"] == "review"
    assert written["name"] == '"R\\u00e9view"'
    assert written["roleDefinition"] == "|-\n      One\n\n        two"
    assert written["groups"].startswith("- read\n    - - edit")
    assert written["groups"].endswith('"description": it }')
    assert written["limit"] == "1.50"
    assert written["nothing"] == ""
    assert {entry.key: SAMPLE[entry.node.start : entry.node.end] for entry in second.entries} == {
        "slug": "'it''s'",
        "plain": "one\n      two",
        "keep": "|+\n      kept",
    }
    assert [SAMPLE[entry.start : entry.start + 5] for entry in node.entries] == ["custo", "other"]


def test_values_are_those_of_the_reader_for_front_matter() -> None:
    for text in TEXTS:
        block = text.removeprefix("\ufeff").removeprefix("--- # start")
        if text is LIST:
            continue
        pairs = {pair.key: pair.value for pair in _yaml.load(block)}
        tree = _yaml_tree.load(text).value
        assert tree == pairs


@pytest.mark.parametrize(
    ("written", "value", "is_text"),
    [
        ("x", "x", True),
        ("'1'", "1", True),
        ("!!str 1", "1", True),
        ("1", "1", False),
        ("-1.5e3", "-1.5e3", False),
        ("0x1F", "0x1F", False),
        ("0b11", "0b11", True),
        ("1_000", "1_000", True),
        ("12:30", "12:30", True),
        ("2024-01-01", "2024-01-01", True),
        ("TRUE", "TRUE", False),
        ("yes", "yes", True),
        (".nan", ".nan", False),
        ("null", None, False),
        ("~", None, False),
        ("", None, False),
        ("'null'", "null", True),
        ("|\n  1", "1", True),
    ],
)
def test_what_yaml_calls_text(written: str, value: str | None, is_text: bool) -> None:
    node = _yaml_tree.load(f"a: {written}").entries[0].node
    assert (node.value, node.is_text) == (value, is_text)


def test_the_reader_for_front_matter_knows_null_too() -> None:
    text = "a: null\nb: ~\nc:\nd: 'null'\ne: [~, x]\nf: |\n  null\n"
    assert [pair.value for pair in _yaml.load(text)] == [None, None, None, "null", (None, "x"), "null\n"]


SIMPLE = (
    "name: reviewer\ndescription: Reviews C#, e.g. a:b, it's \u201cstrict\u201d \U0001f600\ntools: Read, Write\n",
    "description: \"Reviews: changes # all 'of' them\"\nname: ''\nmodel: '\\n: \"x\" #'\nname: 10\n",
)
NOT_SIMPLE = {
    "a number of lines": "name: a\n  b\n",
    "a blank line": "name: a\n\nmodel: b\n",
    "a comment": "name: a\n# b: c\n",
    "a comment behind it": "name: a # b\n",
    "a map in it": "name: a: b\n",
    "a colon at its end": "name: a:\n",
    "blanks at its end": "name: a \n",
    "a carriage return": "name: a\r\n",
    "nothing": "name: a\ntools:\n",
    "the word for nothing": "name: null\n",
    "an escape": 'name: "a\\n"\n',
    "a doubled quotation mark": "name: 'a''b'\n",
    "text behind a quotation": "name: 'a' b\n",
    "an open quotation": "name: 'a\n",
    "a quotation mark alone": 'name: "\n',
    "a list": "name: [a]\n",
    "an anchor": "name: &a b\n",
    "a key in quotes": "'name': a\n",
    "a key with blanks": "my name: a\n",
    "another line separator": "name: a\u2028b: c\n",
    "a character that YAML does not allow": "name: a\x7f\n",
    "more lines than one writes": "name: a\n" * 1001,
    "no text": "",
}
SIGNS = "-:#'\"\\~[]{},&*!|>%@`?=. \t\r\n\x85\xa0\u2028\ufeff\ufffe\x1b\x7f"
LETTERS = "aBn0\u00e9\u4e00\U0001f600"
FRAGMENTS = st.sampled_from([*SIGNS, *LETTERS, ": ", " #", "- ", "null", "true", "1.5", "---", "<<", "\n  ", "\nk: "])
LINES = st.tuples(st.sampled_from(["a", "b-c", "D_1", "null", "1", "- e"]), st.lists(FRAGMENTS, max_size=6))


def parsed(text: str) -> tuple[_yaml.Pair, ...]:
    return tuple(_yaml._Reader(text).pairs())


@pytest.mark.parametrize("text", SIMPLE)
def test_simple_lines_need_no_parser(text: str) -> None:
    assert _yaml._simple_pairs(text) == parsed(text)
    assert len(parsed(text)) == text.count("\n")


@pytest.mark.parametrize("text", NOT_SIMPLE.values(), ids=NOT_SIMPLE.keys())
def test_all_other_lines_need_one(text: str) -> None:
    assert _yaml._simple_pairs(text) == ()


@given(st.lists(LINES, min_size=1, max_size=4))
def test_law_of_simple_lines(lines: list[tuple[str, list[str]]]) -> None:
    text = "".join(f"{key}: {''.join(parts)}\n" for key, parts in lines)
    assert (simple := _yaml._simple_pairs(text)) == () or simple == parsed(text)


def test_an_alias_has_its_own_place() -> None:
    text = "a: &x {b: 1}\nc: *x\n"
    node = _yaml_tree.load(text)
    assert node.value == {"a": {"b": "1"}, "c": {"b": "1"}}
    assert _written(text, "a") == "{b: 1}"
    assert _written(text, "c") == "*x"
    assert _written(text, "c", "b") == "1"
    with pytest.raises(BadInput, match="alias"):
        _yaml_tree.insert(text, node.entries[1].node, "k", "v")


def test_a_repeated_key_is_there_twice() -> None:
    node = _yaml_tree.load("a: 1\na: 2\n")
    assert ([entry.node.value for entry in node.entries], node.value) == (["1", "2"], {"a": "2"})


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "nothing"),
        ("# c\n", 1, "nothing"),
        ("text", 1, "neither"),
        ("a: 1\n---\nb: 2\n", 2, "several documents"),
        ("a: 1\n? b\n: 2\n[c]: 3\n", 4, "key"),
        ("a:\n  - b: c: d\n", 2, "not valid YAML"),
        ("a: [1\n", 2, "not valid YAML"),
        ("a: 1\nb: !!python/object x\n", 2, "tag"),
        ("a: 1\nb: *c\n", 2, "alias"),
        ("a: 1\nb: \x07\n", 2, "character"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(NotReadable, match=words) as caught:
        _yaml_tree.load(text)
    assert caught.value.line == line
    assert not caught.value.is_too_complex


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 40 + "]" * 40,
        "a: " + "[" * 100_000,
        "a: [" + "1," * 20_001 + "]",
        "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    ],
)
def test_hostile_sizes_are_refused(text: str) -> None:
    with pytest.raises(NotReadable) as caught:
        _yaml_tree.load(text)
    assert caught.value.is_too_complex


EDITS: dict[str, tuple[str, Typed, str]] = {
    "plain": ("a: x # c\n", "y", "a: y # c\n"),
    "plain that needs quotes": ("a: x\n", "y: z", "a: 'y: z'\n"),
    "text that looks like a number": ("a: x\n", "1e3", "a: '1e3'\n"),
    "number": ("a: x\n", Bare("1.50"), "a: 1.50\n"),
    "nothing": ("a: x\n", None, "a:\n"),
    "from nothing": ("a: # c\n", "x", "a: x # c\n"),
    "double quotes": ('a: "x"\n', 'é\n"', 'a: "é\\n\\""\n'),
    "single quotes": ("a: 'x'\n", "it's", "a: 'it''s'\n"),
    "block": ("a: |\n    x\n\n# c\n", "one\n\n two\n", "a: |\n    one\n\n     two\n\n# c\n"),
    "block that ends without a break": ("a: | # c\n  x\n", "y", "a: |- # c\n  y\n"),
    "block that gets a break": ("a: |-\n  x", "y\n", "a: |\n  y\n"),
    "kept breaks": ("a: |+\n  x\n\n", "y\n\n", "a: |+\n  y\n\n"),
    "indentation given": ("a: |2-\n   x\n", "y", "a: |2-\n  y\n"),
    "folded": ("a: >-\n  some words\n  more\n", "one two three\nfour", "a: >-\n  one two\n  three\n\n  four\n"),
    "folded that cannot be": ("a: >-\n  x\n", "one\n  two", "a: |-\n  one\n    two\n"),
    "plain to several lines": ("a: x\n", "one\ntwo\n", "a: |\n  one\n  two\n"),
    "several lines in front of a comment": ("a: x # c\n", "one\ntwo", 'a: "one\\ntwo" # c\n'),
    "several lines above a comment": ("a: x\n    # c\n", "one\ntwo", 'a: "one\\ntwo"\n    # c\n'),
    "brackets": ("a: [x,  y] # c\n", ["z", "u, v"], "a: [z, 'u, v'] # c\n"),
    "list": ("a:\n- x # c\nb: 1\n", ["y", "z"], "a:\n- y\n- z # c\nb: 1\n"),
    "list to text": ("a:\n- x\n", "y", "a:\n  y\n"),
    "text to list": ("a: x\n", ["y", "z"], "a: [y, z]\n"),
    "text to map": ("a: x\n", {"b": {"c": "d"}}, "a:\n  b:\n    c: d\n"),
    "list to map": ("a:\n- x\n", {"b": "c"}, "a:\n  b: c\n"),
    "list to nothing in it": ("a:\n- x\n", [], "a:\n  []\n"),
    "behind an anchor": ("a: &b x\n", "y", "a: &b y\n"),
    "line endings": ("a: |\r\n  x\r\n", "y\nz\n", "a: |\r\n  y\r\n  z\r\n"),
    "the same": ("a: [ 'x' , y ] # c\n", ["x", "y"], "a: [ 'x' , y ] # c\n"),
}


@pytest.mark.parametrize(("text", "value", "expected"), EDITS.values(), ids=EDITS)
def test_replacing(text: str, value: Typed, expected: str) -> None:
    node = _yaml_tree.load(text).entries[0].node
    assert _yaml_tree.replace(text, node, value) == expected


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ("a: 1", (), "v", "a: 1\nk: v"),
        ("a: 1 # c\n# d\n", (), "v", "a: 1 # c\nk: v\n# d\n"),
        ("a:\n    b: |\n      x\n\nc: 1\n", ("a",), "v", "a:\n    b: |\n      x\n    k: v\n\nc: 1\n"),
        ("a:\n  b: |+\n    x\n\nc: 1\n", ("a",), "v", "a:\n  b: |+\n    x\n\n  k: v\nc: 1\n"),
        ("a: |\n  x", (), "v", "a: |-\n  x\nk: v"),
        ("a: {b: 1}\n", ("a",), ["v"], "a: {b: 1, k: [v]}\n"),
        ("a: {}\n", ("a",), "v", "a: {k: v}\n"),
        ("a: 1\r\n", (), {"b": "one\ntwo"}, "a: 1\r\nk:\r\n  b: |-\r\n    one\r\n    two\r\n"),
    ],
)
def test_inserting(text: str, path: tuple[str, ...], value: Typed, expected: str) -> None:
    node = find(_yaml_tree.load(text), path)
    assert node
    assert _yaml_tree.insert(text, node, "k", value) == expected


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("a: 1 # c\n# d\nb: 2\n", ("a",), "# d\nb: 2\n"),
        ("a: 1\nb: 2", ("b",), "a: 1"),
        ("a: |\n  x\n\nb: 2\n", ("a",), "\nb: 2\n"),
        ("a: |\n  x\nb: 2", ("b",), "a: |\n  x\n"),
        ("a: |+\n  x\n\nb: 2\n\nc: 3\n", ("b",), "a: |+\n  x\n\nc: 3\n"),
        ("a:\n  b: 1\n", ("a", "b"), "a:\n  {}\n"),
        ("a: {b: 1, c: 2}\n", ("a", "b"), "a: {c: 2}\n"),
        ("a:\n  b:\n    - 1 # c\n  d: 2\n", ("a", "b"), "a:\n  d: 2\n"),
    ],
)
def test_removing(text: str, path: tuple[str, ...], expected: str) -> None:
    node = find(_yaml_tree.load(text), path[:-1])
    assert node
    entry = next(entry for entry in node.entries if entry.key == path[-1])
    assert _yaml_tree.remove(text, node, entry) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("- a: 1\n  b: 2\n", "- b: 2\n"), ("- a: 1 # c\n  # of b\n  b: 2\n", "- \n  # of b\n  b: 2\n")],
)
def test_removing_behind_a_dash(text: str, expected: str) -> None:
    node = _yaml_tree.load(text).elements[0]
    assert _yaml_tree.remove(text, node, node.entries[0]) == expected


@given(st.sampled_from(TEXTS), st.integers(0, 60), VALUES)
def test_law_of_replacing(text: str, number: int, value: Any) -> None:
    check_replace(_yaml_tree, text, number, value)


@given(st.sampled_from(TEXTS), st.integers(0, 60), VALUES)
def test_law_of_inserting(text: str, number: int, value: Any) -> None:
    check_insert_and_remove(_yaml_tree, text, number, value)


@given(st.sampled_from(TEXTS), st.integers(0, 60))
def test_law_of_removing(text: str, number: int) -> None:
    check_remove(_yaml_tree, text, number)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4) | st.lists(VALUES, min_size=1, max_size=3))
def test_a_new_file_holds_the_value(value: Any) -> None:
    text = _yaml_tree.dump(value)
    assert plain(typed(_yaml_tree.load(text))) == plain(value), text


def test_a_new_file() -> None:
    value: dict[str, Typed] = {"b": "1", "a": ["x", {"c": "one\ntwo\n"}], "d": None, "e": Bare("1")}
    assert _yaml_tree.dump(value) == "b: '1'\na:\n  - x\n  - c: |\n      one\n      two\nd:\ne: 1\n"
