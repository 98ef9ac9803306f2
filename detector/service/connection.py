"""One connection, with the bounds that uvicorn lacks: a head that comes too slowly, an answer that nobody reads, too
many connections."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

import h11
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from detector.service.refusals import HEADERS, RequestError

HEAD_BYTES = 32_768  # of a request's first line and headers; more are answered 400
HEAD_SECONDS = 10.0  # for them to arrive
READ_SECONDS = 30.0  # for a client to take what was sent
MOST_CONNECTIONS = 900  # a process has 1,024 open files where nobody says otherwise
NO_HTTP = RequestError(400, "no-http", "expected a request of HTTP/1.1 and a short head, got another", closes=True)
IDLE_SECONDS = 15  # that a connection may wait for its next request


def make_server(app: Any) -> OwnServer:
    """Give uvicorn's server of that application, which leaves signals to its caller."""
    config = Config(
        app,
        http=Connection,
        ws="none",
        lifespan="off",
        log_level="critical",  # what it says of errors may hold text; the guard logs them
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=HEAD_BYTES,
    )
    return OwnServer(config)


class OwnServer(Server):
    """uvicorn's, which its caller ends."""

    def end(self, *, at_once: bool) -> None:
        """Let it end; `at_once` cuts off who still waits for an answer."""
        if at_once:
            for connection in list(self.server_state.connections):
                connection.transport.abort()
        self.should_exit, self.force_exit = True, at_once

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


class Connection(H11Protocol):
    """One connection; ends it without an answer where a bound is passed."""

    _head: asyncio.TimerHandle | None = None
    _reader: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._await_head()

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read as a request, in the one form that all refusals have."""
        told, body = NO_HTTP.answer("")
        headers = {**HEADERS, **told, "Content-Length": str(len(body))}
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        answer = (h11.Response(status_code=400, headers=encoded), h11.Data(data=body), h11.EndOfMessage())
        with suppress(h11.LocalProtocolError):  # an answer to what came before is under way
            for part in answer:
                self.transport.write(self.conn.send(part))
        self.transport.close()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._head, self._reader):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reader = self.loop.call_later(READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reader is not None:
            self._reader.cancel()

    def _await_head(self) -> None:
        """Begin to count where a head has begun to arrive, or is due on a new connection; stop where it is there."""
        due = self.conn.their_state is h11.IDLE and (self.cycle is None or bool(self.conn.trailing_data[0]))
        if due and self._head is None:
            self._head = self.loop.call_later(HEAD_SECONDS, self.transport.abort)
        elif not due and self._head is not None:
            self._head.cancel()
            self._head = None
