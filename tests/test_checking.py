"""What the proof of a merge finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from merge_samples import bullets, merged, unit_of

from agentdiff.canonical import merge
from agentdiff.checking import check
from agentdiff.errors import UnfaithfulMerge
from agentdiff.formats import read
from agentdiff.ledger import CanonicalMerge, Fate, MergeOptions
from agentdiff.model import Span

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "backend-engineer").glob("*.md"))


@pytest.fixture(scope="module")
def five() -> CanonicalMerge:
    return merge([read(str(path)) for path in FIXTURES])


def test_a_line_that_is_not_accounted_for_is_found(five: CanonicalMerge) -> None:
    with pytest.raises(UnfaithfulMerge, match="in 0 entries"):
        check(replace(five, ledger=five.ledger[1:]))


def test_a_line_that_is_accounted_for_twice_is_found(five: CanonicalMerge) -> None:
    with pytest.raises(UnfaithfulMerge, match="in 2 entries"):
        check(replace(five, ledger=(*five.ledger, five.ledger[0])))


def test_a_line_that_was_called_kept_and_is_not_there_is_found() -> None:
    result = merged(bullets("Roses", ["Prune"]), bullets("Money", ["Send bills"]))
    with pytest.raises(UnfaithfulMerge):
        check(replace(result, text=result.text.replace("Prune", "Pluck")))


def test_a_unit_that_runs_into_the_one_before_is_found() -> None:
    result = merged("Prune the roses\n\nMow\n", bullets("Money", ["Send bills"]))
    unit = unit_of(result, "Mow")
    lines = result.text.split("\n")
    del lines[unit.span.first - 2]
    moved = replace(unit, span=Span(unit.span.first - 1, unit.span.last - 1))
    with pytest.raises(UnfaithfulMerge):
        check(replace(result, text="\n".join(lines), units=tuple(moved if u is unit else u for u in result.units)))


def test_a_text_that_was_called_absorbed_and_is_not_said_is_found() -> None:
    result = merged(bullets("Roses", ["Prune the roses in spring"]), bullets("Roses", ["Prune roses in spring", "Mow"]))
    entry = next(each for each in result.ledger if each.fate is Fate.ABSORBED)
    unit = unit_of(result, "Mow")
    ledger = tuple(replace(each, unit=unit.id) if each is entry else each for each in result.ledger)
    with pytest.raises(UnfaithfulMerge, match="not said by"):
        check(replace(result, ledger=ledger))


def test_a_line_that_was_dropped_unasked_is_found() -> None:
    result = merged(bullets("Roses", ["Prune"]), bullets("Money", ["Send bills"]))
    entry = result.ledger[-1]
    ledger = (*result.ledger[:-1], replace(entry, fate=Fate.DROPPED, unit=None, reason="why not"))
    with pytest.raises(UnfaithfulMerge, match="nothing was to be"):
        check(replace(result, ledger=ledger))
    check(replace(result, ledger=ledger), MergeOptions(min_support=2))


def test_a_field_that_got_lost_is_found(five: CanonicalMerge) -> None:
    with pytest.raises(UnfaithfulMerge, match="the field tools got lost"):
        check(replace(five, fields=tuple(each for each in five.fields if each.name != "tools")))
