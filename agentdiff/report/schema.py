"""JSON Schemas (draft 2020-12) of the documents that `json_report.py` makes.

Strict about what the contract promises, open for keys that may be added later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeAlias

from agentdiff.baseline import Standing
from agentdiff.blame import Manner, Part
from agentdiff.clusters import ClusterKind
from agentdiff.convert import Outcome
from agentdiff.errors import BadInput
from agentdiff.explain import Outcome as CandidateOutcome
from agentdiff.explain import Side
from agentdiff.formats.base import Kind, Type
from agentdiff.ledger import ConflictKind, Fate, FieldStatus, UnitKind
from agentdiff.model import Change, Container, ItemKind, Relation, SectionChange, SectionStyle, Severity, Verdict
from agentdiff.report.blame_json import BLAME_SCHEMA
from agentdiff.report.consolidate_json import CONSOLIDATION_SCHEMA, MAP_SCHEMA
from agentdiff.report.duplicates_json import CLUSTERS_SCHEMA
from agentdiff.report.index_json import MATCHES, MATCHES_SCHEMA
from agentdiff.report.json_report import (
    AGENT_SCHEMA,
    AGENTS_SCHEMA,
    CONVERSION_SCHEMA,
    DIFF_SCHEMA,
    FORMATS_SCHEMA,
    MERGE_SCHEMA,
)

Schema: TypeAlias = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_INDEX: Schema = {"type": "integer", "minimum": 0}
_LINE: Schema = {"type": "integer", "minimum": 1}
_SIMILARITY: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_LINES: Schema = {"type": "array", "items": _LINE, "minItems": 2, "maxItems": 2}
_VALUE: Schema = {"$ref": "#/$defs/value"}
_VALUE_DEFINITION: Schema = {
    "description": "what a field holds: scalars stay the strings that were written",
    "type": ["string", "array", "object", "null"],
    "items": _VALUE,
    "additionalProperties": _VALUE,
}


def schema_names() -> tuple[str, ...]:
    """The documents that have a schema."""
    return tuple(_SCHEMAS)


def schema_text(name: str) -> str:
    """The schema of one sort of document as JSON text. Raises BadInput for an unknown name."""
    if name not in _SCHEMAS:
        raise BadInput(f"there is no schema {name!r}; the known ones are {', '.join(_SCHEMAS)}")
    return json.dumps(_SCHEMAS[name], indent=2) + "\n"


def _object(optional: Schema | None = None, /, **required: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": {**required, **(optional or {})}}


def _list(entry: Schema) -> Schema:
    return {"type": "array", "items": entry}


def _one_of(values: Iterable[StrEnum]) -> Schema:
    return {"enum": [value.value for value in values]}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _document(identifier: str, title: str, body: Schema) -> Schema:
    return {
        "$schema": DIALECT,
        "$id": f"urn:{identifier.replace('/', ':')}",
        "title": title,
        **body,
        "$defs": {"value": _VALUE_DEFINITION},
    }


def _with_rules(schema: Schema, *rules: Schema) -> Schema:
    return {**schema, "allOf": list(rules)}


def _when(key: str, value: object, **then: Schema) -> Schema:
    """Where `key` holds `value`, the other keys must look like `then`."""
    return {"if": {"properties": {key: {"const": value}}}, "then": {"properties": then}}


_NULL: Schema = {"type": "null"}
_LANGUAGE: Schema = {
    "description": "the language of the prose (ISO 639-1), null where it is little or mixed",
    **_or_null({"type": "string", "pattern": "^[a-z]{2}$"}),
}
_HEAD = _object({"language": _LANGUAGE}, path=_TEXT, format=_TEXT, name=_TEXT, sha256=_SHA256)


def _diagnostic(optional: Schema | None = None) -> Schema:
    return _object(optional, code=_TEXT, severity=_one_of(Severity), message=_TEXT, remedy=_TEXT, line=_LINE)


_ACCESS_END: Schema = {
    "description": "what an agent may use: capabilities (`read`, `shell (asks first)`) and exceptions (`not edit`)",
    "anyOf": [{"enum": ["everything", "nothing"]}, {"type": "array", "items": _TEXT, "minItems": 1}],
}
_AGENT = _object(
    schema={"const": AGENT_SCHEMA},
    path=_TEXT,
    format=_TEXT,
    sha256=_SHA256,
    name=_TEXT,
    access=_or_null(_ACCESS_END),
    fields=_list(_object(name=_TEXT, key=_TEXT, value=_VALUE, raw=_TEXT, lines=_LINES)),
    sections=_list(
        _object(
            {"introduction": _TEXT},
            id=_INDEX,
            parent=_or_null(_INDEX),
            title=_TEXT,
            style=_one_of(SectionStyle),
            level=_INDEX,
            lines=_LINES,
        )
    ),
    items=_list(
        _object(
            {"parent": _or_null(_INDEX)}, id=_INDEX, section=_INDEX, kind=_one_of(ItemKind), text=_TEXT, lines=_LINES
        )
    ),
    diagnostics=_list(_diagnostic()),
)

_AGENTS = _object(schema={"const": AGENTS_SCHEMA}, sha256=_SHA256, format=_TEXT, agents=_list(_AGENT))

_CONVERSION = _object(
    schema={"const": CONVERSION_SCHEMA},
    inputs=_list(_HEAD),
    output=_object(format=_TEXT, text=_TEXT),
    losses=_list(
        _object(agent=_TEXT, field=_TEXT, outcome=_one_of(Outcome), message=_TEXT, line=_or_null(_LINE)),
    ),
)

_FORMATS = _object(
    schema={"const": FORMATS_SCHEMA},
    formats=_list(
        _object(
            id=_TEXT,
            product=_TEXT,
            kind=_one_of(Kind),
            containers=_list(_one_of(Container)),
            homes=_list(_TEXT),
            is_written=_FLAG,
            keys=_list(_object(key=_TEXT, field=_TEXT, type=_one_of(Type), required=_FLAG)),
        )
    ),
)

_SECTION_END = _object(title=_TEXT, lines=_LINES)
_ITEM_END = _or_null(_object(text=_TEXT, lines=_LINES, section=_TEXT))

_ACCESS = _object(
    {"old_reason": _TEXT, "new_reason": _TEXT},
    old=_ACCESS_END,
    new=_ACCESS_END,
    added=_list(_TEXT),
    removed=_list(_TEXT),
)

_CONTRIBUTIONS = _list(_object(name=_TEXT, words=_TEXT, amount={"type": "number"}))
_PAIRED_AS = (
    Relation.EQUAL,
    Relation.OVERLAP,
    SectionChange.SAME,
    SectionChange.PART,
    SectionChange.SPLIT,
    SectionChange.MERGED,
)
_END = {"text": _TEXT, "what": _TEXT, "lines": _LINES, "section": _TEXT}
"""A statement or section, as it stands in its file."""
_CANDIDATE = _with_rules(
    _object(
        **_END,
        similarity=_SIMILARITY,
        equality=_SIMILARITY,
        outcome=_one_of(CandidateOutcome),
        relation=_or_null(_one_of(_PAIRED_AS)),
        reason=_TEXT,
        contradiction=_TEXT,
        contributions=_CONTRIBUTIONS,
    ),
    {
        "if": {"properties": {"outcome": {"const": CandidateOutcome.PAIRED.value}}},
        "then": {"properties": {"relation": _TEXT}},
        "else": {"properties": {"relation": _NULL}},
    },
)
_EXPLANATION = _object(
    side=_one_of(Side),
    line=_LINE,
    unit={"enum": ["item", "section"]},
    **_END,
    floor=_SIMILARITY,
    considered=_INDEX,
    decided=_CONTRIBUTIONS,
    rival=_or_null(_INDEX),
    candidates=_list(_CANDIDATE),
)

_ADDITION = _or_null(_object(lines=_list(_LINE), fields=_list(_TEXT)))

_DIFF = _object(
    {"explanations": _list(_EXPLANATION)},
    schema={"const": DIFF_SCHEMA},
    old=_HEAD,
    new=_HEAD,
    verdict=_one_of(Verdict),
    similarity=_SIMILARITY,
    old_adds=_ADDITION,
    new_adds=_ADDITION,
    fields=_list(
        _object(
            {
                "paths": _list(_TEXT),
                "grants_added": _list(_TEXT),
                "grants_removed": _list(_TEXT),
                "note": _TEXT,
            },
            name=_TEXT,
            change=_one_of((Change.SAME, Change.ADDED, Change.REMOVED, Change.CHANGED)),
            old=_VALUE,
            new=_VALUE,
            added=_list(_TEXT),
            removed=_list(_TEXT),
        )
    ),
    access=_or_null(_ACCESS),
    sections=_list(
        _with_rules(
            _object(
                {"renamed": _FLAG, "moved": _FLAG},
                relation=_one_of(SectionChange),
                old=_list(_SECTION_END),
                new=_list(_SECTION_END),
                similarity=_SIMILARITY,
                reason=_TEXT,
            ),
            _when("relation", "added", old={"maxItems": 0}, new={"minItems": 1}),
            _when("relation", "removed", old={"minItems": 1}, new={"maxItems": 0}),
        )
    ),
    items=_list(
        _with_rules(
            _object(
                {"moved": _FLAG},
                relation=_or_null(_one_of(Relation)),
                change=_one_of((Change.KEPT, Change.CHANGED, Change.MOVED, Change.ADDED, Change.REMOVED)),
                similarity=_SIMILARITY,
                reason=_TEXT,
                old=_ITEM_END,
                new=_ITEM_END,
            ),
            _when("change", "added", relation=_NULL, old=_NULL, new={"type": "object"}),
            _when("change", "removed", relation=_NULL, old={"type": "object"}, new=_NULL),
        )
    ),
    diagnostics=_list(_diagnostic({"side": {"enum": ["old", "new"]}, "path": _TEXT})),
)

_MERGE = _object(
    {"notes": _list(_TEXT)},
    schema={"const": MERGE_SCHEMA},
    inputs=_list(_HEAD),
    output=_object(format=_TEXT, text=_TEXT),
    fields=_list(
        _object(
            {"reason": _TEXT},
            name=_TEXT,
            value=_VALUE,
            policy=_TEXT,
            status=_one_of(FieldStatus),
            options=_list(_object(value=_VALUE, inputs=_list(_INDEX))),
        )
    ),
    units=_list(
        _object(
            id=_INDEX,
            kind=_one_of(UnitKind),
            lines=_LINES,
            support=_LINE,
            sources=_list(_object(input=_INDEX, lines=_LINES)),
        )
    ),
    ledger=_list(
        _with_rules(
            _object(input=_INDEX, lines=_LINES, fate=_one_of(Fate), unit=_or_null(_INDEX), reason=_TEXT),
            {"if": {"properties": {"unit": _NULL}}, "then": {"properties": {"fate": {"const": Fate.DROPPED.value}}}},
        )
    ),
    conflicts=_list(
        _object(
            {"subject": _TEXT, "reason": _TEXT},
            id=_TEXT,
            kind=_one_of(ConflictKind),
            options=_list(_object(input=_INDEX, text=_TEXT, lines=_LINES)),
            chosen=_or_null(_INDEX),
            open=_FLAG,
        )
    ),
    widenings=_list(_TEXT),
    containments=_list(_TEXT),
)

_BLAME = _object(
    schema={"const": BLAME_SCHEMA},
    canonical=_HEAD,
    sources=_list(_object({"format": _TEXT, "name": _TEXT, "sha256": _SHA256}, path=_TEXT)),
    parts=_list(
        _object(
            part=_one_of(Part),
            name=_TEXT,
            text=_TEXT,
            lines=_LINES,
            support=_INDEX,
            sources=_list(_object(source=_INDEX, manner=_one_of(Manner), lines=_list(_LINES))),
        )
    ),
)

_MEMBER = _object(path=_TEXT, format=_TEXT, name=_TEXT, sha256=_SHA256, tokens=_INDEX, collection=_TEXT)
_EDGE = _object(
    a=_INDEX, b=_INDEX, similarity=_SIMILARITY, containment=_SIMILARITY, verdict=_one_of(Verdict), adds_nothing=_FLAG
)
_CLUSTERS = _object(
    schema={"const": CLUSTERS_SCHEMA},
    scanned=_object(files=_INDEX, agents=_INDEX, bytes=_INDEX, others=_INDEX),
    clusters=_list(
        _object(
            {
                "standing": {"description": "with a baseline: how it stands to what was accepted", **_one_of(Standing)},
                "new_members": {"description": "with a baseline: which members were not accepted", **_list(_INDEX)},
            },
            id={"type": "string", "pattern": "^[0-9a-f]{12}$"},
            kind=_one_of(ClusterKind),
            members={**_list(_MEMBER), "minItems": 2},
            similarity=_object(min=_SIMILARITY, mean=_SIMILARITY),
            edges={**_list(_EDGE), "minItems": 1},
            centre=_INDEX,
            suggested=_INDEX,
            tokens=_INDEX,
            savings=_INDEX,
            collections=_list(_TEXT),
        )
    ),
    skipped=_list(_object(path=_TEXT, reason=_TEXT)),
)

_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{12}$"}
_CONSOLIDATION = _object(
    schema={"const": CONSOLIDATION_SCHEMA},
    folder=_TEXT,
    written=_FLAG,
    canonicals=_list(
        _object(
            path=_TEXT,
            cluster=_ID,
            kind=_one_of(ClusterKind),
            format=_TEXT,
            tokens=_object(before=_INDEX, after=_INDEX),
            variants=_LINE,
            questions=_INDEX,
            members=_list(_object(path=_TEXT, sha256=_SHA256, tokens=_INDEX, covered=_FLAG, gaps=_list(_TEXT))),
        )
    ),
    covered=_list(_TEXT),
    removed=_list(_TEXT),
    left_out=_list(_object(cluster=_ID, kind=_one_of(ClusterKind), paths=_list(_TEXT), reason=_TEXT)),
    unread=_list(_object(path=_TEXT, reason=_TEXT)),
)
_MAP = _object(schema={"const": MAP_SCHEMA}, paths=_list(_object(path=_TEXT, canonical=_TEXT)))


_SCHEMAS: dict[str, Schema] = {
    "agent": _document(AGENT_SCHEMA, "One agent, as `agentdiff show` prints it", _AGENT),
    "diff": _document(DIFF_SCHEMA, "The difference of two agents, as `agentdiff diff` prints it", _DIFF),
    "agents": _document(AGENTS_SCHEMA, "The agents of one file, as `agentdiff show` prints them", _AGENTS),
    "conversion": _document(CONVERSION_SCHEMA, "A file in another format, by `agentdiff convert`", _CONVERSION),
    "formats": _document(FORMATS_SCHEMA, "The known formats, as `agentdiff formats` prints them", _FORMATS),
    "blame": _document(BLAME_SCHEMA, "Who says what of an agent, as `agentdiff blame` prints it", _BLAME),
    "merge": _document(MERGE_SCHEMA, "One agent made of several, as `agentdiff merge` prints it", _MERGE),
    "clusters": _document(CLUSTERS_SCHEMA, "Agents that are duplicates, by `agentdiff duplicates`", _CLUSTERS),
    "consolidation": _document(CONSOLIDATION_SCHEMA, "Duplicates merged, by `agentdiff consolidate`", _CONSOLIDATION),
    "matches": _document(MATCHES_SCHEMA, "Agents of an index that are the same, by `agentdiff index query`", MATCHES),
    "map": _document(MAP_SCHEMA, "Where the agents went that `agentdiff consolidate` merged", _MAP),
}
