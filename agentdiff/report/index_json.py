"""What an index knows of some agents, as a JSON document, and the schema of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agentdiff.clusters import Skipped
from agentdiff.index import Checked, Likeness, Match, Size
from agentdiff.report.json_report import Document, rounded

MATCHES_SCHEMA = "agentdiff.matches/1"


def matches_document(folder: str, size: Size, checked: Sequence[Checked], skipped: Sequence[Skipped] = ()) -> Document:
    """What `agentdiff index query` says."""
    return {
        "schema": MATCHES_SCHEMA,
        "index": {
            "folder": folder,
            "agents": size.agents,
            "bodies": size.bodies,
            "rebuild_due": size.is_rebuild_due,
        },
        "agents": [_checked(each) for each in checked],
        "skipped": [{"path": each.path, "reason": each.reason} for each in skipped],
    }


def _checked(checked: Checked) -> Document:
    return {
        "path": checked.path,
        "format": checked.format,
        "name": checked.name,
        "sha256": checked.sha256,
        "tokens": checked.tokens,
        "matches": [_match(match) for match in checked.matches],
        "others": checked.others,
        "centre": None if checked.centre is None else _match(checked.centre),
    }


def _match(match: Match) -> Document:
    return {
        "path": match.path,
        "format": match.format,
        "name": match.name,
        "sha256": match.sha256,
        "tokens": match.tokens,
        "likeness": match.likeness.value,
        "similarity": rounded(match.similarity),
        "containment": rounded(match.containment),
    }


# ---------------------------------------------------------------------------------------------- schema

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}


def _object(**required: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": required}


_AGENT = {
    "path": _TEXT,
    "format": _TEXT,
    "name": _TEXT,
    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "tokens": _COUNT,
}
_MATCH = _object(
    **_AGENT,
    likeness={
        "description": "how it compares to the agent that is checked, nearest first",
        "enum": [each.value for each in Likeness],
    },
    similarity={"description": "the share of their word sequences that both have", **_SHARE},
    containment={"description": "the share of the word sequences of the smaller one that the other has", **_SHARE},
)
MATCHES: dict[str, Any] = _object(
    schema={"const": MATCHES_SCHEMA},
    index=_object(folder=_TEXT, agents=_COUNT, bodies=_COUNT, rebuild_due={"type": "boolean"}),
    agents={
        "type": "array",
        "items": _object(
            **_AGENT,
            matches={"description": "most similar first", "type": "array", "items": _MATCH},
            others={"description": "duplicates that were found and are not listed", **_COUNT},
            centre={
                "description": "the centre of the cluster that it would belong to; null if it is near none",
                "anyOf": [_MATCH, {"type": "null"}],
            },
        ),
    },
    skipped={"type": "array", "items": _object(path=_TEXT, reason=_TEXT)},
)
"""The schema of `matches_document`, without the head that all documents have."""
