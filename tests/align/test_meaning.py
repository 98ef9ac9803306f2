"""How alike words and groups are, by vectors of our own and by those that are shipped."""

from __future__ import annotations

import numpy as np
import pytest

from detector.align import Linker
from detector.align.grid import Grid
from detector.align.groups import Groups
from detector.align.meaning import SCALE, Likeness, Meanings
from detector.align.tokens import types_of
from detector.resources import Resources

OURS = Meanings(
    np.array([b"rain", b"snow", b"storm", "é".encode()]), np.array([[127, 0], [0, 127], [90, 90], [0, -127]], np.int8)
)


def test_words_are_found_whole_and_strangers_have_no_vector() -> None:
    found = OURS.of(
        ["snow", "rain", "é", "rai", "rains", "storms", "stormé", "", "zebra", "rain" * 1_000_000, "\ud800"]
    )
    assert found[:3].tolist() == [[0, 1], [1, 0], [0, -1]]
    assert not found[3:].any()
    assert np.allclose(OURS.of(["storm"]), np.array([[90, 90]]) / (90 * 2**0.5))


def test_cells_have_the_cosine_of_their_words(news: Resources) -> None:
    words = ["rain", "snow", "storm"], ["storm", "zebra"]
    types, numbers = types_of([*words[0], *words[1]], news)
    grid = Grid.of([(numbers[:3], numbers[3:]), (numbers[3:], numbers[:1])])
    cosine = Likeness.of(grid, types, OURS).cosine
    half = 0.5**0.5
    assert np.allclose(cosine, [half, 0, half, 0, 1, 0, half, 0], atol=1e-4)


def test_a_group_is_as_alike_as_the_sums_of_its_words(news: Resources, linker: Linker) -> None:
    """Against the sums themselves, for every rectangle of two sentences, beside another pair."""
    one, two = "police put off the visit".split(), "officers postponed their visit".split()
    types, numbers = types_of([*one, *two], news)
    grid = Grid.of([(numbers[5:], numbers[:2]), (numbers[:5], numbers[5:])])
    likeness = Likeness.of(grid, types, linker.meanings)
    long = linker.meanings.of(types.words) * np.maximum(types.rarity, 1)[:, None]
    places = [(i, j, h, w) for i in range(5) for j in range(4) for h in range(1, 6 - i) for w in range(1, 5 - j)]
    first = np.array([grid.offsets[1] + i * 4 + j for i, j, _, _ in places])
    groups = Groups(first, np.array([place[2] for place in places]), np.array([place[3] for place in places]))
    sums = [
        (long[numbers[i : i + h]].sum(axis=0), long[numbers[5 + j : 5 + j + w]].sum(axis=0)) for i, j, h, w in places
    ]
    wanted = [a @ b / np.maximum(np.linalg.norm(a) * np.linalg.norm(b), 1) for a, b in sums]
    assert likeness.of_groups(groups, grid, groups.cells(grid).transpose(1, 2, 0)) == pytest.approx(wanted, abs=1e-3)


def test_the_shipped_vectors_know_what_stands_for_what(linker: Linker) -> None:
    words = ["postponed", "delayed", "harbour", "troops", "soldiers", "reporters", "journalists"]
    found = linker.meanings.of(words)
    alike = found @ found.T
    assert min(alike[0, 1], alike[3, 4], alike[5, 6]) > 0.5
    assert np.abs(alike[2, [0, 1, 3, 5]]).max() < 0.3
    vectors = linker.meanings.vectors.astype(np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), SCALE, atol=6)
