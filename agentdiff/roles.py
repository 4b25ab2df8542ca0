"""Which agents do the same job in other words: their key words, and the search for neighbours as portable SQL.

Independent variants of one role share no sequence of words, so no fingerprint of sequences finds them. They share the
rare words of their trade. Each agent is therefore a short list of weighted stems, and the similarity of two is the
cosine of their lists. Names are not asked: collections rename what they copy, and give one name to different agents.

What a word says depends on where it stands: one that is rare in public files may be on every page of a collection.
So it counts as rare only as far as it is rare in public files and in its own collection. The second number is known
when all agents are, hence a `Term` keeps frequency and rarity apart and the statements below bring them together.

The statements run on DuckDB and on Spark as they are: joins, groups, windows; no lists, no functions of one product.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from math import fsum, sqrt
from operator import mul
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from agentdiff.columns import batch_of, numbers_in
from agentdiff.vocabulary import STOP_WORDS, rarity, stem_of, words_of

if TYPE_CHECKING:
    import pyarrow as pa

MOST_TERMS = 64
"""Terms kept of one agent. 32 to 128 find the same within 0.01, all of them less: the tail is small talk."""

READ_CHARACTERS = 100_000
"""Of a longer body the beginning tells the role; so the cost of one agent is bounded."""

LEAD_WORDS = 12
"""Words at the beginning of the body that count once more: there it says what it is for."""

DESCRIPTION_WEIGHT = 0.6
"""What the description counts, where the body as a whole counts 1."""

LEAD_WEIGHT = 0.5
"""What the beginning of the body counts beside the body as a whole."""

DAMPING = 0.8
"""Power to which a count is taken: a word said ten times says about six times as much."""

KNOWN_WORDS = 131_072
"""Words whose stems are remembered."""


class Term(NamedTuple):
    """One key word of an agent."""

    term: int
    """64 bits with sign that stand for the stem, the same in every run."""
    frequency: float
    """Above 0: how much of the agent it makes up, before its rarity counts."""
    rarity: float
    """Above 0: how rare the stem is over public agent files."""


def terms(description: str, body: str) -> tuple[Term, ...]:
    """The key words of an agent, heaviest first, at most MOST_TERMS; empty for a text without words.

    `body` is Markdown or plain text without fields. Titles at its very beginning are left out: they repeat the name.
    """
    said = _stems(_without_first_titles(body[:READ_CHARACTERS]))
    weights = _weighed(said, 1.0)
    described = _weighed(_stems(description[:READ_CHARACTERS]), DESCRIPTION_WEIGHT)
    for part in (described, _weighed(said[:LEAD_WORDS], LEAD_WEIGHT)):
        for stem, weight in part.items():
            weights[stem] = weights.get(stem, 0.0) + weight
    least = sorted(weights.values())[-MOST_TERMS:][:1]  # sorting numbers alone is several times as fast
    heaviest = sorted([(-weight, stem) for stem, weight in weights.items() if weight >= least[0]])[:MOST_TERMS]
    return tuple([Term(_number_of(stem), -weight / rarity(stem), rarity(stem)) for weight, stem in heaviest])


def _weighed(stems: Sequence[str], whole: float) -> dict[str, float]:
    """Each stem once with its weight, of length `whole` taken together."""
    counts = Counter(stems)
    each = zip(counts.values(), map(rarity, counts), strict=True)
    values = [rare if count == 1 else count**DAMPING * rare for count, rare in each]
    scale = whole / (sqrt(sum(map(mul, values, values))) or 1.0)
    return dict(zip(counts, map(scale.__mul__, values), strict=True))


_FIRST_TITLES = re.compile(r"(?:\s*+#[^\n]*+)*+")


def _without_first_titles(body: str) -> str:
    found = _FIRST_TITLES.match(body)
    return body[found.end() :] if found else body


def _stems(text: str) -> list[str]:
    """The stems of a text in order, without what tells nothing: function words, numbers, single letters."""
    return list(filter(None, map(_stem_of, _words(text))))


_APART = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum() and chr(code) not in "+#"})
_FOREIGN_LETTER = re.compile(r"[^\W\d_\x00-\x7f]")


def _words(text: str) -> list[str]:
    """The words of a text in lower case, in order. Pure ASCII needs no pattern, which is several times as fast."""
    if not text.isascii():
        if _FOREIGN_LETTER.search(text):
            return words_of(text.lower())
        text = text.encode("ascii", "replace").decode()
    return text.lower().translate(_APART).split()


@lru_cache(maxsize=KNOWN_WORDS)
def _stem_of(word: str) -> str:
    """The stem of a word in lower case, empty for what tells nothing."""
    return stem_of(word) if len(word) > 1 and word[0].isalpha() and word not in STOP_WORDS else ""


def packed_terms(description: str, body: str) -> bytes:
    """`terms` as a blob: all numbers, all frequencies, all rarities, eight bytes each."""
    import numpy as np

    found = terms(description, body)
    weights = np.array([(each.frequency, each.rarity) for each in found], "<f8").reshape(-1, 2)
    return np.array([each.term for each in found], "<i8").tobytes() + weights.T.tobytes()


def term_rows(batch: pa.RecordBatch) -> pa.RecordBatch:
    """`agent, collection` and `terms` as packed -> the rows of ROLE_TERMS."""
    import numpy as np

    blobs = [np.frombuffer(blob, "<i8").reshape(3, -1) for blob in batch.column("terms").to_pylist()]
    counts = [blob.shape[1] for blob in blobs]
    numbers, *weights = np.concatenate(blobs, axis=1) if blobs else np.zeros((3, 0), "<i8")
    keys = [np.repeat(numbers_in(batch.column(name)), counts) for name in ("agent", "collection")]
    columns = [*keys, numbers, *(weight.view("<f8") for weight in weights)]
    return batch_of(columns, term_schema())


def term_schema() -> pa.Schema:
    """Of `term_rows`."""
    import pyarrow as pa

    keys = [(name, pa.int64()) for name in ("agent", "collection", "term")]
    return pa.schema([*keys, ("frequency", pa.float64()), ("rarity", pa.float64())])


@lru_cache(maxsize=KNOWN_WORDS)
def _number_of(stem: str) -> int:
    return int.from_bytes(blake2b(stem.encode(), digest_size=8).digest(), "big", signed=True)


# ---------------------------------------------------------------------------------------------- neighbours as SQL

LEAST_COLLECTION = 8
"""Agents from which on a collection can tell what is common in it."""

ASKED_TERMS = 16
"""Heaviest terms of an agent by which its neighbours are looked for."""

MOST_HOLDERS = 64
"""Agents met by one term at most: those that it is heaviest in. So the search grows with the number of agents alone."""

MOST_CANDIDATES = 32
"""Agents that are compared in full with one, by what they share of the terms looked for."""

MOST_NEIGHBOURS = 10
"""Neighbours kept of one agent."""

FLOOR = 0.45
"""Least similarity of two agents of one role."""

ROLE_TERMS = "role_terms"
"""The table that the statements begin with, one row for each term of each agent: `agent` (any ordered key),
`collection` (text), `term`, `frequency` and `rarity` as in `Term`. Near duplicates are one agent of it."""

STATEMENTS: tuple[tuple[str, str], ...] = (
    (
        "role_keys",
        "SELECT agent, collection FROM role_terms GROUP BY agent, collection",
    ),
    (
        "role_sizes",
        "SELECT collection, COUNT(*) AS agents FROM role_keys GROUP BY collection",
    ),
    (
        "role_common",
        "SELECT collection, term, COUNT(*) AS holders FROM role_terms GROUP BY collection, term HAVING COUNT(*) > 1",
    ),
    (
        "role_weights",
        f"""
        SELECT t.agent, t.collection, t.term,
            t.frequency * CASE WHEN c.holders IS NULL OR s.agents < {LEAST_COLLECTION} THEN t.rarity
                ELSE LEAST(t.rarity, LN(CAST(s.agents AS DOUBLE) / c.holders)) END AS weight
        FROM role_terms t JOIN role_sizes s ON s.collection = t.collection
        LEFT JOIN role_common c ON c.collection = t.collection AND c.term = t.term
        """,
    ),
    (
        "role_lengths",
        "SELECT agent, SQRT(SUM(weight * weight)) AS length FROM role_weights GROUP BY agent HAVING SUM(weight) > 0",
    ),
    (
        "role_units",
        """
        SELECT w.agent, w.collection, w.term, w.weight / l.length AS weight,
            ROW_NUMBER() OVER (PARTITION BY w.agent ORDER BY w.weight DESC, w.term) AS place,
            ROW_NUMBER() OVER (PARTITION BY w.term ORDER BY w.weight / l.length DESC, w.agent) AS holder
        FROM role_weights w JOIN role_lengths l ON l.agent = w.agent WHERE w.weight > 0
        """,
    ),
    (
        "role_candidates",
        f"""
        SELECT a, b FROM (
            SELECT a, b, ROW_NUMBER() OVER (PARTITION BY a ORDER BY shared DESC, b) AS place FROM (
                SELECT q.agent AS a, h.agent AS b, ROUND(SUM(q.weight * h.weight), 9) AS shared
                FROM role_units q JOIN role_units h ON h.term = q.term AND h.collection <> q.collection
                WHERE q.place <= {ASKED_TERMS} AND h.holder <= {MOST_HOLDERS}
                GROUP BY q.agent, h.agent
            ) met
        ) ranked WHERE place <= {MOST_CANDIDATES}
        """,
    ),
    (
        "role_neighbours",
        f"""
        SELECT a, b, similarity, place FROM (
            SELECT a, b, similarity, ROW_NUMBER() OVER (PARTITION BY a ORDER BY similarity DESC, b) AS place FROM (
                SELECT p.a, p.b, ROUND(SUM(x.weight * y.weight), 6) AS similarity
                FROM role_candidates p JOIN role_units x ON x.agent = p.a
                JOIN role_units y ON y.agent = p.b AND y.term = x.term
                GROUP BY p.a, p.b
            ) compared
        ) ranked WHERE place <= {MOST_NEIGHBOURS}
        """,
    ),
    (
        "role_edges",
        f"""
        SELECT x.a, x.b, x.similarity FROM (
            SELECT n.a, n.b, n.similarity,
                ROW_NUMBER() OVER (PARTITION BY n.a, k.collection ORDER BY n.similarity DESC, n.b) AS place
            FROM role_neighbours n JOIN role_keys k ON k.agent = n.b WHERE n.similarity >= {FLOOR}
        ) x JOIN (
            SELECT n.a, n.b,
                ROW_NUMBER() OVER (PARTITION BY n.a, k.collection ORDER BY n.similarity DESC, n.b) AS place
            FROM role_neighbours n JOIN role_keys k ON k.agent = n.b WHERE n.similarity >= {FLOOR}
        ) y ON y.a = x.b AND y.b = x.a
        WHERE x.place = 1 AND y.place = 1 AND x.a < x.b
        """,
    ),
)
"""Tables to be made in this order, each by its name and its query; `agent` keys stand in `a` and `b`.

