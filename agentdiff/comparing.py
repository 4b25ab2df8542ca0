"""Fingerprints in batches of rows: bands that candidates share, boilerplate, and how two sketches compare.

Every function here takes and gives Arrow batches, so that the same code runs in this process, in worker processes and
on the machines of a cluster. Rows come in any order and any batches; no result depends on either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentdiff.columns import batch_of, column_of, numbers_in
from agentdiff.fingerprint import finished
from agentdiff.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from agentdiff.fingerprint import Hashes

# ---------------------------------------------------------------------------------------------- what is measured

STRICT_BANDS, STRICT_ROWS = 12, 6
"""Bands for texts that share most of their wording as they are: of pairs with a similarity of 0.8 97 % share a band, of
0.4 5 %."""
STRICT_SIMILARITY = 0.6
"""From here on two texts of one name are taken for the same when boilerplate is counted."""
COPY_SIMILARITY = 0.9
"""Likewise whatever their names, and the least for two agents of one collection that are called differently: there a
template of nine tenths is more common than a copy under another name."""

KEY_SHINGLES = 32
"""Shingles by which candidates find each other, each alone. Of two texts that have a tenth of their union in common,
which is 18 % of each, six are expected to be the same."""

SHARED_KEYS = 2
"""Of which candidates share at least so many: of pairs that share one, 6 % are near, of those that share six 98 %
(10,000 files of shared/bench/duplicates/make_set.py, seed 1)."""

SAME_NAME_SIMILARITY = 0.10
"""Least share of wording, boilerplate aside, of two agents of one name in two collections of which one was made from
the other."""
SAME_NAME_TWICE_SIMILARITY = 0.20
"""Likewise of one name twice in one collection, which has reasons to tell them apart."""
OTHER_NAME_SIMILARITY = 0.45
"""Likewise of two names. Among 2,991 public files renamed copies have 0.70 and more. Between 0.2 and this lay three
pairs: siblings by a template too rare to be seen as one (0.34 and 0.42), and a rewritten agent (0.23)."""
CONTAINED, CONTAINED_OTHER_NAME = 0.6, 0.85
"""One that has this share of its wording from a longer one was made from it, however much the longer one adds; a page
that quotes an agent of another name says more about it ..."""
CONTAINED_SHINGLES = 60
"""... if that is at least so many shingles: some ten lines."""

BOILERPLATE_REPRESENTATIVES = 8
"""A collection of fewer different agents says nothing of its template."""
BOILERPLATE_SAMPLE = 128
"""Representatives of a collection that are looked at."""
BOILERPLATE_LEAST, BOILERPLATE_SHARE = 3, 0.25
"""A shingle is boilerplate of a collection if more than so many, and more than this share, have it."""
EVERYWHERE_SAMPLE = 16384
"""Representatives of all collections that are looked at together."""
EVERYWHERE_LEAST, EVERYWHERE_SHARE = 8, 0.002
"""A shingle is boilerplate whatever the collection if more than so many, and more than this share, of them have it."""
COMMON_LEAST, COMMON_SHARE = 4, 0.0005
"""A shingle in more of them than this is no key: its bucket would join what has nothing else in common."""
LEAST_LEFT = 0.1
"""An agent of which boilerplate leaves less than this share keeps all of it."""

PAIRS_AT_ONCE = 250
"""Whose sketches fit into the caches of a processor: a third faster than 2,000."""
MANY_BITS, FEW_BITS = 22, 16
"""First bits of a hash that tell most of those that are not in a set: of boilerplate, where a table of four megabytes
saves more than half of the time, and of one sketch."""

_LAST = 0xFFFFFFFF
MARK = 1
"""The bit of a hash in a marked sketch that is set where the shingle is no boilerplate."""


# ---------------------------------------------------------------------------------------------- sketches


class Sketches(NamedTuple):
    """All sketches of a batch in one array, so that one operation sees to all of them."""

    hashes: NDArray[np.uint32]
    """Of all rows one after the other, ascending within each."""
    rows: NDArray[np.intp]
    """The row of each hash."""
    starts: NDArray[np.intp]
    """Where each row begins, and where the last one ends."""

    @property
    def lengths(self) -> NDArray[np.intp]:
        """How many hashes each row has."""
        return self.starts[1:] - self.starts[:-1]

    def places(self) -> NDArray[np.intp]:
        """The place of each hash in its row, from 0."""
        import numpy as np

        return np.arange(len(self.hashes)) - self.starts[self.rows]


def sketches_in(column: pa.Array) -> Sketches:
    """The numbers of 32 bits in a column of blobs."""
    import numpy as np

    hashes, starts = _flat(column, "<u4")
    rows = np.repeat(np.arange(len(column)), starts[1:] - starts[:-1])
    return Sketches(hashes, rows, starts)


def _flat(column: pa.Array, kind: str) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """What the blobs of a column hold, one after the other, and where each begins."""
    import numpy as np

    offsets = np.frombuffer(column.buffers()[1], "<i4")[column.offset : column.offset + len(column) + 1]
    data = column.buffers()[2]
    if data is None or not len(column):
        return np.zeros(0, kind), np.zeros(len(column) + 1, np.intp)
    held = np.frombuffer(data, "u1")[offsets[0] : offsets[-1]].view(kind)
    return held, (offsets - offsets[0]).astype(np.intp) // held.itemsize


# ---------------------------------------------------------------------------------------------- bands


def strict_bands(batch: pa.RecordBatch) -> pa.RecordBatch:
    """`key, copies, sketch` -> `band, key, rank`: rows that share a band are likely to share most of their wording.

    One-permutation MinHash (Li, Owen and Zhang, NIPS 2012): each hash falls into the bin that its remainder names, and
    of each bin the lowest is taken, which a bottom-k sketch of this size still has.
    """
    import numpy as np

    bins = STRICT_BANDS * STRICT_ROWS
    sketches = sketches_in(batch.column("sketch"))
    signatures = np.zeros((batch.num_rows, bins), np.uint64)
    # From the last to the first, so that the lowest of each bin is what stays.
    hashes = sketches.hashes[::-1]
    # All hashes are even: their remainders would leave every other bin empty.
    places = (hashes >> np.uint32(1)) % np.uint32(bins)
    signatures[sketches.rows[::-1], places] = hashes.astype(np.uint64) + np.uint64(1)
    by_band = signatures.reshape(batch.num_rows, STRICT_BANDS, STRICT_ROWS)
    mixed = np.zeros(by_band.shape[:2], np.uint64) + np.arange(STRICT_BANDS, dtype=np.uint64)
    for offset in range(STRICT_ROWS):
        mixed = finished(mixed + by_band[:, :, offset])
    is_filled = by_band.any(axis=2)
    return _band_rows(batch, mixed[is_filled], np.nonzero(is_filled)[0])


def key_bands(batch: pa.RecordBatch, common: Hashes) -> pa.RecordBatch:
    """`key, copies, sketch` with marks -> `band, key, rank`: by the lowest shingles that say something of their own."""
    import numpy as np

    sketches = sketches_in(batch.column("sketch"))
    is_key = key_shingles(sketches, common)
    bands = sketches.hashes[is_key] & ~np.uint32(MARK)
    return _band_rows(batch, bands.astype(np.uint64), sketches.rows[is_key])


def key_shingles(sketches: Sketches, common: Hashes) -> NDArray[np.bool_]:
    """For each hash with marks whether its row can be found by it: the lowest neither boilerplate nor common."""
    import numpy as np

    is_own = (sketches.hashes & np.uint32(MARK)).astype(bool)
    is_rare = is_own & ~is_among(sketches.hashes & ~np.uint32(MARK), common)
    # How many rare ones stand before each in its row.
    before = np.concatenate(([0], np.cumsum(is_rare)))
    return is_rare & (before[:-1] - before[sketches.starts[sketches.rows]] < KEY_SHINGLES)


def _band_rows(batch: pa.RecordBatch, bands: NDArray[np.uint64], rows: NDArray[np.intp]) -> pa.RecordBatch:
    keys = _numbers(batch, "key")
    columns = [bands.view("<i8"), keys[rows], ranks_in_buckets(keys, _numbers(batch, "copies"))[rows]]
    return batch_of(columns, band_schema())


def ranks_in_buckets(keys: NDArray[np.int64], copies: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each key its rank: the lowest of a bucket is the centre of the bucket.

    That is the text with most copies, else whichever chance has chosen, but always the same one: so the members of a
    cluster meet in few pairs. Two that are not alike share few buckets, so a centre that is none for some does not
    stand in their way.
    """
    import numpy as np

    chance = (finished(keys.view(np.uint64)) >> np.uint64(24)).view(np.int64)
    return chance - (np.minimum(copies, 1 << 20) << 40)


