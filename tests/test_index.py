"""The index finds what the full run finds, says so in words, and keeps what it said it has."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import jsonschema
import numpy as np
import pytest
from folders import put

from agentdiff import cli_index, index, index_file, scanning
from agentdiff.clusters import Skipped
from agentdiff.errors import AgentDiffError, BadInput
from agentdiff.fingerprint import Fingerprint, fingerprint, name_key
from agentdiff.formats.reading import glances, open_text
from agentdiff.gathering import gather
from agentdiff.index import Checked, Index, Likeness, Match, Size, open_index
from agentdiff.index_bodies import (
    AgentRow,
    Body,
    Comparison,
    FileAgents,
    FoundAgent,
    marked,
    near_of,
    without_second_counterparts,
)
from agentdiff.index_build import build_index
from agentdiff.index_file import FILE, SOURCES, UnusableIndex, note_sources, parameters, read_sources
from agentdiff.report.index_json import MATCHES, matches_document
from agentdiff.report.index_text import matches_lines
from agentdiff.report.stream import Output
from agentdiff.scanning import batches_of, hash_of
from agentdiff.walking import Candidate

NOTHING = np.zeros(0, "<u4")
WORDS = "prune water graft mulch sow weed harvest compost trellis seed bed frost soil rake bulb hedge moss twig".split()


def prose(seed: str, lines: int = 20) -> list[str]:
    """Lines that no other seed has in common with it, but for words."""
    draw = Random(seed)
    return [f"- {' '.join(draw.choice(WORDS) + str(draw.randrange(40)) for _ in range(9))}." for _ in range(lines)]


def page(lines: Sequence[str], name: str = "gardener", fields: str = "") -> str:
    return f"---\nname: {name}\ndescription: Looks after a garden\n{fields}---\n\n" + "\n".join(lines) + "\n"


ROSES = prose("roses")
TEXT = page(ROSES)


def file_of(path: Path | str, text: str) -> FileAgents:
    agents = tuple(
        FoundAgent(each.path, each.name, each.format, hash_of(name_key(each.name)), fingerprint(each))
        for each in glances(open_text(text, str(path)), str(path))
    )
    return FileAgents(str(path), str(path), f"{hash_of(text) % (1 << 64):064x}", agents)


def rows_of(files: Iterable[FileAgents], centre: int | None = None) -> list[AgentRow]:
    """Each folder is a collection; all files are of one cluster, or of none."""
    rows = [
        AgentRow(
            agent.path,
            file.place,
            file.sha256,
            agent.name,
            agent.format,
            agent.role,
            hash_of(os.path.dirname(file.place)),
            agent.print,
            centre,
        )
        for file in files
        for agent in file.agents
    ]
    return sorted(rows, key=lambda row: (row.print.key != centre, row.print.key, row.path))


def built(folder: Path, texts: dict[str, str], centre: int | None = None) -> str:
    """An index of some files, by their paths below the folder."""
    where = str(folder / "index")
    files = [file_of(folder / path, text) for path, text in texts.items()]
    build_index(where, rows_of(files, centre), NOTHING, NOTHING, [str(folder)])
    return where


def asked(where: str, path: Path | str, text: str) -> Checked:
    with open_index(where) as opened:
        return opened.check(file_of(path, text))[0]


# ---------------------------------------------------------------------------------------------- what is found


@pytest.mark.parametrize(
    ("text", "likeness"),
    [
        (TEXT, Likeness.IDENTICAL),
        (TEXT.replace("\n- ", "\n\n* "), Likeness.EQUIVALENT),
        (page(ROSES, fields="model: opus\n"), Likeness.FIELDS_ONLY),
        (page(ROSES[:12]), Likeness.CONTAINS),
        (page([*ROSES, *prose("more", 12)]), Likeness.CONTAINED),
        (page([*ROSES[:12], *prose("more", 8)]), Likeness.NEAR),
        (page([*ROSES[:14], *prose("more", 6)], name="orchard-keeper"), Likeness.NEAR),
        (page(prose("tulips")), None),
        (page(prose("tulips"), name="other"), None),
    ],
)
def test_what_is_found(tmp_path: Path, text: str, likeness: Likeness | None) -> None:
    where = built(tmp_path, {"a/roses.md": TEXT, "b/ivy.md": page(prose("ivy")), "c/fern.md": page(prose("fern"))})
    found = asked(where, tmp_path / "d" / "new.md", text)
    assert [match.likeness for match in found.matches] == ([] if likeness is None else [likeness])
    assert all(match.path == str(tmp_path / "a/roses.md") for match in found.matches)
    assert all(0 < match.similarity <= 1 and 0 < match.containment <= 1 for match in found.matches)


def test_the_nearest_comes_first(tmp_path: Path) -> None:
    texts = {f"{n}/a.md": page([*ROSES[: 20 - n], *prose(str(n), n)]) for n in (9, 3, 6)} | {"0/a.md": TEXT}
    matches = asked(built(tmp_path, texts), tmp_path / "new.md", TEXT).matches
    assert [Path(match.path).parent.name for match in matches] == ["0", "3", "6", "9"]
    assert [match.similarity for match in matches] == sorted((match.similarity for match in matches), reverse=True)


def test_it_finds_what_comparing_with_everything_finds(tmp_path: Path) -> None:
    draw = Random("pairs")
    sources = {name: prose(name, 30) for name in "abcdefghijklmnop"}
    texts = {}
    for number in range(60):
        one, other = draw.sample(sorted(sources), 2)
        kept = draw.randrange(5, 30)
        lines = [*sources[one][:kept], *sources[other][: draw.choice([0, 0, 30 - kept])]]
        texts[f"{number % 7}/{number}.md"] = page(lines, draw.choice(["gardener", "keeper", "warden"]))
    where = built(tmp_path, texts)
    files = [file_of(tmp_path / path, text) for path, text in texts.items()]
    rows = {row.path: row for row in rows_of(files)}
    with open_index(where) as opened:
        answers = [(file.path, opened.check(file)[0]) for file in files]
    found = {(path, match.path) for path, checked in answers for match in checked.matches}
    expected = {(path, other) for path in rows for other in near_by_brute_force(rows, path)}
    assert found <= expected
    assert len(expected) > 150
    assert len(found) >= 0.99 * len(expected)


def near_by_brute_force(rows: dict[str, AgentRow], path: str) -> set[str]:
    """With the names and homes of all copies of a text, as the full run has them."""
    bodies: dict[int, list[AgentRow]] = {}
    for row in rows.values():
        bodies.setdefault(row.print.key, []).append(row)
    own = rows[path].print.key
    others = [body_of(copies) for key, copies in bodies.items() if key != own]
    found = without_second_counterparts(body_of(bodies[own]), near_of(body_of(bodies[own]), others))
    near = {row.path for key in (own, *(each.body.key for each in found)) for row in bodies[key]}
    return near - {path}


def body_of(copies: Sequence[AgentRow]) -> Body:
    roles, homes = [row.role for row in copies], [row.home for row in copies]
    found = copies[0].print
    ends = (min(roles), max(roles), min(homes), max(homes))
    return marked([Body(1, found.key, 1, *ends, None, found.shingles, found.sketch)], NOTHING)[0]


def beside(number: int, role: str, home: str, score: float, similarity: float | None = None) -> Comparison:
    """A body under the first and last letter of `role` in the first and last one of `home`."""
    low_role, high_role, low_home, high_home = map(ord, (role[0], role[-1], home[0], home[-1]))
    body = Body(number, number, 1, low_role, high_role, low_home, high_home, None, 9, b"")
    return Comparison(body, score, score if similarity is None else similarity, 0.5)


COUNTERPARTS = {
    # own role and home, what is near, the numbers of what stays
    "nothing": ("a", "x", [], []),
    "one": ("a", "x", [beside(1, "b", "y", 0.5)], [1]),
    "siblings": ("a", "x", [beside(1, "b", "y", 0.5), beside(2, "c", "y", 0.6)], [2]),
    "siblings as near": ("a", "x", [beside(2, "c", "y", 0.5), beside(1, "b", "y", 0.5)], [1]),
    "one in each collection": ("a", "x", [beside(1, "b", "y", 0.5), beside(2, "c", "z", 0.6)], [1, 2]),
    "one name twice": ("a", "x", [beside(1, "b", "y", 0.5), beside(2, "b", "y", 0.6)], [1, 2]),
    "the own name is there": ("a", "x", [beside(1, "a", "y", 0.2), beside(2, "c", "y", 0.6)], [1]),
    "the own name is elsewhere": ("a", "x", [beside(1, "a", "z", 0.2), beside(2, "c", "y", 0.6)], [1, 2]),
    "the own collection": ("a", "x", [beside(1, "b", "xy", 0.6)], []),
    "copies": ("a", "x", [beside(1, "b", "y", 0.5, 0.9), beside(2, "c", "y", 0.6, 0.9)], [1, 2]),
    "a copy comes before a better score": ("a", "x", [beside(1, "b", "y", 0.5, 0.9), beside(2, "c", "y", 0.6)], [1]),
    "a copy beside its former text": ("a", "x", [beside(1, "b", "y", 0.5, 0.9), beside(2, "b", "y", 0.6)], [1, 2]),
    "a second in one of its collections": ("a", "x", [beside(1, "b", "y", 0.6), beside(2, "c", "yz", 0.5)], [1]),
    "several names": ("a", "x", [beside(1, "bd", "y", 0.6), beside(2, "cd", "y", 0.5)], [1, 2]),
}


@pytest.mark.parametrize(("role", "home", "near", "expected"), COUNTERPARTS.values(), ids=COUNTERPARTS)
def test_one_other_name_in_each_collection(role: str, home: str, near: list[Comparison], expected: list[int]) -> None:
    for given in (near, near[::-1]):
        kept = without_second_counterparts(beside(0, role, home, 1.0).body, given)
        assert sorted(each.body.body for each in kept) == expected


def test_boilerplate_is_no_likeness(tmp_path: Path) -> None:
    template = prose("template", 20)
    one, other = (file_of(tmp_path / name / "x.md", page([*template, *prose(name, 8)], name)) for name in ("a", "b"))
    boilerplate = np.frombuffer(fingerprint(glances(open_text(page(template), "t.md"), "t.md")[0]).sketch, "<u4")
    for known, expected in ((NOTHING, 1), (boilerplate, 0)):
        build_index(str(tmp_path / "index"), rows_of([one]), known, NOTHING)
        with open_index(str(tmp_path / "index")) as opened:
            assert len(opened.check(other)[0].matches) == expected


@pytest.mark.parametrize(
    ("place", "name", "is_found"),
    [
        ("elsewhere/new.md", "keeper", True),
        ("repo/agents/new.md", "keeper", False),  # a template of the collection
        ("repo/more/deeper/new.md", "keeper", False),  # the same git repository
        ("repo/agents/new.md", "gardener", True),
    ],
)
def test_siblings_of_another_name_are_no_copies(tmp_path: Path, place: str, name: str, is_found: bool) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    where = built(tmp_path, {"repo/agents/roses.md": TEXT})
    half = page([*ROSES[:13], *prose("own", 7)], name)
    assert bool(asked(where, tmp_path / place, half).matches) is is_found


def test_a_file_is_no_duplicate_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = built(tmp_path, {"a/roses.md": TEXT, "b/roses.md": TEXT})
    changed = page([*ROSES, "- Feed them twice."])
    for text in (TEXT, changed):
        found = asked(where, tmp_path / "a/roses.md", text)
        assert [match.path for match in found.matches] == [str(tmp_path / "b/roses.md")]
        assert found.others == 0
    (tmp_path / "a").mkdir()
    moved = tmp_path.parent / f"{tmp_path.name}-moved"
    os.rename(tmp_path, moved)
    assert len(asked(str(moved / "index"), moved / "a/roses.md", TEXT).matches) == 1
    monkeypatch.chdir(moved / "a")
    assert len(asked("../index", moved / "a/roses.md", TEXT).matches) == 1
    os.rename(moved, tmp_path)


def test_the_cluster_is_named(tmp_path: Path) -> None:
    texts = {"a/x.md": TEXT} | {f"{n}/x.md": page([*ROSES[:15], *prose(str(n), 5)]) for n in range(5)}
    centre = file_of("x.md", TEXT).agents[0].print.key
    found = asked(built(tmp_path, texts, centre), tmp_path / "new/x.md", page([*ROSES[:16], *prose("new", 4)]))
    assert found.centre is not None
    assert found.centre.path == str(tmp_path / "a/x.md")
    assert asked(built(tmp_path, texts), tmp_path / "new/x.md", TEXT).centre is None


def test_a_large_cluster_costs_no_more_and_shows_its_centre(tmp_path: Path) -> None:
    texts = {"centre/x.md": TEXT} | {f"{n}/x.md": page([*ROSES, f"- Own rule {n}."]) for n in range(300)}
    texts |= {f"copy-{n}/x.md": TEXT for n in range(30)}
    where = built(tmp_path, texts, file_of("x.md", TEXT).agents[0].print.key)
    found = asked(where, tmp_path / "new/x.md", page([*ROSES, "- Mine."]))
    assert index.MOST_COMPARED <= len(found.matches) <= index.MOST_LISTED
    assert len(found.matches) + found.others <= index.MOST_COMPARED + index.MOST_CENTRES + 30
    assert found.centre is not None
    exact = asked(where, tmp_path / "new/x.md", TEXT)
    assert [match.likeness for match in exact.matches[: index.MOST_COPIES]] == [Likeness.IDENTICAL] * index.MOST_COPIES


def test_several_agents_in_a_file(tmp_path: Path) -> None:
    modes = "".join(
        f"  - slug: {name}\n    name: {name}\n    roleDefinition: {' '.join(prose(name, 8)).replace('- ', '')}\n"
        for name in ("ivy", "oak")
    )
    where = built(tmp_path, {"a/.roomodes": f"customModes:\n{modes}"})
    with open_index(where) as opened:
        found = opened.check(file_of(tmp_path / "b/.roomodes", f"customModes:\n{modes}"))
        assert [[match.path for match in each.matches] for each in found] == [
            [str(tmp_path / f"a/.roomodes#{name}")] for name in ("ivy", "oak")
        ]
        assert [each.matches for each in opened.check(file_of(tmp_path / "a/.roomodes", f"customModes:\n{modes}"))] == [
            (),
            (),
        ]


# ---------------------------------------------------------------------------------------------- adding


def test_what_is_added_is_found(tmp_path: Path) -> None:
    where = built(tmp_path, {"a/ivy.md": page(prose("ivy"))})
    with open_index(where, is_writable=True) as opened:
        assert opened.add([file_of(tmp_path / "a/roses.md", TEXT)]) == index.Added(new=1, agents=1)
    assert len(asked(where, tmp_path / "b/roses.md", TEXT).matches) == 1
    assert len(asked(where, tmp_path / "b/roses.md", page(ROSES[:14])).matches) == 1


def test_a_changed_file_is_replaced(tmp_path: Path) -> None:
    where, path, other = built(tmp_path, {"a/x.md": TEXT}), tmp_path / "a/x.md", page(prose("tulips"))
    with open_index(where, is_writable=True) as opened:
        assert opened.add([file_of(path, TEXT)]) == index.Added(unchanged=1)
        assert opened.add([file_of(path, other)]) == index.Added(changed=1, agents=1)
        assert opened.size() == Size(agents=1, bodies=1, is_rebuild_due=False)
        assert opened.check(file_of(tmp_path / "b/x.md", TEXT))[0].matches == ()
        assert len(opened.check(file_of(tmp_path / "b/x.md", other))[0].matches) == 1
        assert opened.add([file_of(path, TEXT)]) == index.Added(changed=1, agents=1)
        assert len(opened.check(file_of(tmp_path / "b/x.md", page(ROSES[:14])))[0].matches) == 1
        assert opened.check(file_of(tmp_path / "b/x.md", other))[0].matches == ()
        assert opened.add([FileAgents(str(path), str(path), "0" * 64, ())]) == index.Added(changed=1)
        assert opened.size().agents == 0


def test_added_or_built_makes_no_difference(tmp_path: Path) -> None:
    texts = {
        f"{n % 4}/{n}.md": page([*prose(str(n % 5))[: 6 + n], *prose(str(n // 3), 8)], f"n{n % 3}") for n in range(40)
    }
    files = [file_of(tmp_path / path, text) for path, text in texts.items()]
    whole = built(tmp_path, texts)
    grown = str(tmp_path / "grown" / "index")
    build_index(grown, [], NOTHING, NOTHING)
    with open_index(grown, is_writable=True) as opened, open_index(whole) as other:
        for start in range(0, len(files), 7):
            opened.add([file_of(tmp_path / "0/0.md", page(prose("gone"))), *files[start : start + 7]])
        opened.add(files[:1])
        # The collections are told from the folders alone, by other numbers.
        for file in files:
            assert [told(each) for each in opened.check(file)] == [told(each) for each in other.check(file)]
        assert opened.size()[:2] == other.size()[:2]
    with closing(sqlite3.connect(Path(grown) / FILE)) as connection:
        described = connection.execute("SELECT count(*) FROM bodies WHERE copies > 0").fetchone()[0]
        led_to = connection.execute("SELECT count(DISTINCT body) FROM buckets").fetchone()[0]
    assert described == led_to


def told(checked: Checked) -> set[tuple[str, str, float]]:
    return {(match.path, match.likeness, match.similarity) for match in checked.matches}


def test_it_says_when_a_rebuild_is_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "REBUILD_LEAST", 2)
    where = built(tmp_path, {f"{n}.md": page(prose(str(n))) for n in range(8)})
    with open_index(where, is_writable=True) as opened:
        opened.add([file_of(tmp_path / f"new-{n}.md", page(prose(f"new {n}"))) for n in range(4)])
        assert not opened.size().is_rebuild_due
        opened.add([file_of(tmp_path / "new-4.md", page(prose("new 4")))])
        assert opened.size().is_rebuild_due


# ---------------------------------------------------------------------------------------------- trouble

ADDER = """
import sys
sys.path[:0] = sys.argv[2:]
from test_index import file_of, page, prose
from agentdiff.index import open_index
with open_index(sys.argv[1], is_writable=True) as opened:
    for number in range(10_000):
        opened.add([file_of(f"/made/up/{number}.md", page(prose(str(number), 5)))])
        print(number, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
@pytest.mark.parametrize("reported", [1, 5, 12])
def test_what_was_reported_survives_kill_9(tmp_path: Path, reported: int) -> None:
    where = str(tmp_path / "index")
    build_index(where, [], NOTHING, NOTHING)
    command = [sys.executable, "-c", ADDER, where, str(Path(__file__).parent), str(Path(__file__).parents[1])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(reported)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().split("\n")
    last = max(int(each) for each in lines if each.strip())
    assert last >= reported - 1
    with open_index(where, is_writable=True) as opened:
        assert opened.size().agents in (last + 1, last + 2)
        for number in range(last + 1):
            file = file_of(f"/made/up/{number}.md", page(prose(str(number), 5)))
            assert opened.knows(file.place, file.sha256)
        opened.add([file_of("/made/up/more.md", TEXT)])
    with closing(sqlite3.connect(Path(where) / FILE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_batch_that_fails_adds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = built(tmp_path, {"a/x.md": TEXT})
    good, bad = file_of(tmp_path / "b.md", page(prose("b"))), file_of(tmp_path / "c.md", page(prose("c")))
    with open_index(where, is_writable=True) as opened:
        with pytest.raises(ValueError, match="hexadecimal"):
            opened.add([good, bad._replace(sha256="no digest")])
        assert opened.size().agents == 1
        assert not opened.knows(good.place, good.sha256)
        assert opened.add([good]).new == 1


Damage = Callable[[Path], object]


def changed(*statements: str) -> Damage:
    def damage(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return damage


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda path: path.unlink(), "there is no index"),
        (lambda path: path.write_bytes(b""), "is damaged"),
        (lambda path: path.write_bytes(b"garbage" * 5000), "is damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:-20_000]), "is damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:50]), "is damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xee" * 60_000), "is damaged"),
        (changed("PRAGMA user_version = 7"), "format 7"),
        (changed("PRAGMA application_id = 1"), "is no index"),
        (changed("DROP TABLE buckets"), "table buckets is missing"),
        (changed("DROP TABLE facts"), "table facts is missing"),
        (changed("UPDATE facts SET value = x'00' WHERE name = 'parameters'"), "parameters cannot be read"),
        (changed("""UPDATE facts SET value = '[]' WHERE name = 'parameters'"""), "parameters cannot be read"),
        (
            changed("UPDATE facts SET value = replace(value, '\"sketch_size\": ', '\"sketch_size\": 9')"),
            "sketch_size 9",
        ),
        (changed("UPDATE facts SET value = 'x' WHERE name = 'boilerplate'"), "is damaged"),
        (changed("DELETE FROM facts WHERE name = 'common'"), "is damaged"),
        (changed("UPDATE bodies SET sketch = x'0102'"), "is damaged"),
        (changed("UPDATE bodies SET shingles = 'many'"), "is damaged"),
        (changed("UPDATE bodies SET shingles = 0"), "is damaged"),
        (changed("UPDATE agents SET sha256 = 'text'"), "is damaged"),
        (changed("ALTER TABLE bodies RENAME COLUMN sketch TO other"), "is damaged"),
    ],
)
def test_damage_is_told_and_a_build_mends_it(tmp_path: Path, damage: Damage, words: str) -> None:
    where = built(tmp_path, {"a/x.md": TEXT, "b/x.md": TEXT})
    damage(tmp_path / "index" / FILE)
    with pytest.raises(UnusableIndex, match=words) as raised:
        asked(where, tmp_path / "c/x.md", TEXT)
    assert "agentdiff index build" in str(raised.value)
    assert "\n" not in str(raised.value)
    if "no index" in words and "there" not in words:
        return  # it may be somebody's data
    assert read_sources(where).paths == (os.path.relpath(tmp_path),)
    built(tmp_path, {"a/x.md": TEXT, "b/x.md": TEXT})
    assert len(asked(where, tmp_path / "c/x.md", TEXT).matches) == 2


