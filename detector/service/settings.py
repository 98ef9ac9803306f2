"""What a service is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from detector.service.asks import Start

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What a service is told when it starts.

    Attributes:
        host, port: where it listens; port 0 lets the system choose.
        workers: processes that score.
        queue: requests that may wait for one of them; more are answered 503.
        body_bytes, body_seconds: of one request's body, and the time for it to arrive.
        doc_seconds: at one article, before its process is ended.
        rate: requests a minute of one client; more are answered 429.
        start: what the scoring processes open.
    """

    host: str = "127.0.0.1"
    port: int = 8757
    workers: int = 1
    queue: int = 32
    body_bytes: int = 2_000_000
    body_seconds: float = 10.0
    doc_seconds: float = 20.0
    rate: int = 600
    tokens: Path | None = None
    feedback: Path | None = None
    start: Start = field(default_factory=Start)
