"""The table of dialects: short for a terminal, in full as Markdown for the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from agentdiff.formats.base import Body, Container, Format, Grant, Holds, Key, Kind, Naming, Type, UnknownKeys
from agentdiff.report.lines import BLANK, Line, Run, Style, line

INDENT = 4
"""Columns by which the places of a format stand further right than its id."""

_TITLES = {
    Kind.AGENT: "Agents",
    Kind.RULE: "Rules and memory",
    Kind.COMMAND: "Commands, prompts and skills",
}
_NAMINGS = {Naming.FILE: "the file", Naming.DIRECTORY: "the directory"}
_UNKNOWN_KEYS = {
    UnknownKeys.IGNORED: "ignored",
    UnknownKeys.FORWARDED: "go to the model",
    UnknownKeys.REJECTED: "refused",
}
_BODIES = {
    Body.NEEDED: "An agent without a prompt is refused.",
    Body.IGNORED: "The body is ignored.",
    Body.FORBIDDEN: "A body is an error.",
    Body.ELSEWHERE: "The prompt stands in another file.",
}
_GRANTS = {
    Grant.EVERYTHING: "may use everything",
    Grant.NOTHING: "may use nothing",
    Grant.INVALID: "is refused",
    Grant.ELSEWHERE: "may use what is decided elsewhere",
}


def formats_lines(formats: Iterable[Format]) -> Iterator[Line]:
    """Under a heading for each kind, two lines for each format: id, product and container; where it lives."""
    every = tuple(formats)
    for number, (kind, of_kind) in enumerate(_by_kind(every)):
        if number:
            yield BLANK
        yield line(Run(_TITLES[kind], Style.HEADING), Run(f"  {len(of_kind)}", Style.MUTED))
        for format in of_kind:
            container = Run(f"  ({_containers(format)})", Style.MUTED)
            yield line("  ", Run(format.name, Style.HEADING), f"  {format.product}", container, hang=INDENT)
            yield line(" " * INDENT, ", ".join(format.homes), hang=INDENT)


def _by_kind(formats: Sequence[Format]) -> Iterator[tuple[Kind, list[Format]]]:
    """The kinds that are there, each with its formats by name."""
    for kind in Kind:
        of_kind = sorted((format for format in formats if format.kind is kind), key=lambda format: format.name)
        if of_kind:
            yield kind, of_kind


def _containers(format: Format) -> str:
    return " or ".join(container.value for container in format.containers)


# ---------------------------------------------------------------------------------------------- Markdown

_INTRODUCTION = """\
# Formats

Which files agentdiff reads, and what it knows of each: made from the program's own table, which is what counts.

A format is told by the path of a file, then by its keys; where neither tells, a file with fields of an agent is taken
for `claude-agent` and any other for `agents-md`. In the tables, `~` is the user's home, `**` any number of directories,
and `<name>` the name of the agent.

- *Field* is the name under which agentdiff compares a key: `maxTurns`, `max_turns` and `steps` are all `max-turns`.
  Keys that no table names keep their own name and are never dropped.
- *Required* says that the product does not load an agent without the key.
- *Values* shows words of the product with the common word for each.
- *Unknown keys* says what the product makes of a key that it does not know: it ignores it, hands it to the model's
  provider, or refuses the agent.

