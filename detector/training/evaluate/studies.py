"""What becomes of the figures when both stages are fitted again: without a spinner family, an outlet, the newer half of
the years or an extractor, and on fewer articles.

Fits come in pairs on the same draw of articles, so that a difference has a standard error over draws. Half of the
tables are withheld throughout, as they are from the families in training: a spinner that nobody knows is half known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from detector.classifier import MAX_RATE
from detector.extractors import EXTRACTORS
from detector.resources import Resources
from detector.training.calibrate import line
from detector.training.corpus import CorpusArticle
from detector.training.evaluate.curves import found_at
from detector.training.evaluate.figures import Values, auc, average_precision, log_loss, paired
from detector.training.evaluate.pool import Mask, Pool, measure_pool
from detector.training.evaluate.refit import Material, TooFewError, drawn, fit_material, refit
from detector.training.evaluate.work import Item
from detector.training.examples import clean_examples
from detector.training.spinners.mixed import Mixed
from detector.training.swaps import Spinner

DRAWN = 0.75  # of the articles are fitted on, others with each seed
HARD = (0.03, 0.1)  # share of words swapped in the spun texts that are judged: beyond, all is found by any fit
MOST_OUTLETS, MIN_OUTLET = 5, 30  # outlets that are left out, and articles that each must have to fit on and to judge
LEFT = 0.3  # share of what is fitted on that must be left when something is left out

FIGURES = ("AUC", "found at 1%", "average precision", "log loss")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is fitted on and judged; with fewer than `least` articles to fit on or judge there is no study.

    `learning` are the shares of the articles that the learning curve is fitted on, the whole last.
    """

    fit: int = 1500
    people: int = 300
    judged: int = 600
    seeds: int = 2
    least: int = 200
    learning: tuple[float, ...] = (1 / 8, 1 / 4, 1 / 2, 1.0)


@dataclass(frozen=True, slots=True)
class Bench:
    """What is fitted on and judged, measured once, and the articles behind it.

    Attributes:
        fitted_on: for the pools "tokens", "spun" and "clean" of `material` the article behind each text, and who spun
            it; None for what people translated.
        clean, spun: what is judged, with the articles behind it.
        mixtures: families that put others together, and which: their texts hold the swaps of each of these.
    """

    material: Material
    fitted_on: Mapping[str, list[tuple[CorpusArticle | None, str]]]
    clean: Pool
    spun: Pool
    clean_articles: list[CorpusArticle]
    spun_items: list[Item]
    mixtures: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """What is fitted on: a `share` of the texts that `keeps` allows by article and family, without an extractor."""

    keeps: Callable[[CorpusArticle | None, str], bool] | None = None
    share: float = DRAWN
    without: int | None = None


@dataclass(frozen=True, slots=True)
class Study:
    """Two fits to compare, by the names of their choices, and which texts of the bench are judged by both."""

    study: str
    name: str
    before: str
    after: str
    clean: Mask
    spun: Mask


_bench: list[Bench] = []  # filled once, and shared with worker processes by fork


def calibrated_loss(spun: Values, untouched: Values) -> float:
    """Log loss (bits an article) after the best slope and intercept: what no calibration can mend."""
    scores = np.concatenate([spun, untouched])
    slope, intercept = line(scores, np.arange(len(scores)) < len(spun), prior=0.5)
    return log_loss(slope * spun + intercept, slope * untouched + intercept)


