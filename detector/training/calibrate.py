"""Measure untouched articles: thresholds, probabilities, and from which belief a phrase is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from detector.classifier import CLASSES, Calibration, Network
from detector.pipeline import Detector
from detector.text import Document
from detector.training.untouched_marks import (
    MARK_ARTICLES,
    looked_at_from,
    mark_threshold,
    marked,
    seen,
    with_calibration,
)
from detector.wordings import NAMES, SILENT

PRIORS = (0.1, 0.1)  # share of each class among articles that the probabilities assume: guess, stated in every result
SHARES = (0.8, 0.2)  # of the asked rate: the translated class finds little at any threshold, and is given less
MISSES_AT = (0.1, 0.2)  # of words swapped in the articles by which the share of misses is told
GROUPS = ("news articles", "news translated by people")
MISSED_OF = (
    f"articles of spinner families known to training, {MISSES_AT[0]:.0%} to {MISSES_AT[1]:.0%} of words swapped",
    "machine translations by systems known to training",
)


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
        suggestions=_at_their_word(),
        suggestion_threshold=0.0,
        passages=(1.0, 0.0),
        measured_on="nothing",
        missed_of=MISSED_OF,
    )


def _at_their_word() -> Network:
    """By how far the log-odds that extractors give a wording are above those of none, added up, from SILENT on."""
    shares = tuple(name for name in NAMES if name.startswith("share_") and name != "share_ahead")
    scale = np.full(len(shares), -2 * SILENT / Network.CLIP)  # so that the surest is not clipped
    return Network(shares, np.full(len(shares), SILENT), scale, (scale[:, None],), (np.array([SILENT]),))


def calibrate(
    detector: Detector,
    untouched: Sequence[Document],
    groups: NDArray[np.int8],
    artifacts: Sequence[Sequence[Document]],
    measured_on: str,
    noted: Callable[[Calibration], Calibration],
) -> Calibration:
    """Fit the calibration of `detector` (whose own is blank).

    `groups` is the kind of each untouched article; `artifacts` are each class's own texts, for the probabilities and
    for the share that is missed; `noted` fits what suggestions and passages promise, on top of the probabilities.
    """
    measured = list(detector.measure(untouched))
    scores = np.stack([one.scores for one in measured])
    texts = [list(detector.measure(own)) for own in artifacts]
    own = [np.array([one.scores[k] for one in some]) for k, some in enumerate(texts)]
    slopes, intercepts = _probabilities(scores, own)
    calibration = replace(blank_calibration(), slopes=slopes, intercepts=intercepts, measured_on=measured_on)
    detector = with_calibration(detector, calibration)
    kinds = [[measured[i] for i in np.flatnonzero(groups == group)[:MARK_ARTICLES]] for group in np.unique(groups)]
    calibration = replace(calibration, mark_threshold=max(mark_threshold([marked(detector, kind)]) for kind in kinds))
    calibration = noted(calibration)  # before marks are looked for: where something is suggested they are not joined
    detector = with_calibration(detector, calibration)
    spun = CLASSES.index("spun")
    own[spun] = np.where(seen(detector, texts[spun], -np.inf), own[spun], -np.inf)
    looked_at = looked_at_from(scores)
    return replace(
        calibration,
        untouched=scores,
        visible=seen(detector, measured, looked_at),
        groups=groups,
        artifacts=tuple(np.sort(some) for some in own),
    )


def line(
    values: NDArray[np.float64], labels: Sequence[bool] | NDArray[np.bool_], prior: float | None = None
) -> tuple[float, float]:
    """Slope and intercept of the log-odds of `labels` (Platt 1999), shifted to `prior`; flat where all are alike."""
    hits = np.array(labels, bool)
    if hits.all() or not hits.any():
        return 1.0, 0.0
    model = LogisticRegression(C=1e3).fit(np.asarray(values)[:, None], hits)
    shift = 0.0 if prior is None else np.log(prior / (1 - prior)) - np.log(hits.mean() / (1 - hits.mean()))
    return float(model.coef_[0, 0]), float(model.intercept_[0] + shift)


def _probabilities(
    untouched: NDArray[np.float64], artifacts: Sequence[NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope and intercept of each class's log-odds at PRIORS."""
    lines = []
    for k, own in enumerate(artifacts):
        values = np.concatenate([untouched[:, k], own])
        lines.append(line(values, np.arange(len(values)) >= len(untouched), PRIORS[k]))
    slopes, intercepts = zip(*lines, strict=True)
    return np.array(slopes), np.array(intercepts)
