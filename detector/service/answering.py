"""From what was asked to what a scoring process gives, and the statuses of what cannot be answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request
from starlette.requests import ClientDisconnect

from detector.service.asks import About, Answer, Ask, Form, Item, Options
from detector.service.feedback_store import Judgement
from detector.service.languagetool import Sent
from detector.service.reading import asked
from detector.service.refusals import RequestError
from detector.service.waiting import BusyError
from detector.service.workers import Workers

T = TypeVar("T")

OURS = frozenset({"timeout", "crashed", "internal", "out-of-memory"})  # errors that a result may tell, with 200
SOON = 1  # seconds


def about(workers: Workers) -> About:
    """Which model answers; RequestError before it is open."""
    if workers.about is None:
        raise RequestError(503, "not-ready", "the model is being opened: ask again soon", retry_after=SOON)
    return workers.about


async def answered(workers: Workers, request: Request, form: Form) -> bytes:
    """What answers one article in a form; RequestError where it cannot be read, or not now."""
    item, options = await asked(request)
    answer = await _answer(workers, request, Ask(form, item, options))
    if answer.error is not None and (form != "result" or answer.error.code not in OURS):
        raise RequestError(422, *answer.error)
    return answer.body


async def matches(workers: Workers, request: Request, sent: Sent) -> bytes:
    """What is answered to a LanguageTool client; a text that cannot be judged has no matches."""
    item = Item("draft", {"text": sent.text})
    return (await _answer(workers, request, Ask("languagetool", item, Options(evidence="all"), sent=sent))).body


async def accepted(workers: Workers, request: Request, said: Judgement) -> list[str]:
    """Fingerprints of what is fine: of the marks at the phrase, or of all marks and the verdict."""
    place = None if said.start is None or said.end is None else (said.start, said.end)
    options = Options(about(workers).rates[1], "all")  # at the highest rate the most is flagged
    answer = await _answer(workers, request, Ask("fingerprints", Item("draft", {"text": said.text}), options, place))
    if answer.error is not None:
        raise RequestError(422, *answer.error)
    fingerprints: list[str] = json.loads(answer.body)
    return fingerprints


async def _answer(workers: Workers, request: Request, ask: Ask) -> Answer:
    about(workers)
    try:
        return await _unless_gone(request, workers.answer(ask))
    except BusyError:
        raise RequestError(503, "busy", "as many requests wait as may: ask again soon", retry_after=SOON) from None
    except ValueError as error:
        raise RequestError(422, "wrong-rate", str(error)) from None


async def _unless_gone(request: Request, answering: Coroutine[Any, Any, T]) -> T:
    """Wait for an answer, but no longer than its reader does; what waits for a process then gives up its place."""
    task = asyncio.create_task(answering)
    gone = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        gone.cancel()
        task.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
