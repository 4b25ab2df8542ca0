"""Texts to directions by a sentence model that the user has: the extra `agentdiff[semantic]`.

The one module that knows sentence-transformers, which brings torch. Nothing of it is imported before a model is asked
for, and nothing is ever fetched.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from agentdiff.errors import BadInput
from agentdiff.vocabulary import Direction, direction

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MOST_TOKENS = 128
"""Parts of words of a text that a model looks at: enough for 996 of 1000 statements, and time grows with it."""

_MODEL_FILES = ("modules.json", "config.json")
"""A folder with one of them holds a model."""

_STAY_AT_HOME = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
"""Read by the libraries when they are imported."""


class Encoder(Protocol):
    """What gives texts a direction, such that texts that mean the same point the same way."""

    def directions(self, texts: Sequence[str]) -> list[Direction]:
        """One direction for each text, all of as many numbers; the same texts always get the same ones."""
        ...


class SentenceModel:
    """A model of sentence-transformers. It runs on the processor, where the same texts always get the same numbers."""

    def __init__(self, model: SentenceTransformer) -> None:
        self._model = model

    def directions(self, texts: Sequence[str]) -> list[Direction]:
        """One direction for each text; some dozens of texts a second on two cores."""
        if not texts:
            return []
        distinct = list(dict.fromkeys(texts))
        rows = self._model.encode(distinct, convert_to_numpy=True, show_progress_bar=False).tolist()
        known = {text: direction(row) for text, row in zip(distinct, rows, strict=True)}
        return [known[text] for text in texts]


def encoder_of(model: str) -> Encoder:
    """The encoder in a local folder, or in the folder of an installed Python package or `model` in it.

    The package is found but not imported, and code that a model brings is not run. Raises BadInput where nothing is
    found, where it is no model that can be loaded, and without sentence-transformers.
    """
    folder = _folder_of(model)
    os.environ.update(_STAY_AT_HOME)
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar
    except (ImportError, OSError) as error:  # the second where a library of torch cannot be loaded
        raise BadInput(
            f"a sentence model needs sentence-transformers, which cannot be imported ({error});"
            ' pip install "agentdiff[semantic]"'
        ) from error
    disable_progress_bar()
    try:
        loaded = SentenceTransformer(folder, device="cpu", local_files_only=True, trust_remote_code=False)
    except Exception as error:  # a broken model fails in any way, in libraries below the one that was called
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise BadInput(f"{folder}: sentence-transformers cannot load this model ({reason})") from error
    loaded.max_seq_length = min(loaded.max_seq_length or MOST_TOKENS, MOST_TOKENS)
    return SentenceModel(loaded)


def _folder_of(model: str) -> str:
    folders = [model] if os.path.isdir(model) else _folders_of_package(model)
    if not folders:
        raise BadInput(
            f"{model}: neither a folder nor an installed Python package; name one that holds a sentence model,"
            " nothing is downloaded"
        )
    for folder in folders:
        if any(os.path.isfile(os.path.join(folder, name)) for name in _MODEL_FILES):
            return folder
    raise BadInput(f"{folders[0]}: holds no sentence model; one has a file {' or '.join(_MODEL_FILES)} in its folder")


def _folders_of_package(name: str) -> list[str]:
    """Where a package may hold a model. Only names without a dot: for others the package around them is imported."""
    try:
        found = find_spec(name) if name.isidentifier() else None
    except ValueError:  # a module without a description of itself, such as the one that runs
        return []
    places = found.submodule_search_locations if found else None
    return [folder for place in places or () for folder in (place, os.path.join(place, "model"))]
