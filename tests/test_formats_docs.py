"""The table of dialects, in a terminal and as a page of the documentation."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from agentdiff.formats.base import Body, Container, Format, Grant, Holds, Key, Kind, Naming, Root, Type
from agentdiff.formats.registry import FORMATS
from agentdiff.report.formats_text import formats_lines, formats_markdown
from agentdiff.report.lines import display_width, fit

PAGE = Path(__file__).parents[1] / "docs" / "formats.md"

LANTERN = Format(
    name="lantern-agent",
    product="Lantern",
    homes=(".lantern/agents/*.md", "agents/*.md of a lamp"),
    keys=(Key("name", is_required=True, pattern="[a-z]+|x"), Key("maxRounds", "max-turns", type=Type.NUMBER)),
)
LAMPS = Format(
    name="a-lamp",
    product="Lantern",
    kind=Kind.RULE,
    containers=(Container.YAML, Container.JSON),
    homes=("lamps.yaml",),
    keys=(Key("light", "activation", values={"on": "always"}), Key("tools", type=Type.NAMES)),
    roots=(Root(("lamps",), Holds.MAP),),
    prompt=("one", "two"),
    naming=Naming.FILE,
    body=Body.NEEDED,
    vocabulary="claude",
)


def printed(width: int, *formats: Format) -> list[str]:
    return ["".join(run.text for run in row) for each in formats_lines(formats) for row in fit(each, width)]


def test_the_page_is_that_of_the_table() -> None:
    fresh = formats_markdown(FORMATS.values())
    assert PAGE.read_text(encoding="utf-8") == fresh, (
        "docs/formats.md is out of date; write it anew: agentdiff formats --format markdown > docs/formats.md"
    )


def test_the_example_of_a_new_format_is_one() -> None:
    page = (PAGE.parent / "add-a-format.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    module: dict[str, object] = {}
    exec(code, module)
    (format,) = module["FORMATS"] if isinstance(module["FORMATS"], tuple) else ()
    (file,) = re.findall(r"`fixtures/formats/lantern-agent/(\S+\.md)`", page)
    assert isinstance(format, Format)
    assert format.lives_at(file)
    assert format.name not in FORMATS


def test_the_page_names_every_format_twice() -> None:
    page = formats_markdown(FORMATS.values())
    for name, format in FORMATS.items():
        assert f"| [{name}](#{name}) | {format.product} |" in page
        assert f"\n### {name}\n" in page


def test_the_page_does_not_depend_on_the_order() -> None:
    assert formats_markdown([LANTERN, LAMPS]) == formats_markdown([LAMPS, LANTERN])


def test_lines() -> None:
    assert printed(80, LAMPS, LANTERN) == [
        "Agents  1",
        "  lantern-agent  Lantern  (Markdown with YAML front matter)",
        "    .lantern/agents/*.md, agents/*.md of a lamp",
        "",
        "Rules and memory  1",
        "  a-lamp  Lantern  (YAML or JSON)",
        "    lamps.yaml",
    ]


def test_nothing_at_all() -> None:
    assert printed(80) == []


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_lines_fit_unless_a_path_does_not(width: int) -> None:
    for row in printed(width, *FORMATS.values()):
        assert display_width(row) <= width or " " not in row.strip(), row


MARKDOWN = [
    (LANTERN, "| `.lantern/agents/*.md`<br>`agents/*.md` of a lamp |"),
    (LANTERN, "| `name` | ignored |"),
    (LANTERN, "| `name` | name | text | yes | matches `[a-z]+\\|x` |"),
    (LANTERN, "| `maxRounds` | max-turns | number |  |  |"),
    (LAMPS, "| the key of its map |"),
    (
        LAMPS,
        "In a data file each entry of `lamps` is an agent. There the prompt is what stands behind `one`, then `two`.",
    ),
    (LAMPS, "An agent without a prompt is refused."),
    (LAMPS, "An agent without `tools` may use everything; one with nothing in it may use nothing."),
    (LAMPS, "`on` = always"),
    (replace(LAMPS, absent_tools=Grant.NOTHING), "An agent without `tools`, or with nothing in it, may use nothing."),
    (replace(LAMPS, keys=()), "### a-lamp\n\nIn a data file"),
    (replace(LAMPS, keys=()), "It has no keys."),
    (replace(LAMPS, containers=(Container.FRONT_MATTER, Container.JSON)), "| the file, or the key of its map |"),
    (replace(LAMPS, roots=(Root((), Holds.LIST),)), "each entry of the file is an agent"),
    (replace(LAMPS, roots=(Root(),)), "In a data file the prompt is what stands behind `one`, then `two`."),
    (replace(LAMPS, roots=(Root(("lamp",)),)), "In a data file `lamp` is an agent."),
]


@pytest.mark.parametrize(("format", "text"), MARKDOWN)
def test_markdown_says(format: Format, text: str) -> None:
    assert text in formats_markdown([format])


@pytest.mark.parametrize("text", ["refused", "data file", "tools", "first line", "several lines"])
def test_markdown_does_not_say(text: str) -> None:
    assert text not in formats_markdown([LANTERN]).partition("## Keys")[2]
