"""The relational steps against slow obvious code, and what they promise: no chains, no siblings, no order."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise, product
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from embedded import embedded_engine, put_rows
from hypothesis import given, settings
from hypothesis import strategies as st
from test_counterparts import Edge, Placed, obviously_left

from agentdiff import scanning
from agentdiff.clustering import cluster, components
from agentdiff.clusters import ClusterOptions
from agentdiff.comparing import Shared, is_near
from agentdiff.duplicates import group, scan
from agentdiff.engines.base import Engine
from agentdiff.engines.embedded import EmbeddedEngine
from agentdiff.engines.workers import Workers
from agentdiff.walking import Candidate

EDGES = pa.schema([("a", pa.int64()), ("b", pa.int64())])
WORDS = ["".join(parts) for parts in product("bdfgklmnprst", "aeiou", ("l", "n", "st", "rk"))]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with embedded_engine() as started:
        yield started


# ---------------------------------------------------------------------------------------------- components


def found_components(engine: Engine, edges: Sequence[tuple[int, int]]) -> dict[int, int]:
    put_rows(engine, "drawn", edges, EDGES)
    components(engine, "drawn")
    return {row["key"]: row["label"] for row in engine.rows("SELECT key, label FROM components").to_pylist()}


def obvious_components(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    above: dict[int, int] = {}

    def top(key: int) -> int:
        while above.setdefault(key, key) != key:
            key = above[key]
        return key

    for a, b in edges:
        low, high = sorted((top(a), top(b)))
        above[high] = low
    return {key: top(key) for key in above}


@settings(max_examples=12)
@given(st.sets(st.tuples(st.integers(-40, 40), st.integers(-40, 40)).filter(lambda edge: edge[0] < edge[1])))
def test_components_are_those_of_an_obvious_search(engine: Engine, edges: set[tuple[int, int]]) -> None:
    assert found_components(engine, sorted(edges)) == obvious_components(edges)


def chain(size: int, seed: int) -> list[tuple[int, int]]:
    keys = random.Random(seed).sample(range(-(1 << 61), 1 << 61), size)
    return [(min(pair), max(pair)) for pair in pairwise(keys)]


GRAPHS = {
    "a long chain": chain(300, 1),
    "two chains": chain(90, 2) + chain(91, 3),
    "a chain in order": [(key, key + 1) for key in range(200)],
    "a star": [(-1, key) for key in range(200)],
    "a star around the highest": [(key, 200) for key in range(200)],
    "a ring": [*((key, key + 1) for key in range(99)), (0, 99)],
    "the ends of what is counted": [(-(1 << 63), (1 << 63) - 1), (-1, 0)],
    "nothing": [],
}


@pytest.mark.parametrize("edges", GRAPHS.values(), ids=GRAPHS.keys())
def test_components_of_odd_graphs(engine: Engine, edges: list[tuple[int, int]]) -> None:
    assert found_components(engine, edges) == obvious_components(edges)


# ---------------------------------------------------------------------------------------------- agents


def lines(seed: int, count: int) -> list[str]:
    """Lines that nobody else has."""
    chance = random.Random(seed)
    return [f"- {' '.join(chance.choices(WORDS, k=10))}\n" for _ in range(count)]


def agent(
    collection: str, name: str, body: Iterable[str], description: str = "Does something", sub: str = ""
) -> Candidate:
    place = f"{collection}/agents/{sub}{name}.md"
    text = f"---\nname: {name}\ndescription: {description}\n---\n\n" + "".join(body)
    return Candidate(place, place, collection, text.encode(), False)


def quiet(stage: str, done: int, total: int) -> None:
    pass


def judged(engine: Engine, files: Iterable[Candidate], options: ClusterOptions | None = None) -> list[dict[str, Any]]:
    """The rows of all clusters by path."""
    scan(engine, list(files), [], False, quiet)
    group(engine, options or ClusterOptions(), quiet)
    query = """
        SELECT agents.path, centres.path AS centre, judged.similarity, judged.containment, judged.verdict
        FROM judged JOIN agents ON agents.agent = judged.agent
        JOIN judged AS at_centre ON at_centre.centre = judged.centre AND at_centre.is_centre
        JOIN agents AS centres ON centres.agent = at_centre.agent
        ORDER BY agents.path
    """
    return engine.rows(query).to_pylist()  # type: ignore[no-any-return]


def together(engine: Engine, files: Iterable[Candidate]) -> set[frozenset[str]]:
    """The clusters, as paths without `/agents/` and `.md`."""
    by_centre = defaultdict(set)
    for row in judged(engine, files):
        by_centre[row["centre"]].add(row["path"].replace("/agents/", "/").removesuffix(".md"))
    return {frozenset(members) for members in by_centre.values()}


def groups(*members: str) -> set[frozenset[str]]:
    return {frozenset(each.split()) for each in members}


OWN = [lines(seed, 20) for seed in range(8)]
LONG, SHORT = lines(90, 60), lines(90, 60)[:25]
FIFTH = OWN[0][:5] + OWN[1][:15]
"""Of the union with the whole a seventh: between the floors for one name in two collections and in one."""

CASES: dict[str, tuple[list[Candidate], set[frozenset[str]]]] = {
    "nothing": ([], set()),
    "one": ([agent("x", "a", OWN[0])], set()),
    "different agents": ([agent("x", "a", OWN[0]), agent("y", "b", OWN[1])], set()),
    "different agents of one name": ([agent("x", "a", OWN[0]), agent("y", "a", OWN[1])], set()),
    "copies": ([agent("x", "a", OWN[0]), agent("y", "a", OWN[0]), agent("z", "b", OWN[1])], groups("x/a y/a")),
    "copies of other names": ([agent("x", "a", OWN[0]), agent("y", "b", OWN[0])], groups("x/a y/b")),
    "copies of other names in one collection": (
        [agent("x", "a", OWN[0]), agent("x", "b", OWN[0])],
        groups("x/a x/b"),
    ),
    "an edited copy": ([agent("x", "a", OWN[0]), agent("y", "a", OWN[0][:15] + OWN[1][:5])], groups("x/a y/a")),
    "an edited copy of another name": (
        [agent("x", "a", OWN[0]), agent("y", "b", OWN[0][:15] + OWN[1][:5])],
        groups("x/a y/b"),
    ),
    "an edited copy of that name in one collection": (
        [agent("x", "a", OWN[0]), agent("x", "a", OWN[0][:15] + OWN[1][:5], sub="old/")],
        groups("x/a x/old/a"),
    ),
    "an edited copy of another name in one collection": (
        [agent("x", "a", OWN[0]), agent("x", "b", OWN[0][:15] + OWN[1][:5])],
        set(),
    ),
    "a copy of another name in one collection but for a line": (
        [agent("x", "a", LONG), agent("x", "b", LONG[1:])],
        groups("x/a x/b"),
    ),
    "a fifth under one name": ([agent("x", "a", OWN[0]), agent("y", "a", FIFTH)], groups("x/a y/a")),
    "a fifth under one name in one collection": ([agent("x", "a", OWN[0]), agent("x", "a", FIFTH, sub="old/")], set()),
    "a third under one name in one collection": (
        [agent("x", "a", OWN[0]), agent("x", "a", OWN[0][:10] + OWN[1][:10], sub="old/")],
        groups("x/a x/old/a"),
    ),
    "a third under one name": (
        [agent("x", "a", OWN[0]), agent("y", "a", OWN[0][:10] + OWN[1][:10])],
        groups("x/a y/a"),
    ),
    "a third under another name": ([agent("x", "a", OWN[0]), agent("y", "b", OWN[0][:10] + OWN[1][:10])], set()),
    "half under another name": (
        [agent("x", "a", OWN[0]), agent("y", "b", OWN[0][:14] + OWN[1][:6])],
        groups("x/a y/b"),
    ),
    "half under two other names": (
        [
            agent("x", "a", OWN[0]),
            agent("y", "b", OWN[0][:14] + OWN[1][:6]),
            agent("y", "c", OWN[0][5:] + OWN[2][:5]),
        ],
        groups("x/a y/c"),
    ),
    "half under two other names of two collections": (
        [
            agent("x", "a", OWN[0]),
            agent("y", "b", OWN[0][:14] + OWN[1][:6]),
            agent("z", "c", OWN[0][5:] + OWN[2][:5]),
        ],
        groups("x/a y/b z/c"),
    ),
    "half under another name beside a fifth under its own": (
        [agent("x", "a", OWN[0]), agent("y", "a", FIFTH), agent("y", "b", OWN[0][:14] + OWN[2][:6])],
        groups("x/a y/a"),
    ),
    "a tenth of the wording": ([agent("x", "a", OWN[0]), agent("y", "b", OWN[0][:3] + OWN[1][:17])], set()),
    "a part": ([agent("x", "a", LONG), agent("y", "b", SHORT)], groups("x/a y/b")),
    "a part in one collection": ([agent("x", "a", LONG), agent("x", "b", SHORT)], set()),
    "pointers to another file": (
        [agent("x", "a", ["See AGENTS.md\n"], "Prunes roses"), agent("y", "b", ["See AGENTS.md\n"], "Waters ferns")],
        set(),
    ),
    "pointers of one description": (
        [agent("x", "a", ["See AGENTS.md\n"], "Prunes roses"), agent("y", "b", ["See AGENTS.md\n"], "Prunes roses")],
        groups("x/a y/b"),
    ),
    "two clusters": (
        [agent(home, name, OWN[number]) for home in "xyz" for number, name in enumerate("ab")],
        groups("x/a y/a z/a", "x/b y/b z/b"),
    ),
    "a copy of each of two names": (
        [agent("x", "a", OWN[0]), agent("x", "b", OWN[0]), agent("y", "a", OWN[0][:16]), agent("y", "b", OWN[0][4:])],
        groups("x/a x/b y/a y/b"),
    ),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES.keys())
def test_what_comes_together(engine: Engine, files: list[Candidate], expected: set[frozenset[str]]) -> None:
    assert together(engine, files) == expected


# ---------------------------------------------------------------------------------------------- no blanks

# "Before you hand in any change read it once more from the first to the last line ...": what a team says at the end of
# all its files, on one line of 120 letters.
CHINESE_LINE = (
    "\u5728\u63d0\u4ea4\u4efb\u4f55\u6539\u52a8\u4e4b\u524d\uff0c\u8bf7\u4ece\u7b2c\u4e00\u884c\u5230\u6700\u540e\u4e00\u884c\u518d\u8bfb\u4e00\u904d\uff0c"
    "\u786e\u8ba4\u6ca1\u6709\u9057\u6f0f\u7684\u95ee\u9898\uff0c\u4e5f\u6ca1\u6709\u591a\u4f59\u7684\u5185\u5bb9\uff1b\u5982\u679c\u4f60\u5bf9\u67d0\u4e2a\u7ed3\u8bba\u4e0d"
    "\u786e\u5b9a\uff0c\u5e94\u5f53\u660e\u786e\u8bf4\u51fa\u6765\uff0c\u5e76\u4e14\u544a\u8bc9\u5bf9\u65b9\u600e\u6837\u624d\u80fd\u9a8c\u8bc1\u5b83\uff0c\u800c\u4e0d\u662f"
    "\u731c\u6d4b\u7b54\u6848\u3002\u56de\u7b54\u65f6\u4f7f\u7528\u7b80\u5355\u7684\u8bcd\u8bed\uff0c\u5148\u5199\u7ed3\u8bba\uff0c\u518d\u5199\u7406\u7531\uff0c\u6700\u540e"
    "\u5217\u51fa\u53c2\u8003\u8d44\u6599\u3002\n"
)
CHINESE_CASES: dict[str, tuple[list[Candidate], set[frozenset[str]]]] = {
    "two different files": (
        [agent("x", "a", [*OWN[0], CHINESE_LINE]), agent("y", "b", [*OWN[1], CHINESE_LINE])],
        set(),
    ),
    "a short file and a long one": (
        [agent("x", "a", [CHINESE_LINE, *OWN[0][:1]]), agent("y", "b", [*LONG, CHINESE_LINE])],
        set(),
    ),
    "in the midst of other Chinese": (
        [agent("x", "a", [*OWN[0], CHINESE_LINE]), agent("y", "b", [*OWN[1], f"\u7b54\uff1a{CHINESE_LINE}"])],
        set(),
    ),
    "copies in Chinese": (
        [agent("x", "a", [CHINESE_LINE]), agent("y", "b", [f"- {CHINESE_LINE}"]), agent("z", "c", OWN[0])],
        groups("x/a y/b"),
    ),
    "an edited copy in Chinese": (
        [agent("x", "a", [CHINESE_LINE]), agent("y", "a", [CHINESE_LINE.replace("\u8bf7", "\u5fc5\u987b")])],
        groups("x/a y/a"),
    ),
}


@pytest.mark.parametrize(("files", "expected"), CHINESE_CASES.values(), ids=CHINESE_CASES.keys())
def test_a_long_line_without_blanks_is_no_page(
    engine: Engine, files: list[Candidate], expected: set[frozenset[str]]
) -> None:
    assert together(engine, files) == expected


# ---------------------------------------------------------------------------------------------- templates


def test_siblings_of_a_template_stay_apart(engine: Engine) -> None:
    """Twelve roles of one template, copied by another collection with edits: only copies come together."""
    template = lines(50, 30)
    roles = {f"role{letter}": lines(60 + place, 12) for place, letter in enumerate("abcdefghijkl")}
    files = []
    for name, own in roles.items():
        files.append(agent("x", name, template[:20] + own + template[20:]))
        files.append(agent("y", name, template[:20] + own[:10] + template[20:28]))
    assert together(engine, files) == {frozenset({f"x/{name}", f"y/{name}"}) for name in roles}


def test_siblings_of_few_keep_their_template(engine: Engine) -> None:
    """A collection of three says nothing of its template, and its names keep them apart."""
    template = lines(50, 30)
    files = [agent("x", name, template + lines(seed, 6)) for seed, name in enumerate(("one", "two", "three"), 70)]
    assert together(engine, files) == set()


ROLES = {name: lines(seed, 12) for seed, name in enumerate("abcd", 510)}
FEW_TEMPLATE = lines(500, 28)
"""Seven tenths of each of four roles, too few of them for the template to be seen as one."""


def forked(renamed: str, cut: int) -> list[Candidate]:
    """Four roles and a fork of them, which lacks the last `cut` lines of each; `-` stands for one that it lacks."""
    files = [agent("x", name, FEW_TEMPLATE + own) for name, own in ROLES.items()]
    copied = zip(renamed, ROLES.values(), strict=True)
    return files + [agent("y", name, FEW_TEMPLATE + own[: len(own) - cut]) for name, own in copied if name != "-"]


FORKS = {
    "the same names": ("abcd", "x/a y/a", "x/b y/b", "x/c y/c", "x/d y/d"),
    "one renamed": ("abce", "x/a y/a", "x/b y/b", "x/c y/c", "x/d y/e"),
    "two renamed": ("abfe", "x/a y/a", "x/b y/b", "x/c y/f", "x/d y/e"),
    "all renamed": ("efgh", "x/a y/e", "x/b y/f", "x/c y/g", "x/d y/h"),
    "one left out": ("abc-", "x/a y/a", "x/b y/b", "x/c y/c"),
    "one left out and one renamed": ("abe-", "x/a y/a", "x/b y/b", "x/c y/e"),
}


@pytest.mark.parametrize("cut", [0, 1, 3, 8])
@pytest.mark.parametrize(("renamed", "expected"), [(names, pairs) for names, *pairs in FORKS.values()], ids=FORKS)
def test_a_fork_joins_no_two_roles_of_one_collection(
    engine: Engine, renamed: str, expected: list[str], cut: int
) -> None:
    """Whether copies are exact, nearly so, or say less: each role has its counterpart in the fork and no other."""
    assert together(engine, forked(renamed, cut)) == groups(*expected)


# ---------------------------------------------------------------------------------------------- stars


def overlapping(count: int, window: int, step: int) -> list[Candidate]:
    """Agents of other names and collections, each like its neighbours in a row."""
    pool = lines(80, count * step + window)
    return [agent(f"c{n:02}", f"n{n:02}", pool[n * step : n * step + window]) for n in range(count)]


def test_nothing_chains(engine: Engine) -> None:
    """Each is like its neighbours and like nobody else."""
    files = overlapping(12, window=20, step=10)
    found = {row["path"]: row["centre"] for row in judged(engine, files)}
    places = {file.path: place for place, file in enumerate(files)}
    assert found
    assert max(Counter(found.values()).values()) <= 3
    assert all(abs(places[path] - places[centre]) <= 1 for path, centre in found.items())


def by_strength(edges: Sequence[Edge], copies: dict[int, int]) -> dict[int, dict[int, float]]:
    """Each key, the strongest first, with the scores of its neighbours."""
    around: dict[int, dict[int, float]] = defaultdict(dict)
    for edge in edges:
        around[edge.a][edge.b] = around[edge.b][edge.a] = edge.score
    strength = {
        key: 1_000_000 * copies[key] + sum(int(score * 1_000_000) * copies[other] for other, score in others.items())
        for key, others in around.items()
    }
    return {key: around[key] for key in sorted(strength, key=lambda key: (-strength[key], key))}


def obvious_stars(edges: Sequence[Edge], copies: dict[int, int]) -> dict[int, tuple[int, float]]:
    """Key -> its centre and the score of their edge, one round after the other."""
    around = by_strength(edges, copies)
    place = {key: rank for rank, key in enumerate(around)}
    free, assigned = set(place), {}
    while free:
        leads = {key for key in free if all(place[key] < place[other] for other in around[key] if other in free)}
        for key in free:
            near = [(-around[key][lead], lead) for lead in leads if lead in around[key]]
            if key in leads:
                assigned[key] = (key, 1.0)
            elif near:
                assigned[key] = (min(near)[1], -min(near)[0])
        free -= assigned.keys()
    return assigned


def rows_of(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in engine.rows(query).to_pylist()]


def obvious_centres(edges: Sequence[Edge], copies: dict[int, int]) -> set[int]:
    """One key after the other: each that no centre is next to becomes one."""
    centres: set[int] = set()
    for key, others in by_strength(edges, copies).items():
        if centres.isdisjoint(others):
            centres.add(key)
    return centres


def mixed(seed: int, count: int) -> list[Candidate]:
    """Agents of a few dozen bodies, edited more or less, under their own or other names, in nine collections."""
    chance = random.Random(seed)
    files = []
    for number in range(count):
        base = chance.randrange(max(1, count // 5))
        pool, rate = lines(1000 + base, 16), chance.choice((0.0, 0.0, 0.1, 0.3, 0.5))
        body = [line if chance.random() >= rate else lines(10_000 + number, 1)[0] for line in pool]
        name = f"role{base}" if chance.random() < 0.8 else f"other{number}"
        files.append(agent(f"c{chance.randrange(9)}", name, body, sub=f"{number}/"))
    return files


@pytest.mark.parametrize("files", [overlapping(25, 24, 4), mixed(1, 120), mixed(2, 60)], ids=["row", "mixed", "few"])
def test_stars_are_those_of_an_obvious_search(engine: Engine, files: list[Candidate]) -> None:
    scan(engine, files, [], False, quiet)
    cluster(engine)
    edges = [Edge(**row) for row in engine.rows("SELECT * FROM edges").to_pylist()]
    copies = dict(rows_of(engine, "SELECT key, copies FROM bodies"))
    assigned = {row[0]: row[1:] for row in rows_of(engine, "SELECT key, centre, score FROM assigned")}
    assert len(edges) > 20
    assert assigned == obvious_stars(edges, copies)
    assert {key for key, (centre, _) in assigned.items() if key == centre} == obvious_centres(edges, copies)


# ---------------------------------------------------------------------------------------------- all pairs


class Body(NamedTuple):
    """One row of what was scanned."""

    key: int
    role: int
    home: int
    shingles: frozenset[int]


def near_pairs(bodies: Sequence[Body]) -> list[Edge]:
    """All pairs of which one was made from the other, told from whole sets."""
    found = (compared(a, b) for a, b in combinations(bodies, 2))
    return [edge for edge in found if edge is not None]


def compared(a: Body, b: Body) -> Edge | None:
    both = len(a.shingles & b.shingles)
    similarity, part = both / len(a.shingles | b.shingles), both / min(len(a.shingles), len(b.shingles))
    found = Shared(*(np.array([each], float) for each in (similarity, part, both, similarity, part)))
    is_edge = is_near(found, np.array([a.role == b.role]), np.array([a.home == b.home]))[0]
    return (
        Edge(min(a.key, b.key), max(a.key, b.key), similarity, similarity, part, a.role == b.role) if is_edge else None
    )


def pairs_within(centre_of: dict[int, int]) -> set[tuple[int, int]]:
    """All pairs of keys that have one centre."""
    return {(a, b) for a, b in combinations(sorted(centre_of), 2) if centre_of[a] == centre_of[b]}


def test_clusters_are_those_that_all_pairs_would_make(engine: Engine) -> None:
    # Of each body one agent, since several would count under all their names.
    texts = {each.data.split(b"---")[-1]: each for each in mixed(3, 150) if each.data}
    scan(engine, list(texts.values()), [], False, quiet)
    cluster(engine)
    bodies = [
        Body(key, role, home, frozenset(np.frombuffer(sketch, "<u4").tolist()))
        for key, role, home, sketch in rows_of(engine, "SELECT key, role, home, sketch FROM agents")
    ]
    near = near_pairs(bodies)
    expected = obviously_left([Placed(body.key, body.home, body.role) for body in bodies], near)
    pairs = set(rows_of(engine, "SELECT a, b FROM edges"))
    assert pairs <= {(edge.a, edge.b) for edge in near}
    assert 60 < len(expected) < len(near)
    centre_of = dict(rows_of(engine, "SELECT key, centre FROM assigned"))
    assert {key for edge in expected for key in (edge.a, edge.b)} == centre_of.keys()
    stars = obvious_stars(expected, {body.key: 1 for body in bodies})
    found, wanted = pairs_within(centre_of), pairs_within({key: centre for key, (centre, _) in stars.items()})
    assert 2 * len(found & wanted) >= 0.9 * (len(found) + len(wanted))


# ---------------------------------------------------------------------------------------------- order


def test_the_order_of_files_and_batches_does_not_matter(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    files = mixed(4, 90)
    expected = judged(engine, files)
    assert len(expected) > 50
    for seed, size in enumerate((1, 7, 1000)):
        monkeypatch.setattr(scanning, "BATCH_FILES", size)
        random.Random(seed).shuffle(files)
        assert judged(engine, files) == expected


def test_other_processes_find_the_same(engine: Engine) -> None:
    files = mixed(5, 60)
    expected = judged(engine, files)
    several = EmbeddedEngine(1 << 30, Workers(2))
    try:
        assert judged(several, files[::-1]) == expected
    finally:
        several.close()


def test_an_engine_may_be_used_again(engine: Engine) -> None:
    files = mixed(6, 30)
    expected = judged(engine, files)
    for _ in range(3):
        assert judged(engine, mixed(7, 20)) != expected
        assert judged(engine, files) == expected


def test_a_floor_brings_nothing_back(engine: Engine) -> None:
    """The namesake below the floor is the counterpart all the same, so the sibling is none."""
    one = lines(700, 40)
    files = [
        agent("x", "a", one),
        agent("y", "a", one[:24] + lines(701, 16)),
        agent("y", "b", one[:33] + lines(702, 7)),
    ]
    assert together(engine, files) == groups("x/a y/a")
    assert judged(engine, files, ClusterOptions(min_similarity=0.5)) == []


@pytest.mark.parametrize(("floor", "is_found"), [(0.0, True), (0.4, True), (0.9, False), (1.0, False)])
def test_the_floor_is_that_of_the_similarity(engine: Engine, floor: float, is_found: bool) -> None:
    files = [agent("x", "a", OWN[0]), agent("y", "a", OWN[0][:14] + OWN[1][:6])]
    found = judged(engine, files, ClusterOptions(min_similarity=floor))
    assert len(found) == (2 if is_found else 0)
    assert all(row["similarity"] >= floor for row in found)
