"""Lines for a terminal: wrapped to its width, items with a dash, shares as percentages."""

from __future__ import annotations

import textwrap

NARROWEST = 32  # columns; a narrower terminal gets lines of this width
WIDEST = 100  # columns; longer lines are hard to read


def fitting(width: int) -> int:
    """The width to write for on a terminal of `width` columns."""
    return min(max(width, NARROWEST), WIDEST)


def wrap(line: str, width: int, indent: str = "") -> str:
    """Break a line at blanks; `indent` goes before what follows the first break."""
    return textwrap.fill(line, width, subsequent_indent=indent, break_on_hyphens=False)


def item(line: str, width: int) -> str:
    """A line of a list."""
    return wrap(f"- {line}", width, "  ")


def percent(share: float) -> str:
    """Three significant digits.

    >>> percent(0.00971), percent(0.125), percent(1.0)
    ('0.971%', '12.5%', '100%')
    """
    return f"{100 * share:.3g}%"
