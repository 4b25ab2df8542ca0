"""Clusters of duplicates as a JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import starmap

from agentdiff.baseline import Comparison
from agentdiff.clusters import Cluster, Duplicates, Edge, Member
from agentdiff.report.json_report import Document, dumps, rounded

CLUSTERS_SCHEMA = "agentdiff.clusters/1"


def clusters_document(result: Duplicates, comparisons: Sequence[Comparison] | None = None) -> Document:
    """What `agentdiff duplicates` says. `comparisons` are those of the clusters, None without a baseline."""
    scanned = result.scanned
    return {
        "schema": CLUSTERS_SCHEMA,
        "scanned": {
            "files": scanned.files,
            "agents": scanned.agents,
            "bytes": scanned.bytes,
            "others": scanned.others,
        },
        "clusters": list(_clusters(result, comparisons)),
        "skipped": [{"path": each.path, "reason": each.reason} for each in result.skipped],
    }


def clusters_text(result: Duplicates, comparisons: Sequence[Comparison] | None = None) -> str:
    """The document with one cluster on a line: of a million agents it would have thirty million lines otherwise."""
    lines = ",\n".join(f"    {json.dumps(each, ensure_ascii=True)}" for each in _clusters(result, comparisons))
    frame = dumps(clusters_document(replace(result, clusters=())))
    return frame.replace('"clusters": []', f'"clusters": [\n{lines}\n  ]', 1) if lines else frame


def _clusters(result: Duplicates, comparisons: Sequence[Comparison] | None) -> Iterator[Document]:
    known = [None] * len(result.clusters) if comparisons is None else comparisons
    return starmap(_cluster, zip(result.clusters, known, strict=True))


def _cluster(cluster: Cluster, known: Comparison | None) -> Document:
    document: Document = {
        "id": cluster.id,
        "kind": cluster.kind.value,
        "members": [_member(each) for each in cluster.members],
        "similarity": {
            "min": rounded(cluster.least_similarity),
            "mean": rounded(cluster.mean_similarity),
        },
        "edges": [_edge(each) for each in cluster.edges],
        "centre": cluster.centre,
        "suggested": cluster.suggested,
        "tokens": cluster.tokens,
        "savings": cluster.savings,
        "collections": list(cluster.collections),
    }
    if known is not None:
        document |= {"standing": known.standing.value, "new_members": list(known.new_members)}
    return document


def _member(member: Member) -> Document:
    return {
        "path": member.path,
        "format": member.format,
        "name": member.name,
        "sha256": member.sha256,
        "tokens": member.tokens,
        "collection": member.collection,
    }


def _edge(edge: Edge) -> Document:
    return {
        "a": edge.a,
        "b": edge.b,
        "similarity": rounded(edge.similarity),
        "containment": rounded(edge.containment),
        "verdict": edge.verdict.value,
        "adds_nothing": edge.adds_nothing,
    }
