"""How good the marks and the suggestions are: held against the recorded swaps of spinners that training never saw."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from benchmarks import shared as data
from benchmarks.tables import rate
from detector.evidence import apart
from detector.findings import Evidence
from detector.ingest.clutter import find_clutter
from detector.pipeline import CERTAIN, Detector
from detector.segment import segment
from detector.text import Span
from detector.training.swaps import Swap, original_of

RATE = 15  # per cent of words swapped
RECALL = 0.5  # at which precision is told


class _Marks(NamedTuple):
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


def marks(shared: Path, model: Path | None, workers: int) -> dict[str, float]:
    """Print precision and recall of the marks, and of the suggestions; give them by name."""
    figures: dict[str, float] = {}
    print(f"Marks and suggestions at {RATE}% of words swapped")
    columns = (
        f"precision at {RECALL:.0%} recall",
        "as shipped: precision",
        "recall",
        "first is original",
        "among five",
    )
    print(f"{'':16}" + "".join(f"{column:>26}" for column in columns))
    for family in data.FAMILIES:
        rows = data.spun_dev(shared, family, RATE)
        chunks = [rows[i :: 4 * workers] for i in range(4 * workers)]
        parts = Parallel(n_jobs=workers)(delayed(_measure)(chunk, model) for chunk in chunks)
        every = [one for part in parts for one in part]
        precision = precision_at_recall(
            [pair for one in every for pair in one.believed],
            [belief for one in every for belief in one.found],
            sum(one.n_swaps for one in every),
        )
        shown, covered, best, among = (
            [hit for one in every for hit in getattr(one, name)] for name in ("shown", "covered", "best", "among")
        )
        cells = (f"{100 * precision:.1f}%", rate(shown), rate(covered), rate(best), rate(among))
        print(f"  {family:14}" + "".join(f"{cell:>26}" for cell in cells))
        figures[f"{family}_precision"] = precision
        figures[f"{family}_suggested"] = float(np.mean(best))
        figures[f"{family}_among"] = float(np.mean(among))
    print()
    return figures


def precision_at_recall(believed: Sequence[tuple[float, bool]], found: Sequence[float], n_swaps: int) -> float:
    """Share of phrases that touch a swap, above the belief at which RECALL of all swaps is touched; nan below it.

    `believed` are belief and hit of every phrase, `found` is for each swap the best belief of a phrase on it.
    """
    needed = int(np.ceil(RECALL * n_swaps))
    if len(found) < needed:
        return float("nan")
    cut = np.sort(found)[::-1][needed - 1]
    return float(np.mean([hit for belief, hit in believed if belief >= cut]))


def _measure(rows: Sequence[dict[str, Any]], model: Path | None) -> list[_Marks]:
    detector = Detector.load(model)
    vocabulary = detector.resources.vocabulary
    documents = [segment(row["text"], vocabulary, find_clutter(row["text"]).spans) for row in rows]
    return [_marks(detector, one, row) for one, row in zip(detector.measure(documents), rows, strict=True)]


def _marks(detector: Detector, one: Any, row: dict[str, Any]) -> _Marks:
    swaps = data.swapped_spans(row)
    reworded = [entry for entry in detector.found(one) if entry.mark.extractor not in CERTAIN]
    phrases = apart(reworded, len(row["text"]))
    spans = [Span(entry.mark.start, entry.mark.end) for entry in phrases]
    touching = _touching(spans, swaps)
    shown = detector.marks(one)
    places = [(place, mark) for mark in shown for place in mark.places]
    on = _touching([place for place, _ in places], swaps)
    best, among = [], []
    for k in np.flatnonzero(on.any(axis=0)):
        place, mark = places[int(np.argmax(on[:, k]))]
        right = restored(place, mark, row)
        among.append(any(right))
        if right:
            best.append(right[0])
    beliefs = np.array([entry.belief for entry in phrases])
    return _Marks(
        believed=list(zip(beliefs.tolist(), _any(touching, 1), strict=True)),
        found=[float(beliefs[touching[:, k]].max()) for k in np.flatnonzero(touching.any(axis=0))],
        n_swaps=len(swaps),
        shown=_any(on, 1),
        covered=_any(on, 0),
        best=best,
        among=among,
    )


def restored(place: Span, mark: Evidence, row: dict[str, Any]) -> list[bool]:
    """Which of a mark's suggestions are what stood in one of its places."""
    stood = original_of(row["text"], [Swap(*swap) for swap in row["swaps"]], place.start, place.end)
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
