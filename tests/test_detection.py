"""Which container and which dialect a text is, by its path and by what stands in it."""

from __future__ import annotations

import json

import pytest

from agentdiff.errors import AgentDiffError, BadInput, UnreadableFile
from agentdiff.formats import parse_all
from agentdiff.formats.detection import container_of
from agentdiff.model import Container

FRONT, PLAIN, TOML, JSON, YAML, CODE = (
    Container.FRONT_MATTER, Container.MARKDOWN, Container.TOML, Container.JSON, Container.YAML, Container.CODE,
)  # fmt: skip

HEADER = "---\nname: reviewer\ndescription: Reviews code\n{}---\n\nYou review code.\n"
MODE = {"slug": "scribe", "name": "Scribe", "roleDefinition": "You write.", "groups": ["read"]}
MODES_YAML = "customModes:\n  - slug: scribe\n    name: Scribe\n    roleDefinition: You write.\n    groups: [read]\n"
LETTA = {"agents": [{"name": "a", "system": "Hi"}], "blocks": [], "tools": [{"name": "t", "source_code": "pass"}]}
CODEX = 'name = "a"\ndescription = "b"\ndeveloper_instructions = "Be kind."\n'

# ---------------------------------------------------------------------------------------------- containers

CONTAINERS = [
    ("a.md", HEADER.format(""), FRONT),
    ("a.md", "# Title\n", PLAIN),
    ("a", HEADER.format(""), FRONT),
    ("-", "You help.\n", PLAIN),
    ("a.yaml", "name: a\n", YAML),
    ("a.yml", "---\nname: a\n", YAML),
    ("a.yaml", "---\nname: a\n---\n", YAML),
    ("a.yaml", HEADER.format(""), FRONT),
    (".cline/agents/a.yaml", "---\nname: a\n---\n", FRONT),
    (".yaml", "name: a\n", YAML),
    ("a.toml", CODEX, TOML),
    ("a.json", "{}", JSON),
    ("a.jsonc", "// a comment\n{}", JSON),
    ("a.json", '\ufeff{"a": 1}', JSON),
    ("a.af", json.dumps(json.dumps(LETTA)), JSON),
    ("-", json.dumps(json.dumps(LETTA)), JSON),
    (".roomodes", json.dumps({"customModes": [MODE]}), JSON),
    (".roomodes", json.dumps({"customModes": [MODE]}, indent=2) + "\n", JSON),
    (".roomodes", MODES_YAML, YAML),
    (".roomodes", "{customModes: [{slug: a}]}", YAML),
    (".kilocodemodes", "# modes\n" + MODES_YAML, YAML),
    ("custom_modes.yaml", json.dumps({"customModes": [MODE]}), JSON),
    ("A.JSON", "{}", JSON),
    ("dir.json/a", "Text", PLAIN),
    ("-", CODEX, TOML),
    ("-", "# made by hand\n\n" + CODEX, TOML),
    ("-", '[agents.reviewer]\nconfig_file = "r.toml"\n', TOML),
    ("-", 'name = "a"\ndeveloper_instructions = """never closed\n', TOML),
    ("-", MODES_YAML, YAML),
    ("-", "---\n" + MODES_YAML, YAML),
    ("-", MODES_YAML + "  - slug: [broken\n", YAML),
    ("-", json.dumps({"customModes": [MODE]})[:-1] + ",}", JSON),
    ("a.ts", "export default {}\n", CODE),
    ("agent.hcl", 'agent "a" {}\n', CODE),
]


@pytest.mark.parametrize(("path", "text", "container"), CONTAINERS)
def test_the_container(path: str, text: str, container: Container) -> None:
    assert container_of(path, text) is container


PROSE = [
    "[link](https://example.org) is where to start.\n",
    "[link]\n\nText below it.\n",
    "[one][two] and [three]\n",
    "[ ] a task\n[x] another\n",
    "key = value\n\nThat is what you write.\n",
    'greeting = "hello"\n\nThat is what the file holds.\n',
    "limit = 30\n\nYou never go above it.\n",
    "Note: this is prose.\n",
    "Note: this\nSo: that\n",
    "Role: reviewer\nGoal: fewer mistakes\n",
    "name: reviewer\n",
    "{placeholder} is the name of the user.\n",
    "{{placeholder}}\n\nText.\n",
    '{"name"} is what you call it.\n',
    '"You are kind," they said.\n',
    "# comment\nname: x\n",
    "# comment\n\nkey = value\n",
    "Title\n=====\n\nText.\n",
    "Title: part\n---\n\nText.\n",
    "---\n\nText behind a rule.\n",
    "- a\n- b\n",
    "> quoted: text\n",
    "<role>\nYou help.\n</role>\n",
    "customModes are explained here: see below.\n",
    'Text.\n\n```json\n{"customModes": []}\n```\n',
    "",
    "\n\n",
    "\ufeffText.\n",
]


