"""The door for files: what comes in, what is refused and in which words, and how a result is written."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import stat
import sys
from pathlib import Path

import pytest

from agentdiff import files
from agentdiff.errors import AgentDiffError, UnreadableFile
from agentdiff.files import MAX_BYTES, read_source, write_atomically


@pytest.mark.parametrize(
    "data",
    [
        b"plain\n",
        b"",
        b"\xef\xbb\xbfwith a byte order mark\n",
        b"windows\r\nlines\r\n",
        b"no final newline",
        b"old mac\rmixed\n\r\n",
        "grüße → 日本 🎯\u2028\x85\x0c".encode(),
    ],
)
def test_text_comes_in_as_it_is(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(data)
    source = read_source(str(path))
    assert source.text.encode() == data
    assert source.path == str(path)
    assert source.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"\xff\xfea\0", "line 1, byte 0: the text is UTF-16"),
        (b"\xfe\xff\0a", "line 1, byte 0: the text is UTF-16"),
        (b"one\ntwo \xe9t\xe9\n", "line 2, byte 8: not UTF-8 text"),
        (b"cut \xe2\x82", "line 1, byte 4: not UTF-8 text"),
        (b"\xed\xa0\x80", "line 1, byte 0: not UTF-8 text"),
        (b"one\n\n\0\x01", "line 3, byte 5: a NUL byte, so the file is binary"),
    ],
)
def test_other_bytes_are_refused_with_their_place(tmp_path: Path, data: bytes, place: str) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(data)
    with pytest.raises(UnreadableFile) as refusal:
        read_source(str(path))
    assert str(refusal.value).startswith(f"{path}: {place}; ")
    assert "\n" not in str(refusal.value)


def test_size_limit_is_exact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    path = tmp_path / "a.md"
    path.write_bytes(b"x" * 10)
    assert len(read_source(str(path)).text) == 10
    path.write_bytes(b"x" * 11)
    with pytest.raises(UnreadableFile, match="larger"):
        read_source(str(path))


def test_limit_is_far_above_real_files() -> None:
    assert MAX_BYTES >= 1024**2


def test_what_is_missing_or_no_file_is_refused(tmp_path: Path) -> None:
    for path, words in [
        (tmp_path / "none.md", "there is no such file"),
        (tmp_path, "is a directory"),
        (Path(os.devnull), "is a device"),
    ]:
        with pytest.raises(UnreadableFile, match=words) as refusal:
            read_source(str(path))
        assert refusal.value.remedy


def test_impossible_paths_are_refused() -> None:
    for path in ("", "a\0b", "x" * 5000):
        with pytest.raises(UnreadableFile):
            read_source(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UnreadableFile, match="is a pipe"):
        read_source(str(pipe))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_that_takes_the_place_of_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    regular = tmp_path / "a.md"
    regular.write_text("x")
    before = regular.stat()
    monkeypatch.setattr(os, "stat", lambda path: before)  # what the path was a moment ago
    with pytest.raises(UnreadableFile, match="is a pipe"):
        read_source(str(pipe))


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="the system does not show open files")
def test_only_files_are_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else a path names neither stops it nor is opened."""
    pipe, gone = tmp_path / "pipe", tmp_path / "gone"
    os.mkfifo(pipe)
    regular = [tmp_path / "a.md", tmp_path / "b.md"]
    for path in regular:
        path.write_text("x")
    told: list[str] = []
    monkeypatch.setattr(os, "posix_fadvise", lambda opened, *_: told.append(os.readlink(f"/proc/self/fd/{opened}")))
    before = len(os.listdir("/proc/self/fd"))
    files.announce(map(str, [regular[0], tmp_path, pipe, gone, "a\0b", "x" * 5000, regular[1]]))
    assert told == [str(path) for path in regular]
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_system_that_cannot_be_told_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "posix_fadvise", raising=False)
    files.announce([str(tmp_path / "a.md")])


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="the system has no such sockets")
def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the address of a socket may not be long
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        with pytest.raises(UnreadableFile, match="is a socket"):
            read_source("socket")


def test_links_to_files_are_followed_and_others_are_not(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("text")
    (tmp_path / "good").symlink_to(tmp_path / "a.md")
    (tmp_path / "broken").symlink_to(tmp_path / "none")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (tmp_path / "directory").symlink_to(tmp_path)
    assert read_source(str(tmp_path / "good")).text == "text"
    for name in ("broken", "circle", "directory"):
        with pytest.raises(UnreadableFile):
            read_source(str(tmp_path / name))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(UnreadableFile, match="may not be read"):
        read_source(str(path))


class _Input:
    """Stands for `sys.stdin`."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _Input(b"\xef\xbb\xbfa\r\n"))
    source = read_source("-")
    assert (source.path, source.text) == ("-", "\ufeffa\r\n")


def test_standard_input_obeys_the_same_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    closed = _Input(b"")
    closed.buffer.close()
    for stdin in (None, _Input(b"\xff"), _Input(b"x" * 11), closed):
        monkeypatch.setattr(sys, "stdin", stdin)
        with pytest.raises(UnreadableFile):
            read_source("-")


def test_writing_makes_the_exact_bytes(tmp_path: Path) -> None:
    path = tmp_path / "out.md"
    write_atomically(str(path), "\ufeffé\r\nno end")
    assert path.read_bytes() == "\ufeffé\r\nno end".encode()
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.md"]


def test_writing_over_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "out.md"
    path.write_text("old")
    path.chmod(0o640)
    write_atomically(str(path), "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_gets_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("")
    write_atomically(str(tmp_path / "ours"), "")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_writing_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    target = tmp_path / "target.md"
    target.write_text("old")
    link = tmp_path / "link.md"
    link.symlink_to(target)
    write_atomically(str(link), "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_failed_write_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.md"
    path.write_text("old")

    def fail(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(AgentDiffError, match="No space left on device"):
        write_atomically(str(path), "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.md"]


def test_places_that_cannot_hold_a_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "out.md", Path(os.devnull)):
        with pytest.raises(AgentDiffError, match="cannot be written"):
            write_atomically(str(path), "new")
    assert not list(tmp_path.iterdir())
