"""Fit the weights of `agentdiff/weights.py` to labelled pairs, and show what they are worth on pairs left out.

usage: python bench/fit_weights.py [../shared] [--semantic MODEL] [--write] [--ablations]

A logistic regression each for the first look and the second, items and sections: would a reader pair the two at all,
and would he call them equal (same)? Every score printed is of pairs that the weights did not see: for each two
repositories, the weights are fitted to the pairs of files that come from neither of them (the five seeds count as one
repository), and the whole alignment runs with them. --ablations leaves out groups of features one by one.
--semantic fits the weights for files that a sentence model has seen, and leaves those for words alone as they are.
Needs scikit-learn and numpy besides the project.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import common
import numpy
from sklearn.linear_model import LogisticRegression

from agentdiff import scoring, weights
from agentdiff.align import settled
from agentdiff.pairing import Scored, best_pairs
from agentdiff.scoring import HOPELESS, Scores, scores
from agentdiff.semantic import Encoder, encoder_of
from agentdiff.similarity import (
    ITEM_FEATURES,
    SECOND_ITEM_FEATURES,
    SECOND_SECTION_FEATURES,
    SECTION_FEATURES,
    Prepared,
    logistic,
    prepared,
)
from agentdiff.weights import Weights

SETS = ("seeds", "dev", "train")
REQUIRED = {"items": "equal", "sections": "same"}
ITEM_FREEDOM = 0.003
"""The inverse of the penalty on the weights of items. With 1, similarities of 0.3 to 0.7 were too high by 0.05 to
0.06."""

SECTION_FREEDOM = 1.0
"""The same for sections. With 0.003, similarities of 0.4 to 0.9 were too low by 0.08 to 0.16."""

Lines = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files with the labels of a reader: line pairs, true where required."""

    set: str
    repositories: frozenset[str]
    old: Prepared
    new: Prepared
    items: Mapping[Lines, bool]
    sections: Mapping[Lines, bool]

    def said_of_items(self, old: int, new: int) -> int:
        """0 nothing, 1 allowed, 2 required."""
        lines = self.old.statements[old].item.span.first, self.new.statements[new].item.span.first
        return 1 + self.items[lines] if lines in self.items else 0

    def said_of_sections(self, old: int, new: int) -> int:
        """The same for sections."""
        lines = self.old.parts[old].section.span.first, self.new.parts[new].section.span.first
        return 1 + self.sections[lines] if lines in self.sections else 0


def load(shared: Path, encoder: Encoder | None) -> list[Pair]:
    """All labelled pairs, each file read once."""
    pairs = []
    for name in SETS:
        labels = common.labels(shared, name)
        origin = common.origins(shared, name)
        files = {path: prepared(agent, encoder) for path, agent in common.agents_of(shared, labels).items()}
        for label in labels:
            known = {kind: {(a, b): word == REQUIRED[kind] for a, b, word in label[kind]} for kind in REQUIRED}
            sides = label["a"], label["b"]
            repositories = frozenset(origin.get(side, name) for side in sides)
            pairs.append(Pair(name, repositories, files[sides[0]], files[sides[1]], known["items"], known["sections"]))
    return pairs


# ---------------------------------------------------------------------------------------------- fitting


class Table:
    """Rows of features with what the reader said."""

    def __init__(self) -> None:
        """No rows."""
        self.rows: list[tuple[float, ...]] = []
        self.said: list[int] = []

    def add(self, looks: Mapping[tuple[int, int], tuple[float, ...]], said: Callable[[int, int], int]) -> None:
        """The candidates of one pair of files."""
        self.rows += looks.values()
        self.said += [said(*pair) for pair in looks]

    def fitted(self, least: int, freedom: float, without: Collection[int] = ()) -> tuple[float, ...]:
        """Weights for: the reader said at least this much. The first feature is the bias.

        Fitted to values brought to one scale, so that the small penalty on weights is fair to all features.
        """
        rows = numpy.array(self.rows)[:, 1:]
        kept = [number for number in range(rows.shape[1]) if number + 1 not in without]
        rows = rows[:, kept]
        mean, spread = rows.mean(0), rows.std(0) + 1e-9
        target = numpy.array(self.said) >= least
        found = LogisticRegression(C=freedom, max_iter=500, solver="newton-cholesky").fit(
            (rows - mean) / spread, target
        )
        values = numpy.zeros(len(self.rows[0]))
        values[[number + 1 for number in kept]] = found.coef_[0] / spread
        values[0] = found.intercept_[0] - (found.coef_[0] * mean / spread).sum()
        return tuple(round(float(value), 4) for value in values)


