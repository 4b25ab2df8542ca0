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
from agentdiff.clusters import ClusterKind
from agentdiff.errors import AgentDiffError, BadInput
from agentdiff.files import STANDARD_INPUT, address_of
from agentdiff.model import Agent, AgentDiff, Verdict
from agentdiff.report.stream import Colour, Output
from agentdiff.targets import check_target, write_result

if TYPE_CHECKING:
    from agentdiff.access import Access
    from agentdiff.explain import Explanation, Place
    from agentdiff.semantic import Encoder

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


_NO_OPTION = "\0"
"""Stands before `-#NAME`, which click would take for options, until the arguments are told apart."""


class _FileCommand(click.Command):
    """A command that takes files, so `-#NAME` is one of the agents on standard input."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [f"{_NO_OPTION}{each}" if each.startswith("-#") else each for each in args])


class _MergeCommand(_FileCommand):
    """Its options are many, so the help lists them in groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows: dict[str, list[tuple[str, str]]] = {heading: [] for heading in (*_MERGE_GROUPS, _OTHER_OPTIONS)}
        for parameter in (each for each in self.get_params(ctx) if isinstance(each, click.Option)):
            headings = (heading for heading, names in _MERGE_GROUPS.items() if parameter.name in names)
            if record := parameter.get_help_record(ctx):
                rows[next(headings, _OTHER_OPTIONS)].append(record)
        for heading, records in rows.items():
            with formatter.section(heading):
                formatter.write_dl(records)


_MERGE_GROUPS = {
    "What is kept": {"min_support", "only_common", "skeleton", "name", "tools"},
    "Where variants disagree": {"prefer", "decisions", "write_decisions", "is_interactive", "fails_on_conflict"},
    "What is written": {"goal", "may_widen", "target", "may_overwrite", "is_annotated"},
}
_OTHER_OPTIONS = "Other options"


class _FileName(click.ParamType[str]):
    name = "file"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return value.removeprefix(_NO_OPTION)


FILE = _FileName()


def _format_option(command: Command) -> Command:
    choice = click.Choice(["text", "json"])
    option = click.option("--format", "output_format", type=choice, default="text", help="For people, or for tools.")
    return option(command)


def _from_option(command: Command) -> Command:
    words = "Read the file in this format, whatever its path says; with several files once for all or once for each."
    return click.option("--from", "origins", multiple=True, metavar="FORMAT", help=words)(command)


def _target_options(command: Command) -> Command:
    """Where a written agent goes."""
    may_overwrite = click.option(
        "--overwrite", "may_overwrite", is_flag=True, help="Let -o replace a file, even an input."
    )
    return click.option("-o", "--output", "target", type=FILE, metavar="FILE", help="Write the agent to FILE.")(
        may_overwrite(command)
    )


def _wider_option(command: Command) -> Command:
    words = "Write it even where the format cannot limit what the agent may do."
    return click.option("--allow-wider", "may_widen", is_flag=True, help=words)(command)


def _semantic_option(command: Command) -> Command:
    words = (
        "Let a sentence model count, too: a local folder, or an installed Python package that holds one. "
        "Needs agentdiff[semantic]; never downloads."
    )
    return click.option("--semantic", "model", type=FILE, metavar="MODEL", help=words)(command)


def _color_option(command: Command) -> Command:
    choice = click.Choice([colour.value for colour in Colour])
    words = "When to colour text; auto: on a terminal, unless NO_COLOR is set."
    return click.option("--color", type=choice, default=Colour.AUTO.value, show_default=True, help=words)(command)


# ---------------------------------------------------------------------------------------------- commands


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="agentdiff", message="%(prog)s %(version)s")
def agentdiff() -> None:
    """Compare AI agent definitions by what they say, and merge variants of one role into one.

    A FILE is an agent definition: a subagent, chat mode, persona, rule or command of any product that
    `agentdiff formats` lists. FILE#NAME is one of several in a file. `-` reads standard input.

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
      agentdiff diff .roomodes#reviewer .claude/agents/reviewer.md
      agentdiff merge a/reviewer.md b/reviewer.md c/reviewer.md -o reviewer.md
      agentdiff convert reviewer.md --to copilot-agent -o .github/agents/reviewer.agent.md
    """


