"""Nothing reaches a stream but through `report/stream.py`."""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from pathlib import Path

import pytest

from agentdiff.report.lines import Line, Run, Style, display_width, line
from agentdiff.report.stream import LEAST_WIDTH, MOST_WIDTH, PIPE_WIDTH, Colour, Output, visible


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def printed(*lines: Line, colour: Colour = Colour.NEVER, columns: int = 80) -> str:
    stream = Terminal()
    Output(stream, colour, {"COLUMNS": str(columns)}).write_lines(lines)
    return stream.getvalue()


HIDDEN = {
    "an escape sequence": ("\x1b[31mred", "<U+001B>[31mred"),
    "a bell": ("a\x07", "a<U+0007>"),
    "a carriage return": ("safe\rfake", "safe<U+000D>fake"),
    "delete": ("\x7f", "<U+007F>"),
    "a C1 control": ("\x9b31m", "<U+009B>31m"),
    "a bidi override": ("a\u202eb", "a<U+202E>b"),
    "a bidi isolate": ("\u2066", "<U+2066>"),
    "a zero-width blank": ("ig\u200bnore", "ig<U+200B>nore"),
    "a byte order mark inside": ("a\ufeffb", "a<U+FEFF>b"),
    "a line separator": ("a\u2028b", "a<U+2028>b"),
    "a soft hyphen": ("a\u00adb", "a<U+00AD>b"),
    "a tag letter": ("\U000e0041", "<U+E0041>"),
    "a Hangul filler": ("\u3164", "<U+3164>"),
    "a lone surrogate": ("\udc80", "<U+DC80>"),
    "a selector behind a letter": ("a\ufe0f", "a<U+FE0F>"),
    "a chain of selectors": ("\u2764\ufe0f\ufe01\ufe02", "\u2764\ufe0f<U+FE01><U+FE02>"),
    "a joiner between letters": ("a\u200db", "a<U+200D>b"),
}

SHOWN_AS_IT_IS = {
    "plain text": "Never say `rm -rf`!",
    "line feed and tab": "a\n\tb",
    "accents": "Änderungen prüfen, naïve café",
    "combining accents": "e\u0301",
    "Chinese": "后端工程师",
    "Arabic": "مهندس",
    "emoji": "🚀 ✅",
    "emoji with a selector": "⚠\ufe0f",
    "a keycap": "1\ufe0f\u20e3",
    "a family of emoji": "👩\u200d💻",
    "a no-break blank": "10\u00a0%",
}


@pytest.mark.parametrize(("text", "expected"), HIDDEN.values(), ids=HIDDEN.keys())
def test_what_steers_or_hides_is_spelled_out(text: str, expected: str) -> None:
    assert visible(text) == expected


@pytest.mark.parametrize("text", SHOWN_AS_IT_IS.values(), ids=SHOWN_AS_IT_IS.keys())
def test_ordinary_text_stays(text: str) -> None:
    assert visible(text) == text


def test_no_control_or_format_character_is_forgotten() -> None:
    categories = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    hidden = [chr(number) for number in range(sys.maxunicode + 1) if unicodedata.category(chr(number)) in categories]
    passed = [character for character in hidden if visible(f"x{character}x") == f"x{character}x"]
    assert passed == ["\t", "\n"]


def test_colours_belong_to_the_report_and_never_to_the_content() -> None:
    text = printed(line(Run("new \x1b[0m", Style.ADDED)), colour=Colour.ALWAYS)
    assert text == "\x1b[32mnew <U+001B>[0m\x1b[0m\n"


def test_words_are_marked_with_signs_where_there_is_no_colour() -> None:
    words = line("Use ", Run("tabs", Style.REMOVED_WORDS), Run("four blanks", Style.ADDED_WORDS))
    assert printed(words) == "Use [-tabs-]{+four blanks+}\n"
    coloured = printed(words, colour=Colour.ALWAYS)
    assert "[-" not in coloured
    assert "\x1b[31;9mtabs" in coloured


