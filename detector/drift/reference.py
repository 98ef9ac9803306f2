"""What drift is measured from: the calibration as results show it, and what else is known of its articles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.calibration_store import load_calibration
from detector.classifier import CLASSES, MAX_RATE, Calibration
from detector.drift.rows import Rows
from detector.errors import InputError
from detector.findings import ModelInfo
from detector.ingest.results import Origin
from detector.model_store import load_model
from detector.pipeline import SHOWN_STEP


@dataclass(frozen=True, slots=True)
class Sample:
    """Figures to compare with: share of unknown words an article, and how many of all articles got no verdict."""

    unknown: NDArray[np.float64]
    abstained: int
    read: int


@dataclass(frozen=True, slots=True)
class Reference:
    """The calibration as results show it.

    Attributes:
        spun, translated: probabilities of its untouched articles.
        sample: what else is known of them; None for a model's own calibration, of which the first period that has
            enough articles takes the place.
    """

    spun: NDArray[np.float64]
    translated: NDArray[np.float64]
    sample: Sample | None

    @classmethod
    def of(cls, calibration: Calibration, rate: float, sample: Sample | None) -> Reference:
        """What results at the asked rate say of the untouched articles, to six digits as they do."""
        probabilities = calibration.probabilities(calibration.untouched)
        flag = calibration.thresholds(rate)
        spun = CLASSES.index("spun")
        cut = float(calibration.probabilities(flag)[spun])
        unseen = ~calibration.visible & (calibration.untouched[:, spun] >= flag[spun])
        probabilities[unseen, spun] = max(cut - SHOWN_STEP, 0.0)
        shown = np.round(probabilities, 6)
        return cls(shown[:, spun], shown[:, CLASSES.index("machine_translated")], sample)


@dataclass(frozen=True, slots=True)
class Opened:
    """The calibration that results were scored by, of this model, and how results show it."""

    info: ModelInfo
    calibration: Calibration
    reference: Reference


def open_reference(rows: Rows, model: Path, calibration: Path | None) -> Opened:
    """Open the calibration of `rows`, the model's own for None.

    Raises ModelError where one cannot be opened, and InputError where the rows were scored by another.
    """
    loaded = load_model(model)
    info, calibrated, sample = loaded.info, loaded.classifier.calibration, None
    if calibration is not None:
        own = load_calibration(calibration, loaded.info)
        calibrated = own.calibration
        info = ModelInfo(info.name, info.version, info.digest, own.info)
        counts = own.counts
        abstained = sum(counts.abstained.values())
        sample = Sample(own.unknown, abstained, counts.judged + abstained)
    _refuse_other(rows.origin, info)
    try:
        return Opened(info, calibrated, Reference.of(calibrated, rows.asked or MAX_RATE, sample))
    except ValueError as error:
        raise InputError(
            "unsupported-rate", f"these results ask what their calibration cannot give: {error}"
        ) from error


def _refuse_other(origin: Origin | None, info: ModelInfo) -> None:
    here = Origin(info.digest, None if info.calibration is None else info.calibration.digest)
    if origin is None or origin == here:
        return
    if origin.model != here.model:
        raise InputError(
            "other-model", f"expected results of {here.words()}, got some of {origin.words()}: give --model"
        )
    mend = "leave out --calibration" if origin.calibration is None else "give --calibration with the one they name"
    raise InputError("other-calibration", f"expected results of {here.words()}, got some of {origin.words()}: {mend}")
