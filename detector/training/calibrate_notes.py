"""Measure spun articles: how probable a suggestion and a spun passage are, and from where a suggestion is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from detector.classifier import Calibration, share_log_odds
from detector.evidence import REPLACED, Found, proposed
from detector.measuring import Measured
from detector.pipeline import Detector
from detector.text import Document, Span
from detector.training.calibrate import line
from detector.training.examples import Example, covered
from detector.training.swaps import original_of

# Of the best suggestion, where one is shown, false marks included. On swaps alone 74 and 80% are right, and
# half of the marked swaps have their original among five (docs/experiments.md).
SUGGESTION_PRECISION = 0.69
PASSAGE_PRIOR = 0.1  # share of passages that their probabilities assume to be spun: guess


class Proposal(NamedTuple):
    """A text that extractors suggest for a place: what share each gives it, and whether it stood there."""

    place: int
    shares: Mapping[str, float]
    right: bool


def calibrate_notes(detector: Detector, examples: Sequence[Example], documents: Sequence[Document]) -> Calibration:
    """Fit what suggestions and passages promise, on spun and untouched `examples` cut into `documents`.

    Give a detector some of whose tables are withheld: an unknown spinner's originals are half unknown.
    """
    likelihoods: list[float] = []
    spun: list[bool] = []
    proposed: list[Proposal] = []
    for example, one in zip(examples, detector.measure(documents), strict=True):
        swapped = covered(one.document, example.swaps)
        likelihoods += one.passages.likelihoods.tolist()
        spun += [bool(swapped[first:last].any()) for first, last in one.passages.ranges]
        proposed += _proposals(detector, one, example, proposed[-1].place + 1 if proposed else 0)
    calibration = detector.classifier.calibration
    passage_line = line(np.sqrt(likelihoods), spun, PASSAGE_PRIOR)
    return suggestion_lines(replace(calibration, passages=passage_line), proposed)


def suggestion_lines(calibration: Calibration, proposed: Sequence[Proposal]) -> Calibration:
    """Fit by how much each extractor's suggesting a text speaks for it, and from where the best is shown."""
    right = np.array([one.right for one in proposed], bool)
    if not right.any() or right.all():
        return replace(calibration, suggestion_threshold=1.0)
    names = sorted({name for one in proposed for name in one.shares})
    rows = np.array([_spoken_for(one.shares, names) for one in proposed])
    model = LogisticRegression(C=1.0, max_iter=1000).fit(rows, right)
    slopes, intercepts = model.coef_[0, ::2], model.coef_[0, 1::2]
    calibration = replace(
        calibration,
        suggestions=dict(zip(names, zip(slopes.tolist(), intercepts.tolist(), strict=True), strict=True)),
        suggestion_prior=float(model.intercept_[0]),
    )
    probability = np.array([calibration.suggestion(one.shares) for one in proposed])
    place = np.array([one.place for one in proposed])
    order = np.lexsort((-probability, place))
    best = order[np.flatnonzero(np.diff(place[order], prepend=-1))]
    return replace(calibration, suggestion_threshold=_threshold(probability[best], right[best]))


def _proposals(detector: Detector, one: Measured, example: Example, first: int) -> Iterator[Proposal]:
    """What is suggested for the places that would be marked; `first` is the number of the first place."""
    threshold = detector.classifier.calibration.mark_threshold
    believed = [entry for entry in detector.found(one, threshold) if entry.mark.kind in REPLACED]
    places: dict[Span, list[Found]] = {}
    for entry in believed:
        places.setdefault(Span(entry.mark.start, entry.mark.end), []).append(entry)
    for number, (place, same) in enumerate(places.items()):
        stood = original_of(example.text, example.swaps, *place)
        if stood == example.text[place.start : place.end]:
            stood = None  # nothing was swapped here: no suggestion is right
        for text, shares in proposed(same).items():
            yield Proposal(first + number, shares, stood is not None and text.casefold() == stood.casefold())


def _spoken_for(shares: Mapping[str, float], names: Sequence[str]) -> list[float]:
    """Log-odds of the share, and that there is one, of each extractor; zeros for those that are silent."""
    row: list[float] = []
    for name in names:
        row += [share_log_odds(shares[name]), 1.0] if name in shares else [0.0, 0.0]
    return row


def _threshold(probability: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The lowest probability above which SUGGESTION_PRECISION of the best suggestions are right."""
    order = np.argsort(-probability, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    last = np.diff(probability[order], append=-1.0) != 0  # of equal ones: all or none of them are shown
    good = np.flatnonzero(last & (precision >= SUGGESTION_PRECISION))
    return float(probability[order[good[-1]]]) if len(good) else 1.0
