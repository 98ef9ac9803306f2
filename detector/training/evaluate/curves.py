"""Scores -> the curves of the page: ROC, reliability and histograms, as rows of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detector.classifier import MIN_EXPECTED
from detector.training.evaluate.figures import Values, auc
from detector.training.evaluate.measure import SPUN, Judged

ROC_POINTS = 60  # of a curve, evenly on a log scale of the false-positive rate
BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 1.0)  # of the probability
LOG_ODDS = np.arange(-10.0, 10.5, 1.0)  # edges of the histograms; what lies beyond falls into the outer bins


def scores_of(judged: Sequence[Judged], of: int = SPUN) -> Values:
    """Log-odds of a class, one a text."""
    return np.array([one.scores[of] for one in judged], np.float64)


def roc(positive: Values, negative: Values) -> dict[str, Any]:
    """What is found where so many untouched articles are flagged, from one of them on.

    `lowest` is the rate below which so few untouched articles say nothing.
    """
    if not len(positive) or not len(negative):
        return {"points": [], "area": None, "lowest": None}
    n = len(negative)
    ordered = np.sort(negative)[::-1]
    allowed = np.unique(np.round(np.geomspace(1, n, ROC_POINTS)).astype(int))
    points = [[float(k / n), float(np.mean(positive >= ordered[k - 1]))] for k in allowed]
    return {"points": points, "area": auc(positive, negative), "lowest": MIN_EXPECTED / n}


def found_at(rate: float, positive: Values, negative: Values) -> float | None:
    """Share of `positive` above the score that `rate` of `negative` exceeds; None where they are too few to tell."""
    if not len(positive) or len(negative) * rate < MIN_EXPECTED:
        return None
    cut = np.sort(negative)[::-1][int(rate * len(negative))]
    return float(np.mean(positive > cut))


def reliability(clean: Sequence[Judged], spun: Sequence[Judged], prior: float) -> list[dict[str, Any]]:
    """For bins of the probability of spinning: its mean, and the share that was spun.

    Texts of either kind weigh as much as the stated prior says, whatever their number here.
    """
    if not clean or not spun:
        return []
    probability = np.array([one.probabilities[SPUN] for one in (*clean, *spun)])
    is_spun = np.arange(len(probability)) >= len(clean)
    weights = np.where(is_spun, prior / len(spun), (1 - prior) / len(clean))
    place = np.clip(np.searchsorted(BINS, probability, side="right") - 1, 0, len(BINS) - 2)
    rows = []
    for k in range(len(BINS) - 1):
        own = place == k
        if own.any():
            said, true = (float(np.average(values[own], weights=weights[own])) for values in (probability, is_spun))
            rows.append({"from": BINS[k], "to": BINS[k + 1], "said": said, "true": true, "n": int(own.sum())})
    return rows


def histogram(scores: Values) -> list[float]:
    """Share of the scores in each bin of LOG_ODDS; zeros without scores."""
    counts, _ = np.histogram(np.clip(scores, LOG_ODDS[0], LOG_ODDS[-1]), LOG_ODDS)
    return (counts / max(len(scores), 1)).tolist()
