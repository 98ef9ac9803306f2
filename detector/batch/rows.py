"""One row of a result file, with what the summary of a run counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from detector.findings import Report, Status, Verdict
from detector.render import to_json_line
from detector.site_name import site_name


class Row(NamedTuple):
    """A result as a line of JSON, its line end included, and what is counted of it.

    `code` says why there is no verdict, in one word or two; `site` is where the article stands, if that is known.
    """

    line: bytes
    status: Status
    verdict: Verdict | None
    flagged: bool
    code: str | None
    site: str | None = None

    def counted(self) -> Iterator[str]:
        """What the summary of a run counts: the status, and by it the verdict or the reason why there is none."""
        yield self.status
        if self.flagged:
            yield "flagged"
        if self.status == "ok":
            yield f"verdict {self.verdict}"
        if self.code is not None:
            yield f"{self.status} {self.code}"
        if self.site is not None:
            yield f"site {self.site}"
            if self.flagged:
                yield f"flagged-site {self.site}"


def row_of(report: Report, *, with_text: bool = False) -> Row:
    """Give the row of one report."""
    refusal = report.error or report.abstention
    return Row(
        line=to_json_line(report, with_text=with_text).encode() + b"\n",
        status=report.status,
        verdict=report.verdict,
        flagged=bool(report.flagged),
        code=None if refusal is None else refusal.code,
        site=site_name(report.url) or site_name(report.outlet),
    )
