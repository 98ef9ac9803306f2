"""Marks on untouched copy: from which belief a phrase is shown, and which articles show enough of them.

Shared by training and by calibrating on somebody's own articles, which has no spinners at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.classifier import CLASSES, MAX_RATE, Calibration
from detector.evidence import apart
from detector.measuring import Measured
from detector.pipeline import Detector
from detector.verdict import CERTAIN, visible

MARKS_PER_500 = 0.3  # reworded phrases marked in so many words of untouched copy, at most, of either group
MARK_THRESHOLD = 0.675  # belief below which no phrase is shown: by trying it (docs/experiments.md)
MARK_ARTICLES = 500  # articles of each kind whose marks are counted
LOOKED_AT = 4 * MAX_RATE  # share of untouched articles whose marks are looked for: the others reach no threshold


def with_calibration(detector: Detector, calibration: Calibration) -> Detector:
    """The same detector, calibrated otherwise."""
    return Detector(detector.info, detector.resources, replace(detector.classifier, calibration=calibration))


def looked_at_from(scores: NDArray[np.float64]) -> float:
    """The score for spinning that LOOKED_AT of the articles reach; `scores` has shape (n_articles, len(CLASSES))."""
    return float(np.quantile(scores[:, CLASSES.index("spun")], 1 - LOOKED_AT))


def seen(detector: Detector, measured: Iterable[Measured], looked_at: float) -> NDArray[np.bool_]:
    """Whether a person sees enough marks to be told "spun"; an article that scores below `looked_at` counts as seen."""
    spun = CLASSES.index("spun")
    return np.array(
        [one.scores[spun] < looked_at or visible(detector.marks(one), one.document) for one in measured], bool
    )


class Marked(NamedTuple):
    """How far the reworded phrases of some articles are believed in, and how many words these have."""

    beliefs: list[float]
    n_words: int


def marked(detector: Detector, untouched: Iterable[Measured]) -> Marked:
    """Beliefs in the reworded phrases that would be marked; those that are below MARK_THRESHOLD may be missing."""
    beliefs: list[float] = []
    n_words = 0
    for one in untouched:
        # Of marks that overlap the best believed is kept, to two digits: those below never displace one that counts.
        found = detector.found(one, MARK_THRESHOLD - 0.01)
        reworded = [entry for entry in found if entry.mark.extractor not in CERTAIN]
        beliefs += [best.belief for best, *_ in apart(reworded, len(one.document.text))]
        n_words += one.document.n_words
    return Marked(beliefs, n_words)


def mark_threshold(untouched: Sequence[Marked]) -> float:
    """The belief that so few marks on untouched copy reach: MARKS_PER_500; MARK_THRESHOLD at least."""
    allowed = int(MARKS_PER_500 * sum(some.n_words for some in untouched) / 500)
    ordered = np.sort([belief for some in untouched for belief in some.beliefs])[::-1]
    return max(float(np.nextafter(ordered[allowed], 1)), MARK_THRESHOLD) if allowed < len(ordered) else MARK_THRESHOLD
