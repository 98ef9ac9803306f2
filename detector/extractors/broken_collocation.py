"""Neighbours that edited news never puts together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from detector.findings import Evidence
from detector.measures import Batch, Mask, Measures
from detector.resources import Resources
from detector.text import BOUNDARY, UNKNOWN


@dataclass(frozen=True)
class BrokenCollocation:
    """Two neighbours, each common, that never stand together in edited news.

    What it finds: adjacent words that chance alone would have brought together `min_expected` times in the text the
        language model was counted on, and that its table does not hold.
    Why it marks spun text: a synonym off a word list keeps the meaning and loses the company.
    Not evidence: names, numbers, punctuation, quotations' edges and rare words, which pair freely.
    Example: "a lights blitz" -> "lights blitz".
    Source: expected counts under independence, Manning & Schuetze 1999, section 5.3.
    """

    name: ClassVar[str] = "broken-collocation"
    unit: ClassVar[str] = "log2 of the expected count"
    certain: ClassVar[bool] = False

    min_expected: float = 2.0  # guess: log2, four times; below it a missing pair is no wonder

    def measure(self, batch: Batch, resources: Resources) -> Measures:
        """Per token: log2 expected count of the unseen pair with the left and the right neighbour (0 where seen), and
        how much likelier each pair is than chance (`left_fit`, `right_fit`, log2)."""
        reading, model = batch.reading, resources.language_model
        known = batch.wording & (batch.ids != UNKNOWN)
        both = known & np.concatenate([[False], known[:-1]]) & (reading.left != BOUNDARY)
        expected = model.frequencies[reading.left] + model.frequencies[batch.ids] + np.float32(np.log2(model.n_tokens))
        missing = np.where(both & ~reading.seen, np.maximum(expected, 0), 0).astype(np.float32)
        fit = np.where(known & (reading.left != BOUNDARY), reading.bigram - model.unigrams[batch.ids], 0)
        return Measures(
            {
                "left_missing": missing,
                "right_missing": _next(missing),
                "left_fit": fit.astype(np.float32),
                "right_fit": _next(fit.astype(np.float32)),
            }
        )

    def explain(self, batch: Batch, measures: Measures, resources: Resources, asked: Mask) -> Iterator[Evidence]:
        """One mark a pair."""
        (document,) = batch.documents
        missing = measures.tokens["left_missing"]
        asked = asked | np.append(False, asked[:-1])
        for i in np.flatnonzero((missing >= self.min_expected) & asked).tolist():
            times = 2 ** float(missing[i])
            yield Evidence(
                start=int(document.start[i - 1]),
                end=int(document.end[i]),
                text=document.quote(i - 1, i),
                extractor=self.name,
                kind="broken-collocation",
                strength=float(missing[i]),
                reason=(
                    "Both words are common, yet edited news does not put them side by side"
                    f" (chance alone would have done so {times:,.0f} times in the training text)."
                ),
            )


def _next(column: NDArray[np.float32]) -> NDArray[np.float32]:
    """The column of the token to the right."""
    return np.concatenate([column[1:], np.zeros(1, np.float32)])
