"""The steps of `agentdiff index`: files -> fingerprints -> index -> report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from agentdiff.clusters import Skipped
from agentdiff.errors import EmptyAgent, UnreadableFile
from agentdiff.files import STANDARD_INPUT
from agentdiff.fingerprint import fingerprint
from agentdiff.gathering import check_paths, gather
from agentdiff.index import Added, Checked, Index, Size, open_index
from agentdiff.index_bodies import AgentRow, FileAgents, FoundAgent
from agentdiff.index_build import build_index
from agentdiff.index_file import note_sources, read_sources
from agentdiff.report.index_text import added_line, built_line, matches_lines, size_lines
from agentdiff.report.stream import Output
from agentdiff.scanning import agents_in, place_in, role_of, source_in
from agentdiff.unread import refuse_unread
from agentdiff.walking import Candidate, Finding, Table, Unread

if TYPE_CHECKING:
    from agentdiff.fingerprint import Hashes

BATCH_FILES = 256
"""Files that are added at once: what a process that is killed may lose, and well below a second for others to wait."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for on the command line; paths as they were given."""

    folder: str
    """Where the index is."""
    paths: tuple[str, ...]
    revision: str | None = None
    output_format: str = "text"


class Searched(NamedTuple):
    """What a full run over paths has found."""

    agents: Iterable[AgentRow]
    """In the order that `build_index` needs."""
    boilerplate: Hashes
    common: Hashes
    skipped: tuple[Skipped, ...]


Search = Callable[[Sequence[str], str | None], AbstractContextManager[Searched]]
"""A full run over paths, at a revision if one is given."""


@contextmanager
def full_run(paths: Sequence[str], revision: str | None) -> Iterator[Searched]:
    """A search for duplicates on the embedded engine."""
    from agentdiff.clustering import cluster
    from agentdiff.duplicates import EMBEDDED, engine_for, gathered, scan, unread_in
    from agentdiff.index_build import ROWS, agent_rows

    inputs = gathered(paths, revision)
    engine = engine_for(EMBEDDED, inputs.is_small)
    try:
        scan(engine, inputs.files, inputs.tables)
        found = cluster(engine)
        skipped = (*inputs.skipped, *unread_in(engine))
        yield Searched(agent_rows(engine.batches(ROWS)), found.boilerplate, found.common, skipped)
    finally:
        engine.close()


def build(request: Request, output: Output, search: Search = full_run) -> None:
    """Make an index, or make it anew; without paths out of those that it was made of.

    Raises AgentDiffError, after the index is in place, for a path that was given and could not be read.
    """
    paths, revision = request.paths, request.revision
    if not paths:
        paths, revision = read_sources(request.folder)
    check_paths(paths)
    with search(paths, revision) as found:
        if {each.path for each in found.skipped}.issuperset(paths):
            refuse_unread(found.skipped, paths, "the index is as it was")
        size = build_index(request.folder, found.agents, found.boilerplate, found.common, paths, revision)
    output.write_lines(built_line(size, request.folder))
    refuse_unread(found.skipped, paths, "the other paths are in the index")


def add(request: Request, output: Output) -> None:
    """Add new and changed files, in batches; a line is printed when a batch is on disk.

    Raises AgentDiffError, when all others are added, for a path that was given and could not be read.
    """
    check_paths(request.paths)
    with open_index(request.folder, is_writable=True) as index:
        note_sources(request.folder, (path for path in request.paths if path != STANDARD_INPUT))
        total = Added()
        reader = _Reader(request.paths, request.revision)
        for batch in _batches(reader.files(index)):
            total = _summed(total, index.add(batch))
            output.write_lines(added_line(total))
        unchanged = Added(unchanged=reader.unchanged)
        output.write_lines(size_lines(_summed(total, unchanged), index.size(), request.folder))
    reader.refuse("the other paths were added")


def query(request: Request, output: Output) -> bool:
    """Print the duplicates of each agent. Returns whether there are any.

    Raises AgentDiffError, after the report, for a path that was given and could not be read.
    """
    check_paths(request.paths)
    with open_index(request.folder) as index:
        reader = _Reader(request.paths, request.revision)
        checked = tuple(agent for file in reader.files() for agent in index.check(file))
        _print(request, index.size(), checked, reader.skipped, output)
    reader.refuse("the other paths were checked")
    return any(each.matches for each in checked)


def _print(
    request: Request, size: Size, checked: Sequence[Checked], skipped: Sequence[Skipped], output: Output
) -> None:
    if request.output_format == "json":
        from agentdiff.report.index_json import matches_document
        from agentdiff.report.json_report import dumps

        output.write_document(dumps(matches_document(request.folder, size, checked, skipped)))
    else:
        output.write_lines(matches_lines(size, checked, skipped))


def _summed(one: Added, other: Added) -> Added:
    return Added(*map(sum, zip(one, other, strict=True)))


def _batches(files: Iterator[FileAgents]) -> Iterator[list[FileAgents]]:
    batch: list[FileAgents] = []
    for file in files:
        batch.append(file)
        if len(batch) == BATCH_FILES:
            yield batch
            batch = []
    if batch:
        yield batch


# ---------------------------------------------------------------------------------------------- reading


class _Reader:
    """Reads the files behind paths one by one, and keeps what could not be read."""

    def __init__(self, paths: Sequence[str], revision: str | None) -> None:
        self._paths = paths
        self._revision = revision
        self.skipped: list[Skipped] = []
        self.unchanged = 0
        self._given: list[Skipped] = []

    def files(self, index: Index | None = None) -> Iterator[FileAgents]:
        """The agent files, in the order in which they are found; without those that `index` has as they are."""
        for finding in gather(self._paths, self._revision):
            file = self._file(finding, index)
            if file is not None:
                yield file

    def refuse(self, consequence: str) -> None:
        """Raise AgentDiffError where a path that was given could not be read."""
        refuse_unread(self._given, [each.path for each in self._given], consequence)

    def _file(self, finding: Finding, index: Index | None) -> FileAgents | None:
        match finding:
            case Unread(skipped, is_given):
                self._skip(skipped, is_given)
            case Table(path):
                reason = "is a table; `agentdiff index build` takes tables, here name the files"
                self._skip(Skipped(path, reason), is_given=True)
            case Candidate():
                try:
                    return self._agents(finding, index)
                except UnreadableFile as problem:
                    self._skip(Skipped(finding.path, problem.problem), finding.is_given)
                except EmptyAgent as problem:
                    reason = str(problem).removeprefix(f"{finding.place}: ")
                    self._skip(Skipped(finding.path, reason), finding.is_given)
        return None

    def _skip(self, skipped: Skipped, is_given: bool) -> None:
        self.skipped.append(skipped)
        if is_given:
            self._given.append(skipped)

    def _agents(self, candidate: Candidate, index: Index | None) -> FileAgents | None:
        source, place = source_in(candidate), place_in(candidate)
        if index is not None and index.knows(place, source.sha256):
            self.unchanged += 1
            return None
        agents = tuple(
            FoundAgent(each.path, each.name, each.format, role_of(each), fingerprint(each))
            for each in agents_in(candidate, source)
        )
        return FileAgents(candidate.path, place, source.sha256, agents) if agents else None
