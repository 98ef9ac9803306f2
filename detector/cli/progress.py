"""How far a long run is, on standard error: a line that renews itself for a person, now and then a line for a log."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from detector.batch.rows import Row
    from detector.ingest import Extent

Item = TypeVar("Item")

SECONDS_BETWEEN = 0.5  # a line that changes faster is hard to read
SECONDS_BETWEEN_LINES = 30.0  # of a log


def with_progress(items: Iterable[Item]) -> Iterator[Item]:
    """Hand articles or reports through, with a line that renews itself if standard error is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    started = shown = time.monotonic()
    for count, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - shown >= SECONDS_BETWEEN:
            click.echo(f"\r{count:,} articles, {count / (now - started):,.0f} a second ", err=True, nl=False)
            shown = now
    if shown != started:
        _clear_line()


def watched(rows: Iterable[Row], before: Counter[str], extent: Extent) -> Iterator[Row]:
    """Hand rows through, and say how many there are; `before` counts those of a run that is gone on with, `extent` is
    of their input."""
    is_terminal = sys.stderr.isatty()
    between = SECONDS_BETWEEN if is_terminal else SECONDS_BETWEEN_LINES
    counts = Counter(before)
    started = shown = first = time.monotonic()
    read_before: float | None = None
    for count, row in enumerate(rows, start=1):
        if count == 1:  # by now a run that is gone on with has passed over what it had, and some chunks are read ahead
            first, read_before = time.monotonic(), extent.share
        counts.update(row.counted())
        yield row
        now = time.monotonic()
        if now - shown >= between:
            shown = now
            told = _told(counts, count / (now - started), time_left(now - first, read_before, extent.share))
            click.echo(_for_people(told) if is_terminal else json.dumps(told), err=True, nl=not is_terminal)
    if is_terminal and shown != started:
        _clear_line()


def time_left(spent: float, read_before: float | None, read: float | None) -> int | None:
    """Seconds that the rest of the input will take, at the pace of what was read since the start."""
    if read is None or read_before is None or read <= read_before:
        return None
    return round(spent * (1 - read) / (read - read_before))


def _told(counts: Counter[str], rate: float, seconds_left: int | None) -> dict[str, int | float | None]:
    articles = counts["ok"] + counts["abstained"] + counts["error"]
    return {
        "articles": articles,
        "per_second": round(rate, 1),
        "flagged": counts["flagged"],
        "abstained": counts["abstained"],
        "errors": counts["error"],
        "seconds_left": seconds_left,
    }


def _for_people(told: dict[str, int | float | None]) -> str:
    seconds = told["seconds_left"]
    left = "" if seconds is None else f", about {_duration(int(seconds))} left"
    return (
        f"\r{told['articles']:,} articles, {told['per_second']:,.0f} a second, {told['flagged']:,} flagged, "
        f"{told['errors']:,} errors{left}\x1b[K"
    )


def _duration(seconds: int) -> str:
    """In the two largest units: 45 s, 3 min, 2 h 5 min.

    >>> _duration(45), _duration(190), _duration(7500)
    ('45 s', '3 min', '2 h 5 min')
    """
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min"


def _clear_line() -> None:
    click.echo("\r\x1b[K", err=True, nl=False)
