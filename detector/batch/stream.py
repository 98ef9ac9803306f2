"""Articles scored in this process or in several, in input order, with a bounded number of them in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from detector.batch import worker
from detector.batch.chunks import CHUNK_CHARACTERS, CHUNK_ITEMS, FIRST_ITEMS, chunks
from detector.batch.pool import Item, Pool
from detector.batch.rows import Row, row_of
from detector.classifier import MAX_RATE
from detector.desk import Desk
from detector.errors import DetectorError
from detector.findings import Refusal, Report
from detector.ingest import USUAL, Limits
from detector.licensees import Licensees
from detector.pipeline import Detector, EvidenceFor, lost
from detector.text import Article, Record

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
R = TypeVar("R")

SECONDS = 60.0  # at one article: the longest that is read takes five; guess
MEGABYTES = 2_000  # for the articles of one process: pages of 10 MB take a tenth; guess
HOUR = 3600.0  # at a piece of work that is no article


def score_stream(
    items: Iterable[Item],
    *,
    model: Path | None = None,
    calibration: Path | None = None,
    max_fpr: float = 0.01,
    evidence: EvidenceFor = "flagged",
    workers: int = 1,
    archive: Path | None = None,
    licensees: Licensees | None = None,
    references: Sequence[Article] = (),
    desk: Desk | None = None,
    limits: Limits = USUAL,
) -> Iterator[Report]:
    """Give one Report for each item, in order; a failure becomes an error row in its place.

    The model, the archive and the arguments are tried before the first item is read: ModelError, ArchiveError or
    ValueError. `model` None is the shipped one, `calibration` None the model's own, `archive` where sources are looked
    for, `licensees` who may reword them, `references` what is laid beside every article instead, with one worker only,
    `desk` what is never, always or no longer marked, `limits` what an article may ask of its reader.
    With several workers each process loads the model once and shares its memory-mapped tables; leaving the iteration
    early ends them.
    """
    if workers < 1:
        raise ValueError(f"workers: expected 1 or more, got {workers}")
    if workers > 1 and references:
        raise ValueError(f"references: expected 1 worker, got {workers}")
    scorer = Scorer.open(
        model,
        calibration,
        max_fpr=max_fpr,
        evidence=evidence,
        archive=archive,
        licensees=licensees,
        references=references,
        limits=limits,
        desk=desk,
    )
    if workers == 1:
        return scorer.reports_here(items)
    pool = Pool(scorer.settings, workers, worker.score_chunk, partial(lost, scorer.settings.info), SECONDS)
    return (report for reports in pool.run(chunks(items)) for report in reports)


def map_with_detector(
    function: Callable[[Detector, T], R],
    pieces: Iterable[T],
    detector: Detector,
    model: Path | None,
    workers: int,
    *,
    archive: Path | None = None,
) -> Iterator[R]:
    """Give `function(detector, piece)` for each piece, in order; several workers load `model` and open `archive`, which
    `detector` is of, themselves. What `score_stream` says of workers holds here too; DetectorError where a piece ends
    its process."""
    if workers == 1:
        return (function(detector, piece) for piece in pieces)
    settings = worker.Settings(model, None, detector.info, MAX_RATE, "none", archive, limits=detector.limits)
    pool: Pool[R] = Pool(settings, workers, partial(worker.call_each, function), _given_up, HOUR)
    alone: Iterable[Any] = ([piece] for piece in pieces)
    return (result for results in pool.run(alone) for result in results)


def _given_up(piece: object, refusal: Refusal) -> Any:
    raise DetectorError(
        f"a worker process could not do its part ({refusal.code}, perhaps for want of memory): run with fewer workers"
    )


@dataclass(frozen=True, slots=True)
class Scorer:
    """A model and its options, tried in this process, with which articles become rows here or in others."""

    settings: worker.Settings
    detector: Detector

    @classmethod
    def open(
        cls,
        model: Path | None,
        calibration: Path | None,
        *,
        max_fpr: float,
        evidence: EvidenceFor,
        archive: Path | None = None,
        licensees: Licensees | None = None,
        references: Sequence[Article] = (),
        with_text: bool = False,
        megabytes: int = MEGABYTES,
        limits: Limits = USUAL,
        desk: Desk | None = None,
    ) -> Scorer:
        """Load all of it; raises ModelError, ArchiveError, or ValueError for what the calibration does not support.

        `references` are for this process alone.
        """
        detector = Detector.load(model, calibration, archive, licensees, references, limits, desk)
        detector.score([], max_fpr=max_fpr, evidence=evidence)
        settings = worker.Settings(
            model,
            calibration,
            detector.info,
            max_fpr,
            evidence,
            archive,
            licensees,
            with_text=with_text,
            megabytes=megabytes,
            limits=limits,
            desk=desk,
        )
        return cls(settings, detector)

    @property
    def archive(self) -> dict[str, object] | None:
        """Which archive is asked, and how many texts it has: another number may give other rows."""
        finder = self.detector.finder
        return None if finder is None else {"folder": str(finder.archive.folder), "texts": finder.archive.index.count()}

    def rows(self, items: Iterable[Item], workers: int | None = None, seconds: float = SECONDS) -> Iterator[Row]:
        """Give one row of a result file for each item, in order.

        An article that takes longer than `seconds`, or ends its process, becomes an error row. Without `workers` a few
        texts are scored in this process, and else there is one process for each core.
        """
        if workers is None:
            coming = iter(items)
            seen, are_few = few(coming)
            if are_few:
                return self.rows_here(seen)
            items = chain(seen, coming)
            workers = usable_cores()
        pool = Pool(self.settings, workers, worker.chunk_rows, partial(_lost_row, self.settings), seconds)
        return (row for rows in pool.run(chunks(items, FIRST_ITEMS)) for row in rows)

    def rows_on(self, client: Client, items: Iterable[Item], seconds: float = SECONDS) -> Iterator[Row]:
        """Give the same rows, made by the workers of a Dask cluster; raises ClusterError where one has not the same."""
        from detector.batch.cluster import Cluster

        finder = self.detector.finder
        settings = replace(self.settings, texts=None if finder is None else finder.archive.index.count())
        cluster = Cluster(client, settings, worker.chunk_rows, partial(_lost_row, self.settings), seconds)
        return (row for rows in cluster.run(chunks(items)) for row in rows)

    def rows_here(self, items: Iterable[Item]) -> Iterator[Row]:
        """Give the same rows, made in this process; nothing bounds the time or the memory that a page takes."""
        return (row_of(report, with_text=self.settings.with_text) for report in self.reports_here(items))

    def reports_here(self, items: Iterable[Item]) -> Iterator[Report]:
        for chunk in chunks(items):
            yield from self.detector.score(chunk, max_fpr=self.settings.max_fpr, evidence=self.settings.evidence)


def few(items: Iterator[Item]) -> tuple[list[Item], bool]:
    """Whether starting processes would take longer than scoring, and nothing can hang: a chunk at the most, without a
    page. No more is read than tells; the first value is what was."""
    seen: list[Item] = []
    characters = 0
    for item in items:
        seen.append(item)
        characters += len(item.content) if isinstance(item, Record) else 0
        is_page = isinstance(item, Record) and item.is_html
        if is_page or len(seen) > CHUNK_ITEMS or characters > CHUNK_CHARACTERS:
            return seen, False
    return seen, True


def usable_cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        return os.cpu_count() or 1


def _lost_row(settings: worker.Settings, item: Item, refusal: Refusal) -> Row:
    return row_of(lost(settings.info, item, refusal), with_text=settings.with_text)
