"""Count words and n-grams, smooth, prune and quantise them into the tables of detector/language_model.py.

Smoothing: interpolated modified Kneser-Ney, Chen and Goodman 1999, section 3. Pruning: weighted difference, Seymore and
Rosenfeld 1996: an n-gram goes when count x (log2 p - log2 of what backing off gives) is small.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.language_model import BACKOFF_SHIFT, SLOTS, STEP, LanguageModel, NgramTable, place
from detector.text import BOUNDARY

LOAD = 0.92  # share of slots that are filled; past 0.97 no placement is found (Dietzfelbinger and Weidling 2007)
MOST_ROUNDS = 1000


class Counts(NamedTuple):
    """Sorted keys and how often each occurred."""

    keys: NDArray[np.uint64]
    counts: NDArray[np.int64]


def count_ngrams(stream: NDArray[np.uint16]) -> tuple[Counts, Counts]:
    """Bigrams and trigrams of a stream of ids with boundaries; what stands before a boundary is not looked at."""
    a, b, c = stream[:-2].astype(np.uint64), stream[1:-1].astype(np.uint64), stream[2:].astype(np.uint64)
    a = np.where(b == BOUNDARY, np.uint64(BOUNDARY), a)
    apart = (b == BOUNDARY) & (c == BOUNDARY)
    keys = ((a << np.uint64(32)) | (b << np.uint64(16)) | c)[~apart]
    trigrams = _count(keys)
    pairs = (stream[:-1].astype(np.uint64) << np.uint64(16)) | stream[1:].astype(np.uint64)
    return _count(pairs), trigrams


def _count(keys: NDArray[np.uint64]) -> Counts:
    keys = np.sort(keys)
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return Counts(keys[starts], np.diff(np.append(starts, len(keys))))


def _discount(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """What is taken off each count: D1, D2 or D3+ (Chen and Goodman 1999, equation 17)."""
    n1, n2, n3, n4 = (float(np.count_nonzero(counts == k)) for k in (1, 2, 3, 4))
    if min(n1, n2, n3, n4) == 0:  # a handful of text
        return np.minimum(0.5, counts.astype(np.float64))
    y = n1 / (n1 + 2 * n2)
    discounts = np.array([0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3])
    return np.maximum(discounts[np.minimum(counts, 3)], 0)


def _interpolate(
    counts: NDArray[np.int64], context: NDArray[np.intp], n_contexts: int, lower: NDArray[np.float64]
) -> NDArray[np.float64]:
    """p(w | h) = (c - D) / c(h) + (sum of D) / c(h) x p(w | shorter h), per n-gram."""
    discount = _discount(counts)
    total = np.bincount(context, counts, n_contexts)
    freed = np.bincount(context, discount, n_contexts)
    return (counts - discount) / total[context] + freed[context] / total[context] * lower


def estimate(stream: NDArray[np.uint16], n_words: int, most_bigrams: int, most_trigrams: int) -> LanguageModel:
    """Fit the model to a stream of ids (boundaries included) and keep at most so many n-grams."""
    if not np.any(
        (stream[:-1] == BOUNDARY) & (stream[1:] == BOUNDARY)
    ):  # the context of openings: one article has none
        stream = np.concatenate([np.zeros(1, np.uint16), stream])
    bigrams, trigrams = count_ngrams(stream)
    # Lower orders count in how many contexts an n-gram stands, not how often; after a boundary there is but one
    # context.
    continuation = bigrams.counts.copy()
    suffix = _count(trigrams.keys & np.uint64(0xFFFFFFFF))
    where = np.searchsorted(bigrams.keys, suffix.keys)
    inner = (suffix.keys >> np.uint64(16)) != BOUNDARY
    continuation[where[inner]] = suffix.counts[inner]
    right = (bigrams.keys & np.uint64(0xFFFF)).astype(np.intp)
    kinds = np.bincount(right, minlength=n_words)
    unigram = (np.maximum(kinds - 0.75, 0) + 0.75 * np.count_nonzero(kinds) / n_words) / kinds.sum()

    left = (bigrams.keys >> np.uint64(16)).astype(np.intp)
    p2 = _interpolate(continuation, left, n_words, unigram[right])
    context = np.searchsorted(bigrams.keys, trigrams.keys >> np.uint64(16))
    context = np.minimum(context, len(bigrams.keys) - 1)
    tail = np.searchsorted(bigrams.keys, trigrams.keys & np.uint64(0xFFFFFFFF))
    p3 = _interpolate(trigrams.counts, context, len(bigrams.keys), p2[tail])

    keep3 = _strongest(trigrams.counts, p3, p2[tail], most_trigrams, at_least=2)
    needed = np.zeros(len(bigrams.keys), bool)
    needed[context[keep3]] = True
    needed[tail[keep3]] = True
    room = max(most_bigrams - int(needed.sum()), 0)
    keep2 = needed | _strongest(bigrams.counts, p2, unigram[right], room, at_least=1, exempt=needed)

    bow1 = _backoff(left[keep2], n_words, p2[keep2], unigram[right[keep2]])
    bow2 = _backoff(context[keep3], len(bigrams.keys), p3[keep3], p2[tail[keep3]])
    return LanguageModel(
        unigrams=np.log2(unigram).astype(np.float32),
        unigram_backoffs=np.log2(bow1).astype(np.float32),
        frequencies=_frequencies(stream, n_words),
        n_tokens=len(stream),
        bigrams=build_table(bigrams.keys[keep2], p2[keep2], bow2[keep2]),
        trigrams=build_table(trigrams.keys[keep3], p3[keep3]),
    )


def _frequencies(stream: NDArray[np.uint16], n_words: int) -> NDArray[np.float32]:
    """log2 of the share of each word; half a count for a word that never came."""
    counts = np.bincount(stream, minlength=n_words)
    return np.log2(np.maximum(counts, 0.5) / len(stream)).astype(np.float32)


def _strongest(
    counts: NDArray[np.int64],
    probability: NDArray[np.float64],
    lower: NDArray[np.float64],
    most: int,
    at_least: int,
    exempt: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """The `most` n-grams whose loss would cost the most, among those counted `at_least` times."""
    keep = counts >= at_least
    if exempt is not None:
        keep &= ~exempt
    if np.count_nonzero(keep) > most:
        cost = np.where(keep, counts * np.abs(np.log2(probability / lower)), -1.0)
        keep &= cost >= np.partition(cost, len(cost) - most)[len(cost) - most]
    return keep


def _backoff(
    context: NDArray[np.intp], n_contexts: int, kept: NDArray[np.float64], lower: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weight that makes each context sum to one again after pruning."""
    left_over = 1 - np.bincount(context, kept, n_contexts)
    reach = 1 - np.bincount(context, lower, n_contexts)
    return np.clip(left_over, 1e-6, None) / np.clip(reach, 1e-6, None)


