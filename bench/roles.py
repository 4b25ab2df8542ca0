"""Whether agents of one role are found where they share no wording and their names are not asked.

usage: python bench/roles.py CORPUS [--own-name]

CORPUS is a folder of agent files with one folder for each repository; it needs duckdb. The weak label of a file is the
stem of its name, for `SKILL.md` that of its folder; names that say nothing (`AGENTS.md`, `README.md`) have none.

recall@5: of all ordered pairs of files of different repositories that have the same label and share no wording (Jaccard
of their word-3-shingles below 0.05) the share in which the second is among the five nearest of the first, in the whole
corpus. `collapsed`: near duplicates (0.3 or more) of the first, or of a neighbour listed before, take no place; a file
counts as found with a neighbour it is a near duplicate of. `plain`: they do; since roles have more copies than places,
it cannot be 1. `any`: the share of first files with one found at least. `label`: the collapsed recall of each label, in
the mean.
The search looks at other repositories alone (first row), as the statements of `agentdiff.roles` do, or at all (second).

Then pairs on representatives (near duplicates reduced to one): what the edges at several floors are worth by the label,
which calls `terraform-master` and `terraform-specialist` two roles, so that it is a lower bound. Then the cost.

`--own-name` leaves out of each file the words of its own name: the stricter question.
"""

from __future__ import annotations

import argparse
import re
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import common

from agentdiff import roles
from agentdiff.errors import AgentDiffError
from agentdiff.formats import parse_all
from agentdiff.model import Agent

NEAR = 0.3
UNALIKE = 0.05
PLACES = 5
SAMPLED = 64
FLOORS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)
TIMED = 300
NAMELESS = {"agents", "claude", "gemini", "readme", "copilot-instructions", "index", "rules", "agent", "skill"}


class File(NamedTuple):
    """One agent of the corpus."""

    repository: str
    label: str
    name: str
    description: str
    body: str


def files_of(corpus: Path) -> Iterator[File]:
    """Every agent below the folder."""
    for path in sorted(corpus.rglob("*")):
        if path.is_file() and not path.name.startswith(common.LICENCE):
            relative = path.relative_to(corpus)
            try:
                agents = parse_all(path.read_bytes().decode(errors="replace"), relative.as_posix())
            except AgentDiffError:
                continue
            for agent in agents:
                yield _file(relative, agent)


def _file(relative: Path, agent: Agent) -> File:
    stem = relative.name.lower().partition(".")[0]
    stem = relative.parent.name.lower() if stem == "skill" else stem
    described = agent.field("description")
    description = described.value if described and isinstance(described.value, str) else ""
    body = "\n".join(agent.text.split("\n")[agent.body_line - 1 :])
    return File(relative.parts[0], "" if stem in NAMELESS else stem, agent.name, description, body)


class Wordings:
    """How much wording files share."""

    def __init__(self, files: Sequence[File]) -> None:
        self.shingles = [_shingles(file.body) for file in files]
        self.near = self._near()

    def jaccard(self, a: int, b: int) -> float:
        """0..1; 1 for two files without words."""
        one, other = self.shingles[a], self.shingles[b]
        both = len(one & other)
        return common.share(both, len(one) + len(other) - both)

    def _near(self) -> dict[int, set[int]]:
        """The near duplicates of each file, looked for by the smallest of their shingles."""
        holders: dict[int, list[int]] = defaultdict(list)
        for number, shingles in enumerate(self.shingles):
            for shingle in sorted(shingles)[:SAMPLED]:
                holders[shingle].append(number)
        met = Counter(pair for held in holders.values() for pair in combinations(held, 2))
        near: dict[int, set[int]] = defaultdict(set)
        for (a, b), shared in met.items():
            if shared >= SAMPLED * NEAR / 3 and self.jaccard(a, b) >= NEAR:
                near[a].add(b)
                near[b].add(a)
        return near

    def representatives(self) -> list[int]:
        """Files of which none is a near duplicate of another, those with most of them first chosen."""
        chosen: set[int] = set()
        for number in sorted(range(len(self.shingles)), key=lambda number: (-len(self.near[number]), number)):
            if not self.near[number] & chosen:
                chosen.add(number)
        return sorted(chosen)


def _shingles(body: str) -> frozenset[int]:
    words = re.findall(r"\w+", body.lower())
    return frozenset(zlib.crc32(" ".join(three).encode()) for three in zip(words, words[1:], words[2:], strict=False))


def asked_pairs(files: Sequence[File], wordings: Wordings) -> dict[int, set[int]]:
    """For each file those of other repositories that have its label and share no wording."""
    labelled: dict[str, list[int]] = defaultdict(list)
    for number, file in enumerate(files):
        if file.label:
            labelled[file.label].append(number)
    wanted: dict[int, set[int]] = defaultdict(set)
    for members in labelled.values():
        for a, b in combinations(members, 2):
            if files[a].repository != files[b].repository and wordings.jaccard(a, b) < UNALIKE:
                wanted[a].add(b)
                wanted[b].add(a)
    return wanted


def words_of(file: File, without_own_name: bool) -> tuple[str, str]:
    """Description and body, without the words of the file's own name if so asked."""
    own = {word[:5] for word in re.findall(r"\w+", f"{file.name} {file.label}".lower().replace("_", " "))}
    if not without_own_name:
        return file.description, file.body

    def kept(text: str) -> str:
        return re.sub(r"[^\W_]+", lambda word: "" if word[0].lower()[:5] in own else word[0], text)

    return kept(file.description), kept(file.body)


