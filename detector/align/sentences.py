"""Which sentences of two texts say the same: one for one, one for two, dropped, added, moved.

A monotone programme over the weight of the words that two sentences share finds the common thread (Gale and Church
1993, with words for lengths); what it leaves over is tried for moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detector.align.tokens import Kind, Types

MAX_SENTENCES = 600  # of either text that are aligned; news has a few dozen
LEAST = 0.2  # similarity from which two sentences say the same: guess
LEAST_MOVED = 0.4  # the same, out of order: guess
LEAST_ENCLOSED = 0.08  # the same, where the neighbours on both sides are aligned and nothing else lies between: guess
MERGE_COST = 0.06  # of the weight of both sides, so that a lone common word joins no sentence: guess
NAME_WEIGHT = 1.5  # times the weight of another word as rare: guess
LEAST_WEIGHT = 0.5  # bits, of the commonest word
MAX_MOVES = 20_000  # pairs that are tried
STEPS = ((1, 1), (1, 2), (2, 1), (1, 0))  # sentences of either side
PASS = (0, 1)


@dataclass(frozen=True, slots=True)
class Match:
    """Sentences of both sides that say the same; `moved` where they break the order."""

    one: tuple[int, ...]
    two: tuple[int, ...]
    similarity: float
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """The tokens of a text.

    Attributes:
        types: the type of each token, int32, shape (n_tokens,).
        sentence: its sentence, int32, ascending.
        names: whether it is part of a name.
    """

    types: NDArray[np.int32]
    sentence: NDArray[np.int32]
    names: NDArray[np.bool_]

    @property
    def n_sentences(self) -> int:
        return int(self.sentence[-1]) + 1 if len(self.sentence) else 0


def match_sentences(one: Side, two: Side, types: Types) -> list[Match]:
    """Every match, in no special order; a sentence is in one at most."""
    shared, weight_one, weight_two = _shared(one, two, types)
    if not shared.size:
        return []
    likeness = 2 * shared / np.maximum(weight_one[:, None] + weight_two[None, :], 1e-6)
    matches = _thread(shared, weight_one, weight_two)
    matches += _enclosed(matches, likeness)
    free_one = np.setdiff1d(np.arange(len(weight_one)), [i for match in matches for i in match.one])
    free_two = np.setdiff1d(np.arange(len(weight_two)), [j for match in matches for j in match.two])
    return matches + _moves(likeness, free_one, free_two)


def _shared(one: Side, two: Side, types: Types) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Weight that each two sentences share, shape (n_one, n_two), and the weight of each sentence by itself."""
    weight = np.maximum(types.weights, LEAST_WEIGHT).astype(np.float32)
    weight[(types.kinds & Kind.PUNCTUATION) > 0] = 0
    names = np.zeros(len(weight), bool)
    for side in (one, two):
        names[side.types[side.names]] = True
    weight = np.where(names, NAME_WEIGHT * weight, weight)
    stems, of_type = np.unique(types.stem, return_inverse=True)
    of_stem = np.zeros(len(stems), np.float32)
    np.maximum.at(of_stem, of_type, weight)
    held = [_held(side, of_type, len(stems)) for side in (one, two)]
    both = np.intersect1d(held[0][1], held[1][1])
    has = []
    for sentence, stem, n_sentences in held:
        table = np.zeros((n_sentences, len(both)), np.float32)
        common = np.isin(stem, both)
        table[sentence[common], np.searchsorted(both, stem[common])] = 1
        has.append(table)
    weights = [np.bincount(sentence, of_stem[stem], n).astype(np.float32) for sentence, stem, n in held]
    shared = ((has[0] * of_stem[both]) @ has[1].T).astype(np.float32)
    return shared, weights[0], weights[1]


def _held(side: Side, of_type: NDArray[np.intp], n_stems: int) -> tuple[NDArray[np.intp], NDArray[np.intp], int]:
    """Which sentence holds which stem, each once, and how many sentences there are."""
    here = side.sentence < MAX_SENTENCES
    keys = np.unique(side.sentence[here].astype(np.int64) * n_stems + of_type[side.types[here]])
    return keys // max(n_stems, 1), keys % max(n_stems, 1), min(side.n_sentences, MAX_SENTENCES)


