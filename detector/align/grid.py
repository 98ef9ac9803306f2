"""Every pair of tokens of two sentences as a cell.

The cells of many sentence pairs lie end to end, row by row, so that one call measures them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float32]

MARGIN = 4  # cells: as far as any measure looks


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
