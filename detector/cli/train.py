"""unspin train: fit the classifier of a work folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from detector.cli.options import training_installed, work_option, workers_option


@click.command("train")
@work_option
@click.option(
    "--version-date",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day that the model is called after; without it that of the last time, or of the newest article.",
)
@workers_option
def command(work: Path, version_date: datetime | None, workers: int) -> None:
    """Fit a model on what `unspin corpus` and `unspin spin` made, into WORK/model.

    A run that was stopped goes on where it was; what is done already is not done again. The model judges nothing
    before the next step, `unspin calibrate`.
    """
    with training_installed():
        from detector.training.train import train_work

        train_work(work, version=f"{version_date:%Y.%m.%d}" if version_date else None, workers=workers)
