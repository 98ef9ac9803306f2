"""What /metrics tells, for Prometheus: requests, times, the queue. Nothing of a text, and no name of a client."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from detector.service.workers import Workers

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 20)
KIND = "text/plain; version=0.0.4; charset=utf-8"


disable_created_metrics()  # type: ignore[no-untyped-call]  # the time at which each figure began, which doubles the page


class Metrics:
    """One service's figures."""

    def __init__(self, workers: Workers) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter("unspin_requests", "Requests answered.", ("route", "status"), registry=self._registry)
        self._seconds = Histogram(
            "unspin_request_seconds", "From a request's head to its answer's end.", ("route",),
            buckets=SECONDS, registry=self._registry,
        )  # fmt: skip
        self._now("unspin_ready", "1 once the model is open.", lambda: float(workers.about is not None))
        self._now("unspin_waiting", "Articles that wait for a process.", lambda: float(workers.waiting))
        self._now("unspin_restarts", "Processes replaced since the start.", lambda: float(workers.restarts))

    def tell_running(self, running: Callable[[], float]) -> None:
        """Tell how many requests are being answered as well."""
        self._now("unspin_running", "Requests that are being answered, this one too.", running)

    def _now(self, name: str, about: str, value: Callable[[], float]) -> None:
        Gauge(name, about, registry=self._registry).set_function(value)

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count one request; `route` is one of a few."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self._registry)
