"""Fingerprints: the same on every machine, and the same for the same text whatever its layout."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from hashlib import sha256
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdiff import fingerprint as fingerprints
from agentdiff.fingerprint import (
    BASE,
    BRIEF_WORDS,
    FEW_CHARACTERS,
    PIECE,
    REMEMBERED,
    SHINGLE_WORDS,
    SKETCH_SIZE,
    UNSPACED_WORD,
    Fingerprint,
    fingerprint,
    key_of,
    name_key,
    shingle_hashes,
    tokens_in,
    word_hashes,
)
from agentdiff.formats.reading import Glance

CHINESE = "\u68c0\u67e5\u6bcf\u4e00\u884c"
JAPANESE = "\u30b3\u30fc\u30c9\u3092\u78ba\u8a8d\u3059\u308b"
GREEK = "\u039f\u0394\u039f\u03a3 \u03bf\u03b4\u03bf\u03c2"
HEAD = "---\nname: a\n---\n"
LONG = "The gardener looks after every bed. " * 6
"""Long enough that the description does not count."""


def seen(body: str, description: str = "", head: str = HEAD, path: str = "a.md", name: str = "a") -> Fingerprint:
    return fingerprint(Glance(path, "claude-agent", name, description, body, head, False))


def lines_of(body: str) -> list[int]:
    return np.frombuffer(seen(body).lines, "<u4").tolist()  # type: ignore[no-any-return]


# ---------------------------------------------------------------------------------------------- the same everywhere

# An index on disk keeps these numbers: if one changes, so does the version of its format.
PINNED = {
    "ASCII": ("Review every change twice.", -973470079940671, 3952025309007178697, 2, "f7fc0638", 11),
    "accents": (
        "V\u00e9rifie chaque ligne d\u00e9j\u00e0 \u00e9crite \u2014 \u00ab avec soin \u00bb.",
        -3905014306167338016,
        3072516336776499602,
        5,
        "96f074fe",
        20,
    ),
    "Chinese": (
        "\u68c0\u67e5\u6bcf\u4e00\u884c\u4ee3\u7801\u3002",
        -7935294223535992700,
        6039596282634606352,
        2,
        "5bbe2b7a",
        10,
    ),
    "Japanese": (
        JAPANESE,
        1860211419250093943,
        1271542365274260514,
        2,
        "484c1156",
        10,
    ),
    "a rocket": (
        "Ship \U0001f680 it \U0001f469\u200d\U0001f4bb now",
        5221586444656487577,
        -4095008129658610955,
        1,
        "8c6dcbe9",
        10,
    ),
    "combining marks": ("cafe\u0301 noir", -1299484972229925471, -4931229355995272067, 1, "985b93b3", 7),
    "Greek": (
        GREEK,
        -6390140942069223565,
        7681363711802103184,
        1,
        "824ac3ac",
        10,
    ),
    "empty": ("", 7112655222327669637, 7181293064624934413, 1, "18a77f25", 4),
    "one word": ("Stop", 1692428938095608505, 5920635390918755678, 1, "e1afd568", 5),
    "100 KB": (
        "All work and no play makes a dull agent. " * 2500,
        274937677549430896,
        -401276721884292364,
        9,
        "bdb595a3",
        25629,
    ),
    "an endless word": ("x" * (PIECE + 1000) + " y z", -444155606546031832, 6894777119681095986, 2, "8dc3efc2", 16639),
}


@pytest.mark.parametrize(
    ("body", "key", "text_key", "shingles", "sketch", "tokens"), PINNED.values(), ids=PINNED.keys()
)
def test_the_same_on_every_machine(body: str, key: int, text_key: int, shingles: int, sketch: str, tokens: int) -> None:
    found = seen(body)
    assert (found.key, found.text_key, found.shingles, found.tokens) == (key, text_key, shingles, tokens)
    assert sha256(found.sketch).hexdigest()[:8] == sketch
    assert found.head_key == 7181293064624934413


def test_the_numbers_of_words_are_pinned() -> None:
    assert word_hashes("Review every change twice.").tolist() == [805032692, 1554033667, 4158570468, 45164688]
    assert key_of(b"") == -5426141060434712860


def test_neither_path_nor_name_nor_format_counts() -> None:
    assert seen(LONG) == fingerprint(Glance("b/c.toml", "codex-agent", "other", "", LONG, HEAD, True))


# ---------------------------------------------------------------------------------------------- keys

SAME_WORDS = {
    "line breaks": (LONG, LONG.replace(". ", ".\r\n\r\n")),
    "bullets": (LONG, LONG.replace("The", "- **The**")),
    "case": (LONG, LONG.upper()),
    "punctuation": (LONG, LONG.replace(".", "!!!") + "---"),
    "dashes and quotation marks": (LONG, LONG.replace(" ", " \u2014 ").replace("every", "\u201cevery\u201d")),
    "accents in capitals": ("\u00e9t\u00e9 " * 40, "\u00c9T\u00c9 " * 40),
    "Greek in capitals": ("\u03bf\u03b4\u03cc\u03c2 " * 40, "\u039f\u0394\u038c\u03a3 " * 40),
    "German in capitals": ("stra\u00dfe " * 40, "STRASSE " * 40),
    "blanks where a Chinese word ends": (CHINESE * 9, "\u68c0 \u67e5\u6bcf\n\u4e00\u884c" * 9),
    "lists and marks around Chinese": (f"{CHINESE}\n" * 9, f"- **{CHINESE}**\u3002\r\n\r\n" * 9),
    "blanks between Chinese and Latin": (f"a{CHINESE}b " * 9, f"A {CHINESE} B " * 9),
}
OTHER_WORDS = {
    "order": (LONG + "first second", LONG + "second first"),
    "a word more": (LONG, LONG + "twice"),
    "a word less": (LONG, LONG[4:]),
    "repeated": (LONG, LONG * 2),
    "a letter": (LONG, LONG.replace("bed", "bet", 1)),
    "glued": (LONG + "no one", LONG + "noone"),
    "a digit": (LONG + "wait 5 s", LONG + "wait 6 s"),
    "an accent": (LONG + "resume", LONG + "r\u00e9sum\u00e9"),
    "an underscore": (LONG + "a_b", LONG + "a b"),
    "order of Chinese": ("\u68c0\u67e5\u6bcf" * 15, "\u67e5\u68c0\u6bcf" * 15),
    "a Chinese letter": (CHINESE * 15, CHINESE * 14 + "\u68c0\u67e5\u6bcf\u4e00\u4ee3"),
    "blanks within a Chinese word": (CHINESE * 9, "\u68c0\u67e5\u6bcf\u4e00 \u884c" * 9),  # a limit
    "an empty body": (LONG, ""),
    "a zero byte": (LONG + "a\0b", LONG + "ab"),
}


@pytest.mark.parametrize(("one", "other"), SAME_WORDS.values(), ids=SAME_WORDS.keys())
def test_layout_case_and_punctuation_do_not_count(one: str, other: str) -> None:
    a, b = seen(one), seen(other)
    assert (a.key, a.sketch, a.shingles) == (b.key, b.sketch, b.shingles)


@pytest.mark.parametrize(("one", "other"), OTHER_WORDS.values(), ids=OTHER_WORDS.keys())
def test_words_and_their_order_count(one: str, other: str) -> None:
    assert seen(one).key != seen(other).key


TEXTS = [
    # (one, other, whether the texts are the same but for white space)
    (LONG, LONG.replace(" ", "\n\t "), True),
    (LONG, LONG.replace("\n", "\r\n") + "\r\n\f\v", True),
    (LONG, LONG.upper(), False),
    (LONG, LONG.replace(".", "!"), False),
    (LONG, LONG.replace(" ", "\u00a0"), False),
    (LONG, LONG + "\u200b", False),
]


@pytest.mark.parametrize(("one", "other", "is_same"), TEXTS)
def test_text_key(one: str, other: str, is_same: bool) -> None:
    assert (seen(one).text_key == seen(other).text_key) is is_same


def test_the_text_key_is_of_fields_and_body_and_the_head_key_of_fields() -> None:
    a, b, c = (seen(LONG, head=head) for head in ("name: a\n", "name:  a", "name: b\n"))
    assert (a.text_key, a.head_key) == (b.text_key, b.head_key)
    assert a.text_key != c.text_key
    assert a.head_key != c.head_key
    assert a.key == c.key
    assert seen(LONG).head_key == seen(LONG + "more").head_key


BRIEF = "See AGENTS.md"


def test_a_brief_body_counts_with_its_description() -> None:
    a, b = seen(BRIEF, "Prunes roses"), seen(BRIEF, "Waters ferns")
    assert a.key != b.key
    assert not set(np.frombuffer(a.sketch, "<u4")) >= set(np.frombuffer(b.sketch, "<u4"))
    assert seen(BRIEF, "Prunes roses", head="other") == a._replace(
        text_key=seen(BRIEF, head="other").text_key, head_key=seen("", head="other").head_key, tokens=a.tokens - 2
    )
    assert seen(LONG, "Prunes roses").key == seen(LONG, "Waters ferns").key


@pytest.mark.parametrize(("words", "counts"), [(BRIEF_WORDS - 1, True), (BRIEF_WORDS, False)])
def test_how_long_a_body_is_brief(words: int, counts: bool) -> None:
    body = "word " * words
    assert (seen(body, "one").key != seen(body, "other").key) is counts


@pytest.mark.parametrize("body", ["", " \n", "\u3000"])
def test_without_body_and_description_the_fields_count(body: str) -> None:
    assert seen(body, head="name: pruner") == seen(body, head="name: pruner")
    assert seen(body, head="name: pruner").key != seen(body, head="name: waterer").key
    assert seen("", "described", head="x").key == seen("", "described", head="y").key


# ---------------------------------------------------------------------------------------------- what is remembered

REMEMBERING: dict[str, tuple[Callable[[str], object], str, str]] = {
    "a body": (seen, "_of_body", "- Cut it\n"),
    "letters without blanks": (word_hashes, "_letters", CHINESE),
    "other letters": (word_hashes, "_letters", "".join(map(chr, range(0x0430, 0x0450)))),
    "a name": (name_key, "_name_key", "gardener "),
}


@pytest.mark.parametrize(("function", "cache", "part"), REMEMBERING.values(), ids=REMEMBERING.keys())
@pytest.mark.parametrize(("size", "kept"), [(REMEMBERED, 1), (REMEMBERED + 1, 0), (3 * REMEMBERED, 0)])
def test_long_texts_are_not_remembered(
    function: Callable[[str], object], cache: str, part: str, size: int, kept: int
) -> None:
    remembered = getattr(fingerprints, cache)
    text = (part * (size // len(part) + 1))[:size]
    remembered.cache_clear()
    found = [function(text), function(text)]
    info = remembered.cache_info()
    assert (info.currsize, info.hits) == (kept, kept)
    remembered.cache_clear()
    assert repr(found[0]) == repr(found[1]) == repr(function(text))


# ---------------------------------------------------------------------------------------------- words


def obvious_words(text: str) -> list[str]:
    """One character after the other."""
    words, word = [], ""
    for character in text.casefold():
        if is_without_blanks(character) != is_without_blanks(word[-1:]):
            words.append(word)
            word = ""
        if is_without_blanks(character) or character.isalnum() or character == "_":
            word += character
        if word[-1:] != character or (is_without_blanks(character) and ends_a_word(character)):
            words.append(word)
            word = ""
    return [word for word in [*words, word] if word]


def is_without_blanks(character: str) -> bool:
    return "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff"


def ends_a_word(letter: str) -> bool:
    return 3 * (ord(letter) * 2654435761 % 4294967296) < 4294967295


def obvious_hash(word: str) -> int:
    return sum(byte * pow(BASE, place, 1 << 32) for place, byte in enumerate(word.encode())) % (1 << 32)


ALPHABET = (
    "abzAZ019_ .-\n#*\t\0"
    "\u00e9\u00c9\u0301\u00df\u03a3\u03c3\u03c2\u0130\u212a\u2014\u201c\u68c0\u30b3\U0001f680\u0661\u0915\u094d\ufb01"
    f"{CHINESE}{JAPANESE}\u30fb\u309b\u3002"
)


@given(st.text(st.sampled_from(ALPHABET), max_size=60))
def test_words_are_those_of_an_obvious_reading(text: str) -> None:
    assert word_hashes(text).tolist() == [obvious_hash(word) for word in obvious_words(text)]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_words_of_any_script(text: str) -> None:
    assert word_hashes(text).tolist() == [obvious_hash(word) for word in obvious_words(text)]


def test_many_characters_are_read_as_few_are() -> None:
    """There are two ways to replace what is not ASCII, for few and for many characters: words are the same."""
    many = "".join(chr(code) for code in range(0x0410, 0x0410 + FEW_CHARACTERS + 8))
    for text in (
        GREEK,
        "\u00c9t\u00e9 \u2014 \u0130stanbul",
        "\u68c0\u67e5 a\u68c0b",
    ):
        alone = word_hashes(text).tolist()
        assert word_hashes(f"{text} {many}").tolist()[: len(alone)] == alone
        assert alone == [obvious_hash(word) for word in obvious_words(text)]


UNSPACED = {"Chinese": range(0x4E00, 0xA000), "Japanese": range(0x3040, 0x3100)}


@pytest.mark.parametrize("codes", UNSPACED.values(), ids=UNSPACED.keys())
def test_words_without_blanks_have_three_letters_on_average(codes: range) -> None:
    ends = [len(word_hashes(f"{chr(code)}\u4e00")) == 2 for code in codes]
    assert sum(ends) / len(ends) == pytest.approx(1 / UNSPACED_WORD, abs=0.02)
    # No run of letters in the order of their codes, as in a table of them, makes one endless word.
    assert max(len(list(run)) for is_end, run in groupby(ends) if not is_end) < 3 * UNSPACED_WORD


@pytest.mark.parametrize("before", ["", "\u4e00", "\u4e00\u884c\u67e5", JAPANESE, "abc", "abc ", "\u00e9"])
def test_what_stands_before_changes_no_more_than_one_word_without_blanks(before: str) -> None:
    """So a passage that two texts share has the same words in both, wherever it stands."""
    alone = word_hashes(CHINESE * 3).tolist()
    assert word_hashes(before + CHINESE * 3).tolist()[1 - len(alone) :] == alone[1:]


@pytest.mark.parametrize("latin", ["a", "Z", "7", "_", "\u00e9", "\u03a3", "\ufb01"])
def test_latin_and_letters_without_blanks_share_no_word(latin: str) -> None:
    for letter in ("\u68c0", "\u67e5"):  # one that ends a word, and one that does not
        own, other = word_hashes(latin).tolist(), word_hashes(letter).tolist()
        assert word_hashes(latin + letter + latin).tolist() == own + other + own


@pytest.mark.parametrize("length", [PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7])
@pytest.mark.parametrize("before", ["", " ", "one two ", "w " * (PIECE // 2), "w " * (PIECE // 2 - 1) + "v"])
def test_a_long_word_is_cut_alike_wherever_it_stands(length: int, before: str) -> None:
    word = ("abcdefg" * (length // 7 + 1))[:length]
    alone = word_hashes(word).tolist()
    head = word_hashes(before + " ").tolist()
    found = word_hashes(f"{before} {word} end").tolist()
    assert found == [*head, *alone, *word_hashes("end").tolist()]
    assert len(alone) == -(-length // PIECE)


def test_words_across_pieces_are_whole() -> None:
    text = "".join(f"word{number} " for number in range(30_000))
    assert len(text) > 4 * PIECE
    assert word_hashes(text).tolist() == [obvious_hash(word) for word in text.split()]


def test_bytes_that_are_no_text_are_no_error() -> None:
    assert len(word_hashes("a \ud800 b \udcff c")) == 3
    assert seen("a \ud800 b", head="\udcff").tokens > 0


def test_marks_that_combine_are_not_put_together() -> None:
    """A limit: what is written with combining marks has other words than what is written without."""
    text = "caf\u00e9 noir"
    assert seen(text).key != seen(unicodedata.normalize("NFD", text)).key


# ---------------------------------------------------------------------------------------------- shingles


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one", 1),
        ("one two", 1),
        ("one two three", 1),
        ("one two three four", 2),
        ("one two three " * 50, 3),
        ("same " * 50, 1),
        (CHINESE, 1),
        (CHINESE * 2, 3),
    ],
)
def test_shingles_are_words_in_a_row(text: str, count: int) -> None:
    assert len(shingle_hashes(word_hashes(text))) == count


def test_the_order_within_a_shingle_counts() -> None:
    orders = ("a b c", "a c b", "b a c", "b c a", "c a b", "c b a", "a b", "b a", "a", "b")
    assert len({int(shingle_hashes(word_hashes(order))[0]) for order in orders}) == len(orders)


def random_words(count: int, seed: int) -> str:
    chance = random.Random(seed)
    return " ".join(f"{chance.randrange(1 << 32):x}" for _ in range(count))


def test_different_words_have_different_hashes() -> None:
    text = random_words(40_000, 1)
    words = word_hashes(text)
    # Of 32 bits: 40,000 words are expected to meet 0.2 times.
    assert len(set(text.split())) - len(np.unique(words)) <= 4
    shingles = shingle_hashes(words)
    # Of 31 bits: 40,000 texts are expected to meet 0.4 times.
    assert len(words) - SHINGLE_WORDS + 1 - len(shingles) <= 4
    assert not (shingles & 1).any()
    assert (np.diff(shingles.astype(np.int64)) > 0).all()


def test_shingles_are_spread_evenly() -> None:
    """What a sketch is built on: its hashes are as good as drawn."""
    shingles = shingle_hashes(word_hashes(random_words(64_000, 2)))
    for counts in (np.bincount(shingles >> np.uint32(26)), np.bincount((shingles >> np.uint32(1)) % 64)):
        assert len(counts) == 64
        assert abs(counts - 1000).max() < 160  # five standard deviations


@pytest.mark.parametrize("count", [SKETCH_SIZE + 1, SKETCH_SIZE + 2, SKETCH_SIZE + 3, 3000])
def test_a_sketch_is_the_lowest_shingles(count: int) -> None:
    text = random_words(count, 3)
    found = seen(text)
    shingles = shingle_hashes(word_hashes(text))
    assert found.shingles == count - SHINGLE_WORDS + 1 == len(shingles)
    assert np.frombuffer(found.sketch, "<u4").tolist() == sorted(shingles.tolist())[:SKETCH_SIZE]


# ---------------------------------------------------------------------------------------------- lines

SAME_LINES = [
    ("- Check it", "* Check it"),
    ("- Check it", "1. Check it"),
    ("1. Check it", "12) Check it"),
    ("  3.  Check it", "Check it."),
    ("## Check it", "**Check it:**"),
    ("1. **Always** check", "- **Always** check"),
    ("> Check it", "Check it\r\n\r\n"),
    ("Check it\nTwice", "Twice\nCheck it\nTwice"),
    ("CHECK it", "check IT"),
    ("\u00e9t\u00e9", "- \u00e9t\u00e9"),
    ("", "\n \n---\n***\n"),
]
OTHER_LINES = [
    ("80 % coverage", "90 % coverage"),
    ("80% coverage", "90% coverage"),
    ("- 80 % coverage", "- 90 % coverage"),
    ("1. 80 % coverage", "1. 90 % coverage"),
    ("3 retries (after 5) fail", "3 retries (after 6) fail"),
    ("2 reviews, then 1. merge", "2 reviews, then 7. merge"),
    ("1.5 seconds", "2.5 seconds"),
    ("2024. A year", "2025. A year"),
    ("Check it", "Check it twice"),
    ("Check it", "Check  it"),
    ("Never merge", "merge"),
    ("a\nb", "a b"),
    ("x", ""),
    ("Use `a`, then", "Use a, then"),
]


@pytest.mark.parametrize(("one", "other"), SAME_LINES)
def test_layout_of_lines_does_not_count(one: str, other: str) -> None:
    assert lines_of(one) == lines_of(other)


@pytest.mark.parametrize(("one", "other"), OTHER_LINES)
def test_what_lines_say_counts(one: str, other: str) -> None:
    assert lines_of(one) != lines_of(other)


def test_lines_are_ascending_and_distinct() -> None:
    found = lines_of("\n".join(f"line {number % 300}" for number in range(2000)))
    assert len(found) == 300
    assert found == sorted(set(found))


def test_fields_are_no_lines() -> None:
    assert seen("Check it", head="tools: all").lines == seen("Check it").lines


# ---------------------------------------------------------------------------------------------- tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("a", 1),
        ("abcd", 1),
        ("abcde", 2),
        ("\u68c0\u67e5\u6bcf", 2),
        ("\u68c0\u67e5\u6bcf abc", 3),
        ("\u68c0\u67e5\u6bcf abcd", 4),
        ("\U0001f680", 1),
        ("\ud800", 1),
        ("x" * 4000, 1000),
    ],
)
def test_tokens(text: str, tokens: int) -> None:
    assert tokens_in(text) == tokens


def test_tokens_are_those_of_fields_and_body() -> None:
    assert seen("abcd" * 10, head="abcd").tokens == 11


# ---------------------------------------------------------------------------------------------- names

NAMES = {
    "Backend-Dev-Agent-v2": "backend dev",
    "dev_backend": "backend dev",
    "backendDev": "backend dev",
    "backend dev (copy 3)": "backend dev",
    "senior-python-expert": "python",
    "agent": "agent",
    "The Agent v2": "2 agent the v",
    "code-reviewer-2": "code reviewer",
    "2": "2",
    "": "",
    "---": "",
    "K8s": "k s",
    "R\u00e9dacteur": "r\u00e9dacteur",
    "\u4ee3\u7801\u5ba1\u67e5": "\u4ee3\u7801\u5ba1\u67e5",
    "code code": "code",
    "APIDesigner": "apidesigner",
    "\u0661": "\u0661",
}
DISTINCT_NAMES = [("backend-dev", "frontend-dev"), ("go", "rust"), ("tester", "test"), ("agent", "assistant")]


@pytest.mark.parametrize(("name", "key"), NAMES.items())
def test_names(name: str, key: str) -> None:
    assert name_key(name) == key


@pytest.mark.parametrize(("one", "other"), DISTINCT_NAMES)
def test_names_of_different_roles(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)
