"""Kill -9 of the service and of its workers while editors write feedback: what was confirmed must be there later."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.service.exchange import Client, request_bytes
from benchmarks.service.running import Service
from benchmarks.speed import Target

WRITERS = 6  # clients that write feedback, and one that has drafts checked
DRAFT = "The ferry company said on Monday that its ships would sail again once the storm had passed. " * 20
LONGEST = 1.0  # seconds from a start to the kill


@dataclass
class Written:
    """Feedback by its number in the database; what was confirmed, and what was sent without an answer."""

    confirmed: dict[int, str] = field(default_factory=dict)
    unanswered: int = 0
    checked: int = 0
    other: set[int] = field(default_factory=set)  # statuses that nobody expects


def kills(service: Service, database: Path, n: int, seed: int, told: Callable[[], object]) -> list[Target]:
    """Kill n times, the service and a worker by turns; look at the database after each kill of the service."""
    written = Written()
    unsound = asyncio.run(_kill_and_start(service, database, n, random.Random(seed), written, told))
    stored = stored_notes(database)
    lost = [number for number, note in written.confirmed.items() if stored.get(number) != note]
    print(
        f"  {n} kills; {len(written.confirmed):,} judgements confirmed and {written.unanswered:,} sent without answer, "
        f"{len(stored):,} in the database; {written.checked:,} drafts checked meanwhile\n",
        flush=True,
    )
    return [
        Target(f"{n} kills: no confirmed feedback lost", f"{len(lost)} of {len(written.confirmed):,}", not lost),
        Target(f"{n} kills: database sound after each", f"{unsound} times not", unsound == 0),
        Target("kills: answers are 200, 201 and 503", f"others: {written.other or 'none'}", not written.other),
    ]


async def _kill_and_start(
    service: Service, database: Path, n: int, rng: random.Random, written: Written, told: Callable[[], object]
) -> int:
    unsound = 0
    for number in range(n):
        clients = [asyncio.create_task(_write(service.port, f"{number}-{i}", written)) for i in range(WRITERS)]
        clients.append(asyncio.create_task(_check(service.port, written)))
        await asyncio.sleep(rng.uniform(0.1, LONGEST))
        if number % 2 == 0:
            workers = service.workers()
            with suppress(psutil.NoSuchProcess):
                rng.choice(workers).kill()
            await asyncio.sleep(rng.uniform(0.1, LONGEST))
        await asyncio.to_thread(service.kill if number % 2 else service.wait_until_ready)
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)
        if number % 2:
            unsound += integrity(database) != "ok"
            await asyncio.to_thread(service.start)
        told()
    return unsound


async def _write(port: int, name: str, written: Written) -> None:
    """Judge phrases of a draft, one after the other, until the service is gone."""
    client = Client(port)
    number = 0
    while True:
        number += 1
        note = f"{name}-{number}"
        judgement = {"text": DRAFT, "judgement": "fine", "start": 4, "end": 9, "note": note}
        answer = await client.ask(
            request_bytes(
                "POST", "/v1/feedback", json.dumps(judgement).encode(), (("Content-Type", "application/json"),)
            )
        )
        if answer.status == 201:
            written.confirmed[int(json.loads(answer.body)["id"])] = note
        elif answer.status == 0:
            written.unanswered += 1
            await asyncio.sleep(0.05)
        elif answer.status != 503:
            written.other.add(answer.status)


async def _check(port: int, written: Written) -> None:
    """Have a draft checked again and again."""
    client = Client(port)
    body = json.dumps({"text": DRAFT}).encode()
    while True:
        answer = await client.ask(request_bytes("POST", "/v1/check", body, (("Content-Type", "application/json"),)))
        written.checked += answer.status == 200
        if answer.status not in (0, 200, 503):
            written.other.add(answer.status)
        await asyncio.sleep(0 if answer.status else 0.05)


def stored_notes(database: Path) -> dict[int, str]:
    """The note of each judgement by its number."""
    with closing(sqlite3.connect(database)) as connection:
        return dict(connection.execute("SELECT id, note FROM judgements"))


def integrity(database: Path) -> str:
    """What SQLite finds wrong with the file; "ok" where it is sound."""
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
