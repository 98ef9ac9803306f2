"""What /openapi.json says of each route: bodies, every status, and the schema of a result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi

import detector
from detector.service.bodies import Asked, Draft, Said

JSON, HTML, TEXT = "application/json", "text/html", "text/plain"
MARKDOWN, LINES = "text/markdown", "application/x-ndjson"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORM = "application/x-www-form-urlencoded"
STRING = {"type": "string"}
RESULT, ERROR = {"$ref": "#/components/schemas/Result"}, {"$ref": "#/components/schemas/Error"}
DRAFT, SAID = {"$ref": "#/components/schemas/Draft"}, {"$ref": "#/components/schemas/Said"}
ANYWHERE = {
    400: "What was sent is no HTTP, or no form that can be read.",
    401: "A token is needed, and this is none that the service knows.",
    421: "The Host is not one that this service is called by.",
    429: "More requests a minute than one client may send; Retry-After says how long to wait.",
    503: "Not ready yet, stopping, or as many requests wait as may; Retry-After says how long to wait.",
}
OF_BODIES = {
    408: "The body came too slowly.",
    413: "The body is too large.",
    415: "The body is of another type, or compressed.",
    422: "The body or a parameter is malformed, or no article can be read from it.",
}
NONE: Mapping[int, str] = {}
ABOUT = (
    "Finds English news that a machine reworded, and marks the phrases that give it away. Offsets count code points of "
    "the text, but for /v2, which counts UTF-16 code units as LanguageTool does. No answer repeats what was wrong."
)
DOCUMENT = {TEXT: STRING, MARKDOWN: STRING, HTML: STRING, DOCX: {"type": "string", "format": "binary"}}
FIELDS = {
    "type": "object",
    "required": ["language"],
    "oneOf": [{"required": ["text"]}, {"required": ["data"]}],
    "properties": {
        "text": {"type": "string", "description": "Plain text."},
        "data": {"type": "string", "description": "JSON: {annotation: [{text} or {markup, interpretAs}, ...]}."},
        "language": {"type": "string", "description": "en, en-US, another variety of English, or auto."},
        "disabledRules": {"type": "string", "description": "Names with commas between them."},
        "disabledCategories": STRING,
        "enabledRules": STRING,
        "enabledCategories": STRING,
        "enabledOnly": {"type": "string", "enum": ["true", "false"]},
    },
}


def described(
    summary: str,
    answer: Mapping[str, Any],
    *,
    status: int = 200,
    body: Mapping[str, Any] | None = None,
    asked: bool = False,
    errors: Mapping[int, str] = NONE,
    words: bool = False,
) -> dict[str, Any]:
    """Arguments of a route: `answer` and `body` are schemas by content type, `asked` adds the query of an article.

    `words` is for LanguageTool's routes, whose own errors are plain text; `errors` tells of those beside the usual.
    """
    told = {**ANYWHERE, **(OF_BODIES if body else {}), **errors}
    error = {JSON: {"schema": ERROR}, **({TEXT: {"schema": STRING}} if words else {})}
    extra: dict[str, Any] = {"parameters": _query() if asked else []}
    if body:
        extra["requestBody"] = {"required": True, "content": {kind: {"schema": one} for kind, one in body.items()}}
    answers = {kind: {"schema": one} for kind, one in answer.items()}
    return {
        "summary": summary,
        "status_code": status,
        "response_class": Response,  # of no type of its own, which would be told beside those of `answer`
        "responses": {
            status: {"description": "What was asked for.", "content": answers},
            **{code: {"description": about, "content": error} for code, about in sorted(told.items())},
        },
        "openapi_extra": extra,
    }


def openapi(app: FastAPI, tokens: bool) -> dict[str, Any]:
    """The whole description; `tokens` says whether the service asks for them."""
    if app.openapi_schema is not None:
        return app.openapi_schema
    document = get_openapi(title="Unspin", version=detector.__version__, description=ABOUT, routes=app.routes)
    parts = document.setdefault("components", {}).setdefault("schemas", {})
    parts.pop("HTTPValidationError", None)
    parts.pop("ValidationError", None)
    parts |= {"Draft": Draft.model_json_schema(), "Said": Said.model_json_schema()}
    parts |= {"Result": _result(), "Error": _error()}
    if tokens:
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
    app.openapi_schema = document
    return document


def _query() -> list[dict[str, Any]]:
    """What an article that is not sent as JSON is judged by; with JSON it goes before what that says."""
    about = Asked.model_json_schema()["properties"]
    return [
        {"name": name, "in": "query", "description": one["description"], "schema": one.get("anyOf", [one])[0]}
        for name, one in about.items()
    ]


def _result() -> dict[str, Any]:
    """The schema of a result, with references that hold inside of another document."""
    text = (Path(detector.__file__).parent / "render" / "result.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text.replace('"#/$defs/', '"#/components/schemas/Result/$defs/'))
    return {name: value for name, value in schema.items() if name not in ("$schema", "$id")}


def _error() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["error"],
        "additionalProperties": False,
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "additionalProperties": False,
                "properties": {
                    "code": {"type": "string", "description": "For programs; one word or two."},
                    "message": {"type": "string", "description": "For people: what was expected."},
                },
            }
        },
    }