def test_any_byte_may_be_wrong(tmp_path: Path) -> None:
    """Whatever is overwritten: an answer, perhaps with a wrong number, or a sentence; never another sort of error."""
    where = built(tmp_path, {f"{n}/x.md": page([*ROSES[:15], *prose(str(n), 5)]) for n in range(30)})
    path = tmp_path / "index" / FILE
    sound = path.read_bytes()
    draw = Random("bytes")
    for _ in range(60):
        start, length = draw.randrange(len(sound)), draw.choice([1, 16, 4096])
        path.write_bytes((sound[:start] + draw.randbytes(length) + sound[start + length :])[: len(sound)])
        try:
            asked(where, tmp_path / "new/x.md", TEXT)
        except AgentDiffError as problem:
            assert str(path) in str(problem)


def test_another_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    path = tmp_path / "index" / FILE
    changed("CREATE TABLE mine (value)")(path)
    before = path.read_bytes()
    with pytest.raises(BadInput, match="no index of agentdiff"):
        built(tmp_path, {"a/x.md": TEXT})
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["index", "index/index.sqlite"])
def test_what_is_in_the_way_is_left_alone(tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    place.parent.mkdir(exist_ok=True)
    place.write_text("mine") if name == "index" else place.mkdir()
    with pytest.raises(AgentDiffError, match="name another folder"):
        built(tmp_path, {"a/x.md": TEXT})
    assert os.listdir(tmp_path / "index") == [FILE] if place.is_dir() else place.read_text() == "mine"


def test_a_build_that_fails_changes_nothing(tmp_path: Path) -> None:
    where = built(tmp_path, {"a/x.md": TEXT})

    def broken() -> Iterator[AgentRow]:
        yield from rows_of([file_of("b.md", page(prose("b")))])
        raise BadInput("no more")

    with pytest.raises(BadInput, match="no more"):
        build_index(where, broken(), NOTHING, NOTHING)
    assert sorted(os.listdir(where)) == [FILE, SOURCES]
    assert len(asked(where, tmp_path / "c/x.md", TEXT).matches) == 1


def test_a_build_that_was_killed_is_cleared_away(tmp_path: Path) -> None:
    where = built(tmp_path, {"a/x.md": TEXT})
    (tmp_path / "index" / f"{FILE}.new").write_bytes(b"half of it")
    built(tmp_path, {"a/x.md": TEXT, "b/x.md": TEXT})
    assert sorted(os.listdir(where)) == [FILE, SOURCES]
    assert len(asked(where, tmp_path / "c/x.md", TEXT).matches) == 2


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def test_two_writers_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_file, "WAIT_SECONDS", 0.05)
    where = built(tmp_path, {"a/x.md": TEXT})
    new = file_of(tmp_path / "b/x.md", TEXT)
    with open_index(where, is_writable=True) as one, open_index(where, is_writable=True) as other:
        with locked(tmp_path / "index" / FILE):
            with pytest.raises(AgentDiffError, match="another process is writing to this index; try again"):
                one.add([new])
            with pytest.raises(AgentDiffError, match="another process is writing"):
                build_index(where, [], NOTHING, NOTHING, ["other"])
            assert read_sources(where).paths == (os.path.relpath(tmp_path),)
            assert len(other.check(new)[0].matches) == 1  # readers do not wait
        assert one.add([new]).new == 1
        assert other.add([new]).unchanged == 1


