"""A Dask cluster of separate processes on this machine, for tests and benchmarks."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 60.0  # for a scheduler to listen, on a busy machine


@dataclass
class LocalCluster:
    """The scheduler's address, and the processes; a worker is a nanny and its child, which it starts anew if lost."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def worker_processes(self) -> list[int]:
        """The processes that have chunks in their hands: children of the nannies."""
        import psutil  # distributed needs it

        nannies = [psutil.Process(worker.pid) for worker in self.workers if worker.poll() is None]
        return [
            child.pid
            for nanny in nannies
            for child in nanny.children()
            if "resource_tracker" not in " ".join(child.cmdline())
        ]


@contextmanager
def local_cluster(
    workers: int = 2, threads: int = 1, tls: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Iterator[LocalCluster]:
    """Start a scheduler and workers on loopback, with a nanny each, and end all of them at last.

    `tls` are command line options of Dask; with them the address is tls://.
    """
    port = _free_port()
    address = f"{'tls' if tls else 'tcp'}://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="unspin-dask-") as folder:
        settings = {**os.environ, "DASK_TEMPORARY_DIRECTORY": folder, **(environment or {})}

        def start(*command: str) -> subprocess.Popen[bytes]:
            options = ["--host", "127.0.0.1", "--no-dashboard", *tls]
            log = (Path(folder) / "log").open("ab")
            return subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_" + command[0], *command[1:], *options],
                env=settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

        cluster = LocalCluster(address, start("scheduler", "--port", str(port)))
        try:
            _wait_until_open(port, cluster.scheduler)
            for number in range(workers):
                one = ["--nworkers", "1", "--nthreads", str(threads), "--name", str(number), "--death-timeout", "60"]
                cluster.workers.append(start("worker", address, *one))
            yield cluster
        finally:
            _end([*cluster.workers, cluster.scheduler])


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _wait_until_open(port: int, scheduler: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while scheduler.poll() is None and time.monotonic() < until:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the Dask scheduler did not start")


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """End each with all that it started."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
