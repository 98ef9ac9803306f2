"""What speaks for a link between two tokens, for every cell of a grid in one call.

A cell whose tokens stand in a long run of equal words is settled beforehand, and so is what shares a row or a column
with it, but for what stands right beside the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.align.grid import Column, Grid
from detector.align.listed_phrases import listed_phrases
from detector.align.order import lost_to_order
from detector.align.tokens import CLOSED, Kind, Types
from detector.lexicon import Candidates, Form
from detector.resources import Resources

GUESS = 11  # column of `measure`: a rough guess of the whole
# Columns of it: equal, alike in meaning, listed as words, as phrases, linked by people, the guess.
TELLING = [0, 5, 7, 9, 10, GUESS]
RUN = 3  # equal words in a row that settle a link
FURTHER = 3  # words beside a settled one's counterpart that it may stand for too
BESIDE = ((-1, -1), (1, 1), (-1, 0), (1, 0), (0, -1), (0, 1))  # ways to a cell whose neighbours tell most
LINKED = 0.5  # belief from which a row has a link
MOST_LOST = 4.0  # links of the heaviest chain
HARDLY = 0.01  # of a link, lost to order by a cell that is as good as on the heaviest chain
NO_WORD = np.float32(-0.5)  # instead of a belief, where there is no word to have one of
PARTS = (  # forms that a noun, a verb, an adjective and an adverb may have
    Form.SINGULAR | Form.PLURAL,
    Form.BASE | Form.THIRD | Form.PAST | Form.PARTICIPLE | Form.GERUND,
    Form.ADJECTIVE | Form.COMPARATIVE | Form.SUPERLATIVE,
    Form.ADVERB,
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Pairs of words that people linked in texts of the same meaning.

    Attributes:
        keys: one of each pair (`pair_key`), uint64, ascending.
        odds: natural log-odds of a link where both stand in a sentence pair, float32.
    """

    keys: NDArray[np.uint64]
    odds: NDArray[np.float32]

    def find(self, keys: NDArray[np.uint64]) -> Column:
        """Log-odds less those of a stranger, 0 where the pair is not listed."""
        return _found(self.keys, self.odds, keys) if len(self.keys) else np.zeros(len(keys), np.float32)


