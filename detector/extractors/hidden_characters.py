"""Characters that a reader cannot see and that a matcher stumbles over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from detector.findings import Evidence
from detector.folding import fold
from detector.measures import Batch, Mask, Measures
from detector.resources import Resources
from detector.text import Flag


@dataclass(frozen=True)
class HiddenCharacters:
    """Letters of another alphabet that pass for Latin ones, and zero-width characters inside words.

    What it finds: words that mix Latin with Cyrillic, Greek or full-width letters of the same look, words made of such
        letters alone where mixed ones stand in the text, and invisible characters between two letters.
    Why it marks spun text: no keyboard and no newsroom system writes them; they are put in so that copies are not
        matched.
    Not evidence: soft hyphens, byte-order marks, direction marks and joiners outside words, words that are honestly
        Greek or Russian, accents, curly quotes, long dashes and unusual spaces.
    Example: "Karab\\u0430kh" with a Cyrillic a.
    Source: Unicode Technical Standard 39, confusable detection.
    """

    name: ClassVar[str] = "hidden-characters"
    unit: ClassVar[str] = "characters"
    certain: ClassVar[bool] = True

    def measure(self, batch: Batch, resources: Resources) -> Measures:
        """One column: whether a hidden character stood in the token."""
        return Measures(rare={"hidden": ((batch.flags & Flag.FOLDED) > 0).astype(np.float32)})

    def explain(self, batch: Batch, measures: Measures, resources: Resources, asked: Mask) -> Iterator[Evidence]:
        """One mark a word."""
        (document,) = batch.documents
        marked = np.flatnonzero(measures.rare["hidden"]).tolist()
        hidden = fold(document.text).hidden if marked else np.zeros(0, np.int32)
        for i in marked:
            first, last = np.searchsorted(hidden, [document.start[i], document.end[i]])
            yield Evidence(
                start=int(document.start[i]),
                end=int(document.end[i]),
                text=document.quote(i, i),
                extractor=self.name,
                kind="hidden-character",
                strength=float(last - first),
                reason="Letters of another alphabet, or invisible characters, stand inside this word.",
            )
