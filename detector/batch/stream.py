"""Articles scored in this process or in several, in input order, with a bounded number of them in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from detector.batch import worker
from detector.batch.chunks import chunks
from detector.classifier import MAX_RATE
from detector.errors import DetectorError
from detector.findings import Report
from detector.pipeline import Detector, EvidenceFor
from detector.text import Failure, Record

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

T = TypeVar("T")
R = TypeVar("R")
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
) -> Iterator[Report]:
    """Give one Report for each item, in order; a failure becomes an error row in its place.

    The model, the archive and the arguments are tried before the first item is read: ModelError, ArchiveError or
    ValueError. `model` None is the shipped one, `calibration` None the model's own, `archive` where sources are looked
    for. With several workers each process loads the model once and shares its memory-mapped tables; leaving the
    iteration early ends them.
    """
    if workers < 1:
        raise ValueError(f"workers: expected 1 or more, got {workers}")
    detector = Detector.load(model, calibration, archive)
    detector.score([], max_fpr=max_fpr, evidence=evidence)
    if workers == 1:
        return _score_here(items, detector, max_fpr, evidence)
    settings = worker.Settings(model, calibration, detector.info, max_fpr, evidence, archive)
    return chain.from_iterable(_in_processes(worker.score_chunk, chunks(items), settings, workers))


def map_with_detector(
    function: Callable[[Detector, T], R], pieces: Iterable[T], detector: Detector, model: Path | None, workers: int
) -> Iterator[R]:
    """Give `function(detector, piece)` for each piece, in order; several workers load `model`, which `detector` is of,
    themselves. What `score_stream` says of workers holds here too."""
    if workers == 1:
        return (function(detector, piece) for piece in pieces)
    settings = worker.Settings(model, None, detector.info, MAX_RATE, "none")
    return _in_processes(partial(worker.call, function), pieces, settings, workers)


def _score_here(
    items: Iterable[Record | Failure], detector: Detector, max_fpr: float, evidence: EvidenceFor
) -> Iterator[Report]:
    for chunk in chunks(items):
        yield from detector.score(chunk, max_fpr=max_fpr, evidence=evidence)


def _in_processes(
    function: Callable[[T], R], pieces: Iterable[T], settings: worker.Settings, workers: int
) -> Iterator[R]:
    from concurrent.futures import BrokenExecutor

    executor = worker.executor(settings, workers)
    try:
        yield from _in_order(function, pieces, executor, limit=CHUNKS_PER_WORKER * workers)
    except (BrokenExecutor, MemoryError) as error:
        raise DetectorError(
            "a worker process ended before its articles were scored (out of memory, or killed): "
            "run again with fewer workers"
        ) from error
    finally:
        executor.shutdown(wait=True, kill_workers=True)


def _in_order(function: Callable[[T], R], pieces: Iterable[T], executor: Executor, limit: int) -> Iterator[R]:
    waiting: deque[Future[R]] = deque()
    for piece in pieces:
        if len(waiting) == limit:
            yield waiting.popleft().result()
        waiting.append(executor.submit(function, piece))
    while waiting:
        yield waiting.popleft().result()
