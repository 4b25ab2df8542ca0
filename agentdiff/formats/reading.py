"""Text -> agents: the dialect is found out, the fields get their canonical names, the body its sections and items."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from agentdiff.errors import BadInput, EmptyAgent, UnreadableFile
from agentdiff.files import STANDARD_INPUT, Address
from agentdiff.formats import _frontmatter, _markdown
from agentdiff.formats.base import Container, Format, Holds, ListStyle, Naming, Root, Type
from agentdiff.formats.detection import DATA, container_of, detect, is_json, load, refuse_code
from agentdiff.formats.diagnostics import Code
from agentdiff.formats.naming import name_of_file
from agentdiff.formats.oddities import oddities
from agentdiff.formats.registry import FORMATS
from agentdiff.model import Agent, Diagnostic, Field, FieldValue
from agentdiff.text import SPOKEN_CHARACTERS, fold, split_names, unquoted

if TYPE_CHECKING:
    from agentdiff.formats._data import DataAgent, Page
    from agentdiff.formats._tree import Node

KNOWN_KEYS = frozenset(
    key.key.partition(".")[0]
    for format in FORMATS.values()
    if Container.FRONT_MATTER in format.containers
    for key in format.keys
)
"""The keys at which front matter that is no YAML may be cut."""

SPOKEN_NAMES = 20
"""Names of agents that one sentence lists at most."""

_TEXT = frozenset({Container.FRONT_MATTER, Container.MARKDOWN})


class Found(NamedTuple):
    """One agent as it stands in its file."""

    key: str | None
    """The key that names it in a map of agents."""
    fields: tuple[_frontmatter.Entry, ...]
    text: str
    body_offset: int
    """Character of the text at which the body begins."""
    places: tuple[int, ...] = ()
    line: int = 1
    """The line of the file on which the agent begins."""


class Opened(NamedTuple):
    """A file of which dialect and agents are known, and nothing is interpreted yet."""

    format: Format
    container: Container
    agents: tuple[Found, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def parse_all(text: str, path: str, sha256: str | None = None, format: str | None = None) -> tuple[Agent, ...]:
    """Every agent in a text, in the order of the text; at least one.

    `path` is only a name: it tells the dialect and, where no field does, names the agent. Where there are several,
    the path of each is `path#name`, or `path#number` for those without a name of their own. `sha256` is that of the
    file's bytes, computed where it is not given. `format` overrules what path and content say. Raises EmptyAgent for a
    text that holds neither fields nor a body, and UnreadableFile for program code and for a data file that is broken or
    holds no agent; oddities become diagnostics, ordered by line.
    """
    opened = open_text(text, path, named(format) if format else None)
    _refuse_empty(opened, path)
    digest = sha256 or hashlib.sha256(text.encode()).hexdigest()
    agents = [_agent(found, number, text, path, digest, opened) for number, found in enumerate(opened.agents)]
    paths = _paths(path, [agent.name for agent in agents])
    return tuple(replace(agent, path=own) if own != path else agent for agent, own in zip(agents, paths, strict=True))


def _refuse_empty(opened: Opened, path: str) -> None:
    if not any(found.fields or found.text[found.body_offset :].strip() for found in opened.agents):
        raise EmptyAgent(path)


def _paths(path: str, names: Sequence[str]) -> list[str]:
    """The paths of the agents of a file, by their names."""
    if len(names) == 1:
        return [path]
    counted = Counter(names)
    return [f"{path}#{name if name and counted[name] == 1 else number}" for number, name in enumerate(names, 1)]


class Glance(NamedTuple):
    """What can be told of an agent without reading its body."""

    path: str
    """As `Agent.path`."""
    format: str
    name: str
    description: str
    body: str
    head: str
    """Everything but the body as it is written: of a file with one agent what stands before it, else its fields."""
    is_named_by_path: bool


def glances(opened: Opened, path: str) -> tuple[Glance, ...]:
    """Every agent of an opened file, in its order; what `parse_all` says of their paths and names holds here, too.

    A tenth of the cost, since bodies stay as they are. Raises EmptyAgent.
    """
    _refuse_empty(opened, path)
    format, several = opened.format, len(opened.agents) > 1
    fields = [tuple(_field(entry, format) for entry in found.fields) for found in opened.agents]
    pairs = list(zip(opened.agents, fields, strict=True))
    names = [_name(found, own, path, format, several) for found, own in pairs]
    return tuple(
        Glance(
            own_path,
            format.name,
            name,
            _first_text(own, "description"),
            found.text[found.body_offset :],
            found.text[: found.body_offset] or "\n".join(f"{field.key}: {field.raw}" for field in own),
            found.key is None and name != _first_text(own, "name"),
        )
        for own_path, name, (found, own) in zip(_paths(path, names), names, pairs, strict=True)
    )


def choose(agents: Sequence[Agent], address: Address) -> Agent:
    """The agent that an address means: the only one, the one of that name, or the one of that number from 1.

    Raises BadInput, with the names that there are, the nearest first, where none or several are meant.
    """
    if not address.name:
        if len(agents) == 1:
            return agents[0]
        remedy = f"name one of them as {address.file}#NAME: {_spoken_names(agents, '')}"
        raise BadInput(f"{address.file}: holds {len(agents)} agents; {remedy}")
    same = [agent for agent in agents if agent.name == address.name]
    is_number = address.name.isascii() and address.name.isdecimal() and len(address.name) < 9
    if not same and is_number and 0 < int(address.name) <= len(agents):
        same = [agents[int(address.name) - 1]]
    if len(same) != 1:
        what = f"holds {len(same)} agents" if same else "holds no agent"
        it_has = f"it has: {_spoken_names(agents, address.name)}"
        remedy = f"number them instead: 1 to {len(agents)}" if same else it_has
        raise BadInput(f"{address.file}: {what} of the name {address.name[:SPOKEN_CHARACTERS]}; {remedy}")
    return replace(same[0], path=address.path)


def _spoken_names(agents: Sequence[Agent], wanted: str) -> str:
    """Some of the names of a file in one line: those like the wanted one, then in the order of the file."""
    from difflib import get_close_matches

    names = list(dict.fromkeys(fold(agent.name[:SPOKEN_CHARACTERS]) for agent in agents))
    near = get_close_matches(wanted[:SPOKEN_CHARACTERS], names, n=3) if wanted else []
    ordered = list(dict.fromkeys([*near, *names]))
    return ", ".join(ordered[:SPOKEN_NAMES]) + (", ..." if len(ordered) > SPOKEN_NAMES else "")


def named(name: str) -> Format:
    """The dialect of that name; BadInput, with the most similar names, for any other."""
    if name in FORMATS:
        return FORMATS[name]
    from difflib import get_close_matches

    near = get_close_matches(name, FORMATS, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise BadInput(f"there is no format {name!r}; {hint}`agentdiff formats` lists all")


# ---------------------------------------------------------------------------------------------- opening


def open_text(text: str, path: str, format: Format | None = None) -> Opened:
    """Find out dialect and container of a text, and the agents in it. Raises UnreadableFile."""
    container = container_of(path, text)
    if format is not None:
        container = _container_for(format, container, text, path)
    if container is Container.CODE:
        raise refuse_code(path, format)
    return _open_data(text, path, container, format) if container in DATA else _open_markdown(text, path, format)


def _container_for(format: Format, found: Container, text: str, path: str) -> Container:
    """The container in which a file is to be read that was said to be of a dialect, whatever its name says."""
    is_text = found in _TEXT
    if found in format.containers or (is_text and not _TEXT.isdisjoint(format.containers)):
        return found
    if found is Container.CODE:
        return found
    if is_text or Container.CODE in format.containers:
        return Container.JSON if Container.JSON in format.containers and is_json(text) else format.containers[0]
    wanted = " or ".join(each.value for each in format.containers)
    raise UnreadableFile(path, f"is {found.value}, and {format.name} is {wanted}", "name another format with --from")


def _open_markdown(text: str, path: str, format: Format | None) -> Opened:
    several = _open_list(text, path, format)
    if several:
        return several
    front = _frontmatter.read(text, KNOWN_KEYS)
    keys = {entry.key: entry.value for entry in front.entries}
    container = Container.FRONT_MATTER if front.entries else Container.MARKDOWN
    format = format or detect(path, keys, container)
    found = Found(None, _opened(front.entries, text, format), text, front.body_offset)
    return Opened(format, container, (found,), front.diagnostics)


def _opened(entries: tuple[_frontmatter.Entry, ...], text: str, format: Format) -> tuple[_frontmatter.Entry, ...]:
    """The fields of front matter, with those of a map apart that dotted keys of the format lead into."""
    opened = {key.key.partition(".")[0] for key in format.keys if "." in key.key}
    if not any(_is_map_of(entry, opened) for entry in entries):
        return entries
    lines = text.split("\n")
    within = (_fields_within(entry, lines) if _is_map_of(entry, opened) else (entry,) for entry in entries)
    return tuple(chain.from_iterable(within))


def _is_map_of(entry: _frontmatter.Entry, keys: set[str]) -> bool:
    return entry.key in keys and isinstance(entry.value, dict) and bool(entry.value)


def _fields_within(entry: _frontmatter.Entry, lines: Sequence[str]) -> Iterable[_frontmatter.Entry]:
    """The entries of a map; its own lines are read again, since the block around it need not be YAML."""
    from agentdiff.formats import _data, _tree, _yaml

    places = tuple(range(entry.span.first, entry.span.last + 1))
    page = _data.Page.of("\n".join(lines[entry.span.first - 1 : entry.span.last]), places)
    try:
        nodes = [node for node in _yaml.load_tree(page.text).entries if node.key == entry.key]
    except _tree.NotReadable:  # it names what stands elsewhere in the block, or all of that is in braces
        nodes = []
    return _data.fields_within(nodes[-1], page) if nodes and nodes[-1].node.entries else (entry,)


def _open_list(text: str, path: str, format: Format | None) -> Opened | None:
    """Front matter that is a list of agents, as Gemini's remote agents may be; None for any other."""
    block = _frontmatter.split(text)
    if block is None or not text[block[0] : block[1]].lstrip().startswith("- "):
        return None
    from agentdiff.formats import _data, _tree, _yaml

    inner, first = text[block[0] : block[1]], text.count("\n", 0, block[0]) + 1
    try:
        tree = _yaml.load_tree(inner)
    except _tree.NotReadable:
        return None
    page = _data.Page.of(inner, tuple(range(first, first + inner.count("\n") + 1)))
    nodes = list(_data.nodes_at(tree, Root((), Holds.LIST)))
    if not nodes:
        return None
    keys = nodes[0][2].value
    format = format or detect(path, keys if isinstance(keys, dict) else {}, Container.FRONT_MATTER)
    agents = [_data.agent_at(key, start, node, [], page, format) for key, start, node in nodes]
    return Opened(
        format, Container.FRONT_MATTER, tuple(_of_data(agent) for agent in agents), _repeated_keys(tree, page)
    )


