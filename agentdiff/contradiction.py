"""When two statements about the same thing cannot both hold: amounts that differ, a prohibition, opposites.

A false alarm costs a person's time and trust, so each rule abstains where the words leave a doubt. Statements that are
the same but for a word or two are read word by word; those that say the same in other words are held against each
other by what they are about. Where every word is the same but one that was turned round, there is no doubt: nobody
writes that by accident.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import Enum
from functools import cache, lru_cache
from typing import NamedTuple

from agentdiff.model import ItemKind
from agentdiff.similarity import Statement
from agentdiff.vocabulary import STOP_WORDS, Wording, cosine, stem_of, stems, words_of

AMOUNT_COSINE = 0.5
"""Amounts are compared between statements that, numbers and opposites aside, are this much about the same. Below, most
hits on labelled pairs and on namesakes of public collections were statements about two things."""

LOOSE_COSINE = 0.35
"""... or this much, where the two clauses that hold the amounts are about the same."""

CLAUSE_COSINE = 0.5
"""What two clauses about the same have in common at least, ..."""

CLAUSE_WORDS = 2
"""... in this many words."""

OPPOSITE_COSINE = 0.6
"""The same for opposites."""

NEAR_COSINE = 0.75
"""From here two statements are also read word by word, ..."""

NEAR_SHARE = 0.8
"""... and must have this share of their words, by rarity, in the same order."""

CLAUSE_SHARE = 0.7
"""What a clause that says the other way round what another says must have in common with it, as a share."""

LEAST_COPIED = 3
"""Statements of fewer words are no copies of each other because they have them in common: they may be names."""

MOST_GLUED = 2
"""So many other words copies may differ in: those that an opposite is a part of, as in `camelCase.ts`."""

MOST_TITLE_WORDS = 4
"""A longer clause before a colon is an instruction rather than a title."""

MOST_WORDS = 300
"""Longer statements are not read word by word."""

TEXTS_KEPT = 4096
"""Texts whose reading is remembered; one statement is held against many others."""

_OPPOSITES = (
    ("always", "never"),
    ("tabs", "spaces"),
    ("allow", "deny"),
    ("enable", "disable"),
    ("include", "exclude"),
)
"""Pairs that tell also where the statements are put differently."""
_FREQUENCY = _OPPOSITES[0]

_POLES = (
    "tab/space",
    "allow permit/deny forbid forbidden prohibit disallow block",
    "enable/disable",
    "include/exclude omit",
    "accept approve/reject refuse decline",
    "add keep/remove delete drop discard",
    "increase raise/decrease reduce lower",
    "maximize maximise/minimize minimise",
    "required mandatory compulsory/optional",
    "mutable/immutable",
    "serverside/clientside",
    "singlequote/doublequote",
    "camelcase/snakecase/kebabcase/pascalcase",
    "merge/rebase/squash",
    "sync synchronous synchronously/async asynchronous asynchronously",
    "optin/optout",
    "ascending/descending",
    "uppercase/lowercase",
    "stateless/stateful",
    "automatic automatically/manual manually",
    "explicit explicitly/implicit implicitly",
    "show display/hide",
    "before/after",
    "public/private",
    "first/last",
    "with/without",
)
"""Groups of words that exclude each other, said of the same thing; `/` parts the sides."""
_WEAK = frozenset("sync before public first with automat explicit serversid merg".split())
"""Groups, by the stem of their first word, that two statements about two things differ in as well."""

_BOUNDS = ("atleast minimum min/atmost maximum max", "more/less fewer", "above/below")
"""Groups that say which side of a number is meant."""
_BOUND_NAMES = frozenset(["atleast", "more", "abov"])


_FORBIDS = "one forbids what the other asks for"


def contradiction(a: Statement, b: Statement) -> str | None:
    """Why two statements about the same thing cannot both hold, in words that do not depend on the order; else None."""
    if a.key == b.key or not (_is_telling(a) or _is_telling(b)):
        return None
    if _is_program(a) or _is_program(b):
        return None
    first, second = sorted((a, b), key=lambda each: each.text)
    if said := _differ_as_copies(first, second):
        return said
    likeness = cosine(_topic(tuple(first.words.weights)), _topic(tuple(second.words.weights)))
    if likeness >= NEAR_COSINE and (said := _differ_in_a_word(first, second)):
        return said
    if likeness >= OPPOSITE_COSINE and (said := _opposed(first.text, second.text)):
        return said
    if likeness >= LOOSE_COSINE and (said := _different_amounts(first, second, likeness >= AMOUNT_COSINE)):
        return said
    if _breaks(first, second) or _breaks(second, first):
        return _FORBIDS
    return None


def contradiction_of_copies(a: Statement, b: Statement) -> str | None:
    """The same for statements of the same words in the same order, but for what turns them round; None for all others.

    Where it stands does not matter: in a condition, in a label, in who the agent is.
    """
    return None if a.key == b.key else _differ_as_copies(*sorted((a, b), key=lambda each: each.text))


def topic_words(statement: Statement) -> frozenset[str]:
    """The words that two statements have in common if `contradiction_of_copies` may tell something of them."""
    return frozenset(stem for stem in statement.words.weights if not _may_turn(stem))


def _may_turn(stem: str) -> bool:
    return stem in _turning_stems() or stem[0] in _DIGITS


def _is_program(statement: Statement) -> bool:
    """Code of several lines: its numbers and words are no instructions."""
    return statement.item.kind is ItemKind.CODE and "\n" in statement.item.text


# ---------------------------------------------------------------------------------------------- words that tell

_NUMBER_WORDS = {
    word: value
    for value, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_NUMBER = rf"(?:\d+(?:[.,]\d+)*|(?:{'|'.join(_NUMBER_WORDS)})(?![^\W_]))"
_DIGIT = re.compile(r"\d")
_NEGATIONS = frozenset("not never no zero avoid dont cannot without".split())
_COMPARING = frozenset("at least most more less fewer than up max min".split())
_PARTS = frozenset(
    "t don server client side singl doubl quot camel snake kebab pascal case opt over instead rather".split()
)
"""What `words_of` and `stem_of` make of other words that tell."""


@cache
def _stemmed(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(stem_of, words))


@cache
def _poles() -> dict[str, tuple[str, int]]:
    """For the stem of a word in a group of opposites: the name of the group, and which side it is on."""
    found: dict[str, tuple[str, int]] = {}
    for group in (*_POLES, *_BOUNDS):
        sides = [[stem_of(word) for word in words.split()] for words in group.split("/")]
        found |= {stem: (sides[0][0], side) for side, words in enumerate(sides) for stem in words}
    return found


@cache
def _polar() -> frozenset[str]:
    """Stems of words that tell how much or whether, not what about."""
    return frozenset([*_poles(), "alway", *_stemmed(_NEGATIONS | _COMPARING | frozenset(_NUMBER_WORDS))])


@cache
def _telling_stems() -> frozenset[str]:
    return _polar() | _PARTS


@cache
def _turning_stems() -> frozenset[str]:
    """Those, what comes and goes with a negation, and what limits."""
    return _telling_stems() | _stemmed(_CHOOSING | _LIMITING | {"do", "does", "did"})


def _is_telling(statement: Statement) -> bool:
    """Whether a statement holds what one of two must hold to contradict the other."""
    text = statement.text
    return (
        not _telling_stems().isdisjoint(statement.words.weights)
        or _DIGIT.search(text) is not None
        or "only" in text
        or " may " in text
        or " can " in text
    )


@lru_cache(TEXTS_KEPT)
def _topic(words: tuple[str, ...]) -> Wording:
    """What a text is about: its words without numbers, opposites and comparison."""
    telling = _telling_stems()
    return Wording.of(stem for stem in words if not (stem in telling or stem[0] in _DIGITS))


_DIGITS = frozenset("0123456789")


# ---------------------------------------------------------------------------------------------- word by word

_GLUED = r"(?:ms|s|sec|min|m|h|hrs?|k|x|[kmgt]i?b|px|r?em|pt|fps|rpm)\b"
"""Units that may follow a number without a blank; other letters there make a name: `3d`, `4xx`."""
_TOKEN = re.compile(
    rf"(?P<number>(?<![\w.,+/#-])(?P<low>{_NUMBER})(?:\s?(?:[-–/]|to\b|or\b)\s?(?P<high>{_NUMBER}))?(?=\W|_?$|{_GLUED}))"
    r"|(?P<phrase>(?:server|client)[- ]side|(?:camel|snake|kebab|pascal|upper|lower)[-_ ]?case"
    r"|(?:single|double)[- ]quote(?:s|d)?"
    r"|opt(?:ed)?[- ](?:in|out)|at (?:least|most)|up to|(?:no|not) (?:more|less|fewer) than|instead of|rather than"
    r"|(?:if|or|why) not|(?:not|no) (?:only|just|necessarily|yet|one|longer|matter|doubt))(?![^\W_])"
    r"|(?P<word>[^\W\d_](?:\w*[^\W_])?(?:[.']\w+)*(?:-\d[\w.]*)?|%)"
    r"|(?P<end>[;:()—?]|[,.](?=\s|$)|\s[–-]\s)"
)
_PHRASES = {
    "up to": "atmost",
    "no more than": "atmost",
    "not more than": "atmost",
    "no less than": "atleast",
    "not less than": "atleast",
    "no fewer than": "atleast",
    "not fewer than": "atleast",
    "instead of": "over",
    "rather than": "over",
}
_MODALS = {"must": "must", "shall": "must", "may": "may", "can": "may", "ca": "may", "cannot": "may"}
_FILLERS = frozenset(
    "a an the please do does did you your is are be been being will should always ever to that".split()
)
_CHOOSING = frozenset("use using uses used prefer favor favour choose adopt employ utilize".split())
_LIMITING = frozenset(["only", "solely", "exclusively"])
_CONDITIONS = frozenset("if when whenever unless while until where whether once whose before after".split())
_LOOKING = frozenset(
    "check checks checking detect flag find ensure ensures verify look watch identify review audit risk"
    " confirm report validate make".split()
)
"""Verbs behind which `no` says what a good outcome is: `check for no regressions` and `check for regressions` agree."""
_NAMING = frozenset(
    "phase step part section chapter level tier rule item exampl option task prioriti figur tabl stage day"
    " week month quarter appendix note issu pr ticket sprint round question scenario case variant articl rfc"
    " iso http pep line adr mileston principl layer method pattern pass group type".split()
)
"""Stems behind which a number is a name."""
_MEASURES = frozenset(
    "% percent ms px rem em pt kb mb gb tb k x h m min minut sec second hour day week month year tab line"
    " charact word time token item file space step level peopl fps rpm sentenc test".split()
)
"""Stems of units that also stand in the singular behind a number above one."""
_STATUS = frozenset(["error", "page", "status", "respons"])
"""Stems that say what a number before them names."""
_SETTING = frozenset("to of is at by than limit port length size timeout exceed return atmost atleast within".split())
"""Words behind which a number without a unit is an amount; behind others it may be the version of a thing."""
_REQUIRING = re.compile(
    r"\b(?:requir\w*|must|only|exactly|pin\w*|target\w*|needs?|mandatory|minimum|at (?:least|most)|support\w*"
    r"|or (?:later|newer|higher|above)|max\w*|min\w*|limit\w*|set)\b|\d\+|="
)


class _Word(NamedTuple):
    """A word of a statement that is read word by word."""

    canon: str
    """Its stem; one for all members of a group of opposites, and one for all numbers."""
    said: str
    side: int
    """Which side of its group it is on, -1 for words in no group."""
    clause: int
    start: int
    number: tuple[float, float] | None
    """The ends of the range that it is."""
    negation: str
    """The word that turns its sense round, or nothing."""
    modal: str
    """`must`, `may`, `always`, as said of it, or nothing."""
    is_first: bool
    """First of its clause: there is an instruction."""
    is_open: bool
    """In a condition, a title or a question: two that differ there may both hold."""
    is_title: bool = False
    """In a few words before a colon."""
    amount: _Amount | None = None
    """For a number that is not a name."""
    weight: float = 0.0
    """How much it says of what the statement is about: its rarity; none for numbers, opposites, function words."""


class _Reader:
    """Reads one text word by word."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[_Word] = []
        self.clause = 0
        self._begin()

    def read(self) -> tuple[_Word, ...]:
        for found in _TOKEN.finditer(self.text):
            if found["end"]:
                self._end_clause(found["end"])
            elif found["number"]:
                low, high = _value(found["low"]), _value(found["high"] or found["low"])
                self._add("#", found, number=(min(low, high), max(low, high)))
            else:
                self._take(found)
        rarities = Wording.of(word.canon for word in self.words).weights
        return tuple(
            word._replace(amount=_amount_at(self.text, self.words, at))
            if word.number
            else word._replace(weight=0.0 if word.side >= 0 or word.said in STOP_WORDS else rarities[word.canon])
            for at, word in enumerate(self.words)
        )

    def _begin(self) -> None:
        self.begin = len(self.words)
        self.is_first, self.is_conditional, self.is_looking = True, False, False
        self._forget()

    def _forget(self) -> None:
        self.negation, self.modal, self.is_choice = "", "", False

    def _end_clause(self, mark: str) -> None:
        if mark == "?" or (mark == ":" and len(self.words) - self.begin <= MOST_TITLE_WORDS):
            for at in range(self.begin, len(self.words)):
                self.words[at] = self.words[at]._replace(is_open=True, is_title=mark == ":")
        self.clause += 1
        self._begin()

    def _take(self, found: re.Match[str]) -> None:
        said = found[0]
        base = said.removesuffix("n't")
        self.modal = _MODALS.get(base, self.modal or ("always" if said == "always" else ""))
        if base != said or (said in _NEGATIONS and said != "without"):
            self._negate(said)
        elif base not in _MODALS and said not in _FILLERS:
            self._name(said, found)

    def _negate(self, said: str) -> None:
        said = "no" if said == "zero" else said
        if said == "no" and self.is_looking:
            return
        self.is_choice = said == "avoid" or (said == "no" and self.is_first)
        self.negation = "" if self.negation else said

    def _name(self, said: str, found: re.Match[str]) -> None:
        if found["phrase"]:
            said = _PHRASES.get(said, re.sub("[-_ ]", "", said))
        if self.is_choice and not said.endswith("ing"):  # what is avoided is not used
            self._add("use", found)
        stem = "use" if said in _CHOOSING else stem_of(said)
        if self.words and self.words[-1].number:
            stem = _SAME_UNIT.get(stem, stem)
        self._add(stem, found)
        self.is_conditional |= said in _CONDITIONS
        self.is_looking |= said in _LOOKING

    def _add(self, stem: str, found: re.Match[str], number: tuple[float, float] | None = None) -> None:
        canon, side = _poles().get(stem, (stem, -1))
        self.words.append(
            _Word(
                canon,
                found[0],
                side,
                self.clause,
                found.start(),
                number,
                self.negation,
                self.modal,
                self.is_first,
                self.is_conditional,
            )
        )
        self.is_first = False
        self._forget()


