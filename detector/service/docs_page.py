"""GET /docs: /openapi.json as a page for people.

Made here, not by Swagger's scripts: those run inline, which the Content-Security-Policy forbids, and are 1.5 MB.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any


def docs_page(document: Mapping[str, Any]) -> str:
    """The page; without scripts."""
    parts = "\n".join(_body(document))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Unspin for programs</title>
<link rel="stylesheet" href="static/desk.css">
</head>
<body>
<main>
{parts}
</main>
</body>
</html>
"""


def _body(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h1>{escape(document['info']['title'])} {escape(document['info']['version'])}</h1>"
    yield f"<p>{escape(document['info']['description'])}</p>"
    if document.get("security"):
        yield "<p>This service asks for a token: send it with each request, as <code>Authorization: Bearer …</code></p>"
    yield '<p>For programs: <a href="openapi.json">openapi.json</a></p>'
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield from _operation(path, method, operation)
    yield _errors(document)
    for name, schema in schemas.items():
        yield f'<h2 id="{escape(name)}">{escape(name)}</h2>'
        yield f"<p>{escape(schema.get('description', ''))}</p>"
        yield from _fields(schema)


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
    yield f"<p>{escape(operation.get('summary', ''))}</p>"
    if parameters := operation.get("parameters"):
        rows = {one["name"]: {**one["schema"], "description": one.get("description", "")} for one in parameters}
        yield from _fields({"properties": rows}, "Query")
    bodies = operation.get("requestBody", {}).get("content", {})
    if bodies:
        yield f"<p>Body: {_contents(bodies)}</p>"
    for one in bodies.values():
        if one["schema"].get("properties"):
            yield from _fields(one["schema"])
    answers = {status: one for status, one in operation["responses"].items() if status < "300"}
    for status, one in answers.items():
        yield f"<p>Answer: {status}, {_contents(one['content'])}</p>"
    yield f"<p>Errors: {', '.join(status for status in operation['responses'] if status not in answers)}</p>"


def _errors(document: Mapping[str, Any]) -> str:
    """What each status of an error means, wherever it is answered."""
    every = [one for operations in document["paths"].values() for one in operations.values()]
    told = {status: answer["description"] for one in every for status, answer in one["responses"].items()}
    rows = (
        f'<tr><th scope="row">{escape(status)}</th><td>{escape(about)}</td></tr>'
        for status, about in sorted(told.items())
        if status >= "400"
    )
    return f"<h2>Errors</h2><table><tbody>{''.join(rows)}</tbody></table>"


def _contents(contents: Mapping[str, Any]) -> str:
    """Content types, each with the schema of what it holds."""
    return ", ".join(f"<code>{escape(kind)}</code> ({_type(one['schema'])})" for kind, one in contents.items())


def _fields(schema: Mapping[str, Any], caption: str = "Fields") -> Iterator[str]:
    needed = schema.get("required", ())
    rows = (
        f'<tr><th scope="row"><code>{escape(name)}</code>{" (needed)" if name in needed else ""}</th>'
        f"<td>{_type(one)}</td><td>{escape(one.get('description', ''))}</td></tr>"
        for name, one in schema.get("properties", {}).items()
    )
    yield f"<table><caption>{caption}</caption><tbody>{''.join(rows)}</tbody></table>"


def _type(schema: Mapping[str, Any]) -> str:
    """A schema in a word or two."""
    if reference := schema.get("$ref"):
        name = escape(reference.rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>' if "$defs" not in reference else name.replace("_", " ")
    if "enum" in schema or "const" in schema:
        return " or ".join(escape(str(value)) for value in schema.get("enum", [schema.get("const")]))
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_type(one) for one in choices if "required" not in one)) or "object"
    kind = schema.get("type", "")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return " or ".join(kind) if isinstance(kind, list) else escape(kind)
