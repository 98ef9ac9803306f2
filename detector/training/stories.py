"""Find which articles tell one story and which are copies, and part them so that no story is on two sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

SHINGLE_WORDS = 8  # long enough that two reports of one event, written apart, share none
SAMPLE = 8  # one shingle in so many is kept, by its hash
MAX_SHINGLE_DOCUMENTS = 20  # a shingle of more documents is boilerplate
MIN_SHARED = 2  # sampled shingles that two documents of one story share: about 16 shingles, 24 words in a row
LARGE_STORY = 400  # articles; a larger component hangs together by boilerplate, and is linked again with more shared
NEAR_COPY = 0.9  # of the shingles of the longer of two articles: the same text but for a few words; guess
CHUNK_BYTES = 4_000_000  # text hashed at a time; bounds memory at about 40 times as much


class Links(NamedTuple):
    """Which texts share shingles: the pairs left < right of them, and how many sampled shingles each shares.

    `counts` is of each text how many of its sampled shingles are no boilerplate.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    shared: NDArray[np.int64]
    counts: NDArray[np.int64]


def linked(texts: Sequence[str]) -> Links:
    """Link the texts that share at least MIN_SHARED sampled shingles that are not boilerplate."""
    hashes, documents = _sampled_shingles(texts)
    first = np.flatnonzero(np.diff(hashes, prepend=~hashes[:1]))
    sizes = np.diff(np.append(first, len(hashes)))
    own = np.repeat(sizes <= MAX_SHINGLE_DOCUMENTS, sizes)
    return Links(*_links(hashes, documents), np.bincount(documents[own], minlength=len(texts)))


def near_copies(links: Links) -> NDArray[np.bool_]:
    """Whether each text is nearly the same as one before it that is kept itself, shape (n_texts,)."""
    longer = np.maximum(links.counts[links.left], links.counts[links.right])
    near = links.shared >= NEAR_COPY * longer
    copies = np.zeros(len(links.counts), bool)
    order = np.lexsort((links.left[near], links.right[near]))
    for first, later in zip(links.left[near][order].tolist(), links.right[near][order].tolist(), strict=True):
        copies[later] |= not copies[first]
    return copies


def story_clusters(texts: Sequence[str]) -> NDArray[np.int64]:
    """Label the story of each text: see `stories`."""
    return stories(linked(texts))


def stories(links: Links) -> NDArray[np.int64]:
    """Label the story of each article: near duplicates and write-throughs of one story share a label.

    Shape (n_texts,); a label is the index of the story's first article. A story is what hangs together by links. A
    component larger than LARGE_STORY is linked again with one more shared, until it falls apart (Broder 1997, "On the
    resemblance and containment of documents", for shingles sampled by their hash).
    """
    left, right, shared, counts = links
    labels = _components(len(counts), left, right)
    minimum = MIN_SHARED
    while True:
        sizes = np.bincount(labels, minlength=len(counts))
        large = sizes[labels[left]] > LARGE_STORY
        if not large.any():
            return labels
        minimum += 1
        keep = ~large | (shared >= minimum)
        left, right, shared = left[keep], right[keep], shared[keep]
        labels = _components(len(counts), left, right)


def split_parts(labels: NDArray[np.int64], shares: Mapping[str, float], seed: int) -> NDArray[np.str_]:
    """Name the part of each article, shape (n_articles,), so that a story lies in one part only.

    The part is a hash of the seed and the label, cut at the cumulated shares (which are scaled to sum to 1).
    """
    if not shares or min(shares.values()) < 0 or sum(shares.values()) <= 0:
        raise ValueError(f"expected shares of at least 0 that sum to more, got {dict(shares)}")
    start = _mix(np.array([seed % 2**64], dtype=np.uint64))
    uniform = _mix(labels.astype(np.uint64) ^ start).astype(np.float64) / 2.0**64
    edges = np.cumsum(list(shares.values())) / sum(shares.values())
    part = np.searchsorted(edges[:-1], uniform, side="right")
    return np.array(list(shares), dtype=np.str_)[part]


