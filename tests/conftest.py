"""Settings for every test: the same examples on every run and machine, and no clock. And the command, to be run."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import settings

from agentdiff import cli

settings.register_profile("agentdiff", derandomize=True, deadline=None, database=None)
settings.load_profile("agentdiff")


class Ran:
    """What a run of the command left behind."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err


Runner = Callable[..., Ran]


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Runs the command inside this process."""

    def runner(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        code = cli.main(arguments)
        captured = capsysbinary.readouterr()
        return Ran(code, captured.out.decode(), captured.err.decode())

    return runner
