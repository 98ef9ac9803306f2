"""MODEL_CARD.md: what a model is, what it is for and not for, its figures with their conditions, and its weaknesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from detector.classifier import Calibration, Rate
from detector.ingest.language import MIN_WORDS
from detector.training.card import parted, promises
from detector.training.markdown import cell, table
from detector.training.release.work import Evaluation, Work

WORST = 5  # slices of each kind that are told by themselves
FEW = 20  # texts: a slice of fewer is not told as the worst, being chance

TITLE = """\
# Model card: {name} {version}

Scores English news for signs of word substitution and of machine translation, and marks the phrases that give it
away.{demonstration}
Digest of the model that was measured: `{digest}`.
"""
USE = """\
## What it is for

To choose, of many articles, those that somebody should look at, and to show where to look; and to check a draft before
it is published. News in English of {least} words or more. A flag asks for a look; it is not the end of one.

## What it must not be used for

It is no proof against a person, and no ground for a sanction by itself: at 1% asked, one untouched article in a hundred
may be flagged, and where spun articles are rarer than that most flags are wrong. It is not for other languages, for
texts under {least} words, for lists and tables, for fiction, or for telling who wrote a text. A text that is not
flagged is not proven untouched: a fluent machine translation or paraphrase shows almost nothing at these thresholds.
"""
PROMISES = """\
## What it promises

Thresholds were chosen on {measured_on}, so that no kind of them is flagged oftener than asked. "Missed" are
{missed_spun}, and {missed_translated}, that stay
below the threshold; another spinner may be missed oftener. Probabilities assume that {spun:.0%} of articles are spun
and {translated:.0%} machine-translated.

{table}
"""
UNMEASURED = {
    "evaluation": "It was not evaluated: run `unspin evaluate`. Nothing is known of it but its calibration.",
    "stale": "The figures at hand are of another model, and are not told: run `unspin evaluate` again.",
    "unmeasured": "It has no thresholds for 1%: too few untouched articles calibrated it. Nothing was counted.",
    "gate": "It was not held against spinners that no training saw: run `python -m benchmarks.gate`.",
}


def model_card(work: Work, calibration: Calibration) -> str:
    """The text of the card."""
    return "\n".join(_lines(work, calibration)).rstrip() + "\n"


def _lines(work: Work, calibration: Calibration) -> Iterator[str]:
    demonstration = " It is a demonstration on sample stories: it cannot judge." if work.demonstration else ""
    name, version = (cell(str(work.manifest.get(key, "unnamed"))) for key in ("name", "version"))
    yield TITLE.format(name=name, version=version, digest=work.digest, demonstration=demonstration)
    yield USE.format(least=MIN_WORDS)
    yield PROMISES.format(
        measured_on=calibration.measured_on,
        missed_spun=calibration.missed_of[0],
        missed_translated=calibration.missed_of[1],
        spun=calibration.priors[0],
        translated=calibration.priors[1],
        table=promises(calibration),
    )
    yield from _evaluated(work)
    yield from _gate(work)
    yield from _made_from(work)


def _evaluated(work: Work) -> Iterator[str]:
    evaluation = work.evaluation
    yield "## What was measured\n"
    if evaluation is None or evaluation.digest != work.digest:
        yield UNMEASURED["evaluation" if evaluation is None else "stale"] + "\n"
        return
    if not evaluation.slices:
        yield UNMEASURED["unmeasured"] + "\n"
        return
    yield (
        f"On articles of the test part{_years(work.report)}, whose stories no step of training or calibration saw, at"
        " the thresholds as shipped for 1% asked. Intervals are of 95%. Texts without a verdict count nowhere.\n"
    )
    for kind, title in (
        ("found", "Spun or translated articles that are found"),
        ("flagged", "Untouched articles flagged"),
    ):
        own = _of_kind(evaluation, kind)
        if own:
            yield f"### {title}\n"
            yield from _slice_table(own)
    yield from _weaknesses(evaluation)


def _of_kind(evaluation: Evaluation, kind: str) -> dict[str, Rate]:
    """Slices of one kind, by what is left of their names; in the order of the file."""
    own = {name.partition("/"): rate for name, rate in evaluation.slices.items()}
    return {rest: rate for (first, _, rest), rate in own.items() if first == kind}


def _slice_table(slices: Mapping[str, Rate]) -> Iterator[str]:
    rows = [
        (name.replace("/", ", "), f"{rate.share:.1%}", f"{rate.interval[0]:.1%} to {rate.interval[1]:.1%}", rate.n)
        for name, rate in slices.items()
    ]
    return table(("", "share", "95% interval", "n"), rows)


def _weaknesses(evaluation: Evaluation) -> Iterator[str]:
    """The slices that are surely the worst: by the kind end of their intervals."""
    found = {name: rate for name, rate in _of_kind(evaluation, "found").items() if rate.n >= FEW}
    flagged = {name: rate for name, rate in _of_kind(evaluation, "flagged").items() if rate.n >= FEW}
    yield "## Known weaknesses\n"
    if found:
        yield "Found least:\n"
        yield from _slice_table(dict(sorted(found.items(), key=lambda pair: pair[1].interval[1])[:WORST]))
    if flagged:
        yield "Untouched, and flagged oftenest:\n"
        yield from _slice_table(dict(sorted(flagged.items(), key=lambda pair: -pair[1].interval[0])[:WORST]))
    yield f"Slices of fewer than {FEW} texts are left out here. What is not in the tables above was not measured.\n"


def _years(report: Mapping[str, Any] | None) -> str:
    years = report["parts"].get("test", {}).get("years", {}) if report and isinstance(report.get("parts"), dict) else {}
    known = sorted(year for year in years if str(year).isdecimal())
    return f" of {known[0]} to {known[-1]}" if known else ", whose years are not known"


def _gate(work: Work) -> Iterator[str]:
    yield "## Held against spinners that no training saw\n"
    if work.gate is None or work.gate.digest != work.digest:
        yield UNMEASURED["gate"] + "\n"
        return
    yield (
        "Figures of `python -m benchmarks.gate`, on its own articles: shares of 0 to 1 where nothing else is said. The"
        " benchmark prints each with n and interval.\n"
    )
    rows = [(name, "not measured" if figure is None else f"{figure:.4f}") for name, figure in work.gate.figures.items()]
    yield from table(("figure", ""), rows)


def _made_from(work: Work) -> Iterator[str]:
    articles = work.manifest.get("articles")
    parts = articles.items() if isinstance(articles, dict) else ()
    counted = ", ".join(f"{cell(str(name).replace('_', ' '))} {cell(count)}" for name, count in parts)
    families = ", ".join(cell(str(name)) for name in work.manifest.get("families", ()))
    yield "## What it was made from\n"
    yield f"Articles by part: {counted}. Spinner families: {families}. Seed {cell(str(work.manifest.get('seed')))}."
    apart = parted(work.demonstration)
    yield f"{apart} The texts belong to their publishers and are not in the model: it holds counts of"
    yield "word groups, tables of substitutes, and weights. DATA_CARD.md tells the sources."
    yield ""
