"""More requests than the service can do: what it answers, how long it takes, and whether it grows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from benchmarks.service.load import Load, closed_loop, open_loop
from benchmarks.service.running import Service
from benchmarks.speed import Target

TIMES = 4  # of what it can do
PARTS = 6  # of the time, each with figures of its own
ALLOWED = {200, 429, 503}
MOST_GROWN = 1.1  # of memory
SETTLE_SECONDS = 5.0  # of the same load, before memory is looked at for the first time
SLACK = 3  # times the wait that the queue accounts for: the load generator takes processor time from the workers
MOST_MORE_FILES = 64  # connections that are still being closed


def overload(service: Service, requests: Sequence[bytes], capacity: float, seconds: float, queue: int) -> list[Target]:
    """Ask TIMES as often as it can answer, for so long."""
    asyncio.run(open_loop(service.port, requests, TIMES * capacity, SETTLE_SECONDS))
    memory, files = service.memory(), service.open_files()
    load = asyncio.run(open_loop(service.port, requests, TIMES * capacity, seconds))
    after = asyncio.run(closed_loop(service.port, requests, 1, len(requests)))
    memory_after, files_after = service.memory(), service.open_files()
    _show(load, capacity)
    print(f"  memory {memory.total:.0f} MB, then {memory_after.total:.0f} MB; open files {files}, then {files_after}")
    print(f"  one client afterwards: p95 {after.percentile(95):.0f} ms\n", flush=True)
    statuses = load.statuses()
    said = ", ".join(f"{status}: {statuses[status]:,}" for status in sorted(statuses))
    bound = SLACK * 1e3 * (queue + 2) / capacity
    slowest = load.percentile(95)
    return [
        Target(f"overload: {', '.join(map(str, sorted(ALLOWED)))} and nothing else", said, statuses.keys() <= ALLOWED),
        Target(
            "overload: each refusal says when to ask again",
            f"{load.without_retry_after()} do not",
            load.without_retry_after() == 0,
        ),
        Target(f"overload: accepted requests p95 under {bound:,.0f} ms", f"{slowest:,.0f} ms", slowest < bound),
        Target(
            "overload: memory and open files flat",
            f"{memory_after.total / memory.total:.2f} times, {files_after - files:+d}",
            memory_after.total < MOST_GROWN * memory.total and files_after - files < MOST_MORE_FILES,
        ),
    ]


def _show(load: Load, capacity: float) -> None:
    """Figures of each part of the time, by when a request was due."""
    print(f"  {TIMES} times {capacity:.1f} requests a second for {load.seconds:.0f} s")
    print(f"  {'seconds':12}{'sent':>8}{'200':>8}{'429':>8}{'503':>8}{'other':>8}{'p50':>10}{'p95':>10}{'p99':>10} ms")
    last = max(one.due for one in load.asked)
    for start, end in pairwise(last * part / PARTS for part in range(PARTS + 1)):
        part = Load([one for one in load.asked if start <= one.due < end or one.due == end == last], end - start)
        statuses = part.statuses()
        counts = (len(part.asked), *(statuses[status] for status in sorted(ALLOWED)))
        other = len(part.asked) - sum(counts[1:])
        times = "".join(f"{part.percentile(percent):>10.0f}" for percent in (50, 95, 99))
        print(f"  {f'{start:.0f} to {end:.0f}':12}{''.join(f'{count:>8,}' for count in (*counts, other))}{times}")
