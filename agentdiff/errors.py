"""Everything that agentdiff raises on purpose.

AgentDiffError
├── UnreadableFile    the file is missing, no regular file, too large, binary or not UTF-8
├── EmptyAgent        the file holds nothing to compare
├── BadInput          what was asked for makes no sense (one file to merge, a value out of range)
└── UnfaithfulMerge   the merged text does not say what was meant; nothing was written

Each makes its own sentence: where, what is wrong, what to do next.
"""

from __future__ import annotations


class AgentDiffError(Exception):
    """Base of the family; `str()` is one sentence for a person."""


class UnreadableFile(AgentDiffError):
    """A file that cannot be read as text."""

    def __init__(self, path: str, problem: str, remedy: str) -> None:
        self.path = path
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{path}: {problem}; {remedy}")


class EmptyAgent(AgentDiffError):
    """A file without any field or text."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path}: the file is empty; give it a description or a body first")


class BadInput(AgentDiffError):
    """A request that cannot be met."""


class UnfaithfulMerge(AgentDiffError):
    """The merge failed its own check: a line of an input is not accounted for."""
