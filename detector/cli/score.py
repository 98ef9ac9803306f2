"""unspin score: many articles in, one JSON result a line out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detector.cli.options import (
    arguments_tried,
    calibration_folder,
    calibration_option,
    find_in_option,
    licensees_in,
    licensees_option,
    max_fpr_option,
    model_option,
    workers_option,
)

if TYPE_CHECKING:
    from detector.pipeline import EvidenceFor

SOME_FAILED = 4


@click.command("score")
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the results here instead of to standard output; an existing file is replaced whole or not at all.",
)
@max_fpr_option
@workers_option
@click.option(
    "--evidence",
    type=click.Choice(["flagged", "all", "none"]),
    default="flagged",
    show_default=True,
    help="Articles whose marked phrases are put into their results.",
)
@click.option("--with-text", is_flag=True, help="Put the article's text into its result; offsets count in it.")
@model_option
@calibration_option
@find_in_option
@licensees_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    output: Path | None,
    max_fpr: float,
    workers: int,
    evidence: EvidenceFor,
    with_text: bool,
    model: Path | None,
    calibration: str | None,
    archive: Path | None,
    licensees: Path | None,
) -> None:
    """Score articles: one JSON result a line, in the order of the input.

    PATHS are text, HTML, JSON Lines, CSV, ninjs or NewsML-G2 files, folders of such files, or - for standard input. An
    article that cannot be read becomes an error row, the run goes on, and the exit code is 4. FILE cannot be one of the
    inputs, or a file in a folder of PATHS that would be read.
    """
    from detector.batch import score_stream
    from detector.cli.output import refuse_input, write_lines
    from detector.cli.progress import with_progress
    from detector.ingest import read
    from detector.render import to_json_line

    items = read(paths, sys.stdin.buffer)
    refuse_input(output, paths)
    folder = calibration_folder(calibration, model)
    licensed = licensees_in(licensees, archive is not None)
    with arguments_tried():
        reports = score_stream(
            items,
            model=model,
            calibration=folder,
            max_fpr=max_fpr,
            evidence=evidence,
            workers=workers,
            archive=archive,
            licensees=licensed,
        )
    counts: Counter[str] = Counter()

    def lines() -> Iterator[bytes]:
        for report in with_progress(reports):
            counts.update([report.status, *(["flagged"] if report.flagged else [])])
            yield to_json_line(report, with_text=with_text).encode() + b"\n"

    write_lines(lines(), output)
    click.echo(_summary(counts), err=True)
    if counts["error"]:
        ctx.exit(SOME_FAILED)


def _summary(counts: Counter[str]) -> str:
    articles = counts["ok"] + counts["abstained"] + counts["error"]
    return (
        f"{articles:,} article{'' if articles == 1 else 's'}: {counts['flagged']:,} flagged, "
        f"{counts['abstained']:,} without a verdict, {counts['error']:,} error{'' if counts['error'] == 1 else 's'}"
    )
