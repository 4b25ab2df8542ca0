"""What a `.gitignore` leaves out, as git reads it, in time that grows with the length of pattern and path only.

The usual libraries turn each pattern into one regular expression: four stars in a pattern and a long name then take
seconds, and a repository may bring both. So a pattern is matched segment by segment, and inside a segment each star
takes the shortest text that fits and never gives it back, which finds a match wherever there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

MAX_RULES = 5000
"""Rules of one file that are heeded. The longest public collections of patterns have about a thousand."""

ANY_FOLDERS = None
"""The segment `**`: any number of folders, also none."""

Segment = re.Pattern[str] | None
"""What one name on the way must be, or ANY_FOLDERS."""

_WILD = frozenset("*?[\\")
_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": " \\t-\\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_NOTHING = "(?!)"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a `.gitignore`."""

    is_kept: bool
    """Whether it takes back what earlier lines leave out (`!`)."""
    is_for_folders: bool
    """Whether it is about folders alone."""
    name: Segment
    """What a file of any folder below must be called; None where the whole path counts."""
    segments: tuple[Segment, ...] = ()
    """What the path must be, where that counts."""

    def fits(self, path: str, name: str) -> bool:
        """Whether it is about a file or folder itself, not about one on the way to it."""
        if self.name is not None:
            return self.name.match(name) is not None
        return _fits(path.split("/"), self.segments)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one file, and the quick answer that none of them fits."""

    rules: tuple[Rule, ...]
    names: frozenset[str]
    """Names without wildcards that some rule is about."""
    endings: tuple[str, ...]
    """The same for rules such as `*.log`."""
    paths: frozenset[str]
    """The same for whole paths."""
    others: tuple[Rule, ...]
    """All rules that are not covered by these."""

    def verdict(self, path: str, name: str, is_folder: bool) -> bool | None:
        """Whether a file or folder is left out; None where no rule is about it. The last rule counts.

        `path` is below the folder of the rules, with `/` between its parts; `name` is the last of them.
        """
        if not (
            name in self.names
            or name.endswith(self.endings)
            or path in self.paths
            or any(rule.fits(path, name) for rule in self.others)
        ):
            return None
        for rule in reversed(self.rules):
            if (is_folder or not rule.is_for_folders) and rule.fits(path, name):
                return not rule.is_kept
        return None


def rules_in(text: str) -> Rules:
    """The rules in the text of a `.gitignore` or of `.git/info/exclude`; at most MAX_RULES."""
    rules: list[Rule] = []
    others: list[Rule] = []
    names: set[str] = set()
    endings: set[str] = set()
    paths: set[str] = set()
    for pattern in _patterns(text):
        rule = _rule(pattern)
        if rule is None:
            continue
        rules.append(rule)
        bare = pattern.removeprefix("!").removesuffix("/")
        if _WILD.isdisjoint(bare):
            (names if rule.name else paths).add(bare.removeprefix("/"))
        elif rule.name and bare.startswith("*") and _WILD.isdisjoint(bare[1:]):
            endings.add(bare[1:])
        else:
            others.append(rule)
        if len(rules) == MAX_RULES:
            break
    return Rules(tuple(rules), frozenset(names), tuple(sorted(endings)), frozenset(paths), tuple(others))


def is_ignored(chain: Sequence[tuple[int, Rules]], path: str, name: str, is_folder: bool) -> bool:
    """Whether the rules of a folder and of those around it leave something out. Those of the nearest folder count.

    `chain` holds the rules, outermost first, each with the position in `path` at which the path below its folder
    begins. What lies in a folder that is left out is not asked for.
    """
    for start, rules in reversed(chain):
        verdict = rules.verdict(path[start:], name, is_folder)
        if verdict is not None:
            return verdict
    return False


def _patterns(text: str) -> Iterator[str]:
    for line in text.removeprefix("\ufeff").split("\n"):
        pattern = _without_blanks_behind(line.removesuffix("\r"))
        if pattern and not pattern.startswith("#"):
            yield pattern


def _without_blanks_behind(line: str) -> str:
    """Blanks at the end do not count, but for one behind a backslash."""
    short = line.rstrip(" ")
    escapes = len(short) - len(short.rstrip("\\"))
    return line[: len(short) + 1] if escapes % 2 and len(short) < len(line) else short


def _rule(pattern: str) -> Rule | None:
    is_kept = pattern.startswith("!")
    bare = pattern.removeprefix("!")
    is_for_folders = bare.endswith("/")
    bare = bare.removesuffix("/")
    if not bare:
        return None
    if "/" not in bare:
        return Rule(is_kept, is_for_folders, _segment(bare))
    parts = bare.removeprefix("/").split("/")
    segments = [ANY_FOLDERS if part == "**" else _segment(part) for part in parts]
    if segments[-1] is ANY_FOLDERS:  # everything in the folder, not the folder itself
        segments.append(_segment("*"))
    return Rule(is_kept, is_for_folders, None, tuple(segments))


def _fits(parts: Sequence[str], segments: Sequence[Segment]) -> bool:
    """Whether the segments take all parts: ANY_FOLDERS takes as few as will do, one more after each failure."""
    part = segment = 0
    retry_part, retry_segment = 0, -1
    while part < len(parts):
        wanted = segments[segment] if segment < len(segments) else None
        if segment < len(segments) and wanted is ANY_FOLDERS:
            retry_part, retry_segment = part, segment
            segment += 1
        elif wanted is not None and wanted.match(parts[part]):
            part, segment = part + 1, segment + 1
        elif retry_segment >= 0:
            retry_part += 1
            part, segment = retry_part, retry_segment + 1
        else:
            return False
    return segment == len(segments)


@lru_cache(maxsize=4096)
def _segment(pattern: str) -> re.Pattern[str]:
    """The expression for one name. Pieces between stars have a fixed length, so the first place that fits will do."""
    pieces = [""]
    for token in _tokens(pattern):
        if token == "*":
            pieces.append("")
        else:
            pieces[-1] += token
    if len(pieces) == 1:
        return re.compile(f"{pieces[0]}\\Z", re.DOTALL)
    between = "".join(f"(?>.*?{piece})" for piece in pieces[1:-1] if piece)
    return re.compile(f"{pieces[0]}{between}.*{pieces[-1]}\\Z", re.DOTALL)


def _tokens(pattern: str) -> Iterator[str]:
    """`*`, or an expression that takes one character."""
    at = 0
    while at < len(pattern):
        character = pattern[at]
        at += 1
        if character == "*":
            yield "*"
        elif character == "?":
            yield "."
        elif character == "[":
            expression, at = _one_of(pattern, at)
            yield expression
        elif character != "\\":
            yield re.escape(character)
        elif at < len(pattern):
            yield re.escape(pattern[at])
            at += 1
        else:
            yield _NOTHING


def _one_of(pattern: str, at: int) -> tuple[str, int]:
    """The expression for what stands in brackets, and where it ends. Brackets that never end match nothing in git."""
    is_other = pattern[at : at + 1] in ("!", "^") and at < len(pattern)
    at += is_other
    first = at
    parts: list[str] = []
    while at < len(pattern):
        if pattern[at] == "]" and at > first:
            return _bracket(parts, is_other), at + 1
        if pattern.startswith("[:", at) and (end := pattern.find(":]", at)) > 0:
            named = _CLASSES.get(pattern[at + 2 : end])
            if named is None:
                break
            parts.append(named)
            at = end + 2
            continue
        low, at = _character(pattern, at)
        high = low
        if pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in ("", "]"):
            high, at = _character(pattern, at + 1)
        # A range that runs backwards is its first character to git.
        parts.append(f"{re.escape(low)}-{re.escape(max(low, high))}")
    return _NOTHING, len(pattern)


def _character(pattern: str, at: int) -> tuple[str, int]:
    at += pattern[at] == "\\" and at + 1 < len(pattern)
    return pattern[at], at + 1


def _bracket(parts: Iterable[str], is_other: bool) -> str:
    inner = "".join(parts)
    if not inner:
        return "." if is_other else _NOTHING
    return f"[{'^' if is_other else ''}{inner}]"
