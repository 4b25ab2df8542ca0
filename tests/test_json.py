from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tree_laws import SCALARS, check_insert_and_remove, check_remove, check_replace, plain, values

from agentdiff.formats import _json
from agentdiff.formats._tree import Bare, NotReadable, Typed, find, typed

SAMPLE = """{
  // who it is
  "name": "reviewer", // short
  "model": "x-1",
  /* how far */
  "limits": { "turns": 5, "note": null },
  "tools": [
    "read",
    "search",
  ],
  "empty": {},
  "prompt": "one\\ntwo",
}
"""
DENSE = '{"a":1,"b":{"c":[1,{"d":"x"}]}}'
LAST_BEHIND = '{ "a": 1, // first\n  "b": { "c": "\\u00e9" } }\n'
TEXTS = [SAMPLE, SAMPLE.replace("\n", "\r\n"), "\ufeff" + SAMPLE.replace(",\n}", "\n}"), DENSE, LAST_BEHIND]
VALUES = values(SCALARS | st.none())


def test_every_value_has_its_place() -> None:
    node = _json.load(SAMPLE)
    written = {entry.key: SAMPLE[entry.node.start : entry.node.end] for entry in node.entries}
    assert written["name"] == '"reviewer"'
    assert written["limits"] == '{ "turns": 5, "note": null }'
    assert written["tools"] == '[\n    "read",\n    "search",\n  ]'
    assert all(SAMPLE.startswith(f'"{entry.key}"', entry.start) for entry in node.entries)
    assert node.value == {
        "name": "reviewer",
        "model": "x-1",
        "limits": {"turns": "5", "note": None},
        "tools": ("read", "search"),
        "empty": {},
        "prompt": "one\ntwo",
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.50", "1.50"),
        ("-0e+7", "-0e+7"),
        ("\ufefftrue", "true"),
        ('"\\ud83d\\ude00\\u00e9"', "😀é"),
        ('"\\ud83d x"', "\ufffd x"),
        ('"// no comment"', "// no comment"),
        ("/**/ [1, /* , */ 2,] // end", ("1", "2")),
        ('{"a": 1, "a": 2}', {"a": "2"}),
    ],
)
def test_values(text: str, value: object) -> None:
    assert _json.load(text).value == value


def test_a_repeated_key_is_there_twice() -> None:
    assert [entry.node.value for entry in _json.load('{"a": 1, "a": 2}').entries] == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "nothing"),
        ("\n// only a comment", 2, "nothing"),
        ("{\n  a: 1}", 2, "double quotes"),
        ("{\n  'a': 1}", 2, "double quotes"),
        ("['a']", 1, "double quotes"),
        ('{"a" 1}', 1, "colon"),
        ('{"a": 1\n "b": 2}', 2, "comma"),
        ("[1 2]", 1, "comma"),
        ("[,]", 1, "value"),
        ("[01]", 1, "value"),
        ("[NaN]", 1, "double quotes"),
        ("[1", 1, "comma"),
        ('"a\nb"', 1, "not closed"),
        ('"\\x41"', 1, "escape"),
        ("[] []", 1, "behind the end"),
        ("[1] /* ", 1, "never closed"),
        ("{\n}\n}", 3, "behind the end"),
    ],
)
def test_what_is_no_json_is_told_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(NotReadable, match=words) as caught:
        _json.load(text)
    assert (caught.value.line, caught.value.is_too_complex) == (line, False)


@pytest.mark.parametrize("text", ["[" * 65 + "]" * 65, "[" + "1," * 20_001 + "]", "[" * 100_000])
def test_hostile_sizes_are_refused(text: str) -> None:
    with pytest.raises(NotReadable) as caught:
        _json.load(text)
    assert caught.value.is_too_complex


def test_the_limits_themselves_are_fine() -> None:
    assert _json.load("[" * 64 + "]" * 64).elements
    assert len(_json.load("[" + "1," * 19_999 + "]").elements) == 19_999