@agentdiff.command(cls=_FileCommand, context_settings=CONTEXT)
@click.argument("file", type=FILE)
@_from_option
@_format_option
@_color_option
def show(file: str, origins: tuple[str, ...], output_format: str, color: str) -> int:
    """Show how FILE is understood.

    Its fields, its sections and the items in them, each with its lines, what it may use, and what was odd about it.
    Of a file with several agents the list of them; FILE#NAME shows one.

    \b
    Exit codes: 0 done, 2 the file could not be read.
    Example:    agentdiff show reviewer.md --format json
    """
    from agentdiff.formats import read_all

    agents = read_all(file, _origins(origins, [file])[0])
    may_use = [_access(agent) for agent in agents]
    output = Output(sys.stdout, Colour(color))
    if output_format == "json":
        from agentdiff.report.json_report import agent_document, agents_document, dumps

        is_one = len(agents) == 1
        output.write_document(
            dumps(agent_document(agents[0], may_use[0]) if is_one else agents_document(agents, may_use))
        )
    else:
        from agentdiff.report.show_text import list_lines, show_lines

        output.write_lines(show_lines(agents[0], may_use[0]) if len(agents) == 1 else list_lines(file, agents))
    return NOTHING_TO_REPORT


@agentdiff.command(cls=_FileCommand, context_settings=CONTEXT)
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@_from_option
@_format_option
@click.option("--all", "is_complete", is_flag=True, help="Text: print what is equal too, and long values in full.")
@click.option("--stat", "is_stat", is_flag=True, help="Text: print one line per section with counts.")
@click.option(
    "--explain",
    "lines",
    multiple=True,
    metavar="LINE",
    help="Say why this line of NEW (old:LINE for one of OLD) was paired as it was; may be given several times.",
)
@_semantic_option
@_color_option
def diff(
    old: str,
    new: str,
    origins: tuple[str, ...],
    output_format: str,
    is_complete: bool,
    is_stat: bool,
    lines: tuple[str, ...],
    model: str | None,
    color: str,
) -> int:
    """Show what really differs between OLD and NEW.

    Fields, sections and the statements in them. Each statement has its line in OLD, its line in NEW, and a
    mark: ~ changed, + added, - removed, > moved here.

    \b
    Exit codes: 0 no difference, or layout only; 1 differences; 2 could not compare.
    Examples:   agentdiff diff a/reviewer.md b/reviewer.md
                agentdiff diff a/reviewer.md b/reviewer.md --stat
                agentdiff diff a/reviewer.md b/reviewer.md --explain 12 --explain old:30
    """
    from agentdiff.diff import diff as compare

    places = _places(lines, is_stat and output_format == "text")
    old_agent, new_agent = _read_each([old, new], origins)
    encoder = _encoder(model)
    result = compare(old_agent, new_agent, encoder=encoder)
    explanations = _explanations(result, places, encoder) if places else None
    output = Output(sys.stdout, Colour(color))
    if output_format == "json":
        from agentdiff.report.json_report import diff_document, dumps

        output.write_document(dumps(diff_document(result, explanations)))
    elif explanations is not None:
        from agentdiff.report.explain_text import explain_lines

        output.write_lines(explain_lines(result, explanations, is_complete))
    elif is_stat:
        from agentdiff.report.stat_text import stat_lines

        output.write_lines(stat_lines(result, output.width))
    else:
        from agentdiff.report.diff_text import diff_lines

        output.write_lines(diff_lines(result, is_complete))
    return NOTHING_TO_REPORT if result.verdict in (Verdict.IDENTICAL, Verdict.EQUIVALENT) else FOUND


