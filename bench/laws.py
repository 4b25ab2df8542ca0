"""Whether the laws of a merge hold on real files, over groups of files of one name from different repositories.

usage: python bench/laws.py [../shared] [--groups 1000] [--largest 8] [--show]

Groups are drawn in a fixed order, each at most once. For each group:

  failed               merges that were refused, with the sentence
  another order        the same variants in another order give other bytes
  merge(a), (a, a, a)  one variant, or the same three times, comes out with other bytes
  with a source        the canonical merged again with one of its sources is not itself, byte for byte
  widened              the canonical may use what one of its sources may not
  title twice          one title twice under one parent
  said twice           two statements of the canonical that the aligner calls equal, though no variant makes both;
                       of the first 100 groups
  planted              contradictions planted into a copy of one variant: not reported, or fused
  layout               contradictions reported between a variant and a copy that differs in layout alone
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import common

sys.path.insert(0, str(common.PROJECT / "tests"))
import contradictions
from repeats import repeats

from agentdiff.access import access, is_wider
from agentdiff.canonical import merge
from agentdiff.errors import AgentDiffError
from agentdiff.formats import FORMATS, parse
from agentdiff.formats.base import Kind
from agentdiff.ledger import CanonicalMerge, ConflictKind, Fate
from agentdiff.model import PROSE, Agent
from agentdiff.normalise import comparable_title

PLANTED = 8
"""Contradictions planted into one copy, at most."""

REPEATS = 100
"""Groups that are searched for repeats, the first: each canonical is aligned eight times with a half of itself."""


class Laws:
    """The laws on one group after another."""

    def __init__(self, is_shown: bool) -> None:
        self.counts: Counter[str] = Counter()
        self.is_shown = is_shown

    def run(self, group: Sequence[Agent]) -> None:
        """Count what one group breaks."""
        self.counts["groups"] += 1
        self.counts["files"] += len(group)
        try:
            self._group(group)
        except AgentDiffError as error:
            self._broken("failed", group, str(error))

    def _broken(self, law: str, group: Sequence[Agent], what: str, times: int = 1) -> None:
        self.counts[law] += times
        if self.is_shown:
            print(f"{law}: {group[0].path}, {len(group)} variants: {what}")

    def _group(self, group: Sequence[Agent]) -> None:
        result = merge(group)
        if merge([*group[1:], group[0]]).text != result.text or merge(group[::-1]).text != result.text:
            self._broken("another order", group, "other bytes")
        if any(merge([group[0]] * times).text != group[0].source for times in (1, 3)):
            self._broken("merge(a), (a, a, a)", group, "other bytes")
        self._sources(group, result)
        self._access(group, result)
        self._planted(group[0])
        self._layout(group[0])
        if result.output is not None:
            self.counts["statements of canonicals"] += sum(item.kind in PROSE for item in result.output.items)
            self._titles(group, result.output)
            if self.counts["groups"] <= REPEATS:
                self.counts["groups searched for repeats"] += 1
                self._repeats(group, result, result.output)

    def _sources(self, group: Sequence[Agent], result: CanonicalMerge) -> None:
        canonical = parse(result.text, f"{group[0].path}", format=result.format)
        for agent in group:
            self.counts["canonicals with a source"] += 1
            again = merge([canonical, agent]).text
            if again != result.text:
                self._broken("with a source", group, _first_difference(result.text, again))

    def _access(self, group: Sequence[Agent], result: CanonicalMerge) -> None:
        if result.output is None or FORMATS[result.format].kind is not Kind.AGENT:
            return
        may = access(result.output, FORMATS[result.format])
        for agent in group:
            format = FORMATS[agent.format]
            if format.kind is Kind.AGENT and (more := is_wider(may, access(agent, format))):
                self._broken("widened", group, ", ".join(more))

    def _titles(self, group: Sequence[Agent], canonical: Agent) -> None:
        uses = Counter((each.parent, comparable_title(each.title)) for each in canonical.sections if each.title)
        twice = [title for (_, title), count in uses.items() if count > 1]
        if twice:
            self._broken("title twice", group, ", ".join(twice), len(twice))

    def _repeats(self, group: Sequence[Agent], result: CanonicalMerge, canonical: Agent) -> None:
        by_line = {line: unit for unit in result.units for line in range(unit.span.first, unit.span.last + 1)}
        for one, other in repeats(canonical):
            units = by_line[one.span.first], by_line[other.span.first]
            sources = [{source.input for source in unit.sources} for unit in units]
            if units[0] is units[1]:
                self._broken("said twice, one below the other", group, f"{one.text!r} and {other.text!r}")
            elif sources[0].isdisjoint(sources[1]):
                self._broken("said twice", group, f"{one.text!r} and {other.text!r}")
            else:
                self.counts["said twice by one variant itself"] += 1

    def _planted(self, agent: Agent) -> None:
        copy, planted = with_contradictions(agent)
        if not planted:
            return
        result = merge([agent, copy])
        asked = [{option.span.first for option in each.options} for each in result.conflicts]
        for line, kind in planted:
            self.counts["contradictions planted"] += 1
            if not any(line in lines for lines in asked):
                self._broken("planted, not reported", [agent], f"{kind}: line {line}")
            units = {
                entry.unit
                for entry in result.ledger
                if entry.span.first == line and entry.fate in (Fate.KEPT, Fate.REWORDED, Fate.ABSORBED)
            }
            sides = [e for e in result.ledger if e.span.first == line and e.fate is not Fate.CONFLICT]
            if len(sides) == 2 and len(units) == 1:
                self._broken("planted, fused", [agent], f"{kind}: line {line}")

    def _layout(self, agent: Agent) -> None:
        self.counts["copies in another layout"] += 1
        for each in merge([agent, with_other_layout(agent)]).conflicts:
            if each.kind is ConflictKind.CONTRADICTION:
                self._broken("layout", [agent], f"{each.subject}: {each.options[0].text!r}")


def _first_difference(old: str, new: str) -> str:
    pairs = zip(old.split("\n"), new.split("\n"), strict=False)
    return next((f"{a!r} became {b!r}" for a, b in pairs if a != b), "another length")


# ---------------------------------------------------------------------------------------------- copies


def with_contradictions(agent: Agent) -> tuple[Agent, list[tuple[int, str]]]:
    """A copy with statements turned into their opposite, and the line and kind of each; one kind for each statement."""
    lines = agent.text.split("\n")
    planted: list[tuple[int, str]] = []
    uses = Counter(item.text for item in agent.items)
    for number, item in enumerate(agent.items):
        found = list(contradictions.planted(item.text)) if item.kind in PROSE and "\n" not in item.text else []
        line = lines[item.span.first - 1]
        if (
            not found
            or len(planted) == PLANTED
            or item.text not in line
            or len(item.text.split()) < 4
            or uses[item.text] > 1
        ):
            continue
        kind, text = found[number % len(found)]
        lines[item.span.first - 1] = line.replace(item.text, text)
        planted.append((item.span.first, kind))
    return parse("\n".join(lines), agent.path, format=agent.format), planted


def with_other_layout(agent: Agent) -> Agent:
    """A copy with other bullets, marks, case and end marks, statement by statement."""
    lines = agent.text.split("\n")
    for number, item in enumerate(agent.items):
        line = lines[item.span.first - 1]
        if item.kind in PROSE and "\n" not in item.text and item.text in line and "`" not in line:
            ways = [way for way in contradictions.relaid(item.text) if "\n" not in way]
            other = line.replace(item.text, ways[number % len(ways)])
            lines[item.span.first - 1] = re.sub(r"^(\s*)- ", r"\1* ", other)
    return parse("\n".join(lines), agent.path, format=agent.format)


# ---------------------------------------------------------------------------------------------- groups


def groups(archive: Path, wanted: int, largest: int) -> Iterator[list[Agent]]:
    """Groups of 2 to `largest` files of one name, one of each repository, none twice."""
    by_name: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for name, text in common.archived(archive):
        path = PurePosixPath(name)
        if path.suffix == ".md" and path.stem.lower() not in ("skill", "agents", "claude") and text.strip():
            by_name[path.name].setdefault(path.parts[0], text)
    chance = random.Random(7)
    drawn: set[tuple[str, tuple[str, ...]]] = set()
    names = [name for name in sorted(by_name) if len(by_name[name]) > 1 and not name.startswith("_")]
    for _ in range(wanted * 10):
        name = chance.choice(names)
        repositories = sorted(by_name[name])
        chosen = tuple(sorted(chance.sample(repositories, chance.randint(2, min(largest, len(repositories))))))
        if (name, chosen) not in drawn:
            drawn.add((name, chosen))
            yield [parse(by_name[name][repository], name) for repository in chosen]
        if len(drawn) == wanted:
            return


def main() -> int:
    """Print the table."""
    arguments = common.parser(__doc__)
    arguments.add_argument("--groups", type=int, default=1000)
    arguments.add_argument("--largest", type=int, default=8)
    arguments.add_argument("--show", action="store_true", help="list what is not as it should be")
    options = arguments.parse_args()
    laws = Laws(options.show)
    for group in groups(common.required(options.shared / "corpus" / "agents.tar.gz"), options.groups, options.largest):
        laws.run(group)
    kept: tuple[str, ...] = (
        "groups",
        "files",
        "canonicals with a source",
        "contradictions planted",
        "copies in another layout",
        "groups searched for repeats",
    )
    broken: tuple[str, ...] = (
        "failed",
        "another order",
        "merge(a), (a, a, a)",
        "with a source",
        "widened",
        "title twice",
        "said twice",
    )
    broken += (
        "said twice, one below the other",
        "said twice by one variant itself",
        "planted, not reported",
        "planted, fused",
        "layout",
    )
    rows = [(name, laws.counts[name]) for name in (*kept, "statements of canonicals", *broken)]
    print(common.table(("", "count"), rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
