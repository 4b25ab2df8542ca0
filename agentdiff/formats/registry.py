"""All dialects, in the order in which they are asked whether a file is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from agentdiff.formats import dialects
from agentdiff.formats.base import Format, Kind

_FAMILIES = """
    rulesync skills code codex vibe roo opencode qwen gemini antigravity cline kiro factory junie augment pi kimi grok
    rovodev goose frameworks cursor continue_rules openhands copilot claude plain_markdown
"""
"""Modules of `dialects`, strongest evidence first: those whose keys are theirs alone before those who share keys with
many. rulesync comes first because its agents hold the keys of other products; plain Markdown is what is left."""

_FIRST = ("agent-skill", "gh-aw", "amazonq-agent", "cline-workflow")
"""Formats that are asked before all others: their paths or keys are special cases of what others have too."""

_KINDS = tuple(Kind)


def _families() -> Iterator[tuple[Format, ...]]:
    """The formats of each module, in the order in which they are asked; modules that have no place in it come first."""
    order = _FAMILIES.split()
    found = sorted(each.name for each in iter_modules(dialects.__path__) if not each.name.startswith("_"))
    for name in sorted(found, key=lambda name: order.index(name) if name in order else -1):
        formats: tuple[Format, ...] = import_module(f"{dialects.__name__}.{name}").FORMATS
        yield formats


def _rank(format: Format) -> tuple[int, int]:
    """Agents before rules before commands, the first ones aside."""
    return (_FIRST.index(format.name) if format.name in _FIRST else len(_FIRST), _KINDS.index(format.kind))


FORMATS: dict[str, Format] = {
    format.name: format for format in sorted((format for family in _families() for format in family), key=_rank)
}
"""All dialects by name. Of several that live at the same place, the usual one comes first: it is the one to take where
none of them claims the keys."""
