"""unspin evaluate: one page, and evaluation.json, by which the owner of a model decides whether to trust it."""

from __future__ import annotations

from pathlib import Path

import click

from detector.cli.options import training_installed


@click.command("evaluate")
@click.option(
    "--work",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Work folder of training: corpus/, and the calibrated model in model/.",
)
@click.option(
    "--prevalence",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
    metavar="SHARE",
    help="Share of your articles that you expect to be spun.",
)
@click.option(
    "--max-articles",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    metavar="N",
    help="Articles of each part that are taken at most; each is spun five times.",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of everything random.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to work in.")
def command(work: Path, prevalence: float, max_articles: int, seed: int, workers: int) -> None:
    """Evaluate a trained model on its test part, and write DIR/evaluation/evaluation.html and evaluation.json.

    Where model, texts and options are as they were the last time, it does nothing.
    """
    with training_installed():
        from detector.training.evaluate.evaluate import evaluate_work

        evaluate_work(work, prevalence, max_articles, seed, workers)
    click.echo(work / "evaluation" / "evaluation.html")
