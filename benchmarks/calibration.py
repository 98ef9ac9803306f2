"""How fast somebody calibrates on articles of their own, and how long 20,000 would take.

    python -m benchmarks.calibration ARTICLES... [--workers 2] [--most 4000]

ARTICLES are what `unspin calibrate --clean` takes; nothing is written. Other work on the machine makes it slower.
"""

from __future__ import annotations

import os
import time
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import click
from threadpoolctl import threadpool_limits  # scikit-learn brings it

from detector.batch import score_stream
from detector.classifier import MAX_RATE
from detector.ingest import read
from detector.pipeline import Detector
from detector.training.own_calibration import CleanCopy, calibrate_own
from detector.training.untouched_marks import LOOKED_AT, MARK_ARTICLES

REACH = 20_000  # articles, in under two minutes on two cores


class Spent(NamedTuple):
    """Seconds by the clock, and of the processors: this process and those that it ended."""

    wall: float
    cpu: float

    @classmethod
    def until_now(cls) -> Spent:
        times = os.times()
        return cls(time.perf_counter(), times.user + times.system + times.children_user + times.children_system)

    def since(self, before: Spent, n: float) -> Spent:
        """An article's, of `n`."""
        return Spent((self.wall - before.wall) / n, (self.cpu - before.cpu) / n)

    def __str__(self) -> str:
        return f"{1 / self.wall:.0f} a second; {1000 * self.cpu:.1f} ms of a processor each"


@click.command()
@click.argument("articles", nargs=-1, required=True)
@click.option(
    "--model", type=click.Path(file_okay=False, path_type=Path), default=None, help="Default: the shipped one."
)
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True)
@click.option("--most", type=click.IntRange(min=300), default=4000, show_default=True, help="Articles read.")
def calibration(articles: tuple[str, ...], model: Path | None, workers: int, most: int) -> None:
    """Measure both steps and extrapolate: the second grows with a share of the articles, past a fixed sample."""
    threadpool_limits(limits=1)  # as `unspin` runs
    detector = Detector.load(model)
    items = islice(read(articles), most)
    first = Spent.until_now()
    copy = CleanCopy.of(score_stream(items, model=model, evidence="none", workers=workers))
    second = Spent.until_now()
    own = calibrate_own(detector, copy, MAX_RATE, "benchmark", "2000-01-01", model=model, workers=workers)
    third = Spent.until_now()
    n, n_marked = own.counts.read, min(MARK_ARTICLES, own.calibration.n) + LOOKED_AT * own.calibration.n
    scored, marked = second.since(first, n), third.since(second, n_marked)
    print(f"scored with {workers} workers: {n:,} articles, {scored}")
    print(f"marks, with as many: {n_marked:,.0f} articles, {marked}")
    n_marked = MARK_ARTICLES + LOOKED_AT * REACH
    seconds = REACH * scored.wall + n_marked * marked.wall
    alone = (REACH * scored.cpu + n_marked * marked.cpu) / workers
    print(f"so {REACH:,} articles: {seconds:.0f} s as measured, {alone:.0f} s by the time of the processors alone")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    calibration()
