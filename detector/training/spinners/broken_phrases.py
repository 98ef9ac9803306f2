"""Spinning by set phrases with one word put out by a synonym: "all of a quick", "in the trail of".

A set phrase keeps its meaning in the whole and none in its words, so whoever swaps a word of it leaves a phrase that
nobody writes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from detector.training.spinners.base import Entries, spin_by_table
from detector.training.spinners.tables import Row, Table, table_of
from detector.training.swaps import Spun, Swap

CONSISTENT_PHRASES = 0.95  # share of articles in which a phrase is broken the same way throughout: guess


@dataclass(frozen=True)
class BrokenPhrases:
    """Set phrases with a word of theirs swapped; only that word is recorded, as the rest stands as it stood.

    News has few set phrases: the family reaches a percent or so of the words, and is best spun on top of another.

    Attributes:
        rows: the table, of all voices.
        entries: which pairs (of whole phrases) may be used.
    """

    rows: Iterable[Row] = field(repr=False)
    entries: Entries | None = None
    name: str = "broken-phrases"
    _table: Table = field(init=False, repr=False)
    _most_words: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        table = table_of(self.rows, self.entries)
        object.__setattr__(self, "_table", table)
        object.__setattr__(self, "_most_words", max((original.count(" ") + 1 for original in table), default=1))

    def spin(self, text: str, share: float, rng: np.random.Generator) -> Spun:
        """Break set phrases of `text` that cover about `share` of its words, or all there are."""
        spun = spin_by_table(
            text, share, rng, lambda original: self._table.get(original, ()), self._most_words, CONSISTENT_PHRASES
        )
        return Spun(spun.text, tuple(narrowed(swap) for swap in spun.swaps), spun.repairs)


def narrowed(swap: Swap) -> Swap:
    """The same without the words that both sides share at their ends; one word at least is left on either side.

    >>> narrowed(Swap("all of a sudden", "all of a quick", 7))
    Swap(original='sudden', spun='quick', start=16)
    """
    original, spun = swap.original.split(" "), swap.spun.split(" ")
    most = min(len(original), len(spun)) - 1
    first = 0
    while first < most and original[first] == spun[first]:
        first += 1
    last = 0
    while last < most - first and original[-1 - last] == spun[-1 - last]:
        last += 1
    skipped = sum(len(word) + 1 for word in spun[:first])
    kept = slice(first, -last or None)
    return Swap(" ".join(original[kept]), " ".join(spun[kept]), swap.start + skipped)
