"""What two statements, or two sections, have in common, as a few numbers: their *features*.

A logistic function of the features is the probability that a reader would pair the two. Its weights are in
`weights.py`; `bench/fit_weights.py` makes them from labelled pairs. There are two looks. The first sees a pair alone:
words, letters, meaning, titles. The second also sees how the pair stands among its alternatives and what was found
around it.
All features are symmetric: the similarity of a pair does not depend on which side comes first.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain, pairwise
from operator import mul
from typing import NamedTuple

from agentdiff.language import Language, language_of
from agentdiff.model import STATEMENTS, Agent, Item, ItemKind, Section, SectionStyle
from agentdiff.normalise import comparable_text, comparable_title
from agentdiff.semantic import Encoder
from agentdiff.text import plain
from agentdiff.vocabulary import (
    EMPTY,
    STOP_WORDS,
    Direction,
    Wording,
    agreement,
    containment,
    cosine,
    direction,
    shared_weight,
    stem_of,
    stems,
    summed,
    summed_vectors,
    words_of,
)

CONTEXT_WEIGHT = 0.35
"""How much a word of the titles above an item counts towards its wording, against 1 for a word of its own."""

PARENT_WEIGHT = 0.5
"""How much a word of the title above a title counts, against 1 for a word of its own."""

ROLE_STATEMENT = re.compile(
    r"^(?:#+ )?(?:(?:your )?role\s?[:–-]\s?)?(?:you(?:'re| are| act| serve| work| specialize)|i am|act as|as an?)\b",
    re.IGNORECASE,
)

MOST_CERTAIN = 30.0
"""Scores of a logistic model further from 0 count as this: their exponential would run over."""

LETTERS_COMPARED = 300
"""Characters of a text that are compared letter by letter."""

LEAST_PAIRS, MOST_PAIRS = 40, 10_000
"""Smaller and larger products of the numbers of things in two files count as these: few labelled files lie outside."""

LETTERS_ENCODED = 600
"""Characters of a statement with its title that a sentence model is given; two in a thousand have more."""

_HEAD = re.compile(r"^(?:\*\*|__)?([^:*_\n]{2,60}?)(?:\*\*|__)?\s*(?::|：| [-–—] )\s*(?:\*\*|__)?")
_BOLD_HEAD = re.compile(r"^(\*\*|__)(?=\S)(.{2,80}?)\1\s*[:：–—-]?\s*")
CODE_WORD = re.compile(r"`([^`\n]+)`")


def logistic(weights: tuple[float, ...], features: tuple[float, ...]) -> float:
    """The probability that a logistic model gives to these features."""
    score = sum(map(mul, weights, features))
    if abs(score) > MOST_CERTAIN:
        score = math.copysign(MOST_CERTAIN, score)
    return 1 / (1 + math.exp(-score))


# ---------------------------------------------------------------------------------------------- items


class Statement(NamedTuple):
    """An item prepared for comparison."""

    item: Item
    key: str
    """Comparable text; equal keys mean the same statement."""
    text: str
    """Plain text in lower case."""
    letters: str
    """The words of the key in alphabetical order."""
    words: Wording
    head: Wording
    """The words before a colon or in bold at the start."""
    context: Wording
    """The words of the titles above."""
    enriched: Wording
    """Own words and, at a part of their weight, those of the titles above."""
    vector: tuple[int, ...]
    """The summed meaning of its words, in the order and size of `vocabulary.summed_vectors`."""
    meaning: Direction
    """What its words are about and, at a part of their weight, those of the titles above."""
    gist: Direction
    """What its label is about, without one what all its words are about."""
    setting: Direction
    """What the titles above are about."""
    pairs: frozenset[tuple[str, str]]
    """Neighbouring stems."""
    is_role: bool
    sense: Direction
    """What a sentence model makes of it and the title of its section; none without a model."""


class Titles(NamedTuple):
    """The titles above an item, its own section's first."""

    words: Wording
    vector: Sequence[float]
    meaning: Direction


