"""What the features of two sections say, in words: the one place where a feature of sections gets a phrase."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from agentdiff.align import matched_items
from agentdiff.evidence import (
    RELATED_SUBJECT,
    SIZE,
    Evidence,
    Looks,
    Pair,
    both_or_one_said,
    both_texts,
    likeness_said,
    named,
    place_said,
    rivals_said,
    senses_said,
    subjects_said,
)
from agentdiff.pairing import Scored
from agentdiff.reasons import SAME_SUBJECT, SAME_SUBJECT_OF_SECTIONS, contents_agree, is_known, titles_agree
from agentdiff.scoring import Scores, weights_for
from agentdiff.similarity import SECOND_SECTION_FEATURES, Part, Prepared


class TwoSections(NamedTuple):
    """What the words about two sections are made from."""

    old: Part
    new: Part
    above: tuple[Part | None, Part | None]
    """The sections around them."""
    features: Mapping[str, float]
    """Of the second look, by name."""
    paired: int
    """Items of the smaller one that have a partner in the other, at least."""
    is_for: bool


def _titles_said(two: TwoSections) -> str:
    if not (two.old.key and two.new.key):
        return "only one has a title" if two.old.key != two.new.key and not two.is_for else ""
    titles = both_texts(two.old.section.title, two.new.section.title)
    if two.old.key == two.new.key:
        return f"same title {titles}" if two.is_for else ""
    agrees = titles_agree(two.old, two.new) >= SAME_SUBJECT
    if agrees and not two.features["title cosine"]:
        return f"titles are about the same subject {titles}" if two.is_for else ""
    return likeness_said("titles", two.old.title, two.new.title, titles, two.is_for)


def _titles_above_said(two: TwoSections) -> str:
    old, new = two.above
    if old is None or new is None:
        if old is new:
            return "both stand under no other title" if two.is_for else ""
        return "" if two.is_for else "only one stands under another title"
    titles = both_texts(old.section.title, new.section.title)
    if old.key == new.key or not (is_known(old.title) and is_known(new.title)):
        return f"same title above {titles}" if old.key == new.key and two.is_for else ""
    agreed = titles_agree(old, new)
    if two.is_for:
        return f"titles above are about the same subject {titles}" if agreed >= SAME_SUBJECT else ""
    return f"titles above differ {titles}" if agreed < RELATED_SUBJECT else ""


def _content_said(two: TwoSections) -> str:
    least = min(len(two.old.content.weights), len(two.new.content.weights))
    if not least:
        return "" if two.is_for else "one of them is empty"
    share = len(two.old.content.weights.keys() & two.new.content.weights.keys()) / least
    if two.is_for and not share:
        return ""
    return f"{'' if two.is_for else 'only '}{share:.0%} of the words of the smaller one are in the other"


def _meaning_said(two: TwoSections) -> str:
    if not (is_known(two.old.content) and is_known(two.new.content)):
        return ""
    return subjects_said(contents_agree(two.old, two.new), SAME_SUBJECT_OF_SECTIONS, two.is_for)


def _items_said(two: TwoSections) -> str:
    least = min(len(two.old.statements), len(two.new.statements))
    if not least or two.paired == (0 if two.is_for else least):
        return ""
    if not two.paired:
        return "no items of theirs correspond"
    if least == 1:
        return "the one item of the smaller one corresponds"
    verb = "corresponds" if two.paired == 1 else "correspond"
    return f"{'' if two.is_for else 'only '}{two.paired} of the {least} items of the smaller one {verb}"


def _openings_said(two: TwoSections) -> str:
    return both_or_one_said(two.old.is_opening, two.new.is_opening, two.is_for, "open the file", "opens the file")


def _subsections_said(two: TwoSections) -> str:
    return "only one has subsections" if two.old.has_subsections is not two.new.has_subsections else ""


def _whole_said(two: TwoSections) -> str:
    both = two.old.is_whole, two.new.is_whole
    return both_or_one_said(*both, two.is_for, "are the title of the whole file", "is the title of the whole file")


def _levels_said(two: TwoSections) -> str:
    old, new = two.old.section.level, two.new.section.level
    return "titles of the same level" if old == new else f"titles of different levels ({old} / {new})"


class SectionSubject(NamedTuple):
    """Features of section pairs that look at one thing, and how it is said."""

    features: tuple[str, ...]
    words: Callable[[TwoSections], str]


SECTION_SUBJECTS: Mapping[str, SectionSubject] = {
    "title": SectionSubject(
        ("title cosine", "same title", "path cosine", "title meaning", "path meaning"), _titles_said
    ),
    "title sentence": SectionSubject(
        ("title sentence",), lambda two: senses_said("titles", two.features["title sentence"], two.is_for)
    ),
    "titles above": SectionSubject(("meaning of titles above",), _titles_above_said),
    "content": SectionSubject(("content cosine", "own cosine"), _content_said),
    "meaning": SectionSubject(("content meaning", "own meaning"), _meaning_said),
    "items": SectionSubject(("covered, the less covered", "covered, the more covered", "corresponding"), _items_said),
    "opening": SectionSubject(("both openings", "one opening"), _openings_said),
    "whole": SectionSubject(("both title the whole", "one titles the whole"), _whole_said),
    "subsections": SectionSubject(("one has subsections",), _subsections_said),
    "rivals": SectionSubject(
        ("strongest rival", "weaker rival", "better rank", "worse rank"),
        lambda two: rivals_said(two.features, "section", two.is_for),
    ),
    "place": SectionSubject(("place",), lambda two: place_said(two.features, two.is_for)),
    "level": SectionSubject(("level",), _levels_said),
    SIZE: SectionSubject(("many sections", "files of unlike size"), lambda two: ""),
}
"""Each feature of SECOND_SECTION_FEATURES but the bias and the first look, once."""

_FEATURES_OF = {subject: each.features for subject, each in SECTION_SUBJECTS.items()}


def section_evidence(old: Prepared, new: Prepared, scored: Scores) -> Evidence:
    """What speaks for and against the section pairs of two agents."""
    fitted = weights_for(old, new)
    looks = Looks(SECOND_SECTION_FEATURES, fitted.section_pair, fitted.section_first, _FEATURES_OF)
    known = {(each.old, each.new): each for each in scored.sections}
    items = matched_items(scored)

    def pair(left: int, right: int) -> Pair:
        found = known.get((left, right))
        return Pair(*found[:5]) if found else Pair(left, right, 0.0, 0.0)

    def words(subject: str, pair: Pair, is_for: bool) -> str:
        a, b = old.parts[pair.old], new.parts[pair.new]
        above = _around(old, a), _around(new, b)
        features = named(looks.names, pair.features)
        two = TwoSections(a, b, above, features, _paired_between(a, b, items), is_for)
        return SECTION_SUBJECTS[subject].words(two)

    usual = looks.usual(each.features for each in scored.sections)
    return Evidence(tuple(known), pair, looks, usual, words)


def _around(side: Prepared, part: Part) -> Part | None:
    return None if part.section.parent is None else side.parts[part.section.parent]


def _paired_between(a: Part, b: Part, items: Sequence[Scored]) -> int:
    """How many statements of the smaller section have a partner in the other one."""
    left, right = set(a.statements), set(b.statements)
    found = [(each.old, each.new) for each in items if each.old in left and each.new in right]
    return min(len({old for old, _ in found}), len({new for _, new in found}))
