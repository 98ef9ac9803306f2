"""The cells of the evaluation page: numbers, tables and pictures as HTML, in which all that comes from data is
escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

NOT_REACHABLE = '<span class="none">not reachable</span>'

Rows = Iterable[Sequence[str]]


def escaped(text: object) -> str:
    """Text as HTML shows it."""
    return html.escape(str(text))


def percent(value: float | None, digits: int = 1) -> str:
    """A share; "not reachable" for none."""
    return NOT_REACHABLE if value is None else f"{100 * value:.{digits}f}%"


def measured(one: Mapping[str, Any] | None, digits: int = 1) -> str:
    """A slice with its interval, or why it is not told."""
    if one is None:
        return "–"
    if one["share"] is None or not one.get("reachable", True):
        return NOT_REACHABLE
    low, high = one["interval"]
    return f"{percent(one['share'], digits)} <small>{100 * low:.{digits}f}–{100 * high:.{digits}f}</small>"


def table(heads: Sequence[str], rows: Rows, caption: str = "") -> str:
    """A table that scrolls by itself where it is too wide; the first cell of a row names it."""
    above = f"<caption>{caption}</caption>" if caption else ""
    head = "".join(f'<th scope="col">{cell}</th>' for cell in heads)
    body = "\n".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>'
        for first, *others in rows
    )
    return f'<div class="wide"><table>{above}<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def figure(svg: str, alt: str) -> str:
    """A picture with its words for those who do not see it."""
    return f'<figure role="img" aria-label="{escaped(alt)}">{svg}<figcaption>{escaped(alt)}</figcaption></figure>'


def slice_table(kind: str, own: Mapping[str, Any], digits: int = 1) -> str:
    return table(
        [escaped(kind), "share", "n"],
        ([escaped(name), measured(one, digits) + _counted(one), f"{one['n']:,}"] for name, one in own.items()),
    )


def _counted(one: Mapping[str, Any]) -> str:
    """Of a slice too small for a rate what was counted."""
    if one["reachable"] or one["share"] is None:
        return ""
    return f" <small>{round(one['share'] * one['n'])} of {one['n']}</small>"


def details(title: str, inside: str) -> str:
    return f"<details><summary>{escaped(title)}</summary>{inside}</details>"
