"""Addresses of agents in files, and texts that nobody meant to be an agent."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdiff import files
from agentdiff.errors import AgentDiffError, BadInput, EmptyAgent, UnreadableFile
from agentdiff.formats import FORMATS, parse_all, read, read_all
from agentdiff.formats.editing import edited
from agentdiff.formats.reading import Glance, glances, open_text
from agentdiff.model import Agent, Container

MODE = "  - slug: {0}\n    name: Mode {0}\n    roleDefinition: You are {0}.\n"


def modes(*slugs: str) -> str:
    return "customModes:\n" + "".join(MODE.format(slug) for slug in slugs)


def opencode(*names: str) -> str:
    return json.dumps({"agent": {name: {"description": "d", "prompt": f"You are {name}."} for name in names}})


def saved(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return str(path)


# ---------------------------------------------------------------------------------------------- addresses

MODES = modes("build", "plan", "7", "twin", "twin", "3")
ADDRESSES = [
    (".roomodes", MODES, "build", "build"),
    (".roomodes", MODES, "2", "plan"),
    (".roomodes", MODES, "7", "7"),
    (".roomodes", MODES, "3", "3"),
    (".roomodes", MODES, "4", "twin"),
    ("opencode.json", opencode("a#b", "c"), "a#b", "a#b"),
    ("opencode.json", opencode("#", "c"), "#", "#"),
    ("opencode.json", opencode("a/b c", "c"), "a/b c", "a/b c"),
    ("opencode.json", opencode("", "c"), "1", ""),
    ("opencode.json", opencode("only"), "only", "only"),
    ("x#y/z#.roomodes/.roomodes", MODES, "build", "build"),
    ("notes#1.md", "---\nname: helper\ndescription: d\n---\nText\n", "helper", "helper"),
    ("notes#1.md", "---\nname: helper\ndescription: d\n---\nText\n", "1", "helper"),
    ("notes.md", "Text\n", "notes", "notes"),
]


@pytest.mark.parametrize(("file", "text", "name", "found"), ADDRESSES)
def test_an_address_leads_to_an_agent(tmp_path: Path, file: str, text: str, name: str, found: str) -> None:
    path = saved(tmp_path / file, text)
    agent = read(f"{path}#{name}")
    assert (agent.name, agent.path, agent.source) == (found, f"{path}#{name}", text)
    assert read_all(f"{path}#{name}") == (agent,)


@pytest.mark.parametrize("text", [MODES, modes("a", "a", "a"), modes("a", "b#c")])
def test_the_path_of_each_agent_leads_back_to_it(tmp_path: Path, text: str) -> None:
    path = saved(tmp_path / ".roomodes", text)
    assert [read(agent.path) for agent in read_all(path)] == list(read_all(path))


def test_a_file_counts_before_an_address(tmp_path: Path) -> None:
    whole = saved(tmp_path / ".roomodes#build", "---\nname: other\ndescription: d\n---\n")
    saved(tmp_path / ".roomodes", modes("build", "plan"))
    assert read(whole).name == "other"
    assert read(f"{tmp_path}/.roomodes#plan").name == "plan"


def test_one_file_of_one_agent_needs_no_name(tmp_path: Path) -> None:
    path = saved(tmp_path / ".roomodes", modes("build"))
    assert (read(path).name, read(path).path) == ("build", path)


def test_standard_input_has_addresses_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for address, name in (("-#plan", "plan"), ("-#2", "plan")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(modes("build", "plan").encode())))
        assert read(address).name == name


WRONG = [
    ("", "holds 3 agents; name one of them as {0}#NAME: build, plan, planner"),
    ("#plane", "holds no agent of the name plane; it has: plan, planner, build"),
    ("#zzz", "holds no agent of the name zzz; it has: build, plan, planner"),
    ("#4", "holds no agent of the name 4; it has: build, plan, planner"),
    ("#0", "holds no agent of the name 0; it has"),
    ("#-1", "holds no agent of the name -1; it has"),
    ("#Plan", "holds no agent of the name Plan; it has: plan, "),
    ("#\u0661", "holds no agent of the name \u0661; it has"),
    ("#" + "9" * 5000, "holds no agent of the name 999"),
    ("#\u00b2", "holds no agent of the name \u00b2; it has"),
]


@pytest.mark.parametrize(("address", "words"), WRONG)
def test_what_is_not_there_names_what_is(tmp_path: Path, address: str, words: str) -> None:
    path = saved(tmp_path / ".roomodes", modes("build", "plan", "planner"))
    with pytest.raises(BadInput) as refusal:
        read(path + address)
    assert words.format(path) in str(refusal.value)


@pytest.mark.parametrize("address", ["#", "##", "#x#"])
def test_an_address_without_a_name_is_a_path(tmp_path: Path, address: str) -> None:
    path = saved(tmp_path / "a.md", "Text\n")
    with pytest.raises(AgentDiffError) as refusal:
        read(path + address)
    assert path in str(refusal.value)


def test_a_missing_file_is_named_whole() -> None:
    for path in ("none.roomodes#build", "none#", "#", "#name"):
        with pytest.raises(UnreadableFile, match="there is no such file"):
            read(path)


def test_several_of_one_name_are_numbered(tmp_path: Path) -> None:
    path = saved(tmp_path / ".roomodes", modes("twin", "other", "twin"))
    assert [agent.path.removeprefix(path) for agent in read_all(path)] == ["#1", "#other", "#3"]
    with pytest.raises(BadInput, match=r"holds 2 agents of the name twin; number them instead: 1 to 3"):
        read(f"{path}#twin")


def test_thousands_of_names_make_no_long_sentence(tmp_path: Path) -> None:
    names = [f"agent-{number}-{'x' * 300}" for number in range(500)] + ["reviewer"]
    path = saved(tmp_path / "opencode.json", opencode(*names, "line\nbreak"))
    for address, first in (("", "agent-0-x"), ("#reviwer", "reviewer"), ("#" + "x" * 5000, "agent-")):
        with pytest.raises(BadInput) as refusal:
            read(path + address)
        sentence = str(refusal.value)
        assert len(sentence) < 2000
        assert "\n" not in sentence
        assert sentence.endswith(", ...")
        assert first in sentence


# ---------------------------------------------------------------------------------------------- odd texts

HEAD = "---\nname: a\ndescription: b\n"
TEXTS = [
    ("crlf", "---\r\nname: a\r\ndescription: b\r\n---\r\n\r\nYou help.\r\n", 2, "You help."),
    ("byte order mark", "\ufeff" + HEAD + "---\nYou help.\n", 2, "You help."),
    ("no final newline", HEAD + "---\nYou help.", 2, "You help."),
    ("only front matter", HEAD + "---\n", 2, ""),
    ("only front matter, no final newline", HEAD + "---", 2, ""),
    ("closed with dots", HEAD + "...\nYou help.\n", 2, "You help."),
    ("blanks behind the lines", "---  \nname: a\ndescription: b\n--- \t\nYou help.\n", 2, "You help."),
    ("never closed", HEAD + "\nYou help.\n", 0, "You help."),
    ("tabs", "---\nname:\ta\ndescription:\tb\n---\nYou help.\n", 2, "You help."),
    ("tabs before keys", "---\nname: a\n\tdescription: b\n---\nYou help.\n", 1, "You help."),
    ("one line", "You help.", 0, "You help."),
    ("lone carriage returns", "---\rname: a\r---\rYou help.\r", 0, "You help."),
    ("separators of Unicode", "You\u2028help\u2029and\x85wait.\x0b\x0c\n", 0, "help"),
    ("line separator in a value", "---\nname: a\u2028b\ndescription: d\n---\nYou help.\n", 2, "You help."),
    ("carriage returns in a value", '---\nname: "a\\rb"\ndescription: d\n---\nYou help.\n', 2, "You help."),
    ("empty block", "---\n---\nYou help.\n", 0, "You help."),
    ("four dashes", "----\nname: a\n----\nYou help.\n", 0, "You help."),
    ("not a map", "---\n- a\n- b\n---\nYou help.\n", 0, "You help."),
    ("nothing but rules", "---\n\n---\n\n---\n\nYou help.\n", 0, "You help."),
    ("characters of no shape", "You \u200bhelp\ufeff.\n", 0, "help"),
    ("half of a pair as an escape", '---\nname: "\\ud800"\n---\nYou help.\n', 1, "You help."),
    ("a key of thousands", "---\n" + "k" * 5000 + ": v\nname: a\n---\nYou help.\n", 2, "You help."),
]


@pytest.mark.parametrize("path", ["a.md", "-", ".claude/agents/a.md", ".gemini/agents/a.md", ".cursorrules", "a.mdc"])
@pytest.mark.parametrize(("text", "fields", "said"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS])
def test_odd_texts_are_read_all_the_same(path: str, text: str, fields: int, said: str) -> None:
    (agent,) = parse_all(text, path)
    assert agent.source == agent.text == text
    assert len(agent.fields) == fields
    assert said in "\n".join([*(item.text for item in agent.items), *(section.title for section in agent.sections)])


@pytest.mark.parametrize(
    "text", ["", "\n", " \t\r\n\n", "\ufeff", "\ufeff\n", "---\n---", "---\n# c\n---\n", "\u2028 \x0b"]
)
@pytest.mark.parametrize("path", ["a.md", "-", ".claude/agents/a.md", "AGENTS.md", ".roomodes", "a.json", "a.toml"])
def test_a_file_that_says_nothing_is_no_agent(path: str, text: str) -> None:
    with pytest.raises((EmptyAgent, UnreadableFile)) as refusal:
        parse_all(text, path)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "data",
    [b"\0", b"text\0text", b"\x89PNG\r\n\x1a\n\0\0", b"\xff\xfea\0", b"\xe9t\xe9", b"\xed\xa0\x80", b"\x80" * 99],
)
@pytest.mark.parametrize("name", ["a.md", "a.json", ".roomodes"])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    for address in (str(path), f"{path}#x"):
        with pytest.raises(UnreadableFile) as refusal:
            read(address)
        assert "\n" not in str(refusal.value)


DEEP = 10_000
NESTED = [
    ("a.json", "[" * DEEP),
    ("a.json", "[" * DEEP + "]" * DEEP),
    ("a.json", '{"a":' * DEEP + "1" + "}" * DEEP),
    (".roomodes", "customModes: " + "[" * DEEP + "]" * DEEP),
    ("a.yaml", "{a: " * DEEP + "}" * DEEP),
    ("a.yaml", "".join(" " * depth + "a:\n" for depth in range(1000))),
    ("a.yaml", "- " * DEEP + "a\n"),
    ("a.yaml", "? " * DEEP + "a\n"),
    ("a.toml", "a = " + "[" * DEEP + "]" * DEEP),
    ("a.toml", "a = " + "{a=" * DEEP + "1" + "}" * DEEP),
    ("a.toml", ".".join("a" * DEEP) + " = 1\n"),
    ("a.toml", "[" + ".".join("a" * DEEP) + "]\n"),
    ("a.md", "> " * DEEP + "a\n"),
    ("a.md", "- " * DEEP + "a\n"),
    ("a.md", "*" * DEEP + "a" + "*" * DEEP),
    ("a.md", "[" * DEEP + "](x)" * DEEP),
    ("a.md", "<a>\n" * DEEP),
    ("a.md", HEAD + "hooks: " + "[" * DEEP + "]" * DEEP + "\n---\nText\n"),
    ("a.md", HEAD + "hooks:\n" + "".join(" " * depth + "a:\n" for depth in range(1, 400)) + "---\nText\n"),
    ("a.md", HEAD + "tools: " + "Agent(" * DEEP + "\n---\nText\n"),
]
LAUGHS = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 30))
LAUGHS = "l0: &l0 [x, x, x, x, x, x, x, x, x]\n" + LAUGHS
NESTED += [("a.yaml", LAUGHS), ("a.md", "---\n" + LAUGHS + "---\nText\n"), (".roomodes", "customModes: &a [*a]\n")]


@pytest.mark.parametrize(("path", "text"), NESTED)
def test_deep_and_growing_values_end_in_an_agent_or_a_sentence(path: str, text: str) -> None:
    try:
        agents = parse_all(text, path)
    except AgentDiffError as refusal:
        assert "\n" not in str(refusal)
        assert len(str(refusal)) < 1000
    else:
        assert all(agent.source == text for agent in agents)
        assert all(len(repr(agent.fields)) < 10 * len(text) + 1000 for agent in agents)


def test_a_file_at_the_limit_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 300_000)
    text = HEAD + "---\n"
    text += "x" * (300_000 - len(text))
    assert read(saved(tmp_path / "a.md", text)).source == text
    with pytest.raises(UnreadableFile, match="is larger than"):
        read(saved(tmp_path / "b.md", text + "x"))


# ---------------------------------------------------------------------------------------------- any text

PATHS = sorted(
    {"-", "a", "a.md", "a.json", "a.toml", "a.yaml", "a.af", "a.ts"}
    | {pattern.removeprefix("*/").replace("*", "a") for format in FORMATS.values() for pattern in format.paths}
)
PIECES = st.sampled_from(
    "a|b|name|description|tools|Read|customModes|slug|roleDefinition|agent|agents|prompt|system|role|goal|backstory"
    "|instruction|developer_instructions|blocks|value|on|kind: remote|user|config_file|[a]|[[a]]|'''|\"\"\"|```|**b**"
    "|---\n|...\n|: |:\n|- |  |\n|\r\n|\r|\t|#|# |=| = |[|]|{|}|,|\"|'|\\|\\u0041|*|&a |*a|!t |? |\\| |<|>|<b>"
    "|<!--|-->|\ufeff|\u2028|\x85|\x0b|\u200b|\U000e0041|1|true|null|~|{file:a}|mcp__a__b|(".split("|")
) | st.characters(exclude_categories=["Cs"])
WILD = st.lists(PIECES, max_size=30).map("".join)
KEYS = st.sampled_from(
    "customModes slug name agent agents prompt system roleDefinition role goal backstory instruction instructions title"
    " blocks value id block_ids tools groups description permission model on recipe kind agent_class".split()
)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "a", "Read, x", "a\nb", "\u200b", "*", "yes"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def read_or_refused(text: str, path: str, format: str | None = None) -> tuple[Agent, ...]:
    try:
        agents = parse_all(text, path, format=format)
    except AgentDiffError as refusal:
        assert str(refusal)
        return ()
    count = text.count("\n") + 1
    for agent in agents:
        assert agent.source == text
        for each in agent.diagnostics:
            assert 1 <= each.line <= count
            assert each.message
            assert each.remedy
        for field in agent.fields:
            assert field.span.last <= count
        for item in agent.items:
            assert agent.on_disk(item.span).last <= count
    return agents


@given(WILD, st.sampled_from(PATHS))
def test_any_text_at_any_path_is_read_or_refused(text: str, path: str) -> None:
    read_or_refused(text, path)


@given(WILD, WILD, st.sampled_from(PATHS))
def test_any_header_is_read_or_refused(block: str, body: str, path: str) -> None:
    read_or_refused(f"---\n{block}\n---\n{body}", path)


@given(DATA, st.sampled_from(PATHS), st.booleans())
def test_any_data_is_read_or_refused(data: object, path: str, is_twice: bool) -> None:
    text = json.dumps(data, indent=1)
    read_or_refused(json.dumps(text) if is_twice else text, path)


@given(DATA | WILD, st.sampled_from(sorted(FORMATS)))
def test_any_text_is_read_or_refused_as_any_format(data: object, format: str) -> None:
    text = data if isinstance(data, str) else json.dumps(data)
    for agent in read_or_refused(text, "-", format):
        assert agent.format == format
        assert agent.container is not Container.CODE


# ---------------------------------------------------------------------------------------------- dotted keys

DOTTED = [
    (
        ".pi/agents/a.md",
        "memory:\n  scope: project # why\n  path: x\nmodel: m",
        [("memory", "project", 4, "project"), ("memory-path", "x", 5, "x"), ("model", "m", 6, "m")],
    ),
    (".qwen/agents/a.md", "modelConfig: {model: m}", [("model", "m", 3, "m")]),
    (".qwen/agents/a.md", "modelConfig:\n  other: 1", [("modelConfig.other", "1", 4, "1")]),
    (".pi/agents/a.md", "memory: project", [("memory", "project", 3, "project")]),
    (".pi/agents/a.md", "memory: {}", [("memory", {}, 3, "{}")]),
    (
        ".pi/agents/a.md",
        "hooks: &h {scope: x}\nmemory: *h",
        [("hooks", {"scope": "x"}, 3, "&h {scope: x}"), ("memory", {"scope": "x"}, 4, "*h")],
    ),
    (".claude/agents/a.md", "memory:\n  scope: x", [("memory", {"scope": "x"}, 3, "\n  scope: x")]),
    (
        ".pi/agents/a.md",
        "memory: {scope: x}\nvibe: a: b",
        [("memory", "x", 3, "x"), ("vibe", "a: b", 4, "a: b")],
    ),
]


@pytest.mark.parametrize(("path", "block", "expected"), DOTTED)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_dotted_keys_lead_into_the_maps_of_front_matter(
    path: str, block: str, expected: list[tuple[str, object, int, str]], line_break: str
) -> None:
    text = f"---\nname: a\n{block}\ndescription: d\n---\nText\n".replace("\n", line_break)
    (agent,) = parse_all(text, path)
    fields = [(field.name, field.value, field.span.first, field.raw.replace("\r\n", "\n")) for field in agent.fields]
    assert fields == [("name", "a", 2, "a"), *expected, ("description", "d", 3 + block.count("\n") + 1, "d")]
    assert edited(agent) == text


def test_a_field_behind_a_dotted_key_is_changed_in_its_map() -> None:
    text = "---\nname: a\ndescription: d\nmemory:\n  scope: project # why\n  path: x\n---\nText\n"
    (agent,) = parse_all(text, ".pi/agents/a.md")
    assert edited(agent, {"memory": "user"}) == text.replace("scope: project", "scope: user")


@pytest.mark.parametrize("word", ["null", "~", "Null", "NULL", "", "null # none"])
def test_nothing_behind_a_key_is_nothing_and_stays_as_it_is_written(word: str) -> None:
    text = f"---\nname: a\ntools: {word}\nmodel: {word}\ndescription: d\n---\nText\n"
    (agent,) = parse_all(text, ".claude/agents/a.md")
    assert [field.value for field in agent.fields] == ["a", None, None, "d"]
    assert edited(agent) == text
    assert edited(agent, {"description": "e"}) == text.replace(": d\n", ": e\n")


# ---------------------------------------------------------------------------------------------- glances

PAGE = "---\nname: pruner\ndescription: Prunes roses\nmodel: opus\n---\n\n# Pruner\n\n- Cut\n"
CODEX = 'name = "pruner"\ndescription = "Prunes roses"\ndeveloper_instructions = """\n# Pruner\n- Cut\n"""\n'
GLANCED = [
    (".claude/agents/pruner.md", PAGE),
    (".claude/agents/pruner.md", PAGE.replace("\n", "\r\n")),
    ("agents/nameless.md", "Cut the roses.\n"),
    ("agents/headless.md", "---\ndescription: d\n---\n"),
    ("AGENTS.md", "# Rules\n\n- Cut\n"),
    (".codex/agents/pruner.toml", CODEX),
    (".roomodes", modes("build", "plan")),
    (".roomodes", modes("twin", "other", "twin")),
    (".roomodes", modes("only")),
    ("opencode.json", opencode("a#b", "c")),
    ("opencode.json", opencode("", "c")),
    (".cursor/rules/roses.mdc", "---\ndescription: Roses\nalwaysApply: true\n---\nCut.\n"),
    ("agents/broken.md", "---\nname: pruner\n\n# Never closed\n"),
]