@pytest.mark.parametrize("text", PROSE)
@pytest.mark.parametrize("path", ["notes.md", "notes.txt", "notes", "-", "AGENTS.md", ".cursorrules", ".clinerules"])
def test_prose_is_never_data(path: str, text: str) -> None:
    assert container_of(path, text) is PLAIN


@pytest.mark.parametrize("text", [CODEX, MODES_YAML, json.dumps({"customModes": [MODE]}), json.dumps(LETTA)])
@pytest.mark.parametrize("path", ["a.md", ".claude/agents/a.md", "a.mdc", "AGENTS.md", ".goosehints"])
def test_hosts_read_such_files_as_markdown_whatever_they_hold(path: str, text: str) -> None:
    assert container_of(path, text) is PLAIN


# ---------------------------------------------------------------------------------------------- dialects

CONTENT = [
    (HEADER.format(""), "claude-agent"),
    (HEADER.format("tools: Read, Grep\n"), "claude-agent"),
    (HEADER.format("permissionMode: plan\n"), "claude-agent"),
    (HEADER.format("handoffs: []\n"), "copilot-agent"),
    (HEADER.format("tools: [search, codebase]\n"), "copilot-agent"),
    (HEADER.format("mode: subagent\n"), "opencode-agent"),
    (HEADER.format("readonly: true\n"), "cursor-agent"),
    (HEADER.format("max_turns: 3\n"), "gemini-agent"),
    (HEADER.format("kind: remote\nagent_card_url: https://example.org\n"), "gemini-remote-agent"),
    (HEADER.format("approvalMode: plan\n"), "qwen-agent"),
    (HEADER.format("commandExecutionPolicy: ask\n"), "antigravity-agent"),
    (HEADER.format("reasoningEffort: high\n"), "factory-droid"),
    (HEADER.format("allowPromptArgument: true\n"), "junie-agent"),
    (HEADER.format("disabled_tools: [view]\n"), "augment-agent"),
    (HEADER.format("modelId: x\n"), "cline-agent"),
    (HEADER.format("systemPromptMode: replace\n"), "pi-agent"),
    (HEADER.format("max-nesting: 2\n"), "devin-agent"),
    (HEADER.format("license: MIT\n"), "agent-skill"),
    (HEADER.format("runAs: subagent\n"), "reasonix-agent"),
    ("---\nname: a\nallowed-tools: Read\ndescription: b\n---\nx\n", "agent-skill"),
    ("---\ndescription: a\nalwaysApply: true\nglobs: x\n---\nx\n", "cursor-rule"),
    ("---\nname: a\nalwaysApply: true\nglobs: x\n---\nx\n", "continue-rule"),
    ("---\napplyTo: '**'\n---\nx\n", "copilot-instr"),
    ("---\ntrigger: always_on\n---\nx\n", "windsurf-rule"),
    ("---\ninclusion: always\n---\nx\n", "kiro-steering"),
    ("---\ntype: always_apply\n---\nx\n", "augment-rule"),
    ("---\npaths: [src/**]\n---\nx\n", "claude-rule"),
    ("---\non: push\nengine: claude\n---\nx\n", "gh-aw"),
    (CODEX, "codex-agent"),
    ('agent_type = "subagent"\nsystem_prompt_id = "x"\n', "vibe-agent"),
    ('description = "d"\nprompt = "p"\n', "gemini-command"),
    (MODES_YAML, "roo-modes"),
    (json.dumps({"customModes": [MODE]}), "roo-modes"),
    ('{"$schema": "https://opencode.ai/config.json", "agent": {"a": {"prompt": "p"}}}', "opencode-json"),
    ('{"$schema": "https://opencode.ai/config.json", "agents": {"a": {"system": "p"}}}', "opencode-v2"),
    ('{"name": "a", "prompt": "p", "toolsSettings": {}}', "kiro-agent"),
    ('{"name": "a", "prompt": "p", "useLegacyMcpJson": true, "tools": ["fs_read"]}', "amazonq-agent"),
    ('{"reviewer": {"description": "d", "prompt": "p"}}', "claude-agents-json"),
    (json.dumps(LETTA), "letta-af"),
    (json.dumps(json.dumps(LETTA)), "letta-af"),
    ("writer:\n  role: r\n  goal: g\n  backstory: b\n", "crewai-agents"),
    ("agents:\n  root:\n    model: x\n    instruction: Help.\n", "docker-agent"),
    ("name: a\nagent_class: LlmAgent\ninstruction: Help.\n", "adk-agent"),
    ("version: 1.0.0\ntitle: T\ndescription: d\ninstructions: Help.\nextensions: []\n", "goose-recipe"),
    ("You help.\n", "agents-md"),
    ("---\ntitle: a\nsidebar_position: 3\nlayout: docs\ndate: 2024-01-01\n---\nx\n", "agents-md"),
    ("---\n{}\n---\nx\n", "agents-md"),
    ("---\ntitle: a\nname: b\n---\nx\n", "claude-agent"),
    ("---\ntitle: a\ndescription: b\n---\nx\n", "agents-md"),
    ("---\ntitle: a\ndescription: b\nsidebar:\n  order: 4\n---\nx\n", "agents-md"),
    ("---\ntitle: a\ndescription: b\nmodel: opus\nname: a\n---\nx\n", "claude-agent"),
    ("---\ndescription: b\n---\nx\n", "claude-agent"),
    ("---\ncolor: red\n---\nx\n", "claude-agent"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), CONTENT)
