"""Fingerprints -> clusters, as relational steps that every engine runs alike.

    bodies      one row for each different body: exact copies are one from here on, so that no copy costs twice
    strict      bodies that share most of their wording as it is; their components are the labels
    boilerplate what many differently named and labelled bodies of one collection have in common, or of all of them
    candidates  bodies that share a rare shingle, within buckets; a large bucket becomes a star
    near        candidates of which one was made from the other, boilerplate aside; one role of each collection at most
                (`counterparts`)
    stars       greedy centres; each member has an edge to its centre, so that nothing chains

A step is a query or a function over batches of rows (`comparing`). Ties are broken by keys, which are hashes of the
text, so neither the order of the input nor the engine makes a difference.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from agentdiff import comparing
from agentdiff.columns import numbers_in
from agentdiff.counterparts import without_second_counterparts

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from agentdiff.engines.base import BatchFunction, Engine
    from agentdiff.fingerprint import Hashes

CENTRES = 3
"""Largest stars of a component with the centres of which all its bodies are compared, candidates or not."""

_BODIES = """
SELECT key, min(agent) AS agent, count(*) AS copies, min(role) AS low_role, max(role) AS high_role,
       min(home) AS low_home, max(home) AS high_home
FROM agents GROUP BY key
"""

_SKETCHES = """
SELECT bodies.key, agents.shingles, agents.sketch, bodies.copies,
       bodies.low_role, bodies.high_role, bodies.low_home, bodies.high_home
FROM bodies JOIN agents ON agents.agent = bodies.agent
"""

_BUCKETS = """
SELECT band, count(*) AS size, min_by(key, rank) AS centre FROM {bands} GROUP BY band HAVING count(*) > 1
"""

# The next in rank of a bucket: where a name stands between a text and the centre, it may join this one.
_SECONDS = """
SELECT {bands}.band, min_by({bands}.key, {bands}.rank) AS second
FROM {bands} JOIN buckets ON buckets.band = {bands}.band
WHERE buckets.size > 2 AND {bands}.key <> buckets.centre
GROUP BY {bands}.band
"""
# Each row of a bucket with its two centres alone: a bucket of a thousand is no more than two thousand pairs.
_CANDIDATES = """
SELECT a, b FROM (
    SELECT least(one.key, buckets.centre) AS a, greatest(one.key, buckets.centre) AS b
    FROM buckets JOIN {bands} AS one ON one.band = buckets.band
    WHERE one.key <> buckets.centre
    UNION ALL
    SELECT least(one.key, seconds.second) AS a, greatest(one.key, seconds.second) AS b
    FROM seconds JOIN buckets ON buckets.band = seconds.band JOIN {bands} AS one ON one.band = seconds.band
    WHERE one.key <> seconds.second AND one.key <> buckets.centre
) AS pairs
GROUP BY a, b
HAVING count(*) >= {least}
"""

_PAIRS = """
SELECT pairs.a, pairs.b, one.shingles AS a_shingles, other.shingles AS b_shingles,
       one.sketch AS a_sketch, other.sketch AS b_sketch,
       one.low_role AS a_low_role, one.high_role AS a_high_role,
       other.low_role AS b_low_role, other.high_role AS b_high_role,
       one.low_home AS a_low_home, one.high_home AS a_high_home,
       other.low_home AS b_low_home, other.high_home AS b_high_home
