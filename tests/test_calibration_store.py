"""Calibrations on disk: what goes in comes out, what is damaged, strange, executable or of another model is refused."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detector.calibration_store import (
    SCHEMA,
    Counts,
    OwnCalibration,
    calibrations_of,
    check_place,
    find_calibration,
    is_name,
    list_calibrations,
    load_calibration,
    save_calibration,
)
from detector.classifier import Classifier
from detector.classifier_json import network_json
from detector.errors import ModelError
from detector.findings import CalibrationInfo, ModelInfo
from detector.sealed_folder import MANIFEST

MODEL = ModelInfo("tiny", "2", "0" * 64)
COUNTS = Counts(400, 3, {"too-short": 2}, {"empty": 1}, 80_000, 900)


@pytest.fixture(scope="module")
def own(classifier: Classifier) -> OwnCalibration:
    calibration = dataclasses.replace(classifier.calibration, group_names=("your own articles",))
    unknown = np.linspace(0, 0.2, 400)
    return OwnCalibration(CalibrationInfo("wire", "2026-11-25", ""), calibration, unknown, COUNTS)


@pytest.fixture
def folder(own: OwnCalibration, tmp_path: Path) -> Path:
    save_calibration(tmp_path / "tiny.calibrations" / "wire", own, MODEL, {"max_fpr": 0.01})
    return tmp_path / "tiny.calibrations" / "wire"


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    change(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def replace_file(folder: Path, name: str, content: bytes) -> None:
    """Write a file and put its digest into the manifest, as somebody who wants it opened would."""
    (folder / name).write_bytes(content)
    entry = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    edit_manifest(folder, lambda manifest: manifest["files"].update({name: entry}))


def test_what_goes_in_comes_out(folder: Path, own: OwnCalibration) -> None:
    loaded = load_calibration(folder, MODEL)
    assert loaded.info == dataclasses.replace(
        own.info, digest=hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    )
    assert loaded.counts == COUNTS
    assert loaded.counts.read == 406
    assert loaded.unknown.tolist() == own.unknown.tolist()
    assert network_json(loaded.calibration.suggestions) == network_json(own.calibration.suggestions)
    for field in dataclasses.fields(own.calibration):
        if field.name == "suggestions":
            continue
        before, after = getattr(own.calibration, field.name), getattr(loaded.calibration, field.name)
        assert (
            np.array_equal(np.concatenate(before), np.concatenate(after))
            if field.name == "artifacts"
            else (np.array_equal(before, after) if isinstance(before, np.ndarray) else before == after)
        )
    assert (loaded.calibration.thresholds(0.01) == own.calibration.thresholds(0.01)).all()


def test_the_same_date_gives_the_same_bytes(folder: Path, own: OwnCalibration, tmp_path: Path) -> None:
    save_calibration(tmp_path / "again", own, MODEL, {"max_fpr": 0.01})
    first, second = (
        {path.name: path.read_bytes() for path in place.iterdir()} for place in (folder, tmp_path / "again")
    )
    assert first == second
    manifest = json.loads(first[MANIFEST])
    assert (manifest["schema"], manifest["name"], manifest["date"]) == (SCHEMA, "wire", "2026-11-25")
    assert manifest["model"] == {"name": "tiny", "version": "2", "digest": MODEL.digest}
    assert set(manifest["files"]) == set(first) - {MANIFEST}


def test_an_older_one_is_replaced_whole(folder: Path, own: OwnCalibration) -> None:
    later = dataclasses.replace(own, info=dataclasses.replace(own.info, date="2027-01-01"))
    info = save_calibration(folder, later, MODEL, {})
    assert load_calibration(folder, MODEL).info == info
    assert os.listdir(folder.parent) == ["wire"]


def test_what_fails_leaves_the_older_one(folder: Path, own: OwnCalibration, monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_calibration(folder, MODEL).info

    def full(*_: object) -> None:
        raise OSError("no space left on the device")

    monkeypatch.setattr("detector.calibration_store.write_json", full)
    with pytest.raises(OSError, match="no space"):
        save_calibration(folder, own, MODEL, {})
    assert load_calibration(folder, MODEL).info == before
    assert os.listdir(folder.parent) == ["wire"]


def test_another_model_is_refused(folder: Path) -> None:
    other = ModelInfo("tiny", "3", "1" * 64)
    with pytest.raises(
        ModelError, match=r"is of the model tiny 2 with the digest 0+, got tiny 3 with 1+: calibrate again"
    ):
        load_calibration(folder, other)


def test_a_changed_byte_in_any_file_is_seen(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.name != MANIFEST:
            content = path.read_bytes()
            path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
            with pytest.raises(ModelError, match=f"{path.name} is not the file the manifest names"):
                load_calibration(folder, MODEL)
            path.write_bytes(content)
    load_calibration(folder, MODEL)


class Trap:
    """An object whose pickle runs code when it is loaded."""

    sprung = False

    def __reduce__(self) -> tuple[Any, ...]:
        return setattr, (Trap, "sprung", True)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_named_npy_is_never_opened(folder: Path, protocol: int) -> None:
    replace_file(folder, "untouched_scores.npy", pickle.dumps(Trap(), protocol))
    with pytest.raises(ModelError, match=r"untouched_scores\.npy"):
        load_calibration(folder, MODEL)
    assert not Trap.sprung


def test_an_array_of_objects_is_never_opened(folder: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "array.npy", np.array([Trap()], object), allow_pickle=True)
    replace_file(folder, "untouched_unknown.npy", (tmp_path / "array.npy").read_bytes())
    with pytest.raises(ModelError, match=r"untouched_unknown\.npy is no plain array"):
        load_calibration(folder, MODEL)
    assert not Trap.sprung


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("untouched_unknown", np.zeros(399)),
        ("untouched_unknown", np.full(400, 1.5)),
        ("untouched_unknown", np.full(400, np.nan)),
        ("untouched_scores", np.full((400, 2), np.nan)),
        ("untouched_scores", np.zeros((400, 3))),
        ("untouched_groups", np.ones(400, np.int8)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(folder: Path, tmp_path: Path, name: str, array: np.ndarray) -> None:
    np.save(tmp_path / "array.npy", array)
    replace_file(folder, f"{name}.npy", (tmp_path / "array.npy").read_bytes())
    with pytest.raises(ModelError, match="does not hold what its schema asks"):
        load_calibration(folder, MODEL)


@pytest.mark.parametrize(
    "change",
    [
        {"model": None},
        {"model": {}},
        {"model": []},
        {"date": "yesterday"},
        {"date": 7},
        {"name": "../wire"},
        {"counts": {}},
        {"counts": dataclasses.asdict(COUNTS) | {"judged": 10**9}},
        {"counts": dataclasses.asdict(COUNTS) | {"judged": True}},
        {"counts": dataclasses.asdict(COUNTS) | {"abstained": {"x": "\x1b[2J"}}},
        {"counts": dataclasses.asdict(COUNTS) | {"abstained": [1]}},
    ],
    ids=str,
)
def test_a_garbled_manifest_is_refused_and_listed_as_unusable(folder: Path, change: dict[str, object]) -> None:
    edit_manifest(folder, lambda manifest: manifest.update(change))
    with pytest.raises(ModelError):
        load_calibration(folder, MODEL)
    (listed,) = list_calibrations(folder.parent.with_name("tiny"))
    assert listed.name == "wire"


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"[" * 20_000, b"\xff", b" " * 1_000_001])
def test_a_manifest_that_is_none_is_named(folder: Path, content: bytes) -> None:
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(ModelError, match="is no calibration manifest"):
        load_calibration(folder, MODEL)
    (listed,) = list_calibrations(folder.parent.with_name("tiny"))
    assert listed.wrong is not None


@pytest.mark.parametrize("key", ["slopes", "priors", "shares", "missed_of"])
def test_figures_for_another_number_of_classes_are_refused(folder: Path, key: str) -> None:
    data = json.loads((folder / "calibration.json").read_text(encoding="utf-8"))
    data[key] = [*data[key], data[key][0]]
    replace_file(folder, "calibration.json", json.dumps(data).encode())
    with pytest.raises(ModelError, match="does not have one each of slopes"):
        load_calibration(folder, MODEL)


def test_calibrations_are_found_by_name_and_by_path(folder: Path) -> None:
    model = folder.parent.with_name("tiny")
    assert calibrations_of(model) == folder.parent
    assert find_calibration("wire", model) == folder
    assert find_calibration(str(folder), model) == folder
    with pytest.raises(ModelError, match=r"no calibration 'wires', neither a folder nor beside .*; available: wire"):
        find_calibration("wires", model)
    (listed,) = list_calibrations(model)
    assert (listed.name, listed.date, listed.n, listed.min_rate, listed.wrong) == (
        "wire",
        "2026-11-25",
        400,
        0.0075,
        None,
    )
    assert list_calibrations(model.with_name("none")) == []


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "-x", ".x", "x.partial", "x.old", "x" * 65, "a\nb", "ä"]
)
def test_names_that_are_none(name: str) -> None:
    assert not is_name(name)


def test_a_folder_of_something_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(ModelError, match="holds something else than a calibration: name another folder by --out"):
        check_place(tmp_path / "home")
    (tmp_path / "empty").mkdir()
    check_place(tmp_path / "empty")


def test_a_place_without_a_name_is_told_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match="expected a folder by its name in --out"):
        check_place(Path())


def test_a_place_that_cannot_be_written_is_told_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)  # root may write anywhere
    with pytest.raises(ModelError, match=f"no permission to write in {tmp_path}, .*: name a folder by --out"):
        check_place(tmp_path / "tiny.calibrations" / "wire")
    shutil.rmtree(tmp_path / "none", ignore_errors=True)
