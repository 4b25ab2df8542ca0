"""One field in the words of another dialect."""

from __future__ import annotations

import pytest

from agentdiff.carrying import Outcome, carried, key_for
from agentdiff.formats import FORMATS
from agentdiff.model import Field, FieldValue, Span

DROPPED, CHANGED, KEPT = Outcome.DROPPED, Outcome.CHANGED, Outcome.KEPT


def field(origin: str, key: str, value: FieldValue) -> Field:
    known = FORMATS[origin].by_key.get(key)
    return Field(known.name if known else key, key, value, "", Span(1, 1))


@pytest.mark.parametrize(
    ("origin", "key", "value", "target", "expected"),
    [
        ("claude-agent", "description", "x", "gemini-agent", "x"),
        ("claude-agent", "maxTurns", "5", "gemini-agent", "5"),
        ("claude-agent", "color", "red", "qwen-agent", "red"),
        ("claude-agent", "background", "TRUE", "cursor-agent", "true"),
        ("claude-agent", "skills", ("a", "b"), "junie-agent", ("a", "b")),
        ("gemini-agent", "mcp_servers", {"a": {"command": "x"}}, "copilot-agent", {"a": {"command": "x"}}),
        ("claude-agent", "description", None, "gemini-agent", None),
        # words of their own
        ("copilot-agent", "infer", "false", "copilot-agent", "true"),
        ("cursor-rule", "alwaysApply", "true", "windsurf-rule", "always_on"),
        ("windsurf-rule", "trigger", "always_on", "cursor-rule", "true"),
        ("claude-agent", "permissionMode", "acceptEdits", "qwen-agent", "auto-edit"),
        # models
        ("claude-agent", "model", "opus", "claude-agents-json", "opus"),
        ("claude-agent", "model", "inherit", "cursor-agent", "inherit"),
        ("claude-agent", "model", "claude-opus-5", "codex-agent", "claude-opus-5"),
        ("opencode-agent", "model", "anthropic/claude-opus-5", "kilo-agent", "anthropic/claude-opus-5"),
        ("copilot-agent", "model", ("GPT-5", "GPT-4.1"), "copilot-prompt", ("GPT-5", "GPT-4.1")),
    ],
)
def test_said_alike(origin: str, key: str, value: FieldValue, target: str, expected: FieldValue) -> None:
    found = carried(field(origin, key, value), FORMATS[origin], FORMATS[target])
    assert found == (expected, None, "")


@pytest.mark.parametrize(
    ("origin", "key", "value", "target", "written", "outcome", "words"),
    [
        ("claude-agent", "memory", "user", "gemini-agent", None, DROPPED, "gemini-agent has no key for `memory`"),
        ("claude-agent", "model", "opus", "gemini-agent", None, DROPPED, "does not know the model 'opus'; its own"),
        ("qwen-agent", "model", "fast", "claude-agent", None, DROPPED, "does not know the model 'fast'"),
        (
            "copilot-agent",
            "model",
            "Claude Sonnet 4.5 (copilot)",
            "codex-agent",
            None,
            DROPPED,
            "does not know the model",
        ),
        ("copilot-agent", "model", ("gpt-5", "gpt-4.1"), "codex-agent", "gpt-5", CHANGED, "the first of 2 was written"),
        ("claude-agent", "hooks", {"Stop": ()}, "copilot-agent", None, DROPPED, "in its own words; write it anew"),
        ("claude-agent", "hooks", {"Stop": ()}, "qwen-agent", {"Stop": ()}, None, ""),
        ("claude-agent", "maxTurns", "many", "gemini-agent", None, DROPPED, "wants a number as `max_turns`"),
        ("claude-agent", "background", "soon", "cursor-agent", None, DROPPED, "wants true or false as `is_background`"),
        ("claude-agent", "description", ("a",), "gemini-agent", None, DROPPED, "wants a text as `description`"),
        ("claude-agent", "permissionMode", "dontAsk", "qwen-agent", None, DROPPED, "has no word for `permissionMode: "),
        ("claude-agent", "mcpServers", ("docs",), "gemini-agent", None, DROPPED, "wants a map as `mcp_servers`"),
        # keys that their own host does not know
        ("claude-agent", "vibe", "calm", "copilot-agent", "calm", KEPT, "GitHub Copilot ignores `vibe`; it was kept"),
        ("claude-agent", "vibe", "calm", "gemini-agent", None, DROPPED, "gemini-agent has no key for `vibe`"),
        ("claude-agent", "vibe", "calm", "codex-agent", None, DROPPED, "codex-agent has no key for `vibe`"),
        ("claude-agent", "vibe", "calm", "cline-agent", None, DROPPED, "cline-agent has no key for `vibe`"),
        ("claude-agent", "vibe", "calm", "opencode-agent", None, DROPPED, "opencode-agent has no key for `vibe`"),
        ("claude-agent", "vibe", "calm", "takt-persona", None, DROPPED, "takt-persona has no key for `vibe`"),
        ("claude-agent", "readonly", "true", "cursor-agent", None, DROPPED, "Cursor it would mean something"),
        ("agent-skill", "description", "x" * 1025, "agent-skill", "x" * 1025, KEPT, "has 1025 characters and"),
    ],
)
def test_not_said_alike(
    origin: str, key: str, value: FieldValue, target: str, written: FieldValue, outcome: Outcome | None, words: str
) -> None:
    found = carried(field(origin, key, value), FORMATS[origin], FORMATS[target])
    assert (found.value, found.outcome) == (written, outcome)
    assert words in found.message


def test_a_description_is_one_to_every_host() -> None:
    """Also where the agent's own does not read it."""
    found = carried(field("openhands-skill", "description", "x"), FORMATS["openhands-skill"], FORMATS["claude-agent"])
    assert found.value == "x"


@pytest.mark.parametrize(
    ("name", "target", "key"),
    [
        ("temperature", "goose-recipe", "settings.temperature"),
        ("temperature", "qwen-agent", None),
        ("x", "qwen-agent", None),
    ],
)
def test_front_matter_is_flat(name: str, target: str, key: str | None) -> None:
    found = key_for(name, FORMATS[target])
    assert (found.key if found else None) == key