EDITS: dict[str, tuple[str, tuple[str, ...], Typed, str]] = {
    "text": ('{"a": "x"} // c', ("a",), 'y"é', '{"a": "y\\"é"} // c'),
    "ASCII stays ASCII": ('{"a": "\\u00e9"}', ("a",), "é😀", '{"a": "\\u00e9\\ud83d\\ude00"}'),
    "an escaped control character is no style": ('{"a": "\\u0007"}', ("a",), "é", '{"a": "é"}'),
    "marks that hide": ('{"a": ""}', ("a",), "\u202ex", '{"a": "\\u202ex"}'),
    "number": ('{"a": "x"}', ("a",), Bare("1.50"), '{"a": 1.50}'),
    "foreign flag": ('{"a": "x"}', ("a",), Bare("True"), '{"a": true}'),
    "foreign number": ('{"a": "x"}', ("a",), Bare("0x1F"), '{"a": "0x1F"}'),
    "nothing": ('{"a": "x"}', ("a",), None, '{"a": null}'),
    "a list on a line": ('{"a": [1,2]}', ("a",), ["x", "y"], '{"a": ["x", "y"]}'),
    "a list on lines": ('{\n\t"a": [\n\t\t1\n\t]\n}', ("a",), ["x", "y"], '{\n\t"a": [\n\t\t"x",\n\t\t"y"\n\t]\n}'),
    "the same": ('{"a": [1,2 /* c */]}', ("a",), [Bare("1"), Bare("2")], '{"a": [1,2 /* c */]}'),
}


@pytest.mark.parametrize(("text", "path", "value", "expected"), EDITS.values(), ids=EDITS)
def test_replacing(text: str, path: tuple[str, ...], value: Typed, expected: str) -> None:
    node = find(_json.load(text), path)
    assert node
    assert _json.replace(text, node, value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", '{"k": "v"}'),
        ("{}\n", '{\n  "k": "v"\n}\n'),
        ("{\n  // c\n}\n", '{\n  // c\n  "k": "v"\n}\n'),
        ('{"a":1}', '{"a":1,"k":"v"}'),
        ('{"a": 1}', '{"a": 1, "k": "v"}'),
        ('{"a": 1, }', '{"a": 1, "k": "v", }'),
        ('{\n    "a": 1 // c\n}', '{\n    "a": 1, // c\n    "k": "v"\n}'),
        ('{\n    "a": 1, // c\n}', '{\n    "a": 1, // c\n    "k": "v",\n}'),
        ('{\r\n\t"a": 1\r\n}', '{\r\n\t"a": 1,\r\n\t"k": "v"\r\n}'),
    ],
)
def test_inserting(text: str, expected: str) -> None:
    assert _json.insert(text, _json.load(text), "k", "v") == expected


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ('{"a": 1, "b": 2}', "a", '{"b": 2}'),
        ('{"a": 1, "b": 2}', "b", '{"a": 1}'),
        ('{"a": 1}', "a", "{}"),
        ('{\n  "a": 1, // of a\n  // of b\n  "b": 2 // too\n}', "a", '{\n  // of b\n  "b": 2 // too\n}'),
        ('{\n  "a": 1, // of a\n  // of b\n  "b": 2 // too\n}', "b", '{\n  "a": 1 // of a\n  // of b\n}'),
        ('{\n  "a": 1,\n  "b": 2,\n}', "b", '{\n  "a": 1,\n}'),
        ('{ "a": 1, // c\n  "b": 2 }', "b", '{ "a": 1 // c\n   }'),
        ('{\n  // c\n  "a": 1\n}', "a", "{\n  // c\n}"),
    ],
)
def test_removing(text: str, key: str, expected: str) -> None:
    node = _json.load(text)
    entry = next(entry for entry in node.entries if entry.key == key)
    assert _json.remove(text, node, entry) == expected


@given(st.sampled_from(TEXTS), st.integers(0, 30), VALUES)
def test_law_of_replacing(text: str, number: int, value: Any) -> None:
    check_replace(_json, text, number, value)


@given(st.sampled_from(TEXTS), st.integers(0, 30), VALUES)
def test_law_of_inserting(text: str, number: int, value: Any) -> None:
    check_insert_and_remove(_json, text, number, value)


@given(st.sampled_from(TEXTS), st.integers(0, 30))
def test_law_of_removing(text: str, number: int) -> None:
    check_remove(_json, text, number)


@given(VALUES)
def test_a_new_file_holds_the_value(value: Any) -> None:
    assert plain(typed(_json.load(_json.dump(value)))) == plain(value)


@given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(), st.lists))
def test_reads_what_the_standard_library_writes(value: Any) -> None:
    node = _json.load(json.dumps(value))
    assert json.loads(_json.dump(typed(node))) == value


def test_a_new_file() -> None:
    value: Typed = {"a": "é\u200f", "b": [], "c": {"d": [Bare("1")]}}
    assert _json.dump(value) == '{\n  "a": "é\\u200f",\n  "b": [],\n  "c": {\n    "d": [\n      1\n    ]\n  }\n}\n'