def _gains(shared: NDArray[np.float32], one: NDArray[np.float32], two: NDArray[np.float32]) -> NDArray[np.float32]:
    """What each of STEPS gains where it ends, shape (n_one + 3, 4, n_two + 3); the first two of either side are past
    the beginning."""
    n, m = shared.shape
    gains = np.full((n + 3, len(STEPS), m + 3), -np.inf, np.float32)
    half = LEAST / 2
    gains[3:, 0, 3:] = shared - half * (one[:, None] + two[None, :])
    cost = half + MERGE_COST
    if m > 1:
        both = np.minimum(shared[:, :-1] + shared[:, 1:], one[:, None])
        gains[3:, 1, 4:] = both - cost * (one[:, None] + two[None, :-1] + two[None, 1:])
    if n > 1:
        both = np.minimum(shared[:-1] + shared[1:], two[None, :])
        gains[4:, 2, 3:] = both - cost * (one[:-1, None] + one[1:, None] + two[None, :])
    gains[:, 3] = 0
    return gains


def _thread(shared: NDArray[np.float32], one: NDArray[np.float32], two: NDArray[np.float32]) -> list[Match]:
    """The monotone matches that gain most, by a programme over the sentences of the first text.

    To pass over sentences of the second gains nothing, so that a running maximum does it.
    """
    n, m = shared.shape
    gains = _gains(shared, one, two)
    total = np.full((n + 3, m + 3), -np.inf, np.float32)
    choice = np.zeros((n + 3, m + 3), np.int8)
    for i in range(2, n + 3):
        reached = gains[i, :, 2:]
        for step, (a, b) in enumerate(STEPS):
            reached[step] += total[i - a, 2 - b : m + 3 - b]
        if i == 2:
            reached[0, 0] = 0  # the beginning
        here = reached.max(axis=0)
        np.maximum.accumulate(here, out=total[i, 2:])
        choice[i, 2:] = np.where(here < total[i, 2:], len(STEPS), reached.argmax(axis=0))
    matches, i, j = [], n, m
    while i or j:
        a, b = (*STEPS, PASS)[choice[i + 2, j + 2]]
        if a and b:
            ones, twos = tuple(range(i - a, i)), tuple(range(j - b, j))
            weight = float(one[list(ones)].sum() + two[list(twos)].sum())
            common = min(float(shared[np.ix_(ones, twos)].sum()), weight / 2)
            matches.append(Match(ones, twos, 2 * common / max(weight, 1e-6)))
        i, j = i - a, j - b
    return matches[::-1]


def _enclosed(matches: list[Match], likeness: NDArray[np.float32]) -> list[Match]:
    """Lone sentences that face each other between two matches of the thread."""
    found = []
    ends = [Match((-1,), (-1,), 0), *matches, Match((likeness.shape[0],), (likeness.shape[1],), 0)]
    for before, after in pairwise(ends):
        i, j = before.one[-1] + 1, before.two[-1] + 1
        if after.one[0] == i + 1 and after.two[0] == j + 1 and likeness[i, j] >= LEAST_ENCLOSED:
            found.append(Match((i,), (j,), float(likeness[i, j])))
    return found


def _moves(likeness: NDArray[np.float32], free_one: NDArray[np.intp], free_two: NDArray[np.intp]) -> list[Match]:
    """Of the sentences left over the pairs most alike, each sentence once."""
    left = likeness[np.ix_(free_one, free_two)]
    rows, columns = np.nonzero(left >= LEAST_MOVED)
    order = np.argsort(-left[rows, columns], kind="stable")[:MAX_MOVES]
    found: list[Match] = []
    taken_one: set[int] = set()
    taken_two: set[int] = set()
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if row not in taken_one and column not in taken_two:
            taken_one.add(row)
            taken_two.add(column)
            found.append(Match((int(free_one[row]),), (int(free_two[column]),), float(left[row, column]), moved=True))
    return found
