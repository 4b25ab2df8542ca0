"""Merges whose result is one of the variants."""

from __future__ import annotations

import pytest
from merge_samples import agent, bullets, fates, field_of

from agentdiff.canonical import merge
from agentdiff.ledger import Answer, CanonicalMerge, Fate, MergeOptions, UnitKind
from agentdiff.text import fold

PRUNE, MIX, WATER = "Prune the roses in early spring", "Mix bone meal into the soil", "Water every morning before nine"
FULL = f"# Garden\n\nYou look after gardens.\n\n* {PRUNE}\n* {MIX}\n\n---\n\nBeds\n----\n\n1) {WATER}\n"


def both(
    full: str, part: str, options: MergeOptions | None = None, fields: tuple[str, str] = ("", "")
) -> CanonicalMerge:
    agents = [agent(full, fields[0], "full.md"), agent(part, fields[1], "part.md")]
    return merge(agents, options or MergeOptions())


def test_the_body_comes_out_byte_for_byte() -> None:
    result = both(FULL, bullets("Garden", [MIX, PRUNE]))
    assert result.text == result.inputs[0].source
    assert result.conflicts == ()
    assert result.containments == ("part.md adds nothing to full.md",)


def test_every_line_of_both_is_accounted_for() -> None:
    result = both(FULL, "## Soil\n\nRules\n\n- Mix *bone meal* into the soil.\n\n---\n" + bullets("Garden", [PRUNE]))
    assert result.text != result.inputs[0].source  # `Rules` is said by neither
    result = both(FULL, "## Soil\n\n- Mix *bone meal* into the soil.\n\n---\n\n" + bullets("Garden", ["Prune roses"]))
    assert result.text == result.inputs[0].source
    assert set(fates(result, 0).values()) == {Fate.KEPT, Fate.ABSORBED}  # the latter is the rule
    told = fates(result, 1)
    assert (told[6], told[8], told[10]) == (Fate.ABSORBED, Fate.ABSORBED, Fate.ABSORBED)
    assert (told[12], told[14]) == (Fate.KEPT, Fate.ABSORBED)


def test_support_counts_those_that_say_it() -> None:
    result = both(FULL, bullets("Garden", [MIX, PRUNE]))
    lines = result.text.split("\n")
    support = {lines[u.span.first - 1]: u.support for u in result.units if u.kind is UnitKind.ITEM}
    assert (support[f"* {PRUNE}"], support[f"* {MIX}"], support[f"1) {WATER}"]) == (2, 2, 1)


def test_only_fields_that_the_variants_decide_otherwise_are_changed() -> None:
    result = both(FULL, bullets("Garden", [MIX]), fields=("tools: Read, Bash\n# my own note\n", "tools: Read\n"))
    assert result.text == result.inputs[0].source.replace("tools: Read, Bash", "tools: Read")
    assert result.output is not None
    assert next(u.span.first for u in result.units) == result.text.split("\n").index("# Garden") + 1


def test_the_fuller_one_wins_ties_of_fields() -> None:
    result = both(FULL, bullets("Garden", [MIX]), fields=("model: opus\n", "model: haiku\n"))
    assert field_of(result, "model").value == "opus"
    assert [each.subject for each in result.conflicts] == ["model"]


CONFLICTING = f"{FULL}\nCover 90 % of the beds with bark\n"
SMALLER = bullets("Garden", [MIX, "Cover 80 % of the beds with bark"])


def test_a_contradiction_is_asked_and_the_fuller_side_is_the_default() -> None:
    result = both(CONFLICTING, SMALLER)
    assert result.text == result.inputs[0].source
    [conflict] = result.conflicts
    assert conflict.is_open
    assert conflict.options[conflict.chosen or 0].text == "Cover 90 % of the beds with bark"
    assert fates(result, 1)[9] is Fate.CONFLICT


@pytest.mark.parametrize(
    ("prefer", "kept"), [(1, ()), (None, ("Cover 80 % of the beds with bark",))], ids=["preferred", "answered"]
)
def test_a_decision_for_the_other_side_is_written(prefer: int | None, kept: tuple[str, ...]) -> None:
    [asked] = both(CONFLICTING, SMALLER).conflicts
    answers = {asked.id: Answer(frozenset(map(fold, kept)))} if kept else {}
    result = both(CONFLICTING, SMALLER, MergeOptions(prefer=prefer, answers=answers))
    assert "80 %" in result.text
    assert "90 %" not in result.text
    assert [each.is_open for each in result.conflicts] == [False]


def test_a_majority_for_the_other_side_decides() -> None:
    agents = [agent(CONFLICTING, path="full.md"), agent(SMALLER, path="a.md"), agent(SMALLER, path="b.md")]
    result = merge(agents)
    assert "80 %" in result.text
    assert [each.is_open for each in result.conflicts] == [True]


def test_marks_of_an_earlier_merge_do_not_stay() -> None:
    marked = FULL.replace(PRUNE, f"{PRUNE} <!-- agentdiff: 1 2 -->")
    assert "agentdiff" not in both(marked, bullets("Garden", [MIX])).text
    alone = agent(marked)
    assert merge([alone]).text == alone.source