@agentdiff.command(cls=_MergeCommand, context_settings=CONTEXT)
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE FILE...")
@click.option("--to", "goal", metavar="FORMAT", help="Write this format; by default that of most variants.")
@_target_options
@_wider_option
@click.option("--annotate", "is_annotated", is_flag=True, help="Say in comments which files each statement is from.")
@click.option("--min-support", type=click.IntRange(min=1), help="Keep what at least so many say; by default 1.")
@click.option("--only-common", is_flag=True, help="Keep what all variants say.")
@click.option("--skeleton", type=FILE, metavar="FILE", help="Take the order and titles of sections from this input.")
@click.option("--name", metavar="NAME", help="Write this name; by default that of most variants.")
@click.option(
    "--tools",
    type=FILE,
    default="intersection",
    metavar="POLICY|FILE",
    help="intersection: the tools that all variants may use, the default; union: that any may use; majority: that "
    "most may use; FILE: those of that agent.",
)
@click.option("--prefer", type=FILE, metavar="FILE", help="Take the side of this input in every conflict.")
@click.option("--decisions", type=FILE, metavar="FILE", help="Take the answers from this file.")
@click.option(
    "--write-decisions", type=FILE, metavar="FILE", help="Write the questions to this file, to be answered there."
)
@click.option("--interactive", "is_interactive", is_flag=True, help="Ask each open question in the terminal.")
@click.option("--fail-on-conflict", "fails_on_conflict", is_flag=True, help="Write no agent while questions are open.")
@_semantic_option
@_from_option
@_format_option
@_color_option
def merge(files: tuple[str, ...], model: str | None, origins: tuple[str, ...], color: str, **wishes: Any) -> int:
    """Merge variants of one agent into one that says everything once.

    The merged agent goes to standard output or to -o FILE; standard error says how many variants stand behind
    its statements, what was left out, and which questions are open, with the choice that was made and why.

    Where variants contradict each other, that is a question. Answers are kept in a file: they hold when you merge
    again, as long as the options of the question are the same ones, whatever else has changed in the variants.

    \b
    Exit codes: 0 merged; 1 questions are open; 2 could not merge.
    Examples:   agentdiff merge a.md b.md c.md > merged.md
                agentdiff merge a.md b.md c.md -o merged.md --min-support 2
                agentdiff merge a.md b.md -o merged.md --write-decisions answers.yaml
                agentdiff merge a.md b.md -o merged.md --overwrite --decisions answers.yaml
                agentdiff merge a.md b.md -o merged.md --interactive --tools a.md
    """
    from agentdiff.cli_merge import Request, check_request, run

    request = Request(files, **wishes)
    check_request(request)
    agents, encoder = _read_each(files, origins), _encoder(model)
    is_open = run(request, agents, encoder, Output(sys.stdout, Colour(color)), Output(sys.stderr, Colour(color)))
    return FOUND if is_open else NOTHING_TO_REPORT


@agentdiff.command(cls=_FileCommand, context_settings=CONTEXT)
@click.argument("file", type=FILE)
@click.option("--to", "goal", metavar="FORMAT", required=True, help="The format to write; see `agentdiff formats`.")
@_target_options
@_wider_option
@_from_option
@_format_option
@_color_option
def convert(
    file: str,
    goal: str,
    target: str | None,
    may_overwrite: bool,
    may_widen: bool,
    origins: tuple[str, ...],
    output_format: str,
    color: str,
) -> int:
    """Write FILE in another format.

    The result goes to standard output or to -o FILE; standard error says what the format cannot say, and what became
    of it. The agent never may do more than before, unless --allow-wider is given. In its own format a file comes out
    byte for byte.

    \b
    Exit codes: 0 all was said; 1 something was changed or dropped; 2 could not convert.
    Example:    agentdiff convert .claude/agents/reviewer.md --to codex-agent -o .codex/agents/reviewer.toml
    """
    from agentdiff.convert import convert as rewrite
    from agentdiff.formats import read_all

    if target and target != STANDARD_INPUT:
        check_target(target, [file], may_overwrite)
    result = rewrite(read_all(file, _origins(origins, [file])[0]), goal, may_widen=may_widen)
    output = Output(sys.stdout, Colour(color))
    write_result(result.text, target, output, is_printed=output_format == "text")
    if output_format == "json":
        from agentdiff.report.json_report import conversion_document, dumps

        output.write_document(dumps(conversion_document(result)))
    elif result.losses:
        from agentdiff.report.convert_text import conversion_lines

        Output(sys.stderr, Colour(color)).write_lines(conversion_lines(result))
    return FOUND if any(loss.is_missing for loss in result.losses) else NOTHING_TO_REPORT


