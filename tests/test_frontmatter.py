"""Where the front matter is, and what its fields hold: valid YAML, and the many blocks that are none."""

from __future__ import annotations

from itertools import pairwise

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from agentdiff.formats import _yaml
from agentdiff.formats._frontmatter import COMMON_KEYS, MAX_CHARACTERS, NEVER_KEYS, FrontMatter, read, split
from agentdiff.formats._tree import NotReadable
from agentdiff.model import FieldValue, Severity

KEYS = frozenset({"maxTurns", "disallowedTools"})


def front(block: str) -> FrontMatter:
    """The fields of a file with that block; the block ends with a line feed."""
    return read(f"---\n{block}---\nBody.\n", KEYS)


def values(block: str) -> dict[str, FieldValue]:
    return {entry.key: entry.value for entry in front(block).entries}


def codes(block: str) -> list[tuple[str, int]]:
    return [(diagnostic.code, diagnostic.line) for diagnostic in front(block).diagnostics]


# ---------------------------------------------------------------------------------------------- where it is


@pytest.mark.parametrize(
    ("text", "block", "body"),
    [
        ("---\nname: a\n---\nBody", "name: a\n", "Body"),
        ("\ufeff---\nname: a\n---\nBody", "name: a\n", "Body"),
        ("---\r\nname: a\r\n---\r\nBody\r\n", "name: a\r\n", "Body\r\n"),
        ("--- \t\nname: a\n---  \nBody", "name: a\n", "Body"),
        ("---\nname: a\n...\nBody", "name: a\n", "Body"),
        ("---\nname: a\n---", "name: a\n", ""),
        ("---\n---\nBody", "", "Body"),
        ("---\nname: |\n  ---\n---\n---\n", "name: |\n  ---\n", "---\n"),
        (" ---\nname: a\n---\nBody", "name: a\n", "Body"),
        ("\n\t---\r\nname: a\r\n---\r\nBody", "name: a\r\n", "Body"),
        ("--- # fields\nname: a\n---\nBody", "name: a\n", "Body"),
        ("---\n{}\n---\nBody", "{}\n", "Body"),
        ("---\n# Title: so\n---\nBody", "# Title: so\n", "Body"),
    ],
)
def test_the_block_is_found(text: str, block: str, body: str) -> None:
    place = split(text)
    assert place is not None
    start, end, body_offset = place
    assert (text[start:end], text[body_offset:]) == (block, body)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---",
        "# Title\n---\nname: a\n---\n",
        " ---\n\nText.\n---\n",
        "--- # Title\n\nText.\n---\n",
        "---\n**Updated**: today\n---\n",
        "---\nJust a sentence.\n---\n",
        "---\n- a\n- b\n---\n",
        "----\nname: a\n----\n",
        "---\nname: a\n",
        "---\nname: a\n ---\n",
    ],
)
def test_what_only_looks_like_a_block_is_none(text: str) -> None:
    assert split(text) is None
    assert read(text, KEYS).entries == ()
    assert read(text, KEYS).body_offset == 0


def test_an_unclosed_block_is_told_and_belongs_to_the_body() -> None:
    found = read("\ufeff---\n\nname: a\n\n# Title\n", KEYS)
    assert found.body_offset == 1
    assert [(entry.code, entry.severity, entry.line) for entry in found.diagnostics] == [
        ("front-matter-unclosed", Severity.ERROR, 1)
    ]


OPEN = 'applyTo: "**"\ndescription: "Rules."\n'
MISSING_RULE = [
    (OPEN, "\n# Rules\n\nBe kind.\n\n", 4),
    (OPEN, "\n\n## Rules: all\n\nBe kind.\n", 4),
    ("description: a: b\n", "  \n# Rules\n\nBe kind.\n", 3),
    ("name: |\n  a\n\n  b\n", "\n# Rules\n\nBe kind.\n", 6),
]


@pytest.mark.parametrize(("fields", "body", "line"), MISSING_RULE)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_a_block_that_only_a_rule_of_the_body_closes_ends_before_the_heading(
    fields: str, body: str, line: int, line_break: str
) -> None:
    text = f"---\n{fields}{body}---\nmore\n".replace("\n", line_break)
    found = read(text, KEYS)
    assert text[found.body_offset :] == f"{body}---\nmore\n".replace("\n", line_break)
    assert [entry.key for entry in found.entries] == [entry.key for entry in front(fields).entries]
    unclosed = found.diagnostics[0]
    assert (unclosed.code, unclosed.severity, unclosed.line) == ("front-matter-unclosed", Severity.ERROR, 1)
    assert f"before line {line}," in unclosed.message


