"""Which human language the prose of an agent is written in, and what to say where agents differ in it.

A script that one language has to itself tells it; where many share one, the commonest function words do. Agent files in
any language are full of English terms, and many are lists of keywords: so what counts is what a text in a language
cannot do without, and where that is little, or speaks for two languages, there is no answer.
"""

# ruff: noqa: RUF001 (letters of other languages are meant)

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from agentdiff.model import Agent, ItemKind


class Language(StrEnum):
    """A human language that can be told, by its ISO 639-1 code."""

    ARABIC = "ar"
    CHINESE = "zh"
    CZECH = "cs"
    DANISH = "da"
    DUTCH = "nl"
    ENGLISH = "en"
    FRENCH = "fr"
    GERMAN = "de"
    GREEK = "el"
    HEBREW = "he"
    HINDI = "hi"
    HUNGARIAN = "hu"
    INDONESIAN = "id"
    ITALIAN = "it"
    JAPANESE = "ja"
    KOREAN = "ko"
    NORWEGIAN = "no"
    PERSIAN = "fa"
    POLISH = "pl"
    PORTUGUESE = "pt"
    ROMANIAN = "ro"
    RUSSIAN = "ru"
    SPANISH = "es"
    SWEDISH = "sv"
    THAI = "th"
    TURKISH = "tr"
    UKRAINIAN = "uk"
    VIETNAMESE = "vi"

    @property
    def english_name(self) -> str:
        """`Chinese`."""
        return self.name.capitalize()


LEAST_WORDS = 16
"""A language is told from prose of about this many words at least."""

LEAST_SHARE = 0.16
"""... which are this part of all words at least: the rest may be English terms."""

MOST_RIVAL = 0.4
"""A second language with more than this part of the evidence for the first makes the text one of mixed languages."""

FUNCTION_SHARE = 0.25
"""About this part of running text are the function words below, the same for every language."""

_PROSE = frozenset({ItemKind.PARAGRAPH, ItemKind.BULLET, ItemKind.NUMBERED, ItemKind.TABLE_ROW})
_CODE_WORDS = re.compile(r"`[^`\n]*`")
_ROUND_WORDS = '.,;:!?()[]"*_~|<>«»„“”…¿¡-–—'

_FUNCTION_WORDS: Mapping[Language, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        Language.CZECH: "a aby ale ani bez by být co do ho i ich jako je jeho jejich jen jsi jsou k kde když ke která"
        " které který mezi musí na nebo není než o od po pokud pro před při s se si své tak tento toto této u v ve"
        " více vždy z za ze že",
        Language.DANISH: "af aldrig alle altid at brug bruge da de den der det dit du efter eller en er et for fra"
        " før har hver hvis hvor i ikke ingen kan kun man med mere mod må når og om op over på skal som til under vil"
        " være",
        Language.DUTCH: "aan al alle als altijd bij dat de deze die dit door een en gebruik geen het hoe hun ik is je"
        " kan maar meer met moet naar niet nog of om ook op over te tot uit van voor wanneer wat welke wordt zijn"
        " zoals",
        Language.ENGLISH: "a all always an and any are as at be before by can do each for from has have how if in"
        " into is it its must never no not of on only or should than that the their then these this to use what when"
        " where which will with you your",
        Language.FRENCH: "a après au aux avant avec ce ces cette chaque comme d dans de des doit du elle en entre est"
        " et il ils jamais je l la le les leur mais n ne ou où par pas plus pour qu quand que qui sans ses si son"
        " sont sur toujours tous tout tu un une vous à être",
        Language.GERMAN: "aber alle als am an auch auf aus bei beim bist das dass dem den der des die du durch ein"
        " eine einem einen einer es für im immer in ist jede kann kein keine mit muss nach nicht nie nur ob oder ohne"
        " sich sie sind um und vom von vor was wenn werden wie wird zu zum zur über",
        Language.HUNGARIAN: "a az be csak de egy egyes előtt ez ezt fel ha hogy is kell ki legyen lehet majd meg mert"
        " mielőtt minden mindig ne nem nincs olyan pedig soha szerint után vagy van vele és úgy",
        Language.INDONESIAN: "ada adalah agar akan anda apa atau bahwa baru bisa dalam dan dapat dari dengan di"
        " gunakan hanya harus ini itu jangan jika juga karena ke lebih oleh pada saat sebagai sebelum semua serta"
        " setelah setiap sudah tanpa tidak untuk yang",
        Language.ITALIAN: "a ai al alla anche che ci come con da dal dalla degli dei del della delle deve di e gli ha"
        " i il in la le lo ma mai nel nella non o ogni per più prima quando questa questo se sei sempre senza si sono"
        " su tra tutte tutti un una usa è",
        Language.NORWEGIAN: "aldri alle alltid at av bare bruk bruke da de den der det du eller en er et etter for"
        " fra før ha har hver hvis hvor i ikke ingen kan man med mer mot må når og om opp over på skal som til under"
        " vil være",
        Language.POLISH: "a aby albo ale ani bez być co czy dla do gdy go i ich jak jako jest jesteś jeśli już każdy"
        " kiedy która które który lub ma między może musi na nie nigdy niż o od oraz po pod przed przez przy się są"
        " tak ten to tylko tym w we wszystkie z za zawsze ze że żeby",
        Language.PORTUGUESE: "a antes ao aos apenas após as cada com como da das de deve do dos e em entre essa esse"
        " esta este há isso mais mas na nas no nos nunca não o os ou para pela pelo por qual quando que se sem sempre"
        " ser seu sua são também todas todos um uma você à às é",
        Language.ROMANIAN: "a al ale ar ca care ce cel cele cu când dacă de din după ea ei este ești fi fie fără la"
        " mai nu o pe pentru prin sau se sunt să toate trebuie un unei unui în înainte întotdeauna și",
        Language.SPANISH: "a al antes cada como con cuando de debe del donde e el en entre eres es esta este está hay"
        " la las lo los más ni no nunca o para pero por puede que qué se ser si siempre sin sobre solo son su sus"
        " también tiene todo todos tu un una usa y ya",
        Language.SWEDISH: "alla alltid att av de den det detta du där efter eller en ett från för ha har i inga innan"
        " inte kan man med men mot måste ni när och om på ska som så till under upp utan vad varje vid vilka är över",
        Language.TURKISH: "ama ancak arasında asla aynı bir bu da daha de değil diğer edin en eğer fazla gerekir gibi"
        " göre hem her hiç ile ise için içinde kadar kendi ki kullan kullanın mevcut mi mı nasıl ne olan olarak"
        " olduğunda olmadan olmalı sadece son sonra tam tek tüm var ve veya ya yeni yeniden yerine yok zaman çok önce"
        " ör üzerinde şu",
        Language.VIETNAMESE: "bạn bằng bị bởi cho chỉ các cách có cũng cần của dụng hoặc hãy hơn khi không luôn là"
        " lại mà mỗi một ngay nhiều như những này nếu phải qua ra rồi sau sử theo thì trong trên trước tất từ và vào"
        " vì về với đã được đến để",
    }.items()
}
"""The commonest words of each language written in Latin letters, as instructions in it have them."""

