"""Phrases that word spinners write and editors do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.extractors.base import cased
from detector.findings import Evidence, Suggestion
from detector.measures import Batch, Column, Mask, Measures
from detector.places import fit_as_read, fit_of
from detector.resources import Resources
from detector.text import Document, Flag


class _Matches(NamedTuple):
    """Every entry of the phrase table that stands in the batch, in reading order, each column of shape (n_matches,)."""

    token: NDArray[np.intp]  # the first
    n_words: NDArray[np.intp]
    rows: NDArray[np.intp]
    odds: Column
    gain: Column


@dataclass(frozen=True)
class SpinnerPhrases:
    """A phrase that stands in for another in spun text, in that direction only.

    What it finds: entries of a directional phrase table, one to four words on either side, each with the log-odds that
        it was written by a spinner, and how much better the original would fit the place.
    Why it marks spun text: spinners draw from lists, and the same odd phrases come back from site to site.
    Not evidence: one of them alone, or one where the original would fit no better: every entry is English that
        somebody writes. Names and figures are not matched.
    Example: "in keeping with police" where "according to police" stood.
    Source: log-odds ratio with an informative prior, Monroe, Colaresi & Quinn 2008, section 3.5.
    """

    name: ClassVar[str] = "spinner-phrases"
    unit: ClassVar[str] = "bits"
    certain: ClassVar[bool] = False

    min_strength: float = 3.0  # guess: bits of odds and fit together before a reader is told
    most_suggestions: int = 3
    min_probability: float = 0.1  # guess: of a suggestion worth reading

    def measure(self, batch: Batch, resources: Resources) -> Measures:
        """Per token, of the best entry that covers it: log-odds, gain of the original, and number of words."""
        matches = _matches(batch, resources)
        token, match = _covered(matches)
        last = np.flatnonzero(np.diff(token, append=-1))  # of the matches that cover a token, the best stands last
        token, match = token[last], match[last]
        columns = {name: np.zeros(len(batch.ids), np.float32) for name in ("odds", "phrase_gain", "phrase_words")}
        columns["odds"][token] = matches.odds[match]
        columns["phrase_gain"][token] = matches.gain[match]
        columns["phrase_words"][token] = matches.n_words[match]
        return Measures(columns, places=matches._asdict())

    def explain(self, batch: Batch, measures: Measures, resources: Resources, asked: Mask) -> Iterator[Evidence]:
        """One mark a phrase; where entries overlap, the strongest."""
        (document,) = batch.documents
        matches = _Matches(**measures.places)
        strength = matches.odds + matches.gain
        phrases = list(zip(matches.token.tolist(), (matches.token + matches.n_words).tolist(), strict=True))
        rivals: dict[tuple[int, int], list[int]] = {}  # the entries of one phrase in one place
        for i, phrase in enumerate(phrases):
            rivals.setdefault(phrase, []).append(i)
        taken, wanted = bytearray(len(document.ids)), asked.tobytes()  # quicker to ask about a few places than arrays
        strong = np.flatnonzero((strength >= self.min_strength) & (matches.odds > 0))
        marks: dict[int, Evidence] = {}
        for i in strong[np.argsort(-strength[strong], kind="stable")].tolist():
            first, behind = phrases[i]
            if taken.find(1, first, behind) >= 0:
                continue
            taken[first:behind] = b"\1" * (behind - first)
            if wanted.find(1, first, behind) >= 0:
                same = [(float(matches.gain[k]), int(matches.rows[k])) for k in rivals[phrases[i]]]
                marks[first] = self._mark(document, first, behind - 1, float(matches.odds[i]), same, resources)
        yield from (marks[first] for first in sorted(marks))

    def _mark(
        self,
        document: Document,
        first: int,
        last: int,
        odds: float,
        originals: Sequence[tuple[float, int]],
        resources: Resources,
    ) -> Evidence:
        """The mark of one phrase, given the gain and the row of each of its originals."""
        phrase, words = document.quote(first, last), resources.vocabulary.words
        powers = [2.0 ** min(gain + odds, 40.0) for gain, _ in originals]
        ranked = sorted(zip(powers, originals, strict=True), key=lambda one: -one[0])[: self.most_suggestions]
        shares = [(power / (sum(powers) + 1.0), row) for power, (_, row) in ranked]
        suggestions = tuple(
            Suggestion(cased(resources.phrases.original(row, words), phrase), share)
            for share, row in shares
            if share >= self.min_probability
        )
        return Evidence(
            start=int(document.start[first]),
            end=int(document.end[last]),
            text=phrase,
            extractor=self.name,
            kind="spinner-phrase",
            strength=odds + max(gain for gain, _ in originals),
            reason="Word spinners write this in place of other words.",
            suggestions=suggestions,
        )


def _matches(batch: Batch, resources: Resources) -> _Matches:
    """Find the entries, and put each original in the phrase's place."""
    table, ids = resources.phrases, batch.ids
    start, n_words, rows = table.matches(ids)
    order = np.argsort(start, kind="stable")
    start, n_words, rows = start.take(order), n_words.take(order), rows.take(order)
    # A phrase in capitals is a name, and an entry never reaches across figures.
    barred = np.concatenate([[0], np.cumsum((batch.flags & (Flag.NAME | Flag.NUMBER)) > 0)])
    kept = barred[start + n_words] == barred[start]
    start, n_words, rows = start[kept], n_words[kept], rows[kept]
    originals = table.originals[rows].astype(np.int32)
    fits = fit_of(originals, batch, start, n_words, resources.language_model).sum(axis=1)
    gain = fits - fit_as_read(batch, start, n_words)
    return _Matches(start, n_words, rows, table.odds[rows], gain.astype(np.float32))


def _covered(matches: _Matches) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Each token that a match covers with the match, by token, the weakest match first."""
    match = np.repeat(np.arange(len(matches.token)), matches.n_words)
    inside = np.arange(len(match)) - np.repeat(np.cumsum(matches.n_words) - matches.n_words, matches.n_words)
    token = matches.token[match] + inside
    order = np.lexsort((match, (matches.odds + matches.gain)[match], token))
    return token[order], match[order]