def database_of(files: Sequence[File], numbers: Iterable[int], without_own_name: bool) -> Any:
    """A database in which the statements have run."""
    duckdb, pyarrow = import_module("duckdb"), import_module("pyarrow")
    rows = [
        (number, files[number].repository, *each)
        for number in numbers
        for each in roles.terms(*words_of(files[number], without_own_name))
    ]
    names = ("agent", "collection", *roles.Term._fields)
    given = pyarrow.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    database = duckdb.connect()
    database.register("given", given)
    database.execute("CREATE TABLE role_terms AS SELECT * FROM given")
    for name, query in roles.STATEMENTS:
        database.execute(f"CREATE TABLE {name} AS {query}")
    return database


class Ranking:
    """All files by their similarity to one, without any limit of the search."""

    def __init__(self, database: Any, files: Sequence[File]) -> None:
        self.files = files
        self.weights: dict[int, dict[int, float]] = defaultdict(dict)
        self.holders: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for agent, term, weight in database.execute("SELECT agent, term, weight FROM role_units").fetchall():
            self.weights[agent][term] = weight
            self.holders[term].append((agent, weight))

    @cache  # noqa: B019  (there is one, and it lives as long as the script)
    def nearest(self, asked: int) -> list[int]:
        """The others, the nearest first."""
        sums: dict[int, float] = defaultdict(float)
        for term, weight in self.weights[asked].items():
            for holder, held in self.holders[term]:
                sums[holder] += weight * held
        sums.pop(asked, None)
        return sorted(sums, key=lambda number: (-sums[number], number))

    def abroad(self, asked: int) -> list[int]:
        """Those of other repositories."""
        home = self.files[asked].repository
        return [number for number in self.nearest(asked) if self.files[number].repository != home]


def listed(order: Iterable[int], asked: int, wordings: Wordings) -> set[int]:
    """What stands at the first places, near duplicates without a place of their own."""
    places: list[int] = []
    for number in order:
        if asked not in wordings.near[number] and not wordings.near[number].intersection(places):
            places.append(number)
            if len(places) == PLACES:
                break
    return set(places).union(*(wordings.near[number] for number in places))


def recall(
    name: str, orders: dict[int, list[int]], wanted: dict[int, set[int]], files: Sequence[File], wordings: Wordings
) -> list[object]:
    """One row of the table of recall."""
    pairs = sum(map(len, wanted.values()))
    found = {asked: wanted[asked] & listed(orders[asked], asked, wordings) for asked in wanted}
    plain = sum(len(wanted[asked].intersection(orders[asked][:PLACES])) for asked in wanted)
    shares: dict[str, list[float]] = defaultdict(list)
    for asked, hits in found.items():
        shares[files[asked].label].append(len(hits) / len(wanted[asked]))
    by_label = sum(sum(each) / len(each) for each in shares.values()) / len(shares)
    collapsed = sum(map(len, found.values())) / pairs
    return [name, pairs, collapsed, plain / pairs, sum(map(bool, found.values())) / len(wanted), by_label]


def precision(files: Sequence[File], numbers: Sequence[int], without_own_name: bool) -> str:
    """The table of floors, over representatives."""
    database = database_of(files, numbers, without_own_name)
    lowest = min(FLOORS)
    (edges_query,) = (query for name, query in roles.STATEMENTS if name == "role_edges")
    edges = database.execute(edges_query.replace(f">= {roles.FLOOR}", f">= {lowest}")).fetchall()
    labelled = [number for number in numbers if files[number].label]
    counts = Counter(files[number].label for number in labelled)
    at_home = Counter((files[number].repository, files[number].label) for number in labelled)
    same = sum(count * (count - 1) // 2 for count in counts.values())
    same -= sum(count * (count - 1) // 2 for count in at_home.values())
    rows = []
    for floor in FLOORS:
        kept = [(a, b) for a, b, similarity in edges if similarity >= floor and files[a].label and files[b].label]
        right = sum(files[a].label == files[b].label for a, b in kept)
        rows.append((floor, len(kept), common.share(right, len(kept)), common.share(right, same)))
    return common.table(("floor", "edges", "of one label", "of all pairs of one label"), rows)


def cost(files: Sequence[File]) -> str:
    """Key words over reading, on files of ordinary size."""
    timed = [file for file in files if 5000 < len(file.body) < 9000][:TIMED]

    def reading() -> None:
        for file in timed:
            parse_all(file.body, "a.md")

    def words() -> None:
        for file in timed:
            roles.terms(file.description, file.body)

    words()
    rounds = [(common.seconds(reading), common.seconds(words)) for _ in range(3)]
    best_reading, best_words = (1e6 * min(times) / max(1, len(timed)) for times in zip(*rounds, strict=True))
    row = ("terms", best_words, best_reading, best_words / best_reading)
    return common.table(("", "us a file", "reading, us a file", "of reading"), [row])


def main() -> int:
    """Print three tables."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("corpus", type=Path)
    arguments.add_argument("--own-name", action="store_true")
    options = arguments.parse_args()
    if not options.corpus.is_dir():
        print(f"{options.corpus}: no such folder, so nothing is measured", file=sys.stderr)
        return 2
    if not (find_spec("duckdb") and find_spec("pyarrow")):
        print("the statements need duckdb and pyarrow: pip install duckdb pyarrow", file=sys.stderr)
        return 2
    files = list(files_of(options.corpus))
    wordings = Wordings(files)
    wanted = asked_pairs(files, wordings)
    ranking = Ranking(database_of(files, range(len(files)), options.own_name), files)
    rows = [
        recall("other repositories", {asked: ranking.abroad(asked) for asked in wanted}, wanted, files, wordings),
        recall("all files", {asked: ranking.nearest(asked) for asked in wanted}, wanted, files, wordings),
    ]
    print(common.table(("recall@5", "pairs", "collapsed", "plain", "any", "label"), rows))
    print(precision(files, wordings.representatives(), options.own_name), cost(files), sep="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
