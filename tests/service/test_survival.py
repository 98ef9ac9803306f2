"""A document that crashes, hangs or takes all memory costs itself an error result, and its neighbours nothing."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import breaking
import psutil
import pytest

from benchmarks.service.running import Service, running_service

DOC_SECONDS = "3"
PATIENCE = 30.0  # seconds, for a busy machine


@pytest.fixture(scope="module")
def fragile(model_folder: Path) -> Iterator[Service]:
    """Two processes that break on request."""
    options = ("--model", str(model_folder), "--workers", "2", "--doc-seconds", DOC_SECONDS, "--rate", "1000000")
    with running_service(*options, program=breaking.UNSPIN) as service:
        yield service


def checked(service: Service, text: str) -> tuple[int, dict[str, Any]]:
    answer = service.ask("POST", "/v1/check", json.dumps({"text": text}).encode(), {"Content-Type": "application/json"})
    assert answer is not None
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize(
    ("words", "code"), [(breaking.CRASH, "crashed"), (breaking.HANG, "timeout"), (breaking.SPEND, "out-of-memory")]
)
def test_a_breaking_draft_is_answered_and_its_neighbours_are_unharmed(
    fragile: Service, wire_texts: tuple[str, ...], words: str, code: str
) -> None:
    alone = [checked(fragile, text) for text in wire_texts[:6]]
    with ThreadPoolExecutor(8) as clients:
        broken = [clients.submit(checked, fragile, f"{words} {wire_texts[0]}") for _ in range(2)]
        neighbours = list(clients.map(lambda text: checked(fragile, text), wire_texts[:6]))
    assert neighbours == alone
    assert all(status == 200 and result["status"] == "ok" for status, result in alone)
    for future in broken:
        status, result = future.result()
        assert status == 200
        assert result["status"] == "error"
        assert result["error"]["code"] == code
        assert words not in json.dumps(result)
    fragile.wait_until_ready()


def test_in_a_batch_one_line_breaks_and_the_order_is_kept(fragile: Service, wire_texts: tuple[str, ...]) -> None:
    texts = [wire_texts[0], breaking.CRASH, wire_texts[1], breaking.HANG, wire_texts[2]]
    lines = "".join(json.dumps({"id": str(i), "text": text}) + "\n" for i, text in enumerate(texts))
    answer = fragile.ask("POST", "/v1/batch", lines.encode(), {"Content-Type": "application/x-ndjson"})
    assert answer is not None
    assert answer.status == 200
    results = [json.loads(line) for line in answer.body.splitlines()]
    assert [result["id"] for result in results] == ["0", "1", "2", "3", "4"]
    assert [result["error"] and result["error"]["code"] for result in results] == [
        None,
        "crashed",
        None,
        "timeout",
        None,
    ]


def test_processes_that_were_killed_at_rest_cost_nothing(fragile: Service, wire_texts: tuple[str, ...]) -> None:
    for worker in fragile.workers():
        worker.kill()
    with ThreadPoolExecutor(4) as clients:
        for status, result in clients.map(lambda text: checked(fragile, text), wire_texts[:4]):
            assert (status, result["status"]) == (200, "ok")
    wait_for_workers(fragile, 2)


def wait_for_workers(service: Service, n: int) -> None:
    """Those that died are replaced when it is their turn to work; on a busy machine that takes a while."""
    until = time.monotonic() + PATIENCE
    while len(service.workers()) < n:
        assert service.check(b'{"text": "Prices rose."}') == 200
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_process_that_stands_still_is_replaced(fragile: Service, wire_texts: tuple[str, ...]) -> None:
    fragile.wait_until_ready()
    still = fragile.workers()
    for worker in still:
        worker.suspend()
    status, result = checked(fragile, wire_texts[0])
    assert (status, result["error"]["code"]) == (200, "timeout")
    for worker in still:
        with suppress(psutil.NoSuchProcess):
            worker.resume()
    assert checked(fragile, wire_texts[0])[1]["status"] == "ok"


def test_processes_end_with_the_service(model_folder: Path) -> None:
    with running_service("--model", str(model_folder), "--workers", "2") as service:
        workers = service.workers()
        assert len(workers) == 2
        service.kill()
        _, alive = psutil.wait_procs(workers, timeout=PATIENCE)
        assert not alive


def test_it_stops_gracefully(model_folder: Path, wire_texts: tuple[str, ...]) -> None:
    """What was asked is answered, what is new is not taken, no process is left."""
    with running_service("--model", str(model_folder), "--workers", "1", program=breaking.UNSPIN) as service:
        processes = service.processes()
        with ThreadPoolExecutor(4) as clients:
            asked = [clients.submit(checked, service, wire_texts[0] * 20) for _ in range(4)]
            time.sleep(0.1)
            assert service.process is not None
            service.process.send_signal(signal.SIGTERM)
            assert [future.result()[0] for future in asked] == [200] * 4
        assert service.process.wait(PATIENCE) == 0
        _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
        assert not alive


def test_a_process_that_dies_while_it_opens_the_model_is_replaced(model_folder: Path) -> None:
    """Requests are taken as soon as the first is ready; the others may still be on their way then."""
    with running_service("--model", str(model_folder), "--workers", "3") as service:
        for _ in range(2):
            service.workers()[-1].kill()
        wait_for_workers(service, 3)
        assert service.check(b'{"text": "Prices rose."}') == 200
