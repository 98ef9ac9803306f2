"""unspin spin: count the tables of the language part, and spin the other parts."""

from __future__ import annotations

from pathlib import Path

import click

from detector.cli.options import training_installed, work_option, workers_option


@click.command("spin")
@work_option
@click.option(
    "--family",
    "families",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="TSV",
    help="Table of swaps of a spinner that you know (original, spun, voice); may be given again.",
)
@workers_option
def command(work: Path, families: tuple[Path, ...], workers: int) -> None:
    """Count the words of the language part, and spin articles of the other parts by every family of spinners.

    Without --family the families of your own are those of the last time. The next step is `unspin train`.
    """
    with training_installed():
        from detector.training.spinning import spin_work

        spin_work(work, own=families, workers=workers)
