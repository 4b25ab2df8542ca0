"""The steps of `agentdiff consolidate`: search -> plan -> folder of results -> what is covered is removed.

Everything is computed and checked before the first byte is written. The folder is written beside its place and moved
there whole; only then old files are removed, and each of them only while it still has the bytes that were merged.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from agentdiff.clusters import ClusterKind, ClusterOptions, Duplicates
from agentdiff.consolidate import WITHOUT_ROLES, Consolidation, ConsolidationPlan, consolidate
from agentdiff.decisions import UNDECIDED, Decisions, check_options, decisions_text, read_decisions
from agentdiff.errors import AgentDiffError, BadInput
from agentdiff.files import STANDARD_INPUT, address_of, read_source, write_atomically
from agentdiff.gathering import check_paths
from agentdiff.git import is_clean, repository_at, tracked_files
from agentdiff.report.consolidate_json import MAP_SCHEMA, consolidation_document, map_document
from agentdiff.report.consolidate_text import consolidation_lines, counted, index_page
from agentdiff.report.json_report import dumps, merge_document
from agentdiff.report.phrases import path_words
from agentdiff.report.progress import Progress
from agentdiff.report.stream import Output
from agentdiff.unread import refuse_unread

QUESTIONS, LEDGERS, MAP, INDEX = "questions", "ledgers", "map.json", "index.md"
"""What stands in the folder of results beside the canonicals."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for on the command line; paths as they were given."""

    paths: tuple[str, ...]
    folder: str
    """Where the results go."""
    output_format: str = "text"
    has_roles: bool = False
    min_similarity: float | None = None
    is_written: bool = False
    """Whether the folder is written; else the plan alone is shown."""
    is_applied: bool = False
    """Whether covered files are removed as well; that includes `is_written`."""
    may_overwrite: bool = False

    @property
    def kinds(self) -> frozenset[ClusterKind]:
        """What is consolidated."""
        return WITHOUT_ROLES | ({ClusterKind.ROLE} if self.has_roles else frozenset())

    @property
    def writes(self) -> bool:
        """Whether anything is written at all."""
        return self.is_written or self.is_applied


def run(request: Request, output: Output, errors: Output) -> bool:
    """Search, and do what was asked for. Returns whether something is left for a person to do."""
    from agentdiff.duplicates import EngineChoice, find_duplicates

    options = ClusterOptions(request.kinds, request.min_similarity)
    with Progress(errors.write_status) as progress:
        found = find_duplicates(request.paths, options, EngineChoice(), progress.report, revision=None)
    for each in found.skipped:
        if each.path not in request.paths:  # those end the command with a sentence of their own
            errors.write_sentence(f"agentdiff: {path_words(each.path)}: {each.reason}; it was left out")
    return carry_out(request, found, output, errors.write_status)


def carry_out(request: Request, duplicates: Duplicates, output: Output, show: Callable[[str], None]) -> bool:
    """Do what was asked for with what a search has found. Returns whether something is left for a person to do.

    `show` is told how far it is, as that of `Progress`.

    Raises AgentDiffError before anything is written where that cannot be done whole; and after the report of a plan
    where a path that was given could not be read.
    """
    check_request(request)
    answered = _answered(request.folder)
    earlier = _together(answered.values())
    with Progress(show) as progress:
        plan = consolidate(duplicates, request.kinds, earlier.answers, progress.report)
    for path, decisions in answered.items():
        for made in plan.made:
            check_options(decisions, made.merge, path)
    if not request.writes:
        _report(request, plan, (), output)
        refuse_unread(duplicates.skipped, request.paths, "the other paths were searched")
        return not plan.is_clean
    refuse_unread(duplicates.skipped, request.paths, "nothing was written")
    removed = _to_remove(request.folder, plan) if request.is_applied else ()
    if plan.made:
        mapped = _earlier_map(request.folder)
        _check_replaced(request.folder, plan, mapped)
        write_folder(request.folder, _files(request.folder, plan, earlier, mapped))
        _remove(plan, removed)
    _report(request, plan, removed, output)
    return not plan.is_clean


def _report(request: Request, plan: ConsolidationPlan, removed: Sequence[str], output: Output) -> None:
    is_written = request.writes and bool(plan.made)
    if request.output_format == "json":
        output.write_document(dumps(consolidation_document(plan, request.folder, is_written, removed)))
    else:
        output.write_lines(consolidation_lines(plan, request.folder, is_written, removed))


