"""What tool names of different products grant, and which of them cover which."""

from __future__ import annotations

import pytest

from agentdiff.capabilities import (
    EVERYTHING,
    broader,
    capabilities,
    covers,
    granted,
    is_documented,
    mcp_name,
    mcp_spelling,
    overlaps,
    own_capabilities,
    spellings,
)
from agentdiff.formats import FORMATS

VOCABULARIES = sorted({format.vocabulary for format in FORMATS.values()} - {""})

CLAUDE, COPILOT, OPENCODE, GEMINI = "claude", "copilot", "opencode", "gemini"


@pytest.mark.parametrize(
    ("tool", "vocabulary", "expected"),
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
        ("run_shell_command", "qwen", {"shell"}),
        ("bash", "kilo", {"shell"}),
        ("read", "kiro", {"read", "list", "search-text", "find-files"}),
        ("read-only", "factory", {"read", "list", "search-text", "find-files"}),
        ("edit", "factory", {"edit", "write"}),  # a category, while `Edit` is a tool
        ("Edit", "factory", {"edit"}),
        ("EDIT", "factory", {"edit", "write"}),
        ("NotebookEdit", COPILOT, {"edit", "write", "notebook"}),
        ("edit", "qwen", {"edit"}),
        ("todo_write", "qwen", {"todo"}),
        ("fs_read", "amazonq", {"read", "list", "search-text"}),
        ("fs_read", "kiro", {"read"}),
        ("Read", "junie", {"read"}),
        ("Bash", "devin", {"shell"}),
        ("list_files", "cline", {"list", "find-files"}),
        ("find", "pi", {"find-files"}),
        ("save-file", "augment", {"write"}),
        ("mcp", "roo", {"mcp"}),
        ("patch", OPENCODE, {"edit", "write"}),
        ("write", OPENCODE, {"write"}),
        ("ask_user", "qwen", {"ask-user"}),
        ("filesystem", "docker", {"read", "list", "search-text", "find-files", "edit", "write"}),
        ("think", "docker", {"tool:think"}),
        ("fetch", "docker", {"web-fetch"}),
        ("*", CLAUDE, {EVERYTHING}),
        # Qwen Code: names for people and older names
        ("ReadFile", "qwen", {"read"}),
        ("WriteFile", "qwen", {"write"}),
        ("Shell", "qwen", {"shell"}),
        ("ListFiles", "qwen", {"list"}),
        ("Grep", "qwen", {"search-text"}),
        ("web_search", "qwen", {"web-search"}),
        ("task", "qwen", {"agent"}),
        ("task_update", "qwen", {"todo"}),
        ("task_stop", "qwen", {"tool:task_stop"}),
        ("ask_user_question", "qwen", {"ask-user"}),
        ("lsp", "qwen", {"tool:lsp"}),
        ("code", "kiro", {"tool:code"}),
        ("use_subagent", "kiro", {"agent"}),
        ("delegate", "kiro", {"agent"}),
        ("thinking", "amazonq", {"tool:thinking"}),
        ("todo_list", "amazonq", {"todo"}),
        # modules of Kimi CLI
        ("kimi_cli.tools.file:ReadFile", "kimi-cli", {"read"}),
        ("kimi_cli.tools.shell:Shell", "kimi-cli", {"shell"}),
        ("kimi_cli.tools.plan.enter:EnterPlanMode", "kimi-cli", {"tool:enterplanmode"}),
        ("kimi_cli.tools.multiagent:Task", "kimi-cli", {"agent"}),
        ("kimi_cli.tools.file:StrReplaceFile", CLAUDE, {"edit"}),
        ("kimi_cli.tools.file:Frobnicate", "kimi-cli", {"tool:frobnicate"}),
        ("my_tools.shell:Shell", "kimi-cli", {"tool:my_tools.shell:shell"}),  # anybody's
        # words for a whole list
        ("all", "pi", {EVERYTHING}),
        ("none", "pi", set()),
        ("all", CLAUDE, {"tool:all"}),
        ("none", OPENCODE, {"tool:none"}),
        # members of Copilot's groups
        ("edit/rename", COPILOT, {"tool:edit/rename"}),
        ("Execute/AwaitTerminal", COPILOT, {"tool:execute/awaitterminal"}),
        ("search/other", CLAUDE, {"tool:search/other"}),
        ("vscode/x", COPILOT, {"tool:vscode/x"}),
        ("browser/x", COPILOT, {"tool:browser/x"}),
        ("browser/*", COPILOT, {"tool:browser"}),
        ("edit/*", COPILOT, {"edit", "write"}),
        ("github/rename", COPILOT, {"mcp:github/rename"}),
        ("@search/other", "kiro", {"mcp:search/other"}),
        # what stands in maps
        ("bash", "gh-aw", {"shell"}),
        ("developer", "goose", {"read", "edit", "write", "shell", "list"}),
    ],
)
def test_a_name_means_what_its_product_says(tool: str, vocabulary: str, expected: set[str]) -> None:
    assert capabilities(tool, vocabulary) == expected