def band_schema() -> pa.Schema:
    """Of `strict_bands` and `key_bands`."""
    import pyarrow as pa

    return pa.schema([("band", pa.int64()), ("key", pa.int64()), ("rank", pa.int64())])


# ---------------------------------------------------------------------------------------------- boilerplate


def is_among(hashes: Hashes, ascending: Hashes) -> NDArray[np.bool_]:
    """For each hash whether it is one of those in an ascending array."""
    import numpy as np

    if not len(ascending):
        return np.zeros(len(hashes), bool)
    if len(hashes) < len(ascending):  # too few to be worth a table
        return _looked_up(hashes, ascending)
    is_found = _may_be_among(hashes, ascending, MANY_BITS)
    is_found[is_found] = _looked_up(hashes[is_found], ascending)
    return is_found


def _may_be_among(hashes: Hashes, others: Hashes, bits: int) -> NDArray[np.bool_]:
    """For each hash whether one of the others begins with the same bits: few have to be looked up."""
    import numpy as np

    beginnings, shift = np.zeros(1 << bits, bool), np.uint32(32 - bits)
    beginnings[others >> shift] = True
    return beginnings[hashes >> shift]  # type: ignore[no-any-return]


def _looked_up(hashes: Hashes, ascending: Hashes) -> NDArray[np.bool_]:
    import numpy as np

    places = np.searchsorted(ascending, hashes)
    places[places == len(ascending)] = 0
    return ascending[places] == hashes  # type: ignore[no-any-return]


