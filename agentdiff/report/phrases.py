"""Small pieces of wording that several reports share; data in, str out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentdiff.files import STANDARD_INPUT
from agentdiff.model import Agent, Diagnostic, FieldValue, Span
from agentdiff.text import fold


def path_words(path: str) -> str:
    """A path as given, on one row; standard input by its name."""
    return "(standard input)" if path == STANDARD_INPUT else path.replace("\n", "<U+000A>")


def agent_words(agent: Agent) -> str:
    """Name and format of an agent, such as `reviewer (claude-agent)`."""
    return f"{fold(agent.name)} ({agent.format})"


def lines_words(span: Span) -> str:
    """`8-20`, or `8` for a single line."""
    return str(span.first) if span.first == span.last else f"{span.first}-{span.last}"


def counted(number: int, singular: str, plural: str = "") -> str:
    """`1 field`, `2 fields`; without `plural` an s is added."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def listed(counts: Iterable[tuple[int, str]]) -> str:
    """`3 kept, 1 added`; what is zero is left out, and nothing at all is `none`."""
    return ", ".join(f"{number} {word}" for number, word in counts if number) or "none"


def value_words(value: FieldValue) -> str:
    """A field's value on one line of words: lists with commas, maps as `key: value`."""
    if value is None:
        return "(empty)"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_nested_words(entry)}" for key, entry in value.items()) or "{}"
    return ", ".join(_nested_words(entry) for entry in value) or "[]"


def diagnostics_words(agent: Agent) -> str:
    """How many things were odd while reading, such as `2 warnings`; empty when there were none."""
    return ", ".join(
        counted(number, severity)
        for severity in dict.fromkeys(_severities(agent.diagnostics))
        if (number := _severities(agent.diagnostics).count(severity))
    )


def _severities(diagnostics: Iterable[Diagnostic]) -> list[str]:
    return [diagnostic.severity.value for diagnostic in diagnostics if diagnostic.severity.value != "info"]


def _nested_words(value: FieldValue) -> str:
    words = value_words(value)
    if isinstance(value, Mapping):
        return f"{{{words}}}"
    return words if value is None or isinstance(value, str) else f"[{words}]"
