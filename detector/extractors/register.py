"""Words that news does not use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from detector.findings import Evidence
from detector.measures import Batch, Mask, Measures
from detector.resources import Resources

MOST = 256  # times, at which the table ends


@dataclass(frozen=True)
class Register:
    """A word that other writing uses and news does not.

    What it finds: words that are many times commoner in English at large than in edited news of any region.
    Why it marks spun text: a list of synonyms knows no register: it puts "commenced" where copy says started.
    Not evidence: words of a region's English, which are never counted; one alone; and verse, courts and what somebody
        said, where such words belong.
    Example: "commenced" where "started" stood; "visages" where "faces" stood.
    Source: frequencies elsewhere by wordfreq (Speer 2022), in news as counted here; keyness, Gabrielatos 2018.
    """

    name: ClassVar[str] = "register"
    unit: ClassVar[str] = "bits"
    certain: ClassVar[bool] = False

    min_bits: float = 2.5  # guess: six times as common elsewhere

    def measure(self, batch: Batch, resources: Resources) -> Measures:
        """Per token: log2 of how much commoner the word is elsewhere; 0 for names, figures and unknown words."""
        register = np.where(batch.wording, resources.words.register[batch.ids], 0)
        return Measures({"register": register.astype(np.float32)})

    def explain(self, batch: Batch, measures: Measures, resources: Resources, asked: Mask) -> Iterator[Evidence]:
        """One mark a word."""
        (document,) = batch.documents
        bits = measures.tokens["register"]
        for i in np.flatnonzero((bits >= self.min_bits) & asked).tolist():
            text, times = document.quote(i, i), 2 ** float(bits[i])
            at_least = "at least " if times >= MOST else ""
            yield Evidence(
                start=int(document.start[i]),
                end=int(document.end[i]),
                text=text,
                extractor=self.name,
                kind="register",
                strength=float(bits[i]),
                reason=f"News seldom says “{text}”: elsewhere it is {at_least}{times:,.0f} times as common.",
            )
