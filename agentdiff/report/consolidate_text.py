"""A consolidation as text: the plan, or what was done, and the index page of the folder of results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from agentdiff.clusters import Cluster, Skipped
from agentdiff.consolidate import Consolidation, ConsolidationPlan, LeftOut, Origin
from agentdiff.ledger import UnitKind
from agentdiff.report.lines import BLANK, Line, Run, Style, line
from agentdiff.report.phrases import path_words
from agentdiff.report.stream import visible
from agentdiff.text import fold

MOST_GAPS = 2
"""Reasons why a file is not fully covered that are shown; the JSON document has all of them."""


def consolidation_lines(
    plan: ConsolidationPlan, folder: str, is_written: bool = False, removed: Sequence[str] = ()
) -> Iterator[Line]:
    """The whole report. `removed` are the files that are gone."""
    yield from _summary(plan, folder, is_written, removed)
    for made in plan.made:
        yield BLANK
        yield from _canonical(made)
    yield from _left_out(plan.left_out)
    yield from _unread(plan.unread)


def _summary(plan: ConsolidationPlan, folder: str, is_written: bool, removed: Sequence[str]) -> Iterator[Line]:
    number = len(plan.made)
    if not number:
        yield line(Run("Nothing to consolidate", Style.HEADING))
        return
    members = sum(len(each.origins) for each in plan.made)
    does = "Merged" if is_written else "Plan: would merge"
    into = f"{counted(number, 'canonical')} in {path_words(folder)}"
    yield line(Run(f"{does} {counted(members, 'agent')} into {into}", Style.HEADING), hang=2)
    before, after = sum(each.tokens_before for each in plan.made), sum(each.tokens for each in plan.made)
    yield line(f"  about {before:,} tokens before, {after:,} after", hang=4)
    yield line(f"  {_questions(plan.questions, folder, is_written)}", hang=4)
    covered = counted(len(plan.covered), "file is", "files are") if plan.covered else "no file is"
    yield line(f"  {covered} fully covered: what is said and allowed there is so in the canonical", hang=4)
    if is_written:
        gone = counted(len(removed), "file was", "files were") if removed else "no file was"
        yield line(f"  {gone} removed", hang=4)
    else:
        how = (
            "nothing was written; add --write for the files, and --apply to remove what is covered from a git work tree"
        )
        yield line(Run(f"  {how}", Style.MUTED), hang=4)


def _questions(number: int, folder: str, is_written: bool) -> str:
    if not number:
        return "no open questions"
    how = f"; answer them in {path_words(folder)}/questions, and run this again with --overwrite" if is_written else ""
    return f"{counted(number, 'open question')}{how}"


def _canonical(made: Consolidation) -> Iterator[Line]:
    kind = f"  {made.merge.format}, {made.cluster.kind.value} {made.cluster.id}"
    yield line(Run(made.place, Style.HEADING), Run(kind, Style.MUTED), hang=2)
    facts = [
        f"{counted(len(made.origins), 'agent')} in {counted(len(made.merge.inputs), 'variant')}",
        f"{made.tokens_before:,} tokens before, {made.tokens:,} after",
        support_words(made),
    ]
    yield line(f"  {'; '.join(facts)}", hang=4)
    if made.questions:
        yield line("  ", Run(counted(made.questions, "open question"), Style.CHANGED), hang=4)
    yield from map(_origin, made.origins)


def _origin(origin: Origin) -> Line:
    mark = Run(
        "  covered  " if origin.is_covered else "  stays    ", Style.REMOVED if origin.is_covered else Style.PLAIN
    )
    why = Run(f"  {gaps_words(origin)}" if origin.gaps else "", Style.MUTED)
    return line(mark, path_words(origin.member.path), why, hang=11)


def gaps_words(origin: Origin) -> str:
    """Why a file is not covered, shortly."""
    more = len(origin.gaps) - MOST_GAPS
    return "; ".join(origin.gaps[:MOST_GAPS]) + (f"; and {more:,} more" if more > 0 else "")


def support_words(made: Consolidation) -> str:
    """`12 of 30 statements by all`."""
    supports = [unit.support for unit in made.merge.units if unit.kind is UnitKind.ITEM]
    return f"{supports.count(len(made.merge.inputs)):,} of {counted(len(supports), 'statement')} by all variants"


def _left_out(left_out: Sequence[LeftOut]) -> Iterator[Line]:
    if left_out:
        heading = f"{counted(len(left_out), 'cluster was', 'clusters were')} left out"
        yield from (BLANK, line(Run(heading, Style.CHANGED), hang=2))
    for each in left_out:
        where = _cluster_words(each.cluster)
        yield line(f"  {where}  ", Run(each.reason, Style.MUTED), hang=4)


def _cluster_words(cluster: Cluster) -> str:
    return f"{cluster.id}, {path_words(cluster.members[0].path)} and {len(cluster.members) - 1:,} more"


def _unread(unread: Sequence[Skipped]) -> Iterator[Line]:
    if unread:
        heading = f"{counted(len(unread), 'agent was', 'agents were')} not consolidated"
        yield from (BLANK, line(Run(heading, Style.CHANGED), hang=2))
    yield from (line(f"  {path_words(each.path)}  ", Run(each.reason, Style.MUTED), hang=4) for each in unread)


def counted(number: int, singular: str, plural: str = "") -> str:
    """`1 agent`, `2,991 agents`: these numbers get long."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


# ---------------------------------------------------------------------------------------------- index page


def index_page(plan: ConsolidationPlan) -> str:
    """The page that lists the canonicals, as Markdown. What others wrote is escaped."""
    rows = [
        "# Canonical agents",
        "",
        "| canonical | members | support | open questions | tokens saved |",
        "| --- | ---: | --- | ---: | ---: |",
        *(_row(each) for each in plan.made),
    ]
    for made in plan.made:
        rows += ["", f"## {escaped(made.place)}", "", *_links(made), "", *map(_entry, made.origins)]
    return "\n".join(rows) + "\n"


def _row(made: Consolidation) -> str:
    cells = [
        f"[{escaped(made.place)}]({quote(made.place)})",
        f"{len(made.origins):,}",
        support_words(made),
        f"{made.questions:,}",
        f"{made.tokens_saved:,}",
    ]
    return f"| {' | '.join(cells)} |"


def _links(made: Consolidation) -> Iterator[str]:
    ledger = f"Where each line went: [ledger](ledgers/{quote(made.stem)}.json)."
    if made.merge.conflicts:
        ledger += f" What is to be decided: [questions](questions/{quote(made.stem)}.yaml)."
    yield ledger


def _entry(origin: Origin) -> str:
    said = "fully covered" if origin.is_covered else f"not fully covered: {escaped(gaps_words(origin))}"
    return f"- {escaped(origin.member.path)}: {said}"


_MARKS = re.compile(r"[\\`*_\[\]<>|~&$#!]")


def escaped(text: str) -> str:
    """A text on one line that Markdown shows as it is."""
    return _MARKS.sub(r"\\\g<0>", visible(fold(text)))
