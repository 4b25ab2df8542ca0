"""Where a result goes: to a file that may be written, or to standard output."""

from __future__ import annotations

import os
from collections.abc import Sequence

from agentdiff.errors import BadInput
from agentdiff.files import STANDARD_INPUT, address_of, write_atomically
from agentdiff.report.stream import Output


def check_target(target: str, files: Sequence[str], may_overwrite: bool) -> None:
    """Raise BadInput where a file is there already and may not be replaced. `files` are the inputs."""
    if may_overwrite or not os.path.lexists(target):
        return
    what = "is one of the inputs" if any(is_same_file(target, file) for file in files) else "exists already"
    raise BadInput(f"{target}: this file {what}; name another one, or add --overwrite to replace it")


def is_same_file(target: str, file: str) -> bool:
    """Whether `target` is the file in which an input stands; never for standard input, nor where one is missing."""
    try:
        return file != STANDARD_INPUT and os.path.samefile(target, address_of(file).file)
    except (OSError, ValueError):  # reading the input will say what is wrong with it
        return False


def write_result(text: str, target: str | None, output: Output, is_printed: bool) -> None:
    """Write a text to a file if one is named, else to standard output if it is to be printed."""
    if target and target != STANDARD_INPUT:
        write_atomically(target, text)
    elif is_printed:
        output.write_document(text)
