"""One service, from its start to its end."""

from __future__ import annotations

import asyncio
import socket
import sys

from detector.errors import InputError
from detector.service.settings import ServiceSettings
from detector.service.workers import Workers


def serve(settings: ServiceSettings) -> None:
    """Listen and answer until told to stop; raises DetectorError where the address or the model cannot be had."""
    with _listening(settings.host, settings.port) as listener:
        asyncio.run(_serve(settings, listener))


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise InputError(
            "no-address",
            f"expected to listen at {host}, port {port}, got: {error.strerror or error}: name another --port",
        ) from None


async def _serve(settings: ServiceSettings, listener: socket.socket) -> None:
    workers = Workers(settings.start, settings.workers, settings.queue, settings.doc_seconds)
    failing = asyncio.create_task(workers.failure())
    try:
        # The framework takes as long to import as a worker to start: both at once.
        from uvicorn import Config, Server

        from detector.service.app import make_app

        server = Server(Config(make_app(settings, workers), log_level="warning", access_log=False, lifespan="off"))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        announcing = asyncio.create_task(_announce(workers, listener))
        first, _ = await asyncio.wait({running, announcing, failing}, return_when=asyncio.FIRST_COMPLETED)
        if announcing in first and announcing.exception() is None:
            await asyncio.wait({running, failing}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await running
        for task in (announcing, failing):
            if task.done():
                task.result()
    finally:
        workers.close()


async def _announce(workers: Workers, listener: socket.socket) -> None:
    await workers.ready()
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"Unspin listens on http://{shown}:{port} (Ctrl-C stops it)", file=sys.stderr, flush=True)
