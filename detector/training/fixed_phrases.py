"""Find the places that edited news fills with one word: "all of a ___", "the United ___ Security", "in accordance ___".

Counted on the language part, so they hold idioms, set phrases and names of institutions alike, and nobody lists them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detector.lexicon import MOST_WORDS, PATTERNS, FixedPhrases, pattern_keys

MIN_COUNT = {3: 24, 4: 10}  # occurrences of a pattern, by its words: guess
MIN_SHARE = 0.9  # of them with one and the same word: guess
UNSEEN = 0.5  # added to the occurrences with another word: none seen is not never


def build_fixed_phrases(stream: NDArray[np.uint16], vocabulary: Sequence[str]) -> FixedPhrases:
    """Count all patterns in a stream of ids; only words of letters, by `vocabulary`, are kept as fillers."""
    lettered = np.array([word.isalpha() for word in vocabulary])
    found = [_fixed(stream, slot, n_words, lettered) for slot, n_words in PATTERNS]
    keys, fillers, certainty = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(keys, kind="stable")
    return FixedPhrases(keys[order], fillers[order], certainty[order])


def _fixed(
    stream: NDArray[np.uint16], slot: int, n_words: int, lettered: NDArray[np.bool_]
) -> tuple[NDArray[np.uint64], NDArray[np.uint16], NDArray[np.float32]]:
    """Patterns with one place of the slot that one word fills: key, word, certainty."""
    shift = np.uint64(16 * (MOST_WORDS - 1 - slot))
    keys = pattern_keys(stream, np.arange(len(stream)), slot, n_words)
    whole = keys > 0
    grams, counts = np.unique(keys[whole] | (stream[whole].astype(np.uint64) << shift), return_counts=True)
    patterns = grams & ~(np.uint64(0xFFFF) << shift)
    order = np.argsort(patterns, kind="stable")
    patterns, counts = patterns[order], counts[order]
    fillers = ((grams[order] >> shift) & np.uint64(0xFFFF)).astype(np.uint16)
    starts = np.flatnonzero(np.diff(patterns, prepend=patterns[:1] + np.uint64(1)))
    totals, most = np.add.reduceat(counts, starts), np.maximum.reduceat(counts, starts)
    kept = (totals >= MIN_COUNT[n_words]) & (most >= MIN_SHARE * totals)
    top = np.flatnonzero(counts == np.repeat(most, np.diff(np.append(starts, len(counts)))))
    top = top[kept[np.searchsorted(starts, top, side="right") - 1]]  # one a pattern: its share is over a half
    row = np.searchsorted(starts, top, side="right") - 1
    certainty = -np.log2((totals[row] - most[row] + UNSEEN) / (totals[row] + 1))
    wanted = lettered[fillers[top]]
    return patterns[top][wanted], fillers[top][wanted], certainty[wanted].astype(np.float32)
