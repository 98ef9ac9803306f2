"""unspin report: one article, beside its source where there is an archive, for people."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

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
    limits_options,
    max_fpr_option,
    model_option,
    reference_option,
)
from detector.limits import Limits

FORMS = {".html": "html", ".htm": "html", ".md": "md", ".json": "json", ".txt": "text"}


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
    help="A page, Markdown for a ticket or a mail, the JSON result with the text, or what `check` prints; without it "
    "as the name of OUT says (.html, .md, .json, .txt), else a page.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="Default: standard output.")
@max_fpr_option
@model_option
@calibration_option
@limits_options
@click.pass_context
def command(
    ctx: click.Context,
    file: str,
    archive: Path | None,
    licensees: Path | None,
    dictionary: Path | None,
    references: tuple[str, ...],
    form: str | None,
    output: Path | None,
    max_fpr: float,
    model: Path | None,
    calibration: str | None,
    limits: Limits,
) -> None:
    """Write a report on one article.

    FILE holds one article, in any form that `score` takes, - for standard input included. The page lays the article
    beside the sources that the archive has, or beside the references given, sentence by sentence, with every swapped
    phrase and changed fact; then come the marks, the figures, and a record of what was compared. It needs no network
    and has no scripts. Exit code: 0 done, 2 unreadable.
    """
    from detector.batch import score_stream
    from detector.cli.output import columns, form_by_name, refuse_input, refuse_unwritable, write_lines
    from detector.ingest import read
    from detector.render.written import MADE, written

    refuse_input(output, [file, *references])
    refuse_unwritable(output)
    form = form_by_name(output, form, FORMS, "html")
    beside = given_references(references, archive, [file], limits)
    folder = calibration_folder(calibration, model)
    licensed = licensees_in(licensees, bool(archive or references))
    items = list(islice(read([file], sys.stdin.buffer, limits), 2))
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
            limits=limits,
        )
    report = next(iter(reports))
    if report.error is not None:
        raise Refused(report.error.message)
    made = datetime.now(UTC).strftime(MADE)
    write_lines([written(report, form, made, columns())], output)
    ctx.exit(0)
