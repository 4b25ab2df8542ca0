"""Whether an old file may go since its canonical says all of it: what is missing, or not proved to be there.

What covers a file has to be proved twice: by the account of the merge, line by line, and by looking for all that the
file says in the text that would be written. Of fields the values count, and what the agent may do by all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from agentdiff.access import access, is_wider
from agentdiff.account import LAYOUT
from agentdiff.activation import activation
from agentdiff.containment import Whole, containment, like_title
from agentdiff.description_pieces import pieces_of
from agentdiff.formats import FORMATS
from agentdiff.formats.base import Kind
from agentdiff.formats.beside import beside
from agentdiff.formats.detection import DATA
from agentdiff.formats.naming import home
from agentdiff.granting import ACCESS_FIELDS, spoken
from agentdiff.ledger import CanonicalMerge, Conflict, ConflictKind, Fate
from agentdiff.model import Agent, Field, Section, SectionStyle
from agentdiff.normalise import comparable_title, comparable_value
from agentdiff.similarity import prepared
from agentdiff.text import SPOKEN_CHARACTERS, bare, fold


def gaps_of_file(agent: Agent, file: str, is_alone: bool) -> Iterator[str]:
    """What keeps a file whatever its canonical says, half a sentence each.

    `is_alone` tells whether it holds no other agent.
    """
    if not is_alone:
        yield "its file holds other agents, too"
    if os.path.islink(file):
        yield "it is a symbolic link"
    format = FORMATS[agent.format]
    if format.kind is Kind.RULE and format.lives_at(file) and home(format, "a") == home(format, "b"):
        yield "it is in force for the folder that it lies in"


_IMPLIED = frozenset({"tools", "disallowed-tools"})
"""Fields that say what an agent may use and nothing else, so that other words for the same will do."""


_LOST = {Fate.DROPPED: "is not in the canonical", Fate.CONFLICT: "gave way to another in an open question"}


class Cover:
    """A canonical in which its inputs are looked for."""

    def __init__(self, merged: CanonicalMerge, output: Agent, name: str) -> None:
        """`output` is the text of the merge read again, `name` what its agent is called."""
        self.merge = merged
        self.output = output
        self.format = FORMATS[output.format]
        self.name = name
        self.whole = Whole(prepared(output))

    def gaps(self, number: int) -> Iterator[str]:
        """What an input says or may do and the canonical does not, or not provably: half a sentence each."""
        agent = self.merge.inputs[number]
        if agent.source == self.merge.text:
            yield from self._other_name(agent)
            return
        if agent.format != self.output.format:
            yield f"it is a file of {agent.format}, and the canonical one of {self.output.format}"
            return
        yield from self._other_name(agent)
        yield from (f"its {each.key} is not that of the canonical" for each in agent.fields if not self._has(each))
        yield from self._other_rights(agent)
        yield from _beside(agent)
        yield from self._body(number, agent)

    def _other_name(self, agent: Agent) -> Iterator[str]:
        if agent.name != self.name:
            yield f"its name is {_spoken(agent.name)}, and that of the canonical {_spoken(self.name)}"

    def _has(self, own: Field) -> bool:
        """Whether a field is there with the same value; a description may stand there in parts."""
        if own.name == "name" or own.value is None or (own.name in _IMPLIED and self._explains(own)):
            return True
        there = self.output.field(own.name)
        if there is None:
            return False
        if own.name == "description" and isinstance(own.value, str) and isinstance(there.value, str):
            return _pieces(own.value) <= _pieces(there.value)
        return comparable_value(own.value) == comparable_value(there.value)

    def _explains(self, own: Field) -> bool:
        """Whether what an agent may use tells all that this field says."""
        return self.format.kind is Kind.AGENT and own.key in self.format.by_key

    def _other_rights(self, agent: Agent) -> Iterator[str]:
        """What the canonical may do otherwise, and when it is used."""
        if self.format.kind is not Kind.AGENT:
            for name in sorted(ACCESS_FIELDS | {"globs"}):
                own, there = agent.field(name), self.output.field(name)
                if there is not None and own is None:
                    yield f"the canonical has {there.key}"
            if activation(agent, self.format) is not activation(self.output, self.format):
                yield "the canonical is used at other times"
            return
        old, new = access(agent, self.format), access(self.output, self.format)
        if lost := is_wider(old, new):
            yield f"the canonical may not use {spoken(lost)}"
        if gained := is_wider(new, old):
            yield f"the canonical may also use {spoken(gained)}"

    def _body(self, number: int, agent: Agent) -> Iterator[str]:
        """Lines that the account calls lost, or on the other side of an open question, or that are not found."""
        found = containment(prepared(agent), self.whole)
        lines = [agent.items[each].span for each in (*found.extra, *(each for each, _, _ in found.contradicted))]
        lines += [agent.sections[each].title_span for each in found.extra_sections]
        lines += [each.title_span for each in agent.sections if not self._has_title(each)]
        told = {agent.on_disk(span).first: "is not found in the canonical" for span in lines}
        for entry in self.merge.ledger:
            is_lost = entry.fate in _LOST and entry.reason != LAYOUT
            if entry.input == number and is_lost:
                told[agent.on_disk(entry.span).first] = _LOST[entry.fate]
        told |= {line: "is part of an open question" for line in self._undecided(number) if line not in told}
        yield from (f"line {line} {told[line]}" for line in sorted(told))

    def _has_title(self, section: Section) -> bool:
        """Whether the words of a title stand there. A merge may put what stands below it under another one."""
        return (
            section.style is SectionStyle.LEAD
            or comparable_title(section.title) in self.whole.titles
            or bare(section.title) in self.whole.by_letters
            or like_title(section, self.output) is not None
        )

    def _undecided(self, number: int) -> Iterator[int]:
        for conflict in self.merge.conflicts:
            if conflict.is_open:
                yield from (
                    each.span.first
                    for each in conflict.options
                    if each.input == number and not _is_favoured(conflict, each.text)
                )


def _pieces(description: str) -> set[str]:
    """The sentences, keywords and examples of a description, without marks and case."""
    return {bare(piece.text).rstrip(".!;,") for piece in pieces_of(description.replace("\\n", "\n"))}


def _is_favoured(conflict: Conflict, text: str) -> bool:
    """Whether an open question was answered with this text for now. Of fields their values tell."""
    if conflict.chosen is None:
        return False
    return conflict.kind is ConflictKind.FIELD or fold(text) == fold(conflict.options[conflict.chosen].text)


def _beside(agent: Agent) -> Iterator[str]:
    """What a file says besides its agent."""
    left = beside(agent)
    yield from (f"line {line} has {_spoken(key)}, which is no part of the agent" for key, line in left.keys)
    yield from (f"line {line} is a comment" for line in left.comments)
    if agent.container in DATA:
        return
    known = {line for each in agent.fields for line in range(each.span.first, each.span.last + 1)} | {*left.comments}
    for line, text in enumerate(agent.text.split("\n")[: agent.body_line - 1], 1):
        if line not in known and text.strip(" \t\r\ufeff-") and not text.lstrip().startswith("#"):
            yield f"line {line} belongs to no field"


def _spoken(name: str) -> str:
    name = fold(name)
    return name if len(name) <= SPOKEN_CHARACTERS else f"{name[:SPOKEN_CHARACTERS].rstrip()}..."
