"""Connections that wait for ever are ended, and a mistake of ours is told without what was asked."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from detector.service import connection
from detector.service.batch_lines import Line, in_order, lines
from detector.service.connection import OwnServer, make_server
from detector.service.guard import Guard
from detector.service.metrics import Metrics
from detector.service.settings import ServiceSettings

SOON = 0.05  # seconds


async def endless(scope: Any, receive: Any, send: Any) -> None:
    """An answer that never ends, of a megabyte at a time."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while (await asyncio.wait_for(receive(), 30))["type"] != "http.disconnect":
        for _ in range(100):
            await send({"type": "http.response.body", "body": b"a" * 1_000_000, "more_body": True})


@contextlib.asynccontextmanager
async def listening(app: Any) -> AsyncIterator[tuple[OwnServer, int]]:
    server = make_server(app)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield server, listener.getsockname()[1]
        finally:
            server.end(at_once=True)
            await running


async def ended(sent: bytes) -> bool:
    """Whether the service ends a connection on which this was sent, and then nothing."""
    async with listening(endless) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        with contextlib.suppress(ConnectionError):
            return await asyncio.wait_for(reader.read(), 30) == b""
        return True


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b"])
def test_a_head_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", SOON)
    assert asyncio.run(ended(sent))


def test_an_answer_that_nobody_reads_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "READ_SECONDS", SOON)

    async def unread() -> None:
        async with listening(endless) as (server, port):
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await _until(lambda: len(server.server_state.connections) == 1)
            await _until(lambda: len(server.server_state.connections) == 0)

    asyncio.run(unread())


def test_more_connections_than_may_be_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MOST_CONNECTIONS", 3)

    async def crowded() -> None:
        async with listening(endless) as (server, port):
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
            await _until(lambda: len(server.server_state.connections) == 3)
            left = [asyncio.create_task(reader.read()) for reader, _ in held]
            await _until(lambda: sum(one.done() for one in left) == 2)

    asyncio.run(crowded())


async def _until(holds: Any) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.005)


class NoWorkers:
    about = None
    waiting = restarts = 0


def test_a_mistake_of_ours_is_told_without_what_was_asked(capfd: pytest.CaptureFixture[str]) -> None:
    async def mistaken(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError((await receive())["body"].decode())

    guard = Guard(mistaken, ServiceSettings(), None, Metrics(NoWorkers()), ["/here"])  # type: ignore[arg-type]

    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url="http://localhost") as client:
            return await client.post("/here?zebra", content=b"zebra")

    answer = asyncio.run(asked())
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    logged = capfd.readouterr().err
    assert "internal error: ValueError (test_connection.py, line" in logged
    assert "POST /here 500" in logged
    assert "zebra" not in answer.text + logged


async def blocks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def read(*parts: bytes, most: int = 10) -> list[Line]:
    return [line async for line in lines(blocks(*parts), most)]


def test_a_long_line_may_come_byte_by_byte() -> None:
    """Twice as long takes about twice the time, not four times."""
    content = b"a" * 400_000
    begun = time.process_time()
    (line,) = asyncio.run(read(*(bytes([byte]) for byte in content), b"\n", most=len(content)))
    assert line.content == content
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_lines_are_the_same_however_they_come(size: int) -> None:
    sent = b"a\n\r\n \n" + b"b" * 11 + b"\n" + b"c" * 10 + b"\n\n" + b"d" * 30 + b"\nend"
    found = asyncio.run(read(*(sent[i : i + size] for i in range(0, len(sent), size))))
    assert [line.content for line in found] == [b"a", None, b"c" * 10, None, b"end"]
    assert [line.number for line in found] == [1, 4, 5, 7, 8]
    assert [line.record for line in found] == [1, 2, 3, 4, 5]
    assert [line.offset for line in found] == [0, 6, 18, 30, 61]


def test_answers_keep_the_order_and_few_are_in_work() -> None:
    working = most = 0

    async def answer(line: Line) -> bytes:
        nonlocal working, most
        working += 1
        most = max(most, working)
        await asyncio.sleep(0.002 * (5 - line.number % 5))
        working -= 1
        return b"%d" % line.number

    async def answered() -> list[bytes]:
        coming = lines(blocks(*[b"a\n"] * 40), 10)
        return [row async for row in in_order(coming, answer, 3)]

    assert asyncio.run(answered()) == [b"%d" % number for number in range(1, 41)]
    assert most == 3


def test_who_stops_reading_ends_the_work() -> None:
    begun: list[int] = []

    async def answer(line: Line) -> bytes:
        begun.append(line.number)
        if line.number > 1:
            await asyncio.Event().wait()
        return b"1"

    async def left() -> None:
        rows = in_order(lines(blocks(*[b"a\n"] * 40), 10), answer, 3)
        assert await anext(rows) == b"1"
        await rows.aclose()

    asyncio.run(left())
    assert len(begun) <= 4
