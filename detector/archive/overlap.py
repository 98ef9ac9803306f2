"""How much of a suspect stands in a reference, sentence by sentence: a second ranking for a few dozen candidates.

For each sentence of the suspect the sentence of the reference that shares most of its words is sought; words are those
of `words.words_of`, which leaves out the commonest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from detector.archive.words import words_of

COPY = 0.8  # share of the shorter's shingles in the longer from which two texts are versions of one; guess
SHINGLE = 4  # words in a row
# Of the weight of a sentence's names and numbers, the share that stands in one sentence of a reference which the
# sentence may come from. Spinners leave them, other reports of a kind of event have their own (benchmarks/sources.py).
NAMES_HELD = 0.7


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


def held(names: Mapping[int, Mapping[str, float]], reference: Sequence[frozenset[str]]) -> frozenset[int]:
    """Which sentences of a suspect have most of their names and numbers in one sentence of the reference.

    `names` gives the weight of each of them, by the sentence's number.

    >>> sorted(held({0: {"orsk": 2.0, "3": 1.0}, 4: {"lenin": 5.0, "orsk": 2.0}}, [frozenset({"orsk", "3", "fell"})]))
    [0]
    """
    holders: defaultdict[str, list[int]] = defaultdict(list)
    wanted = frozenset().union(*names.values())
    for number, words in enumerate(reference):
        for word in words & wanted:
            holders[word].append(number)
    found = set()
    for sentence, weights in names.items():
        tally: defaultdict[int, float] = defaultdict(float)
        for word, weight in weights.items():
            for number in holders.get(word, ()):
                tally[number] += weight
        if max(tally.values(), default=0.0) >= NAMES_HELD * sum(weights.values()):
            found.add(sentence)
    return frozenset(found)


def shingles(text: str) -> frozenset[int]:
    """Hashes of all SHINGLE words in a row; they hold for this process only."""
    words = words_of(text)
    return frozenset(map(hash, zip(*(words[i:] for i in range(SHINGLE)), strict=False))) or frozenset(
        [hash(tuple(words))]
    )


def are_copies(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether the shorter of two texts, by its shingles, stands in the longer almost whole."""
    return len(one & other) >= COPY * min(len(one), len(other))
