"""Processes that score, asked together what waits; an article that hangs or kills its process costs itself alone.

Nothing is waited for: one that comes while a process is free has it alone, and at once. A process says which article it
is at, and so is known who was to blame where it hangs or dies. Where that cannot be told, each is scored again alone.

Each process is an executor of its own, so that one can be ended while its neighbours work on. The standard library's,
not joblib's: that imports numpy, which the listening process has no other use for, and collects garbage every second.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Coroutine, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from detector.errors import DetectorError
from detector.service import process
from detector.service.asks import About, Answer, Ask, Lost, Start
from detector.service.process import NOWHERE, Place
from detector.service.waiting import BusyError, Queue, Waiting

T = TypeVar("T")

MOST_STARTS = 3  # of a process that dies before it has begun anything
CRASHED = Lost(
    "crashed", "the process that read this article ended (out of memory, or killed): leave it out, or look at it"
)
OUT_OF_MEMORY = Lost(
    "out-of-memory", "this article asked for more memory than it may have: leave it out, or allow more"
)


@dataclass(slots=True)
class _Process:
    """One process: `place` is where it is in what it was last asked, and `hello` what it says when ready."""

    executor: ProcessPoolExecutor
    place: Place
    hello: Future[tuple[int, About]]
    pid: int = 0

    def end(self) -> None:
        """End it at once, whatever it is at."""
        for child in list(getattr(self.executor, "_processes", None) or {}):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self.executor.shutdown(wait=False, cancel_futures=True)


class Workers:
    """`count` processes; `queue` requests may wait for one, and `seconds` bounds the time at one article.

    Attributes:
        about: which model they have; None before they are ready.
        count: how many they are.
        batches: that are being answered.
        restarts: of processes, since the start.
    """

    def __init__(self, start: Start, count: int, queue: int, seconds: float) -> None:
        self._start = start
        self._queue = queue
        self._seconds = seconds
        self._context = multiprocessing.get_context("spawn")
        self._processes = [self._begin() for _ in range(count)]
        self._idle: deque[_Process] = deque()
        self._waiting = Queue()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._failed: asyncio.Future[DetectorError] = asyncio.Future()
        self.about: About | None = None
        self.count = count
        self.batches = 0
        self.restarts = 0

    @property
    def waiting(self) -> int:
        """Articles that wait for a process."""
        return len(self._waiting)

    async def ready(self) -> About:
        """Wait until all have opened the model; raises DetectorError with the reason why the first has not.

        With the first one requests are taken: from then on a process that dies is replaced.
        """
        await self._greet(self._processes[0])
        for place in range(1, self.count):
            await self._greet_or_begin_again(place)
        assert self.about is not None
        return self.about

    async def failure(self) -> None:
        """Wait until a process that died cannot be replaced, which may be for ever, and raise DetectorError."""
        raise await self._failed

    async def answer(self, ask: Ask) -> Answer:
        """Have one article answered; raises BusyError, or ValueError for a rate that the calibration does not know.

        Who is cancelled while waiting gives up the place; what has begun is finished, and its process then freed.
        """
        if not self._idle and self.waiting >= self._queue:
            raise BusyError
        return await self.answer_later(ask)

    async def answer_later(self, ask: Ask) -> Answer:
        """The same for one who may wait, however many others do; BusyError only where processes go on dying."""
        one = self._waiting.add(ask)
        self._hand_out()
        try:
            return await one.answer
        finally:
            self._waiting.leave(one)  # who asked may have gone away

    def close(self) -> None:
        """End all processes at once."""
        for task in self._tasks:
            task.cancel()
        for one in self._processes:
            one.end()

    def _begin(self) -> _Process:
        place = self._context.RawValue(Place)
        executor = ProcessPoolExecutor(
            1, self._context, initializer=process.begin, initargs=(self._start, place, os.getpid())
        )
        return _Process(executor, place, executor.submit(process.about))

    async def _greet(self, one: _Process) -> None:
        """Wait until a process is ready, and let it work."""
        try:
            one.pid, about = await asyncio.wrap_future(one.hello)
        except BrokenExecutor:
            raise DetectorError(
                "a worker process ended before it began to score (out of memory, or killed): "
                "run again with fewer workers"
            ) from None
        if self.about not in (None, about):
            raise DetectorError("the model or the archive was changed while the service runs: start it again")
        self.about = about
        self._free(one)

    def _free(self, one: _Process) -> None:
        self._idle.append(one)
        self._hand_out()

    def _hand_out(self) -> None:
        while self._idle and self._waiting:
            self._kept(self._work(self._idle.popleft(), self._waiting.next(self.count)))

    async def _work(self, one: _Process, together: Sequence[Waiting]) -> None:
        """Have a process answer, and free it for others, or put another in its place."""
        try:
            answers = await self._answers(one, [waiting.ask for waiting in together])
        except (TimeoutError, MemoryError, BrokenExecutor) as error:
            # What is alone is to blame, unless its process died before it had begun: it may have been dead at rest.
            alone = len(together) == 1 and not isinstance(error, BrokenExecutor)
            self._waiting.put_back(together, 0 if alone else one.place.at, self._lost(error))
            self._renew(one)
        except Exception as error:
            if len(together) == 1:
                together[0].give(error)
            else:
                self._waiting.put_back(together)
            self._free(one)
        else:
            for waiting, answer in zip(together, answers, strict=True):
                waiting.give(answer)
            self._free(one)

    async def _answers(self, one: _Process, asks: list[Ask]) -> list[Answer]:
        """What a process answers; TimeoutError where it stays at one place for too long, and what it dies of."""
        one.place.set(NOWHERE)
        answers = asyncio.wrap_future(one.executor.submit(process.answer, asks))
        try:
            while (left := one.place.since + self._seconds - time.monotonic()) > 0:
                await asyncio.wait({answers}, timeout=left)
                if answers.done():
                    return answers.result()
            raise TimeoutError
        finally:
            answers.cancel()

    def _lost(self, error: Exception) -> Lost:
        if isinstance(error, TimeoutError):
            message = f"this article took longer than {self._seconds:g} seconds: leave it out, or allow more time"
            return Lost("timeout", message)
        return OUT_OF_MEMORY if isinstance(error, MemoryError) else CRASHED

    def _renew(self, one: _Process) -> None:
        """Put a new process in the place of one, which is ended."""
        one.end()
        self.restarts += 1
        self._kept(self._begin_again(self._processes.index(one)))
        self._hand_out()

    def _kept(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start some work, and hold it: the event loop alone would let it be collected."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _begin_again(self, place: int) -> None:
        self._processes[place] = self._begin()
        await self._greet_or_begin_again(place)

    async def _greet_or_begin_again(self, place: int) -> None:
        for attempt in range(MOST_STARTS):
            try:
                await self._greet(self._processes[place])
                return
            except DetectorError as error:
                if attempt == MOST_STARTS - 1:
                    if not self._failed.done():
                        self._failed.set_result(error)
                    return
            self._processes[place].end()
            self._processes[place] = self._begin()
