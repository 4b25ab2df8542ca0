"""What an agent may use, said in another dialect: never more, and as much as can be said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdiff.access import Access, access, is_wider
from agentdiff.convert import Conversion, Outcome, convert
from agentdiff.errors import BadInput
from agentdiff.formats import FORMATS, parse
from agentdiff.formats.base import Kind
from agentdiff.formats.rendering import is_written, render
from agentdiff.granting import LIMITING_FIELDS, Tried, choose, until_exact
from agentdiff.limits import LIMITS
from agentdiff.model import Agent, FieldValue

TARGETS = [name for name, format in FORMATS.items() if is_written(format) and format.kind is Kind.AGENT]
TARGETS.remove("gh-aw")  # wants `on`, which no other dialect says


def agent(format: str, **fields: FieldValue) -> Agent:
    """An agent of that dialect with these canonical fields and what the dialect needs."""
    needed = [(name, "x") for name in FORMATS[format].required if name not in fields]
    text = render([("name", "worker"), *needed, *fields.items()], "Work.", FORMATS[format])
    return parse(text, "agent", format=format)


def claude(header: str) -> Agent:
    return parse(f"---\nname: worker\ndescription: Works\n{header}\n---\n\nWork.\n", "worker.md", format="claude-agent")


def read_back(conversion: Conversion) -> Agent:
    return parse(conversion.text, "agent", format=conversion.format)


def outcomes(conversion: Conversion) -> set[tuple[str, Outcome]]:
    return {(loss.field, loss.outcome) for loss in conversion.losses}


# ---------------------------------------------------------------------------------------------- laws

NAMES = st.sampled_from(
    (
        *(
            "Read",
            "Grep",
            "Glob",
            "Edit",
            "MultiEdit",
            "Write",
            "Bash",
            "WebSearch",
            "Task",
            "LS",
            "read",
            "edit",
            "write",
        ),
        *("search", "execute", "bash", "run_shell_command", "fs_write", "shell", "command", "Execute", "mcp", "@mcp"),
        *("mcp__GitHub__Search", "mcp__GitHub", "mcp__my_srv__get", "GitHub/Search", "GitHub/*", "@GitHub/Search", "*"),
        *(
            "mcp_docs_find",
            "docs_*",
            "Bash(git:*)",
            "Bash(git diff *)",
            "Edit(docs/**)",
            "Agent(tester, planner)",
            "Nope",
        ),
    )
)
LISTS = st.lists(NAMES, max_size=4, unique=True).map(tuple)
ACTIONS = st.sampled_from(("allow", "ask", "deny"))
PATTERNS = st.sampled_from(("*", "git *", "git push *", "docs/*", "rm *", "npm test"))
SWITCHES = st.dictionaries(
    st.sampled_from(("*", "read", "edit", "bash", "webfetch", "task", "grep", "GitHub_*", "mymcp_*", "lsp")),
    st.one_of(ACTIONS, st.dictionaries(PATTERNS, ACTIONS, min_size=1, max_size=3)),
    max_size=4,
)
RULES = st.lists(
    st.fixed_dictionaries(
        {"action": st.sampled_from(("*", "edit", "bash", "read")), "resource": PATTERNS, "effect": ACTIONS}
    ),
    max_size=4,
).map(tuple)
MATCHES = st.lists(
    st.fixed_dictionaries(
        {
            "capability": st.sampled_from(("shell", "fs_write", "fs_read", "web_fetch", "mcp", "all")),
            "match": st.lists(PATTERNS, max_size=2).map(tuple),
            "effect": ACTIONS,
        }
    ),
    max_size=3,
).map(tuple)


def said(format: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Agent]:
    """Agents of that dialect with some of these fields."""
    return st.fixed_dictionaries({}, optional=fields).map(lambda chosen: agent(format, **as_fields(chosen)))


def as_fields(chosen: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    return {name.replace("_", "-"): value for name, value in chosen.items()}


LISTED = ("copilot-agent", "gemini-agent", "factory-droid", "roo-modes", "cline-agent", "amazonq-agent", "devin-agent")
DENYING = ("claude-agent", "qwen-agent", "kimi-agent", "augment-agent", "junie-agent")
AGENTS = st.one_of(
    *(said(format, tools=LISTS) for format in LISTED if "tools" in FORMATS[format].by_field),
    *(said(format, tools=LISTS, disallowed_tools=LISTS) for format in DENYING),
    said("claude-agent", tools=LISTS, permission_mode=st.sampled_from(("plan", "acceptEdits"))),
    *(said(format, permission=st.one_of(SWITCHES, ACTIONS)) for format in ("opencode-agent", "opencode-json")),
    said("opencode-v2", permissions=RULES),
    said("kiro-agent", tools=LISTS, permissions=MATCHES),
    said("codex-agent", sandbox_mode=st.sampled_from(("read-only", "workspace-write", "danger-full-access"))),
    said("cursor-agent", readonly=st.sampled_from(("true", "false"))),
)


@settings(max_examples=300)
@given(AGENTS, st.sampled_from(TARGETS))
def test_never_more_without_leave(agent: Agent, target: str) -> None:
    old = access(agent, FORMATS[agent.format])
    try:
        conversion = convert([agent], target)
    except BadInput as refusal:
        assert "--allow-wider" in str(refusal)
        wide = convert([agent], target, may_widen=True)
        assert is_wider(access(read_back(wide), FORMATS[target]), old)
        assert any(loss.outcome is Outcome.WIDENED for loss in wide.losses)
        return
    new = access(read_back(conversion), FORMATS[target])
    assert is_wider(new, old) == ()
    assert bool(is_wider(old, new)) == any(loss.outcome is Outcome.NARROWED for loss in conversion.losses) or (
        agent.format == target
    )
    assert convert([agent], target, may_widen=True) == conversion, "leave is not used where it is not needed"


@settings(max_examples=100)
@given(AGENTS)
def test_there_and_back_is_never_more(agent: Agent) -> None:
    """Whatever lies between, for what was given up does not come back."""
    origin, old = FORMATS[agent.format], access(agent, FORMATS[agent.format])
    for target in ("claude-agent", "opencode-v2", "kiro-agent"):
        try:
            again = convert([read_back(convert([agent], target))], origin.name)
        except BadInput:
            continue
        assert is_wider(access(read_back(again), origin), old) == ()


def test_all_that_decides_is_read_back() -> None:
    assert {"tools", *LIMITS} <= LIMITING_FIELDS


# ---------------------------------------------------------------------------------------------- the narrowest

READS = claude("tools: Read, Grep, Glob")
EDITS = claude("tools: Read, Grep, Edit, Write")
RUNS = claude("tools: Read, Bash")
WHOLE = claude("model: opus")


@pytest.mark.parametrize(
    ("given", "target", "expected"),
    [
        (READS, "cursor-agent", {"readonly": "true"}),
        (EDITS, "cursor-agent", {}),
        (RUNS, "cursor-agent", {}),
        (WHOLE, "cursor-agent", {}),
        (READS, "codex-agent", {"sandbox-mode": "read-only", "web-search": "disabled"}),
        (EDITS, "codex-agent", {"sandbox-mode": "workspace-write", "web-search": "disabled"}),
        (claude("tools: Read, Grep, WebSearch"), "codex-agent", {"sandbox-mode": "read-only"}),
        (claude("tools: Read, Edit, WebSearch"), "codex-agent", {"sandbox-mode": "workspace-write"}),
        (WHOLE, "codex-agent", {}),
        (READS, "goose-agent", {}),
    ],
)
def test_with_leave_the_least_that_holds_all(given: Agent, target: str, expected: dict[str, str]) -> None:
    converted = read_back(convert([given], target, may_widen=True))
    assert {f.name: f.value for f in converted.fields if f.name in LIMITING_FIELDS} == expected
    old = access(given, FORMATS[given.format])
    assert is_wider(old, access(converted, FORMATS[target])) == (), "it may do all that it might"


def test_the_refusal_says_what_it_may_and_what_it_could() -> None:
    with pytest.raises(BadInput, match=r"^worker\.md: this agent may use find-files, read, search-text, and as cursor"):
        convert([READS], "cursor-agent")
    with pytest.raises(
        BadInput, match=r"it could use everything but .*edit.*; choose a format that limits tools, or add"
    ):
        convert([READS], "cursor-agent")


def test_choosing() -> None:
    old = Access(frozenset({"read", "edit"}))
    nothing, read, both, all_of_it = (Access(frozenset(names)) for names in ((), ("read",), ("read", "edit"), ("*",)))
    ways = {name: Tried.of({"tools": name}, new, old) for name, new in locals().items() if isinstance(new, Access)}

    def chosen(*names: str, may_widen: bool = True) -> str | None:
        found = choose([ways[name] for name in names], may_widen)
        return None if found is None else str(found.limits["tools"])

    assert chosen("nothing", "read", "all_of_it") == "read"
    assert chosen("read", "both", "all_of_it") == "both"
    assert chosen("all_of_it") == "all_of_it"
    assert chosen("all_of_it", may_widen=False) is None
    assert [way.limits["tools"] for way in until_exact(ways[name] for name in ("read", "both", "nothing"))] == [
        "read",
        "both",
    ]


# ---------------------------------------------------------------------------------------------- what is written


@pytest.mark.parametrize(
    ("header", "target", "field", "expected"),
    [
        (
            "tools: mcp__GitHub__Search, mcp__my_srv",
            "claude-agents-json",
            "tools",
            ("mcp__GitHub__Search", "mcp__my_srv"),
        ),
        ("tools: mcp__GitHub__Search", "qwen-agent", "tools", ("mcp__GitHub__Search",)),
        ("tools: mcp__GitHub__Search", "copilot-agent", "tools", ("GitHub/Search",)),
        ("tools: mcp__GitHub", "copilot-agent", "tools", ("GitHub/*",)),
        ("tools: mcp__GitHub__Search", "gemini-agent", "tools", ("mcp_GitHub_Search",)),
        ("tools: Read, mcp__my_srv__get", "gemini-agent", "tools", ("read_file",)),  # `mcp_my_…` is of the server `my`
        ("tools: mcp__GitHub__Search, mcp__GitHub", "kiro-agent", "tools", ("@GitHub",)),
        ("tools: Bash(git:*), Read", "claude-agents-json", "tools", ("Bash(git:*)", "Read")),
        ("tools: Bash(git:*), Read", "gemini-agent", "tools", ("read_file",)),
        (
            "tools: [Bash(git:*), Read]",
            "opencode-agent",
            "permission",
            {"*": "deny", "read": "allow", "bash": {"*": "deny", "git *": "allow"}},
        ),
        (
            "tools: Read, mcp__GitHub",
            "opencode-json",
            "permission",
            {"*": "deny", "read": "allow", "GitHub_*": "allow"},
        ),
        (
            "tools: Read, mcp__GitHub__create_issue",
            "opencode-agent",
            "permission",
            {"*": "deny", "read": "allow", "GitHub_create_issue": "allow"},
        ),
        ("tools: Read, Grep, Glob, LS, Bash(git:*)", "kiro-agent", "tools", ("read", "shell")),
        (
            "tools: Read, Grep, Glob, LS, Bash(git:*)",
            "kiro-agent",
            "permissions",
            ({"capability": "shell", "match": ("*",), "exclude": ("git *",), "effect": "deny"},),
        ),
        ("tools: Read, Grep, Glob, LS", "kiro-agent", "permissions", None),
        ("tools: Read, Bash(git:*)\nmodel: opus", "devin-agent", "tools", ("Read", "Bash(git:*)")),
        (
            "tools: Read, Bash(git diff:*), Write\ndisallowedTools: Write",
            "devin-agent",
            "tools",
            ("Read", "Bash(git diff:*)"),
        ),
        ("tools: Read, Task", "roo-modes", "tools", ()),
        ("tools: Read, LS, Grep, Glob, Task", "roo-modes", "tools", ("read",)),
        (
            "tools: Read",
            "opencode-v2",
            "permissions",
            (
                {"action": "*", "resource": "*", "effect": "deny"},
                {"action": "read", "resource": "*", "effect": "allow"},
            ),
        ),
        ("tools: Read, Bash", "docker-agent", "toolsets", ({"type": "shell"},)),
        ("disallowedTools: Bash", "qwen-agent", "disallowed-tools", ("run_shell_command",)),
        ("disallowedTools: Write", "opencode-agent", "permission", {"*": "allow", "edit": "deny"}),
        ("tools: []", "copilot-agent", "tools", ()),
        ("tools:", "copilot-agent", "tools", None),
        ("model: opus", "opencode-agent", "permission", None),
        ("model: opus", "qwen-agent", "disallowed-tools", None),
        ('tools: "*"', "kiro-agent", "tools", ("*",)),
        ("model: opus", "kiro-agent", "tools", ("*",)),  # there, silence is nothing
    ],
)
def test_as_its_host_has_it(header: str, target: str, field: str, expected: FieldValue) -> None:
    converted = read_back(convert([claude(header)], target))
    found = converted.field(field)
    assert (found.value if found else None) == expected


def test_a_limit_that_went_is_not_called_moved() -> None:
    losses = convert([claude("tools: Read\ndisallowedTools: Write")], "cursor-agent", may_widen=True).losses
    told = {loss.field: (loss.outcome, loss.message) for loss in losses}
    assert told["tools"][0] is Outcome.WIDENED
    assert told["disallowed-tools"] == (Outcome.WIDENED, "what that allows now is told with `tools`")


@pytest.mark.parametrize(
    ("given", "outcome", "field"),
    [
        (agent("codex-agent", **{"sandbox-mode": "workspace-write"}), Outcome.DROPPED, "sandbox-mode"),
        (agent("cursor-agent", readonly="false"), Outcome.MOVED, "readonly"),
        (agent("goose-recipe", extensions=({"type": "stdio", "name": "bugs", "cmd": "run"},)), Outcome.DROPPED, None),
        (agent("goose-recipe", extensions=({"type": "builtin", "name": "developer"},)), Outcome.MOVED, None),
    ],
)
def test_what_tools_cannot_tell_is_not_called_moved(given: Agent, outcome: Outcome, field: str | None) -> None:
    told = {loss.field: loss.outcome for loss in convert([given], "claude-agent", may_widen=True).losses}
    assert told[field or "extensions"] is outcome


def test_opencode_2_has_rules_in_its_own_way_only() -> None:
    converted = convert([claude("tools: Read")], "opencode-v2")
    assert not {"tools", "permission"} & {field.name for field in read_back(converted).fields}


def test_parts_that_are_no_patterns_are_not_written_as_such() -> None:
    """`shell(writing)` is what a sandbox that only reads forbids, not the command `writing`."""
    reads = agent("codex-agent", **{"sandbox-mode": "read-only"})
    for target in TARGETS:
        text = convert([reads], target, may_widen=True).text
        assert "writing" not in text, target


# ---------------------------------------------------------------------------------------------- commands


def command(header: str, format: str = "claude-command") -> Agent:
    return parse(f"---\ndescription: Works\n{header}\n---\n\nWork.\n", "work.md", format=format)


def test_what_a_command_uses_without_a_question_stays_or_is_told() -> None:
    given = command("allowed-tools: Bash(git add:*), mcp__GitHub__Search")
    same = convert([given], "agent-skill")
    found = read_back(same).field("tools")
    assert found is not None
    assert found.value == ("Bash(git add:*)", "mcp__GitHub__Search")
    assert ("tools", Outcome.DROPPED) not in outcomes(same)
    for target in ("gemini-command", "opencode-command", "copilot-prompt", "cursor-command"):
        other = convert([given], target)
        assert read_back(other).field("tools") is None
        assert ("tools", Outcome.DROPPED) in outcomes(other)
        assert ("tools", Outcome.WIDENED) not in outcomes(other), "it limits nothing"


def test_several_servers_that_differ_in_case_keep_their_names() -> None:
    given = claude("tools: mcp__Jira__Get, mcp__linear__List_Issues")
    text = convert([given], "gemini-agent").text
    assert "tools: [mcp_Jira_Get, mcp_linear_List_Issues]\n" in text
