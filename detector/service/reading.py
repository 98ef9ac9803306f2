"""A request's body, by its type: a draft as JSON, or a document as it is."""

from __future__ import annotations

from email.message import Message

from fastapi import Request

from detector.service.asks import Item, Kind, Options
from detector.service.bodies import draft_of, options_of
from detector.service.refusals import RequestError

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCUMENTS: dict[str, Kind] = {"text/plain": "text", "text/markdown": "markdown", "text/html": "html", DOCX: "docx"}


async def asked(request: Request) -> tuple[Item, Options]:
    """Give the article of a request, and how it is to be judged; raises RequestError."""
    kind, charset = _content_type(request)
    if kind == JSON:
        return draft_of(await request.body(), request.query_params)
    if kind in DOCUMENTS:
        options = options_of(request.query_params)
        return Item(DOCUMENTS[kind], await request.body(), charset), options
    raise _wrong_type(JSON, *DOCUMENTS)


async def body_of(request: Request, kind: str) -> bytes:
    """Give the body, if it is of that type; raises RequestError."""
    if _content_type(request)[0] != kind:
        raise _wrong_type(kind)
    return await request.body()


def _wrong_type(*kinds: str) -> RequestError:
    return RequestError(415, "wrong-type", f"expected a body of the type {' or '.join(kinds)}, got another")


def _content_type(request: Request) -> tuple[str, str | None]:
    """The type of a body, empty where none is told, and the charset that its sender names."""
    message = Message()
    message["content-type"] = told = request.headers.get("content-type", "")
    return message.get_content_type() if told else "", message.get_content_charset()
