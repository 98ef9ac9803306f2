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
        """Swap about `share` of all words of `text`: what one family cannot, the next makes up for."""
        if not 0 <= share <= 1:
            raise ValueError(f"expected a share of words in [0, 1], got {share}")
        names = sorted(self.spinners)
        turns = [self.spinners[names[i]] for i in rng.permutation(len(names))[: int(rng.integers(2, MOST + 1))]]
        toppings = [self.on_top[name] for name in sorted(self.on_top) if rng.random() < ON_TOP]
        topping = share * TOPPING / (len(turns) + TOPPING * len(toppings))
        bulk = share - topping * len(toppings)
        spun = Spun(text, ())
        for turn, spinner in enumerate(turns):
            left = max(0.0, bulk - _reached(spun, text))
            spun = spun.then(spinner.spin(spun.text, left / (len(turns) - turn), rng))
        for spinner in toppings:
            spun = spun.then(spinner.spin(spun.text, topping, rng))
        return spun


def _reached(spun: Spun, text: str) -> float:
    """The share of the words of `text` that are swapped."""
    return sum(len(swap.original.split()) for swap in spun.swaps) / max(1, len(text.split()))
