"""What the text around each word is about: a point in the space of word meanings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detector.lexicon import Words
from detector.measures import Batch, Column
from detector.text import Flag
from detector.windows import window_sums

NEAR = 12  # words on either side that count as near
NEAR_WEIGHT = 3  # times what the rest of the article counts: guess
COMMON = -7.5  # log2: words commoner than that say nothing of the topic
MOST_WEIGHT = 4  # of a rare word: guess
CHUNK = 2048  # words compared at a time, so that their meanings stay in the cache


def surroundings(batch: Batch, at: NDArray[np.intp], words: Words) -> NDArray[np.float32]:
    """The mean meaning of the article of each of the tokens `at` and, counted more, of its neighbours, the token left
    out; `at` ascends.

    Unit vectors of shape (n, n_dimensions); zeros where nothing is known.
    """
    weight = np.clip(COMMON - batch.rarity, 0, MOST_WEIGHT)
    weight[(batch.flags & Flag.WORD) == 0] = 0
    around = np.zeros((len(at), words.vectors.shape[1]), np.float32)
    edges = np.searchsorted(at, batch.offsets)
    for d in range(len(batch.documents)):  # one after the other, so that it stays in the cache
        tokens = slice(batch.offsets[d], batch.offsets[d + 1])
        meanings = words.vectors.take(batch.ids[tokens], axis=0).astype(np.float32)
        meanings *= weight[tokens, None]
        here = slice(edges[d], edges[d + 1])
        around[here] = _directions(meanings, at[here] - batch.offsets[d])
    return around


def _directions(meanings: NDArray[np.float32], at: NDArray[np.intp]) -> NDArray[np.float32]:
    """The surroundings of the tokens `at` of one article, given its words' meanings times their weights."""
    padded = np.zeros((len(meanings) + 2 * NEAR, meanings.shape[1]), np.float32)
    padded[NEAR : NEAR + len(meanings)] = meanings
    sums = window_sums(padded, 2 * NEAR + 1).take(at, axis=0)
    sums *= NEAR_WEIGHT
    sums += np.ones(len(meanings), np.float32) @ meanings  # a third of the time of their sum
    sums -= meanings.take(at, axis=0) * (1 + NEAR_WEIGHT)
    sums /= np.maximum(np.sqrt(np.einsum("ij,ij->i", sums, sums))[:, None], 1)
    return sums


def cosine(around: NDArray[np.float32], rows: NDArray[np.integer], ids: NDArray[np.int32], words: Words) -> Column:
    """Cosine of words with the surroundings in `rows` of `around`, shape (n,); 0 where a meaning is not known."""
    found = np.zeros(len(rows), np.float32)
    for i in range(0, len(rows), CHUNK):
        some = slice(i, i + CHUNK)
        meanings = words.vectors.take(ids[some], axis=0).astype(np.float32)
        found[some] = np.einsum("ij,ij->i", around.take(rows[some], axis=0), meanings)
    return found / np.float32(127)
