"""What a person should know about a conversion: each thing that the target does not say as it was said."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from agentdiff.convert import Conversion, Loss
from agentdiff.report.lines import Line, Run, Style, line
from agentdiff.report.phrases import counted


def conversion_lines(conversion: Conversion) -> Iterator[Line]:
    """The account, for standard error; nothing where all was said."""
    for name, losses in groupby(conversion.losses, key=lambda loss: loss.agent):
        of_agent = list(losses)
        missing = sum(loss.is_missing for loss in of_agent)
        words = f"{counted(missing, 'thing')} not said as before" if missing else "nothing is lost"
        yield line(Run(f"{name} as {conversion.format}: {words}", Style.HEADING), hang=2)
        yield from map(_loss, of_agent)


def _loss(loss: Loss) -> Line:
    style = Style.REMOVED if loss.is_missing else Style.MUTED
    where = f"  line {loss.line}" if loss.line else ""
    return line(
        f"  {loss.field}  ", Run(loss.outcome.value, style), f"  {loss.message}", Run(where, Style.MUTED), hang=4
    )
