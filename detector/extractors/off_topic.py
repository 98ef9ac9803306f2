"""A word that does not belong to what the text is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from detector.extractors.base import cased
from detector.findings import Evidence, Suggestion
from detector.measures import Batch, Mask, Measures
from detector.resources import Resources
from detector.text import UNKNOWN
from detector.topic import cosine, surroundings


@dataclass(frozen=True)
class OffTopic:
    """A word off the topic, with a near-synonym that is on it.

    What it finds: words whose meaning lies far from that of the words around them and of the whole article, though one
        of their near-synonyms lies close.
    Why it marks spun text: a list of synonyms mixes the senses of a word, so that fighters in a war become boxers.
    Not evidence: images and asides, which leave the topic on purpose; names and figures, which are not measured.
    Example: "the boxers shelled the town" where "fighters" stood.
    Source: cosine in a space of word meanings after Levy, Goldberg & Dagan 2015; sense by context, Schuetze 1998.
    """

    name: ClassVar[str] = "off-topic"
    unit: ClassVar[str] = "cosine"
    certain: ClassVar[bool] = False

    min_gain: float = 0.3  # guess: from "unrelated" to "of the topic"
    sharpness: float = 8.0  # guess: nats that a cosine of one is worth in favour of a candidate
    most_suggestions: int = 3

    def measure(self, batch: Batch, resources: Resources) -> Measures:
        """Per token: cosine of the word with its surroundings, the best cosine of a candidate, and how much better that
        is; 0 where a meaning is not known."""
        words, measured = resources.words, np.flatnonzero(batch.wording & (batch.ids != UNKNOWN))
        around = surroundings(batch, measured, words)
        own, best = np.zeros((2, len(batch.ids)), np.float32)
        own[measured] = cosine(around, np.arange(len(measured)), batch.ids[measured], words)
        rows, ids, _ = resources.candidates.neighbours(batch.ids[measured])
        np.maximum.at(best, measured.take(rows), cosine(around, rows, ids, words))
        known = best > 0
        known[known] = words.vectors.take(batch.ids[known], axis=0).any(axis=1)
        return Measures({"topic": own, "topic_rival": best, "topic_gain": np.where(known, best - own, np.float32(0))})

    def explain(self, batch: Batch, measures: Measures, resources: Resources, asked: Mask) -> Iterator[Evidence]:
        """One mark a word."""
        (document,) = batch.documents
        marked = np.flatnonzero((measures.tokens["topic_gain"] >= self.min_gain) & asked)
        around = surroundings(batch, marked, resources.words)
        rows, ids, weights = resources.candidates.neighbours(document.ids[marked])
        odds = (weights * np.exp(self.sharpness * cosine(around, rows, ids, resources.words))).tolist()
        ids = ids.tolist()
        firsts = np.searchsorted(rows, np.arange(len(marked) + 1)).tolist()
        for i, first, last in zip(marked.tolist(), firsts, firsts[1:], strict=False):
            own = sorted(zip(odds[first:last], ids[first:last], strict=True), key=lambda one: -one[0])
            total, text = sum(odds[first:last]), document.quote(i, i)
            yield Evidence(
                start=int(document.start[i]),
                end=int(document.end[i]),
                text=text,
                extractor=self.name,
                kind="off-topic",
                strength=float(measures.tokens["topic_gain"][i]),
                reason="This word does not belong to what the text around it is about.",
                suggestions=tuple(
                    Suggestion(cased(resources.vocabulary.words[candidate], text), share / total)
                    for share, candidate in own[: self.most_suggestions]
                ),
            )
