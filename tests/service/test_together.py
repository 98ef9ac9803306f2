"""What waits is scored together, and answered as if it were alone; one that breaks costs its neighbours nothing."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import breaking
import pytest
from click.testing import CliRunner

from benchmarks.service.running import Service, running_service
from detector.cli import main
from detector.service import process
from detector.service.asks import Answer, Ask, Item, Options, Start
from detector.service.waiting import MOST_CHARACTERS, MOST_TOGETHER
from detector.service.workers import Workers

PATIENCE = 60.0  # seconds, for a busy machine


@pytest.fixture(scope="module")
def single(model_folder: Path) -> Iterator[Service]:
    """One process that breaks on request."""
    options = ("--model", str(model_folder), "--workers", "1", "--doc-seconds", "5", "--rate", "1000000")
    with running_service(*options, program=breaking.UNSPIN) as service:
        yield service


def checked(service: Service, text: str, max_fpr: float | None = None) -> bytes:
    draft = {"text": text, "max_fpr": max_fpr}
    answer = service.ask("POST", "/v1/check", json.dumps(draft).encode(), {"Content-Type": "application/json"})
    assert answer is not None
    assert answer.status == 200
    return answer.body


def printed(model: Path, text: str, *options: str) -> bytes:
    arguments = ["check", "-", "--json", "--model", str(model), *options]
    return CliRunner().invoke(main, arguments, input=json.dumps({"text": text})).stdout_bytes


def waited(service: Service, asks: Sequence[Callable[[], bytes]]) -> list[bytes]:
    """Answers to what waits while the process has something else, so that it gets them together."""
    worker = service.workers()[0]
    worker.suspend()
    with ThreadPoolExecutor(len(asks) + 1) as clients:
        clients.submit(checked, service, "Prices rose.")
        wait_until(service, "unspin_running", 2)  # the request for this figure is one
        answers = [clients.submit(ask) for ask in asks]
        wait_until(service, "unspin_waiting", len(asks))
        worker.resume()
        return [answer.result() for answer in answers]


def wait_until(service: Service, figure: str, value: int) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        told = service.ask("GET", "/metrics")
        assert told is not None
        if re.search(rf"^{figure} {value}\.0$", told.body.decode(), re.MULTILINE):
            return
        assert time.monotonic() < until, told.body.decode()
        time.sleep(0.01)


def test_drafts_with_different_options_get_what_the_command_prints(
    single: Service, model_folder: Path, spun_texts: tuple[str, ...]
) -> None:
    rates = [0.01, 0.008, 0.01, None, 0.008, 0.01]
    drafts = list(zip(spun_texts, rates, strict=False))
    options = [[] if rate is None else ["--max-fpr", str(rate)] for _, rate in drafts]
    expected = [printed(model_folder, text, *given) for (text, _), given in zip(drafts, options, strict=True)]
    asks = [partial(checked, single, text, rate) for text, rate in drafts]
    assert waited(single, asks) == expected


@pytest.mark.parametrize("when", ["", breaking.LATER])
@pytest.mark.parametrize(("words", "code"), [(breaking.CRASH, "crashed"), (breaking.HANG, "timeout")])
def test_neighbours_of_a_draft_that_breaks_are_answered(
    single: Service, model_folder: Path, wire_texts: tuple[str, ...], words: str, code: str, when: str
) -> None:
    """While one is read, the process says which; while all are measured nobody knows which it is."""
    neighbours = wire_texts[: MOST_TOGETHER - 1]
    texts = [neighbours[0], f"{words} {when} {wire_texts[0]}", *neighbours[1:]]
    first, broken, *others = waited(single, [partial(checked, single, text) for text in texts])
    assert json.loads(broken)["error"]["code"] == code
    assert [first, *others] == [printed(model_folder, text) for text in neighbours]


def test_memory_that_one_draft_takes_is_not_blamed_on_others(
    single: Service, model_folder: Path, wire_texts: tuple[str, ...]
) -> None:
    texts = [wire_texts[0], f"{breaking.SPEND} {wire_texts[0]}", wire_texts[1]]
    first, broken, last = waited(single, [partial(checked, single, text) for text in texts])
    assert json.loads(broken)["error"]["code"] == "out-of-memory"
    assert [first, last] == [printed(model_folder, text) for text in wire_texts[:2]]


def how_many(asks: Sequence[Ask]) -> list[Answer]:
    """How many were handed over together, in the place of their answers."""
    if any(ask.options.max_fpr == 0.5 for ask in asks):
        raise ValueError
    return [Answer(b"%d" % len(asks)) for _ in asks]


def together(model: Path, asks: Sequence[Ask], count: int = 1) -> list[bytes | None]:
    """For each how many went with it, where all come while each process has one; None for a ValueError."""

    async def asked() -> list[bytes | None]:
        workers = Workers(Start(model), count, 0, PATIENCE)
        await workers.ready()
        answers = await asyncio.gather(*map(workers.answer_later, asks), return_exceptions=True)
        assert workers.waiting == 0
        workers.close()
        return [answer.body if isinstance(answer, Answer) else None for answer in answers]

    return asyncio.run(asked())


def ask(size: int = 10, **options: float) -> Ask:
    return Ask("result", Item("draft", {"text": "a" * size}), Options(**options))  # type: ignore[arg-type]


def test_few_go_together_and_only_such_as_are_judged_alike(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "answer", how_many)
    most = b"%d" % MOST_TOGETHER
    assert together(model_folder, [ask()] * (2 + MOST_TOGETHER)) == [b"1", *[most] * MOST_TOGETHER, b"1"]
    others = [ask(), ask(max_fpr=0.01), ask(), ask(max_fpr=0.01)]
    assert together(model_folder, [ask(), *others]) == [b"1", b"2", b"2", b"2", b"2"]
    assert together(model_folder, [ask(), ask(MOST_CHARACTERS), ask(1)]) == [b"1", b"1", b"1"]
    wrong = [ask(), ask(max_fpr=0.5), ask(max_fpr=0.5), ask()]
    assert together(model_folder, wrong) == [b"1", None, None, b"1"]
    shares = [b"1", b"1", *[b"3"] * 3, *[b"2"] * 2, b"1"]
    assert together(model_folder, [ask()] * 8, count=2) == shares
