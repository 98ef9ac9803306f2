"""Assertions that quote the text instead of counting offsets."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from detector.extractors import Batch, Extractor
from detector.findings import Evidence
from detector.resources import Resources
from detector.text import Document


def explain(extractor: Extractor, document: Document, resources: Resources) -> list[Evidence]:
    """What `extractor` says of one document."""
    batch = Batch.join((document,), resources.language_model)
    return list(extractor.explain(batch, extractor.measure(batch, resources), resources, np.ones(len(batch.ids), bool)))


def assert_evidence(document: Document, evidence: Iterable[Evidence], *quotes: str) -> None:
    """The marks quote `quotes`, in this order, no more and no less, and each stands where it says it does."""
    marks = list(evidence)
    assert [mark.text for mark in marks] == list(quotes)
    for mark in marks:
        assert_stands(document, mark)


def assert_stands(document: Document, mark: Evidence) -> None:
    """The mark quotes the text at its offsets, and begins and ends where tokens do."""
    assert 0 <= mark.start < mark.end <= len(document.text)
    assert mark.text == document.text[mark.start : mark.end]
    words = document.start < document.end
    assert mark.start in document.start[words]
    assert mark.end in document.end[words]
    assert np.isfinite(mark.strength)


def tokens(document: Document) -> list[str]:
    """The document's own words; a boundary is empty."""
    return [document.text[a:b] for a, b in zip(document.start.tolist(), document.end.tolist(), strict=True)]


def sentences(document: Document) -> list[str]:
    """The text of each sentence, from its first token to its last."""
    found = []
    for number in range(int(document.sentence[-1]) + 1):
        inside = np.flatnonzero((document.sentence == number) & (document.start < document.end))
        found += [document.quote(int(inside[0]), int(inside[-1]))] if len(inside) else []
    return found
