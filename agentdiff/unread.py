"""Paths that a user gave and that could not be read: the rest is done, then the command says so and fails."""

from __future__ import annotations

from collections.abc import Sequence

from agentdiff.clusters import Skipped
from agentdiff.errors import AgentDiffError
from agentdiff.report.phrases import path_words


def refuse_unread(skipped: Sequence[Skipped], paths: Sequence[str], consequence: str) -> None:
    """Raise AgentDiffError if some of the paths given were skipped; `consequence` says what became of the others."""
    given = [each for each in skipped if each.path in paths]
    if given:
        more = f"; {len(given) - 1} more of the paths given could not be read" if len(given) > 1 else ""
        raise AgentDiffError(f"{path_words(given[0].path)}: {given[0].reason}{more}; {consequence}")
