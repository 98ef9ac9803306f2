"""Each period's figures against the calibration's: what changed, by how much, and what to do about it.

A change must be sure and large at once: of many articles a trifle is sure, of few ones a large one is chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detector.classifier import Rate, wilson
from detector.drift.reference import Reference, Sample
from detector.drift.rows import Figures
from detector.drift.two_samples import Shift, shift

Verdict = Literal["as_calibrated", "higher", "lower", "too_few", "retrain"]

# Reuters 2006-2013 against a calibration on articles of the same years: quarters of 100 to 150 articles moved by up to
# 0.18 (scores) and 0.17 (unknown words), years by up to 0.10 and 0.12, and one year had 6 points more abstentions; BBC
# articles of 2004 moved by 0.40 and 0.35. The sizes below were chosen on these same figures, and 545 of the 3,000
# articles had been calibrated on, which makes the movements too small: they are a first setting, no measured promise.
MIN_SHIFT = 0.2  # distance of scores from which a change is large
MIN_UNKNOWN_SHIFT = 0.25  # the same of the share of unknown words, which goes with the news of the day
MIN_ABSTAINED = 0.1  # the same of the share without a verdict, where it grows
MIN_JUDGED = 100  # articles of a period: among fewer a distance of 0.18 is not yet sure
SIGMAS = 3.0  # from which a change is sure: limits of a control chart (Shewhart 1931)
MAX_P = 0.0027  # the same for a test: probability beyond three sigmas, both sides
REPEATED = 3  # periods in a row that drift, from which calibrating again is no cure; guess
TENTHS = 10


@dataclass(frozen=True, slots=True)
class Compared:
    """One period.

    Attributes:
        judged, abstained, errors: articles.
        flagged: the share of those judged, with its 95% interval.
        spun, translated, unknown: how far their figures lie from the reference; None of a period without articles.
        median, highest: of the probability of spun, and its 99% quantile.
        tenths: share of the articles in each tenth of the reference, by the probability of spun.
        verdict: what to do.
        reasons: what speaks for it, in words.
    """

    period: str
    judged: int
    abstained: int
    errors: int
    flagged: Rate
    spun: Shift | None
    translated: Shift | None
    unknown: Shift | None
    median: float | None
    highest: float | None
    tenths: tuple[float, ...]
    verdict: Verdict
    reasons: tuple[str, ...]

    @property
    def drifted(self) -> bool:
        return self.verdict not in ("as_calibrated", "too_few")


def compare(periods: Mapping[str, Figures], reference: Reference, asked: float) -> list[Compared]:
    """Compare every period with the reference, in their order."""
    sample = reference.sample
    compared: list[Compared] = []
    in_a_row = 0
    for period, figures in periods.items():
        enough = len(figures.spun) >= MIN_JUDGED
        spun, translated = _shift(figures.spun, reference.spun), _shift(figures.translated, reference.translated)
        unknown = _shift(figures.unknown, sample.unknown) if sample is not None else None
        flagged = wilson(figures.flagged, len(figures.spun))
        verdict, reasons = _scores_verdict(figures, spun, translated, asked) if enough else ("too_few", ())
        in_a_row = in_a_row + 1 if verdict in ("higher", "lower") else 0 if enough else in_a_row
        others = _other_reasons(figures, unknown, sample, in_a_row) if enough else ()
        compared.append(
            Compared(
                period,
                len(figures.spun),
                figures.abstained,
                figures.errors,
                flagged,
                spun,
                translated,
                unknown,
                float(np.median(figures.spun)) if figures.spun else None,
                float(np.quantile(figures.spun, 0.99)) if figures.spun else None,
                _tenths(figures.spun, reference.spun),
                "retrain" if others else verdict,
                (*reasons, *others),
            )
        )
        if sample is None and enough:
            sample = _sample(figures)
    return compared


def _sample(figures: Figures) -> Sample:
    return Sample(np.array(figures.unknown), figures.abstained, len(figures.spun) + figures.abstained)


def _shift(values: Sequence[float], reference: NDArray[np.float64]) -> Shift | None:
    return shift(np.array(values), reference) if values else None


def _scores_verdict(
    figures: Figures, spun: Shift | None, translated: Shift | None, asked: float
) -> tuple[Verdict, tuple[str, ...]]:
    """Whether flags or scores are higher than those of the calibration, or lower."""
    n = len(figures.spun)
    higher: list[str] = []
    lower: list[str] = []
    if wilson(figures.flagged, n, SIGMAS).interval[0] > asked:
        higher.append(f"{figures.flagged:,} of {n:,} flagged, more than the {100 * asked:.3g}% that was asked for")
    for name, one in (("spun", spun), ("machine_translated", translated)):
        if one is not None and _is_large(one, MIN_SHIFT):
            (higher if one.higher else lower).append(f"scores for {name} moved by {one.distance:.2f}")
    if higher:
        return "higher", (*higher, *lower)
    return ("lower", tuple(lower)) if lower else ("as_calibrated", ())


def _is_large(one: Shift, at_least: float) -> bool:
    return one.distance >= at_least and one.p < MAX_P


def _other_reasons(figures: Figures, unknown: Shift | None, sample: Sample | None, in_a_row: int) -> tuple[str, ...]:
    """What calibrating again would not mend."""
    reasons = []
    if unknown is not None and _is_large(unknown, MIN_UNKNOWN_SHIFT) and unknown.higher:
        reasons.append(f"more words that the model does not know: moved by {unknown.distance:.2f}")
    if sample is not None:
        n = len(figures.spun) + figures.abstained
        share, before = figures.abstained / n, sample.abstained / sample.read
        if share - before >= MIN_ABSTAINED and _sigmas(figures.abstained, n, sample.abstained, sample.read) > SIGMAS:
            reasons.append(f"{share:.1%} without a verdict, {before:.1%} before")
    if in_a_row >= REPEATED:
        reasons.append(f"{in_a_row} periods in a row off the calibration")
    return tuple(reasons)


def _sigmas(hits: int, n: int, others: int, m: int) -> float:
    """How many standard errors two shares lie apart, by their pooled variance."""
    pooled = (hits + others) / (n + m)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return float(abs(hits / n - others / m) / error) if error > 0 else 0.0


def _tenths(values: Sequence[float], reference: NDArray[np.float64]) -> tuple[float, ...]:
    if not values:
        return ()
    cuts = np.quantile(reference, np.arange(1, TENTHS) / TENTHS)
    counts = np.bincount(np.searchsorted(cuts, np.array(values), side="right"), minlength=TENTHS)
    return tuple((counts / len(values)).tolist())
