"""The questions of a merge as a file: written, answered, read back, and refused where it was damaged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import make_merge

from agentdiff.decisions import (
    UNDECIDED,
    Decisions,
    check_options,
    choices_of,
    chosen_choice,
    decisions_text,
    lapsed,
    numbers_in,
    read_decisions,
)
from agentdiff.errors import UnreadableFile
from agentdiff.ledger import Answer, CanonicalMerge, Conflict, ConflictKind, ConflictOption, conflict_id
from agentdiff.model import Span
from agentdiff.text import fold

MORNING, EVENING = "Water every morning before nine", "Water every evening before nine"


def conflict(*texts: str, chosen: int | None = 0, reason: str = "it came first") -> Conflict:
    """A contradiction between texts that the two inputs of `make_merge` say in turn."""
    options = tuple(ConflictOption(number % 2, text, Span(number + 9, number + 9)) for number, text in enumerate(texts))
    return Conflict(
        conflict_id(sorted({fold(text) for text in texts})),
        ConflictKind.CONTRADICTION,
        "when to water",
        options,
        chosen,
        reason,
    )


def merge_with(*conflicts: Conflict) -> CanonicalMerge:
    return replace(make_merge(), conflicts=conflicts)


MERGE = merge_with(conflict(MORNING, EVENING), conflict("Mow\nweekly", "Mow daily", "Mow  weekly", chosen=None))
FIRST, SECOND = (each.id for each in MERGE.conflicts)
TEXT = decisions_text(MERGE)


def answered(*answers: str) -> str:
    """The file with answers in place of the empty ones, in their order."""
    first, second, _ = TEXT.split("  answer:\n")
    lines = (f"  answer: {answer}".rstrip() for answer in (*answers, "", "")[:2])
    return "".join(f"{part}{line}\n" for part, line in zip((first, second), lines, strict=True))


def keep(*texts: str) -> Answer:
    return Answer(frozenset(texts))


# ---------------------------------------------------------------------------------------------- writing


WRITTEN = f"""\
schema: agentdiff.decisions/1

inputs:
  - path: old.md
    sha256: {MERGE.inputs[0].sha256}
  - path: new.md
    sha256: {MERGE.inputs[1].sha256}

conflicts:

- id: {FIRST}
  kind: contradiction
  subject: when to water
  options:
    - number: 1
      text: Water every morning before nine
      from: old.md:9
    - number: 2
      text: Water every evening before nine
      from: new.md:10
  default: 1
  why: it came first
  answer:

- id: {SECOND}
  kind: contradiction
  subject: when to water
  options:
    - number: 1
      text: |-
        Mow
        weekly
      from: old.md:9, old.md:11
    - number: 2
      text: Mow daily
      from: new.md:10
  default:
  why: it came first
  answer:
