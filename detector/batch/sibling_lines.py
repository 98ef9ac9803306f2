"""Articles of a crawl -> the lines of `unspin siblings`, by a detector whose archive is the crawl."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from detector.batch.chunks import CHUNK_ITEMS, chunks
from detector.batch.pool import Item
from detector.batch.stream import map_with_detector, usable_cores
from detector.errors import InputError
from detector.ingest import prepare
from detector.limits import USUAL, Limits
from detector.pipeline import Detector
from detector.render.siblings_json import siblings_line
from detector.segment import segment
from detector.text import Record
from detector.tracing.siblings import SiblingFinder


def sibling_lines(
    records: Iterable[Record],
    crawl: Path,
    model: Path | None = None,
    workers: int | None = None,
    limits: Limits = USUAL,
) -> Iterator[bytes]:
    """Give a line for each of the articles that shares its text with others of the crawl, in order.

    `crawl` is the archive that holds what `in_crawl` gives. Without `workers` a small crawl is looked through in this
    process, and else there is one process for each core; the lines are the same bytes.
    """
    detector = Detector.load(model, archive=crawl, limits=limits)
    if workers is None:
        assert detector.finder is not None
        workers = 1 if detector.finder.archive.index.count() <= CHUNK_ITEMS else usable_cores()
    found = map_with_detector(_lines, chunks(records), detector, model, workers, archive=crawl)
    return (line for lines in found for line in lines)


def _lines(detector: Detector, chunk: Sequence[Item]) -> list[bytes]:
    assert detector.finder is not None
    finder = SiblingFinder(detector.finder.archive, detector.resources, detector.finder.linker)
    return [line for item in chunk if isinstance(item, Record) for line in _line(finder, item, detector.limits)]


def _line(finder: SiblingFinder, record: Record, limits: Limits) -> Iterator[bytes]:
    """Its line, if it has siblings; none for what cannot be read, which was told while the crawl was put together."""
    try:
        article = prepare(record, limits)
    except InputError:
        return
    document = segment(article.text, finder.vocabulary, article.clutter)
    found = finder.find(article.id, document, article.published)
    if found.siblings:
        yield siblings_line(article, found).encode() + b"\n"
