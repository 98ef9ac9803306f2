"""The tables of words that scoring reads: what is known of each word, its substitutes, spinner phrases, fixed phrases.

Words are vocabulary ids; a table is ragged arrays, so that it lies memory-mapped and is gathered for a batch at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntFlag
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray


class Form(IntFlag):
    """Grammatical forms that a spelling may be; most are several."""

    SINGULAR = 1
    PLURAL = 2
    BASE = 4  # of a verb: go
    THIRD = 8  # goes
    PAST = 16  # went
    PARTICIPLE = 32  # gone
    GERUND = 64  # going
    ADJECTIVE = 128
    COMPARATIVE = 256
    SUPERLATIVE = 512
    ADVERB = 1024
    VOWEL = 2048  # edited news writes "an" before it
    CONSONANT = 4096  # edited news writes "a" before it


@dataclass(frozen=True, slots=True)
class Words:
    """What is known of each word of the vocabulary.

    Attributes:
        forms: Form bits, uint16, shape (n_vocabulary,).
        register: log2 of how much commoner the word is elsewhere than in the regional news where it is commonest,
            float32, shape (n_vocabulary,); 0 where it is not known.
        vectors: meaning, unit vectors times 127, int8, shape (n_vocabulary, n_dimensions); zeros where it is not known.
    """

    forms: NDArray[np.uint16]
    register: NDArray[np.float32]
    vectors: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Candidates:
    """For each word as found in a text, the words that a spinner may have replaced by it.

    Attributes:
        offsets: candidates of word w are [offsets[w], offsets[w + 1]), int32, shape (n_vocabulary + 1,).
        ids: vocabulary ids of the candidates, the most plausible first, int32, shape (n_candidates,).
        weights: plausibility without context, in (0, 1], float32, shape (n_candidates,).
    """

    offsets: NDArray[np.int32]
    ids: NDArray[np.int32]
    weights: NDArray[np.float32]

    def neighbours(self, ids: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
        """Gather the candidates of many words: the place in `ids`, the candidate and its weight, each (n_found,).

        Rows follow `ids`; a word without candidates has no row.
        """
        first = self.offsets.take(ids).astype(np.int64)
        counts = self.offsets.take(ids + 1) - first
        rows = np.repeat(np.arange(len(ids)), counts)
        places = np.arange(len(rows)) + np.repeat(first - np.cumsum(counts) + counts, counts)
        return rows, self.ids.take(places), self.weights.take(places)


HINT_BITS = 21  # two MB: a tenth of them set by the shipped model's patterns
MOST_WORDS = 4  # of a phrase, on either side: four ids of 16 bits make one exact key


@dataclass(frozen=True, slots=True)
class Phrases:
    """Directional phrase substitutions: what spinners write, and what stood there before.

    Attributes:
        keys: the spun phrase, one exact key of its ids (`phrase_keys`), uint64, ascending, shape (n_entries,); a phrase
            with several originals has several rows.
        originals: ids of the original phrase, padded with 0, uint16, shape (n_entries, MOST_WORDS).
        odds: log2 of how much oftener the spun phrase stands in spun than in untouched news, float32, shape
            (n_entries,).
        opens: whether some entry begins with a word, shape (2**16,).
    """

    keys: NDArray[np.uint64]
    originals: NDArray[np.uint16]
    odds: NDArray[np.float32]
    opens: NDArray[np.bool_] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        opens = np.zeros(1 << 16, bool)
        opens[(self.keys >> np.uint64(48)).view(np.int64)] = True
        object.__setattr__(self, "opens", opens)

    def original(self, row: int, words: Sequence[str]) -> str:
        """The original of an entry, spelled with the vocabulary's `words`."""
        return " ".join(words[i] for i in self.originals[row].tolist() if i).replace(" 's", "'s").replace(" - ", "-")

    def matches(self, ids: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Every entry that stands in a stream: where it starts, of how many words it is, its row; in no special
        order."""
        if not len(self.keys):
            none = np.zeros(0, np.intp)
            return none, none, none
        found: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]] = []
        at = np.flatnonzero(self.opens[ids] & (ids > 1))  # neither a boundary nor an unknown word
        key = np.zeros(len(at), np.uint64)
        for n_words in range(1, MOST_WORDS + 1):
            word = ids[np.minimum(at + n_words - 1, len(ids) - 1)]
            inside = (word > 1) & (at + n_words <= len(ids))
            shift = np.uint64(16 * (MOST_WORDS - n_words))
            at, key = at[inside], key[inside] | (word[inside].astype(np.uint64) << shift)
            first = np.searchsorted(self.keys, key, side="left")
            nearest = self.keys[np.minimum(first, len(self.keys) - 1)]
            hit = np.flatnonzero(nearest == key)
            counts = np.searchsorted(self.keys, key[hit], side="right") - first[hit]
            rows = np.repeat(first[hit] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
            found.append((np.repeat(at[hit], counts), np.full(len(rows), n_words), rows))
            longer = (nearest >> shift) == (key >> shift)  # some entry begins so
            at, key = at[longer], key[longer]
        starts, lengths, rows = (np.concatenate(column) for column in zip(*found, strict=True))
        return starts, lengths, rows


@dataclass(frozen=True, slots=True)
class FixedPhrases:
    """Places that edited news fills with one word: two or three neighbours, and the word that stands there.

    Attributes:
        keys: the neighbours, one exact key (`pattern_keys`), uint64, ascending, shape (n_patterns,).
        fillers: id of the word, uint16, shape (n_patterns,).
        certainty: log2 of one over the share of the pattern's occurrences with another word, float32, shape
            (n_patterns,).
        hints: whether some pattern has such a hint (`_hints`), shape (2**HINT_BITS,): few other keys have.
    """

    keys: NDArray[np.uint64]
    fillers: NDArray[np.uint16]
    certainty: NDArray[np.float32]
    hints: NDArray[np.bool_] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        hints = np.zeros(1 << HINT_BITS, bool)
        hints[_hints(self.keys)] = True
        object.__setattr__(self, "hints", hints)

    def find(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Which of `keys` are patterns, and their rows; both of shape (n_found,), in no special order."""
        if not len(self.keys):
            return np.zeros(0, np.intp), np.zeros(0, np.intp)
        asked = np.flatnonzero(self.hints.take(_hints(keys)))
        order = asked.take(np.argsort(keys.take(asked)))  # neighbours in the table are asked for together
        ordered = keys.take(order)
        rows = np.minimum(np.searchsorted(self.keys, ordered), len(self.keys) - 1)
        found = np.flatnonzero(self.keys.take(rows) == ordered)
        return order.take(found), rows.take(found)


def _hints(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """HINT_BITS bits of each key, well mixed (multiplicative hashing, Knuth 1973, section 6.4)."""
    return (keys * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(64 - HINT_BITS)).view(np.int64)


SLOT, PADDING = 0, 1  # in a pattern: the place that is asked for, and what fills up a pattern of two neighbours
PATTERNS = ((0, 3), (1, 3), (2, 3), (0, 4), (1, 4), (2, 4), (3, 4))  # place of the slot, and words of the whole


def pattern_keys(ids: NDArray[np.integer], at: NDArray[np.intp], slot: int, n_words: int) -> NDArray[np.uint64]:
    """The keys of the `n_words` around the places `at` of a stream, which are left open at `slot`; shape (n_places,).

    Past an end of the stream, across a boundary, and beside an unknown word the key is 0, which is no pattern.
    """
    return _pattern_keys(partial(_neighbours, ids, at), slot, n_words)


def all_pattern_keys(ids: NDArray[np.integer], at: NDArray[np.intp]) -> NDArray[np.uint64]:
    """`pattern_keys` of each of PATTERNS, shape (len(PATTERNS), n_places)."""
    neighbours = cache(partial(_neighbours, ids, at))
    return np.stack([_pattern_keys(neighbours, slot, n_words) for slot, n_words in PATTERNS])


def _pattern_keys(neighbours: Callable[[int], NDArray[np.uint64]], slot: int, n_words: int) -> NDArray[np.uint64]:
    whole = neighbours(0) > SLOT
    keys = np.zeros(len(whole), np.uint64)
    for k in range(MOST_WORDS):
        shift = np.uint64(16 * (MOST_WORDS - 1 - k))
        if k >= n_words:
            keys |= np.uint64(PADDING) << shift
        elif k != slot:
            word = neighbours(k - slot)
            whole = whole & (word > PADDING)
            keys |= word << shift
    keys[~whole] = 0
    return keys


def _neighbours(ids: NDArray[np.integer], at: NDArray[np.intp], step: int) -> NDArray[np.uint64]:
    """The words so many places to the right (negative: left) of the places `at`; 0 past an end of the stream."""
    place = at + step
    words = ids.take(place, mode="clip").astype(np.uint64)
    words[(place < 0) | (place >= len(ids))] = 0
    return words


def phrase_keys(phrases: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """One exact key a phrase; `phrases` holds ids padded with 0, shape (n, MOST_WORDS)."""
    wide = phrases.astype(np.uint64)
    shifts = np.array([48, 32, 16, 0], np.uint64)
    return np.bitwise_or.reduce(wide << shifts, axis=1)
