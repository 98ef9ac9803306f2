"""How far a long run is: a count and a rate on standard error, where a person watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator

import click

from detector.findings import Report

SECONDS_BETWEEN = 0.5  # a line that changes faster is hard to read


def with_progress(reports: Iterable[Report]) -> Iterator[Report]:
    """Hand `reports` through, with a line that renews itself if standard error is a terminal."""
    if not sys.stderr.isatty():
        yield from reports
        return
    started = shown = time.monotonic()
    for count, report in enumerate(reports, start=1):
        yield report
        now = time.monotonic()
        if now - shown >= SECONDS_BETWEEN:
            click.echo(f"\r{count:,} articles, {count / (now - started):,.0f} a second ", err=True, nl=False)
            shown = now
    if shown != started:
        click.echo("\r\x1b[K", err=True, nl=False)