def make_bench(
    fit: Sequence[CorpusArticle],
    people: Sequence[CorpusArticle],
    clean: Sequence[CorpusArticle],
    spun: Sequence[Item],
    spinners: Mapping[str, Spinner],
    resources: Resources,
    sizes: Sizes,
    workers: int,
) -> Bench | None:
    """Spin and measure; None where there is too little for a study."""
    hard = [item for item in spun if HARD[0] <= item.share < HARD[1]][: sizes.judged]
    fit, clean = fit[: sizes.fit], clean[: sizes.judged]
    if min(len(fit), len(clean), len(hard)) < sizes.least:
        return None
    by_people = [article.text for article in people[: sizes.people]]
    material = fit_material([article.text for article in fit], by_people, [], spinners, resources, workers)
    families, first, second = sorted(spinners), len(fit) // 5, len(fit) * 3 // 5

    def spun_by(articles: Sequence[CorpusArticle]) -> list[tuple[CorpusArticle | None, str]]:
        return [(article, families[i % len(families)]) for i, article in enumerate(articles)]

    nobody: list[tuple[CorpusArticle | None, str]] = [(None, "clean")] * (len(material.tokens) - first)
    return Bench(
        material,
        {
            "tokens": [*spun_by(fit[:first]), *nobody],
            "spun": spun_by(fit[first:second]),
            "clean": [(article, "clean") for article in fit[second:]],
        },
        measure_pool(clean_examples([article.text for article in clean]), resources, workers),
        measure_pool([item.example for item in hard], resources, workers),
        list(clean),
        hard,
        {name: frozenset(one.spinners) for name, one in spinners.items() if isinstance(one, Mixed)},
    )


def studies(bench: Bench, sizes: Sizes, workers: int) -> list[dict[str, Any]]:
    """Rows with `study`, `name`, `n` clean and spun texts that were judged, and for each of FIGURES the mean `before`,
    its `change` and the standard `error` of that over seeds."""
    choices, found = planned(bench, sizes.learning)
    _bench[:] = [bench]
    runs = [(name, choice, seed) for name, choice in choices.items() for seed in range(1, sizes.seeds + 1)]
    own = {name: [one for one in found if name in (one.before, one.after)] for name in choices}
    jobs = Parallel(n_jobs=workers, backend="multiprocessing")
    done = jobs(delayed(_run)(choice, seed, own[name]) for name, choice, seed in runs)
    figures: dict[tuple[str, int], list[list[float]]] = {}
    for (name, _, _), judged in zip(runs, done, strict=True):
        for one, values in zip(own[name], judged, strict=True):
            figures.setdefault((name, id(one)), []).append(values)
    return [_row(one, figures[one.before, id(one)], figures[one.after, id(one)]) for one in found]


def planned(bench: Bench, learning: Sequence[float]) -> tuple[dict[str, Choice], list[Study]]:
    """Every choice by name, and the studies that compare two of them."""
    everything = np.ones(len(bench.clean_articles), bool), np.ones(len(bench.spun_items), bool)
    choices, found = {"all": Choice()}, []
    for family in sorted({item.example.family for item in bench.spun_items}):
        before = "all"
        mixtures = sorted(name for name, parts in bench.mixtures.items() if family in parts)
        if mixtures:  # are left out of both fits: a family is no unseen one whose swaps stand in them
            before = f"all but {' and '.join(mixtures)}"
            choices[before] = Choice(partial(_by_others, frozenset(mixtures)))
        choices[family] = Choice(partial(_by_others, frozenset([family, *mixtures])))
        spun = np.array([item.example.family == family for item in bench.spun_items])
        found.append(Study("spinner family left out", family, before, family, everything[0], spun))
    for outlet in _outlets(bench):
        choices[f"outlet {outlet}"] = Choice(partial(_of_another, outlet))
        masks = _where(bench, lambda article: publisher(article) == outlet)  # noqa: B023  # called at once
        found.append(Study("outlet left out", outlet, "all", f"outlet {outlet}", *masks))
    year = _middle_year(bench)
    if year is not None:
        choices["older"] = Choice(partial(_before, year))
        choices["any year"] = Choice(None, DRAWN * _share_before(bench, year))
        masks = _where(bench, lambda article: year_number(article) >= year)
        found.append(Study("fitted before, judged since", str(year), "any year", "older", *masks))
    for i, extractor in enumerate(EXTRACTORS):
        choices[f"without {extractor.name}"] = Choice(without=i)
        found.append(Study("extractor left out", extractor.name, "all", f"without {extractor.name}", *everything))
    for share in learning:
        name = f"{share:.1%} of the articles"
        choices[name] = Choice(share=share)
        found.append(Study("fewer articles", name, f"{learning[-1]:.1%} of the articles", name, *everything))
    return choices, [one for one in found if one.clean.any() and one.spun.any()]