def test_the_content_tells_where_there_is_no_path(text: str, name: str) -> None:
    assert parse_all(text, "-")[0].format == name


@pytest.mark.parametrize(("text", "name"), [row for row in CONTENT if not row[0].startswith(("---", "You"))])
def test_the_content_tells_behind_an_extension_too(text: str, name: str) -> None:
    for container in {container_of("-", text)}:
        assert parse_all(text, f"somewhere/a.{container.value.lower()}")[0].format == name


PATH_FIRST = [
    (".claude/agents/a.md", HEADER.format("mode: subagent\n"), "claude-agent"),
    (".opencode/agents/a.md", HEADER.format("permissionMode: plan\n"), "opencode-agent"),
    (".gemini/agents/a.md", HEADER.format("kind: remote\nagent_card_url: x\n"), "gemini-remote-agent"),
    (".kiro/agents/a.json", '{"name": "a", "prompt": "p", "useLegacyMcpJson": true}', "kiro-agent"),
    (".kilocodemodes", MODES_YAML, "kilo-modes"),
    (".kilocodemodes", json.dumps({"customModes": [MODE]}), "kilo-modes"),
    (".cline/agents/a.yaml", HEADER.format(""), "cline-agent"),
    ("x/agent.af", json.dumps(json.dumps(LETTA)), "letta-af"),
    ("AGENTS.md", "---\ntitle: House rules\n---\nx\n", "agents-md"),
    ("CLAUDE.md", "---\nalwaysApply: true\nglobs: x\n---\nx\n", "claude-md"),
    ("GEMINI.md", HEADER.format(""), "gemini-md"),
    (".kiro/prompts/x.md", "---\ndescription: a\nargument-hint: [b]\n---\nx\n", "kiro-prompt"),
    (".kilo/rules/x.md", "---\nglobs: x\n---\nx\n", "kilo-rule"),
    (".kilo/rules/x.md", "x\n", "kilo-rule"),
    (".cursorrules", "---\nalwaysApply: true\nglobs: x\n---\nx\n", "cursorrules"),
    (".deepagents/agents/a/AGENTS.md", HEADER.format(""), "deepagents-agent"),
    (".claude/agents/README.md", "# Agents\n", "agents-md"),
    (".github/workflows/README.md", "# Workflows\n", "agents-md"),
    (".claude/agents/README.md", HEADER.format(""), "claude-agent"),
    (".claude/agents/read.md", "# Agents\n", "claude-agent"),
    (".claude/commands/README.md", "# Commands\n", "claude-command"),
    (".claude/agents/a.md", "---\ntitle: a\n---\nx\n", "claude-agent"),
]


@pytest.mark.parametrize(("path", "text"), [row[:2] for row in PATH_FIRST if row[2] in ("agents-md", "kilo-rule")])
def test_fields_that_a_format_without_keys_does_not_know_are_kept(path: str, text: str) -> None:
    (agent,) = parse_all(text, path)
    assert ((FRONT if agent.fields else PLAIN), agent.diagnostics) == (agent.container, ())
    assert [field.key for field in agent.fields] == [key for key in ("title", "globs") if f"{key}: " in text]


