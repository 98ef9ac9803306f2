"""Between a CMS and Unspin: when a draft is saved it is checked, and the desk finds a comment beside it.

    export UNSPIN_URL=http://127.0.0.1:8757            # `unspin serve` on the same machine needs no token
    export UNSPIN_TOKEN=...                            # elsewhere it does
    export CMS_SECRET=...                              # what the CMS signs its events with; 16 characters or more
    export CMS_COMMENTS_URL='https://cms.example/api/articles/{article}/comments'
    export CMS_TOKEN=...                               # of an account that may comment and nothing else
    python3 cms_webhook.py --port 8760

One file, standard library only, to be read and changed: docs/webhook.md tells what the CMS sends and gets, and why.

1. `Handler` takes "draft saved" events. It looks at the signature and the time, writes the event down, and answers at
   once. The CMS never waits for a check, and nothing here can hold back a publication.
2. `Desk` takes one draft after the other from what was written down, asks Unspin, and posts the comment. What it has
   not done when it is stopped, it does when it is started again.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import http.client
import json
import logging
import os
import sqlite3
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PATH = "/draft-saved"
MOST_BYTES = 2_000_000  # of one event; the same as the service takes
MOST_SECONDS_OLD = 300  # of an event's timestamp, either way: clocks differ, and an event may be delivered late
MOST_WAITING = 1000  # drafts; beyond that the CMS is asked to send again later
KEPT_DAYS = 30  # that a revision is remembered, without its text
MOST_MARKS = 5  # shown in a comment
MOST_WAIT = 60.0  # seconds that a Retry-After is believed

log = logging.getLogger("cms-webhook")


@dataclass(frozen=True)
class Config:
    """Where the two others are, and how they know us."""

    unspin_url: str
    cms_comments_url: str  # holds {article}
    cms_secret: bytes
    unspin_token: str = ""
    cms_token: str = ""
    database: Path = Path("cms_webhook.sqlite")
    attempts: int = 6  # of each call, before it is given up
    first_wait: float = 1.0  # seconds; doubled after each attempt, where the answer does not say how long to wait
    timeout: float = 30.0  # seconds, of one attempt: more than the service takes for one document

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Config:
        """Take the settings from environment variables, as secrets do not belong on a command line."""
        missing = [name for name in ("UNSPIN_URL", "CMS_COMMENTS_URL", "CMS_SECRET") if not environment.get(name)]
        if missing:
            raise SystemExit(f"expected the environment variables {', '.join(missing)}: see the top of {__file__}")
        if len(environment["CMS_SECRET"]) < 16:
            raise SystemExit("CMS_SECRET is short: take 16 characters or more, as from `openssl rand -hex 32`")
        if "{article}" not in environment["CMS_COMMENTS_URL"]:
            raise SystemExit("CMS_COMMENTS_URL must hold {article}, in whose place the article's id is put")
        return cls(
            unspin_url=environment["UNSPIN_URL"].rstrip("/"),
            cms_comments_url=environment["CMS_COMMENTS_URL"],
            cms_secret=environment["CMS_SECRET"].encode(),
            unspin_token=environment.get("UNSPIN_TOKEN", ""),
            cms_token=environment.get("CMS_TOKEN", ""),
            database=Path(environment.get("WEBHOOK_DATABASE", "cms_webhook.sqlite")),
        )


class RefusedError(Exception):
    """What is wrong with an event, and the status to answer it with."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


# --- The event ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """One revision of an article, with its text in plain or with markup."""

    article: str
    revision: int
    title: str | None
    text: str
    is_markup: bool

    def for_unspin(self) -> dict[str, Any]:
        """The body of POST /v1/check.

        Not as `html`: that is for whole pages, in which Unspin looks for the article and leaves the rest out. What a
        CMS holds is the article, and all of it counts: a ninjs item says so.
        """
        identifier = f"{self.article}:{self.revision}"
        if self.is_markup:
            return {"ninjs": {"uri": identifier, "headline": self.title, "body_html": self.text}}
        return {"id": identifier, "title": self.title, "text": self.text}


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """Sign an event as the CMS does. The timestamp is signed too: else an old event could be sent as a new one."""
    return "sha256=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def verify(secret: bytes, timestamp: str, signed: str, body: bytes, now: float) -> None:
    """Raise RefusedError unless the CMS signed this event, and did so just now."""
    # compare_digest takes the same time however much of it is right, so that nobody can guess it digit by digit.
    if not hmac.compare_digest(signature(secret, timestamp, body).encode(), signed.encode()):
        raise RefusedError(
            401, "the signature is not that of this body and timestamp: is CMS_SECRET the same on both sides?"
        )
    if not (timestamp.isascii() and timestamp.isdigit() and abs(now - int(timestamp[:20])) <= MOST_SECONDS_OLD):
        raise RefusedError(401, f"the timestamp is not within {MOST_SECONDS_OLD} s of now: sign each delivery anew")


