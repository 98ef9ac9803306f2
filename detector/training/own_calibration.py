"""Calibrate a fitted model on somebody's own untouched articles: their scores set the thresholds, nothing is fitted.

What takes spun texts to measure stays as the model has it: how a score becomes a probability, and how the texts that
are to be found score. So a share of misses is that of the model's own test texts at the new thresholds.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from detector.batch import map_with_detector
from detector.calibration_store import Counts, OwnCalibration
from detector.classifier import CLASSES, Rate, articles_needed, wilson
from detector.errors import InputError
from detector.findings import CalibrationInfo, Report
from detector.pipeline import Detector
from detector.segment import segment_all
from detector.text import Span
from detector.training.parallel import blocks
from detector.training.untouched_marks import (
    MARK_ARTICLES,
    Marked,
    looked_at_from,
    mark_threshold,
    marked,
    with_calibration,
)
from detector.verdict import visible

GROUP = "your own articles"
SCORED_IN_TRAINING = " (scored when the model was made)"
MOST_LOOKED_AT = 4_000  # articles whose text is kept to look for marks in: LOOKED_AT of 100,000; the rest count as seen
MOST_SUSPICIOUS = 20  # articles named where the clean copy looks odd
MOST_TOLD = 5  # articles that cannot be read of which it is said why
TEXTS_TOGETHER = 32  # looked at by a process at a time
T = TypeVar("T")
Text = tuple[str, Sequence[Span]]  # with its clutter


class _Highest(Generic[T]):
    """The `most` items of the highest keys; of equal keys the first come."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[tuple[float, int, T]] = []

    def add(self, key: float, order: int, item: T) -> None:
        """`order` is the item's number: no two have the same."""
        entry = (key, -order, item)
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    def best_first(self) -> list[tuple[int, T]]:
        """Number and item of each."""
        return [(-order, item) for _, order, item in sorted(self._heap, reverse=True)]


@dataclass
class CleanCopy:
    """What is kept of the articles while they stream by: a few numbers of each, and the text of few.

    Attributes:
        scores: log-odds of each class, a row an article.
        unknown: share of its words that the vocabulary lacks.
        told: why the first of those that cannot be read are left out.
        flagged: articles that the model's own calibration flags, at the rate it was scored at.
        suspicious: the ids of the highest of these.
        highest: those that may be flagged, by their score for spinning.
        sample: an even sample of all, by the text's digest, for counting marks.
    """

    scores: list[tuple[float, ...]] = field(default_factory=list)
    unknown: list[float] = field(default_factory=list)
    abstained: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    duplicates: int = 0
    words: int = 0
    unknown_words: int = 0
    flagged: int = 0
    suspicious: _Highest[str] = field(default_factory=lambda: _Highest(MOST_SUSPICIOUS))
    highest: _Highest[Report] = field(default_factory=lambda: _Highest(MOST_LOOKED_AT))
    sample: _Highest[Report] = field(default_factory=lambda: _Highest(MARK_ARTICLES))

    @classmethod
    def of(cls, reports: Iterable[Report]) -> CleanCopy:
        """Go through the reports; of articles with the same text the first counts."""
        copy = cls()
        known: set[bytes] = set()
        for report in reports:
            if report.error is not None:
                copy.errors[report.error.code] += 1
                if len(copy.told) < MOST_TOLD:
                    copy.told.append(report.error.message)
                continue
            digest = bytes.fromhex(report.text_sha256 or "")
            if digest in known:
                copy.duplicates += 1
                continue
            known.add(digest)
            if report.abstention is not None:
                copy.abstained[report.abstention.code] += 1
            else:
                copy._judged(report, digest)
        return copy

    def _judged(self, report: Report, digest: bytes) -> None:
        assert report.scores is not None
        order, spun = len(self.scores), report.scores[CLASSES.index("spun")]
        words, unknown = report.words or 0, report.unknown_words or 0
        self.scores.append(report.scores)
        self.unknown.append(unknown / words if words else 0.0)
        self.words += words
        self.unknown_words += unknown
        self.highest.add(spun, order, report)
        self.sample.add(-int.from_bytes(digest[:8]), order, report)
        if report.flagged:
            self.flagged += 1
            self.suspicious.add(spun, order, report.id)

    def counts(self) -> Counts:
        return Counts(
            judged=len(self.scores),
            duplicates=self.duplicates,
            abstained=dict(sorted(self.abstained.items())),
            errors=dict(sorted(self.errors.items())),
            words=self.words,
            unknown_words=self.unknown_words,
        )

    def flagged_before(self) -> Rate:
        """The share that the model's own calibration flags."""
        return wilson(self.flagged, len(self.scores))

    def suspicious_ids(self) -> list[str]:
        """Those that score highest for spinning, of the flagged ones."""
        return [name for _, name in self.suspicious.best_first()]

    def looks_odd(self, rate: float) -> bool:
        """Whether so many are flagged by the model's own calibration that they can hardly all be untouched: the 95%
        interval of the share lies above the rate at which they were scored."""
        return self.flagged_before().interval[0] > rate


