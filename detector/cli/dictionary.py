"""unspin dictionary: the desk's phrases never or always to mark, tried on clean copy before they go live."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from detector.cli import Refused
from detector.cli.options import limits_options, model_option
from detector.limits import Limits

MISFIRES, SOME_FAILED = 1, 4
MAX_SHARE = (
    0.002  # of clean articles; measured in docs/desk.md: words of spinners stay below, ordinary English does not
)

file_argument = click.argument("file", type=click.Path(path_type=Path), metavar="FILE")


@click.group("dictionary")
def command() -> None:
    """Keep the desk's phrases never or always to mark, and try them on clean copy.

    FILE has never<TAB>phrase or always<TAB>phrase<TAB>clean phrase a line; blank lines and lines that begin with # are
    passed over. `check`, `score` and `report` take it by --dictionary.
    """


@command.command("test")
@file_argument
@click.argument("clean", nargs=-1, required=True, metavar="CLEAN...")
@click.option(
    "--licensees",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Count too how many of the articles each line of this list of licensees names.",
)
@click.option(
    "--max-share",
    type=click.FloatRange(min=0, max=1, min_open=True),
    default=MAX_SHARE,
    show_default=True,
    help="Share of the clean articles that a phrase may be marked in before it misfires.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with every phrase.")
@model_option
@limits_options
@click.pass_context
def test_command(
    ctx: click.Context,
    file: Path,
    clean: tuple[str, ...],
    licensees: Path | None,
    max_share: float,
    as_json: bool,
    model: Path | None,
    limits: Limits,
) -> None:
    """Say how often a dictionary would misfire on clean articles.

    CLEAN are articles of your own that are known to be right, in any form that `score` takes. Phrases always to mark
    are counted in them; of phrases never to mark, the marks that they would withhold. Exit code: 0 none misfires, 1
    some phrase does, 2 wrong use or a file that is wrong, 4 none misfires, but some articles could not be read.
    """
    from detector.cli.output import columns, print_text, tell_left_out
    from detector.cli.progress import with_progress
    from detector.desk import read_dictionary
    from detector.dictionary_trial import Trial
    from detector.ingest import read
    from detector.licensees import read_each
    from detector.pipeline import Detector
    from detector.render.dictionary_text import trial_json, trial_text

    trial = Trial(read_dictionary(file), tuple(read_each(licensees)) if licensees else ())
    items = with_progress(read(clean, sys.stdin.buffer, limits))
    trial.run(items, lambda: Detector.load(model, limits=limits), limits)
    for failure in trial.refused:
        tell_left_out(failure.message)
    print_text(trial_json(trial, max_share) if as_json else trial_text(trial, max_share, columns()))
    if any(one.misfires(trial.n, max_share) for one in trial.tried()):
        ctx.exit(MISFIRES)
    ctx.exit(SOME_FAILED if trial.refused else 0)


@command.command("add")
@file_argument
@click.argument("kind", type=click.Choice(["never", "always"]))
@click.argument("phrase", metavar="PHRASE")
@click.argument("clean", required=False, metavar="[CLEAN]")
def add_command(file: Path, kind: str, phrase: str, clean: str | None) -> None:
    """Add a phrase never to mark, or one always to mark with the CLEAN phrase.

    FILE is made where there is none, and replaced whole or not at all. Who adds at the same moment waits.
    """
    from detector.cli.output import write_lines
    from detector.desk.dictionary import only_adding, with_entry

    if (kind == "always") != (clean is not None):
        wanted = "a PHRASE and the CLEAN one" if kind == "always" else "one PHRASE"
        raise Refused(f"expected {wanted} after {kind}, got {2 - (clean is None)}: put quotation marks around each")
    cells = [kind, phrase, *([clean] if clean is not None else [])]
    with only_adding(file):
        write_lines([with_entry(file, cells)], file)
