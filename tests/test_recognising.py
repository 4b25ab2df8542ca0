from __future__ import annotations

import pytest

from agentdiff.errors import UnreadableFile
from agentdiff.recognising import is_table, may_be_agent, open_agents

AGENT = "---\nname: tester\ndescription: Tests things.\n---\n\nTest.\n"
PAGE = "# Testing\n\nHow to test.\n"


@pytest.mark.parametrize(
    ("path", "is_possible"),
    [
        ("a/tester.md", True),
        ("a/Tester.MD", True),
        ("rule.mdc", True),
        ("a.yaml", True),
        ("specialised/.yaml", True),
        (".roomodes", True),
        ("a/.cursorrules", True),
        (".roo/rules-code/style", True),
        (".clinerules", True),
        ("a.af", True),
        ("a.py", False),
        (".agents/reviewer.ts", False),
        ("agent.hcl", False),
        (".roo/rules/picture.png", False),
        ("Makefile", False),
        ("LICENSE", False),
        ("package.json", False),
        ("tsconfig.json", False),
        ("a/tsconfig.build.json", False),
        ("pyproject.toml", False),
        ("Cargo.toml", False),
        ("", False),
    ],
)
def test_by_path_alone(path: str, is_possible: bool) -> None:
    assert may_be_agent(path) is is_possible


def test_tables() -> None:
    assert [path for path in ("a.parquet", "a.JSONL", "a.ndjson", "a.json", "parquet") if is_table(path)] == [
        "a.parquet",
        "a.JSONL",
        "a.ndjson",
    ]


@pytest.mark.parametrize(
    ("path", "text", "is_one"),
    [
        ("anywhere/tester.md", AGENT, True),
        ("anywhere/README.md", AGENT, True),
        (".claude/agents/tester.md", PAGE, True),
        ("/data/agents/testing/tester.md", PAGE, True),
        ("/data/agents/team/docs/testing.md", PAGE, False),
        ("prompts/tester.txt", PAGE, True),
        ("docs/testing.md", PAGE, False),
        ("testing.md", PAGE, False),
        ("agents/README.md", PAGE, False),
        (".claude/agents/README.md", PAGE, False),
        ("agents/LICENSE.md", PAGE, False),
        ("agents/CHANGELOG.md", PAGE, False),
        ("AGENTS.md", PAGE, True),
        ("CLAUDE.md", PAGE, True),
        ("docs/agents.md", PAGE, False),
        ("skills/testing/SKILL.md", "---\nname: testing\ndescription: Tests.\n---\n\nTest.\n", True),
        ("skills/testing/references/tools.md", PAGE, False),
        ("skills/testing.md", PAGE, True),
        ("docs/page.md", "---\ntitle: Testing\nlayout: page\n---\n\nText.\n", False),
        ("docs/page.md", "---\ndescription: About testing\n---\n\nText.\n", False),
        ("_posts/page.md", "---\ntitle: Testing\ndescription: About testing\ntags: [a]\n---\n\nText.\n", False),
        ("x/style.mdc", "---\nglobs: '*.py'\nalwaysApply: false\n---\n\nText.\n", True),
        ("x/a.toml", 'name = "a"\ndescription = "b"\ndeveloper_instructions = "Test."\n', True),
        ("x/a.toml", '[tool]\nname = "a"\n', False),
        ("x/a.json", '{"name": "a", "version": "1", "description": "b"}', False),
        ("x/a.json", '{"compilerOptions": {}}', False),
        ("x/a.yaml", "on: push\njobs: {}\n", False),
        ("x/a.yaml", "# nothing yet\n", False),
        ("x/a.yaml", "{{- if .Values }}\na: {{ .Values.a }}\n{{- end }}\n", False),
        ("x/a.yaml", "customModes:\n  - slug: a\n    name: A\n    roleDefinition: Tests.\n", True),
    ],
)
def test_by_what_stands_in_it(path: str, text: str, is_one: bool) -> None:
    assert (open_agents(text, path) is not None) is is_one


@pytest.mark.parametrize("path", ["docs/testing.md", "README.md", "agents/LICENSE.md"])
def test_what_is_given_is_an_agent(path: str) -> None:
    assert open_agents(PAGE, path, is_given=True) is not None


@pytest.mark.parametrize(
    ("path", "text", "is_given"),
    [
        ("x/a.json", '{"name": ', False),
        ("x/a.toml", "name = \n", False),
        ("x/a.yaml", "a: [b\nc: d\n", False),
        (".roomodes", "customModes: 3\n", False),
        ("x/a.json", '{"compilerOptions": {}}', True),
    ],
)
def test_what_is_broken_is_said(path: str, text: str, is_given: bool) -> None:
    with pytest.raises(UnreadableFile):
        open_agents(text, path, is_given)
