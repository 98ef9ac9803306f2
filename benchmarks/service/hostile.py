"""Attacks are sent, many at a time, and what came of each is told."""

from __future__ import annotations

import asyncio
import http.client
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

from benchmarks.service.exchange import HANG, MOST_HEAD, NO_ANSWER, read_answer
from benchmarks.service.malformed import Attack

AT_A_TIME = 32
HANG_SECONDS = 60.0  # longer than any time limit of the service


@dataclass
class Outcomes:
    """Answers by kind of attack and status, those that ought not to have been, and how others fared meanwhile.

    Attributes:
        longest: seconds that /healthz took at most, asked again and again beside the attacks.
    """

    by_kind: Mapping[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[tuple[str, int, Attack]] = field(default_factory=list)
    longest: float = 0.0

    def __add__(self, other: Outcomes) -> Outcomes:
        """Both together."""
        kinds = self.by_kind.keys() | other.by_kind.keys()
        by_kind = {kind: self.by_kind[kind] + other.by_kind[kind] for kind in kinds}
        return Outcomes(by_kind, [*self.wrong, *other.wrong], max(self.longest, other.longest))

    def statuses(self) -> Counter[int]:
        """Answers of all kinds."""
        return sum(self.by_kind.values(), Counter())


async def send_all(
    port: int,
    attacks: Iterable[tuple[str, Attack]],
    seconds: float = HANG_SECONDS,
    told: Callable[[], object] = lambda: None,
) -> Outcomes:
    """Send attacks, AT_A_TIME at a time; an answer that takes longer than `seconds` is a hang."""
    outcomes, coming = Outcomes(), iter(attacks)

    async def one_attacker() -> None:
        for kind, attack in coming:
            outcomes.by_kind[kind].update()  # those that hang up have no answer, and are told all the same
            for status in await send(port, attack, seconds):
                outcomes.by_kind[kind][status] += 1
                if status not in attack.allowed:
                    outcomes.wrong.append((kind, status, attack))
            told()

    with _asked_beside(port, outcomes):
        await asyncio.gather(*(one_attacker() for _ in range(AT_A_TIME)))
    return outcomes


@contextmanager
def _asked_beside(port: int, outcomes: Outcomes) -> Iterator[None]:
    """Ask for little again and again: one request that keeps the service from all others shows here.

    In a thread, as the attackers keep their own loop busy with making what they send.
    """
    done = threading.Event()

    def ask() -> None:
        while not done.wait(0.02):
            asked = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANG_SECONDS)
            with closing(connection), suppress(OSError, http.client.HTTPException):
                connection.request("GET", "/healthz")
                connection.getresponse().read()
            outcomes.longest = max(outcomes.longest, time.perf_counter() - asked)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


async def send(port: int, attack: Attack, seconds: float) -> list[int]:
    """Send one attack step by step until it is answered; give the statuses of the answers."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=MOST_HEAD)
    except OSError:
        return [NO_ANSWER]
    statuses: list[int] = []
    reading = asyncio.create_task(_read(reader, attack.answers, statuses))
    try:
        async with asyncio.timeout(seconds):
            await _write(writer, attack, reading)
            await reading
    except TimeoutError:
        statuses.append(HANG)
    finally:
        reading.cancel()
        writer.transport.abort()
        await asyncio.wait({reading})
    return statuses


async def _write(writer: asyncio.StreamWriter, attack: Attack, reading: asyncio.Task[None]) -> None:
    """Send what is to be sent, until it was answered or nobody takes it any more."""
    for step in attack.steps:
        if writer.is_closing() or (reading.done() and attack.answers):
            return
        if isinstance(step, bytes):
            writer.write(step)
            with suppress(OSError):
                await writer.drain()
        elif attack.answers:
            await asyncio.wait({reading}, timeout=step)
        else:
            await asyncio.sleep(step)


async def _read(reader: asyncio.StreamReader, answers: int, statuses: list[int]) -> None:
    for _ in range(answers):
        try:
            statuses.append((await read_answer(reader)).status)
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            statuses.append(NO_ANSWER)
            return
