"""Every pair of tokens of two sentences as a cell, with what speaks for a link between them.

The cells of many sentence pairs lie end to end, row by row, so that one call measures them all. A cell whose tokens
stand in a long run of equal words is settled beforehand, and so is what shares a row or a column with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.align.tokens import CLOSED, Kind, Types
from detector.lexicon import MOST_WORDS, Candidates, Form, Phrases, phrase_keys
from detector.resources import Resources
from detector.text import BOUNDARY

Column = NDArray[np.float32]

GUESS = 11  # column of `measure`: a rough guess of the whole
RUN = 3  # equal words in a row that settle a link
MARGIN = 4  # cells: as far as any measure looks
PARTS = (  # forms that a noun, a verb, an adjective and an adverb may have
    Form.SINGULAR | Form.PLURAL,
    Form.BASE | Form.THIRD | Form.PAST | Form.PARTICIPLE | Form.GERUND,
    Form.ADJECTIVE | Form.COMPARATIVE | Form.SUPERLATIVE,
    Form.ADVERB,
)


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of sentence pairs. Columns have shape (n_cells,) where nothing else is said.

    Attributes:
        i, j: place of the cell's tokens in their sentences, int32.
        n, m: words of the two sentences, int32.
        one, two: the types of the tokens, int32.
        row, column: number of the cell's row and of its column, over all pairs.
        starts, tops: first cell of each row, shape (n_rows,), and in the order of the columns of each column, shape
            (n_columns,).
        offsets: first cell of each pair and the end of the last, shape (n_pairs + 1,).
        downwards: the cells in the order of their columns.
        margined: where the cell lies if all rows of all pairs are `width` long, which is MARGIN more than the longest,
            and each pair begins and ends in MARGIN rows more: a step of at most MARGIN from a cell leads into its own
            pair or into a margin, and one way is the same number of places for all cells.
        size: places of that layout.
    """

    i: NDArray[np.int32]
    j: NDArray[np.int32]
    n: NDArray[np.int32]
    m: NDArray[np.int32]
    one: NDArray[np.int32]
    two: NDArray[np.int32]
    row: NDArray[np.intp]
    column: NDArray[np.intp]
    starts: NDArray[np.intp]
    tops: NDArray[np.intp]
    offsets: NDArray[np.intp]
    downwards: NDArray[np.intp]
    margined: NDArray[np.intp]
    width: int
    size: int

    @classmethod
    def of(cls, pairs: list[tuple[NDArray[np.int32], NDArray[np.int32]]]) -> Grid:
        """The cells of sentence pairs, each side given by the types of its tokens; no side may be empty."""
        n = np.array([len(one) for one, _ in pairs], np.intp)
        m = np.array([len(two) for _, two in pairs], np.intp)
        offsets = np.concatenate([[0], np.cumsum(n * m)]).astype(np.intp)
        # Of each row first, then of each of its cells.
        n_row, m_row = np.repeat(n, n), np.repeat(m, n)
        i_row = np.arange(len(n_row)) - np.repeat(np.cumsum(n) - n, n)
        row = np.repeat(np.arange(len(n_row)), m_row)
        starts = np.cumsum(m_row) - m_row
        j = np.arange(offsets[-1]) - starts.take(row)
        column = j + np.repeat(np.cumsum(m) - m, n).take(row)
        downwards = np.empty(len(row), np.intp)
        downwards[(np.repeat(offsets[:-1], n) + i_row).take(row) + j * n_row.take(row)] = np.arange(len(row))
        n_column = np.repeat(n, m)
        width = int(m.max(initial=0)) + MARGIN
        above = np.cumsum(n + 2 * MARGIN) - n - MARGIN  # rows of the layout before the pair's own
        empty = [np.zeros(0, np.int32)]
        return cls(
            i=i_row.astype(np.int32).take(row),
            j=j.astype(np.int32),
            n=n_row.astype(np.int32).take(row),
            m=m_row.astype(np.int32).take(row),
            one=np.concatenate([one for one, _ in pairs] or empty).take(row),
            two=np.concatenate([two for _, two in pairs] or empty).take(column),
            row=row,
            column=column,
            starts=starts,
            tops=np.cumsum(n_column) - n_column,
            offsets=offsets,
            downwards=downwards,
            margined=((np.repeat(above, n) + i_row) * width).take(row) + j + MARGIN,
            width=width,
            size=int((n + 2 * MARGIN).sum() + 1) * width + MARGIN,
        )

    def wide(self, values: Column) -> Column:
        """A column of all cells with its margins, which are 0."""
        wide = np.zeros(self.size, np.float32)
        wide[self.margined] = values
        return wide

    def around(self, values: Column, at: NDArray[np.intp] | None = None) -> Around:
        """A column of all cells, asked for the neighbours of the cells `at`, or of all."""
        return Around(self.wide(values), self.margined if at is None else self.margined.take(at), self.width)

    def best_others(self, values: Column, at: NDArray[np.intp]) -> tuple[Column, Column]:
        """The highest value among the other cells of the row of each cell `at`, and among those of its column; 0 where
        there is none."""
        if not len(values):
            return values, values
        found = []
        downwards = values.take(self.downwards)
        for group, firsts, some, ordered in (
            (self.row, self.starts, values, None),
            (self.column, self.tops, downwards, self.downwards),
        ):
            own = group if ordered is None else group.take(ordered)
            best = np.maximum.reduceat(some, firsts)
            top = some >= best.take(own)
            second = np.maximum.reduceat(np.where(top, np.float32(0), some), firsts)
            alone = np.add.reduceat(top, firsts, dtype=np.intp) == 1
            its = group.take(at)
            other = np.where(alone, second, best).take(its)
            best = best.take(its)
            found.append(np.where(values.take(at) >= best, other, best))
        return found[0], found[1]

    def sums(self, values: Column, at: NDArray[np.intp]) -> tuple[Column, Column]:
        """The sum of the row and of the column of each cell `at`."""
        both = (np.bincount(group, values).astype(np.float32).take(group.take(at)) for group in (self.row, self.column))
        return tuple(both)  # type: ignore[return-value]


