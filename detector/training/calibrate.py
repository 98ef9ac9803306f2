"""Measure untouched articles: thresholds, probabilities, and from which belief a phrase is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from detector.classifier import CLASSES, MAX_RATE, Calibration
from detector.pipeline import Detector, visible
from detector.text import Document

PRIORS = (0.1, 0.1)  # share of each class among articles that the probabilities assume: guess, stated in every result
SHARES = (0.8, 0.2)  # of the asked rate: the translated class finds little at any threshold, and is given less
MISSES_AT = (0.1, 0.2)  # of words swapped in the articles by which the share of misses is told
GROUPS = ("news articles", "news translated by people")
MISSED_OF = (
    f"articles of spinner families known to training, {MISSES_AT[0]:.0%} to {MISSES_AT[1]:.0%} of words swapped",
    "machine translations by systems known to training",
)
MARKS_PER_500 = 1.0  # marks in so many words of untouched copy, at most, of either group: guess
MARK_ARTICLES = 500  # untouched articles of each group whose marks are counted


def blank_calibration() -> Calibration:
    """One that promises nothing, to measure with before there is one."""
    none = np.zeros(len(CLASSES))
    return Calibration(
        untouched=np.zeros((1, len(CLASSES))),
        visible=np.ones(1, bool),
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
    artifacts: Sequence[Sequence[Document]],
    measured_on: str,
) -> Calibration:
    """Fit the calibration of `detector` (whose own is blank).

    `groups` is the kind of each untouched article; `artifacts` are each class's own texts, for the probabilities and
    for the share that is missed.
    """
    kinds = [[untouched[i] for i in np.flatnonzero(groups == group)[:MARK_ARTICLES]] for group in np.unique(groups)]
    mark_threshold = max(_mark_threshold(detector, kind) for kind in kinds)
    calibration = replace(blank_calibration(), mark_threshold=mark_threshold, measured_on=measured_on)
    detector = Detector(detector.info, detector.resources, replace(detector.classifier, calibration=calibration))
    scores, seen = _scores(detector, untouched, 1 - 4 * MAX_RATE)
    own = []
    for k, texts in enumerate(artifacts):
        scored, visible_to_all = _scores(detector, texts, 0.0)
        own.append(np.where(visible_to_all | (k != CLASSES.index("spun")), scored[:, k], -np.inf))
    slopes, intercepts = _probabilities(scores, own)
    return replace(
        calibration,
        untouched=scores,
        visible=seen,
        groups=groups,
        artifacts=tuple(np.sort(texts) for texts in own),
        slopes=slopes,
        intercepts=intercepts,
    )


def _scores(
    detector: Detector, documents: Sequence[Document], looked_at: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores of every class, and whether a person sees enough marks to be told "spun".

    Only articles above the quantile `looked_at` of the scores for spinning are looked at; the others count as seen.
    """
    measured = list(detector.measure(documents))
    scores = np.stack([one.scores for one in measured])
    spun = scores[:, CLASSES.index("spun")]
    seen = np.ones(len(measured), bool)
    for i in np.flatnonzero(spun >= np.quantile(spun, looked_at)).tolist():
        seen[i] = visible(detector.marks(measured[i]), measured[i].document)
    return scores, seen


def _mark_threshold(detector: Detector, untouched: Sequence[Document]) -> float:
    """The belief that so few marks on untouched copy reach: MARKS_PER_500."""
    beliefs = [belief for one in detector.measure(untouched) for belief in detector.beliefs(one)]
    n_words = sum(document.n_words for document in untouched)
    allowed = int(MARKS_PER_500 * n_words / 500)
    ordered = np.sort(beliefs)[::-1]
    return float(np.nextafter(ordered[allowed], 1)) if allowed < len(ordered) else 0.5


def _probabilities(
    untouched: NDArray[np.float64], artifacts: Sequence[NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope and intercept of each class's log-odds at PRIORS (Platt 1999)."""
    slopes, intercepts = [], []
    for k, own in enumerate(artifacts):
        clean, own = untouched[:, k], own[np.isfinite(own)]
        values = np.concatenate([clean, own])
        labels = np.arange(len(values)) >= len(clean)
        model = LogisticRegression(C=1e3).fit(values[:, None], labels)
        shift = np.log(PRIORS[k] / (1 - PRIORS[k])) - np.log(len(own) / len(clean))
        slopes.append(float(model.coef_[0, 0]))
        intercepts.append(float(model.intercept_[0] + shift))
    return np.array(slopes), np.array(intercepts)
