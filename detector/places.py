"""Words in a place of a stream, and others put there instead: what the language model says of both."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detector.language_model import LanguageModel
from detector.lexicon import MOST_WORDS
from detector.measures import Batch
from detector.text import BOUNDARY


def fit_of(
    phrases: NDArray[np.int32],
    batch: Batch,
    start: NDArray[np.intp],
    n_words: NDArray[np.intp],
    model: LanguageModel,
) -> NDArray[np.float64]:
    """log2 p of each phrase instead of the `n_words` words from `start` on, and of each of the two words behind them.

    `phrases` are ids padded with 0, shape (n, MOST_WORDS). Shape (n, 3); what stands past a boundary is 0.
    """
    ids, reading = batch.ids, batch.reading
    lengths, last = (phrases > 0).sum(axis=1), len(ids) - 1
    rows = np.zeros((len(start), MOST_WORDS + 4), np.int32)
    rows[:, 0], rows[:, 1] = reading.left2[start], reading.left[start]
    rows[:, 2 : 2 + MOST_WORDS] = phrases
    each = np.arange(len(start))
    rows[each, 2 + lengths] = ids[np.minimum(start + n_words, last)]
    rows[each, 3 + lengths] = ids[np.minimum(start + n_words + 1, last)]
    return model.phrases(rows, lengths)


def fit_as_read(batch: Batch, start: NDArray[np.intp], n_words: NDArray[np.intp]) -> NDArray[np.float64]:
    """The sum of `fit_of` for the words that stand there, shape (n,): the reading has it already."""
    read, last = batch.reading.trigram.astype(np.float64), len(batch.ids) - 1
    right = np.minimum(start + n_words, last)
    total = read[right] + np.where(batch.ids[right] != BOUNDARY, read[np.minimum(right + 1, last)], 0)
    for k in range(int(n_words.max(initial=0))):
        here = n_words > k
        total[here] += read[start[here] + k]
    return total
