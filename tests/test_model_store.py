"""A fitted model on disk: what goes in comes out, and what is damaged, strange or executable is refused by name."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detector.classifier import CLASSES, Classifier
from detector.errors import ModelError
from detector.model_store import SCHEMA, load_model, save_model
from detector.resources import Resources
from detector.sealed_folder import MANIFEST

ABOUT = {"name": "tiny", "version": "2", "licence": "none"}


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory, resources: Resources, classifier: Classifier) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    save_model(folder, resources, classifier, ABOUT, "# Model card\n")
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(saved, tmp_path / "model"))


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    change(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def replace_file(folder: Path, name: str, content: bytes) -> None:
    """Write a file and put its digest into the manifest, as somebody who wants it opened would."""
    (folder / name).write_bytes(content)
    entry = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    edit_manifest(folder, lambda manifest: manifest["files"].update({name: entry}))


def npy(array: np.ndarray, folder: Path) -> bytes:
    path = folder.parent / "array.npy"
    np.save(path, array, allow_pickle=True)
    return path.read_bytes()


def columns(value: Any) -> dict[str, Any]:
    """The fields of a dataclass with slots."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def assert_same(one: Any, other: Any) -> None:
    """Equal, arrays element by element and of one type."""
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)
    elif isinstance(one, tuple) and any(isinstance(item, np.ndarray) for item in one):
        for item, twin in zip(one, other, strict=True):
            assert_same(item, twin)
    elif hasattr(one, "__dataclass_fields__"):
        assert type(one) is type(other)
        for name, value in columns(one).items():
            assert_same(value, getattr(other, name))
    else:
        assert one == other


def test_what_goes_in_comes_out(saved: Path, resources: Resources, classifier: Classifier) -> None:
    model = load_model(saved)
    assert (model.info.name, model.info.version) == ("tiny", "2")
    assert model.info.digest.removeprefix("sha256:") == hashlib.sha256((saved / MANIFEST).read_bytes()).hexdigest()
    for name in ("words", "pieces", "names"):
        assert_same(getattr(resources.vocabulary, name), getattr(model.resources.vocabulary, name))
    assert_same(resources.language_model, model.resources.language_model)
    assert_same(resources.phrases, model.resources.phrases)
    assert_same(resources.candidates.ids, model.resources.candidates.ids)
    assert_same(resources.candidates.offsets, model.resources.candidates.offsets)
    assert model.resources.candidates.weights == pytest.approx(resources.candidates.weights, rel=1e-3)  # half precision
    assert_same(classifier.tokens, model.classifier.tokens)
    assert_same(classifier.calibration, model.classifier.calibration)
    for name in CLASSES:
        assert_same(classifier.articles[name], model.classifier.articles[name])


def test_what_was_loaded_is_saved_to_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    model = load_model(saved)
    save_model(tmp_path / "again", model.resources, model.classifier, ABOUT, "# Model card\n")
    assert (tmp_path / "again" / MANIFEST).read_bytes() == (saved / MANIFEST).read_bytes()


def test_the_manifest_names_every_file(saved: Path) -> None:
    manifest = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["schema"] == SCHEMA
    assert set(manifest["files"]) == {path.name for path in saved.iterdir()} - {MANIFEST}


def test_figures_for_people_stand_beside(saved: Path) -> None:
    rates = json.loads((saved / "calibration.json").read_text(encoding="utf-8"))["rates"]
    assert rates["0.001"] is None  # four hundred articles are too few
    assert rates["0.01"]["n"] == 400
    assert rates["0.01"]["measured"] <= 0.01


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    for missing in (tmp_path, tmp_path / "none"):
        with pytest.raises(ModelError, match="no fitted model at "):
            load_model(missing)


def test_a_changed_byte_in_any_file_is_seen(folder: Path) -> None:
    names = sorted(path.name for path in folder.iterdir() if path.name != MANIFEST)
    assert len(names) > 15
    for name in names:
        content = (folder / name).read_bytes()
        middle = len(content) // 2
        (folder / name).write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        with pytest.raises(ModelError, match=f"{name} is not the file the manifest names"):
            load_model(folder)
        (folder / name).write_bytes(content + b"\n")
        with pytest.raises(ModelError, match=f"{name} is not the file"):
            load_model(folder)
        (folder / name).write_bytes(content)
    load_model(folder)


