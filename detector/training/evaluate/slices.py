"""Rates in groups of judged texts: what is found, and what is flagged that should not be.

A slice is a row of the JSON result: `share` of `n` texts with its 95% Wilson `interval`, and whether so few texts can
support what is said of them (`reachable`). Its name is found/GROUP/NAME (more is better) or flagged/GROUP/NAME (less
is).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from detector.classifier import MAX_RATE, MIN_EXPECTED, wilson
from detector.render.neutral import neutral
from detector.training.evaluate.measure import SPUN, TRANSLATED, Judged

RATES = ((0.03, 0.05), (0.05, 0.1), (0.1, 0.2), (0.2, 0.4), (0.4, 0.6))  # of the words of a text, swapped
LENGTHS = ((0, 250), (250, 500), (500, 1000), (1000, 1_000_000))  # words
FOUND_RATE = 0.1  # what is found is told to about so much: of fewer than thirty texts it is not told
EASY, WELL_FOUND = 0.1, 0.9  # share of words from which spinning ought to be found, and how often
MOST_GROUPS = 25  # of outlets and the like; the smaller ones are counted together
OTHERS, UNKNOWN = "(others)", "(unknown)"

Slice = dict[str, Any]
Slices = dict[str, Slice]
Group = Callable[[Judged], str]


def rate_name(share: float) -> str:
    """The band of RATES in which a share lies, as "5-10%"; empty for none."""
    return next((f"{100 * low:.0f}-{100 * high:.0f}%" for low, high in RATES if low <= share < high), "")


def length_name(judged: Judged) -> str:
    """The band of LENGTHS, as "250-500 words"."""
    low, high = next((low, high) for low, high in LENGTHS if low <= judged.n_words < high)
    return f"{low}-{high} words" if high < LENGTHS[-1][1] else f"{low} words and more"


def year_of(judged: Judged) -> str:
    """The year of the article, the first of two."""
    found = re.search(r"(?:19|20)\d\d", judged.item.article.date or "")
    return found.group() if found else UNKNOWN


def outlet_of(judged: Judged) -> str:
    """Who published it."""
    return judged.item.article.outlet or UNKNOWN


NEWS: dict[str, Group] = {
    "outlet": outlet_of,
    "source": lambda one: one.item.article.source,
    "variety": lambda one: one.item.article.variety or UNKNOWN,
    "year": year_of,
}


def all_slices(
    clean: Sequence[Judged], people: Sequence[Judged], spun: Sequence[Judged], machine: Sequence[Judged]
) -> Slices:
    """Every rate, by name."""
    slices: Slices = {}
    for family in ("all", *sorted({one.item.example.family for one in spun})):
        own = [one for one in spun if family in ("all", one.item.example.family)]
        for low, high in RATES:
            band = [one for one in own if low <= one.item.share < high]
            slices[f"found/{family}/{rate_name(low)}"] = found(band)
    for kind, group in {"length": length_name, **NEWS}.items():
        slices.update({f"found/{kind}/{name}": found(own) for name, own in grouped(spun, group).items()})
    for name, own in grouped(machine, lambda one: one.item.article.system or UNKNOWN).items():
        slices[f"found/translated by/{name}"] = found(own, TRANSLATED)
    slices["flagged/all/news"] = flagged(clean)
    slices["flagged/all/written or translated by people"] = flagged(people)
    for kind, group in {"length": length_name, **NEWS}.items():
        slices.update({f"flagged/{kind}/{name}": flagged(own) for name, own in grouped(clean, group).items()})
    return {name: one for name, one in slices.items() if one["n"]}


def grouped(judged: Iterable[Judged], group: Group) -> dict[str, list[Judged]]:
    """The texts by group, the largest first; what comes after MOST_GROUPS together."""
    judged = list(judged)
    largest = {name for name, _ in Counter(group(one) for one in judged).most_common(MOST_GROUPS)}
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        name = group(one)
        groups.setdefault(neutral(name if name in largest else OTHERS).replace("/", "-")[:80], []).append(one)
    return dict(sorted(groups.items(), key=lambda item: (item[0] == OTHERS, -len(item[1]), item[0])))


def found(judged: Sequence[Judged], of: int = SPUN) -> Slice:
    """Of artifacts of a class: how many are flagged as such."""
    return _slice([one.flagged[of] for one in judged if one.flagged is not None], len(judged), FOUND_RATE)


def flagged(judged: Sequence[Judged]) -> Slice:
    """Of texts that nobody spun: how many are flagged."""
    return _slice([one.flagged.any() for one in judged if one.flagged is not None], len(judged), MAX_RATE)


def _slice(hits: Sequence[Any], n: int, told_to: float) -> Slice:
    """A slice of texts; without a threshold nothing is flagged, and there is no share."""
    if len(hits) < n or n == 0:
        return {"share": None, "n": n, "interval": None, "reachable": False}
    rate = wilson(int(np.sum(hits)), n)
    return {"share": rate.share, "n": n, "interval": list(rate.interval), "reachable": told_to >= MIN_EXPECTED / n}


def worst(slices: Mapping[str, Slice], most: int = 3) -> list[str]:
    """The slices to look at first, of those that are told: false alarms that exceed MAX_RATE for certain, by how often
    they do, then what is found least of families, lengths and the like with a tenth of the words swapped or more."""
    told = {name: one for name, one in slices.items() if one["reachable"]}
    alarms = [name for name, one in told.items() if name.startswith("flagged/") and one["interval"][0] > MAX_RATE]
    easy = {rate_name(low) for low, _ in RATES if low >= EASY}
    missed = [
        name
        for name, one in told.items()
        if name.startswith("found/") and name.rsplit("/", 1)[1] in easy and one["interval"][0] < WELL_FOUND
    ]
    alarms.sort(key=lambda name: (-told[name]["share"], name))
    missed.sort(key=lambda name: (told[name]["share"], name))
    return [*alarms, *missed][:most]
