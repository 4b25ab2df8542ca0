"""The name that a file gives to its agent."""

from __future__ import annotations

from os.path import basename, dirname, splitext

from agentdiff.formats.base import Format, Naming

_MARKS_OF_KIND = (".agent", ".chatmode", ".instructions", ".prompt", ".chain")
"""What stands in a file name between the agent's name and `.md`."""


def name_of_file(path: str, format: Format) -> str:
    """The name that a file gives its agent: its own without what marks the kind, or that of its directory."""
    slashed = path.replace("\\", "/")
    if is_named_by_directory(slashed, format):
        return basename(dirname(slashed))
    own = slashed.rpartition(f"/{format.named_below}/")[2] if format.named_below else basename(slashed)
    stem = splitext(own)[0]
    return next((stem.removesuffix(mark) for mark in _MARKS_OF_KIND if stem.endswith(mark)), stem)


def is_named_by_directory(path: str, format: Format) -> bool:
    """Whether it is the directory that names the agent of a file, not the file."""
    slashed = path.replace("\\", "/")
    return bool(basename(dirname(slashed))) and (
        format.naming is Naming.DIRECTORY or _is_in_directory_of_its_own(slashed, format)
    )


def _is_in_directory_of_its_own(path: str, format: Format) -> bool:
    """Whether it is the `agent.md` of a format that knows `agents/<name>/agent.md`, too."""
    is_known = any(home.endswith(f"/<name>/{basename(path)}") for home in format.homes)
    return is_known and basename(dirname(path)) != "agents"