def _amount_at(text: str, words: Sequence[_Word], at: int) -> _Amount | None:
    """The amount whose number is at that place; None for a number that is a name, or a version that nobody requires."""
    number = words[at]
    low, high = number.number or (0.0, 0.0)
    end = number.start + len(number.said)
    before = words[at - 1].canon if at and words[at - 1].clause == number.clause else ""
    behind = words[at + 1] if at + 1 < len(words) and words[at + 1].clause == number.clause else None
    unit = behind if behind and behind.start - end <= 1 and behind.said not in STOP_WORDS else None
    is_next = at > 0 and number.start - words[at - 1].start - len(words[at - 1].said) == 1
    if (is_next and before in _NAMING) or (unit and unit.canon in _STATUS):
        return None
    if unit and high > 1 and text[end : end + 1] != "-" and not (unit.said.endswith("s") or unit.canon in _MEASURES):
        unit = None  # `release 3 note`, but `3 retries`
    if not unit and before not in _SETTING and not _REQUIRING.search(text):
        return None
    end = unit.start + len(unit.said) if unit else end
    bound = _bound(text, number.start, end)
    return _Amount(text[number.start : end], low, high, bound, text, unit.canon if unit else f"{before} #")


@lru_cache(TEXTS_KEPT)
def _read(text: str) -> tuple[_Word, ...]:
    return _Reader(text).read()


