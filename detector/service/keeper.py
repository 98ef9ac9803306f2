"""The listening process's hand on the feedback: one thread, so that a slow disk does not hold up other requests."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from detector.service.feedback_store import FeedbackStore, Judgement
from detector.service.refusals import RequestError

T = TypeVar("T")

DAY = 86_400.0  # seconds


class Keeper:
    """Records judgements, and forgets them after `days`, where that is asked for."""

    def __init__(self, store: FeedbackStore, days: int | None) -> None:
        self._store = store
        self._days = days
        self._thread = ThreadPoolExecutor(1, "feedback")

    async def record(self, said: Judgement, fingerprints: Sequence[str]) -> int:
        """Give the number of what is on disk now; RequestError where it could not be written."""
        return await self._written(partial(self._store.record, said, fingerprints, datetime.now(UTC)))

    async def take_back(self, number: int, client: str | None) -> None:
        """Delete what a client said for good; RequestError where there is nothing of this number, or not of theirs."""
        if not await self._written(partial(self._store.take_back, number, client)):
            message = "expected the number of feedback that you gave and that is still kept, got another"
            raise RequestError(404, "no-such-feedback", message)

    async def forget_daily(self) -> None:
        """Delete what is too old, now and every day; goes on until it is cancelled."""
        while self._days is not None:
            with suppress(sqlite3.Error):  # another writes for long: the next day will do
                await self._done(partial(self._store.delete_older, self._days, datetime.now(UTC)))
            await asyncio.sleep(DAY)

    def close(self) -> None:
        """Finish what is being written."""
        self._thread.shutdown(wait=True)
        self._store.close()

    async def _written(self, work: Callable[[], T]) -> T:
        try:
            return await self._done(work)
        except sqlite3.Error:
            message = "the feedback could not be written (a full disk, or another who writes): send it again"
            raise RequestError(503, "not-kept", message, retry_after=5) from None

    async def _done(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
