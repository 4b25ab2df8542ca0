"""Which container a file is, and which dialect: by its path, then by its content.

The same name may hold different things: `.roomodes` is YAML or JSON, `.cline/agents/*.yaml` is Markdown behind a
YAML block. So the container is told by what stands in the file wherever that is certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from os.path import basename, dirname, splitext

from agentdiff.errors import UnreadableFile
from agentdiff.formats import _frontmatter
from agentdiff.formats._tree import Node, NotReadable
from agentdiff.formats.base import Container, Format, Keys, Kind
from agentdiff.formats.registry import FORMATS

UNDECIDED = "claude-agent"
"""Name and description alone tell nothing; Claude Code's files are eleven times as common as the next."""

WITHOUT_FIELDS = "agents-md"
"""A text without any fields, or with fields that no agent has, is what every product reads."""

DATA = frozenset({Container.TOML, Container.JSON, Container.YAML})

_MARKDOWN = frozenset({".md", ".mdc", ".markdown", ".txt"})
_BY_EXTENSION = {
    ".toml": Container.TOML,
    ".json": Container.JSON,
    ".jsonc": Container.JSON,
    ".af": Container.JSON,
    ".yaml": Container.YAML,
    ".yml": Container.YAML,
}
_CODE = frozenset({".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".py", ".hcl"})

# What a file may begin with. Nothing here gives back what it took, so hostile texts cost no more than others.
_OPENS_JSON = re.compile(
    r"""\s*+(?:(?://[^\n]*+\n|/\*(?:[^*]|\*(?!/))*+\*/)\s*+)*+(?:\{\s*+(?:["}]|//|/\*)|\[\s*+\{\s*+["}])"""
)
_OPENS_JSON_IN_TEXT = re.compile(r"""\s*+"(?:\s|\\[nrt])*+[{\[](?:\s|\\[nrt])*+\\\"""")
_COMMENTS = r"(?:[ \t\r]*+(?:#[^\n]*+)?\n)*+[ \t]*+"
_OPENS_TOML = re.compile(
    _COMMENTS
    + r"""(?:[\w"'.-]++[ \t]*+=[ \t]*+(?:["'\[{]|true\b|false\b|[-+]?\d)|\[\[?[\w"'. -]++\]\]?[ \t]*+(?:#|\r?\n))"""
)
_TOML_LINE = re.compile(
    r"""\s*+(?P<key>[\w-]++)[\w.-]*+[ \t]*+="""
    r"""[ \t]*+(?:"[^"\n]*+"|'[^'\n]*+'|\"{3}[^\n]*+|'{3}[^\n]*+|true|false|[-+]?\d[\d.]*+|[\[{])"""
    r"[ \t]*+(?:#|\r?\n)"
)
"""A whole statement, for a text that is TOML but for a mistake further down."""
_TOML_KEYS = frozenset(
    key
    for format in FORMATS.values()
    if Container.TOML in format.containers
    for key in (*format.prompt, *(known.key.partition(".")[0] for known in format.keys))
)
_OPENS_YAML = re.compile(_COMMENTS + r"(?:---[ \t]*+\r?\n)?+" + _COMMENTS + r"[\w\"'][\w\"' .-]*+:(?=\s)")
_MODES = re.compile(_COMMENTS + r"(?:---[ \t]*+\r?\n)?+customModes:(?=\s)")


def container_of(path: str, text: str) -> Container:
    """What kind of text a file is: by its extension, and by its content where that tells nothing.

    A block between `---` lines in front of other text makes it Markdown with front matter, whatever its extension.
    """
    extension = _extension(path)
    if extension in _CODE:
        return Container.CODE
    block = _frontmatter.split(text)
    if block is not None and not (extension in _BY_EXTENSION and _is_one_document(path, text, block)):
        return Container.FRONT_MATTER
    if extension in _MARKDOWN:
        return Container.MARKDOWN
    by_extension = _BY_EXTENSION.get(extension)
    if by_extension is None:
        return _by_content(path, text)
    return Container.JSON if by_extension is not Container.JSON and is_json(text) else by_extension


def _extension(path: str) -> str:
    """`.yaml` also for a file whose whole name is `.yaml`."""
    name = basename(path.replace("\\", "/")).lower()
    return splitext(name)[1] or (name if name in _BY_EXTENSION else "")


def _is_one_document(path: str, text: str, block: tuple[int, int, int]) -> bool:
    """Whether nothing follows what stands between the lines, and they only mark begin and end of a YAML document."""
    return not text[block[2] :].strip() and not any(Container.FRONT_MATTER in each.containers for each in at_path(path))


def _by_content(path: str, text: str) -> Container:
    """For a file whose name may hold anything. What is known to live at the path counts before the text."""
    usual = next(at_path(path), None)
    if usual is not None and not DATA.issuperset(usual.containers):
        return Container.MARKDOWN
    if is_json(text):
        return Container.JSON
    if usual is not None:
        return usual.containers[0]
    if _is_toml(text):
        return Container.TOML
    return Container.YAML if _is_yaml(text) else Container.MARKDOWN


# Prose may begin like data, with a list of links or `Note: be kind`. So it has to be data to its end, or to look
# like data that somebody broke.


def is_json(text: str) -> bool:
    """Whether a text is JSON, with comments or without, or was meant to be."""
    start = text.removeprefix("\ufeff")
    if not (_OPENS_JSON.match(start) or _OPENS_JSON_IN_TEXT.match(start)):
        return False
    return start.rstrip()[-1:] in ("}", "]") or _tree(text, Container.JSON) is not None


def _is_toml(text: str) -> bool:
    start = text.removeprefix("\ufeff")
    if not _OPENS_TOML.match(start):
        return False
    tree = _tree(text, Container.TOML)
    if tree is not None:
        return bool(tree.entries)
    line = _TOML_LINE.match(start)
    return line is not None and line["key"] in _TOML_KEYS


def _is_yaml(text: str) -> bool:
    """Only where it holds an agent: nearly every line of prose is YAML."""
    start = text.removeprefix("\ufeff")
    if not _OPENS_YAML.match(start):
        return False
    tree = _tree(text, Container.YAML)
    if tree is None:
        return _MODES.match(start) is not None
    return isinstance(tree.value, dict) and any(_claiming(tree.value, (Container.YAML,)))


def _tree(text: str, container: Container) -> Node | None:
    try:
        return load(text, container)
    except NotReadable:
        return None


def load(text: str, container: Container) -> Node:
    """The tree of values that a text of one of the containers of DATA holds. Raises NotReadable."""
    from agentdiff.formats import _json, _toml, _yaml

    read = {Container.JSON: _json.load, Container.TOML: _toml.load, Container.YAML: _yaml.load_tree}[container]
    return read(text)


_KEYS_OF_AGENTS = frozenset({"name", "description"}) | {
    key.key.partition(".")[0]
    for format in FORMATS.values()
    if format.kind is Kind.AGENT and Container.FRONT_MATTER in format.containers
    for key in format.keys
}
_LANDMARKS = tuple(
    (landmark, landmark[: landmark.rfind("/") + 1], format)
    for format in FORMATS.values()
    for landmark in (max(pattern.split("*"), key=len) for pattern in format.paths)
)
"""A part of each path that is no wildcard, and the folders in it: most dialects are out of the question at the first
look."""


def at_path(path: str) -> Iterator[Format]:
    """The dialects whose files are found at such a path, in the order in which they are asked."""
    return iter(_at_path(path))


@lru_cache(maxsize=16)  # each path is asked for several times on its way
def _at_path(path: str) -> tuple[Format, ...]:
    slashed = "/" + path.replace("\\", "/")
    landmarks = _landmarks_below(slashed[: slashed.rfind("/") + 1])
    likely = {format.name: format for landmark, format in landmarks if landmark in slashed}
    return tuple(format for format in likely.values() if format.lives_at(path))


@lru_cache(maxsize=4096)  # most folders hold many files
def _landmarks_below(folder: str) -> tuple[tuple[str, Format], ...]:
    """Those whose folders are there; all that are a name alone."""
    return tuple((landmark, format) for landmark, folders, format in _LANDMARKS if folders in folder)


def detect(path: str, keys: Keys, container: Container) -> Format:
    """The dialect of a file, by its path, else by its keys.

    `keys` are those of the front matter, or of the top of a data file. A file whose path or keys tell nothing is
    taken for the most common kind; UnreadableFile for a data file that is no agent file that we know.
    """
    by_path = [each for each in at_path(path) if _may_be(each, container)]
    if keys:  # where some of them know keys, it is one of those
        by_path = [each for each in by_path if each.keys] or by_path
    if by_path and not (by_path[0].kind is Kind.AGENT and _is_about_agents(path, keys)):
        usual = by_path[0]
        rivals = (each for each in by_path if not set(usual.paths).isdisjoint(each.paths))  # they look there, too
        return next((each for each in rivals if keys and each.claims(keys)), usual)
    if container in DATA:
        return _of_data(path, keys, container)
    is_page = "title" in keys and "name" not in keys  # of a documentation: agents have names, not titles
    undecided = WITHOUT_FIELDS if is_page or _KEYS_OF_AGENTS.isdisjoint(keys) else UNDECIDED
    return next(_claiming(keys, (Container.FRONT_MATTER,)) if keys else iter(()), FORMATS[undecided])


def _is_about_agents(path: str, keys: Keys) -> bool:
    """Whether a file beside agents only tells people of them."""
    return not keys and basename(path.replace("\\", "/")).lower() in ("readme.md", "readme.markdown")


def _may_be(format: Format, container: Container) -> bool:
    """Whether a file of that container can be one of a dialect: Markdown with and without fields are one."""
    return _sort_of(container) in {_sort_of(each) for each in format.containers}


def _sort_of(container: Container) -> Container:
    return Container.FRONT_MATTER if container is Container.MARKDOWN else container


def _claiming(keys: Keys, containers: Iterable[Container]) -> Iterator[Format]:
    return (each for each in _in_containers(frozenset(containers)) if each.claims(keys))


@cache
def _in_containers(wanted: frozenset[Container]) -> tuple[Format, ...]:
    return tuple(each for each in FORMATS.values() if not wanted.isdisjoint(each.containers))


def _of_data(path: str, keys: Keys, container: Container) -> Format:
    found = next(_claiming(keys, (container,)), None)
    if found is None:
        shown = ", ".join(list(keys)[:6]) or "none"
        problem = f"no agent format in {container.value} that we know has such keys ({shown})"
        raise UnreadableFile(path, problem, "if it is an agent file, name its format with --from")
    return found


def refuse_code(path: str, format: Format | None = None) -> UnreadableFile:
    """The error for a file that is program code."""
    known = (each for each in at_path(path) if Container.CODE in each.containers and _is_right_there(path, each))
    format = format or next(known, None)
    what = f"is {format.product}'s {format.name}, which is program code" if format else "is program code"
    return UnreadableFile(path, f"{what} and cannot be read as data", "export the agent as Markdown, JSON or YAML")


def _is_right_there(path: str, format: Format) -> bool:
    """Whether a file stands in a home of the format and not further down, where any code may be."""
    directory = dirname("/" + path.replace("\\", "/"))
    return any(directory.endswith(dirname(f"/{home}").removesuffix("/")) for home in format.homes)
