"""Which words of a text are asked for: many, as any of them may have been swapped, and the names first."""

from __future__ import annotations

import math
from collections.abc import Sequence

from detector.archive.index import Index, Term
from detector.archive.words import names_and_numbers, words_of

MOST_TERMS = 60  # 80% of words swapped, 92,362 texts: first for 100 of 100, 4 ms; 120 took twice as long at 20,000
MOST_NAMES = 40  # of these, names and numbers, which spinners leave alone; guess
NAME_WEIGHT = 2.0  # they count double
MAX_SHARE = 0.2  # words that more of the texts hold tell little and cost most ...
FEW = 2_000  # ... unless these are few, as the words are of a story that an archive holds a thousand times; guess
UNREAD = 100  # texts: a name of the only text archived weighs as one of a hundred texts: guess
MOST_CAPITALS = 0.5  # of a text's words; news has a fifth
LOOKED_AT = 50_000  # characters of a text; the longest news stories have fewer


def query_terms(text: str, index: Index) -> list[Term]:
    """The words to look up for `text`, from all over it, as parts may have several sources; names and numbers first.

    Not the rarest: a word that was swapped in is often rarer than all that stood there.
    """
    text = text[:LOOKED_AT]
    names = names_and_numbers(text)
    most = max(MAX_SHARE * index.count(), FEW)
    words = [word for word in dict.fromkeys(words_of(text)) if 0 < index.holders(word) <= most]
    named = _spread([word for word in words if word in names], MOST_NAMES)
    others = _spread([word for word in words if word not in names], MOST_TERMS - len(named))
    return [*(Term(word, NAME_WEIGHT) for word in named), *(Term(word, 1.0) for word in others)]


def _spread(words: Sequence[str], most: int) -> list[str]:
    """At most so many of them, evenly chosen, in their order."""
    step = max(len(words) / most, 1.0)
    return [words[int(k * step)] for k in range(min(len(words), most))]


def name_weights(text: str, index: Index) -> dict[str, float]:
    """The names and numbers of a text by how rare they are: log of all texts to those that hold it (Sparck Jones 1972),
    `UNREAD` more than the archive has: what is rare in news is not told by a few texts.

    None for a text that is set in capitals, where every word looks like a name.
    """
    words = set(words_of(text))
    names = names_and_numbers(text) & words
    if len(names) > MOST_CAPITALS * len(words):
        return {}
    texts = index.count() + UNREAD
    return {name: math.log(texts / (index.holders(name) + 1)) for name in sorted(names)}
