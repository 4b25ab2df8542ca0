"""The fixtures still have the troubles that they are kept for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

FIXTURES = Path(__file__).parents[1] / "fixtures"
VARIANTS = sorted((FIXTURES / "backend-engineer").iterdir())


def data(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def front_matter(name: str) -> str:
    return data(name).decode("utf-8-sig").replace("\r\n", "\n").split("\n---\n")[0].removeprefix("---\n")


def body(name: str) -> str:
    return data(name).decode("utf-8-sig").replace("\r\n", "\n").split("\n---\n", 1)[1]


INVALID = {
    "backend-engineer/b-bold-labels.md",
    "backend-engineer/c-headings.md",
    "backend-engineer/d-tree.md",
    "reading/crlf.md",
    "reading/cursor-rule.mdc",
}
FILES = [path for path in FIXTURES.glob("*/*") if path.is_file()]  # those of formats/ lie deeper and have their test
WITH_FRONT_MATTER = sorted(
    str(path.relative_to(FIXTURES)) for path in FILES if path.read_bytes().lstrip(b"\xef\xbb\xbf")[:3] == b"---"
)


@pytest.mark.parametrize("name", WITH_FRONT_MATTER)
def test_strict_yaml_refuses_just_these(name: str) -> None:
    if name in INVALID:
        with pytest.raises(yaml.YAMLError):
            yaml.safe_load(front_matter(name))
    else:
        assert isinstance(yaml.safe_load(front_matter(name)), dict)


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.name)
def test_variants_are_of_the_size_of_real_ones(path: Path) -> None:
    assert 3000 <= path.stat().st_size <= 6500


HAVE: list[tuple[str, str, Callable[[str], str], str]] = [
    ("no heading", "a-numbered", body, r"\A(?!(.|\n)*^#)"),
    ("numbered bold items with bullets", "a-numbered", body, r"^1\. \*\*[^*]+\*\*:\n   - "),
    ("a label and a list", "a-numbered", body, r"^While you work:\n- "),
    ("literal line feeds", "b-bold-labels", front_matter, r"^description: \w.*\\n<example>\\nContext: "),
    ("bold labels", "b-bold-labels", body, r"^\*\*[^*]+:\*\*\n- "),
    ("numbered bold items with text", "b-bold-labels", body, r"^1\. \*\*[^*]+\*\*: You "),
    ("examples on one line", "c-headings", front_matter, r"^description: .*Examples: - <example>.*</example>$"),
    ("tools as a comma string", "c-headings", front_matter, r"^tools: \w+, "),
    ("a colour", "c-headings", front_matter, r"^color: "),
    ("bold labels under a heading", "c-headings", body, r"^## .+\n\n\*\*[^*]+\*\*:\n- "),
    ("a title above all", "d-tree", body, r"\A\n# "),
    ("a tree of titles", "d-tree", body, r"^## .+\n\n### "),
    ("tools of another era", "d-tree", front_matter, r"^tools: .*\bLS\b.*MultiEdit.*Task, TodoWrite"),
    ("keywords", "d-tree", front_matter, r"^description: .*Keywords: "),
    ("hard breaks", "d-tree", body, r"^\*\*Role\*\*: .*  $"),
    ("code words", "d-tree", body, r"`go\.mod`"),
    ("no final newline", "d-tree", body, r"[^\n]\Z"),
    ("no name", "e-capitals", front_matter, r"\A(?!(.|\n)*^name:)"),
    ("a quoted description", "e-capitals", front_matter, r"^description: '"),
    ("tools as a list", "e-capitals", front_matter, r"^tools: \['readFile', "),
    ("titles in capitals", "e-capitals", body, r"^## [A-Z ]+$"),
    ("bold bullets", "e-capitals", body, r"^- \*\*[^*]+\*\*: "),
]


@pytest.mark.parametrize(
    ("stem", "part", "pattern"), [row[1:] for row in HAVE], ids=[f"{row[1]}: {row[0]}" for row in HAVE]
)
def test_variants_keep_their_shapes(stem: str, part: Callable[[str], str], pattern: str) -> None:
    assert re.search(pattern, part(f"backend-engineer/{stem}.md"), re.MULTILINE)


CONTRADICTIONS = [
    (("a-numbered", r"coverage of business rules at 80 %"), ("c-headings", r"90 % test coverage of business rules")),
    (("a-numbered", r"Always use UUIDs"), ("c-headings", r"never UUIDs")),
    (("b-bold-labels", r"Never log request bodies"), ("c-headings", r"Log request bodies")),
    (("b-bold-labels", r"50 rows at a time"), ("d-tree", r"100 rows at a time")),
    (("b-bold-labels", r"timeout of 5 seconds"), ("d-tree", r"after 2 seconds")),
    (("a-numbered", r"failed jobs at most 3 times"), ("e-capitals", r"failed jobs at most 5 times")),
]


@pytest.mark.parametrize("pair", CONTRADICTIONS, ids=lambda pair: pair[0][1])
def test_variants_contradict_each_other(pair: tuple[tuple[str, str], tuple[str, str]]) -> None:
    for stem, words in pair:
        assert words in body(f"backend-engineer/{stem}.md")


@pytest.mark.parametrize("path", sorted((FIXTURES / "reading").iterdir()), ids=lambda path: path.name)
def test_line_ends_and_marks(path: Path) -> None:
    content = path.read_bytes()
    assert (b"\r" in content) == (path.name == "crlf.md")
    assert content.count(b"\r\n") == (content.count(b"\n") if path.name == "crlf.md" else 0)
    assert content.startswith(b"\xef\xbb\xbf") == (path.name == "bom.md")
    assert content.endswith(b"\n") != (path.name == "no-final-newline.md")
    assert content.startswith((b"---", b"\xef\xbb\xbf---")) != (path.name == "plain.md")


def test_git_leaves_the_bytes_alone() -> None:
    assert "fixtures/** -text" in (FIXTURES.parent / ".gitattributes").read_text(encoding="utf-8").splitlines()


def test_every_fixture_is_explained() -> None:
    explained = (FIXTURES / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in FILES if f"`{path.name}`" not in explained] == []
