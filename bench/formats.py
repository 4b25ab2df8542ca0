"""Reading every file of the corpus in its own format, and writing it back: what is found out, lost, repaired, touched.

usage: python bench/formats.py [../shared] [--edits] [--show]

Five questions, each with its table: is the format found that the corpus says (a); is every file read, and every line of
a body in an item or a title (b); does a file without changes keep its bytes, and a field that is set and set back leave
all others alone (c); what becomes of front matter that is no YAML (d); how long does it take (e). `--edits` asks (b) to
(d) of the versions in edits.tar.gz and merges.tar.gz instead. Ends with 1 where a line, a byte or a field is lost.
"""

from __future__ import annotations

import json
import re
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import common
import yaml

from agentdiff.errors import AgentDiffError
from agentdiff.formats import FORMATS, _frontmatter, parse_all
from agentdiff.formats.base import Type
from agentdiff.formats.detection import at_path
from agentdiff.formats.editing import edited
from agentdiff.formats.reading import KNOWN_KEYS
from agentdiff.model import Agent, Container, Field, FieldValue, SectionStyle
from agentdiff.report.show_text import show_lines

AGREES: Mapping[str, frozenset[str]] = {
    "claude-agent": frozenset({"claude-agent"}),
    "skill": frozenset({"agent-skill", "reasonix-agent"}),
    "codex-toml": frozenset({"codex-agent"}),
    "opencode": frozenset({"opencode-agent", "opencode-v2"}),
    "gemini": frozenset({"gemini-agent", "gemini-remote-agent"}),
    "copilot-agent/chatmode": frozenset({"copilot-agent", "copilot-chatmode"}),
    "cursor-mdc": frozenset({"cursor-rule"}),
    "roo": frozenset({"roo-modes"}),
    "command": frozenset({"claude-command", "opencode-command", "gemini-command", "qwen-command"}),
    "instructions": frozenset({"copilot-instr", "copilot-repo"}),
    "agents-md/claude-md": frozenset({"agents-md", "claude-md", "gemini-md"}),
    "prompt": frozenset({"copilot-prompt"}),
    "kiro": frozenset({"kiro-agent", "kiro-steering"}),
}
"""What the index of the corpus calls a format, and which of ours are that; for `other` and `rules` it names none."""

SMALLEST = 2000
"""Bytes that a smaller file counts as: opening one and finding out its format takes time whatever its size."""

SLOW = 20
"""A file is listed as slow that takes this many times the median for each byte, in the best of five."""

PROBE = "\n\nYou change one thing at a time.\n"
"""The body behind front matter whose fields are changed; that of the file takes long to read, and stays as it is."""

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_KEY_LINE = re.compile(r"^(?P<key>[A-Za-z_][\w-]*):", re.MULTILINE)
_DIALOGUE = _frontmatter.NEVER_KEYS | _frontmatter.NEVER_CUT_AT
_REPAIRS = ("yaml-requoted", "yaml-split", "yaml-too-complex", "yaml-unreadable", "front-matter-too-large")


class File(NamedTuple):
    """One file of the corpus."""

    path: str
    text: str
    label: str = ""
    """What the index calls its format."""
    origin: str = ""
    """Which version it is, where several have one path."""

    @property
    def shown(self) -> str:
        """The path, with the version where there are several."""
        return f"{self.path} ({self.origin})" if self.origin else self.path


class Read(NamedTuple):
    """What became of a file."""

    file: File
    agents: tuple[Agent, ...]
    refusal: str = ""
    crash: str = ""


# ---------------------------------------------------------------------------------------------- files


def corpus(shared: Path) -> list[File]:
    """Every agent file, with what the index says of it."""
    labels = {
        f"{row['repo'].replace('/', '__')}/{row['path']}": row["format"]
        for row in _rows(shared / "corpus" / "MANIFEST.jsonl")
    }
    found = common.archived(shared / "corpus" / "agents.tar.gz")
    return [File(path, text, labels.get(path, "other")) for path, text in found]


def versions(shared: Path) -> list[File]:
    """Every version of the edits and merges, under the path that it has in its repository."""
    files = []
    for name in ("edits", "merges"):
        rows = {row["id"]: row for row in _rows(shared / "corpus" / f"{name}.jsonl")}
        for member, text in common.archived(shared / "corpus" / f"{name}.tar.gz"):
            _, number, version = member.removeprefix("./").split("/")
            row = rows.get(number)
            if row is not None:
                version = version.removesuffix(".md")
                path = row.get(f"{version}_path") or row["path"]
                files.append(
                    File(f"{row['repo'].replace('/', '__')}/{path}", text, row["format"], f"{number} {version}")
                )
    return files


