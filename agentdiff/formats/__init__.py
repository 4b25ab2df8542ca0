"""Text <-> Agent: the table of dialects, finding out which one a file is in, reading it, and writing it.

Writing is loaded when it is first used, since most runs only read.
"""

from __future__ import annotations

from agentdiff.files import Address, address_of, read_source
from agentdiff.formats.base import Format
from agentdiff.formats.reading import choose, named, parse_all
from agentdiff.formats.registry import FORMATS
from agentdiff.model import Agent

__all__ = ["FORMATS", "Format", "choose", "named", "parse", "parse_all", "read", "read_all"]


def read(path: str, format: str | None = None) -> Agent:
    """The agent in a file, or on standard input for `-`; `FILE#name` is one of several in a file.

    `format` overrules what path and content say of the dialect. Raises UnreadableFile, EmptyAgent and BadInput.
    """
    address = address_of(path)
    return choose(_agents_at(address, format), address)


def read_all(path: str, format: str | None = None) -> tuple[Agent, ...]:
    """Every agent in a file, or the one that `FILE#name` means. Raises as `read` does."""
    address = address_of(path)
    agents = _agents_at(address, format)
    return (choose(agents, address),) if address.name else agents


def _agents_at(address: Address, format: str | None) -> tuple[Agent, ...]:
    source = read_source(address.file)
    return parse_all(source.text, address.file, source.sha256, format)


def parse(text: str, path: str, sha256: str | None = None, format: str | None = None) -> Agent:
    """The only agent in a text; see `parse_all`. Raises BadInput where there are several."""
    return choose(parse_all(text, path, sha256, format), Address(path, path, ""))
