"""What the runner costs beside the scoring: articles a second of a plain loop, of a plain pool, and of the runner.

    python -m benchmarks.runner [--articles 1500] [--runs 5]

All make the same result lines of the same articles, which are made of the sentences of data/sample. They are run by
turns, so that what else the machine does weighs on all alike, and timed by the clock from the first chunk's lines on,
so that loading the model is left out. The median, the lowest and the highest are told, and how busy the machine was.
Then, loading and all, how long `unspin score` takes from its start until the first row is on standard output.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import click
from threadpoolctl import threadpool_limits  # scikit-learn brings it

from benchmarks.made_pages import made_pages
from benchmarks.reading import warc_record
from benchmarks.speed import UNSPIN, Row, made_articles, with_bytecode
from detector.batch.chunks import CHUNK_ITEMS, chunks
from detector.batch.rows import Row as ResultRow
from detector.batch.rows import row_of
from detector.batch.run import run
from detector.batch.stream import Scorer, usable_cores
from detector.pipeline import Detector
from detector.text import Failure, Record

Item = Record | Failure
INPUT = 2_000  # articles of which only the first is waited for
PAGE_KILOBYTES = 30
FIRST_ROW_SECONDS = 2.0  # what a person will wait; guess
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
    _first_rows(runs)


def _first_rows(runs: int) -> None:
    """Tell how long a person waits for the first row."""
    print(f"First row on standard output, from the start of the process\n  {'':44}{'median':>10}{'min':>10}{'max':>10}")
    records = made_articles(INPUT)
    with tempfile.TemporaryDirectory(prefix="unspin-runner-") as folder:
        lines, crawl = Path(folder) / "articles.jsonl", Path(folder) / "crawl.warc.gz"
        lines.write_text("".join(json.dumps({"id": one.id, "text": one.content}) + "\n" for one in records))
        pages = made_pages(INPUT, PAGE_KILOBYTES)
        crawl.write_bytes(b"".join(gzip.compress(warc_record(i, page), 6) for i, page in enumerate(pages)))
        starts = {
            "JSON Lines, 2 workers": [str(lines), "--workers", "2"],
            f"JSON Lines, by default ({usable_cores()} workers)": [str(lines)],
            f"WARC of pages of {PAGE_KILOBYTES} kB, 2 workers": [str(crawl), "--workers", "2"],
            f"WARC of pages of {PAGE_KILOBYTES} kB, by default": [str(crawl)],
        }
        _until_first_row(["score", str(lines)], folder)  # compiles
        waits = [
            {name: _until_first_row(["score", *start], folder) for name, start in starts.items()} for _ in range(runs)
        ]
    for name in starts:
        print(Row(name, [turn[name] for turn in waits], f"seconds{'' if _is_soon(waits, name) else ', over the goal'}"))


def _is_soon(waits: Sequence[Mapping[str, float]], name: str) -> bool:
    return median(turn[name] for turn in waits) <= FIRST_ROW_SECONDS


def _until_first_row(arguments: Sequence[str], compiled: str) -> float:
    """Seconds from the start of the process to its first row; it is ended then."""
    started = time.perf_counter()
    command = [sys.executable, "-c", UNSPIN, *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=with_bytecode(compiled), start_new_session=True
    ) as process:
        assert process.stdout is not None
        row = process.stdout.readline()
        seconds = time.perf_counter() - started
        os.killpg(process.pid, signal.SIGKILL)
    if not row.endswith(b"\n"):
        raise click.ClickException(f"expected a row of unspin {' '.join(arguments)}, got {row[:100]!r}")
    return seconds


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
    threadpool_limits(limits=1)  # as the runner's workers do: more threads than cores keep each other waiting
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
