"""Clusters of duplicates as text: what was found, each cluster with its members, and what was left out.

A member has three columns before its path: a mark, how similar it is to the centre of the cluster, and its tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentdiff.baseline import Comparison, Standing
from agentdiff.clusters import Cluster, ClusterKind, Duplicates, Skipped
from agentdiff.model import Verdict
from agentdiff.report.lines import BLANK, Line, Run, Style, display_width, line, shorten
from agentdiff.report.phrases import path_words
from agentdiff.report.stream import PIPE_WIDTH, visible

MOST_COPIES = 3
"""Members of the same bytes that are shown without `--all`: enough to see where copies lie."""
MOST_TEXTS = 20
"""Members of different bytes that are shown without `--all`, each with its copies."""
MOST_SKIPPED = 20
"""Skipped files that are named without `--all`."""
LONG_NAME = 40
"""Columns of an agent's name; one is longer than that only by mistake."""

_HEADINGS = {
    ClusterKind.EXACT: "Exact duplicates: the same text, layout aside",
    ClusterKind.NEAR: "Near duplicates: one was made from the other",
    ClusterKind.ROLE: "May do the same job: written independently, so read them before you merge them",
}

_Known = Comparison | None
"""What the baseline says of a cluster; None without one."""


def duplicates_lines(
    result: Duplicates,
    comparisons: Sequence[Comparison] | None = None,
    is_complete: bool = False,
    width: int = PIPE_WIDTH,
) -> Iterator[Line]:
    """The whole report, for rows of `width` columns.

    `comparisons` are those of the clusters with a baseline. Accepted clusters are only counted, and long lists are
    shortened, unless `is_complete`.
    """
    known: Sequence[_Known] = [None] * len(result.clusters) if comparisons is None else comparisons
    pairs = list(zip(result.clusters, known, strict=True))
    yield from _summary(result, known)
    shown = [(cluster, each) for cluster, each in pairs if is_complete or each is None or not each.is_accepted]
    if shown:
        yield from (line(Run(f"  {words}", Style.MUTED), hang=4) for words in _signs(shown))
    for kind in ClusterKind:
        of_kind = [(cluster, each) for cluster, each in shown if cluster.kind is kind]
        if of_kind:
            yield from (BLANK, line(Run(_HEADINGS[kind], Style.HEADING), hang=2))
        for cluster, each in of_kind:
            yield BLANK
            yield from _Rows(cluster, each, width).lines(is_complete)
    yield from _skipped(result.skipped, is_complete)
    if result.scanned.others:
        others = _counted(result.scanned.others, "file is no agent file", "files are no agent files")
        yield from (BLANK, line(Run(others, Style.MUTED)))


# ---------------------------------------------------------------------------------------------- summary


def _summary(result: Duplicates, known: Sequence[_Known]) -> Iterator[Line]:
    same = [cluster for cluster in result.clusters if cluster.kind is not ClusterKind.ROLE]
    scanned = result.scanned
    found = _counted(len(same), "cluster of duplicates", "clusters of duplicates") if same else "No duplicates"
    places = f"{_counted(scanned.agents, 'agent')} in {_counted(scanned.files, 'file')}"
    yield line(Run(f"{found} among {places}", Style.HEADING), hang=2)
    if same:
        yield line(f"  {_kinds(same)}", hang=4)
        tokens, savings = sum(each.tokens for each in same), sum(each.savings for each in same)
        yield line(f"  keeping one agent of each would save about {savings:,} of {tokens:,} tokens", hang=4)
    roles = len(result.clusters) - len(same)
    if roles:
        yield line(f"  {_counted(roles, 'group')} of agents that may do the same job", hang=4)
    compared = [each.standing for each in known if each is not None]
    if compared:
        yield line(f"  by the baseline: {_standings(compared)}", hang=4)


def _kinds(clusters: Sequence[Cluster]) -> str:
    """`7 exact with 20 agents, 5 near with 14 agents`."""
    parts = []
    for kind in (ClusterKind.EXACT, ClusterKind.NEAR):
        sizes = [len(cluster.members) for cluster in clusters if cluster.kind is kind]
        if sizes:
            parts.append(f"{len(sizes):,} {kind.value} with {_counted(sum(sizes), 'agent')}")
    return ", ".join(parts)


def _standings(standings: Sequence[Standing]) -> str:
    wanted = (Standing.NEW, Standing.GROWN, Standing.ACCEPTED)
    return ", ".join(f"{standings.count(each):,} {each.value}" for each in wanted if each in standings)


def _signs(shown: Sequence[tuple[Cluster, _Known]]) -> Iterator[str]:
    """What the columns and marks mean."""
    yield "columns: similarity to the centre, tokens, path, kind of difference"
    yield "* would serve best as the base of a consolidation"
    if any(edge.verdict is Verdict.SUPERSET for cluster, _ in shown for edge in cluster.edges):
        yield "superset: says all that the centre says, and more"
    if any(each is not None and each.standing is Standing.GROWN for _, each in shown):
        yield "+ has joined since the baseline was written"


# ---------------------------------------------------------------------------------------------- clusters


