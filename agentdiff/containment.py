"""Whether one agent says everything that another says, and the lines that prove the opposite.

By the same test by which a merge leaves text out (`saying.py`), so a merged agent contains what it was merged from.
How it is divided into sections does not count: a title says something only where nothing stands below it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from agentdiff import weights
from agentdiff.contradiction import contradiction, contradiction_of_copies
from agentdiff.model import PROSE, Addition, Agent, Field, Item, ItemKind, Section, SectionStyle
from agentdiff.normalise import bare_code, comparable_title, comparable_value, is_layout
from agentdiff.offices import denied_items
from agentdiff.saying import content, missing_details, says
from agentdiff.similarity import Prepared, Statement


@dataclass(frozen=True, slots=True)
class Containment:
    """What became of one agent's items in another, by id."""

    said: Mapping[int, int]
    """Items that the other says, and the item that says them; no two that differ by the same."""
    titles: Mapping[int, int]
    """Items whose words are the title of a section there: `Checklist:` may be either, by what follows it."""
    contradicted: tuple[tuple[int, int, str], ...]
    """Items that say little but the opposite of an item of the other, with that one and what they disagree in."""
    extra: tuple[int, ...]
    """Items that the other does not say."""
    extra_sections: tuple[int, ...]
    """Titles that the other does not have, with nothing below them, or with a text beside them that it does not say."""

    @property
    def is_whole(self) -> bool:
        """Whether the agent adds nothing to the other."""
        return not (self.contradicted or self.extra or self.extra_sections)


def containment(part: Whole | Prepared, whole: Whole | Prepared, patience: int | None = None) -> Containment:
    """What one agent adds to another; with a patience the search ends once more items than that are extra.

    Who looks for an agent in many others, or for many others in it, passes it as a `Whole`.
    """
    return _Search(_as_whole(part), _as_whole(whole)).run(patience)


def _as_whole(agent: Whole | Prepared) -> Whole:
    return agent if isinstance(agent, Whole) else Whole(agent)


class Whole:
    """An agent in which others are looked for, by its words; or that is looked for itself."""

    def __init__(self, variant: Prepared) -> None:
        self.agent = variant.agent
        self.parts = variant.parts
        self.letters = [_letters(item) for item in self.agent.items]
        self.told = [item for item in self.agent.items if not is_layout(item)]
        self.denied = denied_items(self.agent)
        self.statements = {each.item.id: each for each in variant.statements}
        self.by_letters: defaultdict[str, list[int]] = defaultdict(list)
        for item in self.agent.items:
            self.by_letters[self.letters[item.id]].append(item.id)
        self.by_title = {content(section.title).letters: section.id for section in reversed(self.agent.sections)}
        titled = (section for section in self.agent.sections if section.style is not SectionStyle.LEAD)
        self.titles = {comparable_title(section.title) for section in titled}
        self.introductions = {content(each.introduction).letters for each in self.agent.sections if each.introduction}
        self.by_stem: defaultdict[str, list[int]] = defaultdict(list)
        for number, each in self.statements.items():
            for stem in each.words.weights if each.item.kind in PROSE else ():
                self.by_stem[stem].append(number)

    def alike(self, own: Statement) -> list[Statement]:
        """The statements with a good part of its words, those with most of them first."""
        shared: defaultdict[int, float] = defaultdict(float)
        for stem, weight in own.words.weights.items():
            for number in self.by_stem.get(stem, ()):
                shared[number] += weight
        least = weights.SAID_WITH_OTHER_WORDS * own.words.total * _ROUNDING
        found = sorted(((-weight, number) for number, weight in shared.items() if weight >= least))
        return [self.statements[number] for _, number in found]


_ROUNDING = 0.999
"""Sums of the same numbers in another order may differ in their last digits."""