def test_a_query_sees_the_index_at_one_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process adds between two of its steps is not half seen."""
    monkeypatch.setattr(index_file, "WAIT_SECONDS", 0.05)
    where = built(tmp_path, {"a/x.md": TEXT})
    near = Index._near

    def add_meanwhile(self: Index, own: Body, twin: Body | None) -> list[Comparison]:
        with open_index(where, is_writable=True) as other, pytest.raises(AgentDiffError, match="is writing"):
            other.add([file_of(tmp_path / "c/x.md", TEXT)])
        return near(self, own, twin)

    with monkeypatch.context() as patched:
        patched.setattr(Index, "_near", add_meanwhile)
        found = asked(where, tmp_path / "b/x.md", TEXT)
    assert [match.path for match in found.matches] == [str(tmp_path / "a/x.md")]
    with open_index(where, is_writable=True) as other:
        assert other.add([file_of(tmp_path / "c/x.md", TEXT)]).new == 1


def test_nothing_is_added_to_an_index_that_was_replaced(tmp_path: Path) -> None:
    where = built(tmp_path, {"a/x.md": TEXT})
    with open_index(where, is_writable=True) as opened:
        built(tmp_path, {"a/x.md": TEXT})
        with pytest.raises(AgentDiffError, match="was rebuilt meanwhile"):
            opened.add([file_of(tmp_path / "b/x.md", TEXT)])


def test_a_query_changes_nothing(tmp_path: Path) -> None:
    where = built(tmp_path, {"a/x.md": TEXT})
    before = (tmp_path / "index" / FILE).read_bytes()
    with open_index(where) as opened:
        opened.check(file_of(tmp_path / "b/x.md", TEXT))
        with pytest.raises(AgentDiffError):
            opened.add([file_of(tmp_path / "b/x.md", TEXT)])
    assert (tmp_path / "index" / FILE).read_bytes() == before
    assert sorted(os.listdir(where)) == [FILE, SOURCES]


# ---------------------------------------------------------------------------------------------- sources


def test_it_knows_what_it_was_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    build_index("index", [], NOTHING, NOTHING, ["agents", str(tmp_path / "more")], "v1")
    assert read_sources("index") == (("agents", "more"), "v1")
    note_sources("index", ["agents/a.md", "new/b.md", str(tmp_path / "more")])
    assert read_sources("index").paths == ("agents", "more", "new/b.md")
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    assert read_sources("../index").paths == ("../agents", "../more", "../new/b.md")


@pytest.mark.parametrize(
    "text", [None, "", "{", "[]", "{}", '{"paths": [1], "revision": null}', '{"paths": ["-"], "revision": null}']
)
def test_without_sources_paths_are_needed(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / SOURCES).write_text(text)
    with pytest.raises(UnusableIndex, match="name the paths"):
        read_sources(str(tmp_path))


# ---------------------------------------------------------------------------------------------- the command


@contextmanager
def full_run(paths: Sequence[str], revision: str | None) -> Iterator[cli_index.Searched]:
    reader = cli_index._Reader(paths, revision)
    rows = rows_of(list(reader.files()))
    yield cli_index.Searched(rows, NOTHING, NOTHING, tuple(reader.skipped))


def command(function: Callable[..., object], request: cli_index.Request, *more: object) -> tuple[object, str]:
    stream = io.StringIO()
    return function(request, Output(stream, environment={}), *more), stream.getvalue()


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    put(tmp_path, {"a/agents/roses.md": TEXT, "b/agents/ivy.md": page(prose("ivy"), "ivy")})
    command(cli_index.build, cli_index.Request("index", ("a", "b")), full_run)
    return tmp_path


def test_build_add_query(tree: Path) -> None:
    new = Path("new/agents/roses.md")
    new.parent.mkdir(parents=True)
    new.write_text(page([*ROSES[:16], *prose("new", 4)], fields="model: opus\n"))
    is_found, text = command(cli_index.query, cli_index.Request("index", (str(new),)))
    assert is_found
    assert text == (
        "1 of 1 agent has duplicates among 2 agents with 2 texts\n"
        "\n"
        "new/agents/roses.md: 1 duplicate of gardener\n"
        "  0.66  near         a/agents/roses.md  80% of the smaller one in both\n"
    )
    _, text = command(cli_index.add, cli_index.Request("index", ("new", "a")))
    assert text.endswith("1 new, 0 changed, 1 unchanged; the index has 3 agents with 3 texts\n")
    is_found, text = command(cli_index.query, cli_index.Request("index", ("b/agents/ivy.md",)))
    assert not is_found
    assert text == "None of 1 agent has duplicates among 3 agents with 3 texts\n"
    _, text = command(cli_index.build, cli_index.Request("index", ()), full_run)
    assert text == "Indexed 3 agents with 3 texts in index\n"


SEEN = {
    "named by a field": ("agents/roses.md", TEXT),
    "named by the folder that is the current one": ("SKILL.md", "---\ndescription: Weeds\n---\nPull the weeds.\n"),
    "named by a fixed place": ("AGENTS.md", "# Garden\nWater it.\n"),
    "several in a file": ("agents.yaml", "".join(f"{n}:\n  role: r\n  goal: g\n  backstory: s\n" for n in "ab")),
    "no agent": ("notes/readme.md", "# Garden\n"),
}


@pytest.mark.parametrize(("path", "text"), SEEN.values(), ids=SEEN)
@pytest.mark.parametrize("given", ["file", "folder"])
def test_agents_are_seen_as_the_full_run_sees_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, text: str, given: str
) -> None:
    put(tmp_path / "weeding", {path: text})
    monkeypatch.chdir(tmp_path / "weeding")
    paths = [path if given == "file" else "."]
    files = cli_index._Reader(paths, None).files()
    batch, *_ = batches_of(each for each in gather(paths) if isinstance(each, Candidate))
    rows = [row for row in scanning.rows_of(batch, has_terms=False).to_pylist() if row["is_agent"]]
    names = ("path", "place", "file", "name", "format", "role", "key", "text_key", "head_key", "tokens")
    assert [
        (each.path, file.place, file.sha256, each.name, each.format, each.role, *own[:3], own.tokens)
        for file in files
        for each in file.agents
        for own in [each.print]
    ] == [tuple(row[name] for name in names) for row in rows]
    assert len(rows) == (2 if path == "agents.yaml" else path != "notes/readme.md" or given == "file")


def test_json_keeps_its_contract(tree: Path) -> None:
    new = Path("new.md")
    new.write_text(page(ROSES, name="\x1b[31mred"))
    _, text = command(cli_index.query, cli_index.Request("index", ("new.md",), output_format="json"))
    document = json.loads(text)
    jsonschema.validate(document, MATCHES)
    assert document["agents"][0]["matches"][0]["path"] == "a/agents/roses.md"
    assert document["index"] == {"folder": "index", "agents": 2, "bodies": 2, "rebuild_due": False}


@pytest.mark.parametrize("function", [cli_index.add, cli_index.query])
def test_a_path_that_cannot_be_read_is_told_last(tree: Path, function: Callable[..., object]) -> None:
    Path("bad.md").write_bytes(b"\xff\xfe")
    stream = io.StringIO()
    with pytest.raises(AgentDiffError, match=r"bad\.md: .*UTF-16; the other paths were"):
        function(cli_index.Request("index", ("bad.md", "a")), Output(stream, environment={}))
    assert "agent" in stream.getvalue()


def test_a_table_is_for_build(tree: Path) -> None:
    Path("many.jsonl").write_text("")
    with pytest.raises(AgentDiffError, match="index build"):
        command(cli_index.add, cli_index.Request("index", ("many.jsonl",)))


def test_batches_are_told_when_they_are_on_disk(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_index, "BATCH_FILES", 2)
    for n in range(5):
        Path(f"a/agents/{n}.md").write_text(page(prose(str(n)), f"n{n}"))
    told: list[int] = []
    inner = Index.add

    def add(self: Index, files: Sequence[FileAgents]) -> index.Added:
        told.append(stream.getvalue().count("\n"))
        return inner(self, files)

    monkeypatch.setattr(Index, "add", add)
    stream = io.StringIO()
    cli_index.add(cli_index.Request("index", ("a",)), Output(stream, environment={}))
    assert told == [0, 1, 2]
    assert stream.getvalue().splitlines()[:3] == [
        "added so far: 2 new, 0 changed, 2 agents",
        "added so far: 4 new, 0 changed, 4 agents",
        "added so far: 5 new, 0 changed, 5 agents",
    ]


# ---------------------------------------------------------------------------------------------- reports


def match(path: str, likeness: Likeness, similarity: float, name: str = "gardener") -> Match:
    return Match(path, name, "claude-agent", "0" * 64, 100, likeness, similarity, 1.0)


def test_the_report_names_what_matters() -> None:
    matches = tuple(match(f"{n}.md", Likeness.NEAR, 0.9 - n / 100) for n in range(12))
    found = Checked("new.md", "gardener", "claude-agent", "0" * 64, 100, matches, 3, match("0.md", Likeness.NEAR, 0.9))
    alone = Checked("alone.md", "x", "claude-agent", "0" * 64, 100, (), 0, None)
    lines = [
        "".join(run.text for run in each.runs)
        for each in matches_lines(Size(2000, 1500, False), [found, alone], [Skipped("bad.md", "is binary")])
    ]
    assert lines[0] == "1 of 2 agents has duplicates among 2,000 agents with 1,500 texts"
    assert "new.md: 15 duplicates of gardener" in lines
    assert "        and 5 more" in lines
    assert "  would join the cluster around 0.md" in lines
    assert lines[-1] == "  bad.md: is binary"
    jsonschema.validate(matches_document("x", Size(1, 1, False), [found, alone]), MATCHES)


def test_the_schema_is_strict() -> None:
    document = matches_document("x", Size(1, 1, False), [])
    for broken in ({**document, "schema": "other"}, {**document, "agents": [{}]}, {**document, "index": {}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, MATCHES)


def test_fingerprints_that_change_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = built(tmp_path, {"a/x.md": TEXT})

    def other(agent: object) -> Fingerprint:
        return Fingerprint(1, 2, 3, 1, b"\2\0\0\0", b"", 1)

    parameters.cache_clear()
    monkeypatch.setattr("agentdiff.fingerprint.fingerprint", other)
    with pytest.raises(UnusableIndex, match=r"other parameters \(words"):
        open_index(where)
    parameters.cache_clear()
