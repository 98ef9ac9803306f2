"""How far two samples of one figure lie apart: the two-sample Kolmogorov-Smirnov test, with its direction."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TERMS = np.arange(1, 101)  # of the series for p, which converges from the first few


class Shift(NamedTuple):
    """How far a sample lies from a reference.

    Attributes:
        distance: the largest difference of the two distribution functions, 0 to 1.
        p: how probable such a distance is where nothing changed; where values are alike it is somewhat too high.
        higher: the sample's values are the higher ones, where the distance is largest.
    """

    distance: float
    p: float
    higher: bool


def shift(sample: NDArray[np.float64], reference: NDArray[np.float64]) -> Shift:
    """Compare two samples, neither empty.

    Distance: Smirnov 1948; p: the asymptotic series with Stephens's correction for small samples (Stephens 1970,
    section 4; Press et al. 2007, section 14.3.3).

    >>> shift(np.array([2.0, 3.0]), np.array([0.0, 1.0]))[::2]
    (1.0, True)
    """
    places = np.unique(np.concatenate([sample, reference]))
    below = [np.searchsorted(np.sort(one), places, side="right") / len(one) for one in (sample, reference)]
    difference = below[1] - below[0]
    above, under = max(float(difference.max()), 0.0), max(float(-difference.min()), 0.0)
    distance = max(above, under)
    return Shift(distance, _p(distance, len(sample), len(reference)), above >= under)


def _p(distance: float, n: int, m: int) -> float:
    root = np.sqrt(n * m / (n + m))
    x = (root + 0.12 + 0.11 / root) * distance
    if x < 0.2:  # the series alternates without end, and p is 1 to twelve digits
        return 1.0
    return float(np.clip(2 * np.sum((-1.0) ** (TERMS - 1) * np.exp(-2 * (TERMS * x) ** 2)), 0, 1))
