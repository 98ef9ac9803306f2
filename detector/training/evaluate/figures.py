"""The arithmetic of judging: areas, precision, log loss, and differences between fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

Values = NDArray[np.float64]
Hits = NDArray[np.bool_]


def auc(positive: Values, negative: Values) -> float:
    """Area under the ROC curve: the chance that a positive scores above a negative, ties half (Hanley and McNeil
    1982); nan where either is missing."""
    if not len(positive) or not len(negative):
        return float("nan")
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left") + np.searchsorted(ordered, positive, side="right")
    return float(below.mean() / (2 * len(negative)))


def average_precision(scores: Values, hits: Hits) -> float:
    """Precision at the score of each hit, their mean; equal scores are taken together. nan without a hit."""
    if not hits.any():
        return float("nan")
    ordered = np.sort(scores)
    above = len(scores) - np.searchsorted(ordered, scores[hits], side="left")
    hits_above = hits.sum() - np.searchsorted(np.sort(scores[hits]), scores[hits], side="left")
    return float(np.mean(hits_above / above))


def precision_at(recall: float, scores: Values, hits: Hits) -> float:
    """Share of hits from the score at which `recall` of all hits is reached; nan without a hit."""
    if not hits.any():
        return float("nan")
    cut = np.sort(scores[hits])[::-1][int(np.ceil(recall * hits.sum())) - 1]
    return float(hits[scores >= cut].mean())


def log_loss(positive: Values, negative: Values) -> float:
    """Mean bits that log-odds leave unsaid of which kind a text is, both kinds weighed alike; 1 is a coin's."""
    bits = (np.mean(np.logaddexp(0, -positive)) + np.mean(np.logaddexp(0, negative))) / 2
    return float(bits / np.log(2))


def expected_precision(prevalence: float, found: float, false_alarms: float) -> float:
    """Share of flagged articles that were flagged rightly (Bayes); nan where nothing is flagged.

    >>> round(expected_precision(0.05, 0.8, 0.01), 3)
    0.808
    """
    right, wrong = prevalence * found, (1 - prevalence) * false_alarms
    return right / (right + wrong) if right + wrong > 0 else float("nan")


class Difference(NamedTuple):
    """Mean of paired differences, and its standard error; nan with fewer than two pairs."""

    mean: float
    error: float

    @property
    def is_certain(self) -> bool:
        """Whether it exceeds two standard errors."""
        return abs(self.mean) > 2 * self.error


def errors_of_chance(n: int) -> float:
    """How many standard errors the mean of `n` differences lies from nothing by chance in one case of twenty (Student
    1908); infinite for one.

    >>> round(errors_of_chance(2), 1), round(errors_of_chance(30), 1)
    (12.7, 2.0)
    """
    return float(t.ppf(0.975, n - 1)) if n > 1 else float("inf")


def paired(with_it: Sequence[float], without: Sequence[float]) -> Difference:
    """How much `without` is above `with_it`, pair by pair."""
    differences = np.subtract(without, with_it)
    n = len(differences)
    error = float(np.std(differences, ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    return Difference(float(np.mean(differences)), error)
