"""Compare AI agent definitions by what they say, and merge variants of one role into one.

    from agentdiff import diff, merge, read

    old, new = read("a/reviewer.md"), read("b/reviewer.md")
    print(diff(old, new).verdict)
    print(merge([old, new]).text)

The names below are the public ones. They are imported when first used, so that `import agentdiff` stays cheap.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agentdiff.align import align
    from agentdiff.canonical import merge
    from agentdiff.convert import Conversion, Loss, Outcome, convert
    from agentdiff.diff import diff
    from agentdiff.errors import AgentDiffError, BadInput, EmptyAgent, UnfaithfulMerge, UnreadableFile
    from agentdiff.formats import parse, parse_all, read, read_all
    from agentdiff.formats.editing import edited
    from agentdiff.ledger import (
        Answer,
        CanonicalMerge,
        Conflict,
        ConflictKind,
        ConflictOption,
        Fate,
        FieldMerge,
        FieldOption,
        FieldStatus,
        LedgerEntry,
        MergeOptions,
        Source,
        ToolsPolicy,
        Unit,
        UnitKind,
    )
    from agentdiff.model import (
        AccessEdit,
        Addition,
        Agent,
        AgentDiff,
        Alignment,
        Change,
        Container,
        Diagnostic,
        Field,
        FieldEdit,
        FieldValue,
        Item,
        ItemEdit,
        ItemKind,
        Match,
        Relation,
        Section,
        SectionChange,
        SectionEdit,
        SectionStyle,
        Severity,
        Span,
        Verdict,
    )
    from agentdiff.semantic import Encoder, encoder_of

__version__ = "0.1.0"

__all__ = [
    "AccessEdit",
    "Addition",
    "Agent",
    "AgentDiff",
    "AgentDiffError",
    "Alignment",
    "Answer",
    "BadInput",
    "CanonicalMerge",
    "Change",
    "Conflict",
    "ConflictKind",
    "ConflictOption",
    "Container",
    "Conversion",
    "Diagnostic",
    "EmptyAgent",
    "Encoder",
    "Fate",
    "Field",
    "FieldEdit",
    "FieldMerge",
    "FieldOption",
    "FieldStatus",
    "FieldValue",
    "Item",
    "ItemEdit",
    "ItemKind",
    "LedgerEntry",
    "Loss",
    "Match",
    "MergeOptions",
    "Outcome",
    "Relation",
    "Section",
    "SectionChange",
    "SectionEdit",
    "SectionStyle",
    "Severity",
    "Source",
    "Span",
    "ToolsPolicy",
    "UnfaithfulMerge",
    "Unit",
    "UnitKind",
    "UnreadableFile",
    "Verdict",
    "__version__",
    "align",
    "convert",
    "diff",
    "edited",
    "encoder_of",
    "merge",
    "parse",
    "parse_all",
    "read",
    "read_all",
]

_HOMES = {
    "AgentDiffError": "errors",
    "Answer": "ledger",
    "BadInput": "errors",
    "CanonicalMerge": "ledger",
    "Conflict": "ledger",
    "ConflictKind": "ledger",
    "ConflictOption": "ledger",
    "Conversion": "convert",
    "EmptyAgent": "errors",
    "Encoder": "semantic",
    "Fate": "ledger",
    "FieldMerge": "ledger",
    "FieldOption": "ledger",
    "FieldStatus": "ledger",
    "LedgerEntry": "ledger",
    "Loss": "convert",
    "MergeOptions": "ledger",
    "Outcome": "convert",
    "Source": "ledger",
    "ToolsPolicy": "ledger",
    "UnfaithfulMerge": "errors",
    "Unit": "ledger",
    "UnitKind": "ledger",
    "UnreadableFile": "errors",
    "align": "align",
    "convert": "convert",
    "diff": "diff",
    "edited": "formats.editing",
    "encoder_of": "semantic",
    "merge": "canonical",
    "parse": "formats",
    "parse_all": "formats",
    "read": "formats",
    "read_all": "formats",
}
"""Where the public names live; all others are records of the model."""


class _Package(ModuleType):
    """This package. `agentdiff.diff` is the function, although there is a module of the same name.

    The import system binds every module that it loads to its package; where a public name is in the way, it must not.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (isinstance(value, ModuleType) and name in __all__):
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{self.__name__}.{_HOMES.get(name, 'model')}"), name)
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
