"""What holds for all agents, tried on small generated ones that repeat, overlap and contradict each other a lot."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from agentdiff.diff import diff
from agentdiff.formats import parse
from agentdiff.model import (
    STATEMENTS,
    Agent,
    AgentDiff,
    Change,
    FieldEdit,
    ItemEdit,
    SectionChange,
    SectionEdit,
    Verdict,
)

FIXTURES = Path(__file__).parents[1] / "fixtures"

# ---------------------------------------------------------------------------------------------- generated agents

SENTENCES = (
    *("Always use UUIDs as keys", "Never use UUIDs as keys", "Use UUIDs as primary keys"),
    *("Retry failed jobs 3 times", "Retry failed jobs 5 times", "Retry jobs that failed"),
    *("Log errors", "Log errors with their context", "Never log errors of users"),
    *("Write tests", "Write unit tests first", "**Tests**: Write unit tests", "Review code", "Run `make test`"),
)
TITLES = ("Testing", "Security", "Rules", "Code Review", "Tests and Security")
FIELDS = (
    *("name: a", "name: b", "description: x y", "description: x\\ny", "model: opus", "model:", "tools:", "tools: []"),
    *(
        "tools: Read, Grep",
        "tools: Grep, Read",
        "tools: [Read]",
        "hooks: {Stop: [{a: b}]}",
        "hooks: {Stop: [{a: c}, d]}",
    ),
)
SENTENCE = st.sampled_from(SENTENCES)
BLOCK = st.one_of(
    st.sampled_from(TITLES).map("\n## {}\n\n".format),
    st.sampled_from(TITLES).map("\n**{}:**\n".format),
    SENTENCE.map("- {}\n".format),
    SENTENCE.map("- {}\n".format),
    SENTENCE.map("   - {}\n".format),
    SENTENCE.map("\n{}.\n\n".format),
    st.sampled_from(["\n---\n\n", "\n```\nmake test\n```\n", "\nYou are a reviewer.\n\n"]),
)


def _file(fields: list[str], blocks: list[str]) -> Agent:
    block = "".join(f"{field}\n" for field in fields)
    text = (f"---\n{block}---\n" if block else "") + "".join(blocks)
    return parse(text if text.strip() else "You help.\n", "a.md")


AGENTS = st.builds(
    _file,
    st.lists(st.sampled_from(FIELDS), max_size=4, unique_by=lambda field: field.split(":")[0]),
    st.lists(BLOCK, max_size=9),
)
TWICE = _file([], ["\n**Rules:**\n", "\n**Rules:**\n", "- Log errors\n", "- Log errors\n"])
MOVED = _file([], ["\n## Testing\n\n", "- Log errors\n", "\n## Rules\n\n", "- Review code\n"])
HOME = _file([], ["\n## Testing\n\n", "\n## Rules\n\n", "- Review code\n", "- Log errors\n"])


# ---------------------------------------------------------------------------------------------- a file and itself


@given(AGENTS)
@example(TWICE)
def test_nothing_differs_from_itself(agent: Agent) -> None:
    result = diff(agent, agent)
    assert (result.verdict, result.similarity) == (Verdict.IDENTICAL, 1.0)
    assert all(edit.change is Change.SAME for edit in result.fields)
    assert all(
        (edit.relation, edit.renamed, edit.moved, edit.old) == (SectionChange.SAME, False, False, edit.new)
        for edit in result.sections
    )
    assert all((edit.change, edit.moved, edit.old) == (Change.KEPT, False, edit.new) for edit in result.items)


@given(AGENTS)
@example(TWICE)
def test_other_marks_change_nothing(agent: Agent) -> None:
    other = parse(agent.source.replace("\n- ", "\n* ").replace("\n", "\r\n"), "b.md")
    assert diff(agent, other).verdict in (Verdict.IDENTICAL, Verdict.EQUIVALENT)


# ---------------------------------------------------------------------------------------------- the other way round

_CHANGES = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED}
_SECTION_CHANGES = {
    SectionChange.ADDED: SectionChange.REMOVED,
    SectionChange.REMOVED: SectionChange.ADDED,
    SectionChange.SPLIT: SectionChange.MERGED,
    SectionChange.MERGED: SectionChange.SPLIT,
}
_VERDICTS = {Verdict.SUPERSET: Verdict.SUBSET, Verdict.SUBSET: Verdict.SUPERSET}
_WORDS = {"old": "new", "new": "old", "added": "removed", "removed": "added"}


def _turned_words(text: str) -> str:
    return " ".join(_WORDS.get(word, word) for word in text.split(" "))


def _turned_field(edit: FieldEdit) -> FieldEdit:
    return replace(
        edit,
        change=_CHANGES.get(edit.change, edit.change),
        old=edit.new,
        new=edit.old,
        added=edit.removed,
        removed=edit.added,
        paths=tuple(sorted(map(_turned_words, edit.paths))),
    )


def _turned_section(edit: SectionEdit) -> SectionEdit:
    relation = _SECTION_CHANGES.get(edit.relation, edit.relation)
    return replace(edit, relation=relation, old=edit.new, new=edit.old, reason=_turned_words(edit.reason))


def _turned_item(edit: ItemEdit) -> ItemEdit:
    change = _CHANGES.get(edit.change, edit.change)
    return replace(edit, change=change, old=edit.new, new=edit.old, reason=_turned_words(edit.reason))


@given(AGENTS, AGENTS)
@example(MOVED, HOME)
def test_swapping_the_sides_swaps_the_result(old: Agent, new: Agent) -> None:
    there, back = diff(old, new), diff(new, old)
    assert back.verdict is _VERDICTS.get(there.verdict, there.verdict)
    assert back.similarity == there.similarity
    assert {edit.name: edit for edit in back.fields} == {edit.name: _turned_field(edit) for edit in there.fields}
    assert Counter(back.sections) == Counter(map(_turned_section, there.sections))
    assert Counter(back.items) == Counter(map(_turned_item, there.items))


# ---------------------------------------------------------------------------------------------- all is told


def _told(result: AgentDiff) -> tuple[set[int], set[int]]:
    return (
        {edit.old for edit in result.items if edit.old is not None},
        {edit.new for edit in result.items if edit.new is not None},
    )


@given(AGENTS, AGENTS)
def test_every_statement_and_section_of_both_sides_is_told(old: Agent, new: Agent) -> None:
    result = diff(old, new)
    for agent, told in zip((old, new), _told(result), strict=True):
        assert told == {item.id for item in agent.items if item.kind in STATEMENTS}
    assert {number for edit in result.sections for number in edit.old} == {each.id for each in old.sections}
    assert {number for edit in result.sections for number in edit.new} == {each.id for each in new.sections}
    assert {edit.name for edit in result.fields} == {field.name for field in (*old.fields, *new.fields)}


@given(AGENTS, AGENTS)
def test_numbers_are_in_range_and_changes_fit_their_sides(old: Agent, new: Agent) -> None:
    result = diff(old, new)
    assert 0 <= result.similarity <= 1
    assert all(0 <= edit.similarity <= 1 and edit.reason for edit in result.items)
    assert all(0 <= edit.similarity <= 1 and edit.reason for edit in result.sections)
    for item in result.items:
        assert (item.old is None) == (item.change is Change.ADDED)
        assert (item.new is None) == (item.change is Change.REMOVED)
        assert (item.relation is None) == (item.old is None or item.new is None)
        assert item.moved or item.change is not Change.MOVED


@given(AGENTS, AGENTS)
def test_a_superset_lacks_nothing(old: Agent, new: Agent) -> None:
    result = diff(old, new)
    if result.verdict is Verdict.SUPERSET:
        assert not {Change.REMOVED, Change.CHANGED} & {edit.change for edit in result.items}
        assert not {Change.REMOVED, Change.CHANGED} & {edit.change for edit in result.fields}
    if result.verdict in (Verdict.EQUIVALENT, Verdict.FIELDS_ONLY):
        assert {edit.change for edit in result.items} <= {Change.KEPT}
    if result.verdict is Verdict.EQUIVALENT:
        assert {edit.change for edit in result.fields} <= {Change.SAME}


# ---------------------------------------------------------------------------------------------- every run alike

_SCRIPT = """
import sys
from dataclasses import asdict
from itertools import permutations
from json import dumps as plain_dumps
from agentdiff.align import align
from agentdiff.diff import diff
from agentdiff.formats import read
from agentdiff.report.json_report import diff_document, dumps
told = {}
for old, new in permutations(map(read, sys.argv[1:]), 2):
    alignment = plain_dumps(asdict(align(old, new)))
    told[old.path, new.path] = alignment + "\\n" + dumps(diff_document(diff(old, new)))
sys.stdout.buffer.write("".join(told[pair] for pair in sorted(told)).encode())
"""


def _printed(hash_seed: str, paths: list[str]) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", _SCRIPT, *paths], capture_output=True, check=True, env=environment)
    return done.stdout


def test_no_result_depends_on_the_hash_seed_or_on_what_was_compared_before() -> None:
    paths = sorted(
        str(path) for folder in ("backend-engineer", "languages") for path in FIXTURES.glob(f"{folder}/*.md")
    )
    first = _printed("0", paths)
    assert first.count(b"agentdiff.diff/1") == len(paths) * (len(paths) - 1) > 20
    assert first == _printed("1", paths[::-1])
    assert first == _printed("2", paths)
    assert first == _printed("3", paths[2:] + paths[:2])
