"""unspin archive: wire copy on disk, and the look-up of sources in it."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import click

from detector.cli import WRONG_USE, Refused
from detector.cli.options import limits_options
from detector.cli.output import columns, print_text, tell_left_out
from detector.limits import Limits

DAMAGED = 1
SOME_REFUSED = 4
NEEDED = ("tantivy", "zstandard")

archive_argument = click.argument("archive", type=click.Path(path_type=Path), metavar="ARCHIVE")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead, one object a line.")


@click.group("archive")
def command() -> None:
    """Keep wire copy in a folder, and find the articles there that others were made from.

    ARCHIVE is that folder. One process at a time may write to it, any number may read meanwhile, and what was added is
    there as a whole or not at all, whenever a process is killed. Only English articles are proposed as a source.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise Refused(f"an archive needs {' and '.join(missing)}, not installed here: pip install 'unspin[archive]'")


@command.command("create")
@archive_argument
def create_command(archive: Path) -> None:
    """Make an empty archive in a new folder."""
    from detector.archive import create

    create(archive)
    click.echo(f"Made. Add to it by: unspin archive add {archive} PATHS...")


@command.command("add")
@archive_argument
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
@limits_options
@click.pass_context
def add_command(ctx: click.Context, archive: Path, paths: tuple[str, ...], limits: Limits) -> None:
    """Add articles; those that are there already are passed over.

    PATHS are what `score` takes: text, HTML, JSON Lines, CSV, ninjs or NewsML-G2 files, folders of them, or - for
    standard input. An article has an id, a text and, as far as they are known, title, outlet, published, updated,
    version_of, url and language; the same id with another text is a further version of its story. Dates are ISO 8601.
    What cannot be read is told, the rest is added, and the exit code is 4.
    """
    from detector.archive import open_writer
    from detector.batch.wire_copy import wire_copy
    from detector.cli.progress import with_progress
    from detector.ingest import read
    from detector.render.archive_text import added_text
    from detector.text import Failure

    refused = 0

    def tell(failure: Failure) -> None:
        nonlocal refused
        refused += 1
        tell_left_out(failure.message)

    items = read(paths, sys.stdin.buffer, limits)
    try:
        with open_writer(archive) as writer:
            added = writer.add(with_progress(wire_copy(items, tell, limits)))
    except KeyboardInterrupt:
        click.echo("unspin: what was committed is kept: the same command adds the rest", err=True)
        raise
    print_text(added_text(added, refused, columns()))
    if refused:
        ctx.exit(SOME_REFUSED)


@command.command("search")
@archive_argument
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@click.option("--published", metavar="DATE", help="ISO date of the article, if it does not say so itself.")
@click.option("--outlet", "outlets", multiple=True, metavar="NAME", help="Only articles of this; may be given again.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Candidates shown.")
@json_option
@limits_options
@click.pass_context
def search_command(
    ctx: click.Context,
    archive: Path,
    files: tuple[str, ...],
    published: str | None,
    outlets: tuple[str, ...],
    limit: int,
    as_json: bool,
    limits: Limits,
) -> None:
    """Find what articles were made from, likeliest first.

    FILES are what `add` takes. Articles of the same week are looked for first. A source is named only where strangers,
    articles on the same matter by others, hardly ever share as many words; whatever else is listed is for you to judge,
    or for `check --archive`, which lays the texts side by side. What cannot be read is told, the rest is looked for,
    and the exit code is 4.
    """
    from detector.archive import find, open_archive
    from detector.batch.wire_copy import wire_copy
    from detector.cli.output import tell_left_out
    from detector.dates import day_of
    from detector.ingest import read_each
    from detector.render.archive_text import found_json, found_text
    from detector.text import Failure

    if published is not None and day_of(published) is None:
        raise click.UsageError(f"expected --published as an ISO date such as 2026-03-03, got {published!r}")

    refused = 0

    def tell(failure: Failure) -> None:
        nonlocal refused
        refused += 1
        tell_left_out(failure.message)

    items = read_each(files, sys.stdin.buffer, limits)
    with open_archive(archive) as opened:
        for number, suspect in enumerate(wire_copy(items, tell, limits)):
            date = published or suspect.published
            found = find(opened, suspect.text, published=date, outlets=outlets or None, limit=limit)
            gap = "\n" if number else ""
            print_text(found_json(suspect.id, found) if as_json else gap + found_text(suspect.id, found, columns()))
    if refused:
        ctx.exit(SOME_REFUSED)


@command.command("show")
@archive_argument
@click.argument("article", metavar="ID")
@click.option("--version", type=click.IntRange(min=1), help="Which version to show; without it the last.")
@json_option
def show_command(archive: Path, article: str, version: int | None, as_json: bool) -> None:
    """Show one article with its text, and the versions of its story."""
    from detector.archive import open_archive
    from detector.render.archive_text import stored_json, stored_text

    with open_archive(archive) as opened:
        versions = opened.versions(article)
    if version is not None and version > len(versions):
        raise click.UsageError(f"expected a --version from 1 to {len(versions)}, got {version}")
    if as_json:
        for stored in versions if version is None else [versions[version - 1]]:
            print_text(stored_json(stored))
    else:
        print_text(stored_text(versions, version or len(versions), columns()))


@command.command("remove")
@archive_argument
@click.argument("articles", nargs=-1, required=True, metavar="IDS...")
@click.pass_context
def remove_command(ctx: click.Context, archive: Path, articles: tuple[str, ...]) -> None:
    """Remove articles with all texts of that id; their texts are overwritten on the disk.

    Where an id is not there, the others are removed, and the exit code is 2.
    """
    from detector.archive import open_writer
    from detector.render.neutral import neutral

    with open_writer(archive) as writer:
        removed, unknown = writer.remove(articles)
    click.echo(f"{removed:,} text{'' if removed == 1 else 's'} removed")
    for identifier in unknown:
        click.echo(f"Not in the archive: {neutral(identifier)}", err=True)
    if unknown:
        ctx.exit(WRONG_USE)


@command.command("verify")
@archive_argument
@click.option("--rebuild", "is_rebuilt", is_flag=True, help="Make the index again from the texts, then check.")
@click.pass_context
def verify_command(ctx: click.Context, archive: Path, is_rebuilt: bool) -> None:
    """Read every text and check it against its digest, and the index against its checksums.

    Exit code: 0 nothing is damaged, 1 something is.
    """
    from detector.archive import rebuild, verify
    from detector.render.archive_text import damage_text

    if is_rebuilt:
        rebuild(archive)
    damage = verify(archive)
    print_text(damage_text(damage, columns()))
    ctx.exit(DAMAGED if damage.found else 0)


@command.command("info")
@archive_argument
@json_option
def info_command(archive: Path, as_json: bool) -> None:
    """Say what an archive holds."""
    from detector.archive import open_archive
    from detector.render.archive_text import info_json, info_text

    with open_archive(archive) as opened:
        info = opened.info()
    print_text(info_json(info) if as_json else info_text(info, columns()))
