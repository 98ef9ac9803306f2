"""Word vectors counted on the language part: positive pointwise mutual information, its singular values decomposed.

Levy, Goldberg and Dagan (2015): with a shifted, smoothed context distribution and square-rooted singular values such
vectors are as good as trained ones on a corpus of this size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from sklearn.utils.extmath import randomized_svd

WINDOW = 5  # words on either side, within a sentence
N_CONTEXTS = 12_000  # commonest words that count as company
MIN_COUNT = 15  # of a word that gets a vector
N_DIMENSIONS = 48
SMOOTHING = 0.75  # of the contexts' distribution (Levy et al., section 3.2)
SHIFT = 0.0  # log of the number of negative samples that the counts stand for
CHUNK = 2_000_000  # tokens counted at a time: bounds memory


def build_vectors(
    stream: NDArray[np.uint16], n_words: int, seed: int, n_dimensions: int = N_DIMENSIONS
) -> NDArray[np.int8]:
    """Unit vectors times 127, shape (n_words, n_dimensions); zeros for boundary, unknown and rare words."""
    counts = _cooccurrences(stream, n_words)
    ppmi = _ppmi(counts)
    left, values, _ = randomized_svd(ppmi, n_dimensions, n_iter=3, random_state=seed)
    counted = np.bincount(stream, minlength=n_words)[:n_words]
    vectors = left * np.sqrt(values)
    # What all words share says nothing of any (Mu and Viswanath 2018).
    vectors -= np.average(vectors, axis=0, weights=np.sqrt(counted))
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    common = counted >= MIN_COUNT
    common[:2] = False
    unit = np.where((norms > 0) & common[:, None], vectors / np.maximum(norms, 1e-9), 0.0)
    return np.round(unit * 127).astype(np.int8)


def _cooccurrences(stream: NDArray[np.uint16], n_words: int) -> csr_array:
    """How often each word stands within WINDOW of each of N_CONTEXTS, nearer ones counting more."""
    n_contexts = min(N_CONTEXTS, n_words)
    sentence = np.cumsum(stream == 0)
    total = csr_array((n_words, n_contexts), dtype=np.float32)
    for start in range(0, len(stream), CHUNK):
        ids, own = stream[start : start + CHUNK], sentence[start : start + CHUNK]
        words, contexts, weights = [], [], []
        for distance in range(1, WINDOW + 1):
            inside = own[distance:] == own[:-distance]
            a, b = ids[:-distance][inside], ids[distance:][inside]
            for word, context in ((a, b), (b, a)):
                kept = (context < n_contexts) & (context > 1) & (word > 1)
                words.append(word[kept])
                contexts.append(context[kept])
                weights.append(np.full(len(words[-1]), (WINDOW + 1 - distance) / WINDOW, np.float32))
        places = np.concatenate(words).astype(np.int32), np.concatenate(contexts).astype(np.int32)
        total = total + csr_array((np.concatenate(weights), places), shape=total.shape)
    return total


def _ppmi(counts: csr_array) -> csr_array:
    """Positive pointwise mutual information, the contexts smoothed."""
    rows = np.asarray(counts.sum(axis=1)).ravel()
    contexts = np.asarray(counts.sum(axis=0)).ravel() ** SMOOTHING
    contexts /= contexts.sum()
    scaled = diags_array(1 / np.maximum(rows, 1)) @ counts @ diags_array(1 / np.maximum(contexts, 1e-12))
    scaled = csr_array(scaled)
    scaled.data = np.maximum(np.log(np.maximum(scaled.data, 1e-12)) - SHIFT, 0).astype(np.float32)
    scaled.eliminate_zeros()
    return scaled
