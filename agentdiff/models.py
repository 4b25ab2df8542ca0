"""Names of models, so that `Claude Sonnet 4.5 (copilot)` and `anthropic/claude-sonnet-4-5-20250929` can be compared.

Names are parsed by their shape. There is no list of models, for it would be old in months; only Claude Code's names for
tiers are known, since they stand for a model without being the name of one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from agentdiff.model import FieldValue
from agentdiff.text import fold

TIERS = frozenset({"opus", "sonnet", "haiku", "fable"})
"""Aliases of Claude Code, each for the newest model of its size."""

_VENDOR = re.compile(r" ?\([a-z]+\)$")
"""VS Code: who offers the model. `(Preview)` belongs to the name."""
_BRACKETS = re.compile(r"\[([^\[\]]*)\]$")
_DATE = re.compile(r"[-@]20\d\d-?[01]\d-?[0-3]\d$")
_TIER_LAST = re.compile(rf"claude-(\d[\d-]*)-({'|'.join(sorted(TIERS))})")
"""`claude-3-5-haiku`, the older order."""
_JUNK = re.compile(r"[|'\"`]")


class Model(NamedTuple):
    """One name of a model in parts, each as it is compared."""

    provider: str
    """Empty where none is named."""
    id: str
    """Small letters, digits, and single hyphens between them; a date at the end is left out."""
    variant: str
    """What follows behind `#`, `:` or in brackets: mostly the effort; empty where nothing does."""


def comparable_model(value: FieldValue) -> tuple[Model, ...]:
    """The models that a field names, in the order in which they are tried; none where it is absent or empty.

    What is no name of a model, such as `GPT-4.1 | 'gpt-5'`, is one by its whole text.
    """
    if isinstance(value, str):
        text = fold(value)
        return (_model(text),) if text else ()
    return tuple(_model(fold(each)) for each in value or () if isinstance(each, str) and each.strip())


def same_model(one: FieldValue, other: FieldValue) -> bool:
    """Whether two fields name the same models in the same order.

    A provider counts only where both name one, and of `openrouter/anthropic` the last. `inherit` is not the same as
    no model at all: between them the host may have a default of its own.
    """
    left, right = comparable_model(one), comparable_model(other)
    return len(left) == len(right) and all(_is_same(*pair) for pair in zip(left, right, strict=True))


def tier(value: FieldValue) -> str | None:
    """The tier of Claude models (`opus`) that a field names first, by alias or by id; None for other models."""
    first = next(iter(comparable_model(value)), None)
    if first is None:
        return None
    words = first.id.split("-")
    named = sorted(TIERS.intersection(words if words[0] == "claude" else [first.id]))
    return named[0] if len(named) == 1 else None


def _is_same(one: Model, other: Model) -> bool:
    providers = {each.provider.rpartition("/")[2] for each in (one, other) if each.provider}
    return one.id == other.id and one.variant == other.variant and len(providers) < 2


def _model(text: str) -> Model:
    if _JUNK.search(text):
        return Model("", text.casefold(), "")
    name = _VENDOR.sub("", text)
    variants = []
    if found := _BRACKETS.search(name):
        variants.append(found[1])
        name = name[: found.start()]
    name, _, variant = name.partition("#")
    provider, _, name = name.rpartition("/")
    if not provider and ":" in name and not _is_model(name.partition(":")[0]):
        provider, _, name = name.partition(":")
    name, _, tag = name.partition(":")
    variants += [variant, tag]
    slug = _slug(_DATE.sub("", name.strip())) or name.casefold()
    if found := _TIER_LAST.fullmatch(slug):
        slug = f"claude-{found[2]}-{found[1]}"
    return Model(provider.strip().casefold(), slug, _variant(variants))


def _is_model(text: str) -> bool:
    """Whether what stands before a colon is a model (`qwen3:8b`, `sonnet:high`) and no provider (`openai:gpt-4o`)."""
    return any(letter.isdigit() for letter in text) or text.strip().casefold() in TIERS


def _variant(parts: list[str]) -> str:
    """`[effort=high]`, `#high` and `:high` are the same; the order of several does not count."""
    entries = [entry.strip().casefold().removeprefix("effort=") for part in parts for entry in part.split(",")]
    return ",".join(sorted(entry for entry in entries if entry))


def _slug(name: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in name.casefold()).split()
    return "-".join(words)
