"""unspin feedback: what editors said of marks on the page of `unspin serve`."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from detector.cli import Refused
from detector.cli.output import refuse_input, write_lines

MOST_SHOWN = 60  # characters of a phrase or a note in a list

database = click.argument("database", type=click.Path(path_type=Path), metavar="DB")


@click.group("feedback")
def command() -> None:
    """List, export and delete what `unspin serve --feedback DB` keeps.

    DB may be in use meanwhile.
    """


@command.command("list")
@database
def list_command(database: Path) -> None:
    """Print a line a judgement, oldest first: number, time, who, judgement, article, phrase, note."""
    from detector.service.feedback_store import open_store

    with closing(open_store(database)) as store:
        for number, at, said in store.all():
            phrase = "(whole article)" if said.phrase is None else said.phrase
            cells = (str(number), at, said.client, said.judgement, said.id, phrase, said.note)
            click.echo("\t".join(_cell(cell) for cell in cells))


@command.command("export")
@database
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="Default: standard output.")
def export_command(database: Path, output: Path | None) -> None:
    """Write what can be learnt from, for `unspin corpus --feedback`: JSON Lines, a line an article.

    An article that was called fine as a whole is an example of clean text; one in which something was called wrong is
    one of spun text, with these phrases. What was said last counts.
    """
    from detector.service.feedback_store import open_store
    from detector.service.verdicts import verdicts

    refuse_input(output, [str(database)])
    with closing(open_store(database)) as store:
        rows = list(verdicts(store.all()))
    write_lines((json.dumps(row).encode() + b"\n" for row in rows), output)
    click.echo(f"{len(rows):,} articles to learn from", err=True)


@command.command("delete")
@database
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="All of before this day (UTC).")
@click.option("--id", "number", type=click.IntRange(1), metavar="N", help="The one of this number (see `list`).")
def delete_command(database: Path, before: datetime | None, number: int | None) -> None:
    """Delete judgements, and the texts that none is left of; what they accepted is marked again."""
    from detector.service.feedback_store import open_store

    if (before is None) == (number is None):
        raise Refused("expected one of --before DATE and --id N")
    with closing(open_store(database)) as store:
        gone = store.delete(number=number, before=before and before.replace(tzinfo=UTC))
    if number is not None and not gone:
        raise Refused(f"no judgement of number {number} in {database}: see `unspin feedback list {database}`")
    click.echo(f"{gone:,} deleted", err=True)


def _cell(value: str | None) -> str:
    """One line, short, and harmless on a terminal."""
    from detector.render.neutral import neutral

    words = " ".join((value or "-").split())
    return neutral(words if len(words) <= MOST_SHOWN else words[: MOST_SHOWN - 1] + "…")
