"""Whether honest sites become cases or groups, and whether sites of one spinner are found and joined.

    python -m benchmarks.sites --shared ../shared

Untouched articles stand at their outlets. Articles spun by two families that training never saw stand at three made-up
sites a family, no story at two of them. Scored by the text alone, and with an archive of the spun articles' originals.
Only sums are printed.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from benchmarks import shared as data
from detector.archive import create, open_writer
from detector.archive.reference import Reference
from detector.batch import score_stream
from detector.render import to_json_line
from detector.sites import read_sites, view_sites
from detector.text import Record
from detector.training.swaps import Swap, original_of

SITES, ARTICLES = 3, 40  # a family, and of a site
RATE = 15  # per cent of words swapped


@click.command()
@click.option("--shared", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--model", type=click.Path(file_okay=False, path_type=Path))
def sites(shared: Path, model: Path | None) -> None:
    """Print cases and groups among honest sites alone, and beside sites of two spinners."""
    untouched = _lines(untouched_articles(shared), model, None)
    _tell("untouched articles by outlet", untouched)
    spun = [(record, original) for family in data.FAMILIES for record, original in spun_articles(shared, family)]
    records = [record for record, _ in spun]
    beside = f"beside {len(data.FAMILIES) * SITES} spun sites of {ARTICLES} articles"
    _tell(f"{beside}, by the text alone", untouched + _lines(records, model, None))
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "archive"
        create(archive)
        with open_writer(archive) as writer:
            writer.add(Reference(record.id, original) for record, original in spun)
        _tell(f"{beside}, with their originals in an archive", untouched + _lines(records, model, archive))


def untouched_articles(shared: Path) -> Iterator[Record]:
    for corpus, articles in data.clean_dev(shared).items():
        for i, article in enumerate(articles):
            yield Record(f"{corpus}-{i}", article.text, outlet=article.outlet or corpus)


def spun_articles(shared: Path, family: str) -> Iterator[tuple[Record, str]]:
    """Spun articles at their sites, the second family's of other stories, with their originals."""
    first = data.FAMILIES.index(family) * SITES * ARTICLES
    for i, row in enumerate(data.spun_dev(shared, family, RATE)[first : first + SITES * ARTICLES]):
        text, swaps = row["text"], [Swap(*swap) for swap in row["swaps"]]
        original = original_of(text, swaps, 0, len(text))
        site = f"{family}-{i % SITES + 1}"
        yield Record(f"{site}-{i}", text, url=f"https://{site}.example/{i}"), original or text


def _lines(records: Iterable[Record], model: Path | None, archive: Path | None) -> bytes:
    reports = score_stream(iter(records), model=model, archive=archive)
    return b"".join(to_json_line(report).encode() + b"\n" for report in reports)


def _tell(name: str, lines: bytes) -> None:
    view = view_sites(read_sites(["-"], io.BytesIO(lines)))
    cases = ", ".join(f"{one.site.name} {one.site.flagged}/{one.site.judged}" for one in view.cases) or "none"
    told = sum(one.verdict != "too_few" for one in view.sites)
    print(f"{name}: {len(view.sites)} sites, {told} with enough articles")
    print(f"  cases: {cases}")
    for group in view.groups:
        least = min(link.shared for link in group.links)
        links = f"{len(group.links)} link{'' if len(group.links) == 1 else 's'}"
        print(f"  group: {', '.join(group.sites)}; {links}, {least} shared swaps or more")
    if not view.groups:
        print("  no groups")


if __name__ == "__main__":
    sites()
