"""The questions of a merge as a file for people: written in YAML, answered in any editor, read back strictly.

An answer is kept by the texts of the options and by the id of the question, which is made of those texts: it holds
when variants change elsewhere, and is asked for again when an option changes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, NoReturn

from agentdiff.errors import UnreadableFile
from agentdiff.formats._tree import Bare, Entry, Node, NotReadable, Typed, line_at
from agentdiff.formats._yaml import dump, dump_tree, load_tree
from agentdiff.ledger import Answer, CanonicalMerge, Conflict, ConflictKind, ConflictOption
from agentdiff.model import FieldValue, Span
from agentdiff.text import SPOKEN_CHARACTERS, fold

SCHEMA = "agentdiff.decisions/1"

ALL, NONE = "all", "none"
"""The answers that keep every option, and none."""

_HOW_TO_ANSWER = """\
# The questions of a merge, and your answers. Behind each `answer:` write
#
#   1        to keep the option of that number
#   [1, 3]   to keep several; but a field has one value only
#   all      to keep every option
#   none     to leave all of them out
#
# or nothing, which leaves the question open: then the default is taken.
# Change nothing else, and merge again with --decisions and the name of this file.
# An answer holds for as long as its question has the same options; else it is asked for again.

"""


@dataclass(frozen=True, slots=True)
class Question:
    """What a file says of one question, its answer aside."""

    line: int
    """Where it begins in the file."""
    options: frozenset[str]
    """The texts of the options, as `text.fold` spells them."""
    default: str | None
    """The text of the option that is taken without an answer; None where all are, or none."""
    why: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided about a merge."""

    inputs: tuple[tuple[str, str], ...] = ()
    """Path and sha256 of the variants that were merged. A path that is not absolute starts at the file's folder."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """By the id of the conflict; without the questions that are open."""
    questions: Mapping[str, Question] = field(default_factory=dict)
    """All that the file asks, by the id of the conflict."""


UNDECIDED = Decisions()


class Choice(NamedTuple):
    """One option of a conflict and all who say it; those that differ in white space alone are one."""

    number: int
    """From 1, in the order of the conflict's options."""
    text: str
    """As the first of them spells it."""
    sources: tuple[ConflictOption, ...]


def questions_of(merge: CanonicalMerge) -> tuple[Conflict, ...]:
    """The conflicts, each once: where the same texts contradict each other in two places, one answer is for both."""
    found: dict[str, Conflict] = {}
    for conflict in merge.conflicts:
        same = found.setdefault(conflict.id, conflict)
        if same is not conflict:
            is_open = same.is_open or conflict.is_open
            found[conflict.id] = replace(same, options=same.options + conflict.options, is_open=is_open)
    return tuple(found.values())


def choices_of(conflict: Conflict) -> tuple[Choice, ...]:
    """The different options of a conflict; they have the same numbers in the file and in the terminal."""
    found: dict[str, list[ConflictOption]] = {}
    for option in conflict.options:
        found.setdefault(fold(option.text), []).append(option)
    return tuple(Choice(number, same[0].text, tuple(same)) for number, same in enumerate(found.values(), 1))


def chosen_choice(conflict: Conflict) -> Choice | None:
    """The option that was written; None where all were, or none."""
    if conflict.chosen is None:
        return None
    text = fold(conflict.options[conflict.chosen].text)
    return next(choice for choice in choices_of(conflict) if fold(choice.text) == text)


def why_of(conflict: Conflict) -> str:
    """The reason of the choice, without the subject that some begin with."""
    return conflict.reason.removeprefix(f"{conflict.subject}; ")


def numbers_in(words: str, count: int) -> frozenset[int] | None:
    """The numbers of the options, from 1 to `count`, that an answer names; None for what is no answer.

    `all`, `none`, or numbers with commas or blanks between them.
    """
    if words.casefold() in (ALL, NONE):
        return frozenset(range(1, count + 1)) if words.casefold() == ALL else frozenset()
    parts = words.replace(",", " ").split()
    if not parts or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    numbers = frozenset(map(int, parts))
    return numbers if max(numbers) <= count else None


