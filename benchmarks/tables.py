"""How the benchmarks print figures."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.classifier import wilson


def rate(hits: Any) -> str:
    """A share in per cent with its 95% Wilson interval."""
    share, _, (low, high) = wilson(int(np.sum(hits)), len(hits))
    return f"{100 * share:5.1f}% ({100 * low:4.1f} to {100 * high:4.1f})"


def auc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Area under the ROC curve: the chance that a positive scores above a negative, ties half (Hanley and McNeil
    1982)."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left") + np.searchsorted(ordered, positive, side="right")
    return float(below.mean() / (2 * len(negative)))
