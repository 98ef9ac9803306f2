"""Where both sides of an entry in the table of spinners' phrases stand in one pair of sentences."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.align.grid import Column, Grid
from detector.align.tokens import Types
from detector.lexicon import MOST_WORDS, Phrases, phrase_keys
from detector.text import BOUNDARY


def listed_phrases(grid: Grid, types: Types, phrases: Phrases) -> Column:
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
