"""The web page.

The listening process imports this, and has no numpy: what shows a report is imported in `marked_draft`, which a scoring
process calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.service.asks import About
from detector.service.settings import ServiceSettings

if TYPE_CHECKING:
    from detector.findings import Report


def page(settings: ServiceSettings, about: About) -> str:
    """The page at `/`."""
    return "<!doctype html><title>Unspin</title>"


def marked_draft(report: Report) -> str:
    """What answers POST /page/check."""
    return f"<p>{report.status}</p>"
