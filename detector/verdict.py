"""Scores and marks -> what a person may be told: thresholds, whether a flag can be seen, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.classifier import CLASSES, STRONG_RATE, Calibration
from detector.extractors import EXTRACTORS
from detector.findings import Evidence, FalsePositiveRate, Level, Missed, Verdict
from detector.text import Document

VERDICTS: tuple[Verdict, ...] = ("spun", "machine_translated")  # of CLASSES
CERTAIN = frozenset(extractor.name for extractor in EXTRACTORS if extractor.certain)  # signs of other things
MIN_MARKS, MIN_MARKED_SENTENCES = 3, 2  # that a person must see before a text is called spun


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What one run asks of the classes: score thresholds at the asked rate, and at the rate of "strong".

    Attributes:
        flag, strong: shape (len(CLASSES),); `strong` is None where the calibration is too small to tell.
        cuts: the thresholds to flag as probabilities.
        rate: what was measured of untouched articles at `flag`.
        missed: what was measured of texts of each class.
    """

    flag: NDArray[np.float64]
    cuts: NDArray[np.float64]
    strong: NDArray[np.float64] | None
    rate: FalsePositiveRate
    missed: tuple[Missed, ...]

    @classmethod
    def of(cls, calibration: Calibration, max_fpr: float) -> Thresholds:
        """Those at the rate `max_fpr`; raises ValueError where the calibration does not support it."""
        flag = calibration.thresholds(max_fpr)
        rate = calibration.measured(flag)
        strong = calibration.thresholds(STRONG_RATE) if calibration.min_rate <= STRONG_RATE else None
        missed = zip(calibration.missed(flag), calibration.missed_of, strict=True)
        return cls(
            flag,
            calibration.probabilities(flag),
            strong,
            FalsePositiveRate(max_fpr, rate.share, rate.n, rate.interval, calibration.measured_on),
            tuple(Missed(one.share, one.n, one.interval, of) for one, of in missed),
        )


def visible(marks: Sequence[Evidence], document: Document) -> bool:
    """Whether a person can see why a text is called spun: enough different reworded phrases, in enough sentences."""
    reworded = [mark for mark in marks if mark.extractor not in CERTAIN]
    places = [place for mark in reworded for place in mark.places]
    sentences = {int(document.sentence[document.tokens(*place)][0]) for place in places}
    return len(reworded) >= MIN_MARKS and len(sentences) >= MIN_MARKED_SENTENCES


def can_be_seen(marks: Sequence[Evidence], document: Document, over: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of CLASSES a person can see why they are told: spinning by its marks, others need none."""
    seen = np.ones(len(CLASSES), bool)
    seen[0] = over[0] and visible(marks, document)
    return seen


def verdict_of(
    scores: NDArray[np.float64], over: NDArray[np.bool_], as_high: NDArray[np.int64], thresholds: Thresholds
) -> tuple[Verdict, Level]:
    """Of the classes over their thresholds, the one in which the fewest untouched articles score as high."""
    if not over.any():
        return "no_signs", "none"
    chosen = int(np.argmin(np.where(over, as_high, np.iinfo(np.int64).max)))
    strong = thresholds.strong is not None and bool(scores[chosen] >= thresholds.strong[chosen])
    return VERDICTS[chosen], "strong" if strong else "worth_a_look"