class _Rows:
    """Sets the members of one cluster in columns that are as wide as their widest entry."""

    def __init__(self, cluster: Cluster, known: _Known, width: int) -> None:
        self._cluster = cluster
        self._known = known
        self._width = width
        self._edges = {edge.b: edge for edge in cluster.edges}
        is_grown = known is not None and known.standing is Standing.GROWN
        self._new = frozenset(known.new_members if known is not None and is_grown else ())
        self._tokens = max(len(f"{member.tokens:,}") for member in cluster.members)
        self._is_of_one_format = len({member.format for member in cluster.members}) == 1

    def lines(self, is_complete: bool) -> Iterator[Line]:
        """The cluster in a sentence, then a line for each member."""
        yield self._head()
        texts = self._texts()
        kept = len(texts) if is_complete else _most(texts, MOST_TEXTS)
        for places in texts[:kept]:
            shown = len(places) if is_complete else _most(places, MOST_COPIES)
            yield from (self._member(place) for place in places[:shown])
            if shown < len(places):
                yield self._more(len(places) - shown, "that are identical")
        if kept < len(texts):
            yield self._more(sum(map(len, texts[kept:])), "in other wordings")

    def _head(self) -> Line:
        cluster = self._cluster
        centre = cluster.members[cluster.centre]
        repos = f"in {_counted(len(cluster.collections), 'repo')}"
        facts = [f"{_name(centre.name)}: {_counted(len(cluster.members), 'agent')} {repos}"]
        if self._is_of_one_format:
            facts.append(centre.format)
        # Independent variants are no copies: nobody saves by deleting all but one of them.
        is_role = cluster.kind is ClusterKind.ROLE
        facts.append(f"{cluster.tokens:,} tokens" if is_role else f"saves {cluster.savings:,} tokens")
        head = Run(f"{cluster.id} {cluster.kind.value}", Style.HEADING)
        return line(head, Run(self._standing(), Style.CHANGED), f"  {', '.join(facts)}", hang=4)

    def _standing(self) -> str:
        if self._known is None:
            return ""
        is_grown = self._known.standing is Standing.GROWN
        return f" {self._known.standing.value}{f' by {len(self._new):,}' if is_grown else ''}"

    def _texts(self) -> list[list[int]]:
        """Positions of the members by their bytes; what a reader looks for first, the rest by path."""
        found: dict[tuple[object, ...], list[int]] = {}
        for place in sorted(range(len(self._cluster.members)), key=lambda place: (self._rank(place), place)):
            member, edge = self._cluster.members[place], self._edges.get(place)
            how = (edge.verdict, edge.similarity) if edge else (Verdict.IDENTICAL, 1.0)
            # Two agents of one file have one digest, so the name belongs to it.
            found.setdefault((member.sha256, member.name, *how), []).append(place)
        return list(found.values())

    def _rank(self, place: int) -> int:
        ranked = (place == self._cluster.centre, place == self._cluster.suggested, place in self._new)
        return ranked.index(True) if True in ranked else len(ranked)

    def _member(self, place: int) -> Line:
        member, edge = self._cluster.members[place], self._edges.get(place)
        new, base = "+" if place in self._new else " ", "*" if place == self._cluster.suggested else " "
        similarity = f"{edge.similarity:.2f}" if edge else "centre"
        columns = f"  {similarity:>6}  {member.tokens:>{self._tokens},}  "
        path = visible(path_words(member.path))
        indent = len(columns) + 2
        # A path too long for its column begins the next row, so it goes as far left as it can.
        hang = indent if indent + display_width(path) <= self._width else 4
        facts = ", ".join(self._facts(place))
        marks = Run(new, Style.ADDED), Run(base, Style.CHANGED)
        return line(*marks, columns, path, Run(f"  {facts}" if facts else "", Style.MUTED), hang=hang)

    def _facts(self, place: int) -> Iterator[str]:
        """What is to be said behind a path."""
        centre = self._cluster.members[self._cluster.centre]
        member, edge = self._cluster.members[place], self._edges.get(place)
        if edge:
            yield edge.verdict.value
            if edge.adds_nothing and edge.verdict is not Verdict.IDENTICAL:
                yield "adds nothing"
        if member.name != centre.name:
            yield f"named {_name(member.name)}"
        if not self._is_of_one_format and (edge is None or member.format != centre.format):
            yield member.format

    def _more(self, number: int, what: str) -> Line:
        return line(Run(f"    and {number:,} more {what} (--all shows them)", Style.MUTED), hang=4)


def _most(entries: Sequence[object], most: int) -> int:
    """How many of a list are shown. A line that says `1 more` would be as long as that one."""
    return len(entries) if len(entries) <= most + 1 else most


def _name(name: str) -> str:
    return shorten(visible(name), LONG_NAME) or "(no name)"


# ---------------------------------------------------------------------------------------------- what was left out


def _skipped(skipped: Sequence[Skipped], is_complete: bool) -> Iterator[Line]:
    if not skipped:
        return
    yield from (
        BLANK,
        line(Run(f"Skipped {_counted(len(skipped), 'file or folder', 'files or folders')}", Style.HEADING)),
    )
    kept = len(skipped) if is_complete else _most(skipped, MOST_SKIPPED)
    for each in skipped[:kept]:
        yield line(f"  {path_words(each.path)}: {each.reason}", hang=4)
    if kept < len(skipped):
        yield line(Run(f"  and {len(skipped) - kept:,} more (--all shows them)", Style.MUTED))


def _counted(number: int, singular: str, plural: str = "") -> str:
    """`1 agent`, `2,991 agents`: these numbers get long."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