def refuse_few(n: int, n_read: int, rate: float) -> None:
    """Raise InputError where `n` untouched articles do not support a false-positive rate."""
    needed = articles_needed(rate)
    if n < needed:
        raise InputError(
            "too-few",
            f"expected at least {needed:,} untouched articles for --max-fpr {rate:g}, got {n:,} with a verdict of"
            f" {n_read:,} read: give more, or ask for a higher rate",
        )


def calibrate_own(
    detector: Detector,
    copy: CleanCopy,
    rate: float,
    name: str,
    date: str,
    *,
    model: Path | None = None,
    workers: int = 1,
) -> OwnCalibration:
    """Calibrate `detector`, which scored `copy` by its own calibration; `date` is ISO 8601.

    Several workers load the detector's `model` themselves, None for the shipped one; the result is the same.
    Raises InputError where the articles are too few for `rate`.
    """
    counts = copy.counts()
    refuse_few(counts.judged, counts.read, rate)
    scores = np.array(copy.scores)
    shipped = detector.classifier.calibration
    dealt_out = partial(map_with_detector, detector=detector, model=model, workers=workers)
    sample = [report for _, report in copy.sample.best_first()]
    marked_from = mark_threshold(list(dealt_out(_marked, _pieces(sample))))
    looked_at = looked_at_from(scores)
    few = [(i, report) for i, report in copy.highest.best_first() if scores[i, CLASSES.index("spun")] > looked_at]
    look = partial(_seen, marked_from=marked_from)
    visible = np.ones(len(scores), bool)  # taken for granted where an article can hardly be flagged
    visible[[i for i, _ in few]] = list(chain.from_iterable(dealt_out(look, _pieces([report for _, report in few]))))
    calibration = replace(
        shipped,
        mark_threshold=marked_from,
        untouched=scores,
        visible=visible,
        groups=np.zeros(len(scores), np.int8),
        group_names=(GROUP,),
        measured_on=f"{len(scores):,} untouched articles of {name}, calibrated {date}",
        missed_of=tuple(of.removesuffix(SCORED_IN_TRAINING) + SCORED_IN_TRAINING for of in shipped.missed_of),
    )
    return OwnCalibration(CalibrationInfo(name, date, ""), calibration, np.array(copy.unknown), counts)


def _pieces(reports: Sequence[Report]) -> Iterator[list[Text]]:
    """The texts with their clutter, a few at a time."""
    return blocks(((report.text or "", report.clutter) for report in reports), TEXTS_TOGETHER)


def _marked(detector: Detector, texts: Sequence[Text]) -> Marked:
    return marked(detector, detector.measure(segment_all(texts, detector.resources.vocabulary)))


def _seen(detector: Detector, texts: Sequence[Text], marked_from: float) -> list[bool]:
    """Whether a person could see why each of the texts is called spun, where phrases of such a belief are marked."""
    detector = with_calibration(detector, replace(detector.classifier.calibration, mark_threshold=marked_from))
    measured = detector.measure(segment_all(texts, detector.resources.vocabulary))
    return [visible(detector.marks(one), one.document) for one in measured]
