"""Agents in another dialect: every fixture to every dialect and back, and what becomes of what cannot be said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest
from test_formats_fixtures import READABLE, case, source

from agentdiff.access import access, is_wider
from agentdiff.activation import activation
from agentdiff.convert import Conversion, Outcome, convert
from agentdiff.errors import BadInput
from agentdiff.formats import FORMATS, Format, parse, parse_all
from agentdiff.formats.base import Kind, Type, UnknownKeys
from agentdiff.formats.naming import home
from agentdiff.formats.rendering import holds_several, is_written
from agentdiff.granting import ACCESS_FIELDS, fields_of_tools
from agentdiff.model import Agent, FieldValue, Severity
from agentdiff.normalise import comparable_value

WRITTEN = [format.name for format in FORMATS.values() if is_written(format)]
TOLD_AS_WARNING = re.compile(r"unknown-tool|wrong-type|too-long|.*-not-allowed")
"""Codes of values that the host does not take as they are, though it loads the agent."""


class Way(NamedTuple):
    """One fixture in another dialect, read again there, then again in its own."""

    agent: Agent
    there: Conversion
    out: Agent
    back: Conversion | None
    """None where its own dialect wants what the other cannot say, or cannot be written."""
    again: Agent | None

    @property
    def told(self) -> set[str]:
        """Fields that are said to differ. What moved or was kept must come back."""
        losses = (*self.there.losses, *(self.back.losses if self.back else ()))
        return {loss.field for loss in losses if loss.is_missing or loss.outcome is Outcome.ADDED}

    def __str__(self) -> str:
        return f"{self.agent.path} ({self.agent.format}) as {self.there.format}"


@cache
def fixtures() -> tuple[Agent, ...]:
    return tuple(agent for path in READABLE for agent in parse_all(source(path), case(path)["file"]))


def of_kind(kind: Kind) -> Iterator[Agent]:
    return (agent for agent in fixtures() if FORMATS[agent.format].kind is kind)


def read_at_home(conversion: Conversion, name: str) -> Agent:
    """The converted agent as it is read where its host looks for it."""
    format = FORMATS[conversion.format]
    return parse(conversion.text, home(format, name) or "agent", format=format.name)


@cache
def tried(target: str) -> tuple[tuple[Agent, Conversion | BadInput], ...]:
    """Every fixture of the same kind that is not in that dialect already, allowed to use more where it has to be."""
    others = (agent for agent in of_kind(FORMATS[target].kind) if agent.format != target)
    return tuple((agent, converted(agent, FORMATS[target])) for agent in others)


def converted(agent: Agent, target: Format) -> Conversion | BadInput:
    try:
        return convert([agent], target.name, may_widen=True)
    except BadInput as refusal:
        return refusal


@cache
def ways(target: str) -> tuple[Way, ...]:
    """What was converted, there and back."""
    return tuple(and_back(agent, there) for agent, there in tried(target) if isinstance(there, Conversion))


def and_back(agent: Agent, there: Conversion) -> Way:
    out = read_at_home(there, agent.name)
    origin = FORMATS[agent.format]
    back = converted(out, origin) if is_written(origin) else BadInput("")
    if isinstance(back, BadInput):
        return Way(agent, there, out, None, None)
    return Way(agent, there, out, back, read_at_home(back, out.name))


# ---------------------------------------------------------------------------------------------- the host's own rules


@pytest.mark.parametrize("target", WRITTEN)
def test_the_host_loads_what_was_written(target: str) -> None:
    format = FORMATS[target]
    for way in ways(target):
        errors = [each.message for each in way.out.diagnostics if each.severity is Severity.ERROR]
        assert not errors, f"{way}: {errors}"
        written = {field.name for field in way.out.fields if field.value not in (None, "")} | in_the_key(format)
        assert written.issuperset(name for key in format.keys if key.is_required for name in [key.name]), way
        keys = {field.key for field in way.out.fields}
        if format.unknown_keys is UnknownKeys.REJECTED:
            assert keys <= set(format.by_key), way
        assert len(way.out.fields) == len(keys), f"{way}: a key stands twice"


def in_the_key(format: Format) -> set[str]:
    """What the key of a map of agents says."""
    return {"name"} if holds_several(format) and format.roots[0].holds.value == "map" else set()


@pytest.mark.parametrize("target", WRITTEN)
def test_each_value_is_one_that_its_key_takes_or_was_told(target: str) -> None:
    format = FORMATS[target]
    for way in ways(target):
        kept = {loss.field for loss in way.there.losses if loss.outcome is Outcome.KEPT}
        strange = [each.message for each in way.out.diagnostics if TOLD_AS_WARNING.fullmatch(each.code)]
        assert not strange or kept, f"{way}: {strange}"
        for field in way.out.fields:
            key = format.by_key.get(field.key)
            if key is None:
                assert field.name in kept, f"{way}: {field.key} is no key of the host"
            elif field.name not in kept:
                assert fits(field.value, key.type), f"{way}: {field.key} is {field.value!r}"
                text = field.value if isinstance(field.value, str) else ""
                assert not key.pattern or re.fullmatch(key.pattern, text), f"{way}: {field.key} is {text!r}"
                assert not key.limit or len(text) <= key.limit, f"{way}: {field.key} has {len(text)} characters"


def fits(value: FieldValue, type: Type) -> bool:
    """Whether a value is of that type. Names may be switches, which say more than names."""
    match type:
        case Type.TEXT:
            return isinstance(value, str)
        case Type.FLAG:
            return value in ("true", "false")
        case Type.NUMBER:
            return isinstance(value, str) and re.fullmatch(r"[-+]?\d+(\.\d+)?", value) is not None
        case Type.LIST:
            return isinstance(value, tuple)
        case Type.MAP:
            return isinstance(value, dict)
        case Type.NAMES:
            return isinstance(value, dict) or (isinstance(value, tuple) and all(isinstance(e, str) for e in value))
    return True


@pytest.mark.parametrize("target", WRITTEN)
def test_never_allowed_more_without_being_asked(target: str) -> None:
    for way in ways(target):
        gained = is_wider(access(way.out, FORMATS[target]), access(way.agent, FORMATS[way.agent.format]))
        widened = [loss for loss in way.there.losses if loss.outcome is Outcome.WIDENED]
        assert bool(gained) == bool(widened), f"{way}: {gained}"
        if gained:
            with pytest.raises(BadInput, match=r"this agent may use .* it could use .* add --allow-wider"):
                convert([way.agent], target)


@pytest.mark.parametrize("target", WRITTEN)
def test_a_refusal_says_what_is_missing(target: str) -> None:
    problem = r".* wants (`[\w-]+`, which this agent does not say; add it|a prompt, and this agent has none; write one)"
    for agent, refusal in tried(target):
        if isinstance(refusal, BadInput):
            assert re.match(re.escape(agent.path) + ": " + problem, str(refusal))


# ---------------------------------------------------------------------------------------------- there and back


@pytest.mark.parametrize("target", WRITTEN)
def test_what_comes_back_differs_only_in_what_was_told(target: str) -> None:
    for way in ways(target):
        assert texts(way.out) == texts(way.agent), way
        if way.again is None:
            continue
        assert texts(way.again) == texts(way.agent), f"{way} and back"
        assert way.again.name == way.agent.name or "name" in way.told, way
        old, new = values(way.agent), values(way.again)
        for name in old.keys() | new.keys():
            assert old.get(name) == new.get(name) or name in way.told, f"{way} and back: {name}: {new.get(name)!r}"


@pytest.mark.parametrize("target", WRITTEN)
def test_the_same_access_comes_back_or_it_was_told(target: str) -> None:
    for way in ways(target):
        origin = FORMATS[way.agent.format]
        if way.again is not None and not way.told & (ACCESS_FIELDS | fields_of_tools(origin)):
            old, new = access(way.agent, origin), access(way.again, origin)
            assert (is_wider(old, new), is_wider(new, old)) == ((), ()), way


def texts(agent: Agent) -> list[str]:
    return [item.text for item in agent.items]


def values(agent: Agent) -> dict[str, FieldValue]:
    """What its fields say. How it says what it may use is left out: see the test of that.

    When a rule is used may be said by silence before and by a key after, so its meaning is compared.
    """
    said: dict[str, FieldValue] = {}
    for field in agent.fields:
        key = FORMATS[agent.format].by_key.get(field.key)
        value = comparable_value(key.meaning(field.value) if key else field.value)
        if value is not None and field.name not in (*ACCESS_FIELDS, *fields_of_tools(FORMATS[agent.format]), "name"):
            said[field.name] = value
    when = activation(agent, FORMATS[agent.format])
    return said if when is None else {**said, "activation": when.value}


@pytest.mark.parametrize("agent", fixtures(), ids=lambda agent: f"{agent.format}:{agent.path}")
def test_its_own_dialect_gives_the_same_bytes(agent: Agent) -> None:
    agents = parse_all(agent.source, agent.path.partition("#")[0], format=agent.format)
    assert convert(agents, agent.format).text == agent.source


# ---------------------------------------------------------------------------------------------- the same bytes

HEADER = "---\nname: clerk\ndescription: Files letters\n---\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}\nFile letters.\n",
        f"{HEADER}\nFile letters.",
        f"{HEADER}\nFile letters.\n\n\n",
        HEADER,
        f"{HEADER}\n",
        f"\ufeff{HEADER}\nFile letters.\n",
        f"{HEADER}\nFile letters.\n".replace("\n", "\r\n"),
        f"{HEADER}\nFile\r\nletters.\n",
        "---\nname: clerk\ndescription: Use this: always\ntools: [Read\n---\nFile letters.\n",
        "---\ndescription: one\nuser: two\n  three: : four\n---\nFile letters.\n",
        "---\nname: a\nname: b\n# why\n\nunknown:   'x'\n---\nFile letters.\n",
        "File letters.\n",
        "---\n\nFile letters.\n",
    ],
)
@pytest.mark.parametrize("target", ["claude-agent", "qwen-agent", "gemini-agent", "opencode-agent", "cursor-agent"])
def test_its_own_dialect_gives_the_same_bytes_whatever_they_are(text: str, target: str) -> None:
    conversion = convert(parse_all(text, "clerk.md", format=target), target)
    assert (conversion.text, conversion.losses) == (text, ())


# ---------------------------------------------------------------------------------------------- several in a file

MODES = """\
# house modes
customModes:
  # plans
  - slug: architect
    name: Architect
    roleDefinition: You plan.
    groups: [read]
  # plants
  - slug: gardener
    name: 'Gardener'
    roleDefinition: You plant.
    groups: [read, edit]  # not command
  - slug: cook
    name: Cook
    roleDefinition: You cook.
    groups: []
