from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from folders import put

from agentdiff import git
from agentdiff.errors import BadInput
from agentdiff.files import MAX_BYTES

IDENTITY = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org"}
IDENTITY |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}


def run_git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | IDENTITY).stdout


def commit(folder: Path, files: Mapping[str, str | bytes], message: str = "one") -> None:
    put(folder, files)
    run_git(folder, "add", "--all", "--force")
    run_git(folder, "commit", "--quiet", "--allow-empty", "-m", message)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "team"
    folder.mkdir()
    run_git(folder, "init", "--quiet")
    commit(
        folder,
        {"agents/tester.md": "Test.\n", "agents/näme with\nbreak.md": "x\n", "empty.md": "", "b.bin": b"\0\n\xff"},
    )
    return folder


def known(path: Path) -> git.Repository:
    found = git.repository_at(str(path))
    assert found is not None
    return found


def listed(repository: git.Repository, revision: str = "HEAD", below: str = "") -> list[git.Blob | git.Unfollowed]:
    return list(git.blobs(repository, git.resolve(repository, revision), below))


def test_a_repository_is_found_from_its_folders(repository: Path) -> None:
    top = os.path.realpath(repository)
    assert known(repository) == (str(repository), top, "")
    assert known(repository / "agents") == (str(repository / "agents"), top, "agents/")


def test_a_bare_repository_and_a_git_folder_have_no_top(repository: Path, tmp_path: Path) -> None:
    run_git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")
    for folder in (tmp_path / "bare.git", repository / ".git"):
        assert git.may_be_bare(str(folder))
        assert known(folder).top is None
        assert len(listed(known(folder))) == 4
    assert not git.may_be_bare(str(repository))


def test_what_is_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git.repository_at(str(tmp_path)) is None


