"""Load on the service: clients that ask again once they were answered, and requests that come whether it can or not."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from itertools import count, pairwise
from typing import NamedTuple

import numpy as np

from benchmarks.service.exchange import Answer, Client

WAITS = (429, 503)  # answers that must say when to come again


class Asked(NamedTuple):
    """One request: when it was due and how long its answer took, both in seconds, the first since the load began."""

    due: float
    seconds: float
    status: int
    says_when: bool  # the answer has a Retry-After that is a whole number of seconds


class Load(NamedTuple):
    """All requests of one load, and how long it took from the first request to the last answer."""

    asked: Sequence[Asked]
    seconds: float

    @classmethod
    def of_seconds(cls, moments: Sequence[float]) -> Load:
        """Work that was done one after the other, without a service; the moments at which each ended, and the start."""
        asked = [Asked(start - moments[0], end - start, 200, False) for start, end in pairwise(moments)]
        return cls(asked, moments[-1] - moments[0])

    @property
    def per_second(self) -> float:
        """Good answers a second."""
        return len(self.good()) / self.seconds

    def good(self) -> list[float]:
        """Seconds that the good answers took."""
        return [one.seconds for one in self.asked if one.status == 200]

    def percentile(self, percent: float) -> float:
        """Of the good answers, in milliseconds; not a number where there is none."""
        good = self.good()
        return 1e3 * float(np.percentile(good, percent)) if good else float("nan")

    def statuses(self) -> Counter[int]:
        """Answers by status."""
        return Counter(one.status for one in self.asked)

    def without_retry_after(self) -> int:
        """Answers that ought to say when to come again and do not."""
        return sum(one.status in WAITS and not one.says_when for one in self.asked)


async def closed_loop(port: int, requests: Sequence[bytes], clients: int, total: int) -> Load:
    """So many clients ask, one request at a time each, until `total` were sent; the requests are taken in turn."""
    asked: list[Asked] = []
    numbers = count()
    started = time.perf_counter()

    async def one_client() -> None:
        client = Client(port)
        while (number := next(numbers)) < total:
            sent = time.perf_counter()
            answer = await client.ask(requests[number % len(requests)])
            asked.append(_asked(sent, started, answer))
        await client.close()

    await asyncio.gather(*(one_client() for _ in range(clients)))
    return Load(asked, time.perf_counter() - started)


async def open_loop(port: int, requests: Sequence[bytes], per_second: float, seconds: float) -> Load:
    """Requests come at a fixed pace, whatever becomes of those before; latency counts from when each was due."""
    asked: list[Asked] = []
    idle: list[Client] = []
    started = time.perf_counter()

    async def one_request(number: int, due: float) -> None:
        client = idle.pop() if idle else Client(port)
        answer = await client.ask(requests[number % len(requests)])
        asked.append(_asked(due, started, answer))
        idle.append(client)

    async with asyncio.TaskGroup() as tasks:
        for number in range(int(per_second * seconds)):
            due = started + number / per_second
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            tasks.create_task(one_request(number, due))
    for client in idle:
        await client.close()
    return Load(asked, time.perf_counter() - started)


def _asked(due: float, started: float, answer: Answer) -> Asked:
    says_when = answer.headers.get("retry-after", "").isdigit()
    return Asked(due - started, time.perf_counter() - due, answer.status, says_when)