@agentdiff.command(cls=_FileCommand, context_settings=CONTEXT)
@click.argument("canonical", type=FILE)
@click.argument("sources", nargs=-1, type=FILE, metavar="[SOURCE...]")
@click.option("--decisions", type=FILE, metavar="FILE", help="Take the sources from what `merge` wrote to this file.")
@_format_option
@_color_option
def blame(canonical: str, sources: tuple[str, ...], decisions: str | None, output_format: str, color: str) -> int:
    """Say which SOURCE says what of CANONICAL, line by line, and how many agree.

    The sources are those given, else those that a file of decisions lists, else those that the marks in CANONICAL name
    (`agentdiff merge --annotate`). CANONICAL may have been edited since it was merged: what no source says stands out.

    \b
    Exit codes: 0 done, 2 a file could not be read, or nothing names the sources.
    Examples:   agentdiff blame merged.md a.md b.md c.md
                agentdiff blame merged.md --decisions answers.yaml
    """
    from agentdiff.blame import blame as account_of

    agent, *given = _read_each([canonical, *sources], ())
    if decisions and not given:
        given = _listed_sources(decisions, Output(sys.stderr, Colour(color)))
    result = account_of(agent, given)
    output = Output(sys.stdout, Colour(color))
    if output_format == "json":
        from agentdiff.report.blame_json import blame_document
        from agentdiff.report.json_report import dumps

        output.write_document(dumps(blame_document(result)))
    else:
        from agentdiff.report.blame_text import blame_lines

        output.write_lines(blame_lines(result))
    return NOTHING_TO_REPORT


@agentdiff.command(cls=_FileCommand, context_settings=CONTEXT)
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")
@click.option("--rev", "revision", metavar="REV", help="Look at git repositories as they were at this commit.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([kind.value for kind in ClusterKind]),
    help="Look for this kind alone; may be given several times. By default exact and near.",
)
@click.option("--roles", "has_roles", is_flag=True, help="Look for variants of one role as well.")
@click.option(
    "--min-similarity",
    type=click.FloatRange(0, 1),
    help="Leave out near duplicates that are less similar to the centre of their cluster.",
)
@click.option("--across-repos-only", is_flag=True, help="Leave out clusters that lie within one repository.")
@click.option("--baseline", type=FILE, metavar="FILE", help="Report only what is not accepted in this file.")
@click.option("--write-baseline", type=FILE, metavar="FILE", help="Accept all that is found, in this file.")
@click.option("--all", "is_complete", is_flag=True, help="Text: print every copy, and what the baseline accepts.")
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="What does the work. Spark is for more files than one machine can take, and needs agentdiff[spark].",
)
@click.option("--master", metavar="ADDRESS", help="The cluster of machines that the engine is to use.")
@click.option("--work-folder", type=FILE, metavar="DIR", help="Spark: where all machines can read and write.")
@click.option("--memory", metavar="SIZE", help="What the engine may use, such as 4GB; beyond that it uses the disk.")
@_format_option
@_color_option
def duplicates(paths: tuple[str, ...], color: str, **wishes: Any) -> int:
    """Find agents that are the same agent, whatever they are called.

    PATH is a folder, a file, a git repository (a bare one, too), or a table: Parquet or JSON lines with the columns
    path and content. `-` reads a list of paths from standard input, one on each line. What .gitignore leaves out and
    what is no agent file is not looked at.

    A cluster is exact (the same text, layout aside), near (one was made from the other) or, with --roles, a role
    (independent agents that may do the same job). Each member is compared with the centre of its cluster. A repo is
    a git repository, else a folder that was given.

    A baseline is a file of clusters that you have accepted. They count as found again by the paths of their members,
    so run from the same folder, with the same paths, as when it was written.

    \b
    Exit codes: 0 no duplicates, or accepted ones only; 1 duplicates, with a baseline new or grown ones;
                2 could not do the job, or a PATH could not be read (the others are reported).
    Examples:   agentdiff duplicates .
                agentdiff duplicates ~/repos --roles --across-repos-only
                agentdiff duplicates team.git --rev v2.0 --format json
                git ls-files '*.md' | agentdiff duplicates -
                agentdiff duplicates . --write-baseline duplicates.json
                agentdiff duplicates . --baseline duplicates.json
    """
    from agentdiff.cli_duplicates import Request, check_request, run

    request = Request(paths, **wishes)
    check_request(request)
    is_found = run(request, Output(sys.stdout, Colour(color)), Output(sys.stderr, Colour(color)))
    return FOUND if is_found else NOTHING_TO_REPORT


