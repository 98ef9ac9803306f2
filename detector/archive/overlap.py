"""How much of a suspect stands in a reference, sentence by sentence: a second ranking for a few dozen candidates.

For each sentence of the suspect the sentence of the reference that shares most of its words is sought; words are those
of `words.words_of`, which leaves out the commonest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from detector.archive.words import all_by_sentence, words_of

COPY = 0.8  # share of the shorter's shingles in the longer from which two texts are versions of one; guess
SHINGLE = 4  # words in a row
# Of the weight of a sentence's names and numbers, the share that stands in one sentence of a reference which the
# sentence may come from. Spinners leave them, other reports of a kind of event have their own (benchmarks/sources.py).
NAMES_HELD = 0.7


class Sought:
    """What a suspect shares with references, of which it is compared with many: its words are numbered once.

    `sentences` are the suspect's, as `words.sentences_of` gives them; `names` the weights of the names and numbers of
    some of them, by the sentence's number.
    """

    def __init__(self, sentences: Sequence[frozenset[str]], names: Mapping[int, Mapping[str, float]]) -> None:
        self._places = {word: place for place, word in enumerate(sorted(frozenset().union(*sentences)))}
        self._words = self._rows(sentences)
        self._total = int(self._words.sum())
        self._named = list(names)
        self._names = np.zeros((len(names), len(self._places)))
        for row, weights in zip(self._names, names.values(), strict=True):
            row[[self._places[word] for word in weights]] = list(weights.values())

    def compare(self, reference: str) -> tuple[float, frozenset[int]]:
        """Give the share of the suspect's words that stand in the best sentence of the reference for theirs, 0 to 1,
        and which sentences have most of their names and numbers in one of its sentences.

        Each sentence counts by its words. 1 for equal texts, 0 where either has none.

        >>> suspect = [frozenset({"orsk", "fell"}), frozenset({"rain"})]
        >>> Sought(suspect, {0: {"orsk": 2.0}}).compare("Orsk held out.")
        (0.3333333333333333, frozenset({0}))
        """
        rows = self._rows(self._places.keys() & words for words in all_by_sentence(reference))
        if not rows.size:
            return 0.0, frozenset()
        shared = (self._words @ rows.T).max(axis=1).sum()
        there, whole = (self._names @ rows.T).max(axis=1), self._names.sum(axis=1)
        held = np.flatnonzero(there >= NAMES_HELD * whole)
        return int(shared) / self._total, frozenset(self._named[k] for k in held.tolist())

    def _rows(self, sentences: Iterable[AbstractSet[str]]) -> NDArray[np.float32]:
        """One row a sentence, 1 in the columns of its words."""
        places = [[self._places[word] for word in words] for words in sentences]
        rows = np.zeros((len(places), len(self._places)), np.float32)
        for row, some in zip(rows, places, strict=True):
            row[some] = 1
        return rows


def shingles(text: str) -> frozenset[int]:
    """Hashes of all SHINGLE words in a row; they hold for this process only."""
    words = words_of(text)
    return frozenset(map(hash, zip(*(words[i:] for i in range(SHINGLE)), strict=False))) or frozenset(
        [hash(tuple(words))]
    )


def are_copies(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether the shorter of two texts, by its shingles, stands in the longer almost whole."""
    return len(one & other) >= COPY * min(len(one), len(other))