def _open_data(text: str, path: str, container: Container, format: Format | None) -> Opened:
    from agentdiff.formats import _data, _tree

    tree, page = _load(text, path, container)
    top = tree if tree.entries or not tree.elements else tree.elements[0]
    format = format or detect(path, top.value if isinstance(top.value, dict) else {}, container)
    try:
        agents = _data.agents_in(tree, page, format)
    except _tree.NotReadable as problem:
        raise UnreadableFile(path, f"line {problem.line}: {problem.problem}", "give each its own file") from problem
    if not agents:
        raise UnreadableFile(path, _no_agents(format), "add one there, or name another format with --from")
    return Opened(format, container, tuple(_of_data(agent) for agent in agents), _repeated_keys(tree, page))


def _no_agents(format: Format) -> str:
    places = " or ".join(f"under `{'.'.join(root.path)}`" if root.path else "at its top" for root in format.roots)
    return f"defines no agents: as {format.name} it would have them {places}, and none is there"


def _of_data(agent: DataAgent) -> Found:
    return Found(agent.key, agent.fields, agent.text, 0, agent.places, agent.line)


def _load(text: str, path: str, container: Container) -> tuple[Node, Page]:
    """The tree of values of a data file, and the page in which it has its places. Raises UnreadableFile."""
    from agentdiff.formats._data import Page
    from agentdiff.formats._tree import NotReadable

    try:
        tree, page = load(text, container), Page.of(text)
        inner = tree.value
        if container is Container.JSON and isinstance(inner, str) and tree.is_text:  # encoded twice
            tree, page = load(inner, container), Page.of(inner, page.lines_of(tree))
    except NotReadable as problem:
        what = f"line {problem.line}: this is not {container.value} that can be read ({problem.problem})"
        raise UnreadableFile(path, what, "correct it") from problem
    return tree, page