def test_any_missing_file_is_named(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.name != MANIFEST:
            content = path.read_bytes()
            path.unlink()
            with pytest.raises(ModelError, match=f"{path.name} is missing"):
                load_model(folder)
            path.write_bytes(content)


def test_any_file_that_the_manifest_leaves_out_is_named(folder: Path) -> None:
    files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    for name, entry in files.items():
        edit_manifest(folder, lambda manifest, name=name: manifest["files"].pop(name))  # type: ignore[misc]
        with pytest.raises(ModelError, match=f"{name} is not in the manifest"):
            load_model(folder)
        edit_manifest(folder, lambda manifest, name=name, entry=entry: manifest["files"].update({name: entry}))  # type: ignore[misc]


class Trap:
    """An object whose pickle runs code when it is loaded."""

    sprung = False

    def __reduce__(self) -> tuple[Any, ...]:
        return setattr, (Trap, "sprung", True)


@pytest.mark.parametrize("name", ["model.pkl", "CLASSIFIER.JOBLIB", "weights.pt", "x.pickle"])
def test_executable_files_are_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"anything")
    with pytest.raises(ModelError, match=f"{name} is of a kind that can run code when it is loaded"):
        load_model(folder)


def test_a_file_that_the_manifest_does_not_name_is_refused(folder: Path) -> None:
    (folder / "tables.npz").write_bytes(b"anything")
    with pytest.raises(ModelError, match=r"tables\.npz is not in the manifest"):
        load_model(folder)


PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
PICKLES = [
    *[(name, protocol) for name in ("names.npy", "classifier.json", "vocabulary.txt") for protocol in PROTOCOLS],
    # Before protocol 2 a pickle looks like any other file; these are never read as one.
    *[(name, protocol) for name in ("sentencepiece.model", "notes.md") for protocol in PROTOCOLS[2:]],
]


@pytest.mark.parametrize(("name", "protocol"), PICKLES)
def test_a_pickle_by_another_name_is_never_opened(folder: Path, name: str, protocol: int) -> None:
    replace_file(folder, name, pickle.dumps(Trap(), protocol))
    with pytest.raises(ModelError, match=name if protocol > 1 or name.endswith(".npy") else str(folder)):
        load_model(folder)
    assert not Trap.sprung


def test_an_array_of_objects_is_never_opened(folder: Path) -> None:
    replace_file(folder, "names.npy", npy(np.array([Trap()], object), folder))
    with pytest.raises(ModelError, match=r"names\.npy is no plain array"):
        load_model(folder)
    assert not Trap.sprung


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"PK\x03\x04", b"hello"], ids=["empty", "cut", "zip", "text"])
def test_a_table_that_is_none_is_named(folder: Path, content: bytes) -> None:
    replace_file(folder, "unigrams.npy", content)
    with pytest.raises(ModelError, match=r"unigrams\.npy is no plain array"):
        load_model(folder)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("names", np.zeros(9, np.int8)),
        ("unigrams", np.zeros(9, np.float64)),
        ("bigrams", np.zeros(8, np.uint32)),
        ("trigrams", np.zeros((2, 4), np.int32)),
        ("phrase_keys", np.zeros(3, np.int64)),
        ("untouched_scores", np.zeros((3, 2), np.float32)),
        ("calque_keys", np.zeros(3, np.int64)),
        ("fixed_certainty", np.zeros(3, np.float64)),
        ("word_vectors", np.zeros(9, np.int8)),
    ],
)
def test_a_table_of_another_type_is_named(folder: Path, name: str, array: np.ndarray) -> None:
    replace_file(folder, f"{name}.npy", npy(array, folder))
    with pytest.raises(ModelError, match=rf"{name}\.npy: expected"):
        load_model(folder)


def test_tables_of_unequal_length_are_told(folder: Path) -> None:
    replace_file(folder, "names.npy", npy(np.zeros(9, bool), folder))
    with pytest.raises(ModelError, match=r"vocabulary\.txt has \d+ words, its tables \[9, "):
        load_model(folder)