def boilerplate_of_collection(batch: pa.RecordBatch) -> pa.RecordBatch:
    """All rows `home, role, shingles, sketch` of one collection -> `hash`, each that is boilerplate there."""
    import numpy as np

    seen, counts, observed = shared_hashes(batch)
    floors = np.maximum(BOILERPLATE_LEAST, BOILERPLATE_SHARE * observed)
    return batch_of([seen[counts > floors]], hash_schema())


def hash_schema() -> pa.Schema:
    """Of `boilerplate_of_collection`."""
    import pyarrow as pa

    return pa.schema([("hash", pa.int64())])


def shared_hashes(batch: pa.RecordBatch) -> tuple[Hashes, NDArray[np.int64], NDArray[np.int64]]:
    """The hashes that representatives of two names or more have, how many names have each, and how many rows could.

    A long text keeps only its lowest shingles, so it says nothing of higher ones.
    """
    import numpy as np

    sketches = sketches_in(batch.column("sketch"))
    roles = np.unique(_numbers(batch, "role"), return_inverse=True)[1].astype(np.uint64)
    pairs = np.sort((sketches.hashes.astype(np.uint64) << np.uint64(32)) | roles[sketches.rows])
    hashes = (pairs[_changes(pairs)] >> np.uint64(32)).astype("<u4")
    firsts = np.flatnonzero(_changes(hashes))
    counts = np.diff(firsts, append=len(hashes))
    is_shared = counts > 1
    seen, ends = hashes[firsts[is_shared]], np.sort(ends_of(sketches, _numbers(batch, "shingles")))
    return seen, counts[is_shared], len(ends) - np.searchsorted(ends, seen)


def _changes(ascending: NDArray[Any]) -> NDArray[np.bool_]:
    """For each number whether it is the first of its kind."""
    import numpy as np

    is_first = np.ones(len(ascending), bool)
    np.not_equal(ascending[1:], ascending[:-1], out=is_first[1:])
    return is_first


def _numbers(batch: pa.RecordBatch, name: str) -> NDArray[Any]:
    return numbers_in(batch.column(name))


def ends_of(sketches: Sketches, shingles: NDArray[np.int64]) -> NDArray[np.uint32]:
    """For each sketch the highest hash of which it can tell."""
    import numpy as np

    ends = np.full(len(shingles), _LAST, np.uint32)
    is_cut = shingles > sketches.lengths
    # With the mark, since the other side may have the same shingle marked.
    ends[is_cut] = sketches.hashes[sketches.starts[1:][is_cut] - 1] | np.uint32(MARK)
    return ends