NO_TITLES = Titles(EMPTY, (), ())


def statement(item: Item, titles: Titles, sense: Direction = ()) -> Statement:
    """Prepare an item that stands under these titles. The sense is that of `Statement`."""
    text = plain(item.text)
    key = comparable_text(item)
    in_order = stems(text)
    words = Wording.of(in_order)
    vector = summed_vectors(words.weights)
    head = _BOLD_HEAD.match(item.text)
    head_text = head[2] if head else (found[1] if (found := _HEAD.match(text)) else "")
    label = Wording.of(stems(head_text)) if head_text else EMPTY
    return Statement(
        item=item,
        key=key,
        text=text.lower().replace("’", "'"),
        letters=" ".join(sorted(key[:LETTERS_COMPARED].split())),
        words=words,
        head=label,
        context=titles.words,
        enriched=words.joined(titles.words, CONTEXT_WEIGHT),
        vector=vector,
        meaning=direction(_weighted_sum(vector, titles.vector, CONTEXT_WEIGHT)),
        gist=direction(summed_vectors(label.weights) if label.total else vector),
        setting=titles.meaning,
        pairs=frozenset(pairwise(in_order)),
        is_role=item.kind is ItemKind.PARAGRAPH and ROLE_STATEMENT.match(text) is not None,
        sense=sense,
    )


def facts(text: str) -> frozenset[str]:
    """Numbers and code words of a text: what must not change unnoticed."""
    code = {word.lower() for word in CODE_WORD.findall(text)}
    return frozenset(code | {word for word in words_of(text.lower()) if word[0].isdigit()})


def _weighted_sum(vector: Sequence[float], other: Sequence[float], factor: float) -> Sequence[float]:
    """The first vector and a part of the second; either may be empty."""
    if not vector or not other:
        return vector or other
    return [number + factor * more for number, more in zip(vector, other, strict=True)]


ITEM_FEATURES = (
    "bias",
    "cosine with titles",
    "jaccard",
    "shared rarity",
    "word pairs",
    "head in text",
    "both labelled",
    "letters",
    "length",
    "both roles",
    "same kind",
    "meaning",
    "gist",
    "many items",
    "files of unlike size",
    "sentence",
)


@cache
def _ratio_of_letters() -> Callable[[str, str], float]:
    """The function of the library, 0..100; asking for it anew at each pair would take as long as calling it."""
    from rapidfuzz import fuzz

    return fuzz.ratio


def item_features(a: Statement, b: Statement, sizes: Sizes) -> tuple[float, ...]:
    """The first look at two statements, in the order of `ITEM_FEATURES`."""
    return in_files(item_likeness(a, b), sizes)


def in_files(likeness: tuple[float, ...], sizes: Sizes) -> tuple[float, ...]:
    """`item_features` of two statements whose `item_likeness` is known."""
    return (*likeness[:-1], *sizes, likeness[-1])


def without_sizes(weights: tuple[float, ...]) -> tuple[float, ...]:
    """The weights of a first look for what `item_likeness` tells."""
    return (*weights[:-3], weights[-1])


def logit_of_sizes(weights: tuple[float, ...], sizes: Sizes) -> float:
    """What the sizes of two files add to a first look."""
    return weights[-3] * sizes.product + weights[-2] * sizes.unlikeness


def item_likeness(a: Statement, b: Statement) -> tuple[float, ...]:
    """What two statements have in common wherever they stand: `ITEM_FEATURES` but for the sizes of the files."""
    shared = shared_weight(a.words, b.words)
    union = a.words.total + b.words.total - shared
    return (
        1.0,
        cosine(a.enriched, b.enriched),
        shared / union if union else 0.0,
        math.log1p(shared),
        math.log1p(len(a.pairs & b.pairs)),
        max(containment(a.head, b.words), containment(b.head, a.words)) if a.head.total or b.head.total else 0.0,
        1.0 if a.head.total and b.head.total else 0.0,
        _ratio_of_letters()(a.letters, b.letters) / 100,
        math.log1p(min(a.words.total, b.words.total)),
        1.0 if a.is_role and b.is_role else 0.0,
        1.0 if (a.item.kind is ItemKind.CODE) == (b.item.kind is ItemKind.CODE) else 0.0,
        agreement(a.meaning, b.meaning),
        agreement(a.gist, b.gist),
        agreement(a.sense, b.sense),
    )


