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

from benchmarks.service.exchange import NO_ANSWER, Client, request_bytes
from benchmarks.service.running import Service
from benchmarks.speed import Target

WRITERS = 6  # clients that write feedback, and one that has drafts checked
DRAFT = "The ferry company said on Monday that its ships would sail again once the storm had passed. " * 20
JSON = (("Content-Type", "application/json"),)
LONGEST = 1.0  # seconds from a start to the kill


@dataclass
class Written:
    """Feedback by its number in the database, as far as it was confirmed, and what else was answered.

    Attributes:
        unanswered: judgements that were on the way when the service was killed.
        crashed: those that were in the hands of a worker when it was killed, and said so.
        other: statuses that nobody expects; NO_ANSWER where a connection ended though the service lived.
    """

    confirmed: dict[int, str] = field(default_factory=dict)
    unanswered: int = 0
    crashed: int = 0
    checked: int = 0
    other: set[int] = field(default_factory=set)


def kills(service: Service, database: Path, n: int, seed: int, told: Callable[[], object]) -> list[Target]:
    """Kill n times, a worker and the service by turns; look at the database after each kill of the service."""
    written = Written()
    unsound = asyncio.run(_kill_and_start(service, database, n, random.Random(seed), written, told))
    stored = stored_notes(database)
    lost = [number for number, note in written.confirmed.items() if stored.get(number) != note]
    print(
        f"  {n} kills: {len(written.confirmed):,} judgements confirmed, {written.unanswered:,} cut off, "
        f"{written.crashed:,} refused as their worker was killed; {len(stored):,} in the database; "
        f"{written.checked:,} drafts checked meanwhile\n",
        flush=True,
    )
    others = ", ".join(map(str, sorted(written.other)))
    return [
        Target(f"{n} kills: no confirmed feedback lost", f"{len(lost)} of {len(written.confirmed):,}", not lost),
        Target(f"{n} kills: database sound after each", f"{unsound} times not", unsound == 0),
        Target(f"{n} kills: nothing but answers and 503", others or "nothing else", not written.other),
    ]


async def _kill_and_start(
    service: Service, database: Path, n: int, rng: random.Random, written: Written, told: Callable[[], object]
) -> int:
    unsound = 0
    for number in range(n):
        clients = [asyncio.create_task(_write(service.port, f"{number}-{i}", written)) for i in range(WRITERS)]
        clients.append(asyncio.create_task(_check(service.port, written)))
        await asyncio.sleep(rng.uniform(0.1, LONGEST))
        if number % 2:
            await asyncio.to_thread(service.kill)
            written.unanswered += sum(status == NO_ANSWER for status in await asyncio.gather(*clients[:-1]))
            await clients[-1]
            unsound += integrity(database) != "ok"
            await asyncio.to_thread(service.start)
        else:
            with suppress(psutil.NoSuchProcess):
                rng.choice(service.workers()).kill()
            await asyncio.sleep(rng.uniform(0.1, LONGEST))
            written.other |= {client.result() for client in clients if client.done()}
            for client in clients:
                client.cancel()
            await asyncio.gather(*clients, return_exceptions=True)
            await asyncio.to_thread(service.wait_until_ready)
        told()
    return unsound


async def _write(port: int, name: str, written: Written) -> int:
    """Judge phrases of a draft, one after the other, until nobody answers; give that status."""
    client, number = Client(port), 0
    while True:
        number += 1
        note = f"{name}-{number}"
        judgement = {"text": DRAFT, "judgement": "fine", "start": 4, "end": 9, "note": note}
        answer = await client.ask(request_bytes("POST", "/v1/feedback", json.dumps(judgement).encode(), JSON))
        if answer.status == 201:
            written.confirmed[int(json.loads(answer.body)["id"])] = note
        elif b'"crashed"' in answer.body:
            written.crashed += 1
        elif answer.status != 503:
            return answer.status


async def _check(port: int, written: Written) -> int:
    """Have a draft checked again and again, until nobody answers; give that status."""
    client, body = Client(port), json.dumps({"text": DRAFT}).encode()
    while True:
        answer = await client.ask(request_bytes("POST", "/v1/check", body, JSON))
        written.checked += answer.status == 200
        if answer.status not in (200, 503):
            return answer.status


def stored_notes(database: Path) -> dict[int, str]:
    """The note of each judgement by its number."""
    with closing(sqlite3.connect(database)) as connection:
        return dict(connection.execute("SELECT id, note FROM judgements"))


def integrity(database: Path) -> str:
    """What SQLite finds wrong with the file; "ok" where it is sound."""
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
