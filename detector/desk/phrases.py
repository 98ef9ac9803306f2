"""Phrases found in a text by whole words, without regard to capitals, white space, look-alikes and kinds of quotes.

Each word of the text is looked up once, so thousands of phrases cost no more than a few.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.folding import fold
from detector.text import Span

PARAGRAPH = ""  # stands between paragraphs: no phrase reaches over it

# A hyphen or an apostrophe joins a word ("eye-patch" holds no "patch"), but for that of the possessive.
_PIECE = re.compile(r"\n[^\S\n]*\n\s*|[^\W_]++(?:(?!'s\b)['-][^\W_]++)*+|\S")


class Words(NamedTuple):
    """The words and signs of a text, folded and in lower case, and where each stands in the text as given."""

    words: list[str]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


class Place(NamedTuple):
    """Where a phrase stands; `phrase` is it as `folded` gives it."""

    start: int
    end: int
    phrase: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases as `folded` gives them, and by their first word how many words those have, the most first."""

    phrases: frozenset[str]
    lengths: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, phrases: Iterable[str]) -> Phrases:
        kept = frozenset(phrases)
        lengths: dict[str, set[int]] = {}
        for phrase in kept:
            words = phrase.split(" ")
            lengths.setdefault(words[0], set()).add(len(words))
        return cls(kept, {word: tuple(sorted(counts, reverse=True)) for word, counts in sorted(lengths.items())})

    def all_in(self, text: Words) -> Iterator[Place]:
        """Every place of every phrase, by where it begins, the longest first."""
        for i, word in enumerate(text.words):
            for n in self.lengths.get(word, ()):
                phrase = " ".join(text.words[i : i + n])  # of fewer words at the end of the text
                if i + n <= len(text.words) and phrase in self.phrases:
                    yield Place(int(text.start[i]), int(text.end[i + n - 1]), phrase)

    def longest_in(self, text: Words) -> Iterator[Place]:
        """The same without those that overlap an earlier or a longer one."""
        done = 0
        for place in self.all_in(text):
            if place.start >= done:
                yield place
                done = place.end


def words_in(text: str) -> Words:
    """Cut a text into words and signs."""
    whole = fold(text)
    found = list(_PIECE.finditer(whole.text))
    words = [_word(match.group()) for match in found]
    start = np.array([match.start() for match in found], np.int64)
    end = np.array([match.end() for match in found], np.int64)
    if whole.origin is not None and len(found):  # a word ends where its last character ends
        start, end = whole.origin[start].astype(np.int64), whole.origin[end - 1].astype(np.int64) + 1
    return Words(words, start, end)


def word_list(text: str) -> list[str]:
    """The same words and signs alone."""
    return [_word(piece) for piece in _PIECE.findall(fold(text).text)]


def _word(piece: str) -> str:
    return piece.casefold() if piece.strip() else PARAGRAPH


def folded(phrase: str) -> str:
    """A phrase as it is compared: its words and signs with a blank between; empty where it has none.

    >>> folded("  The  \u201cp\u0430tch\u201d ")
    'the " patch "'
    """
    return " ".join(word for word in word_list(phrase) if word != PARAGRAPH)


class Cover:
    """What some stretches of a text cover, looked up without going through them; they come by where they begin."""

    def __init__(self, stretches: Iterable[Place | Span]) -> None:
        edges = [stretch[:2] for stretch in stretches]
        self._starts = [start for start, _ in edges]
        self._reach = list(accumulate((end for _, end in edges), max))  # of it and of all before it

    def holds(self, start: int, end: int) -> bool:
        """Whether one of them holds all of [start, end)."""
        before = bisect_right(self._starts, start)
        return before > 0 and self._reach[before - 1] >= end

    def touches(self, start: int, end: int) -> bool:
        """Whether one of them overlaps [start, end)."""
        before = bisect_left(self._starts, end)
        return before > 0 and self._reach[before - 1] > start