_SPEAKERS: Mapping[str, tuple[Language, ...]] = {
    word: tuple(language for language, words in _FUNCTION_WORDS.items() if word in words)
    for word in frozenset().union(*_FUNCTION_WORDS.values())
}


class _Script(NamedTuple):
    """Letters of one script, and whose they are."""

    ranges: tuple[tuple[str, str], ...]
    """First and last letter of each."""
    letters_per_word: float
    """On average, in scripts without blanks between words as well."""
    languages: tuple[tuple[Language | None, str, float], ...]
    """Each with letters of its own and the least part of all letters that they are; the first that fits is meant.

    None is a language that has no name here, and would be taken for another of its script.
    """


_KANA = "".join(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FB))))
_BELARUSIAN = (None, "ў", 0.003)
_UKRAINIAN = (Language.UKRAINIAN, "іїєґ", 0.01)
_RUSSIAN = (Language.RUSSIAN, "ыэ", 0.005)
_URDU = (None, "ٹڈڑےں", 0.02)
_PERSIAN = (Language.PERSIAN, "پچگ", 0.005)
_ARABIC = (Language.ARABIC, "ةىي", 0.02)
_SCRIPTS = (
    _Script((("\u0370", "\u03ff"),), 6.0, ((Language.GREEK, "", 0.0),)),
    _Script((("\u0400", "\u04ff"),), 6.0, (_BELARUSIAN, _UKRAINIAN, _RUSSIAN)),
    _Script((("\u05d0", "\u05ea"),), 4.5, ((Language.HEBREW, "", 0.0),)),
    _Script((("\u0620", "\u06ff"),), 5.0, (_URDU, _PERSIAN, _ARABIC)),
    _Script((("\u0900", "\u097f"),), 4.5, ((Language.HINDI, "", 0.0),)),
    _Script((("\u0e01", "\u0e4f"),), 5.0, ((Language.THAI, "", 0.0),)),
    _Script((("\uac00", "\ud7a3"),), 3.0, ((Language.KOREAN, "", 0.0),)),
    _Script(
        (("\u3041", "\u3096"), ("\u30a1", "\u30fa"), ("\u3400", "\u4dbf"), ("\u4e00", "\u9fff")),
        1.6,
        ((Language.JAPANESE, _KANA, 0.1), (Language.CHINESE, "", 0.0)),
    ),
)
_RANGES = sorted((first, last, number) for number, script in enumerate(_SCRIPTS) for first, last in script.ranges)
_FIRST_LETTERS = [first for first, _, _ in _RANGES]
_NOT_LATIN = re.compile("[^\x00-\u036f]+")  # a class of the ranges themselves would take milliseconds to compile


