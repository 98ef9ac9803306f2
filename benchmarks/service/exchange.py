"""One HTTP exchange over a plain socket: little stands between service and clock, and any bytes may be sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

NO_ANSWER = 0  # in place of a status: the connection was refused, reset or closed
HANG = -1  # neither an answer nor an end within the time
MOST_HEAD = 1 << 20  # bytes of an answer's head
SECONDS = 60.0  # that an answer may take

# Headers come last, and may be anything: pairs, as some attacks give one twice.
Headers = Iterable[tuple[str, str | bytes]]


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def request_bytes(
    method: str, path: str, body: bytes | None = None, headers: Headers = (), host: str = "127.0.0.1"
) -> bytes:
    """Write a request down, with the Content-Length of its body, if it has one."""
    lines = [f"{method} {path} HTTP/1.1".encode(), b"Host: " + host.encode()]
    lines += [
        name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()) for name, value in headers
    ]
    if body is not None:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Read one answer; raises OSError or EOFError where the connection ends first."""
    status, headers = await _read_head(reader)
    while 100 <= status < 200:
        status, headers = await _read_head(reader)
    if headers.get("transfer-encoding") == "chunked":
        body = await _read_chunks(reader)
    elif "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    elif status in (204, 304):
        body = b""
    else:
        body = await reader.read()
    return Answer(status, headers, body)


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(first.split(" ", 2)[1]), headers


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
    return body


class Client:
    """One connection, kept open from request to request, and opened again where the service closed it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes, seconds: float = SECONDS) -> Answer:
        """Send a request and read its answer; what goes wrong is an answer too."""
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(request)
        except TimeoutError:
            await self.close()
            return Answer(HANG)
        except (OSError, EOFError, asyncio.LimitOverrunError, ValueError):
            await self.close()
            return Answer(NO_ANSWER)

    async def _exchange(self, request: bytes) -> Answer:
        if self._streams is not None:
            try:
                return await self._asked(request, *self._streams)
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                if getattr(error, "partial", b""):
                    raise
                await self.close()  # it was idle for so long that the service closed it just now: as clients do, again
        self._streams = await asyncio.open_connection("127.0.0.1", self.port, limit=MOST_HEAD)
        return await self._asked(request, *self._streams)

    async def _asked(self, request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Answer:
        writer.write(request)
        answer = await read_answer(reader)
        if answer.headers.get("connection") == "close":
            await self.close()
        return answer

    async def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            writer, self._streams = self._streams[1], None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
