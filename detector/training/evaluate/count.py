"""Judged texts -> what evaluation.json says of them: everything but the fits and the attacker."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import detector
from detector.classifier import MAX_RATE, MIN_EXPECTED, wilson
from detector.extractors import EXTRACTORS
from detector.pipeline import Detector
from detector.training.calibrate import PRIORS
from detector.training.corpus import CorpusArticle
from detector.training.evaluate import slices as sliced
from detector.training.evaluate.baselines import perplexity, tfidf
from detector.training.evaluate.curves import LOG_ODDS, found_at, histogram, reliability, roc, scores_of
from detector.training.evaluate.figures import auc, expected_precision
from detector.training.evaluate.marks import precision_at_recall
from detector.training.evaluate.measure import SPUN, TRANSLATED, Judged, thresholds_of
from detector.training.evaluate.translations import (
    Scored,
    area_by_document,
    by_people,
    document_key,
    same_documents,
    written_key,
)
from detector.training.examples import spin
from detector.training.swaps import Spinner

RECALLS = (0.25, 0.5, 0.75)  # of the swaps, at which the precision of marks is told
MOST_WORDS = 12  # of an extractor that misfires
PREVALENCES = (0.001, 0.01, 0.05, 0.1, 0.3)
N_BASELINE = 600  # articles that TF-IDF is fitted on, each clean and spun


@dataclass(frozen=True, slots=True)
class Tested:
    """Every test text that got a verdict, by what it is."""

    clean: list[Judged]
    people: list[Judged]
    machine: list[Judged]
    spun: list[Judged]


def counted(model: Detector, tested: Tested, prevalence: float) -> dict[str, Any]:
    """What is counted on the judged texts alone."""
    slices = sliced.all_slices(tested.clean, tested.people, tested.spun, tested.machine)
    untouched = scores_of(tested.clean)
    by_family = _by_family(tested.spun)
    return {
        "conditions": _conditions(model, tested),
        "slices": slices,
        "look_at": sliced.worst(slices),
        "roc": {name: roc(scores_of(own), untouched) for name, own in by_family.items()},
        "reliability": {"prior": PRIORS[SPUN], "bins": reliability(tested.clean, tested.spun, PRIORS[SPUN])},
        "histograms": {"edges": LOG_ODDS.tolist(), **_histograms(tested)},
        "misfires": misfires(tested.clean),
        "marks": mark_table(tested.spun),
        "translations": _translations(tested),
        "expected": expected(slices, prevalence),
    }


def _by_family(spun: Sequence[Judged]) -> dict[str, list[Judged]]:
    families = sorted({one.item.example.family for one in spun})
    return {"all": list(spun), **{name: [one for one in spun if one.item.example.family == name] for name in families}}


def _conditions(model: Detector, tested: Tested) -> dict[str, Any]:
    years = sorted(year for year in map(sliced.year_of, tested.clean) if year != sliced.UNKNOWN)
    calibration = model.classifier.calibration
    return {
        "unspin": detector.__version__,
        "texts": {part: len(getattr(tested, part)) for part in Tested.__slots__},
        "sources": dict(Counter(one.item.article.source for one in tested.clean)),
        "years": [years[0], years[-1]] if years else [],
        "families": sorted({one.item.example.family for one in tested.spun}),
        "asked_rate": MAX_RATE,
        "has_thresholds": thresholds_of(model.classifier) is not None,
        "calibrated_on": calibration.n,
        "needed": math.ceil(MIN_EXPECTED / MAX_RATE),
    }


def _histograms(tested: Tested) -> dict[str, Any]:
    bands = {"untouched": tested.clean}
    for low, high in sliced.RATES:
        own = [one for one in tested.spun if low <= one.item.share < high]
        bands[f"spun, {sliced.rate_name(low)}"] = own
    return {name: {"n": len(own), "shares": histogram(scores_of(own))} for name, own in bands.items() if own}


def misfires(clean: Sequence[Judged]) -> list[dict[str, Any]]:
    """Extractors by how often they mark untouched text, and the words that they mark most; words only."""
    n_words = max(sum(one.n_words for one in clean), 1)
    rows = []
    for extractor in EXTRACTORS:
        words = Counter(text for one in clean for name, text in one.misfired if name == extractor.name)
        most = sorted(words.items(), key=lambda item: (-item[1], item[0]))[:MOST_WORDS]
        rows.append({"extractor": extractor.name, "per_500_words": 500 * words.total() / n_words, "words": most})
    return sorted(rows, key=lambda row: (-row["per_500_words"], row["extractor"]))


def mark_table(spun: Sequence[Judged]) -> list[dict[str, Any]]:
    """Marks and suggestions by share of words swapped: precision of all phrases at some recalls, and of what is
    shown."""
    rows = []
    for low, high in sliced.RATES:
        own = [one.marks for one in spun if one.marks is not None and low <= one.item.share < high]
        if own:
            hits = {
                name: [hit for one in own for hit in getattr(one, name)]
                for name in ("shown", "covered", "best", "among")
            }
            rows.append(
                {
                    "rate": sliced.rate_name(low),
                    "n": len(own),
                    "precision_at": {f"{recall:.2f}": precision_at_recall(recall, own) for recall in RECALLS},
                    **{name: _share(some) for name, some in hits.items()},
                }
            )
    return rows


def _share(hits: Sequence[bool]) -> dict[str, Any]:
    rate = wilson(sum(hits), len(hits))
    told = bool(hits) and MIN_EXPECTED / len(hits) <= sliced.FOUND_RATE
    return {"share": rate.share if hits else None, "n": rate.n, "interval": list(rate.interval), "reachable": told}


def _translations(tested: Tested) -> list[dict[str, Any]]:
    """Machine translations by system and by pair: flagged as such, and told from people's of the same documents."""
    machine, people = ([_scored(one) for one in own] for own in (tested.machine, tested.people))
    native = [_scored(one) for one in tested.clean]
    written = by_people(people)
    rows = []
    for grouping, group in (("system", lambda one: one.system), ("pair", lambda one: " ".join(one.key[:2]).strip())):
        for name in sorted({group(one) for one in machine}):
            own = [one for one in machine if group(one) == name]
            same, theirs = same_documents(own, written)
            areas = {"people": area_by_document(same, theirs), "native": area_by_document(own, native)}
            hits = [one.verdict == "machine_translated" for one in own]
            rows.append(
                {
                    "by": grouping,
                    "name": name,
                    "n": len(own),
                    "same_documents": len({written_key(one.key) for one in same}),
                    "flagged": _share(hits),
                    **{f"area_{other}": list(area) if area else None for other, area in areas.items()},
                }
            )
    return rows


