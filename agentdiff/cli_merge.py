"""The steps of `agentdiff merge`: options -> merge -> answers -> what is written.

The answers are saved first: a person would have to give them again. The agent is written last.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from agentdiff.decisions import UNDECIDED, Decisions, check_options, decisions_text, lapsed, read_decisions
from agentdiff.errors import BadInput
from agentdiff.files import STANDARD_INPUT, address_of, read_source, write_atomically
from agentdiff.ledger import Answer, CanonicalMerge, MergeOptions, ToolsPolicy
from agentdiff.model import Agent
from agentdiff.report.phrases import counted, path_words
from agentdiff.report.stream import Output
from agentdiff.semantic import Encoder
from agentdiff.targets import check_target, is_same_file, write_result

LONGEST_ANSWER = 1_000
"""Bytes of a typed line that are read at once."""

NAMED_FILES = 10
"""Files that one sentence names at most."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for on the command line; paths as they were given, None for what was not."""

    files: tuple[str, ...]
    output_format: str = "text"
    target: str | None = None
    may_overwrite: bool = False
    goal: str | None = None
    """The format to write."""
    may_widen: bool = False
    min_support: int | None = None
    only_common: bool = False
    name: str | None = None
    tools: str = ToolsPolicy.INTERSECTION.value
    """A policy, or the path of an agent."""
    prefer: str | None = None
    skeleton: str | None = None
    decisions: str | None = None
    write_decisions: str | None = None
    is_interactive: bool = False
    fails_on_conflict: bool = False
    is_annotated: bool = False


class Variants(NamedTuple):
    """The agents to merge, each once."""

    agents: tuple[Agent, ...]
    places: tuple[int, ...]
    """For each file that was given, the index of its agent: repeats of the same bytes have that of the first."""
    repeats: tuple[str, ...]
    """A sentence for each file that counts no second time."""


def run(request: Request, agents: Sequence[Agent], encoder: Encoder | None, output: Output, errors: Output) -> bool:
    """Merge the agents of the files, and write what was asked for. Returns whether questions stay open."""
    variants = distinct(agents)
    earlier = _earlier(request.decisions)
    options = _options(request, variants, earlier)
    first = _merge(variants, options, encoder)
    if request.decisions:
        check_options(earlier, first, request.decisions)
    for sentence in (*variants.repeats, *_lapsed_note(request.decisions, earlier, first)):
        errors.write_sentence(f"agentdiff: {sentence}")
    answers = {**earlier.answers, **_typed_answers(request, first, errors)}
    if request.write_decisions:
        # The merge as it was before the questions were asked: so the file says what is taken without an answer.
        _save(request.write_decisions, first, replace(earlier, answers=answers))
    result = first if answers == earlier.answers else _merge(variants, replace(options, answers=answers), encoder)
    is_open = any(conflict.is_open for conflict in result.conflicts)
    if is_open and request.fails_on_conflict:
        _refuse(request, result, errors)
    else:
        _write(request, result, output, errors)
    return is_open


# ---------------------------------------------------------------------------------------------- what was asked for


def check_request(request: Request) -> None:
    """Raise BadInput for what cannot be done, before any file is read."""
    if request.only_common and request.min_support is not None:
        raise BadInput("--only-common and --min-support say the same in two ways; give one of them")
    if request.name is not None and (not request.name.strip() or len(request.name.splitlines()) > 1):
        raise BadInput("--name: a name has at least one letter, and one line; give another one")
    if request.is_annotated and request.output_format == "json" and not _is_file(request.target):
        raise BadInput("--annotate marks the text, which --format json does not print; add -o FILE")
    _check_standard_input(request)
    if request.target is not None and _is_file(request.target):
        check_target(request.target, request.files, request.may_overwrite)
    if request.write_decisions is not None:
        _check_decisions_target(request, request.write_decisions)


def _is_file(path: str | None) -> bool:
    return bool(path) and path != STANDARD_INPUT


def _check_standard_input(request: Request) -> None:
    paths = [*request.files, request.decisions or "", request.tools]
    uses = sum(address_of(path).file == STANDARD_INPUT for path in paths)
    if uses > 1:
        raise BadInput("standard input can be read only once; name a file in place of the second `-`")
    if uses and request.is_interactive:
        raise BadInput("--interactive reads the answers from standard input; name a file in place of `-`")


def _check_decisions_target(request: Request, target: str) -> None:
    """An agent is never overwritten with questions, whatever --overwrite says."""
    if not _is_file(target):
        raise BadInput("--write-decisions needs the name of a file")
    if any(is_same_file(target, file) for file in request.files):
        raise BadInput(f"{target}: this file is one of the inputs; name another one for --write-decisions")
    if request.target is not None and _is_file(request.target) and _is_same_place(target, request.target):
        raise BadInput(f"{target}: -o and --write-decisions name the same file; name two")
    if request.decisions is None or not _is_same_place(target, request.decisions):
        check_target(target, (), request.may_overwrite)


def _is_same_place(one: str, other: str) -> bool:
    """Whether two paths, of files that need not be there yet, lead to one file."""
    return is_same_file(one, other) or os.path.realpath(one) == os.path.realpath(other)


def distinct(agents: Sequence[Agent]) -> Variants:
    """The agents without repeats of the same bytes: such a one must not count twice."""
    known: dict[tuple[str, int], int] = {}
    kept: list[Agent] = []
    places, repeats = [], []
    for agent in agents:
        place = known.setdefault((agent.sha256, agent.number), len(kept))
        places.append(place)
        if place == len(kept):
            kept.append(agent)
            continue
        first = kept[place].path
        other = "was given twice" if first == agent.path else f"has the same bytes as {path_words(first)}"
        repeats.append(f"{path_words(agent.path)} {other}; it counts once")
    return Variants(tuple(kept), tuple(places), tuple(repeats))


