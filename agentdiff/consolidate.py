"""For each cluster of duplicates the one agent to keep, and which old files it covers fully.

Nothing is written here, and no file is read but those of the members.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from agentdiff.canonical import merge
from agentdiff.clusters import Cluster, ClusterKind, Duplicates, Member, Skipped
from agentdiff.covering import Cover, gaps_of_file
from agentdiff.errors import AgentDiffError, UnreadableFile
from agentdiff.files import address_of, read_source
from agentdiff.fingerprint import tokens_in
from agentdiff.formats import FORMATS, Format, choose, parse_all
from agentdiff.formats.base import Naming
from agentdiff.formats.detection import DATA
from agentdiff.formats.naming import home
from agentdiff.ledger import Answer, CanonicalMerge, MergeOptions
from agentdiff.model import Agent, Container
from agentdiff.text import fold

KINDS = (ClusterKind.NEAR, ClusterKind.EXACT, ClusterKind.ROLE)
"""In the order in which they take their members: an agent goes into one canonical."""

WITHOUT_ROLES = frozenset({ClusterKind.NEAR, ClusterKind.EXACT})

MOST_VARIANTS = 32
"""Different variants that are merged into one at most: twice as many of them take up to eight times as long, and 40 of
80 statements took 48 s."""

RESERVED = frozenset({"index", "map", "ledgers", "questions"})
"""What stands beside the canonicals and is none."""

LONGEST_NAME = 80
"""Characters of a file's name that are taken from the agent's."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A member of a cluster that is in its canonical."""

    member: Member
    file: str
    """Where it stands, without the name of an agent in it."""
    input: int
    """Its index among the inputs of the merge: those with the same bytes share one."""
    gaps: tuple[str, ...]
    """Why its file is not fully covered, half a sentence each; empty where it is."""

    @property
    def is_covered(self) -> bool:
        """Whether its file may go: all that it says, and may do, stands in the canonical."""
        return not self.gaps


@dataclass(frozen=True)
class Consolidation:
    """One cluster as one agent."""

    cluster: Cluster
    stem: str
    """The name of its files, without what marks their kind; each has another one, whatever the case of its letters."""
    place: str
    """Where the canonical goes in the folder of the results, with slashes."""
    merge: CanonicalMerge
    origins: tuple[Origin, ...]
    """At least two, in the order of the members; without those that could not be read."""
    tokens: int
    """Of the canonical."""

    @cached_property
    def tokens_before(self) -> int:
        """Of its origins."""
        return sum(each.member.tokens for each in self.origins)

    @property
    def tokens_saved(self) -> int:
        """May be below zero: two agents that share little."""
        return self.tokens_before - self.tokens

    @cached_property
    def questions(self) -> int:
        """How many are open; the same one in two places is one."""
        return len({each.id for each in self.merge.conflicts if each.is_open})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A cluster without a canonical."""

    cluster: Cluster
    reason: str
    """A sentence without its full stop."""


@dataclass(frozen=True, slots=True)
class ConsolidationPlan:
    """What would be written."""

    made: tuple[Consolidation, ...]
    """Ordered by place."""
    left_out: tuple[LeftOut, ...] = ()
    """In the order of the clusters."""
    unread: tuple[Skipped, ...] = ()
    """Members that are in no canonical although their cluster may have one; ordered by path."""

    @property
    def questions(self) -> int:
        """How many are open."""
        return sum(each.questions for each in self.made)

    @property
    def covered(self) -> tuple[str, ...]:
        """The files that say nothing that their canonical does not say, in order, each once."""
        return tuple(sorted({each.file for made in self.made for each in made.origins if each.is_covered}))

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left for a person to do."""
        return not (self.questions or self.left_out or self.unread)


def consolidate(
    duplicates: Duplicates,
    kinds: Collection[ClusterKind] = WITHOUT_ROLES,
    answers: Mapping[str, Answer] | None = None,
    report: Callable[[str, int, int], None] | None = None,
) -> ConsolidationPlan:
    """The canonical of each cluster of these kinds. `answers` are those given before, by the id of the question.

    Members are read again from disk: one that is no file is left out, and a cluster of which one has changed. A cluster
    of which less than two members are left since they are in another one is passed over. `report` is told how far it
    is, as `Progress.report`. A third of a second for a cluster of four; see MOST_VARIANTS.
    """
    steps = _Steps(answers or {})
    clusters = [each for kind in KINDS if kind in kinds for each in duplicates.clusters if each.kind is kind]
    for number, cluster in enumerate(clusters, 1):
        steps.take(cluster)
        if report is not None:
            report("merging clusters", number, len(clusters))
    stems = _stems({each.cluster.id: each.name for each in steps.drafts})
    made = (_named(each, stems[each.cluster.id]) for each in steps.drafts)
    return ConsolidationPlan(
        tuple(sorted(made, key=lambda each: each.place)),
        tuple(steps.left_out),
        tuple(sorted(steps.unread, key=lambda each: each.path)),
    )


# ---------------------------------------------------------------------------------------------- reading and merging


@dataclass(frozen=True, slots=True)
class _Read:
    member: Member
    file: str
    agent: Agent
    is_alone: bool
    """Whether its file holds no other agent."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A consolidation without its place, which depends on the names of the others."""

    cluster: Cluster
    name: str
    merge: CanonicalMerge
    origins: tuple[Origin, ...]
    tokens: int


class _Refused(AgentDiffError):
    """The cluster is left out."""


