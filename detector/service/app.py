"""The routes: each reads a body, asks a scoring process, and sends what it gives."""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

from fastapi import FastAPI, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from detector import __version__
from detector.service.asks import Ask, Form, Item, Kind, Options
from detector.service.bodies import draft_of, options_of
from detector.service.page import asset, page
from detector.service.refusals import RequestError
from detector.service.settings import ServiceSettings
from detector.service.workers import BusyError, Workers

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # the report brings its own styles
DOCUMENTS: dict[str, Kind] = {"text/plain": "text", "text/markdown": "text", "text/html": "html"}
REPORTS: dict[str, tuple[Form, str]] = {
    "html": ("report-html", "text/html; charset=utf-8"),
    "json": ("report-json", "application/json"),
    "md": ("report-md", "text/markdown; charset=utf-8"),
    "text": ("report-text", "text/plain; charset=utf-8"),
}
OURS = frozenset({"timeout", "crashed", "internal", "out-of-memory"})  # errors that are told in a result, with 200
SOON = 1  # seconds


def make_app(settings: ServiceSettings, workers: Workers) -> FastAPI:
    """Give the application; it answers 503 until the workers are ready."""
    app = FastAPI(title="Unspin", version=__version__, docs_url=None, redoc_url=None)
    app.add_exception_handler(RequestError, _refused)
    app.add_exception_handler(HTTPException, _not_found)

    @app.get("/")
    async def desk() -> Response:
        if workers.about is None:
            raise _not_ready()
        return _sent(page(settings, workers.about).encode(), "text/html; charset=utf-8")

    @app.get("/static/{name}")
    async def static(name: Literal["desk.css", "desk.js"]) -> Response:
        kind, body = asset(name)
        return _sent(body, kind)

    @app.get("/healthz")
    async def healthz() -> Response:
        return JSONResponse({"status": "ok"}, headers=HEADERS)

    @app.get("/readyz")
    async def readyz() -> Response:
        if workers.about is None:
            raise _not_ready()
        return JSONResponse({"status": "ready"}, headers=HEADERS)

    @app.get("/v1/model")
    async def model() -> Response:
        if workers.about is None:
            raise _not_ready()
        return JSONResponse(asdict(workers.about), headers=HEADERS)

    @app.post("/v1/check")
    async def check(request: Request) -> Response:
        return _sent(await _answered(workers, request, "result"), "application/json")

    @app.post("/page/check")
    async def page_check(request: Request) -> Response:
        return _sent(await _answered(workers, request, "page"), "text/html; charset=utf-8")

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


async def _answered(workers: Workers, request: Request, form: Form) -> bytes:
    item, options = await _asked(request)
    if workers.about is None:
        raise _not_ready()
    try:
        answer = await workers.answer(Ask(form, item, options))
    except BusyError:
        raise RequestError(503, "busy", "as many requests wait as may: ask again soon", retry_after=SOON) from None
    except ValueError as error:
        raise RequestError(422, "wrong-rate", str(error)) from None
    if answer.error is not None and (answer.error.code not in OURS or not answer.body):
        raise RequestError(500 if answer.error.code == "internal" else 422, *answer.error)
    return answer.body


async def _asked(request: Request) -> tuple[Item, Options]:
    """The article of a request, and how it is to be judged."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return draft_of(await request.body(), request.query_params)
    if kind in DOCUMENTS:
        return Item(DOCUMENTS[kind], await request.body()), options_of(request.query_params)
    expected = ", ".join(("application/json", *DOCUMENTS))
    raise RequestError(415, "wrong-type", f"expected a body of one of these types: {expected}")


def _sent(body: bytes, kind: str) -> Response:
    return Response(body, media_type=None, headers={**HEADERS, "Content-Type": kind})


def _not_ready() -> RequestError:
    return RequestError(503, "not-ready", "the model is being opened: ask again soon", retry_after=SOON)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestError)
    return Response(error.body, error.status, headers={**HEADERS, **error.headers})


async def _not_found(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = {404: "no such page", 405: "this page has no such method"}
    said = RequestError(error.status_code, "not-found", words.get(error.status_code, "the request cannot be answered"))
    return Response(said.body, said.status, headers={**HEADERS, **(error.headers or {}), **said.headers})
