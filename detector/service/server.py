"""One service, from its start to its end."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from detector.errors import InputError
from detector.service.feedback_store import open_store
from detector.service.keeper import Keeper
from detector.service.settings import ServiceSettings
from detector.service.tokens import Tokens, read_tokens
from detector.service.workers import Workers

if TYPE_CHECKING:
    from detector.service.guard import Guard

BACKLOG = 256  # connections that the system holds until they are taken
LOOK_EVERY = 0.05  # seconds between two looks whether requests are still running


def serve(settings: ServiceSettings) -> int:
    """Listen and answer until told to stop; gives the exit code.

    Raises DetectorError where the address, the tokens or the model cannot be had.
    """
    tokens = None if settings.tokens is None else read_tokens(settings.tokens)
    with _listening(settings.host, settings.port) as listener:
        keeper = None
        if settings.feedback is not None:
            keeper = Keeper(open_store(settings.feedback, make=True), settings.keep_days)
        return asyncio.run(_serve(settings, tokens, keeper, listener))


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise InputError(
            "no-address",
            f"expected to listen at {host}, port {port}, got: {error.strerror or error}: "
            "end what listens there, or name another --port",
        ) from None


async def _serve(
    settings: ServiceSettings, tokens: Tokens | None, keeper: Keeper | None, listener: socket.socket
) -> int:
    signals: asyncio.Queue[signal.Signals] = asyncio.Queue()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, signals.put_nowait, number)
    asyncio.get_running_loop().set_exception_handler(_note)
    workers = Workers(settings.start, settings.n_workers, settings.queue, settings.doc_seconds)
    try:
        # The framework takes as long to import as a process to open the model: both at once.
        from detector.service.app import make_service
        from detector.service.connection import make_server

        guard = make_service(settings, workers, tokens, keeper)
        server = make_server(guard)
        listening = asyncio.create_task(server.serve(sockets=[listener]))
        working = asyncio.create_task(_work(workers, keeper, listener))
        told = asyncio.create_task(signals.get())
        await asyncio.wait({listening, working, told}, return_when=asyncio.FIRST_COMPLETED)
        code, at_once = 0, False
        if told.done():
            code, at_once = await _finished(guard, told.result(), signals, settings.stop_seconds)
        server.end(at_once=at_once)
        await listening
        if working.done():
            working.result()
        return code
    finally:
        workers.close()
        if keeper is not None:
            keeper.close()


def _note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Say that something went wrong outside of a request, by its kind alone: messages may hold text."""
    print(f"unspin: internal error: {type(context.get('exception')).__name__}", file=sys.stderr, flush=True)


async def _work(workers: Workers, keeper: Keeper | None, listener: socket.socket) -> None:
    """Say where the service listens once it is ready, and end only by a DetectorError."""
    await workers.ready()
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"Unspin listens on http://{shown}:{port} (Ctrl-C stops it)", file=sys.stderr, flush=True)
    forgetting = asyncio.create_task(keeper.forget_daily()) if keeper is not None else None
    try:
        await workers.failure()
    finally:
        if forgetting is not None:
            forgetting.cancel()


async def _finished(
    guard: Guard, first: signal.Signals, signals: asyncio.Queue[signal.Signals], seconds: float
) -> tuple[int, bool]:
    """Let what runs be answered, while there is time and no second signal: the exit code, and whether there was."""
    guard.closing = True
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while guard.running:
                await asyncio.sleep(LOOK_EVERY)
                if not signals.empty():
                    return 128 + signals.get_nowait(), True
    return (0 if first == signal.SIGTERM else 128 + first), False
