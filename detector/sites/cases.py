"""The figures of each site -> cases, ranked by their evidence, and groups of sites with the same habits.

A case is a site of which far more articles are flagged than untouched copy gives. It is a reason to look, and says
nothing of who did what: articles of one site have writers and a house style in common, so that false flags come in
clusters, and the chance told here, which takes them one by one, is too small rather than too large.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from detector.classifier import Rate, wilson
from detector.sites.chance import holm, log_tail
from detector.sites.groups import Group, find_groups, rarity
from detector.sites.read import Site, Sites, Swap, Tally

Verdict = Literal["case", "no_case", "too_few"]

# Chance alone makes no case of an honest site, whatever these are; flags in clusters do (benchmarks/site_cuts.py).
MIN_JUDGED = 30  # articles with a verdict, below which nothing is said of a site
MIN_FLAGGED = 3  # of a case: at a rate of 0.1% two of 30 would do, and two may be one writer's; guess
MAX_CHANCE = 0.01  # that even one site of the run becomes a case by chance, were all of them untouched
RECURS = 2  # articles of a site that have a swap, from which it recurs


@dataclass(frozen=True, slots=True)
class Recurring:
    """A swap that recurs at a site, and how many sites of the run have it at all."""

    swap: Swap
    tally: Tally
    sites: int


@dataclass(frozen=True, slots=True)
class Judged:
    """One site.

    Attributes:
        flagged: the share of its articles with a verdict, with its 95% interval.
        log_chance: log of how probable as many flags or more are in untouched copy; None where too few were judged.
        log_in_run: the same of even one of all sites that were judged.
        recurring: swaps, those of most weight first: articles times rarity.
        group: number of its group, from 1; None without one.
    """

    site: Site
    verdict: Verdict
    flagged: Rate
    log_chance: float | None
    log_in_run: float | None
    recurring: tuple[Recurring, ...]
    group: int | None


@dataclass(frozen=True, slots=True)
class View:
    """All sites, cases first by what speaks for them, then the others by their share, those with too few last."""

    read: Sites
    recurs: int
    sites: tuple[Judged, ...]
    groups: tuple[Group, ...]

    @property
    def cases(self) -> tuple[Judged, ...]:
        return tuple(one for one in self.sites if one.verdict == "case")


def view_sites(read: Sites, recurs: int = RECURS, min_judged: int = MIN_JUDGED) -> View:
    """Judge every site of `min_judged` articles with a verdict or more, and group those with the same habits.

    A swap recurs from `recurs` articles of a site on. Groups rest on articles that stood at no other site before, so
    that copies of one text join nobody.
    """
    sites = list(read.sites.values())
    habits = {site.name: {swap for swap, tally in site.swaps.items() if tally.own >= recurs} for site in sites}
    groups = tuple(find_groups(habits))
    group_of = {name: number for number, group in enumerate(groups, 1) for name in group.sites}
    n_with = Counter(swap for site in sites for swap in site.swaps)
    n_sites = sum(bool(site.swaps) for site in sites)
    told = [site for site in sites if site.judged >= min_judged]
    logs = [log_tail(site.flagged, site.judged, read.rate) for site in told]
    chances = dict(zip((site.name for site in told), zip(logs, holm(logs), strict=True), strict=True))
    judged = []
    for site in sites:
        log_chance, log_in_run = chances.get(site.name, (None, None))
        recurring = _recurring(site, recurs, n_with, n_sites)
        flagged = wilson(site.flagged, site.judged)
        verdict = _verdict(site, log_in_run)
        judged.append(Judged(site, verdict, flagged, log_chance, log_in_run, recurring, group_of.get(site.name)))
    return View(read, recurs, tuple(sorted(judged, key=_rank)), groups)


def _verdict(site: Site, log_in_run: float | None) -> Verdict:
    if log_in_run is None:
        return "too_few"
    return "case" if site.flagged >= MIN_FLAGGED and log_in_run <= math.log(MAX_CHANCE) else "no_case"


def _recurring(site: Site, recurs: int, n_with: Counter[Swap], n_sites: int) -> tuple[Recurring, ...]:
    found = [Recurring(swap, tally, n_with[swap]) for swap, tally in site.swaps.items() if tally.articles >= recurs]

    def weight(one: Recurring) -> tuple[float, int, Swap]:
        return -one.tally.articles * rarity(one.sites, n_sites), -one.tally.articles, one.swap

    return tuple(sorted(found, key=weight))


def _rank(one: Judged) -> tuple[int, float, float, str]:
    order: Sequence[Verdict] = ("case", "no_case", "too_few")
    log = one.log_chance or 0.0
    return order.index(one.verdict), log, -one.flagged.share, one.site.name
