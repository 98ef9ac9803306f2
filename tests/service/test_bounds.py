"""What the service bears: slow and endless senders, too many of them, breaking processes, and being told to stop."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from service.served import Served, served

from detector.cli import main

HEAD = b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nConnection: close\r\n"
TOKEN, OTHER = "0123456789abcdef", "fedcba9876543210"


@pytest.fixture(scope="module")
def strict(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One with tokens, little patience and little room."""
    tokens = tmp_path_factory.mktemp("tokens") / "tokens"
    tokens.write_text(f"desk\t{TOKEN}\ncms\t{OTHER}\n")
    tokens.chmod(0o600)
    options = ("--tokens", str(tokens), "--body-seconds", "0.3", "--body-bytes", "20000", "--rate", "60")
    with served("--model", str(model_folder), *options) as service:
        yield service


def exchanged(service: Served, *parts: bytes) -> bytes:
    """All that comes back for these parts, until the service ends the connection."""
    with socket.create_connection(service.address, timeout=30) as connection:
        for part in parts:
            connection.sendall(part)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def bearer(token: str) -> bytes:
    return f"Authorization: Bearer {token}\r\n".encode()


def test_nothing_answers_without_a_token(strict: Served) -> None:
    paths = ("/v1/check", "/v1/model", "/metrics", "/v1/feedback/1", "/nowhere", "/v2/languages")
    with strict.client as client:
        for said in (None, b"Bearer", b"Bearer wrong", f"Basic {TOKEN}".encode(), b"Bearer \xe9"):
            for path in paths:
                answer = client.get(path, headers={} if said is None else {"Authorization": said})
                assert answer.status_code == 401, path
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_what_is_open_is_open_and_a_token_opens_the_rest(strict: Served) -> None:
    with strict.client as client:
        opened = ("/", "/static/desk.js", "/docs", "/openapi.json", "/healthz", "/readyz")
        assert {client.get(path).status_code for path in opened} == {200}
        assert client.get("/v1/model", headers={"Authorization": f"bearer {TOKEN}"}).status_code == 200
        client.get("/healthz")  # what is logged of a request is logged after its answer
    assert " desk\n" in strict.said()


@pytest.mark.parametrize("length", [b"Content-Length: 100\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"])
def test_a_body_that_does_not_come_is_given_up(strict: Served, length: bytes) -> None:
    assert exchanged(strict, HEAD, bearer(OTHER), length).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    ("before", "behind"),
    [(b"Content-Length: 30000\r\n\r\n", b""), (b"Transfer-Encoding: chunked\r\n\r\n7530\r\n", b"\r\n0\r\n\r\n")],
)
def test_a_body_that_is_too_large_is_refused_in_words(strict: Served, before: bytes, behind: bytes) -> None:
    answer = exchanged(strict, HEAD, bearer(OTHER), before, b"a" * 30_000, behind)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"too-large"' in answer


