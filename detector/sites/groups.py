"""Sites whose swaps are more alike than chance would make them: pairs first, and groups of sites that pairs join.

The null: each swap that recurs at d sites falls to sites by how many recurring swaps they have, whatever it is (a
random graph with these degrees, Chung and Lu 2002). By it two sites share what busy sites share, and what all do.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.sites.chance import holm
from detector.sites.read import Swap

MIN_SHARED = 3  # recurring swaps that both sites have, as many as a flag needs marks: fewer convince nobody; guess
MAX_CHANCE = 0.01  # of even one wrong pair in a run, by the null
STEPS = np.geomspace(0.01, 1, 48)  # where the bound is tried, in parts of STEEPEST
STEEPEST = 60.0  # largest exponent that is tried; e ** 60 is far from overflow


@dataclass(frozen=True, slots=True)
class Link:
    """Two sites whose swaps are alike.

    Attributes:
        shared: recurring swaps of both that not every site has.
        similarity: cosine of their swaps, each weighing its rarity, 0 to 1.
        log_chance: log of at most how probable it is that chance made even one pair of the run so alike.
    """

    sites: tuple[str, str]
    shared: int
    similarity: float
    log_chance: float


@dataclass(frozen=True, slots=True)
class Group:
    """Sites joined by links, and the swaps that at least two of them share, those of most weight first."""

    sites: tuple[str, ...]
    links: tuple[Link, ...]
    swaps: tuple[tuple[Swap, int], ...]  # with the number of members that have it


def rarity(n_with: int, n_sites: int) -> float:
    """What a swap weighs that `n_with` of `n_sites` have: 0 where all do (inverse document frequency, Jones 1972)."""
    return math.log(n_sites / n_with) if n_with else 0.0


def find_groups(habits: Mapping[str, Set[Swap]]) -> list[Group]:
    """Join the sites whose recurring swaps are alike; the largest group first. Below three sites nothing is rare."""
    own = {site: swaps for site, swaps in habits.items() if swaps}
    links = _links(own)
    groups = [_group(members, links, own) for members in _joined(links)]
    return sorted(groups, key=lambda group: (-len(group.sites), group.sites))


def _links(habits: Mapping[str, Set[Swap]]) -> list[Link]:
    names = list(habits)
    n_with = Counter(swap for swaps in habits.values() for swap in swaps)
    pairs = _sharing(habits, n_with)
    if not pairs:
        return []
    spread = Counter(n_with.values())  # of how many sites -> how many swaps
    activity = np.array([len(swaps) for swaps in habits.values()]) / sum(n_with.values())
    logs = [_log_bound(weight, activity[a], activity[b], spread, len(names)) for (a, b), (_, weight) in pairs.items()]
    adjusted = holm(logs, len(names) * (len(names) - 1) // 2)
    length = [math.sqrt(sum(rarity(n_with[swap], len(names)) ** 2 for swap in swaps)) for swaps in habits.values()]
    links = []
    for ((a, b), (shared, _)), log in zip(pairs.items(), adjusted, strict=True):
        if log <= math.log(MAX_CHANCE):
            both = sorted(habits[names[a]] & habits[names[b]])
            product = sum(rarity(n_with[swap], len(names)) ** 2 for swap in both)
            links.append(Link((names[a], names[b]), shared, min(1.0, product / (length[a] * length[b])), log))
    return sorted(links, key=lambda link: (link.log_chance, link.sites))


def _sharing(habits: Mapping[str, Set[Swap]], n_with: Counter[Swap]) -> dict[tuple[int, int], tuple[int, float]]:
    """Pairs that share enough swaps, by their numbers: how many, and their weight; what all have counts for nothing."""
    n = len(habits)
    holders: dict[Swap, list[int]] = defaultdict(list)
    for i, swaps in enumerate(habits.values()):
        for swap in swaps:
            if 1 < n_with[swap] < n:
                holders[swap].append(i)
    shared, weight = np.zeros((n, n), np.int32), np.zeros((n, n))
    for sites in holders.values():
        here = np.ix_(sites, sites)
        shared[here] += 1
        weight[here] += rarity(len(sites), n)
    found = np.argwhere(np.triu(shared, 1) >= MIN_SHARED).tolist()
    return {(a, b): (int(shared[a, b]), float(weight[a, b])) for a, b in found}


def _log_bound(weight: float, a: float, b: float, spread: Mapping[int, int], n_sites: int) -> float:
    """log of at most how probable it is by the null that two sites share this weight of swaps or more.

    Of a swap at d sites each has its share of d, at most one whole, and both have it by the product. The bound on the
    sum is Chernoff's (1952), which holds at every exponent; the best of STEPS is taken.
    """
    n_with = np.array([d for d in spread if 1 < d < n_sites], np.float64)
    n_swaps = np.array([spread[int(d)] for d in n_with], np.float64)
    both: NDArray[np.float64] = np.minimum(1, n_with * a) * np.minimum(1, n_with * b)
    weights = np.log(n_sites / n_with)
    exponents = STEPS * STEEPEST / weights.max()
    growth = n_swaps @ np.log1p(both[:, None] * np.expm1(weights[:, None] * exponents))
    return min(0.0, float((growth - exponents * weight).min()))


def _joined(links: Sequence[Link]) -> list[list[str]]:
    """Sites that can be reached from each other over links."""
    group_of: dict[str, list[str]] = {}
    for link in links:
        one, other = (group_of.setdefault(site, [site]) for site in link.sites)
        if one is not other:
            one += other
            group_of.update(dict.fromkeys(other, one))
    return list({id(members): members for members in group_of.values()}.values())


def _group(members: Sequence[str], links: Sequence[Link], habits: Mapping[str, Set[Swap]]) -> Group:
    own = tuple(link for link in links if link.sites[0] in members)
    n_with = Counter(swap for swaps in habits.values() for swap in swaps)
    inside = Counter(swap for site in members for swap in habits[site])
    weighed = [(n * rarity(n_with[swap], len(habits)), swap, n) for swap, n in inside.items() if n > 1]
    ranked = sorted((entry for entry in weighed if entry[0] > 0), key=lambda entry: (-entry[0], entry[1]))
    return Group(tuple(sorted(members)), own, tuple((swap, n) for _, swap, n in ranked))