@pytest.mark.parametrize("schema", ["unspin.model/2", "unspin.result/1", None, 1])
def test_another_schema_is_refused(folder: Path, schema: object) -> None:
    edit_manifest(folder, lambda manifest: manifest.update(schema=schema))
    with pytest.raises(ModelError, match=f"has schema {schema!r}, this version reads '{SCHEMA}'"):
        load_model(folder)


@pytest.mark.parametrize("outside", ["../secret.npy", "/etc/hostname", "folder/names.npy"])
def test_a_file_outside_the_folder_is_refused(folder: Path, outside: str) -> None:
    (folder.parent / "secret.npy").write_bytes(b"x")
    entry = {"bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
    edit_manifest(folder, lambda manifest: manifest["files"].update({outside: entry}))
    with pytest.raises(ModelError, match=f"{MANIFEST} names a file outside its folder: '{outside}'"):
        load_model(folder)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        "{}",
        '{"schema": "unspin.model/1"}',
        '{"schema": "unspin.model/1", "files": []}',
        '{"schema": "unspin.model/1", "files": {"names.npy": null}}',
        '{"schema": "unspin.model/1", "files": {"names.npy": "bytes sha256"}}',
        '{"schema": "unspin.model/1", "files": {"names.npy": ["bytes", "sha256"]}}',
        '{"schema": "unspin.model/1", "files": {"names.npy": {"bytes": 1}}}',
        "[" * 20_000,
        "\xff",
    ],
    ids=lambda content: content[:60],
)
def test_a_garbled_manifest_is_named(folder: Path, content: str) -> None:
    (folder / MANIFEST).write_bytes(content.encode("latin-1"))
    with pytest.raises(ModelError, match=f"{MANIFEST} is no model manifest"):
        load_model(folder)


@pytest.mark.parametrize(
    "entry", [{"bytes": "x", "sha256": 1}, {"bytes": -1, "sha256": ""}, {"bytes": None, "sha256": []}]
)
def test_a_garbled_entry_is_a_changed_file(folder: Path, entry: dict[str, object]) -> None:
    edit_manifest(folder, lambda manifest: manifest["files"].update({"names.npy": entry}))
    with pytest.raises(ModelError, match=r"names\.npy is not the file the manifest names"):
        load_model(folder)


@pytest.mark.parametrize("missing", ["name", "version", "n_tokens"])
def test_a_manifest_without_what_it_must_tell(folder: Path, missing: str) -> None:
    edit_manifest(folder, lambda manifest: manifest.pop(missing))
    with pytest.raises(ModelError, match=f"{folder} does not hold what its schema asks: '{missing}'"):
        load_model(folder)


@pytest.mark.parametrize("name", ["classifier.json", "calibration.json"])
@pytest.mark.parametrize("content", ["{}", "[]", "null", "{", "1"])
def test_stages_of_another_form_are_refused(folder: Path, name: str, content: str) -> None:
    replace_file(folder, name, content.encode())
    with pytest.raises(ModelError, match="does not hold what its schema asks"):
        load_model(folder)


@pytest.mark.parametrize(
    ("stage", "change"),
    [
        ("spun", {"weights": [[[1.0], [2.0], [3.0]]]}),
        ("spun", {"weights": []}),
        ("spun", {"centre": [0.0]}),
        ("spun", {"names": ["x"]}),
        ("machine_translated", {"left": [1, 1, 2, 4, 4, 99]}),
        ("machine_translated", {"roots": [-1, 3]}),
        ("machine_translated", {"column": [1, 0, 0, 7, 0, 0]}),
        ("machine_translated", {"depth": 10**9}),
        ("machine_translated", {"value": [0.0]}),
        ("machine_translated", {"cut": [0.0]}),
        ("machine_translated", {"names": []}),
    ],
    ids=str,
)
def test_stages_that_do_not_fit_together_are_refused(folder: Path, stage: str, change: dict[str, Any]) -> None:
    data = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
    data["articles"][stage].update(change)
    replace_file(folder, "classifier.json", json.dumps(data).encode())
    with pytest.raises(ModelError, match="does not hold what its schema asks"):
        load_model(folder)
