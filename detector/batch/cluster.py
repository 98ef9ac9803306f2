"""Chunks scored on a Dask cluster that is there already, in order; a machine that is lost costs no more than time.

A task is one chunk (`cluster_task`). Dask runs the chunks of a worker that it lost on another one; a chunk that worker
after worker was lost over (the scheduler's `allowed-failures`, 3 by default) is tried again article by article.
"""

from __future__ import annotations

import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count, islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from detector import __version__
from detector.batch.cluster_place import CONNECT_SECONDS, WORKER_SECONDS, in_short
from detector.batch.cluster_task import SAME, Task, score_on_worker
from detector.batch.pool import Item
from detector.batch.worker import Settings
from detector.errors import ClusterError, DetectorError
from detector.findings import Refusal
from detector.text import Failure

if TYPE_CHECKING:
    from distributed import Client, Future

Result = TypeVar("Result")

CHUNKS_PER_THREAD = 3  # sent and not yet given back: one in work, one waiting there, one done and not yet read
MOST_CHUNKS = 256  # sent and not yet given back, of up to 2 million characters each
RETRIES = 2  # of a chunk that ends in an error on its worker
LOAD_SECONDS = 30.0  # for all workers to load the model before the first article is read; those in work come later
FETCH_SECONDS = 60.0  # for the results of a chunk to come over
LOOK_EVERY = 1.0  # seconds between two looks at who works
TRIED = Failure("trial", "trial", "the model is loaded before the first article is read")


class Cluster(Generic[Result]):
    """Dask workers that do `work` on chunks of articles: what Pool does with the processes of one machine.

    `lost` makes the result of an article that could not be finished. `seconds` bounds the time at one article. The
    workers load the model as this is made; raises ClusterError where one has not the same.
    """

    def __init__(
        self,
        client: Client,
        settings: Settings,
        work: Callable[[Sequence[Item]], list[Result]],
        lost: Callable[[Item, Refusal], Result],
        seconds: float,
    ) -> None:
        self._client = client
        self._lost = lost
        self._task = Task(__version__, _everywhere(settings), work, seconds, lost)
        self._names = (f"unspin-{uuid.uuid4().hex}-{number}" for number in count())
        self._looked = time.monotonic()
        self._nobody_since: float | None = None
        self._threads = self._load()

    def run(self, chunks: Iterable[Sequence[Item]]) -> Iterator[list[Result]]:
        """Give the results of each chunk, in order; what is left early is taken back from the cluster."""
        waiting: deque[tuple[Sequence[Item], Future]] = deque()
        coming = iter(chunks)
        while True:
            self._look()
            for chunk in islice(coming, max(0, self._most() - len(waiting))):
                waiting.append((chunk, self._send(chunk)))
            if not waiting:
                return
            yield self._results(*waiting.popleft())

    def _most(self) -> int:
        return min(MOST_CHUNKS, CHUNKS_PER_THREAD * max(1, self._threads))

    def _send(self, chunk: Sequence[Item], retries: int = RETRIES, **how: Any) -> Future:
        name = next(self._names)
        return self._client.submit(score_on_worker, self._task, chunk, key=name, pure=False, retries=retries, **how)

    def _load(self) -> int:
        """Have each worker load the model, or say why it cannot; gives the number of threads."""
        from distributed import wait

        threads = self._client.nthreads()
        trials = [self._send([TRIED], 0, workers=[address], allow_other_workers=False) for address in threads]
        with suppress(TimeoutError):
            wait(trials, timeout=LOAD_SECONDS)
        for trial in trials:
            if trial.status == "error":
                raise _what_it_means(trial.exception())
        return sum(threads.values())

    def _results(self, chunk: Sequence[Item], future: Future) -> list[Result]:
        from distributed import KilledWorker

        try:
            return self._finished(future)
        except KilledWorker:
            return [self._alone(item) for item in chunk]

    def _alone(self, item: Item) -> Result:
        """The result of an article of a chunk that ended its workers; no other of it is in work meanwhile."""
        from distributed import KilledWorker

        try:
            (result,) = self._finished(self._send([item], priority=1))
            return result
        except KilledWorker:
            message = "worker after worker was lost while this article was in work: leave it out, or look at it"
            return self._lost(item, Refusal("crashed", message))

    def _finished(self, future: Future) -> list[Result]:
        """Wait for the results of a chunk; raises KilledWorker, or ClusterError for what ends the run."""
        from distributed import CancelledError, wait

        try:
            while True:
                with suppress(TimeoutError):  # not yet, or its worker was lost before the results were fetched
                    wait(future, timeout=LOOK_EVERY)
                    if future.status == "finished":
                        return future.result(timeout=FETCH_SECONDS)
                if future.status == "error":
                    raise _what_it_means(future.exception())
                self._look()
        except CancelledError as error:
            raise ClusterError("the scheduler is gone, or the work was taken back there") from error
        except OSError as error:  # it went while results were fetched
            raise ClusterError(f"the scheduler does not answer any more ({in_short(error)})") from error

    def _look(self) -> None:
        """See now and then how many work; raises ClusterError where nobody has for long."""
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        try:
            threads = sum(self._client.nthreads(callback_timeout=CONNECT_SECONDS).values())
        except (OSError, TimeoutError, RuntimeError) as error:
            raise ClusterError(f"the scheduler does not answer any more ({in_short(error)})") from error
        if threads:
            self._threads, self._nobody_since = threads, None
        elif self._nobody_since is None:
            self._nobody_since = now
        elif now - self._nobody_since > WORKER_SECONDS:
            raise ClusterError(f"all workers left, and none came back within {WORKER_SECONDS:g} seconds: start some")


def _what_it_means(error: BaseException) -> BaseException:
    """The error to raise for the one that a task ended in."""
    from distributed import KilledWorker

    if isinstance(error, KilledWorker | DetectorError):
        return error
    return ClusterError(f"a chunk ended in an error on the cluster ({in_short(error)}): {SAME}")


def _everywhere(settings: Settings) -> Settings:
    """The same settings with paths that mean the same in another working folder."""
    return replace(
        settings,
        model=settings.model and settings.model.absolute(),
        calibration=settings.calibration and settings.calibration.absolute(),
        archive=settings.archive and settings.archive.absolute(),
    )