_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


def may_keep_several(kind: str) -> bool:
    """Whether a question of that kind can be answered with several options: a field has one value."""
    return kind != ConflictKind.FIELD.value


def answer_to(conflict: Conflict, numbers: Collection[int]) -> Answer:
    """The answer that keeps the options of those numbers."""
    return Answer(frozenset(fold(choice.text) for choice in choices_of(conflict) if choice.number in numbers))


# ---------------------------------------------------------------------------------------------- writing


def decisions_text(merge: CanonicalMerge, earlier: Decisions = UNDECIDED, paths: Sequence[str] | None = None) -> str:
    """The file of a merge: every question in its order, with the answers of `earlier` that still apply.

    `paths` are those to write for the inputs, as seen from the folder of the file; None: as the inputs name themselves.
    Under a question that was answered before, default and reason stay those that were told then.
    """
    names = [agent.path for agent in merge.inputs] if paths is None else paths
    inputs = [{"path": name, "sha256": agent.sha256} for name, agent in zip(names, merge.inputs, strict=True)]
    entries = "\n".join(_entry(conflict, earlier, names) for conflict in questions_of(merge))
    conflicts = f"conflicts:\n\n{entries}" if entries else "conflicts: []\n"
    return f"{_HOW_TO_ANSWER}{dump_tree({'schema': SCHEMA})}\n{dump_tree({'inputs': inputs})}\n{conflicts}"


def _entry(conflict: Conflict, earlier: Decisions, names: Sequence[str]) -> str:
    """One element of the list of conflicts, its answer last."""
    answer, asked = earlier.answers.get(conflict.id), earlier.questions.get(conflict.id)
    choices = choices_of(conflict)
    chosen = chosen_choice(conflict)
    default, why = (fold(chosen.text) if chosen else None), why_of(conflict)
    if answer and asked:
        default, why = asked.default, asked.why
    entry: dict[str, Typed] = {
        "id": conflict.id,
        "kind": conflict.kind.value,
        "subject": conflict.subject,
        "options": [
            {"number": Bare(str(choice.number)), "text": choice.text, "from": _said_by(choice, names)}
            for choice in choices
        ],
        "default": next((Bare(str(choice.number)) for choice in choices if fold(choice.text) == default), None),
        "why": why,
    }
    written = dump("answer", _answer_words(answer, choices), is_typed=True, is_flat=True)
    return f"{dump_tree([entry])}  {written}"


def _said_by(choice: Choice, names: Sequence[str]) -> str:
    places = dict.fromkeys(f"{names[each.input]}:{_lines(each.span)}" for each in choice.sources)
    return ", ".join(places)


def _lines(span: Span) -> str:
    return str(span.first) if span.first == span.last else f"{span.first}-{span.last}"


def _answer_words(answer: Answer | None, choices: Sequence[Choice]) -> FieldValue:
    """An answer as it is written in the file; None for none."""
    texts = {fold(choice.text): str(choice.number) for choice in choices}
    if answer is None or not answer.keep <= texts.keys():
        return None
    numbers = tuple(number for text, number in texts.items() if text in answer.keep)
    if len(numbers) == 1:
        return numbers[0]
    return numbers if 0 < len(numbers) < len(texts) else ALL if numbers else NONE


# ---------------------------------------------------------------------------------------------- what still applies


def lapsed(decisions: Decisions, merge: CanonicalMerge) -> tuple[str, ...]:
    """Ids of the answers whose question does not occur any more, in the order of the file."""
    asked = {conflict.id for conflict in merge.conflicts}
    return tuple(number for number in decisions.answers if number not in asked)


def check_options(decisions: Decisions, merge: CanonicalMerge, path: str) -> None:
    """Raise UnreadableFile where the options of an answered question were changed in the file, not only its answer."""
    for conflict in questions_of(merge):
        asked = decisions.questions.get(conflict.id)
        found = {fold(option.text) for option in conflict.options}
        if asked and conflict.id in decisions.answers and asked.options != found:
            problem = "the options of this question are not the ones that were written"
            raise UnreadableFile(f"{path}:{asked.line}", problem, f"change only its answer, or {_WRITE_ANEW}")