FROM {pairs} AS pairs
JOIN {bodies} AS one ON one.key = pairs.a
JOIN {bodies} AS other ON other.key = pairs.b
"""

# Representatives: one body for each label, in each collection that it occurs in.
_LABELLED = """
SELECT sketches.key, coalesce(components.label, sketches.key) AS label
FROM sketches LEFT JOIN components ON components.key = sketches.key
"""
_REPRESENTATIVES = """
SELECT agents.home, labelled.label, min(agents.agent) AS agent
FROM agents JOIN labelled ON labelled.key = agents.key
GROUP BY agents.home, labelled.label
"""
_COLLECTIONS = f"""
SELECT home FROM (
    SELECT representatives.home, agents.role, representatives.label
    FROM representatives JOIN agents ON agents.agent = representatives.agent
) AS named
GROUP BY home
HAVING count(DISTINCT role) >= {comparing.BOILERPLATE_REPRESENTATIVES}
"""
_SAMPLED = f"""
SELECT home, agent FROM (
    SELECT representatives.home, representatives.agent,
           row_number() OVER (PARTITION BY representatives.home ORDER BY representatives.agent) AS place
    FROM representatives JOIN collections ON collections.home = representatives.home
) AS ordered
WHERE place <= {comparing.BOILERPLATE_SAMPLE}
"""
_COLLECTION_SKETCHES = """
SELECT sampled.home, agents.role, agents.shingles, agents.sketch
FROM sampled JOIN agents ON agents.agent = sampled.agent
"""
_EVERYWHERE = f"""
SELECT agents.role, agents.shingles, agents.sketch
FROM (
    SELECT label, min(agent) AS agent FROM representatives GROUP BY label
    ORDER BY agent LIMIT {comparing.EVERYWHERE_SAMPLE}
) AS sampled
JOIN agents ON agents.agent = sampled.agent
"""


class Found(NamedTuple):
    """What was seen on the way."""

    bodies: int
    candidates: int
    edges: int
    boilerplate: Hashes
    """Ascending hashes of the shingles that say nothing of a role."""
    common: Hashes
    """Ascending hashes of the shingles that are too common to find anything by."""


def cluster(engine: Engine, min_similarity: float = 0.0, progress: Callable[[str], None] = lambda step: None) -> Found:
    """Make the table `assigned` (`key, centre, score, similarity, containment`) out of the table `agents`.

    `agents` has `agent` (distinct), `key`, `role`, `home`, `shingles` and `sketch`, see `fingerprint`. Each key of
    `assigned` is either a centre, with itself, or has an edge to its centre; keys without a partner are left out.
    """
    progress("comparing texts")
    engine.sql("bodies", _BODIES)
    engine.sql("sketches", _SKETCHES)
    _label(engine)
    progress("finding boilerplate")
    boilerplate, common = _boilerplate(engine)
    mark = partial(comparing.marked, boilerplate=boilerplate)
    engine.map("marked", "SELECT * FROM sketches", mark, _marked_schema())
    engine.drop("sketches")
    progress("comparing what is left")
    candidates = _find(engine, common)
    progress("grouping")
    components(engine, "found")
    _stars(engine, "found", "first_stars")
    engine.sql("more_pairs", _MORE_PAIRS)
    edges_of(engine, "more_pairs", "marked", "more", comparing.near_edges)
    engine.sql("all_edges", _ALL_EDGES)
    without_second_counterparts(engine, "all_edges", "kept_edges")
    # Only now: an edge below the floor may be the reason why another is none.
    engine.sql("edges", f"SELECT * FROM kept_edges WHERE similarity >= {min_similarity!r}")
    _stars(engine, "edges", "assigned")
    engine.drop("pairs", "more_pairs", "found", "more", "marked", "all_edges", "kept_edges")
    bodies, edges = (engine.number(f"SELECT count(*) FROM {table}") for table in ("bodies", "edges"))
    return Found(bodies, candidates, edges, boilerplate, common)


_BANDED = "SELECT key, copies, sketch FROM {bodies}"


def _label(engine: Engine) -> None:
    """Make the table `components` of bodies that are the same but for some edits."""
    query = _BANDED.format(bodies="sketches")
    engine.map("strict_bands", query, comparing.strict_bands, comparing.band_schema())
    candidates_of(engine, "strict_bands", "strict_pairs", least=1)
    edges_of(engine, "strict_pairs", "sketches", "strict", comparing.strict_edges)
    components(engine, "strict")
    engine.drop("strict_bands", "strict_pairs", "strict")


def _find(engine: Engine, common: Hashes) -> int:
    """Make the tables `pairs` and `found`, candidates and those that are near. Returns the number of candidates."""
    by_key = partial(comparing.key_bands, common=common)
    engine.map("key_bands", _BANDED.format(bodies="marked"), by_key, comparing.band_schema())
    candidates_of(engine, "key_bands", "pairs", comparing.SHARED_KEYS)
    engine.drop("key_bands")
    edges_of(engine, "pairs", "marked", "found", comparing.near_edges)
    return engine.number("SELECT count(*) FROM pairs")


def candidates_of(engine: Engine, bands: str, table: str, least: int) -> None:
    """Pairs `a < b` of keys, one of which leads buckets that both are in: at least so many."""
    engine.sql("buckets", _BUCKETS.format(bands=bands))
    engine.sql("seconds", _SECONDS.format(bands=bands))
    engine.sql(table, _CANDIDATES.format(bands=bands, least=least))
    engine.drop("buckets", "seconds")


def edges_of(engine: Engine, pairs: str, bodies: str, table: str, function: BatchFunction) -> None:
    """The pairs that hold what they promise."""
    engine.map(table, _PAIRS.format(pairs=pairs, bodies=bodies), function, comparing.edge_schema())


def _marked_schema() -> pa.Schema:
    import pyarrow as pa

    names = ("copies", "low_role", "high_role", "low_home", "high_home")
    return pa.schema(
        [("key", pa.int64()), ("shingles", pa.int64()), ("sketch", pa.binary())]
        + [(name, pa.int64()) for name in names]
    )


def _boilerplate(engine: Engine) -> tuple[Hashes, Hashes]:
    """Ascending hashes of what says nothing of the role, and of what is too common to find anything by."""
    import numpy as np

    engine.sql("labelled", _LABELLED)
    engine.sql("representatives", _REPRESENTATIVES)
    engine.sql("collections", _COLLECTIONS)
    engine.sql("sampled", _SAMPLED)
    engine.map_groups(
        "boilerplate", _COLLECTION_SKETCHES, "home", comparing.boilerplate_of_collection, comparing.hash_schema()
    )
    found = [numbers_in(batch.column("hash")) for batch in engine.batches("SELECT DISTINCT hash FROM boilerplate")]
    of_collections = np.concatenate([np.zeros(0, np.int64), *found]).astype("<u4")
    sample = engine.rows(_EVERYWHERE).combine_chunks()
    engine.drop("labelled", "representatives", "collections", "sampled", "boilerplate")
    if not sample.num_rows:
        return np.sort(of_collections), np.zeros(0, "<u4")
    seen, counts, observed = comparing.shared_hashes(sample.to_batches()[0])
    everywhere = seen[counts > np.maximum(comparing.EVERYWHERE_LEAST, comparing.EVERYWHERE_SHARE * observed)]
    common = seen[counts > np.maximum(comparing.COMMON_LEAST, comparing.COMMON_SHARE * observed)]
    return np.union1d(of_collections, everywhere), common


# ---------------------------------------------------------------------------------------------- components

# Large-star, small-star: Kiveris et al., "Connected Components in MapReduce and Beyond", SoCC 2014. Each round is one
# query over links from a key to a lower one, and a few rounds end with all keys linked to the lowest of theirs.
_LINKS = "SELECT greatest(a, b) AS high, least(a, b) AS low FROM {edges}"
_LARGE_STAR = """
SELECT DISTINCT linked.other AS high, lowest.low
FROM (SELECT high AS key, low AS other FROM links UNION ALL SELECT low, high FROM links) AS linked
JOIN (
    SELECT key, least(key, min(other)) AS low
    FROM (SELECT high AS key, low AS other FROM links UNION ALL SELECT low, high FROM links) AS around
    GROUP BY key
) AS lowest ON lowest.key = linked.key
WHERE linked.other > linked.key
"""
_SMALL_STAR = """
SELECT DISTINCT high, low FROM (
    SELECT links.low AS high, lowest.low
    FROM links JOIN (SELECT high, min(low) AS low FROM links GROUP BY high) AS lowest ON lowest.high = links.high
    WHERE links.low <> lowest.low
    UNION ALL
    SELECT high, min(low) AS low FROM links GROUP BY high
) AS smaller
"""
_SIGNATURE = "SELECT sum(high % 1000003 * 31 + low % 1000033) + count(*) FROM links"


def components(engine: Engine, edges: str) -> None:
    """Make the table `components` (`key, label`): keys that edges join, with the lowest key of each component."""
    engine.sql("links", _LINKS.format(edges=edges))
    before = None
    while (signature := engine.number(_SIGNATURE)) != before:
        before = signature
        for step in (_LARGE_STAR, _SMALL_STAR):
            engine.sql("links", step)
    engine.sql(
        "components", "SELECT high AS key, low AS label FROM links UNION SELECT low AS key, low AS label FROM links"
    )
    engine.drop("links")


# ---------------------------------------------------------------------------------------------- stars

_BOTH_WAYS = """
SELECT a AS key, b AS other, score, similarity, containment FROM {edges}
UNION ALL SELECT b AS key, a AS other, score, similarity, containment FROM {edges}
"""
# A key that many copies are close to is a better centre than one that many single files are a little like. Summed as
# whole millionths: a sum of fractions depends on the order in which they come.
_STRENGTHS = """
SELECT around.key,
       sum(CAST(floor(around.score * 1000000) AS bigint) * bodies.copies) + 1000000 * min(own.copies) AS strength
