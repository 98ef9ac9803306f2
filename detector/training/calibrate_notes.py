"""Measure spun articles: how probable a suggestion and a spun passage are, and from where a suggestion is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.classifier import Calibration, Network
from detector.evidence import apart
from detector.measuring import Measured
from detector.pipeline import Detector
from detector.text import Document
from detector.training.calibrate import line
from detector.training.examples import Example, covered
from detector.training.fit import fit_network, mean_network
from detector.training.swaps import original_of
from detector.verdict import CERTAIN
from detector.wordings import NAMES

# Of the best suggestions that are shown so many are right, false marks included. With this cut 75% or more are right on
# swaps of unseen spinners alone, and six in ten of those marked have their original among five.
SUGGESTION_PRECISION = 0.7165
LEARNT_FROM = 0.2  # belief in a place from which its wordings teach: far more of them than are shown
HIDDEN = (24, 12)  # units of the layers
FITS = 3  # networks whose mean is taken
PASSAGE_PRIOR = 0.1  # share of passages that their probabilities assume to be spun: guess


class Proposals(NamedTuple):
    """Wordings that are proposed for marked places, each column of shape (n_proposals,); places ascend.

    Attributes:
        place: the number of its place.
        belief: that the place was swapped.
        rows: figures by NAMES, shape (n_proposals, len(NAMES)).
        right: whether the wording stood there.
    """

    place: NDArray[np.intp]
    belief: NDArray[np.float64]
    rows: NDArray[np.float32]
    right: NDArray[np.bool_]


def calibrate_notes(
    detector: Detector, examples: Sequence[Example], documents: Sequence[Document], seed: int
) -> Calibration:
    """Fit what suggestions and passages promise, on spun and untouched `examples` cut into `documents`.

    Give a detector some of whose tables are withheld: an unknown spinner's originals are half unknown.
    """
    likelihoods: list[float] = []
    spun: list[bool] = []
    proposed: list[Proposals] = []
    n_places = 0
    for example, one in zip(examples, detector.measure(documents), strict=True):
        swapped = covered(one.document, example.swaps)
        likelihoods += one.passages.likelihoods.tolist()
        spun += [bool(swapped[first:last].any()) for first, last in one.passages.ranges]
        some, n_own = _proposals(detector, one, example)
        proposed.append(some._replace(place=some.place + n_places))
        n_places += n_own
    calibration = detector.classifier.calibration
    passage_line = line(np.sqrt(likelihoods), spun, PASSAGE_PRIOR)
    joined = Proposals(*(np.concatenate(column) for column in zip(*proposed, strict=True)))
    return calibrate_suggestions(replace(calibration, passages=passage_line), joined, seed)


def calibrate_suggestions(calibration: Calibration, proposed: Proposals, seed: int) -> Calibration:
    """Fit how probable a wording is, and from where the best of a place is shown.

    The latter by networks that did not see the place: one of either half of the places for those of the other.
    """
    if not proposed.right.any() or proposed.right.all():
        return replace(calibration, suggestion_threshold=1.0)
    even = proposed.place % 2 == 0
    probability = np.zeros(len(even))
    for half in (even, ~even):
        if not proposed.right[~half].any() or proposed.right[~half].all():
            return replace(calibration, suggestion_threshold=1.0)
        unseeing = replace(calibration, suggestions=_fitted(proposed, ~half, seed))
        probability[half] = unseeing.suggestion(NAMES, proposed.rows[half])
    order = np.lexsort((-probability, proposed.place))
    best = order[np.flatnonzero(np.diff(proposed.place[order], prepend=-1))]
    best = best[proposed.belief[best] >= calibration.mark_threshold]
    return replace(
        calibration,
        suggestions=_fitted(proposed, np.ones(len(even), bool), seed),
        suggestion_threshold=_threshold(probability[best], proposed.right[best]),
    )


def _fitted(proposed: Proposals, some: NDArray[np.bool_], seed: int) -> Network:
    rows, right = proposed.rows[some], proposed.right[some]
    share = float(right.mean())
    return mean_network(
        [fit_network(NAMES, rows, right, hidden=HIDDEN, prior=share, seed=seed + fit) for fit in range(FITS)]
    )


def _proposals(detector: Detector, one: Measured, example: Example) -> tuple[Proposals, int]:
    """What is proposed for the places of an article that are believed in at all, and how many these are."""
    found = [entry for entry in detector.found(one, LEARNT_FROM) if entry.mark.extractor not in CERTAIN]
    places = apart(found, len(example.text))
    wordings = detector.wordings(one, places)
    stood = [_stood(example, best.mark.start, best.mark.end) for best, *_ in places]
    vocabulary = detector.resources.vocabulary
    right = [
        wordings.text(number, places[place][0].mark.text, vocabulary).casefold() == stood[place]
        for number, place in enumerate(wordings.place.tolist())
    ]
    belief = np.array([best.belief for best, *_ in places])
    return Proposals(wordings.place, belief[wordings.place], wordings.rows, np.array(right, bool)), len(places)


def _stood(example: Example, start: int, end: int) -> str | None:
    """What stood in a place before it was spun, in lower case; None where nothing was swapped, and all are wrong."""
    stood = original_of(example.text, example.swaps, start, end)
    return None if stood is None or stood == example.text[start:end] else stood.casefold()


def _threshold(probability: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The lowest probability above which SUGGESTION_PRECISION of the best suggestions are right."""
    order = np.argsort(-probability, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    last = np.diff(probability[order], append=-1.0) != 0  # of equal ones: all or none of them are shown
    good = np.flatnonzero(last & (precision >= SUGGESTION_PRECISION))
    return float(probability[order[good[-1]]]) if len(good) else 1.0
