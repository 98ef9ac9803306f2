"""unspin check: drafts before they are published, for a person or (--json) for a program."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detector.cli import Refused
from detector.cli.options import (
    arguments_tried,
    calibration_folder,
    calibration_option,
    desk_of,
    dictionary_option,
    find_in_option,
    given_references,
    licensees_in,
    licensees_option,
    limits_options,
    max_fpr_option,
    model_option,
    reference_option,
)
from detector.limits import Limits

if TYPE_CHECKING:
    from detector.desk import Finding
    from detector.findings import Level, Report
    from detector.text import Failure, Record

FLAGGED, UNREADABLE, NO_VERDICT = 1, 2, 3
WORST_FIRST = (UNREADABLE, FLAGGED, NO_VERDICT)


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@max_fpr_option
@click.option(
    "--min-level",
    type=click.Choice(["none", "worth_a_look", "strong"]),
    default="worth_a_look",
    show_default=True,
    help="The lowest level that is shown in full and gives exit code 1; `none` shows every draft in full, and any "
    "marked phrase gives 1.",
)
@click.option("--exit-zero", is_flag=True, help="Exit code 0 whatever is found; what cannot be read still gives 2.")
@click.option(
    "--strict",
    is_flag=True,
    help="A draft that no verdict is possible on has failed: exit code 1, not 3. So has a file that holds no article.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for a person, or one JSON result a line, as `score` writes it.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@dictionary_option
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Findings accepted before, which are not told again; --write-baseline wrote it.",
)
@click.option(
    "--write-baseline",
    "written",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Accept all that is found: add it to FILE, and exit with 0 where all could be read.",
)
@model_option
@calibration_option
@find_in_option
@licensees_option
@reference_option
@limits_options
@click.pass_context
def command(
    ctx: click.Context,
    files: tuple[str, ...],
    max_fpr: float,
    min_level: Level,
    exit_zero: bool,
    strict: bool,
    form: str,
    as_json: bool,
    dictionary: Path | None,
    baseline: Path | None,
    written: Path | None,
    model: Path | None,
    calibration: str | None,
    archive: Path | None,
    licensees: Path | None,
    references: tuple[str, ...],
    limits: Limits,
) -> None:
    """Check drafts before they are published.

    FILES are what `score` takes: text, Markdown, HTML, .docx, ninjs and more, folders of them, - for standard input.
    Prints a line for a draft without signs; else how often untouched articles look the same, the text with its marked
    phrases, and a reason for each. A file that cannot be read stops no other. What is passed over is told: files that
    hold no article and, in folders, tables without a column `text` or `html`. Exit code: 0 no signs, 1 flagged,
    2 unreadable, 3 no verdict possible; of several files the first of 2, 1, 3, 0 that applies.
    """
    from detector.batch import score_stream
    from detector.cli.output import refuse_input, refuse_unwritable
    from detector.ingest import read_each
    from detector.render.neutral import neutral

    if baseline and written:
        raise Refused("expected --baseline or --write-baseline, got both: what is written is added to what FILE holds")
    refuse_input(written, files)
    refuse_unwritable(written)
    known = _known(written)
    beside = given_references(references, archive, files, limits)
    folder = calibration_folder(calibration, model)
    licensed = licensees_in(licensees, bool(archive or references))
    passed_over: list[str] = []
    bare: list[str] = []
    with arguments_tried():
        reports = score_stream(
            _drafts(read_each(files, sys.stdin.buffer, limits, bare.append), files, passed_over),
            model=model,
            calibration=folder,
            max_fpr=max_fpr,
            archive=archive,
            licensees=licensed,
            references=beside,
            desk=desk_of(dictionary, baseline),
            limits=limits,
        )
    found: list[Finding] = []
    codes: set[int] = set()
    for report in _printed(reports, min_level, is_json=as_json or form == "json"):
        codes.add(_exit_code(report, min_level, strict))
        if written is not None:
            from detector.desk import findings_of

            found.extend(findings_of(report))
    if passed_over:
        _tell_passed_over(passed_over)
    if bare:
        _tell_bare(bare)
    if not codes:
        raise Refused(f"expected drafts to check, got none in {', '.join(map(neutral, files[:3]))}: name their files")
    if bare and strict:
        codes.add(FLAGGED)
    if written is not None:
        _write_baseline(written, known, found)
    harmless = {FLAGGED, NO_VERDICT} if exit_zero or written else set()
    ctx.exit(next((code for code in WORST_FIRST if code in codes - harmless), 0))


def _drafts(
    items: Iterable[Record | Failure], files: Sequence[str], passed_over: list[str]
) -> Iterator[Record | Failure]:
    """The same without tables that a folder has beside its drafts: those with no column for an article."""
    from detector.ingest import NO_COLUMN
    from detector.text import Failure

    for item in items:
        if isinstance(item, Failure) and item.code == NO_COLUMN and item.id not in files:
            passed_over.append(item.id)
        else:
            yield item


def _tell_passed_over(tables: Sequence[str]) -> None:
    from detector.render.neutral import neutral

    one = len(tables) == 1
    click.echo(
        f"Passed over: {len(tables):,} table{'' if one else 's'} without a column 'text' or 'html', "
        f"{'' if one else 'the first of them '}{neutral(tables[0])}; name a table itself to have it checked",
        err=True,
    )


def _tell_bare(files: Sequence[str]) -> None:
    from detector.render.neutral import neutral

    first = neutral(files[0])
    said = f"{first} holds no article"
    if len(files) > 1:
        said = f"{len(files):,} files hold no article, the first of them {first}"
    click.echo(f"Passed over: {said}", err=True)


def _printed(reports: Iterator[Report], least: Level, *, is_json: bool) -> Iterator[Report]:
    """Print each report, then what all come to, handing them through."""
    if is_json:
        from detector.render import to_json_line

        for report in reports:
            click.echo(to_json_line(report).encode() + b"\n", nl=False)
            yield report
        return
    from detector.cli.output import columns, print_text
    from detector.render.checked_text import Checked

    checked = Checked(columns(), _colour(), least)
    for report in reports:
        print_text(checked.shown(report))
        yield report
    print_text(checked.closing())


def _exit_code(report: Report, least: Level, strict: bool) -> int:
    from detector.render.checked_text import fails

    if report.status == "error":
        return UNREADABLE
    if fails(report, least):
        return FLAGGED
    if report.status == "abstained":
        return FLAGGED if strict else NO_VERDICT
    return 0


def _known(baseline: Path | None) -> Sequence[Finding]:
    """What a baseline that is to be written holds so far; raises InputError where the file is no baseline."""
    if baseline is None or not baseline.exists():
        return ()
    from detector.desk import read_baseline

    return tuple(read_baseline(baseline).findings.values())


def _write_baseline(path: Path, known: Sequence[Finding], found: Sequence[Finding]) -> None:
    """Replace the file whole, and say what is new in it and what of it was not found this time."""
    from detector.cli.output import write_lines
    from detector.desk import Baseline, baseline_bytes

    was, now = Baseline.of(known), Baseline.of(found)
    together = Baseline.of([*known, *found])
    write_lines([baseline_bytes(together)], path)
    n_new, n_gone = len(now.accepted - was.accepted), len(was.accepted - now.accepted)
    click.echo(
        f"{path}: {len(together.findings):,} findings accepted, {n_new:,} of them new; {n_gone:,} not found in these "
        "drafts, and kept",
        err=True,
    )


def _colour() -> bool:
    """Colour only for a terminal that has it and a person who did not decline it (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
