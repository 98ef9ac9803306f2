"""Read what a release is judged by: the model, its evaluation, the figures of the gate, the report on the corpus.

WORK/model/                        the calibrated model
WORK/evaluation/evaluation.json    {"schema", "model": {name, version, digest}, "slices": {name: {share, n, interval}}}
WORK/gate.json                     {"schema", "model": {name, version, digest}, "figures": {name: number or null}}
WORK/corpus/report.json            counts, years, outlets and varieties by part, what was rejected, and the files
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detector.classifier import Rate
from detector.errors import CorpusError
from detector.model_store import KIND
from detector.sealed_folder import read_manifest

EVALUATION = "unspin.evaluation/1"
GATE = "unspin.gate/1"
MAX_JSON_BYTES = 50_000_000  # of one file of figures
Figures = dict[str, float | None]  # None where nothing was measured


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Shares by slice, such as "found/pairs/10" or "flagged/outlet/X", and the digest of the model they are of.

    What has no share, as a model without thresholds flags nothing, is left out: it was not measured.
    """

    digest: str
    slices: dict[str, Rate]


@dataclass(frozen=True, slots=True)
class Gate:
    """Figures of benchmarks/gate.py, and the digest of the model they are of."""

    digest: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Work:
    """What a work folder says of its model; None where a step was not run."""

    folder: Path
    manifest: dict[str, Any]
    digest: str
    evaluation: Evaluation | None
    gate: Gate | None
    report: dict[str, Any] | None

    @property
    def model(self) -> Path:
        """The folder of the model."""
        return self.folder / "model"

    @property
    def demonstration(self) -> bool:
        """Whether the model was trained on the sample stories, and cannot judge."""
        return bool(self.manifest.get("demonstration", False))

    def part(self, name: str) -> Path:
        """The articles of one part."""
        return self.folder / "corpus" / f"{name}.jsonl.zst"


def read_work(folder: Path) -> Work:
    """Read a work folder; raises ModelError without a model, CorpusError where a file is not of its form."""
    sealed = read_manifest(folder / "model", KIND)
    return Work(
        folder,
        dict(sealed.manifest),
        sealed.digest,
        read_evaluation(folder / "evaluation" / "evaluation.json"),
        _read_gate(folder / "gate.json"),
        read_json(folder / "corpus" / "report.json"),
    )


def read_evaluation(path: Path) -> Evaluation | None:
    """The evaluation in a file; None where there is no such file."""
    data = read_json(path)
    if data is None:
        return None
    slices = data.get("slices")
    if data.get("schema") != EVALUATION or not isinstance(slices, dict):
        raise CorpusError(
            f"{path}: expected schema {EVALUATION} with slices, got {data.get('schema')!r}: evaluate again"
        )
    measured = {name: value for name, value in slices.items() if not _is_unmeasured(value)}
    return Evaluation(_digest(data, path), {name: _rate(value, f"{path}: {name}") for name, value in measured.items()})


def _is_unmeasured(value: Any) -> bool:
    return isinstance(value, dict) and "share" in value and value["share"] is None


def _rate(value: Any, place: str) -> Rate:
    try:
        share, n, (low, high) = float(value["share"]), int(value["n"]), value["interval"]
        rate = Rate(share, n, (float(low), float(high)))
    except (KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"{place}: expected share, n and interval, got {str(value)[:80]}: evaluate again") from error
    if not (0 <= rate.interval[0] <= rate.interval[1] <= 1 and 0 <= share <= 1 and n >= 0):
        raise CorpusError(f"{place}: expected shares of 0 to 1 and their n, got {str(value)[:80]}: evaluate again")
    return rate


def _read_gate(path: Path) -> Gate | None:
    data = read_json(path)
    if data is None:
        return None
    figures = data.get("figures")
    if data.get("schema") != GATE or not isinstance(figures, dict):
        raise CorpusError(
            f"{path}: expected schema {GATE} with figures, got {data.get('schema')!r}: run the gate again"
        )
    return Gate(_digest(data, path), {name: _number(value) for name, value in figures.items()})


def _number(value: Any) -> float | None:
    """A figure; what is no number was not measured."""
    measured = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if measured else None


def _digest(data: Mapping[str, Any], path: Path) -> str:
    model = data.get("model")
    digest = model.get("digest") if isinstance(model, dict) else None
    if not isinstance(digest, str):
        raise CorpusError(f"{path}: expected the digest of the model it is of, got none: measure again")
    return digest.removeprefix("sha256:")


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON object of a file of figures; None where there is no such file."""
    if not path.is_file():
        return None
    if path.stat().st_size > MAX_JSON_BYTES:
        raise CorpusError(
            f"{path}: expected at most {MAX_JSON_BYTES:,} bytes, got {path.stat().st_size:,}: measure again"
        )
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{path}: expected a JSON object: {error}") from error
    if not isinstance(data, dict):
        raise CorpusError(f"{path}: expected a JSON object, got {type(data).__name__}")
    return data
