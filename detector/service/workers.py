"""Processes that score, asked one article at a time; one that hangs or dies costs its article alone.

Each process is an executor of its own, so that one can be ended while its neighbours work on. The standard library's,
not joblib's: that imports numpy, which the listening process has no other use for, and collects garbage every second.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Coroutine
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import suppress
from ctypes import c_byte
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from detector.errors import DetectorError
from detector.service import process
from detector.service.asks import About, Answer, Ask, Lost, Start

T = TypeVar("T")

MOST_STARTS = 3  # of a process that dies before it has begun anything
LOST = "the process that read this article ended (out of memory, or killed): leave it out, or look at it"


class BusyError(Exception):
    """As many requests wait as may."""


@dataclass(slots=True)
class _Process:
    """One process: `begun` is 1 once it has begun what it was last asked, and `hello` is what it says when ready."""

    executor: ProcessPoolExecutor
    begun: c_byte
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
        waiting: articles that wait for one.
        batches: that are being answered.
        restarts: of processes, since the start.
    """

    def __init__(self, start: Start, count: int, queue: int, seconds: float) -> None:
        self._start = start
        self._queue = queue
        self._seconds = seconds
        self._context = multiprocessing.get_context("spawn")
        self._processes = [self._begin() for _ in range(count)]
        self._idle: asyncio.Queue[_Process] = asyncio.Queue()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._failed: asyncio.Future[DetectorError] = asyncio.Future()
        self.about: About | None = None
        self.count = count
        self.waiting = 0
        self.batches = 0
        self.restarts = 0

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
        if self._idle.empty() and self.waiting >= self._queue:
            raise BusyError
        return await self.answer_later(ask)

    async def answer_later(self, ask: Ask) -> Answer:
        """The same for one who may wait, however many others do; BusyError only where processes go on dying."""
        one = await self._take()
        return await asyncio.shield(self._kept(self._answer(one, ask)))

    def close(self) -> None:
        """End all processes at once."""
        for task in self._tasks:
            task.cancel()
        for one in self._processes:
            one.end()

    def _begin(self) -> _Process:
        begun = self._context.RawValue(c_byte, 0)
        executor = ProcessPoolExecutor(
            1, self._context, initializer=process.begin, initargs=(self._start, begun, os.getpid())
        )
        return _Process(executor, begun, executor.submit(process.about))

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
        self._idle.put_nowait(one)

    async def _take(self) -> _Process:
        self.waiting += 1
        try:
            return await self._idle.get()
        finally:
            self.waiting -= 1

    async def _answer(self, one: _Process, ask: Ask) -> Answer:
        for _ in range(MOST_STARTS):
            one.begun.value = 0
            try:
                future = one.executor.submit(process.answer, ask)
                answer = await asyncio.wait_for(asyncio.wrap_future(future), self._seconds)
            except TimeoutError:
                message = f"this article took longer than {self._seconds:g} seconds: leave it out, or allow more time"
                ask = replace(ask, lost=Lost("timeout", message))
            except MemoryError:
                message = "this article asked for more memory than it may have: leave it out, or allow more"
                ask = replace(ask, lost=Lost("out-of-memory", message))
            except BrokenExecutor:
                if one.begun.value:
                    ask = replace(ask, lost=Lost("crashed", LOST))
            except BaseException:
                self._idle.put_nowait(one)
                raise
            else:
                self._idle.put_nowait(one)
                return answer
            self._renew(one)
            one = await self._idle.get()
        self._idle.put_nowait(one)
        raise BusyError

    def _renew(self, one: _Process) -> None:
        """Put a new process in the place of one, which is ended."""
        one.end()
        self.restarts += 1
        self._kept(self._begin_again(self._processes.index(one)))

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
