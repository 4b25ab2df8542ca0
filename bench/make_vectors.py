"""Make `agentdiff/data/stem-vectors.bin`: what the stems of `stem-frequencies.tsv` mean, as 48 small numbers each.

usage: python bench/make_vectors.py MODEL [../shared] [--cache FILE.npz]

MODEL is a folder with a sentence-transformers model; the shipped table was made with all-MiniLM-L6-v2 (Apache-2.0).
Every distinct item and title of the corpus is embedded, and the vectors of the stems are those whose sum, weighted by
rarity, comes nearest to the embeddings' main directions: linear least squares with a small ridge (so a sentence's
meaning is taken for the sum of those of its words, as in Arora et al., "A Simple but Tough-to-Beat Baseline", ICLR
2017). Texts of the labelled pairs, and those with the same stems, are left out: what is measured on them stays honest.
Embedding 102,000 texts takes half an hour on two cores; --cache keeps them. Needs numpy, scipy and
sentence-transformers besides the project.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import common
import numpy
import scipy.linalg
import scipy.sparse

from agentdiff.errors import AgentDiffError
from agentdiff.formats import parse
from agentdiff.similarity import prepared
from agentdiff.text import plain
from agentdiff.vocabulary import DIMENSIONS, VECTOR_STEP, counted_stems, rarity, stems

LONGEST = 600
"""Characters of a text that are embedded; the model itself reads 96 tokens."""

RIDGE = 3.0


def texts_of(files: Iterable[tuple[str, str]]) -> set[str]:
    """Plain text of all statements and titles of these files; what cannot be read is left out."""
    found: set[str] = set()
    for path, text in files:
        try:
            agent = prepared(parse(text, path))
        except AgentDiffError:
            continue
        found.update(plain(each.item.text)[:LONGEST] for each in agent.statements)
        found.update(part.section.title for part in agent.parts)
    return found


def corpus_texts(shared: Path) -> list[str]:
    """The distinct texts of the corpus, sorted, without those of the labelled files."""
    labelled = shared / "bench" / "alignment" / "files"
    files = [(str(path), path.read_bytes().decode()) for path in sorted(common.required(labelled).rglob("*.md"))]
    known = texts_of(files)
    wordings = {frozenset(stems(text)) for text in known}
    corpus = texts_of(common.archived(shared / "corpus" / "agents.tar.gz"))
    return sorted(text for text in corpus - known if frozenset(stems(text)) not in wordings)


def embedded(texts: list[str], model: Path, cache: Path | None) -> numpy.ndarray:
    """One unit vector for each text."""
    known: dict[str, numpy.ndarray] = {}
    if cache and cache.exists():
        kept = numpy.load(cache, allow_pickle=False)
        known = dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))
    if missing := [text for text in texts if text not in known]:
        os.environ["HF_HUB_OFFLINE"] = "1"
        from sentence_transformers import SentenceTransformer

        encoder = SentenceTransformer(str(model))
        encoder.max_seq_length = 96
        known |= dict(zip(missing, encoder.encode(missing, batch_size=128, normalize_embeddings=True), strict=True))
        if cache:
            numpy.savez(
                cache, texts=numpy.array(list(known)), vectors=numpy.array(list(known.values()), dtype="float16")
            )
    return numpy.array([known[text] for text in texts], dtype="float64")


def bags(texts: list[str], vocabulary: list[str]) -> scipy.sparse.csr_matrix:
    """The stems of each text, weighted by rarity, as rows of length 1."""
    place = {stem: number for number, stem in enumerate(vocabulary)}
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        found = [stem for stem in dict.fromkeys(stems(text)) if stem in place]
        norm = sum(rarity(stem) ** 2 for stem in found) ** 0.5
        rows += [row] * len(found)
        columns += [place[stem] for stem in found]
        values += [rarity(stem) / norm for stem in found]
    return scipy.sparse.csr_matrix((values, (rows, columns)), shape=(len(texts), len(vocabulary)))


def stem_vectors(texts: list[str], vectors: numpy.ndarray, vocabulary: list[str]) -> numpy.ndarray:
    """A row for each stem, its rarity included, so that a text is the plain sum of its stems."""
    centred = vectors - vectors.mean(0)
    directions = numpy.linalg.svd(centred.T @ centred)[0][:, :DIMENSIONS]
    directions *= numpy.sign(directions[numpy.abs(directions).argmax(0), range(DIMENSIONS)])
    wanted = centred @ directions
    weighted = bags(texts, vocabulary)
    square = (weighted.T @ weighted).toarray() + RIDGE * numpy.eye(len(vocabulary))
    found = scipy.linalg.solve(square, weighted.T @ wanted, assume_a="pos")
    explained = 1 - ((weighted @ found - wanted) ** 2).sum() / (wanted**2).sum()
    print(f"{len(texts)} texts, {len(vocabulary)} stems: {explained:.1%} of the variance of {DIMENSIONS} directions")
    scaled: numpy.ndarray = found * numpy.array([[rarity(stem)] for stem in vocabulary])
    return scaled


def main() -> int:
    """Embed, fit, write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("shared", nargs="?", type=Path, default=common.PROJECT.parent / "shared")
    parser.add_argument("--cache", type=Path, help="keeps the embeddings between runs")
    options = parser.parse_args()
    texts = corpus_texts(options.shared)
    vocabulary = list(counted_stems())
    found = stem_vectors(texts, embedded(texts, options.model, options.cache), vocabulary)
    steps = numpy.clip(numpy.rint(found / VECTOR_STEP), -127, 127).astype("int8")
    sizes = numpy.abs(steps.astype(int))
    print(f"{(sizes == 127).mean():.2%} of the numbers cut off; typical size {sizes.mean():.0f} of 127")
    target = common.PROJECT / "agentdiff" / "data" / "stem-vectors.bin"
    target.write_bytes(steps.tobytes())
    print(f"{target.name}: {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
