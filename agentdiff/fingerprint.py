"""Text of an agent -> fingerprint: what is needed to find its duplicates, small enough to keep for millions.

Words become numbers, three words in a row a shingle, and of the shingles those with the lowest numbers are kept: a
bottom-k sketch (Beyer et al., "On Synopses for Distinct-Value Estimation", SIGMOD 2007; also known as KMV). It is
chosen over MinHash since it still is a set: what is common in a collection can be taken out of it afterwards, both the
share of the union and the share of the smaller one can be told from it, and for all but long files it is the whole
set, so that nothing is estimated at all. All hashes are named ones, the same on every machine.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from agentdiff.formats.reading import Glance
from agentdiff.text import is_unspaced

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint32]
    """Ascending and distinct."""

SHINGLE_WORDS = 3
"""Words in a row that count as one shingle, the usual number; with 5 a tenth of reworded words hides a copy
(shared/scale.md, section 1)."""

SKETCH_SIZE = 512
"""Shingles kept. Half of public agent files have fewer, so theirs is exact; for the others a similarity of 0.1 is known
to 0.013 (one standard deviation of a share among 512)."""

BRIEF_WORDS = 30
"""A body of fewer words says too little alone (`See AGENTS.md`): its description counts as well."""

CHARACTERS_PER_TOKEN = 4
"""Of English text, as the makers of the large models say."""
OTHER_CHARACTERS_PER_TOKEN = 1.5
"""Outside of ASCII; Chinese and Japanese are the bulk of it."""

_BLANK = b"\0"
"""What stands between words: 0 adds nothing to a sum."""
_ASCII_WORDS = bytes(
    ord(chr(code).lower()) if code < 128 and (chr(code).isalnum() or chr(code) == "_") else 0 for code in range(256)
)
"""For `bytes.translate`: letters and digits in lower case, all else blanks."""
_WORDS = _ASCII_WORDS[:128] + bytes(range(128, 256))
"""Likewise, where what is not ASCII has been seen to."""
_ASCII = bytes(range(128))
_OTHER_CHARACTERS = re.compile(r"[^\x00-\x7f]+")
_LINE_MARKS = b" \t#*-+>|`_:."
_DIGITS = b"0123456789"
_NUMBERED = re.compile(rb"\A\d{1,3}[.)]\s+")
_WHITE_SPACE = b" \t\r\n\f\v"

REMEMBERED = 1 << 16
"""Characters of the longest text that is remembered."""
PIECE = 1 << 16
"""Bytes that are hashed at once: what is kept for it takes half a MiB."""
BASE = 0x01000193
"""Of the polynomial; the prime of FNV-1a, as good as any odd number."""
FEW_CHARACTERS = 24
"""Replacing each in the whole text is faster up to so many; an English text has dashes and quotation marks only."""
UNSPACED_WORD = 3
"""Letters to a word, on average, where there are no blanks. With a word for each letter one long line that two Chinese
files share weighed as much as a page of English and joined them."""
_SCATTERED = 0x9E3779B1
FIRST, SECOND, THIRD = 0xFF51AFD7ED558CCD, 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F
"""Make the order of words count: odd numbers of MurmurHash3, the golden ratio as 64 bits, a prime of xxHash."""


class Fingerprint(NamedTuple):
    """What is known of one agent when duplicates are looked for."""

    key: int
    """Signed, 64 bits: the same for two agents whose bodies have the same words in the same order."""
    text_key: int
    """Likewise, of all the text apart from white space."""
    head_key: int
    """Likewise, of the fields."""
    shingles: int
    """How many distinct ones there are."""
    sketch: bytes
    """The SKETCH_SIZE lowest shingle hashes, as ascending little-endian numbers of 32 bits. The lowest bit is 0, free
    for a mark."""
    lines: bytes
    """A hash for every distinct line of the body, marks of lists and titles aside; in the form of `sketch`."""
    tokens: int
    """About what a language model pays for it."""


def fingerprint(agent: Glance) -> Fingerprint:
    """The fingerprint of one agent; the same for the same text on every machine, whatever its path."""
    own = _of_body(agent.body) if len(agent.body) <= REMEMBERED else _of_body.__wrapped__(agent.body)
    words = _of_brief(agent) if own.words < BRIEF_WORDS else own
    head = _encoded(agent.head).translate(None, _WHITE_SPACE)
    return Fingerprint(
        key=words.key,
        text_key=key_of(head + own.folded),
        head_key=key_of(head),
        shingles=words.shingles,
        sketch=words.sketch,
        lines=own.lines,
        tokens=tokens_in(agent.head) + own.tokens,
    )


class _Said(NamedTuple):
    """What is known of a text alone."""

    words: int
    key: int
    shingles: int
    sketch: bytes
    lines: bytes = b""
    folded: bytes = b""
    """Without white space."""
    tokens: int = 0


@lru_cache(maxsize=512)  # copies often lie side by side, with other fields
def _of_body(body: str) -> _Said:
    import numpy as np

    data = _encoded(body)
    statements = _statements(data)
    lines = np.fromiter(statements, "<u4", len(statements))
    lines.sort()
    others = data.translate(None, _ASCII)
    return _of_words(_word_hashes(data, others))._replace(
        lines=lines.tobytes(),
        folded=data.translate(None, _WHITE_SPACE),
        tokens=_tokens(len(body), len(data) - len(others)),
    )


def _of_brief(agent: Glance) -> _Said:
    said = f"{agent.description} {agent.body}"
    return _of_words(word_hashes(said if said.strip() else agent.head))


def _of_words(words: NDArray[np.uint32]) -> _Said:
    shingles = shingle_hashes(words)
    return _Said(len(words), key_of(words.tobytes()), len(shingles), shingles[:SKETCH_SIZE].tobytes())


def word_hashes(text: str) -> NDArray[np.uint32]:
    """A hash for each word of a text, in its order, case aside.

    A word is a run of letters, digits and underscores; of a script without blanks, some of its letters.
    The hash is a polynomial over the bytes, modulo 2**32 (Karp and Rabin, 1987).
    """
    data = _encoded(text)
    return _word_hashes(data, data.translate(None, _ASCII))


def _word_hashes(text: bytes, others: bytes) -> NDArray[np.uint32]:
    """`others` is what is not ASCII."""
    import numpy as np

    data = _words_in(text, others)
    if len(data) <= PIECE:
        return _hashes_in(data)
    pieces, start = [], 0
    while start < len(data):
        # A word longer than a piece is cut in the same places every time.
        end = len(data) if len(data) - start <= PIECE else data.rfind(_BLANK, start, start + PIECE) + 1 or start + PIECE
        pieces.append(_hashes_in(data[start:end]))
        start = end
    return np.concatenate(pieces)


def _words_in(text: bytes, others: bytes) -> bytes:
    """The words of a text in lower case, all else blanks."""
    characters = set(_decoded(others))
    if len(characters) <= FEW_CHARACTERS and not any(map(is_unspaced, characters)):
        letters = {character: _letters(character) for character in sorted(characters)}
        if not "".join(letters.values()).strip():  # dashes and quotation marks
            return text.translate(_ASCII_WORDS)
        for character, instead in letters.items():  # in an order: what one becomes may hold another
            text = text.replace(_encoded(character), _encoded(instead))
    else:
        text = _encoded(_OTHER_CHARACTERS.sub(_as_words, _decoded(text)))
    return text.translate(_WORDS)


def _as_words(found: re.Match[str]) -> str:
    return _letters(found[0]) if len(found[0]) <= REMEMBERED else _letters.__wrapped__(found[0])


@lru_cache(maxsize=4096)  # dashes and quotation marks are most of them
def _letters(characters: str) -> str:
    parts = []
    for without_blanks, letters in groupby(characters.casefold(), key=is_unspaced):
        if without_blanks:
            parts.append(f" {''.join(map(_unspaced, letters))} ")
        else:
            parts.append("".join(each if each.isalnum() else " " for each in letters))
    return "".join(parts)


def _unspaced(letter: str) -> str:
    """A letter of a script without blanks, with one behind every third of them on average, which its code decides."""
    return f"{letter} " if ord(letter) * _SCATTERED % (1 << 32) < (1 << 32) // UNSPACED_WORD else letter


def _hashes_in(data: bytes) -> NDArray[np.uint32]:
    import numpy as np

    powers, inverses = _powers()
    characters = np.frombuffer(data, np.uint8)
    is_word = np.zeros(len(characters) + 1, bool)
    np.not_equal(characters, 0, out=is_word[1:])
    starts = (is_word[1:] > is_word[:-1]).nonzero()[0]
    sums = np.add.reduceat(characters * powers[: len(characters)], starts, dtype="<u4")
    return sums * inverses[starts]


@lru_cache(maxsize=1)
def _powers() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """BASE**i and BASE**-i modulo 2**32 for each place of a piece."""
    import numpy as np

    tables = np.full((2, PIECE), 1, "<u4")
    tables[:, 1:] = np.array([[BASE], [pow(BASE, -1, 1 << 32)]], "<u4")
    powers, inverses = np.multiply.accumulate(tables, axis=1, dtype="<u4")
    return powers, inverses


def shingle_hashes(words: NDArray[np.uint32]) -> Hashes:
    """The distinct hashes of every SHINGLE_WORDS words in a row; of all words together where there are fewer."""
    import numpy as np

    wide = words.astype(np.uint64)
    if 0 < len(words) < SHINGLE_WORDS:
        wide = np.concatenate([wide, np.zeros(SHINGLE_WORDS - len(words), np.uint64)])
    mixed = (wide[:-2] * np.uint64(FIRST) + wide[1:-1]) * np.uint64(SECOND) + wide[2:] * np.uint64(THIRD)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(FIRST)
    # Of the upper half, which every bit of the words has reached; the lowest bit is kept free.
    return _distinct((mixed >> np.uint64(33)).astype("<u4") << np.uint32(1))


def _distinct(numbers: NDArray[np.uint32]) -> Hashes:
    """As `np.unique`, in a fifth of its time."""
    import numpy as np

    ordered = np.sort(numbers)
    is_new = np.empty(len(ordered), bool)
    is_new[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    return ordered[is_new]


def finished(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Numbers of 64 bits, each bit of which depends on every bit of what came in.

    Source: fmix64 of MurmurHash3 (Austin Appleby, public domain), with a constant added so that 0 does not stay 0.
    """
    import numpy as np

    mixed = numbers + np.uint64(SECOND)
    mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return mixed ^ (mixed >> np.uint64(33))