def pair_key(one: NDArray[np.uint32], two: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """One key a pair of the words' names (`Types.names`), in whichever order they are given."""
    low, high = np.minimum(one, two).astype(np.uint64), np.maximum(one, two).astype(np.uint64)
    return (low << np.uint64(32)) | high


def settled(grid: Grid, types: Types) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Cells that are links because they stand in the one run of equal words of their row and column, or in the run with
    which both sentences begin, and the cells left open."""
    equal = grid.wide(types.plain.take(grid.one) == types.plain.take(grid.two))
    further = [k * (grid.width + 1) for k in range(1, RUN)]  # down and to the right
    run = equal.copy()  # where one begins
    for step in further:
        run[:-step] *= equal[step:]
    inside = run.copy()
    for step in further:
        np.maximum(inside[step:], run[:-step], out=inside[step:])
    runs = inside.take(grid.margined) > 0
    begun = runs & _begun(grid, equal.take(grid.margined) > 0)
    rows, columns = (np.bincount(group, begun) == 0 for group in (grid.row, grid.column))
    runs &= begun | (rows.take(grid.row) & columns.take(grid.column))
    rows, columns = (np.bincount(group, runs) == 1 for group in (grid.row, grid.column))
    links = runs & rows.take(grid.row) & columns.take(grid.column)
    rows, columns = ((np.bincount(group, links) == 0).take(group) for group in (grid.row, grid.column))
    ends, beside = _ends(grid, links, rows, columns)
    return links & ~ends, (rows & columns) | ends | beside


def _ends(
    grid: Grid, links: NDArray[np.bool_], rows: NDArray[np.bool_], columns: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The settled `links` beside which words of open `rows` or `columns` stand, and their cells with those, FURTHER at
    most: what one sentence has more there, an article say, people link with the word that it stands beside."""
    ends, beside = np.zeros(grid.size, bool), np.zeros(grid.size, bool)
    at = grid.margined[links]
    for unsettled, step in ((columns, 1), (rows, grid.width)):
        wide = grid.wide(unsettled.astype(np.float32)) > 0
        for way in (step, -step):
            here = at[wide[at + way]]
            ends[here] = True
            for _ in range(FURTHER):
                here = here + way
                here = here[wide[here]]
                beside[here] = True
    return ends.take(grid.margined), beside.take(grid.margined)


def _begun(grid: Grid, equal: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The cells of the words with which both sentences of a pair begin: a text that repeats itself has runs of equal
    words everywhere."""
    diagonal = np.flatnonzero(grid.i == grid.j)
    differ = np.cumsum(~equal[diagonal])
    before = np.insert(differ, 0, 0)[np.flatnonzero(grid.i[diagonal] == 0)]
    lengths = np.minimum(grid.n, grid.m)[grid.offsets[:-1]]
    found = np.zeros(len(equal), bool)
    found[diagonal] = differ == np.repeat(before, lengths)
    return found


def measure(
    grid: Grid, at: NDArray[np.intp], types: Types, resources: Resources, lexicon: Lexicon, cosine: Column
) -> Column:
    """What is known of the cells `at` before any link is, shape (n, k); the same whichever side comes first, but for
    what tells the two tokens apart. `cosine` tells of all cells how alike their words are in meaning."""
    one, two = grid.one.take(at), grid.two.take(at)
    equal = (types.plain.take(grid.one) == types.plain.take(grid.two)).astype(np.float32)
    stem = (types.stem.take(grid.one) == types.stem.take(grid.two)).astype(np.float32)
    spelling = _spelling(types, one, two)
    meaning = cosine.take(at)
    listed = _listed(types, one, two, resources.candidates)
    phrases = listed_phrases(grid, types, resources.phrases)
    linked = lexicon.find(pair_key(types.names[one], types.names[two]))
    # A rough guess of the whole, whose neighbours and rivals tell more than any single one.
    guess = np.maximum(equal, 0.9 * stem).astype(np.float32)
    own = np.maximum.reduce([meaning, 0.6 * listed[0], 0.25 * linked, 0.8 * spelling[2] - 0.2, 0.6 * phrases[at]])
    guess[at] = np.maximum(guess[at], np.clip(own, 0, 0.9))
    rivals, others = grid.best_others(guess, at), grid.best_others(np.maximum(cosine, 0), at)
    equals, guesses, meanings = (grid.around(column, at) for column in (equal, guess, cosine))
    columns = [
        equal[at], stem[at], *spelling, meaning, (meaning != 0), *listed, phrases[at], linked, guess[at],
        *rivals, *_kinds(types, one, two), *_places(grid, at),
        *(np.minimum(count, 4) for count in grid.sums(equal, at)),
        *(equals.shifted(a, b) for a, b in ((-1, -1), (1, 1), (-2, -2), (2, 2))),
        *(guesses.shifted(a, b) for a, b in BESIDE),
        *_along(grid, at, guess, ((-3, -2, -1), (1, 2, 3))),
        *(meaning - other for other in others), *(meanings.shifted(a, b) for a, b in BESIDE),
    ]  # fmt: skip
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def measure_again(grid: Grid, at: NDArray[np.intp], types: Types, *beliefs: Column) -> list[Column]:
    """What each of some beliefs of the links (probabilities, all cells) says of the cells `at`, shape (n, k)."""
    lost = lost_to_order(grid, *beliefs)
    return [_measure_again(grid, at, types, *one) for one in zip(beliefs, lost, strict=True)]


def _measure_again(grid: Grid, at: NDArray[np.intp], types: Types, odds: Column, lost: Column) -> Column:
    lost = np.minimum(lost[at], MOST_LOST)
    rivals, sums, beliefs = grid.best_others(odds, at), grid.sums(odds, at), grid.around(odds, at)
    around = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    columns = [
        *(beliefs.shifted(a, b) for a, b in around), *(beliefs.shifted(a, a) for a in (-2, 2)),
        *rivals, *(total - odds[at] for total in sums),
        *_along(grid, at, odds, ((-4, -3, -2), (2, 3, 4))),
        _drift(grid, at, odds), *_next_content(grid, at, types, odds), *_between(grid, at, odds),
        lost, lost <= HARDLY,
    ]  # fmt: skip
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _along(grid: Grid, at: NDArray[np.intp], values: Column, ways: Sequence[tuple[int, ...]]) -> Iterator[Column]:
    """For each way the support along the diagonals of the cells `at`, one cell to either side of it allowed."""
    wide = grid.wide(values)
    beside = wide.copy()
    np.maximum(beside[1:], wide[:-1], out=beside[1:])
    np.maximum(beside[:-1], wide[1:], out=beside[:-1])
    around = grid.around(beside.take(grid.margined), at)
    for steps in ways:
        yield np.sum([around.shifted(step, step) for step in steps], axis=0)


def _drift(grid: Grid, at: NDArray[np.intp], odds: Column) -> Column:
    """How far each cell lies off the diagonal on which the links around its row lie, in words, at most 10."""
    if not len(at):
        return np.zeros(0, np.float32)
    some = np.flatnonzero(odds)
    row, believed = grid.row[some], odds[some]
    weight, aim = (
        np.bincount(row, values, len(grid.starts)).astype(np.float64)
        for values in (believed, believed * (grid.j[some] - grid.i[some]))
    )
    pair_of_row = np.searchsorted(grid.offsets, grid.starts, side="right")
    near_weight, near_aim = weight.copy(), aim.copy()
    for step in (-3, -2, -1, 1, 2, 3):
        rows = np.arange(len(weight)) + step
        inside = (rows >= 0) & (rows < len(weight))
        rows = np.clip(rows, 0, len(weight) - 1)
        inside &= pair_of_row[rows] == pair_of_row
        near_weight += np.where(inside, weight[rows], 0) / (1 + abs(step))
        near_aim += np.where(inside, aim[rows], 0) / (1 + abs(step))
    centre = near_aim / np.maximum(near_weight, 0.1)
    return np.clip(np.abs(grid.j[at] - grid.i[at] - centre[grid.row[at]]), 0, 10).astype(np.float32)


def _next_content(grid: Grid, at: NDArray[np.intp], types: Types, odds: Column) -> Iterator[Column]:
    """What is believed of the nearest words that are of no closed class, on one side of both tokens or the other:
    small words go with them. NO_WORD where a sentence has none."""
    tops = np.flatnonzero(grid.i == 0)
    rows = _content_steps(types.kinds[grid.one[grid.starts]], grid.i[grid.starts], grid.n[grid.starts])
    columns = _content_steps(types.kinds[grid.two[tops]], grid.j[tops], grid.m[tops])
    for a, b in ((1, 1), (-1, -1), (1, -1), (-1, 1)):
        down, right = rows[a][grid.row[at]], columns[b][grid.column[at]]
        there = odds[at + down * grid.m[at] + right]
        yield np.where((down != 0) & (right != 0), there, NO_WORD)


def _content_steps(
    kinds: NDArray[np.uint8], place: NDArray[np.int32], length: NDArray[np.int32]
) -> dict[int, NDArray[np.intp]]:
    """Of each token of a stream of sentences the way to the next word of no closed class, 1, and to the one before,
    -1; 0 where its sentence has none."""
    content = (kinds & (CLOSED | Kind.PUNCTUATION)) == 0
    here = np.arange(len(kinds))
    after = np.minimum.accumulate(np.where(content, here, len(kinds))[::-1])[::-1]
    before = np.maximum.accumulate(np.where(content, here, -1))
    after, before = np.append(after[1:], len(kinds)) - here, np.insert(before[:-1], 0, -1) - here
    return {1: np.where(place + after < length, after, 0), -1: np.where(place + before >= 0, before, 0)}


def _between(grid: Grid, at: NDArray[np.intp], odds: Column) -> list[Column]:
    """How the cell lies between the links of the nearest rows before and behind that have one: words off the diagonal
    through either, whether it keeps their order, how many words of either sentence lie between them, and whether its
    own row has a link."""
    best = np.maximum.reduceat(odds, grid.starts) if len(odds) else odds
    tops = np.flatnonzero(odds >= best[grid.row])[::-1]
    aim = np.zeros(len(best), np.int32)
    aim[grid.row[tops]] = grid.j[tops]  # of equal ones the first
    linked, here = best >= LINKED, np.arange(len(best))
    i, n, m = (column[grid.starts] for column in (grid.i, grid.n, grid.m))
    before = np.insert(np.maximum.accumulate(np.where(linked, here, -1))[:-1], 0, -1)
    behind = np.append(np.minimum.accumulate(np.where(linked, here, len(best))[::-1])[::-1][1:], len(best))
    has_before, has_behind = i + before - here >= 0, i + behind - here < n
    above, below = np.where(has_before, i + before - here, -1), np.where(has_behind, i + behind - here, n)
    left = np.where(has_before, aim[np.maximum(before, 0)], -1)
    right = np.where(has_behind, aim[np.minimum(behind, len(best) - 1)], m)
    row, step_i, step_j = grid.row[at], grid.i[at], grid.j[at]
    return [
        np.clip((step_j - left[row]) - (step_i - above[row]), -8, 8),
        np.clip((right[row] - step_j) - (below[row] - step_i), -8, 8),
        step_j > left[row], step_j < right[row],
        np.minimum(below - above - 1, 8)[row], np.clip(right - left - 1, -4, 8)[row], linked[row],
    ]  # fmt: skip


def _spelling(types: Types, one: NDArray[np.int32], two: NDArray[np.int32]) -> list[Column]:
    """Shares of letters in common at the front and at the back, and of pairs of letters (Dice 1945)."""
    longest = np.maximum(types.lengths[one], types.lengths[two])
    ends = [_in_a_row(letters, one, two) / longest for letters in (types.heads, types.tails)]
    counts = np.bitwise_count(types.bigrams).sum(axis=1)
    both = np.bitwise_count(types.bigrams[one] & types.bigrams[two]).sum(axis=1)
    return [*ends, 2 * both / np.maximum(counts[one] + counts[two], 1)]


def _in_a_row(letters: NDArray[np.uint32], one: NDArray[np.int32], two: NDArray[np.int32]) -> NDArray[np.intp]:
    """How many letters are the same from the first on; few pairs of words share any."""
    found = np.zeros(len(one), np.intp)
    at = np.arange(len(one))
    for column in letters.T:
        letter = column[one.take(at)]
        at = at[(letter == column[two.take(at)]) & (letter > 0)]
        found[at] += 1
    return found


def _listed(types: Types, one: NDArray[np.int32], two: NDArray[np.int32], candidates: Candidates) -> list[Column]:
    """The larger and the smaller weight of either word as a candidate for the other."""
    known, at = np.unique(types.ids, return_inverse=True)
    rows, others, weights = candidates.neighbours(known.astype(np.int32))
    place = np.searchsorted(known, others)
    here = known[np.minimum(place, len(known) - 1)] == others
    keys = rows[here] * len(known) + place[here]
    order = np.argsort(keys)
    if not len(order):
        return [np.zeros(len(one), np.float32)] * 2
    keys, weights = keys[order], weights[here][order]
    forth, back = (_found(keys, weights, at[a] * len(known) + at[b]) for a, b in ((one, two), (two, one)))
    return [np.maximum(forth, back), np.minimum(forth, back)]


def _found(keys: NDArray[Any], values: Column, asked: NDArray[Any]) -> Column:
    """The value of each asked key among ascending ones, 0 where there is none."""
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[at] == asked, values[at], np.float32(0))


def _kinds(types: Types, one: NDArray[np.int32], two: NDArray[np.int32]) -> list[Column]:
    """What sorts of words the two are, and whether they agree."""
    a, b = types.kinds[one], types.kinds[two]
    closed_a, closed_b = (a & CLOSED) > 0, (b & CLOSED) > 0
    rare_a, rare_b = types.rarity[one], types.rarity[two]
    columns = [(a & b & CLOSED) > 0, closed_a & closed_b, closed_a != closed_b, (a & Kind.PUNCTUATION) > 0]
    columns += [(b & Kind.PUNCTUATION) > 0, (a & b & Kind.NUMBER) > 0, ((a ^ b) & Kind.NUMBER) > 0]
    columns += [((a | b) & kind) > 0 for kind in (Kind.ARTICLE, Kind.PREPOSITION, Kind.PRONOUN, Kind.AUXILIARY)]
    forms_a, forms_b = types.forms[one], types.forms[two]
    columns += [((forms_a & part) > 0) & ((forms_b & part) > 0) for part in PARTS]
    columns += [(forms_a & forms_b & np.uint16(0x7FF)) > 0, (forms_a > 0) & (forms_b > 0)]
    return [*columns, np.minimum(rare_a, rare_b), np.abs(rare_a - rare_b), rare_a, rare_b]


def _places(grid: Grid, at: NDArray[np.intp]) -> list[Column]:
    """Where the cell lies: off the diagonal in shares and in words, how far from either end, and how long both are."""
    i, j, n, m = (column[at].astype(np.float32) for column in (grid.i, grid.j, grid.n, grid.m))
    off = (i + 0.5) / n - (j + 0.5) / m
    ends = [np.minimum(np.abs(i - j), 12), np.minimum(np.abs((n - i) - (m - j)), 12)]
    return [np.abs(off), off, *ends, np.minimum(n, 60), np.minimum(m, 60), np.minimum(n, m) / np.maximum(n, m)]