To add a format, see [add-a-format.md](add-a-format.md).
"""

_OVERVIEW_HEAD = ("id", "product", "where it lives", "container", "names the agent", "unknown keys")
_KEYS_HEAD = ("key", "field", "type", "required", "values")


def formats_markdown(formats: Iterable[Format]) -> str:
    """A page of documentation: an introduction, a table for each kind, and the keys of each format; one final newline.

    Formats stand by name, whatever the order given.
    """
    kinds = list(_by_kind(tuple(formats)))
    tables = (f"## {_TITLES[kind]}\n\n{_table(_OVERVIEW_HEAD, map(_overview, of_kind))}" for kind, of_kind in kinds)
    details = (_detail(format) for _, of_kind in kinds for format in of_kind)
    return "\n".join([_INTRODUCTION, *tables, "## Keys\n", *details])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n" for cells in lines)


def _overview(format: Format) -> tuple[str, ...]:
    return (
        f"[{format.name}](#{format.name})",
        format.product,
        "<br>".join(map(_home, format.homes)),
        _containers(format),
        _names_the_agent(format),
        _UNKNOWN_KEYS[format.unknown_keys] if format.keys else "",
    )


def _home(home: str) -> str:
    """A place with its paths as code; some places are told in words."""
    if " " not in home:
        return _code(home)
    return " ".join(_code(word) if "*" in word or "/" in word else word for word in home.split(" "))


def _code(text: str) -> str:
    return f"`{text}`"


def _names_the_agent(format: Format) -> str:
    if format.roots[0].holds is Holds.MAP:
        is_only_data = Container.FRONT_MATTER not in format.containers
        return "the key of its map" if is_only_data else f"{_NAMINGS[format.naming]}, or the key of its map"
    if format.naming is not Naming.FIELD:
        return _NAMINGS[format.naming]
    return _code(format.key_of("name")) if "name" in format.by_field else _NAMINGS[Naming.FILE]


def _detail(format: Format) -> str:
    """A heading, a sentence or two, and the table of keys, if there are any."""
    sentences = " ".join(_sentences(format))
    parts = [f"### {format.name}\n", f"{sentences}\n" if sentences else ""]
    parts.append(_table(_KEYS_HEAD, map(_key_row, format.keys)) if format.keys else "It has no keys.\n")
    return "\n".join(part for part in parts if part)


def _sentences(format: Format) -> Iterator[str]:
    yield from _sentences_on_data(format)
    if format.body in _BODIES:
        yield _BODIES[format.body]
    if format.body_limit:
        yield f"The product takes at most {format.body_limit} characters of body."
    if format.vocabulary and "tools" in format.by_field:
        yield _sentence_on_tools(format, _code(format.key_of("tools")))
    elif format.tool_maps:
        yield _sentence_on_tools(format, _code(format.key_of(format.tool_maps.fields[0])))
    if format.rejects_unknown_tools:
        yield "A tool that the product does not know makes it refuse the agent."
    if format.needs_exact_fence:
        yield "`---` has to be the first line of the file."
    if not format.reads_blocks:
        yield "The product does not read values of several lines."
    if format.note:
        yield format.note


def _sentences_on_data(format: Format) -> Iterator[str]:
    """Where in a data file the agents stand, and where their prompts do."""
    root, where = format.roots[0], "In a data file"
    if root.path or root.holds is not Holds.ONE:
        each = "" if root.holds is Holds.ONE else "each entry of "
        yield f"{where} {each}{_code('.'.join(root.path)) if root.path else 'the file'} is an agent."
        where = "There"
    if format.prompt:
        yield f"{where} the prompt is what stands behind {', then '.join(map(_code, format.prompt))}."


def _sentence_on_tools(format: Format, key: str) -> str:
    absent, empty = _GRANTS[format.absent_tools], _GRANTS[format.empty_tools]
    if absent == empty:
        return f"An agent without {key}, or with nothing in it, {absent}."
    return f"An agent without {key} {absent}; one with nothing in it {empty}."


def _key_row(key: Key) -> tuple[str, ...]:
    return (_code(key.key), key.name, _type_words(key), "yes" if key.is_required else "", "; ".join(_value_words(key)))


def _type_words(key: Key) -> str:
    if key.type is not Type.NAMES:
        return key.type.value
    return f"names ({key.style.value})" if key.accepts_text else "names (list only)"


def _value_words(key: Key) -> Iterator[str]:
    if key.values:
        yield ", ".join(
            _code(written) if written == common else f"{_code(written)} = {common}"
            for written, common in key.values.items()
        )
    if key.pattern:
        yield f"matches {_code(key.pattern)}"
    if key.limit:
        yield f"at most {key.limit} characters"
    if key.is_bare:
        yield "may stand without quotes though it is no YAML then"
