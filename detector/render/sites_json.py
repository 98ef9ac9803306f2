"""What is known of each site as one JSON object of the schema `unspin.sites/1` (docs/sites.md)."""

from __future__ import annotations

import json
import math
from typing import Any

from detector.classifier import Rate
from detector.sites import Group, Judged, Link, Recurring, Site, Swap, View
from detector.sites.cases import MAX_CHANCE, MIN_FLAGGED, MIN_JUDGED

SCHEMA = "unspin.sites/1"
MOST_SWAPS = 100  # of a site or a group
COUNTS = ("articles", "repeated", "copied", "judged", "flagged", "paraphrased", "abstained", "errors", "traced")


def sites_json(view: View) -> str:
    """One line; shares have six digits, chances are logarithms to the base 10 with two."""
    origin = view.read.origin
    result: dict[str, Any] = {
        "schema": SCHEMA,
        "model": origin and origin.model,
        "calibration": origin and origin.calibration,
        "asked": view.read.asked,
        "rules": {
            "rate": round(view.read.rate, 6),
            "min_judged": MIN_JUDGED,
            "min_flagged": MIN_FLAGGED,
            "max_chance": MAX_CHANCE,
            "recurs": view.recurs,
        },
        "cases": len(view.cases),
        "sites": [_site(one) for one in view.sites],
        "groups": [_group(number, group) for number, group in enumerate(view.groups, 1)],
        "without_site": view.read.nowhere,
        "swaps_forgotten": view.read.forgotten,
        "left_out": {"lines": view.read.left_out, "first": view.read.told},
    }
    return json.dumps(result, ensure_ascii=True, allow_nan=False)


def _site(one: Judged) -> dict[str, Any]:
    return {
        "site": one.site.name,
        "verdict": one.verdict,
        "group": one.group,
        **_counts(one.site),
        "flagged_share": _rate(one.flagged),
        "log10_chance": _log10(one.log_chance),
        "log10_chance_in_run": _log10(one.log_in_run),
        "swaps": len(one.site.swaps),
        "recurring": len(one.recurring),
        "strongest": [_recurring(swap) for swap in one.recurring[:MOST_SWAPS]],
    }


def _counts(site: Site) -> dict[str, int]:
    return {name: getattr(site, name) for name in COUNTS}


def _rate(rate: Rate) -> dict[str, Any] | None:
    if not rate.n:
        return None
    return {"share": round(rate.share, 6), "interval": [round(bound, 6) for bound in rate.interval]}


def _recurring(one: Recurring) -> dict[str, Any]:
    return {
        **_swap(one.swap),
        "articles": one.tally.articles,
        "sourced": one.tally.sourced,
        "facts": one.tally.facts,
        "sites": one.sites,
        "places": [place._asdict() for place in one.tally.places],
    }


def _swap(swap: Swap) -> dict[str, Any]:
    return {"written": swap.written, "original": swap.original}


def _group(number: int, group: Group) -> dict[str, Any]:
    return {
        "group": number,
        "sites": list(group.sites),
        "links": [_link(link) for link in group.links],
        "shared": [{**_swap(swap), "sites": n} for swap, n in group.swaps[:MOST_SWAPS]],
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        "sites": list(link.sites),
        "shared": link.shared,
        "similarity": round(link.similarity, 6),
        "log10_chance_in_run": _log10(link.log_chance),
    }


def _log10(log: float | None) -> float | None:
    return None if log is None or math.isinf(log) else round(log / math.log(10), 2) + 0.0
