"""When two statements about the same thing cannot both hold: amounts that differ, a prohibition, opposites.

A false alarm costs a person's time and trust, so each rule abstains where the words leave a doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from agentdiff.similarity import STOP_WORDS, Statement, Wording, cosine, stem_of, stems, words_of

AMOUNT_COSINE = 0.55
"""Amounts are compared between statements that, numbers and opposites aside, are this much about the same. Below, most
hits on the labelled pairs and on namesakes of public collections were statements about two things."""

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
_AMOUNT = re.compile(rf"(?<![\w.,/–-])(?P<low>{_NUMBER})(?:(?:%|[a-z]+|\s)?[-–/]\s?(?P<high>{_NUMBER}))?[ -]?(?P<unit>%|[a-z]{{2,}})")
"""A number or range that stands alone and its unit: not the 2 of `OAuth2` or the 1 of `N+1`."""
_LOWER_BOUND = re.compile(r"(?:at least|minimum(?: of)?|min\.?|more than|over|above|>=?|≥)\s*$")
_UPPER_BOUND = re.compile(r"(?:at most|up to|maximum(?: of)?|max\.?|no more than|less than|under|below|within|<=?|≤)\s*$")
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
_LEADING = frozenset("you must should shall will always please only".split())
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
_WARNING_TITLES = "never avoid not don anti antipatterns pitfalls mistakes problems issues flags smells wrong bad".split()
"""Words of titles whose lists say what is bad without a negation of their own."""


def contradiction(a: Statement, b: Statement) -> str | None:
    """Why two statements about the same thing cannot both hold, in words that do not depend on the order; else None."""
    if a.key == b.key or not (_is_telling(a.text) or _is_telling(b.text)):
        return None
    first, second = sorted((a, b), key=lambda each: each.text)
    likeness = cosine(_topic(first), _topic(second))
    if likeness >= OPPOSITE_COSINE and (said := _opposed(first.text, second.text)):
        return said
    if likeness >= AMOUNT_COSINE and (said := _different_amounts(first.text, second.text)):
        return said
    if _breaks(first, second) or _breaks(second, first):
        return "one forbids what the other asks for"
    return None


@cache
def _telling() -> re.Pattern[str]:
    words = "|".join(word for pair in _OPPOSITES for word in pair)
    return re.compile(rf"\d|\b(?:{words}|not|don't|cannot|\w+n't|avoid|no)\b")


def _is_telling(text: str) -> bool:
    """Whether a text holds anything by which it could contradict another: a quick look before the long one."""
    return _telling().search(text) is not None


def _topic(statement: Statement) -> Wording:
    """What a statement is about: its words without numbers and opposites."""
    weights = statement.words.weights
    return Wording.weighted({w: weights[w] for w in weights if not (w[0].isdigit() or w in _polar_stems())})


@cache
def _polar_stems() -> frozenset[str]:
    return frozenset(stem_of(word) for pair in _OPPOSITES for word in pair)


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


def _different_amounts(first: str, second: str) -> str | None:
    """Two amounts of the same unit that exclude each other, where each text has just one of that unit."""
    amounts = _amounts(first), _amounts(second)
    for unit in sorted(amounts[0].keys() & amounts[1].keys()):
        left, right = amounts[0][unit], amounts[1][unit]
        if len(left) == len(right) == 1 and _exclude(left[0], right[0]):
            return f"one says {left[0].said}, the other {right[0].said}"
    return None


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with its unit, or a range."""

    said: str
    low: float
    high: float
    bound: str
    """`lower` for `at least`, `upper` for `at most`, else empty."""


def _exclude(a: _Amount, b: _Amount) -> bool:
    """Whether they differ, neither lies within the other, and they are not the two ends of one range."""
    if a.high >= b.low and b.high >= a.low:
        return False
    lower, upper = sorted((a, b), key=lambda each: each.low)
    return not (lower.bound == "lower" and upper.bound == "upper")


def _amounts(text: str) -> dict[str, list[_Amount]]:
    """The amounts in a text, by the stem of their unit."""
    found: dict[str, list[_Amount]] = {}
    for match in _AMOUNT.finditer(text):
        if match["unit"] in STOP_WORDS:
            continue
        unit = stem_of(match["unit"])
        before = text[max(0, match.start() - 20) : match.start()]
        bound = "lower" if _LOWER_BOUND.search(before) else "upper" if _UPPER_BOUND.search(before) else ""
        low, high = _value(match["low"]), _value(match["high"] or match["low"])
        amount = _Amount(match[0], min(low, high), max(low, high), bound)
        found.setdefault(_SAME_UNIT.get(unit, unit), []).append(amount)
    return found


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
    while asked and asked[0] in _LEADING:
        asked.pop(0)
    if len(prohibited) < 2 or not set(prohibited[1:]) <= set(asked[1:]):
        return False
    return asked[0] == prohibited[0] or {asked[0], prohibited[0]} <= _using()


@cache
def _using() -> frozenset[str]:
    return frozenset(map(stem_of, _USING))


def _under_a_warning(statement: Statement) -> bool:
    """Whether a title above says that what is listed is bad."""
    return not statement.context.weights.keys().isdisjoint(_warnings())


@cache
def _warnings() -> frozenset[str]:
    return frozenset(map(stem_of, _WARNING_TITLES))
