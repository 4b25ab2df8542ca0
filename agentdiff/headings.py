"""The sections of a canonical agent: which of the variants' sections are one, their titles, the tree they form."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from agentdiff.clauses import Node
from agentdiff.consensus import Groups
from agentdiff.model import Section, SectionStyle
from agentdiff.normalise import comparable_title
from agentdiff.offices import denies
from agentdiff.ordering import consensus_order
from agentdiff.plan import DEEPEST, TOP, Heading
from agentdiff.saying import missing_details
from agentdiff.similarity import Prepared
from agentdiff.text import plain
from agentdiff.vocabulary import Wording, stems

LONGEST_TITLE = 90
"""Characters of a title with the other names that variants have for the section, or with what stands behind it."""

_WORD = re.compile(r"[^\W\d_][\w']*")


def whole(variants: Sequence[Prepared], groups: Groups, skeleton: int | None = None) -> Heading | None:
    """The title of the whole, where variants have one that is no plain section of the others."""
    found = {(v, root) for v, each in enumerate(variants) if (root := _root(each)) is not None}
    plain = {node for group in groups.sections if not found.issuperset(group) for node in group}
    roots = tuple(sorted(found - plain))
    titles = [[section.title for section in each.agent.sections] for each in variants]
    return Heading(TOP, roots, _title(variants, titles, roots, skeleton)) if roots else None


def _root(variant: Prepared) -> int | None:
    """The section that is the title of the whole file: the only topmost one, marked as a heading of the first level."""
    topmost = [each for each in variant.agent.sections if each.parent is None and each.style is not SectionStyle.LEAD]
    if len(topmost) != 1 or topmost[0].style not in (SectionStyle.ATX, SectionStyle.SETEXT):
        return None
    line = variant.agent.text.split("\n")[topmost[0].title_span.first - 1]
    return topmost[0].id if line.lstrip().startswith("# ") or topmost[0].style is SectionStyle.SETEXT else None


def headings_of(
    variants: Sequence[Prepared], groups: Groups, apart: Iterable[Node], skeleton: int | None = None
) -> tuple[list[Heading], dict[Node, int]]:
    """The sections in their tree, and for each titled section of a variant the number of the one that it became.

    No two sections below one have the same title.
    """
    left_out = set(apart)
    kept = ([node for node in each if node not in left_out] for each in groups.sections)
    members = [part for each in kept for part in _by_denial(variants, each) if part]
    titles = [_own_titles(variant) for variant in variants]
    parents = [_parents(variant, own) for variant, own in zip(variants, titles, strict=True)]
    while True:
        headings = [
            Heading(number, each, _title(variants, titles, each, skeleton)) for number, each in enumerate(members)
        ]
        home = {node: heading.number for heading in headings for node in heading.members}
        _set_parents(parents, headings, home, skeleton)
        _flatten(headings)
        twins = _twins(headings)
        if twins is None:
            _set_places(headings, skeleton)
            return headings, home
        members[twins[0]] = tuple(sorted(members[twins[0]] + members.pop(twins[1])))


def _by_denial(variants: Sequence[Prepared], nodes: Sequence[Node]) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """Sections that are one, with those apart whose title says that what stands in them is not to be done."""
    denied = tuple((v, i) for v, i in nodes if denies(variants[v].agent.sections[i].title))
    return tuple(node for node in nodes if node not in denied), denied


def _twins(headings: Sequence[Heading]) -> tuple[int, int] | None:
    """Two sections with one title under one parent: they are one; the later one second."""
    known: dict[tuple[int, str], Heading] = {}
    for heading in headings:
        other = known.setdefault((heading.parent, comparable_title(heading.title)), heading)
        if other is not heading:
            return other.number, heading.number
    return None


def _title(
    variants: Sequence[Prepared], titles: Sequence[Sequence[str]], members: Sequence[Node], skeleton: int | None
) -> str:
    """The most used title, then the one that says most; of one title in several spellings the least shouting."""
    guides = [titles[v][i] for v, i in members if v == skeleton][:1] or [titles[v][i] for v, i in members]
    uses = Counter(map(comparable_title, guides))

    def rank(title: str) -> tuple[float, float, bool, str]:
        return -uses[comparable_title(title)], -Wording.of(stems(title)).total, title.isupper(), title

    title = min(guides, key=rank)
    return _calmed(title, variants) if title.isupper() and " " in title else title


def add_other_names(variants: Sequence[Prepared], headings: Iterable[Heading]) -> None:
    """Titles of variants that say what the chosen one does not, behind it: `Approach (Guiding Principles, Traits)`.

    Only where an uncommon word would be lost, the most used first. Capitals tell no name from another word here.
    """
    for heading in headings:
        titles = Counter(" ".join(variants[v].agent.sections[i].title.split()) for v, i in heading.members)
        names: list[str] = []
        for other in sorted(titles, key=lambda title: (-titles[title], title)):
            longer = [*names, _calmed(other, variants) if other.isupper() else other]
            said = " ".join([heading.title, *names])
            if missing_details(other.lower(), said) and len(_named(heading.title, longer)) <= LONGEST_TITLE:
                names = longer
        heading.title = _named(heading.title, names)


def _named(title: str, names: Sequence[str]) -> str:
    return f"{title} ({', '.join(names)})" if names else title


def _own_titles(variant: Prepared) -> list[str]:
    """The title of each section of a variant.

    What stands behind a title on its line is part of it where the title alone stands several times below one parent,
    as in `- **Epic:** Sign in` and `- **Epic:** Pay`.
    """
    sections = variant.agent.sections
    keys = [(each.parent, comparable_title(each.title)) for each in sections]
    uses = Counter(keys)
    return [_with_introduction(each) if uses[key] > 1 else each.title for each, key in zip(sections, keys, strict=True)]


def _with_introduction(section: Section) -> str:
    whole = f"{section.title}: {plain(section.introduction)}"
    is_title = section.introduction and "\n" not in section.introduction and len(whole) <= LONGEST_TITLE
    return whole if is_title else section.title


def _calmed(title: str, variants: Sequence[Prepared]) -> str:
    """A title in capitals with only its abbreviations so: words that the variants' text has in capitals as well."""
    wanted = set(_WORD.findall(title))
    texts = (each.item.text for variant in variants for each in variant.statements)
    near = (text for text in texts if any(word in text for word in wanted))
    shouted = {word for text in near for word in _WORD.findall(text) if word in wanted}
    return _WORD.sub(lambda found: found[0] if found[0] in shouted else found[0].capitalize(), title)


