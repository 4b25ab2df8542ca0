"""JSON documents, and the schemas that describe them."""

from __future__ import annotations

import copy
import dataclasses
import json
from typing import Any

import jsonschema
import pytest
from duplicate_samples import DUPLICATES
from report_samples import NEW, OLD, REPAIRED, make_agent, make_diff, make_identical, make_merge

from agentdiff.blame import blame
from agentdiff.convert import Conversion, Loss, Outcome
from agentdiff.errors import BadInput
from agentdiff.formats import FORMATS
from agentdiff.model import AccessEdit, FieldValue
from agentdiff.report.blame_json import blame_document
from agentdiff.report.duplicates_json import clusters_document
from agentdiff.report.json_report import (
    agent_document,
    agents_document,
    conversion_document,
    diff_document,
    dumps,
    formats_document,
    merge_document,
)
from agentdiff.report.schema import schema_names, schema_text

CONVERSION = Conversion((OLD,), "codex-agent", "", (Loss("gardener", "model", Outcome.DROPPED, "no such model", 4),))
DOCUMENTS = {
    "agent": agent_document(OLD),
    "agents": agents_document([OLD, NEW], [None, None]),
    "blame": blame_document(blame(OLD, [NEW])),
    "clusters": clusters_document(DUPLICATES),
    "conversion": conversion_document(CONVERSION),
    "diff": diff_document(make_diff()),
    "formats": formats_document(FORMATS.values()),
    "merge": merge_document(make_merge()),
}


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads(schema_text(name))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_fit_their_schemas(name: str) -> None:
    validator(name).validate(json.loads(dumps(DOCUMENTS[name])))


def test_every_schema_is_tested() -> None:
    elsewhere = {"consolidation", "map", "matches"}  # test_report_consolidate.py, test_index.py
    assert set(schema_names()) == DOCUMENTS.keys() | elsewhere


@pytest.mark.parametrize("name", DOCUMENTS)
def test_keys_may_be_added(name: str) -> None:
    document = {**DOCUMENTS[name], "later": 1}
    validator(name).validate(document)


def without(name: str, *path: str | int) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENTS[name])
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return document


def replaced(name: str, value: object, *path: str | int) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENTS[name])
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_promised_key_may_be_missing(name: str) -> None:
    optional = {"notes"}
    for key in DOCUMENTS[name].keys() - optional:
        assert not validator(name).is_valid(without(name, key)), key


SPOILED = {
    "a line 0": replaced("agent", [0, 1], "items", 0, "lines"),
    "three lines": replaced("agent", [1, 1, 1], "items", 0, "lines"),
    "an unknown kind": replaced("agent", "verse", "items", 0, "kind"),
    "a number as value": replaced("agent", 1.1, "fields", 0, "value"),
    "a number in a list": replaced("agent", ["a", 1], "fields", 0, "value"),
    "a short digest": replaced("agent", "abc", "sha256"),
    "another schema": replaced("agent", "agentdiff.agent/2", "schema"),
    "an item without text": without("agent", "items", 0, "text"),
    "an unknown verdict": replaced("diff", "similar", "verdict"),
    "a similarity of 63": replaced("diff", 63, "similarity"),
    "a field that was kept": replaced("diff", "kept", "fields", 0, "change"),
    "an added section with an old side": replaced("diff", "added", "sections", 0, "relation"),
    "an added item with an old side": replaced("diff", "added", "items", 0, "change"),
    "an item side without its section": without("diff", "items", 0, "old", "section"),
    "a kept line without a unit": replaced("merge", None, "ledger", 0, "unit"),
    "an unknown fate": replaced("merge", "lost", "ledger", 0, "fate"),
    "a list without its agents": without("agents", "agents"),
    "an agent of a list without a name": without("agents", "agents", 1, "name"),
    "an unknown outcome": replaced("conversion", "lost", "losses", 0, "outcome"),
    "a loss at line 0": replaced("conversion", 0, "losses", 0, "line"),
    "a conversion without its text": without("conversion", "output", "text"),
    "an unknown sort of format": replaced("formats", "verse", "formats", 0, "kind"),
    "a key of an unknown type": replaced("formats", "verse", "formats", 0, "keys", 0, "type"),
    "a cluster of one": replaced("clusters", [], "clusters", 0, "edges"),
    "a cluster of an unknown kind": replaced("clusters", "far", "clusters", 0, "kind"),
    "a cluster without its base": without("clusters", "clusters", 0, "suggested"),
    "a long id": replaced("clusters", "0" * 13, "clusters", 0, "id"),
    "a member without tokens": without("clusters", "clusters", 0, "members", 1, "tokens"),
    "an edge to nobody": replaced("clusters", None, "clusters", 0, "edges", 0, "b"),
    "a containment above 1": replaced("clusters", 1.01, "clusters", 0, "edges", 0, "containment"),
    "skipped without a reason": without("clusters", "skipped", 0, "reason"),
    "a negative choice": replaced("merge", -1, "conflicts", 0, "chosen"),
}