@pytest.mark.parametrize(
    "block",
    [
        OPEN + "\n# Rules\n",
        OPEN + "\n# Rules\n\nBe kind.\nname: a\n",
        OPEN + "# Rules\n\nBe kind.\n",
        "description: a: b\n\n# Rules\nvibe: a\n",
        "description: Use it: now\n<example>\n\n# Rules\n",
        "\n# Rules\n\nBe: kind: always\n",
    ],
)
def test_a_heading_inside_a_closed_block_does_not_end_it(block: str) -> None:
    assert split(f"---\n{block}---\nBody.\n") == (4, 4 + len(block), 4 + len(block) + 4)


def test_a_rule_in_the_first_line_is_no_unclosed_block() -> None:
    assert read("---\nNote: this is prose.\n", KEYS).diagnostics == ()
    assert read("---\n\nSome text\n", KEYS).diagnostics == ()


# ---------------------------------------------------------------------------------------------- valid YAML


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("name: a\n", {"name": "a"}),
        ("version: 1.10\n", {"version": "1.10"}),
        ("name: no\n", {"name": "no"}),
        ("on: true\n", {"on": "true"}),
        ("t: 12:30\n", {"t": "12:30"}),
        ("d: 2024-01-01\n", {"d": "2024-01-01"}),
        ("n: 0x1F\nnull: 'null'\nz: \"~\"\n", {"n": "0x1F", "null": "null", "z": "~"}),
        ("a: null\nb: ~\nc: Null\nd: NULL # c\n", {"a": None, "b": None, "c": None, "d": None}),
        ("a: nullable\nb: null it\nc: nULL\nd: ~x\n", {"a": "nullable", "b": "null it", "c": "nULL", "d": "~x"}),
        ("{}\n", {}),
        ("tools:\n", {"tools": None}),
        ("tools: # none\n", {"tools": None}),
        ("tools: ''\n", {"tools": ""}),
        ('tools: ""\n', {"tools": ""}),
        ("tools: []\n", {"tools": ()}),
        ("tools: [Read, 'a, b']\n", {"tools": ("Read", "a, b")}),
        ("tools:\n- Read\n-\n", {"tools": ("Read", None)}),
        ("hooks:\n  Stop:\n    - matcher: x\n      on: 1\n", {"hooks": {"Stop": ({"matcher": "x", "on": "1"},)}}),
        ('d: "a\\nb"\n', {"d": "a\nb"}),
        ("d: a\\nb\n", {"d": "a\\nb"}),
        ("d: |\n  one\n\n  two\n", {"d": "one\n\ntwo\n"}),
        ("d: >-\n  one\n  two\n", {"d": "one two"}),
        ("d: fix it  # later\n", {"d": "fix it"}),
        ("<<: a\n", {"<<": "a"}),
        ("a: &x [1]\nb: *x\n", {"a": ("1",), "b": ("1",)}),
        ("{name: a, tools: [b]}\n", {"name": "a", "tools": ("b",)}),
        ("n: !!int 1\n", {"n": "1"}),
        ("# only a comment\n", {}),
        ("\n\n", {}),
        ("name: caf\u00e9 \U0001f3af\n", {"name": "caf\u00e9 \U0001f3af"}),
    ],
)
def test_valid_yaml_gives_the_strings_that_were_written(block: str, expected: dict[str, FieldValue]) -> None:
    assert values(block) == expected
    assert codes(block) == []


@pytest.mark.parametrize("block", ["a: 1\nb: [x]\n", "a:\n  c: |\n    one\n\n\nb: 2\n", "z: 'q'\n# c\na: d\n"])
def test_windows_line_ends_change_no_value_and_no_line(block: str) -> None:
    plain, windows = front(block), read(f"---\n{block}---\nBody.\n".replace("\n", "\r\n"), KEYS)
    assert [(e.key, e.value, e.span) for e in windows.entries] == [(e.key, e.value, e.span) for e in plain.entries]
    assert [entry.raw for entry in windows.entries] == [entry.raw.replace("\n", "\r\n") for entry in plain.entries]