_Words = tuple[_Word, ...]
_Pair = tuple[_Word, _Word]
"""One word in two texts."""


def _differ_in_a_word(first: Statement, second: Statement) -> str | None:
    """What differs between statements that are the same but for a word or two."""
    left, right = _read(first.text), _read(second.text)
    if max(len(left), len(right)) > MOST_WORDS:
        return None
    may_forbid = not (_under_a_warning(first) or _under_a_warning(second))
    if may_forbid and (said := _exchanged(left, right)):
        return said
    pairs = _aligned(left, right)
    if _share(left, right, pairs) < NEAR_SHARE:
        return None
    if any(one.number != other.number and not (one.amount and other.amount) for one, other in pairs):
        return None  # step 2 and step 3 are two things
    is_all = len(pairs) == len(left) == len(right)
    may_count = not _name_different_things(first, second)
    for clause in _by_clause(pairs):
        if not _are_the_same_clause(left, right, clause):
            continue
        if may_count and (said := _differing_number(clause)):
            return said
        if not _is_in_doubt(clause, is_all, may_forbid) and (said := _differing_sense(clause)):
            return said
    return None


def _differ_as_copies(first: Statement, second: Statement) -> str | None:
    """What differs between statements of the same words, numbers, opposites and negations aside."""
    apart = first.words.weights.keys() ^ second.words.weights.keys()
    if sum(not _may_turn(stem) for stem in apart) > MOST_GLUED:
        return None
    read = _read(first.text), _read(second.text)
    left, right = ([word for word in words if word.said not in _LIMITING] for words in read)
    if not LEAST_COPIED <= len(left) == len(right) or any(a.canon != b.canon for a, b in zip(left, right, strict=True)):
        return None
    pairs = list(zip(left, right, strict=True))
    if any(one.number != other.number and not (one.amount and other.amount) for one, other in pairs):
        return None
    if _name_different_things(first, second) or _warn_apart(first, second):
        return None
    for clause in _by_clause(pairs):
        if said := _differing_number(clause) or _differing_sense(clause):
            return said
    is_limited = len(left) < len(read[0]), len(right) < len(read[1])
    return "one limits what the other leaves open" if is_limited[0] != is_limited[1] else None


