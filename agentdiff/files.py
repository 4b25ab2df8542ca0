"""The door through which every agent file is read, and through which a result is written to a file.

Only regular files of reasonable size that hold UTF-8 text come in; all else that a path may name is refused in one
sentence.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from agentdiff.errors import AgentDiffError, UnreadableFile

MAX_BYTES = 8 * 1024 * 1024
"""Largest input in bytes. The largest public agent file we met has 0.3 MB; far above that it is some other file."""

STANDARD_INPUT = "-"
"""The path that stands for standard input."""

_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_KINDS = (
    (stat.S_ISDIR, "is a directory", "name the files in it"),
    (stat.S_ISFIFO, "is a pipe, not a file", "save it to a file, or pipe it in and use - as the path"),
    (stat.S_ISSOCK, "is a socket, not a file", "name a text file"),
    (stat.S_ISCHR, "is a device, not a file", "name a text file, or - for standard input"),
    (stat.S_ISBLK, "is a device, not a file", "name a text file"),
)


class SourceText(NamedTuple):
    """The text of one file as it is on disk; `text.encode()` is its bytes again."""

    path: str
    text: str
    """Decoded with byte order mark, line endings and final newline as they were."""
    sha256: str
    """Of the bytes, in lower-case hexadecimal digits."""
    size: int
    """Bytes."""


class Address(NamedTuple):
    """A file, and which of its agents is meant."""

    path: str
    """As given: `FILE`, or `FILE#name`."""
    file: str
    name: str
    """Empty where the file alone is named."""


def address_of(path: str) -> Address:
    """Take `FILE#name` apart. A file that has a `#` in its own name is found first.

    Where no such file is there, with or without the name, the path is left whole.
    """
    if path == STANDARD_INPUT or os.path.lexists(path):
        return Address(path, path, "")
    end = path.rfind("#")
    while end > 0:
        file, name = path[:end], path[end + 1 :]
        if name and (file == STANDARD_INPUT or os.path.isfile(file)):
            return Address(path, file, name)
        end = path.rfind("#", 0, end)
    return Address(path, path, "")


def read_source(path: str) -> SourceText:
    """Read one file, or standard input for `-`.

    Raises UnreadableFile for whatever is missing, no regular file (symbolic links to one are followed), larger than
    MAX_BYTES, binary or not UTF-8.
    """
    return source_of(path, _read_standard_input() if path == STANDARD_INPUT else _read_regular_file(path))


def announce(paths: Iterable[str]) -> None:
    """Say that some files are about to be read, so that a disk seeks all of them at once and not one after the other.

    What cannot be announced is left to the reading, which says what is wrong with it.
    """
    if not hasattr(os, "posix_fadvise"):
        return
    for path in paths:
        with suppress(OSError, ValueError):
            if stat.S_ISREG(os.stat(path).st_mode):
                opened = os.open(path, _OPEN_FLAGS)
                try:
                    os.posix_fadvise(opened, 0, 0, os.POSIX_FADV_WILLNEED)
                finally:
                    os.close(opened)


def source_of(path: str, data: bytes) -> SourceText:
    """The text of a file whose bytes are known. Raises UnreadableFile as `read_source` does."""
    if len(data) > MAX_BYTES:
        raise UnreadableFile(path, f"is larger than {MAX_BYTES // 1024**2} MiB", "name an agent file")
    return SourceText(path, _decode(path, data), hashlib.sha256(data).hexdigest(), len(data))


def _read_standard_input() -> bytes:
    if sys.stdin is None:
        raise UnreadableFile(STANDARD_INPUT, "there is no standard input", "name a file")
    try:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    except (OSError, ValueError) as problem:  # ValueError: it was closed
        raise UnreadableFile(STANDARD_INPUT, f"standard input cannot be read ({problem})", "name a file") from problem


def _read_regular_file(path: str) -> bytes:
    """The bytes of a file, at most one more than the limit."""
    try:
        _refuse_irregular(path, os.stat(path))  # before opening, since opening a device may do something
        # Asked again once it is open: between the two calls the path may have been given to a pipe, which would block.
        with open(os.open(path, _OPEN_FLAGS), "rb") as stream:
            status = os.fstat(stream.fileno())
            _refuse_irregular(path, status)
            # Room for what is there: that for the largest file costs as much as reading a usual one.
            data = stream.read(min(status.st_size, MAX_BYTES) + 1)
            return data + stream.read(MAX_BYTES + 1 - len(data)) if len(data) > status.st_size else data
    except FileNotFoundError as problem:
        raise UnreadableFile(path, "there is no such file", "check the path") from problem
    except PermissionError as problem:
        raise UnreadableFile(path, "may not be read", "give yourself permission to read it") from problem
    except OSError as problem:
        raise UnreadableFile(path, f"cannot be read ({problem.strerror or problem})", "check the path") from problem
    except ValueError as problem:
        raise UnreadableFile(path, "is not a possible path", "check the path") from problem


def _refuse_irregular(path: str, status: os.stat_result) -> None:
    if stat.S_ISREG(status.st_mode):
        return
    for is_kind, problem, remedy in _KINDS:
        if is_kind(status.st_mode):
            raise UnreadableFile(path, problem, remedy)
    raise UnreadableFile(path, "is not a regular file", "name a text file")


def _decode(path: str, data: bytes) -> str:
    if data.startswith(_UTF16_MARKS):
        raise UnreadableFile(path, "line 1, byte 0: the text is UTF-16", "save it as UTF-8")
    nul = data.find(b"\0")
    if nul >= 0:
        raise UnreadableFile(path, f"{_place(data, nul)}: a NUL byte, so the file is binary", "name a text file")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise UnreadableFile(path, f"{_place(data, problem.start)}: not UTF-8 text", "save it as UTF-8") from problem


def _place(data: bytes, offset: int) -> str:
    """Where a byte is: its line from 1, its offset in the file from 0."""
    line = data.count(b"\n", 0, offset) + 1
    return f"line {line}, byte {offset}"


def write_atomically(path: str, text: str) -> None:
    """Write a text as UTF-8 so that at every moment the file holds either the old or the new text, whole.

    A symbolic link is followed and stays; an existing file keeps its permissions. Raises AgentDiffError where the file
    cannot be written; then nothing has changed.
    """
    try:
        _replace(os.path.realpath(path), text.encode("utf-8"))
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise AgentDiffError(f"{path}: cannot be written ({reason}); choose another place for the result") from problem


def _replace(target: str, data: bytes) -> None:
    mode = _mode_of_regular(target)
    # A name of our own: what tempfile makes only its owner may read, and a new file is to get the usual permissions.
    temporary = os.path.join(os.path.dirname(target), f".agentdiff-{os.urandom(8).hex()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _mode_of_regular(target: str) -> int | None:
    """Permissions of an existing file, None where there is none yet; OSError for what is no regular file."""
    try:
        status = os.stat(target)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OSError("it exists and is not a regular file")
    return stat.S_IMODE(status.st_mode)