`role_neighbours` (a, b, similarity 0..1, place from 1): for each agent at most MOST_NEIGHBOURS of other collections,
the nearest first; not symmetric. `role_edges` (a, b, similarity; a < b): two agents of one role. Each is, of all agents
of its collection, the nearest one to the other: a collection holds each role once, so its other agents are other roles.

What is common costs no more than what is rare: an agent meets at most ASKED_TERMS * MOST_HOLDERS others, those in which
its heaviest terms weigh most. Terms that many agents hold are not dropped, since with a million agents every role has
many holders; the agents that a term is heaviest in are the ones that can be the centre of its role.
"""

Key = TypeVar("Key", int, str)


def stars(edges: Iterable[tuple[Key, Key, float]]) -> dict[Key, Key]:
    """For each agent that has an edge to the centre of a cluster that centre, and for each such centre itself.

    `edges` are rows of `role_edges` in any order. The agent with most edges becomes the first centre and takes all its
    neighbours that are free; ties go to the larger sum of similarities, then to the smaller key. So nothing is joined
    through a third agent; an agent whose neighbours all belong to other centres stays alone.
    """
    neighbours: dict[Key, list[Key]] = {}
    strength: dict[Key, list[float]] = {}
    for a, b, similarity in edges:
        for one, other in ((a, b), (b, a)):
            neighbours.setdefault(one, []).append(other)
            strength.setdefault(one, []).append(similarity)
    centre_of: dict[Key, Key] = {}
    for centre in sorted(neighbours, key=lambda key: (-len(neighbours[key]), -fsum(strength[key]), key)):
        free: list[Key] = [key for key in neighbours[centre] if key not in centre_of]
        if centre not in centre_of and free:
            centre_of |= {centre: centre} | dict.fromkeys(free, centre)
    return centre_of