@pytest.mark.parametrize(
    ("tool", "vocabulary", "expected"),
    [
        ("codebase", CLAUDE, {"search-text"}),
        ("read_file", CLAUDE, {"read"}),
        ("web_search", COPILOT, {"web-search"}),
        ("Read", "", {"read"}),
        ("Grep", "no-such-vocabulary", {"search-text"}),
        ("StrReplaceFile", CLAUDE, {"edit"}),
        ("developer", COPILOT, {"tool:developer"}),  # rather the name of a server
        ("filesystem", COPILOT, {"tool:filesystem"}),
    ],
)
def test_a_foreign_name_means_what_another_product_says(tool: str, vocabulary: str, expected: set[str]) -> None:
    assert capabilities(tool, vocabulary) == expected


def test_all_built_in_tools_of_kiro_are_many_and_no_servers() -> None:
    builtin = granted(["@builtin"], "kiro")
    assert all(covers(builtin, tool, "kiro") for tool in "read write shell web subagent todo_list knowledge".split())
    assert not overlaps(builtin, "@mcp", "kiro")


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
        ("git_hub_*", "mcp:git_hub"),
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
        (["mcp"], "roo", "mcp__github__search_code", CLAUDE),
        (["Edit", "Write"], CLAUDE, "edit", COPILOT),
        (["search"], COPILOT, "Glob", CLAUDE),
        (["Grep", "Glob", "LS"], CLAUDE, "search", COPILOT),
        (["*"], CLAUDE, "Frobnicate", CLAUDE),
        (["*"], CLAUDE, "*", COPILOT),
        (["Frobnicate"], CLAUDE, "frobnicate", COPILOT),
        (["Grep", "Glob"], CLAUDE, "search", COPILOT),  # who finds files can list them
        (["Glob"], CLAUDE, "LS", CLAUDE),
        (["vscode"], COPILOT, "extensions", COPILOT),
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
        (["LS"], CLAUDE, "Glob", CLAUDE),
        (["extensions"], COPILOT, "vscode", COPILOT),
    ],
)
def test_not_covered(allowed: list[str], allowed_in: str, tool: str, tool_in: str) -> None:
    assert not covers(granted(allowed, allowed_in), tool, tool_in)


def test_granted_is_the_union() -> None:
    assert granted(["Read", "Bash(git:*)"], CLAUDE) == {"read", "shell(git:*)"}
    assert granted([], CLAUDE) == frozenset()
    assert EVERYTHING in granted(["Read", "*"], CLAUDE)


@pytest.mark.parametrize(
    ("tool", "vocabulary", "expected"),
    [
        ("google_search", "adk", {"web-search"}),
        ("read", "adk", {"tool:read"}),
        ("Fetch", "docker", {"web-fetch"}),
        ("tool-0", "", {"tool:tool-0"}),
        ("mcp__a__b", "adk", {"tool:mcp__a__b"}),
    ],
)
def test_names_of_one_product_alone(tool: str, vocabulary: str, expected: set[str]) -> None:
    assert own_capabilities(tool, vocabulary) == expected


