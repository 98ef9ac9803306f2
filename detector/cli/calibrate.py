"""unspin calibrate: thresholds from somebody's own untouched articles, or the step of that name of a model's making."""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from detector.classifier import MAX_RATE
from detector.cli.options import arguments_tried, limits_options, model_option, training_installed, workers_option
from detector.limits import USUAL, Limits

DEFAULT_RATE = 0.001


@click.command("calibrate")
@click.argument("paths", nargs=-1, metavar="PATHS...")
@click.option("--clean", is_flag=True, help="PATHS hold untouched articles of your own: text that no machine reworded.")
@click.option(
    "--max-fpr",
    type=click.FloatRange(min=0, min_open=True, max=MAX_RATE),
    default=DEFAULT_RATE,
    show_default=True,
    metavar="RATE",
    help="The lowest share of untouched articles that you will allow to be flagged; too few articles are refused.",
)
@click.option("--name", metavar="NAME", help="What the calibration is called; without it, as its first path is.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of the calibration; without it, one of that name beside the model.",
)
@click.option("--list", "as_list", is_flag=True, help="List the calibrations beside the model, and do nothing else.")
@click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="WORK",
    help="Instead: set the thresholds of the model in WORK/model, on the part of its corpus that no other step saw.",
)
@workers_option
@model_option
@limits_options
def command(
    paths: tuple[str, ...],
    clean: bool,
    max_fpr: float,
    name: str | None,
    out: Path | None,
    as_list: bool,
    work: Path | None,
    workers: int,
    model: Path | None,
    limits: Limits,
) -> None:
    """Set the thresholds by your own untouched articles.

    PATHS are what `score` takes: folders, text, HTML, JSON Lines or CSV files, or - for standard input. Articles with
    the text of another and those without a verdict are left out, and counted. At least 3 / RATE articles are needed:
    3,000 for 0.001. The model is not changed; `score` and `check` use the calibration by --calibration NAME.
    """
    if work is not None:
        own = clean or paths or as_list or name or out or model or max_fpr != DEFAULT_RATE
        if own or limits != USUAL:
            raise click.UsageError("expected --work alone, or with --workers: it calibrates the model in WORK/model")
        with training_installed():
            from detector.training.calibrate_work import calibrate_work

            calibrate_work(work, workers=workers)
        return
    from detector.model_store import default_model_path

    folder = model or default_model_path()
    if as_list:
        _list(folder)
    elif not clean or not paths:
        raise click.UsageError("expected --clean and the paths of untouched articles, --work WORK, or --list")
    else:
        name = name or _name_of(paths)
        _calibrate(paths, folder, max_fpr, name, _place(folder, name, out), workers, limits)


def _list(model: Path) -> None:
    from detector.calibration_store import list_calibrations
    from detector.cli.output import columns, print_text
    from detector.model_store import load_model
    from detector.render.calibration_text import list_text

    loaded = load_model(model)
    listed = list_calibrations(model)
    print_text(list_text(loaded.info, loaded.classifier.calibration, listed, columns()))


def _name_of(paths: Sequence[str]) -> str:
    """The name of the first path, without its suffixes and what no name may hold.

    >>> _name_of(["archive/2026 wire.jsonl.gz"]), _name_of(["-"])
    ('2026-wire', 'own')
    """
    plain = Path(paths[0]).resolve().name.partition(".")[0] if paths[0] != "-" else ""
    return re.sub(r"[^A-Za-z0-9_]+", "-", plain).strip("-_")[:64] or "own"


def _place(model: Path, name: str, out: Path | None) -> Path:
    from detector.calibration_store import calibrations_of, check_place, is_name

    if not is_name(name):
        raise click.UsageError(f"expected a --name of letters, digits, dots and hyphens, at most 64, got {name!r}")
    place = out or calibrations_of(model) / name
    check_place(place)
    return place


def _calibrate(
    paths: Sequence[str], model: Path, rate: float, name: str, place: Path, workers: int, limits: Limits
) -> None:
    from detector.batch import score_stream
    from detector.calibration_store import save_calibration
    from detector.cli.output import columns, print_text, tell_left_out
    from detector.cli.progress import with_progress
    from detector.ingest import read
    from detector.pipeline import Detector
    from detector.render.calibration_text import calibration_text, odd_copy_text
    from detector.training.own_calibration import CleanCopy, calibrate_own

    items = read(paths, sys.stdin.buffer, limits)
    detector = Detector.load(model)
    scored_at = min(max(rate, detector.classifier.calibration.min_rate), MAX_RATE)
    with arguments_tried():
        reports = score_stream(items, model=model, max_fpr=scored_at, evidence="none", workers=workers, limits=limits)
    copy = CleanCopy.of(with_progress(reports))
    for message in copy.told:
        tell_left_out(message)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    own = calibrate_own(detector, copy, rate, name, today, model=model, workers=workers)
    save_calibration(place, own, detector.info, {"max_fpr": rate})
    before = copy.flagged_before()
    print_text(calibration_text(own, detector.info, rate, before, columns()) + "\n")
    click.echo(f"Written to {place}\nUse it by: unspin score --calibration {_as_asked(place, model, name)}")
    if copy.looks_odd(scored_at):
        click.echo(odd_copy_text(before, scored_at, copy.suspicious_ids(), columns()), err=True, nl=False)


def _as_asked(place: Path, model: Path, name: str) -> str:
    from detector.calibration_store import calibrations_of
    from detector.model_store import default_model_path

    calibration = name if place == calibrations_of(model) / name else str(place)
    return calibration if model == default_model_path() else f"{calibration} --model {model}"