def language_of(agent: Agent) -> Language | None:
    """The language of the prose in an agent's body, fields and code aside; None where there is little or it is mixed.

    Linear in the length of the body.
    """
    text = "\n".join(item.text for item in agent.items if item.kind in _PROSE)
    return _language_of_text(_CODE_WORDS.sub(" ", text))


def differ(one: Language | None, other: Language | None) -> bool:
    """Whether both languages are known, and not the same."""
    return one is not None and other is not None and one is not other


def language_note(old: Agent, new: Agent) -> str | None:
    """Where two agents are written in different languages, what that means: a sentence without its full stop."""
    languages = language_of(old), language_of(new)
    if not differ(*languages):
        return None
    was, now = (language.english_name for language in languages if language)
    return f"the old file is written in {was}, the new one in {now}: {_WHAT_IS_ALIGNED}"


def languages_note(agents: Sequence[Agent]) -> str | None:
    """The same for variants that become one: each language with its files."""
    paths: dict[Language, list[str]] = {}
    for agent in agents:
        if language := language_of(agent):
            paths.setdefault(language, []).append(agent.path)
    if len(paths) < 2:
        return None
    written = "; ".join(f"{language.english_name}: {', '.join(sorted(paths[language]))}" for language in sorted(paths))
    return f"the variants are written in different languages ({written}), so the result is too: {_WHAT_IS_ALIGNED}"


_WHAT_IS_ALIGNED = "only what is literal (code words, numbers, names, titles) is aligned"


class _Evidence(NamedTuple):
    """About how many words of a text are in one language, None for one that cannot be told."""

    words: float
    language: Language | None


def _language_of_text(text: str) -> Language | None:
    latin_words, by_words = _evidence_of_words(text)
    by_script = [] if text.isascii() else _evidence_of_scripts("".join(_NOT_LATIN.findall(text)))
    all_words = latin_words + sum(each.words for each in by_script)
    first, *others = sorted([*by_words, *by_script], key=lambda each: -each.words) or [_Evidence(0, None)]
    if first.words < max(LEAST_WORDS, all_words * LEAST_SHARE):
        return None
    return None if others and others[0].words > first.words * MOST_RIVAL else first.language


def _evidence_of_words(text: str) -> tuple[int, list[_Evidence]]:
    """How many words in Latin letters there are, and what those speak for; rivals only by words not of the first."""
    parts = text.lower().replace("\u2019", "'").replace("'", " ").split()
    counts = Counter([part.strip(_ROUND_WORDS) for part in parts])
    total = sum(
        count for word, count in counts.items() if "a" <= word[:1] < "\u0370" or "\u1e00" <= word[:1] < "\u2000"
    )
    known = [(count, _SPEAKERS[word]) for word, count in counts.items() if word in _SPEAKERS]
    if not known:
        return total, []
    sums = _sums(known)
    first = min(sums, key=lambda language: (-sums[language], language))
    rivals = _sums([(count, languages) for count, languages in known if first not in languages])
    most = [(first, sums[first]), *rivals.most_common(1)]
    return total, [_Evidence(min(count / FUNCTION_SHARE, total), language) for language, count in most]


def _sums(known: Sequence[tuple[int, tuple[Language, ...]]]) -> Counter[Language]:
    sums: Counter[Language] = Counter()
    for count, languages in known:
        for language in languages:
            sums[language] += count
    return sums


def _evidence_of_scripts(letters: str) -> list[_Evidence]:
    """What the letters of other scripts speak for."""
    counts = Counter(letters)
    own: list[list[str]] = [[] for _ in _SCRIPTS]
    for letter in counts:
        _, last, number = _RANGES[bisect_right(_FIRST_LETTERS, letter) - 1]
        if _FIRST_LETTERS[0] <= letter <= last:
            own[number].append(letter)
    return [_evidence_of(script, found, counts) for script, found in zip(_SCRIPTS, own, strict=True) if found]


def _evidence_of(script: _Script, letters: Sequence[str], counts: Mapping[str, int]) -> _Evidence:
    total = sum(counts[letter] for letter in letters)
    for language, telling, share in script.languages:
        if sum(counts[letter] for letter in letters if letter in telling) >= total * share:
            return _Evidence(total / script.letters_per_word, language)
    return _Evidence(total / script.letters_per_word, None)
