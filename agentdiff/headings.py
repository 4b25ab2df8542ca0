"""The sections of a canonical agent: which of the variants' sections are one, their titles, and the tree they form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from agentdiff.clauses import Node
from agentdiff.consensus import Groups
from agentdiff.model import Section, SectionStyle
from agentdiff.normalise import comparable_title
from agentdiff.plan import TOP, Heading
from agentdiff.similarity import Prepared
from agentdiff.vocabulary import Wording, stems

_WORD = re.compile(r"[^\W\d_][\w']*")


def whole(variants: Sequence[Prepared], groups: Groups) -> Heading | None:
    """The title of the whole, where variants have one that is no plain section of the others."""
    found = {(v, root) for v, each in enumerate(variants) if (root := _root(each)) is not None}
    plain = {node for group in groups.sections if not found.issuperset(group) for node in group}
    roots = tuple(sorted(found - plain))
    return Heading(TOP, roots, _title(variants, roots)) if roots else None


def _root(variant: Prepared) -> int | None:
    """The section that is the title of the whole file: the only topmost one, marked as a heading of the first level."""
    topmost = [each for each in variant.agent.sections if each.parent is None and each.style is not SectionStyle.LEAD]
    if len(topmost) != 1 or topmost[0].style not in (SectionStyle.ATX, SectionStyle.SETEXT):
        return None
    line = variant.agent.text.split("\n")[topmost[0].title_span.first - 1]
    return topmost[0].id if line.lstrip().startswith("# ") or topmost[0].style is SectionStyle.SETEXT else None


def headings_of(
    variants: Sequence[Prepared], groups: Groups, apart: Iterable[Node]
) -> tuple[list[Heading], dict[Node, int]]:
    """The sections in their tree, and for each titled section of a variant the number of the one that it became."""
    left_out = set(apart)
    members = [tuple(node for node in each if node not in left_out) for each in groups.sections]
    members = [each for each in members if each]
    while True:
        headings = [Heading(number, each, _title(variants, each)) for number, each in enumerate(members)]
        home = {node: heading.number for heading in headings for node in heading.members}
        _set_parents(variants, headings, home)
        twins = _twins(headings)
        if twins is None:
            _set_heading_places(variants, headings)
            return headings, home
        members[twins[0]] = tuple(sorted(members[twins[0]] + members.pop(twins[1])))


def _twins(headings: Sequence[Heading]) -> tuple[int, int] | None:
    """Two sections with one title under one parent, which no variant has both: they are one; the later one second."""
    known: dict[tuple[int, str], Heading] = {}
    for heading in headings:
        key = heading.parent, comparable_title(heading.title)
        other = known.setdefault(key, heading)
        if other.variants.isdisjoint(heading.variants):
            return other.number, heading.number
    return None


def _title(variants: Sequence[Prepared], members: Sequence[Node]) -> str:
    """The most used title, then the one that says most; of one title in several spellings the least shouting."""
    sections = [variants[v].agent.sections[i] for v, i in members]
    uses = Counter(comparable_title(section.title) for section in sections)

    def rank(section: Section) -> tuple[float, float, bool, str]:
        says = Wording.of(stems(section.title)).total
        return -uses[comparable_title(section.title)], -says, section.title.isupper(), section.title

    title = min(sections, key=rank).title
    return _calmed(title, variants) if title.isupper() and " " in title else title


def _calmed(title: str, variants: Sequence[Prepared]) -> str:
    """A title in capitals with only its abbreviations so: words that the variants' text has in capitals as well."""
    shouted = {
        word
        for variant in variants
        for each in variant.statements
        for word in _WORD.findall(each.item.text)
        if word.isupper()
    }
    return _WORD.sub(lambda found: found[0] if found[0] in shouted else found[0].capitalize(), title)


def _set_parents(variants: Sequence[Prepared], headings: list[Heading], home: Mapping[Node, int]) -> None:
    """Each section goes where most variants have it, to the top where they disagree; never below itself."""
    for heading in sorted(headings, key=lambda each: (-len(each.members), each.number)):
        votes = Counter(_parent_of(variants, node, home) for node in heading.members)
        ranked = votes.most_common()
        clear = len(ranked) == 1 or ranked[0][1] > ranked[1][1]
        parent = ranked[0][0] if clear else TOP
        at = parent
        while at != TOP and at != heading.number:
            at = headings[at].parent
        heading.parent = TOP if at == heading.number else parent


def _parent_of(variants: Sequence[Prepared], node: Node, home: Mapping[Node, int]) -> int:
    parent = variants[node[0]].agent.sections[node[1]].parent
    return TOP if parent is None else home.get((node[0], parent), TOP)


def _set_heading_places(variants: Sequence[Prepared], headings: list[Heading]) -> None:
    """By the mean of the relative places in the variants that have it."""
    for heading in headings:
        places = [i / max(1, len(variants[v].parts)) for v, i in heading.members]
        heading.place = (sum(places) / len(places), heading.number)
