"""RELEASE.md: how scores move from the model that was released before to the next, on the same articles."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from detector.classifier import CLASSES, MAX_RATE, STRONG_RATE
from detector.findings import Report
from detector.pipeline import Detector
from detector.text import Record
from detector.training.corpus import read_corpus
from detector.training.markdown import cell, table
from detector.training.release.work import Work
from detector.training.rows import read_rows

SAMPLE = 300  # articles of each kind, at most: enough to see a shift of a few points
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
RATES = (MAX_RATE, STRONG_RATE)

FIRST = """\
# Release {name} {version}

The first model of this name: there is nothing to compare with.
"""
HEAD = """\
# Release {name} {version}

What moves from {old_version} (digest `{old_digest}`) to {version}, on the same {n_clean:,} untouched and {n_spun:,}
spun articles of the test part, at the thresholds for {rate:.0%}.

## What you must do

- Calibrations of your own (`unspin calibrate`) name the digest of the model they were made with, and this is another:
  make them again, on the same articles.
- Thresholds of your own on probabilities: see below how probabilities move, and choose them again. Compare no
  probability of the old model with one of the new.
- Results that are kept: score again what must be compared; every result names the version and the digest of its model.
- Whoever keeps to the verdicts and to `--max-fpr` has nothing to do but to expect the changes below.
"""


@dataclass(frozen=True, slots=True)
class Scored:
    """What one model said of some texts.

    Attributes:
        verdicts: one a text; why, where there is none.
        probabilities: of each class, shape (n_texts, len(CLASSES)); nan where there is no verdict.
    """

    verdicts: tuple[str, ...]
    probabilities: NDArray[np.float64]


def first_note(name: str, version: str) -> str:
    """The note of a model that follows no other."""
    return FIRST.format(name=cell(name), version=cell(version))


def migration_note(name: str, work: Work, old: Path) -> str:
    """The note for users of the model in `old`: what moves with the model of the work folder, and what to do."""
    before, after = Detector.load(old), Detector.load(work.model)
    clean = _sample(article.text for article in read_corpus(work.part("test")))
    path = work.folder / "spun" / "test.jsonl.zst"
    spun = _sample(row["text"] for row in read_rows(path) if row["family"] != "clean") if path.is_file() else []
    head = HEAD.format(
        name=cell(name),
        version=cell(after.info.version),
        old_version=cell(before.info.version),
        old_digest=before.info.digest[:12],
        n_clean=len(clean),
        n_spun=len(spun),
        rate=MAX_RATE,
    )
    lines = [head, *_thresholds(before, after)]
    for kind, texts in (("Untouched", clean), ("Spun", spun)):
        if texts:
            lines += [f"## {kind} articles\n", *compared(_scored(before, texts), _scored(after, texts))]
    return "\n".join(lines).rstrip() + "\n"


def _sample(texts: Iterable[str]) -> list[str]:
    """At most SAMPLE texts, those of the lowest digests: the same ones whatever their order."""
    digests = {hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest(): text for text in texts}
    return [digests[digest] for digest in sorted(digests)[:SAMPLE]]


def _scored(detector: Detector, texts: Sequence[str]) -> Scored:
    reports = detector.score([Record(str(i), text) for i, text in enumerate(texts)], evidence="none")
    rows = [[_probability(report, name) for name in CLASSES] for report in reports]
    return Scored(tuple(report.verdict or report.status for report in reports), np.array(rows))


def _probability(report: Report, name: str) -> float:
    score = report.classes.get(name) if report.classes else None
    return score.probability if score else float("nan")


def _thresholds(before: Detector, after: Detector) -> Iterator[str]:
    """Probabilities from which each model flags, by class and rate asked."""
    yield "## Thresholds, as probabilities\n"
    rows = []
    for rate in RATES:
        for k, name in enumerate(CLASSES):
            cuts = [_cut(detector, rate, k) for detector in (before, after)]
            rows.append((f"{rate:.1%}", name, *cuts))
    yield from table(("asked", "class", *(cell(detector.info.version) for detector in (before, after))), rows)


def _cut(detector: Detector, rate: float, k: int) -> str:
    calibration = detector.classifier.calibration
    if rate < calibration.min_rate:
        return "not reachable"
    return f"{calibration.probabilities(calibration.thresholds(rate))[k]:.4f}"


def compared(before: Scored, after: Scored) -> Iterator[str]:
    """How the verdicts and the probabilities of the same texts moved."""
    pairs = Counter(zip(before.verdicts, after.verdicts, strict=True))
    changed = sum(n for (old, new), n in pairs.items() if old != new)
    total = len(before.verdicts)
    yield f"Another verdict: {changed:,} of {total:,} ({changed / total:.1%}).\n"
    rows = [(old, new, n, f"{n / total:.1%}") for (old, new), n in sorted(pairs.items())]
    yield from table(("before", "now", "articles", "share"), rows)
    judged = ~np.isnan(before.probabilities + after.probabilities).any(axis=1)
    if judged.any():
        yield "Probability now, less the probability before: quantiles, and the rank correlation of both (Spearman).\n"
        moved = [
            _moved(name, before.probabilities[judged, k], after.probabilities[judged, k])
            for k, name in enumerate(CLASSES)
        ]
        yield from table(("class", *(f"{q:.0%}" for q in QUANTILES), "largest", "correlation"), moved)


def _moved(name: str, before: NDArray[np.float64], after: NDArray[np.float64]) -> tuple[str, ...]:
    difference = after - before
    largest = difference[np.argmax(np.abs(difference))]
    quantiles = [f"{value:+.4f}" for value in np.quantile(difference, QUANTILES)]
    return name, *quantiles, f"{largest:+.4f}", _spearman(before, after)


def _spearman(before: NDArray[np.float64], after: NDArray[np.float64]) -> str:
    """Correlation of ranks, ties by their mean; none where all are alike."""
    one, other = rankdata(before), rankdata(after)
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return "none: all alike"
    return f"{np.corrcoef(one, other)[0, 1]:.4f}"
