"""Plain Markdown without metadata, which a product reads because of the name of the file."""

from __future__ import annotations

from dataclasses import replace

from agentdiff.formats.base import Container, Format, Kind, Naming

AGENTS_MD = Format(
    name="agents-md",
    product="AGENTS.md (many products)",
    kind=Kind.RULE,
    containers=(Container.MARKDOWN,),
    homes=("AGENTS.md", "AGENTS.override.md", "AGENTS.local.md"),
    paths=("*/AGENTS.md", "*/AGENTS.override.md", "*/AGENTS.local.md"),
    naming=Naming.FILE,
)


def _rule(name: str, product: str, *homes: str) -> Format:
    return replace(AGENTS_MD, name=name, product=product, homes=homes, paths=tuple(f"*/{home}" for home in homes))


def _agent(name: str, product: str, *homes: str) -> Format:
    return replace(_rule(name, product, *homes), kind=Kind.AGENT)


FORMATS = (
    _agent("takt-persona", "TAKT", ".takt/facets/personas/*.md"),
    _agent("openclaw-soul", "OpenClaw", "SOUL.md", "IDENTITY.md"),
    AGENTS_MD,
    _rule("claude-md", "Claude Code", "CLAUDE.md", "CLAUDE.local.md", ".claude/CLAUDE.md"),
    _rule("gemini-md", "Gemini CLI", "GEMINI.md"),
    _rule("qwen-md", "Qwen Code", "QWEN.md", ".qwen/QWEN.local.md"),
    _rule("goosehints", "goose", ".goosehints"),
    _rule("replit-md", "Replit", "replit.md"),
    _rule("reasonix-md", "DeepSeek-Reasonix", "REASONIX.md"),
    _rule("zed-rules", "Zed", ".rules"),
    _rule("copilot-repo", "GitHub Copilot", ".github/copilot-instructions.md"),
    replace(_rule("cursorrules", "Cursor", ".cursorrules"), note="Older than the directory of rules."),
    replace(_rule("junie-guidelines", "JetBrains Junie", ".junie/guidelines.md"), note="Older than its AGENTS.md."),
)