def test_is_documented_asks_the_own_product_only() -> None:
    assert is_documented("edit/rename", COPILOT)
    assert not is_documented("edit/rename", CLAUDE)
    assert not is_documented("github/rename", COPILOT)
    assert is_documented("codebase", COPILOT)
    assert is_documented("READ", CLAUDE)
    assert not is_documented("codebase", CLAUDE)
    assert not is_documented("Read", "")


def test_second_names_are_read_and_not_written() -> None:
    assert is_documented("Shell", "qwen")
    assert not {"Shell", "ReadFile", "read_many_files", "|"} & set(spellings("qwen"))


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_vocabulary_can_be_written(vocabulary: str) -> None:
    names = spellings(vocabulary)
    assert len(set(names)) == len(names) >= 4
    assert all(is_documented(name, vocabulary) for name in names)
    if vocabulary != "adk":  # its agents have no tools for files
        assert {"edit", "write", "shell"} <= granted(names, vocabulary)


@pytest.mark.parametrize(
    ("vocabulary", "first"),
    [
        ("", ""),
        (CLAUDE, "Read Edit Write Bash Grep"),
        (COPILOT, "read edit search execute"),
        (GEMINI, "read_file write_file replace run_shell_command grep_search glob list_directory web_fetch"),
        ("kilo", "read edit bash grep"),
        ("kiro", "read write shell web subagent"),
        ("roo", "read edit command browser mcp"),
        ("factory", "Read LS Grep Glob Edit Create"),
        ("pi", "read bash edit write grep find ls subagent"),
    ],
)
def test_usual_names_come_first(vocabulary: str, first: str) -> None:
    names = [name for name in spellings(vocabulary) if "(" not in "".join(capabilities(name, vocabulary))]
    assert names[: len(first.split())] == first.split()


@pytest.mark.parametrize(
    ("vocabulary", "one", "all_of_server"),
    [
        (CLAUDE, "mcp__github__search", "mcp__github"),
        ("qwen", "mcp__github__search", "mcp__github"),
        ("vibe", "mcp__github__search", "mcp__github"),
        (COPILOT, "github/search", "github/*"),
        (GEMINI, "mcp_github_search", "mcp_github_*"),
        ("kilo", "github_search", "github_*"),
        ("kiro", "@github/search", "@github"),
        ("cursor", "Mcp(github:search)", None),
        ("pi", None, "mcp:github"),
        ("roo", None, None),
        ("cline", None, None),
        ("", None, None),
    ],
)
def test_how_mcp_names_are_written(vocabulary: str, one: str | None, all_of_server: str | None) -> None:
    assert mcp_spelling("mcp:github/search", vocabulary) == one
    assert mcp_spelling("mcp:github", vocabulary) == all_of_server


def test_mcp_names_keep_their_case_and_are_never_ambiguous() -> None:
    assert mcp_name("mcp__GitHub__searchCode") == "mcp:GitHub/searchCode"
    assert mcp_spelling("mcp:GitHub/searchCode", COPILOT) == "GitHub/searchCode"
    assert mcp_spelling("mcp:git_hub/search", GEMINI) is None  # would be the tool `hub_search` of `git`
    assert mcp_spelling("mcp:a__b/search", CLAUDE) is None
    assert mcp_spelling("shell", CLAUDE) is None
    assert mcp_name("Read") is None
    assert mcp_name("mcp__" + "a" * 1000) is None


@pytest.mark.parametrize(
    ("capability", "expected"),
    [
        ("read", ("*",)),
        ("shell(git:*)", ("shell", "*")),
        ("list", ("find-files", "*")),
        ("mcp:a/b", ("mcp:a", "mcp", "*")),
        ("mcp", ("*",)),
        ("*", ()),
    ],
)
def test_what_covers_a_capability(capability: str, expected: tuple[str, ...]) -> None:
    assert broader(capability) == expected
