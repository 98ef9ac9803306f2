"""Spinning by a table of swaps as they were recorded: each article is the work of one voice, with its own habits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from detector.training.spinners.base import Entries, spin_by_table
from detector.training.spinners.tables import Row, Table, table_of
from detector.training.swaps import Spun


@dataclass(frozen=True)
class Pairs:
    """Swaps from a table, of one word each or, where `most_words` allows it, of several.

    Attributes:
        rows: the table; entries of more words on either side than `most_words` are left out.
        voices: the voices to use, None for all; an article takes one of them, drawn by their number of entries.
        entries: which pairs may be used.
    """

    rows: Iterable[Row] = field(repr=False)
    voices: Collection[str] | None = None
    entries: Entries | None = None
    name: str = "pairs"
    most_words: int = 1
    _tables: Mapping[str, Table] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_voice: dict[str, list[Row]] = {}
        for row in self.rows:
            if max(row.original.count(" "), row.spun.count(" ")) < self.most_words:
                by_voice.setdefault(row.voice, []).append(row)
        unknown = set(self.voices or ()) - by_voice.keys()
        if unknown:
            raise ValueError(f"unknown voices {sorted(unknown)}; available: {', '.join(sorted(by_voice))}")
        chosen = sorted(by_voice if self.voices is None else set(self.voices))
        object.__setattr__(self, "_tables", {voice: table_of(by_voice[voice], self.entries) for voice in chosen})

    def spin(self, text: str, share: float, rng: np.random.Generator) -> Spun:
        """Swap about `share` of all words of `text` in one voice."""
        sizes = np.array([len(table) for table in self._tables.values()], dtype=float)
        if sizes.sum() == 0:
            return Spun(text, ())
        table = list(self._tables.values())[rng.choice(len(sizes), p=sizes / sizes.sum())]
        return spin_by_table(text, share, rng, lambda original: table.get(original, ()), self.most_words)