COLOURED = [
    (Colour.AUTO, True, {}, True),
    (Colour.AUTO, True, {"NO_COLOR": ""}, True),
    (Colour.AUTO, True, {"NO_COLOR": "1"}, False),
    (Colour.AUTO, True, {"TERM": "dumb"}, False),
    (Colour.AUTO, False, {}, False),
    (Colour.ALWAYS, False, {"NO_COLOR": "1"}, True),
    (Colour.NEVER, True, {}, False),
]


@pytest.mark.parametrize(("colour", "is_terminal", "environment", "expected"), COLOURED)
def test_when_there_is_colour(colour: Colour, is_terminal: bool, environment: dict[str, str], expected: bool) -> None:
    stream = Terminal() if is_terminal else io.StringIO()
    assert Output(stream, colour, environment).is_coloured is expected


WIDTHS = [
    ({}, PIPE_WIDTH),
    ({"COLUMNS": "72"}, 72),
    ({"COLUMNS": "5"}, LEAST_WIDTH),
    ({"COLUMNS": "900"}, MOST_WIDTH),
    ({"COLUMNS": "9" * 5000}, MOST_WIDTH),
    ({"COLUMNS": "0"}, PIPE_WIDTH),
    ({"COLUMNS": "wide"}, PIPE_WIDTH),
]


@pytest.mark.parametrize(("environment", "expected"), WIDTHS)
def test_width(environment: dict[str, str], expected: int) -> None:
    assert Output(io.StringIO(), Colour.AUTO, environment).width == expected


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_every_encoding_gets_something_readable(encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    Output(stream, Colour.NEVER, {}).write_lines([line("prüfen 后端")])
    expected = {"ascii": b"pr\\xfcfen \\u540e\\u7aef\n", "utf-8": "prüfen 后端\n".encode()}
    latin = "prüfen ".encode("latin-1") + b"\\u540e\\u7aef\n"
    assert raw.getvalue() == expected.get(encoding, latin)


def test_a_document_goes_into_a_pipe_byte_for_byte() -> None:
    text = "\ufeff---\r\nname: a\r\n---\r\n\u200bbody \x1b[0m without an end"
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Output(stream, Colour.NEVER, {}).write_document(text)
    assert raw.getvalue() == text.encode()


def test_a_document_on_a_terminal_is_made_visible() -> None:
    stream = Terminal()
    Output(stream, Colour.ALWAYS, {}).write_document("a\r\nb\x1b[2J\n")
    assert stream.getvalue() == "a\nb<U+001B>[2J\n"


def test_a_sentence_stays_on_one_row() -> None:
    stream = io.StringIO()
    Output(stream, Colour.AUTO, {"COLUMNS": "40"}).write_sentence("word " * 40)
    assert stream.getvalue() == "word " * 39 + "word\n"


def test_a_process_without_the_stream_is_served_too() -> None:
    output = Output(None, Colour.AUTO, {})
    output.write_lines([line("text")])
    output.write_document("text")
    assert output.width == PIPE_WIDTH


def test_a_reader_who_leaves_early_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        output = Output(stream, Colour.AUTO, {})
        output.write_document("x" * 1_000_000)
        output.write_lines([line("more")])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_an_error_and_reported_once() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as stream, pytest.raises(OSError, match="No space"):
        Output(stream, Colour.AUTO, {}).write_lines([line("text")])


def status(*texts: str, columns: int = 40) -> str:
    stream = Terminal()
    output = Output(stream, Colour.NEVER, {"COLUMNS": str(columns)})
    for text in texts:
        output.write_status(text)
    return stream.getvalue()


@pytest.mark.parametrize("text", ["reading", "", "long " * 20, "\x1b[2J\rfake\nrow", "后端工程师" * 9])
def test_a_status_fills_one_row_and_goes_back_to_its_start(text: str) -> None:
    written = status(text)
    assert written[0] == written[-1] == "\r"
    assert display_width(written[1:-1]) == 39
    assert written[1:-1].isprintable()


def test_an_empty_status_wipes_the_row() -> None:
    assert status("reading", "") == f"\rreading{' ' * 32}\r\r{' ' * 39}\r"


def test_a_status_is_for_terminals_alone() -> None:
    stream = io.StringIO()
    Output(stream, Colour.ALWAYS, {}).write_status("reading")
    Output(None, Colour.ALWAYS, {}).write_status("reading")
    assert stream.getvalue() == ""