def read_event(body: bytes) -> Draft:
    """Read a signed event; raise RefusedError (400) where it is none."""
    try:
        event = json.loads(body)
        body.decode("utf-8")
    except (ValueError, RecursionError) as error:
        raise RefusedError(400, "expected a JSON object in UTF-8") from error
    fields: dict[str, Any] = event if isinstance(event, dict) else {}
    article, revision, title = fields.get("article"), fields.get("revision"), fields.get("title")
    content = {name: fields[name] for name in ("html", "text") if fields.get(name) is not None}
    if not (isinstance(article, str) and 1 <= len(article) <= 200 and article.isprintable()):
        raise RefusedError(400, "expected `article`, the article's id, of 1 to 200 characters")
    if type(revision) is not int or not 0 <= revision < 2**53:
        raise RefusedError(400, "expected `revision`, a number that grows with each saving")
    if len(content) != 1 or not all(isinstance(value, str) for value in content.values()):
        raise RefusedError(400, "expected either `html` or `text`, the whole draft")
    ((name, text),) = content.items()
    return Draft(article, revision, title if isinstance(title, str) else None, text, name == "html")


# --- What was received, on disk --------------------------------------------------------------------------------------


class Received:
    """Every revision that came in, once; its text only until it is done."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(self._open()) as database, database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS drafts (article TEXT, revision INTEGER, received REAL, event BLOB,"
                " PRIMARY KEY (article, revision))"
            )

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=10)
        database.execute("PRAGMA secure_delete = ON")  # a text that is done is overwritten, not just unlinked
        return database

    def add(self, draft: Draft, event: bytes, now: float) -> bool:
        """Write a revision down before it is confirmed; False where it, or a later one, is there already."""
        with closing(self._open()) as database, database:
            database.execute("BEGIN IMMEDIATE")
            (newest,) = database.execute(
                "SELECT max(revision) FROM drafts WHERE article = ?", (draft.article,)
            ).fetchone()
            if newest is not None and newest >= draft.revision:
                return False
            (waiting,) = database.execute("SELECT count(*) FROM drafts WHERE event IS NOT NULL").fetchone()
            if waiting >= MOST_WAITING:
                raise RefusedError(503, f"{waiting} drafts are waiting: send it again later")
            # An editor who saves ten times in a minute wants one comment: what waits is replaced by what is newer.
            database.execute("UPDATE drafts SET event = NULL WHERE article = ?", (draft.article,))
            database.execute("INSERT INTO drafts VALUES (?, ?, ?, ?)", (draft.article, draft.revision, now, event))
            database.execute("DELETE FROM drafts WHERE event IS NULL AND received < ?", (now - KEPT_DAYS * 86_400,))
        return True

    def next(self) -> Draft | None:
        """The draft that has waited longest."""
        with closing(self._open()) as database:
            row = database.execute(
                "SELECT event FROM drafts WHERE event IS NOT NULL ORDER BY received LIMIT 1"
            ).fetchone()
        return None if row is None else read_event(row[0])

    def waits(self, draft: Draft) -> bool:
        """Whether it is still the one to comment on: no newer revision came in, and it is not done."""
        with closing(self._open()) as database:
            row = database.execute(
                "SELECT 1 FROM drafts WHERE article = ? AND revision = ? AND event IS NOT NULL",
                (draft.article, draft.revision),
            ).fetchone()
        return row is not None

    def done(self, draft: Draft) -> None:
        """Forget its text."""
        with closing(self._open()) as database, database:
            database.execute(
                "UPDATE drafts SET event = NULL WHERE article = ? AND revision = ?", (draft.article, draft.revision)
            )


# --- Calls to the two others -----------------------------------------------------------------------------------------


class _StayHere(urllib.request.HTTPRedirectHandler):
    """A redirect would take the token elsewhere: it is an error."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = urllib.request.build_opener(_StayHere)


