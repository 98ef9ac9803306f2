"""Cold start, latency alone and beside others, and what the service takes of the machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.service.drafts import as_records, as_requests, made_drafts, stolen_drafts
from benchmarks.service.exchange import request_bytes
from benchmarks.service.load import Load, closed_loop
from benchmarks.service.running import Service, running_service
from benchmarks.speed import Row, Target
from detector.pipeline import Detector

CLIENTS = 8
WARM = 64  # requests that are not counted
GENERATED = 4000  # requests for nothing, to measure the load generator itself
MOST_ALONE, MOST_TOGETHER, MOST_ARCHIVED = 80, 150, 250  # milliseconds, p95
MOST_SECONDS, MOST_MEGABYTES = 2.0, 600
UNLIMITED = ("--rate", "1000000000")


def cold_starts(options: Sequence[str], runs: int) -> list[Target]:
    """Time from the command to the first 200 of /readyz; the model's files are in the page cache."""
    print(f"  {'':44}{'median':>10}{'min':>10}{'max':>10}")
    seconds = []
    for _ in range(runs):
        with running_service(*options) as service:
            seconds.append(service.ready_seconds)
    row = Row("cold start, until /readyz answers 200", seconds, "seconds")
    print(f"{row}\n", flush=True)
    return [
        Target(f"ready within {MOST_SECONDS:g} s of a cold start", f"{row.middle:.2f} s", row.middle < MOST_SECONDS)
    ]


def latency(service: Service, n: int, archive: Path | None) -> tuple[list[Target], float]:
    """Latency of each kind of draft, alone and beside others; gives the requests a second that the service can do."""
    kinds = {"clean draft": made_drafts("clean"), "spun draft": made_drafts("spun")}
    if archive is not None:
        kinds["draft with its source in the archive"] = stolen_drafts(archive)
    print(f"  {'milliseconds':44}{'p50':>8}{'p95':>8}{'p99':>8}{'most':>8}{'a second':>10}")
    _generator(service)
    if archive is None:
        _plain(kinds, n)
    targets, capacity = [], 0.0
    for clients, most in ((1, MOST_ALONE), (CLIENTS, MOST_TOGETHER)):
        loads = {kind: _load(service, as_requests(texts), clients, n) for kind, texts in kinds.items()}
        for kind, load in loads.items():
            _show(f"{kind}, {_clients(clients)}", load)
        worst = max(load.percentile(95) for load in loads.values())
        bound = most if archive is None else MOST_ARCHIVED
        said = f"800-word draft, {_clients(clients)}{'' if archive is None else ', archive'}: p95 under {bound} ms"
        everything_answered = all(load.statuses().keys() == {200} for load in loads.values())
        targets.append(Target(said, f"{worst:.0f} ms", worst < bound and everything_answered))
        capacity = min(load.per_second for load in loads.values())
    print()
    return targets, capacity


def memory(service: Service) -> list[Target]:
    """What all its processes take, after all that was asked before."""
    told = service.memory()
    print(f"  memory of {len(service.processes())} processes, in MB: ", end="")
    print(f"{told.unique:.0f} of their own, {told.shared:.0f} shared, told once\n")
    claim = f"memory under {MOST_MEGABYTES} MB with two workers"
    return [Target(claim, f"{told.total:.0f} MB", told.total < MOST_MEGABYTES)]


def _load(service: Service, requests: Sequence[bytes], clients: int, n: int) -> Load:
    asyncio.run(closed_loop(service.port, requests, clients, WARM))
    return asyncio.run(closed_loop(service.port, requests, clients, n))


def _generator(service: Service) -> None:
    """What the load generator can do at most, of a request that costs the service next to nothing."""
    load = _load(service, [request_bytes("GET", "/healthz")], CLIENTS, GENERATED)
    _show(f"the generator itself: /healthz, {_clients(CLIENTS)}", load)


def _plain(kinds: Mapping[str, Sequence[str]], n: int) -> None:
    """The plain alternative: Detector.score in this process, one draft after the other."""
    detector = Detector.load()
    for kind, texts in kinds.items():
        records = as_records(texts)
        for record in records[:WARM]:
            detector.score([record])
        moments = [time.perf_counter()]
        for i in range(n):
            detector.score([records[i % len(records)]])
            moments.append(time.perf_counter())
        _show(f"{kind}, Detector.score in process", Load.of_seconds(moments))


def _show(name: str, load: Load) -> None:
    figures = "".join(f"{load.percentile(percent):>8.1f}" for percent in (50, 95, 99, 100))
    bad = {status: count for status, count in load.statuses().items() if status != 200}
    print(f"  {name:44}{figures}{load.per_second:>10,.1f}{f'   not answered: {bad}' if bad else ''}", flush=True)


def _clients(n: int) -> str:
    return "alone" if n == 1 else f"{n} clients"
