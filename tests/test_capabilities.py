"""What tool names of different products grant, and which of them cover which."""

from __future__ import annotations

import pytest

from agentdiff.capabilities import EVERYTHING, capabilities, covers, granted, is_documented

CLAUDE, COPILOT, OPENCODE, GEMINI = "claude-agent", "copilot-agent", "opencode-agent", "gemini-agent"


@pytest.mark.parametrize(
    ("tool", "format", "expected"),
    [
        ("Read", CLAUDE, {"read"}),
        ("LS", CLAUDE, {"list"}),
        ("MultiEdit", CLAUDE, {"edit"}),
        ("Write", CLAUDE, {"write"}),
        ("Bash", CLAUDE, {"shell"}),
        (" bash ", CLAUDE, {"shell"}),
        ("TASK", CLAUDE, {"agent"}),
        ("TodoWrite", CLAUDE, {"todo"}),
        ("search", COPILOT, {"search-text", "find-files", "list"}),
        ("edit", COPILOT, {"edit", "write"}),
        ("web", COPILOT, {"web-fetch", "web-search"}),
        ("Grep", COPILOT, {"search-text", "find-files", "list"}),  # an alias of the whole group there
        ("search/codebase", COPILOT, {"search-text"}),
        ("codebase", COPILOT, {"search-text"}),
        ("edit/editFiles", COPILOT, {"edit", "write"}),
        ("runCommands", COPILOT, {"shell"}),
        ("execute/runTests", COPILOT, {"shell(tests)"}),
        ("vscode/extensions", COPILOT, {"tool:vscode/extensions"}),
        ("extensions", COPILOT, {"tool:vscode/extensions"}),
        ("edit", OPENCODE, {"edit", "write"}),
        ("edit", CLAUDE, {"edit"}),
        ("replace", GEMINI, {"edit"}),
        ("run_shell_command", "qwen-agent", {"shell"}),
        ("bash", "kilo-agent", {"shell"}),
        ("read", "kiro-agent", {"read", "list", "search-text", "find-files"}),
        ("read-only", "factory-droid", {"read", "list", "search-text", "find-files"}),
        ("mcp", "roo-modes", {"mcp"}),
        ("*", CLAUDE, {EVERYTHING}),
    ],
)
def test_a_name_means_what_its_product_says(tool: str, format: str, expected: set[str]) -> None:
    assert capabilities(tool, format) == expected


@pytest.mark.parametrize(
    ("tool", "format", "expected"),
    [
        ("codebase", CLAUDE, {"search-text"}),
        ("read_file", CLAUDE, {"read"}),
        ("web_search", COPILOT, {"web-search"}),
        ("Read", "agents-md", {"read"}),
        ("Grep", "no-such-format", {"search-text"}),
    ],
)
def test_a_foreign_name_means_what_another_product_says(tool: str, format: str, expected: set[str]) -> None:
    assert capabilities(tool, format) == expected


@pytest.mark.parametrize("name", ["Frobnicate", "code_interpreter", "", "docker", "a b", "(", "x(", "🎯"])
def test_an_unknown_name_grants_only_itself(name: str) -> None:
    assert capabilities(name, CLAUDE) == {f"tool:{name.lower()}"}
    assert not covers(granted(["Read", "Bash", "*x"], CLAUDE), name, CLAUDE)


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ("mcp__github__search_code", "mcp:github/search_code"),
        ("mcp__github", "mcp:github"),
        ("mcp__github__*", "mcp:github"),
        ("mcp_github_search_code", "mcp:github/search_code"),
        ("mcp_github_*", "mcp:github"),
        ("github/search_code", "mcp:github/search_code"),
        ("github/*", "mcp:github"),
        ("@github/search_code", "mcp:github/search_code"),
        ("@github", "mcp:github"),
        ("Mcp(github:search_code)", "mcp:github/search_code"),
        ("mcp:github", "mcp:github"),
        ("GitHub/Search_Code", "mcp:github/search_code"),
        ("github_*", "mcp:github"),
        ("mcp__*", "mcp"),
        ("mcp_*", "mcp"),
        ("@mcp", "mcp"),
    ],
)
def test_mcp_names_in_all_spellings(tool: str, expected: str) -> None:
    assert capabilities(tool, CLAUDE) == {expected}


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ("Bash(git:*)", {"shell(git:*)"}),
        ("Bash(git log:*, ls)", {"shell(git log:*)", "shell(ls)"}),
        ("Bash(cat /etc/hosts)", {"shell(cat /etc/hosts)"}),
        ("Agent(planner, tester)", {"agent(planner)", "agent(tester)"}),
        ("Bash(*)", {"shell"}),
        ("Bash()", {"shell()"}),
    ],
)
def test_a_specifier_narrows(tool: str, expected: set[str]) -> None:
    assert capabilities(tool, CLAUDE) == expected


@pytest.mark.parametrize(
    ("allowed", "allowed_in", "tool", "tool_in"),
    [
        (["Bash"], CLAUDE, "Bash(git:*)", CLAUDE),
        (["Bash"], CLAUDE, "execute/runTests", COPILOT),
        (["Bash(git:*)"], CLAUDE, "Bash(git:*)", CLAUDE),
        (["mcp__github"], CLAUDE, "github/search_code", COPILOT),
        (["mcp"], "roo-modes", "mcp__github__search_code", CLAUDE),
        (["Edit", "Write"], CLAUDE, "edit", COPILOT),
        (["search"], COPILOT, "Glob", CLAUDE),
        (["Grep", "Glob", "LS"], CLAUDE, "search", COPILOT),
        (["*"], CLAUDE, "Frobnicate", CLAUDE),
        (["*"], CLAUDE, "*", COPILOT),
        (["Frobnicate"], CLAUDE, "frobnicate", COPILOT),
    ],
)
def test_covered(allowed: list[str], allowed_in: str, tool: str, tool_in: str) -> None:
    assert covers(granted(allowed, allowed_in), tool, tool_in)


@pytest.mark.parametrize(
    ("allowed", "allowed_in", "tool", "tool_in"),
    [
        (["Bash(git:*)"], CLAUDE, "Bash", CLAUDE),
        (["Bash(git:*)"], CLAUDE, "Bash(rm:*)", CLAUDE),
        (["mcp__github__search_code"], CLAUDE, "mcp__github", CLAUDE),
        (["mcp__github"], CLAUDE, "mcp__gitlab__search", CLAUDE),
        (["mcp__git"], CLAUDE, "mcp__github", CLAUDE),
        (["Edit"], CLAUDE, "edit", COPILOT),
        (["Grep"], CLAUDE, "search", COPILOT),
        (["Read", "Bash"], CLAUDE, "*", CLAUDE),
        ([], CLAUDE, "Read", CLAUDE),
    ],
)
def test_not_covered(allowed: list[str], allowed_in: str, tool: str, tool_in: str) -> None:
    assert not covers(granted(allowed, allowed_in), tool, tool_in)


def test_granted_is_the_union() -> None:
    assert granted(["Read", "Bash(git:*)"], CLAUDE) == {"read", "shell(git:*)"}
    assert granted([], CLAUDE) == frozenset()
    assert EVERYTHING in granted(["Read", "*"], CLAUDE)


def test_is_documented_asks_the_own_product_only() -> None:
    assert is_documented("codebase", COPILOT)
    assert is_documented("READ", CLAUDE)
    assert not is_documented("codebase", CLAUDE)
    assert not is_documented("Read", "agents-md")
