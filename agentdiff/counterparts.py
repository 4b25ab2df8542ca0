"""Near edges -> those that leave an agent at most one counterpart of another name in each collection.

A collection has one agent for a role. So of its agents that are called otherwise than a given one, at most one was made
from that; a second is a sibling by a template that no filter has seen. Copies that differ in hardly anything come first
and are exempt: collections do keep one agent under several names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdiff.comparing import COPY_SIMILARITY

if TYPE_CHECKING:
    from agentdiff.engines.base import Engine

MOST_COLLECTIONS = 64
"""In which an agent is looked for: what lies in more is everybody's, and each costs a row for each edge."""

# Edges between two names, seen from both ends: `key` is the one that asks which counterparts it has.
_RENAMED = f"""
SELECT a AS key, b AS other, score, similarity >= {COPY_SIMILARITY} AS is_copy FROM {{edges}} WHERE NOT is_same_name
UNION ALL
SELECT b AS key, a AS other, score, similarity >= {COPY_SIMILARITY} AS is_copy FROM {{edges}} WHERE NOT is_same_name
"""
_RENAMED_KEYS = "SELECT DISTINCT key FROM renamed"
# What has the same name as one of these keys, seen from that key.
_NAMESAKES = """
SELECT same.key, same.other FROM (
    SELECT a AS key, b AS other FROM {edges} WHERE is_same_name
    UNION ALL SELECT b AS key, a AS other FROM {edges} WHERE is_same_name
) AS same
JOIN renamed_keys ON renamed_keys.key = same.key
"""
# The names of all these in the collections that they occur in. Collections come by their hashes, so of two texts that
# thousands have the same ones are looked at.
_ROSTER = """
SELECT key, home, role FROM (
    SELECT told.key, told.home, told.role,
           row_number() OVER (PARTITION BY told.key ORDER BY told.home, told.role) AS place
    FROM (
        SELECT DISTINCT agents.key, agents.home, agents.role
        FROM agents
        JOIN (SELECT key FROM renamed_keys UNION SELECT other AS key FROM namesakes) AS asked ON asked.key = agents.key
    ) AS told
) AS ordered
WHERE place <= {most}
"""
# Collections in which a key has its counterpart for sure: itself, or one of its own name.
_SETTLED = """
SELECT key, home FROM roster
UNION
SELECT namesakes.key, roster.home FROM namesakes JOIN roster ON roster.key = namesakes.other
"""
_BEST = """
SELECT key, home, role FROM (
    SELECT renamed.key, roster.home, roster.role,
           row_number() OVER (
               PARTITION BY renamed.key, roster.home
               ORDER BY renamed.is_copy DESC, renamed.score DESC, renamed.other, roster.role
           ) AS place
    FROM renamed JOIN roster ON roster.key = renamed.other
) AS ordered
WHERE place = 1
"""
_REFUSED = """
SELECT DISTINCT least(key, other) AS a, greatest(key, other) AS b FROM (
    SELECT renamed.key, renamed.other
    FROM renamed
    JOIN roster ON roster.key = renamed.other
    JOIN best ON best.key = renamed.key AND best.home = roster.home
    LEFT JOIN settled ON settled.key = renamed.key AND settled.home = roster.home
    WHERE NOT renamed.is_copy
    GROUP BY renamed.key, renamed.other, roster.home
    HAVING max(CASE WHEN roster.role = best.role THEN 1 ELSE 0 END) = 0 OR count(settled.key) > 0
) AS doubted
"""
_LEFT = """
SELECT {edges}.* FROM {edges} LEFT JOIN refused ON refused.a = {edges}.a AND refused.b = {edges}.b
WHERE refused.a IS NULL
"""


def without_second_counterparts(engine: Engine, edges: str, table: str) -> None:
    """Make `table`: the rows of `edges` (see `comparing.edge_schema`) that may stay. Needs the table `agents`."""
    engine.sql("renamed", _RENAMED.format(edges=edges))
    engine.sql("renamed_keys", _RENAMED_KEYS)
    engine.sql("namesakes", _NAMESAKES.format(edges=edges))
    engine.sql("roster", _ROSTER.format(most=MOST_COLLECTIONS))
    engine.sql("settled", _SETTLED)
    engine.sql("best", _BEST)
    engine.sql("refused", _REFUSED)
    engine.sql(table, _LEFT.format(edges=edges))
    engine.drop("renamed", "renamed_keys", "namesakes", "roster", "settled", "best", "refused")
