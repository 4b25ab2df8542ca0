"""The steps of `agentdiff duplicates` around the search, which is a stand-in here."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from duplicate_samples import DUPLICATES, EXACT, NEAR, make_duplicates

from agentdiff.baseline import baseline_text, read_baseline
from agentdiff.cli_duplicates import Request, check_request, memory_bytes, options_of, run
from agentdiff.clusters import ClusterKind, Duplicates, Skipped
from agentdiff.errors import AgentDiffError, BadInput
from agentdiff.report.stream import Colour, Output

ASKED = Request(("repos",))
QUIET = replace(DUPLICATES, skipped=())


class Ran:
    """Runs a request on a given result."""

    def __init__(self, result: Duplicates, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: tuple[Any, ...] = ()

        def find(paths: Sequence[str], *wishes: Any, revision: str | None) -> Duplicates:
            self.asked = (paths, *wishes, revision)
            report: Callable[[str, int, int], None] = wishes[-1]
            report("reading", 1, 2)
            return result

        stand_in = SimpleNamespace(find_duplicates=find, EngineChoice=lambda **choice: choice)
        monkeypatch.setitem(sys.modules, "agentdiff.duplicates", stand_in)
        self.out, self.errors = io.StringIO(), io.StringIO()

    def __call__(self, request: Request) -> bool:
        return run(request, *(Output(stream, Colour.NEVER, {}) for stream in (self.out, self.errors)))


@pytest.mark.parametrize(("result", "found"), [(QUIET, True), (make_duplicates([]), False)])
def test_duplicates_are_found(result: Duplicates, found: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = Ran(result, monkeypatch)
    assert ran(ASKED) is found
    assert " among 2,991 agents" in ran.out.getvalue()
    assert ran.errors.getvalue() == ""


def test_what_was_asked_for_reaches_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = Ran(QUIET, monkeypatch)
    ran(replace(ASKED, revision="v2", engine="spark", master="local[2]", memory="2GB", min_similarity=0.5))
    paths, options, engine, _, revision = ran.asked
    assert (paths, options.min_similarity, revision) == (("repos",), 0.5, "v2")
    assert engine == {"name": "spark", "master": "local[2]", "memory_bytes": 2 * 1024**3, "folder": None}


def test_json_with_a_baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "b.json"
    file.write_text(baseline_text([EXACT, NEAR]), encoding="utf-8")
    ran = Ran(QUIET, monkeypatch)
    assert ran(replace(ASKED, baseline=str(file), output_format="json"))
    clusters = json.loads(ran.out.getvalue())["clusters"]
    assert [each["standing"] for each in clusters] == ["accepted", "accepted", "new"]


def test_what_was_written_is_accepted_from_then_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = str(tmp_path / "b.json")
    ran = Ran(QUIET, monkeypatch)
    assert not ran(replace(ASKED, write_baseline=file))
    assert ran.errors.getvalue() == f"agentdiff: 3 accepted clusters written to {file}\n"
    assert not ran(replace(ASKED, baseline=file))
    assert not ran(replace(ASKED, baseline=file, write_baseline=file))


def test_a_path_that_could_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found elsewhere is printed, but a baseline without that path would accept too little."""
    ran = Ran(
        make_duplicates([EXACT], (Skipped("gone", "there is no such file"), Skipped("x", "is binary"))), monkeypatch
    )
    file = tmp_path / "b.json"
    with pytest.raises(AgentDiffError) as caught:
        ran(Request(("repos", "gone"), write_baseline=str(file)))
    assert str(caught.value) == "gone: there is no such file; the other paths were searched"
    assert EXACT.id in ran.out.getvalue()
    assert not file.exists()


def test_what_was_skipped_inside_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Ran(DUPLICATES, monkeypatch)(ASKED)


def test_a_broken_baseline_is_told_before_the_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "b.json"
    file.write_text("{", encoding="utf-8")
    ran = Ran(QUIET, monkeypatch)
    with pytest.raises(BadInput):
        ran(replace(ASKED, baseline=str(file)))
    assert ran.asked == ()


@pytest.mark.parametrize(
    ("kinds", "has_roles", "expected"),
    [
        ((), False, {"exact", "near"}),
        ((), True, {"exact", "near", "role"}),
        (("exact",), False, {"exact"}),
        (("exact", "exact"), True, {"exact", "role"}),
        (("role",), False, {"role"}),
    ],
)
def test_kinds(kinds: tuple[str, ...], has_roles: bool, expected: set[str]) -> None:
    options = options_of(replace(ASKED, kinds=kinds, has_roles=has_roles))
    assert options.kinds == set(map(ClusterKind, expected))


@pytest.mark.parametrize(
    ("words", "size"),
    [(None, None), ("512MB", 512 * 1024**2), ("4 GiB", 4 * 1024**3), ("4g", 4 * 1024**3), (" 1TB ", 1024**4)],
)
def test_sizes(words: str | None, size: int | None) -> None:
    assert memory_bytes(words) == size


WRONG = {
    "standard input twice": (Request(("-", "-")), "standard input can be read only once"),
    "a baseline from standard input": (replace(ASKED, baseline="-"), "--baseline needs"),
    "a baseline to standard output": (replace(ASKED, write_baseline="-"), "--write-baseline needs"),
    "a baseline without a name": (replace(ASKED, write_baseline=""), "--write-baseline needs"),
    "a master for one machine": (replace(ASKED, master="local"), "--engine spark"),
    **{
        words: (replace(ASKED, memory=words), "this is no size")
        for words in ("4", "0GB", "-1GB", "lots", "4.5GB", "4KB")
    },
}


@pytest.mark.parametrize(("request_", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_makes_no_sense(request_: Request, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        check_request(request_)


def test_only_a_baseline_is_replaced_by_one(tmp_path: Path) -> None:
    agent, old = tmp_path / "a.md", tmp_path / "b.json"
    agent.write_text("# An agent", encoding="utf-8")
    old.write_text(baseline_text([EXACT]), encoding="utf-8")
    for target in (agent, tmp_path):
        with pytest.raises(BadInput, match="is no baseline"):
            check_request(replace(ASKED, write_baseline=str(target)))
    check_request(replace(ASKED, write_baseline=str(old)))
    check_request(replace(ASKED, write_baseline=str(tmp_path / "new.json")))
    assert read_baseline(old.read_text(encoding="utf-8"), "b")