def _warn_apart(first: Statement, second: Statement) -> bool:
    """Whether just one stands in a list of what is bad, or each in one of its own: there the sense may turn again."""
    is_warned = _under_a_warning(first) or _under_a_warning(second)
    return is_warned and first.context.weights.keys() != second.context.weights.keys()


def _aligned(left: _Words, right: _Words) -> list[_Pair]:
    ours, theirs = [word.canon for word in left], [word.canon for word in right]
    if ours == theirs:
        return list(zip(left, right, strict=True))
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return [(left[block.a + at], right[block.b + at]) for block in blocks for at in range(block.size)]


def _by_clause(pairs: Sequence[_Pair]) -> list[list[_Pair]]:
    clauses: defaultdict[int, list[_Pair]] = defaultdict(list)
    for pair in pairs:
        clauses[pair[0].clause].append(pair)
    return list(clauses.values())


def _share(left: Sequence[_Word], right: Sequence[_Word], pairs: Sequence[_Pair]) -> float:
    """The part of two texts or clauses, by rarity, that the pairs hold; 0..1, and 1 where no word weighs anything."""
    most = max(sum(word.weight for word in side) for side in (left, right))
    return sum(one.weight for one, _ in pairs) / most if most else 1.0


def _exchanged(left: _Words, right: _Words) -> str | None:
    """`Prefer A over B` and `Prefer B over A`."""
    told = [[(word.canon, word.side, word.number, bool(word.negation)) for word in side] for side in (left, right)]
    if len(left) != len(right) or told[0] == told[1]:
        return None
    differing = [at for at, (a, b) in enumerate(zip(*told, strict=True)) if a != b]
    one, other = (side[differing[0] : differing[-1] + 1] for side in told)
    for at, word in enumerate(one):
        if word[0] in _CONNECTORS and [*one[at + 1 :], word, *one[:at]] == other:
            return "they put the same two things the other way round"
    return None


