"""unspin release: check a trained model, and put it where models are used from."""

from __future__ import annotations

from pathlib import Path

import click

from detector.cli import WRONG_USE
from detector.cli.options import arguments_tried, training_installed


@click.command("release")
@click.option(
    "--work",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Work folder of a training, with its evaluation and the figures of the gate.",
)
@click.option("--name", required=True, metavar="NAME", help="Name of the model; the one of that name is replaced.")
@click.option(
    "--models",
    type=click.Path(file_okay=False, path_type=Path),
    default="models",
    show_default=True,
    metavar="DIR",
    help="Folder of the released models.",
)
@click.option(
    "--floors",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default="benchmarks/floors.json",
    show_default=True,
    metavar="FILE",
    help="What the figures of the gate must reach.",
)
@click.option("--dry-run", is_flag=True, help="Print the checks as a table, and change nothing.")
@click.pass_context
def command(ctx: click.Context, work: Path, name: str, models: Path, floors: Path, dry_run: bool) -> None:
    """Release a trained model, whole or not at all, with its cards and a note on how scores move.

    Refused, with every reason, where a floor is missed or was not measured, where figures are of another model, where a
    slice falls below the model that it replaces, where text of one article can be read back from the tables, where the
    model is too large, and where it is a demonstration. Exit code: 0 released, or with --dry-run every check holds;
    2 refused.
    """
    from detector.render.neutral import neutral

    with training_installed():
        from detector.training.release.checks import check_table
        from detector.training.release.release import publish, try_release

    with arguments_tried():
        release = try_release(work, name, models, floors)
    if dry_run:
        for line in check_table(release.checks).split("\n"):
            click.echo(neutral(line))
        ctx.exit(WRONG_USE if release.missed else 0)
    publish(release)
    click.echo(release.target)
