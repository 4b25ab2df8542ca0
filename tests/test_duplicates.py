"""The whole search: files, tables and repositories in, clusters out."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from conftest import Runner
from folders import put
from test_clustering import OWN
from test_git import commit, run_git

from agentdiff import tables
from agentdiff.clusters import ClusterKind, ClusterOptions, Duplicates
from agentdiff.duplicates import find_duplicates
from agentdiff.errors import BadInput
from agentdiff.model import Verdict


def page(name: str, body: Sequence[str], description: str = "Does something") -> str:
    return f"---\nname: {name}\ndescription: {description}\n---\n\n" + "".join(body)


EDITED = OWN[0][:15] + OWN[1][:5]
FILES: dict[str, str | bytes] = {
    "x/agents/a.md": page("a", OWN[0]),
    "y/agents/a.md": page("a", OWN[0]),
    "z/agents/a.md": page("a", EDITED),
    "x/agents/b.md": page("b", OWN[2]),
    "x/old/agents/b.md": page("b", OWN[2]).replace("\n", "\r\n"),
    "y/agents/c.md": page("c", OWN[3]),
    "z/setup.py": "import os\n",
}
CLUSTERS = {("x/agents/a.md", "y/agents/a.md", "z/agents/a.md"), ("x/agents/b.md", "x/old/agents/b.md")}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def paths_in(found: Duplicates) -> set[tuple[str, ...]]:
    return {tuple(member.path for member in each.members) for each in found.clusters}


def said(run: Runner, *arguments: str, stdin: bytes = b"") -> tuple[int, dict[str, Any]]:
    ran = run("duplicates", "--format", "json", *arguments, stdin=stdin)
    return ran.code, json.loads(ran.out)


def paths_of(document: dict[str, Any]) -> set[tuple[str, ...]]:
    return {tuple(member["path"] for member in each["members"]) for each in document["clusters"]}


# ---------------------------------------------------------------------------------------------- files


def test_clusters_of_a_folder(here: Path) -> None:
    put(here, FILES)
    found = find_duplicates(["."])
    assert paths_in(found) == CLUSTERS
    near, exact = sorted(found.clusters, key=lambda each: each.kind, reverse=True)
    assert (near.kind, exact.kind) == (ClusterKind.NEAR, ClusterKind.EXACT)
    assert near.collections == ("x", "y", "z")
    assert exact.least_similarity == 1.0
    assert near.members[near.centre].path in ("x/agents/a.md", "y/agents/a.md")
    assert (found.scanned.agents, found.scanned.files, found.scanned.others) == (6, 6, 1)
    assert found.scanned.bytes == sum(len(text) for name, text in FILES.items() if name.endswith(".md"))
    assert found.skipped == ()


def test_the_order_of_paths_does_not_matter(here: Path) -> None:
    put(here, FILES)
    names = [name for name in FILES if name.endswith(".md")]
    expected = find_duplicates(names)
    random.Random(1).shuffle(names)
    assert find_duplicates(names) == expected


def test_ids_stay_when_files_are_added_elsewhere(here: Path) -> None:
    put(here, FILES)
    before = {each.id: each for each in find_duplicates(["."]).clusters}
    put(here, {"new/agents/d.md": page("d", OWN[4]), "other/agents/d.md": page("d", OWN[4])})
    after = {each.id: each for each in find_duplicates(["."]).clusters}
    assert len(after) == len(before) + 1
    assert {number: after[number] for number in before} == before


def test_ids_do_not_depend_on_places(here: Path) -> None:
    put(here / "one", FILES)
    put(here / "two/deep", FILES)
    first, second = find_duplicates(["one"]), find_duplicates(["two/deep"])
    assert [each.id for each in first.clusters] == [each.id for each in second.clusters]


@pytest.mark.parametrize("above", ["SET", "SET/repos", "SET/repos/"])
def test_a_folder_of_collections_or_the_one_around_it(here: Path, above: str) -> None:
    put(here / "SET/repos", FILES)
    found = find_duplicates([above])
    assert [each.id for each in found.clusters] == [each.id for each in find_duplicates(["SET/repos"]).clusters]
    assert {tuple(path.removeprefix("SET/repos/") for path in each) for each in paths_in(found)} == CLUSTERS
    collections = {member.path: member.collection for each in found.clusters for member in each.members}
    assert collections == {path: path.split("/")[2] for path in collections}


@pytest.mark.parametrize(
    ("top", "above"),
    [("SET", "SET"), ("SET/repos", "SET"), ("SET/repos", "SET/repos"), ("SET", "SET/repos/x/agents")],
)
def test_a_git_repository_is_one_collection(here: Path, top: str, above: str) -> None:
    """Also where a part of it is given alone."""
    put(here / "SET/repos", FILES | {"x/agents/copy.md": page("a", OWN[0])})
    (here / top / ".git").mkdir()
    found = find_duplicates([above])
    assert found.clusters
    assert {len(each.collections) for each in found.clusters} == {1}
    assert len({each.collections for each in found.clusters}) == 1


def test_repositories_in_a_folder_are_a_collection_each(here: Path) -> None:
    put(here / "SET/repos", FILES)
    for name in "xyz":
        (here / "SET/repos" / name / ".git").mkdir()
    for above in ("SET", "SET/repos"):
        near = max(find_duplicates([above]).clusters, key=lambda each: len(each.members))
        assert [each.rpartition("/")[2] for each in near.collections] == ["x", "y", "z"]


TOML = 'name = "a"\ndescription = "d"\ndeveloper_instructions = """\n{}"""\n'


def test_every_kind_of_file_in_one_run(here: Path) -> None:
    """One body as Markdown, TOML, JSON and YAML, the latter two beside other agents of their file."""
    body, other = "".join(OWN[0]), "".join(OWN[5])
    mode = "  - slug: {0}\n    name: {0}\n    roleDefinition: d\n    customInstructions: |-\n{1}"
    indented = [text.replace("- ", "      - ") for text in (body, other)]
    agents = {name: {"description": "d", "prompt": text} for name, text in (("a", body), ("b", other))}
    put(
        here,
        {
            "w/.claude/agents/a.md": page("a", body),
            "x/.codex/agents/a.toml": TOML.format(body),
            "y/opencode.json": json.dumps({"agent": agents}),
            "z/.roomodes": "customModes:\n" + mode.format("a", indented[0]) + mode.format("b", indented[1]),
        },
    )
    found = find_duplicates(["."])
    assert paths_in(found) == {
        ("w/.claude/agents/a.md", "x/.codex/agents/a.toml", "y/opencode.json#a", "z/.roomodes#a"),
        ("y/opencode.json#b", "z/.roomodes#b"),
    }
    assert (found.scanned.files, found.scanned.agents) == (4, 6)
    assert len({member.format for each in found.clusters for member in each.members}) == 4


def test_what_cannot_be_read_is_skipped_and_the_rest_is_clustered(here: Path, run: Runner) -> None:
    bad: dict[str, str | bytes] = {
        "bad/agents/binary.md": b"\0\1\2\xff" * 100,
        "bad/agents/empty.md": "",
        "bad/agents/huge.md": b"word " * (2 << 20),
        "bad/opencode.json": '{"agent": ',
        "bad/x.toml": "a = = 1\n",
    }
    put(here, FILES | bad)
    os.symlink("agents", here / "bad/agents/loop")
    (here / "bad/agents/gone.md").symlink_to("nowhere.md")
    code, document = said(run, ".")
    reasons = {each["path"]: each["reason"] for each in document["skipped"]}
    assert code == 1
    assert paths_of(document) == CLUSTERS
    assert reasons.keys() >= bad.keys()
    assert all("bug" not in reason for reason in reasons.values())
    assert reasons["bad/agents/empty.md"] == "is empty"
    assert "larger than" in reasons["bad/agents/huge.md"]


@pytest.mark.parametrize("gone", ["gone", "gone.md", "agents/empty.md"])
def test_a_given_path_that_cannot_be_read(gone: str, here: Path, run: Runner) -> None:
    put(here, {f"repos/{name}": text for name, text in FILES.items()} | {"agents/empty.md": ""})
    ran = run("duplicates", "repos", gone, "--format", "json")
    assert ran.code == 2
    assert ran.err.startswith(f"agentdiff: {gone}: ")
    assert ran.err.endswith("; the other paths were searched\n")
    assert len(json.loads(ran.out)["clusters"]) == 2


# ---------------------------------------------------------------------------------------------- wishes


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ((), CLUSTERS),
        (("--kind", "exact"), {("x/agents/a.md", "y/agents/a.md"), ("x/agents/b.md", "x/old/agents/b.md")}),
        (("--kind", "near"), {("x/agents/a.md", "y/agents/a.md", "z/agents/a.md")}),
        (("--across-repos-only",), {("x/agents/a.md", "y/agents/a.md", "z/agents/a.md")}),
        (("--min-similarity", "0.1"), CLUSTERS),
        (("--min-similarity", "1"), {("x/agents/a.md", "y/agents/a.md"), ("x/agents/b.md", "x/old/agents/b.md")}),
        (("--kind", "exact", "--across-repos-only"), {("x/agents/a.md", "y/agents/a.md")}),
    ],
)
def test_wishes(wishes: tuple[str, ...], expected: set[tuple[str, ...]], here: Path, run: Runner) -> None:
    put(here, FILES)
    code, document = said(run, ".", *wishes)
    assert (code, paths_of(document)) == (1, expected)


def test_nothing_found(here: Path, run: Runner) -> None:
    put(here, {"x/agents/a.md": page("a", OWN[0]), "x/agents/b.md": page("b", OWN[1])})
    code, document = said(run, ".")
    assert (code, document["clusters"], document["scanned"]["agents"]) == (0, [], 2)


def test_roles_are_apart_from_duplicates(here: Path, run: Runner) -> None:
    """What is a duplicate stays what it is when roles are asked for."""
    put(here, FILES)
    without, with_roles = said(run, ".")[1], said(run, ".", "--roles")[1]
    assert [each for each in with_roles["clusters"] if each["kind"] != "role"] == without["clusters"]
    assert said(run, ".", "--kind", "role")[1]["clusters"] == [
        each for each in with_roles["clusters"] if each["kind"] == "role"
    ]


def test_a_baseline_round_trip(here: Path, run: Runner) -> None:
    put(here / "repos", FILES)
    assert run("duplicates", "repos", "--write-baseline", "known.json").code == 0
    assert run("duplicates", "repos", "--baseline", "known.json").code == 0
    put(here / "repos", {"new/agents/a.md": page("a", EDITED)})
    code, document = said(run, "repos", "--baseline", "known.json")
    assert code == 1
    assert {each["standing"] for each in document["clusters"]} == {"accepted", "grown"}
    [grown] = [each for each in document["clusters"] if each["standing"] == "grown"]
    assert [grown["members"][place]["path"] for place in grown["new_members"]] == ["repos/new/agents/a.md"]
    assert run("duplicates", "repos", "--baseline", "known.json", "--write-baseline", "known.json").code == 0
    assert run("duplicates", "repos", "--baseline", "known.json").code == 0


def test_a_list_on_standard_input(here: Path, run: Runner) -> None:
    put(here, FILES)
    code, document = said(run, "-", stdin=b"x/agents/b.md\nx/old/agents/b.md\ny/agents/c.md\n")
    assert (code, paths_of(document)) == (1, {("x/agents/b.md", "x/old/agents/b.md")})
    assert document["scanned"]["agents"] == 3


# ---------------------------------------------------------------------------------------------- git


def test_a_revision_and_a_bare_repository(here: Path, run: Runner) -> None:
    team = here / "team"
    team.mkdir()
    run_git(team, "init", "--quiet")
    commit(team, FILES)
    commit(team, {"y/agents/a.md": page("a", OWN[6]), "z/agents/a.md": page("a", OWN[7])}, "two")
    run_git(here, "clone", "--quiet", "--bare", "team", "mirror.git")
    old = said(run, "team", "--rev", "HEAD~1")[1]
    assert paths_of(old) == {tuple(f"team@HEAD~1:{path}" for path in each) for each in CLUSTERS}
    now = said(run, "mirror.git")[1]
    assert paths_of(now) == {("mirror.git@HEAD:x/agents/b.md", "mirror.git@HEAD:x/old/agents/b.md")}
    assert [each["id"] for each in said(run, "mirror.git", "--rev", "HEAD~1")[1]["clusters"]] == [
        each["id"] for each in old["clusters"]
    ]
    assert run("duplicates", "team", "--rev", "no-such-tag").code == 2


# ---------------------------------------------------------------------------------------------- tables


def rows_of(files: dict[str, str | bytes]) -> list[dict[str, str | None]]:
    return [{"path": name, "content": str(text)} for name, text in files.items()]


def save(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    if path.suffix == ".parquet":
        parquet.write_table(pa.Table.from_pylist(list(rows)), path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.mark.parametrize("name", ["t.jsonl", "t.ndjson", "t.parquet", "T.PARQUET", "it's [1].jsonl"])
def test_tables_say_what_files_say(name: str, here: Path) -> None:
    put(here / "files", FILES)
    save(here / name.lower(), rows_of(FILES))
    (here / name.lower()).rename(here / name)
    files, table = find_duplicates(["files"]), find_duplicates([name])
    assert paths_in(table) == CLUSTERS
    assert [each.id for each in table.clusters] == [each.id for each in files.clusters]
    assert [each.collections for each in table.clusters] == [each.collections for each in files.clusters]
    assert table.scanned == files.scanned


def test_content_may_be_missing_or_bytes(here: Path) -> None:
    rows = [{"path": name, "content": str(text).encode()} for name, text in FILES.items()]
    save(here / "t.parquet", [*rows, {"path": "q/agents/a.md", "content": None}])
    found = find_duplicates(["t.parquet"])
    assert paths_in(found) == CLUSTERS
    assert [(each.path, each.reason) for each in found.skipped] == [("q/agents/a.md", "is empty")]


def test_a_list_in_other_bullets_is_near(here: Path) -> None:
    put(here, {"x/agents/a.md": page("a", OWN[0]), "y/agents/a.md": page("a", OWN[0]).replace("- ", "* ")})
    [found] = find_duplicates(["."]).clusters
    assert (found.kind, found.edges[0].verdict, found.least_similarity) == (ClusterKind.NEAR, Verdict.EQUIVALENT, 1.0)


def test_a_path_that_comes_twice_counts_once(here: Path) -> None:
    rows = rows_of(FILES)
    other = {"path": "x/agents/a.md", "content": page("a", OWN[5])}
    save(here / "one.jsonl", [*rows, *rows])
    save(here / "two.jsonl", [*rows, other])
    save(here / "three.jsonl", [other, *rows])
    found = find_duplicates(["one.jsonl"])
    assert paths_in(found) == CLUSTERS
    assert found.scanned.agents == 6
    assert find_duplicates(["two.jsonl"]) == find_duplicates(["three.jsonl"])


@pytest.mark.parametrize("texts", [(OWN[0], OWN[5]), (OWN[5], OWN[0])])
def test_copies_of_a_path_that_comes_twice_keep_their_text(texts: tuple[list[str], list[str]], here: Path) -> None:
    one, other = (page("a", each) for each in texts)
    files = [("x/agents/a.md", one), ("x/agents/a.md", other), ("y/agents/a.md", other), ("z/agents/a.md", other)]
    save(here / "t.jsonl", [{"path": path, "content": text} for path, text in files])
    [found] = find_duplicates(["t.jsonl"]).clusters
    shas = {member.sha256 for member in found.members if member.path in ("y/agents/a.md", "z/agents/a.md")}
    assert shas == {hashlib.sha256(other.encode()).hexdigest()}


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_many_files_of_one_text(suffix: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than are read together, some under paths where they are no agents, and one without a path."""
    monkeypatch.setattr(tables, "PLACES", 3)
    agents = [f"{home}/agents/{name}.md" for home in "xyz" for name in "abc"]
    others = [None, "x/notes.md", "y/notes.md", "z/notes.md"]
    save(here / f"t.{suffix}", [{"path": path, "content": "".join(OWN[0])} for path in (*others, *agents)])
    found = find_duplicates([f"t.{suffix}"])
    assert paths_in(found) == {tuple(agents)}
    assert found.scanned.others == 4


