"""A row of named values -> Record or Failure: the one place that knows the names of the input fields."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from detector.errors import InputError
from detector.ingest.decoding import check_text, without_surrogates
from detector.limits import USUAL, Limits
from detector.text import Failure, Record

CONTENT = ("text", "html")  # the first that is given counts
ABOUT = ("title", "url", "published", "outlet")
KNOWN = frozenset({"id", *CONTENT, *ABOUT})
NO_COLUMN = "missing-column"  # the code of a table that has no article in any row


def record_from(row: Mapping[str, object], default_id: str, place: str, limits: Limits = USUAL) -> Record | Failure:
    """Make a Record of one row; a fault becomes a Failure whose message begins with `place` (file and line)."""
    identifier = default_id
    fields: dict[str, object] = {}
    try:
        identifier = _identifier(row.get("id"), default_id)
        fields = {without_surrogates(key): _portable(row[key], limits.levels) for key in row if key not in KNOWN}
        content, is_html = _content(row)
        about: dict[str, Any] = {name: _string(row.get(name), name, numbers=name == "published") for name in ABOUT}
        return Record(identifier, check_text(content), is_html, **about, fields=fields)
    except InputError as error:
        return Failure(identifier, error.code, f"{place}: {error}", fields)


def _content(row: Mapping[str, object]) -> tuple[str, bool]:
    for name in CONTENT:
        value = row.get(name)
        if isinstance(value, str):
            return value, name == "html"
        if value is not None:
            raise InputError("wrong-type", f"expected a string in {name!r}, got {_kind(value)}")
    names = ", ".join(repr(without_surrogates(name)[:40]) for name in list(row)[:10]) or "none"
    raise InputError(
        "missing-field", f"expected a field 'text' or 'html', got {names}: rename the field of the article"
    )


def _identifier(value: object, default: str) -> str:
    return _string(value, "id", numbers=True) or default


def _string(value: object, name: str, *, numbers: bool = False) -> str | None:
    """A string, None, or where `numbers` are allowed a number, as a string."""
    if value is None:
        return None
    if isinstance(value, str):
        return without_surrogates(value)
    if numbers and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise InputError("wrong-type", f"expected a string in {name!r}, got {_kind(value)}")


def _portable(value: object, levels: int) -> object:
    """Make a value that was read as JSON one that every JSON reader takes: no lone surrogates, no NaN, no abyss."""
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if not isinstance(value, list | dict):
        return value
    if levels == 0:
        raise InputError(
            "too-deep", "expected fewer levels of lists and objects, got more: flatten them, or raise --max-levels"
        )
    if isinstance(value, list):
        return [_portable(item, levels - 1) for item in value]
    return {without_surrogates(key): _portable(item, levels - 1) for key, item in value.items()}


def _kind(value: object) -> str:
    """The JSON word for what `value` is."""
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "an object",
        str: "a string",
    }
    return names.get(type(value), "null")
