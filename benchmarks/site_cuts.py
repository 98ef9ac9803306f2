"""From how many judged articles on a site may become a case: false accusations, and spun sites that are missed.

    python -m benchmarks.site_cuts --shared ../shared [--runs 300]

Honest sites are the outlets of the development data. As the shipped thresholds flag too few of their articles to tell,
others are set so that they flag a stated share of these same articles, which `unspin swaps` is taken to reckon with. A
run draws flags for each outlet anew: at that one rate, as the rule assumes, or at the outlet's own, so that flags stay
as clustered as they are, and rather more so, as an outlet's own rate holds chance already. Spun sites hold articles of
the families that training never saw, with 15% of their words swapped, the rest untouched. Each stands beside all
outlets, which are looked at from the lowest number of articles on.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks import shared as data
from benchmarks.sites import RATE, untouched_articles
from detector.batch import score_stream
from detector.findings import Report
from detector.sites import view_sites
from detector.sites.read import Site, Sites

CUTS = (5, 10, 15, 20, 25, 30, 40)  # judged articles
SHARES = (0.005, 0.01, 0.02, 0.03)  # of the untouched, flagged
SIZES = (10, 20, 30, 50)  # articles of a spun site
SPUN = (0.25, 0.5, 1.0)  # of them


@click.command()
@click.option("--shared", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--model", type=click.Path(file_okay=False, path_type=Path))
@click.option("--runs", type=click.IntRange(min=1), default=300, show_default=True)
@click.option("--seed", default=1, show_default=True)
def site_cuts(shared: Path, model: Path | None, runs: int, seed: int) -> None:
    """Print the share of honest runs with a case, and of spun sites that become one."""
    rng = np.random.default_rng(seed)
    records = list(untouched_articles(shared))
    judged = [
        (str(record.outlet), report)
        for record, report in zip(records, score_stream(iter(records), model=model), strict=True)
        if report.status == "ok"
    ]
    sizes = Counter(outlet for outlet, _ in judged)
    n = np.array(list(sizes.values()))
    margins = np.array([_margin(report) for _, report in judged])
    print(f"{len(judged):,} judged articles of {len(n)} outlets; outlets with enough of them:", end="")
    print("".join(f"  {cut}: {int(np.sum(n >= cut))}" for cut in CUTS))
    print(f"Honest runs with a case, of {runs}, from so many judged articles on:")
    flagged = np.array([bool(report.flagged) for _, report in judged])
    _tell_honest("as shipped", _of(sizes, judged, flagged), n, 0.01, runs, rng)
    for share in SHARES:
        over = margins >= np.sort(margins)[-round(share * len(margins))]
        _tell_honest(f"{share:.1%} flagged", _of(sizes, judged, over), n, share, runs, rng)
    for family in data.FAMILIES:
        texts = [row["text"] for row in data.spun_dev(shared, family, RATE)[:400]]
        found = float(np.mean([bool(report.flagged) for report in data.score(texts, model, 1)]))
        _tell_spun(family, found, n, runs, rng)


def _margin(report: Report) -> float:
    """How far the class that is nearest to its threshold is over it, in log-odds."""
    assert report.classes is not None  # of a report with a verdict
    scores = [score for score in report.classes.values() if score is not None]
    return max(_log_odds(score.probability) - _log_odds(score.threshold) for score in scores)


def _log_odds(probability: float) -> float:
    clipped = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(clipped / (1 - clipped))


def _of(sizes: Mapping[str, int], judged: Sequence[tuple[str, Report]], over: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many of each outlet's articles are over, in the order of `sizes`."""
    counts = Counter(outlet for (outlet, _), hit in zip(judged, over, strict=True) if hit)
    return np.array([counts[outlet] for outlet in sizes])


def _tell_honest(
    name: str, hits: NDArray[np.int64], n: NDArray[np.int64], rate: float, runs: int, rng: np.random.Generator
) -> None:
    for how, rates in (("one rate", np.full(len(n), min(rate, hits.sum() / n.sum()))), ("own rates", hits / n)):
        accused: Counter[int] = Counter()
        for _ in range(runs):
            drawn = rng.binomial(n, rates)
            accused.update(cut for cut in CUTS if _cases(drawn, n, rate, cut))
        print(f"  {name:14}{how:10}" + "".join(f"  {cut}: {accused[cut] / runs:6.1%}" for cut in CUTS), flush=True)


def _tell_spun(family: str, found: float, n: NDArray[np.int64], runs: int, rng: np.random.Generator) -> None:
    print(f"{family}, {found:.1%} of its articles flagged: sites of so many articles that become a case")
    for spun in SPUN:
        shares = []
        for size in SIZES:
            made = 0
            for _ in range(runs):
                flags = rng.binomial(rng.binomial(size, spun), found)
                drawn, all_n = np.append(rng.binomial(n, 0.01), flags), np.append(n, size)
                made += len(n) in _cases(drawn, all_n, 0.01, min(CUTS))
            shares.append(f"  {size}: {made / runs:6.1%}")
        print(f"  {spun:4.0%} spun" + "".join(shares), flush=True)


def _cases(flagged: NDArray[np.int64], judged: NDArray[np.int64], rate: float, cut: int) -> list[int]:
    """The numbers of the sites that become a case."""
    counts = enumerate(zip(flagged.tolist(), judged.tolist(), strict=True))
    sites = {str(i): Site(str(i), judged=of, flagged=hits) for i, (hits, of) in counts}
    return [int(one.site.name) for one in view_sites(Sites(sites=sites, rate=rate), min_judged=cut).cases]


if __name__ == "__main__":
    site_cuts()
