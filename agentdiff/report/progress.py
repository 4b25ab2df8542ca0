"""How far a long job is, on one row of a terminal that is written again and again."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

SHOWN_PER_STAGE = 200
"""Times that a stage of a known length is shown at most. By count, since nothing here may look at the clock."""
STEP = 500
"""Units between two times where the length is not known: at some thousand files a second a few times a second."""


class Progress:
    """Passes on what is worth showing. As a context it clears the row at the end, whatever ended it.

    `show` puts a text in place of the one before it; an empty text clears the row.
    """

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._shown: tuple[str, int] | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown is not None:
            self._show("")

    def report(self, stage: str, done: int, total: int) -> None:
        """Say that `done` units of `stage` are done, of `total`; 0 where it is not known how many there are."""
        step = done * SHOWN_PER_STAGE // total if total else done // STEP
        if self._shown != (stage, step):
            self._shown = (stage, step)
            self._show(_words(stage, done, total))


def _words(stage: str, done: int, total: int) -> str:
    if total:
        return f"{stage}: {done:,} of {total:,}"
    return f"{stage}: {done:,}" if done else f"{stage} ..."
