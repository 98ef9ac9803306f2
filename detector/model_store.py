"""Save and load a fitted model: a folder of plain arrays and JSON with a manifest of digests.

Every file's digest is checked before it is opened. Nothing executable is ever loaded: arrays are mapped, which objects
cannot be, and a folder that holds a pickle is refused by name.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.classifier import CLASSES, Classifier
from detector.classifier_json import Scores, calibration_json, classifier_from_json, stages_json
from detector.errors import ModelError
from detector.findings import ModelInfo
from detector.language_model import SLOTS, LanguageModel, NgramTable, Vocabulary
from detector.lexicon import MOST_WORDS, Candidates, FixedPhrases, Phrases, Words
from detector.resources import Resources

SCHEMA = "unspin.model/1"
MANIFEST = "manifest.json"
JSON_FILES = ("classifier.json", "calibration.json")
EXECUTABLE = (".pkl", ".pickle", ".joblib", ".dill", ".pt", ".pth")
MAX_FILE_BYTES = 200_000_000  # of one table: four times what a shipped model may hold


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
    staged = _staged(folder)
    for name, array in _arrays(resources, classifier).items():
        np.save(staged / f"{name}.npy", array, allow_pickle=False)
    words = "\n".join(resources.vocabulary.words) + "\n"
    (staged / "vocabulary.txt").write_text(words, encoding="utf-8", newline="\n")
    (staged / "sentencepiece.model").write_bytes(resources.vocabulary.pieces)
    (staged / "MODEL_CARD.md").write_text(card, encoding="utf-8", newline="\n")
    for name, data in zip(JSON_FILES, (stages_json(classifier), calibration_json(classifier.calibration)), strict=True):
        _write_json(staged / name, data)
    manifest = {"schema": SCHEMA, **about, "n_tokens": resources.language_model.n_tokens, "files": _files(staged)}
    _write_json(staged / MANIFEST, manifest)
    _replace(folder, staged)


def release_model(folder: Path, source: Path, about: Mapping[str, Any], texts: Mapping[str, str]) -> None:
    """Write the model in `source` into `folder`, whole or not at all; what stood there is replaced.

    `about` is put into its manifest, and `texts` are files beside its own, by name; the manifest holds their digests
    as well. Raises ModelError where `source` is damaged or of another schema.
    """
    manifest, _ = read_manifest(source)
    _check_files(source, manifest)
    staged = _staged(folder)
    for name in manifest["files"]:
        shutil.copyfile(source / name, staged / name)
    for name, text in texts.items():
        (staged / name).write_text(text, encoding="utf-8", newline="\n")
    manifest = {name: value for name, value in manifest.items() if name != "files"} | dict(about)
    _write_json(staged / MANIFEST, {**manifest, "files": _files(staged)})
    _replace(folder, staged)


def _staged(folder: Path) -> Path:
    """An empty folder beside `folder`, to fill and to put in its place."""
    staged = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    return staged


def _files(folder: Path) -> dict[str, dict[str, Any]]:
    """The manifest's entry of every file."""
    return {path.name: {"bytes": path.stat().st_size, "sha256": _digest(path)} for path in sorted(folder.iterdir())}


def _replace(folder: Path, staged: Path) -> None:
    """Put `staged` where `folder` is; its tables may be mapped into memory, so its files are not written to."""
    old = folder.with_name(f"{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    staged.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _arrays(resources: Resources, classifier: Classifier) -> dict[str, NDArray[Any]]:
    """Every table by the name of its file."""
    model, calibration = resources.language_model, classifier.calibration
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
        "untouched_scores": calibration.untouched,
        "untouched_visible": calibration.visible,
        "untouched_groups": calibration.groups,
        **{f"{name}_scores": own for name, own in zip(CLASSES, calibration.artifacts, strict=True)},
    }


def _phrase_arrays(name: str, phrases: Phrases) -> dict[str, NDArray[Any]]:
    return {f"{name}_keys": phrases.keys, f"{name}_originals": phrases.originals, f"{name}_odds": phrases.odds}


def load_model(folder: Path) -> Model:
    """Check and open the model in `folder`; raises ModelError where it is missing, damaged, too new or unsafe."""
    manifest, digest = read_manifest(folder)
    _check_files(folder, manifest)
    try:
        return _open(folder, manifest, digest)
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError, RecursionError, OSError) as error:
        raise ModelError(
            f"the model at {folder} does not hold what its schema asks: {error}; train it again"
        ) from error


