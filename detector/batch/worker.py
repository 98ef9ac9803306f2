"""One worker process: the model loaded once, then chunk after chunk; it says which article it is at."""

from __future__ import annotations

import mmap
import os
import signal
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from detector.batch.rows import Row, row_of
from detector.desk import Desk
from detector.errors import ArchiveError, ModelError
from detector.findings import ModelInfo, Report
from detector.ingest import USUAL, Limits
from detector.licensees import Licensees
from detector.memory import keep_freed_memory
from detector.pipeline import Detector, EvidenceFor
from detector.text import Failure, Record
from detector.threads import ONE_THREAD

if TYPE_CHECKING:
    from joblib.externals.loky.process_executor import ProcessPoolExecutor


@dataclass(frozen=True, slots=True)
class Settings:
    """What a worker needs to know once.

    Attributes:
        info: of the model and the calibration, as the main process found them.
        limits: of what is read as one article.
        megabytes: of memory that its articles may take beside the shared tables; None for no bound.
        texts: how many the archive must have, where each machine has one of its own; None for any number.
    """

    model: Path | None
    calibration: Path | None
    info: ModelInfo
    max_fpr: float
    evidence: EvidenceFor
    archive: Path | None = None
    licensees: Licensees | None = None
    with_text: bool = False
    megabytes: int | None = None
    texts: int | None = None
    limits: Limits = USUAL
    desk: Desk | None = None


LOOK_EVERY = 1.0  # seconds between two looks whether the parent lives
IDLE = -1  # where a process is that has not begun
PLACE = struct.Struct("q")  # one article's number in its chunk


class Board(NamedTuple):
    """A file in which each process writes where it is; the main process reads it."""

    path: Path
    slot: int

    def open(self) -> mmap.mmap:
        with self.path.open("r+b") as file:
            return mmap.mmap(file.fileno(), 0)


class _Ready(NamedTuple):
    """What `start` made ready in this process."""

    detector: Detector
    settings: Settings
    board: mmap.mmap | None
    slot: int

    def at(self, number: int) -> None:
        """Say which article of its chunk this process is at."""
        if self.board is not None:
            PLACE.pack_into(self.board, self.slot * PLACE.size, number)


# Of this process: filled by `start`, one entry; an error waits there for the first chunk, as no more than "a process
# ended" is heard of an initializer that fails.
_ready: list[_Ready | Exception] = []


def executor(settings: Settings, board: Board | None = None) -> ProcessPoolExecutor:
    """Give an executor of one process that scores chunks with `settings`, and says on the board where it is.

    joblib's own (loky): its processes start clean, with no guard in the caller's script and no copy of its memory.
    """
    from joblib.externals.loky.process_executor import ProcessPoolExecutor

    begin = (settings, board, os.getpid())
    executor = ProcessPoolExecutor(max_workers=1, initializer=start, initargs=begin, env=ONE_THREAD)
    with _deaf_to_interrupts():
        executor.submit(_nothing)  # the first call starts the process, and it inherits the deafness
    return executor


def start(settings: Settings, board: Board | None, parent: int) -> None:
    """Make this process ready; what goes wrong is raised by the first chunk. It ends when its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    keep_freed_memory()
    try:
        places = None if board is None else board.open()
        _ready[:] = [_Ready(_load(settings), settings, places, board.slot if board else 0)]
        bound_memory(settings.megabytes)
    except Exception as error:
        _ready[:] = [error]


def end_with(parent: int) -> None:
    """End this process soon after its parent, which may have been killed without a chance to say so."""
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os._exit(1)


def score_chunk(chunk: Sequence[Record | Failure]) -> list[Report]:
    """Score one chunk in a process that `start` made ready, or raise what it met."""
    ready = _made_ready()
    settings = ready.settings
    return ready.detector.score(chunk, max_fpr=settings.max_fpr, evidence=settings.evidence, begun=ready.at)


def chunk_rows(chunk: Sequence[Record | Failure]) -> list[Row]:
    """The same as rows of a result file: much less to hand over than reports."""
    with_text = _made_ready().settings.with_text
    return [row_of(report, with_text=with_text) for report in score_chunk(chunk)]


def call_each(function: Callable[[Detector, Any], Any], pieces: Sequence[Any]) -> list[Any]:
    """Apply a function to each piece, with the detector of a process that `start` made ready."""
    ready = _made_ready()
    ready.at(0)
    return [function(ready.detector, piece) for piece in pieces]


def _made_ready() -> _Ready:
    ready = _ready[0]
    if isinstance(ready, Exception):
        raise ready
    return ready


def bound_memory(megabytes: int | None) -> None:
    """Let an article that asks for more end in an error of its own, where the system can (Linux 4.7 and newer)."""
    if megabytes is None:
        return
    try:
        import resource
    except ImportError:  # Windows
        return
    most = _data_bytes() + megabytes * 1_000_000
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _data_bytes() -> int:
    """What this process has of its own by now, mapped files aside."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData"))
    except (OSError, StopIteration):
        return 1_000_000_000


def _load(settings: Settings) -> Detector:
    """Open the same model as the main process; raises ModelError where it was changed since."""
    detector = Detector.load(
        settings.model,
        settings.calibration,
        settings.archive,
        settings.licensees,
        limits=settings.limits,
        desk=settings.desk,
    )
    if detector.info != settings.info:
        raise ModelError(
            f"expected {_words(settings.info)}, got {_words(detector.info)}: "
            "it was changed while it was being loaded; run again"
        )
    if settings.texts is not None and detector.finder is not None:
        found = detector.finder.archive.index.count()
        if found != settings.texts:
            raise ArchiveError(f"expected {settings.texts:,} texts in the archive {settings.archive}, got {found:,}")
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
