"""The file of an index: its tables, what may be wrong with it, how it names files, and what it was made of."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from os.path import abspath, dirname, isabs, join
from typing import NamedTuple
from urllib.parse import quote

from agentdiff import comparing, fingerprint
from agentdiff.errors import AgentDiffError
from agentdiff.files import STANDARD_INPUT, read_source, write_atomically
from agentdiff.fingerprint import key_of
from agentdiff.formats.reading import glances, open_text

FILE, SOURCES = "index.sqlite", "sources.json"
SOURCES_SCHEMA = "agentdiff.sources/1"
FORMAT_VERSION = 1
"""Of the tables. Another one is refused."""
APPLICATION = 0x41474458
"""Tells an index from other databases: `AGDX`."""

PAGE_BYTES = 16384
"""Rows of bodies have up to 2.2 kB, of which a page of the usual size would hold one."""
CACHE_KILOBYTES = 65536
WAIT_SECONDS = 10.0
"""How long a batch waits for one of another process. A batch takes well below a second."""


_PARAMETERS = tuple(
    f"{module.__name__.rpartition('.')[2]}.{name}"
    for module, names in (
        (fingerprint, "SHINGLE_WORDS SKETCH_SIZE BRIEF_WORDS"),
        (
            comparing,
            "KEY_SHINGLES SAME_NAME_SIMILARITY SAME_NAME_TWICE_SIMILARITY OTHER_NAME_SIMILARITY STRICT_SIMILARITY "
            "COPY_SIMILARITY CONTAINED CONTAINED_OTHER_NAME CONTAINED_SHINGLES BOILERPLATE_REPRESENTATIVES "
            "BOILERPLATE_SAMPLE BOILERPLATE_LEAST BOILERPLATE_SHARE EVERYWHERE_SAMPLE EVERYWHERE_LEAST "
            "EVERYWHERE_SHARE COMMON_LEAST COMMON_SHARE LEAST_LEFT",
        ),
    )
    for name in names.split()
)
_SPECIMEN = """---
name: Orchard-Keeper-v2
---
Prunes 3 old apple trees in March; never cuts below the graft. 剪枝 Éclair straße _x_ 🌱.
"""
"""Its fingerprint shows whether agents are still read, and words told apart and hashed, as they were."""

TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE bodies (
    body INTEGER PRIMARY KEY, key INTEGER NOT NULL, copies INTEGER NOT NULL, low_role INTEGER NOT NULL,
    high_role INTEGER NOT NULL, low_home INTEGER NOT NULL, high_home INTEGER NOT NULL, centre INTEGER,
    shingles INTEGER NOT NULL, sketch BLOB NOT NULL
);
CREATE TABLE agents (
    agent INTEGER PRIMARY KEY, body INTEGER NOT NULL, file INTEGER NOT NULL, path TEXT NOT NULL, name TEXT NOT NULL,
    format TEXT NOT NULL, sha256 BLOB NOT NULL, tokens INTEGER NOT NULL, role INTEGER NOT NULL, home INTEGER NOT NULL,
    text_key INTEGER NOT NULL, head_key INTEGER NOT NULL
);
CREATE TABLE buckets (
    shingle INTEGER NOT NULL, place INTEGER NOT NULL, body INTEGER NOT NULL, PRIMARY KEY (shingle, place, body)
) WITHOUT ROWID;
CREATE TABLE homes (place INTEGER PRIMARY KEY, home INTEGER NOT NULL);
"""
INDICES = """
CREATE UNIQUE INDEX bodies_by_key ON bodies (key);
CREATE INDEX agents_by_body ON agents (body);
CREATE INDEX agents_by_file ON agents (file);
"""
_TABLE_NAMES = frozenset({"facts", "bodies", "agents", "buckets", "homes"})
NEW_BODY = f"INSERT INTO bodies VALUES ({', '.join('?' * 10)})"
NEW_AGENT = f"INSERT INTO agents VALUES ({', '.join('?' * 12)})"
NEW_BUCKET = "INSERT INTO buckets VALUES (?, ?, ?)"
NEW_HOME = "INSERT OR IGNORE INTO homes VALUES (?, ?)"
BODY_COLUMNS = "body, key, copies, low_role, high_role, low_home, high_home, centre, shingles, sketch"


