"""unspin siblings: articles of one crawl that share a text, and what they agree on against one of them."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from detector.cli import Refused
from detector.cli.options import limits_options, model_option
from detector.limits import Limits

if TYPE_CHECKING:
    from detector.text import Failure, Record

T = TypeVar("T")

SOME_FAILED = 4


@click.command("siblings")
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
@click.option("--of", "chosen", metavar="RESULTS", help="Only of the articles that these results of `score` flag.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="Default: standard output.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Processes to compare articles in; by default one a core, and none for a crawl of up to 64 articles.",
)
@model_option
@limits_options
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    chosen: str | None,
    output: Path | None,
    workers: int | None,
    model: Path | None,
    limits: Limits,
) -> None:
    """Find the articles of a crawl that share a text, without any archive.

    PATHS are what `score` takes, but for standard input, as they are read twice. For each article that shares its text
    with others, one JSON object a line (the schema unspin.siblings/1): its siblings, and the places where several of
    them agree on a wording that it lacks. That is consensus, not source. Articles of more than 60,000 characters are
    not compared. Exit code: 0 done, 2 wrong use, 4 some articles could not be read.
    """
    from detector.cli.output import refuse_input, refuse_unwritable, write_lines
    from detector.cli.progress import with_progress
    from detector.ingest import read

    if "-" in paths:
        raise Refused("expected files or folders, which can be read twice, got standard input: put it into a file")
    refuse_input(output, [*paths, *([chosen] if chosen else [])])
    refuse_unwritable(output)
    wanted = None if chosen is None else _flagged(chosen, limits)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="unspin-") as folder:
        crawl = Path(folder) / "crawl"
        _put(crawl, _counted(with_progress(read(paths, limits=limits)), counts, "articles"), counts, limits)
        from detector.batch.sibling_lines import sibling_lines  # what is not installed was told just before

        records = _counted(_wanted(with_progress(read(paths, limits=limits)), wanted), counts, "looked through")
        lines = sibling_lines(records, crawl, model, workers, limits)
        write_lines(_counted(lines, counts, "with siblings"), output)
    click.echo(_summary(counts, are_chosen=wanted is not None), err=True)
    if counts["errors"]:
        ctx.exit(SOME_FAILED)


def _counted(items: Iterable[T], counts: Counter[str], name: str) -> Iterator[T]:
    for item in items:
        counts[name] += 1
        yield item


def _summary(counts: Counter[str], *, are_chosen: bool) -> str:
    """The closing line, as that of `score`."""
    articles, errors = counts["articles"], counts["errors"]
    chosen = f"{counts['looked through']:,} flagged, of which " if are_chosen else ""
    return (
        f"{articles:,} article{'' if articles == 1 else 's'}: {chosen}{counts['with siblings']:,} with siblings, "
        f"{errors:,} error{'' if errors == 1 else 's'}"
    )


def _flagged(results: str, limits: Limits) -> frozenset[str]:
    """Ids of the articles that results flag; raises InputError where there are no results."""
    from detector.ingest.results import ResultsRead, read_results

    read = ResultsRead()
    flags = read_results([results], sys.stdin.buffer, lambda row: (str(row["id"]), bool(row["flagged"])), read, limits)
    rows = list(flags)
    if not rows:
        raise read.nothing()
    return frozenset(identifier for identifier, is_flagged in rows if is_flagged)


def _put(folder: Path, items: Iterable[Record | Failure], counts: Counter[str], limits: Limits) -> None:
    """Put the crawl into an archive in `folder`; says why an article cannot be read, and counts these."""
    from detector.cli.output import tell_left_out
    from detector.errors import ArchiveError

    try:
        from detector.archive import create, open_writer
        from detector.batch.wire_copy import wire_copy
        from detector.tracing.siblings import in_crawl
    except ImportError as error:
        raise ArchiveError(f"this needs {error.name}, not installed here: pip install 'unspin[archive]'") from error

    def tell(failure: Failure) -> None:
        counts["errors"] += 1
        tell_left_out(failure.message)

    create(folder)
    with open_writer(folder) as writer:
        writer.add(in_crawl(wire_copy(items, tell, limits)))


def _wanted(items: Iterable[Record | Failure], ids: frozenset[str] | None) -> Iterator[Record]:
    """The articles that are asked for: those with these ids, or all."""
    from detector.text import Record

    return (item for item in items if isinstance(item, Record) and (ids is None or item.id in ids))
