"""Spinning by WordNet, sense-blind: a synonym, a broader word or a sister of any sense, in the same form."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from detector.training.grammar import GRAMMAR, MIN_LETTERS
from detector.training.inflection import Inflections
from detector.training.spinners.base import Entries, spin_by_table
from detector.training.swaps import Spun
from detector.training.wordnet import WordNet

SISTERS = 0.1  # share of the sisters of a sense that the family knows; a sense may have hundreds: guess
GROUPS = {"synonym": "near", "similar": "near", "broader": "broader", "sister": "sister"}


@dataclass(frozen=True)
class Hypernyms:
    """Close and not so close relatives in WordNet.

    Attributes:
        wordnet: the database.
        entries: which pairs (of words as they stand in the text) may be used.
    """

    wordnet: WordNet = field(repr=False)
    entries: Entries | None = None
    name: str = "hypernyms"
    _inflections: Inflections = field(init=False, repr=False)
    _options: dict[str, tuple[tuple[str, ...], ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_inflections", Inflections.build(self.wordnet.senses, self.wordnet.exceptions))
        object.__setattr__(self, "_options", {})

    def spin(self, text: str, share: float, rng: np.random.Generator) -> Spun:
        """Swap about `share` of all words of `text`."""
        return spin_by_table(text, share, rng, self._senses_of)

    def _senses_of(self, word: str) -> tuple[tuple[str, ...], ...]:
        """The relatives of `word` in its own form, a tuple a sense and relation; looked up once a word."""
        found = self._options.get(word)
        if found is None:
            groups = self._spelled(word) if len(word) >= MIN_LETTERS and word not in GRAMMAR else {}
            found = self._options[word] = tuple(tuple(dict.fromkeys(words)) for words in groups.values())
        return found

    def _spelled(self, word: str) -> Mapping[tuple[str, str, str], list[str]]:
        groups: dict[tuple[str, str, str], list[str]] = {}
        for lemma, part, form in self._inflections.analyses.get(word, ()):
            near, sisters = self.wordnet.relatives(lemma, part), self.wordnet.sisters(lemma, part)
            for relative, _, relation in chain(near, sisters):
                if relation == "sister" and zlib.crc32(f"{lemma} {relative}".encode()) / 2**32 > SISTERS:
                    continue
                for spun in self._inflections.forms.get((relative, part, form), ())[:1]:
                    if spun != word and (self.entries is None or self.entries(word, spun)):
                        groups.setdefault((lemma, part, GROUPS[relation]), []).append(spun)
        return groups
