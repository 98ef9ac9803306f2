"""One service, from its start to its end."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from detector.errors import InputError
from detector.service.settings import ServiceSettings
from detector.service.tokens import Tokens, read_tokens
from detector.service.workers import Workers

if TYPE_CHECKING:
    from detector.service.guard import Guard

BACKLOG = 256  # connections that the system holds until they are taken
LOOK_EVERY = 0.05  # seconds between two looks whether requests are still running
INTERRUPTED = 128 + signal.SIGINT  # as a shell reports it


def serve(settings: ServiceSettings) -> int:
    """Listen and answer until told to stop; gives the exit code.

    Raises DetectorError where the address, the tokens or the model cannot be had.
    """
    tokens = None if settings.tokens is None else read_tokens(settings.tokens)
    with _listening(settings.host, settings.port) as listener:
        return asyncio.run(_serve(settings, tokens, listener))


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


async def _serve(settings: ServiceSettings, tokens: Tokens | None, listener: socket.socket) -> int:
    signals: asyncio.Queue[signal.Signals] = asyncio.Queue()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, signals.put_nowait, number)
    workers = Workers(settings.start, settings.n_workers, settings.queue, settings.doc_seconds)
    try:
        # The framework takes as long to import as a process to open the model: both at once.
        from detector.service.app import make_service
        from detector.service.connection import make_server

        guard = make_service(settings, workers, tokens)
        server = make_server(guard)
        listening = asyncio.create_task(server.serve(sockets=[listener]))
        working = asyncio.create_task(_work(workers, listener))
        told = asyncio.create_task(signals.get())
        await asyncio.wait({listening, working, told}, return_when=asyncio.FIRST_COMPLETED)
        code = await _finished(guard, told.result(), signals, settings.stop_seconds) if told.done() else 0
        server.should_exit, server.force_exit = True, code > INTERRUPTED
        await listening
        if working.done():
            working.result()
        return code
    finally:
        workers.close()


async def _work(workers: Workers, listener: socket.socket) -> None:
    """Say where the service listens once it is ready, and end only by a DetectorError."""
    await workers.ready()
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"Unspin listens on http://{shown}:{port} (Ctrl-C stops it)", file=sys.stderr, flush=True)
    await workers.failure()


async def _finished(guard: Guard, first: signal.Signals, signals: asyncio.Queue[signal.Signals], seconds: float) -> int:
    """Let what runs be answered, for as long as there is time and no second signal; gives the exit code."""
    guard.closing = True
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while guard.running:
                await asyncio.sleep(LOOK_EVERY)
                if not signals.empty():
                    return 128 + signals.get_nowait()
    return 0 if first == signal.SIGTERM else INTERRUPTED
