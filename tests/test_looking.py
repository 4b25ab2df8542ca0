"""What is remembered while one agent is compared with many."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentdiff import looking
from agentdiff.consensus import group
from agentdiff.formats import read
from agentdiff.similarity import Prepared, prepared

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "backend-engineer").glob("*.md"))


@pytest.fixture(scope="module")
def variants() -> list[Prepared]:
    return [prepared(read(str(path))) for path in FIXTURES]


@pytest.mark.parametrize("most", [100_000, 50, 1])
def test_memory_changes_nothing(variants: list[Prepared], most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither with it, which is used from some number of variants on, nor where it forgets all the time."""
    plain = group(variants)
    monkeypatch.setattr("agentdiff.consensus.FEW", 0)
    monkeypatch.setattr(looking, "MOST_REMEMBERED", most)
    assert group(variants) == plain