def marked(batch: pa.RecordBatch, boilerplate: Hashes) -> pa.RecordBatch:
    """`key, sketch` and what else there is -> the same, each hash with MARK where the shingle is the agent's own."""
    import pyarrow as pa

    sketches = with_marks(sketches_in(batch.column("sketch")), boilerplate)
    buffers = [None, pa.py_buffer((sketches.starts * 4).astype("<i4")), pa.py_buffer(sketches.hashes.astype("<u4"))]
    column = pa.Array.from_buffers(pa.binary(), batch.num_rows, buffers)
    return batch.set_column(batch.schema.get_field_index("sketch"), "sketch", column)


def with_marks(sketches: Sketches, boilerplate: Hashes) -> Sketches:
    """The sketches with MARK in each hash of a shingle that is the agent's own: no boilerplate, or hardly any else."""
    import numpy as np

    is_own = ~is_among(sketches.hashes, boilerplate)
    left = np.bincount(sketches.rows[is_own], minlength=len(sketches.lengths))
    is_own |= (left < LEAST_LEFT * sketches.lengths)[sketches.rows]
    return sketches._replace(hashes=sketches.hashes | is_own.astype(np.uint32))


# ---------------------------------------------------------------------------------------------- pairs


class Shared(NamedTuple):
    """How the sketches of pairs compare, an array each.

    Exact where both sketches are whole; else told from the range of hashes of which both can tell, a uniform sample of
    the union. Source: Beyer et al., SIGMOD 2007, section 4.
    """

    own: NDArray[np.float64]
    """0..1, the share of their union that both have, boilerplate aside."""
    own_contained: NDArray[np.float64]
    """0..1, the share of the smaller one that both have, boilerplate aside."""
    own_common: NDArray[np.float64]
    """Shingles that both have, boilerplate aside; of long texts by extrapolation."""
    similarity: NDArray[np.float64]
    """0..1, as `own`, with boilerplate."""
    containment: NDArray[np.float64]
    """0..1, as `own_contained`, with boilerplate."""


class Side(NamedTuple):
    """One side of the pairs."""

    sketches: Sketches
    ends: NDArray[np.uint32]


class _Sizes(NamedTuple):
    """How many hashes of each row are not above its end, and how many of these are marked."""

    all: NDArray[np.intp]
    own: NDArray[np.intp]


def shared(a: Side, b: Side) -> Shared:
    """Compare row by row. The hashes of both sides are sorted together, so common ones become neighbours.

    Without marks `own`, `own_contained` and `own_common` mean nothing.
    """
    import numpy as np

    end = np.minimum(a.ends, b.ends)
    codes = [_codes(each.sketches.rows, each.sketches.hashes) for each in (a, b)]
    # Both are in order already, so the stable way is a merge.
    ordered = np.sort(np.concatenate(codes), kind="stable")
    places = np.flatnonzero((ordered[1:] ^ ordered[:-1]) <= np.uint64(MARK))
    one, other = ordered[places], ordered[places + 1]
    rows = (one >> np.uint64(32)).astype(np.intp)
    is_told = one.astype(np.uint32) <= end[rows]
    is_own = (one & other & np.uint64(MARK)).astype(bool)
    sizes_a, sizes_b = (_sizes(each.sketches, own, end) for each, own in zip((a, b), codes, strict=True))
    return _shared(rows[is_told], is_own[is_told], sizes_a, sizes_b, end)


def shared_with_one(one: Side, others: Side) -> Shared:
    """As `shared`, where the one side is the same in all rows: a single row, which the others are looked up in."""
    import numpy as np

    end = np.minimum(one.ends, others.ends)
    hashes, sketches = one.sketches.hashes, others.sketches
    likely = np.flatnonzero(_may_be_among(sketches.hashes, hashes, FEW_BITS))
    wanted, rows = sketches.hashes[likely], sketches.rows[likely]
    found = hashes[np.searchsorted(hashes, wanted & ~np.uint32(MARK)).clip(max=len(hashes) - 1)]
    is_common = ((found ^ wanted) <= np.uint32(MARK)) & (wanted <= end[rows])
    is_own = (found & wanted & np.uint32(MARK)).astype(bool)[is_common]
    told = np.searchsorted(hashes, end, side="right")
    own_sizes = _Sizes(told, _marks_before(hashes)[told])
    return _shared(
        rows[is_common], is_own, own_sizes, _sizes(sketches, _codes(sketches.rows, sketches.hashes), end), end
    )


