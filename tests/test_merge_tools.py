"""Which tools are left when several agents become one: by default nothing that any of them may not use."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdiff.access import access, is_wider
from agentdiff.formats import FORMATS, parse
from agentdiff.formats.rendering import render
from agentdiff.ledger import DEFAULTS, Answer, FieldMerge, FieldStatus, MergeOptions, ToolsPolicy
from agentdiff.merge_fields import MergedFields, merge_fields
from agentdiff.model import Agent, FieldValue

AGREED, CHOSEN, CONFLICT = FieldStatus.AGREED, FieldStatus.CHOSEN, FieldStatus.CONFLICT
CLAUDE, COPILOT, OPENCODE, GEMINI = "claude-agent", "copilot-agent", "opencode-agent", "gemini-agent"


def agents(format: str, *lines: str) -> list[Agent]:
    """One agent for each piece of front matter."""
    head = "name: gardener\ndescription: Looks after gardens."
    return [
        parse(f"---\n{head}\n{line}\n---\nMow\n", f"{format}-{number}.md", format=format)
        for number, line in enumerate(lines)
    ]


def claude(*lines: str) -> list[Agent]:
    """The same for Claude Code."""
    return agents(CLAUDE, *lines)


def copilot(*tools: str) -> list[Agent]:
    """Agents of another product, with these tools."""
    return agents(COPILOT, *(f"tools: {each}" for each in tools))


def merged(
    given: list[Agent], format: str = CLAUDE, options: MergeOptions = DEFAULTS, winner: int | None = None
) -> MergedFields:
    """All fields of these agents."""
    return merge_fields(given, FORMATS[format], options, winner)


def tools(found: MergedFields, name: str = "tools") -> FieldMerge:
    """How that field is merged."""
    return next(field for field in found.fields if field.name == name)


def read_back(found: MergedFields, format: str) -> Agent:
    """An agent with these fields."""
    fields = [(field.name, field.value) for field in found.fields if field.value is not None]
    return parse(render(fields, "Mow", FORMATS[format]), "gardener.md", format=format)


# ---------------------------------------------------------------------------------------------- what all allow


@pytest.mark.parametrize(
    ("lines", "value", "status"),
    [
        (["tools: Read, Grep", "tools: Grep, Read"], ("Grep", "Read"), AGREED),
        (["tools: Read, Grep", "tools: [Read, Grep]"], ("Read", "Grep"), AGREED),
        (["tools: Read, Read", "tools: Read, Read"], ("Read", "Read"), AGREED),
        (["tools: Read, Grep, Bash", "tools: Read, Bash"], ("Read", "Bash"), CHOSEN),
        # who names none allows all
        (["tools: Read, Grep", ""], ("Read", "Grep"), CHOSEN),
        (["tools: Read, Grep", "tools:"], ("Read", "Grep"), CHOSEN),
        (["tools: Read, Grep", "tools: '*'"], ("Read", "Grep"), CHOSEN),
        (["tools: '*'", "tools: '*'"], ("*",), AGREED),
        (["tools:", ""], None, AGREED),
        # a narrower grant of one is what both allow
        (["tools: Read, Bash", "tools: Read, Bash(git:*)"], ("Read", "Bash(git:*)"), CHOSEN),
        (["tools: mcp__bills", "tools: mcp__bills__send, mcp__post"], ("mcp__bills__send",), CHOSEN),
        (["tools: Glob", "tools: LS"], ("LS",), CHOSEN),
        # two spellings of one capability are one, unless all want both
        (["tools: Edit, MultiEdit, Read", "tools: Edit, Read"], ("Edit", "Read"), AGREED),
        (["tools: Edit, MultiEdit", "tools: Edit, MultiEdit, Read"], ("Edit", "MultiEdit"), CHOSEN),
        (["tools: MultiEdit, Read", "tools: Edit, Read"], ("Edit", "Read"), AGREED),
        # none at all
        (["tools: []", "tools: []"], (), AGREED),
        (["tools: []", ""], (), CHOSEN),
        # what is denied elsewhere stays in the list, as it was
        (["tools: Read, Edit\npermissionMode: plan", "tools: Read, Edit"], ("Read", "Edit"), AGREED),
    ],
)
def test_tools_are_what_all_allow(lines: list[str], value: FieldValue, status: FieldStatus) -> None:
    found = tools(merged(claude(*lines)))
    assert (found.value, found.status) == (value, status)


@pytest.mark.parametrize(
    ("own", "other", "value"),
    [
        ("tools: Read, Grep, Glob, Edit", "[search, read]", ("Read", "Grep", "Glob")),
        ("tools: Read, Edit, Write", "[edit, readFile]", ("Read", "Edit", "Write")),
        ("tools: Bash, WebFetch", "[runCommands, web]", ("Bash", "WebFetch")),
        ("", "[read, search]", ("Read", "Grep", "Glob")),
        ("", "[read, gardenHose]", ("Read",)),
        ("", "[read, 'Post/send']", ("Read", "mcp__Post__send")),
        ("tools: Read, mcp__post", "[read, 'post/*']", ("Read", "mcp__post")),
    ],
)
def test_names_of_other_products_count_by_what_they_grant(own: str, other: str, value: FieldValue) -> None:
    assert tools(merged([*claude(own), *copilot(other)])).value == value


def test_the_winners_order_counts() -> None:
    lines = ["tools: Read, Grep", "tools: Grep, Read"]
    assert tools(merged(claude(*lines), winner=0)).value == ("Read", "Grep")


@pytest.mark.parametrize(
    ("given", "format"),
    [
        ([*claude("tools: Read, Grep", "tools: Grep"), *copilot("[web]")], CLAUDE),
        (claude("tools: Read, Grep", "tools: Bash"), CLAUDE),
        (claude("tools: Read, Grep", "tools: []"), CLAUDE),
        ([*claude(""), *copilot("[gardenHose]", "[read]")], CLAUDE),
        (copilot("[read]", "[edit]"), COPILOT),
        (agents(GEMINI, "tools: [glob]", "tools: [replace]"), GEMINI),
    ],
)
def test_nothing_in_common_is_an_empty_list_and_a_question(given: list[Agent], format: str) -> None:
    found = merged(given, format)
    assert (tools(found).value, tools(found).status) == ((), CONFLICT)
    assert [(each.subject, each.chosen is None, each.is_open) for each in found.conflicts] in (
        [("tools", True, True)],
        [("tools", False, True)],  # one says `[]`
    )
    assert found.widenings == ()
    assert access(read_back(found, format), FORMATS[format]).allowed == frozenset()


def test_a_host_that_starts_no_agent_without_tools_is_named() -> None:
    assert "Claude Code does not start such an agent" in tools(merged(claude("tools: Read", "tools: Bash"))).reason


# ---------------------------------------------------------------------------------------------- other fields


@pytest.mark.parametrize(
    ("given", "format", "field", "value"),
    [
        # OpenCode says it in switches, or in permissions
        (agents(OPENCODE, "tools: {write: false}", "tools: {write: false}"), OPENCODE, "tools", {"write": "false"}),
        (
            agents(OPENCODE, "tools: {write: false}", "tools: {bash: false}"),
            OPENCODE,
            "tools",
            {"write": "false", "bash": "false"},
        ),
        (
            agents(OPENCODE, "tools: {write: true, read: true}", "tools: {write: false, read: true}"),
            OPENCODE,
            "tools",
            {"write": "false", "read": "true"},
        ),
        (agents(OPENCODE, "permission: {bash: deny}", ""), OPENCODE, "permission", {"bash": "deny"}),
        (
            agents(OPENCODE, "permission: {bash: deny}", "permission: {edit: deny}"),
            OPENCODE,
            "permission",
            {"*": "allow", "edit": "deny", "bash": "deny"},
        ),
        (
            [*agents(OPENCODE, "", ""), *claude("tools: Read, Grep")],
            OPENCODE,
            "permission",
            {"*": "deny", "read": "allow", "grep": "allow"},
        ),
        # a map of another product becomes a list, or denials
        ([*claude("tools: Read, Bash"), *agents(OPENCODE, "tools: {bash: false}")], CLAUDE, "tools", ("Read",)),
        (
            [*claude(""), *agents(OPENCODE, "tools: {bash: false}")],
            CLAUDE,
            "disallowed-tools",
            ("Bash", "BashOutput", "KillBash", "KillShell", "PowerShell"),
        ),
        # a map in an agent of Claude Code switches nothing on that was off
        (claude("tools: Read, Bash", "tools: {read: true}"), CLAUDE, "tools", ("Read", "Bash")),
        # denied in one, named in the other
        (claude("disallowedTools: Bash", "tools: Read, Bash"), CLAUDE, "disallowed-tools", ("Bash",)),
        (
            [*copilot("[read, edit]", "[read, edit]"), *claude("disallowedTools: Edit")],
            COPILOT,
            "tools",
            ("read", "edit/createFile"),
        ),
        # where there is no list of tools
        (agents("cursor-agent", "readonly: true", "readonly: false"), "cursor-agent", "readonly", "true"),
    ],
)
def test_other_fields_limit_too(given: list[Agent], format: str, field: str, value: FieldValue) -> None:
    found = merged(given, format)
    assert tools(found, field).value == value
    assert found.widenings == ()


def test_permissions_are_a_question_though_the_strictest_are_written() -> None:
    found = merged(agents(OPENCODE, "permission: {bash: deny}", "permission: {edit: deny}"), OPENCODE)
    assert [(each.subject, each.chosen, each.is_open) for each in found.conflicts] == [("permission", None, True)]


def test_a_mode_that_is_left_out_does_not_widen() -> None:
    lines = ["tools: Read, Edit\npermissionMode: plan", "tools: Read, Edit\npermissionMode: weekends"]
    found = merged(claude(*lines))
    assert tools(found).value == ("Read",)
    assert "the other fields of some variant do not allow them: Edit" in found.notes[0]


@pytest.mark.parametrize(("format", "wider"), [("cursor-agent", "everything else"), ("agents-md", "everything else")])
def test_a_format_that_cannot_say_so_little_is_a_question(format: str, wider: str) -> None:
    found = merged([*claude("tools: Read"), *agents(format, "", "")], format)
    assert found.widenings == (f"wider than {CLAUDE}-0.md: {wider}",)
    assert [each.subject for each in found.conflicts] == ["tools"]
    assert "cannot say so little" in tools(found).reason


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (["allowed-tools: Read, Grep", "allowed-tools: Read"], ("Read",)),
        (["allowed-tools: Read, Grep", "allowed-tools: Read, Grep"], ("Read", "Grep")),
    ],
)
def test_a_command_needs_no_more_questions_than_all_allow(lines: list[str], value: FieldValue) -> None:
    assert tools(merged(agents("claude-command", *lines), "claude-command")).value == value


def test_what_an_agent_may_use_is_not_approved_in_a_command() -> None:
    given = [*agents("claude-command", "allowed-tools: Read", "allowed-tools: Read"), *claude("tools: Read")]
    found = merged(given, "claude-command")
    assert tools(found).value == ()
    assert found.notes[-1].startswith("tools are not named, so none approved, in: claude-agent-0.md")


# ---------------------------------------------------------------------------------------------- policies


@pytest.mark.parametrize(
    ("policy", "lines", "value"),
    [
        (ToolsPolicy.UNION, ["tools: Read", "tools: Bash"], ("Bash", "Read")),
        (ToolsPolicy.UNION, ["tools: Read", ""], None),
        (ToolsPolicy.UNION, ["tools: Read", "tools: '*'"], ("*",)),
        (ToolsPolicy.UNION, ["tools: Bash(git:*)", "tools: Bash"], ("Bash",)),
        (ToolsPolicy.MAJORITY, ["tools: Read", "tools: Bash", "tools: Read, Bash, Grep"], ("Read", "Bash")),
        (ToolsPolicy.MAJORITY, ["tools: Read", "tools: Bash", ""], ("Bash", "Read")),
        (ToolsPolicy.MAJORITY, ["tools: Read", "", ""], None),
        (ToolsPolicy.MAJORITY, ["tools: Read, Bash", "tools: Bash"], ("Bash",)),  # half is not enough
        (ToolsPolicy.MAJORITY, ["tools: Read", "tools: Bash"], ()),
    ],
)
def test_other_policies(policy: ToolsPolicy, lines: list[str], value: FieldValue) -> None:
    found = tools(merged(claude(*lines), options=MergeOptions(tools=policy)))
    assert (found.value, found.policy) == (value, policy)


@pytest.mark.parametrize(
    ("policy", "value"),
    [
        (ToolsPolicy.INTERSECTION, {"bash": "false", "edit": "false", "read": "true"}),
        (ToolsPolicy.MAJORITY, {"bash": "false", "read": "true"}),
        (ToolsPolicy.UNION, {"read": "true"}),
    ],
)
def test_policies_of_switches(policy: ToolsPolicy, value: FieldValue) -> None:
    maps = ["tools: {bash: false, read: true}", "tools: {bash: false, edit: false, read: true}", "tools: {read: true}"]
    assert tools(merged(agents(OPENCODE, *maps), OPENCODE, MergeOptions(tools=policy))).value == value


def test_who_allowed_less_is_told() -> None:
    given = claude("tools: Read", "tools: Bash", "tools: Read, Bash")
    found = merged(given, options=MergeOptions(tools=ToolsPolicy.UNION))
    assert found.widenings == ("wider than claude-agent-0.md: shell", "wider than claude-agent-1.md: read")


@pytest.mark.parametrize(
    ("source", "format", "field", "value"),
    [
        (claude("tools: Bash")[0], CLAUDE, "tools", ("Bash",)),
        (claude("")[0], CLAUDE, "tools", None),
        (copilot("[search, 'Post/send']")[0], CLAUDE, "tools", ("Grep", "Glob", "mcp__Post__send")),
        (claude("tools: Read")[0], OPENCODE, "permission", {"*": "deny", "read": "allow"}),
    ],
)
def test_tools_may_be_those_of_one_agent(source: Agent, format: str, field: str, value: FieldValue) -> None:
    found = merged(agents(format, "", ""), format, MergeOptions(tools_of=source))
    assert tools(found, field).value == value
    assert tools(found).policy == "file"


# ---------------------------------------------------------------------------------------------- decisions


def test_an_answer_decides_where_nothing_is_common() -> None:
    given = claude("tools: Read", "tools: Bash")
    (question,) = merged(given).conflicts
    found = merged(given, options=MergeOptions(answers={question.id: Answer(frozenset({"Bash"}))}))
    assert (tools(found).value, tools(found).reason) == (("Bash",), "decided: Bash")
    assert found.widenings == ("wider than claude-agent-0.md: shell",)
    assert [(each.chosen, each.is_open) for each in found.conflicts] == [(1, False)]


def test_the_preferred_input_decides_in_the_words_of_the_format() -> None:
    given = [*claude("tools: Read", "tools: Bash"), *copilot("[web]")]
    found = tools(merged(given, options=MergeOptions(prefer=2)))
    assert (found.value, found.reason) == (("WebFetch", "WebSearch"), "copilot-agent-0.md is preferred")


def test_without_a_question_nobody_is_preferred() -> None:
    found = tools(merged(claude("tools: Read", "tools: Read, Bash"), options=MergeOptions(prefer=1)))
    assert found.value == ("Read",)


# ---------------------------------------------------------------------------------------------- notes


def test_what_was_left_out_is_said() -> None:
    notes = merged(claude("tools: Read, Bash", "tools: Read, Edit", "")).notes
    assert [note.partition(": ")[2] for note in notes] == ["Bash, Edit", "claude-agent-2.md"]


def test_another_spelling_is_not_called_left_out() -> None:
    assert merged([*claude("tools: Read, Bash"), *copilot("[readFile, runCommands]")]).notes == ()


def test_editing_without_reading_is_said() -> None:
    assert any("not reading" in note for note in merged(claude("tools: Read, Edit", "tools: Edit")).notes)


def test_a_host_where_silence_allows_nothing_is_told_apart() -> None:
    notes = merged([*claude("tools: Read"), *agents("kiro-agent", "")]).notes
    assert "tools are not named, so none allowed, in: kiro-agent-0.md" in notes


# ---------------------------------------------------------------------------------------------- laws


names = {
    CLAUDE: [
        "Read",
        "Grep",
        "Glob",
        "LS",
        "Edit",
        "MultiEdit",
        "Bash",
        "Bash(git:*)",
        "WebFetch",
        "mcp__a__b",
        "mcp__a",
    ],
    COPILOT: ["read", "search", "edit", "readFile", "runCommands", "web", "a/b", "a/*", "hose", "todo"],
    OPENCODE: ["read", "grep", "glob", "list", "edit", "write", "bash", "webfetch", "a_*"],
    GEMINI: ["read_file", "glob", "list_directory", "replace", "run_shell_command", "mcp_a_b", "*"],
}


def switched(tool: str, *words: str) -> st.SearchStrategy[str]:
    """An entry of a map for one tool."""
    return st.sampled_from(words).map(lambda word: f"'{tool}': {word}")


def lists_of(format: str) -> st.SearchStrategy[str]:
    """Front matter that says something of tools in one format, or nothing."""
    some = st.lists(st.sampled_from(names[format]), max_size=5, unique=True)
    quoted = some.map(lambda tools: ", ".join(f"'{tool}'" for tool in tools))
    if format != OPENCODE:
        lines = st.one_of(st.just(""), quoted.map(lambda tools: f"tools: [{tools}]"))
        return st.tuples(lines, st.sampled_from(extras[format])).map("\n".join)
    switches = some.flatmap(lambda tools: st.tuples(*(switched(tool, "true", "false") for tool in tools)))
    rules = some.flatmap(lambda tools: st.tuples(*(switched(tool, "allow", "ask", "deny") for tool in tools)))
    return st.one_of(
        st.just(""),
        switches.map(lambda entries: f"tools: {{{', '.join(entries)}}}"),
        rules.map(lambda entries: f"permission: {{{', '.join(entries)}}}"),
    )


extras = {
    CLAUDE: ["", "", "disallowedTools: Bash", "disallowedTools: Edit, Read", "permissionMode: plan"],
    COPILOT: ["", "", "agents: [planner]", "agents: []"],
    GEMINI: [""],
}
variants = st.sampled_from(sorted(names)).flatmap(
    lambda format: lists_of(format).map(lambda line: agents(format, line)[0])
)


@settings(max_examples=150, deadline=None)
@given(st.lists(variants, min_size=1, max_size=4), st.sampled_from(sorted(names)))
def test_no_agent_may_do_more_than_any_variant(given: list[Agent], format: str) -> None:
    found = merged(given, format)
    assert found.widenings == ()
    new = access(read_back(found, format), FORMATS[format])
    for variant in given:
        assert is_wider(new, access(variant, FORMATS[variant.format])) == ()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(variants, min_size=2, max_size=4),
    st.sampled_from(sorted(names)),
    st.sampled_from(list(ToolsPolicy)),
    st.randoms(use_true_random=False),
)
def test_the_order_does_not_matter(given: list[Agent], format: str, policy: ToolsPolicy, chance: Random) -> None:
    shuffled = list(given)
    chance.shuffle(shuffled)
    options = MergeOptions(tools=policy)
    one, other = (merged(each, format, options) for each in (given, shuffled))
    assert {each.name: each.value for each in one.fields} == {each.name: each.value for each in other.fields}
    assert {each.id for each in one.conflicts} == {each.id for each in other.conflicts}


@settings(max_examples=100, deadline=None)
@given(st.lists(variants, min_size=2, max_size=4), st.sampled_from(sorted(names)))
def test_merged_again_with_a_source_the_tools_stay(given: list[Agent], format: str) -> None:
    canonical = read_back(merged(given, format), format)
    for variant in given:
        again = merged([canonical, variant], format, winner=0)
        kept = {each.name: each.value for each in again.fields if each.value is not None and "name" not in each.name}
        assert kept == {field.name: field.value for field in canonical.fields if "name" not in field.name}


@settings(max_examples=100, deadline=None)
@given(st.lists(variants, min_size=2, max_size=3), st.sampled_from(sorted(names)))
def test_a_union_allows_no_less_than_the_intersection(given: list[Agent], format: str) -> None:
    options = [MergeOptions(tools=policy) for policy in (ToolsPolicy.INTERSECTION, ToolsPolicy.UNION)]
    few, all_of_them = (access(read_back(merged(given, format, each), format), FORMATS[format]) for each in options)
    plain = {"name", "display-name", "description", "tools"}  # not every format can say all but some
    fields = [field for each in given for field in each.fields]
    has_denials = any(field.name not in plain or isinstance(field.value, Mapping) for field in fields)
    assert has_denials or is_wider(few, all_of_them) == ()


def test_maps_keep_the_order_of_the_winner() -> None:
    maps = ["tools: {'*': false, read: true}", "tools: {'*': false, bash: true, read: true}"]
    found = tools(merged(agents(OPENCODE, *maps), OPENCODE, winner=0)).value
    assert isinstance(found, Mapping)
    assert list(found)[:2] == ["*", "read"]
