"""Fit the vectors of words of detector/align/meaning.py on paraphrases.

Vectors counted on the language part (vectors.py) are moved until the two phrases of a pair are nearer each other than
the other pairs of a batch (Wieting, Bansal, Gimpel and Livescu 2016; the loss is that of Oord, Li and Vinyals 2018).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from detector.align.meaning import SCALE, Meanings
from detector.resources import Resources
from detector.text import UNKNOWN
from detector.training.paraphrases import Paraphrase
from detector.training.progress import show

N_DIMENSIONS = 96  # 256 find no more of the pairs that were left out (docs/experiments.md)
EPOCHS = 3
BATCH = 1024  # pairs
RATE = 0.05  # of AdaGrad (Duchi, Hazan and Singer 2011), one sum of squares a word
STAY = 0.1  # pull back to where the word was counted
TEMPERATURE = 0.1
MOST_RARITY = 20  # bits; a word counts by how rare it is
MOST_OFTEN = 9  # times that a pair was found; it counts by the square root
LONGEST = 24  # bytes of a word
TINY = 1e-6  # keeps what has no length out of a division

Vectors = NDArray[np.float32]


def fit_meanings(
    counted: NDArray[np.int8], resources: Resources, paraphrases: Mapping[Paraphrase, int], seed: int = 1
) -> Meanings:
    """Move `counted` vectors of the vocabulary, shape (n_vocabulary, n_dimensions), by paraphrases and how often each
    was found; a word has a vector where it was counted."""
    start, lengths = _unit(counted.astype(np.float32))
    known = lengths[:, 0] > 0
    pairs = [([_known(side, resources, known) for side in pair], often) for pair, often in paraphrases.items()]
    pairs = [(ids, often) for ids, often in pairs if all(ids) and ids[0] != ids[1]]
    rarity = np.clip(-resources.language_model.unigrams, 1, MOST_RARITY).astype(np.float32)
    one, two = (_bags([ids[side] for ids, _ in pairs], rarity) for side in (0, 1))
    weight = np.sqrt([min(often, MOST_OFTEN) for _, often in pairs]).astype(np.float32)
    return _packed(_moved(start, one, two, weight, seed), known, resources.vocabulary.words)


def _known(words: Sequence[str], resources: Resources, known: NDArray[np.bool_]) -> list[int]:
    ids, _ = resources.vocabulary.encode(words)
    return [int(i) for i in ids if i > UNKNOWN and known[i]]


def _bags(phrases: Sequence[Sequence[int]], rarity: NDArray[np.float32]) -> csr_array:
    """Each phrase as a row of how much its words count, shape (n_phrases, n_vocabulary)."""
    ids = np.fromiter(chain.from_iterable(phrases), np.int32)
    ends = np.cumsum([0, *map(len, phrases)])
    return csr_array((rarity[ids], ids, ends), shape=(len(phrases), len(rarity)))


def _moved(start: Vectors, one: csr_array, two: csr_array, weight: NDArray[np.float32], seed: int) -> Vectors:
    """The vectors after EPOCHS passes over the pairs of rows of `one` and `two`."""
    vectors, squares = start.copy(), np.full(len(start), 1e-6, np.float32)
    rng = np.random.default_rng(seed)
    for epoch in range(EPOCHS):
        order = rng.permutation(len(weight))
        for begin in range(0, len(order), BATCH):
            batch = order[begin : begin + BATCH]
            sides = one[batch], two[batch]
            used = np.unique(np.concatenate([side.indices for side in sides]))
            slopes = _slopes(sides[0] @ vectors, sides[1] @ vectors, weight[batch])
            slope = sum(side[:, used].T @ slope for side, slope in zip(sides, slopes, strict=True))
            slope += STAY * (vectors[used] - start[used])
            squares[used] += (slope**2).mean(axis=1)
            vectors[used] = _unit(vectors[used] - RATE * slope / np.sqrt(squares[used])[:, None])[0]
        show(f"vectors of words, pass {epoch + 1} of {EPOCHS}")
    return vectors


def _slopes(one: Vectors, two: Vectors, weight: NDArray[np.float32]) -> tuple[Vectors, Vectors]:
    """Slopes, by the vectors of both sides, of the loss of telling each one's counterpart among those of the batch,
    either way round, by cosine."""
    (one, one_lengths), (two, two_lengths) = _unit(one), _unit(two)
    alike = np.exp((one @ two.T - 1) / TEMPERATURE)
    told = alike / alike.sum(axis=1, keepdims=True) + alike / alike.sum(axis=0)
    told[np.diag_indices(len(told))] -= 2
    told *= (weight / weight.mean())[:, None] / TEMPERATURE
    slopes = told @ two, told.T @ one
    # Only what turns a vector changes its cosine.
    return (
        (slopes[0] - one * (slopes[0] * one).sum(axis=1, keepdims=True)) / np.maximum(one_lengths, TINY),
        (slopes[1] - two * (slopes[1] * two).sum(axis=1, keepdims=True)) / np.maximum(two_lengths, TINY),
    )


def _unit(vectors: Vectors) -> tuple[Vectors, Vectors]:
    """Vectors of length 1, zeros where there is none, and the lengths, shape (n, 1)."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(lengths, TINY), lengths


def _packed(vectors: Vectors, known: NDArray[np.bool_], words: Sequence[str]) -> Meanings:
    kept = [i for i in np.flatnonzero(known).tolist() if i > UNKNOWN and len(words[i].encode()) <= LONGEST]
    kept.sort(key=lambda i: words[i].encode())
    names = np.array([words[i].encode() for i in kept], np.bytes_)
    return Meanings(names, np.round(vectors[kept] * SCALE).astype(np.int8))