def _rows(path: Path) -> Iterator[dict[str, str]]:
    return map(json.loads, common.required(path).read_text(encoding="utf-8").splitlines())


def read(file: File) -> Read:
    """The agents of a file, or the sentence with which it is refused."""
    try:
        return Read(file, parse_all(file.text, file.path))
    except AgentDiffError as error:
        return Read(file, (), refusal=str(error))
    except Exception:
        return Read(file, (), crash=traceback.format_exc())


# ---------------------------------------------------------------------------------------------- (a) formats


def print_formats(found: Iterable[Read]) -> None:
    """How the index and we call each file, and where they do not agree."""
    pairs: Counter[tuple[str, str]] = Counter()
    others = []
    for each in found:
        ours = each.agents[0].format if each.agents else "refused"
        pairs[each.file.label, ours] += 1
        if each.file.label in AGREES and ours not in AGREES[each.file.label]:
            others.append((each.file.label, ours, evidence(each), each.file.path))
    rows = [
        (theirs, ours, number, "" if theirs not in AGREES else "yes" if ours in AGREES[theirs] else "no")
        for (theirs, ours), number in sorted(pairs.items(), key=lambda pair: (pair[0][0], -pair[1]))
    ]
    print(common.table(("in the index", "ours", "files", "agree"), rows))
    compared = sum(number for (theirs, _), number in pairs.items() if theirs in AGREES)
    print(f"\nagree: {compared - len(others)} of {compared}, {common.share(compared - len(others), compared):.2%}")
    for theirs, ours, why, path in sorted(others):
        print(f"  {theirs} -> {ours}, by {why}: {path}")


def evidence(found: Read) -> str:
    """What decided: the path, or the keys."""
    if not found.agents:
        return "what is refused"
    homes = [format.name for format in at_path(found.file.path)]
    keys = ", ".join(field.key for field in found.agents[0].fields[:8]) or "no keys"
    if len(homes) == 1:
        return "the path"
    return f"the path and {keys}" if homes else keys


# ---------------------------------------------------------------------------------------------- (b) reading


def lost_lines(agent: Agent) -> list[int]:
    """Non-blank lines of the body in no item and no title, as lines of the file."""
    titles = [section.title_span for section in agent.sections if section.style is not SectionStyle.LEAD]
    spans = [item.span for item in agent.items] + titles
    covered = {line for span in spans for line in range(span.first, span.last + 1)}
    lines = enumerate(agent.text.split("\n"), 1)
    lost = [n for n, line in lines if n >= agent.body_line and line.strip("\ufeff \t\r") and n not in covered]
    return [agent.places[number - 1] if agent.places else number for number in lost]


def print_reading(found: list[Read], is_showing: bool) -> bool:
    """What is refused and lost. Whether nothing is lost and nothing raised."""
    crashed = [each for each in found if each.crash]
    lost = [f"{each.file.shown}:{line}" for each in found for agent in each.agents for line in lost_lines(agent)]
    codes = [(code, each) for each in found for agent in each.agents for code in {d.code for d in agent.diagnostics}]
    counted = [(code, number) for code, number in Counter(code for code, _ in codes).most_common()]
    print(common.table(("diagnostic", "agents"), counted))
    refused = [each for each in found if each.refusal]
    agents = sum(len(each.agents) for each in found)
    print(f"\nfiles read: {len(found) - len(refused) - len(crashed)}, agents in them: {agents}", end="; ")
    print(f"refused: {len(refused)}; tracebacks: {len(crashed)}; lost lines: {len(lost)}")
    print(*(f"  {each.refusal}" for each in refused), sep="\n")
    print(*(f"{each.file.shown}\n{each.crash}" for each in crashed), sep="\n", end="")
    if is_showing:
        print(*lost, sep="\n")
    return not crashed and not lost


# ---------------------------------------------------------------------------------------------- (c) writing back


