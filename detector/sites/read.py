"""Rows that `unspin score` wrote -> what is known of each site. Of an article its figures and its swaps are kept.

The site of an article is the host of its url, which says where it stands, or else its outlet, which is what a page says
of itself. A text counts once a site, however often it stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

from detector.errors import InputError
from detector.findings import DESK
from detector.ingest.results import ResultsRead, read_results, share
from detector.limits import USUAL, Limits
from detector.site_name import site_name

MOST_SITES = 2_000  # the comparison of all with all takes 64 MB, and grows with the square
MAX_SWAPS = 300_000  # kept at once, over all sites; about 0.6 kB each
LONGEST = 100  # characters of a wording; longer ones were written afresh and are nobody's habit: guess
LONGEST_ID = 500  # characters of an article's id that are kept; guess
MAX_OFFSET = 1 << 40  # code points; beyond any article
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
        rate: share of untouched articles that may be flagged: the larger of what was asked for and the upper end of the
            interval of what was measured.
        nowhere: rows of which no site is known.
        forgotten: how often the table of swaps was full and the rarest were dropped, so that counts are too low.
    """

    sites: dict[str, Site] = field(default_factory=dict)
    rate: float = 0.0
    nowhere: int = 0
    forgotten: int = 0


class Found(NamedTuple):
    """A swap in an article; `sourced` where a source has the original, `fact` where a fact changed with it."""

    swap: Swap
    place: Place
    sourced: bool
    fact: bool


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
    swaps: list[Found]


def read_sites(
    paths: Sequence[str],
    stdin: BinaryIO,
    site_field: str | None = None,
    watched: Callable[[Iterable[Row]], Iterable[Row]] = iter,
    limits: Limits = USUAL,
    most_sites: int = MOST_SITES,
) -> Sites:
    """Read result rows from files, or `-` for standard input; `watched` hands rows through and may show progress.

    Raises InputError where rows of different origin are mixed, no site is known of any, or there are too many.
    """
    sites, texts, kept = Sites(), _Texts(), 0
    for row in watched(read_results(paths, stdin, lambda data: _row(data, site_field), sites, limits)):
        if row.site is None:
            sites.nowhere += 1
            continue
        sites.rate = max(sites.rate, row.rate)
        site = _site(sites, row.site, most_sites)
        own, repeated = texts.seen(row.text, row.site)
        if repeated:
            site.repeated += 1
            continue
        before = len(site.swaps)
        _add(site, row, own)
        kept += len(site.swaps) - before
        if kept > MAX_SWAPS:
            kept = _forget(sites)
    if not sites.sites:
        raise _nothing(sites, site_field)
    return sites


class _Texts:
    """Which texts stood where: of each the beginning of its digest and its sites."""

    def __init__(self) -> None:
        self._first: dict[int, str] = {}
        self._others: set[tuple[int, str]] = set()

    def seen(self, text: int | None, site: str) -> tuple[bool, bool]:
        """Whether a text is the site's own, as no other had it before, and whether the site had it before."""
        if text is None:
            return True, False
        first = self._first.get(text)
        if first is None:
            self._first[text] = site
            return True, False
        if first == site:
            return True, True
        repeated = (text, site) in self._others
        self._others.add((text, site))
        return False, repeated


def _row(data: Mapping[str, Any], site_field: str | None) -> Row:
    identifier, digest, judged = data["id"], data["text_sha256"], data["status"] == "ok"
    if not isinstance(identifier, str) or not (digest is None or isinstance(digest, str)):
        raise ValueError("expected an id and a digest of the text")
    if judged and not (isinstance(data["flagged"], bool) and data["basis"] in ("text", "reference")):
        raise ValueError("expected a flag and what it is based on, where there is a verdict")
    rate = data["false_positive_rate"] if judged else None
    return Row(
        _site_of(data, site_field),
        identifier,
        None if digest is None else int(digest[:15], 16),
        data["status"],
        judged and data["flagged"],
        judged and data["basis"] == "reference",
        0.0 if rate is None else _rate(rate),
        bool(data["references"]),
        list(_swaps(data, identifier[:LONGEST_ID])),
    )