def test_a_hook_does_not_lead_elsewhere(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    other.mkdir()
    run_git(other, "init", "--quiet")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert known(repository).top == os.path.realpath(repository)
    assert len(git.tracked_files(known(repository))) == 4


@pytest.mark.parametrize("revision", ["nope", "", "-x", "--help", "HEAD:nope", "a\0b", "HEAD; ls", "HEAD\nHEAD"])
def test_an_unknown_revision_is_said(repository: Path, revision: str) -> None:
    with pytest.raises(BadInput, match="has no revision") as raised:
        git.resolve(known(repository), revision)
    assert str(raised.value).startswith(str(repository))


@pytest.mark.parametrize("revision", ["HEAD", "main", "v1", "HEAD^{tree}"])
def test_revisions_are_resolved_as_git_does(repository: Path, revision: str) -> None:
    run_git(repository, "tag", "v1")
    assert git.resolve(known(repository), revision) == run_git(repository, "rev-parse", "HEAD^{tree}").strip()


def test_git_may_be_missing(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BadInput, match="git is not installed"):
        git.repository_at(str(repository))


def test_files_of_a_revision_with_their_contents(repository: Path) -> None:
    commit(repository, {"agents/tester.md": "Later.\n", "new.md": "new"}, "two")
    then = listed(known(repository), "HEAD~1")
    assert [entry.path for entry in then] == ["agents/näme with\nbreak.md", "agents/tester.md", "b.bin", "empty.md"]
    blobs = [entry for entry in then if isinstance(entry, git.Blob)]
    assert [entry.size for entry in blobs] == [2, 6, 3, 0]
    assert {entry.mode for entry in blobs} == {"100644"}
    assert [data for _, data in git.contents(known(repository), blobs)] == [b"x\n", b"Test.\n", b"\0\n\xff", b""]


@pytest.mark.parametrize(
    ("below", "count"), [("", 4), ("agents", 2), ("agents/", 2), ("agents/tester.md", 1), ("agents/*", 0), ("age", 0)]
)
def test_a_part_of_a_revision(repository: Path, below: str, count: int) -> None:
    assert len(listed(known(repository), below=below)) == count


def test_many_contents_come_in_order(repository: Path) -> None:
    commit(repository, {f"many/{number:04}.md": f"{number}\n" * number for number in range(600)})
    blobs = [entry for entry in listed(known(repository), below="many") if isinstance(entry, git.Blob)]
    found = git.contents(known(repository), reversed(blobs))
    assert [data for _, data in found] == [f"{number}\n".encode() * number for number in reversed(range(600))]


def test_contents_may_be_left_in_the_middle(repository: Path) -> None:
    blobs = [entry for entry in listed(known(repository)) if isinstance(entry, git.Blob)]
    found = git.contents(known(repository), blobs * 1000)
    assert next(found)[1] == b"x\n"
    found.close()  # type: ignore[attr-defined]


def test_contents_that_are_missing_or_huge_are_none(repository: Path) -> None:
    whole = next(entry for entry in listed(known(repository)) if entry.path == "agents/tester.md")
    assert isinstance(whole, git.Blob)
    asked = [whole._replace(id="0" * 40), whole._replace(size=MAX_BYTES + 1), whole]
    assert [data for _, data in git.contents(known(repository), asked)] == [None, None, b"Test.\n"]
    assert list(git.contents(known(repository), [])) == []


def test_links_and_submodules_are_named(repository: Path) -> None:
    (repository / "link.md").symlink_to("empty.md")
    head = run_git(repository, "rev-parse", "HEAD").strip()
    commit(repository, {})
    run_git(repository, "update-index", "--add", "--cacheinfo", f"160000,{head},module")
    run_git(repository, "commit", "--quiet", "-m", "module")
    reasons = {entry.path: entry.reason for entry in listed(known(repository)) if isinstance(entry, git.Unfollowed)}
    assert reasons == {
        "link.md": "is a symbolic link",
        "module": "is a submodule, and its files are not in this repository",
    }


def test_a_content_that_was_never_fetched_is_named(repository: Path) -> None:
    id = run_git(repository, "rev-parse", "HEAD:agents/tester.md").strip()
    (repository / ".git" / "objects" / id[:2] / id[2:]).unlink()
    unread = [entry for entry in listed(known(repository)) if isinstance(entry, git.Unfollowed)]
    assert unread == [("agents/tester.md", "has no content in this repository")]


def test_clean_means_as_committed(repository: Path) -> None:
    (repository / ".gitignore").write_text("*.log\n")
    commit(repository, {})
    (repository / "a.log").write_text("ignored")
    assert git.is_clean(known(repository / "agents"))
    (repository / "empty.md").write_text("changed")
    assert not git.is_clean(known(repository / "agents"))
    run_git(repository, "add", "--all")
    assert not git.is_clean(known(repository))
    run_git(repository, "commit", "--quiet", "-m", "two")
    (repository / "new.md").write_text("untracked")
    assert not git.is_clean(known(repository))


def test_tracked_files(repository: Path) -> None:
    (repository / "new.md").write_text("untracked")
    names = ("agents/näme with\nbreak.md", "agents/tester.md", "b.bin", "empty.md")
    assert git.tracked_files(known(repository / "agents")) == tuple(sorted(names))


def test_a_bare_repository_has_no_work_tree(repository: Path) -> None:
    with pytest.raises(BadInput, match="bare"):
        git.is_clean(known(repository / ".git"))


def test_nothing_that_a_repository_brings_is_run(repository: Path, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {proof}\n")
    program.chmod(0o755)
    for hook in ("post-index-change", "post-checkout", "reference-transaction"):
        (repository / ".git" / "hooks" / hook).parent.mkdir(exist_ok=True)
        (repository / ".git" / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {proof}\n")
        (repository / ".git" / "hooks" / hook).chmod(0o755)
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "diff.external", "remote.origin.uploadpack"):
        run_git(repository, "config", key, str(program))
    run_git(repository, "config", "remote.origin.url", f"ext::{program}")
    run_git(repository, "config", "remote.origin.promisor", "true")
    run_git(repository, "config", "protocol.ext.allow", "always")
    proof.unlink(missing_ok=True)
    entries = listed(known(repository))
    missing = [git.Blob("x.md", "1" * 40, 1, "100644")]
    assert [data for _, data in git.contents(known(repository), missing)] == [None]
    assert len(entries) == 4
    assert git.is_clean(known(repository))
    assert git.tracked_files(known(repository))
    assert not proof.exists()
