"""Results as JSON documents for tools; `schema.py` describes them.

The text is ASCII with two blanks of indent, stable in the order of its keys, and ends with a line feed:
what would steer a terminal or hide text is spelled `\\u202e`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from agentdiff.language import language_of
from agentdiff.ledger import CanonicalMerge, Conflict, FieldMerge, LedgerEntry, Unit
from agentdiff.model import (
    AccessEdit,
    Addition,
    Agent,
    AgentDiff,
    Diagnostic,
    Field,
    FieldEdit,
    Item,
    ItemEdit,
    Section,
    SectionEdit,
    Span,
)
from agentdiff.normalise import as_data

if TYPE_CHECKING:
    from agentdiff.access import Access
    from agentdiff.convert import Conversion
    from agentdiff.explain import Candidate, Contribution, End, Explanation
    from agentdiff.formats import Format

Document: TypeAlias = dict[str, Any]

AGENT_SCHEMA = "agentdiff.agent/1"
DIFF_SCHEMA = "agentdiff.diff/1"
MERGE_SCHEMA = "agentdiff.merge/1"
AGENTS_SCHEMA = "agentdiff.agents/1"
CONVERSION_SCHEMA = "agentdiff.conversion/1"
FORMATS_SCHEMA = "agentdiff.formats/1"

SIMILARITY_PLACES = 3
"""Decimal places of a similarity; more would be noise."""


def dumps(document: Document) -> str:
    """The document as text."""
    return json.dumps(document, ensure_ascii=True, indent=2) + "\n"


def agent_document(agent: Agent, may_use: Access | None = None) -> Document:
    """What `agentdiff show` says. `may_use` is None for what is no agent."""
    return {
        "schema": AGENT_SCHEMA,
        "path": agent.path,
        "format": agent.format,
        "sha256": agent.sha256,
        "name": agent.name,
        "access": None if may_use is None else _access_end(may_use.entries),
        "fields": [_field(field) for field in agent.fields],
        "sections": [_section(agent, section) for section in agent.sections],
        "items": [_item(agent, item) for item in agent.items],
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in agent.diagnostics],
    }


def agents_document(agents: Sequence[Agent], may_use: Sequence[Access | None]) -> Document:
    """What `agentdiff show` says of a file with several agents."""
    return {
        "schema": AGENTS_SCHEMA,
        "sha256": agents[0].sha256,
        "format": agents[0].format,
        "agents": [agent_document(*pair) for pair in zip(agents, may_use, strict=True)],
    }


def conversion_document(conversion: Conversion) -> Document:
    """What `agentdiff convert` says."""
    return {
        "schema": CONVERSION_SCHEMA,
        "inputs": [_agent_head(agent) for agent in conversion.inputs],
        "output": {"format": conversion.format, "text": conversion.text},
        "losses": [
            {
                "agent": loss.agent,
                "field": loss.field,
                "outcome": loss.outcome.value,
                "message": loss.message,
                "line": loss.line,
            }
            for loss in conversion.losses
        ],
    }


def formats_document(formats: Iterable[Format]) -> Document:
    """What `agentdiff formats` says."""
    from agentdiff.formats.rendering import is_written

    return {
        "schema": FORMATS_SCHEMA,
        "formats": [
            {
                "id": format.name,
                "product": format.product,
                "kind": format.kind.value,
                "containers": [container.value for container in format.containers],
                "homes": list(format.homes),
                "is_written": is_written(format),
                "keys": [
                    {"key": key.key, "field": key.name, "type": key.type.value, "required": key.is_required}
                    for key in format.keys
                ],
            }
            for format in formats
        ],
    }


def diff_document(diff: AgentDiff, explanations: Sequence[Explanation] | None = None) -> Document:
    """What `agentdiff diff` says. `explanations` is None where none were asked for."""
    explained = {} if explanations is None else {"explanations": [_explanation(each) for each in explanations]}
    return {
        "schema": DIFF_SCHEMA,
        "old": _agent_head(diff.old),
        "new": _agent_head(diff.new),
        "verdict": diff.verdict.value,
        "similarity": rounded(diff.similarity),
        "old_adds": _addition(diff.old_adds),
        "new_adds": _addition(diff.new_adds),
        "fields": [_field_edit(edit) for edit in diff.fields],
        "access": None if diff.access is None else _access_edit(diff.access),
        "sections": [_section_edit(diff, edit) for edit in diff.sections],
        "items": [_item_edit(diff, edit) for edit in diff.items],
        "diagnostics": [
            {**_diagnostic(diagnostic), "side": side, "path": agent.path}
            for side, agent in (("old", diff.old), ("new", diff.new))
            for diagnostic in agent.diagnostics
        ],
        **explained,
    }


def _addition(adds: Addition | None) -> Document | None:
    return None if adds is None else {"lines": list(adds.lines), "fields": list(adds.fields)}


def merge_document(merge: CanonicalMerge) -> Document:
    """What `agentdiff merge` says."""
    return {
        "schema": MERGE_SCHEMA,
        "inputs": [_agent_head(agent) for agent in merge.inputs],
        "output": {"format": merge.format, "text": merge.text},
        "fields": [_field_merge(entry) for entry in merge.fields],
        "units": [_unit(merge, unit) for unit in merge.units],
        "ledger": [_ledger_entry(merge, entry) for entry in merge.ledger],
        "conflicts": [_conflict(conflict) for conflict in merge.conflicts],
        "notes": list(merge.notes),
        "widenings": list(merge.widenings),
        "containments": list(merge.containments),
    }


def _lines(span: Span) -> list[int]:
    return [span.first, span.last]


def rounded(similarity: float) -> float:
    """As every document says it."""
    return round(similarity, SIMILARITY_PLACES)


# ---------------------------------------------------------------------------------------------- agent


def _agent_head(agent: Agent) -> Document:
    return {
        "path": agent.path,
        "format": agent.format,
        "name": agent.name,
        "sha256": agent.sha256,
        "language": language_of(agent),
    }


def _field(field: Field) -> Document:
    return {
        "name": field.name,
        "key": field.key,
        "value": as_data(field.value),
        "raw": field.raw,
        "lines": _lines(field.span),
    }


def _section(agent: Agent, section: Section) -> Document:
    return {
        "id": section.id,
        "parent": section.parent,
        "title": section.title,
        "introduction": section.introduction,
        "style": section.style.value,
        "level": section.level,
        "lines": _lines(agent.on_disk(section.span)),
    }


def _item(agent: Agent, item: Item) -> Document:
    return {
        "id": item.id,
        "section": item.section,
        "parent": item.parent,
        "kind": item.kind.value,
        "text": item.text,
        "lines": _lines(agent.on_disk(item.span)),
    }


def _diagnostic(diagnostic: Diagnostic) -> Document:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "remedy": diagnostic.remedy,
        "line": diagnostic.line,
    }


# ---------------------------------------------------------------------------------------------- diff


def _field_edit(edit: FieldEdit) -> Document:
    return {
        "name": edit.name,
        "change": edit.change.value,
        "old": as_data(edit.old),
        "new": as_data(edit.new),
        "added": list(edit.added),
        "removed": list(edit.removed),
        "paths": list(edit.paths),
        "grants_added": list(edit.grants_added),
        "grants_removed": list(edit.grants_removed),
        "note": edit.note,
    }


def _access_edit(edit: AccessEdit) -> Document:
    return {
        "old": _access_end(edit.old),
        "new": _access_end(edit.new),
        "added": list(edit.added),
        "removed": list(edit.removed),
        "old_reason": edit.old_reason,
        "new_reason": edit.new_reason,
    }


def _access_end(entries: tuple[str, ...]) -> str | list[str]:
    if not entries:
        return "nothing"
    return "everything" if entries == ("everything",) else list(entries)


def _section_edit(diff: AgentDiff, edit: SectionEdit) -> Document:
    return {
        "relation": edit.relation.value,
        "old": _section_ends(diff.old, edit.old),
        "new": _section_ends(diff.new, edit.new),
        "similarity": rounded(edit.similarity),
        "reason": edit.reason,
        "renamed": edit.renamed,
        "moved": edit.moved,
    }


def _section_ends(agent: Agent, ids: Iterable[int]) -> list[Document]:
    sections = [agent.sections[number] for number in ids]
    return [{"title": section.title, "lines": _lines(agent.on_disk(section.span))} for section in sections]


def _item_edit(diff: AgentDiff, edit: ItemEdit) -> Document:
    return {
        "relation": None if edit.relation is None else edit.relation.value,
        "change": edit.change.value,
        "moved": edit.moved,
        "similarity": rounded(edit.similarity),
        "reason": edit.reason,
        "old": _item_end(diff.old, edit.old),
        "new": _item_end(diff.new, edit.new),
    }


def _item_end(agent: Agent, number: int | None) -> Document | None:
    if number is None:
        return None
    item = agent.items[number]
    return {"text": item.text, "lines": _lines(agent.on_disk(item.span)), "section": agent.sections[item.section].title}


# ---------------------------------------------------------------------------------------------- explanations


def _explanation(explanation: Explanation) -> Document:
    return {
        "side": explanation.place.side.value,
        "line": explanation.place.line,
        "unit": "section" if explanation.is_section else "item",
        **_explained_end(explanation.end),
        "floor": explanation.floor,
        "considered": explanation.considered,
        "decided": [_contribution(each) for each in explanation.decided],
        "rival": explanation.rival,
        "candidates": [_candidate(candidate) for candidate in explanation.candidates],
    }


def _candidate(candidate: Candidate) -> Document:
    return {
        **_explained_end(candidate.end),
        "similarity": rounded(candidate.similarity),
        "equality": rounded(candidate.equality),
        "outcome": candidate.outcome.value,
        "relation": None if candidate.relation is None else candidate.relation.value,
        "reason": candidate.reason,
        "contradiction": candidate.contradiction,
        "contributions": [_contribution(each) for each in candidate.contributions],
    }


def _explained_end(end: End) -> Document:
    return {"text": end.text, "what": end.what, "lines": _lines(end.lines), "section": end.section}


def _contribution(contribution: Contribution) -> Document:
    return {"name": contribution.name, "words": contribution.words, "amount": contribution.amount}


# ---------------------------------------------------------------------------------------------- merge


def _field_merge(entry: FieldMerge) -> Document:
    return {
        "name": entry.name,
        "value": as_data(entry.value),
        "policy": entry.policy,
        "status": entry.status.value,
        "reason": entry.reason,
        "options": [{"value": as_data(option.value), "inputs": list(option.inputs)} for option in entry.options],
    }


def _unit(merge: CanonicalMerge, unit: Unit) -> Document:
    return {
        "id": unit.id,
        "kind": unit.kind.value,
        "lines": _lines(merge.on_disk(unit.span)),
        "support": unit.support,
        "sources": [
            {"input": source.input, "lines": _lines(merge.inputs[source.input].on_disk(source.span))}
            for source in unit.sources
        ],
    }


def _ledger_entry(merge: CanonicalMerge, entry: LedgerEntry) -> Document:
    return {
        "input": entry.input,
        "lines": _lines(merge.inputs[entry.input].on_disk(entry.span)),
        "fate": entry.fate.value,
        "unit": entry.unit,
        "reason": entry.reason,
    }


def _conflict(conflict: Conflict) -> Document:
    options = conflict.options
    return {
        "id": conflict.id,
        "kind": conflict.kind.value,
        "subject": conflict.subject,
        "options": [{"input": option.input, "text": option.text, "lines": _lines(option.span)} for option in options],
        "chosen": conflict.chosen,
        "reason": conflict.reason,
        "open": conflict.is_open,
    }
