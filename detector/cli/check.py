"""unspin check: a few articles now, for a person or (--json) for a program."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detector.cli.options import (
    arguments_tried,
    calibration_folder,
    calibration_option,
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

FLAGGED, UNREADABLE, NO_VERDICT = 1, 2, 3
WORST_FIRST = (UNREADABLE, FLAGGED, NO_VERDICT)


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@max_fpr_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON result a line instead, as `score` writes it.")
@model_option
@calibration_option
@find_in_option
@licensees_option
@reference_option
@click.pass_context
def command(
    ctx: click.Context,
    files: tuple[str, ...],
    max_fpr: float,
    as_json: bool,
    model: Path | None,
    calibration: str | None,
    archive: Path | None,
    licensees: Path | None,
    references: tuple[str, ...],
) -> None:
    """Check a few articles before they are published.

    Prints what was found, how often untouched articles look the same, the text with its marked phrases, and a reason
    for each. FILES are what `score` takes, - for standard input included. Exit code: 0 no signs, 1 flagged,
    2 unreadable, 3 no verdict possible; of several files the first of 2, 1, 3, 0 that applies.
    """
    from detector.batch import score_stream
    from detector.ingest import read

    items = read(files, sys.stdin.buffer)
    beside = given_references(references, archive, files)
    folder = calibration_folder(calibration, model)
    licensed = licensees_in(licensees, bool(archive or references))
    with arguments_tried():
        reports = score_stream(
            items,
            model=model,
            calibration=folder,
            max_fpr=max_fpr,
            archive=archive,
            licensees=licensed,
            references=beside,
        )
    codes: set[int] = set()
    for report in reports:
        if codes and not as_json:
            click.echo()
        click.echo(_shown(report, as_json), nl=False)
        codes.add(_exit_code(report))
    ctx.exit(next((code for code in WORST_FIRST if code in codes), 0))


def _exit_code(report: Report) -> int:
    if report.status == "error":
        return UNREADABLE
    if report.status == "abstained":
        return NO_VERDICT
    return FLAGGED if report.flagged else 0


def _shown(report: Report, as_json: bool) -> bytes:
    if as_json:
        from detector.render import to_json_line

        return to_json_line(report).encode() + b"\n"
    from detector.render import to_terminal

    shown = to_terminal(report, shutil.get_terminal_size().columns, colour=_colour())
    return shown.encode(sys.stdout.encoding or "utf-8", errors="replace")


def _colour() -> bool:
    """Colour only for a terminal that has it and a person who did not decline it (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