_CONNECTORS = frozenset(("over", "befor", "then"))


def _are_the_same_clause(left: _Words, right: _Words, pairs: Sequence[_Pair]) -> bool:
    """Whether the clauses in which these pairs stand have most in common, and neither a condition of its own."""
    ours, theirs = {one.clause for one, _ in pairs}, {other.clause for _, other in pairs}
    whole = [word for word in left if word.clause in ours], [word for word in right if word.clause in theirs]
    shared = {one.start for one, _ in pairs}, {other.start for _, other in pairs}
    alone = [word for side, own in zip(whole, shared, strict=True) for word in side if word.start not in own]
    return not any(word.side >= 0 or word.canon in _CONDITIONS for word in alone) and (
        _share(*whole, pairs) >= CLAUSE_SHARE
    )


def _differing_number(pairs: Sequence[_Pair]) -> str | None:
    """Two amounts in the same place that exclude each other."""
    for left, right in pairs:
        one, other = left.amount, right.amount
        if one and other and left.number != right.number and one.unit == other.unit and _exclude(one, other):
            return f"one says {one.said}, the other {other.said}"
    return None


def _is_in_doubt(pairs: Sequence[_Pair], is_all: bool, may_forbid: bool) -> bool:
    """Whether two clauses may both hold although one has a word turned round: other words differ, too."""
    turned = [pair for pair in pairs if _turn(pair)]
    if any(_is_left_open(*pair) for pair in turned):
        return True
    if any(map(_is_negated_once, pairs)) and (len(pairs) < 2 or not may_forbid):
        return True
    is_weak = not _WEAK.isdisjoint(one.canon for one, other in pairs if one.side != other.side)
    return is_weak and (len(pairs) - len(turned) < 2 or not is_all)


