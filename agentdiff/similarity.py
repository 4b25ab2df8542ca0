"""Every score of the program, 0..1; the one module that knows the stemmer and the fuzzy matcher.

Words count by how rare they are over public agent files (inverse document frequency of their stem). What two
statements, or two sections, have in common is described by a few numbers, their *features*, and a logistic function
makes a similarity of them. Its weights are in `weights.py`; `bench/fit_weights.py` makes them from labelled pairs.
All features are symmetric: the similarity of a pair does not depend on which side comes first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from pkgutil import get_data
from typing import NamedTuple

from agentdiff.model import Agent, Item, ItemKind, Section, SectionStyle
from agentdiff.normalise import comparable_text, comparable_title
from agentdiff.text import plain

ITEMS_COUNTED = 143_111
"""Distinct items behind the table of frequencies."""

LEAST_COUNTED = 8
"""Rarer stems are not in the table; they weigh as if half as many items held them."""

FOREIGN_RARITY = 6.0
"""What a word counts that is not English, so that the table cannot tell how common it is: as much as a middling one."""

CONTEXT_WEIGHT = 0.35
"""How much a word of the titles above an item counts towards its wording, against 1 for a word of its own."""

ROLE_STATEMENT = re.compile(r"^(?:#+ )?(?:you(?:'re| are)|i am|act as|as an?)\b", re.IGNORECASE)

_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[+#]|\.(?=[a-z]))*|\d+(?:[.,]\d+)*%?")
_HEAD = re.compile(r"^(?:\*\*|__)?([^:*_\n]{2,60}?)(?:\*\*|__)?\s*(?::|：| [-–—] )\s*(?:\*\*|__)?")
_BOLD_HEAD = re.compile(r"^(\*\*|__)(?=\S)(.{2,80}?)\1\s*[:：–—-]?\s*")
CODE_WORD = re.compile(r"`([^`\n]+)`")
STOP_WORDS = frozenset(
    "a an and are as at be by for from has have in into is it its of on or that the their them then these this to via"
    " was were what when where which while who will with you your should must can may e.g etc i.e all any each".split()
)


@cache
def _counts() -> Mapping[str, str]:
    """How many public items hold a stem, as the table has it."""
    data = get_data("agentdiff", "data/stem-frequencies.tsv") or b""
    cells = data.decode().partition("\n")[2].split()
    return dict(zip(cells[::2], cells[1::2], strict=True))


@cache
def _rarest() -> float:
    return math.log(ITEMS_COUNTED / (LEAST_COUNTED / 2))


@cache
def stem_of(word: str) -> str:
    """The stem of one word in lower case."""
    return str(_stemmer().stemWord(word))


@cache
def _stemmer():  # type: ignore[no-untyped-def]
    import Stemmer

    return Stemmer.Stemmer("english")


def words_of(text: str) -> list[str]:
    """The words and numbers of a text in lower case, in order; scripts without blanks in pairs of letters."""
    words = _WORD.findall(text)
    if text.isascii():
        return words
    return [part for word in words for part in (_letter_pairs(word) if _is_unspaced(word) else (word,))]


def _is_unspaced(word: str) -> bool:
    """In a script without blanks between words (Thai, Lao, Chinese, Japanese) or with endings glued on (Korean)."""
    return len(word) > 2 and any("\u0e00" <= letter <= "\u0eff" or "\u3040" <= letter <= "\ud7af" for letter in word)


def _letter_pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)]


def stems(text: str) -> list[str]:
    """The stems of a text in order, without function words."""
    return [stem_of(word) for word in words_of(text.lower()) if word not in STOP_WORDS]


@cache
def rarity(stem: str) -> float:
    """How much a stem says: its inverse document frequency, 1.7 for the commonest to 10.5 for an unknown one."""
    if count := _counts().get(stem):
        return math.log(ITEMS_COUNTED / int(count))
    return _rarest() if stem.isascii() else FOREIGN_RARITY


class Wording(NamedTuple):
    """A text as weighted stems."""

    weights: Mapping[str, float]
    total: float
    norm: float

    @classmethod
    def of(cls, words: Iterable[str]) -> Wording:
        """Each stem once, weighted by its rarity."""
        return cls.weighted({stem: rarity(stem) for stem in dict.fromkeys(words)})

    @classmethod
    def weighted(cls, weights: Mapping[str, float]) -> Wording:
        """Stems with weights of their own."""
        return cls(weights, sum(weights.values()), math.sqrt(sum(weight * weight for weight in weights.values())))

    def joined(self, other: Wording, factor: float) -> Wording:
        """This wording and what the other adds, at a part of its weight."""
        weights = dict(self.weights)
        for stem, weight in other.weights.items():
            weights[stem] = max(weights.get(stem, 0.0), weight * factor)
        return Wording.weighted(weights)


EMPTY = Wording({}, 0.0, 0.0)


def cosine(a: Wording, b: Wording) -> float:
    """Cosine of two wordings, 0 where one is empty."""
    if not a.norm or not b.norm:
        return 0.0
    small, large = (a.weights, b.weights) if len(a.weights) <= len(b.weights) else (b.weights, a.weights)
    shared = math.fsum(weight * large[stem] for stem, weight in small.items() if stem in large)
    return min(1.0, shared / (a.norm * b.norm))


def shared_weight(a: Wording, b: Wording) -> float:
    """Summed rarity of the stems that both have."""
    small, large = (a.weights, b.weights) if len(a.weights) <= len(b.weights) else (b.weights, a.weights)
    return math.fsum(min(weight, large[stem]) for stem, weight in small.items() if stem in large)


def containment(a: Wording, b: Wording) -> float:
    """The share of the smaller wording that the larger one has, 0 where one is empty."""
    least = min(a.total, b.total)
    return min(1.0, shared_weight(a, b) / least) if least else 0.0


# ---------------------------------------------------------------------------------------------- items


class Statement(NamedTuple):
    """An item prepared for comparison."""

    item: Item
    key: str
    """Comparable text; equal keys mean the same statement."""
    text: str
    """Plain text in lower case."""
    words: Wording
    head: Wording
    """The words before a colon or in bold at the start."""
    context: Wording
    """The words of the titles above."""
    enriched: Wording
    """Own words and, at a part of their weight, those of the titles above."""
    pairs: frozenset[tuple[str, str]]
    """Neighbouring stems."""
    facts: frozenset[str]
    """Numbers and code words."""
    is_role: bool


def statement(item: Item, context: Wording) -> Statement:
    """Prepare an item; `context` holds the words of the titles above it."""
    text = plain(item.text)
    in_order = stems(text)
    words = Wording.of(in_order)
    head = _BOLD_HEAD.match(item.text)
    head_text = head[2] if head else (found[1] if (found := _HEAD.match(text)) else "")
    return Statement(
        item=item,
        key=comparable_text(item),
        text=text.lower().replace("’", "'"),
        words=words,
        head=Wording.of(stems(head_text)) if head_text else EMPTY,
        context=context,
        enriched=words.joined(context, CONTEXT_WEIGHT),
        pairs=frozenset(pairwise(in_order)),
        facts=facts(item.text),
        is_role=item.kind is ItemKind.PARAGRAPH and ROLE_STATEMENT.match(text) is not None,
    )


def facts(text: str) -> frozenset[str]:
    """Numbers and code words of a text: what must not change unnoticed."""
    code = {word.lower() for word in CODE_WORD.findall(text)}
    return frozenset(code | {word for word in words_of(text.lower()) if word[0].isdigit()})


ITEM_FEATURES = (
    "bias",
    "cosine",
    "cosine with titles",
    "jaccard",
    "containment",
    "shared rarity",
    "rarest shared",
    "word pairs",
    "titles",
    "heads",
    "head in text",
    "letters",
    "length ratio",
    "length",
    "facts",
    "both roles",
    "same kind",
)


def item_features(a: Statement, b: Statement) -> tuple[float, ...]:
    """What two statements have in common, in the order of `ITEM_FEATURES`."""
    from rapidfuzz import fuzz

    shared = shared_weight(a.words, b.words)
    union = a.words.total + b.words.total - shared
    least, most = sorted((a.words.total, b.words.total))
    both = a.words.weights.keys() & b.words.weights.keys()
    pairs = len(a.pairs & b.pairs)
    head_cosine = cosine(a.head, b.head)
    return (
        1.0,
        cosine(a.words, b.words),
        cosine(a.enriched, b.enriched),
        shared / union if union else 0.0,
        shared / least if least else 0.0,
        math.log1p(shared),
        max((a.words.weights[stem] for stem in both), default=0.0) / 10,
        math.log1p(pairs),
        cosine(a.context, b.context),
        head_cosine,
        max(containment(a.head, b.words), containment(b.head, a.words)) if a.head.total or b.head.total else 0.0,
        fuzz.token_sort_ratio(a.key[:300], b.key[:300]) / 100,
        least / most if most else 0.0,
        math.log1p(least),
        1.0 if a.facts & b.facts else (-1.0 if a.facts and b.facts else 0.0),
        1.0 if a.is_role and b.is_role else 0.0,
        1.0 if (a.item.kind is ItemKind.CODE) == (b.item.kind is ItemKind.CODE) else 0.0,
    )


# ---------------------------------------------------------------------------------------------- sections


class Part(NamedTuple):
    """A section prepared for comparison."""

    section: Section
    key: str
    title: Wording
    path: Wording
    """The words of its title and, weighing less, those of the titles above."""
    content: Wording
    """The words of everything in it, subsections included, each once."""
    own: Wording
    """The words of its direct items."""
    statements: tuple[int, ...]
    """Indices of the statements in it, subsections included."""
    is_opening: bool
    """The lead, or the first section with a role statement before any other."""
    has_subsections: bool


def prepare(agent: Agent, kinds: frozenset[ItemKind]) -> tuple[tuple[Statement, ...], tuple[Part, ...]]:
    """All statements (items of these kinds) and sections of an agent, ready to be compared."""
    titles = [Wording.of(stems(section.title + " " + section.introduction)) for section in agent.sections]
    paths: list[Wording] = []
    for section, title in zip(agent.sections, titles, strict=True):
        paths.append(title if section.parent is None else title.joined(paths[section.parent], 0.5))
    statements = tuple(
        statement(item, paths[item.section]) for item in agent.items if item.kind in kinds and item.text.strip()
    )
    direct: list[list[int]] = [[] for _ in agent.sections]
    for index, each in enumerate(statements):
        direct[each.item.section].append(index)
    within = [list(own) for own in direct]
    for section in reversed(agent.sections):
        if section.parent is not None:
            within[section.parent] = within[section.id] + within[section.parent]
    parents = {section.parent for section in agent.sections}
    opening = _opening_section(agent, statements)
    parts = tuple(
        Part(
            section=section,
            key=comparable_title(section.title),
            title=titles[section.id],
            path=paths[section.id],
            content=Wording.of(stem for index in within[section.id] for stem in statements[index].words.weights),
            own=Wording.of(stem for index in direct[section.id] for stem in statements[index].words.weights),
            statements=tuple(sorted(within[section.id])),
            is_opening=section.id == opening,
            has_subsections=section.id in parents,
        )
        for section in agent.sections
    )
    return statements, parts


def _opening_section(agent: Agent, statements: tuple[Statement, ...]) -> int | None:
    """The section that says who the agent is: the lead, else the one with the first role statement near the top."""
    if agent.sections and agent.sections[0].style is SectionStyle.LEAD:
        return 0
    near_top = statements[:8]
    return next((each.item.section for each in near_top if each.is_role), None)


SECTION_FEATURES = (
    "bias",
    "title cosine",
    "title containment",
    "same title",
    "path cosine",
    "title letters",
    "content cosine",
    "content containment",
    "own cosine",
    "title in content",
    "aligned, of the smaller",
    "aligned, of the larger",
    "aligned",
    "both openings",
    "one opening",
    "size ratio",
    "both have subsections",
    "one has subsections",
    "place",
    "level",
)


def section_features(a: Part, b: Part, aligned: float, place: float) -> tuple[float, ...]:
    """What two sections have in common, in the order of `SECTION_FEATURES`.

    `aligned` is the summed similarity of the item matches between the two, `place` the distance of their relative
    places in the two files, 0..1.
    """
    from rapidfuzz import fuzz

    least, most = sorted((len(a.statements), len(b.statements)))
    openings = a.is_opening + b.is_opening
    title_in_content = max(
        containment(a.title, b.content) if a.title.total and b.content.total >= a.title.total else 0.0,
        containment(b.title, a.content) if b.title.total and a.content.total >= b.title.total else 0.0,
    )
    return (
        1.0,
        cosine(a.title, b.title),
        containment(a.title, b.title),
        1.0 if a.key and a.key == b.key else 0.0,
        cosine(a.path, b.path),
        fuzz.ratio(a.key[:100], b.key[:100]) / 100 if a.key and b.key else 0.0,
        cosine(a.content, b.content),
        containment(a.content, b.content),
        cosine(a.own, b.own),
        title_in_content,
        min(1.0, aligned / least) if least else 0.0,
        min(1.0, aligned / most) if most else 0.0,
        math.log1p(aligned),
        1.0 if openings == 2 else 0.0,
        1.0 if openings == 1 else 0.0,
        math.log1p(least) - math.log1p(most),
        1.0 if a.has_subsections and b.has_subsections else 0.0,
        1.0 if a.has_subsections != b.has_subsections else 0.0,
        place,
        1.0 if a.section.level == b.section.level else 0.0,
    )


def logistic(weights: tuple[float, ...], features: tuple[float, ...]) -> float:
    """The probability that a logistic model gives to these features."""
    score = math.fsum(weight * feature for weight, feature in zip(weights, features, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def shared_words(a: Statement, b: Statement, most: int) -> list[str]:
    """The rarest words that two statements share, as the shorter writing has them, in order of rarity."""
    written: dict[str, str] = {}
    for text in (a.text, b.text):
        for word in words_of(text):
            if word not in STOP_WORDS:
                stem = stem_of(word)
                written[stem] = min(written.get(stem, word), word, key=lambda each: (len(each), each))
    both = a.words.weights.keys() & b.words.weights.keys()
    return [written[stem] for stem in sorted(both, key=lambda stem: (-a.words.weights[stem], stem))[:most]]
