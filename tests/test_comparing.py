"""Sketches in batches, against sets and counts that are slow and obvious."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdiff import comparing
from agentdiff.comparing import (
    BOILERPLATE_LEAST,
    BOILERPLATE_SHARE,
    CONTAINED_SHINGLES,
    KEY_SHINGLES,
    LEAST_LEFT,
    MARK,
    STRICT_BANDS,
    STRICT_ROWS,
    Shared,
    Side,
    shared,
    shared_with_one,
    sketches_in,
)
from agentdiff.diff import diff
from agentdiff.fingerprint import fingerprint
from agentdiff.formats import parse_all
from agentdiff.formats.reading import glances, open_text
from agentdiff.model import Verdict

LAST = 0xFFFFFFFF
CHANCE = random.Random(5)
HASHES = [0, *sorted(CHANCE.sample(range(1, 1 << 31), 78)), (1 << 31) - 1]
"""Of 31 bits, the lowest and the highest among them; as hashes they are doubled, which leaves the lowest bit free."""


class Sketch(NamedTuple):
    """A set of hashes, of which the lowest are kept, and those of them that carry a mark."""

    all: frozenset[int]
    size: int
    marked: frozenset[int]

    @property
    def kept(self) -> list[int]:
        return sorted(self.all)[: self.size]

    @property
    def end(self) -> int:
        return LAST if len(self.all) <= self.size else self.kept[-1] | MARK

    @property
    def blob(self) -> bytes:
        return blob_of(each | (each in self.marked) for each in self.kept)


def subset(bits: int) -> frozenset[int]:
    return frozenset(2 * each for place, each in enumerate(HASHES) if bits >> place & 1)


MASKS = st.integers(0, (1 << len(HASHES)) - 1)
SUBSETS = st.builds(lambda one, other: subset(one & other), MASKS, st.one_of(MASKS, st.just(-1)))
SKETCHES = st.builds(
    lambda all, size, marked: Sketch(all, size, all if marked is None else marked & all),
    SUBSETS,
    st.sampled_from([5, 20, 80]),
    st.one_of(st.none(), SUBSETS),
)


def blob_of(hashes: Any) -> bytes:
    return np.array(sorted(hashes), "<u4").tobytes()


def blobs(rows: Sequence[bytes]) -> pa.Array:
    return pa.array(rows, pa.binary())


def batch_of(**columns: Sequence[Any]) -> pa.RecordBatch:
    """Columns of blobs where the name says so, else of numbers."""
    arrays = [blobs(rows) if name.endswith(("sketch", "lines")) else pa.array(rows) for name, rows in columns.items()]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def hashes_in(blob: bytes) -> list[int]:
    return np.frombuffer(blob, "<u4").tolist()  # type: ignore[no-any-return]


# ---------------------------------------------------------------------------------------------- sketches


@pytest.mark.parametrize("rows", [[], [b""], [b"", b""], [[2, 4], [], [6]], [[], [8], []]])
def test_sketches_of_a_column(rows: list[Any]) -> None:
    lists = [list(row) for row in rows]
    found = sketches_in(blobs([blob_of(row) for row in lists]))
    assert found.hashes.tolist() == [each for row in lists for each in row]
    assert found.rows.tolist() == [number for number, row in enumerate(lists) for _ in row]
    assert found.lengths.tolist() == [len(row) for row in lists]
    assert found.places().tolist() == [place for row in lists for place in range(len(row))]


def test_sketches_of_a_part_of_a_column() -> None:
    column = blobs([blob_of(row) for row in ([2], [4, 6], [], [8, 10, 12], [14])])
    found = sketches_in(column.slice(1, 3))
    assert found.hashes.tolist() == [4, 6, 8, 10, 12]
    assert found.starts.tolist() == [0, 2, 2, 5]
    assert sketches_in(column.slice(5)).starts.tolist() == [0]


# ---------------------------------------------------------------------------------------------- pairs


def side(rows: Sequence[Sketch]) -> Side:
    found = sketches_in(blobs([row.blob for row in rows]))
    return Side(found, comparing.ends_of(found, np.array([len(row.all) for row in rows])))


def obviously_shared(a: Sketch, b: Sketch) -> tuple[float, ...]:
    end = min(a.end, b.end)
    told = [{each for each in row.kept if each <= end} for row in (a, b)]
    own = [part & row.marked for part, row in zip(told, (a, b), strict=True)]
    scale = (LAST + 1) / (end + 1)
    return (*shares(*own), len(own[0] & own[1]) * scale, *shares(*told))


def shares(one: set[int], other: set[int]) -> tuple[float, float]:
    both = len(one & other)
    return both / max(1, len(one | other)), both / max(1, min(len(one), len(other)))


@settings(max_examples=40)
@given(st.lists(st.tuples(SKETCHES, SKETCHES), min_size=1, max_size=6))
def test_shares_are_those_of_sets(pairs: list[tuple[Sketch, Sketch]]) -> None:
    found = shared(*(side(rows) for rows in zip(*pairs, strict=True)))
    for row, pair in enumerate(pairs):
        assert tuple(column[row] for column in found) == pytest.approx(obviously_shared(*pair))


@settings(max_examples=40)
@given(SKETCHES, SKETCHES)
def test_sides_may_be_swapped(a: Sketch, b: Sketch) -> None:
    one, other = shared(side([a]), side([b])), shared(side([b]), side([a]))
    assert [column.tolist() for column in one] == [column.tolist() for column in other]


@settings(max_examples=60)
@given(SKETCHES, st.lists(SKETCHES, min_size=1, max_size=6))
def test_one_beside_many_is_the_same(one: Sketch, others: list[Sketch]) -> None:
    repeated, found = shared(side([one] * len(others)), side(others)), shared_with_one(side([one]), side(others))
    assert [column.tolist() for column in found] == [column.tolist() for column in repeated]


@pytest.mark.parametrize("similarity", [0.1, 0.3, 0.6, 0.9])
def test_long_texts_are_estimated_well(similarity: float) -> None:
    """Of 6,000 shingles 512 are kept: the mean of forty pairs is right to a hundredth."""
    chance = np.random.default_rng(7)
    common = round(6000 * 2 * similarity / (1 + similarity))
    rows: tuple[list[Sketch], list[Sketch]] = ([], [])
    for _ in range(40):
        drawn = (chance.integers(0, 1 << 31, 12_000 - common) * 2).tolist()
        for part, row in zip((drawn[:6000], drawn[-6000:]), rows, strict=True):
            row.append(Sketch(frozenset(part), 512, frozenset(part)))
    found = shared(side(rows[0]), side(rows[1]))
    assert found.similarity.mean() == pytest.approx(similarity, abs=0.01)
    assert abs(found.similarity - similarity).max() < 0.11
    assert found.containment.mean() == pytest.approx(common / 6000, abs=0.015)
    assert found.own_common.mean() == pytest.approx(common, rel=0.03)


# (own, own_contained, own_common, similarity, containment), same name, same home -> near
SAME, OTHER = True, False
NEAR: dict[str, tuple[tuple[float, ...], bool, bool, bool]] = {
    "a name and a tenth": ((0.10, 0.2, 20, 0.1, 0.2), SAME, OTHER, True),
    "a name and less": ((0.09, 0.2, 20, 0.5, 0.9), SAME, OTHER, False),
    "a name within one collection": ((0.20, 0.4, 20, 0.2, 0.4), SAME, SAME, True),
    "a name within one collection and less": ((0.19, 0.4, 20, 0.19, 0.4), SAME, SAME, False),
    "another name": ((0.45, 0.6, 20, 0.45, 0.6), OTHER, OTHER, True),
    "another name and less": ((0.44, 0.6, 20, 0.8, 0.9), OTHER, OTHER, False),
    "another name within one collection": ((0.80, 0.9, 900, 0.89, 0.95), OTHER, SAME, False),
    "a copy of another name within one collection": ((0.80, 0.9, 900, 0.90, 0.95), OTHER, SAME, True),
    "a template of a name": ((0.00, 0.0, 0, 0.60, 0.8), SAME, OTHER, True),
    "less of a template": ((0.00, 0.0, 0, 0.59, 0.8), SAME, OTHER, False),
    "a template of another name": ((0.00, 0.0, 0, 0.95, 0.99), OTHER, OTHER, False),
    "a part of a name": ((0.05, 0.6, 60, 0.05, 0.6), SAME, OTHER, True),
    "less of a part": ((0.05, 0.59, 60, 0.05, 0.6), SAME, OTHER, False),
    "too small a part": ((0.05, 0.9, CONTAINED_SHINGLES - 1, 0.05, 0.9), SAME, OTHER, False),
    "a part of another name": ((0.05, 0.85, 60, 0.05, 0.9), OTHER, OTHER, True),
    "less of a part of another name": ((0.05, 0.84, 60, 0.05, 0.9), OTHER, OTHER, False),
    "a part of another name within one collection": ((0.05, 0.99, 600, 0.05, 0.9), OTHER, SAME, False),
    "nothing": ((0.0, 0.0, 0, 0.0, 0.0), SAME, SAME, False),
}


@pytest.mark.parametrize(("shares_", "has_same_name", "has_same_home", "is_near"), NEAR.values(), ids=NEAR.keys())
def test_what_is_near(shares_: tuple[float, ...], has_same_name: bool, has_same_home: bool, is_near: bool) -> None:
    found = Shared(*(np.array([each], float) for each in shares_))
    told = comparing.is_near(found, np.array([has_same_name]), np.array([has_same_home]))
    assert told.tolist() == [is_near]


def pair(names: str, homes: str, is_marked: bool, common: int = 70, apart: int = 30) -> pa.RecordBatch:
    """Two bodies with shingles in common; names and homes as `low high/low high` letters, one for each end."""
    sides = [range(0, 2 * (common + apart), 2), [*range(0, 2 * common, 2), *range(10_000, 10_000 + 2 * apart, 2)]]
    columns: dict[str, list[Any]] = {"a": [1], "b": [2]}
    for letter, hashes, own_names, own_homes in zip("ab", sides, names.split("/"), homes.split("/"), strict=True):
        columns[f"{letter}_shingles"] = [len(hashes)]
        columns[f"{letter}_sketch"] = [blob_of(each | is_marked for each in hashes)]
        for kind, ends in (("role", own_names), ("home", own_homes)):
            columns |= {f"{letter}_{end}_{kind}": [ord(each)] for end, each in zip(("low", "high"), ends, strict=True)}
    return batch_of(**columns)


@pytest.mark.parametrize(
    ("names", "homes", "is_edge", "is_same_name"),
    [
        ("aa/aa", "xx/yy", True, True),
        ("aa/bb", "xx/yy", True, False),
        ("aa/bb", "xx/xx", False, False),
        ("aa/aa", "xx/xx", True, True),
        ("ac/bc", "xx/xx", True, True),
        ("ac/ab", "xx/xx", True, True),
        ("ab/bc", "xx/yy", True, True),
        ("ac/bb", "xx/yy", True, False),
        ("ac/bb", "xx/xx", False, False),
        ("aa/bb", "xy/xx", True, False),
        ("aa/bb", "xx/xy", True, False),
        ("aa/bb", "xy/xy", True, False),
    ],
)
def test_names_and_collections_of_bodies_that_several_agents_have(
    names: str, homes: str, is_edge: bool, is_same_name: bool
) -> None:
    found = comparing.near_edges(pair(names, homes, is_marked=True)).to_pylist()
    expected = {"a": 1, "b": 2, "score": 70 / 130, "similarity": 70 / 130, "containment": 0.7}
    assert found == ([pytest.approx(expected | {"is_same_name": is_same_name})] if is_edge else [])


# Of 100 shingles each: the share of the union is common / (200 - common).
@pytest.mark.parametrize(
    ("names", "homes", "common", "is_edge"),
    [
        ("aa/aa", "xx/yy", 19, True),
        ("aa/aa", "xx/yy", 18, False),
        ("aa/aa", "xx/xx", 34, True),
        ("aa/aa", "xx/xx", 33, False),
        ("aa/bb", "xx/yy", 63, True),
        ("aa/bb", "xx/yy", 62, False),
        ("aa/bb", "xx/xx", 95, True),
        ("aa/bb", "xx/xx", 94, False),
    ],
)
def test_near_edges_need_more_where_names_tell_them_apart(names: str, homes: str, common: int, is_edge: bool) -> None:
    batch = pair(names, homes, is_marked=True, common=common, apart=100 - common)
    assert comparing.near_edges(batch).num_rows == is_edge


@pytest.mark.parametrize(
    ("names", "common", "is_edge"),
    [("aa/aa", 75, True), ("aa/aa", 74, False), ("aa/bb", 94, False), ("aa/bb", 95, True)],
)
def test_strict_edges_need_most_of_the_wording(names: str, common: int, is_edge: bool) -> None:
    batch = pair(names, "xx/yy", is_marked=False, common=common, apart=100 - common)
    found = comparing.strict_edges(batch)
    assert found.column("is_same_name").to_pylist() == [names == "aa/aa"] * is_edge


# ---------------------------------------------------------------------------------------------- marks

MARKS = {
    # sketch, boilerplate -> marked
    "nothing is boilerplate": ([2, 4, 6], [], [3, 5, 7]),
    "some is": ([2, 4, 6], [4], [3, 4, 7]),
    "what others have is none": ([2, 4, 6], [8], [3, 5, 7]),
    "all of it is": ([2, 4, 6], [2, 4, 6], [3, 5, 7]),
    "a tenth is left": (range(0, 20, 2), range(2, 20, 2), [1, *range(2, 20, 2)]),
    "less is left": (range(0, 22, 2), range(2, 22, 2), range(1, 23, 2)),
    "empty": ([], [2], []),
}


@pytest.mark.parametrize(("sketch", "boilerplate", "expected"), MARKS.values(), ids=MARKS.keys())
def test_marks(sketch: Sequence[int], boilerplate: Sequence[int], expected: Sequence[int]) -> None:
    other = list(range(100, 150, 2))
    batch = batch_of(key=[7, 8], sketch=[blob_of(sketch), blob_of(other)], shingles=[len(sketch), 25])
    found = comparing.marked(batch, np.array(boilerplate, "<u4")).to_pylist()
    assert [hashes_in(row.pop("sketch")) for row in found] == [list(expected), [each | MARK for each in other]]
    assert found == [{"key": 7, "shingles": len(sketch)}, {"key": 8, "shingles": 25}]


@settings(max_examples=40)
@given(st.lists(SKETCHES, min_size=1, max_size=5), SUBSETS)
def test_marks_are_those_of_sets(rows: list[Sketch], boilerplate: frozenset[int]) -> None:
    common = np.array(sorted(boilerplate), "<u4")
    batch = batch_of(key=list(range(len(rows))), sketch=[blob_of(row.kept) for row in rows])
    for row, found in zip(rows, comparing.marked(batch, common).column("sketch").to_pylist(), strict=True):
        own = set(row.kept) - set(common.tolist())
        if len(own) < LEAST_LEFT * len(row.kept):
            own = set(row.kept)
        assert hashes_in(found) == [each | (each in own) for each in row.kept]


# ---------------------------------------------------------------------------------------------- boilerplate


@settings(max_examples=40)
@given(st.lists(st.tuples(SKETCHES, st.integers(1, 6)), min_size=1, max_size=14), SUBSETS)
def test_boilerplate_is_what_an_obvious_count_finds(rows: list[tuple[Sketch, int]], template: frozenset[int]) -> None:
    shown = [(row._replace(all=row.all | template), role) for row, role in rows]
    batch = batch_of(
        home=[1] * len(shown),
        role=[role for _, role in shown],
        shingles=[len(row.all) for row, _ in shown],
        sketch=[blob_of(row.kept) for row, _ in shown],
    )
    found = comparing.boilerplate_of_collection(batch).column("hash").to_pylist()
    assert found == sorted(each for each in {2 * each for each in HASHES} if is_boilerplate(each, shown))


def is_boilerplate(number: int, rows: Sequence[tuple[Sketch, int]]) -> bool:
    count = len({role for row, role in rows if number in row.kept})
    observed = sum(number <= row.end for row, _ in rows)
    return count > max(BOILERPLATE_LEAST, BOILERPLATE_SHARE * observed)


@pytest.mark.parametrize(
    ("roles", "is_found"), [([1, 2, 3, 4], True), ([1, 2, 3], False), ([1, 2, 3, 3], False), ([5] * 16, False)]
)
def test_only_different_names_make_boilerplate(roles: list[int], is_found: bool) -> None:
    size = len(roles)
    batch = batch_of(home=[1] * size, role=roles, shingles=[1] * size, sketch=[blob_of([8])] * size)
    assert comparing.boilerplate_of_collection(batch).num_rows == is_found


# ---------------------------------------------------------------------------------------------- keys and bands


@settings(max_examples=40)
@given(st.lists(SKETCHES, min_size=1, max_size=5), SUBSETS)
def test_keys_are_the_lowest_rare_shingles(rows: list[Sketch], common: frozenset[int]) -> None:
    drawn = np.array(sorted(common), "<u4")
    found = comparing.key_shingles(sketches_in(blobs([row.blob for row in rows])), drawn)
    expected = []
    for row in rows:
        rare = [each for each in row.kept if each in row.marked and each not in common][:KEY_SHINGLES]
        expected += [each in rare for each in row.kept]
    assert found.tolist() == expected


def test_bands_of_keys_are_the_shingles_without_marks() -> None:
    rows = batch_of(key=[70, 80], copies=[1, 2], sketch=[blob_of([3, 4, 7, 9]), blob_of([7])])
    found = comparing.key_bands(rows, np.array([8], "<u4"))
    assert [(row["band"], row["key"]) for row in found.to_pylist()] == [(2, 70), (6, 70), (6, 80)]


Bands = Callable[[pa.RecordBatch], pa.RecordBatch]


def key_bands(batch: pa.RecordBatch) -> pa.RecordBatch:
    return comparing.key_bands(batch, np.zeros(0, "<u4"))


@pytest.mark.parametrize("bands", [comparing.strict_bands, key_bands])
def test_bands_do_not_depend_on_batches(bands: Bands) -> None:
    chance = random.Random(3)
    rows = [blob_of({chance.randrange(1 << 31) * 2 | MARK for _ in range(chance.randrange(200))}) for _ in range(30)]
    batch = batch_of(key=list(range(-15, 15)), copies=[1] * 30, sketch=rows)
    whole = sorted(tuple(row.values()) for row in bands(batch).to_pylist())
    for size in (1, 7):
        parts = [bands(batch.slice(start, size)) for start in range(0, 30, size)]
        assert sorted(tuple(row.values()) for part in parts for row in part.to_pylist()) == whole


@pytest.mark.parametrize("bands", [comparing.strict_bands, key_bands])
def test_what_has_no_shingles_has_no_band(bands: Bands) -> None:
    assert bands(batch_of(key=[1], copies=[1], sketch=[b""])).num_rows == 0
    assert bands(batch_of(key=[1], copies=[1], sketch=[b""]).slice(1)).num_rows == 0


@pytest.mark.parametrize("size", [400, 2000])
@pytest.mark.parametrize("similarity", [1.0, 0.9, 0.8, 0.7, 0.6, 0.4, 0.2, 0.0])
def test_strict_bands_find_what_is_similar(similarity: float, size: int) -> None:
    """As many of 200 pairs share a band as their similarity promises, five standard deviations aside."""
    chance = np.random.default_rng(11)
    common = round(size * 2 * similarity / (1 + similarity))
    rows, keys = [], []
    for number in range(200):
        drawn = chance.integers(0, 1 << 31, 2 * size - common) * 2
        rows += [np.sort(part)[:512].astype("<u4").tobytes() for part in (drawn[:size], drawn[-size:])]
        keys += [2 * number, 2 * number + 1]
    found = comparing.strict_bands(batch_of(key=keys, copies=[1] * len(keys), sketch=rows)).to_pylist()
    bands: dict[int, set[int]] = {}
    for row in found:
        bands.setdefault(row["band"], set()).add(row["key"])
    together = {tuple(sorted(keys)) for keys in bands.values() if len(keys) > 1}
    assert all(one ^ 1 == other for one, other in together)
    share: float = 1 - (1 - similarity**STRICT_ROWS) ** STRICT_BANDS
    assert abs(len(together) - 200 * share) <= 5 * (200 * share * (1 - share)) ** 0.5 + 1


# ---------------------------------------------------------------------------------------------- verdicts

HEAD = "---\nname: pruner\ndescription: Prunes roses in winter\n---\n\n"
LINES = [
    "- Cut the old wood above the third bud\n",
    "- Burn what is ill and never compost it\n",
    "- Clean the shears with alcohol between two bushes\n",
    "- Write down the date of every cut\n",
    "- Ask the owner before a bush is removed\n",
]
BODY = "# Pruner\n\n" + "".join(LINES)
MORE = "- Feed each bush after the cut with compost\n"
NUMBERED = "# Pruner\n\n" + "".join(f"{number}. {line[2:]}" for number, line in enumerate(LINES, 1))
AGENT = HEAD + BODY

VERDICTS = {
    "the same": (AGENT, AGENT, Verdict.IDENTICAL),
    "other bullets": (AGENT, AGENT.replace("- ", "* "), Verdict.EQUIVALENT),
    "numbers": (AGENT, HEAD + NUMBERED, Verdict.EQUIVALENT),
    "numbers of some size": (HEAD + NUMBERED, HEAD + NUMBERED.replace("1.", "7."), Verdict.EQUIVALENT),
    "line endings": (AGENT, AGENT.replace("\n", "\r\n"), Verdict.EQUIVALENT),
    "empty lines": (AGENT, AGENT.replace("\n- ", "\n\n- "), Verdict.EQUIVALENT),
    "wrapped": (AGENT, AGENT.replace("ill and", "ill\n  and"), Verdict.EQUIVALENT),
    "case": (AGENT, AGENT.replace("never", "NEVER"), Verdict.EQUIVALENT),
    "a full stop": (AGENT, AGENT.replace("bud\n", "bud.\n"), Verdict.EQUIVALENT),
    "another order": (AGENT, HEAD + "# Pruner\n\n" + "".join(LINES[::-1]), Verdict.EQUIVALENT),
    "another description": (AGENT, AGENT.replace("winter", "spring"), Verdict.FIELDS_ONLY),
    "another field": (AGENT, AGENT.replace("---\n\n", "model: opus\n---\n\n"), Verdict.FIELDS_ONLY),
    "a line more": (AGENT, AGENT + MORE, Verdict.SUPERSET),
    "a line less": (AGENT + MORE, AGENT, Verdict.SUBSET),
    "a line in the middle": (AGENT, AGENT.replace(LINES[2], LINES[2] + MORE), Verdict.SUPERSET),
    "other words": (AGENT, AGENT.replace("third", "second").replace("every", "each"), Verdict.DRIFT),
    "one word": (AGENT, AGENT.replace("third", "second"), Verdict.DRIFT),
    "the opposite": (AGENT, AGENT.replace("never", "always"), Verdict.DRIFT),
    "a line replaced": (AGENT, AGENT.replace(LINES[4], MORE), Verdict.DRIFT),
}
# Here the lines alone say something else than the diff, which looks into fields and counts lines that come twice.
LESS_IS_KNOWN = {
    "fields in another order": (
        AGENT,
        AGENT.replace("name: pruner\n", "").replace("---\n\n", "name: pruner\n---\n\n"),
        Verdict.FIELDS_ONLY,
        Verdict.EQUIVALENT,
    ),
    "a line more and other fields": (AGENT, AGENT.replace("winter", "spring") + MORE, Verdict.SUPERSET, Verdict.DRIFT),
    "a line less and other fields": (AGENT + MORE, AGENT.replace("winter", "spring"), Verdict.SUBSET, Verdict.DRIFT),
    "a line twice": (AGENT, AGENT + LINES[0], Verdict.EQUIVALENT, Verdict.SUPERSET),
}
PATH = "garden/agents/pruner.md"


def row_of(text: str) -> dict[str, Any]:
    seen = fingerprint(glances(open_text(text, PATH), PATH)[0])
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"file": digest, "text_key": seen.text_key, "head_key": seen.head_key, "key": seen.key, "lines": seen.lines}


def judged(pairs: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    columns: dict[str, list[Any]] = {
        "agent": list(range(len(pairs))),
        "centre": [99] * len(pairs),
        "is_centre": [False] * len(pairs),
        "similarity": [0.5] * len(pairs),
        "containment": [0.75] * len(pairs),
    }
    for prefix, texts in zip(("centre_", ""), zip(*pairs, strict=True), strict=True):
        rows = [row_of(text) for text in texts]
        columns |= {prefix + name: [row[name] for row in rows] for name in rows[0]}
    return comparing.judged(batch_of(**columns)).to_pylist()  # type: ignore[no-any-return]


def verdict_of_diff(old: str, new: str) -> Verdict:
    return diff(parse_all(old, PATH)[0], parse_all(new, PATH)[0]).verdict


@pytest.mark.parametrize(("old", "new", "verdict"), VERDICTS.values(), ids=VERDICTS.keys())
def test_verdicts_are_those_of_a_diff(old: str, new: str, verdict: Verdict) -> None:
    assert verdict_of_diff(old, new) == verdict
    assert judged([(old, new)])[0]["verdict"] == verdict


@pytest.mark.parametrize(("old", "new", "verdict", "other"), LESS_IS_KNOWN.values(), ids=LESS_IS_KNOWN.keys())
def test_verdicts_that_lines_alone_cannot_tell(old: str, new: str, verdict: Verdict, other: Verdict) -> None:
    assert verdict_of_diff(old, new) == other
    assert judged([(old, new)])[0]["verdict"] == verdict


def test_verdicts_of_many_are_those_of_each() -> None:
    rows = list(VERDICTS.values())
    found = judged([(old, new) for old, new, _ in rows])
    assert [row.pop("verdict") for row in found] == [verdict.value for _, _, verdict in rows]
    assert found == [
        {"agent": number, "centre": 99, "is_centre": False, "similarity": 0.5, "containment": 0.75}
        for number in range(len(rows))
    ]