def print_writing(found: list[Read]) -> bool:
    """Shares of agents and fields whose files keep their bytes. Whether all do."""
    counts: Counter[str] = Counter()
    failures: list[str] = []
    for each in found:
        for agent in each.agents:
            same = _is_same(agent)
            counts["agents"] += 1
            counts["same bytes"] += same
            if not same:
                failures.append(f"without a change: {each.file.shown}")
        for agent in _probed(each):
            for field in agent.fields:
                if field is agent.field(field.name):
                    problem = _problem_of_change(agent, field)
                    counts["fields"] += 1
                    counts["set and set back"] += not problem
                    failures += [f"{problem}: {each.file.shown} {agent.format} `{field.key}`"] if problem else []
    rows = [
        ("agents written without a change", counts["agents"], counts["same bytes"]),
        ("fields set and set back", counts["fields"], counts["set and set back"]),
    ]
    shares = [(*row, f"{common.share(row[2], row[1]):.2%}") for row in rows]
    print(common.table(("what", "times", "as it was", "share"), shares))
    print(*(f"  {failure}" for failure in failures), sep="\n")
    return not failures


def _is_same(agent: Agent) -> bool:
    try:
        return edited(agent) == agent.source
    except AgentDiffError:
        return False


def _probed(found: Read) -> tuple[Agent, ...]:
    """The agents of a file; those with front matter with a short body."""
    if not found.agents or found.agents[0].container is not Container.FRONT_MATTER:
        return found.agents
    block = _frontmatter.split(found.file.text)
    if block is None:
        return ()
    line_break = "\r\n" if "\r\n" in found.file.text else "\n"
    head = found.file.text[: block[2]]
    return parse_all(head + PROBE.replace("\n", line_break), found.file.path, format=found.agents[0].format)


def _problem_of_change(agent: Agent, field: Field) -> str:
    """What goes wrong when a field gets another value and its own again; empty where nothing does."""
    try:
        other = other_value(agent, field)
        changed = _again(agent, edited(agent, {field.name: other}))
        if _values(changed) != {**_values(agent), field.name: other}:
            return "other values after the change"
        restored = _again(changed, edited(changed, {field.name: field.value}))
    except AgentDiffError as error:
        return f"refused ({error})"
    except Exception as error:
        return f"traceback ({error!r})"
    if _values(restored) != _values(agent):
        return "other values after the way back"
    return "" if _around(restored, field.name) == _around(agent, field.name) else "other bytes around the field"


def _again(agent: Agent, text: str) -> Agent:
    path = agent.path.partition("#")[0] if agent.number or "#" in agent.path else agent.path
    return parse_all(text, path, format=agent.format)[agent.number]


def other_value(agent: Agent, field: Field) -> FieldValue:
    """Another value of the same kind."""
    key, value = FORMATS[agent.format].by_key.get(field.key), field.value
    if isinstance(value, str):
        opposite = {"true": "false", "false": "true"}.get(value)
        return opposite or (f"{value}1" if _NUMBER.fullmatch(value) else f"{value} anew")
    if isinstance(value, Mapping):
        return {**value, "anew": next(iter(value.values()), "anew")}
    if value is None and (key is None or key.type is not Type.NAMES):
        return "anew"
    entries = value or ()
    return (*entries, entries[-1] if entries and not isinstance(entries[-1], str) else "anew")


def _values(agent: Agent) -> dict[str, FieldValue]:
    return {field.name: field.value for field in agent.fields}


def _around(agent: Agent, name: str) -> tuple[list[str], list[str]]:
    """The lines of the file before and behind those of a field."""
    field = agent.field(name)
    lines = agent.source.split("\n")
    return (lines[: field.span.first - 1], lines[field.span.last :]) if field else (lines, [])


# ---------------------------------------------------------------------------------------------- (d) repair


