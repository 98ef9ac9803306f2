"""The routes: each reads a body, asks a scoring process, and sends what it gives."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import cache
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from detector import __version__
from detector.service.answering import about, accepted, answered, matches
from detector.service.asks import Form
from detector.service.batch import Batch
from detector.service.bodies import judgement_of, options_of
from detector.service.docs_page import docs_page
from detector.service.guard import INTERNAL, Guard
from detector.service.keeper import Keeper
from detector.service.languagetool import languages
from detector.service.languagetool_form import read_form
from detector.service.metrics import KIND as METRICS
from detector.service.metrics import Metrics
from detector.service.openapi import DOCUMENT, DRAFT, FIELDS, OF_BODIES, RESULT, SAID, STRING, described, openapi
from detector.service.page import ASSETS, asset, page
from detector.service.reading import FORM, JSON, body_of, unhurried
from detector.service.refusals import HEADERS, RequestError
from detector.service.settings import ServiceSettings
from detector.service.tokens import Tokens
from detector.service.workers import Workers

HTML = "text/html; charset=utf-8"
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # the report brings its own styles
REPORTS: dict[str, tuple[Form, str]] = {
    "html": ("report-html", HTML),
    "json": ("report-json", JSON),
    "md": ("report-md", "text/markdown; charset=utf-8"),
    "text": ("report-text", "text/plain; charset=utf-8"),
}
OTHERWISE = {  # what the framework refuses by itself
    404: RequestError(404, "not-found", "expected a path that /docs lists, got another"),
    405: RequestError(405, "wrong-method", "expected a method that this path has (see /docs), got another"),
}
OBJECT = {"type": "object"}
NO_FEEDBACK = "No feedback is kept, or none of this number that the same client gave."
LARGEST = 2**63 - 1  # number of a row in SQLite
ARTICLE = {JSON: DRAFT, **DOCUMENT}


def make_service(
    settings: ServiceSettings, workers: Workers, tokens: Tokens | None = None, keeper: Keeper | None = None
) -> Guard:
    """Give the application with its bounds."""
    metrics = Metrics(workers)
    app = make_app(settings, workers, metrics, keeper)
    routes = [path for route in app.routes if (path := getattr(route, "path", None))]
    return Guard(app, settings, tokens, metrics, routes)


def make_app(settings: ServiceSettings, workers: Workers, metrics: Metrics, keeper: Keeper | None) -> FastAPI:
    """Give the routes; they answer 503 until the workers are ready."""
    app = FastAPI(title="Unspin", version=__version__, openapi_url=None, redirect_slashes=False)
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    _add_pages(app, settings, workers)
    _add_checks(app, settings, workers)
    _add_feedback(app, workers, keeper)
    _add_languagetool(app, workers)
    _add_state(app, workers, metrics)
    return app


def _add_pages(app: FastAPI, settings: ServiceSettings, workers: Workers) -> None:
    @app.get("/", **described("The page to check drafts on.", {"text/html": STRING}))
    async def desk() -> Response:
        return _sent(page(settings, about(workers)).encode(), HTML)

    @app.post(
        "/page/check",
        **described("One article as that page shows it.", {"text/html": STRING}, body=ARTICLE, asked=True),
    )
    async def page_check(request: Request) -> Response:
        return _sent(await answered(workers, request, "page"), HTML)

    @cache
    def told() -> tuple[bytes, bytes]:
        """The description for programs and for people; made once, as whoever asks for it need be nobody known."""
        document = openapi(app, settings.tokens is not None)
        return json.dumps(document).encode(), docs_page(document).encode()

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return _sent(told()[1], HTML)

    @app.get("/openapi.json", include_in_schema=False)
    async def description() -> Response:
        return _sent(told()[0], JSON)

    for name in ASSETS:
        app.get(f"/static/{name}", include_in_schema=False)(_static(name))


def _add_checks(app: FastAPI, settings: ServiceSettings, workers: Workers) -> None:
    @app.post(
        "/v1/check",
        **described("One article: what `unspin check --json` prints.", {JSON: RESULT}, body=ARTICLE, asked=True),
    )
    async def check(request: Request) -> Response:
        return _sent(await answered(workers, request, "result"), JSON)

    @app.post(
        "/v1/report",
        **described(
            "One article: what `unspin report` writes.",
            {"text/html": STRING, JSON: RESULT, "text/markdown": STRING, "text/plain": STRING},
            body=ARTICLE,
            asked=True,
        ),
    )
    async def report(
        request: Request, form: Literal["html", "json", "md", "text"] = Query("html", alias="format")
    ) -> Response:
        asked, kind = REPORTS[form]
        response = _sent(await answered(workers, request, asked), kind)
        if form == "html":
            response.headers["Content-Security-Policy"] = REPORT_POLICY
        return response

    @app.post(
        "/v1/batch",
        **described(
            "JSON Lines, as `unspin score` reads and writes them: a result a line, in order, while lines still come.",
            {"application/x-ndjson": RESULT},
            body={"application/x-ndjson": OBJECT},
            asked=True,
        ),
    )
    async def batch(request: Request) -> Response:
        return Batch(workers, request, options_of(request.query_params), settings.body_bytes)


def _add_feedback(app: FastAPI, workers: Workers, keeper: Keeper | None) -> None:
    number = {"type": "integer"}
    kept = {"type": "object", "required": ["id", "accepted"], "properties": {"id": number, "accepted": number}}

    def kept_by() -> Keeper:
        if keeper is None:
            raise RequestError(404, "no-feedback", "this service keeps no feedback: start it with --feedback FILE")
        return keeper

    @app.post(
        "/v1/feedback",
        **described(
            "What an editor says of a mark, kept for good.",
            {JSON: kept},
            status=201,
            body={JSON: SAID},
            errors={404: NO_FEEDBACK},
        ),
    )
    async def feedback(request: Request) -> Response:
        keeper = kept_by()
        body, client = await body_of(request, JSON), request.scope.get("client_name")
        said = await unhurried(len(body), lambda: judgement_of(body, client))
        fingerprints = await accepted(workers, request, said) if said.judgement == "fine" else []
        return _json({"id": await keeper.record(said, fingerprints), "accepted": len(fingerprints)}, 201)

    @app.delete(
        "/v1/feedback/{number}",
        **described(
            "Takes back what the same client said: it is deleted for good.",
            {JSON: OBJECT},
            errors={404: NO_FEEDBACK, 422: OF_BODIES[422]},
        ),
    )
    async def take_back(request: Request, number: Annotated[int, Path(ge=1, le=LARGEST)]) -> Response:
        await kept_by().take_back(number, request.scope.get("client_name"))
        return _json({"deleted": number})


def _add_languagetool(app: FastAPI, workers: Workers) -> None:
    @app.post("/v2/check", **described("As LanguageTool answers.", {JSON: OBJECT}, body={FORM: FIELDS}, words=True))
    async def languagetool(request: Request) -> Response:
        body = await body_of(request, FORM)
        return _sent(await matches(workers, request, await unhurried(len(body), lambda: read_form(body))), JSON)

    @app.get("/v2/languages", **described("As LanguageTool answers.", {JSON: {"type": "array"}}, words=True))
    async def known_languages() -> Response:
        return _json(languages())


def _add_state(app: FastAPI, workers: Workers, metrics: Metrics) -> None:
    @app.get(
        "/v1/model", **described("Which model answers, and how often untouched articles are flagged.", {JSON: OBJECT})
    )
    async def model() -> Response:
        return _json(asdict(about(workers)))

    @app.get("/healthz", **described("Whether it runs.", {JSON: OBJECT}))
    async def healthz() -> Response:
        return _json({"status": "ok"})

    @app.get("/readyz", **described("Whether it answers.", {JSON: OBJECT}))
    async def readyz() -> Response:
        about(workers)
        return _json({"status": "ready"})

    @app.get("/metrics", **described("Figures for Prometheus.", {"text/plain": STRING}))
    async def measured() -> Response:
        return _sent(metrics.text(), METRICS)


def _static(name: str) -> Callable[[], Awaitable[Response]]:
    kind, content = asset(name)

    async def static() -> Response:
        return _sent(content, kind)

    return static


def _json(value: object, status: int = 200) -> Response:
    return JSONResponse(value, status, headers=HEADERS)


def _sent(body: bytes, kind: str) -> Response:
    return Response(body, headers={**HEADERS, "Content-Type": kind})


async def _refused(request: Request, error: Any) -> Response:
    headers, body = error.answer(request.url.path)
    return Response(body, error.status, headers={**HEADERS, **headers})


async def _refused_by_framework(request: Request, error: Any) -> Response:
    said = OTHERWISE.get(error.status_code) or RequestError(error.status_code, "refused", "expected another request")
    response = await _refused(request, said)
    response.headers.update(error.headers or {})
    return response


async def _wrong_parameter(request: Request, error: Any) -> Response:
    first = error.errors()[0]
    return await _refused(request, RequestError(422, "wrong-parameter", f"'{first['loc'][-1]}': {first['msg']}"))


async def _left(request: Request, error: Any) -> Response:
    return Response(status_code=499)


async def _mistaken(request: Request, error: Any) -> Response:
    return await _refused(request, INTERNAL)


HANDLERS = {
    RequestError: _refused,
    HTTPException: _refused_by_framework,
    RequestValidationError: _wrong_parameter,
    ClientDisconnect: _left,
    Exception: _mistaken,
}
