"""What stands in a file beside its agents and goes with no agent: comments, and other keys of a data file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from agentdiff.formats import _frontmatter, _tree
from agentdiff.formats._tree import Node
from agentdiff.formats.base import Format
from agentdiff.formats.detection import DATA, load
from agentdiff.formats.registry import FORMATS
from agentdiff.model import Agent, Container
from agentdiff.text import line_starts

_COMMENT = re.compile(r"^[ \t]*(#|//|/\*)", re.MULTILINE)
"""A comment that has a line of its own; which of the marks counts depends on the container."""


class Beside(NamedTuple):
    """What a file holds besides its agents, with lines of the file."""

    keys: tuple[tuple[str, int], ...] = ()
    """Keys at the top of a data file, such as `mcp` beside `agent`, each with its line; in the order of the file."""
    comments: tuple[int, ...] = ()
    """The first line of each comment that has lines of its own; comments in one block of lines count once."""


def beside(agent: Agent) -> Beside:
    """What stands beside the agents of the file that an agent was read from."""
    if agent.container not in DATA:
        block = _frontmatter.split(agent.source)
        return Beside() if block is None else Beside((), _comments(agent.source, *block[:2], Container.YAML))
    tree = load(agent.source, agent.container)
    if tree.is_text:  # the whole file in one string
        return Beside()
    starts = line_starts(agent.source)
    keys = ((key, bisect_right(starts, start)) for key, start in _other_keys(tree, FORMATS[agent.format]))
    return Beside(tuple(keys), _comments(agent.source, 0, len(agent.source), agent.container))


def _other_keys(tree: Node, format: Format) -> Iterator[tuple[str, int]]:
    own = {root.path[0] for root in format.roots if root.path and _tree.find(tree, root.path) is not None}
    if format.blocks:
        own.add(format.blocks.key)
    if any(root.path and root.path[0] in own for root in format.roots):
        yield from ((entry.key, entry.start) for entry in tree.entries if entry.key not in own)


def _comments(source: str, start: int, end: int, container: Container) -> tuple[int, ...]:
    try:
        texts = sorted(_texts(load(source[start:end], container)))
    except _tree.NotReadable:
        return ()
    begins = [begin for begin, _ in texts]
    starts = line_starts(source)
    found: list[int] = []
    last = -1
    for match in _COMMENT.finditer(source, start, end):
        place = match.start(1) - start
        inside = bisect_right(begins, place) - 1
        is_text = inside >= 0 and place < texts[inside][1]
        if is_text or (match[1] == "#") is (container is Container.JSON):
            continue
        line = bisect_right(starts, match.start(1))
        if line != last + 1:
            found.append(line)
        last = line
    return tuple(found)


def _texts(node: Node) -> Iterator[tuple[int, int]]:
    """Where texts stand; `#` in them is no comment."""
    if node.is_text:
        yield node.start, node.end
    for inner in (*node.elements, *(entry.node for entry in node.entries)):
        yield from _texts(inner)