@agentdiff.command(cls=_FileCommand, context_settings=CONTEXT)
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")
@click.option("-o", "--output", "folder", required=True, type=FILE, metavar="DIR", help="Where the results go.")
@click.option(
    "--write/--plan", "is_written", default=False, help="Write DIR, or show what would be written, the default."
)
@click.option(
    "--apply", "is_applied", is_flag=True, help="Write DIR, and remove what is fully covered from the git work tree."
)
@click.option("--overwrite", "may_overwrite", is_flag=True, help="Let -o replace files in a folder that is not empty.")
@click.option("--roles", "has_roles", is_flag=True, help="Merge independent variants of one role as well.")
@click.option(
    "--min-similarity", type=click.FloatRange(0, 1), help="Least similarity of a near duplicate to its centre."
)
@_format_option
@_color_option
def consolidate(paths: tuple[str, ...], color: str, **wishes: Any) -> int:
    """Merge each cluster of duplicates into one agent.

    The plan says what would be written, from which files, and which of them would be fully covered: all that they
    say and may do stands in the new agent. DIR then holds the new agents, a ledger for each, the open questions, an
    index page, and map.json from each old path to its new agent.

    --apply needs a git work tree without changes, removes only covered files, and never commits.

    \b
    Exit codes: 0 nothing is left to do; 1 questions are open, or agents were left out; 2 could not do the job.
    Examples:   agentdiff consolidate agents/ -o canonical
                agentdiff consolidate agents/ -o canonical --write
                agentdiff consolidate agents/ -o canonical --apply
    """
    from agentdiff.cli_consolidate import Request, check_request, run

    request = Request(paths, **wishes)
    check_request(request)
    is_left = run(request, Output(sys.stdout, Colour(color)), Output(sys.stderr, Colour(color)))
    return FOUND if is_left else NOTHING_TO_REPORT


@agentdiff.group(name="index", context_settings=CONTEXT)
def index_() -> None:
    """Keep an index of agents on disk, and check new files against it in milliseconds."""


@index_.command(name="build", context_settings=CONTEXT)
@click.argument("folder", type=FILE, metavar="DIR")
@click.argument("paths", nargs=-1, type=FILE, metavar="[PATH]...")
@click.option("--rev", "revision", metavar="REV", help="Look at git repositories as they were at this commit.")
def build_index(folder: str, paths: tuple[str, ...], revision: str | None) -> int:
    """Make the index in DIR of all agents at the PATHs, or make it anew.

    Without PATH it is made of what it was made of before. PATH is what `agentdiff duplicates` takes. An index that is
    there is replaced when the new one is complete, so it can be asked all the time.

    \b
    Exit codes: 0 made; 2 could not be made, or a PATH could not be read (the others are in the index).
    Example:    agentdiff index build .agents-index ~/repos
    """
    from agentdiff.cli_index import Request, build

    build(Request(folder, paths, revision), Output(sys.stdout))
    return NOTHING_TO_REPORT


@index_.command(name="add", context_settings=CONTEXT)
@click.argument("folder", type=FILE, metavar="DIR")
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")
@click.option("--rev", "revision", metavar="REV", help="Look at git repositories as they were at this commit.")
def add_to_index(folder: str, paths: tuple[str, ...], revision: str | None) -> int:
    """Add new and changed files to the index in DIR.

    What a printed line says was added is on disk, whatever happens then. What is common in a collection is what the
    last build found; `add` says when so much has been added that another build is due.

    \b
    Exit codes: 0 added; 2 could not do the job, or a PATH could not be read (the others are added).
    Example:    agentdiff index add .agents-index agents/new.md
    """
    from agentdiff.cli_index import Request, add

    add(Request(folder, paths, revision), Output(sys.stdout))
    return NOTHING_TO_REPORT


@index_.command(name="query", context_settings=CONTEXT)
@click.argument("folder", type=FILE, metavar="DIR")
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")
@click.option("--rev", "revision", metavar="REV", help="Look at git repositories as they were at this commit.")
@_format_option
@_color_option
def query_index(folder: str, paths: tuple[str, ...], revision: str | None, output_format: str, color: str) -> int:
    """Say for each agent at the PATHs which agents in the index are the same.

    A file that is in the index itself is no duplicate of itself.

    \b
    Exit codes: 0 none is there already; 1 duplicates were found; 2 could not do the job.
    Example:    agentdiff index query .agents-index agents/new.md
    """
    from agentdiff.cli_index import Request, query

    is_found = query(Request(folder, paths, revision, output_format), Output(sys.stdout, Colour(color)))
    return FOUND if is_found else NOTHING_TO_REPORT


