"""The example of a CMS webhook, run as it is: beside a small CMS, a real service, and one that is busy or away."""

from __future__ import annotations

import http.client
import importlib.util
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from benchmarks.service.running import Service, free_port, running_service

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "cms_webhook.py"
SECRET = b"0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def service(model_folder: Path) -> Iterator[Service]:
    """A real one, on the tiny language."""
    with running_service("--model", str(model_folder), "--rate", "1000000") as service:
        yield service


def load_example() -> Any:
    """The module, from where it stands; a CMS developer copies the file."""
    spec = importlib.util.spec_from_file_location("cms_webhook", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["cms_webhook"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


cms_webhook = load_example()


@dataclass
class Scripted:
    """A small server that writes down what is posted, and answers by a script; 201 once that is at its end."""

    script: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    posted: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    url: str = ""

    def wait_for(self, n: int, seconds: float = 10.0) -> list[dict[str, Any]]:
        """Give the bodies of the first n posts, once they are there."""
        until = time.monotonic() + seconds
        while len(self.posted) < n:
            assert time.monotonic() < until, f"expected {n} posts, got {len(self.posted)}"
            time.sleep(0.01)
        return [body for _, _, body in self.posted]


@contextmanager
def scripted(*script: tuple[int, dict[str, str], bytes]) -> Iterator[Scripted]:
    server = Scripted(list(script))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers, answer = server.script.pop(0) if server.script else (201, {}, b"{}")
            server.posted.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server.url = f"http://127.0.0.1:{listening.server_port}"
        threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        listening.shutdown()


@dataclass
class Webhook:
    """The example, running."""

    server: Any

    def send(self, event: object, *, secret: bytes = SECRET, age: float = 0, body: bytes | None = None) -> int:
        """Send an event as the CMS does; gives the status."""
        content = json.dumps(event).encode() if body is None else body
        timestamp = str(int(time.time() - age))
        signed = cms_webhook.signature(secret, timestamp, content)
        return self.post(content, {"X-CMS-Timestamp": timestamp, "X-CMS-Signature": signed})

    def post(self, body: bytes, headers: dict[str, str], path: str = "/draft-saved") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=10)
        try:
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()


Start = Callable[..., Webhook]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the example between a service and a CMS; options are those of its Config."""
    running = []

    def start(unspin: str, cms: str, **options: Any) -> Webhook:
        config = cms_webhook.Config(unspin, f"{cms}/articles/{{article}}/comments", SECRET, database=tmp_path / "db")
        server = cms_webhook.Server(("127.0.0.1", 0), replace(config, first_wait=0.01, **options))
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        running.append(server)
        return Webhook(server)

    yield start
    for server in running:
        stop(server)


def stop(server: Any) -> None:
    server.shutdown()
    server.server_close()


def test_a_spun_draft_gets_a_comment_with_its_marks(
    start: Start, service: Service, spun_texts: tuple[str, ...]
) -> None:
    with scripted() as cms:
        webhook = start(address(service), cms.url, cms_token="only-comments")
        assert webhook.send({"article": "a/7?", "revision": 3, "title": "A storm", "text": spun_texts[0]}) == 202
        (comment,) = cms.wait_for(1)
        path, headers, _ = cms.posted[0]
    assert path == "/articles/a%2F7%3F/comments"
    assert headers["authorization"] == "Bearer only-comments"
    assert len(headers["idempotency-key"]) == 64
    assert (comment["article"], comment["revision"], comment["format"]) == ("a/7?", 3, "text/plain")
    lines = comment["body"].split("\n")
    assert "signs of word substitution" in lines[0]
    assert lines[1].startswith("False alarms: ")
    assert "400 articles" in lines[1]
    marks = [line for line in lines if line[:1].isdigit()]
    assert 1 <= len(marks) <= 5
    assert any(phrase in "".join(marks) for phrase in ("patch", "blitz", "tempest", "in keeping with"))


def test_html_and_a_draft_too_short_for_a_verdict(start: Start, service: Service, wire_texts: tuple[str, ...]) -> None:
    with scripted() as cms:
        webhook = start(address(service), cms.url)
        markup = "".join(f"<p>{paragraph}</p>" for paragraph in wire_texts[0].split("\n\n"))
        webhook.send({"article": "1", "revision": 1, "title": "Talks", "html": markup})
        webhook.send({"article": "2", "revision": 1, "html": "<p>Prices rose.</p>"})
        clean, short = cms.wait_for(2)
    assert "no signs" in clean["body"]
    assert "no verdict" in short["body"]


def test_only_signed_events_of_now_are_taken(start: Start, service: Service) -> None:
    event = {"article": "1", "revision": 1, "text": "Prices rose."}
    with scripted() as cms:
        webhook = start(address(service), cms.url)
        assert webhook.send(event, secret=b"another secret, of the same length") == 401
        assert webhook.send(event, age=301) == 401
        assert webhook.send(event, age=-400) == 401
        body, now = json.dumps(event).encode(), str(int(time.time()))
        good = cms_webhook.signature(SECRET, now, body)
        for timestamp, signed in (
            (now, ""),
            (now, "sha256="),
            (now, "sha256=é"),
            (now, good.upper()),
            (str(int(now) + 1), good),
            ("", good),
            ("٣", good),
        ):
            headers = {"X-CMS-Timestamp": timestamp, "X-CMS-Signature": signed}
            sent = {name: value.encode("utf-8").decode("latin-1") for name, value in headers.items()}
            assert webhook.post(body, sent) == 401
        assert webhook.post(body + b" ", {"X-CMS-Timestamp": now, "X-CMS-Signature": good}) == 401
        assert not cms.posted


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"article": "1", "revision": 1}',
        b'{"article": "1", "revision": 1, "text": 5}',
        b'{"article": "1", "revision": 1, "text": "a", "html": "b"}',
        b'{"article": "1", "revision": true, "text": "a"}',
        b'{"article": "1", "revision": 1e3, "text": "a"}',
        b'{"article": "1", "revision": -1, "text": "a"}',
        b'{"article": "1", "revision": 99999999999999999999, "text": "a"}',
        b'{"article": "", "revision": 1, "text": "a"}',
        b'{"article": "\\ud800", "revision": 1, "text": "a"}',
        b'{"article": "a\\r\\nX: y", "revision": 1, "text": "a"}',
        b'{"article": 5, "revision": 1, "text": "a"}',
    ],
)
def test_a_signed_event_that_is_none_is_refused(start: Start, body: bytes) -> None:
    webhook = start("http://127.0.0.1:1", "http://127.0.0.1:1")
    assert webhook.send(None, body=body) == 400


def test_what_is_no_post_of_an_event(start: Start) -> None:
    webhook = start("http://127.0.0.1:1", "http://127.0.0.1:1")
    assert webhook.post(b"", {}, path="/other") == 404
    assert webhook.post(b"", {"Content-Length": "9" * 5000}) == 413
    assert webhook.post(b"", {"Content-Length": "2000001"}) == 413
    assert webhook.post(b"", {"Content-Length": "-1"}) == 411


def test_a_revision_is_worked_on_once(start: Start, service: Service, wire_texts: tuple[str, ...]) -> None:
    event = {"article": "1", "revision": 5, "text": wire_texts[0]}
    with scripted() as cms:
        webhook = start(address(service), cms.url)
        assert webhook.send(event) == 202
        cms.wait_for(1)
        assert webhook.send(event) == 200  # delivered again, or replayed
        assert webhook.send({**event, "revision": 4}) == 200  # late
        assert webhook.send({**event, "revision": 6}) == 202
        _, second = cms.wait_for(2)
        assert second["revision"] == 6
        time.sleep(0.1)
        assert len(cms.posted) == 2


def test_a_busy_service_is_asked_again_when_it_says(
    start: Start, service: Service, wire_texts: tuple[str, ...]
) -> None:
    good = answer_of(service, wire_texts[0])
    busy = ((503, {"Retry-After": "0"}, b""), (429, {"Retry-After": "1"}, b""), (500, {}, b""), (200, {}, good))
    with scripted(*busy) as unspin, scripted((503, {"Retry-After": "0"}, b"")) as cms:
        webhook = start(unspin.url, cms.url, unspin_token="letmein")
        started = time.monotonic()
        assert webhook.send({"article": "1", "revision": 1, "text": wire_texts[0]}) == 202
        assert time.monotonic() - started < 0.5  # the CMS does not wait for it
        first, again = cms.wait_for(2)
        assert time.monotonic() - started >= 1
    assert "no signs" in first["body"]
    assert first == again
    assert cms.posted[0][1]["idempotency-key"] == cms.posted[1][1]["idempotency-key"]
    assert len(unspin.posted) == 4
    assert unspin.posted[0][1]["authorization"] == "Bearer letmein"


@pytest.mark.parametrize("status", [401, 422])
def test_what_asking_again_does_not_mend_is_told(start: Start, status: int) -> None:
    with scripted((status, {}, b"{}")) as unspin, scripted() as cms:
        start(unspin.url, cms.url).send({"article": "1", "revision": 1, "text": "Prices rose."})
        (comment,) = cms.wait_for(1)
    assert f"was not checked (it answered {status})" in comment["body"]
    assert len(unspin.posted) == 1


def test_a_service_that_is_away_holds_nothing_up(start: Start) -> None:
    with scripted() as cms:
        webhook = start(f"http://127.0.0.1:{free_port()}", cms.url, attempts=3)
        started = time.monotonic()
        assert webhook.send({"article": "1", "revision": 1, "text": "Prices rose."}) == 202
        assert time.monotonic() - started < 0.5
        (comment,) = cms.wait_for(1)
    assert "was not checked (it could not be reached)" in comment["body"]


def test_a_redirect_does_not_carry_the_token_away(start: Start) -> None:
    with scripted() as elsewhere, scripted() as cms:
        moved = (302, {"Location": elsewhere.url}, b"")
        with scripted(moved) as unspin:
            start(unspin.url, cms.url, unspin_token="letmein").send({"article": "1", "revision": 1, "text": "Rose."})
            (comment,) = cms.wait_for(1)
    assert "it answered 302" in comment["body"]
    assert not elsewhere.posted


def test_an_answer_that_is_none_does_not_stop_the_next(start: Start, service: Service) -> None:
    good = answer_of(service, "Prices rose.")
    with scripted((200, {}, b"<html>"), (200, {}, good)) as unspin, scripted() as cms:
        webhook = start(unspin.url, cms.url)
        webhook.send({"article": "1", "revision": 1, "text": "Prices rose."})
        webhook.send({"article": "2", "revision": 1, "text": "Prices rose."})
        (comment,) = cms.wait_for(1)
    assert comment["article"] == "2"


def test_what_was_confirmed_outlives_the_webhook(start: Start, service: Service, wire_texts: tuple[str, ...]) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    with scripted() as cms:
        first = start(away, cms.url, attempts=1000)
        assert first.send({"article": "1", "revision": 1, "text": wire_texts[0]}) == 202
        first.server.desk.stop()
        start(address(service), cms.url)
        (comment,) = cms.wait_for(1)
        assert "no signs" in comment["body"]


def test_a_newer_revision_takes_the_place_of_one_that_waits(start: Start, service: Service, tmp_path: Path) -> None:
    good = answer_of(service, "Prices rose.")
    busy = (503, {"Retry-After": "1"}, b"")
    with scripted(busy, (200, {}, good), (200, {}, good)) as unspin, scripted() as cms:
        webhook = start(unspin.url, cms.url)
        for revision in (1, 2, 3):
            assert webhook.send({"article": "1", "revision": revision, "text": f"Prices rose {revision}."}) == 202
        (comment,) = cms.wait_for(1)
        time.sleep(0.1)
        assert comment["revision"] == 3
        assert len(cms.posted) == 1
    webhook.server.desk.stop()
    assert all(b"Prices rose" not in path.read_bytes() for path in tmp_path.glob("db*"))


def test_a_configuration_that_is_wrong_says_what_was_expected() -> None:
    good = {"UNSPIN_URL": "http://a/", "CMS_SECRET": "0" * 16, "CMS_COMMENTS_URL": "http://b/{article}"}
    assert cms_webhook.Config.from_environment(good).unspin_url == "http://a"
    with pytest.raises(SystemExit, match="CMS_SECRET"):
        cms_webhook.Config.from_environment({**good, "CMS_SECRET": ""})
    with pytest.raises(SystemExit, match="16 characters"):
        cms_webhook.Config.from_environment({**good, "CMS_SECRET": "short"})
    with pytest.raises(SystemExit, match="article"):
        cms_webhook.Config.from_environment({**good, "CMS_COMMENTS_URL": "http://b/"})


def address(service: Service) -> str:
    return f"http://127.0.0.1:{service.port}"


def answer_of(service: Service, text: str) -> bytes:
    """What the service answers to a text."""
    return bytes(cms_webhook._opener.open(request(service, text)).read())


def request(service: Service, text: str) -> Any:
    body = json.dumps({"text": text}).encode()
    url = f"{address(service)}/v1/check"
    return cms_webhook.urllib.request.Request(url, body, {"Content-Type": "application/json"})
