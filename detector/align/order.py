"""How well a link keeps the order of words: what the heaviest chain of links in the order of both sentences loses where
it has to go through a cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detector.align.grid import Column, Grid


def lost_to_order(grid: Grid, *beliefs: Column) -> list[Column]:
    """For each cell what the heaviest chain weighs, less the heaviest one through the cell; 0 on the heaviest itself.
    By each of the beliefs, which cost less together.

    A chain takes at most one cell of each row and column, each to the right of the last, and weighs as much as is
    believed of its cells (Needleman and Wunsch 1970, without a price of gaps).
    """
    if not len(grid.i):
        return list(beliefs)
    n_rows, first = len(grid.starts), grid.offsets[:-1]
    table = np.zeros((len(beliefs), n_rows, int(grid.m.max())), np.float32)
    for own, belief in zip(table, beliefs, strict=True):
        own[grid.row, grid.j] = belief
    n = np.tile(grid.n[first].astype(np.intp), len(beliefs))
    begin = np.concatenate([grid.row[first] + k * n_rows for k in range(len(beliefs))])
    above, below, heaviest = _chains(table.reshape(-1, table.shape[2]), n, begin)
    return [
        heaviest[rows] - (above[rows, grid.j] + belief + below[rows, grid.j])
        for belief, rows in ((belief, grid.row + k * n_rows) for k, belief in enumerate(beliefs))
    ]


def _chains(
    table: NDArray[np.float32], n: NDArray[np.intp], begin: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.float32], Column]:
    """What the heaviest chain weighs above and to the left of each place of the table, below and to the right of it,
    and in the whole pair of each row; a pair begins with row `begin` and has n."""
    order = np.argsort(-n, kind="stable")
    n, begin = n[order], begin[order]
    columns = table.shape[1]
    above, below = np.empty_like(table), np.empty_like(table)
    # Of each pair twice, from above and, turned round, from below: so many columns further on.
    so_far = np.zeros((len(n), 2, columns + 1), np.float32)
    for step in range(int(n[0])):
        going = int(np.searchsorted(-n, -step))  # pairs that have more rows
        down, up = begin[:going] + step, begin[:going] + n[:going] - 1 - step
        chains = so_far[:going]
        above[down], below[up] = chains[:, 0, :-1], chains[:, 1, -2::-1]
        rows = np.stack([table[down], table[up, ::-1]], axis=1)
        np.maximum.accumulate(np.maximum(chains[..., 1:], chains[..., :-1] + rows), axis=2, out=chains[..., 1:])
    heaviest = np.empty(len(table), np.float32)
    heaviest[np.repeat(begin, n) + np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)] = np.repeat(so_far[:, 0, -1], n)
    return above, below, heaviest
