"""One rule for each field; where those that set it disagree there is a question, and an answer to it holds."""

from __future__ import annotations

import pytest
from merge_samples import agent, field_of

from agentdiff.errors import BadInput
from agentdiff.formats import FORMATS, parse
from agentdiff.ledger import DEFAULTS, Answer, Conflict, FieldMerge, FieldStatus, MergeOptions
from agentdiff.merge_fields import merge_fields
from agentdiff.model import Agent, FieldValue, Span

CLAUDE = FORMATS["claude-agent"]
AGREED, CHOSEN, CONFLICT = FieldStatus.AGREED, FieldStatus.CHOSEN, FieldStatus.CONFLICT


def copilot(tools: str) -> Agent:
    """An agent of another product."""
    return parse(f"---\ndescription: Looks after gardens.\ntools: {tools}\n---\nMow\n", "gardener.agent.md")


def claude(*lines: str) -> list[Agent]:
    """One agent for each piece of front matter."""
    return [agent("Mow\n", line, f"{number}.md") for number, line in enumerate(lines)]


def of(name: str, agents: list[Agent], options: MergeOptions = DEFAULTS, winner: int | None = None) -> FieldMerge:
    """How one field of these agents is merged."""
    return next(field for field in merge_fields(agents, CLAUDE, options, winner).fields if field.name == name)


def asked(agents: list[Agent], options: MergeOptions = DEFAULTS) -> Conflict:
    """The only question about the fields of these agents."""
    (question,) = merge_fields(agents, CLAUDE, options).conflicts
    return question


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
        (["permissionMode: plan", "permissionMode: acceptEdits"], "plan", CONFLICT),
        (["permissionMode: bypassPermissions", "permissionMode: acceptEdits"], "acceptEdits", CONFLICT),
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
        (["model: opus", "model: haiku", "model: opus"], "opus", CONFLICT),
        (["model: opus", "model: haiku"], "haiku", CONFLICT),
    ],
)
def test_the_model_is_that_of_most(lines: list[str], value: FieldValue, status: FieldStatus) -> None:
    found = of("model", claude(*lines))
    assert (found.value, found.status) == (value, status)


@pytest.mark.parametrize(
    ("lines", "winner", "value", "reason"),
    [
        (["model: opus", "model: haiku", "model: opus"], 1, "opus", "most that set it say so"),
        (
            ["model: opus", "model: haiku"],
            None,
            "haiku",
            "as many variants say another; the first in order of its text",
        ),
        (["model: opus", "model: haiku"], 0, "opus", "as many variants say another; 0.md says everything"),
        (["model: opus", "model: haiku", ""], 2, "haiku", "as many variants say another; the first in order"),
    ],
)
def test_the_winner_decides_where_as_many_say_another(
    lines: list[str], winner: int | None, value: str, reason: str
) -> None:
    found = of("model", claude(*lines), winner=winner)
    assert found.value == value
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    ("lines", "value", "status"),
    [
        (["licence: MIT", ""], "MIT", AGREED),
        (["licence: MIT", "licence: 'MIT'"], "MIT", AGREED),
        (["licence: MIT", "licence: BSD", "licence: MIT"], "MIT", CONFLICT),
        (["garden: {size: 2}", "garden: {size: 2}"], {"size": "2"}, AGREED),
        (["garden: {size: 2}", "garden: {size: 3}"], {"size": "2"}, CONFLICT),
    ],
)
def test_a_key_that_nobody_knows_is_kept_where_it_is_unambiguous(
    lines: list[str], value: FieldValue, status: FieldStatus
) -> None:
    found = of(lines[0].split(":")[0], claude(*lines))
    assert (found.value, found.status) == (value, status)


def test_a_key_that_is_handed_on_is_kept_where_its_own_product_had_it() -> None:
    format = FORMATS["opencode-agent"]
    text = "---\ndescription: Mows.\nmode: all\nlicence: MIT\n---\nMow\n"
    own = [parse(text, f"{number}.md", format=format.name) for number in range(2)]
    values = {field.name: field.value for field in merge_fields(own, format).fields}
    assert values["licence"] == "MIT"
    mixed = [own[0], *claude("licence: MIT")]
    assert {field.name: field.value for field in merge_fields(mixed, format).fields}["licence"] is None


def test_every_field_of_every_variant_is_there() -> None:
    fields = merge_fields(claude("model: opus\nlicence: MIT", "color: green\nhooks: {}"), CLAUDE).fields
    assert [field.name for field in fields][:2] == ["name", "description"]
    assert {"model", "licence", "color", "hooks"} <= {field.name for field in fields}


def test_options_tell_who_has_which_value() -> None:
    found = of("model", claude("model: opus", "", "model: opus", "model: haiku"))
    assert [(option.value, option.inputs) for option in found.options] == [
        ("opus", (0, 2)),
        ("haiku", (3,)),
        (None, (1,)),
    ]


# ---------------------------------------------------------------------------------------------- questions

MODELS = ["model: opus", "model: haiku", "", "model: 'haiku'"]
HOOKS = ["hooks:\n  Stop: [tidy]", "hooks:\n  Stop: [sweep]"]


def test_a_question_has_an_option_for_each_input_that_sets_the_field() -> None:
    question = asked(claude(*MODELS))
    assert [(option.input, option.text, option.span) for option in question.options] == [
        (0, "opus", Span(4, 4)),
        (1, "haiku", Span(4, 4)),
        (3, "haiku", Span(4, 4)),
    ]
    assert (question.subject, question.chosen, question.is_open) == ("model", 1, True)