@pytest.mark.parametrize(
    ("block", "raws"),
    [
        ("tools:  Read, Edit \nmodel: x\n", [("Read, Edit ", 2, 2), ("x", 3, 3)]),
        (
            "d: |\n  one\n  # no comment\n\n\n# a comment\nm: x # why\n",
            [("|\n  one\n  # no comment", 2, 4), ("x # why", 8, 8)],
        ),
        (
            "a:\n  - x # one\n  # inside\n  - y\n\n# behind\nb:\n",
            [("\n  - x # one\n  # inside\n  - y", 2, 5), ("", 8, 8)],
        ),
        ("d: 'one\n  two'\n\nb: [x,\n  y]\n", [("'one\n  two'", 2, 3), ("[x,\n  y]", 5, 6)]),
        ('"a b" : c\n', [("c", 2, 2)]),
        ("{name: a, tools: [b]}\n", [("a", 2, 2), ("[b]", 2, 2)]),
        ("d: one\n  two\u2028  three\nb: c\n", [("one\n  two\u2028  three", 2, 3), ("c", 4, 4)]),
        ("d: \U0001f3af\nb: c\n", [("\U0001f3af", 2, 2), ("c", 3, 3)]),
        ("a: x: y\nd: |\n  one\n", [("x: y", 2, 2), ("|\n  one", 3, 4)]),
        ("d: x: y\n<example>\n\nname: a\n", [("x: y\n<example>", 2, 3), ("a", 5, 5)]),
    ],
)
def test_the_source_of_each_field_is_exact(block: str, raws: list[tuple[str, int, int]]) -> None:
    assert [(entry.raw, entry.span.first, entry.span.last) for entry in front(block).entries] == raws


def test_repeated_keys_are_kept_and_told() -> None:
    found = front("name: a\nname: b\nhooks:\n  x: 1\n  x: 2\n")
    assert [(entry.key, entry.value) for entry in found.entries] == [
        ("name", "a"),
        ("name", "b"),
        ("hooks", {"x": "2"}),
    ]
    assert codes("name: a\nname: b\nhooks:\n  x: 1\n  x: 2\n") == [("duplicate-key", 3), ("duplicate-key", 4)]


# ---------------------------------------------------------------------------------------------- repairs


@pytest.mark.parametrize(
    ("value", "read_as"),
    [
        ("Use it: always", "Use it: always"),
        ('See: one\\ntwo: "three"', 'See: one\\ntwo: "three"'),
        ("it's: here", "it's: here"),
        ("*", "*"),
        ("@mention", "@mention"),
        ("`code` first", "`code` first"),
        ("%d of them", "%d of them"),
        ("[a] | --b", "[a] | --b"),
        ("[a] [b]", "[a] [b]"),
        ("**/*.ts, **/*.js", "**/*.ts, **/*.js"),
        ("*.ts", "*.ts"),
        ("*undefined", "*undefined"),
        ("!important note", "!important note"),
        ("!!python/object:os.system x", "!!python/object:os.system x"),
        ('"a\\d"', "a\\d"),
        ('"He said "hi" to me"', 'He said "hi" to me'),
        ("'It's me'", "It's me"),
        ('"Read", "Write"', '"Read", "Write"'),
        ("a: fix issue #12 now", "a: fix issue #12 now"),
        ("key: with trailing blanks  ", "key: with trailing blanks"),
        ("bell \x07 rings", "bell \x07 rings"),
        ('"bell \x07 rings"', "bell \x07 rings"),
        ("A\x8d b: c", "A\x8d b: c"),
        ("[a, 'b\x8d', {c\x9f: d}]", ("a", "b\x8d", {"c\x9f": "d"})),
        ("\x8d\U000f008d: x", "\x8d\U000f008d: x"),
    ],
)
def test_a_line_that_is_no_yaml_is_read_as_its_text(value: str, read_as: FieldValue) -> None:
    block = f"name: a\nd: {value}\ntools: [x, y]\nversion: 1.0\n"
    assert list(values(block).values()) == ["a", read_as, ("x", "y"), "1.0"]
    assert codes(block) == [("yaml-requoted", 3)]


def test_only_the_lines_that_need_it_are_told() -> None:
    block = "name: a\ndescription: x: y\ntools: *\nhooks:\n  a: 1\nargument-hint: [ok]\n"
    assert codes(block) == [("yaml-requoted", 3), ("yaml-requoted", 4)]
    assert values(block)["hooks"] == {"a": "1"}
    assert values(block)["argument-hint"] == ("ok",)


