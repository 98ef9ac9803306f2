"""unspin swaps: recurring swaps by site, cases with their evidence, and sites with the same habits."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detector.cli.options import results_limits_options
from detector.limits import Limits
from detector.sites.read import MOST_SITES

if TYPE_CHECKING:
    from detector.sites import View

SOME_CASE = 1
FORMS = {".txt": "table", ".json": "json", ".html": "html", ".htm": "html"}


@click.command("swaps")
@click.argument("results", nargs=-1, required=True, metavar="RESULTS...")
@click.option(
    "--site-field",
    metavar="NAME",
    help="Field with an article's site, `url`, `outlet` or one of its input; without it the host of the url, or else "
    "the outlet.",
)
@click.option(
    "--max-sites",
    "most_sites",
    type=click.IntRange(1, 20_000),
    default=MOST_SITES,
    show_default=True,
    metavar="N",
    help="Sites that are compared with each other: 2,000 take 64 MB, and twice as many four times that.",
)
@click.option(
    "--recurs",
    type=click.IntRange(min=2),
    default=2,
    show_default=True,
    help="Articles of a site that have a swap, from which it recurs.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "html"]),
    help="Text for a terminal, one JSON object, or a page with pictures; without it as the name of OUT says (.txt, "
    ".json, .html), else text.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="Default: standard output.")
@results_limits_options
@click.pass_context
def command(
    ctx: click.Context,
    results: tuple[str, ...],
    site_field: str | None,
    most_sites: int,
    recurs: int,
    form: str | None,
    output: Path | None,
    limits: Limits,
) -> None:
    """Say by site which swaps recur, which sites are flagged far oftener than untouched copy, and which are alike.

    RESULTS are what `score` wrote, all by one model and calibration, .gz and .zst too; - is standard input. With
    `score --archive` a swap is what the source has otherwise, else what the marks of flagged articles suggest. Sites
    are ranked by the chance of as many flags in untouched copy. Exit code: 0 no case, 1 some site is a case, 2 wrong
    use, or results that are mixed or name no site.
    """
    from detector.cli.output import form_by_name, refuse_input, write_lines
    from detector.cli.progress import with_progress
    from detector.sites import read_sites, view_sites

    refuse_input(output, results)
    form = form_by_name(output, form, FORMS, "table")
    sites = read_sites(results, sys.stdin.buffer, site_field, with_progress, limits, most_sites)
    view = view_sites(sites, recurs)
    write_lines([_written(view, form)], output)
    ctx.exit(SOME_CASE if view.cases else 0)


def _written(view: View, form: str) -> bytes:
    if form == "json":
        from detector.render.sites_json import sites_json

        return sites_json(view).encode() + b"\n"
    if form == "html":
        from detector.render.sites_page import sites_page

        return sites_page(view, datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")).encode("utf-8", "replace")
    from detector.cli.output import columns, encoded
    from detector.render.sites_text import sites_text

    return encoded(sites_text(view, columns()))
