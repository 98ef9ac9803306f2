"""Web pages by their size: how fast the HTML library alone extracts them, how fast Unspin does, and with the scoring.

    python -m benchmarks.pages [--pages 64] [--runs 5]

The same articles stand in pages of about 6, 30 and 100 kB (`made_pages`), beside the sample's own pages. In one process
the processor time is what counts, with two workers each the clock, from the first chunks' rows on, so that loading is
left out. The ways are run by turns, and each turn gives a ratio of its own, as other work on the machine weighs on all
of them alike.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from typing import Any

import click
from threadpoolctl import threadpool_limits  # scikit-learn brings it
from trafilatura import bare_extraction

from benchmarks.made_pages import made_pages
from benchmarks.speed import SAMPLE, Row
from detector.batch.chunks import CHUNK_ITEMS, chunks
from detector.batch.pool import Item
from detector.batch.stream import Scorer
from detector.ingest import prepare, read
from detector.ingest.html import OPTIONS
from detector.text import Record

SIZES = (6, 30, 100)  # kB of markup
WARM, TIMED = 2 * CHUNK_ITEMS, 8 * CHUNK_ITEMS  # pages for two workers: both have loaded all when the clock starts
GOAL = 0.85  # of the library's own rate

Ways = Mapping[str, Callable[[], float]]  # name -> pages a second of one run


@click.command()
@click.option("--pages", type=click.IntRange(min=16), default=64, show_default=True, help="Pages of each size.")
@click.option("--runs", type=click.IntRange(min=3), default=5, show_default=True)
def main(pages: int, runs: int) -> None:
    """Measure and print."""
    scorer = Scorer.open(None, None, max_fpr=0.01, evidence="flagged")
    sample = [item.content for item in read([SAMPLE / "pages"]) if isinstance(item, Record)]
    kinds = {"the sample's pages": [sample[i % len(sample)] for i in range(pages)]}
    kinds |= {f"made pages of {size} kB": made_pages(pages, size) for size in SIZES}
    for name, made in kinds.items():
        kilobytes = sum(map(len, made)) / len(made) / 1000
        records = [Record(str(i), page, is_html=True) for i, page in enumerate(made)]
        with threadpool_limits(limits=1):
            _compare(f"{name} ({kilobytes:.1f} kB), one process", _here(scorer, records), runs)
        _compare(f"{name} ({kilobytes:.1f} kB), two workers each", _by_two(scorer, records), runs)


def _here(scorer: Scorer, records: Sequence[Record]) -> Ways:
    """In this process, by the processor time it takes."""

    def per_second(work: Callable[[], object]) -> float:
        started = time.process_time()
        work()
        return len(records) / (time.process_time() - started)

    return {
        "the library alone": lambda: per_second(lambda: library_alone(records)),
        "extraction by Unspin": lambda: per_second(lambda: extracted(records)),
        "extraction and scoring": lambda: per_second(lambda: list(scorer.rows_here(records))),
    }


def _by_two(scorer: Scorer, records: Sequence[Record]) -> Ways:
    """By two processes, by the clock."""
    items = list(islice(cycle(records), WARM + TIMED))

    def per_second(done: Iterable[object]) -> float:
        n, started = 0, 0.0
        for n, _ in enumerate(done, start=1):
            if n == WARM:
                started = time.perf_counter()
        return (n - WARM) / (time.perf_counter() - started)

    return {
        "the library alone": lambda: per_second(_plain_pool(library_alone, items)),
        "extraction by Unspin": lambda: per_second(_plain_pool(extracted, items)),
        "extraction and scoring": lambda: per_second(scorer.rows(items, workers=2)),
    }


def library_alone(chunk: Sequence[Any]) -> list[bool]:
    """Whether trafilatura, asked as Unspin asks it, finds an article, for each page."""
    return [bare_extraction(record.content, **OPTIONS) is not None for record in chunk]


def extracted(chunk: Sequence[Any]) -> list[bool]:
    """Whether Unspin extracts a text, for each page."""
    return [bool(prepare(record).text) for record in chunk]


def _plain_pool(work: Callable[[Sequence[Any]], list[bool]], items: Sequence[Item]) -> Iterator[bool]:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for found in pool.imap(work, chunks(items)):
            yield from found


def _compare(title: str, ways: Ways, runs: int) -> None:
    turns = [[way() for way in ways.values()] for _ in range(runs + 1)]
    counted = list(zip(*islice(turns, 1, None), strict=True))  # the first warms up
    print(f"{title}\n  {'':44}{'median':>10}{'min':>10}{'max':>10}")
    for name, values in zip(ways, counted, strict=True):
        print(Row(name, values, "pages a second"))
    alone, _, whole = counted
    ratio = Row("extraction and scoring to the library alone", [b / a for a, b in zip(alone, whole, strict=True)], "")
    print(f"{ratio}{'ok' if ratio.middle >= GOAL else 'under'} ({GOAL:.0%})\n", flush=True)


if __name__ == "__main__":
    main()
