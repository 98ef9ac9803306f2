"""Measure untouched articles: thresholds, probabilities, and from which belief a phrase is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from detector.classifier import CLASSES, MAX_RATE, Calibration
from detector.pipeline import Detector, Measured, visible
from detector.text import Document

PRIORS = (0.1, 0.1)  # share of each class among articles that the probabilities assume: guess, stated in every result
SHARES = (0.8, 0.2)  # of the asked rate: the translated class finds little at any threshold, and is given less
MISSES_AT = (0.1, 0.2)  # of words swapped in the articles by which the share of misses is told
GROUPS = ("news articles", "news translated by people")
MISSED_OF = (
    f"articles of spinner families known to training, {MISSES_AT[0]:.0%} to {MISSES_AT[1]:.0%} of words swapped",
    "machine translations by systems known to training",
)
MARKS_PER_500 = 0.5  # words of untouched copy: marks shown at most, half of what readers were found to bear: guess
MARK_ARTICLES = 800  # untouched articles whose marks are counted


def blank_calibration() -> Calibration:
    """One that promises nothing, to measure with before there is one."""
    none = np.zeros(len(CLASSES))
    return Calibration(
        untouched=np.zeros((1, len(CLASSES))),
        groups=np.zeros(1, np.int8),
        group_names=GROUPS,
        artifacts=(none[:1], none[:1]),
        slopes=none + 1,
        intercepts=none,
        priors=np.array(PRIORS),
        shares=np.array(SHARES),
        mark_threshold=0.0,
        measured_on="nothing",
        missed_of=MISSED_OF,
    )


def calibrate(
    detector: Detector,
    untouched: Sequence[Document],
    groups: NDArray[np.int8],
    artifacts: Sequence[NDArray[np.float64]],
    measured_on: str,
) -> Calibration:
    """Fit the calibration of `detector` (whose own is blank).

    `artifacts` are scores of each class's own texts, shape (n_texts, len(CLASSES)), for the probabilities.
    """
    mark_threshold = _mark_threshold(detector, untouched[:MARK_ARTICLES])
    calibration = replace(blank_calibration(), mark_threshold=mark_threshold, measured_on=measured_on)
    detector = Detector(detector.info, detector.resources, replace(detector.classifier, calibration=calibration))
    measured = list(detector.measure(untouched))
    scores = np.stack([one.scores for one in measured])
    _rule_out_invisible(detector, measured, scores)
    slopes, intercepts = _probabilities(scores, artifacts)
    own = tuple(np.sort(texts[:, k]) for k, texts in enumerate(artifacts))
    return replace(calibration, untouched=scores, groups=groups, artifacts=own, slopes=slopes, intercepts=intercepts)


def _mark_threshold(detector: Detector, untouched: Sequence[Document]) -> float:
    """The belief that so few marks on untouched copy reach: MARKS_PER_500."""
    beliefs = [belief for one in detector.measure(untouched) for belief in detector.beliefs(one)]
    n_words = sum(document.n_words for document in untouched)
    allowed = int(MARKS_PER_500 * n_words / 500)
    ordered = np.sort(beliefs)[::-1]
    return float(np.nextafter(ordered[allowed], 1)) if allowed < len(ordered) else 0.5


def _rule_out_invisible(detector: Detector, measured: Sequence[Measured], scores: NDArray[np.float64]) -> None:
    """An article without marks to see is never called spun, whatever it scores; only high scores are looked at."""
    looked_at = np.quantile(scores[:, 0], max(0.0, 1 - 4 * MAX_RATE))
    for i in np.flatnonzero(scores[:, 0] >= looked_at).tolist():
        if not visible(detector.marks(measured[i]), measured[i].document):
            scores[i, 0] = -np.inf


def _probabilities(
    untouched: NDArray[np.float64], artifacts: Sequence[NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope and intercept of each class's log-odds at PRIORS (Platt 1999)."""
    slopes, intercepts = [], []
    for k, own in enumerate(artifacts):
        clean = untouched[np.isfinite(untouched[:, k]), k]
        values = np.concatenate([clean, own[:, k]])
        labels = np.arange(len(values)) >= len(clean)
        model = LogisticRegression(C=1e3).fit(values[:, None], labels)
        shift = np.log(PRIORS[k] / (1 - PRIORS[k])) - np.log(len(own) / len(clean))
        slopes.append(float(model.coef_[0, 0]))
        intercepts.append(float(model.intercept_[0] + shift))
    return np.array(slopes), np.array(intercepts)
