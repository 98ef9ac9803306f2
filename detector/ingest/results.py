"""Rows that `unspin score` wrote, read back: from files, .gz and .zst among them, or standard input, a line at a time.

Rows of two models, two calibrations or two asked rates are never mixed. A line that is no such row is left out, and
told by its place and our own words alone: what it holds is not repeated.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple, TypeVar

from detector.errors import InputError
from detector.findings import SCHEMA
from detector.ingest.packed import MAGIC_BYTES, packing, unpacked
from detector.ingest.streams import bounded_lines
from detector.limits import USUAL, Limits

T = TypeVar("T")

MOST_TOLD = 5  # lines left out that are named
STANDARD_INPUT = "-"


class Origin(NamedTuple):
    """What scored a row: `calibration` is the digest of one on somebody's own articles, None for the model's own."""

    model: str
    calibration: str | None

    def words(self) -> str:
        calibration = "its own calibration" if self.calibration is None else f"the calibration {self.calibration[:12]}"
        return f"the model {self.model[:12]} with {calibration}"


@dataclass
class ResultsRead:
    """What all rows have in common; `left_out` counts lines that are no rows, the first are told in `told`."""

    origin: Origin | None = None
    asked: float | None = None
    left_out: int = 0
    told: list[str] = field(default_factory=list)

    def nothing(self) -> InputError:
        """The error of a run in which no line was a row."""
        first = f"; the first line that is none: {self.told[0]}" if self.told else ""
        return InputError("no-rows", f"expected rows that `unspin score` wrote, got none{first}")


def read_results(
    paths: Sequence[str],
    stdin: BinaryIO,
    parse: Callable[[Mapping[str, Any]], T],
    read: ResultsRead,
    limits: Limits = USUAL,
) -> Iterator[T]:
    """Give what `parse` makes of each row, in their order; `read` is filled on the way.

    A row that `parse` meets with a ValueError, TypeError, LookupError or AttributeError is left out. Raises InputError
    where a file cannot be read, and where rows of different origin are mixed.
    """
    for place, line in _lines(paths, stdin, limits):
        try:
            data = _parsed(line, limits)
            origin, asked = _origin(data), _asked(data)
            parsed = parse(data)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError) as error:
            read.left_out += 1
            if read.left_out <= MOST_TOLD:
                read.told.append(f"{place}: {_reason(error)}")
            continue
        _refuse_mixture(read, origin, asked, place)
        yield parsed


def share(value: object) -> float:
    """A number from 0 to 1, or ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not 0 <= value <= 1:
        raise ValueError("expected probabilities and rates from 0 to 1")
    return float(value)


def _lines(paths: Sequence[str], stdin: BinaryIO, limits: Limits) -> Iterator[tuple[str, str | None]]:
    for path in paths:
        if path == STANDARD_INPUT:
            yield from _numbered("stdin", stdin, limits)
            continue
        try:
            with open(path, "rb") as file:
                kind = packing(file.peek(MAGIC_BYTES)[:MAGIC_BYTES])
                yield from _numbered(path, file if kind is None else unpacked(file, kind, limits), limits)
        except InputError as error:
            raise InputError(error.code, f"{path}: {error}") from error
        except OSError as error:
            said = getattr(error, "strerror", None) or error
            raise InputError("unreadable", f"expected a file of results at {path}, got: {said}") from error


def _numbered(name: str, stream: BinaryIO, limits: Limits) -> Iterator[tuple[str, str | None]]:
    for number, line in enumerate(bounded_lines(stream, limits.line_bytes), 1):
        if line is None or (line and not line.isspace()):
            yield f"{name}:{number}", line


def _parsed(line: str | None, limits: Limits) -> Mapping[str, Any]:
    if line is None:
        raise ValueError(f"expected a line of at most {limits.line_bytes:,} bytes, got more: raise --max-line")
    data = json.loads(line)
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ValueError(f"expected a result of the schema {SCHEMA}")
    return data


def _reason(error: Exception) -> str:
    """Why a line is no row, in words of ours alone: what it holds is not repeated."""
    if isinstance(error, json.JSONDecodeError):
        return f"expected one JSON object, got: {error.msg} (column {error.colno})"
    if type(error) is ValueError and str(error).startswith("expected "):
        return str(error)
    return f"expected a result of the schema {SCHEMA}, got one with a field missing or of another type"


def _origin(data: Mapping[str, Any]) -> Origin:
    model = data["model"]
    own = model["calibration"]
    return Origin(_string(model["digest"]), None if own is None else _string(own["digest"]))


def _asked(data: Mapping[str, Any]) -> float | None:
    """The asked rate of a row with a verdict."""
    if data["status"] not in ("ok", "abstained", "error"):
        raise ValueError("expected a status of ok, abstained or error, and a verdict where it is ok")
    return share(data["false_positive_rate"]["asked"]) if data["status"] == "ok" else None


def _string(value: object) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise ValueError("expected a digest of a model or a calibration")
    return value


def _refuse_mixture(read: ResultsRead, origin: Origin, asked: float | None, place: str) -> None:
    read.origin = read.origin or origin
    if origin != read.origin:
        raise InputError(
            "mixed-models",
            f"{place}: expected rows of one model and one calibration, got {read.origin.words()} before and "
            f"{origin.words()} here: score all of them again with one, or compare them apart",
        )
    if asked is not None:
        read.asked = asked if read.asked is None else read.asked
        if asked != read.asked:
            raise InputError(
                "mixed-rates",
                f"{place}: expected rows of one asked rate, got {read.asked:g} before and {asked:g} here: "
                "compare them apart",
            )
