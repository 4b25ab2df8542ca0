"""The agents in a data file: where each stands in the tree of values, its fields, and its prompt with its lines.

A prompt may be made of several texts of the file. They follow each other with a blank line between them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from agentdiff.formats._frontmatter import Entry as Written
from agentdiff.formats._tree import Entry, Node, NotReadable, find, line_numbers
from agentdiff.formats.base import Blocks, Format, Holds, Root
from agentdiff.model import FieldValue, Span
from agentdiff.text import line_starts

PART_BREAK = "\n\n"
"""What stands between two texts that make one prompt."""


MAX_CHARACTERS = 32 * 1024 * 1024
"""Longest prompts of all agents of a file together. Each may hold the same texts of the file, over and over."""


class Page(NamedTuple):
    """The text of a file in which a tree has its places."""

    text: str
    places: tuple[int, ...]
    """For each line of the text its line of the file; empty where they are the same."""
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str, places: tuple[int, ...] = ()) -> Page:
        """The page of a text."""
        return cls(text, places, tuple(line_starts(text)))

    def line(self, offset: int) -> int:
        """The line of the file on which a character stands."""
        number = bisect_right(self.starts, offset)
        return self.places[number - 1] if self.places else number

    def span(self, start: int, end: int) -> Span:
        """The lines of the file that hold a stretch of text."""
        return Span(self.line(start), self.line(max(start, end - 1)))

    def lines_of(self, node: Node) -> tuple[int, ...]:
        """The line of the file for each line of a text that the file holds."""
        first = self.line(node.start)
        if not isinstance(node.value, str):
            return (first,)
        numbers = line_numbers(self.text[node.start : node.end], bisect_right(self.starts, node.start), node.value)
        return tuple(self.places[number - 1] for number in numbers) if self.places else numbers


class DataAgent(NamedTuple):
    """One agent of a data file."""

    key: str | None
    """The key at which it stands in a map of agents."""
    node: Node
    fields: tuple[Written, ...]
    text: str
    places: tuple[int, ...]
    line: int
    """Where it begins."""


def agents_in(tree: Node, page: Page, format: Format) -> tuple[DataAgent, ...]:
    """All agents, in the order of the file. Empty where nothing stands at any of the format's places.

    Raises NotReadable where shared texts make the prompts longer than MAX_CHARACTERS together.
    """
    shared = _shared_parts(tree, format.blocks)
    agents, length = [], 0
    for key, start, node in nodes_in(tree, format):
        agents.append(agent_at(key, start, node, shared, page, format))
        length += len(agents[-1].text)
        if length > MAX_CHARACTERS:
            raise NotReadable(page.line(start), "the agents of the file share too much text", is_too_complex=True)
    return tuple(agents)


def nodes_in(tree: Node, format: Format) -> list[tuple[str | None, int, Node]]:
    """Key, first character and map of each agent, in the order of the file.

    Of several places that hold something it is the one with most of the keys that the format knows, then the first.
    Where an empty place for several agents is, the top of the file is no agent.
    """
    known = {*format.prompt, *(key.key.partition(".")[0] for key in format.keys)}
    lists = [root.path for root in format.roots if root.path and root.holds is not Holds.ONE]
    is_list = any(find(tree, path) is not None for path in lists)
    roots = [root for root in format.roots if root.path or not is_list]
    found = [nodes for root in roots if (nodes := list(nodes_at(tree, root)))]
    return max(found, key=lambda nodes: sum(entry.key in known for entry in nodes[0][2].entries), default=[])


def nodes_at(tree: Node, root: Root) -> Iterator[tuple[str | None, int, Node]]:
    """Key, first character and map of each agent at that place; nothing where something else stands there."""
    node = find(tree, root.path)
    if node is None:
        return
    match root.holds:
        case Holds.ONE if node.entries:
            yield None, node.start, node
        case Holds.LIST:
            yield from ((None, each.start, each) for each in node.elements if each.entries)
        case Holds.MAP:  # settings may stand among them
            yield from ((entry.key, entry.start, entry.node) for entry in node.entries if entry.node.entries)
        case _:
            return


def agent_at(
    key: str | None, start: int, node: Node, shared: Sequence[SharedPart], page: Page, format: Format
) -> DataAgent:
    """The agent in that map, which begins with that character."""
    parts = [*prompt_parts(node, format), *_named_parts(node, shared, format.blocks)]
    own = {id(part.node) for part in parts}
    fields = tuple(_fields(node, page, format, own))
    text = PART_BREAK.join(part.text for part in parts)
    return DataAgent(key, node, fields, text, tuple(_places(parts, page)), page.line(start))


# ---------------------------------------------------------------------------------------------- fields


def _fields(node: Node, page: Page, format: Format, prompts: set[int]) -> Iterator[Written]:
    """In the order of the file, without prompts, empty ones too.

    The entries of a map that a dotted key leads into are fields of their own.
    """
    opened = {key.key.partition(".")[0] for key in format.keys if "." in key.key}
    for entry in node.entries:
        if entry.key in opened and entry.node.entries:
            yield from fields_within(entry, page)
        elif id(entry.node) not in prompts and not (entry.key in format.prompt and not entry.node.value):
            yield _written(entry.key, entry, page)


def fields_within(entry: Entry, page: Page) -> Iterator[Written]:
    """The entries of a map as fields of their own, each with its dotted key."""
    return (_written(f"{entry.key}.{inner.key}", inner, page) for inner in entry.node.entries)


def _written(key: str, entry: Entry, page: Page) -> Written:
    node = entry.node
    return Written(key, node.value, page.text[node.start : node.end], page.span(min(entry.start, node.start), node.end))


# ---------------------------------------------------------------------------------------------- prompt


class Part(NamedTuple):
    """One of the texts that make a prompt."""

    key: str
    node: Node
    text: str
    """Without line feeds at its end where another part follows."""
    title: str = ""
    """A title line that is not in the text but stands for where it comes from."""


def prompt_parts(node: Node, format: Format) -> list[Part]:
    """The texts behind the prompt keys of an agent, in the order of the format; empty ones are left out."""
    last = {entry.key: entry.node for entry in node.entries if entry.node.is_text and entry.node.value}
    found = [(key, last[key]) for key in format.prompt if key in last]
    return [
        Part(key, each, _unix(each.value) if number == len(found) else _unix(each.value).rstrip("\n"))
        for number, (key, each) in enumerate(found, 1)
    ]


class SharedPart(NamedTuple):
    """A text that stands once in a file and may belong to several agents."""

    id: FieldValue
    part: Part


def _shared_parts(tree: Node, blocks: Blocks | None) -> list[SharedPart]:
    shared = find(tree, (blocks.key,)) if blocks else None
    if blocks is None or shared is None:
        return []
    parts = []
    for element in shared.elements:
        inner = {entry.key: entry.node for entry in element.entries}
        text, number = inner.get(blocks.text), inner.get(blocks.id)
        if text is not None and text.is_text and text.value:
            title = inner[blocks.title].value if blocks.title in inner else ""
            part = Part(blocks.key, text, f"# {title}\n\n{_unix(text.value)}".rstrip("\n"), str(title))
            parts.append(SharedPart(number.value if number else None, part))
    return parts


def _named_parts(node: Node, shared: Sequence[SharedPart], blocks: Blocks | None) -> list[Part]:
    """The shared texts that an agent names; all of them where it names none."""
    if blocks is None or not shared:
        return []
    given = next((entry.node.value for entry in node.entries if entry.key == blocks.ids), None)
    if not given:
        return [each.part for each in shared]
    wanted = {each for each in (given if isinstance(given, tuple) else (given,)) if isinstance(each, str)}
    return [each.part for each in shared if isinstance(each.id, str) and each.id in wanted]


def _places(parts: Sequence[Part], page: Page) -> Iterator[int]:
    for number, part in enumerate(parts):
        lines = page.lines_of(part.node)
        heading = (lines[0], lines[0]) if part.title else ()
        if number:
            yield lines[0]
        count = part.text.count("\n") + 1
        yield from (*heading, *lines, *lines[-1:] * count)[:count]


def _unix(value: FieldValue) -> str:
    return str(value).replace("\r\n", "\n")
