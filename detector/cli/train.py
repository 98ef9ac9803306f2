"""unspin train: from clean articles to a fitted, calibrated model."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("train")
@click.option("--corpora", type=FOLDER, metavar="DIR", help="Folder that holds corpora/ and lexicons/.")
@click.option("--sample", type=FOLDER, metavar="DIR", help="Folder of sample stories, for a demonstration model.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR", help="Folder of the model."
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of everything random.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to train in.")
@click.option(
    "--own-table",
    "own",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Phrase pairs of a spinner you know, to train against: original, tab, spun; may be given several times.",
)
def command(
    corpora: Path | None, sample: Path | None, out: Path, seed: int, workers: int, own: tuple[Path, ...]
) -> None:
    """Train a model: on your own archive (--corpora), or a demonstration model on the sample (--sample)."""
    if (corpora is None) == (sample is None):
        raise click.UsageError("expected either --corpora DIR or --sample DIR")
    from detector.training.train import train

    train(corpora=corpora, sample=sample, out=out, seed=seed, workers=workers, own=own)
