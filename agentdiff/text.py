"""Small pure helpers on strings, and on the values that hold them; nothing here knows what an agent is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

from agentdiff.model import FieldValue

SPOKEN_CHARACTERS = 60
"""Characters of a written value that one sentence quotes at most."""

# Every pattern here has to end a failed attempt near where it began: a hostile text holds thousands of openings.
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\((?:[^()\n]|\([^()\n]*\))*\)")
_EMPHASIS_MARKS = re.compile(r"(?<!\\)(?:\*+|_{2,}|~~)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BLANKS = re.compile(r"\s+")
_NUMBERING = re.compile(r"^(?:\d{1,3}(?:\.\d{1,3})*[.):](?:\s+|(?!\d))|[A-Za-z][.)]\s+|\d{1,3}(?:\.\d{1,3})+\s+)(?=\S)")


def unix(text: str) -> str:
    """Lines that end in line feeds alone, so that variants with different line endings can be one file."""
    return text.replace("\r\n", "\n").replace("\r", " ")


def fold(text: str) -> str:
    """The text on one line, every run of white space one blank."""
    return _BLANKS.sub(" ", text).strip()


@lru_cache(maxsize=4096)  # each text of a file is asked for several times on its way
def plain(markdown: str) -> str:
    """Inline Markdown without its markup, on one line: emphasis, code ticks, links and escapes resolved."""
    text = _CODE_SPAN.sub(lambda found: found[2].strip(), markdown) if "`" in markdown else markdown
    if "[" in text:
        text = _LINK.sub(r"\1", text)
    if "*" in text or "__" in text or "~~" in text:
        text = _without_emphasis(text)
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    return fold(text)


def _without_emphasis(text: str) -> str:
    """The text without the marks that open and close emphasis; marks without a partner stay."""
    marks = list(_EMPHASIS_MARKS.finditer(text))
    kept = [len(mark[0]) for mark in marks]
    waiting: dict[str, list[int]] = {"*": [], "_": [], "~": []}
    for number, mark in enumerate(marks):
        openers = waiting[mark[0][0]]
        if not text[mark.start() - 1 : mark.start()].isspace():  # a mark closes behind a word, and opens before one
            while kept[number] and openers:
                length = min(kept[number], kept[openers[-1]])
                kept[number] -= length
                kept[openers[-1]] -= length
                if not kept[openers[-1]]:
                    openers.pop()
        if kept[number] and not text[mark.end() : mark.end() + 1].isspace():
            openers.append(number)
    parts, end = [], 0
    for mark, length in zip(marks, kept, strict=True):
        parts += [text[end : mark.start()], mark[0][:length]]
        end = mark.end()
    return "".join([*parts, text[end:]])


def without_numbering(title: str) -> str:
    """A title without a leading `1.`, `2.3` or `a)`."""
    return _NUMBERING.sub("", title, count=1)


def clean_title(markdown: str) -> str:
    """A title as plain text, without numbering and closing colon."""
    return without_numbering(plain(markdown)).rstrip(" :：").strip()


def line_starts(text: str | bytes) -> list[int]:
    """Offsets, in characters or bytes, at which the lines of a text begin; only a line feed ends a line."""
    lines: Sequence[str | bytes] = text.split("\n") if isinstance(text, str) else text.split(b"\n")
    return list(accumulate((len(line) + 1 for line in lines[:-1]), initial=0))


_MARKUP = re.compile(r"[*_`#>|]+|^\s*(?:[-*+]|\d+[.)])\s+", re.MULTILINE)


@lru_cache(maxsize=8192)  # account and proof ask for the same texts
def bare(text: str) -> str:
    """A text by which one can tell whether another holds it: no Markdown marks, no case, white space folded."""
    return fold(_MARKUP.sub(" ", text).lower()).strip(" :")


def is_unspaced(character: str) -> bool:
    """A Chinese or Japanese letter: they are written without blanks, so each counts as a word."""
    return "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff"


def split_unspaced(word: str) -> list[str]:
    """The word in parts: each letter of `is_unspaced` alone, what lies between them together."""
    # Not part of the regular expressions that find words: such wide ranges take 10 ms to compile.
    if word.isascii():
        return [word]
    parts: list[str] = []
    for character in word:
        if parts and not is_unspaced(character) and not is_unspaced(parts[-1][0]):
            parts[-1] += character
        else:
            parts.append(character)
    return parts


_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def split_names(text: str, separators: str = ",") -> list[str]:
    """The parts between separators that stand in no brackets: `Agent(a, b)` and `*.{ts,js}` are one name each."""
    parts, start, depth = [], 0, 0
    for at, character in enumerate(text):
        depth = max(0, depth + _BRACKETS.get(character, 0))
        if character in separators and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def unquoted(name: str) -> str:
    """A name without blanks around it, and without quotes around it."""
    name = name.strip()
    return name[1:-1].strip() if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'" else name


def is_list_of_texts(value: FieldValue) -> bool:
    """Whether a value is a list that holds texts alone; an empty one is."""
    return isinstance(value, tuple) and all(isinstance(each, str) for each in value)


def texts_in(value: FieldValue) -> Iterator[str]:
    """Every text in a value, at any depth and in its order, keys of maps among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield key
            yield from texts_in(entry)
    else:
        for entry in value or ():
            yield from texts_in(entry)