# ---------------------------------------------------------------------------------------------- the tree


def _parents(variant: Prepared, titles: Sequence[str]) -> dict[int, int | None]:
    """The parent of each section of a variant.

    A title that stands several times below one parent (`Example`, after each of several others) cannot do so in the
    canonical agent: each such section counts as part of the one before it whose title stands there once.
    """
    siblings: defaultdict[int | None, list[Section]] = defaultdict(list)
    for section in variant.agent.sections:
        siblings[section.parent].append(section)
    parents = {section.id: section.parent for section in variant.agent.sections}
    keys = [comparable_title(title) for title in titles]
    for each in siblings.values():
        uses = Counter(keys[section.id] for section in each)
        owner: int | None = None
        for section in each:
            if uses[keys[section.id]] > 1:
                parents[section.id] = section.parent if owner is None else owner
            elif section.style is not SectionStyle.LEAD:
                owner = section.id
    return parents


def _set_parents(
    parents: Sequence[Mapping[int, int | None]],
    headings: list[Heading],
    home: Mapping[Node, int],
    skeleton: int | None,
) -> None:
    """Each section goes where most variants have it, in a tie to the top or the best known; never below itself."""

    def parent_of(node: Node) -> int:
        parent = parents[node[0]][node[1]]
        return TOP if parent is None else home.get((node[0], parent), TOP)

    for heading in sorted(headings, key=lambda each: (skeleton not in each.variants, -len(each.members), each.number)):
        guides = [node for node in heading.members if node[0] == skeleton][:1] or heading.members
        votes = Counter(parent_of(node) for node in guides)
        parent = min(votes, key=lambda each: (-votes[each], each != TOP, -_support(headings, each), each))
        at = parent
        while at != TOP and at != heading.number:
            at = headings[at].parent
        heading.parent = TOP if at == heading.number else parent


def _support(headings: Sequence[Heading], number: int) -> int:
    return 0 if number == TOP else len(headings[number].variants)


def _flatten(headings: Sequence[Heading]) -> None:
    """What would be deeper than headings go stands beside the deepest instead."""
    depths: dict[int, int] = {TOP: 0}
    for heading in headings:
        path = [heading]
        while path[-1].parent not in depths:
            path.append(headings[path[-1].parent])
        for each in reversed(path):
            if depths[each.parent] == DEEPEST:
                each.parent = headings[each.parent].parent
            depths.setdefault(each.number, depths[each.parent] + 1)


def _set_places(headings: Sequence[Heading], skeleton: int | None) -> None:
    """Siblings in the order that most variants have them in; with a skeleton in its order, then all others."""
    siblings: defaultdict[int, list[Heading]] = defaultdict(list)
    for heading in headings:
        siblings[heading.parent].append(heading)
    for each in siblings.values():
        guided = [heading for heading in each if skeleton in heading.variants]
        others = [heading for heading in each if skeleton not in heading.variants]
        order = [number for part in (guided, others) for number in _order(part, skeleton)]
        for place, number in enumerate(order):
            headings[number].place = (float(place),)


def _order(headings: Sequence[Heading], skeleton: int | None) -> list[int]:
    nodes: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for heading in headings:
        for v in heading.variants:
            nodes[v].append((min(i for w, i in heading.members if w == v), heading.number))
    sequences = {v: [number for _, number in sorted(nodes[v])] for v in sorted(nodes)}
    fixed = sequences.get(skeleton, []) if skeleton is not None else []
    return consensus_order(list(sequences.values()), fixed)
