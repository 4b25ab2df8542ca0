"""The name that a file gives to its agent, and the file and the name to give to an agent in another dialect."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import chain, count
from os.path import basename, dirname, splitext

from agentdiff.formats.base import Format, Key, Naming

_MARKS_OF_KIND = (".agent", ".chatmode", ".instructions", ".prompt", ".chain")
"""What stands in a file name between the agent's name and `.md`."""
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
_NOT_IN_FILE_NAME = re.compile(r"[^\w.-]+")
_OTHER_PLACES = re.compile(", | or ")


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


def home(target: Format, name: str) -> str:
    """Where the file of an agent of that name lives in a project: the first place that its host looks at.

    Empty where its host looks at no file.
    """
    place = _OTHER_PLACES.split(target.homes[0])[0].removeprefix("any ") if target.homes else ""
    if " " in place:
        return ""
    for pattern in ("<name>", "**/*", "*"):
        if pattern in place:
            return place.replace(pattern, _NOT_IN_FILE_NAME.sub("-", name).strip("-.") or "agent", 1)
    return place


def fitting(name: str, key: Key | None) -> str:
    """A name as its key takes it."""
    if key is not None and key.pattern and not re.fullmatch(key.pattern, name):
        name = _NOT_IN_SLUG.sub("-", name.lower()).strip("-") or "agent"
    return name[: key.limit].rstrip("-") if key is not None and key.limit else name


def unique(name: str, taken: Collection[str]) -> str:
    """A name that is not taken: itself, else with the first number behind it that is free."""
    numbered = (f"{name}-{number}" for number in count(2))
    return next(each for each in chain((name,), numbered) if each not in taken)
