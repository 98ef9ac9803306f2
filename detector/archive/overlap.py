"""How much of a suspect stands in a reference, sentence by sentence: a second ranking for a few dozen candidates.

For each sentence of the suspect the sentence of the reference that shares most of its words is sought; words are those
of `words.words_of`, which leaves out the commonest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from typing import NamedTuple

import numpy as np

from detector.archive.words import all_by_sentence, told

COPY = 0.8  # share of the shorter's shingles in the longer from which two texts are versions of one; guess
SHINGLE = 4  # words in a row
# Of the weight of a sentence's names and numbers, the share that stands in one sentence of a reference which the
# sentence may come from. Spinners leave them, other reports of a kind of event have their own (benchmarks/sources.py).
NAMES_HELD = 0.7


class Shared(NamedTuple):
    """What a reference shares with the suspect.

    Attributes:
        similarity: share of the suspect's words that stand in the best sentence of the reference for theirs, 0 to 1.
        held: the suspect's sentences, most of whose names and numbers stand in one of the reference's.
        words: all of the reference, in reading order.
    """

    similarity: float
    held: frozenset[int]
    words: list[str]


class Sought:
    """What a suspect shares with references, of which it is compared with many: its words are numbered once.

    `sentences` are the suspect's, as `words.sentences_of` gives them; `names` the weights of the names and numbers of
    some of them, by the sentence's number.
    """

    def __init__(self, sentences: Sequence[frozenset[str]], names: Mapping[int, Mapping[str, float]]) -> None:
        self._places = {word: place for place, word in enumerate(sorted(frozenset().union(*sentences)))}
        self._n_sentences = len(sentences)
        self._total = sum(map(len, sentences))
        self._named = list(names)
        self._least = [NAMES_HELD * sum(weights.values()) for weights in names.values()]
        # A row a sentence, then one for the names of each that has several; the last column is of strange words.
        self._rows = np.zeros((len(sentences) + len(names), len(self._places) + 1), np.float32)
        asked = [*(dict.fromkeys(words, 1.0) for words in sentences), *names.values()]
        for row, words in zip(self._rows, asked, strict=True):
            row[[self._places[word] for word in words]] = list(words.values())

    def compare(self, reference: str) -> Shared:
        """Compare with one reference. Each sentence counts by its words: similarity is 1 for equal texts, 0 where
        either has none.

        >>> suspect = [frozenset({"orsk", "fell"}), frozenset({"rain"})]
        >>> Sought(suspect, {0: {"orsk": 2.0}}).compare("Orsk held out.")[:2]
        (0.3333333333333333, frozenset({0}))
        """
        sentences = list(all_by_sentence(reference))
        words = list(chain.from_iterable(sentences))
        if not self._places or not words:
            return Shared(0.0, frozenset(), words)
        strange = len(self._places)
        places = np.fromiter(map(self._places.get, words, repeat(strange)), np.intp, len(words))
        rows = np.zeros((len(sentences), strange + 1), np.float32)
        rows[np.repeat(np.arange(len(sentences)), list(map(len, sentences))), places] = 1
        best = (self._rows @ rows.T).max(axis=1)
        held = np.flatnonzero(best[self._n_sentences :] >= self._least)
        similarity = int(best[: self._n_sentences].sum()) / self._total
        return Shared(similarity, frozenset(self._named[k] for k in held.tolist()), words)


def shingles(words: Sequence[str]) -> frozenset[int]:
    """Hashes of all SHINGLE words in a row, the commonest left out; they hold for this process only."""
    words = told(words)
    return frozenset(map(hash, zip(*(words[i:] for i in range(SHINGLE)), strict=False))) or frozenset(
        [hash(tuple(words))]
    )


def are_copies(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether the shorter of two texts, by its shingles, stands in the longer almost whole."""
    return len(one & other) >= COPY * min(len(one), len(other))
