"""One worker process: the model loaded once, then chunk after chunk."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from detector.errors import ModelError
from detector.findings import ModelInfo, Report
from detector.pipeline import Detector, EvidenceFor
from detector.text import Failure, Record
from detector.threads import ONE_THREAD

if TYPE_CHECKING:
    from joblib.externals.loky.process_executor import ProcessPoolExecutor


T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a worker needs to know once."""

    model: Path | None
    calibration: Path | None
    info: ModelInfo  # of both, as the main process found them
    max_fpr: float
    evidence: EvidenceFor
    archive: Path | None = None


# Of this process: filled by `start`, one entry; an error waits there for the first chunk, as no more than "a process
# ended" is heard of an initializer that fails.
_ready: list[tuple[Detector, Settings] | Exception] = []


def executor(settings: Settings, workers: int) -> ProcessPoolExecutor:
    """Give an executor of `workers` processes that run `score_chunk` with `settings`.

    joblib's own (loky): its processes start clean, with no guard in the caller's script and no copy of its memory.
    """
    from joblib.externals.loky.process_executor import ProcessPoolExecutor

    executor = ProcessPoolExecutor(max_workers=workers, initializer=start, initargs=(settings,), env=ONE_THREAD)
    with _deaf_to_interrupts():
        executor.submit(_nothing)  # the first call starts the processes, and they inherit the deafness
    return executor


def start(settings: Settings) -> None:
    """Make this process ready; what goes wrong is raised by `score_chunk` and `call`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _ready[:] = [(_load(settings), settings)]
    except Exception as error:
        _ready[:] = [error]


def score_chunk(chunk: list[Record | Failure]) -> list[Report]:
    """Score one chunk in a process that `start` made ready, or raise what it met."""
    detector, settings = _made_ready()
    return detector.score(chunk, max_fpr=settings.max_fpr, evidence=settings.evidence)


def call(function: Callable[[Detector, T], R], piece: T) -> R:
    """Apply a function to the detector of a process that `start` made ready, or raise what it met."""
    return function(_made_ready()[0], piece)


def _made_ready() -> tuple[Detector, Settings]:
    if isinstance(_ready[0], Exception):
        raise _ready[0]
    return _ready[0]


def _load(settings: Settings) -> Detector:
    """Open the same model as the main process; raises ModelError where it was changed since."""
    detector = Detector.load(settings.model, settings.calibration, settings.archive)
    if detector.info != settings.info:
        raise ModelError(
            f"expected {_words(settings.info)}, got {_words(detector.info)}: "
            "it was changed while it was being loaded; run again"
        )
    return detector


def _words(info: ModelInfo) -> str:
    own = "" if info.calibration is None else f" and a calibration with {info.calibration.digest}"
    return f"a model with the manifest digest {info.digest}{own}"


def _nothing() -> None:
    pass


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back for a moment: it is for the main process to hear, which then ends its workers.

    Held back, not ignored, so that none is lost; the processes that are started meanwhile inherit it.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker  # only where there are workers: it takes 20 ms to import

    resource_tracker.ensure_running()  # started later, it would end the holding back (CPython 3.11)
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)
