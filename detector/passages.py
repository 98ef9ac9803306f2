"""The passages by which an article is scored: runs of paragraphs, each with what the token stage says of its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.features import likeliest_shares
from detector.measures import Batch
from detector.text import BOUNDARY, Document, Flag

MIN_WORDS = 60  # of a passage: fewer say little by themselves


class Passages(NamedTuple):
    """The passages of one document, which tile it.

    Attributes:
        edges: the token at which each begins, then the end of the document, shape (n_passages + 1,).
        words: how many stand in each, shape (n_passages,).
        shares: likeliest share of swapped words, one of features.SHARES, shape (n_passages,).
        likelihoods: log-likelihood ratio (nats) of that share to none, 0 or more, shape (n_passages,).
    """

    edges: NDArray[np.intp]
    words: NDArray[np.intp]
    shares: NDArray[np.float64]
    likelihoods: NDArray[np.float64]

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """Tokens [first, last) of each."""
        return list(pairwise(self.edges.tolist()))


def passages(
    batch: Batch, scored: NDArray[np.intp], probability: NDArray[np.float64], min_words: int = MIN_WORDS
) -> Iterator[Passages]:
    """Cut each document of a batch into passages of at least `min_words` words.

    A passage is a run of paragraphs; a paragraph of twice `min_words` or more may be cut between its sentences. Only a
    document shorter than that gives a shorter passage. `probability` is the token stage's of the tokens `scored`.
    """
    n_tokens = len(batch.ids)
    words = np.zeros(n_tokens + 1, np.intp)  # before each token
    np.cumsum(batch.flags & Flag.WORD, out=words[1:])
    begins = _begins(batch, words, min_words)
    shares, likelihoods = likeliest_shares(probability, np.searchsorted(begins, scored, side="right") - 1, len(begins))
    counts = np.diff(words.take(np.append(begins, n_tokens)))
    for first, last, own in _by_document(batch, begins):
        edges = np.append(begins[own], last) - first
        yield Passages(edges, counts[own], shares[own], likelihoods[own])


def _by_document(batch: Batch, begins: NDArray[np.intp]) -> Iterator[tuple[int, int, slice]]:
    """The tokens [first, last) of each document, and where in `begins` its passages stand."""
    at = np.searchsorted(begins, batch.offsets).tolist()
    for (first, last), (a, b) in zip(pairwise(batch.offsets.tolist()), pairwise(at), strict=True):
        yield first, last, slice(a, b)


def _begins(batch: Batch, words: NDArray[np.intp], min_words: int) -> NDArray[np.intp]:
    """The tokens at which passages begin, the first of each document among them."""
    seams = _seams(batch, words, 2 * min_words)
    before = words.take(seams).tolist()
    begins: list[int] = []
    for first, last, own in _by_document(batch, seams):
        begins.append(first)
        alone, end = len(begins), int(words[last])
        n_words = int(words[first])  # up to the last beginning
        for seam, n in zip(seams[own].tolist(), before[own], strict=True):
            if n - n_words >= min_words:
                begins.append(seam)
                n_words = n
        if len(begins) > alone and end - n_words < min_words:
            begins.pop()
    return np.array(begins, np.intp)


def _seams(batch: Batch, words: NDArray[np.intp], long: int) -> NDArray[np.intp]:
    """The boundary tokens at which a passage may begin, besides the first of a document."""
    boundary = batch.ids == BOUNDARY
    boundary[batch.offsets[:-1]] = boundary[batch.offsets[1:] - 1] = False
    starts = np.flatnonzero(boundary)  # of sentences
    breaks = _line_ends_between(batch.documents, batch.offsets, starts)
    edges = np.sort(np.concatenate([batch.offsets, starts[breaks]]))  # of paragraphs
    too_long = np.diff(words.take(edges)) >= long
    return starts[breaks | too_long[np.searchsorted(edges, starts, side="right") - 1]]


def _line_ends_between(
    documents: Sequence[Document], offsets: NDArray[np.int64], starts: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Whether the text has the end of a line between each of these boundaries and the token before it."""
    lengths = [[len(line) + 1 for line in document.text.split("\n")] for document in documents]
    line_ends = np.cumsum([length for own in lengths for length in own]) - 1  # each text one character behind another
    at = np.cumsum([0, *map(sum, lengths)])[np.searchsorted(offsets, starts, side="right") - 1]
    end, start = (np.concatenate([getattr(document, name) for document in documents]) for name in ("end", "start"))
    before, behind = at + end.take(starts - 1), at + start.take(starts)
    return np.searchsorted(line_ends, before) < np.searchsorted(line_ends, behind)