def _scored(one: Judged) -> Scored:
    article = one.item.article
    told = one.flagged is not None and bool(one.flagged[TRANSLATED])
    key = document_key(article)
    verdict = "machine_translated" if told else ""
    return Scored(key, article.kind or "", article.system or "", verdict, float(one.scores[TRANSLATED]))


def expected(slices: Mapping[str, Any], prevalence: float) -> dict[str, Any]:
    """For shares of spun articles among all: how many flags are right, and how many of 1,000 articles are accused
    wrongly; `worst` takes the unfavourable ends of both intervals. Empty where a rate is not told."""
    alarms = slices.get("flagged/all/news", {"reachable": False})
    rates = {}
    for low, _ in sliced.RATES:
        own = slices.get(f"found/all/{sliced.rate_name(low)}")
        if own and own["reachable"] and alarms["reachable"]:
            rates[sliced.rate_name(low)] = own
    rows = []
    for share in sorted({*PREVALENCES, prevalence}) if rates else ():
        precision = {
            name: {
                "share": expected_precision(share, own["share"], alarms["share"]),
                "worst": expected_precision(share, own["interval"][0], alarms["interval"][1]),
            }
            for name, own in rates.items()
        }
        accused = [1000 * (1 - share) * rate for rate in (alarms["share"], alarms["interval"][1])]
        rows.append({"prevalence": share, "precision": precision, "accused": accused})
    return {"prevalence": prevalence, "alarms": alarms, "found": rates, "rows": rows}


def baselines(
    model: Detector, fit: Sequence[CorpusArticle], tested: Tested, spinners: Mapping[str, Spinner], seed: int
) -> list[dict[str, Any]]:
    """What each scorer finds of the same texts where it flags MAX_RATE of the untouched ones, and its area."""
    texts_to_fit = [article.text for article in fit[: 2 * N_BASELINE]]
    if len(texts_to_fit) < 2:
        return []
    examples = spin(texts_to_fit[1::2], spinners, seed + 7)
    scorers = {
        "TF-IDF and logistic regression": tfidf(texts_to_fit[::2], [example.text for example in examples]),
        "perplexity alone": perplexity(model.resources),
    }
    texts = [[one.item.example.text for one in own] for own in (tested.clean, tested.spun)]
    scores = {"this model, by score alone": (scores_of(tested.clean), scores_of(tested.spun))}
    for name, scorer in scorers.items():
        clean, spun = (scorer(own) if own else np.zeros(0) for own in texts)
        scores[name] = (clean, spun)
    shares = np.array([one.item.share for one in tested.spun])
    rows = []
    for name, (clean, spun) in scores.items():
        bands = {sliced.rate_name(low): spun[(shares >= low) & (shares < high)] for low, high in sliced.RATES}
        found = {
            band: {"n": len(own), "found": found_at(MAX_RATE, own, clean), "area": auc(own, clean)}
            for band, own in bands.items()
            if len(own)
        }
        rows.append({"name": name, "rates": found})
    return rows
