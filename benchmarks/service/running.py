"""`unspin serve` in a process of its own, on a free port of this machine: started, looked at, killed, ended."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil

from benchmarks.service.exchange import Answer

ROOT = Path(__file__).parents[2]
UNSPIN = (sys.executable, "-c", "from detector.cli import main; main()")
READY_SECONDS = 60.0  # on a busy machine
STOP_SECONDS = 30.0
LOOK_SECONDS = 0.005  # between two looks whether it is ready


class Memory(NamedTuple):
    """Of all its processes, in megabytes: what each has for itself, and what is shared, told once."""

    unique: float
    shared: float

    @property
    def total(self) -> float:
        """What it takes of the machine."""
        return self.unique + self.shared


@dataclass
class Service:
    """One service, which may be killed and started again with the same options on the same port."""

    options: Sequence[str]
    log: Path
    port: int
    program: Sequence[str] = UNSPIN
    process: subprocess.Popen[bytes] | None = None
    ready_seconds: float = 0.0

    def start(self) -> None:
        """Start it, and wait until it is ready; raises RuntimeError with what it said where it is not."""
        command = [*self.program, "serve", "--port", str(self.port), *self.options]
        started = time.perf_counter()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.wait_until_ready()
        self.ready_seconds = time.perf_counter() - started

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Return once /readyz answers 200."""
        until = time.perf_counter() + seconds
        while not self.is_ready():
            if time.perf_counter() > until or self._running().poll() is not None:
                raise RuntimeError(f"unspin serve is not ready: {self.said()[-2000:] or 'it said nothing'}")
            time.sleep(LOOK_SECONDS)

    def check(self, draft: bytes) -> int | None:
        """The status of POST /v1/check; None where nobody answers."""
        answer = self.ask("POST", "/v1/check", draft, {"Content-Type": "application/json"})
        return None if answer is None else answer.status

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer | None:
        """One request on a connection of its own; None where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=READY_SECONDS)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def is_ready(self) -> bool:
        """Whether /readyz answers 200."""
        answer = self.ask("GET", "/readyz")
        return answer is not None and answer.status == 200

    def said(self) -> str:
        """All that it wrote to standard output and error."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def processes(self) -> list[psutil.Process]:
        """Its own process first, then those that it started."""
        own = psutil.Process(self._running().pid)
        return [own, *own.children(recursive=True)]

    def workers(self) -> list[psutil.Process]:
        """The processes that score, and are alive."""
        workers = []
        for one in self.processes()[1:]:
            with suppress(psutil.NoSuchProcess):
                if "resource_tracker" not in " ".join(one.cmdline()) and one.status() != psutil.STATUS_ZOMBIE:
                    workers.append(one)
        return workers

    def memory(self) -> Memory:
        """What it takes now; a page that n processes share counts an n-th in each of them."""
        unique = proportional = 0
        for one in self.processes():
            with suppress(psutil.NoSuchProcess):
                told = one.memory_full_info()
                unique, proportional = unique + told.uss, proportional + told.pss
        return Memory(unique / 1e6, (proportional - unique) / 1e6)

    def open_files(self) -> int:
        """Files, sockets and pipes that the listening process has open."""
        return int(self.processes()[0].num_fds())

    def kill(self) -> None:
        """Kill -9 of the listening process alone; those that score must notice, and end."""
        left = self.processes()[1:]
        self._running().kill()
        self._running().wait()
        psutil.wait_procs(left, timeout=STOP_SECONDS)

    def stop(self) -> int:
        """Ask it to end, and give its exit code; what does not end is killed."""
        process = self._running()
        everyone = self.processes() if process.poll() is None else []
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(STOP_SECONDS)
        finally:
            for one in everyone:
                with suppress(psutil.NoSuchProcess):
                    one.kill()
        return code

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            raise RuntimeError("the service was not started")
        return self.process


@contextmanager
def running_service(*options: str, program: Sequence[str] = UNSPIN) -> Iterator[Service]:
    """Start one, wait until it is ready, and end it at last; tests may have a `program` that differs a little."""
    with tempfile.TemporaryDirectory(prefix="unspin-serve-") as folder:
        service = Service(options, Path(folder) / "log", free_port(), program)
        try:
            service.start()
            yield service
        finally:
            if service.process is not None:
                service.stop()


def free_port() -> int:
    """One that nobody listens on right now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
