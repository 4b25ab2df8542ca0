"""Who says what of a canonical agent, as text: support, sources by number, line and text, as `git blame` has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from agentdiff.blame import Blame, Blamed, Manner, Part, Voice
from agentdiff.model import ItemKind
from agentdiff.report.lines import BLANK, Line, Run, Style, line, shorten
from agentdiff.report.phrases import agent_words, counted, lines_words, path_words
from agentdiff.text import fold

LONG_TEXT = 400
"""Letters of a field value that are shown."""

MOST_NAMED = 24
"""Columns of the numbers of sources at most; how many more there are is told behind them."""

_NOBODY = "-"


def blame_lines(blame: Blame) -> Iterator[Line]:
    """The sources by number, then a line for each field, title and statement, and how many sources stand behind all."""
    yield line(Run(agent_words(blame.canonical), Style.HEADING), f"  {path_words(blame.canonical.path)}", hang=2)
    digits = len(str(len(blame.paths)))
    for number, path in enumerate(blame.paths, 1):
        yield line(f"  {number:>{digits}}  {path_words(path)}", hang=digits + 4)
    yield from (line(Run(f"  {words}", Style.MUTED), hang=2) for words in _signs(blame))
    fields = [each for each in blame.parts if each.part is Part.FIELD]
    body = [each for each in blame.parts if each.part is not Part.FIELD]
    columns = _Columns(blame)
    for title, parts in (("Fields", fields), ("Text", body)):
        if parts:
            yield from (BLANK, line(Run(title, Style.HEADING)))
            yield from (columns.line(each) for each in parts)
    yield from (BLANK, _total(blame))


def _signs(blame: Blame) -> Iterator[str]:
    """What the signs around a number mean, for those that are used."""
    manners = {voice.manner for each in blame.parts for voice in each.voices}
    if Manner.MARKED in manners:
        yield "By the marks in the file; name the sources to compare what they say."
    if Manner.REWORDED in manners:
        yield "~ says it in other words."
    if Manner.PARTLY in manners:
        yield "( ) says only a part of it, and does not count."
    if not all(each.voices for each in blame.parts):
        yield f"{_NOBODY} no source says it."


class _Columns:
    """Sets support, sources and line numbers in columns that are as wide as their widest entry."""

    def __init__(self, blame: Blame) -> None:
        self._count = len(blame.paths)
        self._who = max((len(_who(each.voices, self._count)) for each in blame.parts), default=0)
        self._lines = max((len(lines_words(each.span)) for each in blame.parts), default=0)
        self._support = 2 * len(str(self._count)) + 1

    def line(self, each: Blamed) -> Line:
        """One part of the canonical."""
        support = f"{each.support}/{self._count}"
        style = Style.CHANGED if not each.voices else Style.PLAIN
        who = Run(f"  {support:>{self._support}}  {_who(each.voices, self._count):<{self._who}}  ", style)
        place = Run(f"{lines_words(each.span):>{self._lines}}  ", Style.MUTED)
        return line(who, place, *_text(each), hang=len(who.text) + len(place.text))


def _text(each: Blamed) -> Sequence[Run]:
    if each.part is Part.FIELD:
        return Run(f"{each.name}: ", Style.HEADING), Run(shorten(each.text, LONG_TEXT))
    if each.part is Part.TITLE:
        return (Run(fold(each.text), Style.HEADING),)
    return (Run(each.text if each.name == ItemKind.CODE else fold(each.text)),)


def _who(voices: Sequence[Voice], count: int) -> str:
    """`1 ~3 (4)`; `all` where all say it in these words."""
    if not voices:
        return _NOBODY
    if count > 1 and len(voices) == count and all(voice.manner in (Manner.KEPT, Manner.MARKED) for voice in voices):
        return "all"
    named = [_signed(voice) for voice in voices]
    kept = len(named)
    while kept > 1 and len(" ".join(named[:kept])) > MOST_NAMED:
        kept -= 1
    more = f" +{len(named) - kept}" if kept < len(named) else ""
    return " ".join(named[:kept]) + more


def _signed(voice: Voice) -> str:
    number = str(voice.source + 1)
    if voice.manner is Manner.PARTLY:
        return f"({number})"
    return f"~{number}" if voice.manner is Manner.REWORDED else number


def _total(blame: Blame) -> Line:
    """How many parts have which support, the fields aside."""
    supports = Counter(each.support for each in blame.parts if each.part is not Part.FIELD)
    words = ", ".join(f"{supports[support]} by {_by(support)}" for support in sorted(supports, reverse=True))
    total = counted(supports.total(), "title or statement", "titles and statements")
    return line(Run(f"{total}{': ' if words else ''}{words}", Style.MUTED), hang=2)


def _by(support: int) -> str:
    return counted(support, "source") if support else "none"