class _Search:
    """The items of one agent looked for in another."""

    def __init__(self, part: Whole, whole: Whole) -> None:
        self.part = part
        self.whole = whole
        self.said: dict[int, int] = {}
        self.titles: dict[int, int] = {}
        self.taken: dict[int, int] = {}

    def run(self, patience: int | None) -> Containment:
        contradicted: list[tuple[int, int, str]] = []
        extra: list[int] = []
        rest = [item for item in self.part.told if not self._place_the_same(item)]
        for item in rest:
            if self._place(item.id, set()):
                continue
            if opposite := self._opposite(item):
                contradicted.append(opposite)
                continue
            extra.append(item.id)
            if patience is not None and len(extra) > patience:
                break
        said = dict(sorted(self.said.items()))
        return Containment(said, self.titles, tuple(contradicted), tuple(extra), tuple(self._extra_sections()))

    def _place_the_same(self, item: Item) -> bool:
        """Whether the other has the same words; each time they stand there once, if it has them as often."""
        letters = self.part.letters[item.id]
        found = [each for each in self.whole.by_letters.get(letters, ()) if self._is_meant_alike(item.id, each)]
        if not found:
            title = self.whole.by_title.get(letters) if item.kind is ItemKind.PARAGRAPH else None
            if title is not None:
                self.titles[item.id] = title
            return title is not None
        free = [number for number in found if number not in self.taken]
        self.said[item.id] = free[0] if free else found[0]
        self.taken.setdefault(self.said[item.id], item.id)
        return True

    def _place(self, number: int, tried: set[int]) -> bool:
        """Find an item that says it; those taken by another item are freed if that one is said elsewhere, too.

        Augmenting paths, as in Kuhn's method of maximum matching; those found by the same words stay where they are.
        """
        for other in self._sayers(number):
            if other in tried:
                continue
            tried.add(other)
            holder = self.taken.get(other)
            if holder is None or (self._may_move(holder, other) and self._place(holder, tried)):
                self.said[number], self.taken[other] = other, number
                return True
        return False

    def _sayers(self, number: int) -> Iterator[int]:
        """The items of the other that say it, first those that share most with it."""
        own = self.part.statements.get(number)
        if own is None or own.item.kind not in PROSE:
            return
        alike = self.whole.alike(own)
        if any(contradiction_of_copies(there, own) for there in alike):
            return
        for there in alike:
            if not self._is_meant_alike(number, there.item.id):
                continue
            if says(there.item.text, own.item.text) and not contradiction(there, own):
                yield there.item.id

    def _is_meant_alike(self, own: int, other: int) -> bool:
        """Whether both are to be done, or neither: what stands below `Never` is said by nothing that does not."""
        return (own in self.part.denied) is (other in self.whole.denied)

    def _may_move(self, number: int, place: int) -> bool:
        """Whether an item may be said elsewhere than here: not where it stands word for word."""
        return self.part.letters[number] != self.whole.letters[place]

    def _opposite(self, item: Item) -> tuple[int, int, str] | None:
        """The statement that it contradicts, where it says little else."""
        own = self.part.statements.get(item.id)
        if own is None or own.item.kind not in PROSE:
            return None
        for there in self.whole.alike(own):
            if (words := contradiction(there, own)) and says_little_else(own, there):
                return item.id, there.item.id, words
        return None

    def _extra_sections(self) -> Iterator[int]:
        for each in self.part.parts:
            section = each.section
            if section.style is SectionStyle.LEAD:
                continue
            if not each.statements and not self._is_title(section):
                yield section.id
            elif section.introduction:
                letters = content(section.introduction).letters
                is_said = letters in self.whole.introductions or letters in self.whole.by_letters
                if not is_said and not any(letters in title for title in self.whole.by_title):
                    yield section.id

    def _is_title(self, section: Section) -> bool:
        """Whether the words of a title with nothing below it stand there, or all but common ones in a title."""
        if comparable_title(section.title) in self.whole.titles:
            return True
        if content(section.title).letters in self.whole.by_letters:
            return True
        return like_title(section, self.whole.agent) is not None


def like_title(section: Section, whole: Agent) -> int | None:
    """The first section of the other whose title lacks nothing but common words of a title."""
    titled = (each for each in whole.sections if each.style is not SectionStyle.LEAD)
    return next((each.id for each in titled if not missing_details(section.title, each.title)), None)


def _letters(item: Item) -> str:
    """By which an item is the same: the words of prose, all of code but its blanks."""
    return bare_code(item.text) if item.kind is ItemKind.CODE else content(item.text).letters


def says_little_else(loser: Statement, winner: Statement) -> bool:
    """Whether of what one statement says little is lost where one that contradicts it stands: numbers aside."""
    kept = winner.words.weights
    shared = sum(weight for stem, weight in loser.words.weights.items() if stem in kept or stem[0].isdigit())
    return shared >= weights.SAYS_LITTLE_ELSE * loser.words.total


