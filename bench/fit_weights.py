"""Fit the weights of `agentdiff/weights.py` to labelled pairs, and show what they are worth on pairs left out.

usage: python bench/fit_weights.py [../shared/bench/alignment] [--write]

A logistic regression each for: would a reader pair the two items (sections) at all, and would he call them equal
(same). Scores printed are from folds: no pair of files is scored by weights that saw it (the five seeds are one fold).
Needs scikit-learn and numpy besides the project itself.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from agentdiff import weights
from agentdiff.align import Prepared, Scored, best_pairs, candidates, prepared, section_candidates
from agentdiff.formats import parse
from agentdiff.similarity import ITEM_FEATURES, SECTION_FEATURES, item_features, section_features

SETS = ("seeds", "dev", "train")
REQUIRED = {"items": "equal", "sections": "same"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files with the labels of a reader."""

    fold: str
    set: str
    label: dict[str, list[list[int | str]]]
    old: Prepared
    new: Prepared

    def known(self, kind: str) -> dict[tuple[int, int], bool]:
        """Labelled line pairs; true where required."""
        return {(a, b): word == REQUIRED[kind] for a, b, word in self.label[kind]}  # type: ignore[misc]


def load(folder: Path) -> list[Pair]:
    """All labelled pairs, each file read once."""
    files: dict[str, Prepared] = {}

    def ready(path: str) -> Prepared:
        if path not in files:
            text = (folder / "files" / path).read_bytes().decode()
            files[path] = prepared(parse(text, path))
        return files[path]

    pairs = []
    for name in SETS:
        for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            label = json.loads(line)
            fold = "seeds" if name == "seeds" else label["id"]
            pairs.append(Pair(fold, name, label, ready(label["a"]), ready(label["b"])))
    return pairs


@dataclass(frozen=True, slots=True)
class Rows:
    """Candidates of all pairs: features, what the reader said (0 nothing, 1 allowed, 2 required), and where from."""

    features: numpy.ndarray
    said: numpy.ndarray
    pair: numpy.ndarray
    index: list[tuple[int, int]]


Maker = Callable[[Pair], Iterator[tuple[int, int, tuple[float, ...]]]]
"""What gives the candidates of a pair: two indices and their features."""


def rows(pairs: list[Pair], kind: str, make: Maker) -> Rows:
    """One row for each candidate of each pair."""
    features, said, numbers, index = [], [], [], []
    for number, pair in enumerate(pairs):
        known = pair.known(kind)
        for old, new, values in make(pair):
            told = known.get(lines(pair, kind, old, new))
            features.append(values)
            said.append(0 if told is None else 2 if told else 1)
            numbers.append(number)
            index.append((old, new))
    return Rows(numpy.array(features), numpy.array(said), numpy.array(numbers), index)


def lines(pair: Pair, kind: str, old: int, new: int) -> tuple[int, int]:
    """The lines by which the labels name a pair."""
    if kind == "items":
        return pair.old.statements[old].item.span.first, pair.new.statements[new].item.span.first
    return pair.old.parts[old].section.title_span.first, pair.new.parts[new].section.title_span.first


def item_rows(pair: Pair) -> Iterator[tuple[int, int, tuple[float, ...]]]:
    """Item candidates."""
    for old, new in candidates(pair.old.statements, pair.new.statements):
        yield old, new, item_features(pair.old.statements[old], pair.new.statements[new])


def chosen(
    pairs: list[Pair], table: Rows, similarity: numpy.ndarray, floor: float, strong: float
) -> list[list[Scored]]:
    """What would be matched with these similarities, by pair."""
    scored: list[list[Scored]] = [[] for _ in pairs]
    for number, (old, new), value in zip(table.pair, table.index, similarity, strict=True):
        scored[number].append(Scored(old, new, float(value), 0.0))
    return [best_pairs(each, floor, strong) for each in scored]


def out_of_fold(pairs: list[Pair], table: Rows, target: numpy.ndarray) -> numpy.ndarray:
    """Probabilities from models that did not see the pair of files."""
    folds = sorted({pair.fold for pair in pairs})
    groups = numpy.array([folds.index(pairs[number].fold) for number in table.pair])
    out = numpy.zeros(len(target))
    for train, test in GroupKFold(8).split(table.features, target, groups):
        out[test] = model(table.features[train], target[train]).predict_proba(table.features[test])[:, 1]
    return out


def model(features: numpy.ndarray, target: numpy.ndarray) -> LogisticRegression:
    """The first feature is the bias, so none is added."""
    return LogisticRegression(C=1.0, max_iter=5000, fit_intercept=False).fit(features, target)