def test_each_repair_says_what_to_do() -> None:
    for block, words in [("name: a: b\n", "double quotes"), ("description: a: b\n<x>\n", "`description: |`")]:
        (diagnostic,) = front(block).diagnostics
        assert words in diagnostic.remedy
        assert diagnostic.severity is Severity.WARNING


DIALOGUE = """\
name: helper
description: Use this when needed. Examples:
<example>
Context: the user asks.
user: "Please: help"
assistant: "I will."
<commentary>
# not a comment
</commentary>
</example>
tools: Read, Edit
maxTurns: 3
model: sonnet
"""


def test_a_dialogue_at_the_margin_stays_in_the_description() -> None:
    found = front(DIALOGUE)
    assert [entry.key for entry in found.entries] == ["name", "description", "tools", "maxTurns", "model"]
    description = found.entries[1].value
    assert isinstance(description, str)
    assert description.startswith("Use this when needed. Examples:\n<example>\nContext: the user asks.\nuser: ")
    assert description.endswith("# not a comment\n</commentary>\n</example>")
    assert (found.entries[1].span.first, found.entries[1].span.last) == (3, 11)
    assert codes(DIALOGUE) == [("yaml-split", 3)]


@pytest.mark.parametrize("word", sorted(NEVER_KEYS))
def test_words_of_a_dialogue_are_never_keys(word: str) -> None:
    for line in (f"{word}: hello", f"{word}: a: b", f"{word}:"):
        block = f"name: a\ndescription: Use it.\n{line}\nmodel: x\n"
        assert [entry.key for entry in front(block).entries] == ["name", "description", "model"]
        assert values(block)["description"] == f"Use it.\n{line}"


def test_the_same_line_with_another_word_stays_a_key() -> None:
    assert values("name: a\ndescription: Use it.\ntopic: hello\n")["topic"] == "hello"


CUT = [
    ("id: a\npatterns:\n  - {{P}}\n", ["id", "patterns"]),
    ("description: A\x8d b\norigin: here\n", ["description", "origin"]),
    ("id: a\n\n# a comment\npatterns:\n  - {{P}}\nmy.own-key: {{x}\n", ["id", "patterns", "my.own-key"]),
    ("id: a\nuser: b\npatterns:\n  - {{P}}\n", ["id"]),
    ("id: a\ncontext: b\npatterns:\n  - {{P}}\n", ["id"]),
    ("id: a\nNote: b\npatterns:\n  - {{P}}\n", ["id"]),
    ("id: a\npatterns:\n- {{P}}\n", ["id"]),
    ("id: a\nsome words\npatterns:\n  - {{P}}\nname: b\n", ["id", "name"]),
    ("user: a\nid: b\npatterns:\n  - {{P}}\nname: c\n", ["name"]),
]


@pytest.mark.parametrize(("block", "keys"), CUT)
def test_a_block_is_cut_at_any_key_only_where_every_line_at_the_margin_has_one(block: str, keys: list[str]) -> None:
    assert [entry.key for entry in front(block).entries] == keys


def test_indented_lines_that_are_no_yaml_lose_their_indentation_only() -> None:
    block = "description: Use it:\n  one: two: three\n    four\nname: a\n"
    assert values(block) == {"description": "Use it:\none: two: three\n  four", "name": "a"}
    assert codes(block) == [("yaml-split", 2)]


def test_a_block_of_text_without_indentation_loses_its_mark() -> None:
    block = "name: a\ndescription: |\nSome: text\nand <more>\nmodel: x\n"
    assert values(block)["description"] == "Some: text\nand <more>"


def test_the_first_line_may_hold_any_key_and_text_above_it_is_told() -> None:
    assert list(values("topic: a: b\n<example>\nname: x\n")) == ["topic", "name"]
    assert list(values("Some text\ntopic: a\n<example>\nname: x\n")) == ["name"]
    assert codes("# comment\nSome text\nname: x\n<example>\n") == [("yaml-line-ignored", 3), ("yaml-split", 4)]


WITHOUT_FIELDS = [
    ("Just a sentence.\n", None),
    ("- a\n- b\n", None),
    ("**Updated**: today\n", None),
    ("# Title\n\nSome text: here\nand <there>\n", Severity.INFO),
    ("{name: a\n", Severity.ERROR),
    ("user: a\n<b>\n", Severity.ERROR),
]


