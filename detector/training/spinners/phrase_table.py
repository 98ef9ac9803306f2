"""Spinning by a table of phrases, as auto-blogging tools do: the longest match first, and always the same way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from detector.training.grammar import MIN_LETTERS
from detector.training.spinners.base import Entries, spin_by_table
from detector.training.spinners.tables import Row, Table, table_of
from detector.training.swaps import Spun

CONSISTENT_PHRASES = 0.95  # share of articles; a phrase table has one entry a phrase: guess


@dataclass(frozen=True)
class PhraseTable:
    """Swaps of one to four words on each side.

    Attributes:
        rows: the table, of all voices; an original of one or two letters is left out ("to": "so as to"), as its many
            places would leave no room for others.
        entries: which pairs may be used.
    """

    rows: Iterable[Row]
    entries: Entries | None = None
    name: str = "phrase-table"
    _table: Table = field(init=False, repr=False)
    _most_words: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        table = table_of((row for row in self.rows if len(row.original) >= MIN_LETTERS), self.entries)
        object.__setattr__(self, "_table", table)
        object.__setattr__(self, "_most_words", max((original.count(" ") + 1 for original in table), default=1))

    def spin(self, text: str, share: float, rng: np.random.Generator) -> Spun:
        """Swap phrases of `text` that cover about `share` of its words."""
        return spin_by_table(
            text, share, rng, lambda original: self._table.get(original, ()), self._most_words, CONSISTENT_PHRASES
        )