def test_collections_that_a_table_says(here: Path) -> None:
    rows = [row | {"repo": "one"} for row in rows_of(FILES)]
    save(here / "t.parquet", rows)
    found = find_duplicates(["t.parquet"], ClusterOptions(across_repos_only=True))
    assert found.clusters == ()
    assert {each.collections for each in find_duplicates(["t.parquet"]).clusters} == {("one",)}


def test_numbers_as_paths_and_content(here: Path) -> None:
    save(here / "t.jsonl", [{"path": 5, "content": 7}, {"path": 6, "content": 7}])
    found = find_duplicates(["t.jsonl"])
    assert [each.path for each in found.skipped] == ["5", "6"]
    assert {each.reason for each in found.skipped} == {"has content that is neither text nor bytes"}


NO_TABLES = {
    "no content": ("t.jsonl", b'{"path": "a.md"}\n', "no column `content`"),
    "no path": ("t.jsonl", b'{"content": "x"}\n', "no column `path`"),
    "broken JSON": ("t.jsonl", b'{"path": "a.md", "content": \n{"x\n', "cannot be read as a table"),
    "an empty file": ("t.jsonl", b"", "no column `path`"),
    "no Parquet": ("t.parquet", b"text that is no table at all", "cannot be read as a table"),
    "an empty Parquet file": ("t.parquet", b"", "cannot be read as a table"),
    "not there": ("gone.parquet", None, "cannot be read as a table"),
}


@pytest.mark.parametrize(("name", "data", "words"), NO_TABLES.values(), ids=NO_TABLES.keys())
def test_what_is_no_table_is_said_in_one_sentence(
    name: str, data: bytes | None, words: str, here: Path, run: Runner
) -> None:
    if data is not None:
        (here / name).write_bytes(data)
    with pytest.raises(BadInput, match=words):
        find_duplicates([name])
    ran = run("duplicates", name)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"agentdiff: {name}: ")
    assert ran.err.count("\n") == 1


# ---------------------------------------------------------------------------------------------- the same every time


def test_the_seed_of_hashes_does_not_matter(here: Path) -> None:
    put(here, FILES)
    command = [sys.executable, "-m", "agentdiff", "duplicates", ".", "--roles", "--format", "json"]
    package = str(Path(__file__).parents[1])
    outputs = [
        subprocess.run(
            command, capture_output=True, env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": package}, check=False
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert len(json.loads(outputs[0])["clusters"]) >= 2
