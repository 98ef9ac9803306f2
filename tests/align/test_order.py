"""What links lose that cross others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detector.align.grid import Grid
from detector.align.order import lost_to_order

SHAPES = ((3, 5), (1, 1), (7, 4), (5, 9), (2, 2))


def grid_of(shapes: tuple[tuple[int, int], ...]) -> Grid:
    return Grid.of([(np.zeros(n, np.int32), np.zeros(m, np.int32)) for n, m in shapes])


def heaviest(matrix: NDArray[np.float32]) -> float:
    """The heaviest chain of a matrix, cell by cell."""
    best = np.zeros((matrix.shape[0] + 1, matrix.shape[1] + 1))
    for (i, j), weight in np.ndenumerate(matrix):
        best[i + 1, j + 1] = max(best[i, j + 1], best[i + 1, j], best[i, j] + weight)
    return float(best[-1, -1])


def test_pairs_of_all_shapes_against_each_chain_by_itself() -> None:
    grid = grid_of(SHAPES)
    beliefs = np.random.default_rng(0).random((2, len(grid.i))).astype(np.float32)
    for belief, lost in zip(beliefs, lost_to_order(grid, *beliefs), strict=True):
        expected = []
        for shape, part in zip(SHAPES, np.split(belief, grid.offsets[1:-1]), strict=True):
            matrix = part.reshape(shape)
            for (i, j), weight in np.ndenumerate(matrix):
                through = heaviest(matrix[:i, :j]) + weight + heaviest(matrix[i + 1 :, j + 1 :])
                expected.append(heaviest(matrix) - through)
        assert np.allclose(lost, expected, atol=1e-5)


def test_a_link_that_crosses_two_loses_both_less_its_own() -> None:
    belief = np.array([[1, 0, 0], [0, 1, 0], [0.5, 0, 0]], np.float32)
    lost = lost_to_order(grid_of(((3, 3),)), belief.ravel())[0].reshape(3, 3)
    assert lost[0, 0] == lost[1, 1] == 0
    assert lost[2, 0] == 1.5


def test_nothing_is_lost_where_there_are_no_cells() -> None:
    assert len(lost_to_order(grid_of(()), np.zeros(0, np.float32))[0]) == 0