def _repeated_keys(tree: Node, page: Page) -> tuple[Diagnostic, ...]:
    """Keys that stand twice in one map, anywhere in the file."""
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        seen: set[str] = set()
        for entry in node.entries:
            if entry.key in seen:
                found.append(_frontmatter.repeated_key(entry.key, page.line(entry.start)))
            seen.add(entry.key)
        waiting += [*(entry.node for entry in node.entries), *node.elements]
    return tuple(sorted(found, key=lambda each: (each.line, each.message)))


# ---------------------------------------------------------------------------------------------- interpreting


def _agent(found: Found, number: int, source: str, path: str, sha256: str, opened: Opened) -> Agent:
    format = opened.format
    fields = tuple(_field(entry, format) for entry in found.fields)
    body = _markdown.parse_body(found.text, found.body_offset)
    agent = Agent(
        path=path,
        format=format.name,
        name=_name(found, fields, path, format, len(opened.agents) > 1),
        sha256=sha256,
        source=source,
        text=found.text[: found.body_offset] + body.text,
        fields=fields,
        sections=body.sections,
        items=body.items,
        diagnostics=(),
        body_line=found.text.count("\n", 0, found.body_offset) + 1,
        places=found.places,
        container=opened.container,
        number=number,
    )
    in_body = [_moved(each, found.places) for each in body.diagnostics]
    of_file = list(_told(opened.diagnostics, fields, format)) if number == 0 else []
    as_host_sees_it = replace(agent, text=found.text)
    diagnostics = [*of_file, *in_body, *oddities(as_host_sees_it, format, found.line, of_file)]
    return replace(agent, diagnostics=tuple(sorted(diagnostics, key=lambda each: each.line)))