def _earlier(path: str | None) -> Decisions:
    return UNDECIDED if path is None else read_decisions(read_source(path).text, path)


def _options(request: Request, variants: Variants, earlier: Decisions) -> MergeOptions:
    policy, agent = _tools(request.tools)
    return MergeOptions(
        min_support=_min_support(request, len(variants.agents)),
        format=request.goal,
        may_widen=request.may_widen,
        name=request.name,
        tools=policy,
        tools_of=agent,
        prefer=_variant(request, variants, "--prefer", request.prefer),
        skeleton=_variant(request, variants, "--skeleton", request.skeleton),
        answers=earlier.answers,
    )


def _min_support(request: Request, count: int) -> int:
    if request.only_common:
        return count
    if (request.min_support or 1) > count:
        raise BadInput(f"--min-support {request.min_support} asks for more than the {count} different files given")
    return request.min_support or 1


def _tools(asked: str) -> tuple[ToolsPolicy, Agent | None]:
    """The policy, and the agent whose tools are taken where a file is named."""
    policies = [policy.value for policy in ToolsPolicy]
    if asked in policies:
        return ToolsPolicy(asked), None
    if asked != STANDARD_INPUT and not os.path.lexists(address_of(asked).file):
        raise BadInput(f"--tools {asked}: there is no such file; name one, or write {', '.join(policies)}")
    from agentdiff.formats import read

    return ToolsPolicy.INTERSECTION, read(asked)


def _variant(request: Request, variants: Variants, option: str, named: str | None) -> int | None:
    """The index of the variant that a path names."""
    if named is None:
        return None
    if named in request.files:
        return variants.places[request.files.index(named)]
    wanted = address_of(named)
    for file, place in zip(request.files, variants.places, strict=True):
        if address_of(file).name == wanted.name and is_same_file(wanted.file, file):
            return place
    more = ", ..." if len(request.files) > NAMED_FILES else ""
    known = ", ".join(map(path_words, request.files[:NAMED_FILES])) + more
    raise BadInput(f"{option} {named}: this is none of the files to merge; name one of {known}")


# ---------------------------------------------------------------------------------------------- merging


def _merge(variants: Variants, options: MergeOptions, encoder: Encoder | None) -> CanonicalMerge:
    from agentdiff.canonical import merge

    return merge(variants.agents, options, encoder=encoder)


def _lapsed_note(path: str | None, earlier: Decisions, merge: CanonicalMerge) -> list[str]:
    number = len(lapsed(earlier, merge))
    if path is None or not number:
        return []
    what = counted(number, "answer no longer applies", "answers no longer apply")
    return [f"{path_words(path)}: {what}: nothing asks for it any more, or its options have changed"]


def _typed_answers(request: Request, merge: CanonicalMerge, errors: Output) -> dict[str, Answer]:
    if not request.is_interactive:
        return {}
    from agentdiff.asking import ask

    return ask(merge, errors, _typed_line)


def _typed_line() -> str | None:
    """The next line of standard input; None at its end. What is no UTF-8 becomes replacement characters."""
    try:
        typed = sys.stdin.buffer.readline(LONGEST_ANSWER) if sys.stdin else b""
    except ValueError:  # it was closed
        return None
    return typed.decode("utf-8", "replace") if typed else None


# ---------------------------------------------------------------------------------------------- writing


def _save(target: str, merge: CanonicalMerge, decisions: Decisions) -> None:
    names = [_name_beside(agent.path, target) for agent in merge.inputs]
    write_atomically(target, decisions_text(merge, decisions, names))


def _name_beside(path: str, target: str) -> str:
    """An input's path as seen from the folder of the file of decisions; an absolute one stays as it is."""
    file, name = address_of(path)[1:]
    if file == STANDARD_INPUT or os.path.isabs(file):
        return path
    try:
        beside = os.path.relpath(file, os.path.dirname(target) or os.curdir).replace(os.sep, "/")
    except ValueError:  # they are on two drives
        return path
    return f"{beside}#{name}" if name else beside


def _refuse(request: Request, result: CanonicalMerge, errors: Output) -> None:
    """List the open questions; nothing else is written."""
    from agentdiff.report.merge_text import open_question_lines

    errors.write_lines(open_question_lines(result))
    errors.write_sentence(f"agentdiff: nothing was merged; {_how_to_answer(request)}")


def _write(request: Request, result: CanonicalMerge, output: Output, errors: Output) -> None:
    is_text = request.output_format == "text"
    write_result(_text(request, result), request.target, output, is_printed=is_text)
    if not is_text:
        from agentdiff.report.json_report import dumps, merge_document

        output.write_document(dumps(merge_document(result)))
    if len(result.inputs) == 1:
        errors.write_sentence("agentdiff: only one variant was given, so there was nothing to merge")
    elif is_text:
        from agentdiff.report.merge_text import merge_lines

        errors.write_lines(merge_lines(result))
        if any(conflict.is_open for conflict in result.conflicts):
            errors.write_sentence(f"agentdiff: {_how_to_answer(request)}")


def _text(request: Request, result: CanonicalMerge) -> str:
    if not request.is_annotated:
        return result.text
    from agentdiff.annotating import annotated

    return annotated(result)


def _how_to_answer(request: Request) -> str:
    if request.write_decisions:
        path = path_words(request.write_decisions)
        return f"answer the questions in {path}, and merge again with --decisions {path}"
    if request.decisions:
        return f"to have the open questions in the file as well, add --write-decisions {path_words(request.decisions)}"
    return "answer the questions with --interactive, or write them to a file with --write-decisions FILE"