@pytest.mark.parametrize(("path", "text"), GLANCED)
def test_a_glance_says_what_reading_says(path: str, text: str) -> None:
    agents, seen = parse_all(text, path), glances(open_text(text, path), path)
    assert [(each.path, each.format, each.name) for each in seen] == [(a.path, a.format, a.name) for a in agents]
    for agent, glance in zip(agents, seen, strict=True):
        described = [field.value for field in agent.fields if field.name == "description"]
        assert glance.description == next((value for value in described if isinstance(value, str)), "")
        said = [word for item in agent.items for word in item.text.split()]
        assert set(said) <= set(glance.body.split())


def test_head_and_body_of_one_agent_are_its_file() -> None:
    for path, text in (GLANCED[0], GLANCED[1], GLANCED[2], GLANCED[4]):
        [seen] = glances(open_text(text, path), path)
        assert seen.head + seen.body == text


def test_head_and_body_of_several_agents_are_their_own() -> None:
    build, plan = glances(open_text(modes("build", "plan"), ".roomodes"), ".roomodes")
    assert ("build" in build.head, "plan" in build.head + build.body) == (True, False)
    assert ("plan" in plan.head, "build" in plan.head + plan.body) == (True, False)
    assert (build.body.strip(), plan.body.strip()) == ("You are build.", "You are plan.")


@pytest.mark.parametrize("text", ["", " \n\n", "---\n---\n"])
def test_there_is_nothing_to_glance_at(text: str) -> None:
    with pytest.raises(EmptyAgent):
        glances(open_text(text, "agents/a.md"), "agents/a.md")


def names_of(read_agents: Callable[[str, str], Iterable[Agent | Glance]], text: str, path: str) -> object:
    """The names of the agents in a text, or why there are none."""
    try:
        return [agent.name for agent in read_agents(text, path)]
    except AgentDiffError as problem:
        return str(problem)


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_a_glance_at_any_text_raises_what_reading_raises(text: str) -> None:
    for path in ("agents/a.md", "a.toml", "opencode.json", ".roomodes"):
        expected = names_of(parse_all, text, path)
        assert names_of(lambda text, path: glances(open_text(text, path), path), text, path) == expected