def _by_others(families: frozenset[str], _: CorpusArticle | None, by: str) -> bool:
    return by not in families


def _of_another(outlet: str, article: CorpusArticle | None, _: str) -> bool:
    return publisher(article) != outlet


def _before(year: int, article: CorpusArticle | None, _: str) -> bool:
    return article is None or 0 < year_number(article) < year


def publisher(article: CorpusArticle | None) -> str | None:
    """The outlet of an article, or its source where it names none."""
    return None if article is None else article.outlet or article.source


def year_number(article: CorpusArticle | None) -> int:
    """The first year that an article's date names; 0 for none."""
    match = re.search(r"(?:19|20)\d\d", (article and article.date) or "")
    return int(match.group()) if match else 0


def _outlets(bench: Bench) -> list[str]:
    """The largest outlets without which enough is left to fit on."""
    fitted = Counter(publisher(article) for article in _behind(bench))
    judged = Counter(publisher(article) for article in bench.clean_articles)
    names = [
        name
        for name, n in judged.most_common()
        if name and min(n, fitted[name]) >= MIN_OUTLET and fitted[name] <= (1 - LEFT) * fitted.total()
    ]
    return names[:MOST_OUTLETS]


def _middle_year(bench: Bench) -> int | None:
    """The year from which on half of the clean articles are; None where too little to fit on is older."""
    years = sorted(filter(None, map(year_number, bench.clean_articles)))
    year = years[len(years) // 2] if years else 0
    return year if _share_before(bench, year) >= LEFT else None


def _share_before(bench: Bench, year: int) -> float:
    """Share of what is fitted on that is older: as much is drawn of all years to compare with."""
    return float(np.mean([0 < year_number(article) < year for article in _behind(bench)]))


def _behind(bench: Bench) -> list[CorpusArticle]:
    """The articles behind what is fitted on."""
    return [article for own in bench.fitted_on.values() for article, _ in own if article is not None]


def _where(bench: Bench, holds: Callable[[CorpusArticle], bool]) -> tuple[Mask, Mask]:
    clean = np.array([holds(article) for article in bench.clean_articles], bool)
    return clean, np.array([holds(item.article) for item in bench.spun_items], bool)


def _run(choice: Choice, seed: int, found: Sequence[Study]) -> list[list[float]]:
    """FIGURES of one fit for each study that judges by it; nan where the choice leaves too little to fit on."""
    bench = _bench[0]
    kept = drawn(bench.material, choice.share, seed)
    if choice.keeps is not None:
        for part, own in bench.fitted_on.items():
            kept[part] &= np.array([choice.keeps(*one) for one in own], bool)
    try:
        fit = refit(bench.material, kept, seed, choice.without)
    except TooFewError:
        return [[float("nan")] * len(FIGURES) for _ in found]
    tokens = fit.token_log_odds(bench.spun)
    clean, spun = fit.spun_log_odds(bench.clean), fit.spun_log_odds(bench.spun, tokens)
    return [_figures(clean[one.clean], spun[one.spun], tokens, one.spun[bench.spun.article]) for one in found]


def _figures(clean: Values, spun: Values, tokens: Values, own: Mask) -> list[float]:
    """FIGURES, nan where the texts are too few; `own` are the tokens of the spun texts."""
    at = found_at(MAX_RATE, spun, clean)
    return [
        auc(spun, clean),
        float("nan") if at is None else at,
        average_precision(tokens[own], _bench[0].spun.swapped[own]),
        calibrated_loss(spun, clean),
    ]


def _row(one: Study, before: Sequence[Sequence[float]], after: Sequence[Sequence[float]]) -> dict[str, Any]:
    figures = {}
    for k, name in enumerate(FIGURES):
        with_it, without = ([values[k] for values in some] for some in (before, after))
        change = paired(with_it, without)
        figures[name] = {"before": float(np.mean(with_it)), "change": change.mean, "error": change.error}
    return {
        "study": one.study,
        "name": one.name,
        "n": [int(one.clean.sum()), int(one.spun.sum())],
        "figures": figures,
    }
