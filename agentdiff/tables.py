"""Tables of files, Parquet or JSON lines -> rows of agents. A text that many files have is read once.

Texts are told apart by their MD5, which every engine knows by that name: nobody gains by two that collide.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentdiff.errors import BadInput
from agentdiff.gathering import folder_shared_by
from agentdiff.scanning import COLLECTION_COLUMNS, row_schema, rows_of_table

if TYPE_CHECKING:
    from agentdiff.engines.base import Engine

PLACES = 256
"""Files of one text that are read together; of a text that a million files have, no process gets all."""

_PATH = "coalesce(cast(path AS string), '')"
_DIGEST = "coalesce(md5(cast(content AS string)), '')"
# NUL is in no path. A collection that is not known is empty.
_FILES = f"""
SELECT DISTINCT {_PATH} AS path, {_DIGEST} AS digest, concat({_PATH}, chr(0), {{collection}}) AS file FROM {{table}}
"""
_COPIES = """
SELECT min(path) AS path, max(path) AS last, digest, string_agg(file, chr(0)) AS files FROM (
    SELECT path, digest, file, floor((row_number() OVER (PARTITION BY digest ORDER BY file) - 1) / {places}) AS part
    FROM given_files
) AS numbered
GROUP BY digest, part
"""
_PATHS_OF_TWO_TEXTS = """
SELECT count(*) - count(DISTINCT path) FROM (SELECT DISTINCT path, digest FROM given_files) AS told
"""
_TEXTS = f"""
SELECT copies.files, given.content
FROM (SELECT {_PATH} AS path, {_DIGEST} AS digest, content FROM {{table}}) AS given
JOIN copies ON copies.path = given.path
"""
_OF_ONE_PATH = " AND copies.digest = given.digest"
"""Only asked where it has to be: otherwise no engine makes the digests a second time."""


def read_table(engine: Engine, path: str, table: str, has_terms: bool) -> None:
    """Make `table`, the rows (see `scanning.Row`) of all files in the table at `path`.

    Raises BadInput for what is no table, or none of files.
    """
    engine.attach("given_table", [path])
    columns = engine.columns("given_table")
    missing = [name for name in ("path", "content") if name not in columns]
    if missing:
        raise BadInput(f"{path}: this table has no column `{missing[0]}`; it needs `path` and `content`")
    known = next((name for name in COLLECTION_COLUMNS if name in columns), None)
    collection = f"coalesce(cast({known} AS string), '')" if known else "''"
    engine.sql("given_files", _FILES.format(collection=collection, table="given_table"))
    engine.sql("copies", _COPIES.format(places=PLACES))
    texts = _TEXTS + (_OF_ONE_PATH if engine.number(_PATHS_OF_TWO_TEXTS) else "")
    engine.drop("given_files")
    ends = engine.rows("SELECT min(path) AS first, max(last) AS last FROM copies WHERE path <> ''").to_pylist()[0]
    prefix = folder_shared_by([each for each in ends.values() if each])
    function = partial(rows_of_table, prefix=prefix, has_terms=has_terms)
    engine.map(table, texts.format(table="given_table"), function, row_schema())
    engine.drop("copies", "given_table")
