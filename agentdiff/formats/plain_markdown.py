"""Plain Markdown: `AGENTS.md`, `CLAUDE.md` and whatever else has no front matter."""

from __future__ import annotations

from agentdiff.formats.base import Format

PLAIN_MARKDOWN = Format(
    name="agents-md",
    product="AGENTS.md",
    paths=tuple(f"*/{stem}{kind}.md" for stem in ("AGENTS", "CLAUDE") for kind in ("", ".local", ".override")),
    keys={},
    has_name_field=False,
)