version: 1
"""
OPENCODE = """\
{
  "$schema": "https://opencode.ai/config.json",
  // settings stay
  "theme": "dark",
  "agent": {
    "build": {"description": "Builds", "prompt": "Build."}, // the first
    "plan": {"description": "Plans", "prompt": "Plan."},
  },
}
"""


def test_one_of_a_map_without_the_others() -> None:
    agents = parse_all(OPENCODE, "opencode.json")
    text = convert(agents[1:], "opencode-json").text
    assert '"plan": {"description": "Plans", "prompt": "Plan."}' in text
    assert "Build" not in text
    assert "// settings stay" in text
    (again,) = parse_all(text, "opencode.json")
    assert (again.name, texts(again)) == ("plan", ["Plan."])


@pytest.mark.parametrize("kept", [[0], [1], [2], [0, 1], [0, 2], [1, 2]])
def test_some_of_a_list_without_the_others(kept: list[int]) -> None:
    agents = parse_all(MODES, ".roomodes")
    conversion = convert([agents[number] for number in kept], "roo-modes")
    again = parse_all(conversion.text, ".roomodes")
    assert [each.name for each in again] == [agents[number].name for number in kept]
    for each, number in zip(again, kept, strict=True):
        assert [(f.name, f.value) for f in each.fields] == [(f.name, f.value) for f in agents[number].fields]
        assert texts(each) == texts(agents[number])
    assert conversion.text.startswith("# house modes\ncustomModes:\n")
    assert conversion.text.endswith("version: 1\n")
    assert conversion.losses == ()


@pytest.mark.parametrize("text", [MODES, MODES.replace("\n", "\r\n"), MODES[:-1]])
def test_all_of_them_are_the_same_bytes(text: str) -> None:
    agents = parse_all(text, ".roomodes")
    assert convert(agents, "roo-modes").text == text
    assert convert(agents[::-1], "roo-modes").text == text, "in any order"


@pytest.mark.parametrize("target", [name for name in WRITTEN if holds_several(FORMATS[name])])
def test_names_in_one_file_are_unique(target: str) -> None:
    """Two agents of one name, and two whose names become one."""
    names = ("clerk", "clerk", "Mail Room", "mail-room")
    header = "---\nname: {}\ndescription: x\n---\nWork as number {}.\n"
    agents = [parse(header.format(name, number), "a.md") for number, name in enumerate(names)]
    conversion = convert(agents, target, may_widen=True)
    again = parse_all(conversion.text, "agent", format=target)
    assert [texts(each) for each in again] == [[f"Work as number {number}."] for number in range(4)]
    assert len({each.name for each in again}) == 4
    changed = [loss.agent for loss in conversion.losses if (loss.field, loss.outcome) == ("name", Outcome.CHANGED)]
    assert changed == [name for name, each in zip(names, again, strict=True) if name != each.name]


def test_several_go_into_no_file_for_one() -> None:
    agents = parse_all(MODES, ".roomodes")
    with pytest.raises(BadInput, match="holds one agent; name one of these as FILE#NAME: architect, gardener, cook"):
        convert(agents, "claude-agent")


# ---------------------------------------------------------------------------------------------- what is told

RICH = """\
---
name: Mail Room
description: Sorts mail
model: opus
color: red
memory: project
vibe: calm
tools: Read
maxTurns: 5
hooks:
  Stop:
    - hooks: [{type: command, command: ./x, timeout: 30}]