class Sizes(NamedTuple):
    """How much there is to compare: the more alternatives, the likelier is a good one by chance."""

    product: float
    """Logarithm of the product of the two numbers of things, held between `LEAST_PAIRS` and `MOST_PAIRS`."""
    unlikeness: float
    """How far the two numbers are apart, as the logarithm of their ratio."""

    @classmethod
    def of(cls, old: int, new: int) -> Sizes:
        """Of so many things here and so many there."""
        least, most = sorted((max(1, old), max(1, new)))
        return cls(math.log(max(LEAST_PAIRS, min(MOST_PAIRS, least * most))), math.log(most / least))


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
    title_meaning: Direction
    path_meaning: Direction
    content_meaning: Direction
    own_meaning: Direction
    sense: Direction
    """What a sentence model makes of its title; none without either."""
    statements: tuple[int, ...]
    """Indices of the statements in it, subsections included."""
    is_opening: bool
    """The lead, or the first section with a role statement before any other."""
    has_subsections: bool
    is_whole: bool
    """The only topmost title of the file, with subsections: the title of the whole."""


class Prepared(NamedTuple):
    """An agent with its statements and sections ready to be compared."""

    agent: Agent
    statements: tuple[Statement, ...]
    parts: tuple[Part, ...]
    """One for each section, in their order."""
    opener: int | None
    """Index of the role statement that opens the file, None without one."""
    language: Language | None
    """What its prose is written in, None where that cannot be told."""
    is_semantic: bool
    """Whether a sentence model was at hand."""


def prepared(agent: Agent, encoder: Encoder | None = None) -> Prepared:
    """Words, titles, meaning and places of everything that can be aligned; senses with an encoder."""
    titles = [Wording.of(stems(section.title + " " + section.introduction)) for section in agent.sections]
    paths = _paths(agent, titles)
    items = [item for item in agent.items if item.kind in STATEMENTS and item.text.strip()]
    senses = _senses(agent, items, encoder)
    statements = tuple(
        statement(item, paths[item.section], sense) for item, sense in zip(items, senses.items, strict=True)
    )
    direct: list[list[int]] = [[] for _ in agent.sections]
    for index, each in enumerate(statements):
        direct[each.item.section].append(index)
    within = [list(own) for own in direct]
    for section in reversed(agent.sections):
        if section.parent is not None:
            within[section.parent] = within[section.id] + within[section.parent]
    parents = {section.parent for section in agent.sections}
    topmost = [each.id for each in agent.sections if each.parent is None and each.style is not SectionStyle.LEAD]
    opening = _opening_section(agent, statements)
    parts = tuple(
        Part(
            section=section,
            key=comparable_title(section.title),
            title=titles[section.id],
            path=paths[section.id].words,
            content=_wording_of(statements, within[section.id]),
            own=_wording_of(statements, direct[section.id]),
            title_meaning=direction(summed_vectors(titles[section.id].weights)),
            path_meaning=paths[section.id].meaning,
            content_meaning=_meaning_of(statements, within[section.id]),
            own_meaning=_meaning_of(statements, direct[section.id]),
            sense=senses.titles[section.id],
            statements=tuple(sorted(within[section.id])),
            is_opening=section.id == opening,
            has_subsections=section.id in parents,
            is_whole=section.id in parents and topmost == [section.id],
        )
        for section in agent.sections
    )
    opener = next((i for i, each in enumerate(statements) if each.is_role and each.item.section == opening), None)
    return Prepared(agent, statements, parts, opener, language_of(agent), is_semantic=encoder is not None)


