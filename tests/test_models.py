"""Names of models in the ways in which hosts write them."""

from __future__ import annotations

import pytest

from agentdiff.model import FieldValue
from agentdiff.models import comparable_model, same_model, tier


@pytest.mark.parametrize(
    ("written", "provider", "id", "variant"),
    [
        ("sonnet", "", "sonnet", ""),
        ("inherit", "", "inherit", ""),
        ("claude-sonnet-4-5-20250929", "", "claude-sonnet-4-5", ""),
        ("claude-sonnet-4@20250514", "", "claude-sonnet-4", ""),
        ("gpt-4o-2024-08-06", "", "gpt-4o", ""),
        ("claude-3-5-haiku", "", "claude-haiku-3-5", ""),
        ("GPT-4.1", "", "gpt-4-1", ""),
        ("Claude Sonnet 4.5 (copilot)", "", "claude-sonnet-4-5", ""),
        ("Gemini 3 Pro (Preview) (copilot)", "", "gemini-3-pro-preview", ""),
        ("anthropic/claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5", ""),
        ("openrouter/anthropic/claude-opus-5", "openrouter/anthropic", "claude-opus-5", ""),
        ("openai:gpt-4o", "openai", "gpt-4o", ""),
        ("anthropic/claude-sonnet-4:high", "anthropic", "claude-sonnet-4", "high"),
        ("anthropic/claude-sonnet-4#high", "anthropic", "claude-sonnet-4", "high"),
        ("claude-opus-5[effort=high,context=300k]", "", "claude-opus-5", "context=300k,high"),
        ("sonnet[1m]", "", "sonnet", "1m"),
        ("sonnet:high", "", "sonnet", "high"),
        ("qwen3:8b", "", "qwen3", "8b"),
        ("custom:house-model", "custom", "house-model", ""),
        ("GPT-4.1 | 'gpt-5'", "", "gpt-4.1 | 'gpt-5'", ""),
        ("???", "", "???", ""),
    ],
)
def test_a_name_in_parts(written: str, provider: str, id: str, variant: str) -> None:
    assert comparable_model(written) == ((provider, id, variant),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Claude Sonnet 4.5 (copilot)", "anthropic/claude-sonnet-4-5-20250929"),
        ("claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("Claude 3.5 Haiku", "claude-haiku-3.5"),
        ("gpt-5[effort=high]", "openai/gpt-5#high"),
        ("openrouter/anthropic/claude-opus-5", "anthropic/claude-opus-5"),
        ("GPT-5", ("gpt-5",)),
        (("GPT-5", "Claude Opus 5 (copilot)"), ("gpt-5", "claude-opus-5")),
        (None, None),
        (None, ()),
    ],
)
def test_the_same_model(one: FieldValue, other: FieldValue) -> None:
    assert same_model(one, other)
    assert same_model(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sonnet", "claude-sonnet-4-5"),
        ("inherit", None),
        ("claude-sonnet-4-5", "claude-sonnet-4"),
        ("gpt-5", "gpt-5-mini"),
        ("gpt-5#high", "gpt-5#low"),
        ("gpt-5#high", "gpt-5"),
        ("sonnet[1m]", "sonnet"),
        ("azure/gpt-5", "openai/gpt-5"),
        ("Gemini 3 Pro (Preview)", "Gemini 3 Pro"),
        (("gpt-5", "opus"), ("opus", "gpt-5")),
        (("gpt-5", "opus"), "gpt-5"),
        ("???", "!!!"),
    ],
)
def test_not_the_same_model(one: FieldValue, other: FieldValue) -> None:
    assert not same_model(one, other)
    assert not same_model(other, one)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("sonnet", "sonnet"),
        ("Opus", "opus"),
        ("sonnet[1m]", "sonnet"),
        ("claude-3-5-haiku-20241022", "haiku"),
        ("Claude Opus 4.6 (copilot)", "opus"),
        (("claude-fable-1", "gpt-5"), "fable"),
        ("gpt-5", None),
        ("house-opus", None),
        ("claude-opus-sonnet", None),
        ("inherit", None),
        (None, None),
        ((), None),
    ],
)
def test_tiers(value: FieldValue, expected: str | None) -> None:
    assert tier(value) == expected
