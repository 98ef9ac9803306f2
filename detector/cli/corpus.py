"""unspin corpus: from clean articles and translations to training texts, with a report."""

from __future__ import annotations

from pathlib import Path

import click

from detector.cli.options import training_installed, work_option

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("corpus")
@work_option
@click.option(
    "--corpora",
    type=FOLDER,
    multiple=True,
    metavar="DIR",
    help="Folder that holds corpora/ and lexicons/, or JSON Lines of clean articles; may be given again.",
)
@click.option("--sample", type=FOLDER, metavar="DIR", help="Folder of sample stories instead, for a demonstration.")
@click.option(
    "--feedback",
    type=FILE,
    multiple=True,
    metavar="FILE",
    help="Reviewers' verdicts to learn from; may be given again.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed of everything random, in all steps; at first 1.")
def command(
    work: Path, corpora: tuple[Path, ...], sample: Path | None, feedback: tuple[Path, ...], seed: int | None
) -> None:
    """Check and clean the training texts, and part them so that no story is on two sides.

    Without --corpora or --sample the texts come from where they came from the last time. What was read, left out and
    kept stands in WORK/corpus/report.md. The next step is `unspin spin`.
    """
    if corpora and sample:
        raise click.UsageError("expected --corpora DIR or --sample DIR, got both")
    with training_installed():
        from detector.training.gather import corpus_work

        corpus_work(work, corpora=corpora, sample=sample, feedback=feedback, seed=seed)