def build_table(
    keys: NDArray[np.uint64], probability: NDArray[np.float64], backoff: NDArray[np.float64] | None = None
) -> NgramTable:
    """Quantise, and put every n-gram in one of its two buckets; the table grows until all have a place."""
    codes = np.clip(np.rint(-np.log2(probability) / STEP), 0, 255).astype(np.uint32)
    n_buckets = max(int(len(keys) / SLOTS / LOAD) + 1, 4)
    while (slots := _fill(keys, n_buckets)) is None:
        n_buckets = int(n_buckets * 1.03) + 1
    prints = place(keys, n_buckets)[2]
    table = np.zeros(n_buckets * SLOTS, np.uint32)
    table[slots] = (prints << np.uint32(8)) | codes
    if backoff is None:
        return NgramTable(table.reshape(-1, SLOTS))
    backoffs = np.zeros(n_buckets * SLOTS, np.uint8)
    backoffs[slots] = np.clip(np.rint((BACKOFF_SHIFT - np.log2(backoff)) / STEP), 0, 255)
    return NgramTable(table.reshape(-1, SLOTS), backoffs.reshape(-1, SLOTS))


def _fill(keys: NDArray[np.uint64], n_buckets: int) -> NDArray[np.int64] | None:
    """A flat slot for each key, or None where the table is too full: cuckoo hashing with two buckets of four slots
    (Dietzfelbinger and Weidling 2007), a round placing one n-gram in every bucket that is asked for."""
    first, second, _ = place(keys, n_buckets)
    rng = np.random.default_rng(0)
    fill = np.zeros(n_buckets, np.int64)
    owner = np.full(n_buckets * SLOTS, -1, np.int64)
    waiting = np.arange(len(keys))
    for _ in range(MOST_ROUNDS):
        a, b = first[waiting], second[waiting]
        coin = rng.random(len(waiting)) < 0.5
        bucket = np.where((fill[b] < fill[a]) | ((fill[a] == fill[b]) & coin), b, a)
        bucket, winner = np.unique(bucket, return_index=True)
        full = fill[bucket] == SLOTS
        slot = bucket * SLOTS + np.where(full, rng.integers(0, SLOTS, len(bucket)), fill[bucket])
        evicted = owner[slot]
        owner[slot] = waiting[winner]
        fill[bucket] += ~full
        waiting = np.concatenate([np.delete(waiting, winner), evicted[evicted >= 0]])
        if not len(waiting):
            taken = np.flatnonzero(owner >= 0)
            slots = np.empty(len(keys), np.int64)
            slots[owner[taken]] = taken
            return slots
    return None
