"""Agents for the tests of merging, made from short texts."""

from __future__ import annotations

from collections.abc import Sequence

from agentdiff.canonical import merge
from agentdiff.consensus import Groups, group
from agentdiff.formats import parse
from agentdiff.ledger import CanonicalMerge, Fate, FieldMerge, Unit, UnitKind
from agentdiff.model import Agent
from agentdiff.outline import outline
from agentdiff.plan import Outline
from agentdiff.similarity import prepared


def agent(body: str, fields: str = "", path: str = "gardener.md") -> Agent:
    """An agent with a name, a description and these further lines of front matter."""
    head = f"name: gardener\ndescription: Looks after gardens.\n{fields}"
    return parse(f"---\n{head.rstrip()}\n---\n\n{body}", path)


def merged(*bodies: str) -> CanonicalMerge:
    """The merge of agents with these bodies."""
    return merge([agent(body, path=f"{number}.md") for number, body in enumerate(bodies)])


def body_of(result: CanonicalMerge) -> str:
    """The merged text behind the front matter."""
    return result.text.split("\n---\n", 1)[1].strip("\n")


def planned(*bodies: str) -> Outline:
    """The plan of a merge."""
    variants = [prepared(agent(body)) for body in bodies]
    return outline(variants, group(variants))


def grouped(*bodies: str) -> Groups:
    """The groups of a merge."""
    return group([prepared(agent(body)) for body in bodies])


def fates(result: CanonicalMerge, number: int) -> dict[int, Fate]:
    """What became of one input: the fate by first line."""
    return {entry.span.first: entry.fate for entry in result.ledger if entry.input == number}


def text_of_unit(result: CanonicalMerge, unit: Unit) -> str:
    """The lines of a unit in the merged text."""
    return "\n".join(result.text.split("\n")[unit.span.first - 1 : unit.span.last])


def unit_of(result: CanonicalMerge, text: str) -> Unit:
    """The statement whose lines hold a text."""
    return next(u for u in result.units if u.kind is UnitKind.ITEM and text in text_of_unit(result, u))


def field_of(result: CanonicalMerge, name: str) -> FieldMerge:
    """How one field came about."""
    return next(field for field in result.fields if field.name == name)


def bullets(title: str, texts: Sequence[str]) -> str:
    """A section with a list."""
    return f"## {title}\n\n" + "\n".join(f"- {text}" for text in texts) + "\n"