@pytest.mark.parametrize(("document"), SPOILED.values(), ids=SPOILED.keys())
def test_schemas_are_strict(document: dict[str, Any]) -> None:
    name = document["schema"].partition("/")[0].removeprefix("agentdiff.")
    assert not validator(name).is_valid(document)


def test_agent_document() -> None:
    document = agent_document(OLD)
    assert document["fields"][2]["value"] == ["Read", "Edit"]
    assert document["sections"][1]["lines"] == [8, 11]
    assert document["items"][1] == {
        "id": 1,
        "section": 1,
        "parent": None,
        "kind": "bullet",
        "text": "Water every morning before nine",
        "lines": [9, 9],
    }
    assert document["diagnostics"][0]["code"] == REPAIRED.code


def test_nested_values_keep_their_shape() -> None:
    hooks: FieldValue = {"Stop": ({"command": "make", "matcher": None},), "version": "1.10"}
    document = agent_document(make_agent("a.md", [("", ["text"])], {"hooks": hooks}))
    assert document["fields"][0]["value"] == {"Stop": [{"command": "make", "matcher": None}], "version": "1.10"}


def test_diff_document() -> None:
    document = diff_document(make_diff())
    assert document["similarity"] == 0.612
    assert document["sections"][1]["old"] == [{"title": "Watering", "lines": [8, 11]}]
    assert document["sections"][4]["old"] == []
    moved = document["items"][-1]
    assert (moved["change"], moved["relation"]) == ("moved", "equal")
    assert moved["old"] == {"text": "Use rain water", "lines": [11, 11], "section": "Watering"}
    assert moved["new"]["section"] == "Pests"
    assert document["items"][5]["new"] is None
    assert [(entry["side"], entry["path"]) for entry in document["diagnostics"]] == [("old", "old.md")]


ACCESS = AccessEdit(
    (), ("everything", "not edit"), "nothing", "everything but edit", ("everything else",), (), "names no tools: X", ""
)
WITH_ACCESS = diff_document(dataclasses.replace(make_diff(), access=ACCESS))


def test_access_in_a_diff_document() -> None:
    assert WITH_ACCESS["access"] == {
        "old": "nothing",
        "new": ["everything", "not edit"],
        "added": ["everything else"],
        "removed": [],
        "old_reason": "names no tools: X",
        "new_reason": "",
    }
    all_allowed = dataclasses.replace(ACCESS, new=("everything",))
    assert diff_document(dataclasses.replace(make_diff(), access=all_allowed))["access"]["new"] == "everything"
    assert diff_document(make_diff())["access"] is None
    validator("diff").validate(json.loads(dumps(WITH_ACCESS)))


@pytest.mark.parametrize(
    ("end", "is_valid"), [("everything", True), (["read"], True), ("all", False), ([], False), (None, False)]
)
def test_access_in_the_schema(end: object, is_valid: bool) -> None:
    document = copy.deepcopy(WITH_ACCESS)
    document["access"]["old"] = end
    assert validator("diff").is_valid(document) is is_valid


def test_the_diagnostics_of_a_file_with_itself_name_both_sides() -> None:
    assert [entry["side"] for entry in diff_document(make_identical())["diagnostics"]] == ["old", "new"]


def test_merge_document() -> None:
    document = merge_document(make_merge())
    assert document["output"]["text"].startswith("---\nname: gardener\n")
    assert document["fields"][1]["options"] == [
        {"value": ["Read", "Edit"], "inputs": [0]},
        {"value": ["Read", "Bash"], "inputs": [1]},
    ]
    assert document["ledger"][-1]["unit"] is None
    assert document["conflicts"][0]["chosen"] == 0
    assert document["notes"] == ["tools left out: Bash, Edit"]


def test_json_is_plain_ascii_that_no_terminal_obeys() -> None:
    text = "\x1b[2J \x7f \x9b \u202e \u200b é"
    written = dumps(agent_document(make_agent("a.md", [("", [text])])))
    assert all(character == "\n" or " " <= character <= "~" for character in written)
    assert json.loads(written)["items"][0]["text"] == text


def test_json_is_the_same_every_time_and_ends_with_a_line_feed() -> None:
    first, second = dumps(diff_document(make_diff())), dumps(diff_document(make_diff()))
    assert first == second
    assert first.endswith("}\n")
    assert list(json.loads(first))[:4] == ["schema", "old", "new", "verdict"]
    assert json.loads(first)["new"]["sha256"] == NEW.sha256


def test_an_unknown_schema_lists_the_known_ones() -> None:
    with pytest.raises(BadInput, match="'patch'; the known ones are agent, "):
        schema_text("patch")
