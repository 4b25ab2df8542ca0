"""The name that a file gives to its agent."""

from __future__ import annotations

from os.path import basename, dirname, splitext

from agentdiff.formats.base import Format, Naming

_MARKS_OF_KIND = (".agent", ".chatmode", ".instructions", ".prompt", ".chain")
"""What stands in a file name between the agent's name and `.md`."""


def name_of_file(path: str, format: Format) -> str:
    """The name that a file gives its agent: its own without what marks the kind, or that of its directory."""
    slashed = path.replace("\\", "/")
    if format.naming is Naming.DIRECTORY and basename(dirname(slashed)):
        return basename(dirname(slashed))
    stem = splitext(basename(slashed))[0]
    return next((stem.removesuffix(mark) for mark in _MARKS_OF_KIND if stem.endswith(mark)), stem)
