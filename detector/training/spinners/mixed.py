"""Several families in one text: each spins what the one before left, as texts go from tool to tool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from detector.training.swaps import Spinner, Spun

MOST = 3  # families a text
ON_TOP = 0.5  # of the texts, for each family that goes on top: guess
TOPPING = 0.2  # part of the work of such a family, where that of each of the others is 1: guess


@dataclass(frozen=True)
class Mixed:
    """Two or three families in turn over one text, and on some texts a little of those that do not spin alone.

    Attributes:
        spinners: families that may do the bulk, by name; their shares of the work are even.
        on_top: families of few swaps.
    """

    spinners: Mapping[str, Spinner] = field(repr=False)
    on_top: Mapping[str, Spinner] = field(default_factory=dict, repr=False)
    name: str = "mixed"

    def spin(self, text: str, share: float, rng: np.random.Generator) -> Spun:
        """Swap about `share` of all words of `text`, somewhat less where families meet in the same words."""
        if not 0 <= share <= 1:
            raise ValueError(f"expected a share of words in [0, 1], got {share}")
        names = sorted(self.spinners)
        n_families = int(rng.integers(2, MOST + 1))
        turns = [(self.spinners[names[i]], 1.0) for i in rng.permutation(len(names))[:n_families]]
        turns += [(self.on_top[name], TOPPING) for name in sorted(self.on_top) if rng.random() < ON_TOP]
        whole = sum(part for _, part in turns)
        spun = Spun(text, ())
        for spinner, part in turns:
            spun = spun.then(spinner.spin(spun.text, share * part / whole, rng))
        return spun
