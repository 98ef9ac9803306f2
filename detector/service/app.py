"""The routes: each reads a body, asks a scoring process, and sends what it gives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import asdict
from email.message import Message
from typing import Any, Literal, TypeVar

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from detector import __version__
from detector.service.asks import About, Answer, Ask, Form, Item, Kind, Options
from detector.service.bodies import draft_of, options_of
from detector.service.guard import INTERNAL, Guard
from detector.service.metrics import KIND as METRICS
from detector.service.metrics import Metrics
from detector.service.page import ASSETS, asset, page
from detector.service.refusals import HEADERS, RequestError
from detector.service.settings import ServiceSettings
from detector.service.tokens import Tokens
from detector.service.workers import BusyError, Workers

T = TypeVar("T")

REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # the report brings its own styles
HTML, JSON = "text/html; charset=utf-8", "application/json"
DOCUMENTS: dict[str, Kind] = {"text/plain": "text", "text/markdown": "text", "text/html": "html"}
REPORTS: dict[str, tuple[Form, str]] = {
    "html": ("report-html", HTML),
    "json": ("report-json", JSON),
    "md": ("report-md", "text/markdown; charset=utf-8"),
    "text": ("report-text", "text/plain; charset=utf-8"),
}
OURS = frozenset({"timeout", "crashed", "internal", "out-of-memory"})  # errors that a result may tell, with 200
SOON = 1  # seconds
OTHERWISE = {  # what the framework refuses by itself
    404: RequestError(404, "not-found", "expected a path that /docs lists, got another"),
    405: RequestError(405, "wrong-method", "expected a method that this path has (see /docs), got another"),
}


def make_service(settings: ServiceSettings, workers: Workers, tokens: Tokens | None) -> Guard:
    """Give the application with its bounds."""
    metrics = Metrics(workers)
    app = make_app(settings, workers, metrics)
    routes = [path for route in app.routes if (path := getattr(route, "path", None))]
    return Guard(app, settings, tokens, metrics, routes)


def make_app(settings: ServiceSettings, workers: Workers, metrics: Metrics) -> FastAPI:
    """Give the routes; they answer 503 until the workers are ready."""
    app = FastAPI(title="Unspin", version=__version__, docs_url=None, redoc_url=None)
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)

    @app.get("/")
    async def desk() -> Response:
        return _sent(page(settings, _about(workers)).encode(), HTML)

    for name in ASSETS:
        app.get(f"/static/{name}")(_static(name))

    @app.get("/healthz")
    async def healthz() -> Response:
        return _json({"status": "ok"})

    @app.get("/readyz")
    async def readyz() -> Response:
        _about(workers)
        return _json({"status": "ready"})

    @app.get("/metrics")
    async def measured() -> Response:
        return _sent(metrics.text(), METRICS)

    @app.get("/v1/model")
    async def model() -> Response:
        return _json(asdict(_about(workers)))

    @app.post("/v1/check")
    async def check(request: Request) -> Response:
        return _sent(await _answered(workers, request, "result"), JSON)

    @app.post("/page/check")
    async def page_check(request: Request) -> Response:
        return _sent(await _answered(workers, request, "page"), HTML)

    @app.post("/v1/report")
    async def report(
        request: Request, form: Literal["html", "json", "md", "text"] = Query("html", alias="format")
    ) -> Response:
        asked, kind = REPORTS[form]
        response = _sent(await _answered(workers, request, asked), kind)
        if form == "html":
            response.headers["Content-Security-Policy"] = REPORT_POLICY
        return response

    return app


def _static(name: str) -> Callable[[], Awaitable[Response]]:
    kind, content = asset(name)

    async def static() -> Response:
        return _sent(content, kind)

    return static


def _about(workers: Workers) -> About:
    if workers.about is None:
        raise RequestError(503, "not-ready", "the model is being opened: ask again soon", retry_after=SOON)
    return workers.about


async def _answered(workers: Workers, request: Request, form: Form) -> bytes:
    """What answers one article in a form; RequestError where it cannot be read, or not now."""
    item, options = await _asked(request)
    _about(workers)
    answer = await _unless_gone(request, _answer(workers, Ask(form, item, options)))
    if answer.error is not None and (form != "result" or answer.error.code not in OURS):
        raise RequestError(422, *answer.error)
    return answer.body


async def _answer(workers: Workers, ask: Ask) -> Answer:
    try:
        return await workers.answer(ask)
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


async def _asked(request: Request) -> tuple[Item, Options]:
    """The article of a request, and how it is to be judged."""
    kind, charset = _content_type(request)
    if kind == JSON:
        return draft_of(await request.body(), request.query_params)
    if kind in DOCUMENTS:
        options = options_of(request.query_params)
        return Item(DOCUMENTS[kind], await request.body(), charset), options
    expected = ", ".join((JSON, *DOCUMENTS))
    raise RequestError(415, "wrong-type", f"expected a body of one of these types: {expected}")


def _content_type(request: Request) -> tuple[str, str | None]:
    """The type of a body, and the charset that its sender names."""
    message = Message()
    message["content-type"] = request.headers.get("content-type", "")
    return message.get_content_type() if request.headers.get("content-type") else "", message.get_content_charset()


def _json(value: object) -> Response:
    return JSONResponse(value, headers=HEADERS)


def _sent(body: bytes, kind: str) -> Response:
    return Response(body, headers={**HEADERS, "Content-Type": kind})


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestError)
    return Response(error.body, error.status, headers={**HEADERS, **error.headers})


async def _refused_by_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = OTHERWISE.get(error.status_code) or RequestError(error.status_code, "refused", "expected another request")
    return Response(said.body, said.status, headers={**HEADERS, **said.headers, **(error.headers or {})})


async def _wrong_parameter(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return await _refused(request, RequestError(422, "wrong-parameter", f"'{first['loc'][-1]}': {first['msg']}"))


async def _left(request: Request, error: Exception) -> Response:
    return Response(status_code=499)


async def _mistaken(request: Request, error: Exception) -> Response:
    return await _refused(request, INTERNAL)


HANDLERS = {
    RequestError: _refused,
    HTTPException: _refused_by_framework,
    RequestValidationError: _wrong_parameter,
    ClientDisconnect: _left,
    Exception: _mistaken,
}
