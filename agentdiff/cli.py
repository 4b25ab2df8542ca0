"""The command: options -> library call -> report -> exit code.

0 nothing to report, 1 differences or open questions found, 2 could not do the job. The one place that knows click.
Nothing reaches standard output before the job has succeeded. Commands import what they need when they run,
so that `agentdiff --help` starts fast.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from agentdiff import __version__
from agentdiff.errors import AgentDiffError, BadInput
from agentdiff.files import STANDARD_INPUT, write_atomically
from agentdiff.model import Agent, Verdict
from agentdiff.report.phrases import path_words
from agentdiff.report.stream import Colour, Output

if TYPE_CHECKING:
    from agentdiff.ledger import CanonicalMerge

NOTHING_TO_REPORT = 0
FOUND = 1
FAILED = 2
INTERRUPTED = 130
"""128 and the number of the interrupt signal, as shells have it."""

COLLECT_AFTER = 50_000
"""Objects between two collections: records hold no cycles, and walking them took 4 % of a diff."""

DEBUG_VARIABLE = "AGENTDIFF_DEBUG"

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

Command = TypeVar("Command", bound=Callable[..., Any])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments`, by default those of the process; returns the exit code."""
    gc.set_threshold(COLLECT_AFTER)
    try:
        code = agentdiff.main(arguments, prog_name="agentdiff", standalone_mode=False)
        return code if isinstance(code, int) else NOTHING_TO_REPORT
    except (click.exceptions.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.ClickException as error:
        return _failed(_usage_sentence(error))
    except AgentDiffError as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(_system_sentence(error))
    except Exception as error:  # a bug: say so in one sentence, whatever it is
        return _failed(_bug_sentence(error))


def _failed(sentence: str) -> int:
    Output(sys.stderr).write_sentence(f"agentdiff: {sentence}")
    return FAILED


def _usage_sentence(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    help_command = f"{context.command_path if context else 'agentdiff'} --help"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return f"a command is missing; see `{help_command}`"
    return f"{error.format_message()} See `{help_command}`."


def _system_sentence(error: OSError) -> str:
    where = error.filename if isinstance(error.filename, str) else "writing"
    return f"{where}: {error.strerror or type(error).__name__}"


def _bug_sentence(error: Exception) -> str:
    if os.environ.get(DEBUG_VARIABLE):
        import traceback

        Output(sys.stderr).write_sentence(traceback.format_exc())
    return (
        f"this is a bug ({type(error).__name__}: {error}); "
        f"please report it with the command and its files ({DEBUG_VARIABLE}=1 shows where it happened)"
    )


# ---------------------------------------------------------------------------------------------- options


def _format_option(command: Command) -> Command:
    choice = click.Choice(["text", "json"])
    option = click.option("--format", "output_format", type=choice, default="text", help="For people, or for tools.")
    return option(command)


def _color_option(command: Command) -> Command:
    choice = click.Choice([colour.value for colour in Colour])
    words = "When to colour text; auto: on a terminal, unless NO_COLOR is set."
    return click.option("--color", type=choice, default=Colour.AUTO.value, show_default=True, help=words)(command)


# ---------------------------------------------------------------------------------------------- commands


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="agentdiff", message="%(prog)s %(version)s")
def agentdiff() -> None:
    """Compare AI agent definitions by what they say, and merge variants of one role into one.

    A FILE is an agent definition in Markdown: a subagent, chat mode, persona or rule.
    `-` reads it from standard input.

    \b
    Exit codes:
      0  nothing to report: no difference, no open question
      1  differences or open questions were found
      2  could not do the job; one sentence on standard error says why

    \b
    Examples:
      agentdiff show reviewer.md
      agentdiff diff reviewer.md ../other/reviewer.md
      git show main:reviewer.md | agentdiff diff - reviewer.md
      agentdiff merge a/reviewer.md b/reviewer.md c/reviewer.md -o reviewer.md
    """


@agentdiff.command(context_settings=CONTEXT)
@click.argument("file")
@_format_option
@_color_option
def show(file: str, output_format: str, color: str) -> int:
    """Show how FILE is understood.

    Its fields, its sections and the items in them, each with its lines, and what was odd about the file.

    \b
    Exit codes: 0 done, 2 the file could not be read.
    Example:    agentdiff show reviewer.md --format json
    """
    (agent,) = _read_all([file])
    output = Output(sys.stdout, Colour(color))
    if output_format == "json":
        from agentdiff.report.json_report import agent_document, dumps

        output.write_document(dumps(agent_document(agent)))
    else:
        from agentdiff.report.show_text import show_lines

        output.write_lines(show_lines(agent))
    return NOTHING_TO_REPORT


@agentdiff.command(context_settings=CONTEXT)
@click.argument("old")
@click.argument("new")
@_format_option
@click.option("--all", "is_complete", is_flag=True, help="Text: print what is equal too, and long values in full.")
@click.option("--stat", "is_stat", is_flag=True, help="Text: print one line per section with counts.")
@_color_option
def diff(old: str, new: str, output_format: str, is_complete: bool, is_stat: bool, color: str) -> int:
    """Show what really differs between OLD and NEW.

    Fields, sections and the statements in them. Each statement has its line in OLD, its line in NEW, and a
    mark: ~ changed, + added, - removed, > moved here.

    \b
    Exit codes: 0 no difference, or layout only; 1 differences; 2 could not compare.
    Examples:   agentdiff diff a/reviewer.md b/reviewer.md
                agentdiff diff a/reviewer.md b/reviewer.md --stat
    """
    from agentdiff.diff import diff as compare

    old_agent, new_agent = _read_all([old, new])
    result = compare(old_agent, new_agent)
    output = Output(sys.stdout, Colour(color))
    if output_format == "json":
        from agentdiff.report.json_report import diff_document, dumps

        output.write_document(dumps(diff_document(result)))
    elif is_stat:
        from agentdiff.report.stat_text import stat_lines

        output.write_lines(stat_lines(result, output.width))
    else:
        from agentdiff.report.diff_text import diff_lines

        output.write_lines(diff_lines(result, is_complete))
    return NOTHING_TO_REPORT if result.verdict in (Verdict.IDENTICAL, Verdict.EQUIVALENT) else FOUND


@agentdiff.command(context_settings=CONTEXT)
@click.argument("files", nargs=-1, required=True, metavar="FILE FILE...")
@click.option("-o", "--output", "target", metavar="FILE", help="Write the merged agent to FILE.")
@click.option("--overwrite", "may_overwrite", is_flag=True, help="Let -o replace a file, even an input.")
@click.option(
    "--min-support", type=click.IntRange(min=1), default=1, show_default=True, help="Keep what at least so many say."
)
@_format_option
@_color_option
def merge(
    files: tuple[str, ...], target: str | None, may_overwrite: bool, min_support: int, output_format: str, color: str
) -> int:
    """Merge variants of one agent into one that says everything once.

    The merged agent goes to standard output or to -o FILE; standard error says how many variants stand behind
    its statements, what was left out, and which questions are open, with the choice that was made and why.

    \b
    Exit codes: 0 merged; 1 merged, with open questions; 2 could not merge.
    Examples:   agentdiff merge a.md b.md c.md > merged.md
                agentdiff merge a.md b.md c.md -o merged.md --min-support 2
    """
    from agentdiff.canonical import MergeOptions
    from agentdiff.canonical import merge as consolidate

    if target and target != STANDARD_INPUT:
        _check_target(target, files, may_overwrite)
    agents, repeats = _distinct(_read_all(files))
    if min_support > len(agents):
        raise BadInput(f"--min-support {min_support} asks for more than the {len(agents)} different files given")
    result = consolidate(agents, MergeOptions(min_support=min_support))
    output = Output(sys.stdout, Colour(color))
    if target and target != STANDARD_INPUT:
        write_atomically(target, result.text)
    elif output_format == "text":
        output.write_document(result.text)
    if output_format == "json":
        from agentdiff.report.json_report import dumps, merge_document

        output.write_document(dumps(merge_document(result)))
    _write_account(result, repeats, Output(sys.stderr, Colour(color)), is_full=output_format == "text")
    return FOUND if result.conflicts else NOTHING_TO_REPORT


@agentdiff.command(context_settings=CONTEXT)
@click.argument("name")
def schema(name: str) -> int:
    """Print the JSON Schema of a document.

    NAME is agent (the document of show), diff or merge.

    \b
    Example: agentdiff schema diff > diff.schema.json
    """
    from agentdiff.report.schema import schema_text

    Output(sys.stdout).write_document(schema_text(name))
    return NOTHING_TO_REPORT


# ---------------------------------------------------------------------------------------------- steps


def _read_all(paths: Sequence[str]) -> list[Agent]:
    from agentdiff.formats import read

    if paths.count(STANDARD_INPUT) > 1:
        raise BadInput("standard input can be read only once; name a file in place of the second `-`")
    return [read(path) for path in paths]


def _distinct(agents: Sequence[Agent]) -> tuple[list[Agent], list[str]]:
    """The agents without repeats of the same bytes, and a sentence for each repeat: it must not count twice."""
    first: dict[str, Agent] = {}
    repeats: list[str] = []
    for agent in agents:
        known = first.setdefault(agent.sha256, agent)
        if known is not agent:
            other = "was given twice" if known.path == agent.path else f"has the same bytes as {path_words(known.path)}"
            repeats.append(f"{path_words(agent.path)} {other}; it counts once")
    return list(first.values()), repeats


def _check_target(target: str, files: Sequence[str], may_overwrite: bool) -> None:
    if may_overwrite or not os.path.lexists(target):
        return
    what = "is one of the inputs" if any(_is_same_file(target, file) for file in files) else "exists already"
    raise BadInput(f"{target}: this file {what}; name another one, or add --overwrite to replace it")


def _is_same_file(target: str, file: str) -> bool:
    try:
        return file != STANDARD_INPUT and os.path.samefile(target, file)
    except OSError:  # reading the input will say what is wrong with it
        return False


def _write_account(result: CanonicalMerge, repeats: Sequence[str], output: Output, is_full: bool) -> None:
    for sentence in repeats:
        output.write_sentence(f"agentdiff: {sentence}")
    if len(result.inputs) == 1:
        output.write_sentence("agentdiff: only one variant was given, so there was nothing to merge")
    elif is_full:
        from agentdiff.report.merge_text import merge_lines

        output.write_lines(merge_lines(result))
