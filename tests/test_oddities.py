"""What is told of odd files: each code on its line, and silence where nothing is odd."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.formats import FORMATS, _frontmatter, parse_all
from agentdiff.formats.diagnostics import Code, diagnostic
from agentdiff.formats.oddities import oddities
from agentdiff.model import Diagnostic, Severity

PLAIN = "AGENTS.md"
CLAUDE = ".claude/agents/a.md"
GEMINI = ".gemini/agents/a.md"
COMMAND = ".claude/commands/a.md"
COPILOT = ".github/agents/a.agent.md"
SKILL = ".claude/skills/a/SKILL.md"
CLINE = ".cline/agents/a.yaml"
CODEX = ".codex/agents/a.toml"
ROO = ".roomodes"
OPENCODE = "opencode.json"
HEAD = "name: a\ndescription: b\n"


def md(block: str = HEAD, body: str = "You help.\n") -> str:
    return f"---\n{block}---\n\n{body}"


def modes(inner: str) -> str:
    return f"customModes:\n  - slug: a\n    name: A\n{inner}"


def told(text: str, path: str) -> list[Diagnostic]:
    return [each for agent in parse_all(text, path) for each in agent.diagnostics]


Rows = list[tuple[str, str, list[tuple[str, int]]]]

HEADERS: Rows = [
    (CLAUDE, md(), []),
    (CLAUDE, md(HEAD + "color: blue # a comment\n"), []),
    # repairs, by level
    (CLAUDE, md("name: a\ndescription: b: c\n"), [("yaml-requoted", 3)]),
    (CLAUDE, md("name: a\ndescription: 'b: c'\n"), []),
    (CLAUDE, md("name: a\ndescription: |\n  b: c\n"), []),
    (CLAUDE, md("name: a\nvibe: a: x\ndescription: b: c\n"), [("yaml-requoted", 3), ("yaml-requoted", 4)]),
    (CLAUDE, md("name: a\ndescription: b\n<example>\nmodel: opus\n"), [("yaml-split", 3), ("header-skipped", 3)]),
    (CLAUDE, md("name: a\ndescription: b\nuser: y\n"), [("yaml-split", 3), ("header-skipped", 3)]),
    (CLAUDE, md("name: a\ndescription: b\nvibe: y\n"), []),
    (CLAUDE, md("words: and\nmore\n" + HEAD), [("yaml-split", 2), ("header-skipped", 2)]),
    (CLAUDE, md("# a comment\n\n" + HEAD), []),
    (CLAUDE, md("some words\n" + HEAD), [("yaml-line-ignored", 2), ("header-skipped", 2)]),
    (CLAUDE, md(HEAD + "hooks: " + "[" * 40 + "]" * 40 + "\n"), [("yaml-too-complex", 4)]),
    (CLAUDE, md(HEAD + "hooks: " + "[" * 9 + "]" * 9 + "\n"), []),
    (CLAUDE, md("id: a\npatterns:\n  - {{P}}\n" + HEAD), [("yaml-requoted", 3)]),
    (CLAUDE, md("name: a\ndescription: b\x8dc\norigin: d\n"), [("yaml-requoted", 3), ("hidden-characters", 3)]),
    (CLAUDE, md("name: a\ndescription: \"b\\x8dc\"\norigin: d\n"), [("hidden-characters", 3)]),
    (PLAIN, md("{name: a\n"), [("yaml-unreadable", 1)]),
    (PLAIN, md("# Title\n\n*Text: this\n"), [("yaml-unreadable", 1)]),
    (PLAIN, md("Just words.\n"), []),
    (PLAIN, md("**Updated**: today\n"), []),
    (PLAIN, md("{}\n"), []),
    (".cursor/rules/a.mdc", md("{}\n"), []),
    (PLAIN, md(HEAD + "\n# Rules\n\nBe kind.\n\n", "More.\n"), [("front-matter-unclosed", 1)]),
    (PLAIN, md(HEAD + "\n# Rules\n"), []),
    (CLAUDE, "\n\n" + md(HEAD), [("header-skipped", 1)]),
    (PLAIN, "---\n" + HEAD + "\nYou help.\n", [("front-matter-unclosed", 1)]),
    (PLAIN, "---\n\nYou help.\n", []),
    (PLAIN, "---\nName it: so\n\nYou help.\n", []),
    (PLAIN, "\n" + md(HEAD + "x: " + "y" * _frontmatter.MAX_CHARACTERS + "\n"), [("front-matter-too-large", 2)]),
    (PLAIN, md(HEAD + "tag: a: b\n" * (_frontmatter.MAX_REPAIRED_KEYS + 1)), [("front-matter-too-large", 1)]),
    (CLAUDE, md(HEAD + "color: red\ncolor: blue\n"), [("duplicate-key", 5)]),
    (CLAUDE, md(HEAD + "hooks:\n  x: 1\n  y: 2\n  x: 3\n"), [("duplicate-key", 4)]),
    (CLAUDE, md(HEAD + "hooks:\n  - x: 1\n  - x: 3\n"), []),
    (ROO, modes("    roleDefinition: r\n    slug: b\n"), [("duplicate-key", 5)]),
    (ROO, modes("    roleDefinition: r\n") + "  - slug: b\n    name: B\n    roleDefinition: r\n", []),
    # headers that the host would skip
    (CLAUDE, "\ufeff" + md(), [("header-skipped", 1)]),
    (CLAUDE, "\n" + md(), [("header-skipped", 1)]),
    (PLAIN, "\ufeffYou help.\n", []),
    (CLAUDE, " " + md(), [("header-skipped", 1)]),
    (CLAUDE, "--- # fields" + md()[3:], [("header-skipped", 1)]),
    (CLAUDE, "--- \t" + md()[3:], []),
    (".grok/agents/a.md", "\n  " + md(), []),
    (".grok/agents/a.md", "--- # fields" + md()[3:], []),
    (GEMINI, "\n" + md(), [("header-skipped", 1)]),
    (COPILOT, "\n" + md(), []),
    (CLAUDE, md("name: a\ndescription: b: c\n").replace("\n", "\r\n"), [("yaml-requoted", 3), ("header-skipped", 3)]),
    (CLAUDE, md().replace("\n", "\r\n"), []),
    (COMMAND, md("description: b: c\n"), [("yaml-requoted", 2), ("header-skipped", 2)]),
    (GEMINI, md("name: a\ndescription: b: c\n"), [("yaml-requoted", 3), ("header-skipped", 3)]),
    (CLINE, md("name: a\ndescription: b: c\n"), [("yaml-requoted", 3), ("header-skipped", 3)]),
    (".cursor/rules/a.mdc", md("description: d\nglobs: **/*.ts\n"), []),
    (".cursor/agents/a.md", md("name: a\ndescription: b: c\n"), [("yaml-requoted", 3)]),
]  # fmt: skip

FIELDS: Rows = [
    (CLAUDE, md("description: b\n"), [("name-missing", 1)]),
    (CLAUDE, md("name: a\ndescription:\n"), [("description-missing", 1)]),
    (CLAUDE, md("name: a\ndescription: ''\n"), [("description-missing", 1)]),
    (CLAUDE, md("name: a\ndescription: ' '\n"), [("description-missing", 1)]),
    (CLAUDE, md("name: a\ndescription: null\n"), [("description-missing", 1)]),
    (CLAUDE, md("name: a\ndescription: 'null'\n"), []),
    (CLAUDE, md(HEAD + "tools: null\nmodel: ~\nmaxTurns: Null\n"), []),
    (CODEX, 'name = "a"\ndescription = ""\ndeveloper_instructions = "x"\n', [("description-missing", 1)]),
    (CODEX, 'name = "a"\ndescription = " \\n"\ndeveloper_instructions = "x"\n', [("description-missing", 1)]),
    (CODEX, 'name = "a"\ndescription = "b"\ndeveloper_instructions = "x"\n', []),
    (".kilo/agents/a.md", md("description: b\nsteps: null\n"), []),
    (".kilo/agents/a.md", md("description: b\nsteps: 'null'\n"), [("wrong-type", 3)]),
    ("kilo.json", '{"agent": {"a": {"description": "b", "prompt": "p", "steps": null}}}', []),
    (COPILOT, md("description: b\n"), []),
    ("x/a.md", md("title: a\nlayout: b\n"), []),
    (".claude/agents/README.md", "These are agents.\n", []),
    (".github/workflows/README.md", "These are workflows.\n", []),
    (".claude/agents/readers.md", "These are agents.\n", [("name-missing", 1), ("description-missing", 1)]),
    (".claude/agents/README.md", md("description: b\n"), [("name-missing", 1)]),
    (PLAIN, md("title: House rules\n"), []),
    ("x/a.md", md("name: a\n"), [("description-missing", 1)]),
    (ROO, "customModes:\n  - slug: a\n    roleDefinition: r\n", [("key-missing", 2)]),
    (ROO, modes("    roleDefinition: r\n"), []),
    (GEMINI, md(HEAD + "vibe: calm\n"), [("unknown-key", 4)]),
    (CLAUDE, md(HEAD + "vibe: calm\n"), []),
    (GEMINI, md(HEAD + "max_turns: 3\n"), []),
    (GEMINI, md("name: A b\ndescription: b\n"), [("value-not-allowed", 2), ("name-unlike-file", 2)]),
    (CLAUDE, md("name: A b\ndescription: b\n"), [("name-unlike-file", 2)]),
    (GEMINI, md(HEAD + "tools: read_file, glob\n"), [("wrong-type", 4)]),
    (GEMINI, md(HEAD + "tools: [read_file, glob]\n"), []),
    (GEMINI, md(HEAD + "max_turns: many\n"), [("wrong-type", 4)]),
    (CLAUDE, md(HEAD + "background: 'true'\n"), [("wrong-type", 4)]),
    (CLAUDE, md(HEAD + "background: true\n"), []),
    (SKILL, md("name: a\ndescription: " + "b" * 1025 + "\n"), [("too-long", 3)]),
    (SKILL, md("name: a\ndescription: " + "b" * 1024 + "\n"), []),
    (COPILOT, md(body="x" * 30_001), [("too-long", 6)]),
    (COPILOT, md(body="x" * 29_999), []),
    # names
    (CLAUDE, md("description: d\nname: other\n"), [("name-unlike-file", 3)]),
    ("-", md("name: other\ndescription: d\n"), []),
    (SKILL, md("name: other\ndescription: d\n"), [("name-unlike-file", 2)]),
    (".cursor/rules/a.mdc", md("name: other\ndescription: d\n"), []),
    (".agents/agents/a/agent.md", md(), []),
    (".agents/agents/b/agent.md", md(), [("name-unlike-file", 2)]),
    (".agents/agents/a.md", md(), []),
    (".agents/agents/agent.md", md("name: agent\ndescription: b\n"), []),
    (ROO, modes("    roleDefinition: r\n"), []),
    # models and tools
    (CLAUDE, md(HEAD + "model: opus|sonnet\n"), [("model-unreadable", 4)]),
    (CLAUDE, md(HEAD + "model: claude-opus-4-1\n"), []),
    (COPILOT, md(HEAD + "model: [GPT-5 (copilot), 'x|y']\n"), [("model-unreadable", 4)]),
    (CLAUDE, md(HEAD + "tools: Read, Reed\n"), [("unknown-tool", 4)]),
    (CLAUDE, md(HEAD + "color: red\ndisallowedTools: Reed\n"), [("unknown-tool", 5)]),
    (CLAUDE, md(HEAD + "tools: Read, Bash(git:*), mcp__db__query, '*'\n"), []),
    (CLAUDE, md(HEAD + "tools:\n  - Read\n  - Reed\n"), [("unknown-tool", 4)]),
    (CLAUDE, md(HEAD), []),
    (GEMINI, md(HEAD + "tools: [reed_file]\n"), [("unknown-tool", 4)]),
    (COPILOT, md(HEAD + "tools: [read, my-server/tool]\n"), []),
    (ROO, modes("    roleDefinition: r\n    groups: [read, reed]\n"), [("unknown-tool", 5)]),
    (ROO, modes("    roleDefinition: r\n    groups:\n      - [edit, {fileRegex: x}]\n"), []),
    (".junie/agents/a.md", md(HEAD + "tools: [Reed]\n"), []),
    (".grok/agents/a.md", md(HEAD + "tools: [Reed]\n"), []),
]

BODIES: Rows = [
    (CLINE, "---\n" + HEAD + "---\n", [("body-missing", 1)]),
    (CLINE, md(), []),
    (CLAUDE, "---\n" + HEAD + "---\n", []),
    (ROO, modes("    roleDefinition: ''\n"), [("body-missing", 2)]),
    (ROO, modes("    roleDefinition:\n"), [("body-missing", 2)]),
    (ROO, modes("    customInstructions: r\n"), []),
    (".qwen/fork-profiles/a.md", md("name: a\ndescription: b\ntools: [read_file]\n"), [("body-forbidden", 7)]),
    (".qwen/fork-profiles/a.md", "---\nname: a\ndescription: b\ntools: [read_file]\n---\n\n", []),
    (GEMINI, md("kind: remote\nname: a\nagent_card_url: https://example.org\n"), [("body-ignored", 7)]),
    (GEMINI, "---\nkind: remote\nname: a\nagent_card_url: https://example.org\n---\n", []),
    (OPENCODE, '{"agent": {"a": {"description": "d",\n"prompt": "{file:./a.md}"}}}', [("prompt-elsewhere", 2)]),
    (OPENCODE, '{"agent": {"a": {"description": "d",\n"prompt": "See {file:./a.md}"}}}', []),
    (CLAUDE, md(body="Text.\n\n```\ncode\n"), [("fence-unclosed", 8)]),
    (CLAUDE, md(body="Text.\n\n```\ncode\n```\n"), []),
    (CLAUDE, md(body="Text.\n\n~~~\n```\n~~~\n"), []),
    (CLAUDE, md(body="Text with ``` in it.\n"), []),
    (ROO, modes("    roleDefinition: |\n      Text.\n\n      ```\n      code\n"), [("fence-unclosed", 7)]),
    # characters
    (CLAUDE, md(body="One\n\nzero\u200bwidth\n"), [("hidden-characters", 8)]),
    (CLAUDE, md("name: a\ndescription: b\u202ec\n"), [("hidden-characters", 3)]),
    (CLAUDE, md(body="tag\U000e0041\n\nand\x07\n"), [("hidden-characters", 6)]),
    (CLAUDE, md("name: a\ndescription: \"b\\u200b\"\n", "One\n\u200b\n\u200b\n"), [("hidden-characters", 3)]),
    (CLAUDE, md("name: a\ndescription: \"b\\u200b\"\n"), [("hidden-characters", 3)]),
    (CLAUDE, md(body="soft\u00adhyphen\n"), [("hidden-characters", 6)]),
    (CLAUDE, md(body="\u2764\ufe0f \U0001f468\u200d\U0001f469\u200d\U0001f467\n"), []),
    (CLAUDE, md(body="\U0001f3f4\U000e0067\U000e0062\U000e007f\n"), []),
    (CLAUDE, md(body="\u0645\u06cc\u200c\u0634\u0648\u062f \u00a0 caf\u00e9 e\u0301\ttab\r\n"), []),
    (ROO, modes("    roleDefinition: |\n      One\n      zero\u200bwidth\n"), [("hidden-characters", 6)]),
    (ROO, modes("    roleDefinition: r\n    whenToUse: \"x\\u202e\"\n"), [("hidden-characters", 5)]),
    (OPENCODE, '{"agent": {"a": {"description": "d",\n"prompt": "t\\udb40\\udc41"}}}', [("hidden-characters", 2)]),
]  # fmt: skip

CODES = {code.value: code for code in Code}
ROWS = [*HEADERS, *FIELDS, *BODIES]


@pytest.mark.parametrize(("path", "text", "expected"), ROWS)
def test_each_oddity_on_its_line(path: str, text: str, expected: list[tuple[str, int]]) -> None:
    assert sorted((each.code, each.line) for each in told(text, path)) == sorted(expected)


def test_every_code_has_a_row() -> None:
    assert {code for _, _, expected in ROWS for code, _ in expected} == {code.value for code in Code}


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, text, expected in ROWS if expected])
def test_each_says_what_is_wrong_and_what_to_do(path: str, text: str) -> None:
    for each in told(text, path):
        assert each.severity in CODES[each.code].severities
        for words in (each.message, each.remedy):
            assert words
            assert "\n" not in words
            assert not words.endswith((".", ";")), words
            assert len(words) < 300


SEVERITIES: list[tuple[str, str, str, Severity | None]] = [
    (CLAUDE, md("description: b\n"), "name-missing", Severity.ERROR),
    ("x/a.md", md("name: a\n"), "description-missing", Severity.INFO),
    (".github/instructions/a.instructions.md", md("description: b\n"), "", None),
    (CLAUDE, md(HEAD + "tools: Reed\n"), "unknown-tool", Severity.WARNING),
    (CLINE, md(HEAD + "tools: reed\n"), "unknown-tool", Severity.ERROR),
    (CLAUDE, md("name: a\ndescription: b\nuser: y\n"), "header-skipped", Severity.ERROR),
    (COMMAND, md("description: b: c\n"), "header-skipped", Severity.WARNING),
    (CLAUDE, md("name: b\ndescription: b\n"), "name-unlike-file", Severity.INFO),
]


@pytest.mark.parametrize(("path", "text", "code", "severity"), SEVERITIES)
def test_how_much_it_matters_depends_on_the_host(path: str, text: str, code: str, severity: Severity | None) -> None:
    assert {each.severity for each in told(text, path) if each.code == code} == ({severity} if severity else set())


MESSAGES = [
    (CLAUDE, md(body="a\u200b\n"), "hidden-characters", "this line holds characters that are not seen (U+200B)"),
    (
        CLAUDE,
        md(body="a\u200b\n\nb\n\n\u202e\n\n\u200b\n"),
        "hidden-characters",
        "this line and 2 more hold characters that are not seen (U+200B, U+202E)",
    ),
    (OPENCODE, '{"agent": {"a": {"prompt": "{file:./a.md}"}}}', "prompt-elsewhere", "the prompt of 'a' stands in"),
    (ROO, "customModes:\n  - slug: a\n    roleDefinition: r\n", "key-missing", "Roo Code does not load an agent"),
    (CLAUDE, md("description: b\n"), "name-missing", "Claude Code does not load an agent"),
    (".agents/agents/b/agent.md", md(), "name-unlike-file", "is called 'a' and its directory 'b', and Google"),
    (".agents/agents/b.md", md(), "name-unlike-file", "is called 'a' and its file 'b', and Google"),
    (SKILL, md("name: other\ndescription: d\n"), "name-unlike-file", "its directory 'a', and Agent Skills"),
]


@pytest.mark.parametrize(("path", "text", "code", "words"), MESSAGES)
def test_the_sentence_names_what_it_is_about(path: str, text: str, code: str, words: str) -> None:
    assert [each.code for each in told(text, path) if words in each.message] == [code]


TOOLS = [
    ("copilot-agent", True, "[read, reed, raed]", [(Severity.WARNING, "`reed`, `raed`: not known as a tool of")]),
    ("copilot-agent", False, "[read, reed, raed]", [(Severity.INFO, "`reed`, `raed`: not a tool of")]),
    ("copilot-agent", False, "[read, server/reed]", []),
    ("factory-droid", False, "[Read, reed]", []),
    ("cline-agent", True, "reed", [(Severity.ERROR, "which does not load the agent for it")]),
]


@pytest.mark.parametrize(("name", "is_whole", "tools", "expected"), TOOLS)
def test_an_unknown_tool_may_be_of_an_extension(
    name: str, is_whole: bool, tools: str, expected: list[tuple[Severity, str]]
) -> None:
    (agent,) = parse_all(md(HEAD + f"tools: {tools}\n"), "a.md", format=name)
    found = oddities(agent, replace(FORMATS[name], vocabulary_is_whole=is_whole), 1, [])
    tools_told = [each for each in found if each.code == "unknown-tool"]
    assert [each.severity for each in tools_told] == [severity for severity, _ in expected]
    assert all(words in each.message for each, (_, words) in zip(tools_told, expected, strict=True))


def test_long_values_are_not_repeated_whole() -> None:
    tools = ", ".join(f"Unknown{number}" + "x" * 100 for number in range(50))
    (found,) = told(md(HEAD + f"tools: {tools}\n"), CLAUDE)
    assert "and 45 more" in found.message
    assert len(found.message) < 400
    name = "N" * 5000
    assert all(len(each.message) < 400 for each in told(md(f"name: {name}\ndescription: b\n"), GEMINI))


def test_a_diagnostic_takes_what_is_usual_from_its_code() -> None:
    assert diagnostic(Code.FENCE_UNCLOSED, "m", 3) == Diagnostic(
        "fence-unclosed", Severity.WARNING, "m", "add a closing fence", 3
    )
    other = diagnostic(Code.UNKNOWN_TOOL, "m", 3, remedy="r", severity=Severity.ERROR)
    assert (other.remedy, other.severity) == ("r", Severity.ERROR)


@pytest.mark.parametrize("path", [CLAUDE, GEMINI, CLINE, "AGENTS.md"])
@given(text=st.text(st.sampled_from("ab:-#\n `|>\u200b\ufe0f\u200d"), min_size=1).map(lambda text: md(body=text + "x")))
def test_lines_are_those_of_the_file(path: str, text: str) -> None:
    count = text.count("\n") + 1
    assert all(1 <= each.line <= count for each in told(text, path))