@pytest.mark.parametrize(("path", "text", "name"), PATH_FIRST)
def test_the_path_counts_before_the_content(path: str, text: str, name: str) -> None:
    assert parse_all(text, path)[0].format == name


def test_a_name_overrules_both() -> None:
    text = json.dumps({"customModes": [MODE]})
    assert parse_all(text, ".claude/agents/a.md", format="roo-modes")[0].container is JSON
    assert parse_all(MODES_YAML, "a.md", format="kilo-modes")[0].format == "kilo-modes"
    assert parse_all(HEADER.format(""), ".claude/agents/a.md", format="gemini-agent")[0].format == "gemini-agent"
    with pytest.raises(UnreadableFile, match=r"is TOML, and claude-agent is Markdown.*--from"):
        parse_all(CODEX, "a.toml", format="claude-agent")
    with pytest.raises(BadInput, match="did you mean roo-modes"):
        parse_all(text, ".roomodes", format="roo-mode")


REFUSED = [
    (".agents/helper.ts", "export default {}\n", "Codebuff's codebuff-agent, which is program code"),
    (".agents/skills/x/scripts/run.ts", "export default {}\n", ".ts: is program code"),
    ("x.agents/helper.ts", "export default {}\n", ".ts: is program code"),
    ("sub/.agents/helper.ts", "export default {}\n", "Codebuff's codebuff-agent, which is program code"),
    ("sub/agent.hcl", 'agent "a" {}\n', "Docker Agent's docker-agent-hcl, which is program code"),
    ("helper.ts", "export default {}\n", "is program code"),
    ("agent.hcl", 'agent "a" {}\n', "Docker Agent's docker-agent-hcl, which is program code"),
    ("tools/helper.py", "print()\n", "is program code"),
    ("a.json", '{"a": 1,', "line 1: this is not JSON that can be read"),
    ("a.json", '{"x": {"y": 1}}', "no agent format in JSON that we know has such keys (x)"),
    ("a.toml", "a = \n", "line 1: this is not TOML that can be read"),
    ("a.yaml", "a: [\n", "this is not YAML that can be read"),
    ("a.yaml", "just a text\n", "this is not YAML that can be read"),
    (".roomodes", "customModes: []\n", "defines no agents: as roo-modes it would have them under `customModes`"),
    (".roomodes", "customModes:\n", "defines no agents: as roo-modes it would have them under `customModes`"),
    (".roomodes", '{"customModes": {}}', "defines no agents: as roo-modes it would have them under `customModes`"),
    ("opencode.json", '{"theme": "dark"}', "defines no agents: as opencode-json it would have them under `agent`"),
    ("opencode.json", '{"agent": {}}', "defines no agents: as opencode-json it would have them under `agent`"),
]


@pytest.mark.parametrize(("path", "text", "words"), REFUSED)
def test_what_is_no_agent_file_is_refused_in_one_sentence(path: str, text: str, words: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        parse_all(text, path)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert refusal.value.remedy


# ---------------------------------------------------------------------------------------------- cost

REPEATED = [
    "#", "[ ", " \n", "-", "{", "[", "(", "/*", "//\n", "/* */", "a = ", "a = 1\n", "[a]\n", "[[a]]\n", '"', "'", "\\n",
    "a:\n", "a: ", "---\n", "--- \n", " ", "\t", "\r", "\r\n", "# a\n", '{"', '["', "`", "*", "a", ":", "a.", ".a",
]  # fmt: skip


@pytest.mark.parametrize("unit", REPEATED)
@pytest.mark.parametrize("head", ["", "---\n", "customModes:\n", 'a = "', '{"a": "', "a = [", '"{'])
def test_finding_the_container_of_hostile_texts_ends(head: str, unit: str) -> None:
    """Nothing is timed here: with backtracking this would not end."""
    text = head + unit * (200_000 // len(unit))
    for path in ("-", "a.json", "a.yaml", ".roomodes"):
        assert container_of(path, text) is not CODE


@pytest.mark.parametrize("unit", REPEATED)
def test_reading_hostile_texts_ends(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    try:
        assert parse_all(text, "-")[0].source == text
    except AgentDiffError as refusal:
        assert "\n" not in str(refusal)