def fit(pairs: Sequence[Pair], looked: Mapping[int, Looked], left_out: Collection[str] = ()) -> Weights:
    """The weights for these pairs of files, in the order in which the alignment needs them."""

    def without(names: Sequence[str]) -> set[int]:
        return {number for number, name in enumerate(names) if name in left_out}

    first = Table()
    for pair in pairs:
        first.add(looked[id(pair)].first, pair.said_of_items)
    item_first = first.fitted(1, ITEM_FREEDOM, without(ITEM_FEATURES))
    kept = {id(pair): looked[id(pair)].kept(item_first) for pair in pairs}
    table = Table()
    for pair in pairs:
        anchors = looked[id(pair)].anchors
        table.add(scoring.first_section_looks(pair.old, pair.new, anchors, kept[id(pair)]), pair.said_of_sections)
    partial = Weights(item_first, (), (), table.fitted(1, SECTION_FREEDOM, without(SECTION_FEATURES)), (), ())
    seconds = {
        id(pair): scoring.second_section_looks(pair.old, pair.new, looked[id(pair)].anchors, kept[id(pair)], partial)
        for pair in pairs
    }
    table = Table()
    for pair in pairs:
        table.add(seconds[id(pair)], pair.said_of_sections)
    names = without(SECOND_SECTION_FEATURES)
    partial = partial._replace(
        section_pair=table.fitted(1, SECTION_FREEDOM, names), section_same=table.fitted(2, SECTION_FREEDOM, names)
    )
    table = Table()
    for pair in pairs:
        sections = [
            Scored(*index, logistic(partial.section_pair, row), logistic(partial.section_same, row))
            for index, row in seconds[id(pair)].items()
        ]
        known = looked[id(pair)]
        rows = scoring.second_item_looks(pair.old, pair.new, known.first, kept[id(pair)], sections)
        table.add(rows, pair.said_of_items)
    names = without(SECOND_ITEM_FEATURES)
    return partial._replace(
        item_pair=table.fitted(1, ITEM_FREEDOM, names), item_equal=table.fitted(2, ITEM_FREEDOM, names)
    )


@dataclass(frozen=True, slots=True)
class Looked:
    """What of a pair of files does not depend on weights."""

    anchors: list[Scored]
    first: dict[tuple[int, int], tuple[float, ...]]

    def kept(self, item_first: tuple[float, ...]) -> dict[tuple[int, int], float]:
        """The first looks that are not hopeless."""
        looks = {pair: logistic(item_first, features) for pair, features in self.first.items()}
        return {pair: look for pair, look in looks.items() if look >= HOPELESS}


def first_looks(pairs: Iterable[Pair]) -> dict[int, Looked]:
    """Anchors and first looks, by the identity of the pair."""
    found = {}
    for pair in pairs:
        anchors = scoring.anchored(pair.old.statements, pair.new.statements)
        found[id(pair)] = Looked(anchors, scoring.first_item_looks(pair.old, pair.new, anchors))
    return found


