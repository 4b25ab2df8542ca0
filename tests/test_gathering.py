from __future__ import annotations

import io
import os
import random
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest
from folders import put
from test_git import commit, run_git

from agentdiff.files import MAX_BYTES
from agentdiff.gathering import collection_in_table, folder_shared_by, gather, listed
from agentdiff.walking import Candidate, Finding, Others, Table, Unread

Tree = Callable[..., Path]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """Makes files with some text in a folder that is the current one."""
    monkeypatch.chdir(tmp_path)

    def make(*names: str) -> Path:
        put(tmp_path, {name: f"Text of {name}.\n" for name in names})
        return tmp_path

    return make


def found(*paths: str, revision: str | None = None) -> list[Finding]:
    return list(gather(paths, revision))


def paths_of(findings: list[Finding]) -> list[str]:
    return [each.path for each in findings if isinstance(each, Candidate)]


def collections_of(findings: list[Finding]) -> dict[str, str]:
    return {each.path: each.collection for each in findings if isinstance(each, Candidate)}


def unread_of(findings: list[Finding]) -> dict[str, tuple[str, bool]]:
    return {each.skipped.path: (each.skipped.reason, each.is_given) for each in findings if isinstance(each, Unread)}


def others_of(findings: list[Finding]) -> int:
    return sum(each.number for each in findings if isinstance(each, Others))


# ------------------------------------------------------------------------------------------------ folders


def test_a_folder_is_walked_in_order(tree: Tree) -> None:
    tree("x/b.md", "x/a/z.md", "x/a.md", "x/c.py", "x/a/d/e.toml", "x/package.json", "y/f.md")
    findings = found("x")
    assert paths_of(findings) == ["x/a.md", "x/b.md", "x/a/z.md", "x/a/d/e.toml"]
    assert others_of(findings) == 2
    assert all(isinstance(each, Others) or (each.data, each.is_given) == (None, False) for each in findings)  # type: ignore[union-attr]


def test_the_current_folder_is_not_spelled_out(tree: Tree) -> None:
    top = tree("a.md", "b/c.md")
    candidates = [each for each in found(".") if isinstance(each, Candidate)]
    assert [each.path for each in candidates] == ["a.md", "b/c.md"]
    assert [each.place for each in candidates] == [f"{top}/a.md", f"{top}/b/c.md"]


def test_folders_that_hold_no_agents_are_left_out(tree: Tree) -> None:
    tree(
        "x/node_modules/a/b.md",
        "x/.venv/b.md",
        "x/.git/b.md",
        "x/env/pyvenv.cfg",
        "x/env/b.md",
        "x/.claude/agents/b.md",
    )
    findings = found("x")
    assert paths_of(findings) == ["x/.claude/agents/b.md"]
    assert others_of(findings) == 0
    assert paths_of(found("x/node_modules")) == ["x/node_modules/a/b.md"]


def test_rules_of_all_levels_count(tree: Tree) -> None:
    top = tree("x/a.md", "x/b.md", "x/out/c.md", "x/sub/a.md", "x/sub/b.md", "x/sub/d.md", "x/sub/out/e.md", "x/f.log")
    (top / ".git/info").mkdir(parents=True)
    (top / ".git/info/exclude").write_text("d.md\n")
    (top / ".gitignore").write_text("/x/b.md\nout/\n*.log\n")
    (top / "x/.gitignore").write_text("a.md\n")
    (top / "x/sub/.gitignore").write_text("!a.md\n")
    findings = found("x")
    assert paths_of(findings) == ["x/sub/a.md", "x/sub/b.md"]
    assert others_of(findings) == 2  # the rules themselves
    assert paths_of(found("x/out")) == ["x/out/c.md"]
    assert paths_of(found("x/b.md")) == ["x/b.md"]


def test_rules_outside_the_repository_do_not_count(tree: Tree) -> None:
    top = tree("x/inner/a.md", "x/inner/.git/HEAD", "x/a.md")
    (top / ".gitignore").write_text("a.md\n")
    assert paths_of(found("x")) == ["x/a.md", "x/inner/a.md"]
    (top / "x/.gitignore").write_text("a.md\n")
    assert paths_of(found("x")) == ["x/inner/a.md"]


