"""What a Dask worker does with one chunk: it hands it to a process of its own, which holds the model.

So an article that hangs or ends its process costs itself alone there too, and Dask's own process stays small and alive.
A process is kept for the next chunk with the same settings, and ends where none comes.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from detector import __version__
from detector.batch.pool import Item, Pool
from detector.batch.worker import Settings
from detector.errors import ClusterError, DetectorError
from detector.findings import Refusal

Result = TypeVar("Result")

IDLE_SECONDS = 60.0  # after which a process that nobody asked for anything ends
KEPT_PER_THREAD = 2  # idle processes: two runs at a time do not drive out each other's
SAME = "scheduler, workers and this machine need the same Unspin, model, calibration and archive at the same paths"


@dataclass(frozen=True, slots=True)
class Task(Generic[Result]):
    """What is the same for all chunks of a run; `unspin` is the version that sends them."""

    unspin: str
    settings: Settings
    work: Callable[[Sequence[Item]], list[Result]]
    seconds: float
    lost: Callable[[Item, Refusal], Result] = field(compare=False)


def score_on_worker(task: Task[Result], chunk: Sequence[Item]) -> list[Result]:
    """Give the results of one chunk, in order; raises ClusterError, which names the worker."""
    try:
        if task.unspin != __version__:
            raise ClusterError(f"expected Unspin {task.unspin}, got {__version__}")
        with _scoring(task) as kept:
            (results,) = kept.pool.through(kept.processes, [chunk])
    except DetectorError as error:
        raise ClusterError(f"on the Dask worker at {_dask_worker().address}: {error} ({SAME})") from error
    return results


class _Kept(NamedTuple):
    """A pool of one process, since when nobody has asked it for anything, and how it is ended."""

    task: Task[Any]
    pool: Pool[Any]
    processes: Any
    ending: ExitStack
    since: float

    @classmethod
    def start(cls, task: Task[Any]) -> _Kept:
        # Dask starts its workers as daemons, which may have no children; ours look after themselves, see worker.start.
        multiprocessing.current_process().daemon = False
        pool, ending = Pool(task.settings, 1, task.work, task.lost, task.seconds), ExitStack()
        return cls(task, pool, ending.enter_context(pool.processes()), ending, time.monotonic())


# Of this process: those that wait for a chunk, the longest idle first. Dask runs chunks in several threads.
_idle: list[_Kept] = []
_lock = threading.Lock()


@contextmanager
def _scoring(task: Task[Any]) -> Iterator[_Kept]:
    """Take a process with these settings, or start one; after an error it is ended, else kept."""
    kept = _taken(task) or _Kept.start(task)
    try:
        yield kept
    except BaseException:
        kept.ending.close()
        raise
    _give_back(kept)


def _taken(task: Task[Any]) -> _Kept | None:
    with _lock:
        found = next((i for i in reversed(range(len(_idle))) if _idle[i].task == task), None)
        return None if found is None else _idle.pop(found)


def _give_back(kept: _Kept) -> None:
    _keep_watch()
    with _lock:
        _idle.append(kept._replace(since=time.monotonic()))
        too_many = len(_idle) > KEPT_PER_THREAD * _dask_worker().state.nthreads
        oldest = _idle.pop(0) if too_many else None
    if oldest is not None:
        oldest.ending.close()


@cache
def _keep_watch() -> None:
    """Start, once, what ends the processes that are not asked for anything."""
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    while True:
        time.sleep(IDLE_SECONDS / 4)
        end_idle(IDLE_SECONDS)


def end_idle(seconds: float) -> None:
    """End the processes of this one that nobody asked for anything in the last seconds."""
    latest = time.monotonic() - seconds
    with _lock:
        old = [kept for kept in _idle if kept.since <= latest]
        _idle[:] = [kept for kept in _idle if kept.since > latest]
    for kept in old:
        kept.ending.close()


def _dask_worker() -> Any:
    from distributed import get_worker

    return get_worker()