@agentdiff.command(context_settings=CONTEXT)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="For people, for tools, or for the documentation.",
)
@_color_option
def formats(output_format: str, color: str) -> int:
    """List the formats that are known, with where their files live.

    \b
    Example: agentdiff formats --format json
    """
    from agentdiff.formats import FORMATS

    output = Output(sys.stdout, Colour(color))
    if output_format == "json":
        from agentdiff.report.json_report import dumps, formats_document

        output.write_document(dumps(formats_document(FORMATS.values())))
        return NOTHING_TO_REPORT
    from agentdiff.report.formats_text import formats_lines, formats_markdown

    if output_format == "markdown":
        output.write_document(formats_markdown(FORMATS.values()))
    else:
        output.write_lines(formats_lines(FORMATS.values()))
    return NOTHING_TO_REPORT


@agentdiff.command(context_settings=CONTEXT)
@click.argument("name")
def schema(name: str) -> int:
    """Print the JSON Schema of a document.

    NAME is agent or agents (the documents of show), diff, merge, blame, conversion, formats, clusters,
    consolidation, map or matches.

    \b
    Example: agentdiff schema diff > diff.schema.json
    """
    from agentdiff.report.schema import schema_text

    Output(sys.stdout).write_document(schema_text(name))
    return NOTHING_TO_REPORT


# ---------------------------------------------------------------------------------------------- steps


def _read_each(paths: Sequence[str], origins: Sequence[str]) -> list[Agent]:
    """One agent for each path."""
    from agentdiff.formats import read

    if sum(address_of(path).file == STANDARD_INPUT for path in paths) > 1:
        raise BadInput("standard input can be read only once; name a file in place of the second `-`")
    return [read(path, origin) for path, origin in zip(paths, _origins(origins, paths), strict=True)]


def _origins(origins: Sequence[str], paths: Sequence[str]) -> list[str | None]:
    """For each path the format that was asked for."""
    if len(origins) > 1 and len(origins) != len(paths):
        raise BadInput(f"--from was given {len(origins)} times for {len(paths)} files; give it once, or once for each")
    return list(origins) if len(origins) > 1 else [origins[0] if origins else None] * len(paths)


def _listed_sources(path: str, errors: Output) -> list[Agent]:
    """The inputs that a file of decisions lists, with a note on those that are no longer what they were."""
    from agentdiff.decisions import read_decisions
    from agentdiff.files import read_source
    from agentdiff.report.phrases import path_words

    inputs = read_decisions(read_source(path).text, path).inputs
    if any(address_of(each).file == STANDARD_INPUT for each, _ in inputs):
        raise BadInput(f"{path}: an input came from standard input; save it to a file, and name all sources")
    folder = os.path.dirname(path)
    agents = _read_each([os.path.join(folder, each) for each, _ in inputs], ())
    for agent, (_, sha256) in zip(agents, inputs, strict=True):
        if agent.sha256 != sha256:
            errors.write_sentence(f"agentdiff: {path_words(agent.path)} has changed since it was merged")
    return agents


def _places(lines: Sequence[str], is_stat: bool) -> list[Place]:
    """The lines to explain."""
    if not lines:
        return []
    if is_stat:
        raise BadInput("--stat and --explain are two views of a diff; give one of them")
    from agentdiff.explain import place_of

    return [place_of(each) for each in lines]


def _explanations(result: AgentDiff, places: Sequence[Place], encoder: Encoder | None) -> tuple[Explanation, ...]:
    from agentdiff.explaining import explain

    return explain(result, places, encoder=encoder)


def _encoder(model: str | None) -> Encoder | None:
    if model is None:
        return None
    from agentdiff.semantic import encoder_of

    return encoder_of(model)


def _access(agent: Agent) -> Access | None:
    """What an agent may use; None for rules and commands, which use what those may that they are given to."""
    from agentdiff.access import access
    from agentdiff.formats import FORMATS
    from agentdiff.formats.base import Kind

    format = FORMATS[agent.format]
    return access(agent, format) if format.kind is Kind.AGENT else None
