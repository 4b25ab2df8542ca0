"""The table of dialects against what is known of the products, and how the dialect of a file is told."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pkgutil import iter_modules

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.formats import dialects
from agentdiff.formats.base import Body, Container, Format, Grant, Holds, Keys, Kind, Naming, UnknownKeys
from agentdiff.formats.registry import _FAMILIES, FORMATS, _families

IDS = {
    Kind.AGENT: """
        claude-agent claude-agents-json copilot-agent copilot-chatmode cursor-agent codex-agent codex-config-roles
        opencode-agent opencode-json opencode-v2 gemini-agent gemini-remote-agent qwen-agent qwen-fork-profile
        roo-modes kilo-modes kilo-agent cline-agent factory-droid kiro-agent amazonq-agent goose-agent goose-recipe
        junie-agent augment-agent antigravity-agent devin-agent kimi-agent kimi-cli-yaml grok-agent vibe-agent
        rovodev-agent pi-agent pi-chain deepagents-agent reasonix-agent takt-persona letta-af crewai-agents
        docker-agent docker-agent-hcl adk-agent gh-aw openhands-skill codebuff-agent openclaw-soul rulesync-agent
        continue-agent
        """,
    Kind.RULE: """
        agents-md claude-md claude-rule claude-output-style gemini-md qwen-md goosehints replit-md reasonix-md
        zed-rules copilot-repo copilot-instr cursor-rule cursorrules windsurf-rule cline-rule roo-rules kiro-steering
        augment-rule antigravity-rule continue-rule junie-guidelines kilo-rule opencode-memory
        rulesync-rule
        """,
    Kind.COMMAND: """
        agent-skill claude-command copilot-prompt cursor-command gemini-command qwen-command codex-prompt
        opencode-command kilo-command roo-command factory-command augment-command junie-command pi-prompt grok-command
        reasonix-command antigravity-workflow cline-workflow windsurf-workflow rovodev-prompt
        rovodev-prompt-list continue-prompt kiro-prompt rulesync-command
        """,
}


KNOWN = {name: format for name, format in FORMATS.items() if name in " ".join(IDS.values()).split()}
"""What the facts below are about. A format that comes later shows what it is by its fixture."""


@pytest.mark.parametrize("kind", Kind)
def test_every_format_is_there(kind: Kind) -> None:
    assert {name for name, format in KNOWN.items() if format.kind is kind} == set(IDS[kind].split())


def test_ids_are_taken_once() -> None:
    names = [format.name for family in _families() for format in family]
    assert sorted(names) == sorted(FORMATS)


def test_every_module_with_a_place_in_the_order_is_there() -> None:
    modules = {each.name for each in iter_modules(dialects.__path__)}
    assert modules >= set(_FAMILIES.split())


@pytest.mark.parametrize("format", FORMATS.values(), ids=lambda format: format.name)
def test_a_format_agrees_with_itself(format: Format) -> None:
    keys = [key.key for key in format.keys]
    assert len(keys) == len(set(keys))
    assert format.containers
    assert format.homes
    assert not set(format.prompt) & set(keys) or Container.FRONT_MATTER in format.containers
    for key in format.keys:
        re.compile(key.pattern)
        assert key.name == key.name.lower()
        assert key.limit >= 0


@pytest.mark.parametrize("format", FORMATS.values(), ids=lambda format: format.name)
def test_paths_can_be_matched_without_a_regular_expression(format: Format) -> None:
    for pattern in format.paths:
        assert pattern.startswith("*")
        assert not set(pattern) & set("?[]\\")


# ---------------------------------------------------------------------------------------------- paths

PATHS = [
    (".claude/agents/reviewer.md", "claude-agent"),
    ("packages/web/.claude/agents/team/reviewer.md", "claude-agent"),
    ("./.claude/agents/reviewer.md", "claude-agent"),
    ("C:\\work\\.claude\\agents\\reviewer.md", "claude-agent"),
    (".claude/rules/python.md", "claude-rule"),
    (".claude/commands/git/commit.md", "claude-command"),
    (".claude/output-styles/terse.md", "claude-output-style"),
    (".claude/skills/pdf/SKILL.md", "agent-skill"),
    ("plugins/pdf/commands/fill.md", "claude-command"),
    (".github/agents/reviewer.agent.md", "copilot-agent"),
    (".github/agents/reviewer.md", "copilot-agent"),
    ("collected/reviewer.agent.md", "copilot-agent"),
    (".github/chatmodes/plan.chatmode.md", "copilot-chatmode"),
    ("collected/plan.chatmode.md", "copilot-chatmode"),
    (".github/instructions/python.instructions.md", "copilot-instr"),
    (".github/prompts/test.prompt.md", "copilot-prompt"),
    (".github/copilot-instructions.md", "copilot-repo"),
    (".github/workflows/triage.md", "gh-aw"),
    (".cursor/agents/reviewer.md", "cursor-agent"),
    (".cursor/rules/web/react.mdc", "cursor-rule"),
    (".cursor/commands/test.md", "cursor-command"),
    (".cursorrules", "cursorrules"),
    (".codex/agents/reviewer.toml", "codex-agent"),
    (".codex/config.toml", "codex-config-roles"),
    (".codex/prompts/test.md", "codex-prompt"),
    (".opencode/agent/reviewer.md", "opencode-agent"),
    (".opencode/agents/reviewer.md", "opencode-agent"),
    (".config/opencode/agents/reviewer.md", "opencode-agent"),
    (".opencode/commands/test.md", "opencode-command"),
    (".opencode/memories/style.md", "opencode-memory"),
    ("opencode.json", "opencode-json"),
    ("opencode.jsonc", "opencode-json"),
    (".kilo/agents/reviewer.md", "kilo-agent"),
    (".kilo/commands/test.md", "kilo-command"),
    (".kilo/rules/style.md", "kilo-rule"),
    ("kilo.json", "kilo-agent"),
    (".gemini/agents/reviewer.md", "gemini-agent"),
    (".gemini/commands/git/commit.toml", "gemini-command"),
    (".gemini/config/agents/reviewer.md", "antigravity-agent"),
    ("GEMINI.md", "gemini-md"),
    (".qwen/agents/reviewer.md", "qwen-agent"),
    (".qwen/fork-profiles/quiet.md", "qwen-fork-profile"),
    (".qwen/commands/test.md", "qwen-command"),
    (".qwen/QWEN.local.md", "qwen-md"),
    (".roomodes", "roo-modes"),
    ("settings/custom_modes.yaml", "roo-modes"),
    (".kilocodemodes", "kilo-modes"),
    (".roo/rules/style.md", "roo-rules"),
    (".roo/rules-code/style.txt", "roo-rules"),
    (".roorules-code", "roo-rules"),
    (".roo/commands/test.md", "roo-command"),
    (".cline/agents/reviewer.yaml", "cline-agent"),
    (".clinerules", "cline-rule"),
    (".clinerules/style.md", "cline-rule"),
    (".clinerules/workflows/release.md", "cline-workflow"),
    (".factory/droids/reviewer.md", "factory-droid"),
    (".factory/commands/test.md", "factory-command"),
    (".kiro/agents/team/planner.md", "kiro-agent"),
    (".kiro/agents/planner.json", "kiro-agent"),
    (".kiro/steering/product.md", "kiro-steering"),
    (".kiro/prompts/test.md", "kiro-prompt"),
    (".amazonq/cli-agents/reviewer.json", "amazonq-agent"),
    (".goose/agents/reviewer.md", "goose-agent"),
    (".goosehints", "goosehints"),
    (".junie/agents/reviewer.md", "junie-agent"),
    (".junie/guidelines.md", "junie-guidelines"),
    (".junie/commands/test.md", "junie-command"),
    (".augment/agents/reviewer.md", "augment-agent"),
    (".augment/rules/style.md", "augment-rule"),
    (".augment-guidelines", "augment-rule"),
    (".augment/commands/test.md", "augment-command"),
    (".agents/agents/reviewer.md", "antigravity-agent"),
    (".agents/agents/reviewer/agent.md", "antigravity-agent"),
    (".agents/rules/style.md", "antigravity-rule"),
    (".agents/workflows/release.md", "antigravity-workflow"),
    (".agents/skills/pdf/SKILL.md", "agent-skill"),
    (".agents/reviewer.ts", "codebuff-agent"),
    (".devin/agents/reviewer/AGENT.md", "devin-agent"),
    (".devin/rules/style.md", "windsurf-rule"),
    (".windsurf/rules/style.md", "windsurf-rule"),
    (".windsurfrules", "windsurf-rule"),
    (".windsurf/workflows/release.md", "windsurf-workflow"),
    (".kimi-code/agents/reviewer.md", "kimi-agent"),
    (".grok/agents/reviewer.md", "grok-agent"),
    (".grok/commands/test.md", "grok-command"),
    (".vibe/agents/reviewer.toml", "vibe-agent"),
    (".rovodev/subagents/reviewer.md", "rovodev-agent"),
    (".rovodev/prompts/test.md", "rovodev-prompt"),
    (".rovodev/prompts.yml", "rovodev-prompt-list"),
    (".pi/agents/reviewer.md", "pi-agent"),
    (".pi/agent/agents/reviewer.md", "pi-agent"),
    ("chains/release.chain.md", "pi-chain"),
    (".pi/prompts/test.md", "pi-prompt"),
    (".deepagents/agents/reviewer/AGENTS.md", "deepagents-agent"),
    (".reasonix/skills/reviewer/SKILL.md", "agent-skill"),
    (".reasonix/commands/test.md", "reasonix-command"),
    ("REASONIX.md", "reasonix-md"),
    (".takt/facets/personas/coder.md", "takt-persona"),
    ("memory.af", "letta-af"),
    ("src/crew/config/agents.yaml", "crewai-agents"),
    ("root_agent.yaml", "adk-agent"),
    ("agent.hcl", "docker-agent-hcl"),
    (".openhands/microagents/git.md", "openhands-skill"),
    ("SOUL.md", "openclaw-soul"),
    (".rulesync/subagents/reviewer.md", "rulesync-agent"),
    (".rulesync/rules/overview.md", "rulesync-rule"),
    (".rulesync/commands/test.md", "rulesync-command"),
    (".kilocode/rules/style.md", "kilo-rule"),
    (".kilocode/workflows/release.md", "kilo-command"),
    (".continue/agents/stale-comments.md", "continue-agent"),
    (".continue/checks/security.md", "continue-agent"),
    (".continue/rules/style.md", "continue-rule"),
    (".continue/prompts/test.md", "continue-prompt"),
    ("AGENTS.md", "agents-md"),
    ("web/AGENTS.override.md", "agents-md"),
    ("CLAUDE.md", "claude-md"),
    (".claude/CLAUDE.md", "claude-md"),
    ("replit.md", "replit-md"),
    (".rules", "zed-rules"),
    (".aws/amazonq/cli-agents/reviewer.json", "amazonq-agent"),
    (".config/devin/agents/reviewer/AGENT.md", "devin-agent"),
    (".config/goose/agents/reviewer.md", "goose-agent"),
    (".config/kilo/agents/reviewer.md", "kilo-agent"),
    (".config/kilo/commands/test.md", "kilo-command"),
    (".config/opencode/agent/reviewer.md", "opencode-agent"),
    (".config/opencode/commands/test.md", "opencode-command"),
    (".copilot/agents/reviewer.md", "copilot-agent"),
    (".copilot/instructions/style.md", "copilot-instr"),
    (".opencode/command/test.md", "opencode-command"),
    (".pi/agent/prompts/test.md", "pi-prompt"),
    (".qwen/commands/test.toml", "qwen-command"),
    (".cline/agents/reviewer.yml", "cline-agent"),
    ("Documents/Cline/Agents/reviewer.yaml", "cline-agent"),
    ("Documents/Cline/Agents/reviewer.yml", "cline-agent"),
    ("AGENTS.local.md", "agents-md"),
    ("CLAUDE.local.md", "claude-md"),
    ("QWEN.md", "qwen-md"),
    ("IDENTITY.md", "openclaw-soul"),
    ("kilo.jsonc", "kilo-agent"),
    ("custom_modes.json", "roo-modes"),
    (".roorules", "roo-rules"),
    ("chains/release.chain.json", "pi-chain"),
]
NOWHERE = [
    "reviewer.md",
    "agents/reviewer.md",
    "agent.yaml",  # several products, and much that is no agent
    "agents.yaml",
    "recipe.yaml",
    "config.toml",
    ".vibe/config.toml",
    "package.json",
    "docs/agents.md",
    "README.md",
    "xAGENTS.md",
    ".github/ISSUE_TEMPLATE/bug.md",
    ".github/workflows/triage.lock.yml",
    ".agents/tools/run.py",
    "my.cursorrules",
]


@pytest.mark.parametrize(("path", "name"), PATHS)
def test_the_first_format_at_a_path(path: str, name: str) -> None:
    assert next(each.name for each in FORMATS.values() if each.lives_at(path)) == name


@pytest.mark.parametrize("path", NOWHERE)
def test_paths_that_tell_nothing(path: str) -> None:
    assert [each.name for each in FORMATS.values() if each.lives_at(path)] == []


def test_every_path_is_tried() -> None:
    """A pattern that no example needs may be misspelled."""
    tried = ["/" + path.replace("\\", "/").removeprefix("./") for path, _ in PATHS]
    homes = {pattern for format in KNOWN.values() for pattern in format.paths}
    untried = {pattern for pattern in homes if not any(fnmatchcase(path, pattern) for path in tried)}
    assert untried == set()


# ---------------------------------------------------------------------------------------------- content

FRONT, TOML, JSON, YAML = Container.FRONT_MATTER, Container.TOML, Container.JSON, Container.YAML
PLAIN: Keys = {"name": "reviewer", "description": "Reviews code"}
RULE: Keys = {"description": "How to write"}


def claimer(keys: Keys, container: Container) -> str:
    return next((each.name for each in FORMATS.values() if container in each.containers and each.claims(keys)), "")


CLAIMS: list[tuple[Container, Keys, str]] = [
    (FRONT, PLAIN, ""),
    (FRONT, {**PLAIN, "color": "blue"}, ""),
    (FRONT, {**PLAIN, "model": "inherit"}, ""),
    (FRONT, {**PLAIN, "tools": ("Read", "Grep")}, ""),  # Copilot takes these names too
    (FRONT, {**PLAIN, "tools": ("something",)}, ""),
    (FRONT, {**PLAIN, "version": "1.0", "tags": ("a", "b"), "category": "quality"}, ""),
    (FRONT, RULE, ""),
    (FRONT, {"title": "Reviewing", "sidebar": {"order": "2"}}, ""),
    (FRONT, {**PLAIN, "model": "opus"}, "claude-agent"),
    (FRONT, {**PLAIN, "tools": "Read, Grep"}, "claude-agent"),
    (FRONT, {**PLAIN, "tools": "search, codebase"}, "claude-agent"),
    (FRONT, {**PLAIN, "tools": "read, bash"}, "claude-agent"),
    (FRONT, {**PLAIN, "tools": ("Read",), "permissionMode": "plan"}, "claude-agent"),
    (FRONT, {**PLAIN, "omitClaudeMd": "true"}, "claude-agent"),
    (FRONT, {"paths": ("src/**",)}, "claude-rule"),
    (FRONT, {"keep-coding-instructions": "true", **PLAIN}, "claude-output-style"),
    (FRONT, {"description": "Commits", "allowed-tools": "Bash(git:*)"}, "claude-command"),
    (FRONT, {"description": "Commits", "argument-hint": "[message]"}, "claude-command"),
    (FRONT, {"description": "Commits", "argument-hint": ("message",)}, "claude-command"),
    (FRONT, {"description": "Commits", "model": "haiku"}, ""),
    (FRONT, {**PLAIN, "allowed-tools": "Bash Read"}, "agent-skill"),
    (FRONT, {**PLAIN, "license": "MIT"}, "agent-skill"),
    (FRONT, {**PLAIN, "license": "MIT", "model": "opus"}, "agent-skill"),
    (FRONT, {**PLAIN, "license": "MIT", "tools": ("search",)}, "copilot-agent"),
    (FRONT, {**PLAIN, "license": "MIT", "tools": "Read"}, "claude-agent"),
    (FRONT, {**PLAIN, "runAs": "subagent", "license": "MIT"}, "reasonix-agent"),
    (FRONT, {"description": "Reviews", "tools": ("search", "codebase")}, "copilot-agent"),
    (FRONT, {**PLAIN, "tools": ("search", "edit/editFiles")}, "copilot-agent"),
    (FRONT, {**PLAIN, "handoffs": ({"label": "Go", "agent": "coder"},)}, "copilot-agent"),
    (FRONT, {**PLAIN, "target": "vscode"}, "copilot-agent"),
    (FRONT, {**PLAIN, "mcp-servers": {"docs": {"type": "local"}}}, "copilot-agent"),
    (FRONT, {**PLAIN, "mcp-servers": ("docs",)}, ""),
    (FRONT, {**PLAIN, "user-invocable": "false", "disable-model-invocation": "true"}, ""),  # skills have both
    (FRONT, {**PLAIN, "user-invocable": "false", "tools": ("read",)}, "copilot-agent"),
    (FRONT, {"description": "Tests", "agent": "agent", "tools": ("search",)}, "copilot-prompt"),
    (FRONT, {"description": "Tests", "agent": "tester", "argument-hint": "what"}, "copilot-prompt"),
    (FRONT, {"description": "Tests", "mode": "ask"}, "copilot-prompt"),
    (FRONT, {"description": "Tests", "agent": "tester", "context": "fork", "argument-hint": "x"}, "claude-command"),
    (FRONT, {"applyTo": "**/*.py"}, "copilot-instr"),
    (FRONT, {"on": {"issues": None}, "engine": "copilot"}, "gh-aw"),
    (FRONT, {"on": "push"}, ""),
    (FRONT, {**PLAIN, "readonly": "true"}, "cursor-agent"),
    (FRONT, {**PLAIN, "is_background": "true", "model": "inherit"}, "cursor-agent"),
    (FRONT, {**RULE, "globs": None, "alwaysApply": "false"}, "cursor-rule"),
    (FRONT, {"globs": "**/*.ts"}, "cursor-rule"),
    (FRONT, {"name": "Style", "globs": "**/*.ts", "alwaysApply": "false"}, "continue-rule"),
    (FRONT, {"regex": "^import", "globs": "**/*.ts"}, "continue-rule"),
    (FRONT, {"invokable": "true", **PLAIN}, "continue-prompt"),
    (FRONT, {"trigger": "glob", "globs": "**/*.ts"}, "windsurf-rule"),
    (FRONT, {"trigger": "always_on"}, "windsurf-rule"),
    (FRONT, {"trigger": "nightly", **PLAIN}, ""),
    (FRONT, {"description": "Releases", "turbo": "true"}, "antigravity-workflow"),
    (FRONT, {"inclusion": "fileMatch", "fileMatchPattern": "*.ts"}, "kiro-steering"),
    (FRONT, {"inclusion": "sometimes"}, ""),
    (FRONT, {"type": "agent_requested", **RULE}, "augment-rule"),
    (FRONT, {"type": "knowledge", **PLAIN}, ""),
    (FRONT, {"triggers": ("git", "commit"), "name": "git"}, "openhands-skill"),
    (FRONT, {"triggers": ("user",), **PLAIN}, ""),
    (FRONT, {**RULE, "mode": "subagent"}, "opencode-agent"),
    (FRONT, {**RULE, "mode": "primary", "reasoningEffort": "high"}, "opencode-agent"),
    (FRONT, {**RULE, "tools": {"bash": "false", "mymcp_*": "false"}}, "opencode-agent"),
    (FRONT, {**RULE, "permission": {"edit": "deny"}}, "opencode-agent"),
    (FRONT, {**RULE, "mode": "all", "displayName": "Reviewer"}, "kilo-agent"),
    (FRONT, {**RULE, "permissions": ({"action": "edit", "resource": "*", "effect": "deny"},)}, "opencode-v2"),
    (FRONT, {**RULE, "subtask": "true"}, "opencode-command"),
    (FRONT, {**PLAIN, "kind": "local"}, "gemini-agent"),
    (FRONT, {**PLAIN, "tools": ("read_file", "run_shell_command")}, "gemini-agent"),
    (FRONT, {**PLAIN, "timeout_mins": "5"}, "gemini-agent"),
    (FRONT, {**PLAIN, "mcp_servers": {"docs": {"command": "x"}}}, "gemini-agent"),
    (FRONT, {**PLAIN, "mcp_servers": ("docs",)}, ""),
    (FRONT, {**PLAIN, "mcp_servers": ("docs",), "tools": "Read, Grep"}, "claude-agent"),
    (FRONT, {**PLAIN, "mcp_servers": {"docs": {}}, "tools": "Read, Grep"}, "claude-agent"),
    (FRONT, {**PLAIN, "mcp_servers": {"docs": {}}, "timeout_mins": "5", "tools": ("Read",)}, "gemini-agent"),
    (FRONT, {**PLAIN, "kind": "remote", "agent_card_url": "https://example.org"}, "gemini-remote-agent"),
    (FRONT, {"name": "reviewer", "agent_card_json": "{}"}, "gemini-remote-agent"),
    (FRONT, {**PLAIN, "approvalMode": "yolo"}, "qwen-agent"),
    (FRONT, {**PLAIN, "tools": ("run_shell_command",), "maxTurns": "5"}, "qwen-agent"),
    (FRONT, {**PLAIN, "modelConfig": {"model": "x"}}, "qwen-agent"),
    (FRONT, {"name": "quiet", "tools": (), "promptHint": "Be quiet"}, "qwen-fork-profile"),
    (FRONT, {**PLAIN, "mainAgent": "false"}, "antigravity-agent"),
    (FRONT, {**PLAIN, "tools": ("view_file",)}, "antigravity-agent"),
    (FRONT, {**PLAIN, "modelId": "x"}, "cline-agent"),
    (FRONT, {**PLAIN, "tools": "read_file, write_to_file"}, "cline-agent"),
    (FRONT, {**PLAIN, "reasoningEffort": "high", "tools": "read-only"}, "factory-droid"),
    (FRONT, {**PLAIN, "tools": ("Read", "Execute")}, "factory-droid"),
    (FRONT, {**PLAIN, "tools": ("read", "write", "shell")}, "kiro-agent"),
    (FRONT, {**PLAIN, "tools": ("read", "@docs/find")}, "kiro-agent"),
    (FRONT, {**PLAIN, "reasoningLevel": "low"}, "junie-agent"),
    (FRONT, {**PLAIN, "disabled_tools": ("save-file",)}, "augment-agent"),
    (FRONT, {**PLAIN, "tools": "read, grep, find, ls"}, "pi-agent"),
    (FRONT, {**PLAIN, "systemPromptMode": "append"}, "pi-agent"),
    (FRONT, {**PLAIN, "whenToUse": "after edits"}, "kimi-agent"),
    (FRONT, {**PLAIN, "prompt_mode": "x"}, "grok-agent"),
    (FRONT, {**PLAIN, "max-nesting": "1", "allowed-tools": ("Read",)}, "devin-agent"),
    (FRONT, {**PLAIN, "targets": ("*",), "claudecode": {"model": "opus"}}, "rulesync-agent"),
    (FRONT, {**PLAIN, "targets": ("*",)}, ""),
    (FRONT, {"root": "false", "targets": ("*",), "globs": ("**/*",)}, "rulesync-rule"),
    (FRONT, {"root": "false", "description": "x"}, ""),
    (FRONT, {**PLAIN, "tools": ("search/other", "edit/newThing")}, "copilot-agent"),
    (TOML, {**PLAIN, "developer_instructions": "Review."}, "codex-agent"),
    (TOML, {"agents": {"reviewer": {"config_file": "r.toml"}}}, "codex-config-roles"),
    (TOML, {"agents": {"max_threads": "6", "reviewer": {"config_file": "r.toml"}}}, "codex-config-roles"),
    (TOML, {"agent_type": "subagent", "display_name": "Reviewer"}, "vibe-agent"),
    (TOML, {"enabled_skills": ("a",), "system_prompt_id": "x"}, ""),  # the settings of Vibe
    (TOML, {"agent_type": "landlord"}, ""),
    (TOML, {"description": "Commits", "prompt": "Commit."}, "gemini-command"),
    (TOML, {"prompt": "Commit.", "model": "x"}, ""),
    (TOML, {"project": PLAIN}, ""),
    (JSON, {"agent": {"reviewer": {"mode": "subagent"}}}, "opencode-json"),
    (JSON, {"$schema": "https://opencode.ai/config.json", "agent": {"reviewer": {"model": "x"}}}, "opencode-json"),
    (JSON, {"$schema": "https://app.kilo.ai/config.json", "agent": {"reviewer": {"model": "x"}}}, "kilo-agent"),
    (JSON, {"agents": {"reviewer": {"system": "Review."}}}, "opencode-v2"),
    (JSON, {"reviewer": {"description": "Reviews", "prompt": "Review."}}, "claude-agents-json"),
    (JSON, {"customModes": ()}, "roo-modes"),
    (JSON, {**PLAIN, "prompt": "Review.", "toolsSettings": {}}, "kiro-agent"),
    (JSON, {**PLAIN, "tools": ("read",), "allowedTools": ("read",)}, "kiro-agent"),
    (JSON, {**PLAIN, "tools": ("fs_read",), "useLegacyMcpJson": "true"}, "amazonq-agent"),
    (JSON, {"agents": ({"name": "a", "system": "x"},), "blocks": (), "tools": ()}, "letta-af"),
    (JSON, {"title": "Review", "description": "x", "instructions": "x"}, "goose-recipe"),
    (JSON, {"title": "Servers", "description": "List", "instructions": "Help", "buttons": {"ok": "OK"}}, ""),
    (
        JSON,
        {"title": "Recipe", "description": "x", "instructions": "x", "settings": "Settings", "version": "Version"},
        "",
    ),
    (JSON, {"title": "Recipe", "instructions": "Stir."}, ""),
    (JSON, {"recipe": {"title": "Recipe", "instructions": "Steps", "ingredients": "Ingredients"}}, ""),
    (JSON, {"name": "a", "tools": ({"name": "find"},), "resources": (), "prompts": ()}, ""),  # what a server offers
    (JSON, {"name": "a", "resources": (), "prompt": {"title": "x"}}, ""),
    (JSON, {"openapi": "3.1.0", "info": {"title": "x"}, "paths": {}, "components": {}, "tags": ()}, ""),
    (JSON, {"$schema": "x", "title": "x", "description": "x", "type": "object", "properties": {"prompt": {}}}, ""),
    (JSON, {"menu": {"description": "x", "title": "x"}, "dialog": {"prompt": "x"}}, ""),
    (JSON, {"name": "left-pad", "version": "1.0.0", "description": "x", "scripts": {"test": "x"}}, ""),
    (JSON, {"agents": ({"name": "a"},)}, ""),
    (JSON, {"command": {"a": {"template": "x"}}}, "opencode-command"),
    (JSON, {"$schema": "https://app.kilo.ai/config.json", "command": {"a": {"template": "x"}}}, "kilo-command"),
    (JSON, {"command": {"a": {"template": "x"}}, "agent": {"b": {"prompt": "x"}}}, "opencode-json"),
    (JSON, {"command": {"a": {"run": "x"}}}, ""),
    (JSON, {}, ""),
    (YAML, {"customModes": ({"slug": "code"},)}, "roo-modes"),
    (YAML, {"slug": "code", "name": "Code", "roleDefinition": "You code."}, "roo-modes"),
    (YAML, {"editor": {"role": "Editor", "goal": "x", "backstory": "x"}}, "crewai-agents"),
    (YAML, {"editor": {"role": "Editor", "goal": "x"}}, ""),
    (YAML, {"version": "2", "agents": {"root": {"model": "x", "instruction": "x"}}}, "docker-agent"),
    (YAML, {"agent_class": "LoopAgent", "name": "root"}, "adk-agent"),
    (YAML, {"name": "root", "model": "x", "instruction": "x"}, "adk-agent"),
    (YAML, {"recipe": {"title": "Review", "description": "x", "prompt": "x"}, "name": "x"}, "goose-recipe"),
    (YAML, {"version": "1.0.0", "title": "Review", "description": "x", "prompt": "x", "about": "x"}, "goose-recipe"),
    (YAML, {"title": "Review", "description": "x", "instructions": "x", "extensions": ()}, "goose-recipe"),
    (YAML, {"agent_class": "Estate", "name": "root"}, ""),
    (YAML, {"name": "sort", "description": "x", "instruction": "Sort them."}, ""),
    (YAML, {"name": "root", "instruction": "x", "sub_agents": ({"config_path": "a.yaml"},)}, "adk-agent"),
    (YAML, {"agents": ({"name": "a", "instruction": "x"},)}, ""),
    (YAML, {"version": "3", "services": {"agent": {"image": "x", "command": "run"}}, "volumes": {"data": None}}, ""),
    (YAML, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": ()}}, ""),
    (
        YAML,
        {"name": "CI", "on": {"push": None}, "jobs": {"test": {"steps": ()}}, "permissions": {"contents": "read"}},
        "",
    ),
    (YAML, {"openapi": "3.1.0", "info": {"title": "x", "description": "x"}, "paths": {}}, ""),
    (YAML, {"name": "x", "description": "x", "inputs": {"prompt": {"description": "x"}}, "runs": {"using": "x"}}, ""),
    (YAML, {"version": "1", "agent": {"system_prompt_path": "./system.md"}}, "kimi-cli-yaml"),
    (YAML, {"prompts": ({"name": "a", "content_file": "a.md"},)}, "rovodev-prompt-list"),
    (YAML, {"prompts": ({"name": "a"},)}, ""),
    (YAML, {"on": "push", "jobs": {"test": {"steps": ()}}}, ""),
    (YAML, {"services": {"web": {"image": "x"}}}, ""),
    (YAML, {"title": "A page", "layout": "post"}, ""),
]


@pytest.mark.parametrize(("container", "keys", "name"), CLAIMS)
def test_who_claims_the_keys(container: Container, keys: Keys, name: str) -> None:
    assert claimer(keys, container) == name


NEIGHBOURS: list[tuple[str, Container, Keys, str]] = [
    (".opencode/agents/a.md", FRONT, RULE, "opencode-agent"),
    (".opencode/agents/a.md", FRONT, {"permissions": ({"action": "edit", "effect": "deny"},)}, "opencode-v2"),
    ("opencode.json", JSON, {"agents": {"a": {"system": "x"}}}, "opencode-v2"),
    ("opencode.json", JSON, {"agent": {"a": {"prompt": "x"}}}, "opencode-json"),
    ("opencode.json", JSON, {"command": {"a": {"template": "x"}}}, "opencode-command"),
    ("opencode.json", JSON, {"command": {"a": {"template": "x"}}, "agent": {"b": {}}}, "opencode-json"),
    ("kilo.json", JSON, {"command": {"a": {"template": "x"}}}, "kilo-command"),
    ("kilo.json", JSON, {"agent": {"a": {"prompt": "x"}}}, "kilo-agent"),
    (".gemini/agents/a.md", FRONT, {**PLAIN, "kind": "remote"}, "gemini-remote-agent"),
    (".agents/agents/a.md", FRONT, {**PLAIN, "mainAgent": "true"}, "antigravity-agent"),
    (".agents/agents/a.md", FRONT, {**PLAIN, "whenToUse": "x"}, "kimi-agent"),
    (".agents/agents/a.md", FRONT, {**PLAIN, "model": "x"}, "antigravity-agent"),
    (".reasonix/skills/a/SKILL.md", FRONT, {**PLAIN, "runAs": "subagent"}, "reasonix-agent"),
    (".reasonix/skills/a/SKILL.md", FRONT, {**PLAIN, "license": "MIT"}, "agent-skill"),
]


@pytest.mark.parametrize(("path", "container", "keys", "name"), NEIGHBOURS)
def test_formats_at_the_same_place(path: str, container: Container, keys: Keys, name: str) -> None:
    there = [each for each in FORMATS.values() if each.lives_at(path) and container in each.containers]
    sharing = [each for each in there if not set(there[0].paths).isdisjoint(each.paths)]
    assert next((each for each in sharing if each.claims(keys)), there[0]).name == name


WORDS = st.sampled_from(
    [*sorted({key.key for format in FORMATS.values() for key in format.keys}), "prompt", "system", "agents", "$schema"]
)
VALUES = st.recursive(
    st.none() | st.sampled_from(["", "true", "Read, Grep", "subagent", "local", "x"]),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(WORDS, VALUES, max_size=4))
def test_claims_answer_whatever_stands_behind_the_keys(keys: Keys) -> None:
    for format in FORMATS.values():
        assert format.claims(keys) in (True, False)


# ---------------------------------------------------------------------------------------------- facts

REQUIRED = {
    "claude-agent": "name description",
    "copilot-agent": "description",
    "copilot-chatmode": "description",
    "cursor-agent": "",
    "codex-agent": "name description",
    "opencode-agent": "description",
    "opencode-json": "description",
    "gemini-agent": "name description",
    "qwen-agent": "name description",
    "qwen-fork-profile": "tools",
    "roo-modes": "name display-name",
    "cline-agent": "name description",
    "factory-droid": "name",
    "kiro-agent": "",
    "goose-agent": "name",
    "goose-recipe": "display-name description",
    "continue-agent": "display-name",
    "rulesync-rule": "",
    "junie-agent": "description",
    "augment-agent": "name",
    "antigravity-agent": "name description",
    "devin-agent": "name",
    "kimi-agent": "description",
    "grok-agent": "name description",
    "vibe-agent": "mode",
    "rovodev-agent": "name",
    "crewai-agents": "display-name description",
    "docker-agent": "model",
    "gh-aw": "on",
    "agent-skill": "name description",
    "claude-command": "",
    "cursor-rule": "",
}


@pytest.mark.parametrize(("name", "fields"), REQUIRED.items())
def test_required_fields(name: str, fields: str) -> None:
    assert " ".join(FORMATS[name].required) == fields


FIELDS = [
    ("roo-modes", "name", "slug"),
    ("roo-modes", "display-name", "name"),
    ("roo-modes", "description", "whenToUse"),
    ("roo-modes", "summary", "description"),
    ("roo-modes", "tools", "groups"),
    ("copilot-agent", "display-name", "name"),
    ("copilot-agent", "user-invocable", "user-invocable"),
    ("copilot-instr", "globs", "applyTo"),
    ("claude-rule", "globs", "paths"),
    ("kiro-steering", "globs", "fileMatchPattern"),
    ("opencode-agent", "max-turns", "steps"),
    ("opencode-agent", "disabled", "disable"),
    ("opencode-v2", "disabled", "disabled"),
    ("gemini-agent", "max-turns", "max_turns"),
    ("gemini-agent", "mcp-servers", "mcp_servers"),
    ("qwen-agent", "permission-mode", "approvalMode"),
    ("qwen-agent", "model", "model"),
    ("qwen-agent", "temperature", "modelConfig.temperature"),
    ("codex-agent", "effort", "model_reasoning_effort"),
    ("codex-agent", "skills", "skills.config"),
    ("goose-recipe", "model", "settings.goose_model"),
    ("goose-recipe", "initial-prompt", "prompt"),
    ("crewai-agents", "model", "llm"),
    ("docker-agent", "agents", "sub_agents"),
    ("cline-agent", "model", "modelId"),
    ("cursor-agent", "background", "is_background"),
    ("cursor-rule", "activation", "alwaysApply"),
    ("devin-agent", "tools", "allowed-tools"),
    ("agent-skill", "tools", "allowed-tools"),
    ("vibe-agent", "disallowed-tools", "disabled_tools"),
    ("kimi-agent", "when-to-use", "whenToUse"),
    ("agent-skill", "when-to-use", "when_to_use"),
    ("agent-skill", "disable-model-invocation", "disable-model-invocation"),
    ("claude-command", "display-name", "name"),
    ("copilot-agent", "disable-model-invocation", "disable-model-invocation"),
    ("gh-aw", "github-permissions", "permissions"),
    ("opencode-agent", "effort", "reasoningEffort"),
    ("factory-droid", "effort", "reasoningEffort"),
    ("junie-agent", "effort", "reasoningLevel"),
    ("pi-agent", "effort", "thinking"),
    ("pi-agent", "background", "async"),
    ("pi-agent", "disabled", "enabled"),
    ("pi-agent", "disallowed-tools", "disallowed_tools"),
    ("pi-agent", "display-name", "display_name"),
    ("pi-agent", "max-turns", "max_turns"),
    ("grok-agent", "tools", "tools"),
    ("kimi-cli-yaml", "allowed-tools", "allowed_tools"),
    ("kimi-cli-yaml", "when-to-use", "when_to_use"),
    ("docker-agent", "max-turns", "max_iterations"),
    ("crewai-agents", "max-turns", "max_iter"),
    ("augment-agent", "disallowed-tools", "disabled_tools"),
    ("kiro-agent", "disallowed-tools", "excludedTools"),
    ("roo-modes", "mcp-servers", "allowedMcpServers"),
    ("kilo-agent", "display-name", "displayName"),
    ("vibe-agent", "display-name", "display_name"),
    ("gemini-agent", "display-name", "display_name"),
    ("antigravity-agent", "user-invocable", "mainAgent"),
    ("antigravity-agent", "disable-model-invocation", "subagent"),
    ("kimi-agent", "agents", "subagents"),
    ("rovodev-prompt-list", "prompt-file", "content_file"),
]


@pytest.mark.parametrize(("name", "field", "key"), FIELDS)
def test_the_key_of_a_field(name: str, field: str, key: str) -> None:
    assert FORMATS[name].key_of(field) == key


WORDS_OF = [
    ("claude-agent", "effort", "low medium high xhigh max"),
    ("claude-agent", "memory", "user project local"),
    ("claude-agent", "isolation", "worktree"),
    ("claude-agent", "color", "red blue green yellow purple orange pink cyan"),
    ("claude-agent", "permissionMode", "default manual acceptEdits auto dontAsk bypassPermissions plan"),
    ("claude-command", "context", "fork"),
    ("claude-command", "shell", "bash powershell"),
    ("copilot-agent", "target", "vscode github-copilot"),
    ("copilot-instr", "excludeAgent", "code-review cloud-agent coding-agent"),
    ("codex-agent", "model_reasoning_effort", "none minimal low medium high xhigh"),
    ("codex-agent", "sandbox_mode", "read-only workspace-write danger-full-access"),
    ("opencode-agent", "mode", "primary subagent all"),
    ("opencode-v2", "mode", "primary subagent all"),
    ("gemini-agent", "kind", "local"),
    ("gemini-remote-agent", "kind", "remote"),
    ("qwen-agent", "approvalMode", "default plan auto-edit yolo bubble"),
    ("qwen-agent", "color", "red blue green yellow purple orange pink cyan auto"),
    ("roo-modes", "source", "project global"),
    ("factory-droid", "reasoningEffort", "low medium high"),
    ("junie-agent", "reasoningLevel", "low medium high"),
    ("antigravity-agent", "commandExecutionPolicy", "off auto eager sandbox"),
    ("antigravity-agent", "model", "inherit flash pro"),
    ("pi-agent", "systemPromptMode", "replace append"),
    ("pi-agent", "defaultContext", "fresh fork"),
    ("vibe-agent", "agent_type", "agent subagent"),
    ("adk-agent", "agent_class", "LlmAgent SequentialAgent ParallelAgent LoopAgent"),
    ("reasonix-agent", "runAs", "subagent"),
]


@pytest.mark.parametrize(("name", "key", "words"), WORDS_OF)
def test_the_only_words_that_a_host_takes(name: str, key: str, words: str) -> None:
    assert " ".join(FORMATS[name].by_key[key].values or ()) == words


@pytest.mark.parametrize("key", ["model", "argument-hint", "name"])
def test_any_other_word_is_free(key: str) -> None:
    closed = {name for name, format in KNOWN.items() if key in format.by_key and format.by_key[key].values}
    assert closed == ({"antigravity-agent"} if key == "model" else set())


def test_one_flag_says_the_contrary_of_another() -> None:
    retired, today = (FORMATS["copilot-agent"].by_key[key] for key in ("infer", "disable-model-invocation"))
    assert retired.name == today.name
    assert [retired.meaning(word) for word in ("true", "false")] == ["false", "true"]


ACTIVATIONS = {
    "cursor-rule": {"true": "always"},
    "continue-rule": {"true": "always"},
    "windsurf-rule": {"always_on": "always", "glob": "glob", "manual": "manual", "model_decision": "model"},
    "antigravity-rule": {"always_on": "always", "glob": "glob", "manual": "manual", "model_decision": "model"},
    "kiro-steering": {"always": "always", "fileMatch": "glob", "manual": "manual", "auto": "model"},
    "augment-rule": {"always_apply": "always", "manual": "manual", "agent_requested": "model"},
}


@pytest.mark.parametrize(("name", "values"), ACTIVATIONS.items())
def test_when_a_rule_counts(name: str, values: dict[str, str]) -> None:
    assert FORMATS[name].by_field["activation"].values == values


def named(names: str) -> set[str]:
    return set(names.split())


def test_who_refuses_unknown_keys() -> None:
    refusing = {name for name, each in KNOWN.items() if each.unknown_keys is UnknownKeys.REJECTED}
    forwarding = {name for name, each in KNOWN.items() if each.unknown_keys is UnknownKeys.FORWARDED}
    assert refusing == named("codex-agent gemini-agent gemini-remote-agent")
    assert forwarding == named("opencode-agent opencode-json kilo-agent")


def test_whose_tool_names_are_all_known() -> None:
    whole = {name for name, each in KNOWN.items() if each.vocabulary and each.vocabulary_is_whole}
    assert whole == named(
        "claude-agent claude-agents-json claude-command gemini-agent"
        " qwen-agent qwen-fork-profile cline-agent kiro-agent amazonq-agent roo-modes kilo-modes"
    )


def test_who_refuses_unknown_tools() -> None:
    assert {name for name, each in KNOWN.items() if each.rejects_unknown_tools} == named("cline-agent gemini-agent")


def test_who_grants_nothing_to_an_agent_that_names_no_tools() -> None:
    assert {name for name, each in KNOWN.items() if each.absent_tools is Grant.NOTHING} == named(
        "roo-modes kilo-modes cline-agent antigravity-agent kiro-agent amazonq-agent docker-agent adk-agent letta-af"
    )


def test_who_leaves_it_to_others_what_an_agent_may_use_that_names_no_tools() -> None:
    assert {name for name, each in KNOWN.items() if each.absent_tools is Grant.ELSEWHERE} == named(
        "goose-recipe crewai-agents gh-aw kimi-cli-yaml rulesync-agent continue-agent"
    )


def test_who_refuses_an_agent_that_names_no_tools() -> None:
    assert {name for name, each in KNOWN.items() if each.absent_tools is Grant.INVALID} == {"qwen-fork-profile"}


def test_who_refuses_an_empty_list_of_tools() -> None:
    refusing = {name for name, each in KNOWN.items() if each.empty_tools is Grant.INVALID}
    assert refusing == named("claude-agent claude-agents-json")


def test_who_wants_the_fence_at_the_first_byte() -> None:
    strict = {name for name, each in KNOWN.items() if each.needs_exact_fence}
    assert strict >= named("claude-agent gemini-agent gemini-remote-agent")
    assert not strict & named("cursor-rule copilot-agent opencode-agent grok-agent qwen-agent")


BODIES = {
    Body.NEEDED: "cline-agent codex-agent claude-agents-json roo-modes kilo-modes gemini-command crewai-agents"
    " docker-agent goose-recipe adk-agent",
    Body.FORBIDDEN: "qwen-fork-profile",
    Body.IGNORED: "gemini-remote-agent",
    Body.ELSEWHERE: "codex-config-roles vibe-agent kimi-cli-yaml rovodev-prompt-list",
}


@pytest.mark.parametrize("body", BODIES)
def test_what_the_body_is(body: Body) -> None:
    assert {name for name, each in KNOWN.items() if each.body is body} == named(BODIES[body])


def test_what_may_stand_in_for_a_body() -> None:
    recipe, agent, mode = (FORMATS[name] for name in ("goose-recipe", "adk-agent", "roo-modes"))
    assert recipe.needs_body({}) and recipe.needs_body({"initial-prompt": None})
    assert not recipe.needs_body({"initial-prompt": "Begin."})
    assert agent.needs_body({"agent-class": "LlmAgent"}) and agent.needs_body({"agent-class": ("LoopAgent",)})
    assert not agent.needs_body({"agent-class": "LoopAgent"})
    assert mode.needs_body({"initial-prompt": "Begin."})
    assert not FORMATS["claude-agent"].needs_body({})


def test_which_keys_no_agent_from_elsewhere_gets() -> None:
    unwritten = {(name, key.key) for name, each in KNOWN.items() for key in each.keys if not key.is_written}
    assert unwritten == {("pi-agent", "disallowed_tools"), ("pi-agent", "exclude_extensions")}
    assert "disallowed-tools" not in FORMATS["pi-agent"].by_field


@pytest.mark.parametrize("format", FORMATS.values(), ids=lambda format: format.name)
def test_what_is_named_elsewhere_in_the_table_is_there(format: Format) -> None:
    fields = {key.name for key in format.keys}
    maps = format.tool_maps.fields if format.tool_maps else ()
    assert fields >= {*maps, *format.sections, *format.body_instead}
    assert FORMATS.keys() >= set(format.sections.values())


def test_products_are_one_name_in_a_sentence() -> None:
    assert [each.name for each in FORMATS.values() if "," in each.product] == []


def test_limits() -> None:
    limits = {(name, key.key): key.limit for name, each in KNOWN.items() for key in each.keys if key.limit}
    assert limits[("agent-skill", "description")] == 1024
    assert limits[("agent-skill", "compatibility")] == 500
    assert limits[("agent-skill", "name")] == 64
    assert limits[("qwen-fork-profile", "promptHint")] == 200
    assert not any(name == "claude-agent" for name, _ in limits)
    assert {name: each.body_limit for name, each in KNOWN.items() if each.body_limit} == {
        "copilot-agent": 30_000,
        "windsurf-rule": 12_000,
    }


def test_who_reads_values_as_yaml_does_not() -> None:
    assert {name for name, each in KNOWN.items() if not each.reads_blocks} == {"cursor-rule"}
    bare = {(name, key.key) for name, each in KNOWN.items() for key in each.keys if key.is_bare}
    assert bare == {("cursor-rule", "globs")}


def test_who_names_an_agent() -> None:
    assert FORMATS["claude-agent"].naming is Naming.FIELD
    assert FORMATS["copilot-agent"].naming is Naming.FILE
    assert FORMATS["opencode-agent"].naming is Naming.FILE
    assert {name for name, each in KNOWN.items() if each.naming is Naming.DIRECTORY} == named(
        "agent-skill reasonix-agent devin-agent deepagents-agent"
    )


PLACES = [
    ("roo-modes", ("customModes",), Holds.LIST, ("roleDefinition", "customInstructions")),
    ("opencode-json", ("agent",), Holds.MAP, ("prompt",)),
    ("opencode-v2", ("agents",), Holds.MAP, ("system",)),
    ("codex-agent", (), Holds.ONE, ("developer_instructions",)),
    ("crewai-agents", (), Holds.MAP, ("backstory",)),
    ("docker-agent", ("agents",), Holds.MAP, ("instruction",)),
    ("letta-af", ("agents",), Holds.LIST, ("system",)),
    ("goose-recipe", (), Holds.ONE, ("instructions",)),
    ("claude-agents-json", (), Holds.MAP, ("prompt",)),
]


@pytest.mark.parametrize(("name", "path", "holds", "prompt"), PLACES)
def test_where_agents_stand(name: str, path: tuple[str, ...], holds: Holds, prompt: tuple[str, ...]) -> None:
    format = FORMATS[name]
    assert (format.roots[0].path, format.roots[0].holds, format.prompt) == (path, holds, prompt)


PATTERNS = [
    ("claude-agent", "name", "reviewer", True),
    ("claude-agent", "name", "Code Reviewer", True),
    ("claude-agent", "name", "-reviewer", False),
    ("claude-agent", "name", "team:reviewer", False),
    ("gemini-agent", "name", "code_reviewer-2", True),
    ("gemini-agent", "name", "Reviewer", False),
    ("roo-modes", "slug", "Reviewer-2", True),
    ("roo-modes", "slug", "re_viewer", False),
    ("agent-skill", "name", "pdf-forms", True),
    ("agent-skill", "name", "pdf--forms", False),
    ("agent-skill", "name", "-pdf", False),
    ("agent-skill", "name", "PDF", False),
    ("opencode-agent", "color", "#1f6feb", True),
    ("opencode-v2", "color", "accent", True),
    ("kilo-agent", "color", "red", False),
]


@pytest.mark.parametrize(("name", "key", "value", "fits"), PATTERNS)
def test_what_a_value_has_to_match(name: str, key: str, value: str, fits: bool) -> None:
    assert bool(re.fullmatch(FORMATS[name].by_key[key].pattern, value)) is fits