# ---------------------------------------------------------------------------------------------- reading

_WRITE_ANEW = "write the file anew with --write-decisions"

_UNDO = f"undo the change, or {_WRITE_ANEW}"

_FILE_KEYS = ("schema", "inputs", "conflicts")
_INPUT_KEYS = ("path", "sha256")
_QUESTION_KEYS = ("id", "kind", "subject", "options", "default", "why", "answer")
_OPTION_KEYS = ("number", "text", "from")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def read_decisions(text: str, path: str) -> Decisions:
    """What a file of decisions says; `path` is only a name for messages.

    Raises UnreadableFile, with the line, for all that such a file does not hold: no YAML, an unknown or repeated key, a
    value of the wrong kind, an id twice, an answer that names no option.
    """
    try:
        root = load_tree(text)
    except NotReadable as problem:
        remedy = f"correct it, or {_WRITE_ANEW}"
        raise UnreadableFile(f"{path}:{problem.line}", problem.problem, remedy) from problem
    return _Reader(text, path).decisions(root)


class _Map(NamedTuple):
    """A map whose keys are known ones."""

    node: Node
    what: str
    entries: Mapping[str, Entry]


class _Reader:
    """Takes a file apart; every complaint names its line."""

    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._path = path

    def decisions(self, root: Node) -> Decisions:
        file = self._map(root, "the file", _FILE_KEYS)
        self._check_schema(file)
        inputs = [self._map(each, "an input", _INPUT_KEYS) for each in self._list(file, "inputs")]
        questions: dict[str, Question] = {}
        answers: dict[str, Answer] = {}
        for node in self._list(file, "conflicts"):
            entry = self._map(node, "a question", _QUESTION_KEYS)
            number, question, answer = self._question(entry)
            if number in questions:
                problem = f"the id {_quoted(number)} was used already in line {questions[number].line}"
                self._refuse(entry.entries["id"].start, problem, "keep one of the two questions")
            questions[number] = question
            if answer is not None:
                answers[number] = answer
        return Decisions(tuple(self._input(each) for each in inputs), answers, questions)

    def _check_schema(self, file: _Map) -> None:
        if "schema" not in file.entries or file.entries["schema"].node.value != SCHEMA:
            start = file.entries["schema"].start if "schema" in file.entries else file.node.start
            self._refuse(start, f"the file does not say `schema: {SCHEMA}`", "name a file that --write-decisions wrote")

    def _input(self, entry: _Map) -> tuple[str, str]:
        path, digest = self._required(entry, "path"), self._required(entry, "sha256")
        if not _SHA256.fullmatch(digest):
            start = entry.entries["sha256"].start
            self._refuse(start, f"`{_quoted(digest)}` is no sha256", _UNDO)
        return path, digest

    def _question(self, entry: _Map) -> tuple[str, Question, Answer | None]:
        number = self._required(entry, "id")
        texts = tuple(self._options(entry))
        default = self._default(entry, texts)
        why = self._text_of(entry, "why") if "why" in entry.entries else ""
        question = Question(self._line(entry.node.start), frozenset(texts), default, why)
        return number, question, self._answer(entry, texts)

    def _options(self, entry: _Map) -> Iterator[str]:
        """The folded texts of the options, in the order of their numbers."""
        for expected, node in enumerate(self._list(entry, "options"), 1):
            option = self._map(node, "an option", _OPTION_KEYS)
            number = self._required(option, "number")
            if number != str(expected):
                problem = f"this option has the number {_quoted(number)} where {expected} would follow"
                self._refuse(node.start, problem, _UNDO)
            yield fold(self._text_of(option, "text"))

    def _default(self, entry: _Map, texts: Sequence[str]) -> str | None:
        found = entry.entries.get("default")
        if found is None or found.node.value is None:
            return None
        numbers = numbers_in(found.node.value, len(texts)) if isinstance(found.node.value, str) else None
        if numbers is None or len(numbers) != 1:
            self._refuse(found.start, "the default is no option", _UNDO)
        return texts[min(numbers) - 1]

    def _answer(self, entry: _Map, texts: Sequence[str]) -> Answer | None:
        found = entry.entries.get("answer")
        if found is None or found.node.value is None or found.node.value == "":
            return None
        value = found.node.value
        words = value if isinstance(value, str) else ",".join(_numbers_of(value))
        numbers = numbers_in(words.strip(), len(texts))
        kind = entry.entries["kind"].node.value if "kind" in entry.entries else None
        is_single = not may_keep_several(str(kind))
        if numbers is None or (is_single and len(numbers) > 1):
            said = f"`{_quoted(words)}`" if words else "this"
            what = "is no answer to this question" if numbers is None else "keeps several values of one field"
            self._refuse(found.start, f"{said} {what}", f"write {_ways(len(texts), is_single)}")
        return Answer(frozenset(texts[number - 1] for number in numbers))

    # ------------------------------------------------------------------------------------------ shapes

    def _map(self, node: Node, what: str, known: Collection[str]) -> _Map:
        if not isinstance(node.value, Mapping):
            self._refuse(node.start, f"{what} is no map", f"it has the keys {', '.join(known)}")
        entries: dict[str, Entry] = {}
        for entry in node.entries:
            if entry.key not in known:
                self._refuse(entry.start, f"`{_quoted(entry.key)}` is no key of {what}", _nearest(entry.key, known))
            if entry.key in entries:
                self._refuse(entry.start, f"the key `{entry.key}` is there twice", "keep one of the two")
            entries[entry.key] = entry
        return _Map(node, what, entries)

    def _list(self, entry: _Map, key: str) -> tuple[Node, ...]:
        node = self._entry(entry, key).node
        if not isinstance(node.value, tuple):
            self._refuse(entry.entries[key].start, f"`{key}` is no list", _UNDO)
        return node.elements

    def _required(self, entry: _Map, key: str) -> str:
        """A text that is not empty."""
        value = self._text_of(entry, key)
        if not value.strip():
            self._refuse(entry.entries[key].start, f"`{key}` is empty", _UNDO)
        return value

    def _text_of(self, entry: _Map, key: str) -> str:
        found = self._entry(entry, key)
        if not isinstance(found.node.value, str):
            self._refuse(found.start, f"`{key}` is no text", _UNDO)
        return found.node.value

    def _entry(self, entry: _Map, key: str) -> Entry:
        if key not in entry.entries:
            self._refuse(entry.node.start, f"{entry.what} has no `{key}`", _UNDO)
        return entry.entries[key]

    def _line(self, offset: int) -> int:
        return line_at(self._text, offset)

    def _refuse(self, offset: int, problem: str, remedy: str) -> NoReturn:
        raise UnreadableFile(f"{self._path}:{self._line(offset)}", problem, remedy)


def _numbers_of(value: FieldValue) -> Iterator[str]:
    """The elements of a list; what is no text is spelled as no number is."""
    for each in value if isinstance(value, tuple) else (None,):
        yield each if isinstance(each, str) else "?"


def _ways(count: int, is_single: bool) -> str:
    """The answers that there are."""
    number = "1" if count == 1 else f"a number from 1 to {count}"
    return f"{number} or `{NONE}`" if is_single else f"{number}, several as [1, 2], `{ALL}` or `{NONE}`"


def _nearest(key: str, known: Collection[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key[:SPOKEN_CHARACTERS], known, n=1)
    return f"did you mean `{near[0]}`?" if near else f"its keys are {', '.join(known)}"


def _quoted(words: str) -> str:
    """What was written, short and on one line."""
    words = fold(words)
    return words if len(words) <= SPOKEN_CHARACTERS else f"{words[:SPOKEN_CHARACTERS].rstrip()}..."
