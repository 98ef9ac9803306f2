"""Rectangles of cells that may be linked as a whole, and what they say of their cells."""

from __future__ import annotations

import numpy as np

from detector.align import Linker
from detector.align.grid import Grid
from detector.align.group_measures import measure_groups
from detector.align.groups import MOST_WORDS, Covered, Groups
from detector.align.meaning import Likeness
from detector.align.tokens import types_of
from detector.resources import Resources

SHAPES = ((3, 4), (6, 7), (1, 2))


def grid_of(shapes: tuple[tuple[int, int], ...]) -> Grid:
    return Grid.of([(np.zeros(n, np.int32), np.zeros(m, np.int32)) for n, m in shapes])


def named(groups: Groups) -> set[tuple[int, int, int]]:
    return set(zip(groups.first.tolist(), groups.height.tolist(), groups.width.tolist(), strict=True))


def test_a_group_needs_a_faint_cell_in_each_row_and_column() -> None:
    """Against every rectangle of every pair, one by one."""
    grid = grid_of(SHAPES)
    rng = np.random.default_rng(0)
    belief = np.where(rng.random(len(grid.i)) < 0.3, rng.uniform(0.3, 1, len(grid.i)), 0).astype(np.float32)
    expected = set()
    for (n, m), first, part in zip(
        SHAPES, grid.offsets[:-1].tolist(), np.split(belief, grid.offsets[1:-1]), strict=True
    ):
        matrix = part.reshape(n, m)
        for i, j, height, width in np.ndindex(n, m, min(n, MOST_WORDS), min(m, MOST_WORDS)):
            cells = matrix[i : i + height + 1, j : j + width + 1]
            if cells.shape == (height + 1, width + 1) and cells.any(axis=0).all() and cells.any(axis=1).all():
                expected.add((first + i * m + j, height + 1, width + 1))
    found = Groups.within(grid, belief, np.ones(len(belief), bool))
    assert len(expected) > 20
    assert named(found) == expected


def test_settled_cells_are_in_no_group() -> None:
    grid = grid_of(((2, 2),))
    found = Groups.within(grid, np.ones(4, np.float32), np.array([True, False, False, False]))
    assert named(found) == {(0, 1, 1)}


def test_a_cell_is_believed_as_much_as_the_groups_that_cover_it() -> None:
    grid = grid_of(((2, 3),))
    one_word, two_words = (0, 1, 1), (0, 1, 2)
    groups = Groups(*np.array([one_word, two_words], np.intp).T)
    links = np.array([False] * 5 + [True])
    covered = Covered.by(groups, np.array([0.25, 0.5], np.float32), grid, links)
    assert covered.total.tolist() == [0.75, 0.5, 0, 0, 0, 1]
    assert covered.best.tolist() == [0.5, 0.5, 0, 0, 0, 1]
    assert np.allclose(covered.width[:2], [5 / 3, 2])


def test_a_text_that_is_alike_everywhere_has_no_groups_and_leaves_the_next_its_own() -> None:
    grid = grid_of(((40, 40), (1, 1)))
    belief = np.full(len(grid.i), 0.5, np.float32)
    assert named(Groups.within(grid, belief, np.ones(len(belief), bool))) == {(1600, 1, 1)}


def test_what_is_measured_does_not_hang_on_the_other_pairs(news: Resources, linker: Linker) -> None:
    sentences = ["he gave up the post", "he quit the old post", "rain fell", "the rain that fell all day"]
    types, numbers = types_of([word for sentence in sentences for word in sentence.split()], news)
    sides = np.split(numbers, np.cumsum([len(sentence.split()) for sentence in sentences])[:-1])
    pairs = list(zip(sides[::2], sides[1::2], strict=True))

    def measured(pairs: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
        grid = Grid.of(pairs)
        belief = (((grid.one * 7 + grid.two * 3) % 11) / 10).astype(np.float32)
        groups = Groups.within(grid, belief, np.ones(len(belief), bool))
        return measure_groups(
            groups, grid, types, belief, belief**2, [belief], Likeness.of(grid, types, linker.meanings)
        )

    together, alone = measured(pairs), np.concatenate([measured([pair]) for pair in pairs])
    assert sorted(map(tuple, together.tolist())) == sorted(map(tuple, alone.tolist()))


def test_no_groups_are_measured_as_none(news: Resources, linker: Linker) -> None:
    types, numbers = types_of(["rain", "fell"], news)
    grid = Grid.of([(numbers, numbers)])
    nothing = np.zeros(4, np.float32)
    groups = Groups.within(grid, nothing, np.ones(4, bool))
    likeness = Likeness.of(grid, types, linker.meanings)
    assert len(measure_groups(groups, grid, types, nothing, nothing, [nothing], likeness)) == 0