def test_rules_that_cannot_be_read_are_named(tree: Tree) -> None:
    top = tree("x/a.md", "y/a.md")
    (top / "x/.gitignore").write_bytes(b"a.md\n\xff")
    (top / "y/.gitignore").symlink_to(top / "x/.gitignore")
    findings = found("x", "y")
    assert paths_of(findings) == ["x/a.md", "y/a.md"]
    assert list(unread_of(findings)) == ["x/.gitignore"]


def test_links_come_once_and_end(tree: Tree) -> None:
    top = tree("x/a.md", "x/real/b.md", "elsewhere/c.md", "elsewhere/d.md")
    links = {"again.md": "a.md", "c1.md": "../elsewhere/c.md", "c2.md": "../elsewhere/c.md", "loop.md": "loop.md"}
    links |= {"here": ".", "up": "..", "gone.md": "nothing.md", "folder": "real", "to.py": "../elsewhere/d.md"}
    for name, target in links.items():
        (top / "x" / name).symlink_to(target)
    findings = found("x")
    assert paths_of(findings) == ["x/a.md", "x/real/b.md", "x/c1.md"]
    assert unread_of(findings) == {
        "x/folder": ("is a link to a folder, and those are not followed", False),
        "x/gone.md": ("is a link to nothing", False),
        "x/here": ("is a link to a folder, and those are not followed", False),
        "x/loop.md": ("is a link that leads back to itself", False),
        "x/up": ("is a link to a folder, and those are not followed", False),
    }
    assert others_of(findings) == 1
    assert paths_of(found("x/folder")) == ["x/folder/b.md"]


