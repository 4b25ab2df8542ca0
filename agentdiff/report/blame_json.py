"""The account of a canonical agent as a JSON document."""

from __future__ import annotations

from agentdiff.blame import Blame, Blamed
from agentdiff.model import Agent
from agentdiff.report.json_report import Document

BLAME_SCHEMA = "agentdiff.blame/1"


def blame_document(blame: Blame) -> Document:
    """What `agentdiff blame` says. Of sources that only marks name, the path is all that is known."""
    sources = [_head(source) for source in blame.sources] or [{"path": path} for path in blame.paths]
    return {
        "schema": BLAME_SCHEMA,
        "canonical": _head(blame.canonical),
        "sources": sources,
        "parts": [_part(each) for each in blame.parts],
    }


def _head(agent: Agent) -> Document:
    return {"path": agent.path, "format": agent.format, "name": agent.name, "sha256": agent.sha256}


def _part(each: Blamed) -> Document:
    return {
        "part": each.part.value,
        "name": each.name,
        "text": each.text,
        "lines": [each.span.first, each.span.last],
        "support": each.support,
        "sources": [
            {
                "source": voice.source,
                "manner": voice.manner.value,
                "lines": [[span.first, span.last] for span in voice.spans],
            }
            for voice in each.voices
        ],
    }
