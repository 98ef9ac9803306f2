"""Light spinning: a few swaps an article, only such as a language model finds plausible in their place.

The hardest family to find, and the one that keeps a detector from learning that every rare word is a swap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detector.lexicon import Candidates
from detector.text import Document, Flag
from detector.training.spinners.base import (
    KEEP_QUOTATIONS,
    REPAIR_ARTICLES,
    Entries,
    Replacement,
    replace,
)
from detector.training.swaps import Spun

LOW_SHARE, HIGH_SHARE = 0.03, 0.12  # of all words: what is asked beyond is brought into this range
NOISE = 1.5  # bits: scale of the Gumbel noise on losses, so that the same text is not always spun alike: guess

Read = Callable[[str], Document]
Fit = Callable[[NDArray[np.int32], NDArray[np.intp], NDArray[np.int32]], NDArray[np.float32]]


@dataclass(frozen=True)
class Light:
    """Swaps of the smallest loss under a language model.

    Attributes:
        candidates: what may stand for a word.
        vocabulary: the spelling of the ids.
        read: text -> tokens, as the language model was counted on (`segment` with its vocabulary).
        fit: log2 fitness of words put in places of a stream of ids, `fit(ids, at, words)`, shape (n,); for the model
            of this package `sum(model.slots(model.read(ids), at, words))`.
        entries: which pairs may be used.
    """

    candidates: Candidates = field(repr=False)
    vocabulary: Sequence[str] = field(repr=False)
    read: Read
    fit: Fit
    entries: Entries | None = None
    name: str = "light"

    def spin(self, text: str, share: float, rng: np.random.Generator) -> Spun:
        """Swap about `share` of all words of `text`, within LOW_SHARE and HIGH_SHARE."""
        document = self.read(text)
        keep_quotations = rng.random() < KEEP_QUOTATIONS
        repair = rng.random() < REPAIR_ARTICLES
        wanted = round(min(max(share, LOW_SHARE), HIGH_SHARE) * document.n_words)
        kept = Flag.NAME | Flag.NUMBER | Flag.FOLDED | (Flag.QUOTED if keep_quotations else 0)
        free = (document.flags & Flag.WORD != 0) & (document.flags & kept == 0)
        places = np.flatnonzero(free)
        rows, words, _ = self.candidates.neighbours(document.ids[places])
        at = places[rows]
        allowed = self._allowed(document.ids[at], words)
        at, words = at[allowed], words[allowed]
        if wanted == 0 or len(at) == 0:
            return Spun(text, ())
        asked, where = np.unique(at, return_inverse=True)
        loss = self.fit(document.ids, asked, document.ids[asked])[where] - self.fit(document.ids, at, words)
        loss = loss + rng.gumbel(0.0, NOISE, len(loss))
        chosen: list[Replacement] = []
        taken: set[int] = set()
        for i in np.argsort(loss, kind="stable"):
            place = int(at[i])
            if place not in taken:
                taken.add(place)
                start, end = int(document.start[place]), int(document.end[place])
                chosen.append(Replacement(start, end, self.vocabulary[words[i]]))
                if len(chosen) == wanted:
                    break
        return replace(text, chosen, repair)

    def _allowed(self, originals: NDArray[np.int32], spun: NDArray[np.int32]) -> NDArray[np.bool_]:
        if self.entries is None:
            return np.ones(len(spun), dtype=bool)
        allows, spelling = self.entries, self.vocabulary
        pairs = zip(originals.tolist(), spun.tolist(), strict=True)
        return np.fromiter((allows(spelling[a], spelling[b]) for a, b in pairs), dtype=bool, count=len(spun))
