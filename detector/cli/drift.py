"""unspin drift: whether clean articles still score as the calibration has it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from detector.classifier import MAX_RATE
from detector.cli.options import calibration_folder, calibration_option, model_option, results_limits_options
from detector.limits import Limits

DRIFTED = 1


@click.command("drift")
@click.argument("results", nargs=-1, required=True, metavar="RESULTS...")
@click.option(
    "--by",
    type=click.Choice(["month", "quarter", "year"]),
    default="month",
    show_default=True,
    help="Length of the periods that are compared.",
)
@click.option(
    "--date-field",
    metavar="NAME",
    help="Field with the article's ISO date, as the input had it; without it `published`, or else `date`.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@model_option
@calibration_option
@results_limits_options
@click.pass_context
def command(
    ctx: click.Context,
    results: tuple[str, ...],
    by: str,
    date_field: str | None,
    as_json: bool,
    model: Path | None,
    calibration: str | None,
    limits: Limits,
) -> None:
    """Compare clean articles with the calibration, month by month, and say when to calibrate or train again.

    RESULTS are what `score` wrote of articles that you know to be untouched, all by one model and calibration; - is
    standard input. Exit code: 0 as calibrated, 1 something drifted, 2 wrong use, or results that are mixed.
    """
    from detector.cli.output import columns, print_text
    from detector.drift import compare, open_reference, read_rows
    from detector.model_store import default_model_path
    from detector.render.drift_text import drift_json, drift_text

    rows = read_rows(results, sys.stdin.buffer, by, date_field, limits)
    opened = open_reference(rows, model or default_model_path(), calibration_folder(calibration, model))
    compared = compare(rows.periods, opened.reference, rows.asked or MAX_RATE)
    if as_json:
        click.echo(drift_json(rows, compared, opened))
    else:
        print_text(drift_text(rows, compared, opened, columns()))
    ctx.exit(DRIFTED if any(one.drifted for one in compared) else 0)