class Around(NamedTuple):
    """A column of a grid with its margins, and the places of some cells in it."""

    values: Column
    at: NDArray[np.intp]
    width: int

    def shifted(self, down: int, right: int) -> Column:
        """The value so many rows further down and columns to the right of each cell, at most MARGIN; 0 outside of the
        pair."""
        return self.values.take(self.at + (down * self.width + right))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Pairs of words that people linked in texts of the same meaning.

    Attributes:
        keys: both words, the smaller id first, one exact key (`pair_key`), uint32, ascending.
        odds: natural log-odds of a link where both stand in a sentence pair, float32.
    """

    keys: NDArray[np.uint32]
    odds: NDArray[np.float32]

    def find(self, keys: NDArray[np.uint32]) -> Column:
        """Log-odds less those of a stranger, 0 where the pair is not listed."""
        return _found(self.keys, self.odds, keys) if len(self.keys) else np.zeros(len(keys), np.float32)


def pair_key(one: NDArray[np.int32], two: NDArray[np.int32]) -> NDArray[np.uint32]:
    """One key a pair of vocabulary ids of 16 bits, in whichever order they are given."""
    low, high = np.minimum(one, two).astype(np.uint32), np.maximum(one, two).astype(np.uint32)
    return (low << np.uint32(16)) | high


def settled(grid: Grid, types: Types) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Cells that are links because they stand in the one run of equal words of their row and column, and the cells
    left open."""
    equal = grid.wide(types.plain.take(grid.one) == types.plain.take(grid.two))
    further = [k * (grid.width + 1) for k in range(1, RUN)]  # down and to the right
    run = equal.copy()  # where one begins
    for step in further:
        run[:-step] *= equal[step:]
    inside = run.copy()
    for step in further:
        np.maximum(inside[step:], run[:-step], out=inside[step:])
    runs = inside.take(grid.margined) > 0
    rows, columns = (np.bincount(group, runs) == 1 for group in (grid.row, grid.column))
    links = runs & rows.take(grid.row) & columns.take(grid.column)
    rows, columns = (np.bincount(group, links) == 0 for group in (grid.row, grid.column))
    return links, rows.take(grid.row) & columns.take(grid.column)


