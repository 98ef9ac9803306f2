"""Rows that `unspin score` wrote -> what is known of each site. Of an article its figures and its swaps are kept.

The site of an article is the host of its url, which says where it stands, or else its outlet, which is what a page says
of itself. A text counts once a site, however often it stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import urlsplit

from detector.errors import InputError
from detector.ingest.results import ResultsRead, read_results, share

MAX_SITES = 2_000  # the comparison of all with all takes 64 MB
MAX_SWAPS = 300_000  # kept at once, over all sites; about 0.6 kB each
LONGEST = 100  # characters of a wording; longer ones were written afresh and are nobody's habit: guess
LONGEST_NAME = 253  # characters of a site's name: of a host name, RFC 1035
LONGEST_ID = 500  # characters of an article's id that are kept; guess
MOST_PLACES = 3  # of a swap at a site that are kept as examples


class Swap(NamedTuple):
    """What a site writes, and what its source had there or edited news most likely would; both in lower case."""

    original: str
    written: str


class Place(NamedTuple):
    """Where a swap stands: code points of that article's text."""

    article: str
    start: int
    end: int


@dataclass(slots=True)
class Tally:
    """One swap at one site, in articles.

    Attributes:
        articles: that have it.
        sourced: of these, where a source has the original; in the others it is a suggestion, which is weaker.
        own: of these, whose text stood at no other site before.
        facts: of these, where a fact changed with it.
        places: the first of them.
    """

    articles: int = 0
    sourced: int = 0
    own: int = 0
    facts: int = 0
    places: list[Place] = field(default_factory=list)


@dataclass(slots=True)
class Site:
    """One site, in articles.

    Attributes:
        articles: different texts, and rows without one.
        repeated: rows with a text that this site had before; nothing else counts them.
        copied: of the articles, those whose text stood at another site before.
        judged: those with a verdict.
        flagged: of these, by their text alone, which is what the false-positive rate is about.
        paraphrased: of these, by their source.
        traced: of all, those with a source.
    """

    name: str
    articles: int = 0
    repeated: int = 0
    copied: int = 0
    judged: int = 0
    flagged: int = 0
    paraphrased: int = 0
    abstained: int = 0
    errors: int = 0
    traced: int = 0
    swaps: dict[Swap, Tally] = field(default_factory=dict)


@dataclass
class Sites(ResultsRead):
    """All sites by name, in the order of their first rows.

    Attributes:
        rate: share of untouched articles that are flagged: the upper end of the interval that was measured.
        nowhere: rows of which no site is known.
        forgotten: how often the table of swaps was full and the rarest were dropped, so that counts are too low.
    """

    sites: dict[str, Site] = field(default_factory=dict)
    rate: float = 0.0
    nowhere: int = 0
    forgotten: int = 0


class Row(NamedTuple):
    """What is read of one result."""

    site: str | None
    id: str
    text: int | None  # the beginning of its digest
    status: str
    flagged: bool
    by_source: bool
    rate: float
    traced: bool
    swaps: list[tuple[Swap, Place, bool, bool]]  # with a source, and whether a fact changed


def read_sites(
    paths: Sequence[str],
    stdin: BinaryIO,
    site_field: str | None = None,
    watched: Callable[[Iterable[Row]], Iterable[Row]] = iter,
) -> Sites:
    """Read result rows from files, or `-` for standard input; `watched` hands rows through and may show progress.

    Raises InputError where rows of different origin are mixed, no site is known of any, or there are too many.
    """
    sites = Sites()
    first: dict[int, str] = {}  # of each text, the site that had it first
    others: set[tuple[int, str]] = set()
    kept = 0
    for row in watched(read_results(paths, stdin, lambda data: _row(data, site_field), sites)):
        if row.site is None:
            sites.nowhere += 1
            continue
        site = _site(sites, row.site)
        sites.rate = max(sites.rate, row.rate)
        own = True
        if row.text is not None:
            own = first.setdefault(row.text, row.site) == row.site
            ...
    if not sites.sites:
        raise _nothing(sites, site_field)
    return sites
