"""Whether a spun half is found: the second half of each spun article is put back as it was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import shared as data
from benchmarks.tables import rate
from detector.findings import Report
from detector.text import Span
from detector.training.evaluate.figures import auc
from detector.training.swaps import Swap, original_of

RATES = (15, 25)  # per cent of words swapped in the half that stays spun
EVEN = 0.5  # probability from which a passage is said to be spun


def passages(shared: Path, model: Path | None, workers: int) -> dict[str, float]:
    """Print how often passages of either half are found, and give the AUC between them by name."""
    figures: dict[str, float] = {}
    print("Articles of which one half is spun: flagged as shipped, and passages by probability")
    columns = ("flagged", f"spun passages at {EVEN} or more", "untouched ones", "AUC")
    print(f"{'':20}{'n':>6}" + "".join(f"{column:>34}" for column in columns))
    for family in data.FAMILIES:
        for percent in RATES:
            halves = [half_spun(row) for row in data.spun_dev(shared, family, percent)]
            reports = data.score([text for text, _ in halves], model, workers)
            kept = [(r, swaps) for r, (_, swaps) in zip(reports, halves, strict=True) if r.status == "ok"]
            spun, untouched = (
                np.array([p for r, swaps in kept for p in _found(r, swaps, side)]) for side in (True, False)
            )
            area = auc(spun, untouched)
            cells = (
                rate([bool(r.flagged) for r, _ in kept]),
                rate(spun >= EVEN),
                rate(untouched >= EVEN),
                f"{area:.3f}",
            )
            print(f"  {family + f' {percent}%':18}{len(kept):6}" + "".join(f"{cell:>34}" for cell in cells))
            figures[f"{family}_{percent}_passages"] = area
    print()
    return figures


def half_spun(row: dict[str, Any]) -> tuple[str, list[Span]]:
    """The text of a spun_dev article with its second half as it was, and where the swaps that are left stand."""
    text, swaps = row["text"], [Swap(*swap) for swap in row["swaps"]]
    half = next(
        (swap.start for swap in sorted(swaps, key=lambda swap: swap.start) if swap.start >= len(text) // 2), len(text)
    )
    left = [swap for swap in swaps if swap.start < half]
    rest = original_of(text, [swap for swap in swaps if swap.start >= half], half, len(text))
    return text[:half] + (rest or ""), [Span(swap.start, swap.start + len(swap.spun)) for swap in left]


def _found(report: Report, swaps: Sequence[Span], spun: bool) -> list[float]:
    """Probabilities of the passages that have swaps, or of those that have none."""
    return [
        passage.probability
        for passage in report.passages
        if any(passage.start <= swap.start < passage.end for swap in swaps) == spun
    ]
