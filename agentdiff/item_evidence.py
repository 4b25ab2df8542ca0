"""What the features of two items say, in words: the one place where a feature of items gets a phrase."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from agentdiff import weights
from agentdiff.align import matched_sections
from agentdiff.candidates import candidates
from agentdiff.evidence import (
    SIZE,
    Evidence,
    Looks,
    Pair,
    both_texts,
    likeness_said,
    named,
    place_said,
    quoted,
    rivals_said,
    senses_said,
    subjects_said,
)
from agentdiff.model import Agent
from agentdiff.reasons import SAME_SUBJECT, WORDS_NAMED, is_known, meaning_agrees, settings_agree
from agentdiff.scoring import Scores, weights_for
from agentdiff.similarity import (
    SECOND_ITEM_FEATURES,
    Prepared,
    Sizes,
    Statement,
    item_features,
    logistic,
    shared_words,
)
from agentdiff.vocabulary import Wording, containment, stem_of, words_of

OTHER_WORDS = 0.2
"""Two statements that share less of their words, by rarity, are put in other words."""

LABEL_IN_TEXT = 0.5
"""A label is in the text of the other from this share of its words on, by rarity."""


class TwoItems(NamedTuple):
    """What the words about two items are made from."""

    old: Statement
    new: Statement
    features: Mapping[str, float]
    """Of the second look, by name."""
    titles: tuple[str, str]
    """The nearest titles above; empty in the lead."""
    are_sections_paired: bool
    is_for: bool
    """Whether the subject counts for the pair."""


def _shared_words_said(two: TwoItems) -> str:
    shared = ", ".join(map(quoted, shared_words(two.old, two.new, WORDS_NAMED)))
    if two.is_for:
        return f"shared words: {shared}" if shared else ""
    return f"few words shared, or common ones: {shared}" if shared else "no words shared"


def _meaning_said(two: TwoItems) -> str:
    if not (is_known(two.old.words) and is_known(two.new.words)):
        return ""
    agreed = meaning_agrees(two.old, two.new)
    if two.is_for and agreed >= SAME_SUBJECT and two.features["jaccard"] < OTHER_WORDS:
        return "about the same subject, mostly in other words"
    if (
        two.is_for
        and agreed < SAME_SUBJECT <= two.features["gist"]
        and is_known(two.old.head)
        and is_known(two.new.head)
    ):
        return "labels about the same subject"
    return subjects_said(agreed, SAME_SUBJECT, two.is_for)


def _labels_said(two: TwoItems) -> str:
    heads = two.old.head, two.new.head
    labels = _written(heads[0], two.old), _written(heads[1], two.new)
    if all(labels):
        return likeness_said("labels", *heads, both_texts(*labels), two.is_for)
    said = max(containment(heads[0], two.new.words), containment(heads[1], two.old.words)) >= LABEL_IN_TEXT
    if not any(labels) or said is not two.is_for:
        return ""
    return f"the label of one is {'' if said else 'not '}in the text of the other ({quoted(labels[0] or labels[1])})"


def _written(wording: Wording, statement: Statement) -> str:
    """The stems of a wording as the words of the statement that has them."""
    found = {stem: word for word in words_of(statement.text) if (stem := stem_of(word)) in wording.weights}
    return " ".join(found.values())


def _roles_said(two: TwoItems) -> str:
    return "both say who the agent is" if two.is_for and two.old.is_role and two.new.is_role else ""


def _kinds_said(two: TwoItems) -> str:
    return "" if two.is_for or two.features["same kind"] else "one is code, the other is not"


def _sections_said(two: TwoItems) -> str:
    titles = both_texts(*(title or "lead" for title in two.titles))
    if two.are_sections_paired:
        return f"their sections correspond {titles}" if two.is_for else ""
    if not two.is_for:
        return f"their sections do not correspond {titles}"
    if two.features["sections alike"] >= weights.SECTION_FLOOR:
        return f"their sections are alike {titles}"
    if two.features["sections around alike"] >= weights.SECTION_FLOOR:
        return "sections around them are alike"
    return f"titles above are about the same subject {titles}" * (settings_agree(two.old, two.new) >= SAME_SUBJECT)


class ItemSubject(NamedTuple):
    """Features of item pairs that look at one thing, and how it is said."""

    features: tuple[str, ...]
    words: Callable[[TwoItems], str]


ITEM_SUBJECTS: Mapping[str, ItemSubject] = {
    "words": ItemSubject(
        # With the length: it is what the rarity of the shared words has to be measured by.
        ("cosine with titles", "jaccard", "shared rarity", "word pairs", "letters", "length"),
        _shared_words_said,
    ),
    "meaning": ItemSubject(("meaning", "gist"), _meaning_said),
    "sentence": ItemSubject(
        ("sentence",), lambda two: senses_said("the sentences", two.features["sentence"], two.is_for)
    ),
    "labels": ItemSubject(("head in text", "both labelled"), _labels_said),
    "role": ItemSubject(("both roles",), _roles_said),
    "code": ItemSubject(("same kind",), _kinds_said),
    "sections": ItemSubject(("sections alike", "sections the same", "sections around alike"), _sections_said),
    "rivals": ItemSubject(
        ("strongest rival", "weaker rival", "better rank", "worse rank"),
        lambda two: rivals_said(two.features, "line", two.is_for),
    ),
    "place": ItemSubject(("place",), lambda two: place_said(two.features, two.is_for)),
    SIZE: ItemSubject(("many items", "files of unlike size"), lambda two: ""),
}
"""Each feature of SECOND_ITEM_FEATURES but the bias and the first look, once."""

_FEATURES_OF = {subject: each.features for subject, each in ITEM_SUBJECTS.items()}


def item_evidence(old: Prepared, new: Prepared, scored: Scores) -> Evidence:
    """What speaks for and against the item pairs of two agents, those of identical text among them."""
    fitted = weights_for(old, new)
    looks = Looks(SECOND_ITEM_FEATURES, fitted.item_pair, fitted.item_first, _FEATURES_OF)
    known = {
        (old.statements[each.old].item.id, new.statements[each.new].item.id): each
        for each in (*scored.anchors, *scored.items)
    }
    # Without leaving out what is identical: that a line was taken by its twin is what a reader wants to know.
    among = known | {
        (old.statements[left].item.id, new.statements[right].item.id): None
        for left, right in candidates(old.statements, new.statements)
    }
    sides = [{each.item.id: each for each in side.statements} for side in (old, new)]
    sizes = Sizes.of(len(old.statements), len(new.statements))
    paired = {(each.old, each.new) for each in matched_sections(old, new, scored)}

    def pair(left: int, right: int) -> Pair:
        if found := known.get((left, right)):
            return Pair(left, right, found.similarity, found.equality, found.features)
        first = logistic(fitted.item_first, item_features(sides[0][left], sides[1][right], sizes))
        return Pair(left, right, first, 0.0)

    def words(subject: str, pair: Pair, is_for: bool) -> str:
        a, b = sides[0][pair.old], sides[1][pair.new]
        titles = _title_above(old.agent, a), _title_above(new.agent, b)
        features = named(looks.names, pair.features)
        are_paired = (a.item.section, b.item.section) in paired
        return ITEM_SUBJECTS[subject].words(TwoItems(a, b, features, titles, are_paired, is_for))

    usual = looks.usual(each.features for each in scored.items)
    return Evidence(tuple(sorted(among)), pair, looks, usual, words)


def _title_above(agent: Agent, statement: Statement) -> str:
    """The nearest title above; empty in the lead."""
    return agent.sections[statement.item.section].title
