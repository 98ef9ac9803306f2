"""unspin report: one article, beside its source where there is an archive, for people."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detector.cli import Refused
from detector.cli.options import (
    arguments_tried,
    calibration_folder,
    calibration_option,
    desk_of,
    dictionary_option,
    find_in_option,
    given_references,
    licensees_in,
    licensees_option,
    max_fpr_option,
    model_option,
    reference_option,
)

if TYPE_CHECKING:
    from detector.findings import Report


@click.command("report")
@click.argument("file", metavar="FILE")
@find_in_option
@licensees_option
@dictionary_option
@reference_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "md", "json", "text"]),
    default="html",
    show_default=True,
    help="A page, Markdown for a ticket or a mail, the JSON result with the text, or what `check` prints.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="Default: standard output.")
@max_fpr_option
@model_option
@calibration_option
@click.pass_context
def command(
    ctx: click.Context,
    file: str,
    archive: Path | None,
    licensees: Path | None,
    dictionary: Path | None,
    references: tuple[str, ...],
    form: str,
    output: Path | None,
    max_fpr: float,
    model: Path | None,
    calibration: str | None,
) -> None:
    """Write a report on one article.

    FILE holds one article, in any form that `score` takes, - for standard input included. The page lays the article
    beside the sources that the archive has, or beside the references given, sentence by sentence, with every swapped
    phrase and changed fact; then come the marks, the figures, and a record of what was compared. It needs no network
    and has no scripts. Exit code: 0 done, 2 unreadable.
    """
    from detector.batch import score_stream
    from detector.cli.output import refuse_input, write_lines
    from detector.ingest import read

    refuse_input(output, [file, *references])
    beside = given_references(references, archive, [file])
    folder = calibration_folder(calibration, model)
    licensed = licensees_in(licensees, bool(archive or references))
    items = list(islice(read([file], sys.stdin.buffer), 2))
    if len(items) != 1:
        raise Refused(f"expected one article in {file}, got {'several: report on one' if items else 'none'}")
    with arguments_tried():
        reports = score_stream(
            items,
            model=model,
            calibration=folder,
            max_fpr=max_fpr,
            archive=archive,
            licensees=licensed,
            references=beside,
            desk=desk_of(dictionary),
        )
    report = next(iter(reports))
    if report.error is not None:
        raise Refused(report.error.message)
    write_lines([_written(report, form)], output)
    ctx.exit(0)


def _written(report: Report, form: str) -> bytes:
    if form == "json":
        from detector.render import to_json_line

        return to_json_line(report, with_text=True).encode() + b"\n"
    if form == "text":
        from detector.render import to_terminal

        return to_terminal(report, shutil.get_terminal_size().columns).encode("utf-8", "replace")
    from detector.render.report_markdown import to_markdown
    from detector.render.report_page import to_html

    write = to_markdown if form == "md" else to_html
    return write(report, datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")).encode("utf-8", "replace")
