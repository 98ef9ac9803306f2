"""Noise in articles and prepositions, as careless translators and spinners leave it: dropped, doubled or wrong ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detector.training.spinners.base import KEEP_QUOTATIONS, Replacement, Words, put, read_words
from detector.training.swaps import Spun

HIGH_SHARE = 0.08  # of all words; a fifth are such words: guess

ARTICLES = {"the": ("a", "the the"), "a": ("the", "an", "one", "a the"), "an": ("the", "a", "one", "an the")}
PREPOSITIONS = {  # what learners and translators exchange: general knowledge
    "in": ("on", "at", "into", "to"),
    "on": ("in", "at", "over", "upon"),
    "at": ("in", "on", "to", "by"),
    "to": ("for", "at", "in", "towards"),
    "for": ("to", "by", "of", "during"),
    "of": ("from", "for", "in", "by"),
    "from": ("of", "since", "by", "out"),
    "by": ("from", "for", "with", "through"),
    "with": ("by", "of", "in", "together"),
    "about": ("of", "on", "over"),
    "against": ("to", "at", "with", "versus"),
    "into": ("in", "to", "inside of"),
    "over": ("on", "about", "above of"),
    "after": ("behind", "since", "after of"),
    "before": ("in front of", "until", "before to"),
    "during": ("in", "while", "along"),
    "between": ("among", "from", "in between of"),
    "since": ("from", "for", "as of"),
    "until": ("to", "till to", "up"),
    "through": ("by", "across of", "for"),
    "near": ("next", "near of", "close"),
    "among": ("between", "inside", "in"),
    "despite": ("despite of", "in spite"),
    "under": ("below of", "beneath", "down"),
}
DROPPED = 0.5  # of the articles that are touched and may be dropped: the commonest error of the kind; guess
NEVER_TO = frozenset(
    "be have do make take give get go say see keep help".split()
)  # "to" before a verb is no preposition


@dataclass(frozen=True)
class SmallWords:
    """Articles dropped, doubled or wrong, prepositions exchanged.

    Light, for spinning on top of another family or alone: what is asked beyond HIGH_SHARE is not done. A dropped
    article is recorded with the word after it ("the region": "region"), and is never dropped before a name or another
    word that may not be touched.
    """

    name: str = "small-words"

    def spin(self, text: str, share: float, rng: np.random.Generator) -> Spun:
        """Swap about `share` of all words of `text`, HIGH_SHARE at most."""
        if not 0 <= share <= 1:
            raise ValueError(f"expected a share of words in [0, 1], got {share}")
        words = read_words(text, keep_quotations=rng.random() < KEEP_QUOTATIONS)
        left = round(min(share, HIGH_SHARE) * len(words.lower))
        places = [i for i, word in enumerate(words.lower) if words.free[i] and _options(words, i, word)]
        chosen: list[Replacement] = []
        taken: set[int] = set()
        for i in (places[k] for k in rng.permutation(len(places))):
            if left <= 0:
                break
            if taken.isdisjoint((i, i + 1)):  # a dropped article takes the next word along
                chosen.append(_replacement(words, i, rng))
                taken.update((i, i + 1))
                left -= 1 if chosen[-1].end == words.end[i] else 2
        return put(text, chosen)


def _options(words: Words, i: int, word: str) -> Sequence[str]:
    if word == "to" and i + 1 < len(words.lower) and words.lower[i + 1] in NEVER_TO:
        return ()
    return ARTICLES.get(word) or PREPOSITIONS.get(word, ())


def _replacement(words: Words, i: int, rng: np.random.Generator) -> Replacement:
    word, start, end = words.lower[i], words.start[i], words.end[i]
    if word in ARTICLES and _may_drop(words, i) and rng.random() < DROPPED:
        following = words.text[words.start[i + 1] : words.end[i + 1]]
        return Replacement(start, words.end[i + 1], _like(words.text[start], following))
    options = _options(words, i, word)
    return Replacement(start, end, _like(words.text[start], options[int(rng.random() * len(options))]))


def _may_drop(words: Words, i: int) -> bool:
    return i + 1 < len(words.lower) and words.free[i + 1] and words.text[words.end[i] : words.start[i + 1]] == " "


def _like(letter: str, spun: str) -> str:
    return spun[0].upper() + spun[1:] if letter.isupper() else spun
