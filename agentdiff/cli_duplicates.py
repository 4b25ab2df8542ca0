"""The steps of `agentdiff duplicates`: options -> search -> baseline -> report.

The report is printed even where a path could not be read: what was found in the others is worth knowing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentdiff.baseline import AcceptedCluster, Comparison, baseline_text, compare, read_baseline
from agentdiff.clusters import ClusterKind, ClusterOptions, Duplicates
from agentdiff.errors import AgentDiffError, BadInput
from agentdiff.files import STANDARD_INPUT, read_source, write_atomically
from agentdiff.gathering import check_paths
from agentdiff.report.phrases import counted, path_words
from agentdiff.report.progress import Progress
from agentdiff.report.stream import Output
from agentdiff.unread import refuse_unread

if TYPE_CHECKING:
    from agentdiff.duplicates import EngineChoice

_MEMORY = re.compile(r"([1-9][0-9]{0,6})\s?([MGT])i?B?", re.IGNORECASE | re.ASCII)
_UNITS = {"M": 2**20, "G": 2**30, "T": 2**40}


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for on the command line; paths as they were given, None for what was not."""

    paths: tuple[str, ...]
    revision: str | None = None
    """A commit, branch or tag: git repositories are looked at as they were there."""
    output_format: str = "text"
    kinds: tuple[str, ...] = ()
    has_roles: bool = False
    min_similarity: float | None = None
    across_repos_only: bool = False
    baseline: str | None = None
    write_baseline: str | None = None
    is_complete: bool = False
    engine: str = "duckdb"
    master: str | None = None
    memory: str | None = None
    work_folder: str | None = None


def run(request: Request, output: Output, errors: Output) -> bool:
    """Look for duplicates, and print what was found. Returns whether something was found that nobody has accepted.

    What --write-baseline writes is accepted. Raises AgentDiffError, after the report, for a path that was given and
    could not be read; then no baseline is written, since what could not be seen would be missing in it.
    """
    accepted = _accepted(request.baseline)
    result = _search(request, errors)
    comparisons = None if accepted is None else compare(result.clusters, accepted)
    _print(request, result, comparisons, output)
    refuse_unread(result.skipped, request.paths, "the other paths were searched")
    if request.write_baseline is not None:
        _accept(result, request.write_baseline, errors)
        return False
    return bool(result.clusters) if comparisons is None else not all(each.is_accepted for each in comparisons)


# ---------------------------------------------------------------------------------------------- what was asked for


def check_request(request: Request) -> None:
    """Raise BadInput for what cannot be done, before any agent is read."""
    check_paths(request.paths)
    if request.baseline == STANDARD_INPUT:
        raise BadInput("--baseline needs the name of a file")
    if request.engine == "duckdb" and (request.master is not None or request.work_folder is not None):
        raise BadInput("--master and --work-folder are for a cluster of machines; add --engine spark")
    memory_bytes(request.memory)
    if request.write_baseline is not None:
        _check_baseline_target(request.write_baseline)


def _check_baseline_target(target: str) -> None:
    """A baseline may be replaced, but no other file, whatever it is."""
    if not target or target == STANDARD_INPUT:
        raise BadInput("--write-baseline needs the name of a file")
    if not os.path.lexists(target):
        return
    try:
        read_baseline(read_source(target).text, target)
    except AgentDiffError as problem:
        raise BadInput(f"{target}: this file is there already and is no baseline; name another one") from problem


def options_of(request: Request) -> ClusterOptions:
    """What is looked for: exact and near duplicates, unless kinds are named; roles where asked for."""
    kinds = frozenset(map(ClusterKind, request.kinds)) or ClusterOptions().kinds
    roles = {ClusterKind.ROLE} if request.has_roles else set()
    return ClusterOptions(kinds | roles, request.min_similarity, request.across_repos_only)


def memory_bytes(words: str | None) -> int | None:
    """`512MB`, `4 GiB` or `4G` in bytes, units by 1024; None for None. Raises BadInput for anything else."""
    if words is None:
        return None
    found = _MEMORY.fullmatch(words.strip())
    if found is None:
        raise BadInput(f"--memory {words}: this is no size; write a number and a unit, such as 4GB or 512MB")
    return int(found[1]) * _UNITS[found[2].upper()]


def _engine(request: Request) -> EngineChoice:
    from agentdiff.duplicates import EngineChoice

    return EngineChoice(
        name=request.engine,
        master=request.master,
        memory_bytes=memory_bytes(request.memory),
        folder=request.work_folder,
    )


# ---------------------------------------------------------------------------------------------- steps


def _accepted(path: str | None) -> tuple[AcceptedCluster, ...] | None:
    return None if path is None else read_baseline(read_source(path).text, path)


def _search(request: Request, errors: Output) -> Duplicates:
    from agentdiff.duplicates import find_duplicates

    with Progress(errors.write_status) as progress:
        return find_duplicates(
            request.paths, options_of(request), _engine(request), progress.report, revision=request.revision
        )


def _print(request: Request, result: Duplicates, comparisons: Sequence[Comparison] | None, output: Output) -> None:
    if request.output_format == "json":
        from agentdiff.report.duplicates_json import clusters_text

        output.write_document(clusters_text(result, comparisons))
    else:
        from agentdiff.report.duplicates_text import duplicates_lines

        output.write_lines(duplicates_lines(result, comparisons, request.is_complete, output.width))


def _accept(result: Duplicates, target: str, errors: Output) -> None:
    write_atomically(target, baseline_text(result.clusters))
    what = counted(len(result.clusters), "accepted cluster")
    errors.write_sentence(f"agentdiff: {what} written to {path_words(target)}")
