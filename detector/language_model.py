"""A word trigram language model, its words backed by sentencepiece pieces, in memory-mapped hash tables.

Smoothing is interpolated modified Kneser-Ney (Chen and Goodman 1999), counted by detector/training/ngrams.py. All
figures are base-2 logarithms of probabilities. Tables hold four slots a bucket: the upper 24 bits of a slot are a
fingerprint of the n-gram, the lower 8 its quantised probability; an n-gram stands in one of two buckets. A stranger is
taken for an n-gram of the table about once in two million look-ups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import chain, repeat

import numpy as np
import sentencepiece
from numpy.typing import NDArray

from detector.text import BOUNDARY, UNKNOWN

SLOTS = 4  # a bucket
STEP = 0.1  # bits: width of a quantisation step; what it costs stands in benchmarks/language_model.py
BACKOFF_SHIFT = 2.0  # bits: a backoff weight may exceed one, up to 2 ** BACKOFF_SHIFT
UNKNOWN_PIECE = 10.0  # nats below the rarest piece: what sentencepiece itself takes for a letter that it has never seen
MOST_SLOTS = 1 << 15  # words put in their places at a time: with more the columns do not stay in the cache
YEAR, NUMBER, ORDINAL = "<year>", "<number>", "<ordinal>"  # the words that stand for figures

Ids = NDArray[np.int32]
Bits = NDArray[np.float32]


class Vocabulary:
    """The words the model knows, in order of frequency, and the spelling of those that it does not.

    Args:
        words: lower case; the first two are the boundary and the unknown word.
        names: shape (n_words,), whether edited news writes the word with a capital inside a sentence.
        pieces: a sentencepiece unigram model.
    """

    def __init__(self, words: Sequence[str], names: NDArray[np.bool_], pieces: bytes) -> None:
        self.words = tuple(words)
        self.names = names
        self.pieces = pieces
        self.id_of = dict(zip(self.words, range(len(self.words)), strict=True))
        self._figures = tuple(self.id_of.get(word, UNKNOWN) for word in (YEAR, ORDINAL, NUMBER))
        self._processor: sentencepiece.SentencePieceProcessor | None = None
        self._scores: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, words: Sequence[str]) -> tuple[Ids, Bits]:
        """Ids of lower-case `words`, and log2 probability of the spelling of those that are unknown (0 for the
        others)."""
        lookup = self.id_of.get
        ids = np.fromiter(map(lookup, words, repeat(UNKNOWN)), np.int32, len(words))
        spelling = np.zeros(len(words), np.float32)
        spelled: list[int] = []
        for i in np.flatnonzero(ids == UNKNOWN).tolist():
            word = words[i]
            if word[0].isdigit():
                ids[i] = self._figure(word)
            elif word[0] == "-":
                ids[i] = lookup("-", UNKNOWN)
            else:
                spelled.append(i)
        if spelled:
            strangers = list(dict.fromkeys(words[i] for i in spelled))  # most are names, which come again
            bits = dict(zip(strangers, self._spellings(strangers).tolist(), strict=True))
            spelling[spelled] = [bits[words[i]] for i in spelled]
        return ids, spelling

    def _figure(self, word: str) -> int:
        year, ordinal, number = self._figures
        if len(word) == 4 and word.isdecimal() and word[:2] in ("19", "20"):
            return year
        return ordinal if word[-2:] in ("st", "nd", "rd", "th") else number

    def _spellings(self, words: Sequence[str]) -> NDArray[np.float64]:
        """log2 probability of each word's pieces, shape (n_words,)."""
        if self._processor is None or self._scores is None:
            self._processor = sentencepiece.SentencePieceProcessor(model_proto=self.pieces)
            scores = np.array([self._processor.get_score(i) for i in range(len(self._processor))])
            scores[self._processor.unk_id()] = scores.min() - UNKNOWN_PIECE
            self._scores = scores / np.log(2)
        pieces = [self._processor.encode(word[:64].encode("utf-8", "replace").decode("utf-8")) for word in words]
        word = np.repeat(np.arange(len(words)), list(map(len, pieces)))
        return np.bincount(word, self._scores[list(chain.from_iterable(pieces))], len(words)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class NgramTable:
    """Quantised log2 probabilities of n-grams, and of bigrams also their backoff weights.

    Attributes:
        slots: uint32, shape (n_buckets, SLOTS); 0 is an empty slot.
        backoffs: uint8, shape (n_buckets, SLOTS), or None for the highest order.
    """

    slots: NDArray[np.uint32]
    backoffs: NDArray[np.uint8] | None = None

    def find(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Which of `keys` the table holds (their indices, in no special order) and in which flat slot."""
        mixed = _mixed(keys)
        prints = _fingerprints(mixed)
        rows, slots = self._probe(_first_buckets(mixed, len(self.slots)), prints)
        missing = np.ones(len(keys), bool)
        missing[rows] = False
        missing = np.flatnonzero(missing)
        second = _second_buckets(mixed.take(missing), len(self.slots))
        again, more = self._probe(second, prints.take(missing))
        return np.concatenate([rows, missing.take(again)]), np.concatenate([slots, more])

    def _probe(
        self, buckets: NDArray[np.int64], prints: NDArray[np.uint32]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        found = self.slots.take(buckets, axis=0)
        found >>= np.uint32(8)
        flat = np.flatnonzero(found == prints[:, None])
        rows = flat // SLOTS
        return rows, buckets.take(rows) * SLOTS + flat % SLOTS

    def log2(self, slots: NDArray[np.intp]) -> Bits:
        """Probabilities in flat slots."""
        return (self.slots.reshape(-1).take(slots) & np.uint32(255)).astype(np.float32) * np.float32(-STEP)

    def backoff(self, slots: NDArray[np.intp]) -> Bits:
        """Backoff weights in flat slots."""
        assert self.backoffs is not None
        return BACKOFF_SHIFT - self.backoffs.reshape(-1).take(slots).astype(np.float32) * np.float32(STEP)


def pair_keys(a: Ids, b: Ids) -> NDArray[np.uint64]:
    """One key a bigram, unique for vocabularies of up to 65,536 words."""
    return (a.astype(np.uint64) << np.uint64(16)) | b.astype(np.uint64)


def triple_keys(a: Ids, b: Ids, c: Ids) -> NDArray[np.uint64]:
    """One key a trigram, unique for vocabularies of up to 65,536 words."""
    return (pair_keys(a, b) << np.uint64(16)) | c.astype(np.uint64)


def place(keys: NDArray[np.uint64], n_buckets: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32]]:
    """The two buckets a key may stand in and its fingerprint."""
    mixed = _mixed(keys)
    return _first_buckets(mixed, n_buckets), _second_buckets(mixed, n_buckets), _fingerprints(mixed)


def _mixed(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The bits of each key well mixed (splitmix64, Steele et al. 2014)."""
    mixed = keys + np.uint64(1)
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    return mixed


def _fingerprints(mixed: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """The upper 24 bits, never 0."""
    return np.maximum((mixed >> np.uint64(40)).astype(np.uint32), np.uint32(1))


def _first_buckets(mixed: NDArray[np.uint64], n_buckets: int) -> NDArray[np.int64]:
    """The lower 32 bits, scaled to [0, n_buckets)."""
    buckets = mixed & np.uint64(0xFFFFFFFF)
    buckets *= np.uint64(n_buckets)
    buckets >>= np.uint64(32)
    return buckets.view(np.int64)


def _second_buckets(mixed: NDArray[np.uint64], n_buckets: int) -> NDArray[np.int64]:
    """The same of the bits mixed once more."""
    buckets = mixed * np.uint64(0xD6E8FEB86659FD93)
    buckets >>= np.uint64(32)
    buckets *= np.uint64(n_buckets)
    buckets >>= np.uint64(32)
    return buckets.view(np.int64)


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Interpolated modified Kneser-Ney trigrams with backoff.

    Attributes:
        unigrams: log2 p(w), float32, shape (n_words,).
        unigram_backoffs: log2 of the weight after one word, float32, shape (n_words,).
        frequencies: log2 share of the word among all tokens counted, float32, shape (n_words,).
        n_tokens: how many tokens were counted.
        bigrams, trigrams: the tables.
    """

    unigrams: Bits
    unigram_backoffs: Bits
    frequencies: Bits
    n_tokens: int
    bigrams: NgramTable
    trigrams: NgramTable

    def pair(self, a: Ids, b: Ids) -> tuple[Bits, Bits, NDArray[np.bool_]]:
        """log2 p(b | a), log2 of the backoff weight after (a, b), and whether the table holds (a, b)."""
        probability = self.unigram_backoffs.take(a) + self.unigrams.take(b)
        backoff = np.zeros(len(a), np.float32)
        seen = np.zeros(len(a), bool)
        rows, slots = self.bigrams.find(pair_keys(a, b))
        probability[rows] = self.bigrams.log2(slots)
        backoff[rows] = self.bigrams.backoff(slots)
        seen[rows] = True
        return probability, backoff, seen

    def triple(self, a: Ids, b: Ids, c: Ids, fallback: Bits, candidates: NDArray[np.bool_]) -> Bits:
        """log2 p(c | a, b), with `fallback` where the table lacks the trigram; only `candidates` are looked up."""
        probability = fallback.copy()
        asked = np.flatnonzero(candidates)
        rows, slots = self.trigrams.find(triple_keys(a.take(asked), b.take(asked), c.take(asked)))
        probability[asked.take(rows)] = self.trigrams.log2(slots)
        return probability

    def read(self, ids: Ids) -> Reading:
        """Measure a stream of tokens that begins and ends with a boundary. Shape of each column: (n_tokens,)."""
        left = np.concatenate([[BOUNDARY], ids[:-1]]).astype(np.int32)
        left2 = np.concatenate([[BOUNDARY], left[:-1]]).astype(np.int32)
        left2[left == BOUNDARY] = BOUNDARY
        bigram, backoff, seen = self.pair(left, ids)
        before = np.concatenate([[0], backoff[:-1]]).astype(np.float32)
        seen_before = np.concatenate([[False], seen[:-1]])
        # After a boundary the context is (boundary, boundary), which is no pair of the stream.
        start = left == BOUNDARY
        edge = self.pair(np.array([BOUNDARY], np.int32), np.array([BOUNDARY], np.int32))[1]
        before[start] = edge
        trigram = self.triple(left2, left, ids, before + bigram, (seen_before | start) & seen)
        return Reading(ids, left, left2, bigram, backoff, before, seen, trigram)

    def slots(self, reading: Reading, at: NDArray[np.intp], words: Ids) -> tuple[Bits, Bits, Bits]:
        """Put `words` in the places `at` of a stream: log2 p of the word itself, of its right neighbour, of the one
        after.

        `at` and `words` have shape (n,); a place may be asked for many times. Outside a sentence a factor is 0.
        """
        if len(at) > MOST_SLOTS:
            parts = [
                self.slots(reading, at[i : i + MOST_SLOTS], words[i : i + MOST_SLOTS])
                for i in range(0, len(at), MOST_SLOTS)
            ]
            own, after, after2 = (np.concatenate(column) for column in zip(*parts, strict=True))
            return own, after, after2
        ids, left, left2 = reading.ids, reading.left.take(at), reading.left2.take(at)
        last = len(ids) - 1
        second = np.minimum(at + 2, last)
        right, right2 = ids.take(np.minimum(at + 1, last)), ids.take(second)
        word_bigram, word_backoff, word_seen = self.pair(left, words)
        own = self.triple(left2, left, words, reading.before.take(at) + word_bigram, word_seen)
        right_bigram, right_backoff, right_seen = self.pair(words, right)
        after = self.triple(left, words, right, word_backoff + right_bigram, word_seen & right_seen)
        inside = right != BOUNDARY
        bigram2, seen2 = reading.bigram.take(second), reading.seen.take(second)
        after2 = self.triple(words, right, right2, right_backoff + bigram2, right_seen & seen2 & inside)
        return own, after, np.where(inside, after2, 0).astype(np.float32)

    def phrases(self, rows: Ids, lengths: NDArray[np.intp]) -> NDArray[np.float64]:
        """log2 p of phrases in their places, given the two words before, then of each of the two words that follow.

        `rows` has shape (n, 2 + most + 2): two words of left context, `lengths[i]` words of the phrase, two of right
        context, then padding. What stands past a boundary is 0. Shape (n, 3).
        """
        n, width = rows.shape
        place = np.arange(width)
        stop = 3 + lengths - (np.take_along_axis(rows, (2 + lengths)[:, None], 1)[:, 0] == BOUNDARY)
        pair_rows, pair_columns = np.nonzero((place[None, :] >= 1) & (place[None, :] <= stop[:, None]))
        left, own = rows[pair_rows, pair_columns - 1], rows[pair_rows, pair_columns]
        bigram, backoff, seen = self.pair(left, own)
        third = np.flatnonzero(pair_columns >= 2)  # the pair before stands one further up: rows are in reading order
        left2 = rows[pair_rows[third], pair_columns[third] - 2]
        trigram = self.triple(
            left2, left[third], own[third], backoff[third - 1] + bigram[third], seen[third] & seen[third - 1]
        )
        row = pair_rows[third]
        part = np.maximum(pair_columns[third] - 1 - lengths[row], 0)
        parts = np.bincount(3 * row + part, trigram, 3 * n).astype(np.float64)
        return parts.reshape(n, 3)


@dataclass(frozen=True, slots=True)
class Reading:
    """A stream of tokens with its own probabilities, each of shape (n_tokens,), all log2.

    Attributes:
        ids, left, left2: the word and the two before it (boundaries do not look across).
        bigram: log2 p(word | left); `seen` where the table holds the pair.
        backoff: weight after (left, word); `before`: weight after (left2, left).
        trigram: log2 p(word | left2, left).
    """

    ids: Ids
    left: Ids
    left2: Ids
    bigram: Bits
    backoff: Bits
    before: Bits
    seen: NDArray[np.bool_]
    trigram: Bits

    def part(self, tokens: slice) -> Reading:
        """The stream that some of the tokens make."""
        return Reading(*(getattr(self, column.name)[tokens] for column in fields(self)))