def _sizes(sketches: Sketches, codes: NDArray[np.uint64], end: NDArray[np.uint32]) -> _Sizes:
    import numpy as np

    starts, marks = sketches.starts[:-1], _marks_before(sketches.hashes)
    limits = _codes(np.arange(len(end)), end)
    ends = np.searchsorted(codes, limits, side="right")
    return _Sizes(ends - starts, marks[ends] - marks[starts])


def _codes(rows: NDArray[np.intp], hashes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Numbers that order hashes by their rows first."""
    import numpy as np

    return (rows.astype(np.uint64) << np.uint64(32)) | hashes


def _marks_before(hashes: Hashes) -> NDArray[np.intp]:
    """How many of the first 0, 1, ... hashes are marked."""
    import numpy as np

    return np.concatenate(([0], np.cumsum(hashes & np.uint32(MARK), dtype=np.intp)))


def _shared(rows: NDArray[np.intp], is_own: NDArray[np.bool_], a: _Sizes, b: _Sizes, end: NDArray[np.uint32]) -> Shared:
    """Of the row of each hash that both sides have, whether both have it marked, and how many each side has."""
    import numpy as np

    common = np.bincount(rows, minlength=len(end))
    own = np.bincount(rows[is_own], minlength=len(end))
    scale = (_LAST + 1.0) / (end + 1.0)
    return Shared(*_shares(own, a.own, b.own), own * scale, *_shares(common, a.all, b.all))


def _shares(
    common: NDArray[np.intp], a: NDArray[np.intp], b: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of the union and of the smaller one; 0 where there is nothing."""
    import numpy as np

    return common / np.maximum(1, a + b - common), common / np.maximum(1, np.minimum(a, b))


def strict_edges(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Pairs -> those that are the same text but for some edits: see `edge_schema`."""
    return _in_parts(_strict_edges, batch)


def near_edges(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Pairs -> those of which one was made from the other: see `edge_schema`."""
    return _in_parts(_near_edges, batch)


def _in_parts(function: Callable[[pa.RecordBatch], pa.RecordBatch], pairs: pa.RecordBatch) -> pa.RecordBatch:
    import pyarrow as pa

    starts = range(0, max(1, pairs.num_rows), PAIRS_AT_ONCE)
    return pa.concat_batches([function(pairs.slice(start, PAIRS_AT_ONCE)) for start in starts])


def _strict_edges(batch: pa.RecordBatch) -> pa.RecordBatch:
    found, has_same_name = shared(_side(batch, "a"), _side(batch, "b")), _has_same_name(batch)
    floors = _where(has_same_name, STRICT_SIMILARITY, COPY_SIMILARITY)
    return _edge_rows(batch, found, has_same_name, found.similarity >= floors)


def _near_edges(batch: pa.RecordBatch) -> pa.RecordBatch:
    found, has_same_name = shared(_side(batch, "a"), _side(batch, "b")), _has_same_name(batch)
    return _edge_rows(batch, found, has_same_name, is_near(found, has_same_name, _has_same_home(batch)))


def is_near(found: Shared, has_same_name: NDArray[np.bool_], has_same_home: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each pair whether one was made from the other. Homes are the same where both have that one alone."""
    floors = _where(has_same_home, SAME_NAME_TWICE_SIMILARITY, SAME_NAME_SIMILARITY)
    floors[~has_same_name] = OTHER_NAME_SIMILARITY
    is_alike = found.own >= floors
    is_alike |= has_same_name & (found.similarity >= STRICT_SIMILARITY)
    is_part = found.own_contained >= _where(has_same_name, CONTAINED, CONTAINED_OTHER_NAME)
    is_alike |= is_part & (found.own_common >= CONTAINED_SHINGLES)
    is_copy = found.similarity >= COPY_SIMILARITY
    return is_alike & (has_same_name | ~has_same_home | is_copy)


def _where(condition: NDArray[np.bool_], yes: float, no: float) -> NDArray[np.float64]:
    import numpy as np

    return np.where(condition, yes, no)


def _side(batch: pa.RecordBatch, side: str) -> Side:
    sketches = sketches_in(batch.column(f"{side}_sketch"))
    return Side(sketches, ends_of(sketches, _numbers(batch, f"{side}_shingles")))


def _has_same_name(batch: pa.RecordBatch) -> NDArray[np.bool_]:
    """A body that several agents have stands for the lowest and the highest of their names."""
    a_low, a_high, b_low, b_high = (_numbers(batch, f"{side}_{end}_role") for side in "ab" for end in ("low", "high"))
    return (a_low == b_low) | (a_low == b_high) | (a_high == b_low) | (a_high == b_high)  # type: ignore[no-any-return]


def _has_same_home(batch: pa.RecordBatch) -> NDArray[np.bool_]:
    low, *others = (_numbers(batch, f"{side}_{end}_home") for side in "ab" for end in ("low", "high"))
    return (low == others[0]) & (low == others[1]) & (low == others[2])  # type: ignore[no-any-return]


def _edge_rows(
    batch: pa.RecordBatch, found: Shared, has_same_name: NDArray[np.bool_], is_edge: NDArray[np.bool_]
) -> pa.RecordBatch:
    keys = [_numbers(batch, "a"), _numbers(batch, "b")]
    columns = [*keys, found.own, found.similarity, found.containment, has_same_name]
    return batch_of([column[is_edge] for column in columns], edge_schema())


def edge_schema() -> pa.Schema:
    """Of `strict_edges` and `near_edges`.

    Keys, the share of the union without and with boilerplate, containment, and whether both have one name.
    """
    import pyarrow as pa

    shares = [(name, pa.float64()) for name in ("score", "similarity", "containment")]
    return pa.schema([("a", pa.int64()), ("b", pa.int64()), *shares, ("is_same_name", pa.bool_())])


# ---------------------------------------------------------------------------------------------- verdicts


def judged(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Agents beside the centre of their cluster -> `agent, centre, is_centre, similarity, containment, verdict`.

    The verdict is that of a diff from the centre to the agent, told from what is hashed: the file, the text without its
    layout, the fields, the words of the body in their order, its lines in any order.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as compute

    def same(name: str) -> NDArray[np.bool_]:
        return numbers_in(compute.equal(batch.column(name), batch.column(f"centre_{name}")))

    missing, added = _lines_apart(batch.column("centre_lines"), batch.column("lines"))
    has_all_lines = (missing == 0) & (added == 0)
    is_same_text, is_same_head = same("text_key") & same("key"), same("head_key")
    verdicts = np.select(
        [
            is_same_text & same("file"),
            is_same_text | (is_same_head & has_all_lines),
            same("key") | has_all_lines,
            missing == 0,
            added == 0,
        ],
        [Verdict.IDENTICAL, Verdict.EQUIVALENT, Verdict.FIELDS_ONLY, Verdict.SUPERSET, Verdict.SUBSET],
        Verdict.DRIFT,
    )
    kept = ("agent", "centre", "is_centre", "similarity", "containment")
    columns = [*(batch.column(name) for name in kept), column_of(verdicts.tolist(), pa.string())]
    return pa.RecordBatch.from_arrays(columns, schema=judged_schema())


def judged_schema() -> pa.Schema:
    """Of `judged`."""
    import pyarrow as pa

    keys = [("agent", pa.int64()), ("centre", pa.int64()), ("is_centre", pa.bool_())]
    return pa.schema(
        [*keys, *((name, pa.float64()) for name in ("similarity", "containment")), ("verdict", pa.string())]
    )


def _lines_apart(old: pa.Array, new: pa.Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For each pair how many lines only the old one has, and how many only the new one."""
    import numpy as np

    sides = [sketches_in(column) for column in (old, new)]
    codes = [(side.rows.astype(np.uint64) << np.uint64(32)) | side.hashes for side in sides]
    ordered = np.sort(np.concatenate(codes), kind="stable")
    common_rows = (ordered[1:][ordered[1:] == ordered[:-1]] >> np.uint64(32)).astype(np.intp)
    common = np.bincount(common_rows, minlength=len(old))
    return sides[0].lengths - common, sides[1].lengths - common
