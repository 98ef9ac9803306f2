"""Groups of words that stand for each other as a whole: people link every word of a phrase with every word of its
counterpart.

A group is a rectangle of cells. Rectangles that may be one are found from the beliefs of the cells, each is measured
(detector/align/group_measures.py), and what a network believes of them comes back to the cells that they cover.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.align.grid import Column, Grid

MOST_WORDS = 5  # of either side
FAINT = 0.04  # belief that each word of a group needs in one cell of it
LEAST = 0.1  # belief that one cell of it needs
LEAST_MEAN = 0.06
CROWD = 3  # such cells for each word of a sentence pair, above which it has no groups: 2.7 are the most in MTRef
CHUNK = 20_000  # groups looked at together

Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Groups:
    """Rectangles of cells: the first cell, the words of the first sentence and of the second, shape (n_groups,)."""

    first: Integers
    height: Integers
    width: Integers

    @classmethod
    def within(cls, grid: Grid, belief: Column, left: NDArray[np.bool_]) -> Groups:
        """Those of the cells `left` open that may be one."""
        faint = (belief >= FAINT) & left
        # A text that is alike everywhere would have more groups than cells.
        first = grid.offsets[:-1]
        sparse = np.add.reduceat(faint, first, dtype=np.intp) <= CROWD * (grid.n + grid.m)[first]
        faint &= np.repeat(sparse, np.diff(grid.offsets))
        found = [
            np.stack([corner, np.full(len(corner), height), np.full(len(corner), width)])
            for height, width, corner in _rectangles(grid, faint)
        ]
        likely = [part.taken(part._likely(belief, grid)) for part in cls(*np.concatenate(found, axis=1)).chunks()]
        return cls(*(np.concatenate([getattr(part, name) for part in likely]) for name in ("first", "height", "width")))

    def _likely(self, belief: Column, grid: Grid) -> Integers:
        cells = self.of(belief, grid).reshape(-1, MOST_WORDS**2)
        mean = cells.sum(axis=1) / self.size.astype(np.float32)
        return np.flatnonzero((cells.max(axis=1) >= LEAST) & (mean >= LEAST_MEAN))

    def chunks(self) -> Iterator[Groups]:
        """So many at a time that what is measured of them fits into memory; at least one chunk."""
        for start in range(0, max(len(self.first), 1), CHUNK):
            yield self.taken(np.arange(start, min(start + CHUNK, len(self.first))))

    def taken(self, which: Integers) -> Groups:
        """Some of them."""
        return Groups(self.first[which], self.height[which], self.width[which])

    def cells(self, grid: Grid) -> Integers:
        """The cells of each, shape (n_groups, MOST_WORDS, MOST_WORDS); the number of cells where there is none."""
        m = grid.m.take(self.first).astype(np.intp)[:, None, None]
        down, right = np.arange(MOST_WORDS)[None, :, None], np.arange(MOST_WORDS)[None, None, :]
        inside = (down < self.height[:, None, None]) & (right < self.width[:, None, None])
        return np.where(inside, self.first[:, None, None] + down * m + right, len(grid.i))

    def of(self, values: Column, grid: Grid) -> NDArray[np.float32]:
        """The values of the cells of each, as `cells` has them; 0 where there is none."""
        return np.append(values, np.float32(0)).take(self.cells(grid))

    def mean(self, values: Column, grid: Grid) -> Column:
        """Of the cells of each."""
        return self.of(values, grid).sum(axis=(1, 2)) / self.size.astype(np.float32)

    @property
    def size(self) -> Integers:
        """Cells of each."""
        return self.height * self.width


class Covered(NamedTuple):
    """What is believed of the groups that cover each cell, shape (n_cells,): the sum, which is the belief that the cell
    is a link, the highest, and the words of either sentence that they have on average."""

    total: Column
    best: Column
    height: Column
    width: Column

    @classmethod
    def by(cls, groups: Groups, belief: Column, grid: Grid, links: NDArray[np.bool_]) -> Covered:
        """By groups of which so much is believed; settled `links` are sure."""
        n = len(grid.i)
        cells = groups.cells(grid).reshape(-1)
        group = np.repeat(np.arange(len(groups.first)), MOST_WORDS**2)[cells < n]
        cell, weight = cells[cells < n], belief[group]
        total, best = np.bincount(cell, weight, n), np.zeros(n, np.float32)
        np.maximum.at(best, cell, weight)
        height, width = (
            (np.bincount(cell, weight * size[group], n) / np.maximum(total, 0.01)).astype(np.float32)
            for size in (groups.height, groups.width)
        )
        total[links], best[links] = 1, 1
        return cls(total.astype(np.float32), best, height, width)


def _rectangles(grid: Grid, faint: NDArray[np.bool_]) -> Iterator[tuple[int, int, Integers]]:
    """The first cells of all rectangles of each height and width that have a faint cell in each row and column."""
    wide = grid.wide(faint.astype(np.float32)) > 0
    rights, downs = [wide], [wide]  # a faint cell within so many to the right, and downwards
    for words in range(1, MOST_WORDS):
        rights.append(rights[-1] | _moved(wide, words))
        downs.append(downs[-1] | _moved(wide, words * grid.width))
    rows: dict[tuple[int, int], NDArray[np.bool_]] = {}
    for height, width in product(range(MOST_WORDS), repeat=2):
        own = rights[width]
        rows[height, width] = rows[height - 1, width] & _moved(own, height * grid.width) if height else own
    for height in range(MOST_WORDS):
        columns = downs[height]
        for width in range(MOST_WORDS):
            columns = columns & _moved(downs[height], width) if width else columns
            first = np.flatnonzero((rows[height, width] & columns).take(grid.margined))
            inside = (grid.i[first] + height < grid.n[first]) & (grid.j[first] + width < grid.m[first])
            yield height + 1, width + 1, first[inside]


def _moved(values: NDArray[np.bool_], step: int) -> NDArray[np.bool_]:
    """What lies so many places further on; nothing behind the end."""
    found = np.zeros_like(values)
    found[: len(values) - step] = values[step:]
    return found
