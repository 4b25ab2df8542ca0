from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from agentdiff.ignoring import MAX_RULES, is_ignored, rules_in


@pytest.mark.parametrize(
    ("text", "path", "verdict"),
    [
        ("*.log", "a/b.log", True),
        ("*.log\n!b.log", "a/b.log", False),
        ("!b.log\n*.log", "a/b.log", True),
        ("build", "a/build", True),
        ("build/", "a/build", None),
        ("build/", "a/build/", True),
        ("/build", "build", True),
        ("/build", "a/build", None),
        ("a/build", "a/build", True),
        ("a/build", "b/a/build", None),
        ("**/a/build", "b/a/build", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "a/x/y/c", None),
        ("a/**", "a/", None),
        ("a/**", "a/b", True),
        ("a/*/c", "a/b/c", True),
        ("a/*/c", "a/b/b/c", None),
        ("a?c", "abc", True),
        ("a?c", "a/c", None),
        ("[a-c]x", "bx", True),
        ("[!a-c]x", "bx", None),
        ("[^a-c]x", "dx", True),
        ("[[:digit:]]", "7", True),
        ("[]]", "]", True),
        ("[a", "[a", None),
        ("\\!x", "!x", True),
        ("\\#x", "#x", True),
        ("#x", "#x", None),
        ("x  ", "x", True),
        ("x\\ ", "x ", True),
        ("x\r\ny", "x", True),
        ("\ufeffx", "x", True),
        ("\\*", "a", None),
        ("a\\", "a", None),
        ("/", "a", None),
        ("!", "a", None),
        ("", "a", None),
        ("*\n!*/\n!*.md", "a/", False),
        ("*\n!*/\n!*.md", "a/b.txt", True),
        ("*\n!*/\n!*.md", "a/b.md", False),
        ("!inner/", "inner/x.log", None),
        ("*a*b*c", "xaxbxc", True),
        ("*a*b*c", "xbxaxc", None),
        ("a*a", "a", None),
    ],
)
def test_what_a_rule_says(text: str, path: str, verdict: bool | None) -> None:
    bare = path.rstrip("/")
    assert rules_in(text).verdict(bare, bare.rpartition("/")[2], path.endswith("/")) is verdict


def test_the_nearest_rules_count() -> None:
    outer, inner = rules_in("*.md\n*.txt"), rules_in("!keep.md\n/top.md")
    chain = ((0, outer), (4, inner))
    assert not is_ignored(chain, "sub/keep.md", "keep.md", False)
    assert is_ignored(chain, "sub/top.md", "top.md", False)
    assert is_ignored(chain, "sub/keep.txt", "keep.txt", False)
    assert not is_ignored((), "sub/keep.txt", "keep.txt", False)


def test_no_pattern_takes_long() -> None:
    name = "a" * 250
    deep = "/".join(["a"] * 1000)
    for pattern in ("*a" * 100 + "*b", "a/" + "**/a/" * 50 + "b", "[a-z]*" * 100 + "1", "*?" * 120 + "b"):
        assert rules_in(pattern).verdict(deep + "/" + name, name, False) is None


def test_the_number_of_rules_is_bounded() -> None:
    assert len(rules_in("x\n" * (MAX_RULES + 9)).rules) == MAX_RULES


_PARTS = ["a", "b", "ab", "*", "?", "/", "/", "[ab]", "[!a]", "[^b]", "a-", "]", "\\a", "\\*", "a.md", "*.md", " "]
_PARTS += ["[[:alpha:]]", "[]a]", "[b-a]", "#", "-", "/**/", "!"]
_NAMES = ("a", "b", "ab", "a.md", "ba", "b.md", "-", "]", "*", " a", "abab", "aab")
_FOLDERS = ("a", "b", "ab", " a", "abab")


def _lines(chance: random.Random) -> list[str]:
    patterns = ["".join(chance.choices(_PARTS, k=chance.randint(1, 5))) for _ in range(chance.randint(1, 4))]
    # What git makes of stars in a row that are no whole segment, it calls undefined.
    whole = [pattern for pattern in patterns if "**" not in pattern.replace("/**/", "/") and "/**/**" not in pattern]
    return [("!" if chance.random() < 0.3 else "") + pattern for pattern in whole]


def test_it_is_what_git_says(tmp_path: Path) -> None:
    """Random rules on a small tree, in one repository for each, against `git check-ignore`."""
    chance = random.Random(5)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    paths = [(name, name in _FOLDERS) for name in _NAMES]
    for folder in _FOLDERS:
        (tmp_path / folder).mkdir()
        paths += [(f"{folder}/{name}", False) for name in _NAMES]
    asked = "".join(f"{path}\0" for path, _ in paths)
    command = ["git", "-C", str(tmp_path), "check-ignore", "--no-index", "--stdin", "-z"]
    for _ in range(120):
        lines = _lines(chance)
        (tmp_path / ".gitignore").write_text("\n".join(lines))
        said = subprocess.run(command, input=asked, capture_output=True, text=True).stdout.split("\0")
        rules = rules_in("\n".join(lines))
        found: set[str] = set()
        for path, is_folder in paths:
            folder, _, name = path.rpartition("/")
            if folder in found or rules.verdict(path, name, is_folder):
                found.add(path)
        assert found == {path for path in said if path}, lines
