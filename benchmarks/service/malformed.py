"""Requests that no honest client sends: one kind a function, and what the service may answer to it.

Each function makes one of many variants by chance. KINDS reads as their table of contents.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import quote_plus

from benchmarks.service.exchange import NO_ANSWER, Headers, request_bytes

BODY_BYTES = 2_000_000  # the service's bound, unless it is told another
JSON: Headers = (("Content-Type", "application/json"),)
FORM: Headers = (("Content-Type", "application/x-www-form-urlencoded"),)
LINES: Headers = (("Content-Type", "application/x-ndjson"),)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# What may be answered. Busy is busy, whatever was sent; 408 where the machine has no time to take a large body in time.
BUSY = {408, 429, 503}
REFUSED = {400, 404, 405, 411, 413, 414, 415, 417, 421, 422, 426, 431, 501, 505} | BUSY
CLOSED = {NO_ANSWER}
UNREADABLE = {400, 422} | BUSY
UNTYPED = {415, 422} | BUSY
LARGE = {413, 431, 414, 400} | BUSY
LATE = {400} | CLOSED | BUSY

Pause = float  # seconds


@dataclass(frozen=True)
class Attack:
    """What is sent, step by step, and what may come of it.

    Attributes:
        steps: bytes to send, and seconds to wait between them.
        allowed: statuses of each answer; NO_ANSWER where the connection may end without one.
        answers: how many answers are waited for; 0 to hang up after the last step.
    """

    steps: tuple[bytes | Pause, ...]
    allowed: set[int]
    answers: int = 1


Kind = Callable[[Random], Attack]


def good_draft(rng: Random) -> bytes:
    """A draft that the service takes; too short for a verdict, so that it costs next to nothing."""
    return json.dumps({"text": f"Report {rng.random()}: prices rose, and the bank said so on Friday."}).encode()


def _post(path: str, body: bytes, headers: Headers = JSON, allowed: set[int] = UNREADABLE) -> Attack:
    return Attack((request_bytes("POST", path, body, headers),), allowed)


def _head(path: str, headers: Headers) -> bytes:
    """The head of a POST that says nothing of its body."""
    return request_bytes("POST", path, None, headers)


# --- Bodies that end early, come late, or never ---


def truncated_body(rng: Random) -> Attack:
    """Less than was announced, and then the client is gone."""
    body = good_draft(rng)
    return Attack((request_bytes("POST", _path(rng), body, JSON)[: -rng.randint(1, len(body))],), set(), answers=0)


def body_that_stops(rng: Random) -> Attack:
    """Less than was announced, and then silence."""
    request = request_bytes("POST", _path(rng), good_draft(rng), JSON)
    return Attack((request[: -rng.randint(1, 20)],), LATE)


def slow_body(rng: Random) -> Attack:
    """A byte now and then: each keeps the connection alive, all together take far too long."""
    head = _head(_path(rng), (*JSON, ("Content-Length", "5000")))
    return Attack((head, *_dripping(good_draft(rng) * 50)), LATE)


def slow_head(rng: Random) -> Attack:
    """The same with a header that never ends."""
    return Attack((b"POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1\r\n", *_dripping(b"X-A: " + b"a" * 5000)), LATE)


def head_that_stops(rng: Random) -> Attack:
    """Half a request line, or half a head, and then silence; or nothing at all."""
    head = _head("/v1/check", JSON)
    return Attack((head[: rng.choice((0, 1, 10, len(head) - 1))],), LATE)


def _dripping(data: bytes) -> Iterator[bytes | Pause]:
    for i in range(len(data)):
        yield data[i : i + 1]
        yield 0.1


def hang_up(rng: Random) -> Attack:
    """A good request whose client does not wait for the answer."""
    return Attack(
        (request_bytes("POST", "/v1/check", good_draft(rng), JSON), rng.choice((0.0, 0.01))), set(), answers=0
    )


def answers_left_unread(rng: Random) -> Attack:
    """Many good requests, of whose answers none is read."""
    return Attack((request_bytes("GET", "/openapi.json") * 50, 0.2), set(), answers=0)


# --- Bodies that are not what they should be ---


def bad_utf8(rng: Random) -> Attack:
    bad = rng.choice((b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xc0\x80"))
    return _post(_path(rng), b'{"text": "prices ' + bad + b' rose"}')


def other_encoding(rng: Random) -> Attack:
    """JSON is UTF-8; others may be understood, but not by half."""
    encoding = rng.choice(("utf-16", "utf-32-le", "utf-7", "cp037"))
    headers = (("Content-Type", f"application/json; charset={encoding}"),)
    return _post(_path(rng), '{"text": "prices rosé again"}'.encode(encoding), headers, REFUSED | {200})


def compressed(rng: Random) -> Attack:
    """Small on the wire, large once unpacked; sometimes only said to be compressed."""
    name, data = rng.choice(
        (
            ("gzip", gzip.compress(b" " * 5_000_000)),
            ("deflate", zlib.compress(b" " * 5_000_000)),
            ("br", good_draft(rng)),
            ("zstd", good_draft(rng)),
            ("gzip, gzip", gzip.compress(gzip.compress(good_draft(rng)))),
            ("GZip", gzip.compress(good_draft(rng))),
            ("x", good_draft(rng)),
        )
    )
    return _post(_path(rng), data, (*JSON, ("Content-Encoding", name)), {415} | BUSY)


def lone_surrogates(rng: Random) -> Attack:
    """Halves of a character, which JSON lets pass and UTF-8 does not."""
    text = rng.choice((r"\ud800", r"prices \udfff rose", r"\udc00\ud800", "prices " + r"\ud83d " * 200))
    field = rng.choice(("text", "html", "title", "id", "outlet", "url", "published"))
    fields = f'"{field}": "{text}"' if field in ("text", "html") else f'"text": "Prices rose.", "{field}": "{text}"'
    return _post(_path(rng), f"{{{fields}}}".encode(), JSON, UNREADABLE | {200})


def not_a_number(rng: Random) -> Attack:
    value = rng.choice(("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "0", "-0.01", "2", "5e-324"))
    return _post(_path(rng), f'{{"text": "Prices rose.", "max_fpr": {value}}}'.encode())


def deep_nesting(rng: Random) -> Attack:
    n = rng.choice((200, 20_000, 400_000))
    left, right = rng.choice(((b"[", b"]"), (b'{"a":', b"}"), (b'{"ninjs":', b"}")))
    closing = right * n if rng.random() < 0.5 else b""
    start = rng.choice((b"", b'{"ninjs": {"a": ', b'{"text": '))
    return _post(_path(rng), (start + left * n + b"1" + closing)[: BODY_BYTES - 1])


def huge_number(rng: Random) -> Attack:
    digits = "9" * rng.choice((30, 5000, 200_000))
    field = rng.choice(("max_fpr", "text", "with_text", "id"))
    rest = "" if field == "text" else '"text": "Prices rose.", '
    return _post(_path(rng), f'{{{rest}"{field}": {digits}}}'.encode())


def duplicate_keys(rng: Random) -> Attack:
    """Two readers may see two texts in it: the one who checks and the one who prints."""
    key, first, second = rng.choice((("text", '"a"', '"b"'), ("text", "1", '"b"'), ("html", '"<p>a"', "null")))
    return _post(_path(rng), f'{{"{key}": {first}, "{key}": {second}}}'.encode(), JSON, UNREADABLE | {200})


def costly_body(rng: Random) -> Attack:
    """As many small things as fit: each is soon read, but all together keep a reader from all else."""
    body = rng.choice(
        (
            json.dumps(dict.fromkeys(map(str, range(150_000)), 1)).encode(),
            b'{"ninjs": {"a": [' + b"{}," * 600_000 + b"1]}}",
            b'{"ninjs": {"a": [' + b"1.5e300," * 240_000 + b"1]}}",
            b'{"text": "a", "max_fpr": 1.' + b"9" * 1_900_000 + b"}",
            b'{"ninjs": {"uri": "a", "body_text": "' + b"\\u0041" * 300_000 + b'"}}',
        )
    )
    return _post(_path(rng), body, JSON, UNREADABLE | {200})


def wrong_shape(rng: Random) -> Attack:
    body = rng.choice(
        (
            b"",
            b" ",
            b"null",
            b"1",
            b'"text"',
            b"[]",
            b"{}",
            b'{"text": null}',
            b'{"text": 1}',
            b'{"text": ["a"]}',
            b'{"text": {"a": "b"}}',
            b'{"text": "a", "html": "b"}',
            b'{"text": "a", "ninjs": {}}',
            b'{"ninjs": "a"}',
            b'{"ninjs": []}',
            b'{"text": "a", "evidence": "some"}',
            b'{"text": "a", "max_fpr": "0.01x"}',
            b'{"text": "a", "published": 5}',
            b'{"text": "a"',
            b'{"text": "a"} {"text": "b"}',
            b'{"text": "a\x00b\x01"}',
            b"\xef\xbb\xbf{",
            b"<xml/>",
        )
    )
    return _post(_path(rng), body)


def wrong_type(rng: Random) -> Attack:
    """No reader for it, or a content type that is none; then it is read as JSON or not at all."""
    kind = rng.choice(
        (
            "image/png",
            "application/xml",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded",
            "application/octet-stream",
            "application/json/json",
            "json",
            ";",
            "*/*",
            "text/rtf",
        )
    )
    return _post(_path(rng), good_draft(rng), (("Content-Type", kind),), UNTYPED)


def odd_type(rng: Random) -> Attack:
    """A content type that a reader may stumble over."""
    kinds: tuple[str | bytes, ...] = (
        "text/plain; charset=nonsense",
        "text/plain; charset=rot13",
        "text/html; charset=utf-7",
        'application/json; charset="',
        b"application/json; a=\xff\xfe",
        "text/plain; " + "a=b; " * 2000,
        'text/plain;"' + ";" * 30_000,
        "",
        "TEXT/PLAIN; CHARSET=undefined",
    )
    return _post(_path(rng), b"Prices rose \xff\xfe.", (("Content-Type", rng.choice(kinds)),), REFUSED | {200})


def hostile_html(rng: Random) -> Attack:
    html = rng.choice(
        (
            "<div>" * 100_000 + "Prices rose.",
            "<p " + "a=b " * 100_000 + ">Prices rose.",
            "<!--" * 50_000,
            "<table>" * 30_000 + "<td>" * 30_000,
            "&" * 500_000,
            "<p>Prices\x00rose.\x1b</p>",
            "<script>" + "a" * 1_000_000,
            "<![CDATA[" * 10_000,
            "<!DOCTYPE a [<!ENTITY b 'c'>]><p>&b;</p>" * 100,
        )
    )
    return _post("/v1/check", json.dumps({"html": html}).encode(), JSON, UNREADABLE | {200})


def hostile_text(rng: Random) -> Attack:
    text = rng.choice(
        (
            "a" * 1_900_000,
            " " * 1_900_000,
            "\n" * 1_900_000,
            "a\u0301" * 300_000,
            "\u202e\u200b" * 200_000,
            "\x00" * 1000,
            "".join(map(chr, range(1, 0x300))) * 20,
            "\U0001f600" * 300_000,
            "Prices rose. " * 100_000,
            '"' * 500_000,
        )
    )
    raw = json.dumps({"text": text}, ensure_ascii=False).encode()[: BODY_BYTES + 10]
    return _post("/v1/check", raw, JSON, UNREADABLE | {200, 413})


def hostile_docx(rng: Random) -> Attack:
    """A zip that is none, a bomb, an archive with a path that leads out, an XML that refers to a file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        bomb = b"<a>" + b" " * 30_000_000
        entity = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
        archive.writestr("[Content_Types].xml", rng.choice((b"", b"<Types/>", entity)))
        archive.writestr(rng.choice(("word/document.xml", "../../word/document.xml")), rng.choice((bomb, entity, b"<")))
    data = rng.choice((packed.getvalue(), packed.getvalue()[:-30], b"PK\x03\x04" + rng.randbytes(500), b"PK", b""))
    return _post("/v1/check", data, (("Content-Type", DOCX),), UNREADABLE | {200})