def test_an_endless_body_is_cut_off(strict: Served) -> None:
    with socket.create_connection(strict.address, timeout=30) as connection:
        connection.sendall(HEAD + bearer(OTHER) + b"Transfer-Encoding: chunked\r\n\r\n")
        sent = 0
        with contextlib.suppress(ConnectionError, TimeoutError):
            while sent < 1_000_000_000:
                connection.sendall(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
                sent += 0x10000
    assert sent < 1_000_000_000


def test_no_http_is_refused(strict: Served) -> None:
    for sent in (
        b"\x16\x03\x01\x02\x00 hello\r\n\r\n",
        b"GET / HTTP/1.1\r\nX-A: " + b"a" * 50_000 + b"\r\n",
        HEAD + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n",
    ):
        head, _, body = exchanged(strict, sent).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 ")
        assert b"\r\nContent-Type: application/json\r\n" in head
        assert b"\r\nContent-Security-Policy: default-src 'none'" in head
        assert json.loads(body)["error"]["code"] == "no-http"
    assert httpx.get(f"{strict.url}/healthz").status_code == 200


def test_who_asks_too_often_is_told_when_to_ask_again(strict: Served) -> None:
    with strict.client as client:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answers = [client.get("/v1/model", headers=headers) for _ in range(15)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
        assert client.get("/readyz").status_code == 200


@pytest.fixture(scope="module")
def small(model_folder: Path) -> Iterator[Served]:
    """One process, and room for one more request to wait."""
    with served("--model", str(model_folder), "--queue", "1", "--rate", "1000000") as service:
        yield service


def test_more_than_may_wait_are_told_to_come_again(small: Served, wire_texts: tuple[str, ...]) -> None:
    (worker,) = small.workers()
    os.kill(worker, signal.SIGSTOP)
    with ThreadPoolExecutor(8) as pool, small.client as client:
        asked = [pool.submit(client.post, "/v1/check", json={"text": wire_texts[0]}) for _ in range(8)]
        busy = [future for future in asked if _is_refused(future, asked)]
        os.kill(worker, signal.SIGCONT)
        answers = [future.result() for future in asked]
    assert sorted(answer.status_code for answer in answers) == [200] * 2 + [503] * 6
    assert len(busy) == 6
    assert all(answer.headers["Retry-After"] == "1" for answer in answers if answer.status_code == 503)


def _is_refused(future: Any, asked: list[Any]) -> bool:
    """Wait until all but two have their answer, and say whether this one has."""
    while sum(one.done() for one in asked) < len(asked) - 2:
        time.sleep(0.01)
    return bool(future.done())


def test_who_leaves_gives_up_the_place(small: Served, wire_texts: tuple[str, ...]) -> None:
    (worker,) = small.workers()
    os.kill(worker, signal.SIGSTOP)
    body = json.dumps({"text": wire_texts[0]}).encode()
    head = b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    with small.client as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(small.client.post, "/v1/check", json={"text": wire_texts[0]})
        _until(client, lambda told: "unspin_running 2.0" in told)
        for _ in range(5):  # each takes the place to wait in, and leaves
            with socket.create_connection(small.address) as connection:
                connection.sendall(head % len(body) + body)
                _until(client, lambda told: "unspin_waiting 1.0" in told)
            _until(client, lambda told: "unspin_waiting 0.0" in told)
        os.kill(worker, signal.SIGCONT)
        assert first.result().status_code == 200
        assert " 499 " in small.said()


def _until(client: httpx.Client, holds: Any) -> None:
    until = time.monotonic() + 30
    while not holds(client.get("/metrics").text):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_who_leaves_a_batch_frees_the_process(small: Served, wire_texts: tuple[str, ...]) -> None:
    line = json.dumps({"text": wire_texts[0]}).encode() + b"\n"
    with small.client as client:
        with socket.create_connection(small.address) as connection:
            connection.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000000\r\n\r\n")
            connection.sendall(line * 20)
            assert connection.recv(1_000).startswith(b"HTTP/1.1 200 ")
        _until(client, lambda told: "unspin_running 1.0" in told)
        assert client.post("/v1/check", json={"text": wire_texts[0]}).status_code == 200


def test_a_killed_process_is_replaced(small: Served, wire_texts: tuple[str, ...]) -> None:
    with small.client as client:
        (worker,) = small.workers()
        os.kill(worker, signal.SIGKILL)
        answer = client.post("/v1/check", json={"text": wire_texts[0]})
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")
        assert "unspin_restarts 1.0" in client.get("/metrics").text
        assert small.workers() not in ([], [worker])


def test_a_hanging_process_costs_its_article_alone(model_folder: Path, wire_texts: tuple[str, ...]) -> None:
    with served("--model", str(model_folder), "--doc-seconds", "0.5") as service, service.client as client:
        (worker,) = service.workers()
        os.kill(worker, signal.SIGSTOP)
        answer = client.post("/v1/check", json={"text": wire_texts[0], "id": "slow"})
        assert (answer.status_code, answer.json()["status"], answer.json()["id"]) == (200, "error", "slow")
        assert answer.json()["error"]["code"] == "timeout"
        assert client.post("/v1/check", json={"text": wire_texts[0]}).json()["status"] == "ok"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_told_to_stop_it_answers_what_runs_and_refuses_what_is_new(
    model_folder: Path, wire_texts: tuple[str, ...], number: int, code: int
) -> None:
    with served("--model", str(model_folder)) as service, service.client as client, ThreadPoolExecutor(1) as pool:
        (worker,) = service.workers()
        os.kill(worker, signal.SIGSTOP)
        running = pool.submit(client.post, "/v1/check", json={"text": wire_texts[0]})
        _until(service.client, lambda told: "unspin_running 2.0" in told)
        service.process.send_signal(number)
        while (refused := service.client.get("/readyz")).status_code == 200:
            time.sleep(0.01)
        assert refused.status_code == 503
        assert refused.headers["Connection"] == "close"
        os.kill(worker, signal.SIGCONT)
        assert running.result().status_code == 200
        assert service.process.wait(30) == code


def test_a_second_signal_ends_it_at_once(model_folder: Path, wire_texts: tuple[str, ...]) -> None:
    with served("--model", str(model_folder)) as service, ThreadPoolExecutor(1) as pool:
        (worker,) = service.workers()
        os.kill(worker, signal.SIGSTOP)
        running = pool.submit(service.client.post, "/v1/check", json={"text": wire_texts[0]})
        _until(service.client, lambda told: "unspin_running 2.0" in told)
        service.process.send_signal(signal.SIGTERM)
        while service.client.get("/readyz").status_code == 200:
            time.sleep(0.01)
        assert service.stop() == 128 + signal.SIGTERM
        with pytest.raises(httpx.HTTPError):
            running.result()


def test_what_cannot_be_opened_is_said_as_check_says_it(tmp_path: Path) -> None:
    runner = CliRunner()
    for options in (["--model", str(tmp_path)], ["--max-fpr", "0.5"], ["--archive", str(tmp_path)]):
        served_so = runner.invoke(main, ["serve", "--port", "0", "--workers", "1", *options])
        checked = runner.invoke(main, ["check", "-", *options], input="a")
        assert (served_so.exit_code, checked.exit_code) == (2, 2)
        assert options[0] == "--max-fpr" or served_so.stderr == checked.stderr


def test_a_port_that_is_taken_is_said(model_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(main, ["serve", "--port", port, "--model", str(model_folder)])
    assert result.exit_code == 2
    assert f"expected to listen at 127.0.0.1, port {port}, got: Address already in use" in result.stderr