---
Sort mail.
"""


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (
            "gemini-agent",
            [
                ("display-name", Outcome.ADDED, None, "`display_name` shows the name 'Mail Room'"),
                ("name", Outcome.CHANGED, 2, "it became 'mail-room'"),
                ("model", Outcome.DROPPED, 4, "does not know the model 'opus'; its own default applies"),
                ("color", Outcome.DROPPED, 5, "gemini-agent has no key for `color`"),
                ("memory", Outcome.DROPPED, 6, "gemini-agent has no key for `memory`"),
                ("vibe", Outcome.DROPPED, 7, "gemini-agent has no key for `vibe`"),
                ("hooks", Outcome.DROPPED, 10, "gemini-agent has no key for `hooks`"),
            ],
        ),
        (
            "copilot-agent",
            [
                ("display-name", Outcome.ADDED, None, "`name` shows the name 'Mail Room'"),
                ("name", Outcome.DROPPED, 2, "the place of its file, .github/agents/Mail-Room.agent.md, cannot say it"),
                ("model", Outcome.DROPPED, 4, "does not know the model 'opus'"),
                ("color", Outcome.DROPPED, 5, "copilot-agent has no key for `color`"),
                ("memory", Outcome.DROPPED, 6, "copilot-agent has no key for `memory`"),
                ("vibe", Outcome.KEPT, 7, "GitHub Copilot ignores `vibe`; it was kept"),
                ("max-turns", Outcome.DROPPED, 9, "copilot-agent has no key for `maxTurns`"),
                ("hooks", Outcome.DROPPED, 10, "says `hooks` in its own words; write it anew"),
            ],
        ),
    ],
)
def test_each_loss_says_what_and_where(target: str, expected: list[tuple[str, Outcome, int | None, str]]) -> None:
    losses = convert([parse(RICH, "mail.md")], target).losses
    assert [(loss.field, loss.outcome, loss.line) for loss in losses] == [each[:3] for each in expected]
    assert all(each[3] in loss.message for each, loss in zip(expected, losses, strict=True))
    assert {loss.agent for loss in losses} == {"Mail Room"}


@pytest.mark.parametrize("target", ["gemini-agent", "codex-agent", "cline-agent", "opencode-agent", "takt-persona"])
def test_a_key_that_the_host_does_not_know_stays_away_where_it_does_harm(target: str) -> None:
    assert "calm" not in convert([parse(RICH, "mail.md")], target, may_widen=True).text


@pytest.mark.parametrize(("target", "key"), [("copilot-agent", "name"), ("gemini-agent", "display_name")])
def test_a_name_that_cannot_be_one_is_shown(target: str, key: str) -> None:
    assert f"{key}: Mail Room\n" in convert([parse(RICH, "mail.md")], target).text


def test_numbers_inside_maps_stay_numbers_and_texts_texts() -> None:
    text = convert([parse(RICH.replace("30}", '30, port: "8080"}'), "mail.md")], "qwen-agent").text
    assert "timeout: 30" in text
    assert re.search(r"port: ['\"]8080['\"]", text)


@pytest.mark.parametrize(
    ("target", "name", "expected"),
    [
        ("claude-agent", "clerk", ".claude/agents/clerk.md"),
        ("copilot-agent", "a/b c", ".github/agents/a-b-c.agent.md"),
        ("agent-skill", "clerk", ".agents/skills/clerk/SKILL.md"),
        ("roo-modes", "clerk", ".roomodes"),
        ("goose-recipe", "clerk", "clerk.yaml"),
        ("adk-agent", "clerk", "root_agent.yaml"),
        ("claude-agents-json", "clerk", ""),  # an option of the command
        ("claude-agent", "../..", ".claude/agents/agent.md"),
    ],
)
def test_where_its_file_lives(target: str, name: str, expected: str) -> None:
    assert home(FORMATS[target], name) == expected