def test_pipes_and_odd_names_are_named(tree: Tree) -> None:
    top = tree("x/a.md")
    os.mkfifo(top / "x/pipe.md")
    os.mkfifo(top / "x/pipe")
    with open(os.fsencode(top / "x") + b"/\xff.md", "w"):
        pass
    findings = found("x")
    assert paths_of(findings) == ["x/a.md"]
    assert list(unread_of(findings)) == ["x/pipe.md", "x/\\udcff.md"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_an_unreadable_folder_is_named(tree: Tree) -> None:
    top = tree("x/a.md", "x/shut/b.md")
    (top / "x/shut").chmod(0)
    try:
        findings, given = found("x"), found("x/shut")
    finally:
        (top / "x/shut").chmod(0o755)
    assert paths_of(findings) == ["x/a.md"]
    assert unread_of(findings) == {"x/shut": ("may not be read", False)}
    assert unread_of(given) == {"x/shut": ("may not be read", True)}


def test_a_folder_that_cannot_be_listed_is_named(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree("x/a.md", "x/shut/b.md")
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert unread_of(found("x")) == {"x/shut": ("may not be read", False)}
    assert unread_of(found("x/shut")) == {"x/shut": ("may not be read", True)}


def test_depth_is_no_problem(tree: Tree) -> None:
    top = tree("x/a.md")
    folder = os.open(top / "x", os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=folder)
        below = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    try:
        assert paths_of(found("x")) == ["x/a.md"]
    finally:  # pytest cannot remove what is so deep
        for _ in range(1500):
            above = os.open("..", os.O_RDONLY, dir_fd=folder)
            os.close(folder)
            os.rmdir("d", dir_fd=above)
            folder = above
        os.close(folder)


# ------------------------------------------------------------------------------------------------ what is given


def test_a_given_file_is_always_looked_at(tree: Tree) -> None:
    tree("x/a.md", "x/notes.py", "x/README")
    candidates = [each for each in found("x/notes.py", "x", "x/a.md", "gone.md") if isinstance(each, Candidate)]
    assert [(each.path, each.is_given) for each in candidates] == [
        ("gone.md", True),
        ("x/a.md", True),
        ("x/notes.py", True),
    ]


def test_overlaps_come_once_whatever_the_order(tree: Tree) -> None:
    top = tree("x/a.md", "x/sub/b.md", "x/sub/c.md", "y/d.md")
    (top / "z").symlink_to("x")
    given = ("x/sub", "x", "z", "x/sub/b.md", "y/../y", "x")
    first = found(*given)
    assert sorted(os.path.normpath(path) for path in paths_of(first)) == [
        "x/a.md",
        "x/sub/b.md",
        "x/sub/c.md",
        "y/d.md",
    ]
    for order in random.Random(1).sample(list(permutations(given)), 20):
        assert found(*order) == first


def test_tables_are_told_apart_where_they_are_given(tree: Tree) -> None:
    tree("x/t.parquet", "x/a.md", "u.jsonl")
    assert found("u.jsonl", "x") == [Table("u.jsonl"), *found("x")]
    assert others_of(found("x")) == 1


@pytest.mark.parametrize(
    ("data", "paths"),
    [
        (b"", ()),
        (b"a.md\nb c.md\n", ("a.md", "b c.md")),
        (b"a.md\r\n\r\nb.md", ("a.md", "b.md")),
        (b"a\nb.md\0c.md\0", ("a\nb.md", "c.md")),
        (b"a.md\0", ("a.md",)),
    ],
)
def test_lists(data: bytes, paths: tuple[str, ...]) -> None:
    assert listed(data) == paths


def test_a_list_on_standard_input(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree("x/a.md", "x/b.md", "y/c.md", "-")
    data = b"x/b.md\0y\0-\0gone.md\0\xff.md\0x/b.md\0"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    findings = found("-")
    assert paths_of(findings) == ["./-", "gone.md", "x/b.md", "y/c.md"]
    assert unread_of(findings) == {"\\udcff.md": ("has a name that is not UTF-8 text", True)}


# ------------------------------------------------------------------------------------------------ collections


def test_the_first_folder_is_the_collection(tree: Tree) -> None:
    tree("x/one/a.md", "x/one/deep/b.md", "x/two/c.md", "x/d.md", "y/one/e.md")
    assert collections_of(found("x")) == {
        "x/d.md": ".",
        "x/one/a.md": "one",
        "x/one/deep/b.md": "one",
        "x/two/c.md": "two",
    }
    several = collections_of(found("x", "y"))
    assert (several["x/one/a.md"], several["y/one/e.md"], several["x/d.md"]) == ("x/one", "y/one", "x")


def test_a_repository_is_the_collection(tree: Tree) -> None:
    top = tree("x/group/team/agents/a.md", "x/group/team/lib/inner/b.md", "x/group/c.md")
    (top / "x/group/team/.git").mkdir()
    (top / "x/group/team/lib/inner/.git").write_text("gitdir: elsewhere\n")
    assert collections_of(found("x")) == {
        "x/group/c.md": "group",
        "x/group/team/agents/a.md": "group/team",
        "x/group/team/lib/inner/b.md": "group/team/lib/inner",
    }
    assert set(collections_of(found("x/group/team")).values()) == {"team", "lib/inner"}
    assert set(collections_of(found("x/group/team/agents")).values()) == {"."}


def test_given_files_have_the_same_collections(tree: Tree) -> None:
    top = tree("x/one/a.md", "x/one/deep/b.md", "x/two/c.md", "x/d.md")
    (top / "x/two/.git").mkdir()
    walked = collections_of(found("x"))
    assert collections_of(found(*walked)) == walked
    mixed = collections_of(found("x", "x/one/deep/b.md"))
    assert mixed == {path: "x" if name == "." else f"x/{name}" for path, name in walked.items()}


def test_collections_of_a_table() -> None:
    paths = ["data/one/a.md", "data/two/b.md", "data/c.md"]
    shared = folder_shared_by(paths)
    assert shared == "data/"
    assert [collection_in_table(path, shared) for path in paths] == ["one", "two", "."]
    assert folder_shared_by([]) == ""
    assert folder_shared_by(["a/b.md", "a/b.md"]) == "a/"
    assert folder_shared_by([folder_shared_by(["a/b/c.md", "a/b/d.md"]), folder_shared_by(["a/x/c.md"])]) == "a/"


# ------------------------------------------------------------------------------------------------ git


@pytest.fixture
def team(tree: Tree) -> Path:
    folder = tree() / "team"
    folder.mkdir()
    run_git(folder, "init", "--quiet")
    commit(folder, {"agents/a.md": "Old.\n", "b.py": "", "node_modules/c.md": "", "docs/d.md": "Page.\n"})
    commit(folder, {"agents/a.md": "New.\n"}, "two")
    run_git(folder.parent, "clone", "--quiet", "--bare", "team", "mirror.git")
    return folder


def test_a_bare_repository(team: Path) -> None:
    findings = found("mirror.git")
    assert findings == [
        Others(1),
        Candidate("mirror.git@HEAD:agents/a.md", "agents/a.md", "mirror", b"New.\n"),
        Candidate("mirror.git@HEAD:docs/d.md", "docs/d.md", "mirror", b"Page.\n"),
    ]
    path = paths_of(findings)[0].removeprefix("mirror.git@")
    assert run_git(team.parent / "mirror.git", "show", path) == "New.\n"


def test_a_bare_repository_inside_a_folder_is_named(team: Path) -> None:
    assert unread_of(found(str(team.parent))) == {
        f"{team.parent}/mirror.git": ("is a bare git repository; name it to have its files looked at", False)
    }


def test_a_revision(team: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (team / "agents/a.md").write_text("Not committed.\n")
    findings = found("team", revision="HEAD~1")
    assert [(each.path, each.data) for each in findings if isinstance(each, Candidate)] == [
        ("team@HEAD~1:agents/a.md", b"Old.\n"),
        ("team@HEAD~1:docs/d.md", b"Page.\n"),
    ]
    monkeypatch.chdir(team)
    assert collections_of(found(".", revision="HEAD~1")) == {"HEAD~1:agents/a.md": "team", "HEAD~1:docs/d.md": "team"}
    monkeypatch.chdir(team / "agents")
    assert collections_of(found(".", revision="HEAD")) == {"HEAD:agents/a.md": "team"}


def test_parts_of_a_revision_come_once(team: Path) -> None:
    findings = found("team", "team/agents", "team/agents/a.md", "mirror.git", revision="HEAD")
    assert [(each.path, each.collection, each.is_given) for each in findings if isinstance(each, Candidate)] == [
        ("team/agents@HEAD:agents/a.md", "team", True),
        ("mirror.git@HEAD:agents/a.md", "mirror.git", False),
        ("mirror.git@HEAD:docs/d.md", "mirror.git", False),
        ("team@HEAD:docs/d.md", "team", False),
    ]


@pytest.mark.parametrize(
    ("path", "revision", "reason"),
    [
        ("team", "nope", "this repository has no revision 'nope'"),
        ("elsewhere", "HEAD", "lies in no git repository"),
        ("gone", "HEAD", "lies in no git repository"),
        ("gone/a.md", "HEAD", "lies in no git repository"),
        ("team/agents/z.md", "HEAD", "is not in revision HEAD"),
    ],
)
def test_what_a_revision_lacks(
    team: Path, monkeypatch: pytest.MonkeyPatch, path: str, revision: str, reason: str
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(team.parent.parent))
    (team.parent / "elsewhere").mkdir()
    findings = found(path, "team/docs", revision=revision)
    said, is_given = unread_of(findings)[path]
    assert said.startswith(reason)
    assert is_given
    assert paths_of(findings) == ([] if revision == "nope" else ["team/docs@HEAD:docs/d.md"])


def test_huge_files_of_a_revision_are_named(team: Path) -> None:
    commit(team, {"huge.md": "x" * (MAX_BYTES + 1), "huge.bin": "x" * (MAX_BYTES + 1)})
    findings = found("team/huge.md", "team", revision="HEAD")
    assert unread_of(findings) == {"team@HEAD:huge.md": ("is larger than 8 MiB", True)}
    assert len(paths_of(findings)) == 2


def test_an_empty_repository_is_said(tree: Tree) -> None:
    top = tree()
    run_git(top, "init", "--quiet", "--bare", "empty.git")
    ((reason, is_given),) = unread_of(found("empty.git")).values()
    assert reason.startswith("this repository has no revision 'HEAD'")
    assert is_given
