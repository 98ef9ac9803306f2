"""What the service answers is what the commands print, and what is malformed is refused without repeating it."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import httpx
import jsonschema
import pytest
from click.testing import CliRunner
from service.served import Served, served

from detector.cli import main
from detector.render import result_schema
from detector.service.reading import DOCX

TEXT, JSON = {"Content-Type": "text/plain"}, {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def service(model_folder: Path) -> Iterator[Served]:
    with served("--model", str(model_folder), "--rate", "1000000") as service:
        yield service


@pytest.fixture(scope="module")
def client(service: Served) -> Iterator[httpx.Client]:
    with service.client as client:
        yield client


def printed(model: Path, *arguments: str, given: bytes) -> bytes:
    """What the command prints of its standard input."""
    command, *others = arguments
    return CliRunner().invoke(main, [command, "-", "--model", str(model), *others], input=given).stdout_bytes


@pytest.fixture(scope="module")
def drafts(spun_texts: tuple[str, ...], wire_texts: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"text": spun_texts[0]},
        {"id": "a-1", "text": wire_texts[1], "title": "The port", "url": "https://a.example/1", "outlet": None},
        {"html": f"<html><body><article><p>{spun_texts[2]}</p></article></body></html>", "published": "2026-05-01"},
        {"text": "Too short. 😀"},
        {"uri": "urn:x:1", "headline": "Wire", "body_text": spun_texts[3]},
    ]


def test_a_check_is_to_the_byte_what_the_command_prints(
    client: httpx.Client, model_folder: Path, drafts: list[dict[str, Any]]
) -> None:
    schema = jsonschema.Draft202012Validator(result_schema())
    for draft in drafts:
        given = json.dumps(draft).encode()
        body = json.dumps({"ninjs": draft}).encode() if "uri" in draft else given
        answer = client.post("/v1/check", content=body, headers=JSON)
        assert answer.status_code == 200
        assert answer.content == printed(model_folder, "check", "--json", given=given)
        schema.validate(answer.json())


def test_a_document_is_read_as_standard_input_is(
    client: httpx.Client, model_folder: Path, spun_texts: tuple[str, ...]
) -> None:
    given = spun_texts[0].encode()
    answer = client.post("/v1/check", params={"max_fpr": "0.008", "evidence": "flagged"}, content=given, headers=TEXT)
    assert answer.content == printed(model_folder, "check", "--json", "--max-fpr", "0.008", given=given)


def test_a_batch_is_to_the_byte_what_the_command_writes(
    client: httpx.Client, model_folder: Path, drafts: list[dict[str, Any]]
) -> None:
    lines = [json.dumps({**draft, "own": number}).encode() for number, draft in enumerate(drafts)]
    given = b"\xef\xbb\xbf" + lines[0] + b"\r\n\n" + b"{not json}\n" + b"\n".join(lines[1:]) + b'\n[]\n{"text": "\xff"}'
    answer = client.post("/v1/batch", content=given)
    assert answer.status_code == 200
    assert answer.content == printed(model_folder, "score", "--workers", "1", given=given)
    assert len(answer.content.splitlines()) == len(lines) + 3


def test_a_line_that_is_too_long_is_an_error_row_in_its_place(
    client: httpx.Client, wire_texts: tuple[str, ...]
) -> None:
    line = json.dumps({"text": wire_texts[0]}).encode() + b"\n"
    answer = client.post("/v1/batch", content=line + b'{"text": "' + b"a" * 2_100_000 + b'"}\n' + line)
    rows = [json.loads(row) for row in answer.content.splitlines()]
    assert [row["status"] for row in rows] == ["ok", "error", "ok"]
    assert rows[1]["error"]["code"] == "too-large"
    assert [row["provenance"]["record"] for row in rows] == [1, 2, 3]
    assert rows[2]["provenance"]["offset"] == len(line) + 2_100_013


def test_answers_come_while_lines_are_still_sent(service: Served, wire_texts: tuple[str, ...]) -> None:
    line = json.dumps({"text": wire_texts[0]}).encode() + b"\n"
    chunk = b"%x\r\n%s\r\n" % (len(line), line)
    with socket.create_connection(service.address) as connection, connection.makefile("rb") as answer:
        connection.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
        first = next(row for row in answer if row.startswith(b"{"))  # before the request has ended
        connection.sendall(chunk + b"0\r\n\r\n")
        second = next(row for row in answer if row.startswith(b"{"))
    assert [json.loads(row)["id"] for row in (first, second)] == ["stdin:1", "stdin:2"]


def test_word_and_markdown_are_read_as_such(client: httpx.Client, spun_texts: tuple[str, ...]) -> None:
    document, file = docx.Document(), io.BytesIO()
    for paragraph in spun_texts[0].split("\n\n"):
        document.add_paragraph(paragraph)
    document.save(file)
    sent = {DOCX: file.getvalue(), "text/markdown": f"# *Storms*\n\n{spun_texts[0]}".encode()}
    for kind, content in sent.items():
        options = {"evidence": "all", "with_text": "true"}
        result = client.post("/v1/check", params=options, content=content, headers={"Content-Type": kind}).json()
        assert "lights blitz" in {mark["text"] for mark in result["evidence"]}
        assert "lights blitz" in result["text"]
    refused = client.post("/page/check", content=b"PK zebra", headers={"Content-Type": DOCX})
    assert refused.status_code == 422
    assert "zebra" not in refused.text


@pytest.mark.parametrize("form", ["html", "json", "md", "text"])
def test_a_report_in_each_form(client: httpx.Client, spun_texts: tuple[str, ...], form: str) -> None:
    answer = client.post("/v1/report", params={"format": form}, json={"text": spun_texts[0], "id": "<b>1"})
    assert answer.status_code == 200
    assert "lights blitz" in answer.text
    if form == "html":
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
        assert "<b>1" not in answer.text


def test_the_model_and_the_state(client: httpx.Client) -> None:
    model = client.get("/v1/model").json()
    assert (model["model"]["name"], model["false_positive_rate"]["n"], model["archive"]) == ("tiny", 400, None)
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}
    assert 'unspin_requests_total{route="/readyz",status="200"}' in client.get("/metrics").text


SECRET = "zebra crossing"
MALFORMED = {
    "no object": b"[]",
    "no JSON": b'{"text": ' + SECRET.encode(),
    "twice": b'{"text": "zebra crossing", "text": "b"}',
    "NaN": b'{"text": "zebra crossing", "max_fpr": NaN}',
    "huge number": b'{"text": "zebra crossing", "max_fpr": ' + b"9" * 5_000 + b"}",
    "infinite": b'{"text": "zebra crossing", "max_fpr": 1e999}',
    "deep": b'{"text": ' + b"[" * 100_000,
    "rather deep": b'{"ninjs": ' + b'{"zebra crossing": ' * 900 + b"1" + b"}" * 901,
    "half a character": b'{"text": "zebra crossing \\ud800"}',
    "bytes": b'{"text": "zebra crossing \xff"}',
    "unknown field": b'{"text": "a", "zebra crossing": 1}',
    "two articles": b'{"text": "zebra crossing", "html": "b"}',
    "none": b'{"id": "zebra crossing"}',
    "wrong type": b'{"text": ["zebra crossing"]}',
    "wrong rate": b'{"text": "zebra crossing", "max_fpr": 0.5}',
    "blank": b'{"text": "  ", "id": "zebra crossing"}',
    "withdrawn": b'{"ninjs": {"uri": "zebra crossing", "pubstatus": "zebra crossing:canceled", "body_text": "a"}}',
    "no article": b'{"html": "<p title=\'zebra crossing\'>"}',
}


@pytest.mark.parametrize("name", MALFORMED)
@pytest.mark.parametrize("path", ["/v1/check", "/v1/report", "/page/check"])
def test_what_is_malformed_is_refused_and_not_repeated(client: httpx.Client, path: str, name: str) -> None:
    answer = client.post(path, content=MALFORMED[name], headers=JSON)
    assert answer.status_code == 422
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"code", "message"}
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/v1/check", {"Content-Type": "application/xml"}, 415),
        ("POST", "/v1/check", {}, 415),
        ("POST", "/v1/check", {**JSON, "Content-Encoding": "gzip"}, 415),
        ("POST", "/v1/check?format=html&max_frp=0.1", TEXT, 422),
        ("POST", "/v1/report?format=pdf", TEXT, 422),
        ("POST", "/v1/batch?max_fpr=0.5", {}, 422),
        ("GET", "/v1/check", {}, 405),
        ("GET", "/nowhere", {}, 404),
        ("POST", "/v1/feedback", JSON, 404),
        ("GET", "/", {"Host": "evil.example"}, 421),
        ("GET", "/", {"Host": ""}, 421),
    ],
)
def test_other_refusals(client: httpx.Client, method: str, path: str, headers: dict[str, str], status: int) -> None:
    answer = client.request(method, path, content=b"zebra", headers=headers)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"code", "message"}


def test_every_answer_carries_the_policies(client: httpx.Client) -> None:
    for path in ("/", "/docs", "/openapi.json", "/nowhere", "/metrics", "/static/desk.css"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in headers
        assert "Server" not in headers


def test_nothing_of_a_text_is_logged(client: httpx.Client, service: Served) -> None:
    client.post("/v1/check?zebra=1", content=b"zebra crossing", headers=TEXT)
    client.request("ZEBRA", "/zebra?zebra", headers={"X-Zebra": "zebra"})
    client.post("/v1/check", content=b"zebra crossing", headers=TEXT)
    assert "zebra" not in service.said().lower()
    assert "POST /v1/check 200" in service.said()


def test_the_description_holds_each_route_and_its_statuses(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) == {
        "/", "/page/check", "/v1/check", "/v1/report", "/v1/batch", "/v1/feedback", "/v1/feedback/{number}",
        "/v1/model", "/v2/check", "/v2/languages", "/healthz", "/readyz", "/metrics",
    }  # fmt: skip
    check = document["paths"]["/v1/check"]["post"]
    assert {"200", "401", "408", "413", "415", "422", "429", "503"} <= set(check["responses"])
    assert {"application/json", "text/plain", "text/html"} <= set(check["requestBody"]["content"])
    result = document["components"]["schemas"]["Result"]
    assert result["properties"].keys() == result_schema()["properties"].keys()
    for reference in _references(document):
        part: Any = document
        for name in reference.removeprefix("#/").split("/"):
            part = part[name]
    page = client.get("/docs").text
    assert "<script" not in page
    assert all(f"<code>{method} {path}</code>" in page for method, path in (("POST", "/v1/check"), ("GET", "/metrics")))


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(reference := value.get("$ref"), str):
            yield reference
        for one in value.values():
            yield from _references(one)
    elif isinstance(value, list):
        for one in value:
            yield from _references(one)


def test_the_listening_process_has_no_numpy() -> None:
    modules = "detector.service.app, detector.service.server, detector.cli.serve"
    code = f"import sys, {modules}; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
