"""A set phrase with one of its words put out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.extractors.base import cased
from detector.findings import Evidence, Suggestion
from detector.lexicon import PATTERNS, all_pattern_keys
from detector.measures import Batch, Mask, Measures
from detector.resources import Resources
from detector.text import Flag

FORESEEN = -6.0  # log2: a likelier word is the one that belongs there, and nothing is looked up


class _Places(NamedTuple):
    """Every place where a pattern asks for another word, in reading order, each column of shape (n_places,)."""

    token: NDArray[np.intp]  # in the slot
    row: NDArray[np.intp]  # of the table
    pattern: NDArray[np.intp]  # of PATTERNS


@dataclass(frozen=True)
class FixedPhrases:
    """A set phrase with one of its words put out.

    What it finds: two or three neighbours that edited news joins with one and the same word, and another word there.
    Why it marks spun text: a spinner looks words up one by one and does not know that "all of a sudden" is one.
    Not evidence: figures; and a phrase that is turned on purpose, as headlines and columns do, is so once.
    Example: "all of a quick" where "all of a sudden" stood; "the Joined Nations Security Council".
    Source: counted; a test of non-substitutability, Lin 1999, "Automatic identification of non-compositional phrases".
    """

    name: ClassVar[str] = "fixed-phrases"
    unit: ClassVar[str] = "bits"
    certain: ClassVar[bool] = False

    min_certainty: float = 4.0  # guess: one in sixteen writes another word; below it a reader is not told

    def measure(self, batch: Batch, resources: Resources) -> Measures:
        """Per token: certainty of the best pattern that asks for another word, and how many do."""
        n = len(batch.ids)
        places = _places(batch, _may_be_put_out(batch), resources)
        best = np.zeros(n, np.float32)
        np.maximum.at(best, places.token, resources.fixed.certainty[places.row])
        count = np.bincount(places.token, minlength=n).astype(np.float32)
        return Measures({"fixed_other": best, "fixed_count": count}, places=places._asdict())

    def explain(self, batch: Batch, measures: Measures, resources: Resources, asked: Mask) -> Iterator[Evidence]:
        """One mark a word, with the phrase that news writes."""
        (document,) = batch.documents
        marked = np.flatnonzero((measures.tokens["fixed_other"] >= self.min_certainty) & asked)
        places = _Places(**measures.places)
        order = np.lexsort((-resources.fixed.certainty[places.row], places.token))
        for i, best in zip(marked.tolist(), order[np.searchsorted(places.token, marked)].tolist(), strict=True):
            filler, certainty = resources.fixed.fillers[places.row[best]], resources.fixed.certainty[places.row[best]]
            word = resources.vocabulary.words[filler]
            word = word.title() if resources.vocabulary.names[filler] else word
            slot, n_words = PATTERNS[places.pattern[best]]
            phrase = [document.quote(k, k) for k in range(i - slot, i - slot + n_words)]
            phrase[slot] = word
            text = document.quote(i, i)
            yield Evidence(
                start=int(document.start[i]),
                end=int(document.end[i]),
                text=text,
                extractor=self.name,
                kind="fixed-phrase",
                strength=float(certainty),
                reason=f"A set phrase: news writes “{' '.join(phrase)}”.",
                suggestions=(Suggestion(cased(word, text), float(1 - 2**-certainty)),),
            )


def _may_be_put_out(batch: Batch) -> NDArray[np.intp]:
    """Words that are no figures, and were hardly to be foreseen."""
    is_word = (batch.flags & (Flag.WORD | Flag.NUMBER)) == Flag.WORD
    return np.flatnonzero(is_word & (batch.reading.trigram < FORESEEN))


def _places(batch: Batch, asked: NDArray[np.intp], resources: Resources) -> _Places:
    """Where a pattern with one of the tokens `asked` in its slot asks for another word."""
    if not len(asked):
        none = np.zeros(0, np.intp)
        return _Places(none, none, none)
    found, row = resources.fixed.find(all_pattern_keys(batch.ids, asked).reshape(-1))
    pattern, place = np.divmod(found, len(asked))
    order = np.lexsort((pattern, place))  # of two patterns as certain the first of PATTERNS speaks
    row, pattern, place = row.take(order), pattern.take(order), place.take(order)
    token = asked.take(place)
    other = resources.fixed.fillers[row] != batch.ids[token]
    return _Places(token[other], row[other], pattern[other])
