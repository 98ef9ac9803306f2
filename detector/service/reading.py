"""A request's body, by its type: a draft as JSON, or a document as it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from typing import TypeVar

from fastapi import Request

from detector.service.asks import Item, Kind, Options
from detector.service.bodies import draft_of, options_of
from detector.service.refusals import RequestError

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCUMENTS: dict[str, Kind] = {"text/plain": "text", "text/markdown": "markdown", "text/html": "html", DOCX: "docx"}
MOST_TYPE = 200  # characters of a Content-Type: the standard library takes a second for one of 32,000
LARGE = 50_000  # bytes of a body that is read in a thread, so that others are answered meanwhile
READER = ThreadPoolExecutor(1, "reader")  # one at a time, as what is made of 2 MB of JSON can take fifty times that

Read = TypeVar("Read")


async def asked(request: Request) -> tuple[Item, Options]:
    """Give the article of a request, and how it is to be judged; raises RequestError."""
    kind, charset = _content_type(request)
    if kind == JSON:
        body = await request.body()
        return await unhurried(len(body), lambda: draft_of(body, request.query_params))
    if kind in DOCUMENTS:
        options = options_of(request.query_params)
        return Item(DOCUMENTS[kind], await request.body(), charset), options
    raise _wrong_type(JSON, *DOCUMENTS)


async def body_of(request: Request, kind: str) -> bytes:
    """Give the body, if it is of that type; raises RequestError."""
    if _content_type(request)[0] != kind:
        raise _wrong_type(kind)
    return await request.body()


async def unhurried(size: int, read: Callable[[], Read]) -> Read:
    """Have a body of that size read; the worst of the largest take more than a second, and a hundred megabytes."""
    return read() if size < LARGE else await asyncio.get_running_loop().run_in_executor(READER, read)


def _wrong_type(*kinds: str) -> RequestError:
    return RequestError(415, "wrong-type", f"expected a body of the type {' or '.join(kinds)}, got another")


def _content_type(request: Request) -> tuple[str, str | None]:
    """The type of a body, empty where none is told, and the charset that its sender names."""
    message = Message()
    message["content-type"] = told = request.headers.get("content-type", "")[:MOST_TYPE]
    # The library's own get_content_type takes whatever is none for text/plain.
    return told.partition(";")[0].strip().lower(), message.get_content_charset()