def f1(pairs: list[Pair], kind: str, matched: list[list[Scored]], name: str) -> tuple[float, float, float]:
    """Precision, recall and F1 over one set, as LABELLING.md counts them."""
    right = given = found = wanted = 0
    for pair, guesses in zip(pairs, matched, strict=True):
        if pair.set != name:
            continue
        known = pair.known(kind)
        guess = {lines(pair, kind, each.old, each.new) for each in guesses}
        required = {lines_ for lines_, needed in known.items() if needed}
        right += len(guess & known.keys())
        given += len(guess)
        found += len(guess & required)
        wanted += len(required)
    precision, recall = right / max(1, given), found / max(1, wanted)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def report(pairs: list[Pair], kind: str, table: Rows, similarity: numpy.ndarray, strongs: tuple[float, ...]) -> None:
    """F1 by floor, on folds."""
    print(f"{kind}: F1 on pairs left out, by floor and floor of a second partner")
    for strong in strongs:
        for floor in (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5):
            matched = chosen(pairs, table, similarity, floor, strong)
            scores = "  ".join(f"{name} {f1(pairs, kind, matched, name)[2]:.3f}" for name in SETS)
            print(f"  {floor:.2f} {strong:.2f}  {scores}")


def equal_table(table: Rows, similarity: numpy.ndarray, equality: numpy.ndarray, floor: float) -> None:
    """How well required and allowed pairs are told apart among those matched."""
    kept = (similarity >= floor) & (table.said > 0)
    for at in (0.2, 0.3, 0.4, 0.5):
        guess = equality[kept] >= at
        truth = table.said[kept] == 2
        hit = (guess & truth).sum()
        print(f"  equal from {at}: precision {hit / max(1, guess.sum()):.2f} recall {hit / truth.sum():.2f}")


def section_rows(matched: list[list[Scored]], pairs: list[Pair]) -> Maker:
    """Section candidates, given the item matches of each pair."""
    by_id = {id(pair): each for pair, each in zip(pairs, matched, strict=True)}

    def make(pair: Pair) -> Iterator[tuple[int, int, tuple[float, ...]]]:
        for old, new, weight, place in section_candidates(pair.old, pair.new, by_id[id(pair)]):
            yield old, new, section_features(pair.old.parts[old], pair.new.parts[new], weight, place)

    return make


def main() -> int:
    """Fit, print, and with --write put the numbers into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("../shared/bench/alignment"))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if not options.folder.is_dir():
        print(f"{options.folder}: no such folder; give the one that holds dev.jsonl", file=sys.stderr)
        return 2
    pairs = load(options.folder)
    numbers: dict[str, tuple[tuple[str, ...], numpy.ndarray]] = {}

    items = rows(pairs, "items", item_rows)
    similarity = out_of_fold(pairs, items, items.said > 0)
    report(pairs, "items", items, similarity, (0.6, 0.7, 2.0))
    equal_table(items, similarity, out_of_fold(pairs, items, items.said == 2), weights.ITEM_FLOOR)
    numbers["ITEM_PAIR"] = ITEM_FEATURES, model(items.features, items.said > 0).coef_[0]
    numbers["ITEM_EQUAL"] = ITEM_FEATURES, model(items.features, items.said == 2).coef_[0]

    matched = chosen(pairs, items, similarity, weights.ITEM_FLOOR, weights.ITEM_STRONG)
    sections = rows(pairs, "sections", section_rows(matched, pairs))
    similarity = out_of_fold(pairs, sections, sections.said > 0)
    report(pairs, "sections", sections, similarity, (0.6, 0.8, 2.0))
    equal_table(sections, similarity, out_of_fold(pairs, sections, sections.said == 2), weights.SECTION_FLOOR)
    numbers["SECTION_PAIR"] = SECTION_FEATURES, model(sections.features, sections.said > 0).coef_[0]
    numbers["SECTION_SAME"] = SECTION_FEATURES, model(sections.features, sections.said == 2).coef_[0]
    if options.write:
        write(numbers)
    return 0


def write(numbers: dict[str, tuple[tuple[str, ...], numpy.ndarray]]) -> None:
    """Replace the generated part of `agentdiff/weights.py`."""
    target = Path(__file__).parent.parent / "agentdiff" / "weights.py"
    marker = "# Generated by bench/fit_weights.py from here on.\n"
    head = target.read_text(encoding="utf-8").partition(marker)[0]
    parts = []
    for name, (features, values) in numbers.items():
        entries = "".join(f"    {value:.3f},  # {feature}\n" for feature, value in zip(features, values, strict=True))
        parts.append(f"{name} = (\n{entries})\n")
    target.write_text(head + marker + "\n" + "\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
