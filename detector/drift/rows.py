"""Rows that `unspin score` wrote -> the figures of each period. Of a row nothing is kept but numbers and its period.

Rows of two models, two calibrations or two asked rates are never mixed. A line that is no such row is left out, and
told.
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

from detector.errors import InputError
from detector.findings import SCHEMA
from detector.ingest.streams import bounded_lines

BY = ("month", "quarter", "year")
DATE_FIELDS = ("published", "date")  # the first that a row has, where none is named
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
class Figures:
    """One period: for each article judged the probabilities of spun and machine_translated and its share of unknown
    words; how many were flagged, and how many got no verdict."""

    spun: list[float] = field(default_factory=list)
    translated: list[float] = field(default_factory=list)
    unknown: list[float] = field(default_factory=list)
    flagged: int = 0
    abstained: int = 0
    errors: int = 0


@dataclass
class Rows:
    """All rows by period, in the order of time; `left_out` counts lines that are no rows, the first are told in
    `told`."""

    periods: dict[str, Figures] = field(default_factory=dict)
    origin: Origin | None = None
    asked: float | None = None
    undated: int = 0
    left_out: int = 0
    told: list[str] = field(default_factory=list)


class _Row(NamedTuple):
    origin: Origin
    status: str
    asked: float | None = None
    flagged: bool = False
    spun: float = 0.0
    translated: float = 0.0
    unknown: float = 0.0


def read_rows(paths: Sequence[str], stdin: BinaryIO, by: str = "month", date_field: str | None = None) -> Rows:
    """Read result rows from files, or `-` for standard input.

    Raises InputError where rows of different origin are mixed, or none has a date.
    """
    rows = Rows()
    names = (date_field,) if date_field else DATE_FIELDS
    for place, line in _lines(paths, stdin):
        try:
            data = _parsed(line)
            row = _row(data)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
            rows.left_out += 1
            if rows.left_out <= MOST_TOLD:
                rows.told.append(f"{place}: {_reason(error)}")
            continue
        _refuse_mixture(rows, row, place)
        period = _period(data, names, by)
        if period is None:
            rows.undated += 1
        else:
            _add(rows.periods.setdefault(period, Figures()), row)
    if not rows.periods:
        raise InputError("no-rows", _nothing(rows, names))
    rows.periods = dict(sorted(rows.periods.items()))
    return rows


def _lines(paths: Sequence[str], stdin: BinaryIO) -> Iterator[tuple[str, str | None]]:
    for path in paths:
        if path == STANDARD_INPUT:
            yield from _numbered("stdin", stdin)
        else:
            try:
                with open(path, "rb") as stream:
                    yield from _numbered(path, stream)
            except OSError as error:
                said = f"expected a file of results at {path}, got: {error.strerror or error}"
                raise InputError("unreadable", said) from error


def _numbered(name: str, stream: BinaryIO) -> Iterator[tuple[str, str | None]]:
    for number, line in enumerate(bounded_lines(stream), 1):
        if line is None or (line and not line.isspace()):
            yield f"{name}:{number}", line


def _parsed(line: str | None) -> Mapping[str, Any]:
    if line is None:
        raise ValueError("the line is too long")
    data = json.loads(line)
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ValueError(f"expected a result of the schema {SCHEMA}")
    return data


def _reason(error: Exception) -> str:
    """Why a line is no row, in words of ours alone: what it holds is not repeated."""
    if isinstance(error, json.JSONDecodeError):
        return f"expected one JSON object, got: {error.msg} (column {error.colno})"
    if type(error) is ValueError and str(error).startswith(("expected ", "the line ")):
        return str(error)
    return f"expected a result of the schema {SCHEMA}, got one with a field missing or of another type"


def _row(data: Mapping[str, Any]) -> _Row:
    model = data["model"]
    own = model["calibration"]
    origin = Origin(_string(model["digest"]), None if own is None else _string(own["digest"]))
    if data["status"] in ("abstained", "error"):
        return _Row(origin, data["status"])
    if data["status"] != "ok" or not isinstance(data["flagged"], bool):
        raise ValueError("expected a status of ok, abstained or error, and a verdict where it is ok")
    words, unknown = data["words"], data["unknown_words"]
    if type(words) is not int or type(unknown) is not int or not 0 <= unknown <= words or not words:
        raise ValueError("expected counts of words and of unknown words")
    classes = data["classes"]
    return _Row(
        origin,
        "ok",
        _share(data["false_positive_rate"]["asked"]),
        data["flagged"],
        _share(classes["spun"]["probability"]),
        _share(classes["machine_translated"]["probability"]),
        unknown / words,
    )


def _string(value: object) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise ValueError("expected a digest of a model or a calibration")
    return value


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not 0 <= value <= 1:
        raise ValueError("expected probabilities and rates from 0 to 1")
    return float(value)


def _refuse_mixture(rows: Rows, row: _Row, place: str) -> None:
    rows.origin = rows.origin or row.origin
    if row.origin != rows.origin:
        raise InputError(
            "mixed-models",
            f"{place}: expected rows of one model and one calibration, got {rows.origin.words()} before and "
            f"{row.origin.words()} here: score all of them again with one, or compare them apart",
        )
    if row.asked is not None:
        rows.asked = row.asked if rows.asked is None else rows.asked
        if row.asked != rows.asked:
            raise InputError(
                "mixed-rates",
                f"{place}: expected rows of one asked rate, got {rows.asked:g} before and {row.asked:g} here: "
                "compare them apart",
            )


def _period(data: Mapping[str, Any], names: Sequence[str], by: str) -> str | None:
    fields = data.get("input")
    fields = fields if isinstance(fields, dict) else {}
    for name in names:
        value = data.get("published") if name == "published" and data.get("published") else fields.get(name)
        date = _date(value)
        if date is not None:
            return _label(date, by)
    return None


def _date(value: object) -> datetime.date | None:
    """The day of an ISO 8601 date, of which the day may be missing and a time may follow."""
    if not isinstance(value, str):
        return None
    day = value.strip()[:10]
    for text in (day, f"{day}-01"):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            pass
    return None


def _label(date: datetime.date, by: str) -> str:
    if by == "year":
        return f"{date.year:04}"
    return f"{date.year:04}-Q{(date.month + 2) // 3}" if by == "quarter" else f"{date.year:04}-{date.month:02}"


def _add(figures: Figures, row: _Row) -> None:
    if row.status == "ok":
        figures.spun.append(row.spun)
        figures.translated.append(row.translated)
        figures.unknown.append(row.unknown)
        figures.flagged += row.flagged
    elif row.status == "abstained":
        figures.abstained += 1
    else:
        figures.errors += 1


def _nothing(rows: Rows, names: Sequence[str]) -> str:
    if rows.undated:
        return (
            f"expected an ISO date in the field {' or '.join(map(repr, names))} of some rows, got none in "
            f"{rows.undated:,}: name the field by --date-field"
        )
    first = f"; the first line that is none: {rows.told[0]}" if rows.told else ""
    return f"expected rows that `unspin score` wrote, got none{first}"