def test_texts_stand_as_in_the_file() -> None:
    question = asked(claude(*HOOKS))
    assert [option.text for option in question.options] == ["Stop: [tidy]", "Stop: [sweep]"]
    assert question.chosen is None


@pytest.mark.parametrize("lines", [["model: opus", ""], ["model: opus", "model: opus"], ["", ""]])
def test_without_another_value_there_is_no_question(lines: list[str]) -> None:
    assert merge_fields(claude(*lines), CLAUDE).conflicts == ()


def test_a_question_stays_the_same_where_another_says_the_same() -> None:
    few, more = claude("model: opus", "model: haiku"), claude("model: haiku", "model: opus", "model: opus", "")
    other = claude("model: opus", "model: sonnet")
    assert asked(few).id == asked(more).id != asked(other).id
    assert asked(few).id != asked(claude("color: opus", "color: haiku")).id


@pytest.mark.parametrize(
    ("keep", "value", "chosen", "reason"),
    [
        ({"opus"}, "opus", 0, "decided: opus"),
        ({"haiku"}, "haiku", 1, "decided: haiku"),
        (set(), None, None, "decided: left out"),
    ],
)
def test_an_answer_holds(keep: set[str], value: FieldValue, chosen: int | None, reason: str) -> None:
    agents = claude(*MODELS)
    options = MergeOptions(answers={asked(agents).id: Answer(frozenset(keep))}, prefer=3)
    found = of("model", agents, options)
    assert (found.value, found.status, found.policy, found.reason) == (value, CHOSEN, "decided", reason)
    question = asked(agents, options)
    assert (question.chosen, question.is_open, question.reason) == (chosen, False, reason)


def test_an_answer_may_keep_hooks() -> None:
    agents = claude(*HOOKS)
    answers = {asked(agents).id: Answer(frozenset({"Stop: [sweep]"}))}
    assert of("hooks", agents, MergeOptions(answers=answers)).value == {"Stop": ("sweep",)}


@pytest.mark.parametrize(
    ("keep", "problem"),
    [({"opus", "haiku"}, "keeps 2 values"), ({"sonnet"}, "no input says"), ({"opus", "sonnet"}, "no input says")],
)
def test_an_answer_that_does_not_fit_is_refused(keep: set[str], problem: str) -> None:
    agents = claude(*MODELS)
    options = MergeOptions(answers={asked(agents).id: Answer(frozenset(keep))})
    with pytest.raises(BadInput, match=problem):
        merge_fields(agents, CLAUDE, options)


def test_two_ways_to_write_one_value_are_one_answer() -> None:
    agents = claude("paths: [a, b]", "paths: [a,  b]", "paths: [c]")
    options = MergeOptions(answers={asked(agents).id: Answer(frozenset({"[a, b]"}))})
    assert of("paths", agents, options).value == ("a", "b")


def test_an_answer_to_another_question_changes_nothing() -> None:
    options = MergeOptions(answers={"0123456789ab": Answer(frozenset({"opus"}))})
    assert asked(claude(*MODELS), options) == asked(claude(*MODELS))


@pytest.mark.parametrize(
    ("prefer", "value", "is_open", "reason"),
    [
        (0, "opus", False, "0.md is preferred"),
        (3, "haiku", False, "3.md is preferred"),
        (2, "haiku", True, "most that set it say so"),
    ],
)
def test_the_preferred_input_decides_if_it_says_something(prefer: int, value: str, is_open: bool, reason: str) -> None:
    options = MergeOptions(prefer=prefer)
    found, question = of("model", claude(*MODELS), options), asked(claude(*MODELS), options)
    assert (found.value, found.reason, question.is_open) == (value, reason, is_open)


# ---------------------------------------------------------------------------------------------- names


def test_the_name_is_that_of_most() -> None:
    agents = [parse(f"---\nname: {name}\ndescription: x\n---\nMow\n", "a.md") for name in ("rose", "lawn", "lawn")]
    assert of("name", agents).value == "lawn"


def named(*names: str) -> list[Agent]:
    """Agents of these names."""
    return [parse(f"---\nname: {name}\ndescription: x\n---\nMow\n", "a.md") for name in names]


@pytest.mark.parametrize(
    ("names", "winner", "value"),
    [
        (["rose", "rose-gardener"], None, "rose-gardener"),
        (["rose", "rose-gardener"], 0, "rose"),
        (["rose", "rose", "rose-gardener"], 2, "rose"),
        (["rose", "lawn"], None, "lawn"),
    ],
)
def test_of_names_as_common_the_most_specific_counts(names: list[str], winner: int | None, value: str) -> None:
    assert of("name", named(*names), winner=winner).value == value


def test_a_name_that_was_given_counts() -> None:
    found = of("name", named("rose", "lawn", "lawn"), MergeOptions(name="hedge"))
    assert (found.value, found.policy, found.status) == ("hedge", "given", CHOSEN)


def test_where_the_file_names_the_agent_the_given_name_is_shown() -> None:
    fields = merge_fields([copilot("[read]"), copilot("[read]")], FORMATS["copilot-agent"], MergeOptions(name="hedge"))
    assert {field.name: field.value for field in fields.fields}["display-name"] == "hedge"


def test_a_name_comes_from_the_file_where_no_variant_has_one() -> None:
    assert of("name", [copilot("[read]"), copilot("[web]")]).value == "gardener"


def test_a_merge_keeps_every_field() -> None:
    from agentdiff.canonical import merge

    result = merge(claude("tools: Read\nlicence: MIT", "tools: Read, Bash"))
    assert field_of(result, "licence").value == "MIT"
    assert "\nlicence: MIT\n" in result.text
    assert "\ntools: Read\n" in result.text
