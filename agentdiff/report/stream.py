"""The one door through which text reaches a stream.

Agent files are written by strangers: whatever would steer a terminal or hide text is shown as `<U+001B>`.
A stream that cannot encode a character gets an escape for it; a pipe that was closed early is no error.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import groupby
from typing import TextIO

from agentdiff.report.lines import Line, Run, Runs, Style, display_width, fit, shorten

PIPE_WIDTH = 80
"""Columns where there is no terminal to ask: the same on every machine, and wherever it is shown later, it fits."""
LEAST_WIDTH = 40
"""Narrower than this, the line numbers leave no room for the text."""
MOST_WIDTH = 120
"""Longer rows are hard to read; a wider terminal keeps a margin."""

_BEYOND_ASCII = re.compile(r"[^\n\t -~]")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
"""Letters and marks that take part in no visible shape; Unicode calls them ignorable."""
_TEXT_OR_EMOJI = "\ufe0e\ufe0f"
_JOINER = "\u200d"
_FITZPATRICK = range(0x1F3FB, 0x1F400)
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))

_ESCAPES = {
    Style.HEADING: "1",
    Style.MUTED: "2",
    Style.ADDED: "32",
    Style.REMOVED: "31",
    Style.CHANGED: "33",
    Style.MOVED: "36",
    Style.ADDED_WORDS: "32",
    Style.REMOVED_WORDS: "31;9",  # struck through as well: without a blank it touches the new words
}
_WORD_BRACKETS = {Style.ADDED_WORDS: ("{+", "+}"), Style.REMOVED_WORDS: ("[-", "-]")}


class Colour(StrEnum):
    """When to colour: `auto` is on a terminal, unless `NO_COLOR` is set or the terminal is dumb."""

    ALWAYS = "always"
    NEVER = "never"
    AUTO = "auto"


class Output:
    """A stream that text is written to. `stream` is None where the process was started without one.

    Rows are as wide as the terminal, within 40 to 120 columns; without a terminal they have 80.
    The variable `COLUMNS` overrides both.
    """

    def __init__(
        self, stream: TextIO | None, colour: Colour = Colour.AUTO, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._stream = stream
        self.is_terminal = stream is not None and stream.isatty()
        self.is_coloured = _is_coloured(colour, self.is_terminal, environment)
        self.width = _width(stream if self.is_terminal else None, environment)

    def write_lines(self, lines: Iterable[Line]) -> None:
        """Print the lines of a report, fitted and styled. Raises OSError when the stream is full or broken."""
        rows = [self._decorated(row) for whole in lines for row in fit(self._shown(whole), self.width)]
        self._write("".join(f"{row}\n" for row in rows))

    def write_sentence(self, sentence: str) -> None:
        """Print a message on one row, however long, so that it can be searched for."""
        self._write(f"{visible(sentence.rstrip())}\n")

    def write_document(self, text: str) -> None:
        """Print a text that is meant to be kept in a file: on a terminal made visible, else its very bytes in UTF-8."""
        if self.is_terminal:
            self._write(visible(text.replace("\r\n", "\n")))
        else:
            self._write_bytes(text)

    def write_status(self, text: str) -> None:
        """Show a text in place of the one before it, on one row of a terminal; an empty text clears the row.

        Only on a terminal: a file would keep them all.
        """
        if self.is_terminal:
            room = self.width - 1  # behind a full row some terminals begin the next one
            shown = shorten(visible(text), room)
            self._write(f"\r{shown}{' ' * (room - display_width(shown))}\r")

    def _shown(self, whole: Line) -> Line:
        runs = (Run(visible(run.text), run.style) for run in whole.runs)
        if not self.is_coloured:
            runs = (_bracketed(run) for run in runs)
        return Line(tuple(runs), whole.hang, whole.is_cut)

    def _decorated(self, row: Runs) -> str:
        if not self.is_coloured:
            return "".join(run.text for run in row).rstrip()
        stretches = groupby(row, key=lambda run: run.style)
        return "".join(_coloured("".join(run.text for run in runs), style) for style, runs in stretches)

    def _write(self, text: str) -> None:
        if self._stream is None:
            return
        encoding = self._stream.encoding or "utf-8"
        self._guarded(self._stream, text.encode(encoding, "backslashreplace").decode(encoding), None)

    def _write_bytes(self, text: str) -> None:
        if self._stream is None:
            return
        self._guarded(self._stream, text, text.encode("utf-8"))

    def _guarded(self, stream: TextIO, text: str, exact: bytes | None) -> None:
        """Write and flush, so that trouble shows up here and not when the interpreter ends."""
        try:
            if exact is not None and hasattr(stream, "buffer"):
                stream.flush()
                stream.buffer.write(exact)
            else:
                stream.write(text)
            stream.flush()
        except BrokenPipeError:
            # The reader (`head`, a pager) has seen enough. That says nothing about the result.
            _silence(stream)
            self._stream = None
        except OSError:
            _silence(stream)
            raise


def visible(text: str) -> str:
    """`text` with everything that steers a terminal or hides text spelled out, such as `<U+202E>`."""
    return _BEYOND_ASCII.sub(_spelled, text)


def _spelled(found: re.Match[str]) -> str:
    character = found[0]
    if _is_hidden(character) and not _is_part_of_emoji(found.string, found.start()):
        return f"<U+{ord(character):04X}>"
    return character


def _is_hidden(character: str) -> bool:
    if unicodedata.category(character) in _HIDDEN_CATEGORIES or character in _BLANK_LETTERS:
        return True
    return any(ord(character) in selectors for selectors in _SELECTORS)


def _is_part_of_emoji(text: str, index: int) -> bool:
    """One selector behind a symbol, or a joiner between two: that is how emoji are written."""
    before = text[index - 1 : index] if index else ""
    if text[index] in _TEXT_OR_EMOJI:
        return _is_symbol(before) or before in tuple("0123456789#*")
    if text[index] != _JOINER:
        return False
    after = text[index + 1 : index + 2]
    return (_is_symbol(before) or before == _TEXT_OR_EMOJI[1]) and _is_symbol(after)


def _is_symbol(character: str) -> bool:
    if not character or character.isascii():
        return False
    return unicodedata.category(character) in ("So", "Sm", "Po") or ord(character) in _FITZPATRICK


def _coloured(text: str, style: Style) -> str:
    return f"\x1b[{_ESCAPES[style]}m{text}\x1b[0m" if style in _ESCAPES else text


def _bracketed(run: Run) -> Run:
    before, after = _WORD_BRACKETS.get(run.style, ("", ""))
    return Run(f"{before}{run.text}{after}", run.style)


def _is_coloured(colour: Colour, is_terminal: bool, environment: Mapping[str, str]) -> bool:
    if colour is not Colour.AUTO:
        return colour is Colour.ALWAYS
    return is_terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def _width(terminal: TextIO | None, environment: Mapping[str, str]) -> int:
    given = environment.get("COLUMNS", "")
    is_number = given.isascii() and given.isdigit() and int(given[:4]) > 0
    columns = int(given[:4]) if is_number else _terminal_width(terminal)
    return min(max(columns, LEAST_WIDTH), MOST_WIDTH)


def _terminal_width(terminal: TextIO | None) -> int:
    if terminal is None:
        return PIPE_WIDTH
    try:
        return os.get_terminal_size(terminal.fileno()).columns or PIPE_WIDTH
    except (OSError, ValueError):
        return PIPE_WIDTH


def _silence(stream: TextIO) -> None:
    """Send what is still buffered nowhere, else the interpreter complains about it at its end."""
    try:
        descriptor = os.open(os.devnull, os.O_WRONLY)
        os.dup2(descriptor, stream.fileno())
        os.close(descriptor)
    except (OSError, ValueError):
        return