class _Senses(NamedTuple):
    """What a sentence model makes of some items, and of the titles of all sections."""

    items: Sequence[Direction]
    titles: Sequence[Direction]


def _senses(agent: Agent, items: Sequence[Item], encoder: Encoder | None) -> _Senses:
    """All texts in one go: a model is faster with many of them. An empty text makes no sense."""
    if encoder is None:
        return _Senses([()] * len(items), [()] * len(agent.sections))
    titles = [plain(section.title) for section in agent.sections]
    texts = [": ".join(filter(None, (titles[item.section], plain(item.text)))) for item in items]
    cut = [text[:LETTERS_ENCODED] for text in (*texts, *titles)]
    told = [text for text in cut if text]
    known = dict(zip(told, encoder.directions(told), strict=True))
    senses = [known.get(text, ()) for text in cut]
    return _Senses(senses[: len(items)], senses[len(items) :])


def _paths(agent: Agent, titles: Sequence[Wording]) -> list[Titles]:
    """For each section its title and those above it."""
    paths: list[Titles] = []
    for section, title in zip(agent.sections, titles, strict=True):
        above = NO_TITLES if section.parent is None else paths[section.parent]
        vector = _weighted_sum(summed_vectors(title.weights), above.vector, PARENT_WEIGHT)
        paths.append(Titles(title.joined(above.words, PARENT_WEIGHT), vector, direction(vector)))
    return paths


def _wording_of(statements: Sequence[Statement], chosen: Iterable[int]) -> Wording:
    """The words of some statements, each once."""
    return Wording.of(stem for index in chosen for stem in statements[index].words.weights)


def _meaning_of(statements: Sequence[Statement], chosen: Iterable[int]) -> Direction:
    """What some statements are about, taken together."""
    return direction(summed(statements[index].vector for index in chosen))


def _opening_section(agent: Agent, statements: tuple[Statement, ...]) -> int | None:
    """The section that says who the agent is: the lead, else the one with the first role statement near the top."""
    if agent.sections and agent.sections[0].style is SectionStyle.LEAD:
        return 0
    near_top = statements[:8]
    return next((each.item.section for each in near_top if each.is_role), None)


SECTION_FEATURES = (
    "bias",
    "title cosine",
    "same title",
    "path cosine",
    "content cosine",
    "own cosine",
    "title meaning",
    "path meaning",
    "content meaning",
    "own meaning",
    "meaning of titles above",
    "covered, the less covered",
    "covered, the more covered",
    "corresponding",
    "both openings",
    "one opening",
    "one has subsections",
    "both title the whole",
    "one titles the whole",
    "place",
    "level",
    "many sections",
    "files of unlike size",
    "title sentence",
)


class Between(NamedTuple):
    """What is known of two sections from the items in them, and from where they stand."""

    covered: tuple[float, float]
    """How much of the items of either has its like in the other, 0..1: the mean over them of their best first look."""
    corresponding: float
    """Summed similarity of the best partners of the items of the one that has less of it."""
    titles_above: float
    """How far the titles above them agree in meaning; 0.5 where both stand at the top."""
    place: float
    """The distance of their relative places in the two files, 0..1."""


def section_features(a: Part, b: Part, between: Between, sizes: Sizes) -> tuple[float, ...]:
    """The first look at two sections, in the order of `SECTION_FEATURES`."""
    return among_others(section_likeness(a, b), between, sizes)


def among_others(likeness: tuple[float, ...], between: Between, sizes: Sizes) -> tuple[float, ...]:
    """`section_features` of two sections whose `section_likeness` is known."""
    less, more = sorted(between.covered)
    return (
        *likeness[:10],
        between.titles_above,
        less,
        more,
        math.log1p(between.corresponding),
        *likeness[10:15],
        between.place,
        likeness[15],
        *sizes,
        likeness[16],
    )


