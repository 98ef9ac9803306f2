"""Test texts judged once by the calibrated model; every rate of the evaluation is counted on what is here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from detector.classifier import CLASSES, MAX_RATE, Classifier
from detector.findings import Evidence
from detector.ingest import prepare, refuse
from detector.measuring import Measured
from detector.pipeline import Detector
from detector.segment import segment
from detector.text import Record
from detector.training.evaluate.marks import MarkFigures, mark_figures
from detector.training.evaluate.work import CLEAN, Item
from detector.verdict import visible

SPUN, TRANSLATED = range(len(CLASSES))
TASKS = 4  # a worker process: each opens the model
MARKED = 5  # one spun text in so many is asked what its marks are worth, which takes longer than to judge it
# Pieces are of as many texts or a multiple: which ones are asked must not hang on how many workers there are.


@dataclass(frozen=True, slots=True)
class Judged:
    """One test text as the model judges it.

    Attributes:
        scores, probabilities: log-odds, and calibrated probabilities, of each class.
        n_words: of the text.
        flagged: which classes are flagged; None where the calibration supports no rate.
        misfired: of an untouched text the marked words in lower case, with the extractor that marked them.
        marks: of some of the spun texts what their marks are worth.
    """

    item: Item
    scores: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    n_words: int
    flagged: NDArray[np.bool_] | None
    misfired: tuple[tuple[str, str], ...]
    marks: MarkFigures | None


def thresholds_of(classifier: Classifier) -> NDArray[np.float64] | None:
    """The thresholds at MAX_RATE, as shipped; None where the calibration supports no such rate."""
    calibration = classifier.calibration
    return calibration.thresholds(MAX_RATE) if calibration.min_rate <= MAX_RATE else None


def judge(items: Sequence[Item], model: Path, workers: int) -> list[Judged]:
    """Judge texts, in order; those that get no verdict are left out."""
    size = max(1, -(-len(items) // (TASKS * workers * MARKED))) * MARKED
    chunks = [items[i : i + size] for i in range(0, len(items), size)]
    done = Parallel(n_jobs=workers)(delayed(_judge_chunk)(chunk, model) for chunk in chunks)
    return [one for some in done for one in some]


def _judge_chunk(items: Sequence[Item], model: Path) -> list[Judged]:
    return judge_with(Detector.load(model), items)


def judge_with(detector: Detector, items: Sequence[Item]) -> list[Judged]:
    """`judge`, by a model that is loaded."""
    read = [prepare(Record("", item.example.text)) for item in items]
    kept = [i for i, article in enumerate(read) if refuse(article)[1] is None]
    documents = [segment(read[i].text, detector.resources.vocabulary, read[i].clutter) for i in kept]
    thresholds = thresholds_of(detector.classifier)
    measured = detector.measure(documents)
    return [
        _judged(detector, items[i], one, thresholds, i % MARKED == 0) for i, one in zip(kept, measured, strict=True)
    ]


def _judged(
    detector: Detector, item: Item, one: Measured, thresholds: NDArray[np.float64] | None, with_marks: bool
) -> Judged:
    is_clean = item.example.family == CLEAN
    is_over = thresholds is not None and bool(one.scores[SPUN] >= thresholds[SPUN])
    shown = detector.marks(one) if is_over or is_clean or with_marks else []
    return Judged(
        item,
        one.scores,
        detector.classifier.calibration.probabilities(one.scores),
        one.document.n_words,
        flags(one, shown, thresholds),
        tuple((mark.extractor, mark.text.casefold()) for mark in shown for _ in mark.places) if is_clean else (),
        mark_figures(detector, one, shown, item.example) if with_marks and not is_clean else None,
    )


def flags(one: Measured, shown: Sequence[Evidence], thresholds: NDArray[np.float64] | None) -> NDArray[np.bool_] | None:
    """Which classes are flagged, shape (len(CLASSES),): for spinning a person must see why. None without thresholds."""
    if thresholds is None:
        return None
    over: NDArray[np.bool_] = one.scores >= thresholds
    over[SPUN] &= visible(shown, one.document)
    return over
