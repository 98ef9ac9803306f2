"""What the text around each word is about: a point in the space of word meanings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detector.lexicon import Words
from detector.measures import Batch, Column
from detector.text import Flag

NEAR = 12  # words on either side that count as near
NEAR_WEIGHT = 3  # times what the rest of the article counts: guess
COMMON = -7.5  # log2: words commoner than that say nothing of the topic
MOST_WEIGHT = 4  # of a rare word: guess
CHUNK = 2048  # words compared at a time, so that their meanings stay in the cache


def surroundings(batch: Batch, words: Words) -> NDArray[np.float32]:
    """The mean meaning of each token's article and, counted more, of its neighbours, the token left out.

    Unit vectors of shape (n_tokens, n_dimensions); zeros where nothing is known.
    """
    weight = np.clip(COMMON - batch.rarity, 0, MOST_WEIGHT)
    weight[(batch.flags & Flag.WORD) == 0] = 0
    around = np.zeros((len(batch.ids), words.vectors.shape[1]), np.float32)
    for first, last in zip(batch.offsets[:-1].tolist(), batch.offsets[1:].tolist(), strict=True):  # stays in the cache
        here = np.arange(last - first)
        own = words.vectors[batch.ids[first:last]] * weight[first:last, None]
        total = np.concatenate([np.zeros((1, own.shape[1]), np.float32), np.cumsum(own, axis=0)])
        near = total[np.minimum(here + NEAR + 1, len(here))] - total[np.maximum(here - NEAR, 0)]
        sums = total[-1] + NEAR_WEIGHT * near - (1 + NEAR_WEIGHT) * own
        around[first:last] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1)
    return around


def cosine(around: NDArray[np.float32], at: NDArray[np.intp], ids: NDArray[np.int32], words: Words) -> Column:
    """Cosine of words with the surroundings of the places `at`, shape (n,); 0 where a meaning is not known."""
    found = np.zeros(len(at), np.float32)
    for i in range(0, len(at), CHUNK):
        some = slice(i, i + CHUNK)
        found[some] = np.einsum("ij,ij->i", around[at[some]], words.vectors[ids[some]].astype(np.float32))
    return found / np.float32(127)