class UnusableIndex(AgentDiffError):
    """An index that cannot be asked: it is missing, damaged, or was made by another version."""

    def __init__(self, path: str, problem: str, remedy: str) -> None:
        self.path = path
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{path}: {problem}; {remedy}")


# ---------------------------------------------------------------------------------------------- opening


# The file may come from strangers. EXTRA also syncs the folder, without which a power cut may undo a commit.
_PRAGMAS = ("trusted_schema = 0", "cell_size_check = 1", "synchronous = EXTRA", f"cache_size = -{CACHE_KILOBYTES}")


def connected(path: str, mode: str) -> sqlite3.Connection:
    """Autocommit: transactions begin and end where the program says so."""
    name = f"file:{quote(abspath(path))}?mode={mode}"
    connection = sqlite3.connect(name, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def guarded(path: str) -> Iterator[None]:
    """Whatever SQLite says of a file, in a sentence of ours."""
    try:
        yield
    except sqlite3.Error as problem:
        raise _sentence(path, problem) from problem


BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_REFUSED = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
}


def _sentence(path: str, problem: sqlite3.Error) -> AgentDiffError:
    code = code_of(problem)
    if code in BUSY:
        return AgentDiffError(f"{path}: another process is writing to this index; try again when it is done")
    if code in _REFUSED:
        return AgentDiffError(f"{path}: cannot be read or written ({problem}); check its permissions and the disk")
    return damaged(path, str(problem))


def code_of(problem: sqlite3.Error) -> int:
    """The kind of trouble; the digits above say more than is needed."""
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF


def damaged(path: str, problem: str) -> UnusableIndex:
    """The error for what SQLite or the program cannot read."""
    return UnusableIndex(path, f"the index is damaged ({problem})", _remedy(path))


def _remedy(path: str) -> str:
    return f"rebuild it: agentdiff index build {dirname(path) or os.curdir}"


def check_usable(connection: sqlite3.Connection, path: str) -> None:
    """Raise UnusableIndex for what is no index, or one that this version cannot use."""
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if application != APPLICATION:
        problem = "is no index of agentdiff" if tables else "the index is damaged (it is empty)"
        raise UnusableIndex(path, problem, _remedy(path))
    if version != FORMAT_VERSION:
        raise UnusableIndex(
            path, f"the index has format {version}, and this version reads {FORMAT_VERSION}", _remedy(path)
        )
    if missing := sorted(_TABLE_NAMES - tables):
        raise damaged(path, f"the table {missing[0]} is missing")
    row = connection.execute("SELECT value FROM facts WHERE name = 'parameters'").fetchone()
    try:
        then = json.loads(row[0])
        changed = [name for name, value in parameters().items() if then.get(name) != value]
    except (TypeError, ValueError, AttributeError) as problem:
        raise damaged(path, "its parameters cannot be read") from problem
    if changed:
        name = changed[0]
        what = f"{name} {then.get(name)}, now {parameters()[name]}"
        raise UnusableIndex(path, f"the index was made with other parameters ({what})", _remedy(path))


@lru_cache(maxsize=1)
def parameters() -> dict[str, float | str]:
    """All that has to be the same when an index is made and when it is asked."""
    modules = {"fingerprint": fingerprint, "comparing": comparing}
    values: dict[str, float | str] = {}
    for parameter in _PARAMETERS:
        module, _, name = parameter.partition(".")
        values[name.lower()] = getattr(modules[module], name)
    agent = glances(open_text(_SPECIMEN, "specimen.md"), "specimen.md")[0]
    found = fingerprint.fingerprint(agent)
    seen = (fingerprint.name_key(agent.name), found.sketch.hex(), *map(str, found[:4]))
    values["words"] = f"{key_of(' '.join(seen).encode()) % (1 << 64):016x}"
    return values


