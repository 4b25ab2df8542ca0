"""Reading every file of the corpus: what fails, what is repaired, whether any line is lost, how long it takes.

usage: python bench/reading.py [../shared] [--show]

The archive is read in memory. `whole` is the share of files of which every non-blank body line lies in an item or in
the title of a section; it must be 1.
"""

from __future__ import annotations

import sys
import tarfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import common

from agentdiff.errors import AgentDiffError
from agentdiff.formats import parse
from agentdiff.model import Agent

LICENCE = "_UPSTREAM_LICENSE"


def files(archive: Path) -> Iterator[tuple[str, str]]:
    """Path and text of every agent file."""
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            if content is not None and not Path(member.name).name.startswith(LICENCE):
                yield member.name, content.read().decode(errors="replace")


def lost_lines(agent: Agent) -> list[int]:
    """Non-blank body lines in no item and no title."""
    spans = [item.span for item in agent.items] + [section.title_span for section in agent.sections if section.title]
    covered = {line for span in spans for line in range(span.first, span.last + 1)}
    lines = enumerate(agent.source.split("\n"), 1)
    return [n for n, line in lines if n >= agent.body_line and line.strip("\ufeff \t\r") and n not in covered]


class Tally:
    """What was met in all files."""

    def __init__(self) -> None:
        self.formats: Counter[str] = Counter()
        self.whole: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.crashed: list[str] = []
        self.lost: list[str] = []
        self.diagnostics: Counter[str] = Counter()
        self.files_with: Counter[str] = Counter()
        self.times: dict[str, list[float]] = defaultdict(list)

    def read(self, path: str, text: str) -> None:
        """Parse one file and count what became of it."""
        start = time.perf_counter()
        try:
            agent = parse(text, path)
        except AgentDiffError as error:
            self.refused[type(error).__name__] += 1
            return
        except Exception:
            self.crashed.append(f"{path}\n{traceback.format_exc()}")
            return
        self.times[agent.format].append(time.perf_counter() - start)
        self.formats[agent.format] += 1
        self.diagnostics.update(diagnostic.code for diagnostic in agent.diagnostics)
        self.files_with.update({diagnostic.code for diagnostic in agent.diagnostics})
        missing = lost_lines(agent)
        self.whole[agent.format] += not missing
        self.lost += [f"{path}:{number}" for number in missing]

    def rows(self) -> Iterator[tuple[object, ...]]:
        """One row a format, with times in milliseconds."""
        for name, number in self.formats.most_common():
            times = [1000 * second for second in self.times[name]]
            ninety_ninth = quantiles(times, n=100)[98] if len(times) > 1 else times[0]
            yield name, number, self.whole[name] / number, median(times), ninety_ninth, max(times)


def main() -> int:
    """Print the tables; exit 1 where a file made a traceback or a line was lost."""
    arguments = common.parser(__doc__)
    arguments.add_argument("--show", action="store_true", help="list lost lines")
    options = arguments.parse_args()
    tally = Tally()
    for path, text in files(common.required(options.shared / "corpus" / "agents.tar.gz")):
        tally.read(path, text)
    print(common.table(("format", "files", "whole", "median ms", "99 % ms", "most ms"), list(tally.rows())))
    print()
    counted = [(code, tally.files_with[code], number) for code, number in tally.diagnostics.most_common()]
    print(common.table(("diagnostic", "files", "times"), counted))
    print(f"\nrefused: {dict(tally.refused)}; tracebacks: {len(tally.crashed)}; lost lines: {len(tally.lost)}")
    if options.show:
        print(*tally.lost, sep="\n")
    print(*tally.crashed, sep="\n")
    return 1 if tally.crashed or tally.lost else 0


if __name__ == "__main__":
    sys.exit(main())
