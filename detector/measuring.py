"""Documents -> what was measured of them: extractors, then both stages of the classifier, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.classifier import Classifier
from detector.extractors import EXTRACTORS
from detector.features import article_rows, token_rows
from detector.measures import Batch, Measures
from detector.passages import Passages, passages
from detector.resources import Resources
from detector.text import Document

BATCH_TOKENS = 15_000  # measured together: more pays in page faults what it saves in calls


@dataclass(frozen=True, slots=True)
class Measured:
    """One document with all that was measured of it.

    Attributes:
        batch: the documents it was measured with.
        measured: what each of EXTRACTORS measured of these.
        row: the document's place there.
        scored: tokens that the token stage scored.
        swapped: its probability that each of these was swapped, 0 to 1.
        scores: log-odds of each class, shape (len(CLASSES),).
        passages: its parts, with what the token stage says of them.
    """

    document: Document
    batch: Batch
    measured: Sequence[Measures]
    row: int
    scored: NDArray[np.intp]
    swapped: NDArray[np.float64]
    scores: NDArray[np.float64]
    passages: Passages

    @property
    def measures(self) -> tuple[Measures, ...]:
        """What each of EXTRACTORS measured of the document alone."""
        tokens = slice(*self.batch.offsets[self.row : self.row + 2])
        return tuple(measured.alone(tokens, self.row) for measured in self.measured)


def batches(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Cut documents, in order, into lists that are measured together."""
    batch: list[Document] = []
    n_tokens = 0
    for document in documents:
        if batch and n_tokens + len(document.ids) > BATCH_TOKENS:
            yield batch
            batch, n_tokens = [], 0
        batch.append(document)
        n_tokens += len(document.ids)
    if batch:
        yield batch


def measure_batch(documents: Sequence[Document], resources: Resources, classifier: Classifier) -> Iterator[Measured]:
    """Measure documents together; the figures of each are those it would have alone."""
    batch = Batch.join(tuple(documents), resources.language_model)
    measures: list[Measures] = [extractor.measure(batch, resources) for extractor in EXTRACTORS]
    names, scored, rows = token_rows(batch, measures)
    probability = classifier.swapped(names, rows)
    columns, pooled = article_rows(batch, measures, scored, rows, probability, resources.vocabulary)
    scores = classifier.scores(columns, pooled)
    edges = np.searchsorted(scored, batch.offsets)
    for d, parts in enumerate(passages(batch, scored, probability)):
        own = slice(edges[d], edges[d + 1])
        at = scored[own] - batch.offsets[d]
        yield Measured(batch.documents[d], batch, measures, d, at, probability[own], scores[d], parts)
