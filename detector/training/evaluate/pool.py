"""Texts measured once, so that both stages can be fitted on them again and again.

What an extractor measured is columns of its own: to leave it out is to drop its columns, and nothing is measured twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from detector.classifier import sigmoid
from detector.extractors import EXTRACTORS, Batch, Measures
from detector.features import belief_columns, standing_columns, token_rows
from detector.ingest.clutter import find_clutter
from detector.resources import Resources
from detector.segment import segment
from detector.training.examples import Example, covered

BATCH = 40  # articles measured together

Rows = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of what is measured of tokens and of articles, and whose each is.

    Attributes:
        tokens, standing: names; `standing` are the articles' columns that no belief in their tokens changes.
        tokens_of, standing_of: place in EXTRACTORS of the extractor that measures the column, -1 for none.
    """

    tokens: tuple[str, ...]
    standing: tuple[str, ...]
    tokens_of: NDArray[np.intp]
    standing_of: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pool:
    """Articles measured once.

    Attributes:
        columns: what was measured.
        batches: the articles, BATCH at a time; `scored` are the tokens of each batch that have rows.
        rows, swapped, article: of every scored token its columns, whether a spinner wrote it, and its article.
        standing: columns of every article, shape (n_articles, len(columns.standing)).
    """

    columns: Columns
    batches: tuple[Batch, ...]
    scored: tuple[NDArray[np.intp], ...]
    rows: Rows
    swapped: Mask
    article: NDArray[np.intp]
    standing: Rows

    def __len__(self) -> int:
        return len(self.standing)

    def articles(self, log_odds: NDArray[np.float64], kept: Mask) -> tuple[list[str], Rows]:
        """Names and rows of the article stage for such log-odds of the tokens, with the standing columns `kept`."""
        believed, first = [], 0
        names: list[str] = []
        for batch, scored in zip(self.batches, self.scored, strict=True):
            own = belief_columns(batch, scored, sigmoid(log_odds[first : first + len(scored)]))
            names, first = list(own), first + len(scored)
            believed.append(np.stack(list(own.values()), axis=1).astype(np.float32))
        names += [name for name, keep in zip(self.columns.standing, kept, strict=True) if keep]
        return names, np.concatenate([np.concatenate(believed), self.standing[:, kept]], axis=1)


def measure_pool(examples: Sequence[Example], resources: Resources, workers: int = 1) -> Pool:
    """Measure at least one text, in worker processes if there are several."""
    chunks = [examples[i : i + BATCH] for i in range(0, len(examples), BATCH)]
    jobs = Parallel(n_jobs=workers, backend="multiprocessing")
    done = jobs(delayed(_measure)(chunk, resources) for chunk in chunks)
    batches, scored, rows, swapped, standing = zip(*done, strict=True)
    counts = [np.diff(np.searchsorted(own, batch.offsets)) for own, batch in zip(scored, batches, strict=True)]
    article = np.repeat(np.arange(len(examples)), np.concatenate(counts))
    return Pool(
        columns_of(batches[0], resources),
        batches,
        scored,
        np.concatenate(rows),
        np.concatenate(swapped),
        article,
        np.concatenate(standing),
    )


def _measure(examples: Sequence[Example], resources: Resources) -> tuple[Batch, NDArray[np.intp], Rows, Mask, Rows]:
    documents = [segment(e.text, resources.vocabulary, find_clutter(e.text).spans) for e in examples]
    batch = Batch.join(tuple(documents), resources.language_model)
    measures = [extractor.measure(batch, resources) for extractor in EXTRACTORS]
    _, scored, rows = token_rows(batch, measures)
    standing = standing_columns(batch, measures, scored, rows, resources.vocabulary)
    swapped = np.concatenate([covered(document, e.swaps) for document, e in zip(documents, examples, strict=True)])
    return batch, scored, rows, swapped[scored], np.stack(list(standing.values()), axis=1).astype(np.float32)


def columns_of(batch: Batch, resources: Resources) -> Columns:
    """What is measured, and whose it is: what is no longer there without an extractor is that extractor's."""
    batch = Batch.join(batch.documents[:1], resources.language_model)
    measures = [extractor.measure(batch, resources) for extractor in EXTRACTORS]
    tokens, standing = _names(batch, measures, resources)
    tokens_of, standing_of = np.full(len(tokens), -1), np.full(len(standing), -1)
    for i in range(len(EXTRACTORS)):
        left = _names(batch, [*measures[:i], *measures[i + 1 :]], resources)
        tokens_of[[name not in set(left[0]) for name in tokens]] = i
        standing_of[[name not in set(left[1]) for name in standing]] = i
    return Columns(tokens, standing, tokens_of, standing_of)


def _names(batch: Batch, measures: Sequence[Measures], resources: Resources) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names, scored, rows = token_rows(batch, measures)
    return tuple(names), tuple(standing_columns(batch, measures, scored, rows, resources.vocabulary))
