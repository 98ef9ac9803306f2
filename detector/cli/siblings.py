"""unspin siblings: articles of one crawl that share a text, and what they agree on against one of them."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detector.cli import Refused
from detector.cli.options import model_option

if TYPE_CHECKING:
    from detector.siblings import SiblingFinder
    from detector.text import Failure, Record

SOME_FAILED = 4


@click.command("siblings")
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
@click.option("--of", "chosen", metavar="RESULTS", help="Only of the articles that these results of `score` flag.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="Default: standard output.")
@model_option
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[str, ...], chosen: str | None, output: Path | None, model: Path | None
) -> None:
    """Find the articles of a crawl that share a text, without any archive.

    PATHS are what `score` takes, but for standard input, as they are read twice. For each article that shares its text
    with others, one JSON object a line (the schema unspin.siblings/1): its siblings, and the places where several of
    them agree on a wording that it lacks. That is consensus, not source. Exit code: 0 done, 2 wrong use, 4 some
    articles could not be read.
    """
    from detector.cli.output import refuse_input, write_lines
    from detector.ingest import read

    if "-" in paths:
        raise Refused("expected files or folders, which can be read twice, got standard input: put it into a file")
    refuse_input(output, [*paths, *([chosen] if chosen else [])])
    wanted = None if chosen is None else _flagged(chosen)
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="unspin-") as folder:
        finder = _finder(Path(folder) / "crawl", read(paths), model, failed)
        write_lines(_lines(finder, read(paths), wanted), output)
    if failed:
        click.echo(f"{len(failed):,} article{'' if len(failed) == 1 else 's'} could not be read", err=True)
        ctx.exit(SOME_FAILED)


def _flagged(results: str) -> frozenset[str]:
    """Ids of the articles that results flag; raises InputError where there are no results."""
    from detector.ingest.results import ResultsRead, read_results

    read = ResultsRead()
    rows = list(read_results([results], sys.stdin.buffer, lambda row: (str(row["id"]), bool(row["flagged"])), read))
    if not rows:
        raise read.nothing()
    return frozenset(identifier for identifier, is_flagged in rows if is_flagged)


def _finder(folder: Path, items: Iterable[Record | Failure], model: Path | None, failed: list[str]) -> SiblingFinder:
    """Put the crawl into an archive in `folder`, and give what asks it."""
    from detector.align import load_linker
    from detector.errors import ArchiveError
    from detector.model_store import default_model_path, load_model

    try:
        from detector.archive import create, load_archive, open_writer
        from detector.batch.wire_copy import wire_copy
        from detector.siblings import SiblingFinder, in_crawl
    except ImportError as error:
        raise ArchiveError(f"this needs {error.name}, not installed here: pip install 'unspin[archive]'") from error
    from detector.cli.progress import with_progress

    resources = load_model(model or default_model_path()).resources
    create(folder)
    with open_writer(folder) as writer:
        writer.add(in_crawl(wire_copy(with_progress(items), lambda failure: failed.append(failure.id))))
    return SiblingFinder(load_archive(folder), resources, load_linker())


def _lines(finder: SiblingFinder, items: Iterable[Record | Failure], wanted: frozenset[str] | None) -> Iterator[bytes]:
    from detector.cli.progress import with_progress
    from detector.errors import InputError
    from detector.ingest import prepare
    from detector.render.siblings_json import siblings_line
    from detector.segment import segment
    from detector.text import Failure

    for item in with_progress(items):
        if isinstance(item, Failure) or (wanted is not None and item.id not in wanted):
            continue
        try:
            article = prepare(item)
        except InputError:  # told while the crawl was put together
            continue
        document = segment(article.text, finder.vocabulary, article.clutter)
        found = finder.find(article.id, document, article.published)
        if found.siblings:
            yield siblings_line(article, found).encode() + b"\n"