@dataclass(frozen=True)
class Answer:
    """Status 0: nobody answered."""

    status: int
    body: bytes = b""
    retry_after: float | None = None


def post(url: str, body: Mapping[str, Any], token: str, timeout: float, headers: Mapping[str, str]) -> Answer:
    """Post JSON once; an error of the network is an answer too."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with _opener.open(request, timeout=timeout) as response:
            return Answer(response.status, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, retry_after=_seconds(error.headers.get("Retry-After", "")))
    except (OSError, ValueError, http.client.HTTPException) as error:  # URLError is an OSError
        log.warning("no answer from %s: %s", urllib.parse.urlsplit(url).netloc, type(error).__name__)
        return Answer(0)


def _seconds(retry_after: str) -> float | None:
    """What Retry-After says; the service gives seconds. A date is not understood, and the usual wait is taken."""
    return min(float(retry_after), MOST_WAIT) if retry_after.isascii() and retry_after.isdigit() else None


def post_until_taken(attempt: Callable[[], Answer], config: Config, stop: threading.Event) -> Answer:
    """Try again where that may help: nobody answered, too many requests, or an error on the other side."""
    answer, wait = attempt(), config.first_wait
    for _ in range(config.attempts - 1):
        if not (answer.status in (0, 408, 429) or answer.status >= 500):
            break
        # While this sleeps the CMS goes on: it has had its answer long ago.
        if stop.wait(answer.retry_after if answer.retry_after is not None else min(wait, MOST_WAIT)):
            break
        answer, wait = attempt(), 2 * wait
    return answer


# --- The comment -----------------------------------------------------------------------------------------------------

VERDICTS = {
    "spun": "signs of word substitution",
    "machine_translated": "signs of machine translation",
    "paraphrased": "reworded from a text in the archive",
}
LEVELS = {"strong": "strong ", "worth_a_look": "weak "}


def comment_on(answer: Answer) -> str:
    """Say in a few lines of plain text what Unspin found, or that it found nothing out."""
    if answer.status != 200:
        why = f"it answered {answer.status}" if answer.status else "it could not be reached"
        return f"Unspin: this revision was not checked ({why}). This says nothing about the text."
    result = json.loads(answer.body)
    if result["status"] != "ok":
        why = (result.get("abstention") or result.get("error") or {}).get("message", "no reason given")
        return f"Unspin: no verdict on this revision: {why}"
    lines = [_verdict(result), _false_alarms(result["false_positive_rate"])]
    marks = result["evidence"]
    lines += [_mark(number, mark) for number, mark in enumerate(marks[:MOST_MARKS], start=1)]
    if len(marks) > MOST_MARKS:
        lines.append(f"and {len(marks) - MOST_MARKS} marks more.")
    return "\n".join(lines)


def _verdict(result: Mapping[str, Any]) -> str:
    if not result["flagged"]:
        return "Unspin: no signs of machine rewording. That is no proof that there was none."
    words = LEVELS.get(result["level"], "") + VERDICTS.get(result["verdict"], result["verdict"])
    return f"Unspin: {words}. Please look at the marks before you judge."


def _false_alarms(rate: Mapping[str, Any]) -> str:
    low, high = rate["interval"]
    return (
        f"False alarms: {rate['measured']:.2%} of untouched articles are flagged so"
        f" (95% interval {low:.2%} to {high:.2%}, {rate['n']:,} articles)."
    )


def _mark(number: int, mark: Mapping[str, Any]) -> str:
    better = ", ".join(suggestion["text"] for suggestion in mark["suggestions"][:3])
    return f'{number}. "{mark["text"]}"{f" (perhaps: {better})" if better else ""}: {mark["reason"]}'


# --- The two parts that run ------------------------------------------------------------------------------------------


class Desk(threading.Thread):
    """Checks one draft after the other and posts the comments."""

    def __init__(self, config: Config, received: Received) -> None:
        super().__init__(name="desk", daemon=True)
        self.config, self.received = config, received
        self.stopping, self.news = threading.Event(), threading.Event()

    def run(self) -> None:
        """Work until stopped. Whatever goes wrong with one draft must not keep the next one waiting."""
        while not self.stopping.is_set():
            try:
                if not self._next():
                    self.news.wait(60)
                    self.news.clear()
            except sqlite3.Error:  # a full disk, for one
                log.exception("the database %s", self.received.path)
                self.stopping.wait(10)

    def _next(self) -> bool:
        """Work on the draft that has waited longest; False where none waits."""
        draft = self.received.next()
        if draft is None:
            return False
        try:
            self._work_on(draft)
        except Exception:
            log.exception("article %s, revision %d: given up", draft.article, draft.revision)
        if not self.stopping.is_set():
            self.received.done(draft)
        return True

    def stop(self) -> None:
        """End after what is being done; what waits stays on disk."""
        self.stopping.set()
        self.news.set()
        self.join(self.config.timeout)

    def _work_on(self, draft: Draft) -> None:
        checked = post_until_taken(lambda: self._check(draft), self.config, self.stopping)
        if self.stopping.is_set() or not self.received.waits(draft):
            return  # done after the next start; or a newer revision came in meanwhile, and gets the comment
        comment = comment_on(checked)
        posted = post_until_taken(lambda: self._comment(draft, comment), self.config, self.stopping)
        log.info(
            "article %s, revision %d: Unspin answered %d, the CMS %d",
            draft.article,
            draft.revision,
            checked.status,
            posted.status,
        )

    def _check(self, draft: Draft) -> Answer:
        url = f"{self.config.unspin_url}/v1/check"
        return post(url, draft.for_unspin(), self.config.unspin_token, self.config.timeout, {})

    def _comment(self, draft: Draft, comment: str) -> Answer:
        # Plain text: the CMS must escape it, as it holds phrases of the draft. The key lets the CMS take it once only,
        # should its answer get lost on the way and the comment be posted again.
        url = self.config.cms_comments_url.replace("{article}", urllib.parse.quote(draft.article, safe=""))
        key = hashlib.sha256(f"{draft.article}:{draft.revision}".encode()).hexdigest()
        body = {"article": draft.article, "revision": draft.revision, "format": "text/plain", "body": comment}
        return post(url, body, self.config.cms_token, self.config.timeout, {"Idempotency-Key": key})


class Handler(BaseHTTPRequestHandler):
    """Takes events. Whoever cannot sign them gets no further than the first lines of `_take`."""

    server: Server
    timeout = 10  # seconds of silence, after which a connection is closed
    server_version, sys_version = "cms-webhook", ""

    def do_POST(self) -> None:  # the name is the standard library's
        """Answer 202 (will be checked), 200 (known already), or what is wrong."""
        try:
            status, word = self._take()
        except RefusedError as error:
            status, word = error.status, str(error)
        body = json.dumps({"status" if status < 300 else "error": word}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 503:
            self.send_header("Retry-After", "60")
        self.end_headers()
        self.wfile.write(body)

    def _take(self) -> tuple[int, str]:
        if self.path != PATH:
            raise RefusedError(404, f"events are posted to {PATH}")
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            raise RefusedError(411, "expected Content-Length")
        if len(length) > 10 or int(length) > MOST_BYTES:
            raise RefusedError(413, f"expected at most {MOST_BYTES:,} bytes")
        body = self.rfile.read(int(length))
        timestamp, signed = self.headers.get("X-CMS-Timestamp", ""), self.headers.get("X-CMS-Signature", "")
        now = time.time()
        verify(self.server.config.cms_secret, timestamp, signed, body, now)
        draft = read_event(body)
        if not self.server.received.add(draft, body, now):
            return 200, "known"
        self.server.desk.news.set()
        return 202, "queued"

    def log_message(self, format: str, *values: Any) -> None:
        """One line a request, through logging; no text of a draft is in it."""
        log.info("%s " + format, self.address_string(), *values)


class Server(ThreadingHTTPServer):
    """The handler's server, with the desk behind it."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], config: Config) -> None:
        super().__init__(address, Handler)
        self.config = config
        self.received = Received(config.database)
        self.desk = Desk(config, self.received)
        self.desk.start()

    def server_close(self) -> None:
        """Stop the desk too."""
        super().server_close()
        self.desk.stop()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Check drafts of a CMS with Unspin, and comment on them.")
    parser.add_argument("--host", default="127.0.0.1", help="put a proxy with TLS before it where the CMS is elsewhere")
    parser.add_argument("--port", type=int, default=8760)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    config = Config.from_environment(os.environ)
    with Server((arguments.host, arguments.port), config) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            log.info("stopping")


if __name__ == "__main__":
    main()