def _moved(diagnostic: Diagnostic, places: Sequence[int]) -> Diagnostic:
    return replace(diagnostic, line=places[diagnostic.line - 1]) if places else diagnostic


def _field(entry: _frontmatter.Entry, format: Format) -> Field:
    key = format.by_key.get(entry.key)
    if key is None:
        return Field(entry.key, entry.key, entry.value, entry.raw, entry.span)
    value = names_in(entry.value, key.style) if key.type is Type.NAMES else entry.value
    return Field(key.name, entry.key, value, entry.raw, entry.span)


def names_in(value: FieldValue, style: ListStyle = ListStyle.COMMAS) -> FieldValue:
    """A list of names from any spelling. Nothing behind the key stays None: absent, empty and `*` all differ."""
    if not isinstance(value, str):
        return value
    parts = split_names(value)
    if len(parts) == 1 and style is ListStyle.BLANKS:
        parts = split_names(value, " \t\n")
    names = tuple(name for name in map(unquoted, parts) if name)
    return names or None


def _name(found: Found, fields: Sequence[Field], path: str, format: Format, is_one_of_several: bool) -> str:
    if found.key is not None:
        return found.key
    given = _first_text(fields, "name")
    if format.naming is Naming.FIELD and given:
        return given
    if path == STANDARD_INPUT or is_one_of_several:
        return given or _first_text(fields, "display-name") or ("stdin" if path == STANDARD_INPUT else "unnamed")
    return name_of_file(path, format)


def _first_text(fields: Sequence[Field], name: str) -> str:
    value = next((field.value for field in reversed(fields) if field.name == name), None)
    return value.strip() if isinstance(value, str) else ""


def _told(found: Sequence[Diagnostic], fields: Sequence[Field], format: Format) -> Iterator[Diagnostic]:
    """The diagnostics without those about values that the product reads without quotes."""
    bare_lines = {field.span.first for field in fields if (key := format.by_key.get(field.key)) and key.is_bare}
    return (entry for entry in found if not (entry.code == Code.YAML_REQUOTED and entry.line in bare_lines))