# ---------------------------------------------------------------------------------------------- what was asked for


def check_request(request: Request) -> None:
    """Raise BadInput for what cannot be done, before any agent is read."""
    check_paths(request.paths)
    folder = request.folder
    if not folder or folder == STANDARD_INPUT:
        raise BadInput("-o needs the name of a folder")
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise BadInput(f"{folder}: this is no folder; name another one for -o")
    if not os.path.isdir(_parent(folder)):
        raise BadInput(f"{folder}: the folder that it would lie in is not there; make it first")
    if request.writes and not request.may_overwrite and _names_in(folder):
        raise BadInput(f"{folder}: this folder is not empty; name another one, or add --overwrite to replace its files")


def _parent(folder: str) -> str:
    return os.path.dirname(os.path.realpath(folder))


def _names_in(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    except OSError as problem:
        raise BadInput(f"{folder}: cannot be listed ({problem.strerror or problem}); name another folder") from problem


# ---------------------------------------------------------------------------------------------- earlier results


def _answered(folder: str) -> dict[str, Decisions]:
    """The files of questions that an earlier run has left in the folder, with the answers that they have got."""
    place = os.path.join(folder, QUESTIONS)
    names = _names_in(place) if os.path.isdir(place) else []
    paths = [os.path.join(place, name) for name in names if name.endswith(".yaml")]
    return {path: read_decisions(read_source(path).text, path) for path in paths}


def _together(decisions: Iterable[Decisions]) -> Decisions:
    """All answers as one; what a question is called tells its options, so one answer holds wherever it is asked."""
    together = UNDECIDED
    for each in decisions:
        answers, questions = {**together.answers, **each.answers}, {**together.questions, **each.questions}
        together = Decisions(answers=answers, questions=questions)
    return together


def _earlier_map(folder: str) -> dict[str, str]:
    """Old paths and their canonicals as an earlier run has left them; empty where there is no such file."""
    path = os.path.join(folder, MAP)
    if not os.path.lexists(path):
        return {}
    try:
        document = json.loads(read_source(path).text)
        if document["schema"] != MAP_SCHEMA:
            raise BadInput(f"{path}: this is no map of agents; name another folder for -o")
        return {str(each["path"]): str(each["canonical"]) for each in document["paths"]}
    except (ValueError, RecursionError, LookupError, TypeError) as problem:
        raise BadInput(f"{path}: this is no map of agents; name another folder for -o") from problem


def _check_replaced(folder: str, plan: ConsolidationPlan, mapped: Mapping[str, str]) -> None:
    """Raise BadInput where a canonical would be replaced by one that does not hold all that went into it."""
    for made in plan.made:
        target = os.path.join(folder, made.place)
        if not os.path.lexists(target) or _is_origin(target, made):
            continue
        sources = {path for path, canonical in mapped.items() if canonical == made.place}
        if not sources or not sources <= {each.member.path for each in made.origins}:
            problem = "this file would be replaced, and not all that it was made from is merged into the new one"
            raise BadInput(f"{target}: {problem}; name another folder for -o, or add this one to the paths")


def _is_origin(target: str, made: Consolidation) -> bool:
    return any(os.path.realpath(each.file) == os.path.realpath(target) for each in made.origins)


# ---------------------------------------------------------------------------------------------- what is written


def _files(folder: str, plan: ConsolidationPlan, earlier: Decisions, mapped: Mapping[str, str]) -> dict[str, str]:
    """The text of each file of results, by its place in the folder."""
    files: dict[str, str] = {}
    for made in plan.made:
        files[made.place] = made.merge.text
        files[f"{LEDGERS}/{made.stem}.json"] = dumps(merge_document(made.merge))
        if made.merge.conflicts:
            names = [_path_from(os.path.join(folder, QUESTIONS), each.path) for each in made.merge.inputs]
            files[f"{QUESTIONS}/{made.stem}.yaml"] = decisions_text(made.merge, earlier, names)
    files[INDEX] = index_page(plan)
    files[MAP] = dumps(map_document(_map(folder, plan, mapped).items()))
    return files


def _path_from(start: str, path: str) -> str:
    """A path as seen from another folder; an absolute one stays as it is."""
    _, file, name = address_of(path)
    if os.path.isabs(file):
        return path
    try:
        seen = os.path.relpath(os.path.realpath(file), os.path.realpath(start)).replace(os.sep, "/")
    except ValueError:  # they are on two drives
        return path
    return f"{seen}#{name}" if name else seen


def _map(folder: str, plan: ConsolidationPlan, mapped: Mapping[str, str]) -> dict[str, str]:
    """The canonical of each old path, also of those that an earlier run has removed."""
    new = {
        each.member.path: made.place
        for made in plan.made
        for each in made.origins
        if os.path.realpath(each.file) != os.path.realpath(os.path.join(folder, made.place))
    }
    places = {made.place for made in plan.made}
    kept = {
        path: place for path, place in mapped.items() if place in places or os.path.lexists(os.path.join(folder, place))
    }
    return {**kept, **new}


def write_folder(folder: str, files: Mapping[str, str]) -> None:
    """Write files into a folder by their places in it. A new or empty folder is there whole or not at all.

    In one that holds files already each of these is replaced whole, and others stay. Raises AgentDiffError.
    """
    target = os.path.realpath(folder)
    stage = os.path.join(os.path.dirname(target), f".agentdiff-{os.urandom(8).hex()}")
    try:
        for place in sorted(files):
            path = os.path.join(stage, *place.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            write_atomically(path, files[place])
        _move(stage, target, sorted(files))
    except OSError as problem:
        reason = problem.strerror or problem
        raise AgentDiffError(f"{folder}: cannot be written ({reason}); choose another folder") from problem
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _move(stage: str, target: str, places: Sequence[str]) -> None:
    if not _names_in(target):
        if os.path.isdir(target):
            os.rmdir(target)
        os.rename(stage, target)
        return
    paths = [(os.path.join(stage, *place.split("/")), os.path.join(target, *place.split("/"))) for place in places]
    for _, path in paths:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    for staged, path in paths:
        os.replace(staged, path)


# ---------------------------------------------------------------------------------------------- what is removed


def _to_remove(folder: str, plan: ConsolidationPlan) -> tuple[str, ...]:
    """The covered files, each once, without those that lie among the results. Raises BadInput for what may not go."""
    results = os.path.realpath(folder)
    files = {os.path.realpath(file): file for file in plan.covered if not _is_within(os.path.realpath(file), results)}
    if files:
        _check_work_tree(files)
    return tuple(sorted(files.values()))


def _is_within(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _check_work_tree(files: Mapping[str, str]) -> None:
    """Raise BadInput unless git could bring back each of these files, which are given by their real path."""
    first, *_ = sorted(files)
    repository = repository_at(os.path.dirname(first))
    if repository is None or repository.top is None:
        problem = "lies in no git work tree, so --apply would remove it for good"
        raise BadInput(f"{files[first]}: {problem}; leave --apply out, or put the file under git first")
    top = os.path.realpath(repository.top)
    tracked = {os.path.join(top, *path.split("/")) for path in tracked_files(repository)}
    for path in sorted(files):
        if not _is_within(path, top):
            problem = f"lies outside of the git work tree {top}, where other files would be removed"
            raise BadInput(f"{files[path]}: {problem}; run --apply for each work tree alone")
        if path not in tracked:
            problem = "git does not track this file in its work tree, so it could not be brought back"
            raise BadInput(f"{files[path]}: {problem}; commit it first, or leave --apply out")
    if not is_clean(repository):
        raise BadInput(f"{top}: this git work tree has changes; commit or stash them, and run --apply again")


def _remove(plan: ConsolidationPlan, files: Sequence[str]) -> None:
    """Remove files that still are what was merged; none if one of them is not."""
    merged = {each.file: each.member.sha256 for made in plan.made for each in made.origins}
    for file in files:
        if read_source(file).sha256 != merged[file]:
            what = "has changed since it was merged; the results are written, and nothing was removed"
            raise AgentDiffError(f"{file}: {what}; run this again")
    for number, file in enumerate(files):
        try:
            os.remove(file)
        except OSError as problem:
            reason = problem.strerror or problem
            so_far = f"the results are written, and {counted(number, 'file was', 'files were')} removed before it"
            raise AgentDiffError(f"{file}: cannot be removed ({reason}); {so_far}") from problem
