"""Read the lexicons of spinner phrases and give each entry its log-odds.

The odds of a spun phrase compare how often it stands in text whose originals were swapped at MIXED_SHARE with how often
it stands in untouched news, both counted on the language part: a log-odds ratio with an informative prior (Monroe,
Colaresi and Quinn 2008, section 3.5), the prior being the untouched counts themselves.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Container, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.errors import CorpusError
from detector.language_model import Vocabulary
from detector.lexicon import MOST_WORDS, Phrases, phrase_keys
from detector.segment import tokenize
from detector.text import UNKNOWN

MIXED_SHARE = 0.2  # share of its occurrences at which a spinner swaps an original: guess
MIN_ODDS = 0.1  # bits; below it, an entry that untouched news has PLAIN times is plain English, and such entries, a
PLAIN = 50  # tenth of all, would make most of the matches
PRIOR_COUNT = 2.0  # occurrences added on both sides: a phrase never seen is not infinitely odd


class Entry(NamedTuple):
    """One directional substitution, lower case."""

    original: str
    spun: str
    voice: str


def read_entries(path: Path) -> list[Entry]:
    """The rows of a lexicon: tab-separated original, spun phrase and voice, with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if (header := next(rows, None)) != ["original", "spun", "voice"]:
            raise CorpusError(f"{path}: expected the header original, spun, voice, got {header}")
        return [Entry(*row) for row in rows]


def words_of(entries: Iterable[Entry]) -> set[str]:
    """Every word that the entries hold, for the vocabulary."""
    return {word for entry in entries for side in entry[:2] for word in tokenize(side)}


def is_variety(entry: Entry, regional: Container[str]) -> bool:
    """Whether the spun side is a matter of region or house style: a regional word, or other blanks and hyphens."""
    plain = [re.sub("[ -]", "", side.lower()) for side in entry[:2]]
    return plain[0] == plain[1] or any(word in regional for word in tokenize(entry.spun.lower()))


def build_phrases(entries: Iterable[Entry], vocabulary: Vocabulary, stream: NDArray[np.uint16]) -> Phrases:
    """Number the entries' words, count both sides in `stream`, and keep what marks spun text (MIN_ODDS)."""
    pairs = [(_ids(entry.original, vocabulary), _ids(entry.spun, vocabulary)) for entry in entries]
    known = [(a, b) for a, b in pairs if a is not None and b is not None and a != b]
    if not known:
        return Phrases(np.zeros(0, np.uint64), np.zeros((0, MOST_WORDS), np.uint16), np.zeros(0, np.float32))
    originals = np.array([a for a, _ in known], np.uint16)
    spun = np.array([b for _, b in known], np.uint16)
    original_keys, spun_keys = phrase_keys(originals), phrase_keys(spun)
    counts = count_phrases(np.union1d(original_keys, spun_keys), stream)
    # An original with several substitutes gives each an equal share of its swaps.
    choices = dict(zip(*np.unique(original_keys, return_counts=True), strict=True))
    swapped: dict[int, float] = {}
    for original, key in zip(original_keys.tolist(), spun_keys.tolist(), strict=True):
        swapped[key] = swapped.get(key, 0.0) + MIXED_SHARE * counts[original] / choices[original]
    odds = np.array([_odds(swapped[key], counts[key]) for key in spun_keys.tolist()], np.float32)
    plain = np.array([counts[key] >= PLAIN for key in spun_keys.tolist()])
    order = np.lexsort((original_keys, spun_keys))
    order = order[(odds[order] > 0) & ((odds[order] >= MIN_ODDS) | ~plain[order])]
    return Phrases(spun_keys[order], originals[order], odds[order])


def _odds(swapped: float, untouched: float) -> float:
    return float(np.log2((swapped + untouched + PRIOR_COUNT) / (untouched + PRIOR_COUNT)))


def count_phrases(keys: NDArray[np.uint64], stream: NDArray[np.uint16]) -> dict[int, int]:
    """How often each phrase stands in a stream of ids."""
    counts = np.zeros(len(keys), np.int64)
    key = np.zeros(len(stream), np.uint64)
    alive = np.ones(len(stream), bool)
    for n_words in range(1, min(MOST_WORDS, len(stream)) + 1):
        shifted = np.zeros(len(stream), np.uint64)
        shifted[: len(stream) - n_words + 1] = stream[n_words - 1 :]
        alive &= shifted > UNKNOWN
        key |= shifted << np.uint64(16 * (MOST_WORDS - n_words))
        asked = key[alive]
        place = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        counts += np.bincount(place[keys[place] == asked], minlength=len(keys))
    return dict(zip(keys.tolist(), counts.tolist(), strict=True))


def _ids(phrase: str, vocabulary: Vocabulary) -> tuple[int, ...] | None:
    """Ids padded with 0, or None for a phrase that is too long or has an unknown word."""
    words = tokenize(phrase.lower())
    ids = [int(i) for i in vocabulary.encode(words)[0]]
    if not 0 < len(ids) <= MOST_WORDS or UNKNOWN in ids:
        return None
    return (*ids, *[0] * (MOST_WORDS - len(ids)))
