"""What lies in folders: the files that may hold agents, and the collection that each belongs to.

Files in folders that nobody keeps agents in are not looked at (LEFT_OUT), nor what a `.gitignore` leaves out: as in
git, but for three things. A file that is tracked though ignored is left out, the user's own list for all repositories
does not count, and a folder that a path names is looked into though it is ignored.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from os.path import abspath, basename, dirname, join, normpath, realpath
from typing import NamedTuple

from agentdiff.clusters import Skipped
from agentdiff.errors import UnreadableFile
from agentdiff.files import read_source
from agentdiff.ignoring import Rules, is_ignored, rules_in
from agentdiff.recognising import may_be_agent

LEFT_OUT = frozenset(
    """
    .git .hg .svn .jj node_modules bower_components .venv venv virtualenv site-packages __pycache__ .tox .nox .eggs
    .mypy_cache .pytest_cache .ruff_cache .ipynb_checkpoints .gradle .terraform .next .nuxt .yarn .pnpm-store
    """.split()
)
"""Folders that are left out wherever they stand, and however many files they hold."""

_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"
"""A file that marks a virtual environment, whatever its folder is called."""

HERE = "."
"""The collection of what lies in no folder below the given one."""


class Candidate(NamedTuple):
    """A file that may hold agents."""

    path: str
    """As a user knows it: as given and found, or `REPOSITORY@REVISION:path`. `REVISION:path` is what `git show` takes,
    and all that is said where the repository is the current folder."""
    place: str
    """The path by which its format is known: absolute, or the path inside its repository."""
    collection: str
    """The repository or folder that it comes from."""
    data: bytes | None = None
    """Its content from git; None for a file on disk, which `files.read_source(path)` reads."""
    is_given: bool = False
    """Whether a user named this file: then it is an agent file, and must be readable."""


class Table(NamedTuple):
    """A table of files that a user named."""

    path: str


class Unread(NamedTuple):
    """What could not be looked at."""

    skipped: Skipped
    is_given: bool
    """Whether a user named it; what lies in a folder that was named counts as found."""


class Others(NamedTuple):
    """Files that are no agent files by their path."""

    number: int


Finding = Candidate | Table | Unread | Others


class Root(NamedTuple):
    """A folder that was given, or the one that given files share."""

    shown: str
    """As given; empty for the current one."""
    place: str
    """Its absolute path with `/` between the parts and none at the end."""
    prefix: str
    """What the names of its collections begin with; empty where it is the only one."""
    name: str
    """Of the collection where it is a repository itself."""
    rest: str
    """Of the collection of what lies in no folder below."""

    @classmethod
    def of(cls, path: str, is_alone: bool) -> Root:
        """The root of a given folder; `is_alone`: nothing else was given."""
        place = abspath(path).replace(os.sep, "/").rstrip("/")
        shown = "" if path == os.curdir else path
        if is_alone:
            return cls(shown, place, "", basename(place) or HERE, HERE)
        name = normpath(path)
        return cls(shown, place, f"{name}/", name, name)

    def collection(self, inner: str) -> str:
        """Of the repository at a path below the root."""
        return f"{self.prefix}{inner}" if inner else self.name

    def collection_of(self, folder: str, tops: dict[str, bool]) -> str:
        """Of a folder below, by its absolute path; `tops` is a memory of which folders are repositories."""
        inner = folder[len(self.place) + 1 :]
        above = inner
        while True:
            place = f"{self.place}/{above}".rstrip("/")
            if place not in tops:
                tops[place] = os.path.lexists(f"{place}/.git")
            if tops[place]:
                return self.collection(above)
            if not above:
                return f"{self.prefix}{inner.partition('/')[0]}" if inner else self.rest
            above = above.rpartition("/")[0]


def walk(roots: Sequence[Root], given: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """All findings in some folders and those below, each folder once; the order is that of the roots and of names.

    `given` are the real paths of files that are known already and do not come again. Symbolic links come last: one to
    a file that was not found otherwise is that file, once; no link to a folder is followed.
    """
    return _Walk(given).all(roots)


def is_text(path: str) -> bool:
    """Whether a path is UTF-8: others cannot be written into a report."""
    try:
        return path.isascii() or bool(path.encode())
    except UnicodeEncodeError:
        return False


def unread(path: str, reason: str, is_given: bool = False) -> Unread:
    """The finding for what cannot be looked at; bytes of the path that are no UTF-8 are spelled out."""
    return Unread(Skipped(path.encode(errors="backslashreplace").decode(), reason), is_given)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder that is to be looked into."""

    root: Root
    inner: str
    """Its path below the root; empty for the root."""
    collection: str
    rules: tuple[tuple[int, Rules], ...]
    """Of the folders around it; see `is_ignored`."""

    @property
    def shown(self) -> str:
        return join(self.root.shown, self.inner) if self.inner else self.root.shown or os.curdir

    @property
    def is_named(self) -> bool:
        """Whether the paths of what lies in it begin with a folder."""
        return bool(self.inner or self.root.shown)

    @property
    def place(self) -> str:
        return f"{self.root.place}/{self.inner}" if self.inner else self.root.place


class _Link(NamedTuple):
    """A symbolic link, which is followed when all folders are known."""

    path: str
    place: str
    collection: str