def _rate(rate: Mapping[str, Any]) -> float:
    """The larger rate: what was asked for holds for each kind of untouched copy, what was measured for all together.

    Of 489 untouched articles of small outlets all over the world 4 were flagged, 0.8%, where 0.2% of all were.
    """
    larger = max(share(rate["asked"]), share(rate["interval"][1]))
    if not larger:
        raise ValueError("expected a false-positive rate above 0")
    return larger


def _site_of(data: Mapping[str, Any], site_field: str | None) -> str | None:
    """The site by the field that was named, of the result itself or of its input; by url or outlet without one."""
    if site_field is None:
        return site_name(data["url"]) or site_name(data["outlet"])
    if site_field in ("url", "outlet"):
        return site_name(data[site_field])
    return site_name(data["input"].get(site_field))


def _swaps(data: Mapping[str, Any], article: str) -> Iterator[Found]:
    """Where there is a source, what it has otherwise; else what the marks of a flagged article suggest."""
    if data["references"]:
        for one in data["swaps"]:
            if one["operation"] == "substituted":
                here = one["suspect"]
                yield from _found(one["reference"]["text"], here["text"], here, article, True, one["severity"])
    elif data["flagged"]:
        for mark in data["evidence"]:
            if mark["suggestions"] and mark.get("extractor") != DESK:
                original = mark["suggestions"][0]["text"]
                yield from _found(original, mark["text"], mark, article, False, mark["severity"])


def _found(
    original: str, written: str, place: Mapping[str, Any], article: str, sourced: bool, severity: str
) -> Iterator[Found]:
    start, end = place["start"], place["end"]
    if type(start) is not int or type(end) is not int or not 0 <= start <= end < MAX_OFFSET:
        raise ValueError("expected offsets of code points")
    swap = Swap(*(" ".join(wording.casefold().split()) for wording in (original, written)))
    if swap.original != swap.written and all(0 < len(wording) <= LONGEST for wording in swap):
        yield Found(swap, Place(article, start, end), sourced, severity == "fact")


def _site(sites: Sites, name: str, most: int) -> Site:
    if name not in sites.sites:
        if len(sites.sites) == most:
            raise InputError(
                "too-many-sites",
                f"expected articles of at most {most:,} sites, got more: give the results of fewer, name the field "
                "that holds the site by --site-field, or raise --max-sites",
            )
        sites.sites[name] = Site(name)
    return sites.sites[name]


def _add(site: Site, row: Row, own: bool) -> None:
    site.articles += 1
    site.copied += not own
    site.judged += row.status == "ok"
    site.flagged += row.flagged and not row.by_source
    site.paraphrased += row.flagged and row.by_source
    site.abstained += row.status == "abstained"
    site.errors += row.status == "error"
    site.traced += row.traced
    once = {found.swap: found for found in reversed(row.swaps)}  # the first place of each
    for swap, found in once.items():
        tally = site.swaps.setdefault(swap, Tally())
        tally.articles += 1
        tally.sourced += found.sourced
        tally.own += own
        tally.facts += found.fact
        if len(tally.places) < MOST_PLACES:
            tally.places.append(found.place)


def _forget(sites: Sites) -> int:
    """Drop the swaps of the fewest articles until half of the table is free, and say how many are left.

    Manku and Motwani 2002, "lossy counting": what recurs often is never lost, and may be counted somewhat too low.
    """
    sites.forgotten += 1
    few, left = 0, MAX_SWAPS
    while left > MAX_SWAPS // 2:
        few, left = few + 1, 0
        for site in sites.sites.values():
            site.swaps = {swap: tally for swap, tally in site.swaps.items() if tally.articles > few}
            left += len(site.swaps)
    return left


def _nothing(sites: Sites, site_field: str | None) -> InputError:
    if not sites.nowhere:
        return sites.nothing()
    asked = f"a name or an address in the field {site_field!r}" if site_field else "a url or an outlet"
    return InputError(
        "no-site",
        f"expected {asked} in some rows, got none in {sites.nowhere:,}: name the field of the input that holds the "
        "site by --site-field, or score articles that have url or outlet",
    )
