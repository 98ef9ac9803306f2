"""How far a long run is: a count and a rate on standard error, where a person watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

import click

Item = TypeVar("Item")

SECONDS_BETWEEN = 0.5  # a line that changes faster is hard to read


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
        click.echo("\r\x1b[K", err=True, nl=False)
