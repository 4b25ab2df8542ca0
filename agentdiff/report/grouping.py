"""A diff arranged for reading: the item edits under the section edit where a reader looks for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from agentdiff.model import Agent, AgentDiff, Change, ItemEdit, SectionChange, SectionEdit, SectionStyle
from agentdiff.report.phrases import lines_words

ITEM_CHANGES = (Change.KEPT, Change.CHANGED, Change.MOVED, Change.ADDED, Change.REMOVED)
"""What can become of an item, in the order in which it is counted."""


class Group(NamedTuple):
    """One section edit with the item edits inside it."""

    section: SectionEdit
    items: tuple[ItemEdit, ...]

    def is_quiet(self) -> bool:
        """Nothing happened to the section or to anything in it."""
        section = self.section
        if section.relation is not SectionChange.SAME or section.renamed or section.moved:
            return False
        return all(is_kept(item) for item in self.items)


def is_kept(edit: ItemEdit) -> bool:
    """The item stands in the same words at the same place."""
    return edit.change is Change.KEPT and not edit.moved


def groups(diff: AgentDiff) -> tuple[Group, ...]:
    """The section edits in their order. An item goes where both its sections are, else where its new one is."""
    members: list[list[ItemEdit]] = [[] for _ in diff.sections]
    places = _Places(diff)
    for edit in diff.items:
        members[places.of(edit)].append(edit)
    return tuple(Group(section, tuple(items)) for section, items in zip(diff.sections, members, strict=True))


def titles(agent: Agent, ids: Iterable[int]) -> str:
    """The titles of sections, such as `Testing + Quality`."""
    return " + ".join(section_title(agent, number) for number in ids)


def section_title(agent: Agent, number: int) -> str:
    """A section's title; the text before the first title is `(lead)`."""
    section = agent.sections[number]
    return "(lead)" if section.style is SectionStyle.LEAD else section.title


def section_lines(agent: Agent, ids: Iterable[int]) -> str:
    """Where sections stand, such as `8-20, 31-40`."""
    return ", ".join(lines_words(agent.on_disk(agent.sections[number].span)) for number in ids)


def count_changes(edits: Iterable[ItemEdit]) -> list[tuple[int, str]]:
    """How many edits there are of each sort."""
    changes = [edit.change for edit in edits]
    return [(changes.count(change), change.value) for change in ITEM_CHANGES]


class _Places:
    """Finds the index of the section edit that an item edit belongs to."""

    def __init__(self, diff: AgentDiff) -> None:
        self._diff = diff
        self._of_old: dict[int, list[int]] = {}
        self._of_new: dict[int, list[int]] = {}
        for index, section in enumerate(diff.sections):
            for number in section.old:
                self._of_old.setdefault(number, []).append(index)
            for number in section.new:
                self._of_new.setdefault(number, []).append(index)

    def of(self, edit: ItemEdit) -> int:
        old = [] if edit.old is None else self._of_old[self._diff.old.items[edit.old].section]
        new = [] if edit.new is None else self._of_new[self._diff.new.items[edit.new].section]
        both = [index for index in new if index in old]
        return (both or new or old)[0]
