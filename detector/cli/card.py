"""unspin card: the model card and the data card of a work folder."""

from __future__ import annotations

from pathlib import Path

import click

from detector.cli.options import training_installed


@click.command("card")
@click.option(
    "--work",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Work folder of a training; the cards are written into it.",
)
def command(work: Path) -> None:
    """Write MODEL_CARD.md and DATA_CARD.md of a model that was trained.

    What the model is, what it is for and not for, its figures with their conditions, and its weaknesses; and what it
    was made from. What was not measured is said.
    """
    with training_installed():
        from detector.training.release.release import write_cards

        paths = write_cards(work)
    for path in paths:
        click.echo(path)