def key_of(data: bytes) -> int:
    """A signed number of 64 bits for a text, as every engine can hold it."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little", signed=True)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _statements(body: bytes) -> set[int]:
    """Hashes of its distinct lines without what only lays them out. Lines of code and tables count like all others."""
    bare = [line.strip(_LINE_MARKS) for line in body.lower().splitlines()]
    return {crc32(_without_number(line) if line[0] in _DIGITS else line) for line in bare if line}


def _without_number(line: bytes) -> bytes:
    return _NUMBERED.sub(b"", line, count=1).lstrip(_LINE_MARKS)


def tokens_in(text: str) -> int:
    """About how many tokens a language model sees in a text. Good to a tenth or so for English."""
    return _tokens(len(text), len(text.encode("ascii", "ignore")))


def _tokens(characters: int, ascii_characters: int) -> int:
    others = characters - ascii_characters
    return ceil(ascii_characters / CHARACTERS_PER_TOKEN + others / OTHER_CHARACTERS_PER_TOKEN)


_DECORATION = frozenset(
    "agent agents assistant bot copilot custom copy draft expert final helper master my new old persona pro senior "
    "skill specialist subagent the v v1 v2 v3 v4 v5 version".split()
)
_NAME_WORDS = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def name_key(name: str) -> str:
    """What a name says of the role: its words in alphabetical order, without those that only adorn it.

    `Backend-Dev-Agent-v2`, `dev_backend` and `backendDev` all are `backend dev`.
    """
    return _name_key(name) if len(name) <= REMEMBERED else _name_key.__wrapped__(name)


@lru_cache(maxsize=65536)
def _name_key(name: str) -> str:
    words = _NAME_WORDS.findall(_CAMEL.sub(" ", name).lower())
    telling = sorted({word for word in words if word not in _DECORATION and not word.isdecimal()})
    return " ".join(telling or sorted(set(words)))