@dataclass(frozen=True, slots=True)
class _Walk:
    """One walk through all folders: what it has seen of them."""

    given: frozenset[str]
    """Real paths of the files that were named; they are known already."""
    folders: set[tuple[int, int]] = field(default_factory=set)
    """Device and number of each folder that was looked into."""
    links: list[_Link] = field(default_factory=list)

    def all(self, roots: Sequence[Root]) -> Iterator[Finding]:
        """What lies in the folders, outer ones first, and last what links lead to."""
        for root in roots:
            waiting = [_Folder(root, "", root.rest, ())]
            while waiting:
                yield from self._look_into(waiting.pop(), waiting)
        yield from self._behind_links()

    def _look_into(self, folder: _Folder, waiting: list[_Folder]) -> Iterator[Finding]:
        try:
            key = _key(folder.shown)
            if key in self.folders:
                return
            self.folders.add(key)
            with os.scandir(folder.shown) as found:
                entries = sorted(found, key=attrgetter("name"))
        except OSError as problem:
            yield unread(folder.shown, _reason(problem), not folder.inner)
            return
        names = {entry.name for entry in entries}
        if folder.inner and _VIRTUAL_ENVIRONMENT in names:
            return
        if folder.inner and names >= {"HEAD", "config", "objects", "refs"}:
            yield unread(folder.shown, "is a bare git repository; name it to have its files looked at")
            return
        yield from self._sorted(folder, entries, names, waiting)

    def _sorted(
        self, folder: _Folder, entries: Sequence[os.DirEntry[str]], names: set[str], waiting: list[_Folder]
    ) -> Iterator[Finding]:
        """The findings in one folder; the folders and links in it are put aside."""
        is_repository = ".git" in names
        complaints: list[Unread] = []
        rules = _rules_in(folder, names, complaints)
        yield from complaints
        collection = folder.root.collection(folder.inner) if is_repository else folder.collection
        place, shown, others, below = folder.place, folder.shown, 0, []
        for entry in entries:
            name = entry.name
            path, at = join(shown, name) if folder.is_named else name, f"{place}/{name}"
            is_folder = entry.is_dir(follow_symlinks=False)
            if (is_folder and name in LEFT_OUT) or (rules and is_ignored(rules, at, name, is_folder)):
                continue
            if not (name.isascii() or is_text(name)):
                yield unread(path, "has a name that is not UTF-8 text; rename it")
            elif entry.is_symlink():
                self.links.append(_Link(path, at, collection))
            elif is_folder:
                inner = f"{folder.inner}/{name}" if folder.inner else name
                is_first = not folder.inner and not is_repository
                below.append(
                    _Folder(folder.root, inner, folder.root.collection(name) if is_first else collection, rules)
                )
            elif not may_be_agent(at):
                others += 1
            elif not entry.is_file(follow_symlinks=False):
                yield unread(path, "is no regular file")
            elif not (self.given and realpath(path) in self.given):
                yield Candidate(path, at, collection)
        if others:
            yield Others(others)
        waiting += reversed(below)

    def _behind_links(self) -> Iterator[Finding]:
        seen = set(self.given)
        for link in self.links:
            try:
                real = realpath(link.path, strict=True)
                mode = os.stat(real).st_mode
                is_known = real in seen or (may_be_agent(real) and _key(dirname(real)) in self.folders)
            except OSError as problem:
                yield unread(link.path, _reason(problem, of_link=True))
                continue
            if stat.S_ISDIR(mode):
                yield unread(link.path, "is a link to a folder, and those are not followed")
            elif is_known:
                continue
            elif not may_be_agent(link.place):
                yield Others(1)
            elif stat.S_ISREG(mode):
                seen.add(real)
                yield Candidate(link.path, link.place, link.collection)
            else:
                yield unread(link.path, "is a link to what is no regular file")


def _key(folder: str) -> tuple[int, int]:
    status = os.stat(folder)
    return status.st_dev, status.st_ino


def _rules_in(folder: _Folder, names: Iterable[str], complaints: list[Unread]) -> tuple[tuple[int, Rules], ...]:
    """The rules that count in a folder. Those of a repository around its repository do not."""
    start = len(folder.place) + 1
    if ".git" in names:
        rules = _rules_of(join(folder.shown, ".git", "info", "exclude"), start, complaints)
    else:
        rules = folder.rules if folder.inner else _rules_above(folder.root, complaints)
    return rules + (_rules_of(join(folder.shown, ".gitignore"), start, complaints) if ".gitignore" in names else ())


def _rules_above(root: Root, complaints: list[Unread]) -> tuple[tuple[int, Rules], ...]:
    """The rules of the folders around a root, up to the top of the repository that it lies in."""
    folders = []
    place = root.place
    while "/" in place:
        place = place.rpartition("/")[0]
        folders.append(place)
        if os.path.lexists(f"{place}/.git"):
            break
    else:
        return ()
    rules = _rules_of(f"{place}/.git/info/exclude", len(place) + 1, complaints)
    for each in reversed(folders):
        rules += _rules_of(f"{each}/.gitignore", len(each) + 1, complaints)
    return rules


def _rules_of(path: str, start: int, complaints: list[Unread]) -> tuple[tuple[int, Rules], ...]:
    """The rules of one file, if it is there; git does not follow a link in its place either."""
    if os.path.islink(path) or not os.path.lexists(path):
        return ()
    try:
        rules = rules_in(read_source(path).text)
    except UnreadableFile as problem:
        complaints.append(unread(path, f"{problem.problem}, so its rules do not count"))
        return ()
    return ((start, rules),) if rules.rules else ()


def _reason(problem: OSError, of_link: bool = False) -> str:
    if isinstance(problem, PermissionError):
        return "may not be read"
    if of_link and isinstance(problem, FileNotFoundError):
        return "is a link to nothing"
    if of_link and problem.errno == errno.ELOOP:
        return "is a link that leads back to itself"
    return f"cannot be read ({problem.strerror or problem})"
