"""What an agent may use by all its fields, and which of two may use more."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff.access import Access, access, is_wider
from agentdiff.formats import FORMATS, parse
from agentdiff.limits import tool_entries


def of(format: str, front: str = "") -> Access:
    """The access of a Markdown agent with these fields beside a name and a description."""
    text = f"---\nname: mower\ndescription: Mows lawns\n{front}\n---\nYou mow.\n"
    return access(parse(text, "mower.md", format=format), FORMATS[format])


def roo(groups: str, more: str = "") -> Access:
    mode = f"customModes:\n  - slug: mower\n    name: Mower\n    roleDefinition: You mow.\n    groups: {groups}\n{more}"
    return access(parse(mode, ".roomodes"), FORMATS["roo-modes"])


def codex(more: str) -> Access:
    text = f'name = "mower"\ndescription = "Mows"\ndeveloper_instructions = "You mow."\n{more}\n'
    return access(parse(text, ".codex/agents/mower.toml"), FORMATS["codex-agent"])


KIRO_REST = (
    "find-files, read, search-text, tool:code, tool:context, tool:introspect, tool:knowledge, tool:report_issue,"
    " tool:thinking"
)
READING = "everything but edit, notebook, shell(writing), write"


@pytest.mark.parametrize(
    ("format", "front", "words"),
    [
        # absent, empty and `*` are what the host makes of them
        ("claude-agent", "", "everything"),
        ("claude-agent", "tools:", "everything"),
        ("claude-agent", "tools: '*'", "everything"),
        ("claude-agent", "tools: []", "nothing"),
        ("copilot-agent", "", "everything"),
        ("copilot-agent", "tools: ['*']", "everything"),
        ("copilot-agent", "tools: []", "nothing"),
        ("kiro-agent", "", "nothing"),
        ("kiro-agent", "tools: ['*']", "everything"),
        ("antigravity-agent", "", "nothing"),
        ("cline-agent", "", "nothing"),
        ("opencode-agent", "tools: {}", "everything"),
        # lists
        ("claude-agent", "tools: Read, Grep, Bash(git:*)", "read, search-text, shell(git *)"),
        ("claude-agent", "tools: Read, mcp__bills__send", "mcp:bills/send, read"),
        ("copilot-agent", "tools: [read, search]", "find-files, read, search-text"),
        ("factory-droid", "tools: read-only", "find-files, read, search-text"),
        ("factory-droid", "tools: [edit]", "edit, write"),
        ("factory-droid", "tools: [Edit]", "edit"),
        ("claude-command", "allowed-tools: Read", "everything"),  # only what is not asked about
        # taken away
        ("claude-agent", "disallowedTools: Write", "everything but write"),
        ("claude-agent", "disallowedTools: Bash(rm:*)", "everything but shell"),
        ("claude-agent", "tools: Read, Bash(git:*)\ndisallowedTools: Bash", "read"),
        ("claude-agent", "tools: mcp__bills\ndisallowedTools: mcp__bills__send", "mcp:bills, not mcp:bills/send"),
        ("claude-agent", "disallowedTools: Glob", "everything but find-files"),
        ("augment-agent", "tools: [view, save-file]\ndisabled_tools: [save-file]", "read"),
        # switches and permissions of OpenCode
        ("opencode-agent", "tools:\n  bash: false", "everything but shell"),
        ("opencode-agent", "tools:\n  '*': false\n  read: true", "read"),
        ("opencode-agent", "tools:\n  read: true\n  '*': false", "nothing"),
        ("opencode-agent", "tools:\n  bills_*: false", "everything but mcp:bills"),
        ("opencode-agent", "permission: deny", "nothing"),
        ("opencode-agent", "permission: ask", "everything (asks first)"),
        (
            "opencode-agent",
            "permission:\n  edit: deny\n  webfetch: ask",
            "everything, web-fetch (asks first), not edit, not write",
        ),
        ("opencode-agent", "permission:\n  edit: deny\n  '*': allow", "everything"),
        ("opencode-agent", "permission:\n  '*': deny\n  read: allow", "read"),
        ("opencode-agent", "permission:\n  '*': deny\n  bash:\n    'git *': allow", "shell(git *)"),
        ("opencode-agent", "tools:\n  bash: false\npermission:\n  bash: allow", "everything"),
        ("opencode-agent", "permission:\n  bash:\n    'git push *': deny\n    'git *': allow", "everything"),
        (
            "opencode-agent",
            "permission:\n  bash:\n    'git *': allow\n    'git push *': deny",
            "everything but shell(git push *)",
        ),
        (
            "opencode-agent",
            "permission:\n  task:\n    '*': deny\n    'helper-*': allow",
            "everything, agent(helper-*) only",
        ),
        ("opencode-agent", "permission:\n  bash: perhaps", "everything"),
        ("kilo-agent", "permission:\n  bash: deny", "everything but shell"),
        (
            "opencode-agent",
            "permission:\n  edit:\n    '*': deny\n    'notes/*.md': allow",
            "everything, edit(notes/*.md) only, write(notes/*.md) only",
        ),
        (
            "opencode-agent",
            "permission:\n  webfetch: deny\n"
            "  bash:\n    '*': deny\n    'git *': allow\n    ls: allow\n    'npm *': ask",
            "everything, shell(git *; ls) and shell(npm *) (asks first) only, not web-fetch",
        ),
        (
            "opencode-v2",
            "permissions:\n  - {action: bash, resource: '*', effect: deny}\n"
            "  - {action: bash, resource: 'git *', effect: allow}",
            "everything, shell(git *) only",
        ),
        # permissions of others
        (
            "kiro-agent",
            "tools: [read]\npermissions:\n  - {capability: shell, effect: allow}",
            "find-files, read, search-text",
        ),
        (
            "kiro-agent",
            "tools: [shell]\npermissions:\n  - {capability: shell, match: ['rm *'], effect: deny}",
            "shell, not shell(rm *)",
        ),
        (
            "kiro-agent",
            "tools: [write]\npermissions:\n  - {capability: all, effect: ask}",
            "edit (asks first), write (asks first)",
        ),
        (
            "kiro-agent",
            "tools: [shell]\npermissions:\n  - {capability: shell, match: ['rm *'], exclude: [rm x], effect: deny}",
            "shell, not shell(rm *, not rm x)",
        ),
        (
            "kiro-agent",
            "tools: [shell]\npermissions:\n  - {capability: shell, match: ['*'], exclude: ['git *', ls], effect: deny}",
            "shell(git *), shell(ls)",
        ),
        (
            "kiro-agent",
            "tools: [shell]\npermissions:\n  - {capability: shell, exclude: ['git *'], effect: deny}\n"
            "  - {capability: shell, match: ['git push *'], effect: deny}",
            "shell(git *, not git push *)",
        ),
        (
            "kiro-agent",
            "tools: [shell]\npermissions:\n  - {capability: shell, exclude: ['git *'], effect: deny}\n"
            "  - {capability: shell, effect: deny}",
            "nothing",
        ),
        ("kiro-agent", "tools: [read, shell]\nexcludedTools: [shell]", "find-files, read, search-text"),
        (
            "devin-agent",
            "allowed-tools: [Read, Bash]\npermissions:\n  allow: [Write]\n  ask: [Bash]\n  deny: ['Bash(rm *)']",
            "read, shell (asks first), not shell(rm *)",
        ),
        ("claude-agent", "permissions:\n  contents: read", "everything"),
        ("kiro-agent", "tools: ['@builtin']\nexcludedTools: [write, shell, web, subagent, todo_list]", KIRO_REST),
        # pi, with words for a list
        ("pi-agent", "tools: none", "nothing"),
        ("pi-agent", "tools: all", "everything"),
        ("pi-agent", "tools: '*, ext:notes'", "everything"),
        ("pi-agent", "tools: read, bash\ndisallowed_tools: bash", "read"),
        ("pi-agent", "disallowed_tools: bash, write", "everything but shell, write"),
        ("pi-agent", "disallowed_tools: none", "everything"),
        # keys that the host does not know neither grant nor limit
        ("grok-agent", "tools: Read, Write, Grep", "read, search-text, write"),
        ("grok-agent", "tools: [Read]", "read"),
        ("cursor-agent", "tools: Read, Write", "everything"),
        ("goose-agent", "tools: Read, Write", "everything"),
        ("devin-agent", "tools: Read, Write", "everything"),
        ("openhands-skill", "tools: Read\ndisallowedTools: Bash", "everything"),
        ("deepagents-agent", "tools: []", "everything"),
        ("antigravity-agent", "tools: [view_file]\ndisallowedTools: view_file", "read"),
        # members of Copilot's groups are no servers
        ("copilot-agent", "tools: [edit/rename, search/x]", "tool:edit/rename, tool:search/x"),
        # gh-aw: what is not named may be there all the same
        ("gh-aw", "tools:\n  edit:\n  github:\n    toolsets: [repos]", "everything"),
        ("gh-aw", "tools:\n  bash: false", "everything but shell"),
        ("gh-aw", "tools:\n  bash: []\n  edit: false", "everything but edit, shell, write"),
        ("gh-aw", "tools:\n  bash: ['git diff', 'ls:*']", "everything, shell(git diff; ls *) only"),
        ("gh-aw", "tools:\n  bash: [':*']", "everything"),
        ("gh-aw", "tools:\n  bash: true", "everything"),
        # rulesync: a limit for one product is one for all
        ("rulesync-agent", "claudecode:\n  model: opus", "everything"),
        ("rulesync-agent", "claudecode:\n  tools: Read, Bash(git:*)", "read, shell(git *)"),
        (
            "rulesync-agent",
            "claudecode:\n  tools: [Read, Edit, Grep]\ncopilot:\n  tools: [read, search]\nkiro:\n  model: x",
            "read, search-text",
        ),
        ("rulesync-agent", "cursor:\n  readonly: true", READING),
        ("rulesync-agent", "opencode:\n  permission:\n    bash: deny", "everything but shell"),
        ("rulesync-agent", "claudecode: [tools]\ncopilot:\n  tools:", "everything"),
        # modes
        ("cursor-agent", "readonly: true", READING),
        ("cursor-agent", "readonly: false", "everything"),
        ("claude-agent", "permissionMode: plan", "everything but edit, notebook, write"),
        ("claude-agent", "tools: Read, Edit\npermissionMode: plan", "read"),
        ("claude-agent", "permissionMode: acceptEdits", "everything"),
        ("qwen-agent", "approvalMode: plan", "everything but edit, notebook, write"),
        ("qwen-agent", "permissionMode: plan\napprovalMode: yolo", "everything"),  # its own key wins
        # which agents may be called
        ("copilot-agent", "tools: [read, agent]\nagents: [tester]", "agent(tester), read"),
        ("copilot-agent", "tools: [read, agent]\nagents: ['*']", "agent, read"),
        ("copilot-agent", "tools: [read, agent]\nagents: []", "read"),
        ("kimi-agent", "subagents: tester", "everything, agent(tester) only"),
    ],
)
def test_what_an_agent_may_use(format: str, front: str, words: str) -> None:
    assert of(format, front).words == words


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ("[]", "nothing"),
        ("[read]", "find-files, read, search-text"),
        ("[mcp, command]", "mcp, shell"),
        ("[[edit, {fileRegex: '\\.md$', description: Prose}]]", "edit(\\.md$), write(\\.md$)"),
        ("[edit, [edit, {fileRegex: '\\.md$'}]]", "edit, write"),
        ("[[edit]]", "edit, write"),
        ("[[edit, {fileRegex: [a]}], [], [[a]], {}]", "edit, write"),
    ],
)
def test_groups_of_roo(groups: str, words: str) -> None:
    assert roo(groups).words == words


def docker(toolsets: str) -> Access:
    text = f"agents:\n  root:\n    model: x/y\n    instruction: You mow.\n{toolsets}"
    return access(parse(text, "agent.yaml"), FORMATS["docker-agent"])


@pytest.mark.parametrize(
    ("toolsets", "words"),
    [
        ("", "nothing"),
        ("    toolsets: []\n", "nothing"),
        ("    toolsets: [{type: shell}]\n", "shell"),
        ("    toolsets: [{type: filesystem}]\n", "edit, find-files, read, search-text, write"),
        ("    toolsets: [{type: filesystem, tools: [read_file, list_directory]}]\n", "list, read"),
        ("    toolsets: [{type: mcp, ref: 'docker:x'}]\n", "mcp"),
        ("    toolsets: [{type: mcp, ref: 'docker:x', tools: [search]}]\n", "nothing"),
        ("    toolsets: [shell, [shell], {type: [shell]}, {ref: shell}]\n", "nothing"),
    ],
)
def test_sets_of_tools_of_docker(toolsets: str, words: str) -> None:
    assert docker(toolsets).words == words


def data(format: str, text: str, path: str = "agent.yaml") -> Access:
    return access(parse(text, path, format=format), FORMATS[format])


ADK = "name: seeker\nmodel: x\ninstruction: Look.\n"
RECIPE = "title: Seek\ndescription: Seeks\ninstructions: Look.\n"
CREW = "seeker:\n  role: Seeker\n  goal: Find\n  backstory: You look.\n"
KIMI = "agent:\n  name: seeker\n  system_prompt_path: ./system.md\n"
FILE_TOOLS = "edit, list, read, shell, write"


@pytest.mark.parametrize(
    ("format", "text", "words"),
    [
        ("adk-agent", ADK, "nothing"),
        ("adk-agent", f"{ADK}tools: []\n", "nothing"),
        ("adk-agent", f"{ADK}tools:\n  - name: google_search\n  - name: shop.find\n", "tool:shop.find, web-search"),
        ("adk-agent", f"{ADK}tools: [google_search]\n", "web-search"),
        ("adk-agent", f"{ADK}tools: [{{name: edit}}]\n", "tool:edit"),  # somebody's function
        ("adk-agent", f"{ADK}tools: [{{args: [x]}}, {{name: [x]}}, [x]]\n", "nothing"),
        ("goose-recipe", RECIPE, "everything"),
        ("goose-recipe", f"{RECIPE}extensions: []\n", "nothing"),
        ("goose-recipe", f"{RECIPE}extensions:\n  - {{type: builtin, name: developer}}\n", FILE_TOOLS),
        ("goose-recipe", f"{RECIPE}extensions:\n  - {{type: stdio, name: developer}}\n", "mcp:developer"),
        ("goose-recipe", f"{RECIPE}extensions:\n  - {{type: builtin, name: Memory}}\n", "mcp:memory"),
        (
            "goose-recipe",
            f"{RECIPE}extensions:\n  - {{type: platform, name: developer, available_tools: [shell, tree, x]}}\n"
            "  - {type: stdio, name: bills, available_tools: [send]}\n",
            "list, mcp:bills/send, shell",
        ),
        ("goose-recipe", f"{RECIPE}extensions: [developer]\n", "nothing"),
        ("crewai-agents", CREW, "everything"),
        ("crewai-agents", f"{CREW}  tools: [SerperDevTool]\n", "tool:serperdevtool"),
        ("kimi-cli-yaml", KIMI, "everything"),
        ("kimi-cli-yaml", f"{KIMI}  exclude_tools: ['kimi_cli.tools.shell:Shell']\n", "everything but shell"),
        (
            "kimi-cli-yaml",
            f"{KIMI}  tools: ['kimi_cli.tools.file:ReadFile', 'kimi_cli.tools.shell:Shell']\n"
            "  exclude_tools: ['kimi_cli.tools.shell:Shell']\n",
            "read",
        ),
        (
            "kimi-cli-yaml",
            f"{KIMI}  allowed_tools: ['kimi_cli.tools.file:Grep', 'a.b:Shell']\n",
            "search-text, tool:a.b:shell",
        ),
        (
            "kimi-cli-yaml",
            f"{KIMI}  tools: ['kimi_cli.tools.file:Glob']\n"
            "  allowed_tools: ['kimi_cli.tools.file:Grep', 'kimi_cli.tools.file:Glob']\n",
            "find-files",
        ),
        ("kimi-cli-yaml", f"{KIMI}  allowed_tools: []\n", "everything"),
        ("letta-af", '{"agents": [{"name": "a", "system": "x"}], "blocks": []}', "nothing"),
        (
            "letta-af",
            '{"agents": [{"name": "a", "system": "x", "tools": [], "tool_ids": ["tool-0"]}], "blocks": []}',
            "tool:tool-0",
        ),
        (
            "letta-af",
            '{"agents": [{"name": "a", "system": "x", "tools": [{"name": "run_code"}]}], "blocks": []}',
            "tool:run_code",
        ),
    ],
)
def test_tools_in_maps(format: str, text: str, words: str) -> None:
    assert data(format, text).words == words


def test_commands_that_a_workflow_may_run_by_default() -> None:
    allowed = of("gh-aw", "tools:\n  bash:\n  edit:").allowed
    assert {"shell(ls)", "shell(cat)", "*"} <= allowed
    assert "shell" in of("gh-aw", "tools:\n  bash:").denied


def test_what_decides_elsewhere_is_said() -> None:
    assert (
        data("goose-recipe", RECIPE).reason
        == "names no tools: goose decides that elsewhere, which counts as everything"
    )
    assert data("adk-agent", ADK).reason == "names no tools: Google ADK allows nothing"
    assert data("adk-agent", f"{ADK}tools: []\n").reason == "has an empty list of tools: Google ADK allows nothing"
    assert data("adk-agent", f"{ADK}tools: [google_search]\n").reason == ""
    assert of("rulesync-agent", "copilot:\n  model: x").reason.startswith("names no tools: rulesync decides")
    assert of("rulesync-agent", "copilot:\n  tools: [read]").reason == ""
    assert of("gh-aw").reason.startswith("names no tools: GitHub Agentic Workflows decides that elsewhere")
    assert of("gh-aw", "tools: {bash: false}").reason == (
        "names some tools; of all others GitHub Agentic Workflows decides elsewhere"
    )
    assert of("goose-agent", "tools: Read").reason == "can name no tools: goose allows everything"


def test_sets_of_tools_are_those_of_docker_alone() -> None:
    assert of("claude-agent", "tools: Read\ntoolsets: [{type: shell}]").words == "read"
    assert docker("").reason == "names no tools: Docker Agent allows nothing"


def test_servers_of_zoo_are_a_limit_and_those_of_others_are_not() -> None:
    assert roo("[mcp]", "    allowedMcpServers: [bills]\n").words == "mcp:bills"
    assert of("claude-agent", "mcpServers: [bills]").words == "everything"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("", "everything"),
        ('sandbox_mode = "read-only"', READING),
        ('sandbox_mode = "workspace-write"', "everything"),
        ("web_search = false", "everything but web-search"),
        ('web_search = "live"', "everything"),
    ],
)
def test_the_sandbox_of_codex(more: str, words: str) -> None:
    assert codex(more).words == words


def test_silence_is_explained() -> None:
    silent, empty, listed = (of("claude-agent", front) for front in ("", "tools: []", "tools: Read"))
    assert (silent.is_stated, silent.reason) == (False, "names no tools: Claude Code allows everything")
    assert empty.reason == "has an empty list of tools: Claude Code does not start such an agent"
    assert (listed.is_stated, listed.reason) == (True, "")
    assert of("cursor-agent").reason == "can name no tools: Cursor allows everything"
    assert of("cline-agent").reason == "names no tools: Cline allows nothing"
    assert of("cursor-agent", "readonly: true").reason == ""


def test_entries_are_for_people_and_tools() -> None:
    front = "permission:\n  edit: deny\n  bash: ask"
    assert of("opencode-agent", front).entries == ("everything", "shell (asks first)", "not edit", "not write")
    assert of("claude-agent", "tools: []").entries == ()


def test_tool_entries_keep_what_is_written() -> None:
    value = ("read", ("edit", {"fileRegex": "\\.md$"}), {"name": "search"}, {"type": "shell"})
    found = tool_entries(value, "roo")
    assert [entry.written for entry in found] == ["read", "edit (\\.md$)", "search", "shell"]
    assert found[1].grants == {"edit(\\.md$)", "write(\\.md$)"}
    assert [entry.written for entry in tool_entries({"write": "false", "bash": "true"}, "opencode")] == ["bash"]
    assert tool_entries(None, "claude") == ()


# ---------------------------------------------------------------------------------------------- which is wider

CLAUDE, OPENCODE = "claude-agent", "opencode-agent"


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ((CLAUDE, "tools: Read, Bash"), (CLAUDE, "tools: Read"), ("shell",)),
        ((CLAUDE, "tools: Read"), (CLAUDE, "tools: Read, Bash"), ()),
        ((CLAUDE, ""), (CLAUDE, "tools: Read"), ("*",)),
        ((CLAUDE, "tools: Read"), (CLAUDE, ""), ()),
        ((CLAUDE, ""), (CLAUDE, "disallowedTools: Write"), ("write",)),
        ((CLAUDE, "tools: Edit, Write"), (CLAUDE, "disallowedTools: Write"), ("write",)),
        ((CLAUDE, "tools: Edit"), (CLAUDE, "disallowedTools: Write"), ()),
        ((CLAUDE, "disallowedTools: Write, Bash"), (CLAUDE, "disallowedTools: Write"), ()),
        ((CLAUDE, "tools: Bash"), (CLAUDE, "tools: Bash(git:*)"), ("shell",)),
        ((CLAUDE, "tools: Bash(git:*)"), (CLAUDE, "tools: Bash(rm:*)"), ("shell(git *)",)),
        ((CLAUDE, "tools: Bash(git:*)"), (OPENCODE, "permission:\n  '*': deny\n  bash:\n    'git *': allow"), ()),
        ((CLAUDE, "tools: mcp__bills__send"), (CLAUDE, "tools: mcp__bills"), ()),
        ((CLAUDE, "tools: mcp__bills"), (CLAUDE, "tools: mcp__bills__send"), ("mcp:bills",)),
        (
            (CLAUDE, "tools: mcp__bills"),
            (CLAUDE, "tools: mcp__bills\ndisallowedTools: mcp__bills__send"),
            ("mcp:bills/send",),
        ),
        ((CLAUDE, "tools: []"), (CLAUDE, "tools: []"), ()),
        ((CLAUDE, "tools: Glob, LS"), (CLAUDE, "tools: Glob"), ()),
        ((CLAUDE, "tools: LS"), (CLAUDE, "disallowedTools: Glob"), ()),
        ((CLAUDE, "tools: Glob"), (CLAUDE, "disallowedTools: LS"), ("list",)),
        (("copilot-agent", "tools: [edit]"), (CLAUDE, "tools: Edit"), ("write",)),
        (("copilot-agent", "tools: [read, search]"), (CLAUDE, "tools: Read, Grep, Glob"), ()),
        (("cline-agent", ""), (CLAUDE, "tools: Read"), ()),
        ((CLAUDE, ""), ("cline-agent", ""), ("*",)),
        (("cursor-agent", "readonly: true"), (CLAUDE, "disallowedTools: Edit, Write, NotebookEdit"), ()),
        (
            (CLAUDE, "disallowedTools: Edit, Write, NotebookEdit"),
            ("cursor-agent", "readonly: true"),
            ("shell(writing)",),
        ),
        # asking is less than allowing, and more than denying
        ((CLAUDE, "tools: Bash"), (OPENCODE, "permission:\n  bash: ask"), ("shell",)),
        ((OPENCODE, "permission:\n  bash: ask"), (CLAUDE, ""), ()),
        ((OPENCODE, "permission:\n  bash: ask"), (OPENCODE, "permission:\n  bash: deny"), ("shell (asks first)",)),
        ((OPENCODE, "permission: ask"), (CLAUDE, "tools: Read"), ("* (asks first)",)),
        ((CLAUDE, ""), (OPENCODE, "permission:\n  bash:\n    'rm *': ask"), ("shell(rm *)",)),
        # what one pattern denies another may hit
        (
            (OPENCODE, "permission:\n  '*': deny\n  bash:\n    'git *': allow"),
            (OPENCODE, "permission:\n  '*': deny\n  bash:\n    'git *': allow\n    'git push *': deny"),
            ("shell(git *)",),
        ),
        (
            (OPENCODE, "permission:\n  edit:\n    '*.md': deny\n    'docs/*': allow"),
            (OPENCODE, "permission:\n  edit:\n    'docs/*': allow\n    '*.md': deny"),
            ("edit(*.md)", "write(*.md)"),
        ),
    ],
)
def test_which_is_wider(new: tuple[str, str], old: tuple[str, str], expected: tuple[str, ...]) -> None:
    assert is_wider(of(*new), of(*old)) == expected


FRONTS = {
    CLAUDE: [
        "",
        "tools: []",
        "tools: Read, Bash(git:*)",
        "disallowedTools: Write, LS",
        "tools: '*'",
        "tools: Glob, Edit",
    ],
    "copilot-agent": ["tools: [search, edit]", "tools: [agent]\nagents: [a, b]"],
    OPENCODE: [
        "permission: ask",
        "permission:\n  '*': deny\n  bash:\n    'git *': ask",
        "permission:\n  bash:\n    '*': deny\n    'git *': allow\n    'git push *': ask",
    ],
    "cursor-agent": ["readonly: true"],
    "kiro-agent": ["tools: [read, '@bills/send']"],
}
EVERY = [of(format, front) for format, fronts in FRONTS.items() for front in fronts]


def test_nothing_is_wider_than_itself() -> None:
    assert [is_wider(each, each) for each in EVERY] == [()] * len(EVERY)


def test_not_being_wider_is_transitive() -> None:
    for first, second, third in product(EVERY, repeat=3):
        if not is_wider(first, second) and not is_wider(second, third):
            assert is_wider(first, third) == ()


PATTERNS = st.sampled_from(["*", "git *", "git push *", "git push", "*.md", "rm *"])
ACTIONS = st.sampled_from(["allow", "ask", "deny"])


@given(st.lists(st.tuples(PATTERNS, ACTIONS), max_size=6, unique_by=lambda rule: rule[0]))
def test_rules_in_any_order_are_not_wider_than_themselves(rules: list[tuple[str, str]]) -> None:
    front = "permission:\n  bash:\n    x: allow\n" + "".join(
        f"    '{pattern}': {action}\n" for pattern, action in rules
    )
    found = of(OPENCODE, front)
    assert is_wider(found, found) == ()
    if rules and rules[-1] == ("*", "deny"):
        assert not any(each.startswith("shell") for each in found.allowed | found.asks)


def test_very_many_rules_are_read() -> None:
    front = "permission:\n  bash:\n" + "".join(f"    'run {number} *': deny\n" for number in range(2_000))
    found = of(OPENCODE, front)
    assert len(found.denied) == 2_000
    assert is_wider(found, found) == ()
