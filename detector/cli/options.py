"""Options that several commands share, one decorator each, and what is said of a value that the model refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from detector.classifier import MAX_RATE
from detector.cli import Refused

model_option = click.option(
    "--model",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of a fitted model; without it the one shipped with Unspin.",
)

max_fpr_option = click.option(
    "--max-fpr",
    type=click.FloatRange(min=0, min_open=True, max=MAX_RATE),
    default=MAX_RATE,
    show_default=True,
    metavar="RATE",
    help=f"Share of untouched articles that may be flagged, above 0 and at most {MAX_RATE:g}.",
)

work_option = click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="WORK",
    help="Folder that all steps of a model's making share.",
)

workers_option = click.option(
    "--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to work in."
)


@contextmanager
def arguments_tried() -> Iterator[None]:
    """Report a ValueError as wrong use; put around the call that tries the arguments, and around nothing else."""
    try:
        yield
    except ValueError as error:
        raise Refused(str(error)) from error
