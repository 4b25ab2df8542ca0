"""What became of each field of two agents, and of what they may use.

Within one dialect values are compared as written, layout aside. Across two they are compared by what they mean to
their hosts: tools by what they grant, models by their names, values by the canonical ones of `Key.values`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agentdiff.formats import FORMATS, Format
from agentdiff.formats.base import Key, Kind, Type
from agentdiff.model import AccessEdit, Agent, Change, Field, FieldEdit, FieldValue
from agentdiff.normalise import as_data, comparable_value
from agentdiff.text import is_list_of_texts, split_names, unquoted

ORDERED_FIELDS = frozenset({"model", "handoffs", "permission", "permissions", "nickname_candidates"})
"""Lists whose order has a meaning to their host; that of tools has none."""

TOOL_FIELDS = frozenset({"tools", "disallowed-tools"})
"""Lists of tool names, which each host spells in its own way."""

OTHERWISE_WRITTEN = "the same, written in another way"


class _Side(NamedTuple):
    """One field of one of the agents."""

    agent: Agent
    format: Format
    field: Field

    @property
    def key(self) -> Key | None:
        return self.format.by_key.get(self.field.key)

    @property
    def value(self) -> FieldValue:
        return self.field.value


def field_edits(old: Agent, new: Agent) -> tuple[FieldEdit, ...]:
    """Every field of both, in the order of old, then of new."""
    names = dict.fromkeys([field.name for field in old.fields] + [field.name for field in new.fields])
    return tuple(_field_edit(name, old, new) for name in names)


def access_edit(old: Agent, new: Agent, fields: Sequence[FieldEdit]) -> AccessEdit | None:
    """What only one of the two may use; None where both may use the same, and where one is a rule."""
    formats = FORMATS[old.format], FORMATS[new.format]
    is_untouched = formats[0] is formats[1] and all(edit.change is Change.SAME for edit in fields)
    if is_untouched or any(format.kind is Kind.RULE for format in formats):
        return None
    from agentdiff.access import access, is_wider  # takes time to load; few pairs get here
    from agentdiff.capabilities import as_told

    before, after = access(old, formats[0]), access(new, formats[1])
    added, removed = is_wider(after, before), is_wider(before, after)
    if not added and not removed:
        return None
    return AccessEdit(
        old=before.entries,
        new=after.entries,
        old_words=before.words,
        new_words=after.words,
        added=tuple(map(as_told, added)),
        removed=tuple(map(as_told, removed)),
        old_reason=before.reason,
        new_reason=after.reason,
    )


# ---------------------------------------------------------------------------------------------- one field


def _field_edit(name: str, old: Agent, new: Agent) -> FieldEdit:
    if name == "name" and old.format != new.format:  # a file, a directory or the key of a map may name one of them
        return _across(FieldEdit(name, Change.SAME if old.name == new.name else Change.CHANGED, old.name, new.name))
    before, after = old.field(name), new.field(name)
    left, right = before.value if before else None, after.value if after else None
    if name == "activation" and old.format != new.format:
        return _edit_of_activation(old, new, left, right)
    if before is None:
        return FieldEdit(name, Change.ADDED, None, right, added=_entries(right))
    if after is None:
        return FieldEdit(name, Change.REMOVED, left, None, removed=_entries(left))
    sides = _Side(old, FORMATS[old.format], before), _Side(new, FORMATS[new.format], after)
    if old.format != new.format:
        return _across(_edit_across(name, *sides))
    if _canonical(left, sides[0].key) == _canonical(right, sides[1].key):
        return FieldEdit(name, Change.SAME, left, right)
    return _edit_as_written(name, left, right)


def _edit_as_written(name: str, left: FieldValue, right: FieldValue) -> FieldEdit:
    if is_list_of_texts(left) and is_list_of_texts(right):
        added, removed = _only_in(right, left), _only_in(left, right)
        change = Change.CHANGED if added or removed or name in ORDERED_FIELDS else Change.SAME
        return FieldEdit(name, change, left, right, added=added, removed=removed)
    nested = isinstance(left, Mapping) or isinstance(right, Mapping) or _is_nested(left) or _is_nested(right)
    return FieldEdit(name, Change.CHANGED, left, right, paths=_nested_changes(left, right) if nested else ())


def _is_nested(value: FieldValue) -> bool:
    return isinstance(value, tuple) and not is_list_of_texts(value)


def _entries(value: FieldValue) -> tuple[str, ...]:
    return tuple(str(entry) for entry in value) if isinstance(value, tuple) and is_list_of_texts(value) else ()


def _only_in(value: FieldValue, other: FieldValue) -> tuple[str, ...]:
    """Entries of a list that the other one has not, counted with repetition."""
    left = Counter(_entries(other))
    only = []
    for entry in _entries(value):
        if left[entry]:
            left[entry] -= 1
        else:
            only.append(entry)
    return tuple(only)


def _nested_changes(old: FieldValue, new: FieldValue) -> tuple[str, ...]:
    """One line for each place at which two nested values differ."""
    from deepdiff import DeepDiff

    delta = DeepDiff(as_data(old), as_data(new), ignore_order=False, verbose_level=2, view="tree")
    said = []
    for kind, word in _DEEPDIFF_WORDS.items():
        said += [f"{change.path(root='')}: {word}" for change in delta.get(kind, ())]
    return tuple(sorted(said))


_DEEPDIFF_WORDS = {
    "values_changed": "changed",
    "type_changes": "changed",
    "dictionary_item_added": "added",
    "iterable_item_added": "added",
    "dictionary_item_removed": "removed",
    "iterable_item_removed": "removed",
}


# ---------------------------------------------------------------------------------------------- canonical values


def _canonical(value: FieldValue, key: Key | None) -> FieldValue:
    """A value as it is compared: white space folded, the host's own words replaced by the canonical ones."""
    value = comparable_value(value)
    if key is None or value is None:
        return value
    if isinstance(value, str):
        return _canonical_word(value, key)
    if isinstance(value, Mapping):
        return {name: _canonical_entry(entry, key) for name, entry in value.items()}
    return tuple(_canonical_entry(entry, key) for entry in value)


