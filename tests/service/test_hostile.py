"""Clients that are careless or hostile: no 500, no hang, no leak, and nothing without a token where one is required."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import breaking
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from benchmarks.service.exchange import HANG, NO_ANSWER
from benchmarks.service.hostile import send, send_all
from benchmarks.service.malformed import KINDS, Attack, Kind, attacks, good_draft
from benchmarks.service.running import Service, running_service

CASES = 25  # of each route
ATTACKS = len(KINDS)
SECONDS = 30.0  # longer than any time limit of this service
TOKEN = "a-token-that-nobody-guesses"
OPEN = {  # for a load balancer, a new browser, and who wants to know what can be asked
    "/", "/static/desk.css", "/static/desk.js", "/docs", "/openapi.json", "/healthz", "/readyz",
}  # fmt: skip
UNDESCRIBED = ("/openapi.json", "/docs", "/static/desk.css", "/static/desk.js")
CLOSED = {
    "/v1/check", "/v1/report", "/v1/batch", "/v1/feedback", "/v1/feedback/{number}", "/v1/model", "/v2/check",
    "/page/check", "/metrics",
}  # fmt: skip


@schemathesis.serializer(
    "application/x-ndjson", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)
def as_it_is(context: schemathesis.SerializationContext, value: object) -> bytes:
    """Lines and documents are sent as whatever came of making them."""
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")


@pytest.fixture(scope="module")
def attacked(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that waits for nobody long."""
    database = tmp_path_factory.mktemp("feedback") / "feedback.sqlite"
    options = ("--workers", "1", "--rate", "1000000", "--body-seconds", "2", "--feedback", str(database))
    with running_service("--model", str(model_folder), *options, program=breaking.UNSPIN) as service:
        yield service


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_of_malformed_request_gets_an_answer_that_fits(attacked: Service, kind: Kind) -> None:
    attack = kind(Random(1))
    statuses = asyncio.run(send(attacked.port, attack, SECONDS))
    assert set(statuses) <= attack.allowed, str(attack.steps[0])[:500]
    assert attacked.check(good_draft(Random(2))) == 200


def test_many_of_them_at_once_leave_nothing_behind(attacked: Service) -> None:
    for _ in range(2):  # room for the largest bodies, two of which may stand beside each other, is made once
        asyncio.run(send_all(attacked.port, attacks(ATTACKS, seed=1), SECONDS))
    memory, files = listening_bytes(attacked), attacked.open_files()
    outcomes = asyncio.run(send_all(attacked.port, attacks(ATTACKS, seed=1), SECONDS))
    wrong = [one for one in outcomes.wrong if not is_answered_alone(attacked, *one[1:])]
    assert not [(kind, status, str(attack.steps[0])[:300]) for kind, status, attack in wrong]
    assert outcomes.statuses()[HANG] == 0
    wait_for_open_files(attacked, files + 2)
    assert listening_bytes(attacked) < memory + 30e6
    assert attacked.check(good_draft(Random(3))) == 200
    assert "Traceback" not in attacked.said()
    assert "internal error" not in attacked.said()


def is_answered_alone(service: Service, status: int, attack: Attack) -> bool:
    """Whether a request that was hung up on has a fitting answer by itself: on a busy machine its head may have been
    sent later than the service waits for one."""
    return status == NO_ANSWER and set(asyncio.run(send(service.port, attack, SECONDS))) <= attack.allowed


def listening_bytes(service: Service) -> int:
    """Memory of the process that all connections go through; those that score keep room for the largest so far."""
    return int(service.processes()[0].memory_full_info().uss)


def wait_for_open_files(service: Service, most: int) -> None:
    """Connections that were left are closed after a while."""
    until = time.monotonic() + SECONDS
    while service.open_files() > most:
        assert time.monotonic() < until, f"expected at most {most} open files, got {service.open_files()}"
        time.sleep(0.05)


def test_requests_made_from_the_description_get_answers_that_it_names(attacked: Service) -> None:
    """Schemathesis makes good and bad ones from /openapi.json; without a seed of its own, so always the same."""
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{attacked.port}/openapi.json")
    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    operations = [found.ok() for found in schema.get_all_operations()]
    assert {operation.path for operation in operations} >= CLOSED
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(
            max_examples=CASES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def asked(case: schemathesis.Case) -> None:
            case.validate_response(case.call(timeout=SECONDS), checks=checks)

        asked()


@pytest.fixture(scope="module")
def locked(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that asks for a token."""
    tokens = tmp_path_factory.mktemp("tokens") / "tokens.tsv"
    tokens.touch(0o600)
    tokens.write_text(f"desk\t{TOKEN}\n")
    options = ("--workers", "1", "--rate", "1000000", "--tokens", str(tokens))
    with running_service("--model", str(model_folder), *options) as service:
        yield service


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong-token-of-some-length",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN.upper()}",
        f"Bearer x {TOKEN}",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer desk\t{TOKEN}",
        "Bearer \xff\xfe",
        "Bearer " + "a" * 10_000,
    ],
)
def test_nothing_answers_without_its_token(locked: Service, authorization: str | None) -> None:
    headers = {"Content-Type": "application/json"}
    if authorization is not None:
        headers["Authorization"] = authorization
    for method, path in routes(locked):
        for asked in {method, "GET", "POST", "OPTIONS"}:
            answer = locked.ask(asked, path, good_draft(Random(1)), headers)
            assert answer is not None
            if path not in OPEN:
                assert answer.status == 401, f"{asked} {path}"
                assert "www-authenticate" in answer.headers
            assert TOKEN.encode() not in answer.body


def test_ways_around_the_walls_are_closed_too(locked: Service) -> None:
    for path in ("/V1/model", "//v1/model", "/v1/model/", "/static/../v1/model", "/healthz/../v1/model", "/v1%2fmodel"):
        answer = locked.ask("GET", path)
        assert answer is not None
        assert answer.status in (400, 401, 404), path
        assert b"digest" not in answer.body
    assert locked.ask("GET", "/v1/model?token=" + TOKEN).status == 401  # type: ignore[union-attr]


def test_its_token_opens_each_route(locked: Service) -> None:
    for method, path in routes(locked):
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
        answer = locked.ask(method, path, good_draft(Random(1)), headers)
        assert answer is not None
        assert answer.status != 401, f"{method} {path}"


def routes(service: Service) -> list[tuple[str, str]]:
    """All that /openapi.json names, and what it does not."""
    answer = service.ask("GET", "/openapi.json", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer is not None
    described = json.loads(answer.body)["paths"]
    named = [(method.upper(), path) for path, methods in described.items() for method in methods]
    assert {path for _, path in named} >= CLOSED
    return [*named, *(("GET", path) for path in UNDESCRIBED)]
