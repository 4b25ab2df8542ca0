"""One rule for each field; nothing granted that was not granted before."""

from __future__ import annotations

import pytest
from merge_samples import agent, field_of

from agentdiff.capabilities import covers, granted
from agentdiff.formats import FORMATS, parse
from agentdiff.ledger import FieldMerge, FieldStatus
from agentdiff.merge_fields import merge_fields
from agentdiff.model import Agent, FieldValue

CLAUDE = FORMATS["claude-agent"]
AGREED, CHOSEN, CONFLICT = FieldStatus.AGREED, FieldStatus.CHOSEN, FieldStatus.CONFLICT


def copilot(tools: str) -> Agent:
    """An agent of another product."""
    return parse(f"---\ndescription: Looks after gardens.\ntools: {tools}\n---\nMow\n", "gardener.agent.md")


def claude(*lines: str) -> list[Agent]:
    """One agent for each piece of front matter."""
    return [agent("Mow\n", line, f"{number}.md") for number, line in enumerate(lines)]


def of(name: str, agents: list[Agent]) -> FieldMerge:
    """How one field of these agents is merged."""
    fields, _, _ = merge_fields(agents, CLAUDE)
    return next(field for field in fields if field.name == name)


# ---------------------------------------------------------------------------------------------- tools


@pytest.mark.parametrize(
    ("lines", "value", "status"),
    [
        (["tools: Read, Grep", "tools: Grep, Read"], ("Grep", "Read"), AGREED),
        (["tools: Read, Grep", "tools: [Read, Grep]"], ("Read", "Grep"), AGREED),
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
        # two spellings of one capability are one, unless all want both
        (["tools: Edit, MultiEdit, Read", "tools: Edit, Read"], ("Edit", "Read"), AGREED),
        (["tools: Edit, MultiEdit", "tools: Edit, MultiEdit, Read"], ("Edit", "MultiEdit"), CHOSEN),
        (["tools: MultiEdit, Read", "tools: Edit, Read"], ("Edit", "Read"), AGREED),
        # none at all
        (["tools: []", "tools: []"], (), AGREED),
        (["tools: []", ""], (), CHOSEN),
    ],
)
def test_tools_are_what_all_allow_that_name_any(lines: list[str], value: FieldValue, status: FieldStatus) -> None:
    found = of("tools", claude(*lines))
    assert (found.value, found.status) == (value, status)


@pytest.mark.parametrize(
    ("own", "other", "value"),
    [
        ("tools: Read, Grep, Glob, Edit", "[search, read]", ("Read", "Grep", "Glob")),
        ("tools: Read, Edit, Write", "[edit, readFile]", ("Read", "Edit", "Write")),
        ("tools: Bash, WebFetch", "[runCommands, web]", ("Bash", "WebFetch")),
        ("", "[read, search]", ("Read", "Grep", "Glob")),
        ("", "[read, gardenHose]", ("Read",)),
    ],
)
def test_names_of_other_products_count_by_what_they_grant(own: str, other: str, value: FieldValue) -> None:
    assert of("tools", [*claude(own), copilot(other)]).value == value


@pytest.mark.parametrize(
    ("agents", "value"),
    [
        ([*claude("tools: Read, Grep", "tools: Grep"), copilot("[web]")], ("Grep",)),
        (claude("tools: Read, Grep", "tools: Bash"), ("Bash",)),
        (claude("tools: Read, Grep", "tools: []"), ("Read", "Grep")),
        ([*claude(""), copilot("[gardenHose]"), copilot("[read]")], ("gardenHose",)),
    ],
)
def test_an_empty_intersection_is_a_question_and_never_all_tools(agents: list[Agent], value: FieldValue) -> None:
    found = of("tools", agents)
    assert (found.value, found.status) == (value, CONFLICT)
    _, conflicts, _ = merge_fields(agents, CLAUDE)
    assert [conflict.subject for conflict in conflicts] == ["tools"]


