"""Articles scored in this process or in several, in input order, with a bounded number of them in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from detector.batch import worker
from detector.batch.chunks import chunks
from detector.errors import DetectorError
from detector.findings import Report
from detector.licensees import Licensees
from detector.pipeline import Detector, EvidenceFor
from detector.text import Article, Failure, Record

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

CHUNKS_PER_WORKER = 3  # handed out and not yet given back: one in work, one waiting, one done and not yet read


def score_stream(
    items: Iterable[Record | Failure],
    *,
    model: Path | None = None,
    calibration: Path | None = None,
    max_fpr: float = 0.01,
    evidence: EvidenceFor = "flagged",
    workers: int = 1,
    archive: Path | None = None,
    licensees: Licensees | None = None,
    references: Sequence[Article] = (),
) -> Iterator[Report]:
    """Give one Report for each item, in order; a failure becomes an error row in its place.

    The model, the archive and the arguments are tried before the first item is read: ModelError, ArchiveError or
    ValueError. `model` None is the shipped one, `calibration` None the model's own, `archive` where sources are looked
    for, `licensees` who may reword them, `references` what is laid beside every article instead, with one worker only.
    With several workers each process loads the model once and shares its memory-mapped tables; leaving the iteration
    early ends them.
    """
    if workers < 1:
        raise ValueError(f"workers: expected 1 or more, got {workers}")
    if workers > 1 and references:
        raise ValueError(f"references: expected 1 worker, got {workers}")
    detector = Detector.load(model, calibration, archive, licensees, references)
    detector.score([], max_fpr=max_fpr, evidence=evidence)
    if workers == 1:
        return _score_here(items, detector, max_fpr, evidence)
    settings = worker.Settings(model, calibration, detector.info, max_fpr, evidence, archive, licensees)
    return _score_in_processes(items, settings, workers)


def _score_here(
    items: Iterable[Record | Failure], detector: Detector, max_fpr: float, evidence: EvidenceFor
) -> Iterator[Report]:
    for chunk in chunks(items):
        yield from detector.score(chunk, max_fpr=max_fpr, evidence=evidence)


def _score_in_processes(items: Iterable[Record | Failure], settings: worker.Settings, workers: int) -> Iterator[Report]:
    from concurrent.futures import BrokenExecutor

    executor = worker.executor(settings, workers)
    try:
        yield from _in_order(items, executor, limit=CHUNKS_PER_WORKER * workers)
    except (BrokenExecutor, MemoryError) as error:
        raise DetectorError(
            "a worker process ended before its articles were scored (out of memory, or killed): "
            "run again with fewer workers"
        ) from error
    finally:
        executor.shutdown(wait=True, kill_workers=True)


def _in_order(items: Iterable[Record | Failure], executor: Executor, limit: int) -> Iterator[Report]:
    waiting: deque[Future[list[Report]]] = deque()
    for chunk in chunks(items):
        if len(waiting) == limit:
            yield from waiting.popleft().result()
        waiting.append(executor.submit(worker.score_chunk, chunk))
    while waiting:
        yield from waiting.popleft().result()
