"""Save and load a fitted model: a folder of plain arrays and JSON with a manifest of digests.

What keeps such a folder safe to open stands in sealed_folder.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.classifier import Classifier
from detector.classifier_json import (
    calibration_arrays,
    calibration_json,
    classifier_from_json,
    read_scores,
    stages_json,
)
from detector.errors import ModelError
from detector.findings import ModelInfo
from detector.language_model import SLOTS, LanguageModel, NgramTable, Vocabulary
from detector.lexicon import MOST_WORDS, Candidates, FixedPhrases, Phrases, Words
from detector.resources import Resources
from detector.sealed_folder import Kind, Sealed, open_sealed, seal, staged, write_json

SCHEMA = "unspin.model/1"
JSON_FILES = ("classifier.json", "calibration.json")
KIND = Kind(SCHEMA, "model", make="name the folder of one, or train one with `make train`", make_again="train again")

Array = Callable[..., NDArray[Any]]  # name, kind and number of dimensions -> the array in the file of that name


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted model, ready to measure with."""

    info: ModelInfo
    resources: Resources
    classifier: Classifier


def default_model_path() -> Path:
    """Where the shipped model lies: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "models" / "news-en"
    return inside if inside.exists() else package.parent / "models" / "news-en"


def save_model(
    folder: Path, resources: Resources, classifier: Classifier, about: dict[str, Any], card: str = ""
) -> None:
    """Write a model into `folder`, whole or not at all; what stood there is replaced.

    `about` holds name, version and what else the manifest tells; `card` is the model card.
    """
    partial = staged(folder)
    for name, array in _arrays(resources, classifier).items():
        np.save(partial / f"{name}.npy", array, allow_pickle=False)
    words = "\n".join(resources.vocabulary.words) + "\n"
    (partial / "vocabulary.txt").write_text(words, encoding="utf-8", newline="\n")
    (partial / "sentencepiece.model").write_bytes(resources.vocabulary.pieces)
    (partial / "MODEL_CARD.md").write_text(card, encoding="utf-8", newline="\n")
    for name, data in zip(JSON_FILES, (stages_json(classifier), calibration_json(classifier.calibration)), strict=True):
        write_json(partial / name, data)
    seal(folder, partial, KIND, {**about, "n_tokens": resources.language_model.n_tokens})


def release_model(folder: Path, source: Path, about: Mapping[str, Any], texts: Mapping[str, str]) -> None:
    """Write the model in `source` into `folder`, whole or not at all; what stood there is replaced.

    `about` is put into its manifest, and `texts` are files beside its own, by name; the manifest holds their digests
    as well. Raises ModelError where `source` is damaged or of another schema.
    """
    manifest = open_sealed(source, KIND).manifest
    partial = staged(folder)
    for name in manifest["files"]:
        shutil.copyfile(source / name, partial / name)
    for name, text in texts.items():
        (partial / name).write_text(text, encoding="utf-8", newline="\n")
    kept = {name: value for name, value in manifest.items() if name not in ("schema", "files")}
    seal(folder, partial, KIND, {**kept, **about})


def _arrays(resources: Resources, classifier: Classifier) -> dict[str, NDArray[Any]]:
    """Every table by the name of its file."""
    model = resources.language_model
    assert model.bigrams.backoffs is not None
    return {
        "names": resources.vocabulary.names,
        "unigrams": model.unigrams,
        "unigram_backoffs": model.unigram_backoffs,
        "frequencies": model.frequencies,
        "bigrams": model.bigrams.slots,
        "bigram_backoffs": model.bigrams.backoffs,
        "trigrams": model.trigrams.slots,
        "candidate_offsets": resources.candidates.offsets,
        "candidate_ids": resources.candidates.ids.astype(np.uint16),
        "candidate_weights": resources.candidates.weights.astype(np.float16),
        **_phrase_arrays("phrase", resources.phrases),
        **_phrase_arrays("calque", resources.calques),
        "fixed_keys": resources.fixed.keys,
        "fixed_fillers": resources.fixed.fillers,
        "fixed_certainty": resources.fixed.certainty.astype(np.float16),
        "word_forms": resources.words.forms,
        "word_register": resources.words.register.astype(np.float16),
        "word_vectors": resources.words.vectors,
        **calibration_arrays(classifier.calibration),
    }


def _phrase_arrays(name: str, phrases: Phrases) -> dict[str, NDArray[Any]]:
    return {f"{name}_keys": phrases.keys, f"{name}_originals": phrases.originals, f"{name}_odds": phrases.odds}


def load_model(folder: Path) -> Model:
    """Check and open the model in `folder`; raises ModelError where it is missing, damaged, too new or unsafe."""
    sealed = open_sealed(folder, KIND)
    try:
        return _open(sealed)
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError, RecursionError, OSError) as error:
        raise ModelError(
            f"the model at {folder} does not hold what its schema asks: {error}; train it again"
        ) from error


def _open(sealed: Sealed) -> Model:
    manifest, array = sealed.manifest, sealed.array
    words = sealed.text("vocabulary.txt").split("\n")[:-1]
    pieces = sealed.path("sentencepiece.model").read_bytes()
    resources = Resources(
        Vocabulary(words, np.array(array("names", np.bool_)), pieces),
        _language_model(array, manifest),
        _candidates(array),
        _phrases(array, "phrase"),
        _phrases(array, "calque"),
        _fixed(array),
        _words(array),
    )
    _check_tables(resources)
    stages, calibration = map(sealed.json, JSON_FILES)
    info = ModelInfo(str(manifest["name"]), str(manifest["version"]), sealed.digest)
    return Model(info, resources, classifier_from_json(stages, calibration, read_scores(sealed)))


def _language_model(array: Array, manifest: Mapping[str, Any]) -> LanguageModel:
    return LanguageModel(
        unigrams=np.array(array("unigrams", np.float32)),
        unigram_backoffs=np.array(array("unigram_backoffs", np.float32)),
        frequencies=np.array(array("frequencies", np.float32)),
        n_tokens=int(manifest["n_tokens"]),
        bigrams=NgramTable(array("bigrams", np.uint32, 2), array("bigram_backoffs", np.uint8, 2)),
        trigrams=NgramTable(array("trigrams", np.uint32, 2)),
    )


def _candidates(array: Array) -> Candidates:
    return Candidates(
        np.array(array("candidate_offsets", np.int32)),
        array("candidate_ids", np.uint16).astype(np.int32),
        array("candidate_weights", np.float16).astype(np.float32),
    )


def _phrases(array: Array, name: str) -> Phrases:
    return Phrases(
        np.array(array(f"{name}_keys", np.uint64)),
        np.array(array(f"{name}_originals", np.uint16, 2)),
        np.array(array(f"{name}_odds", np.float32)),
    )


def _fixed(array: Array) -> FixedPhrases:
    return FixedPhrases(
        array("fixed_keys", np.uint64),
        array("fixed_fillers", np.uint16),
        array("fixed_certainty", np.float16).astype(np.float32),
    )


def _words(array: Array) -> Words:
    return Words(
        np.array(array("word_forms", np.uint16)),
        array("word_register", np.float16).astype(np.float32),
        array("word_vectors", np.int8, 2),
    )


def _check_tables(resources: Resources) -> None:
    """Raise ValueError where tables do not fit together, which would show only while an article is scored."""
    n, model = len(resources.vocabulary), resources.language_model
    candidates, phrases = resources.candidates, resources.phrases
    columns = (resources.vocabulary.names, model.unigrams, model.unigram_backoffs, model.frequencies)
    if {len(column) for column in columns} != {n}:
        raise ValueError(f"vocabulary.txt has {n:,} words, its tables {[len(column) for column in columns]}")
    backoffs = model.bigrams.backoffs
    if {model.bigrams.slots.shape[1], model.trigrams.slots.shape[1]} != {SLOTS}:
        raise ValueError(f"n-gram tables without {SLOTS} slots a bucket")
    if backoffs is None or backoffs.shape != model.bigrams.slots.shape:
        raise ValueError("bigram_backoffs.npy has another shape than bigrams.npy")
    offsets = candidates.offsets
    if len(offsets) != n + 1 or offsets[0] != 0 or offsets[-1] != len(candidates.ids) or np.any(np.diff(offsets) < 0):
        raise ValueError("candidate_offsets.npy does not part candidate_ids.npy by word")
    if len(candidates.ids) != len(candidates.weights) or candidates.ids.max(initial=0) >= n:
        raise ValueError("candidate_ids.npy names words that the vocabulary lacks")
    for name, table in (("phrase", phrases), ("calque", resources.calques)):
        if not len(table.keys) == len(table.odds) == len(table.originals):
            raise ValueError(f"the tables of {name}s have different lengths")
        if table.originals.shape[1] != MOST_WORDS or table.originals.max(initial=0) >= n:
            raise ValueError(f"{name}_originals.npy names words that the vocabulary lacks")
    fixed, words = resources.fixed, resources.words
    if not len(fixed.keys) == len(fixed.fillers) == len(fixed.certainty) or fixed.fillers.max(initial=0) >= n:
        raise ValueError("the tables of fixed phrases do not fit together")
    if not len(words.forms) == len(words.register) == len(words.vectors) == n:
        raise ValueError("the tables of words have another length than vocabulary.txt")
