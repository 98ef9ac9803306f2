"""How alike words and groups of words are in meaning, by vectors of words fitted on paraphrases.

A group's vector is the sum of its words', each as long as it is rare (Wieting, Bansal, Gimpel and Livescu 2016). The
vectors were fitted by detector/training/meanings.py; the aligner's file has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.align.grid import Column, Grid
from detector.align.groups import MOST_WORDS, Groups, Integers
from detector.align.tokens import Types

SCALE = 127.0  # of a unit vector


@dataclass(frozen=True, slots=True)
class Meanings:
    """Words and their vectors.

    Attributes:
        words: lower case, UTF-8, ascending, shape (n_words,).
        vectors: unit vectors times SCALE, int8, shape (n_words, n_dimensions).
    """

    words: NDArray[np.bytes_]
    vectors: NDArray[np.int8]

    def of(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of words, shape (len(words), n_dimensions); zeros for those it does not know."""
        longest = self.words.dtype.itemsize
        asked = np.array([_name(word, longest) for word in words], self.words.dtype)
        at = np.minimum(np.searchsorted(self.words, asked), len(self.words) - 1)
        found = self.vectors[at].astype(np.float32)
        found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1)
        found[self.words[at] != asked] = 0
        return found


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike the words of sentence pairs are, and their groups.

    Attributes:
        cosine: of each cell, shape (n_cells,).
        product: of each cell the product of both words' vectors as long as they are rare.
        lengths: of the groups of one to MOST_WORDS words that begin with each word, of the first sentences and of the
            second, shape (n_lines, MOST_WORDS).
    """

    cosine: Column
    product: Column
    lengths: tuple[NDArray[np.float32], NDArray[np.float32]]

    @classmethod
    def of(cls, grid: Grid, types: Types, meanings: Meanings) -> Likeness:
        """Look the words up and lay them beside each other."""
        vectors, rarity = meanings.of(types.words), np.maximum(types.rarity, 1)
        lines = grid.one.take(grid.starts), grid.two.take(grid.downwards.take(grid.tops))
        cosine = _cosines(grid, *(vectors[words] for words in lines))
        product = cosine * rarity.take(grid.one) * rarity.take(grid.two)
        long = vectors * rarity[:, None]
        return cls(cosine, product, (_lengths(long[lines[0]]), _lengths(long[lines[1]])))

    def of_groups(self, groups: Groups, grid: Grid, cells: Integers) -> Column:
        """Cosine of both sides of each group, shape (n_groups,); `cells` are theirs, shape (MOST_WORDS, MOST_WORDS,
        n_groups)."""
        row, column = (lines.take(groups.first) for lines in (grid.row, grid.column))
        lengths = self.lengths[0][row, groups.height - 1] * self.lengths[1][column, groups.width - 1]
        return np.append(self.product, np.float32(0)).take(cells).sum(axis=(0, 1)) / np.maximum(lengths, 1)


def _name(word: str, longest: int) -> bytes:
    """How the word would stand in the list; nothing where it is too long for it, so that no word of a hostile text
    makes all others as long."""
    name = word.encode(errors="replace") if len(word) <= longest else b""
    return name if len(name) <= longest else b""


def _cosines(grid: Grid, ones: NDArray[np.float32], twos: NDArray[np.float32]) -> Column:
    """The products of the unit vectors of all rows of each pair with those of all its columns."""
    found = np.empty(len(grid.i), np.float32)
    first = grid.offsets[:-1]
    row = column = 0
    for start, n, m in zip(first.tolist(), grid.n[first].tolist(), grid.m[first].tolist(), strict=True):
        found[start : start + n * m] = (ones[row : row + n] @ twos[column : column + m].T).reshape(-1)
        row, column = row + n, column + m
    return np.round(found, 5)  # products differ in the last bits with the shape of both


def _lengths(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of the sums of one to MOST_WORDS vectors from each on, as many as there are."""
    sums, found = vectors.copy(), np.empty((len(vectors), MOST_WORDS), np.float32)
    for words in range(MOST_WORDS):
        if words:
            sums[:-words] += vectors[words:]
        found[:, words] = np.sqrt(np.einsum("nd,nd->n", sums, sums))
    return found
