"""Statements that were made to contradict another one, and statements that only look different."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

UNITS = (
    "%|percent|seconds?|minutes?|hours?|days?|weeks?|ms|lines?|characters?|spaces?|times|retries|attempts|words?"
    "|sentences?|files?|tests?|bullets?|items?|px|mb|kb|tokens?|reviewers?|approvals?|levels|steps"
)
_AMOUNT = re.compile(rf"(?<!\S)(\d+)(?=(?: ?| ?-)(?:{UNITS})\b| ?%)", re.IGNORECASE)
_IN_WORDS = {"two": "four", "three": "five", "four": "two", "five": "three", "ten": "six"}
_COUNTED = re.compile(
    rf"(?<!\bor )(?<!\bto )(?<![\w-])({'|'.join(_IN_WORDS)})(?= (?!or |to )[a-z]{{4,}})", re.IGNORECASE
)
_IMPERATIVE = re.compile(
    r"^(?:Add|Apply|Ask|Build|Call|Change|Commit|Configure|Copy|Create|Cache|Delete|Deploy|Document|Edit|Explain|Follow"
    r"|Generate|Implement|Include|Keep|Log|Merge|Mock|Name|Pin|Prefer|Put|Rename|Retry|Return|Review|Run|Send|Set"
    r"|Split|Start|Store|Test|Use|Validate|Write)(?= [a-z`])"
)

OPPOSITES = (
    ("tabs", "spaces"),
    ("allow", "deny"),
    ("allowed", "forbidden"),
    ("enable", "disable"),
    ("enabled", "disabled"),
    ("include", "exclude"),
    ("accept", "reject"),
    ("add", "remove"),
    ("increase", "decrease"),
    ("sync", "async"),
    ("synchronous", "asynchronous"),
    ("before", "after"),
    ("public", "private"),
    ("mutable", "immutable"),
    ("server-side", "client-side"),
    ("single quotes", "double quotes"),
    ("camelCase", "snake_case"),
    ("merge", "rebase"),
    ("with", "without"),
    ("required", "optional"),
    ("first", "last"),
    ("more", "fewer"),
    ("at least", "at most"),
    ("minimum", "maximum"),
)


class Planted(NamedTuple):
    """A text that cannot hold beside the one that it was made of."""

    kind: str
    text: str


def planted(text: str) -> Iterator[Planted]:
    """Every contradiction that a statement allows, one of each kind at most, in a fixed order."""
    if found := _AMOUNT.search(text):
        yield Planted("amount", _instead(text, found, str(2 * int(found[1]) + 1)))
    if found := _COUNTED.search(text):
        yield Planted("amount in words", _instead(text, found, _IN_WORDS[found[1].lower()]))
    yield from _negations(text)
    if found := re.search(r"\bmust\b(?! not| never)", text):
        yield Planted("must/must not", _instead(text, found, "must not"))
        yield Planted("must/may", _instead(text, found, "may"))
    for pair in OPPOSITES:
        held = [re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.IGNORECASE) for word in pair]
        found = held[0] or held[1]
        if found and not (held[0] and held[1]):
            yield Planted("/".join(pair), _instead(text, found, pair[1] if held[0] else pair[0]))


def _negations(text: str) -> Iterator[Planted]:
    imperative = _IMPERATIVE.match(text)
    if imperative:
        rest = text[0].lower() + text[1:]
        yield Planted("do not", f"Do not {rest}")
        yield Planted("never", f"Never {rest}")
    if text.startswith("Use "):
        yield Planted("avoid", f"Avoid {text[4:]}")
    for word, other in (("Always ", "Never "), ("Never ", "Always ")):
        if text.startswith(word):
            yield Planted("always/never", other + text[len(word) :])
    if found := re.match(r"(?:Do not|Don't) ", text):
        yield Planted("negation left out", text[found.end()].upper() + text[found.end() + 1 :])


def _instead(text: str, found: re.Match[str], other: str) -> str:
    """The text with another word there, in the case of the first letter."""
    word = other[0].upper() + other[1:] if found[0][0].isupper() else other
    return text[: found.start()] + word + text[found.end() :]


def relaid(text: str) -> Iterator[str]:
    """The same statement with other layout, case and typography."""
    head, _, rest = text.partition(" ")
    middle = len(text) // 2
    wrap = text.find(" ", middle)
    yield text.rstrip(".") if text.endswith(".") else f"{text}."
    yield text[0].lower() + text[1:]
    yield text.upper()
    yield f"**{text}**"
    yield f"**{head}** {rest}"
    yield f"_{text}_" if "_" not in text else text
    yield f"[ ] {text}"
    yield text.replace(" ", "  ")
    yield text.replace("'", "’")
    if wrap > 0:
        yield f"{text[:wrap]}\n  {text[wrap + 1 :]}"