def measure(grid: Grid, at: NDArray[np.intp], types: Types, resources: Resources, lexicon: Lexicon) -> Column:
    """What is known of the cells `at` before any link is, shape (n, k); the same whichever side comes first, but for
    what tells the two tokens apart."""
    one, two = grid.one.take(at), grid.two.take(at)
    equal = (types.plain.take(grid.one) == types.plain.take(grid.two)).astype(np.float32)
    stem = (types.stem.take(grid.one) == types.stem.take(grid.two)).astype(np.float32)
    spelling = _spelling(types, one, two)
    meaning = np.einsum("ij,ij->i", types.vectors[one], types.vectors[two])
    listed = _listed(types, one, two, resources.candidates)
    phrases = _phrases(grid, types, resources.phrases)
    linked = lexicon.find(pair_key(types.ids[one], types.ids[two]))
    # A rough guess of the whole, whose neighbours and rivals tell more than any single one.
    guess = np.maximum(equal, 0.9 * stem).astype(np.float32)
    own = np.maximum.reduce([0.5 * meaning, 0.6 * listed[0], 0.25 * linked, 0.8 * spelling[2] - 0.2, 0.6 * phrases[at]])
    guess[at] = np.maximum(guess[at], np.clip(own, 0, 0.9))
    rivals = grid.best_others(guess, at)
    equals, guesses = grid.around(equal, at), grid.around(guess, at)
    columns = [
        equal[at], stem[at], *spelling, meaning, (meaning != 0), *listed, phrases[at], linked, guess[at],
        *rivals, *_kinds(types, one, two), *_places(grid, at),
        *(np.minimum(count, 4) for count in grid.sums(equal, at)),
        *(equals.shifted(a, b) for a, b in ((-1, -1), (1, 1), (-2, -2), (2, 2))),
        *(guesses.shifted(a, b) for a, b in ((-1, -1), (1, 1), (-1, 0), (1, 0), (0, -1), (0, 1))),
        *_along(grid, at, guess, ((-3, -2, -1), (1, 2, 3))),
    ]  # fmt: skip
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def measure_again(grid: Grid, at: NDArray[np.intp], odds: Column) -> Column:
    """What first beliefs of the links (probabilities, all cells) say of the cells `at`, shape (n, k)."""
    rivals, sums, beliefs = grid.best_others(odds, at), grid.sums(odds, at), grid.around(odds, at)
    around = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    columns = [
        *(beliefs.shifted(a, b) for a, b in around), *(beliefs.shifted(a, a) for a in (-2, 2)),
        *rivals, *(total - odds[at] for total in sums),
        *_along(grid, at, odds, ((-4, -3, -2), (2, 3, 4))),
        _drift(grid, odds)[at],
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


def _drift(grid: Grid, odds: Column) -> Column:
    """How far the cell lies off the diagonal on which the links around its row lie, in words, at most 10."""
    if not len(odds):
        return odds
    weight = np.bincount(grid.row, odds).astype(np.float64)
    aim = np.bincount(grid.row, odds * (grid.j - grid.i)).astype(np.float64)
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
    return np.clip(np.abs(grid.j - grid.i - centre[grid.row]), 0, 10).astype(np.float32)


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


def _phrases(grid: Grid, types: Types, phrases: Phrases) -> Column:
    """1 where the cell's tokens stand in two phrases of which one is listed as spun from the other."""
    found = np.zeros(len(grid.i), np.float32)
    if not len(found):
        return found
    first = grid.offsets[:-1]
    ones, twos = grid.one[grid.starts], grid.two.take(grid.downwards.take(grid.tops))
    sides = _Stream.of(types.ids[ones], grid.n[first]), _Stream.of(types.ids[twos], grid.m[first])
    down, right = grid.m[first].astype(np.int64), np.ones(len(first), np.int64)
    for spun, original, steps in ((sides[0], sides[1], (down, right)), (sides[1], sides[0], (right, down))):
        pair, start, length, other, width = _entries(spun, original, phrases)
        for a, b in product(range(MOST_WORDS), repeat=2):
            here = (a < length) & (b < width)
            of = pair[here]
            found[first[of] + (start[here] + a) * steps[0][of] + (other[here] + b) * steps[1][of]] = 1
    return found


class _Stream(NamedTuple):
    """One side of all sentence pairs, a boundary before each sentence and after the last.

    `pair` and `place` say whose sentence a token stands in and where; a boundary stands at -1.
    """

    ids: NDArray[np.int32]
    pair: NDArray[np.intp]
    place: NDArray[np.intp]

    @classmethod
    def of(cls, ids: NDArray[np.int32], lengths: NDArray[np.int32]) -> _Stream:
        """Join sentences of so many words."""
        starts = np.cumsum(lengths) - lengths
        pair = np.repeat(np.arange(len(lengths)), lengths)
        at = np.append(starts, len(ids))
        place = np.arange(len(ids)) - np.repeat(starts, lengths)
        return cls(np.insert(ids, at, BOUNDARY), np.insert(pair, at, -1), np.insert(place, at, -1))

    def phrases(self, opens: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint64]]:
        """All that may be a side of an entry, whose first word is one of those that `opens` has: where it starts, of
        how many words it is, and its key (`phrase_keys`)."""
        padded = np.append(self.ids, [BOUNDARY] * (MOST_WORDS - 1)).astype(np.uint16)
        first = np.flatnonzero(opens[self.ids])
        windows = np.lib.stride_tricks.sliding_window_view(padded, MOST_WORDS)[first]
        words = np.logical_and.accumulate(windows > 0, axis=1).sum(axis=1)  # up to the next boundary
        of = np.repeat(np.arange(len(first)), words)
        widths = np.arange(len(of)) - np.repeat(np.cumsum(words) - words, words) + 1
        inside = np.arange(MOST_WORDS) < widths[:, None]
        return first[of], widths, phrase_keys(np.where(inside, windows[of], 0).astype(np.uint16))