def _differing_sense(pairs: Sequence[_Pair]) -> str | None:
    """What two clauses of the same words say the other way round; a double reversal is none."""
    turned = [pair for pair in pairs if _turn(pair)]
    apart = [one.canon for one, other in pairs if one.side != other.side]
    if not _BOUND_NAMES.isdisjoint(apart) and any(one.number != other.number for one, other in pairs):
        return None
    reversals = sum(map(_is_negated_once, pairs)) + len(apart)
    return _turn(turned[0]) if turned and (reversals % 2 or reversals == 0) else None


def _is_negated_once(pair: _Pair) -> bool:
    return bool(pair[0].negation) != bool(pair[1].negation)


def _is_left_open(one: _Word, other: _Word) -> bool:
    """Whether both may hold; `Do not run tests: ...` forbids, `Public methods: ...` names."""
    is_named = one.is_title and other.is_title and one.side == other.side
    return (one.is_open or other.is_open) and not is_named


def _turn(pair: _Pair) -> str | None:
    """How one word turns what is said round, None where it does not."""
    one, other = pair
    if one.side != other.side:
        said = [_NAMED.get(word.said, word.said) for word in sorted(pair, key=lambda word: (word.side, word.said))]
        return f"one says {said[0]}, the other {said[1]}"
    if _is_negated_once(pair):
        if {one.negation, other.negation} == {"", "never"} and "always" in (one.modal, other.modal):
            return "one says always, the other never"
        return _FORBIDS if one.is_first and other.is_first else "one denies what the other says"
    if {one.modal, other.modal} == {"must", "may"} and not one.negation:
        return "one demands what the other leaves open"
    return None


_NAMED = {"enabled": "enable", "disabled": "disable", "allowed": "allow", "denied": "deny"}
"""Words that are told as instructions."""


# ---------------------------------------------------------------------------------------------- opposites


def _opposed(first: str, second: str) -> str | None:
    """Opposites in statements that are put differently, unless a negation turns the sense round again."""
    stems_in = [_word_stems(text) for text in (first, second)]
    found = [pair for pair in _OPPOSITES if _are_apart(pair, *stems_in)]
    if not found:
        return None
    words = [word for text in (first, second) for word in _read(text)]
    if any(word.is_open and word.side >= 0 for word in words):
        return None
    negations = sum(bool(word.negation) for word in words)
    reversals = negations + sum(pair != _FREQUENCY for pair in found)
    return f"one says {found[0][0]}, the other {found[0][1]}" if reversals % 2 else None


@lru_cache(TEXTS_KEPT)
def _word_stems(text: str) -> frozenset[str]:
    return frozenset(map(stem_of, words_of(text)))


def _are_apart(pair: tuple[str, str], left: frozenset[str], right: frozenset[str]) -> bool:
    """Whether one text has one word of the pair alone, and the other text the other."""
    both = {stem_of(word) for word in pair}
    return len(both & left) == len(both & right) == 1 and left & both != right & both


# ---------------------------------------------------------------------------------------------- amounts

