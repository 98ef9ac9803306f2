"""What the runner costs beside the scoring: articles a second of a plain loop, of a plain pool, and of the runner.

    python -m benchmarks.runner [--articles 1500] [--runs 5]

All make the same result lines of the same articles, which are made of the sentences of data/sample. They are run by
turns, so that what else the machine does weighs on all alike, and timed by the clock from the first chunk's lines on,
so that loading the model is left out. The median, the lowest and the highest are told, and how busy the machine was.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import click
from threadpoolctl import threadpool_limits  # scikit-learn brings it

from benchmarks.speed import Row, made_articles
from detector.batch.chunks import CHUNK_ITEMS, chunks
from detector.batch.rows import Row as ResultRow
from detector.batch.rows import row_of
from detector.batch.run import run
from detector.batch.stream import Scorer
from detector.pipeline import Detector
from detector.text import Failure, Record

Item = Record | Failure
WARM = 2 * CHUNK_ITEMS  # rows before the clock starts: with two processes both have the model by then


@click.command()
@click.option("--articles", type=click.IntRange(min=500), default=1500, show_default=True)
@click.option("--runs", type=click.IntRange(min=3), default=5, show_default=True)
def main(articles: int, runs: int) -> None:
    """Measure and print."""
    threadpool_limits(limits=1)  # as `unspin` runs
    scorer = Scorer.open(None, None, max_fpr=0.01, evidence="flagged")
    items: list[Item] = [*made_articles(WARM + articles)]
    ways: dict[str, Callable[[], float]] = {
        "plain loop over Detector.score": lambda: _per_second(_loop(scorer.detector, items)),
        "Scorer.rows, 1 worker": lambda: _per_second(scorer.rows(items, workers=1)),
        "multiprocessing.Pool, 2 processes": lambda: _per_second(_plain_pool(items)),
        "Scorer.rows, 2 workers": lambda: _per_second(scorer.rows(items, workers=2)),
        "run() to a file, 2 workers": lambda: _to_file(scorer, items),
    }
    busy = [os.getloadavg()[0]]
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            speeds[name].append(way())
            busy.append(os.getloadavg()[0])
    print(
        f"{articles:,} articles a run, {runs} runs by turns, {os.cpu_count()} cores; "
        f"load {min(busy):.1f} to {max(busy):.1f}"
    )
    print(f"  {'':44}{'median':>10}{'min':>10}{'max':>10}")
    for name, values in speeds.items():
        print(Row(name, values, "articles a second"))


def _per_second(rows: Iterable[ResultRow]) -> float:
    """Rows a second, from the first WARM of them on."""
    n, started = 0, 0.0
    for n, _ in enumerate(rows, start=1):
        if n == WARM:
            started = time.perf_counter()
    return (n - WARM) / (time.perf_counter() - started)


def _loop(detector: Detector, items: Sequence[Item]) -> Iterator[ResultRow]:
    for chunk in chunks(items):
        yield from map(row_of, detector.score(chunk))


def _plain_pool(items: Sequence[Item]) -> Iterator[ResultRow]:
    with multiprocessing.get_context("spawn").Pool(2, initializer=_load) as pool:
        for rows in pool.imap(_score, chunks(items)):
            yield from rows


_loaded: list[Detector] = []  # of a process of the plain pool


def _load() -> None:
    _loaded.append(Detector.load())


def _score(chunk: Sequence[Item]) -> list[ResultRow]:
    return [row_of(report) for report in _loaded[0].score(chunk)]


def _to_file(scorer: Scorer, items: Sequence[Item]) -> float:
    """The same of a whole run, until its output is there."""
    started = 0.0

    def watch(rows: Iterable[ResultRow], before: Counter[str]) -> Iterator[ResultRow]:
        nonlocal started
        for n, row in enumerate(rows, start=1):
            if n == WARM:
                started = time.perf_counter()
            yield row

    with tempfile.TemporaryDirectory(prefix="unspin-runner-") as folder:
        run(items, partial(scorer.rows, workers=2), scorer.settings, Path(folder) / "out.jsonl", watch=watch)
    return (len(items) - WARM) / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
