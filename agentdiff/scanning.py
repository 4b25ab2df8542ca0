"""Files -> rows, one for each agent: what `clustering` and the reports need to know of it.

Reading and fingerprints are the bulk of the work, so they are a function over batches that any process may run. One
broken file never stops the others: its row says why it could not be read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from operator import itemgetter
from os.path import basename
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from agentdiff.columns import batch_of
from agentdiff.errors import AgentDiffError, EmptyAgent, UnreadableFile
from agentdiff.files import SourceText, announce, read_source, source_of
from agentdiff.fingerprint import REMEMBERED, fingerprint, key_of, name_key
from agentdiff.formats import FORMATS
from agentdiff.formats.base import Naming
from agentdiff.formats.reading import Glance, glances
from agentdiff.recognising import open_agents, place_of
from agentdiff.walking import Candidate

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_FILES = 200
"""Files that are read in one go: little enough for the progress to move, enough to outweigh sending them."""

BATCH_BYTES = 8 << 20
"""Bytes of the files that are in memory at once, as far as it is in our hands: the largest has as many."""

NO_AGENT = "no agent"
"""The reason in the row of a file that is no agent file."""


class Row(NamedTuple):
    """One agent; of a file that holds none only path, place and reason count."""

    path: str
    agent: int = 0
    """A hash of the path: what tells agents apart."""
    place: str = ""
    """Where its file is whatever the current folder: absolute, or the path for what is on no disk."""
    collection: str = ""
    home: int = 0
    """A hash of the collection."""
    file: str = ""
    """SHA-256 of the file, in hexadecimal digits."""
    format: str = ""
    name: str = ""
    role: int = 0
    """A hash of what the name says of the role."""
    size: int = 0
    """Bytes of the file; 0 for all its agents but the first."""
    tokens: int = 0
    key: int = 0
    text_key: int = 0
    head_key: int = 0
    shingles: int = 0
    sketch: bytes = b""
    lines: bytes = b""
    terms: bytes = b""
    """See `roles.packed_terms`; empty where roles are not asked for."""
    is_agent: bool = True
    reason: str = ""
    """Why there is no agent, NO_AGENT for a file of another sort; empty where there is one."""
    is_given: bool = False
    """Whether a user named the file."""


def row_schema() -> pa.Schema:
    """Of `rows_of`."""
    import pyarrow as pa

    kinds = {int: pa.int64(), bytes: pa.binary(), bool: pa.bool_()}
    return pa.schema([(name, kinds.get(type(value), pa.string())) for name, value in Row("")._asdict().items()])


def batches_of(candidates: Iterable[Candidate]) -> Iterator[pa.RecordBatch]:
    """Candidates as rows, some at a time."""
    import pyarrow as pa

    kinds = (pa.string(), pa.string(), pa.string(), pa.binary(), pa.bool_())
    schema = pa.schema(list(zip(Candidate._fields, kinds, strict=True)))
    sized = sorted(((_size(each), each) for each in candidates), key=itemgetter(0))
    for batch in _portions(sized):  # copies have one size: side by side they are read once
        yield batch_of(list(zip(*batch, strict=True)), schema)


def _portions(sized: Iterable[tuple[int, Candidate]]) -> Iterator[list[Candidate]]:
    """Candidates behind their bytes -> some of them at a time: BATCH_FILES at most, BATCH_BYTES unless it is one."""
    held: list[Candidate] = []
    total = 0
    for size, candidate in sized:
        if held and (len(held) == BATCH_FILES or total + size > BATCH_BYTES):
            yield held
            held, total = [], 0
        held.append(candidate)
        total += size
    if held:
        yield held


def _size(candidate: Candidate) -> int:
    try:
        return os.stat(candidate.path).st_size if candidate.data is None else len(candidate.data)
    except (OSError, ValueError):
        return 0


def rows_of(batch: pa.RecordBatch, has_terms: bool) -> pa.RecordBatch:
    """Candidates -> `Row`s: one for each agent, one for each file without."""
    columns = [batch.column(name).to_pylist() for name in Candidate._fields]
    return as_batch(_rows([Candidate(*each) for each in zip(*columns, strict=True)], has_terms))


def as_batch(rows: list[Row]) -> pa.RecordBatch:
    """Rows as a batch."""
    return batch_of(list(zip(*rows, strict=True)) or [()] * len(Row._fields), row_schema())


class _Failed(NamedTuple):
    """Why nothing came of a file."""

    reason: str


T = TypeVar("T")


def _attempt(function: Callable[..., T], *given: Any) -> T | _Failed:
    """What a function makes of a file; one that cannot be read must not cost the answer for all others."""
    if isinstance(given[-1], _Failed):
        return given[-1]
    try:
        return function(*given)
    except (UnreadableFile, EmptyAgent) as problem:
        return _Failed(problem.problem if isinstance(problem, UnreadableFile) else "is empty")
    except AgentDiffError as problem:
        return _Failed(str(problem))
    except Exception as problem:
        return _Failed(f"could not be read because of a bug ({type(problem).__name__}: {problem}); please report it")


def _rows(candidates: Sequence[Candidate], has_terms: bool) -> list[Row]:
    """All files are read, then all opened, then all looked at.

    That is a third faster than one file after the other: what each step needs stays in the processor's caches.
    """
    sources = _sources(candidates)
    opened = [_attempt(agents_in, *each) for each in zip(candidates, sources, strict=True)]
    row = partial(_file_rows, has_terms)
    rows = [_attempt(row, *each) for each in zip(candidates, sources, opened, strict=True)]
    found: list[Row] = []
    for candidate, each in zip(candidates, rows, strict=True):
        if isinstance(each, _Failed):
            found.append(Row(candidate.path, is_agent=False, reason=each.reason, is_given=candidate.is_given))
        else:
            found += each
    return found


def _sources(candidates: Sequence[Candidate]) -> list[SourceText | _Failed]:
    """The texts of files; what a table holds once is decoded once."""
    announce(each.path for each in candidates if each.data is None)
    sources: list[SourceText | _Failed] = []
    before: bytes | None = None
    for candidate in candidates:
        is_same = candidate.data is not None and candidate.data is before
        source = sources[-1] if is_same else _attempt(source_in, candidate)
        sources.append(source)
        before = candidate.data
    return sources


def agents_in(candidate: Candidate, source: SourceText) -> tuple[Glance, ...]:
    """The agents of a file, with paths as a user knows them; none where it is no agent file.

    Raises UnreadableFile and EmptyAgent, which name the file by its place.
    """
    text = _Text(source.sha256, place_of(candidate.place), candidate.is_given, source.text, candidate.place)
    read = _agents_of if len(source.text) <= REMEMBERED else _agents_of.__wrapped__
    path, agents = read(text)
    if path != text.path and any(agent.is_named_by_path for agent in agents):
        path, agents = _agents_of.__wrapped__(text)
    return tuple(agent._replace(path=candidate.path + agent.path.removeprefix(path)) for agent in agents)


def _file_rows(has_terms: bool, candidate: Candidate, source: SourceText, agents: tuple[Glance, ...]) -> list[Row]:
    if not agents:
        return [Row(candidate.path, is_agent=False, reason=NO_AGENT)]
    sizes = [source.size] + [0] * (len(agents) - 1)
    return [_row(*each, candidate, source.sha256, has_terms) for each in zip(agents, sizes, strict=True)]


@dataclass(frozen=True, slots=True)
class _Text:
    """A file as it is read. Two that differ in their paths alone are the same, unless their agents are named by it."""

    sha256: str
    place: tuple[object, ...]
    is_given: bool
    text: str = field(compare=False)
    path: str = field(compare=False)


@lru_cache(maxsize=512)  # copies often lie side by side
def _agents_of(text: _Text) -> tuple[str, tuple[Glance, ...]]:
    """The path under which a file was read, and the agents in it; none where it is no agent file."""
    opened = open_agents(text.text, text.path, text.is_given)
    return text.path, glances(opened, text.path) if opened else ()


def source_in(candidate: Candidate) -> SourceText:
    """The text of a file on disk or in git. Raises UnreadableFile."""
    return read_source(candidate.path) if candidate.data is None else source_of(candidate.path, candidate.data)


_NAMED_ALIKE = frozenset(
    format.name
    for format in FORMATS.values()
    if format.naming is Naming.FILE and format.paths and not any("*" in basename(path) for path in format.paths)
)
"""Formats whose files all have one name, as `CLAUDE.md` has: it says nothing of what is in them."""


def _row(agent: Glance, size: int, candidate: Candidate, sha256: str, has_terms: bool) -> Row:
    seen = fingerprint(agent)
    return Row(
        path=agent.path,
        agent=hash_of(agent.path),
        place=place_in(candidate),
        collection=candidate.collection,
        home=hash_of(candidate.collection),
        file=sha256,
        format=agent.format,
        name=agent.name,
        role=role_of(agent),
        size=size,
        tokens=seen.tokens,
        key=seen.key,
        text_key=seen.text_key,
        head_key=seen.head_key,
        shingles=seen.shingles,
        sketch=seen.sketch,
        lines=seen.lines,
        terms=_terms(agent) if has_terms else b"",
        is_given=candidate.is_given,
    )


def place_in(candidate: Candidate) -> str:
    """As `Row.place`."""
    return candidate.place if candidate.data is None else candidate.path


def role_of(agent: Glance) -> int:
    """As `Row.role`; what the name of an agent cannot say, its path stands for."""
    is_fixed = agent.is_named_by_path and agent.format in _NAMED_ALIKE and FORMATS[agent.format].lives_at(agent.path)
    return hash_of(f"at {agent.path}" if is_fixed else name_key(agent.name))


def _terms(agent: Glance) -> bytes:
    from agentdiff.roles import packed_terms

    return packed_terms(agent.description, agent.body)


def hash_of(text: str) -> int:
    """A signed number of 64 bits for a path, a name or a collection."""
    return key_of(text.encode("utf-8", "surrogatepass"))


# ---------------------------------------------------------------------------------------------- tables

COLLECTION_COLUMNS = ("repo", "repository", "collection")
"""Columns of a table that say where a file comes from, in the order in which they are asked."""


def rows_of_table(batch: pa.RecordBatch, prefix: str, has_terms: bool) -> pa.RecordBatch:
    """`files, content` -> `Row`s. `prefix` is what all paths of the table begin with.

    `files` are those of the content: path and collection (empty where it is not known) by turns, NUL between them.
    """
    from agentdiff.gathering import collection_in_table

    readable, found = [], []
    for files, data in zip(batch.column("files").to_pylist(), _as_bytes(batch.column("content")), strict=True):
        parts = files.split("\0")
        for path, collection in zip(parts[::2], parts[1::2], strict=True):
            shown = path or "(no path)"
            if data is None or isinstance(data, bytes):
                readable.append(Candidate(shown, shown, collection or collection_in_table(shown, prefix), data or b""))
            else:
                found.append(Row(shown, is_agent=False, reason="has content that is neither text nor bytes"))
    for portion in _portions((len(each.data or b""), each) for each in readable):
        found += _rows(portion, has_terms)
    return as_batch(found)


def _as_bytes(column: pa.Array) -> list[Any]:
    """The values of a column; text as its bytes, which it is read from."""
    import pyarrow as pa

    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    values = (column.cast(pa.large_binary()) if is_text else column).to_pylist()
    return [each.encode("utf-8", "surrogatepass") if isinstance(each, str) else each for each in values]
