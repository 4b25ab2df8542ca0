"""When two statements about the same thing cannot both hold: amounts that differ, a prohibition, opposites.

A false alarm costs a person's time and trust, so each rule abstains where the words leave a doubt.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from itertools import chain
from typing import NamedTuple

from agentdiff.similarity import STOP_WORDS, Statement, Wording, cosine, stem_of, stems, words_of

AMOUNT_COSINE = 0.5
"""Amounts are compared between statements that, numbers and opposites aside, are this much about the same. Below, most
hits on labelled pairs and on namesakes of public collections were statements about two things."""

LOOSE_COSINE = 0.35
"""... or this much, where the two clauses that hold the amounts are about the same."""

CLAUSE_COSINE = 0.5
"""What two clauses about the same have in common at least, ..."""

CLAUSE_WORDS = 2
"""... in this many words."""

OPPOSITE_COSINE = 0.6
"""The same for opposites."""

_OPPOSITES = (
    ("always", "never"),
    ("tabs", "spaces"),
    ("allow", "deny"),
    ("enable", "disable"),
    ("include", "exclude"),
    ("minimum", "maximum"),
)

# ---------------------------------------------------------------------------------------------- amounts

_NUMBER = r"\d+(?:[.,]\d+)*"
_AMOUNT = re.compile(
    rf"(?<![\w.,/–-])(?P<low>{_NUMBER})(?:(?:%|[a-z]+|\s)?[-–/]\s?(?P<high>{_NUMBER}))?[ -]?(?P<unit>%|[a-z]{{2,}})"
)
"""A number or range that stands alone and its unit: not the 2 of `OAuth2` or the 1 of `N+1`."""
_LOWER_BEFORE = re.compile(r"(?:at least|min(?:imum)?\b[a-z. ]{0,25}|(?<!no )more than|over|above|exceeds?|>=?|≥)\s*$")
_LOWER_BEHIND = re.compile(r"\+|\s*(?:or (?:more|higher|above|better)|minimum|at least)\b")
_UPPER_BEFORE = re.compile(
    r"(?:at most|up to|max(?:imum)?\b[a-z. ]{0,25}|no more than|(?:less|fewer) than|under|below|within|<=?|≤)\s*$"
)
_UPPER_BEHIND = re.compile(r"\s*(?:or (?:less|fewer|lower|below|under)|max(?:imum)?|at most)\b")
_WORDS_BEFORE = 40
"""Characters before an amount in which the words of its bound are looked for."""
_COMPARING = frozenset("at least most more less fewer than up max min".split())
_CLAUSE_END = re.compile(r"[;:()—]|[,.](?=\s|$)|\s[–-]\s")
_NUMBERED_NAME = re.compile(r"[a-z]+\d+")
_SAME_UNIT = {
    "millisecond": "ms",
    "sec": "second",
    "min": "minut",
    "hr": "hour",
    "percent": "%",
    "retri": "time",
    "attempt": "time",
}
"""Stems of units that are written in several ways."""

# ---------------------------------------------------------------------------------------------- prohibitions

_PROHIBITION = re.compile(
    r"^(?:[^:.]{2,40}:\s+)?(?:you\s+)?"
    r"(?P<word>(?:must|should|shall|may|can|do|will)\s+(?:not|never)|never|don't|mustn't|shouldn't|can't|cannot|avoid|no)\s+"
    r"(?P<core>[^,;.:()—–]+)"
)
_ALTERNATIVES = re.compile(r"\s(?:or|and|-|because|since|as|so)\s")
_LABEL = re.compile(r"^[^:.]{2,40}:\s+")
_LEADING = frozenset("shall always please".split())
_USING = frozenset("use prefer favor choose add adopt allow write create".split())
"""Verbs by which an instruction does what `avoid` and `no` forbid."""
_DOUBT = re.compile(
    r"\b(?:no|not|non|none|nor|neither|never|without|cannot|dont|\w+n't|avoid\w*|prevent\w*|prohibit\w*|forbid\w*|reject\w*"
    r"|refus\w*|eliminat\w*|remov\w*|reduc\w*|minimi[sz]\w*|disabl\w*|deny|denied|block\w*|skip\w*|unless|except\w*"
    r"|instead|rather|only|if|until|sparingly|anti|against|detect\w*|check\w*|flag\w*|find|risk\w*|mistakes?)\b|\?"
)
"""Words beside which an instruction may agree with a prohibition after all."""
_RESTRICTED = re.compile(r"\b(?:without|unless|until|before|if|when|while|just|only|except|not|no)\b")
"""Words that forbid a thing under some condition alone."""
_WARNING_TITLES = frozenset(
    "never avoid not don anti antipatterns pitfalls mistakes problems issues flags smells wrong bad".split()
)
"""Words of titles whose lists say what is bad without a negation of their own."""

_POLAR = frozenset([*chain.from_iterable(_OPPOSITES), *_COMPARING])
"""Words that tell how much or whether, not what about."""
_TELLING = re.compile(
    rf"\d|\b(?:{'|'.join(word[:-1] for pair in _OPPOSITES for word in pair)})|\b(?:not|\w+n't|cannot|avoid|no)\b"
)
"""What one of two texts must hold for them to contradict each other; opposites in any inflection."""


def contradiction(a: Statement, b: Statement) -> str | None:
    """Why two statements about the same thing cannot both hold, in words that do not depend on the order; else None."""
    if a.key == b.key or not (_TELLING.search(a.text) or _TELLING.search(b.text)):
        return None
    first, second = sorted((a, b), key=lambda each: each.text)
    likeness = cosine(_topic(first), _topic(second))
    if likeness >= OPPOSITE_COSINE and (said := _opposed(first.text, second.text)):
        return said
    if likeness >= LOOSE_COSINE and (said := _different_amounts(first.text, second.text, likeness >= AMOUNT_COSINE)):
        return said
    if _breaks(first, second) or _breaks(second, first):
        return "one forbids what the other asks for"
    return None


@cache
def _stemmed(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(stem_of, words))


def _topic(statement: Statement) -> Wording:
    """What a statement is about: its words without numbers, opposites and comparison."""
    return _about(statement.words)


def _about(words: Wording) -> Wording:
    weights = words.weights
    return Wording.weighted({w: weights[w] for w in weights if not (w[0].isdigit() or w in _stemmed(_POLAR))})


def _opposed(first: str, second: str) -> str | None:
    left, right = (({stem_of(word) for word in words_of(text)}) for text in (first, second))
    for pair in _OPPOSITES:
        one, other = map(stem_of, pair)
        if {one, other} & left == {one} and {one, other} & right == {other}:
            return f"one says {pair[0]}, the other {pair[1]}"
        if {one, other} & left == {other} and {one, other} & right == {one}:
            return f"one says {pair[0]}, the other {pair[1]}"
    return None


# ---------------------------------------------------------------------------------------------- amounts


def _different_amounts(first: str, second: str, is_one_topic: bool) -> str | None:
    """Two amounts of the same unit that exclude each other, where each text has just one of that unit."""
    if _name_different_things(first, second):
        return None
    amounts = _amounts(first), _amounts(second)
    for unit in sorted(amounts[0].keys() & amounts[1].keys()):
        left, right = amounts[0][unit], amounts[1][unit]
        if (
            len(left) == len(right) == 1
            and _exclude(left[0], right[0])
            and _are_alike(left[0].clause, right[0].clause, unit, is_one_topic)
        ):
            return f"one says {left[0].said}, the other {right[0].said}"
    return None


def _name_different_things(first: str, second: str) -> bool:
    """`P1` here and `P2` there: names with a number, none of them in both."""
    left, right = ({word for word in words_of(text) if _NUMBERED_NAME.fullmatch(word)} for text in (first, second))
    return bool(left and right) and left.isdisjoint(right)


def _are_alike(first: str, second: str, unit: str, is_one_topic: bool) -> bool:
    """Whether the clauses of two amounts are about the same; a word is enough where the statements are."""
    left, right = (_about(Wording.of(stem for stem in stems(clause) if stem != unit)) for clause in (first, second))
    shared = len(left.weights.keys() & right.weights.keys())
    if is_one_topic:
        return shared > 0 or not left.weights or not right.weights
    return shared >= CLAUSE_WORDS and cosine(left, right) >= CLAUSE_COSINE


class _Bound(Enum):
    """What a number bounds: `at least`, `at most`, or nothing."""

    EXACT = 0
    LOWER = 1
    UPPER = 2


class _Amount(NamedTuple):
    """A number with its unit, or a range."""

    said: str
    low: float
    high: float
    bound: _Bound
    clause: str
    """The words around it, up to the next comma or the like."""


def _exclude(a: _Amount, b: _Amount) -> bool:
    """Whether they differ, neither lies within the other or its bound, and they are no two ends of one range."""
    if a.high >= b.low and b.high >= a.low:
        return False
    lower, upper = sorted((a, b), key=lambda each: each.low)
    if lower.bound is _Bound.LOWER:  # `at least 80 %` holds for 90 %, but is not what `at least 90 %` asks for
        return upper.bound is _Bound.LOWER
    return upper.bound is not _Bound.UPPER or lower.bound is _Bound.UPPER


def _amounts(text: str) -> dict[str, list[_Amount]]:
    """The amounts in a text, by the stem of their unit."""
    found: dict[str, list[_Amount]] = {}
    for clause in _CLAUSE_END.split(text):
        for match in _AMOUNT.finditer(clause):
            unit = stem_of(match["unit"])
            low, high = _value(match["low"]), _value(match["high"] or match["low"])
            bound = _bound(clause, match.start(), match.end())
            amount = _Amount(match[0], min(low, high), max(low, high), bound, clause)
            if match["unit"] not in STOP_WORDS:
                found.setdefault(_SAME_UNIT.get(unit, unit), []).append(amount)
    return found


def _bound(clause: str, start: int, end: int) -> _Bound:
    """What the amount at that place bounds, by the words next to it."""
    before = clause[max(0, start - _WORDS_BEFORE) : start]
    if _LOWER_BEFORE.search(before) or _LOWER_BEHIND.match(clause, end):
        return _Bound.LOWER
    return _Bound.UPPER if _UPPER_BEFORE.search(before) or _UPPER_BEHIND.match(clause, end) else _Bound.EXACT


def _value(number: str) -> float:
    """A number as written, `1,000` or `2.5` or `1.2.3`; only its order counts."""
    head, *rest = number.replace(",", "").split(".")
    return float(f"{head}.{''.join(rest) or 0}")


# ---------------------------------------------------------------------------------------------- prohibitions


def _breaks(rule: Statement, other: Statement) -> bool:
    """Whether the other asks for the very thing that a prohibition names, and nothing speaks against it."""
    found = _PROHIBITION.match(rule.text)
    if not found or _DOUBT.search(other.text) or _under_a_warning(rule) or _under_a_warning(other):
        return False
    core = _ALTERNATIVES.split(found["core"])[0]
    if _RESTRICTED.search(core):
        return False
    prohibited, asked = stems(core), stems(_LABEL.sub("", other.text))
    if found["word"] in ("avoid", "no"):  # they name a thing, all others name what is done with it
        prohibited.insert(0, "use")
    while asked and asked[0] in _stemmed(_LEADING):
        asked.pop(0)
    if len(prohibited) < 2 or not set(prohibited[1:]) <= set(asked[1:]):
        return False
    return asked[0] == prohibited[0] or {asked[0], prohibited[0]} <= _stemmed(_USING)


def _under_a_warning(statement: Statement) -> bool:
    """Whether a title above says that what is listed is bad."""
    return not statement.context.weights.keys().isdisjoint(_stemmed(_WARNING_TITLES))
