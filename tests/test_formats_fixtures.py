"""The files below fixtures/formats are read as their `expected.json` says; fixtures/README.md explains its keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from agentdiff.errors import UnreadableFile
from agentdiff.files import STANDARD_INPUT
from agentdiff.formats import FORMATS, parse_all
from agentdiff.model import Agent, FieldValue, Span

FOLDER = Path(__file__).parents[1] / "fixtures" / "formats"
EXPECTED = sorted(FOLDER.glob("*/*expected.json"))

Case = dict[str, Any]


def case(path: Path) -> Case:
    loaded: Case = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def source(path: Path) -> str:
    text: bytes = (path.parent / case(path)["file"]).read_bytes()
    return text.decode()


READABLE = [path for path in EXPECTED if "agents" in case(path)]
REFUSED = [path for path in EXPECTED if "error" in case(path)]
TOLD_BY_CONTENT = [path for path in READABLE if "content_alone" in case(path)]


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name.removesuffix('expected.json').removesuffix('.')}"


# ---------------------------------------------------------------------------------------------- what was read


def plain(value: FieldValue) -> Any:
    """A value as JSON has it."""
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    return [plain(entry) for entry in value]


def as_case(file: str, agents: tuple[Agent, ...]) -> Case:
    return {"file": file, "format": agents[0].format, "agents": [agent_as_read(agent) for agent in agents]}


def agent_as_read(agent: Agent) -> Case:
    def lines(span: Span) -> tuple[int, int]:
        on_disk = agent.on_disk(span)
        return on_disk.first, on_disk.last

    return {
        "name": agent.name,
        "fields": {field.name: plain(field.value) for field in agent.fields},
        "sections": [[section.title, *lines(section.span)] for section in agent.sections],
        "items": [[item.kind.value, *lines(item.span), item.text] for item in agent.items],
        "diagnostics": [[each.code, each.line] for each in agent.diagnostics],
    }


def written(case: Case) -> str:
    """The case as its file has it: one line for each field, section, item and diagnostic, in their order."""
    head = [f'  "{key}": {dumped(value)}' for key, value in case.items() if key != "agents"]
    agents = ",\n".join("    {\n" + ",\n".join(_parts(agent)) + "\n    }" for agent in case["agents"])
    return "{\n" + ",\n".join([*head, '  "agents": [\n' + agents + "\n  ]"]) + "\n}\n"


def _parts(agent: Case) -> Iterator[str]:
    for key, value in agent.items():
        if isinstance(value, dict) and value:
            entries = (f"        {dumped(name)}: {dumped(entry)}" for name, entry in value.items())
            yield f'      "{key}": {{\n' + ",\n".join(entries) + "\n      }"
        elif isinstance(value, list) and value:
            yield f'      "{key}": [\n' + ",\n".join(f"        {dumped(entry)}" for entry in value) + "\n      ]"
        else:
            yield f'      "{key}": {dumped(value)}'


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def difference(expected: Case, read: Case) -> str:
    old, new = written(expected).splitlines(), written(read).splitlines()
    return "\n".join(unified_diff(old, new, "expected.json", "as it is read", lineterm="", n=2))


# ---------------------------------------------------------------------------------------------- tests


@pytest.mark.parametrize("path", READABLE, ids=name_of)
def test_read_as_expected(path: Path) -> None:
    expected = case(path)
    read = as_case(expected["file"], parse_all(source(path), expected["file"]))
    expected.pop("content_alone", None)
    found = difference(expected, read)
    if found:
        pytest.fail(f"{name_of(path)}\n{found}", pytrace=False)


@pytest.mark.parametrize("path", REFUSED, ids=name_of)
def test_refused_as_expected(path: Path) -> None:
    expected = case(path)
    with pytest.raises(UnreadableFile) as caught:
        parse_all(source(path), expected["file"])
    assert expected["error"] in str(caught.value)


@pytest.mark.parametrize("path", TOLD_BY_CONTENT, ids=name_of)
def test_format_is_told_by_content_alone(path: Path) -> None:
    assert parse_all(source(path), STANDARD_INPUT)[0].format == case(path)["content_alone"]


@pytest.mark.parametrize("path", READABLE, ids=name_of)
def test_agents_keep_their_content_in_any_place_once_the_format_is_named(path: Path) -> None:
    expected = case(path)
    agents = parse_all(source(path), STANDARD_INPUT, format=expected["format"])
    assert [agent_as_read(agent)["fields"] for agent in agents] == [agent["fields"] for agent in expected["agents"]]
    assert [agent_as_read(agent)["items"] for agent in agents] == [agent["items"] for agent in expected["agents"]]


def test_every_format_has_a_case() -> None:
    assert {path.parent.name for path in EXPECTED} == set(FORMATS)


@pytest.mark.parametrize("path", EXPECTED, ids=name_of)
def test_cases_are_whole(path: Path) -> None:
    expected = case(path)
    if path in REFUSED:
        assert set(expected) == {"file", "error"}
        return
    assert list(expected) == [key for key in ("file", "format", "content_alone", "agents") if key in expected]
    assert expected["format"] == path.parent.name
    assert all(list(agent) == ["name", "fields", "sections", "items", "diagnostics"] for agent in expected["agents"])
    assert path.read_text(encoding="utf-8") == written(expected), "one line for each entry"


def test_every_file_has_a_case() -> None:
    given = {path for path in FOLDER.rglob("*") if path.is_file()}
    assert given == {*EXPECTED, *(path.parent / case(path)["file"] for path in EXPECTED)}


@pytest.mark.parametrize("path", READABLE, ids=name_of)
def test_carriage_returns_are_where_they_were_put(path: Path) -> None:
    assert ("\r\n" in source(path)) == (name_of(path) == "claude-agent/requoted")
