"""Sites whose swaps are more alike than chance would make them: pairs first, and groups of sites that pairs join.

The null: a swap that recurs at d sites falls to any d of them, busy ones sooner, so that each site has as many
recurring swaps as it has, and which they are is chance. By it two sites share what busy sites share, and what all do.
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
    null = _Null.of([len(swaps) for swaps in habits.values()], Counter(n_with.values()))
    logs = [null.log_bound(weight, a, b) for (a, b), (_, weight) in pairs.items()]
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


@dataclass(frozen=True, slots=True)
class _Null:
    """What chance gives, for each number of sites d that a swap may recur at.

    Attributes:
        n_with: the d, shape (n_d,).
        n_swaps: how many recur at so many sites, shape (n_d,).
        weights: what each of them weighs, shape (n_d,).
        held: the chance that a site is one of the d: d times its part of all recurring swaps, shape (n_d, n_sites).
        slack: sum over the sites of held * (1 - held), shape (n_d,).
    """

    n_with: NDArray[np.float64]
    n_swaps: NDArray[np.float64]
    weights: NDArray[np.float64]
    held: NDArray[np.float64]
    slack: NDArray[np.float64]

    @classmethod
    def of(cls, busy: Sequence[int], spread: Mapping[int, int]) -> _Null:
        """From how many recurring swaps each site has, and how many swaps recur at how many sites."""
        n_with = np.array([d for d in spread if 1 < d < len(busy)], np.float64)
        held = np.minimum(1, n_with[:, None] * np.array(busy) / sum(busy))
        n_swaps = np.array([spread[int(d)] for d in n_with], np.float64)
        return cls(n_with, n_swaps, np.log(len(busy) / n_with), held, (held * (1 - held)).sum(axis=1))

    def both(self, a: int, b: int) -> NDArray[np.float64]:
        """The chance that two sites are among the d (Hajek 1964, joint inclusion in samples of a fixed size).

        Where sites are very unlike in size his approximation falls too low, even below 0: it is kept from falling below
        what many sites of one size would have.
        """
        one, other = self.held[:, a], self.held[:, b]
        apart = np.divide((1 - one) * (1 - other), self.slack, out=np.zeros_like(one), where=self.slack > 0)
        return one * other * np.maximum(1 - apart, 1 - 1 / self.n_with)

    def log_bound(self, weight: float, a: int, b: int) -> float:
        """log of at most how probable it is that two sites share this weight of swaps or more.

        The bound on a sum of independent draws is Chernoff's (1952), which holds at every exponent; the best of STEPS
        is taken.
        """
        exponents = STEPS * STEEPEST / self.weights.max()
        growth = self.n_swaps @ np.log1p(self.both(a, b)[:, None] * np.expm1(self.weights[:, None] * exponents))
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
