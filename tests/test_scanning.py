"""Files as rows: one for each agent, and for each file without one the reason."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from hashlib import sha256
from operator import itemgetter
from os.path import basename
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from agentdiff import scanning
from agentdiff.fingerprint import REMEMBERED, fingerprint, tokens_in
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
    found = {row["path"]: row for row in rows(*files, file("z/agents/ferns.md", BODY, "z/"))}
    pages = ["y/agents/roses.md", "z/agents/ferns.md", "z/agents/roses.md"]
    assert sorted(found) == sorted(
        [*(f"{home}/opencode.json#{name}" for home in "yz" for name in "ab"), "y/AGENTS.md", "z/AGENTS.md", *pages]
    )
    assert [found[path]["name"] for path in pages] == ["roses", "ferns", "roses"]
    assert len({found[path]["key"] for path in pages}) == 1


def test_what_is_said_of_one_does_not_depend_on_the_others() -> None:
    files = [file(path, text) for path, text, *_ in KINDS] + [file("x/broken.json", "{"), file("x/.roomodes", MODES)]
    alone = [row for each in files for row in rows(each)]
    for together in (rows(*files), rows(*files[::-1])):
        assert sorted(together, key=itemgetter("path")) == sorted(alone, key=itemgetter("path"))


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
    read = rows(file(path, data, is_given=is_given), file("x/agents/b.md", PAGE))
    found = {row["path"]: row for row in read}
    assert found.keys() == {path, "x/agents/b.md"}
    assert reason in found[path]["reason"]
    assert not found[path]["is_agent"]
    assert path not in found[path]["reason"]
    assert found[path]["is_given"] is is_given
    assert (found["x/agents/b.md"]["is_agent"], found["x/agents/b.md"]["reason"]) == (True, "")
    assert not any(value is None for row in read for value in row.values())


def test_a_page_that_was_given_is_an_agent() -> None:
    assert rows(file("x/docs/a.md", "# How to\n", is_given=True))[0]["reason"] == ""


def test_a_bug_that_one_file_shows_costs_only_that_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(agent: Any) -> Any:
        if "unlucky" in agent.body:
            raise ZeroDivisionError("division by zero")
        return fingerprint(agent)

    monkeypatch.setattr(scanning, "fingerprint", broken)
    found = rows(file("x/agents/a.md", "unlucky\n"), file("x/agents/b.md", PAGE))
    assert {row["path"]: row["is_agent"] for row in found} == {"x/agents/a.md": False, "x/agents/b.md": True}
    [reason] = [row["reason"] for row in found if not row["is_agent"]]
    assert "bug (ZeroDivisionError: division by zero)" in reason


def test_files_on_disk_are_read(tmp_path: Path) -> None:
    path = tmp_path / "agents" / "a.md"
    path.parent.mkdir()
    path.write_text(PAGE)
    place, gone = str(path), str(tmp_path / "agents" / "gone.md")
    read = rows(Candidate(place, place, "x"), Candidate(gone, gone, "x", None, True), Candidate("\0", "\0", "x"))
    found = {row["path"]: row for row in read}
    assert found[place]["file"] == sha256(PAGE.encode()).hexdigest()
    assert (found[gone]["reason"], found[gone]["is_given"]) == ("there is no such file", True)
    assert not found["\0"]["is_agent"]


def test_the_place_is_that_on_disk_and_in_git_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("agents").mkdir()
    Path("agents/a.md").write_text(PAGE)
    place = str(tmp_path / "agents/a.md")
    on_disk = Candidate("agents/a.md", place, "x")
    in_git = Candidate("HEAD:agents/a.md", "agents/a.md", "x", PAGE.encode())
    found = {row["path"]: row["place"] for row in rows(on_disk, in_git)}
    assert found == {"agents/a.md": place, "HEAD:agents/a.md": "HEAD:agents/a.md"}


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


# path, text, another path, another text -> whether both names are evidence for one role
FIXED = {
    "CLAUDE.md": ("x/CLAUDE.md", "- Cut\n", "y/CLAUDE.md", "- Cut\n", False),
    "AGENTS.md": ("x/AGENTS.md", "- Cut\n", "x/docs/AGENTS.md", "- Cut\n", False),
    "both": ("x/AGENTS.md", "- Cut\n", "x/CLAUDE.md", "- Cut\n", False),
    "a page named by its path": ("x/.claude/agents/a.md", BODY, "y/.claude/agents/a.md", BODY, True),
    "a rule named by its path": ("x/.cursor/rules/cut.mdc", "- Cut\n", "y/.cursor/rules/cut.mdc", "- Cut\n", True),
}


@pytest.mark.parametrize(("path", "text", "other_path", "other_text", "is_same"), FIXED.values(), ids=FIXED.keys())
def test_a_name_that_its_format_fixes_is_no_evidence(
    path: str, text: str, other_path: str, other_text: str, is_same: bool
) -> None:
    one, other = rows(file(path, text, is_given=True), file(other_path, other_text, is_given=True))
    assert (one["role"] == other["role"]) is is_same
    [again] = rows(file(path, f"{text}\n- Burn what is ill\n", is_given=True))
    assert again["role"] == {one["path"]: one, other["path"]: other}[path]["role"]


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


def test_copies_lie_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By size, so that each is read once; those of one size in the order in which they came."""
    monkeypatch.setattr(scanning, "BATCH_FILES", 2)
    for name, size in {"b.md": 5, "a.md": 3}.items():
        (tmp_path / name).write_text("x" * size)
    places = [str(tmp_path / name) for name in ("b.md", "gone.md", "a.md")]
    held = [file("e.md", "x" * 5), file("d.md", "x" * 3), file("c.md", "")]
    batches = batches_of([*(Candidate(place, place, "x") for place in places), *held])
    found = [[basename(row["path"]) for row in batch.to_pylist()] for batch in batches]
    assert found == [["gone.md", "c.md"], ["a.md", "d.md"], ["b.md", "e.md"]]