def identity_of(path: str) -> tuple[int, int]:
    """Tells a file from another that has taken its place. Raises UnusableIndex where there is none."""
    try:
        status = os.stat(path)
    except OSError as problem:
        raise UnusableIndex(path, "the index is gone", _remedy(path)) from problem
    return status.st_dev, status.st_ino


# ---------------------------------------------------------------------------------------------- places


def place_key(folder: str, place: str) -> int:
    """A number for a file. That of one on disk stays the same when it is moved together with the index."""
    head, _, name = place.rpartition("/")
    return key_of(f"{_from_index(folder, head)}/{name}".encode(errors="surrogateescape"))


@lru_cache(maxsize=4096)
def _from_index(folder: str, place: str) -> str:
    return _seen_from(folder, place) if isabs(place) else place


@lru_cache(maxsize=4096)
def _homes_around(folder: str, place: str) -> tuple[int, ...]:
    """Numbers for a folder, and for the git repository that it lies in."""
    found = [place]
    if isabs(place):
        above = place
        while not os.path.lexists(f"{above}/.git") and above != dirname(above):
            above = dirname(above)
        if above not in (place, dirname(above)):
            found.append(above)
    return tuple(place_key(folder, f"{each}/") for each in found)


def neighbourhood(folder: str, place: str) -> tuple[int, ...]:
    """Numbers for the folder of a file, and for its git repository if it lies in one on disk."""
    return _homes_around(folder, place.rpartition("/")[0])


# ---------------------------------------------------------------------------------------------- sources


class Sources(NamedTuple):
    """What an index was made of."""

    paths: tuple[str, ...]
    """As seen from the current folder."""
    revision: str | None


def read_sources(folder: str) -> Sources:
    """What the index of a folder was made of, also where the index itself is damaged.

    Raises UnusableIndex where that is not known: then a user has to name the paths.
    """
    path = join(folder, SOURCES)
    try:
        document = json.loads(read_source(path).text)
        paths, revision = document["paths"], document["revision"]
        is_sound = isinstance(revision, str | None) and all(isinstance(each, str) for each in paths) and paths
    except (AgentDiffError, ValueError, LookupError, TypeError):
        is_sound = False
    if not is_sound or STANDARD_INPUT in paths:
        problem = "it does not say what the index was made of"
        raise UnusableIndex(path, problem, f"name the paths: agentdiff index build {folder} PATH...")
    return Sources(tuple(_seen_from(os.curdir, abspath(join(folder, each))) for each in paths), revision)


def write_sources(folder: str, paths: Sequence[str], revision: str | None) -> None:
    """Say what an index was made of."""
    seen = sorted({each if each == STANDARD_INPUT else _seen_from(folder, abspath(each)) for each in paths})
    document = {"schema": SOURCES_SCHEMA, "revision": revision, "paths": seen}
    write_atomically(join(folder, SOURCES), json.dumps(document, indent=1) + "\n")


def note_sources(folder: str, paths: Iterable[str]) -> None:
    """Remember paths that are added, unless they lie in a folder that is known."""
    try:
        known = read_sources(folder)
    except UnusableIndex:
        return
    roots = {abspath(each) for each in known.paths}
    new = [path for path in map(abspath, paths) if not any(each in roots for each in _upwards(path))]
    if new:
        write_sources(folder, (*known.paths, *new), known.revision)


def _upwards(path: str) -> Iterator[str]:
    """A path and all folders around it."""
    while path != dirname(path):
        yield path
        path = dirname(path)
    yield path


def _seen_from(folder: str, place: str) -> str:
    """A path from one folder to another place; the absolute one where there is none."""
    try:
        return os.path.relpath(place, folder).replace(os.sep, "/")
    except ValueError:  # another drive
        return place