"""


def test_the_file_says_how_to_answer_and_asks_everything() -> None:
    head, _, rest = TEXT.partition("\n\n")
    assert all(row.startswith("#") for row in head.splitlines())
    assert rest == WRITTEN


def test_without_conflicts_the_list_is_empty() -> None:
    text = decisions_text(merge_with())
    assert text.endswith("\nconflicts: []\n")
    assert read_decisions(text, "d.yaml").questions == {}


def test_paths_are_written_as_told() -> None:
    text = decisions_text(MERGE, paths=["../a: b.md", "new.md"])
    assert "from: '../a: b.md:9, ../a: b.md:11'" in text
    assert [path for path, _ in read_decisions(text, "d.yaml").inputs] == ["../a: b.md", "new.md"]


def test_the_subject_is_not_said_again_as_the_reason() -> None:
    told = decisions_text(merge_with(conflict(MORNING, EVENING, reason="when to water; it came first")))
    assert "\n  why: it came first\n" in told


# ---------------------------------------------------------------------------------------------- answering

ANSWERS = {
    "1": {MORNING},
    '"2"': {EVENING},
    "[2]": {EVENING},
    "[1, 2]": {MORNING, EVENING},
    "1, 2": {MORNING, EVENING},
    "\n    - 2\n    - 1": {MORNING, EVENING},
    "all": {MORNING, EVENING},
    "All": {MORNING, EVENING},
    "none": set(),
    "2 # since it rains": {EVENING},
}
OPEN = ("", "~", "null", "''", "# not yet")


@pytest.mark.parametrize(("words", "kept"), ANSWERS.items())
def test_an_answer(words: str, kept: set[str]) -> None:
    decisions = read_decisions(answered(words), "d.yaml")
    assert decisions.answers == {FIRST: Answer(frozenset(kept))}
    assert decisions.inputs == tuple((agent.path, agent.sha256) for agent in MERGE.inputs)


@pytest.mark.parametrize("words", OPEN)
def test_no_answer_leaves_the_question_open(words: str) -> None:
    decisions = read_decisions(answered(words), "d.yaml")
    assert decisions.answers == {}
    assert list(decisions.questions) == [FIRST, SECOND]


FIELD = replace(conflict("opus", "sonnet"), kind=ConflictKind.FIELD, subject="model")


@pytest.mark.parametrize(("words", "kept"), {"1": {"opus"}, "[2]": {"sonnet"}, "none": set()}.items())
def test_an_answer_about_a_field(words: str, kept: set[str]) -> None:
    text = decisions_text(merge_with(FIELD)).replace("answer:\n", f"answer: {words}\n")
    assert read_decisions(text, "d.yaml").answers == {FIELD.id: Answer(frozenset(kept))}


@pytest.mark.parametrize("words", ["all", "[1, 2]", "1, 2"])
def test_a_field_has_one_value(words: str) -> None:
    text = decisions_text(merge_with(FIELD)).replace("answer:\n", f"answer: {words}\n")
    expected = r"^d\.yaml:\d+: `.*` keeps several values of one field; write a number from 1 to 2 or `none`$"
    with pytest.raises(UnreadableFile, match=expected):
        read_decisions(text, "d.yaml")


def test_a_deleted_answer_is_none() -> None:
    assert read_decisions(TEXT.replace("  answer:\n", ""), "d.yaml").answers == {}


def test_options_that_differ_in_white_space_are_one() -> None:
    first, second = choices_of(MERGE.conflicts[1])
    assert (first.number, first.text, len(first.sources)) == (1, "Mow\nweekly", 2)
    assert (second.number, second.text, len(second.sources)) == (2, "Mow daily", 1)
    assert chosen_choice(replace(MERGE.conflicts[1], chosen=2)) == first
    assert read_decisions(answered("", "1"), "d.yaml").answers == {SECOND: keep("Mow weekly")}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (keep(MORNING), " 1"),
        (keep(EVENING), " 2"),
        (keep(MORNING, EVENING), " all"),
        (keep(), " none"),
        (keep("Water at noon"), ""),
    ],
)
def test_an_answer_that_was_given_is_written_again(answer: Answer, words: str) -> None:
    text = decisions_text(MERGE, Decisions(answers={FIRST: answer}))
    assert f"  answer:{words}\n\n- id: {SECOND}" in text
    assert read_decisions(text, "d.yaml").answers == ({FIRST: answer} if words else {})


def test_several_of_many_are_written_as_a_list() -> None:
    asked = conflict("one", "two", "three")
    text = decisions_text(merge_with(asked), Decisions(answers={asked.id: keep("three", "one")}))
    assert text.endswith("  answer: [1, 3]\n")


def test_under_an_answer_the_default_stays_the_one_that_was_told() -> None:
    earlier = read_decisions(answered("2"), "d.yaml")
    decided = replace(MERGE.conflicts[0], chosen=1, reason="you said so", is_open=False)
    again = decisions_text(merge_with(decided, MERGE.conflicts[1]), earlier)
    assert again == answered("2")


def test_an_answer_moves_with_its_option() -> None:
    """The options of a question may change places; the answer is one of texts."""
    turned = replace(MERGE.conflicts[0], options=MERGE.conflicts[0].options[::-1], chosen=1)
    text = decisions_text(merge_with(turned), read_decisions(answered("2"), "d.yaml"))
    assert "default: 2\n" in text
    assert text.endswith("  answer: 1\n")


# ---------------------------------------------------------------------------------------------- what still applies


def test_an_answer_lapses_with_its_question() -> None:
    earlier = read_decisions(answered("1", "2"), "d.yaml")
    changed = merge_with(conflict(MORNING, EVENING.replace("nine", "ten")), MERGE.conflicts[1])
    assert lapsed(earlier, MERGE) == ()
    assert lapsed(earlier, changed) == (FIRST,)
    again = read_decisions(decisions_text(changed, earlier), "d.yaml")
    assert again.answers == {SECOND: keep("Mow daily")}
    assert len(again.questions) == 2


def test_an_open_question_that_is_gone_is_no_lapsed_answer() -> None:
    assert lapsed(read_decisions(TEXT, "d.yaml"), merge_with()) == ()


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        (answered("1"), False),
        (answered("1").replace(MORNING, MORNING.replace(" ", "  ")), False),
        (answered("1").replace(MORNING, "Water every night"), True),
        (answered("").replace(MORNING, "Water every night"), False),
    ],
    ids=["as written", "white space", "another option", "without an answer"],
)
def test_a_changed_option_is_not_taken_for_an_answer(text: str, is_refused: bool) -> None:
    decisions = read_decisions(text, "d.yaml")
    if not is_refused:
        check_options(decisions, MERGE, "d.yaml")
        return
    line = text.splitlines().index(f"- id: {FIRST}") + 1
    with pytest.raises(UnreadableFile, match=rf"^d\.yaml:{line}: the options of this question are not .*; change only"):
        check_options(decisions, MERGE, "d.yaml")


# ---------------------------------------------------------------------------------------------- what is refused

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

WRONG = {
    "nothing": ("", 1, "the file holds nothing"),
    "blank": ("\n \n", 1, "the file holds nothing"),
    "comments only": ("# 1\n# 2\n", 1, "the file holds nothing"),
    "a sentence": ("You look after a garden.\n", 1, "neither a map nor a list"),
    "a list": ("- 1\n", 1, "the file is no map; it has the keys schema, inputs, conflicts"),
    "an agent": ("---\nname: a\n---\nText\n", 3, "the file holds several documents"),
    "no YAML": (TEXT + "  x: [1\n", None, "not valid YAML"),
    "a tab": ("schema: agentdiff.decisions/1\n\tinputs: []\n", 2, "not valid YAML"),
    "a bomb": (BOMB, None, "nested too deep or too large"),
    "deep": ("schema: " + "[" * 500, 1, ""),
    "a tag": ("schema: !!python/object:os.system x\n", 1, "a tag that only programs understand"),
    "two documents": (TEXT + "---\na: b\n", None, "several documents"),
    "no schema": (TEXT.replace("schema: agentdiff.decisions/1", ""), None, "does not say `schema: agentdiff.decis"),
    "another schema": (TEXT.replace("decisions/1", "decisions/2"), 12, "does not say `schema: agentdiff.decisions/1`"),
    "no inputs": ("schema: agentdiff.decisions/1\nconflicts: []\n", 1, "the file has no `inputs`"),
    "conflicts that are a word": (f"{TEXT.partition('conflicts:')[0]}conflicts: none\n", 20, "`conflicts` is no list"),
    "an input that is a word": (
        TEXT.replace("  - path: old.md\n    sha256", "  - path\n  - sha256", 1),
        None,
        "no map",
    ),
    "no sha256": (TEXT.replace(f"sha256: {MERGE.inputs[0].sha256}", "sha256: 12", 1), 16, "`12` is no sha256"),
    "a typo in a key": (TEXT.replace("answer:", "anwser:", 2), 34, "`anwser` is no key of a question; did you mean"),
    "another key": (TEXT + "  xyzzy: 1\n", None, "`xyzzy` is no key of a question; its keys are id, kind"),
    "a typo in an option": (TEXT.replace("number: 2", "nubmer: 2", 1), 29, "did you mean `number`?"),
    "two answers": (answered("1\n  answer: 2"), 35, "the key `answer` is there twice; keep one of the two"),
    "no id": (TEXT.replace(f"id: {FIRST}\n  kind", "kind"), 22, "a question has no `id`"),
    "an empty id": (TEXT.replace(f"id: {FIRST}", "id: ''"), 22, "`id` is empty"),
    "an id that is a list": (TEXT.replace(f"id: {FIRST}", "id: []"), 22, "`id` is no text"),
    "an id twice": (TEXT.replace(SECOND, FIRST), 36, "was used already in line 22; keep one of the two questions"),
    "an option less": (answered("1").replace("number: 1", "number: 2", 1), 26, "the number 2 where 1 would follow"),
    "an option without text": (TEXT.replace(f"text: {MORNING}", "text:"), 27, "`text` is no text"),
    "a default that is none": (TEXT.replace("default: 1", "default: 7"), 32, "the default is no option"),
    "a word": (answered("nnoe"), 34, "`nnoe` is no answer to this question; write a number from 1 to 2, several as"),
    "yes": (answered("yes"), 34, "`yes` is no answer"),
    "number nought": (answered("0"), 34, "`0` is no answer"),
    "a number too many": (answered("3"), 34, "`3` is no answer"),
    "a huge number": (answered("9" * 5000), 34, "9...` is no answer"),
    "a negative number": (answered("-1"), 34, "`-1` is no answer"),
    "a fraction": (answered("1.5"), 34, "`1.5` is no answer"),
    "other digits": (answered("\u0661"), 34, "is no answer"),
    "one of several wrong": (answered("[1, 3]"), 34, "`1,3` is no answer"),
    "an empty list": (answered("[]"), 34, "this is no answer"),
    "a nested list": (answered("[[1]]"), 34, "`?` is no answer"),
    "a map": (answered("{keep: 1}"), 34, "is no answer"),
    "the text of an option": (answered(MORNING), 34, f"`{MORNING}` is no answer"),
    "a brace": (answered("{"), None, "not valid YAML"),
}


@pytest.mark.parametrize(("text", "line", "expected"), WRONG.values(), ids=WRONG.keys())
def test_a_damaged_file_is_refused_with_its_line(text: str, line: int | None, expected: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_decisions(text, "d.yaml")
    sentence = str(caught.value)
    assert expected in sentence
    assert sentence.startswith(f"d.yaml:{line}: " if line else "d.yaml:")
    assert "\n" not in sentence
    assert "; " in sentence


# ---------------------------------------------------------------------------------------------- what stays as it is


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: "\ufeff" + text.replace("\n", "\r\n"),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n# done\n",
        lambda text: text.replace("\n- id", "\n# mine\n- id"),
        lambda text: text.replace(f"text: {MORNING}", f"text: '{MORNING}'"),
        lambda text: text.replace(
            f"text: {MORNING}", f"text: >-\n        {MORNING.replace(' before', chr(10) + ' ' * 8 + 'before')}"
        ),
    ],
    ids=["CRLF", "a mark", "a mark and CRLF", "no last line feed", "comments", "more comments", "quotes", "folded"],
)
def test_what_editors_do_changes_nothing(change: object) -> None:
    text = answered("2", "[1, 2]")
    assert callable(change)
    found, expected = read_decisions(change(text), "d.yaml"), read_decisions(text, "d.yaml")
    assert (found.inputs, found.answers) == (expected.inputs, expected.answers)
    check_options(found, MERGE, "d.yaml")


AWKWARD = (
    "",
    " ",
    "a: b",
    "- a",
    "# no comment",
    "80 % of `[x]: {y}`",
    "'quoted' and \"double\"",
    "null",
    "true",
    "1e3",
    "0x1F",
    "2024-01-01",
    "---",
    "*alias &anchor !tag",
    "tab\there",
    "trailing  \nblanks \n",
    "\n\nleading",
    "  indented\n    more\n",
    "```\ncode:\n\tx\n```",
    "\x1b[2J\x00\x7f",
    "next\x85line\u2028paragraph\u2029",
    "\ufeffmark",
    "carriage\r\nreturn\r",
    "🌱 Wässern 水",
    "x" * 20_000,
    "word " * 4_000,
)


@pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
def test_awkward_texts_come_back(text: str) -> None:
    check_round_trip(text, "something else")


_TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)


@given(_TEXTS, _TEXTS)
def test_any_text_comes_back(one: str, other: str) -> None:
    check_round_trip(one, other)


def check_round_trip(one: str, other: str) -> None:
    asked = replace(conflict(one, other, reason=one), subject=other)
    merge = merge_with(asked)
    given_answer = Decisions(answers={asked.id: keep(fold(one))})
    paths = [f"a/{one}", f"b/{other}"]
    text = decisions_text(merge, given_answer, paths)
    decisions = read_decisions(text, "d.yaml")
    assert [path for path, _ in decisions.inputs] == paths
    assert decisions.answers == given_answer.answers
    assert decisions.questions[asked.id].options == {fold(one), fold(other)}
    check_options(decisions, merge, "d.yaml")
    assert decisions_text(merge, decisions, paths) == text


def test_what_contradicts_itself_in_two_places_is_asked_once() -> None:
    here = MERGE.conflicts[0]
    there = replace(here, options=tuple(replace(each, span=Span(30, 31)) for each in here.options), chosen=None)
    text = decisions_text(merge_with(here, there), Decisions(answers={FIRST: keep(EVENING)}))
    assert text.count("- id:") == 1
    assert "from: old.md:9, old.md:30-31\n" in text
    decisions = read_decisions(text, "d.yaml")
    assert decisions.answers == {FIRST: keep(EVENING)}
    check_options(decisions, merge_with(here, there), "d.yaml")


def test_many_questions_are_read_again() -> None:
    asked = [conflict(f"Plant {number}", f"Plant not {number}") for number in range(1_000)]
    decisions = read_decisions(decisions_text(merge_with(*asked)), "d.yaml")
    assert len(decisions.questions) == 1_000


def test_nothing_decided_is_nothing() -> None:
    assert decisions_text(MERGE, UNDECIDED) == TEXT


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("1", {1}),
        ("1 3", {1, 3}),
        ("3,1", {1, 3}),
        ("1, 1", {1}),
        ("all", {1, 2, 3}),
        ("NONE", set()),
        ("", None),
        (",", None),
        ("4", None),
        ("01", None),
        ("1-3", None),
        ("a", None),
    ],
)
def test_numbers_in(words: str, numbers: set[int] | None) -> None:
    assert numbers_in(words, 3) == numbers