def container(variants: Sequence[Whole | Prepared]) -> int | None:
    """The variant that says everything that the others say, if there is one; it may contradict those that say less.

    Of several that do the one that says most, then the first. A variant that says no more than one that it contradicts
    does not contain it: neither can stand for the other.
    """
    wholes = [_as_whole(each) for each in variants]
    order = sorted(range(len(wholes)), key=lambda number: (*_size(wholes[number]), number))
    return next((number for number in order if _contains_all(wholes, number)), None)


def _size(variant: Whole) -> tuple[float, ...]:
    """Smaller for what says more: statements, their words, titles, the words of the description."""
    field = variant.agent.field("description")
    described = content(field.value).words.total if field and isinstance(field.value, str) else 0.0
    words = sum(each.words.total for each in variant.statements.values())
    titles = sum(section.style is not SectionStyle.LEAD for section in variant.agent.sections)
    return -len(variant.statements), -words, -titles, -described


def _contains_all(variants: Sequence[Whole], number: int) -> bool:
    whole = variants[number]
    for other, part in enumerate(variants):
        if other == number or part.agent.sha256 == whole.agent.sha256:
            continue
        found = containment(part, whole, patience=0)
        if found.extra or found.extra_sections:
            return False
        if found.contradicted and not containment(whole, part, patience=0).extra:
            return False
    return True


# ---------------------------------------------------------------------------------------------- in words

NEARLY = 3
"""So many items, and a tenth of all at most, may be extra where one agent is said nearly to contain another."""


def addition(part: Whole | Prepared, whole: Whole | Prepared) -> Addition | None:
    """What one agent adds to another, with the lines that prove it; None where that is more than a few."""
    agent = part.agent
    found = containment(part, whole, patience=NEARLY)
    spans = [agent.items[number].span for number in (*found.extra, *(item for item, _, _ in found.contradicted))]
    spans += [agent.sections[number].title_span for number in found.extra_sections]
    if len(spans) > NEARLY or len(spans) * 10 > len(agent.items):
        return None
    return Addition(tuple(sorted(agent.on_disk(span).first for span in spans)), _other_fields(agent, whole.agent))


def _other_fields(part: Agent, whole: Agent) -> tuple[str, ...]:
    return tuple(field.name for field in part.fields if not _has_field(whole, field))


def _has_field(whole: Agent, field: Field) -> bool:
    """Whether the value is the same, or a text that stands in the other's."""
    other = whole.field(field.name)
    if other is None:
        return False
    if isinstance(field.value, str) and isinstance(other.value, str):
        return content(field.value).letters in content(other.value).letters
    return comparable_value(field.value) == comparable_value(other.value)


def addition_sentences(paths: tuple[str, str], old_adds: Addition | None, new_adds: Addition | None) -> list[str]:
    """What two agents add to each other, where it is nothing or nearly nothing: one sentence, or one for each."""
    nothing = [adds is not None and not adds.lines and not adds.fields for adds in (old_adds, new_adds)]
    if all(nothing):
        return [f"{paths[0]} and {paths[1]} say the same"]
    sides = ((paths[0], paths[1], old_adds), (paths[1], paths[0], new_adds))
    return [_sentence(part, whole, adds) for part, whole, adds in sides if adds is not None]


def _sentence(part: str, whole: str, adds: Addition) -> str:
    plural = "s" if len(adds.lines) > 1 else ""
    parts = [f"line{plural} {', '.join(map(str, adds.lines))}"] if adds.lines else []
    if adds.fields:
        parts.append(f"{', '.join(dict.fromkeys(adds.fields))} in its front matter")
    return f"{part} adds nothing to {whole}" + (f" but {' and '.join(parts)}" if parts else "")


def containment_sentences(variants: Sequence[Whole | Prepared]) -> tuple[str, ...]:
    """What variants add nothing, or nearly nothing, to which others."""
    wholes = [_as_whole(each) for each in variants]
    sentences = []
    for one, other in combinations(range(len(wholes)), 2):
        adds = addition(wholes[one], wholes[other]), addition(wholes[other], wholes[one])
        sentences += addition_sentences((wholes[one].agent.path, wholes[other].agent.path), *adds)
    return tuple(sentences)
