"""Which words of a text changed: two texts to runs of common, lost and new words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from agentdiff.report.lines import ELLIPSIS, Run, Runs, Style
from agentdiff.text import split_unspaced

INLINE_FLOOR = 0.5
"""Least share of common words at which one marked text reads better than the old one above the new one."""
CONTEXT_WORDS = 6
"""Words kept on each side of a change when a long text is shortened around it."""
MOST_COMPARISONS = 1_000_000
"""Comparing more pairs of words and blanks takes over 0.1 s; between the equal ends all then counts as changed."""

_TOKENS = re.compile(r"\w+(?:[-'\u2019]\w+)*|\s+|[^\w\s]")


class WordChange(NamedTuple):
    """A stretch of two texts: the same words on both sides, or lost words and the new ones in their place."""

    old: str
    new: str
    is_same: bool


def word_changes(old: str, new: str) -> tuple[WordChange, ...]:
    """Compare word by word. The parts of one side put together are that side again."""
    before, after = _tokens(old), _tokens(new)
    start = _common_start(before, after)
    end = _common_start(before[start:][::-1], after[start:][::-1])
    middle_old, middle_new = before[start : len(before) - end], after[start : len(after) - end]
    changes = [WordChange("".join(before[:start]), "".join(after[:start]), True)]
    changes += _middle(middle_old, middle_new)
    changes.append(WordChange("".join(before[len(before) - end :]), "".join(after[len(after) - end :]), True))
    return tuple(_joined(change for change in changes if change.old or change.new))


def common_share(changes: tuple[WordChange, ...]) -> float:
    """How much of both texts is common, 0..1, counted in letters."""
    total = sum(len(change.old) + len(change.new) for change in changes)
    common = sum(len(change.old) + len(change.new) for change in changes if change.is_same)
    return common / total if total else 1.0


def inline_runs(changes: tuple[WordChange, ...], is_short: bool = False) -> Runs:
    """Both texts as one, lost words before new ones. With `is_short`, long common stretches are left out."""
    runs: list[Run] = []
    for index, change in enumerate(changes):
        if change.is_same:
            is_last = index == len(changes) - 1
            runs.append(Run(_clipped(change.new, index > 0, not is_last) if is_short else change.new))
            continue
        if change.old.strip():  # lost blanks are no words, and would stand beside the new ones
            runs += _marked(change.old, Style.REMOVED_WORDS)
        runs += _marked(change.new, Style.ADDED_WORDS)
    return tuple(runs)


def marked_wordings(old: str, new: str, is_short: bool) -> tuple[Runs, ...]:
    """Both texts in one with the changed words marked, or old and new apart where too little is common.

    With `is_short`, long common stretches of the one text are left out. Without a common word nothing is marked,
    since it would be everything.
    """
    changes = word_changes(old, new)
    share = common_share(changes)
    if share >= INLINE_FLOOR:
        return (inline_runs(changes, is_short),)
    if not share:
        return (Run(old, Style.REMOVED),), (Run(new, Style.ADDED),)
    return old_runs(changes), new_runs(changes)


def old_runs(changes: tuple[WordChange, ...]) -> Runs:
    """The old text with its lost words marked."""
    return tuple(run for change in changes for run in _side(change.old, change.is_same, Style.REMOVED_WORDS))


def new_runs(changes: tuple[WordChange, ...]) -> Runs:
    """The new text with its new words marked."""
    return tuple(run for change in changes for run in _side(change.new, change.is_same, Style.ADDED_WORDS))


def _tokens(text: str) -> list[str]:
    return [part for token in _TOKENS.findall(text) for part in split_unspaced(token)]


def _common_start(old: list[str], new: list[str]) -> int:
    for index, (left, right) in enumerate(zip(old, new, strict=False)):
        if left != right:
            return index
    return min(len(old), len(new))


def _middle(old: list[str], new: list[str]) -> list[WordChange]:
    if len(old) * len(new) > MOST_COMPARISONS:
        return [WordChange("".join(old), "".join(new), False)]
    from difflib import SequenceMatcher  # takes 5 ms; two equal files need none of it

    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [WordChange("".join(old[a:b]), "".join(new[c:d]), tag == "equal") for tag, a, b, c, d in codes]


def _joined(changes: Iterator[WordChange]) -> Iterator[WordChange]:
    """Neighbours of one sort become one, and so do two changes with next to nothing in common between them.

    Else two sentences that share a few small words are cut to pieces that nobody can read. The rule is that of
    diff-match-patch, "semantic cleanup": what is common goes when the changes on both sides of it are as long.
    """
    pending: list[WordChange] = []
    for change in changes:
        pending.append(change)
        if len(pending) >= 2 and pending[-1].is_same == pending[-2].is_same:
            pending[-2:] = [_sum(pending[-2:], is_same=pending[-1].is_same)]
        while len(pending) >= 3 and _is_bridge(*pending[-3:]):
            pending[-3:] = [_sum(pending[-3:], is_same=False)]
    yield from pending


def _is_bridge(left: WordChange, middle: WordChange, right: WordChange) -> bool:
    if left.is_same or right.is_same or not middle.is_same:
        return False
    return len(middle.new.strip()) <= min(_size(left), _size(right))


def _size(change: WordChange) -> int:
    return max(len(change.old.strip()), len(change.new.strip()))


def _sum(changes: list[WordChange], is_same: bool) -> WordChange:
    return WordChange("".join(part.old for part in changes), "".join(part.new for part in changes), is_same)


def _side(text: str, is_same: bool, style: Style) -> list[Run]:
    return [Run(text)] if is_same else _marked(text, style)


def _marked(text: str, style: Style) -> list[Run]:
    """Blanks at the ends stay outside of the mark, where a line can break."""
    words = text.strip()
    if not words:
        return [Run(text)] if text else []
    start = text.index(words)
    parts = [Run(text[:start]), Run(words, style), Run(text[start + len(words) :])]
    return [part for part in parts if part.text]


def _clipped(text: str, has_before: bool, has_after: bool) -> str:
    """A common stretch without its far middle: the words next to a change stay."""
    words = re.findall(r"\s*\S+\s*", text)
    head = CONTEXT_WORDS if has_before else 0
    tail = CONTEXT_WORDS if has_after else 0
    if len(words) <= head + tail + 1:
        return text
    start = "".join(words[:head]).rstrip()
    end = "".join(words[len(words) - tail :]) if tail else ""
    return f"{start} {ELLIPSIS} {end}" if start else f"{ELLIPSIS} {end}"
