"""An existing file with some things changed: only the bytes of what changed are touched.

Values are replaced at their places in the text, so key order, quoting, comments, line ends and unknown keys stay.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from agentdiff.errors import BadInput
from agentdiff.formats import _data, _frontmatter, _json, _toml, _tree, _yaml, _yaml_tree
from agentdiff.formats._tree import Bare, Entry, Node, Typed
from agentdiff.formats.base import Format, Holds, Naming
from agentdiff.formats.detection import DATA, load
from agentdiff.formats.reading import KNOWN_KEYS
from agentdiff.formats.registry import FORMATS
from agentdiff.formats.rendering import as_typed, split_prompt
from agentdiff.marks import is_mark_item
from agentdiff.model import Agent, Container, FieldValue


def edited(
    agent: Agent, fields: Mapping[str, FieldValue] | None = None, without: Collection[str] = (), body: str | None = None
) -> str:
    """The agent's whole file with some fields set, some removed, and another body; every other byte as it was.

    `fields` and `without` are canonical names; a field that the file does not have goes behind the last one. A list of
    names keeps the spelling that it has. `body` is the text behind the front matter, or the prompt; its line ends
    become those of the file. Raises BadInput where the file has no place for it.
    """
    format = FORMATS[agent.format]
    editor = _DataEditor(agent, format) if agent.container in DATA else _MarkdownEditor(agent, format)
    for name in without:
        field = agent.field(name)
        if field is not None:
            editor.remove(field.key)
    for name, value in (fields or {}).items():
        field = agent.field(name)
        if name == "name" and field is None and (name not in format.by_field or format.naming is Naming.FILE):
            raise BadInput(f"{agent.path}: this agent is named by its key or file; rename that")
        if field is None or field.value != value:
            editor.set(field.key if field else format.key_of(name), value)
    if body is not None and body != body_of(agent):
        editor.set_body(body)
    return editor.text


def body_of(agent: Agent) -> str:
    """The text behind the front matter, or the prompt, with line feeds alone and without marks of sources."""
    lines = agent.text.split("\n")
    lonely = {item.span.first for item in agent.items if is_mark_item(item)}
    kept = (line for number, line in enumerate(lines, 1) if number >= agent.body_line and number not in lonely)
    return "\n".join(kept).removeprefix("\ufeff").replace("\r\n", "\n")


def marked(agent: Agent) -> dict[str, Typed]:
    """The values by key with numbers and truth values told from texts; empty where the front matter is no YAML."""
    if agent.container in DATA:
        entries = _DataEditor(agent, FORMATS[agent.format]).node.entries
    else:
        block = _frontmatter.split(agent.source)
        try:
            node = _in_block(load(agent.source[block[0] : block[1]], Container.YAML), agent.number) if block else None
        except _tree.NotReadable:
            node = None
        entries = node.entries if node else ()
    found: dict[str, Typed] = {}
    for entry in entries:
        found[entry.key] = _tree.typed(entry.node)
        found |= {f"{entry.key}.{inner.key}": _tree.typed(inner.node) for inner in entry.node.entries}
    return found


def alone(agents: Sequence[Agent]) -> str:
    """The file of some of its agents without the others; all that stands beside agents in it stays.

    `agents` are of one file, at least one is given; all of them give the very text of the file.
    """
    first = agents[0]
    kept = {agent.number for agent in agents}
    if first.container in DATA:
        return _DataEditor(first, FORMATS[first.format]).only(kept)
    block = _frontmatter.split(first.source)
    if block is None:  # only the block of a file of Markdown can hold several
        return first.source
    try:
        elements = load(first.source[block[0] : block[1]], Container.YAML).elements
    except _tree.NotReadable:
        return first.source
    if kept.issuperset(range(len(elements))):
        return first.source
    lines = _yaml.dump_tree([_tree.typed(node) for number, node in enumerate(elements) if number in kept])
    return first.source[: block[0]] + lines.replace("\n", _tree.newline(first.source)) + first.source[block[1] :]


def _in_block(tree: Node, number: int) -> Node:
    """The agent in front matter, which may be a list of several."""
    return tree.elements[number] if tree.elements else tree


class _Grammar(NamedTuple):
    """How a container replaces, inserts and removes; `detection.load` reads each."""

    replace: Callable[[str, Node, Typed], str]
    insert: Callable[[str, Node, str, Typed], str]
    remove: Callable[[str, Node, Entry], str]


_GRAMMARS = {
    Container.JSON: _Grammar(_json.replace, _json.insert, _json.remove),
    Container.TOML: _Grammar(_toml.replace, _toml.insert, _toml.remove),
    Container.YAML: _Grammar(_yaml_tree.replace, _yaml_tree.insert, _yaml_tree.remove),
}


def _last(node: Node, key: str) -> Entry | None:
    return next((entry for entry in reversed(node.entries) if entry.key == key), None)


def _as_spelled(value: FieldValue, key: str, format: Format, old: Node | None) -> Typed:
    """The value in the spelling that stands there: names as one text or as a list, `true` bare or quoted."""
    known = format.by_key.get(key)
    is_bare = old is not None and not old.is_text and not old.entries and not old.elements
    is_list = old is not None and isinstance(value, tuple) and isinstance(old.value, tuple)
    typed = as_typed(value, None if is_list else known, is_unquoted=is_bare)
    return typed if old is None or old.is_text else _like(typed, old)


def _like(value: Typed, old: Node) -> Typed:
    """What is the same at the same place keeps its kind: an old `"3000"` is no number only because others are."""
    if isinstance(value, str):
        is_there = old.value == value and not old.entries and not old.elements
        return (str(value) if old.is_text else Bare(value)) if is_there else value
    if isinstance(value, Mapping):
        inner = {entry.key: entry.node for entry in old.entries}
        return {key: _like(entry, inner[key]) if key in inner else entry for key, entry in value.items()}
    if value is None:
        return None
    pairs = zip_longest(value, old.elements[: len(value)])
    return [_like(entry, node) if node is not None else entry for entry, node in pairs]


class _MapEditor:
    """Changes entries of one map of a text that is read anew after each change."""

    def __init__(self, text: str, container: Container, format: Format, agent_in: Callable[[Node], Node]) -> None:
        self.text = text
        self._container = container
        self._grammar = _GRAMMARS[container]
        self._format = format
        self._agent_in = agent_in

    def _agent(self) -> Node:
        return self._agent_in(load(self.text, self._container))

    def _home(self, key: str) -> tuple[Node, str]:
        """The map that holds a key, and the key in it: a dotted key of the dialect leads into a map."""
        node = self._agent()
        outer, _, inner = key.partition(".")
        within = _last(node, outer) if inner and _last(node, key) is None else None
        return (within.node, inner) if within and within.node.entries else (node, key)

    def set(self, key: str, value: FieldValue) -> None:
        node, inner = self._home(key)
        entry = _last(node, inner)
        if entry is not None:
            typed = _as_spelled(value, key, self._format, entry.node)
            self.text = self._grammar.replace(self.text, entry.node, typed)
        elif "." in inner and key in self._format.by_key:
            outer, _, last = inner.partition(".")
            typed = _as_spelled(value, key, self._format, None)
            self.text = self._grammar.insert(self.text, node, outer, {last: typed})
        else:
            typed = _as_spelled(value, key, self._format, None)
            self.text = self._grammar.insert(self.text, node, inner, typed)

    def remove(self, key: str) -> None:
        node, inner = self._home(key)
        while (entry := _last(node, inner)) is not None:
            self.text = self._grammar.remove(self.text, node, entry)
            node, inner = self._home(key)

    def set_text(self, key: str, text: str) -> None:
        node = self._agent()
        entry = _last(node, key)
        if entry is None:
            self.text = self._grammar.insert(self.text, node, key, text)
        else:
            self.text = self._grammar.replace(self.text, entry.node, text)


# ---------------------------------------------------------------------------------------------- data files


class _DataEditor:
    """One agent of a data file."""

    def __init__(self, agent: Agent, format: Format) -> None:
        self._agent = agent
        self._format = format
        self._container = agent.container
        self._grammar = _GRAMMARS[agent.container]
        whole = load(agent.source, agent.container)
        self._outer = whole if whole.is_text and isinstance(whole.value, str) else None
        inner = agent.source if self._outer is None else str(self._outer.value)
        self._map = _MapEditor(inner, agent.container, format, self._find)

    @property
    def node(self) -> Node:
        """The agent as it stands in the text."""
        return self._find(load(self._map.text, self._container))

    def only(self, numbers: Collection[int]) -> str:
        """The whole file without the agents of other numbers."""
        tree = load(self._map.text, self._container)
        starts = [node.start for _, _, node in _data.nodes_in(tree, self._format)]
        others = {start for number, start in enumerate(starts) if number not in numbers}
        roots = [root for root in self._format.roots if [n.start for _, _, n in _data.nodes_at(tree, root)] == starts]
        home = _tree.find(tree, roots[0].path)
        if home is None or not others:
            return self._agent.source
        if roots[0].holds is Holds.LIST:
            kept = [_tree.typed(node) for node in home.elements if node.start not in others]
            self._map.text = self._grammar.replace(self._map.text, home, kept)
            return self.text
        places = [number for number, entry in enumerate(home.entries) if entry.node.start in others]
        for number in reversed(places):  # the places of those before stay
            again = _tree.find(load(self._map.text, self._container), roots[0].path)
            if again is not None:
                self._map.text = self._grammar.remove(self._map.text, again, again.entries[number])
        return self.text

    def _find(self, tree: Node) -> Node:
        nodes = _data.nodes_in(tree, self._format)
        if self._agent.number < len(nodes):
            return nodes[self._agent.number][2]
        raise BadInput(f"{self._agent.path}: the agent is no longer where it was; read the file again")

    @property
    def text(self) -> str:
        if self._outer is None:
            return self._map.text
        return self._grammar.replace(self._agent.source, self._outer, self._map.text)

    def set(self, key: str, value: FieldValue) -> None:
        self._map.set(key, value)

    def remove(self, key: str) -> None:
        self._map.remove(key)

    def set_body(self, body: str) -> None:
        """Put the text behind the prompt keys; of several only those are touched that changed."""
        parts = _data.prompt_parts(self._find(load(self._map.text, self._container)), self._format)
        if self._format.blocks and len(body_of(self._agent)) > sum(len(part.text) for part in parts):
            raise BadInput(f"{self._agent.path}: its text stands in several blocks of the file; change them there")
        if len(parts) < 2:
            key = parts[0].key if parts else self._format.prompt[0]
            self._map.set_text(key, body)
            return
        for part, text in zip(parts, _divided(body, [part.text for part in parts]), strict=True):
            if text != part.text:
                self._map.set_text(part.key, text)


def _divided(body: str, old: list[str]) -> list[str]:
    """A new body as two texts: the one that it begins or ends with stays; else the opening paragraph is the first."""
    first, second = old[0], _data.PART_BREAK.join(old[1:])
    if body.startswith(first + _data.PART_BREAK):
        return [first, body[len(first) + len(_data.PART_BREAK) :]]
    if body.endswith(_data.PART_BREAK + second):
        return [body[: -len(second) - len(_data.PART_BREAK)], second]
    parts = split_prompt(body, 2)
    return parts if len(parts) == 2 else [body, ""]


# ---------------------------------------------------------------------------------------------- Markdown


class _MarkdownEditor:
    """Markdown, with or without front matter. Lines of a block that is no YAML are replaced whole."""

    def __init__(self, agent: Agent, format: Format) -> None:
        self.text = agent.source
        self._agent = agent
        self._format = format

    def set(self, key: str, value: FieldValue) -> None:
        block = _frontmatter.split(self.text)
        if block is None:
            start = len(self.text) - len(self.text.removeprefix("\ufeff"))
            fence = f"---{self._break}---{self._break}{self._break}"
            self.text = self.text[:start] + fence + self.text[start:]
            block = (start + 3 + len(self._break),) * 2 + (0,)
        self._change(block, key, lambda editor: editor.set(key, value), self._dumped(key, value))

    def remove(self, key: str) -> None:
        block = _frontmatter.split(self.text)
        if block is not None:
            self._change(block, key, lambda editor: editor.remove(key), "")

    def _change(self, block: tuple[int, int, int], key: str, change: Callable[[_MapEditor], None], lines: str) -> None:
        """Change the block as YAML if it is some; else put `lines` in place of those of the key."""
        start, end, _ = block
        editor = _MapEditor(self.text[start:end], Container.YAML, self._format, self._node)
        try:
            change(editor)
        except _tree.NotReadable:
            self._replace_lines(end, key, lines)
        else:
            self.text = self.text[:start] + editor.text + self.text[end:]

    def _node(self, tree: Node) -> Node:
        return _in_block(tree, self._agent.number)

    def _replace_lines(self, end: int, key: str, lines: str) -> None:
        if "." in key and key in self._format.by_key:
            problem = f"its header is no valid YAML, so `{key}` cannot be changed in it"
            raise BadInput(f"{self._agent.path}: {problem}; correct the header first")
        entries = [entry for entry in _frontmatter.read(self.text, KNOWN_KEYS).entries if entry.key == key]
        if not entries:
            self.text = self.text[:end] + lines + self.text[end:]
            return
        span = entries[-1].span
        whole = self.text.split("\n")
        before, after = whole[: span.first - 1], whole[span.last :]
        self.text = "".join(line + "\n" for line in before) + lines + "\n".join(after)

    def _dumped(self, key: str, value: FieldValue) -> str:
        typed = _as_spelled(value, key, self._format, None)
        lines = _yaml.dump_tree({key: typed}, may_use_blocks=self._format.reads_blocks)
        return lines.replace("\n", self._break)

    @property
    def _break(self) -> str:
        return _tree.newline(self.text)

    def set_body(self, body: str) -> None:
        block = _frontmatter.split(self.text)
        start = block[2] if block else len(self.text) - len(self.text.removeprefix("\ufeff"))
        is_closed = block is None or block[1] < block[2]
        fence = "" if is_closed else f"---{self._break}"
        self.text = self.text[:start] + fence + body.replace("\n", self._break)
