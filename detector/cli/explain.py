"""unspin explain: the extractors in their own words."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import click

from detector.cli import Refused

if TYPE_CHECKING:
    from detector.extractors import Extractor


@click.command("explain")
@click.argument("extractor", required=False)
@click.option("--markdown", is_flag=True, help="Print all extractors as one Markdown page.")
def command(extractor: str | None, markdown: bool) -> None:
    """Say what an extractor finds, and when it is no evidence.

    Without EXTRACTOR, list them all.
    """
    from detector.extractors import EXTRACTORS

    known = {item.name: item for item in EXTRACTORS}
    if markdown:
        click.echo(markdown_page(tuple(known.values())), nl=False)
    elif extractor is None:
        for item in known.values():
            click.echo(f"{item.name}\n    {_summary(item)}")
    elif extractor in known:
        click.echo(f"{extractor} (strength: {known[extractor].unit})\n\n{inspect.getdoc(known[extractor])}")
    else:
        raise Refused(f"unknown extractor {extractor!r}; available: {', '.join(sorted(known))}")


def markdown_page(extractors: tuple[Extractor, ...]) -> str:
    """Give docs/artifacts.md: every extractor's docstring under its name, in report order."""
    sections = [_section(item) for item in extractors]
    return "\n".join(["# What Unspin looks for\n", "<!-- Made by `make docs`. -->\n", *sections])


def _section(item: Extractor) -> str:
    lines = [f"## {item.name}\n", f"Strength is given in: {item.unit}.\n"]
    for line in (inspect.getdoc(item) or "").splitlines():
        heading, colon, rest = line.partition(":")
        is_heading = bool(colon) and not line.startswith(" ") and len(heading.split()) <= 5
        lines.append(f"\n**{heading}:**{rest}" if is_heading else line.strip())
    return "\n".join(lines) + "\n"


def _summary(item: Extractor) -> str:
    return (inspect.getdoc(item) or "").partition("\n")[0]
