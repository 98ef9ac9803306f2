"""Options that several commands share, one decorator each."""

from __future__ import annotations

from pathlib import Path

import click

HIGHEST_FPR = 0.01  # the loosest rate that models are calibrated for

model_option = click.option(
    "--model",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of a fitted model; without it the one shipped with Unspin.",
)

max_fpr_option = click.option(
    "--max-fpr",
    type=click.FloatRange(min=0, min_open=True, max=HIGHEST_FPR),
    default=HIGHEST_FPR,
    show_default=True,
    metavar="RATE",
    help="Share of untouched articles that may be flagged, above 0 and at most 0.01.",
)