def read_manifest(folder: Path) -> tuple[dict[str, Any], str]:
    """The manifest of the model in `folder`, and its digest, by which results name the model; raises ModelError."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelError(f"no fitted model at {folder}: run `make train`, or give --model")
    content = path.read_bytes()
    try:
        manifest = json.loads(content)
        schema, files = manifest["schema"], manifest["files"]
        if not isinstance(files, dict) or not all(
            isinstance(entry, dict) and {"bytes", "sha256"} <= set(entry) for entry in files.values()
        ):
            raise TypeError("files is no table of digests")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path} is no model manifest ({error}): take the folder from its source again") from error
    if schema != SCHEMA:
        raise ModelError(f"{path} has schema {schema!r}, this version reads {SCHEMA!r}: upgrade Unspin, or train again")
    return manifest, hashlib.sha256(content).hexdigest()


def _check_files(folder: Path, manifest: dict[str, Any]) -> None:
    """Refuse what is executable, then what is missing, strange or changed."""
    for path in sorted(folder.iterdir()):
        if path.name.lower().endswith(EXECUTABLE) or _looks_pickled(path):
            raise ModelError(f"{path} is of a kind that can run code when it is loaded: it is never opened; remove it")
        if path.name not in manifest["files"] and path.name != MANIFEST:
            raise ModelError(f"{path} is not in the manifest: remove it, or take the model from its source again")
    for name, entry in manifest["files"].items():
        path = folder / name
        if Path(name).name != name:
            raise ModelError(f"{folder / MANIFEST} names a file outside its folder: {name!r}")
        if not path.is_file():
            raise ModelError(f"{path} is missing: take the model from its source again")
        if path.stat().st_size != entry["bytes"] or entry["bytes"] > MAX_FILE_BYTES or _digest(path) != entry["sha256"]:
            raise ModelError(f"{path} is not the file the manifest names (its digest differs): take the model again")


def _looks_pickled(path: Path) -> bool:
    """A pickle of protocol 2 or later opens with 0x80 and its protocol number."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(2)
    return len(head) == 2 and head[0] == 0x80 and 2 <= head[1] <= 5


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(folder: Path, manifest: dict[str, Any], digest: str) -> Model:
    for name in ("vocabulary.txt", "sentencepiece.model", "classifier.json", "calibration.json"):
        if name not in manifest["files"]:
            raise ValueError(f"{name} is not in the manifest")

    def array(name: str, kind: type[np.generic], dimensions: int = 1) -> NDArray[Any]:
        if f"{name}.npy" not in manifest["files"]:
            raise ValueError(f"{name}.npy is not in the manifest")
        try:
            # Reads neither pickles nor archives; the plain array on the same memory is quicker to index.
            loaded = np.asarray(np.lib.format.open_memmap(folder / f"{name}.npy", mode="r"))
        except (ValueError, OSError) as error:
            raise ValueError(f"{name}.npy is no plain array ({error})") from error
        if loaded.dtype != kind or loaded.ndim != dimensions:
            raise ValueError(f"{name}.npy: expected {np.dtype(kind)} of {dimensions} dimensions, got {loaded.dtype}")
        return loaded

    words = (folder / "vocabulary.txt").read_text(encoding="utf-8").split("\n")[:-1]
    vocabulary = Vocabulary(words, np.array(array("names", np.bool_)), (folder / "sentencepiece.model").read_bytes())
    resources = Resources(
        vocabulary,
        _language_model(array, manifest),
        _candidates(array),
        _phrases(array, "phrase"),
        _phrases(array, "calque"),
        _fixed(array),
        _words(array),
    )
    _check_tables(resources)
    scores = Scores(
        untouched=np.array(array("untouched_scores", np.float64, 2)),
        visible=np.array(array("untouched_visible", np.bool_)),
        groups=np.array(array("untouched_groups", np.int8)),
        artifacts=tuple(np.array(array(f"{name}_scores", np.float64)) for name in CLASSES),
    )
    stages, calibration = (json.loads((folder / name).read_text(encoding="utf-8")) for name in JSON_FILES)
    info = ModelInfo(str(manifest["name"]), str(manifest["version"]), digest)
    return Model(info, resources, classifier_from_json(stages, calibration, scores))


def _language_model(array: Array, manifest: dict[str, Any]) -> LanguageModel:
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


def _write_json(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
