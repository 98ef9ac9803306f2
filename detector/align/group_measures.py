"""What speaks for a group of words that stand for each other as a whole, for many groups in one call.

Its cells and edges, the words just outside of it, what its words have elsewhere, and what either side is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from detector.align.cells import LINKED, NO_WORD, PARTS
from detector.align.grid import Column, Grid
from detector.align.groups import MOST_WORDS, Groups, Integers
from detector.align.meaning import Likeness
from detector.align.tokens import CLOSED, Kind, Types


def measure_groups(
    groups: Groups,
    grid: Grid,
    types: Types,
    belief: Column,
    before: Column,
    known: Sequence[Column],
    likeness: Likeness,
) -> NDArray[np.float32]:
    """What speaks for each group, shape (n_groups, k): the belief of its cells and that of a reading before, what else
    is `known` of them, the words beside it, what either side is made of, and how alike they are."""
    lines = _Lines.rows(grid, types, belief), _Lines.columns(grid, types, belief)
    height, width, first = groups.height, groups.width, groups.first
    # The cells of all groups lie last: sums and extremes over the cells of a group are then of whole columns.
    cells = np.ascontiguousarray(groups.cells(grid).transpose(1, 2, 0))
    inside = cells < len(grid.i)
    values, earlier, *others = (np.append(column, np.float32(0)).take(cells) for column in (belief, before, *known))
    row, column, i, j = (where.take(first).astype(np.intp) for where in (grid.row, grid.column, grid.i, grid.j))
    held = values.sum(axis=(0, 1))
    ours = _Span(lines[0], row, height, j, width, held)
    theirs = _Span(lines[1], column, width, i, height, held)
    columns = [
        height, width, groups.size, np.minimum(height, width), np.maximum(height, width), height == width,
        *_beliefs(values, inside, height, width), *_inner(earlier, inside, groups.size),
    ]  # fmt: skip
    for other in others:
        columns += [other.sum(axis=(0, 1)) / groups.size, other.max(axis=(0, 1))]
    for span in (ours, theirs):
        columns += [*span.leaks(), *span.beside(belief, grid, first, -1), *span.beside(belief, grid, first, 1)]
        columns += [*span.kinds(), *span.forms(types)]
    rarities = [span.total(types.rarity) for span in (ours, theirs)]
    alike = np.append(likeness.cosine, np.float32(0)).take(cells)
    columns += [*rarities, rarities[0] - rarities[1], likeness.of_groups(groups, grid, cells)]
    columns += [alike.max(axis=1).sum(axis=0) / height, alike.max(axis=0).sum(axis=0) / width]
    columns += _corners_outside(belief, grid, groups)
    columns += [np.minimum(grid.n.take(first), 60), np.minimum(grid.m.take(first), 60)]
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _inner(values: NDArray[np.float32], inside: NDArray[np.bool_], size: Integers) -> list[Column]:
    """The mean and the least of the cells."""
    return [values.sum(axis=(0, 1)) / size, np.where(inside, values, 1).min(axis=(0, 1))]


def _beliefs(values: NDArray[np.float32], inside: NDArray[np.bool_], height: Integers, width: Integers) -> list[Column]:
    """How sure the cells are, of their rows and columns the best cells, and the cells along the four edges."""
    group = np.arange(len(height))
    found = [*_inner(values, inside, height * width), values.max(axis=(0, 1))]
    found.append((values >= LINKED).sum(axis=(0, 1)) / (height * width))
    for best, length in ((values.max(axis=1), height), (values.max(axis=0), width)):
        among = np.arange(MOST_WORDS)[:, None] < length
        found += [np.where(among, best, 1).min(axis=0), best.sum(axis=0) / length]
    held = np.clip(values, 1e-3, 1 - 1e-3)
    odds = np.where(inside, np.log(held / (1 - held)), 0).astype(np.float32)
    found += [odds.sum(axis=(0, 1)) / (height * width), odds.min(axis=(0, 1))]
    last = height - 1, width - 1
    found += [odds[0, 0], odds[0, last[1], group], odds[last[0], 0, group], odds[last[0], last[1], group]]
    low = np.where(inside, odds, -9)
    for edge, lowest, length in (
        (odds[0], low[0], width),
        (odds[last[0], :, group].T, low[last[0], :, group].T, width),
        (odds[:, 0], low[:, 0], height),
        (odds[:, last[1], group], low[:, last[1], group], height),
    ):
        found += [lowest.max(axis=0), edge.sum(axis=0) / length]
    return found


def _corners_outside(belief: Column, grid: Grid, groups: Groups) -> list[Column]:
    """What is believed of the four cells that touch the corners of each group from outside."""
    i, j, n, m = (where.take(groups.first).astype(np.intp) for where in (grid.i, grid.j, grid.n, grid.m))
    found = []
    for down, right in product((-1, 1), repeat=2):
        row, column = (
            np.where(way < 0, start - 1, start + length)
            for way, start, length in ((down, i, groups.height), (right, j, groups.width))
        )
        there = (row >= 0) & (row < n) & (column >= 0) & (column < m)
        cell = np.where(there, groups.first + (row - i) * m + column - j, 0)
        found.append(np.where(there, belief.take(cell), NO_WORD))
    return found


@dataclass(frozen=True, slots=True)
class _Lines:
    """The words of one side of all pairs, each with the cells of its row or column.

    Attributes:
        words: their types.
        kinds: of each.
        place, length: of each in its sentence, and the words of that.
        upto, since: the highest belief of the cells before each place across, and from it on, shape (n_words,
            n_across + 1).
        total: of all beliefs.
        is_rows: whether they are those of the first sentence.
    """

    words: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    place: NDArray[np.int32]
    length: NDArray[np.int32]
    upto: NDArray[np.float32]
    since: NDArray[np.float32]
    total: Column
    is_rows: bool

    @classmethod
    def rows(cls, grid: Grid, types: Types, belief: Column) -> _Lines:
        heads = grid.one[grid.starts], grid.i[grid.starts], grid.n[grid.starts]
        return cls._of(*heads, types, grid.row, grid.j, belief, True)

    @classmethod
    def columns(cls, grid: Grid, types: Types, belief: Column) -> _Lines:
        tops = grid.downwards.take(grid.tops)
        return cls._of(grid.two[tops], grid.j[tops], grid.m[tops], types, grid.column, grid.i, belief, False)

    @classmethod
    def _of(
        cls,
        words: NDArray[np.int32],
        place: NDArray[np.int32],
        length: NDArray[np.int32],
        types: Types,
        line: Integers,
        across: NDArray[np.int32],
        belief: Column,
        is_rows: bool,
    ) -> _Lines:
        table = np.zeros((len(words), int(across.max(initial=0)) + 2), np.float32)
        upto, since = table.copy(), table.copy()
        table[line, across] = belief
        np.maximum.accumulate(table[:, :-1], axis=1, out=upto[:, 1:])
        since[:, :-1] = np.maximum.accumulate(table[:, -2::-1], axis=1)[:, ::-1]
        total = np.bincount(line, belief, len(words)).astype(np.float32)
        return cls(words, types.kinds[words], place, length, upto, since, total, is_rows)


@dataclass(frozen=True, slots=True)
class _Span:
    """The words of one side of each group: the first and how many, and the same of the other side by its places."""

    lines: _Lines
    first: Integers
    words: Integers
    across: Integers
    width: Integers
    held: Column  # belief in the cells of the group

    def _every(self) -> tuple[Integers, NDArray[np.bool_]]:
        """The words, and which of them there are."""
        steps = np.arange(MOST_WORDS)
        among = steps < self.words[:, None]
        return np.where(among, self.first[:, None] + steps, self.first[:, None]), among

    def _elsewhere(self, lines: Integers, across: Integers, width: Integers) -> Column:
        """The highest belief that words have in cells outside of the group's places across."""
        return np.maximum(self.lines.upto[lines, across], self.lines.since[lines, across + width])

    def leaks(self) -> list[Column]:
        """What the words have outside of the group: the highest belief, its mean, the first and the last word's, and
        the sum of all."""
        every, among = self._every()
        best = np.where(among, self._elsewhere(every, self.across[:, None], self.width[:, None]), 0)
        ends = best[:, 0], best[np.arange(len(best)), self.words - 1]
        rest = np.where(among, self.lines.total[every], 0).sum(axis=1) - self.held
        return [best.max(axis=1), best.sum(axis=1) / self.words, *ends, rest]

    def beside(self, belief: Column, grid: Grid, cell: Integers, way: int) -> list[Column]:
        """Of the word before (-1) or behind (1): whether there is one, what is believed of it together with the words
        across and with others, and its kinds."""
        step = np.full_like(self.words, -1) if way < 0 else self.words
        place = self.lines.place[self.first] + step
        there = (place >= 0) & (place < self.lines.length[self.first])
        word = np.where(there, self.first + step, self.first)
        m = grid.m.take(cell).astype(np.intp)
        down, right = (m, np.ones_like(m)) if self.lines.is_rows else (np.ones_like(m), m)
        begin = cell + (word - self.first) * down
        steps = np.minimum(np.arange(MOST_WORDS), self.width[:, None] - 1)  # the last again where there are fewer
        facing = belief.take(begin[:, None] + steps * right[:, None])
        elsewhere = self._elsewhere(word, self.across, self.width)
        told = [facing.max(axis=1), facing.min(axis=1), elsewhere, *_bits(self.lines.kinds[word])]
        return [there, *(np.where(there, column, 0) for column in told)]

    def kinds(self) -> list[Column]:
        """Of the first word and of the last, and how many words are of no closed class."""
        every, among = self._every()
        ends = self.lines.kinds[self.first], self.lines.kinds[self.first + self.words - 1]
        telling = among & ((self.lines.kinds[every] & (CLOSED | Kind.PUNCTUATION)) == 0)
        return [*_bits(ends[0]), *_bits(ends[1]), telling.sum(axis=1)]

    def forms(self, types: Types) -> list[Column]:
        """The share of words that may be a noun, a verb, an adjective and an adverb."""
        every, among = self._every()
        forms = types.forms[self.lines.words[every]]
        return [(among & ((forms & part) > 0)).sum(axis=1) / self.words for part in PARTS]

    def total(self, values: Column) -> Column:
        every, among = self._every()
        return np.where(among, values[self.lines.words[every]], 0).sum(axis=1)


def _bits(kinds: NDArray[np.uint8]) -> list[Column]:
    """Each kind of word as a column."""
    return [((kinds & kind) > 0).astype(np.float32) for kind in Kind]
