"""When a rule is used: each product says it with other keys, some by what is not there.

Sources: the documents of the products, as gathered in docs/formats.md (`alwaysApply`, `trigger`, `inclusion`, `type`,
`applyTo`, `paths`).
"""

from __future__ import annotations

from collections.abc import Mapping

from agentdiff.formats.base import Activation, Format, Kind, Type
from agentdiff.formats.reading import names_in
from agentdiff.model import Agent, FieldValue

_EVERY_FILE = frozenset({"*", "**", "**/*"})
WORDS = {
    Activation.ALWAYS: "always",
    Activation.GLOB: "with files that match",
    Activation.MODEL: "when the model finds that it fits",
    Activation.MANUAL: "when it is asked for",
}
"""For sentences: a rule is used ..."""


def activation(agent: Agent, format: Format) -> Activation | None:
    """When a rule is used; None for what is no rule."""
    if format.kind is not Kind.RULE:
        return None
    return activation_of({field.name: field.value for field in agent.fields}, format)


def activation_of(fields: Mapping[str, FieldValue], format: Format) -> Activation:
    """The same for canonical fields with the values of a format: what it says, else its patterns, its description."""
    key, said = format.by_field.get("activation"), fields.get("activation")
    if key is not None and key.type is not Type.FLAG:
        meaning = key.meaning(said)
        return Activation(meaning) if meaning in list(Activation) else format.silent_activation
    if said == "true" and key is not None:
        return Activation.ALWAYS
    patterns = names_in(fields.get("globs")) if "globs" in format.by_field else None
    if patterns:
        return Activation.ALWAYS if is_every_file(patterns) else Activation.GLOB
    is_refused = said == "false" and key is not None
    description = fields.get("description")
    if (format.description_activates or is_refused) and isinstance(description, str) and description.strip():
        return Activation.MODEL
    return Activation.MANUAL if is_refused else format.silent_activation


def is_every_file(patterns: object) -> bool:
    """Whether a list of patterns matches whatever there is."""
    return isinstance(patterns, tuple) and bool(patterns) and _EVERY_FILE.issuperset(map(str, patterns))


def saying(when: Activation, fields: Mapping[str, FieldValue], format: Format) -> dict[str, FieldValue]:
    """The canonical fields by which a rule with these other fields says when it is used, as far as the format can."""
    key = format.by_field.get("activation")
    if key is None:
        is_silent = activation_of(fields, format) is not when
        return {"globs": ("**",)} if is_silent and when is Activation.ALWAYS and "globs" in format.by_field else {}
    if key.type is Type.FLAG:
        return {"activation": "true" if when is Activation.ALWAYS else "false"}
    return {"activation": key.word_for(when.value)} if when.value in (key.values or {}).values() else {}