# ---------------------------------------------------------------------------------------------- what is remembered


@pytest.mark.parametrize(("size", "kept"), [(REMEMBERED, 1), (REMEMBERED + 1, 0)])
def test_long_files_are_not_remembered(size: int, kept: int) -> None:
    text = PAGE + "x" * (size - len(PAGE))
    scanning._agents_of.cache_clear()
    one, other = rows(file("x/agents/a.md", text), file("y/agents/a.md", text))
    info = scanning._agents_of.cache_info()
    assert (info.currsize, info.hits) == (kept, kept)
    assert (one["path"], one["key"]) == ("x/agents/a.md", other["key"])


@pytest.mark.parametrize(
    "head", ["", PAGE.removesuffix(BODY), "---\nname: a\ndescription: " + "d" * REMEMBERED + "\n---\n"]
)
def test_rows_hold_no_texts(head: str) -> None:
    """What goes from process to process is small, however long a file is."""
    text = head + "Cut the old wood above the third bud. " * 20_000
    [batch] = [rows_of(each, False) for each in batches_of([file("x/agents/a.md", text)])]
    assert batch.column("is_agent").to_pylist() == [True]
    assert batch.nbytes < 4096 < REMEMBERED < len(text)


# ---------------------------------------------------------------------------------------------- tables


def table_rows(
    paths: Iterable[str | None], contents: Iterable[Any], kind: pa.DataType, collections: list[str | None] | None = None
) -> list[dict[str, Any]]:
    known = collections or itertools.repeat("")
    files = [f"{path or ''}\0{collection or ''}" for path, collection in zip(paths, known, strict=False)]
    batch = pa.RecordBatch.from_pydict({"files": pa.array(files), "content": pa.array(contents, kind)})
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


def test_files_of_one_text() -> None:
    """Each is read by its own path: what lies among agents is one without fields."""
    files = "data/a/agents/1.md\0\0data/b/notes.md\0\0data/c/agents/2.md\0garden"
    batch = pa.RecordBatch.from_pydict({"files": pa.array([files]), "content": pa.array([BODY])})
    found = rows_of_table(batch, "data/", False).to_pylist()
    assert [(row["path"], row["name"], row["collection"], row["is_agent"]) for row in found] == [
        ("data/a/agents/1.md", "1", "a", True),
        ("data/b/notes.md", "", "", False),
        ("data/c/agents/2.md", "2", "garden", True),
    ]


def test_rows_have_names_for_what_they_hold() -> None:
    assert tuple(row_schema().names) == Row._fields
