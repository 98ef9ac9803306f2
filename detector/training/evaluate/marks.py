"""How good marks and suggestions are: held against the recorded swaps of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.evidence import apart
from detector.findings import Evidence
from detector.measuring import Measured
from detector.pipeline import Detector
from detector.text import Span
from detector.training.examples import Example
from detector.training.swaps import original_of
from detector.verdict import CERTAIN


@dataclass(frozen=True, slots=True)
class MarkFigures:
    """What one article's marks are worth.

    Attributes:
        believed: belief in each phrase that is explained, and whether it touches a swap.
        found: for each swap that an explained phrase touches the best belief of such a phrase.
        n_swaps: swaps recorded.
        shown: of each place that is shown, whether it touches a swap.
        covered: of each swap, whether a shown place touches it.
        best: of each marked swap with suggestions, whether the first one is what stood there.
        among: of each marked swap, whether what stood there is among the suggestions.
    """

    believed: list[tuple[float, bool]]
    found: list[float]
    n_swaps: int
    shown: list[bool]
    covered: list[bool]
    best: list[bool]
    among: list[bool]


def mark_figures(detector: Detector, one: Measured, shown: Sequence[Evidence], example: Example) -> MarkFigures:
    """Hold what is explained of `one`, and what is `shown` of it, against the swaps of its `example`."""
    swaps = [Span(swap.start, swap.start + len(swap.spun)) for swap in example.swaps]
    reworded = [entry for entry in detector.found(one) if entry.mark.extractor not in CERTAIN]
    phrases = [best for best, *_ in apart(reworded, len(example.text))]
    touching = _touching([Span(entry.mark.start, entry.mark.end) for entry in phrases], swaps)
    places = [(place, mark) for mark in shown for place in mark.places]
    on = _touching([place for place, _ in places], swaps)
    best, among = [], []
    for k in np.flatnonzero(on.any(axis=0)):
        place, mark = places[int(np.argmax(on[:, k]))]
        right = restored(place, mark, example)
        among.append(any(right))
        if right:
            best.append(right[0])
    beliefs = np.array([entry.belief for entry in phrases])
    return MarkFigures(
        believed=list(zip(beliefs.tolist(), _any(touching, 1), strict=True)),
        found=[float(beliefs[touching[:, k]].max()) for k in np.flatnonzero(touching.any(axis=0))],
        n_swaps=len(swaps),
        shown=_any(on, 1),
        covered=_any(on, 0),
        best=best,
        among=among,
    )


def precision_at_recall(recall: float, figures: Sequence[MarkFigures]) -> float:
    """Share of phrases that touch a swap, from the belief at which `recall` of all swaps is touched; nan below it."""
    found = [belief for one in figures for belief in one.found]
    needed = int(np.ceil(recall * sum(one.n_swaps for one in figures)))
    if not 0 < needed <= len(found):
        return float("nan")
    cut = np.sort(found)[::-1][needed - 1]
    return float(np.mean([hit for one in figures for belief, hit in one.believed if belief >= cut]))


def restored(place: Span, mark: Evidence, example: Example) -> list[bool]:
    """Which of a mark's suggestions are what stood in one of its places."""
    stood = original_of(example.text, example.swaps, place.start, place.end)
    return [stood is not None and one.text.casefold() == stood.casefold() for one in mark.suggestions]


def _touching(spans: Sequence[Span], swaps: Sequence[Span]) -> NDArray[np.bool_]:
    """Which spans overlap which swaps, shape (n_spans, n_swaps)."""
    a = np.array(spans, np.int64).reshape(-1, 2)
    b = np.array(swaps, np.int64).reshape(-1, 2)
    touching: NDArray[np.bool_] = (a[:, None, 0] < b[None, :, 1]) & (b[None, :, 0] < a[:, None, 1])
    return touching


def _any(touching: NDArray[np.bool_], axis: int) -> list[bool]:
    hits: list[bool] = np.any(touching, axis=axis).tolist()
    return hits