def test_no_tool_is_wider_than_any_variant_allows() -> None:
    lists = ["Read, Grep, Glob", "Grep, Read, Bash", "Read, Grep, Glob, Edit, Write", "Grep, LS, Read"]
    for first in lists:
        for second in lists:
            value = of("tools", claude(f"tools: {first}", f"tools: {second}")).value
            assert isinstance(value, tuple)
            for each in (first, second):
                allowed = granted(each.split(", "), "claude")
                assert all(covers(allowed, str(tool), "claude") for tool in value)


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (["tools:\n  write: false", "tools:\n  write: false"], {"write": "false"}),
        (["tools:\n  write: false", "tools:\n  bash: false"], {"write": "false", "bash": "false"}),
        (
            ["tools:\n  write: true\n  read: true", "tools:\n  write: false\n  read: true"],
            {"read": "true", "write": "false"},
        ),
        (["tools: Read, Bash", "tools:\n  bash: false"], ("Read",)),
        (["tools: Read, Bash", "tools:\n  read: true"], ("Read",)),
    ],
)
def test_what_a_map_switches_off_stays_off(lines: list[str], value: FieldValue) -> None:
    assert of("tools", claude(*lines)).value == value


def test_what_was_left_out_is_said() -> None:
    _, _, notes = merge_fields(claude("tools: Read, Bash", "tools: Read, Edit", ""), CLAUDE)
    told = [note.partition(": ")[2] for note in notes]
    assert told == ["Bash, Edit", "2.md"]


def test_another_spelling_is_not_called_left_out() -> None:
    _, _, notes = merge_fields([*claude("tools: Read, Bash"), copilot("[readFile, runCommands]")], CLAUDE)
    assert notes == ()


def test_editing_without_reading_is_said() -> None:
    _, _, notes = merge_fields(claude("tools: Read, Edit", "tools: Edit"), CLAUDE)
    assert any("not reading" in note for note in notes)


# ---------------------------------------------------------------------------------------------- what may widen


@pytest.mark.parametrize(
    "field",
    ["hooks:\n  Stop:\n    - hooks: [{type: command, command: tidy}]", "mcpServers: [post]", "skills: [mow]"],
)
def test_hooks_servers_and_skills_are_never_taken_from_some(field: str) -> None:
    name = {"hooks": "hooks", "mcpServers": "mcp-servers", "skills": "skills"}[field.split(":")[0]]
    for others in (["", ""], ["", field], [field + "\nmodel: opus", f"{field.split(':')[0]}: [rake]"]):
        found = of(name, claude(field, *others))
        assert (found.value, found.status) == (None, CONFLICT)


@pytest.mark.parametrize("field", ["mcpServers: [post]", "skills: [mow]"])
def test_they_are_kept_where_all_agree(field: str) -> None:
    name = {"mcpServers": "mcp-servers", "skills": "skills"}[field.split(":")[0]]
    found = of(name, claude(field, field))
    assert found.status is AGREED
    assert found.value is not None


@pytest.mark.parametrize(
    ("lines", "value", "status"),
    [
        (["permissionMode: plan", "permissionMode: plan"], "plan", AGREED),
        (["permissionMode: plan", "permissionMode: acceptEdits"], "plan", CHOSEN),
        (["permissionMode: bypassPermissions", "permissionMode: acceptEdits"], "acceptEdits", CHOSEN),
        (["permissionMode: bypassPermissions", ""], None, CHOSEN),
        (["permissionMode: plan", ""], "plan", CHOSEN),
        (["permissionMode: weekends", "permissionMode: plan"], None, CONFLICT),
    ],
)
def test_the_strictest_permission_mode_holds(lines: list[str], value: FieldValue, status: FieldStatus) -> None:
    found = of("permission-mode", claude(*lines))
    assert (found.value, found.status) == (value, status)


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (["disallowedTools: Bash", "disallowedTools: Write, Bash"], ("Bash", "Write")),
        (["disallowedTools: Bash", ""], ("Bash",)),
    ],
)
def test_what_any_variant_denies_stays_denied(lines: list[str], value: FieldValue) -> None:
    assert of("disallowed-tools", claude(*lines)).value == value


