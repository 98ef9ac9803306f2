"""unspin score: many articles in, one JSON result a line out."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detector.cli import Refused
from detector.cli.on_cluster import cluster_options, place_of, way_to_score
from detector.cli.options import (
    arguments_tried,
    calibration_folder,
    calibration_option,
    desk_of,
    dictionary_option,
    find_in_option,
    licensees_in,
    licensees_option,
    limits_options,
    max_fpr_option,
    model_option,
)
from detector.errors import ClusterError

if TYPE_CHECKING:
    from detector.batch.rows import Row
    from detector.ingest import Limits
    from detector.pipeline import EvidenceFor
    from detector.text import Failure, Record

SOME_FAILED = 4
MOST_MACHINES = 100_000
MOST_SITES = 1_000  # in a summary; `unspin swaps` tells more of them


class Share(click.ParamType):  # type: ignore[type-arg]
    """The share of one machine, as "3/8"."""

    name = "i/n"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        number, _, of = str(value).partition("/")
        if not (number.isdecimal() and of.isdecimal()) or not 1 <= int(number) <= int(of) <= MOST_MACHINES:
            self.fail(f"expected a share such as 3/8, the third of eight, got {value!r}", param, ctx)
        return int(number), int(of)


class Columns(click.ParamType):  # type: ignore[type-arg]
    """Names with commas between."""

    name = "names"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        names = tuple(name.strip() for name in str(value).split(","))
        if not all(names) or len(set(names)) < len(names):
            self.fail(f"expected different names with commas between, as in id,verdict, got {value!r}", param, ctx)
        return names


@click.command("score")
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the results here instead of to standard output; an existing file is replaced whole or not at all. The "
    "name says the form: .jsonl, .jsonl.gz, .jsonl.zst, .csv or .parquet.",
)
@click.option("--resume", is_flag=True, help="Go on with the run to FILE that was stopped; if there is none, begin.")
@max_fpr_option
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Processes to score articles in; by default one a core, and none for up to 64 articles of plain text.",
)
@cluster_options
@click.option(
    "--evidence",
    type=click.Choice(["flagged", "all", "none"]),
    default="flagged",
    show_default=True,
    help="Articles whose marked phrases are put into their results.",
)
@click.option("--with-text", is_flag=True, help="Put the article's text into its result; offsets count in it.")
@click.option(
    "--columns",
    type=Columns(),
    metavar="NAMES",
    help="Only these columns, with commas between; dots lead inwards, as in id,verdict,classes.spun.probability.",
)
@model_option
@calibration_option
@find_in_option
@licensees_option
@dictionary_option
@click.option(
    "--doc-timeout",
    type=click.FloatRange(min=0.1, max=86_400),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Time that one article may take; one that takes longer becomes an error row.",
)
@click.option(
    "--worker-memory",
    type=click.IntRange(min=100),
    default=2_000,
    show_default=True,
    metavar="MB",
    help="Memory that the articles of one process may take.",
)
@click.option("--shard", type=Share(), metavar="I/N", help="Score only the share I of N of the articles.")
@click.option(
    "--summary",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the summary here as JSON too.",
)
@limits_options
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    output: Path | None,
    resume: bool,
    max_fpr: float,
    workers: int | None,
    cluster: str | None,
    cluster_ca: Path | None,
    cluster_cert: Path | None,
    cluster_key: Path | None,
    evidence: EvidenceFor,
    with_text: bool,
    columns: tuple[str, ...] | None,
    model: Path | None,
    calibration: str | None,
    archive: Path | None,
    licensees: Path | None,
    dictionary: Path | None,
    doc_timeout: float,
    worker_memory: int,
    shard: tuple[int, int] | None,
    summary: Path | None,
    limits: Limits,
) -> None:
    """Score articles: one JSON result a line, in the order of the input.

    PATHS are text, HTML, JSON Lines, CSV, Parquet, WARC, ninjs or NewsML-G2 files, plain or packed (.gz, .zst), folders
    of such files, - for standard input, or addresses of any of these (s3://..., https://...). An article that cannot
    be read, passes one of the bounds below, hangs or kills its process becomes an error row, the run goes on, and the
    exit code is 4. A run to FILE that is stopped, by whatever, leaves .FILE.parts, and the same command with --resume
    goes on from there to the same result. FILE cannot be one of the inputs, or a file in a folder of PATHS that would
    be read.
    """
    from detector.batch.outputs import check_output, flushed, write_lines
    from detector.batch.run import run, share_of
    from detector.batch.stream import Scorer
    from detector.cli.output import is_replaced, open_stream, refuse_input
    from detector.cli.output import write_lines as write_summary
    from detector.cli.progress import watched
    from detector.ingest import Extent, read

    extent = Extent()
    items: Iterable[Record | Failure] = read(paths, sys.stdin.buffer, limits, extent)
    watch = partial(watched, extent=extent)
    refuse_input(output, paths)
    _refuse_summary(summary, output, paths)
    check_output(output, columns)
    if resume and not is_replaced(output):
        raise Refused("expected a file to go on with, got none: --resume needs -o FILE")
    place = place_of(cluster, (cluster_ca, cluster_cert, cluster_key), workers)
    folder = calibration_folder(calibration, model)
    licensed = licensees_in(licensees, archive is not None)
    with arguments_tried():
        scorer = Scorer.open(
            model,
            folder,
            max_fpr=max_fpr,
            evidence=evidence,
            archive=archive,
            licensees=licensed,
            with_text=with_text,
            megabytes=worker_memory,
            limits=limits,
            desk=desk_of(dictionary),
        )
    items = items if shard is None else share_of(items, *shard)
    counts: Counter[str] = Counter()
    with way_to_score(scorer, place, workers, doc_timeout) as score:
        if output is not None and is_replaced(output):
            about = {"share": shard, "archive": scorer.archive}
            with _told_how_to_go_on(output):
                counts = run(
                    items, score, scorer.settings, output, columns=columns, about=about, resume=resume, watch=watch
                )
        else:
            rows = watch(score(items), counts)
            with open_stream(output) as stream:
                write_lines(flushed((_counted(row, counts) for row in rows), stream), stream, columns)
    click.echo(_summary(counts), err=True)
    if summary is not None:
        write_summary([json.dumps(_summary_json(counts), indent=1).encode() + b"\n"], summary)
    if counts["error"]:
        ctx.exit(SOME_FAILED)


def _refuse_summary(summary: Path | None, output: Path | None, paths: Sequence[str]) -> None:
    """Raise where writing the summary, once all is scored, would fail or destroy what was read or written."""
    from detector.cli.output import refuse_input, refuse_unwritable

    if summary is None:
        return
    refuse_input(summary, paths)
    refuse_unwritable(summary)
    if output is not None and summary.resolve() == output.resolve():
        raise Refused(f"expected --summary in a file of its own, got {summary} for the results too: name another")


def _counted(row: Row, counts: Counter[str]) -> bytes:
    counts.update(row.counted())
    return row.line


@contextmanager
def _told_how_to_go_on(output: Path) -> Iterator[None]:
    """Say what a run that is interrupted, or whose cluster went away, leaves."""
    from detector.batch.shards import folder_of

    try:
        yield
    except (KeyboardInterrupt, ClusterError):
        if (folder := folder_of(output.resolve())).exists():
            click.echo(f"unspin: what was scored lies in {folder}: the same command with --resume goes on", err=True)
        raise


def _summary(counts: Counter[str]) -> str:
    articles = counts["ok"] + counts["abstained"] + counts["error"]
    return (
        f"{articles:,} article{'' if articles == 1 else 's'}: {counts['flagged']:,} flagged, "
        f"{counts['abstained']:,} without a verdict, {counts['error']:,} error{'' if counts['error'] == 1 else 's'}"
    )


def _summary_json(counts: Counter[str]) -> dict[str, object]:
    """The schema `unspin.summary/1`: how many articles, by status, by verdict, why there was none, and by site: those
    with most flagged first, MOST_SITES at the most, `other_sites` counts the rest."""

    def under(status: str) -> dict[str, int]:
        return {name.split(" ", 1)[1]: n for name, n in sorted(counts.items()) if name.startswith(f"{status} ")}

    flagged = under("flagged-site")
    sites = sorted(under("site").items(), key=lambda one: (-flagged.get(one[0], 0), -one[1], one[0]))
    status = {name: counts[name] for name in ("ok", "abstained", "error")}
    return {
        "schema": "unspin.summary/1",
        "articles": sum(status.values()),
        "status": status,
        "flagged": counts["flagged"],
        "verdicts": under("verdict"),
        "abstentions": under("abstained"),
        "errors": under("error"),
        "sites": {name: {"articles": n, "flagged": flagged.get(name, 0)} for name, n in sites[:MOST_SITES]},
        "other_sites": max(len(sites) - MOST_SITES, 0),
    }
