"""The one place that runs git. What it is asked is only read; a repository is as untrusted as the files in it.

Git is started without a shell, and nothing that a repository may bring is run: no hooks, no file system monitor, no
transport that would fetch what is missing. What `is_clean` compares goes through the filters that the repository's own
settings name, as in every `git status`: it is for work trees that the user works in.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from agentdiff.errors import BadInput
from agentdiff.files import MAX_BYTES

_SETTINGS = "core.fsmonitor=false core.hooksPath=/dev/null core.untrackedCache=false protocol.allow=never".split()
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_OTHER_REPOSITORY = frozenset(
    """
    GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR GIT_DIR GIT_GRAFT_FILE GIT_IMPLICIT_WORK_TREE GIT_INDEX_FILE
    GIT_NAMESPACE GIT_OBJECT_DIRECTORY GIT_PREFIX GIT_SHALLOW_FILE GIT_WORK_TREE
    """.split()
)
"""Variables that point to a repository. A hook has them set, and they would count more than the path."""

_CHUNK = 1 << 16
_REQUESTS = 128
"""Contents asked for at once. The requests have to fit in a pipe, or both sides would wait for each other."""

_SUBMODULE, _LINK = "160000", "120000"


class Repository(NamedTuple):
    """A git repository, as seen from a path in it."""

    path: str
    """A folder in it, where git is run."""
    top: str | None
    """The absolute path of its work tree; None for a bare repository, and for a `.git` folder."""
    below: str
    """The folder's path below the top, `/` between its parts and at its end; empty at the top."""


class Blob(NamedTuple):
    """A file of a revision."""

    path: str
    """Below the top, with `/` between its parts."""
    id: str
    size: int
    """Bytes."""
    mode: str
    """Six digits: `100644`, `100755`."""


class Unfollowed(NamedTuple):
    """An entry of a revision that is no file."""

    path: str
    reason: str
    """Half a sentence, without the path."""


class _GitFailed(Exception):
    """What git said when it did not do what it was asked. It stays in this module."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


def may_be_bare(path: str) -> bool:
    """Whether a folder has what every git directory has: a cheap question before git itself is asked."""
    parts = ("HEAD", "objects", "refs")
    return all(os.path.lexists(os.path.join(path, part)) for part in parts)


def repository_at(path: str) -> Repository | None:
    """The repository that a folder lies in, with a work tree or bare; None if there is none.

    Raises BadInput where git is not there or does not trust the owner of the folder.
    """
    try:
        if _answer(path, "rev-parse", "--is-bare-repository") == "true":
            return Repository(path, None, "")
        return Repository(
            path, _answer(path, "rev-parse", "--show-toplevel"), _answer(path, "rev-parse", "--show-prefix")
        )
    except _GitFailed as problem:
        if "must be run in a work tree" in problem.message:  # it is the `.git` folder of one
            return Repository(path, None, "")
        if "not a git repository" in problem.message:
            return None
        raise _unreadable(path, problem.message) from problem


def resolve(repository: Repository, revision: str) -> str:
    """The id of the tree of a revision. Raises BadInput where there is no such revision."""
    try:
        if not revision or revision.startswith("-") or "\0" in revision:  # no name of git's begins like an option
            raise _GitFailed("it is no possible name")
        return _answer(repository.path, "rev-parse", "--verify", "--quiet", f"{revision}^{{tree}}")
    except _GitFailed as problem:
        where = f"{repository.path}: this repository has no revision {revision!r}"
        raise BadInput(f"{where}; `git log --all --oneline` lists what there is") from problem


def blobs(repository: Repository, tree: str, below: str = "") -> Iterator[Blob | Unfollowed]:
    """The files of a tree, ordered by the bytes of their paths, and what is none of them: submodules and links.

    `tree` is an id of `resolve`; `below` is a folder or file below the top, empty for all. Raises BadInput.
    """
    options = ("ls-tree", "-r", "-z", "-l", "--full-tree", tree, "--")
    paths = (f":(literal){below.rstrip('/')}",) if below else ()
    for record in _records(repository.path, *options, *paths):
        facts, _, path = record.partition("\t")
        mode, _, id, size = facts.split()
        if mode == _SUBMODULE:
            yield Unfollowed(path, "is a submodule, and its files are not in this repository")
        elif mode == _LINK:
            yield Unfollowed(path, "is a symbolic link")
        elif not size.isdigit():  # `BAD`: it was never fetched
            yield Unfollowed(path, "has no content in this repository")
        else:
            yield Blob(path, id, int(size), mode)


def contents(repository: Repository, wanted: Iterable[Blob]) -> Iterator[tuple[Blob, bytes | None]]:
    """The bytes of each file, in the order asked for; None for those that are missing or larger than MAX_BYTES.

    One process of git serves all. Only one content is in memory at a time. Raises BadInput.
    """
    asked = iter(wanted)
    first = next(asked, None)
    if first is None:
        return
    with _running(repository.path, "cat-file", "--batch", has_input=True) as process:
        requests, answers = process.stdin, process.stdout
        assert requests is not None and answers is not None
        batch = [first, *islice(asked, _REQUESTS - 1)]
        while batch:
            _ask(requests, [blob.id for blob in batch if blob.size <= MAX_BYTES], repository.path)
            for blob in batch:
                yield blob, _content(answers, repository.path) if blob.size <= MAX_BYTES else None
            batch = list(islice(asked, _REQUESTS))


def is_clean(repository: Repository) -> bool:
    """Whether all tracked files are as committed and no untracked ones are there, ignored ones aside.

    Raises BadInput, also for a bare repository, which has no work tree.
    """
    return next(_records(_top(repository), "status", "--porcelain", "-z", "--untracked-files=normal"), None) is None


def tracked_files(repository: Repository) -> tuple[str, ...]:
    """The paths in the index, below the top, ordered. Raises BadInput."""
    return tuple(sorted(set(_records(_top(repository), "ls-files", "-z", "--cached", "--full-name"))))


def _top(repository: Repository) -> str:
    if repository.top is None:
        raise BadInput(f"{repository.path}: is a bare repository, which has no files to work on; name a clone of it")
    return repository.top


# -------------------------------------------------------------------------------------------------- running


def _command(path: str, arguments: Sequence[str]) -> list[str]:
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    return ["git", "--no-pager", "-C", os.path.join(path, ""), *settings, *arguments]


@contextmanager
def _running(
    path: str, *arguments: str, has_input: bool = False, complaints: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of git that ends with the block. What it complains of goes to a file: a pipe might fill up."""
    environment = {key: value for key, value in os.environ.items() if key not in _OTHER_REPOSITORY}
    try:
        process = subprocess.Popen(
            _command(path, arguments),
            stdin=subprocess.PIPE if has_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints or subprocess.DEVNULL,
            env=environment | _ENVIRONMENT,
        )
    except FileNotFoundError as problem:
        raise BadInput(f"{path}: git is not installed; install it, or name files and folders") from problem
    except (OSError, ValueError) as problem:
        raise BadInput(f"{path}: git cannot be started ({problem}); check the path") from problem
    try:
        yield process
    finally:
        process.kill()
        with suppress(BrokenPipeError), process:  # closes its pipes and waits for it
            pass


