"""Rows that `unspin score` wrote -> the figures of each period. Of a row nothing is kept but numbers and its period."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

from detector.errors import InputError
from detector.ingest.results import ResultsRead, read_results, share
from detector.limits import USUAL, Limits

DATE_FIELDS = ("published", "date")  # the first that a row has, where none is named


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
class Rows(ResultsRead):
    """All rows by period, in the order of time."""

    periods: dict[str, Figures] = field(default_factory=dict)
    undated: int = 0


class _Row(NamedTuple):
    status: str
    period: str | None
    flagged: bool = False
    spun: float = 0.0
    translated: float = 0.0
    unknown: float = 0.0


def read_rows(
    paths: Sequence[str], stdin: BinaryIO, by: str = "month", date_field: str | None = None, limits: Limits = USUAL
) -> Rows:
    """Read result rows from files, or `-` for standard input.

    Raises InputError where rows of different origin are mixed, or none has a date.
    """
    rows = Rows()
    names = (date_field,) if date_field else DATE_FIELDS
    for row in read_results(paths, stdin, lambda data: _row(data, names, by), rows, limits):
        if row.period is None:
            rows.undated += 1
        else:
            _add(rows.periods.setdefault(row.period, Figures()), row)
    if not rows.periods:
        raise _nothing(rows, names)
    rows.periods = dict(sorted(rows.periods.items()))
    return rows


def _row(data: Mapping[str, Any], names: Sequence[str], by: str) -> _Row:
    period = _period(data, names, by)
    if data["status"] != "ok":
        return _Row(data["status"], period)
    if not isinstance(data["flagged"], bool):
        raise ValueError("expected a status of ok, abstained or error, and a verdict where it is ok")
    words, unknown = data["words"], data["unknown_words"]
    if type(words) is not int or type(unknown) is not int or not 0 <= unknown <= words or not words:
        raise ValueError("expected counts of words and of unknown words")
    classes = data["classes"]
    return _Row(
        "ok",
        period,
        data["flagged"],
        share(classes["spun"]["probability"]),
        share(classes["machine_translated"]["probability"]),
        unknown / words,
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


def _nothing(rows: Rows, names: Sequence[str]) -> InputError:
    if not rows.undated:
        return rows.nothing()
    return InputError(
        "no-rows",
        f"expected an ISO date in the field {' or '.join(map(repr, names))} of some rows, got none in "
        f"{rows.undated:,}: name the field by --date-field",
    )
