"""The frame of a page for people: self-contained, no scripts, nothing from outside; dark, light and narrow screens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files

from detector.render.side_by_side import shown

STYLES = ("colours.css", "beside.css", "report.css")  # of every page
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def html_page(title: str, styles: Sequence[str], body: Iterable[str]) -> str:
    """The whole page; `styles` names further files beside this one, and `body` is HTML, escaped where it must be."""
    style = "".join(files("detector.render").joinpath(name).read_text(encoding="utf-8") for name in (*STYLES, *styles))
    parts = "\n".join(body)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{shown(title)}</title>
<style>
{style}</style>
</head>
<body>
<main>
{parts}
</main>
</body>
</html>
"""


def table(caption: str, head: Sequence[str], rows: Sequence[str], label: str | None = None) -> str:
    """A table that scrolls by itself where it is too wide, by the keyboard too; all parts are HTML.

    `label` tells it apart where several of one page have the same caption.
    """
    cells = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    return (
        f'<div class="wide" role="region" aria-label="{label or caption}" tabindex="0"><table>'
        f"<caption>{caption}</caption><thead><tr>{cells}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
