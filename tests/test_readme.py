"""What the README shows is what the commands print."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
LEFT_OUT = "[...]"
"""A line that stands for any number of lines."""

SHOWN = re.findall(r"^(`{3,})(console|markdown)\n\$ (agentdiff [^\n]*)\n(.*?)^\1$", README, re.MULTILINE | re.DOTALL)
PYTHON = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def _printed(command: str) -> str:
    """Both streams of a command as a terminal shows them, in the project's folder."""
    words = shlex.split(command)
    run = subprocess.run(
        [sys.executable, "-m", *words], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    assert run.returncode in (0, 1), run.stdout.decode()
    return run.stdout.decode()


def _is_shown(shown: str, printed: str) -> bool:
    """Whether the parts between `[...]` stand in what was printed, whole lines, in order."""
    pattern = re.escape(shown).replace(re.escape(LEFT_OUT) + "\\\n", "(?:.*\n)*")
    return re.fullmatch(pattern, printed) is not None


@pytest.mark.parametrize("command", [pytest.param(found, id=found[2][:60]) for found in SHOWN if found[3]])
def test_examples_print_what_is_shown(command: tuple[str, str, str, str]) -> None:
    _, _, line, shown = command
    assert _is_shown(shown, _printed(line))


def test_every_command_has_an_example() -> None:
    commands = {line.split()[1] for _, _, line, shown in SHOWN if shown}
    assert {"show", "diff", "merge", "convert"} <= commands


def test_python_example_runs() -> None:
    assert PYTHON
    for code in PYTHON:
        run = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, check=False)
        assert run.returncode == 0, run.stderr.decode()
        assert run.stdout


def test_left_out_lines_match_any_number_of_lines() -> None:
    assert _is_shown("a\n[...]\nd\n", "a\nb\nc\nd\n")
    assert _is_shown("a\n[...]\n", "a\n")
    assert not _is_shown("a\n[...]\nd\n", "a\nb\n")
    assert not _is_shown("a\n", "a\nb\n")
