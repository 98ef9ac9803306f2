"""Before the routes: who may ask, how often, how much and how slowly; after them: one line and one count a request.

Pure ASGI, so that it sees a body as it arrives. Nothing that is logged comes out of a body or an address.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from detector.service.metrics import Metrics
from detector.service.rates import Rates
from detector.service.refusals import HEADERS, RequestError
from detector.service.settings import ServiceSettings
from detector.service.tokens import Tokens

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN = (
    frozenset(  # without a token, at any rate: what is the same wherever this version runs, and costs next to nothing
        {"/", "/static/desk.css", "/static/desk.js", "/docs", "/openapi.json", "/healthz", "/readyz"}
    )
)
METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})
STREAMED = "/v1/batch"  # its body may be long, as it is answered while it arrives
DRAIN_BYTES, DRAIN_SECONDS = 8_000_000, 1.0  # of a refused body, so that its sender reads the refusal: guess
INTERNAL = RequestError(500, "internal", "a mistake of Unspin's: please report it", closes=True)


class Guard:
    """The application with its bounds.

    Attributes:
        closing: once it is told to stop, what is new is answered 503.
        running: requests that are being answered.
    """

    def __init__(
        self, app: App, settings: ServiceSettings, tokens: Tokens | None, metrics: Metrics, routes: Iterable[str]
    ) -> None:
        self._app = app
        self._settings = settings
        self._tokens = tokens
        self._metrics = metrics
        self._routes = frozenset(routes)
        self._rates = Rates(settings.rate)
        self._hosts = settings.allowed_hosts
        self.closing = False
        self.running = 0
        metrics.tell_running(lambda: float(self.running))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        exchange = _Exchange(scope, receive, send, self._settings)
        begun, client = time.monotonic(), "-"
        self.running += 1
        try:
            client = self._client(scope, exchange.headers)
            self._admit(scope["path"], exchange.headers, client)
            await self._app(scope, exchange.receive, exchange.send)
        except RequestError as error:
            await exchange.refuse(error)
        except Exception as error:
            await exchange.refuse(INTERNAL)
            self._log(f"internal error: {_place(error)}; please report it")
        finally:
            self.running -= 1
            self._note(scope, exchange, time.monotonic() - begun, client)

    def _client(self, scope: Scope, headers: dict[str, str]) -> str:
        """The name of who asks: by the token, else the address."""
        address = str((scope.get("client") or ("-",))[0])
        if self._tokens is None:
            return address
        scheme, _, token = headers.get("authorization", "").partition(" ")
        name = self._tokens.name_of(token.strip()) if scheme.lower() == "bearer" else None
        if name is None and scope["path"] not in OPEN:
            raise RequestError(401, "no-token", "expected Authorization: Bearer and a token that this service knows")
        scope["client_name"] = name
        return name or address

    def _admit(self, path: str, headers: dict[str, str], client: str) -> None:
        if self.closing:
            raise RequestError(503, "stopping", "the service stops: ask again soon", retry_after=5, closes=True)
        if self._hosts is not None and _name(headers.get("host", "")) not in self._hosts:
            raise RequestError(421, "wrong-host", "expected a Host that this service is called by (--hosts)")
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise RequestError(415, "compressed", "expected a body as it is, got a compressed one")
        most = self._settings.body_bytes
        if path != STREAMED and int(headers.get("content-length") or 0) > most:
            raise too_large(most)
        if path not in OPEN and (wait := self._rates.wait(client, time.monotonic())):
            message = f"expected at most {self._settings.rate:,} requests a minute, got more: wait"
            raise RequestError(429, "too-many", message, retry_after=wait)

    def _note(self, scope: Scope, exchange: _Exchange, seconds: float, client: str) -> None:
        matched = getattr(scope.get("route"), "path", "-")  # "/v1/feedback/{number}", where a path has one
        route = scope["path"] if scope["path"] in self._routes else matched
        method = scope["method"] if scope["method"] in METHODS else "-"
        self._metrics.count(route, exchange.status, seconds)
        self._log(f"{method} {route} {exchange.status} {1000 * seconds:.0f} ms {exchange.bytes_out} bytes {client}")

    def _log(self, line: str) -> None:
        if self._settings.access_log:
            print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}", file=sys.stderr, flush=True)


class _Exchange:
    """One request and its answer: bounds what comes, and knows what was sent."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, settings: ServiceSettings) -> None:
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self._receive = receive
        self._send = send
        self._settings = settings
        self._path = scope["path"]
        self._streams = self._path == STREAMED
        self._whole = not (int(self.headers.get("content-length") or 0) or "transfer-encoding" in self.headers)
        self._until = time.monotonic() + settings.body_seconds
        self._bytes_in = 0
        self.status = 499  # as long as nothing was sent: who asked went away
        self.bytes_out = 0

    async def receive(self) -> Message:
        """The next part of the body, or that the client went away; RequestError for too much or too slow."""
        if self._whole:
            return await self._receive()
        seconds = self._settings.body_seconds if self._streams else self._until - time.monotonic()
        try:
            message = await asyncio.wait_for(self._receive(), max(seconds, 0))
        except TimeoutError:
            raise RequestError(
                408,
                "too-slow",
                f"expected a body within {self._settings.body_seconds:g} seconds: send it faster",
                closes=True,
            ) from None
        self._bytes_in += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._bytes_in > self._settings.body_bytes and not self._streams:
            raise too_large(self._settings.body_bytes)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self._streams or not self._whole:
                await self._drain()
                message["headers"] = [*message["headers"], (b"connection", b"close")]
        self.bytes_out += len(message.get("body", b""))
        await self._send(message)

    async def refuse(self, error: RequestError) -> None:
        """Send a refusal, where nothing else was sent yet."""
        if self.status != 499:
            return
        told, body = error.answer(self._path)
        headers = {**HEADERS, **told, "Content-Length": str(len(body))}
        encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        with suppress(OSError):
            await self.send({"type": "http.response.start", "status": error.status, "headers": encoded})
            await self.send({"type": "http.response.body", "body": body})

    async def _drain(self) -> None:
        """Read on for a moment: who still sends would be cut off before reading the answer."""
        if self._streams or "expect" in self.headers:
            return
        most = self._bytes_in + DRAIN_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while not self._whole and self._bytes_in < most:
                    message = await self._receive()
                    self._bytes_in += len(message.get("body", b""))
                    self._whole = not message.get("more_body", False)


def too_large(most: int) -> RequestError:
    message = f"expected a body of at most {most:,} bytes, got more: send less at once, or raise --body-bytes"
    return RequestError(413, "too-large", message)


def _name(host: str) -> str:
    """The name in a Host header, without its port.

    >>> _name("LocalHost:8757"), _name("[::1]:8757"), _name("desk.example")
    ('localhost', '::1', 'desk.example')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _place(error: BaseException) -> str:
    """The kind of an error and the line it comes from, without its message, which may hold text."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = (
        "" if place is None else f" ({place.tb_frame.f_code.co_filename.rpartition('/')[2]}, line {place.tb_lineno})"
    )
    return type(error).__name__ + where
