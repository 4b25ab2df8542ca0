"""What a dialect says about itself. A dialect is one small file with one `Format`, and one row in `formats.FORMATS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from agentdiff.model import FieldValue

Keys = Mapping[str, FieldValue]
"""The keys of a file as written, with their values."""


class ListStyle(StrEnum):
    """How a list of names is written."""

    COMMAS = "commas"
    """`tools: Read, Grep`"""
    BRACKETS = "brackets"
    """`tools: [read, search]`"""


def _claims_nothing(keys: Keys) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One dialect of agent files."""

    name: str
    """Its id, such as `claude-agent`. What stands before the hyphen names the product's vocabulary of tools."""
    product: str
    paths: tuple[str, ...] = ()
    """Where its files live: patterns for a whole path that begins with `/`; `*` matches `/` too."""
    keys: Mapping[str, str]
    """Key as written -> canonical field name. Where two keys mean one field, the first is the one to write."""
    required: tuple[str, ...] = ()
    """Fields without which the product does not load the file."""
    has_name_field: bool = True
    """Whether the `name` field names the agent; otherwise its file does."""
    lists: frozenset[str] = frozenset()
    """Fields that are lists of names, whether written with commas or as a YAML list."""
    typed: frozenset[str] = frozenset()
    """Fields that hold truth values or numbers, by themselves or inside, and lose their meaning in quotes."""
    unquoted: frozenset[str] = frozenset()
    """Fields whose values the product reads without quotes, though they are no YAML then."""
    list_style: ListStyle = ListStyle.COMMAS
    reads_blocks: bool = True
    """Whether the product reads texts of several lines behind `|`."""
    claims: Callable[[Keys], bool] = _claims_nothing
    """Whether the keys of a file whose path tells nothing are strong evidence for this dialect."""

    def lives_at(self, path: str) -> bool:
        """Whether files of this dialect are found at such a path."""
        whole = "/" + path.replace("\\", "/").removeprefix("./").lstrip("/")
        return any(fnmatchcase(whole, pattern) for pattern in self.paths)

    def key_of(self, field: str) -> str:
        """The key to write for a canonical field; a field that the dialect does not know keeps its name."""
        return next((key for key, name in self.keys.items() if name == field), field)
