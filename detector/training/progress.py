"""How far a training run is, on standard error: a line that renews itself where a person watches, one a step else."""

from __future__ import annotations

import sys


def show(line: str) -> None:
    """Show a line until the next one, on a terminal; nothing elsewhere."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line} ", end="", file=sys.stderr, flush=True)


def say(line: str) -> None:
    """Write a line that stays."""
    clear = "\r\x1b[K" if sys.stderr.isatty() else ""
    print(f"{clear}{line}", file=sys.stderr, flush=True)
