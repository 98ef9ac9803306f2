"""unspin train: fit the classifier of a work folder."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import click

from detector.cli.options import training_installed, work_option, workers_option


class VersionDate(click.ParamType):  # type: ignore[type-arg]
    """A day, and for a further model of it a number: 2026-01-31, 2026-01-31.2; gives 2026.01.31, 2026.01.31.2."""

    name = "YYYY-MM-DD[.N]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The version; fails where there is no such day."""
        match = re.fullmatch(r"(\d{4}-\d\d-\d\d)((?:\.[1-9]\d{0,2})?)", value, re.ASCII)
        try:
            day = date.fromisoformat(match[1]) if match else None
        except ValueError:
            day = None
        if match is None or day is None:
            self.fail(f"expected a day such as 2026-01-31, or 2026-01-31.2, got {value!r}", param, ctx)
        return f"{day:%Y.%m.%d}{match[2]}"


@click.command("train")
@work_option
@click.option(
    "--version-date",
    type=VersionDate(),
    help="Day that the model is called after, a second one of the day with .2 behind it; without it that of the last "
    "time, or of the newest article.",
)
@workers_option
def command(work: Path, version_date: str | None, workers: int) -> None:
    """Fit a model on what `unspin corpus` and `unspin spin` made, into WORK/model.

    A run that was stopped goes on where it was; what is done already is not done again. The model judges nothing
    before the next step, `unspin calibrate`.
    """
    with training_installed():
        from detector.training.train import train_work

        train_work(work, version=version_date, workers=workers)
