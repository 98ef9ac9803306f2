"""Options that several commands share, one decorator each, and what is said of a value that the model refuses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detector.classifier import MAX_RATE
from detector.cli import Refused
from detector.limits import MOST, OF_RESULTS, OPTIONS, Limits

if TYPE_CHECKING:
    from detector.desk import Desk
    from detector.licensees import Licensees
    from detector.text import Article

model_option = click.option(
    "--model",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of a fitted model; without it the one shipped with Unspin.",
)

calibration_option = click.option(
    "--calibration",
    metavar="NAME_OR_DIR",
    help="A calibration on your own articles, made by `unspin calibrate`; without it the model's own.",
)

find_in_option = click.option(
    "--archive",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Look for what an article was made from in this archive (see `unspin archive`).",
)

licensees_option = click.option(
    "--licensees",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Who may reword the archive's copy, and so is not called a paraphrase: outlet<TAB>url pattern a line.",
)

dictionary_option = click.option(
    "--dictionary",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Phrases never or always to mark: never<TAB>phrase or always<TAB>phrase<TAB>clean phrase a line.",
)

reference_option = click.option(
    "--reference",
    "references",
    multiple=True,
    metavar="FILE",
    help="Lay the article beside this one, without an archive; may be given up to four times.",
)

max_fpr_option = click.option(
    "--max-fpr",
    type=click.FloatRange(min=0, min_open=True, max=MAX_RATE),
    default=MAX_RATE,
    show_default=True,
    metavar="RATE",
    help=f"Share of untouched articles that may be flagged, above 0 and at most {MAX_RATE:g}.",
)


def limits_options(command: Callable[..., None], names: Iterable[str] = OPTIONS) -> Callable[..., None]:
    """Options for what an input may ask of its reader; the command is called with one `limits` for all of them."""
    chosen = {name: OPTIONS[name] for name in names}

    @wraps(command)
    def called(*args: Any, **options: Any) -> None:
        given = {one.field: options.pop(one.field) * one.unit for one in chosen.values()}
        command(*args, limits=Limits(**given), **options)

    for name, one in reversed(chosen.items()):
        option = click.option(
            name,
            one.field,
            type=click.IntRange(1, MOST),
            default=one.usual,
            show_default=True,
            metavar="N",
            help=one.bounds,
        )
        called = option(called)
    return called


def results_limits_options(command: Callable[..., None]) -> Callable[..., None]:
    """The same for a command that reads results alone."""
    return limits_options(command, OF_RESULTS)


work_option = click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="WORK",
    help="Folder that all steps of a model's making share.",
)

workers_option = click.option(
    "--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to work in."
)


def calibration_folder(name_or_folder: str | None, model: Path | None) -> Path | None:
    """Where the calibration lies that was asked for; raises ModelError."""
    if name_or_folder is None:
        return None
    from detector.calibration_store import find_calibration
    from detector.model_store import default_model_path

    return find_calibration(name_or_folder, model or default_model_path())


def licensees_in(file: Path | None, has_sources: bool) -> Licensees | None:
    """Who may reword, where a file says so; raises InputError."""
    if file is None:
        return None
    if not has_sources:
        raise Refused(
            "--licensees needs --archive DIR (or, for check and report, --reference FILE): only beside a source is an "
            "article called a paraphrase"
        )
    from detector.licensees import read_licensees

    return read_licensees(file)


def desk_of(dictionary: Path | None, baseline: Path | None = None) -> Desk | None:
    """What the desk decided for itself, where there are files of it; raises InputError."""
    if dictionary is None and baseline is None:
        return None
    from detector.desk import Desk, read_baseline, read_dictionary

    return Desk(
        read_dictionary(dictionary) if dictionary else None,
        read_baseline(baseline).accepted if baseline else frozenset(),
    )


def given_references(
    references: Sequence[str], archive: Path | None, beside: Sequence[str], limits: Limits
) -> tuple[Article, ...]:
    """Read what the article is to be laid beside; raises InputError, and Refused where an archive is given too."""
    if not references:
        return ()
    if archive is not None:
        raise Refused(
            "expected --archive or --reference, got both: leave one out, or add the reference to the archive "
            "(`unspin archive add`)"
        )
    from detector.tracing.given import read_references

    return read_references(references, sys.stdin.buffer, beside, limits)


@contextmanager
def training_installed() -> Iterator[None]:
    """Say what to install where a package is missing; put around what a command of training imports and calls."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("detector"):
            raise
        raise Refused(f"{error}: install unspin[train]") from error


@contextmanager
def arguments_tried() -> Iterator[None]:
    """Report a ValueError as wrong use; put around the call that tries the arguments, and around nothing else."""
    try:
        yield
    except ValueError as error:
        raise Refused(str(error)) from error
