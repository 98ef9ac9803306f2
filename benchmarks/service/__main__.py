"""The service as its clients meet it.

    python -m benchmarks.service [--archive DIR] [--overload 60] [--kills 50] [--malformed 10000]

Starts `unspin serve` on a free port of this machine, with two workers, and asks it over plain sockets. The load
generator runs beside it on the same machine and takes its share of the processor; what it can do by itself is told.
Drafts are made of the sentences of data/sample, and the model's files are in the page cache. An archive for --archive
is made by `python -m benchmarks.growth CORPORA --most 100000 --keep DIR`.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import click

from benchmarks.service.drafts import as_requests, made_drafts
from benchmarks.service.exchange import HANG
from benchmarks.service.hostile import Outcomes, send_all
from benchmarks.service.kills import kills as killed
from benchmarks.service.malformed import attacks, good_draft
from benchmarks.service.overload import overload as overloaded
from benchmarks.service.running import Service, running_service
from benchmarks.service.speed import UNLIMITED, cold_starts, latency, memory
from benchmarks.speed import Target

WORKERS = ("--workers", "2")
QUEUE = 32
SETTLE_SECONDS = 6.0  # for connections that nobody uses any more to be closed
MOST_GROWN, MOST_MORE_FILES = 1.1, 5
MOST_SECONDS_BESIDE = 2.0  # for others than the attackers, who take what they can of the processor: guess


@click.command()
@click.option(
    "--archive", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Look for sources in it."
)
@click.option("--requests", default=400, show_default=True, type=click.IntRange(min=50), help="Of each kind of draft.")
@click.option("--starts", default=7, show_default=True, type=click.IntRange(min=1), help="Cold starts.")
@click.option("--overload", default=0, type=click.IntRange(min=0), help="Seconds of four times what it can do.")
@click.option("--kills", default=0, type=click.IntRange(min=0), help="Times it is killed while feedback is written.")
@click.option("--malformed", default=0, type=click.IntRange(min=0), help="Malformed requests.")
@click.option("--seed", default=0, show_default=True)
def main(
    archive: Path | None, requests: int, starts: int, overload: int, kills: int, malformed: int, seed: int
) -> None:
    """Measure and print, and say which targets are kept; exit code 1 where one is missed."""
    print(f"`unspin serve` with two workers; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    options = [*WORKERS, *UNLIMITED, *(["--archive", str(archive)] if archive else [])]
    targets = cold_starts(options, starts)
    with running_service(*options) as service:
        found, capacity = latency(service, requests, archive)
        targets += found + memory(service)
        if overload:
            drafts = as_requests([*made_drafts("clean"), *made_drafts("spun")])
            targets += overloaded(service, drafts, capacity, overload, QUEUE)
    if kills:
        targets += _kills(kills, seed)
    if malformed:
        targets += _malformed(malformed, seed)
    print("Targets")
    for target in targets:
        print(f"  {'ok' if target.kept else 'missed':8}{target.claim:60}{target.measured}")
    sys.exit(not all(target.kept for target in targets))


def _kills(n: int, seed: int) -> list[Target]:
    with _keeping_feedback() as (service, database), _progress("kills", n) as told:
        return killed(service, database, n, seed, told)


@contextmanager
def _keeping_feedback() -> Iterator[tuple[Service, Path]]:
    """A service, and where it keeps what editors say."""
    with tempfile.TemporaryDirectory(prefix="unspin-feedback-") as folder:
        database = Path(folder) / "feedback.sqlite"
        with running_service(*WORKERS, *UNLIMITED, "--feedback", str(database)) as service:
            yield service, database


def _malformed(n: int, seed: int) -> list[Target]:
    """Memory and open files of the second half are compared with the first: what is filled once is no leak."""
    with _keeping_feedback() as (service, _), _progress("malformed requests", n) as told:
        first = asyncio.run(send_all(service.port, attacks(n // 2, seed), told=told))
        time.sleep(SETTLE_SECONDS)
        memory_before, files_before = service.memory(), service.open_files()
        second = asyncio.run(send_all(service.port, attacks(n - n // 2, seed + 1), told=told))
        time.sleep(SETTLE_SECONDS)
        memory_after, files_after = service.memory(), service.open_files()
        answered = [service.check(good_draft(Random(i))) for i in range(20)]
    outcomes = first + second
    _show(outcomes, n)
    grown = memory_after.total / memory_before.total
    print(f"  after half of them {memory_before.total:.0f} MB and {files_before} open files", end="")
    print(f", after all {memory_after.total:.0f} MB and {files_after}\n")
    statuses = outcomes.statuses()
    n_mistakes = sum(statuses[status] for status in statuses if status >= 500 and status not in (501, 503, 505))
    claim = f"{n:,} malformed requests: "
    return [
        Target(f"{claim}no 500", f"{n_mistakes}", n_mistakes == 0),
        Target(f"{claim}no hang", f"{statuses[HANG]}", not statuses[HANG]),
        Target(f"{claim}each answer is one that fits", f"{len(outcomes.wrong)} do not", not outcomes.wrong),
        Target(
            f"{claim}no leak",
            f"memory {grown:.2f} times, open files {files_after - files_before:+d}",
            grown < MOST_GROWN and files_after - files_before <= MOST_MORE_FILES,
        ),
        Target(
            f"{claim}others under {MOST_SECONDS_BESIDE:g} s",
            f"{outcomes.longest:.2f} s for /healthz at most",
            outcomes.longest < MOST_SECONDS_BESIDE,
        ),
        Target("afterwards good drafts are answered", f"{answered.count(200)} of 20", answered == [200] * 20),
    ]


def _show(outcomes: Outcomes, n: int) -> None:
    print(f"  {n:,} malformed requests: answers by status (0: closed without one, -1: hang)")
    for kind in sorted(outcomes.by_kind):
        counts = outcomes.by_kind[kind]
        said = ", ".join(f"{status}: {counts[status]}" for status in sorted(counts))
        print(f"  {kind:24}{said or 'hung up by the client'}")
    for kind, status, attack in outcomes.wrong[:20]:
        print(f"  {kind}: {status} is not among {sorted(attack.allowed)} for {str(attack.steps[0])[:300]}")


@contextmanager
def _progress(what: str, n: int) -> Iterator[Callable[[], None]]:
    """A line on standard error, where that is a terminal."""
    with click.progressbar(length=n, label=what, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield lambda: bar.update(1)


if __name__ == "__main__":
    main()
