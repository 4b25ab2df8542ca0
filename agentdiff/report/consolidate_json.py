"""A consolidation as JSON documents: what is planned or done, and the map from old paths to canonicals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agentdiff.consolidate import Consolidation, ConsolidationPlan, Origin
from agentdiff.report.json_report import Document

CONSOLIDATION_SCHEMA = "agentdiff.consolidation/1"
MAP_SCHEMA = "agentdiff.map/1"


def consolidation_document(
    plan: ConsolidationPlan, folder: str, is_written: bool = False, removed: Sequence[str] = ()
) -> Document:
    """What `agentdiff consolidate` says."""
    return {
        "schema": CONSOLIDATION_SCHEMA,
        "folder": folder,
        "written": is_written,
        "canonicals": [_canonical(each) for each in plan.made],
        "covered": list(plan.covered),
        "removed": list(removed),
        "left_out": [
            {
                "cluster": each.cluster.id,
                "kind": each.cluster.kind.value,
                "paths": [member.path for member in each.cluster.members],
                "reason": each.reason,
            }
            for each in plan.left_out
        ],
        "unread": [{"path": each.path, "reason": each.reason} for each in plan.unread],
    }


def _canonical(made: Consolidation) -> Document:
    return {
        "path": made.place,
        "cluster": made.cluster.id,
        "kind": made.cluster.kind.value,
        "format": made.merge.format,
        "tokens": {"before": made.tokens_before, "after": made.tokens},
        "variants": len(made.merge.inputs),
        "questions": made.questions,
        "members": [_member(each) for each in made.origins],
    }


def _member(origin: Origin) -> Document:
    return {
        "path": origin.member.path,
        "sha256": origin.member.sha256,
        "tokens": origin.member.tokens,
        "covered": origin.is_covered,
        "gaps": list(origin.gaps),
    }


def map_document(entries: Iterable[tuple[str, str]]) -> Document:
    """Where what stood at an old path stands now: old path, and that of the canonical in the folder of the map."""
    return {
        "schema": MAP_SCHEMA,
        "paths": [{"path": path, "canonical": canonical} for path, canonical in sorted(entries)],
    }