_AMOUNT = re.compile(
    rf"(?<![\w.,/–-])(?P<low>{_NUMBER})(?:(?:(?:%|[a-z]+|\s)?[-–/]| (?:to|or) )\s?(?P<high>{_NUMBER}))?"
    r"[ -]?(?P<unit>%|[a-z]{2,})"
)
"""A number or range that stands alone and its unit: not the 2 of `OAuth2` or the 1 of `N+1`."""
_LOWER_BEFORE = re.compile(r"(?:at least|min(?:imum)?\b[a-z. ]{0,25}|(?<!no )more than|over|above|exceeds?|>=?|≥)\s*$")
_LOWER_BEHIND = re.compile(r"\+|\s*(?:or (?:more|higher|above|better)|minimum|at least)\b")
_UPPER_BEFORE = re.compile(
    r"(?:at most|up to|max(?:imum)?\b[a-z. ]{0,25}|no more than|(?:less|fewer) than|under|below|within|<=?|≤)\s*$"
)
_UPPER_BEHIND = re.compile(r"\s*(?:or (?:less|fewer|lower|below|under)|max(?:imum)?|at most)\b")
_WORDS_BEFORE = 40
"""Characters before an amount in which the words of its bound are looked for."""
_NO_UNITS = frozenset("per until before after unless because but than".split())
_CLAUSE_END = re.compile(r"[;:()—]|[,.](?=\s|$)|\s[–-]\s")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_NUMBERED_NAME = re.compile(r"[a-z]+\d+")
_SAME_UNIT = {
    "millisecond": "ms",
    "sec": "second",
    "min": "minut",
    "hr": "hour",
    "percent": "%",
    "retri": "time",
    "attempt": "time",
}
"""Stems of units that are written in several ways."""


def _different_amounts(first: Statement, second: Statement, is_one_topic: bool) -> str | None:
    """Two amounts of the same unit that exclude each other, where each text has just one of that unit."""
    amounts = _amounts(first.text), _amounts(second.text)
    for unit in sorted(amounts[0].keys() & amounts[1].keys()):
        left, right = amounts[0][unit], amounts[1][unit]
        if (
            len(left) == len(right) == 1
            and _exclude(left[0], right[0])
            and _are_alike(left[0].clause, right[0].clause, unit, is_one_topic)
            and not _name_different_things(first, second)
        ):
            return f"one says {left[0].said}, the other {right[0].said}"
    return None


def _name_different_things(first: Statement, second: Statement) -> bool:
    """`P1` here and `P2` there, in the texts or the titles above: names with a number, none of them in both."""
    for one, other in ((first.text, second.text), (" ".join(first.context.weights), " ".join(second.context.weights))):
        left, right = ({word for word in words_of(text) if _NUMBERED_NAME.fullmatch(word)} for text in (one, other))
        if left and right and left.isdisjoint(right):
            return True
    return False


def _are_alike(first: str, second: str, unit: str, is_one_topic: bool) -> bool:
    """Whether the clauses of two amounts are about the same; a word is enough where the statements are."""
    left, right = (_topic(tuple(stem for stem in stems(clause) if stem != unit)) for clause in (first, second))
    shared = len(left.weights.keys() & right.weights.keys())
    if is_one_topic:
        return shared > 0 or not left.weights or not right.weights
    return shared >= CLAUSE_WORDS and cosine(left, right) >= CLAUSE_COSINE


class _Bound(Enum):
    """What a number bounds: `at least`, `at most`, or nothing."""

    EXACT = 0
    LOWER = 1
    UPPER = 2


class _Amount(NamedTuple):
    """A number with its unit, or a range."""

    said: str
    low: float
    high: float
    bound: _Bound
    clause: str
    """The words around it, up to the next comma or the like."""
    unit: str
    """The stem of its unit, the same however it is written; without one, of the word before."""


def _exclude(a: _Amount, b: _Amount) -> bool:
    """Whether they differ, neither lies within the other or its bound, and they are no two ends of one range."""
    if a.high >= b.low and b.high >= a.low:
        return False
    lower, upper = sorted((a, b), key=lambda each: each.low)
    if lower.bound is _Bound.LOWER:  # `at least 80 %` holds for 90 %, but is not what `at least 90 %` asks for
        return upper.bound is _Bound.LOWER
    return upper.bound is not _Bound.UPPER or lower.bound is _Bound.UPPER


