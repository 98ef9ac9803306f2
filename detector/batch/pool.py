"""Chunks scored in several processes, in order; an article that hangs or kills its process costs itself alone.

Each process is an executor of its own, so that one can be ended while its neighbours work on. A process says which
article it is at: one that stays too long at an article is ended, and so is known who was to blame when one dies. Where
that cannot be told, the chunk is scored again article by article.
"""

from __future__ import annotations

import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from detector.batch import worker
from detector.errors import DetectorError
from detector.findings import Refusal
from detector.text import Failure, Record

if TYPE_CHECKING:
    from joblib.externals.loky.process_executor import ProcessPoolExecutor

Item = Record | Failure
Result = TypeVar("Result")

CHUNKS_PER_WORKER = 3  # handed out and not yet given back: one in work, one waiting, one done and not yet read
MOST_STARTS = 3  # of a process that dies before it has begun anything
LOOK_EVERY = 0.25  # seconds between two looks at where the processes are


@dataclass(slots=True)
class _Job(Generic[Result]):
    """A chunk, what is known of it, and which of its articles are still to be scored together."""

    items: Sequence[Item]
    results: list[Result | None]
    groups: deque[list[int]]

    @classmethod
    def of(cls, items: Sequence[Item]) -> _Job[Result]:
        return cls(items, [None] * len(items), deque([list(range(len(items)))]))

    @property
    def done(self) -> bool:
        return all(result is not None for result in self.results)


@dataclass(slots=True)
class _Task(Generic[Result]):
    """Some articles of a chunk in the hands of a process, and where it was last seen, at what time."""

    job: _Job[Result]
    group: list[int]
    future: Future[list[Result]]
    seen: int
    since: float


@dataclass(slots=True)
class _Process(Generic[Result]):
    """One process and what it is at; `starts` counts those since it last began an article."""

    slot: int
    executor: ProcessPoolExecutor
    task: _Task[Result] | None = None
    starts: int = 1


class Pool(Generic[Result]):
    """Some processes that do `work` on chunks of articles.

    `lost` makes the result of an article that could not be finished. `seconds` bounds the time at one article.
    """

    def __init__(
        self,
        settings: worker.Settings,
        workers: int,
        work: Callable[[Sequence[Item]], list[Result]],
        lost: Callable[[Item, Refusal], Result],
        seconds: float,
    ) -> None:
        self._settings = settings
        self._workers = workers
        self._work = work
        self._lost = lost
        self._seconds = seconds

    def run(self, chunks: Iterable[Sequence[Item]]) -> Iterator[list[Result]]:
        """Give the results of each chunk, in order; leaving early ends the processes."""
        with self.processes() as processes:
            yield from self.through(processes, chunks)

    def through(
        self, processes: Sequence[_Process[Result]], chunks: Iterable[Sequence[Item]]
    ) -> Iterator[list[Result]]:
        """The same by processes that are kept; after an error, or when left early, they are of no use any more."""
        waiting: deque[_Job[Result]] = deque()
        coming = iter(chunks)
        while True:
            while len(waiting) < CHUNKS_PER_WORKER * self._workers and (chunk := next(coming, None)) is not None:
                waiting.append(_Job.of(chunk))
                self._hand_out(waiting, processes)
            if not waiting:
                return
            self._hand_out(waiting, processes)
            while not waiting[0].done:
                self._wait(processes)
                self._hand_out(waiting, processes)
            yield [result for result in waiting.popleft().results if result is not None]

    @contextmanager
    def processes(self) -> Iterator[Sequence[_Process[Result]]]:
        """Start the processes, and end them at last."""
        with tempfile.TemporaryDirectory(prefix="unspin-") as folder:
            self._board = Path(folder) / "places"
            self._board.write_bytes(worker.PLACE.pack(worker.IDLE) * self._workers)
            self._places = worker.Board(self._board, 0).open()
            processes: list[_Process[Result]] = [_Process(slot, self._executor(slot)) for slot in range(self._workers)]
            try:
                yield processes
            finally:
                for process in processes:
                    process.executor.shutdown(wait=True, kill_workers=True)
                self._places.close()

    def _executor(self, slot: int) -> ProcessPoolExecutor:
        return worker.executor(self._settings, worker.Board(self._board, slot))

    def _hand_out(self, waiting: Iterable[_Job[Result]], processes: Iterable[_Process[Result]]) -> None:
        """Give each idle process the first articles that nobody is at."""
        idle = [process for process in processes if process.task is None]
        for job in waiting:
            while idle and job.groups:
                process, group = idle.pop(), job.groups.popleft()
                worker.PLACE.pack_into(self._places, process.slot * worker.PLACE.size, worker.IDLE)
                future = process.executor.submit(self._work, [job.items[i] for i in group])
                process.task = _Task(job, group, future, worker.IDLE, time.monotonic())

    def _wait(self, processes: Sequence[_Process[Result]]) -> None:
        """Take what is done; end and start anew what hangs or died."""
        futures = [process.task.future for process in processes if process.task is not None]
        wait(futures, timeout=min(LOOK_EVERY, self._seconds), return_when=FIRST_COMPLETED)
        for process in processes:
            if process.task is None:
                continue
            if process.task.future.done():
                self._take(process, process.task)
            elif self._hangs(process.slot, process.task):
                message = f"this article took longer than {self._seconds:g} seconds: leave it out, or allow more time"
                self._start_anew(process, process.task, Refusal("timeout", message))

    def _take(self, process: _Process[Result], task: _Task[Result]) -> None:
        try:
            results = task.future.result()
        except (BrokenExecutor, MemoryError):
            message = "the process that read this article ended (out of memory, or killed): leave it out, or look at it"
            self._start_anew(process, task, Refusal("crashed", message))
            return
        for i, result in zip(task.group, results, strict=True):
            task.job.results[i] = result
        process.task, process.starts = None, 1

    def _hangs(self, slot: int, task: _Task[Result]) -> bool:
        at, now = self._place(slot), time.monotonic()
        if at != task.seen or at == worker.IDLE:  # loading the model is no article's fault
            task.seen, task.since = at, now
        return now - task.since > self._seconds

    def _place(self, slot: int) -> int:
        return int(worker.PLACE.unpack_from(self._places, slot * worker.PLACE.size)[0])

    def _start_anew(self, process: _Process[Result], task: _Task[Result], refusal: Refusal) -> None:
        """End a process, and put what it was at back without the article that is to blame."""
        at = self._place(process.slot)
        process.executor.shutdown(wait=True, kill_workers=True)
        if at != worker.IDLE:
            self._put_back(task, at, refusal)
            process.starts = 0
        elif process.starts < MOST_STARTS:
            task.job.groups.appendleft(task.group)
        else:
            raise DetectorError(
                "a worker process ended before it began to score (out of memory, or killed): "
                "run again with fewer workers"
            )
        process.executor, process.task = self._executor(process.slot), None
        process.starts += 1

    def _put_back(self, task: _Task[Result], at: int, refusal: Refusal) -> None:
        """Tell of the article of step `at` that it was lost; where all were in work together, try each alone."""
        job, group = task.job, task.group
        if at >= len(group) > 1:
            job.groups.extendleft([i] for i in reversed(group))
            return
        to_blame = group[min(at, len(group) - 1)]
        job.results[to_blame] = self._lost(job.items[to_blame], refusal)
        if rest := [i for i in group if i != to_blame]:
            job.groups.appendleft(rest)