FROM around JOIN bodies ON bodies.key = around.other JOIN bodies AS own ON own.key = around.key
GROUP BY around.key
"""
_RANKS = "SELECT key, row_number() OVER (ORDER BY strength DESC, key) AS place FROM strengths"
# A centre of this round comes before all keys around it that are still free.
_ROUND_CENTRES = """
SELECT free.key FROM free
LEFT JOIN (
    SELECT around.key, min(free.place) AS place FROM around JOIN free ON free.key = around.other GROUP BY around.key
) AS best ON best.key = free.key
WHERE best.place IS NULL OR free.place < best.place
"""
_ROUND_MEMBERS = """
SELECT key, centre, score, similarity, containment FROM (
    SELECT free.key, around.other AS centre, around.score, around.similarity, around.containment,
           row_number() OVER (PARTITION BY free.key ORDER BY around.score DESC, around.other) AS place
    FROM free
    JOIN around ON around.key = free.key
    JOIN round_centres ON round_centres.key = around.other
) AS found
WHERE place = 1
"""
_ROUND_ASSIGNED = """
SELECT * FROM {table}
UNION ALL SELECT key, key AS centre, 1e0 AS score, 1e0 AS similarity, 1e0 AS containment FROM round_centres
UNION ALL SELECT key, centre, score, similarity, containment FROM round_members
"""
_STILL_FREE = """
SELECT free.key, free.place FROM free
LEFT JOIN {table} AS done ON done.key = free.key
WHERE done.key IS NULL
"""
_NOTHING_ASSIGNED = """
SELECT key, key AS centre, 1e0 AS score, 1e0 AS similarity, 1e0 AS containment FROM free WHERE place < 0
"""
_ALL_EDGES = "SELECT * FROM (SELECT * FROM found UNION ALL SELECT * FROM more) AS found_all"
# Bodies and the centres of the largest stars of their component that no candidate joined.
_MORE_PAIRS = f"""
SELECT DISTINCT least(components.key, centres.centre) AS a, greatest(components.key, centres.centre) AS b
FROM (
    SELECT label, centre, row_number() OVER (PARTITION BY label ORDER BY size DESC, centre) AS place
    FROM (
        SELECT components.label, first_stars.centre, count(*) AS size
        FROM first_stars JOIN components ON components.key = first_stars.key
        GROUP BY components.label, first_stars.centre
    ) AS sized
) AS centres
JOIN components ON components.label = centres.label
LEFT JOIN pairs
  ON pairs.a = least(components.key, centres.centre) AND pairs.b = greatest(components.key, centres.centre)
WHERE centres.place <= {CENTRES} AND components.key <> centres.centre AND pairs.a IS NULL
"""


def _stars(engine: Engine, edges: str, table: str) -> None:
    """Centres and their members: a key joins the centre it is most like among those that come before it.

    Greedy in the order of strength, done in rounds that settle all keys at once that no stronger free key is next to:
    the same result as one key after the other, as in Luby, "A Simple Parallel Algorithm for the Maximal Independent
    Set Problem", 1986, with a fixed order in place of a drawn one.
    """
    engine.sql("around", _BOTH_WAYS.format(edges=edges))
    engine.sql("strengths", _STRENGTHS)
    engine.sql("free", _RANKS)
    engine.sql(table, _NOTHING_ASSIGNED)
    while engine.number("SELECT count(*) FROM free"):
        engine.sql("round_centres", _ROUND_CENTRES)
        engine.sql("round_members", _ROUND_MEMBERS)
        engine.sql(table, _ROUND_ASSIGNED.format(table=table))
        engine.sql("free", _STILL_FREE.format(table=table))
    engine.drop("around", "strengths", "free", "round_centres", "round_members")