def _canonical_entry(value: FieldValue, key: Key) -> FieldValue:
    return _canonical_word(value, key) if isinstance(value, str) and key.values else value


def _canonical_word(value: str, key: Key) -> FieldValue:
    return key.meaning(value.lower() if key.type is Type.FLAG else value)


# ---------------------------------------------------------------------------------------------- two dialects


def _across(edit: FieldEdit) -> FieldEdit:
    """The edit with a note where the two ways to write one thing differ."""
    if edit.change is not Change.SAME or comparable_value(edit.old) == comparable_value(edit.new):
        return edit
    return FieldEdit(edit.name, edit.change, edit.old, edit.new, note=OTHERWISE_WRITTEN)


def _edit_across(name: str, old: _Side, new: _Side) -> FieldEdit:
    if name in TOOL_FIELDS and not any(side.value is None or isinstance(side.value, Mapping) for side in (old, new)):
        return _edit_of_tools(name, old, new)
    if name == "model":
        return _edit_of_models(old, new)
    left, right = _canonical(old.value, old.key), _canonical(new.value, new.key)
    if isinstance(left, str) and isinstance(right, tuple):
        left = _names(left)
    elif isinstance(right, str) and isinstance(left, tuple):
        right = _names(right)
    if name == "effort" and isinstance(left, str) and isinstance(right, str):
        left, right = left.lower(), right.lower()
    if left == right:
        return FieldEdit(name, Change.SAME, old.value, new.value)
    edit = _edit_as_written(name, left, right)
    return FieldEdit(name, edit.change, old.value, new.value, edit.added, edit.removed, edit.paths)


def _edit_of_activation(old: Agent, new: Agent, left: FieldValue, right: FieldValue) -> FieldEdit:
    """Two products that say with other keys when a rule is used, one of them perhaps by silence."""
    from agentdiff.activation import WORDS, activation

    before, after = (activation(agent, FORMATS[agent.format]) for agent in (old, new))
    if before is after:
        return FieldEdit("activation", Change.SAME, left, right, note=OTHERWISE_WRITTEN)
    change = Change.ADDED if left is None else Change.REMOVED if right is None else Change.CHANGED
    note = f"used {WORDS[before]}, now {WORDS[after]}" if before and after else ""
    return FieldEdit("activation", change, left, right, note=note)


def _names(text: str) -> FieldValue:
    return tuple(name for name in map(unquoted, split_names(text)) if name)


def _edit_of_tools(name: str, old: _Side, new: _Side) -> FieldEdit:
    """Same where each side grants what the other does, whatever the tools are called."""
    from agentdiff.capabilities import includes
    from agentdiff.limits import tool_entries

    left = tool_entries(old.value, old.format.vocabulary)
    right = tool_entries(new.value, new.format.vocabulary)
    grants = [frozenset().union(*(entry.grants for entry in entries)) for entries in (left, right)]
    only = [frozenset(each for each in grants[side] if not includes(grants[1 - side], each)) for side in (0, 1)]
    added = tuple(entry.written for entry in right if not only[1].isdisjoint(entry.grants))
    removed = tuple(entry.written for entry in left if not only[0].isdisjoint(entry.grants))
    return FieldEdit(
        name,
        Change.CHANGED if added or removed else Change.SAME,
        old.value,
        new.value,
        added=added,
        removed=removed,
        grants_added=_told(only[1]),
        grants_removed=_told(only[0]),
    )


def _told(grants: frozenset[str]) -> tuple[str, ...]:
    """Without those that another one covers."""
    from agentdiff.capabilities import as_told, broader

    return tuple(as_told(each) for each in sorted(grants) if grants.isdisjoint(broader(each)))


def _edit_of_models(old: _Side, new: _Side) -> FieldEdit:
    from agentdiff.models import same_model, tier

    if (old.value is None) == (new.value is None) and same_model(old.value, new.value):
        return FieldEdit("model", Change.SAME, old.value, new.value)
    shared = tier(old.value)
    note = f"both of the tier {shared}" if shared and shared == tier(new.value) else ""
    return FieldEdit("model", Change.CHANGED, old.value, new.value, note=note)
