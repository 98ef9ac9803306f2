"""JSON Lines: an object a line, with `text` or `html` or of ninjs; also a .json file with one object or a list of them.

A record without an id is called after its place, "<file>:<line>", lines counted from 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from detector.errors import InputError
from detector.ingest.decoding import decode
from detector.ingest.fields import record_from
from detector.ingest.ninjs import is_ninjs, ninjs_record
from detector.ingest.streams import is_exact, placed_lines, read_whole, with_head
from detector.limits import USUAL, Limits
from detector.text import Failure, Provenance, Record


def read_json_lines(stream: BinaryIO, name: str, limits: Limits = USUAL) -> Iterator[Record | Failure]:
    """Read an article a line; blank lines are passed over, a bad line becomes a Failure and the next is read."""
    _, stream = with_head(stream)
    exact = is_exact(stream)
    for number, (offset, line) in enumerate(placed_lines(stream, limits.line_bytes), 1):
        place = f"{name}:{number}"
        if line is None:
            message = (
                f"{place}: expected a line of at most {limits.line_bytes:,} bytes, got more: shorten or split the "
                "record, or raise --max-line"
            )
            row: Record | Failure = Failure(place, "too-large", message)
        elif line and not line.isspace():
            row = record_of_line(line.rstrip("\r\n"), place, limits)
        else:
            continue
        yield replace(row, provenance=Provenance(offset=offset)) if exact else row


def read_json(stream: BinaryIO, name: str, limits: Limits = USUAL) -> Iterator[Record | Failure]:
    """Read a file that holds one object, a list of objects (called "<file>:<number>"), or after all JSON Lines."""
    try:
        text = decode(read_whole(stream, limits.line_bytes, "--max-line"))
    except InputError as error:
        yield Failure(name, error.code, f"{name}: {error}")
        return
    try:
        value = _parse(text)
    except InputError as error:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        if len(lines) > 1 and lines[0][1].rstrip().endswith("}"):
            yield from (record_of_line(line, f"{name}:{number}", limits) for number, line in lines)
        else:
            yield Failure(name, error.code, f"{name}: {error}")
        return
    if isinstance(value, list):
        yield from (_from_value(item, f"{name}:{number}", limits) for number, item in enumerate(value, 1))
    else:
        yield _from_value(value, name, limits)


def record_of_line(line: str, place: str, limits: Limits = USUAL) -> Record | Failure:
    """Make a Record of one line; a fault becomes a Failure whose message begins with `place`."""
    try:
        return _from_value(_parse(line), place, limits)
    except InputError as error:
        return Failure(place, error.code, f"{place}: {error}")


def _from_value(value: object, place: str, limits: Limits) -> Record | Failure:
    if isinstance(value, dict):
        if is_ninjs(value):
            return ninjs_record(value, place, limits)
        return record_from(value, place, place, limits)
    got = "a list" if isinstance(value, list) else "a single value"
    return Failure(place, "wrong-type", f"{place}: expected a JSON object with 'text' or 'html', got {got}")


def _parse(text: str) -> object:
    try:
        value: object = json.loads(text)
    except RecursionError:
        raise InputError("too-deep", "expected JSON of a few levels, got lists or objects nested too deep") from None
    except ValueError as error:  # JSONDecodeError, and numbers of more than 4,300 digits
        raise InputError("invalid-json", f"expected one JSON object a line, got: {error}") from None
    return value
