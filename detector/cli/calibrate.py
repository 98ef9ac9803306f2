"""unspin calibrate: measure a model on untouched articles, for its thresholds."""

from __future__ import annotations

from pathlib import Path

import click

from detector.cli.options import work_option, workers_option


@click.command("calibrate")
@work_option
@workers_option
def command(work: Path, workers: int) -> None:
    """Set the thresholds of the model in WORK/model, on articles that no other step saw."""
    from detector.training.calibrate_work import calibrate_work

    calibrate_work(work, workers=workers)
