"""A report as bytes, in one of the forms that `unspin report --format` names."""

from __future__ import annotations

from detector.findings import Report
from detector.render.json_result import to_json_line
from detector.render.terminal import to_terminal

MADE = "%Y-%m-%d %H:%M UTC"  # how a report says when it was made


def written(report: Report, form: str, made: str, width: int = 80) -> bytes:
    """Give the report as `html`, `md`, `json` (with the text) or `text`, of `width` columns."""
    if form == "json":
        return to_json_line(report, with_text=True).encode() + b"\n"
    if form == "text":
        return to_terminal(report, width).encode("utf-8", "replace")
    from detector.render.report_markdown import to_markdown
    from detector.render.report_page import to_html

    write = to_markdown if form == "md" else to_html
    return write(report, made).encode("utf-8", "replace")
