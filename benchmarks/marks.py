"""How good the marks and the suggestions are: held against the recorded swaps of spinners that training never saw."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from benchmarks import shared as data
from benchmarks.tables import rate
from detector.ingest.clutter import find_clutter
from detector.pipeline import Detector
from detector.segment import segment
from detector.training.evaluate.marks import MarkFigures, mark_figures, precision_at_recall

RATE = 15  # per cent of words swapped
RECALL = 0.5  # at which precision is told


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
        precision = precision_at_recall(RECALL, every)
        shown, covered, best, among = (
            [hit for one in every for hit in getattr(one, name)] for name in ("shown", "covered", "best", "among")
        )
        cells = (f"{100 * precision:.1f}%", rate(shown), rate(covered), rate(best), rate(among))
        print(f"  {family:14}" + "".join(f"{cell:>26}" for cell in cells))
        figures[f"{family}_precision"] = precision
        figures[f"{family}_shown"] = float(np.mean(shown))
        figures[f"{family}_covered"] = float(np.mean(covered))
        figures[f"{family}_suggested"] = float(np.mean(best))
        figures[f"{family}_among"] = float(np.mean(among))
    print()
    return figures


def _measure(rows: Sequence[dict[str, Any]], model: Path | None) -> list[MarkFigures]:
    detector = Detector.load(model)
    vocabulary = detector.resources.vocabulary
    documents = [segment(row["text"], vocabulary, find_clutter(row["text"]).spans) for row in rows]
    return [
        mark_figures(detector, one, detector.marks(one), data.example(row))
        for one, row in zip(detector.measure(documents), rows, strict=True)
    ]
