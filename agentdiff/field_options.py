"""The values that some agents have in one field: which there are, what their owner decided about them, what is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from agentdiff.errors import BadInput
from agentdiff.formats import FORMATS, Format
from agentdiff.ledger import (
    Conflict,
    ConflictKind,
    ConflictOption,
    FieldMerge,
    FieldOption,
    FieldStatus,
    MergeOptions,
    conflict_id,
)
from agentdiff.model import Agent, Field, FieldValue
from agentdiff.normalise import comparable_value
from agentdiff.text import SPOKEN_CHARACTERS, fold


class Inputs(NamedTuple):
    """What every rule for a field goes by."""

    agents: Sequence[Agent]
    """In their canonical order."""
    format: Format
    """That of the agent that is written."""
    options: MergeOptions
    winner: int | None
    """Index of the agent that says everything the others say, if there is one."""


def options_of(name: str, inputs: Inputs) -> tuple[FieldOption, ...]:
    """The different values and who has them, most common first, None last: those without the field.

    Of several ways to write a value the winner's counts, else the first in order of text.
    """
    found: dict[str, list[tuple[bool, str, int, FieldValue]]] = {}
    for number, agent in enumerate(inputs.agents):
        value = as_written(agent, name, inputs.format)
        ranked = (number != inputs.winner, repr(value), number, value)
        found.setdefault(repr(comparable_value(value)), []).append(ranked)
    options = {
        text: FieldOption(min(same, key=lambda each: each[:2])[3], tuple(each[2] for each in same))
        for text, same in found.items()
    }
    order = sorted(options, key=lambda text: (options[text].value is None, -len(options[text].inputs), text))
    return tuple(options[text] for text in order)


def as_written(agent: Agent, name: str, format: Format) -> FieldValue:
    """A field's value in the words of the format that is written."""
    field = agent.field(name)
    if field is None:
        return None
    own, key = FORMATS[agent.format].by_key.get(field.key), format.by_field.get(name)
    return key.word_for(own.meaning(field.value)) if own and key and agent.format != format.name else field.value


def named(options: Sequence[FieldOption]) -> list[FieldOption]:
    """The options of those that have the field."""
    return [option for option in options if option.value is not None]


# ---------------------------------------------------------------------------------------------- open questions


def question(merged: FieldMerge, inputs: Inputs, is_open: bool) -> Conflict:
    """The question about a field: an option for each input that sets it, in their order."""
    asked = _asked(merged.name, inputs)
    written = repr(comparable_value(merged.value))
    values = [repr(comparable_value(as_written(inputs.agents[o.input], merged.name, inputs.format))) for o in asked]
    chosen = values.index(written) if written in values else None
    number = _id(merged.name, asked)
    return Conflict(number, ConflictKind.FIELD, merged.name, tuple(asked), chosen, merged.reason, is_open)


def _asked(name: str, inputs: Inputs) -> list[ConflictOption]:
    fields = [(number, agent.field(name)) for number, agent in enumerate(inputs.agents)]
    return [
        ConflictOption(number, _text(field), field.span)
        for number, field in fields
        if field is not None and field.value is not None
    ]


def _text(field: Field) -> str:
    """What stands behind the key, but texts without the quotes that say nothing."""
    return field.value.strip() if isinstance(field.value, str) else field.raw.strip()


def _id(name: str, asked: Sequence[ConflictOption]) -> str:
    return conflict_id([name, *sorted({fold(option.text) for option in asked})])


# ---------------------------------------------------------------------------------------------- what was decided


class Decision(NamedTuple):
    """What is written instead of the default choice."""

    input: int | None
    """Whose value; None where the field is left out."""
    policy: str
    reason: str


def decision(name: str, inputs: Inputs) -> Decision | None:
    """The user's answer about a field on which the inputs disagree, else that of the preferred input if it has one.

    Raises BadInput for an answer that keeps several values, or a text that no input has.
    """
    asked = _asked(name, inputs)
    answer = inputs.options.answers.get(_id(name, asked))
    if answer is not None:
        return _answered(name, [option for option in asked if fold(option.text) in answer.keep], answer.keep, inputs)
    preferred = inputs.options.prefer
    if preferred is not None and any(option.input == preferred for option in asked):
        return Decision(preferred, "preferred", f"{inputs.agents[preferred].path} is preferred")
    return None


def _answered(name: str, kept: Sequence[ConflictOption], wanted: frozenset[str], inputs: Inputs) -> Decision:
    if not wanted:
        return Decision(None, "decided", "decided: left out")
    strange = sorted(wanted - {fold(option.text) for option in kept})
    if strange:
        problem = f"the answer about `{name}` keeps {_spoken(strange[0])!r}, which no input says"
        raise BadInput(f"{problem}; keep one of the options, or none to leave it out")
    values = {repr(comparable_value(as_written(inputs.agents[o.input], name, inputs.format))): o for o in kept}
    if len(values) > 1:
        texts = ", ".join(repr(_spoken(fold(option.text))) for option in values.values())
        raise BadInput(f"the answer about `{name}` keeps {len(values)} values ({texts}); keep one of them, or none")
    return Decision(kept[0].input, "decided", f"decided: {_spoken(fold(kept[0].text))}")


def _spoken(text: str) -> str:
    return text if len(text) <= SPOKEN_CHARACTERS else f"{text[:SPOKEN_CHARACTERS]}..."


def decided(merged: FieldMerge, made: Decision, inputs: Inputs) -> FieldMerge:
    """The field as it was decided."""
    value = None if made.input is None else as_written(inputs.agents[made.input], merged.name, inputs.format)
    return replace(merged, value=value, policy=made.policy, status=FieldStatus.CHOSEN, reason=made.reason)