@dataclass(slots=True)
class _Steps:
    """What came out so far."""

    answers: Mapping[str, Answer]
    drafts: list[_Draft] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    unread: list[Skipped] = field(default_factory=list)
    placed: set[str] = field(default_factory=set)

    def take(self, cluster: Cluster) -> None:
        members = [each for each in cluster.members if each.path not in self.placed]
        if len(members) < 2:
            return
        self.placed.update(each.path for each in members)
        unread: list[Skipped] = []
        try:
            found = list(_read_all(members, unread))
            self.drafts.append(self._draft(cluster, found))
        except AgentDiffError as problem:
            self.left_out.append(LeftOut(cluster, str(problem)))
        self.unread += unread

    def _draft(self, cluster: Cluster, found: Sequence[_Read]) -> _Draft:
        if len(found) < 2:
            raise _Refused("less than two of its members could be read")
        variants, inputs = _distinct([each.agent for each in found])
        merged = _merge(variants, self.answers, found[0].is_alone)
        if merged.output is None:
            raise _Refused("nothing is left to write")
        name = _name(merged.output, found, cluster.members[cluster.suggested])
        cover = Cover(merged, merged.output, name)
        gaps = [tuple(cover.gaps(number)) for number in range(len(variants))]
        origins = tuple(
            Origin(each.member, each.file, number, (*gaps_of_file(each.agent, each.file, each.is_alone), *gaps[number]))
            for each, number in zip(found, inputs, strict=True)
        )
        return _Draft(cluster, name, merged, origins, tokens_in(merged.text))


def _read_all(members: Sequence[Member], unread: list[Skipped]) -> Iterator[_Read]:
    for member in members:
        try:
            yield _read(member)
        except UnreadableFile as problem:
            unread.append(Skipped(member.path, problem.problem))


def _read(member: Member) -> _Read:
    """Raises UnreadableFile for what is not on disk, and _Refused where it has changed."""
    address = address_of(member.path)
    if not os.path.lexists(address.file):
        problem = "is no file on disk: it comes from git's history or a table, or is gone"
        raise UnreadableFile(member.path, problem, "check it out or save it first")
    source = read_source(address.file)
    if source.sha256 != member.sha256:
        raise _Refused(f"{member.path} has changed since it was looked at; run this again")
    agents = parse_all(source.text, address.file, source.sha256)
    return _Read(member, address.file, choose(agents, address), len(agents) == 1)


def _distinct(agents: Sequence[Agent]) -> tuple[list[Agent], list[int]]:
    """The agents without repeats of the same bytes, and for each agent the index of its like among them."""
    known: dict[tuple[str, int], int] = {}
    numbers = [known.setdefault((agent.sha256, agent.number), len(known)) for agent in agents]
    return [agents[numbers.index(number)] for number in range(len(known))], numbers


def _merge(variants: Sequence[Agent], answers: Mapping[str, Answer], is_alone: bool) -> CanonicalMerge:
    """Raises AgentDiffError where nothing can be written. `is_alone` tells whether the first one's file holds no other
    agent: the same file twice would come back with all of them.
    """
    if len(variants) > MOST_VARIANTS:
        raise _Refused(f"it has {len(variants)} different variants; {MOST_VARIANTS} are merged at most")
    if len(variants) == 1 and not is_alone and not variants[0].number:
        raise _Refused("its members are the same file, which holds other agents, too; keep one of these files")
    return merge(variants, MergeOptions(answers=answers))


# ---------------------------------------------------------------------------------------------- names


def _name(output: Agent, found: Sequence[_Read], suggested: Member) -> str:
    """What the canonical says it is called, else as most are, then as the suggested one is."""
    said = output.field("name")
    if said is not None and isinstance(said.value, str) and said.value.strip():
        return fold(said.value)
    uses = Counter(each.agent.name for each in found)
    return min(uses, key=lambda name: (-uses[name], name != suggested.name, name))


def _stems(names: Mapping[str, str]) -> dict[str, str]:
    """For each cluster the name of its files: that of its agent, with the cluster's id where others have it, too.

    So a name depends on no order, and a second run gives the same.
    """
    own = {number: _file_name(name) for number, name in names.items()}
    uses = Counter(name.casefold() for name in own.values())
    is_free = {number: uses[name.casefold()] == 1 and name.casefold() not in RESERVED for number, name in own.items()}
    return {number: name if is_free[number] else f"{name}-{number}" for number, name in own.items()}


def _file_name(name: str) -> str:
    """Only letters, digits, `_`, `-` and dots, the latter not at its ends."""
    return home(FORMATS["claude-agent"], name[:LONGEST_NAME]).rpartition("/")[2].removesuffix(".md")


_EXTENSIONS = {Container.TOML: ".toml", Container.JSON: ".json", Container.YAML: ".yaml"}


def _named(draft: _Draft, stem: str) -> Consolidation:
    place = _place(FORMATS[draft.merge.format], _container(draft.merge), stem)
    return Consolidation(draft.cluster, stem, place, draft.merge, draft.origins, draft.tokens)


def _container(merged: CanonicalMerge) -> Container:
    return merged.output.container if merged.output else Container.MARKDOWN


def _place(format: Format, container: Container, stem: str) -> str:
    """As files of the format are called; where that cannot name an agent, the name with what marks the container."""
    *folders, last = home(format, stem).split("/")
    is_usual = container not in DATA or container is format.containers[0]
    if is_usual and format.naming is Naming.DIRECTORY and folders[-1:] == [stem]:
        return f"{stem}/{last}"
    return last if is_usual and last.startswith(f"{stem}.") else f"{stem}{_EXTENSIONS.get(container, '.md')}"