@pytest.mark.parametrize(("block", "severity"), WITHOUT_FIELDS)
def test_a_block_without_fields_is_left_to_the_body(block: str, severity: Severity | None) -> None:
    found = front(block)
    assert (found.entries, found.body_offset) == ((), 0)
    expected = [("yaml-unreadable", severity)] if severity else []
    assert [(entry.code, entry.severity) for entry in found.diagnostics] == expected


def test_an_empty_map_is_an_empty_header() -> None:
    assert (front("{}\n").entries, front("{}\n").diagnostics, front("{}\n").body_offset) == ((), (), 11)


def test_the_known_keys_can_be_told_from_a_dialogue() -> None:
    assert not COMMON_KEYS & NEVER_KEYS
    assert {"allowed-tools", "applyTo", "alwaysApply", "globs", "vibe"} <= COMMON_KEYS


# ---------------------------------------------------------------------------------------------- hostile input


def test_deep_nesting_is_told_and_kept_as_text() -> None:
    for depth in (100, 100_000):
        block = f"name: a\ntools: {'[' * depth}{']' * depth}\n"
        assert values(block) == {"name": "a", "tools": "[" * depth + "]" * depth}
        assert codes(block) == [("yaml-too-complex", 3)]


def test_nesting_as_real_files_have_it_is_read() -> None:
    assert values("a: [[[[[[[[x]]]]]]]]\n") == {"a": ((((((((("x",),),),),),),),),)[0]}


def test_aliases_that_stand_for_billions_are_told_and_kept_as_text() -> None:
    names = "abcdefghi"
    lines = ["name: x", "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in pairwise(names)]
    found = front("\n".join(lines) + "\n")
    assert found.entries[0].value == "x"
    assert found.diagnostics


def test_an_alias_of_itself_ends() -> None:
    assert values("a: &a [*a]\nname: x\n") == {"a": "&a [*a]", "name": "x"}


@pytest.mark.parametrize(
    "unit", ["a: b: c\n", "\n", " \n", "# a\n", "\n# a\n", "a\n", "*\n", "-", "- ", '"', ":", "{", "\x8d"]
)
@pytest.mark.parametrize("tail", ["\n# a\n\nb\n", "\nuser: a\n", "\n"])
def test_looking_for_the_end_of_hostile_blocks_ends(unit: str, tail: str) -> None:
    """Nothing is timed here: with backtracking this would not end."""
    text = f"---\n{unit * (100_000 // len(unit))}{tail}---\n"
    assert read(text, KEYS).body_offset in (0, len(text), len(text) - len(tail) - 4 + 1)


def test_a_huge_block_is_left_to_the_body() -> None:
    assert codes("a: b: c\n" * (MAX_CHARACTERS // 8 + 1)) == [("front-matter-too-large", 1)]


@given(st.text(alphabet=st.sampled_from("ab:-#'\"[]{}|>*&!%@`,? \t\n\r\\~é🎯\u2028\x85\ufeff\x07"), max_size=60))
@example("{\x07\x85")  # the slow loader refuses it before the first event
def test_whatever_the_block_is_nothing_is_raised_and_every_field_lies_in_it(block: str) -> None:
    text = f"---\n{block}\n---\nBody.\n"
    found = read(text, KEYS)
    lines = text.split("\n")
    for entry in found.entries:
        assert "\n".join(lines[entry.span.first - 1 : entry.span.last]).removesuffix("\r").find(entry.raw) >= 0
    assert text[found.body_offset :] in ("Body.\n", text) or split(text) != (4, 4 + len(block) + 1, len(text) - 6)


@given(
    st.dictionaries(
        st.sampled_from(sorted(COMMON_KEYS)),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
        | st.sampled_from(["1.0", "no", "x: y", "'"]),
        min_size=1,
    )
)
def test_valid_yaml_is_read_as_pyyaml_reads_it(fields: dict[str, str]) -> None:
    block = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)
    assert values(block) == fields
    assert codes(block) == []


@given(st.text(alphabet=st.sampled_from("ab:-#'\"[]{}|>*&!, ?\t\n\\é"), max_size=40))
def test_both_yaml_parsers_read_the_same(block: str) -> None:
    def outcome() -> object:
        try:
            return _yaml.load(block)
        except NotReadable as problem:
            return problem.is_too_complex

    fast = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader", raising=False)
        assert outcome() == fast