@lru_cache(TEXTS_KEPT)
def _amounts(text: str) -> dict[str, list[_Amount]]:
    """The amounts in a text, by the stem of their unit."""
    found: dict[str, list[_Amount]] = {}
    for clause in _CLAUSE_END.split(text):
        for match in _AMOUNT.finditer(clause):
            unit = stem_of(match["unit"])
            low, high = _value(match["low"]), _value(match["high"] or match["low"])
            bound = _bound(clause, match.start(), match.end())
            unit = _SAME_UNIT.get(unit, unit)
            name = stem_of((words_of(clause[max(0, match.start() - _WORDS_BEFORE) : match.start()]) or [""])[-1])
            if (
                match["unit"] not in STOP_WORDS | _NO_UNITS
                and unit not in _STATUS
                and name not in _NAMING
                and not _YEAR.match(match["low"])
            ):
                found.setdefault(unit, []).append(
                    _Amount(match[0], min(low, high), max(low, high), bound, clause, unit)
                )
    return found


def _bound(clause: str, start: int, end: int) -> _Bound:
    """What the amount at that place bounds, by the words next to it."""
    before = clause[max(0, start - _WORDS_BEFORE) : start]
    if _LOWER_BEFORE.search(before) or _LOWER_BEHIND.match(clause, end):
        return _Bound.LOWER
    return _Bound.UPPER if _UPPER_BEFORE.search(before) or _UPPER_BEHIND.match(clause, end) else _Bound.EXACT


def _value(number: str) -> float:
    """A number as written, `1,000` or `2.5` or `1.2.3` or `two`; only its order counts."""
    if number in _NUMBER_WORDS:
        return float(_NUMBER_WORDS[number])
    head, *rest = number.replace(",", "").split(".")
    return float(f"{head}.{''.join(rest) or 0}")


# ---------------------------------------------------------------------------------------------- prohibitions

_PROHIBITION = re.compile(
    r"^(?:[^:.]{2,40}:\s+)?(?:you\s+)?"
    r"(?P<word>(?:must|should|shall|may|can|do|will)\s+(?:not|never)|never|don't|mustn't|shouldn't|can't|cannot|avoid|no)\s+"
    r"(?P<core>[^,;.:()—–]+)"
)
_ALTERNATIVES = re.compile(r"\s(?:or|and|-|because|since|as|so)\s")
_LABEL = re.compile(r"^[^:.]{2,40}:\s+")
_LEADING = frozenset(["shall", "always", "please"])
_USING = frozenset("use prefer favor choose add adopt allow write create".split())
"""Verbs by which an instruction does what `avoid` and `no` forbid."""
_DOUBT = re.compile(
    r"\b(?:no|not|non|none|nor|neither|never|without|cannot|dont|\w+n't|avoid\w*|prevent\w*|prohibit\w*|forbid\w*|reject\w*"
    r"|refus\w*|unavoidable|eliminat\w*|remov\w*|reduc\w*|minimi[sz]\w*|added|disabl\w*|deny|denied|block\w*|skip\w*|unless|except\w*"
    r"|instead|rather|only|if|until|sparingly|anti|against|detect\w*|check\w*|flag\w*|find|risk\w*|mistakes?)\b|\?"
)
"""Words beside which an instruction may agree with a prohibition after all."""
_RESTRICTED = re.compile(r"\b(?:without|unless|until|before|if|when|while|just|only|except|not|no)\b")
"""Words that forbid a thing under some condition alone."""
_WARNING_TITLES = frozenset(
    "never avoid not don anti antipatterns pitfalls mistakes problems issues flags smells wrong bad".split()
)
"""Words of titles whose lists say what is bad without a negation of their own."""


def _breaks(rule: Statement, other: Statement) -> bool:
    """Whether the other asks for the very thing that a prohibition names, and nothing speaks against it."""
    found = _PROHIBITION.match(rule.text)
    if not found or _DOUBT.search(other.text) or _under_a_warning(rule) or _under_a_warning(other):
        return False
    core = _ALTERNATIVES.split(found["core"])[0]
    if _RESTRICTED.search(core):
        return False
    prohibited, asked = stems(core), stems(_LABEL.sub("", other.text))
    if found["word"] in ("avoid", "no"):  # they name a thing, all others name what is done with it
        prohibited.insert(0, "use")
    while asked and asked[0] in _stemmed(_LEADING):
        asked.pop(0)
    if len(prohibited) < 2 or not set(prohibited[1:]) <= set(asked[1:]):
        return False
    return asked[0] == prohibited[0] or {asked[0], prohibited[0]} <= _stemmed(_USING)


def _under_a_warning(statement: Statement) -> bool:
    """Whether a title above says that what is listed is bad."""
    return not statement.context.weights.keys().isdisjoint(_stemmed(_WARNING_TITLES))
