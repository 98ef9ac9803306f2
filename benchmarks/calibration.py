"""How fast somebody calibrates on articles of their own, and how long 20,000 would take.

    python -m benchmarks.calibration ARTICLES... [--workers 2] [--most 4000]

ARTICLES are what `unspin calibrate --clean` takes; nothing is written. Other work on the machine makes it slower.
"""

from __future__ import annotations

import os
import time
from itertools import islice
from pathlib import Path

import click

from detector.batch import score_stream
from detector.classifier import MAX_RATE
from detector.ingest import read
from detector.pipeline import Detector
from detector.training.own_calibration import CleanCopy, calibrate_own
from detector.training.untouched_marks import LOOKED_AT, MARK_ARTICLES

REACH = 20_000  # articles, in under two minutes on two cores


@click.command()
@click.argument("articles", nargs=-1, required=True)
@click.option(
    "--model", type=click.Path(file_okay=False, path_type=Path), default=None, help="Default: the shipped one."
)
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True)
@click.option("--most", type=click.IntRange(min=300), default=4000, show_default=True, help="Articles read.")
def calibration(articles: tuple[str, ...], model: Path | None, workers: int, most: int) -> None:
    """Measure both steps and extrapolate: the second grows with a share of the articles, past a fixed sample."""
    detector = Detector.load(model)
    started = time.perf_counter()
    items = islice(read(articles), most)
    copy = CleanCopy.of(score_stream(items, model=model, evidence="none", workers=workers))
    scored = time.perf_counter() - started
    started = time.perf_counter()
    own = calibrate_own(detector, copy, MAX_RATE, "benchmark", "2000-01-01")
    marked = time.perf_counter() - started
    n = own.counts.read
    n_marked = min(MARK_ARTICLES, own.calibration.n) + LOOKED_AT * own.calibration.n
    reach_marked = MARK_ARTICLES + LOOKED_AT * REACH
    print(f"scored:   {n:,} articles in {scored:.1f} s, {n / scored:.0f} a second with {workers} workers")
    print(f"marks:    of {n_marked:,.0f} articles in {marked:.1f} s, {n_marked / marked:.0f} a second in one process")
    reach = REACH * scored / n + reach_marked * marked / n_marked
    print(f"so {REACH:,}: {reach:.0f} s; load of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    calibration()