def print_repair(found: list[Read]) -> bool:
    """Of the files whose front matter is no YAML: how far it was read. Whether no key is missing or invented."""
    levels: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    invented, missing = [], []
    for each in found:
        block = _frontmatter.split(each.file.text)
        if block is None or not each.agents or each.agents[0].container in (Container.TOML, Container.JSON):
            continue
        header = each.file.text[block[0] : block[1]]
        if _is_yaml(header):
            continue
        codes = {diagnostic.code for diagnostic in each.agents[0].diagnostics}
        level = " and ".join(code for code in _REPAIRS if code in codes) or "taken as the host takes it"
        keys, wanted = {field.key.partition(".")[0] for field in each.agents[0].fields}, expected_keys(header)
        possible = wanted if "yaml-split" in codes else _possible_keys(header)  # a block that is cut has no other keys
        levels[level] += 1
        whole[level] += keys >= wanted
        missing += [f"`{key}` is missing: {each.file.shown}" for key in sorted(wanted - keys)]
        invented += [f"`{key}` is invented: {each.file.shown}" for key in sorted(keys - possible)]
    rows = [(level, number, whole[level]) for level, number in levels.most_common()]
    print(common.table(("front matter that is no YAML", "files", "with all keys expected"), rows))
    print(f"\nkeys missing: {len(missing)}; invented: {len(invented)}")
    print(*(f"  {problem}" for problem in missing + invented), sep="\n")
    return not missing and not invented


def _is_yaml(header: str) -> bool:
    try:
        yaml.safe_load(header)
    except (yaml.YAMLError, ValueError):  # the latter for dates that there are not
        return False
    return True


def expected_keys(header: str) -> set[str]:
    """Words before a colon at the beginning of a line that are keys of some format, and no words of a dialogue."""
    return _possible_keys(header) & (KNOWN_KEYS | _frontmatter.COMMON_KEYS)


def _possible_keys(header: str) -> set[str]:
    return {match["key"] for match in _KEY_LINE.finditer(header)} - _DIALOGUE


# ---------------------------------------------------------------------------------------------- (e) speed


def print_speed(files: list[File]) -> None:
    """Reading and showing every file in one process."""
    reading, showing = 0.0, 0.0
    by_format: defaultdict[str, list[float]] = defaultdict(list)
    per_byte = []
    for file in files:
        start = time.perf_counter()
        agents = read(file).agents
        middle = time.perf_counter()
        for agent in agents:
            for _ in show_lines(agent):
                pass
        end = time.perf_counter()
        reading, showing = reading + middle - start, showing + end - middle
        if agents:
            by_format[agents[0].format].append(1000 * (middle - start))
            per_byte.append(((end - start) / _size(file), file))
    rows = [
        (name, len(times), median(times), quantiles(times, n=100)[98] if len(times) > 1 else times[0], max(times))
        for name, times in sorted(by_format.items(), key=lambda entry: -len(entry[1]))
    ]
    print(common.table(("format", "files", "median ms", "99 % ms", "most ms"), rows))
    total = reading + showing
    print(f"\nfiles a second, read and shown: {len(files) / total:.0f}; of that reading takes {reading / total:.0%}")
    usual = median(cost for cost, _ in per_byte)
    slow = [(_best_of_five(file) / usual, file) for cost, file in per_byte if cost > SLOW * usual]
    listed = [(times, file) for times, file in slow if times > SLOW]
    print(f"microseconds a KB: {1e9 * usual:.0f} (median); slower than {SLOW} times that: {len(listed)}")
    print(*(f"  {times:.0f} times: {file.path} ({len(file.text)} characters)" for times, file in listed), sep="\n")


def _size(file: File) -> int:
    return max(SMALLEST, len(file.text.encode()))


def _best_of_five(file: File) -> float:
    return min(common.seconds(lambda: [list(show_lines(agent)) for agent in read(file).agents]) for _ in range(5)) / (
        _size(file)
    )


# ---------------------------------------------------------------------------------------------- all


def main() -> int:
    """Print the tables; exit 1 where a file made a traceback, or lost a line, a byte or a field."""
    arguments = common.parser(__doc__)
    arguments.add_argument("--edits", action="store_true", help="the versions of edits and merges instead")
    arguments.add_argument("--show", action="store_true", help="list lost lines")
    options = arguments.parse_args()
    files = versions(options.shared) if options.edits else corpus(options.shared)
    found = [read(file) for file in files]
    if not options.edits:
        print(f"(a) formats; we know {len(FORMATS)}\n")
        print_formats(found)
    print("\n(b) reading\n")
    is_whole = print_reading(found, options.show)
    print("\n(c) writing back\n")
    is_same = print_writing(found)
    print("\n(d) front matter that is no YAML\n")
    is_repaired = print_repair(found)
    if not options.edits:
        del found  # else the garbage collector goes over thousands of agents while it is timed
        print("\n(e) speed\n")
        print_speed(files)
    return 0 if is_whole and is_same and is_repaired else 1


if __name__ == "__main__":
    sys.exit(main())