def large_body(rng: Random) -> Attack:
    """More than is taken, announced or not."""
    body = b'{"text": "' + b"a" * (BODY_BYTES + rng.choice((1, 100_000))) + b'"}'
    if rng.random() < 0.5:
        return _post(_path(rng), body, JSON, LARGE | CLOSED)
    head = _head(_path(rng), (*JSON, ("Transfer-Encoding", "chunked")))
    return Attack((head, *(b"%x\r\n%b\r\n" % (65_536, body[:65_536]) for _ in range(32))), LARGE | CLOSED)


# --- Heads and framing ---


def absurd_length(rng: Random) -> Attack:
    length = rng.choice(("9" * 30, "-1", "abc", "+5", "0x10", " ", "1,2", "1" * 5000, "١٢"))
    return Attack((_head(_path(rng), (*JSON, ("Content-Length", length.encode()))) + b"{}",), REFUSED | CLOSED)


def two_lengths(rng: Random) -> Attack:
    """What one program takes for the end of a request, another takes for the beginning of the next."""
    other = rng.choice((("Content-Length", "5"), ("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "xchunked")))
    body = b"0\r\n\r\nGET /v1/model HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    return Attack((_head("/v1/check", (*JSON, ("Content-Length", str(len(body))), other)) + body,), REFUSED | CLOSED)


def lying_chunks(rng: Random) -> Attack:
    chunks = rng.choice(
        (
            b"zz\r\n{}\r\n0\r\n\r\n",
            b"-5\r\n{}\r\n0\r\n\r\n",
            b"2\r\n{}{}{}\r\n0\r\n\r\n",
            b"ffffffffffffffffffff\r\n{}",
            b"2;" + b"a" * 100_000 + b"\r\n{}\r\n0\r\n\r\n",
            b"2\r\n{}\r\n0\r\n" + b"X-Trailer: a\r\n" * 2000 + b"\r\n",
            b"\r\n\r\n\r\n",
            b"5\r\n{}",
        )
    )
    head = _head("/v1/check", (*JSON, ("Transfer-Encoding", "chunked")))
    return Attack((head + chunks,), REFUSED | CLOSED)


def header_flood(rng: Random) -> Attack:
    n, size = rng.choice(((5000, 20), (50, 20_000), (1, 2_000_000), (100_000, 1)))
    flood = [(f"X-{i}", "a" * size) for i in range(n)]
    return Attack((request_bytes("GET", "/v1/model", None, flood),), REFUSED | CLOSED | {200})


def broken_headers(rng: Random) -> Attack:
    line = rng.choice(
        (
            b"No colon",
            b": no name",
            b"Two words: a",
            b"X-Null: a\x00b",
            b"X-Return: a\rb",
            b" folded: a",
            b"X-A: b\n\nGET / HTTP/1.1",
            b"\xff\xfe: a",
            b"X-\xe9: a",
        )
    )
    head = b"GET /v1/model HTTP/1.1\r\nHost: 127.0.0.1\r\n" + line + b"\r\n\r\n"
    return Attack((head,), REFUSED | CLOSED | {200})


def odd_host(rng: Random) -> Attack:
    """A name that some page in a browser could have been rebound to this machine; none; two."""
    host = rng.choice(
        (b"Host: evil.example", b"Host: ", b"X: y", b"Host: 127.0.0.1\r\nHost: evil.example", b"Host: \xff")
    )
    return Attack((b"GET /v1/model HTTP/1.1\r\n" + host + b"\r\n\r\n",), REFUSED | CLOSED)


def odd_authorization(rng: Random) -> Attack:
    """Where no token is asked for, none may be stumbled over."""
    value = rng.choice((b"Bearer", b"Bearer \xff\xfe", b"Bearer " + b"a" * 20_000, b"Basic Og==", b"", b"Bearer a b c"))
    request = request_bytes("GET", "/v1/model", None, (("Authorization", value),))
    return Attack((request,), {200, 401} | REFUSED | CLOSED)


def odd_version(rng: Random) -> Attack:
    """HTTP/1.0 is answered; others are refused in words or by hanging up."""
    version = rng.choice((b" HTTP/1.0", b" HTTP/0.9", b" HTTP/9.9", b" HTTP/2.0", b" HTTP/", b"", b" HTCPCP/1.0"))
    allowed = {200} if version == b" HTTP/1.0" else REFUSED | CLOSED | {200}
    return Attack((b"GET /healthz" + version + b"\r\nHost: 127.0.0.1\r\n\r\n",), allowed)


def other_protocol(rng: Random) -> Attack:
    data = rng.choice(
        (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + rng.randbytes(200),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
            b"\x00" * 1000 + b"\r\n\r\n",
            rng.randbytes(2000) + b"\r\n\r\n",
            b"\r\n" * 1000 + b"x\r\n\r\n",
        )
    )
    return Attack((data,), LATE | REFUSED)


def upgrade(rng: Random) -> Attack:
    """The service speaks no WebSocket, and waits for nothing that was not announced."""
    headers = (
        ("Connection", "Upgrade"),
        ("Upgrade", rng.choice(("websocket", "h2c", "TLS/1.0"))),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Version", "13"),
    )
    path = rng.choice(("/v1/model", "/", "/ws"))
    return Attack((request_bytes("GET", path, None, headers),), REFUSED | CLOSED | {200, 403})


def expect_continue(rng: Random) -> Attack:
    """A body is announced and then not sent."""
    headers = (*JSON, ("Content-Length", "100"), ("Expect", rng.choice(("100-continue", "200-ok"))))
    return Attack((_head("/v1/check", headers),), LATE | {417})


def pipelined(rng: Random) -> Attack:
    """Several at once, in one write: each is answered, in order."""
    n = rng.randint(2, 20)
    return Attack((request_bytes("GET", "/healthz") * n,), {200}, answers=n)


# --- Lines that name what is not there ---


def wrong_method(rng: Random) -> Attack:
    method = rng.choice(("DELETE", "PUT", "PATCH", "TRACE", "OPTIONS", "FOO", "post", "A" * 5000, "GET\t", "CONNECT"))
    return Attack((request_bytes(method, _path(rng), b"{}", JSON),), REFUSED | CLOSED)


def odd_path(rng: Random) -> Attack:
    path = rng.choice(
        (
            "/v1/check%00",
            "/%00",
            "/\x00",
            "/static/../../../../etc/passwd",
            "/static/%2e%2e/%2e%2e/etc/passwd",
            "/static/..%5c..%5cetc",
            "//etc/passwd",
            "/static/desk.js/",
            "/v1/%ff%fe",
            "/" + "a" * 200_000,
            "http://evil.example/",
            "*",
            "",
            "/v1/model extra",
            "/v1/report/../model/x",
        )
    )
    return Attack((request_bytes("GET", path),), REFUSED | CLOSED)


def odd_query(rng: Random) -> Attack:
    query = rng.choice(
        (
            "format=exe",
            "format=",
            "format=html&format=exe",
            "format=%00",
            "format=%ff",
            "format=" + "a" * 20_000,
            "format[]=a",
        )
    )
    return _post(f"/v1/report?{query}", good_draft(rng), JSON, REFUSED | CLOSED | {200})


def odd_options(rng: Random) -> Attack:
    """Options of a draft that is sent as it is stand in the query."""
    query = rng.choice(("max_fpr=abc", "max_fpr=nan", "max_fpr=2", "max_fpr=-1", "evidence=some", "max_fpr=1e999"))
    return _post(f"/v1/check?{query}", b"Prices rose.", (("Content-Type", "text/plain"),))


# --- The other routes ---


def broken_judgement(rng: Random) -> Attack:
    """404 where the service keeps no feedback."""
    fields: dict[str, object] = {"text": "Prices rose on Friday.", "judgement": "fine", "start": 0, "end": 6}
    name, value = rng.choice(
        (
            ("start", -1),
            ("start", 7),
            ("end", 10**30),
            ("end", "6"),
            ("start", 1.5),
            ("end", None),
            ("judgement", "good"),
            ("judgement", None),
            ("note", "a" * 1001),
            ("text", ""),
            ("text", None),
            ("start", True),
        )
    )
    return _post("/v1/feedback", json.dumps(fields | {name: value}).encode(), JSON, UNREADABLE | {404})


def broken_form(rng: Random) -> Attack:
    """What plug-ins of LanguageTool send, with something amiss; missing parts may be taken for their defaults."""
    notes = rng.choice(
        (
            "",
            "null",
            "[]",
            "{",
            '{"annotation": 1}',
            '{"annotation": [1]}',
            '{"annotation": [{"text": 1}]}',
            '{"annotation": [{"markup": "<b>", "text": "a"}]}',
            '{"annotation": [{}]}',
            '{"annotation": [{"text": "a", "interpretAs": 5}]}',
            '{"annotation": [{"text": "\\ud800"}]}',
            '{"annotation": ' + "[" * 100_000 + "]" * 100_000 + "}",
            '{"text": NaN}',
        )
    )
    form = rng.choice(
        (
            f"language=en-US&data={quote_plus(notes)}",
            "",
            "language=en-US",
            "text=Prices+rose.",
            "text=Prices+rose.&language=xx-XX",
            "text=%ff%fe&language=en-US",
            "text=%&language=en-US",
            "text=a&text=b&language=en-US&language=de-DE",
            f"text=a&data={quote_plus(notes)}&language=en-US",
            "&" * 100_000,
            "a=b&" * 20_000 + "text=a&language=en-US",
            "language=en-US&text=" + "%" * 1_900_000,
            "language=en-US&text=" + "%20" * 600_000,
            "text=%00&language=%00",
            "text=a;language=en-US",
        )
    )
    return _post("/v2/check", form.encode(), FORM, UNREADABLE | {200, 413})


def broken_lines(rng: Random) -> Attack:
    """A bad line becomes an error row beside good ones, so 200 is right; an endless one is too large."""
    body = rng.choice(
        (
            b"",
            b"\n" * 100_000,
            b"{",
            b"\xff\xfe\n" + good_draft(rng),
            b"null\n1\n[]\n" + good_draft(rng),
            b"[" * 100_000 + b"\n" + good_draft(rng),
            good_draft(rng) + b"\r\r\n\x00\n",
            b'{"text": NaN}\n{"text": "\\ud800"}\n',
            b'{"text": "' + b"a" * 1_900_000,
            b"a" * (BODY_BYTES + 1),
        )
    )
    return _post("/v1/batch", body, LINES, UNREADABLE | {200, 413} | CLOSED)


def endless_line(rng: Random) -> Attack:
    """Chunks without a line end, until the service has enough."""
    chunk = b"10000\r\n" + b"a" * 65_536 + b"\r\n"
    head = _head("/v1/batch", (*LINES, ("Transfer-Encoding", "chunked")))
    return Attack((head, *([chunk] * 100)), LARGE | CLOSED | {200})


def _path(rng: Random) -> str:
    """A route that takes a draft as JSON."""
    return rng.choice(("/v1/check", "/v1/check", "/v1/report?format=json", "/page/check"))


KINDS: tuple[Kind, ...] = (
    truncated_body,
    body_that_stops,
    slow_body,
    slow_head,
    head_that_stops,
    hang_up,
    answers_left_unread,
    bad_utf8,
    other_encoding,
    compressed,
    lone_surrogates,
    not_a_number,
    deep_nesting,
    huge_number,
    duplicate_keys,
    costly_body,
    wrong_shape,
    wrong_type,
    odd_type,
    hostile_html,
    hostile_text,
    hostile_docx,
    large_body,
    absurd_length,
    two_lengths,
    lying_chunks,
    header_flood,
    broken_headers,
    odd_host,
    odd_authorization,
    odd_version,
    other_protocol,
    upgrade,
    expect_continue,
    pipelined,
    wrong_method,
    odd_path,
    odd_query,
    odd_options,
    broken_judgement,
    broken_form,
    broken_lines,
    endless_line,
)


def attacks(n: int, seed: int) -> Iterator[tuple[str, Attack]]:
    """So many attacks with the names of their kinds, each kind as often as any other, in a random order."""
    rng = random.Random(seed)
    kinds = [KINDS[i % len(KINDS)] for i in range(n)]
    rng.shuffle(kinds)
    for kind in kinds:
        yield kind.__name__.replace("_", "-"), kind(rng)