def section_likeness(a: Part, b: Part) -> tuple[float, ...]:
    """What two sections have in common wherever they stand: `SECTION_FEATURES` but for what lies between them."""
    openings = a.is_opening + b.is_opening
    is_flat = not (a.has_subsections or b.has_subsections)
    contents = cosine(a.content, b.content), agreement(a.content_meaning, b.content_meaning)
    owns = contents if is_flat else (cosine(a.own, b.own), agreement(a.own_meaning, b.own_meaning))
    return (
        1.0,
        cosine(a.title, b.title),
        1.0 if a.key and (a.key == b.key or a.title.weights.keys() == b.title.weights.keys() != set()) else 0.0,
        cosine(a.path, b.path),
        contents[0],
        owns[0],
        agreement(a.title_meaning, b.title_meaning),
        agreement(a.path_meaning, b.path_meaning),
        contents[1],
        owns[1],
        1.0 if openings == 2 else 0.0,
        1.0 if openings == 1 else 0.0,
        1.0 if a.has_subsections != b.has_subsections else 0.0,
        1.0 if a.is_whole and b.is_whole else 0.0,
        1.0 if a.is_whole != b.is_whole else 0.0,
        1.0 if a.section.level == b.section.level else 0.0,
        agreement(a.sense, b.sense),
    )


# ---------------------------------------------------------------------------------------------- second look

STANDING_FEATURES = (
    "first look",
    "strongest rival",
    "weaker rival",
    "better rank",
    "worse rank",
)
"""How a pair stands among the other pairs of its two things."""

SECOND_ITEM_FEATURES = (
    *ITEM_FEATURES,
    *STANDING_FEATURES,
    "sections alike",
    "sections the same",
    "sections around alike",
    "place",
)

SECOND_SECTION_FEATURES = (*SECTION_FEATURES, *STANDING_FEATURES)

MOST_RANKED = 5
"""Ranks from here on are one."""


def standings(looks: Mapping[tuple[int, int], float]) -> dict[tuple[int, int], tuple[float, ...]]:
    """For each pair the numbers of `STANDING_FEATURES`, from what the first look gave to all pairs.

    A rival is another pair of the same old thing, or of the same new one; the best of each side counts. A rank is the
    number of pairs of that thing that are likelier.
    """
    rows: tuple[defaultdict[int, list[float]], ...] = (defaultdict(list), defaultdict(list))
    for pair, look in looks.items():
        for side in (0, 1):
            rows[side][pair[side]].append(look)
    for row in (*rows[0].values(), *rows[1].values()):
        row.sort()
    found: dict[tuple[int, int], tuple[float, ...]] = {}
    for pair, look in looks.items():
        ours, theirs = rows[0][pair[0]], rows[1][pair[1]]
        weaker, strongest = _rival(ours, look), _rival(theirs, look)
        if weaker > strongest:
            weaker, strongest = strongest, weaker
        better, worse = _rank(ours, look), _rank(theirs, look)
        found[pair] = (look, strongest, weaker, *((better, worse) if better <= worse else (worse, better)))
    return found


def _rank(ascending: Sequence[float], look: float) -> float:
    """How many of a row are likelier, `MOST_RANKED` at most."""
    if look == ascending[-1]:
        return 0.0
    return float(min(MOST_RANKED, len(ascending) - bisect_right(ascending, look)))


def _rival(ascending: Sequence[float], look: float) -> float:
    """The best of the others in a row that holds this look; 0 where it is alone."""
    if len(ascending) == 1:
        return 0.0
    return ascending[-2] if ascending[-1] == look else ascending[-1]


def shared_words(a: Statement, b: Statement, most: int) -> list[str]:
    """The rarest words that two statements share, as the shorter writing has them, in order of rarity."""
    both = a.words.weights.keys() & b.words.weights.keys()
    rarest = sorted(both, key=lambda stem: (-a.words.weights[stem], stem))[:most]
    written: dict[str, str] = {}
    for word in chain(words_of(a.text), words_of(b.text)):
        stem = stem_of(word)
        if stem in both and word not in STOP_WORDS:
            written[stem] = min(written.get(stem, word), word, key=lambda each: (len(each), each))
    return [written[stem] for stem in rarest]
