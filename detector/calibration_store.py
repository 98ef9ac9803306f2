"""Calibrations on somebody's own articles, each a sealed folder beside its model: MODEL.calibrations/NAME.

The model's folder is not touched. A calibration is of one model and is refused with any other. It holds scores and
counts; no text, title or id of an article.
"""

from __future__ import annotations

import datetime
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.classifier import MIN_EXPECTED, Calibration
from detector.classifier_json import calibration_arrays, calibration_from_json, calibration_json, read_scores
from detector.errors import ModelError
from detector.findings import CalibrationInfo, ModelInfo
from detector.sealed_folder import (
    MANIFEST,
    Kind,
    Sealed,
    is_named,
    open_sealed,
    read_manifest,
    seal,
    staged,
    write_json,
)

SCHEMA = "unspin.calibration/1"
KIND = Kind(
    SCHEMA,
    "calibration",
    make="make one by `unspin calibrate --clean`, or leave out --calibration",
    make_again="calibrate again",
)
MOST_LISTED = 1_000  # calibrations told of one model
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_RESERVED = (".partial", ".old")  # what a folder is called while it is written


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the articles: `abstained` and `errors` by their codes.

    Of those judged also their words, and how many of these the model's vocabulary lacks.
    """

    judged: int
    duplicates: int
    abstained: Mapping[str, int]
    errors: Mapping[str, int]
    words: int
    unknown_words: int

    @property
    def read(self) -> int:
        """All of them."""
        return self.judged + self.duplicates + sum(self.abstained.values()) + sum(self.errors.values())


@dataclass(frozen=True, slots=True)
class OwnCalibration:
    """A calibration on somebody's own articles; `unknown` is the share of each one's words that the vocabulary lacks,
    shape (calibration.n,)."""

    info: CalibrationInfo
    calibration: Calibration
    unknown: NDArray[np.float64]
    counts: Counts


class Listed(NamedTuple):
    """A calibration as its manifest tells of it; `wrong` says why it cannot be used, where it cannot."""

    name: str
    date: str
    n: int
    wrong: str | None

    @property
    def min_rate(self) -> float:
        """The lowest false-positive rate that so many articles support."""
        return MIN_EXPECTED / self.n


def is_name(name: str) -> bool:
    """Whether a calibration may be called so."""
    return _NAME.fullmatch(name) is not None and not name.endswith(_RESERVED)


def calibrations_of(model: Path) -> Path:
    """The folder beside a model in which its calibrations lie."""
    model = model.resolve()
    return model.with_name(f"{model.name}.calibrations")


def find_calibration(name_or_folder: str, model: Path) -> Path:
    """The folder of a calibration, by its name beside `model`, or by its path; raises ModelError."""
    beside = calibrations_of(model) / name_or_folder
    if is_name(name_or_folder) and (beside / MANIFEST).is_file():
        return beside
    if (Path(name_or_folder) / MANIFEST).is_file():
        return Path(name_or_folder)
    known = ", ".join(listed.name for listed in list_calibrations(model)) or "none"
    raise ModelError(f"no calibration {name_or_folder!r}, neither a folder nor beside {model}; available: {known}")


def list_calibrations(model: Path) -> list[Listed]:
    """The calibrations beside `model`, by name, as their manifests tell; at most MOST_LISTED."""
    folder = calibrations_of(model)
    names = sorted(path.name for path in folder.iterdir() if is_name(path.name)) if folder.is_dir() else []
    return [_listed(folder / name) for name in names[:MOST_LISTED]]


def _listed(folder: Path) -> Listed:
    try:
        manifest = read_manifest(folder, KIND).manifest
        counts = _counts(manifest)
        return Listed(folder.name, _date(manifest["date"]), counts.judged, None)
    except (ModelError, KeyError, TypeError, ValueError, AttributeError, OSError) as error:
        return Listed(folder.name, "", 0, str(error))


def check_place(folder: Path) -> None:
    """Raise ModelError where no calibration can be written to `folder`, before any work is done for it."""
    if not is_named(folder):
        raise ModelError(f"expected a folder by its name in --out, got {folder}: name it from the folder above")
    if folder.exists() and not (folder.is_dir() and (_is_calibration(folder) or not any(folder.iterdir()))):
        raise ModelError(f"{folder} holds something else than a calibration: name another folder by --out")
    parent = next(path for path in folder.resolve().parents if path.exists())
    if not (parent.is_dir() and os.access(parent, os.W_OK | os.X_OK)):
        raise ModelError(f"no permission to write in {parent}, where this calibration belongs: name a folder by --out")


def _is_calibration(folder: Path) -> bool:
    try:
        read_manifest(folder, KIND)
    except ModelError:
        return False
    return True


def save_calibration(folder: Path, own: OwnCalibration, model: ModelInfo, about: Mapping[str, Any]) -> CalibrationInfo:
    """Write a calibration of `model` into `folder`, whole or not at all; one that stood there is replaced.

    `about` is what else the manifest tells. Gives the info with the digest that was computed.
    """
    check_place(folder)
    partial = staged(folder)
    try:
        for name, array in {**calibration_arrays(own.calibration), "untouched_unknown": own.unknown}.items():
            np.save(partial / f"{name}.npy", array, allow_pickle=False)
        write_json(partial / "calibration.json", calibration_json(own.calibration))
        of = {"name": model.name, "version": model.version, "digest": model.digest}
        head = {"name": own.info.name, "date": own.info.date, "model": of, **about, "counts": asdict(own.counts)}
        seal(folder, partial, KIND, head)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return replace(own.info, digest=read_manifest(folder, KIND).digest)


def load_calibration(folder: Path, model: ModelInfo) -> OwnCalibration:
    """Check and open the calibration in `folder`; raises ModelError where it is damaged, unsafe or of another model."""
    sealed = open_sealed(folder, KIND)
    try:
        _check_model(sealed, model)
        return _open(sealed)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError, OSError) as error:
        raise ModelError(
            f"the calibration at {folder} does not hold what its schema asks: {error}; calibrate again"
        ) from error


def _check_model(sealed: Sealed, model: ModelInfo) -> None:
    of = sealed.manifest["model"]
    if of["digest"] != model.digest:
        raise ModelError(
            f"the calibration at {sealed.folder} is of the model {of['name']} {of['version']} with the digest "
            f"{of['digest']}, got {model.name} {model.version} with {model.digest}: calibrate again, or give --model"
        )


def _open(sealed: Sealed) -> OwnCalibration:
    calibration = calibration_from_json(sealed.json("calibration.json"), read_scores(sealed))
    unknown = np.array(sealed.array("untouched_unknown", np.float64))
    if len(unknown) != calibration.n or not np.all((unknown >= 0) & (unknown <= 1)):
        raise ValueError(f"untouched_unknown.npy does not hold {calibration.n} shares")
    counts = _counts(sealed.manifest)
    if counts.judged != calibration.n:
        raise ValueError(f"{counts.judged} articles counted for {calibration.n} scores")
    name = str(sealed.manifest["name"])
    if not is_name(name):
        raise ValueError("a name that is none")
    return OwnCalibration(
        CalibrationInfo(name, _date(sealed.manifest["date"]), sealed.digest), calibration, unknown, counts
    )


def _date(date: str) -> str:
    return datetime.date.fromisoformat(date).isoformat()


def _counts(manifest: Mapping[str, Any]) -> Counts:
    counts = Counts(**manifest["counts"])
    for number in _numbers(counts):
        if type(number) is not int or number < 0:
            raise ValueError(f"expected counts of articles and words, got {number!r}")
    if counts.judged < 1 or counts.unknown_words > counts.words:
        raise ValueError("counts that do not add up")
    return counts


def _numbers(counts: Counts) -> Iterator[object]:
    yield from (counts.judged, counts.duplicates, counts.words, counts.unknown_words)
    yield from counts.abstained.values()
    yield from counts.errors.values()