def _sampled_shingles(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Hash and document of every sampled shingle, each once a document, sorted by hash and document."""
    hashes, documents = [np.zeros(0, np.uint64)], [np.zeros(0, np.int32)]
    first = 0
    while first < len(texts):
        last, size = first, 0
        while last < len(texts) and (size < CHUNK_BYTES or last == first):
            size += len(texts[last])
            last += 1
        chunk, owner = _shingles([text.lower().encode("ascii", "replace") for text in texts[first:last]])
        sampled = chunk % np.uint64(SAMPLE) == 0
        hashes.append(chunk[sampled])
        documents.append((owner[sampled] + first).astype(np.int32))
        first = last
    hash_, document = np.concatenate(hashes), np.concatenate(documents)
    order = np.lexsort((document, hash_))
    hash_, document = hash_[order], document[order]
    new = np.ones(len(hash_), dtype=bool)
    new[1:] = (hash_[1:] != hash_[:-1]) | (document[1:] != document[:-1])
    return hash_[new], document[new]


def _shingles(texts: list[bytes]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hash and index of the text of every shingle; words are runs of a-z and 0-9, whatever quotes stand around them.

    A word's hash is its polynomial over bytes: a difference of prefix sums, brought to a common power by the inverse of
    the odd multiplier modulo 2**64.
    """
    lengths = np.array([len(text) + 1 for text in texts])
    data = np.frombuffer(b" ".join(texts) + b" ", dtype=np.uint8)
    in_word = np.zeros(256, dtype=bool)
    in_word[list(b"abcdefghijklmnopqrstuvwxyz0123456789")] = True
    edges = np.flatnonzero(np.diff(in_word[data], prepend=False, append=False))
    start, end = edges[::2], edges[1::2]
    base = 0x9E3779B97F4A7C15
    sums = np.zeros(len(data) + 1, dtype=np.uint64)
    np.cumsum(data * _powers(base, len(data)), out=sums[1:])
    words = _mix((sums[end] - sums[start]) * _powers(pow(base, -1, 2**64), len(data) + 1)[start])
    owner = np.searchsorted(np.cumsum(lengths), start, side="right")
    n_shingles = len(words) - SHINGLE_WORDS + 1
    if n_shingles <= 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    shingles = np.zeros(n_shingles, dtype=np.uint64)
    for place in range(SHINGLE_WORDS):
        shingles = shingles * np.uint64(base) + words[place : place + n_shingles]
    whole = owner[:n_shingles] == owner[SHINGLE_WORDS - 1 :]
    return _mix(shingles[whole]), owner[:n_shingles][whole]


def _powers(base: int, n: int) -> NDArray[np.uint64]:
    powers = np.full(n, base, dtype=np.uint64)
    powers[:1] = 1
    return np.multiply.accumulate(powers)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread the bits of 64-bit values (the finaliser of splitmix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _links(
    hashes: NDArray[np.uint64], documents: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of documents, left < right, and how many sampled shingles they share (at least MIN_SHARED)."""
    first = np.flatnonzero(np.diff(hashes, prepend=~hashes[:1]))
    sizes = np.diff(np.append(first, len(hashes)))
    pairs = [np.zeros(0, np.uint64)]
    for size in range(2, MAX_SHINGLE_DOCUMENTS + 1):
        members = documents[first[sizes == size][:, None] + np.arange(size)].astype(np.uint64)
        left, right = np.triu_indices(size, 1)
        pairs.append((members[:, left] << np.uint64(32) | members[:, right]).ravel())
    unique, shared = np.unique(np.concatenate(pairs), return_counts=True)
    unique, shared = unique[shared >= MIN_SHARED], shared[shared >= MIN_SHARED]
    return (unique >> np.uint64(32)).astype(np.int64), (unique & np.uint64(2**32 - 1)).astype(np.int64), shared


def _components(n: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Index of the first member of the component of each of `n` nodes."""
    if n == 0:
        return np.zeros(0, np.int64)
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n, n))
    _, labels = connected_components(graph, directed=False)
    _, first = np.unique(labels, return_index=True)
    story: NDArray[np.int64] = first[labels].astype(np.int64)
    return story