def out_of_fold(pairs: Sequence[Pair], looked: Mapping[int, Looked], left_out: Collection[str] = ()) -> list[Scores]:
    """The scores of each pair by weights fitted to the pairs that share no repository with it."""
    groups: defaultdict[frozenset[str], list[int]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        groups[pair.repositories].append(number)
    found: dict[int, Scores] = {}
    for repositories, numbers in groups.items():
        fitted = fit([pair for pair in pairs if not pair.repositories & repositories], looked, left_out)
        found |= {number: scores(pairs[number].old, pairs[number].new, fitted) for number in numbers}
    return [found[number] for number in range(len(pairs))]


# ---------------------------------------------------------------------------------------------- measuring


def measured(
    pairs: Sequence[Pair], found: Sequence[Scores], kind: str, floor: float, strong: float
) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 by set, as LABELLING.md counts them."""
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for pair, scored in zip(pairs, found, strict=True):
        known = pair.items if kind == "items" else pair.sections
        said = pair.said_of_items if kind == "items" else pair.said_of_sections
        if kind == "items":
            chosen = [*scored.anchors, *best_pairs(scored.items, floor, strong)]
        else:
            chosen = [*settled(pair.old, pair.new, best_pairs(scored.sections, floor, strong))]
        guesses = [said(each.old, each.new) for each in chosen]
        row = [sum(guess > 0 for guess in guesses), len(guesses), guesses.count(2), sum(known.values())]
        for name in (pair.set, *(("dev + train",) if pair.set != "seeds" else ())):
            counts[name] = [a + b for a, b in zip(counts[name], row, strict=True)]
    result = {}
    for name, (right, given, hit, wanted) in counts.items():
        precision, recall = right / max(1, given), hit / max(1, wanted)
        result[name] = precision, recall, common.f1(precision, recall)
    return result


def by_floor(pairs: Sequence[Pair], found: Sequence[Scores], kind: str, strongs: Sequence[float]) -> str:
    """A table of F1 by floor."""
    rows: list[tuple[object, ...]] = []
    for strong in strongs:
        for floor in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65):
            values = measured(pairs, found, kind, floor, strong)
            rows.append(
                (f"{floor:.2f}", f"{strong:.2f}", *("/".join(f"{v:.3f}" for v in each) for each in values.values()))
            )
    return common.table((f"floor ({kind})", "second", *values), rows)


def reliability(pairs: Sequence[Pair], found: Sequence[Scores], kind: str) -> str:
    """In each tenth of the similarities: how many pairs, their mean similarity, and how many of them a reader pairs."""
    values, truth = [], []
    for pair, scored in zip(pairs, found, strict=True):
        said = pair.said_of_items if kind == "items" else pair.said_of_sections
        for each in scored.items if kind == "items" else scored.sections:
            values.append(each.similarity)
            truth.append(said(each.old, each.new) > 0)
    bins = numpy.minimum(9, (numpy.array(values) * 10).astype(int))
    rows: list[tuple[object, ...]] = []
    for number in range(10):
        inside = bins == number
        mean, share = numpy.array(values)[inside].mean(), numpy.array(truth)[inside].mean()
        rows.append((f"{number / 10:.1f}", int(inside.sum()), float(mean), float(share), float(abs(mean - share))))
    return common.table((f"from ({kind})", "pairs", "mean similarity", "paired by a reader", "error"), rows)


def equal_table(pairs: Sequence[Pair], found: Sequence[Scores], kind: str, floor: float) -> str:
    """How well required and allowed pairs are told apart among those above the floor."""
    rows: list[tuple[object, ...]] = []
    kept = []
    for pair, scored in zip(pairs, found, strict=True):
        said = pair.said_of_items if kind == "items" else pair.said_of_sections
        each = scored.items if kind == "items" else scored.sections
        kept += [(one.equality, told) for one in each if one.similarity >= floor and (told := said(one.old, one.new))]
    for at in (0.2, 0.3, 0.4, 0.5, 0.6):
        guessed = [told for equality, told in kept if equality >= at]
        hit = guessed.count(2)
        rows.append((f"{at:.1f}", hit / max(1, len(guessed)), hit / sum(told == 2 for _, told in kept)))
    return common.table((f"{kind}: equal from", "precision", "recall"), rows)


SENSES = ("sentence", "title sentence")
"""The features that a sentence model makes; without one they count nothing."""

ABLATIONS: Mapping[str, Sequence[str]] = {
    "nothing": (),
    "meaning": ("meaning", "gist", "title meaning", "path meaning", "content meaning",
                "own meaning", "meaning of titles above"),
    "rivals and ranks": ("strongest rival", "weaker rival", "better rank", "worse rank"),
    "sections of the items": ("sections alike", "sections the same", "sections around alike"),
    "items of the sections": ("covered, the less covered", "covered, the more covered", "corresponding"),
    "titles": ("cosine with titles",),
    "labels": ("head in text", "both labelled", "gist"),
    "letters": ("letters",),
    "word pairs": ("word pairs",),
    "place": ("place",),
    "size of the files": ("many items", "many sections", "files of unlike size"),
    "roles and openings": ("both roles", "both openings", "one opening"),
    "sentences": SENSES,
}  # fmt: skip


def main() -> int:
    """Fit, print, and with --write put the numbers into the package."""
    parser = common.parser(__doc__)
    parser.add_argument("--semantic", metavar="MODEL", help="a folder or an installed package with a sentence model")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--ablations", action="store_true")
    options = parser.parse_args()
    pairs = load(options.shared, encoder_of(options.semantic) if options.semantic else None)
    unknown = () if options.semantic else SENSES
    looked = first_looks(pairs)
    if options.write:
        write("SEMANTIC" if options.semantic else "WORDS", fit(pairs, looked, unknown))
    if options.ablations:
        rows: list[tuple[object, ...]] = []
        for name, features in ABLATIONS.items():
            found = out_of_fold(pairs, looked, {*features, *unknown})
            cells = []
            for kind, floor in (("sections", weights.SECTION_FLOOR), ("items", weights.ITEM_FLOOR)):
                values = measured(
                    pairs, found, kind, floor, weights.ITEM_STRONG if kind == "items" else weights.SECTION_STRONG
                )
                cells += [values["seeds"][2], values["dev + train"][2]]
            rows.append((name, *cells))
            print(rows[-1], file=sys.stderr, flush=True)
        print(common.table(("without", "sections: seeds", "dev + train", "items: seeds", "dev + train"), rows))
        return 0
    found = out_of_fold(pairs, looked, unknown)
    for kind, strongs, floor in (
        ("items", (0.8, 2.0), weights.ITEM_FLOOR),
        ("sections", (0.8, 2.0), weights.SECTION_FLOOR),
    ):
        print(by_floor(pairs, found, kind, strongs), reliability(pairs, found, kind), sep="\n\n")
        print(equal_table(pairs, found, kind, floor), end="\n\n", flush=True)
    return 0


NAMES = {
    "item_first": ITEM_FEATURES,
    "item_pair": SECOND_ITEM_FEATURES,
    "item_equal": SECOND_ITEM_FEATURES,
    "section_first": SECTION_FEATURES,
    "section_pair": SECOND_SECTION_FEATURES,
    "section_same": SECOND_SECTION_FEATURES,
}


def write(constant: str, fitted: Weights) -> None:
    """Replace one constant in the generated part of `agentdiff/weights.py`; the others keep their bytes."""
    target = common.PROJECT / "agentdiff" / "weights.py"
    marker = "# Generated by bench/fit_weights.py from here on.\n"
    head, _, generated = target.read_text(encoding="utf-8").partition(marker)
    constants = dict(re.findall(r"^([A-Z]+) = (Weights\(\n.*?^\)\n)", generated, re.MULTILINE | re.DOTALL))
    parts = []
    for name, values in fitted._asdict().items():
        entries = "".join(
            f"        {value:.3f},  # {feature}\n" for feature, value in zip(NAMES[name], values, strict=True)
        )
        parts.append(f"    {name}=(\n{entries}    ),\n")
    constants[constant] = f"Weights(\n{''.join(parts)})\n"
    written = "".join(f"\n{name} = {value}" for name, value in constants.items())
    target.write_text(f"{head}{marker}{written}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
