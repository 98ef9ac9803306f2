"""A word against its alternatives in the same place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.extractors.base import cased
from detector.findings import Evidence, Suggestion
from detector.measures import Batch, Column, Mask, Measures
from detector.resources import Resources
from detector.text import BOUNDARY, UNKNOWN


class _Rivals(NamedTuple):
    """Every candidate of every measured token; tokens ascend. Scores are log2, shape (n_rivals,)."""

    token: NDArray[np.int64]
    ids: NDArray[np.int32]
    gain: Column  # how much better the candidate fits the place
    fit_gain: Column  # the same with the words' own frequencies taken out
    weight: Column


@dataclass(frozen=True)
class SubstitutionGain:
    """A word whose near-synonym fits the same place far better.

    What it finds: words with an alternative that the language model, reading two words to the left and two to the
        right, finds much likelier in that place.
    Why it marks spun text: a spinner replaces the word that belongs there by a neighbour off a list; the word that
        belongs there is then among the neighbours of what we read.
    Not evidence: one such word alone: writers choose odd words too, most of all in quotations, sport and arts. Names,
        figures and words without alternatives are not measured.
    Example: "the disputed patch" where "region" stood.
    Source: likelihood ratio of the two readings; a noisy channel after Kernighan, Church & Gale 1990.
    """

    name: ClassVar[str] = "substitution-gain"
    unit: ClassVar[str] = "bits"
    certain: ClassVar[bool] = False

    min_gain: float = 3.0  # guess: eight times likelier; below it no reason is given to a reader
    most_suggestions: int = 5
    min_probability: float = 0.02  # guess: less is not worth weighing with what others suggest

    def measure(self, batch: Batch, resources: Resources) -> Measures:
        """Per token: the best gain, the best gain net of frequency, the pooled gain of all alternatives, and the share
        of alternatives that fit better; 0 where nothing was measured."""
        n = len(batch.ids)
        rivals = _rivals(batch, np.flatnonzero(batch.wording & (batch.ids != UNKNOWN)), resources)
        starts = np.flatnonzero(np.diff(rivals.token, prepend=-1))
        tokens = rivals.token[starts]
        columns = {name: np.zeros(n, np.float32) for name in ("gain", "fit_gain", "pooled", "share", "n_rivals")}
        if len(starts):
            counts = np.diff(np.append(starts, len(rivals.token)))
            columns["gain"][tokens] = np.maximum.reduceat(rivals.gain, starts)
            columns["fit_gain"][tokens] = np.maximum.reduceat(rivals.fit_gain, starts)
            odds = np.add.reduceat(rivals.weight * np.exp2(np.minimum(rivals.gain, 40.0)), starts)
            columns["pooled"][tokens] = np.log2(odds + 1e-6)
            columns["share"][tokens] = np.add.reduceat((rivals.gain > 0).astype(np.float32), starts) / counts
            columns["n_rivals"][tokens] = counts
        return Measures(columns, places=rivals._asdict())

    def explain(self, batch: Batch, measures: Measures, resources: Resources, asked: Mask) -> Iterator[Evidence]:
        """One mark a word, with the alternatives by their share of the odds."""
        (document,) = batch.documents
        marked = np.flatnonzero((measures.tokens["gain"] >= self.min_gain) & asked)
        rivals = _Rivals(**measures.places)
        odds, ids = (rivals.weight * np.exp2(np.minimum(rivals.gain, 40.0))).tolist(), rivals.ids.tolist()
        firsts, behind = (np.searchsorted(rivals.token, marked, side=side).tolist() for side in ("left", "right"))
        for i, first, last in zip(marked.tolist(), firsts, behind, strict=True):
            word = document.quote(i, i)
            suggestions = self._suggestions(word, odds[first:last], ids[first:last], resources)
            if not suggestions:
                continue
            gain = float(measures.tokens["gain"][i])
            yield Evidence(
                start=int(document.start[i]),
                end=int(document.end[i]),
                text=word,
                extractor=self.name,
                kind="swapped-word",
                strength=gain,
                reason=f"Edited news would hardly write this here: another word is {_times(gain)} likelier.",
                suggestions=suggestions,
            )

    def _suggestions(
        self, word: str, odds: Sequence[float], ids: Sequence[int], resources: Resources
    ) -> tuple[Suggestion, ...]:
        """Candidates by probability, the word itself among the rivals."""
        total = sum(odds) + 1.0
        ranked = sorted(zip(odds, ids, strict=True), key=lambda one: -one[0])[: self.most_suggestions]
        return tuple(
            Suggestion(cased(resources.vocabulary.words[candidate], word), own / total)
            for own, candidate in ranked
            if own / total >= self.min_probability
        )


def _rivals(batch: Batch, measured: NDArray[np.intp], resources: Resources) -> _Rivals:
    """Score every candidate of the tokens `measured` in its place."""
    model, reading = resources.language_model, batch.reading
    rows, ids, weights = resources.candidates.neighbours(batch.ids[measured])
    at = measured.take(rows)
    own, after, after2 = model.slots(reading, at, ids)
    last = len(batch.ids) - 1
    here = np.arange(len(batch.ids))
    right, right2 = np.minimum(here + 1, last), np.minimum(here + 2, last)
    after_next = np.where(batch.ids.take(right) != BOUNDARY, reading.trigram.take(right2), 0)
    word = reading.trigram + reading.trigram.take(right) + after_next
    gain = own + after + after2 - word.take(at)
    return _Rivals(at, ids, gain, gain - model.unigrams.take(ids) + model.unigrams.take(batch.ids.take(at)), weights)


def _times(bits: float) -> str:
    return f"{2**bits:,.0f} times" if bits < 10 else "over a thousand times"
