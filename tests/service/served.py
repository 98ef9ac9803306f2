"""`unspin serve` in processes of its own, on a port that the system chooses."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

LISTENS = re.compile(r"Unspin listens on (http://\S+)")
START_SECONDS = 60.0  # on a busy machine
COMMAND = (sys.executable, "-c", "from detector.cli import main; main()")


@dataclass
class Served:
    """A running service."""

    process: subprocess.Popen[bytes]
    log: Path
    url: str

    @property
    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=START_SECONDS)

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.rpartition("//")[2].rpartition(":")
        return host, int(port)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(START_SECONDS)

    def workers(self) -> list[int]:
        """Process ids of those that score."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def started(*options: str, workers: int = 1) -> Served:
    """Start one and wait until it is ready."""
    log = Path(tempfile.mkstemp(prefix="unspin-serve-", suffix=".log")[1])
    command = [*COMMAND, "serve", "--port", "0", "--workers", str(workers), *options]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, env={**os.environ})
    until = time.monotonic() + START_SECONDS
    while not (found := LISTENS.search(log.read_text(encoding="utf-8"))):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < until, "the service is not ready"
        time.sleep(0.02)
    return Served(process, log, found.group(1))


@contextmanager
def served(*options: str, workers: int = 1) -> Iterator[Served]:
    """Start one, and end it at last."""
    service = started(*options, workers=workers)
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.process.kill()
            service.process.wait()
        service.log.unlink()