# ---------------------------------------------------------------------------------------------- the others


@pytest.mark.parametrize(
    ("lines", "value", "status"),
    [
        (["model: opus", "model: opus"], "opus", AGREED),
        (["model: opus", ""], "opus", AGREED),
        (["model: opus", "model: haiku", "model: opus"], "opus", CHOSEN),
        (["model: opus", "model: haiku"], "haiku", CONFLICT),
    ],
)
def test_the_model_is_that_of_most(lines: list[str], value: FieldValue, status: FieldStatus) -> None:
    found = of("model", claude(*lines))
    assert (found.value, found.status) == (value, status)


def test_every_field_of_every_variant_is_there() -> None:
    fields, _, _ = merge_fields(claude("model: opus\nlicence: MIT", "color: green\nhooks: {}"), CLAUDE)
    assert [field.name for field in fields][:2] == ["name", "description"]
    assert {"model", "licence", "color", "hooks"} <= {field.name for field in fields}


def test_options_tell_who_has_which_value() -> None:
    found = of("model", claude("model: opus", "", "model: opus", "model: haiku"))
    assert [(option.value, option.inputs) for option in found.options] == [
        ("opus", (0, 2)),
        ("haiku", (3,)),
        (None, (1,)),
    ]


# ---------------------------------------------------------------------------------------------- name and description


def described(*descriptions: str) -> list[Agent]:
    """Agents with these descriptions, as they are between the dashes."""
    return [
        parse(f"---\nname: gardener\ndescription: {text}\n---\nMow the lawn with care.\n", f"{number}.md")
        for number, text in enumerate(descriptions)
    ]


@pytest.mark.parametrize(
    ("descriptions", "value"),
    [
        (["Looks after roses.", "Looks after roses."], "Looks after roses."),
        (["Looks after roses.", "Looks after roses, hedges and lawns."], "Looks after roses, hedges and lawns."),
        (
            ["Looks after roses, hedges and lawns", "'Mows. Keywords: lawn, grass.'"],
            "Looks after roses, hedges and lawns. Keywords: lawn, grass.",
        ),
        (
            ["Looks after roses, hedges and lawns.", "Mows. <example>user asks</example>"],
            "Looks after roses, hedges and lawns.\n\nExamples:\n<example>user asks</example>",
        ),
        (["<example>a</example>", "<example>b</example>"], "Examples:\n<example>a</example>\n<example>b</example>"),
    ],
)
def test_the_description_says_most_and_loses_no_example(descriptions: list[str], value: str) -> None:
    found = of("description", described(*descriptions)).value
    assert isinstance(found, str)
    assert sorted(found.split("\n")) == sorted(value.split("\n"))


def test_without_a_description_the_first_sentence_is_taken() -> None:
    agents = [parse(f"# Gardener\n\nYou tend roses. You mow.\n\n- Rake {n}\n", f"{n}.md") for n in range(2)]
    assert of("description", agents).value == "You tend roses."


def test_the_name_is_that_of_most() -> None:
    agents = [parse(f"---\nname: {name}\ndescription: x\n---\nMow\n", "a.md") for name in ("rose", "lawn", "lawn")]
    assert of("name", agents).value == "lawn"


def test_a_name_comes_from_the_file_where_no_variant_has_one() -> None:
    assert of("name", [copilot("[read]"), copilot("[web]")]).value == "gardener"


def test_a_merge_keeps_every_field() -> None:
    from agentdiff.canonical import merge

    result = merge(claude("tools: Read\nlicence: MIT", "tools: Read, Bash"))
    assert field_of(result, "licence").value == "MIT"
    assert "\nlicence: MIT\n" in result.text
    assert "\ntools: Read\n" in result.text