def _chunks(path: str, *arguments: str) -> Iterator[bytes]:
    """What git prints, piece by piece. Raises _GitFailed at the end where git was not content."""
    with TemporaryFile() as complaints, _running(path, *arguments, complaints=complaints) as process:
        assert process.stdout is not None
        while chunk := process.stdout.read(_CHUNK):
            yield chunk
        if process.wait():
            complaints.seek(0)
            said = complaints.read(_CHUNK).decode(errors="replace").splitlines()
            raise _GitFailed(
                next((line.removeprefix("fatal: ") for line in said if line.startswith("fatal: ")), "no reason")
            )


def _answer(path: str, *arguments: str) -> str:
    """The one line that git prints."""
    return os.fsdecode(b"".join(_chunks(path, *arguments))).removesuffix("\n")


def _records(path: str, *arguments: str) -> Iterator[str]:
    """What git prints with `-z`, one by one. Raises BadInput."""
    rest = b""
    try:
        for chunk in _chunks(path, *arguments):
            *whole, rest = (rest + chunk).split(b"\0")
            yield from map(os.fsdecode, whole)
    except _GitFailed as problem:
        raise _unreadable(path, problem.message) from problem


def _ask(requests: IO[bytes], ids: Sequence[str], path: str) -> None:
    try:
        requests.write("".join(f"{id}\n" for id in ids).encode())
        requests.flush()
    except OSError as problem:
        raise _unreadable(path, "git ended too early") from problem


def _content(answers: IO[bytes], path: str) -> bytes | None:
    """The next content that git prints: a line with its size, the bytes and a line end."""
    head = answers.readline(_CHUNK)
    if head.endswith(b" missing\n"):
        return None
    size = int(head.split()[2]) if head.endswith(b"\n") and head.count(b" ") == 2 else MAX_BYTES + 1
    data = answers.read(size + 1) if size <= MAX_BYTES else b""
    if len(data) != size + 1:
        raise _unreadable(path, "git ended too early")
    return data[:-1]


def _unreadable(path: str, message: str) -> BadInput:
    return BadInput(f"{path}: git cannot read this repository ({message}); `git fsck` may tell more")
