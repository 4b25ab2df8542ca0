"""The files behind the paths that a user gives: folders, files, git repositories, lists of paths, tables.

What is found comes as a stream, so that reading may begin at once. The same files come in the same order, whatever the
order of the paths.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from os.path import abspath, basename, commonpath, dirname, join, normpath, realpath

from agentdiff import git
from agentdiff.errors import AgentDiffError, BadInput
from agentdiff.files import MAX_BYTES, STANDARD_INPUT
from agentdiff.recognising import is_table, may_be_agent
from agentdiff.walking import HERE, LEFT_OUT, Candidate, Finding, Others, Root, Table, is_text, unread, walk

MAX_LIST_BYTES = 1 << 30
"""Longest list of paths that is read from standard input."""


def check_paths(paths: Sequence[str]) -> None:
    """Raise BadInput for paths that cannot be gathered together, before any of them is looked at."""
    if paths.count(STANDARD_INPUT) > 1:
        raise BadInput("standard input can be read only once; give `-` once")


def gather(paths: Sequence[str], revision: str | None = None) -> Iterator[Finding]:
    """Find all files that may hold agents. Each file comes once, at whatever paths it is found.

    `-` stands for a list of paths on standard input. With `revision` the paths name git repositories, or files and
    folders in them, and the files are those of that revision; without, bare repositories are read at `HEAD`. What
    cannot be looked at is among the findings. Raises BadInput for a list that cannot be read.
    """
    given = sorted(set(_with_lists(paths)))
    texts = [path for path in given if is_text(path)]
    yield from (unread(path, "has a name that is not UTF-8 text", True) for path in given if not is_text(path))
    if revision is not None:
        yield from _all_from_git(texts, revision, len(given) == 1)
        return
    sorts: dict[_Sort, list[str]] = {sort: [] for sort in _Sort}
    for path in texts:
        sorts[_sort_of(path)].append(path)
    files = _without_repeats(sorts[_Sort.FILE])
    is_alone = len(sorts[_Sort.FOLDER]) + len(sorts[_Sort.BARE]) + bool(files) == 1
    roots = [Root.of(path, is_alone) for path in _without_repeats(sorts[_Sort.FOLDER]).values()]
    yield from (Table(path) for path in _without_repeats(sorts[_Sort.TABLE]).values())
    yield from _given_files(list(files.values()), roots, is_alone)
    yield from _all_from_git(sorts[_Sort.BARE], "HEAD", is_alone)
    yield from walk(roots, frozenset(files))


def listed(data: bytes) -> tuple[str, ...]:
    """The paths of a list: one a line, or with a NUL byte behind each if there is any."""
    parts = data.split(b"\0") if b"\0" in data else [line.removesuffix(b"\r") for line in data.split(b"\n")]
    return tuple(os.fsdecode(part) for part in parts if part)


def folder_shared_by(paths: Iterable[str]) -> str:
    """The longest folder that all paths of a table begin with, with `/` at its end; may be applied to its results."""
    first, last = "", ""
    for number, path in enumerate(paths):
        first, last = (path, path) if not number else (min(first, path), max(last, path))
    same = next((at for at, pair in enumerate(zip(first, last, strict=False)) if len(set(pair)) > 1), len(first))
    return first[: first.rfind("/", 0, same) + 1]


def collection_in_table(path: str, shared: str) -> str:
    """The first folder behind what all paths of a table share; HERE for a file that lies in no folder behind it."""
    folder, slash, _ = path.removeprefix(shared).partition("/")
    return folder if slash else HERE


class _Sort(Enum):
    """What a given path is."""

    FILE = auto()
    """Also what is not there: reading says what is wrong."""
    TABLE = auto()
    FOLDER = auto()
    BARE = auto()


def _with_lists(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if path == STANDARD_INPUT:
            yield from (f"./{each}" if each == STANDARD_INPUT else each for each in listed(_standard_input()))
        else:
            yield path


def _standard_input() -> bytes:
    try:
        data = sys.stdin.buffer.read(MAX_LIST_BYTES + 1) if sys.stdin else b""
    except (OSError, ValueError) as problem:  # ValueError: it was closed
        raise BadInput(f"-: standard input cannot be read ({problem}); name files and folders") from problem
    if len(data) > MAX_LIST_BYTES:
        raise BadInput(f"-: the list is longer than {MAX_LIST_BYTES >> 20} MiB; name the folders of the files")
    return data


def _sort_of(path: str) -> _Sort:
    if not os.path.isdir(path):
        return _Sort.TABLE if is_table(path) else _Sort.FILE
    is_work_tree = os.path.lexists(join(path, ".git"))
    return _Sort.BARE if not is_work_tree and git.may_be_bare(path) else _Sort.FOLDER


def _without_repeats(paths: Iterable[str]) -> dict[str, str]:
    """By real path, ordered by it, the first of the paths that lead there."""
    real: dict[str, str] = {}
    for path in paths:
        real.setdefault(realpath(path) if "\0" not in path else path, path)
    return dict(sorted(real.items()))


def _given_files(paths: Sequence[str], roots: Sequence[Root], is_alone: bool) -> Iterator[Candidate]:
    """Each as part of the given folder that it lies in, or of the one that the others share."""
    places = {path: abspath(path).replace(os.sep, "/") for path in paths if "\0" not in path}
    homes = {path: next((root for root in roots if _lies_in(place, root)), None) for path, place in places.items()}
    loose = [dirname(places[path]) for path, root in homes.items() if root is None]
    shared = Root.of(commonpath(loose), is_alone) if loose else None
    tops: dict[str, bool] = {}
    for path in paths:
        root = homes.get(path) or shared
        collection = root.collection_of(dirname(places[path]), tops) if root and path in places else HERE
        yield Candidate(path, places.get(path, path), collection, is_given=True)


def _lies_in(place: str, root: Root) -> bool:
    return place.startswith(f"{root.place}/")


def _all_from_git(paths: Sequence[str], revision: str, is_alone: bool) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for path in sorted(paths, key=lambda path: (os.path.isdir(path), path)):  # a file counts as given, not as found
        folder = path if os.path.isdir(path) else dirname(path) or os.curdir
        try:
            yield from _from_git(path, folder, revision, is_alone, seen)
        except AgentDiffError as problem:
            yield unread(path, str(problem).removeprefix(f"{folder}: "), True)


def _from_git(path: str, folder: str, revision: str, is_alone: bool, seen: set[tuple[str, str]]) -> Iterator[Finding]:
    repository = git.repository_at(folder) if os.path.isdir(folder) else None
    if repository is None:
        yield unread(path, "lies in no git repository", True)
        return
    is_file = path != folder and not os.path.isdir(path)
    tree = git.resolve(repository, revision)
    entries = list(git.blobs(repository, tree, repository.below + (basename(path) if is_file else "")))
    if is_file and not entries:
        yield unread(path, f"is not in revision {revision}", True)
    source = repository.top or realpath(folder)
    prefix = f"{revision}:" if folder == os.curdir else f"{folder}@{revision}:"
    collection = _name_of(repository, folder, is_alone)
    wanted = [entry for entry in entries if is_file or not LEFT_OUT.intersection(entry.path.split("/")[:-1])]
    new = [entry for entry in wanted if (source, entry.path) not in seen]
    seen.update((source, entry.path) for entry in new)
    found, problems, others = _sorted_out(new, is_file)
    yield from (unread(prefix + entry.path, entry.reason, is_file) for entry in problems)
    yield Others(others)
    for blob, data in git.contents(repository, found):
        if data is None:
            yield unread(prefix + blob.path, "has no content in this repository", is_file)
        else:
            yield Candidate(prefix + blob.path, blob.path, collection, data, is_file)


def _sorted_out(
    entries: Iterable[git.Blob | git.Unfollowed], is_given: bool
) -> tuple[list[git.Blob], list[git.Unfollowed], int]:
    """What is to be read, what cannot be, and how many are no agent files."""
    found: list[git.Blob] = []
    problems: list[git.Unfollowed] = []
    others = 0
    for entry in entries:
        if not is_text(entry.path):
            problems.append(git.Unfollowed(entry.path, "has a name that is not UTF-8 text"))
        elif isinstance(entry, git.Unfollowed):
            problems.append(entry)
        elif not (is_given or may_be_agent(entry.path)):
            others += 1
        elif entry.size > MAX_BYTES:
            problems.append(git.Unfollowed(entry.path, f"is larger than {MAX_BYTES >> 20} MiB"))
        else:
            found.append(entry)
    return found, problems, others


def _name_of(repository: git.Repository, folder: str, is_alone: bool) -> str:
    top = repository.top or abspath(folder)
    if is_alone:
        return basename(top).removesuffix(".git") or HERE
    below, given = repository.below.rstrip("/"), normpath(folder)
    shown = given.removesuffix(below).rstrip("/") if below and given.endswith(below) else given
    return shown if shown not in ("", HERE) and (not below or shown != given) else basename(top)
