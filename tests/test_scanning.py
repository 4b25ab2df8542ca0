"""Files as rows: one for each agent, and for each file without one the reason."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from agentdiff import scanning
from agentdiff.fingerprint import fingerprint, tokens_in
from agentdiff.scanning import NO_AGENT, Row, batches_of, hash_of, row_schema, rows_of, rows_of_table
from agentdiff.walking import Candidate

BODY = "Cut the old wood above the third bud.\n\n- Burn what is ill\n"
PAGE = f"---\nname: pruner\ndescription: Prunes roses\n---\n\n{BODY}"
MODES = "customModes:\n" + "".join(
    f"  - slug: {slug}\n    name: {slug.title()}\n    roleDefinition: You are {slug}.\n" for slug in ("build", "plan")
)


def rows(*files: Candidate, has_terms: bool = False) -> list[dict[str, Any]]:
    found = [rows_of(batch, has_terms) for batch in batches_of(files)]
    assert all(batch.schema == row_schema() for batch in found)
    return [row for batch in found for row in batch.to_pylist()]


def file(path: str, text: str | bytes, collection: str = "x", is_given: bool = False) -> Candidate:
    data = text if isinstance(text, bytes) else text.encode()
    return Candidate(path, path, collection, data, is_given)


def opencode(*names: str) -> str:
    return json.dumps({"agent": {name: {"description": "d", "prompt": f"You are {name}."} for name in names}})


KINDS = [
    ("x/agents/pruner.md", PAGE, "claude-agent", "pruner"),
    (
        "x/.codex/agents/pruner.toml",
        'name = "pruner"\ndescription = "d"\ndeveloper_instructions = "Cut."\n',
        None,
        "pruner",
    ),
    ("x/opencode.json", opencode("pruner"), None, "pruner"),
    ("x/.roomodes", MODES.partition("  - slug: plan")[0], "roo-modes", "build"),
    ("x/.cursor/rules/roses.mdc", "---\ndescription: Roses\nalwaysApply: true\n---\nCut.\n", None, "roses"),
    ("x/AGENTS.md", "# Rules\n\n- Cut\n", None, None),
]


@pytest.mark.parametrize(("path", "text", "format_", "name"), KINDS, ids=[path for path, *_ in KINDS])
def test_each_kind_of_file_makes_a_row(path: str, text: str, format_: str | None, name: str | None) -> None:
    [row] = rows(file(path, text))
    assert row["reason"] == ""
    assert (row["path"], row["collection"], row["size"]) == (path, "x", len(text.encode()))
    assert row["file"] == sha256(text.encode()).hexdigest()
    assert row["format"] == (format_ or row["format"])
    assert row["name"] == (name or row["name"])
    assert (row["agent"], row["home"]) == (hash_of(path), hash_of("x"))
    assert row["sketch"]
    assert row["terms"] == b""


def test_agents_of_one_file_are_counted_one_by_one() -> None:
    found = rows(file("x/.roomodes", MODES), file("x/opencode.json", opencode("a", "b", "c")))
    paths = ["x/.roomodes#build", "x/.roomodes#plan", *(f"x/opencode.json#{name}" for name in "abc")]
    assert [row["path"] for row in found] == paths
    assert [row["size"] for row in found] == [len(MODES), 0, len(opencode("a", "b", "c")), 0, 0]
    assert len({row["agent"] for row in found}) == 5
    assert len({row["file"] for row in found}) == 2


@pytest.mark.parametrize("names", [("a#b", "c"), ("#", "c"), ("a/b c", "c"), ("same", "other#same"), ("", "c")])
def test_names_with_odd_characters_lead_back_to_their_agents(names: tuple[str, ...]) -> None:
    """The path is that under which the agent can be read."""
    found = rows(file("x/opencode.json", opencode(*names)))
    assert [row["path"] for row in found] == [f"x/opencode.json#{name or n}" for n, name in enumerate(names, 1)]


def test_copies_have_paths_and_names_of_their_own() -> None:
    texts = {"y/opencode.json": opencode("a", "b"), "y/AGENTS.md": "- Cut\n", "y/agents/roses.md": BODY}
    files = [file(place.replace("y/", home), text, home) for place, text in texts.items() for home in ("y/", "z/")]
    found = rows(*files, file("z/agents/ferns.md", BODY, "z/"))
    assert [row["path"] for row in found] == [
        *("y/opencode.json#a", "y/opencode.json#b", "z/opencode.json#a", "z/opencode.json#b"),
        *("y/AGENTS.md", "z/AGENTS.md", "y/agents/roses.md", "z/agents/roses.md", "z/agents/ferns.md"),
    ]
    assert [row["name"] for row in found[-3:]] == ["roses", "roses", "ferns"]
    assert len({row["key"] for row in found[-3:]}) == 1


def test_what_is_said_of_one_does_not_depend_on_the_others() -> None:
    files = [file(path, text) for path, text, *_ in KINDS] + [file("x/broken.json", "{"), file("x/.roomodes", MODES)]
    alone = [row for each in files for row in rows(each)]
    assert rows(*files) == alone
    assert rows(*files[::-1])[-1] == alone[0]


REASONS = {
    # path, content, is it given -> reason; NO_AGENT is another sort of file
    "empty": ("x/agents/a.md", b"", False, "is empty"),
    "blank": ("x/agents/a.md", b" \n\n", False, "is empty"),
    "binary": ("x/agents/a.md", b"\0\1\2\xff" * 50, False, "binary"),
    "broken settings of agents": ("x/opencode.json", b'{"agent": ', False, "line 1"),
    "broken JSON": ("x/a.json", b'{"agent": ', False, "line 1"),
    "settings": ("x/a.json", b'{"a": 1}', False, NO_AGENT),
    "settings that were given": ("x/a.json", b'{"a": 1}', True, "no agent format in JSON"),
    "a page": ("x/docs/a.md", b"# How to\n", False, NO_AGENT),
    "read me": ("x/agents/README.md", b"# All agents\n", False, NO_AGENT),
}


@pytest.mark.parametrize(("path", "data", "is_given", "reason"), REASONS.values(), ids=REASONS.keys())
def test_what_is_no_agent_says_why(path: str, data: bytes, is_given: bool, reason: str) -> None:
    found = rows(file(path, data, is_given=is_given), file("x/agents/b.md", PAGE))
    assert [row["path"] for row in found] == [path, "x/agents/b.md"]
    assert reason in found[0]["reason"]
    assert bool(found[0]["reason"]) is bool(reason)
    assert not found[0]["is_agent"]
    assert path not in found[0]["reason"]
    assert found[0]["is_given"] is is_given
    assert found[1]["reason"] == ""


def test_a_page_that_was_given_is_an_agent() -> None:
    assert rows(file("x/docs/a.md", "# How to\n", is_given=True))[0]["reason"] == ""


def test_a_bug_that_one_file_shows_costs_only_that_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(agent: Any) -> Any:
        if "unlucky" in agent.body:
            raise ZeroDivisionError("division by zero")
        return fingerprint(agent)

    monkeypatch.setattr(scanning, "fingerprint", broken)
    found = rows(file("x/agents/a.md", "unlucky\n"), file("x/agents/b.md", PAGE))
    assert [bool(row["reason"]) for row in found] == [True, False]
    assert "bug (ZeroDivisionError: division by zero)" in found[0]["reason"]


def test_files_on_disk_are_read(tmp_path: Path) -> None:
    path = tmp_path / "agents" / "a.md"
    path.parent.mkdir()
    path.write_text(PAGE)
    place, gone = str(path), str(tmp_path / "agents" / "gone.md")
    found = rows(Candidate(place, place, "x"), Candidate(gone, gone, "x", None, True))
    assert found[0]["file"] == sha256(PAGE.encode()).hexdigest()
    assert (found[1]["reason"], found[1]["is_given"]) == ("there is no such file", True)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("backend-dev", "dev_backend", True),
        ("backend-dev", "Backend Dev Agent v2", True),
        ("go-dev", "rust-dev", False),
    ],
)
def test_names_of_one_role(one: str, other: str, is_same: bool) -> None:
    pages = [file(f"x/agents/{n}.md", PAGE.replace("pruner", name)) for n, name in enumerate((one, other))]
    found = rows(*pages)
    assert (found[0]["role"] == found[1]["role"]) is is_same


def test_tokens_are_those_of_the_agent() -> None:
    assert rows(file("x/agents/a.md", PAGE))[0]["tokens"] == tokens_in(PAGE.removesuffix(BODY)) + tokens_in(BODY)


def test_terms_are_made_where_roles_are_asked_for() -> None:
    page = file("x/agents/a.md", PAGE)
    assert rows(page)[0]["terms"] == b""
    assert rows(page, has_terms=True)[0]["terms"]


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])])
def test_batches(count: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "BATCH_FILES", 3)
    files = [file(f"{number}.md", PAGE) for number in range(count)]
    batches = list(batches_of(iter(files)))
    assert [batch.num_rows for batch in batches] == sizes
    assert [row["path"] for batch in batches for row in batch.to_pylist()] == [each.path for each in files]


def test_files_are_taken_as_batches_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "BATCH_FILES", 2)
    waiting = iter([file(f"{number}.md", PAGE) for number in range(5)])
    next(batches_of(waiting))
    assert len(list(waiting)) == 3


# ---------------------------------------------------------------------------------------------- tables


def table_rows(
    paths: Iterable[str | None], contents: Iterable[Any], kind: pa.DataType, collections: list[str | None] | None = None
) -> list[dict[str, Any]]:
    columns = {"path": pa.array(paths, pa.string()), "content": pa.array(contents, kind)}
    if collections is not None:
        columns["collection"] = pa.array(collections, pa.string())
    batch = pa.RecordBatch.from_pydict(columns)
    return rows_of_table(batch, "data/", False).to_pylist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", [pa.string(), pa.binary(), pa.large_string()])
def test_content_is_text_or_bytes(kind: pa.DataType) -> None:
    content = PAGE.encode() if kind == pa.binary() else PAGE
    [row] = table_rows(["data/one/agents/a.md"], [content], kind)
    assert row["file"] == sha256(PAGE.encode()).hexdigest()
    assert (row["name"], row["collection"], row["is_given"]) == ("pruner", "one", False)


def test_rows_of_tables_that_are_no_agents() -> None:
    paths = ["data/a/agents/1.md", None, "data/a/agents/2.md", "data/a/setup.py", "data/b/agents/3.md"]
    found = table_rows(paths, [None, BODY, "", "import os\n", PAGE], pa.string())
    reasons = {row["path"]: row["reason"] for row in found}
    assert reasons["data/a/agents/1.md"] == reasons["data/a/agents/2.md"] == "is empty"
    assert [row["path"] for row in found if row["is_agent"]] == ["data/b/agents/3.md"]
    assert reasons["data/a/setup.py"] == NO_AGENT
    assert "(no path)" in reasons


@pytest.mark.parametrize("content", [7, {"a": "b"}, ["x"], True])
def test_content_that_is_no_text(content: Any) -> None:
    [row] = table_rows(["data/a/agents/1.md"], [content], pa.array([content]).type)
    assert (row["is_agent"], row["reason"]) == (False, "has content that is neither text nor bytes")


def test_collections_of_a_table_that_says_them() -> None:
    paths = ["data/a/agents/1.md", "data/a/agents/2.md", "data/3.md"]
    found = table_rows(paths, [PAGE] * 3, pa.string(), ["garden", None, ""])
    assert [row["collection"] for row in found] == ["garden", "a", "."]


def test_rows_have_names_for_what_they_hold() -> None:
    assert tuple(row_schema().names) == Row._fields
