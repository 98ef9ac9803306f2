"""How much of a suspect stands in a reference, sentence by sentence: a second ranking for a few dozen candidates.

For each sentence of the suspect the sentence of the reference that shares most of its words is sought; words are those
of `words.words_of`, which leaves out the commonest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from detector.archive.words import words_of

COPY = 0.8  # share of the shorter's shingles in the longer from which two texts are versions of one; guess
SHINGLE = 4  # words in a row


def similarity(suspect: Sequence[frozenset[str]], reference: Sequence[frozenset[str]]) -> float:
    """Share of the suspect's words that stand in the best sentence of the reference for theirs, 0 to 1.

    Both as `words.sentences_of` gives them; each sentence counts by its words. 1 for equal texts, 0 where either has
    none.

    >>> similarity([frozenset({"orsk", "fell"}), frozenset({"rain"})], [frozenset({"orsk", "held"})])
    0.3333333333333333
    """
    wanted = frozenset().union(*suspect)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for number, words in enumerate(reference):
        for word in words & wanted:
            holders[word].append(number)
    shared = 0
    for words in suspect:
        tally: dict[int, int] = {}
        for word in words:
            for number in holders.get(word, ()):
                tally[number] = tally.get(number, 0) + 1
        shared += max(tally.values(), default=0)
    total = sum(map(len, suspect))
    return shared / total if total else 0.0


def shingles(text: str) -> frozenset[int]:
    """Hashes of all SHINGLE words in a row; they hold for this process only."""
    words = words_of(text)
    return frozenset(map(hash, zip(*(words[i:] for i in range(SHINGLE)), strict=False))) or frozenset(
        [hash(tuple(words))]
    )


def are_copies(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether the shorter of two texts, by its shingles, stands in the longer almost whole."""
    return len(one & other) >= COPY * min(len(one), len(other))