def _entries(spun: _Stream, original: _Stream, phrases: Phrases) -> NDArray[np.intp]:
    """Entries of the table with both sides in one sentence pair: the pair, start and words of each side, shape
    (5, n_entries)."""
    present = np.zeros(1 << 16, bool)
    present[original.ids] = True
    starts, lengths, rows = phrases.matches(spun.ids)
    likely = present[phrases.originals[rows]].all(axis=1)  # padding is a boundary, which every stream has
    starts, lengths, sides = starts[likely], lengths[likely], phrases.originals[rows[likely]]
    opens = np.zeros(1 << 16, bool)
    opens[sides[:, 0]] = True
    places, widths, keys = original.phrases(opens)
    known, code = np.unique(phrase_keys(sides), return_inverse=True)  # asked for: fewer than stand in the originals
    at = np.searchsorted(known, keys)
    listed = at < len(known)
    listed[listed] = known[at[listed]] == keys[listed]
    places, widths, at = places[listed], widths[listed], at[listed]
    # Phrase and pair as one number, so that no more are looked at than there are cells, however often a phrase stands.
    wanted, there = code + len(known) * spun.pair[starts], at + len(known) * original.pair[places]
    order = np.argsort(there)
    first, last = (np.searchsorted(there[order], wanted, side) for side in ("left", "right"))
    of = np.repeat(np.arange(len(starts)), last - first)
    found = order[np.arange(len(of)) + np.repeat(first - np.cumsum(last - first) + last - first, last - first)]
    starts = starts[of]
    return np.stack([spun.pair[starts], spun.place[starts], lengths[of], original.place[places[found]], widths[found]])


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
