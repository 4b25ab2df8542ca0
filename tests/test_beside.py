"""What stands in a file beside its agents."""

from __future__ import annotations

import pytest

from agentdiff.convert import Outcome, convert
from agentdiff.formats import parse_all
from agentdiff.formats.beside import Beside, beside

CASES: dict[str, tuple[str, str, str, Beside]] = {
    "nothing beside": ("a.md", "claude-agent", "---\nname: a\n---\n\nB.\n", Beside()),
    "no header": ("AGENTS.md", "agents-md", "# A\n\nB.\n", Beside()),
    "a comment in a header": (
        "a.md",
        "claude-agent",
        "---\n# who\nname: a # c\n  # what\n---\n\n# B\n",
        Beside(comments=(2, 4)),
    ),
    "comments that follow each other are one": (
        "a.md",
        "claude-agent",
        "---\n# one\n# two\nname: a\n---\nB.\n",
        Beside(comments=(2,)),
    ),
    "no comment: in a text": (
        "a.md",
        "claude-agent",
        "---\nname: a\ndescription: |\n  One.\n\n  # Two\n---\nB.\n",
        Beside(),
    ),
    "a header that is no YAML": ("a.md", "claude-agent", "---\n# c\nname: a: b: c\n---\nB.\n", Beside()),
    "keys of JSON": (
        "opencode.json",
        "opencode-json",
        '{\n  "$schema": "x",\n  // who\n  "agent": {"a": {"prompt": "# B\\n// C"}},\n  "mcp": {}\n}\n',
        Beside((("$schema", 2), ("mcp", 5)), (3,)),
    ),
    "a map of agents alone": ("a.json", "claude-agents-json", '{"a": {"description": "x", "prompt": "y"}}', Beside()),
    "TOML": (
        "a.toml",
        "codex-agent",
        '# who\nname = "a"\ndescription = "b"\ndeveloper_instructions = """\n# B\n"""\n',
        Beside(comments=(1,)),
    ),
    "YAML": (
        ".roomodes",
        "roo-modes",
        "# who\ncustomModes:\n  - slug: a\n    name: A\n    roleDefinition: |-\n      # B\n    groups: []\nextra: 1\n",
        Beside((("extra", 8),), (1,)),
    ),
}


@pytest.mark.parametrize(("path", "format", "text", "expected"), CASES.values(), ids=CASES.keys())
def test_beside(path: str, format: str, text: str, expected: Beside) -> None:
    for agent in parse_all(text, path, format=format):
        assert beside(agent) == expected
        assert beside(parse_all(text.replace("\n", "\r\n"), path, format=format)[0]) == expected


def test_a_conversion_tells_once_what_was_left_out() -> None:
    text = (
        "# both\ncustomModes:\n  - {slug: a, name: A, roleDefinition: B, groups: [], whenToUse: C}\n"
        "  - {slug: b, name: B, roleDefinition: B, groups: [], whenToUse: C}\nextra: 1\n"
    )
    agents = parse_all(text, ".roomodes")
    losses = [each for each in convert(agents, "opencode-json").losses if each.field in ("comments", "extra")]
    assert [(each.agent, each.field, each.outcome, each.line) for each in losses] == [
        ("a", "comments", Outcome.DROPPED, 1),
        ("a", "extra", Outcome.DROPPED, 5),
    ]
    assert convert(agents, "roo-modes").losses == ()
